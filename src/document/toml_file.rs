//! From TOML text to a [`Document`]: parse every file, merge tables over files, read each.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rust_decimal::Decimal;
use toml::de::{DeTable, DeValue};

use super::csv::{self, CsvFile, Known, Request};
use super::input::{Input, toml_span};
use super::read::{Assumed, RawEntry, RawTable, Reader, Slot, Value};
use super::spec::{Form, Kind, Quantity, TableSpec, did_you_mean};
use super::values::{Row, SeriesText};
use super::{Document, Text, syntax, tables};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::stated_twice;
use crate::source::{FileId, Span, Spanned};

/// Bytes of TOML from which several threads are faster than one.
const WORTH_THREADS: usize = 100_000;

/// The language this compiler reads.
pub(super) const LANGUAGE: i64 = 1;

/// Tables that this compiler reads.
pub(super) const TABLES: &[&TableSpec] = &[
    tables::Plan::SPEC,
    FX,
    tables::Economics::SPEC,
    tables::Assumption::SPEC,
    tables::Item::SPEC,
    tables::Location::SPEC,
    tables::Channel::SPEC,
    tables::Price::SPEC,
    tables::Fee::SPEC,
    tables::Supplier::SPEC,
    tables::Lane::SPEC,
    tables::PurchasePrice::SPEC,
    tables::Stock::SPEC,
    tables::OpenOrder::SPEC,
    tables::OpenTransfer::SPEC,
    tables::Demand::SPEC,
    tables::Outlook::SPEC,
    tables::History::SPEC,
    tables::Adjust::SPEC,
    tables::Promotion::SPEC,
    tables::Service::SPEC,
    tables::Cover::SPEC,
    tables::Cash::SPEC,
    tables::CashFlow::SPEC,
    tables::Budget::SPEC,
    tables::Limit::SPEC,
    tables::Rule::SPEC,
    tables::Gate::SPEC,
    tables::Waiver::SPEC,
    tables::Pin::SPEC,
    tables::Renamed::SPEC,
    tables::Actual::SPEC,
    tables::Csv::SPEC,
];

/// `[fx]` has a key for each currency and no fields of its own.
const FX: &TableSpec = &TableSpec {
    name: "fx",
    form: Form::Single,
    doc: "Plan currency for one unit of another currency, by bucket.",
    fields: &[],
};

/// What TOML files come to.
#[derive(Debug, Clone, Default)]
pub(super) struct Read {
    /// CSV files that the project asks for.
    pub(super) requests: Vec<Request>,
    /// Layers to lay over the project, each with the CSV files that it asks for.
    pub(super) layers: Vec<(Document, Vec<Request>)>,
}

/// Reads all TOML files into `document`, and `layers` each by itself.
pub(super) fn read_all(texts: &[Text], layers: &[Text], document: &mut Document, reader: &mut Reader) -> Read {
    let files = parse(texts, reader);
    let project = Project::of(&files, reader);
    if let Some(diagnostic) = project.other_language() {
        reader.diagnostics.retain(|one| one.code == &codes::SYNTAX);
        reader.report(diagnostic);
        // What the project says in another language excuses everything.
        reader.broken.extend(texts.iter().map(|(_, text)| text.clone()));
        return Read::default();
    }
    let layer_files: Vec<_> = layers.iter().map(|text| parse(std::slice::from_ref(text), reader)).collect();
    let over: Vec<_> = layer_files.iter().map(|files| Project::of(files, reader)).collect();
    project.read_assumptions(reader);
    reader.layer = true;
    over.iter().for_each(|layer| layer.read_assumptions(reader));
    reader.layer = false;
    let requests = project.read(document, reader);
    reader.layer = true;
    let read = |layer: &Project<'_>| {
        let mut document = Document::default();
        let requests = layer.read(&mut document, reader);
        (document, requests)
    };
    let layers = over.iter().map(read).collect();
    reader.layer = false;
    Read { requests, layers }
}

