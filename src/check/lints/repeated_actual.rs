//! Actuals that stand twice: an export that was appended to itself counts everything twice.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::{Document, tables};
use crate::render::number::counted;
use crate::series::{Series, SeriesKey};
use crate::source::Span;

/// Rows that say what a row before says, once for each file: what is a receipt, a transfer or a payment, and what is told by the month or
/// week. Sales of a day may well be alike: two customers bought the same.
pub(super) fn repeated(document: &Document) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<String, Span> = BTreeMap::new();
    let mut found: BTreeMap<crate::source::FileId, (Span, Span, usize)> = BTreeMap::new();
    for row in &document.actuals {
        let Some(said) = said(row) else { continue };
        match seen.get(&said) {
            Some(before) => {
                let first = found.entry(row.header.file).or_insert((row.header, *before, 0));
                first.2 += 1;
            }
            None => drop(seen.insert(said, row.header)),
        }
    }
    let told = found.into_values().map(|(row, before, rows)| {
        let diagnostic = Diagnostic::warning(&codes::REPEATED_ACTUAL, "the same is told twice, and both count");
        let diagnostic = diagnostic.at(row, "again here").at(before, "told here");
        let help = "take one out; where both are true, tell them apart by day, order or price";
        match rows - 1 {
            0 => diagnostic.help(help),
            others => {
                let others = counted(others, "more row of the file repeats", "more rows of the file repeat");
                diagnostic.with_note(format!("{others} one before")).help(help)
            }
        }
    });
    told.collect()
}

/// What a row says, where the same cannot well happen twice.
fn said(row: &tables::Actual) -> Option<String> {
    let kind = row.kind.get().map_or("sale", String::as_str);
    let names = [&row.item, &row.channel, &row.location, &row.from, &row.supplier, &row.order];
    let names: Vec<_> = names.into_iter().map(|name| name.get()).collect();
    let price = row.price.get().map(|text| format!("{:?}", text.series));
    match (kind, row.on.get()) {
        // Stock that is counted twice is an error.
        ("stock", _) | ("sale", Some(_)) => None,
        (_, Some(on)) => {
            let units = row.units.get().map(|text| format!("{:?}", text.series));
            Some(format!("{kind} {names:?} {on} {units:?} {price:?} {:?}", row.amount.get()))
        }
        (_, None) => {
            let Series::Table { keys, .. } = &row.units.get()?.series else { return None };
            let periods: Vec<_> = keys.iter().map(|SeriesKey { first, last, .. }| (*first, *last)).collect();
            Some(format!("{kind} {names:?} {periods:?} {price:?}"))
        }
    }
}
