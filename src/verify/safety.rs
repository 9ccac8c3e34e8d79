//! Safety stock by bucket, in whole units.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::ToPrimitive;
use rust_decimal::Decimal;

use super::days;
use super::exact::{Overflow, big, ratio, times, units_up, whole};
use super::facts::Facts;
use super::forward::Forward;
use super::normal::{quantile, root};
use super::value::level;
use crate::network::{Cover, ItemId, LocationId, Network, PoolId, SafetyStock};
use crate::series::Series;

/// What is taken off a safety stock before it is rounded up, so that the last digits of a root tell nothing: 10^-9.
const SLACK: i64 = 1_000_000_000;

/// Where an item's channels want it first: (item, location).
pub(super) type NamedFirst = BTreeSet<(ItemId, LocationId)>;

/// Items and the locations that a channel selling them names first.
pub(super) fn named_first(network: &Network) -> NamedFirst {
    let named = |offer: &crate::network::Offer| {
        let first = network.channel(offer.channel).ship_from.first();
        first.map(|&location| (offer.item, location))
    };
    network.offers.iter().filter_map(named).collect()
}

/// Safety stock of a pool in every planned bucket, as its cover states it; empty where it states none.
pub(super) fn safety_stock(
    facts: &Facts<'_>,
    forward: &mut Forward<'_>,
    named: &NamedFirst,
    cover: &Cover,
    pool: PoolId,
) -> Result<Vec<i64>, Overflow> {
    match &cover.safety_stock {
        None => Ok(Vec::new()),
        Some(SafetyStock::Weeks(weeks)) => by_weeks(facts, forward, weeks, pool),
        Some(SafetyStock::Units(units)) => by_units(facts, named, cover, units, pool),
        Some(SafetyStock::ServiceLevel { level, demand_sd, lead_sd_days }) => {
            let spread = Spread { demand_sd: *demand_sd, lead_sd_days: *lead_sd_days };
            by_service_level(facts, forward, pool, *level, spread)
        }
    }
}

/// Forward demand over so many weeks.
fn by_weeks(facts: &Facts<'_>, forward: &mut Forward<'_>, weeks: &Series, pool: PoolId) -> Result<Vec<i64>, Overflow> {
    let held = |(index, bucket)| units_up(forward.wanted(pool, index, times(level(weeks, bucket), whole(7))?)?);
    facts.buckets.iter().enumerate().map(held).collect()
}

/// Units, which lie where customers are served from and not in every location on the way, unless the entry says where.
fn by_units(
    facts: &Facts<'_>,
    named: &NamedFirst,
    cover: &Cover,
    units: &Series,
    pool: PoolId,
) -> Result<Vec<i64>, Overflow> {
    let place = facts.network.pool(pool);
    let says_where = cover.scope.keys.iter().any(|(key, _)| key == "location");
    if !says_where && !named.contains(&(place.item, place.location)) {
        return Ok(vec![0; facts.buckets.len()]);
    }
    facts.buckets.iter().map(|bucket| units_up(level(units, bucket))).collect()
}

/// How far demand and lead time spread.
#[derive(Debug, Clone, Copy)]
struct Spread {
    /// Standard deviation of a bucket's demand.
    demand_sd: Decimal,
    /// Standard deviation of the lead time, in days.
    lead_sd_days: Decimal,
}

/// z x sqrt(L sd^2 + D^2 s^2): L the longest lead and s its spread, both in buckets, D the demand of a bucket of it.
fn by_service_level(
    facts: &Facts<'_>,
    forward: &mut Forward<'_>,
    pool: PoolId,
    level: Decimal,
    spread: Spread,
) -> Result<Vec<i64>, Overflow> {
    let lead_days = facts.pools[pool.index()].longest_lead;
    if lead_days <= 0 {
        return Ok(vec![0; facts.buckets.len()]);
    }
    let z = quantile(ratio(level))?;
    let square = |number: &BigRational| number * number;
    let (demand_sd, lead_sd_days) = (big(ratio(spread.demand_sd)), big(ratio(spread.lead_sd_days)));
    let mut held = Vec::with_capacity(facts.buckets.len());
    for (index, bucket) in facts.buckets.iter().enumerate() {
        let length = BigInt::from(days::length(bucket));
        let lead = BigRational::new(lead_days.into(), length.clone());
        let demand = big(forward.wanted(pool, index, whole(lead_days))?) / &lead;
        let variance = &lead * square(&demand_sd) + square(&demand) * square(&(&lead_sd_days / length));
        let slack = BigRational::new(1.into(), SLACK.into());
        let units = (&z * root(&variance)? - slack).ceil().to_integer().to_i64().ok_or(Overflow)?;
        held.push(units.max(0));
    }
    Ok(held)
}
