//! Buckets of two plans, aligned by their names: what rolled off or on is no change.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::file::Window;
use crate::plan::Plan;

/// What is known of the time of two plans.
pub(super) struct Time<'p> {
    base: &'p Plan,
    head: &'p Plan,
    /// Names of buckets that both have within their horizon.
    pub(super) shared: BTreeSet<&'p str>,
}

impl<'p> Time<'p> {
    pub(super) fn new(base: &'p Plan, head: &'p Plan) -> Self {
        let known: BTreeSet<&str> = horizon(base).collect();
        let shared = horizon(head).filter(|label| known.contains(label)).collect();
        Self { base, head, shared }
    }

    /// As the diff tells of it.
    pub(super) fn window(&self) -> Window {
        let own = |label: &&str| !self.shared.contains(label);
        let named = |labels: Vec<&str>| labels.into_iter().map(str::to_owned).collect();
        Window {
            shared: named(horizon(self.head).filter(|label| self.shared.contains(label)).collect()),
            rolled_off: named(horizon(self.base).filter(own).collect()),
            rolled_on: named(horizon(self.head).filter(own).collect()),
        }
    }

    /// True where a bucket is behind the new plan's first day.
    pub(super) fn has_passed(&self, bucket: &str) -> bool {
        let end = self.base.buckets.iter().find(|one| one.label == bucket).map(|one| one.end);
        end.is_some_and(|end| end < self.head.as_of)
    }

    /// True where the base has no such bucket, not even behind its horizon.
    pub(super) fn is_new(&self, bucket: &str) -> bool {
        !self.base.buckets.iter().any(|one| one.label == bucket)
    }

    /// The last day before the next cycle can decide otherwise: that of the first bucket.
    pub(super) fn next_cycle(&self) -> NaiveDate {
        self.head.buckets.first().map_or(self.head.as_of, |bucket| bucket.end)
    }

    /// Where a bucket stands among those of both plans; nearby ones have nearby numbers.
    pub(super) fn index(&self, bucket: &str) -> Option<usize> {
        let in_head = self.head.buckets.iter().position(|one| one.label == bucket);
        let offset = || self.base.buckets.iter().filter(|one| one.end < self.head.as_of).count();
        match in_head {
            Some(at) => Some(at + offset()),
            None => self.base.buckets.iter().position(|one| one.label == bucket),
        }
    }
}

/// Names of the buckets of a plan's horizon.
fn horizon(plan: &Plan) -> impl Iterator<Item = &str> {
    plan.buckets.iter().filter(|bucket| !bucket.tail).map(|bucket| bucket.label.as_str())
}
