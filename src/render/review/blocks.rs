//! What a review is made of, whatever it is drawn as.

use crate::render::wrap;

/// Columns of the longest name that is shown as a whole: a comment on a pull request has its limit.
const LONGEST: usize = 400;

/// A piece of text: ours, or from a file. What is from a file is drawn so that nothing obeys it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Our own words and numbers.
    Own(String),
    /// A name, or other text of a file.
    Name(String),
}

/// Words in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Words(pub(super) Vec<Piece>);

impl Words {
    /// Our own words.
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self::default().say(text)
    }

    /// A name alone.
    pub(super) fn named(name: impl Into<String>) -> Self {
        Self::default().name(name)
    }

    /// And then words of our own.
    pub(super) fn say(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        if !text.is_empty() {
            self.0.push(Piece::Own(text));
        }
        self
    }

    /// And then a name.
    pub(super) fn name(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        if !name.is_empty() {
            self.0.push(Piece::Name(wrap::cut_middle(&name, LONGEST, "…")));
        }
        self
    }

    /// And then all of these, with `between` them.
    pub(super) fn list(mut self, names: impl IntoIterator<Item = Words>, between: &str) -> Self {
        for (at, words) in names.into_iter().enumerate() {
            if at > 0 {
                self = self.say(between);
            }
            self.0.extend(words.0);
        }
        self
    }
}

/// How a column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// Text, which may be cut where there is no room.
    Text,
    /// Text that is never cut.
    Fixed,
    /// Text that is left out first where there is no room.
    Optional,
    /// Numbers, aligned at the right.
    Number,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) columns: Vec<(&'static str, Set)>,
    pub(super) rows: Vec<Vec<Words>>,
    /// True where the last row is what the others come to.
    pub(super) total: bool,
}

/// A part of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// The first line of all.
    Title(Words),
    /// What it comes to: good, or to be looked at, or bad.
    Verdict(Tone, Words),
    /// A section's title.
    Heading(&'static str),
    /// A sentence.
    Say(Words),
    /// A table.
    Table(Sheet),
    /// What is folded away where that can be done.
    Fold(String, Vec<Block>),
}

/// How something is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Mind,
    Bad,
}

impl Block {
    /// A sentence of our own.
    pub(super) fn said(text: impl Into<String>) -> Self {
        Self::Say(Words::of(text))
    }
}
