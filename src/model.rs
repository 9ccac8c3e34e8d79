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
pub mod ledger;
mod limits;
pub mod minimum_orders;
pub mod moves;
mod open_orders;
pub mod promise;
pub mod relief;
pub mod timeline;

use num_traits::Zero;
use rust_decimal::Decimal;

use crate::calendar::{Bucket, Calendar};
use crate::network::{Lane, LaneId, Network, PinnedLane, PoolId};
use crate::units::{Overflow, Ratio, add, ceil_units, mul, ratio, whole};

use baseline::{Change, Committed};
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
use relief::Relief;
use timeline::level;

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
    /// By pool.
    pub pools: Vec<PoolModel>,
    /// By lane, then receipt bucket: the line that can be placed.
    pub lanes: Vec<Vec<Option<Opportunity>>>,
    /// By open order.
    pub open_lines: Vec<OpenLine>,
    /// Lines that stay as the last plan has them.
    pub committed: Vec<Committed<'n>>,
    /// By lane, then bucket: what it costs to differ from the last plan; empty where that costs nothing.
    pub changes: Vec<Vec<Option<Change>>>,
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
    /// The pool that serves it.
    pub pool: PoolId,
    /// Whole units asked for.
    pub demand: Vec<i64>,
    /// Plan currency a unit.
    pub price: Vec<Decimal>,
    /// Fees of a unit: fee rate x price.
    pub fee: Vec<Decimal>,
    /// Fulfilment of a unit.
    pub fulfilment: Vec<Decimal>,
    /// What a unit earns: price - fee - fulfilment.
    pub net: Vec<Ratio>,
    /// What a unit of unmet demand costs besides.
    pub shortage_cost: Vec<Ratio>,
    /// What has to be sold of it.
    pub floors: Floors,
}

