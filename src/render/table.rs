//! Tables that fit.
//!
//! Text columns give way first (they are folded into several lines), then columns that may be missing are left out, then text gives way
//! as far as it can, whole words last; numbers are never cut. Where even that does not fit, each row becomes a sentence.

use std::borrow::Cow;

use super::style::{Ink, Style};
use super::wrap;

/// Between two columns.
const GAP: usize = 2;
/// Columns before a line across the table.
const INDENT: usize = 2;
/// Text is not folded below this before optional columns are left out.
const READABLE: usize = 18;
/// Lines of a row at most: of what is longer the middle is left out.
const LINES: usize = 3;

/// One column.
pub(super) struct Column {
    title: Cow<'static, str>,
    right: bool,
    /// Fewest columns a text column may be folded to; absent for columns that never are.
    least: Option<usize>,
    optional: bool,
}

impl Column {
    /// Numbers, aligned at the right and never folded.
    pub(super) fn number(title: impl Into<Cow<'static, str>>) -> Self {
        Self { title: title.into(), right: true, least: None, optional: false }
    }

    /// Text that is never folded, such as dates and buckets.
    pub(super) fn fixed(title: impl Into<Cow<'static, str>>) -> Self {
        Self { title: title.into(), right: false, least: None, optional: false }
    }

    /// Text that may be folded to `least` columns.
    pub(super) fn text(title: impl Into<Cow<'static, str>>, least: usize) -> Self {
        Self { title: title.into(), right: false, least: Some(least), optional: false }
    }

    /// May be left out where the width does not suffice.
    pub(super) fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

/// A cell.
#[derive(Default, Clone)]
pub(super) struct Cell {
    pub(super) text: String,
    /// What is shown where `text` does not fit and this does.
    brief: Option<String>,
    pub(super) ink: Ink,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

impl Cell {
    /// A cell with emphasis.
    pub(super) fn inked(text: String, ink: Ink) -> Self {
        Self { text, ink, ..Self::default() }
    }

    /// A cell that can be said shorter.
    pub(super) fn briefly(text: String, brief: String) -> Self {
        Self { text, brief: Some(brief), ink: Ink::Plain }
    }

    /// What is shown of it in so many columns, line by line.
    fn shown(&self, columns: usize, style: &Style) -> Vec<String> {
        let brief = self.brief.as_ref().filter(|_| wrap::width(&self.text) > columns);
        wrap::fold(brief.unwrap_or(&self.text), columns, LINES, style.ellipsis())
    }
}

/// A row of cells, or a line that stands across the columns.
enum Row {
    Cells(Vec<Cell>),
    Across(String),
}

/// Columns and rows.
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<Row>,
    indent: usize,
}

impl Table {
    /// A table whose lines begin with `indent` spaces.
    pub(super) fn new(indent: usize, columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new(), indent }
    }

