//! Which column is for what, by the headers of a file, and what is told of those that are not.

use super::cell::Cell;
use super::columns::{Column, Columns, is_bucketed};
use super::request::Request;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::read::Reader;
use crate::document::spec::{Entity, Form, Kind, Need, TableSpec, did_you_mean};
use crate::source::Span;

/// Says by its headers which column is for what; `None` where that is wrong, which is reported.
pub(super) fn find_columns(
    request: &Request,
    spec: &'static TableSpec,
    cells: &[Cell<'_>],
    row: Span,
    reader: &mut Reader,
) -> Option<Columns> {
    let mut headers = Headers { request, spec, cells, row, taken: vec![false; cells.len()], good: true };
    let columns = headers.columns(reader)?;
    if request.columns.is_empty() {
        if headers.good {
            reader.diagnostics.extend(headers.no_keys());
        }
    } else {
        headers.report_near_misses(&columns, reader);
        headers.report_unfit_requests(&columns, reader);
    }
    headers.good.then_some(columns)
}

/// The headers of a file beside the table that it is asked for as.
struct Headers<'h, 'a> {
    request: &'h Request,
    spec: &'static TableSpec,
    cells: &'h [Cell<'a>],
    /// Where they stand.
    row: Span,
    /// Which columns are read.
    taken: Vec<bool>,
    /// False where something is wrong that keeps the rows from being read.
    good: bool,
}

impl Headers<'_, '_> {
    /// The columns of all keys that the file has.
    fn columns(&mut self, reader: &mut Reader) -> Option<Columns> {
        let spec = self.spec;
        let by_day = spec.field("on").is_some();
        let mut columns = Columns { plain: Vec::new(), selector: Vec::new(), bucket: None, by_day, id: None };
        if spec.form == Form::Named {
            columns.id = Some(self.locate_required(spec.name, reader)?);
        }
        for field in spec.fields {
            let found = match field.kind {
                Kind::Selector(entities) => {
                    columns.selector.extend(self.selector(entities, reader));
                    continue;
                }
                _ if field.need == Need::Required => Some(self.locate_required(field.key, reader)?),
                _ => self.locate(field.key, reader),
            };
            columns.plain.extend(found.map(|index| Column { index, key: field.key, kind: field.kind }));
        }
        if spec.form == Form::List && spec.fields.iter().any(|field| is_bucketed(field.key, field.kind)) {
            columns.bucket = self.locate("bucket", reader);
        }
        if columns.plain.is_empty() && columns.selector.is_empty() {
            reader.report(self.no_columns());
            return None;
        }
        Some(columns)
    }

    /// The columns of a selector's keys.
    fn selector(&mut self, entities: &[Entity], reader: &mut Reader) -> Vec<(Column, Entity)> {
        let named = entities.iter().filter(|entity| **entity != Entity::Attribute);
        let found = named.filter_map(|&entity| {
            let index = self.locate(entity.name(), reader)?;
            Some((Column { index, key: entity.name(), kind: Kind::Name(entity) }, entity))
        });
        found.collect()
    }

    /// The column of a key, where there is one; a second one is reported.
    fn locate(&mut self, key: &str, reader: &mut Reader) -> Option<usize> {
        let header = self.request.header_of(key);
        let mut found = self.cells.iter().enumerate().filter(|(_, cell)| cell.text == header);
        let (index, first) = found.next()?;
        if let Some((_, second)) = found.next() {
            let message = format!("the column `{header}` stands twice");
            let diagnostic = Diagnostic::error(&codes::CSV_COLUMNS, message).at(second.span(), "here");
            reader.report(diagnostic.at(first.span(), "and here"));
            self.good = false;
        }
        self.taken[index] = true;
        Some(index)
    }

    /// The column of a key that has to be there.
    fn locate_required(&mut self, key: &str, reader: &mut Reader) -> Option<usize> {
        let found = self.locate(key, reader);
        if found.is_none() {
            reader.report(self.no_column(key));
        }
        found
    }

    fn names(&self) -> Vec<&str> {
        self.cells.iter().map(|cell| cell.text).collect()
    }

    /// Warns of columns that look like a key that has none. Where it is said which columns count, others may be what they will.
    fn report_near_misses(&self, columns: &Columns, reader: &mut Reader) {
        for (cell, _) in self.cells.iter().zip(&self.taken).filter(|(_, taken)| !**taken) {
            let lacks = |key: &&str| !columns.plain.iter().any(|column| column.key == *key);
            let free = self.spec.fields.iter().map(|field| field.key).filter(lacks);
            if let Some(near) = did_you_mean(cell.text, free) {
                let message = format!("nothing is read from the column `{}`", cell.text);
                let diagnostic = Diagnostic::warning(&codes::CSV_COLUMNS, message).at(cell.span(), "");
                reader.report(diagnostic.help(format!("did you mean `{near}`?")));
            }
        }
    }

