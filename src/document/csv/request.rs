//! What a `[[csv]]` entry asks for: a table, a file, and how that is written.

use super::cell::CsvFormat;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::read::{Reader, Slot};
use crate::document::tables;
use crate::source::{Span, Spanned};

/// What a `[[csv]]` entry says, in order.
#[derive(Debug, Clone)]
pub(in crate::document) struct Request {
    pub(in crate::document) table: Spanned<String>,
    pub(in crate::document) path: Spanned<String>,
    /// Key and header.
    pub(in crate::document) columns: Vec<(String, String)>,
    pub(in crate::document) columns_span: Option<Span>,
    pub(in crate::document) format: CsvFormat,
}

impl Request {
    /// What the entry asks for; `None` where it is wrong, which is reported.
    pub(in crate::document) fn of(entry: &tables::Csv, reader: &mut Reader) -> Option<Self> {
        let one_byte = |slot: &Slot<String>, default: u8, reader: &mut Reader| match slot.spanned() {
            None => Some(default),
            Some(text) if text.value.len() == 1 && !text.value.contains(['\n', '\r']) => Some(text.value.as_bytes()[0]),
            Some(text) => {
                let message = format!("expected one ASCII character, found \"{}\"", text.value);
                let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message).at(text.span, "");
                reader.report(if text.value.eq_ignore_ascii_case("tab") {
                    diagnostic.help("a tab is written \"\\t\"").edit(text.span, "\"\\t\"")
                } else {
                    diagnostic
                });
                None
            }
        };
        let format = CsvFormat {
            delimiter: one_byte(&entry.delimiter, b',', reader)?,
            quote: one_byte(&entry.quote, b'"', reader)?,
            decimal_comma: entry.decimal.get().is_some_and(|point| point == ","),
            date: date_format(entry, reader)?,
        };
        let columns = entry.columns.get().map(|words| words.0.clone()).unwrap_or_default();
        Some(Self {
            table: entry.table.spanned()?.clone(),
            path: plain(fit_path(entry.path.spanned()?, reader)?),
            columns: columns.into_iter().collect(),
            columns_span: entry.columns.span(),
            format,
        })
    }

    /// What the column of a key is called.
    pub(super) fn header_of<'a>(&'a self, key: &'a str) -> &'a str {
        self.columns.iter().find(|(known, _)| known == key).map_or(key, |(_, header)| header)
    }
}

/// The path, where it is one on every system: reports those that only some could follow.
fn fit_path<'a>(path: &'a Spanned<String>, reader: &mut Reader) -> Option<&'a Spanned<String>> {
    let text = path.value.as_str();
    let drive = matches!(text.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let from_root = "paths begin at the folder of sop.toml, such as \"data/demand.csv\"";
    let (code, message, help) = if text.trim().is_empty() {
        (&codes::WRONG_TYPE, "an empty path names no file".to_owned(), from_root.to_owned())
    } else if text.chars().any(char::is_control) {
        (&codes::WRONG_TYPE, "a path with a control character in it names no file".to_owned(), from_root.to_owned())
    } else if drive || text.starts_with(['/', '\\']) {
        (&codes::OUTSIDE_ROOT, format!("{text} leads out of the project"), from_root.to_owned())
    } else if text.contains('\\') {
        let right = format!("steps stand apart by `/` on every system: \"{}\"", text.replace('\\', "/"));
        (&codes::WRONG_TYPE, format!("the path {text} is written with `\\`"), right)
    } else {
        return Some(path);
    };
    reader.report(Diagnostic::error(code, message).at(path.span, "").help(help));
    None
}

/// A path without `.` steps, so that one file has one name.
fn plain(path: &Spanned<String>) -> Spanned<String> {
    let steps: Vec<_> = path
        .value
        .split('/')
        .enumerate()
        .filter(|&(index, step)| step != "." && (index == 0 || !step.is_empty()))
        .collect();
    Spanned::new(steps.into_iter().map(|(_, step)| step).collect::<Vec<_>>().join("/"), path.span)
}

fn date_format(entry: &tables::Csv, reader: &mut Reader) -> Option<String> {
    let Some(format) = entry.date_format.spanned() else { return Some("%Y-%m-%d".into()) };
    let mut items = chrono::format::StrftimeItems::new(&format.value);
    if items.any(|item| matches!(item, chrono::format::Item::Error)) {
        let message = format!("`{}` is no date format", format.value);
        let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message).at(format.span, "");
        reader.report(diagnostic.help("for example \"%d.%m.%Y\""));
        return None;
    }
    Some(format.value.clone())
}
