//! Readers of the language's own values: series, selectors, ranges of buckets, lists.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use toml::de::{DeTable, DeValue};

use super::change::Apart;
use super::input::{Input, toml_span};
use super::read::{RawEntry, RawTable, Reader, Slot, Value};
use super::spec::{Entity, FieldSpec, Kind, Quantity, TableSpec, did_you_mean};
use super::tables::PerVolume;
use crate::calendar::{Grain, Period, Shape};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::{BESIDES, keys_exclude, stated_twice};
use crate::series::{Series, SeriesKey};
use crate::source::{FileId, Span, Spanned};

/// A series and where its keys stand.
#[derive(Debug, Clone)]
pub struct SeriesText {
    /// What is stated.
    pub series: Series,
    /// The place of each key of a table, in its order.
    pub key_spans: Vec<Span>,
}

impl Value for SeriesText {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        match input {
            Input::Toml(file, value) => match value.get_ref() {
                DeValue::Table(table) if table.contains_key("assume") => scalar(input, kind, reader),
                DeValue::Table(table) => series_table(file, input.span(), table, kind, reader),
                _ => scalar(input, kind, reader),
            },
            Input::InBucket { bucket, value } => {
                let period = read_range(bucket.text).filter(|(first, last)| first == last);
                let value = Decimal::read(Input::Cell(value), kind, reader);
                let Some((first, last)) = period else {
                    bad_bucket_key(bucket.text, bucket.span(), reader);
                    return None;
                };
                let key = SeriesKey { first, last, range: false, value: value? };
                Some(Self { series: Series::Table { default: None, keys: vec![key] }, key_spans: vec![bucket.span()] })
            }
            _ => scalar(input, kind, reader),
        }
    }
}

