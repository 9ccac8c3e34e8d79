//! Rows as entries of a table.

use super::columns::{Columns, is_bucketed};
use super::headers::{find_columns, no_headers};
use super::records::{Extent, Records};
use super::{CsvFile, MAX_COLUMNS, MAX_PROBLEMS};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::input::Input;
use crate::document::read::{RawEntry, RawTable, Reader};
use crate::document::spec::{TableSpec, grouped};
use crate::document::values::Row;
use crate::render::number::counted;
use crate::source::{FileId, Span};

/// Reads the rows of a file as entries of a table.
pub(in crate::document) fn read_rows<T: Row>(csv: CsvFile<'_>, list: &mut Vec<T>, reader: &mut Reader) {
    each_row(csv, T::SPEC, reader, |columns, records, header, reader| {
        list.push(read_row(columns, records, header, csv.file, reader));
    });
}

/// Goes over the rows of a file, headers and blank rows aside, that have a cell for each column.
pub(super) fn each_row(
    csv: CsvFile<'_>,
    spec: &'static TableSpec,
    reader: &mut Reader,
    mut row: impl FnMut(&Columns, &Records<'_>, Span, &mut Reader),
) {
    let CsvFile { request, file, text } = csv;
    let mut records = Records::new(text, &request.format);
    let mut columns: Option<Columns> = None;
    let mut width = 0;
    let before = reader.found;
    while let Some(extent) = records.advance() {
        if let Some((diagnostic, unread)) = broken_off(csv, &extent, reader.found - before) {
            reader.report(diagnostic);
            reader.broken.push(unread.into());
            return;
        }
        let whole = Span::new(file, extent.start, extent.end);
        let Some(columns) = &columns else {
            width = records.width();
            let headers: Vec<_> = (0..width).map(|index| records.make(file, index)).collect();
            columns = find_columns(request, spec, &headers, whole, reader);
            if columns.is_none() {
                // What the rows would have stated is not missing, only unread.
                reader.broken.push(text.into());
                return;
            }
            continue;
        };
        if records.is_blank() {
            continue;
        }
        match misshapen(columns, &records, width, file, whole) {
            Some(diagnostic) => {
                reader.broken.push(text[extent.start..extent.end].into());
                reader.report(diagnostic);
            }
            None => row(columns, &records, whole, reader),
        }
    }
    if columns.is_none() {
        reader.report(no_headers(request));
    }
}

/// Why a file is read no further, and the text that stays unread for that.
fn broken_off<'a>(csv: CsvFile<'a>, record: &Extent, problems: usize) -> Option<(Diagnostic, &'a str)> {
    let CsvFile { file, text, .. } = csv;
    if let Some(start) = record.open {
        let diagnostic = Diagnostic::error(&codes::CSV_SYNTAX, "the quotes of this cell are not closed");
        return Some((diagnostic.at(Span::new(file, start, start + 1), "opened here"), &text[start..]));
    }
    if record.too_wide {
        let message = format!("a row has more than {} cells", grouped(MAX_COLUMNS.into()));
        let diagnostic = Diagnostic::error(&codes::TOO_LARGE, message);
        let start = Span::new(file, record.start, record.start);
        return Some((diagnostic.at(start, "this row"), &text[record.start..]));
    }
    (problems > MAX_PROBLEMS).then(|| {
        let most = grouped(MAX_PROBLEMS.into());
        let message = format!("the file has more than {most} problems and is read no further");
        let whole = Span::new(file, record.start, record.end);
        (Diagnostic::error(&codes::TOO_LARGE, message).at(whole, "not read from here on"), "")
    })
}

/// The problem of a row with too few cells, or with some in no column.
fn misshapen(columns: &Columns, records: &Records<'_>, width: usize, file: FileId, whole: Span) -> Option<Diagnostic> {
    let count = records.width();
    let cells = || counted(count, "cell", "cells");
    if let Some(missing) = columns.plain.iter().find(|column| column.index >= count) {
        let message = format!("the row has {}, but `{}` is cell {}", cells(), missing.key, missing.index + 1);
        let diagnostic = Diagnostic::error(&codes::CSV_SYNTAX, message).at(whole, "this row");
        return Some(diagnostic.help("every row has a cell for each column, empty where it says nothing"));
    }
    let extra = (width..count).find(|&index| !records.text(index).is_empty())?;
    let message = format!("the row has {}, but the file has {}", cells(), counted(width, "column", "columns"));
    let diagnostic = Diagnostic::error(&codes::CSV_SYNTAX, message);
    let diagnostic = diagnostic.at(records.make(file, extra).span, "in no column");
    Some(diagnostic.help("put a cell in quotes that holds the delimiter"))
}

/// Reads a record as a table's entry; empty cells are keys left out.
pub(super) fn read_row<T: Row>(
    columns: &Columns,
    records: &Records<'_>,
    header: Span,
    file: FileId,
    reader: &mut Reader,
) -> T {
    let make = |index| records.make(file, index);
    let selected: Vec<_> = columns.selector.iter().map(|(column, _)| (column.key, make(column.index))).collect();
    let mut entries = Vec::with_capacity(columns.plain.len() + 1);
    for column in &columns.plain {
        let cell = make(column.index);
        if cell.text.is_empty() {
            continue;
        }
        let value = match columns.bucket {
            Some(bucket)
                if is_bucketed(column.key, column.kind) && !(columns.by_day && records.text(bucket).is_empty()) =>
            {
                Input::InBucket { bucket: make(bucket), value: cell }
            }
            _ => Input::Cell(cell),
        };
        entries.push(RawEntry { key: column.key, key_span: header, value });
    }
    if !selected.is_empty() {
        entries.push(RawEntry { key: "where", key_span: header, value: Input::Columns(&selected) });
    }
    T::read(&RawTable { header, entries }, reader)
}
