//! How the plan of one level is made: from prices to a draft, from there to the best plan that a search finds, held against the exact books.

use rayon::prelude::*;

use super::branch::Search;
use super::broken::{broken, more_given};
use super::draft::Draft;
use super::effect::{self, Choice};
use super::levels::Levels;
use super::pricing::{Priced, alone, price};
use super::program::{Decision, GIVEN, Program};
use super::reduced::Prices;
use super::rows::Rows;
use super::split::admits;
use super::{NO_PLAN, Outcome, SMALL, Steering, Unsolved, Violation, fixed, outcome, proof};
use crate::model::Model;
use crate::model::breaches::pool_name;

/// Kept free of each row, in parts of 10^9: nothing at first, more where the exact books found a row passed that fixed point held for
/// kept.
const MARGINS: [i64; 3] = [0, 10, 1_000_000];

/// Times that programs are told what is owed.
const OWED: usize = 4;
/// Most pools of a project in which those give way first that lose least.
const SETTLED: usize = 300;
/// Rounds in which pools of small projects give way to each other.
const EXCHANGE_ROUNDS: usize = 6;
/// Work that branching may take, in cells of tables.
const BRANCHING: i128 = 150_000_000;

/// The best plan found of a level.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) choices: Vec<Choice>,
    /// Prices at which pools bound it.
    pub(super) prices: Prices,
    /// No plan earns more, in the level's terms.
    pub(super) bound: i128,
    /// What the choices come to, by the exact books.
    pub(super) outcome: Outcome,
    /// Commitments that they break; empty for a plan.
    pub(super) broken: Vec<Violation>,
    /// True where all of the level was searched, and there is no plan.
    pub(super) none: bool,
}

/// True for one trial among many of a large project, which ends where it does not come upon a plan soon.
pub(super) fn is_trial(programs: &[Program], steering: &Steering<'_>) -> bool {
    steering.is_brief() && programs.len() > SETTLED
}

/// True where safety stock is lacking.
fn is_short(violation: &Violation) -> bool {
    violation.kind == "safety-stock"
}

impl Found {
    /// Programs that know what is owed, or at `last` that nothing is to be; their pools start from what they would do alone, the others from what they
    /// did. One that could do nothing then stays as it is.
    fn told(
        &self,
        model: &Model<'_>,
        programs: &[Program],
        rows: &Rows,
        (priced, last): (&mut Priced, bool),
    ) -> Vec<Program> {
        priced.start.clone_from(&self.choices);
        let mut told = programs.to_vec();
        for (pool, program) in told.iter_mut().enumerate() {
            let owed = self.owed(model, pool);
            if owed.is_empty() {
                continue;
            }
            let other = if last { program.prompt() } else { program.owing(&owed) };
            if let Some(choice) = alone(&other, rows, &priced.prices) {
                (*program, priced.start[pool]) = (other, choice);
            }
        }
        told
    }

    /// By bucket: what a pool lacks of safety stock, which can only be for what it owes.
    fn owed(&self, model: &Model<'_>, pool: usize) -> Vec<(usize, i64)> {
        let lacks = |violation: &&Violation| is_short(violation) && violation.of == pool_name(model, pool);
        let units = |violation: &Violation| (violation.bucket, violation.amount.ceil().to_integer());
        let all = self.broken.iter().filter(lacks).map(units);
        all.map(|(bucket, units)| (bucket, fixed::narrow(units))).collect()
    }
}

