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
    // What is said of a plan once it is there.
    ("gate", &["metric", "at-least", "at-most", "level", ""]),
    ("waiver", &["code", "gate", "reason", "owner", "expires", ""]),
];

/// Items that what differs is about; none where it may be about any.
pub(super) fn touched(before: &Document, now: &Document) -> Option<BTreeSet<String>> {
    let mut items = BTreeSet::new();
    for change in changes(before, now) {
        if !is_limit(&change) {
            items.extend(change.items?);
        }
    }
    Some(items)
}

fn is_limit(change: &Change) -> bool {
    LIMITS.iter().any(|(table, keys)| *table == change.table && keys.contains(&change.key.as_str()))
}
