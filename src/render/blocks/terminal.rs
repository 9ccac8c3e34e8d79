//! Blocks in a terminal.

use super::{Block, Piece, Point, Set, Sheet, Tile, Tone, Words};
use crate::render::safe;
use crate::render::style::{Ink, Style};
use crate::render::table::{Cell, Column, Table};
use crate::render::wrap;

/// Lines of prose grow no wider than this.
const MEASURE: usize = 120;
/// Fewest columns that a text is folded to.
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
        Block::Points(points) => points_of(points, style, lines),
        Block::Chart(_) | Block::Legend(_) => {}
        // A terminal folds nothing.
        Block::Fold(title, _) | Block::Detail(title, _) => {
            say(&title.clone().say(": `--full`"), "", Ink::Dim, style, lines);
        }
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

/// What each weighs stands in a column of its own.
fn points_of(points: &[Point], style: &Style, lines: &mut Vec<String>) {
    let leads: Vec<String> = points.iter().map(|point| text(&point.lead)).collect();
    let widest = leads.iter().map(|lead| wrap::width(lead)).max().unwrap_or(0);
    for (lead, point) in leads.iter().zip(points) {
        let first = format!("  {}{lead}  ", " ".repeat(widest - wrap::width(lead)));
        let told = point.head.clone().say(": ").list([point.text.clone()], "");
        lines.extend(wrap::hang(&first, &text(&told), style.columns().min(MEASURE)));
    }
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
        Piece::Aside(_) => String::new(),
    };
    words.0.iter().map(piece).collect()
}
