//! Numbers that are each within their range, and too large together: what it takes to plan an item must not grow without end, and sums must fit.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::model::Model;
use crate::network::{ItemId, Network};
use crate::render::number::units;
use crate::series::Series;
use crate::solve::{self, TooMany, too_many_units};

/// Levels of stock of an item, over buckets and ways to sell, below which nobody has to look.
const FEW: i128 = 20_000_000;
/// Money of all items together up to which sums fit. Above it, they are tried.
const SURELY_FITS: i128 = 1_000_000_000_000_000;
/// A pool is bought, held and sold a few times over.
const TIMES: i128 = 8;

/// What an item may come to in a plan, from above and roughly.
#[derive(Clone, Default)]
struct Weight {
    /// The most that a unit costs or brings.
    unit: i128,
    units: i128,
    /// Channels that sell it.
    channels: i128,
}

impl Weight {
    fn money(&self) -> i128 {
        self.unit.saturating_mul(self.units).saturating_mul(TIMES)
    }

    fn pay(&mut self, series: &Series) {
        self.unit = self.unit.max(largest(series));
    }

    fn hold(&mut self, units: i128) {
        self.units = self.units.saturating_add(units);
    }
}

/// Reports items that have more units than a plan can be made of; else the item that contributes most to sums that do not fit.
pub(super) fn fits(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let buckets = i128::try_from(network.calendar.buckets.len() + network.tail).unwrap_or(i128::MAX);
    let weights = weights(network, buckets);
    let levels = |weight: &Weight| weight.units.saturating_mul(buckets).saturating_mul(weight.channels + 2);
    let money = weights.iter().fold(0_i128, |sum, weight| sum.saturating_add(weight.money()));
    if money <= SURELY_FITS && weights.iter().all(|weight| levels(weight) < FEW) {
        return Vec::new();
    }
    let model = Model::new(network);
    let many = model.as_ref().map_or(Vec::new(), |model| too_many_units(model).unwrap_or_default());
    if !many.is_empty() {
        return many.iter().filter_map(|one| crowded(network, document, one)).collect();
    }
    if money <= SURELY_FITS || model.and_then(|model| solve::fits(&model)).is_ok() {
        return Vec::new();
    }
    let heaviest = (0..weights.len()).max_by_key(|&index| (weights[index].money(), usize::MAX - index));
    heaviest.and_then(|index| too_large(document, index)).into_iter().collect()
}

/// By item.
fn weights(network: &Network, buckets: i128) -> Vec<Weight> {
    let mut weights = vec![Weight::default(); network.items.len()];
    let mut of = |item: ItemId, change: &dyn Fn(&mut Weight)| change(&mut weights[item.index()]);
    for offer in &network.offers {
        of(offer.item, &|weight| {
            weight.pay(&offer.price);
            weight.pay(&offer.shortage_cost);
            weight.hold(largest(&offer.demand).saturating_mul(buckets));
            weight.channels += 1;
        });
    }
    for lane in &network.lanes {
        of(lane.item, &|weight| {
            [&lane.unit_cost, &lane.freight, &lane.order_cost].into_iter().for_each(|series| weight.pay(series));
            weight.hold(lane.smallest_line().into());
        });
    }
    network.pools.iter().for_each(|pool| of(pool.item, &|weight| weight.hold(pool.on_hand.into())));
    network.open_orders.iter().for_each(|order| of(order.item, &|weight| weight.hold(order.units.into())));
    weights
}

/// The largest number of a series, rounded up.
fn largest(series: &Series) -> i128 {
    let most = series.values().into_iter().map(|value| value.abs()).max().unwrap_or(Decimal::ZERO);
    most.ceil().to_i128().unwrap_or(i128::MAX)
}

fn crowded(network: &Network, document: &Document, found: &TooMany) -> Option<Diagnostic> {
    let id = &network.item(found.item).id;
    let (named, _) = document.items.iter().find(|(own, _)| own.value == *id)?;
    let (wanted, most) = (units(found.units), units(found.most));
    let message = format!("a plan may have to look at {wanted} units of `{id}`; {most} are the most");
    let packs = "count it in packs, say of 100: demand, stock, orders, sizes, prices and costs of a pack";
    Some(Diagnostic::error(&codes::TOO_LARGE, message).at(named.span, "this item").help(packs))
}

fn too_large(document: &Document, index: usize) -> Option<Diagnostic> {
    let (id, item) = document.items.get(index)?;
    let message = format!("the numbers of `{}` do not fit together: they are too large", id.value);
    let mut diagnostic = Diagnostic::error(&codes::OVERFLOW, message);
    let demand = document.demand.iter().filter(|row| row.item.get() == Some(&id.value));
    let most = demand.max_by_key(|row| row.units.get().map(|text| largest(&text.series)));
    if let Some(span) = most.and_then(|row| row.units.span()) {
        diagnostic = diagnostic.at(span, "so many units");
    }
    diagnostic = match item.price.span() {
        Some(price) => diagnostic.at(price, "at so much each"),
        None => diagnostic.at(id.span, ""),
    };
    Some(diagnostic.help("look for numbers that are a thousand times what they should be"))
}
