//! What the compiler tells people: one type for every problem, whatever stage found it.
//!
//! A [`Diagnostic`] is plain data. It says *what is wrong* in its message (lower case, no full stop), points at the
//! smallest place in its first label and at the other end of a contradiction in the further ones, which may lie in
//! any file; *how to mend it* is in `help`, apart from the cause. Only `render` turns it into text.

mod code;
pub mod explain;
mod reference;

pub use code::{Code, Family, all as all_codes, families as code_families, find as find_code};
pub use reference::reference;

use std::collections::BTreeMap;

use crate::source::{Sources, Span};

pub mod codes {
    //! Every code, by name.
    pub use super::code::*;
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The inputs are invalid: nothing is planned.
    Error,
    /// Something a person should look at; a plan is made.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// `error`, `warning` or `note`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A place with a remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// A few words that make sense alone; may be empty.
    pub text: String,
}

/// A change of text that mends a problem, for editors and `--diagnostics json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub replacement: String,
}

/// One problem.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// Its kind: number, alias and long text.
    pub code: &'static Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong; stands alone.
    pub message: String,
    /// Places; the first is the one to change. Empty where no file is to blame.
    pub labels: Vec<Label>,
    /// Context.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Vec<String>,
    /// Edits that mend it without a doubt.
    pub edits: Vec<Edit>,
    /// What it is about, by the keys of selectors (`item`, `channel`, ...): a waiver may pick by it.
    pub about: Vec<(&'static str, String)>,
}

impl Diagnostic {
    /// An error with `code`.
    pub fn error(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning with `code`.
    pub fn warning(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// A note with `code`.
    pub fn note(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Note, message)
    }

    fn new(code: &'static Code, severity: Severity, message: impl Into<String>) -> Self {
        let (labels, notes, help, edits, about) = Default::default();
        Self { code, severity, message: shortened(message.into()), labels, notes, help, edits, about }
    }

    /// Points at a place; the first call names the one to change.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: shortened(text.into()) });
        self
    }

    /// Adds context.
    #[must_use]
    pub fn with_note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(shortened(text.into()));
        self
    }

    /// Says how to mend it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(shortened(text.into()));
        self
    }

    /// Adds an edit that mends it.
    #[must_use]
    pub fn edit(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.edits.push(Edit { span, replacement: replacement.into() });
        self
    }

    /// Says what it is about, by a key of selectors.
    #[must_use]
    pub fn about(mut self, key: &'static str, name: impl Into<String>) -> Self {
        self.about.push((key, name.into()));
        self
    }

    /// The place to change.
    #[must_use]
    pub fn primary(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }
}

/// Longest text of a diagnostic, bytes: what a person reads is shorter, what a name of a megabyte makes is not.
const MAX_TEXT: usize = 2_000;

/// A text that may hold names of any length, without its middle where it is too long.
fn shortened(text: String) -> String {
    if text.len() <= MAX_TEXT {
        return text;
    }
    let boundary = |at: usize| (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    format!("{} … {}", &text[..boundary(MAX_TEXT / 2)], &text[boundary(text.len() - MAX_TEXT / 2)..])
}

/// Most problems of one code that are kept: who has more mends those first, and a report of gigabytes helps nobody.
pub const MAX_OF_A_KIND: usize = 10_000;

/// Counts problems by code, so that a million of one kind take no memory.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    counts: BTreeMap<u16, usize>,
}

impl Tally {
    /// Counts a problem; true where it is to be kept.
    pub fn keeps(&mut self, diagnostic: &Diagnostic) -> bool {
        let count = self.counts.entry(diagnostic.code.number).or_default();
        *count += 1;
        *count <= MAX_OF_A_KIND
    }

    /// Counts a problem that need not be put into words, since no more of its code are kept; false where it is to be
    /// reported.
    pub fn skips(&mut self, code: &Code) -> bool {
        let full = self.counts.get_mut(&code.number).filter(|count| **count >= MAX_OF_A_KIND);
        full.map(|count| *count += 1).is_some()
    }

    /// Notes with the last one of each code how many were left out.
    pub fn note_left_out(&self, kept: &mut [Diagnostic]) {
        for (&number, &count) in self.counts.iter().filter(|(_, count)| **count > MAX_OF_A_KIND) {
            if let Some(last) = kept.iter_mut().rev().find(|one| one.code.number == number) {
                let more = crate::render::number::units((count - MAX_OF_A_KIND) as i128);
                last.notes.push(format!("and {more} more of {} that are not listed", last.code));
            }
        }
    }
}

/// Sorts diagnostics by place (path, offset), then code and message, so that their order tells nothing of the order
/// in which they were found; exact repetitions go.
pub fn sort(diagnostics: &mut Vec<Diagnostic>, sources: &Sources) {
    let place = |diagnostic: &Diagnostic| {
        let span = diagnostic.primary();
        span.map(|span| (sources.file(span.file).path.clone(), span.start, span.end))
    };
    diagnostics.sort_by_cached_key(|one| (place(one), one.code.number, one.message.clone()));
    diagnostics.dedup_by(|a, b| a.code.number == b.code.number && a.message == b.message && a.labels == b.labels);
}

/// True where any of them is an error.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
