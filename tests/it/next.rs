//! `sopc next`: what more of a limit buys, worked out by hand.
//!
//! A mug costs 6.00 and sells for 18.00, a cup costs 8.00 and sells for 12.00; 100 of each are wanted in March, and nothing is left worth anything.

use rust_decimal::Decimal;
use sopc::compile::{compile, next};
use sopc::next::{Next, Question, Step, When, Wish, WishKind, answered};
use sopc::plan::Amount;
use sopc::render::{Style, next_json, next_text};
use sopc::solve::Steering;
use sopc::source::Place;

use super::support::{Memory, assert_fits, plan_of, planned};

const SHOP: &str = r#"
[plan]
language = 1
name = "Shop"
cycle = "2026-02"
as-of = 2026-02-01
bucket = "month"
horizon = 3
currency = "USD"
[economics]
end-worth = "none"
[item.MUG]
price = 18
unit-volume = 0.01
[item.CUP]
price = 12
[channel.web]
ship-from = ["main"]
[[lane]]
where = { item = "CUP" }
supplier = "porto"
location = "main"
lead-days = 20
unit-cost = 8
[[demand]]
item = "MUG"
channel = "web"
units = { "2026-03" = 100 }
[[demand]]
item = "CUP"
channel = "web"
units = { "2026-03" = 100 }
"#;

/// The shop with what is said of the mug's lane, of the location and of the supplier, and with limits.
fn shop(lane: &str, location: &str, supplier: &str, limits: &str) -> Memory {
    let text = format!(
        "{SHOP}[[lane]]\nwhere = {{ item = \"MUG\" }}\nsupplier = \"porto\"\nlocation = \"main\"\nlead-days = 20\nunit-cost = 6\n{lane}\n\
         [location.main]\n{location}\n[supplier.porto]\n{supplier}\n{limits}"
    );
    Memory::one_file(text)
}

fn budget(item: &str, purchases: i64) -> String {
    format!("[[budget]]\nid = \"{item}\"\nwhere = {{ item = \"{item}\" }}\npurchases = {purchases}\n")
}

fn asked(files: &Memory, kind: WishKind, amount: &str, when: &When, most: usize) -> Next {
    let compiled = compile(files);
    let plan = plan_of(&compiled);
    let wishes = [Wish { kind, amount: amount.parse::<Decimal>().unwrap() }];
    next(&compiled, &plan, (&wishes, None, when), most, &Steering::default()).expect("an answer").0
}

/// Which limit, what it earns more and uses, and what is sold more.
fn told(step: &Step) -> (String, String, String, Vec<(String, i64)>) {
    let name = format!("{} {} {}", step.kind, step.of, step.bucket);
    let sold = step.items.iter().map(|one| (one.item.clone(), one.sold)).collect();
    (name, step.gain.to_string(), step.used.to_string(), sold)
}

fn expected(name: &str, gain: &str, used: &str, sold: &[(&str, i64)]) -> (String, String, String, Vec<(String, i64)>) {
    let sold = sold.iter().map(|(item, units)| ((*item).to_owned(), *units)).collect();
    (name.to_owned(), gain.to_owned(), used.to_owned(), sold)
}

/// 120 more for mugs buy 20, each of which earns 12; for cups they buy 15, each of which earns 4. In other months nothing is wanted.
#[test]
fn the_budget_that_earns_most_comes_first() {
    let files = shop("", "", "", &(budget("CUP", 400) + &budget("MUG", 300)));
    let answer = asked(&files, WishKind::Budget, "120", &When::Each, 8);
    let steps: Vec<_> = answer.steps.iter().map(told).collect();
    assert_eq!(
        steps,
        [
            expected("budget MUG 2026-03", "240.00", "120.00", &[("MUG", 20)]),
            expected("budget CUP 2026-03", "60.00", "120.00", &[("CUP", 15)]),
        ]
    );
    assert_eq!((answer.plans, answer.nothing.len(), answer.left_out.len()), (3, 4, 0));
    assert!(answer.nothing.iter().all(|one| one.at_most.is_some_and(|most| most.to_string() == "0.00")));
    let mug = &answer.steps[0];
    let figures = [mug.revenue, mug.contribution, mug.purchases, mug.tolerance, mug.at_most.unwrap()];
    assert_eq!(figures.map(|amount| amount.to_string()), ["360.00", "240.00", "120.00", "0.00", "240.00"]);
    // 100 of 200 are sold before: 50 mugs and 50 cups.
    assert_eq!((mug.fill_rate_before.to_string(), mug.fill_rate_after.to_string()), ("0.50".into(), "0.60".into()));
    let one = asked(&files, WishKind::Budget, "120", &When::Each, 1);
    assert_eq!((one.plans, one.steps.len(), one.left_out.len()), (2, 1, 1));
    assert_eq!(one.left_out[0].of, "CUP");
    let march = asked(&files, WishKind::Budget, "120", &When::In("2026-02".to_owned()), 8);
    assert_eq!((march.plans, march.steps.len(), march.nothing.len()), (1, 0, 2));
}

