//! CSV files: cells with their places, rows as table entries.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::input::Input;
use super::read::{RawEntry, RawTable, Reader, Slot, in_limits, plain_decimal};
use super::spec::{Entity, Form, Kind, TableSpec, did_you_mean};
use super::tables;
use super::values::{Row, SeriesText};
use crate::calendar::Period;
use crate::diagnostic::{Diagnostic, codes};
use crate::render::number::counted;
use crate::series::{Series, SeriesKey};
use crate::source::{FileId, Span, Spanned};

/// Most cells of a row.
pub(super) const MAX_COLUMNS: usize = 10_000;
/// Most problems of a file; behind them it is read no further.
pub(super) const MAX_PROBLEMS: usize = 100_000;

/// How a CSV file writes things.
#[derive(Debug, Clone, PartialEq)]
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
    /// Where it stands, quotes included.
    span: Span,
}

impl<'a> Cell<'a> {
    /// Where it stands.
    pub(super) fn span(&self) -> Span {
        self.span
    }

    /// The text as a number is written in Rust. Where the comma is the decimal point, points group three digits each;
    /// elsewhere they are left, so that what comes out is no number.
    pub(super) fn number(&self) -> Cow<'a, str> {
        if !self.format.decimal_comma {
            return Cow::Borrowed(self.text);
        }
        let (whole, fraction) = self.text.split_once(',').unwrap_or((self.text, ""));
        let mut groups = whole.split('.').skip(1);
        if !groups.all(|group| group.len() == 3) || fraction.contains(['.', ',']) {
            return Cow::Owned(self.text.replace('.', "'"));
        }
        let whole = whole.replace('.', "");
        Cow::Owned(if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") })
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Records

/// A cell as it stands in the text.
#[derive(Debug, Clone, Copy)]
struct Raw {
    start: usize,
    end: usize,
    /// Its text is not a stretch of the file, since quotes are doubled in it, but this one of [`Records::unescaped`].
    unescaped: Option<usize>,
    quoted: bool,
}

/// Walks over the records of a text; blank lines are none. A quote counts at the start of a cell only, and what stands
/// behind a closing one belongs to the cell as it is.
struct Records<'a> {
    text: &'a str,
    at: usize,
    format: &'a CsvFormat,
    /// Bytes that end a cell without quotes.
    ends_cell: [bool; 256],
    /// Cells of the current record.
    cells: Vec<Raw>,
    unescaped: Vec<String>,
}

/// Where a record is.
struct Extent {
    start: usize,
    end: usize,
    /// Where the quotes open that swallowed the rest of the file.
    open: Option<usize>,
    /// It has more cells than a row may have.
    too_wide: bool,
}

impl<'a> Records<'a> {
    fn new(text: &'a str, format: &'a CsvFormat) -> Self {
        let mut ends_cell = [false; 256];
        for byte in [format.delimiter, b'\r', b'\n'] {
            ends_cell[usize::from(byte)] = true;
        }
        let at = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
        Self { text, at, format, ends_cell, cells: Vec::new(), unescaped: Vec::new() }
    }

