//! Reading: from TOML values and CSV cells to typed values, collecting every problem on the way.
//!
//! A value that is wrong is reported once and read as [`Slot::Bad`], so that nothing derived from it complains again.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use toml::de::{DeTable, DeValue};

use super::input::{Input, toml_span};
use super::spec::{FieldSpec, Kind, Need, Quantity, TableSpec, did_you_mean};
use crate::diagnostic::{Diagnostic, Tally, codes};
use crate::document::clash::stated_twice;
use crate::source::{FileId, Span, Spanned};

/// What a key of a table turned out to be.
#[derive(Debug, Clone, Default)]
pub enum Slot<T> {
    /// Not there.
    #[default]
    Absent,
    /// There, but wrong, and reported.
    Bad(Span),
    /// There.
    Is(Spanned<T>),
}

impl<T> Slot<T> {
    /// The value, where there is a good one.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::Is(spanned) => Some(&spanned.value),
            _ => None,
        }
    }

    /// The value with its place, where there is a good one.
    pub fn spanned(&self) -> Option<&Spanned<T>> {
        match self {
            Self::Is(spanned) => Some(spanned),
            _ => None,
        }
    }

    /// Where it stands, good or bad.
    pub fn span(&self) -> Option<Span> {
        match self {
            Self::Is(spanned) => Some(spanned.span),
            Self::Bad(span) => Some(*span),
            Self::Absent => None,
        }
    }

    /// True where the key is not there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// True where the key is there and wrong.
    pub fn is_bad(&self) -> bool {
        matches!(self, Self::Bad(_))
    }

    /// Adds the places where the value names a week.
    pub(super) fn weeks(&self, found: &mut Vec<Span>)
    where
        T: super::values::Weeks,
    {
        if let Self::Is(spanned) = self {
            spanned.value.weeks(spanned.span, found);
        }
    }

    /// Takes `other` where it is there.
    pub(super) fn overlay(&mut self, other: Self) {
        if !other.is_absent() {
            *self = other;
        }
    }

    /// Takes `other` where nothing stood; the key twice is an error that shows both places.
    pub(super) fn merge(&mut self, other: Self, key: &str, header: &str, reader: &mut Reader) {
        match (self.span(), other.span()) {
            (Some(here), Some(there)) => {
                let message = format!("`{key}` of {header} is stated twice");
                reader.report(stated_twice(message, there, here));
            }
            (None, Some(_)) => *self = other,
            _ => {}
        }
    }
}

/// The value of a named assumption, as far as it could be read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Assumed {
    /// The number; `None` where it is wrong and reported.
    pub(super) value: Option<Decimal>,
    /// Where it is stated.
    pub(super) span: Span,
}

/// Most names that are listed.
const LISTED: usize = 8;
/// Problems from which on names are no longer guessed at.
const MANY: usize = 1_000;

/// Collects problems while values are read.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) diagnostics: Vec<Diagnostic>,
    /// How many were reported, kept or not.
    pub(super) found: usize,
    pub(super) tally: Tally,
    pub(super) assumptions: BTreeMap<String, Assumed>,
    /// Which values go by which of them.
    pub(super) assumed: BTreeMap<Span, String>,
    /// True while a layer is read that is laid over a project: nothing has to be there.
    pub(super) layer: bool,
    /// Files that change entries and add none: what `--set` says.
    pub(super) sets: BTreeSet<FileId>,
    /// True while the values of assumptions are read.
    pub(super) assuming: bool,
    /// Text of files with syntax errors: names that occur there are excused.
    pub(super) broken: Vec<std::sync::Arc<str>>,
}

