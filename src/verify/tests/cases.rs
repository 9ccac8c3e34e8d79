//! Small projects whose answers were worked out elsewhere, by hand and by an exact solver.

use chrono::NaiveDate;

use super::shop::{Shop, closing, day, decimal, milestone, months, series, stated, told};
use crate::calendar::Shape;
use crate::network::{Closure, MilestoneDay, PriceBreak};
use crate::plan::Plan;
use crate::verify::Decisions;

/// A project and the decisions of its best plan.
pub(super) struct Case {
    pub(super) shop: Shop,
    pub(super) decisions: Decisions,
}

impl Case {
    fn plan(&self) -> Plan {
        self.shop.sound_plan(&self.decisions)
    }
}

fn objective(plan: &Plan) -> String {
    plan.certificate.objective.to_string()
}

pub(super) fn budget_receipt() -> Case {
    let mut shop = Shop::new("2026-01-01", months(4));
    let a = shop.item("A", 40, "20", "40");
    let b = shop.item("B", 0, "20", "2026-03 70");
    shop.lane(a, "20", "10");
    shop.lane(b, "20", "10");
    shop.open_order("PO-9", a, 10, "2026-03-16").payments = Some(vec![(day("2026-03-16"), decimal("100"))]);
    shop.budget("kitchen", a, "default 600, 2026-03 200");
    let lines = [(0, 1, 60), (0, 2, 10), (1, 2, 70), (0, 3, 40)];
    let decisions = shop.decide(&lines, &[&[40, 40, 40, 40], &[0, 0, 70, 0]]);
    Case { shop, decisions }
}

#[test]
fn a_budget_counts_receipts_and_open_orders() {
    let plan = budget_receipt().plan();
    assert_eq!(objective(&plan), "2796.00");
    assert_eq!(
        told(&plan),
        [
            "A 2026-02 60: 2026-01-12 2026-02-01 600.00; 2026-02-01 600.00",
            "A 2026-03 10: - 2026-03-16 100.00; 2026-03-16 100.00",
            "A 2026-03 10: 2026-02-09 2026-03-01 100.00; 2026-03-01 100.00",
            "B 2026-03 70: 2026-02-09 2026-03-01 700.00; 2026-03-01 700.00",
            "A 2026-04 40: 2026-03-12 2026-04-01 400.00; 2026-04-01 400.00",
        ]
    );
    assert_eq!(closing(&plan), [[0, 20, 0, 0], [0, 0, 0, 0]]);
    let used: Vec<_> = plan.capacity.iter().map(|row| format!("{} of {}", row.used, row.limit)).collect();
    assert_eq!(used, ["0.00 of 600.00", "600.00 of 600.00", "200.00 of 200.00", "400.00 of 600.00"]);
}

pub(super) fn calendar_mixed() -> Case {
    let mut shop = Shop::new("2026-01-19", Shape { weeks: 2, months: 2 });
    shop.network.economics.holding_rate = decimal("0.26");
    let a = shop.item("A", 20, "20", "2026-01 62, 2026-02 84, 2026-03 62");
    shop.lane(a, "7", "10");
    shop.network.suppliers[0].capacity = Some(stated("35 a week"));
    let decisions = shop.decide(&[(0, 1, 35), (0, 2, 35), (0, 3, 62)], &[&[14, 15, 61, 62]]);
    Case { shop, decisions }
}

#[test]
fn month_keys_over_weeks_are_spread_by_days() {
    let plan = calendar_mixed().plan();
    assert_eq!(objective(&plan), "1718.40");
    assert_eq!(
        told(&plan),
        [
            "A 2026-W05 35: 2026-01-19 2026-01-26 350.00; 2026-01-26 350.00",
            "A 2026-02 35: 2026-01-26 2026-02-02 350.00; 2026-02-02 350.00",
            "A 2026-03 62: 2026-02-22 2026-03-01 620.00; 2026-03-01 620.00",
        ]
    );
    assert_eq!(closing(&plan), [[6, 26, 0, 0]]);
    assert_eq!(plan.allocations.iter().map(|row| row.demand).collect::<Vec<_>>(), [14, 15, 81, 62]);
    let limits: Vec<_> = plan.capacity.iter().map(|row| format!("{} of {}", row.used, row.limit)).collect();
    assert_eq!(limits, ["35.00 of 35.00", "35.00 of 35.00", "62.00 of 135.00", "0.00 of 155.00"]);
}

