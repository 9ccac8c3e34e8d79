//! Stock as it was counted.

use std::collections::{BTreeMap, BTreeSet};

use super::edits::quoted;
use super::{Work, not_rolled};
use crate::network::Event;
use crate::series::Series;

/// Stocks that are named where they are not counted.
const NAMED: usize = 8;
/// Where stock is added that no file states yet, if no TOML file has any.
const FILE: &str = "operations/stock.toml";

impl Work<'_> {
    /// Writes counted stock into the entries that state it.
    pub(super) fn stock(&mut self) {
        let counted = self.counted();
        let mut stated = BTreeSet::new();
        let mut missing = Vec::new();
        for row in &self.document.stock {
            let (Some(item), Some(location), Some(on_hand)) =
                (row.item.get(), row.location.get(), row.on_hand.spanned())
            else {
                continue;
            };
            let pool = (item.clone(), location.clone());
            match counted.get(&pool) {
                Some(units) => {
                    let what = format!("stock of {item} at {location}");
                    self.set(on_hand.span, on_hand.value, *units, &what);
                }
                None => missing.push((pool.clone(), Some(on_hand.span))),
            }
            stated.insert(pool);
        }
        for row in &self.plan.inventory {
            let pool = (row.item.clone(), row.location.clone());
            let moved = row.opening != 0 || row.receipts != 0 || row.transfers_in != 0;
            let over = self.plan.buckets.iter().any(|bucket| bucket.label == row.bucket && bucket.start < self.as_of);
            if moved && over && !counted.contains_key(&pool) && stated.insert(pool.clone()) {
                missing.push((pool, None));
            }
        }
        for ((item, location), units) in counted.iter().filter(|(pool, units)| !stated.contains(*pool) && **units > 0) {
            let entry =
                format!("[[stock]]\nitem = {}\nlocation = {}\non-hand = {units}\n", quoted(item), quoted(location));
            let path = self.file_with(self.document.stock.iter().map(|row| row.header), FILE);
            self.edits.add(&path, &entry, format!("new stock of {item} at {location}: {units}"));
        }
        if let Some(((item, location), span)) = missing.first() {
            let message = format!(
                "{} not counted on the morning of {}, that of `{item}` at `{location}` first",
                if missing.len() == 1 { "a stock is".to_owned() } else { format!("{} stocks are", missing.len()) },
                self.as_of
            );
            let mut diagnostic = not_rolled(message);
            if let Some(span) = span {
                diagnostic = diagnostic.at(*span, "this is of the last cycle");
            }
            let others =
                missing.iter().skip(1).take(NAMED).map(|((item, location), _)| format!("{item} at {location}"));
            let others: Vec<String> = others.collect();
            if !others.is_empty() {
                let more = missing.len().saturating_sub(NAMED + 1);
                let more = if more > 0 { format!(", and {more} more") } else { String::new() };
                diagnostic = diagnostic.with_note(format!("also {}{more}", others.join(", ")));
            }
            let help = format!("tell actuals of kind \"stock\" with on = {}: item, location, units", self.as_of);
            self.problem(diagnostic.help(help));
        }
    }

    /// Units counted on the morning of the new day, by item and location.
    fn counted(&self) -> BTreeMap<(String, String), i64> {
        let mut counted = BTreeMap::new();
        for actual in &self.network.actuals {
            let Event::Stock(item, location) = &actual.event else { continue };
            let units = match (&actual.units, actual.on) {
                (Some(Series::Scalar(units)), Some(on)) if on == self.as_of => Some(*units),
                (Some(Series::Table { keys, .. }), None) => {
                    let ends = keys.iter().find(|key| key.last.next().start() == self.as_of);
                    ends.map(|key| key.value)
                }
                _ => None,
            };
            if let Some(units) = units.and_then(|units| i64::try_from(units).ok()) {
                let pool = (self.network.item(*item).id.clone(), self.network.location(*location).id.clone());
                counted.insert(pool, units);
            }
        }
        counted
    }

    /// The last TOML file that has entries of a kind, by their headers; else the usual one.
    pub(super) fn file_with(&self, headers: impl Iterator<Item = crate::source::Span>, usual: &str) -> String {
        let files = headers.map(|header| self.sources.file(header.file).path.clone());
        files.filter(|path| path.ends_with(".toml")).max().unwrap_or_else(|| usual.to_owned())
    }
}
