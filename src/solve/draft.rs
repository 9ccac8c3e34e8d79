//! A plan in the making: what is decided about each pool, and what all together use.

use super::dual::add_up;
use super::effect::{Choice, Effect};
use super::program::{Aim, Program};
use super::reduced::Prices;
use super::rows::{Rows, Slack, SlackUse};

/// A plan that is being put together.
#[derive(Debug, Clone)]
pub(super) struct Draft<'a> {
    /// The pools.
    pub(super) programs: &'a [Program],
    /// The rows.
    pub(super) rows: &'a Rows,
    /// What there is of each row.
    pub(super) available: &'a [i64],
    /// What is decided about each pool.
    pub(super) choices: Vec<Choice>,
    /// By row: what all use.
    pub(super) used: Vec<i128>,
    /// What passing rows uses of levels.
    slack: SlackUse,
}

impl<'a> Draft<'a> {
    /// A draft of choices.
    pub(super) fn new(programs: &'a [Program], rows: &'a Rows, available: &'a [i64], choices: Vec<Choice>) -> Self {
        let mut used = vec![0; rows.count];
        for (program, choice) in programs.iter().zip(&choices) {
            add_up(&mut used, program, rows, &choice.effect, 1);
        }
        let slack = rows.slack_used(&used);
        Self { programs, rows, available, choices, used, slack }
    }

    /// What all earn; what passing rows uses counts where that is what is to be small.
    pub(super) fn objective(&self) -> i128 {
        let earned: i128 = self.choices.iter().map(|choice| i128::from(choice.effect.objective)).sum();
        earned - self.slack_cost(&self.slack)
    }

    fn slack_cost(&self, used: &SlackUse) -> i128 {
        match self.programs.first().map(|program| program.aim) {
            Some(Aim::Use(level)) => used.levels[level],
            _ => used.money,
        }
    }

    /// True where no row is passed at all, not even as far as it may be.
    pub(super) fn is_within(&self) -> bool {
        self.used.iter().zip(self.available).all(|(used, available)| *used <= i128::from(*available))
    }

    /// How far rows are passed, each by its size.
    pub(super) fn violation(&self) -> i128 {
        (0..self.rows.count).map(|row| self.passed(row, self.used[row] + self.of_level(row))).sum()
    }

    /// What passing other rows uses of a row that is the use of a level.
    pub(super) fn of_level(&self, row: usize) -> i128 {
        self.rows.level_of(row).map_or(0, |level| self.slack.levels[level])
    }

    /// Rows that are passed. Where that is what is used of a level, so are those that use it by being passed.
    pub(super) fn passed_rows(&self) -> Vec<usize> {
        let is_passed = |row: &usize| self.passed(*row, self.used[*row] + self.of_level(*row)) > 0;
        let mut passed: Vec<usize> = (0..self.rows.count).filter(is_passed).collect();
        let levels: Vec<usize> = passed.iter().filter_map(|row| self.rows.level_of(*row)).collect();
        if !levels.is_empty() {
            let is_over = |slack: &&Slack| {
                slack.of.is_some_and(|level| levels.contains(&level))
                    && self.used[slack.row] > i128::from(self.available[slack.row])
            };
            passed.extend(self.rows.slack.iter().filter(is_over).map(|slack| slack.row));
            passed.sort_unstable();
            passed.dedup();
        }
        passed
    }

    /// How far a row is passed at a use, in parts of its size; at least 1 where it is.
    fn passed(&self, row: usize, used: i128) -> i128 {
        let over = used - i128::from(self.available[row]) - i128::from(self.rows.slack_of(row));
        if over <= 0 { 0 } else { (over << 24) / i128::from(self.rows.size[row]) + 1 }
    }

    /// What changes if pools have other effects: violation, then money.
    pub(super) fn change(&self, new: &[(usize, Choice)]) -> (i128, i128) {
        let earned: i128 = new
            .iter()
            .map(|(pool, choice)| i128::from(choice.effect.objective - self.choices[*pool].effect.objective))
            .sum();
        let deltas = self.deltas(new);
        if !self.rows.slack.is_empty() {
            let (violation, cost) = self.change_with_slack(&deltas);
            return (violation, earned - cost);
        }
        let change = |&(row, delta): &(usize, i128)| {
            let now = self.used[row];
            self.passed(row, now + delta) - self.passed(row, now)
        };
        (deltas.iter().map(change).sum(), earned)
    }

