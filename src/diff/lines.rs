//! Which order line of one plan is which of the other, and what became of it.
//!
//! A line is known by its purchase order, else by item, supplier, location, mode and receipt bucket. What that leaves on both sides is paired
//! by passes, the surest first: placed since, moved in time, bought elsewhere, split, merged. A line takes part in one pair at most,
//! and the same plans give the same pairs whatever the order of their rows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::file::{Line, LineChange, Question, Verb};
use super::line::{Lane, is_gone, is_placed, is_same, lane, lines, pool};
use super::window::Time;
use crate::plan::{Amount, Plan};

/// Buckets by which a line may move and still be the same line.
const NEAR: usize = 2;
/// A line that moves may change to so many times its size, or to that part of it.
const ALIKE: i64 = 2;

/// What became of the lines of two plans.
pub(super) struct Matched {
    /// Lines that are not what they were.
    pub(super) changes: Vec<LineChange>,
    /// How many are.
    pub(super) unchanged: u64,
    /// Lines of buckets that the base does not have: how many, and what they cost.
    pub(super) rolled_on: (u64, Amount),
}

/// What matching looks at besides the plans.
pub(super) struct Context<'p> {
    pub(super) time: &'p Time<'p>,
    pub(super) question: Question,
    pub(super) rename: &'p dyn Fn(&str) -> String,
}

/// Pairs the lines of both plans.
pub(super) fn matched(base: &Plan, head: &Plan, context: &Context<'_>) -> Matched {
    let mut old = lines(base);
    for line in &mut old {
        line.item = (context.rename)(&line.item);
    }
    let mut matching = Matching::of(old, lines(head), context);
    matching.by_order();
    matching.released();
    matching.by_lane();
    matching.rescheduled();
    matching.re_sourced();
    matching.split_and_merged();
    matching.rest();
    Matched { changes: matching.changes, unchanged: matching.unchanged, rolled_on: matching.rolled_on }
}

struct Matching<'c> {
    context: &'c Context<'c>,
    old: Vec<Line>,
    new: Vec<Line>,
    /// Which of the old lines are not matched yet.
    open: Vec<bool>,
    /// Which of the new ones are not.
    fresh: Vec<bool>,
    /// Old and new lines of one lane and bucket of which the units differ.
    resized: Vec<(usize, usize)>,
    changes: Vec<LineChange>,
    unchanged: u64,
    rolled_on: (u64, Amount),
}

impl<'c> Matching<'c> {
    fn of(old: Vec<Line>, new: Vec<Line>, context: &'c Context<'c>) -> Self {
        Self {
            context,
            open: vec![true; old.len()],
            fresh: vec![true; new.len()],
            old,
            new,
            resized: Vec::new(),
            changes: Vec::new(),
            unchanged: 0,
            rolled_on: (0, Amount::default()),
        }
    }

    fn left_old(&self) -> Vec<usize> {
        (0..self.old.len()).filter(|&at| self.open[at]).collect()
    }

    fn left_new(&self) -> Vec<usize> {
        (0..self.new.len()).filter(|&at| self.fresh[at]).collect()
    }

    fn tell(&mut self, verb: Verb, before: &[usize], after: &[usize]) {
        before.iter().for_each(|&at| self.open[at] = false);
        after.iter().for_each(|&at| self.fresh[at] = false);
        let before: Vec<Line> = before.iter().map(|&at| self.old[at].clone()).collect();
        let after: Vec<Line> = after.iter().map(|&at| self.new[at].clone()).collect();
        self.changes.push(change(verb, before, after, self.context.time.next_cycle()));
    }

    /// Lines of one purchase order; several of one item by their size.
    fn by_order(&mut self) {
        let mut known: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for at in (0..self.new.len()).rev() {
            let line = &self.new[at];
            if let Some(id) = &line.id {
                known.entry((id, &line.item)).or_default().push(at);
            }
        }
        let mut pairs = Vec::new();
        for (at, line) in self.old.iter().enumerate() {
            let Some(id) = &line.id else { continue };
            let twin = known.get_mut(&(id.as_str(), line.item.as_str())).and_then(Vec::pop);
            pairs.extend(twin.map(|twin| (at, twin)));
        }
        for (old, new) in pairs {
            self.pair(old, new);
        }
    }

    /// Tells what became of a line that is known to be the same one.
    fn pair(&mut self, old: usize, new: usize) {
        let (before, after) = (&self.old[old], &self.new[new]);
        let verb = match (is_gone(before), is_gone(after)) {
            (true, false) => {
                self.open[old] = false;
                return self.tell(Verb::New, &[], &[new]);
            }
            (false, true) => Verb::Cancel,
            _ if before.receipt_bucket != after.receipt_bucket => Verb::Reschedule,
            _ if before.units != after.units => Verb::ChangeQuantity,
            // What is still to pay of it changes as it is paid.
            _ => {
                self.unchanged += 1;
                self.open[old] = false;
                self.fresh[new] = false;
                return;
            }
        };
        self.tell(verb, &[old], &[new]);
    }

