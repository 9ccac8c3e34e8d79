//! What needs a decision now, in money, the most first.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::file::{Exception, ExceptionKind, PaymentRow, Projection, SalesRow, StockRow};
use super::planned::Span;
use super::supply::{Line, Matched};
use crate::calendar::days_between;
use crate::network::{Lane, Network};
use crate::plan::{Action, Amount, Plan};
use crate::render::number::{counted, money, units};
use crate::units::{Overflow, Ratio, mul, ratio, round_to, whole};

/// What exceptions are looked for in.
pub(super) struct Looked<'t> {
    pub(super) network: &'t Network,
    pub(super) plan: &'t Plan,
    pub(super) sales: &'t [SalesRow],
    pub(super) stock: &'t [StockRow],
    pub(super) payments: &'t [PaymentRow],
    pub(super) projection: Option<&'t Projection>,
    pub(super) matched: &'t Matched<'t, 't>,
    /// False where no receipt is told: nothing is known to be late.
    pub(super) receipts_told: bool,
    pub(super) span: &'t Span,
}

/// A surplus below this is rounding, units; also one below this part of what was to be sold, one in so many.
const ROUNDING: (i64, i64) = (5, 20);

/// All of them.
pub(super) fn all(looked: &Looked<'_>) -> Result<Vec<Exception>, Overflow> {
    let prices = prices(looked)?;
    let mut found = Vec::new();
    if looked.receipts_told {
        looked.late(&prices, &mut found)?;
    }
    looked.projected(&mut found)?;
    looked.sold(&mut found)?;
    looked.paid(&mut found);
    looked.counted(&mut found)?;
    found.retain(|one| one.money.0 > Decimal::ZERO);
    found.sort_by(|a, b| b.money.cmp(&a.money).then_with(|| key(a).cmp(&key(b))));
    Ok(found)
}

fn key(one: &Exception) -> impl Ord + use<'_> {
    (one.kind, &one.item, &one.channel, &one.supplier, &one.order)
}

/// Mean planned price of each item over what is tracked.
fn prices(looked: &Looked<'_>) -> Result<BTreeMap<String, Ratio>, Overflow> {
    let mut sums: BTreeMap<&str, (i64, Decimal, Decimal)> = BTreeMap::new();
    for row in looked.sales {
        let sum = sums.entry(&row.item).or_default();
        let planned = sum.1.checked_add(row.planned_revenue.0).ok_or(Overflow)?;
        *sum = (sum.0 + row.planned, planned, sum.2.max(row.planned_price.0));
    }
    let mean = |(units, planned, price): (i64, Decimal, Decimal)| {
        if units > 0 { ratio(planned) / whole(units) } else { ratio(price) }
    };
    Ok(sums.into_iter().map(|(item, sum)| (item.to_owned(), mean(sum))).collect())
}

