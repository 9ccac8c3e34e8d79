//! Floors that sales stay below: which of them sink, and where demand is lowered.

use std::collections::BTreeMap;

use super::{Breach, Part, floor_origin, offer_name};
use crate::model::promise::{Letting, Promise};
use crate::model::relief::lowering;
use crate::model::{GroupFloor, Model};
use crate::network::{Relax, UpTo};
use crate::solve::Outcome;
use crate::units::{Overflow, Ratio, mul, ratio, whole};

/// Units by which rules lower demand, by offer, bucket and rule.
pub type Lowered = BTreeMap<(usize, usize, usize), i64>;

/// What floors let go of.
#[derive(Debug, Default)]
pub(super) struct LetGo {
    pub(super) lowered: Lowered,
    /// Breaches of floors, then demand that is lowered for them.
    pub(super) breaches: Vec<Breach>,
}

impl LetGo {
    /// What an outcome lets go of.
    pub(super) fn new(model: &Model<'_>, outcome: &Outcome) -> Result<Self, Overflow> {
        let mut let_go = Self::default();
        offers(model, outcome, &mut let_go)?;
        groups(model, outcome, &mut let_go)?;
        let lowered = lowerings(model, &let_go.lowered)?;
        let_go.breaches.extend(lowered);
        Ok(let_go)
    }
}

/// Units that need not be sold, at a price.
fn unsold(rule: usize, units: i64, price: Ratio) -> Result<Part, Overflow> {
    let used = mul(price, whole(units))?;
    Ok(Part { rule, amount: whole(units), used, cost: Some(used) })
}

/// Demand that is lowered; units.
fn lowerings(model: &Model<'_>, lowered: &Lowered) -> Result<Vec<Breach>, Overflow> {
    let breach = |(&(offer, bucket, rule), &units): (&(usize, usize, usize), &i64)| {
        let parts = vec![unsold(rule, units, ratio(model.offers[offer].price[bucket]))?];
        let (of, origin) = (offer_name(model, offer), floor_origin(model, offer, bucket));
        Ok(Breach { kind: Relax::SalesPlan.name(), of, bucket, parts, left: whole(0), origin })
    };
    lowered.iter().filter(|(_, units)| **units > 0).map(breach).collect()
}

/// Units that are asked for in a bucket and never delivered: what is delivered late is no demand that could be lowered.
fn unserved(model: &Model<'_>, outcome: &Outcome, offer: usize, bucket: usize) -> i64 {
    let facts = &model.offers[offer];
    let late = outcome.late.iter().filter(|late| late.wanted == bucket && facts.ways.contains(&late.way));
    (facts.demand[bucket] - outcome.on_time(model, offer, bucket) - late.map(|late| late.units).sum::<i64>()).max(0)
}

/// Floors of single offers that sales stay below; units.
fn offers(model: &Model<'_>, outcome: &Outcome, let_go: &mut LetGo) -> Result<(), Overflow> {
    for (index, offer) in model.offers.iter().enumerate() {
        for (bucket, &least) in offer.floors.held.iter().enumerate() {
            let sold = if least > 0 { outcome.on_time(model, index, bucket) } else { 0 };
            if sold >= least {
                continue;
            }
            let mut promise = Promise::of(model, index, bucket)?;
            let mut unserved = unserved(model, outcome, index, bucket);
            for (_, letting) in promise.iter_mut().flat_map(|promise| &mut promise.rules) {
                if let Letting::Lower(most) = letting {
                    *most = (*most).min(unserved);
                    unserved -= *most;
                }
            }
            let given = promise.as_ref().map(|promise| promise.split(sold)).transpose()?.flatten();
            let (mut parts, mut left) = (Vec::new(), 0);
            match (promise, given) {
                (Some(promise), Some(given)) => {
                    for (&(rule, letting), units) in promise.rules.iter().zip(given).filter(|(_, units)| *units > 0) {
                        if let Letting::Lower(_) = letting {
                            let_go.lowered.insert((index, bucket, rule), units);
                        } else {
                            parts.push(unsold(rule, units, ratio(offer.price[bucket]))?);
                        }
                    }
                }
                (Some(promise), None) => {
                    // More is missing than rules let go of: they are at their limits, and no demand is lowered.
                    for (rule, units) in promise.sinks()? {
                        parts.push(unsold(rule, units, ratio(offer.price[bucket]))?);
                    }
                    left = promise.least()? - sold;
                }
                (None, _) => left = least - sold,
            }
            let (of, origin) = (offer_name(model, index), floor_origin(model, index, bucket));
            let_go.breaches.push(Breach { kind: "fill-rate", of, bucket, parts, left: whole(left), origin });
        }
    }
    Ok(())
}

