//! A start for the plan: which of its decisions each pool takes, so that all together come near what there is.
//!
//! At the best prices most pools are torn between a few decisions that are worth about the same to them, and taking any one of them everywhere
//! passes some rows and leaves others empty. The master's multipliers say how much of which proposal a fractional optimum takes. Here
//! every pool gets one of its decisions, and changes it as long as that lowers what the choice loses: the pool's own
//! loss at the best prices, what is left of rows at their prices, and what rows are passed by at a multiple of those.

use std::sync::Arc;

use rayon::prelude::*;

use super::dynamic::Workspace;
use super::effect::{Choice, Effect};
use super::fixed::PRICE_BITS;
use super::master::real;
use super::program::{Decision, Program};
use super::reduced::Prices;
use super::rows::Rows;

/// A decision that a pool may take.
#[derive(Debug)]
struct Column {
    /// Closing stock by bucket.
    path: Vec<i64>,
    effect: Effect,
    /// What it is worth less than the pool's best at the best prices.
    loss: f64,
    /// Its part of the fractional optimum.
    weight: f64,
}

/// What a unit passed costs, in prices.
const PASSED: f64 = 3.0;
/// Rounds over all pools.
const ROUNDS: usize = 12;
/// Pools that are solved at once.
const BATCH: usize = 16;

/// Closing stock of every pool, in levels of its program, in such a start. `mix` are proposals with their parts, by team; `teams` has the
/// team of each pool.
pub(super) fn paths(
    programs: &[Program],
    rows: &Rows,
    teams: &[usize],
    mix: &[Vec<(Arc<Prices>, f64)>],
    best: &Prices,
) -> Vec<Vec<i64>> {
    let columns: Vec<Vec<Column>> = programs
        .par_chunks(BATCH)
        .zip(teams.par_chunks(BATCH))
        .flat_map_iter(|(batch, teams)| {
            let mut workspace = Workspace::default();
            let each = |(program, &team): (&Program, &usize)| columns(&mut workspace, program, rows, &mix[team], best);
            batch.iter().zip(teams).map(each).collect::<Vec<_>>()
        })
        .collect();
    let mut choice = Chosen::new(programs, rows, best, &columns);
    for _ in 0..ROUNDS {
        let mut changed = false;
        for pool in 0..programs.len() {
            changed |= choice.improve(pool);
        }
        if !changed {
            break;
        }
    }
    let taken = choice.taken;
    columns.into_iter().zip(taken).map(|(mut columns, taken)| columns.swap_remove(taken).path).collect()
}

/// The different decisions of a pool at all proposals, the heaviest first.
fn columns(
    workspace: &mut Workspace,
    program: &Program,
    rows: &Rows,
    mix: &[(Arc<Prices>, f64)],
    best: &Prices,
) -> Vec<Column> {
    let mut found: Vec<(Decision, Column)> = Vec::new();
    for (prices, weight) in mix {
        workspace.reduced.set(program, prices);
        workspace.caps.free(program);
        let mut decision = Decision::default();
        if workspace.solve(program, &mut decision).is_none() {
            continue;
        }
        if let Some((_, known)) = found.iter_mut().find(|(known, _)| *known == decision) {
            known.weight += weight;
            continue;
        }
        let choice = Choice::of(program, rows, decision);
        let loss = -worth(program, rows, best, &choice.effect);
        let column = Column { path: program.closing(&choice.decision), effect: choice.effect, loss, weight: *weight };
        found.push((choice.decision, column));
    }
    let least = found.iter().map(|(_, column)| column.loss).fold(f64::INFINITY, f64::min);
    let mut columns: Vec<Column> =
        found.into_iter().map(|(_, column)| Column { loss: column.loss - least, ..column }).collect();
    columns.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    columns
}

