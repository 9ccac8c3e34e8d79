//! CSV files: cells with their places, rows as table entries.

use super::input::Input;
use super::read::{RawEntry, RawTable, Reader};
use super::spec::{Kind, TableSpec, did_you_mean};
use super::tables;
use crate::diagnostic::{Diagnostic, codes};
use crate::render::number::counted;
use crate::source::{FileId, Span, Spanned};

/// How a CSV file writes things.
#[derive(Debug, Clone)]
pub(super) struct CsvFormat {
    /// Between cells.
    pub(super) delimiter: u8,
    /// Around cells.
    pub(super) quote: u8,
    /// True where `1,5` is one and a half.
    pub(super) decimal_comma: bool,
    /// In the terms of strftime.
    pub(super) date: String,
}

/// One cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell<'a> {
    /// What it says, without quotes and space around it.
    pub(super) text: &'a str,
    /// How its file writes things.
    pub(super) format: &'a CsvFormat,
    pub(super) file: FileId,
    /// The whole file.
    pub(super) source: &'a str,
    /// Where its record begins.
    pub(super) record: usize,
    /// Which cell of the record.
    pub(super) column: usize,
}

impl Cell<'_> {
    /// Where it stands; found by walking its record, since most cells are never asked.
    pub(super) fn span(&self) -> Span {
        let (start, end, _) = walk(self.source.as_bytes(), self.record, self.column, self.format);
        Span::new(self.file, start, end)
    }

    /// The text as a number is written in Rust. Where the comma is the decimal point, points group three digits each;
    /// elsewhere they are left, so that what comes out is no number.
    pub(super) fn number(&self) -> String {
        if !self.format.decimal_comma {
            return self.text.to_owned();
        }
        let (whole, fraction) = self.text.split_once(',').unwrap_or((self.text, ""));
        let mut groups = whole.split('.').skip(1);
        if !groups.all(|group| group.len() == 3) || fraction.contains(['.', ',']) {
            return self.text.replace('.', "'");
        }
        let whole = whole.replace('.', "");
        if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") }
    }
}

/// Start and end of cell `column` of the record at byte `at`, and whether the text ended inside of its quotes. A quote
/// counts at the start of a cell only, as it does for the reader.
fn walk(bytes: &[u8], mut at: usize, column: usize, format: &CsvFormat) -> (usize, usize, bool) {
    for index in 0.. {
        let start = at;
        let mut quoted = bytes.get(at) == Some(&format.quote);
        at += usize::from(quoted);
        while let Some(&byte) = bytes.get(at) {
            if quoted && byte == format.quote {
                // A doubled quote opens again.
                quoted = bytes.get(at + 1) == Some(&format.quote);
                at += usize::from(quoted);
            } else if !quoted && (byte == format.delimiter || matches!(byte, b'\r' | b'\n')) {
                break;
            }
            at += 1;
        }
        if index == column || bytes.get(at) != Some(&format.delimiter) {
            return (start, at, quoted);
        }
        at += 1;
    }
    (at, at, false)
}

/// What a `[[csv]]` entry says, in order.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) table: Spanned<String>,
    pub(super) path: Spanned<String>,
    /// Key and header.
    pub(super) columns: Vec<(String, String)>,
    pub(super) columns_span: Option<Span>,
    pub(super) format: CsvFormat,
}

impl Request {
    /// What the entry asks for; `None` where it is wrong, which is reported.
    pub(super) fn of(entry: &tables::Csv, reader: &mut Reader) -> Option<Self> {
        let one_byte = |slot: &super::Slot<String>, default: u8, reader: &mut Reader| match slot.spanned() {
            None => Some(default),
            Some(text) if text.value.len() == 1 && !text.value.contains(['\n', '\r']) => Some(text.value.as_bytes()[0]),
            Some(text) => {
                let message = format!("expected one ASCII character, found \"{}\"", text.value);
                let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message).at(text.span, "");
                reader.report(if text.value.eq_ignore_ascii_case("tab") {
                    diagnostic.help("a tab is written \"\\t\"").edit(text.span, "\"\\t\"")
                } else {
                    diagnostic
                });
                None
            }
        };
        let format = CsvFormat {
            delimiter: one_byte(&entry.delimiter, b',', reader)?,
            quote: one_byte(&entry.quote, b'"', reader)?,
            decimal_comma: entry.decimal.get().is_some_and(|point| point == ","),
            date: date_format(entry, reader)?,
        };
        let columns = entry.columns.get().map(|words| words.0.clone()).unwrap_or_default();
        Some(Self {
            table: entry.table.spanned()?.clone(),
            path: plain(entry.path.spanned()?),
            columns: columns.into_iter().collect(),
            columns_span: entry.columns.span(),
            format,
        })
    }
}

