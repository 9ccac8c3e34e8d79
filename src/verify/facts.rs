//! What follows from the facts alone, whatever is decided: clocks, demand, costs, what arrives anyway.

use chrono::NaiveDate;

use super::clock::{Clock, Trip};
use super::days;
use super::demand::{self, Asked};
use super::exact::{Overflow, Ratio, over, whole, zero};
use super::payment::{self, Payments};
use super::{clock, cost};
use crate::calendar::{Bucket, Period};
use crate::network::{Lane, LaneId, Network, OfferId, OpenOrder, PoolId};

/// What follows from the facts.
#[derive(Debug)]
pub(super) struct Facts<'n> {
    /// The facts.
    pub(super) network: &'n Network,
    /// The planned buckets: those of the horizon, then the tail.
    pub(super) buckets: Vec<Bucket>,
    /// How many of them are the horizon.
    pub(super) horizon: usize,
    /// Offers that something serves, in order of id.
    pub(super) offers: Vec<(OfferId, Asked)>,
    /// The trip of each lane that serves each bucket.
    pub(super) trips: Vec<Vec<Option<Trip>>>,
    /// Items at locations.
    pub(super) pools: Vec<PoolFacts>,
    /// Open orders.
    pub(super) arrivals: Vec<Arrival>,
}

/// What follows for an item at a location.
#[derive(Debug)]
pub(super) struct PoolFacts {
    /// Standard cost of a unit.
    pub(super) standard: Ratio,
    /// Lowest landed cost of a unit, ordinary lanes only; none without such lanes.
    pub(super) cheapest: Option<Ratio>,
    /// The longest lead of its ordinary lanes over the horizon, in days; 0 without.
    pub(super) longest_lead: i64,
    /// The first bucket that a new order, not premium, can reach, and the first day it can be sold there.
    pub(super) first_reached: Option<(usize, NaiveDate)>,
}

/// What an open order brings and still costs.
#[derive(Debug)]
pub(super) struct Arrival {
    /// The bucket it serves; `None` behind the last one.
    pub(super) bucket: Option<usize>,
    /// The month or week it serves.
    pub(super) period: Period,
    /// What is still to pay.
    pub(super) payments: Payments,
}

impl<'n> Facts<'n> {
    /// Works out what follows from `network`.
    pub(super) fn new(network: &'n Network) -> Result<Self, Overflow> {
        let horizon = network.calendar.len();
        let mut buckets = network.calendar.buckets.clone();
        buckets.extend(network.calendar.beyond(network.tail));
        let trips = trips(network, &buckets)?;
        let arriving = network.open_orders.iter().map(|order| arrival(network, &buckets, order));
        Ok(Self {
            network,
            horizon,
            offers: offers(network, &buckets)?,
            pools: pools(network, &trips)?,
            arrivals: arriving.collect::<Result<_, _>>()?,
            trips,
            buckets,
        })
    }

    /// The buckets of the horizon, where commitments hold.
    pub(super) fn horizon(&self) -> &[Bucket] {
        &self.buckets[..self.horizon]
    }

    /// The trip of a lane that serves a bucket.
    pub(super) fn trip(&self, lane: LaneId, bucket: usize) -> Option<Trip> {
        self.trips.get(lane.index())?.get(bucket).copied().flatten()
    }

    /// Standard cost of a unit.
    pub(super) fn standard(&self, pool: PoolId) -> Ratio {
        self.pools[pool.index()].standard
    }

    /// A grid of zeros, a row for each pool, a column for each planned bucket.
    pub(super) fn by_pool_and_bucket(&self) -> Vec<Vec<i64>> {
        vec![vec![0; self.buckets.len()]; self.pools.len()]
    }

    /// A zero for each bucket of the horizon.
    pub(super) fn by_bucket(&self) -> Vec<Ratio> {
        vec![zero(); self.horizon]
    }

    /// Days of a bucket as a fraction.
    pub(super) fn per_day(&self, units: Ratio, bucket: usize) -> Result<Ratio, Overflow> {
        over(units, whole(days::length(&self.buckets[bucket])))
    }
}

