//! Open orders that should have come.

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::network::Network;

/// Open orders that were due before as-of.
pub(super) fn overdue(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let late = document.open_orders.iter().filter_map(|order| {
        let due = order.due.spanned().filter(|due| due.value < network.as_of)?;
        let message = format!("the open order `{}` was due on {}, before as-of", order.id.get()?, due.value);
        let diagnostic =
            Diagnostic::warning(&codes::OVERDUE_ORDER, message).at(due.span, "counted as received in the first bucket");
        Some(diagnostic.help("state the day it is expected now"))
    });
    late.collect()
}
