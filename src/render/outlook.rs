//! Derived demand for people, programs and spreadsheets.

use std::collections::BTreeMap;

use ::csv::{QuoteStyle, WriterBuilder};
use rust_decimal::Decimal;

use super::json::pretty;
use super::number::{counted, money, percent, quantity, units};
use super::safe;
use super::style::{Ink, Style};
use super::table::{Cell, Column, Table};
use super::wrap;
use crate::outlook::{Basis, Derived, Error, Row, Source};
use crate::plan::{Amount, Figure};

/// Most items that are told of where nobody asked for any.
const ITEMS: usize = 10;
/// Most of what demand rests on.
const CARRIED: usize = 15;

/// The header of [`outlook_csv`]: units are whole, `exact` is before rounding by running totals.
pub const OUTLOOK_COLUMNS: [&str; 8] = ["item", "channel", "bucket", "units", "exact", "value", "basis", "because"];

/// Derived demand for people: by bucket as a whole, or, where items were asked for, number by number; then errors, then what carries
/// most money.
#[must_use]
pub fn outlook_text(derived: &Derived, by_number: bool, style: &Style) -> String {
    let title = format!("{} {}, demand, {}", derived.project, derived.cycle, derived.currency);
    let mut text = format!("{}\n", style.paint(Ink::Bold, &safe::line(&title)));
    if derived.rows.is_empty() {
        text.push_str("\nnothing is wanted\n");
        return text;
    }
    if by_number {
        numbers(derived, style, &mut text);
    } else {
        by_bucket(derived, style, &mut text);
    }
    errors(derived, style, &mut text);
    carried(derived, style, &mut text);
    if !by_number {
        text.push_str("\nsopc outlook ITEM shows how each number comes about\n");
    }
    text
}

fn heading(title: &str, style: &Style) -> String {
    format!("\n{}\n", style.paint(Ink::Bold, title))
}

fn add(sum: Decimal, amount: Amount) -> Decimal {
    sum.saturating_add(amount.0)
}

/// Demand by bucket, and where it comes from.
fn by_bucket(derived: &Derived, style: &Style, text: &mut String) {
    let is_unknown = derived.rows.iter().any(|row| row.basis == Basis::Unknown);
    let numbers = ["Units", "Value", "Stated", "From history", "Unknown"];
    let shown = numbers.len() - usize::from(!is_unknown);
    let columns =
        std::iter::once(Column::fixed("Bucket")).chain(numbers[..shown].iter().map(|title| Column::number(*title)));
    let mut table = Table::new(2, columns.collect());
    for bucket in &derived.buckets {
        let rows: Vec<&Row> = derived.rows.iter().filter(|row| row.bucket == *bucket).collect();
        let total = |basis: Option<Basis>| -> i128 {
            let counted = rows.iter().filter(|row| basis.is_none_or(|basis| row.basis == basis));
            counted.map(|row| i128::from(row.units)).sum()
        };
        let value = rows.iter().fold(Decimal::ZERO, |sum, row| add(sum, row.value));
        let unknown = rows.iter().filter(|row| row.basis == Basis::Unknown).count();
        let mut cells: Vec<Cell> = vec![
            safe::line(bucket).into(),
            units(total(None)).into(),
            money(Amount(value)).into(),
            units(total(Some(Basis::Stated))).into(),
            units(total(Some(Basis::History))).into(),
        ];
        if is_unknown {
            cells.push(if unknown == 0 { String::new() } else { counted(unknown, "row", "rows") }.into());
        }
        table.row(cells);
    }
    text.push_str(&heading("Demand", style));
    text.push_str(&(table.lines(style).join("\n") + "\n"));
    if is_unknown {
        text.push_str("  unknown: an outlook follows months of which history does not tell yet; 0 is planned there\n");
    }
}

