//! What follows from the facts alone, whatever is decided: clocks, demand, costs, what arrives anyway.

use chrono::NaiveDate;

use super::baseline::{Kept, kept};
use super::clock::{self, Clock, Trip};
use super::days;
use super::demand::{self, Asked, Moves};
use super::exact::{Overflow, Ratio, over, whole, zero};
use super::payment::{self, Payments};
use super::reach;
use super::standard::{self, Standard, Ways};
use crate::calendar::{Bucket, Period};
use crate::network::{LaneId, Network, OfferId, OpenOrder, PoolId, TransferId};

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
    /// The same of transfers.
    pub(super) transfer_trips: Vec<Vec<Option<Trip>>>,
    /// Items at locations.
    pub(super) pools: Vec<PoolFacts>,
    /// Open orders, as they stand.
    pub(super) arrivals: Vec<Arrival>,
    /// Where open transfers arrive.
    pub(super) under_way: Vec<Coming>,
    /// Lines that stay as the last plan has them.
    pub(super) kept: Vec<Kept<'n>>,
}

/// What follows for an item at a location.
#[derive(Debug)]
pub(super) struct PoolFacts {
    /// Standard cost of a unit.
    pub(super) standard: Ratio,
    /// Lowest landed cost of a unit, ordinary lanes only; none without such lanes.
    pub(super) cheapest: Option<Ratio>,
    /// The locations whose standard lane is a transfer from here.
    pub(super) feeds: Vec<PoolId>,
    /// The longest lead of its ordinary lanes over the horizon, in days; 0 without.
    pub(super) longest_lead: i64,
    /// The first bucket that a new order, not premium, can reach, and the first day it can be sold there.
    pub(super) first_reached: Option<(usize, NaiveDate)>,
}

/// The bucket that something under way serves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coming {
    /// Its index; `None` behind the last one.
    pub(super) bucket: Option<usize>,
    /// Its month or week.
    pub(super) period: Period,
}

/// What an open order brings and still costs.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    /// The bucket it serves.
    pub(super) coming: Coming,
    /// What is still to pay.
    pub(super) payments: Payments,
}

impl<'n> Facts<'n> {
    /// Works out what follows from `network`.
    pub(super) fn new(network: &'n Network) -> Result<Self, Overflow> {
        let horizon = network.calendar.len();
        let mut buckets = network.calendar.buckets.clone();
        buckets.extend(network.calendar.beyond(network.tail));
        let (trips, transfer_trips) = trips(network, &buckets)?;
        let arriving = network.open_orders.iter().map(|order| arrival(network, &buckets, order));
        let coming =
            network.open_transfers.iter().map(|open| served(network.as_of, &buckets, open.due).ok_or(Overflow));
        Ok(Self {
            network,
            horizon,
            offers: offers(network, &buckets, &[])?,
            pools: pools(network, &buckets, &trips, &transfer_trips)?,
            arrivals: arriving.collect::<Result<_, _>>()?,
            under_way: coming.collect::<Result<_, _>>()?,
            kept: kept(network, &buckets)?,
            trips,
            transfer_trips,
            buckets,
        })
    }

    /// The offers where promotions have moved.
    pub(super) fn offers_moved(&self, moves: &Moves) -> Result<Vec<(OfferId, Asked)>, Overflow> {
        offers(self.network, &self.buckets, moves)
    }

    /// The buckets of the horizon, where commitments hold.
    pub(super) fn horizon(&self) -> &[Bucket] {
        &self.buckets[..self.horizon]
    }

    /// The trip of a lane that serves a bucket.
    pub(super) fn trip(&self, lane: LaneId, bucket: usize) -> Option<Trip> {
        self.trips.get(lane.index())?.get(bucket).copied().flatten()
    }

    /// The trip of a transfer that serves a bucket.
    pub(super) fn transfer_trip(&self, lane: TransferId, bucket: usize) -> Option<Trip> {
        self.transfer_trips.get(lane.index())?.get(bucket).copied().flatten()
    }

