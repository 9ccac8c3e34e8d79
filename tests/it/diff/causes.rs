//! Which inputs are told to be the causes: assumptions, things that come together, and more changes than anybody reads.

use rust_decimal::Decimal;
use sopc::compile::{attribute, compile, diff_terms};
use sopc::diff::{Attribution, Method, PlanDiff, diff};
use sopc::document::Variant;

use crate::support::{Memory, planned, replaced};

const SHOP: &str = r#"[plan]
language = 1
name = "Shop"
cycle = "2026-02"
as-of = 2026-02-01
bucket = "month"
horizon = 4
currency = "USD"

[assumption.growth]
value = 0.10

[item.MUG]
price = 18.00

[item.BOWL]
price = 12.00

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

[[lane]]
where = { item = "BOWL" }
supplier = "acme"
location = "main"
lead-days = 20
unit-cost = 4.00

[[demand]]
item = "MUG"
channel = "dtc"
units = { default = 40, "2026-04..2026-05" = { assume = "growth", times = 1000 } }

[[demand]]
item = "BOWL"
channel = "dtc"
units = 60
"#;

fn shop(edits: &[(&str, &str)]) -> Memory {
    let mut text = SHOP.to_owned();
    for (from, to) in edits {
        text = replaced(&text, from, to);
    }
    Memory::one_file(text)
}

fn reviewed(head: &Memory, full: bool) -> PlanDiff {
    reviewed_of(&shop(&[]), head, full)
}

fn reviewed_of(base: &Memory, head: &Memory, full: bool) -> PlanDiff {
    let (before, after) = (planned(base), planned(head));
    let mut found = diff(&before, &after, &diff_terms(&compile(head)));
    attribute(&mut found, base, head, &Variant::default(), (&before, &after), full);
    found
}

fn told(found: &PlanDiff) -> &Attribution {
    let attribution = found.attribution.as_ref().expect("causes");
    for (at, figure) in found.figures.iter().enumerate() {
        let effects = attribution.rows.iter().filter_map(|row| row.effects[at]);
        let sum = effects.fold(Decimal::ZERO, |sum, one| sum + one.0);
        assert_eq!(figure.delta.map(|delta| delta.0), figure.delta.map(|_| sum), "{:?}", figure.name);
    }
    attribution
}

fn names(attribution: &Attribution) -> Vec<&str> {
    attribution.rows.iter().map(|row| row.cause.as_str()).collect()
}

/// Every number that rests on it moves, and it alone is the cause.
#[test]
fn an_assumption_is_one_cause() {
    let found = reviewed(&shop(&[("value = 0.10", "value = 0.25")]), false);
    let attribution = told(&found);
    assert_eq!(names(attribution), ["assumption growth"]);
    let row = &attribution.rows[0];
    assert_eq!((row.from.as_str(), row.to.as_str(), row.sources[0].line), ("0.10", "0.25", 11));
    // 2 months x 150 more mugs.
    assert_eq!(row.effects[0].map(|effect| effect.0), Some(Decimal::from(2 * 150 * 18)));
}

/// An assumption, and an entry that uses it and changes besides: each is a cause, and together they are more.
#[test]
fn an_assumption_and_its_use_are_told_apart() {
    let head = shop(&[("value = 0.10", "value = 0.20"), ("times = 1000", "times = 2000")]);
    let found = reviewed(&head, false);
    let attribution = told(&found);
    assert_eq!(names(attribution), ["assumption growth", "demand of MUG, units", "together"]);
    let revenue: Vec<_> = attribution.rows.iter().map(|row| row.effects[0].map(|effect| effect.0)).collect();
    // By 100 a month from 100 to 200, from 100 to 200, and from there to 400.
    let more = |units: i64| Some(Decimal::from(2 * units * 18));
    assert_eq!(revenue, [more(100), more(100), more(100)]);
    assert_eq!(attribution.compiles, 2);
    // In full, both share what they do together.
    let full = reviewed(&head, true);
    let attribution = told(&full);
    assert_eq!(attribution.method, Method::Full);
    let revenue: Vec<_> = attribution.rows.iter().map(|row| row.effects[0].map(|effect| effect.0)).collect();
    assert_eq!(revenue, [more(150), more(150)]);
}

