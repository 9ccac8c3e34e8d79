//! What counts towards figures, by bucket of the horizon, as sums that parts of the plan can be put together from.

use std::collections::BTreeMap;

use num_traits::{Signed, Zero};

use super::part::Facets;
use crate::model::Model;
use crate::model::baseline::differences;
use crate::model::demand::over_days;
use crate::model::held_back::{a_quarter, held_back};
use crate::model::ledger::{Ledger, Sent};
use crate::model::way::Way;
use crate::network::{Network, PoolId, Route};
use crate::solve::Outcome;
use crate::track::Kept;
use crate::units::{Overflow, Ratio, add, mul, ratio, round_to, sum, whole};

/// Units and money of sales in a bucket, or in all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sales {
    pub(super) demand: i64,
    /// Sold in the bucket that asks for them.
    pub(super) on_time: i64,
    /// Sold, late ones among them.
    pub(super) sold: i64,
    /// Of all demand, at price.
    pub(super) demand_value: Ratio,
    /// Of what is sold on time, at price.
    pub(super) on_time_value: Ratio,
    pub(super) revenue: Ratio,
    pub(super) fees: Ratio,
    pub(super) fulfilment: Ratio,
    pub(super) late_costs: Ratio,
    /// Standard cost of units sold.
    pub(super) cost: Ratio,
}

impl Sales {
    /// Units of the demand of a bucket that a way serves.
    fn of(model: &Model<'_>, way: &Way, wanted: usize, units: i64) -> Result<Self, Overflow> {
        let sold = whole(units);
        Ok(Self {
            sold: units,
            revenue: mul(ratio(model.offers[way.offer].price[wanted]), sold)?,
            fees: mul(ratio(way.fee[wanted]), sold)?,
            fulfilment: mul(ratio(way.fulfilment[wanted]), sold)?,
            cost: mul(model.pools[way.pool.index()].standard_cost, sold)?,
            ..Self::default()
        })
    }

    /// Both together.
    pub(super) fn and(&self, other: &Self) -> Result<Self, Overflow> {
        let units = |one: i64, other: i64| one.checked_add(other).ok_or(Overflow);
        Ok(Self {
            demand: units(self.demand, other.demand)?,
            on_time: units(self.on_time, other.on_time)?,
            sold: units(self.sold, other.sold)?,
            demand_value: add(self.demand_value, other.demand_value)?,
            on_time_value: add(self.on_time_value, other.on_time_value)?,
            revenue: add(self.revenue, other.revenue)?,
            fees: add(self.fees, other.fees)?,
            fulfilment: add(self.fulfilment, other.fulfilment)?,
            late_costs: add(self.late_costs, other.late_costs)?,
            cost: add(self.cost, other.cost)?,
        })
    }
}

/// A category, or the items without one, in a bucket of the last plan.
pub(super) type Family = (Option<String>, usize);

/// Something that counts.
pub(super) enum Entry<'e> {
    /// Demand or sales of a bucket.
    Sales(usize, Sales),
    /// Stock of a pool.
    Stock(&'e Stock),
    /// Landed cost of a line received in a bucket, as it is paid.
    Purchase(usize, Ratio),
    /// Costs of lines and transfers besides.
    Lines(Ratio),
    /// Standard cost of what an open order brings in a bucket.
    OnOrder(usize, Ratio),
    /// What an outlook would have been off by: sums of |forecast - actual|, forecast - actual, actual.
    Miss([Ratio; 3]),
    /// Standard cost of the units of a lane and bucket in the last plan, and of those by which this one differs.
    Change { before: Ratio, away: Ratio },
    /// What the last plan sells of a family in a bucket that is over, and what was sold.
    Kept(Family, Ratio, Ratio),
}

/// Stock of a pool over the horizon, at standard cost where it says value.
pub(super) struct Stock {
    pool: usize,
    /// Units at as-of, those under way among them.
    at_as_of: i64,
    /// Units that suppliers bring.
    received: i64,
    /// Value at as-of.
    opening: Ratio,
    /// Closing value, by bucket.
    closing: Vec<Ratio>,
    /// Value beyond the maximum cover, by bucket; none where no maximum is stated.
    excess: Option<Vec<Ratio>>,
}

