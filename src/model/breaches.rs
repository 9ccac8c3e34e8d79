//! Commitments that a plan breaks, exactly: by how much, which rules let go of it, and what is left over.
//!
//! What is given is no breach. A plan that is allowed breaks nothing that is left over once all rules have given what they can.

use std::collections::BTreeMap;

use num_traits::Zero;

use super::ledger::{Ledger, StockFlow};
use super::moves::{self, Movable, Moves, OrderMove};
use super::relief::{Letting, Promise, amount, share_out, units};
use super::{GroupFloor, Model};
use crate::network::{Origin as Place, PoolId, Relax, UpTo};
use crate::solve::Outcome;
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// What a rule gives of a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which rule, by its place in the list.
    pub rule: usize,
    /// In the terms of the commitment: money, m3 or units.
    pub amount: Ratio,
    /// In the terms that uses of the rule are measured in.
    pub used: Ratio,
}

/// A commitment that is broken.
#[derive(Debug, Clone)]
pub struct Breach {
    /// Its kind, as a rule's `relax` names it.
    pub kind: &'static str,
    /// Which one.
    pub of: String,
    /// When.
    pub bucket: usize,
    /// What rules give, in the order in which they do.
    pub parts: Vec<Part>,
    /// What none gives, in the terms of the commitment.
    pub left: Ratio,
    /// Where it is stated.
    pub origin: Place,
}

/// All breaches of an outcome, by kind, then commitment and bucket.
///
/// # Errors
/// Where numbers do not fit together.
pub fn all(model: &Model<'_>, outcome: &Outcome, ledger: &Ledger<'_>) -> Result<Vec<Breach>, Overflow> {
    let mut found = limits(model, ledger)?;
    found.extend(cash(model, ledger)?);
    let LetGo { lowered, floors } = let_go(model, outcome)?;
    found.extend(floors);
    found.extend(lowerings(model, &lowered)?);
    found.extend(covers(model, ledger)?);
    found.extend(premium(model, ledger)?);
    found.extend(moved(model));
    Ok(found)
}

/// Use of each level by breaches, in the order in which levels are settled.
///
/// # Errors
/// Where a sum does not fit.
pub fn by_level(model: &Model<'_>, breaches: &[Breach]) -> Result<Vec<Ratio>, Overflow> {
    let mut sums = vec![Ratio::zero(); model.relief.levels.len()];
    for part in breaches.iter().flat_map(|breach| &breach.parts) {
        if let Some(level) = model.relief.level(part.rule) {
            sums[level - 1] = add(sums[level - 1], part.used)?;
        }
    }
    Ok(sums)
}

/// Rules with how far each lets an amount be passed of which there is `stated`.
fn eases(model: &Model<'_>, rules: &[usize], stated: Ratio) -> Result<Vec<(usize, Ratio)>, Overflow> {
    rules.iter().map(|&rule| Ok((rule, amount(&model.network.rules[rule], stated)?))).collect()
}

/// Parts of an amount that is passed, each used as `measure` has it.
fn parts(
    over: Ratio,
    eases: &[(usize, Ratio)],
    measure: impl Fn(usize, Ratio) -> Result<Ratio, Overflow>,
) -> Result<(Vec<Part>, Ratio), Overflow> {
    let (shares, left) = share_out(over, eases)?;
    let part = |(rule, amount): (usize, Ratio)| Ok(Part { rule, amount, used: measure(rule, amount)? });
    Ok((shares.into_iter().map(part).collect::<Result<_, _>>()?, left))
}

/// Overflow counts by its cost where it has one.
fn overflow(model: &Model<'_>, rule: usize, over: Ratio) -> Result<Ratio, Overflow> {
    model.network.rules[rule].cost.map_or(Ok(over), |cost| mul(ratio(cost), over))
}

