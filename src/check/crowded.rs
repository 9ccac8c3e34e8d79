//! Items of so many units that no plan can be made of them: what it takes to plan one must not grow without end.

use num_traits::ToPrimitive;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::model::Model;
use crate::network::{ItemId, Network};
use crate::render::number::units;
use crate::series::Series;
use crate::solve::{TooMany, too_many_units};

/// Levels of stock, over buckets and ways to sell, below which nobody has to look.
const FEW: i64 = 20_000_000;

/// Reports every item that has more units than a plan can be made of.
pub(super) fn crowded(network: &Network, document: &Document) -> Vec<Diagnostic> {
    if levels(network).into_iter().all(|levels| levels < FEW) {
        return Vec::new();
    }
    // Numbers that do not fit together are told of elsewhere.
    let all = Model::new(network).and_then(|model| too_many_units(&model)).unwrap_or_default();
    let told = |found: TooMany| {
        let id = &network.item(found.item).id;
        let (named, _) = document.items.iter().find(|(own, _)| own.value == *id)?;
        let (wanted, most) = (units(found.units), units(found.most));
        let message = format!("a plan may have to look at {wanted} units of `{id}`; {most} are the most");
        let packs = "count it in packs, say of 100: demand, stock, orders, sizes, prices and costs of a pack";
        Some(Diagnostic::error(&codes::TOO_LARGE, message).at(named.span, "this item").help(packs))
    };
    all.into_iter().filter_map(told).collect()
}

/// By item: about so many levels of stock, over buckets and ways to sell.
fn levels(network: &Network) -> Vec<i64> {
    let buckets = i64::try_from(network.calendar.buckets.len()).unwrap_or(i64::MAX);
    let largest = |series: &Series| {
        let values = series.values().into_iter().map(|value| value.ceil().to_i64().unwrap_or(i64::MAX));
        values.max().unwrap_or(0)
    };
    let (mut held, mut ways) = (vec![0_i64; network.items.len()], vec![2_i64; network.items.len()]);
    let mut hold = |item: ItemId, units: i64| held[item.index()] = held[item.index()].saturating_add(units);
    network.pools.iter().for_each(|pool| hold(pool.item, pool.on_hand));
    network.open_orders.iter().for_each(|order| hold(order.item, order.units));
    for offer in &network.offers {
        hold(offer.item, largest(&offer.demand).saturating_mul(buckets));
        ways[offer.item.index()] += 1;
    }
    for lane in &network.lanes {
        let held = &mut held[lane.item.index()];
        *held = (*held).max(lane.smallest_line());
    }
    held.iter().zip(ways).map(|(held, ways)| held.saturating_mul(buckets).saturating_mul(ways)).collect()
}
