//! Two statements that clash, told the same way wherever it is found: the place to change first, then the other one.

use std::fmt::Display;

use crate::diagnostic::{Diagnostic, codes};
use crate::source::{Span, Spanned};

/// The same fact stands in two places; the other one may not be known.
pub(crate) fn stated_twice(message: impl Into<String>, here: Span, before: impl Into<Option<Span>>) -> Diagnostic {
    let diagnostic = Diagnostic::error(&codes::STATED_TWICE, message).at(here, "here");
    match before.into() {
        Some(before) => diagnostic.at(before, "and here"),
        None => diagnostic,
    }
}

/// The label of a key that leaves no room for a second one.
pub(crate) const BESIDES: &str = "besides this";

/// A key that may not stand beside another, which may go without saying.
pub(crate) fn keys_exclude<'a>(
    message: impl Into<String>,
    key: Span,
    other: impl Into<Option<(Span, &'a str)>>,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(&codes::KEYS_EXCLUDE, message).at(key, "");
    match other.into() {
        Some((other, says)) => diagnostic.at(other, says),
        None => diagnostic,
    }
}

/// Two entries of which neither is narrower.
pub(crate) fn equally_narrow(message: impl Into<String>, here: Span, other: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(&codes::EQUAL_SELECTORS, message).at(here, "this one");
    diagnostic.at(other, "and this one").help("add a key to one `where`, or name the item")
}

/// Two statements that cannot both hold.
pub(crate) fn contradiction(message: impl Into<String>, here: (Span, &str), other: (Span, &str)) -> Diagnostic {
    Diagnostic::error(&codes::CONTRADICTION, message).at(here.0, here.1).at(other.0, other.1)
}

/// A least that is above the most.
pub(crate) fn nothing_between<T: Display>(least: &Spanned<T>, most: &Spanned<T>) -> Diagnostic {
    let message = format!("nothing is at least {} and at most {}", least.value, most.value);
    contradiction(message, (most.span, ""), (least.span, "at least this"))
}
