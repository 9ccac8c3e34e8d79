//! Changes of the example shop as its people make them, and the reviews that they get.

use rust_decimal::Decimal;
use sopc::compile::{attribute, compile, diff_terms};
use sopc::diff::{PlanDiff, Question, diff};
use sopc::document::Variant;
use sopc::plan::Action;
use sopc::render::{Shown, diff_markdown};

use crate::support::{Memory, planned};

fn example() -> Memory {
    Memory::example("harbor-and-pine")
}

fn add(files: &mut Memory, path: &str, more: &str) {
    files.0.entry(path.to_owned()).or_default().extend(more.bytes());
}

/// What a change does, with its causes.
fn reviewed(base: &Memory, head: &Memory, full: bool) -> PlanDiff {
    let (before, after) = (planned(base), planned(head));
    let mut found = diff(&before, &after, &diff_terms(&compile(head)));
    found.base.name = "git:main".to_owned();
    assert_eq!(sopc::diff::apply(&before, &found), after);
    attribute(&mut found, base, head, &Variant::default(), (&before, &after), full);
    found
}

/// The lines that are told to be causes, and what stands there.
fn causes(found: &PlanDiff, head: &Memory) -> Vec<String> {
    let attribution = found.attribution.as_ref().expect("causes");
    let told = attribution.rows.iter().flat_map(|row| row.sources.iter().map(move |place| (row, place)));
    told.map(|(row, place)| {
        let text = String::from_utf8(head.0[&place.file].clone()).expect("text");
        let line = text.lines().nth(place.line as usize - 1).unwrap_or_default();
        format!("{}: {}:{} {}", row.cause, place.file, place.line, line.split("  #").next().unwrap_or_default().trim())
    })
    .collect()
}

/// The rows of every figure come to its delta, to the last digit.
fn assert_adds_up(found: &PlanDiff) {
    let attribution = found.attribution.as_ref().expect("causes");
    for (at, figure) in found.figures.iter().enumerate() {
        let sum = attribution.rows.iter().filter_map(|row| row.effects[at]).fold(Decimal::ZERO, |sum, one| sum + one.0);
        assert_eq!(Some(sum), figure.delta.map(|delta| delta.0), "{:?}", figure.name);
    }
}

fn written(found: &PlanDiff) -> String {
    let text = diff_markdown(found, &Shown::default());
    text.split("<details>").next().unwrap_or_default().to_owned()
}

#[test]
fn a_promotion_is_added() {
    let (base, mut head) = (example(), example());
    let promotion = "\n[[promotion]]\nid = \"autumn-home\"\nwhere = { category = \"home\", channel = [\"dtc\", \"amazon\"] }\nduring = \"2026-09\"\nuplift = 1.40\n";
    add(&mut head, "sales/promotions.toml", promotion);
    let found = reviewed(&base, &head, false);
    assert_eq!(causes(&found, &head), ["promotion autumn-home, added: sales/promotions.toml:23 [[promotion]]"]);
    assert_adds_up(&found);
    insta::assert_snapshot!(written(&found));
}

#[test]
fn a_supplier_closes() {
    let (base, mut head) = (example(), example());
    let from = "closures = [{ from = 2026-02-14, to = 2026-03-01, reason = \"new year\" }]";
    let to = "closures = [\n  { from = 2026-02-14, to = 2026-03-01, reason = \"new year\" },\n  { from = 2026-04-20, to = 2026-05-17, reason = \"the works move\" },\n]";
    head.edit("operations/supplier-foshan.toml", from, to);
    let found = reviewed(&base, &head, false);
    let told = causes(&found, &head);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("supplier foshan, closures: operations/supplier-foshan.toml:"), "{told:?}");
    assert!(told[0].ends_with("{ from = 2026-04-20, to = 2026-05-17, reason = \"the works move\" },"), "{told:?}");
    assert_adds_up(&found);
    insta::assert_snapshot!(written(&found));
}

