//! What units cost: goods, freight, duty, and what an item is worth by standard.

use super::exact::{Exact, Overflow, Ratio, least, less, plus, ratio, times, whole, zero};
use super::value::level;
use crate::calendar::Bucket;
use crate::network::{Item, Lane, Network, Pool};

/// What a line costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineCost {
    /// Unit cost x units in plan currency, breaks applied.
    pub(super) goods: Ratio,
    /// Freight and duty.
    pub(super) extras: Ratio,
    /// Fixed cost of the line.
    pub(super) order_cost: Ratio,
}

impl LineCost {
    /// Goods, freight and duty.
    pub(super) fn landed(&self) -> Exact {
        plus(self.goods, self.extras)
    }
}

/// The cost of a line of `units` released in `bucket`.
pub(super) fn line(network: &Network, lane: &Lane, bucket: &Bucket, units: i64) -> Result<LineCost, Overflow> {
    let goods = times(foreign_goods(lane, bucket, units)?, exchange_rate(network, lane, bucket))?;
    let freight = times(freight_a_unit(network, lane, bucket)?, whole(units))?;
    let duty = times(level(&lane.duty_rate, bucket), goods)?;
    Ok(LineCost { goods, extras: plus(freight, duty)?, order_cost: level(&lane.order_cost, bucket) })
}

/// Goods in the supplier's currency.
fn foreign_goods(lane: &Lane, bucket: &Bucket, units: i64) -> Exact {
    let base = level(&lane.unit_cost, bucket);
    if lane.incremental { stepwise(lane, base, units) } else { times(all_units_cost(lane, base, units), whole(units)) }
}

/// The unit cost of all units: that of the last break reached.
fn all_units_cost(lane: &Lane, base: Ratio, units: i64) -> Ratio {
    let reached = lane.breaks.iter().filter(|step| step.from <= units).max_by_key(|step| step.from);
    reached.map_or(base, |step| ratio(step.unit_cost))
}

/// Each unit at the cost of the last break at or before its number.
fn stepwise(lane: &Lane, base: Ratio, units: i64) -> Exact {
    let mut steps: Vec<_> = lane.breaks.iter().map(|step| (step.from, ratio(step.unit_cost))).collect();
    steps.sort_by_key(|step| step.0);
    let (mut sum, mut number, mut cost) = (zero(), 1, base);
    for (from, next) in steps.into_iter().filter(|step| step.0 <= units) {
        sum = plus(sum, times(cost, whole(less(from, number)?))?)?;
        (number, cost) = (from, next);
    }
    plus(sum, times(cost, whole(less(units, number)?.max(-1) + 1))?)
}

fn exchange_rate(network: &Network, lane: &Lane, bucket: &Bucket) -> Ratio {
    level(&network.supplier(lane.supplier).exchange_rate, bucket)
}

fn freight_a_unit(network: &Network, lane: &Lane, bucket: &Bucket) -> Exact {
    let by_volume = times(level(&lane.freight_per_m3, bucket), ratio(network.item(lane.item).unit_volume))?;
    plus(level(&lane.freight, bucket), by_volume)
}

/// Landed cost of a unit at a unit cost in the supplier's currency.
fn landed_unit(network: &Network, lane: &Lane, bucket: &Bucket, unit_cost: Ratio) -> Exact {
    let goods = times(unit_cost, exchange_rate(network, lane, bucket))?;
    plus(plus(goods, times(goods, level(&lane.duty_rate, bucket))?)?, freight_a_unit(network, lane, bucket)?)
}

/// The lowest landed cost of a unit, before breaks, over the horizon.
fn lowest_before_breaks(network: &Network, lane: &Lane) -> Result<Option<Ratio>, Overflow> {
    let buckets = network.calendar.buckets.iter();
    least(buckets.map(|bucket| landed_unit(network, lane, bucket, level(&lane.unit_cost, bucket))))
}

/// The lowest landed cost of a unit, breaks included, over the horizon.
fn lowest_with_breaks(network: &Network, lane: &Lane) -> Result<Option<Ratio>, Overflow> {
    let breaks = || lane.breaks.iter().map(|step| ratio(step.unit_cost));
    let costs =
        |bucket| std::iter::once(level(&lane.unit_cost, bucket)).chain(breaks()).map(move |cost| (bucket, cost));
    least(
        network.calendar.buckets.iter().flat_map(costs).map(|(bucket, cost)| landed_unit(network, lane, bucket, cost)),
    )
}

/// The cheapest way, ordinary lanes only, to get one more unit into a pool; `None` without such lanes.
pub(super) fn cheapest(network: &Network, lanes: &[&Lane]) -> Result<Option<Ratio>, Overflow> {
    lowest_of(lanes.iter().filter(|lane| !lane.premium), |lane| lowest_with_breaks(network, lane))
}

/// What lanes alone say of a pool's standard cost: the ordinary ones, else the premium ones.
pub(super) fn standard_by_lanes(network: &Network, lanes: &[&Lane]) -> Result<Option<Ratio>, Overflow> {
    let by = |premium: bool| {
        lowest_of(lanes.iter().filter(move |lane| lane.premium == premium), |lane| lowest_before_breaks(network, lane))
    };
    Ok(by(false)?.or(by(true)?))
}

fn lowest_of<'l, 'n: 'l>(
    lanes: impl Iterator<Item = &'l &'n Lane>,
    cost: impl Fn(&'n Lane) -> Result<Option<Ratio>, Overflow>,
) -> Result<Option<Ratio>, Overflow> {
    let costs = lanes.map(|lane| cost(lane)).collect::<Result<Vec<_>, _>>()?;
    Ok(costs.into_iter().flatten().min())
}

/// Standard cost of every pool: stated, else by its lanes, else the lowest of the item elsewhere.
pub(super) fn standards(network: &Network, by_lanes: &[Option<Ratio>]) -> Vec<Ratio> {
    let here = |(pool, by_lanes): (&Pool, &Option<Ratio>)| {
        let item: &Item = network.item(pool.item);
        item.cost.map(ratio).or(*by_lanes)
    };
    let own: Vec<Option<Ratio>> = network.pools.iter().zip(by_lanes).map(here).collect();
    let mut elsewhere: Vec<Option<Ratio>> = vec![None; network.items.len()];
    for (pool, cost) in network.pools.iter().zip(&own) {
        let lowest = &mut elsewhere[pool.item.index()];
        *lowest = [*lowest, *cost].into_iter().flatten().min();
    }
    let settled = |(pool, cost): (&Pool, &Option<Ratio>)| cost.or(elsewhere[pool.item.index()]).unwrap_or_else(zero);
    network.pools.iter().zip(&own).map(settled).collect()
}
