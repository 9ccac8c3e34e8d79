//! The worked cases of `../shared/cases/plans`, as far as this compiler plans what they need.
//!
//! Their answers were computed by an exact solver; where an answer is unique, orders, sales and stock must agree too.

use std::path::{Path, PathBuf};

use serde_json::Value;
use sopc::compile::{self, Failure};
use sopc::plan::Plan;

use crate::support::Memory;

fn folder() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/plans");
    path.is_dir().then_some(path)
}

fn expected(case: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(case.join("expected.json")).unwrap()).unwrap()
}

/// What a plan says, in the shape of `expected.json`.
fn sales(plan: &Plan) -> Value {
    let mut all = serde_json::Map::new();
    for row in &plan.allocations {
        let series =
            all.entry(format!("{}/{}", row.item, row.channel)).or_insert_with(|| vec![0; plan.buckets.len()].into());
        let bucket = plan.buckets.iter().position(|bucket| bucket.label == row.bucket).unwrap();
        series[bucket] = (series[bucket].as_i64().unwrap() + row.planned).into();
    }
    Value::Object(all)
}

fn inventory(plan: &Plan, of: impl Fn(&sopc::plan::Inventory) -> i64) -> Value {
    let mut all = serde_json::Map::new();
    for row in &plan.inventory {
        let series = all.entry(format!("{}/{}", row.item, row.location)).or_insert_with(|| Value::Array(Vec::new()));
        series.as_array_mut().unwrap().push(of(row).into());
    }
    Value::Object(all)
}

/// Orders as comparable lines; `expected` may leave keys out, which are then left out here too.
fn orders(plan: &Plan, expected: &Value) -> (Vec<String>, Vec<String>) {
    let line = |order: &Value, like: &Value| {
        let keys: Vec<&String> = like.as_object().unwrap().keys().filter(|key| *key != "payments").collect();
        let mut parts: Vec<_> =
            keys.iter().map(|key| format!("{key}={}", order.get(key.as_str()).unwrap_or(&Value::Null))).collect();
        parts.sort();
        let paid = order["payments"].as_array().unwrap();
        parts.extend(paid.iter().map(|payment| format!("{} {}", payment["date"], payment["amount"])));
        parts.join(" ")
    };
    let wanted = expected.as_array().unwrap();
    let found: Vec<Value> = plan.orders.iter().map(|order| serde_json::to_value(order).unwrap()).collect();
    let matching = |one: &Value| {
        wanted
            .iter()
            .find(|other| ["item", "receipt_bucket", "action"].iter().all(|key| other[*key] == one[*key]))
            .unwrap_or(one)
            .clone()
    };
    let mut found: Vec<_> = found.iter().map(|order| line(order, &matching(order))).collect();
    let mut wanted: Vec<_> = wanted.iter().map(|order| line(order, order)).collect();
    found.sort();
    wanted.sort();
    (found, wanted)
}

fn check(case: &Path) -> Result<bool, String> {
    let compiled = compile::compile(&Memory::folder(case));
    let expected = expected(case);
    let errors: Vec<_> = compiled.diagnostics.iter().map(|one| format!("{} {}", one.code, one.message)).collect();
    if compiled.network.is_none() {
        return Err(format!("invalid: {errors:?}"));
    }
    let plan = match compile::plan(&compiled) {
        Ok(plan) => plan,
        Err(Failure::Disagreement(list)) => return Err(format!("verify: {list:?}")),
        Err(Failure::NoPlan(no_plan, _)) if expected["status"] == "infeasible" => {
            let status = serde_json::to_value(no_plan.status).unwrap();
            return if status == expected["status"] { Ok(true) } else { Err(format!("only {status}")) };
        }
        Err(Failure::NoPlan(_, diagnostics)) => {
            let told: Vec<_> = diagnostics.iter().map(|one| format!("{} {:?}", one.message, one.notes)).collect();
            return Err(format!("no plan: {told:?}"));
        }
        Err(Failure::Unplanned(_)) => return Ok(false),
        Err(Failure::Overflow | Failure::Invalid) => return Err("overflow".to_owned()),
    };
    let close = |a: &str, b: &Value| {
        let (a, b): (f64, f64) = (a.parse().unwrap(), b.as_str().unwrap().parse().unwrap());
        (a - b).abs() <= 0.005
    };
    let objective = plan.certificate.objective.to_string();
    if !close(&objective, &expected["objective"]) {
        return Err(format!("objective {objective}, expected {}", expected["objective"]));
    }
    let given = |rows: &Value| -> Vec<String> {
        let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
        let amount = |row: &Value| text(row, "amount").trim_end_matches('0').trim_end_matches('.').to_owned();
        let row =
            |row: &Value| format!("{} {} {} {}", text(row, "kind"), text(row, "of"), text(row, "bucket"), amount(row));
        rows.as_array().unwrap().iter().map(row).collect()
    };
    let (found, wanted) = (given(&serde_json::to_value(&plan.given).unwrap()), given(&expected["given"]));
    if found != wanted || plan.certificate.levels[0].bound != Some(plan.certificate.levels[0].used) {
        return Err(format!("given {found:?}, expected {wanted:?}"));
    }
    let safety = inventory(&plan, |row| row.safety_stock);
    if safety != expected["safety_stock"] {
        return Err(format!("safety stock {safety}, expected {}", expected["safety_stock"]));
    }
    let after: Vec<_> = plan.tail.iter().map(|order| (order.receipt_bucket.clone(), order.units)).collect();
    let told = |row: &Value| (row["receipt_bucket"].as_str().unwrap().to_owned(), row["units"].as_i64().unwrap());
    let wanted: Vec<_> = expected["tail"].as_array().unwrap().iter().map(told).collect();
    if expected["unique"]["orders"] == true && after != wanted {
        return Err(format!("tail {after:?}, expected {wanted:?}"));
    }
    if expected["unique"]["orders"] == true {
        let (found, wanted) = orders(&plan, &expected["orders"]);
        if found != wanted {
            return Err(format!("orders\n  {}\nexpected\n  {}", found.join("\n  "), wanted.join("\n  ")));
        }
    }
    for (name, found) in [("planned", sales(&plan)), ("closing", inventory(&plan, |row| row.closing))] {
        if expected["unique"][name] == true && found != expected[name] {
            return Err(format!("{name} {found}, expected {}", expected[name]));
        }
    }
    Ok(true)
}

/// The cases that need nothing this compiler does not plan yet.
const PLANNED: &[&str] = &[
    "budget-receipt",
    "calendar-mixed",
    "cash-milestones",
    "closure",
    "end-worth",
    "given-shortage",
    "given-storage",
    "group-floor",
    "infeasible-lead",
    "infeasible-or-budget",
    "lot-sizing",
    "minimum-order",
    "netting",
    "payout-spread",
    "pin",
    "price-break",
    "receipt-inside",
    "shared-pool",
    "storage-peak",
    "tail",
    "weekly",
];

#[test]
fn worked_cases_have_their_known_answers() {
    let Some(folder) = folder() else { return };
    let wrong: Vec<_> = PLANNED
        .iter()
        .filter_map(|name| match check(&folder.join(name)) {
            Ok(true) => None,
            Ok(false) => Some(format!("{name}: refused as not supported")),
            Err(why) => Some(format!("{name}: {why}")),
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What cannot be planned yet is refused, never left aside.
#[test]
fn other_worked_cases_are_refused() {
    let Some(folder) = folder() else { return };
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    for case in cases.iter().filter(|case| case.is_dir()) {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(matches!(check(case), Ok(false)), !PLANNED.contains(&name.as_str()), "{name}");
    }
}
