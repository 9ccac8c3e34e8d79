//! One way of writing a TOML file, for `sopc fmt`: the same statements and comments in the same order, laid out anew.
//!
//! - one blank line before a header, none twice in a row, none at the end; no indentation, no space behind a line;
//! - `key = value`, `{ key = value, key = value }`, `[one, two]`; comments behind values stand in a column;
//! - a list that does not fit into 100 columns, that ends in a comma or that holds comments has a line for each element;
//! - keys that name months or weeks stand in double quotes;
//! - what only TOML 1.1 has is written as in 1.0: inline tables on one line, their comments above, no `\e` and `\x`, times with
//!   seconds;
//! - lines end in LF, also those of a text over several lines; a byte order mark goes.
//!
//! Text to text: nothing here knows the language but for how a bucket is written.

mod lines;
mod value;

use std::ops::Range;

use toml_edit::{Document, Item, Key, Table, TomlError, Value};

use crate::calendar::Period;
use lines::Line;

/// Why a file is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unformatted {
    /// What is wrong with it.
    pub why: String,
    /// Where, in bytes of the text without its byte order mark.
    pub place: Option<Range<usize>>,
}

impl From<TomlError> for Unformatted {
    fn from(error: TomlError) -> Self {
        Self { why: error.message().replace('\n', ", "), place: error.span() }
    }
}

/// The text laid out. Formatting what comes out changes nothing any more.
///
/// # Errors
/// Where the text is no TOML. Should the new text ever say something else, it is not handed out either.
pub fn format(text: &str) -> Result<String, Unformatted> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // As it stands first, for places; then with one kind of line end.
    Document::parse(text)?;
    let text = text.replace("\r\n", "\n");
    let before = Document::parse(text.as_str())?;
    let formatted = lines::lay_out(lines_of(&text, &before));
    let after = Document::parse(formatted.as_str())?;
    if !value::same_table(&text, before.as_table(), &formatted, after.as_table()) {
        return Err(Unformatted { why: "its values would not stay the same".into(), place: None });
    }
    Ok(formatted)
}

/// A header or a key with its value, and where it stands.
struct Statement<'a> {
    place: Range<usize>,
    /// `None` for a header.
    value: Option<&'a Value>,
}

/// The statements of a table and of those below it, in any order.
fn collect<'a>(text: &str, table: &'a Table, found: &mut Vec<Statement<'a>>) {
    // Where the line of a statement begins.
    let start = |at: usize| text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    if !table.is_dotted() {
        // A table that only its sub-tables name has the place of its name there.
        let header = table.span().filter(|span| text[span.clone()].starts_with('['));
        found.extend(header.map(|place| Statement { place: start(place.start)..place.end, value: None }));
        for (path, value) in table.get_values() {
            let key = path.last().and_then(|key| key.span());
            if let (Some(key), Some(place)) = (key, value.span()) {
                found.push(Statement { place: start(key.start)..place.end, value: Some(value) });
            }
        }
    }
    for (_, item) in table {
        match item {
            Item::Table(below) => collect(text, below, found),
            Item::ArrayOfTables(entries) => entries.iter().for_each(|entry| collect(text, entry, found)),
            Item::Value(_) | Item::None => {}
        }
    }
}

fn lines_of(text: &str, document: &Document<&str>) -> Vec<Line> {
    let mut statements = Vec::new();
    collect(text, document.as_table(), &mut statements);
    statements.sort_by_key(|statement| statement.place.start);
    let mut lines = Vec::new();
    let mut at = 0;
    for statement in statements {
        lines::between(&text[at..statement.place.start], &mut lines);
        let rest = &text[statement.place.end..];
        let end = rest.find('\n').unwrap_or(rest.len());
        let comment = rest[..end].trim();
        let comment = (!comment.is_empty()).then(|| comment.to_owned());
        match statement.value {
            None => lines.push(Line::Header { code: header(&text[statement.place.clone()]), comment }),
            Some(value) => {
                let start = value.span().map_or(statement.place.end, |span| span.start);
                let key = keys(&text[statement.place.start..start]);
                let (code, comments) = value::entry(text, &key, value);
                lines.extend(comments.into_iter().map(Line::Comment));
                lines.push(Line::Entry { code, comment });
            }
        }
        at = (statement.place.end + end + 1).min(text.len());
    }
    lines::between(&text[at..], &mut lines);
    lines
}

/// `[item.X]` or `[[lane]]`, without spaces inside.
fn header(written: &str) -> String {
    let written = written.trim();
    let brackets = if written.starts_with("[[") { 2 } else { 1 };
    let inside = written.get(brackets..written.len().saturating_sub(brackets)).unwrap_or_default();
    format!("{}{}{}", &"[["[..brackets], keys(inside), &"]]"[..brackets])
}

/// `a.b` of ` a . b =`.
fn keys(written: &str) -> String {
    let written = written.trim();
    let written = written.strip_suffix('=').unwrap_or(written).trim_end();
    match Key::parse(written) {
        Ok(keys) => keys.iter().map(key).collect::<Vec<_>>().join("."),
        Err(_) => written.to_owned(),
    }
}

fn key(key: &Key) -> String {
    let written = key.display_repr();
    let newer = written.starts_with('"') && value::has_new_escapes(&written);
    if is_bucket(key.get()) {
        format!("\"{}\"", key.get())
    } else if newer || written.starts_with('\'') {
        Key::new(key.get()).display_repr().into_owned()
    } else {
        written.into_owned()
    }
}

/// True for a month, a week or a range of them, whatever the order.
fn is_bucket(name: &str) -> bool {
    let (first, last) = name.split_once("..").unwrap_or((name, name));
    Period::parse(first).is_some() && Period::parse(last).is_some()
}

#[cfg(test)]
mod tests;
