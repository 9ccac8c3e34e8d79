//! Metrics as a table, as JSON and for a spreadsheet.

use std::collections::{BTreeMap, BTreeSet};

use ::csv::{QuoteStyle, WriterBuilder};
use serde::Serialize;

use super::json::pretty;
use super::number::{money, percent, quantity};
use super::safe;
use super::style::{Ink, Style};
use super::table::{Cell, Column, Table};
use super::wrap;
use crate::metrics::Measure;
use crate::metrics::catalog::Unit;
use crate::metrics::published::{self, Published};
use crate::metrics::variants::Row;
use crate::plan::{Figure, Metric, Plan};

/// Most metrics that stand side by side where nobody chose them.
const COLUMNS: usize = 6;
/// Those that come first then.
const FIRST: [Measure; 10] = [
    Measure::Revenue,
    Measure::Contribution,
    Measure::Purchases,
    Measure::FillRate,
    Measure::InventoryTurnover,
    Measure::WeeksOfSupply,
    Measure::Excess,
    Measure::InventoryValue,
    Measure::ForecastError,
    Measure::ForecastBias,
];

/// The header of [`metrics_csv`]; `bucket` is empty for the horizon, `value` is `n/a` where there is none.
pub const METRICS_COLUMNS: [&str; 4] = ["scope", "metric", "bucket", "value"];

/// Metrics for people: one part as a list with what each is, several as a table. `chosen` are those that were asked for by name.
#[must_use]
pub fn metrics_text(plan: &Plan, rows: &[&Metric], chosen: bool, style: &Style) -> String {
    let (mut keys, mut seen) = (Vec::new(), BTreeSet::new());
    for row in rows {
        let key = (row.scope.as_str(), row.bucket.as_deref());
        if seen.insert(key) {
            keys.push(key);
        }
    }
    let body = match keys.as_slice() {
        [] => "nothing is measured of that\n".to_owned(),
        [(scope, bucket)] => list(rows, (scope, *bucket), style),
        _ => table(rows, &keys, chosen, style),
    };
    format!("{}\n\n{body}", style.paint(Ink::Bold, &safe::line(&title(plan))))
}

fn title(plan: &Plan) -> String {
    let time = match (plan.buckets.first(), plan.buckets.iter().rfind(|bucket| !bucket.tail)) {
        (Some(first), Some(last)) => format!("{} to {}", first.label, last.label),
        _ => String::new(),
    };
    format!("{} {}, {time}, {}", plan.project, plan.cycle, plan.currency)
}

fn list(rows: &[&Metric], (scope, bucket): (&str, Option<&str>), style: &Style) -> String {
    let drawn = |with_formula: bool| {
        let mut columns = vec![Column::text("Metric", 14), Column::number("Value")];
        if with_formula {
            columns.push(Column::text("Is", 40));
        }
        let mut table = Table::new(0, columns);
        for measure in Measure::ALL {
            let Some(row) = rows.iter().find(|row| row.name == measure.name()) else { continue };
            let mut cells = vec![measure.name().to_owned(), shown(measure, row.value)];
            if with_formula {
                cells.push(measure.entry().formula.to_owned());
            }
            table.row(cells.into_iter().map(Cell::from).collect());
        }
        table
    };
    // A formula that is cut says nothing.
    let with_formula = drawn(true);
    let table = if with_formula.fits(style.columns()) { with_formula } else { drawn(false) };
    let of = if scope == "plan" { "the whole plan" } else { scope };
    let of = bucket.map_or(of.to_owned(), |bucket| format!("{of}, {bucket}"));
    format!("{}\n{}\n", safe::line(&of), table.lines(style).join("\n"))
}

