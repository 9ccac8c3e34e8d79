//! Every field of a plan file is checked: whatever is changed in it, someone objects.

use serde_json::{Value, json};

use super::cases::{cash_milestones, given_storage, netting};
use super::goals::{every_promise, given_shortage, group_floor};
use super::last_plan::last_plan;
use super::meaning::{everything, given_cash};
use super::shop::Shop;
use super::tail::tail;
use super::twins::twins;
use crate::plan::{Plan, plan_hash};
use crate::verify::Decisions;

/// Keys that may be absent, and what could stand there.
fn optional_keys() -> Vec<(&'static str, Value)> {
    vec![
        ("id", json!("PO-0")),
        ("mode", json!("air")),
        ("release_date", json!("2026-01-01")),
        ("bound", json!("1.00")),
        ("gap", json!("0.00")),
        ("marginal_value", json!("0.00")),
        ("marginal_step", json!("0.00")),
        ("marginal_bound", json!("1.00")),
        ("bucket", json!("2026-01")),
        ("minimum_cash", json!({"bucket": "2026-01", "amount": "0.00"})),
        ("source", json!({"file": "a.toml", "line": 1, "column": 1})),
        ("2026-01", json!(1)),
    ]
}

/// A row for each list that may be empty.
fn additions() -> Vec<Value> {
    let source = json!({"file": "a.toml", "line": 1, "column": 1});
    let (bucket, reasons, payments) = (json!("2026-01"), json!([]), json!([]));
    let order = json!({"key": "PO-0/A", "id": "PO-0", "action": "open", "item": "A", "supplier": "s", "location": "main",
        "receipt_bucket": bucket, "usable_date": "2026-01-01", "units": 1, "landed_cost": "0.00", "order_cost": "0.00",
        "payments": payments, "reasons": reasons});
    let mut new_line = order.clone();
    new_line["action"] = json!("new");
    new_line["mode"] = json!("sea");
    let transfer = json!({"key": "k", "action": "new", "item": "A", "from": "main", "location": "main", "mode": "sea",
        "release_date": "2026-01-01", "receipt_bucket": bucket, "usable_date": "2026-01-01", "units": 1,
        "landed_cost": "0.00", "order_cost": "0.00", "payments": payments, "reasons": reasons});
    let allocation = json!({"item": "A", "channel": "x", "location": "main", "bucket": bucket, "demand": 0, "lowered": 0,
        "planned": 0, "delivered_late": 0, "delivered": {}, "short": 0,
        "short_by": {"given": 0, "no_stock": 0, "held_back": 0}, "reasons": reasons});
    let cash = json!({"bucket": bucket, "opening": "0.00", "sales": "0.00", "purchases": "0.00", "other": "0.00",
        "closing": "0.00", "minimum": "0.00"});
    vec![
        json!("reason"),
        order,
        new_line,
        transfer,
        allocation,
        cash,
        json!({"date": "2026-01-01", "amount": "0.00"}),
        json!({"kind": "budget", "of": "b", "bucket": bucket, "amount": "0.00", "source": source}),
        json!({"kind": "budget", "of": "b", "bucket": bucket, "used": "0.00", "limit": "0.00"}),
        json!({"id": "p", "moved": 0}),
        json!({"id": "r", "use": "0.00", "bucket": bucket, "of": "A", "amount": "0.00", "cost": null, "source": source}),
        json!({"id": "g", "passed": true}),
        json!({"of": "g", "used": false}),
        json!({"name": "x", "scope": "plan", "value": "0.00"}),
        json!({"rule": "r", "use": "0.00"}),
        json!({"path": "x.toml", "sha256": "00"}),
        json!({"code": "SOP7001", "severity": "note", "message": "x"}),
    ]
}

