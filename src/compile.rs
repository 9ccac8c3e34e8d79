//! All stages in a row: from files to a network, and from there to a plan that the independent checker accepts.

mod attribute;
mod conflicts;
mod gates;
mod groups;
mod next;
pub mod session;
mod terms;
mod tracked;
mod unexported;
mod words;

use crate::check::{check, waive};
use crate::diagnostic::{Diagnostic, Severity, codes, sort};
use crate::document::{Document, Files, Loaded, Variant, load_variant};
use crate::explain::explain;
use crate::export::{Level, mps};
use crate::model::Model;
use crate::network::Network;
use crate::plan::{self, Input, NoPlan, Plan, PlanDiagnostic, Status, plan_hash};
use crate::solve::{Outcome, Steering, Unsolved, solve_in_time};
use crate::source::Sources;
use crate::units::Overflow;
use crate::verify::{Disagreement, verify};

pub use attribute::attribute;
use session::Kept;
use words::Known;

pub use gates::{gate_notes, missed_gates};
pub use next::next;
pub use terms::{diff_terms, frozen_gates};
pub use tracked::track;
pub use words::given_notes;

/// A project, read and checked.
#[derive(Debug)]
pub struct Compiled {
    /// Every file that was read.
    pub sources: Sources,
    /// Every problem, in the order of [`sort`].
    pub diagnostics: Vec<Diagnostic>,
    /// The checked world; `None` where there are errors.
    pub network: Option<Network>,
    /// Warnings and notes that a waiver lets pass, with its index in the network.
    pub waived: Vec<(usize, Diagnostic)>,
    /// Approved plans found in `cycles/`; not read yet, but part of the project.
    pub approved: Vec<String>,
}

/// Why there is no plan.
#[derive(Debug)]
pub enum Failure {
    /// The inputs have errors, which [`Compiled::diagnostics`] lists.
    Invalid,
    /// The inputs are valid, but need what this version cannot export yet.
    Unexported(Vec<Diagnostic>),
    /// The inputs are valid, and no plan was found that keeps every commitment.
    NoPlan(Box<NoPlan>, Vec<Diagnostic>),
    /// Numbers do not fit together.
    Overflow,
    /// A plan was made that the independent checker does not accept: a fault of the compiler.
    Disagreement(Vec<Disagreement>),
    /// Actuals cannot be held against a plan.
    Untracked(Box<Diagnostic>),
}

/// Items and rows of demand from which a document is large.
const LARGE: usize = 10_000;

/// Reads and checks a project.
#[must_use]
pub fn compile(files: &dyn Files) -> Compiled {
    compile_variant(files, &Variant::default())
}

/// Reads and checks a project with a scenario and what is set besides laid over it.
#[must_use]
pub fn compile_variant(files: &dyn Files, variant: &Variant) -> Compiled {
    let (compiled, document) = checked(load_variant(files, variant));
    if document.items.len() + document.demand.len() > LARGE {
        // A large document takes a while to be given back, and nobody waits for that.
        rayon::spawn(move || drop(document));
    }
    compiled
}

/// Checks what was loaded; what it states comes with it.
fn checked(loaded: Loaded) -> (Compiled, Document) {
    let mut checked = check(&loaded.document, &loaded.sources, &loaded.diagnostics);
    let mut diagnostics = loaded.diagnostics;
    let waived = waive(&mut checked, &mut diagnostics, &loaded.document, &loaded.sources);
    diagnostics.extend(checked.diagnostics);
    sort(&mut diagnostics, &loaded.sources);
    let approved = loaded.document.approved.clone();
    let compiled = Compiled { sources: loaded.sources, diagnostics, network: checked.network, waived, approved };
    (compiled, loaded.document)
}

/// The files that were read, by path.
#[must_use]
pub fn inputs(compiled: &Compiled) -> Vec<Input> {
    let files = compiled.sources.files().iter();
    let mut inputs: Vec<_> = files.map(|file| Input { path: file.path.clone(), sha256: file.sha256.clone() }).collect();
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    inputs
}

