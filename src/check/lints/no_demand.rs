//! A plan that nobody asks anything of.

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::network::Network;

/// A project in which nothing is asked for.
pub(super) fn no_demand(network: &Network, document: &Document) -> Vec<Diagnostic> {
    if !network.offers.is_empty() || !network.outlooks.is_empty() {
        return Vec::new();
    }
    let message = "nothing is asked for, so there is nothing to plan";
    let mut diagnostic = Diagnostic::warning(&codes::NO_DEMAND, message);
    if let Some(span) = document.demand.first().map(|row| row.header).or(document.manifest) {
        diagnostic = diagnostic
            .at(span, if document.demand.is_empty() { "no [[demand]] in this project" } else { "all demand is 0" });
    }
    vec![diagnostic.help("add [[demand]], in TOML or as a [[csv]] with table = \"demand\"")]
}
