//! The checked world laid out over buckets: everything the planner decides about, as numbers.
//!
//! [`Model::new`] computes what facts imply: demand in whole units, the trip and terms of each possible order line, what
//! open orders bring and cost, standard costs, worth of the last stock, and the limits that items share.

pub mod baseline;
pub mod breaches;
pub mod clock;
pub mod cost;
pub mod covers;
pub mod demand;
pub mod floors;
pub mod given;
pub mod held_back;
pub mod ledger;
mod limits;
pub mod minimum_orders;
pub mod moves;
mod open_orders;
pub mod outlook;
pub mod passage;
mod pools;
pub mod promise;
mod reach;
pub mod relief;
mod standard;
mod stock;
pub mod timeline;
pub mod way;

use std::ops::Range;

use num_traits::Zero;
use rust_decimal::Decimal;

use crate::calendar::{Bucket, Calendar, Period};
use crate::network::{Lane, LaneId, Network, Route, TransferId};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

use baseline::{Changes, Committed};
use clock::Trip;
use cost::Terms;
use covers::CoverModel;
use demand::Stretch;
use floors::{Floors, GroupFloor};
use given::Given;
pub use limits::{Limit, LimitKind};
use minimum_orders::OrderFloor;
use moves::Moves;
pub use open_orders::{OpenLine, receipt};
use passage::Passage;
use reach::Reached;
use relief::Relief;
use timeline::level;
use way::Lateness;
pub use way::Way;

/// The model of a network.
#[derive(Debug)]
pub struct Model<'n> {
    /// What it was made from.
    pub network: &'n Network,
    /// The buckets of the horizon, then those of the tail.
    pub calendar: Calendar,
    /// Buckets of the horizon.
    pub horizon: usize,
    /// Each bucket's share of a year: a full month 1/12, a full week 1/52, a part pro rata by days.
    pub year_share: Vec<Ratio>,
    /// By offer.
    pub offers: Vec<OfferModel>,
    /// By offer, then source.
    pub ways: Vec<Way>,
    /// By pool.
    pub pools: Vec<PoolModel>,
    /// By lane, then receipt bucket: the line that can be placed.
    pub lanes: Vec<Vec<Option<Opportunity>>>,
    /// By transfer lane, then receipt bucket: the line that can be sent.
    pub transfers: Vec<Vec<Option<Passage>>>,
    /// By open order.
    pub open_lines: Vec<OpenLine>,
    /// By open transfer: the bucket it serves; none where that lies past all buckets.
    pub open_transfers: Vec<Option<usize>>,
    /// Lines that stay as the last plan has them.
    pub committed: Vec<Committed<'n>>,
    /// By lane, then bucket: what it costs to differ from the last plan; empty where that costs nothing.
    pub changes: Changes,
    /// The same by transfer lane.
    pub transfer_changes: Changes,
    /// What is earned whatever is decided.
    pub sure: Ratio,
    /// Floors on groups, by name.
    pub group_floors: Vec<GroupFloor>,
    /// Minimum orders, by supplier.
    pub order_floors: Vec<OrderFloor>,
    /// Limits that items share, by (kind, name).
    pub limits: Vec<Limit>,
    /// Where cash is planned: what happens to it without new orders and sales.
    pub cash: Option<CashModel>,
    /// What rules have moved.
    pub moves: Moves,
    /// What rules let go of.
    pub relief: Relief,
    /// What facts alone break, as they are stated.
    pub given: Given,
    /// What every plan passes of limits and covers, after all moves.
    pub forced: Ratio,
}

/// An offer by bucket.
#[derive(Debug)]
pub struct OfferModel {
    /// Its ways, in the order of its sources.
    pub ways: Range<usize>,
    /// Whole units asked for.
    pub demand: Vec<i64>,
    /// Plan currency a unit.
    pub price: Vec<Decimal>,
    /// How late its demand may be served.
    pub lateness: Lateness,
    /// What a unit of unmet demand costs besides.
    pub shortage_cost: Vec<Ratio>,
    /// What has to be sold of it.
    pub floors: Floors,
}

