//! Facts outside of the buckets that are planned.

use super::runs;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::network::Network;

/// What arrives, falls or runs outside of the buckets.
pub(super) fn outside_horizon(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let end = network.calendar.end();
    let tail = network.calendar.beyond(network.tail);
    let last_served = tail.last().or(network.calendar.buckets.last()).map_or(end, crate::calendar::Bucket::middle);
    let orders = document.open_orders.iter().filter_map(|order| {
        let due = order.due.spanned().filter(|due| due.value > last_served)?;
        let message = format!("the open order `{}` serves no bucket of this plan", order.id.get()?);
        let label = match tail.last() {
            Some(last) => format!("the tail ends on {}", last.end),
            None => format!("the horizon ends on {end}"),
        };
        Some(Diagnostic::note(&codes::OUTSIDE_HORIZON, message).at(due.span, label))
    });
    let flows = document.cash_flows.iter().filter_map(|flow| {
        let on = flow.on.spanned().filter(|on| on.value < network.as_of || on.value > end)?;
        let message = format!("the cash flow `{}` falls outside the plan", flow.name.get()?);
        let label = format!("planned from {} to {end}", network.as_of);
        Some(Diagnostic::note(&codes::OUTSIDE_HORIZON, message).at(on.span, label))
    });
    let tables = document.promotions.iter().rev().filter_map(|table| Some((table.id.get()?, table)));
    let tables: std::collections::BTreeMap<_, _> = tables.collect();
    let promotions = network.promotions.iter().enumerate().filter_map(|(index, promotion)| {
        if network.calendar.buckets.iter().any(|bucket| runs(network, index, bucket)) {
            return None;
        }
        let table = tables.get(&promotion.id)?;
        let message = format!("the promotion `{}` runs in no bucket of this plan", promotion.id);
        let label = format!("planned from {} to {end}", network.as_of);
        Some(Diagnostic::note(&codes::OUTSIDE_HORIZON, message).at(table.during.span().unwrap_or(table.header), label))
    });
    let adjusts = document.adjusts.iter().filter_map(|entry| {
        let during = entry.during.spanned()?;
        let period = (during.value.first, during.value.last);
        let within =
            network.calendar.buckets.iter().chain(&tail).any(|bucket| crate::model::timeline::runs_in(period, bucket));
        let label = format!("planned from {} to {}", network.as_of, tail.last().map_or(end, |last| last.end));
        let message = "this adjustment holds in no bucket of this plan";
        (!within).then(|| Diagnostic::note(&codes::OUTSIDE_HORIZON, message).at(during.span, label))
    });
    orders.chain(flows).chain(promotions).chain(adjusts).collect()
}
