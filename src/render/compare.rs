//! Plans of several variants of a project, side by side.

use std::collections::BTreeMap;

use super::number::{counted, money, percent, units};
use super::safe;
use super::style::Style;
use super::table::{Cell, Column, Table};
use super::wrap;
use crate::plan::{Action, Amount, Plan};

/// Most orders that differ which are told of a variant.
const ORDERS: usize = 8;

/// Variants by name, the first one being what the others are held against; none for one without a plan.
#[must_use]
pub fn comparison(variants: &[(String, Option<Plan>)], style: &Style) -> String {
    let columns = vec![
        Column::text("Variant", 10),
        Column::number("Revenue"),
        Column::number("Contribution"),
        Column::number("Purchases"),
        Column::number("Fill rate"),
        Column::number("Lowest cash"),
    ];
    let mut table = Table::new(0, columns);
    for (name, plan) in variants {
        table.row(row(name, plan.as_ref()));
    }
    let mut out = table.lines(style).join("\n") + "\n";
    let base = variants.first().and_then(|(_, plan)| plan.as_ref());
    for (at, (name, plan)) in variants.iter().enumerate() {
        let Some(plan) = plan else { continue };
        let mut told = vec![rules(plan), limits(plan)];
        if let Some(base) = base.filter(|_| at > 0) {
            told.extend(against(base, plan));
        }
        out.push_str(&format!("\n{}\n", safe::line(name)));
        for line in told {
            let lines = wrap::wrap(&safe::line(&line), style.width.saturating_sub(4).max(20));
            for (at, line) in lines.iter().enumerate() {
                out.push_str(&format!("{}{line}\n", if at == 0 { "  " } else { "    " }));
            }
        }
    }
    out
}

fn row(name: &str, plan: Option<&Plan>) -> Vec<Cell> {
    let name = Cell::from(safe::line(name));
    let Some(plan) = plan else {
        let none = || Cell::from("-".to_owned());
        return vec![name, Cell::from("no plan".to_owned()), none(), none(), none(), none()];
    };
    let summary = &plan.summary;
    let cash = summary.minimum_cash.as_ref().map_or("-".to_owned(), |least| money(least.amount));
    vec![
        name,
        money(summary.revenue).into(),
        money(summary.contribution).into(),
        money(summary.purchases).into(),
        percent(summary.fill_rate.0).into(),
        cash.into(),
    ]
}

/// The rules that a plan uses.
fn rules(plan: &Plan) -> String {
    let mut used: Vec<&str> = plan.rules_used.iter().map(|one| one.id.as_str()).collect();
    used.dedup();
    used.sort_unstable();
    used.dedup();
    if used.is_empty() { "no rule is used".to_owned() } else { format!("rules used: {}", used.join(", ")) }
}

/// The limits that bind: of which less than a hundredth is left in some bucket.
fn limits(plan: &Plan) -> String {
    let mut tight: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for row in &plan.capacity {
        let hundredth = row.limit.0 / rust_decimal::Decimal::ONE_HUNDRED;
        if row.limit.0.saturating_sub(row.used.0) <= hundredth {
            *tight.entry((&row.kind, &row.of)).or_default() += 1;
        }
    }
    let mut told: Vec<String> = tight
        .into_iter()
        .map(|((kind, of), buckets)| format!("{kind} {of} in {}", counted(buckets, "bucket", "buckets")))
        .collect();
    let cash =
        plan.cash.iter().filter(|row| row.closing.0 <= row.minimum.0 * rust_decimal::Decimal::new(101, 2)).count();
    if cash > 0 {
        told.push(format!("cash in {}", counted(cash, "bucket", "buckets")));
    }
    if told.is_empty() { "no limit binds".to_owned() } else { format!("limits that bind: {}", told.join(", ")) }
}

/// New lines of a plan: units by key.
fn lines(plan: &Plan) -> BTreeMap<&str, i64> {
    let new = plan.orders.iter().filter(|one| one.action == Action::New).map(|one| (one.key.as_str(), one.units));
    let sent = plan.transfers.iter().filter(|one| one.action == Action::New).map(|one| (one.key.as_str(), one.units));
    new.chain(sent).collect()
}

/// What a variant has more and less than the first one, and the lines that differ, the largest difference first.
fn against(base: &Plan, plan: &Plan) -> Vec<String> {
    let more = |of: fn(&Plan) -> Amount| {
        let by = Amount(of(plan).0.saturating_sub(of(base).0));
        if by.0.is_sign_negative() { money(by) } else { format!("+{}", money(by)) }
    };
    let deltas = format!(
        "revenue {}, contribution {}, purchases {}",
        more(|plan| plan.summary.revenue),
        more(|plan| plan.summary.contribution),
        more(|plan| plan.summary.purchases)
    );
    let (was, is) = (lines(base), lines(plan));
    let mut differ: Vec<(i64, String)> = Vec::new();
    for (key, own) in &is {
        let before = was.get(key).copied().unwrap_or(0);
        if before != *own {
            differ.push((
                own.abs_diff(before).try_into().unwrap_or(i64::MAX),
                format!("{key}: {} -> {}", units(before), units(*own)),
            ));
        }
    }
    for (key, before) in was.iter().filter(|(key, _)| !is.contains_key(*key)) {
        differ.push((*before, format!("{key}: {} -> 0", units(*before))));
    }
    differ.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let count = differ.len();
    let mut told = vec![deltas, format!("{count} lines differ")];
    told.extend(differ.into_iter().take(ORDERS).map(|(_, text)| format!("  {text}")));
    if count > ORDERS {
        told.push(format!("  and {} more", count - ORDERS));
    }
    told
}