/// A lane and a demand of an item that is not there mean nothing: they are planned with it.
#[test]
fn what_means_nothing_alone_is_taken_together() {
    let cup = "[item.CUP]\nprice = 9.00\n\n[[lane]]\nwhere = { item = \"CUP\" }\nsupplier = \"acme\"\nlocation = \"main\"\nlead-days = 20\nunit-cost = 3.00\n\n[[demand]]\nitem = \"CUP\"\nchannel = \"dtc\"\nunits = 30\n\n[location.main]";
    let found = reviewed(&shop(&[("[location.main]", cup), ("unit-cost = 4.00", "unit-cost = 5.00")]), false);
    let attribution = told(&found);
    let rows: Vec<_> = attribution.rows.iter().filter(|row| row.cause.contains("CUP")).collect();
    assert_eq!(rows.len(), 1, "{:?}", names(attribution));
    assert!(rows[0].effects[0].is_some_and(|effect| effect.0 > Decimal::ZERO));
    assert!(attribution.rows.iter().all(|row| row.without_plan.is_none()), "{:?}", names(attribution));
}

/// A rule that has no plan without another change says so, and the rest adds up all the same.
#[test]
fn a_change_without_a_plan_of_its_own_says_so() {
    let floor =
        "[[service]]\nid = \"all\"\nwhere = { item = \"MUG\" }\nfill-rate = 1.0\nfrom = \"start\"\n\n[location.main]";
    let stock = "[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 100\n\n[channel.dtc]";
    let found = reviewed(&shop(&[("[location.main]", floor), ("[channel.dtc]", stock)]), false);
    let attribution = told(&found);
    let alone: Vec<_> =
        attribution.rows.iter().filter(|row| row.without_plan.is_some()).map(|row| &row.cause).collect();
    assert_eq!(alone, ["service all, added"]);
}

#[test]
fn many_changes_become_few_causes() {
    let mut text = SHOP.to_owned();
    for number in 0..12 {
        text.push_str(&format!("\n[item.I{number}]\nprice = 5.00\n\n[[lane]]\nwhere = {{ item = \"I{number}\" }}\nsupplier = \"acme\"\nlocation = \"main\"\nlead-days = 20\nunit-cost = 2.00\n\n[[demand]]\nitem = \"I{number}\"\nchannel = \"dtc\"\nunits = 10\n"));
    }
    let base = Memory::one_file(text.clone());
    let head = Memory::of([(
        "sop.toml",
        text.replace("units = 10\n", "units = 11\n").replace("value = 0.10", "value = 0.11"),
    )]);
    let found = reviewed_of(&base, &head, false);
    assert_eq!(names(told(&found)), ["assumption growth", "demand, 12 changes", "together"]);
}

/// A number of a bucket is told, from a table in TOML and from rows of a CSV file alike.
#[test]
fn a_bucket_that_changed_is_told_with_its_number() {
    let bowl = "item = \"BOWL\"\nchannel = \"dtc\"\nunits = 60";
    let by_month =
        "item = \"BOWL\"\nchannel = \"dtc\"\nunits = { 2026-02 = 60, 2026-03 = 60, 2026-04 = 60, 2026-05 = 60 }";
    let said = |base: &Memory, head: &Memory| {
        let found = reviewed_of(base, head, false);
        let rows = &told(&found).rows;
        assert_eq!(rows.len(), 1, "{rows:#?}");
        (rows[0].from.clone(), rows[0].to.clone())
    };
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let base = shop(&[(bowl, by_month)]);
    let one = shop(&[(bowl, &by_month.replace("2026-04 = 60", "2026-04 = 90"))]);
    assert_eq!(said(&base, &one), pair("60", "90 in 2026-04"));
    let gone = shop(&[(bowl, &by_month.replace(", 2026-05 = 60", ""))]);
    assert_eq!(said(&base, &gone), pair("60 in 2026-05", ""));
    let all = shop(&[(bowl, &by_month.replace("= 60", "= 70"))]);
    let expected = pair("60 in 2026-02, 60 in 2026-03 and 2 more", "70 in 2026-02, 70 in 2026-03 and 2 more");
    assert_eq!(said(&base, &all), expected);
    let growing = "units = { default = 40, ";
    let default = shop(&[(bowl, by_month), (growing, "units = { default = 50, ")]);
    assert_eq!(said(&base, &default), pair("40 by default", "50 by default"));

    let listed = |april: &str| {
        let text =
            SHOP.replace(&format!("[[demand]]\n{bowl}\n"), "[[csv]]\ntable = \"demand\"\npath = \"demand.csv\"\n");
        let rows =
            format!("item,channel,bucket,units\nBOWL,dtc,2026-03,60\nBOWL,dtc,2026-04,{april}\nBOWL,dtc,2026-05,60\n");
        Memory::of([("sop.toml", text), ("demand.csv", rows)])
    };
    assert_eq!(said(&listed("60"), &listed("75")), pair("60", "75 in 2026-04"));
}
