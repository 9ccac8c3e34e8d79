//! Plans of whole projects: the example shop and 42 real items.

use serde_json::Value;
use sopc::compile::{self, Compiled};
use sopc::export::Level;
use sopc::plan::{Action, Plan, plan_hash, sha256};
use sopc::render::plan_json;
use sopc::source::Place;
use sopc::verify::verify;

use crate::aw42;
use crate::random::Random;
use crate::support::{Memory, plan_of};

fn example() -> Memory {
    Memory::example("harbor-and-pine")
}

fn planned(files: &Memory) -> (Compiled, Plan) {
    let compiled = compile::compile(files);
    let plan = plan_of(&compiled);
    (compiled, plan)
}

#[test]
fn the_example_shop_has_something_to_tell() {
    let (compiled, plan) = planned(&example());
    assert!(compiled.diagnostics.iter().all(|one| one.severity != sopc::diagnostic::Severity::Error));
    assert!(plan.orders.iter().any(|order| order.action == Action::New));
    assert!(plan.orders.iter().any(|order| order.action == Action::Open));
    assert!(
        plan.allocations.iter().any(|row| row.short_by.given > 0),
        "some item is short before any order can arrive"
    );
    let nearly = rust_decimal::Decimal::new(98, 2);
    let full = |row: &&sopc::plan::Capacity| !row.limit.0.is_zero() && row.used.0 >= row.limit.0 * nearly;
    let kinds: std::collections::BTreeSet<_> = plan.capacity.iter().filter(full).map(|row| row.kind.as_str()).collect();
    assert!(kinds.contains("budget") && kinds.contains("storage-capacity"), "{kinds:?}");
    // A premium lane is for rules to open.
    assert!(plan.orders.iter().all(|order| order.mode.as_deref() != Some("air")));
}

/// 10 items cost more than they sell for: nothing of them is bought. A budget is never passed.
#[test]
fn real_items_plan_and_verify() {
    let Some(json) = aw42::data() else { return };
    let losing: Vec<&str> = json["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["unit_cost"].as_f64() >= item["list_price"].as_f64())
        .map(|item| item["sku"].as_str().unwrap())
        .collect();
    assert_eq!(losing.len(), 10);
    let mut earned = Vec::new();
    for budget in [None, Some(10_000), Some(6_000)] {
        let (_, plan) = planned(&Memory::of(aw42::project(&json, budget)));
        let bought = plan.orders.iter().filter(|order| order.action == Action::New);
        let wrong: Vec<_> = bought.filter(|order| losing.contains(&order.item.as_str())).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        earned.push(plan.certificate.objective);
        assert!(plan.given.is_empty() || budget.is_some(), "{:?}", plan.given);
    }
    assert!(earned.is_sorted_by(|a, b| a >= b), "less money to spend never earns more: {earned:?}");
}

/// Everything a plan says but for where it was read.
fn placeless(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.inputs.clear();
    plan.input_hash.clear();
    plan.diagnostics.clear();
    plan.given.iter_mut().for_each(|row| row.source.file.clear());
    plan.given.iter_mut().for_each(|row| (row.source.line, row.source.column) = (0, 0));
    plan
}

/// The same project with other file names, rows of tables and CSV files in another order.
fn rearranged(files: &Memory, seed: u64) -> Memory {
    let mut random = Random::new(seed);
    let rearrange = |(path, bytes): (&String, &Vec<u8>)| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        if path.ends_with(".csv") {
            let mut rows: Vec<&str> = text.lines().collect();
            random.shuffle(&mut rows[1..]);
            return (path.clone(), rows.join("\n"));
        }
        let mut tables: Vec<String> = Vec::new();
        for line in text.lines() {
            if line.starts_with('[') || tables.is_empty() {
                tables.push(String::new());
            }
            let table = tables.last_mut().unwrap();
            table.push_str(line);
            table.push('\n');
        }
        random.shuffle(&mut tables[1..]);
        let name = path.replace('/', "-");
        let path =
            if path == "sop.toml" { path.clone() } else { format!("{}/{name}", ["a", "m", "z"][random.below(3)]) };
        (path, tables.concat())
    };
    Memory::of(files.0.iter().map(rearrange))
}