fn scalar(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<SeriesText> {
    let value = Decimal::read(input, kind, reader)?;
    Some(SeriesText { series: Series::Scalar(value), key_spans: Vec::new() })
}

fn series_table(file: FileId, span: Span, table: &DeTable<'_>, kind: Kind, reader: &mut Reader) -> Option<SeriesText> {
    let raw = RawTable::of(file, span, table);
    if let Some(per) = raw.entries.iter().find(|entry| matches!(entry.key, "per-month" | "per-week")) {
        return per_period(&raw, per, kind, reader);
    }
    if let Some(entry) = raw.entries.get(MAX_KEYS) {
        let message = format!("a table by bucket has more than {} keys", super::spec::grouped(MAX_KEYS.into()));
        reader.report(Diagnostic::error(&codes::TOO_LARGE, message).at(entry.key_span, "the first one too many"));
        return None;
    }
    let mut default = None;
    let mut keys = Vec::new();
    let mut key_spans = Vec::new();
    let mut good = true;
    for entry in &raw.entries {
        let value = Decimal::read(entry.value, kind, reader);
        good &= value.is_some();
        if entry.key == "default" {
            default = value;
        } else if let Some((first, last)) = read_range(entry.key) {
            if first > last {
                let message = format!("the range {} ends before it begins", entry.key);
                let diagnostic = Diagnostic::error(&codes::REVERSED, message).at(entry.key_span, "");
                reader.report(diagnostic.edit(entry.key_span, format!("\"{last}..{first}\"")));
                good = false;
            }
            keys.extend(value.map(|value| SeriesKey { first, last, range: entry.key.contains(".."), value }));
            key_spans.extend(value.map(|_| entry.key_span));
        } else {
            bad_bucket_key(entry.key, entry.key_span, reader);
            good = false;
        }
    }
    good &= !report_overlaps(&keys, &key_spans, reader);
    good.then_some(SeriesText { series: Series::Table { default, keys }, key_spans })
}

/// Most keys of a table by bucket; there are fewer weeks in two centuries.
pub(super) const MAX_KEYS: usize = 20_000;
/// Most overlaps shown of one table.
const MAX_OVERLAPS: usize = 20;

/// Reports ranges of one grain that share a period, and keys that name the same one; true where there are any.
fn report_overlaps(keys: &[SeriesKey], spans: &[Span], reader: &mut Reader) -> bool {
    let mut found = 0;
    for (index, key) in keys.iter().enumerate() {
        if found == MAX_OVERLAPS {
            break;
        }
        let meets =
            |other: &SeriesKey| other.range == key.range && (other.covers(key.first) || key.covers(other.first));
        if let Some(before) = keys[..index].iter().position(meets) {
            let (here, before) = (spans[index], spans[before]);
            reader.report(match key.range {
                true => Diagnostic::error(&codes::RANGES_OVERLAP, "two ranges cover the same bucket")
                    .at(here, "here")
                    .at(before, "and here"),
                false => stated_twice("one bucket is stated twice", here, before),
            });
            found += 1;
        }
    }
    found > 0
}

fn per_period(raw: &RawTable<'_>, per: &RawEntry<'_>, kind: Kind, reader: &mut Reader) -> Option<SeriesText> {
    if !matches!(kind, Kind::Flow(_)) {
        let message = format!("`{}` is for flows; this is taken as it stands in each bucket", per.key);
        reader.report(Diagnostic::error(&codes::WRONG_TYPE, message).at(per.key_span, ""));
        return None;
    }
    if let Some(other) = raw.entries.iter().find(|entry| entry.key != per.key) {
        let message = format!("`{}` stands alone, without `{}`", per.key, other.key);
        reader.report(keys_exclude(message, other.key_span, (per.key_span, BESIDES)));
        return None;
    }
    let grain = if per.key == "per-month" { Grain::Month } else { Grain::Week };
    let value = Decimal::read(per.value, kind, reader)?;
    Some(SeriesText { series: Series::Per(grain, value), key_spans: Vec::new() })
}

fn bad_bucket_key(key: &str, span: Span, reader: &mut Reader) {
    let message = format!("`{key}` is no month, week or range of them");
    let diagnostic = Diagnostic::error(&codes::BUCKET_KEY, message).at(span, "");
    if let Some(meant) = meant_by(key) {
        reader.report(diagnostic.help(format!("did you mean {meant}?")).edit(span, meant));
        return;
    }
    let help =
        "months are written \"2026-02\", weeks \"2026-W07\", ranges \"2026-04..2026-06\"; `default` is for all others";
    reader.report(diagnostic.help(help));
}

/// The key that was meant, as it is written: `2026-2` lacks a digit, `Default` is no capital word.
fn meant_by(key: &str) -> Option<String> {
    if key.eq_ignore_ascii_case("default") {
        return Some("default".into());
    }
    let (year, number) = key.split_once('-')?;
    let padded = match number.strip_prefix(['W', 'w']) {
        Some(week) => format!("{year}-W{week:0>2}"),
        None => format!("{year}-{number:0>2}"),
    };
    read_range(&padded).map(|_| format!("\"{padded}\""))
}

/// Reads `2026-02`, `2026-W07` or a range `2026-04..2026-06` of one grain.
pub(super) fn read_range(text: &str) -> Option<(Period, Period)> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (first, last) = (Period::parse(first.trim())?, Period::parse(last.trim())?);
    (first.grain() == last.grain()).then_some((first, last))
}

/// Months or weeks something goes on in, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct During {
    /// First month or week.
    pub first: Period,
    /// Last one.
    pub last: Period,
}

impl Value for During {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let text = String::read(input, Kind::Text, reader)?;
        match read_range(&text) {
            Some((first, last)) if first <= last => Some(Self { first, last }),
            Some(_) => {
                let message = format!("the range {text} ends before it begins");
                reader.report(Diagnostic::error(&codes::REVERSED, message).at(input.span(), ""));
                None
            }
            None => {
                let message = format!("expected {}, found \"{text}\"", kind.words());
                reader.report(Diagnostic::error(&codes::BUCKET_KEY, message).at(input.span(), ""));
                None
            }
        }
    }
}

/// `where = { ... }`: what an entry is about.
#[derive(Debug, Clone, Default)]
pub struct Selector {
    /// What is let in: a thing must meet each key.
    pub met: Terms,
    /// What is kept out: a thing that meets all of these keys is.
    pub not: Terms,
}

/// A key with the values that meet it.
pub type Met = (Spanned<String>, Vec<Spanned<String>>);

/// Keys of a selector, each with the values that meet it.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// By what has a name.
    pub keys: Vec<(Entity, Vec<Spanned<String>>)>,
    /// By an item's attributes.
    pub attributes: Vec<Met>,
}

impl Terms {
    /// True where nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.attributes.is_empty()
    }
}

