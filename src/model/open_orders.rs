//! What open orders bring, and what they still cost.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::clock::{Trip, times, trip};
use super::cost::{Terms, payments};
use super::moves::{Moves, OrderMove};
use crate::calendar::{Bucket, Calendar, Period};
use crate::network::{Network, OpenOrder};
use crate::units::Overflow;

/// An open order in the plan.
#[derive(Debug, Clone)]
pub struct OpenLine {
    /// The bucket it serves; none where that lies past all buckets.
    pub receipt: Option<usize>,
    /// The label of that bucket, past all of them too.
    pub receipt_label: String,
    /// The day it arrives.
    pub due: NaiveDate,
    /// What is still to pay, by day.
    pub payments: Vec<(NaiveDate, Decimal)>,
    /// What was to be paid for it and is not any more.
    pub saved: Decimal,
}

/// The lines of all open orders.
pub(super) fn lines(network: &Network, calendar: &Calendar, moves: &Moves) -> Result<Vec<OpenLine>, Overflow> {
    let all = network.open_orders.iter().enumerate();
    all.map(|(index, order)| line(network, calendar, order, moves.of_order(index))).collect()
}

fn line(network: &Network, calendar: &Calendar, order: &OpenOrder, moved: OrderMove) -> Result<OpenLine, Overflow> {
    let receipt = serves(calendar, order.due);
    let receipt_label = serves_period(calendar, order.due).map(|period| period.to_string()).unwrap_or_default();
    let payments = still_to_pay(network, order)?;
    let mut line = OpenLine { receipt, receipt_label, due: order.due, payments, saved: Decimal::ZERO };
    match moved {
        OrderMove::Stays => {}
        OrderMove::By(buckets) => shift(calendar, &mut line, buckets)?,
        OrderMove::Gone => {
            line.receipt = None;
            let unpaid = std::mem::take(&mut line.payments);
            line.saved =
                unpaid.iter().try_fold(Decimal::ZERO, |sum, (_, amount)| sum.checked_add(*amount)).ok_or(Overflow)?;
        }
    }
    Ok(line)
}

/// Moves a line by buckets: its days by those between the two beginnings.
fn shift(calendar: &Calendar, line: &mut OpenLine, buckets: i64) -> Result<(), Overflow> {
    let from = line.receipt.ok_or(Overflow)?;
    let to = usize::try_from(i64::try_from(from).map_err(|_| Overflow)? + buckets).map_err(|_| Overflow)?;
    let (before, after) = (&calendar.buckets[from], calendar.buckets.get(to).ok_or(Overflow)?);
    let days = after.start - before.start;
    let moved = |day: NaiveDate| day.checked_add_signed(days).ok_or(Overflow);
    line.due = moved(line.due)?;
    (line.receipt, line.receipt_label) = (Some(to), after.period.to_string());
    for (day, _) in &mut line.payments {
        *day = moved(*day)?;
    }
    Ok(())
}

/// The bucket that what is due on a day serves, where that is among all buckets: that of the day where it is due by the middle day, else
/// the next one; overdue ones serve the first.
pub(super) fn serves(calendar: &Calendar, due: NaiveDate) -> Option<usize> {
    calendar.buckets.iter().position(|bucket| due <= bucket.middle())
}

/// The month or week of that bucket, past all of them too.
pub(super) fn serves_period(calendar: &Calendar, due: NaiveDate) -> Option<Period> {
    if let Some(index) = serves(calendar, due) {
        return Some(calendar.buckets[index].period);
    }
    // Periods behind the last bucket are only named.
    let last = calendar.buckets.last()?;
    let period = Period::of(last.period.grain(), due);
    let whole = Bucket { period, start: period.start(), end: period.end() };
    Some(if period > last.period && due <= whole.middle() { period } else { period.next() })
}

/// The same with the period's label.
#[must_use]
pub fn receipt(calendar: &Calendar, due: NaiveDate) -> (Option<usize>, String) {
    let label = serves_period(calendar, due).map(|period| period.to_string()).unwrap_or_default();
    (serves(calendar, due), label)
}

/// Stated payments, else those of the supplier's terms from the day the order was placed, at the first bucket's costs;
/// what falls before as-of by those is paid.
fn still_to_pay(network: &Network, order: &OpenOrder) -> Result<Vec<(NaiveDate, Decimal)>, Overflow> {
    if let Some(stated) = &order.payments {
        return merge(stated);
    }
    let (Some(ordered), Some(lane)) = (order.ordered, order.lane) else { return Ok(Vec::new()) };
    let (lane, supplier) = (network.lane(lane), network.supplier(order.supplier));
    let bucket = &network.calendar.buckets[0];
    let (lead, production) = times(lane, bucket);
    let shipped = trip(&supplier.closures, ordered, lead, production).ok_or(Overflow)?;
    let days = Trip { release: ordered, ship: shipped.ship, usable: order.due };
    let terms = Terms::of(network, lane, bucket)?;
    let mut due = payments(&supplier.payment, &days, &terms, order.units, network.minor_digits)?;
    due.retain(|(day, _)| *day >= network.as_of);
    Ok(due)
}

/// One payment a day, without zeros.
fn merge(stated: &[(NaiveDate, Decimal)]) -> Result<Vec<(NaiveDate, Decimal)>, Overflow> {
    let mut merged: Vec<(NaiveDate, Decimal)> = Vec::with_capacity(stated.len());
    for &(day, amount) in stated {
        match merged.last_mut().filter(|(known, _)| *known == day) {
            Some(same) => same.1 = same.1.checked_add(amount).ok_or(Overflow)?,
            None => merged.push((day, amount)),
        }
    }
    merged.retain(|(_, amount)| !amount.is_zero());
    Ok(merged)
}