    /// Lines that were to be placed and now are open: where only the purchase order is new, nothing changed.
    fn released(&mut self) {
        let ids: BTreeSet<String> = self.old.iter().filter_map(|line| line.id.clone()).collect();
        let is_new = |line: &Line| is_placed(line) && line.id.as_ref().is_none_or(|id| !ids.contains(id));
        for new in self.left_new().into_iter().filter(|&at| is_new(&self.new[at])).collect::<Vec<_>>() {
            let after = &self.new[new];
            let planned = |before: &Line| {
                let way = |line: &Line| (line.transfer, line.item.clone(), line.from.clone(), line.location.clone());
                let due = before.release_date.is_some_and(|day| day < self.context.time.next_cycle());
                !is_placed(before) && due && way(before) == way(after)
            };
            let Some(old) = self.nearest(new, planned, 1) else { continue };
            let (before, after) = (&self.old[old], &self.new[new]);
            let verb = match () {
                () if !is_alike(before, after) => continue,
                () if before.receipt_bucket != after.receipt_bucket => Verb::Reschedule,
                () if before.units != after.units => Verb::ChangeQuantity,
                () => Verb::Released,
            };
            self.tell(verb, &[old], &[new]);
        }
    }

    /// The line of the base that is nearest to a new one, in buckets and then in units.
    fn nearest(&self, new: usize, may_be: impl Fn(&Line) -> bool, within: usize) -> Option<usize> {
        let after = &self.new[new];
        let candidates = self.left_old().into_iter().filter(|&at| may_be(&self.old[at]));
        let near = candidates.filter_map(|at| Some((self.apart(&self.old[at], after)?, at)));
        let best = near.filter(|(apart, _)| *apart <= within);
        best.min_by_key(|&(apart, at)| (apart, self.old[at].units.abs_diff(after.units), at)).map(|(_, at)| at)
    }

    /// Buckets between the receipts of two lines.
    fn apart(&self, a: &Line, b: &Line) -> Option<usize> {
        let index = |line: &Line| self.context.time.index(&line.receipt_bucket);
        Some(index(a)?.abs_diff(index(b)?))
    }

    /// Lines of one lane and bucket: equal ones first, then by size.
    fn by_lane(&mut self) {
        for equal in [true, false] {
            let mut known: BTreeMap<Lane<'_>, Vec<usize>> = BTreeMap::new();
            for at in self.left_new().into_iter().filter(|&at| self.new[at].id.is_none()) {
                known.entry(lane(&self.new[at])).or_default().push(at);
            }
            let mut pairs = Vec::new();
            for old in self.left_old().into_iter().filter(|&at| self.old[at].id.is_none()) {
                let before = &self.old[old];
                let Some(twins) = known.get_mut(&lane(before)) else { continue };
                let found = twins.iter().position(|&new| !equal || is_same(before, &self.new[new]));
                pairs.extend(found.map(|at| (old, twins.remove(at))));
            }
            for (old, new) in pairs {
                self.open[old] = false;
                self.fresh[new] = false;
                match equal
                    || self.old[old].units == self.new[new].units && is_gone(&self.old[old]) == is_gone(&self.new[new])
                {
                    true => self.unchanged += 1,
                    false => self.resized.push((old, new)),
                }
            }
        }
    }

    /// Lines of one lane that moved in time, the least moved first.
    fn rescheduled(&mut self) {
        let way = |line: &Line| {
            (line.transfer, line.item.clone(), line.from.clone(), line.location.clone(), line.mode.clone())
        };
        self.pairs(Verb::Reschedule, |before, after| way(before) == way(after), NEAR);
    }

    /// Lines for one bucket that come from elsewhere or by other means.
    fn re_sourced(&mut self) {
        self.pairs(Verb::ReSource, |before, after| pool(before) == pool(after) && before.transfer == after.transfer, 0);
    }

    /// Pairs what is left and alike, the nearest first.
    fn pairs(&mut self, verb: Verb, is_one: impl Fn(&Line, &Line) -> bool, within: usize) {
        let mut found = Vec::new();
        let (olds, news) = (by_pool(&self.old, self.left_old()), by_pool(&self.new, self.left_new()));
        for (pool, olds) in &olds {
            for (&old, &new) in
                olds.iter().flat_map(|old| news.get(pool).into_iter().flatten().map(move |new| (old, new)))
            {
                let (before, after) = (&self.old[old], &self.new[new]);
                let may_be =
                    !is_placed(before) && !is_placed(after) && is_alike(before, after) && is_one(before, after);
                let apart = self.apart(before, after).filter(|apart| may_be && *apart <= within);
                found.extend(apart.map(|apart| (apart, before.units.abs_diff(after.units), old, new)));
            }
        }
        found.sort_unstable();
        for (_, _, old, new) in found {
            if self.open[old] && self.fresh[new] {
                self.tell(verb, &[old], &[new]);
            }
        }
    }

