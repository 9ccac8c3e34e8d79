//! A cost of shortfall that outweighs a sale.

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::model::timeline::level;
use crate::network::{Network, Offer};
use crate::render::number::counted;
use crate::units::{Ratio, add, mul, ratio, round_to, whole};

/// Items that are better held back than sold, because each bucket below safety stock costs so much.
pub(super) fn shortfall_pays(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let rate = network.economics.safety_shortfall_rate;
    let covered = |offer: &Offer| {
        offer.sources.iter().any(|source| {
            network.covers.iter().any(|cover| cover.safety_stock.is_some() && cover.pools.contains(&source.pool))
        })
    };
    let span = document.economics.as_ref().and_then(|economics| economics.safety_shortfall_rate.span());
    let (false, Some(span)) = (rate.is_zero() || network.covers.is_empty(), span) else { return Vec::new() };
    let mut found: Vec<(&str, Ratio, Ratio)> = Vec::new();
    for offer in network.offers.iter().filter(|offer| covered(offer)) {
        let id = network.item(offer.item).id.as_str();
        if found.iter().any(|(known, ..)| *known == id) {
            continue;
        }
        if let Some((charge, margin)) = weighed(network, offer).filter(|(charge, margin)| charge > margin) {
            found.push((id, charge, margin));
        }
    }
    let Some(((id, charge, margin), others)) = found.split_first() else { return Vec::new() };
    let money = |amount: &Ratio| round_to(*amount, 2).map_or_else(|_| "?".into(), |amount| amount.to_string());
    let message = format!("holding back a unit of `{id}` can pay more than selling it");
    let mut diagnostic = Diagnostic::warning(&codes::SHORTFALL_PAYS, message)
        .at(span, "of standard cost, in each bucket below safety stock")
        .with_note(format!("over its lead time that is {}, and a sale earns {}", money(charge), money(margin)))
        .about("item", *id);
    if !others.is_empty() {
        diagnostic =
            diagnostic.with_note(format!("the same holds for {}", counted(others.len(), "more item", "more items")));
    }
    vec![diagnostic.help("lower the rate, or make the cover hard where it is meant to be kept")]
}

/// What being a unit short costs over the longest lead time, and what selling it earns, both in the first bucket.
fn weighed(network: &Network, offer: &Offer) -> Option<(Ratio, Ratio)> {
    let bucket = &network.calendar.buckets[0];
    let lanes = || network.lanes.iter().filter(|lane| lane.item == offer.item && !lane.premium);
    let stated = network.item(offer.item).cost.map(ratio);
    let cost = stated.or_else(|| lanes().map(|lane| crate::model::first_landed_cost(network, lane)).min())?;
    let lead = lanes().map(|lane| level(&lane.lead_days, bucket)).max()?;
    let days = network.calendar.buckets.iter().map(crate::calendar::Bucket::days).max()?;
    let buckets = ratio(lead) / whole(days);
    let source = offer.sources.first()?;
    let price = ratio(crate::model::demand::price(network, offer, bucket));
    let kept = add(whole(1), -ratio(level(&source.fee_rate, bucket))).ok()?;
    let net = add(mul(price, kept).ok()?, -ratio(level(&source.fulfilment_fee, bucket))).ok()?;
    let charge = mul(mul(ratio(network.economics.safety_shortfall_rate), cost).ok()?, buckets).ok()?;
    Some((charge, add(net, -cost).ok()?))
}
