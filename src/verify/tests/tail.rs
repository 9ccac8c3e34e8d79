//! Buckets behind the horizon: what is ordered and sold there, and what ends with the horizon.

use super::goals::{cover, given, service};
use super::shop::{Shop, closing, day, decimal, listed, milestone, months, series, stated, told};
use crate::calendar::Period;
use crate::network::{Adjustment, Change, Cover, MilestoneDay, PoolId, Promotion, SafetyStock, Since};
use crate::verify::Decisions;

/// Cash of the horizon pays for orders that arrive behind it.
pub(super) fn tail() -> (Shop, Decisions) {
    let mut shop = Shop::new("2026-01-01", months(3));
    shop.network.tail = 2;
    shop.network.economics.safety_shortfall_rate = decimal("0.05");
    let a = shop.item("A", 60, "default 20, 2026-05 18", "2026-01..2026-03 30");
    shop.lane(a, "45", "10");
    shop.network.suppliers[0].payment = vec![milestone("1.0", MilestoneDay::Order)];
    shop.cash("0", "0");
    shop.cash_flow("rent", "-300");
    let decisions = shop.decide(&[(0, 2, 30), (0, 3, 30), (0, 4, 30)], &[&[30, 30, 30, 30, 30]]);
    (shop, decisions)
}

