//! Rules that move promotions and open orders: a search outside of all others, by rising use.
//!
//! Each combination of moves is a project of its own. They are tried in the order of what is given in them at least, then of their use, the level that is
//! settled first counting most, until no later one can use less than the best found, or [`TRIED`] were.

use std::collections::BTreeSet;

use num_traits::Zero;

use super::{Outcome, Steering, Unsolved, least_given, most_at_least, solve, solve_at_least};
use crate::model::Model;
use crate::model::breaches::Breaches;
use crate::model::ledger::Ledger;
use crate::model::moves::{Movable, Move, Moves, OrderMove, all};
use crate::plan::given_use;
use crate::units::{Overflow, Ratio, add, ratio, whole};

/// Combinations that are tried at most, at least, and how many pools that may take in all.
const TRIED: usize = 64;
const TRIED_AT_LEAST: usize = 2;
const POOLS_TRIED: usize = 2_000;
/// Combinations of which it is asked what is given in them at least, where that is not nothing, and how many pools that may take in all.
const LOOKED_AT: usize = 512;
const POOLS: usize = 100_000;

/// A thing that may move, with its ways by rising use; the first one is to stay.
struct Thing {
    what: Movable,
    ways: Vec<Way>,
}

/// Where a thing goes, and the use of it by level.
#[derive(Debug, Clone)]
struct Way {
    to: OrderMove,
    used: Vec<i64>,
}

/// A combination: the use of all, by level, and which way each thing goes.
type Combination = (Vec<i64>, Vec<usize>);

/// A plan with some moves.
struct Found {
    moves: Moves,
    outcome: Outcome,
    /// Use of what is given, then of each level.
    used: Vec<Ratio>,
    objective: Ratio,
}

/// Decides a model, and what rules move in it.
///
/// # Errors
/// As [`solve`].
pub fn solve_in_time<'n>(model: Model<'n>, steering: &Steering<'_>) -> Result<(Model<'n>, Outcome), Unsolved> {
    let things = things(&model);
    if things.is_empty() {
        let outcome = solve(&model, steering)?;
        return Ok((model, outcome));
    }
    let within = within(&model);
    let mut found: Vec<Found> = Vec::new();
    let mut failed: Option<(Vec<super::Violation>, Option<Box<Outcome>>)> = None;
    let (order, mut all_proven) = in_order(&model, &things)?;
    let most = (POOLS_TRIED / model.pools.len().max(1)).clamp(TRIED_AT_LEAST, TRIED);
    let mut tried = 0;
    // What plans could earn with moves that use as little, where none was found.
    let mut ties: Vec<Ratio> = Vec::new();
    for (given, (used, ways)) in order {
        if tried == most || steering.stopped() {
            all_proven = false;
            break;
        }
        let least = leasts(&found, &within);
        if !can_be_as_good(given, &used, &least, &within) {
            continue;
        }
        let moved = model.moved(moves(&model, &things, &ways))?;
        // Where nothing is given as things are, nobody asked yet what is given with these moves.
        if given.is_zero() && !least.is_empty() && !can_be_as_good(least_given(&moved)?, &used, &least, &within) {
            continue;
        }
        tried += 1;
        // One that ties with what is known is of use only where it gives nothing more away; rules that may go beyond the least leave no ties.
        let is_tie = within.iter().all(Ratio::is_zero)
            && least.first() == Some(&given)
            && least[1..].iter().zip(&used).all(|(a, b)| *a == whole(*b));
        if is_tie && model.pools.len() > super::SMALL {
            // A search takes long there, and brings less than it leaves open: it is only asked what such plans could earn.
            ties.extend(most_at_least(&moved, steering)?);
            continue;
        }
        match if is_tie { solve_at_least(&moved, steering) } else { solve(&moved, steering) } {
            Ok(mut outcome) => {
                for (bound, used) in outcome.levels[1..].iter_mut().zip(&used) {
                    *bound = add(*bound, whole(*used))?;
                }
                found.push(booked(&moved, outcome)?);
            }
            Err(Unsolved::NoPlan(..)) if is_tie => ties.extend(most_at_least(&moved, steering)?),
            Err(Unsolved::NoPlan(violations, proven, closest)) => {
                all_proven &= proven;
                if ways.iter().all(|way| *way == 0) {
                    failed = Some((violations, closest));
                }
            }
            Err(other) => return Err(other),
        }
    }
    if found.is_empty() {
        // What is closest is told of the project as it stands, which moves nothing.
        return match failed {
            Some((violations, closest)) => Err(Unsolved::NoPlan(violations, all_proven, closest)),
            None => solve(&model, steering).map(|outcome| (model, outcome)),
        };
    }
    let mut best = best(found, &within, all_proven);
    best.outcome.bound = best.outcome.bound.map(|bound| ties.into_iter().fold(bound, Ratio::max));
    best.outcome.interrupted |= steering.interrupted();
    Ok((model.moved(best.moves)?, best.outcome))
}

