//! Numbers that are each within their range, and too large together.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::model::Model;
use crate::network::Network;
use crate::series::Series;
use crate::solve;

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
}

impl Weight {
    fn money(&self) -> i128 {
        self.unit.saturating_mul(self.units).saturating_mul(TIMES)
    }

    fn pay(&mut self, series: &Series) {
        self.unit = self.unit.max(largest(series));
    }
}

/// The problem of a network whose sums do not fit, at the item that contributes most.
pub(super) fn too_large(network: &Network, document: &Document) -> Option<Diagnostic> {
    let weights = weights(network);
    let all = weights.iter().fold(0_i128, |sum, weight| sum.saturating_add(weight.money()));
    if all <= SURELY_FITS || Model::new(network).and_then(|model| solve::fits(&model)).is_ok() {
        return None;
    }
    let (index, _) = weights.iter().enumerate().max_by_key(|(index, weight)| (weight.money(), usize::MAX - index))?;
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

/// By item.
fn weights(network: &Network) -> Vec<Weight> {
    let buckets = i128::try_from(network.calendar.buckets.len() + network.tail).unwrap_or(i128::MAX);
    let mut weights = vec![Weight::default(); network.items.len()];
    for offer in &network.offers {
        let weight = &mut weights[offer.item.index()];
        weight.pay(&offer.price);
        weight.pay(&offer.shortage_cost);
        weight.units = weight.units.saturating_add(largest(&offer.demand).saturating_mul(buckets));
    }
    for lane in &network.lanes {
        let weight = &mut weights[lane.item.index()];
        [&lane.unit_cost, &lane.freight, &lane.order_cost].into_iter().for_each(|series| weight.pay(series));
        weight.units = weight.units.saturating_add(lane.moq.max(lane.multiple).into());
    }
    for pool in &network.pools {
        let weight = &mut weights[pool.item.index()];
        weight.units = weight.units.saturating_add(pool.on_hand.into());
    }
    weights
}

/// The largest number of a series, rounded up.
fn largest(series: &Series) -> i128 {
    let most = series.values().into_iter().map(|value| value.abs()).max().unwrap_or(Decimal::ZERO);
    most.ceil().to_i128().unwrap_or(i128::MAX)
}