#[test]
fn the_same_statements_give_the_same_plan() {
    let files = example();
    let (_, plan) = planned(&files);
    let (_, again) = planned(&files);
    assert_eq!(plan_json(&plan), plan_json(&again));
    for seed in 1..=2 {
        let (_, other) = planned(&rearranged(&files, seed));
        assert_eq!(plan_json(&placeless(&plan)), plan_json(&placeless(&other)));
        assert_eq!(plan.plan_hash, other.plan_hash);
    }
}

#[test]
fn threads_change_no_byte() {
    let files = example();
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| plan_json(&planned(&files).1))
    };
    assert_eq!(with(1), with(2));
}

/// Places of every value in a document.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| places(value, &format!("{at}/{key}"), found)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| places(value, &format!("{at}/{index}"), found));
            if !list.is_empty() {
                found.push(at.to_owned());
            }
        }
        _ => found.push(at.to_owned()),
    }
}

/// Changes one value: a unit, a day, a cent, a letter; or a list loses, repeats or swaps rows.
fn corrupt(value: &mut Value, random: &mut Random) {
    match value {
        Value::Number(number) => *value = (number.as_i64().unwrap() + [-1, 1][random.below(2)]).into(),
        Value::Bool(flag) => *value = (!*flag).into(),
        Value::String(text) => {
            let day = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d");
            let amount = text.parse::<rust_decimal::Decimal>();
            *value = match (day, amount) {
                (Ok(day), _) => day.succ_opt().unwrap().to_string().into(),
                (_, Ok(amount)) => (amount + rust_decimal::Decimal::new(1, amount.scale())).to_string().into(),
                _ => format!("{text}x").into(),
            };
        }
        Value::Array(list) => {
            let index = random.below(list.len());
            let next = (index + 1) % list.len();
            match random.below(3) {
                0 => drop(list.remove(index)),
                1 => list.insert(index, list[index].clone()),
                _ if list[index] != list[next] => list.swap(index, next),
                _ => list.clear(),
            }
        }
        _ => *value = Value::Null,
    }
}

/// A plan's hash is that of its text, in which nothing tells where it comes from.
fn hash_of_text(plan: &Plan) -> String {
    let mut bare = Plan { items: Vec::new(), inputs: Vec::new(), diagnostics: Vec::new(), ..plan.clone() };
    for text in [&mut bare.compiler_version, &mut bare.input_hash, &mut bare.plan_hash] {
        text.clear();
    }
    let given = bare.given.iter_mut().map(|one| &mut one.source);
    let rules = bare.rules_used.iter_mut().map(|one| &mut one.source);
    let gates = bare.gates.iter_mut().map(|one| &mut one.source);
    for source in given.chain(rules).chain(gates).chain(bare.waivers.iter_mut().map(|one| &mut one.source)) {
        *source = Place { file: String::new(), line: 0, column: 0 };
    }
    sha256(serde_json::to_string(&bare).unwrap().as_bytes())
}

#[test]
fn verify_catches_a_hundred_corruptions() {
    let (compiled, plan) = planned(&example());
    assert_eq!(plan.plan_hash, hash_of_text(&plan));
    let network = compiled.network.as_ref().unwrap();
    let (inputs, diagnostics) = (compile::inputs(&compiled), compile::plan_diagnostics(&compiled));
    assert!(verify(network, &inputs, &diagnostics, &plan).is_empty());
    let document = serde_json::to_value(&plan).unwrap();
    let mut all = Vec::new();
    places(&document, "", &mut all);
    // Which version made a plan says nothing of it, and what more of a limit is worth at most stays true where it is a little more.
    all.retain(|place| place != "/compiler_version" && !place.contains("/marginal_"));
    let mut caught = 0;
    let mut seed = 0;
    while caught < 100 {
        seed += 1;
        let mut random = Random::new(seed);
        let place = &all[random.below(all.len())];
        // Any compiler may have made it, of any version that this one reads.
        if ["/compiler_version", "/format_version"].contains(&place.as_str()) {
            continue;
        }
        let mut changed = document.clone();
        corrupt(changed.pointer_mut(place).unwrap(), &mut random);
        // What no longer is a plan file at all is refused before it is checked.
        let Ok(mut changed) = serde_json::from_value::<Plan>(changed) else { continue };
        // The hash is mended, so that it is the checker that finds the fault.
        if place != "/plan_hash" {
            changed.plan_hash = plan_hash(&changed);
        }
        assert!(!verify(network, &inputs, &diagnostics, &changed).is_empty(), "seed {seed}: {place}");
        caught += 1;
    }
}

