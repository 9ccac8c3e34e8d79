//! The best decision for one pool at given prices, by dynamic programming over its stock level.
//!
//! Backwards over buckets, `value[s]` is the most that can still be earned from stock `s`. A bucket has three steps:
//! holding what is left, selling (for each offer a window slides over the levels its demand spans), and buying (for
//! each piece of a line's cost a window slides over the levels its sizes span, one for each residue of the multiple).
//! Each is exact, so the whole is, wherever levels are single units. Where stock has more levels than a program may have,
//! a level stands for several units; sales are then chosen anew from the lines by [`super::sales`].

use std::collections::VecDeque;

use super::pool::{Decision, Pool};
use super::prices::Priced;
use super::sales;

/// Most stock levels of a program that decides.
pub(super) const FINE: i64 = 8_192;
/// Of one that looks for candidates.
pub(super) const MIDDLE: i64 = 3_000;
/// Of one that only helps to find prices.
pub(super) const COARSE: i64 = 300;

/// Limits of a pool's own levels and lines that are known beforehand.
#[derive(Debug, Clone)]
pub(super) struct Caps {
    /// By bucket: most units on hand after receipts.
    pub(super) available: Vec<i64>,
    /// By bucket: most units at the end.
    pub(super) closing: Vec<i64>,
    /// By option: largest line.
    pub(super) line: Vec<i64>,
}

impl Caps {
    /// No limits.
    pub(super) fn none(pool: &Pool, buckets: usize) -> Self {
        let free = vec![i64::MAX; buckets];
        Self { available: free.clone(), closing: free, line: vec![i64::MAX; pool.options.len()] }
    }
}

/// Stock levels: how many, and units of each.
#[derive(Debug, Clone, Copy)]
struct Grid {
    levels: usize,
    unit: i64,
}

impl Grid {
    /// Levels enough for every decision that can pay: all stock there is, or all demand and the last stock's cover with
    /// one line more than that.
    fn of(pool: &Pool, most_levels: i64) -> Self {
        let have = pool.on_hand + pool.open_receipts.iter().sum::<i64>();
        let wanted: i64 = pool.sales.iter().flat_map(|sale| &sale.demand).sum::<i64>() + pool.end_cover;
        let biggest = |option: &super::pool::LineOption| {
            let break_size = option.pieces.last().map_or(0, |piece| piece.from + option.multiple);
            option.smallest.max(break_size).max(option.multiple)
        };
        let lot = pool.options.iter().map(biggest).max().unwrap_or(0);
        let most = have.max(wanted.saturating_add(lot)).min(4_000_000_000);
        let unit = if most <= most_levels { 1 } else { coarse_unit(pool, most / most_levels + 1) };
        Self { levels: usize::try_from(most / unit + 1).unwrap_or(1), unit }
    }

    fn index(self, units: i64) -> usize {
        usize::try_from(units / self.unit).unwrap_or(0).min(self.levels - 1)
    }
}

/// Units of a coarse level, at least `wanted`: a divisor or a multiple of the first line's multiple where that is near, so
/// that lines fall on levels.
fn coarse_unit(pool: &Pool, wanted: i64) -> i64 {
    let multiple = pool.options.first().map_or(1, |option| option.multiple);
    if multiple >= wanted {
        (wanted..=multiple.min(wanted * 4)).find(|divisor| multiple % divisor == 0).unwrap_or(wanted)
    } else {
        (wanted + multiple - 1) / multiple * multiple
    }
}

const NEVER: f64 = f64::NEG_INFINITY;

/// The values of one bucket's steps, kept to walk forward again.
struct Steps {
    /// After holding: by level at the end.
    held: Vec<f64>,
    /// After each offer's sales.
    sold: Vec<Vec<f64>>,
    /// After each option of the bucket, in reverse order of choice.
    bought: Vec<Vec<f64>>,
}

/// True where the finest program has a level for each unit, so that nothing is better than what it decides.
pub(super) fn is_exact(pool: &Pool) -> bool {
    Grid::of(pool, FINE).unit == 1
}

/// The best decision at the prices; `None` where the caps leave none.
pub(super) fn solve(pool: &Pool, priced: &Priced, caps: &Caps, most_levels: i64) -> Option<Decision> {
    let grid = Grid::of(pool, most_levels);
    let buckets = pool.open_receipts.len();
    let mut value = last_values(pool, grid);
    let mut all = Vec::with_capacity(buckets);
    for bucket in (0..buckets).rev() {
        let steps = steps(pool, priced, caps, grid, bucket, value);
        let top = steps.bought.last().or(steps.sold.last()).unwrap_or(&steps.held);
        value = shift(top, grid.index(pool.open_receipts[bucket]));
        all.push(steps);
    }
    all.reverse();
    let lines = walk(pool, priced, caps, grid, &all)?;
    let receipts = pool.receipts(&lines);
    let sales = sales::best(pool, priced, &receipts);
    Some(Decision { lines, sales })
}

