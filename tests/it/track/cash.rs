//! Cash at the end of the bucket: what sales and purchases change of the plan's.

use sopc::track::{ExceptionKind, Tracking};

use super::amount;
use super::shop::{HEADER, SHOP, approved, shop_with, tracked};

/// Half of February's sales are paid out in February.
fn told(minimum: &str, rows: &str) -> Tracking {
    let shop = SHOP.replace("[channel.web]\n", "[channel.web]\npayout-days = 14\n");
    let shop = format!("{shop}[cash]\nopening = 1000\nminimum = {minimum}\n");
    tracked(&approved(&shop), &shop_with(&shop, &format!("{HEADER}{rows}")))
}

const BOWLS: &str = "sale,BOWL,web,,,,56,,,2026-02-28\n";

#[test]
fn sales_count_as_far_as_they_are_paid_out() {
    // 3,920 of revenue, half of it in February; 280 of the open order, and half of the 310 cups for March: 620.
    let cash = told("0", &format!("sale,CUP,web,,,,280,,,2026-02-28\n{BOWLS}")).cash.expect("cash is planned");
    assert_eq!((cash.planned, cash.projected), (amount("2060.00"), amount("2060.00")));
    // 14 cups more: 140.00, half of it.
    let cash = told("0", &format!("sale,CUP,web,,,,294,,,2026-02-28\n{BOWLS}")).cash.expect("cash is planned");
    assert_eq!((cash.by_sales, cash.projected, cash.bucket.as_str()), (amount("70.00"), amount("2130.00"), "2026-02"));
}

#[test]
fn a_running_bucket_is_projected() {
    // 70 of 280 cups and 14 of 56 bowls in seven days of 28: as planned. 84 cups: at that pace 336, and 280 are there.
    let rows = |cups: i64| format!("sale,CUP,web,,,,{cups},,,2026-02-07\nsale,BOWL,web,,,,14,,,2026-02-07\n");
    assert_eq!(told("0", &rows(70)).cash.expect("cash is planned").by_sales, amount("0.00"));
    assert_eq!(told("0", &rows(84)).cash.expect("cash is planned").by_sales, amount("0.00"));
    // 35 cups: 140 at that pace, 1,400 less, half of it by the end.
    assert_eq!(told("0", &rows(35)).cash.expect("cash is planned").by_sales, amount("-700.00"));
}

#[test]
fn payments_beyond_what_is_due_are_gone() {
    let paid = |money: &str| {
        let rows = format!("sale,CUP,web,,,,280,,,2026-02-28\n{BOWLS}payment,,,,porto,,,,{money},2026-02-10\n");
        told("2000", &rows)
    };
    // 900.00 are due in February: 100.00 so far are late, and paid by then.
    assert_eq!(paid("100.00").cash.expect("cash is planned").by_purchases, amount("0.00"));
    let tracking = paid("1000.00");
    let cash = tracking.cash.as_ref().expect("cash is planned");
    assert_eq!((cash.by_purchases, cash.projected), (amount("-100.00"), amount("1960.00")));
    let low = tracking.exceptions.iter().find(|one| one.kind == ExceptionKind::CashBelowMinimum).expect("it is low");
    assert_eq!(low.money, amount("40.00"));
    assert!(low.what.contains("1,960.00") || low.what.contains("1,960"), "{}", low.what);
}
