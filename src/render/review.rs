//! The review of a change of plan: what a reviewer reads in a pull request, from the diff alone.
//!
//! What is told, and in which order, is decided once (`sections`), as blocks.

mod bridge;
mod causes;
mod charts;
mod delta;
mod orders;
mod rows;
mod sections;
mod signed;
mod table;
mod tracking;

pub use delta::{Saved, delta_text, figures_text};
pub use table::{COLUMNS as DIFF_COLUMNS, diff_csv};
pub use tracking::{
    COLUMNS as TRACKING_COLUMNS, tracking_csv, tracking_html, tracking_json, tracking_markdown, tracking_text,
};

use rust_decimal::Decimal;

use super::blocks::{self, Block};
use super::json::pretty;
use super::style::Style;
use crate::diff::PlanDiff;

/// What of a diff is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Everything, whatever it comes to.
    pub full: bool,
    /// Changes of less money are counted and summed, not listed.
    pub least_money: Decimal,
    /// Longest text, bytes; what is shown gives way in steps until it fits.
    pub most_bytes: Option<usize>,
}

impl Default for Shown {
    fn default() -> Self {
        Self { full: false, least_money: Decimal::ONE_HUNDRED, most_bytes: None }
    }
}

/// How much is told, from all of it to the verdict alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Detail {
    /// Rows of a table.
    rows: usize,
    /// Whether what is folded away is there.
    folds: bool,
    /// Whether there is more than the verdict, and the numbers and their causes.
    sections: bool,
    /// Whether there is more than the verdict.
    numbers: bool,
}

/// From the most to the least.
const STEPS: &[Detail] = &[
    Detail { rows: 10, folds: true, sections: true, numbers: true },
    Detail { rows: 10, folds: false, sections: true, numbers: true },
    Detail { rows: 5, folds: false, sections: true, numbers: true },
    Detail { rows: 2, folds: false, sections: true, numbers: true },
    Detail { rows: 5, folds: false, sections: false, numbers: true },
    Detail { rows: 0, folds: false, sections: false, numbers: false },
];

/// The diff for people at a terminal.
#[must_use]
pub fn diff_text(diff: &PlanDiff, shown: &Shown, style: &Style) -> String {
    fitting(diff, shown, false, |blocks| blocks::terminal(blocks, style))
}

/// The diff as GitHub-flavoured Markdown: a comment on a pull request.
#[must_use]
pub fn diff_markdown(diff: &PlanDiff, shown: &Shown) -> String {
    fitting(diff, shown, false, blocks::markdown)
}

/// The diff as one HTML file, without scripts and without anything from elsewhere.
#[must_use]
pub fn diff_html(diff: &PlanDiff, shown: &Shown) -> String {
    fitting(diff, shown, true, |blocks| blocks::html(blocks, &diff.project))
}

/// The diff itself: JSON, two spaces a level, a final newline.
#[must_use]
pub fn diff_json(diff: &PlanDiff) -> String {
    pretty(diff)
}

/// Draws as much as fits; whole blocks are left out, so that no table ends in its middle.
fn fitting(diff: &PlanDiff, shown: &Shown, page: bool, draw: impl Fn(&[Block]) -> String) -> String {
    let all = Detail { rows: usize::MAX, ..STEPS[0] };
    let fits = |text: &String| shown.most_bytes.is_none_or(|most| text.len() <= most);
    let first = if shown.full { Some(all) } else { None };
    let mut text = String::new();
    for (step, detail) in first.iter().chain(STEPS).enumerate() {
        let mut blocks = sections::blocks(diff, shown, *detail, page);
        if step > 0 {
            blocks.push(Block::said("shortened to fit; `sopc diff --full` shows everything"));
        }
        text = draw(&blocks);
        if fits(&text) {
            return text;
        }
    }
    text
}
