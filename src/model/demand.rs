//! Demand: in whole units by bucket, and unrounded as the forward demand that stock is held for.

use num_traits::{CheckedDiv, Zero};
use rust_decimal::Decimal;

use super::moves::Moves;
use super::outlook::Assumed;
use super::timeline::{At, flow, level, runs_in};
use crate::calendar::{Bucket, days_between};
use crate::network::{Change, Item, Network, Offer, Pool};
use crate::units::{MAX_UNITS, Overflow, Ratio, add, mul, ratio, round_half_up, whole};

/// Days past the horizon over which stock is held against demand: 520 weeks.
pub const LOOK_AHEAD_DAYS: i64 = 520 * 7;

/// True where an item is sold on some day of the bucket.
#[must_use]
pub fn is_sold(item: &Item, bucket: &Bucket) -> bool {
    item.launch.is_none_or(|launch| bucket.end >= launch)
        && item.phase_out.is_none_or(|phase_out| bucket.start < phase_out)
}

/// An offer with what its outlook assumes.
struct Asking<'n> {
    network: &'n Network,
    offer: &'n Offer,
    assumed: Option<Assumed<'n>>,
}

impl<'n> Asking<'n> {
    fn of(network: &'n Network, offer: &'n Offer) -> Result<Self, Overflow> {
        let of = |index: usize| Assumed::of(network, &network.outlooks[index], offer.item, offer.channel);
        Ok(Self { network, offer, assumed: offer.outlook.map(of).transpose()? })
    }

    /// Demand in a bucket before promotions, unrounded: what is stated, else what is assumed, else `unstated`; as people
    /// changed it.
    fn base(&self, at: &At, unstated: Ratio) -> Result<Ratio, Overflow> {
        let Self { network, offer, assumed } = self;
        if !is_sold(network.item(offer.item), &at.bucket) {
            return Ok(Ratio::zero());
        }
        let stated = match (flow(&offer.demand, at)?, assumed) {
            (None, Some(assumed)) => assumed.units(&at.bucket)?,
            (stated, _) => stated,
        };
        changed(offer, at, stated.unwrap_or(unstated))
    }
}

/// What people made of the demand of a bucket.
fn changed(offer: &Offer, at: &At, stated: Ratio) -> Result<Ratio, Overflow> {
    let adjustment = offer.adjustments.iter().find(|adjustment| runs_in(adjustment.during, &at.bucket));
    match adjustment.map(|adjustment| adjustment.change) {
        None => Ok(stated),
        Some(Change::Factor(factor)) => mul(stated, ratio(factor)),
        Some(Change::Add(units)) => add(stated, ratio(units)).map(|units| units.max(Ratio::zero())),
        Some(Change::Set(units)) => Ok(ratio(units)),
    }
}

/// Where the plan's buckets stand.
fn positions(network: &Network) -> impl Iterator<Item = At> + '_ {
    let whole = network.first_bucket_whole;
    network.calendar.buckets.iter().enumerate().map(move |(index, &bucket)| At { bucket, first: index == 0, whole })
}

/// Demand by bucket with promotions, unrounded: first all units that are added, then all uplifts.
///
/// # Errors
/// Where it does not fit.
pub fn promoted(network: &Network, offer: &Offer) -> Result<Vec<Ratio>, Overflow> {
    promoted_after(network, offer, &Moves::default())
}

/// The same where promotions have moved.
///
/// # Errors
/// Where it does not fit.
pub fn promoted_after(network: &Network, offer: &Offer, moves: &Moves) -> Result<Vec<Ratio>, Overflow> {
    let asking = Asking::of(network, offer)?;
    let of_bucket = |(index, at): (usize, At)| {
        let mut units = asking.base(&at, Ratio::zero())?;
        if !is_sold(network.item(offer.item), &at.bucket) {
            return Ok(units);
        }
        let running = || {
            let all = offer.promotions.iter().filter(|&&promotion| moves.runs(network, promotion, index));
            all.map(|&promotion| &network.promotions[promotion])
        };
        for added in running().filter_map(|promotion| promotion.add_units) {
            units = add(units, ratio(added))?;
        }
        for uplift in running().filter_map(|promotion| promotion.uplift) {
            units = mul(units, ratio(uplift))?;
        }
        Ok(units)
    };
    positions(network).enumerate().map(of_bucket).collect()
}

/// Whole units by bucket: round(sum to t) - round(sum to t - 1), half up, so that totals are kept and an earlier bucket
/// never depends on a later one.
///
/// # Errors
/// Where a sum does not fit.
pub fn whole_units(unrounded: &[Ratio]) -> Result<Vec<i64>, Overflow> {
    let mut sum = Ratio::zero();
    let mut before = 0;
    let of_bucket = |units: &Ratio| {
        sum = add(sum, *units)?;
        let rounded = round_half_up(sum);
        let units = i64::try_from(rounded - before).map_err(|_| Overflow)?;
        if units > MAX_UNITS {
            return Err(Overflow);
        }
        before = rounded;
        Ok(units)
    };
    unrounded.iter().map(of_bucket).collect()
}

/// The price of an offer in a bucket: the lowest of running promotions' prices, else the stated one.
#[must_use]
pub fn price(network: &Network, offer: &Offer, bucket: &Bucket) -> Decimal {
    lowest_price(network, offer, bucket, |promotion| runs_in(network.promotions[promotion].during, bucket))
}

