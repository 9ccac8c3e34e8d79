//! Deciding: which lines are placed, and what each channel is sold.
//!
//! Items meet only in shared limits ([`rows`]). Prices on those let each pool (an item at a location) be decided exactly by
//! itself ([`program`], [`dynamic`]), and what all pools earn at prices, with what the rows are worth, bounds every plan
//! ([`dual`]). The prices that make the bound small come from a bundle method ([`master`]); a plan is then put together from
//! them ([`construct`]). `docs/planner.md` says why this is right.

mod anew;
mod apart;
mod around;
mod blend;
mod branch;
mod broken;
mod closest;
mod construct;
mod draft;
mod dual;
mod dynamic;
mod echelon;
mod effect;
mod fit;
mod fixed;
mod grants;
mod inner;
mod items;
mod joint;
mod levels;
mod made;
mod master;
mod node;
mod orders;
mod pricing;
mod program;
mod proof;
mod reduced;
mod room;
mod roomy;
mod rows;
mod sizes;
mod split;
mod steering;
mod timing;
mod worth;

use rayon::prelude::*;

use crate::model::Model;
use crate::model::given::nothing_ordered;
use crate::network::{LaneId, Route, TransferId};
use crate::source::Place;
use crate::units::{Overflow, Ratio, add};

use broken::{broken, impossible};
use closest::{Closest, closer};
use dual::{Teams, evaluate};
use effect::Choice;
use items::Items;
use levels::Levels;
use pricing::price;
use program::{GIVEN, Program, Slot};
use reduced::Prices;
use rows::Rows;
use sizes::Sizes;
pub use sizes::{MOST_CELLS, TooMany, too_many_units};
pub use steering::{Progress, Steering};
pub use timing::solve_in_time;
pub use worth::{Marginal, Worth};

/// Whether the sums of a model fit into the planner's numbers.
///
/// # Errors
/// Where they do not.
pub fn fits(model: &Model<'_>) -> Result<(), Overflow> {
    laid_out(model).map(drop)
}

/// A purchase line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// By which lane.
    pub lane: LaneId,
    /// The bucket it serves.
    pub bucket: usize,
    /// Units.
    pub units: i64,
}

/// A line between own locations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// By which lane.
    pub lane: TransferId,
    /// The bucket it serves.
    pub bucket: usize,
    /// Units.
    pub units: i64,
}

/// A late delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Late {
    /// By which way, by index.
    pub way: usize,
    /// The bucket that asked for it.
    pub wanted: usize,
    /// The bucket that has it.
    pub delivered: usize,
    /// Units.
    pub units: i64,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Lines, by (bucket, lane), twins by falling size.
    pub lines: Vec<Line>,
    /// Transfers, by (bucket, lane), twins by falling size.
    pub transfers: Vec<Transfer>,
    /// Units sold in the bucket that asks for them, by way and bucket.
    pub sales: Vec<Vec<i64>>,
    /// Units that are delivered later, by (way, wanted, delivered).
    pub late: Vec<Late>,
    /// No plan earns more; absent where nothing is proven.
    pub bound: Option<Ratio>,
    /// By level, the first one being what is given: no plan uses less, where those before are used as little as can be. Empty where
    /// nothing is proven.
    pub levels: Vec<Ratio>,
    /// What more of the limits would be worth at most; absent where that was not asked.
    pub worth: Option<Worth>,
    /// True where the search was stopped from outside: another run may find a better plan.
    pub interrupted: bool,
}

impl Outcome {
    /// Units of an offer that are sold in the bucket that asks for them, from wherever.
    #[must_use]
    pub fn on_time(&self, model: &Model<'_>, offer: usize, bucket: usize) -> i64 {
        self.sales[model.offers[offer].ways.clone()].iter().map(|sold| sold[bucket]).sum()
    }
}