/// A path without `.` steps, so that one file has one name.
fn plain(path: &Spanned<String>) -> Spanned<String> {
    let steps: Vec<_> = path
        .value
        .split('/')
        .enumerate()
        .filter(|&(index, step)| step != "." && (index == 0 || !step.is_empty()))
        .collect();
    Spanned::new(steps.into_iter().map(|(_, step)| step).collect::<Vec<_>>().join("/"), path.span)
}

fn date_format(entry: &tables::Csv, reader: &mut Reader) -> Option<String> {
    let Some(format) = entry.date_format.spanned() else { return Some("%Y-%m-%d".into()) };
    let mut items = chrono::format::StrftimeItems::new(&format.value);
    if items.any(|item| matches!(item, chrono::format::Item::Error)) {
        let message = format!("`{}` is no date format", format.value);
        let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message).at(format.span, "");
        reader.report(diagnostic.help("for example \"%d.%m.%Y\""));
        return None;
    }
    Some(format.value.clone())
}

/// A column: its place in the record and the key it holds.
#[derive(Debug, Clone, Copy)]
struct Column {
    index: usize,
    key: &'static str,
}

/// The columns of a file by what they are for.
struct Columns {
    plain: Vec<Column>,
    /// Keys of the table's selector.
    selector: Vec<Column>,
    bucket: Option<usize>,
}

/// Reads the rows of a file as entries of `spec`, one call of `row` each.
pub(super) fn read_rows(
    request: &Request,
    file: FileId,
    text: &str,
    spec: &'static TableSpec,
    reader: &mut Reader,
    mut row: impl FnMut(&RawTable<'_>, &mut Reader),
) {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let shift = text.len() - body.len();
    let mut csv = csv::ReaderBuilder::new()
        .delimiter(request.format.delimiter)
        .quote(request.format.quote)
        .flexible(true)
        .has_headers(false)
        .from_reader(body.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut columns: Option<Columns> = None;
    let mut width = 0;
    loop {
        let at = shift + usize::try_from(csv.position().byte()).unwrap_or(0);
        match csv.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let message = format!("the CSV cannot be read: {error}");
                reader.report(Diagnostic::error(&codes::CSV_SYNTAX, message).at(Span::new(file, at, at), ""));
                return;
            }
        }
        let at = record.position().map_or(at, |position| shift + usize::try_from(position.byte()).unwrap_or(0));
        // Blank lines before a record belong to its position.
        let at = at + text[at..].bytes().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let make = |column: usize| Cell {
            text: record.get(column).unwrap_or("").trim(),
            format: &request.format,
            file,
            source: text,
            record: at,
            column,
        };
        let end = (shift + usize::try_from(csv.position().byte()).unwrap_or(0)).min(text.len());
        let whole = Span::new(file, at, at.max(text[..end].trim_end_matches(['\r', '\n']).len()));
        if let Some(start) = never_closed(text, end, at, record.len(), &request.format) {
            let diagnostic = Diagnostic::error(&codes::CSV_SYNTAX, "the quotes of this cell are not closed");
            reader.report(diagnostic.at(Span::new(file, start, start + 1), "opened here"));
            return;
        }
        let Some(columns) = &columns else {
            columns = find_columns(request, spec, record.len(), whole, &make, reader);
            if columns.is_none() {
                return;
            }
            width = record.len();
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if let Some(missing) = columns.plain.iter().find(|column| column.index >= record.len()) {
            let cells = counted(record.len(), "cell", "cells");
            let message = format!("the row has {cells}, but `{}` is cell {}", missing.key, missing.index + 1);
            reader.report(Diagnostic::error(&codes::CSV_SYNTAX, message).at(whole, "this row"));
            continue;
        }
        if let Some(extra) = (width..record.len()).find(|&index| !make(index).text.is_empty()) {
            let cells = counted(record.len(), "cell", "cells");
            let message = format!("the row has {cells}, but the file has {}", counted(width, "column", "columns"));
            let diagnostic = Diagnostic::error(&codes::CSV_SYNTAX, message).at(make(extra).span(), "in no column");
            reader.report(diagnostic.help("put a cell in quotes that holds the delimiter"));
            continue;
        }
        emit(columns, whole, &make, reader, &mut row);
    }
    if columns.is_none() {
        let message = format!("{} is empty; its first row is to name the columns", request.path.value);
        reader.report(Diagnostic::error(&codes::CSV_COLUMNS, message).at(request.path.span, "asked for here"));
    }
}

/// Where the quotes open that swallowed the rest of the file, if some did.
fn never_closed(text: &str, end: usize, record: usize, cells: usize, format: &CsvFormat) -> Option<usize> {
    if end < text.len() {
        return None;
    }
    let (start, _, open) = walk(text.as_bytes(), record, cells.checked_sub(1)?, format);
    open.then_some(start)
}

/// Lays a record out as a table's entries; empty cells are keys left out.
fn emit<'a>(
    columns: &Columns,
    header: Span,
    make: &impl Fn(usize) -> Cell<'a>,
    reader: &mut Reader,
    row: &mut impl FnMut(&RawTable<'_>, &mut Reader),
) {
    let selected: Vec<_> = columns.selector.iter().map(|column| (column.key, make(column.index))).collect();
    let mut entries = Vec::with_capacity(columns.plain.len() + 1);
    for column in &columns.plain {
        let cell = make(column.index);
        if cell.text.is_empty() {
            continue;
        }
        let value = match columns.bucket {
            Some(bucket) if is_bucketed(column.key) => Input::InBucket { bucket: make(bucket), value: cell },
            _ => Input::Cell(cell),
        };
        entries.push(RawEntry { key: column.key, key_span: header, value });
    }
    if !selected.is_empty() {
        entries.push(RawEntry { key: "where", key_span: header, value: Input::Columns(&selected) });
    }
    row(&RawTable { header, entries }, reader);
}

/// The key that a `bucket` column speaks of.
fn is_bucketed(key: &str) -> bool {
    matches!(key, "units" | "price")
}

fn find_columns<'a>(
    request: &Request,
    spec: &'static TableSpec,
    width: usize,
    row: Span,
    make: &impl Fn(usize) -> Cell<'a>,
    reader: &mut Reader,
) -> Option<Columns> {
    let mut good = true;
    let header_of =
        |key: &str| request.columns.iter().find(|(known, _)| known == key).map_or(key.to_owned(), |(_, h)| h.clone());
    let mut taken: Vec<Option<&'static str>> = vec![None; width];
    let mut locate = |key: &'static str, reader: &mut Reader| -> Option<usize> {
        let header = header_of(key);
        let mut found = (0..width).filter(|&index| make(index).text == header);
        let first = found.next();
        if let (Some(_), Some(second)) = (first, found.next()) {
            let message = format!("the column `{header}` stands twice");
            let diagnostic = Diagnostic::error(&codes::CSV_COLUMNS, message).at(make(second).span(), "here");
            reader.report(diagnostic.at(first.map_or(row, |first| make(first).span()), "and here"));
            good = false;
        }
        if let Some(index) = first {
            taken[index] = Some(key);
        }
        first
    };
    let mut columns = Columns { plain: Vec::new(), selector: Vec::new(), bucket: None };
    for field in spec.fields {
        if let Kind::Selector(entities) = field.kind {
            for entity in entities {
                columns
                    .selector
                    .extend(locate(entity.name(), reader).map(|index| Column { index, key: entity.name() }));
            }
        } else if let Some(index) = locate(field.key, reader) {
            columns.plain.push(Column { index, key: field.key });
        } else if field.need == super::spec::Need::Required {
            let names: Vec<_> = (0..width).map(|index| make(index).text).collect();
            reader.report(no_column(request, spec, field.key, &header_of(field.key), &names, row));
            return None;
        }
    }
    if spec.fields.iter().any(|field| is_bucketed(field.key)) {
        columns.bucket = locate("bucket", reader);
    }
    for (key, header) in &request.columns {
        let known =
            spec.field(key).is_some() || key == "bucket" || columns.selector.iter().any(|column| column.key == key);
        let missing = !(0..width).any(|index| make(index).text == header);
        let message = if missing {
            format!("the file has no column `{header}`")
        } else if known {
            continue;
        } else {
            format!("{} has no key `{key}`", spec.header())
        };
        let span = request.columns_span.unwrap_or(request.path.span);
        reader.report(Diagnostic::error(&codes::CSV_COLUMNS, message).at(span, "").at(row, "the headers"));
        good = false;
    }
    good.then_some(columns)
}

