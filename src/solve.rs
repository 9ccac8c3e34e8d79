//! Deciding: which lines are placed, and what each channel is sold.
//!
//! Items meet only in shared limits ([`rows`]). Prices on those let each pool (an item at a location) be decided exactly by
//! itself ([`program`], [`dynamic`]), and what all pools earn at prices, with what the rows are worth, bounds every plan
//! ([`dual`]). The prices that make the bound small come from a bundle method ([`master`]); a plan is then put together from
//! them ([`construct`]). `docs/planner.md` says why this is right.

mod around;
mod blend;
mod branch;
mod construct;
mod dual;
mod dynamic;
mod effect;
mod fixed;
mod given;
mod master;
mod node;
mod program;
mod reduced;
mod rows;
mod sizes;
mod split;
mod steering;

use num_traits::Zero;
use rayon::prelude::*;

use crate::model::Model;
use crate::model::ledger::Ledger;
use crate::network::LaneId;
use crate::source::Place;
use crate::units::{Overflow, Ratio, add, mul, whole};

use branch::Search;
use construct::Draft;
use dual::evaluate;
use effect::Choice;
pub use given::Given;
use master::Master;
use program::{Decision, Program};
use reduced::Prices;
use rows::Rows;
use sizes::Sizes;
pub use steering::{Progress, Steering};

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

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Lines, by (bucket, lane).
    pub lines: Vec<Line>,
    /// Units sold, by offer and bucket.
    pub sales: Vec<Vec<i64>>,
    /// No plan earns more; absent where nothing is proven.
    pub bound: Option<Ratio>,
    /// True where the search was stopped from outside: another run may find a better plan.
    pub interrupted: bool,
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
    /// What the closest plan found still breaks; infeasible is proven where any of it is.
    NoPlan(Vec<Violation>),
    /// Numbers do not fit together.
    Overflow,
}

impl From<Overflow> for Unsolved {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}

/// Levels of a program that proposes prices.
const COARSE: i64 = 80;
/// Iterations of the master on such programs.
const COARSE_ITERATIONS: usize = 60;
/// Iterations on full programs.
const FULL_ITERATIONS: usize = 2;
/// Proposals that a plan is started from.
const PROPOSALS: usize = 24;
/// The master is content where its cuts expect less than this part of the value.
const TOLERANCE: f64 = 1e-5;
/// Kept free of each row, in parts of 10^9: nothing at first, more where the exact books found a row passed that fixed point held for
/// kept.
const MARGINS: [i64; 3] = [0, 10, 1_000_000];

/// Most pools of a project in which those give way first that lose least.
const SETTLED: usize = 300;
/// Rounds in which pools of small projects give way to each other.
const EXCHANGE_ROUNDS: usize = 6;
/// Most pools of a project that is branched on.
const SMALL: usize = 32;
/// Work that branching may take, in cells of tables.
const BRANCHING: i128 = 150_000_000;

/// Decides a model.
///
/// # Errors
/// Where no plan is found that keeps every commitment, or numbers do not fit together.
pub fn solve(model: &Model<'_>, steering: &Steering<'_>) -> Result<Outcome, Unsolved> {
    let given = Given::new(model)?;
    let sold = given::nothing_ordered(model);
    let violations = broken(model, &given, &sold)?;
    if violations.iter().any(|violation| violation.proven) {
        return Err(Unsolved::NoPlan(violations));
    }
    let sizes = Sizes::new(model)?;
    let rows = Rows::new(model, &given, &sizes)?;
    let programs: Vec<Program> = (0..model.pools.len())
        .into_par_iter()
        .map(|index| Program::new(model, &rows, &sizes, index))
        .collect::<Result<_, _>>()?;
    let mut priced = price(&programs, &rows, steering).ok_or(Overflow)?;
    let mut violations = Vec::new();
    for margin in MARGINS {
        let available = if margin == 0 { rows.available.clone() } else { rows.with_margin(margin) };
        let mut choices = assemble(model, &programs, &rows, &available, &priced, &sold, steering);
        if programs.len() <= SMALL {
            let mut search = Search::new(&programs, &rows, &available, Some(choices.clone()), BRANCHING);
            let bound = search.run(priced.prices.clone(), priced.bound, steering);
            // With a margin the search knows of less than there is.
            priced.bound = if margin == 0 { bound } else { priced.bound };
            choices = search.best.unwrap_or(choices);
        }
        let draft = Draft::new(&programs, &rows, &available, choices);
        let bound = Ratio::new(priced.bound, i128::from(rows.money));
        let found = outcome(model, &programs, &draft.choices, bound, steering.interrupted());
        violations = broken(model, &given, &found)?;
        if violations.is_empty() {
            return Ok(found);
        }
        if draft.violation() > 0 {
            // No noise of rounding: a margin would only leave less room.
            break;
        }
    }
    Err(Unsolved::NoPlan(violations))
}

