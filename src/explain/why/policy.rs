//! Rules, gates, promotions and metrics: what they come to and where they are stated.

use super::{Asked, Link, link};
use crate::plan::{Amount, Figure};
use crate::render::number::quantity;

/// Most uses of a rule that are told.
const USES: usize = 10;

/// Names that can be asked about.
pub(super) fn names(asked: &Asked<'_>) -> Vec<String> {
    let network = asked.network;
    let mut all: Vec<String> = network.rules.iter().map(|rule| rule.id.clone()).collect();
    all.extend(network.gates.iter().map(|gate| gate.id.clone()));
    all.extend(network.promotions.iter().map(|one| one.id.clone()));
    all.extend(METRICS.iter().map(|(name, _)| (*name).to_owned()));
    all
}

/// The chain of a rule, gate, promotion or metric of this name.
pub(super) fn chain(asked: &Asked<'_>, what: &str) -> Option<Vec<Link>> {
    rule(asked, what).or_else(|| gate(asked, what)).or_else(|| promotion(asked, what)).or_else(|| metric(asked, what))
}

fn rule(asked: &Asked<'_>, what: &str) -> Option<Vec<Link>> {
    let rule = asked.network.rules.iter().find(|rule| rule.id == what)?;
    let uses: Vec<_> = asked.plan.rules_used.iter().filter(|used| used.id == what).collect();
    let head = format!("the rule `{what}` lets go of {}: {} uses", rule.relax.name(), uses.len());
    let mut told = vec![link(0, head, Some(rule.origin.clone()))];
    if let Some(level) = asked.plan.certificate.levels.iter().find(|level| level.rule == what) {
        let least = level.bound.map_or("nothing is proven of what others use".to_owned(), |bound| {
            format!("no plan uses less than {}, the rules behind it as they are", quantity(bound))
        });
        told.push(link(1, format!("{} used in all; {least}", quantity(level.used)), None));
    }
    for used in uses.iter().take(USES) {
        let cost = used.cost.map_or(String::new(), |cost| format!(", which gives up {}", asked.money(cost)));
        let text = format!("`{}` in {}: {} let go{cost}", used.of, used.bucket, quantity(used.amount));
        told.push(link(1, text, Some(used.source.clone())));
    }
    if uses.is_empty() {
        told.push(link(1, "there is a plan that keeps every commitment without it, and such a plan is taken", None));
    }
    let mut reason = rule.reason.clone().unwrap_or_default();
    if let Some(owner) = &rule.owner {
        reason = format!("{reason} ({owner})");
    }
    told.push(link(1, format!("stated because: {reason}"), Some(rule.origin.clone())));
    Some(told)
}

fn gate(asked: &Asked<'_>, what: &str) -> Option<Vec<Link>> {
    let gate = asked.plan.gates.iter().find(|gate| gate.id == what)?;
    let mut bounds: Vec<String> = gate.at_least.iter().map(|least| format!("at least {}", least.0)).collect();
    bounds.extend(gate.at_most.iter().map(|most| format!("at most {}", most.0)));
    let verdict = match (gate.passed, gate.waived) {
        (true, _) => "passed",
        (false, true) => "missed, and waived",
        (false, false) if gate.refuses => "missed: the plan is refused",
        (false, false) => "missed: a warning",
    };
    let value = figure(&gate.value);
    let head =
        format!("the gate `{what}`: {} is {value}, asked for is {}; {verdict}", gate.metric, bounds.join(" and "));
    let mut told = vec![link(0, head, Some(gate.source.clone()))];
    for waiver in asked.plan.waivers.iter().filter(|waiver| waiver.of == what) {
        told.push(link(1, "a waiver speaks of it", Some(waiver.source.clone())));
    }
    told.extend(metric(asked, &gate.metric).into_iter().flatten().map(|one| Link { depth: one.depth + 1, ..one }));
    Some(told)
}

fn promotion(asked: &Asked<'_>, what: &str) -> Option<Vec<Link>> {
    let facts = asked.network.promotions.iter().find(|one| one.id == what)?;
    let moved = asked.plan.promotions.iter().find(|one| one.id == what).map_or(0, |one| one.moved);
    let head = if moved > 0 {
        format!("the promotion `{what}` moves by {moved} buckets")
    } else {
        format!("the promotion `{what}` runs when it is stated to")
    };
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    for used in asked.plan.rules_used.iter().filter(|used| used.of == what) {
        told.push(link(1, format!("by the rule `{}`, from {}", used.id, used.bucket), Some(used.source.clone())));
    }
    Some(told)
}

fn figure(value: &Figure) -> String {
    match value {
        Figure::Value(amount) => amount.0.normalize().to_string(),
        Figure::NotApplicable => "n/a".to_owned(),
    }
}

