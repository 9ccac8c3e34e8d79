//! Blocks in a terminal.

use super::{Block, Piece, Set, Sheet, Tile, Tone, Words};
use crate::render::safe;
use crate::render::style::{Ink, Style};
use crate::render::table::{Cell, Column, Table};
use crate::render::wrap;

/// Lines of prose grow no wider than this.
const MEASURE: usize = 120;
/// Fewest columns that a text is cut to.
const LEAST: usize = 8;

/// The blocks for people at a terminal. Charts are left out: what they say stands in tables and sentences too.
pub(in crate::render) fn draw(blocks: &[Block], style: &Style) -> String {
    let mut lines = Vec::new();
    blocks.iter().for_each(|block| add(block, style, &mut lines));
    lines.iter().flat_map(|line: &String| [line.as_str(), "\n"]).collect()
}

fn add(block: &Block, style: &Style, lines: &mut Vec<String>) {
    let room = style.columns().min(MEASURE);
    match block {
        Block::Title(words) => say(words, "", Ink::Bold, style, lines),
        Block::Verdict(tone, words) => say(words, "", ink(*tone), style, lines),
        Block::Heading(title) => {
            let rule = style.rule(room.saturating_sub(wrap::width(title) + 1));
            lines.push(String::new());
            lines.push(format!("{} {}", style.paint(Ink::Bold, title), style.paint(Ink::Dim, &rule)));
        }
        Block::Say(words) => say(words, "  ", Ink::Plain, style, lines),
        Block::Tiles(tiles) => {
            lines.push(String::new());
            lines.extend(table(&Tile::sheet(tiles)).lines(style));
        }
        Block::Table(sheet) => lines.extend(table(sheet).lines(style)),
        Block::Chart(_) => {}
        // A terminal folds nothing.
        Block::Fold(title, _) => say(&title.clone().say(": `--full`"), "", Ink::Dim, style, lines),
        Block::Foot(words) => say(words, "  ", Ink::Dim, style, lines),
    }
}

fn ink(tone: Tone) -> Ink {
    match tone {
        Tone::Good => Ink::Green,
        Tone::Mind => Ink::Yellow,
        Tone::Bad => Ink::Red,
    }
}

fn say(words: &Words, indent: &str, ink: Ink, style: &Style, lines: &mut Vec<String>) {
    let room = style.columns().min(MEASURE);
    let wrapped = wrap::hang(indent, &text(words), room);
    lines.extend(wrapped.into_iter().map(|line| style.paint(ink, &line)));
}

fn table(sheet: &Sheet) -> Table {
    let column = |(title, set): &(Words, Set)| match set {
        Set::Text => Column::text(text(title), LEAST),
        Set::Fixed => Column::fixed(text(title)),
        Set::Optional => Column::text(text(title), LEAST).optional(),
        Set::Number => Column::number(text(title)),
    };
    let mut table = Table::new(2, sheet.columns.iter().map(column).collect());
    for (at, row) in sheet.rows.iter().enumerate() {
        let last = sheet.total && at + 1 == sheet.rows.len();
        let ink = if last { Ink::Bold } else { Ink::Plain };
        table.row(row.iter().map(|words| Cell::inked(text(words), ink)).collect());
    }
    table
}

/// One line of text. A log that is searched for commands (`::error::`) finds none in a name.
fn text(words: &Words) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Own(text) => text.clone(),
        Piece::Name(name) => safe::log(name),
    };
    words.0.iter().map(piece).collect()
}
