//! What figures are made of, summed by bucket of the horizon.

use std::collections::BTreeMap;

use num_traits::ToPrimitive;

use super::baseline::changed;
use super::demand::Asked;
use super::exact::{Exact, Overflow, Ratio, gather, less, more, plus, ratio, times, total, whole, zero};
use super::facts::Facts;
use super::forward::Forward;
use super::kept::{self, Family};
use super::ledger::Ledger;
use super::outlook::{Miss, missed};
use super::sales::{Late, late_cost};
use super::transfers::under_way_at_as_of;
use crate::network::{ChannelId, ItemId, LaneId, LocationId, OfferId, PoolId, SupplierId, TransferId};

/// What a fact is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub(super) item: ItemId,
    pub(super) channel: Option<ChannelId>,
    pub(super) location: Option<LocationId>,
    pub(super) supplier: Option<SupplierId>,
}

/// Sums over offers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sales {
    /// Units sold in the bucket that asks for them.
    pub(super) on_time: i64,
    /// Units sold, late ones among them.
    pub(super) sold: i64,
    pub(super) asked: i64,
    pub(super) revenue: Ratio,
    pub(super) on_time_value: Ratio,
    pub(super) asked_value: Ratio,
    pub(super) late_costs: Ratio,
    pub(super) fees: Ratio,
    pub(super) fulfilment: Ratio,
    pub(super) cost: Ratio,
}

impl Sales {
    pub(super) fn add(&mut self, other: &Self) -> Result<(), Overflow> {
        self.on_time = more(self.on_time, other.on_time)?;
        self.sold = more(self.sold, other.sold)?;
        self.asked = more(self.asked, other.asked)?;
        gather(&mut self.revenue, other.revenue)?;
        gather(&mut self.on_time_value, other.on_time_value)?;
        gather(&mut self.asked_value, other.asked_value)?;
        gather(&mut self.late_costs, other.late_costs)?;
        gather(&mut self.fees, other.fees)?;
        gather(&mut self.fulfilment, other.fulfilment)?;
        gather(&mut self.cost, other.cost)
    }

    /// Units of a bucket's demand that one of an offer's sources sells.
    fn sold(facts: &Facts<'_>, asked: &Asked, source: usize, wanted: usize, units: i64) -> Result<Self, Overflow> {
        let (from, sold) = (&asked.sources[source], whole(units));
        Ok(Self {
            sold: units,
            revenue: times(sold, asked.price[wanted])?,
            fees: times(sold, from.fee[wanted])?,
            fulfilment: times(sold, from.fulfilment[wanted])?,
            cost: times(sold, facts.standard(from.pool))?,
            ..Self::default()
        })
    }
}

/// The sums of a group of facts.
#[derive(Debug, Clone, Default)]
pub(super) struct Sums {
    /// By bucket, late sales where they are delivered.
    pub(super) sales: Vec<Sales>,
    /// Landed cost of lines in whole minor units, by receipt bucket.
    pub(super) purchases: Vec<Ratio>,
    /// Costs of lines and transfers.
    pub(super) other_costs: Ratio,
    /// The pools.
    pub(super) pools: Vec<PoolId>,
    /// Units at as-of, and all that suppliers bring.
    pub(super) available: i64,
    /// Value at as-of, those under way among it.
    pub(super) opening: Ratio,
    /// Closing stock, and what is under way, at standard cost, by bucket.
    pub(super) closing: Vec<Ratio>,
    /// Stock beyond its maximum cover at standard cost, by bucket; empty where no maximum is stated.
    pub(super) excess: Vec<Ratio>,
    /// What open orders bring at standard cost, by bucket.
    pub(super) on_order: Vec<Ratio>,
    /// Standard cost of the last plan's lines in buckets that both plans have.
    pub(super) before: Ratio,
    /// Standard cost of the units by which this plan's lines differ from those.
    pub(super) differing: Ratio,
    /// How far outlooks would have been off.
    pub(super) miss: Miss,
    /// What the last plan sells of each family in its buckets that are over, and what was sold.
    pub(super) kept: BTreeMap<Family, (Ratio, Ratio)>,
}