impl Looked<'_> {
    fn amount(&self, units: i64, each: Ratio) -> Result<Amount, Overflow> {
        round_to(mul(whole(units), each)?, self.network.minor_digits).map(Amount)
    }

    /// Lines that should be here: what their units would sell for.
    fn late(&self, prices: &BTreeMap<String, Ratio>, found: &mut Vec<Exception>) -> Result<(), Overflow> {
        for line in &self.matched.lines {
            let (order, missing) = (line.order, line.missing(self.span.through));
            let price = prices.get(&order.item).copied().unwrap_or_default();
            if missing == 0 {
                continue;
            }
            let days = days_between(order.usable_date, self.span.through);
            let late = if days == 0 { "due that day".to_owned() } else { late_by(days) };
            found.push(Exception {
                money: self.amount(missing, price)?,
                item: Some(order.item.clone()),
                supplier: Some(order.supplier.clone()),
                order: Some(order.key.clone()),
                what: format!(
                    "{} of {} units were due on {} and are not there, {late}",
                    units(missing),
                    units(order.units),
                    order.usable_date
                ),
                decide: "chase the supplier for a new day, or buy elsewhere; promise customers nothing of it"
                    .to_owned(),
                ..bare(ExceptionKind::LateOrder)
            });
        }
        Ok(())
    }

    /// Items that run out before the bucket ends, and those that pile up.
    fn projected(&self, found: &mut Vec<Exception>) -> Result<(), Overflow> {
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

    /// Sales that no plan has, and prices below those of the plan.
    fn sold(&self, found: &mut Vec<Exception>) -> Result<(), Overflow> {
        let mut by_offer: BTreeMap<(&str, &str), (i64, Decimal, Decimal, i64)> = BTreeMap::new();
        for row in self.sales {
            let sum = by_offer.entry((&row.item, &row.channel)).or_default();
            let unplanned = sum.1.checked_add(row.variance.unplanned.0).ok_or(Overflow)?;
            let price = sum.2.checked_add(row.variance.price.0).ok_or(Overflow)?;
            let is_unplanned = !row.variance.unplanned.0.is_zero();
            *sum = (
                sum.0 + if is_unplanned { row.sold } else { 0 },
                unplanned,
                price,
                sum.3 + if is_unplanned { 0 } else { row.sold },
            );
        }
        for ((item, channel), (sold, unplanned, price, at_price)) in by_offer {
            let of = |kind| Exception { item: Some(item.to_owned()), channel: Some(channel.to_owned()), ..bare(kind) };
            found.push(Exception {
                money: Amount(unplanned),
                what: format!("{} sold, and nothing is planned", units(sold)),
                decide: "state its demand, so that it is bought for, or stop selling it".to_owned(),
                ..of(ExceptionKind::Unplanned)
            });
            found.push(Exception {
                money: Amount(-price),
                what: format!(
                    "{} sold below the planned price",
                    counted(usize::try_from(at_price).unwrap_or(0), "unit", "units")
                ),
                decide: "keep to the price, or plan with the one that is asked".to_owned(),
                ..of(ExceptionKind::PriceBelowPlan)
            });
        }
        Ok(())
    }

    fn paid(&self, found: &mut Vec<Exception>) {
        found.extend(self.payments.iter().map(|row| Exception {
            money: row.unplanned,
            supplier: row.supplier.clone(),
            what: format!(
                "{} paid, and the plan never pays more than {}",
                money(row.paid),
                money(Amount(row.paid.0 - row.unplanned.0))
            ),
            decide: "hold the invoice against the orders".to_owned(),
            ..bare(ExceptionKind::PaymentBeyondPlan)
        }));
    }

    fn counted(&self, found: &mut Vec<Exception>) -> Result<(), Overflow> {
        for row in self.stock.iter().filter(|row| row.unexplained != 0) {
            let (more, word) = (row.unexplained.abs(), if row.unexplained > 0 { "more" } else { "fewer" });
            found.push(Exception {
                money: self.amount(more, ratio(row.standard_cost.0))?,
                item: Some(row.item.clone()),
                what: format!("{} counted, {} {word} than receipts and sales come to", units(row.actual), units(more)),
                decide: "count again, and look for sales or receipts that are not told".to_owned(),
                ..bare(ExceptionKind::StockDifference)
            });
        }
        Ok(())
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

fn kept() -> Exception {
    let decide = "keep it: in the plan it is short later, or below its safety stock".to_owned();
    Exception { decide, ..bare(ExceptionKind::PilingUp) }
}

fn late_by(days: i64) -> String {
    format!("{} late by now", counted(usize::try_from(days).unwrap_or(0), "day", "days"))
}

fn bare(kind: ExceptionKind) -> Exception {
    Exception {
        kind,
        money: Amount::default(),
        item: None,
        channel: None,
        supplier: None,
        order: None,
        what: String::new(),
        decide: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::late_by;

    #[test]
    fn one_day_is_one_day() {
        assert_eq!(late_by(1), "1 day late by now");
    }
}
