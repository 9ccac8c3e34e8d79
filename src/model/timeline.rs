//! What a series comes to in each bucket.
//!
//! *Flows* are spread by days, *levels* are taken as they stand; `docs/meaning.md` has the rules with examples.

use chrono::{Days, NaiveDate};
use num_traits::Zero;
use rust_decimal::Decimal;

use crate::calendar::{Bucket, Grain, Period};
use crate::series::Series;
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// Where a bucket stands: the first one may be partial because the plan begins in its midst.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// The bucket.
    pub bucket: Bucket,
    /// True for the first bucket of the plan.
    pub first: bool,
    /// True where the first bucket's numbers are those of its whole period.
    pub whole: bool,
}

impl At {
    fn days(&self) -> i64 {
        self.bucket.days()
    }

    /// Days in the bucket / days in its period.
    fn part(&self) -> Ratio {
        Ratio::new(i128::from(self.days()), i128::from(self.bucket.period.days()))
    }

    /// What the first bucket takes of a number that is meant for its whole period.
    fn first_part(&self) -> Ratio {
        if self.first && self.whole { self.part() } else { whole(1) }
    }
}

/// A flow's value in a bucket; `None` where nothing is stated for any of its days.
///
/// # Errors
/// Where it does not fit.
pub fn flow(series: &Series, at: &At) -> Result<Option<Ratio>, Overflow> {
    match series {
        Series::Scalar(value) => mul(ratio(*value), at.first_part()).map(Some),
        Series::Per(grain, value) => {
            by_days(at.bucket, |day| Some((*value, Period::of(*grain, day)))).map(|(sum, _)| Some(sum))
        }
        Series::Table { default, keys } => {
            if let Some(key) = series.key_for(at.bucket.period) {
                let part = if at.first { at.first_part() } else { at.part() };
                return mul(ratio(key.value), part).map(Some);
            }
            let other = if at.bucket.period.grain() == Grain::Week { Grain::Month } else { Grain::Week };
            let of_day = |day| {
                let period = Period::of(other, day);
                series.key_for(period).map(|key| (key.value, period))
            };
            let relevant = keys.iter().any(|key| key.first.grain() == other);
            let (sum, covered) = if relevant { by_days(at.bucket, of_day)? } else { (Ratio::zero(), 0) };
            let Some(default) = default else { return Ok((covered > 0).then_some(sum)) };
            let uncovered = Ratio::new(i128::from(at.days() - covered), i128::from(at.days()));
            let rest = mul(mul(ratio(*default), uncovered)?, at.first_part())?;
            add(sum, rest).map(Some)
        }
        Series::Layered(layers) => {
            let stated = layers.iter().map(|layer| flow(layer, at)).find(|found| !matches!(found, Ok(None)));
            stated.unwrap_or(Ok(None))
        }
    }
}

/// A flow on days that are past: each takes its part of what is stated for its month or week, of the bucket's grain before
/// the other, and default and scalar are so much for each period of that grain.
///
/// # Errors
/// Where it does not fit.
pub fn past_flow(series: &Series, bucket: &Bucket) -> Result<Ratio, Overflow> {
    let grain = bucket.period.grain();
    let other = if grain == Grain::Week { Grain::Month } else { Grain::Week };
    let of_day = |day| {
        let (own, other) = (Period::of(grain, day), Period::of(other, day));
        match series {
            Series::Scalar(value) => Some((*value, own)),
            Series::Per(grain, value) => Some((*value, Period::of(*grain, day))),
            Series::Table { default, .. } => {
                let key = |period| series.key_for(period).map(|key| (key.value, period));
                key(own).or_else(|| key(other)).or(default.map(|value| (value, own)))
            }
            // Levels only.
            Series::Layered(_) => None,
        }
    };
    by_days(*bucket, of_day).map(|(sum, _)| sum)
}

