//! What is sold of an item in a channel: in the bucket that asks for it, or late.

use super::days;
use super::decisions::Decisions;
use super::demand::Asked;
use super::exact::{Exact, Overflow, Ratio, less, minus, more, times, whole};
use super::facts::Facts;
use super::value::level;
use crate::network::{Network, OfferId};

/// Sales of an offer.
#[derive(Debug, Clone)]
pub(super) struct Sales {
    /// Units sold in the bucket that asks for them, by source and bucket.
    pub(super) planned: Vec<Vec<i64>>,
    /// Units delivered later.
    pub(super) late: Vec<Late>,
    /// Units by which rules lowered the demand, by bucket.
    pub(super) lowered: Vec<i64>,
}

/// A late delivery.
#[derive(Debug, Clone, Copy)]
pub(super) struct Late {
    /// Where from, by its place among the offer's sources.
    pub(super) source: usize,
    /// The bucket that asked for it.
    pub(super) wanted: usize,
    /// The bucket that has it.
    pub(super) delivered: usize,
    /// Units.
    pub(super) units: i64,
}

impl Sales {
    /// Nothing is sold.
    pub(super) fn none(asked: &Asked) -> Self {
        let buckets = asked.units.len();
        Self { planned: vec![vec![0; buckets]; asked.sources.len()], late: Vec::new(), lowered: vec![0; buckets] }
    }

    /// What is decided for an offer.
    pub(super) fn of(decisions: &Decisions, id: OfferId, asked: &Asked) -> Self {
        let mut sales = Self::none(asked);
        for (planned, source) in sales.planned.iter_mut().zip(&asked.sources) {
            for (bucket, units) in planned.iter_mut().enumerate() {
                *units = decisions.planned.get(&(id, source.pool, bucket)).copied().unwrap_or(0);
            }
        }
        for (bucket, lowered) in sales.lowered.iter_mut().enumerate() {
            *lowered = decisions.lowered.get(&(id, bucket)).copied().unwrap_or(0);
        }
        sales.late = decisions.late.get(&id).into_iter().flatten().filter_map(|one| one.at(asked)).collect();
        sales
    }

    /// Units sold in the bucket that asks for them, from all sources.
    pub(super) fn on_time(&self, bucket: usize) -> Result<i64, Overflow> {
        self.planned.iter().map(|planned| planned[bucket]).try_fold(0, more)
    }

    /// Units of a bucket's demand that come late, from all sources.
    pub(super) fn late_of(&self, wanted: usize) -> Result<i64, Overflow> {
        self.late.iter().filter(|one| one.wanted == wanted).map(|one| one.units).try_fold(0, more)
    }

    /// Units that are asked for in a bucket and never sold.
    pub(super) fn unmet(&self, asked: &Asked, bucket: usize) -> Result<i64, Overflow> {
        less(less(asked.units[bucket], self.on_time(bucket)?)?, self.late_of(bucket)?)
    }

    /// What earlier buckets asked for, did not get before a bucket, and could still get.
    pub(super) fn owed(&self, facts: &Facts<'_>, (id, asked): &(OfferId, Asked), at: usize) -> Result<i64, Overflow> {
        let mut owed = 0;
        for wanted in waiting(facts, *id, at) {
            let before = self.late.iter().filter(|one| one.wanted == wanted && one.delivered < at);
            let delivered = before.map(|one| one.units).try_fold(self.on_time(wanted)?, more)?;
            owed = more(owed, less(asked.units[wanted], delivered)?.max(0))?;
        }
        Ok(owed)
    }
}

/// Earlier buckets whose demand can still be served in a bucket: from middle day to middle day it is not too late.
pub(super) fn waiting(facts: &Facts<'_>, offer: OfferId, at: usize) -> impl Iterator<Item = usize> {
    let network = facts.network;
    let backorder = network.channel(network.offers[offer.index()].channel).backorder.as_ref();
    let most = backorder.map(|backorder| backorder.max_late_days);
    let middle = |bucket: usize| days::middle(&facts.buckets[bucket]);
    (0..at).filter(move |&wanted| {
        most.is_some_and(|most| middle(at).signed_duration_since(middle(wanted)).num_days() <= most)
    })
}

/// What being late costs a unit: the late cost of the bucket that asked for it, for each bucket it waits.
pub(super) fn late_cost(facts: &Facts<'_>, offer: OfferId, wanted: usize, delivered: usize) -> Exact {
    let network: &Network = facts.network;
    let backorder = network.channel(network.offers[offer.index()].channel).backorder.as_ref();
    let a_bucket = backorder.map_or_else(Ratio::default, |one| level(&one.late_cost, &facts.buckets[wanted]));
    let waited = i64::try_from(delivered.saturating_sub(wanted)).map_err(|_| Overflow)?;
    times(a_bucket, whole(waited))
}

/// What a unit brings that is delivered late.
pub(super) fn late_net(
    facts: &Facts<'_>,
    (id, asked): &(OfferId, Asked),
    source: usize,
    (wanted, delivered): (usize, usize),
) -> Exact {
    minus(asked.sources[source].net[wanted], late_cost(facts, *id, wanted, delivered)?)
}
