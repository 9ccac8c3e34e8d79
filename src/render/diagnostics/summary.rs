//! What all diagnostics come to.

use serde::Serialize;

use crate::diagnostic::{Diagnostic, Severity};
use crate::render::number::counted;
use crate::render::safe;
use crate::source::Sources;

/// Counts over all diagnostics, shown or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Summary {
    pub(super) errors: usize,
    pub(super) warnings: usize,
    pub(super) notes: usize,
    /// Files that were read, with or without problems.
    pub(super) files: usize,
}

/// Counts.
pub(super) fn summarise(list: &[Diagnostic], sources: &Sources) -> Summary {
    let count = |severity| list.iter().filter(|one| one.severity == severity).count();
    Summary {
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes: count(Severity::Note),
        files: sources.files().len(),
    }
}

impl Summary {
    /// `3 errors, 2 warnings in 7 files; plan not written`.
    pub(super) fn sentence(self, outcome: &str) -> String {
        let parts =
            [(self.errors, "error", "errors"), (self.warnings, "warning", "warnings"), (self.notes, "note", "notes")];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(number, ..)| *number > 0)
            .map(|(number, one, many)| counted(number, one, many))
            .collect();
        let found = if parts.is_empty() { "no problems".to_owned() } else { parts.join(", ") };
        // Problems of the command line lie in no file.
        let files =
            if self.files == 0 { String::new() } else { format!(" in {}", counted(self.files, "file", "files")) };
        let outcome = safe::line(outcome);
        let end = if outcome.is_empty() { String::new() } else { format!("; {outcome}") };
        format!("{found}{files}{end}")
    }
}