impl Levels<'_> {
    /// The best plan of a level, which is none where it breaks something. `known` is a plan that an earlier level ended with.
    pub(super) fn best(
        &self,
        programs: &[Program],
        rows: &Rows,
        known: Option<&[Decision]>,
    ) -> Result<Found, Unsolved> {
        let promises = programs.iter().any(Program::has_promises);
        let found = self.searched(programs, rows, known, !promises)?;
        let ends = self.steering.stopped() || is_trial(programs, self.steering);
        if found.broken.is_empty() || found.none || !promises || ends {
            return Ok(found);
        }
        // Promises leave too little to move in: they may be broken on the way.
        let pliant: Vec<Program> = programs.iter().map(Program::pliant).collect();
        let other = self.searched(&pliant, rows, known, true)?;
        if other.broken.is_empty() {
            // What is given has prices of its own there, which say nothing of plans that are given more of it.
            let bounds = programs.iter().all(|program| program.level_group(GIVEN).is_none());
            return Ok(Found { bound: if bounds { other.bound.min(found.bound) } else { found.bound }, ..other });
        }
        // Patience is for small projects: any other ends as it did.
        if programs.len() > SMALL { Ok(found) } else { self.searched(programs, rows, known, true) }
    }

    /// What one search finds. One that is not `patient` ends where it does not come upon a plan soon.
    pub(super) fn searched(
        &self,
        programs: &[Program],
        rows: &Rows,
        known: Option<&[Decision]>,
        patient: bool,
    ) -> Result<Found, Unsolved> {
        let priced = price(programs, rows, self.steering)?;
        let known = known.map(|known| {
            let each = programs.par_iter().zip(known);
            each.map(|(program, decision)| Choice::of(program, rows, decision.clone())).collect::<Vec<_>>()
        });
        self.made(programs, rows, priced, (known.as_deref(), patient))
    }

    /// What is found near another plan, at its prices, where programs and rows ask for something else; `bound` is one of both.
    pub(super) fn nearby(
        &self,
        programs: &[Program],
        rows: &Rows,
        other: &Found,
        bound: i128,
    ) -> Result<Found, Unsolved> {
        let near = |(program, choice): (&Program, &Choice)| {
            if admits(program, &choice.decision) {
                return Some(Choice::of(program, rows, choice.decision.clone()));
            }
            alone(program, rows, &other.prices)
        };
        let start: Option<Vec<Choice>> = programs.par_iter().zip(&other.choices).map(near).collect();
        let start = start.ok_or(Unsolved::NoPlan(Vec::new(), false, None))?;
        self.made(programs, rows, Priced { prices: other.prices.clone(), bound, start }, (None, false))
    }

    /// The plan that is made from prices.
    pub(super) fn made(
        &self,
        programs: &[Program],
        rows: &Rows,
        mut priced: Priced,
        (known, patient): (Option<&[Choice]>, bool),
    ) -> Result<Found, Unsolved> {
        let Self { model, steering, .. } = *self;
        let mut none = false;
        let mut owing: Option<Vec<Program>> = None;
        let (mut kept_free, mut told) = (0, 0);
        loop {
            let programs = owing.as_deref().unwrap_or(programs);
            let margin = MARGINS[kept_free];
            // Programs that know what is owed leave plans out that owe something else, and so does a margin: neither proves anything of all plans.
            let is_whole = margin == 0 && owing.is_none();
            let available = if margin == 0 { rows.available.clone() } else { rows.with_margin(margin) };
            let choices = assemble(programs, rows, &available, &priced, known, steering);
            let mut draft = Draft::new(programs, rows, &available, choices);
            let has_plan = draft.violation() == 0;
            // Prices often prove that there is no plan where searching for one would take all work there is.
            none |= is_whole
                && !has_plan
                && !is_trial(programs, steering)
                && proof::is_impossible(programs, rows, steering);
            if programs.len() <= SMALL && !none && (patient || has_plan) {
                let mut search =
                    Search::new(programs, rows, &available, Some(draft.choices.clone()), steering.part_of(BRANCHING));
                let bound = search.run(priced.prices.clone(), priced.bound, steering);
                priced.bound = if is_whole { bound } else { priced.bound };
                none |= is_whole && search.best.is_none() && bound < NO_PLAN;
                if let Some(best) = search.best {
                    draft = Draft::new(programs, rows, &available, best);
                }
            }
            let outcome = outcome(model, programs, &draft.choices);
            let mut broken = broken(model, &outcome)?;
            let violation = draft.violation();
            if violation > 0 && broken.is_empty() {
                broken.extend(more_given(model));
            }
            let (choices, prices) = (draft.choices, priced.prices.clone());
            let found = Found { choices, prices, bound: priced.bound, outcome, broken, none };
            if found.broken.is_empty() || violation > 0 || breaks_promises(programs, &found.choices) {
                return Ok(found);
            }
            if found.broken.iter().any(is_short) && told < OWED {
                told += 1;
                owing = Some(found.told(model, programs, rows, (&mut priced, told == OWED)));
            } else if kept_free + 1 < MARGINS.len() {
                // Fixed point had let a row pass by a hair: again with a little less of each.
                kept_free += 1;
                priced.start.clone_from(&found.choices);
            } else {
                return Ok(found);
            }
        }
    }

    /// The same plan, its items searched one by one.
    pub(super) fn perfected(&self, found: Found, programs: &[Program], rows: &Rows) -> Result<Found, Unsolved> {
        let Self { model, steering, .. } = *self;
        if !found.broken.is_empty() || !rows.items_price() {
            return Ok(found);
        }
        let mut draft = Draft::new(programs, rows, &rows.available, found.choices.clone());
        draft.perfect(&found.prices, steering);
        let outcome = outcome(model, programs, &draft.choices);
        let plan = Found { choices: draft.choices, outcome, ..found.clone() };
        // The exact books may see a hair that fixed point does not.
        Ok(if broken(model, &plan.outcome)?.is_empty() { plan } else { found })
    }
}

