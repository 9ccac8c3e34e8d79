//! A plan from prices: first until no row is passed, then for money.
//!
//! One pool at a time is taken out and solved anew at prices within the room that the others leave. What comes out is taken if
//! less is passed than before, or as much and more is earned. Pools are solved in batches on all cores against the same room, and taken one after
//! the other, each held against the room that is then left, so that the number of threads changes nothing.

use rayon::prelude::*;

use super::dual::add_up;
use super::dynamic::{Caps, Workspace};
use super::effect::{Choice, Effect};
use super::fixed::narrow;
use super::program::{Aim, Decision, Program, SharedFloor};
use super::reduced::Prices;
use super::rows::{Rows, Slack, SlackUse};
use super::split::Mean;

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
}

/// Keeps a program near a decision: within two of its smallest lines, and a part of its largest stock.
fn corridor(program: &Program, decision: &Decision, caps: &mut Caps) {
    let smallest = program.options.iter().map(|option| option.smallest + option.multiple).max().unwrap_or(0);
    let reach = smallest.saturating_mul(2).saturating_add(program.peak() / 16).max(NARROW);
    for (bound, at) in caps.closing.iter_mut().zip(program.closing(decision)) {
        *bound = ((at - reach).clamp(0, bound.1), (at + reach).min(bound.1));
    }
}

/// Levels on either side within which nothing is gained by looking at less.
const NARROW: i64 = 60;

/// Rows as a number to divide by.
fn narrow_count(count: usize) -> i128 {
    i128::try_from(count).unwrap_or(1).max(1)
}

/// Rounds in which prices of passed rows rise.
const REPAIRS: usize = 40;
/// Parts of prices, in per cent, at which plans are improved.
const PARTS: [i64; 4] = [100, 60, 30, 0];
/// Times that a pool gives way.
const SETTLING: usize = 60;
/// Parts of prices, in per cent, at which a pool says what it wants of others.
const EXCHANGES: [i64; 3] = [100, 50, 0];
/// A line that is placed in a smaller part of a mean is left out beside it.
const HARDLY: f64 = 0.3;
/// How near a mean is followed, in parts of the largest stock, and whether room is kept to.
const FOLLOWED: [(i64, bool); 4] = [(60, true), (12, true), (1, true), (1, false)];
/// Most pools of a batch.
const BATCH: usize = 32;

impl<'a> Draft<'a> {
    /// A draft of choices.
    pub(super) fn new(programs: &'a [Program], rows: &'a Rows, available: &'a [i64], choices: Vec<Choice>) -> Self {
        let mut used = vec![0; rows.count];
        for (program, choice) in programs.iter().zip(&choices) {
            add_up(&mut used, program, rows, &choice.effect, 1);
        }
        Self { programs, rows, available, choices, used }
    }

    /// What all earn; what passing rows uses counts where that is what is to be small.
    pub(super) fn objective(&self) -> i128 {
        let earned: i128 = self.choices.iter().map(|choice| i128::from(choice.effect.objective)).sum();
        earned - self.slack_cost(&self.rows.slack_used(&self.used))
    }

    fn slack_cost(&self, used: &SlackUse) -> i128 {
        match self.programs.first().map(|program| program.aim) {
            Some(Aim::Use(level)) => used.levels[level],
            _ => used.money,
        }
    }

    /// How far rows are passed, each by its size.
    pub(super) fn violation(&self) -> i128 {
        let slack = self.slack();
        (0..self.rows.count).map(|row| self.passed(row, self.used[row] + self.of_level(row, &slack))).sum()
    }

    /// What passing rows uses of levels.
    fn slack(&self) -> Option<SlackUse> {
        (!self.rows.slack.is_empty()).then(|| self.rows.slack_used(&self.used))
    }

    /// What passing other rows uses of a row that is the use of a level.
    fn of_level(&self, row: usize, slack: &Option<SlackUse>) -> i128 {
        let Some(slack) = slack else { return 0 };
        self.rows.level_of(row).map_or(0, |level| slack.levels[level])
    }

