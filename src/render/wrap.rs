//! Columns: how wide text is, how it is cut and how it is broken into lines.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that `text` takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The longest beginning of `text` that takes at most `columns`, and the rest.
pub(super) fn split(text: &str, columns: usize) -> (&str, &str) {
    let mut taken = 0;
    for (at, character) in text.char_indices() {
        taken += character.width().unwrap_or(0);
        if taken > columns {
            return text.split_at(at);
        }
    }
    (text, "")
}

/// The longest end of `text` that takes at most `columns`.
pub(super) fn tail(text: &str, columns: usize) -> &str {
    let mut taken = 0;
    for (at, character) in text.char_indices().rev() {
        taken += character.width().unwrap_or(0);
        if taken > columns {
            return &text[at + character.len_utf8()..];
        }
    }
    text
}

/// `text` in at most `columns`, with `ellipsis` for its middle where it is wider.
pub(super) fn cut_middle(text: &str, columns: usize, ellipsis: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(width(ellipsis));
    let behind = room / 2;
    format!("{}{ellipsis}{}", split(text, room - behind).0, tail(text, behind))
}

/// `text` in at most `columns`, with `ellipsis` for its beginning where it is wider.
pub(super) fn cut_start(text: &str, columns: usize, ellipsis: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    format!("{ellipsis}{}", tail(text, columns.saturating_sub(width(ellipsis))))
}

/// `text` broken at spaces into lines of at most `columns`; words that are wider break anywhere.
///
/// Two pieces that belong together are joined by a no-break space, which comes out as a plain one.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut line = String::new();
    for mut word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && width(&line) + 1 + width(word) <= columns {
            line.push(' ');
        } else if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        while line.is_empty() && width(word) > columns {
            let (head, rest) = split(word, columns);
            // No line begins with what a log would take for a command.
            let (head, rest) = if rest.starts_with("::") { word.split_at(head.len() + 1) } else { (head, rest) };
            // A character wider than the line is written nevertheless.
            let head = if head.is_empty() { &word[..word.chars().next().map_or(0, char::len_utf8)] } else { head };
            lines.push(head.to_owned());
            word = if rest.len() == word.len() { &word[head.len()..] } else { rest };
        }
        line.push_str(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines.iter().map(|line| line.replace('\u{a0}', " ")).collect()
}

/// Longest part of a word that is kept in one piece where there is little room.
const PIECE: usize = 18;

/// The parts of `text` that stay whole where it is folded: its words, or where it is one, what its marks part.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let one = !text.contains([' ', '\u{a0}']);
    text.split_inclusive(
        move |c| if one { matches!(c, '-' | '/' | '_' | '.' | ':') } else { c == ' ' || c == '\u{a0}' },
    )
}

/// Columns that a column of a table should leave for `text`, so that nothing of it is torn that belongs together.
pub(super) fn widest_piece(text: &str) -> usize {
    pieces(text).map(|piece| width(piece.trim_end())).max().unwrap_or(0).min(PIECE)
}

/// `text` in at most `lines` lines of at most `columns`, broken between its words or at its marks; what is longer lacks its middle.
pub(super) fn fold(text: &str, columns: usize, lines: usize, ellipsis: &str) -> Vec<String> {
    if width(text) <= columns {
        return vec![text.to_owned()];
    }
    let columns = columns.max(1);
    let folded = (columns..=columns * lines).rev().map(|room| folded(&cut_middle(text, room, ellipsis), columns));
    folded.into_iter().find(|folded| folded.len() <= lines).unwrap_or_else(|| vec![cut_middle(text, columns, ellipsis)])
}

/// `text` broken between its pieces into lines of at most `columns`; wider pieces break anywhere.
fn folded(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for mut piece in pieces(text) {
        let line = lines.last().map_or("", String::as_str);
        if !line.is_empty() && width(line) + width(piece.trim_end()) > columns {
            lines.push(String::new());
        }
        while width(piece.trim_end()) > columns {
            let fitting = split(piece, columns).0.len();
            // A character wider than the line is written nevertheless.
            let at = if fitting == 0 { piece.chars().next().map_or(0, char::len_utf8) } else { fitting };
            lines.last_mut().expect("a line").push_str(&piece[..at]);
            lines.push(String::new());
            piece = &piece[at..];
        }
        lines.last_mut().expect("a line").push_str(piece);
    }
    lines.iter().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// As [`wrap`], with `first` before the first line and spaces of the same width before the others.
pub(super) fn hang(first: &str, text: &str, columns: usize) -> Vec<String> {
    let indent = width(first);
    let rest = " ".repeat(indent);
    let lines = wrap(text, columns.saturating_sub(indent)).into_iter().enumerate();
    lines.map(|(at, line)| format!("{}{line}", if at == 0 { first } else { &rest })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_whatever_the_script() {
        let text = "one 漢字漢字漢字 supercalifragilistic two";
        for columns in 2..30 {
            assert!(wrap(text, columns).iter().all(|line| width(line) <= columns), "{columns}");
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            assert_eq!(letters(&wrap(text, columns).concat()), letters(text));
        }
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("漢字", 1), ["漢", "字"]);
    }

    #[test]
    fn names_are_folded_before_they_are_cut() {
        assert_eq!(fold("CHAIR-RATTAN-DIR", 20, 3, "…"), ["CHAIR-RATTAN-DIR"]);
        assert_eq!(fold("CHAIR-RATTAN-DIR", 9, 3, "…"), ["CHAIR-", "RATTAN-", "DIR"]);
        assert_eq!(fold("CHAIR-RATTAN-DIR", 13, 3, "…"), ["CHAIR-RATTAN-", "DIR"]);
        assert_eq!(fold("budget open-to-buy", 12, 3, "…"), ["budget", "open-to-buy"]);
        assert_eq!(fold("2026-05, 2026-06 to 2026-05", 16, 3, "…"), ["2026-05, 2026-06", "to 2026-05"]);
        assert_eq!((widest_piece("budget open-to-buy"), widest_piece("CHAIR-RATTAN-DIR")), (11, 7));
        let long = "a-rather-long-name-".repeat(9);
        for columns in 1..40 {
            let folded = fold(&long, columns, 3, "…");
            assert!(folded.len() <= 3 && folded.iter().all(|line| width(line) <= columns), "{columns}: {folded:?}");
        }
        assert_eq!(fold("漢字漢字", 4, 3, "…"), ["漢字", "漢字"]);
    }

    #[test]
    fn cuts_keep_both_ends() {
        assert_eq!(cut_middle("MUG-BLUE-LARGE", 9, "…"), "MUG-…ARGE");
        assert_eq!(cut_middle("MUG", 9, "…"), "MUG");
        assert_eq!(cut_start("a/very/long/path.toml", 10, "…"), "…path.toml");
    }
}
