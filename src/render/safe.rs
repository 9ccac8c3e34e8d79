//! Text from files is data.
//!
//! A name may hold anything: an escape sequence that clears the screen, a mark that turns the reading direction round,
//! a formula. Here is what makes it harmless in each kind of output.

use std::fmt::Write;

/// True for characters that act on a terminal or on the order of the text around them instead of being shown.
#[must_use]
pub fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}'  // marks of direction, invisible space
            | '\u{2028}' | '\u{2029}'                         // breaks of lines
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // overrides and isolates
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'            // marks of order, annotations
            | '\u{e0000}'..='\u{e007f}') // invisible tags
}

/// Adds `character` to `out`, as an escape where it must not reach a terminal.
pub(super) fn push(out: &mut String, character: char) {
    match character {
        '\t' => out.push_str("\\t"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        _ if is_unsafe(character) => out.extend(character.escape_unicode()),
        _ => out.push(character),
    }
}

/// `text` on one line, with `\t`, `\n`, `\r` and `\u{1b}` for what a terminal would obey, and without what the log of a
/// workflow would take for a command where it comes to stand first on a line: `::error::` before a word, `##[group]`
/// anywhere.
#[must_use]
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut begins = true;
    for (at, character) in text.char_indices() {
        match character {
            ':' if begins && text[at..].starts_with("::") => out.push_str("\\u{3a}"),
            '#' if text[at..].starts_with("##[") => out.push_str("\\u{23}"),
            _ => push(&mut out, character),
        }
        // Lines are broken at spaces, and space before a command does not hide it.
        begins = character.is_whitespace() || is_unsafe(character);
    }
    out
}

/// `text` as by [`line`], without `::` anywhere: for where a line may begin with any part of it.
#[must_use]
pub fn log(text: &str) -> String {
    line(text).replace("::", ":\\u{3a}")
}

/// The lines of `text`, each as by [`line`]; for our own messages, which may have several.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.lines().map(line).collect()
}

/// JSON text in which every character that [`is_unsafe`] is written as `\uXXXX`. Its meaning stays: such characters
/// can only stand in strings, line breaks between tokens aside.
pub(super) fn json(text: String) -> String {
    let acts = |character: char| character != '\n' && is_unsafe(character);
    if !text.contains(acts) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if acts(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}").expect("writing to a string");
            }
        } else {
            out.push(character);
        }
    }
    out
}

/// A CSV cell of text: no control characters, and an apostrophe before what a spreadsheet would take for a formula.
/// Quoting is left to the writer.
#[must_use]
pub fn csv_cell(text: &str) -> String {
    const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let shown = line(text);
    if text.starts_with(FORMULA) { format!("'{shown}") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_on_a_terminal() {
        let hostile = "a\u{1b}[2J\r\n\u{7}\u{9b}\u{202e}b\u{2066}\u{e0041}ü→";
        let shown = line(hostile);
        assert!(!shown.chars().any(is_unsafe));
        assert_eq!(shown, "a\\u{1b}[2J\\r\\n\\u{7}\\u{9b}\\u{202e}b\\u{2066}\\u{e0041}ü→");
    }

    #[test]
    fn nothing_is_a_command_to_a_log() {
        assert_eq!(line("::error::pwned"), "\\u{3a}:error::pwned");
        assert_eq!(line("a\n  ::error::b"), "a\\n  \\u{3a}:error::b");
        assert_eq!(line("a ::warning::b ##[group]c"), "a \\u{3a}:warning::b \\u{23}#[group]c");
        assert_eq!(lines("a\n\u{a0}::error::b"), ["a", "\u{a0}\\u{3a}:error::b"]);
        for name in ["Mug: blue", "A::B", "12:30", "#1", "a ## b", ": x"] {
            assert_eq!(line(name), name);
        }
        assert_eq!(log("A::B"), "A:\\u{3a}B");
    }

    #[test]
    fn json_keeps_its_meaning() {
        let hostile = "a\u{1b}\u{9b}\u{202e}\u{e0041}\"\\";
        let escaped = json(serde_json::to_string(hostile).unwrap());
        assert!(escaped.is_ascii());
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), hostile);
    }

    #[test]
    fn cells_are_no_formulas() {
        let guarded = ["=1+1", "+1", "-1", "@x", "\tx", "\rx"].map(csv_cell);
        assert_eq!(guarded, ["'=1+1", "'+1", "'-1", "'@x", "'\\tx", "'\\rx"]);
        assert_eq!(csv_cell("MUG-BLUE"), "MUG-BLUE");
    }
}
