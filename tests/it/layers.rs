//! Scenarios and `--set`: what is laid over a project, and which file wins.

use sopc::compile::{Compiled, compile_variant};
use sopc::document::{Variant, set_text};
use sopc::series::Series;

use super::support::Memory;

const PROJECT: &str = r#"
[plan]
language = 1
name = "Shop"
cycle = "2026-02"
as-of = 2026-02-01
bucket = "month"
horizon = 6
currency = "USD"

[assumption.growth]
value = 0.10

[item.MUG]
price = 18.00

[location.main]

[channel.dtc]
ship-from = ["main"]

[supplier.acme]

[[lane]]
where = { item = "MUG" }
supplier = "acme"
location = "main"
lead-days = 20
unit-cost = 6.00

[[demand]]
item = "MUG"
channel = "dtc"
units = { default = 40, "2026-03..2026-05" = { assume = "growth", times = 100 } }

[cash]
opening = 1000

[[budget]]
id = "all"
purchases = 900
"#;

fn compiled(scenario: &str, set: &[&str]) -> Compiled {
    let files = Memory::of([("sop.toml", PROJECT), ("scenarios/x.toml", scenario)]);
    let variant = Variant { scenario: Some("x".into()), set: set.iter().map(ToString::to_string).collect() };
    compile_variant(&files, &variant)
}

fn messages(compiled: &Compiled) -> Vec<String> {
    let place = |one: &sopc::diagnostic::Diagnostic| {
        one.primary().map_or(String::new(), |span| {
            let place = compiled.sources.place(span);
            format!("{}:{}", place.file, place.line)
        })
    };
    compiled.diagnostics.iter().map(|one| format!("{} {} {}", place(one), one.code, one.message)).collect()
}

#[test]
fn the_last_layer_wins_and_every_value_knows_its_file() {
    let scenario =
        "[cash]\nminimum = 300\n[[budget]]\nid = \"all\"\npurchases = 700\n[item.CUP]\nprice = 9\ncost = 2\n";
    let compiled = compiled(scenario, &["budget.all.purchases=650", "cash.opening=1200"]);
    assert_eq!(messages(&compiled), Vec::<String>::new());
    let network = compiled.network.unwrap();
    let cash = network.cash.unwrap();
    assert_eq!((cash.opening.to_string(), cash.minimum.values()[0].to_string()), ("1200".into(), "300".into()));
    assert_eq!(cash.origin.file, "scenarios/x.toml");
    assert_eq!(network.budgets[0].purchases.values()[0].to_string(), "650");
    assert_eq!(network.budgets.len(), 1);
    assert_eq!(network.items.len(), 2);
}

#[test]
fn an_assumption_that_is_overridden_reaches_every_number() {
    let compiled = compiled("[assumption.growth]\nvalue = 0.5\n", &[]);
    assert_eq!(messages(&compiled), Vec::<String>::new());
    let Series::Table { keys, .. } = &compiled.network.unwrap().offers[0].demand else { panic!("a table") };
    assert_eq!(keys[0].value.to_string(), "50");
}

#[test]
fn demand_is_laid_over_bucket_by_bucket() {
    let scenario = "[[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = { \"2026-04\" = 90 }\n";
    let compiled = compiled(scenario, &[]);
    assert_eq!(messages(&compiled), Vec::<String>::new());
    let Series::Table { default, keys } = compiled.network.unwrap().offers[0].demand.clone() else { panic!("a table") };
    let mut told: Vec<_> = keys.iter().map(|key| format!("{}={}", key.first, key.value)).collect();
    told.sort();
    assert_eq!(
        (default.unwrap().to_string(), told.join(" ")),
        ("40".into(), "2026-03=10 2026-04=90 2026-05=10".into())
    );
}

#[test]
fn what_a_layer_states_anew_has_to_be_whole() {
    let compiled = compiled("[[budget]]\nid = \"al\"\n[[gate]]\nid = \"g\"\nat-least = 0.9\n", &[]);
    assert_eq!(
        messages(&compiled),
        [
            "scenarios/x.toml:1 SOP1004 [[budget]] needs `purchases`",
            "scenarios/x.toml:3 SOP1004 [[gate]] needs `metric`"
        ]
    );
}

#[test]
fn wrong_values_are_told_at_the_layer() {
    let compiled = compiled("[cash]\nminimun = 3\n", &["cash.opening=much"]);
    assert_eq!(
        messages(&compiled),
        [
            "--set cash.opening=much:2 SOP1003 expected an amount of money, found text",
            "scenarios/x.toml:2 SOP1001 unknown key `minimun` in [cash]"
        ]
    );
}

#[test]
fn a_set_says_where_its_value_goes() {
    let text = |argument| set_text(argument).map_err(|error| error.0);
    assert_eq!(text("cash.minimum=80000").unwrap(), "[cash]\n\"minimum\" = 80000\n");
    assert_eq!(text("item.MUG.price={ default = 3 }").unwrap(), "[item.\"MUG\"]\n\"price\" = { default = 3 }\n");
    assert_eq!(
        text("demand.MUG.dtc.units=40").unwrap(),
        "[[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\n\"units\" = 40\n"
    );
    assert_eq!(text("plan.bucket=month").unwrap(), "[plan]\n\"bucket\" = \"month\"\n");
    assert_eq!(text("item.\"A.B\".price=3").unwrap(), "[item.\"A.B\"]\n\"price\" = 3\n");
    for wrong in ["cash", "cash=3", "=3", "budgt.main.purchases=3", "cash.a.b=3", "lane.x=\n", "a b=3"] {
        assert!(set_text(wrong).is_err(), "{wrong}");
    }
}
