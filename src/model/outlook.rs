//! Demand assumed from history: what an outlook gives an offer in a bucket, unrounded, and how that comes about.

use chrono::{Days, Months, NaiveDate};
use num_traits::Zero;

use super::timeline::past_flow;
use crate::calendar::{Bucket, Grain, Period};
use crate::network::{ChannelId, History, ItemId, Network, Outlook, OutlookMethod};
use crate::units::{Overflow, Ratio, add, mul, ratio, sum, whole};

/// What is assumed of an item in a channel.
#[derive(Debug)]
pub struct Assumed<'n> {
    network: &'n Network,
    /// The day from which on nothing is known.
    today: NaiveDate,
    method: Method<'n>,
    /// What a year makes of a unit.
    growth: Ratio,
}

/// How demand follows from what was sold.
#[derive(Debug)]
enum Method<'n> {
    /// As in the year before, times a factor.
    YearBefore(Option<&'n History>, Ratio),
    /// The mean of some months or weeks, whichever the plan begins with.
    Mean(Mean),
}

/// What history tells of some days, units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Past {
    /// Sold.
    pub sold: Ratio,
    /// Of those, came back.
    pub returned: Ratio,
    /// Of those, sold because of promotions.
    pub promoted: Ratio,
    /// Wanted besides, and not there.
    pub lost: Ratio,
}

impl Past {
    /// What a row tells of the days of a bucket.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn of(history: &History, bucket: &Bucket) -> Result<Self, Overflow> {
        let flow = |series: Option<&crate::series::Series>| {
            series.map_or(Ok(Ratio::zero()), |series| past_flow(series, bucket))
        };
        Ok(Self {
            sold: flow(Some(&history.units))?,
            returned: flow(history.returned.as_ref())?,
            promoted: flow(history.promoted.as_ref())?,
            lost: flow(history.lost.as_ref())?,
        })
    }

    /// The base demand: sold - returned - promoted + lost, not below 0.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn base(&self) -> Result<Ratio, Overflow> {
        sum([self.sold, -self.returned, -self.promoted, self.lost]).map(|base| base.max(Ratio::zero()))
    }

    fn and(&self, other: &Self) -> Result<Self, Overflow> {
        Ok(Self {
            sold: add(self.sold, other.sold)?,
            returned: add(self.returned, other.returned)?,
            promoted: add(self.promoted, other.promoted)?,
            lost: add(self.lost, other.lost)?,
        })
    }
}

/// Months or weeks that an average is taken over.
#[derive(Debug, Clone, Default)]
struct Mean {
    /// First and last day, where there is any.
    days: Option<(NaiveDate, NaiveDate)>,
    count: i64,
    past: Past,
    /// Sum of the base demand of each.
    base: Ratio,
}

/// How an assumed number comes about: base / count x part x factor x growth^years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derivation {
    /// First and last day of the history it follows; none where an average has nothing to be taken over.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// What history tells of them.
    pub past: Past,
    /// Base demand of them.
    pub base: Ratio,
    /// Months or weeks it is the average of; 1 where it is none.
    pub count: i64,
    /// What the bucket takes of a month or week; 1 where it takes all.
    pub part: Ratio,
    /// Units for one of the other item; 1 where it follows its own.
    pub factor: Ratio,
    /// What a year makes of a unit.
    pub growth: Ratio,
    /// How many years it grows.
    pub years: u32,
    /// The number, unrounded.
    pub units: Ratio,
    /// True where history tells of those days; else nothing is known of them, and nothing is assumed.
    pub is_known: bool,
}

