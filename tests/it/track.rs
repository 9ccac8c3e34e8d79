//! Actuals against the approved plan: each cause worked out by hand, parts that add up whatever comes, what is said of it.

#[path = "track/cash.rs"]
mod cash;
#[path = "track/places.rs"]
mod places;
#[path = "track/random.rs"]
mod random;
#[path = "track/shop.rs"]
pub(crate) mod shop;

use sopc::plan::{Amount, Figure};
use sopc::track::{ExceptionKind, Parts, RevisitKind, Tracking};

use shop::{BY_BUCKET, HEADER, SHOP, approved, shop, shop_with, tracked, untracked};

/// What a shop comes to with rows by the day.
fn by_day(rows: &str) -> Tracking {
    tracked(&approved(SHOP), &shop(&format!("{HEADER}{rows}")))
}

/// What a shop comes to with rows by the month.
fn by_month(rows: &str) -> Tracking {
    tracked(&approved(SHOP), &shop(&format!("{BY_BUCKET}{rows}")))
}

fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

/// Demand, supply, price, mix, unplanned; their total.
fn parts([demand, supply, price, mix, unplanned]: [&str; 5], total: &str) -> Parts {
    let [demand, supply, price, mix, unplanned] = [demand, supply, price, mix, unplanned].map(amount);
    Parts { total: amount(total), demand, supply, price, mix, unplanned }
}

fn metric<'t>(tracking: &'t Tracking, name: &str) -> (Option<&'t Figure>, &'t Figure) {
    let found = tracking.metrics.iter().find(|metric| metric.name == name).expect("a metric");
    (found.plan.as_ref(), &found.actual)
}

fn value(text: &str) -> Figure {
    Figure::Value(amount(text))
}

/// As planned: 280 x 10.00 + 56 x 20.00.
const AS_PLANNED: &str = "sale,CUP,web,,280,,2026-02\nsale,BOWL,web,,56,,2026-02\n";

#[test]
fn what_comes_as_planned_differs_in_nothing() {
    let tracking = by_month(&format!("{AS_PLANNED}receipt,CUP,,main,140,,2026-02\n"));
    assert_eq!(tracking.variance, Parts::default());
    assert_eq!(metric(&tracking, "revenue"), (Some(&value("3920.00")), &value("3920.00")));
    // 144 bowls and nine trays of 4.00 are left, 612; of the 372 x 4.00 of March's 31 days they last for 12.75: 1.821429 weeks.
    assert_eq!(metric(&tracking, "weeks-of-supply"), (Some(&value("1.821429")), &value("1.821429")));
    // 336 x 4.00 sold in a twelfth of a year, on the mean of (140 + 200 + 9) x 4.00 and 612.
    assert_eq!(metric(&tracking, "inventory-turnover").1, &value("16.063745"));
    assert_eq!(metric(&tracking, "forecast-error").1, &value("0.00"));
    assert_eq!(metric(&tracking, "order-adherence").1, &value("1.00"));
    assert!(tracking.revisit.is_empty() && tracking.exceptions.is_empty(), "{:#?}", tracking.exceptions);
    assert!(tracking.projection.is_none());
}

#[test]
fn demand_counts_at_the_mean_price_and_mix_is_what_that_leaves() {
    // The mean planned price of the category is 3,920 / 336 = 11.666...; 14 cups more: 14 x 11.666... = 163.33, and they are
    // cheaper than that: 140.00 - 163.33.
    let tracking = by_month("sale,CUP,web,,294,,2026-02\nsale,BOWL,web,,56,,2026-02\n");
    assert_eq!(tracking.variance, parts(["163.33", "0", "0", "-23.33", "0"], "140.00"));
    // 20 cups fewer, 10 bowls more: no revenue more or less, ten units fewer, of dearer goods.
    let tracking = by_month("sale,CUP,web,,260,,2026-02\nsale,BOWL,web,,66,,2026-02\n");
    assert_eq!(tracking.variance, parts(["-116.66", "0", "0", "116.66", "0"], "0.00"));
    // In categories of their own nothing is mix.
    let apart = SHOP.replacen("category = \"table\"", "category = \"cups\"", 1);
    let rows = format!("{BY_BUCKET}sale,CUP,web,,294,,2026-02\nsale,BOWL,web,,56,,2026-02\n");
    let tracking = tracked(&approved(&apart), &shop_with(&apart, &rows));
    assert_eq!(tracking.variance, parts(["140.00", "0", "0", "0", "0"], "140.00"));
}