    /// The first bucket in which a new order can serve an offer, from any of its locations.
    pub(super) fn first_served(&self, asked: &Asked) -> Option<usize> {
        let reached = asked.sources.iter().filter_map(|source| self.pools[source.pool.index()].first_reached);
        reached.map(|(bucket, _)| bucket).min()
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

/// Trips by lane and bucket.
type Trips = Vec<Vec<Option<Trip>>>;

/// The trip of each lane, and of each transfer, that serves each bucket. Only a rule lets a premium lane be used, and
/// rules end with the horizon.
fn trips(network: &Network, buckets: &[Bucket]) -> Result<(Trips, Trips), Overflow> {
    let horizon = network.calendar.len();
    let mut clock = Clock::default();
    let allowed = |premium: bool, mut trips: Vec<Option<Trip>>| {
        if premium {
            trips.iter_mut().skip(horizon).for_each(|trip| *trip = None);
        }
        trips
    };
    let (mut purchases, mut transfers) = (Trips::new(), Trips::new());
    for lane in &network.lanes {
        purchases.push(allowed(lane.premium, clock.trips(network, buckets, lane)?));
    }
    for lane in &network.transfers {
        transfers.push(allowed(lane.premium, clock.transfers(network, buckets, lane)?));
    }
    Ok((purchases, transfers))
}

fn offers(network: &Network, buckets: &[Bucket], moves: &Moves) -> Result<Vec<(OfferId, Asked)>, Overflow> {
    let read =
        |(index, offer)| Ok(demand::asked(network, buckets, offer, moves)?.map(|asked| (OfferId::from(index), asked)));
    network.offers.iter().enumerate().map(read).filter_map(Result::transpose).collect()
}

fn pools(
    network: &Network,
    buckets: &[Bucket],
    trips: &Trips,
    transfer_trips: &Trips,
) -> Result<Vec<PoolFacts>, Overflow> {
    let ways = standard::ways(network);
    let standards = standard::standards(network, &ways)?;
    let reached = reach::first_reached(network, buckets, trips, transfer_trips);
    let mut pools = Vec::with_capacity(ways.len());
    for ((Standard { cost, cheapest, .. }, ways), first_reached) in standards.iter().zip(&ways).zip(reached) {
        let (standard, cheapest, longest_lead) = (*cost, *cheapest, longest_lead(network, ways)?);
        pools.push(PoolFacts { standard, cheapest, feeds: Vec::new(), longest_lead, first_reached });
    }
    for (index, standard) in standards.iter().enumerate() {
        if let Some(source) = standard.fed_by {
            pools[source.index()].feeds.push(PoolId::from(index));
        }
    }
    Ok(pools)
}

fn longest_lead(network: &Network, ways: &Ways<'_>) -> Result<i64, Overflow> {
    let mut longest = 0;
    for bucket in &network.calendar.buckets {
        for lane in ways.purchases.iter().filter(|lane| !lane.premium) {
            longest = longest.max(clock::times_of(lane, bucket)?.0);
        }
        for lane in ways.transfers.iter().filter(|lane| !lane.premium) {
            longest = longest.max(clock::transfer_times(lane, bucket)?.0);
        }
    }
    Ok(longest)
}

fn arrival(network: &Network, buckets: &[Bucket], order: &OpenOrder) -> Result<Arrival, Overflow> {
    let coming = served(network.as_of, buckets, order.due).ok_or(Overflow)?;
    Ok(Arrival { coming, payments: payment::of_open_order(network, order)? })
}

/// The bucket that something due on a day serves: its own up to the middle day, else the next; overdue: the first.
pub(super) fn served(as_of: NaiveDate, buckets: &[Bucket], due: NaiveDate) -> Option<Coming> {
    let (first, last) = (buckets.first()?, buckets.last()?);
    let behind = |period| Some(Coming { bucket: None, period });
    if due < as_of {
        return Some(Coming { bucket: Some(0), period: first.period });
    }
    let Some(holding) = days::bucket_of(buckets, due) else {
        let period = Period::of(last.period.grain(), due);
        let bucket = Bucket { period, start: period.start(), end: period.end() };
        return behind(if due <= days::middle(&bucket) { period } else { period.next() });
    };
    let index = if due <= days::middle(&buckets[holding]) { holding } else { holding + 1 };
    match buckets.get(index) {
        Some(bucket) => Some(Coming { bucket: Some(index), period: bucket.period }),
        None => behind(last.period.next()),
    }
}
