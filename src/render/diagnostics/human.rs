//! Diagnostics drawn for a terminal, by miette.
//!
//! miette draws one source for each diagnostic, labels in the order of the file: those in other files, those far from
//! the first, and those that would lie over another one become related diagnostics, drawn as a tree below it, so that
//! the place to change comes first. Words are wrapped here, not there, because it would break
//! the drawings of related diagnostics like prose.

use std::fmt;

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

use super::choice::{choose, places};
use super::excerpt::{Builder, Excerpt};
use super::place::locate;
use super::summary::summarise;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::render::safe;
use crate::render::style::{Ink, Style};
use crate::render::wrap;
use crate::source::{FileId, Sources};

/// Columns miette indents a message, and once more a related diagnostic.
const INDENT: usize = 4;
/// Messages and help are not set wider than this.
const MEASURE: usize = 100;

/// The first of them, and what all come to.
pub(super) fn render(list: &[Diagnostic], sources: &Sources, style: &Style, outcome: &str) -> String {
    let choice = choose(list);
    let mut text = String::new();
    for one in &choice.shown {
        text.push_str(&drawn(one, sources, style));
        text.push('\n');
    }
    for line in choice.remainders() {
        text.push_str(&style.paint(Ink::Dim, &line));
        text.push('\n');
    }
    let summary = summarise(list, sources);
    let ink = match (summary.errors, summary.warnings) {
        (0, 0) => Ink::Green,
        (0, _) => Ink::Yellow,
        _ => Ink::Red,
    };
    for line in wrap::wrap(&summary.sentence(outcome), style.columns()) {
        text.push_str(&style.paint(ink, &line));
        text.push('\n');
    }
    text
}

fn drawn(one: &Diagnostic, sources: &Sources, style: &Style) -> String {
    let mut text = String::new();
    // Drawing fails only where a label lies outside its excerpt, and excerpts are built around their labels.
    if handler(style).render_report(&mut text, &adapt(one, sources, style)).is_err() {
        text = format!("{} {}\n", one.code, safe::line(&one.message));
    }
    let mut lines: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.extend(places(one).1.map(|rest| format!("  {rest}")));
    for (word, texts) in [("note: ", &one.notes), ("help: ", &one.help)] {
        texts.iter().for_each(|text| lines.extend(footer(word, text, style)));
    }
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

fn handler(style: &Style) -> GraphicalReportHandler {
    let theme = match (style.unicode, style.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.columns())
        .with_wrap_lines(false)
        .with_context_lines(1)
        .with_show_related_as_nested(true)
        .with_links(false)
        .without_syntax_highlighting()
}

fn footer(word: &str, text: &str, style: &Style) -> Vec<String> {
    let (mut lines, mut pasted) = (Vec::new(), false);
    for (at, paragraph) in safe::lines(text).iter().enumerate() {
        let blank = " ".repeat(word.len());
        let first = format!("  {}", if at == 0 { word } else { &blank });
        // Below the comment that says where it goes, what is to be pasted keeps its lines.
        pasted |= at > 0 && paragraph.starts_with("# ");
        if pasted {
            lines.push(format!("{first}{paragraph}"));
            continue;
        }
        lines.extend(wrap::hang(&first, paragraph, style.columns().min(MEASURE)));
    }
    if let Some(first) = lines.first_mut() {
        *first = first.replacen(word, &style.paint(Ink::Cyan, word), 1);
    }
    lines
}

/// A diagnostic as miette sees it.
#[derive(Debug)]
struct Adapted {
    code: Option<String>,
    severity: Severity,
    message: String,
    excerpt: Option<Excerpt>,
    labels: Vec<LabeledSpan>,
    related: Vec<Adapted>,
}

fn adapt(one: &Diagnostic, sources: &Sources, style: &Style) -> Adapted {
    let mut adapted = Adapted {
        code: Some(format!("{} {}", one.code, one.code.alias)),
        severity: one.severity,
        message: message(&one.message, style.columns()),
        excerpt: None,
        labels: Vec::new(),
        related: Vec::new(),
    };
    let Some(primary) = one.labels.first() else { return adapted };
    let rest = main_drawing(&mut adapted, one, primary.span.file, sources, style);
    adapted.related = rest.into_iter().filter_map(|label| related(label, sources, style)).collect();
    adapted
}

/// Draws the labels of the primary file; returns those that need a drawing of their own.
fn main_drawing<'a>(
    adapted: &mut Adapted,
    one: &'a Diagnostic,
    file: FileId,
    sources: &Sources,
    style: &Style,
) -> Vec<&'a Label> {
    let Some(first) = one.primary().and_then(|span| locate(sources, span)) else {
        return places(one).0.iter().skip(1).collect();
    };
    let mut builder = Builder::new(first.file, style.columns(), style);
    let mut rest: Vec<&Label> = places(one).0.iter().collect();
    // A label may only become near through one behind it.
    loop {
        let before = rest.len();
        rest.retain(|label| {
            let here = locate(sources, label.span).filter(|_| label.span.file == file);
            !here.is_some_and(|at| builder.add(&at, &safe::line(&label.text)))
        });
        if rest.len() == before {
            break;
        }
    }
    let (excerpt, labels) = builder.build();
    adapted.excerpt = Some(excerpt);
    adapted.labels = labels;
    rest
}

fn related(label: &Label, sources: &Sources, style: &Style) -> Option<Adapted> {
    let at = locate(sources, label.span)?;
    let columns = style.columns() - INDENT - 2;
    let mut builder = Builder::new(at.file, columns, style);
    builder.add(&at, "");
    let (excerpt, labels) = builder.build();
    let text = if label.text.is_empty() { "see also" } else { &label.text };
    let message = message(text, columns);
    let (excerpt, related) = (Some(excerpt), Vec::new());
    Some(Adapted { code: None, severity: Severity::Note, message, excerpt, labels, related })
}

/// A message, made safe and wrapped for `columns`.
fn message(text: &str, columns: usize) -> String {
    let columns = columns.min(MEASURE) - INDENT;
    let lines: Vec<String> = safe::lines(text).iter().flat_map(|line| wrap::wrap(line, columns)).collect();
    lines.join("\n")
}

impl fmt::Display for Adapted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Adapted {}

impl miette::Diagnostic for Adapted {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.code.as_ref().map(|code| Box::new(code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty()).then(|| Box::new(self.labels.iter().cloned()) as Box<_>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        let related = self.related.iter().map(|one| one as &dyn miette::Diagnostic);
        (!self.related.is_empty()).then(|| Box::new(related) as Box<_>)
    }
}
