//! The dual function: what all pools together can earn at most if rows are sold at prices.
//!
//! For prices that are not negative its value is a bound on every plan: a plan keeps the rows, so that what its pools pay for their use is at
//! most what the rows are worth, and each pool alone earns at most its program's best.

use rayon::prelude::*;

use super::dynamic::Workspace;
use super::effect::{Choice, Effect};
use super::fixed::PRICE_BITS;
use super::inner::{Inner, Visit};
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
    /// By team: what it adds to both.
    pub(super) parts: Vec<Part>,
}

/// What a team of pools adds to the dual function.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// What the team earns at the prices.
    pub(super) value: i128,
    /// By row: what it uses.
    pub(super) used: Vec<i128>,
}

/// Pools in teams, whose parts of the dual function are told apart.
#[derive(Debug, Clone)]
pub(super) struct Teams {
    /// By pool: its team.
    pub(super) of: Vec<usize>,
    /// How many there are.
    count: usize,
    /// Items of one team that one thread takes at a time.
    batches: Vec<Vec<usize>>,
}

impl Teams {
    /// Items that touch the same rows are in one team where that is possible; teams are about equally large.
    pub(super) fn new(programs: &[Program], rows: &Rows) -> Self {
        let items = &rows.items.pools;
        let count = (items.len() / SMALLEST).clamp(1, MOST_TEAMS);
        let mut order: Vec<usize> = (0..items.len()).collect();
        // What an item's pools share among themselves says nothing about its like.
        let groups = |&item: &usize| -> Vec<usize> {
            let all = items[item].iter().rev().flat_map(|&pool| &programs[pool].groups);
            all.copied().filter(|first| !rows.is_own(*first)).collect()
        };
        order.sort_by_cached_key(|item| (groups(item), *item));
        let size = items.len().div_ceil(count).max(1);
        let batch = (items.len() / 8).clamp(1, BATCH);
        let mut teams = Self { of: vec![0; programs.len()], count, batches: Vec::new() };
        for (team, members) in order.chunks(size).enumerate() {
            members.iter().flat_map(|&item| &items[item]).for_each(|&pool| teams.of[pool] = team);
            teams.batches.extend(members.chunks(batch).map(<[usize]>::to_vec));
            teams.count = team + 1;
        }
        teams
    }

    /// The items alone that have to do with some rows, as one team.
    pub(super) fn touching(programs: &[Program], rows: &Rows, touched: &std::ops::Range<usize>) -> Self {
        let touches = |pool: &usize| {
            programs[*pool].groups.iter().any(|first| (*first..first + rows.buckets).any(|row| touched.contains(&row)))
        };
        let items = rows.items.pools.iter().enumerate().filter(|(_, pools)| pools.iter().any(&touches));
        let items: Vec<usize> = items.map(|(item, _)| item).collect();
        let batches = items.chunks(BATCH).map(<[usize]>::to_vec).collect();
        Self { of: vec![0; programs.len()], count: 1, batches }
    }

    /// How many items there are.
    pub(super) fn items(&self) -> usize {
        self.batches.iter().map(Vec::len).sum()
    }
}

/// What comes of passing every row that the master prices as far as it may be passed where its price makes up for what that uses of levels and
/// costs. `used` is told of it.
pub(super) fn pass_rows(aim: Aim, rows: &Rows, prices: &Prices, mut used: impl FnMut(usize, i128)) -> i128 {
    let mut value = rows.sure;
    let mut row = usize::MAX;
    for slack in rows.slack.iter().filter(|slack| slack.row < rows.priced) {
        if slack.row != row {
            row = slack.row;
            value += pass_row(aim, rows, prices, (row, prices.row[row]), &mut used);
        }
    }
    value
}

/// The same of one row at a price.
pub(super) fn pass_row(
    aim: Aim,
    rows: &Rows,
    prices: &Prices,
    (row, price): (usize, i64),
    mut used: impl FnMut(usize, i128),
) -> i128 {
    let level_price = |level: usize| {
        let aimed = if aim == Aim::Use(level) { 1_i128 << PRICE_BITS } else { 0 };
        aimed + rows.levels[level].map_or(0, |row| i128::from(prices.row[row]))
    };
    let mut value = 0;
    for slack in rows.slack_in(row) {
        let level = slack.of.map_or(0, level_price);
        let cost = if aim == Aim::Money { i128::from(slack.cost) } else { 0 };
        let gain = i128::from(price) - cost - ((i128::from(slack.unit) * level) >> PRICE_BITS);
        if gain > 0 {
            value += -((-gain * i128::from(slack.most)) >> PRICE_BITS);
            used(row, -i128::from(slack.most));
            if let Some(level_row) = slack.of.and_then(|level| rows.levels[level]) {
                used(level_row, slack.used(i128::from(slack.most)));
            }
        }
    }
    value
}

/// Pools of a team at least, where there are teams at all, and the most teams.
const SMALLEST: usize = 8;
const MOST_TEAMS: usize = 40;
/// Pools that one thread takes at a time.
const BATCH: usize = 16;