/// The trip of each lane that serves each bucket. Only a rule lets a premium lane be used, and rules end with the horizon.
fn trips(network: &Network, buckets: &[Bucket]) -> Result<Vec<Vec<Option<Trip>>>, Overflow> {
    let mut clock = Clock::default();
    let trips = |lane: &Lane| {
        let mut trips = clock.trips(network, buckets, lane)?;
        if lane.premium {
            trips.iter_mut().skip(network.calendar.len()).for_each(|trip| *trip = None);
        }
        Ok(trips)
    };
    network.lanes.iter().map(trips).collect()
}

fn offers(network: &Network, buckets: &[Bucket]) -> Result<Vec<(OfferId, Asked)>, Overflow> {
    let read = |(index, offer)| Ok(demand::asked(network, buckets, offer)?.map(|asked| (OfferId::from(index), asked)));
    network.offers.iter().enumerate().map(read).filter_map(Result::transpose).collect()
}

/// A lane and its trips by bucket.
type Served<'n, 't> = (&'n Lane, &'t [Option<Trip>]);

fn pools(network: &Network, trips: &[Vec<Option<Trip>>]) -> Result<Vec<PoolFacts>, Overflow> {
    let mut served: Vec<Vec<Served<'_, '_>>> = vec![Vec::new(); network.pools.len()];
    for (lane, trips) in network.lanes.iter().zip(trips) {
        served[lane.pool.index()].push((lane, trips));
    }
    let lanes: Vec<Vec<&Lane>> = served.iter().map(|there| there.iter().map(|(lane, _)| *lane).collect()).collect();
    let by_lanes = lanes.iter().map(|lanes| cost::standard_by_lanes(network, lanes)).collect::<Result<Vec<_>, _>>()?;
    let mut pools = Vec::with_capacity(lanes.len());
    for ((standard, lanes), served) in cost::standards(network, &by_lanes).into_iter().zip(&lanes).zip(&served) {
        let (cheapest, longest_lead) = (cost::cheapest(network, lanes)?, longest_lead(network, lanes)?);
        pools.push(PoolFacts { standard, cheapest, longest_lead, first_reached: first_reached(served) });
    }
    Ok(pools)
}

fn longest_lead(network: &Network, lanes: &[&Lane]) -> Result<i64, Overflow> {
    let mut longest = 0;
    for lane in lanes.iter().filter(|lane| !lane.premium) {
        for bucket in &network.calendar.buckets {
            longest = longest.max(clock::times_of(lane, bucket)?.0);
        }
    }
    Ok(longest)
}

/// The first bucket that an ordinary lane serves and the earliest usable day in it.
fn first_reached(lanes: &[Served<'_, '_>]) -> Option<(usize, NaiveDate)> {
    let ordinary = lanes.iter().filter(|(lane, _)| !lane.premium);
    let reached = ordinary.flat_map(|(_, trips)| trips.iter().enumerate());
    reached.filter_map(|(bucket, trip)| trip.map(|trip| (bucket, trip.usable))).min()
}

fn arrival(network: &Network, buckets: &[Bucket], order: &OpenOrder) -> Result<Arrival, Overflow> {
    let (bucket, period) = served(network.as_of, buckets, order.due).ok_or(Overflow)?;
    Ok(Arrival { bucket, period, payments: payment::of_open_order(network, order)? })
}

/// The bucket that something due on a day serves: its own up to the middle day, else the next; overdue: the first.
fn served(as_of: NaiveDate, buckets: &[Bucket], due: NaiveDate) -> Option<(Option<usize>, Period)> {
    let (first, last) = (buckets.first()?, buckets.last()?);
    if due < as_of {
        return Some((Some(0), first.period));
    }
    let Some(holding) = days::bucket_of(buckets, due) else {
        let period = Period::of(last.period.grain(), due);
        let behind = Bucket { period, start: period.start(), end: period.end() };
        return Some((None, if due <= days::middle(&behind) { period } else { period.next() }));
    };
    let index = if due <= days::middle(&buckets[holding]) { holding } else { holding + 1 };
    match buckets.get(index) {
        Some(bucket) => Some((Some(index), bucket.period)),
        None => Some((None, last.period.next())),
    }
}
