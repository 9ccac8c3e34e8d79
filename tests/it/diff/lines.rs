//! Which order line is which.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;
use sopc::diff::{Question, Terms, Verb, diff};
use sopc::plan::{Action, Amount, Order, Plan, PlanBucket};

use super::between;
use crate::random::Random;
use crate::render::shop::empty;

/// Months of a plan, from February 2026.
const MONTHS: u32 = 9;

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).expect("a day")
}

fn label(month: u32) -> String {
    format!("2026-{month:02}")
}

fn order(item: &str, supplier: &str, month: u32, units: i64) -> Order {
    let usable = day(month, 1);
    Order {
        key: format!("{item}/{supplier}/main/sea/{}", label(month)),
        id: None,
        action: Action::New,
        item: item.to_owned(),
        supplier: supplier.to_owned(),
        location: "main".to_owned(),
        mode: Some("sea".to_owned()),
        release_date: Some(usable - Days::new(40)),
        receipt_bucket: label(month),
        usable_date: usable,
        units,
        goods: None,
        landed_cost: Amount(Decimal::from(units * 5)),
        order_cost: Amount::default(),
        payments: Vec::new(),
        reasons: Vec::new(),
    }
}

/// The same line once it is placed.
fn placed(line: &Order, id: &str) -> Order {
    Order {
        key: format!("{id}/{}", line.item),
        id: Some(id.to_owned()),
        action: Action::Open,
        mode: None,
        ..line.clone()
    }
}

fn plan(orders: Vec<Order>) -> Plan {
    Plan { orders, ..empty(MONTHS) }
}

/// The same plan a month later.
fn later(orders: Vec<Order>) -> Plan {
    let mut plan = plan(orders);
    plan.as_of = day(3, 1);
    plan.cycle = "2026-03".to_owned();
    plan.buckets.remove(0);
    plan.buckets.push(PlanBucket { label: label(11), start: day(11, 1), end: day(11, 30), tail: false });
    plan
}

/// Verbs with items and units before and after.
fn told(base: &Plan, head: &Plan) -> Vec<String> {
    let found = between(base, head);
    let sum =
        |lines: &[sopc::diff::Line]| lines.iter().map(|line| line.units.to_string()).collect::<Vec<_>>().join("+");
    let mut told: Vec<String> = found
        .lines
        .iter()
        .map(|change| format!("{:?} {} {}>{}", change.verb, change.item, sum(&change.before), sum(&change.after)))
        .collect();
    told.sort();
    told
}

#[test]
fn each_verb_is_told_as_what_it_is() {
    let base = plan(vec![
        order("A", "acme", 4, 100),
        order("B", "acme", 4, 100),
        order("C", "acme", 4, 100),
        order("D", "acme", 4, 100),
        order("E", "acme", 4, 100),
        order("F", "acme", 4, 60),
        order("F", "acme", 5, 40),
        order("G", "acme", 4, 100),
    ]);
    let head = plan(vec![
        order("A", "acme", 4, 120),
        order("B", "acme", 5, 100),
        order("C", "best", 4, 100),
        order("E", "acme", 4, 60),
        order("E", "acme", 5, 40),
        order("F", "acme", 4, 100),
        order("G", "acme", 4, 100),
        order("H", "acme", 4, 100),
    ]);
    let expected = [
        "Cancel D 100>",
        "ChangeQuantity A 100>120",
        "Merge F 60+40>100",
        "New H >100",
        "ReSource C 100>100",
        "Reschedule B 100>100",
        "Split E 100>60+40",
    ];
    assert_eq!(told(&base, &head), expected);
    assert_eq!(between(&base, &head).stability.unchanged, 1);
}

/// A line that is far away, or of quite another size, is another line.
#[test]
fn what_is_not_alike_is_not_the_same() {
    let base = plan(vec![order("A", "acme", 3, 100), order("B", "acme", 4, 100)]);
    let head = plan(vec![order("A", "acme", 9, 100), order("B", "acme", 5, 900)]);
    assert_eq!(told(&base, &head), ["Cancel A 100>", "Cancel B 100>", "New A >100", "New B >900"]);
}