/// Whatever the budget, what is proven is small.
#[test]
fn real_items_are_proven_to_be_near_the_best() {
    let Some(json) = aw42::data() else { return };
    for budget in [None, Some(10_000), Some(6_000)] {
        let (_, plan) = planned(&Memory::of(aw42::project(&json, budget)));
        let gap = plan.certificate.gap.unwrap();
        assert!(gap.0 <= rust_decimal::Decimal::new(3, 3), "{budget:?}: {gap}");
        assert_eq!(plan.certificate.proven, budget.is_none());
    }
}

/// The exported model has readable names, whole lines and the constant of unmet demand.
#[test]
fn the_exported_model_can_be_read() {
    let Some(json) = aw42::data() else { return };
    let compiled = compile::compile(&Memory::of(aw42::project(&json, Some(6_000))));
    let text = compile::export_mps(&compiled, Level::Money).unwrap_or_else(|failure| panic!("{failure:?}"));
    let lines: std::collections::BTreeSet<&str> = text.lines().map(str::trim).collect();
    for line in ["OBJSENSE", "MAX", "N earned", "L budget[all,2016-07]", "RHS budget[all,2016-07] 6000", "ENDATA"] {
        assert!(lines.contains(line), "{line}");
    }
    let integers = text.lines().filter(|line| line.contains("'INTORG'")).count();
    assert_eq!(integers, text.lines().filter(|line| line.contains("'INTEND'")).count());
    assert!(text.lines().any(|line| line.starts_with(" BV BND placed[")));
}

/// Two items that no order reaches in January, with every kind of promise, and a month of tail.
const PROMISES: &str = r#"
[location.main]

[supplier.s]

[channel.dtc]
ship-from = ["main"]

[cash]
opening = 0

[[cash-flow]]
name = "rent"
amount = { "2026-01" = -100, "2026-02" = 500 }

[item.A]
price = 10

[item.B]
price = 12

[[lane]]
where = { item = "A" }
supplier = "s"
location = "main"
lead-days = 20
unit-cost = 4

[[lane]]
where = { item = "B" }
supplier = "s"
location = "main"
lead-days = 20
unit-cost = 5
max = 3
lines = 2

[[stock]]
item = "A"
location = "main"
on-hand = 1

[[stock]]
item = "B"
location = "main"
on-hand = 2

[[demand]]
item = "A"
channel = "dtc"
units = { "2026-01..2026-03" = 4 }

[[demand]]
item = "B"
channel = "dtc"
units = { "2026-01..2026-03" = 2 }

[[service]]
id = "floor"
where = { item = "A" }
fill-rate = 0.8

[[service]]
id = "all"
fill-rate = 0.75
per = "group"

[[cover]]
where = { item = "A" }
safety-stock = { units = 2 }

[[cover]]
where = { item = "B" }
safety-stock = { units = 1 }
max-weeks = 8
hard = true
"#;

