//! Lines of the inputs that are not as they were, told from the text alone.
//!
//! Order means little in these files, so a line counts as new where no equal one was among those that went, whatever its place.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use super::{SourceFile, Sources};

/// A file that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditedFile {
    /// Path relative to the project's root, with `/`.
    pub path: String,
    /// What became of it.
    pub what: Edited,
    /// Its lines that differ, by number; comments and empty lines aside. Empty for a file that is new or gone.
    pub lines: Vec<EditedLine>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Edited {
    /// There was none.
    New,
    /// It says something else.
    Changed,
    /// There is none any more.
    Gone,
}

/// A line that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditedLine {
    /// Its number, from 1; of a line that went, the one it had.
    pub line: u32,
    /// What it said; none where it is new.
    pub before: Option<String>,
    /// What it says; none where it went.
    pub after: Option<String>,
}

/// What was edited between two states of a project, by path.
#[must_use]
pub fn edited(before: &Sources, after: &Sources) -> Vec<EditedFile> {
    let (old, new) = (by_path(before), by_path(after));
    let paths: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
    let told = |path: &str| {
        let (what, lines) = match (old.get(path), new.get(path)) {
            (Some(old), Some(new)) if old.sha256 == new.sha256 => return None,
            (Some(old), Some(new)) => (Edited::Changed, lines(&old.text, &new.text)),
            (None, _) => (Edited::New, Vec::new()),
            (_, None) => (Edited::Gone, Vec::new()),
        };
        Some(EditedFile { path: path.to_owned(), what, lines })
    };
    paths.into_iter().filter_map(told).collect()
}

fn by_path(sources: &Sources) -> BTreeMap<&str, &SourceFile> {
    sources.files().iter().map(|file| (file.path.as_str(), file)).collect()
}

/// A line's number and text.
type Numbered<'t> = (usize, &'t str);

/// The lines in which two texts differ.
fn lines(before: &str, after: &str) -> Vec<EditedLine> {
    // Of a long text most stays as it is, and is not taken apart.
    let same = before.bytes().zip(after.bytes()).take_while(|(old, new)| old == new).count();
    let start = before.as_bytes()[..same].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let above = before.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count();
    let (old, new): (Vec<&str>, Vec<&str>) = (before[start..].lines().collect(), after[start..].lines().collect());
    let most = old.len().min(new.len());
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| old == new).count();
    let (old, new) = (numbered(&old[..old.len() - tail], above), numbered(&new[..new.len() - tail], above));
    let mut found = if old.len() == new.len() { in_place(&old, &new) } else { by_text(&old, &new) };
    found.retain(|line| line.before.iter().chain(&line.after).any(|text| says_something(text)));
    found
}

fn numbered<'t>(lines: &[&'t str], above: usize) -> Vec<Numbered<'t>> {
    (above..).zip(lines.iter().copied()).collect()
}

/// As many lines as there were: each against the one in its place.
fn in_place(old: &[Numbered<'_>], new: &[Numbered<'_>]) -> Vec<EditedLine> {
    let differing = old.iter().zip(new).filter(|((_, old), (_, new))| old != new);
    differing.map(|((_, old), (at, new))| edited_line(*at, Some(old), Some(new))).collect()
}

/// Lines that came or went, whatever their order.
fn by_text(old: &[Numbered<'_>], new: &[Numbered<'_>]) -> Vec<EditedLine> {
    let mut found: Vec<EditedLine> = Vec::new();
    found.extend(missing(old, new).map(|(at, text)| edited_line(at, Some(text), None)));
    found.extend(missing(new, old).map(|(at, text)| edited_line(at, None, Some(text))));
    found.sort_by_key(|line| line.line);
    found
}

/// Those of `lines` that have no equal among `others`, each of which counts once.
fn missing<'t>(lines: &'t [Numbered<'t>], others: &[Numbered<'_>]) -> impl Iterator<Item = Numbered<'t>> {
    let mut left: HashMap<String, usize> = HashMap::new();
    others.iter().for_each(|(_, text)| *left.entry((*text).to_owned()).or_default() += 1);
    lines.iter().copied().filter(move |(_, text)| match left.get_mut(*text) {
        Some(count) if *count > 0 => {
            *count -= 1;
            false
        }
        _ => true,
    })
}

fn edited_line(at: usize, before: Option<&str>, after: Option<&str>) -> EditedLine {
    let line = u32::try_from(at + 1).unwrap_or(u32::MAX);
    EditedLine { line, before: before.map(str::to_owned), after: after.map(str::to_owned) }
}

/// False for comments and empty lines: no plan differs for them.
fn says_something(line: &str) -> bool {
    let bare = line.trim_start();
    !bare.is_empty() && !bare.starts_with('#')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, after: &str) -> Vec<(u32, Option<String>, Option<String>)> {
        lines(before, after).into_iter().map(|line| (line.line, line.before, line.after)).collect()
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn a_line_in_its_place_is_told_with_what_it_said() {
        assert_eq!(told("a\nb = 1\nc\n", "a\nb = 2\nc\n"), [(2, some("b = 1"), some("b = 2"))]);
        assert_eq!(told("a\nb\nc\nd\n", "x\nb\nc\ny\n"), [(1, some("a"), some("x")), (4, some("d"), some("y"))]);
    }

    #[test]
    fn lines_come_and_go() {
        assert_eq!(told("a\nc\n", "a\nb\nc\n"), [(2, None, some("b"))]);
        assert_eq!(told("a\nb\nb\nc\n", "a\nb\nc\n"), [(3, some("b"), None)]);
        assert_eq!(told("", "a\n"), [(1, None, some("a"))]);
    }

    #[test]
    fn what_moved_is_no_edit_of_its_own() {
        assert_eq!(told("a\nb\nc\n", "c\na\nb\nd\n"), [(4, None, some("d"))]);
    }

    #[test]
    fn comments_and_empty_lines_do_not_count() {
        assert_eq!(told("a\n", "# said\n\na\n"), []);
        assert_eq!(told("a = 1\n", "# a = 1\n"), [(1, some("a = 1"), some("# a = 1"))]);
    }

    #[test]
    fn files_come_and_go() {
        let sources = |files: &[(&str, &str)]| {
            let mut sources = Sources::default();
            for (path, text) in files {
                sources.add((*path).to_owned(), (*text).into(), (*text).to_owned());
            }
            sources
        };
        let found = edited(&sources(&[("a", "1"), ("b", "2")]), &sources(&[("b", "2"), ("c", "3")]));
        let told: Vec<_> = found.iter().map(|file| (file.path.as_str(), file.what)).collect();
        assert_eq!(told, [("a", Edited::Gone), ("c", Edited::New)]);
    }
}
