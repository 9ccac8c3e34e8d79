//! `sopc compare`: variants side by side.

use sopc::compile::{compile_variant, plan};
use sopc::document::Variant;
use sopc::plan::Plan;
use sopc::render::{Style, comparison};

use super::support::Memory;

const SHOP: &str = r#"
[plan]
language = 1
name = "Shop"
cycle = "2026-02"
as-of = 2026-02-01
bucket = "month"
horizon = 2
currency = "USD"
[economics]
end-worth = "none"
[item.MUG]
price = 18
[location.main]
[channel.web]
ship-from = ["main"]
[supplier.porto]
[[lane]]
where = { item = "MUG" }
supplier = "porto"
location = "main"
lead-days = 0
unit-cost = 6
[[demand]]
item = "MUG"
channel = "web"
units = 100
[[budget]]
id = "all"
purchases = 600
[cash]
opening = 5000
"#;

fn planned(set: &[&str]) -> Option<Plan> {
    let set = set.iter().map(ToString::to_string).collect();
    let compiled = compile_variant(&Memory::of([("sop.toml", SHOP)]), &Variant { scenario: None, set });
    plan(&compiled).ok()
}

/// 100 mugs a month bring 3,600 and cost 1,200; with half of the budget 50 a month do, for half of that. Cash is lowest in the first month: it
/// opens with 5,000, and sales less purchases bring 1,200, or 600.
#[test]
fn five_numbers_the_limits_and_the_lines_that_differ() {
    let variants = [
        ("as it stands".to_owned(), planned(&[])),
        ("half".to_owned(), planned(&["budget.all.purchases=300"])),
        ("none".to_owned(), None),
    ];
    let shown = comparison(&variants, &Style { width: 100, color: false, unicode: true });
    let rows: Vec<Vec<&str>> =
        shown.lines().map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect();
    assert_eq!(rows[1], ["as it stands", "3,600.00", "2,400.00", "1,200.00", "100.0 %", "6,200.00"], "{shown}");
    assert_eq!(rows[2], ["half", "1,800.00", "1,200.00", "600.00", "50.0 %", "5,600.00"], "{shown}");
    assert_eq!(rows[3], ["none", "no plan", "-", "-", "-", "-"], "{shown}");
    for told in [
        "limits that bind: budget all in 2 buckets",
        "revenue -1,800.00, contribution -1,200.00, purchases -600.00",
        "2 lines differ",
        "MUG/porto/main/standard/2026-02: 100 -> 50",
    ] {
        assert!(shown.contains(told), "{told}\n{shown}");
    }
}
