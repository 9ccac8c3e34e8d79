//! Changed order lines for a spreadsheet.

use ::csv::{QuoteStyle, WriterBuilder};

use crate::diff::{Line, LineChange, PlanDiff};
use crate::render::safe::csv_cell;

/// The header of [`diff_csv`]: what became of a line, then the line before and after; a line that was split or merged has a row
/// for each of its parts.
pub const COLUMNS: [&str; 18] = [
    "change",
    "item",
    "before_supplier",
    "before_location",
    "before_mode",
    "before_receipt_bucket",
    "before_release_date",
    "before_units",
    "before_cost",
    "after_supplier",
    "after_location",
    "after_mode",
    "after_receipt_bucket",
    "after_release_date",
    "after_units",
    "after_cost",
    "currency",
    "order",
];

/// Cells of one side.
fn side(line: Option<&Line>) -> [String; 7] {
    let Some(line) = line else { return Default::default() };
    [
        csv_cell(&line.from),
        csv_cell(&line.location),
        csv_cell(line.mode.as_deref().unwrap_or("")),
        csv_cell(&line.receipt_bucket),
        line.release_date.map_or(String::new(), |date| date.to_string()),
        line.units.to_string(),
        line.cost.to_string(),
    ]
}

fn rows<'d>(change: &'d LineChange, currency: &'d str) -> impl Iterator<Item = Vec<String>> + 'd {
    let count = change.before.len().max(change.after.len());
    (0..count).map(move |at| {
        let (before, after) = (change.before.get(at), change.after.get(at));
        let id = after.or(before).and_then(|line| line.id.as_deref()).unwrap_or("");
        let verb = change.verb.title().to_lowercase().replace(' ', "-");
        let own = [verb, csv_cell(&change.item)];
        let behind = [csv_cell(currency), csv_cell(id)];
        own.into_iter().chain(side(before)).chain(side(after)).chain(behind).collect()
    })
}

/// All changed lines under [`COLUMNS`], the most money first. Comma, quotes where needed (RFC 4180), a newline after each row.
///
/// # Panics
/// Never: rows are written to memory and all have the same length.
#[must_use]
pub fn diff_csv(diff: &PlanDiff) -> String {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("memory takes every row");
    for row in diff.lines.iter().flat_map(|change| rows(change, &diff.currency)) {
        writer.write_record(&row).expect("memory takes every row");
    }
    String::from_utf8(writer.into_inner().expect("memory takes every row")).expect("cells are text")
}
