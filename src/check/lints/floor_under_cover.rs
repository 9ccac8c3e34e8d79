//! A floor that a hard cover makes idle.

use rust_decimal::Decimal;

use super::entry_at;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::network::Network;
use crate::source::Sources;

/// Floors below 1 on items of which a hard cover wants all demand and safety stock to be there.
pub(super) fn floor_under_cover(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for service in &network.services {
        let values = service.fill_rate.values();
        if values.iter().all(|value| *value >= Decimal::ONE) {
            continue;
        }
        let meets = |cover: &&crate::network::Cover| {
            let sold = service.offers.iter().flat_map(|id| &network.offers[id.index()].sources);
            cover.hard
                && cover.safety_stock.is_some()
                && sold.into_iter().any(|source| cover.pools.contains(&source.pool))
        };
        let Some(cover) = network.covers.iter().find(meets) else { continue };
        let floor = entry_at(&document.services, &service.origin, sources, |entry| entry.header);
        let cover = entry_at(&document.covers, &cover.origin, sources, |entry| entry.header);
        let (Some(floor), Some(cover)) = (floor, cover) else { continue };
        let message = "this floor lets go of demand that a hard cover wants to be there";
        let diagnostic = Diagnostic::warning(&codes::FLOOR_UNDER_COVER, message);
        let diagnostic = diagnostic.at(floor.fill_rate.span().unwrap_or(floor.header), "below 1");
        let diagnostic =
            diagnostic.at(cover.hard.span().unwrap_or(cover.header), "all demand and safety stock must be there");
        found.push(diagnostic.help("let one of them say what is meant: a floor of 1, or a cover that is not hard"));
    }
    found
}
