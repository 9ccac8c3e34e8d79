//! Diagnostics for programs.
//!
//! Lines and columns count from 1, columns in characters; `start` and `end` are bytes of the file, from 0, the end not
//! included. What a newer version adds, readers ignore.

use serde::Serialize;

use super::place::{Located, locate};
use super::summary::{Summary, summarise};
use crate::diagnostic::{Diagnostic, Edit, Label};
use crate::render::json::pretty;
use crate::render::safe;
use crate::source::{Sources, Span};

/// Version of this format.
pub const FORMAT_VERSION: &str = "1.0";

#[derive(Serialize)]
struct Report<'a> {
    format_version: &'static str,
    diagnostics: Vec<OneDiagnostic<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct OneDiagnostic<'a> {
    code: String,
    alias: &'static str,
    severity: &'static str,
    message: &'a str,
    labels: Vec<OneLabel<'a>>,
    notes: &'a [String],
    help: &'a [String],
    edits: Vec<OneEdit<'a>>,
}

#[derive(Serialize)]
struct Range<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    start: u32,
    end: u32,
}

#[derive(Serialize)]
struct OneLabel<'a> {
    #[serde(flatten)]
    range: Range<'a>,
    text: &'a str,
    primary: bool,
}

#[derive(Serialize)]
struct OneEdit<'a> {
    #[serde(flatten)]
    range: Range<'a>,
    replacement: &'a str,
}

#[derive(Serialize)]
struct LastLine {
    summary: Summary,
}

/// One object.
pub(super) fn render(list: &[Diagnostic], sources: &Sources) -> String {
    let diagnostics = list.iter().map(|one| describe(one, sources)).collect();
    let report = Report { format_version: FORMAT_VERSION, diagnostics, summary: summarise(list, sources) };
    pretty(&report)
}

/// One object a line.
pub(super) fn render_lines(list: &[Diagnostic], sources: &Sources) -> String {
    let mut text: String = list.iter().map(|one| line(&describe(one, sources))).collect();
    text.push_str(&line(&LastLine { summary: summarise(list, sources) }));
    text
}

fn line(value: &impl Serialize) -> String {
    safe::json(serde_json::to_string(value).expect("strings, numbers and lists")) + "\n"
}

fn describe<'a>(one: &'a Diagnostic, sources: &'a Sources) -> OneDiagnostic<'a> {
    let labels = one.labels.iter().enumerate();
    OneDiagnostic {
        code: one.code.to_string(),
        alias: one.code.alias,
        severity: one.severity.name(),
        message: &one.message,
        labels: labels.filter_map(|(at, label)| describe_label(label, at == 0, sources)).collect(),
        notes: &one.notes,
        help: &one.help,
        edits: one.edits.iter().filter_map(|edit| describe_edit(edit, sources)).collect(),
    }
}

fn describe_label<'a>(label: &'a Label, primary: bool, sources: &'a Sources) -> Option<OneLabel<'a>> {
    Some(OneLabel { range: range(label.span, sources)?, text: &label.text, primary })
}

fn describe_edit<'a>(edit: &'a Edit, sources: &'a Sources) -> Option<OneEdit<'a>> {
    Some(OneEdit { range: range(edit.span, sources)?, replacement: &edit.replacement })
}

fn range(span: Span, sources: &Sources) -> Option<Range<'_>> {
    let Located { file, span, start, end } = locate(sources, span)?;
    Some(Range {
        file: &file.path,
        line: start.0,
        column: start.1,
        end_line: end.0,
        end_column: end.1,
        start: span.start,
        end: span.end,
    })
}
