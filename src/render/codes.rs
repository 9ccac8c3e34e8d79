//! What a code means, for people: the list of codes, and the text behind each.

use super::style::{Ink, Style};
use super::{safe, wrap};
use crate::diagnostic::explain::{Part, Side, announced, parts};
use crate::diagnostic::{Code, Diagnostic, Severity, code_families};

/// Columns of prose: longer lines are hard to follow.
const MEASURE: usize = 84;
/// How far blocks stand in.
const INDENT: &str = "    ";
/// How far what is left of a line of code stands in further.
const CONTINUED: &str = "      ";

/// What `code` means, with its examples.
#[must_use]
pub fn explained(code: &Code, style: &Style) -> String {
    let title = format!("{code} {}", code.alias);
    let mut lines = vec![style.paint(Ink::Bold, &title), String::new()];
    lines.extend(prose("", code.summary, style));
    let parts = parts(code.text);
    for (at, part) in parts.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &parts[before]);
        if !part.continues(before) {
            lines.push(String::new());
        }
        lines.extend(part.caption(before).into_iter().flat_map(|caption| captioned(part, caption, style)));
        lines.extend(laid_out(part, style));
    }
    ended(&lines)
}

/// Every code by family, a line each where the screen is wide enough.
#[must_use]
pub fn code_list(style: &Style) -> String {
    let all = code_families();
    let longest = all.iter().flat_map(|(_, codes)| codes).map(|code| code.alias.len()).max().unwrap_or_default();
    let mut lines = Vec::new();
    for (family, codes) in &all {
        lines.extend([style.paint(Ink::Bold, family), String::new()]);
        for code in codes {
            let head = format!("  {code}  {:longest$}  ", code.alias);
            let painted = style.paint(Ink::Cyan, &code.to_string());
            let row = wrap::hang(&head, code.summary, style.columns());
            lines.extend(row.iter().map(|line| line.replacen(&code.to_string(), &painted, 1)));
        }
        lines.push(String::new());
    }
    lines.extend(prose("", "`sopc explain CODE` tells what a code means, by number or by name.", style));
    ended(&lines)
}

/// The project of the examples.
#[must_use]
pub fn shop(style: &Style) -> String {
    let intro = "The examples are pieces of this project: what an example states stands in place of what is stated \
                 here about the same thing.";
    let mut lines = prose("", intro, style);
    lines.push(String::new());
    lines.extend(code_lines("toml", crate::diagnostic::explain::SHOP, style));
    ended(&lines)
}

/// A line that says where to read more about what was found; empty where nothing was.
#[must_use]
pub fn hint(list: &[Diagnostic], style: &Style) -> String {
    let of = |severity| list.iter().filter(move |one| one.severity == severity).map(|one| one.code);
    let mut codes = of(Severity::Error).chain(of(Severity::Warning)).chain(of(Severity::Note));
    let Some(first) = codes.next() else { return String::new() };
    let others = if codes.any(|code| code.number != first.number) { ", and so for every code" } else { "" };
    format!("{}\n", style.paint(Ink::Dim, &format!("`sopc explain {first}` tells more{others}")))
}

