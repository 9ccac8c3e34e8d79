//! An item that costs more than it brings.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::model::timeline::level;
use crate::network::Network;
use crate::series::Series;
use crate::units::Ratio;

/// An item all of whose sales earn no more than the cheapest unit costs, in every bucket.
pub(super) fn price_below_cost(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut best: BTreeMap<usize, i128> = BTreeMap::new();
    for offer in &network.offers {
        // What never changes is asked for once.
        let fixed = |series: &Series| matches!(series, Series::Scalar(_));
        let steady = offer.promotions.is_empty()
            && fixed(&offer.price)
            && offer.sources.first().is_none_or(|source| fixed(&source.fee_rate) && fixed(&source.fulfilment_fee));
        let buckets = &network.calendar.buckets;
        for bucket in &buckets[..if steady { 1 } else { buckets.len() }] {
            let Some(source) = offer.sources.first() else { continue };
            let price = crate::model::demand::price(network, offer, bucket);
            let Some(net) = kept(price, level(&source.fee_rate, bucket), level(&source.fulfilment_fee, bucket)) else {
                continue;
            };
            let known = best.entry(offer.item.index()).or_insert(net);
            *known = net.max(*known);
        }
    }
    let mut lowest: BTreeMap<usize, (Ratio, usize)> = BTreeMap::new();
    for (index, lane) in network.lanes.iter().enumerate().filter(|(_, lane)| !lane.premium) {
        let cost = crate::model::first_landed_cost(network, lane);
        let known = lowest.entry(lane.item.index()).or_insert((cost, index));
        *known = (cost, index).min(*known);
    }
    for (item, net) in best {
        let net = Ratio::new(net, KEPT_ONE);
        let Some((cost, _)) = lowest.get(&item).filter(|(cost, _)| net <= *cost) else { continue };
        let (id, table) = &document.items[item];
        let money =
            |amount: Ratio| crate::units::round_to(amount, 2).map_or_else(|_| "?".into(), |amount| amount.to_string());
        let message =
            format!("a unit of `{}` earns {} at best and costs {} to bring in", id.value, money(net), money(*cost));
        let span = table.price.span().unwrap_or(id.span);
        let diagnostic = Diagnostic::warning(&codes::PRICE_BELOW_COST, message).at(span, "less fees and fulfilment");
        let diagnostic = diagnostic.about("item", &id.value);
        found.push(diagnostic.with_note("nothing of it is bought, unless a floor asks for it"));
    }
    found
}

/// What is one in the result of [`kept`].
const KEPT_ONE: i128 = 10_i128.pow(15);

/// Price x (1 - fee rate) - fulfilment fee, exact; `None` where the numbers have more digits than inputs may have.
fn kept(price: Decimal, fee_rate: Decimal, fulfilment: Decimal) -> Option<i128> {
    let scaled =
        |number: Decimal, digits: u32| number.mantissa().checked_mul(10_i128.pow(digits.checked_sub(number.scale())?));
    let rest = 10_i128.pow(9) - scaled(fee_rate, 9)?;
    scaled(price, 6)?.checked_mul(rest)?.checked_sub(scaled(fulfilment, 15)?)
}
