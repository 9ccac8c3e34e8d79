//! Changes of text: values replaced in their place, entries taken out, entries added at the end of files.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Change;
use crate::format::format;
use crate::source::{FileId, SourceFile, Sources, Span};

/// Changes that wait to be made.
pub(super) struct Edits<'s> {
    sources: &'s Sources,
    /// By file: bytes, and what stands there then.
    replaced: BTreeMap<FileId, Vec<(Range<usize>, String)>>,
    /// By path: what is added at the end.
    added: BTreeMap<String, String>,
    changes: Vec<Change>,
}

/// A text as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

impl<'s> Edits<'s> {
    pub(super) fn new(sources: &'s Sources) -> Self {
        Self { sources, replaced: BTreeMap::new(), added: BTreeMap::new(), changes: Vec::new() }
    }

    fn told(&mut self, span: Span, what: String) {
        let file = self.sources.file(span.file);
        self.changes.push(Change { file: file.path.clone(), line: file.line_of(span.start) + 1, what });
    }

    /// Puts `text` in the place of a value.
    pub(super) fn replace(&mut self, span: Span, text: String, what: String) {
        self.told(span, what);
        self.put(span.file, span.start as usize..span.end as usize, text);
    }

    /// The same where comments stand inside of the value: they go to lines of their own above it.
    pub(super) fn replace_list(&mut self, span: Span, leaves: &[Span], text: String, what: String) {
        let file = self.sources.file(span.file);
        let place = span.start as usize..span.end as usize;
        let comments = comments(file, place.clone(), leaves);
        let line = file.line_start(file.line_of(span.start));
        self.told(span, what);
        if !comments.is_empty() {
            self.put(span.file, line..line, comments);
        }
        self.put(span.file, place, text);
    }

    fn put(&mut self, file: FileId, place: Range<usize>, text: String) {
        self.replaced.entry(file).or_default().push((place, text));
    }

    /// Takes an entry out: the lines from its header to its last value. Its comments stay. False where the entry does not have these
    /// lines for itself.
    pub(super) fn remove(&mut self, header: Span, leaves: &[Span], what: String) -> bool {
        let file = self.sources.file(header.file);
        let is_toml = file.path.ends_with(".toml");
        if is_toml && !file.text[header.start as usize..].starts_with("[[") {
            return false;
        }
        let last = leaves.iter().map(|leaf| leaf.end).chain([header.end]).max().unwrap_or(header.end);
        let first_line = file.line_of(header.start);
        let last_line = file.line_of(last.saturating_sub(1).max(header.start));
        let place = file.line_start(first_line)..line_end(file, last_line);
        let kept = if is_toml { comments(file, place.clone(), &[leaves, &[header]].concat()) } else { String::new() };
        self.told(header, what);
        // Two blank lines would be left where one was before and one behind.
        let blank = |line: usize| file.text[file.line_start(line)..line_end(file, line)].trim().is_empty();
        let before = first_line.checked_sub(1).is_none_or(blank);
        let next = last_line + 1;
        let behind = next < file.line_count() && blank(next);
        let end = if kept.is_empty() && is_toml && before && behind { line_end(file, next) } else { place.end };
        self.put(header.file, place.start..end, kept);
        true
    }

    /// Adds an entry at the end of a file.
    pub(super) fn add(&mut self, path: &str, entry: &str, what: String) {
        let lines = self.find(path).map_or(0, SourceFile::line_count);
        self.changes.push(Change { file: path.to_owned(), line: lines + 1, what });
        let added = self.added.entry(path.to_owned()).or_default();
        if !added.is_empty() {
            added.push('\n');
        }
        added.push_str(entry);
    }

    /// A file that is new as a whole.
    pub(super) fn create(&mut self, path: &str, text: String, what: String) {
        self.changes.push(Change { file: path.to_owned(), line: 1, what });
        self.added.insert(path.to_owned(), text);
    }

    pub(super) fn find(&self, path: &str) -> Option<&'s SourceFile> {
        self.sources.files().iter().find(|file| file.path == path)
    }

    /// The new texts by path, and what was changed.
    pub(super) fn finish(self) -> (BTreeMap<String, String>, Vec<Change>) {
        let mut files = BTreeMap::new();
        for (id, mut edits) in self.replaced {
            let file = self.sources.file(id);
            edits.sort_by_key(|(place, _)| (place.start, place.end));
            let mut text = String::with_capacity(file.text.len());
            let mut at = 0;
            for (place, new) in edits.into_iter().filter(|(place, _)| place.start <= place.end) {
                if place.start < at {
                    continue;
                }
                text.push_str(&file.text[at..place.start]);
                text.push_str(&as_lines_of(file, &new));
                at = place.end;
            }
            text.push_str(&file.text[at..]);
            files.insert(file.path.clone(), text);
        }
        for (path, added) in self.added {
            let known = self.sources.files().iter().find(|file| file.path == path);
            let text = files.entry(path).or_insert_with(|| known.map_or(String::new(), |file| file.text.to_string()));
            let newline = known.map_or("\n", newline);
            if !text.is_empty() {
                text.push_str(if text.ends_with('\n') { "" } else { newline });
                text.push_str(newline);
            }
            text.push_str(&added.replace('\n', newline));
        }
        for (path, text) in &mut files {
            let before = self.sources.files().iter().find(|file| file.path == *path).map_or("", |file| &file.text);
            lay_out(path, before, text);
        }
        let mut changes = self.changes;
        changes.sort();
        (files, changes)
    }
}

/// Lays the new text of a TOML file out where the old one was, or where the file is new: how others are written is their team's.
fn lay_out(path: &str, before: &str, text: &mut String) {
    if path.ends_with(".toml")
        && format(before).is_ok_and(|laid| laid == before)
        && let Ok(laid) = format(text)
    {
        *text = laid;
    }
}

/// One past the last byte of a line, its end included.
fn line_end(file: &SourceFile, line: usize) -> usize {
    if line + 1 < file.line_count() { file.line_start(line + 1) } else { file.text.len() }
}

fn newline(file: &SourceFile) -> &'static str {
    if file.text.contains("\r\n") { "\r\n" } else { "\n" }
}

fn as_lines_of(file: &SourceFile, text: &str) -> String {
    text.replace('\n', newline(file))
}

/// The comments in a part of a file outside of values, a line each.
fn comments(file: &SourceFile, place: Range<usize>, leaves: &[Span]) -> String {
    let mut leaves: Vec<Range<usize>> = leaves.iter().map(|leaf| leaf.start as usize..leaf.end as usize).collect();
    leaves.sort_by_key(|leaf| leaf.start);
    let mut found = String::new();
    let mut at = place.start;
    while at < place.end {
        if let Some(leaf) = leaves.iter().find(|leaf| leaf.contains(&at)) {
            at = leaf.end;
            continue;
        }
        let rest = &file.text[at..place.end];
        if rest.starts_with('#') {
            let end = rest.find('\n').unwrap_or(rest.len());
            found.push_str(rest[..end].trim_end());
            found.push('\n');
            at += end;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    found
}