impl Sums {
    pub(super) fn none(buckets: usize) -> Self {
        Self {
            sales: vec![Sales::default(); buckets],
            purchases: vec![zero(); buckets],
            closing: vec![zero(); buckets],
            on_order: vec![zero(); buckets],
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, other: &Self) -> Result<(), Overflow> {
        for (sum, part) in self.sales.iter_mut().zip(&other.sales) {
            sum.add(part)?;
        }
        self.add_excess(&other.excess)?;
        for (sums, parts) in [
            (&mut self.purchases, &other.purchases),
            (&mut self.closing, &other.closing),
            (&mut self.on_order, &other.on_order),
        ] {
            for (sum, part) in sums.iter_mut().zip(parts) {
                gather(sum, *part)?;
            }
        }
        self.pools.extend(&other.pools);
        self.available = more(self.available, other.available)?;
        gather(&mut self.other_costs, other.other_costs)?;
        gather(&mut self.opening, other.opening)?;
        gather(&mut self.before, other.before)?;
        gather(&mut self.differing, other.differing)?;
        for (family, (planned, sold)) in &other.kept {
            kept::add(&mut self.kept, family, *planned, *sold)?;
        }
        self.add_miss(&other.miss)
    }

    fn add_miss(&mut self, miss: &Miss) -> Result<(), Overflow> {
        gather(&mut self.miss.absolute, miss.absolute)?;
        gather(&mut self.miss.signed, miss.signed)?;
        gather(&mut self.miss.actual, miss.actual)
    }

    fn add_excess(&mut self, excess: &[Ratio]) -> Result<(), Overflow> {
        if self.excess.is_empty() {
            self.excess = excess.to_vec();
            return Ok(());
        }
        self.excess.iter_mut().zip(excess).try_for_each(|(sum, part)| gather(sum, *part))
    }
}

/// How far the outlook of each offer would have been off, where that can be told.
pub(super) fn misses(facts: &Facts<'_>) -> Result<Vec<(OfferId, Miss)>, Overflow> {
    let mut all = Vec::new();
    for (index, offer) in facts.network.offers.iter().enumerate() {
        if let Some(miss) = missed(facts.network, offer)? {
            all.push((OfferId::from(index), miss));
        }
    }
    Ok(all)
}

/// Adds a fact to the sums of a group.
pub(super) type Add<'a> = &'a dyn Fn(&mut Sums) -> Result<(), Overflow>;

/// Takes facts, each with what it is about.
pub(super) type Into<'i> = dyn FnMut(About, Add<'_>) -> Result<(), Overflow> + 'i;

/// Adds every fact of a plan to the sums of the groups that it is about; `into` hands it to each of them.
pub(super) fn fill(
    ledger: &Ledger<'_>,
    forward: &mut Forward<'_>,
    misses: &[(OfferId, Miss)],
    into: &mut Into<'_>,
) -> Result<(), Overflow> {
    let facts = ledger.facts;
    for ((id, asked), own) in ledger.sold() {
        for bucket in 0..facts.horizon {
            let on_time = own.on_time(bucket)?;
            let sales = Sales {
                on_time,
                asked: asked.units[bucket],
                on_time_value: times(whole(on_time), asked.price[bucket])?,
                asked_value: times(whole(asked.units[bucket]), asked.price[bucket])?,
                ..Sales::default()
            };
            into(about_offer(facts, *id, None), &|sums| sums.sales[bucket].add(&sales))?;
        }
        for (source, planned) in own.planned.iter().enumerate() {
            let about = about_offer(facts, *id, Some(asked.sources[source].pool));
            for (bucket, &units) in planned[..facts.horizon].iter().enumerate().filter(|(_, units)| **units != 0) {
                let sales = Sales::sold(facts, asked, source, bucket, units)?;
                into(about, &|sums| sums.sales[bucket].add(&sales))?;
            }
        }
        for late in own.late.iter().filter(|late| late.delivered < facts.horizon) {
            let Late { source, wanted, units, delivered } = *late;
            let mut sales = Sales::sold(facts, asked, source, wanted, units)?;
            sales.late_costs = times(whole(units), late_cost(facts, *id, wanted, delivered)?)?;
            let about = about_offer(facts, *id, Some(asked.sources[source].pool));
            into(about, &|sums| sums.sales[delivered].add(&sales))?;
        }
    }
    for pool in (0..facts.pools.len()).map(PoolId::from) {
        let stock = of_pool(ledger, forward, pool)?;
        into(about_pool(facts, pool), &|sums| sums.add(&stock))?;
    }
    for (offer, miss) in misses {
        into(about_offer(facts, *offer, None), &|sums| sums.add_miss(miss))?;
    }
    kept::fill(facts.network, into)?;
    fill_lines(ledger, into)?;
    for ((bought, sent), before, after) in changed(ledger)? {
        let (about, pool) = match (bought, sent) {
            (Some(lane), _) => (about_lane(facts, lane), facts.network.lane(lane).pool),
            (None, Some(lane)) => (about_transfer(facts, lane), facts.network.transfer(lane).pool),
            (None, None) => continue,
        };
        let standard = facts.standard(pool);
        let was = times(whole(before), standard)?;
        let differing = times(whole(less(after, before)?.abs()), standard)?;
        into(about, &|sums| {
            gather(&mut sums.before, was)?;
            gather(&mut sums.differing, differing)
        })?;
    }
    Ok(())
}

