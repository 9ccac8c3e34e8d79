//! Demand that is assumed from history, counted day by day, and how far that would have been off.

use chrono::{Datelike, NaiveDate};
use num_traits::Signed;

use super::days;
use super::exact::{Exact, Overflow, Ratio, gather, minus, over, plus, ratio, round, times, whole, zero};
use super::value::key_of;
use crate::calendar::{Bucket, Grain, Period};
use crate::network::{ChannelId, History, ItemId, Network, Offer, OutlookMethod};
use crate::series::Series;

/// Days of the 52 weeks that are a year where buckets are weeks.
const WEEKS_OF_YEAR: i64 = 52 * 7;

/// Months, and weeks, of which a quarter of a year is made.
const QUARTER: (usize, usize) = (3, 13);

/// What an offer's outlook says of any bucket on some day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Assumed {
    /// The day; nothing is known from it on.
    today: NaiveDate,
    how: How,
}

#[derive(Debug, Clone, Copy)]
enum How {
    /// What this item sold a year before, times a factor, and what a year makes of a unit.
    LastYear(ItemId, Ratio, Ratio),
    /// So many units for each period of the plan's first grain; nothing where no period tells of them.
    Even(Option<Ratio>),
}

/// What the outlook of an offer says; nothing where it has none.
pub(super) fn assumed(network: &Network, offer: &Offer) -> Result<Option<Assumed>, Overflow> {
    on_day(network, offer, network.as_of)
}

fn on_day(network: &Network, offer: &Offer, today: NaiveDate) -> Result<Option<Assumed>, Overflow> {
    let Some(outlook) = offer.outlook.and_then(|index| network.outlooks.get(index)) else { return Ok(None) };
    let growth = plus(whole(1), ratio(outlook.growth))?;
    let how = match outlook.method {
        OutlookMethod::Seasonal => How::LastYear(offer.item, whole(1), growth),
        OutlookMethod::Like(other, factor) => How::LastYear(other, ratio(factor), growth),
        OutlookMethod::Average(count) => {
            let average = average(network, offer, count, today)?;
            How::Even(average.map(|average| times(average, growth)).transpose()?)
        }
    };
    Ok(Some(Assumed { today, how }))
}

impl Assumed {
    /// Units of a bucket; nothing behind the horizon where a year before is not over yet.
    pub(super) fn units(
        self,
        network: &Network,
        channel: ChannelId,
        bucket: &Bucket,
    ) -> Result<Option<Ratio>, Overflow> {
        match self.how {
            How::Even(units) => {
                let grain = first_grain(network);
                let length = whole(days::length(bucket));
                let part = over(length, whole(days::period_length(grain, bucket.start)))?;
                times(units.unwrap_or_else(zero), part).map(Some)
            }
            How::LastYear(item, factor, growth) => {
                let behind = network.calendar.buckets.last().is_some_and(|last| bucket.start > last.end);
                let (mut years, mut times_so_far) = (1, times(factor, growth)?);
                let (from, to) = loop {
                    let (from, to) = earlier(bucket, years)?;
                    if to < self.today {
                        break (from, to);
                    }
                    if behind {
                        return Ok(None);
                    }
                    years += 1;
                    times_so_far = times(times_so_far, growth)?;
                };
                let grain = bucket.period.grain();
                times(sold(network, (item, channel), from, to, grain)?, times_so_far).map(Some)
            }
        }
    }

    /// True where history tells of what a bucket would follow.
    fn can_tell(self, network: &Network, bucket: &Bucket) -> Result<bool, Overflow> {
        match self.how {
            How::Even(units) => Ok(units.is_some()),
            How::LastYear(..) => {
                let mut years = 1;
                while earlier(bucket, years)?.1 >= self.today {
                    years += 1;
                }
                let from = earlier(bucket, years)?.0;
                Ok(network.history_from.is_none_or(|begins| begins <= from))
            }
        }
    }
}

/// How far the outlook of an offer would have been off in the last quarter of a year before as-of, all of that held back.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Miss {
    /// Sum of |forecast - actual|.
    pub(super) absolute: Ratio,
    /// Sum of forecast - actual.
    pub(super) signed: Ratio,
    /// Sum of actuals.
    pub(super) actual: Ratio,
}

