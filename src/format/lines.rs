//! Lines: which blank ones stay, and where comments behind values stand.

use unicode_width::UnicodeWidthStr;

/// Columns between a value and its comment.
const SPACE: usize = 2;
/// Longest line that others are moved for, columns.
const MOVED_FOR: usize = 60;

/// A line of a file; an entry may take several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// Nothing.
    Blank,
    /// A comment on a line of its own.
    Comment(String),
    /// The header of a table.
    Header {
        /// With its brackets.
        code: String,
        /// Behind it.
        comment: Option<String>,
    },
    /// A key and its value.
    Entry {
        /// `key = value`
        code: String,
        /// Behind it.
        comment: Option<String>,
    },
}

/// Adds the lines between two statements: blank ones and comments.
pub(super) fn between(text: &str, lines: &mut Vec<Line>) {
    for line in text.lines() {
        let line = line.trim();
        lines.push(if line.is_empty() { Line::Blank } else { Line::Comment(line.to_owned()) });
    }
}

/// The text of a file.
pub(super) fn lay_out(lines: Vec<Line>) -> String {
    let lines = spaced(lines);
    let columns = columns(&lines);
    let mut text = String::new();
    for (line, column) in lines.iter().zip(columns) {
        match line {
            Line::Blank => {}
            Line::Comment(comment) => text.push_str(comment),
            Line::Header { code, comment } | Line::Entry { code, comment } => {
                text.push_str(code);
                if let Some(comment) = comment {
                    let used = last_line(code).width();
                    text.extend(std::iter::repeat_n(' ', column.saturating_sub(used).max(SPACE)));
                    text.push_str(comment);
                }
            }
        }
        text.push('\n');
    }
    text
}

/// The lines with one blank line where there is to be one.
fn spaced(lines: Vec<Line>) -> Vec<Line> {
    let mut spaced: Vec<Line> = Vec::with_capacity(lines.len());
    // Where the lines begin that stand between the last statement and the next one.
    let mut between = 0;
    for line in lines {
        match line {
            Line::Blank if matches!(spaced.last(), None | Some(Line::Blank)) => continue,
            Line::Blank | Line::Comment(_) => {
                spaced.push(line);
                continue;
            }
            Line::Header { .. } if between > 0 && !spaced[between..].contains(&Line::Blank) => {
                spaced.insert(between, Line::Blank);
            }
            Line::Entry { .. } if between > 0 && matches!(spaced[between - 1], Line::Header { .. }) => {
                if spaced.get(between) == Some(&Line::Blank) {
                    spaced.remove(between);
                }
            }
            Line::Header { .. } | Line::Entry { .. } => {}
        }
        spaced.push(line);
        between = spaced.len();
    }
    while spaced.last() == Some(&Line::Blank) {
        spaced.pop();
    }
    spaced
}

/// The column of each line's comment; entries that follow each other share one.
fn columns(lines: &[Line]) -> Vec<usize> {
    let mut columns = vec![0; lines.len()];
    let mut at = 0;
    while at < lines.len() {
        let together = lines[at..].iter().take_while(|line| matches!(line, Line::Entry { .. })).count().max(1);
        let group = at..at + together;
        let column = lines[group.clone()].iter().filter_map(moves).max().unwrap_or(0) + SPACE;
        columns[group.clone()].fill(column);
        at = group.end;
    }
    columns
}

/// The width of an entry with a comment, where the comments of others stand aside for it.
fn moves(line: &Line) -> Option<usize> {
    let Line::Entry { code, comment: Some(_) } = line else { return None };
    let width = last_line(code).width();
    (width <= MOVED_FOR && !code.contains('\n')).then_some(width)
}

fn last_line(code: &str) -> &str {
    code.rsplit('\n').next().unwrap_or(code)
}
