//! Sums of the limits that items share.

use std::collections::BTreeSet;

use num_traits::Zero;

use super::needs::Share;
use super::{Need, Passed, Sum, Sums};
use crate::explain::words::{cash, number};
use crate::model::Opportunity;
use crate::network::{LaneId, LocationId, PoolId};
use crate::units::{Overflow, Ratio, add, ratio, sum, whole};

impl Sums<'_, '_> {
    /// What lanes of a pool can bring until the end of a bucket, by the bucket that it serves.
    fn brings(&self, pool: usize, until: usize) -> impl Iterator<Item = (usize, usize, &Opportunity)> {
        let lanes = self.model.pools[pool].lanes.iter();
        lanes.flat_map(move |&lane| {
            let all = self.model.lanes[lane][..=until].iter().enumerate();
            all.filter_map(move |(bucket, one)| Some((lane, bucket, one.as_ref()?)))
        })
    }

    /// A sum over the buckets in which new orders can take of a limit, until the end of one.
    fn over_buckets(
        &self,
        limit: usize,
        bucket: usize,
        need: Need,
        buckets: &BTreeSet<usize>,
    ) -> Result<Passed, Overflow> {
        let room =
            buckets.iter().filter(|bucket| **bucket < self.model.horizon).map(|&bucket| self.room(limit, bucket));
        let there = sum(room.collect::<Result<Vec<_>, _>>()?)?;
        let over = add(need.amount, -there)?;
        let over_buckets = buckets.first().copied().zip(buckets.last().copied());
        Ok(Passed { bucket, over, need, there, over_buckets })
    }

    /// `in 2026-02`, `from 2026-02 to 2026-04`
    fn when(&self, passed: &Passed) -> String {
        match passed.over_buckets {
            Some((first, last)) if first == last => format!("in {}", self.label(first)),
            Some((first, last)) => format!("from {} to {}", self.label(first), self.label(last)),
            None => "in no bucket".to_owned(),
        }
    }

    /// `beyond what is there, floors until 2026-04 need 9,000 units of 500 items`
    fn wanted(&self, passed: &Passed) -> String {
        let (until, promises) = (self.label(passed.bucket), self.promises());
        format!("beyond what is there, {promises} until {until} need {}", self.told(&passed.need))
    }

    pub(super) fn of_supplier(&self, limit: usize, supplier: usize) -> Result<Option<Sum>, Overflow> {
        let network = self.model.network;
        let own = |lane: usize| network.lanes[lane].supplier.index() == supplier;
        let passed = self.first(|until| {
            let unit = |pool: usize| {
                let lanes = &self.model.pools[pool].lanes;
                let uses = lanes.iter().map(|&lane| ratio(network.lanes[lane].capacity_use)).min();
                Ok(uses.filter(|_| lanes.iter().all(|&lane| own(lane))))
            };
            let need = self.need(Share::Bought, until, unit)?;
            let pools = need.pools.iter().flat_map(|(pool, _)| self.brings(*pool, until));
            let released = pools.filter(|(lane, ..)| own(*lane)).map(|(.., one)| one.release_bucket).collect();
            self.over_buckets(limit, until, need, &released)
        })?;
        Ok(passed.map(|passed| {
            let text = format!(
                "{}, which take {} of the capacity of `{}`; what is released for them {} may take {}",
                self.wanted(&passed),
                number(passed.need.amount),
                network.suppliers[supplier].id,
                self.when(&passed),
                number(passed.there)
            );
            let short = format!(
                "at least {} of its capacity are missing until {}",
                number(passed.over),
                self.label(passed.bucket)
            );
            self.sum(limit, &passed, short, text)
        }))
    }

    pub(super) fn of_budget(&self, limit: usize, lanes: &[LaneId]) -> Result<Option<Sum>, Overflow> {
        let network = self.model.network;
        let covered: BTreeSet<usize> = lanes.iter().map(|lane| lane.index()).collect();
        let passed = self.first(|until| {
            let unit = |pool: usize| {
                if self.model.pools[pool].lanes.iter().any(|lane| !covered.contains(lane)) {
                    return Ok(None);
                }
                let costs = self.brings(pool, until).map(|(.., one)| one.terms.cheapest_unit());
                Ok(costs.collect::<Result<Vec<_>, _>>()?.into_iter().min())
            };
            let need = self.need(Share::Bought, until, unit)?;
            let buckets = self.received(&need, until);
            self.over_buckets(limit, until, need, &buckets)
        })?;
        Ok(passed.map(|passed| {
            let text = format!(
                "{}, which land for {} at least; the budget leaves {} for them {}",
                self.wanted(&passed),
                cash(network, passed.need.amount),
                cash(network, passed.there),
                self.when(&passed),
            );
            let short =
                format!("at least {} are missing until {}", cash(network, passed.over), self.label(passed.bucket));
            self.sum(limit, &passed, short, text)
        }))
    }

