//! Several lines of one lane for one bucket.

use super::shop::{Shop, listed, months, series};
use crate::plan::{Plan, plan_hash};
use crate::verify::Decisions;

/// 140 are wanted at once, of lines of 50 to 100 in fifties: two of them.
pub(super) fn twins() -> (Shop, Decisions) {
    let mut shop = Shop::new("2026-01-01", months(3));
    let a = shop.item("A", 0, "20", "2026-02 140, 2026-03 50");
    let lane = shop.lane(a, "20", "10");
    (lane.lines, lane.moq, lane.multiple, lane.max) = (2, 50, 50, Some(100));
    lane.order_cost = series("7");
    let decisions = shop.decide(&[(0, 1, 50), (0, 1, 100), (0, 2, 50)], &[&[0, 140, 50]]);
    (shop, decisions)
}

fn keys(plan: &Plan) -> Vec<String> {
    plan.orders.iter().map(|order| format!("{} {}", order.key, order.units)).collect()
}

fn objection(shop: &Shop, mut plan: Plan) -> String {
    plan.plan_hash = plan_hash(&plan);
    listed(&shop.verify(&plan))
}

#[test]
fn twin_lines_are_numbered_the_largest_first() {
    let (shop, decisions) = twins();
    let plan = shop.sound_plan(&decisions);
    let expected = ["A/s/main/sea/2026-02#1 100", "A/s/main/sea/2026-02#2 50", "A/s/main/sea/2026-03#1 50"];
    assert_eq!(keys(&plan), expected);
    assert_eq!(plan.summary.purchases.to_string(), "2000.00");
    // 190 sold at 20, 200 bought, three lines at 7; 10 are left in February and March.
    let earned = 3800 - 2000 - 3 * 7;
    let kept = super::shop::decimal("4") - super::shop::decimal("100");
    assert_eq!(plan.certificate.objective.0, super::shop::decimal(&earned.to_string()) - kept);
}

#[test]
fn numbers_of_twins_are_those_of_their_sizes() {
    let (shop, decisions) = twins();
    let plan = shop.sound_plan(&decisions);
    let twin = |number: u32| format!(r#"orders["A/s/main/sea/2026-02#{number}"]"#);
    let mut renamed = plan.clone();
    renamed.orders[0].key = renamed.orders[0].key.replace("#1", "#2");
    let told = objection(&shop, renamed);
    assert_eq!(
        told.lines().next().unwrap(),
        format!("{}: expected one row, found another of the same name", twin(2)),
        "{told}"
    );
    let mut missing = plan.clone();
    missing.orders[1].key = missing.orders[1].key.replace("#2", "#3");
    let told = objection(&shop, missing);
    let expected =
        [format!("{}: expected a row, found none", twin(2)), format!("{}: expected no such row, found one", twin(3))];
    assert_eq!(told, expected.join("\n"));
    let mut bare = plan.clone();
    bare.orders[2].key = "A/s/main/sea/2026-03".into();
    assert!(objection(&shop, bare).contains(r#"orders["A/s/main/sea/2026-03#1"]: expected a row, found none"#));
    let mut swapped = plan.clone();
    swapped.orders.swap(0, 1);
    let told = objection(&shop, swapped);
    assert_eq!(told, format!("{}: expected a place behind {}, found one before it", twin(2), twin(1)));
}

#[test]
fn no_lane_has_more_lines_than_it_allows() {
    let (shop, _) = twins();
    let told = shop.objections(&shop.decide(&[(0, 1, 50), (0, 1, 50), (0, 1, 50)], &[&[0, 140, 0]]));
    let expected = r#"orders["A/s/main/sea/2026-02#3"]: expected at most 2 for this lane and bucket, found one more"#;
    assert!(told.contains(expected), "{told}");
    let told = shop.objections(&shop.decide(&[(0, 1, 150), (0, 1, 25)], &[&[0, 140, 0]]));
    assert!(
        told.contains("expected at most 100, found 150") && told.contains("expected at least 50, found 25"),
        "{told}"
    );
}

#[test]
fn a_tenth_twin_stands_behind_the_ninth() {
    let (mut shop, _) = twins();
    shop.network.lanes[0].lines = 10;
    let lines: Vec<_> = (0..10).map(|line| (0, 1, if line == 0 { 100 } else { 50 })).collect();
    let plan = shop.sound_plan(&shop.decide(&lines, &[&[0, 140, 50]]));
    assert_eq!((&*plan.orders[0].key, plan.orders[0].units), ("A/s/main/sea/2026-02#1", 100));
    assert_eq!(plan.orders[9].key, "A/s/main/sea/2026-02#10");
}
