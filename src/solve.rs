//! Deciding: which lines are placed, and what each channel is sold.
//!
//! Items meet only in shared limits. Prices on those let each pool (an item at a location) be decided exactly by itself
//! ([`program`]); a plan is then put together from nothing, one pool after the other within the room the others leave
//! ([`search`]), first until no commitment is broken, then for money. The method gives a plan that keeps every
//! commitment, or says what the closest one breaks. It proves no bound yet.

mod given;
mod pool;
mod prices;
mod program;
mod rows;
mod sales;
mod search;

use num_traits::Zero;
use rayon::prelude::*;

use crate::model::Model;
use crate::model::ledger::Ledger;
use crate::network::LaneId;
use crate::source::Place;
use crate::units::{Overflow, Ratio, add, mul, whole};

pub use given::Given;
use pool::{Decision, Pool};
use rows::{Choice, Rows};
use search::Room;

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

/// Iterations in which prices settle.
const PRICE_ITERATIONS: u32 = 40;
/// Times every pool is decided anew in the room the others leave.
const SWEEPS: usize = 4;
/// The same as long as a limit is passed.
const MOST_SWEEPS: usize = 8;
/// Kept free of each row: nothing at first, more where the exact books found a row passed that floats held for kept.
const MARGINS: [f64; 3] = [0.0, 1e-5, 0.05];

/// Decides a model.
///
/// # Errors
/// Where no plan is found that keeps every commitment, or numbers do not fit together.
pub fn solve(model: &Model<'_>) -> Result<Outcome, Unsolved> {
    let given = Given::new(model)?;
    let pools: Vec<Pool> = (0..model.pools.len()).into_par_iter().map(|index| Pool::new(model, index)).collect();
    let sold = given::nothing_ordered(model);
    let mut violations = broken(model, &given, &sold)?;
    if violations.iter().any(|violation| violation.proven) {
        return Err(Unsolved::NoPlan(violations));
    }
    for margin in MARGINS {
        let rows = Rows::new(model, &given.rows(), margin);
        let choices = decide(&pools, &rows, &without_lines(model, &pools, &rows, &sold));
        let outcome = outcome(model, &pools, &choices);
        violations = broken(model, &given, &outcome)?;
        if violations.is_empty() {
            return Ok(outcome);
        }
        if rows.violation(&total(&choices, &rows)) > 0.0 {
            // No noise of floats: a margin would only leave less room.
            break;
        }
    }
    Err(Unsolved::NoPlan(violations))
}

/// Most pools for which a second way of putting a plan together is tried.
const SMALL: usize = 200;

/// An outcome that orders nothing, as choices.
fn without_lines(model: &Model<'_>, pools: &[Pool], rows: &Rows, outcome: &Outcome) -> Vec<Choice> {
    let choice = |pool: &Pool| {
        let sales = model.pools[pool.id.index()].offers.iter().map(|&offer| outcome.sales[offer].clone()).collect();
        search::choice(pool, rows, Decision { lines: vec![0; pool.options.len()], sales })
    };
    pools.par_iter().map(choice).collect()
}

/// Every pool's choice. `sold` orders nothing and sells all there is.
fn decide(pools: &[Pool], rows: &Rows, sold: &[Choice]) -> Vec<Choice> {
    let free = vec![0.0; rows.count];
    let nothing: Vec<Choice> = pools.par_iter().map(|pool| search::do_nothing(pool, rows, &free)).collect();
    let alone = at_prices(pools, rows, &free, &nothing, program::FINE);
    if rows.violation(&total(&alone, rows)) == 0.0 {
        // No limit binds: where programs are exact, each pool's own best is the best of all.
        return if pools.iter().all(program::is_exact) {
            alone
        } else {
            assemble(pools, rows, &free, alone.clone(), &alone, &alone)
        };
    }
    let prices = settle(pools, rows, &alone, &nothing);
    let priced = at_prices(pools, rows, &prices, &nothing, program::MIDDLE);
    let mut best = assemble(pools, rows, &prices, nothing.clone(), &priced, &alone);
    if pools.len() <= SMALL && rows.violation(&total(&best, rows)) == 0.0 {
        best = better(best, assemble(pools, rows, &free, nothing, &alone, &alone), rows);
    }
    if rows.violation(&total(&best, rows)) > 0.0 {
        // Selling all there is keeps every limit that facts leave room for: a start that is never worse than that.
        best = better(best, assemble(pools, rows, &prices, sold.to_vec(), &priced, &alone), rows);
    }
    best
}

/// The one of two plans that breaks less, or earns more and breaks no more; the first of equal ones.
fn better(one: Vec<Choice>, other: Vec<Choice>, rows: &Rows) -> Vec<Choice> {
    let worth = |choices: &[Choice]| {
        let earned: f64 = choices.iter().map(|choice| choice.effect.objective).sum();
        (rows.violation(&total(choices, rows)), earned)
    };
    let ((broken, earned), (broken_other, earned_other)) = (worth(&one), worth(&other));
    if broken_other < broken || broken_other <= broken && earned_other > earned { other } else { one }
}