    /// Rows that are passed. Where that is what is used of a level, so are those that use it by being passed.
    fn passed_rows(&self) -> Vec<usize> {
        let slack = self.slack();
        let is_passed = |row: &usize| self.passed(*row, self.used[*row] + self.of_level(*row, &slack)) > 0;
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

    /// What changes if a pool has another effect: violation, then money.
    fn change(&self, pool: usize, effect: &Effect) -> (i128, i128) {
        if !self.rows.slack.is_empty() {
            return self.change_with_slack(pool, effect);
        }
        let (program, old) = (&self.programs[pool], &self.choices[pool].effect);
        let buckets = self.rows.buckets;
        let mut violation = 0;
        for (group, &first) in program.groups.iter().enumerate() {
            for bucket in 0..buckets {
                let (new, old) = (effect.used[group * buckets + bucket], old.used[group * buckets + bucket]);
                if new != old {
                    let row = first + bucket;
                    let now = self.used[row];
                    violation += self.passed(row, now + i128::from(new - old)) - self.passed(row, now);
                }
            }
        }
        (violation, i128::from(effect.objective - old.objective))
    }

    /// The same where a change of one row also changes what is used of the level.
    fn change_with_slack(&self, pool: usize, effect: &Effect) -> (i128, i128) {
        let (program, old) = (&self.programs[pool], &self.choices[pool].effect);
        let mut used = self.used.clone();
        add_up(&mut used, program, self.rows, old, -1);
        add_up(&mut used, program, self.rows, effect, 1);
        let (before, after) = (self.rows.slack_used(&self.used), self.rows.slack_used(&used));
        let change = |row: usize, more: i128, less: i128| {
            let (new, old) = (used[row] + more, self.used[row] + less);
            if new == old { 0 } else { self.passed(row, new) - self.passed(row, old) }
        };
        let is_level = |first: &&usize| self.rows.levels.contains(&Some(**first));
        let mut violation: i128 = program
            .groups
            .iter()
            .filter(|first| !is_level(first))
            .flat_map(|&first| (first..first + self.rows.buckets).map(|row| change(row, 0, 0)))
            .sum();
        for (level, row) in self.rows.levels.iter().enumerate() {
            violation += row.map_or(0, |row| change(row, after.levels[level], before.levels[level]));
        }
        let earned = i128::from(effect.objective - old.objective);
        (violation, earned - self.slack_cost(&after) + self.slack_cost(&before))
    }

    /// Takes a choice if it passes less, or as much and earns more.
    pub(super) fn offer(&mut self, pool: usize, choice: Choice) -> bool {
        let (violation, objective) = self.change(pool, &choice.effect);
        let better = violation < 0 || violation == 0 && objective > 0;
        if better {
            self.put(pool, choice);
        }
        better
    }

    /// Puts a choice in place of another.
    pub(super) fn put(&mut self, pool: usize, choice: Choice) {
        let program = &self.programs[pool];
        add_up(&mut self.used, program, self.rows, &self.choices[pool].effect, -1);
        add_up(&mut self.used, program, self.rows, &choice.effect, 1);
        self.choices[pool] = choice;
    }

    /// The best choice of a pool at prices, within the room that the others leave; none where it is the one there is.
    fn candidate(&self, workspace: &mut Workspace, pool: usize, prices: &Prices) -> Option<Choice> {
        let program = &self.programs[pool];
        workspace.reduced.set(program, prices);
        workspace.caps.free(program);
        corridor(program, &self.choices[pool].decision, &mut workspace.caps);
        self.room(pool, false, &mut workspace.caps);
        let mut decision = Decision::default();
        workspace.solve(program, &mut decision)?;
        (decision != self.choices[pool].decision).then(|| Choice::of(program, self.rows, decision))
    }

    /// Every pool's best at prices near a path of closing stock, which counts in levels of `units`.
    pub(super) fn near(
        programs: &[Program],
        rows: &Rows,
        prices: &Prices,
        paths: &[Vec<i64>],
        units: &[i64],
    ) -> Vec<Choice> {
        let solve = |workspace: &mut Workspace, pool: usize| {
            let program = &programs[pool];
            workspace.reduced.set(program, prices);
            let mut decision = Decision::default();
            for width in [2, 6, i64::MAX / 4] {
                workspace.caps.free(program);
                let reach = units[pool].saturating_mul(width);
                for (bucket, bound) in workspace.caps.closing.iter_mut().enumerate() {
                    let at = paths[pool][bucket].saturating_mul(units[pool]).min(bound.1);
                    *bound = (at.saturating_sub(reach).max(0), at.saturating_add(reach).min(bound.1));
                }
                if workspace.solve(program, &mut decision).is_some() {
                    break;
                }
            }
            Choice::of(program, rows, decision)
        };
        (0..programs.len()).into_par_iter().map_init(Workspace::default, solve).collect()
    }

    /// Nothing is ordered where promises allow that, and all there is is sold as soon as it can be.
    pub(super) fn without_lines(programs: &[Program], rows: &Rows) -> Vec<Choice> {
        let zero = Prices::zero(rows);
        let solve = |workspace: &mut Workspace, program: &Program| {
            workspace.reduced.set(program, &zero);
            let worth = workspace.reduced.worth.iter().max().unwrap_or(&0);
            let promised = workspace.reduced.steps.iter().max().unwrap_or(&0);
            let most = worth.saturating_add(*promised).clamp(0, program.ceiling());
            // Keeping a unit for later costs more than it can bring.
            workspace.reduced.closing.iter_mut().for_each(|cost| *cost = most);
            workspace.caps.free(program);
            workspace.caps.line.iter_mut().for_each(|line| *line = 0);
            let mut decision = Decision::default();
            if workspace.solve(program, &mut decision).is_none() {
                workspace.caps.free(program);
                workspace.solve(program, &mut decision);
            }
            Choice::of(program, rows, decision)
        };
        programs.par_iter().map_init(Workspace::default, solve).collect()
    }

    /// By pool: the bounds on its lines and stock that follow from what there is of rows, if all others take nothing.
    pub(super) fn alone(programs: &[Program], rows: &Rows) -> Vec<Caps> {
        let nothing = |program: &Program| {
            let (lines, sales) = (vec![0; program.options.len()], vec![0; program.sales.len()]);
            let effect = Effect { objective: 0, used: vec![0; program.groups.len() * rows.buckets] };
            Choice { decision: Decision { lines, sales }, effect }
        };
        let draft = Draft::new(programs, rows, &rows.available, programs.iter().map(nothing).collect());
        let alone = |pool: usize| {
            let mut caps = Caps::default();
            caps.free(&programs[pool]);
            draft.room(pool, true, &mut caps);
            caps
        };
        (0..programs.len()).into_par_iter().map(alone).collect()
    }

    /// One pool after the other takes, in place of a mean, the best decision near it within the room that the others leave.
    pub(super) fn follow(&mut self, prices: &Prices, means: &[Mean], workspace: &mut Workspace) {
        for (pool, mean) in means.iter().enumerate() {
            let program = &self.programs[pool];
            let path = program.closing(&self.choices[pool].decision);
            workspace.reduced.set(program, prices);
            let mut decision = Decision::default();
            let found = FOLLOWED.iter().any(|&(part, strict)| {
                workspace.caps.free(program);
                let most = program.options.iter().map(|option| option.multiple).max().unwrap_or(1);
                let reach = most.saturating_add(program.peak() / part);
                for (bound, at) in workspace.caps.closing.iter_mut().zip(&path) {
                    *bound = ((at - reach).clamp(0, bound.1), (at + reach).clamp(0, bound.1));
                }
                for (cap, placed) in workspace.caps.line.iter_mut().zip(&mean.placed) {
                    if *placed < HARDLY && part > 1 {
                        *cap = 0;
                    }
                }
                self.room(pool, strict, &mut workspace.caps);
                workspace.solve(program, &mut decision).is_some()
            });
            // A mean is no decision and must not stay. Promises may ask for one that has no room here.
            let mut free = || {
                workspace.caps.free(program);
                workspace.solve(program, &mut decision).is_some()
            };
            if found || free() {
                self.put(pool, Choice::of(program, self.rows, decision));
            }
        }
    }

    /// Bounds that follow from what the others leave; never below what the pool has now, unless it is to be `strict`.
    fn room(&self, pool: usize, strict: bool, caps: &mut Caps) {
        let (program, choice) = (&self.programs[pool], &self.choices[pool]);
        let buckets = self.rows.buckets;
        let left = |group: usize, bucket: usize| {
            let row = program.groups[group] + bucket;
            narrow(
                i128::from(self.available[row]) + i128::from(self.rows.slack_of(row)) - self.used[row]
                    + i128::from(choice.effect.used[group * buckets + bucket]),
            )
        };
        let fits = |left: i64, unit: i64| if unit <= 0 { i64::MAX } else { left.div_euclid(unit) };
        let floor = |now: i64| if strict { 0 } else { now };
        let mut stock = program.on_hand;
        for bucket in 0..buckets {
            let ordered: i64 = choice.decision.lines[program.options_of(bucket)].iter().sum();
            stock += program.receipts[bucket] + ordered;
            for &(group, unit) in &program.uses.available {
                caps.available[bucket] = caps.available[bucket].min(fits(left(group, bucket), unit).max(floor(stock)));
            }
            let sold: i64 = choice.decision.sales[program.sales_of(bucket)].iter().sum();
            for &(group, unit) in &program.uses.outbound {
                caps.sold[bucket] = caps.sold[bucket].min(fits(left(group, bucket), unit).max(floor(sold)));
            }
            stock -= sold;
            for &(group, unit) in &program.uses.closing {
                caps.closing[bucket].1 = caps.closing[bucket].1.min(fits(left(group, bucket), unit).max(floor(stock)));
            }
        }
        for floor in &program.shared {
            for bucket in 0..buckets {
                let lacks = -left(floor.group, bucket);
                if lacks > 0 {
                    self.keep_floor(pool, floor, bucket, (lacks + floor.unit - 1) / floor.unit, strict, caps);
                }
            }
        }
        for (index, option) in program.options.iter().enumerate() {
            let mut cap = i64::MAX;
            if let Some(supplier) = option.supplier {
                cap = cap.min(fits(left(supplier.first, option.release_bucket) - supplier.line, supplier.unit));
            }
            for &(group, unit) in &program.uses.inbound {
                cap = cap.min(fits(left(group, option.bucket), unit) - program.receipts[option.bucket]);
            }
            let cheapest = option.pieces.iter().map(|piece| piece.goods.1 + piece.besides.1).min().unwrap_or(0);
            for &group in &option.budgets {
                cap = cap.min(fits(left(group, option.bucket), cheapest));
            }
            if let Some(premium) = option.premium {
                cap = cap.min(fits(left(premium.cap, option.bucket), premium.unit.unwrap_or(cheapest)));
            }
            let bound = &mut caps.line[index];
            *bound = (*bound).min(cap.max(floor(choice.decision.lines[index])));
        }
    }

    /// What a pool has to sell so that a floor on its group holds, the sales that earn most first; no more than it sells now, unless
    /// that is to be `strict`.
    fn keep_floor(
        &self,
        pool: usize,
        floor: &SharedFloor,
        bucket: usize,
        mut units: i64,
        strict: bool,
        caps: &mut Caps,
    ) {
        let program = &self.programs[pool];
        let mut sales: Vec<usize> =
            floor.sales.iter().copied().filter(|sale| program.sales_of(bucket).contains(sale)).collect();
        sales.sort_by_key(|&sale| (std::cmp::Reverse(program.sales[sale].net), sale));
        for sale in sales {
            let most = if strict { program.sales[sale].most } else { self.choices[pool].decision.sales[sale] };
            let least = units.min(most);
            caps.least[sale] = caps.least[sale].max(least);
            units -= least;
        }
    }

    /// Solves pools anew, in order; true where any changed. Ends early where `done`.
    fn sweep(&mut self, order: &[usize], prices: &Prices, done: &dyn Fn(&Self) -> bool) -> bool {
        let size = (self.programs.len() / 40).clamp(1, BATCH);
        let mut changed = false;
        for batch in order.chunks(size) {
            if done(self) {
                break;
            }
            let found: Vec<_> = batch
                .par_iter()
                .map_init(Workspace::default, |workspace, &pool| self.candidate(workspace, pool, prices))
                .collect();
            for (&pool, choice) in batch.iter().zip(found) {
                if let Some(choice) = choice {
                    changed |= self.offer(pool, choice);
                }
            }
        }
        changed
    }

    /// Raises the prices of rows that are passed until none is, or nothing helps.
    pub(super) fn repair(&mut self, prices: &Prices, stop: &dyn Fn() -> bool) {
        let all: Vec<usize> = (0..self.programs.len()).collect();
        let mut at = prices.clone();
        let worth = self.objective().abs().max(1 << 20);
        for _ in 0..REPAIRS {
            let passed = self.passed_rows();
            if passed.is_empty() || stop() {
                break;
            }
            let mut raised = at.row.clone();
            for &row in &passed {
                let first =
                    narrow((worth << 32) / 20 / i128::from(self.rows.size[row]) / narrow_count(self.rows.count));
                raised[row] = raised[row] + raised[row] / 10 + first.max(1);
            }
            at = Prices::new(self.rows, raised);
            let order: Vec<usize> = all.iter().copied().filter(|&pool| self.touches(pool, &passed)).collect();
            self.sweep(&order, &at, &|draft| draft.violation() == 0);
        }
    }

    /// Lets the pool give way that loses least by it, again and again, until no row is passed or none can. Whoever gives way
    /// keeps within what the others leave of every row.
    pub(super) fn settle(&mut self, prices: &Prices, stop: &dyn Fn() -> bool) {
        self.settle_but(None, prices, stop);
    }

    /// The same without one of the pools.
    fn settle_but(&mut self, kept: Option<usize>, prices: &Prices, stop: &dyn Fn() -> bool) {
        for _ in 0..SETTLING {
            let passed = self.passed_rows();
            if passed.is_empty() || stop() {
                break;
            }
            let yielding = |workspace: &mut Workspace, pool: usize| {
                if Some(pool) == kept || !self.touches(pool, &passed) {
                    return None;
                }
                let choice = self.yielded(workspace, pool, prices)?;
                let (violation, _) = self.change(pool, &choice.effect);
                let loss = self.worth_at(pool, &self.choices[pool].effect, prices)
                    - self.worth_at(pool, &choice.effect, prices);
                (violation < 0).then(|| (loss.max(0) / -violation, pool, choice))
            };
            let found: Vec<_> =
                (0..self.programs.len()).into_par_iter().map_init(Workspace::default, yielding).collect();
            let Some((_, pool, choice)) = found.into_iter().flatten().min_by_key(|(rate, pool, _)| (*rate, *pool))
            else {
                break;
            };
            self.put(pool, choice);
        }
    }

    /// The best choice of a pool at prices that keeps within what the others leave.
    fn yielded(&self, workspace: &mut Workspace, pool: usize, prices: &Prices) -> Option<Choice> {
        let program = &self.programs[pool];
        workspace.reduced.set(program, prices);
        workspace.caps.free(program);
        self.room(pool, true, &mut workspace.caps);
        let mut decision = Decision::default();
        workspace.solve(program, &mut decision)?;
        Some(Choice::of(program, self.rows, decision))
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

    /// True where a pool can take of one of the rows.
    fn touches(&self, pool: usize, rows: &[usize]) -> bool {
        let groups = &self.programs[pool].groups;
        rows.iter().any(|row| groups.contains(&(row / self.rows.buckets * self.rows.buckets)))
    }

    /// Lets one pool at a time have what it wants at parts of the prices, whatever the others have, and the others give way; kept
    /// where all together earn more. This finds what no pool can gain alone. True where anything was gained.
    pub(super) fn exchange(&mut self, prices: &Prices, enough: &dyn Fn(i128) -> bool) -> bool {
        let mut gained = false;
        let mut workspace = Workspace::default();
        let all: Vec<usize> = (0..self.programs.len()).collect();
        let free = Prices::zero(self.rows);
        for pool in 0..self.programs.len() {
            for part in EXCHANGES {
                if enough(self.objective()) {
                    return gained;
                }
                let at = Prices::new(self.rows, prices.row.iter().map(|price| price / 100 * part).collect());
                let program = &self.programs[pool];
                workspace.reduced.set(program, &at);
                workspace.caps.free(program);
                let mut decision = Decision::default();
                if workspace.solve(program, &mut decision).is_none() || decision == self.choices[pool].decision {
                    continue;
                }
                let (choices, used, objective) = (self.choices.clone(), self.used.clone(), self.objective());
                self.put(pool, Choice::of(program, self.rows, decision));
                self.settle_but(Some(pool), prices, &|| false);
                if self.violation() == 0 {
                    self.sweep(&all, &free, &|_| false);
                }
                if self.violation() == 0 && self.objective() > objective {
                    gained = true;
                } else {
                    (self.choices, self.used) = (choices, used);
                }
            }
        }
        gained
    }

    /// Solves every pool anew at falling prices as long as that earns more.
    pub(super) fn improve(&mut self, prices: &Prices, enough: &dyn Fn(i128) -> bool) {
        let order: Vec<usize> = (0..self.programs.len()).collect();
        for part in PARTS {
            let at = Prices::new(self.rows, prices.row.iter().map(|price| price / 100 * part).collect());
            for _ in 0..2 {
                if enough(self.objective()) || !self.sweep(&order, &at, &|_| false) {
                    break;
                }
            }
        }
    }
}
