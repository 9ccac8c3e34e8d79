//! How much of each limit is used in each bucket of the horizon.

use std::collections::BTreeSet;

use super::exact::{Overflow, Ratio, gather, more, plus, ratio, times, whole};
use super::ledger::{Ledger, Stock};
use super::rules::Limited;
use super::value::{Stretch, flow, level};
use crate::network::{LocationId, Origin, PoolId, Relax, SupplierId};
use crate::series::Series;

/// Use of a limit in a bucket.
#[derive(Debug)]
pub(super) struct Use<'f> {
    /// What kind of limit, as the plan file names it.
    pub(super) kind: &'static str,
    /// Which one.
    pub(super) of: &'f str,
    /// When.
    pub(super) bucket: usize,
    /// How much of it is used.
    pub(super) used: Ratio,
    /// How much there is.
    pub(super) limit: Ratio,
    /// Where it is stated.
    pub(super) origin: &'f Origin,
    /// True where facts alone may pass it.
    pub(super) may_be_given: bool,
    /// The rules that speak of it; none do of supplier capacity.
    pub(super) rules: Option<(Relax, Limited<'f>)>,
}

/// A limit and its use by bucket.
struct Limit<'f> {
    kind: &'static str,
    of: &'f str,
    series: &'f Series,
    origin: &'f Origin,
    is_flow: bool,
    may_be_given: bool,
    rules: Option<(Relax, Limited<'f>)>,
    used: Vec<Ratio>,
}

/// Every limit in every bucket, by kind, name, bucket.
pub(super) fn uses<'f>(ledger: &Ledger<'f>) -> Result<Vec<Use<'f>>, Overflow> {
    let mut limits = budgets(ledger)?;
    limits.extend(inventory_values(ledger)?);
    limits.extend(storage(ledger)?);
    limits.extend(inbound(ledger)?);
    limits.extend(outbound(ledger)?);
    limits.extend(supplier_capacities(ledger)?);
    limits.sort_by_key(|limit| (limit.kind, limit.of));
    let mut uses = Vec::new();
    for limit in limits {
        for (bucket, &used) in limit.used.iter().enumerate() {
            let Limit { kind, of, origin, may_be_given, rules, .. } = limit;
            let limit = value(ledger, &limit, bucket)?;
            uses.push(Use { kind, of, bucket, used, limit, origin, may_be_given, rules });
        }
    }
    Ok(uses)
}

/// How much there is of a limit in a bucket.
fn value(ledger: &Ledger<'_>, limit: &Limit<'_>, index: usize) -> Result<Ratio, Overflow> {
    let facts = ledger.facts;
    let bucket = &facts.buckets[index];
    let stated = if limit.is_flow {
        flow(limit.series, Stretch { bucket, first: index == 0, whole: facts.network.first_bucket_whole })?
    } else {
        level(limit.series, bucket)
    };
    let extras = facts.network.extras.iter();
    let own = extras.filter(|extra| extra.kind == limit.kind && extra.of == limit.of && extra.bucket == index);
    own.map(|extra| ratio(extra.amount)).try_fold(stated, plus)
}

/// Landed cost of new lines and of those that stay, standard cost of open orders, by receipt bucket.
fn budgets<'f>(ledger: &Ledger<'f>) -> Result<Vec<Limit<'f>>, Overflow> {
    let facts = ledger.facts;
    let mut limits = Vec::new();
    for budget in &facts.network.budgets {
        let covered: BTreeSet<_> = budget.lanes.iter().collect();
        let mut used = facts.by_bucket();
        for line in ledger.lines_inside().filter(|line| covered.contains(&line.lane)) {
            gather(&mut used[line.bucket], line.landed)?;
        }
        for one in facts.kept.iter().filter(|one| covered.contains(&one.line.lane)) {
            if let Some(bucket) = one.inside(facts) {
                gather(&mut used[bucket], ratio(one.line.landed))?;
            }
        }
        for &index in &budget.open_orders {
            let (Some(order), Some(standing)) = (facts.network.open_orders.get(index), ledger.orders.get(index)) else {
                continue;
            };
            if let Some(bucket) = standing.received().filter(|&bucket| bucket < facts.horizon) {
                gather(&mut used[bucket], times(facts.standard(order.pool), whole(order.units))?)?;
            }
        }
        let (of, series, origin) = (&*budget.name, &budget.purchases, &budget.origin);
        let rules = Some((Relax::Budget, Limited::Stated(&budget.scope)));
        limits.push(Limit { kind: "budget", of, series, origin, is_flow: true, may_be_given: true, rules, used });
    }
    Ok(limits)
}

/// Closing stock and what is under way from there, at standard cost.
fn inventory_values<'f>(ledger: &Ledger<'f>) -> Result<Vec<Limit<'f>>, Overflow> {
    let facts = ledger.facts;
    let mut limits = Vec::new();
    for limit in &facts.network.value_limits {
        let mut used = facts.by_bucket();
        for &pool in &limit.pools {
            for (bucket, used) in used.iter_mut().enumerate() {
                gather(used, times(whole(ledger.stock(pool, bucket).owned()?), facts.standard(pool))?)?;
            }
        }
        let (of, series, origin) = (&*limit.name, &limit.inventory_value, &limit.origin);
        let (kind, rules) = ("inventory-value", Some((Relax::InventoryValue, Limited::Stated(&limit.scope))));
        limits.push(Limit { kind, of, series, origin, is_flow: false, may_be_given: true, rules, used });
    }
    Ok(limits)
}

