//! What a run states besides the project: the file of a scenario, and `--set`.
//!
//! A layer is read like a project, but nothing in it has to be there; then its entries are laid over those of the same
//! identity, key by key. What has no counterpart is new, and must be whole. Every value keeps its place, so it is always
//! known which file won.

use std::collections::HashMap;

use super::clash::keys_exclude;
use super::read::{Reader, Slot, missing};
use super::same::terms;
use super::tables;
use super::values::{Row, Selector, SeriesText};
use super::{Document, with_tables};
use crate::diagnostic::{Diagnostic, codes};
use crate::series::{Series, SeriesKey};
use crate::source::{Span, Spanned};

/// What a run changes of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variant {
    /// `scenarios/<name>.toml` is laid over the project.
    pub scenario: Option<String>,
    /// `KEY=VALUE`, each laid over what came before.
    pub set: Vec<String>,
}

impl Variant {
    /// The file of its scenario, relative to the root.
    #[must_use]
    pub fn scenario_path(&self) -> Option<String> {
        let name = self.scenario.as_deref()?;
        Some(format!("scenarios/{}.toml", name.strip_suffix(".toml").unwrap_or(name)))
    }

    /// False where what is said to be a scenario leads elsewhere.
    pub(super) fn names_a_scenario(&self) -> bool {
        self.scenario.as_deref().is_none_or(|name| !name.contains(['/', '\\']))
    }
}

/// A `--set` that says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotASet(pub String);

/// Keys that together name an entry of a list on the command line.
fn path_keys(table: &str) -> &'static [&'static str] {
    match table {
        "demand" => &["item", "channel"],
        "stock" => &["item", "location"],
        "open-order" => &["id", "item"],
        "cash-flow" => &["name"],
        "renamed" => &["from"],
        _ => &["id"],
    }
}

