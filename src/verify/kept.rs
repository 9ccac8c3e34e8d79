//! What was sold in the buckets of the last plan that are over, told from actual sales or from history, row by row.

use std::collections::{BTreeMap, BTreeSet};

use super::days;
use super::exact::{
    Exact, Overflow, Ratio, gather, less, nearest_units, over, plus, printed, ratio, times, whole, zero,
};
use super::sums::{About, Into};
use super::value::{Stretch, key_of, stated_flow};
use crate::calendar::{Bucket, Period};
use crate::network::{Actual, ChannelId, Event, ItemId, Network};
use crate::plan::Figure;
use crate::series::Series;

/// A family adheres where it sold at least four fifths and at most six fifths of its plan.
const FIFTHS: (i64, i64) = (4, 6);

/// Units of an item in a channel and bucket of the last plan: planned, sold.
type Rows = BTreeMap<(ItemId, ChannelId, usize), (Ratio, Ratio)>;

/// A family in a bucket of the last plan: its category, or none.
pub(super) type Family = (Option<String>, usize);

/// Hands each row to whoever it is about.
pub(super) fn fill(network: &Network, into: &mut Into<'_>) -> Result<(), Overflow> {
    for ((item, channel, bucket), (planned, sold)) in rows(network)? {
        let family: Family = (network.items[item.index()].category.clone(), bucket);
        let about = About { item, channel: Some(channel), location: None, supplier: None };
        into(about, &|sums| add(&mut sums.kept, &family, planned, sold))?;
    }
    Ok(())
}

/// Adds to the sums of a family.
pub(super) fn add(
    kept: &mut BTreeMap<Family, (Ratio, Ratio)>,
    family: &Family,
    planned: Ratio,
    sold: Ratio,
) -> Result<(), Overflow> {
    let sums = kept.entry(family.clone()).or_default();
    gather(&mut sums.0, planned)?;
    gather(&mut sums.1, sold)
}

/// The share of families and buckets that came close to the last plan.
pub(super) fn adherence(kept: &BTreeMap<Family, (Ratio, Ratio)>) -> Result<Figure, Overflow> {
    if kept.is_empty() {
        return Ok(Figure::NotApplicable);
    }
    let (mut close, mut all) = (0, 0);
    for (planned, sold) in kept.values() {
        let five_times = times(whole(5), *sold)?;
        let (least, most) = (times(whole(FIFTHS.0), *planned)?, times(whole(FIFTHS.1), *planned)?);
        close += i64::from(least <= five_times && five_times <= most);
        all += 1;
    }
    printed(over(whole(close), whole(all))?).map(Figure::Value)
}

fn rows(network: &Network) -> Result<Rows, Overflow> {
    let mut rows = Rows::new();
    let Some(last) = &network.baseline else { return Ok(rows) };
    let mut told = BTreeSet::new();
    for actual in &network.actuals {
        let Event::Sale(item, channel, ..) = &actual.event else { continue };
        for (bucket, units) in in_buckets(actual, &last.over)? {
            gather(&mut rows.entry((*item, *channel, bucket)).or_default().1, whole(units))?;
            told.insert(bucket);
        }
    }
    let by_actuals = told.clone();
    for (index, bucket) in last.over.iter().enumerate() {
        if by_actuals.contains(&index) || bucket.start != bucket.period.start() {
            continue;
        }
        for history in &network.history {
            let stretch = Stretch { bucket, first: false, whole: false };
            if let Some(units) = stated_flow(&history.units, stretch)? {
                gather(&mut rows.entry((history.item, history.channel, index)).or_default().1, units)?;
                told.insert(index);
            }
        }
    }
    for sales in last.sales.iter().filter(|sales| told.contains(&sales.bucket)) {
        rows.entry((sales.item, sales.channel, sales.bucket)).or_default().0 = whole(sales.units);
    }
    Ok(rows)
}

/// Units that a row tells of, by bucket: of a day as they stand; of months and weeks made whole by running totals.
fn in_buckets(actual: &Actual, buckets: &[Bucket]) -> Result<Vec<(usize, i64)>, Overflow> {
    if let Some(day) = actual.on {
        let Some(Series::Scalar(units)) = &actual.units else { return Ok(Vec::new()) };
        let units = nearest_units(ratio(*units))?;
        return Ok(days::bucket_of(buckets, day).map(|bucket| (bucket, units)).into_iter().collect());
    }
    let Some(Series::Table { keys, .. }) = &actual.units else { return Ok(Vec::new()) };
    let (mut found, mut so_far, mut rounded) = (Vec::new(), zero(), 0);
    for (index, bucket) in buckets.iter().enumerate() {
        let mut told = false;
        for key in keys {
            let mut period = key.first;
            loop {
                let part = part(period, keys_name(actual, bucket), (index, bucket))?;
                if part > zero() {
                    so_far = plus(so_far, times(ratio(key.value), part)?)?;
                    told = true;
                }
                if period >= key.last {
                    break;
                }
                period = period.next();
            }
        }
        let total = nearest_units(so_far)?;
        if told {
            found.push((index, less(total, rounded)?));
        }
        rounded = total;
    }
    Ok(found)
}

/// True where a row tells of a bucket by its very name.
fn keys_name(actual: &Actual, bucket: &Bucket) -> bool {
    matches!(&actual.units, Some(Series::Table { keys, .. }) if key_of(keys, bucket.period).is_some())
}

/// How much of what is told of a month or week falls into a bucket. Told by its own name, the first one has all of it, since the plan
/// began in its midst.
fn part(period: Period, by_name: bool, (index, bucket): (usize, &Bucket)) -> Exact {
    let length = days::count(period.start(), period.end());
    if period == bucket.period {
        return if index == 0 { Ok(whole(1)) } else { over(whole(days::length(bucket)), whole(length)) };
    }
    if by_name {
        return Ok(zero());
    }
    let shared = days::each(bucket.start, bucket.end).filter(|day| period.start() <= *day && *day <= period.end());
    over(whole(i64::try_from(shared.count()).map_err(|_| Overflow)?), whole(length))
}