/// Each pool's best at the prices.
fn at_prices(pools: &[Pool], rows: &Rows, prices: &[f64], nothing: &[Choice], levels: i64) -> Vec<Choice> {
    let best = |(pool, nothing): (&Pool, &Choice)| {
        let caps = program::Caps::none(pool, rows.buckets);
        let decision = program::solve(pool, &prices::price(pool, rows, prices), &caps, levels);
        decision.map_or_else(|| nothing.clone(), |decision| search::choice(pool, rows, decision))
    };
    pools.par_iter().zip(nothing).map(best).collect()
}

/// What all choices use together.
fn total(choices: &[Choice], rows: &Rows) -> Vec<f64> {
    let mut sum = vec![0.0; rows.count];
    for choice in choices {
        for (sum, used) in sum.iter_mut().zip(&choice.effect.used) {
            *sum += used;
        }
    }
    sum
}

/// Prices at which what is wanted roughly fits: they rise on rows that are overrun and sink on others, by smaller and
/// smaller steps; the mean of the later ones is taken.
fn settle(pools: &[Pool], rows: &Rows, alone: &[Choice], nothing: &[Choice]) -> Vec<f64> {
    let units = price_units(rows, alone, nothing);
    let mut prices = vec![0.0; rows.count];
    let mut mean = vec![0.0; rows.count];
    let mut used = total(alone, rows);
    for iteration in 0..PRICE_ITERATIONS {
        let step = 1.0 / (1.0 + f64::from(iteration) / 6.0);
        for row in 0..rows.count {
            let excess = ((used[row] - rows.available[row]) / rows.scale[row]).clamp(-1.0, 1.0);
            prices[row] = (prices[row] + step * units[row] * excess).max(0.0);
        }
        used = total(&at_prices(pools, rows, &prices, nothing, program::COARSE), rows);
        if iteration >= PRICE_ITERATIONS / 2 {
            let weight = 2.0 / f64::from(PRICE_ITERATIONS);
            mean.iter_mut().zip(&prices).for_each(|(mean, price)| *mean += weight * price);
        }
    }
    mean
}

/// What a unit of each row may be worth: for cash a fifth of itself, else what all pools earn by ordering, by what they
/// would use of it.
fn price_units(rows: &Rows, alone: &[Choice], nothing: &[Choice]) -> Vec<f64> {
    let earned: f64 =
        alone.iter().zip(nothing).map(|(with, without)| with.effect.objective - without.effect.objective).sum();
    let used = total(alone, rows);
    let unit = |row: usize| match rows.cash {
        Some(first) if row >= first => 0.2,
        _ => {
            let bucket_rows = row / rows.buckets * rows.buckets..(row / rows.buckets + 1) * rows.buckets;
            let all: f64 = bucket_rows.map(|row| used[row].max(0.0)).sum();
            earned.max(1.0) / all.max(1.0)
        }
    };
    (0..rows.count).map(unit).collect()
}

/// Puts a plan together from a start: the pool that gains most by ordering first, each in the room the rest leaves. As long
/// as a row is passed its price rises from sweep to sweep, so that those who can give way do.
fn assemble(
    pools: &[Pool],
    rows: &Rows,
    prices: &[f64],
    start: Vec<Choice>,
    priced: &[Choice],
    alone: &[Choice],
) -> Vec<Choice> {
    let gain = |index: usize| priced[index].effect.objective - start[index].effect.objective;
    let mut order: Vec<usize> = (0..pools.len()).collect();
    order.sort_by(|&a, &b| gain(b).total_cmp(&gain(a)).then(a.cmp(&b)));
    let units = price_units(rows, priced, &start);
    let mut choices = start;
    let mut used = total(&choices, rows);
    let mut at = prices.to_vec();
    let free = vec![0.0; rows.count];
    for sweep in 1..=MOST_SWEEPS {
        let mut changed = false;
        for &index in &order {
            for (sum, own) in used.iter_mut().zip(&choices[index].effect.used) {
                *sum -= own;
            }
            let room = Room { rows, others: &used };
            let found = search::within(&pools[index], &room, &at, &alone[index], &choices[index]);
            changed |= found.decision != choices[index].decision;
            choices[index] = found;
            for (sum, own) in used.iter_mut().zip(&choices[index].effect.used) {
                *sum += own;
            }
        }
        let broken = rows.violation(&used) > 0.0;
        if !broken && (!changed || sweep >= SWEEPS) {
            break;
        }
        for row in (0..rows.count).filter(|&row| broken && used[row] > rows.available[row]) {
            at[row] = at[row] * 2.0 + units[row] / 4.0;
        }
        if !broken && sweep + 1 == SWEEPS {
            at.clone_from(&free);
        }
    }
    choices
}

/// The choices in the model's terms.
fn outcome(model: &Model<'_>, pools: &[Pool], choices: &[Choice]) -> Outcome {
    let mut lines = Vec::new();
    let mut sales: Vec<Vec<i64>> = model.offers.iter().map(|offer| vec![0; offer.demand.len()]).collect();
    for (pool, choice) in pools.iter().zip(choices) {
        let placed = pool.options.iter().zip(&choice.decision.lines).filter(|(_, units)| **units > 0);
        lines.extend(placed.map(|(option, &units)| Line { lane: option.lane, bucket: option.bucket, units }));
        for (&offer, sold) in model.pools[pool.id.index()].offers.iter().zip(&choice.decision.sales) {
            sales[offer].clone_from(sold);
        }
    }
    lines.sort_by_key(|line| (line.bucket, line.lane));
    Outcome { lines, sales }
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
