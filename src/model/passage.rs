//! Lines between own locations: when they leave and arrive, what they cost.

use super::clock::{Trip, transfer_days, transfer_trips};
use super::timeline::level;
use crate::calendar::{Bucket, Calendar};
use crate::network::{Network, TransferLane};
use crate::units::{Overflow, Ratio, add, mul, ratio};

/// A line that can be sent between own locations.
#[derive(Debug, Clone)]
pub struct Passage {
    /// Its days.
    pub trip: Trip,
    /// The bucket that holds the day it leaves.
    pub release_bucket: usize,
    /// Freight of a unit.
    pub freight: Ratio,
    /// Cost of the line.
    pub order_cost: Ratio,
    /// What a pin asks for: at least and at most so many units, over all lines of the lane for the bucket.
    pub pinned: Option<(i64, Option<i64>)>,
}

/// By bucket served: the line that a transfer lane can bring.
pub(super) fn passages(
    network: &Network,
    calendar: &Calendar,
    lane: &TransferLane,
) -> Result<Vec<Option<Passage>>, Overflow> {
    let of_trip = |found: Option<(Trip, usize)>| {
        let Some((trip, release_bucket)) = found else { return Ok(None) };
        let released = &calendar.buckets[release_bucket];
        let order_cost = ratio(level(&lane.order_cost, released));
        let freight = freight(network, lane, released)?;
        Ok(Some(Passage { trip, release_bucket, freight, order_cost, pinned: None }))
    };
    transfer_trips(network, calendar, lane).into_iter().map(of_trip).collect()
}

/// Freight of a unit that leaves in a bucket.
pub(super) fn freight(network: &Network, lane: &TransferLane, bucket: &Bucket) -> Result<Ratio, Overflow> {
    let volume = ratio(network.item(lane.item).unit_volume);
    add(ratio(level(&lane.freight, bucket)), mul(ratio(level(&lane.freight_per_m3, bucket)), volume)?)
}

/// The longest that a transfer lane takes over some buckets, days.
pub(super) fn longest(lane: &TransferLane, buckets: &[Bucket]) -> i64 {
    buckets.iter().map(|bucket| transfer_days(lane, bucket)).max().unwrap_or(0)
}