/// A purchase order is known by its number, wherever it goes.
#[test]
fn a_number_is_surer_than_all_else() {
    let base = plan(vec![placed(&order("A", "acme", 4, 100), "PO-1"), placed(&order("A", "acme", 4, 100), "PO-2")]);
    let mut moved = placed(&order("A", "acme", 6, 100), "PO-1");
    moved.action = Action::Moved;
    let mut gone = placed(&order("A", "acme", 4, 100), "PO-2");
    gone.action = Action::Cancelled;
    assert_eq!(told(&base, &plan(vec![moved, gone])), ["Cancel A 100>100", "Reschedule A 100>100"]);
}

/// February's order is placed, January's has come, November is new to plan: none of it is a change.
#[test]
fn what_time_brings_is_no_change() {
    let old = order("A", "acme", 2, 50);
    let due = order("A", "acme", 4, 100);
    let base = plan(vec![placed(&old, "PO-1"), due.clone(), order("A", "acme", 6, 80)]);
    let head = later(vec![placed(&due, "PO-2"), order("A", "acme", 6, 80), order("A", "acme", 11, 70)]);
    assert_eq!(told(&base, &head), ["Received A 50>", "Released A 100>100"]);
    // Placed with other units it is a change, on the same day as well.
    let more = Order { units: 120, ..placed(&due, "PO-2") };
    assert_eq!(told(&plan(vec![due]), &plan(vec![more])), ["ChangeQuantity A 100>120"]);
    let found = between(&base, &head);
    assert_eq!(found.question, Question::Cycle);
    assert_eq!((found.stability.changed, found.stability.rolled_on), (0, 1));
    assert_eq!((found.window.rolled_off, found.window.rolled_on), (vec![label(2)], vec![label(11)]));
}

#[test]
fn a_new_name_is_no_new_item() {
    let (base, head) = (plan(vec![order("OLD", "acme", 4, 100)]), plan(vec![order("NEW", "acme", 4, 120)]));
    let terms = Terms { renamed: [("OLD".to_owned(), "NEW".to_owned())].into(), frozen_until: None };
    let found = diff(&base, &head, &terms);
    assert_eq!(found.lines.iter().map(|change| change.verb).collect::<Vec<_>>(), [Verb::ChangeQuantity]);
}

/// One edit an item, any of them at random, over items with several lines each: every edit is told as what it is, and nothing else is told.
#[test]
fn random_edits_are_never_mislabelled() {
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let (mut old, mut new, mut expected) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..8 {
            let item = format!("I{number}");
            let supplier = ["acme", "best"][random.below(2)];
            // Lines stand three months apart, so that nobody could take one for another.
            let own: Vec<Order> = [3, 6, 9]
                .map(|month| order(&item, supplier, month, 100 + 10 * i64::try_from(random.below(9)).unwrap()))
                .into();
            let mut mine = own.clone();
            let at = random.below(3);
            let line = mine[at].clone();
            let month = [3, 6, 9][at];
            let units = line.units;
            let other = if supplier == "acme" { "best" } else { "acme" };
            match random.below(7) {
                0 => {
                    mine[at] = order(&item, supplier, month, units + 30);
                    expected.push(format!("ChangeQuantity {item} {units}>{}", units + 30));
                }
                1 => {
                    mine[at] = order(&item, supplier, month + 1, units);
                    expected.push(format!("Reschedule {item} {units}>{units}"));
                }
                2 => {
                    mine[at] = order(&item, other, month, units);
                    expected.push(format!("ReSource {item} {units}>{units}"));
                }
                3 => {
                    mine.remove(at);
                    expected.push(format!("Cancel {item} {units}>"));
                }
                4 => {
                    mine[at] = order(&item, supplier, month, units - 40);
                    mine.push(order(&item, supplier, month + 1, 40));
                    expected.push(format!("Split {item} {units}>{}+40", units - 40));
                }
                5 => {
                    mine.push(order(&format!("{item}-NEW"), supplier, month, units));
                    expected.push(format!("New {item}-NEW >{units}"));
                }
                _ => {}
            }
            old.extend(own);
            new.extend(mine);
        }
        random.shuffle(&mut old);
        random.shuffle(&mut new);
        expected.sort();
        assert_eq!(told(&plan(old.clone()), &plan(new.clone())), expected, "seed {seed}");
        // Their order tells nothing.
        let before = between(&plan(old.clone()), &plan(new.clone())).lines;
        random.shuffle(&mut old);
        random.shuffle(&mut new);
        assert_eq!(between(&plan(old), &plan(new)).lines, before, "seed {seed}");
    }
}