/// A row for each part and bucket. Where nobody chose, as many metrics as fit stand side by side.
fn table(rows: &[&Metric], keys: &[(&str, Option<&str>)], chosen: bool, style: &Style) -> String {
    let has = |measure: &Measure| rows.iter().any(|row| row.name == measure.name());
    let all: Vec<Measure> = Measure::ALL.into_iter().filter(has).collect();
    let first: Vec<Measure> = FIRST.into_iter().filter(has).collect();
    let mut most = if chosen { all.len() } else { COLUMNS.min(first.len()) };
    let (table, kept) = loop {
        let kept: Vec<Measure> = if chosen || all.len() <= most {
            all.clone()
        } else {
            all.iter().copied().filter(|measure| first[..most].contains(measure)).collect()
        };
        let table = side_by_side(rows, keys, &kept);
        if chosen || most <= 1 || table.fits(style.columns()) {
            break (table, kept);
        }
        most -= 1;
    };
    let mut text = table.lines(style).join("\n") + "\n";
    let left: Vec<&str> = all.iter().filter(|measure| !kept.contains(measure)).map(|measure| measure.name()).collect();
    if !left.is_empty() {
        let told = format!("--metric shows others: {}", left.join(", "));
        text.push('\n');
        for line in wrap::wrap(&told, style.columns()) {
            text.push_str(&format!("{}\n", style.paint(Ink::Dim, &line)));
        }
    }
    text
}

fn side_by_side(rows: &[&Metric], keys: &[(&str, Option<&str>)], measures: &[Measure]) -> Table {
    let scopes = keys.iter().any(|(scope, _)| *scope != "plan");
    let times = keys.iter().any(|(_, bucket)| bucket.is_some());
    let mut columns = Vec::new();
    if scopes {
        columns.push(Column::text("Of", 12));
    }
    if times {
        columns.push(Column::fixed("Bucket"));
    }
    columns.extend(measures.iter().map(|measure| Column::number(measure.entry().title)));
    let mut table = Table::new(0, columns);
    let by_key: BTreeMap<(&str, Option<&str>, &str), Figure> =
        rows.iter().map(|row| ((row.scope.as_str(), row.bucket.as_deref(), row.name.as_str()), row.value)).collect();
    for (scope, bucket) in keys {
        let mut cells: Vec<Cell> = Vec::new();
        if scopes {
            cells.push(safe::line(scope).into());
        }
        if times {
            cells.push(safe::line(bucket.unwrap_or_default()).into());
        }
        for measure in measures {
            let value = by_key.get(&(*scope, *bucket, measure.name()));
            cells.push(value.map_or(String::new(), |value| shown(*measure, *value)).into());
        }
        table.row(cells);
    }
    table
}

fn shown(measure: Measure, value: Figure) -> String {
    let Figure::Value(amount) = value else { return "n/a".to_owned() };
    match measure.entry().unit {
        Unit::Money => money(amount),
        Unit::Share => percent(amount.0),
        Unit::Number | Unit::Mixed => quantity(amount),
    }
}

/// What [`metrics_json`] writes.
#[derive(Serialize)]
struct Document<'p, R> {
    format_version: &'static str,
    project: &'p str,
    cycle: &'p str,
    currency: &'p str,
    plan_hash: &'p str,
    metrics: &'p [R],
}

fn document<'p, R>(plan: &'p Plan, rows: &'p [R]) -> Document<'p, R> {
    Document {
        format_version: "1.0",
        project: &plan.project,
        cycle: &plan.cycle,
        currency: &plan.currency,
        plan_hash: &plan.plan_hash,
        metrics: rows,
    }
}

/// Metrics as JSON: `format_version`, `project`, `cycle`, `currency`, `plan_hash`, and `metrics` with rows as the plan file has them.
#[must_use]
pub fn metrics_json(plan: &Plan, rows: &[&Metric]) -> String {
    pretty(&document(plan, rows))
}

/// The header of [`variants_csv`].
pub const VARIANTS_COLUMNS: [&str; 5] = ["scope", "metric", "variant", "bucket", "value"];

