//! Variants of a project side by side: five numbers, rules that are used, limits that bind, orders that differ.
//!
//! Each variant is planned by itself; what is told of them follows from their plan files. The first one is what the others are held against.

mod file;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::plan::{Action, Amount, Plan};

pub use file::*;

/// The JSON Schema (draft-07) of a comparison, as it is published.
pub const SCHEMA: &str = include_str!("../schema/compare.schema.json");

/// The schema that follows from the types of a comparison.
#[must_use]
pub fn schema() -> String {
    crate::published::schema_of::<Comparison>()
}

/// A variant and its plan, or why there is none.
#[derive(Debug, Clone)]
pub struct Planned {
    /// As people know it.
    pub name: String,
    /// Its plan, or what keeps it from having one: its state, and the problems in a sentence each.
    pub plan: Result<Plan, (VariantState, Vec<String>)>,
}

/// Variants side by side, held against the first one.
#[must_use]
pub fn compared(variants: &[Planned]) -> Comparison {
    let plans = || variants.iter().filter_map(|one| one.plan.as_ref().ok());
    let first = variants.first().and_then(|one| one.plan.as_ref().ok());
    let any = plans().next();
    let named = |of: fn(&Plan) -> &String| any.map(|plan| of(plan).clone()).unwrap_or_default();
    Comparison {
        format_version: FORMAT_VERSION.to_owned(),
        project: named(|plan| &plan.project),
        cycle: named(|plan| &plan.cycle),
        currency: named(|plan| &plan.currency),
        variants: variants.iter().map(variant).collect(),
        lines: first.map_or_else(Vec::new, |first| lines(first, variants)),
    }
}

fn variant(one: &Planned) -> Variant {
    let plan = match &one.plan {
        Ok(plan) => plan,
        Err((state, problems)) => {
            let (name, problems) = (one.name.clone(), problems.clone());
            return Variant { name, state: *state, problems, ..Variant::default() };
        }
    };
    let (summary, certificate) = (&plan.summary, &plan.certificate);
    let gap = certificate.bound.map(|bound| bound.0.saturating_sub(certificate.objective.0).max(Decimal::ZERO));
    let missed: Vec<String> = plan.gates.iter().filter(|gate| gate.is_missed()).map(|gate| gate.id.clone()).collect();
    Variant {
        name: one.name.clone(),
        state: if plan.is_refused() { VariantState::Refused } else { VariantState::Planned },
        problems: Vec::new(),
        plan_hash: Some(plan.plan_hash.clone()),
        figures: Some(Figures {
            revenue: summary.revenue,
            contribution: summary.contribution,
            purchases: summary.purchases,
            fill_rate: summary.fill_rate,
            lowest_cash: summary.minimum_cash.as_ref().map(|least| least.amount),
            lowest_cash_bucket: summary.minimum_cash.as_ref().map(|least| least.bucket.clone()),
        }),
        objective: Some(certificate.objective),
        tolerance: gap.map(Amount),
        rules: rules(plan),
        limits: limits(plan),
        missed_gates: missed,
    }
}

/// The rules that a plan uses, in the order of their file.
fn rules(plan: &Plan) -> Vec<RuleTotal> {
    let mut all: Vec<RuleTotal> = Vec::new();
    for used in &plan.rules_used {
        match all.iter_mut().find(|known| known.rule == used.id) {
            Some(known) => known.used = Amount(known.used.0.saturating_add(used.used.0)),
            None => all.push(RuleTotal { rule: used.id.clone(), used: used.used }),
        }
    }
    all
}

/// The limits that bind, each with the buckets in which less than a hundredth of it is left. Of nothing there is nothing to use up.
fn limits(plan: &Plan) -> Vec<Binding> {
    let mut tight: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for row in &plan.capacity {
        let hundredth = row.limit.0 / Decimal::ONE_HUNDRED;
        if row.used.0 > Decimal::ZERO && row.limit.0.saturating_sub(row.used.0) <= hundredth {
            tight.entry((&row.kind, &row.of)).or_default().push(row.bucket.clone());
        }
    }
    let binding = |((kind, of), buckets): ((&str, &str), Vec<String>)| Binding {
        kind: kind.to_owned(),
        of: of.to_owned(),
        buckets,
    };
    let mut all: Vec<Binding> = tight.into_iter().map(binding).collect();
    // A minimum of nothing is one as well: so much of what is paid in the bucket is next to it.
    let near = |row: &&crate::plan::CashBucket| {
        let room = row.minimum.0.abs().max(row.purchases.0) / Decimal::ONE_HUNDRED;
        row.closing.0.saturating_sub(row.minimum.0) <= room
    };
    let buckets: Vec<String> = plan.cash.iter().filter(near).map(|row| row.bucket.clone()).collect();
    if !buckets.is_empty() {
        all.push(Binding { kind: "cash-minimum".to_owned(), of: "cash".to_owned(), buckets });
    }
    all
}

/// New lines of a plan, transfers and those for after the horizon too: units by key.
fn units(plan: &Plan) -> BTreeMap<&str, i64> {
    let orders = plan.orders.iter().chain(&plan.tail).filter(|one| one.action == Action::New);
    let sent = plan.transfers.iter().filter(|one| one.action == Action::New);
    orders.map(|one| (one.key.as_str(), one.units)).chain(sent.map(|one| (one.key.as_str(), one.units))).collect()
}

/// Lines of which a variant has other units than the first one, the largest difference first.
fn lines(first: &Plan, variants: &[Planned]) -> Vec<LineUnits> {
    let was = units(first);
    let all: Vec<Option<BTreeMap<&str, i64>>> = variants.iter().map(|one| one.plan.as_ref().ok().map(units)).collect();
    let keys: BTreeSet<&str> = all.iter().flatten().flat_map(|lines| lines.keys().copied()).collect();
    let row = |key: &str| {
        let own =
            |lines: &Option<BTreeMap<&str, i64>>| lines.as_ref().map(|lines| lines.get(key).copied().unwrap_or(0));
        LineUnits { key: key.to_owned(), units: all.iter().map(own).collect() }
    };
    let far = |line: &LineUnits| {
        let before = was.get(line.key.as_str()).copied().unwrap_or(0);
        line.units.iter().flatten().map(|units| units.abs_diff(before)).max().unwrap_or(0)
    };
    let mut differ: Vec<LineUnits> = keys.into_iter().map(row).filter(|line| far(line) > 0).collect();
    differ.sort_by(|a, b| far(b).cmp(&far(a)).then(a.key.cmp(&b.key)));
    differ
}