/// A pool by bucket.
#[derive(Debug)]
pub struct PoolModel {
    /// Offers it serves, by index.
    pub offers: Vec<usize>,
    /// Lanes that bring to it and need no rule, by index.
    pub lanes: Vec<usize>,
    /// Premium lanes that bring to it and that a rule allows, by index.
    pub premium: Vec<usize>,
    /// Units that open orders and committed lines bring.
    pub open_receipts: Vec<i64>,
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
    /// First bucket that a new order can reach.
    pub first_reach: Option<usize>,
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
        pin(network, &mut lanes);
        let offers = network
            .offers
            .iter()
            .map(|offer| offer_model(network, &calendar, offer, &moves))
            .collect::<Result<Vec<_>, _>>()?;
        let open_lines = open_orders::lines(network, &calendar, &moves)?;
        let committed = baseline::committed(network, &calendar);
        let mut model = Self {
            network,
            horizon: network.calendar.len(),
            year_share: calendar.buckets.iter().map(year_share).collect(),
            calendar,
            offers,
            pools: Vec::new(),
            lanes,
            open_lines,
            committed,
            changes: Vec::new(),
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
        model.changes = baseline::changes(&model)?;
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

    fn pool_models(&self) -> Result<Vec<PoolModel>, Overflow> {
        let network = self.network;
        let costs = standard_costs(network)?;
        let mut offers = vec![Vec::new(); network.pools.len()];
        for (index, offer) in self.offers.iter().enumerate() {
            offers[offer.pool.index()].push(index);
        }
        let mut lanes = vec![Vec::new(); network.pools.len()];
        for (index, lane) in network.lanes.iter().enumerate().filter(|(_, lane)| !lane.premium) {
            lanes[lane.pool.index()].push(index);
        }
        let mut receipts = vec![vec![0_i64; self.buckets().len()]; network.pools.len()];
        for (order, line) in network.open_orders.iter().zip(&self.open_lines) {
            if let Some(bucket) = line.receipt {
                let units = &mut receipts[order.pool.index()][bucket];
                *units = units.checked_add(order.units).ok_or(Overflow)?;
            }
        }
        for one in &self.committed {
            if let Some(bucket) = one.receipt {
                let units = &mut receipts[one.lane(network).pool.index()][bucket];
                *units = units.checked_add(one.line.units).ok_or(Overflow)?;
            }
        }
        let parts = offers.into_iter().zip(lanes).zip(receipts).zip(costs);
        parts
            .enumerate()
            .map(|(index, (((offers, lanes), open_receipts), cost))| {
                self.pool_model(PoolId::from(index), offers, lanes, open_receipts, cost)
            })
            .collect()
    }

    fn pool_model(
        &self,
        id: PoolId,
        offers: Vec<usize>,
        lanes: Vec<usize>,
        open_receipts: Vec<i64>,
        standard_cost: Ratio,
    ) -> Result<PoolModel, Overflow> {
        let network = self.network;
        let forward = demand::forward(network, network.pool(id))?;
        let yearly = mul(standard_cost, ratio(network.economics.holding_rate))?;
        let holding = self.year_share.iter().map(|share| mul(yearly, *share)).collect::<Result<_, _>>()?;
        let first_reach = lanes.iter().filter_map(|&lane| self.lanes[lane].iter().position(Option::is_some)).min();
        let longest_lead = self.longest_lead(&lanes);
        let cover = CoverModel::new(self, id, &offers, (&forward, longest_lead, first_reach), standard_cost)?;
        let end_cover = self.end_cover(id, longest_lead, &forward, &cover)?;
        let (worth_within, worth_beyond) = self.end_worth(&lanes, standard_cost)?;
        Ok(PoolModel {
            offers,
            lanes,
            premium: Vec::new(),
            open_receipts,
            standard_cost,
            holding,
            forward,
            cover,
            end_cover,
            worth_within,
            worth_beyond,
            first_reach,
        })
    }

    /// The longest lead time of some lanes, days.
    fn longest_lead(&self, lanes: &[usize]) -> i64 {
        let leads = lanes.iter().flat_map(|&lane| self.horizon().iter().map(move |bucket| (lane, bucket)));
        leads.map(|(lane, bucket)| clock::times(&self.network.lanes[lane], bucket).0).max().unwrap_or(0)
    }

    /// E: the last safety stock, and forward demand over the longest lead time and the last bucket's days, rounded up.
    fn end_cover(
        &self,
        id: PoolId,
        longest_lead: i64,
        forward: &[Stretch],
        cover: &CoverModel,
    ) -> Result<i64, Overflow> {
        let network = self.network;
        let Some(last) = self.buckets().last() else { return Ok(0) };
        let phase_out = network.item(network.pool(id).item).phase_out;
        if phase_out.is_some_and(|day| day <= last.end.succ_opt().unwrap_or(last.end)) {
            return Ok(0);
        }
        let ahead =
            ceil_units(demand::over_days(&forward[self.buckets().len()..], whole(longest_lead + last.days()))?)?;
        ahead.checked_add(cover.safety_stock.last().copied().unwrap_or(0)).ok_or(Overflow)
    }

    /// Worth of a last unit up to E and beyond it: at most what the cheapest lane brings one for.
    fn end_worth(&self, lanes: &[usize], standard_cost: Ratio) -> Result<(Ratio, Ratio), Overflow> {
        let economics = &self.network.economics;
        if !economics.end_worth {
            return Ok((Ratio::zero(), Ratio::zero()));
        }
        let mut cheapest: Option<Ratio> = None;
        for &lane in lanes {
            for bucket in self.horizon() {
                let unit = Terms::of(self.network, &self.network.lanes[lane], bucket)?.cheapest_unit()?;
                cheapest = Some(cheapest.map_or(unit, |known| known.min(unit)));
            }
        }
        let cap = |worth: Ratio| cheapest.map_or(worth, |cheapest| cheapest.min(worth));
        Ok((cap(standard_cost), cap(mul(standard_cost, ratio(economics.salvage_rate))?)))
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
fn pin(network: &Network, lanes: &mut [Vec<Option<Opportunity>>]) {
    for pin in &network.pins {
        let PinnedLane::Purchase(lane) = pin.lane else { continue };
        if let Some(opportunity) = &mut lanes[lane.index()][pin.bucket] {
            let (least, most) = opportunity.pinned.unwrap_or((0, None));
            let most = most.into_iter().chain(pin.most).min();
            opportunity.pinned = Some((least.max(pin.least), most));
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

fn offer_model(
    network: &Network,
    calendar: &Calendar,
    offer: &crate::network::Offer,
    moves: &Moves,
) -> Result<OfferModel, Overflow> {
    let buckets = &calendar.buckets;
    let mut unrounded = demand::promoted_after(network, offer, moves)?;
    unrounded.extend(demand::beyond(network, offer, &buckets[network.calendar.len()..])?);
    let demand = demand::whole_units(&unrounded)?;
    let price = |(index, bucket)| {
        // Promotions end with the horizon.
        if index < network.calendar.len() {
            demand::price_after(network, offer, index, moves)
        } else {
            level(&offer.price, bucket)
        }
    };
    let price: Vec<_> = buckets.iter().enumerate().map(price).collect();
    let source = offer.sources.first().ok_or(Overflow)?;
    let rate =
        |(bucket, price): (&Bucket, &Decimal)| level(&source.fee_rate, bucket).checked_mul(*price).ok_or(Overflow);
    let fee = buckets.iter().zip(&price).map(rate).collect::<Result<Vec<_>, _>>()?;
    let fulfilment: Vec<_> = buckets.iter().map(|bucket| level(&source.fulfilment_fee, bucket)).collect();
    let net = |((price, fee), fulfilment): ((&Decimal, &Decimal), &Decimal)| {
        price.checked_sub(*fee).and_then(|rest| rest.checked_sub(*fulfilment)).map(ratio).ok_or(Overflow)
    };
    let net = price.iter().zip(&fee).zip(&fulfilment).map(net).collect::<Result<_, _>>()?;
    let shortage_cost = buckets.iter().map(|bucket| ratio(level(&offer.shortage_cost, bucket))).collect();
    let floors = Floors::none(buckets.len());
    Ok(OfferModel { pool: source.pool, demand, price, fee, fulfilment, net, shortage_cost, floors })
}

/// Standard cost of each pool: the item's stated cost, else the lowest landed cost of its lanes there that are not
/// premium, else of premium ones, else the lowest of its other locations.
fn standard_costs(network: &Network) -> Result<Vec<Ratio>, Overflow> {
    let mut own: Vec<Option<Ratio>> =
        network.pools.iter().map(|pool| network.item(pool.item).cost.map(ratio)).collect();
    for premium in [false, true] {
        let mut lowest: Vec<Option<Ratio>> = vec![None; own.len()];
        for lane in network.lanes.iter().filter(|lane| lane.premium == premium) {
            let slot = &mut lowest[lane.pool.index()];
            for bucket in &network.calendar.buckets {
                let unit = Terms::of(network, lane, bucket)?.landed_unit()?;
                *slot = Some(slot.map_or(unit, |known| known.min(unit)));
            }
        }
        for (known, lowest) in own.iter_mut().zip(lowest) {
            *known = known.or(lowest);
        }
    }
    let elsewhere = |pool: &crate::network::Pool| {
        let others = network.pools.iter().zip(&own).filter(|(other, _)| other.item == pool.item);
        others.filter_map(|(_, cost)| *cost).min().unwrap_or_default()
    };
    Ok(network.pools.iter().zip(&own).map(|(pool, own)| own.unwrap_or_else(|| elsewhere(pool))).collect())
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