/// A file that could be parsed.
pub(super) type Parsed<'a> = (FileId, &'a Text, toml::Spanned<DeTable<'a>>);

/// Parses files; names in those that cannot be are excused.
pub(super) fn parse<'a>(texts: &'a [Text], reader: &mut Reader) -> Vec<Parsed<'a>> {
    fn one((id, text): &Text) -> syntax::Parsed<'_> {
        syntax::parse(*id, text, TABLES)
    }
    let bytes: usize = texts.iter().map(|(_, text)| text.len()).sum();
    let parsed: Vec<_> =
        if bytes < WORTH_THREADS { texts.iter().map(one).collect() } else { texts.par_iter().map(one).collect() };
    let mut files = Vec::new();
    for (whole, parsed) in texts.iter().zip(parsed) {
        let (id, text) = whole;
        reader.diagnostics.extend(parsed.diagnostics);
        if parsed.usable {
            files.push((*id, whole, parsed.table));
        } else {
            reader.broken.push(text.clone());
        }
    }
    files
}

/// A table that may be spread over files.
struct Merged<'a> {
    id: Spanned<String>,
    table: RawTable<'a>,
}

/// The tables of all files, merged but not read.
#[derive(Default)]
pub(super) struct Project<'a> {
    single: BTreeMap<&'static str, RawTable<'a>>,
    named: BTreeMap<&'static str, BTreeMap<String, Merged<'a>>>,
    lists: BTreeMap<&'static str, Vec<RawTable<'a>>>,
}