/// A pool by bucket.
#[derive(Debug)]
pub struct PoolModel {
    /// Ways that serve offers from it, by index.
    pub ways: Vec<usize>,
    /// Lanes that bring to it and need no rule, by index.
    pub lanes: Vec<usize>,
    /// Premium lanes that bring to it and that a rule allows, by index.
    pub premium: Vec<usize>,
    /// Transfer lanes that bring to it and need no rule, by index.
    pub transfers: Vec<usize>,
    /// Premium transfer lanes that bring to it and that a rule allows, by index.
    pub premium_transfers: Vec<usize>,
    /// Units that open orders and committed lines bring.
    pub open_receipts: Vec<i64>,
    /// Units that open transfers bring.
    pub open_transfers: Vec<i64>,
    /// Units of open transfers from it that are under way at the end.
    pub under_way: Vec<i64>,
    /// Standard cost of a unit.
    pub standard_cost: Ratio,
    /// Cost of holding a unit over a bucket.
    pub holding: Vec<Ratio>,
    /// Forward demand from as-of on.
    pub forward: Vec<Stretch>,
    /// Safety stock, and what holds for stock.
    pub cover: CoverModel,
    /// The last stock's cover target E, units.
    pub end_cover: i64,
    /// Worth of a unit up to E.
    pub worth_within: Ratio,
    /// Worth of a unit beyond E.
    pub worth_beyond: Ratio,
    /// The first bucket that a new order can reach, and the day.
    pub reached: Option<Reached>,
    /// True where it feeds another location: that one's standard lane comes from here.
    pub feeds: bool,
}

/// A line that can be placed.
#[derive(Debug, Clone)]
pub struct Opportunity {
    /// Its days.
    pub trip: Trip,
    /// The bucket that holds its release day.
    pub release_bucket: usize,
    /// What it costs.
    pub terms: Terms,
    /// What a pin asks for: at least and at most so many units, over all lines of the lane for the bucket.
    pub pinned: Option<(i64, Option<i64>)>,
}

/// Cash without new orders and sales.
#[derive(Debug)]
pub struct CashModel {
    /// At as-of.
    pub opening: Ratio,
    /// By bucket of the horizon, at least.
    pub minimum: Vec<Ratio>,
    /// By bucket of the horizon: flows besides sales and purchases.
    pub other: Vec<Ratio>,
    /// By bucket of the horizon: payments for open orders and committed lines.
    pub open_payments: Vec<Ratio>,
    /// By channel, then bucket of sale: the share of its cash that arrives in each bucket of the horizon.
    pub payout: Vec<Vec<Vec<(usize, Ratio)>>>,
}

impl<'n> Model<'n> {
    /// Lays a network out.
    ///
    /// # Errors
    /// Where numbers that are each within their limits do not fit together.
    pub fn new(network: &'n Network) -> Result<Self, Overflow> {
        Self::after(network, Moves::default())
    }

