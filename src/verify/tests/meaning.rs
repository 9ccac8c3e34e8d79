//! Meanings that the worked cases leave out, each with its arithmetic.

use super::shop::{Shop, day, decimal, listed, milestone, months, origin, series, stated, told};
use crate::calendar::{Period, Shape};
use crate::network::{Channel, ChannelId, Closure, LocationId, MilestoneDay, Pool, PriceBreak, Promotion};
use crate::plan::Figure;
use crate::verify::Decisions;

/// A project that uses every table: two weeks and two months, two channels, fees, a promotion, foreign currency,
/// duty, every kind of limit, given overruns, open orders of every kind.
pub(super) fn everything() -> (Shop, Decisions) {
    let mut shop = Shop::new("2026-01-21", Shape { weeks: 2, months: 2 });
    shop.network.first_bucket_whole = true;
    shop.network.frozen_days = 2;
    let ship_from = vec![LocationId(0)];
    shop.network.channels.push(Channel {
        id: "web".into(),
        ship_from,
        payout_days: 10,
        backorder: None,
        origin: origin(2),
    });
    let a = shop.item("A", 60, "20", "default 10, 2026-W04 14, 2026-02 54.5, 2026-03 62");
    let b = shop.item("B", 5, "8.5", "30 a month");
    shop.offer(a, ChannelId(1), "21", "7 a week");
    shop.network.offers.sort_by_key(|offer| (offer.item, offer.channel));
    shop.network.items[a.index()].unit_volume = decimal("0.5");
    shop.network.items[b.index()].phase_out = Some(day("2026-03-20"));
    prices(&mut shop);
    lanes(&mut shop);
    limits(&mut shop);
    let decisions =
        shop.decide(&[(0, 2, 60), (1, 2, 20), (0, 3, 60)], &[&[10, 10, 60, 62], &[5, 7, 20, 20], &[5, 0, 20, 0]]);
    (shop, decisions)
}

fn prices(shop: &mut Shop) {
    let during = (Period::parse("2026-02").unwrap(), Period::parse("2026-02").unwrap());
    shop.network.promotions.push(Promotion {
        id: "sale".into(),
        during,
        uplift: Some(decimal("1.2")),
        add_units: Some(decimal("3")),
        price: Some(decimal("18.5")),
        origin: origin(25),
    });
    let offer = &mut shop.network.offers[0];
    offer.promotions = vec![0];
    offer.shortage_cost = series("0.5");
    offer.sources[0].fee_rate = series("0.15");
    offer.sources[0].fulfilment_fee = series("1.25");
}

fn lanes(shop: &mut Shop) {
    shop.network.suppliers[0].exchange_rate = series("default 0.14, 2026-02 0.15");
    shop.network.suppliers[0].payment =
        vec![milestone("0.3", MilestoneDay::Order), milestone("0.7", MilestoneDay::Ship)];
    let (a, b) = (shop.network.offers[0].item, shop.network.offers[2].item);
    let lane = shop.lane(a, "12", "37");
    lane.production_days = Some(series("5"));
    lane.duty_rate = series("0.04");
    lane.freight = series("0.6");
    lane.freight_per_m3 = series("0.3");
    lane.order_cost = series("40");
    lane.capacity_setup = decimal("2.5");
    lane.breaks = vec![PriceBreak { from: 50, unit_cost: decimal("35.2") }];
    shop.lane(b, "10", "20");
    shop.open_order("PO-1", a, 11, "2026-01-10").ordered = Some(day("2026-01-02"));
    shop.open_order("PO-2", a, 12, "2026-02-20").ordered = Some(day("2026-01-20"));
    let stated = vec![(day("2026-01-05"), decimal("3.5")), (day("2026-04-02"), decimal("10.25"))];
    shop.open_order("PO-3", b, 13, "2026-03-25").payments = Some(stated);
}

fn limits(shop: &mut Shop) {
    let a = shop.network.offers[0].item;
    shop.budget("A", a, "default 1000, 2026-W04 20");
    shop.value_limit("all", "default 5000, 2026-01 300");
    shop.storage("default 60, 2026-01 30");
    shop.network.locations[0].inbound_capacity = Some(stated("default 100, 2026-W04 5"));
    shop.network.locations[0].outbound_capacity = Some(stated("110"));
    shop.network.suppliers[0].capacity = Some(stated("600 a month"));
    shop.cash("-100", "0");
    shop.cash_flow("grant", "250");
}

