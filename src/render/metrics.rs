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
    let time = match (plan.buckets.first(), plan.buckets.iter().rfind(|bucket| !bucket.tail)) {
        (Some(first), Some(last)) => format!("{} to {}", first.label, last.label),
        _ => String::new(),
    };
    let title = format!("{} {}, {time}, {}", plan.project, plan.cycle, plan.currency);
    format!("{}\n\n{body}", style.paint(Ink::Bold, &safe::line(&title)))
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
struct Document<'p> {
    format_version: &'static str,
    project: &'p str,
    cycle: &'p str,
    currency: &'p str,
    plan_hash: &'p str,
    metrics: &'p [&'p Metric],
}

/// Metrics as JSON: `format_version`, `project`, `cycle`, `currency`, `plan_hash`, and `metrics` with rows as the plan file has them.
#[must_use]
pub fn metrics_json(plan: &Plan, rows: &[&Metric]) -> String {
    let document = Document {
        format_version: "1.0",
        project: &plan.project,
        cycle: &plan.cycle,
        currency: &plan.currency,
        plan_hash: &plan.plan_hash,
        metrics: rows,
    };
    pretty(&document)
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
