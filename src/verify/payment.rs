//! Who is paid what on which day: milestones rounded to the minor unit, the last payment takes the rest.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use num_traits::Zero;
use rust_decimal::Decimal;

use super::clock::{Trip, ship_day, times_of};
use super::cost::{self, LineCost};
use super::days;
use super::exact::{Overflow, ratio, round, times};
use crate::network::{Lane, Milestone, MilestoneDay, Network, OpenOrder};

/// Money on days.
pub(super) type Payments = Vec<(NaiveDate, Decimal)>;

/// Landed cost in whole minor units.
pub(super) fn landed_cost(network: &Network, cost: &LineCost) -> Result<Decimal, Overflow> {
    round(cost.landed()?, network.minor_digits)
}

/// What a line pays and when, by its supplier's terms.
pub(super) fn by_terms(network: &Network, lane: &Lane, cost: &LineCost, trip: &Trip) -> Result<Payments, Overflow> {
    let landed = landed_cost(network, cost)?;
    let milestones = &network.supplier(lane.supplier).payment;
    let mut payments = Payments::new();
    for milestone in milestones {
        let amount = round(times(cost.goods, ratio(milestone.share))?, network.minor_digits)?;
        payments.push((day_of(milestone, trip)?, amount));
    }
    // Freight and duty are paid on the usable day; without them the last milestone takes the rest.
    let last = if cost.extras.is_zero() { payments.pop() } else { None };
    let rest_day = last.map_or(trip.usable, |(day, _)| day);
    let rest = landed.checked_sub(sum(&payments)?).ok_or(Overflow)?;
    payments.push((rest_day, rest));
    tidy(payments)
}

fn day_of(milestone: &Milestone, trip: &Trip) -> Result<NaiveDate, Overflow> {
    let from = match milestone.at {
        MilestoneDay::Order => trip.release,
        MilestoneDay::Ship => trip.ship,
        MilestoneDay::Receipt => trip.usable,
    };
    days::after(from, milestone.days)
}

/// What an open order still has to pay: what is stated, else what its terms leave from as-of on.
pub(super) fn of_open_order(network: &Network, order: &OpenOrder) -> Result<Payments, Overflow> {
    if let Some(stated) = &order.payments {
        return tidy(stated.clone());
    }
    let (Some(ordered), Some(lane)) = (order.ordered, order.lane) else { return Ok(Payments::new()) };
    let Some(first) = network.calendar.buckets.first() else { return Ok(Payments::new()) };
    let lane = network.lane(lane);
    let (_, production) = times_of(lane, first)?;
    let closures = &network.supplier(lane.supplier).closures;
    let ship = ship_day(closures, ordered, production, NaiveDate::MAX).ok_or(Overflow)?;
    let cost = cost::line(network, lane, first, order.units)?;
    let all = by_terms(network, lane, &cost, &Trip { release: ordered, ship, usable: order.due })?;
    Ok(all.into_iter().filter(|(day, _)| *day >= network.as_of).collect())
}

/// By day, one payment a day, nothing of nothing.
fn tidy(payments: Payments) -> Result<Payments, Overflow> {
    let mut by_day: BTreeMap<NaiveDate, Decimal> = BTreeMap::new();
    for (day, amount) in payments {
        let there = by_day.entry(day).or_default();
        *there = there.checked_add(amount).ok_or(Overflow)?;
    }
    Ok(by_day.into_iter().filter(|(_, amount)| !amount.is_zero()).collect())
}

/// All payments together.
pub(super) fn sum(payments: &[(NaiveDate, Decimal)]) -> Result<Decimal, Overflow> {
    payments.iter().try_fold(Decimal::ZERO, |sum, (_, amount)| sum.checked_add(*amount).ok_or(Overflow))
}
