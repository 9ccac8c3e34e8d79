//! What a value is read from: a TOML value, or a cell of a CSV file.

use toml::de::DeValue;

use super::csv::Cell;
use crate::source::{FileId, Span};

/// A value before it is read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Input<'a> {
    /// A TOML value.
    Toml(FileId, &'a toml::Spanned<DeValue<'a>>),
    /// A cell.
    Cell(Cell<'a>),
    /// A cell that holds for the bucket that another cell names.
    InBucket {
        /// The bucket's cell.
        bucket: Cell<'a>,
        /// The value's cell.
        value: Cell<'a>,
    },
    /// Cells that together make a selector: key and cell.
    Columns(&'a [(&'static str, Cell<'a>)]),
}

impl Input<'_> {
    /// Where it stands.
    pub(super) fn span(&self) -> Span {
        match self {
            Self::Toml(file, value) => toml_span(*file, value.span()),
            Self::Cell(cell) | Self::InBucket { value: cell, .. } => cell.span(),
            Self::Columns(cells) => cells.first().map_or(Span::new(FileId(0), 0, 0), |(_, cell)| cell.span()),
        }
    }

    /// What kind of TOML value it is, in words.
    pub(super) fn found(&self) -> String {
        match self {
            Self::Toml(_, value) => match value.get_ref() {
                DeValue::String(text) if text.is_empty() => "nothing between the quotes".into(),
                DeValue::String(_) => "text".into(),
                DeValue::Integer(number) if number.radix() != 10 => "a number that is not decimal".into(),
                DeValue::Float(number) if number.as_str().ends_with(['n', 'f']) => format!("`{}`", number.as_str()),
                DeValue::Integer(_) | DeValue::Float(_) => "a number".into(),
                DeValue::Boolean(flag) => format!("`{flag}`"),
                DeValue::Datetime(_) => "a date or time".into(),
                DeValue::Array(_) => "a list".into(),
                DeValue::Table(_) => "a table".into(),
            },
            Self::Cell(cell) | Self::InBucket { value: cell, .. } => format!("`{}`", cell.text),
            Self::Columns(_) => "columns".into(),
        }
    }
}

/// A span of the TOML parser in our terms.
pub(super) fn toml_span(file: FileId, range: std::ops::Range<usize>) -> Span {
    Span::new(file, range.start, range.end)
}