/// Each number of the items that were asked for, and the lines it rests on.
fn numbers(derived: &Derived, style: &Style, text: &mut String) {
    for rows in derived.rows.chunk_by(|a, b| (&a.item, &a.channel) == (&b.item, &b.channel)) {
        let first = &rows[0];
        text.push_str(&heading(&safe::line(&format!("{} in {}", first.item, first.channel)), style));
        let widest = rows.iter().map(|row| row.bucket.len()).max().unwrap_or_default();
        for row in rows {
            let told = wrap::wrap(&safe::line(&row.because), style.columns().saturating_sub(widest + 6));
            for (at, line) in told.iter().enumerate() {
                let label = if at == 0 { row.bucket.as_str() } else { "" };
                let indent = if at == 0 { "" } else { "  " };
                text.push_str(&format!("  {:widest$}  {indent}{line}\n", safe::line(label)));
            }
        }
        let mut sources: Vec<&Source> = Vec::new();
        for source in rows.iter().flat_map(|row| &row.sources) {
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        for source in sources {
            let place = format!("{}:{}:{}", source.place.file, source.place.line, source.place.column);
            let line = format!("  {}  {}", safe::line(&source.what), safe::line(&place));
            text.push_str(&format!("{}\n", style.paint(Ink::Dim, &line)));
        }
    }
}

fn share(figure: Figure) -> String {
    match figure {
        Figure::Value(amount) => percent(amount.0),
        Figure::NotApplicable => "n/a".to_owned(),
    }
}

/// A bias with its sign.
fn signed(figure: Figure) -> String {
    match figure {
        Figure::Value(amount) if amount.0 > Decimal::ZERO => format!("+{}", percent(amount.0)),
        other => share(other),
    }
}

/// A tracking signal with its sign.
fn signal(figure: Figure) -> String {
    match figure {
        Figure::Value(amount) if amount.0 > Decimal::ZERO => format!("+{}", quantity(amount)),
        Figure::Value(amount) => quantity(amount),
        Figure::NotApplicable => "n/a".to_owned(),
    }
}

fn errors(derived: &Derived, style: &Style, text: &mut String) {
    let (Some(first), Some(last)) = (derived.held_back.first(), derived.held_back.last()) else { return };
    if derived.errors.is_empty() {
        return;
    }
    let stretch = if first == last { first.clone() } else { format!("{first} to {last}") };
    text.push_str(&heading(&safe::line(&format!("Error of outlooks on {stretch}, held back")), style));
    let columns = vec![
        Column::text("Of", 12),
        Column::number("Came"),
        Column::number("Expected"),
        Column::number("WAPE"),
        Column::number("Bias"),
        Column::number("MAPE").optional(),
        Column::number("Signal").optional(),
        Column::number("Off by"),
    ];
    let mut table = Table::new(2, columns);
    let row = |error: &Error| -> Vec<Cell> {
        let of = if error.scope == "plan" { "all".to_owned() } else { safe::line(&error.scope) };
        vec![
            of.into(),
            quantity(error.actual).into(),
            quantity(error.forecast).into(),
            share(error.error).into(),
            signed(error.bias).into(),
            share(error.mape).into(),
            signal(error.tracking_signal).into(),
            money(error.money).into(),
        ]
    };
    let told = derived.errors.iter().filter(|error| error.compared > 0 || error.scope == "plan");
    let (items, others): (Vec<&Error>, Vec<&Error>) = told.partition(|error| error.scope.starts_with("item:"));
    others.into_iter().for_each(|error| table.row(row(error)));
    let mut worst = items;
    worst.sort_by(|a, b| b.money.cmp(&a.money).then_with(|| a.scope.cmp(&b.scope)));
    let more = worst.len().saturating_sub(ITEMS);
    worst.iter().take(ITEMS).for_each(|error| table.row(row(error)));
    text.push_str(&(table.lines(style).join("\n") + "\n"));
    let mut notes = vec![
        "bias above 0: too much was expected; off by: sum of |error| x price".to_owned(),
        "MAPE is n/a where nothing came of some month or week; signal: beyond 4 either way it is off for good"
            .to_owned(),
    ];
    if more > 0 {
        notes.push(format!("items by what they were off by; {} not shown", counted(more, "item is", "items are")));
    }
    let left_out = derived.errors.first().map_or(0, |all| all.left_out);
    if left_out > 0 {
        let numbers = counted(left_out, "number", "numbers");
        notes.push(format!("{numbers} left out, for which history does not tell enough before {first}"));
    }
    for note in notes {
        for line in wrap::wrap(&safe::line(&note), style.columns() - 2) {
            text.push_str(&format!("  {}\n", style.paint(Ink::Dim, &line)));
        }
    }
}

fn carried(derived: &Derived, style: &Style, text: &mut String) {
    if derived.carried.is_empty() {
        return;
    }
    text.push_str(&heading("What demand rests on, by money", style));
    let columns =
        vec![Column::number("Value"), Column::number("Of all"), Column::text("What", 20), Column::text("Line", 20)];
    let mut table = Table::new(2, columns);
    for one in derived.carried.iter().take(CARRIED) {
        let what = if one.kind == "adjust" { one.kind.clone() } else { format!("{} {}", one.kind, one.name) };
        let place = match one.kind.as_str() {
            "demand" => String::new(),
            _ => format!("{}:{}:{}", one.place.file, one.place.line, one.place.column),
        };
        table.row(vec![
            money(one.money).into(),
            share(one.share).into(),
            safe::line(&what).into(),
            safe::line(&place).into(),
        ]);
    }
    text.push_str(&(table.lines(style).join("\n") + "\n"));
    let note = "each by the value of demand with it less that without it, so they need not add up";
    text.push_str(&format!("  {}\n", style.paint(Ink::Dim, note)));
    if derived.carried.len() > CARRIED {
        text.push_str(&format!("  and {} more\n", derived.carried.len() - CARRIED));
    }
}

/// Derived demand as JSON, with all that [`Derived`] has.
#[must_use]
pub fn outlook_json(derived: &Derived) -> String {
    pretty(derived)
}

/// Derived demand for a spreadsheet, under [`OUTLOOK_COLUMNS`].
///
/// # Panics
/// Never: rows are written to memory and all have the same length.
#[must_use]
pub fn outlook_csv(derived: &Derived) -> String {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    writer.write_record(OUTLOOK_COLUMNS).expect("memory takes every row");
    let mut bases: BTreeMap<Basis, &str> = BTreeMap::new();
    bases.insert(Basis::Stated, "stated");
    bases.insert(Basis::History, "history");
    bases.insert(Basis::Unknown, "unknown");
    bases.insert(Basis::Nothing, "nothing");
    for row in &derived.rows {
        let cells = [
            safe::csv_cell(&row.item),
            safe::csv_cell(&row.channel),
            safe::csv_cell(&row.bucket),
            row.units.to_string(),
            row.exact.to_string(),
            row.value.to_string(),
            bases[&row.basis].to_owned(),
            safe::csv_cell(&row.because),
        ];
        writer.write_record(&cells).expect("memory takes every row");
    }
    String::from_utf8(writer.into_inner().expect("memory takes every row")).expect("cells are text")
}
