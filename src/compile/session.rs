//! A project that is compiled again and again while somebody edits it.
//!
//! What an edit does not touch is kept: the bytes of files, what they state, and what the last good plan decides. None of it
//! changes what comes out: a [`Session`] compiles as [`super::compile_variant`] does, and [`plan`] plans as [`super::plan_steered`] does. Only
//! [`Session::provisional`] is something of its own.

mod memory;
mod part;
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
use part::Base;
pub use part::Provisional;
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
    good: Option<Good>,
}

/// What a project is known by: the same files, and the same that keeps them from being read.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    inputs: Vec<Input>,
    approved: Vec<String>,
    problems: BTreeSet<String>,
}

/// What was told of the compilation before.
#[derive(Debug)]
pub struct Last {
    /// True where there was none.
    pub is_first: bool,
    /// True where a good plan is there from before.
    pub has_plan: bool,
    told: BTreeSet<String>,
}

impl Default for Last {
    fn default() -> Self {
        Self { is_first: true, has_plan: false, told: BTreeSet::new() }
    }
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

    /// A compilation was told of. Errors hide warnings, which are not new once they are mended.
    pub fn remember(&mut self, compiled: &Compiled) {
        let now: BTreeSet<String> = compiled.diagnostics.iter().map(known_by).collect();
        let hidden = compiled.network.is_none().then(|| std::mem::take(&mut self.last.told));
        self.last.is_first = false;
        self.last.told = now.into_iter().chain(hidden.into_iter().flatten()).collect();
    }

    /// A good plan was made of what was compiled last: what comes next is held against it.
    pub fn keep(&mut self, compiled: Compiled, plan: Plan, kept: Kept) {
        self.last.has_plan = true;
        self.good = Some(Good { compiled, document: Arc::clone(&self.document), plan, kept });
    }

    /// A plan at once, of what was compiled last: what the edit touches is decided anew within what the last good plan leaves. None where there is no
    /// such plan, where that cannot be told without the others, or where `stop` asks for an end.
    #[must_use]
    pub fn provisional(&self, compiled: &Compiled, stop: &(dyn Fn() -> bool + Sync)) -> Option<Provisional> {
        let (good, network) = (self.good.as_ref()?, compiled.network.as_ref()?);
        let items = touched::touched(&good.document, &self.document)?;
        let steering = Steering::new(stop, &|_| (), Decimal::ZERO).brief();
        part::provisional(&good.base()?, network, &items, &diff_terms(compiled), &steering)
    }

    /// The whole plan file of a provisional plan. It takes as long as any to be built and checked, so that nobody who waits asks for it.
    ///
    /// # Errors
    /// What the checker has to say.
    pub fn in_full(&self, compiled: &Compiled, provisional: &Provisional) -> Result<Plan, Failure> {
        let (Some(good), Some(network)) = (&self.good, &compiled.network) else { return Err(Failure::Invalid) };
        let Some(base) = good.base() else { return Err(Failure::Invalid) };
        let part = part::part(network, &provisional.items).ok_or(Failure::Invalid)?.0;
        let decided = (&part, &provisional.outcome);
        let outcome = whole::put_together((base.network, &good.kept.outcome), decided, network, &provisional.items);
        super::built(compiled, &Model::new(network)?, &outcome.ok_or(Failure::Invalid)?, false)
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

impl Good {
    fn base(&self) -> Option<Base<'_>> {
        Some(Base { network: self.compiled.network.as_ref()?, plan: &self.plan, kept: &self.kept })
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
