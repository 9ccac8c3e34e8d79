//! Prices of rows that pools of one item share, where there are too many of them for the master: every item finds its own.
//!
//! At the prices of all other rows an item's part of the dual function is convex in these. Each visit takes some steps of a subgradient method
//! from where the last one ended (Polyak 1969; directions deflected as by Camerini, Fratta and Maffioli 1975). Any of these prices give
//! a bound, so that the best ones are kept.

use super::dynamic::Workspace;
use super::effect::{Choice, Effect};
use super::fixed::PRICE_BITS;
use super::master::real;
use super::program::{Aim, Decision, Program};
use super::reduced::{OwnPrices, Prices};
use super::rows::Rows;

/// What all items know of their own prices.
#[derive(Debug, Clone)]
pub(super) struct Inner {
    /// By row, the first own one first.
    pub(super) row: Vec<i64>,
    /// By item: by how much its part is still expected to fall.
    hope: Vec<f64>,
    /// Steps of a visit.
    pub(super) steps: usize,
}

/// What an item comes to at prices.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    /// What it earns, what there is of its own rows included.
    pub(super) value: i128,
    /// What its pools do.
    pub(super) choices: Vec<Choice>,
    /// Its own prices.
    pub(super) own: OwnPrices,
    /// By own row that may be passed, and is: by how much, of which level, and how much of that.
    pub(super) passed: Vec<(usize, i128)>,
    hope: f64,
}

/// What is hoped for at first, in parts of an item's value, and at least at the beginning of a visit.
const HOPE: f64 = 0.02;
const LEAST_HOPE: f64 = 2e-4;
/// What hope is multiplied by where a step brought nothing, and between visits.
const LOST: f64 = 0.6;
const REGAINED: f64 = 2.0;
/// How far a direction turns back from the one before where both look apart.
const TURN: f64 = 1.5;

impl Inner {
    /// No prices yet.
    pub(super) fn new(rows: &Rows, steps: usize) -> Self {
        let items = rows.items.pools.len();
        let mut inner = Self { row: vec![0; rows.count - rows.own.start], hope: vec![f64::INFINITY; items], steps };
        for &(first, price) in rows.starts.iter().filter(|_| rows.items_price()) {
            inner.row[first - rows.own.start..][..rows.buckets].fill(price);
        }
        inner
    }

    /// Takes what a visit found.
    pub(super) fn learn(&mut self, rows: &Rows, item: usize, visit: &Visit) {
        for (first, prices) in &visit.own.rows {
            let at = first - rows.own.start;
            self.row[at..at + prices.len()].copy_from_slice(prices);
        }
        self.hope[item] = visit.hope;
    }

    /// Visits an item; `None` where a pool has no decision at all.
    pub(super) fn visit(
        &self,
        workspace: &mut Workspace,
        (programs, item): (&[Program], usize),
        rows: &Rows,
        prices: &Prices,
    ) -> Option<Visit> {
        let pools = &rows.items.pools[item];
        let mut own = OwnPrices::default();
        for first in pools.iter().flat_map(|&pool| &programs[pool].groups).filter(|first| rows.is_own(**first)) {
            if own.rows.iter().all(|(known, _)| known != first) {
                let at = first - rows.own.start;
                own.rows.push((*first, self.row[at..at + rows.buckets].to_vec()));
            }
        }
        let steps = if own.rows.is_empty() { 1 } else { self.steps.max(1) };
        let mut hope = self.hope[item];
        let mut best: Option<Visit> = None;
        let mut direction: Vec<f64> = Vec::new();
        for step in 0..steps {
            let visit = at(workspace, (programs, pools), rows, prices, own.clone())?;
            let gained = best.as_ref().is_none_or(|best| visit.value < best.value);
            if best.is_none() {
                let size = real(visit.value).abs().max(1.0);
                hope = if hope.is_finite() { hope.max(LEAST_HOPE * size) } else { HOPE * size };
            } else if !gained {
                hope *= LOST;
            }
            let slope = slope(programs, pools, rows, &visit);
            if gained {
                best = Some(visit);
            }
            if step + 1 == steps || !move_on(&mut own, rows, &slope, &mut direction, hope) {
                break;
            }
        }
        best.map(|best| Visit { hope: hope * REGAINED, ..best })
    }
}