/// Floors, covers, what is given, twins and the tail are rows, bounds and columns of the exported model.
#[test]
fn the_exported_model_keeps_promises() {
    let manifest = "[plan]\nlanguage = 1\nname = \"promises\"\ncycle = \"2026-01\"\nas-of = 2026-01-01\nbucket = \"month\"\nhorizon = 3\n\
                    tail = 1\ncurrency = \"USD\"\n\n[economics]\nsafety-shortfall-rate = 0.1\n";
    let compiled = compile::compile(&Memory::of([("sop.toml", manifest), ("all.toml", PROMISES)]));
    let exported = |level| compile::export_mps(&compiled, level).unwrap_or_else(|failure| panic!("{failure:?}"));
    let (money, given) = (exported(Level::Money), exported(Level::Given));
    let has = |text: &str, line: &str| text.lines().any(|one| one.trim() == line);
    for line in [
        // All 4 of February; in January 1 is there, and 3 are given.
        "LO BND sold[A,dtc,2026-02] 4",
        "RHS early-floor[A,dtc,2026-01] 4",
        "UP BND given[A,dtc,2026-01] 4",
        "G floor[all,2026-02]",
        "RHS early-floor[all,2026-01] 5",
        // Below the demand of 4 all of the safety stock is short.
        "RHS safety-stock[A,main,2026-02] 6",
        "BV BND all-short[A,main,2026-02]",
        "UP BND short[B,main,2026-01] 1",
        "UP BND short[B,main,2026-02] 0",
        // 2 of March and 25 days of 6 in 90 days.
        "PL BND closing[B,main,2026-01]",
        "UP BND closing[B,main,2026-02] 3",
        "BV BND placed[B,s,main,standard,2026-02,line-2]",
        "UP BND sold[A,dtc,2026-04] 4",
        // -100 and 34 of sales.
        "UP BND given-cash[2026-01] 66",
    ] {
        assert!(has(&money, line) && has(&given, line), "{line}");
    }
    for nothing in ["LO BND sold[A,dtc,2026-04]", "cash[2026-04]", "floor[all,2026-04]"] {
        assert!(!money.contains(nothing), "{nothing}");
    }
    // 3 at 10, 2 at their mean price of 64 / 6, 1 at 5, and 66 of cash.
    assert!(has(&money, "RHS given-use 122.333333333333") && has(&money, "L given-use") && has(&money, "N earned"));
    assert!(has(&given, "N given-use") && has(&given, "MIN"));
}

/// 8 are asked for at 20, a unit costs 10, a line of at most 3 costs 1: without the pin all 8 would come in three lines. 7 in all come in three
/// lines as well, and earn 7 x 10 - 3 = 67.
#[test]
fn a_pin_is_about_all_lines_of_a_bucket() {
    let plan = |pin: &str| {
        let text = format!(
            "[plan]\nlanguage = 1\nname = \"Pin\"\ncycle = \"2026-01\"\nas-of = 2026-01-01\nbucket = \"month\"\nhorizon = 2\n\
             currency = \"USD\"\n[economics]\nend-worth = \"none\"\n[item.A]\nprice = 20\n[location.main]\n\
             [channel.dtc]\nship-from = [\"main\"]\n[supplier.s]\n\
             [[lane]]\nwhere = {{ item = \"A\" }}\nsupplier = \"s\"\nlocation = \"main\"\nmode = \"sea\"\nlead-days = 20\n\
             unit-cost = 10\norder-cost = 1\nmax = 3\nlines = 3\n\
             [[demand]]\nitem = \"A\"\nchannel = \"dtc\"\nunits = {{ \"2026-02\" = 8 }}\n\
             [[pin]]\nitem = \"A\"\nsupplier = \"s\"\nlocation = \"main\"\nmode = \"sea\"\nreceipt-bucket = \"2026-02\"\n{pin}\n\
             owner = \"ops\"\nreason = \"agreed\"\n"
        );
        let (_, plan) = planned(&Memory::one_file(text));
        assert!(plan.certificate.proven);
        let sizes: Vec<i64> = plan.orders.iter().map(|order| order.units).collect();
        (sizes.iter().sum::<i64>(), sizes.len(), plan.certificate.objective.0)
    };
    let money = rust_decimal::Decimal::from;
    assert_eq!(plan("units = 7"), (7, 3, money(67)));
    assert_eq!(plan("max = 5"), (5, 2, money(48)));
    // One more than anyone wants is lost: 8 x 20 - 9 x 10 - 3.
    assert_eq!(plan("min = 9"), (9, 3, money(67)));
}