    /// Goes to the next record; `None` behind the last one.
    fn advance(&mut self) -> Option<Extent> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b'\r' | b'\n')) {
            self.at += 1;
        }
        if self.at >= bytes.len() {
            return None;
        }
        self.cells.clear();
        self.unescaped.clear();
        let start = self.at;
        loop {
            let open = self.cell(bytes);
            let more = bytes.get(self.at) == Some(&self.format.delimiter);
            let too_wide = more && self.cells.len() == MAX_COLUMNS;
            if !more || too_wide {
                return Some(Extent { start, end: self.at, open, too_wide });
            }
            self.at += 1;
        }
    }

    /// Goes over one cell; where its quotes are not closed, where they open.
    fn cell(&mut self, bytes: &[u8]) -> Option<usize> {
        let start = self.at;
        if bytes.get(start) != Some(&self.format.quote) {
            self.at = self.end_of_cell(bytes, start);
            self.cells.push(Raw { start, end: self.at, unescaped: None, quoted: false });
            return None;
        }
        let mut at = start + 1;
        let mut doubled = false;
        let closed = loop {
            match bytes[at..].iter().position(|&byte| byte == self.format.quote).map(|found| at + found) {
                Some(quote) if bytes.get(quote + 1) == Some(&self.format.quote) => {
                    doubled = true;
                    at = quote + 2;
                }
                Some(quote) => break Some(quote),
                None => break None,
            }
        };
        self.at = closed.map_or(bytes.len(), |quote| self.end_of_cell(bytes, quote + 1));
        let inside = &self.text[start + 1..closed.unwrap_or(bytes.len())];
        let behind = &self.text[closed.map_or(bytes.len(), |quote| quote + 1)..self.at];
        let plain = !doubled && behind.is_empty() && closed.is_some();
        let unescaped = (!plain).then_some(self.unescaped.len());
        if !plain {
            let quote = char::from(self.format.quote);
            let inside = inside.replace(&format!("{quote}{quote}"), quote.encode_utf8(&mut [0; 4]));
            self.unescaped.push(inside + behind);
        }
        self.cells.push(Raw { start, end: self.at, unescaped, quoted: true });
        closed.is_none().then_some(start)
    }

    fn end_of_cell(&self, bytes: &[u8], from: usize) -> usize {
        let ends = |&byte: &u8| self.ends_cell[usize::from(byte)];
        bytes[from..].iter().position(ends).map_or(bytes.len(), |found| from + found)
    }

    /// The text of a cell of the current record, without quotes and space around it; empty where there is none.
    fn text(&self, index: usize) -> &str {
        let text = match self.cells.get(index) {
            None => "",
            Some(Raw { unescaped: Some(at), .. }) => &self.unescaped[*at],
            Some(raw) if raw.quoted => &self.text[raw.start + 1..(raw.end - 1).max(raw.start + 1)],
            Some(raw) => &self.text[raw.start..raw.end],
        };
        // Nearly no cell has space around it, and most are asked for their ends only here.
        let bare = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
        if bare(text.as_bytes().first()) && bare(text.as_bytes().last()) { text } else { text.trim() }
    }

    fn make(&self, file: FileId, index: usize) -> Cell<'_> {
        let (start, end) = self.cells.get(index).map_or((self.at, self.at), |raw| (raw.start, raw.end));
        Cell { text: self.text(index), format: self.format, span: Span::new(file, start, end) }
    }

    fn is_blank(&self) -> bool {
        (0..self.cells.len()).all(|index| self.text(index).is_empty())
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
            path: plain(fit_path(entry.path.spanned()?, reader)?),
            columns: columns.into_iter().collect(),
            columns_span: entry.columns.span(),
            format,
        })
    }
}

/// The path, where it is one on every system: reports those that only some could follow.
fn fit_path<'a>(path: &'a Spanned<String>, reader: &mut Reader) -> Option<&'a Spanned<String>> {
    let text = path.value.as_str();
    let drive = matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let from_root = "paths begin at the folder of sop.toml, such as \"data/demand.csv\"";
    let (code, message, help) = if text.trim().is_empty() {
        (&codes::WRONG_TYPE, "an empty path names no file".to_owned(), from_root.to_owned())
    } else if text.chars().any(char::is_control) {
        (&codes::WRONG_TYPE, "a path with a control character in it names no file".to_owned(), from_root.to_owned())
    } else if drive || text.starts_with(['/', '\\']) {
        (&codes::OUTSIDE_ROOT, format!("{text} leads out of the project"), from_root.to_owned())
    } else if text.contains('\\') {
        let right = format!("steps stand apart by `/` on every system: \"{}\"", text.replace('\\', "/"));
        (&codes::WRONG_TYPE, format!("the path {text} is written with `\\`"), right)
    } else {
        return Some(path);
    };
    reader.report(Diagnostic::error(code, message).at(path.span, "").help(help));
    None
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
    kind: Kind,
}

/// The columns of a file by what they are for.
struct Columns {
    plain: Vec<Column>,
    /// Keys of the table's selector.
    selector: Vec<(Column, Entity)>,
    bucket: Option<usize>,
    /// Rows may name a day instead of a bucket.
    by_day: bool,
    /// The id, of a table that has one in its header.
    id: Option<usize>,
}

/// A CSV file and the table it is asked for as.
#[derive(Clone, Copy)]
pub(super) struct CsvFile<'a> {
    pub(super) request: &'a Request,
    pub(super) file: FileId,
    pub(super) text: &'a str,
}

