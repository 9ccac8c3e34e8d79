//! Where a span is, whatever it claims.

use crate::render::safe;
use crate::source::{FileId, SourceFile, Sources, Span};

/// A span inside its file, on character boundaries, with its places.
pub(super) struct Located<'a> {
    pub(super) file: &'a SourceFile,
    pub(super) span: Span,
    /// Line and column of its start, from 1.
    pub(super) start: (u32, u32),
    /// Line and column of its end, from 1.
    pub(super) end: (u32, u32),
}

/// Finds a span; nothing where there is no such file. What lies outside the text is moved to its end.
pub(super) fn locate(sources: &Sources, span: Span) -> Option<Located<'_>> {
    let FileId(number) = span.file;
    let file = sources.files().get(number as usize)?;
    let start = boundary(&file.text, span.start as usize);
    let end = boundary(&file.text, (span.end as usize).max(start));
    let span = Span::new(span.file, start, end);
    let (from, to) = (sources.place(span), sources.end_place(span));
    Some(Located { file, span, start: (from.line, from.column), end: (to.line, to.column) })
}

/// The last character boundary not behind `at`.
fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

impl Located<'_> {
    /// `file:line:column`, fit for a terminal.
    pub(super) fn named(&self) -> String {
        let (line, column) = self.start;
        format!("{}:{line}:{column}", safe::line(&self.file.path))
    }
}