#[test]
fn prices_count_for_what_is_sold() {
    let tracking = by_month("sale,CUP,web,,280,9.50,2026-02\nsale,BOWL,web,,56,20.00,2026-02\n");
    assert_eq!(tracking.variance, parts(["0", "0", "-140.00", "0", "0"], "-140.00"));
    let exception = &tracking.exceptions[0];
    assert_eq!((exception.kind, exception.money), (ExceptionKind::PriceBelowPlan, amount("140.00")));
    let revisit = &tracking.revisit[0];
    assert_eq!(
        (revisit.kind, revisit.stated, revisit.observed),
        (RevisitKind::Price, Some(value("10.00")), Some(value("9.50")))
    );
}

#[test]
fn what_no_plan_has_is_unplanned() {
    // A tray has no demand, and cups none in shops: five trays at 8.00 told, three cups at the planned price.
    let tracking = by_month(&format!("{AS_PLANNED}sale,TRAY,web,,5,8.00,2026-02\nsale,CUP,shops,,3,,2026-02\n"));
    assert_eq!(tracking.variance, parts(["0", "0", "0", "0", "70.00"], "70.00"));
    let kinds: Vec<_> = tracking.exceptions.iter().map(|one| (one.kind, one.money)).collect();
    assert!(kinds.contains(&(ExceptionKind::Unplanned, amount("40.00"))), "{kinds:?}");
    assert!(kinds.contains(&(ExceptionKind::Unplanned, amount("30.00"))), "{kinds:?}");
}

#[test]
fn what_comes_late_costs_the_days_without_stock() {
    // 140 cups last for 14 days. The others come on the 24th, 19 days late, and count from the 20th on: five days without, 50 cups.
    let late = "receipt,CUP,,main,porto,PO-1,140,,,2026-02-24\n";
    let sold = |cups: i64| format!("sale,CUP,web,,,,{cups},,,2026-02-28\nsale,BOWL,web,,,,56,,,2026-02-28\n{late}");
    // 225 sold: 50 for want of goods, five not asked for.
    let tracking = by_day(&sold(225));
    assert_eq!(tracking.variance, parts(["-58.33", "-500.00", "0", "8.33", "0"], "-550.00"));
    let row = &tracking.supply[0];
    assert_eq!((row.received, row.missing, row.days_late, row.order.as_deref()), (140, 0, 19, Some("PO-1")));
    // 260 sold: only 20 were lost, since no more lack.
    assert_eq!(by_day(&sold(260)).variance, parts(["0", "-200.00", "0", "0", "0"], "-200.00"));
    // As many as planned: nothing was lost.
    assert_eq!(by_day(&sold(280)).variance, Parts::default());
    let due = tracking.revisit.iter().find(|one| one.kind == RevisitKind::DueDate).expect("the due day was off");
    assert_eq!((due.of.as_str(), due.money), ("PO-1/CUP", amount("-500.00")));
    assert!(due.source.file == "sop.toml" && due.source.line > 40, "{:?}", due.source);
}

#[test]
fn what_comes_short_costs_what_lacks() {
    // 100 of 140 came: 40 cups are not there, of the last four days.
    let rows = "receipt,CUP,,main,porto,PO-1,100,,,2026-02-05\nsale,CUP,web,,,,240,,,2026-02-28\nsale,BOWL,web,,,,56,,,2026-02-28\n";
    let tracking = by_day(rows);
    assert_eq!(tracking.variance, parts(["0", "-400.00", "0", "0", "0"], "-400.00"));
    let late = tracking.exceptions.iter().find(|one| one.kind == ExceptionKind::LateOrder).expect("it is late");
    assert_eq!(
        (late.money, late.supplier.as_deref(), late.order.as_deref()),
        (amount("400.00"), Some("porto"), Some("PO-1/CUP"))
    );
}

#[test]
fn an_early_day_of_an_order_is_no_cause() {
    // By the plan the order serves all of February, though it is due on the 5th: on time it costs nothing.
    let rows = "receipt,CUP,,main,porto,PO-1,140,,,2026-02-05\nsale,CUP,web,,,,270,,,2026-02-28\nsale,BOWL,web,,,,56,,,2026-02-28\n";
    assert_eq!(by_day(rows).variance, parts(["-116.67", "0", "0", "16.67", "0"], "-100.00"));
}

