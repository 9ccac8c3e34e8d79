//! What a series says for a bucket: flows are spread by days, levels are taken as they stand.

use crate::calendar::{Bucket, Grain, Period};
use crate::series::{Series, SeriesKey};

use super::days;
use super::exact::{Exact, Overflow, Ratio, over, plus, ratio, times, whole, zero};

/// A bucket and how flows fall into it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch<'n> {
    /// The days.
    pub(super) bucket: &'n Bucket,
    /// True for the bucket that begins at as-of.
    pub(super) first: bool,
    /// True where the first bucket's flows are stated for its whole month or week.
    pub(super) whole: bool,
}

/// The flow of a stretch; nothing where the series is silent.
pub(super) fn flow(series: &Series, stretch: Stretch<'_>) -> Exact {
    Ok(stated_flow(series, stretch)?.unwrap_or_else(zero))
}

/// The flow of a stretch, or `None` where the series says nothing about any of its days.
pub(super) fn stated_flow(series: &Series, stretch: Stretch<'_>) -> Result<Option<Ratio>, Overflow> {
    match series {
        Series::Scalar(value) => times(ratio(*value), standing_share(stretch)?).map(Some),
        Series::Per(grain, value) => spread(ratio(*value), *grain, stretch.bucket).map(Some),
        Series::Table { default, keys } => match key_of(keys, stretch.bucket.period) {
            Some(key) => times(ratio(key.value), key_share(stretch)?).map(Some),
            None => by_day(default.map(ratio), keys, stretch),
        },
        Series::Layered(layers) => {
            for layer in layers {
                if let Some(value) = stated_flow(layer, stretch)? {
                    return Ok(Some(value));
                }
            }
            Ok(None)
        }
    }
}

/// The level of a bucket; zero where the series is silent.
pub(super) fn level(series: &Series, bucket: &Bucket) -> Ratio {
    stated_level(series, bucket).unwrap_or_else(zero)
}

/// The level of a bucket, or `None` where the series says nothing about it.
pub(super) fn stated_level(series: &Series, bucket: &Bucket) -> Option<Ratio> {
    match series {
        Series::Scalar(value) | Series::Per(_, value) => Some(ratio(*value)),
        Series::Table { default, keys } => {
            let key = key_of(keys, bucket.period).or_else(|| month_key_of_week(keys, bucket));
            key.map(|key| key.value).or(*default).map(ratio)
        }
        Series::Layered(layers) => layers.iter().find_map(|layer| stated_level(layer, bucket)),
    }
}

/// A week without a key of its own belongs to the month of its middle day.
fn month_key_of_week<'s>(keys: &'s [SeriesKey], bucket: &Bucket) -> Option<&'s SeriesKey> {
    match bucket.period.grain() {
        Grain::Week => key_of(keys, Period::of(Grain::Month, days::middle(bucket))),
        Grain::Month => None,
    }
}

/// The key that names a period: a single one before a range.
pub(super) fn key_of(keys: &[SeriesKey], period: Period) -> Option<&SeriesKey> {
    let naming = |range: bool| {
        keys.iter().find(move |key| {
            key.range == range && key.first.grain() == period.grain() && key.first <= period && period <= key.last
        })
    };
    naming(false).or_else(|| naming(true))
}

/// How much of a scalar or default falls into a stretch: all of it, but of a first bucket stated whole what is left.
fn standing_share(stretch: Stretch<'_>) -> Exact {
    if stretch.first && stretch.whole { days::share_of_period(stretch.bucket) } else { Ok(whole(1)) }
}

/// How much of a key's value falls into the stretch of its own period.
fn key_share(stretch: Stretch<'_>) -> Exact {
    if stretch.first { standing_share(stretch) } else { days::share_of_period(stretch.bucket) }
}

/// So much a month or week: each day takes its part of the period it lies in.
fn spread(value: Ratio, grain: Grain, bucket: &Bucket) -> Exact {
    days::each(bucket.start, bucket.end)
        .try_fold(zero(), |sum, day| plus(sum, over(value, whole(days::period_length(grain, day)))?))
}

/// Each day takes its part of the key, of the other grain, that names it; the others take their part of the default.
fn by_day(default: Option<Ratio>, keys: &[SeriesKey], stretch: Stretch<'_>) -> Result<Option<Ratio>, Overflow> {
    let bucket = stretch.bucket;
    let other = match bucket.period.grain() {
        Grain::Month => Grain::Week,
        Grain::Week => Grain::Month,
    };
    let (mut sum, mut covered) = (zero(), 0);
    if keys.iter().any(|key| key.first.grain() == other) {
        for day in days::each(bucket.start, bucket.end) {
            if let Some(key) = key_of(keys, Period::of(other, day)) {
                sum = plus(sum, over(ratio(key.value), whole(days::period_length(other, day)))?)?;
                covered += 1;
            }
        }
    }
    let Some(default) = default else { return Ok((covered > 0).then_some(sum)) };
    let uncovered = over(whole(days::length(bucket) - covered), whole(days::length(bucket)))?;
    let rest = times(times(default, uncovered)?, standing_share(stretch)?)?;
    plus(sum, rest).map(Some)
}
