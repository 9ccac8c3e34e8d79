//! What was read of files that may be read again, by their content: TOML files ([`super::each`]), and the entries of CSV files.
//!
//! Only what was read without a problem is kept. So a problem is found anew each time, and counts once, whatever else is edited.

use super::csv::{CsvFormat, Known, Request};
use super::each::{Content, KeptFiles};
use super::{Document, with_tables};
use crate::plan::sha256;
use crate::source::{FileId, Sources};

/// What is kept of reading a project.
#[derive(Debug, Default)]
pub struct Kept {
    pub(super) files: KeptFiles,
    tables: Vec<KeptTable>,
}

/// The entries that a CSV file states.
#[derive(Debug)]
struct KeptTable {
    key: TableKey,
    rows: Document,
    /// True where the last reading asked for it.
    asked: bool,
}

/// What the entries of a CSV file follow from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TableKey {
    content: Content,
    table: String,
    columns: Vec<(String, String)>,
    format: CsvFormat,
    /// Names that are declared: rows with others stay apart.
    names: String,
}

impl TableKey {
    pub(super) fn of(request: &Request, file: FileId, sources: &Sources, known: &Known<'_>) -> Self {
        Self {
            content: (file, sources.file(file).sha256.clone()),
            table: request.table.value.clone(),
            columns: request.columns.clone(),
            format: request.format.clone(),
            names: sha256(known.listed().as_bytes()),
        }
    }
}

impl Kept {
    /// The entries of a CSV file, where it was read before.
    pub(super) fn rows(&mut self, key: &TableKey) -> Option<Document> {
        let known = self.tables.iter_mut().find(|known| known.key == *key)?;
        known.asked = true;
        Some(known.rows.clone())
    }

    /// Keeps the entries of a CSV file.
    pub(super) fn keep_rows(&mut self, key: TableKey, rows: &Document) {
        self.tables.push(KeptTable { key, rows: rows.clone(), asked: true });
    }

    /// Gives back what the last reading did not ask for.
    pub(super) fn tidy(&mut self) {
        self.tables.retain(|known| known.asked);
        self.tables.iter_mut().for_each(|known| known.asked = false);
    }
}

/// Adds the entries of lists to those of a document.
pub(super) fn append(document: &mut Document, rows: Document) {
    macro_rules! append {
        (() single: $($single:ident),*; named: $($named:ident),*; list: $($list:ident),*; past: $($past:ident),*;) => {
            $( document.$list.extend(rows.$list); )*
            $( document.$past.extend(rows.$past); )*
        };
    }
    with_tables!(append!());
}
