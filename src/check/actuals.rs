//! What came to be: rows of `[[actual]]`, mostly of a CSV file that somebody exported.
//!
//! An export that lacks a column lacks it in every row. So what rows of one CSV file have in common is said once, at the first of them.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::Context;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::{BESIDES, keys_exclude, stated_twice};
use crate::document::spec::Entity;
use crate::document::tables;
use crate::network::{Actual, ChannelId, Event, ItemId, LocationId, SupplierId};
use crate::render::number::counted;
use crate::series::Series;
use crate::source::{FileId, Span};

/// Keys that a kind needs, days aside.
fn needed(row: &tables::Actual, kind: &str) -> Vec<(bool, &'static str)> {
    let (item, location) = ((row.item.is_absent(), "item"), (row.location.is_absent(), "location"));
    let units = (row.units.is_absent(), "units");
    match kind {
        "sale" => vec![item, (row.channel.is_absent(), "channel"), units],
        "transfer" => vec![item, (row.from.is_absent(), "from"), location, units],
        "payment" => vec![(row.amount.is_absent(), "amount"), (row.on.is_absent(), "on")],
        _ => vec![item, location, units],
    }
}

/// What some rows lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lack {
    Key(&'static str),
    Day,
}

/// What rows have in common: the file - of an entry in TOML its own place besides -, the kind, what they lack.
type Alike = (FileId, Option<Span>, String, Lack);

/// Rows that lack the same: the first one, and how many there are. Entries in TOML stand alone.
#[derive(Default)]
struct Lacking {
    rows: BTreeMap<Alike, (Span, usize)>,
    /// How many rows of a kind a file has.
    all: BTreeMap<(FileId, String), usize>,
}

impl Lacking {
    fn take(&mut self, row: &tables::Actual, kind: &str, lack: Lack, is_csv: bool) {
        let alone = (!is_csv).then_some(row.header);
        let place = if lack == Lack::Day { row.units.span().unwrap_or(row.header) } else { row.header };
        let rows = self.rows.entry((row.header.file, alone, kind.to_owned(), lack)).or_insert((place, 0));
        rows.1 += 1;
    }
}

impl Context<'_> {
    /// What came to be, by origin; reports rows that lack what their kind needs, and stock that is counted twice.
    pub(super) fn actuals(&mut self) -> Vec<Actual> {
        let document = self.document;
        let mut actuals = Vec::with_capacity(document.actuals.len());
        let mut lacking = Lacking::default();
        for row in &document.actuals {
            let item = self.names.slot(Entity::Item, &row.item).map(ItemId);
            let channel = self.names.slot(Entity::Channel, &row.channel).map(ChannelId);
            let location = self.names.slot(Entity::Location, &row.location).map(LocationId);
            let from = self.names.slot(Entity::Location, &row.from).map(LocationId);
            let supplier = self.names.slot(Entity::Supplier, &row.supplier).map(SupplierId);
            let order = row.order.get().cloned();
            let kind = row.kind.get().map_or("sale", String::as_str);
            let is_csv = !self.sources.file(row.header.file).path.ends_with(".toml");
            if !row.kind.is_bad() {
                *lacking.all.entry((row.header.file, kind.to_owned())).or_default() += 1;
                for (_, key) in needed(row, kind).into_iter().filter(|(absent, _)| *absent) {
                    lacking.take(row, kind, Lack::Key(key), is_csv);
                }
                self.told_when(row, kind, is_csv, &mut lacking);
            }
            let price = row.price.get().map(|text| text.series.clone());
            let event = match kind {
                _ if row.kind.is_bad() => None,
                "sale" => item.zip(channel).map(|(item, channel)| Event::Sale(item, channel, location, price)),
                "receipt" => item.zip(location).map(|(item, location)| Event::Receipt(item, location, supplier, order)),
                "transfer" => {
                    let ends = from.zip(location);
                    item.zip(ends).map(|(item, (from, location))| Event::Transfer(item, from, location))
                }
                "stock" => item.zip(location).map(|(item, location)| Event::Stock(item, location)),
                _ => row.amount.get().map(|amount| Event::Payment(*amount, supplier, order)),
            };
            let Some(event) = event else { continue };
            actuals.push(Actual {
                event,
                units: row.units.get().map(|text| text.series.clone()),
                on: row.on.get().copied(),
                origin: self.origin(row.header),
            });
        }
        self.lacking(lacking);
        self.counted_twice();
        actuals.sort_by(|a, b| a.origin.cmp(&b.origin));
        actuals
    }

    fn lacking(&mut self, lacking: Lacking) {
        for ((file, alone, kind, lack), (place, rows)) in lacking.rows {
            let diagnostic = match lack {
                Lack::Key(key) => {
                    let message = format!("an actual of kind `{kind}` needs `{key}`");
                    Diagnostic::error(&codes::MISSING_KEY, message).at(place, format!("no `{key}` here"))
                }
                Lack::Day => {
                    let message = format!("nothing tells when this {kind} was");
                    let help = "give the day with `on`, or units by month or week; in CSV a column `bucket`";
                    Diagnostic::error(&codes::MISSING_KEY, message).at(place, "so many, but when?").help(help)
                }
            };
            // A key that every row lacks is no column of the file.
            let is_column = alone.is_none() && rows > 1 && lacking.all.get(&(file, kind)) == Some(&rows);
            let diagnostic = match lack {
                Lack::Key(key) if is_column => diagnostic.help(format!(
                    "a column of the file is to be called `{key}`; a [[csv]] entry that names the file can say `columns = {{ {key} = \"...\" }}`"
                )),
                _ => diagnostic,
            };
            let others = rows - 1;
            self.report(match others {
                0 => diagnostic,
                _ => diagnostic.with_note(format!(
                    "{} too",
                    counted(others, "row of the file lacks it", "rows of the file lack it")
                )),
            });
        }
    }

    /// Reports an actual that tells no day, and one that tells two.
    fn told_when(&mut self, row: &tables::Actual, kind: &str, is_csv: bool, lacking: &mut Lacking) {
        let by_bucket = row.units.spanned().filter(|units| matches!(units.value.series, Series::Table { .. }));
        match (by_bucket, row.on.span(), row.units.spanned()) {
            (Some(units), Some(on), _) => {
                self.report(keys_exclude("units are told by the day or by the bucket", on, (units.span, BESIDES)));
            }
            (None, None, Some(_)) if kind != "payment" && row.on.is_absent() => {
                lacking.take(row, kind, Lack::Day, is_csv);
            }
            _ => {}
        }
    }

    /// Reports stock that is counted twice on a day: which count holds is not for us to say.
    fn counted_twice(&mut self) {
        let document = self.document;
        let mut counts = BTreeMap::new();
        for row in document.actuals.iter().filter(|row| row.kind.get().is_some_and(|kind| kind == "stock")) {
            let (Some(item), Some(location), Some(on)) = (row.item.get(), row.location.get(), row.on.get()) else {
                continue;
            };
            match counts.entry((item, location, on)) {
                Entry::Vacant(place) => drop(place.insert(row.header)),
                Entry::Occupied(before) => {
                    let message = format!("stock of {item} at {location} is counted twice on {on}");
                    let help = "keep the count that holds";
                    self.report(stated_twice(message, row.header, *before.get()).help(help));
                }
            }
        }
    }
}
