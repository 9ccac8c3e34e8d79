//! What the plan has, by item, channel and bucket, to date.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Untracked;
use super::file::TrackedBucket;
use crate::calendar::{Bucket, Grain, days_between};
use crate::model::demand::price_after;
use crate::model::moves::Moves;
use crate::network::{ChannelId, ItemId, LocationId, Network, Offer, SupplierId};
use crate::plan::Plan;
use crate::units::{Overflow, Ratio, round_half_up};

/// The buckets looked at, and how far the last of them is over.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) buckets: Vec<Bucket>,
    pub(super) through: NaiveDate,
}

impl Span {
    /// The days of a bucket that are over.
    pub(super) fn elapsed(&self, bucket: usize) -> i64 {
        days_between(self.buckets[bucket].start, self.buckets[bucket].end.min(self.through)) + 1
    }

    /// The buckets as a tracking names them.
    pub(super) fn tracked(&self) -> Vec<TrackedBucket> {
        let buckets = self.buckets.iter().enumerate();
        let told = buckets.map(|(index, bucket)| TrackedBucket {
            label: bucket.period.to_string(),
            start: bucket.start,
            end: bucket.end,
            days: bucket.days(),
            elapsed: self.elapsed(index),
        });
        told.collect()
    }

    /// The part of a bucket that is over.
    pub(super) fn part(&self, bucket: usize) -> Ratio {
        Ratio::new(self.elapsed(bucket).into(), self.buckets[bucket].days().into())
    }

    /// The last bucket, where it is running.
    pub(super) fn running(&self) -> Option<usize> {
        let last = self.buckets.len() - 1;
        (self.through < self.buckets[last].end).then_some(last)
    }

    /// The days that are over as a part of a year: those of a month of its twelfth, those of a week of its fifty-second.
    pub(super) fn years(&self) -> Ratio {
        let parts = self.buckets.iter().enumerate().map(|(index, bucket)| {
            let a_year = if bucket.period.grain() == Grain::Month { 12 } else { 52 };
            Ratio::new(self.elapsed(index).into(), i128::from(bucket.period.days()) * a_year)
        });
        parts.fold(Ratio::default(), |sum, part| sum + part)
    }

    /// Units of a bucket that fall on its days that are over.
    pub(super) fn to_date(&self, units: i64, bucket: usize) -> Result<i64, Overflow> {
        let exact = Ratio::from_integer(units.into()) * self.part(bucket);
        i64::try_from(round_half_up(exact)).map_err(|_| Overflow)
    }
}

/// What is planned of an item in a channel and bucket, all of it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Planned {
    /// Units sold in the bucket, those of earlier demand that are served late among them.
    pub(super) units: i64,
    /// Units asked for.
    pub(super) demand: i64,
    /// Units of those that are not sold because nothing is there.
    pub(super) unserved: i64,
    /// Price of a unit.
    pub(super) price: Decimal,
}

/// By item, channel, bucket.
pub(super) type Rows = BTreeMap<(ItemId, ChannelId, usize), Planned>;

/// Ids by name.
#[derive(Debug)]
pub(super) struct Names<'n> {
    pub(super) items: BTreeMap<&'n str, ItemId>,
    pub(super) channels: BTreeMap<&'n str, ChannelId>,
    pub(super) locations: BTreeMap<&'n str, LocationId>,
    pub(super) suppliers: BTreeMap<&'n str, SupplierId>,
}

impl<'n> Names<'n> {
    pub(super) fn of(network: &'n Network) -> Self {
        fn ids<I: From<usize>>(names: impl Iterator<Item = impl AsRef<str>>) -> impl Iterator<Item = I> {
            names.enumerate().map(|(index, _)| index.into())
        }
        let items = network.items.iter().map(|one| one.id.as_str());
        let channels = network.channels.iter().map(|one| one.id.as_str());
        let locations = network.locations.iter().map(|one| one.id.as_str());
        let suppliers = network.suppliers.iter().map(|one| one.id.as_str());
        Self {
            items: items.clone().zip(ids(items)).collect(),
            channels: channels.clone().zip(ids(channels)).collect(),
            locations: locations.clone().zip(ids(locations)).collect(),
            suppliers: suppliers.clone().zip(ids(suppliers)).collect(),
        }
    }
}

/// What a plan has in the buckets looked at.
pub(super) fn rows(
    network: &Network,
    names: &Names<'_>,
    plan: &Plan,
    span: &Span,
    moves: &Moves,
) -> Result<Rows, Untracked> {
    let labels: BTreeMap<&str, usize> = plan
        .buckets
        .iter()
        .take(span.buckets.len())
        .enumerate()
        .map(|(at, bucket)| (bucket.label.as_str(), at))
        .collect();
    let offers: BTreeMap<(ItemId, ChannelId), &Offer> =
        network.offers.iter().map(|offer| ((offer.item, offer.channel), offer)).collect();
    let mut rows = Rows::new();
    for one in &plan.allocations {
        let late = one.delivered.iter().filter_map(|(label, units)| Some((*labels.get(label.as_str())?, *units)));
        let own = labels.get(one.bucket.as_str()).copied();
        if own.is_none() && one.delivered.is_empty() {
            continue;
        }
        let ids = names.items.get(one.item.as_str()).zip(names.channels.get(one.channel.as_str()));
        let Some(offer) = ids.and_then(|(item, channel)| offers.get(&(*item, *channel))) else {
            return Err(Untracked::OtherPlan(format!(
                "it sells `{}` in `{}`, and the inputs do not",
                one.item, one.channel
            )));
        };
        let added = own.map(|bucket| (bucket, one.planned)).into_iter().chain(late);
        for (bucket, units) in added {
            let row = rows.entry((offer.item, offer.channel, bucket)).or_default();
            row.price = price_after(network, offer, bucket, moves);
            row.units += units;
            if own == Some(bucket) {
                // These stand in each of the rows of several locations.
                row.demand = one.demand;
                row.unserved = one.short_by.given + one.short_by.no_stock;
            }
        }
    }
    Ok(rows)
}

/// Units that the plan sells from each location, by item, location and bucket looked at, late ones where they are delivered.
pub(super) fn by_location(names: &Names<'_>, plan: &Plan, span: &Span) -> BTreeMap<(ItemId, LocationId, usize), i64> {
    let labels: BTreeMap<String, usize> =
        span.buckets.iter().enumerate().map(|(at, bucket)| (bucket.period.to_string(), at)).collect();
    let mut units = BTreeMap::new();
    for row in &plan.allocations {
        let ids = names.items.get(row.item.as_str()).zip(names.locations.get(row.location.as_str()));
        let Some((item, location)) = ids else { continue };
        let own = std::iter::once((&row.bucket, row.planned));
        for (label, sold) in own.chain(row.delivered.iter().map(|(label, units)| (label, *units))) {
            if let Some(bucket) = labels.get(label) {
                *units.entry((*item, *location, *bucket)).or_insert(0) += sold;
            }
        }
    }
    units
}

/// Promotions where the plan has them.
pub(crate) fn moves(network: &Network, plan: &Plan) -> Moves {
    let later = |promotion: &crate::network::Promotion| {
        let moved = plan.promotions.iter().find(|moved| moved.id == promotion.id);
        moved.map_or(0, |moved| usize::try_from(moved.moved).unwrap_or(0))
    };
    Moves { promotions: network.promotions.iter().map(later).collect(), orders: Vec::new() }
}
