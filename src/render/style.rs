//! What the reader's screen can show, and the few means of emphasis that are used on it.

use super::wrap;

/// Narrower screens are written to as if they were this wide: no table of amounts can be read below it.
const NARROWEST: usize = 60;

/// How text for a terminal is laid out. The caller knows the terminal; rendering only obeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Columns; no line is longer. Fewer than 60 count as 60.
    pub width: usize,
    /// Whether ANSI colours may be used. Colour only repeats what words say.
    pub color: bool,
    /// Whether characters beyond ASCII may be used for rules, ellipses and arrows. Names keep theirs either way.
    pub unicode: bool,
}

impl Style {
    /// Text in a file.
    pub const FILE: Self = Self { width: 100, color: false, unicode: true };
}

/// Emphasis of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Ink {
    /// As it is.
    #[default]
    Plain,
    /// Titles and what to act on.
    Bold,
    /// Rules, counts and references.
    Dim,
    /// Broken.
    Red,
    /// To be looked at.
    Yellow,
    /// Good.
    Green,
    /// References in diagnostics.
    Cyan,
}

impl Ink {
    /// Parameter of the SGR sequence.
    fn sgr(self) -> Option<&'static str> {
        Some(match self {
            Self::Plain => return None,
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Red => "31",
            Self::Yellow => "33",
            Self::Green => "32",
            Self::Cyan => "36",
        })
    }
}

impl Style {
    /// Columns that may be filled.
    pub(super) fn columns(&self) -> usize {
        self.width.max(NARROWEST)
    }

    /// `text` with emphasis, where colours are wanted.
    pub(super) fn paint(&self, ink: Ink, text: &str) -> String {
        match ink.sgr() {
            Some(sgr) if self.color && !text.is_empty() => format!("\u{1b}[{sgr}m{text}\u{1b}[0m"),
            _ => text.to_owned(),
        }
    }

    /// Stands for text that is left out.
    pub(super) fn ellipsis(&self) -> &'static str {
        if self.unicode { "…" } else { ".." }
    }

    /// Draws a line.
    pub(super) fn rule(&self, columns: usize) -> String {
        (if self.unicode { "─" } else { "-" }).repeat(columns)
    }

    /// From here to there.
    pub(super) fn arrow(&self) -> &'static str {
        if self.unicode { "→" } else { "to" }
    }

    /// `text` in at most `columns`, with its middle left out: codes of items differ at their ends.
    pub(super) fn cut(&self, text: &str, columns: usize) -> String {
        wrap::cut_middle(text, columns, self.ellipsis())
    }
}
