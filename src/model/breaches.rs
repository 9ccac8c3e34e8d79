//! Commitments that a plan breaks, exactly: by how much, which rules let go of it, and what is left over.
//!
//! What is given is no breach. A plan that is allowed breaks nothing that is left over once all rules have given what they can.

mod floors;

use std::collections::BTreeMap;

use num_traits::Zero;

use super::Model;
use super::ledger::{Ledger, StockFlow};
use super::moves::{self, Movable, Moves, OrderMove};
use super::relief::{self, share_out, units};
use crate::network::{Origin as Place, PoolId, Relax, UpTo};
use crate::solve::Outcome;
use crate::units::{Overflow, Ratio, add, mul, ratio, sum, whole};

use floors::LetGo;
pub use floors::{Lowered, group_rules, lowered_in};

/// What a rule gives of a commitment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Which rule, by its place in the list.
    pub rule: usize,
    /// In the terms of the commitment: money, m3 or units.
    pub amount: Ratio,
    /// In the terms that uses of the rule are measured in.
    pub used: Ratio,
    /// The money that this gives up, where it can be told without another plan: sales that are not made at their price, what premium
    /// lanes cost beyond the standard, what overflow costs.
    pub cost: Option<Ratio>,
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

/// All breaches of an outcome.
#[derive(Debug)]
pub struct Breaches {
    /// By kind, then commitment and bucket.
    pub all: Vec<Breach>,
    /// Units by which rules lower demand.
    pub lowered: Lowered,
}

impl Breaches {
    /// What an outcome breaks.
    ///
    /// # Errors
    /// Where numbers do not fit together.
    pub fn new(model: &Model<'_>, outcome: &Outcome, ledger: &Ledger<'_>) -> Result<Self, Overflow> {
        let mut all = limits(model, ledger)?;
        all.extend(cash(model, ledger)?);
        let LetGo { lowered, breaches } = LetGo::new(model, outcome)?;
        all.extend(breaches);
        all.extend(covers(model, ledger)?);
        all.extend(premium(model, ledger)?);
        all.extend(moved(model));
        Ok(Self { all, lowered })
    }

    /// Use of each level, in the order in which levels are settled.
    ///
    /// # Errors
    /// Where a sum does not fit.
    pub fn by_level(&self, model: &Model<'_>) -> Result<Vec<Ratio>, Overflow> {
        let mut sums = vec![Ratio::zero(); model.relief.levels.len()];
        for part in self.all.iter().flat_map(|breach| &breach.parts) {
            if let Some(level) = model.relief.level(part.rule) {
                sums[level - 1] = add(sums[level - 1], part.used)?;
            }
        }
        Ok(sums)
    }
}

/// Rules with how far each lets an amount be passed of which there is `stated`.
fn eases(model: &Model<'_>, rules: &[usize], stated: Ratio) -> Result<Vec<(usize, Ratio)>, Overflow> {
    rules.iter().map(|&rule| Ok((rule, relief::amount(&model.network.rules[rule], stated)?))).collect()
}

/// Parts of an amount that is passed, each used as `measure` has it.
fn parts(
    over: Ratio,
    eases: &[(usize, Ratio)],
    measure: impl Fn(usize, Ratio) -> Result<Ratio, Overflow>,
) -> Result<(Vec<Part>, Ratio), Overflow> {
    let (shares, left) = share_out(over, eases)?;
    let part = |(rule, amount): (usize, Ratio)| Ok(Part { rule, amount, used: measure(rule, amount)?, cost: None });
    Ok((shares.into_iter().map(part).collect::<Result<_, _>>()?, left))
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
            // Overflow counts by its cost where it has one.
            let rate = |rule: usize| model.network.rules[rule].cost;
            let measure = |rule: usize, over| rate(rule).map_or(Ok(over), |cost| mul(ratio(cost), over));
            let (mut parts, left) = parts(over, &eases, measure)?;
            parts.iter_mut().for_each(|part| part.cost = rate(part.rule).map(|_| part.used));
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
    sum(limits(model, ledger)?.iter().flat_map(|breach| &breach.parts).filter_map(|part| part.cost))
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

/// Premium lines; what a rule has for a bucket is shared by all of its.
fn premium(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<Breach>, Overflow> {
    let (network, relief) = (model.network, &model.relief);
    let mut found = Vec::new();
    let mut taken: BTreeMap<(usize, usize), Ratio> = BTreeMap::new();
    let mut fly = |flown: Flown, rule: Option<usize>, of: String, origin: &Place| {
        let amount = whole(flown.units);
        let (mut parts, mut left) = (Vec::new(), amount);
        if let Some(rule) = rule.filter(|_| flown.bucket < model.horizon) {
            let facts = &network.rules[rule];
            let cost = Some(add(flown.landed, -mul(flown.standard, amount)?)?);
            parts.push(Part { rule, amount, used: flown.landed, cost });
            let counts = if matches!(facts.up_to, UpTo::Units(_)) { amount } else { flown.landed };
            let sum = taken.entry((rule, flown.bucket)).or_insert_with(Ratio::zero);
            *sum = add(*sum, counts)?;
            left = add(*sum, -relief::amount(facts, Ratio::zero())?)?.max(Ratio::zero());
        }
        let kind = Relax::Expedite.name();
        found.push(Breach { kind, of, bucket: flown.bucket, parts, left, origin: origin.clone() });
        Ok::<(), Overflow>(())
    };
    for placed in ledger.lines.iter().filter(|placed| network.lane(placed.line.lane).premium) {
        let lane = network.lane(placed.line.lane);
        let standard = model.pools[lane.pool.index()].standard_cost;
        let flown = Flown { bucket: placed.line.bucket, units: placed.line.units, landed: placed.landed, standard };
        fly(flown, relief.premium[placed.line.lane.index()], network.lane_name(placed.line.lane), &lane.origin)?;
    }
    for sent in ledger.transfers.iter().filter(|sent| network.transfer(sent.transfer.lane).premium) {
        let (id, lane) = (sent.transfer.lane, network.transfer(sent.transfer.lane));
        let (here, there) = (&model.pools[lane.pool.index()], &model.pools[lane.source.index()]);
        let standard = add(here.standard_cost, -there.standard_cost)?;
        let flown = Flown { bucket: sent.transfer.bucket, units: sent.transfer.units, landed: sent.freight, standard };
        fly(flown, relief.premium_transfers[id.index()], network.transfer_name(id), &lane.origin)?;
    }
    Ok(found)
}

/// A premium line.
struct Flown {
    bucket: usize,
    units: i64,
    landed: Ratio,
    /// What a unit costs by standard.
    standard: Ratio,
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
        let parts = vec![Part { rule: one.rule, amount: used, used, cost: None }];
        found.push(Breach { kind: kind.name(), of, bucket, parts, left: Ratio::zero(), origin: origin.clone() });
    }
    found
}