#[test]
fn a_budget_is_cut() {
    let (base, mut head) = (example(), example());
    head.edit(
        "finance/budgets.toml",
        "default = 300000, \"2026-05\" = 350000",
        "default = 200000, \"2026-05\" = 300000",
    );
    let found = reviewed(&base, &head, false);
    let told = causes(&found, &head);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("budget open-to-buy, purchases: finance/budgets.toml:5 purchases = {"), "{told:?}");
    assert_adds_up(&found);
    insta::assert_snapshot!(written(&found));
}

#[test]
fn a_lead_time_goes_up() {
    let (base, mut head) = (example(), example());
    for _ in 0..4 {
        head.edit("operations/supplier-yiwu.toml", "lead-days = 45", "lead-days = 60");
    }
    let found = reviewed(&base, &head, false);
    let told = causes(&found, &head);
    assert_eq!(told.len(), 4, "{told:?}");
    let right = |line: &String| {
        line.starts_with("lanes from yiwu, lead-days: operations/supplier-yiwu.toml:")
            && line.ends_with("lead-days = 60")
    };
    assert!(told.iter().all(right), "{told:?}");
    assert_adds_up(&found);
    insta::assert_snapshot!(written(&found));
}

/// Chef's knives on Amazon are promised for April, when no ship can bring them: either the promise gives, or they fly.
fn with_rules(first: &str, second: &str) -> Memory {
    let mut files = example();
    let promise = "\n[[service]]\nid = \"knives\"\nwhere = { item = \"KNIFE-CHEF\", channel = \"amazon\" }\nfill-rate = 1.0\nfrom = \"2026-04\"\n";
    add(&mut files, "sales/service.toml", promise);
    let rule = |name: &str| match name {
        "lower-knives" => {
            "[[rule]]\nid = \"lower-knives\"\nrelax = \"fill-rate\"\nwhere = { item = \"KNIFE-CHEF\" }\nup-to = { floor = 0.5 }\nowner = \"sales\"\nreason = \"rank comes back\"\n\n"
        }
        _ => {
            "[[rule]]\nid = \"fly-knives\"\nrelax = \"expedite\"\nwhere = { mode = \"air\" }\nup-to = { amount = 20000 }\nowner = \"operations\"\nreason = \"the season does not come back\"\n\n"
        }
    };
    add(&mut files, "rules.toml", &(rule(first).to_owned() + rule(second)));
    files
}

#[test]
fn rules_change_their_order() {
    let (base, head) = (with_rules("lower-knives", "fly-knives"), with_rules("fly-knives", "lower-knives"));
    let found = reviewed(&base, &head, false);
    let told = causes(&found, &head);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("order of the rules: rules.toml:"), "{told:?}");
    assert_adds_up(&found);
    insta::assert_snapshot!(written(&found));
}

/// Two changes at once: each has its row, and what is left is told as what they do together.
#[test]
fn two_changes_are_told_apart() {
    let (base, mut head) = (example(), example());
    head.edit(
        "finance/budgets.toml",
        "default = 300000, \"2026-05\" = 350000",
        "default = 260000, \"2026-05\" = 350000",
    );
    for _ in 0..4 {
        head.edit("operations/supplier-yiwu.toml", "lead-days = 45", "lead-days = 60");
    }
    let found = reviewed(&base, &head, false);
    let attribution = found.attribution.as_ref().expect("causes");
    let names: Vec<&str> = attribution.rows.iter().map(|row| row.cause.as_str()).collect();
    assert_eq!(names, ["budget open-to-buy, purchases", "lanes from yiwu, lead-days", "together"]);
    assert_eq!(attribution.compiles, 2);
    assert_adds_up(&found);
    // The same rows as each change has by itself.
    let mut alone = example();
    alone.edit(
        "finance/budgets.toml",
        "default = 300000, \"2026-05\" = 350000",
        "default = 260000, \"2026-05\" = 350000",
    );
    let budget = diff(&planned(&base), &planned(&alone), &diff_terms(&compile(&alone)));
    let deltas: Vec<_> = budget.figures.iter().map(|figure| figure.delta).collect();
    assert_eq!(attribution.rows[0].effects, deltas);
    // In full, nothing is left.
    let full = reviewed(&base, &head, true);
    let told = full.attribution.as_ref().expect("causes");
    assert_eq!((told.method, told.rows.len(), told.compiles), (sopc::diff::Method::Full, 2, 2));
    assert_adds_up(&full);
}

