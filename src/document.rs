//! The documents: what the TOML and CSV files of a project say, typed, with places, not yet held against each other.
//!
//! [`load`] reads all files and reports every problem that one table shows by itself: syntax, unknown keys, wrong
//! types, numbers out of range. Names are not resolved here. TOML ends in `check`.

mod approved;
mod change;
pub(crate) mod clash;
mod csv;
mod dialect;
mod each;
mod input;
mod kept;
mod label;
mod overlay;
mod read;
mod reference;
mod same;
mod schema;
pub mod spec;
mod syntax;
pub mod tables;
mod toml_file;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, codes};
use crate::plan::sha256;
use crate::source::{FileId, Sources, Span, Spanned};

pub use approved::{Approved, names_a_file};
pub use change::{Change, blend, changes};
pub use kept::Kept;
pub use overlay::{NotASet, Variant, set_text};
use read::Reader;
pub use read::Slot;
pub use reference::reference;
pub use schema::{project_schema, scenario_schema};
pub(crate) use values::MAX_BUCKETS;
pub use values::{BucketText, During, Freight, FromBucket, Met, One, Rows, Selector, SeriesText, Terms, Words};

/// Largest TOML file, bytes.
pub const MAX_TOML: u64 = 16 << 20;
/// Largest CSV file, bytes.
pub const MAX_CSV: u64 = 256 << 20;
/// Largest plan file, bytes.
pub const MAX_PLAN: u64 = 512 << 20;
/// Largest TOML files together, bytes.
pub const MAX_ALL_TOML: u64 = 64 << 20;
/// Most TOML files of a project.
pub const MAX_FILES: usize = 10_000;
/// Most items.
pub const MAX_ITEMS: usize = 100_000;
/// Most locations, channels, suppliers.
pub const MAX_PLACES: usize = 10_000;
/// Most entries of a table whose selector names no item: each of them is held against every item.
pub const MAX_BROAD: usize = 2_000;

/// Why a file could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// The path leads out of the project.
    OutsideRoot,
    /// The file is larger than this many bytes.
    TooLarge(u64),
    /// The system says no.
    Unreadable(String),
}

/// What a file looks like from outside: where that is the same, it says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(pub [u64; 4]);

/// The files of a project, wherever they are kept.
pub trait Files {
    /// Paths of all `*.toml` files that belong to the project (hidden folders, `scenarios/` and `cycles/` aside), and
    /// of the approved plans in `cycles/`; relative to the root, with `/`, in any order.
    ///
    /// # Errors
    /// Where a folder cannot be read.
    fn list(&self) -> Result<Vec<String>, (String, ReadError)>;

    /// Names of the scenarios there are, for "did you mean".
    fn scenarios(&self) -> Vec<String> {
        Vec::new()
    }