impl<'a> Project<'a> {
    /// The tables of some files.
    pub(super) fn of(files: &'a [Parsed<'a>], reader: &mut Reader) -> Self {
        let mut project = Self::default();
        for (id, (_, text), table) in files {
            if !project.add_file(*id, table.get_ref(), reader) {
                reader.broken.push(text.clone());
            }
        }
        project
    }

    /// Takes in the tables of a file; false where some could not be, so that names in it are to be excused.
    fn add_file(&mut self, file: FileId, root: &'a DeTable<'a>, reader: &mut Reader) -> bool {
        let mut whole = true;
        for entry in RawTable::of(file, Span::new(file, 0, 0), root).entries {
            whole &= match TABLES.iter().find(|spec| spec.name == entry.key) {
                Some(spec) => self.add_table(file, spec, &entry, reader),
                None => refuse_table(&entry, reader),
            };
        }
        whole
    }

    fn add_table(&mut self, file: FileId, spec: &'static TableSpec, entry: &RawEntry<'a>, reader: &mut Reader) -> bool {
        let Input::Toml(_, value) = entry.value else { return true };
        let header = toml_span(file, value.span());
        match (spec.form, value.get_ref()) {
            (Form::Single, DeValue::Table(table)) => {
                let new = RawTable::of(file, header, table);
                match self.single.get_mut(spec.name) {
                    Some(old) => merge(old, new, &spec.header(), reader),
                    None => drop(self.single.insert(spec.name, new)),
                }
            }
            (Form::Named, DeValue::Table(table)) => self.add_named(file, spec, table, reader),
            (Form::List, DeValue::Array(array)) => {
                for element in array {
                    let header = toml_span(file, element.span());
                    match element.get_ref() {
                        DeValue::Table(table) => {
                            self.lists.entry(spec.name).or_default().push(RawTable::of(file, header, table));
                        }
                        _ => reader.wrong_type(&Input::Toml(file, element), Kind::Rows(spec)),
                    }
                }
            }
            (Form::List, DeValue::Table(table)) => {
                // One entry in single brackets: told once, and read as what was meant.
                reader.report(syntax::wrong_form(spec, header));
                self.lists.entry(spec.name).or_default().push(RawTable::of(file, header, table));
            }
            _ => {
                reader.report(syntax::wrong_form(spec, header));
                return false;
            }
        }
        true
    }

    fn add_named(&mut self, file: FileId, spec: &'static TableSpec, table: &'a DeTable<'a>, reader: &mut Reader) {
        let known = self.named.entry(spec.name).or_default();
        for entry in RawTable::of(file, Span::new(file, 0, 0), table).entries {
            let Input::Toml(_, value) = entry.value else { continue };
            let header = toml_span(file, value.span());
            let DeValue::Table(inside) = value.get_ref() else {
                let message = format!(
                    "`{}.{}` is written [{}.{}] with keys of its own",
                    spec.name, entry.key, spec.name, entry.key
                );
                reader.report(Diagnostic::error(&codes::WRONG_TYPE, message).at(entry.key_span, ""));
                continue;
            };
            if entry.key.trim().is_empty() {
                let message = format!("the name of this {} is empty", spec.name);
                reader.report(Diagnostic::error(&codes::WRONG_TYPE, message).at(header, ""));
                continue;
            }
            let mut new = RawTable::of(file, header, inside);
            let below = take_tables_below(&mut new, spec);
            for (key, table) in below {
                let id = format!("{}.{key}", entry.key);
                report_dotted_id(spec, &id, table.header, reader);
                add_merged(known, spec, id, table, reader);
            }
            // `[item.A.B]` alone makes an `[item.A]` that nobody wrote.
            if header != entry.key_span || !new.entries.is_empty() {
                add_merged(known, spec, entry.key.to_owned(), new, reader);
            }
        }
    }

    /// Where the project is written in another version of the language, the one problem to report.
    pub(super) fn other_language(&self) -> Option<Diagnostic> {
        let entry = self.single.get("plan")?.entries.iter().find(|entry| entry.key == "language")?;
        let Input::Toml(_, value) = entry.value else { return None };
        let number = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => return None,
        };
        if number.replace('_', "").parse() == Ok(Decimal::from(LANGUAGE)) {
            return None;
        }
        let message = format!("this compiler reads language {LANGUAGE}, the project is written in {number}");
        let diagnostic = Diagnostic::error(&codes::LANGUAGE_VERSION, message).at(entry.value.span(), "");
        Some(diagnostic.help("use a compiler that reads it"))
    }

    pub(super) fn read(&self, document: &mut Document, reader: &mut Reader) -> Vec<Request> {
        document.manifest = self.single.get("plan").map(|plan| plan.header);
        macro_rules! read {
            (() single: $($single:ident),*; named: $($named:ident),*; list: $($list:ident),*; past: $($past:ident),*;) => {
                $( document.$single = self.read_single(reader); )*
                $( document.$named = self.read_named(reader); )*
                $( document.$list = self.read_list(reader); )*
                $( document.$past = self.read_list(reader); )*
            };
        }
        super::with_tables!(read!());
        document.fx = self.read_fx(reader);
        let csv: Vec<tables::Csv> = self.read_list(reader);
        let mut requests: Vec<_> = csv.iter().filter_map(|entry| Request::of(entry, reader)).collect();
        items_first(&mut requests);
        requests
    }

    fn read_single<T: Row>(&self, reader: &mut Reader) -> Option<T> {
        self.single.get(T::SPEC.name).map(|raw| T::read(raw, reader))
    }

    fn read_named<T: Row>(&self, reader: &mut Reader) -> Vec<(Spanned<String>, T)> {
        let all = self.named.get(T::SPEC.name).into_iter().flat_map(BTreeMap::values);
        all.map(|merged| (merged.id.clone(), T::read(&merged.table, reader))).collect()
    }

    fn read_list<T: Row>(&self, reader: &mut Reader) -> Vec<T> {
        let all = self.lists.get(T::SPEC.name).into_iter().flatten();
        all.map(|raw| T::read(raw, reader)).collect()
    }

    pub(super) fn read_assumptions(&self, reader: &mut Reader) {
        reader.assuming = true;
        let all: Vec<(Spanned<String>, tables::Assumption)> = self.read_named(reader);
        reader.assuming = false;
        for (id, assumption) in all {
            let known: Vec<String> = reader.assumptions.keys().cloned().collect();
            let (table, names) = (tables::Assumption::SPEC, known.iter().map(String::as_str));
            if reader.layer
                && !reader.assumptions.contains_key(&id.value)
                && reader.refuses((id.span, table), &id.value, names)
            {
                continue;
            }
            if reader.layer && assumption.value.is_absent() {
                continue;
            }
            let span = assumption.value.span().unwrap_or(id.span);
            let value = assumption.value.get().copied();
            reader.assumptions.insert(id.value, Assumed { value, span });
        }
    }

    fn read_fx(&self, reader: &mut Reader) -> Vec<(Spanned<String>, Slot<SeriesText>)> {
        let entries = self.single.get("fx").into_iter().flat_map(|raw| &raw.entries);
        let read = |entry: &RawEntry<'_>| {
            let span = entry.value.span();
            let rate = SeriesText::read(entry.value, Kind::Level(Quantity::Exchange), reader);
            let rate = rate.map_or(Slot::Bad(span), |rate| Slot::Is(Spanned::new(rate, span)));
            (Spanned::new(entry.key.to_owned(), entry.key_span), rate)
        };
        entries.map(read).collect()
    }
}

