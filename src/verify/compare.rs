//! Holds a plan file against the expected one, key by key, so that no field can be forgotten.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::Serialize;
use serde_json::Value;

use super::report::{Report, row_path};
use crate::plan::{Action, Order, Plan, Transfer};

/// Compares plans without the lists whose rows have names, then list by list.
macro_rules! compare_plans {
    ($expected:ident, $found:ident, $report:ident, $($list:ident: |$row:ident| $key:expr;)*) => {
        let head = |plan: &Plan| Plan {
            format_version: plan.format_version.clone(),
            compiler_version: plan.compiler_version.clone(),
            project: plan.project.clone(),
            cycle: plan.cycle.clone(),
            as_of: plan.as_of,
            currency: plan.currency.clone(),
            input_hash: plan.input_hash.clone(),
            plan_hash: plan.plan_hash.clone(),
            status: plan.status,
            certificate: plan.certificate.clone(),
            summary: plan.summary.clone(),
            waivers: plan.waivers.clone(),
            diagnostics: plan.diagnostics.clone(),
            $($list: Vec::new(),)*
        };
        compare_values("", &json(&head($expected)), &json(&head($found)), $report);
        $(compare_rows(stringify!($list), &$expected.$list, &$found.$list, |$row| $key, $report);)*
    };
}

/// Reports every difference.
pub(super) fn compare(expected: &Plan, found: &Plan, report: &mut Report) {
    compare_plans! {
        expected, found, report,
        buckets: |row| vec![row.label.clone()];
        items: |row| vec![row.item.clone()];
        inputs: |row| vec![row.path.clone()];
        orders: |row| order_key(row);
        given: |row| vec![row.kind.clone(), row.of.clone(), row.bucket.clone()];
        transfers: |row| transfer_key(row);
        tail: |row| order_key(row);
        promotions: |row| vec![row.id.clone()];
        allocations: |row| vec![row.item.clone(), row.channel.clone(), row.location.clone(), row.bucket.clone()];
        inventory: |row| vec![row.item.clone(), row.location.clone(), row.bucket.clone()];
        cash: |row| vec![row.bucket.clone()];
        capacity: |row| vec![row.kind.clone(), row.of.clone(), row.bucket.clone()];
        rules_used: |row| vec![row.id.clone(), row.bucket.clone(), row.of.clone()];
        metrics: |row| vec![row.scope.clone(), row.name.clone(), row.bucket.clone().unwrap_or_default()];
        gates: |row| vec![row.id.clone()];
    }
}

/// An open line is named by its order, a new one by its lane, its bucket and its number among twins.
fn order_key(order: &Order) -> Vec<String> {
    let Order { item, supplier, location, mode, receipt_bucket, .. } = order;
    match (order.action, &order.id) {
        (Action::New | Action::Committed, _) | (_, None) => {
            let mode = mode.clone().unwrap_or_default();
            let lane = [item.clone(), supplier.clone(), location.clone(), mode];
            let twin = twin(order).unwrap_or_default();
            lane.into_iter().chain([format!("{receipt_bucket}{twin}")]).collect()
        }
        (_, Some(id)) => vec![id.clone(), item.clone()],
    }
}

/// A new transfer is named by its lane, its bucket and its number among twins; an open one by its key.
fn transfer_key(transfer: &Transfer) -> Vec<String> {
    let Transfer { key, item, from, location, mode, receipt_bucket, .. } = transfer;
    let Some(mode) = mode.as_ref().filter(|_| transfer.action == Action::New) else { return vec![key.clone()] };
    let lane = format!("{item}/{from}/{location}/{mode}/{receipt_bucket}");
    let twin = key.strip_prefix(&lane).filter(|twin| twin.starts_with('#')).unwrap_or_default();
    vec![format!("{lane}{twin}")]
}

/// The path of a transfer.
pub(super) fn transfer_path(transfer: &Transfer) -> String {
    list_path("transfers", &transfer_key(transfer))
}

/// The path of an order line in a list.
pub(super) fn order_path(list: &str, order: &Order) -> String {
    list_path(list, &order_key(order))
}

/// The path of a row of a list.
pub(super) fn list_path(list: &str, key: &[String]) -> String {
    row_path(list, &key.iter().map(String::as_str).collect::<Vec<_>>())
}

/// What a key has behind lane and bucket: `#2`.
fn twin(order: &Order) -> Option<&str> {
    let Order { key, item, supplier, location, mode, receipt_bucket, .. } = order;
    let mode = mode.as_deref().unwrap_or("");
    let twin = key.strip_prefix(&format!("{item}/{supplier}/{location}/{mode}/{receipt_bucket}"))?;
    twin.starts_with('#').then_some(twin)
}

/// Any row as JSON; the plan file's types always have one.
fn json(row: &impl Serialize) -> Value {
    serde_json::to_value(row).unwrap_or(Value::Null)
}

/// Rows by name: missing, extra and repeated ones, different ones field by field, then their order.
fn compare_rows<T: Serialize + PartialEq>(
    list: &str,
    expected: &[T],
    found: &[T],
    key: impl Fn(&T) -> Vec<String>,
    report: &mut Report,
) {
    if expected == found {
        return;
    }
    let path = |key: &[String]| list_path(list, key);
    let mut positions = BTreeMap::new();
    for (position, row) in found.iter().enumerate() {
        match positions.entry(key(row)) {
            Entry::Vacant(entry) => _ = entry.insert(position),
            Entry::Occupied(entry) => report.add(|| path(entry.key()), "one row", "another of the same name"),
        }
    }
    let mut matched = Vec::new();
    for row in expected {
        let key = key(row);
        match positions.remove(&key) {
            Some(position) => {
                matched.push((position, key.clone()));
                if row != &found[position] {
                    compare_values(&path(&key), &json(row), &json(&found[position]), report);
                }
            }
            None => report.add(|| path(&key), "a row", "none"),
        }
    }
    for extra in positions.keys() {
        report.add(|| path(extra), "no such row", "one");
    }
    if let Some(pair) = matched.windows(2).find(|pair| pair[0].0 > pair[1].0) {
        report.add(|| path(&pair[1].1), format_args!("a place behind {}", path(&pair[0].1)), "one before it");
    }
}

/// Two JSON values, all the way down.
fn compare_values(path: &str, expected: &Value, found: &Value, report: &mut Report) {
    match (expected, found) {
        (Value::Object(a), Value::Object(b)) => {
            let only_found = b.keys().filter(|&key| !a.contains_key(key));
            for key in a.keys().chain(only_found) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare_optional(&path, a.get(key), b.get(key), report);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            for index in 0..a.len().max(b.len()) {
                compare_optional(&format!("{path}[{index}]"), a.get(index), b.get(index), report);
            }
        }
        _ if expected != found => report.add(|| path.to_owned(), shown(expected), shown(found)),
        _ => {}
    }
}

fn compare_optional(path: &str, expected: Option<&Value>, found: Option<&Value>, report: &mut Report) {
    match (expected, found) {
        (Some(expected), Some(found)) => compare_values(path, expected, found, report),
        (expected, found) => {
            let shown = |value: Option<&Value>| value.map_or_else(|| "nothing".into(), shown);
            report.add(|| path.to_owned(), shown(expected), shown(found));
        }
    }
}

/// A value as a person reads it; no control character gets through.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.escape_debug().to_string(),
        other => other.to_string(),
    }
}