fn ended(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

fn laid_out(part: &Part, style: &Style) -> Vec<String> {
    match part {
        Part::Paragraph { lead, words } => prose(lead, words, style),
        Part::Item(words) => inked(wrap::hang("- ", &kept_together(words), measure(style)), style),
        Part::Block { language, text, .. } => code_lines(language, text, style),
    }
}

/// What stands above a block.
fn captioned(part: &Part, caption: &str, style: &Style) -> [String; 2] {
    let problem = matches!(part, Part::Block { side: Some(Side::Before), .. });
    [style.paint(if problem { Ink::Red } else { Ink::Green }, caption), String::new()]
}

fn measure(style: &Style) -> usize {
    style.columns().min(MEASURE)
}

/// A paragraph; `lead` begins it, in bold.
fn prose(lead: &str, words: &str, style: &Style) -> Vec<String> {
    let text = if lead.is_empty() { words.to_owned() } else { format!("{} {words}", joined(lead)) };
    let mut lines = inked(wrap::wrap(&kept_together(&text), measure(style)), style);
    if let Some(first) = lines.first_mut().filter(|_| !lead.is_empty()) {
        *first = first.replacen(lead, &style.paint(Ink::Bold, lead), 1);
    }
    lines
}

/// `text` that does not break at its spaces.
fn joined(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// `text` whose code does not break over lines.
fn kept_together(text: &str) -> String {
    let pieces = text.split('`').enumerate();
    let pieces: Vec<_> = pieces.map(|(at, piece)| if at % 2 == 1 { joined(piece) } else { piece.to_owned() }).collect();
    pieces.join("`")
}

/// Lines of one paragraph, code in backticks in colour. Code that is wider than a line goes on in the next.
fn inked(lines: Vec<String>, style: &Style) -> Vec<String> {
    let mut inside = false;
    let mut line_inked = |line: String| {
        let mut out = String::new();
        for (at, piece) in line.split('`').enumerate() {
            if at > 0 {
                inside = !inside;
            }
            let (open, ink) = if inside { ("`", Ink::Cyan) } else { ("", Ink::Plain) };
            let closed = if at > 0 && !inside { style.paint(Ink::Cyan, "`") } else { String::new() };
            let open = if at == 0 { "" } else { open };
            out.push_str(&closed);
            out.push_str(&style.paint(ink, &format!("{open}{piece}")));
        }
        out
    };
    lines.into_iter().map(&mut line_inked).collect()
}

/// Lines of code, as they are; one that is too long goes on below.
fn code_lines(language: &str, text: &str, style: &Style) -> Vec<String> {
    let columns = style.columns();
    let mut lines = Vec::new();
    for line in text.lines() {
        let line = safe::line(line);
        let ink = if language == "console" && line.starts_with("$ ") { Ink::Bold } else { Ink::Plain };
        let room = columns.saturating_sub(INDENT.len());
        let mut pieces = if wrap::width(&line) > room {
            wrap::wrap(&line, columns.saturating_sub(CONTINUED.len())).into_iter()
        } else {
            vec![line.clone()].into_iter()
        };
        let first = pieces.next().unwrap_or_default();
        lines.push(format!("{INDENT}{}", code_line(language, &first, ink, style)).trim_end().to_owned());
        lines.extend(pieces.map(|piece| format!("{CONTINUED}{}", style.paint(ink, &piece))));
    }
    lines
}

/// A line of code with its remark dimmed.
fn code_line(language: &str, line: &str, ink: Ink, style: &Style) -> String {
    let remark = match language {
        "toml" => line.find('#').filter(|at| line[..*at].matches('"').count().is_multiple_of(2)),
        _ => announced(line).map(|_| 0),
    };
    let (code, remark) = line.split_at(remark.unwrap_or(line.len()));
    format!("{}{}", style.paint(ink, code), style.paint(Ink::Dim, remark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::all_codes;

    const PLAIN: Style = Style { width: 80, color: false, unicode: true };

    /// Text without what colours it.
    fn bare(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once("\u{1b}[") {
            out.push_str(before);
            rest = behind.split_once('m').map_or("", |(_, rest)| rest);
        }
        out + rest
    }

    #[test]
    fn lines_fit_and_colour_adds_nothing() {
        for width in [0, 60, 80, 140] {
            let plain = Style { width, ..PLAIN };
            let colourful = Style { color: true, ..plain.clone() };
            let mut all = vec![(code_list(&plain), code_list(&colourful)), (shop(&plain), shop(&colourful))];
            all.extend(all_codes().iter().map(|code| (explained(code, &plain), explained(code, &colourful))));
            for (plain, colourful) in all {
                assert_eq!(plain, bare(&colourful));
                let long = plain.lines().find(|line| wrap::width(line) > width.max(60));
                assert_eq!(long, None, "{width} columns");
                assert!(plain.lines().all(|line| line.trim_end() == line), "{plain}");
                assert!(!plain.contains("**") && !plain.contains("\n\n\n"), "{plain}");
            }
        }
    }

    #[test]
    fn long_code_goes_on_in_the_next_line() {
        let style = Style { width: 60, color: false, unicode: true };
        let long = format!("key = \"{}\" # why", "word ".repeat(12).trim_end());
        let lines = code_lines("toml", &long, &style);
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("    key = ") && lines[1].starts_with("      "), "{lines:?}");
    }

    #[test]
    fn the_hint_names_the_worst() {
        let one = |code, severity: fn(&'static Code, &str) -> Diagnostic| severity(code, "message");
        let warning = one(&crate::diagnostic::codes::EMPTY_SELECTION, |code, text| Diagnostic::warning(code, text));
        let error = one(&crate::diagnostic::codes::UNKNOWN_NAME, |code, text| Diagnostic::error(code, text));
        assert_eq!(hint(&[], &PLAIN), "");
        assert_eq!(hint(&[error.clone(), error.clone()], &PLAIN), "`sopc explain SOP2001` tells more\n");
        assert_eq!(hint(&[warning, error], &PLAIN), "`sopc explain SOP2001` tells more, and so for every code\n");
    }
}
