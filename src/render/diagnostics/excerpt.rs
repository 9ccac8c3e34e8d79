//! The few lines of a file that a drawing shows.
//!
//! miette draws from a `SourceCode`. Handing it the file itself goes wrong in three ways: its own sources count lines
//! from byte 0 for every label, which is slow and glues far snippets together; a minified line would be printed in
//! full; and whatever the file holds, escape sequences included, would reach the terminal. So the few lines that
//! labels need are copied out first, made safe and cut to the width, and labels are moved along. What is drawn is
//! always the whole excerpt; labels far from the first need excerpts of their own.

use std::collections::BTreeMap;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::place::Located;
use crate::render::safe;
use crate::render::style::Style;
use crate::render::wrap;
use crate::source::SourceFile;

/// Lines shown before the first and behind the last label.
const CONTEXT: usize = 1;
/// Labels so many lines from another one still belong to its drawing.
const NEAR: usize = 6;
/// Most lines between the first and the last label of a drawing.
const TALLEST: usize = 20;
/// Columns from one tab stop to the next.
const TAB: usize = 4;
/// Columns that the drawing takes left of the text, line number aside.
const FRAME: usize = 4;
/// Columns of the corner before a label's text.
const CORNER: usize = 4;
/// Fewest columns a label's text is given.
const LEAST_TEXT: usize = 12;
/// Most bytes of a line that are shown for each column: marks that take no column could fill megabytes.
const BYTES: usize = 8;
/// Columns in which a label's text should find room before a line is scrolled to make some.
const WANTED_TEXT: usize = 24;

/// The part of a line that is shown: bytes of the line, and whether something is left out before.
#[derive(Clone, Copy)]
struct Window {
    start: usize,
    end: usize,
}

/// A label, as bytes of its line.
#[derive(Clone)]
struct Mark {
    line: usize,
    start: usize,
    end: usize,
    text: String,
    primary: bool,
    place: (u32, u32),
}

/// Collects labels of one file.
pub(super) struct Builder<'a> {
    file: &'a SourceFile,
    columns: usize,
    ellipsis: &'static str,
    windows: BTreeMap<usize, Window>,
    marks: Vec<Mark>,
}

impl<'a> Builder<'a> {
    /// For labels of `file`, in a drawing of `columns`.
    pub(super) fn new(file: &'a SourceFile, columns: usize, style: &Style) -> Self {
        let digits = file.line_count().to_string().len();
        let columns = columns.saturating_sub(digits + FRAME + 1).max(2 * LEAST_TEXT);
        Self { file, columns, ellipsis: style.ellipsis(), windows: BTreeMap::new(), marks: Vec::new() }
    }

    /// Takes a label in. False where it is far from those there are, would lie over one, or does not fit into what
    /// its line shows: it needs a drawing of its own. Of a span of several lines the first is marked.
    pub(super) fn add(&mut self, at: &Located<'_>, text: &str) -> bool {
        let index = self.file.line_of(at.span.start);
        if !self.near(index) {
            return false;
        }
        let line = line(self.file, index);
        let from = self.file.line_start(index);
        let start = (at.span.start as usize - from).min(line.len());
        let end = (at.span.end as usize - from).clamp(start, line.len());
        let fresh = self.window(line, start, end, text);
        let window = *self.windows.get(&index).unwrap_or(&fresh);
        let end = end.min(window.end).max(start);
        let inside = window.start <= start && start <= window.end;
        if !inside || self.overlaps(index, start, end) || self.room(line, window, start, end) < LEAST_TEXT {
            return false;
        }
        self.windows.insert(index, window);
        let primary = self.marks.is_empty();
        self.marks.push(Mark { line: index, start, end, text: text.to_owned(), primary, place: at.start });
        true
    }

    fn near(&self, line: usize) -> bool {
        let lines = || self.marks.iter().map(|mark| mark.line);
        let distance = lines().map(|other| line.abs_diff(other));
        distance.clone().min().is_none_or(|least| least <= NEAR) && distance.max().is_none_or(|most| most <= TALLEST)
    }

    /// Two marks may not even touch where one is empty: both would stand under the same column.
    fn overlaps(&self, line: usize, start: usize, end: usize) -> bool {
        let own = self.marks.iter().filter(|mark| mark.line == line);
        own.into_iter().any(|mark| start < mark.end.max(mark.start + 1) && mark.start < end.max(start + 1))
    }

    /// Columns for a label's text right of the middle of its mark.
    fn room(&self, line: &str, window: Window, start: usize, end: usize) -> usize {
        let column = |at: usize| wrap::width(&self.cut(line, window, Some(at)));
        self.columns.saturating_sub((column(start) + column(end)) / 2 + CORNER)
    }

    /// The whole line where it fits and leaves room for the label's text; else a part with the label in its first
    /// third.
    fn window(&self, line: &str, start: usize, end: usize, text: &str) -> Window {
        let whole = Window { start: 0, end: self.reach(line, 0) };
        let wanted = wrap::width(text).clamp(LEAST_TEXT, WANTED_TEXT);
        let seen = end.min(whole.end).max(start);
        if start <= whole.end && self.room(line, whole, start, seen) >= wanted {
            return whole;
        }
        let before = wrap::tail(&line[..start], self.columns / 3);
        let from = if before.len() > self.columns * BYTES { start } else { start - before.len() };
        Window { start: from, end: self.reach(line, from) }
    }