/// What a value could be changed into.
fn changed(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Bool(flag) => vec![json!(!flag)],
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or(0);
            vec![json!(number + 1), json!(number - 1), json!(-number)]
        }
        Value::String(text) => changed_text(text),
        Value::Array(rows) => changed_rows(rows, &telling(rows)),
        Value::Object(fields) => {
            let mut objects: Vec<Value> = Vec::new();
            for key in fields.keys() {
                let mut fewer = fields.clone();
                fewer.shift_remove(key);
                objects.push(Value::Object(fewer));
            }
            for (key, added) in optional_keys() {
                let mut more = fields.clone();
                more.entry(key).or_insert(added);
                objects.push(Value::Object(more));
            }
            objects
        }
    }
}

fn changed_text(text: &str) -> Vec<Value> {
    let mut texts = vec![format!("{text}x"), text[..text.len().saturating_sub(1)].to_owned(), String::new()];
    texts.extend(
        ["n/a", "1.00", "relaxed", "draft", "open", "new", "moved", "committed", "A", "main"].map(String::from),
    );
    if let Ok(day) = text.parse::<chrono::NaiveDate>() {
        texts.extend([day.succ_opt(), day.pred_opt()].into_iter().flatten().map(|day| day.to_string()));
    }
    if let Ok(number) = text.parse::<rust_decimal::Decimal>() {
        let least = rust_decimal::Decimal::new(1, 6);
        texts.extend([number + least, number - least, -number].map(|number| number.to_string()));
    }
    texts.into_iter().map(Value::String).collect()
}

/// The rows that are changed one by one: of metrics, of which there are many that differ in scope and bucket alone, the first of
/// each name by bucket and without; of all else each.
fn telling(rows: &[Value]) -> Vec<usize> {
    let mut seen = std::collections::BTreeSet::new();
    let is_new = |row: &Value| {
        let (name, scope) = (row.get("name"), row.get("scope"));
        let (Some(name), Some(_)) = (name, scope) else { return true };
        seen.insert((name.to_string(), row.get("bucket").is_some()))
    };
    let new: Vec<bool> = rows.iter().map(is_new).collect();
    (0..rows.len()).filter(|&index| new[index]).collect()
}

fn changed_rows(rows: &[Value], telling: &[usize]) -> Vec<Value> {
    let mut lists = Vec::new();
    for &index in telling {
        let mut fewer = rows.to_vec();
        let row = fewer.remove(index);
        lists.push(fewer.clone());
        fewer.insert(0, row.clone());
        lists.push(fewer.clone());
        let mut twice = rows.to_vec();
        twice.insert(index, row);
        lists.push(twice);
    }
    for added in additions() {
        let mut more = rows.to_vec();
        more.push(added);
        lists.push(more);
    }
    lists.into_iter().map(Value::Array).collect()
}

/// Calls `check` with every document that differs from `root` in one place.
fn each_change(root: &Value, pointer: &str, check: &mut impl FnMut(&str, Value)) {
    let here = root.pointer(pointer).unwrap();
    for change in changed(here) {
        if &change != here {
            let mut copy = root.clone();
            *copy.pointer_mut(pointer).unwrap() = change;
            check(pointer, copy);
        }
    }
    let inner: Vec<String> = match here {
        Value::Object(fields) => fields.keys().cloned().collect(),
        Value::Array(rows) => telling(rows).iter().map(usize::to_string).collect(),
        _ => Vec::new(),
    };
    for key in inner {
        each_change(root, &format!("{pointer}/{key}"), check);
    }
}

/// That no plan lets less be given is the planner's claim: whatever lies at or below what is given may stand there.
fn is_a_claim(changed: &Plan, sound: &Plan) -> bool {
    let mut apart = changed.clone();
    let (Some(level), Some(own)) = (apart.certificate.levels.first_mut(), sound.certificate.levels.first()) else {
        return false;
    };
    let credible = level.bound.is_none_or(|bound| bound <= own.used);
    level.bound = own.bound;
    credible && apart == *sound
}