/// Warnings and notes as a plan file lists them.
#[must_use]
pub fn plan_diagnostics(compiled: &Compiled) -> Vec<PlanDiagnostic> {
    let kept = compiled.diagnostics.iter().filter(|one| one.severity != Severity::Error);
    kept.map(|one| PlanDiagnostic {
        code: one.code.to_string(),
        severity: one.severity.name().to_owned(),
        message: one.message.clone(),
        source: one.primary().map(|span| compiled.sources.place(span)),
    })
    .collect()
}

/// Plans a project. What comes out has passed the independent checker.
///
/// # Errors
/// Where the inputs are invalid, no plan keeps every commitment, or the compiler contradicts itself.
pub fn plan(compiled: &Compiled) -> Result<Plan, Failure> {
    plan_steered(compiled, &Steering::default())
}

/// Plans a project like [`plan`], steered from outside: a plan that was interrupted says so.
///
/// # Errors
/// As [`plan`].
pub fn plan_steered(compiled: &Compiled, steering: &Steering<'_>) -> Result<Plan, Failure> {
    match plan_or_draft(compiled, steering)? {
        Planned::Plan(made) => Ok(made.0),
        Planned::Draft(unsolved) => Err(failed(compiled, &unsolved)),
    }
}

/// What planning comes to.
enum Planned {
    /// A plan, and what is kept of making it.
    Plan(Box<(Plan, Kept)>),
    Draft(Unsolved),
}

fn plan_or_draft(compiled: &Compiled, steering: &Steering<'_>) -> Result<Planned, Failure> {
    let Some(network) = &compiled.network else { return Err(Failure::Invalid) };
    plan_network(compiled, network, steering)
}

/// Plans a network that is that of the project, or one that differs from it in numbers.
fn plan_network(compiled: &Compiled, network: &Network, steering: &Steering<'_>) -> Result<Planned, Failure> {
    match solve_in_time(Model::new(network)?, steering) {
        Ok((model, outcome)) => {
            let plan = built(compiled, &model, &outcome, false)?;
            Ok(Planned::Plan(Box::new((plan, Kept::of(&model, outcome)))))
        }
        Err(unsolved) => Ok(Planned::Draft(unsolved)),
    }
}

/// The plan file of an outcome, which the checker has to agree with.
fn built(compiled: &Compiled, model: &Model<'_>, outcome: &Outcome, draft: bool) -> Result<Plan, Failure> {
    let (inputs, diagnostics) = (inputs(compiled), plan_diagnostics(compiled));
    let mut plan = plan::build(model, outcome, inputs.clone(), diagnostics.clone())?;
    if draft {
        plan.status = Status::Draft;
        plan.plan_hash = plan_hash(&plan);
    }
    match verify(model.network, &inputs, &diagnostics, &plan) {
        agreed if agreed.is_empty() => Ok(plan),
        disagreements => Err(Failure::Disagreement(disagreements)),
    }
}

/// Plans a project like [`plan_steered`]; where there is no plan, the closest one that was found comes with the failure, marked as a draft.
///
/// # Errors
/// As [`plan`]; the draft is absent where even the closest plan is none.
pub fn plan_or_closest(compiled: &Compiled, steering: &Steering<'_>) -> Result<Plan, (Failure, Option<Box<Plan>>)> {
    match plan_or_draft(compiled, &steering.drafting()) {
        Ok(Planned::Plan(made)) => Ok(made.0),
        Ok(Planned::Draft(unsolved)) => {
            let draft = match draft(compiled, &unsolved) {
                Ok(draft) => draft,
                Err(failure) => return Err((failure, None)),
            };
            Err((failed(compiled, &unsolved), draft.map(Box::new)))
        }
        Err(failure) => Err((failure, None)),
    }
}