    /// Lines whose units went to, or came from, lines nearby: by all of their units, or by exactly what they lost or gained.
    fn split_and_merged(&mut self) {
        for (old, new) in std::mem::take(&mut self.resized) {
            let change = self.new[new].units.saturating_sub(self.old[old].units);
            let part = match change {
                ..0 => self
                    .left_new()
                    .into_iter()
                    .find(|&at| self.is_part(&self.old[old], &self.new[at], change.saturating_neg())),
                _ => self.left_old().into_iter().find(|&at| self.is_part(&self.new[new], &self.old[at], change)),
            };
            match (part, change < 0) {
                (Some(part), true) => self.tell(Verb::Split, &[old], &[new, part]),
                (Some(part), false) => self.tell(Verb::Merge, &[old, part], &[new]),
                (None, _) => self.tell(Verb::ChangeQuantity, &[old], &[new]),
            }
        }
        for old in self.left_old() {
            let parts: Vec<usize> =
                self.left_new().into_iter().filter(|&at| self.is_part(&self.old[old], &self.new[at], 0)).collect();
            if parts.len() > 1 && units(&parts, &self.new) == self.old[old].units {
                self.tell(Verb::Split, &[old], &parts);
            }
        }
        for new in self.left_new() {
            let parts: Vec<usize> =
                self.left_old().into_iter().filter(|&at| self.is_part(&self.new[new], &self.old[at], 0)).collect();
            if parts.len() > 1 && units(&parts, &self.old) == self.new[new].units {
                self.tell(Verb::Merge, &parts, &[new]);
            }
        }
    }

    /// True where a line may be a part of another one: for the same place, nearby, and of so many units where that is told.
    fn is_part(&self, whole: &Line, part: &Line, units: i64) -> bool {
        let near = self.apart(whole, part).is_some_and(|apart| apart <= NEAR);
        let planned = !is_placed(whole) && !is_placed(part);
        near && planned
            && pool(whole) == pool(part)
            && whole.transfer == part.transfer
            && (units == 0 || part.units == units)
    }

    /// What has no counterpart.
    fn rest(&mut self) {
        for old in self.left_old() {
            let before = &self.old[old];
            if is_gone(before) {
                self.open[old] = false;
            } else if self.context.question == Question::Cycle && self.context.time.has_passed(&before.receipt_bucket) {
                self.tell(Verb::Received, &[old], &[]);
            } else {
                self.tell(Verb::Cancel, &[old], &[]);
            }
        }
        for new in self.left_new() {
            let after = &self.new[new];
            if is_gone(after) {
                self.fresh[new] = false;
            } else if !is_placed(after) && self.context.time.is_new(&after.receipt_bucket) {
                self.fresh[new] = false;
                self.rolled_on.0 += 1;
                self.rolled_on.1 = Amount(self.rolled_on.1.0.saturating_add(after.cost.0));
            } else {
                self.tell(Verb::New, &[], &[new]);
            }
        }
    }
}

/// Lines by where they go.
fn by_pool(lines: &[Line], left: Vec<usize>) -> BTreeMap<(&str, &str), Vec<usize>> {
    let mut pools: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    left.into_iter().for_each(|at| pools.entry(pool(&lines[at])).or_default().push(at));
    pools
}

/// Units of some lines together.
fn units(parts: &[usize], lines: &[Line]) -> i64 {
    parts.iter().fold(0, |sum, &at| lines[at].units.saturating_add(sum))
}

/// True where one of two sizes may have become the other.
fn is_alike(a: &Line, b: &Line) -> bool {
    a.units <= b.units.saturating_mul(ALIKE) && b.units <= a.units.saturating_mul(ALIKE)
}

impl LineChange {
    /// True where it was to be placed, and now is.
    pub(super) fn was_placed(&self) -> bool {
        let planned = self.before.iter().any(|line| !is_placed(line));
        planned && self.after.iter().any(is_placed)
    }
}

fn change(verb: Verb, before: Vec<Line>, after: Vec<Line>, next_cycle: NaiveDate) -> LineChange {
    let cost = |lines: &[Line]| {
        let standing = lines.iter().filter(|line| !is_gone(line));
        standing.fold(Decimal::ZERO, |sum, line| sum.saturating_add(line.cost.0))
    };
    let (old, new) = (cost(&before), cost(&after));
    let delta = new.saturating_sub(old);
    let money = match verb {
        Verb::ChangeQuantity | Verb::New | Verb::Cancel => delta.abs(),
        _ => old.max(new),
    };
    // What is placed already is decided as of now.
    let placed_by = |line: &Line| is_placed(line) || line.release_date.is_some_and(|day| day <= next_cycle);
    LineChange {
        verb,
        item: after.first().or(before.first()).map_or_else(String::new, |line| line.item.clone()),
        delta: Amount(delta),
        money: Amount(money),
        before_next_cycle: verb.is_change() && before.iter().chain(&after).any(placed_by),
        rebalanced: false,
        before,
        after,
    }
}
