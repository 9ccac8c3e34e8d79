//! What an offer asks for and earns in each bucket.

use super::days;
use super::exact::{Exact, Overflow, Ratio, less, minus, nearest_units, over, plus, ratio, times, whole, zero};
use super::outlook::{Assumed, assumed};
use super::value::{Stretch, level, stated_flow};
use crate::calendar::Bucket;
use crate::network::{Change, Item, Network, Offer, PoolId, Promotion, ShipFrom};

/// An offer by bucket.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Where it can be served from, in order of preference; at least one.
    pub(super) sources: Vec<Source>,
    /// Units asked for, exactly, adjustments and promotions included.
    pub(super) exact: Vec<Ratio>,
    /// The same in whole units.
    pub(super) units: Vec<i64>,
    /// Units a day, without promotions, over the horizon's last buckets.
    pub(super) trend: Ratio,
    /// What history lets one assume where nothing is stated.
    pub(super) assumed: Option<Assumed>,
    /// Selling price.
    pub(super) price: Vec<Ratio>,
    /// What a unit not sold costs.
    pub(super) shortage_cost: Vec<Ratio>,
    /// Days until a sale is paid.
    pub(super) payout_days: i64,
}

/// A location that serves an offer, by bucket.
#[derive(Debug, Clone)]
pub(super) struct Source {
    /// The item there.
    pub(super) pool: PoolId,
    /// Fee a unit: price x fee rate.
    pub(super) fee: Vec<Ratio>,
    /// Fulfilment a unit.
    pub(super) fulfilment: Vec<Ratio>,
    /// What a unit sold brings: price - fee - fulfilment.
    pub(super) net: Vec<Ratio>,
}

/// How many buckets later than stated each promotion runs, by its index.
pub(super) type Moves = [usize];

/// Buckets of the horizon that tell the daily rate behind it.
const TREND_BUCKETS: usize = 3;

/// Reads an offer over the buckets of the horizon and the tail. `None` where nothing serves it.
pub(super) fn asked(
    network: &Network,
    buckets: &[Bucket],
    offer: &Offer,
    moves: &Moves,
) -> Result<Option<Asked>, Overflow> {
    if offer.sources.is_empty() {
        return Ok(None);
    }
    let (horizon, tail) = buckets.split_at(network.calendar.len());
    let item = network.item(offer.item);
    let assumed = assumed(network, offer)?;
    let before = |t| before_promotions(network, offer, assumed, t);
    let stated = (0..horizon.len()).map(before).collect::<Result<Vec<_>, _>>()?;
    let trend = trend(item, horizon, &stated)?;
    let promotions = Promotions { network, offer, horizon, moves };
    let inside = stated.iter().enumerate().map(|(t, &units)| promotions.applied(item, t, units));
    let behind = tail.iter().map(|bucket| beyond(network, offer, (trend, assumed), bucket));
    let exact = inside.chain(behind).collect::<Result<Vec<_>, _>>()?;
    // Promotions end with the horizon, and so do their prices.
    let promoted = (0..horizon.len()).map(|t| promotions.price(t));
    let price: Vec<_> = promoted.chain(tail.iter().map(|bucket| level(&offer.price, bucket))).collect();
    Ok(Some(Asked {
        sources: offer.sources.iter().map(|from| source(from, buckets, &price)).collect::<Result<_, _>>()?,
        units: whole_units(&exact)?,
        trend,
        assumed,
        shortage_cost: buckets.iter().map(|bucket| level(&offer.shortage_cost, bucket)).collect(),
        payout_days: network.channel(offer.channel).payout_days,
        exact,
        price,
    }))
}

/// What a unit brings that is shipped from a location.
fn source(from: &ShipFrom, buckets: &[Bucket], price: &[Ratio]) -> Result<Source, Overflow> {
    let fee_of = |(bucket, &price): (&Bucket, &Ratio)| times(price, level(&from.fee_rate, bucket));
    let fee = buckets.iter().zip(price).map(fee_of).collect::<Result<Vec<_>, _>>()?;
    let fulfilment: Vec<_> = buckets.iter().map(|bucket| level(&from.fulfilment_fee, bucket)).collect();
    let net_of = |t: usize| minus(minus(price[t], fee[t])?, fulfilment[t]);
    let net = (0..buckets.len()).map(net_of).collect::<Result<_, _>>()?;
    Ok(Source { pool: from.pool, fee, fulfilment, net })
}

/// Units that an offer is expected to ask for in a bucket behind the horizon: what is stated, else what history lets one
/// assume, else by the trend of so many a day; in any case as people changed it.
pub(super) fn beyond(
    network: &Network,
    offer: &Offer,
    (trend, assumed): (Ratio, Option<Assumed>),
    bucket: &Bucket,
) -> Exact {
    if unsold(network.item(offer.item), bucket) {
        return Ok(zero());
    }
    let told = told(network, offer, assumed, Stretch { bucket, first: false, whole: false })?;
    let units = told.map_or_else(|| times(trend, whole(days::length(bucket))), Ok)?;
    adjusted(offer, bucket, units)
}

