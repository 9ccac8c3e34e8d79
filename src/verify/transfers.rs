//! Transfers between own locations: what leaves, what arrives, what is under way.

use std::cmp::Reverse;

use rust_decimal::Decimal;

use super::clock::Trip;
use super::cost::transfer_freight;
use super::days;
use super::decisions::Decisions;
use super::exact::{Overflow, Ratio, more, round, times, whole};
use super::facts::Facts;
use super::payment::Payments;
use super::value::level;
use crate::network::{PoolId, TransferId};

/// A new transfer.
#[derive(Debug)]
pub(super) struct Sent {
    /// Its lane.
    pub(super) lane: TransferId,
    /// Its number among those of its lane and bucket, from 1; `None` where the lane allows one line only.
    pub(super) number: Option<usize>,
    /// The bucket it serves.
    pub(super) bucket: usize,
    /// The bucket it leaves in.
    pub(super) release_bucket: usize,
    /// Units.
    pub(super) units: i64,
    /// Its days.
    pub(super) trip: Trip,
    /// Freight, exactly.
    pub(super) freight: Ratio,
    /// The same in whole minor units.
    pub(super) landed_cost: Decimal,
    /// Fixed cost of the line.
    pub(super) order_cost: Ratio,
    /// What is paid and when.
    pub(super) payments: Payments,
}

/// The new transfers, by lane, bucket, number; those that no trip serves are left out.
pub(super) fn sent(facts: &Facts<'_>, decisions: &Decisions) -> Result<Vec<Sent>, Overflow> {
    let mut all = Vec::new();
    for (&(lane, bucket), sizes) in &decisions.transfers {
        let Some(trip) = facts.transfer_trip(lane, bucket) else { continue };
        let mut sizes = sizes.clone();
        sizes.sort_by_key(|&units| Reverse(units));
        let several = facts.network.transfer(lane).lines > 1;
        for (index, units) in sizes.into_iter().enumerate() {
            all.push(line(facts, lane, several.then_some(index + 1), (bucket, trip), units)?);
        }
    }
    Ok(all)
}

fn line(
    facts: &Facts<'_>,
    lane: TransferId,
    number: Option<usize>,
    (bucket, trip): (usize, Trip),
    units: i64,
) -> Result<Sent, Overflow> {
    let (network, terms) = (facts.network, facts.network.transfer(lane));
    let release_bucket = days::bucket_of(&facts.buckets, trip.release).ok_or(Overflow)?;
    let released = &facts.buckets[release_bucket];
    let freight = times(transfer_freight(network, terms, released)?, whole(units))?;
    let landed_cost = round(freight, network.minor_digits)?;
    let payments = if landed_cost.is_zero() { Vec::new() } else { vec![(trip.release, landed_cost)] };
    let order_cost = level(&terms.order_cost, released);
    Ok(Sent { lane, number, bucket, release_bucket, units, trip, freight, landed_cost, order_cost, payments })
}

/// Units between own locations, by pool and bucket.
#[derive(Debug)]
pub(super) struct Flows {
    /// Arriving.
    pub(super) arriving: Vec<Vec<i64>>,
    /// Leaving.
    pub(super) leaving: Vec<Vec<i64>>,
    /// Left and not there yet at the end of the bucket; of the pool they left.
    pub(super) under_way: Vec<Vec<i64>>,
}

/// What new and open transfers move.
pub(super) fn flows(facts: &Facts<'_>, sent: &[Sent]) -> Result<Flows, Overflow> {
    let grid = || facts.by_pool_and_bucket();
    let mut flows = Flows { arriving: grid(), leaving: grid(), under_way: grid() };
    for one in sent {
        let lane = facts.network.transfer(one.lane);
        add(&mut flows.leaving, lane.source, one.release_bucket, one.units)?;
        add(&mut flows.arriving, lane.pool, one.bucket, one.units)?;
        for bucket in one.release_bucket..one.bucket {
            add(&mut flows.under_way, lane.source, bucket, one.units)?;
        }
    }
    for (open, coming) in facts.network.open_transfers.iter().zip(&facts.under_way) {
        if let Some(bucket) = coming.bucket {
            add(&mut flows.arriving, open.pool, bucket, open.units)?;
        }
        for bucket in 0..coming.bucket.unwrap_or(facts.buckets.len()) {
            add(&mut flows.under_way, open.source, bucket, open.units)?;
        }
    }
    Ok(flows)
}

fn add(grid: &mut [Vec<i64>], pool: PoolId, bucket: usize, units: i64) -> Result<(), Overflow> {
    let there = &mut grid[pool.index()][bucket];
    *there = more(*there, units)?;
    Ok(())
}

/// Units of a pool that are under way at as-of.
pub(super) fn under_way_at_as_of(facts: &Facts<'_>, pool: PoolId) -> Result<i64, Overflow> {
    let own = facts.network.open_transfers.iter().filter(|open| open.source == pool);
    own.map(|open| open.units).try_fold(0, more)
}
