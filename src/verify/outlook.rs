//! Demand that is assumed from history, counted day by day.

use chrono::{Datelike, NaiveDate};

use super::days;
use super::exact::{Exact, Overflow, Ratio, gather, minus, over, plus, ratio, times, whole, zero};
use super::value::key_of;
use crate::calendar::{Bucket, Grain, Period};
use crate::network::{ChannelId, History, ItemId, Network, Offer, OutlookMethod};
use crate::series::Series;

/// Days of the 52 weeks that are a year where buckets are weeks.
const WEEKS_OF_YEAR: i64 = 52 * 7;

/// What an offer's outlook says of any bucket.
#[derive(Debug, Clone, Copy)]
pub(super) enum Assumed {
    /// What this item sold a year before, times a factor, and what a year makes of a unit.
    LastYear(ItemId, Ratio, Ratio),
    /// So many units for each period of the plan's first grain.
    Even(Ratio),
}

/// What the outlook of an offer says; nothing where it has none.
pub(super) fn assumed(network: &Network, offer: &Offer) -> Result<Option<Assumed>, Overflow> {
    let Some(outlook) = offer.outlook.and_then(|index| network.outlooks.get(index)) else { return Ok(None) };
    let growth = plus(whole(1), ratio(outlook.growth))?;
    Ok(Some(match outlook.method {
        OutlookMethod::Seasonal => Assumed::LastYear(offer.item, whole(1), growth),
        OutlookMethod::Like(other, factor) => Assumed::LastYear(other, ratio(factor), growth),
        OutlookMethod::Average(count) => Assumed::Even(times(average(network, offer, count)?, growth)?),
    }))
}

impl Assumed {
    /// Units of a bucket; nothing behind the horizon where a year before is not over yet.
    pub(super) fn units(
        self,
        network: &Network,
        channel: ChannelId,
        bucket: &Bucket,
    ) -> Result<Option<Ratio>, Overflow> {
        match self {
            Self::Even(units) => {
                let grain = first_grain(network);
                let length = whole(days::length(bucket));
                times(units, over(length, whole(days::period_length(grain, bucket.start)))?).map(Some)
            }
            Self::LastYear(item, factor, growth) => {
                let behind = network.calendar.buckets.last().is_some_and(|last| bucket.start > last.end);
                let (mut years, mut times_so_far) = (1, times(factor, growth)?);
                let (from, to) = loop {
                    let (from, to) = earlier(bucket, years)?;
                    if to < network.as_of {
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

/// Units that an item sold in a channel on some days, less those that came back; never below 0.
fn sold(
    network: &Network,
    (item, channel): (ItemId, ChannelId),
    from: NaiveDate,
    to: NaiveDate,
    grain: Grain,
) -> Exact {
    // History is sorted, and a shop has one for each item and channel.
    let Ok(index) = network.history.binary_search_by_key(&(item, channel), |row| (row.item, row.channel)) else {
        return Ok(zero());
    };
    let History { units, returned, .. } = &network.history[index];
    let mut net = zero();
    for day in days::each(from, to) {
        gather(&mut net, of_day(units, day, grain)?)?;
        if let Some(returned) = returned {
            net = minus(net, of_day(returned, day, grain)?)?;
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

/// What an offer sold on average in the last `count` whole periods before as-of, as many of them as end on or after its
/// launch.
fn average(network: &Network, offer: &Offer, count: usize) -> Exact {
    let (grain, launch) = (first_grain(network), network.item(offer.item).launch);
    let (mut sum, mut counted) = (zero(), 0);
    let mut current = Period::of(grain, network.as_of);
    for _ in 0..count {
        current = Period::of(grain, days::after(current.start(), -1)?);
        if launch.is_none_or(|launch| current.end() >= launch) {
            let of_period = sold(network, (offer.item, offer.channel), current.start(), current.end(), grain)?;
            gather(&mut sum, of_period)?;
            counted += 1;
        }
    }
    if counted == 0 { Ok(zero()) } else { over(sum, whole(counted)) }
}