    /// What a file looks like; nothing where that cannot tell it from what it was.
    fn stamp(&self, _path: &str) -> Option<Stamp> {
        None
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// Where there is none, it lies outside of the root, or it is larger than `limit` bytes.
    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError>;
}

/// Hands the fields of [`Document`] that hold tables to a macro, by the form of the tables.
macro_rules! with_tables {
    ($then:ident!($($given:tt)*)) => {
        $then! {
            ($($given)*)
            single: plan, economics, cash;
            named: items, locations, channels, suppliers;
            list: prices, fees, lanes, purchase_prices, stock, open_orders, open_transfers, demand, outlooks, adjusts,
                promotions, services, covers, cash_flows, budgets, limits, rules, gates, waivers, pins, renamed;
            past: history, actuals;
        }
    };
}
pub(crate) use with_tables;

/// A project as stated.
#[derive(Debug, Clone, Default)]
pub struct Document {
    /// Where the project's manifest is: the place to blame for what is missing as a whole.
    pub manifest: Option<Span>,
    /// `[plan]`
    pub plan: Option<tables::Plan>,
    /// `[economics]`
    pub economics: Option<tables::Economics>,
    /// `[fx]`: currency and its rate.
    pub fx: Vec<(Spanned<String>, Slot<SeriesText>)>,
    /// `[item.X]`
    pub items: Vec<(Spanned<String>, tables::Item)>,
    /// `[location.X]`
    pub locations: Vec<(Spanned<String>, tables::Location)>,
    /// `[channel.X]`
    pub channels: Vec<(Spanned<String>, tables::Channel)>,
    /// `[supplier.X]`
    pub suppliers: Vec<(Spanned<String>, tables::Supplier)>,
    /// `[[price]]`
    pub prices: Vec<tables::Price>,
    /// `[[fee]]`
    pub fees: Vec<tables::Fee>,
    /// `[[lane]]`
    pub lanes: Vec<tables::Lane>,
    /// `[[purchase-price]]`
    pub purchase_prices: Vec<tables::PurchasePrice>,
    /// `[[stock]]`
    pub stock: Vec<tables::Stock>,
    /// `[[open-order]]`
    pub open_orders: Vec<tables::OpenOrder>,
    /// `[[open-transfer]]`
    pub open_transfers: Vec<tables::OpenTransfer>,
    /// `[[demand]]`
    pub demand: Vec<tables::Demand>,
    /// `[[outlook]]`
    pub outlooks: Vec<tables::Outlook>,
    /// `[[history]]`
    pub history: Vec<tables::History>,
    /// `[[adjust]]`
    pub adjusts: Vec<tables::Adjust>,
    /// `[[promotion]]`
    pub promotions: Vec<tables::Promotion>,
    /// `[cash]`
    pub cash: Option<tables::Cash>,
    /// `[[cash-flow]]`
    pub cash_flows: Vec<tables::CashFlow>,
    /// `[[budget]]`
    pub budgets: Vec<tables::Budget>,
    /// `[[limit]]`
    pub limits: Vec<tables::Limit>,
    /// `[[service]]`
    pub services: Vec<tables::Service>,
    /// `[[cover]]`
    pub covers: Vec<tables::Cover>,
    /// `[[rule]]`, in the order of their file
    pub rules: Vec<tables::Rule>,
    /// `[[gate]]`
    pub gates: Vec<tables::Gate>,
    /// `[[waiver]]`
    pub waivers: Vec<tables::Waiver>,
    /// `[[pin]]`
    pub pins: Vec<tables::Pin>,
    /// `[[renamed]]`
    pub renamed: Vec<tables::Renamed>,
    /// `[[actual]]`
    pub actuals: Vec<tables::Actual>,
    /// Text of files that could not be read as a whole: a name that stands there may well be declared there.
    pub broken: Vec<Arc<str>>,
    /// Assumptions by name: their values and where they stand.
    pub assumptions: BTreeMap<String, (Decimal, Span)>,
    /// Values that go by an assumption: which one.
    pub assumed: BTreeMap<Span, String>,
    /// Approved plans found in `cycles/`.
    pub approved: Vec<String>,
    /// The last of them before this cycle.
    pub last_plan: Option<Approved>,
}

/// True where a name stands in a text by itself, not as a part of a longer one.
pub(crate) fn names(text: &str, name: &str) -> bool {
    let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '-' || c == '_');
    let mut found = text.match_indices(name);
    found.any(|(at, _)| !part(text[..at].chars().next_back()) && !part(text[at + name.len()..].chars().next()))
}

impl Document {
    /// True where a file that could not be read as a whole may well declare this name.
    #[must_use]
    pub fn may_declare(&self, name: &str) -> bool {
        self.broken.iter().any(|text| names(text, name))
    }

    /// The places where a value names a week. What was (history, actuals) is left aside: it may be
    /// told by week whatever the buckets are.
    #[must_use]
    pub fn weeks(&self) -> Vec<Span> {
        use values::Row as _;
        let mut found = Vec::new();
        macro_rules! visit {
            (() single: $($single:ident),*; named: $($named:ident),*; list: $($list:ident),*; past: $($past:ident),*;) => {
                $( self.$single.iter().for_each(|table| table.weeks(&mut found)); )*
                $( self.$named.iter().for_each(|(_, table)| table.weeks(&mut found)); )*
                $( self.$list.iter().for_each(|table| table.weeks(&mut found)); )*
            };
        }
        with_tables!(visit!());
        for (_, rate) in &self.fx {
            rate.weeks(&mut found);
        }
        found
    }
}

