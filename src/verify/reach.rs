//! The first bucket that a new order can reach a location in, by way of other locations if need be.

use chrono::NaiveDate;

use super::clock::Trip;
use super::days;
use crate::calendar::Bucket;
use crate::network::Network;

/// A bucket and the first day in it on which a new order can be sold.
pub(super) type Reached = (usize, NaiveDate);

/// By pool; ordinary lanes only.
pub(super) fn first_reached(
    network: &Network,
    buckets: &[Bucket],
    trips: &[Vec<Option<Trip>>],
    transfers: &[Vec<Option<Trip>>],
) -> Vec<Option<Reached>> {
    let mut reached: Vec<Option<Reached>> = vec![None; network.pools.len()];
    for (lane, trips) in network.lanes.iter().zip(trips).filter(|(lane, _)| !lane.premium) {
        for (bucket, trip) in trips.iter().enumerate() {
            sooner(&mut reached[lane.pool.index()], trip.map(|trip| (bucket, trip.usable)));
        }
    }
    // A pass for each step of the longest chain: a source may send what it receives in the same bucket.
    loop {
        let mut changed = false;
        for (lane, trips) in network.transfers.iter().zip(transfers).filter(|(lane, _)| !lane.premium) {
            let Some((from, _)) = reached[lane.source.index()] else { continue };
            for (bucket, trip) in trips.iter().enumerate() {
                let sent = trip.filter(|trip| days::bucket_of(buckets, trip.release).is_some_and(|left| left >= from));
                changed |= sooner(&mut reached[lane.pool.index()], sent.map(|trip| (bucket, trip.usable)));
            }
        }
        if !changed {
            return reached;
        }
    }
}

fn sooner(known: &mut Option<Reached>, new: Option<Reached>) -> bool {
    let Some(new) = new.filter(|new| known.is_none_or(|known| *new < known)) else { return false };
    *known = Some(new);
    true
}
