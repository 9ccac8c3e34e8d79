//! What both plans come to by bucket, whether it differs or not.

use std::collections::{BTreeMap, BTreeSet};

use super::file::{BucketPair, BucketSums};
use crate::plan::{Action, Amount, Figure, Plan};

/// The buckets of the new plan's horizon in order of time, with what the base comes to in those that it has too.
pub(super) fn pairs(base: &Plan, head: &Plan) -> Vec<BucketPair> {
    let (mut before, mut after) = (sums(base), sums(head));
    let labels = head.buckets.iter().filter(|bucket| !bucket.tail).map(|bucket| bucket.label.as_str());
    let pair = |label: &str| BucketPair {
        bucket: label.to_owned(),
        before: before.remove(label),
        after: after.remove(label).unwrap_or_default(),
    };
    labels.map(pair).collect()
}

/// By the buckets of the horizon.
fn sums(plan: &Plan) -> BTreeMap<&str, BucketSums> {
    let inside = || plan.buckets.iter().filter(|bucket| !bucket.tail);
    let mut all: BTreeMap<&str, BucketSums> =
        inside().map(|bucket| (bucket.label.as_str(), BucketSums::default())).collect();
    for row in &plan.cash {
        if let Some(sums) = all.get_mut(row.bucket.as_str()) {
            (sums.cash, sums.minimum) = (Some(row.closing), Some(row.minimum));
        }
    }
    for metric in plan.metrics.iter().filter(|one| one.name == "inventory-value" && one.scope == "plan") {
        let Some(sums) = metric.bucket.as_deref().and_then(|label| all.get_mut(label)) else { continue };
        if let Figure::Value(value) = metric.value {
            sums.inventory_value = Some(value);
        }
    }
    for order in
        plan.orders.iter().chain(&plan.tail).filter(|order| matches!(order.action, Action::New | Action::Committed))
    {
        let placed =
            order.release_date.and_then(|day| inside().find(|bucket| (bucket.start..=bucket.end).contains(&day)));
        if let Some(sums) = placed.and_then(|bucket| all.get_mut(bucket.label.as_str())) {
            sums.placed = Amount(sums.placed.0.saturating_add(order.landed_cost.0));
        }
    }
    let mut asked: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    for row in &plan.allocations {
        let Some(sums) = all.get_mut(row.bucket.as_str()) else { continue };
        sums.sold = sums.sold.saturating_add(row.planned);
        // Demand stands in the row of each location as a whole.
        if asked.insert((&row.item, &row.channel, &row.bucket)) {
            sums.demand = sums.demand.saturating_add(row.demand);
        }
    }
    all
}
