//! Problems, for people and programs.
//!
//! [`Diagnostic`] stays the one source of truth; each format is a reading of it. Spans are clamped to their file
//! first (see [`place`]), so that a span that is off by some bytes costs a wrong column and never the report.

mod choice;
mod excerpt;
mod github;
mod gitlab;
mod human;
mod json;
mod place;
mod plain;
mod sarif;
mod short;
mod summary;

pub use json::FORMAT_VERSION as JSON_FORMAT_VERSION;

use super::style::Style;
use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiagnosticFormat {
    /// With the lines they speak of, drawn for a terminal; at most 20 of a kind and 50 in all.
    Human,
    /// Sentences without drawings, for screen readers and logs; as many as in [`Self::Human`].
    Plain,
    /// A line each: `file:line:column: error[SOP2001]: message`.
    Short,
    /// One JSON object with everything.
    Json,
    /// A JSON object a line for each diagnostic, then one with the summary.
    Jsonl,
    /// SARIF 2.1.0: one run, every result with a location.
    Sarif,
    /// Workflow commands, the worst first, and each as a line of text besides.
    Github,
    /// A code quality report of GitLab.
    Gitlab,
}

/// The diagnostics in `list`, in its order. [`DiagnosticFormat::Human`] and [`DiagnosticFormat::Plain`] end with what
/// they come to and `outcome` ("plan not written"), unless that is empty; the formats for programs leave it out.
#[must_use]
pub fn diagnostics(
    list: &[Diagnostic],
    sources: &Sources,
    format: DiagnosticFormat,
    style: &Style,
    outcome: &str,
) -> String {
    match format {
        DiagnosticFormat::Human => human::render(list, sources, style, outcome),
        DiagnosticFormat::Plain => plain::render(list, sources, outcome),
        DiagnosticFormat::Short => short::render(list, sources),
        DiagnosticFormat::Json => json::render(list, sources),
        DiagnosticFormat::Jsonl => json::render_lines(list, sources),
        DiagnosticFormat::Sarif => sarif::render(list, sources),
        DiagnosticFormat::Github => github::render(list, sources),
        DiagnosticFormat::Gitlab => gitlab::render(list, sources),
    }
}
