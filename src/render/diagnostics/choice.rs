//! Which diagnostics people are shown: a thousand of a kind teach no more than twenty.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Label};
use crate::render::number;

/// Most of one code.
const PER_CODE: usize = 20;
/// Most in all.
const IN_ALL: usize = 50;

/// Most places of one diagnostic.
const PLACES: usize = 8;

/// The places of a diagnostic that are shown, and a remark on those that are not.
pub(super) fn places(one: &Diagnostic) -> (&[Label], Option<String>) {
    let shown = one.labels.len().min(PLACES);
    let rest = one.labels.len() - shown;
    let remark = (rest > 0).then(|| format!("and {} (--diagnostics json lists all)", more(rest)));
    (&one.labels[..shown], remark)
}

fn more(rest: usize) -> String {
    number::counted(rest, "more place", "more places")
}

/// What is shown, in the given order, and how many of each code are not.
pub(super) struct Choice<'a> {
    pub(super) shown: Vec<&'a Diagnostic>,
    left_out: BTreeMap<u16, (&'static Code, usize)>,
}

/// Chooses. Errors come before warnings, warnings before notes, for the places there are; then the earlier one.
pub(super) fn choose(list: &[Diagnostic]) -> Choice<'_> {
    let mut by_severity: Vec<usize> = (0..list.len()).collect();
    by_severity.sort_by_key(|&at| list[at].severity);
    let mut taken: BTreeMap<u16, usize> = BTreeMap::new();
    let mut left_out: BTreeMap<u16, (&'static Code, usize)> = BTreeMap::new();
    let mut shown = Vec::new();
    for at in by_severity {
        let code = list[at].code;
        let of_code = taken.entry(code.number).or_default();
        if *of_code < PER_CODE && shown.len() < IN_ALL {
            *of_code += 1;
            shown.push(at);
        } else {
            left_out.entry(code.number).or_insert((code, 0)).1 += 1;
        }
    }
    shown.sort_unstable();
    Choice { shown: shown.into_iter().map(|at| &list[at]).collect(), left_out }
}

impl Choice<'_> {
    /// A line for each code of which some are not shown.
    pub(super) fn remainders(&self) -> impl Iterator<Item = String> + use<'_> {
        self.left_out.values().map(|(code, count)| {
            let count = number::units(*count as i128);
            format!("... and {count} more of {code} (--diagnostics json lists all)")
        })
    }
}