/// A commitment that the closest plan found still breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `cash-minimum`, `budget`, ...
    pub kind: &'static str,
    /// Which one.
    pub of: String,
    /// When.
    pub bucket: usize,
    /// By how much.
    pub amount: Ratio,
    /// Where the commitment is stated.
    pub origin: Place,
    /// True where no plan at all can keep it.
    pub proven: bool,
}

/// Why there is no outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsolved {
    /// What the closest plan found still breaks, whether it is proven that every plan breaks something, and that plan where there is one; its
    /// bound is that of plans that break nothing.
    NoPlan(Vec<Violation>, bool, Option<Box<Outcome>>),
    /// Numbers do not fit together.
    Overflow,
}

impl From<Overflow> for Unsolved {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}

/// Most pools of a project that is branched on.
const SMALL: usize = 32;

/// A bound that no plan has: nothing is left to search.
const NO_PLAN: i128 = i128::MIN / 4;

/// Decides a model.
///
/// # Errors
/// Where no plan is found that keeps every commitment, or numbers do not fit together.
pub fn solve(model: &Model<'_>, steering: &Steering<'_>) -> Result<Outcome, Unsolved> {
    decide(model, steering, false)
}

/// The same where only plans are of use that are given no more than any plan has to be, and use no rule.
fn solve_at_least(model: &Model<'_>, steering: &Steering<'_>) -> Result<Outcome, Unsolved> {
    decide(model, steering, true)
}

/// Decides a model; `least` asks only for plans that use the least of everything.
fn decide(model: &Model<'_>, steering: &Steering<'_>, least: bool) -> Result<Outcome, Unsolved> {
    let idle = nothing_ordered(model);
    let nothing = broken(model, &idle)?;
    let is_proven = nothing.iter().any(|violation| violation.proven);
    if is_proven && !steering.is_drafting() {
        return Err(Unsolved::NoPlan(nothing, true, Some(Box::new(idle))));
    }
    let (mut programs, rows) = laid_out(model)?;
    let impossible = impossible(model, &programs, &rows);
    if is_proven || !impossible.is_empty() {
        let closest = if steering.is_drafting() {
            closer(model, (&programs, &rows), Closest { broken: nothing, outcome: idle }, steering)
        } else {
            Closest { broken: impossible, outcome: idle }
        };
        return Err(Unsolved::NoPlan(closest.broken, true, Some(Box::new(closest.outcome))));
    }
    let is_cut = fit::fit(&mut programs, &rows);
    Levels { model, steering, least, is_cut }.solve(programs, rows)
}

/// True where it is proven without a search for plans that there is none. Rules that move something are not asked.
///
/// # Errors
/// Where numbers do not fit together.
pub fn is_proven_impossible(model: &Model<'_>, steering: &Steering<'_>) -> Result<bool, Overflow> {
    Ok(passed_at_least(model, steering)? != Passing::Measured(0))
}

/// By how much every plan passes limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// At least by so much in all, in parts of the limits' sizes that are the same for every change of what there is of a limit; 0 where nothing is proven.
    Measured(i128),
    /// There is no plan, by what has no measure.
    Unmeasured,
}

/// By how much every plan passes limits, as far as prices show. Rules that move something are not asked.
///
/// # Errors
/// Where numbers do not fit together.
pub fn passed_at_least(model: &Model<'_>, steering: &Steering<'_>) -> Result<Passing, Overflow> {
    if broken(model, &nothing_ordered(model))?.iter().any(|violation| violation.proven) {
        return Ok(Passing::Unmeasured);
    }
    let (programs, rows) = laid_out(model)?;
    if !impossible(model, &programs, &rows).is_empty() {
        return Ok(Passing::Unmeasured);
    }
    Ok(Passing::Measured(proof::passing(&programs, &rows, steering)))
}

/// The priced model: a program for each pool, and the rows they share.
fn laid_out(model: &Model<'_>) -> Result<(Vec<Program>, Rows), Overflow> {
    let items = Items::new(model);
    let sizes = Sizes::new(model, &items)?;
    let rows = Rows::new(model, items, &sizes)?;
    let programs = (0..model.pools.len())
        .into_par_iter()
        .map(|index| Program::new(model, &rows, &sizes, index))
        .collect::<Result<_, _>>()?;
    Ok((programs, rows))
}

