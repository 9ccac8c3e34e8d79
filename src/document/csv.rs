//! CSV files: cells with their places, rows as table entries.

mod buckets;
mod cell;
mod columns;
mod headers;
mod known;
mod named;
mod records;
mod request;
mod rows;

use crate::source::FileId;
pub(super) use buckets::read_buckets;
pub(super) use cell::{Cell, CsvFormat};
pub(super) use known::Known;
pub(super) use named::read_named;
pub(super) use request::Request;
pub(super) use rows::read_rows;

/// Most cells of a row.
pub(super) const MAX_COLUMNS: usize = 10_000;
/// Most problems of a file; behind them it is read no further.
pub(super) const MAX_PROBLEMS: usize = 100_000;

/// A CSV file and the table it is asked for as.
#[derive(Clone, Copy)]
pub(super) struct CsvFile<'a> {
    pub(super) request: &'a Request,
    pub(super) file: FileId,
    pub(super) text: &'a str,
}
