//! From what was decided to the plan file.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::figures::Books;
use super::gates::Told;
use super::{
    Allocation, Amount, Capacity, CashBucket, Certificate, FORMAT_VERSION, Given, Input, Inventory, Level,
    MovedPromotion, Plan, PlanBucket, PlanDiagnostic, PlanItem, ShortBy, Status, input_hash, plan_hash,
};
use super::{figures, gates, given, orders, rules, transfers};
use crate::model::Model;
use crate::model::breaches::{Breaches, Lowered, overflow_cost};
use crate::model::demand::days_covered;
use crate::model::ledger::Ledger;
use crate::network::{Item, LocationId, PoolId};
use crate::solve::{Marginal, Outcome};
use crate::units::{Overflow, Ratio, sum, whole};

/// Builds the plan file of what was decided. `inputs` are sorted by path.
///
/// # Errors
/// Where numbers do not fit together.
pub fn build(
    model: &Model<'_>,
    outcome: &Outcome,
    inputs: Vec<Input>,
    diagnostics: Vec<PlanDiagnostic>,
) -> Result<Plan, Overflow> {
    let ledger = Ledger::new(model, outcome)?;
    let network = model.network;
    let given = given::rows(model, outcome, &ledger)?;
    let breaches = Breaches::new(model, outcome, &ledger)?;
    let rules_used = rules::rows(model, &breaches.all)?;
    let uses = breaches.by_level(model)?;
    let (orders, tail) = orders::rows(model, &ledger)?;
    let books = Books::new(model, outcome, &ledger)?;
    let (parts, whole) = books.parts()?;
    let figures = books.figures(&whole, overflow_cost(model, &ledger)?)?;
    let told = Told { figures: &figures, given: &given, rules_used: &rules_used };
    let gates = gates::verdicts(&books, &told)?;
    let metrics = books.metrics((&parts, &whole), &figures, &told.of_the_whole()?)?;
    let summary = figures.summary.clone();
    let mut plan = Plan {
        format_version: FORMAT_VERSION.to_owned(),
        compiler_version: env!("CARGO_PKG_VERSION").to_owned(),
        project: network.project.clone(),
        cycle: network.cycle.clone(),
        as_of: network.as_of,
        currency: network.currency.clone(),
        buckets: buckets(model),
        items: items(model),
        input_hash: input_hash(&inputs),
        inputs,
        plan_hash: String::new(),
        status: if rules_used.is_empty() { Status::Feasible } else { Status::Relaxed },
        certificate: certificate(model, outcome, &ledger, (&given, &uses), summary.revenue)?,
        summary,
        orders,
        given,
        transfers: transfers::rows(model, &ledger)?,
        tail,
        promotions: promotions(model),
        allocations: allocations(model, outcome, &ledger, &breaches.lowered)?,
        inventory: inventory(model, &ledger)?,
        cash: cash(model, outcome, &ledger)?,
        capacity: capacity(model, outcome, &ledger)?,
        rules_used,
        metrics,
        waivers: gates::waivers(network, &gates),
        gates,
        diagnostics,
    };
    plan.plan_hash = plan_hash(&plan);
    Ok(plan)
}

/// The label of a bucket.
pub(super) fn label(model: &Model<'_>, bucket: usize) -> String {
    model.buckets()[bucket].period.to_string()
}

fn buckets(model: &Model<'_>) -> Vec<PlanBucket> {
    let bucket = |(index, bucket): (usize, &crate::calendar::Bucket)| PlanBucket {
        label: bucket.period.to_string(),
        start: bucket.start,
        end: bucket.end,
        tail: index >= model.horizon,
    };
    model.buckets().iter().enumerate().map(bucket).collect()
}

fn items(model: &Model<'_>) -> Vec<PlanItem> {
    let row = |item: &Item| PlanItem {
        item: item.id.clone(),
        name: (item.name != item.id).then(|| item.name.clone()),
        category: item.category.clone(),
        class: item.class.clone(),
    };
    model.network.items.iter().map(row).collect()
}

/// What is proven. The bound is printed rounded up, so that it stays one; a plan is proven where no other uses half a cent less of any
/// level, nor earns that much more.
fn certificate(
    model: &Model<'_>,
    outcome: &Outcome,
    ledger: &Ledger<'_>,
    (given, uses): (&[Given], &[Ratio]),
    revenue: Amount,
) -> Result<Certificate, Overflow> {
    let objective = Amount::rounded(ledger.objective)?;
    // Rounding for print must not put the objective above its bound.
    let bound = outcome.bound.map(|bound| Amount::rounded_up(bound.max(ledger.objective))).transpose()?;
    let bound = bound.map(|bound| bound.max(objective));
    let marginal_bound = outcome.worth.as_ref().map(|worth| Amount::rounded_up(worth.bound)).transpose()?;
    let levels = levels(model, outcome, given, uses)?;
    let within =
        |rule: &str| model.network.rules.iter().find(|one| one.id == rule).map_or(Decimal::ZERO, |one| one.within);
    let is_least = |level: &Level| level.used.0 - level.bound.unwrap_or_default().0 < HALF_A_CENT + within(&level.rule);
    Ok(Certificate {
        objective,
        bound,
        marginal_bound: marginal_bound.map(|most| most.max(bound.unwrap_or(objective))),
        gap: bound.map(|bound| gap(objective, bound, revenue)).transpose()?,
        proven: bound.is_some_and(|bound| bound.0 - objective.0 < HALF_A_CENT) && levels.iter().all(is_least),
        levels,
        interrupted: outcome.interrupted,
    })
}