/// Reads the rows of a file as entries of a table.
pub(super) fn read_rows<T: Row>(csv: CsvFile<'_>, list: &mut Vec<T>, reader: &mut Reader) {
    each_row(csv, T::SPEC, reader, |columns, records, header, reader| {
        list.push(read_row(columns, records, header, csv.file, reader));
    });
}

/// Reads the rows of a file as tables with ids. What a file states of an id and what others do is one table: a key in
/// both is an error that shows both places.
pub(super) fn read_named<T: Row>(csv: CsvFile<'_>, list: &mut Vec<(Spanned<String>, T)>, reader: &mut Reader) {
    let before = list.len();
    each_row(csv, T::SPEC, reader, |columns, records, header, reader| {
        let id = records.make(csv.file, columns.id.unwrap_or(0));
        if id.text.is_empty() {
            let message = format!("the row names no {}", T::SPEC.name);
            reader.report(Diagnostic::error(&codes::MISSING_KEY, message).at(header, "this row"));
            return;
        }
        let table = read_row(columns, records, header, csv.file, reader);
        list.push((Spanned::new(id.text.to_owned(), id.span), table));
    });
    if list.len() == before {
        return;
    }
    // Stable: what stands in TOML comes before what stands in a row.
    list.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
    let mut merged: Vec<(Spanned<String>, T)> = Vec::with_capacity(list.len());
    let mut row: Option<Span> = None;
    for (id, table) in std::mem::take(list) {
        let own = id.span.file == csv.file;
        match merged.last_mut() {
            Some((known, _)) if known.value == id.value && own && row.is_some() => {
                let message = format!("`{}` stands in two rows", id.value);
                let diagnostic = Diagnostic::error(&codes::STATED_TWICE, message).at(id.span, "here");
                reader.report(diagnostic.at(row.unwrap_or(id.span), "and here"));
            }
            Some((known, base)) if known.value == id.value => {
                row = own.then_some(id.span);
                base.merge(table, &format!("[{}.{}]", T::SPEC.name, id.value), reader);
            }
            _ => {
                row = own.then_some(id.span);
                merged.push((id, table));
            }
        }
    }
    *list = merged;
}

/// Reads the rows of a file with a row for each bucket. Rows that say the same but for the bucket become one entry with
/// a key for each, as if they were written in TOML, as long as no bucket comes twice and every name in them is
/// known: else each keeps a place of its own for what is to be said about it.
pub(super) fn read_buckets<T: Row>(
    csv: CsvFile<'_>,
    list: &mut Vec<T>,
    series: fn(&mut T) -> &mut Slot<SeriesText>,
    known: &Known<'_>,
    reader: &mut Reader,
) {
    let mut groups = Groups::default();
    let mut usual = 1;
    each_row(csv, T::SPEC, reader, |columns, records, header, reader| {
        let by_bucket = columns.by_bucket();
        if let Some((bucket, value)) = by_bucket {
            groups.look(columns, records, value.index);
            if let Some(at) = groups.current
                && let Some(more) = more_of_series(records, csv.file, bucket, value)
                && add_to(series(&mut list[at]), more, &mut usual)
            {
                return;
            }
        }
        list.push(read_row(columns, records, header, csv.file, reader));
        if by_bucket.is_some() && known.all(columns, records) {
            groups.begin(list.len() - 1);
        }
    });
}

/// A period's value and where the period stands; `None` for what is not plainly right.
fn more_of_series(records: &Records<'_>, file: FileId, bucket: usize, value: Column) -> Option<(SeriesKey, Span)> {
    let (Kind::Level(quantity) | Kind::Flow(quantity)) = value.kind else { return None };
    let number = in_limits(plain_decimal(&records.make(file, value.index).number())?, quantity)?;
    let cell = records.make(file, bucket);
    let period = Period::parse(cell.text)?;
    Some((SeriesKey { first: period, last: period, range: false, value: number }, cell.span))
}

/// Adds a key to a series by bucket, which are in order, where it is none of those that are there; false where it is not added. `usual` is how many
/// keys the series before had.
fn add_to(slot: &mut Slot<SeriesText>, (key, span): (SeriesKey, Span), usual: &mut usize) -> bool {
    let Slot::Is(Spanned { value: SeriesText { series: Series::Table { default: None, keys }, key_spans }, .. }) = slot
    else {
        return false;
    };
    let Some(last) = keys.last().filter(|last| last.first.grain() == key.first.grain()) else { return false };
    let at = if last.last < key.first {
        keys.len()
    } else {
        let Err(at) = keys.binary_search_by(|known| known.first.cmp(&key.first)) else { return false };
        at
    };
    if keys.len() == 1 {
        keys.reserve_exact(*usual);
        key_spans.reserve_exact(*usual);
    }
    keys.insert(at, key);
    key_spans.insert(at, span);
    *usual = keys.len();
    true
}