/// Worth of the last stock by level.
fn last_values(pool: &Pool, grid: Grid) -> Vec<f64> {
    let worth = |level: usize| {
        let units = i64::try_from(level).unwrap_or(0) * grid.unit;
        let within = units.min(pool.end_cover);
        pool.worth.0 * super::pool::real(within) + pool.worth.1 * super::pool::real(units - within)
    };
    (0..grid.levels).map(worth).collect()
}

/// Value by opening level, where `received` levels come on top.
fn shift(values: &[f64], received: usize) -> Vec<f64> {
    (0..values.len()).map(|level| values.get(level + received).copied().unwrap_or(NEVER)).collect()
}

fn steps(pool: &Pool, priced: &Priced, caps: &Caps, grid: Grid, bucket: usize, next: Vec<f64>) -> Steps {
    let unit = super::pool::real(grid.unit);
    let hold = |(level, value): (usize, f64)| {
        if level > grid.index(caps.closing[bucket]) {
            NEVER
        } else {
            value - priced.closing[bucket] * unit * float(level)
        }
    };
    let held: Vec<f64> = next.into_iter().enumerate().map(hold).collect();
    let mut sold: Vec<Vec<f64>> = Vec::with_capacity(pool.sales.len());
    for (offer, sale) in pool.sales.iter().enumerate() {
        let before = sold.last().unwrap_or(&held);
        sold.push(sell(before, demand_levels(sale.demand[bucket], grid), priced.sale[offer][bucket] * unit));
    }
    let mut top = sold.last().unwrap_or(&held).clone();
    for (level, value) in top.iter_mut().enumerate() {
        *value = if level > grid.index(caps.available[bucket]) {
            NEVER
        } else {
            *value - priced.available[bucket] * unit * float(level)
        };
    }
    let mut bought = vec![top];
    for (index, _) in pool.options.iter().enumerate().filter(|(_, option)| option.bucket == bucket) {
        let before = bought.last().expect("never empty");
        bought.push(buy(before, pool, priced, caps, grid, index));
    }
    Steps { held, sold, bought }
}

#[expect(clippy::cast_precision_loss, reason = "levels are few")]
fn float(level: usize) -> f64 {
    level as f64
}

fn demand_levels(demand: i64, grid: Grid) -> usize {
    usize::try_from((demand + grid.unit / 2) / grid.unit).unwrap_or(0)
}

/// `max over 0 <= x <= demand of worth x + before[level - x]`, by a sliding window.
fn sell(before: &[f64], demand: usize, worth: f64) -> Vec<f64> {
    let mut window: VecDeque<(usize, f64)> = VecDeque::new();
    let mut after = Vec::with_capacity(before.len());
    for (level, &value) in before.iter().enumerate() {
        let key = value - worth * float(level);
        while window.back().is_some_and(|(_, known)| *known < key) {
            window.pop_back();
        }
        window.push_back((level, key));
        while window.front().is_some_and(|(at, _)| at + demand < level) {
            window.pop_front();
        }
        after.push(window.front().map_or(NEVER, |(_, best)| best + worth * float(level)));
    }
    after
}

/// The sizes, in levels, of one piece of an option: first, last, step. On a coarse grid they are the levels nearest to
/// what may be placed; [`placeable`] turns them back.
fn sizes(pool: &Pool, caps: &Caps, grid: Grid, option: usize, piece: usize) -> Option<(usize, usize, usize)> {
    let (line, cap) = (&pool.options[option], caps.line[option]);
    let range = &line.pieces[piece];
    let most = line.largest.unwrap_or(i64::MAX).min(range.to.unwrap_or(i64::MAX)).min(cap);
    let least = line.smallest.max(range.from);
    let first = least.checked_add(line.multiple - 1)? / line.multiple * line.multiple;
    if first > most {
        return None;
    }
    let reach = grid.unit.checked_mul(i64::try_from(grid.levels).ok()?)?;
    let last = (most.min(reach) / line.multiple * line.multiple).max(first);
    let levels = |units: i64| usize::try_from((units + grid.unit / 2) / grid.unit).ok();
    let first = levels(first)?.max(1);
    Some((first, levels(last)?.max(first), levels(line.multiple)?.max(1)))
}

/// The size that may be placed nearest to one found on a grid.
fn placeable(line: &super::pool::LineOption, cap: i64, units: i64) -> i64 {
    let most = line.largest.unwrap_or(i64::MAX).min(cap);
    let nearest = (units + line.multiple / 2) / line.multiple * line.multiple;
    let size = nearest.clamp(line.smallest, most.max(line.smallest)) / line.multiple * line.multiple;
    if size >= line.smallest && size <= most { size } else { 0 }
}