impl Value for Selector {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let Kind::Selector(allowed) = kind else { return None };
        match input {
            Input::Columns(cells) => {
                let filled = cells.iter().filter(|(_, cell)| !cell.text.is_empty());
                let entity = |key: &str| allowed.iter().copied().find(|entity| entity.name() == key);
                let keys = filled.filter_map(|(key, cell)| {
                    Some((entity(key)?, vec![Spanned::new(cell.text.to_owned(), cell.span())]))
                });
                Some(Self { met: Terms { keys: keys.collect(), ..Terms::default() }, not: Terms::default() })
            }
            Input::Toml(file, value) => match value.get_ref() {
                DeValue::Table(table) => selector(file, input.span(), table, allowed, false, reader),
                _ => {
                    reader.wrong_type(&input, kind);
                    None
                }
            },
            _ => {
                reader.wrong_type(&input, kind);
                None
            }
        }
    }
}

fn selector(
    file: FileId,
    span: Span,
    table: &DeTable<'_>,
    allowed: &'static [Entity],
    inside_not: bool,
    reader: &mut Reader,
) -> Option<Selector> {
    let mut found = Selector::default();
    let mut good = true;
    for entry in RawTable::of(file, span, table).entries {
        if entry.key == "not" && !inside_not {
            match entry.value {
                Input::Toml(_, value) if value.get_ref().is_table() => {
                    let inner = value.get_ref().as_table().expect("just asked");
                    let inside = selector(file, entry.value.span(), inner, allowed, true, reader);
                    good &= inside.is_some();
                    found.not = inside.map(|inside| inside.met).unwrap_or_default();
                }
                _ => {
                    reader.wrong_type(&entry.value, Kind::Selector(allowed));
                    good = false;
                }
            }
            continue;
        }
        let Some(entity) = allowed.iter().copied().find(|entity| entity.name() == entry.key) else {
            let message = format!("`{}` is no key to select by here", entry.key);
            let names = || allowed.iter().map(|entity| entity.name());
            let mut diagnostic = Diagnostic::error(&codes::UNKNOWN_KEY, message).at(entry.key_span, "");
            diagnostic = match did_you_mean(entry.key, names()) {
                Some(key) => diagnostic.help(format!("did you mean `{key}`?")).edit(entry.key_span, key),
                None => diagnostic.help(format!("select by {}", names().collect::<Vec<_>>().join(", "))),
            };
            reader.report(diagnostic);
            good = false;
            continue;
        };
        if entity == Entity::Attribute {
            match attributes(entry.value, reader) {
                Some(all) => found.met.attributes = all,
                None => good = false,
            }
            continue;
        }
        match one_or_many(entry.value, Kind::Name(entity), reader) {
            Some(values) => found.met.keys.push((entity, values)),
            None => good = false,
        }
    }
    good.then_some(found)
}

/// `attributes = { colour = "blue", season = ["spring", "summer"] }`
fn attributes(input: Input<'_>, reader: &mut Reader) -> Option<Vec<Met>> {
    let Input::Toml(file, value) = input else { return None };
    let Some(table) = value.get_ref().as_table() else {
        reader.wrong_type(&input, Kind::Words);
        return None;
    };
    let entries = RawTable::of(file, input.span(), table).entries;
    let read = |entry: RawEntry<'_>| {
        let values = one_or_many(entry.value, Kind::Text, reader)?;
        Some((Spanned::new(entry.key.to_owned(), entry.key_span), values))
    };
    let all: Vec<_> = entries.into_iter().map(read).collect();
    all.into_iter().collect()
}

/// A value, or a list of them.
fn one_or_many(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Vec<Spanned<String>>> {
    if let Input::Toml(file, value) = input
        && let DeValue::Array(array) = value.get_ref()
    {
        let read = |value| {
            let input = Input::Toml(file, value);
            Some(Spanned::new(String::read(input, kind, reader)?, input.span()))
        };
        let all: Vec<_> = array.iter().map(read).collect();
        return all.into_iter().collect();
    }
    Some(vec![Spanned::new(String::read(input, kind, reader)?, input.span())])
}

impl Value for Vec<Spanned<String>> {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let Kind::Names(entity) = kind else { return None };
        if let Input::Cell(cell) = input {
            let names = cell.text.split(';').map(str::trim).filter(|name| !name.is_empty());
            return Some(names.map(|name| Spanned::new(name.to_owned(), cell.span())).collect());
        }
        match input {
            Input::Toml(_, value) if value.get_ref().is_array() => one_or_many(input, Kind::Name(entity), reader),
            _ => {
                reader.wrong_type(&input, kind);
                None
            }
        }
    }
}

/// A table that can stand inside another one.
pub(super) trait Row: Sized {
    /// Its keys.
    const SPEC: &'static TableSpec;