/// The sums of a part of the plan.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// By bucket, late sales where they are delivered.
    pub(super) sales: Vec<Sales>,
    /// Landed cost of new and committed lines, by bucket.
    pub(super) purchases: Vec<Ratio>,
    /// Costs of lines and transfers.
    pub(super) lines: Ratio,
    /// Pools that count, by index.
    pub(super) pools: Vec<usize>,
    /// Units at as-of.
    pub(super) at_as_of: i64,
    /// Units that suppliers bring.
    pub(super) received: i64,
    /// Inventory value at as-of.
    pub(super) opening: Ratio,
    /// Closing inventory value, by bucket.
    pub(super) closing: Vec<Ratio>,
    /// Value beyond maximum covers, by bucket; none where no maximum is stated.
    pub(super) excess: Option<Vec<Ratio>>,
    /// Standard cost of what open orders bring, by bucket.
    pub(super) on_order: Vec<Ratio>,
    /// Standard cost of the last plan's lines, and of what differs from them.
    pub(super) changes: (Ratio, Ratio),
    /// Sums of |forecast - actual|, forecast - actual and actual of what outlooks would have said.
    pub(super) misses: [Ratio; 3],
    /// What the last plan sells of each family in buckets that are over, and what was sold.
    pub(super) kept: BTreeMap<Family, (Ratio, Ratio)>,
}

fn grow(sums: &mut [Ratio], more: &[Ratio]) -> Result<(), Overflow> {
    for (sum, part) in sums.iter_mut().zip(more).filter(|(_, part)| !part.is_zero()) {
        *sum = add(*sum, *part)?;
    }
    Ok(())
}

/// Adds to what may not be there yet.
fn join(sums: &mut Option<Vec<Ratio>>, more: Option<&Vec<Ratio>>) -> Result<(), Overflow> {
    match (sums, more) {
        (Some(sums), Some(more)) => grow(sums, more),
        (none, Some(more)) => {
            *none = Some(more.clone());
            Ok(())
        }
        (_, None) => Ok(()),
    }
}

impl Tally {
    /// Nothing yet, over so many buckets.
    pub(super) fn new(buckets: usize) -> Self {
        let zeros = || vec![Ratio::zero(); buckets];
        Self {
            sales: vec![Sales::default(); buckets],
            purchases: zeros(),
            closing: zeros(),
            on_order: zeros(),
            ..Self::default()
        }
    }

    /// Counts something.
    pub(super) fn take(&mut self, entry: &Entry<'_>) -> Result<(), Overflow> {
        match entry {
            Entry::Sales(bucket, sales) => self.sales[*bucket] = self.sales[*bucket].and(sales)?,
            Entry::Purchase(bucket, cost) => self.purchases[*bucket] = add(self.purchases[*bucket], *cost)?,
            Entry::Lines(cost) => self.lines = add(self.lines, *cost)?,
            Entry::OnOrder(bucket, cost) => self.on_order[*bucket] = add(self.on_order[*bucket], *cost)?,
            Entry::Miss(sums) => grow(&mut self.misses, sums)?,
            Entry::Kept(family, planned, sold) => self.keep(family, (*planned, *sold))?,
            Entry::Change { before, away } => {
                self.changes = (add(self.changes.0, *before)?, add(self.changes.1, *away)?);
            }
            Entry::Stock(stock) => {
                self.pools.push(stock.pool);
                self.at_as_of = self.at_as_of.checked_add(stock.at_as_of).ok_or(Overflow)?;
                self.received = self.received.checked_add(stock.received).ok_or(Overflow)?;
                self.opening = add(self.opening, stock.opening)?;
                grow(&mut self.closing, &stock.closing)?;
                join(&mut self.excess, stock.excess.as_ref())?;
            }
        }
        Ok(())
    }

    fn keep(&mut self, family: &Family, (planned, sold): (Ratio, Ratio)) -> Result<(), Overflow> {
        let sums = self.kept.entry(family.clone()).or_default();
        *sums = (add(sums.0, planned)?, add(sums.1, sold)?);
        Ok(())
    }