/// Solves every program at the prices; also returns the choices, where `keep` asks for them. `None` where a program has no decision at all.
pub(super) fn evaluate(
    programs: &[Program],
    teams: &Teams,
    rows: &Rows,
    prices: &Prices,
    keep: bool,
) -> Option<(Dual, Vec<Choice>)> {
    let mut inner = Inner::new(rows, 1);
    inner.begin(rows, prices);
    let (dual, choices, _) = visit(programs, teams, rows, prices, &inner, keep)?;
    Some((dual, choices))
}

/// The same where items move the prices of rows of their own, which are told.
pub(super) fn evaluate_moving(
    programs: &[Program],
    teams: &Teams,
    rows: &Rows,
    prices: &mut Prices,
    inner: &mut Inner,
) -> Option<Dual> {
    let (dual, _, visits) = visit(programs, teams, rows, prices, inner, false)?;
    for (item, one) in visits {
        inner.learn(rows, item, one);
    }
    prices.row[rows.own.start..].copy_from_slice(&inner.row);
    Some(dual)
}

type Visited = (Dual, Vec<Choice>, Vec<(usize, Visit)>);

/// Visits every item.
fn visit(
    programs: &[Program],
    teams: &Teams,
    rows: &Rows,
    prices: &Prices,
    inner: &Inner,
    keep: bool,
) -> Option<Visited> {
    let moves = rows.items_price();
    let solve = |batch: &Vec<usize>| {
        let mut workspace = Workspace::default();
        let mut sum = Part { value: 0, used: vec![0; rows.priced] };
        let (mut choices, mut visits) = (Vec::new(), Vec::new());
        for &item in batch {
            let pools = &rows.items.pools[item];
            let own = moves && pools.iter().any(|&pool| programs[pool].groups.iter().any(|first| rows.is_own(*first)));
            if own {
                let mut one = inner.visit(&mut workspace, (programs, item), rows, prices)?;
                sum.value += one.value;
                for &(row, amount) in one.passed.iter().filter(|(row, _)| *row < rows.priced) {
                    sum.used[row] += amount;
                }
                for (&pool, choice) in pools.iter().zip(&one.choices) {
                    add_up(&mut sum.used, &programs[pool], rows, &choice.effect, 1);
                }
                let done = std::mem::take(&mut one.choices);
                if keep {
                    choices.extend(pools.iter().copied().zip(done));
                }
                visits.push((item, one));
                continue;
            }
            for &pool in pools {
                let program = &programs[pool];
                workspace.reduced.set(program, prices);
                workspace.caps.free(program);
                let mut decision = Decision::default();
                let value = workspace.solve(program, &mut decision)?;
                sum.value += i128::from(value) + i128::from(workspace.reduced.constant);
                let effect = Effect::of(program, rows, &decision);
                add_up(&mut sum.used, program, rows, &effect, 1);
                if keep {
                    choices.push((pool, Choice { decision, effect }));
                }
            }
        }
        let pool = batch.first().and_then(|&item| rows.items.pools[item].first());
        Some((pool.map_or(0, |&pool| teams.of[pool]), sum, choices, visits))
    };
    let solved: Vec<_> = teams.batches.par_iter().map(solve).collect();
    let mut parts = vec![Part { value: 0, used: vec![0; rows.priced] }; teams.count.max(1)];
    let aim = programs.first().map_or(Aim::Money, |program| program.aim);
    let passed = &mut parts[0];
    passed.value = pass_rows(aim, rows, prices, |row, amount| passed.used[row] += amount);
    let mut choices = Vec::with_capacity(if keep { programs.len() } else { 0 });
    let mut visits = Vec::new();
    for batch in solved {
        let (team, sum, some, visited) = batch?;
        parts[team].value += sum.value;
        parts[team].used.iter_mut().zip(sum.used).for_each(|(sum, used)| *sum += used);
        choices.extend(some);
        visits.extend(visited);
    }
    choices.sort_unstable_by_key(|(pool, _)| *pool);
    let worth = prices.worth(&rows.available[..rows.priced]);
    let mut total = Dual { value: worth, used: vec![0; rows.priced], parts };
    for part in &total.parts {
        total.value += part.value;
        total.used.iter_mut().zip(&part.used).for_each(|(sum, used)| *sum += used);
    }
    Some((total, choices.into_iter().map(|(_, choice)| choice).collect(), visits))
}

/// Adds an effect, `times` it, to what all use of rows, as far as those are told.
pub(super) fn add_up(used: &mut [i128], program: &Program, rows: &Rows, effect: &Effect, times: i128) {
    let told = used.len();
    for (group, &first) in program.groups.iter().enumerate().filter(|(_, first)| **first < told) {
        let own = &effect.used[group * rows.buckets..(group + 1) * rows.buckets];
        for (sum, own) in used[first..first + rows.buckets].iter_mut().zip(own) {
            *sum += i128::from(*own) * times;
        }
    }
}
