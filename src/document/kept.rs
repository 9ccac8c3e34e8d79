//! What was read of files that may be read again: tables by the content of the file that states them.
//!
//! Only what was read without a problem is kept. So a problem is found anew each time, and counts once, whatever else is edited.

use super::csv::{CsvFormat, Known, Request};
use super::read::{Assumed, Reader};
use super::toml_file::Read;
use super::{Document, Text, with_tables};
use crate::plan::sha256;
use crate::source::{FileId, Sources};

/// A file by its content, and what it is called by in places.
type Content = (FileId, String);

/// What is kept of reading a project.
#[derive(Debug, Default)]
pub struct Kept {
    toml: Option<KeptToml>,
    tables: Vec<KeptTable>,
}

/// What all TOML files state together: tables may be spread over them.
#[derive(Debug)]
struct KeptToml {
    files: Vec<Content>,
    layers: Vec<Content>,
    document: Document,
    read: Read,
    assumptions: Vec<(String, Assumed)>,
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

fn contents(texts: &[Text], sources: &Sources) -> Vec<Content> {
    texts.iter().map(|(file, _)| (*file, sources.file(*file).sha256.clone())).collect()
}

impl Kept {
    /// What these TOML files stated, where they were read before.
    pub(super) fn toml(
        &mut self,
        texts: &[Text],
        layers: &[Text],
        sources: &Sources,
        reader: &mut Reader,
    ) -> Option<(Document, Read)> {
        let (files, over) = (contents(texts, sources), contents(layers, sources));
        let known = self.toml.as_ref().filter(|known| known.files == files && known.layers == over)?;
        reader.assumptions.extend(known.assumptions.iter().cloned());
        Some((known.document.clone(), known.read.clone()))
    }

    /// Keeps what TOML files state, if nothing is wrong with it.
    pub(super) fn keep_toml(
        &mut self,
        (texts, layers): (&[Text], &[Text]),
        sources: &Sources,
        (document, read): (&Document, &Read),
        reader: &Reader,
    ) {
        self.toml =
            (reader.found == 0 && reader.diagnostics.is_empty() && reader.broken.is_empty()).then(|| KeptToml {
                files: contents(texts, sources),
                layers: contents(layers, sources),
                document: document.clone(),
                read: read.clone(),
                assumptions: reader.assumptions.iter().map(|(name, known)| (name.clone(), known.clone())).collect(),
            });
    }

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
