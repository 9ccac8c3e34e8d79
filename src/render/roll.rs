//! What starting the next cycle changes, for people.

use std::fmt::Write as _;

use super::number::counted;
use super::safe;
use super::style::{Ink, Style};
use crate::roll::Rolled;

/// The changes of each file, by line, then what was taken for granted.
#[must_use]
pub fn roll_text(rolled: &Rolled, style: &Style) -> String {
    let changes = counted(rolled.changes.len(), "change", "changes");
    let files = counted(rolled.files.len(), "file", "files");
    let title = format!("cycle {}, as of {}: {changes} in {files}", safe::line(&rolled.cycle), rolled.as_of);
    let mut text = style.paint(Ink::Bold, &title) + "\n";
    for of_file in rolled.changes.chunk_by(|a, b| a.file == b.file) {
        writeln!(text, "  {}", safe::line(&of_file[0].file)).expect("writing to a string");
        for change in of_file {
            writeln!(text, "{:>7}  {}", change.line, safe::line(&change.what)).expect("writing to a string");
        }
    }
    for note in &rolled.notes {
        writeln!(text, "note: {}", safe::line(note)).expect("writing to a string");
    }
    text
}
