//! Rows that are not as planned: sales, supply, transfers, stock by location, payments.

use rust_decimal::Decimal;

use super::{item, more, parts};
use crate::plan::Amount;
use crate::render::blocks::{Block, Set, Sheet, Words};
use crate::render::number;
use crate::render::review::signed;
use crate::track::{PaymentRow, PlaceRow, SalesRow, SupplyRow, Tracking, TransferRow};

pub(super) fn sales(tracking: &Tracking, most: usize) -> Vec<Block> {
    let mut rows: Vec<&SalesRow> = tracking.sales.iter().filter(|row| !row.variance.total.0.is_zero()).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.variance.total.0.abs()));
    if rows.is_empty() {
        return Vec::new();
    }
    let row = |row: &&SalesRow| {
        let main = parts(&row.variance).into_iter().max_by_key(|(_, _, amount)| amount.0.abs());
        vec![
            item(tracking, &row.item),
            Words::named(row.channel.clone()),
            Words::of(row.bucket.clone()),
            Words::of(number::units(row.planned)),
            Words::of(number::units(row.sold)),
            Words::of(signed::difference(row.variance.total)),
            Words::of(main.map_or(String::new(), |(name, _, amount)| format!("{name} {}", signed::difference(amount)))),
        ]
    };
    let columns = [
        ("Item", Set::Text),
        ("Channel", Set::Text),
        ("Bucket", Set::Fixed),
        ("Planned", Set::Number),
        ("Sold", Set::Number),
        ("Revenue", Set::Number),
        ("mostly", Set::Optional),
    ];
    let sheet = Sheet::of(columns, rows.iter().take(most).map(row).collect());
    let mut blocks = vec![Block::Heading("Sales that differ most"), Block::Table(sheet)];
    blocks.extend(more(rows.iter().map(|row| row.variance.total), most));
    blocks
}

pub(super) fn supply(tracking: &Tracking, most: usize) -> Vec<Block> {
    let mut rows: Vec<_> =
        tracking.supply.iter().filter(|row| row.missing > 0 || row.days_late > 0 || row.key.is_none()).collect();
    rows.sort_by_key(|row| (-row.missing, -row.days_late));
    let row = |row: &&SupplyRow| {
        let due = row.due.map_or("not planned".to_owned(), |day| day.to_string());
        vec![
            item(tracking, &row.item),
            Words::named(row.supplier.clone()),
            Words::of(due),
            Words::of(number::units(row.units)),
            Words::of(number::units(row.received)),
            Words::of(number::units(row.missing)),
            Words::of(if row.days_late > 0 { number::units(row.days_late) } else { String::new() }),
            Words::named(row.order.clone().unwrap_or_default()),
        ]
    };
    let columns = [
        ("Item", Set::Text),
        ("Supplier", Set::Text),
        ("Due", Set::Fixed),
        ("Planned", Set::Number),
        ("Came", Set::Number),
        ("Missing", Set::Number),
        ("Days late", Set::Number),
        ("Order", Set::Optional),
    ];
    let shown = rows.iter().take(most).map(row).collect();
    few("Supply that is not as planned", Sheet::of(columns, shown), rows.len(), most)
}

pub(super) fn transfers(tracking: &Tracking, most: usize) -> Vec<Block> {
    let mut rows: Vec<_> =
        tracking.transfers.iter().filter(|row| row.missing > 0 || row.days_late > 0 || row.key.is_none()).collect();
    rows.sort_by_key(|row| (-row.missing, -row.days_late));
    let row = |row: &&TransferRow| {
        let due = row.due.map_or("not planned".to_owned(), |day| day.to_string());
        let names = [item(tracking, &row.item), Words::named(row.from.clone()), Words::named(row.location.clone())];
        let units = [row.units, row.received, row.missing].map(|units| Words::of(number::units(units)));
        let late = Words::of(if row.days_late > 0 { number::units(row.days_late) } else { String::new() });
        names.into_iter().chain([Words::of(due)]).chain(units).chain([late]).collect()
    };
    let columns = [
        ("Item", Set::Text),
        ("From", Set::Text),
        ("To", Set::Text),
        ("Due", Set::Fixed),
        ("Planned", Set::Number),
        ("Came", Set::Number),
        ("Missing", Set::Number),
        ("Days late", Set::Number),
    ];
    let shown = rows.iter().take(most).map(row).collect();
    few("Transfers that are not as planned", Sheet::of(columns, shown), rows.len(), most)
}

pub(super) fn places(tracking: &Tracking, most: usize) -> Vec<Block> {
    let differs = |row: &&PlaceRow| row.actual.is_some_and(|actual| actual != row.planned);
    let mut rows: Vec<_> = tracking.places.iter().filter(differs).collect();
    let off = |row: &PlaceRow| {
        let units = Decimal::from(row.actual.unwrap_or(row.planned).saturating_sub(row.planned));
        Amount(units.saturating_mul(row.standard_cost.0))
    };
    rows.sort_by_key(|row| std::cmp::Reverse(off(row).0.abs()));
    let row = |row: &&PlaceRow| {
        vec![
            item(tracking, &row.item),
            Words::named(row.location.clone()),
            Words::of(number::units(row.planned)),
            Words::of(row.actual.map_or(String::new(), number::units)),
            Words::of(signed::difference(off(row))),
            Words::of(if row.counted { "counted" } else { "reckoned" }),
        ]
    };
    let columns = [
        ("Item", Set::Text),
        ("Location", Set::Text),
        ("Planned", Set::Number),
        ("There", Set::Number),
        ("At cost", Set::Number),
        ("", Set::Optional),
    ];
    let shown = rows.iter().take(most).map(row).collect();
    few("Stock by location that is not as planned", Sheet::of(columns, shown), rows.len(), most)
}

/// A table of the first of so many rows; nothing where there are none.
fn few(heading: &'static str, sheet: Sheet, all: usize, most: usize) -> Vec<Block> {
    if all == 0 {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading(heading), Block::Table(sheet)];
    if all > most {
        blocks.push(Block::said(format!("and {} more; --full shows all", all - most)));
    }
    blocks
}

pub(super) fn payments(tracking: &Tracking, most: usize) -> Vec<Block> {
    let mut rows: Vec<_> = tracking.payments.iter().filter(|row| row.planned != row.paid).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.paid.0.saturating_sub(row.planned.0).abs()));
    let row = |row: &&PaymentRow| {
        let supplier = row.supplier.clone().map_or_else(|| Words::of("not told"), Words::named);
        let amounts = [row.planned, row.paid, row.late, row.early, row.unplanned];
        std::iter::once(supplier).chain(amounts.map(|amount| Words::of(signed::money(amount)))).collect()
    };
    let columns = [
        ("Supplier", Set::Text),
        ("Planned", Set::Number),
        ("Paid", Set::Number),
        ("Late", Set::Number),
        ("Early", Set::Number),
        ("Unplanned", Set::Number),
    ];
    let shown = rows.iter().take(most).map(row).collect();
    few("Payments that are not as planned", Sheet::of(columns, shown), rows.len(), most)
}