/// Rows about items are read with an eye on which items there are.
pub(super) fn items_first(requests: &mut [Request]) {
    requests.sort_by_key(|request| request.table.value != tables::Item::SPEC.name);
}

/// Takes out of `[item.A]` what `[item.A.B]` put there: somebody meant an id with a dot.
fn take_tables_below<'a>(table: &mut RawTable<'a>, spec: &TableSpec) -> Vec<(String, RawTable<'a>)> {
    let mut below = Vec::new();
    table.entries.retain(|entry| {
        let Input::Toml(file, value) = entry.value else { return true };
        let Some(inside) = value.get_ref().as_table().filter(|_| spec.field(entry.key).is_none()) else { return true };
        let mut inside = RawTable::of(file, entry.value.span(), inside);
        // `[item.A.B.C]` is one table, with two around it that nobody wrote.
        let deeper = take_tables_below(&mut inside, spec);
        let own = entry.has_header();
        let found = own || !deeper.is_empty();
        below.extend(deeper.into_iter().map(|(key, table)| (format!("{}.{key}", entry.key), table)));
        if own {
            below.push((entry.key.to_owned(), inside));
        }
        !found
    });
    below
}

fn report_dotted_id(spec: &TableSpec, id: &str, header: Span, reader: &mut Reader) {
    let name = spec.name;
    let (first, rest) = id.split_once('.').unwrap_or((id, ""));
    let message = format!("[{name}.{id}] is a table `{rest}` inside of the {name} `{first}`");
    let right = format!("[{name}.\"{id}\"]");
    let diagnostic = Diagnostic::error(&codes::UNKNOWN_KEY, message).at(header, "");
    reader.report(diagnostic.help(format!("quote an id that has a dot in it: {right}")).edit(header, right));
}

fn add_merged<'a>(
    known: &mut BTreeMap<String, Merged<'a>>,
    spec: &TableSpec,
    id: String,
    new: RawTable<'a>,
    reader: &mut Reader,
) {
    match known.get_mut(&id) {
        Some(old) => merge(&mut old.table, new, &format!("[{}.{id}]", spec.name), reader),
        None => {
            let name = Spanned::new(id.clone(), new.header);
            known.insert(id, Merged { id: name, table: new });
        }
    }
}

/// Adds the keys of `new` to `old`; the same key twice is an error that shows both places.
fn merge<'a>(old: &mut RawTable<'a>, new: RawTable<'a>, header: &str, reader: &mut Reader) {
    let known: BTreeMap<&str, Span> = old.entries.iter().map(|entry| (entry.key, entry.key_span)).collect();
    for entry in new.entries {
        match known.get(entry.key) {
            Some(before) => {
                let message = format!("`{}` of {header} is stated twice", entry.key);
                reader.report(stated_twice(message, entry.key_span, *before));
            }
            None => old.entries.push(entry),
        }
    }
}