pub(super) fn cash_milestones() -> Case {
    let mut shop = Shop::new("2026-01-01", months(5));
    let a = shop.item("A", 100, "20", "50");
    let lane = shop.lane(a, "45", "10");
    lane.production_days = Some(series("30"));
    (lane.moq, lane.multiple) = (10, 5);
    shop.network.suppliers[0].payment =
        vec![milestone("0.3", MilestoneDay::Order), milestone("0.7", MilestoneDay::Ship)];
    shop.network.channels[0].payout_days = 30;
    shop.cash("450", "0");
    shop.cash_flow("rent", "-400");
    let decisions = shop.decide(&[(0, 2, 25), (0, 3, 50), (0, 4, 50)], &[&[50, 50, 25, 50, 50]]);
    Case { shop, decisions }
}

#[test]
fn deposits_balances_and_payouts_fall_into_their_months() {
    let plan = cash_milestones().plan();
    assert_eq!(objective(&plan), "3240.00");
    assert_eq!(
        told(&plan),
        [
            "A 2026-03 25: 2026-01-15 2026-03-01 250.00; 2026-01-15 75.00, 2026-02-14 175.00",
            "A 2026-04 50: 2026-02-15 2026-04-01 500.00; 2026-02-15 150.00, 2026-03-17 350.00",
            "A 2026-05 50: 2026-03-17 2026-05-01 500.00; 2026-03-17 150.00, 2026-04-16 350.00",
        ]
    );
    let cash: Vec<_> =
        plan.cash.iter().map(|row| format!("{} {} {} {}", row.sales, row.purchases, row.other, row.closing)).collect();
    assert_eq!(
        cash,
        [
            "32.258065 75.00 -400.00 7.258065",
            "903.225806 325.00 -400.00 185.483871",
            "1080.645161 500.00 -400.00 366.129032",
            "483.870968 350.00 -400.00 100.00",
            "1032.258065 0.00 -400.00 732.258065",
        ]
    );
    assert_eq!(closing(&plan), [[50, 0, 0, 0, 0]]);
    let lowest = plan.summary.minimum_cash.unwrap();
    assert_eq!((&*lowest.bucket, lowest.amount.to_string()), ("2026-01", "7.258065".into()));
}

pub(super) fn closure() -> Case {
    let mut shop = Shop::new("2026-01-01", months(5));
    shop.network.frozen_days = 20;
    let (from, to): (NaiveDate, NaiveDate) = (day("2026-02-14"), day("2026-03-01"));
    shop.network.suppliers[0].closures = vec![Closure { from, to, reason: None }];
    let a = shop.item("A", 50, "20", "25");
    let lane = shop.lane(a, "40", "10");
    lane.production_days = Some(series("30"));
    lane.order_cost = series("30");
    let decisions = shop.decide(&[(0, 3, 50)], &[&[25, 25, 0, 25, 25]]);
    Case { shop, decisions }
}

#[test]
fn a_closure_moves_the_release_and_makes_a_receipt_impossible() {
    let case = closure();
    let plan = case.plan();
    assert_eq!(objective(&plan), "1460.00");
    assert_eq!(told(&plan), ["A 2026-04 50: 2026-02-04 2026-04-01 500.00; 2026-04-01 500.00"]);
    assert_eq!(plan.orders[0].order_cost.to_string(), "30.00");
    assert_eq!(closing(&plan), [[25, 0, 0, 25, 0]]);
    let march = plan.allocations[2].short_by;
    assert_eq!((march.given, march.no_stock, march.held_back), (25, 0, 0));
    // March cannot be reached: a file that says so all the same is told.
    let mut wrong = plan.clone();
    wrong.orders[0].receipt_bucket = "2026-03".into();
    let told = super::shop::listed(&case.shop.verify(&wrong));
    assert!(told.contains("receipt_bucket: expected a bucket that the lane can reach, found 2026-03"), "{told}");
}

