//! Lines between own locations, those of the tail last.

use rust_decimal::Decimal;

use super::build::label;
use super::reasons;
use super::{Action, Amount, Payment, Transfer};
use crate::calendar::Period;
use crate::model::Model;
use crate::model::ledger::{Ledger, Sent};
use crate::network::OpenTransfer;
use crate::units::Overflow;

/// New and open transfers, by (receipt bucket, item, location, from, mode, number, key).
pub(super) fn rows(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<Transfer>, Overflow> {
    let mut rows: Vec<(Period, usize, Transfer)> = Vec::new();
    let mut before: Option<(&Sent<'_>, usize)> = None;
    for sent in &ledger.transfers {
        let line = |one: &Sent<'_>| (one.transfer.lane, one.transfer.bucket);
        let number = before.filter(|(other, _)| line(other) == line(sent)).map_or(1, |(_, number)| number + 1);
        before = Some((sent, number));
        rows.push((model.buckets()[sent.transfer.bucket].period, number, new(model, ledger, sent, number)?));
    }
    let open = &model.network.open_transfers;
    let name = |one: &OpenTransfer| (one.source, one.pool, one.due);
    for (index, one) in open.iter().enumerate() {
        let same = |until: usize| open[..until].iter().filter(|other| name(other) == name(one)).count();
        let number = if same(open.len()) > 1 { same(index) + 1 } else { 0 };
        let period = receipt(model, index);
        rows.push((period, number, under_way(model, one, period, number)));
    }
    rows.sort_by_cached_key(|(period, number, row)| {
        let Transfer { item, location, from, mode, key, .. } = row;
        (period.end(), item.clone(), location.clone(), from.clone(), mode.clone(), *number, key.clone())
    });
    Ok(rows.into_iter().map(|(.., row)| row).collect())
}

/// The month or week that an open transfer serves, past all buckets too.
fn receipt(model: &Model<'_>, index: usize) -> Period {
    model.open_receipt(model.network.open_transfers[index].due)
}

/// A new line, the `number`-th of its lane and bucket.
fn new(model: &Model<'_>, ledger: &Ledger<'_>, sent: &Sent<'_>, number: usize) -> Result<Transfer, Overflow> {
    let network = model.network;
    let lane = network.transfer(sent.transfer.lane);
    let receipt_bucket = label(model, sent.transfer.bucket);
    let twin = if lane.lines > 1 { format!("#{number}") } else { String::new() };
    let payment = Payment { date: sent.passage.trip.release, amount: Amount(sent.paid) };
    Ok(Transfer {
        key: format!("{}/{receipt_bucket}{twin}", network.transfer_name(sent.transfer.lane)),
        action: Action::New,
        item: network.item(lane.item).id.clone(),
        from: network.location(lane.from).id.clone(),
        location: network.location(lane.location).id.clone(),
        mode: Some(lane.mode.clone()),
        release_date: Some(sent.passage.trip.release),
        receipt_bucket,
        usable_date: sent.passage.trip.usable,
        units: sent.transfer.units,
        landed_cost: Amount(sent.paid),
        order_cost: Amount::rounded(sent.passage.order_cost)?,
        payments: if sent.paid.is_zero() { Vec::new() } else { vec![payment] },
        reasons: reasons::of_transfer(model, ledger, sent),
    })
}

fn under_way(model: &Model<'_>, open: &OpenTransfer, period: Period, number: usize) -> Transfer {
    let network = model.network;
    let location = |pool| network.location(network.pool(pool).location).id.clone();
    let (item, from, to) = (network.item(open.item).id.clone(), location(open.source), location(open.pool));
    let twin = if number > 0 { format!("#{number}") } else { String::new() };
    Transfer {
        key: format!("{item}/{from}/{to}/{}{twin}", open.due),
        action: Action::Open,
        item,
        from,
        location: to,
        mode: None,
        release_date: None,
        receipt_bucket: period.to_string(),
        usable_date: open.due,
        units: open.units,
        landed_cost: Amount(Decimal::ZERO),
        order_cost: Amount(Decimal::ZERO),
        payments: Vec::new(),
        reasons: Vec::new(),
    }
}