/// Rows that say the same but for bucket and value, by what they say.
#[derive(Default)]
struct Groups {
    known: HashMap<Vec<u8>, usize>,
    /// What the row at hand says.
    key: Vec<u8>,
    /// What the row before it said.
    before: Vec<u8>,
    /// The entry of the row at hand.
    current: Option<usize>,
}

impl Groups {
    /// Looks for the entry of a row.
    fn look(&mut self, columns: &Columns, records: &Records<'_>, value: usize) {
        std::mem::swap(&mut self.key, &mut self.before);
        self.key.clear();
        let plain = columns.plain.iter().map(|column| column.index).filter(|&index| index != value);
        for index in plain.chain(columns.selector.iter().map(|(column, _)| column.index)) {
            let text = records.text(index);
            // Behind each text its length, so that no two rows come to the same key.
            self.key.extend_from_slice(text.as_bytes());
            self.key.extend_from_slice(&text.len().to_le_bytes());
        }
        if self.current.is_none() || self.key != self.before {
            self.current = self.known.get(&self.key).copied();
        }
    }

    /// Makes `entry` that of the row at hand.
    fn begin(&mut self, entry: usize) {
        self.current = Some(entry);
        match self.known.get_mut(&self.key) {
            Some(known) => *known = entry,
            None => drop(self.known.insert(self.key.clone(), entry)),
        }
    }
}

/// Names that are declared.
pub(super) struct Known<'a>(HashSet<(Entity, &'a str)>);

impl<'a> Known<'a> {
    /// Those of items, with what they are sorted by, and of channels.
    pub(super) fn of(
        items: &'a [(Spanned<String>, tables::Item)],
        channels: &'a [(Spanned<String>, tables::Channel)],
    ) -> Self {
        let mut names: HashSet<_> = channels.iter().map(|(id, _)| (Entity::Channel, id.value.as_str())).collect();
        for (id, item) in items {
            names.insert((Entity::Item, &id.value));
            let words =
                [(Entity::Category, &item.category), (Entity::Class, &item.class), (Entity::Brand, &item.brand)];
            names.extend(words.into_iter().filter_map(|(entity, slot)| Some((entity, slot.get()?.as_str()))));
        }
        Self(names)
    }

    /// All of them, in order.
    pub(super) fn listed(&self) -> String {
        let mut names: Vec<String> = self.0.iter().map(|(entity, name)| format!("{entity:?} {name}\n")).collect();
        names.sort_unstable();
        names.concat()
    }

    /// True where all names of a row are.
    fn all(&self, columns: &Columns, records: &Records<'_>) -> bool {
        let plain = columns.plain.iter().filter_map(|column| match column.kind {
            Kind::Name(entity) => Some((entity, records.text(column.index))),
            _ => None,
        });
        let selected = columns.selector.iter().map(|(column, entity)| (*entity, records.text(column.index)));
        plain.chain(selected).all(|(entity, name)| name.is_empty() || self.0.contains(&(entity, name)))
    }
}

/// Goes over the rows of a file, headers and blank rows aside, that have a cell for each column.
fn each_row(
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
        let whole = Span::new(file, extent.start, extent.end);
        if let Some(start) = extent.open {
            let diagnostic = Diagnostic::error(&codes::CSV_SYNTAX, "the quotes of this cell are not closed");
            reader.report(diagnostic.at(Span::new(file, start, start + 1), "opened here"));
            reader.broken.push(text[start..].into());
            return;
        }
        if extent.too_wide {
            let message = format!("a row has more than {} cells", grouped(MAX_COLUMNS));
            reader.report(
                Diagnostic::error(&codes::TOO_LARGE, message)
                    .at(Span::new(file, extent.start, extent.start), "this row"),
            );
            reader.broken.push(text[extent.start..].into());
            return;
        }
        if reader.found - before > MAX_PROBLEMS {
            let message = format!("the file has more than {} problems and is read no further", grouped(MAX_PROBLEMS));
            reader.report(Diagnostic::error(&codes::TOO_LARGE, message).at(whole, "not read from here on"));
            reader.broken.push("".into());
            return;
        }
        let Some(columns) = &columns else {
            columns =
                find_columns(request, spec, records.cells.len(), whole, &|index| records.make(file, index), reader);
            if columns.is_none() {
                // What the rows would have stated is not missing, only unread.
                reader.broken.push(text.into());
                return;
            }
            width = records.cells.len();
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
        let message = format!("{} is empty; its first row is to name the columns", request.path.value);
        reader.report(Diagnostic::error(&codes::CSV_COLUMNS, message).at(request.path.span, "asked for here"));
    }
}

