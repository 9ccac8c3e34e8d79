//! Cells: what one says, how its file writes things, and where it stands.

use std::borrow::Cow;

use crate::source::Span;

/// How a CSV file writes things.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::document) struct CsvFormat {
    /// Between cells.
    pub(in crate::document) delimiter: u8,
    /// Around cells.
    pub(in crate::document) quote: u8,
    /// True where `1,5` is one and a half.
    pub(in crate::document) decimal_comma: bool,
    /// In the terms of strftime.
    pub(in crate::document) date: String,
}

/// One cell.
#[derive(Debug, Clone, Copy)]
pub(in crate::document) struct Cell<'a> {
    /// What it says, without quotes and space around it.
    pub(in crate::document) text: &'a str,
    /// How its file writes things.
    pub(in crate::document) format: &'a CsvFormat,
    /// Where it stands, quotes included.
    pub(super) span: Span,
}

impl<'a> Cell<'a> {
    /// Where it stands.
    pub(in crate::document) fn span(&self) -> Span {
        self.span
    }

    /// The text as a number is written in Rust. Where the comma is the decimal point, points group three digits each;
    /// elsewhere they are left, so that what comes out is no number.
    pub(in crate::document) fn number(&self) -> Cow<'a, str> {
        if !self.format.decimal_comma {
            return Cow::Borrowed(self.text);
        }
        let (whole, fraction) = self.text.split_once(',').unwrap_or((self.text, ""));
        let mut groups = whole.split('.').skip(1);
        if !groups.all(|group| group.len() == 3) || fraction.contains(['.', ',']) {
            return Cow::Owned(self.text.replace('.', "'"));
        }
        let whole = whole.replace('.', "");
        Cow::Owned(if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") })
    }
}