/// Combinations with what is given in them at least, by that, then by their use, and whether these are all.
fn in_order(model: &Model<'_>, things: &[Thing]) -> Result<(Vec<(Ratio, Combination)>, bool), Overflow> {
    let mut all = Combinations::new(things);
    let is_given = !least_given(model)?.is_zero();
    let most = if is_given { (POOLS / model.pools.len().max(1)).clamp(TRIED, LOOKED_AT) } else { TRIED };
    let given = |combination: Combination| {
        if !is_given {
            // Nothing is less than that.
            return Ok((Ratio::zero(), combination));
        }
        let moved = model.moved(moves(model, things, &combination.1))?;
        Ok((least_given(&moved)?, combination))
    };
    let mut found = all.by_ref().take(most).map(given).collect::<Result<Vec<_>, Overflow>>()?;
    found.sort();
    Ok((found, all.next().is_none()))
}

/// All combinations by rising use.
struct Combinations<'t> {
    things: &'t [Thing],
    open: BTreeSet<Combination>,
}

impl<'t> Combinations<'t> {
    fn new(things: &'t [Thing]) -> Self {
        Self { things, open: BTreeSet::from([combination(things, vec![0; things.len()])]) }
    }
}

impl Iterator for Combinations<'_> {
    type Item = Combination;

    fn next(&mut self) -> Option<Combination> {
        let (used, ways) = self.open.pop_first()?;
        for (at, thing) in self.things.iter().enumerate() {
            // What comes behind the last thing that moves, and the next way of that one: so every combination has one origin.
            if ways[at + 1..].iter().all(|way| *way == 0) && ways[at] + 1 < thing.ways.len() {
                let mut next = ways.clone();
                next[at] += 1;
                self.open.insert(combination(self.things, next));
            }
        }
        Some((used, ways))
    }
}

/// By level, what is given first: by how much its use may exceed the least.
fn within(model: &Model<'_>) -> Vec<Ratio> {
    let of_rule = |&rule: &usize| ratio(model.network.rules[rule].within);
    std::iter::once(Ratio::zero()).chain(model.relief.levels.iter().map(of_rule)).collect()
}

/// The use of each level that plans are held to: the least of those that keep within what the levels before are held to. Empty without
/// plans.
fn leasts(found: &[Found], within: &[Ratio]) -> Vec<Ratio> {
    let mut left: Vec<&Found> = found.iter().collect();
    let mut least = Vec::new();
    for (level, within) in within.iter().enumerate() {
        let Some(most) = left.iter().map(|one| one.used[level]).min() else { break };
        left.retain(|one| one.used[level] <= most + within);
        least.push(most);
    }
    least
}

