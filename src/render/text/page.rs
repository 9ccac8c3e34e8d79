//! What every section writes with.

use crate::plan::{Amount, Plan};
use crate::render::number;
use crate::render::safe;
use crate::render::style::{Ink, Style};
use crate::render::table::Table;
use crate::render::wrap;

/// Lines of prose and headings grow no wider than this: longer ones are hard to read.
const MEASURE: usize = 120;

/// The text so far, and what it is about.
pub(super) struct Page<'a> {
    pub(super) plan: &'a Plan,
    pub(super) style: &'a Style,
    lines: Vec<String>,
}

impl<'a> Page<'a> {
    pub(super) fn new(plan: &'a Plan, style: &'a Style) -> Self {
        Self { plan, style, lines: Vec::new() }
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }

    fn measure(&self) -> usize {
        self.style.columns().min(MEASURE)
    }

    pub(super) fn blank(&mut self) {
        self.lines.push(String::new());
    }

    /// A section's title, a rule, and what the section comes to. Where that does not fit it follows on a line of its
    /// own.
    pub(super) fn heading(&mut self, title: &str, gist: &str) {
        self.blank();
        let gist = &untied(gist);
        let room = self.measure();
        let taken = wrap::width(title) + wrap::width(gist) + if gist.is_empty() { 1 } else { 2 };
        let below = taken + 3 > room;
        let rule = if below { room.saturating_sub(wrap::width(title) + 1) } else { room - taken };
        let mut line = self.style.paint(Ink::Bold, title);
        line.push(' ');
        line.push_str(&self.style.paint(Ink::Dim, &self.style.rule(rule)));
        if !below && !gist.is_empty() {
            line.push(' ');
            line.push_str(gist);
        }
        self.lines.push(line);
        if below {
            self.say(gist);
        }
    }

    /// A sentence, indented.
    pub(super) fn say(&mut self, text: &str) {
        self.ink(Ink::Plain, text);
    }

    /// A sentence with emphasis.
    pub(super) fn ink(&mut self, ink: Ink, text: &str) {
        self.hang(ink, "  ", text);
    }

    /// A sentence behind `first`; its further lines are indented as far.
    pub(super) fn hang(&mut self, ink: Ink, first: &str, text: &str) {
        let lines = wrap::hang(first, text, self.measure());
        self.lines.extend(lines.iter().map(|line| self.style.paint(ink, line)));
    }

    /// A line as it is; it is known to fit.
    pub(super) fn line(&mut self, line: String) {
        self.lines.push(line);
    }

    pub(super) fn table(&mut self, table: &Table) {
        self.lines.extend(table.lines(self.style));
    }

    /// Money with the plan's currency, not to be broken between them.
    pub(super) fn money(&self, amount: Amount) -> String {
        format!("{}\u{a0}{}", number::money(amount), self.currency())
    }

    /// The plan's currency; a code of three letters, unless someone wrote the file by hand.
    pub(super) fn currency(&self) -> String {
        self.style.cut(&safe::line(&self.plan.currency), 8)
    }

    /// Labels of the buckets of the horizon, in order of time.
    pub(super) fn horizon(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.plan.buckets.iter().filter(|bucket| !bucket.tail).map(|bucket| bucket.label.as_str())
    }

    /// Labels of the buckets behind it, in order of time.
    pub(super) fn tail(&self) -> impl DoubleEndedIterator<Item = &'a str> + use<'a> {
        self.plan.buckets.iter().filter(|bucket| bucket.tail).map(|bucket| bucket.label.as_str())
    }
}

/// `text` as it is shown.
fn untied(text: &str) -> String {
    text.replace('\u{a0}', " ")
}