/// What is given at least, whatever is decided.
fn least_given(model: &Model<'_>) -> Result<Ratio, Overflow> {
    let (programs, rows) = laid_out(model)?;
    let sum = least_uses(&programs, &rows).unwrap_or_default().iter().map(|used| i128::from(*used)).sum();
    add(Ratio::new(sum, i128::from(rows.money)), model.forced)
}

/// The most that a plan can earn which is given no more than any plan has to be and uses no rule; none where there is no such plan.
fn most_at_least(model: &Model<'_>, steering: &Steering<'_>) -> Result<Option<Ratio>, Overflow> {
    let (mut programs, rows) = laid_out(model)?;
    fit::fit(&mut programs, &rows);
    let least = least_uses(&programs, &rows).ok_or(Overflow)?;
    let (kept, rows) = at_least(&programs, &rows, &least);
    match price(&kept, &rows, steering) {
        Ok(priced) => add(Ratio::new(priced.bound, i128::from(rows.money)), model.beside_programs()?).map(Some),
        Err(Unsolved::NoPlan(..)) => Ok(None),
        Err(Unsolved::Overflow) => Err(Overflow),
    }
}

/// Programs and rows of plans in which each pool has its least use of what is given, and no rule is used.
fn at_least(programs: &[Program], rows: &Rows, least: &[i64]) -> (Vec<Program>, Rows) {
    let without = |(program, least): (&Program, &i64)| program.without(|level| level != GIVEN).kept_to(*least);
    let used = least.iter().map(|used| i128::from(*used)).sum();
    (programs.iter().zip(least).map(without).collect(), rows.with_use(GIVEN, used).without_slack(|_| true))
}

/// What each pool uses of what is given at least, whatever the others do.
fn least_uses(programs: &[Program], rows: &Rows) -> Option<Vec<i64>> {
    let for_use: Vec<Program> = programs.iter().map(|program| program.for_use(GIVEN)).collect();
    let (_, choices) = evaluate(&for_use, &Teams::new(&for_use, rows), rows, &Prices::zero(rows), true)?;
    Some(choices.iter().map(|choice| -choice.effect.objective).collect())
}

/// The choices in the model's terms.
fn outcome(model: &Model<'_>, programs: &[Program], choices: &[Choice]) -> Outcome {
    let sales = model.ways.iter().map(|way| vec![0; way.net.len()]).collect();
    let mut outcome = Outcome { sales, ..Outcome::default() };
    for (program, choice) in programs.iter().zip(choices) {
        let placed = program.options.iter().zip(&choice.decision.lines).filter(|(_, units)| **units > 0);
        for (option, &units) in placed {
            let bucket = option.bucket;
            match option.lane {
                Route::Purchase(lane) => outcome.lines.push(Line { lane, bucket, units }),
                Route::Transfer(lane) => outcome.transfers.push(Transfer { lane, bucket, units }),
            }
        }
        for (index, &units) in choice.decision.sales.iter().enumerate() {
            let bucket = index / program.slots.len();
            match program.slots[index % program.slots.len()] {
                Slot::Sale(way, 0) => outcome.sales[way][bucket] = units,
                Slot::Sale(way, late) if units > 0 => {
                    outcome.late.push(Late { way, wanted: bucket - late, delivered: bucket, units });
                }
                Slot::Sale(..) | Slot::Sent | Slot::Taken(_) => {}
            }
        }
    }
    outcome.lines.sort_by_key(|line| (line.bucket, line.lane, std::cmp::Reverse(line.units)));
    outcome.transfers.sort_by_key(|sent| (sent.bucket, sent.lane, std::cmp::Reverse(sent.units)));
    outcome.late.sort();
    outcome
}
