//! Which items an edit is about.

use std::collections::BTreeSet;

use crate::document::{Change, Document, changes};

/// Keys of tables that say how much there is of a limit, and nothing about items.
const LIMITS: &[(&str, &[&str])] = &[
    ("cash", &["opening", "minimum"]),
    ("cash-flow", &["amount", "on", ""]),
    ("budget", &["purchases"]),
    ("limit", &["inventory-value"]),
    ("location", &["storage-capacity", "inbound-capacity", "outbound-capacity"]),
    ("supplier", &["capacity"]),
];

/// Keys of tables that say something of a plan once it is there.
const VERDICTS: &[(&str, &[&str])] = &[
    ("gate", &["metric", "at-least", "at-most", "level", ""]),
    ("waiver", &["code", "gate", "reason", "owner", "expires", ""]),
];

/// What an edit is about.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// Items.
    pub(super) items: BTreeSet<String>,
    /// True where it is about how much there is of a limit as well.
    pub(super) limits: bool,
    /// Items that use such a limit, where not all may.
    pub(super) users: BTreeSet<String>,
    /// True where it is about what is let go of as well.
    pub(super) rules: bool,
}

/// What differs is about these items; none where it may be about any.
pub(super) fn touched(before: &Document, now: &Document) -> Option<Touched> {
    let mut touched = Touched::default();
    for change in changes(before, now) {
        touched.rules |= change.table == "rule";
        if is_among(LIMITS, &change) {
            touched.limits = true;
            touched.users.extend(change.items.into_iter().flatten());
        } else if !is_among(VERDICTS, &change) {
            touched.items.extend(change.items?);
        }
    }
    Some(touched)
}

fn is_among(tables: &[(&str, &[&str])], change: &Change) -> bool {
    tables.iter().any(|(table, keys)| *table == change.table && keys.contains(&change.key.as_str()))
}

impl Touched {
    /// True where nothing is to be decided anew.
    pub(super) fn leaves_plans(&self) -> bool {
        self.items.is_empty() && !self.limits && !self.rules
    }
}