/// Porto sells 60 mugs at least, for 360: with 330 there are none, with 360 there are 60. More than 300 beyond is of no use.
#[test]
fn steps_are_as_large_as_lines_are() {
    let files = shop("moq = 60", "", "", &(budget("CUP", 0) + &budget("MUG", 300)));
    let gain = |amount: &str| {
        let answer = asked(&files, WishKind::Budget, amount, &When::Each, 8);
        told(answer.steps.iter().find(|step| step.of == "MUG").expect("a step"))
    };
    assert_eq!(gain("30"), expected("budget MUG 2026-03", "0.00", "0.00", &[]));
    assert_eq!(gain("60"), expected("budget MUG 2026-03", "720.00", "60.00", &[("MUG", 60)]));
    assert_eq!(gain("1000"), expected("budget MUG 2026-03", "1200.00", "300.00", &[("MUG", 100)]));
}

/// What is paid on 9 February for March has to be there by then. In March it comes too late.
#[test]
fn cash_is_worth_something_as_long_as_it_comes_in_time() {
    let cash = "[cash]\nopening = 300\n";
    let files = shop("", "", "payment = [{ share = 1, at = \"order\" }]", &(budget("CUP", 0) + cash));
    let answer = asked(&files, WishKind::Cash, "120", &When::Each, 8);
    assert_eq!(told(&answer.steps[0]), expected("cash cash 2026-02", "240.00", "120.00", &[("MUG", 20)]));
    assert_eq!((answer.plans, answer.steps.len()), (2, 1));
    let late = asked(&files, WishKind::Cash, "120", &When::In("2026-03".to_owned()), 8);
    assert_eq!((late.plans, late.steps.len(), late.nothing.len()), (1, 0, 1));
}

/// Half a cubic metre holds 50 mugs; a fifth more holds 20 more. A supplier that makes 50 a month makes 20 more.
#[test]
fn room_and_suppliers_count_in_their_own_measure() {
    let files = shop("", "storage-capacity = 0.5", "", &budget("CUP", 0));
    let room = asked(&files, WishKind::Storage, "0.2", &When::Each, 8);
    assert_eq!(told(&room.steps[0]), expected("storage-capacity main 2026-03", "240.00", "0.20", &[("MUG", 20)]));
    let all = asked(&files, WishKind::Storage, "0.2", &When::All, 8);
    assert_eq!(told(&all.steps[0]), expected("storage-capacity main all", "240.00", "0.20", &[("MUG", 20)]));
    let files = shop("", "", "capacity = 50", &budget("CUP", 0));
    let more = asked(&files, WishKind::Supplier, "20", &When::Each, 8);
    assert_eq!(told(&more.steps[0]), expected("supplier-capacity porto 2026-02", "240.00", "20.00", &[("MUG", 20)]));
}

/// 50 mugs may be received a month, or be sold, or be worth 300.00 at its end: 20 more of them earn 240.00.
#[test]
fn docks_and_inventory_value_count_as_well() {
    let dock = |key: &str| shop("", &format!("{key} = 50"), "", &budget("CUP", 0));
    let inbound = asked(&dock("inbound-capacity"), WishKind::Inbound, "20", &When::Each, 8);
    assert_eq!(told(&inbound.steps[0]), expected("inbound-capacity main 2026-03", "240.00", "20.00", &[("MUG", 20)]));
    let outbound = asked(&dock("outbound-capacity"), WishKind::Outbound, "20", &When::Each, 8);
    assert_eq!(told(&outbound.steps[0]), expected("outbound-capacity main 2026-03", "240.00", "20.00", &[("MUG", 20)]));
    // A line costs 500.00, so that one brings what March and April sell: 100 and 80 mugs where 480.00 may be left in March.
    let april = "[[demand]]\nitem = \"MUG\"\nchannel = \"web\"\nunits = { \"2026-04\" = 100 }\n";
    let value = "[[limit]]\nid = \"stock\"\ninventory-value = 480\n";
    let files = shop("order-cost = 500", "", "", &format!("{}{april}{value}", budget("CUP", 0)));
    let answer = asked(&files, WishKind::InventoryValue, "120", &When::Each, 8);
    assert_eq!(told(&answer.steps[0]), expected("inventory-value stock 2026-03", "240.00", "120.00", &[("MUG", 20)]));
}

