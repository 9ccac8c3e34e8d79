//! How the last plan was kept: what was sold in its buckets that are over by as-of, against what it sells in them.
//!
//! Actual sales tell of a bucket where any of them falls into it, else history does: of a bucket that began in the middle of its month or
//! week, history says nothing, since it tells of the whole. What nothing tells of is not compared.

use std::collections::{BTreeMap, BTreeSet};

use super::actuals::Facts;
use crate::calendar::Bucket;
use crate::model::timeline::{At, flow};
use crate::network::{Baseline, ChannelId, ItemId, Network};
use crate::units::{Overflow, Ratio, add, whole};

/// Part of the plan by which a category's sales of a bucket may differ and still adhere to it.
pub const TOLERANCE: (i128, i128) = (20, 100);

/// Units of an item in a channel and bucket of the last plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The item.
    pub item: ItemId,
    /// The channel.
    pub channel: ChannelId,
    /// Which of the last plan's buckets that are over.
    pub bucket: usize,
    /// Units that the last plan sells.
    pub planned: Ratio,
    /// Units that were sold.
    pub sold: Ratio,
}

/// Why nothing is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// No plan was approved before.
    NoLastPlan,
    /// None of its buckets is over.
    NotOver,
    /// Neither actual sales nor history tell of them.
    NoSales,
}

impl Untold {
    /// Why nothing is compared in a project of which [`kept`] comes to nothing.
    #[must_use]
    pub fn of(network: &Network) -> Self {
        match &network.baseline {
            None => Self::NoLastPlan,
            Some(baseline) if baseline.over.is_empty() => Self::NotOver,
            Some(_) => Self::NoSales,
        }
    }
}

type Sold = BTreeMap<(ItemId, ChannelId, usize), Ratio>;

/// What is compared, by item, channel, bucket; nothing where there is no last plan, or nothing tells of it.
///
/// # Errors
/// Where units do not fit.
pub fn kept(network: &Network) -> Result<Vec<Kept>, Overflow> {
    let Some(baseline) = network.baseline.as_ref().filter(|baseline| !baseline.over.is_empty()) else {
        return Ok(Vec::new());
    };
    let (sold, told) = sold(network, baseline)?;
    let mut rows: BTreeMap<(ItemId, ChannelId, usize), (Ratio, Ratio)> = BTreeMap::new();
    for row in baseline.sales.iter().filter(|row| told.contains(&row.bucket)) {
        rows.entry((row.item, row.channel, row.bucket)).or_default().0 = whole(row.units);
    }
    for (key, units) in sold {
        rows.entry(key).or_default().1 = units;
    }
    let kept = |((item, channel, bucket), (planned, sold))| Kept { item, channel, bucket, planned, sold };
    Ok(rows.into_iter().map(kept).collect())
}

/// What was sold in the buckets of the last plan, and which of them are told of.
fn sold(network: &Network, baseline: &Baseline) -> Result<(Sold, BTreeSet<usize>), Overflow> {
    let last = baseline.over.last().map_or(network.as_of, |bucket| bucket.end);
    let facts = Facts::of(network, &baseline.over, last)?;
    let mut sold: Sold = facts.sales.iter().map(|(key, sold)| (*key, whole(sold.units))).collect();
    let mut told: BTreeSet<usize> = sold.keys().map(|(.., bucket)| *bucket).collect();
    let is_whole = |bucket: &Bucket| bucket.start == bucket.period.start();
    let by_history = baseline.over.iter().enumerate().filter(|(_, bucket)| is_whole(bucket));
    for (index, bucket) in by_history.filter(|(index, _)| !told.contains(index)).collect::<Vec<_>>() {
        let at = At { bucket: *bucket, first: false, whole: false };
        for row in &network.history {
            if let Some(units) = flow(&row.units, &at)? {
                let sum = sold.entry((row.item, row.channel, index)).or_default();
                *sum = add(*sum, units)?;
                told.insert(index);
            }
        }
    }
    Ok((sold, told))
}
