//! Whatever comes: the parts of a difference add up to it, of every row and of all.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use sopc::plan::Amount;
use sopc::track::{Parts, Tracking};

use super::shop::{HEADER, PLACES, SHOP, TWO_PLACES, approved, shop, shop_with, tracked};
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
    for row in &tracking.transfers {
        let late = row.missing > 0 || row.received > 0;
        assert!(row.missing <= row.units && (row.days_late == 0 || late), "{row:?}\n{rows}");
    }
    let arrived: i64 = tracking.transfers.iter().map(|row| row.received).sum();
    assert_eq!(arrived, moved(rows), "{rows}");
    // A unit that came is in one row.
    let came: i64 = tracking.supply.iter().map(|row| row.received).sum();
    let metric = tracking.metrics.iter().find(|metric| metric.name == "units-received");
    if let Some(metric) = metric {
        assert_eq!(metric.actual.to_string(), Amount(came.into()).to_string(), "{rows}");
    }
}

/// Units that rows say to have been moved.
fn moved(rows: &str) -> i64 {
    let moved = rows.lines().filter(|row| row.starts_with("transfer"));
    moved.map(|row| row.split(',').nth(5).expect("units").parse::<i64>().expect("a number")).sum()
}

/// The same where goods go from place to place, and sales tell from where they were shipped, or not.
fn places(random: &mut Random) -> String {
    let mut text = PLACES.to_owned();
    for _ in 0..random.below(12) + 1 {
        let channel = ["web", "shops"][random.below(2)];
        let from = ["", "main", "store"][random.below(3)];
        writeln!(text, "sale,CUP,{channel},,{from},{},2026-02-{:02}", random.below(60), 1 + random.below(28))
            .expect("a string");
    }
    for _ in 0..random.below(4) {
        let (from, to) = [("main", "store"), ("store", "main")][random.below(2)];
        writeln!(text, "transfer,CUP,,{from},{to},{},2026-02-{:02}", random.below(150), 1 + random.below(28))
            .expect("a string");
    }
    if random.below(2) == 0 {
        writeln!(text, "receipt,CUP,,,main,{},2026-02-10", random.below(90)).expect("a string");
    }
    if random.below(2) == 0 {
        writeln!(text, "stock,CUP,,,store,{},2026-03-01", random.below(90)).expect("a string");
    }
    text
}

#[test]
fn parts_add_up_wherever_goods_go() {
    let plan = approved(TWO_PLACES);
    let mut random = Random::new(12);
    for _ in 0..300 {
        let rows = places(&mut random);
        check(&tracked(&plan, &shop_with(TWO_PLACES, &rows)), &rows);
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