/// The TOML that a `KEY=VALUE` stands for: `budget.main.purchases=90000` is an entry of `[[budget]]` with the id `main`.
///
/// # Errors
/// Where it has no `=`, the key is no path into a table, or the value is no TOML and no plain word.
pub fn set_text(argument: &str) -> Result<String, NotASet> {
    let fail = |why: String| Err(NotASet(why));
    let Some((key, value)) = argument.split_once('=') else {
        return fail(format!("`{argument}` has no `=`: it is written KEY=VALUE"));
    };
    let (key, value) = (key.trim(), value.trim());
    let Some(steps) = steps(key) else { return fail(format!("`{key}` is no key")) };
    let parses = |value: &str| {
        let text = format!("x = {value}");
        toml::de::DeTable::parse(&text).is_ok_and(|table| table.get_ref().len() == 1)
    };
    let value = match parses(value) && !value.contains('\n') {
        true => value.to_owned(),
        false => quoted(value),
    };
    let Some((table, rest)) = steps.split_first() else { return fail("it names no key".into()) };
    let Some(spec) = super::toml_file::TABLES.iter().find(|spec| spec.name == table) else {
        let known = super::toml_file::TABLES.iter().map(|spec| spec.name);
        let meant =
            super::spec::did_you_mean(table, known).map_or(String::new(), |name| format!("; did you mean `{name}`?"));
        return fail(format!("there is no table `{table}`{meant}"));
    };
    use super::spec::Form;
    let (header, names): (String, &[&str]) = match spec.form {
        Form::Single | Form::Inline => (format!("[{table}]\n"), &[]),
        Form::Named => (String::new(), &["id"]),
        Form::List => (format!("[[{table}]]\n"), path_keys(table)),
    };
    if rest.len() != names.len() + 1 {
        let shape: Vec<_> = names.iter().map(|name| name.to_uppercase()).collect();
        let shape = [vec![table.clone()], shape, vec!["KEY".into()]].concat().join(".");
        return fail(format!("`{key}` names no key of {}: it is written {shape}", spec.header()));
    }
    let (ids, last) = rest.split_at(names.len());
    let mut text = match spec.form {
        Form::Named => format!("[{table}.{}]\n", quoted(&ids[0])),
        _ => header,
    };
    if spec.form == Form::List {
        for (name, id) in names.iter().zip(ids) {
            text.push_str(&format!("{name} = {}\n", quoted(id)));
        }
    }
    text.push_str(&format!("{} = {value}\n", quoted(&last[0])));
    Ok(text)
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The steps of a dotted key.
fn steps(key: &str) -> Option<Vec<String>> {
    let text = format!("{key} = 0");
    let table = toml::de::DeTable::parse(&text).ok()?;
    let mut at = table.get_ref();
    let mut steps = Vec::new();
    loop {
        let (name, value) = at.iter().next()?;
        steps.push(name.get_ref().to_string());
        match value.get_ref().as_table() {
            Some(inner) => at = inner,
            None => return Some(steps),
        }
    }
}

/// What an entry of a list is known by.
pub(super) trait Identity {
    /// Its `id`.
    fn id(&self) -> Option<&str>;
    /// What else tells it from others.
    fn natural(&self) -> Option<String>;
}

/// Declares what entries are known by.
macro_rules! identities {
    ($($table:ident, $id:ident, |$entry:ident| $natural:expr;)*) => {$(
        impl Identity for tables::$table {
            fn id(&self) -> Option<&str> {
                identities!(@$id self)
            }

            fn natural(&self) -> Option<String> {
                let $entry = self;
                $natural
            }
        }
    )*};
    (@id $table:ident) => { $table.id.get().map(String::as_str) };
    (@none $table:ident) => { { let _ = $table; None } };
}

identities! {
    Price, id, |it| Some(selected(&it.selector));
    Fee, id, |it| Some(selected(&it.selector));
    Lane, id, |it| joined(&[Some(&selected(&it.selector)), it.supplier.get().or(it.from.get()), it.location.get(), Some(it.mode.get().unwrap_or(&"standard".to_owned()))]);
    PurchasePrice, id, |it| joined(&[Some(&selected(&it.selector)), it.supplier.get()]);
    Demand, id, |it| joined(&[it.item.get(), it.channel.get()]);
    Stock, none, |it| joined(&[it.item.get(), it.location.get()]);
    OpenOrder, none, |it| joined(&[it.id.get(), it.item.get()]);
    OpenTransfer, id, |it| joined(&[it.item.get(), it.from.get(), it.location.get(), it.due.get().map(ToString::to_string).as_ref()]);
    Outlook, id, |it| Some(selected(&it.selector));
    Adjust, id, |it| Some(format!("{} {:?}", selected(&it.selector), it.during.get()));
    Promotion, id, |_it| None;
    Service, id, |_it| None;
    Cover, id, |it| Some(selected(&it.selector));
    CashFlow, id, |it| it.name.get().cloned();
    Budget, id, |_it| None;
    Limit, id, |_it| None;
    Rule, id, |_it| None;
    Gate, id, |_it| None;
    Waiver, id, |_it| None;
    Pin, id, |it| joined(&[it.item.get(), it.supplier.get().or(it.from.get()), it.location.get(), Some(it.mode.get().unwrap_or(&"standard".to_owned())), it.receipt_bucket.get().map(ToString::to_string).as_ref()]);
    Renamed, none, |it| it.from.get().cloned();
    History, none, |_it| None;
    Actual, none, |_it| None;
}

/// Parts of a key; none where one is missing.
fn joined(parts: &[Option<&String>]) -> Option<String> {
    let parts: Option<Vec<_>> = parts.iter().map(|part| part.map(|part| format!("{part:?}"))).collect();
    parts.map(|parts| parts.join(" "))
}

/// A selector as a key: the same for the same keys and values in any order.
fn selected(slot: &Slot<Selector>) -> String {
    slot.get().map_or_else(|| "[] []".to_owned(), |one| format!("{:?} {:?}", terms(&one.met), terms(&one.not)))
}

/// Lays `over` over `base`.
pub(super) fn lay(base: &mut Document, mut over: Document, reader: &mut Reader) {
    demand(base, std::mem::take(&mut over.demand), reader);
    macro_rules! lay {
        (() single: $($single:ident),*; named: $($named:ident),*; list: $($list:ident),*; past: $($past:ident),*;) => {
            $( single(&mut base.$single, over.$single, reader); )*
            $( named(&mut base.$named, over.$named, reader); )*
            $( list(&mut base.$list, over.$list, reader); )*
            $( list(&mut base.$past, over.$past, reader); )*
        };
    }
    with_tables!(lay!());
    for (code, rate) in over.fx {
        match base.fx.iter_mut().find(|(known, _)| known.value == code.value) {
            Some(known) => *known = (code, rate),
            None => base.fx.push((code, rate)),
        }
    }
    base.broken.extend(over.broken);
}

/// Reports a key that a new entry must have and has not.
fn complete<T: Row>(entry: &T, reader: &mut Reader) {
    if let Some(field) = entry.lacks() {
        let diagnostic = missing(entry.header(), field, T::SPEC);
        reader.report(diagnostic.with_note("the project states no such entry, so this one has to be whole"));
    }
}

fn single<T: Row>(base: &mut Option<T>, over: Option<T>, reader: &mut Reader) {
    match (base, over) {
        (Some(base), Some(over)) => base.overlay(over),
        (base, Some(over)) => {
            complete(&over, reader);
            *base = Some(over);
        }
        (_, None) => {}
    }
}

fn named<T: Row>(base: &mut Vec<(Spanned<String>, T)>, over: Vec<(Spanned<String>, T)>, reader: &mut Reader) {
    for (id, table) in over {
        match base.binary_search_by(|(known, _)| known.value.cmp(&id.value)) {
            Ok(index) => base[index].1.overlay(table),
            Err(index) => {
                let known = base.iter().map(|(known, _)| known.value.as_str());
                if !reader.refuses((table.header(), T::SPEC), &id.value, known) {
                    complete(&table, reader);
                    base.insert(index, (id, table));
                }
            }
        }
    }
}

fn list<T: Row + Identity>(base: &mut Vec<T>, over: Vec<T>, reader: &mut Reader) {
    if over.is_empty() {
        return;
    }
    let mut by_id: HashMap<String, Vec<usize>> = HashMap::new();
    let mut by_nature: HashMap<String, Vec<usize>> = HashMap::new();
    for (index, entry) in base.iter().enumerate() {
        if let Some(id) = entry.id() {
            by_id.entry(id.to_owned()).or_default().push(index);
        }
        if let Some(natural) = entry.natural() {
            by_nature.entry(natural).or_default().push(index);
        }
    }
    for entry in over {
        let same = match entry.id() {
            Some(id) => by_id.get(id),
            None => entry.natural().and_then(|natural| by_nature.get(&natural)),
        };
        match same.map_or(&[][..], Vec::as_slice) {
            [] if refused(&entry, base, reader) => {}
            [] => {
                complete(&entry, reader);
                base.push(entry);
            }
            [index] => base[*index].overlay(entry),
            [first, second, ..] => {
                let message = format!("several entries of {} could be meant", T::SPEC.header());
                let diagnostic = Diagnostic::error(&codes::STATED_TWICE, message).at(entry.header(), "by this one");
                let diagnostic = diagnostic.at(base[*first].header(), "this").at(base[*second].header(), "or this");
                reader.report(diagnostic.help("give the one that is meant an `id` of its own"));
            }
        }
    }
}

/// True for an entry that a `--set` is about and that the project does not state, which is reported.
fn refused<T: Row + Identity>(entry: &T, base: &[T], reader: &mut Reader) -> bool {
    // As it is typed: keys that name an entry have dots between them.
    let natural = |entry: &T| Some(entry.natural()?.trim_matches('"').replace("\" \"", "."));
    let (name, known): (_, Vec<_>) = match entry.id() {
        Some(id) => (Some(id.to_owned()), base.iter().filter_map(|entry| entry.id().map(str::to_owned)).collect()),
        None => (natural(entry), base.iter().filter_map(natural).collect()),
    };
    reader.refuses((entry.header(), T::SPEC), &name.unwrap_or_default(), known.iter().map(String::as_str))
}

/// Demand is stated bucket by bucket: what a layer says of some buckets leaves the others as they are.
fn demand(base: &mut Document, over: Vec<tables::Demand>, reader: &mut Reader) {
    for entry in over {
        let (Some(item), Some(channel)) = (entry.item.get(), entry.channel.get()) else {
            match entry.id.get() {
                Some(id) => {
                    let found = base.demand.iter().position(|row| row.id.get() == Some(id));
                    match found {
                        Some(row) => base.demand[row].overlay(entry),
                        None if refused(&entry, &base.demand, reader) => {}
                        None => complete(&entry, reader),
                    }
                }
                None => complete(&entry, reader),
            }
            continue;
        };
        let same = |row: &tables::Demand| row.item.get() == Some(item) && row.channel.get() == Some(channel);
        if !base.demand.iter().any(same) && refused(&entry, &base.demand, reader) {
            continue;
        }
        let Some(units) = entry.units.get() else {
            complete(&entry, reader);
            continue;
        };
        let Series::Table { default: None, keys } = &units.series else {
            base.demand.retain(|row| !same(row));
            base.demand.push(entry);
            continue;
        };
        let mut standing = None;
        for (index, row) in base.demand.iter_mut().enumerate().filter(|(_, row)| same(row)) {
            let Slot::Is(stated) = &mut row.units else { continue };
            match &mut stated.value.series {
                Series::Scalar(value) => {
                    stated.value.series = Series::Table { default: Some(*value), keys: Vec::new() };
                    standing = Some(index);
                }
                Series::Table { default: Some(_), .. } => standing = Some(index),
                Series::Table { .. } | Series::Layered(_) => {}
                Series::Per(..) => {
                    let message = format!(
                        "demand of `{item}` in `{channel}` is stated per month or week, so no bucket of it can be changed alone"
                    );
                    let diagnostic = keys_exclude(message, entry.header, (stated.span, "stated here"));
                    reader.report(diagnostic.help("state it as a whole"));
                }
            }
            cut(&mut stated.value, keys);
        }
        base.demand.retain(|row| !same(row) || !is_empty(row));
        let standing = standing.and_then(|_| {
            base.demand.iter_mut().find(|row| {
                same(row)
                    && matches!(row.units.get().map(|text| &text.series), Some(Series::Table { default: Some(_), .. }))
            })
        });
        match standing {
            Some(tables::Demand { units: Slot::Is(stated), .. }) => {
                if let Series::Table { keys: own, .. } = &mut stated.value.series {
                    own.extend(keys.iter().copied());
                }
                stated.value.key_spans.extend(units.key_spans.iter().copied());
            }
            _ => base.demand.push(entry),
        }
    }
}

/// True for a row that says nothing any more.
fn is_empty(row: &tables::Demand) -> bool {
    matches!(row.units.get().map(|text| &text.series), Some(Series::Table { default: None, keys }) if keys.is_empty())
}

/// Longest range that is taken apart, periods.
const LONGEST: usize = 1_000;

/// Takes out of a series what `keys` speak of.
fn cut(text: &mut SeriesText, keys: &[SeriesKey]) {
    let Series::Table { keys: own, .. } = &mut text.series else { return };
    // By days, so that a month of a layer also stands for the weeks in it.
    let inside = |over: &SeriesKey, key: &SeriesKey| {
        over.first.start() <= key.first.start() && key.last.end() <= over.last.end()
    };
    let covered = |key: &SeriesKey| keys.iter().any(|over| inside(over, key));
    let meets = |key: &SeriesKey| {
        keys.iter().any(|over| over.first.start() <= key.last.end() && key.first.start() <= over.last.end())
    };
    let mut left: Vec<(SeriesKey, Span)> = Vec::new();
    for (key, span) in own.iter().zip(&text.key_spans) {
        if covered(key) {
            continue;
        }
        if !key.range || !meets(key) {
            left.push((*key, *span));
            continue;
        }
        let mut period = key.first;
        for _ in 0..LONGEST {
            let single = SeriesKey { first: period, last: period, range: false, value: key.value };
            let singled = own.iter().any(|other| !other.range && other.covers(period));
            if !covered(&single) && !singled {
                left.push((single, *span));
            }
            if period == key.last {
                break;
            }
            period = period.next();
        }
    }
    text.key_spans = left.iter().map(|(_, span)| *span).collect();
    *own = left.into_iter().map(|(key, _)| key).collect();
}