/// Floors of groups; units.
fn groups(model: &Model<'_>, outcome: &Outcome, let_go: &mut LetGo) -> Result<(), Overflow> {
    for (index, group) in model.group_floors.iter().enumerate() {
        let service = &model.network.services[group.service];
        for (bucket, &least) in group.held.iter().enumerate() {
            let sold: i64 = group.members_in(bucket, true).map(|offer| outcome.on_time(model, offer, bucket)).sum();
            if sold < least {
                let (parts, left) = group_parts(model, index, bucket, outcome, &mut let_go.lowered)?;
                let (of, origin) = (service.name.clone(), service.origin.clone());
                let_go.breaches.push(Breach { kind: "fill-rate", of, bucket, parts, left: whole(left), origin });
            }
        }
    }
    Ok(())
}

/// Offers of a group whose demand a rule may lower in a bucket, the cheapest first, each with its units at most.
///
/// # Errors
/// Where numbers do not fit.
pub fn lowered_in(
    model: &Model<'_>,
    group: &GroupFloor,
    rule: usize,
    bucket: usize,
) -> Result<Vec<(usize, i64)>, Overflow> {
    let mut offers = Vec::new();
    for offer in group.members_in(bucket, true).filter(|offer| model.relief.offers[*offer].contains(&rule)) {
        let all = lowering(model, offer, bucket)?;
        offers.extend(all.into_iter().filter(|(own, _)| *own == rule).map(|(_, units)| (offer, units)));
    }
    offers.sort_by_key(|(offer, _)| (model.offers[*offer].price[bucket], *offer));
    Ok(offers)
}

/// Rules that let go of a group's floor, in their order: those that let it sink, and those that lower demand of some of its members.
#[must_use]
pub fn group_rules(model: &Model<'_>, index: usize) -> Vec<usize> {
    let group = &model.group_floors[index];
    let lowers = |rule: &usize| model.network.rules[*rule].relax == Relax::SalesPlan;
    let mut rules: Vec<usize> =
        group.members.iter().flat_map(|(offer, _)| &model.relief.offers[*offer]).copied().filter(lowers).collect();
    rules.extend(&model.relief.groups[index]);
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// What rules give of a group's floor; demand that is lowered for it is entered, the cheapest first.
fn group_parts(
    model: &Model<'_>,
    index: usize,
    bucket: usize,
    outcome: &Outcome,
    lowered: &mut Lowered,
) -> Result<(Vec<Part>, i64), Overflow> {
    let group = &model.group_floors[index];
    let known = |lowered: &Lowered, offer: usize| -> i64 {
        lowered.range((offer, bucket, 0)..=(offer, bucket, usize::MAX)).map(|(_, units)| units).sum()
    };
    let (mut demand, mut sold) = (0, 0);
    for offer in group.members_in(bucket, true) {
        demand += model.offers[offer].demand[bucket] - known(lowered, offer);
        sold += outcome.on_time(model, offer, bucket);
    }
    let (mut rules, mut room) = (Vec::new(), Vec::new());
    // What rules before may lower already.
    let mut before: BTreeMap<usize, i64> = BTreeMap::new();
    for rule in group_rules(model, index) {
        if let UpTo::Floor(rate) = model.network.rules[rule].up_to {
            rules.push((rule, Letting::Sink(ratio(rate))));
            room.push(Vec::new());
            continue;
        }
        let unsold = |(offer, most): (usize, i64)| {
            let own = lowered.get(&(offer, bucket, rule)).copied().unwrap_or(0);
            let taken = before.entry(offer).or_insert_with(|| known(lowered, offer));
            let left = unserved(model, outcome, offer, bucket) - *taken;
            let room = (most - own).min(left).max(0);
            *taken += room;
            (offer, room)
        };
        let offers: Vec<_> = lowered_in(model, group, rule, bucket)?.into_iter().map(unsold).collect();
        rules.push((rule, Letting::Lower(offers.iter().map(|(_, most)| most).sum())));
        room.push(offers);
    }
    let promise = Promise { demand, rate: group.rate[bucket], rules };
    let sunk = |(rule, units)| unsold(rule, units, group.price[bucket]);
    let Some(given) = promise.split(sold)? else {
        return Ok((promise.sinks()?.into_iter().map(sunk).collect::<Result<_, _>>()?, promise.least()? - sold));
    };
    let mut parts = Vec::new();
    for ((&(rule, letting), units), room) in
        promise.rules.iter().zip(given).zip(room).filter(|((_, units), _)| *units > 0)
    {
        if let Letting::Sink(_) = letting {
            parts.push(sunk((rule, units))?);
        }
        let mut left = units;
        for (offer, most) in room {
            *lowered.entry((offer, bucket, rule)).or_insert(0) += left.min(most);
            left -= left.min(most);
        }
    }
    Ok((parts, 0))
}
