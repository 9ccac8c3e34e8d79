//! TOML 1.1 in a file: our parser takes it, others that a team uses may not.

use toml::de::{DeTable, DeValue};

use crate::diagnostic::{Diagnostic, codes};
use crate::render::number::counted;
use crate::source::{FileId, Span};

/// One warning for a file with what TOML 1.0 does not have: inline tables over several lines or with a comma at their
/// end, and the escapes `\e` and `\x`.
pub(super) fn newer(file: FileId, text: &str, root: &DeTable<'_>) -> Option<Diagnostic> {
    let mut found = Vec::new();
    for (_, value) in root {
        look(text, value, &mut found);
    }
    found.sort_unstable_by_key(|&(at, ..)| at);
    let &(start, end, what) = found.first()?;
    let message = format!("{what} is TOML 1.1, which not every editor and tool reads");
    let mut diagnostic = Diagnostic::warning(&codes::TOML_1_1, message).at(Span::new(file, start, end), "");
    if found.len() > 1 {
        let more = counted(found.len() - 1, "more place", "more places");
        diagnostic = diagnostic.with_note(format!("and so is the like of it in {more} of this file"));
    }
    Some(diagnostic.help("`sopc fmt` writes it as TOML 1.0"))
}

/// Adds what is new in a value: start, end, and what it is.
fn look(text: &str, value: &toml::Spanned<DeValue<'_>>, found: &mut Vec<(usize, usize, &'static str)>) {
    let span = value.span();
    match value.get_ref() {
        DeValue::Table(table) => {
            if text.as_bytes().get(span.start) == Some(&b'{') {
                inline(text, span.clone(), table, found);
            }
            table.iter().for_each(|(_, value)| look(text, value, found));
        }
        DeValue::Array(array) => array.iter().for_each(|value| look(text, value, found)),
        DeValue::String(_) => {
            let raw = text.get(span.clone()).unwrap_or("");
            if raw.starts_with('"') && escapes(raw) {
                found.push((span.start, span.end, "the escape `\\e` or `\\x`"));
            }
        }
        _ => {}
    }
}

/// What stands in an inline table between its keys and values.
fn inline(
    text: &str,
    span: std::ops::Range<usize>,
    table: &DeTable<'_>,
    found: &mut Vec<(usize, usize, &'static str)>,
) {
    let whole = text.get(span.clone()).unwrap_or("");
    if !whole.contains('\n') && !whole.trim_end_matches('}').trim_end().ends_with(',') {
        return;
    }
    let mut values: Vec<_> = table.iter().map(|(_, value)| value.span()).collect();
    values.sort_unstable_by_key(|value| value.start);
    let mut at = span.start;
    for value in values {
        // The value of a dotted key spans what is behind its dot.
        if text.get(at..value.start).is_some_and(|between| between.contains('\n')) {
            found.push((span.start, span.start + 1, "an inline table over several lines"));
            return;
        }
        at = at.max(value.end);
    }
    let behind = text.get(at..span.end).unwrap_or("");
    if behind.contains('\n') {
        found.push((span.start, span.start + 1, "an inline table over several lines"));
    } else if behind.contains(',') {
        let comma = at + behind.find(',').unwrap_or(0);
        found.push((comma, comma + 1, "a comma at the end of an inline table"));
    }
}

/// True where a basic string has an escape that is new.
fn escapes(raw: &str) -> bool {
    let mut letters = raw.bytes();
    while let Some(letter) = letters.next() {
        if letter == b'\\' && matches!(letters.next(), Some(b'e' | b'x')) {
            return true;
        }
    }
    false
}