    /// By row: what changes of its use.
    fn deltas(&self, new: &[(usize, Choice)]) -> Vec<(usize, i128)> {
        let buckets = self.rows.buckets;
        let mut deltas: Vec<(usize, i128)> = Vec::new();
        for (pool, choice) in new {
            let old = &self.choices[*pool].effect.used;
            for (group, &first) in self.programs[*pool].groups.iter().enumerate() {
                let range = group * buckets..(group + 1) * buckets;
                let changed = choice.effect.used[range.clone()].iter().zip(&old[range]).enumerate();
                let changed = changed.filter(|(_, (new, old))| new != old);
                deltas.extend(changed.map(|(bucket, (new, old))| (first + bucket, i128::from(*new - *old))));
            }
        }
        if new.len() > 1 {
            deltas.sort_unstable_by_key(|(row, _)| *row);
            deltas.dedup_by(|next, sum| {
                let same = next.0 == sum.0;
                sum.1 += if same { next.1 } else { 0 };
                same
            });
        }
        deltas
    }

    /// What changes of violation and of what passing rows costs, where a change of one row also changes what is used of the level.
    fn change_with_slack(&self, deltas: &[(usize, i128)]) -> (i128, i128) {
        let mut after = self.slack.clone();
        let (mut violation, mut by_pools) = (0, vec![0; self.rows.levels.len()]);
        for &(row, delta) in deltas {
            let now = self.used[row];
            if let Some(level) = self.rows.level_of(row) {
                by_pools[level] += delta;
                continue;
            }
            violation += self.passed(row, now + delta) - self.passed(row, now);
            self.rows.add_slack(row, now, -1, &mut after);
            self.rows.add_slack(row, now + delta, 1, &mut after);
        }
        for (level, row) in self.rows.levels.iter().enumerate() {
            let Some(row) = *row else { continue };
            let now = self.used[row] + self.slack.levels[level];
            let then = self.used[row] + by_pools[level] + after.levels[level];
            violation += self.passed(row, then) - self.passed(row, now);
        }
        (violation, self.slack_cost(&after) - self.slack_cost(&self.slack))
    }

    /// Takes choices if less is passed with them, or as much and more is earned.
    pub(super) fn offer(&mut self, new: Vec<(usize, Choice)>) -> bool {
        let (violation, objective) = self.change(&new);
        let better = violation < 0 || violation == 0 && objective > 0;
        if better {
            self.put(new);
        }
        better
    }

    /// Puts choices in place of others.
    pub(super) fn put(&mut self, new: Vec<(usize, Choice)>) {
        for (row, delta) in self.deltas(&new) {
            self.rows.add_slack(row, self.used[row], -1, &mut self.slack);
            self.used[row] += delta;
            self.rows.add_slack(row, self.used[row], 1, &mut self.slack);
        }
        for (pool, choice) in new {
            self.choices[pool] = choice;
        }
    }

    /// What is decided, to go back to.
    pub(super) fn kept(&self) -> (Vec<Choice>, Vec<i128>, SlackUse) {
        (self.choices.clone(), self.used.clone(), self.slack.clone())
    }

    /// Goes back to what was decided.
    pub(super) fn go_back(&mut self, kept: (Vec<Choice>, Vec<i128>, SlackUse)) {
        (self.choices, self.used, self.slack) = kept;
    }

    /// What choices lose at prices against those there are.
    pub(super) fn loss(&self, new: &[(usize, Choice)], prices: &Prices) -> i128 {
        let loss = |(pool, choice): &(usize, Choice)| {
            self.worth_at(*pool, &self.choices[*pool].effect, prices) - self.worth_at(*pool, &choice.effect, prices)
        };
        new.iter().map(loss).sum()
    }

    /// What choices earn more than those there are, rows that not only pools of their item share at prices.
    pub(super) fn change_at(&self, new: &[(usize, Choice)], prices: &Prices) -> i128 {
        let others = self.deltas(new).into_iter().filter(|(row, _)| !self.rows.is_own(*row));
        let paid: i128 = others.map(|(row, delta)| i128::from(prices.row[row]) * delta).sum();
        self.change(new).1 - (paid >> super::fixed::PRICE_BITS)
    }

    /// What an effect of a pool is worth at prices.
    fn worth_at(&self, pool: usize, effect: &Effect, prices: &Prices) -> i128 {
        let mut paid = 0_i128;
        for (group, &first) in self.programs[pool].groups.iter().enumerate() {
            for bucket in 0..self.rows.buckets {
                paid += i128::from(prices.row[first + bucket])
                    * i128::from(effect.used[group * self.rows.buckets + bucket]);
            }
        }
        i128::from(effect.objective) - (paid >> super::fixed::PRICE_BITS)
    }

    /// True where an item can take of one of the rows.
    pub(super) fn touches(&self, item: usize, rows: &[usize]) -> bool {
        let groups = |pool: &usize| &self.programs[*pool].groups;
        let touches = |row: &usize| {
            let first = row / self.rows.buckets * self.rows.buckets;
            self.rows.items.pools[item].iter().any(|pool| groups(pool).contains(&first))
        };
        rows.iter().any(touches)
    }
}
