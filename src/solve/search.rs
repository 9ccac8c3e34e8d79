//! The best decision for one pool within the room that the others leave.
//!
//! The program knows prices and caps, not rooms. Candidates come from it at rising prices on the rows it overruns; the
//! best one is then improved line by line, since a price cannot tell a line to take exactly what is left.

use super::pool::{Decision, Pool};
use super::prices::{Priced, price};
use super::program::{self, Caps};
use super::rows::{Choice, Rows, TOLERANCE};
use super::sales;

/// Rounds of rising prices.
const ROUNDS: usize = 10;
/// Rounds of improvement, each over all lines.
const PASSES: usize = 8;

/// What others use of each row.
pub(super) struct Room<'a> {
    pub(super) rows: &'a Rows,
    pub(super) others: &'a [f64],
}

impl Room<'_> {
    /// How far all together are beyond the rows, each by its size.
    fn violation(&self, choice: &Choice) -> f64 {
        let over = |row: usize| self.over(row, choice.effect.used[row]).max(0.0) / self.rows.scale[row];
        (0..self.rows.count).map(over).sum()
    }

    fn over(&self, row: usize, used: f64) -> f64 {
        self.others[row] + used - self.rows.available[row] - TOLERANCE * self.rows.scale[row]
    }

    /// True where `a` breaks less than `b`, or earns more and breaks no more.
    fn better(&self, a: &Choice, b: &Choice) -> bool {
        let (broken_a, broken_b) = (self.violation(a), self.violation(b));
        if (broken_a - broken_b).abs() > 1e-12 {
            return broken_a < broken_b;
        }
        a.effect.objective > b.effect.objective + 1e-9 * b.effect.objective.abs().max(1.0)
    }
}

/// A decision with what follows from it.
pub(super) fn choice(pool: &Pool, rows: &Rows, decision: Decision) -> Choice {
    let effect = pool.effect(rows, &decision);
    Choice { decision, effect }
}

/// No lines; the best sales from what there is at the prices.
pub(super) fn do_nothing(pool: &Pool, rows: &Rows, prices: &[f64]) -> Choice {
    let priced = price(pool, rows, prices);
    let lines = vec![0; pool.options.len()];
    let sales = sales::best(pool, &priced, &pool.receipts(&lines));
    choice(pool, rows, Decision { lines, sales })
}

/// The best choice found within the room, not worse than `current`; `alone` is the pool's best without any limit.
pub(super) fn within(pool: &Pool, room: &Room<'_>, prices: &[f64], alone: &Choice, current: &Choice) -> Choice {
    let rows = room.rows;
    let caps = caps(pool, room);
    let mut best = current.clone();
    let mut consider = |candidate: Choice| {
        if room.better(&candidate, &best) {
            best = candidate;
        }
    };
    let free = vec![0.0; rows.count];
    consider(do_nothing(pool, rows, &free));
    // What is best without any prices and fits needs no further search where the program is exact.
    if room.violation(alone) == 0.0 {
        consider(alone.clone());
        if program::is_exact(pool) {
            return best;
        }
    }
    let mut raised = prices.to_vec();
    for round in 0..ROUNDS {
        let priced = price(pool, rows, &raised);
        let Some(decision) = program::solve(pool, &priced, &caps, program::MIDDLE) else { break };
        let found = choice(pool, rows, decision);
        let overrun: Vec<usize> = (0..rows.count).filter(|&row| room.over(row, found.effect.used[row]) > 0.0).collect();
        consider(found);
        if overrun.is_empty() {
            break;
        }
        for row in overrun {
            raised[row] =
                (raised[row] * 1.7).max(first_price(pool, rows, row)) + if round > 5 { raised[row] } else { 0.0 };
        }
    }
    improve(pool, room, prices, best)
}

/// A price that begins to matter to the pool: a twentieth of what its best sale earns, by what a unit uses of the row.
fn first_price(pool: &Pool, rows: &Rows, row: usize) -> f64 {
    if rows.cash.is_some_and(|first| row >= first) {
        return 0.05;
    }
    let best = pool.sales.iter().flat_map(|sale| &sale.net).fold(0.0_f64, |best, net| best.max(*net));
    let first = row / rows.buckets * rows.buckets;
    let bearing = &rows.bearings[pool.id.index()];
    let stock = bearing.available.iter().chain(&bearing.closing).find(|(at, _)| *at == first).map(|(_, unit)| *unit);
    let lines = pool.options.iter().filter_map(|option| {
        let lane = option.lane.index();
        let cost = || option.pieces[0].goods.1 + option.pieces[0].besides.1;
        if rows.budgets[lane].contains(&first) {
            Some(cost())
        } else {
            (rows.supplier[lane] == Some(first)).then_some(option.capacity.0)
        }
    });
    let unit = stock.or_else(|| lines.reduce(f64::min)).filter(|unit| *unit > 0.0).unwrap_or(1.0);
    0.05 * best.max(0.01) / unit
}