/// Where nothing binds nothing is planned; where there is no such limit that is said.
#[test]
fn where_nothing_binds_more_buys_nothing() {
    let files = shop("", "", "", &budget("MUG", 600));
    let answer = asked(&files, WishKind::Budget, "120", &When::Each, 8);
    assert_eq!((answer.plans, answer.steps.len(), answer.nothing.len()), (1, 0, 3));
    let none = asked(&files, WishKind::Storage, "120", &When::Each, 8);
    let shown = next_text(&none, &Style { width: 80, color: false, unicode: true });
    assert!(shown.ends_with("\n\nthe project has no such limit\n"), "{shown}");
}

/// A plan that needs no more of anything and earns 70 beyond one that is at most 100 from the best is at most 30 from it, whatever its own
/// certificate says: 90, with more.
#[test]
fn a_better_plan_keeps_the_smallest_gap() {
    let amount = |text: &str| text.parse::<Amount>().expect("an amount");
    let mut stated = planned(&shop("", "", "", &budget("MUG", 300)));
    stated.certificate.objective = amount("1000");
    stated.certificate.bound = Some(amount("1100"));
    let mut more = stated.clone();
    more.certificate.objective = amount("1070");
    more.certificate.bound = Some(amount("1160"));
    let question = Question {
        kind: WishKind::Budget,
        of: "MUG".to_owned(),
        buckets: vec![1],
        when: "2026-03".to_owned(),
        amount: Decimal::from(120),
        at_most: Some(Decimal::from(165)),
        is_open: true,
    };
    let place = Place { file: "sop.toml".to_owned(), line: 1, column: 1 };
    let answer = answered(&stated, vec![(question, place, Some(more))], 2);
    assert_eq!((answer.found, answer.tolerance), (amount("70"), Some(amount("30"))));
    let step = &answer.steps[0];
    // 1,165 by the values of limits, 1,160 by the certificate of the plan with more.
    assert_eq!((step.gain, step.tolerance, step.at_most), (amount("0"), amount("90"), Some(amount("90"))));
    assert!(step.is_base);
    let shown = next_text(&answer, &Style { width: 120, color: false, unicode: true }).replace('\n', " ");
    assert!(shown.contains("gains are held against it; that is at most 30.00 from the best"), "{shown}");
    assert!(shown.contains("`sopc plan` does not find it: `sopc next --out FILE` writes it"), "{shown}");
    assert!(!shown.contains("as they are; that is"), "{shown}");
}

#[test]
fn the_answer_reads_well_and_keeps_its_schema() {
    let files = shop("", "", "", &(budget("CUP", 400) + &budget("MUG", 300)));
    let answer = asked(&files, WishKind::Budget, "120", &When::Each, 8);
    let shown = next_text(&answer, &Style { width: 80, color: false, unicode: true });
    assert_eq!(
        shown,
        "What more would buy: Shop, cycle 2026-02, in USD
2 plans were made with more, each of one limit, beside the one of things as they
are; that is proven to be the best

1. budget MUG: 120.00 more in 2026-03 [sop.toml:48]
   earns 240.00 more; 240.00 at most, whatever the plan
   revenue +360.00, contribution +240.00, purchases +120.00, fill rate 50.0 % to
   60.0 %; 120.00 of it is used
   sells MUG +20
   buys MUG +20

2. budget CUP: 120.00 more in 2026-03 [sop.toml:44]
   earns 60.00 more; 60.00 at most, whatever the plan
   revenue +180.00, contribution +60.00, purchases +120.00, fill rate 50.0 % to
   57.5 %; 120.00 of it is used
   sells CUP +15
   buys CUP +15

worth nothing to have more of: budget CUP in 2026-02, 2026-04; budget MUG in
2026-02, 2026-04
"
    );
    assert_fits(sopc::next::SCHEMA, &serde_json::from_str(&next_json(&answer)).expect("JSON"));
}