    /// The byte up to which a line is shown from `start`, with room for an ellipsis at either end.
    fn reach(&self, line: &str, start: usize) -> usize {
        let dots = wrap::width(self.ellipsis);
        let room = self.columns - if start > 0 { dots } else { 0 };
        let mut shown = String::new();
        let mut fitting = start;
        for (at, character) in line[start..].char_indices() {
            if wrap::width(&shown) + dots <= room {
                fitting = start + at;
            }
            push(&mut shown, character);
            if wrap::width(&shown) > room || shown.len() > room * BYTES {
                return fitting;
            }
        }
        line.len()
    }

    /// What is shown of a line, up to byte `to` of it.
    fn cut(&self, line: &str, window: Window, to: Option<usize>) -> String {
        let mut shown = String::new();
        let end = to.unwrap_or(window.end).min(window.end);
        line[window.start..end.max(window.start)].chars().for_each(|character| push(&mut shown, character));
        let before = if window.start > 0 { self.ellipsis } else { "" };
        let behind = if to.is_none() && window.end < line.len() { self.ellipsis } else { "" };
        format!("{before}{shown}{behind}")
    }

    /// The lines from the first label to the last.
    fn needed(&self) -> std::ops::RangeInclusive<usize> {
        let lines = || self.marks.iter().map(|mark| mark.line);
        let (first, last) = (lines().min().unwrap_or(0), lines().max().unwrap_or(0));
        let end = self.file.line_count().saturating_sub(1);
        first.saturating_sub(CONTEXT)..=(last + CONTEXT).min(end)
    }

    /// The excerpt and its labels.
    pub(super) fn build(self) -> (Excerpt, Vec<LabeledSpan>) {
        let path = safe::line(&self.file.path);
        let name = wrap::cut_start(&path, self.columns.saturating_sub(12), self.ellipsis);
        let mut excerpt = Excerpt { name, text: String::new(), spots: BTreeMap::new(), first: 0, lines: 0 };
        let mut labels = Vec::new();
        (excerpt.first, excerpt.lines) = (*self.needed().start(), self.needed().count());
        for number in self.needed() {
            let start = excerpt.text.len();
            let line = line(self.file, number);
            let whole = || Window { start: 0, end: self.reach(line, 0) };
            let window = self.windows.get(&number).copied().unwrap_or_else(whole);
            excerpt.text.push_str(&self.cut(line, window, None));
            // Every line ends, so that a mark behind its last character has something to stand on.
            excerpt.text.push('\n');
            for mark in self.marks.iter().filter(|mark| mark.line == number) {
                labels.push(self.labelled(mark, line, window, start));
                let at = start + self.cut(line, window, Some(mark.start)).len();
                excerpt.spots.insert(at, mark.place);
            }
        }
        (excerpt, labels)
    }

    fn labelled(&self, mark: &Mark, line: &str, window: Window, start: usize) -> LabeledSpan {
        let from = start + self.cut(line, window, Some(mark.start)).len();
        let to = start + self.cut(line, window, Some(mark.end)).len();
        let room = self.room(line, window, mark.start, mark.end);
        let text = (!mark.text.is_empty()).then(|| wrap::wrap(&mark.text, room).join("\n"));
        let span = SourceSpan::new(from.into(), to.saturating_sub(from));
        if mark.primary {
            LabeledSpan::new_primary_with_span(text, span)
        } else {
            LabeledSpan::new_with_span(text, span)
        }
    }
}

/// A line without its end.
fn line(file: &SourceFile, index: usize) -> &str {
    let text = file.text.get(file.line_start(index)..file.line_start(index + 1)).unwrap_or("");
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// A character as it is shown: tabs as spaces, what acts on a terminal as an escape.
fn push(shown: &mut String, character: char) {
    if character == '\t' {
        let column = wrap::width(shown);
        shown.extend(std::iter::repeat_n(' ', TAB - column % TAB));
    } else if character == '[' && shown.ends_with("##") {
        // The log of a workflow takes `##[` for a command wherever it stands.
        shown.extend(character.escape_unicode());
    } else {
        safe::push(shown, character);
    }
}

/// Some lines of a file, one after the other.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// Index from 0 in the file of the first line.
    first: usize,
    lines: usize,
    /// Line and column from 1 in the file, by first byte of a label in the excerpt.
    spots: BTreeMap<usize, (u32, u32)>,
}

impl SourceCode for Excerpt {
    /// All of it, however much context is asked for. Asked for none, miette only wants to name the place of a label.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        if span.offset() + span.len() > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let spot = self.spots.get(&span.offset()).filter(|_| before == 0 && after == 0);
        let from_0 = |number: u32| number.saturating_sub(1) as usize;
        let (line, column) = spot.map_or((self.first, 0), |&(line, column)| (from_0(line), from_0(column)));
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            SourceSpan::new(0.into(), self.text.len()),
            line,
            column,
            self.lines,
        )))
    }
}
