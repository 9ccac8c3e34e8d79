//! What came to be, by the plan's buckets.
//!
//! What is told by the month or week counts in the bucket of that name as it stands, else by days; units are made whole by
//! running totals, as demand is. What lies before as-of or behind the last day told is left aside.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use crate::calendar::{Bucket, Period, days_between};
use crate::model::demand::whole_units;
use crate::model::timeline::level;
use crate::network::{Actual, ChannelId, Event, ItemId, LocationId, Network, SupplierId};
use crate::series::Series;
use crate::source::Place;
use crate::units::{Overflow, Ratio, mul, ratio, round_half_up};

/// Units sold of an item in a channel and bucket.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sold {
    pub(super) units: i64,
    /// Units of those at a price that is told, and what they brought.
    pub(super) priced: (i64, Decimal),
}

/// Units that arrived.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) item: ItemId,
    pub(super) location: LocationId,
    pub(super) supplier: Option<SupplierId>,
    pub(super) order: Option<String>,
    pub(super) bucket: usize,
    /// The day, where it is told.
    pub(super) day: Option<NaiveDate>,
    pub(super) units: i64,
}

/// Units that arrived from another location.
#[derive(Debug, Clone)]
pub(super) struct Moved {
    pub(super) item: ItemId,
    pub(super) from: LocationId,
    pub(super) location: LocationId,
    pub(super) bucket: usize,
    /// The day, where it is told.
    pub(super) day: Option<NaiveDate>,
    pub(super) units: i64,
}

/// Money paid for purchases.
#[derive(Debug, Clone)]
pub(super) struct Paid {
    pub(super) amount: Decimal,
    pub(super) supplier: Option<SupplierId>,
    pub(super) order: Option<String>,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// By item, channel, bucket.
    pub(super) sales: BTreeMap<(ItemId, ChannelId, usize), Sold>,
    /// Units sold from each location, where that is told or there is one alone.
    pub(super) sold_at: BTreeMap<(ItemId, LocationId), i64>,
    /// Items of which some were sold from nobody knows where.
    pub(super) sold_somewhere: BTreeSet<ItemId>,
    /// In the order of time as far as days are told.
    pub(super) receipts: Vec<Received>,
    /// In the same order.
    pub(super) transfers: Vec<Moved>,
    /// The last count of each: the day, before whose sales it was made, and units.
    pub(super) counts: BTreeMap<(ItemId, LocationId), (NaiveDate, i64)>,
    pub(super) payments: Vec<Paid>,
    /// Rows that lie outside of the days looked at: how many, and the first.
    pub(super) left_out: (usize, Option<Place>),
    /// Facts taken so far.
    taken: usize,
}

/// The last day that a row tells of: of a count the day before, of a month or week its last.
pub(super) fn last_day(actual: &Actual) -> Option<NaiveDate> {
    match (actual.on, &actual.event) {
        (Some(on), Event::Stock(..)) => on.pred_opt(),
        (Some(on), _) => Some(on),
        (None, _) => keys(actual).map(|(period, _)| period.end()).max(),
    }
}

/// Months and weeks that a row tells of, with what it tells.
fn keys(actual: &Actual) -> impl Iterator<Item = (Period, Decimal)> + '_ {
    let keys = match &actual.units {
        Some(Series::Table { keys, .. }) => keys.as_slice(),
        _ => &[],
    };
    keys.iter().flat_map(|key| {
        let periods = std::iter::successors(Some(key.first), move |period| (*period < key.last).then(|| period.next()));
        periods.map(|period| (period, key.value))
    })
}

/// Units told for a bucket by one month or week.
struct Portion {
    bucket: usize,
    period: Period,
    units: Ratio,
}

/// The units of a row by bucket, by its months and weeks.
fn portions(actual: &Actual, buckets: &[Bucket], through: NaiveDate) -> Result<Vec<Portion>, Overflow> {
    let mut found = Vec::new();
    for (period, value) in keys(actual) {
        for (index, bucket) in buckets.iter().enumerate() {
            let part = if period == bucket.period {
                // Of the first bucket only what is left of its month or week is told.
                let days = if index == 0 { period.days() } else { bucket.days() };
                Ratio::new(days.into(), period.days().into())
            } else if tells(actual, bucket.period) {
                continue;
            } else {
                let (from, to) = (period.start().max(bucket.start), period.end().min(bucket.end).min(through));
                Ratio::new((days_between(from, to) + 1).max(0).into(), period.days().into())
            };
            if part > Ratio::default() {
                found.push(Portion { bucket: index, period, units: mul(ratio(value), part)? });
            }
        }
    }
    found.sort_by_key(|portion| (portion.bucket, portion.period.start()));
    Ok(found)
}

/// True where a row tells of a bucket by its own name.
fn tells(actual: &Actual, period: Period) -> bool {
    actual.units.as_ref().is_some_and(|units| units.key_for(period).is_some())
}

/// A price as told of a month or week.
fn price_in(price: Option<&Series>, period: Option<Period>) -> Option<Decimal> {
    match (price?, period) {
        (Series::Scalar(value), _) => Some(*value),
        (series, Some(period)) => {
            let bucket = Bucket { period, start: period.start(), end: period.end() };
            let known = series.key_for(period).is_some() || matches!(series, Series::Table { default: Some(_), .. });
            known.then(|| level(series, &bucket))
        }
        _ => None,
    }
}

