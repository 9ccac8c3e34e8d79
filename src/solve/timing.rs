//! Rules that move promotions and open orders: a search outside of all others, by rising use.
//!
//! Each combination of moves is a project of its own. They are tried in the order of their use, the level that is settled first counting
//! most, until no later one can use less than the best found, or [`TRIED`] were.

use std::collections::BTreeSet;

use num_traits::Zero;

use super::{Outcome, Steering, Unsolved, least_given, solve};
use crate::model::Model;
use crate::model::breaches;
use crate::model::ledger::Ledger;
use crate::model::moves::{Movable, Move, Moves, OrderMove, all};
use crate::plan::given_use;
use crate::units::{Overflow, Ratio, add, whole};

/// Combinations that are looked at.
const TRIED: usize = 64;

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

/// The best that is known.
struct Best<'n> {
    model: Model<'n>,
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
    let mut open: BTreeSet<Combination> = BTreeSet::from([combination(&things, vec![0; things.len()])]);
    let mut best: Option<Best<'n>> = None;
    let mut failed: Option<(Vec<super::Violation>, bool)> = None;
    let (mut tried, mut is_complete, mut all_proven) = (0, true, true);
    while let Some((used, ways)) = open.pop_first() {
        if best.as_ref().is_some_and(|best| !can_be_as_good(Ratio::zero(), &used, best)) {
            break;
        }
        if tried == TRIED || steering.stopped() {
            is_complete = false;
            break;
        }
        tried += 1;
        for (at, thing) in things.iter().enumerate() {
            // What comes behind the last thing that moves, and the next way of that one: so every combination has one origin.
            if ways[at + 1..].iter().all(|way| *way == 0) && ways[at] + 1 < thing.ways.len() {
                let mut next = ways.clone();
                next[at] += 1;
                open.insert(combination(&things, next));
            }
        }
        let moved = model.moved(moves(&model, &things, &ways))?;
        if let Some(best) = &best
            && !can_be_as_good(least_given(&moved)?, &used, best)
        {
            continue;
        }
        match solve(&moved, steering) {
            Ok(mut outcome) => {
                for (bound, used) in outcome.levels[1..].iter_mut().zip(&used) {
                    *bound = add(*bound, whole(*used))?;
                }
                take(&mut best, moved, outcome)?;
            }
            Err(Unsolved::NoPlan(violations, proven)) => {
                all_proven &= proven;
                failed.get_or_insert((violations, proven));
            }
            Err(other) => return Err(other),
        }
    }
    match best {
        Some(mut best) => {
            if !is_complete || !all_proven {
                // Some other moves may need less.
                best.outcome.levels = vec![Ratio::zero(); best.used.len()];
                best.outcome.bound = None;
            }
            Ok((best.model, best.outcome))
        }
        None => {
            let violations = failed.map(|(violations, _)| violations).unwrap_or_default();
            Err(Unsolved::NoPlan(violations, is_complete && all_proven))
        }
    }
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
fn can_be_as_good(given: Ratio, used: &[i64], best: &Best<'_>) -> bool {
    let least: Vec<Ratio> = std::iter::once(given).chain(used.iter().map(|used| whole(*used))).collect();
    least <= best.used
}

/// Keeps a plan that uses less than the best, or as much and earns more. Of as many uses no plan earns more than all of their bounds.
fn take<'n>(best: &mut Option<Best<'n>>, model: Model<'n>, outcome: Outcome) -> Result<(), Overflow> {
    let ledger = Ledger::new(&model, &outcome)?;
    let all = breaches::all(&model, &outcome, &ledger)?;
    let mut used = vec![given_use(&model, &outcome, &ledger)?];
    used.extend(breaches::by_level(&model, &all)?);
    let objective = ledger.objective;
    let Some(known) = best else {
        *best = Some(Best { model, outcome, used, objective });
        return Ok(());
    };
    let bound = if used == known.used { outcome.bound.max(known.outcome.bound) } else { outcome.bound };
    if used < known.used || used == known.used && objective > known.objective {
        *known = Best { model, outcome: Outcome { bound, ..outcome }, used, objective };
    } else if used == known.used {
        known.outcome.bound = bound;
    }
    Ok(())
}