impl Reader {
    /// True where nothing was wrong so far.
    pub(super) fn is_content(&self) -> bool {
        self.found == 0 && self.diagnostics.is_empty() && self.broken.is_empty()
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.found += 1;
        if self.tally.keeps(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Reports an entry that a `--set` is about and that is not there; false for those that may be added.
    pub(super) fn refuses<'k>(
        &mut self,
        (header, table): (Span, &TableSpec),
        name: &str,
        known: impl Iterator<Item = &'k str> + Clone,
    ) -> bool {
        if !self.sets.contains(&header.file) {
            return false;
        }
        if self.broken.iter().any(|text| super::names(text, name)) {
            return true;
        }
        let message = format!("{} has no entry `{name}` that could be changed", table.header());
        let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, message).at(header, "");
        self.report(match did_you_mean(name, known.clone()) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(match known.take(LISTED + 1).collect::<Vec<_>>() {
                all if all.is_empty() || all.len() > LISTED => "state new entries in a file".to_owned(),
                all => format!("there is {}; new entries are stated in a file", all.join(", ")),
            }),
        });
        true
    }

    /// Reports that `input` is not what `kind` takes.
    pub(super) fn wrong_type(&mut self, input: &Input<'_>, kind: Kind) {
        let words = match input {
            Input::Toml(..) => kind.words(),
            _ => kind.cell_words(),
        };
        let message = format!("expected {words}, found {}", input.found());
        let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message).at(input.span(), "");
        self.report(match input {
            Input::Toml(_, value) => match value.get_ref() {
                DeValue::String(text) => mend_text(diagnostic, input.span(), text, kind),
                _ => diagnostic,
            },
            Input::Cell(cell) | Input::InBucket { value: cell, .. } => mend_cell(diagnostic, cell, kind),
            Input::Columns(_) => diagnostic,
        });
    }
}

/// True for kinds that take a number.
fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Number(_) | Kind::Level(_) | Kind::Flow(_) | Kind::Whole(..) | Kind::Freight)
}

/// Tells how text was meant, where that is plain.
fn mend_text(diagnostic: Diagnostic, span: Span, text: &str, kind: Kind) -> Diagnostic {
    let point = text.replacen(',', ".", 1);
    match kind {
        Kind::Date if text.parse::<NaiveDate>().is_ok() => {
            diagnostic.help(format!("a date stands without quotes: {text}")).edit(span, text)
        }
        Kind::Date => diagnostic.help("a date stands without quotes"),
        Kind::Flag if matches!(text, "true" | "false") => {
            diagnostic.help(format!("write it without quotes: {text}")).edit(span, text)
        }
        Kind::Names(_) => {
            let list = format!("[\"{}\"]", text.replace('\\', "\\\\").replace('"', "\\\""));
            diagnostic.help(format!("a list stands in brackets: {list}")).edit(span, list)
        }
        _ if is_number(kind) && text.parse::<Decimal>().is_ok() => {
            diagnostic.help(format!("write the number without quotes: {text}")).edit(span, text)
        }
        _ if is_number(kind) && point.parse::<Decimal>().is_ok() => {
            diagnostic.help("write the number without quotes; decimals stand behind a point")
        }
        _ => diagnostic,
    }
}

/// True for `1,200` and `1,200,000.50`: commas stand before three digits each.
fn in_groups(text: &str) -> bool {
    let (whole, cents) = text.split_once('.').unwrap_or((text, ""));
    let first = whole.split(',').next().unwrap_or_default().trim_start_matches('-');
    (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && whole.split(',').skip(1).all(|group| group.len() == 3)
        && !cents.contains(',')
}

/// Tells how a cell was meant, where that is plain.
fn mend_cell(diagnostic: Diagnostic, cell: &super::csv::Cell<'_>, kind: Kind) -> Diagnostic {
    let commas = cell.text.contains(',') && cell.text.replace(['.', ','], "").parse::<Decimal>().is_ok();
    match kind {
        Kind::Date => diagnostic.help(format!(
            "dates of this file are read as `{}`; `date-format` in the [[csv]] entry states another form",
            cell.format.date
        )),
        _ if is_number(kind) && cell.format.decimal_comma && cell.text.contains('.') => {
            diagnostic.help("decimals stand behind a comma in this file, and points group three digits each")
        }
        _ if is_number(kind) && !cell.format.decimal_comma && commas && in_groups(cell.text) => {
            let plain = cell.text.replace(',', "");
            diagnostic.help(format!("digits are not grouped: {plain}; `decimal = \",\"` is for decimal commas"))
        }
        _ if is_number(kind) && !cell.format.decimal_comma && commas => {
            diagnostic.help("`decimal = \",\"` in the [[csv]] entry says that decimals stand behind a comma")
        }
        _ => diagnostic,
    }
}

/// A type that a key can have.
pub(super) trait Value: Sized {
    /// Reads it; `None` where it is wrong, which is reported.
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self>;
}

/// The entries of a table, before they are read.
#[derive(Debug)]
pub(super) struct RawTable<'a> {
    /// The header, the row, or the inline table.
    pub(super) header: Span,
    /// Keys and values; each key once.
    pub(super) entries: Vec<RawEntry<'a>>,
}