/// The same in a bucket of the horizon, by index, where promotions have moved.
#[must_use]
pub fn price_after(network: &Network, offer: &Offer, bucket: usize, moves: &Moves) -> Decimal {
    let at = &network.calendar.buckets[bucket];
    lowest_price(network, offer, at, |promotion| moves.runs(network, promotion, bucket))
}

fn lowest_price(network: &Network, offer: &Offer, bucket: &Bucket, runs: impl Fn(usize) -> bool) -> Decimal {
    let running = offer.promotions.iter().filter(|&&promotion| runs(promotion));
    let promoted = running.filter_map(|&promotion| network.promotions[promotion].price);
    promoted.min().unwrap_or_else(|| level(&offer.price, bucket))
}

/// Demand a stretch of days asks for, evenly.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// Days.
    pub days: i64,
    /// Units in all of them, unrounded.
    pub units: Ratio,
}

/// The forward demand of a pool: the buckets of horizon and tail, then stretches that go on for [`LOOK_AHEAD_DAYS`].
///
/// # Errors
/// Where it does not fit.
pub fn forward(network: &Network, pool: &Pool) -> Result<Vec<Stretch>, Overflow> {
    let calendar = &network.calendar;
    let months = usize::try_from(LOOK_AHEAD_DAYS / 28 + 2).unwrap_or(0);
    let weeks = usize::try_from(LOOK_AHEAD_DAYS / 7 + 2).unwrap_or(0);
    let is_month = calendar.buckets.last().is_some_and(|bucket| bucket.period.days() > 7);
    let beyond = calendar.beyond(network.tail + if is_month { months } else { weeks });
    let mut stretches: Vec<Stretch> = calendar
        .buckets
        .iter()
        .chain(&beyond)
        .map(|bucket| Stretch { days: bucket.days(), units: Ratio::zero() })
        .collect();
    // Offers are sorted by item.
    let from = network.offers.partition_point(|offer| offer.item < pool.item);
    let of_item = network.offers[from..].iter().take_while(|offer| offer.item == pool.item);
    let served = of_item.filter(|offer| network.channel(offer.channel).ship_from.first() == Some(&pool.location));
    for offer in served {
        let inside = promoted(network, offer)?;
        for (stretch, units) in stretches.iter_mut().zip(&inside) {
            stretch.units = add(stretch.units, *units)?;
        }
        for (stretch, units) in stretches[calendar.len()..].iter_mut().zip(self::beyond(network, offer, &beyond)?) {
            stretch.units = add(stretch.units, units)?;
        }
    }
    Ok(stretches)
}

/// An offer's demand in buckets past the horizon, unrounded and before promotions: what is stated there, else what is
/// assumed, else the rate of the horizon's end.
///
/// # Errors
/// Where it does not fit.
pub fn beyond(network: &Network, offer: &Offer, buckets: &[Bucket]) -> Result<Vec<Ratio>, Overflow> {
    let asking = Asking::of(network, offer)?;
    let rate = last_rate(&asking)?;
    let of_bucket = |bucket: &Bucket| {
        let at = At { bucket: *bucket, first: false, whole: false };
        asking.base(&at, mul(rate, whole(bucket.days()))?)
    };
    buckets.iter().map(of_bucket).collect()
}

/// The daily rate of the horizon's last three buckets since launch, before promotions.
fn last_rate(asking: &Asking<'_>) -> Result<Ratio, Overflow> {
    let launch = asking.network.item(asking.offer.item).launch;
    let mut units = Ratio::zero();
    let mut days = 0;
    let all: Vec<_> = positions(asking.network).collect();
    for at in all.iter().rev().take(3).filter(|at| launch.is_none_or(|launch| at.bucket.end >= launch)) {
        units = add(units, asking.base(at, Ratio::zero())?)?;
        let from = launch.map_or(at.bucket.start, |launch| launch.max(at.bucket.start));
        days += days_between(from, at.bucket.end) + 1;
    }
    if days == 0 { Ok(Ratio::zero()) } else { mul(units, Ratio::new(1, i128::from(days))) }
}

/// Units that `days` days take from the beginning of `stretches`; a stretch runs evenly.
///
/// # Errors
/// Where it does not fit.
pub fn over_days(stretches: &[Stretch], mut days: Ratio) -> Result<Ratio, Overflow> {
    let mut units = Ratio::zero();
    for stretch in stretches {
        if days <= Ratio::zero() {
            break;
        }
        let taken = days.min(whole(stretch.days));
        units = add(units, mul(stretch.units, taken / whole(stretch.days))?)?;
        days -= taken;
    }
    Ok(units)
}

/// Days of forward demand that `stock` covers; 0 at no stock, `None` where [`LOOK_AHEAD_DAYS`] past `inside` days of
/// the horizon do not use it up.
///
/// # Errors
/// Where it does not fit.
pub fn days_covered(stretches: &[Stretch], stock: Ratio, inside: i64) -> Result<Option<Ratio>, Overflow> {
    if stock <= Ratio::zero() {
        return Ok(Some(Ratio::zero()));
    }
    let mut left = stock;
    let mut days = 0;
    for stretch in stretches {
        if stretch.units >= left {
            let part = mul(left.checked_div(&stretch.units).ok_or(Overflow)?, whole(stretch.days))?;
            let covered = add(whole(days), part)?;
            return Ok((covered <= whole(inside + LOOK_AHEAD_DAYS)).then_some(covered));
        }
        left = add(left, -stretch.units)?;
        days += stretch.days;
    }
    Ok(None)
}