/// True where a plan breaks promises that are priced.
fn breaks_promises(programs: &[Program], choices: &[Choice]) -> bool {
    let short = |(program, choice): (&Program, &Choice)| {
        program.own.0 > 0 && effect::uses(program, &choice.decision, GIVEN) > program.own.1
    };
    programs.iter().zip(choices).any(short)
}

/// Every pool's choice in the best plan found. `known` is a plan.
fn assemble(
    programs: &[Program],
    rows: &Rows,
    available: &[i64],
    priced: &Priced,
    known: Option<&[Choice]>,
    steering: &Steering<'_>,
) -> Vec<Choice> {
    let mut draft = Draft::new(programs, rows, available, priced.start.clone());
    draft.reconcile(&priced.prices);
    if programs.len() <= SETTLED {
        draft.settle(&priced.prices, &|| steering.stopped());
    }
    draft.repair(&priced.prices, &|| steering.stopped());
    if draft.violation() > 0 && programs.len() > SETTLED {
        // What prices do not mend, one item after the other may.
        draft.settle(&priced.prices, &|| steering.stopped());
    }
    if let Some(known) = known.filter(|_| draft.violation() > 0) {
        draft = Draft::new(programs, rows, available, known.to_vec());
    }
    if draft.violation() > 0 {
        // Selling all there is keeps every limit that facts leave room for: a start that is never worse than that.
        let mut other = Draft::new(programs, rows, available, Draft::without_lines(programs, rows));
        other.reconcile(&priced.prices);
        other.repair(&priced.prices, &|| steering.stopped());
        if other.violation() < draft.violation() {
            draft = other;
        }
    }
    steering.report(rows, "improving", 0, Some(priced.bound), Some(draft.objective()));
    draft.improve(&priced.prices, &|plan| {
        steering.report(rows, "improving", 0, Some(priced.bound), Some(plan));
        steering.is_over(plan, priced.bound)
    });
    if programs.len() <= SMALL && draft.violation() == 0 {
        for _ in 0..EXCHANGE_ROUNDS {
            if !draft.exchange(&priced.prices, &|plan| steering.is_over(plan, priced.bound)) {
                break;
            }
        }
    }
    draft.choices
}
