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
use crate::model::breaches::{Breaches, pool_name};
use crate::model::given::nothing_ordered;
use crate::model::ledger::Ledger;
use crate::network::{LaneId, Route, TransferId};
use crate::source::Place;
use crate::units::{Overflow, Ratio, add};

use branch::Search;
use broken::{broken, impossible, more_given};
use draft::Draft;
use dual::{Teams, evaluate};
use effect::Choice;
use items::Items;
use pricing::{Priced, alone, price};
use program::{Decision, GIVEN, Program, Slot};
use reduced::Prices;
use rows::Rows;
use sizes::Sizes;
use split::admits;
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

/// Kept free of each row, in parts of 10^9: nothing at first, more where the exact books found a row passed that fixed point held for
/// kept.
const MARGINS: [i64; 3] = [0, 10, 1_000_000];

/// Times that programs are told what is owed.
const OWED: usize = 4;
/// Most pools of a project in which those give way first that lose least.
const SETTLED: usize = 300;
/// Rounds in which pools of small projects give way to each other.
const EXCHANGE_ROUNDS: usize = 6;
/// Most pools of a project that is branched on.
const SMALL: usize = 32;
/// Work that branching may take, in cells of tables.
const BRANCHING: i128 = 150_000_000;

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
    if nothing.iter().any(|violation| violation.proven) {
        return Err(Unsolved::NoPlan(nothing, true, Some(Box::new(idle))));
    }
    let (mut programs, rows) = laid_out(model)?;
    let impossible = impossible(model, &programs, &rows);
    if !impossible.is_empty() {
        return Err(Unsolved::NoPlan(impossible, true, Some(Box::new(idle))));
    }
    let is_cut = fit::fit(&mut programs, &rows);
    Levels { model, steering, least, is_cut }.solve(programs, rows)
}

/// True where it is proven without a search for plans that there is none. Rules that move something are not asked.
///
/// # Errors
/// Where numbers do not fit together.
pub fn is_proven_impossible(model: &Model<'_>, steering: &Steering<'_>) -> Result<bool, Overflow> {
    if broken(model, &nothing_ordered(model))?.iter().any(|violation| violation.proven) {
        return Ok(true);
    }
    let (programs, rows) = laid_out(model)?;
    Ok(!impossible(model, &programs, &rows).is_empty() || proof::is_beyond_prices(&programs, &rows, steering))
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

/// Levels are searched one after the other: first what is given is made as small as can be, then the use of each rule, then money is
/// earned.
struct Levels<'a> {
    model: &'a Model<'a>,
    steering: &'a Steering<'a>,
    /// True where only plans are of use that use the least of everything.
    least: bool,
    /// True where programs know of how much there is.
    is_cut: bool,
}