/// A key and its value.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawEntry<'a> {
    pub(super) key: &'a str,
    pub(super) key_span: Span,
    pub(super) value: Input<'a>,
}

impl RawEntry<'_> {
    /// True for a table with a header of its own, `[lane.x]`: its span is the header, which holds the key.
    pub(super) fn has_header(&self) -> bool {
        let Input::Toml(_, value) = self.value else { return false };
        let span = self.value.span();
        value.get_ref().is_table() && span.start < self.key_span.start && self.key_span.end < span.end
    }
}

impl<'a> RawTable<'a> {
    /// The entries of one TOML table.
    pub(super) fn of(file: FileId, header: Span, table: &'a DeTable<'a>) -> Self {
        let entry = |(key, value): (&'a toml::Spanned<_>, &'a toml::Spanned<DeValue<'a>>)| {
            let name: &toml::de::DeString<'a> = key.get_ref();
            RawEntry { key: name.as_ref(), key_span: toml_span(file, key.span()), value: Input::Toml(file, value) }
        };
        Self { header, entries: table.iter().map(entry).collect() }
    }

    fn find(&self, key: &str) -> Option<&RawEntry<'a>> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Reads one key of the table; `misspelt` are those that were meant by keys it does not have.
    pub(super) fn slot<T: Value>(
        &self,
        field: &FieldSpec,
        spec: &TableSpec,
        misspelt: &[(&'static str, Span)],
        reader: &mut Reader,
    ) -> Slot<T> {
        let Some(entry) = self.find(field.key) else {
            if let Some((_, span)) = misspelt.iter().find(|(key, _)| *key == field.key) {
                return Slot::Bad(*span);
            }
            if field.need == Need::Required && !reader.layer {
                reader.report(missing(self.header, field, spec));
            }
            return Slot::Absent;
        };
        let span = entry.value.span();
        match T::read(entry.value, field.kind, reader) {
            Some(value) => Slot::Is(Spanned::new(value, span)),
            None => Slot::Bad(span),
        }
    }

    /// Reports keys that the table does not have; returns those that were meant by them.
    pub(super) fn refuse_unknown(&self, spec: &TableSpec, reader: &mut Reader) -> Vec<(&'static str, Span)> {
        if self.entries.iter().all(|entry| spec.field(entry.key).is_some()) {
            return Vec::new();
        }
        let mut misspelt = Vec::new();
        let absent: Vec<_> = spec.fields.iter().map(|field| field.key).filter(|key| self.find(key).is_none()).collect();
        for entry in &self.entries {
            if spec.field(entry.key).is_some() {
                continue;
            }
            if entry.has_header() {
                misspelt.extend(self.refuse_table_below(entry, spec, reader));
                continue;
            }
            if reader.tally.skips(&codes::UNKNOWN_KEY) {
                continue;
            }
            let message = format!("unknown key `{}` in {}", entry.key, spec.header());
            let diagnostic = Diagnostic::error(&codes::UNKNOWN_KEY, message).at(entry.key_span, "");
            let elsewhere = super::toml_file::TABLES.iter().find(|other| other.field(entry.key).is_some());
            reader.report(match (did_you_mean(entry.key, absent.iter().copied()), elsewhere) {
                (Some(key), _) => {
                    misspelt.push((key, entry.key_span));
                    diagnostic.help(format!("did you mean `{key}`?")).edit(entry.key_span, key)
                }
                (None, Some(other)) => diagnostic.help(format!("`{}` is a key of {}", entry.key, other.header())),
                (None, None) => {
                    let keys: Vec<_> = spec.fields.iter().map(|field| field.key).collect();
                    diagnostic.help(format!("{} takes {}", spec.header(), keys.join(", ")))
                }
            });
        }
        misspelt
    }

    /// Reports `[lane.terms]`, a table inside of an entry; returns the keys of the entry that stand in it.
    fn refuse_table_below(
        &self,
        entry: &RawEntry<'a>,
        spec: &TableSpec,
        reader: &mut Reader,
    ) -> Vec<(&'static str, Span)> {
        let span = entry.value.span();
        let message = format!("this is a table `{}` inside of {}", entry.key, spec.header());
        let diagnostic = Diagnostic::error(&codes::UNKNOWN_KEY, message).at(span, "").at(self.header, "of this one");
        reader.report(diagnostic.help(format!("keys of {} follow its header directly", spec.header())));
        let Input::Toml(file, value) = entry.value else { return Vec::new() };
        let Some(table) = value.get_ref().as_table() else { return Vec::new() };
        let inside = RawTable::of(file, span, table).entries;
        inside.iter().filter_map(|entry| Some((spec.field(entry.key)?.key, entry.key_span))).collect()
    }
}

pub(super) fn missing(header: Span, field: &FieldSpec, spec: &TableSpec) -> Diagnostic {
    let message = format!("{} needs `{}`", spec.header(), field.key);
    let doc = field.doc.trim_end_matches('.');
    Diagnostic::error(&codes::MISSING_KEY, message).at(header, format!("no `{}` here", field.key)).help(format!(
        "`{}`: {}",
        field.key,
        lower_first(doc)
    ))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

impl Value for String {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let text = match &input {
            Input::Toml(_, value) => value.get_ref().as_str().map(str::to_owned),
            Input::Cell(cell) => Some(cell.text.to_owned()),
            _ => None,
        };
        let Some(text) = text else {
            reader.wrong_type(&input, kind);
            return None;
        };
        if let Kind::Choice(words) = kind
            && !words.contains(&text.as_str())
        {
            let message = format!("expected {}, found \"{text}\"", kind.words());
            let mut diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message).at(input.span(), "");
            if let Some(word) = did_you_mean(&text, words.iter().copied()) {
                diagnostic =
                    diagnostic.help(format!("did you mean \"{word}\"?")).edit(input.span(), format!("\"{word}\""));
            }
            reader.report(diagnostic);
            return None;
        }
        if matches!(kind, Kind::Name(_)) && text.trim().is_empty() {
            reader.wrong_type(&input, kind);
            return None;
        }
        Some(text)
    }
}

impl Value for bool {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let flag = match &input {
            Input::Toml(_, value) => value.get_ref().as_bool(),
            Input::Cell(cell) => match cell.text {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            },
            _ => None,
        };
        if flag.is_none() {
            reader.wrong_type(&input, kind);
        }
        flag
    }
}

