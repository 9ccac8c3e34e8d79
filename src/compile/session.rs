//! A project that is compiled again and again while somebody edits it.
//!
//! What an edit does not touch is kept: the bytes of files, what they state, and what the last good plan decides. None of it
//! changes what comes out: a [`Session`] compiles as [`super::compile_variant`] does, and [`plan`] plans as [`super::plan_steered`] does. Only
//! [`Before::provisional`] is something of its own.

mod joined;
mod memory;
mod part;
mod provisional;
mod touched;
mod whole;

use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::{Compiled, Failure, Planned, checked, diff_terms, failed, inputs, plan_or_draft};
use crate::diagnostic::Diagnostic;
use crate::diff::{PlanDiff, diff};
use crate::document::{Document, Files, Kept as KeptTables, Variant, load_again};
use crate::model::Model;
use crate::plan::{Input, Plan};
use crate::solve::Steering;
use crate::source::{EditedFile, edited};

use memory::Memory;
pub use provisional::{Awaited, Provisional};
use provisional::{Base, Decided, Edit};
pub use whole::Kept;

/// What is kept between compilations.
#[derive(Debug, Default)]
pub struct Session {
    memory: Memory,
    tables: KeptTables,
    /// What the files said the last time they were looked at.
    seen: Option<Seen>,
    document: Arc<Document>,
    last: Last,
    good: Option<Arc<Good>>,
}

/// What a project is known by: the same files, and the same that keeps them from being read.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    inputs: Vec<Input>,
    approved: Vec<String>,
    problems: BTreeSet<String>,
}

/// What was told of the compilation before.
#[derive(Debug, Default)]
pub struct Last {
    /// True where a good plan is there from before.
    pub has_plan: bool,
    told: BTreeSet<String>,
}

impl Last {
    /// True where this problem was there before.
    #[must_use]
    pub fn knows(&self, diagnostic: &Diagnostic) -> bool {
        self.told.contains(&known_by(diagnostic))
    }
}

/// What a problem is known by, wherever it stands by now.
fn known_by(diagnostic: &Diagnostic) -> String {
    format!("{} {}", diagnostic.code, diagnostic.message)
}

/// The last good plan.
#[derive(Debug)]
struct Good {
    compiled: Compiled,
    document: Arc<Document>,
    plan: Plan,
    kept: Kept,
}

/// What lies between the last good plan and another one.
#[derive(Debug)]
pub struct Delta {
    /// What differs of the plans.
    pub diff: PlanDiff,
    /// What differs of the inputs.
    pub edited: Vec<EditedFile>,
}

impl Session {
    /// True where no file can have changed since it was read.
    #[must_use]
    pub fn is_current(&self, files: &dyn Files) -> bool {
        self.memory.is_current(files)
    }

    /// Compiles a project as it is now; nothing where all of its files say what they said the last time.
    pub fn compile(&mut self, files: &dyn Files, variant: &Variant) -> Option<Compiled> {
        if self.memory.is_current(files) {
            return None;
        }
        let Self { memory, tables, .. } = self;
        let (compiled, document) = checked(memory.through(files, |files| load_again(files, variant, tables)));
        let seen = Seen {
            inputs: inputs(&compiled),
            approved: compiled.approved.clone(),
            problems: compiled.diagnostics.iter().map(known_by).collect(),
        };
        if self.seen.as_ref() == Some(&seen) {
            return None;
        }
        self.seen = Some(seen);
        self.document = Arc::new(document);
        Some(compiled)
    }