    /// Lays a network out in which rules have moved something.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn after(network: &'n Network, moves: Moves) -> Result<Self, Overflow> {
        let calendar = with_tail(network);
        let mut lanes =
            network.lanes.iter().map(|lane| opportunities(network, &calendar, lane)).collect::<Result<Vec<_>, _>>()?;
        let mut transfers = network
            .transfers
            .iter()
            .map(|lane| passage::passages(network, &calendar, lane))
            .collect::<Result<Vec<_>, _>>()?;
        pin(network, &mut lanes, &mut transfers);
        let (offers, ways) = offer_models(network, &calendar, &moves)?;
        let open_lines = open_orders::lines(network, &calendar, &moves)?;
        let open_transfers = network.open_transfers.iter().map(|open| open_orders::serves(&calendar, open.due));
        let committed = baseline::committed(network, &calendar);
        let mut model = Self {
            network,
            horizon: network.calendar.len(),
            year_share: calendar.buckets.iter().map(year_share).collect(),
            open_transfers: open_transfers.collect(),
            calendar,
            offers,
            ways,
            pools: Vec::new(),
            lanes,
            transfers,
            open_lines,
            committed,
            changes: Vec::new(),
            transfer_changes: Vec::new(),
            sure: Ratio::zero(),
            group_floors: Vec::new(),
            order_floors: Vec::new(),
            limits: Vec::new(),
            cash: None,
            moves,
            relief: Relief::default(),
            given: Given::default(),
            forced: Ratio::zero(),
        };
        model.pools = model.pool_models()?;
        (model.changes, model.transfer_changes) = baseline::changes(&model)?;
        model.sure = baseline::sure(&model)?;
        floors::set(&mut model)?;
        model.order_floors = minimum_orders::all(&model)?;
        model.limits = limits::all(&model)?;
        model.cash = model.cash_model()?;
        model.relief = Relief::new(&model);
        floors::leave_out_what_is_held(&mut model);
        for (index, lane) in
            network.lanes.iter().enumerate().filter(|(index, _)| model.relief.premium[*index].is_some())
        {
            model.pools[lane.pool.index()].premium.push(index);
        }
        for (index, lane) in
            network.transfers.iter().enumerate().filter(|(index, _)| model.relief.premium_transfers[*index].is_some())
        {
            model.pools[lane.pool.index()].premium_transfers.push(index);
        }
        model.given = Given::new(&model)?;
        model.forced = model.given.forced(&model)?;
        Ok(model)
    }

    /// The same network where rules have moved something; what facts alone break is what they break both as stated and as moved.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn moved(&self, moves: Moves) -> Result<Self, Overflow> {
        let mut moved = Self::after(self.network, moves)?;
        // What is moved out of the way need not be passed any more.
        moved.given = moved.given.within(&self.given);
        moved.forced = moved.given.forced(&moved)?;
        Ok(moved)
    }

    /// All buckets: those of the horizon, then those of the tail.
    #[must_use]
    pub fn buckets(&self) -> &[Bucket] {
        &self.calendar.buckets
    }

    /// The buckets that the plan is about; what follows them is there so that its last orders and its cash are real.
    #[must_use]
    pub fn horizon(&self) -> &[Bucket] {
        &self.calendar.buckets[..self.horizon]
    }

    /// The line that a lane can bring for a bucket.
    #[must_use]
    pub fn opportunity(&self, lane: LaneId, bucket: usize) -> Option<&Opportunity> {
        self.lanes[lane.index()][bucket].as_ref()
    }

    /// The line that a transfer lane can bring for a bucket.
    #[must_use]
    pub fn passage(&self, lane: TransferId, bucket: usize) -> Option<&Passage> {
        self.transfers[lane.index()][bucket].as_ref()
    }

    /// What pins ask for of a lane and bucket.
    #[must_use]
    pub fn pinned(&self, lane: Route, bucket: usize) -> Option<(i64, Option<i64>)> {
        match lane {
            Route::Purchase(lane) => self.opportunity(lane, bucket)?.pinned,
            Route::Transfer(lane) => self.passage(lane, bucket)?.pinned,
        }
    }

    /// The month or week that an open transfer serves which is due on a day.
    #[must_use]
    pub fn open_receipt(&self, due: chrono::NaiveDate) -> Period {
        let last = self.buckets().last().map(|bucket| bucket.period);
        open_orders::serves_period(&self.calendar, due).or(last).expect("there is a bucket")
    }

    /// The ways of an offer.
    pub fn ways_of(&self, offer: usize) -> impl Iterator<Item = (usize, &Way)> {
        let range = self.offers[offer].ways.clone();
        range.clone().zip(&self.ways[range])
    }

    /// The first bucket in which a new order can reach an offer, at any of its locations.
    #[must_use]
    pub fn first_reach(&self, offer: usize) -> Option<usize> {
        let reached = self.ways_of(offer).filter_map(|(_, way)| self.pools[way.pool.index()].reached);
        reached.map(|(bucket, _)| bucket).min()
    }

    /// What is earned whatever is decided and stands in no program: what is sure, less the holding of what is under way.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn beside_programs(&self) -> Result<Ratio, Overflow> {
        let mut sum = self.sure;
        for pool in &self.pools {
            for (units, holding) in pool.under_way.iter().zip(&pool.holding).filter(|(units, _)| **units > 0) {
                sum = add(sum, -mul(*holding, whole(*units))?)?;
            }
        }
        Ok(sum)
    }

    fn cash_model(&self) -> Result<Option<CashModel>, Overflow> {
        let network = self.network;
        let Some(cash) = &network.cash else { return Ok(None) };
        let buckets = self.horizon();
        let mut other = vec![Ratio::zero(); buckets.len()];
        for flow in &network.cash_flows {
            for (sum, amount) in other.iter_mut().zip(self.flow_by_bucket(&flow.amount)?) {
                *sum = add(*sum, amount)?;
            }
        }
        let mut open_payments = vec![Ratio::zero(); buckets.len()];
        let committed = self.committed.iter().flat_map(|one| &one.line.payments);
        for (day, amount) in self.open_lines.iter().flat_map(|line| &line.payments).chain(committed) {
            // What was due before as-of and is stated as unpaid is paid now.
            if let Some(bucket) = network.calendar.bucket_of((*day).max(network.as_of)) {
                open_payments[bucket] = add(open_payments[bucket], ratio(*amount))?;
            }
        }
        let minimum = buckets.iter().map(|bucket| ratio(level(&cash.minimum, bucket))).collect();
        let payout = network.channels.iter().map(|channel| self.payout(channel.payout_days)).collect();
        Ok(Some(CashModel { opening: ratio(cash.opening), minimum, other, open_payments, payout }))
    }

    fn flow_by_bucket(&self, amount: &crate::network::CashAmount) -> Result<Vec<Ratio>, Overflow> {
        use crate::network::CashAmount;
        match amount {
            CashAmount::On(day, amount) => {
                let inside = |bucket: &Bucket| if bucket.contains(*day) { ratio(*amount) } else { Ratio::zero() };
                Ok(self.horizon().iter().map(inside).collect())
            }
            CashAmount::Flow(series) => self.flows(series),
        }
    }

    /// A flow by bucket of the horizon; 0 where nothing is stated.
    pub(crate) fn flows(&self, series: &crate::series::Series) -> Result<Vec<Ratio>, Overflow> {
        let whole = self.network.first_bucket_whole;
        let at = |(index, &bucket)| timeline::At { bucket, first: index == 0, whole };
        let value = |at: timeline::At| Ok(timeline::flow(series, &at)?.unwrap_or_default());
        self.horizon().iter().enumerate().map(at).map(value).collect()
    }

    /// Sales happen evenly over a bucket's days; the cash of day d arrives on d + payout days.
    fn payout(&self, payout_days: i64) -> Vec<Vec<(usize, Ratio)>> {
        let buckets = self.horizon();
        let shares = |sold: &Bucket| {
            let days = chrono::Duration::days(payout_days);
            let (from, to) = (sold.start + days, sold.end + days);
            let overlap = |(index, bucket): (usize, &Bucket)| {
                let days = (bucket.end.min(to) - bucket.start.max(from)).num_days() + 1;
                (days > 0).then(|| (index, Ratio::new(i128::from(days), i128::from(sold.days()))))
            };
            buckets.iter().enumerate().filter_map(overlap).collect()
        };
        self.buckets().iter().map(shares).collect()
    }
}