    /// Counts what another tally has.
    pub(super) fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        for (sum, part) in self.sales.iter_mut().zip(&other.sales) {
            *sum = sum.and(part)?;
        }
        grow(&mut self.purchases, &other.purchases)?;
        grow(&mut self.closing, &other.closing)?;
        grow(&mut self.on_order, &other.on_order)?;
        grow(&mut self.misses, &other.misses)?;
        other.kept.iter().try_for_each(|(family, sums)| self.keep(family, *sums))?;
        join(&mut self.excess, other.excess.as_ref())?;
        self.lines = add(self.lines, other.lines)?;
        self.pools.extend(&other.pools);
        self.at_as_of = self.at_as_of.checked_add(other.at_as_of).ok_or(Overflow)?;
        self.received = self.received.checked_add(other.received).ok_or(Overflow)?;
        self.opening = add(self.opening, other.opening)?;
        self.changes = (add(self.changes.0, other.changes.0)?, add(self.changes.1, other.changes.1)?);
        Ok(())
    }
}

/// What takes entries, each with what it is about.
type Put<'p> = dyn FnMut(&Facets, &Entry<'_>) -> Result<(), Overflow> + 'p;

/// What the outlook of an offer, by index, would have been off by: as [`Entry::Miss`].
pub(super) type Miss = (usize, [Ratio; 3]);

/// What outlooks would have been off by in the last quarter of a year.
pub(super) fn misses(network: &Network) -> Result<Vec<Miss>, Overflow> {
    let mut all = Vec::new();
    for one in held_back(network, a_quarter(network))? {
        if let Some(forecast) = one.forecast {
            let error = add(forecast, -one.actual)?;
            all.push((one.offer, [error.abs(), error, one.actual]));
        }
    }
    Ok(all)
}

/// Hands out all that counts, once.
pub(super) fn each(
    model: &Model<'_>,
    outcome: &Outcome,
    ledger: &Ledger<'_>,
    (misses, kept): (&[Miss], &[Kept]),
    put: &mut Put<'_>,
) -> Result<(), Overflow> {
    each_sale(model, outcome, put)?;
    each_stock(model, ledger, put)?;
    each_line(model, ledger, put)?;
    for (offer, sums) in misses {
        put(&Facets::offer(model.network, *offer), &Entry::Miss(*sums))?;
    }
    for one in kept {
        let family = (model.network.item(one.item).category.clone(), one.bucket);
        put(&Facets::sold(one.item, one.channel), &Entry::Kept(family, one.planned, one.sold))?;
    }
    for (route, before, after) in differences(model, outcome)? {
        let cost = model.pools[model.network.pool_of(route).index()].standard_cost;
        let away = after.checked_sub(before).ok_or(Overflow)?.abs();
        let entry = Entry::Change { before: mul(cost, whole(before))?, away: mul(cost, whole(away))? };
        let facets = match route {
            Route::Purchase(lane) => Facets::lane(model.network, lane),
            Route::Transfer(lane) => Facets::transfer(model.network, lane),
        };
        put(&facets, &entry)?;
    }
    Ok(())
}

fn each_sale(model: &Model<'_>, outcome: &Outcome, put: &mut Put<'_>) -> Result<(), Overflow> {
    for (index, offer) in model.offers.iter().enumerate() {
        let facets = Facets::offer(model.network, index);
        for bucket in 0..model.horizon {
            let price = ratio(offer.price[bucket]);
            let demand = offer.demand[bucket];
            let on_time = outcome.on_time(model, index, bucket);
            let sales = Sales {
                demand,
                demand_value: mul(price, whole(demand))?,
                on_time,
                on_time_value: mul(price, whole(on_time))?,
                ..Sales::default()
            };
            put(&facets, &Entry::Sales(bucket, sales))?;
        }
    }
    for (way, sold) in model.ways.iter().zip(&outcome.sales) {
        let facets = Facets::way(model.network, way);
        for (bucket, units) in sold[..model.horizon].iter().enumerate().filter(|(_, units)| **units != 0) {
            put(&facets, &Entry::Sales(bucket, Sales::of(model, way, bucket, *units)?))?;
        }
    }
    for late in outcome.late.iter().filter(|late| late.delivered < model.horizon) {
        let way = &model.ways[late.way];
        let net = model.offers[way.offer].lateness.net(way, late.wanted, late.delivered - late.wanted)?;
        let late_costs = mul(add(way.net[late.wanted], -net)?, whole(late.units))?;
        let sales = Sales { late_costs, ..Sales::of(model, way, late.wanted, late.units)? };
        put(&Facets::way(model.network, way), &Entry::Sales(late.delivered, sales))?;
    }
    Ok(())
}

