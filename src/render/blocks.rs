//! What reviews and reports are made of, whatever they are drawn as.
//!
//! What is told, and in which order, is decided once, as blocks of words that know which of them come from files. Each
//! format draws these its own way, and makes names harmless its own way.

mod chart;
mod html;
mod markdown;
mod page;
mod scale;
mod shapes;
mod svg;
mod terminal;

pub(super) use chart::{BUCKET, Chart, Mark, Series};
pub(super) use html::draw as html;
pub(super) use markdown::draw as markdown;
pub(super) use terminal::draw as terminal;

use crate::render::{safe, wrap};

/// Columns of the longest name that is shown as a whole: a comment on a pull request has its limit.
const LONGEST: usize = 400;

/// A piece of text: ours, or from a file. What is from a file is drawn so that nothing obeys it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Our own words and numbers.
    Own(String),
    /// A name, or other text of a file.
    Name(String),
    /// What people call that; for formats that have room for it.
    Aside(String),
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

    /// And what people call it, where that is known and another name.
    pub(super) fn aside(mut self, name: Option<&str>) -> Self {
        if let Some(name) = name.filter(|name| !name.is_empty() && !self.0.contains(&Piece::Name((*name).to_owned()))) {
            self.0.push(Piece::Aside(wrap::cut_middle(name, LONGEST, "…")));
        }
        self
    }

    /// How long it is, in characters.
    fn length(&self) -> usize {
        let piece = |piece: &Piece| match piece {
            Piece::Own(text) | Piece::Name(text) | Piece::Aside(text) => text.chars().count(),
        };
        self.0.iter().map(piece).sum()
    }

    /// As text without marks, on one line.
    fn plain(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Own(text) | Piece::Name(text) => safe::line(text),
            Piece::Aside(_) => String::new(),
        };
        self.0.iter().map(piece).collect()
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
    /// Text, which is folded into several lines where there is no room.
    Text,
    /// Text that is never folded.
    Fixed,
    /// Text that is left out first where there is no room.
    Optional,
    /// Numbers, aligned at the right.
    Number,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sheet {
    /// What it shows, for those who do not see where it stands; its section's title where that says it.
    pub(super) caption: Words,
    pub(super) columns: Vec<(Words, Set)>,
    pub(super) rows: Vec<Vec<Words>>,
    /// True where the last row is what the others come to.
    pub(super) total: bool,
}

/// One of the numbers that stand above all else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tile {
    pub(super) name: String,
    pub(super) value: String,
    pub(super) remark: Words,
}

/// One of several things to be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    /// What it weighs, such as money; set apart so that points can be run over.
    pub(super) lead: Words,
    /// What it is about.
    pub(super) head: Words,
    /// What there is to say, and to do.
    pub(super) text: Words,
}

/// A part of a review or a report.
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
    /// The numbers that stand above all else.
    Tiles(Vec<Tile>),
    /// Things to be looked at, the weightiest first.
    Points(Vec<Point>),
    /// A table.
    Table(Sheet),
    /// What the shapes of small charts mean that follow.
    Legend(Vec<Series>),
    /// Numbers by bucket: drawn where that can be done, with its table behind it.
    Chart(Chart),
    /// What is folded away where that can be done. On paper all of it is there.
    Fold(Words, Vec<Block>),
    /// One of many that are folded away; on paper there are those that somebody opened.
    Detail(Words, Vec<Block>),
    /// Where this comes from: the last line of all.
    Foot(Words),
}

/// How something is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Mind,
    Bad,
}

impl Tile {
    /// The numbers as a table, where there are no tiles.
    fn sheet(tiles: &[Self]) -> Sheet {
        let row = |tile: &Self| vec![Words::of(tile.name.clone()), Words::of(tile.value.clone()), tile.remark.clone()];
        Sheet::of([("", Set::Fixed), ("", Set::Number), ("", Set::Optional)], tiles.iter().map(row).collect())
    }
}

impl Sheet {
    /// A table of columns with titles of our own.
    pub(super) fn of<const N: usize>(columns: [(&'static str, Set); N], rows: Vec<Vec<Words>>) -> Self {
        let columns = columns.into_iter().map(|(title, set)| (Words::of(title), set)).collect();
        Self { columns, rows, ..Self::default() }
    }

    /// What it shows.
    pub(super) fn called(self, caption: Words) -> Self {
        Self { caption, ..self }
    }
}

impl Block {
    /// A sentence of our own.
    pub(super) fn said(text: impl Into<String>) -> Self {
        Self::Say(Words::of(text))
    }
}