/// What is stated for a stretch, else what history lets one assume.
fn told(
    network: &Network,
    offer: &Offer,
    assumed: Option<Assumed>,
    stretch: Stretch<'_>,
) -> Result<Option<Ratio>, Overflow> {
    let stated = stated_flow(&offer.demand, stretch)?;
    match assumed {
        Some(assumed) if stated.is_none() => assumed.units(network, offer.channel, stretch.bucket),
        _ => Ok(stated),
    }
}

/// True where the bucket ends before the item's launch or begins at its phase-out or later.
fn unsold(item: &Item, bucket: &Bucket) -> bool {
    item.launch.is_some_and(|launch| bucket.end < launch) || item.phase_out.is_some_and(|gone| bucket.start >= gone)
}

fn before_promotions(network: &Network, offer: &Offer, assumed: Option<Assumed>, t: usize) -> Exact {
    let bucket = &network.calendar.buckets[t];
    if unsold(network.item(offer.item), bucket) {
        return Ok(zero());
    }
    let stretch = Stretch { bucket, first: t == 0, whole: network.first_bucket_whole };
    adjusted(offer, bucket, told(network, offer, assumed, stretch)?.unwrap_or_else(zero))
}

/// What a person made of the demand of a bucket: of several changes the first counts.
fn adjusted(offer: &Offer, bucket: &Bucket, units: Ratio) -> Exact {
    let change = offer.adjustments.iter().find(|adjustment| days::lies_in(bucket, adjustment.during));
    match change.map(|adjustment| adjustment.change) {
        None => Ok(units),
        Some(Change::Factor(factor)) => times(units, ratio(factor)),
        Some(Change::Add(more)) => plus(units, ratio(more)).map(|units| units.max(zero())),
        Some(Change::Set(stands)) => Ok(ratio(stands)),
    }
}

/// The promotions of an offer, where they stand.
struct Promotions<'n> {
    network: &'n Network,
    offer: &'n Offer,
    horizon: &'n [Bucket],
    moves: &'n Moves,
}

impl<'n> Promotions<'n> {
    /// First all added units, then all uplifts.
    fn applied(&self, item: &Item, t: usize, units: Ratio) -> Exact {
        if unsold(item, &self.horizon[t]) {
            return Ok(zero());
        }
        let added = self.running(t).filter_map(|one| one.add_units);
        let units = added.map(ratio).try_fold(units, plus)?;
        self.running(t).filter_map(|one| one.uplift).map(ratio).try_fold(units, times)
    }

    /// The lowest price of the promotions that run, else the offer's own.
    fn price(&self, t: usize) -> Ratio {
        let lowest = self.running(t).filter_map(|one| one.price).min();
        lowest.map_or_else(|| level(&self.offer.price, &self.horizon[t]), ratio)
    }

    /// The promotions that run in a bucket: those stated for the bucket that lies as far before it as they moved.
    fn running(&self, t: usize) -> impl Iterator<Item = &'n Promotion> {
        let Self { network, offer, horizon, moves } = *self;
        offer.promotions.iter().filter_map(move |&index| {
            let promotion = network.promotions.get(index)?;
            let stated = t.checked_sub(moves.get(index).copied().unwrap_or(0))?;
            days::lies_in(&horizon[stated], promotion.during).then_some(promotion)
        })
    }
}

/// Whole units, cumulatively: round(sum to t) - round(sum to t - 1).
fn whole_units(exact: &[Ratio]) -> Result<Vec<i64>, Overflow> {
    let (mut sum, mut before) = (zero(), 0);
    let mut units = Vec::with_capacity(exact.len());
    for &part in exact {
        sum = plus(sum, part)?;
        let so_far = nearest_units(sum)?;
        units.push(less(so_far, before)?);
        before = so_far;
    }
    Ok(units)
}

/// Units a day over the last buckets that end on or after the launch, counted from the launch on.
fn trend(item: &Item, buckets: &[Bucket], stated: &[Ratio]) -> Exact {
    let (mut units, mut length) = (zero(), 0);
    for (bucket, &part) in buckets.iter().zip(stated).rev().take(TREND_BUCKETS) {
        let from = item.launch.map_or(bucket.start, |launch| launch.max(bucket.start));
        if from <= bucket.end {
            units = plus(units, part)?;
            length += days::count(from, bucket.end);
        }
    }
    if length == 0 { Ok(zero()) } else { over(units, whole(length)) }
}