/// What is given, then each rule from the last one on: what the plan uses, and what any plan does at least.
fn levels(model: &Model<'_>, outcome: &Outcome, given: &[Given], uses: &[Ratio]) -> Result<Vec<Level>, Overflow> {
    let given = given.iter().try_fold(Decimal::ZERO, |sum, row| sum.checked_add(row.amount.0)).ok_or(Overflow)?;
    let mut rows = vec![("given", Amount(given))];
    for (&rule, used) in model.relief.levels.iter().zip(uses) {
        rows.push((&model.network.rules[rule].id, Amount::rounded(*used)?));
    }
    let level = |(at, (rule, used)): (usize, (&str, Amount))| {
        let bound = outcome.levels.get(at).copied().map(Amount::rounded).transpose()?;
        // Uses differ where they differ by a cent or a unit.
        let attained = |bound: Amount| if used.0 - bound.0 < HALF_A_CENT { used } else { bound };
        Ok(Level { rule: rule.to_owned(), used, bound: bound.map(attained) })
    };
    rows.into_iter().enumerate().map(level).collect()
}

/// What a proven plan's bound may lie above it: nothing that can be paid.
const HALF_A_CENT: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

/// (bound - objective) / max(|bound|, 1 % of revenue), rounded up; 0 where there is nothing to compare with.
fn gap(objective: Amount, bound: Amount, revenue: Amount) -> Result<Amount, Overflow> {
    let base = bound.0.abs().max(revenue.0 / Decimal::ONE_HUNDRED);
    if base.is_zero() {
        return Ok(Amount(Decimal::ZERO));
    }
    Amount::rounded_up(crate::units::ratio(bound.0 - objective.0) / crate::units::ratio(base))
}

/// Promotions that have moved.
fn promotions(model: &Model<'_>) -> Vec<MovedPromotion> {
    let moved = |(index, promotion): (usize, &crate::network::Promotion)| {
        let moved = i64::try_from(model.moves.later(index)).ok().filter(|moved| *moved > 0)?;
        Some(MovedPromotion { id: promotion.id.clone(), moved })
    };
    model.network.promotions.iter().enumerate().filter_map(moved).collect()
}

/// A row for each way of serving demand, by item, channel, location, bucket.
fn allocations(
    model: &Model<'_>,
    outcome: &Outcome,
    ledger: &Ledger<'_>,
    lowered: &Lowered,
) -> Result<Vec<Allocation>, Overflow> {
    let network = model.network;
    let mut rows = Vec::new();
    for (index, facts) in network.offers.iter().enumerate() {
        let mut ways: Vec<usize> = model.offers[index].ways.clone().collect();
        ways.sort_by_key(|&way| network.pool(model.ways[way].pool).location);
        let short = shorts(model, outcome, ledger, (index, lowered))?;
        for (way, bucket) in ways.iter().flat_map(|&way| short.keys().map(move |&bucket| (way, bucket))) {
            let (lowered, short_by) = short[&bucket];
            let late = outcome.late.iter().filter(|late| (late.way, late.wanted) == (way, bucket));
            let delivered: BTreeMap<String, i64> =
                late.map(|late| (label(model, late.delivered), late.units)).collect();
            rows.push(Allocation {
                item: network.item(facts.item).id.clone(),
                channel: network.channel(facts.channel).id.clone(),
                location: network.location(network.pool(model.ways[way].pool).location).id.clone(),
                bucket: label(model, bucket),
                demand: model.offers[index].demand[bucket],
                lowered,
                planned: outcome.sales[way][bucket],
                delivered_late: delivered.values().sum(),
                delivered,
                short: short_by.given + short_by.no_stock + short_by.held_back,
                short_by,
                reasons: Vec::new(),
            });
        }
    }
    Ok(rows)
}

