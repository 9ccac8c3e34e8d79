//! The clock: when an order is released, ships and can be sold, walked day by day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use num_traits::ToPrimitive;

use super::days;
use super::exact::{Overflow, Ratio};
use super::value::level;
use crate::calendar::Bucket;
use crate::network::{Closure, Lane, Network, TransferLane};

/// More days than any shipment takes; a guard against walks without an end.
const LONGEST_WALK: i64 = 100_000;

/// The days of one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Trip {
    /// It is placed.
    pub(super) release: NaiveDate,
    /// It leaves the supplier.
    pub(super) ship: NaiveDate,
    /// It can be sold.
    pub(super) usable: NaiveDate,
}

/// Lead days and, of them, the open days before shipping.
type Times = (i64, i64);

/// What trips follow from: the supplier, if it is no transfer, safety days, times by release bucket.
type Question = (Option<usize>, i64, Vec<Times>);

/// The trips of every lane by receipt bucket. Lanes of one supplier with the same times share their answer, and so do
/// transfers.
#[derive(Debug, Default)]
pub(super) struct Clock {
    known: BTreeMap<Question, Vec<Option<Trip>>>,
}

/// On which days something may leave.
#[derive(Debug, Clone, Copy)]
struct Leaving<'n> {
    /// The first day.
    earliest: NaiveDate,
    /// Days on which nothing does.
    closures: &'n [Closure],
}

impl Clock {
    /// The trip that serves each of `buckets`; `None` where no order can be there in time.
    pub(super) fn trips(
        &mut self,
        network: &Network,
        buckets: &[Bucket],
        lane: &Lane,
    ) -> Result<Vec<Option<Trip>>, Overflow> {
        let times = buckets.iter().map(|bucket| times_of(lane, bucket)).collect::<Result<Vec<_>, _>>()?;
        let supplier = Some(lane.supplier.index());
        let leaving = Leaving {
            earliest: days::after(network.as_of, network.frozen_days).unwrap_or(NaiveDate::MAX),
            closures: &network.supplier(lane.supplier).closures,
        };
        Ok(self.answer(buckets, leaving, (supplier, lane.safety_days, times)))
    }

    /// The same of a transfer, which leaves on any day from as-of on.
    pub(super) fn transfers(
        &mut self,
        network: &Network,
        buckets: &[Bucket],
        lane: &TransferLane,
    ) -> Result<Vec<Option<Trip>>, Overflow> {
        let times = buckets.iter().map(|bucket| transfer_times(lane, bucket)).collect::<Result<Vec<_>, _>>()?;
        let leaving = Leaving { earliest: network.as_of, closures: &[] };
        Ok(self.answer(buckets, leaving, (None, lane.safety_days, times)))
    }

    fn answer(&mut self, buckets: &[Bucket], leaving: Leaving<'_>, question: Question) -> Vec<Option<Trip>> {
        if let Some(known) = self.known.get(&question) {
            return known.clone();
        }
        let found = find_trips(buckets, leaving, question.1, &question.2);
        self.known.insert(question, found.clone());
        found
    }
}

fn whole_days(number: Ratio) -> Result<i64, Overflow> {
    number.to_integer().to_i64().ok_or(Overflow)
}

/// A lane's times where an order is released in `bucket`: all lead days pass before shipping unless it says less.
pub(super) fn times_of(lane: &Lane, bucket: &Bucket) -> Result<Times, Overflow> {
    let lead = whole_days(level(&lane.lead_days, bucket))?;
    let production = match &lane.production_days {
        Some(series) => whole_days(level(series, bucket))?,
        None => lead,
    };
    Ok((lead, production.min(lead)))
}

/// A transfer's times: it leaves on the day it is released.
pub(super) fn transfer_times(lane: &TransferLane, bucket: &Bucket) -> Result<Times, Overflow> {
    Ok((whole_days(level(&lane.lead_days, bucket))?, 0))
}

/// The day an order released on `release` leaves: the `production`-th open day after it; `None` after `last`.
pub(super) fn ship_day(
    closures: &[Closure],
    release: NaiveDate,
    production: i64,
    last: NaiveDate,
) -> Option<NaiveDate> {
    if production > LONGEST_WALK {
        return None;
    }
    let mut day = release;
    for _ in 0..production {
        day = open_from(closures, day.succ_opt()?)?;
        if day > last {
            return None;
        }
    }
    Some(day)
}

/// The first open day that is not before `day`.
fn open_from(closures: &[Closure], mut day: NaiveDate) -> Option<NaiveDate> {
    while let Some(closure) = closures.iter().find(|one| one.from <= day && day <= one.to) {
        day = closure.to.succ_opt()?;
    }
    Some(day)
}

fn is_open(closures: &[Closure], day: NaiveDate) -> bool {
    !closures.iter().any(|closure| closure.from <= day && day <= closure.to)
}

/// A release day and its trip, where that ends early enough to serve anything.
type Release = (NaiveDate, Option<Trip>);

fn find_trips(buckets: &[Bucket], leaving: Leaving<'_>, safety_days: i64, times: &[Times]) -> Vec<Option<Trip>> {
    let releases = releases(buckets, leaving, times);
    let mut taken = BTreeSet::new();
    let served = buckets.iter().map(|bucket| {
        let trip = latest_in_time(&releases, bucket, safety_days).or_else(|| earliest(&releases, bucket))?;
        // Of two buckets with one release day only the earlier is served.
        taken.insert(trip.release).then_some(trip)
    });
    served.collect()
}

/// Every open day on which an order may be released, with its trip.
fn releases(buckets: &[Bucket], leaving: Leaving<'_>, times: &[Times]) -> Vec<Release> {
    let Some(last) = buckets.last() else { return Vec::new() };
    let Leaving { earliest, closures } = leaving;
    let open = days::each(earliest, last.end).filter(|&day| is_open(closures, day));
    open.map(|release| (release, trip(buckets, closures, release, times))).collect()
}

fn trip(buckets: &[Bucket], closures: &[Closure], release: NaiveDate, times: &[Times]) -> Option<Trip> {
    let &(lead, production) = times.get(days::bucket_of(buckets, release)?)?;
    let ship = ship_day(closures, release, production, buckets.last()?.end)?;
    let usable = days::after(ship, lead - production).ok()?;
    Some(Trip { release, ship, usable })
}

/// Just in time: the latest release that is usable at the bucket's start less the safety days.
fn latest_in_time(releases: &[Release], bucket: &Bucket, safety_days: i64) -> Option<Trip> {
    let wanted = days::after(bucket.start, safety_days.checked_neg()?).ok()?;
    releases.iter().rev().find_map(|&(_, trip)| trip.filter(|trip| trip.usable <= wanted))
}

/// At once, where that is usable by the bucket's middle day.
fn earliest(releases: &[Release], bucket: &Bucket) -> Option<Trip> {
    releases.first()?.1.filter(|trip| trip.usable <= days::middle(bucket))
}