/// Reports a table that this compiler does not read; false where it was meant to be one that declares names.
fn refuse_table(entry: &RawEntry<'_>, reader: &mut Reader) -> bool {
    let span = match entry.value {
        Input::Toml(file, value) if matches!(value.get_ref(), DeValue::Table(_) | DeValue::Array(_)) => {
            toml_span(file, value.span())
        }
        _ => entry.key_span,
    };
    let message = format!("unknown table `{}`", entry.key);
    let mut diagnostic = Diagnostic::error(&codes::UNKNOWN_TABLE, message).at(span, "");
    let known = TABLES.iter().map(|spec| spec.name);
    let meant = did_you_mean(entry.key, known);
    diagnostic = match meant {
        Some(name) => {
            let header =
                TABLES.iter().find(|spec| spec.name == name).map_or_else(|| name.to_owned(), |spec| spec.header());
            diagnostic.help(format!("did you mean {header}?"))
        }
        None if tables::Plan::SPEC.field(entry.key).is_some() => {
            diagnostic.help(format!("`{}` is a key of [plan]", entry.key))
        }
        None => diagnostic.help("every key stands in a table, such as [plan], [item.X] or [[lane]]"),
    };
    reader.report(diagnostic);
    meant.is_none()
}

/// True where a CSV file is asked for as items, which are put together from several files.
pub(super) fn is_items(request: &Request) -> bool {
    request.table.value == tables::Item::SPEC.name
}

/// Reads a CSV file as items.
pub(super) fn read_csv_items(
    request: &Request,
    file: FileId,
    text: &str,
    document: &mut Document,
    reader: &mut Reader,
) {
    csv::read_named(CsvFile { request, file, text }, &mut document.items, reader);
}

/// Reads a CSV file as entries of the table it was asked for; nothing else is in the document that comes back.
pub(super) fn read_csv_rows(
    request: &Request,
    file: FileId,
    text: &str,
    known: &Known<'_>,
    reader: &mut Reader,
) -> Document {
    let csv = CsvFile { request, file, text };
    let mut rows = Document::default();
    match request.table.value.as_str() {
        "demand" => csv::read_buckets(csv, &mut rows.demand, |entry| &mut entry.units, known, reader),
        "price" => csv::read_buckets(csv, &mut rows.prices, |entry| &mut entry.price, known, reader),
        "stock" => csv::read_rows(csv, &mut rows.stock, reader),
        "open-order" => csv::read_rows(csv, &mut rows.open_orders, reader),
        "purchase-price" => csv::read_rows(csv, &mut rows.purchase_prices, reader),
        "fee" => csv::read_rows(csv, &mut rows.fees, reader),
        "lane" => csv::read_rows(csv, &mut rows.lanes, reader),
        "open-transfer" => csv::read_rows(csv, &mut rows.open_transfers, reader),
        "history" => csv::read_rows(csv, &mut rows.history, reader),
        "actual" => csv::read_rows(csv, &mut rows.actuals, reader),
        other => refuse_csv(request, other, reader),
    }
    rows
}

/// Tables that may stand in CSV files.
pub(super) const CSV_TABLES: &[&str] = &[
    "item",
    "lane",
    "purchase-price",
    "stock",
    "open-order",
    "open-transfer",
    "demand",
    "history",
    "price",
    "fee",
    "actual",
];

fn refuse_csv(request: &Request, table: &str, reader: &mut Reader) {
    let span = request.table.span;
    let message = format!("no table `{table}` can stand in a CSV file");
    let mut diagnostic = Diagnostic::error(&codes::UNKNOWN_TABLE, message).at(span, "");
    diagnostic = match did_you_mean(table, CSV_TABLES.iter().copied()) {
        Some(name) => diagnostic.help(format!("did you mean \"{name}\"?")).edit(span, format!("\"{name}\"")),
        None => diagnostic.help(format!("tables in CSV files: {}", CSV_TABLES.join(", "))),
    };
    reader.report(diagnostic);
}
