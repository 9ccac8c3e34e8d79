//! Rules, gates and promotions: what they come to and where they are stated.

use super::{Asked, Link, link, metric};
use crate::network::Relax;
use crate::plan::{Amount, Figure};
use crate::render::number::{counted, quantity};

/// Most uses of a rule that are told.
const USES: usize = 10;

/// What the one part of such a name is.
pub(super) const KINDS: &[&str] = &["name"];

/// Names that can be asked about, and what each names.
pub(super) fn names(asked: &Asked<'_>) -> Vec<(&'static str, String)> {
    let network = asked.network;
    let rules = network.rules.iter().map(|rule| ("rule", rule.id.clone()));
    let gates = network.gates.iter().map(|gate| ("gate", gate.id.clone()));
    rules.chain(gates).chain(network.promotions.iter().map(|one| ("promotion", one.id.clone()))).collect()
}

/// The chains of the rule, the gate and the promotion of this name.
pub(super) fn chains(asked: &Asked<'_>, what: &str) -> Vec<Vec<Link>> {
    [rule(asked, what), gate(asked, what), promotion(asked, what)].into_iter().flatten().collect()
}

fn rule(asked: &Asked<'_>, what: &str) -> Option<Vec<Link>> {
    let rule = asked.network.rules.iter().find(|rule| rule.id == what)?;
    let uses: Vec<_> = asked.plan.rules_used.iter().filter(|used| used.id == what).collect();
    let head = format!("the rule `{what}` lets go of {}: {}", rule.relax.name(), counted(uses.len(), "use", "uses"));
    let mut told = vec![link(0, head, Some(rule.origin.clone()))];
    let measure = measure(asked, rule.relax);
    if let Some(level) = asked.plan.certificate.levels.iter().find(|level| level.rule == what) {
        let least = level.bound.map_or("nothing is proven of what others use".to_owned(), |bound| {
            format!("no plan uses less than {}, the rules behind it as they are", quantity(bound))
        });
        let used = measured(level.used, &measure);
        told.push(link(1, format!("{used} used in all; {least}"), None));
    }
    if rule.when_pays {
        told.push(link(1, "it may be used wherever it earns more than it costs", asked.key(&rule.origin, "when")));
    }
    for used in uses.iter().take(USES) {
        let cost = used.cost.map_or(String::new(), |cost| format!(", which gives up {}", asked.money(cost)));
        let text = format!("`{}` in {}: {} let go{cost}", used.of, used.bucket, quantity(used.amount));
        told.push(link(1, text, Some(used.source.clone())));
    }
    if uses.len() > USES {
        told.push(link(1, format!("and {} more", counted(uses.len() - USES, "use", "uses")), None));
    }
    if uses.is_empty() && !rule.when_pays {
        told.push(link(1, "there is a plan that keeps every commitment without it, and such a plan is taken", None));
    }
    let owner = rule.owner.as_ref().map(|owner| format!("owned by {owner}"));
    let said: Vec<String> = rule.reason.clone().into_iter().chain(owner).collect();
    if !said.is_empty() {
        told.push(link(1, format!("stated because: {}", said.join("; ")), asked.key(&rule.origin, "reason")));
    }
    Some(told)
}

/// `1 bucket`, `3 buckets`, `1,200.50 USD`.
pub(super) fn measured(used: Amount, measure: &str) -> String {
    let one =
        if used.0 == rust_decimal::Decimal::ONE { measure.replace("buckets", "bucket") } else { measure.to_owned() };
    format!("{}{one}", quantity(used))
}

/// What uses of a rule are counted in, behind a number.
pub(super) fn measure(asked: &Asked<'_>, relax: Relax) -> String {
    match relax {
        Relax::PromotionDate | Relax::OpenOrder => " buckets".to_owned(),
        Relax::StorageCapacity | Relax::InboundCapacity | Relax::OutboundCapacity => String::new(),
        _ => format!(" {}", asked.plan.currency),
    }
}

fn gate(asked: &Asked<'_>, what: &str) -> Option<Vec<Link>> {
    let gate = asked.plan.gates.iter().find(|gate| gate.id == what)?;
    let facts = asked.network.gates.iter().find(|facts| facts.id == what)?;
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
        let text = match (waiver.used, gate.passed) {
            (true, _) => "a waiver lets it pass",
            (false, true) => "a waiver of it is not needed",
            (false, false) => "a waiver of it has expired, or is about something else",
        };
        told.push(link(1, text, Some(waiver.source.clone())));
    }
    let chain = metric::of_scope(asked, facts.metric, &facts.scope, None).unwrap_or_default();
    told.extend(chain.into_iter().map(|one| Link { depth: one.depth + 1, ..one }));
    Some(told)
}

fn promotion(asked: &Asked<'_>, what: &str) -> Option<Vec<Link>> {
    let (at, facts) = asked.network.promotions.iter().enumerate().find(|(_, one)| one.id == what)?;
    let moved = asked.plan.promotions.iter().find(|one| one.id == what).map_or(0, |one| one.moved);
    let head = if moved > 0 {
        format!(
            "the promotion `{what}` moves by {} later",
            counted(usize::try_from(moved).unwrap_or(0), "bucket", "buckets")
        )
    } else {
        format!("the promotion `{what}` runs when it is stated to")
    };
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    for used in asked.plan.rules_used.iter().filter(|used| used.of == what) {
        told.push(link(1, format!("by the rule `{}`, from {}", used.id, used.bucket), Some(used.source.clone())));
    }
    let runs = |bucket: &usize| asked.model.moves.runs(asked.network, at, *bucket);
    for bucket in (0..asked.model.horizon).filter(runs) {
        let offers = asked.network.offers.iter().enumerate().filter(|(_, offer)| offer.promotions.contains(&at));
        let (mut asks, mut sold) = (0, 0);
        for (offer, _) in offers {
            asks += asked.model.offers[offer].demand[bucket];
            sold += asked.books.outcome.on_time(asked.model, offer, bucket);
        }
        let text =
            format!("in {} what it touches is asked for {asks} times, and sold {sold} times", asked.label(bucket));
        told.push(link(1, text, asked.key(&facts.origin, "during")));
    }
    Some(told)
}

pub(super) fn figure(value: &Figure) -> String {
    match value {
        Figure::Value(amount) => crate::render::number::plain(*amount),
        Figure::NotApplicable => "n/a".to_owned(),
    }
}