/// Volume of opening stock and receipts, or of closing stock.
fn storage<'f>(ledger: &Ledger<'f>) -> Result<Vec<Limit<'f>>, Overflow> {
    let network = ledger.facts.network;
    let mut limits = Vec::new();
    for (index, location) in network.locations.iter().enumerate() {
        let Some(capacity) = &location.storage_capacity else { continue };
        let used = by_location(ledger, LocationId::from(index), |pool, stock| {
            let units = if location.storage_closing { stock.closing } else { stock.arrived()? };
            times(whole(units), ratio(network.item(network.pool(pool).item).unit_volume))
        })?;
        let (of, series, origin) = (&*location.id, &capacity.value, &capacity.origin);
        let (kind, rules) = ("storage-capacity", at(Relax::StorageCapacity, index));
        limits.push(Limit { kind, of, series, origin, is_flow: false, may_be_given: true, rules, used });
    }
    Ok(limits)
}

/// Units received, from wherever.
fn inbound<'f>(ledger: &Ledger<'f>) -> Result<Vec<Limit<'f>>, Overflow> {
    let mut limits = Vec::new();
    for (index, location) in ledger.facts.network.locations.iter().enumerate() {
        let Some(capacity) = &location.inbound_capacity else { continue };
        let used = by_location(ledger, LocationId::from(index), |_, stock| stock.received().map(whole))?;
        let (of, series, origin) = (&*location.id, &capacity.value, &capacity.origin);
        let (kind, rules) = ("inbound-capacity", at(Relax::InboundCapacity, index));
        limits.push(Limit { kind, of, series, origin, is_flow: true, may_be_given: true, rules, used });
    }
    Ok(limits)
}

/// Units sold and sent; never given, since sales can always be refused.
fn outbound<'f>(ledger: &Ledger<'f>) -> Result<Vec<Limit<'f>>, Overflow> {
    let mut limits = Vec::new();
    for (index, location) in ledger.facts.network.locations.iter().enumerate() {
        let Some(capacity) = &location.outbound_capacity else { continue };
        let used =
            by_location(ledger, LocationId::from(index), |_, stock| more(stock.sales, stock.transfers_out).map(whole))?;
        let (of, series, origin) = (&*location.id, &capacity.value, &capacity.origin);
        let (kind, rules) = ("outbound-capacity", at(Relax::OutboundCapacity, index));
        limits.push(Limit { kind, of, series, origin, is_flow: true, may_be_given: false, rules, used });
    }
    Ok(limits)
}

/// Capacity units of new lines and of those that stay, by the bucket they are released in; open orders take none.
fn supplier_capacities<'f>(ledger: &Ledger<'f>) -> Result<Vec<Limit<'f>>, Overflow> {
    let facts = ledger.facts;
    let mut limits = Vec::new();
    for (index, supplier) in facts.network.suppliers.iter().enumerate() {
        let Some(capacity) = &supplier.capacity else { continue };
        let mut used = facts.by_bucket();
        // What is released inside the horizon takes capacity, also where it serves the tail.
        for line in ledger.lines.iter().filter(|line| line.release_bucket < facts.horizon) {
            let lane = facts.network.lane(line.lane);
            if lane.supplier == SupplierId::from(index) {
                let by_units = times(ratio(lane.capacity_use), whole(line.units))?;
                gather(&mut used[line.release_bucket], plus(by_units, ratio(lane.capacity_setup))?)?;
            }
        }
        for one in facts.kept.iter().filter(|one| one.supplier(facts.network).index() == index) {
            if let Some(bucket) = one.release_bucket.filter(|&bucket| bucket < facts.horizon) {
                let lane = facts.network.lane(one.line.lane);
                let by_units = times(ratio(lane.capacity_use), whole(one.line.units))?;
                gather(&mut used[bucket], plus(by_units, ratio(lane.capacity_setup))?)?;
            }
        }
        let (of, series, origin) = (&*supplier.id, &capacity.value, &capacity.origin);
        let (kind, rules) = ("supplier-capacity", None);
        limits.push(Limit { kind, of, series, origin, is_flow: true, may_be_given: true, rules, used });
    }
    Ok(limits)
}

/// Rules about a location.
fn at<'f>(relax: Relax, location: usize) -> Option<(Relax, Limited<'f>)> {
    Some((relax, Limited::Location(LocationId::from(location))))
}

/// Sums something over the pools of a location, by bucket.
fn by_location(
    ledger: &Ledger<'_>,
    location: LocationId,
    of: impl Fn(PoolId, Stock) -> Result<Ratio, Overflow>,
) -> Result<Vec<Ratio>, Overflow> {
    let mut used = ledger.facts.by_bucket();
    for (index, pool) in ledger.facts.network.pools.iter().enumerate() {
        if pool.location == location {
            for (bucket, used) in used.iter_mut().enumerate() {
                gather(used, of(PoolId::from(index), ledger.stock(PoolId::from(index), bucket))?)?;
            }
        }
    }
    Ok(used)
}
