//! Items that run out, and those that pile up, with what could still be ordered otherwise.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::super::file::{Exception, ExceptionKind, SalesRow};
use super::super::supply::Line;
use super::{Looked, bare};
use crate::network::Lane;
use crate::plan::Action;
use crate::render::number::units;
use crate::units::{Overflow, ratio, whole};

/// A surplus below this is rounding, units; also one below this part of what was to be sold, one in so many.
const ROUNDING: (i64, i64) = (5, 20);

impl Looked<'_> {
    /// Items that run out before the bucket ends, and those that pile up.
    pub(super) fn projected(&self, found: &mut Vec<Exception>) -> Result<(), Overflow> {
        let mut lines: BTreeMap<&str, Vec<&Line<'_>>> = BTreeMap::new();
        for line in &self.matched.lines {
            lines.entry(&line.order.item).or_default().push(line);
        }
        let mut to_sell: BTreeMap<&str, i64> = BTreeMap::new();
        for row in self.sales {
            *to_sell.entry(&row.item).or_default() += row.planned;
        }
        let scarce = self.scarce();
        let mut taken: BTreeMap<&str, (i64, Decimal)> = BTreeMap::new();
        let is_running = |row: &&SalesRow| self.projection.is_some_and(|projection| projection.bucket == row.bucket);
        for row in self.sales.iter().filter(is_running) {
            let sum = taken.entry(&row.item).or_default();
            *sum = (sum.0 + row.sold, sum.1.checked_add(row.revenue.0).ok_or(Overflow)?);
        }
        let running = self.projection.map(|projection| projection.items.iter().map(|item| (item.item.as_str(), item)));
        let running: BTreeMap<&str, _> = running.into_iter().flatten().collect();
        for row in self.stock {
            let own = lines.get(row.item.as_str()).map_or(&[][..], Vec::as_slice);
            let (planned, actual) = match running.get(row.item.as_str()) {
                Some(item) => {
                    let (sold, revenue) = taken.get(row.item.as_str()).copied().unwrap_or_default();
                    if item.lost > 0 && sold > 0 {
                        found.push(Exception {
                            money: self.amount(item.lost, ratio(revenue) / whole(sold))?,
                            item: Some(row.item.clone()),
                            what: format!(
                                "{} left and {} to come, and {} would be asked for by the end of the bucket",
                                units(row.actual),
                                units(item.to_come),
                                units(item.projected - item.sold + item.lost)
                            ),
                            ..self.next_supply(own)
                        });
                    }
                    (item.planned_closing, item.closing)
                }
                None => (row.planned, row.actual),
            };
            let to_sell = to_sell.get(row.item.as_str()).copied().unwrap_or_default();
            if self.is_surplus(&row.item, actual - planned, to_sell) {
                let is_scarce = scarce.contains(row.item.as_str());
                let cut = if is_scarce { kept() } else { self.next_cut(own, actual - planned) };
                found.push(Exception {
                    money: self.amount(actual - planned, ratio(row.standard_cost.0))?,
                    item: Some(row.item.clone()),
                    what: format!(
                        "{} {} at the end of the bucket, {} by plan",
                        units(actual),
                        if self.projection.is_some() { "projected" } else { "left" },
                        units(planned)
                    ),
                    ..cut
                });
            }
        }
        Ok(())
    }

    /// What could still help where something runs out.
    fn next_supply(&self, own: &[&Line<'_>]) -> Exception {
        let end = self.span.buckets.last().map(|bucket| bucket.end);
        let next = own.iter().filter(|line| line.open() > 0 && Some(line.order.usable_date) > end);
        let next = next.min_by_key(|line| (line.order.usable_date, &line.order.key));
        let bare = bare(ExceptionKind::RunningOut);
        let Some(line) = next else {
            return Exception {
                decide: "nothing more is planned to come: order, or stop promoting it".to_owned(),
                ..bare
            };
        };
        let placed = line.order.release_date.is_none_or(|day| day <= self.span.through);
        let (how, earlier) = if placed { ("hurry", "") } else { ("place", " earlier") };
        Exception {
            supplier: Some(line.order.supplier.clone()),
            order: Some(line.order.key.clone()),
            decide: format!(
                "{how} the line of {} units that is due on {}{earlier}, or keep stock for who pays most",
                units(line.open()),
                line.order.usable_date
            ),
            ..bare
        }
    }

    /// Items that the plan leaves short or below safety stock in buckets that are not over: what is there beyond plan serves these.
    fn scarce(&self) -> BTreeSet<&str> {
        let over = self.span.buckets.iter().filter(|bucket| bucket.end <= self.span.through);
        let over: BTreeSet<String> = over.map(|bucket| bucket.period.to_string()).collect();
        let short = self.plan.allocations.iter().filter(|row| row.short > 0).map(|row| (&row.item, &row.bucket));
        let low = self.plan.inventory.iter().filter(|row| row.closing < row.safety_stock);
        let scarce = short.chain(low.map(|row| (&row.item, &row.bucket)));
        scarce.filter(|(_, bucket)| !over.contains(*bucket)).map(|(item, _)| item.as_str()).collect()
    }

    /// True of more than rounding: a multiple of some lane at least, and no small part of what was to be sold.
    fn is_surplus(&self, item: &str, excess: i64, to_sell: i64) -> bool {
        let lanes = self.network.lanes.iter().filter(|lane| self.network.item(lane.item).id == item);
        let multiple = lanes.map(|lane| lane.multiple).min().unwrap_or(1);
        let (units, part) = ROUNDING;
        excess >= units.max(multiple) && excess.saturating_mul(part) >= to_sell
    }

    /// The lane of a line.
    fn lane(&self, line: &Line<'_>) -> Option<&Lane> {
        let (network, order) = (self.network, line.order);
        network.lanes.iter().find(|lane| {
            Some(lane.item) == line.item
                && network.supplier(lane.supplier).id == order.supplier
                && network.location(lane.location).id == order.location
                && order.mode.as_ref().is_none_or(|mode| *mode == lane.mode)
        })
    }

    /// The next line that could be smaller where something piles up, by as much as its lane and its supplier let it.
    fn next_cut(&self, own: &[&Line<'_>], excess: i64) -> Exception {
        let cuts = own.iter().filter_map(|line| {
            let day = line.order.release_date.filter(|day| *day > self.span.through)?;
            // With less of it the order might come to less than the supplier asks for.
            let lane = self.lane(line).filter(|lane| self.network.supplier(lane.supplier).minimum_order.is_none())?;
            let cut = cut(lane, line.order.units, excess);
            (line.order.action == Action::New && cut > 0).then_some((day, line.order, cut))
        });
        let bare = bare(ExceptionKind::PilingUp);
        match cuts.min_by_key(|(day, order, _)| (*day, &order.key)) {
            Some((day, order, cut)) if cut == order.units => Exception {
                supplier: Some(order.supplier.clone()),
                order: Some(order.key.clone()),
                decide: format!("the line of {} units to be placed on {day} could be left out", units(cut)),
                ..bare
            },
            Some((day, order, cut)) => Exception {
                supplier: Some(order.supplier.clone()),
                order: Some(order.key.clone()),
                decide: format!(
                    "the line of {} units to be placed on {day} could be {} smaller",
                    units(order.units),
                    units(cut)
                ),
                ..bare
            },
            None => {
                let decide = "no line can be smaller under its terms: lower the price, or move it elsewhere".to_owned();
                Exception { decide, ..bare }
            }
        }
    }
}

/// By how much a line of so many units can be smaller where so many are beyond plan: what is left is none, or a line that the lane lets
/// place.
fn cut(lane: &Lane, units: i64, excess: i64) -> i64 {
    if excess >= units {
        return units;
    }
    let left = units - excess;
    let left = (left + lane.multiple - 1) / lane.multiple * lane.multiple;
    (units - left.max(lane.smallest_line())).max(0)
}

/// What is said of stock beyond plan that the plan itself has use for.
pub(super) const KEEP: &str = "keep it: in the plan it is short later, or below its safety stock";

fn kept() -> Exception {
    Exception { decide: KEEP.to_owned(), ..bare(ExceptionKind::PilingUp) }
}