fn limits(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<Breach>, Overflow> {
    let mut found = Vec::new();
    for (index, (limit, used)) in model.limits.iter().zip(&ledger.used).enumerate() {
        for (bucket, used) in used.iter().enumerate() {
            let over = add(*used, -add(limit.available[bucket], model.given.limit(index, bucket))?)?;
            if over <= Ratio::zero() {
                continue;
            }
            let eases = eases(model, &model.relief.limits[index], limit.available[bucket])?;
            let (parts, left) = parts(over, &eases, |rule, over| overflow(model, rule, over))?;
            let (kind, of, origin) = (limit.kind.name(), limit.of.clone(), limit.origin.clone());
            found.push(Breach { kind, of, bucket, parts, left, origin });
        }
    }
    Ok(found)
}

/// What overflow of capacities costs, by the rules that allow it.
///
/// # Errors
/// Where it does not fit.
pub fn overflow_cost(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Ratio, Overflow> {
    if model.network.rules.iter().all(|rule| rule.cost.is_none()) {
        return Ok(Ratio::zero());
    }
    let mut sum = Ratio::zero();
    for part in limits(model, ledger)?.iter().flat_map(|breach| &breach.parts) {
        if model.network.rules[part.rule].cost.is_some() {
            sum = add(sum, part.used)?;
        }
    }
    Ok(sum)
}

fn cash(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<Breach>, Overflow> {
    let (Some(cash), Some(stated)) = (&model.cash, &model.network.cash) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for bucket in 0..model.horizon {
        let over = add(ledger.cash_missing(cash, bucket)?, -model.given.cash[bucket])?;
        if over > Ratio::zero() {
            let eases = eases(model, &model.relief.cash, cash.minimum[bucket])?;
            let (parts, left) = parts(over, &eases, |_, over| Ok(over))?;
            let (kind, of, origin) = ("cash-minimum", "cash".to_owned(), stated.origin.clone());
            found.push(Breach { kind, of, bucket, parts, left, origin });
        }
    }
    Ok(found)
}

/// Units by which rules lower demand, by offer, bucket and rule.
pub type Lowered = BTreeMap<(usize, usize, usize), i64>;

/// What floors let go of: by which rules, of single offers and of groups.
struct LetGo {
    lowered: Lowered,
    /// Breaches of floors; lowered demand aside.
    floors: Vec<Breach>,
}

/// Units by which rules lower demand.
///
/// # Errors
/// Where numbers do not fit.
pub fn lowered(model: &Model<'_>, outcome: &Outcome) -> Result<Lowered, Overflow> {
    if model.network.rules.iter().all(|rule| rule.relax != Relax::SalesPlan) {
        return Ok(Lowered::new());
    }
    Ok(let_go(model, outcome)?.lowered)
}

fn let_go(model: &Model<'_>, outcome: &Outcome) -> Result<LetGo, Overflow> {
    let mut let_go = LetGo { lowered: Lowered::new(), floors: Vec::new() };
    floors(model, outcome, &mut let_go)?;
    groups(model, outcome, &mut let_go)?;
    Ok(let_go)
}

/// Demand that is lowered; units.
fn lowerings(model: &Model<'_>, lowered: &Lowered) -> Result<Vec<Breach>, Overflow> {
    let breach = |(&(offer, bucket, rule), &units): (&(usize, usize, usize), &i64)| {
        let used = mul(ratio(model.offers[offer].price[bucket]), whole(units))?;
        let parts = vec![Part { rule, amount: whole(units), used }];
        let (of, origin) = (offer_name(model, offer), floor_origin(model, offer, bucket));
        Ok(Breach { kind: Relax::SalesPlan.name(), of, bucket, parts, left: Ratio::zero(), origin })
    };
    lowered.iter().filter(|(_, units)| **units > 0).map(breach).collect()
}

/// Floors of single offers that sales stay below; units.
fn floors(model: &Model<'_>, outcome: &Outcome, let_go: &mut LetGo) -> Result<(), Overflow> {
    for (index, offer) in model.offers.iter().enumerate() {
        for (bucket, &least) in offer.floors.held.iter().enumerate() {
            let sold = outcome.sales[index][bucket];
            if sold >= least {
                continue;
            }
            let promise = Promise::of(model, index, bucket)?;
            let given = promise.as_ref().map(|promise| promise.split(sold)).transpose()?.flatten();
            let (mut parts, mut left) = (Vec::new(), 0);
            match (promise, given) {
                (Some(promise), Some(given)) => {
                    for (&(rule, letting), units) in promise.rules.iter().zip(given).filter(|(_, units)| *units > 0) {
                        if let Letting::Lower(_) = letting {
                            let_go.lowered.insert((index, bucket, rule), units);
                        } else {
                            let used = mul(ratio(offer.price[bucket]), whole(units))?;
                            parts.push(Part { rule, amount: whole(units), used });
                        }
                    }
                }
                (Some(promise), None) => left = promise.least()? - sold,
                (None, _) => left = least - sold,
            }
            let (of, origin) = (offer_name(model, index), floor_origin(model, index, bucket));
            let_go.floors.push(Breach { kind: "fill-rate", of, bucket, parts, left: whole(left), origin });
        }
    }
    Ok(())
}

/// `item/channel`.
#[must_use]
pub fn offer_name(model: &Model<'_>, offer: usize) -> String {
    let facts = &model.network.offers[offer];
    format!("{}/{}", model.network.item(facts.item).id, model.network.channel(facts.channel).id)
}

/// `item/location`.
#[must_use]
pub fn pool_name(model: &Model<'_>, pool: usize) -> String {
    let facts = model.network.pool(PoolId::from(pool));
    format!("{}/{}", model.network.item(facts.item).id, model.network.location(facts.location).id)
}

/// Where the service stands that asks most of an offer in a bucket.
#[must_use]
pub fn floor_origin(model: &Model<'_>, offer: usize, bucket: usize) -> Place {
    let network = model.network;
    let id = crate::network::OfferId::from(offer);
    let own = network.services.iter().filter(|service| !service.group && service.offers.contains(&id));
    let rate = |service: &crate::network::Service| {
        super::timeline::stated_level(&service.fill_rate, &model.buckets()[bucket]).unwrap_or_default()
    };
    let most = own.max_by(|a, b| rate(a).cmp(&rate(b)).then(b.name.cmp(&a.name)));
    most.map_or_else(|| network.offers[offer].origin.clone(), |service| service.origin.clone())
}

/// Floors of groups; units.
fn groups(model: &Model<'_>, outcome: &Outcome, let_go: &mut LetGo) -> Result<(), Overflow> {
    for (index, group) in model.group_floors.iter().enumerate() {
        let service = &model.network.services[group.service];
        for (bucket, &least) in group.held.iter().enumerate() {
            let sold: i64 = group.members_in(bucket, true).map(|offer| outcome.sales[offer][bucket]).sum();
            if sold < least {
                let (parts, left) = group_parts(model, index, bucket, outcome, &mut let_go.lowered)?;
                let (of, origin) = (service.name.clone(), service.origin.clone());
                let_go.floors.push(Breach { kind: "fill-rate", of, bucket, parts, left: whole(left), origin });
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
        let rules = &model.relief.offers[offer];
        let lowers: Vec<usize> =
            rules.iter().copied().filter(|rule| model.network.rules[*rule].relax == Relax::SalesPlan).collect();
        let all = units(model.network, &lowers, model.offers[offer].demand[bucket])?;
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
        sold += outcome.sales[offer][bucket];
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
        // What is sold cannot be lowered.
        let unsold = |(offer, most): (usize, i64)| {
            let own = lowered.get(&(offer, bucket, rule)).copied().unwrap_or(0);
            let taken = before.entry(offer).or_insert_with(|| known(lowered, offer));
            let left = model.offers[offer].demand[bucket] - outcome.sales[offer][bucket] - *taken;
            let room = (most - own).min(left).max(0);
            *taken += room;
            (offer, room)
        };
        let offers: Vec<_> = lowered_in(model, group, rule, bucket)?.into_iter().map(unsold).collect();
        rules.push((rule, Letting::Lower(offers.iter().map(|(_, most)| most).sum())));
        room.push(offers);
    }
    let promise = Promise { demand, rate: group.rate[bucket], rules };
    let Some(given) = promise.split(sold)? else { return Ok((Vec::new(), promise.least()? - sold)) };
    let mut parts = Vec::new();
    for ((&(rule, letting), units), room) in
        promise.rules.iter().zip(given).zip(room).filter(|((_, units), _)| *units > 0)
    {
        if let Letting::Sink(_) = letting {
            parts.push(Part { rule, amount: whole(units), used: mul(group.price[bucket], whole(units))? });
        }
        let mut left = units;
        for (offer, most) in room {
            *lowered.entry((offer, bucket, rule)).or_insert(0) += left.min(most);
            left -= left.min(most);
        }
    }
    Ok((parts, 0))
}

/// Hard covers that stock does not keep; units.
fn covers(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<Breach>, Overflow> {
    let mut found = Vec::new();
    for (index, (pool, flow)) in model.pools.iter().zip(&ledger.stock).enumerate() {
        let Some(source) = pool.cover.source else { continue };
        for bucket in 0..model.horizon {
            for (kind, over, stated, rules) in hard(model, index, flow, bucket) {
                let eases = units(model.network, rules, stated)?;
                let eases: Vec<_> = eases.into_iter().map(|(rule, units)| (rule, whole(units))).collect();
                let (parts, left) = parts(whole(over), &eases, |_, units| mul(pool.standard_cost, units))?;
                let (of, origin) = (pool_name(model, index), model.network.covers[source].origin.clone());
                found.push(Breach { kind, of, bucket, parts, left, origin });
            }
        }
    }
    Ok(found)
}

type Hard<'a> = (&'static str, i64, i64, &'a [usize]);

/// What hard covers of a pool lack or exceed in a bucket: kind, units, what is stated, the rules that let go.
fn hard<'a>(model: &'a Model<'_>, pool: usize, flow: &StockFlow, bucket: usize) -> Vec<Hard<'a>> {
    let (facts, relief) = (&model.pools[pool], &model.relief);
    let short = if facts.cover.hard[bucket] { flow.shortfall(facts, bucket) } else { 0 };
    let most = facts.cover.most[bucket];
    let over = most.map_or(0, |most| flow.closing[bucket] - most.max(model.given.closing(pool, bucket)));
    let both: [Hard<'a>; 2] = [
        ("safety-stock", short, facts.cover.safety_stock[bucket], &relief.short[pool]),
        ("max-cover", over, most.unwrap_or(0), &relief.over[pool]),
    ];
    both.into_iter().filter(|(_, units, ..)| *units > 0).collect()
}

/// Premium lanes that are used, by rule and receipt bucket.
fn premium(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<Breach>, Overflow> {
    let mut found: Vec<Breach> = Vec::new();
    for placed in &ledger.lines {
        let lane = model.network.lane(placed.line.lane);
        if !lane.premium {
            continue;
        }
        let (of, bucket, origin) = (model.network.lane_name(placed.line.lane), placed.line.bucket, lane.origin.clone());
        let Some(rule) = model.relief.premium[placed.line.lane.index()].filter(|_| bucket < model.horizon) else {
            let left = whole(placed.line.units);
            found.push(Breach { kind: "expedite", of, bucket, parts: Vec::new(), left, origin });
            continue;
        };
        let part = Part { rule, amount: whole(placed.line.units), used: placed.landed };
        let taken =
            found.iter().filter(|one| one.bucket == bucket).flat_map(|one| &one.parts).filter(|one| one.rule == rule);
        let is_units = matches!(model.network.rules[rule].up_to, UpTo::Units(_));
        let mut sum = if is_units { part.amount } else { part.used };
        for other in taken {
            sum = add(sum, if is_units { other.amount } else { other.used })?;
        }
        let most = amount(&model.network.rules[rule], Ratio::zero())?;
        let left = add(sum, -most)?.max(Ratio::zero());
        found.push(Breach { kind: "expedite", of, bucket, parts: vec![part], left, origin });
    }
    Ok(found)
}

/// Promotions and open orders that have moved; buckets.
fn moved(model: &Model<'_>) -> Vec<Breach> {
    let network = model.network;
    let mut found = Vec::new();
    for (what, moves) in moves::all(network) {
        let to = match what {
            Movable::Promotion(index) => OrderMove::By(i64::try_from(model.moves.later(index)).unwrap_or(0)),
            Movable::Order(index) => model.moves.of_order(index),
        };
        let Some(one) = moves.iter().find(|one| one.to == to) else { continue };
        let (kind, of, bucket, origin) = match what {
            Movable::Promotion(index) => {
                let facts = &network.promotions[index];
                let runs = |bucket: &usize| Moves::default().runs(network, index, *bucket);
                let first = (0..model.horizon).find(runs).unwrap_or(0);
                (Relax::PromotionDate, facts.id.clone(), first, &facts.origin)
            }
            Movable::Order(index) => {
                let facts = &network.open_orders[index];
                let at = model.horizon().iter().position(|bucket| facts.due <= bucket.middle()).unwrap_or(0);
                (Relax::OpenOrder, format!("{}/{}", facts.id, network.item(facts.item).id), at, &facts.origin)
            }
        };
        let used = whole(one.used);
        let parts = vec![Part { rule: one.rule, amount: used, used }];
        found.push(Breach { kind: kind.name(), of, bucket, parts, left: Ratio::zero(), origin: origin.clone() });
    }
    found
}