/// What pricing comes to.
struct Priced {
    /// The best prices.
    prices: Prices,
    /// The lowest bound found.
    bound: i128,
    /// A decision of every pool that is about its best at the prices, all together near what there is.
    start: Vec<Choice>,
}

/// Prices, a bound, and what to start a plan from.
fn price(programs: &[Program], rows: &Rows, steering: &Steering<'_>) -> Option<Priced> {
    let zero = Prices::zero(rows);
    let (dual, choices) = evaluate(programs, rows, &zero, true)?;
    let mut best = Priced { prices: zero.clone(), bound: dual.value, start: choices };
    if dual.used.iter().zip(&rows.available).all(|(used, available)| *used <= i128::from(*available)) {
        // No row binds: each pool has its own best.
        return Some(best);
    }
    let coarse: Vec<Program> =
        programs.par_iter().map(|program| program.coarse((program.peak() / COARSE).max(1))).collect();
    let (first, _) = evaluate(&coarse, rows, &zero, false)?;
    let mut master = Master::of_all(rows, &first, &zero);
    for iteration in 0..COARSE_ITERATIONS {
        steering.report(rows, "pricing", iteration, Some(best.bound), None);
        let Some(prices) = master.propose(rows, TOLERANCE).filter(|_| !steering.stopped()) else { break };
        let (dual, _) = evaluate(&coarse, rows, &prices, false)?;
        master.learn_all(rows, &dual);
    }
    best.prices = master.best(rows);
    let units: Vec<i64> = coarse.iter().map(|program| program.unit).collect();
    let paths = blend::paths(&coarse, rows, &master.mix(PROPOSALS), &best.prices);
    best.start = Draft::near(programs, rows, &best.prices, &paths, &units);
    let (dual, _) = evaluate(programs, rows, &best.prices, false)?;
    master.refine(rows, &dual);
    best.bound = best.bound.min(dual.value);
    for iteration in 0..FULL_ITERATIONS {
        steering.report(rows, "bounding", iteration, Some(best.bound), None);
        let Some(prices) = master.propose(rows, TOLERANCE).filter(|_| !steering.stopped()) else { break };
        let (dual, _) = evaluate(programs, rows, &prices, false)?;
        master.learn_all(rows, &dual);
        if dual.value < best.bound {
            best.bound = dual.value;
            best.prices = prices;
        }
    }
    Some(best)
}