#[test]
fn a_plan_that_uses_everything_is_sound() {
    let (shop, decisions) = everything();
    let plan = shop.sound_plan(&decisions);
    // PO-1 is overdue: its balance and freight fell due before as-of, all is paid.
    // PO-2: 12 x 37 x 0.14 = 62.16: 18.65 on the day before as-of is paid, 43.51 on 25 January (5 open days); freight
    // 12 x (0.60 + 0.5 x 0.30) = 9.00 and duty 2.4864 on the due day: 73.65 less 62.16. It is due after the middle day.
    // 60 for February: 60 x 35.2 x 0.14 = 295.68, freight 45.00, duty 11.8272; for March the rate is 0.15.
    assert_eq!(
        told(&plan),
        [
            "A 2026-W04 11: 2026-01-02 2026-01-10 0.00; ",
            "A 2026-02 60: 2026-01-23 2026-02-04 352.51; 2026-01-23 88.70, 2026-01-28 206.98, 2026-02-04 56.83",
            "B 2026-02 20: 2026-01-23 2026-02-02 56.00; 2026-01-23 16.80, 2026-02-02 39.20",
            "A 2026-03 12: 2026-01-20 2026-02-20 55.00; 2026-01-25 43.51, 2026-02-20 11.49",
            "A 2026-03 60: 2026-02-17 2026-03-01 374.47; 2026-02-17 95.04, 2026-02-22 221.76, 2026-03-01 57.67",
        ]
    );
    assert_eq!((&*plan.tail[0].receipt_bucket, plan.tail[0].landed_cost.to_string()), ("2026-04", "13.75".into()));
    let given: Vec<_> = plan.given.iter().map(|one| format!("{} {}", one.kind, one.amount)).collect();
    assert_eq!(
        given,
        ["budget 53.223486", "inbound-capacity 7.428571", "inventory-value 43.6832", "storage-capacity 5.50"]
    );
    assert_eq!(plan.certificate.levels[0].used.to_string(), "109.835257");
    // dtc: 14 x 5/7; 10 x 6/7 + 54.5/28; (54.5 x 27/28 + 3) x 1.2; 62: 10, 10.52, 66.66, 62, rounded by their sums.
    let demand = |channel: &str| {
        let rows = plan.allocations.iter().filter(|row| row.item == "A" && row.channel == channel);
        rows.map(|row| row.demand).collect::<Vec<_>>()
    };
    assert_eq!(demand("dtc"), [10, 11, 66, 62]);
    assert_eq!(demand("web"), [5, 7, 27, 31]);
    // 56 units after W04: 17.518 go in W05, the rest at (66.664 + 27) / 27 a day; 9 after March at 10/30 + 1 a day.
    let weeks: Vec<_> = plan.inventory[..4].iter().map(|row| row.weeks_of_supply.to_string()).collect();
    assert_eq!(weeks, ["2.584714", "1.60604", "0.904762", "0.964286"]);
}

/// The lack of cash that no new order can mend.
pub(super) fn given_cash() -> (Shop, Decisions) {
    let mut shop = Shop::new("2026-01-01", months(3));
    shop.network.channels[0].payout_days = 10;
    let a = shop.item("A", 31, "10", "2026-01 31, 2026-02 28, 2026-03 31");
    shop.lane(a, "35", "4");
    shop.cash("-350", "0");
    shop.cash_flow("rent", "10");
    let decisions = shop.decide(&[(0, 1, 20)], &[&[31, 20, 0]]);
    (shop, decisions)
}

