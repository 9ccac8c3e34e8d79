//! Plan files made to break their reader: nothing panics, everything is told, in bounded length.

use serde_json::{Value, json};

use super::goals::every_promise;
use super::meaning::everything;
use super::shop::{Shop, listed, months};
use crate::plan::{Plan, plan_hash};
use crate::verify::Decisions;

/// Values at the edge of what a plan file can hold.
fn extremes(value: &Value) -> Vec<Value> {
    match value {
        Value::Number(_) => vec![json!(i64::MAX), json!(i64::MIN), json!(1_000_000_001)],
        Value::String(_) => vec![
            json!("+262142-12-31"),
            json!("-262143-01-01"),
            json!("79228162514264337593543950335"),
            json!("-0.0000000000000000000000000001"),
            json!("\u{0}\u{202e}\u{1b}[2J\"]["),
            json!("x".repeat(100_000)),
        ],
        Value::Array(rows) => vec![Value::Array(rows.iter().cycle().take(rows.len() * 300).cloned().collect())],
        _ => Vec::new(),
    }
}

fn each_extreme(root: &Value, pointer: &str, check: &mut impl FnMut(&str, Value)) {
    let here = root.pointer(pointer).unwrap();
    for extreme in extremes(here) {
        let mut copy = root.clone();
        *copy.pointer_mut(pointer).unwrap() = extreme;
        check(pointer, copy);
    }
    let inner: Vec<String> = match here {
        Value::Object(fields) => fields.keys().cloned().collect(),
        Value::Array(rows) => (0..rows.len()).map(|index| index.to_string()).collect(),
        _ => Vec::new(),
    };
    for key in inner {
        each_extreme(root, &format!("{pointer}/{key}"), check);
    }
}

#[test]
fn extreme_values_are_told_and_nothing_panics() {
    for (shop, decisions) in [everything(), every_promise()] {
        each_extreme_is_told(&shop, &decisions);
    }
}

fn each_extreme_is_told(shop: &Shop, decisions: &Decisions) {
    let sound = shop.sound_plan(decisions);
    let mut tried = 0;
    each_extreme(&serde_json::to_value(&sound).unwrap(), "", &mut |pointer, document| {
        let Ok(mut plan) = serde_json::from_value::<Plan>(document) else { return };
        plan.plan_hash = plan_hash(&plan);
        if plan == sound {
            return;
        }
        tried += 1;
        let disagreements = shop.verify(&plan);
        // Any compiler may have made it.
        let least = usize::from(pointer != "/compiler_version");
        assert!((least..=201).contains(&disagreements.len()), "{pointer}: {}", disagreements.len());
        assert!(!listed(&disagreements).replace('\n', "").contains(char::is_control), "{pointer}");
    });
    assert!(tried > 500, "{tried}");
}

#[test]
fn every_extreme_at_once() {
    let (shop, decisions) = everything();
    let mut plan = shop.sound_plan(&decisions);
    for order in &mut plan.orders {
        order.units = i64::MAX;
        order.usable_date = chrono::NaiveDate::MAX;
    }
    for row in &mut plan.allocations {
        (row.demand, row.planned, row.short) = (i64::MIN, i64::MIN, i64::MAX);
    }
    for row in &mut plan.inventory {
        (row.opening, row.closing) = (i64::MAX, i64::MIN);
    }
    let disagreements = shop.verify(&plan);
    assert!(disagreements.len() > 20 && disagreements.len() <= 201);
}

#[test]
fn a_flood_is_cut_and_counted() {
    let mut shop = Shop::new("2026-01-01", months(12));
    for item in 0..40 {
        shop.item(&format!("I{item:02}"), 10, "1", "1");
        shop.network.items[item].cost = Some(super::shop::decimal("1"));
    }
    let row = [0; 12];
    let plan = shop.plan(&shop.decide(&[], &[&row[..]; 40]));
    let mut wrong = plan.clone();
    for row in &mut wrong.inventory {
        row.closing += 1;
    }
    let disagreements = shop.verify(&wrong);
    assert_eq!(disagreements.len(), 201);
    // 480 rows and the hash: 200 are listed.
    assert_eq!(disagreements[200].to_string(), "plan: expected no further disagreement, found 281 more");
}

#[test]
fn facts_too_large_to_add_up_are_told() {
    let mut shop = Shop::new("2026-01-01", months(2));
    let a = shop.item("A", i64::MAX, "1", "1");
    shop.network.items[0].cost = Some(rust_decimal::Decimal::MAX);
    shop.lane(a, "5", "1");
    let mut small = Shop::new("2026-01-01", months(2));
    small.item("A", 1, "1", "1");
    small.network.items[0].cost = Some(super::shop::decimal("1"));
    let plan = small.plan(&small.decide(&[], &[&[0, 0]]));
    let told = listed(&shop.verify(&plan));
    assert_eq!(told, "plan: expected numbers that can be checked, found numbers too large to add up");
}
