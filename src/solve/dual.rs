//! The dual function: what all pools together can earn at most if rows are sold at prices.
//!
//! For prices that are not negative its value is a bound on every plan: a plan keeps the rows, so that what its pools pay for their use is at
//! most what the rows are worth, and each pool alone earns at most its program's best.

use rayon::prelude::*;

use super::dynamic::Workspace;
use super::effect::{Choice, Effect};
use super::fixed::PRICE_BITS;
use super::program::{Aim, Decision, Program};
use super::reduced::Prices;
use super::rows::Rows;

/// The dual function at prices.
#[derive(Debug, Clone)]
pub(super) struct Dual {
    /// Its value: no plan earns more, where programs are full.
    pub(super) value: i128,
    /// By row: what the pools' best decisions use together.
    pub(super) used: Vec<i128>,
}

/// What comes of passing every row as far as it may be passed where its price makes up for what that uses of levels and costs. `used` is
/// told of it.
pub(super) fn pass_rows(aim: Aim, rows: &Rows, prices: &Prices, mut used: impl FnMut(usize, i128)) -> i128 {
    let level_price = |level: usize| {
        let aimed = if aim == Aim::Use(level) { 1_i128 << PRICE_BITS } else { 0 };
        aimed + rows.levels[level].map_or(0, |row| i128::from(prices.row[row]))
    };
    let mut value = rows.sure;
    for slack in &rows.slack {
        let level = slack.of.map_or(0, level_price);
        let cost = if aim == Aim::Money { i128::from(slack.cost) } else { 0 };
        let gain = i128::from(prices.row[slack.row]) - cost - ((i128::from(slack.unit) * level) >> PRICE_BITS);
        if gain > 0 {
            value += -((-gain * i128::from(slack.most)) >> PRICE_BITS);
            used(slack.row, -i128::from(slack.most));
            if let Some(row) = slack.of.and_then(|level| rows.levels[level]) {
                used(row, slack.used(i128::from(slack.most)));
            }
        }
    }
    value
}

/// Pools that one thread takes at a time.
const BATCH: usize = 16;

/// Solves every program at the prices; also returns the choices, where `keep` asks for them. `None` where a program has no decision at all.
pub(super) fn evaluate(programs: &[Program], rows: &Rows, prices: &Prices, keep: bool) -> Option<(Dual, Vec<Choice>)> {
    let solve = |batch: &[Program]| {
        let mut workspace = Workspace::default();
        let mut sum = Dual { value: 0, used: vec![0; rows.count] };
        let mut choices = Vec::new();
        let mut decision = Decision::default();
        for program in batch {
            workspace.reduced.set(program, prices);
            workspace.caps.free(program);
            let value = workspace.solve(program, &mut decision)?;
            sum.value += i128::from(value) + i128::from(workspace.reduced.constant);
            let effect = Effect::of(program, rows, &decision);
            add_up(&mut sum.used, program, rows, &effect, 1);
            if keep {
                choices.push(Choice { decision: decision.clone(), effect });
            }
        }
        Some((sum, choices))
    };
    let batch = (programs.len() / 8).clamp(1, BATCH);
    let parts: Vec<_> = programs.par_chunks(batch).map(solve).collect();
    let mut total = Dual { value: prices.worth(&rows.available), used: vec![0; rows.count] };
    let mut choices = Vec::with_capacity(if keep { programs.len() } else { 0 });
    let aim = programs.first().map_or(Aim::Money, |program| program.aim);
    total.value += pass_rows(aim, rows, prices, |row, amount| total.used[row] += amount);
    for part in parts {
        let (part, some) = part?;
        total.value += part.value;
        total.used.iter_mut().zip(part.used).for_each(|(sum, used)| *sum += used);
        choices.extend(some);
    }
    Some((total, choices))
}

/// Adds an effect, `times` it, to what all use.
pub(super) fn add_up(used: &mut [i128], program: &Program, rows: &Rows, effect: &Effect, times: i128) {
    for (group, &first) in program.groups.iter().enumerate() {
        let own = &effect.used[group * rows.buckets..(group + 1) * rows.buckets];
        for (sum, own) in used[first..first + rows.buckets].iter_mut().zip(own) {
            *sum += i128::from(*own) * times;
        }
    }
}