/// The problem of a column that is not there.
fn no_column(request: &Request, spec: &TableSpec, key: &str, header: &str, names: &[&str], row: Span) -> Diagnostic {
    let message = format!("the file has no column `{header}`, which {} needs", spec.header());
    let error = Diagnostic::error(&codes::CSV_COLUMNS, message);
    // Where `columns` names the header, that is the place to change.
    let renamed = request.columns_span.filter(|_| header != key);
    let diagnostic = match renamed {
        Some(span) => error.at(span, format!("`{key}` is to be found there")).at(row, "the headers"),
        None => error.at(row, "the headers").at(request.path.span, "asked for here"),
    };
    let other = [';', '\t', ',', '|'].into_iter().find(|&sign| names.len() == 1 && names[0].contains(sign));
    if let Some(sign) = other {
        let stated = format!("delimiter = {:?}", sign.to_string());
        return diagnostic.help(format!("is this the delimiter? {stated} in the [[csv]] entry says so"));
    }
    match did_you_mean(header, names.iter().copied()) {
        Some(near) => diagnostic.help(format!("`columns = {{ {key} = \"{near}\" }}` in the [[csv]] entry names it")),
        None => {
            diagnostic.help(format!("`columns = {{ {key} = \"...\" }}` in the [[csv]] entry says which column it is"))
        }
    }
}
