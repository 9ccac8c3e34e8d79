//! Minimum orders that no order can come to.
//!
//! Whether an order is placed is either the one or the other, which no price says, so that the planner proves little of it. What can be said by sums
//! is said here: if all that limits let an order take in its receipt buckets is less than its minimum, it is never placed.

use crate::model::minimum_orders::OrderFloor;
use crate::model::{Limit, LimitKind, Model, Opportunity};
use crate::network::{LaneId, MinimumOrder, Network};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// A line that could be part of an order.
struct Part<'m> {
    lane: usize,
    bucket: usize,
    opportunity: &'m Opportunity,
}

/// The project without the lines of suppliers none of whose orders can come to its minimum; nothing where all can.
pub(super) fn without_hopeless(network: &Network, model: &Model<'_>) -> Option<Network> {
    let hopeless = |floor: &&OrderFloor| is_hopeless(model, floor).unwrap_or(false);
    let closed: Vec<_> = model.order_floors.iter().filter(hopeless).map(|floor| floor.supplier).collect();
    if closed.is_empty() {
        return None;
    }
    let mut network = network.clone();
    for lane in network.lanes.iter_mut().filter(|lane| closed.contains(&lane.supplier)) {
        (lane.moq, lane.multiple, lane.max) = (1, 1, Some(0));
    }
    for supplier in closed {
        network.suppliers[supplier.index()].minimum_order = None;
    }
    Some(network)
}

/// True where no order of a supplier can come to its minimum.
fn is_hopeless(model: &Model<'_>, floor: &OrderFloor) -> Result<bool, Overflow> {
    for (released, least) in floor.least.iter().enumerate() {
        let parts = parts(model, floor, released);
        if !parts.is_empty() && most(model, floor, &parts)?.is_none_or(|most| most >= *least) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The lines that would be released in a bucket.
fn parts<'m>(model: &'m Model<'_>, floor: &OrderFloor, released: usize) -> Vec<Part<'m>> {
    let lanes = model.network.lanes.iter().enumerate().filter(|(_, lane)| lane.supplier == floor.supplier);
    let all = lanes.flat_map(|(lane, _)| {
        let found = model.lanes[lane].iter().enumerate();
        found.filter_map(move |(bucket, one)| Some(Part { lane, bucket, opportunity: one.as_ref()? }))
    });
    all.filter(|part| part.opportunity.release_bucket == released).collect()
}

/// The most that an order of some lines can come to; none where nothing limits it.
fn most(model: &Model<'_>, floor: &OrderFloor, parts: &[Part<'_>]) -> Result<Option<Ratio>, Overflow> {
    let mut buckets: Vec<usize> = parts.iter().map(|part| part.bucket).collect();
    buckets.sort_unstable();
    buckets.dedup();
    let mut total = whole(0);
    for bucket in buckets {
        let own: Vec<&Part<'_>> = parts.iter().filter(|part| part.bucket == bucket).collect();
        let mut least: Option<Ratio> = None;
        for (at, limit) in model.limits.iter().enumerate() {
            let bound = bound(model, floor, (at, limit), bucket, &own)?;
            least = least.into_iter().chain(bound).min();
        }
        let Some(least) = least else { return Ok(None) };
        total = add(total, least)?;
    }
    Ok(Some(total))
}

/// The most that one limit lets lines come to in their receipt bucket; none where it does not hold all of them, or rules let it go.
fn bound(
    model: &Model<'_>,
    floor: &OrderFloor,
    (at, limit): (usize, &Limit),
    bucket: usize,
    parts: &[&Part<'_>],
) -> Result<Option<Ratio>, Overflow> {
    let Some(available) = limit.available.get(bucket).filter(|_| model.relief.limits[at].is_empty()) else {
        return Ok(None);
    };
    let mut rate = whole(0);
    for part in parts {
        let Some(used) = used(model, limit, part)?.filter(|used| *used > whole(0)) else { return Ok(None) };
        rate = rate.max(mul(counted(model, floor, part), used.recip())?);
    }
    mul(add(*available, model.given.limit(at, bucket))?, rate).map(Some)
}

/// What a unit of a line uses of a limit at least; none where the limit does not hold it.
fn used(model: &Model<'_>, limit: &Limit, part: &Part<'_>) -> Result<Option<Ratio>, Overflow> {
    let network = model.network;
    let lane = &network.lanes[part.lane];
    Ok(match &limit.kind {
        LimitKind::Budget { lanes, .. } if lanes.contains(&LaneId::from(part.lane)) => {
            Some(part.opportunity.terms.cheapest_unit()?)
        }
        LimitKind::Inbound(at) if *at == lane.location => Some(whole(1)),
        LimitKind::StoragePeak(at) if *at == lane.location => Some(ratio(network.item(lane.item).unit_volume)),
        _ => None,
    })
}

/// What a unit of a line counts for at most.
fn counted(model: &Model<'_>, floor: &OrderFloor, part: &Part<'_>) -> Ratio {
    match floor.counts {
        MinimumOrder::Value(_) => {
            let terms = &part.opportunity.terms;
            terms.breaks.iter().map(|(_, cost)| *cost).fold(terms.unit_cost, Ratio::max)
        }
        MinimumOrder::Units(_) => whole(1),
        MinimumOrder::Volume(_) => ratio(model.network.item(model.network.lanes[part.lane].item).unit_volume),
    }
}