/// The best plan found of a level.
#[derive(Clone)]
struct Found {
    choices: Vec<Choice>,
    /// Prices at which pools bound it.
    prices: Prices,
    /// No plan earns more, in the level's terms.
    bound: i128,
    /// What the choices come to, by the exact books.
    outcome: Outcome,
    /// Commitments that they break; empty for a plan.
    broken: Vec<Violation>,
    /// True where all of the level was searched, and there is no plan.
    none: bool,
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
    fn solve(&self, mut programs: Vec<Program>, mut rows: Rows) -> Result<Outcome, Unsolved> {
        let count = rows.levels.len();
        if rows.levels.iter().all(Option::is_none) {
            let found = self.best_of_orders(&programs, &rows, None)?;
            let prices = found.prices.clone();
            let outcome = self.outcome(found, &vec![0; count], &programs, &rows)?;
            drop(programs);
            return Ok(self.with_worth(outcome, &prices, &rows, |_, program| program));
        }
        // No plan is given less than all pools would be by themselves, and most often there is one that is not, without any rule.
        let least = least_uses(&programs, &rows).ok_or(Overflow)?;
        let mut bounds = vec![0; count];
        bounds[GIVEN] = least.iter().map(|used| i128::from(*used)).sum();
        let mut known: Option<Vec<Decision>> = None;
        let without = |(program, least): (&Program, &i64)| program.without(|level| level != GIVEN).kept_to(*least);
        let (kept, strict) = at_least(&programs, &rows, &least);
        match self.best_of_orders(&kept, &strict, None) {
            Ok(found) if found.broken.is_empty() && !self.is_lenient() => {
                let prices = found.prices.clone();
                let outcome = self.outcome(found, &bounds, &programs, &rows)?;
                drop((programs, kept));
                return Ok(self.with_worth(outcome, &prices, &strict, |pool, one| without((&one, &least[pool]))));
            }
            Ok(found) if found.broken.is_empty() => {
                known = Some(found.choices.into_iter().map(|choice| choice.decision).collect());
            }
            Ok(found) if self.least => {
                return Err(Unsolved::NoPlan(found.broken, false, Some(Box::new(found.outcome))));
            }
            Err(Unsolved::NoPlan(broken, _, closest)) if self.least => {
                return Err(Unsolved::NoPlan(broken, false, closest));
            }
            // That none does with so little says nothing of others.
            Ok(_) | Err(Unsolved::NoPlan(..)) => {}
            Err(other) => return Err(other),
        }
        for level in (0..count).filter(|level| rows.levels[*level].is_some()).collect::<Vec<_>>() {
            let for_use: Vec<Program> = programs.iter().map(|program| program.for_use(level)).collect();
            let mut used = known.as_ref().map(|known| used_by(&for_use, &rows, known));
            if used != Some(bounds[level]) {
                let found = self.best_of_orders(&for_use, &rows, known.as_deref())?;
                if found.broken.is_empty() {
                    bounds[level] = bounds[level].max(-found.bound);
                    let decisions: Vec<Decision> = found.choices.into_iter().map(|choice| choice.decision).collect();
                    used = Some(used_by(&for_use, &rows, &decisions));
                    known = Some(decisions);
                } else if known.is_none() {
                    return self.outcome(found, &bounds, &programs, &rows);
                }
            }
            // Rows count a use as no more than it is, so that no plan that uses as much is left out.
            let exact = known.as_ref().map_or(Ok(0), |known| self.exact_use(level, &for_use, &rows, known))?;
            let used = used.unwrap_or(0).max(exact);
            rows = rows.with_use(level, used + self.within(level, &rows)?);
            if rows.levels[level].is_some_and(|row| rows.available[row] == 0) {
                programs = programs.iter().map(|program| program.without(|other| other == level)).collect();
                rows = rows.without_slack(|other| other == level);
            }
        }
        let found = self.best_of_orders(&programs, &rows, known.as_deref())?;
        let unused = |level: usize| rows.levels[level].is_some_and(|row| rows.available[row] == 0);
        let prices = found.prices.clone();
        let outcome = self.outcome(found, &bounds, &programs, &rows)?;
        drop(programs);
        Ok(self.with_worth(outcome, &prices, &rows, |_, program| program.without(unused)))
    }

    /// A plan with what more of the limits is worth beside it, where each pool is what `as_settled` makes of it.
    fn with_worth(
        &self,
        outcome: Outcome,
        prices: &Prices,
        rows: &Rows,
        as_settled: impl Fn(usize, Program) -> Program + Sync,
    ) -> Outcome {
        Outcome { worth: self.worth(prices, rows, as_settled), ..outcome }
    }

    fn worth(
        &self,
        prices: &Prices,
        rows: &Rows,
        as_settled: impl Fn(usize, Program) -> Program + Sync,
    ) -> Option<Worth> {
        let model = self.model;
        if self.steering.is_brief() || model.limits.is_empty() && model.cash.is_none() {
            return None;
        }
        // Programs that know nothing of how much there is.
        let (unfitted, _) = laid_out(model).ok()?;
        let settled: Vec<Program> =
            unfitted.into_par_iter().enumerate().map(|(pool, program)| as_settled(pool, program)).collect();
        let worth = worth::worth(model, (&settled, rows), (prices, !self.is_cut), self.steering)?;
        Some(Worth { bound: add(worth.bound, model.beside_programs().ok()?).ok()?, ..worth })
    }