/// Files in another form and another order are the same inputs.
#[test]
fn form_and_order_change_nothing() {
    let mut base = example();
    add(&mut base, "finance/gates.toml", "[[gate]]\nid = \"fill\"\nmetric = \"fill-rate\"\nat-least = 0.5\n");
    let mut head = Memory::default();
    for (path, bytes) in &base.0 {
        let moved = match path.as_str() {
            "finance/cash.toml" => "a/money.toml".to_owned(),
            "finance/gates.toml" => "a/gates.toml".to_owned(),
            path => path.to_owned(),
        };
        let mut text = String::from_utf8(bytes.clone()).expect("text");
        if path == "data/demand.csv" {
            let mut lines: Vec<&str> = text.lines().collect();
            lines[1..].reverse();
            text = lines.join("\n") + "\n";
        } else if path.ends_with(".toml") {
            text = text.replace(" = ", "   =  ") + "\n# the end\n";
        }
        head.0.insert(moved, text.into_bytes());
    }
    let found = reviewed(&base, &head, false);
    assert!(found.same && found.lines.is_empty());
    assert_eq!(found.attribution.map(|told| told.rows), Some(Vec::new()));
}

const CYCLE: &str = r#"
[plan]
language = 1
name = "Shop"
cycle = "CYCLE"
as-of = AS-OF
bucket = "month"
horizon = 6
tail = 2
currency = "USD"

[economics]
holding-rate = 0.2

[item.MUG]
price = 18.00

[location.main]

[channel.web]
ship-from = ["main"]

[supplier.porto]

[[lane]]
where = { item = "MUG" }
supplier = "porto"
location = "main"
lead-days = 40
unit-cost = 6.00
moq = 100

[[demand]]
item = "MUG"
channel = "web"
units = 200
"#;

/// A month goes by as planned: what was to be placed is, what was to be sold is. Nothing of what both plans have is a change.
#[test]
fn a_month_that_goes_as_planned_changes_nothing() {
    let text = CYCLE.replace("CYCLE", "2026-02").replace("AS-OF", "2026-02-01");
    let first = Memory::one_file(text + "\n[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 480\n");
    let base = planned(&first);
    let february = base.inventory.iter().find(|row| row.bucket == "2026-02").expect("stock");
    let mut text = CYCLE.replace("CYCLE", "2026-03").replace("AS-OF", "2026-03-01");
    text.push_str(&format!("\n[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = {}\n", february.closing));
    let mut placed = 0;
    let next = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day");
    for order in base.orders.iter().filter(|order| order.action == Action::New && order.release_date < Some(next)) {
        placed += 1;
        let line = format!(
            "id = \"PO-{placed}\"\nitem = \"MUG\"\nsupplier = \"porto\"\nlocation = \"main\"\nunits = {}",
            order.units
        );
        let days = format!("ordered = {}\ndue = {}", order.release_date.expect("a day"), order.usable_date);
        text.push_str(&format!("\n[[open-order]]\n{line}\n{days}\n"));
    }
    assert!(placed > 0);
    let second = Memory::one_file(text);
    let head = planned(&second);
    let found = diff(&base, &head, &diff_terms(&compile(&second)));
    assert_eq!(found.question, Question::Cycle);
    assert_eq!(
        (found.window.rolled_off.as_slice(), found.window.rolled_on.as_slice()),
        (&["2026-02".to_owned()][..], &["2026-08".to_owned()][..])
    );
    let released = found.lines.iter().filter(|change| change.verb == sopc::diff::Verb::Released).count();
    assert_eq!(released, placed);
    let changed: Vec<_> = found.lines.iter().filter(|change| change.verb.is_change()).collect();
    assert!(changed.is_empty(), "{changed:#?}");
    assert!(
        found.figures.iter().all(|figure| figure.delta.is_none_or(|delta| delta.0.is_zero())),
        "{:?}",
        found.figures
    );
}
