//! When orders are released, shipped and usable.

use chrono::{Days, NaiveDate};
use num_traits::ToPrimitive;
use rust_decimal::Decimal;

use super::timeline::level;
use crate::calendar::{Bucket, Calendar};
use crate::network::{Closure, Lane, Network, TransferLane};

/// The days of an order line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trip {
    /// Placed.
    pub release: NaiveDate,
    /// Leaves the supplier.
    pub ship: NaiveDate,
    /// Can be sold from.
    pub usable: NaiveDate,
}

/// The first open day from `day` on.
fn open_from(closures: &[Closure], mut day: NaiveDate) -> Option<NaiveDate> {
    // Closures are sorted by their beginning, so one pass steps over all of them.
    for closure in closures {
        if closure.from <= day && day <= closure.to {
            day = closure.to.checked_add_days(Days::new(1))?;
        }
    }
    Some(day)
}

/// The last open day up to `day`.
fn open_until(closures: &[Closure], mut day: NaiveDate) -> Option<NaiveDate> {
    while let Some(closure) = closures.iter().find(|closure| closure.from <= day && day <= closure.to) {
        day = closure.from.checked_sub_days(Days::new(1))?;
    }
    Some(day)
}

/// The `count`-th open day after `day`; `day` itself for 0.
fn open_days_after(closures: &[Closure], day: NaiveDate, count: i64) -> Option<NaiveDate> {
    let mut at = day;
    let mut left = count;
    for closure in closures {
        if left == 0 || closure.to <= at {
            continue;
        }
        let before = (closure.from - at).num_days() - 1;
        if before >= left {
            break;
        }
        left -= before.max(0);
        at = closure.to;
    }
    at.checked_add_days(Days::new(u64::try_from(left).ok()?))
}

/// The trip of an order released on an open day.
///
/// It ships on the p-th open day after release, where p is the production time and at most the lead time, and is
/// usable the remaining lead time later, closed or not.
#[must_use]
pub fn trip(closures: &[Closure], release: NaiveDate, lead: i64, production: i64) -> Option<Trip> {
    let production = production.min(lead);
    let ship = open_days_after(closures, release, production)?;
    let usable = ship.checked_add_days(Days::new(u64::try_from(lead - production).ok()?))?;
    Some(Trip { release, ship, usable })
}

/// Lead time and production time, in days, of a lane in a bucket.
pub(super) fn times(lane: &Lane, bucket: &Bucket) -> (i64, i64) {
    let days = |days: Decimal| days.to_i64().unwrap_or(0);
    let lead = days(level(&lane.lead_days, bucket));
    let production = lane.production_days.as_ref().map_or(lead, |series| days(level(series, bucket)));
    (lead, production)
}

/// How long a transfer is under way that leaves in a bucket, in days.
pub(super) fn transfer_days(lane: &TransferLane, bucket: &Bucket) -> i64 {
    level(&lane.lead_days, bucket).to_i64().unwrap_or(0)
}

/// For each bucket of a calendar, the trip of an order that a lane brings for it, with the bucket of its release.
#[must_use]
pub fn trips(network: &Network, calendar: &Calendar, lane: &Lane) -> Vec<Option<(Trip, usize)>> {
    let closures = &network.supplier(lane.supplier).closures;
    let frozen = Days::new(u64::try_from(network.frozen_days).unwrap_or(0));
    let earliest = network.as_of.checked_add_days(frozen).and_then(|day| open_from(closures, day));
    let pace = Pace { calendar, closures, safety_days: lane.safety_days, times: &|bucket| times(lane, bucket) };
    pace.trips(earliest)
}

/// The same for a transfer: own locations never close, and what is frozen holds for purchases alone.
#[must_use]
pub fn transfer_trips(network: &Network, calendar: &Calendar, lane: &TransferLane) -> Vec<Option<(Trip, usize)>> {
    let times = |bucket: &Bucket| (transfer_days(lane, bucket), 0);
    Pace { calendar, closures: &[], safety_days: lane.safety_days, times: &times }.trips(Some(network.as_of))
}

