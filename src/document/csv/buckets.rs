//! Rows with a bucket each: those that say the same but for the bucket become one entry.

use std::collections::HashMap;

use super::CsvFile;
use super::columns::{Column, Columns};
use super::known::Known;
use super::records::Records;
use super::rows::{each_row, read_row};
use crate::calendar::Period;
use crate::document::read::{Reader, Slot, in_limits, plain_decimal};
use crate::document::spec::Kind;
use crate::document::values::{Row, SeriesText};
use crate::series::{Series, SeriesKey};
use crate::source::{FileId, Span, Spanned};

/// Reads the rows of a file with a row for each bucket. Rows that say the same but for the bucket become one entry with
/// a key for each, as if they were written in TOML, as long as no bucket comes twice and every name in them is
/// known: else each keeps a place of its own for what is to be said about it.
pub(in crate::document) fn read_buckets<T: Row>(
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