/// The miss of an offer; nothing where its outlook or history says nothing.
pub(super) fn missed(network: &Network, offer: &Offer) -> Result<Option<Miss>, Overflow> {
    if find(network, offer.item, offer.channel).is_none() {
        return Ok(None);
    }
    let grain = first_grain(network);
    let count = if grain == Grain::Month { QUARTER.0 } else { QUARTER.1 };
    let (mut held, mut current) = (Vec::new(), Period::of(grain, network.as_of));
    for _ in 0..count {
        current = Period::of(grain, days::after(current.start(), -1)?);
        held.push(Bucket { period: current, start: current.start(), end: current.end() });
    }
    let Some(assumed) = on_day(network, offer, current.start())? else { return Ok(None) };
    let item = network.item(offer.item);
    let mut miss: Option<Miss> = None;
    for bucket in &held {
        let before_launch = item.launch.is_some_and(|launch| bucket.end < launch);
        let phased_out = item.phase_out.is_some_and(|gone| bucket.start >= gone);
        let before_history = network.history_from.is_some_and(|begins| bucket.start < begins);
        if before_launch || phased_out || before_history || !assumed.can_tell(network, bucket)? {
            continue;
        }
        let forecast = assumed.units(network, offer.channel, bucket)?.unwrap_or_else(zero);
        let actual = sold(network, (offer.item, offer.channel), bucket.start, bucket.end, grain)?;
        let (forecast, actual) = (ratio(round(forecast, 6)?), ratio(round(actual, 6)?));
        let sums = miss.get_or_insert_default();
        let error = minus(forecast, actual)?;
        gather(&mut sums.absolute, error.abs())?;
        gather(&mut sums.signed, error)?;
        gather(&mut sums.actual, actual)?;
    }
    Ok(miss)
}

/// First and last day of the same bucket so many years earlier.
fn earlier(bucket: &Bucket, years: i32) -> Result<(NaiveDate, NaiveDate), Overflow> {
    if bucket.period.grain() == Grain::Week {
        let back = -WEEKS_OF_YEAR * i64::from(years);
        return Ok((days::after(bucket.start, back)?, days::after(bucket.end, back)?));
    }
    let year = bucket.start.year() - years;
    let in_month = |day: u32| NaiveDate::from_ymd_opt(year, bucket.start.month(), day);
    let to = (28..=31).rev().find_map(in_month).ok_or(Overflow)?;
    Ok((in_month(bucket.start.day()).unwrap_or(to), to))
}

fn find(network: &Network, item: ItemId, channel: ChannelId) -> Option<&History> {
    // History is sorted, and a shop has one for each item and channel.
    let index = network.history.binary_search_by_key(&(item, channel), |row| (row.item, row.channel)).ok()?;
    network.history.get(index)
}

/// Base demand of an item in a channel on some days: what was sold, less what came back and what promotions sold, and what
/// was lost; never below 0.
fn sold(
    network: &Network,
    (item, channel): (ItemId, ChannelId),
    from: NaiveDate,
    to: NaiveDate,
    grain: Grain,
) -> Exact {
    let Some(History { units, returned, promoted, lost, .. }) = find(network, item, channel) else {
        return Ok(zero());
    };
    let mut net = zero();
    for day in days::each(from, to) {
        for series in std::iter::once(units).chain(lost) {
            gather(&mut net, of_day(series, day, grain)?)?;
        }
        for series in returned.iter().chain(promoted) {
            net = minus(net, of_day(series, day, grain)?)?;
        }
    }
    Ok(net.max(zero()))
}

/// A day's part of what is stated for its period: a key of `grain`, else of the other one, else what stands for all.
fn of_day(series: &Series, day: NaiveDate, grain: Grain) -> Exact {
    let part = |value, grain| over(ratio(value), whole(days::period_length(grain, day)));
    match series {
        Series::Scalar(value) => part(*value, grain),
        Series::Per(own, value) => part(*value, *own),
        Series::Table { default, keys } => {
            for grain in [grain, if grain == Grain::Week { Grain::Month } else { Grain::Week }] {
                if let Some(key) = key_of(keys, Period::of(grain, day)) {
                    return part(key.value, grain);
                }
            }
            default.map_or_else(|| Ok(zero()), |default| part(default, grain))
        }
        // Flows have no layers.
        Series::Layered(_) => Ok(zero()),
    }
}

/// The grain that the plan begins with.
fn first_grain(network: &Network) -> Grain {
    network.calendar.buckets.first().map_or(Grain::Month, |first| first.period.grain())
}

/// What an offer sold on average in the last `count` whole periods before a day, as many of them as end on or after its
/// launch and begin with history or later.
fn average(network: &Network, offer: &Offer, count: usize, today: NaiveDate) -> Result<Option<Ratio>, Overflow> {
    let (grain, launch) = (first_grain(network), network.item(offer.item).launch);
    let (mut sum, mut counted) = (zero(), 0);
    let mut current = Period::of(grain, today);
    if find(network, offer.item, offer.channel).is_none() {
        return Ok(None);
    }
    for _ in 0..count {
        current = Period::of(grain, days::after(current.start(), -1)?);
        let told = network.history_from.is_none_or(|begins| current.start() >= begins);
        if told && launch.is_none_or(|launch| current.end() >= launch) {
            let of_period = sold(network, (offer.item, offer.channel), current.start(), current.end(), grain)?;
            gather(&mut sum, of_period)?;
            counted += 1;
        }
    }
    if counted == 0 { Ok(None) } else { over(sum, whole(counted)).map(Some) }
}
