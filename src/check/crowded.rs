//! Items of so many units that no plan can be made of them: what it takes to plan one must not grow without end.

use num_traits::ToPrimitive;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::model::Model;
use crate::network::Network;
use crate::render::number::units;
use crate::series::Series;
use crate::solve::{TooMany, too_many_units};

/// Levels of stock, over buckets and ways to sell, below which nobody has to look.
const FEW: f64 = 20_000_000.0;

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
#[expect(clippy::cast_precision_loss, reason = "rough numbers")]
fn levels(network: &Network) -> Vec<f64> {
    let buckets = network.calendar.buckets.len() as f64;
    let largest = |series: &Series| {
        let values = series.values().into_iter().map(|value| value.to_f64().unwrap_or(f64::MAX));
        values.fold(0.0, f64::max)
    };
    let (mut held, mut ways) = (vec![0.0; network.items.len()], vec![2.0; network.items.len()]);
    for pool in &network.pools {
        held[pool.item.index()] += pool.on_hand as f64;
    }
    for order in &network.open_orders {
        held[order.item.index()] += order.units as f64;
    }
    for offer in &network.offers {
        held[offer.item.index()] += largest(&offer.demand) * buckets;
        ways[offer.item.index()] += 1.0;
    }
    for lane in &network.lanes {
        let held = &mut held[lane.item.index()];
        *held = f64::max(*held, lane.smallest_line() as f64);
    }
    held.iter().zip(ways).map(|(held, ways)| held * buckets * ways).collect()
}
