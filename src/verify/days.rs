//! Days and buckets, counted one by one.

use chrono::{Datelike, Days, NaiveDate};

use super::exact::{Exact, Overflow, over, whole};
use crate::calendar::{Bucket, Grain, Period};

/// The days from `first` to `last`, both included; none where `last` lies before `first`.
pub(super) fn each(first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    first.iter_days().take_while(move |day| *day <= last)
}

/// How many days there are from `first` to `last`, both included; 0 where `last` lies before `first`.
pub(super) fn count(first: NaiveDate, last: NaiveDate) -> i64 {
    (last.signed_duration_since(first).num_days() + 1).max(0)
}

/// The day `days` after `day`, or before it where `days` is negative.
pub(super) fn after(day: NaiveDate, days: i64) -> Result<NaiveDate, Overflow> {
    let distance = Days::new(days.unsigned_abs());
    let there = if days < 0 { day.checked_sub_days(distance) } else { day.checked_add_days(distance) };
    there.ok_or(Overflow)
}

/// Days of a bucket.
pub(super) fn length(bucket: &Bucket) -> i64 {
    count(bucket.start, bucket.end)
}

/// First day + floor(days / 2), found by walking.
pub(super) fn middle(bucket: &Bucket) -> NaiveDate {
    let steps = usize::try_from(length(bucket) / 2).unwrap_or(0);
    bucket.start.iter_days().nth(steps).unwrap_or(bucket.end)
}

/// The bucket that holds `day`.
pub(super) fn bucket_of(buckets: &[Bucket], day: NaiveDate) -> Option<usize> {
    buckets.iter().position(|bucket| bucket.start <= day && day <= bucket.end)
}

/// Days of the calendar month, or ISO week, that holds `day`.
pub(super) fn period_length(grain: Grain, day: NaiveDate) -> i64 {
    match grain {
        Grain::Week => 7,
        Grain::Month => {
            let exists = |&last: &u32| NaiveDate::from_ymd_opt(day.year(), day.month(), last).is_some();
            (28..=31).rev().find(exists).map_or(28, i64::from)
        }
    }
}

/// The part of its month or week that a bucket is: days / days of the period.
pub(super) fn share_of_period(bucket: &Bucket) -> Exact {
    over(whole(length(bucket)), whole(period_length(bucket.period.grain(), bucket.start)))
}

/// The part of a year that a bucket is: a month 1/12, a week 1/52, less of them by days.
pub(super) fn share_of_year(bucket: &Bucket) -> Exact {
    let periods = match bucket.period.grain() {
        Grain::Month => 12,
        Grain::Week => 52,
    };
    over(share_of_period(bucket)?, whole(periods))
}

/// True where a bucket lies in a stretch of months or weeks: by its own name, or where that is of the other grain by the
/// month or week of its middle day.
pub(super) fn lies_in(bucket: &Bucket, (first, last): (Period, Period)) -> bool {
    let grain = first.grain();
    let period = if bucket.period.grain() == grain { bucket.period } else { Period::of(grain, middle(bucket)) };
    first <= period && period <= last
}
