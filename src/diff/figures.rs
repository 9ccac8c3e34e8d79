//! The five numbers of both plans, and what the planner's own tolerance comes to in each.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::file::{FigureDelta, FigureName, Question};
use super::window::Time;
use crate::plan::{Amount, Figure, Plan};

/// Which numbers answer a question: of two cycles only such as can be told for the buckets that both have.
pub(super) fn names(question: Question) -> [FigureName; 5] {
    use FigureName::{Contribution, FillRate, LowestCash, PeakInventoryValue, Purchases, Revenue, ValueFillRate};
    match question {
        Question::Change => [Revenue, Contribution, ValueFillRate, LowestCash, PeakInventoryValue],
        Question::Cycle => [Revenue, Purchases, FillRate, LowestCash, PeakInventoryValue],
    }
}

/// What a plan earns at most beyond what it does; nothing where that is not proven.
pub(super) fn gap(plan: &Plan) -> Option<Amount> {
    let bound = plan.certificate.bound?;
    Some(Amount(bound.0.saturating_sub(plan.certificate.objective.0).max(Decimal::ZERO)))
}

/// The gaps of both plans together.
pub(super) fn tolerance(base: &Plan, head: &Plan) -> Amount {
    let gap = |plan| gap(plan).unwrap_or_default().0;
    Amount(gap(base).saturating_add(gap(head)))
}

/// The numbers with their deltas.
///
/// `placed` are the keys of lines of the base that are placed by now: the new plan buys them no more.
pub(super) fn deltas(
    base: &Plan,
    head: &Plan,
    time: &Time<'_>,
    question: Question,
    placed: &BTreeSet<&str>,
) -> Vec<FigureDelta> {
    let money = tolerance(base, head);
    let delta = |name: FigureName| {
        let (before, after) = (value(base, time, name, question), value(head, time, name, question));
        let before = match (name, question) {
            (FigureName::Purchases, Question::Cycle) => before.map(|all| without(all, base, time, placed)),
            _ => before,
        };
        let delta = before.zip(after).map(|(before, after)| Amount(after.0.saturating_sub(before.0)));
        let tolerance = in_terms_of(name, money, head);
        FigureDelta {
            name,
            before,
            after,
            delta,
            tolerance,
            within_tolerance: delta.is_some_and(|delta| delta.0.abs() <= tolerance.0),
        }
    };
    names(question).into_iter().map(delta).collect()
}

/// Purchases without those of some lines.
fn without(all: Amount, plan: &Plan, time: &Time<'_>, placed: &BTreeSet<&str>) -> Amount {
    let own = plan.orders.iter().filter(|order| placed.contains(order.key.as_str()));
    let shared = own.filter(|order| time.shared.contains(order.receipt_bucket.as_str()));
    Amount(shared.fold(all.0, |left, order| left.saturating_sub(order.landed_cost.0)))
}

/// An amount of money as a number of this kind: a share is one of revenue.
#[must_use]
pub fn in_terms_of(name: FigureName, money: Amount, head: &Plan) -> Amount {
    if !name.is_share() {
        return money;
    }
    let share = money.0.checked_div(head.summary.revenue.0).unwrap_or_default();
    Amount(share.round_dp(6))
}

/// A number of a plan.
pub(super) fn value(plan: &Plan, time: &Time<'_>, name: FigureName, question: Question) -> Option<Amount> {
    match question {
        Question::Change => whole(plan, name),
        Question::Cycle => shared(plan, time, name),
    }
}

/// A number of a whole plan.
#[must_use]
pub fn whole(plan: &Plan, name: FigureName) -> Option<Amount> {
    let summary = &plan.summary;
    Some(match name {
        FigureName::Revenue => summary.revenue,
        FigureName::Contribution => summary.contribution,
        FigureName::Purchases => summary.purchases,
        FigureName::ValueFillRate => summary.value_fill_rate,
        FigureName::FillRate => summary.fill_rate,
        FigureName::LowestCash => return summary.minimum_cash.as_ref().map(|lowest| lowest.amount),
        FigureName::PeakInventoryValue => summary.peak_inventory_value,
    })
}

/// A number of the buckets that both plans have.
fn shared(plan: &Plan, time: &Time<'_>, name: FigureName) -> Option<Amount> {
    let total = |metric: &str| {
        let amounts: Vec<Decimal> = by_bucket(plan, time, metric).collect();
        (!amounts.is_empty()).then(|| Amount(amounts.into_iter().fold(Decimal::ZERO, Decimal::saturating_add)))
    };
    match name {
        FigureName::Revenue => total("revenue"),
        FigureName::Purchases => total("purchases"),
        FigureName::PeakInventoryValue => by_bucket(plan, time, "inventory-value").max().map(Amount),
        FigureName::LowestCash => {
            let rows = plan.cash.iter().filter(|row| time.shared.contains(row.bucket.as_str()));
            rows.map(|row| row.closing).min()
        }
        FigureName::FillRate => Some(fill_rate(plan, time)),
        FigureName::Contribution | FigureName::ValueFillRate => None,
    }
}

fn by_bucket<'p>(plan: &'p Plan, time: &'p Time<'_>, metric: &'p str) -> impl Iterator<Item = Decimal> + 'p {
    let of_plan = plan.metrics.iter().filter(move |row| row.name == metric && row.scope == "plan");
    of_plan.filter_map(|row| {
        let bucket = row.bucket.as_deref().filter(|bucket| time.shared.contains(bucket));
        match (bucket, row.value) {
            (Some(_), Figure::Value(value)) => Some(value.0),
            _ => None,
        }
    })
}

/// Units sold in their bucket / demand. Each location's row has the full demand.
fn fill_rate(plan: &Plan, time: &Time<'_>) -> Amount {
    let mut demand: BTreeMap<(&str, &str, &str), i64> = BTreeMap::new();
    let mut sold: i64 = 0;
    for row in plan.allocations.iter().filter(|row| time.shared.contains(row.bucket.as_str())) {
        demand.insert((&row.item, &row.channel, &row.bucket), row.demand);
        sold = sold.saturating_add(row.planned);
    }
    let asked = demand.values().fold(0_i64, |sum, units| sum.saturating_add(*units));
    let share = Decimal::from(sold).checked_div(Decimal::from(asked)).unwrap_or(Decimal::ONE);
    Amount(share.round_dp(6))
}