pub(super) fn end_worth() -> Case {
    let mut shop = Shop::new("2026-01-01", months(4));
    let a = shop.item("A", 200, "20", "2026-01..2026-04 30");
    let b = shop.item("B", 30, "20", "2026-01..2026-04 30");
    for item in [a, b] {
        shop.network.items[item.index()].cost = Some(decimal("10"));
        shop.lane(item, "20", "9");
    }
    let decisions = shop.decide(&[(1, 1, 30), (1, 2, 30), (1, 3, 30)], &[&[30, 30, 30, 30], &[30, 30, 30, 30]]);
    Case { shop, decisions }
}

#[test]
fn the_last_stock_is_worth_its_cover_and_salvage_beyond() {
    let plan = end_worth().plan();
    assert_eq!(objective(&plan), "4494.00");
    assert_eq!(told(&plan)[0], "B 2026-02 30: 2026-01-12 2026-02-01 270.00; 2026-02-01 270.00");
    assert_eq!(closing(&plan), [[170, 140, 110, 80], [0, 0, 0, 0]]);
}

pub(super) fn receipt_inside() -> Case {
    let mut shop = Shop::new("2026-01-01", months(3));
    shop.network.frozen_days = 5;
    for (id, lead) in [("A", "40"), ("B", "41")] {
        let item = shop.item(id, 20, "20", "2026-01..2026-03 20");
        shop.lane(item, lead, "10");
    }
    let decisions = shop.decide(&[(0, 1, 20), (1, 2, 20), (0, 2, 20)], &[&[20, 20, 20], &[20, 0, 20]]);
    Case { shop, decisions }
}

#[test]
fn a_receipt_may_come_up_to_the_middle_day() {
    let plan = receipt_inside().plan();
    assert_eq!(objective(&plan), "1400.00");
    assert_eq!(
        told(&plan),
        [
            "A 2026-02 20: 2026-01-06 2026-02-15 200.00; 2026-02-15 200.00",
            "A 2026-03 20: 2026-01-20 2026-03-01 200.00; 2026-03-01 200.00",
            "B 2026-03 20: 2026-01-19 2026-03-01 200.00; 2026-03-01 200.00",
        ]
    );
    assert_eq!(plan.allocations[4].short_by.given, 20);
}

pub(super) fn payout_spread() -> Case {
    let mut shop = Shop::new("2026-01-01", months(3));
    shop.network.channels[0].payout_days = 14;
    shop.network.suppliers[0].payment = vec![milestone("1.0", MilestoneDay::Order)];
    let a = shop.item("A", 31, "default 10, 2026-03 9.50", "2026-01 31, 2026-02 28, 2026-03 31");
    shop.lane(a, "20", "8");
    shop.cash("0", "0");
    shop.cash_flow("rent", "-10");
    let decisions = shop.decide(&[(0, 1, 20), (0, 2, 28)], &[&[31, 20, 28]]);
    Case { shop, decisions }
}

#[test]
fn payouts_arrive_day_by_day() {
    let plan = payout_spread().plan();
    assert_eq!(objective(&plan), "392.00");
    let cash: Vec<_> =
        plan.cash.iter().map(|row| format!("{} {} {} {}", row.sales, row.purchases, row.other, row.closing)).collect();
    assert_eq!(cash, ["170.00 160.00 -10.00 0.00", "240.00 224.00 -10.00 6.00", "245.870968 0.00 -10.00 241.870968"]);
    assert_eq!(
        told(&plan),
        [
            "A 2026-02 20: 2026-01-12 2026-02-01 160.00; 2026-01-12 160.00",
            "A 2026-03 28: 2026-02-09 2026-03-01 224.00; 2026-02-09 224.00",
        ]
    );
}

