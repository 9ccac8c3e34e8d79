//! Covers that reach beyond what is stated.

use rust_decimal::Decimal;

use super::entry_at;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::network::{Network, SafetyStock};
use crate::source::Sources;

/// Safety stock of more weeks than the plan has: most of it follows from demand that nobody stated.
pub(super) fn far_covers(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    let days = (network.calendar.end() - network.as_of).num_days() + 1;
    let mut found = Vec::new();
    for cover in &network.covers {
        let Some(SafetyStock::Weeks(weeks)) = &cover.safety_stock else { continue };
        let Some(longest) = weeks.values().into_iter().max() else { continue };
        if longest * Decimal::from(7) <= Decimal::from(days) {
            continue;
        }
        let Some(entry) = entry_at(&document.covers, &cover.origin, sources, |entry| entry.header) else { continue };
        let span = entry.safety_stock.get().and_then(|one| one.0.weeks.span()).unwrap_or(entry.header);
        let message = format!("{} weeks of safety stock reach beyond the plan's {}", longest.normalize(), days / 7);
        let diagnostic = Diagnostic::warning(&codes::FAR_COVER, message).at(span, "weeks");
        let note = "demand beyond the horizon follows from its last three buckets where nobody states it";
        found.push(diagnostic.with_note(note).help("state demand further out, or hold less"));
    }
    found
}