/// A bucket's share of a year.
fn year_share(bucket: &Bucket) -> Ratio {
    let part = Ratio::new(i128::from(bucket.days()), i128::from(bucket.period.days()));
    let of_year = if bucket.period.days() == 7 { 52 } else { 12 };
    part / Ratio::from_integer(of_year)
}

/// Enters what pins ask for; of several of one lane and bucket all hold.
fn pin(network: &Network, lanes: &mut [Vec<Option<Opportunity>>], transfers: &mut [Vec<Option<Passage>>]) {
    for pin in &network.pins {
        let pinned = match pin.lane {
            Route::Purchase(lane) => lanes[lane.index()][pin.bucket].as_mut().map(|one| &mut one.pinned),
            Route::Transfer(lane) => transfers[lane.index()][pin.bucket].as_mut().map(|one| &mut one.pinned),
        };
        if let Some(pinned) = pinned {
            let (least, most) = pinned.unwrap_or((0, None));
            *pinned = Some((least.max(pin.least), most.into_iter().chain(pin.most).min()));
        }
    }
}

/// The buckets of the horizon, then those of the tail.
#[must_use]
pub fn with_tail(network: &Network) -> Calendar {
    let mut calendar = network.calendar.clone();
    calendar.buckets.extend(network.calendar.beyond(network.tail));
    calendar
}