impl Value for NaiveDate {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let date = match &input {
            Input::Toml(_, value) => match value.get_ref() {
                DeValue::Datetime(datetime) if datetime.time.is_none() => datetime.date.and_then(|date| {
                    Self::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
                }),
                _ => None,
            },
            Input::Cell(cell) => Self::parse_from_str(cell.text, &cell.format.date).ok(),
            _ => None,
        };
        let sensible = |date: &Self| (1900..=2200).contains(&chrono::Datelike::year(date));
        match date {
            None => reader.wrong_type(&input, kind),
            Some(date) if !sensible(&date) => {
                let message = format!("{date} is not between 1900 and 2200");
                reader.report(Diagnostic::error(&codes::OUT_OF_RANGE, message).at(input.span(), ""));
            }
            Some(_) => {}
        }
        date.filter(sensible)
    }
}

impl Value for i64 {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let Kind::Whole(low, high) = kind else { return None };
        let (number, _) = any_number(&input, reader, kind)?;
        let whole = number.is_integer().then(|| Self::try_from(number.normalize()).ok()).flatten();
        let found = whole.filter(|whole| (low..=high).contains(whole));
        if found.is_none() {
            let message = format!("expected {}, found {}", kind.range_words(), number.normalize());
            reader.report(Diagnostic::error(&codes::OUT_OF_RANGE, message).at(input.span(), ""));
        }
        found
    }
}