/// Every pool's choice in the best plan found. `sold` orders nothing and sells all there is.
fn assemble(
    model: &Model<'_>,
    programs: &[Program],
    rows: &Rows,
    available: &[i64],
    priced: &Priced,
    sold: &Outcome,
    steering: &Steering<'_>,
) -> Vec<Choice> {
    let mut draft = Draft::new(programs, rows, available, priced.start.clone());
    if programs.len() <= SETTLED {
        draft.settle(&priced.prices, &|| steering.stopped());
    }
    draft.repair(&priced.prices, &|| steering.stopped());
    if draft.violation() > 0 {
        // Selling all there is keeps every limit that facts leave room for: a start that is never worse than that.
        let mut other = Draft::new(programs, rows, available, without_lines(model, programs, rows, sold));
        other.repair(&priced.prices, &|| false);
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

/// An outcome that orders nothing, as choices.
fn without_lines(model: &Model<'_>, programs: &[Program], rows: &Rows, outcome: &Outcome) -> Vec<Choice> {
    let choice = |program: &Program| {
        let offers = &model.pools[program.pool].offers;
        let sales = (0..rows.buckets).flat_map(|bucket| offers.iter().map(move |&offer| outcome.sales[offer][bucket]));
        let decision = Decision { lines: vec![0; program.options.len()], sales: sales.collect() };
        Choice::of(program, rows, decision)
    };
    programs.par_iter().map(choice).collect()
}

/// The choices in the model's terms.
fn outcome(model: &Model<'_>, programs: &[Program], choices: &[Choice], bound: Ratio, interrupted: bool) -> Outcome {
    let mut lines = Vec::new();
    let mut sales: Vec<Vec<i64>> = model.offers.iter().map(|offer| vec![0; offer.demand.len()]).collect();
    for (program, choice) in programs.iter().zip(choices) {
        let placed = program.options.iter().zip(&choice.decision.lines).filter(|(_, units)| **units > 0);
        lines.extend(placed.map(|(option, &units)| Line { lane: option.lane, bucket: option.bucket, units }));
        for (position, &offer) in model.pools[program.pool].offers.iter().enumerate() {
            for (bucket, sold) in sales[offer].iter_mut().enumerate() {
                *sold = choice.decision.sales[bucket * program.offers + position];
            }
        }
    }
    lines.sort_by_key(|line| (line.bucket, line.lane));
    Outcome { lines, sales, bound: Some(bound), interrupted }
}

/// Commitments that an outcome breaks by the exact books: proven ones first, then by bucket.
fn broken(model: &Model<'_>, given: &Given, outcome: &Outcome) -> Result<Vec<Violation>, Overflow> {
    let ledger = Ledger::new(model, outcome)?;
    let mut found = Vec::new();
    for ((limit, used), given) in model.limits.iter().zip(&ledger.used).zip(&given.limits) {
        for bucket in 0..used.len() {
            let amount = add(used[bucket], -add(limit.available[bucket], given[bucket])?)?;
            if amount > Ratio::zero() {
                let (kind, of, origin) = (limit.kind.name(), limit.of.clone(), limit.origin.clone());
                found.push(Violation { kind, of, bucket, amount, origin, proven: false });
            }
        }
    }
    if let (Some(cash), Some(stated)) = (&model.cash, &model.network.cash) {
        let most = most_cash(model)?;
        for (bucket, most) in most.into_iter().enumerate() {
            let amount = add(ledger.cash_missing(cash, bucket)?, -given.cash[bucket])?;
            if amount > Ratio::zero() {
                let proven = add(most, given.cash[bucket])? < cash.minimum[bucket];
                let (kind, of, origin) = ("cash-minimum", "cash".to_owned(), stated.origin.clone());
                found.push(Violation { kind, of, bucket, amount, origin, proven });
            }
        }
    }
    found.sort_by(|a, b| b.proven.cmp(&a.proven).then(a.bucket.cmp(&b.bucket)).then(b.amount.cmp(&a.amount)));
    Ok(found)
}

/// More cash than any plan can have at the end of each bucket: all demand that earns is sold, and nothing is bought.
fn most_cash(model: &Model<'_>) -> Result<Vec<Ratio>, Overflow> {
    let Some(cash) = &model.cash else { return Ok(Vec::new()) };
    let mut arriving = vec![Ratio::zero(); model.buckets().len()];
    for (index, offer) in model.offers.iter().enumerate() {
        let payout = &cash.payout[model.network.offers[index].channel.index()];
        for (bucket, units) in offer.demand.iter().enumerate() {
            let earned = mul(offer.net[bucket].max(Ratio::zero()), whole(*units))?;
            for (arrives, share) in &payout[bucket] {
                arriving[*arrives] = add(arriving[*arrives], mul(earned, *share)?)?;
            }
        }
    }
    let mut at = cash.opening;
    let mut most = Vec::with_capacity(arriving.len());
    for (bucket, arriving) in arriving.iter().enumerate() {
        at = add(add(at, *arriving)?, add(cash.other[bucket], -cash.open_payments[bucket])?)?;
        most.push(at);
    }
    Ok(most)
}