    /// Reports what `columns` of the entry names and is not there: headers of the file, keys of the table.
    fn report_unfit_requests(&mut self, columns: &Columns, reader: &mut Reader) {
        let Self { request, spec, cells, row, .. } = *self;
        for (key, header) in &request.columns {
            let known = spec.field(key).is_some()
                || spec.form == Form::Named && key == spec.name
                || key == "bucket"
                || columns.selector.iter().any(|(column, _)| column.key == key);
            let message = if !cells.iter().any(|cell| cell.text == header) {
                format!("the file has no column `{header}`")
            } else if known {
                continue;
            } else {
                format!("{} has no key `{key}`", spec.header())
            };
            let span = request.columns_span.unwrap_or(request.path.span);
            reader.report(Diagnostic::error(&codes::CSV_COLUMNS, message).at(span, "").at(row, "the headers"));
            self.good = false;
        }
    }

    /// Tells of columns that are no keys, where nobody said which columns count.
    fn no_keys(&self) -> Option<Diagnostic> {
        let unread =
            self.cells.iter().zip(&self.taken).filter(|(cell, taken)| !**taken && !cell.text.trim().is_empty());
        let unread: Vec<_> = unread.map(|(cell, _)| cell).collect();
        let first = unread.first()?;
        let message = format!("the column `{}` is no key of {}, so it is not read", first.text, self.spec.header());
        let mut diagnostic = Diagnostic::warning(&codes::CSV_COLUMNS, message).at(first.span(), "");
        if let [_, others @ ..] = unread.as_slice()
            && !others.is_empty()
        {
            let names: Vec<_> = others.iter().take(LISTED).map(|cell| format!("`{}`", cell.text)).collect();
            let more = if others.len() > LISTED { " and more" } else { "" };
            diagnostic = diagnostic.with_note(format!("and so is {}{more}", names.join(", ")));
        }
        Some(match did_you_mean(first.text, self.spec.fields.iter().map(|field| field.key)) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic
                .help("`columns = { ... }` in the [[csv]] entry says which columns count: others are let be then"),
        })
    }

    /// The problem of a column that is not there.
    fn no_column(&self, key: &str) -> Diagnostic {
        let Self { request, spec, row, .. } = *self;
        let header = request.header_of(key);
        let message = format!("the file has no column `{header}`, which {} needs", spec.header());
        let error = Diagnostic::error(&codes::CSV_COLUMNS, message);
        // Where `columns` names the header, that is the place to change.
        let renamed = request.columns_span.filter(|_| header != key);
        let diagnostic = match renamed {
            Some(span) => error.at(span, format!("`{key}` is to be found there")).at(row, "the headers"),
            None => error.at(row, "the headers").at(request.path.span, "asked for here"),
        };
        let names = self.names();
        if let Some(help) = other_delimiter(&names) {
            return diagnostic.help(help);
        }
        match did_you_mean(header, names.iter().copied()) {
            Some(near) => {
                diagnostic.help(format!("`columns = {{ {key} = \"{near}\" }}` in the [[csv]] entry names it"))
            }
            None => diagnostic
                .help(format!("`columns = {{ {key} = \"...\" }}` in the [[csv]] entry says which column it is")),
        }
    }

    /// The problem of a file with no column that its table knows, of a table that needs none by itself.
    fn no_columns(&self) -> Diagnostic {
        let Self { request, spec, row, .. } = *self;
        let message = format!("no column of the file is a key of {}", spec.header());
        let diagnostic = Diagnostic::error(&codes::CSV_COLUMNS, message).at(row, "the headers");
        let keys: Vec<_> = spec.fields.iter().map(|field| field.key).collect();
        let diagnostic =
            diagnostic.at(request.path.span, "asked for here").help(format!("its keys are {}", keys.join(", ")));
        match other_delimiter(&self.names()) {
            Some(help) => diagnostic.help(help),
            None => diagnostic
                .help(format!("`columns = {{ {} = \"...\" }}` in the [[csv]] entry says which column it is", keys[0])),
        }
    }
}

/// The problem of a file without a row.
pub(super) fn no_headers(request: &Request) -> Diagnostic {
    let message = format!("{} is empty; its first row is to name the columns", request.path.value);
    Diagnostic::error(&codes::CSV_COLUMNS, message).at(request.path.span, "asked for here")
}

/// Most columns that are listed.
const LISTED: usize = 10;

/// What helps where all headers are one, with another delimiter in it.
fn other_delimiter(names: &[&str]) -> Option<String> {
    let sign = [';', '\t', ',', '|'].into_iter().find(|&sign| names.len() == 1 && names[0].contains(sign))?;
    let stated = format!("delimiter = {:?}", sign.to_string());
    Some(format!("is this the delimiter? {stated} in the [[csv]] entry says so"))
}
