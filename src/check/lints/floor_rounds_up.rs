//! Service floors that leave no room.

use rust_decimal::Decimal;

use super::entry_at;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::model::demand::{promoted, whole_units};
use crate::model::timeline::stated_level;
use crate::network::{Network, Offer, Service};
use crate::render::number::counted;
use crate::source::Sources;
use crate::units::{add, mul, ratio, whole};

/// Floors below 1 that come to all of the demand once they are rounded up, for some item and channel in every bucket.
pub(super) fn floor_rounds_up(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for service in network.services.iter().filter(|service| !service.group) {
        let full: Vec<_> = service
            .offers
            .iter()
            .filter_map(|id| {
                let offer = &network.offers[id.index()];
                largest_if_all(network, service, offer).map(|units| (offer, units))
            })
            .collect();
        let Some((offer, units)) = full.iter().max_by_key(|(_, units)| *units) else { continue };
        let Some(entry) = entry_at(&document.services, &service.origin, sources, |entry| entry.header) else {
            continue;
        };
        let (item, channel) = (&network.item(offer.item).id, &network.channel(offer.channel).id);
        let of = counted(service.offers.len(), "item and channel", "items and channels");
        let message = format!("rounded up, this floor is all of the demand for {} of {of}", full.len());
        let span = entry.fill_rate.span().unwrap_or(entry.header);
        let diagnostic =
            Diagnostic::warning(&codes::FLOOR_ROUNDS_UP, message).at(span, "a floor is rounded up to whole units");
        let note = format!(
            "`{item}` in `{channel}` never asks for more than {}, of which none may be short",
            counted(usize::try_from(*units).unwrap_or(0), "unit", "units")
        );
        found.push(diagnostic.with_note(note).help("per = \"group\" holds the selection to it as a whole"));
    }
    found
}

/// The largest demand of a bucket, where the floor of every bucket is all of it.
fn largest_if_all(network: &Network, service: &Service, offer: &Offer) -> Option<i64> {
    let units = whole_units(&promoted(network, offer).ok()?).ok()?;
    let mut largest = None;
    for (bucket, &units) in network.calendar.buckets.iter().zip(&units).filter(|(_, units)| **units > 0) {
        let floor = stated_level(&service.fill_rate, bucket)?;
        let spare = mul(add(whole(1), -ratio(floor)).ok()?, whole(units)).ok()?;
        if floor >= Decimal::ONE || spare >= whole(1) {
            return None;
        }
        largest = largest.max(Some(units));
    }
    largest
}