/// What [`load`] found: the document, the text it came from, and the problems.
#[derive(Debug, Default)]
pub struct Loaded {
    /// What is stated.
    pub document: Document,
    /// Every file that was read.
    pub sources: Sources,
    /// Problems, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads every file of a project.
pub fn load(files: &dyn Files) -> Loaded {
    load_variant(files, &Variant::default())
}

/// Reads every file of a project, and lays a scenario and what is set besides over it.
pub fn load_variant(files: &dyn Files, variant: &Variant) -> Loaded {
    load_beside(files, variant, Sources::default())
}

/// Reads a project like [`load_variant`]; what is stated by files that were read before comes from what is `kept` of them.
pub fn load_again(files: &dyn Files, variant: &Variant, kept: &mut Kept) -> Loaded {
    let loaded = load_with(files, variant, Sources::default(), Some(kept));
    kept.tidy();
    loaded
}

/// Reads a project like [`load_variant`], its files behind those of `sources`: places of both can be told.
pub fn load_beside(files: &dyn Files, variant: &Variant, sources: Sources) -> Loaded {
    load_with(files, variant, sources, None)
}

fn load_with(files: &dyn Files, variant: &Variant, sources: Sources, mut kept: Option<&mut Kept>) -> Loaded {
    let first = sources.files().len();
    let mut loaded = Loaded { sources, ..Loaded::default() };
    let mut paths = match files.list() {
        Ok(paths) => paths,
        Err((path, error)) => {
            loaded.diagnostics.push(unreadable(&path, &error, None));
            loaded.document.broken.push("".into());
            return loaded;
        }
    };
    paths.sort();
    let (toml, other): (Vec<_>, Vec<_>) =
        paths.into_iter().partition(|path| path.to_ascii_lowercase().ends_with(".toml"));
    loaded.document.approved = other;
    if toml.len() > MAX_FILES {
        let message = format!("the project has {} TOML files; {MAX_FILES} are the most", toml.len());
        loaded.diagnostics.push(Diagnostic::error(&codes::TOO_LARGE, message));
        loaded.document.broken.push("".into());
        return loaded;
    }
    let mut texts = Vec::new();
    let mut bytes = 0;
    for path in toml {
        texts.extend(take_in(&mut loaded, files, path, MAX_TOML, None));
        bytes += texts.last().map_or(0, |(_, text): &Text| text.len() as u64);
        if bytes > MAX_ALL_TOML {
            let message = format!("the TOML files of the project are larger than {} MiB together", MAX_ALL_TOML >> 20);
            let diagnostic = Diagnostic::error(&codes::TOO_LARGE, message);
            loaded.diagnostics.push(diagnostic.help("long tables stand better in CSV files"));
            loaded.document.broken.push("".into());
            return loaded;
        }
    }
    let (layers, sets) = take_in_layers(&mut loaded, files, variant);
    let mut reader = Reader { broken: std::mem::take(&mut loaded.document.broken), sets, ..Reader::default() };
    let read = read_toml((&texts, &layers), &mut loaded, &mut reader, kept.as_deref_mut());
    loaded.diagnostics.append(&mut reader.diagnostics);
    let mut document = std::mem::take(&mut loaded.document);
    read_requests((&read.requests, first), files, &mut document, &mut loaded, (&mut reader, kept));
    for (mut layer, requests) in read.layers {
        read_requests((&requests, first), files, &mut layer, &mut loaded, (&mut reader, None));
        overlay::lay(&mut document, layer, &mut reader);
    }
    reader.tally.note_left_out(&mut reader.diagnostics);
    document.broken.append(&mut loaded.document.broken);
    document.broken.append(&mut reader.broken);
    document.assumed = reader.assumed;
    let known = reader.assumptions.into_iter();
    document.assumptions = known.filter_map(|(name, known)| Some((name, (known.value?, known.span)))).collect();
    loaded.document = document;
    loaded.diagnostics.append(&mut reader.diagnostics);
    approved::take_in_last(&mut loaded, files);
    loaded
}

/// Reads what TOML files state into the document; what is kept of that is not read again.
fn read_toml(
    (texts, layers): (&[Text], &[Text]),
    loaded: &mut Loaded,
    reader: &mut Reader,
    kept: Option<&mut Kept>,
) -> toml_file::Read {
    if let Some(kept) = kept.filter(|_| reader.broken.is_empty()) {
        let mut stated = Document::default();
        let read = each::read_each((texts, layers), &loaded.sources, &mut stated, reader, &mut kept.files);
        if let Some(read) = read {
            loaded.document = Document { approved: std::mem::take(&mut loaded.document.approved), ..stated };
            return read;
        }
    }
    toml_file::read_all(texts, layers, &mut loaded.document, reader)
}

/// Takes in the scenario's file, and what is set, as a file each; tells which files are the latter.
fn take_in_layers(loaded: &mut Loaded, files: &dyn Files, variant: &Variant) -> (Vec<Text>, BTreeSet<FileId>) {
    let mut layers = Vec::new();
    if let Some(path) = variant.scenario_path() {
        let before = loaded.diagnostics.len();
        if variant.names_a_scenario() {
            layers.extend(take_in(loaded, files, path, MAX_TOML, None));
        } else {
            loaded.diagnostics.push(cannot_be_read(&path, "a scenario goes by the name of its file in scenarios/"));
            loaded.document.broken.push("".into());
        }
        let known = files.scenarios();
        let name = variant.scenario.as_deref().unwrap_or_default();
        for diagnostic in loaded.diagnostics[before..].iter_mut().filter(|one| one.code == &codes::UNREADABLE) {
            let help = match spec::did_you_mean(name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "a scenario is a TOML file in scenarios/".to_owned(),
                None => format!("scenarios: {}", known.join(", ")),
            };
            diagnostic.help.push(help);
        }
    }
    let mut sets = BTreeSet::new();
    for argument in &variant.set {
        match set_text(argument) {
            Ok(text) => {
                let hash = sha256(text.as_bytes());
                let text: Arc<str> = text.into();
                let file = loaded.sources.add(format!("--set {argument}"), text.clone(), hash);
                sets.insert(file);
                layers.push((file, text));
            }
            Err(NotASet(why)) => {
                let message = format!("--set {argument}: {why}");
                loaded.diagnostics.push(Diagnostic::error(&codes::UNKNOWN_KEY, message));
            }
        }
    }
    (layers, sets)
}

/// Reads the CSV files that are asked for into `document`; the same file twice for one table is an error. The project's own files are
/// those from `first` on: another project beside it has files of the same names.
fn read_requests(
    (requests, first): (&[csv::Request], usize),
    files: &dyn Files,
    document: &mut Document,
    loaded: &mut Loaded,
    (reader, mut kept): (&mut Reader, Option<&mut Kept>),
) {
    for (index, request) in requests.iter().enumerate() {
        let same = |other: &&csv::Request| {
            (&other.table.value, &other.path.value) == (&request.table.value, &request.path.value)
        };
        match requests[..index].iter().find(same) {
            Some(before) => {
                let message = format!("`{}` is read twice as `{}`", request.path.value, request.table.value);
                loaded.diagnostics.push(clash::stated_twice(message, request.path.span, before.path.span));
            }
            None => read_csv((request, first), files, document, loaded, (reader, kept.as_deref_mut())),
        }
    }
}

/// Reads TOML files and looks at nothing but their syntax; a file without a diagnostic is valid TOML.
pub fn parse(files: &dyn Files, paths: Vec<String>) -> Loaded {
    let mut loaded = Loaded::default();
    for path in paths {
        if let Some((id, text)) = take_in(&mut loaded, files, path, MAX_TOML, None) {
            loaded.diagnostics.extend(syntax::parse(id, &text, toml_file::TABLES).diagnostics);
        }
    }
    loaded
}

/// A file's id and text.
pub(crate) type Text = (FileId, Arc<str>);

/// Reads one file into the sources; `None`, with a diagnostic, where that fails.
fn take_in(loaded: &mut Loaded, files: &dyn Files, path: String, limit: u64, asked: Option<Span>) -> Option<Text> {
    let bytes = match files.read(&path, limit) {
        Ok(bytes) => bytes,
        Err(error) => {
            loaded.diagnostics.push(unreadable(&path, &error, asked));
            loaded.document.broken.push("".into());
            return None;
        }
    };
    // The hash of a large file takes as long as all else about it.
    let (hash, bytes) = rayon::join(
        || sha256(&bytes),
        || {
            // Editors count columns without the byte order mark, and so do places.
            let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
            String::from_utf8(text.to_vec())
        },
    );
    match bytes {
        Ok(text) => {
            let text: Arc<str> = text.into();
            let id = loaded.sources.add(path, text.clone(), hash);
            Some((id, text))
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let message = format!("{path} is not UTF-8{}", guess_encoding(error.as_bytes()));
            let text: Arc<str> = String::from_utf8_lossy(error.as_bytes()).into();
            // UTF-16 shows its names once the zeros are gone.
            loaded.document.broken.push(text.replace('\0', "").into());
            let id = loaded.sources.add(path, text, hash);
            let diagnostic = Diagnostic::error(&codes::ENCODING, message).at(Span::new(id, valid, valid), "from here");
            loaded.diagnostics.push(diagnostic.help("save the file as UTF-8"));
            None
        }
    }
}

/// Names an encoding by its byte order mark, or by what else the bytes look like.
fn guess_encoding(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xfe, ..] => ", but UTF-16 (little endian)",
        [0xfe, 0xff, ..] => ", but UTF-16 (big endian)",
        _ if bytes.contains(&0) => ", but UTF-16 or no text at all",
        _ => "; it looks like Windows-1252 or Latin-1",
    }
}

