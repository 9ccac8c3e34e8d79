//! New lines, bought and sent.

use std::collections::BTreeMap;

use super::Reader;
use crate::network::{Lane, LaneId, Network, TransferId, TransferLane};
use crate::plan::{Action, Order, Transfer};
use crate::units::MAX_UNITS;
use crate::verify::compare::{order_path, transfer_path};
use crate::verify::report::Report;

/// Names of a lane: item, supplier or source, location, mode.
type LaneNames<'a> = (&'a str, &'a str, &'a str, &'a str);

/// What a line of a lane has to be.
#[derive(Debug, Clone, Copy)]
struct Terms {
    premium: bool,
    allowed: bool,
    moq: i64,
    multiple: i64,
    max: Option<i64>,
    lines: i64,
}

/// A new line, wherever it stands.
struct Row<'p> {
    path: &'p dyn Fn() -> String,
    units: i64,
    receipt_bucket: &'p str,
}

impl Reader<'_> {
    pub(super) fn lines(&self, report: &mut Report) -> BTreeMap<(LaneId, usize), Vec<i64>> {
        let network = self.facts.network;
        let lanes: BTreeMap<LaneNames<'_>, LaneId> =
            network.lanes.iter().enumerate().map(|(index, lane)| (names(network, lane), LaneId::from(index))).collect();
        let mut lines: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for (list, order) in self.new_orders() {
            let path = || order_path(list, order);
            let mode = order.mode.as_deref().unwrap_or("");
            let lane = lanes.get(&(&*order.item, &*order.supplier, &*order.location, mode)).copied();
            let row = Row { path: &path, units: order.units, receipt_bucket: &order.receipt_bucket };
            let Some((lane, bucket)) = self.known(lane, &row, report) else { continue };
            let terms = purchase_terms(network.lane(lane), self.rules.expediting(lane).is_some());
            if may_stand(terms, self.facts.trip(lane, bucket).is_some(), &row, report) {
                place(lines.entry((lane, bucket)).or_default(), terms.lines, &row, report);
            }
        }
        lines
    }

    /// New lines of the horizon and of the tail.
    fn new_orders(&self) -> impl Iterator<Item = (&'static str, &Order)> {
        let inside = self.plan.orders.iter().map(|order| ("orders", order));
        let behind = self.plan.tail.iter().map(|order| ("tail", order));
        inside.chain(behind).filter(|(_, order)| order.action == Action::New)
    }

    pub(super) fn transfers(&self, report: &mut Report) -> BTreeMap<(TransferId, usize), Vec<i64>> {
        let network = self.facts.network;
        let lanes = network.transfers.iter().enumerate();
        let lanes: BTreeMap<LaneNames<'_>, TransferId> =
            lanes.map(|(index, lane)| (transfer_names(network, lane), TransferId::from(index))).collect();
        let mut lines: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for transfer in self.plan.transfers.iter().filter(|transfer| transfer.action == Action::New) {
            let path = || transfer_path(transfer);
            let Transfer { item, from, location, mode, units, receipt_bucket, .. } = transfer;
            let lane = lanes.get(&(&**item, &**from, &**location, mode.as_deref().unwrap_or(""))).copied();
            let row = Row { path: &path, units: *units, receipt_bucket };
            let Some((lane, bucket)) = self.known(lane, &row, report) else { continue };
            let terms = transfer_terms(network.transfer(lane), self.rules.expediting_transfer(lane).is_some());
            if may_stand(terms, self.facts.transfer_trip(lane, bucket).is_some(), &row, report) {
                place(lines.entry((lane, bucket)).or_default(), terms.lines, &row, report);
            }
        }
        lines
    }

    /// A line's lane and bucket, where there are such.
    fn known<L>(&self, lane: Option<L>, row: &Row<'_>, report: &mut Report) -> Option<(L, usize)> {
        let Some(lane) = lane else {
            report.add(row.path, "a lane of the project", "none of that name");
            return None;
        };
        let Some(&bucket) = self.buckets.get(row.receipt_bucket) else {
            report.add(row.path, "a bucket of the plan", row.receipt_bucket.escape_debug());
            return None;
        };
        Some((lane, bucket))
    }
}

/// Takes a line if its lane allows one more for the bucket.
fn place(sizes: &mut Vec<i64>, most: i64, row: &Row<'_>, report: &mut Report) {
    if usize::try_from(most).is_ok_and(|most| sizes.len() < most.max(1)) {
        sizes.push(row.units);
    } else {
        report.add(row.path, format_args!("at most {most} for this lane and bucket"), "one more");
    }
}

fn purchase_terms(lane: &Lane, allowed: bool) -> Terms {
    let Lane { premium, moq, multiple, max, lines, .. } = *lane;
    Terms { premium, allowed, moq, multiple, max, lines }
}

fn transfer_terms(lane: &TransferLane, allowed: bool) -> Terms {
    let TransferLane { premium, moq, multiple, max, lines, .. } = *lane;
    Terms { premium, allowed, moq, multiple, max, lines }
}

/// Checks a line by itself; false where nothing can follow from it.
fn may_stand(terms: Terms, reached: bool, row: &Row<'_>, report: &mut Report) -> bool {
    if terms.premium && !terms.allowed {
        report.add(row.path, "no line on a premium lane", "one");
    }
    if !reached {
        let path = || (row.path)() + ".receipt_bucket";
        report.add(path, "a bucket that the lane can reach", row.receipt_bucket);
    }
    let counted = (1..=MAX_UNITS).contains(&row.units);
    if counted {
        check_size(terms, row, report);
    } else {
        report.add(|| (row.path)() + ".units", format_args!("1 to {MAX_UNITS}"), row.units);
    }
    reached && counted
}

/// A multiple of `multiple`, at least the MOQ, at most the maximum.
fn check_size(terms: Terms, row: &Row<'_>, report: &mut Report) {
    let units = row.units;
    let mut check = |holds: bool, what: &str, bound: i64| {
        if !holds {
            report.add(|| (row.path)() + ".units", format_args!("{what} {bound}"), units);
        }
    };
    check(units % terms.multiple.max(1) == 0, "a multiple of", terms.multiple);
    check(units >= terms.moq, "at least", terms.moq);
    check(terms.max.is_none_or(|max| units <= max), "at most", terms.max.unwrap_or(MAX_UNITS));
}

fn names<'n>(network: &'n Network, lane: &'n Lane) -> LaneNames<'n> {
    let (item, supplier) = (&network.item(lane.item).id, &network.supplier(lane.supplier).id);
    (item, supplier, &network.location(lane.location).id, &lane.mode)
}

fn transfer_names<'n>(network: &'n Network, lane: &'n TransferLane) -> LaneNames<'n> {
    let (item, from) = (&network.item(lane.item).id, &network.location(lane.from).id);
    (item, from, &network.location(lane.location).id, &lane.mode)
}
