//! Transfers between own locations, sales by location, and stock where it lies.

use sopc::track::{ExceptionKind, RevisitKind, Tracking};

use super::shop::{PLACES, TWO_PLACES, approved, shop_with, tracked};
use super::{amount, parts};

fn told(rows: &str) -> Tracking {
    let plan = approved(TWO_PLACES);
    let sent: Vec<_> = plan.transfers.iter().map(|sent| (sent.units, sent.usable_date.to_string())).collect();
    assert_eq!(sent, [(112, "2026-02-08".to_owned())]);
    tracked(&plan, &shop_with(TWO_PLACES, &format!("{PLACES}{rows}")))
}

const SOLD: &str = "sale,CUP,web,,,140,2026-02-28\nsale,CUP,shops,,,140,2026-02-28\n";

#[test]
fn what_comes_as_planned_is_no_news() {
    let tracking = told(&format!("{SOLD}transfer,CUP,,main,store,112,2026-02-08\n"));
    assert!(tracking.exceptions.is_empty() && tracking.revisit.is_empty(), "{:#?}", tracking.exceptions);
    let row = &tracking.transfers[0];
    assert_eq!((row.units, row.received, row.missing, row.days_late), (112, 112, 0, 0));
    let places: Vec<_> = tracking.places.iter().map(|row| (row.location.as_str(), row.planned, row.actual)).collect();
    assert_eq!(places, [("main", 0, Some(0)), ("store", 0, Some(0))]);
}

#[test]
fn a_late_transfer_costs_what_its_location_could_not_sell() {
    // 28 cups last for five days and a part; what comes 14 days late counts from the 15th on: 14 x 5 - 28 are lost.
    let late =
        "sale,CUP,web,,,140,2026-02-28\nsale,CUP,shops,,,98,2026-02-28\ntransfer,CUP,,main,store,112,2026-02-22\n";
    let tracking = told(late);
    assert_eq!(tracking.variance, parts(["0", "-420.00", "0", "0", "0"], "-420.00"));
    assert_eq!(tracking.transfers[0].days_late, 14);
    let off = tracking.revisit.iter().find(|one| one.kind == RevisitKind::LeadTime).expect("the lead time was off");
    assert_eq!((off.money, off.of.as_str()), (amount("-420.00"), "CUP from main to store"));
    assert_eq!(off.observed.map(|days| days.to_string()), Some("21.00".to_owned()));
    assert!(off.source.file == "sop.toml" && off.source.line > 20, "{:?}", off.source);
}

#[test]
fn a_transfer_that_has_not_come_needs_a_decision() {
    // Ten days: 50 cups in either channel were to be sold, and 28 were there.
    let tracking =
        told("sale,CUP,web,,,50,2026-02-10\nsale,CUP,shops,,,28,2026-02-10\ntransfer,CUP,,store,main,1,2026-02-10\n");
    let late = tracking.exceptions.iter().find(|one| one.kind == ExceptionKind::LateTransfer).expect("it is late");
    assert_eq!((late.money, late.location.as_deref()), (amount("1120.00"), Some("store")));
    assert!(late.what.contains("112 of 112") && late.what.contains("2 days late"), "{}", late.what);
    // What is under way is nowhere: 252 - 112 - 50 + 1, and 28 - 28 - 1, which is none.
    let places: Vec<_> = tracking.places.iter().map(|row| (row.location.as_str(), row.actual)).collect();
    assert_eq!(places, [("main", Some(91)), ("store", Some(0))]);
    assert_eq!(tracking.places[1].planned, 28 + 112 - 50);
}

#[test]
fn stock_is_reckoned_where_it_is_told_from_where_all_was_sold() {
    let two = TWO_PLACES.replace("ship-from = [\"main\"]", "ship-from = [\"main\", \"store\"]");
    let rows = |from: &str| format!("{PLACES}sale,CUP,web,,{from},140,2026-02-28\nstock,CUP,,,main,7,2026-03-01\n");
    let tracking = tracked(&approved(&two), &shop_with(&two, &rows("")));
    let places: Vec<_> = tracking.places.iter().map(|row| (row.actual, row.counted, row.unexplained)).collect();
    assert_eq!(places, [(Some(7), true, 0), (None, false, 0)]);
    let tracking = tracked(&approved(&two), &shop_with(&two, &rows("store")));
    assert!(tracking.places.iter().all(|row| row.actual.is_some()), "{:?}", tracking.places);
    assert!(tracking.notes.iter().any(|note| note.contains("no transfers are told")), "{:?}", tracking.notes);
}