    /// What decisions use of a rule's level by the exact books.
    fn exact_use(&self, level: usize, programs: &[Program], rows: &Rows, known: &[Decision]) -> Result<i128, Overflow> {
        let Some(at) = level.checked_sub(1) else { return Ok(0) };
        let choices = programs.iter().zip(known).map(|(program, one)| Choice::of(program, rows, one.clone()));
        let outcome = outcome(self.model, programs, &choices.collect::<Vec<_>>());
        let ledger = Ledger::new(self.model, &outcome)?;
        let uses = Breaches::new(self.model, &outcome, &ledger)?.by_level(self.model)?;
        fixed::up(uses[at], rows.money).map(i128::from)
    }

    /// True where some rule may be used by more than the least.
    fn is_lenient(&self) -> bool {
        let rules = &self.model.network.rules;
        self.model.relief.levels.iter().any(|&rule| !rules[rule].within.is_zero())
    }

    /// By how much the use of a level may exceed the least.
    fn within(&self, level: usize, rows: &Rows) -> Result<i128, Overflow> {
        let Some(rule) = level.checked_sub(1).map(|at| self.model.relief.levels[at]) else { return Ok(0) };
        fixed::up(crate::units::ratio(self.model.network.rules[rule].within), rows.money).map(i128::from)
    }

    /// The best plan of a level, which is none where it breaks something. `known` is a plan that an earlier level ended with.
    fn best(&self, programs: &[Program], rows: &Rows, known: Option<&[Decision]>) -> Result<Found, Unsolved> {
        let promises = programs.iter().any(Program::has_promises);
        let found = self.searched(programs, rows, known, !promises)?;
        if found.broken.is_empty() || found.none || !promises || self.steering.stopped() {
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
    fn searched(
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
    fn nearby(&self, programs: &[Program], rows: &Rows, other: &Found, bound: i128) -> Result<Found, Unsolved> {
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
    fn made(
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
            none |= is_whole && !has_plan && proof::is_impossible(programs, rows, steering);
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
    fn perfected(&self, found: Found, programs: &[Program], rows: &Rows) -> Result<Found, Unsolved> {
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

    /// The same, or nothing ordered, where that is a plan and what was found is none, or cannot be at all: it has stock that is not there, or
    /// serves demand twice.
    fn possible(&self, found: Found) -> Result<Found, Overflow> {
        if found.broken.is_empty() {
            return Ok(found);
        }
        let outcome = nothing_ordered(self.model);
        let idle = broken(self.model, &outcome)?;
        if idle.is_empty() && !found.none || found.broken.iter().any(broken::is_impossible) {
            return Ok(Found { broken: idle, outcome, ..found });
        }
        Ok(found)
    }

    /// The plan of the last level; `bounds` are what any plan uses of each level at least. Where there is none, tells whether that is
    /// proven.
    fn outcome(&self, found: Found, bounds: &[i128], programs: &[Program], rows: &Rows) -> Result<Outcome, Unsolved> {
        let found = self.possible(found)?;
        if !found.broken.is_empty() {
            let proven = found.none || proof::is_impossible(programs, rows, self.steering);
            let known = (!proven && found.bound > NO_PLAN && found.bound < i128::MAX).then_some(found.bound);
            let bound =
                known.map(|bound| add(Ratio::new(bound, i128::from(rows.money)), self.model.beside_programs()?));
            let closest = Outcome { bound: bound.transpose()?, ..found.outcome };
            return Err(Unsolved::NoPlan(found.broken, proven, Some(Box::new(closest))));
        }
        let amount = |number: &i128| Ratio::new(*number, i128::from(rows.money));
        let mut levels: Vec<Ratio> = bounds.iter().map(amount).collect();
        levels[GIVEN] = add(levels[GIVEN], self.model.forced)?;
        Ok(Outcome {
            bound: Some(add(amount(&found.bound), self.model.beside_programs()?)?),
            levels,
            interrupted: self.steering.interrupted(),
            ..found.outcome
        })
    }
}

/// What decisions use of the level that the programs aim at.
fn used_by(programs: &[Program], rows: &Rows, known: &[Decision]) -> i128 {
    let each = programs.par_iter().zip(known);
    let choices = each.map(|(program, decision)| Choice::of(program, rows, decision.clone())).collect();
    -Draft::new(programs, rows, &rows.available, choices).objective()
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
