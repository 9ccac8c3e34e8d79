//! A review as one HTML file: nothing runs in it, nothing is fetched by it.

use std::fmt::Write;

use super::blocks::{Block, Piece, Set, Sheet, Tone, Words};
use crate::render::safe;

/// The browser is told the same: no scripts, nothing from elsewhere.
const HEAD: &str = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<style>\n\
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em; color: #1c2024 }\n\
table { border-collapse: collapse; margin: .5em 0 1em } th, td { padding: .2em .8em .2em 0; text-align: left; border-bottom: 1px solid #ddd }\n\
.n { text-align: right; font-variant-numeric: tabular-nums } .total td { font-weight: 600 }\n\
.good { color: #1a6b33 } .mind { color: #7a5300 } .bad { color: #a11 } .name { font-family: ui-monospace, monospace }\n\
</style>\n";

pub(super) fn draw(blocks: &[Block], project: &str) -> String {
    let mut out = String::from("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    write!(out, "{HEAD}<title>{}</title>\n</head>\n<body>\n", escaped(project)).expect("writing to a string");
    blocks.iter().for_each(|block| add(block, &mut out));
    out.push_str("</body>\n</html>\n");
    out
}

fn add(block: &Block, out: &mut String) {
    let written = match block {
        Block::Title(words) => writeln!(out, "<h1>{}</h1>", text(words)),
        Block::Verdict(tone, words) => writeln!(out, "<p class=\"{}\">{}</p>", class(*tone), text(words)),
        Block::Heading(title) => writeln!(out, "<h2>{title}</h2>"),
        Block::Say(words) => writeln!(out, "<p>{}</p>", text(words)),
        Block::Table(sheet) => {
            table(sheet, out);
            Ok(())
        }
        Block::Fold(title, inside) => {
            writeln!(out, "<details>\n<summary>{title}</summary>").expect("writing to a string");
            inside.iter().for_each(|block| add(block, out));
            writeln!(out, "</details>")
        }
    };
    written.expect("writing to a string");
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Mind => "mind",
        Tone::Bad => "bad",
    }
}

fn table(sheet: &Sheet, out: &mut String) {
    let set = |set: Set| if set == Set::Number { " class=\"n\"" } else { "" };
    out.push_str("<table>\n<tr>");
    for (title, column) in &sheet.columns {
        write!(out, "<th{}>{title}</th>", set(*column)).expect("writing to a string");
    }
    out.push_str("</tr>\n");
    for (at, row) in sheet.rows.iter().enumerate() {
        let total = sheet.total && at + 1 == sheet.rows.len();
        out.push_str(if total { "<tr class=\"total\">" } else { "<tr>" });
        for (words, (_, column)) in row.iter().zip(&sheet.columns) {
            write!(out, "<td{}>{}</td>", set(*column), text(words)).expect("writing to a string");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</table>\n");
}

fn text(words: &Words) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Own(text) => escaped(text),
        Piece::Name(name) => format!("<span class=\"name\">{}</span>", escaped(name)),
    };
    words.0.iter().map(piece).collect()
}

/// Text that is no markup, on one line.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in safe::line(text).chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(character),
        }
    }
    out
}