#[test]
fn a_running_bucket_counts_with_its_days() {
    // Seven of 28 days: 70 cups and 14 bowls were to be sold. 90 cups at that pace: 270 more are asked for, and 50 + 140 are there.
    let rows = "receipt,CUP,,main,porto,PO-1,140,,,2026-02-05\nsale,CUP,web,,,,90,,,2026-02-07\nsale,BOWL,web,,,,14,,,2026-02-07\n";
    let tracking = by_day(rows);
    assert_eq!((tracking.buckets.len(), tracking.buckets[0].elapsed, tracking.buckets[0].days), (1, 7, 28));
    assert_eq!(tracking.variance.total, amount("200.00"));
    let projection = tracking.projection.as_ref().expect("February runs");
    let cups = projection.items.iter().find(|item| item.item == "CUP").expect("cups");
    assert_eq!((cups.sold, cups.planned, cups.projected, cups.lost, cups.closing), (90, 280, 280, 80, 0));
    // 280 x 10.00 and 56 x 20.00; 80 x 10.00 are lost; 144 bowls and 9 trays are left at 4.00.
    assert_eq!((projection.revenue, projection.lost_revenue), (amount("3920.00"), amount("800.00")));
    assert_eq!(projection.stock_value, amount("612.00"));
    let first = &tracking.exceptions[0];
    assert_eq!(
        (first.kind, first.money, first.item.as_deref()),
        (ExceptionKind::RunningOut, amount("800.00"), Some("CUP"))
    );
}

/// What is to be decided about cups after a week in which so many were sold, where the lanes have these terms besides.
fn piling_cups(terms: &str, sold: i64) -> Option<String> {
    let own = SHOP.replace("unit-cost = 4.00\n", &format!("unit-cost = 4.00\n{terms}\n"));
    let rows = format!("receipt,CUP,,main,porto,PO-1,140,,,2026-02-05\nsale,CUP,web,,,,{sold},,,2026-02-07\n");
    let tracking = tracked(&approved(&own), &shop_with(&own, &format!("{HEADER}{rows}")));
    let of_cups =
        |one: &&sopc::track::Exception| one.kind == ExceptionKind::PilingUp && one.item.as_deref() == Some("CUP");
    tracking.exceptions.iter().find(of_cups).map(|one| one.decide.clone())
}

/// 70 were to be sold; where 40 are, 120 are left at the end of February beyond plan. The 310 for March are to be ordered on the 9th.
#[test]
fn cuts_keep_to_the_terms_of_the_line() {
    let decide = |terms| piling_cups(terms, 40).expect("cups pile up");
    assert_eq!(decide(""), "the line of 310 units to be placed on 2026-02-09 could be 120 smaller");
    assert_eq!(decide("moq = 250"), "the line of 310 units to be placed on 2026-02-09 could be 60 smaller");
    assert_eq!(decide("moq = 310"), "no line can be smaller under its terms: lower the price, or move it elsewhere");
    // 190 are wanted then, and seven times 31 are the first 217 that do.
    assert_eq!(decide("multiple = 31"), "the line of 310 units to be placed on 2026-02-09 could be 93 smaller");
    // 300 at most for 310 that are wanted.
    assert_eq!(decide("max = 300"), "keep it: in the plan it is short later, or below its safety stock");
}

#[test]
fn rounding_is_no_surplus() {
    // 69 of 70: 276 of 280. 68: eight too many, and fewer than a multiple of ten.
    assert_eq!(piling_cups("", 69), None);
    assert_eq!(piling_cups("multiple = 10", 68), None);
    assert!(piling_cups("", 68).is_some());
}

#[test]
fn payments_are_late_early_or_unplanned() {
    // Half of the open order is due on the 5th, 280.00; half of the 310 cups for March on the 9th, when they are ordered, 620.00, and
    // the other half when they come: 1,520.00 in all.
    let sold = "sale,CUP,web,,,,140,,,2026-02-14\n";
    let paid = |amount: &str| by_day(&format!("{sold}payment,,,,porto,,,,{amount},2026-02-10\n")).payments;
    let row = &paid("100.00")[0];
    assert_eq!((row.planned, row.paid, row.late), (amount("900.00"), amount("100.00"), amount("-800.00")));
    let row = &paid("5000.00")[0];
    assert_eq!((row.late, row.early, row.unplanned), (amount("0"), amount("620.00"), amount("3480.00")));
}

#[test]
fn counted_stock_is_held_against_what_it_should_be() {
    // 140 + 140 - 280 = 0 cups should be left, and six are counted on the morning of 1 March.
    let rows = "receipt,CUP,,main,porto,PO-1,140,,,2026-02-05\nsale,CUP,web,,,,280,,,2026-02-28\nsale,BOWL,web,,,,56,,,2026-02-28\n\
                stock,CUP,,main,,,6,,,2026-03-01\n";
    let tracking = by_day(rows);
    let cups = tracking.stock.iter().find(|row| row.item == "CUP").expect("cups");
    assert_eq!((cups.planned, cups.actual, cups.counted, cups.unexplained), (0, 6, true, 6));
    let found = tracking.exceptions.iter().find(|one| one.kind == ExceptionKind::StockDifference).expect("it differs");
    assert_eq!(found.money, amount("24.00"));
}

