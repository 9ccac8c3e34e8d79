//! Disagreements, as many as a person can read.

use std::fmt;

/// Disagreements that are listed; of further ones only the number is given.
const LISTED: usize = 200;

/// A place of a plan file that does not say what follows from the facts and its decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// Where: `orders["A/s/main/sea/2026-03"].payments[0].amount`.
    pub path: String,
    /// What should stand there, or what must hold.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.path, self.expected, self.found)
    }
}

/// Collects disagreements.
#[derive(Debug, Default)]
pub(super) struct Report {
    listed: Vec<Disagreement>,
    unlisted: usize,
}

impl Report {
    /// Adds one.
    pub(super) fn add(&mut self, path: impl FnOnce() -> String, expected: impl fmt::Display, found: impl fmt::Display) {
        if self.listed.len() < LISTED {
            let (expected, found) = (expected.to_string(), found.to_string());
            self.listed.push(Disagreement { path: path(), expected, found });
        } else {
            self.unlisted += 1;
        }
    }

    /// True where nothing disagrees.
    pub(super) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.listed.len() + self.unlisted
    }

    /// Adds those of another report.
    pub(super) fn extend(&mut self, other: Self) {
        self.unlisted += other.unlisted;
        for one in other.listed {
            self.add(|| one.path, one.expected, one.found);
        }
    }

    /// All of them; the last one tells how many more there are.
    pub(super) fn finish(mut self) -> Vec<Disagreement> {
        if self.unlisted > 0 {
            let found = format!("{} more", self.unlisted);
            self.listed.push(Disagreement { path: "plan".into(), expected: "no further disagreement".into(), found });
        }
        self.listed
    }
}

/// The path of a row of a list: `orders["A/s/main/sea/2026-03"]`.
pub(super) fn row_path(list: &str, key: &[&str]) -> String {
    format!("{list}[\"{}\"]", key.join("/").escape_debug())
}
