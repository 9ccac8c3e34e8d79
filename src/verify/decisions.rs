//! The decisions of a plan: which lines are placed, what is sold. All else follows.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::compare::order_path;
use super::facts::Facts;
use super::report::{Report, row_path};
use crate::network::{Lane, LaneId, Network, OfferId};
use crate::plan::{Action, Allocation, Order, Plan};
use crate::units::MAX_UNITS;

/// What a planner decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Units of the new lines, by lane and receipt bucket; in any order.
    pub lines: BTreeMap<(LaneId, usize), Vec<i64>>,
    /// Units sold, by offer and bucket; 0 where none are stated.
    pub planned: BTreeMap<(OfferId, usize), i64>,
}

/// Names of a lane: item, supplier, location, mode.
type LaneNames<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Reads the decisions of a plan file. What cannot be meant, or may not be decided, is reported; the rest is taken.
pub(super) fn read(facts: &Facts<'_>, plan: &Plan, report: &mut Report) -> Decisions {
    let buckets: BTreeMap<String, usize> =
        facts.buckets.iter().enumerate().map(|(index, bucket)| (bucket.period.to_string(), index)).collect();
    // In which of the two lists a line stands is no decision: it follows from its bucket.
    Decisions { lines: lines(facts, plan, &buckets, report), planned: planned(facts, plan, &buckets, report) }
}

fn lines(
    facts: &Facts<'_>,
    plan: &Plan,
    buckets: &BTreeMap<String, usize>,
    report: &mut Report,
) -> BTreeMap<(LaneId, usize), Vec<i64>> {
    let network = facts.network;
    let lanes: BTreeMap<LaneNames<'_>, LaneId> =
        network.lanes.iter().enumerate().map(|(index, lane)| (names(network, lane), LaneId::from(index))).collect();
    let mut lines: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for row in new_rows(plan) {
        let order = row.order;
        let mode = order.mode.as_deref().unwrap_or("");
        let lane = lanes.get(&(&*order.item, &*order.supplier, &*order.location, mode));
        match (lane, buckets.get(&order.receipt_bucket)) {
            (None, _) => report.add(|| row.path(), "a lane of the project", "none of that name"),
            (_, None) => report.add(|| row.path(), "a bucket of the plan", order.receipt_bucket.escape_debug()),
            (Some(&lane), Some(&bucket)) => {
                if line_may_stand(facts, lane, bucket, row, report) {
                    let sizes = lines.entry((lane, bucket)).or_default();
                    place(sizes, network.lane(lane).lines, row, report);
                }
            }
        }
    }
    lines
}

/// A new line and the list it stands in.
#[derive(Debug, Clone, Copy)]
struct Row<'p> {
    list: &'static str,
    order: &'p Order,
}

impl Row<'_> {
    fn path(self) -> String {
        order_path(self.list, self.order)
    }
}

/// New lines of the horizon and of the tail.
fn new_rows(plan: &Plan) -> impl Iterator<Item = Row<'_>> {
    let inside = plan.orders.iter().map(|order| Row { list: "orders", order });
    let behind = plan.tail.iter().map(|order| Row { list: "tail", order });
    inside.chain(behind).filter(|row| row.order.action == Action::New)
}

/// Takes a line if its lane allows one more for the bucket.
fn place(sizes: &mut Vec<i64>, most: i64, row: Row<'_>, report: &mut Report) {
    if usize::try_from(most).is_ok_and(|most| sizes.len() < most.max(1)) {
        sizes.push(row.order.units);
    } else {
        report.add(|| row.path(), format_args!("at most {most} for this lane and bucket"), "one more");
    }
}

/// Names of a lane.
fn names<'n>(network: &'n Network, lane: &'n Lane) -> LaneNames<'n> {
    let (item, supplier) = (&network.item(lane.item).id, &network.supplier(lane.supplier).id);
    (item, supplier, &network.location(lane.location).id, &lane.mode)
}

/// Checks a line by itself; false where nothing can follow from it.
fn line_may_stand(facts: &Facts<'_>, lane: LaneId, bucket: usize, row: Row<'_>, report: &mut Report) -> bool {
    let order = row.order;
    let terms = facts.network.lane(lane);
    if terms.premium {
        report.add(|| row.path(), "no line on a premium lane", "one");
    }
    let reached = facts.trip(lane, bucket).is_some();
    if !reached {
        report.add(|| row.path() + ".receipt_bucket", "a bucket that the lane can reach", &order.receipt_bucket);
    }
    let counted = (1..=MAX_UNITS).contains(&order.units);
    if counted {
        check_size(terms, row, report);
    } else {
        report.add(|| row.path() + ".units", format_args!("1 to {MAX_UNITS}"), order.units);
    }
    reached && counted
}

/// A multiple of `multiple`, at least the MOQ, at most the maximum.
fn check_size(lane: &Lane, row: Row<'_>, report: &mut Report) {
    let units = row.order.units;
    let mut check = |holds: bool, what: &str, bound: i64| {
        if !holds {
            report.add(|| row.path() + ".units", format_args!("{what} {bound}"), units);
        }
    };
    check(units % lane.multiple.max(1) == 0, "a multiple of", lane.multiple);
    check(units >= lane.moq, "at least", lane.moq);
    check(lane.max.is_none_or(|max| units <= max), "at most", lane.max.unwrap_or(MAX_UNITS));
}

fn planned(
    facts: &Facts<'_>,
    plan: &Plan,
    buckets: &BTreeMap<String, usize>,
    report: &mut Report,
) -> BTreeMap<(OfferId, usize), i64> {
    let offers = offers_by_name(facts);
    let mut planned = BTreeMap::new();
    for row in &plan.allocations {
        let offer = offers.get(&(&*row.item, &*row.channel, &*row.location));
        let (Some(&position), Some(&bucket)) = (offer, buckets.get(&row.bucket)) else { continue };
        let (id, asked) = &facts.offers[position];
        if let Entry::Vacant(entry) = planned.entry((*id, bucket)) {
            entry.insert(sales(row, asked.units[bucket], report));
        }
    }
    planned
}

/// Offers, by position, by item, channel and location.
fn offers_by_name<'f>(facts: &'f Facts<'_>) -> BTreeMap<(&'f str, &'f str, &'f str), usize> {
    let network = facts.network;
    let name = |(position, (id, asked)): (usize, &'f (OfferId, super::demand::Asked))| {
        let offer = &network.offers[id.index()];
        let location = network.pool(asked.pool).location;
        let names =
            (&*network.item(offer.item).id, &*network.channel(offer.channel).id, &*network.location(location).id);
        (names, position)
    };
    facts.offers.iter().enumerate().map(name).collect()
}

/// Planned sales, held within 0 and demand.
fn sales(row: &Allocation, demand: i64, report: &mut Report) -> i64 {
    let held = row.planned.clamp(demand.min(0), demand.max(0));
    if held != row.planned {
        let path = || row_path("allocations", &[&row.item, &row.channel, &row.location, &row.bucket]) + ".planned";
        report.add(path, format_args!("0 to {demand}"), row.planned);
    }
    held
}