impl Value for Decimal {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let (Kind::Number(quantity) | Kind::Level(quantity) | Kind::Flow(quantity)) = kind else { return None };
        let (number, assumption) = any_number(&input, reader, kind)?;
        in_range(number, quantity, input.span(), assumption, reader)
    }
}

/// A number within what the quantity takes; reports where it is not.
fn in_range(
    number: Decimal,
    quantity: Quantity,
    span: Span,
    assumption: Option<Span>,
    reader: &mut Reader,
) -> Option<Decimal> {
    let (low, high, digits) = quantity.limits();
    let number = number.normalize();
    let problem = if number < low || number > high {
        format!("{number} is out of range: expected {}", quantity.range_words())
    } else if digits == 0 && number.scale() > 0 {
        format!("{number} is not whole: expected {}", quantity.range_words())
    } else if number.scale() > digits {
        format!("{number} has more than {digits} digits after the point")
    } else {
        return Some(number);
    };
    let mut diagnostic = Diagnostic::error(&codes::OUT_OF_RANGE, problem).at(span, "");
    if let Some(assumption) = assumption {
        diagnostic = diagnostic.at(assumption, "the assumption");
    }
    if quantity == Quantity::Units && number < Decimal::ZERO {
        diagnostic = diagnostic.help("units are never below 0: what came back is `returned` of history, and no sale");
    }
    if quantity == Quantity::Share && number > Decimal::ONE && number <= Decimal::ONE_HUNDRED {
        let share = (number / Decimal::ONE_HUNDRED).normalize();
        diagnostic = diagnostic.help(format!("{number} % is written {share}"));
    }
    reader.report(diagnostic);
    None
}

/// A number, written out or assumed; with the place of the assumption.
fn any_number(input: &Input<'_>, reader: &mut Reader, kind: Kind) -> Option<(Decimal, Option<Span>)> {
    if let Input::Toml(file, value) = input
        && let DeValue::Table(table) = value.get_ref()
        && table.contains_key("assume")
    {
        return assumed(*file, input.span(), table, reader);
    }
    Some((plain_number(input, reader, kind)?, None))
}

/// A number within what the quantity takes, silently.
pub(super) fn in_limits(number: Decimal, quantity: Quantity) -> Option<Decimal> {
    let (low, high, digits) = quantity.limits();
    (low <= number && number <= high && number.scale() <= digits).then_some(number)
}

/// A number of digits and perhaps a point between them, as nearly all are; `None` for other ways to write one.
pub(super) fn plain_decimal(text: &str) -> Option<Decimal> {
    let (mut mantissa, mut scale, mut point) = (0_i64, 0_u32, false);
    let bytes = text.as_bytes();
    if bytes.len() > 18 || !bytes.first()?.is_ascii_digit() || !bytes.last()?.is_ascii_digit() {
        return None;
    }
    for &byte in bytes {
        match byte {
            b'0'..=b'9' => {
                mantissa = mantissa * 10 + i64::from(byte - b'0');
                scale += u32::from(point);
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    let number = Decimal::new(mantissa, scale);
    Some(if point { number.normalize() } else { number })
}

/// A number of a TOML file without the `_` that group its digits.
fn without_marks(text: &str) -> Cow<'_, str> {
    if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) }
}