    /// Paths of the files that were read the last time.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.seen.iter().flat_map(|seen| &seen.inputs).map(|input| input.path.as_str())
    }

    /// What was told before.
    #[must_use]
    pub fn last(&self) -> &Last {
        &self.last
    }

    /// These problems were told of. Where there is no plan, some are hidden that are not new once there is one again.
    pub fn remember(&mut self, told: &[Diagnostic], is_planned: bool) {
        let hidden = if is_planned { BTreeSet::new() } else { std::mem::take(&mut self.last.told) };
        self.last.told = told.iter().map(known_by).chain(hidden).collect();
    }

    /// A good plan was made of what was compiled last: what comes next is held against it.
    pub fn keep(&mut self, compiled: Compiled, plan: Plan, kept: Kept) {
        self.last.has_plan = true;
        self.good = Some(Arc::new(Good { compiled, document: Arc::clone(&self.document), plan, kept }));
    }

    /// What a plan at once, of what was compiled last, begins with.
    #[must_use]
    pub fn before(&self) -> Before {
        Before { good: self.good.clone(), document: Arc::clone(&self.document) }
    }

    /// What differs from the last good plan.
    #[must_use]
    pub fn delta(&self, compiled: &Compiled, plan: &Plan) -> Option<Delta> {
        let good = self.good.as_ref()?;
        Some(Delta { diff: diff(&good.plan, plan, &diff_terms(compiled)), edited: self.edited(compiled) })
    }

    /// What was edited since the last good plan.
    #[must_use]
    pub fn edited(&self, compiled: &Compiled) -> Vec<EditedFile> {
        self.good.as_ref().map(|good| edited(&good.compiled.sources, &compiled.sources)).unwrap_or_default()
    }
}

/// The last good plan, and what is stated now: all that a provisional plan takes, whatever is compiled meanwhile.
#[derive(Debug)]
pub struct Before {
    good: Option<Arc<Good>>,
    document: Arc<Document>,
}

impl Before {
    /// A plan at once: what the edit touches is decided anew within what the last good plan leaves. `stop` asks for an end.
    ///
    /// # Errors
    /// Where the plan itself has to be waited for.
    pub fn provisional(&self, compiled: &Compiled, stop: &(dyn Fn() -> bool + Sync)) -> Result<Provisional, Awaited> {
        let (Some(base), Some(network)) = (self.base(), &compiled.network) else { return Err(Awaited::First) };
        let document = self.good.as_ref().map(|good| &good.document).ok_or(Awaited::First)?;
        let touched = touched::touched(document, &self.document).ok_or(Awaited::AnyItem)?;
        let steering = Steering::new(stop, &|_| (), Decimal::ZERO).brief();
        let terms = &diff_terms(compiled);
        Edit { base, compiled, network, touched: &touched, terms, steering: &steering }.provisional()
    }

    /// The whole plan file of a provisional plan. It takes as long as any to be built and checked, so that nobody who waits asks for it.
    ///
    /// # Errors
    /// What the checker has to say.
    pub fn in_full(&self, compiled: &Compiled, provisional: &Provisional) -> Result<Plan, Failure> {
        let (Some(base), Some(network)) = (self.base(), &compiled.network) else { return Err(Failure::Invalid) };
        let (items, outcome) = match &provisional.decided {
            Decided::Whole(plan) => return Ok((**plan).clone()),
            Decided::Part(items, outcome) => (items, outcome),
        };
        let part = part::part(network, items).ok_or(Failure::Invalid)?.0;
        let whole = whole::put_together((base.network, &base.kept.outcome), (&part, outcome), network, items);
        super::built(compiled, &Model::new(network)?, &whole.ok_or(Failure::Invalid)?, false)
    }

    fn base(&self) -> Option<Base<'_>> {
        let good = self.good.as_ref()?;
        Some(Base { network: good.compiled.network.as_ref()?, plan: &good.plan, kept: &good.kept })
    }
}

/// Plans a project, and tells what to keep of that.
///
/// # Errors
/// As [`super::plan_steered`].
pub fn plan(compiled: &Compiled, steering: &Steering<'_>) -> Result<(Plan, Kept), Failure> {
    match plan_or_draft(compiled, steering)? {
        Planned::Plan(made) => Ok(*made),
        Planned::Draft(unsolved) => Err(failed(compiled, &unsolved)),
    }
}