fn opportunities(network: &Network, calendar: &Calendar, lane: &Lane) -> Result<Vec<Option<Opportunity>>, Overflow> {
    let of_trip = |found: Option<(Trip, usize)>| {
        let Some((trip, release_bucket)) = found else { return Ok(None) };
        let terms = Terms::of(network, lane, &calendar.buckets[release_bucket])?;
        Ok(Some(Opportunity { trip, release_bucket, terms, pinned: None }))
    };
    clock::trips(network, calendar, lane).into_iter().map(of_trip).collect()
}

/// All offers, and the ways to serve them.
fn offer_models(
    network: &Network,
    calendar: &Calendar,
    moves: &Moves,
) -> Result<(Vec<OfferModel>, Vec<Way>), Overflow> {
    let (mut offers, mut ways) = (Vec::with_capacity(network.offers.len()), Vec::new());
    for (index, facts) in network.offers.iter().enumerate() {
        let mut offer = offer_model(network, calendar, facts, moves)?;
        let first = ways.len();
        for source in &facts.sources {
            ways.push(Way::new(network, &calendar.buckets, (index, facts), source, &offer.price)?);
        }
        offer.ways = first..ways.len();
        offers.push(offer);
    }
    Ok((offers, ways))
}

fn offer_model(
    network: &Network,
    calendar: &Calendar,
    offer: &crate::network::Offer,
    moves: &Moves,
) -> Result<OfferModel, Overflow> {
    let buckets = &calendar.buckets;
    let mut unrounded = demand::promoted_after(network, offer, moves)?;
    unrounded.extend(demand::beyond(network, offer, &buckets[network.calendar.len()..])?);
    let price = |(index, bucket)| {
        // Promotions end with the horizon.
        if index < network.calendar.len() {
            demand::price_after(network, offer, index, moves)
        } else {
            level(&offer.price, bucket)
        }
    };
    Ok(OfferModel {
        ways: 0..0,
        demand: demand::whole_units(&unrounded)?,
        price: buckets.iter().enumerate().map(price).collect(),
        lateness: Lateness::new(network, buckets, offer),
        shortage_cost: buckets.iter().map(|bucket| ratio(level(&offer.shortage_cost, bucket))).collect(),
        floors: Floors::none(buckets.len()),
    })
}

/// Standard cost of a unit in each pool.
///
/// # Errors
/// Where it does not fit.
pub fn standard_costs(network: &Network) -> Result<Vec<Ratio>, Overflow> {
    Ok(standard::standards(network)?.into_iter().map(|standard| standard.cost).collect())
}

/// Landed cost of a lane's unit in the first bucket, before breaks; for choosing the lane an open order came by.
/// Where it does not fit it counts as the highest there is.
#[must_use]
pub fn first_landed_cost(network: &Network, lane: &Lane) -> Ratio {
    let most = Ratio::from_integer(i128::MAX);
    network
        .calendar
        .buckets
        .first()
        .map_or(most, |bucket| Terms::of(network, lane, bucket).and_then(|terms| terms.landed_unit()).unwrap_or(most))
}
