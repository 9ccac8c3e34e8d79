//! Service floors and covers: what they ask for, what lacks before they begin, what a shortfall costs.

use super::shop::{Shop, day, decimal, listed, months, origin, series};
use crate::calendar::{Period, Shape};
use crate::network::{
    Channel, ChannelId, Cover, LocationId, OfferId, Pool, PoolId, SafetyStock, Scope, Service, Since,
};
use crate::plan::Plan;
use crate::verify::cover::Covers;
use crate::verify::facts::Facts;
use crate::verify::forward::Forward;
use crate::verify::start::start;
use crate::verify::{Decisions, worth};

pub(super) fn since(period: &str) -> Option<Since> {
    Some(Since::Period(Period::parse(period).unwrap()))
}

/// A floor over some offers, at line 100 and so many further.
pub(super) fn service(name: &str, fill_rate: &str, from: Option<Since>, offers: &[u32]) -> Service {
    Service {
        name: name.into(),
        scope: Scope::default(),
        fill_rate: series(fill_rate),
        group: false,
        from,
        offers: offers.iter().map(|&offer| OfferId(offer)).collect(),
        origin: origin(100),
    }
}

/// A cover over some pools that states nothing yet.
pub(super) fn cover(name: &str, pools: &[u32]) -> Cover {
    Cover {
        name: name.into(),
        scope: Scope::default(),
        safety_stock: None,
        max_weeks: None,
        hard: false,
        from: None,
        pools: pools.iter().map(|&pool| PoolId(pool)).collect(),
        origin: origin(110),
    }
}

pub(super) fn given(plan: &Plan) -> Vec<String> {
    plan.given.iter().map(|one| format!("{} {} {} {}", one.kind, one.of, one.bucket, one.amount)).collect()
}

/// Safety stock of the first item at `main`, as the plan file tells it.
fn safety(plan: &Plan) -> Vec<i64> {
    plan.inventory[..plan.buckets.len()].iter().map(|row| row.safety_stock).collect()
}

fn cover_target(shop: &Shop) -> i64 {
    let facts = Facts::new(&shop.network).unwrap();
    let mut forward = Forward::new(&facts).unwrap();
    let covers = Covers::new(&facts, &mut forward).unwrap();
    worth::cover_target(&facts, &mut forward, &covers, PoolId(0)).unwrap()
}

fn another_channel(shop: &mut Shop, id: &str) -> ChannelId {
    let (id, ship_from) = (id.into(), vec![LocationId(0)]);
    shop.network.channels.push(Channel { id, ship_from, payout_days: 0, backorder: None, origin: origin(2) });
    ChannelId::from(shop.network.channels.len() - 1)
}

/// Three months before a new order can come, and a floor on one of two channels.
pub(super) fn given_shortage() -> (Shop, Decisions) {
    let mut shop = Shop::new("2026-01-01", months(5));
    shop.network.frozen_days = 14;
    let a = shop.item("A", 20, "20", "2026-01..2026-05 20");
    let wholesale = another_channel(&mut shop, "wholesale");
    shop.offer(a, wholesale, "15", "2026-01..2026-05 20");
    shop.lane(a, "61", "10").max = Some(25);
    shop.network.services.push(service("wholesale", "0.95", None, &[1]));
    let decisions = shop.decide(&[(0, 3, 25), (0, 4, 25)], &[&[0, 0, 0, 6, 6], &[19, 1, 0, 19, 19]]);
    (shop, decisions)
}