/// By bucket in which an offer is asked for: units by which rules lower that, and what is short, by why.
fn shorts(
    model: &Model<'_>,
    outcome: &Outcome,
    ledger: &Ledger<'_>,
    (offer, lowered): (usize, &Lowered),
) -> Result<BTreeMap<usize, (i64, ShortBy)>, Overflow> {
    let first_reach = model.first_reach(offer);
    let mut rows = BTreeMap::new();
    for (bucket, &demand) in model.offers[offer].demand.iter().enumerate().filter(|(_, demand)| **demand > 0) {
        let of_bucket = lowered.range((offer, bucket, 0)..=(offer, bucket, usize::MAX));
        let lowered: i64 = of_bucket.map(|(_, units)| units).sum();
        let planned = outcome.on_time(model, offer, bucket);
        let short = demand.checked_sub(planned).and_then(|rest| rest.checked_sub(lowered)).ok_or(Overflow)?;
        let left: i64 = model.ways_of(offer).map(|(_, way)| ledger.stock[way.pool.index()].closing[bucket]).sum();
        let held_back = short.min(left);
        let rest = short - held_back;
        let too_early = first_reach.is_none_or(|first| bucket < first);
        let (given, no_stock) = if too_early { (rest, 0) } else { (0, rest) };
        rows.insert(bucket, (lowered, ShortBy { given, no_stock, held_back }));
    }
    Ok(rows)
}

fn inventory(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<Inventory>, Overflow> {
    let network = model.network;
    let mut rows = Vec::with_capacity(model.pools.len() * model.buckets().len());
    for (index, (pool, flow)) in model.pools.iter().zip(&ledger.stock).enumerate() {
        let facts = network.pool(PoolId::from(index));
        let location: LocationId = facts.location;
        for bucket in 0..model.buckets().len() {
            let inside: i64 = model.buckets()[bucket + 1..].iter().map(crate::calendar::Bucket::days).sum();
            let days = days_covered(&pool.forward[bucket + 1..], whole(flow.closing[bucket]), inside)?;
            rows.push(Inventory {
                item: network.item(facts.item).id.clone(),
                location: network.location(location).id.clone(),
                bucket: label(model, bucket),
                opening: flow.opening[bucket],
                receipts: flow.receipts[bucket],
                transfers_in: flow.transfers_in[bucket],
                transfers_out: flow.transfers_out[bucket],
                sales: flow.sales[bucket],
                closing: flow.closing[bucket],
                in_transit: flow.under_way[bucket],
                safety_stock: pool.cover.safety_stock[bucket],
                weeks_of_supply: figures::weeks(days)?,
            });
        }
    }
    Ok(rows)
}

/// What a unit more of something is worth at most, and the step that holds for; rounded up, so that it stays the most.
fn marginal(one: Option<Marginal>) -> Result<(Option<Amount>, Option<Amount>), Overflow> {
    let Some(Marginal { value, step }) = one else { return Ok((None, None)) };
    Ok((Some(Amount::rounded_up(value)?), step.map(Amount::rounded_up).transpose()?))
}

fn cash(model: &Model<'_>, outcome: &Outcome, ledger: &Ledger<'_>) -> Result<Vec<CashBucket>, Overflow> {
    let (Some(cash), Some(flow)) = (&model.cash, &ledger.cash) else { return Ok(Vec::new()) };
    let row = |bucket: usize| {
        let opening = if bucket == 0 { cash.opening } else { flow.closing[bucket - 1] };
        let (marginal_value, marginal_step) = marginal(outcome.worth.as_ref().map(|worth| worth.cash[bucket]))?;
        Ok(CashBucket {
            bucket: label(model, bucket),
            opening: Amount::rounded(opening)?,
            sales: Amount::rounded(flow.sales[bucket])?,
            purchases: Amount::rounded(flow.purchases[bucket])?,
            other: Amount::rounded(cash.other[bucket])?,
            closing: Amount::rounded(flow.closing[bucket])?,
            minimum: Amount::rounded(cash.minimum[bucket])?,
            marginal_value,
            marginal_step,
        })
    };
    (0..model.horizon).map(row).collect()
}

fn capacity(model: &Model<'_>, outcome: &Outcome, ledger: &Ledger<'_>) -> Result<Vec<Capacity>, Overflow> {
    let mut rows = Vec::new();
    for (index, (limit, used)) in model.limits.iter().zip(&ledger.used).enumerate() {
        for (bucket, (used, available)) in used.iter().zip(&limit.available).enumerate() {
            let worth = outcome.worth.as_ref().map(|worth| worth.limits[index][bucket]);
            let (marginal_value, marginal_step) = marginal(worth)?;
            rows.push(Capacity {
                kind: limit.kind.name().to_owned(),
                of: limit.of.clone(),
                bucket: label(model, bucket),
                used: Amount::rounded(*used)?,
                limit: Amount::rounded(*available)?,
                marginal_value,
                marginal_step,
            });
        }
    }
    Ok(rows)
}

/// Sum of amounts that are exact already.
pub(super) fn total(parts: impl IntoIterator<Item = Ratio>) -> Result<Amount, Overflow> {
    Amount::rounded(sum(parts)?)
}