/// What an effect is worth at prices.
fn worth(program: &Program, rows: &Rows, prices: &Prices, effect: &Effect) -> f64 {
    let mut paid = 0_i128;
    for (group, &first) in program.groups.iter().enumerate() {
        for bucket in 0..rows.buckets {
            paid += i128::from(prices.row[first + bucket]) * i128::from(effect.used[group * rows.buckets + bucket]);
        }
    }
    real(i128::from(effect.objective)) - real(paid >> PRICE_BITS)
}

/// Which column every pool takes.
struct Chosen<'a> {
    programs: &'a [Program],
    columns: &'a [Vec<Column>],
    buckets: usize,
    taken: Vec<usize>,
    /// By row: what is used beyond what there is.
    over: Vec<f64>,
    /// By row: what a unit left and a unit passed costs.
    cost: Vec<(f64, f64)>,
}

impl<'a> Chosen<'a> {
    /// Everybody takes the heaviest of its columns.
    fn new(programs: &'a [Program], rows: &'a Rows, best: &Prices, columns: &'a [Vec<Column>]) -> Self {
        let mut over: Vec<f64> = rows.available.iter().map(|&available| -real(i128::from(available))).collect();
        for (program, columns) in programs.iter().zip(columns) {
            if let Some(first) = columns.first() {
                book(&mut over, program, rows.buckets, &first.effect, 1.0);
            }
        }
        let unit = 1.0 / 2_f64.powi(PRICE_BITS.cast_signed());
        let worth: f64 = best
            .row
            .iter()
            .zip(&rows.size)
            .map(|(price, size)| real(i128::from(*price)) * unit * real(i128::from(*size)))
            .sum();
        let least = 0.1 * worth / real(rows.count.max(1) as i128);
        let cost = |row: usize| {
            let price = real(i128::from(best.row[row])) * unit;
            (price, PASSED * price + least / real(i128::from(rows.size[row])))
        };
        Self {
            programs,
            columns,
            buckets: rows.buckets,
            taken: vec![0; programs.len()],
            over,
            cost: (0..rows.count).map(cost).collect(),
        }
    }

    /// Takes the column of a pool that loses least; true where that is another one.
    fn improve(&mut self, pool: usize) -> bool {
        let columns = &self.columns[pool];
        if columns.len() < 2 {
            return false;
        }
        let (program, now) = (&self.programs[pool], self.taken[pool]);
        let old = &columns[now];
        let mut best = (0.0, now);
        for (index, column) in columns.iter().enumerate().filter(|(index, _)| *index != now) {
            let mut change = column.loss - old.loss;
            for (group, &first) in program.groups.iter().enumerate() {
                let range = group * self.buckets..(group + 1) * self.buckets;
                for (bucket, (new, old)) in
                    column.effect.used[range.clone()].iter().zip(&old.effect.used[range]).enumerate()
                {
                    if new != old {
                        let row = first + bucket;
                        let (before, after) = (self.over[row], self.over[row] + real(i128::from(new - old)));
                        change += self.loses(row, after) - self.loses(row, before);
                    }
                }
            }
            if change < best.0 - 1e-9 * old.loss.abs().max(1.0) {
                best = (change, index);
            }
        }
        if best.1 == now {
            return false;
        }
        book(&mut self.over, program, self.buckets, &old.effect, -1.0);
        book(&mut self.over, program, self.buckets, &columns[best.1].effect, 1.0);
        self.taken[pool] = best.1;
        true
    }

    fn loses(&self, row: usize, over: f64) -> f64 {
        let (left, passed) = self.cost[row];
        if over > 0.0 { over * passed } else { -over * left }
    }
}

/// Adds `times` an effect.
fn book(over: &mut [f64], program: &Program, buckets: usize, effect: &Effect, times: f64) {
    for (group, &first) in program.groups.iter().enumerate() {
        for (sum, own) in over[first..first + buckets].iter_mut().zip(&effect.used[group * buckets..]) {
            *sum += real(i128::from(*own)) * times;
        }
    }
}