#[test]
fn weeks_are_told_in_months_by_their_days() {
    // Of the week from 23 February six days lie in February: 60 of 70.
    let tracking = by_month("sale,CUP,web,,70,,2026-W09\n");
    let sold: Vec<_> =
        tracking.sales.iter().filter(|row| row.item == "CUP").map(|row| (row.bucket.as_str(), row.sold)).collect();
    assert_eq!(sold, [("2026-02", 60), ("2026-03", 10)]);
}

#[test]
fn demand_off_names_its_line_and_what_it_should_have_said() {
    let shop = format!(
        "{}\n[assumption.web-growth]\nvalue = 0.10\n[[outlook]]\nwhere = {{ channel = \"web\" }}\nmethod = \"seasonal\"\ngrowth = {{ assume = \"web-growth\" }}\n[[csv]]\ntable = \"history\"\npath = \"history.csv\"\n",
        SHOP.split("[[demand]]").next().expect("the shop")
    );
    let history = "item,channel,bucket,units\nCUP,web,2025-02,200\nCUP,web,2025-03,200\n";
    let plain = crate::support::Memory::of([("sop.toml", shop.as_str()), ("history.csv", history)]);
    let plan = sopc::compile::plan(&sopc::compile::compile(&plain)).expect("a plan");
    // 220 were planned, 198 sold: the growth was -1 %, not 10 %.
    let mut files =
        shop_with(&shop, &format!("{BY_BUCKET}sale,CUP,web,,198,,2026-02\nreceipt,CUP,,main,140,,2026-02\n"));
    files.0.insert("history.csv".to_owned(), history.as_bytes().to_vec());
    let tracking = tracked(&plan, &files);
    let off = &tracking.revisit[0];
    assert_eq!((off.kind, off.assumption.as_deref()), (RevisitKind::Outlook, Some("web-growth")));
    assert_eq!((off.stated, off.observed), (Some(value("0.10")), Some(value("-0.01"))));
    let line = shop.lines().position(|line| line == "value = 0.10").expect("the line") + 1;
    assert_eq!((off.source.file.as_str(), off.source.line as usize), ("sop.toml", line));
}

#[test]
fn days_of_other_years_are_left_aside_and_said() {
    // A year mistyped does not end the horizon; nor does a day long before.
    let rows = "sale,CUP,web,,,,280,,,2026-02-28\nsale,CUP,web,,,,3,,,2027-02-28\nsale,CUP,web,,,,3,,,2026-01-28\n";
    let tracking = by_day(rows);
    assert_eq!(tracking.through.to_string(), "2026-02-28");
    let said = "2 rows of actuals tell of days before as-of or behind the last one looked at, and are left aside: the first at actual.csv:3";
    assert!(tracking.notes.iter().any(|note| note == said), "{:?}", tracking.notes);
    // A day that stands alone, weeks behind all others, is looked at twice.
    let tracking = by_day("sale,CUP,web,,,,90,,,2026-02-07\nsale,CUP,web,,,,3,,,2026-03-20\n");
    assert!(
        tracking.notes.iter().any(|note| note.contains("41 days behind all others: actual.csv:3")),
        "{:?}",
        tracking.notes
    );
}

#[test]
fn counts_of_other_days_are_said() {
    let tracking = by_day("sale,CUP,web,,,,90,,,2026-02-07\nstock,CUP,,main,,,50,,,2026-02-04\n");
    assert!(tracking.notes.iter().any(|note| note.contains("stock is counted on other days")), "{:?}", tracking.notes);
}

#[test]
fn what_is_not_told_is_said() {
    let tracking = by_month(AS_PLANNED);
    assert!(tracking.notes.iter().any(|note| note.contains("no receipts are told")), "{:?}", tracking.notes);
    let plan = approved(SHOP);
    assert!(untracked(&plan, &shop(BY_BUCKET)).contains("nothing is told"));
    let rows = format!("{BY_BUCKET}{AS_PLANNED}");
    let later = SHOP.replace("cycle = \"2026-02\"", "cycle = \"2026-03\"");
    assert!(untracked(&plan, &shop_with(&later, &rows)).contains("cycle"));
}
