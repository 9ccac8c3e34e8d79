//! Open orders as they stand in a plan: where they were, moved, or cancelled.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::days;
use super::decisions::Fate;
use super::exact::Overflow;
use super::facts::{Coming, Facts};
use super::payment::{self, Payments};
use crate::plan::Action;

/// An open order in a plan.
#[derive(Debug)]
pub(super) struct Standing {
    /// What is done with it.
    pub(super) action: Action,
    /// The bucket it serves; of a cancelled one, the bucket it would have served.
    pub(super) coming: Coming,
    /// The day it is due.
    pub(super) usable: NaiveDate,
    /// What is still to pay.
    pub(super) payments: Payments,
    /// What is not paid any more.
    pub(super) saved: Decimal,
}

impl Standing {
    /// The bucket in which it is received.
    pub(super) fn received(&self) -> Option<usize> {
        if self.action == Action::Cancelled { None } else { self.coming.bucket }
    }
}

/// An open order with what a rule makes of it.
pub(super) fn standing(facts: &Facts<'_>, index: usize, fate: Option<Fate>) -> Result<Standing, Overflow> {
    let (order, arrival) = (&facts.network.open_orders[index], &facts.arrivals[index]);
    let mut standing = Standing {
        action: Action::Open,
        coming: arrival.coming,
        usable: order.due,
        payments: arrival.payments.clone(),
        saved: Decimal::ZERO,
    };
    match (fate, arrival.coming.bucket) {
        (Some(Fate::Cancelled), _) => {
            standing.action = Action::Cancelled;
            standing.saved = payment::sum(&standing.payments)?;
            standing.payments.clear();
        }
        (Some(Fate::Moved(to)), Some(from)) => {
            let (to, from) = (&facts.buckets[to], &facts.buckets[from]);
            let by = to.start.signed_duration_since(from.start).num_days();
            let bucket = facts.buckets.iter().position(|bucket| bucket == to);
            standing.action = Action::Moved;
            standing.coming = Coming { bucket, period: to.period };
            standing.usable = days::after(order.due, by)?;
            for (day, _) in &mut standing.payments {
                *day = days::after(*day, by)?;
            }
        }
        _ => {}
    }
    Ok(standing)
}