#[test]
fn one_unit_more_than_cash_allows_is_told() {
    let case = payout_spread();
    let decisions = case.shop.decide(&[(0, 1, 21), (0, 2, 28)], &[&[31, 20, 28]]);
    let told = case.shop.objections(&decisions);
    assert!(told.contains(r#"cash["2026-01"].closing: expected at least 0.00, found -8.00"#), "{told}");
}

pub(super) fn price_break() -> Case {
    let mut shop = Shop::new("2026-01-01", months(3));
    for (id, incremental) in [("A", false), ("B", true)] {
        let item = shop.item(id, 0, "20", "default 0, 2026-02 46");
        shop.network.items[item.index()].phase_out = Some(day("2026-03-31"));
        let lane = shop.lane(item, "20", "10");
        lane.breaks = vec![PriceBreak { from: 50, unit_cost: decimal("9") }];
        lane.incremental = incremental;
    }
    let decisions = shop.decide(&[(0, 1, 50), (1, 1, 46)], &[&[0, 46, 0], &[0, 46, 0]]);
    Case { shop, decisions }
}

#[test]
fn breaks_for_all_units_and_for_further_ones() {
    let case = price_break();
    let plan = case.plan();
    assert_eq!(objective(&plan), "948.40");
    assert_eq!(told(&plan)[0], "A 2026-02 50: 2026-01-12 2026-02-01 450.00; 2026-02-01 450.00");
    assert_eq!(told(&plan)[1], "B 2026-02 46: 2026-01-12 2026-02-01 460.00; 2026-02-01 460.00");
    assert_eq!(closing(&plan), [[0, 4, 4], [0, 0, 0]]);
    // Incrementally, unit 50 is the first at 9.
    for (units, landed) in [(49, "490.00"), (50, "499.00"), (60, "589.00")] {
        let decisions = case.shop.decide(&[(1, 1, units)], &[]);
        assert_eq!(case.shop.plan(&decisions).orders[0].landed_cost.to_string(), landed);
    }
}

pub(super) fn netting() -> Case {
    let mut shop = Shop::new("2026-01-01", months(6));
    let a = shop.item("A", 70, "20", "default 40, 2026-03..2026-04 30");
    let lane = shop.lane(a, "45", "10");
    (lane.moq, lane.multiple) = (50, 24);
    lane.order_cost = series("10");
    shop.open_order("PO-1", a, 24, "2026-02-15");
    let decisions = shop.decide(&[(0, 2, 72), (0, 4, 72)], &[&[40, 40, 30, 30, 40, 40]]);
    Case { shop, decisions }
}

#[test]
fn stock_and_open_orders_are_netted() {
    let case = netting();
    let plan = case.plan();
    assert_eq!(objective(&plan), "3079.60");
    assert_eq!(
        told(&plan),
        [
            "A 2026-02 24: - 2026-02-15 0.00; ",
            "A 2026-03 72: 2026-01-15 2026-03-01 720.00; 2026-03-01 720.00",
            "A 2026-05 72: 2026-03-17 2026-05-01 720.00; 2026-05-01 720.00",
        ]
    );
    assert_eq!(closing(&plan), [[30, 14, 56, 26, 58, 18]]);
    let told = case.shop.objections(&case.shop.decide(&[(0, 2, 48), (0, 4, 73)], &[]));
    assert!(told.contains(r#"orders["A/s/main/sea/2026-03"].units: expected at least 50, found 48"#), "{told}");
    assert!(told.contains(r#"orders["A/s/main/sea/2026-05"].units: expected a multiple of 24, found 73"#), "{told}");
}

pub(super) fn given_storage() -> Case {
    let mut shop = Shop::new("2026-01-01", months(4));
    let a = shop.item("A", 70, "20", "2026-01 15, 2026-02..2026-03 20, 2026-04 40");
    shop.network.items[0].unit_volume = decimal("1");
    shop.storage("50");
    shop.lane(a, "20", "default 10, 2026-01 8");
    let decisions = shop.decide(&[(0, 3, 25)], &[&[15, 20, 20, 40]]);
    Case { shop, decisions }
}

#[test]
fn room_that_facts_exceed_is_given_but_no_more() {
    let case = given_storage();
    let plan = case.plan();
    assert_eq!(objective(&plan), "1633.20");
    assert_eq!(told(&plan), ["A 2026-04 25: 2026-03-12 2026-04-01 250.00; 2026-04-01 250.00"]);
    let given: Vec<_> =
        plan.given.iter().map(|one| format!("{} {} {} {}", one.kind, one.of, one.bucket, one.amount)).collect();
    assert_eq!(given, ["storage-capacity main 2026-01 20.00", "storage-capacity main 2026-02 5.00"]);
    assert_eq!(plan.certificate.levels[0].used.to_string(), "25.00");
    assert_eq!(closing(&plan), [[55, 35, 15, 0]]);
    let told = case.shop.objections(&case.shop.decide(&[(0, 1, 1)], &[&[15, 20, 20, 36]]));
    let expected = r#"capacity["storage-capacity/main/2026-02"].used: expected at most 55.00, found 56.00"#;
    assert!(told.contains(expected), "{told}");
}

pub(super) fn lot_sizing() -> Case {
    let mut shop = Shop::new("2026-01-01", months(5));
    shop.network.economics.holding_rate = decimal("12");
    shop.network.economics.end_worth = false;
    let a = shop.item("A", 0, "0", "2026-01 400, 2026-02..2026-03 500, 2026-04 1100, 2026-05 900");
    shop.network.items[0].cost = Some(decimal("0.10"));
    let lane = shop.lane(a, "0", "default 6, 2026-01 3, 2026-02 1, 2026-03 4");
    lane.order_cost = series("100");
    let decisions = shop.decide(&[(0, 0, 400), (0, 1, 3000)], &[&[400, 500, 500, 1100, 900]]);
    Case { shop, decisions }
}

#[test]
fn a_line_costs_what_its_release_bucket_says() {
    let plan = lot_sizing().plan();
    assert_eq!(objective(&plan), "-4940.00");
    assert_eq!(
        told(&plan),
        [
            "A 2026-01 400: 2026-01-01 2026-01-01 1200.00; 2026-01-01 1200.00",
            "A 2026-02 3000: 2026-02-01 2026-02-01 3000.00; 2026-02-01 3000.00",
        ]
    );
    assert_eq!(closing(&plan), [[0, 2500, 2000, 900, 0]]);
}

pub(super) fn storage_peak() -> Case {
    let mut shop = Shop::new("2026-01-01", months(4));
    let a = shop.item("A", 40, "20", "default 40, 2026-04 30");
    shop.network.items[0].unit_volume = decimal("0.1");
    shop.storage("10");
    let lane = shop.lane(a, "20", "10");
    lane.multiple = 10;
    lane.order_cost = series("60");
    let decisions = shop.decide(&[(0, 1, 40), (0, 2, 70)], &[&[40, 40, 40, 30]]);
    Case { shop, decisions }
}

#[test]
fn storage_holds_opening_stock_and_receipts() {
    let case = storage_peak();
    let plan = case.plan();
    assert_eq!(objective(&plan), "1774.00");
    assert_eq!(closing(&plan), [[0, 0, 30, 0]]);
    let told = case.shop.objections(&case.shop.decide(&[(0, 1, 110)], &[&[40, 40, 40, 30]]));
    assert!(told.contains("expected at most 10.00, found 11.00"), "{told}");
}

#[test]
fn cover_targets_are_those_of_the_cases() {
    let targets = |case: &Case| {
        let facts = crate::verify::facts::Facts::new(&case.shop.network).unwrap();
        let mut forward = crate::verify::forward::Forward::new(&facts).unwrap();
        let covers = crate::verify::cover::Covers::new(&facts, &mut forward).unwrap();
        let pools = (0..case.shop.network.pools.len()).map(crate::network::PoolId::from);
        let target = |pool| crate::verify::worth::cover_target(&facts, &mut forward, &covers, pool).unwrap();
        pools.map(target).collect::<Vec<_>>()
    };
    assert_eq!(targets(&budget_receipt()), [66, 40]);
    assert_eq!(targets(&calendar_mixed()), [93]);
    assert_eq!(targets(&cash_milestones()), [125]);
    assert_eq!(targets(&closure()), [59]);
    assert_eq!(targets(&end_worth()), [51, 51]);
    assert_eq!(targets(&receipt_inside()), [48, 48]);
    assert_eq!(targets(&payout_spread()), [51]);
    assert_eq!(targets(&price_break()), [0, 0]);
    assert_eq!(targets(&netting()), [98]);
    assert_eq!(targets(&given_storage()), [45]);
    assert_eq!(targets(&lot_sizing()), [843]);
    assert_eq!(targets(&storage_peak()), [66]);
}
