//! A plan file read back as decisions: what [`build`](super::build) made it of.

use std::collections::BTreeMap;

use super::{Action, Plan};
use crate::model::Model;
use crate::model::moves::{Moves, OrderMove};
use crate::network::{LaneId, Network, TransferId};
use crate::solve::{Late, Line, Outcome, Transfer};

/// Where rules have moved promotions and open orders in a plan of this network.
#[must_use]
pub fn moves(network: &Network, plan: &Plan) -> Moves {
    let promotion = |one: &crate::network::Promotion| {
        let moved = plan.promotions.iter().find(|row| row.id == one.id);
        moved.and_then(|row| usize::try_from(row.moved).ok()).unwrap_or(0)
    };
    let buckets = &network.calendar.buckets;
    let order = |one: &crate::network::OpenOrder| {
        let row = plan.orders.iter().find(|row| {
            row.id.as_ref() == Some(&one.id)
                && row.item == network.item(one.item).id
                && row.location == network.location(one.location).id
        });
        match row.map(|row| (row.action, &row.receipt_bucket)) {
            Some((Action::Cancelled, _)) => OrderMove::Gone,
            Some((Action::Moved, label)) => {
                let from = buckets.iter().position(|bucket| one.due <= bucket.middle());
                let to = buckets.iter().position(|bucket| bucket.period.to_string() == *label);
                let place = |at: Option<usize>| i64::try_from(at?).ok();
                place(to).zip(place(from)).map_or(OrderMove::Stays, |(to, from)| OrderMove::By(to - from))
            }
            _ => OrderMove::Stays,
        }
    };
    let promotions: Vec<usize> = network.promotions.iter().map(promotion).collect();
    let orders: Vec<OrderMove> = network.open_orders.iter().map(order).collect();
    // Where nothing moves both lists are empty.
    Moves {
        promotions: if promotions.iter().all(|by| *by == 0) { Vec::new() } else { promotions },
        orders: if orders.iter().all(|one| *one == OrderMove::Stays) { Vec::new() } else { orders },
    }
}

/// The decisions of a plan, of a model that is laid out after its [`moves`]; none where the plan is of another project.
#[must_use]
pub fn decisions(model: &Model<'_>, plan: &Plan) -> Option<Outcome> {
    let network = model.network;
    let labels: BTreeMap<String, usize> =
        model.buckets().iter().enumerate().map(|(at, bucket)| (bucket.period.to_string(), at)).collect();
    let lanes: BTreeMap<String, LaneId> =
        (0..network.lanes.len()).map(|at| (network.lane_name(at.into()), at.into())).collect();
    let way = |(at, way): (usize, &crate::model::Way)| {
        let offer = &network.offers[way.offer];
        let location = network.location(network.pool(way.pool).location).id.as_str();
        ((network.item(offer.item).id.as_str(), network.channel(offer.channel).id.as_str(), location), at)
    };
    let ways: BTreeMap<(&str, &str, &str), usize> = model.ways.iter().enumerate().map(way).collect();
    let sales = model.ways.iter().map(|way| vec![0; way.net.len()]).collect();
    let mut outcome = Outcome { sales, interrupted: plan.certificate.interrupted, ..Outcome::default() };
    for order in plan.orders.iter().chain(&plan.tail).filter(|order| order.action == Action::New) {
        let name = format!("{}/{}/{}/{}", order.item, order.supplier, order.location, order.mode.as_deref()?);
        let line = Line { lane: *lanes.get(&name)?, bucket: *labels.get(&order.receipt_bucket)?, units: order.units };
        model.opportunity(line.lane, line.bucket)?;
        outcome.lines.push(line);
    }
    let sent: BTreeMap<String, TransferId> =
        (0..network.transfers.len()).map(|at| (network.transfer_name(at.into()), at.into())).collect();
    for row in plan.transfers.iter().filter(|row| row.action == Action::New) {
        let name = format!("{}/{}/{}/{}", row.item, row.from, row.location, row.mode.as_deref()?);
        let line = Transfer { lane: *sent.get(&name)?, bucket: *labels.get(&row.receipt_bucket)?, units: row.units };
        model.passage(line.lane, line.bucket)?;
        outcome.transfers.push(line);
    }
    for row in &plan.allocations {
        let way = *ways.get(&(row.item.as_str(), row.channel.as_str(), row.location.as_str()))?;
        let wanted = *labels.get(&row.bucket)?;
        outcome.sales[way][wanted] = row.planned;
        for (label, units) in &row.delivered {
            outcome.late.push(Late { way, wanted, delivered: *labels.get(label)?, units: *units });
        }
    }
    outcome.lines.sort_by_key(|line| (line.bucket, line.lane, std::cmp::Reverse(line.units)));
    outcome.transfers.sort_by_key(|line| (line.bucket, line.lane, std::cmp::Reverse(line.units)));
    outcome.late.sort();
    Some(outcome)
}