/// Caps that follow from the room whatever else is decided.
fn caps(pool: &Pool, room: &Room<'_>) -> Caps {
    let rows = room.rows;
    let bearing = &rows.bearings[pool.id.index()];
    let mut caps = Caps::none(pool, rows.buckets);
    let left = |row: usize| rows.available[row] + TOLERANCE * rows.scale[row] - room.others[row];
    for bucket in 0..rows.buckets {
        for (first, unit) in &bearing.available {
            caps.available[bucket] = caps.available[bucket].min(units(left(first + bucket), *unit));
        }
        for (first, unit) in &bearing.closing {
            caps.closing[bucket] = caps.closing[bucket].min(units(left(first + bucket), *unit));
        }
    }
    spare_unavoidable(pool, &mut caps);
    for (index, option) in pool.options.iter().enumerate() {
        let cap = &mut caps.line[index];
        if let Some(first) = rows.supplier[option.lane.index()] {
            let room = left(first + option.release_bucket) - option.capacity.1;
            *cap = (*cap).min(units(room, option.capacity.0));
        }
        for first in &bearing.inbound {
            let room = left(first + option.bucket) - super::pool::real(pool.open_receipts[option.bucket]);
            *cap = (*cap).min(units(room, 1.0));
        }
        let cheapest = option.pieces.iter().map(|piece| piece.goods.1 + piece.besides.1).fold(f64::INFINITY, f64::min);
        for first in &rows.budgets[option.lane.index()] {
            *cap = (*cap).min(units(left(first + option.bucket), cheapest));
        }
    }
    caps
}

/// Units that fit into a room.
#[expect(clippy::cast_possible_truncation, reason = "held between 0 and 4 x 10^9")]
fn units(room: f64, unit: f64) -> i64 {
    if unit <= 0.0 { i64::MAX } else { (room / unit + 1e-9).floor().clamp(0.0, 4e9) as i64 }
}

/// Stock that is there anyway is not capped away: such overruns are the sweep's business, not the program's.
fn spare_unavoidable(pool: &Pool, caps: &mut Caps) {
    let mut stock = pool.on_hand;
    for bucket in 0..caps.available.len() {
        stock += pool.open_receipts[bucket];
        caps.available[bucket] = caps.available[bucket].max(stock);
        let demand: i64 = pool.sales.iter().map(|sale| sale.demand[bucket]).sum();
        stock = (stock - demand).max(0);
        caps.closing[bucket] = caps.closing[bucket].max(stock);
    }
}

/// Changes one line, or two at once, as long as that helps.
fn improve(pool: &Pool, room: &Room<'_>, prices: &[f64], mut best: Choice) -> Choice {
    let zero = vec![0.0; room.rows.count];
    let at_prices = [price(pool, room.rows, &zero), price(pool, room.rows, prices)];
    for _ in 0..PASSES {
        let mut improved = false;
        for lines in neighbours(pool, &best.decision.lines) {
            for priced in &at_prices {
                let candidate = resell(pool, room.rows, priced, &lines);
                if room.better(&candidate, &best) {
                    best = candidate;
                    improved = true;
                }
            }
        }
        if !improved {
            break;
        }
    }
    best
}

fn resell(pool: &Pool, rows: &Rows, priced: &Priced, lines: &[i64]) -> Choice {
    let sales = sales::best(pool, priced, &pool.receipts(lines));
    choice(pool, rows, Decision { lines: lines.to_vec(), sales })
}

/// Lines that differ in one option, or by a shift from one to the next.
fn neighbours(pool: &Pool, lines: &[i64]) -> Vec<Vec<i64>> {
    let mut all = Vec::new();
    let mut push = |changed: Vec<i64>| {
        let fits = pool.options.iter().zip(&changed).all(|(option, &units)| units >= 0 && option.allows(units));
        if fits && changed != lines {
            all.push(changed);
        }
    };
    for (index, option) in pool.options.iter().enumerate() {
        let units = lines[index];
        let with = |units: i64| {
            let mut changed = lines.to_vec();
            changed[index] = units;
            changed
        };
        push(with(0));
        push(with(option.smallest));
        for factor in [1, 4, 16, 64] {
            let step = option.multiple * factor;
            push(with(units + step));
            push(with(units - step));
            let near = index.saturating_sub(2)..(index + 3).min(pool.options.len());
            for other in near.filter(|&other| other != index && units >= step) {
                let mut changed = with(units - step);
                changed[other] += step;
                push(changed);
            }
        }
        for other in (0..pool.options.len()).filter(|&other| other != index && units > 0) {
            let mut changed = with(0);
            changed[other] += units;
            push(changed);
        }
    }
    all
}
