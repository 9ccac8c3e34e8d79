//! Lines of the last plan that stay, and what changing it costs.

use super::shop::{Shop, day, decimal, months, stated};
use crate::network::{Baseline, BaselineLine, LaneId};
use crate::plan::Plan;
use crate::verify::Decisions;

fn line(period: &str, units: i64, release: &str, usable: &str, payments: &[(&str, &str)]) -> BaselineLine {
    let payments: Vec<_> = payments.iter().map(|(on, amount)| (day(on), decimal(amount))).collect();
    BaselineLine {
        lane: LaneId(0),
        period: crate::calendar::Period::parse(period).unwrap(),
        units,
        release: day(release),
        usable: day(usable),
        landed: payments.iter().map(|(_, amount)| amount).sum(),
        goods: (units != 8).then(|| (decimal("40.5"), "CNY".into())),
        order_cost: decimal(if units == 30 { "5" } else { "0" }),
        payments,
    }
}

fn baseline(shop: &Shop, lines: Vec<BaselineLine>) -> Baseline {
    let periods = shop.network.calendar.buckets.iter().map(|bucket| bucket.period).collect();
    Baseline {
        cycle: "2025-12".into(),
        periods,
        over: Vec::new(),
        sales: Vec::new(),
        lines,
        transfers: Vec::new(),
        not_placed: Vec::new(),
        gone: Vec::new(),
    }
}

/// Two lines for February stay; one for March does not, and is changed; a new one comes beside those that stay.
pub(super) fn last_plan() -> (Shop, Decisions) {
    let mut shop = Shop::new("2026-01-01", months(3));
    let a = shop.item("A", 0, "20", "2026-02 60, 2026-03 22");
    shop.lane(a, "20", "10");
    shop.cash("1000", "0");
    shop.budget("buy", a, "700");
    shop.network.suppliers[0].capacity = Some(stated("60"));
    shop.network.frozen_days = 14;
    shop.network.economics.change_cost = decimal("0.1");
    let lines = vec![
        line("2026-02", 30, "2026-01-12", "2026-02-01", &[("2026-01-12", "100.00"), ("2026-02-01", "230.00")]),
        line("2026-02", 8, "2026-01-12", "2026-02-01", &[("2026-02-01", "80.00")]),
        line("2026-03", 25, "2026-02-09", "2026-03-01", &[("2026-03-01", "250.00")]),
    ];
    shop.network.baseline = Some(baseline(&shop, lines));
    let decisions = shop.decide(&[(0, 1, 20), (0, 2, 22)], &[&[0, 58, 22]]);
    (shop, decisions)
}

fn used(plan: &Plan, kind: &str) -> Vec<String> {
    plan.capacity.iter().filter(|row| row.kind == kind).map(|row| row.used.to_string()).collect()
}

#[test]
fn what_stays_counts_like_what_is_new() {
    let (shop, decisions) = last_plan();
    let plan = shop.sound_plan(&decisions);
    let orders: Vec<_> = plan.orders.iter().map(|order| format!("{} {:?}", order.key, order.action)).collect();
    let key = "A/s/main/sea/2026";
    let expected = [
        format!("{key}-02#1 Committed"),
        format!("{key}-02#2 Committed"),
        format!("{key}-02#3 New"),
        format!("{key}-03 New"),
    ];
    assert_eq!(orders, expected);
    // 80 sold at 20; 330 + 5 + 80 stay, 420 are new; 20 units of change in February, 3 in March, at 1 each.
    assert_eq!(plan.certificate.objective.to_string(), "742.00");
    assert_eq!(plan.summary.purchases.to_string(), "830.00");
    // Standard cost of what is sold is 800, the order cost 5.
    assert_eq!(plan.summary.contribution.to_string(), "795.00");
    let closing: Vec<_> = plan.cash.iter().map(|row| row.closing.to_string()).collect();
    assert_eq!(closing, ["900.00", "1550.00", "1770.00"]);
    assert_eq!(used(&plan, "budget"), ["0.00", "610.00", "220.00"]);
    assert_eq!(used(&plan, "supplier-capacity"), ["58.00", "22.00", "0.00"]);
}

#[test]
fn what_stays_may_pass_limits_and_nothing_beside_it() {
    let (mut shop, decisions) = last_plan();
    shop.network.suppliers[0].capacity = Some(stated("30"));
    let told = shop.objections(&decisions);
    let expected = r#"capacity["supplier-capacity/s/2026-01"].used: expected at most 38.00, found 58.00"#;
    assert!(told.contains(expected), "{told}");
    let fewer = shop.decide(&[(0, 2, 22)], &[&[0, 38, 22]]);
    let plan = shop.sound_plan(&fewer);
    let given: Vec<_> = plan.given.iter().map(|one| format!("{} {} {}", one.kind, one.bucket, one.amount)).collect();
    assert_eq!(given, ["supplier-capacity 2026-01 8.00"]);
}

#[test]
fn a_minimum_order_counts_what_stays() {
    let (mut shop, decisions) = last_plan();
    let minimum = |units: &str| {
        let value = crate::network::MinimumOrder::Units(decimal(units));
        Some(crate::network::Stated { value, origin: super::shop::origin(7) })
    };
    // 30 + 8 + 20 in January, 22 in February.
    shop.network.suppliers[0].minimum_order = minimum("22");
    shop.sound_plan(&decisions);
    shop.network.suppliers[0].minimum_order = minimum("59");
    let told = shop.objections(&decisions);
    assert!(told.contains(r#"purchase orders["s/2026-01"]: expected at least 59.00, found 58.00"#), "{told}");
    // What stays alone is asked for nothing.
    let told = shop.objections(&shop.decide(&[], &[&[0, 38, 0]]));
    assert_eq!(told, "");
}
