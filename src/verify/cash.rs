//! Cash by bucket of the horizon: payouts of sales day by day, payments by date, other flows.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::days;
use super::exact::{Overflow, Ratio, gather, minus, plus, ratio, times, whole};
use super::facts::Facts;
use super::ledger::Ledger;
use super::value::{Stretch, flow, level};
use crate::network::{Cash, CashAmount};

/// Cash of a bucket.
#[derive(Debug)]
pub(super) struct Balance {
    /// At the beginning.
    pub(super) opening: Ratio,
    /// Payouts of sales.
    pub(super) sales: Ratio,
    /// Payments for purchases.
    pub(super) purchases: Ratio,
    /// Other flows.
    pub(super) other: Ratio,
    /// At the end: opening + sales - purchases + other.
    pub(super) closing: Ratio,
    /// The least the end may be.
    pub(super) minimum: Ratio,
}

/// Cash of every bucket; none where the project plans no cash.
pub(super) fn balances(ledger: &Ledger<'_>) -> Result<Vec<Balance>, Overflow> {
    let facts = ledger.facts;
    let Some(Cash { opening, minimum, .. }) = &facts.network.cash else { return Ok(Vec::new()) };
    let (sales, purchases, other) = (sales(ledger)?, purchases(ledger)?, other(facts)?);
    let mut opening = ratio(*opening);
    let mut balances = Vec::new();
    for (index, bucket) in facts.horizon().iter().enumerate() {
        let (sales, purchases, other) = (sales[index], purchases[index], other[index]);
        let closing = plus(minus(plus(opening, sales)?, purchases)?, other)?;
        balances.push(Balance { opening, sales, purchases, other, closing, minimum: level(minimum, bucket) });
        opening = closing;
    }
    Ok(balances)
}

/// The bucket that pays on a day: what lies before as-of counts in the first one, what lies behind the horizon in none.
fn paying_bucket(facts: &Facts<'_>, day: NaiveDate) -> Option<usize> {
    if day < facts.network.as_of { Some(0) } else { days::bucket_of(facts.horizon(), day) }
}

/// Sales of a bucket, late deliveries among them, are even over its days; the cash of a day arrives `payout-days` later.
fn sales(ledger: &Ledger<'_>) -> Result<Vec<Ratio>, Overflow> {
    let facts = ledger.facts;
    let mut earned: BTreeMap<i64, Vec<Ratio>> = BTreeMap::new();
    for ((_, asked), sales) in ledger.sold() {
        let earned = earned.entry(asked.payout_days).or_insert_with(|| facts.by_bucket());
        for (source, planned) in asked.sources.iter().zip(&sales.planned) {
            for (bucket, &units) in planned.iter().enumerate().take(facts.horizon) {
                gather(&mut earned[bucket], times(whole(units), source.net[bucket])?)?;
            }
        }
        for late in sales.late.iter().filter(|late| late.delivered < facts.horizon) {
            let net = asked.sources[late.source].net[late.wanted];
            gather(&mut earned[late.delivered], times(whole(late.units), net)?)?;
        }
    }
    let mut arriving = facts.by_bucket();
    for (payout_days, earned) in earned {
        for (sold, &money) in earned.iter().enumerate() {
            for (paid, days) in days_paid(facts, sold, payout_days) {
                gather(&mut arriving[paid], facts.per_day(times(money, whole(days))?, sold)?)?;
            }
        }
    }
    Ok(arriving)
}

/// How many of a bucket's days are paid in each bucket of the horizon.
fn days_paid(facts: &Facts<'_>, sold: usize, payout_days: i64) -> BTreeMap<usize, i64> {
    let mut paid = BTreeMap::new();
    for day in days::each(facts.buckets[sold].start, facts.buckets[sold].end) {
        let payout = days::after(day, payout_days).ok();
        if let Some(bucket) = payout.and_then(|payout| days::bucket_of(facts.horizon(), payout)) {
            *paid.entry(bucket).or_insert(0) += 1;
        }
    }
    paid
}

/// Payments of new lines, of those that stay, transfers and open orders, also of those that serve a later bucket.
fn purchases(ledger: &Ledger<'_>) -> Result<Vec<Ratio>, Overflow> {
    let facts = ledger.facts;
    let new = ledger.lines.iter().flat_map(|line| &line.payments);
    let sent = ledger.transfers.iter().flat_map(|one| &one.payments);
    let open = ledger.orders.iter().flat_map(|standing| &standing.payments);
    let kept = facts.kept.iter().flat_map(|one| &one.line.payments);
    let mut purchases = facts.by_bucket();
    for &(day, amount) in new.chain(kept).chain(sent).chain(open) {
        if let Some(bucket) = paying_bucket(facts, day) {
            gather(&mut purchases[bucket], ratio(amount))?;
        }
    }
    Ok(purchases)
}

/// Other flows.
fn other(facts: &Facts<'_>) -> Result<Vec<Ratio>, Overflow> {
    let network = facts.network;
    let mut other = facts.by_bucket();
    for row in &network.cash_flows {
        match &row.amount {
            CashAmount::Flow(series) => {
                for (index, bucket) in facts.horizon().iter().enumerate() {
                    let stretch = Stretch { bucket, first: index == 0, whole: network.first_bucket_whole };
                    gather(&mut other[index], flow(series, stretch)?)?;
                }
            }
            CashAmount::On(day, amount) => on_a_day(facts, &mut other, *day, *amount)?,
        }
    }
    Ok(other)
}

fn on_a_day(facts: &Facts<'_>, other: &mut [Ratio], day: NaiveDate, amount: Decimal) -> Result<(), Overflow> {
    match days::bucket_of(facts.horizon(), day) {
        Some(bucket) => gather(&mut other[bucket], ratio(amount)),
        None => Ok(()),
    }
}

/// The first bucket that cash of a new order's sales can reach; the number of buckets where none can.
pub(super) fn first_reached_by_new_sales(facts: &Facts<'_>) -> usize {
    let sources = facts.offers.iter().flat_map(|(_, asked)| asked.sources.iter().map(|from| (from, asked.payout_days)));
    let first = sources.filter_map(|(source, payout_days)| {
        let (bucket, usable) = facts.pools[source.pool.index()].first_reached?;
        days::after(usable.max(facts.buckets[bucket].start), payout_days).ok()
    });
    first.min().and_then(|day| paying_bucket(facts, day)).unwrap_or(facts.horizon)
}