/// Sum over a bucket's days of value / days of its period, and how many days have one.
fn by_days(bucket: Bucket, of_day: impl Fn(NaiveDate) -> Option<(Decimal, Period)>) -> Result<(Ratio, i64), Overflow> {
    let mut sum = Ratio::zero();
    let mut covered = 0;
    let mut day = bucket.start;
    while day <= bucket.end {
        // A stretch of days in one month or week is one step.
        let stated = of_day(day);
        let mut days = 1;
        let mut next = day + Days::new(1);
        while next <= bucket.end && of_day(next).map(|(_, period)| period) == stated.map(|(_, period)| period) {
            days += 1;
            next = next + Days::new(1);
        }
        if let Some((value, period)) = stated {
            covered += days;
            sum = add(sum, mul(ratio(value), Ratio::new(i128::from(days), i128::from(period.days())))?)?;
        }
        day = next;
    }
    Ok((sum, covered))
}

/// A level's value in a bucket; 0 where nothing is stated.
#[must_use]
pub fn level(series: &Series, bucket: &Bucket) -> Decimal {
    stated_level(series, bucket).unwrap_or_default()
}

/// A level's value in a bucket, where one is stated. A week belongs to the month of its middle day.
#[must_use]
pub fn stated_level(series: &Series, bucket: &Bucket) -> Option<Decimal> {
    match series {
        Series::Scalar(value) | Series::Per(_, value) => Some(*value),
        Series::Table { default, .. } => {
            let own = series.key_for(bucket.period);
            let month = || match bucket.period {
                Period::Week { .. } => series.key_for(Period::of(Grain::Month, bucket.middle())),
                Period::Month { .. } => None,
            };
            own.or_else(month).map(|key| key.value).or(*default)
        }
        Series::Layered(layers) => layers.iter().find_map(|layer| stated_level(layer, bucket)),
    }
}

/// True where a promotion or the like that runs from `first` to `last` touches the bucket.
#[must_use]
pub fn runs_in((first, last): (Period, Period), bucket: &Bucket) -> bool {
    let period =
        if bucket.period.grain() == first.grain() { bucket.period } else { Period::of(first.grain(), bucket.middle()) };
    first <= period && period <= last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Calendar, Shape};
    use crate::series::SeriesKey;

    fn key(first: &str, last: &str, value: i64) -> SeriesKey {
        let period = |text| Period::parse(text).unwrap();
        SeriesKey { first: period(first), last: period(last), range: first != last, value: Decimal::from(value) }
    }

    fn flows(series: &Series, as_of: &str, shape: Shape, whole: bool) -> Vec<Ratio> {
        let calendar = Calendar::new(as_of.parse().unwrap(), shape);
        let at = |(index, &bucket)| flow(series, &At { bucket, first: index == 0, whole }).unwrap().unwrap_or_default();
        calendar.buckets.iter().enumerate().map(at).collect()
    }

    #[test]
    fn month_keys_spread_over_weeks_and_rests_of_months() {
        let keys = vec![key("2026-01", "2026-01", 62), key("2026-02", "2026-02", 84), key("2026-03", "2026-03", 62)];
        let series = Series::Table { default: None, keys };
        let found = flows(&series, "2026-01-19", Shape { weeks: 2, months: 2 }, false);
        assert_eq!(found, [14, 15, 81, 62].map(whole));
    }

    #[test]
    fn the_first_bucket_is_what_is_left_or_a_part_of_the_whole() {
        let scalar = Series::Scalar(Decimal::from(280));
        let shape = Shape { weeks: 0, months: 2 };
        assert_eq!(flows(&scalar, "2026-02-08", shape, false), [280, 280].map(whole));
        assert_eq!(flows(&scalar, "2026-02-08", shape, true), [210, 280].map(whole));
        assert_eq!(
            flows(&Series::Per(Grain::Month, Decimal::from(280)), "2026-02-08", shape, false),
            [210, 280].map(whole)
        );
    }

    #[test]
    fn a_key_beats_a_range_beats_the_default() {
        let keys = vec![key("2026-02", "2026-03", 2), key("2026-03", "2026-03", 3)];
        let series = Series::Table { default: Some(Decimal::ONE), keys };
        let found = flows(&series, "2026-02-01", Shape { weeks: 0, months: 3 }, false);
        assert_eq!(found, [2, 3, 1].map(whole));
    }
}
