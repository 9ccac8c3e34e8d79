//! What needs a decision now, in money, the most first.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::file::{Exception, ExceptionKind, PaymentRow, Projection, SalesRow, StockRow};
use super::planned::Span;
use super::supply::{Line, Matched};
use crate::calendar::days_between;
use crate::plan::{Action, Amount};
use crate::render::number::{counted, money, units};
use crate::units::{Overflow, Ratio, mul, ratio, round_to, whole};

/// What exceptions are looked for in.
pub(super) struct Looked<'t> {
    pub(super) sales: &'t [SalesRow],
    pub(super) stock: &'t [StockRow],
    pub(super) payments: &'t [PaymentRow],
    pub(super) projection: Option<&'t Projection>,
    pub(super) matched: &'t Matched<'t, 't>,
    /// False where no receipt is told: nothing is known to be late.
    pub(super) receipts_told: bool,
    pub(super) span: &'t Span,
    pub(super) minor_digits: u32,
}

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
        round_to(mul(whole(units), each)?, self.minor_digits).map(Amount)
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
            if actual > planned {
                found.push(Exception {
                    money: self.amount(actual - planned, ratio(row.standard_cost.0))?,
                    item: Some(row.item.clone()),
                    what: format!(
                        "{} {} at the end of the bucket, {} by plan",
                        units(actual),
                        if self.projection.is_some() { "projected" } else { "left" },
                        units(planned)
                    ),
                    ..self.next_cut(own, actual - planned)
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

    /// The next line that could be smaller where something piles up.
    fn next_cut(&self, own: &[&Line<'_>], excess: i64) -> Exception {
        let is_free = |line: &&&Line<'_>| {
            line.order.action == Action::New && line.order.release_date.is_some_and(|day| day > self.span.through)
        };
        let next = own.iter().filter(is_free).min_by_key(|line| (line.order.release_date, &line.order.key));
        let bare = bare(ExceptionKind::PilingUp);
        match next.and_then(|line| Some((line.order, line.order.release_date?))) {
            Some((order, day)) => Exception {
                supplier: Some(order.supplier.clone()),
                order: Some(order.key.clone()),
                decide: format!(
                    "the line of {} units to be placed on {day} could be {} smaller",
                    units(order.units),
                    units(excess.min(order.units))
                ),
                ..bare
            },
            None => {
                Exception { decide: "no line is left to cut: lower the price, or move it elsewhere".to_owned(), ..bare }
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