/// Metrics of the plan as a whole and what they are.
const METRICS: [(&str, &str); 11] = [
    ("revenue", "units sold x price"),
    (
        "contribution",
        "revenue - fees - fulfilment - standard cost of units sold - order, transfer, overflow and late costs",
    ),
    ("purchases", "landed cost of new lines"),
    ("fill-rate", "units sold in their own bucket / demand"),
    ("value-fill-rate", "the same, each unit at its price"),
    ("inventory-turnover", "standard cost of units sold, a year / mean inventory value"),
    ("sell-through", "units sold / (opening stock + receipts)"),
    ("weeks-of-supply", "weeks of forward demand that closing stock covers"),
    ("gmroi", "(revenue - fees - standard cost of units sold), a year / mean inventory value"),
    ("peak-inventory-value", "the highest closing value at standard cost"),
    ("minimum-cash", "the lowest closing cash"),
];

fn metric(asked: &Asked<'_>, what: &str) -> Option<Vec<Link>> {
    let (name, formula) = METRICS.iter().find(|(name, _)| *name == what)?;
    let summary = &asked.plan.summary;
    let value = match *name {
        "revenue" => asked.money(summary.revenue),
        "contribution" => asked.money(summary.contribution),
        "purchases" => asked.money(summary.purchases),
        "fill-rate" => summary.fill_rate.0.to_string(),
        "value-fill-rate" => summary.value_fill_rate.0.to_string(),
        "inventory-turnover" => figure(&summary.inventory_turnover),
        "sell-through" => figure(&summary.sell_through),
        "weeks-of-supply" => figure(&summary.weeks_of_supply),
        "gmroi" => figure(&summary.gmroi),
        "peak-inventory-value" => asked.money(summary.peak_inventory_value),
        _ => summary
            .minimum_cash
            .as_ref()
            .map_or("n/a".to_owned(), |least| format!("{} in {}", asked.money(least.amount), least.bucket)),
    };
    let mut told = vec![link(0, format!("{name} is {value}: {formula}"), None)];
    told.extend(parts(asked, name));
    Some(told)
}

/// What a metric is made of, the largest shares first.
fn parts(asked: &Asked<'_>, name: &str) -> Vec<Link> {
    match name {
        "fill-rate" | "value-fill-rate" => {
            let mut short: Vec<(i64, String, &str)> = Vec::new();
            for row in &asked.plan.allocations {
                let of = format!("{}@{}", row.item, row.bucket);
                if row.short > 0 && short.iter().all(|(_, known, channel)| *known != of || *channel != row.channel) {
                    short.push((row.short, of, &row.channel));
                }
            }
            short.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            let told = short.into_iter().take(USES);
            told.map(|(units, of, channel)| {
                let offer = asked.network.offers.iter().find(|offer| {
                    asked.network.channel(offer.channel).id == channel
                        && of.starts_with(&format!("{}@", asked.network.item(offer.item).id))
                });
                link(1, format!("{units} short in `{channel}`: `sopc why {of}`"), offer.map(|one| one.origin.clone()))
            })
            .collect()
        }
        "purchases" => {
            let mut lines: Vec<_> =
                asked.plan.orders.iter().filter(|one| one.action == crate::plan::Action::New).collect();
            lines.sort_by(|a, b| b.landed_cost.cmp(&a.landed_cost).then(a.key.cmp(&b.key)));
            lines
                .iter()
                .take(USES)
                .map(|one| link(1, format!("`{}`: {}", one.key, asked.money(one.landed_cost)), None))
                .collect()
        }
        "minimum-cash" => {
            let least = asked.plan.summary.minimum_cash.as_ref();
            let at = least.and_then(|least| asked.bucket(&least.bucket));
            let chain =
                at.and_then(|at| super::limit::chain(asked, &format!("cash@{}", asked.label(at))).ok().flatten());
            chain.into_iter().flatten().map(|one| Link { depth: one.depth + 1, ..one }).collect()
        }
        _ => {
            let rows = asked.plan.metrics.iter().filter(|row| {
                row.name.replace('_', "-") == name && row.bucket.is_none() && row.scope.starts_with("item:")
            });
            let mut rows: Vec<(Amount, &str)> = rows
                .filter_map(|row| match &row.value {
                    Figure::Value(amount) => Some((*amount, row.scope.as_str())),
                    Figure::NotApplicable => None,
                })
                .collect();
            rows.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
            rows.into_iter()
                .take(USES)
                .map(|(value, scope)| link(1, format!("{scope}: {}", quantity(value)), None))
                .collect()
        }
    }
}
