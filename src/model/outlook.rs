//! Demand assumed from history: what an outlook gives an offer in a bucket, unrounded.

use chrono::{Days, Months};
use num_traits::Zero;

use super::timeline::past_flow;
use crate::calendar::{Bucket, Grain, Period};
use crate::network::{ChannelId, History, ItemId, Network, Outlook, OutlookMethod};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// What is assumed of an item in a channel.
#[derive(Debug)]
pub struct Assumed<'n> {
    network: &'n Network,
    method: Method<'n>,
    /// What a year makes of a unit.
    growth: Ratio,
}

/// How demand follows from what was sold.
#[derive(Debug)]
enum Method<'n> {
    /// As in the year before, times a factor.
    YearBefore(Option<&'n History>, Ratio),
    /// So many units a month or week, whichever the plan begins with.
    Mean(Ratio),
}

impl<'n> Assumed<'n> {
    /// What an outlook says of an item in a channel.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn of(network: &'n Network, outlook: &Outlook, item: ItemId, channel: ChannelId) -> Result<Self, Overflow> {
        let method = match outlook.method {
            OutlookMethod::Seasonal => Method::YearBefore(history(network, item, channel), whole(1)),
            OutlookMethod::Like(other, factor) => Method::YearBefore(history(network, other, channel), ratio(factor)),
            OutlookMethod::Average(over) => Method::Mean(mean(network, item, channel, over)?),
        };
        Ok(Self { network, method, growth: add(whole(1), ratio(outlook.growth))? })
    }

    /// Units in a bucket; `None` past the horizon where history does not reach.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn units(&self, bucket: &Bucket) -> Result<Option<Ratio>, Overflow> {
        match self.method {
            Method::Mean(mean) => mul(mul(mean, periods(self.network, bucket))?, self.growth).map(Some),
            Method::YearBefore(history, factor) => {
                let (mut years, mut grown) = (1, mul(factor, self.growth)?);
                while years_before(bucket, years).end >= self.network.as_of {
                    if bucket.start > self.network.calendar.end() {
                        return Ok(None);
                    }
                    (years, grown) = (years + 1, mul(grown, self.growth)?);
                }
                let sold = history.map_or(Ok(Ratio::zero()), |history| sold(history, &years_before(bucket, years)))?;
                mul(sold, grown).map(Some)
            }
        }
    }
}

/// What was sold of an item in a channel.
fn history(network: &Network, item: ItemId, channel: ChannelId) -> Option<&History> {
    let found = network.history.binary_search_by_key(&(item, channel), |row| (row.item, row.channel));
    found.ok().map(|index| &network.history[index])
}

/// Units sold on the days of a bucket, less those that came back.
fn sold(history: &History, bucket: &Bucket) -> Result<Ratio, Overflow> {
    let units = past_flow(&history.units, bucket)?;
    let returned = history.returned.as_ref().map_or(Ok(Ratio::zero()), |returned| past_flow(returned, bucket))?;
    add(units, -returned).map(|net| net.max(Ratio::zero()))
}

/// The same bucket so many years before: the same days of the month, or 52 weeks earlier for each.
fn years_before(bucket: &Bucket, years: u32) -> Bucket {
    match bucket.period.grain() {
        Grain::Week => {
            let back = Days::new(364 * u64::from(years));
            let (start, end) = (bucket.start - back, bucket.end - back);
            Bucket { period: Period::of(Grain::Week, start), start, end }
        }
        Grain::Month => {
            let start = bucket.start - Months::new(12 * years);
            let period = Period::of(Grain::Month, start);
            // Of months only the first is ever cut, at its beginning.
            Bucket { period, start, end: period.end() }
        }
    }
}

/// Months or weeks, whichever the plan begins with, that a bucket comes to.
fn periods(network: &Network, bucket: &Bucket) -> Ratio {
    let grain = grain(network);
    let days =
        if bucket.period.grain() == grain { bucket.period.days() } else { Period::of(grain, bucket.start).days() };
    Ratio::new(i128::from(bucket.days()), i128::from(days))
}

/// What the plan's first bucket is, or is what is left of.
fn grain(network: &Network) -> Grain {
    network.calendar.buckets.first().map_or(Grain::Month, |bucket| bucket.period.grain())
}

/// The mean of the last `over` whole months or weeks before as-of; those that end before the launch do not count.
fn mean(network: &Network, item: ItemId, channel: ChannelId, over: usize) -> Result<Ratio, Overflow> {
    let Some(history) = history(network, item, channel) else { return Ok(Ratio::zero()) };
    let launch = network.item(item).launch;
    let (mut units, mut count) = (Ratio::zero(), 0);
    let mut end = Period::of(grain(network), network.as_of).start() - Days::new(1);
    for _ in 0..over {
        if launch.is_some_and(|launch| end < launch) {
            break;
        }
        let period = Period::of(grain(network), end);
        units = add(units, sold(history, &Bucket { period, start: period.start(), end })?)?;
        count += 1;
        end = period.start() - Days::new(1);
    }
    if count == 0 { Ok(units) } else { mul(units, Ratio::new(1, count)) }
}