/// The problem of a row with too few cells, or with some in no column.
fn misshapen(columns: &Columns, records: &Records<'_>, width: usize, file: FileId, whole: Span) -> Option<Diagnostic> {
    let count = records.cells.len();
    let cells = || counted(count, "cell", "cells");
    if let Some(missing) = columns.plain.iter().find(|column| column.index >= count) {
        let message = format!("the row has {}, but `{}` is cell {}", cells(), missing.key, missing.index + 1);
        return Some(Diagnostic::error(&codes::CSV_SYNTAX, message).at(whole, "this row"));
    }
    let extra = (width..count).find(|&index| !records.text(index).is_empty())?;
    let message = format!("the row has {}, but the file has {}", cells(), counted(width, "column", "columns"));
    let diagnostic = Diagnostic::error(&codes::CSV_SYNTAX, message);
    let diagnostic = diagnostic.at(records.make(file, extra).span, "in no column");
    Some(diagnostic.help("put a cell in quotes that holds the delimiter"))
}

/// Reads a record as a table's entry; empty cells are keys left out.
fn read_row<T: Row>(columns: &Columns, records: &Records<'_>, header: Span, file: FileId, reader: &mut Reader) -> T {
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

/// The key that a `bucket` column speaks of.
fn is_bucketed(key: &str, kind: Kind) -> bool {
    matches!(key, "units" | "price" | "returned" | "promoted" | "lost")
        && matches!(kind, Kind::Level(_) | Kind::Flow(_))
}

impl Columns {
    /// The columns of a bucket and its value.
    fn by_bucket(&self) -> Option<(usize, Column)> {
        let value = self.plain.iter().find(|column| is_bucketed(column.key, column.kind))?;
        Some((self.bucket?, *value))
    }
}

fn grouped(number: usize) -> String {
    super::spec::grouped(number.into())
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
    let by_day = spec.field("on").is_some();
    let mut columns = Columns { plain: Vec::new(), selector: Vec::new(), bucket: None, by_day, id: None };
    if spec.form == Form::Named {
        columns.id = locate(spec.name, reader);
        if columns.id.is_none() {
            let names: Vec<_> = (0..width).map(|index| make(index).text).collect();
            reader.report(no_column(request, spec, spec.name, &header_of(spec.name), &names, row));
            return None;
        }
    }
    for field in spec.fields {
        if let Kind::Selector(entities) = field.kind {
            for entity in entities.iter().filter(|entity| **entity != Entity::Attribute) {
                let column = |index| (Column { index, key: entity.name(), kind: Kind::Name(*entity) }, *entity);
                columns.selector.extend(locate(entity.name(), reader).map(column));
            }
        } else if let Some(index) = locate(field.key, reader) {
            columns.plain.push(Column { index, key: field.key, kind: field.kind });
        } else if field.need == super::spec::Need::Required {
            let names: Vec<_> = (0..width).map(|index| make(index).text).collect();
            reader.report(no_column(request, spec, field.key, &header_of(field.key), &names, row));
            return None;
        }
    }
    if spec.form == Form::List && spec.fields.iter().any(|field| is_bucketed(field.key, field.kind)) {
        columns.bucket = locate("bucket", reader);
    }
    for (key, header) in &request.columns {
        let known = spec.field(key).is_some()
            || spec.form == Form::Named && key == spec.name
            || key == "bucket"
            || columns.selector.iter().any(|(column, _)| column.key == key);
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
    if good && request.columns.is_empty() {
        let unread = (0..width).filter(|&index| taken[index].is_none() && !make(index).text.trim().is_empty());
        reader.diagnostics.extend(no_keys(spec, &unread.map(make).collect::<Vec<_>>()));
    }
    good.then_some(columns)
}

/// Tells of columns that are no keys, where nobody said which columns count.
fn no_keys(spec: &'static TableSpec, unread: &[Cell<'_>]) -> Option<Diagnostic> {
    let first = unread.first()?;
    let message = format!("the column `{}` is no key of {}, so it is not read", first.text, spec.header());
    let mut diagnostic = Diagnostic::warning(&codes::CSV_COLUMNS, message).at(first.span(), "");
    if let [_, others @ ..] = unread
        && !others.is_empty()
    {
        let names: Vec<_> = others.iter().take(LISTED).map(|cell| format!("`{}`", cell.text)).collect();
        let more = if others.len() > LISTED { " and more" } else { "" };
        diagnostic = diagnostic.with_note(format!("and so is {}{more}", names.join(", ")));
    }
    Some(match did_you_mean(first.text, spec.fields.iter().map(|field| field.key)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => {
            diagnostic.help("`columns = { ... }` in the [[csv]] entry says which columns count: others are let be then")
        }
    })
}

/// Most columns that are listed.
const LISTED: usize = 10;

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

#[cfg(test)]
mod tests {
    use super::*;

    fn format(delimiter: u8, quote: u8) -> CsvFormat {
        CsvFormat { delimiter, quote, decimal_comma: false, date: String::new() }
    }

    /// The cells of all records, and whether the last quotes were left open.
    fn cells(text: &str, format: &CsvFormat) -> (Vec<Vec<String>>, bool) {
        let mut records = Records::new(text, format);
        let mut all = Vec::new();
        while let Some(extent) = records.advance() {
            assert!(text.is_char_boundary(extent.start) && text.is_char_boundary(extent.end), "{text:?}");
            if extent.open.is_some() {
                return (all, true);
            }
            all.push((0..records.cells.len()).map(|index| records.text(index).to_owned()).collect());
        }
        (all, false)
    }

    /// Another reader's opinion.
    fn cells_by_csv(text: &str, format: &CsvFormat) -> Vec<Vec<String>> {
        let mut reader = ::csv::ReaderBuilder::new();
        reader.delimiter(format.delimiter).quote(format.quote).flexible(true).has_headers(false);
        let records = reader.from_reader(text.as_bytes()).into_records();
        records.map(|record| record.expect("text").iter().map(|cell| cell.trim().to_owned()).collect()).collect()
    }

    #[test]
    fn records_are_those_of_another_reader() {
        let mut state = 0x5eed_u64;
        let mut below = |end: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 8) % end
        };
        let pieces = ["a", "bc", "\"", "\"\"", ",", ";", "\n", "\r\n", "\r", " ", "ä", "'", "\u{301}"];
        let (mut compared, mut open) = (0, 0);
        for _ in 0..20_000 {
            let text: String = (0..below(14)).map(|_| pieces[usize::try_from(below(13)).unwrap()]).collect();
            let format = if below(2) == 0 { format(b',', b'"') } else { format(b';', b'\'') };
            let (found, left_open) = cells(&text, &format);
            if left_open {
                open += 1;
                continue;
            }
            assert_eq!(found, cells_by_csv(&text, &format), "{text:?}");
            compared += 1;
        }
        assert!(compared > 5_000 && open > 1_000, "{compared} {open}");
    }

    #[test]
    fn cells_know_where_they_stand() {
        let text = "\u{feff}a, \"b\"\r\n\n\"x \"\"y\"\"\",é\n";
        let format = format(b',', b'"');
        let mut records = Records::new(text, &format);
        records.advance().unwrap();
        let under = |records: &Records<'_>, index| {
            let span = records.make(FileId(0), index).span();
            text[span.start as usize..span.end as usize].to_owned()
        };
        assert_eq!((under(&records, 0), under(&records, 1)), ("a".into(), " \"b\"".into()));
        let second = records.advance().unwrap();
        assert_eq!(&text[second.start..second.end], "\"x \"\"y\"\"\",é");
        assert_eq!((records.text(0), records.text(1), records.text(2)), ("x \"y\"", "é", ""));
        assert_eq!((under(&records, 0), under(&records, 1)), ("\"x \"\"y\"\"\"".into(), "é".into()));
        assert!(records.advance().is_none());
    }
}