/// What an item comes to at its own prices and those of others.
fn at(
    workspace: &mut Workspace,
    (programs, pools): (&[Program], &[usize]),
    rows: &Rows,
    prices: &Prices,
    own: OwnPrices,
) -> Option<Visit> {
    let aim = pools.first().map_or(Aim::Money, |&pool| programs[pool].aim);
    let mut value = 0;
    let mut passed = Vec::new();
    for (first, prices_of) in &own.rows {
        for (row, price) in (*first..).zip(prices_of) {
            let worth = i128::from(*price) * i128::from(rows.available[row]);
            value += -((-worth) >> PRICE_BITS);
            value += super::dual::pass_row(aim, rows, prices, (row, *price), |row, amount| passed.push((row, amount)));
        }
    }
    workspace.reduced.own = own;
    let mut choices = Vec::with_capacity(pools.len());
    for &pool in pools {
        let program = &programs[pool];
        workspace.reduced.set(program, prices);
        workspace.caps.free(program);
        let mut decision = Decision::default();
        value += i128::from(workspace.solve(program, &mut decision)?) + i128::from(workspace.reduced.constant);
        let effect = Effect::of(program, rows, &decision);
        choices.push(Choice { decision, effect });
    }
    let own = std::mem::take(&mut workspace.reduced.own);
    Some(Visit { value, choices, own, passed, hope: 0.0 })
}

/// By own row, in the order of its prices: what is left of it, in its units.
fn slope(programs: &[Program], pools: &[usize], rows: &Rows, visit: &Visit) -> Vec<f64> {
    let mut slope = Vec::new();
    for (first, prices) in &visit.own.rows {
        let mut used = vec![0_i128; prices.len()];
        for (&pool, choice) in pools.iter().zip(&visit.choices) {
            if let Some(group) = programs[pool].groups.iter().position(|known| known == first) {
                let own = &choice.effect.used[group * rows.buckets..(group + 1) * rows.buckets];
                used.iter_mut().zip(own).for_each(|(sum, own)| *sum += i128::from(*own));
            }
        }
        for (row, amount) in visit.passed.iter().filter(|(row, _)| (*first..first + prices.len()).contains(row)) {
            used[row - first] += amount;
        }
        let left = used
            .iter()
            .zip(*first..)
            .map(|(used, row)| real(i128::from(rows.available[row]) - used) / real(i128::from(rows.scale[row])));
        slope.extend(left);
    }
    slope
}

/// Moves prices against the slope; false where there is nowhere to go.
fn move_on(own: &mut OwnPrices, rows: &Rows, slope: &[f64], direction: &mut Vec<f64>, hope: f64) -> bool {
    let norm = |vector: &[f64]| vector.iter().map(|one| one * one).sum::<f64>();
    direction.resize(slope.len(), 0.0);
    let (before, along) = (norm(direction), slope.iter().zip(direction.iter()).map(|(a, b)| a * b).sum::<f64>());
    let turned = if before > 0.0 { (-TURN * along / before).max(0.0) } else { 0.0 };
    direction.iter_mut().zip(slope).for_each(|(old, new)| *old = new + turned * *old);
    let mut at = 0;
    for (first, prices) in &own.rows {
        for (offset, price) in prices.iter().enumerate() {
            // A price that is 0 cannot fall.
            if *price == 0 && direction[at] > 0.0 || rows.available[first + offset] == i64::MAX {
                direction[at] = 0.0;
            }
            at += 1;
        }
    }
    let length = norm(direction);
    if length < 1e-12 {
        return false;
    }
    let step = hope * 2_f64.powi(PRICE_BITS.cast_signed()) / length;
    let mut at = 0;
    for (first, prices) in &mut own.rows {
        for (offset, price) in prices.iter_mut().enumerate() {
            let row = *first + offset;
            let moved = real(i128::from(*price)) - step * direction[at] / real(i128::from(rows.scale[row]));
            #[expect(clippy::cast_possible_truncation, reason = "a price that is cut off is a price too")]
            let rounded = moved.round() as i64;
            *price = rounded.clamp(0, rows.dearest[row]);
            at += 1;
        }
    }
    true
}