#[test]
fn cash_that_lacks_before_new_sales_is_given() {
    let (shop, decisions) = given_cash();
    let plan = shop.sound_plan(&decisions);
    // The lane reaches February on the 5th, its sales are paid from the 15th on: only January's lack is given.
    // January: -350 + 21 days of 10 + 10; February: 100 of January, 20 x 10 x 18/28, less 80, plus 10.
    let given: Vec<_> = plan.given.iter().map(|one| format!("{} {} {}", one.kind, one.bucket, one.amount)).collect();
    assert_eq!(given, ["cash-minimum 2026-01 130.00"]);
    assert_eq!(plan.given[0].source, origin(50));
    let told = shop.objections(&shop.decide(&[(0, 1, 20)], &[&[30, 20, 0]]));
    assert!(told.contains(r#"cash["2026-01"].closing: expected at least -130.00, found -136.774194"#), "{told}");
    let told = shop.objections(&shop.decide(&[(0, 1, 60)], &[&[31, 20, 0]]));
    assert!(told.contains(r#"cash["2026-02"].closing: expected at least 0.00"#), "{told}");
}

#[test]
fn a_plan_may_not_oversell() {
    let mut shop = Shop::new("2026-01-01", months(2));
    shop.item("A", 5, "10", "4");
    let told = shop.objections(&shop.decide(&[], &[&[4, 4]]));
    assert_eq!(told, r#"inventory["A/main/2026-02"].closing: expected 0 or more, found -3"#);
    let told = shop.objections(&shop.decide(&[], &[&[5, -1]]));
    assert!(told.contains(r#"allocations["A/dtc/main/2026-01"].planned: expected 0 to 4, found 5"#), "{told}");
    assert!(told.contains(r#"allocations["A/dtc/main/2026-02"].planned: expected 0 to 4, found -1"#), "{told}");
}

#[test]
fn limits_of_operations_are_never_given() {
    let mut shop = Shop::new("2026-01-01", months(2));
    let a = shop.item("A", 50, "10", "20");
    shop.lane(a, "5", "1").max = Some(30);
    shop.network.locations[0].outbound_capacity = Some(stated("15"));
    shop.network.suppliers[0].capacity = Some(stated("25"));
    let told = shop.objections(&shop.decide(&[(0, 1, 31)], &[&[20, 15]]));
    let expected = [
        r#"orders["A/s/main/sea/2026-02"].units: expected at most 30, found 31"#,
        r#"capacity["outbound-capacity/main/2026-01"].used: expected at most 15.00, found 20.00"#,
        r#"capacity["supplier-capacity/s/2026-01"].used: expected at most 25.00, found 31.00"#,
    ];
    assert_eq!(told, expected.join("\n"));
}

#[test]
fn premium_lanes_and_unknown_names_are_told() {
    let mut shop = Shop::new("2026-01-01", months(2));
    let a = shop.item("A", 50, "10", "20");
    shop.lane(a, "5", "1").premium = true;
    let mut plan = shop.plan(&shop.decide(&[(0, 1, 5)], &[&[20, 20]]));
    assert_eq!(
        listed(&shop.verify(&plan)),
        r#"orders["A/s/main/sea/2026-02"]: expected no line on a premium lane, found one"#
    );
    plan.orders[0].mode = Some("\u{1b}[31m".into());
    let told = listed(&shop.verify(&plan));
    assert!(told.contains("expected a lane of the project, found none of that name"), "{told}");
    assert!(!told.contains('\u{1b}'), "control characters stay out of messages");
}

#[test]
fn shortages_are_given_held_back_or_for_lack_of_stock() {
    let mut shop = Shop::new("2026-01-01", months(3));
    let a = shop.item("A", 12, "10", "10");
    shop.lane(a, "45", "4");
    // Usable on 15 February, the middle day: January's shortage is given beyond what is left in stock.
    let plan = shop.sound_plan(&shop.decide(&[], &[&[4, 6, 2]]));
    let parts: Vec<_> = plan
        .allocations
        .iter()
        .map(|row| (row.short, row.short_by.given, row.short_by.no_stock, row.short_by.held_back))
        .collect();
    assert_eq!(parts, [(6, 0, 0, 6), (4, 0, 2, 2), (8, 0, 8, 0)]);
    let plan = shop.sound_plan(&shop.decide(&[], &[&[10, 2, 0]]));
    assert_eq!(plan.allocations[1].short_by.no_stock, 8);
}

#[test]
fn figures_of_the_summary() {
    let mut shop = Shop::new("2026-01-01", months(2));
    let a = shop.item("A", 30, "10", "10");
    shop.network.items[0].cost = Some(decimal("4"));
    let source = &mut shop.network.offers[0].sources[0];
    (source.fee_rate, source.fulfilment_fee) = (series("0.1"), series("0.5"));
    let lane = shop.lane(a, "5", "4");
    lane.order_cost = series("3");
    let plan = shop.sound_plan(&shop.decide(&[(0, 1, 10)], &[&[10, 8]]));
    let summary = &plan.summary;
    // Stock at cost 4: 120 at as-of, 80 and 88 at the ends: mean (100 + 84) / 2 = 92; sold 18: cost 72; 1/6 year.
    assert_eq!((summary.revenue.to_string(), summary.purchases.to_string()), ("180.00".into(), "40.00".into()));
    assert_eq!(summary.contribution.to_string(), "78.00"); // 180 - 18 fees - 9 fulfilment - 72 - 3
    assert_eq!(summary.fill_rate.to_string(), "0.90");
    assert_eq!(summary.inventory_turnover.to_string(), "4.695652"); // 432 / 92
    assert_eq!(summary.gmroi.to_string(), "5.869565"); // (180 - 18 - 72) x 6 / 92
    assert_eq!(summary.sell_through.to_string(), "0.45"); // 18 / 40
    assert_eq!(summary.peak_inventory_value.to_string(), "88.00");
    // 20 last February and, at 10/31, March: 28 + 31 days; 22 last March, April, and 2 of May's 10/31 a day.
    assert_eq!(summary.weeks_of_supply.to_string(), "9.014286"); // (59 + 61 + 6.2) / 2 / 7
    assert_eq!(summary.minimum_cash, None);
}

#[test]
fn stock_that_no_demand_uses_up_has_no_weeks() {
    let mut shop = Shop::new("2026-01-01", months(2));
    shop.item("A", 30, "10", "2026-01 10");
    shop.network.items[0].cost = Some(decimal("4"));
    // Nothing is stated behind the horizon: 10 in two months tell 10/59 a day, so 20 last 118 days after January.
    let plan = shop.sound_plan(&shop.decide(&[], &[&[10, 0]]));
    assert_eq!(plan.inventory[0].weeks_of_supply.to_string(), "20.857143"); // (28 + 118) / 7
    shop.network.items[0].phase_out = Some(day("2026-03-15"));
    let plan = shop.sound_plan(&shop.decide(&[], &[&[10, 0]]));
    assert_eq!(plan.inventory[0].weeks_of_supply, Figure::NotApplicable);
    assert_eq!(plan.summary.weeks_of_supply, Figure::NotApplicable);
}

#[test]
fn launches_and_phase_outs_empty_whole_buckets() {
    let mut shop = Shop::new("2026-01-01", months(4));
    shop.item("A", 100, "10", "10");
    shop.network.items[0].cost = Some(decimal("4"));
    shop.network.items[0].launch = Some(day("2026-02-10"));
    shop.network.items[0].phase_out = Some(day("2026-04-01"));
    let plan = shop.sound_plan(&shop.decide(&[], &[&[0, 10, 10, 0]]));
    let demand: Vec<_> = plan.allocations.iter().map(|row| (&*row.bucket, row.demand)).collect();
    assert_eq!(demand, [("2026-02", 10), ("2026-03", 10)]);
}

#[test]
fn the_planned_buckets_since_launch_tell_the_rate_behind_them() {
    let mut shop = Shop::new("2026-01-01", months(2));
    shop.item("A", 100, "10", "2026-01..2026-02 19");
    shop.network.items[0].cost = Some(decimal("4"));
    shop.network.items[0].launch = Some(day("2026-02-10"));
    // 19 in the 19 days since launch: 1 a day; 81 last 81 days.
    let plan = shop.sound_plan(&shop.decide(&[], &[&[0, 19]]));
    assert_eq!(plan.inventory[1].weeks_of_supply.to_string(), "11.571429");
}

#[test]
fn launches_on_many_days_leave_the_sum_of_all_items_exact() {
    let mut shop = Shop::new("2026-01-01", months(12));
    for days in 1..=60 {
        let item = shop.item(&format!("I{days:02}"), days, "10", "2026-11..2026-12 20");
        shop.network.items[item.index()].cost = Some(decimal("1.000001"));
        shop.network.items[item.index()].launch = Some(day("2027-01-01") - chrono::Days::new(days.unsigned_abs()));
    }
    // The rates behind the horizon have the denominators 1 to 60: their common one has 26 digits, squared far more.
    let plan = shop.sound_plan(&shop.decide(&[], &[]));
    assert!(matches!(plan.summary.weeks_of_supply, Figure::Value(_)));
}

#[test]
fn a_missing_standard_cost_is_that_of_premium_lanes_or_other_locations() {
    let mut shop = Shop::new("2026-01-01", months(1));
    let a = shop.item("A", 10, "10", "1");
    let lane = shop.lane(a, "5", "4");
    lane.premium = true;
    lane.freight = series("0.25");
    let location = crate::network::Location { id: "store".into(), ..shop.network.locations[0].clone() };
    shop.network.locations.push(location);
    shop.network.pools.push(Pool { item: a, location: LocationId(1), on_hand: 2 });
    let plan = shop.sound_plan(&shop.decide(&[], &[&[0]]));
    assert_eq!(plan.summary.peak_inventory_value.to_string(), "51.00"); // 12 x 4.25
}

#[test]
fn two_buckets_never_share_a_release_day() {
    let mut shop = Shop::new("2026-01-01", months(4));
    shop.network.suppliers[0].closures = vec![Closure { from: day("2026-01-11"), to: day("2026-04-30"), reason: None }];
    let a = shop.item("A", 0, "10", "1");
    shop.lane(a, "10", "1").production_days = Some(series("0"));
    let reached = |shop: &Shop, bucket| shop.plan(&shop.decide(&[(0, bucket, 1)], &[])).orders.len();
    // Released on 10 January at the latest: it serves February; for March it would be the same order. January is
    // reached on the 11th.
    assert_eq!([0, 1, 2, 3].map(|bucket| reached(&shop, bucket)), [1, 1, 0, 0]);
}

#[test]
fn safety_days_bring_an_order_earlier() {
    let mut shop = Shop::new("2026-01-01", months(2));
    let a = shop.item("A", 0, "10", "1");
    shop.lane(a, "10", "1").safety_days = 4;
    let plan = shop.plan(&shop.decide(&[(0, 1, 1)], &[]));
    assert_eq!(told(&plan), ["A 2026-02 1: 2026-01-18 2026-01-28 1.00; 2026-01-28 1.00"]);
}
