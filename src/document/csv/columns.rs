//! The columns of a file by what they are for.

use crate::document::spec::{Entity, Kind};

/// A column: its place in the record and the key it holds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) index: usize,
    pub(super) key: &'static str,
    pub(super) kind: Kind,
}

/// The columns of a file by what they are for.
pub(super) struct Columns {
    pub(super) plain: Vec<Column>,
    /// Keys of the table's selector.
    pub(super) selector: Vec<(Column, Entity)>,
    pub(super) bucket: Option<usize>,
    /// Rows may name a day instead of a bucket.
    pub(super) by_day: bool,
    /// The id, of a table that has one in its header.
    pub(super) id: Option<usize>,
}

/// The key that a `bucket` column speaks of.
pub(super) fn is_bucketed(key: &str, kind: Kind) -> bool {
    matches!(key, "units" | "price" | "returned" | "promoted" | "lost")
        && matches!(kind, Kind::Level(_) | Kind::Flow(_))
}

impl Columns {
    /// The columns of a bucket and its value.
    pub(super) fn by_bucket(&self) -> Option<(usize, Column)> {
        let value = self.plain.iter().find(|column| is_bucketed(column.key, column.kind))?;
        Some((self.bucket?, *value))
    }
}