impl Facts {
    /// What the network's actuals tell of the buckets up to and with the day `through`.
    pub(super) fn of(network: &Network, buckets: &[Bucket], through: NaiveDate) -> Result<Self, Overflow> {
        let mut facts = Self::default();
        for actual in &network.actuals {
            let before = facts.taken;
            match (&actual.event, actual.on) {
                (Event::Stock(item, location), _) => facts.count(actual, (*item, *location), (network.as_of, through)),
                (Event::Payment(amount, supplier, order), Some(on)) => {
                    if bucket_of(buckets, on, through).is_some() {
                        facts.payments.push(Paid { amount: *amount, supplier: *supplier, order: order.clone() });
                        facts.taken += 1;
                    }
                }
                (Event::Payment(..), None) => {}
                (_, Some(on)) => {
                    let units = match &actual.units {
                        Some(Series::Scalar(units)) => round_half_up(ratio(*units)),
                        _ => 0,
                    };
                    let units = i64::try_from(units).map_err(|_| Overflow)?;
                    if let Some(bucket) = bucket_of(buckets, on, through) {
                        facts.take(network, actual, bucket, (Some(on), None), units)?;
                    }
                }
                (_, None) => {
                    let portions = portions(actual, buckets, through)?;
                    let unrounded: Vec<Ratio> = portions.iter().map(|portion| portion.units).collect();
                    for (portion, units) in portions.iter().zip(whole_units(&unrounded)?) {
                        facts.take(network, actual, portion.bucket, (None, Some(portion.period)), units)?;
                    }
                }
            }
            if facts.taken == before {
                facts.left_out.0 += 1;
                facts.left_out.1.get_or_insert_with(|| actual.origin.clone());
            }
        }
        facts.receipts.sort_by_key(|one| (one.bucket, one.day));
        facts.transfers.sort_by_key(|one| (one.bucket, one.day));
        Ok(facts)
    }

    fn take(
        &mut self,
        network: &Network,
        actual: &Actual,
        bucket: usize,
        (day, period): (Option<NaiveDate>, Option<Period>),
        units: i64,
    ) -> Result<(), Overflow> {
        self.taken += 1;
        match &actual.event {
            Event::Sale(item, channel, location, price) => {
                match location.or_else(|| only_source(network, *item, *channel)) {
                    Some(location) => *self.sold_at.entry((*item, location)).or_default() += units,
                    None => drop(self.sold_somewhere.insert(*item)),
                }
                let sold = self.sales.entry((*item, *channel, bucket)).or_default();
                sold.units = sold.units.checked_add(units).ok_or(Overflow)?;
                if let Some(price) = price_in(price.as_ref(), period) {
                    let money = price.checked_mul(units.into()).ok_or(Overflow)?;
                    sold.priced.0 += units;
                    sold.priced.1 = sold.priced.1.checked_add(money).ok_or(Overflow)?;
                }
            }
            Event::Receipt(item, location, supplier, order) => {
                let (supplier, order) = (*supplier, order.clone());
                let (item, location) = (*item, *location);
                self.receipts.push(Received { item, location, supplier, order, bucket, day, units });
            }
            Event::Transfer(item, from, location) => {
                let (item, from, location) = (*item, *from, *location);
                self.transfers.push(Moved { item, from, location, bucket, day, units });
            }
            Event::Stock(..) | Event::Payment(..) => {}
        }
        Ok(())
    }

    /// Keeps the last count that was made by the morning after the last day told.
    fn count(&mut self, actual: &Actual, pool: (ItemId, LocationId), (as_of, through): (NaiveDate, NaiveDate)) {
        let on_day = match (&actual.units, actual.on) {
            (Some(Series::Scalar(units)), Some(on)) => vec![(on, *units)],
            _ => keys(actual).map(|(period, units)| (period.next().start(), units)).collect(),
        };
        for (day, units) in on_day {
            let in_time = as_of < day && day <= through + Days::new(1);
            let later = self.counts.get(&pool).is_none_or(|(before, _)| *before <= day);
            if let Some(units) = (in_time && later).then(|| i64::try_from(units).ok()).flatten() {
                self.counts.insert(pool, (day, units));
                self.taken += 1;
            }
        }
    }
}

/// Where an item is shipped from in a channel, if that is one location alone.
fn only_source(network: &Network, item: ItemId, channel: ChannelId) -> Option<LocationId> {
    let from = network.offers.binary_search_by_key(&(item, channel), |offer| (offer.item, offer.channel));
    match from {
        Ok(offer) => match network.offers[offer].sources.as_slice() {
            [only] => Some(network.pool(only.pool).location),
            _ => None,
        },
        Err(_) => match network.channel(channel).ship_from.as_slice() {
            [only] => Some(*only),
            _ => None,
        },
    }
}

/// The bucket that holds a day, where that is not behind `through`.
fn bucket_of(buckets: &[Bucket], day: NaiveDate, through: NaiveDate) -> Option<usize> {
    (day <= through).then(|| buckets.iter().position(|bucket| bucket.contains(day))).flatten()
}
