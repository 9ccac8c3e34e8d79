//! Networks and rules, held against every plan there is.

#[path = "every.rs"]
mod every;
#[path = "value.rs"]
mod value;
#[path = "world.rs"]
mod world;

use std::path::Path;

use crate::cases::{cases, expected_json, own, shared};
use crate::support::Memory;
use every::best;
use value::Value;
use world::{PARTS, World};

fn parts(text: &str) -> i64 {
    (text.parse::<f64>().unwrap() * 1_000_000.0).round() as i64
}

/// A cent apart at most, after rounding.
fn same(found: i64, expected: &serde_json::Value) -> bool {
    let millionths = i128::from(found) * 1_000_000 / i128::from(PARTS);
    (millionths - i128::from(parts(expected.as_str().unwrap()))).abs() < 5_000
}

/// Whether the best of all plans has the answer of a case.
fn agrees(case: &Path, grain: i64) -> Result<(), String> {
    let world = World::read(&Memory::folder(case));
    let expected = expected_json(case);
    match (best(&world, grain).value(), expected["status"] == "infeasible") {
        (None, true) => Ok(()),
        (None, false) => Err("no plan".to_owned()),
        (Some(value), true) => Err(format!("there is a plan: {value:?}")),
        (Some((_, 2..)), false) if grain == 1 && expected["unique"]["orders"] == true => Err("not unique".to_owned()),
        (Some((value, _)), false) => held(&world, &value, &expected),
    }
}

fn held(world: &World, value: &Value, expected: &serde_json::Value) -> Result<(), String> {
    let shown = |parts: i64| parts as f64 / PARTS as f64;
    if !same(value.money, &expected["objective"]) {
        return Err(format!("earns {}, expected {}", shown(value.money), expected["objective"]));
    }
    if value.given != 0 {
        return Err(format!("{} given", shown(value.given)));
    }
    for rule in expected["rules"].as_array().unwrap() {
        let index = world.rules.iter().position(|own| rule["id"] == own.name.as_str()).unwrap();
        if !same(value.used[index], &rule["use"]) {
            return Err(format!("{} uses {}, expected {}", rule["id"], shown(value.used[index]), rule["use"]));
        }
    }
    Ok(())
}

/// Worked cases from outside that can be told in whole months and multiples of so many units.
const SHARED: &[(&str, i64)] = &[("open-order", 10), ("rules-fill-first", 10), ("rules-budget-first", 10)];

#[test]
fn every_plan_of_worked_cases_is_listed() {
    let mut all: Vec<_> = cases(&own()).into_iter().map(|case| (case, 1)).collect();
    if let Some(folder) = shared() {
        all.extend(SHARED.iter().map(|(name, grain)| (folder.join(name), *grain)));
    }
    let wrong: Vec<_> = all
        .iter()
        .filter_map(|(case, grain)| agrees(case, *grain).err().map(|why| format!("{}: {why}", case.display())))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