    /// Reads it, reporting what is wrong with it.
    fn read(raw: &RawTable<'_>, reader: &mut Reader) -> Self;

    /// Takes in the keys of another part of the same table; a key in both is an error that shows both places.
    fn merge(&mut self, other: Self, header: &str, reader: &mut Reader);

    /// Lets the keys of `other` stand for its own.
    fn overlay(&mut self, other: Self);

    /// The keys that say something else in `other`, and where each side says it.
    fn apart(&self, other: &Self) -> Apart;

    /// What a key says here and in `other`, where the text at its places does not tell.
    fn told(&self, key: &str, other: &Self) -> Option<(String, String)>;

    /// Lets one key say what it says in `other`.
    fn take(&mut self, key: &str, other: &Self);

    /// The header, the row of a CSV file, or the inline table.
    fn header(&self) -> Span;

    /// Adds the places where its values name a week.
    fn weeks(&self, found: &mut Vec<Span>);

    /// The first key that must be there and is not.
    fn lacks(&self) -> Option<&'static FieldSpec>;
}

/// A list of inline tables.
#[derive(Debug, Clone)]
pub struct Rows<T>(pub Vec<T>);

impl<T: Row> Value for Rows<T> {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let Input::Toml(file, value) = input else {
            reader.wrong_type(&input, kind);
            return None;
        };
        let Some(array) = value.get_ref().as_array() else {
            reader.wrong_type(&input, kind);
            return None;
        };
        let mut rows = Vec::with_capacity(array.len());
        for element in array {
            let DeValue::Table(table) = element.get_ref() else {
                reader.wrong_type(&Input::Toml(file, element), kind);
                return None;
            };
            rows.push(T::read(&RawTable::of(file, toml_span(file, element.span()), table), reader));
        }
        Some(Self(rows))
    }
}

/// Freight: an amount a unit, or an m3.
#[derive(Debug, Clone)]
pub enum Freight {
    /// Plan currency a unit.
    PerUnit(SeriesText),
    /// Plan currency an m3.
    PerVolume(SeriesText),
}

impl Value for Freight {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        if let Input::Toml(file, value) = input
            && let DeValue::Table(table) = value.get_ref()
            && table.contains_key("per-m3")
        {
            let inside = PerVolume::read(&RawTable::of(file, input.span(), table), reader);
            return match inside.per_m3 {
                Slot::Is(series) => Some(Self::PerVolume(series.value)),
                _ => None,
            };
        }
        let inner = match kind {
            Kind::Freight => Kind::Level(Quantity::Price),
            other => other,
        };
        SeriesText::read(input, inner, reader).map(Self::PerUnit)
    }
}

/// Most buckets a plan may have.
pub(crate) const MAX_BUCKETS: i64 = 260;

/// What `bucket` says, before `horizon` is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketText {
    /// Buckets of one grain; `horizon` tells how many.
    Uniform(Grain),
    /// So many weeks, then so many months.
    Mixed(Shape),
}

impl Value for BucketText {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        if let Input::Toml(file, value) = input {
            match value.get_ref() {
                DeValue::String(text) if text == "month" => return Some(Self::Uniform(Grain::Month)),
                DeValue::String(text) if text == "week" => return Some(Self::Uniform(Grain::Week)),
                DeValue::Array(array) => return mixed(file, array, &input, kind, reader),
                _ => {}
            }
        }
        reader.wrong_type(&input, kind);
        None
    }
}

fn mixed(
    file: FileId,
    array: &toml::de::DeArray<'_>,
    input: &Input<'_>,
    kind: Kind,
    reader: &mut Reader,
) -> Option<BucketText> {
    let mut shape = Shape { weeks: 0, months: 0 };
    for element in array {
        let raw = element.get_ref().as_table().map(|table| RawTable::of(file, toml_span(file, element.span()), table));
        let Some([entry]) = raw.as_ref().map(|raw| raw.entries.as_slice()) else {
            reader.wrong_type(&Input::Toml(file, element), kind);
            return None;
        };
        let count = i64::read(entry.value, Kind::Whole(1, MAX_BUCKETS), reader)?;
        let count = usize::try_from(count).ok()?;
        match entry.key {
            "weeks" if shape.months == 0 && shape.weeks == 0 => shape.weeks = count,
            "months" if shape.months == 0 => shape.months = count,
            _ => {
                let message = "weeks come first, then months, each once";
                reader.report(Diagnostic::error(&codes::WRONG_TYPE, message).at(entry.key_span, ""));
                return None;
            }
        }
    }
    if shape.weeks + shape.months == 0 {
        reader.wrong_type(input, kind);
        return None;
    }
    Some(BucketText::Mixed(shape))
}

