//! Orders of the last plan that should have been placed.

use super::lines_of_last_plan;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::network::Network;
use crate::source::Sources;

/// Lines of the last plan that were to be placed before as-of and are not among the open orders. What would have arrived before as-of is left
/// aside: that it is not open any more tells nothing.
pub(super) fn not_placed(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    let lines = lines_of_last_plan(document, sources, |baseline| &baseline.not_placed, network);
    let told = lines.into_iter().filter_map(|(order, span)| {
        let day = order.release_date?;
        let message =
            format!("the order of {} `{}` was to be placed on {day}, and is not open", order.units, order.item);
        let diagnostic = Diagnostic::warning(&codes::ORDER_NOT_PLACED, message).at(span, "a line of the last plan");
        let about = diagnostic.about("item", &order.item).about("supplier", &order.supplier);
        Some(about.help("state it as an [[open-order]] if it was placed; if not, it is planned anew"))
    });
    told.collect()
}