/// The plan that earns most of those that use as little as can be, within what is allowed. Where not all was proven of all moves, other
/// moves may need less.
fn best(mut found: Vec<Found>, within: &[Ratio], all_proven: bool) -> Found {
    let least = leasts(&found, within);
    let (levels, bound) = proven(&found, &least, within);
    let keeps =
        |one: &Found| one.used.iter().zip(&least).zip(within).all(|((used, least), within)| *used <= least + within);
    found.retain(keeps);
    let best =
        found.iter().enumerate().max_by(|(a, one), (b, other)| one.objective.cmp(&other.objective).then(b.cmp(a)));
    let at = best.map_or(0, |(at, _)| at);
    let mut best = found.swap_remove(at);
    best.outcome.bound = bound.filter(|_| all_proven);
    best.outcome.levels = if all_proven { levels } else { vec![Ratio::zero(); within.len()] };
    best
}

/// What is used of each level at least and earned at most, whatever moves: with some moves a plan may use less than the one that was
/// found, as far as the bounds know.
fn proven(found: &[Found], least: &[Ratio], within: &[Ratio]) -> (Vec<Ratio>, Option<Ratio>) {
    let mut left: Vec<&Found> = found.iter().collect();
    let mut levels = Vec::with_capacity(least.len());
    for (level, (least, within)) in least.iter().zip(within).enumerate() {
        let bounds = left.iter().map(|one| one.outcome.levels[level]);
        levels.push(bounds.min().unwrap_or_default().min(*least));
        left.retain(|one| one.outcome.levels[level] <= least + within);
    }
    (levels, left.iter().map(|one| one.outcome.bound).max().flatten())
}

fn booked(model: &Model<'_>, outcome: Outcome) -> Result<Found, Overflow> {
    let ledger = Ledger::new(model, &outcome)?;
    let mut used = vec![given_use(model, &outcome, &ledger)?];
    used.extend(Breaches::new(model, &outcome, &ledger)?.by_level(model)?);
    Ok(Found { moves: model.moves.clone(), outcome, used, objective: ledger.objective })
}

fn things(model: &Model<'_>) -> Vec<Thing> {
    let levels = model.relief.levels.len();
    let way = |one: &Move| {
        let mut used = vec![0; levels];
        if let Some(level) = model.relief.level(one.rule) {
            used[level - 1] = one.used;
        }
        Way { to: one.to, used }
    };
    let thing = |(what, moves): (Movable, Vec<Move>)| {
        let mut ways = vec![Way { to: OrderMove::Stays, used: vec![0; levels] }];
        ways.extend(moves.iter().map(way));
        ways[1..].sort_by(|a, b| a.used.cmp(&b.used));
        Thing { what, ways }
    };
    all(model.network).into_iter().map(thing).collect()
}

fn combination(things: &[Thing], ways: Vec<usize>) -> Combination {
    let mut used = vec![0; things.first().map_or(0, |thing| thing.ways[0].used.len())];
    for (thing, &way) in things.iter().zip(&ways) {
        used.iter_mut().zip(&thing.ways[way].used).for_each(|(sum, own)| *sum += own);
    }
    (used, ways)
}

fn moves(model: &Model<'_>, things: &[Thing], ways: &[usize]) -> Moves {
    let mut moves = Moves {
        promotions: vec![0; model.network.promotions.len()],
        orders: vec![OrderMove::Stays; model.network.open_orders.len()],
    };
    for (thing, &way) in things.iter().zip(ways) {
        match (thing.what, thing.ways[way].to) {
            (Movable::Promotion(index), OrderMove::By(later)) => {
                moves.promotions[index] = usize::try_from(later).unwrap_or(0);
            }
            (Movable::Promotion(_), _) => {}
            (Movable::Order(index), to) => moves.orders[index] = to,
        }
    }
    moves
}

/// True where moves that use this much could, with no less given and if nothing else was used at all, be as good as what is known.
fn can_be_as_good(given: Ratio, used: &[i64], least: &[Ratio], within: &[Ratio]) -> bool {
    let own = std::iter::once(given).chain(used.iter().map(|used| whole(*used)));
    for ((own, least), within) in own.zip(least).zip(within) {
        if own > least + within {
            return false;
        }
        if own < *least {
            return true;
        }
    }
    true
}