impl<'n> Assumed<'n> {
    /// What an outlook says of an item in a channel.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn of(network: &'n Network, outlook: &Outlook, item: ItemId, channel: ChannelId) -> Result<Self, Overflow> {
        Self::on(network, outlook, (item, channel), network.as_of)
    }

    /// What it would have said on an earlier day.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn on(
        network: &'n Network,
        outlook: &Outlook,
        (item, channel): (ItemId, ChannelId),
        today: NaiveDate,
    ) -> Result<Self, Overflow> {
        let method = match outlook.method {
            OutlookMethod::Seasonal => Method::YearBefore(history(network, item, channel), whole(1)),
            OutlookMethod::Like(other, factor) => Method::YearBefore(history(network, other, channel), ratio(factor)),
            OutlookMethod::Average(over) => Method::Mean(mean(network, (item, channel), over, today)?),
        };
        Ok(Self { network, today, method, growth: add(whole(1), ratio(outlook.growth))? })
    }

    /// Units in a bucket; `None` past the horizon where history does not reach.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn units(&self, bucket: &Bucket) -> Result<Option<Ratio>, Overflow> {
        Ok(self.derive(bucket)?.map(|derivation| derivation.units))
    }

    /// How the units of a bucket come about; `None` past the horizon where history does not reach.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn derive(&self, bucket: &Bucket) -> Result<Option<Derivation>, Overflow> {
        match &self.method {
            Method::Mean(mean) => {
                let part = periods(self.network, bucket);
                let each = if mean.count == 0 { mean.base } else { mul(mean.base, Ratio::new(1, mean.count.into()))? };
                Ok(Some(Derivation {
                    days: mean.days,
                    past: mean.past,
                    base: mean.base,
                    count: mean.count,
                    part,
                    factor: whole(1),
                    growth: self.growth,
                    years: 1,
                    units: mul(mul(each, part)?, self.growth)?,
                    is_known: mean.count > 0,
                }))
            }
            Method::YearBefore(history, factor) => {
                let (mut years, mut grown) = (1, mul(*factor, self.growth)?);
                while years_before(bucket, years).end >= self.today {
                    if bucket.start > self.network.calendar.end() {
                        return Ok(None);
                    }
                    (years, grown) = (years + 1, mul(grown, self.growth)?);
                }
                let then = years_before(bucket, years);
                let past = history.map_or(Ok(Past::default()), |history| Past::of(history, &then))?;
                let base = past.base()?;
                Ok(Some(Derivation {
                    days: Some((then.start, then.end)),
                    past,
                    base,
                    count: 1,
                    part: whole(1),
                    factor: *factor,
                    growth: self.growth,
                    years,
                    units: mul(base, grown)?,
                    is_known: self.network.history_from.is_none_or(|from| from <= then.start),
                }))
            }
        }
    }
}

/// True where history tells of what a bucket of the horizon follows, as far as time goes.
#[must_use]
pub fn knows(network: &Network, method: OutlookMethod, bucket: &Bucket) -> bool {
    if matches!(method, OutlookMethod::Average(_)) {
        return true;
    }
    let over = (1..).map(|years| years_before(bucket, years)).find(|then| then.end < network.as_of);
    over.is_none_or(|then| network.history_from.is_none_or(|from| from <= then.start))
}

/// What was sold of an item in a channel.
#[must_use]
pub fn history(network: &Network, item: ItemId, channel: ChannelId) -> Option<&History> {
    let found = network.history.binary_search_by_key(&(item, channel), |row| (row.item, row.channel));
    found.ok().map(|index| &network.history[index])
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
#[must_use]
pub fn grain(network: &Network) -> Grain {
    network.calendar.buckets.first().map_or(Grain::Month, |bucket| bucket.period.grain())
}

/// The last `count` whole months or weeks before a day, whichever the plan begins with, the latest first.
pub fn periods_before(network: &Network, day: NaiveDate, count: usize) -> impl Iterator<Item = Bucket> {
    let grain = grain(network);
    let before = move |day: NaiveDate| Period::of(grain, day - Days::new(1));
    let first = before(Period::of(grain, day).start());
    std::iter::successors(Some(first), move |period| Some(before(period.start()))).take(count).map(|period| Bucket {
        period,
        start: period.start(),
        end: period.end(),
    })
}

/// The mean of the last `over` whole months or weeks before a day; those that end before the launch do not count, nor those
/// that begin before history does.
fn mean(
    network: &Network,
    (item, channel): (ItemId, ChannelId),
    over: usize,
    today: NaiveDate,
) -> Result<Mean, Overflow> {
    let mut mean = Mean::default();
    let Some(history) = history(network, item, channel) else { return Ok(mean) };
    let launch = network.item(item).launch;
    let counts = |bucket: &Bucket| {
        launch.is_none_or(|launch| bucket.end >= launch) && network.history_from.is_none_or(|from| bucket.start >= from)
    };
    for bucket in periods_before(network, today, over).take_while(counts) {
        let past = Past::of(history, &bucket)?;
        mean.days = Some((bucket.start, mean.days.map_or(bucket.end, |(_, end)| end)));
        mean.count += 1;
        mean.past = mean.past.and(&past)?;
        mean.base = add(mean.base, past.base()?)?;
    }
    Ok(mean)
}
