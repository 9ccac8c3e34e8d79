//! Rows as tables with ids.

use super::CsvFile;
use super::rows::{each_row, read_row};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::read::Reader;
use crate::document::values::Row;
use crate::source::{FileId, Span, Spanned};

/// Reads the rows of a file as tables with ids. What a file states of an id and what others do is one table: a key in
/// both is an error that shows both places.
pub(in crate::document) fn read_named<T: Row>(
    csv: CsvFile<'_>,
    list: &mut Vec<(Spanned<String>, T)>,
    reader: &mut Reader,
) {
    let before = list.len();
    each_row(csv, T::SPEC, reader, |columns, records, header, reader| {
        let id = records.make(csv.file, columns.id.unwrap_or(0));
        if id.text.is_empty() {
            let message = format!("the row names no {}", T::SPEC.name);
            reader.report(Diagnostic::error(&codes::MISSING_KEY, message).at(header, "this row"));
            return;
        }
        let table = read_row(columns, records, header, csv.file, reader);
        list.push((Spanned::new(id.text.to_owned(), id.span), table));
    });
    if list.len() == before {
        return;
    }
    // Stable: what stands in TOML comes before what stands in a row.
    list.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
    *list = one_of_each(std::mem::take(list), csv.file, reader);
}

/// Tables in the order of their ids, with those of one id as one; two rows of one file never are.
fn one_of_each<T: Row>(
    list: Vec<(Spanned<String>, T)>,
    file: FileId,
    reader: &mut Reader,
) -> Vec<(Spanned<String>, T)> {
    let mut merged: Vec<(Spanned<String>, T)> = Vec::with_capacity(list.len());
    // Where a row of the file states the last id.
    let mut row: Option<Span> = None;
    for (id, table) in list {
        let own = id.span.file == file;
        match merged.last_mut() {
            Some((known, _)) if known.value == id.value && own && row.is_some() => {
                let message = format!("`{}` stands in two rows", id.value);
                let diagnostic = Diagnostic::error(&codes::STATED_TWICE, message).at(id.span, "here");
                reader.report(diagnostic.at(row.unwrap_or(id.span), "and here"));
            }
            Some((known, base)) if known.value == id.value => {
                row = own.then_some(id.span);
                base.merge(table, &format!("[{}.{}]", T::SPEC.name, id.value), reader);
            }
            _ => {
                row = own.then_some(id.span);
                merged.push((id, table));
            }
        }
    }
    merged
}