fn fill_lines(ledger: &Ledger<'_>, into: &mut Into<'_>) -> Result<(), Overflow> {
    let facts = ledger.facts;
    let new = ledger.lines_inside().map(|line| (line.lane, line.bucket, ratio(line.landed_cost), line.cost.order_cost));
    let kept = facts.kept.iter().filter_map(|one| {
        Some((one.line.lane, one.inside(facts)?, ratio(one.line.landed), ratio(one.line.order_cost)))
    });
    for (lane, bucket, landed, order_cost) in new.chain(kept) {
        into(about_lane(facts, lane), &|sums| {
            gather(&mut sums.purchases[bucket], landed)?;
            gather(&mut sums.other_costs, order_cost)
        })?;
    }
    for sent in ledger.transfers_inside() {
        let cost = plus(sent.freight, sent.order_cost)?;
        into(about_transfer(facts, sent.lane), &|sums| gather(&mut sums.other_costs, cost))?;
    }
    for (order, standing) in facts.network.open_orders.iter().zip(&ledger.orders) {
        let Some(bucket) = standing.received().filter(|&bucket| bucket < facts.horizon) else { continue };
        let value = times(whole(order.units), facts.standard(order.pool))?;
        into(about_pool(facts, order.pool), &|sums| gather(&mut sums.on_order[bucket], value))?;
    }
    Ok(())
}

/// What the stock of a pool comes to.
fn of_pool(ledger: &Ledger<'_>, forward: &mut Forward<'_>, pool: PoolId) -> Result<Sums, Overflow> {
    let facts = ledger.facts;
    let (standard, rows) = (facts.standard(pool), &ledger.stock[pool.index()][..facts.horizon]);
    let at_as_of = more(facts.network.pool(pool).on_hand, under_way_at_as_of(facts, pool)?)?;
    let mut available = at_as_of;
    for row in rows {
        available = more(available, row.receipts)?;
    }
    let value = |units: i64| times(whole(units), standard);
    let mut excess = Vec::new();
    let cover = facts.network.covers.iter().find(|cover| cover.pools.contains(&pool));
    if let Some(weeks) = cover.and_then(|cover| cover.max_weeks) {
        let days = times(ratio(weeks), whole(7))?;
        for (bucket, row) in rows.iter().enumerate() {
            let most = forward.wanted(pool, bucket, days)?.floor().to_integer().to_i64().ok_or(Overflow)?;
            excess.push(value(less(row.closing, most)?.max(0))?);
        }
    }
    let closing: Vec<Exact> = rows.iter().map(|row| row.owned().and_then(value)).collect();
    Ok(Sums {
        pools: vec![pool],
        available,
        opening: value(at_as_of)?,
        closing: closing.into_iter().collect::<Result<_, _>>()?,
        excess,
        ..Sums::default()
    })
}

fn about_offer(facts: &Facts<'_>, offer: OfferId, from: Option<PoolId>) -> About {
    let offer = &facts.network.offers[offer.index()];
    let location = from.map(|pool| facts.network.pool(pool).location);
    About { item: offer.item, channel: Some(offer.channel), location, supplier: None }
}

fn about_pool(facts: &Facts<'_>, pool: PoolId) -> About {
    let pool = facts.network.pool(pool);
    About { item: pool.item, channel: None, location: Some(pool.location), supplier: None }
}

fn about_lane(facts: &Facts<'_>, lane: LaneId) -> About {
    let lane = facts.network.lane(lane);
    About { item: lane.item, channel: None, location: Some(lane.location), supplier: Some(lane.supplier) }
}

fn about_transfer(facts: &Facts<'_>, lane: TransferId) -> About {
    let lane = facts.network.transfer(lane);
    About { item: lane.item, channel: None, location: Some(lane.location), supplier: None }
}

/// The sum over buckets.
pub(super) fn over_all(values: &[Ratio]) -> Exact {
    total(values.iter().map(|&value| Ok(value)))
}
