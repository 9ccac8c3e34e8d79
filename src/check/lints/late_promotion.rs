//! Promotions that no order can reach.

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::model::clock::trips;
use crate::model::demand::promoted;
use crate::network::{Network, PoolId};
use crate::render::number::counted;
use crate::units::{Ratio, add, whole};

use super::runs;

/// Promotions on items of which too little is there or coming, and that no new order can be there for.
pub(super) fn late_promotions(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (index, promotion) in network.promotions.iter().enumerate() {
        let more = promotion.add_units.is_some_and(|units| !units.is_zero())
            || promotion.uplift.is_some_and(|uplift| uplift > rust_decimal::Decimal::ONE);
        let last = network.calendar.buckets.iter().rposition(|bucket| runs(network, index, bucket));
        let (true, Some(last)) = (more, last) else { continue };
        let touched = network.offers.iter().filter(|offer| offer.promotions.contains(&index));
        let mut pools: Vec<_> = touched
            .filter_map(|offer| match offer.sources.as_slice() {
                [only] => Some(only.pool),
                _ => None,
            })
            .collect();
        pools.sort_unstable();
        pools.dedup();
        let short: Vec<_> = pools.into_iter().filter_map(|pool| Some((pool, missing(network, pool, last)?))).collect();
        let Some(((pool, units), others)) = short.split_first() else { continue };
        let Some(table) = document.promotions.iter().find(|table| table.id.get() == Some(&promotion.id)) else {
            continue;
        };
        let item = &network.item(network.pool(*pool).item).id;
        let until = network.calendar.buckets[last].period;
        let message = format!("no order placed now can bring `{item}` for the promotion `{}`", promotion.id);
        let span = table.during.span().unwrap_or(table.header);
        let mut diagnostic = Diagnostic::warning(&codes::LATE_PROMOTION, message)
            .at(span, format!("{units} short by {until}"))
            .about("promotion", &promotion.id);
        if !others.is_empty() {
            let others = counted(others.len(), "more item", "more items");
            diagnostic = diagnostic.with_note(format!("the same holds for {others}"));
        }
        found.push(diagnostic.help("move the promotion, take the item out of it, or add a faster lane"));
    }
    found
}

/// Units that a pool lacks by the end of a bucket, where nothing ordered now can reach it by then.
fn missing(network: &Network, pool: PoolId, last: usize) -> Option<i64> {
    let fed = network.transfers.iter().any(|lane| lane.pool == pool);
    let bought = network.lanes.iter().filter(|lane| lane.pool == pool && !lane.premium);
    let mut reached = bought.map(|lane| trips(network, &network.calendar, lane)[..=last].iter().any(Option::is_some));
    if fed || reached.any(|reached| reached) {
        return None;
    }
    let end = network.calendar.buckets[last].middle();
    let orders = network.open_orders.iter().filter(|order| order.pool == pool && order.due <= end);
    let supply = network.pool(pool).on_hand + orders.map(|order| order.units).sum::<i64>();
    // What another location can serve is not short for sure.
    let offers = network.offers.iter().filter(|offer| matches!(offer.sources.as_slice(), [only] if only.pool == pool));
    let demand: Ratio = offers
        .flat_map(|offer| promoted(network, offer).ok())
        .try_fold(whole(0), |sum, units| units.into_iter().take(last + 1).try_fold(sum, add))
        .ok()?;
    let short = add(demand, -whole(supply)).ok()?;
    (short >= whole(1)).then(|| i64::try_from(short.to_integer()).unwrap_or(i64::MAX))
}
