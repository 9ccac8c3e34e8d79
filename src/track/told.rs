//! What kinds of actuals are told at all, and what is said of those that are not.

use chrono::NaiveDate;

use super::actuals;
use super::planned::Span;
use crate::network::{Event, Network};
use crate::render::number::counted;
use crate::source::Place;

/// What the plan wants to have come by now, and rows that tell of other days.
pub(super) struct Due {
    pub(super) orders: bool,
    pub(super) transfers: bool,
    pub(super) left_out: (usize, Option<Place>),
    /// The last day told, where it stands alone: the row that tells of it, the day, and days since the one before.
    pub(super) alone: Option<(Place, NaiveDate, i64)>,
    /// True where a count is of the morning after the last day told.
    pub(super) counted: bool,
}

/// The last day told, where it lies weeks behind all others: the row, the day, and the days between.
pub(super) fn alone(network: &Network, asked: bool, span: &Span) -> Option<(Place, NaiveDate, i64)> {
    let days = network.actuals.iter().filter(|actual| actual.on.is_some()).filter_map(|actual| {
        let day = actuals::last_day(actual)?;
        (span.buckets[0].start <= day && day <= span.through).then_some((day, &actual.origin))
    });
    let mut days: Vec<_> = days.collect();
    days.sort();
    let (last, place) = *days.last().filter(|(last, _)| !asked && *last == span.through)?;
    let before = days.iter().rev().map(|(day, _)| *day).find(|day| *day < last)?;
    let between = crate::calendar::days_between(before, last);
    (between > FAR).then(|| (place.clone(), last, between))
}

/// Days without a word before the last one told, from which on that one is looked at twice.
const FAR: i64 = 21;

/// What kinds of actuals there are at all.
pub(super) struct Told {
    pub(super) sales: bool,
    pub(super) receipts: bool,
    pub(super) transfers: bool,
    pub(super) counts: bool,
    pub(super) payments: bool,
}

impl Told {
    pub(super) fn of(network: &Network) -> Self {
        let any = |is: fn(&Event) -> bool| network.actuals.iter().any(|actual| is(&actual.event));
        Self {
            sales: any(|event| matches!(event, Event::Sale(..))),
            receipts: any(|event| matches!(event, Event::Receipt(..))),
            transfers: any(|event| matches!(event, Event::Transfer(..))),
            counts: any(|event| matches!(event, Event::Stock(..))),
            payments: any(|event| matches!(event, Event::Payment(..))),
        }
    }

    /// What is not told, or looks odd, and what that means for the numbers.
    pub(super) fn notes(&self, due: &Due) -> Vec<String> {
        let known = [
            (self.sales, "no sales are told: all that was planned counts as not asked for"),
            (
                self.receipts || !due.orders,
                "no receipts are told: what was due counts as received, and nothing as late",
            ),
            (
                self.transfers || !due.transfers,
                "no transfers are told: what was due from other locations counts as arrived",
            ),
            (self.counts, "no stock is counted: it is reckoned from opening stock, receipts and sales"),
            (self.payments, "no payments are told"),
        ];
        let missing = known.into_iter().filter(|(told, _)| !told).map(|(_, note)| note.to_owned());
        let (left_out, first) = &due.left_out;
        let outside = first.as_ref().map(|first| {
            let rows = counted(*left_out, "row of actuals tells", "rows of actuals tell");
            let place = format!("{}:{}", first.file, first.line);
            let first = if *left_out == 1 { place } else { format!("the first at {place}") };
            format!(
                "{rows} of days before as-of or behind the last one looked at, and {} left aside: {first}",
                if *left_out == 1 { "is" } else { "are" }
            )
        });
        let other_day = (self.counts && !due.counted).then(|| {
            "stock is counted on other days than the morning after the last one told: it is not compared".to_owned()
        });
        let alone = due.alone.as_ref().map(|(place, day, between)| {
            let place = format!("{}:{}", place.file, place.line);
            format!(
                "the last day told, {day}, is {between} days behind all others: {place}; `--through` says where to stop"
            )
        });
        missing.chain(outside).chain(other_day).chain(alone).collect()
    }
}