#[test]
fn what_is_ordered_for_the_tail_is_in_the_cash_of_the_horizon() {
    let (shop, decisions) = tail();
    let plan = shop.sound_plan(&decisions);
    assert_eq!(plan.certificate.objective.to_string(), "2034.00");
    assert_eq!(told(&plan), ["A 2026-03 30: 2026-01-15 2026-03-01 300.00; 2026-01-15 300.00"]);
    let behind: Vec<_> = plan.tail.iter().map(|order| (&*order.key, order.release_date.unwrap())).collect();
    let expected = [("A/s/main/sea/2026-04", day("2026-02-15")), ("A/s/main/sea/2026-05", day("2026-03-17"))];
    assert_eq!(behind, expected);
    let buckets: Vec<_> = plan.buckets.iter().map(|bucket| (&*bucket.label, bucket.tail)).collect();
    let expected = [("2026-01", false), ("2026-02", false), ("2026-03", false), ("2026-04", true), ("2026-05", true)];
    assert_eq!(buckets, expected);
    assert_eq!(plan.allocations.iter().map(|row| row.demand).collect::<Vec<_>>(), [30, 30, 30, 30, 31]);
    assert_eq!(closing(&plan), [[30, 0, 0, 0, 0]]);
    let cash: Vec<_> = plan.cash.iter().map(|row| format!("{} {} {}", row.sales, row.purchases, row.closing)).collect();
    assert_eq!(cash, ["600.00 300.00 0.00"; 3]);
    // Figures are those of the horizon: 90 sold at 20, one line bought.
    assert_eq!(
        (plan.summary.revenue.to_string(), plan.summary.purchases.to_string()),
        ("1800.00".into(), "300.00".into())
    );
    assert_eq!(plan.summary.sell_through.to_string(), "1.00");
    let told: std::collections::BTreeSet<_> = plan.metrics.iter().filter_map(|row| row.bucket.as_deref()).collect();
    assert_eq!(told.into_iter().collect::<Vec<_>>(), ["2026-01", "2026-02", "2026-03"]);
    let more = shop.decide(&[(0, 2, 30), (0, 3, 30), (0, 4, 31)], &[&[30, 30, 30, 30, 31]]);
    assert_eq!(shop.objections(&more), r#"cash["2026-03"].closing: expected at least 0.00, found -10.00"#);
}

#[test]
fn the_last_stock_is_valued_behind_the_tail() {
    let (shop, _) = tail();
    let facts = crate::verify::facts::Facts::new(&shop.network).unwrap();
    let mut forward = crate::verify::forward::Forward::new(&facts).unwrap();
    let covers = crate::verify::cover::Covers::new(&facts, &mut forward).unwrap();
    // 45 days of lead and the 31 of May, 1 a day.
    assert_eq!(crate::verify::worth::cover_target(&facts, &mut forward, &covers, PoolId(0)).unwrap(), 76);
}

#[test]
fn a_line_stands_in_the_list_of_its_bucket() {
    let (shop, decisions) = tail();
    let mut plan = shop.sound_plan(&decisions);
    let moved = plan.tail.remove(0);
    plan.orders.push(moved);
    plan.plan_hash = crate::plan::plan_hash(&plan);
    let told = listed(&shop.verify(&plan));
    let row = r#"["A/s/main/sea/2026-04"]"#;
    assert_eq!(told, format!("orders{row}: expected no such row, found one\ntail{row}: expected a row, found none"));
}

/// Every promise and limit there is, all of them broken or passed in the tail.
#[test]
fn commitments_end_with_the_horizon() {
    let mut shop = Shop::new("2026-01-01", months(2));
    shop.network.tail = 2;
    let a = shop.item("A", 20, "20", "2026-01..2026-04 10");
    shop.network.items[0].unit_volume = decimal("1");
    shop.lane(a, "20", "10");
    shop.open_order("PO-1", a, 7, "2026-03-10").payments = Some(Vec::new());
    shop.open_order("PO-2", a, 3, "2026-05-10").payments = Some(Vec::new());
    shop.network.services.push(service("all", "1", Some(Since::Start), &[0]));
    let (safety_stock, max_weeks, from) =
        (Some(SafetyStock::Units(series("1"))), Some(decimal("20")), Some(Since::Start));
    shop.network.covers.push(Cover { safety_stock, max_weeks, hard: true, from, ..cover("A", &[0]) });
    let during = (Period::parse("2026-02").unwrap(), Period::parse("2026-04").unwrap());
    let (id, price, origin) = ("sale".into(), Some(decimal("15")), super::shop::origin(25));
    shop.network.promotions.push(Promotion { id, during, uplift: Some(decimal("2")), add_units: None, price, origin });
    shop.network.offers[0].promotions = vec![0];
    shop.storage("40");
    shop.budget("A", a, "130");
    shop.value_limit("all", "200");
    shop.network.locations[0].inbound_capacity = Some(stated("13"));
    shop.network.suppliers[0].capacity = Some(stated("default 0, 2026-01 13, 2026-02 90"));
    // February wants 20, at 15; 18 were left without the line, and 21 have to be there with the unit of safety stock.
    let plan = shop.sound_plan(&shop.decide(&[(0, 1, 13), (0, 2, 90)], &[&[10, 20, 1, 0]]));
    assert_eq!(given(&plan), [] as [&str; 0]);
    let demand: Vec<_> = plan.allocations.iter().map(|row| row.demand).collect();
    assert_eq!(demand, [10, 20, 10, 10]);
    // The open order due in March serves it and can be sold there; the other is due behind everything.
    assert_eq!(closing(&plan), [[10, 3, 99, 99]]);
    let behind: Vec<_> = plan.tail.iter().map(|order| format!("{} {}", order.key, order.receipt_bucket)).collect();
    assert_eq!(behind, ["PO-1/A 2026-03", "A/s/main/sea/2026-03 2026-03", "PO-2/A 2026-05"]);
    assert_eq!(plan.inventory[3].safety_stock, 1);
    assert_eq!(plan.capacity.len(), 5 * 2);
    let used = |kind: &str| {
        plan.capacity.iter().filter(|row| row.kind == kind).map(|row| row.used.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(used("supplier-capacity"), ["13.00", "90.00"]);
    assert_eq!(used("budget"), ["0.00", "130.00"]);
    // Promotions end as well, and so do their prices: 10 + 20 sold at 20 and 15, and in the tail one at 20.
    let earned = 10 * 20 + 20 * 15 + 20 - 103 * 10;
    // Holding 0.02 a month; 99 left at 10, of which E is 1 and 20 + 30 days of 10 a month in May, June: beyond, 5.
    let held = decimal("0.2") * decimal("211");
    let cover = 1 + 17;
    let worth = cover * 10 + (99 - cover) * 5;
    assert_eq!(plan.certificate.objective.0, decimal(&(earned + worth).to_string()) - held);
}

#[test]
fn lines_may_be_released_in_the_tail_but_never_on_a_premium_lane() {
    let mut shop = Shop::new("2026-01-01", months(1));
    shop.network.tail = 2;
    let a = shop.item("A", 0, "20", "10");
    shop.lane(a, "20", "10");
    let air = shop.lane(a, "2", "30");
    (air.mode, air.premium) = ("air".into(), true);
    let plan = shop.sound_plan(&shop.decide(&[(0, 2, 20)], &[&[0, 0, 10]]));
    assert_eq!(plan.tail[0].release_date, Some(day("2026-02-09")));
    // What is short in January is given, since the first bucket that can be reached lies in the tail.
    let given: Vec<_> = plan.allocations.iter().map(|row| (row.short_by.given, row.short_by.no_stock)).collect();
    assert_eq!(given, [(10, 0), (0, 10), (0, 0)]);
    let mut wrong = plan.clone();
    wrong.tail[0].mode = Some("air".into());
    let told = listed(&shop.verify(&wrong));
    assert!(told.contains(r#"tail["A/s/main/air/2026-03"]: expected no line on a premium lane, found one"#), "{told}");
    assert!(
        told.contains(r#"tail["A/s/main/air/2026-03"].receipt_bucket: expected a bucket that the lane can reach"#),
        "{told}"
    );
}

fn adjustment(first: &str, last: &str, change: Change) -> Adjustment {
    let during = (Period::parse(first).unwrap(), Period::parse(last).unwrap());
    Adjustment { during, change, origin: super::shop::origin(26) }
}

#[test]
fn people_change_demand_before_promotions_and_behind_the_horizon() {
    let mut shop = Shop::new("2026-01-01", months(4));
    shop.network.tail = 1;
    shop.item("A", 999, "20", "2026-01..2026-04 100");
    shop.network.items[0].cost = Some(decimal("1"));
    let during = (Period::parse("2026-02").unwrap(), Period::parse("2026-02").unwrap());
    let (id, uplift, origin) = ("sale".into(), Some(decimal("1.5")), super::shop::origin(25));
    shop.network.promotions.push(Promotion { id, during, uplift, add_units: None, price: None, origin });
    shop.network.offers[0].promotions = vec![0];
    shop.network.offers[0].adjustments = vec![
        adjustment("2026-02", "2026-02", Change::Factor(decimal("1.1"))),
        adjustment("2026-02", "2026-03", Change::Add(decimal("-150"))),
        adjustment("2026-04", "2026-04", Change::Set(decimal("68"))),
        adjustment("2026-05", "2026-05", Change::Factor(decimal("2"))),
        adjustment("2026-06", "2026-06", Change::Set(decimal("15"))),
    ];
    let plan = shop.sound_plan(&shop.decide(&[], &[&[100, 165, 0, 68, 124]]));
    // February 100 x 1.1 x 1.5, March not below 0. Behind the horizon (110 + 0 + 68) / 89 = 2 a day, doubled in May.
    let demand: Vec<_> = plan.allocations.iter().map(|row| row.demand).collect();
    assert_eq!(demand, [100, 165, 68, 124]);
    // 542 are left after May: 15 in June, 2 a day from July on: (30 + 263.5) / 7.
    assert_eq!(plan.inventory[4].weeks_of_supply.to_string(), "41.928571");
}

#[test]
fn a_week_is_changed_with_the_month_of_its_middle_day() {
    let mut shop = Shop::new("2026-01-19", crate::calendar::Shape { weeks: 3, months: 0 });
    shop.item("A", 99, "20", "10");
    shop.network.items[0].cost = Some(decimal("1"));
    shop.network.offers[0].adjustments = vec![adjustment("2026-02", "2026-02", Change::Add(decimal("3")))];
    // The week from 26 January has its middle day on the 29th.
    let plan = shop.sound_plan(&shop.decide(&[], &[&[10, 10, 13]]));
    assert_eq!(plan.allocations.iter().map(|row| row.demand).collect::<Vec<_>>(), [10, 10, 13]);
}