fn each_stock(model: &Model<'_>, ledger: &Ledger<'_>, put: &mut Put<'_>) -> Result<(), Overflow> {
    let mut at_as_of: Vec<i64> = ledger.stock.iter().map(|flow| flow.opening[0]).collect();
    for open in &model.network.open_transfers {
        let units = &mut at_as_of[open.source.index()];
        *units = units.checked_add(open.units).ok_or(Overflow)?;
    }
    for (pool, units) in at_as_of.into_iter().enumerate() {
        let (flow, cost) = (&ledger.stock[pool], model.pools[pool].standard_cost);
        let value = |bucket: usize| mul(cost, whole(flow.owned(bucket)));
        let mut received = flow.receipts[..model.horizon].iter();
        let stock = Stock {
            pool,
            at_as_of: units,
            received: received.try_fold(0_i64, |sum, units| sum.checked_add(*units)).ok_or(Overflow)?,
            opening: mul(cost, whole(units))?,
            closing: (0..model.horizon).map(value).collect::<Result<_, _>>()?,
            excess: excess(model, ledger, pool)?,
        };
        put(&Facets::pool(model.network, PoolId::from(pool)), &Entry::Stock(&stock))?;
    }
    Ok(())
}

/// Value of closing stock beyond the maximum cover of a pool.
fn excess(model: &Model<'_>, ledger: &Ledger<'_>, index: usize) -> Result<Option<Vec<Ratio>>, Overflow> {
    let pool = &model.pools[index];
    let weeks = pool.cover.source.and_then(|cover| model.network.covers[cover].max_weeks);
    let Some(weeks) = weeks else { return Ok(None) };
    let days = mul(ratio(weeks), whole(7))?;
    let beyond = |bucket: usize| {
        let most = over_days(&pool.forward[bucket + 1..], days)?.floor();
        let units = crate::metrics::formula::excess(whole(ledger.stock[index].closing[bucket]), most)?;
        mul(units, pool.standard_cost)
    };
    (0..model.horizon).map(beyond).collect::<Result<Vec<_>, _>>().map(Some)
}

fn each_line(model: &Model<'_>, ledger: &Ledger<'_>, put: &mut Put<'_>) -> Result<(), Overflow> {
    let network = model.network;
    for placed in ledger.lines.iter().filter(|placed| placed.line.bucket < model.horizon) {
        let facets = Facets::lane(network, placed.line.lane);
        let paid = ratio(round_to(placed.landed, network.minor_digits)?);
        put(&facets, &Entry::Purchase(placed.line.bucket, paid))?;
        put(&facets, &Entry::Lines(placed.opportunity.terms.order_cost))?;
    }
    for (bucket, one) in model.committed_inside() {
        let facets = Facets::lane(network, one.line.lane);
        put(&facets, &Entry::Purchase(bucket, ratio(one.line.landed)))?;
        put(&facets, &Entry::Lines(ratio(one.line.order_cost)))?;
    }
    for Sent { transfer, passage, freight, .. } in
        ledger.transfers.iter().filter(|sent| sent.transfer.bucket < model.horizon)
    {
        put(&Facets::transfer(network, transfer.lane), &Entry::Lines(sum([*freight, passage.order_cost])?))?;
    }
    for (order, line) in network.open_orders.iter().zip(&model.open_lines) {
        if let Some(bucket) = line.receipt.filter(|&bucket| bucket < model.horizon) {
            let cost = mul(model.pools[order.pool.index()].standard_cost, whole(order.units))?;
            put(&Facets::pool(network, order.pool), &Entry::OnOrder(bucket, cost))?;
        }
    }
    Ok(())
}