/// `max(before[level], max over sizes q of before[level + q] - cost(q))`.
fn buy(before: &[f64], pool: &Pool, priced: &Priced, caps: &Caps, grid: Grid, option: usize) -> Vec<f64> {
    let mut after = before.to_vec();
    for piece in 0..pool.options[option].pieces.len() {
        let Some((first, last, step)) = sizes(pool, caps, grid, option, piece) else { continue };
        let (fixed, unit) = priced.lines[option].piece(&pool.options[option].pieces[piece]);
        let unit = unit * super::pool::real(grid.unit);
        for residue in 0..step.min(before.len()) {
            buy_residue(before, &mut after, residue, (first, last, step), (fixed, unit));
        }
    }
    after
}

/// One residue class of [`buy`]: a window over the levels that sizes reach, from the top down.
fn buy_residue(
    before: &[f64],
    after: &mut [f64],
    residue: usize,
    (first, last, step): (usize, usize, usize),
    (fixed, unit): (f64, f64),
) {
    let count = (before.len() - 1 - residue) / step + 1;
    let mut window: VecDeque<(usize, f64)> = VecDeque::new();
    let mut entering = count;
    for position in (0..count).rev() {
        let level = residue + position * step;
        // Levels from level + first on enter; they are of this class, since sizes are multiples of the step.
        while entering > 0 && residue + (entering - 1) * step >= level + first {
            entering -= 1;
            let reached = residue + entering * step;
            let key = before[reached] - unit * float(reached);
            while window.back().is_some_and(|(_, known)| *known < key) {
                window.pop_back();
            }
            window.push_back((reached, key));
        }
        while window.front().is_some_and(|(at, _)| *at > level + last) {
            window.pop_front();
        }
        if let Some((_, best)) = window.front() {
            let value = best + unit * float(level) - fixed;
            if value > after[level] {
                after[level] = value;
            }
        }
    }
}

/// Follows the best values forward from the stock on hand; the units of each option.
fn walk(pool: &Pool, priced: &Priced, caps: &Caps, grid: Grid, all: &[Steps]) -> Option<Vec<i64>> {
    let mut lines = vec![0; pool.options.len()];
    let mut level = grid.index(pool.on_hand);
    for (bucket, steps) in all.iter().enumerate() {
        level += grid.index(pool.open_receipts[bucket]);
        if level >= grid.levels || steps.bought.last()?[level] == NEVER {
            return None;
        }
        let of_bucket: Vec<_> = pool.options.iter().enumerate().filter(|(_, option)| option.bucket == bucket).collect();
        for (position, (index, _)) in of_bucket.iter().enumerate().rev() {
            let (before, after) = (&steps.bought[position], &steps.bought[position + 1]);
            if let Some(size) = bought_size(pool, priced, caps, grid, *index, before, after, level) {
                lines[*index] =
                    placeable(&pool.options[*index], caps.line[*index], i64::try_from(size).ok()? * grid.unit);
                level += size;
            }
        }
        for (offer, sale) in pool.sales.iter().enumerate().rev() {
            let before = if offer == 0 { &steps.held } else { &steps.sold[offer - 1] };
            let worth = priced.sale[offer][bucket] * super::pool::real(grid.unit);
            let most = demand_levels(sale.demand[bucket], grid).min(level);
            level -= (0..=most).rev().max_by(|&a, &b| {
                (before[level - a] + worth * float(a)).total_cmp(&(before[level - b] + worth * float(b)))
            })?;
        }
    }
    Some(lines)
}

/// The size that a level was bought up by; none where nothing was.
#[expect(clippy::too_many_arguments, reason = "the tables of one step, and where in them")]
fn bought_size(
    pool: &Pool,
    priced: &Priced,
    caps: &Caps,
    grid: Grid,
    option: usize,
    before: &[f64],
    after: &[f64],
    level: usize,
) -> Option<usize> {
    if after[level] <= before[level] {
        return None;
    }
    let mut best: Option<(f64, usize)> = None;
    for piece in 0..pool.options[option].pieces.len() {
        let Some((first, last, step)) = sizes(pool, caps, grid, option, piece) else { continue };
        let (fixed, unit) = priced.lines[option].piece(&pool.options[option].pieces[piece]);
        let unit = unit * super::pool::real(grid.unit);
        for size in (first..=last).step_by(step).take_while(|size| level + size < before.len()) {
            let value = before[level + size] - fixed - unit * float(size);
            if best.is_none_or(|(known, _)| value > known) {
                best = Some((value, size));
            }
        }
    }
    best.filter(|(value, _)| *value > before[level]).map(|(_, size)| size)
}
