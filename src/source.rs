//! The text of every input file, and places in it.
//!
//! A [`Span`] is a byte range of one file; a [`Place`] is what a person calls it: file, line, column.
//! This module is the only owner of file text.

mod edited;

use std::sync::Arc;

pub use edited::{Edited, EditedFile, EditedLine, edited};
use serde::{Deserialize, Serialize};

/// Which file of a [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// A byte range of one file, always on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// Bytes `start..end` of `file`.
    #[must_use]
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end) }
    }
}

/// A value and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What is said.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// `value`, said at `span`.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A place as people and editors name it: path relative to the project's root with `/`, line and column from 1,
/// columns counted in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Place {
    /// Path relative to the project's root, with `/`.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// One input file.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// Path relative to the project's root, with `/`.
    pub path: String,
    /// The text; where the file was no UTF-8, with replacement characters.
    pub text: Arc<str>,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    line_starts: Vec<u32>,
}

impl SourceFile {
    /// Index from 0 of the line that holds byte `offset`.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|&start| start <= offset).max(1) - 1
    }

    /// Number of lines; a final newline begins no line of its own.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }

    /// First byte of line `index` (from 0); the end of the text for lines behind it.
    #[must_use]
    pub fn line_start(&self, index: usize) -> usize {
        self.line_starts.get(index).map_or(self.text.len(), |&start| start as usize)
    }
}

/// Every file of a compilation.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Takes a file in. `path` is relative to the root with `/`; `sha256` is that of its bytes.
    pub fn add(&mut self, path: String, text: Arc<str>, sha256: String) -> FileId {
        let mut line_starts = vec![0];
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            at += line.len();
            line_starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
        if !text.ends_with('\n') && line_starts.len() > 1 {
            line_starts.pop();
        }
        if line_starts.len() > 1 && line_starts.last() == u32::try_from(text.len()).ok().as_ref() {
            line_starts.pop();
        }
        self.files.push(SourceFile { path, text, sha256, line_starts });
        FileId(u32::try_from(self.files.len() - 1).unwrap_or(u32::MAX))
    }

    /// The same files, their paths below another folder; it ends in `/`.
    #[must_use]
    pub fn below(&self, folder: &str) -> Self {
        let moved = |file: &SourceFile| SourceFile { path: format!("{folder}{}", file.path), ..file.clone() };
        Self { files: self.files.iter().map(moved).collect() }
    }

    /// All files, in the order in which they were taken in.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// One file.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The text under a span.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Where a span begins.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        self.place_at(span.file, span.start)
    }

    /// Where a span ends.
    #[must_use]
    pub fn end_place(&self, span: Span) -> Place {
        self.place_at(span.file, span.end)
    }

    fn place_at(&self, id: FileId, offset: u32) -> Place {
        let file = self.file(id);
        let line = file.line_of(offset);
        let before = file.text.get(file.line_start(line)..offset as usize).unwrap_or("");
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Place { file: file.path.clone(), line: count(line + 1), column: count(before.chars().count() + 1) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let mut sources = Sources::default();
        let file = sources.add("a.toml".into(), "ä = 1\nb = \"ü\" # x\n".into(), String::new());
        assert_eq!(sources.file(file).line_count(), 2);
        let x = "ä = 1\nb = \"ü\" # ".len();
        let place = sources.place(Span::new(file, x, x + 1));
        assert_eq!((place.line, place.column), (2, 11));
    }
}
