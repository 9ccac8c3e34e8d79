//! What needs a decision now, in money, the most first.

mod stock;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::file::{CashEnd, Exception, ExceptionKind, PaymentRow, PlaceRow, Projection, SalesRow, StockRow};
use super::planned::Span;
use super::supply::Matched;
use super::transfers::Carried;
use crate::calendar::days_between;
use crate::network::Network;
use crate::plan::{Amount, Plan};
use crate::render::number::{counted, money, units};
use crate::units::{Overflow, Ratio, mul, ratio, round_to, whole};

/// What exceptions are looked for in.
pub(super) struct Looked<'t> {
    pub(super) network: &'t Network,
    pub(super) plan: &'t Plan,
    pub(super) sales: &'t [SalesRow],
    pub(super) stock: &'t [StockRow],
    pub(super) places: &'t [PlaceRow],
    pub(super) payments: &'t [PaymentRow],
    pub(super) projection: Option<&'t Projection>,
    pub(super) matched: &'t Matched<'t, 't>,
    /// Absent where no transfer is told.
    pub(super) carried: Option<&'t Carried<'t, 't>>,
    pub(super) cash: Option<&'t CashEnd>,
    /// False where no receipt is told: nothing is known to be late.
    pub(super) receipts_told: bool,
    pub(super) span: &'t Span,
}

/// All of them.
pub(super) fn all(looked: &Looked<'_>) -> Result<Vec<Exception>, Overflow> {
    let prices = prices(looked)?;
    let mut found = Vec::new();
    if looked.receipts_told {
        looked.late(&prices, &mut found)?;
    }
    looked.late_transfers(&prices, &mut found)?;
    looked.projected(&mut found)?;
    looked.cash(&mut found);
    looked.sold(&mut found)?;
    looked.paid(&mut found);
    looked.counted(&mut found)?;
    found.retain(|one| one.money.0 > Decimal::ZERO);
    // What is best left as it is needs no decision: it stands behind all that does.
    let rest = |one: &Exception| one.decide == stock::KEEP;
    found.sort_by(|a, b| (rest(a), b.money).cmp(&(rest(b), a.money)).then_with(|| key(a).cmp(&key(b))));
    Ok(found)
}

fn key(one: &Exception) -> impl Ord + use<'_> {
    (one.kind, &one.item, &one.channel, &one.supplier, &one.location, &one.order)
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

    /// Transfers that should be here: what their units would sell for.
    fn late_transfers(&self, prices: &BTreeMap<String, Ratio>, found: &mut Vec<Exception>) -> Result<(), Overflow> {
        for sent in self.carried.iter().flat_map(|carried| &carried.lines) {
            let (transfer, missing) = (sent.transfer, sent.coming().missing(self.span.through));
            if missing == 0 {
                continue;
            }
            let price = prices.get(&transfer.item).copied().unwrap_or_default();
            let days = days_between(transfer.usable_date, self.span.through);
            let late = if days == 0 { "due that day".to_owned() } else { late_by(days) };
            found.push(Exception {
                money: self.amount(missing, price)?,
                item: Some(transfer.item.clone()),
                location: Some(transfer.location.clone()),
                order: Some(transfer.key.clone()),
                what: format!(
                    "{} of {} units were due from {} on {} and are not there, {late}",
                    units(missing),
                    units(transfer.units),
                    transfer.from,
                    transfer.usable_date
                ),
                decide: "find it, or send what is left there; promise customers nothing of it".to_owned(),
                ..bare(ExceptionKind::LateTransfer)
            });
        }
        Ok(())
    }

    /// Cash that ends below its minimum, more so than by plan.
    fn cash(&self, found: &mut Vec<Exception>) {
        let Some(cash) = self.cash.filter(|cash| cash.projected < cash.minimum && cash.projected < cash.planned) else {
            return;
        };
        found.push(Exception {
            money: Amount(cash.minimum.0 - cash.projected.0),
            what: format!(
                "{} at the end of {}, {} by plan, and at least {} is to be there",
                money(cash.projected),
                cash.bucket,
                money(cash.planned),
                money(cash.minimum)
            ),
            decide: "place later what is not placed yet, or find money: the next plan has to begin from less"
                .to_owned(),
            ..bare(ExceptionKind::CashBelowMinimum)
        });
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

    /// Stock that is not what it should be: at each location where that is known, else of the item.
    fn counted(&self, found: &mut Vec<Exception>) -> Result<(), Overflow> {
        let mut by_place = BTreeSet::new();
        for row in self.places.iter().filter(|row| row.unexplained != 0) {
            by_place.insert(row.item.as_str());
            let (more, word) = (row.unexplained.abs(), if row.unexplained > 0 { "more" } else { "fewer" });
            found.push(Exception {
                money: self.amount(more, ratio(row.standard_cost.0))?,
                item: Some(row.item.clone()),
                location: Some(row.location.clone()),
                what: format!(
                    "{} counted, {} {word} than receipts, transfers and sales come to",
                    units(row.actual.unwrap_or_default()),
                    units(more)
                ),
                decide: "count again, and look for transfers that were not sent, sales or receipts that are not told"
                    .to_owned(),
                ..bare(ExceptionKind::StockDifference)
            });
        }
        let others = |row: &&StockRow| row.unexplained != 0 && !by_place.contains(row.item.as_str());
        for row in self.stock.iter().filter(others) {
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
        location: None,
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
