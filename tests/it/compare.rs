//! `sopc compare`: variants side by side.

use std::fs;
use std::path::Path;

use sopc::compare::{Comparison, Planned, SCHEMA, VariantState, compared};
use sopc::compile::{compile_variant, plan};
use sopc::document::Variant;
use sopc::render::{COMPARISON_COLUMNS, Style, comparison_csv, comparison_json, comparison_markdown, comparison_text};

use super::support::{Memory, Run, assert_fits, sopc};

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

fn planned(name: &str, set: &[&str]) -> Planned {
    let set = set.iter().map(ToString::to_string).collect();
    let compiled = compile_variant(&Memory::one_file(SHOP), &Variant { scenario: None, set });
    let plan = plan(&compiled).map_err(|_| (VariantState::Infeasible, vec!["no plan keeps the floor".to_owned()]));
    Planned { name: name.to_owned(), plan }
}

/// 100 mugs a month bring 3,600 and cost 1,200; with half of the budget 50 a month do, for half of that. Cash is lowest in the first month: it
/// opens with 5,000, and sales less purchases bring 1,200, or 600.
fn comparison() -> Comparison {
    compared(&[
        planned("as it stands", &[]),
        planned("half", &["budget.all.purchases=300"]),
        Planned {
            plan: Err((VariantState::Infeasible, vec!["no plan keeps the floor".to_owned()])),
            name: "none".to_owned(),
        },
    ])
}

#[test]
fn five_numbers_the_limits_and_the_lines_side_by_side() {
    let shown = comparison_text(&comparison(), &Style { width: 100, color: false, unicode: true });
    let expected = "\
Variants side by side: Shop, cycle 2026-02, in USD
A: as it stands
B: half
C: none: no plan keeps every commitment: no plan keeps the floor

Numbers ────────────────────────────────────────────────────────────────────────────────────────────
      Revenue  Contribution  Purchases  Fill rate  Lowest cash
  A  3,600.00      2,400.00   1,200.00    100.0 %     6,200.00
  B  1,800.00      1,200.00     600.00     50.0 %     5,600.00
  C   no plan             -          -          -            -

Against A ──────────────────────────────────────────────────────────────────────────────────────────
       Revenue  Contribution  Purchases  Fill rate  Lowest cash
  B  -1,800.00     -1,200.00    -600.00     -50 pp      -600.00

Rules used ─────────────────────────────────────────────────────────────────────────────────────────
  No variant uses a rule.

Limits that bind ───────────────────────────────────────────────────────────────────────────────────
  Limit               A          B  C
  budget all  2 buckets  2 buckets

Orders that differ ─────────────────────────────────────────────────────────────────────────────────
  Units of                           A   B  C
  MUG/porto/main/standard/2026-02  100  50
  MUG/porto/main/standard/2026-03  100  50
";
    assert_eq!(shown, expected);
}

#[test]
fn other_formats_say_the_same() {
    let comparison = comparison();
    let json: serde_json::Value = serde_json::from_str(&comparison_json(&comparison)).expect("JSON");
    assert_fits(SCHEMA, &json);
    assert_eq!(serde_json::from_value::<Comparison>(json).expect("a comparison"), comparison);
    assert_eq!(comparison.lines[0].units, [Some(100), Some(50), None]);
    let csv = comparison_csv(&comparison);
    let rows: Vec<&str> = csv.lines().collect();
    assert_eq!(rows[0], COMPARISON_COLUMNS.join(","));
    assert!(rows[2].starts_with("half,planned,1800.00,1200.00,600.00,0.50,5600.00,2026-02,"), "{csv}");
    assert!(rows[3].starts_with("none,infeasible,,,"), "{csv}");
    let markdown = comparison_markdown(&comparison);
    assert!(markdown.contains("| B | 1,800.00 | 1,200.00 | 600.00 | 50.0 % | 5,600.00 |"), "{markdown}");
}

fn compare(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Run { code, out, err } = sopc(folder, &[&["compare"], arguments].concat());
    (code, out, err)
}

/// A variant that is wrong, or has no plan, does not keep the others from being shown; what is wrong with the words is said at once.
#[test]
fn variants_that_fail_are_shown_as_such() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("sop.toml"), SHOP).expect("a file");
    fs::create_dir(folder.path().join("scenarios")).expect("a folder");
    let floor = "[[service]]\nid = \"all\"\nwhere = { channel = \"web\" }\nfill-rate = 1.0\n[[budget]]\nid = \"all\"\npurchases = 300\n";
    fs::write(folder.path().join("scenarios/promised.toml"), floor).expect("a file");
    let (code, out, err) = compare(folder.path(), &["promised", "--set", "budget.all.purchases=300"]);
    assert_eq!(code, Some(3), "{out}{err}");
    assert!(out.contains("B: promised: no plan keeps every commitment: "), "{out}");
    assert!(out.contains("C  1,800.00"), "{out}");
    // A scenario that is not there is a mistake of the command line.
    let (code, out, _) = compare(folder.path(), &["nowhere"]);
    assert_eq!(code, Some(2), "{out}");
    assert!(out.contains("B: nowhere: its inputs are invalid: "), "{out}");
    let (code, out, err) = compare(folder.path(), &["--set", "budget.all.purchases=300", "--set", "nothing"]);
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    let (code, out, _) =
        compare(folder.path(), &["--set", "budget.all.purchases=300", "--format", "html", "--out", "c.html"]);
    assert_eq!((code, out.as_str()), (Some(0), ""));
    assert!(fs::read_to_string(folder.path().join("c.html")).expect("a file").contains("budget.all.purchases=300"));
    assert_eq!(compare(folder.path(), &[]).0, Some(2));
}
