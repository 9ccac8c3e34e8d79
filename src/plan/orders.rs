//! Lines of purchase orders: new ones, those that stay of the last plan, those that are under way.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::build::label;
use super::reasons;
use super::{Action, Amount, Goods, Order, Payment};
use crate::model::Model;
use crate::model::baseline::Committed;
use crate::model::ledger::{Ledger, Placed};
use crate::model::moves::OrderMove;
use crate::network::LaneId;
use crate::units::{Overflow, round_to};

/// A line and the bucket of its receipt; `None` where that lies outside of the plan.
type Received = (Option<usize>, Order);

/// Orders of the horizon and those for after it, each by (receipt bucket, item, location, supplier, mode, key).
pub(super) fn rows(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<(Vec<Order>, Vec<Order>), Overflow> {
    let mut inside: Vec<(usize, Order)> = Vec::new();
    let mut after = Vec::new();
    let all = new_orders(model, ledger)?.into_iter().chain(committed_orders(model)).chain(open_orders(model)?);
    for (bucket, order) in all {
        match bucket {
            Some(bucket) if bucket < model.horizon => inside.push((bucket, order)),
            _ => after.push(order),
        }
    }
    inside.sort_by_cached_key(|(bucket, order)| (*bucket, place(order)));
    after.sort_by_cached_key(|order| (order.receipt_bucket.clone(), place(order)));
    Ok((inside.into_iter().map(|(_, order)| order).collect(), after))
}

/// Where an order stands among those of its bucket: twins by their numbers.
fn place(order: &Order) -> (String, String, String, Option<String>, String, u32) {
    let (key, twin) = order.key.rsplit_once('#').filter(|_| order.id.is_none()).unwrap_or((&order.key, ""));
    let twin: u32 = twin.parse().unwrap_or(0);
    let Order { item, location, supplier, mode, .. } = order;
    (item.clone(), location.clone(), supplier.clone(), mode.clone(), key.to_owned(), twin)
}

/// New lines; those of a lane and bucket are numbered behind the ones that are committed.
fn new_orders(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<Received>, Overflow> {
    let twins = committed_twins(model);
    let mut before: Option<(&Placed<'_>, usize)> = None;
    let mut rows = Vec::with_capacity(ledger.lines.len());
    for placed in &ledger.lines {
        let same =
            before.filter(|(other, _)| (other.line.lane, other.line.bucket) == (placed.line.lane, placed.line.bucket));
        let committed = || twins.get(&(placed.line.lane, placed.line.bucket)).copied().unwrap_or(0);
        let number = same.map_or_else(committed, |(_, number)| number) + 1;
        before = Some((placed, number));
        rows.push((Some(placed.line.bucket), new_order(model, ledger, placed, number)?));
    }
    Ok(rows)
}

/// Lines that stay as the last plan has them; where several are of a lane and bucket they are numbered.
fn committed_orders(model: &Model<'_>) -> Vec<Received> {
    let mut number = 0;
    let mut rows = Vec::with_capacity(model.committed.len());
    for (index, one) in model.committed.iter().enumerate() {
        let kind = |one: &Committed<'_>| (one.line.lane, one.receipt_label.clone());
        let is_twin = |other: Option<&Committed<'_>>| other.is_some_and(|other| kind(other) == kind(one));
        number = if index > 0 && is_twin(model.committed.get(index - 1)) { number + 1 } else { 1 };
        let alone = number == 1 && !is_twin(model.committed.get(index + 1));
        rows.push((one.receipt, committed_order(model, one, (!alone).then_some(number))));
    }
    rows
}

/// Lines of open orders. One that is cancelled stands where it was to arrive.
fn open_orders(model: &Model<'_>) -> Result<Vec<Received>, Overflow> {
    let rows = model.open_lines.iter().enumerate().map(|(index, line)| {
        let stated = model.buckets().iter().position(|bucket| bucket.period.to_string() == line.receipt_label);
        Ok((line.receipt.or(stated), open_order(model, index)?))
    });
    rows.collect()
}

/// The line of the `index`-th open order.
fn open_order(model: &Model<'_>, index: usize) -> Result<Order, Overflow> {
    let network = model.network;
    let (order, line) = (&network.open_orders[index], &model.open_lines[index]);
    let payments: Vec<_> =
        line.payments.iter().map(|&(date, amount)| Payment { date, amount: Amount(amount) }).collect();
    let total = payments.iter().try_fold(Decimal::ZERO, |sum, one| sum.checked_add(one.amount.0)).ok_or(Overflow)?;
    let item = network.item(order.item).id.clone();
    Ok(Order {
        key: format!("{}/{item}", order.id),
        id: Some(order.id.clone()),
        action: match model.moves.of_order(index) {
            OrderMove::Stays => Action::Open,
            OrderMove::By(_) => Action::Moved,
            OrderMove::Gone => Action::Cancelled,
        },
        item,
        supplier: network.supplier(order.supplier).id.clone(),
        location: network.location(order.location).id.clone(),
        mode: None,
        release_date: order.ordered,
        receipt_bucket: line.receipt_label.clone(),
        usable_date: line.due,
        units: order.units,
        goods: None,
        landed_cost: Amount(total),
        order_cost: Amount(Decimal::ZERO),
        payments,
        reasons: Vec::new(),
    })
}

/// How many lines of a lane for a bucket are committed: new ones are counted behind them.
fn committed_twins(model: &Model<'_>) -> BTreeMap<(LaneId, usize), usize> {
    let mut twins = BTreeMap::new();
    for one in &model.committed {
        if let Some(bucket) = one.receipt {
            *twins.entry((one.line.lane, bucket)).or_default() += 1;
        }
    }
    twins
}

/// A line that stays as the last plan has it.
fn committed_order(model: &Model<'_>, one: &Committed<'_>, number: Option<usize>) -> Order {
    let (network, line) = (model.network, one.line);
    let lane = network.lane(line.lane);
    let number = number.or((lane.lines > 1).then_some(1));
    let twin = number.map_or_else(String::new, |number| format!("#{number}"));
    Order {
        key: format!("{}/{}{twin}", network.lane_name(line.lane), one.receipt_label),
        id: None,
        action: Action::Committed,
        item: network.item(lane.item).id.clone(),
        supplier: network.supplier(lane.supplier).id.clone(),
        location: network.location(lane.location).id.clone(),
        mode: Some(lane.mode.clone()),
        release_date: Some(line.release),
        receipt_bucket: one.receipt_label.clone(),
        usable_date: line.usable,
        units: line.units,
        goods: line.goods.as_ref().map(|(value, currency)| Goods { currency: currency.clone(), value: Amount(*value) }),
        landed_cost: Amount(line.landed),
        order_cost: Amount(line.order_cost),
        payments: line.payments.iter().map(|&(date, amount)| Payment { date, amount: Amount(amount) }).collect(),
        reasons: Vec::new(),
    }
}

/// A new line, the `number`-th of its lane and bucket.
fn new_order(model: &Model<'_>, ledger: &Ledger<'_>, placed: &Placed<'_>, number: usize) -> Result<Order, Overflow> {
    let network = model.network;
    let lane = network.lane(placed.line.lane);
    let item = network.item(lane.item).id.clone();
    let supplier = network.supplier(lane.supplier).id.clone();
    let location = network.location(lane.location).id.clone();
    let receipt_bucket = label(model, placed.line.bucket);
    let twin = if lane.lines > 1 || number > 1 { format!("#{number}") } else { String::new() };
    Ok(Order {
        key: format!("{}/{receipt_bucket}{twin}", network.lane_name(placed.line.lane)),
        id: None,
        action: Action::New,
        item,
        supplier,
        location,
        mode: Some(lane.mode.clone()),
        release_date: Some(placed.opportunity.trip.release),
        receipt_bucket,
        usable_date: placed.opportunity.trip.usable,
        units: placed.line.units,
        goods: Some(Goods {
            currency: network.supplier(lane.supplier).currency.clone(),
            value: Amount::rounded(placed.opportunity.terms.foreign_goods(placed.line.units)?)?,
        }),
        landed_cost: Amount(round_to(placed.landed, network.minor_digits)?),
        order_cost: Amount::rounded(placed.opportunity.terms.order_cost)?,
        payments: placed.payments.iter().map(|&(date, amount)| Payment { date, amount: Amount(amount) }).collect(),
        reasons: reasons::of_line(model, ledger, placed),
    })
}