/// How fast a lane is.
struct Pace<'a> {
    calendar: &'a Calendar,
    closures: &'a [Closure],
    /// Days before the bucket it serves that a line is planned to arrive.
    safety_days: i64,
    /// Lead time and production time in a bucket of release, days.
    times: &'a dyn Fn(&Bucket) -> (i64, i64),
}

impl Pace<'_> {
    /// For each bucket, the trip that serves it if the first may be released on `earliest`.
    fn trips(&self, earliest: Option<NaiveDate>) -> Vec<Option<(Trip, usize)>> {
        let mut trips = Vec::with_capacity(self.calendar.len());
        let mut taken = None;
        for bucket in &self.calendar.buckets {
            let found =
                earliest.and_then(|earliest| self.latest(earliest, bucket).or_else(|| self.in_time(earliest, bucket)));
            // Of two receipt buckets that share a release day only the earlier exists.
            let found = found.filter(|(trip, _)| taken != Some(trip.release));
            if let Some((trip, _)) = found {
                taken = Some(trip.release);
            }
            trips.push(found);
        }
        trips
    }

    /// The latest trip that is usable at the bucket's start, less safety days.
    fn latest(&self, earliest: NaiveDate, bucket: &Bucket) -> Option<(Trip, usize)> {
        let target = bucket.start.checked_sub_days(Days::new(u64::try_from(self.safety_days).ok()?))?;
        // Times are the same within a release bucket, so each is searched for its own latest day, the last bucket first.
        for (index, release_bucket) in self.calendar.buckets.iter().enumerate().rev() {
            let last = release_bucket.end.min(target);
            let first = release_bucket.start.max(earliest);
            if last < first {
                continue;
            }
            let (lead, production) = (self.times)(release_bucket);
            let Some(mut day) = open_until(self.closures, last) else { continue };
            // Without closures this day is right at once; each closure in the way costs a step or two.
            let bare = target.checked_sub_days(Days::new(u64::try_from(lead).ok()?));
            day = bare.map_or(day, |bare| day.min(bare));
            while let Some(open) = open_until(self.closures, day).filter(|open| *open >= first) {
                let trip = trip(self.closures, open, lead, production)?;
                if trip.usable <= target {
                    return Some((trip, index));
                }
                day = open.checked_sub_days(Days::new(1))?;
            }
        }
        None
    }

    /// The trip released on the earliest day, where it is usable by the bucket's middle day.
    fn in_time(&self, earliest: NaiveDate, bucket: &Bucket) -> Option<(Trip, usize)> {
        let index = self.calendar.bucket_of(earliest)?;
        let (lead, production) = (self.times)(&self.calendar.buckets[index]);
        let trip = trip(self.closures, earliest, lead, production)?;
        (trip.usable <= bucket.middle()).then_some((trip, index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn new_year() -> Vec<Closure> {
        vec![Closure { from: day("2026-02-14"), to: day("2026-03-01"), reason: None }]
    }

    /// The worked case "New-year closure": 30 production days of a lead of 40.
    #[test]
    fn production_stands_still_while_the_supplier_is_closed() {
        let found = trip(&new_year(), day("2026-02-04"), 40, 30).unwrap();
        assert_eq!((found.ship, found.usable), (day("2026-03-22"), day("2026-04-01")));
        let found = trip(&new_year(), day("2026-01-21"), 40, 30).unwrap();
        assert_eq!((found.ship, found.usable), (day("2026-03-08"), day("2026-03-18")));
    }

    /// Counting day by day agrees with stepping over closures, for overlapping and adjoining ones too.
    #[test]
    fn stepping_agrees_with_counting() {
        let closed = |from: &str, to: &str| Closure { from: day(from), to: day(to), reason: None };
        let closures = [
            closed("2026-01-05", "2026-01-08"),
            closed("2026-01-07", "2026-01-07"),
            closed("2026-01-09", "2026-01-10"),
        ];
        for offset in 0..20 {
            let start = day("2026-01-01") + Days::new(offset);
            for count in 0..15 {
                let mut at = start;
                let mut left = count;
                while left > 0 {
                    at = at + Days::new(1);
                    let closed = closures.iter().any(|closure| closure.from <= at && at <= closure.to);
                    left -= i64::from(!closed);
                }
                assert_eq!(open_days_after(&closures, start, count), Some(at), "{start} + {count}");
            }
        }
    }
}