    /// Buckets that new orders for some pools can serve until the end of one.
    fn received(&self, need: &Need, until: usize) -> BTreeSet<usize> {
        need.pools.iter().flat_map(|(pool, _)| self.brings(*pool, until)).map(|(_, bucket, _)| bucket).collect()
    }

    pub(super) fn of_inbound(&self, limit: usize, location: LocationId) -> Result<Option<Sum>, Overflow> {
        let network = self.model.network;
        let here = |pool: usize| Ok((network.pools[pool].location == location).then(|| whole(1)));
        let passed = self.first(|until| {
            let need = self.need(Share::Bought, until, here)?;
            let buckets = self.received(&need, until);
            self.over_buckets(limit, until, need, &buckets)
        })?;
        Ok(passed.map(|passed| {
            let text = format!(
                "{}; beside what is on order `{}` takes in {} {} at most",
                self.wanted(&passed),
                network.location(location).id,
                number(passed.there),
                self.when(&passed),
            );
            let short =
                format!("at least {} units too many come in until {}", number(passed.over), self.label(passed.bucket));
            self.sum(limit, &passed, short, text)
        }))
    }

    /// A sum of one bucket, by what is needed there in the measure of the limit.
    fn in_bucket(
        &self,
        limit: usize,
        bucket: usize,
        share: Share,
        unit: impl Fn(usize) -> Result<Option<Ratio>, Overflow>,
    ) -> Result<Passed, Overflow> {
        let need = self.need(share, bucket, unit)?;
        let there = self.most(limit, bucket)?;
        let over = add(need.amount, -there)?;
        Ok(Passed { bucket, over, need, there, over_buckets: None })
    }

    pub(super) fn of_outbound(&self, limit: usize, location: LocationId) -> Result<Option<Sum>, Overflow> {
        let network = self.model.network;
        let here = |pool: usize| Ok((network.pools[pool].location == location).then(|| whole(1)));
        let passed = self.first(|bucket| self.in_bucket(limit, bucket, Share::Sold, here))?;
        Ok(passed.map(|passed| {
            let text = format!(
                "floors ask for {} out of `{}` in {}, where {} may leave",
                self.told(&passed.need),
                network.location(location).id,
                self.label(passed.bucket),
                number(passed.there)
            );
            let short =
                format!("at least {} units too many leave it in {}", number(passed.over), self.label(passed.bucket));
            self.sum(limit, &passed, short, text)
        }))
    }

    pub(super) fn of_storage(&self, limit: usize, location: LocationId, share: Share) -> Result<Option<Sum>, Overflow> {
        let network = self.model.network;
        let volume = |pool: usize| {
            let facts = &network.pools[pool];
            let volume = ratio(network.item(facts.item).unit_volume);
            Ok((facts.location == location && !volume.is_zero()).then_some(volume))
        };
        let passed = self.first(|bucket| self.in_bucket(limit, bucket, share, volume))?;
        Ok(passed.map(|passed| {
            let (when, at) = (self.label(passed.bucket), &network.location(location).id);
            let all = self.told(&passed.need);
            let stay = match share {
                Share::Closing => format!("at the end of {when} at least {all} are left at `{at}`"),
                _ => format!("in {when} at least {all} have to lie at `{at}`"),
            };
            let text = format!(
                "{stay}, for {} or for want of demand until then; that is {} m3, where {} m3 have room",
                self.promises(),
                number(passed.need.amount),
                number(passed.there)
            );
            let short = format!("at least {} m3 are missing in {when}", number(passed.over));
            self.sum(limit, &passed, short, text)
        }))
    }

    pub(super) fn of_value(&self, limit: usize, pools: &[PoolId]) -> Result<Option<Sum>, Overflow> {
        let network = self.model.network;
        let counted: BTreeSet<usize> = pools.iter().map(|pool| pool.index()).collect();
        let cost = |pool: usize| Ok(counted.contains(&pool).then(|| self.model.pools[pool].standard_cost));
        let passed = self.first(|bucket| self.in_bucket(limit, bucket, Share::Closing, cost))?;
        Ok(passed.map(|passed| {
            let text = format!(
                "at the end of {} at least {} are left, for {} or for want of demand until then; at standard cost they are worth {}, where {} is \
                 allowed",
                self.label(passed.bucket),
                self.told(&passed.need),
                self.promises(),
                cash(network, passed.need.amount),
                cash(network, passed.there)
            );
            let short = format!(
                "stock is worth at least {} too much at the end of {}",
                cash(network, passed.over),
                self.label(passed.bucket)
            );
            self.sum(limit, &passed, short, text)
        }))
    }
}
