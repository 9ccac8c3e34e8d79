//! A line of a plan as a diff looks at it, and what it is known by.

use super::file::Line;
use crate::plan::{Action, Amount, Order, Plan, Transfer};

/// The lines of a plan that are or will be bought or sent, largest first within a lane and bucket.
pub(super) fn lines(plan: &Plan) -> Vec<Line> {
    let orders = plan.orders.iter().chain(&plan.tail).map(of_order);
    let mut all: Vec<Line> = orders.chain(plan.transfers.iter().map(of_transfer)).collect();
    all.sort_by(|a, b| (lane(a), b.units, &a.key).cmp(&(lane(b), a.units, &b.key)));
    all
}

fn of_order(order: &Order) -> Line {
    Line {
        key: order.key.clone(),
        id: order.id.clone(),
        action: order.action,
        transfer: false,
        item: order.item.clone(),
        from: order.supplier.clone(),
        location: order.location.clone(),
        mode: order.mode.clone(),
        release_date: order.release_date,
        receipt_bucket: order.receipt_bucket.clone(),
        usable_date: order.usable_date,
        units: order.units,
        cost: Amount(order.landed_cost.0.saturating_add(order.order_cost.0)),
    }
}

fn of_transfer(transfer: &Transfer) -> Line {
    Line {
        key: transfer.key.clone(),
        id: None,
        action: transfer.action,
        transfer: true,
        item: transfer.item.clone(),
        from: transfer.from.clone(),
        location: transfer.location.clone(),
        mode: transfer.mode.clone(),
        release_date: transfer.release_date,
        receipt_bucket: transfer.receipt_bucket.clone(),
        usable_date: transfer.usable_date,
        units: transfer.units,
        cost: Amount(transfer.landed_cost.0.saturating_add(transfer.order_cost.0)),
    }
}

/// What a line without a purchase order is known by.
pub(super) type Lane<'l> = (bool, &'l str, &'l str, &'l str, Option<&'l str>, &'l str);

pub(super) fn lane(line: &Line) -> Lane<'_> {
    (line.transfer, &line.item, &line.from, &line.location, line.mode.as_deref(), &line.receipt_bucket)
}

/// Where a line goes, however and whenever it gets there.
pub(super) fn pool(line: &Line) -> (&str, &str) {
    (&line.item, &line.location)
}

pub(super) fn is_gone(line: &Line) -> bool {
    line.action == Action::Cancelled
}

/// True of a line that is placed or under way.
pub(super) fn is_placed(line: &Line) -> bool {
    matches!(line.action, Action::Open | Action::Moved | Action::Cancelled)
}

/// True where nothing about two lines that are known to be one differs.
pub(super) fn is_same(before: &Line, after: &Line) -> bool {
    let told = |line: &Line| (line.receipt_bucket.clone(), line.units, line.cost, line.usable_date, is_gone(line));
    told(before) == told(after)
}
