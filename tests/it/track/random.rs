//! Whatever comes: the parts of a difference add up to it, of every row and of all.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use sopc::plan::Amount;
use sopc::track::{Parts, Tracking};

use super::shop::{HEADER, SHOP, approved, shop, tracked};
use crate::random::Random;

fn sum(parts: &Parts) -> Decimal {
    parts.demand.0 + parts.supply.0 + parts.price.0 + parts.mix.0 + parts.unplanned.0
}

/// A month of rows nobody would plan for.
fn rows(random: &mut Random) -> String {
    let mut text = HEADER.to_owned();
    let day = |random: &mut Random| {
        let day = 1 + random.below(59);
        if day > 28 { format!("2026-03-{:02}", day - 28) } else { format!("2026-02-{day:02}") }
    };
    for _ in 0..random.below(20) + 1 {
        let item = ["CUP", "BOWL", "TRAY"][random.below(3)];
        let channel = ["web", "shops"][random.below(2)];
        let units = random.below(300);
        let price = if random.below(2) == 0 {
            String::new()
        } else {
            format!("{}.{:04}", random.below(40), random.below(10_000))
        };
        writeln!(text, "sale,{item},{channel},,,,{units},{price},,{}", day(random)).expect("a string");
    }
    for _ in 0..random.below(6) {
        let item = ["CUP", "BOWL", "TRAY"][random.below(3)];
        let order = ["", "PO-1", "PO-7"][random.below(3)];
        writeln!(text, "receipt,{item},,main,porto,{order},{},,,{}", random.below(250), day(random)).expect("a string");
    }
    for _ in 0..random.below(4) {
        writeln!(text, "payment,,,,porto,,,,{}.{:02},{}", random.below(900), random.below(100), day(random))
            .expect("a string");
    }
    text
}

fn check(tracking: &Tracking, rows: &str) {
    let mut all = Parts::default();
    for row in &tracking.sales {
        let total = row.revenue.0 - row.planned_revenue.0;
        assert_eq!(row.variance.total.0, total, "{row:?}\n{rows}");
        assert_eq!(sum(&row.variance), total, "{row:?}\n{rows}");
        // Supply is never more than what was sold less, or more.
        assert!(row.by_supply.abs() <= (row.sold - row.planned).abs(), "{row:?}\n{rows}");
        assert!(row.by_supply * (row.sold - row.planned) >= 0, "{row:?}\n{rows}");
        all.total = Amount(all.total.0 + total);
    }
    assert_eq!(tracking.variance.total, all.total, "{rows}");
    assert_eq!(sum(&tracking.variance), all.total.0, "{rows}");
    for row in &tracking.payments {
        assert_eq!(row.late.0 + row.early.0 + row.unplanned.0, row.paid.0 - row.planned.0, "{row:?}\n{rows}");
    }
    // A unit that came is in one row.
    let came: i64 = tracking.supply.iter().map(|row| row.received).sum();
    let metric = tracking.metrics.iter().find(|metric| metric.name == "units-received");
    if let Some(metric) = metric {
        assert_eq!(metric.actual.to_string(), Amount(came.into()).to_string(), "{rows}");
    }
}

#[test]
fn parts_add_up_whatever_comes() {
    let plan = approved(SHOP);
    let mut random = Random::new(11);
    for _ in 0..400 {
        let rows = rows(&mut random);
        check(&tracked(&plan, &shop(&rows)), &rows);
    }
}
