//! CSV files: cells with their places, rows as table entries.

use super::input::Input;
use super::read::{RawEntry, RawTable, Reader};
use super::spec::{Kind, TableSpec, did_you_mean};
use super::tables;
use crate::diagnostic::{Diagnostic, codes};
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
        let bytes = self.source.as_bytes();
        let (mut at, mut column, mut start, mut quoted) = (self.record, 0, self.record, false);
        while at < bytes.len() {
            match bytes[at] {
                byte if byte == self.format.quote => quoted = !quoted,
                b'\r' | b'\n' if !quoted => break,
                byte if byte == self.format.delimiter && !quoted => {
                    if column == self.column {
                        break;
                    }
                    column += 1;
                    start = at + 1;
                }
                _ => {}
            }
            at += 1;
        }
        Span::new(self.file, start, at.max(start))
    }

    /// The text as a number is written in Rust.
    pub(super) fn number(&self) -> String {
        if self.format.decimal_comma { self.text.replace('.', "").replace(',', ".") } else { self.text.to_owned() }
    }
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
                let message = "expected one ASCII character";
                reader.report(Diagnostic::error(&codes::WRONG_TYPE, message).at(text.span, ""));
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
            path: entry.path.spanned()?.clone(),
            columns: columns.into_iter().collect(),
            columns_span: entry.columns.span(),
            format,
        })
    }
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
        let Some(columns) = &columns else {
            columns = find_columns(request, spec, record.len(), &make, reader);
            if columns.is_none() {
                return;
            }
            continue;
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if let Some(missing) = columns.plain.iter().find(|column| column.index >= record.len()) {
            let message =
                format!("the row has {} cells, but `{}` is cell {}", record.len(), missing.key, missing.index + 1);
            reader.report(Diagnostic::error(&codes::CSV_SYNTAX, message).at(make(0).span(), "this row"));
            continue;
        }
        emit(columns, &make, reader, &mut row);
    }
}

/// Lays a record out as a table's entries; empty cells are keys left out.
fn emit<'a>(
    columns: &Columns,
    make: &impl Fn(usize) -> Cell<'a>,
    reader: &mut Reader,
    row: &mut impl FnMut(&RawTable<'_>, &mut Reader),
) {
    let header = make(0).span();
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
            reader.report(Diagnostic::error(&codes::CSV_COLUMNS, message).at(make(second).span(), ""));
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
            let header = header_of(field.key);
            let message = format!("the file has no column `{header}`, which {} needs", spec.header());
            let names: Vec<_> = (0..width).map(|index| make(index).text).collect();
            let mut diagnostic = Diagnostic::error(&codes::CSV_COLUMNS, message).at(make(0).span(), "the headers");
            diagnostic =
                match did_you_mean(&header, names.iter().copied()) {
                    Some(near) => diagnostic
                        .help(format!("columns = {{ {} = \"{near}\" }} in the [[csv]] entry names it", field.key)),
                    None => diagnostic
                        .help(format!("columns = {{ {} = \"...\" }} in the [[csv]] entry names it", field.key)),
                };
            reader.report(diagnostic.at(request.path.span, "asked for here"));
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
        reader.report(Diagnostic::error(&codes::CSV_COLUMNS, message).at(span, "").at(make(0).span(), "the headers"));
        good = false;
    }
    good.then_some(columns)
}
