//! Blocks as GitHub-flavoured Markdown: a comment on a pull request, a page of a repository.
//!
//! Names are set as code, where no mention, link, reference, image or tag means anything. A fence that is longer than any in the name
//! keeps it inside.

use std::fmt::Write;

use super::{Block, Piece, Point, Set, Sheet, Tile, Tone, Words};
use crate::render::safe;

/// The blocks as Markdown. Of a chart there is the table, folded.
pub(in crate::render) fn draw(blocks: &[Block]) -> String {
    let mut text = String::new();
    blocks.iter().for_each(|block| add(block, &mut text));
    text
}

fn add(block: &Block, out: &mut String) {
    let written = match block {
        Block::Title(words) => write!(out, "### {}\n\n", text(words)),
        Block::Verdict(tone, words) => write!(out, "{} {}\n\n", mark(*tone), text(words)),
        Block::Heading(title) => write!(out, "#### {title}\n\n"),
        Block::Say(words) => write!(out, "{}\n\n", text(words)),
        Block::Tiles(tiles) => {
            table(&Tile::sheet(tiles), out);
            Ok(())
        }
        Block::Points(points) => {
            points.iter().for_each(|point| out.push_str(&line(point)));
            out.push('\n');
            Ok(())
        }
        Block::Legend(_) => Ok(()),
        Block::Table(sheet) => {
            if sheet.caption != Words::default() {
                write!(out, "{}:\n\n", text(&sheet.caption)).expect("writing to a string");
            }
            table(sheet, out);
            Ok(())
        }
        Block::Chart(chart) => {
            let numbers = Sheet { caption: Words::default(), ..chart.sheet() };
            fold(&chart.title, &[Block::Table(numbers)], out);
            Ok(())
        }
        Block::Fold(title, inside) | Block::Detail(title, inside) => {
            fold(title, inside, out);
            Ok(())
        }
        Block::Foot(words) => write!(out, "---\n\n{}\n\n", text(words)),
    };
    written.expect("writing to a string");
}

fn line(point: &Point) -> String {
    format!("- **{}** {}: {}\n", text(&point.lead), text(&point.head), text(&point.text))
}

fn fold(title: &Words, inside: &[Block], out: &mut String) {
    write!(out, "<details><summary>{}</summary>\n\n", summary(title)).expect("writing to a string");
    inside.iter().for_each(|block| add(block, out));
    out.push_str("</details>\n\n");
}

/// Words within a tag, where code is no code but markup is markup: names are set as code of HTML.
fn summary(words: &Words) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Own(text) => text.clone(),
        Piece::Name(name) => format!("<code>{}</code>", spelled(name)),
        Piece::Aside(_) => String::new(),
    };
    words.0.iter().map(piece).collect()
}

/// A name of which every mark is spelled by its number: so it means nothing to HTML, and nothing to Markdown.
fn spelled(name: &str) -> String {
    let mut out = String::new();
    for character in safe::line(name).chars() {
        if character.is_ascii_punctuation() && !matches!(character, '-' | '.') {
            write!(out, "&#{};", u32::from(character)).expect("writing to a string");
        } else {
            out.push(character);
        }
    }
    out
}

fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "**OK**",
        Tone::Mind => "**Note**",
        Tone::Bad => "**Stop**",
    }
}

fn table(sheet: &Sheet, out: &mut String) {
    let mut line = |cells: Vec<String>| writeln!(out, "| {} |", cells.join(" | ")).expect("writing to a string");
    line(sheet.columns.iter().map(|(title, _)| cell(text(title))).collect());
    let rule = |(_, set): &(Words, Set)| if *set == Set::Number { "---:".to_owned() } else { "---".to_owned() };
    line(sheet.columns.iter().map(rule).collect());
    for (at, row) in sheet.rows.iter().enumerate() {
        let total = sheet.total && at + 1 == sheet.rows.len();
        let bold = |text: String| if total && !text.is_empty() { format!("**{text}**") } else { text };
        line(row.iter().map(|words| bold(cell(text(words)))).collect());
    }
    out.push('\n');
}

/// A bar parts cells even inside of code, unless a backslash stands before it.
fn cell(text: String) -> String {
    text.replace('|', "\\|")
}

fn text(words: &Words) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Own(text) => text.clone(),
        Piece::Name(name) => code(name),
        Piece::Aside(_) => String::new(),
    };
    words.0.iter().map(piece).collect()
}

/// A name as code, on one line.
fn code(name: &str) -> String {
    let line = safe::line(name);
    let longest = line.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if line.starts_with(['`', ' ']) || line.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{pad}{line}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_name_in_a_tag_is_no_markup() {
        assert_eq!(super::spelled("A-1 <b>*x*"), "A-1 &#60;b&#62;&#42;x&#42;");
    }

    #[test]
    fn a_name_does_not_leave_its_fence() {
        assert_eq!(code("MUG"), "`MUG`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`x"), "`` `x ``");
        assert_eq!(code("a\nb"), "`a\\nb`");
    }
}
