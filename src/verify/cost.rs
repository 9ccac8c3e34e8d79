//! What units cost: goods, freight, duty.

use super::exact::{Exact, Overflow, Ratio, least, less, plus, ratio, times, whole, zero};
use super::value::level;
use crate::calendar::Bucket;
use crate::network::{Lane, Network, TransferLane};

/// What a line costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineCost {
    /// Unit cost x units in the supplier's currency, breaks applied.
    pub(super) foreign_goods: Ratio,
    /// The same in plan currency.
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
    let foreign_goods = foreign_goods(lane, bucket, units)?;
    let goods = times(foreign_goods, exchange_rate(network, lane, bucket))?;
    let freight = times(freight_a_unit(network, lane, bucket)?, whole(units))?;
    let duty = times(level(&lane.duty_rate, bucket), goods)?;
    let order_cost = level(&lane.order_cost, bucket);
    Ok(LineCost { foreign_goods, goods, extras: plus(freight, duty)?, order_cost })
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

/// Freight of a unit that is transferred.
pub(super) fn transfer_freight(network: &Network, lane: &TransferLane, bucket: &Bucket) -> Exact {
    let by_volume = times(level(&lane.freight_per_m3, bucket), ratio(network.item(lane.item).unit_volume))?;
    plus(level(&lane.freight, bucket), by_volume)
}

/// The lowest freight of a unit over the horizon.
pub(super) fn lowest_freight(network: &Network, lane: &TransferLane) -> Exact {
    let buckets = network.calendar.buckets.iter();
    Ok(least(buckets.map(|bucket| transfer_freight(network, lane, bucket)))?.unwrap_or_else(zero))
}

/// Landed cost of a unit at a unit cost in the supplier's currency.
fn landed_unit(network: &Network, lane: &Lane, bucket: &Bucket, unit_cost: Ratio) -> Exact {
    let goods = times(unit_cost, exchange_rate(network, lane, bucket))?;
    plus(plus(goods, times(goods, level(&lane.duty_rate, bucket))?)?, freight_a_unit(network, lane, bucket)?)
}

/// The lowest landed cost of a unit, before breaks, over the horizon.
pub(super) fn lowest_before_breaks(network: &Network, lane: &Lane) -> Result<Option<Ratio>, Overflow> {
    let buckets = network.calendar.buckets.iter();
    least(buckets.map(|bucket| landed_unit(network, lane, bucket, level(&lane.unit_cost, bucket))))
}

/// The lowest landed cost of a unit, breaks included, over the horizon.
pub(super) fn lowest_with_breaks(network: &Network, lane: &Lane) -> Result<Option<Ratio>, Overflow> {
    let breaks = || lane.breaks.iter().map(|step| ratio(step.unit_cost));
    let costs =
        |bucket| std::iter::once(level(&lane.unit_cost, bucket)).chain(breaks()).map(move |cost| (bucket, cost));
    least(
        network.calendar.buckets.iter().flat_map(costs).map(|(bucket, cost)| landed_unit(network, lane, bucket, cost)),
    )
}