/// Metrics and their variants for people: a row each.
#[must_use]
pub fn variants_text(plan: &Plan, rows: &[Row], style: &Style) -> String {
    let times = rows.iter().any(|row| row.bucket.is_some());
    let mut columns = vec![Column::text("Of", 8)];
    if times {
        columns.push(Column::fixed("Bucket"));
    }
    columns.extend([Column::text("Metric", 14), Column::text("Variant", 12), Column::number("Value")]);
    let mut table = Table::new(0, columns);
    for row in rows {
        let Some(measure) = Measure::named(&row.name) else { continue };
        let mut cells: Vec<Cell> = vec![safe::line(&row.scope).into()];
        if times {
            cells.push(safe::line(row.bucket.as_deref().unwrap_or_default()).into());
        }
        // Another definition of a share is a share as well, and one of money is money.
        cells.extend([row.name.clone(), safe::line(row.variant.as_deref().unwrap_or_default())].map(Cell::from));
        cells.push(shown(measure, row.value).into());
        table.row(cells);
    }
    let body = if rows.is_empty() { "nothing is measured of that".to_owned() } else { table.lines(style).join("\n") };
    format!("{}\n\n{body}\n", style.paint(Ink::Bold, &safe::line(&title(plan))))
}

/// Metrics and their variants as JSON: as [`metrics_json`], rows with `variant` where it is one.
#[must_use]
pub fn variants_json(plan: &Plan, rows: &[Row]) -> String {
    pretty(&document(plan, rows))
}

/// Metrics and their variants for a spreadsheet, under [`VARIANTS_COLUMNS`].
///
/// # Panics
/// Never: rows are written to memory and all have the same length.
#[must_use]
pub fn variants_csv(rows: &[Row]) -> String {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    writer.write_record(VARIANTS_COLUMNS).expect("memory takes every row");
    for row in rows {
        let [variant, bucket] =
            [&row.variant, &row.bucket].map(|one| safe::csv_cell(one.as_deref().unwrap_or_default()));
        let cells = [safe::csv_cell(&row.scope), row.name.clone(), variant, bucket, row.value.to_string()];
        writer.write_record(&cells).expect("memory takes every row");
    }
    String::from_utf8(writer.into_inner().expect("memory takes every row")).expect("cells are text")
}

/// What metrics mean: formula, what counts, edge cases, source, variants.
#[must_use]
pub fn metrics_explained(measures: &[Measure], style: &Style) -> String {
    let mut text = String::new();
    for measure in measures {
        let entry = measure.entry();
        let mut say = |indent: usize, words: &str| {
            for line in wrap::wrap(words, style.columns().saturating_sub(indent)) {
                text.push_str(&format!("{}{line}\n", " ".repeat(indent)));
            }
        };
        say(0, &style.paint(Ink::Bold, measure.name()));
        say(2, entry.formula);
        say(2, entry.counts);
        say(2, &format!("edge cases: {}", entry.edges));
        if let Some(published) = entry.function.and_then(published::of) {
            say(2, &format!("example: {}", sourced(published)));
        }
        for variant in entry.variants {
            say(2, &format!("variant \"{}\": {}", variant.name, variant.is));
            if let Some(published) =
                published::of(variant.function).filter(|_| entry.function != Some(variant.function))
            {
                say(4, &format!("example: {}", sourced(published)));
            }
            if !variant.told.is_empty() {
                say(4, &format!("shown by `{}`", variant.told));
            }
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn sourced(one: &Published) -> String {
    if one.source.is_empty() { one.example.to_owned() } else { format!("{} ({})", one.example, one.source) }
}

/// Metrics for a spreadsheet, under [`METRICS_COLUMNS`].
///
/// # Panics
/// Never: rows are written to memory and all have the same length.
#[must_use]
pub fn metrics_csv(rows: &[&Metric]) -> String {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    writer.write_record(METRICS_COLUMNS).expect("memory takes every row");
    for row in rows {
        let bucket = safe::csv_cell(row.bucket.as_deref().unwrap_or_default());
        let cells = [safe::csv_cell(&row.scope), row.name.clone(), bucket, row.value.to_string()];
        writer.write_record(&cells).expect("memory takes every row");
    }
    String::from_utf8(writer.into_inner().expect("memory takes every row")).expect("cells are text")
}