/// A number as written, exact.
fn plain_number(input: &Input<'_>, reader: &mut Reader, kind: Kind) -> Option<Decimal> {
    let text = match input {
        Input::Toml(_, value) => match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => without_marks(number.as_str()),
            DeValue::Float(number) => without_marks(number.as_str()),
            _ => {
                reader.wrong_type(input, kind);
                return None;
            }
        },
        Input::Cell(cell) => cell.number(),
        Input::InBucket { .. } | Input::Columns(_) => return None,
    };
    if let Some(number) = plain_decimal(&text) {
        return Some(number);
    }
    let text = text.strip_prefix('+').unwrap_or(&text);
    // Digits are grouped by `_` in TOML alone.
    let grouped = text.contains('_');
    let parsed = match text.bytes().any(|byte| matches!(byte, b'e' | b'E')) {
        _ if grouped => None,
        true => Decimal::from_scientific(text).ok(),
        false => Decimal::from_str_exact(text).ok(),
    };
    if parsed.is_none() {
        if text.trim_start_matches('-').starts_with(|first: char| first.is_ascii_digit())
            && matches!(input, Input::Toml(..))
        {
            let message = "the number has more digits than can be kept exactly";
            let diagnostic = Diagnostic::error(&codes::OUT_OF_RANGE, message).at(input.span(), "");
            reader.report(diagnostic.help(format!("expected {}", kind.range_words())));
        } else {
            reader.wrong_type(input, kind);
        }
    }
    parsed
}

/// `{ assume = "name", times = 1.5, plus = 0.01 }`: value x times + plus.
fn assumed(file: FileId, span: Span, table: &DeTable<'_>, reader: &mut Reader) -> Option<(Decimal, Option<Span>)> {
    use super::tables::Assume;
    use super::values::Row as _;
    let assume = Assume::read(&RawTable::of(file, span, table), reader);
    let name = assume.assume.spanned()?;
    if reader.assuming {
        let message = format!("an assumption cannot rest on another one, `{}`", name.value);
        let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message).at(span, "");
        reader.report(diagnostic.help("state its value as a number"));
        return None;
    }
    let Some(found) = reader.assumptions.get(&name.value).cloned() else {
        // Who has many problems is not helped by guesses, and they take long.
        let few = reader.found < MANY;
        if !reader.broken.iter().any(|text| !few || super::names(text, &name.value)) {
            let known = reader.assumptions.keys().map(String::as_str);
            let message = format!("unknown assumption `{}`", name.value);
            let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, message).at(name.span, "");
            let diagnostic = match few.then(|| did_you_mean(&name.value, known)).flatten() {
                Some(word) => {
                    diagnostic.help(format!("did you mean \"{word}\"?")).edit(name.span, format!("\"{word}\""))
                }
                None => diagnostic.help(format!("declare it: [assumption.{}] with `value`", name.value)),
            };
            reader.report(diagnostic);
        }
        return None;
    };
    let times = if assume.times.is_bad() { return None } else { assume.times.get().copied().unwrap_or(Decimal::ONE) };
    let plus = if assume.plus.is_bad() { return None } else { assume.plus.get().copied().unwrap_or_default() };
    let value = found.value?;
    let result = value.checked_mul(times).and_then(|product| product.checked_add(plus));
    if result.is_none() {
        let message = format!("{value} x {times} + {plus} does not fit");
        reader.report(Diagnostic::error(&codes::OVERFLOW, message).at(span, "").at(found.span, "the assumption"));
    }
    let result = result?;
    reader.assumed.insert(span, name.value.clone());
    Some((result, Some(found.span)))
}