/// The same failure where it is told which statements contradict each other, as far as that can be shown.
#[must_use]
pub fn explained(compiled: &Compiled, failure: Failure, steering: &Steering<'_>) -> Failure {
    match (&compiled.network, failure) {
        (Some(network), Failure::NoPlan(document, diagnostics)) => {
            let members = document.conflicts.iter().flat_map(|conflict| &conflict.members);
            let broken: Vec<_> = members.map(|member| (member.kind.clone(), member.key.clone())).collect();
            let explanation = explain(network, &compiled.sources, &broken, steering);
            let (document, diagnostics) =
                conflicts::told((&compiled.sources, &network.currency), &explanation, *document, diagnostics);
            Failure::NoPlan(Box::new(document), diagnostics)
        }
        (_, failure) => failure,
    }
}

/// The closest plan to none.
fn draft(compiled: &Compiled, unsolved: &Unsolved) -> Result<Option<Plan>, Failure> {
    let (Unsolved::NoPlan(_, _, Some(closest)), Some(network)) = (unsolved, &compiled.network) else { return Ok(None) };
    // It may earn more than plans that break nothing.
    let closest = Outcome { bound: None, ..(**closest).clone() };
    built(compiled, &Model::new(network)?, &closest, true).map(Some)
}

fn failed(compiled: &Compiled, unsolved: &Unsolved) -> Failure {
    let Some(network) = &compiled.network else { return Failure::Invalid };
    match unsolved {
        Unsolved::Overflow => Failure::Overflow,
        Unsolved::NoPlan(violations, proven, closest) => {
            let bound = closest.as_ref().and_then(|closest| closest.bound);
            let interrupted = closest.as_ref().is_some_and(|closest| closest.interrupted);
            let known = Known { proven: *proven, bound, interrupted };
            let (document, diagnostics) = words::no_plan(network, &compiled.sources, violations, known);
            Failure::NoPlan(Box::new(document), diagnostics)
        }
    }
}

/// A level of the model that [`plan`] would plan, as MPS.
///
/// # Errors
/// Where the inputs are invalid, or need what cannot be exported yet; where a level rests on one before, and no plan was found.
pub fn export_mps(compiled: &Compiled, level: Level) -> Result<String, Failure> {
    let Some(network) = &compiled.network else { return Err(Failure::Invalid) };
    let unexported = unexported::unexported(compiled, network);
    if !unexported.is_empty() {
        return Err(Failure::Unexported(unexported));
    }
    mps(&Model::new(network)?, level).map_err(|unsolved| failed(compiled, &unsolved))
}

impl From<Overflow> for Failure {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}

/// Most disagreements that a diagnostic lists.
const LISTED: usize = 10;

impl Failure {
    /// What there is to say besides the problems of the inputs.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        match self {
            Self::Invalid => Vec::new(),
            Self::Untracked(why) => vec![(**why).clone()],
            Self::NoPlan(_, diagnostics) | Self::Unexported(diagnostics) => diagnostics.clone(),
            Self::Overflow => vec![
                Diagnostic::error(&codes::OVERFLOW, "the numbers of this project do not fit together exactly: they are too large, or have too many digits")
                    .help("look for numbers that are a thousand times what they should be, and for rates with more digits than they need"),
            ],
            Self::Disagreement(list) => vec![disagreement(list)],
        }
    }
}

fn disagreement(list: &[Disagreement]) -> Diagnostic {
    let message = "the plan that was made does not pass the independent checker, so it is not shown";
    let mut diagnostic = Diagnostic::error(&codes::DISAGREEMENT, message);
    for one in list.iter().take(LISTED) {
        diagnostic = diagnostic.with_note(one.to_string());
    }
    if list.len() > LISTED {
        diagnostic = diagnostic.with_note(format!("and {} more", list.len() - LISTED));
    }
    diagnostic
        .help("this is a fault of sopc, not of the inputs: please report it, with the project if you can share it")
}

#[cfg(test)]
mod tests;
