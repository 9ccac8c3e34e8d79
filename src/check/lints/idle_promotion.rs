//! Promotions that change nothing.

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;

/// Promotions without any effect.
pub(super) fn idle_promotions(document: &Document) -> Vec<Diagnostic> {
    let idle = document.promotions.iter().filter(|entry| {
        entry.id.get().is_some() && entry.uplift.is_absent() && entry.add_units.is_absent() && entry.price.is_absent()
    });
    let diagnostic = |entry: &crate::document::tables::Promotion| {
        let message = format!("the promotion `{}` changes nothing", entry.id.get().map_or("", String::as_str));
        let diagnostic =
            Diagnostic::warning(&codes::EMPTY_SELECTION, message).at(entry.header, "neither demand nor price");
        diagnostic.help("give it `uplift`, `add-units` or `price`")
    };
    idle.map(diagnostic).collect()
}