/// Every change of one place is objected to although the hash was mended, so that it is not the hash that tells. As it
/// stands such a file is wrong in its hash besides. Returns how many changes were tried.
fn every_change_is_caught(shop: &Shop, decisions: &Decisions) -> usize {
    let sound = shop.sound_plan(decisions);
    let mut tried = 0;
    each_change(&serde_json::to_value(&sound).unwrap(), "", &mut |pointer, document| {
        let Ok(changed) = serde_json::from_value::<Plan>(document) else { return };
        // Any compiler may have made it.
        if changed == sound || is_a_claim(&changed, &sound) || pointer == "/compiler_version" {
            return;
        }
        tried += 1;
        let mended = Plan { plan_hash: plan_hash(&changed), ..changed.clone() };
        let told = if mended == sound { shop.verify(&changed) } else { shop.verify(&mended) };
        assert!(!told.is_empty(), "a change at {pointer} was not seen");
    });
    tried
}

#[test]
fn a_changed_plan_has_another_hash() {
    let case = netting();
    let mut plan = case.shop.sound_plan(&case.decisions);
    plan.orders[1].units += 24;
    let told = super::shop::listed(&case.shop.verify(&plan));
    assert!(told.starts_with("plan_hash: expected ") || told.contains("\nplan_hash: expected "), "{told}");
}

#[test]
fn nothing_in_a_plan_with_cash_can_be_changed() {
    let case = cash_milestones();
    assert!(every_change_is_caught(&case.shop, &case.decisions) > 1000);
}

#[test]
fn nothing_in_a_plan_with_open_orders_can_be_changed() {
    let case = netting();
    assert!(every_change_is_caught(&case.shop, &case.decisions) > 1000);
}

#[test]
fn nothing_in_a_plan_with_something_given_can_be_changed() {
    let case = given_storage();
    assert!(every_change_is_caught(&case.shop, &case.decisions) > 1000);
}

#[test]
fn nothing_in_a_plan_that_uses_everything_can_be_changed() {
    let (shop, decisions) = everything();
    assert!(every_change_is_caught(&shop, &decisions) > 3000);
}

#[test]
fn nothing_in_a_plan_that_lacks_cash_can_be_changed() {
    let (shop, decisions) = given_cash();
    assert!(every_change_is_caught(&shop, &decisions) > 1000);
}

#[test]
fn nothing_in_a_plan_with_floors_can_be_changed() {
    for (shop, decisions) in [given_shortage(), group_floor()] {
        assert!(every_change_is_caught(&shop, &decisions) > 1000);
    }
}

#[test]
fn nothing_in_a_plan_with_a_tail_can_be_changed() {
    let (shop, decisions) = tail();
    assert!(every_change_is_caught(&shop, &decisions) > 1000);
}

#[test]
fn nothing_in_a_plan_with_twin_lines_can_be_changed() {
    let (shop, decisions) = twins();
    assert!(every_change_is_caught(&shop, &decisions) > 1000);
}

#[test]
fn nothing_in_a_plan_that_follows_another_can_be_changed() {
    let (shop, decisions) = last_plan();
    assert!(every_change_is_caught(&shop, &decisions) > 1000);
}

#[test]
fn nothing_in_a_plan_that_promises_everything_can_be_changed() {
    let (shop, decisions) = every_promise();
    assert!(every_change_is_caught(&shop, &decisions) > 3000);
}

#[test]
fn a_wrong_figure_is_named() {
    let case = cash_milestones();
    let mut plan = case.shop.sound_plan(&case.decisions);
    plan.orders[0].payments[0].amount = "75.01".parse().unwrap();
    plan.cash.remove(1);
    plan.inventory.swap(0, 1);
    plan.plan_hash = plan_hash(&plan);
    let told = super::shop::listed(&case.shop.verify(&plan));
    assert_eq!(
        told,
        r#"orders["A/s/main/sea/2026-03"].payments[0].amount: expected 75.00, found 75.01
inventory["A/main/2026-02"]: expected a place behind inventory["A/main/2026-01"], found one before it
cash["2026-02"]: expected a row, found none"#
    );
}