    /// Adds a row; it has a cell for each column.
    pub(super) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(Row::Cells(cells));
    }

    /// Adds a line across all columns. It is bold, and indented less than rows below it should be.
    pub(super) fn across(&mut self, text: String) {
        self.rows.push(Row::Across(text));
    }

    /// True where the table fits as it is: nothing cut, nothing left out.
    pub(super) fn fits(&self, columns: usize) -> bool {
        let all: Vec<usize> = (0..self.columns.len()).collect();
        self.taken(&all, &self.natural()) <= columns
    }

    /// The lines of the table.
    pub(super) fn lines(&self, style: &Style) -> Vec<String> {
        match self.layout(style.columns()) {
            Some((shown, widths)) => self.drawn(&shown, &widths, style),
            None => self.told(style),
        }
    }

    /// Widest text of each column.
    fn natural(&self) -> Vec<usize> {
        self.widest(|cell| wrap::width(&cell.text))
    }

    /// The most that a cell of each column asks for, its title among them.
    fn widest(&self, asked: impl Fn(&Cell) -> usize) -> Vec<usize> {
        let mut widths: Vec<usize> = self.columns.iter().map(|column| wrap::width(&column.title)).collect();
        for row in &self.rows {
            let Row::Cells(cells) = row else { continue };
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(asked(cell));
            }
        }
        widths
    }

    /// Columns that a line takes.
    fn taken(&self, shown: &[usize], widths: &[usize]) -> usize {
        let text: usize = shown.iter().map(|&at| widths[at]).sum();
        self.indent + text + GAP * shown.len().saturating_sub(1)
    }

    /// Which columns are shown, and how wide each is; nothing where they cannot fit.
    fn layout(&self, room: usize) -> Option<(Vec<usize>, Vec<usize>)> {
        let mut shown: Vec<usize> = (0..self.columns.len()).collect();
        let mut widths = self.natural();
        let readable = vec![READABLE; self.columns.len()];
        loop {
            let dropped = shown.iter().rposition(|&at| self.columns[at].optional);
            if dropped.is_some() {
                widths = self.squeezed(&shown, self.natural(), room, &readable);
            } else {
                // Whole words first, then what is left of them.
                for least in [self.widest(|cell| wrap::widest_piece(&cell.text)), vec![0; self.columns.len()]] {
                    widths = self.squeezed(&shown, widths, room, &least);
                }
            }
            if self.taken(&shown, &widths) <= room {
                return Some((shown, widths));
            }
            shown.remove(dropped?);
            widths = self.natural();
        }
    }

    /// Widths with text columns as narrow as need be, but not below `readable`; the one with most to give gives first.
    fn squeezed(&self, shown: &[usize], mut widths: Vec<usize>, room: usize, readable: &[usize]) -> Vec<usize> {
        while self.taken(shown, &widths) > room {
            let spare = |at: usize| {
                self.columns[at].least.map_or(0, |least| widths[at].saturating_sub(least.max(readable[at])))
            };
            let Some(&most) = shown.iter().max_by_key(|&&at| spare(at)).filter(|&&at| spare(at) > 0) else { break };
            widths[most] -= 1;
        }
        widths
    }

    fn drawn(&self, shown: &[usize], widths: &[usize], style: &Style) -> Vec<String> {
        let title = |at: usize| Cell::inked(self.columns[at].title.clone().into_owned(), Ink::Dim);
        let titles: Vec<Cell> = (0..self.columns.len()).map(title).collect();
        let mut lines = self.row_lines(&titles, shown, widths, style);
        for row in &self.rows {
            match row {
                Row::Cells(cells) => lines.extend(self.row_lines(cells, shown, widths, style)),
                Row::Across(text) => lines.extend(across(text, style)),
            }
        }
        lines
    }

    /// A row, in as many lines as its longest cell takes.
    fn row_lines(&self, cells: &[Cell], shown: &[usize], widths: &[usize], style: &Style) -> Vec<String> {
        let folded: Vec<(usize, Vec<String>)> =
            shown.iter().map(|&at| (at, cells[at].shown(widths[at], style))).collect();
        let most = folded.iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        let line = |number: usize| {
            let mut line = " ".repeat(self.indent);
            for (place, (at, lines)) in folded.iter().enumerate() {
                let text = lines.get(number).map_or("", String::as_str);
                let blank = " ".repeat(widths[*at].saturating_sub(wrap::width(text)));
                let painted = style.paint(cells[*at].ink, text);
                let gap = if place == 0 { "" } else { "  " };
                let (before, behind) =
                    if self.columns[*at].right { (blank.as_str(), "") } else { ("", blank.as_str()) };
                line.extend([gap, before, &painted, behind]);
            }
            line.truncate(line.trim_end().len());
            line
        };
        (0..most).map(line).collect()
    }

    /// Each row in words.
    fn told(&self, style: &Style) -> Vec<String> {
        let mut lines = Vec::new();
        for row in &self.rows {
            match row {
                Row::Cells(cells) => {
                    let filled = self.columns.iter().zip(cells).filter(|(_, cell)| !cell.text.is_empty());
                    let told = |(column, cell): (&Column, &Cell)| match column.title.trim() {
                        "" => cell.text.clone(),
                        title => format!("{title}: {}", cell.text),
                    };
                    let parts: Vec<String> = filled.map(told).collect();
                    lines.extend(wrap::hang(&" ".repeat(self.indent), &parts.join("; "), style.columns()));
                }
                Row::Across(text) => lines.extend(across(text, style)),
            }
        }
        lines
    }
}

fn across(text: &str, style: &Style) -> Vec<String> {
    let lines = wrap::wrap(text, style.columns() - 2 * INDENT).into_iter().enumerate();
    let indented = lines.map(|(at, line)| format!("{}{line}", " ".repeat(if at == 0 { INDENT } else { 2 * INDENT })));
    indented.map(|line| style.paint(Ink::Bold, &line)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, number: &str) -> Table {
        let columns = vec![Column::text("Item", 8), Column::number("Units"), Column::fixed("Date").optional()];
        let mut table = Table::new(2, columns);
        table.row(vec![name.to_owned().into(), number.to_owned().into(), "2026-01-01".to_owned().into()]);
        table
    }

    fn widest(lines: &[String]) -> usize {
        lines.iter().map(|line| wrap::width(line)).max().unwrap()
    }

    #[test]
    fn text_gives_way_before_columns_and_columns_before_numbers() {
        let style = Style { width: 60, color: false, unicode: true };
        let lines = table("LANTERN-GLASS-AND-BRASS-WITH-HANDLE-TALL", "1,000").lines(&style);
        assert_eq!(lines[1..], ["  LANTERN-GLASS-AND-BRASS-WITH-HANDLE-     1,000  2026-01-01", "  TALL"]);
        let lines = table(&"x".repeat(190), "1,000").lines(&style);
        assert_eq!((widest(&lines), lines.len()), (60, 4));
        assert!(lines[2].contains('…') && lines[1].ends_with("2026-01-01"));
        let number = "1".repeat(45);
        let lines = table("MUG-BLUE", &number).lines(&style);
        assert!(lines[1].ends_with(&number));
        let number = "1".repeat(52);
        let lines = table("MUG-BLUE", &number).lines(&style);
        assert!(lines.concat().contains(&number), "{lines:?}");
        assert!(widest(&lines) <= 60);
    }
}
