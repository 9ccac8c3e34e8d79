//! Prices of rows, the bound they give, and what a plan is started from.

use std::sync::Arc;

use rayon::prelude::*;

use super::Unsolved;
use super::blend;
use super::draft::Draft;
use super::dual::{Teams, evaluate, evaluate_moving};
use super::dynamic::Workspace;
use super::effect::Choice;
use super::inner::Inner;
use super::master::{Master, real};
use super::program::{Decision, Program};
use super::reduced::Prices;
use super::roomy;
use super::rows::Rows;
use super::steering::Steering;
use crate::units::Overflow;

/// Levels of a program that proposes prices; more where pools of an item have to agree about units.
const COARSE: i64 = 80;
const FINER: i64 = 240;

/// Most iterations of the master on such programs, and how many go by until it is asked whether they brought enough: this part of the value.
const COARSE_ITERATIONS: usize = 300;
const CHECKED: usize = 20;
const PAYS: f64 = 3e-4;
/// Most iterations where items move prices of their own.
const MOVING_ITERATIONS: usize = 60;
/// Steps of a visit in which an item moves its own prices: while prices of other rows move, and on full programs.
const INNER_STEPS: usize = 3;
const FULL_INNER_STEPS: usize = 4;
/// Iterations on full programs; where items move prices, most of them, and how many go by until it is asked whether they brought enough: this
/// part of the value.
const FULL_ITERATIONS: usize = 2;
const FULL_MOVING_ITERATIONS: usize = 30;
const FULL_CHECKED: usize = 5;
const FULL_PAYS: f64 = 5e-4;
/// Proposals that a plan is started from.
const PROPOSALS: usize = 24;
/// The master is content where its cuts expect less than this part of the value.
const TOLERANCE: f64 = 1e-5;
/// What pricing comes to.
pub(super) struct Priced {
    /// The best prices.
    pub(super) prices: Prices,
    /// The lowest bound found.
    pub(super) bound: i128,
    /// A decision of every pool that is about its best at the prices, all together near what there is.
    pub(super) start: Vec<Choice>,
}

/// Prices, a bound, and what to start a plan from.
pub(super) fn price(programs: &[Program], rows: &Rows, steering: &Steering<'_>) -> Result<Priced, Unsolved> {
    let zero = Prices::zero(rows);
    let teams = Teams::new(programs, rows);
    // A pool without any decision rules out every plan.
    let (dual, choices) =
        evaluate(programs, &teams, rows, &zero, true).ok_or(Unsolved::NoPlan(Vec::new(), true, None))?;
    let mut best = Priced { prices: zero.clone(), bound: dual.value, start: choices };
    if Draft::new(programs, rows, &rows.available, best.start.clone()).is_within() {
        // No row binds: each pool has its own best.
        return Ok(best);
    }
    let coarse: Vec<Program> =
        programs.par_iter().map(|program| coarse(program, rows).unwrap_or_else(|| program.clone())).collect();
    let roomy = roomy::roomy(programs, &coarse, rows);
    let mut inner = Inner::new(rows, INNER_STEPS);
    let mut prices = zero.clone();
    let first = evaluate_moving(&coarse, &teams, &roomy, &mut prices, &mut inner).ok_or(Overflow)?;
    let mut master = Master::of_teams(&roomy, &first, &prices);
    let mut before = real(first.value);
    let mut centre = prices;
    let most = if rows.items_price() { MOVING_ITERATIONS } else { COARSE_ITERATIONS };
    for iteration in 0..most {
        if iteration > 0 && iteration % CHECKED == 0 {
            if before - master.value() < PAYS * master.measure() {
                break;
            }
            before = master.value();
        }
        steering.report(rows, "pricing", iteration, Some(best.bound), None);
        let Some(mut prices) = master.propose(&roomy, TOLERANCE).filter(|_| !steering.stopped()) else { break };
        let dual = evaluate_moving(&coarse, &teams, &roomy, &mut prices, &mut inner).ok_or(Overflow)?;
        if master.learn_all(&dual, &prices) {
            centre = prices;
        }
    }
    best.prices = centre;
    let units: Vec<i64> = coarse.iter().map(|program| program.unit).collect();
    let paths = blend::paths(&coarse, rows, &teams.of, &master.mix(rows, PROPOSALS), &best.prices);
    best.start = Draft::near(programs, rows, &best.prices, &paths, &units);
    lower(&mut best, (programs, &teams, rows), &mut inner, &mut master, steering)?;
    Ok(best)
}

/// Lowers the bound by full programs, from the prices on that coarse ones led to.
fn lower(
    best: &mut Priced,
    (programs, teams, rows): (&[Program], &Teams, &Rows),
    inner: &mut Inner,
    master: &mut Master<Arc<Prices>>,
    steering: &Steering<'_>,
) -> Result<(), Overflow> {
    inner.steps = FULL_INNER_STEPS;
    inner.begin(rows, &best.prices);
    let dual = evaluate_moving(programs, teams, rows, &mut best.prices, inner).ok_or(Overflow)?;
    master.refine(rows, &dual, &best.prices);
    best.bound = best.bound.min(dual.value);
    let most = if rows.items_price() { FULL_MOVING_ITERATIONS } else { FULL_ITERATIONS };
    let (mut before, mut fresh) = (real(best.bound), false);
    for iteration in 0..most {
        steering.report(rows, "bounding", iteration, Some(best.bound), None);
        if steering.stopped() {
            break;
        }
        let mut next = master.propose(rows, TOLERANCE);
        let is_checked = iteration > 0 && iteration % FULL_CHECKED == 0;
        if next.is_none() || is_checked {
            let has_paid = before - real(best.bound) >= FULL_PAYS * master.measure();
            before = real(best.bound);
            if !has_paid && (fresh || !rows.items_price()) {
                break;
            }
            fresh = !has_paid;
            if fresh {
                // Cuts that items made before they had good prices of their own promise too little: others have to be found.
                let mut prices = best.prices.clone();
                inner.begin_anew(rows, &prices);
                let dual = evaluate_moving(programs, teams, rows, &mut prices, inner).ok_or(Overflow)?;
                if dual.value < best.bound {
                    (best.bound, best.prices) = (dual.value, prices.clone());
                }
                *master = Master::of_teams(rows, &dual, &prices);
                next = master.propose(rows, TOLERANCE);
            }
        }
        let Some(mut prices) = next else { break };
        let dual = evaluate_moving(programs, teams, rows, &mut prices, inner).ok_or(Overflow)?;
        master.learn_all(&dual, &prices);
        if dual.value < best.bound {
            (best.bound, best.prices) = (dual.value, prices);
        }
    }
    Ok(())
}

/// A program of few levels; none where rounding leaves it no decision.
fn coarse(program: &Program, rows: &Rows) -> Option<Program> {
    let levels = if rows.items_price() { FINER } else { COARSE };
    let promised = rows.floors.iter().any(|floor| rows.is_own(floor.first));
    let coarse = program.coarse((program.peak() / levels).max(1), promised);
    let mut workspace = Workspace::default();
    workspace.reduced.set(&coarse, &Prices::zero(rows));
    workspace.caps.free(&coarse);
    workspace.solve(&coarse, &mut Decision::default()).map(|_| coarse)
}

/// What a pool would do alone at prices.
pub(super) fn alone(program: &Program, rows: &Rows, prices: &Prices) -> Option<Choice> {
    let mut workspace = Workspace::default();
    workspace.reduced.set(program, prices);
    workspace.caps.free(program);
    let mut decision = Decision::default();
    workspace.solve(program, &mut decision)?;
    Some(Choice::of(program, rows, decision))
}
