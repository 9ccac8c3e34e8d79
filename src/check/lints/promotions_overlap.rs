//! Two promotions at once.

use std::collections::BTreeMap;

use super::runs;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::network::Network;

/// Two promotions that meet on an item, channel and bucket.
pub(super) fn promotions_overlap(network: &Network, document: &Document) -> Vec<Diagnostic> {
    // Each promotion is told of once, with the first one it meets: what they meet in is the same question.
    let mut met: BTreeMap<usize, (usize, usize, String)> = BTreeMap::new();
    for (index, offer) in network.offers.iter().enumerate().filter(|(_, offer)| offer.promotions.len() > 1) {
        for bucket in &network.calendar.buckets {
            let mut running = offer.promotions.iter().copied().filter(|&promotion| runs(network, promotion, bucket));
            let Some(first) = running.next() else { continue };
            for second in running {
                met.entry(second).or_insert_with(|| (first, index, bucket.period.to_string()));
            }
        }
    }
    let place = |promotion: usize| {
        let id = &network.promotions[promotion].id;
        let entry = document.promotions.iter().find(|entry| entry.id.get() == Some(id));
        entry.and_then(|entry| entry.id.span())
    };
    let diagnostic = |(second, (first, offer, bucket)): (usize, (usize, usize, String))| {
        let offer = &network.offers[offer];
        let (item, channel) = (&network.item(offer.item).id, &network.channel(offer.channel).id);
        let message = format!("two promotions meet on `{item}` in `{channel}` in {bucket}");
        let help = "added units come first, then uplifts multiply; of two prices the lower holds";
        let diagnostic = Diagnostic::warning(&codes::PROMOTIONS_OVERLAP, message).at(place(first)?, "this one");
        Some(diagnostic.at(place(second)?, "and this one").with_note(help))
    };
    met.into_iter().filter_map(diagnostic).collect()
}
