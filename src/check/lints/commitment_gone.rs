//! Orders that the last plan commits to, and that nobody can place any more.

use super::lines_of_last_plan;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::network::Network;
use crate::source::Sources;

/// Lines of the last plan that fall into the frozen days and whose lane is gone.
pub(super) fn gone(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    let lines = lines_of_last_plan(document, sources, |baseline| &baseline.gone, network);
    let told = lines.into_iter().filter_map(|(order, span)| {
        let (day, mode) = (order.release_date?, order.mode.as_deref().unwrap_or_default());
        let message =
            format!("the order of {} `{}` on {day} is committed, but its lane is gone", order.units, order.item);
        let label =
            format!("no lane of `{}` from `{}` to `{}` by `{mode}`", order.item, order.supplier, order.location);
        let diagnostic = Diagnostic::warning(&codes::COMMITMENT_GONE, message).at(span, label);
        let about = diagnostic.about("item", &order.item).about("supplier", &order.supplier);
        Some(about.help("put the lane back, or let the order go; an item that changed its id is a [[renamed]]"))
    });
    told.collect()
}
