//! Payments for purchases: what was due, what was paid.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::actuals::Facts;
use super::file::PaymentRow;
use super::planned::Span;
use super::supply::Matched;
use crate::network::Network;
use crate::plan::Amount;
use crate::units::Overflow;

/// What is due by a day, what later, and what was paid.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) due: Decimal,
    pub(super) later: Decimal,
    pub(super) paid: Decimal,
}

/// By supplier; those whose supplier is not told last.
type BySupplier<'n> = BTreeMap<(bool, &'n str), Sums>;

/// The sums of each supplier, due by a day.
pub(super) fn by_supplier<'m>(
    matched: &'m Matched<'_, '_>,
    facts: &Facts,
    network: &'m Network,
    day: NaiveDate,
) -> Result<BySupplier<'m>, Overflow> {
    let mut sums: BySupplier<'m> = BTreeMap::new();
    let plus = |sum: &mut Decimal, amount: Decimal| {
        *sum = sum.checked_add(amount).ok_or(Overflow)?;
        Ok(())
    };
    for line in &matched.lines {
        let sum = sums.entry((false, &line.order.supplier)).or_default();
        for payment in &line.order.payments {
            plus(if payment.date <= day { &mut sum.due } else { &mut sum.later }, payment.amount.0)?;
        }
    }
    let named = matched.lines.iter().filter_map(|line| Some((line.named.as_deref()?, line.order.supplier.as_str())));
    let of_order: BTreeMap<&str, &str> = named.collect();
    for paid in &facts.payments {
        let by_order = || of_order.get(paid.order.as_deref()?).copied();
        let supplier = paid.supplier.map(|supplier| network.supplier(supplier).id.as_str()).or_else(by_order);
        plus(&mut sums.entry((supplier.is_none(), supplier.unwrap_or_default())).or_default().paid, paid.amount)?;
    }
    Ok(sums)
}

/// By supplier, those whose supplier is not told last. late + early + unplanned = paid - planned.
pub(super) fn rows(
    matched: &Matched<'_, '_>,
    facts: &Facts,
    network: &Network,
    span: &Span,
) -> Result<Vec<PaymentRow>, Overflow> {
    let sums = by_supplier(matched, facts, network, span.through)?;
    let told = sums.into_iter().filter(|(_, sum)| !sum.due.is_zero() || !sum.paid.is_zero());
    let rows = told.map(|((unknown, supplier), sum)| {
        let difference = sum.paid.checked_sub(sum.due).ok_or(Overflow)?;
        let early = difference.clamp(Decimal::ZERO, sum.later.max(Decimal::ZERO));
        Ok(PaymentRow {
            supplier: (!unknown).then(|| supplier.to_owned()),
            planned: Amount(sum.due),
            paid: Amount(sum.paid),
            late: Amount(difference.min(Decimal::ZERO)),
            early: Amount(early),
            unplanned: Amount(difference.max(Decimal::ZERO) - early),
        })
    });
    rows.collect()
}