/// A table from words to words, such as an item's attributes.
#[derive(Debug, Clone, Default)]
pub struct Words(pub BTreeMap<String, String>);

impl Value for Words {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let Input::Toml(file, value) = input else {
            reader.wrong_type(&input, kind);
            return None;
        };
        let Some(table) = value.get_ref().as_table() else {
            reader.wrong_type(&input, kind);
            return None;
        };
        let read = |(key, value): (&toml::Spanned<toml::de::DeString<'_>>, _)| {
            Some((key.get_ref().to_string(), String::read(Input::Toml(file, value), Kind::Text, reader)?))
        };
        table.iter().map(read).collect::<Option<_>>().map(Self)
    }
}

/// One inline table.
#[derive(Debug, Clone)]
pub struct One<T>(pub T);

impl<T: Row> Value for One<T> {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        if let Input::Toml(file, value) = input
            && let Some(table) = value.get_ref().as_table()
        {
            return Some(Self(T::read(&RawTable::of(file, input.span(), table), reader)));
        }
        reader.wrong_type(&input, kind);
        None
    }
}

impl Value for Period {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let text = String::read(input, Kind::Text, reader)?;
        let period = Self::parse(text.trim());
        if period.is_none() {
            let message = format!("expected {}, found \"{text}\"", kind.words());
            let diagnostic = Diagnostic::error(&codes::BUCKET_KEY, message).at(input.span(), "");
            reader.report(match meant_by(&text) {
                Some(meant) => diagnostic.help(format!("did you mean {meant}?")).edit(input.span(), meant),
                None => diagnostic,
            });
        }
        period
    }
}

/// The first bucket that something holds in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FromBucket {
    /// `"start"`: all of them.
    Start,
    /// From this month or week on.
    Period(Period),
}

impl Value for FromBucket {
    fn read(input: Input<'_>, kind: Kind, reader: &mut Reader) -> Option<Self> {
        let start = matches!(input, Input::Toml(_, value) if value.get_ref().as_str() == Some("start"));
        if start { Some(Self::Start) } else { Period::read(input, kind, reader).map(Self::Period) }
    }
}

/// A value that may name weeks.
pub(crate) trait Weeks {
    /// Adds those that it names; `span` is where the value stands.
    fn weeks(&self, span: Span, found: &mut Vec<Span>);
}

/// Values that name none.
macro_rules! without_weeks {
    ($($plain:ty),*) => {$(
        impl Weeks for $plain {
            fn weeks(&self, _: Span, _: &mut Vec<Span>) {}
        }
    )*};
}
without_weeks!(String, bool, i64, Decimal, chrono::NaiveDate, BucketText, Selector, Words, Vec<Spanned<String>>);

impl Weeks for SeriesText {
    fn weeks(&self, _: Span, found: &mut Vec<Span>) {
        if let Series::Table { keys, .. } = &self.series {
            let weekly = keys.iter().zip(&self.key_spans).filter(|(key, _)| key.first.grain() == Grain::Week);
            found.extend(weekly.map(|(_, span)| *span));
        }
    }
}

impl Weeks for Freight {
    fn weeks(&self, span: Span, found: &mut Vec<Span>) {
        let (Self::PerUnit(text) | Self::PerVolume(text)) = self;
        text.weeks(span, found);
    }
}

impl Weeks for During {
    fn weeks(&self, span: Span, found: &mut Vec<Span>) {
        self.first.weeks(span, found);
    }
}

impl Weeks for Period {
    fn weeks(&self, span: Span, found: &mut Vec<Span>) {
        if self.grain() == Grain::Week {
            found.push(span);
        }
    }
}

impl Weeks for FromBucket {
    fn weeks(&self, span: Span, found: &mut Vec<Span>) {
        if let Self::Period(period) = self {
            period.weeks(span, found);
        }
    }
}

impl<T: Row> Weeks for One<T> {
    fn weeks(&self, _: Span, found: &mut Vec<Span>) {
        self.0.weeks(found);
    }
}

impl<T: Row> Weeks for Rows<T> {
    fn weeks(&self, _: Span, found: &mut Vec<Span>) {
        self.0.iter().for_each(|row| row.weeks(found));
    }
}