pub(crate) fn unreadable(path: &str, error: &ReadError, asked: Option<Span>) -> Diagnostic {
    let diagnostic = match error {
        ReadError::OutsideRoot => Diagnostic::error(&codes::OUTSIDE_ROOT, format!("{path} leads out of the project"))
            .help("files are read below the folder of sop.toml only"),
        ReadError::TooLarge(limit) => {
            Diagnostic::error(&codes::TOO_LARGE, format!("{path} is larger than {} MiB", limit >> 20))
        }
        ReadError::Unreadable(why) => cannot_be_read(path, why),
    };
    match asked {
        Some(span) => diagnostic.at(span, "asked for here"),
        None => diagnostic,
    }
}

/// Says that a file or folder cannot be read.
pub fn cannot_be_read(path: &str, why: &str) -> Diagnostic {
    Diagnostic::error(&codes::UNREADABLE, format!("{path} cannot be read: {why}"))
}

fn read_csv(
    (request, first): (&csv::Request, usize),
    files: &dyn Files,
    document: &mut Document,
    loaded: &mut Loaded,
    (reader, kept): (&mut Reader, Option<&mut Kept>),
) {
    let path = request.path.value.clone();
    let known = loaded.sources.files().iter().enumerate().skip(first).find(|(_, file)| file.path == path);
    let text = match known {
        Some((index, file)) => Some((FileId(u32::try_from(index).unwrap_or(u32::MAX)), file.text.clone())),
        None => take_in(loaded, files, path, MAX_CSV, Some(request.path.span)),
    };
    let Some((file, text)) = text else { return };
    if toml_file::is_items(request) {
        return toml_file::read_csv_items(request, file, &text, document, reader);
    }
    let known = csv::Known::of(&document.items, &document.channels);
    let Some(kept) = kept else {
        let rows = toml_file::read_csv_rows(request, file, &text, &known, reader);
        return kept::append(document, rows);
    };
    let key = kept::TableKey::of(request, file, &loaded.sources, &known);
    let rows = kept.rows(&key).unwrap_or_else(|| {
        let before = reader.found;
        let rows = toml_file::read_csv_rows(request, file, &text, &known, reader);
        if reader.found == before {
            kept.keep_rows(key, &rows);
        }
        rows
    });
    kept::append(document, rows);
}

#[cfg(test)]
mod tests;
