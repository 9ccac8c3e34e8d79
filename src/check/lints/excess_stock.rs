//! More stock than the plan asks for.

use std::collections::{BTreeMap, HashMap};

use crate::calendar::Bucket;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::model::demand::promoted;
use crate::network::{Network, Offer};
use crate::series::Series;
use crate::source::Span;
use crate::units::{Ratio, add, mul, round_to, whole};

/// An item of which more is there or coming than all buckets ask for.
struct Excess<'a> {
    id: &'a str,
    supply: i64,
    demand: Ratio,
    value: Ratio,
}

/// Items of which more is on hand or on order than the whole horizon asks for.
pub(super) fn excess_stock(network: &Network, document: &Document) -> Vec<Diagnostic> {
    if network.offers.is_empty() || !network.outlooks.is_empty() {
        return Vec::new();
    }
    let mut supply = vec![0_i64; network.items.len()];
    network.pools.iter().for_each(|pool| supply[pool.item.index()] += pool.on_hand);
    network.open_orders.iter().for_each(|order| supply[order.item.index()] += order.units);
    network.open_transfers.iter().for_each(|open| supply[open.item.index()] += open.units);
    let mut offers: BTreeMap<usize, Vec<&Offer>> = BTreeMap::new();
    for offer in &network.offers {
        offers.entry(offer.item.index()).or_default().push(offer);
    }
    let cost = costs(network);
    let mut found: Vec<Excess<'_>> = Vec::new();
    for (item, units) in supply.iter().enumerate().filter(|(_, units)| **units > 0) {
        let offers = offers.get(&item).map_or(&[][..], Vec::as_slice);
        if offers.iter().map(|offer| surely(network, offer)).sum::<i128>() >= i128::from(*units) {
            continue;
        }
        let demand =
            offers.iter().try_fold(whole(0), |sum, offer| promoted(network, offer)?.into_iter().try_fold(sum, add));
        let Ok(demand) = demand else { continue };
        let value = add(whole(*units), -demand).and_then(|excess| mul(excess, cost[item]));
        if demand < whole(*units)
            && let Ok(value) = value
        {
            found.push(Excess { id: &network.items[item].id, supply: *units, demand, value });
        }
    }
    // Where there are many, those with most money in them are told first.
    found.sort_by(|a, b| b.value.cmp(&a.value).then(a.id.cmp(b.id)));
    let places = places(document);
    found.iter().map(|one| told(one, places.get(one.id).map_or(&[][..], Vec::as_slice))).collect()
}

fn told(excess: &Excess<'_>, places: &[Span]) -> Diagnostic {
    let Excess { id, supply, .. } = excess;
    let wanted = round_to(excess.demand, 0).map_or_else(|_| "?".into(), |units| units.to_string());
    let message = format!("{supply} of `{id}` on hand and on order are more than the {wanted} that the plan asks for");
    let mut diagnostic = Diagnostic::warning(&codes::EXCESS_STOCK, message).about("item", *id);
    for (index, span) in places.iter().take(3).enumerate() {
        diagnostic = diagnostic.at(*span, if index == 0 { "" } else { "and here" });
    }
    diagnostic.help("push orders out, plan a promotion, or check the count and the demand")
}

/// Where stock and open orders are stated, by item.
fn places(document: &Document) -> HashMap<&str, Vec<Span>> {
    let mut places: HashMap<&str, Vec<Span>> = HashMap::new();
    let stock = document.stock.iter().filter_map(|row| Some((row.item.get()?, row.on_hand.span()?)));
    let orders = document.open_orders.iter().filter_map(|row| Some((row.item.get()?, row.units.span()?)));
    for (item, span) in stock.chain(orders) {
        places.entry(item).or_default().push(span);
    }
    places
}

/// Demand that is there without a doubt: the whole buckets with a number of their own. Cheap, and enough for nearly
/// every item.
fn surely(network: &Network, offer: &Offer) -> i128 {
    let Series::Table { keys, .. } = &offer.demand else { return 0 };
    if !offer.adjustments.is_empty() || network.items[offer.item.index()].phase_out.is_some() {
        return 0;
    }
    let (first, last) = match network.calendar.buckets.as_slice() {
        [] => return 0,
        [only] => (only, only),
        [first, .., last] => (first, last),
    };
    let planned = |bucket: &Bucket| !bucket.is_partial();
    let after = if planned(first) { first.start } else { first.end };
    let sold = |key: &&crate::series::SeriesKey| key.first.start() >= after && key.last.end() <= last.end && !key.range;
    let launched = |key: &&crate::series::SeriesKey| {
        network.items[offer.item.index()].launch.is_none_or(|launch| key.first.end() >= launch)
    };
    keys.iter()
        .filter(sold)
        .filter(launched)
        .map(|key| key.value.trunc().mantissa() / 10_i128.pow(key.value.trunc().scale()))
        .sum()
}

/// What a unit of each item costs, 0 where nothing tells.
fn costs(network: &Network) -> Vec<Ratio> {
    let stated = |item: &crate::network::Item| item.cost.map(crate::units::ratio);
    let mut costs: Vec<_> = network.items.iter().map(stated).collect();
    let known: Vec<_> = costs.iter().map(Option::is_some).collect();
    for lane in network.lanes.iter().filter(|lane| !known[lane.item.index()]) {
        let cost = crate::model::first_landed_cost(network, lane);
        let lowest = costs[lane.item.index()].map_or(cost, |before| before.min(cost));
        costs[lane.item.index()] = Some(lowest);
    }
    costs.into_iter().map(|cost| cost.unwrap_or_else(|| whole(0))).collect()
}