#[test]
fn what_a_floor_lacks_before_a_new_order_can_come_is_given() {
    let (shop, decisions) = given_shortage();
    let plan = shop.sound_plan(&decisions);
    // 19 of 20 are wanted: 18 lack in February, 19 in March, at 15 each.
    assert_eq!(given(&plan), ["fill-rate A/wholesale 2026-02 270.00", "fill-rate A/wholesale 2026-03 285.00"]);
    assert_eq!(plan.given[0].source, origin(100));
    assert_eq!(plan.certificate.levels[0].used.to_string(), "555.00");
    assert_eq!(plan.certificate.objective.to_string(), "609.80");
    let fewer = shop.decide(&[(0, 3, 25), (0, 4, 25)], &[&[0, 0, 0, 6, 6], &[19, 1, 0, 18, 19]]);
    let told = shop.objections(&fewer);
    assert_eq!(told, r#"allocations["A/wholesale/main/2026-04"].planned: expected at least 19, found 18"#);
}

#[test]
fn a_bound_of_what_is_given_may_not_exceed_it() {
    let (shop, decisions) = given_shortage();
    let mut plan = shop.sound_plan(&decisions);
    let told = |plan: &mut Plan, bound: &str| {
        plan.certificate.levels[0].bound = Some(bound.parse().unwrap());
        plan.plan_hash = crate::plan::plan_hash(plan);
        listed(&shop.verify(plan))
    };
    assert_eq!(told(&mut plan, "555.00"), "");
    assert_eq!(told(&mut plan, "0.00"), "");
    let objection = told(&mut plan, "555.01");
    assert!(objection.contains("certificate.levels[0].bound: expected 555.00 or less, found 555.01"), "{objection}");
}

#[test]
fn of_floors_that_have_not_begun_the_highest_counts() {
    let mut shop = Shop::new("2026-01-01", months(3));
    let a = shop.item("A", 22, "8", "10");
    shop.lane(a, "62", "4");
    let mut later = service("later", "default 0.9, 2026-01 0.85", None, &[0]);
    later.origin = origin(101);
    let same = service("same", "0.9", None, &[0]);
    let series = service("series", "2026-02 1", None, &[0]);
    let stated = service("stated", "2026-01..2026-02 1", since("2026-03"), &[0]);
    shop.network.services = vec![later, same, service("at once", "0.5", Some(Since::Start), &[0]), series, stated];
    shop.network.services.sort_by(|a, b| a.name.cmp(&b.name));
    let plan = shop.sound_plan(&shop.decide(&[], &[&[6, 7, 9]]));
    // A new order comes in March. January: 9 of both that wait for it, 3 more than 6; the first by name is told. February:
    // 10. What is stated to begin in March asks for nothing before.
    assert_eq!(given(&plan), ["fill-rate A/dtc 2026-01 24.00", "fill-rate A/dtc 2026-02 24.00"]);
    assert_eq!((plan.given[0].source.line, plan.given[1].source.line), (101, 100));
    let told = shop.objections(&shop.decide(&[], &[&[4, 7, 8]]));
    // Both services of March want the same: that is one floor.
    let march = r#"allocations["A/dtc/main/2026-03"].planned: expected at least 9, found 8"#;
    let january = r#"allocations["A/dtc/main/2026-01"].planned: expected at least 5, found 4"#;
    assert_eq!(told, [january, march].join("\n"));
}

pub(super) fn group_floor() -> (Shop, Decisions) {
    let mut shop = Shop::new("2026-01-01", months(3));
    let x = shop.item("X", 30, "50", "30");
    let y = shop.item("Y", 70, "19", "70");
    shop.lane(x, "20", "20");
    shop.lane(y, "20", "20");
    shop.network.services.push(Service { group: true, ..service("kitchen", "0.8", Some(Since::Start), &[0, 1]) });
    let lines = [(0, 1, 30), (1, 1, 30), (0, 2, 30), (1, 2, 50)];
    let decisions = shop.decide(&lines, &[&[30, 30, 30], &[50, 50, 50]]);
    (shop, decisions)
}

#[test]
fn a_group_has_its_floor_together() {
    let (shop, decisions) = group_floor();
    assert_eq!(shop.sound_plan(&decisions).certificate.objective.to_string(), "4542.00");
    let lines = [(0, 1, 30), (1, 1, 30), (0, 2, 30), (1, 2, 50)];
    let told = shop.objections(&shop.decide(&lines, &[&[30, 30, 30], &[50, 50, 49]]));
    assert_eq!(told, r#"services["kitchen/2026-03"].planned: expected at least 80, found 79"#);
}

#[test]
fn each_of_a_group_joins_at_its_own_start() {
    let (mut shop, _) = group_floor();
    shop.network.services[0].from = None;
    shop.network.lanes[1].lead_days = series("90");
    let decide = |x| shop.decide(&[(0, 1, 24), (0, 2, 24)], &[&[30, x, 24], &[0, 0, 0]]);
    let plan = shop.sound_plan(&decide(24));
    // January: 80 of 100 are wanted, 30 there; 50 x (30 x 50 + 70 x 19) / 100. Then X alone, joined, has 24 of 30; Y,
    // which cannot come before April, lacks 56 x 19.
    let expected = [("2026-01", "1415.00"), ("2026-02", "1064.00"), ("2026-03", "1064.00")];
    assert_eq!(given(&plan), expected.map(|(bucket, amount)| format!("fill-rate kitchen {bucket} {amount}")));
    let told = shop.objections(&decide(23));
    assert_eq!(told, r#"services["kitchen/2026-02"].planned: expected at least 24, found 23"#);
}

#[test]
fn months_begin_by_their_middle_day_and_weeks_by_their_last() {
    let mut shop = Shop::new("2026-01-19", Shape { weeks: 2, months: 2 });
    shop.item("A", 10, "8", "10");
    let facts = Facts::new(&shop.network).unwrap();
    let begins = |from| start(&facts, from, facts.pools[0].first_reached.map(|(bucket, _)| bucket));
    // The week from 26 January ends on 1 February, its middle day is the 29th.
    assert_eq!(
        ["2026-01", "2026-02", "2026-03", "2026-04"].map(|text| begins(since(text))),
        [Some(0), Some(2), Some(3), None]
    );
    assert_eq!(
        ["2025-W01", "2026-W05", "2026-W06", "2026-W20"].map(|text| begins(since(text))),
        [Some(0), Some(1), Some(2), None]
    );
    assert_eq!((begins(Some(Since::Start)), begins(None)), (Some(0), None));
}

#[test]
fn safety_stock_in_weeks_of_what_follows() {
    let mut shop = Shop::new("2026-12-16", Shape { weeks: 5, months: 0 });
    shop.network.frozen_days = 3;
    shop.network.economics.holding_rate = decimal("0.26");
    shop.network.economics.safety_shortfall_rate = decimal("0.05");
    let a = shop.item("A", 20, "20", "2026-W51 6, 2026-W52..2027-W01 14, 2027-W02..2027-W06 7");
    shop.lane(a, "7", "10");
    let weeks = Some(SafetyStock::Weeks(series("1")));
    shop.network.covers.push(Cover { safety_stock: weeks, ..cover("A", &[0]) });
    let plan = shop.sound_plan(&shop.decide(&[(0, 2, 28), (0, 3, 7), (0, 4, 7)], &[&[6, 14, 14, 14, 7]]));
    assert_eq!(safety(&plan), [14, 14, 14, 7, 7]);
    assert_eq!(plan.certificate.objective.to_string(), "741.10");
    assert_eq!(plan.given, []);
    assert_eq!(cover_target(&shop), 21);
    // One and a half weeks: 14 + 7; 21, 14 + 3.5, 7 + 3.5 twice, rounded up.
    shop.network.covers[0].safety_stock = Some(SafetyStock::Weeks(series("1.5")));
    assert_eq!(safety(&shop.plan(&shop.decide(&[], &[]))), [21, 21, 18, 11, 11]);
}

#[test]
fn safety_stock_by_service_level() {
    let mut shop = Shop::new("2026-01-05", Shape { weeks: 4, months: 0 });
    let a = shop.item("A", 0, "20", "70");
    shop.lane(a, "28", "10");
    let mut held = |level: &str, demand_sd: &str, lead_sd_days: &str| {
        let (level, demand_sd, lead_sd_days) = (decimal(level), decimal(demand_sd), decimal(lead_sd_days));
        let safety_stock = Some(SafetyStock::ServiceLevel { level, demand_sd, lead_sd_days });
        shop.network.covers = vec![Cover { safety_stock, ..cover("A", &[0]) }];
        safety(&shop.plan(&shop.decide(&[], &[])))
    };
    assert_eq!(held("0.95", "20", "0"), [66; 4]); // 1.644854 x 40 = 65.79
    assert_eq!(held("0.95", "20", "7"), [133; 4]); // 1.644854 x sqrt(1,600 + 4,900) = 132.61
    assert_eq!(held("0.99", "20", "0"), [94; 4]); // 2.326348 x 40 = 93.05
    assert_eq!(held("0.5", "20", "7"), [0; 4]);
    assert_eq!(held("0.2", "20", "7"), [0; 4]);
    assert_eq!(held("0.95", "0", "0"), [0; 4]);
    // At once there is no lead to wait for, however much it spreads.
    shop.network.lanes[0].lead_days = series("0");
    assert_eq!(safety(&shop.plan(&shop.decide(&[], &[]))), [0; 4]);
}

#[test]
fn units_are_held_where_customers_come_first() {
    let mut shop = Shop::new("2026-01-01", months(2));
    let a = shop.item("A", 10, "8", "1");
    shop.network.items[0].cost = Some(decimal("4"));
    let store = crate::network::Location { id: "store".into(), ..shop.network.locations[0].clone() };
    shop.network.locations.push(store);
    shop.network.pools.push(Pool { item: a, location: LocationId(1), on_hand: 0 });
    let units = Some(SafetyStock::Units(series("2026-02 4.2")));
    shop.network.covers.push(Cover { safety_stock: units, ..cover("A", &[0, 1]) });
    let held = |shop: &Shop| {
        let plan = shop.sound_plan(&shop.decide(&[], &[&[1, 1]]));
        plan.inventory.iter().map(|row| row.safety_stock).collect::<Vec<_>>()
    };
    assert_eq!(held(&shop), [0, 5, 0, 0]);
    shop.network.covers[0].scope.keys = vec![("location".into(), vec!["main".into(), "store".into()])];
    assert_eq!(held(&shop), [0, 5, 0, 5]);
}

#[test]
fn refusing_a_sale_mends_no_shortfall() {
    let mut shop = Shop::new("2026-01-01", months(1));
    shop.item("A", 120, "8", "100");
    shop.network.items[0].cost = Some(decimal("2"));
    shop.network.economics.holding_rate = decimal("0");
    shop.network.economics.end_worth = false;
    shop.network.covers.push(Cover { safety_stock: Some(SafetyStock::Units(series("50"))), ..cover("A", &[0]) });
    let earned =
        |shop: &Shop, sold: i64| shop.sound_plan(&shop.decide(&[], &[&[sold]])).certificate.objective.to_string();
    assert_eq!((&*earned(&shop, 100), &*earned(&shop, 70)), ("800.00", "560.00"));
    // 120 before sales, 150 wanted: 30 short at 2 x 0.1 each.
    shop.network.economics.safety_shortfall_rate = decimal("0.1");
    assert_eq!((&*earned(&shop, 100), &*earned(&shop, 70)), ("794.00", "554.00"));
    // Never more than the safety stock.
    shop.network.pools[0].on_hand = 0;
    assert_eq!(earned(&shop, 0), "-10.00");
}

#[test]
fn a_hard_cover_holds_from_its_start() {
    let mut shop = Shop::new("2026-01-01", months(3));
    let a = shop.item("A", 15, "20", "10");
    shop.lane(a, "20", "7");
    let safety_stock = Some(SafetyStock::Units(series("20")));
    shop.network.covers.push(Cover { safety_stock, hard: true, ..cover("A", &[0]) });
    let decide = |shop: &Shop, units| shop.decide(&[(0, 1, units), (0, 2, 10)], &[&[10, 10, 10]]);
    // January cannot be helped: 20 + 10 less 15, at 7 each. February has 5 left and wants 30.
    let plan = shop.sound_plan(&decide(&shop, 25));
    assert_eq!(given(&plan), ["safety-stock A/main 2026-01 105.00"]);
    assert_eq!(plan.given[0].source, origin(110));
    let told = shop.objections(&decide(&shop, 24));
    let expected = ["02", "03"].map(|month| {
        format!(r#"inventory["A/main/2026-{month}"]: expected a stock before sales of at least 30, found 29"#)
    });
    assert_eq!(told, expected.join("\n"));
    // Before a stated month nothing is asked for.
    shop.network.covers[0].from = since("2026-02");
    assert_eq!(given(&shop.sound_plan(&decide(&shop, 25))), [] as [&str; 0]);
    shop.network.covers[0].from = Some(Since::Start);
    let told = shop.objections(&decide(&shop, 25));
    assert_eq!(told, r#"inventory["A/main/2026-01"]: expected a stock before sales of at least 30, found 15"#);
}

#[test]
fn a_hard_maximum_is_passed_by_what_is_there_anyway() {
    let mut shop = Shop::new("2026-01-01", months(3));
    let a = shop.item("A", 40, "20", "2026-01..2026-05 10");
    shop.lane(a, "20", "7");
    let (max_weeks, from) = (Some(decimal("4")), Some(Since::Start));
    shop.network.covers.push(Cover { max_weeks, hard: true, from, ..cover("A", &[0]) });
    // 28 days of February are 10; of March 9.03, of April 9.33: 9. Without orders 30, 20 and 10 are left.
    let plan = shop.sound_plan(&shop.decide(&[], &[&[10, 10, 10]]));
    let expected = [("2026-01", "140.00"), ("2026-02", "77.00"), ("2026-03", "7.00")];
    assert_eq!(given(&plan), expected.map(|(bucket, amount)| format!("max-cover A/main {bucket} {amount}")));
    let told = shop.objections(&shop.decide(&[(0, 2, 1)], &[&[10, 9, 10]]));
    let closing = |month: &str, most: i64, found: i64| {
        format!(r#"inventory["A/main/2026-{month}"].closing: expected at most {most}, found {found}"#)
    };
    assert_eq!(told, [closing("02", 20, 21), closing("03", 10, 12)].join("\n"));
    // It holds from the start on only, and facts let nothing be passed where they keep it.
    shop.network.covers[0].from = None;
    shop.network.pools[0].on_hand = 25;
    let plan = shop.sound_plan(&shop.decide(&[(0, 1, 4)], &[&[10, 10, 9]]));
    assert_eq!(given(&plan), [] as [&str; 0]);
    let told = shop.objections(&shop.decide(&[(0, 1, 5)], &[&[10, 10, 10]]));
    assert_eq!(told, closing("02", 9, 10));
    // A soft one asks for nothing.
    shop.network.covers[0].hard = false;
    shop.sound_plan(&shop.decide(&[(0, 1, 50)], &[&[10, 10, 10]]));
}

#[test]
fn the_last_stock_is_covered_with_its_safety_stock() {
    let mut shop = Shop::new("2026-01-01", months(2));
    let a = shop.item("A", 200, "8", "2026-01..2026-02 29.5");
    shop.lane(a, "10", "2");
    // 59 in 59 days: 28 days of February and 10 of lead want 38.
    assert_eq!(cover_target(&shop), 38);
    shop.network.covers.push(Cover { safety_stock: Some(SafetyStock::Units(series("7"))), ..cover("A", &[0]) });
    assert_eq!(cover_target(&shop), 45);
    shop.network.items[0].phase_out = Some(day("2026-03-01"));
    assert_eq!(cover_target(&shop), 0);
}

/// Floors of each kind and covers of each kind, begun and not, over a tail, with twin lines and a changed demand.
pub(super) fn every_promise() -> (Shop, Decisions) {
    let mut shop = Shop::new("2026-01-01", months(3));
    shop.network.tail = 1;
    shop.network.economics.safety_shortfall_rate = decimal("0.05");
    let a = shop.item("A", 20, "20", "2026-01..2026-03 30");
    let b = shop.item("B", 300, "15", "2026-01..2026-03 10");
    let c = shop.item("C", 4, "9", "8");
    let lane = shop.lane(a, "35", "10");
    (lane.lines, lane.max) = (3, Some(40));
    shop.lane(b, "20", "8");
    shop.lane(c, "20", "5");
    shop.open_order("PO-1", c, 12, "2026-04-02").payments = Some(Vec::new());
    let during = (Period::parse("2026-03").unwrap(), Period::parse("2026-04").unwrap());
    let (change, line) = (crate::network::Change::Factor(decimal("1.2")), origin(26));
    shop.network.offers[0].adjustments = vec![crate::network::Adjustment { during, change, origin: line }];
    shop.network.services = vec![
        Service { group: true, ..service("all", "0.75", None, &[0, 1, 2]) },
        service("each", "0.9", None, &[0, 2]),
    ];
    let (units, weeks) = (SafetyStock::Units(series("10")), SafetyStock::Weeks(series("1.5")));
    let (level, demand_sd, lead_sd_days) = (decimal("0.95"), decimal("4"), decimal("3"));
    let spread = SafetyStock::ServiceLevel { level, demand_sd, lead_sd_days };
    shop.network.covers = vec![
        Cover { safety_stock: Some(units), hard: true, ..cover("A", &[0]) },
        Cover { safety_stock: Some(weeks), max_weeks: Some(decimal("30")), hard: true, ..cover("B", &[1]) },
        Cover { safety_stock: Some(spread), ..cover("C", &[2]) },
    ];
    let lines = [(0, 1, 40), (0, 1, 10), (0, 2, 36), (0, 3, 40), (0, 3, 1), (2, 1, 20)];
    let decisions = shop.decide(&lines, &[&[18, 27, 36, 36], &[10, 10, 10, 8], &[4, 8, 8, 8]]);
    (shop, decisions)
}

#[test]
fn a_plan_that_promises_everything_is_sound() {
    let (shop, decisions) = every_promise();
    let plan = shop.sound_plan(&decisions);
    // A: 27 of 30 wanted, 18 sold; 10 of safety stock all lack. C: 8 wanted, 4 sold. Together 36 of 48, 32 sold, at a mean
    // price of 822 / 48. B: 30 weeks are 69 from March on, 70 from April on; 280 and 270 are there anyway, at 8.
    let expected = [
        "fill-rate A/dtc 2026-01 180.00",
        "fill-rate C/dtc 2026-01 36.00",
        "fill-rate all 2026-01 68.50",
        "max-cover B/main 2026-02 1688.00",
        "max-cover B/main 2026-03 1600.00",
        "safety-stock A/main 2026-01 100.00",
    ];
    assert_eq!(given(&plan), expected);
    assert_eq!(plan.certificate.levels[0].used.to_string(), "3672.50");
    let held: Vec<_> = plan.inventory.iter().map(|row| row.safety_stock).collect();
    assert_eq!(held, [10, 10, 10, 10, 4, 4, 4, 4, 6, 6, 6, 6]);
    assert_eq!(super::shop::closing(&plan), [[2, 25, 25, 30], [290, 280, 270, 262], [0, 12, 4, 8]]);
    // A in April: 96 in 90 days, 30 of them, x 1.2: 38.4.
    let demand: Vec<_> = plan.allocations.iter().map(|row| row.demand).collect();
    assert_eq!(demand, [30, 30, 36, 38, 10, 10, 10, 10, 8, 8, 8, 8]);
}
