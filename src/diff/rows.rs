//! What differs of limits, rules, what is given, gates, promotions and sales.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::file::{
    AllocationChange, GateChange, GivenChange, LimitChange, LimitUse, PromotionChange, RuleChange, Sold,
};
use super::window::Time;
use crate::plan::{Amount, GateVerdict, Plan};
use crate::source::Place;

/// Pairs of what two plans have under one key, where they differ.
fn differing<K: Ord + Clone, V: PartialEq + Clone>(
    before: BTreeMap<K, V>,
    after: BTreeMap<K, V>,
) -> Vec<(K, Option<V>, Option<V>)> {
    let keys: BTreeSet<K> = before.keys().chain(after.keys()).cloned().collect();
    let pairs = keys.into_iter().map(|key| (before.get(&key).cloned(), after.get(&key).cloned(), key));
    pairs.filter(|(before, after, _)| before != after).map(|(before, after, key)| (key, before, after)).collect()
}

/// Limits of shared buckets, the cash minimum among them.
pub(super) fn limits(base: &Plan, head: &Plan, time: &Time<'_>) -> Vec<LimitChange> {
    let uses = |plan: &Plan| -> BTreeMap<(String, String, String), LimitUse> {
        let capacity = plan.capacity.iter().map(|row| {
            let key = (row.kind.clone(), row.of.clone(), row.bucket.clone());
            (key, LimitUse { used: row.used, limit: row.limit })
        });
        let cash = plan.cash.iter().map(|row| {
            let key = ("cash-minimum".to_owned(), "cash".to_owned(), row.bucket.clone());
            (key, LimitUse { used: row.closing, limit: row.minimum })
        });
        capacity.chain(cash).filter(|((_, _, bucket), _)| time.shared.contains(bucket.as_str())).collect()
    };
    let rows = differing(uses(base), uses(head));
    rows.into_iter()
        .map(|((kind, of, bucket), before, after)| LimitChange { kind, of, bucket, before, after })
        .collect()
}

/// Rules by how much of each is used in all.
pub(super) fn rules(base: &Plan, head: &Plan) -> Vec<RuleChange> {
    let uses = |plan: &Plan| {
        let mut uses: BTreeMap<String, (Decimal, Place)> = BTreeMap::new();
        for row in &plan.rules_used {
            let entry = uses.entry(row.id.clone()).or_insert_with(|| (Decimal::ZERO, row.source.clone()));
            entry.0 = entry.0.saturating_add(row.used.0);
        }
        uses
    };
    let (before, after) = (uses(base), uses(head));
    let ids: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let change = |id: &String| {
        let (old, new) = (before.get(id), after.get(id));
        let used = |side: Option<&(Decimal, Place)>| Amount(side.map_or(Decimal::ZERO, |(used, _)| *used));
        let source = new.or(old).map(|(_, source)| source.clone())?;
        (used(old) != used(new)).then(|| RuleChange { id: id.clone(), before: used(old), after: used(new), source })
    };
    ids.into_iter().filter_map(change).collect()
}

/// What is given in shared buckets.
pub(super) fn given(base: &Plan, head: &Plan, time: &Time<'_>) -> Vec<GivenChange> {
    let rows = |plan: &Plan| -> BTreeMap<(String, String, String), Amount> {
        let rows = plan.given.iter().filter(|row| time.shared.contains(row.bucket.as_str()));
        rows.map(|row| ((row.kind.clone(), row.of.clone(), row.bucket.clone()), row.amount)).collect()
    };
    let change = |((kind, of, bucket), before, after): (_, Option<Amount>, Option<Amount>)| GivenChange {
        kind,
        of,
        bucket,
        before: before.unwrap_or_default(),
        after: after.unwrap_or_default(),
    };
    differing(rows(base), rows(head)).into_iter().map(change).collect()
}

/// Gates of which verdict or value differ; that a line of theirs moved does not count.
pub(super) fn gates(base: &Plan, head: &Plan) -> Vec<GateChange> {
    let find = |plan: &Plan, id: &str| plan.gates.iter().find(|gate| gate.id == id).cloned();
    let ids: BTreeSet<&str> = base.gates.iter().chain(&head.gates).map(|gate| gate.id.as_str()).collect();
    let told = |gate: &Option<GateVerdict>| {
        gate.clone().map(|gate| (gate.metric, gate.value, gate.at_least, gate.at_most, gate.passed, gate.waived))
    };
    let changes = ids.into_iter().map(|id| (id, find(base, id), find(head, id)));
    let changes = changes.filter(|(_, before, after)| told(before) != told(after));
    changes.map(|(id, before, after)| GateChange { id: id.to_owned(), before, after }).collect()
}

/// Promotions that moved otherwise.
pub(super) fn promotions(base: &Plan, head: &Plan) -> Vec<PromotionChange> {
    let moved = |plan: &Plan| -> BTreeMap<String, i64> {
        plan.promotions.iter().map(|one| (one.id.clone(), one.moved)).collect()
    };
    let change = |(id, before, after): (String, Option<i64>, Option<i64>)| PromotionChange {
        id,
        before: before.unwrap_or_default(),
        after: after.unwrap_or_default(),
    };
    differing(moved(base), moved(head)).into_iter().map(change).collect()
}

/// Sales in shared buckets. `rename` gives an item or channel of the base its new id.
pub(super) fn allocation(
    base: &Plan,
    head: &Plan,
    time: &Time<'_>,
    rename: impl Fn(&str) -> String,
) -> Vec<AllocationChange> {
    let sold = |plan: &Plan, rename: &dyn Fn(&str) -> String| {
        let mut all: BTreeMap<(String, String, String), Sold> = BTreeMap::new();
        for row in plan.allocations.iter().filter(|row| time.shared.contains(row.bucket.as_str())) {
            let key = (rename(&row.item), rename(&row.channel), row.bucket.clone());
            let entry = all.entry(key).or_default();
            // Demand and shortage stand in the row of each location as a whole.
            entry.demand = row.demand;
            entry.short = row.short;
            entry.sold = entry.sold.saturating_add(row.planned).saturating_add(row.delivered_late);
        }
        all
    };
    let change = |((item, channel, bucket), before, after): (_, Option<Sold>, Option<Sold>)| AllocationChange {
        item,
        channel,
        bucket,
        before: before.unwrap_or_default(),
        after: after.unwrap_or_default(),
    };
    differing(sold(base, &rename), sold(head, &str::to_owned)).into_iter().map(change).collect()
}
