//! Sums of the limits that items share.

use std::collections::BTreeSet;

use num_traits::Zero;

use super::needs::Share;
use super::{Need, Passed, Sums};
use crate::explain::words::{cash, number};
use crate::model::{LimitKind, Opportunity};
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

    /// Buckets that new orders for some pools can serve until the end of one.
    fn received(&self, need: &Need, until: usize) -> BTreeSet<usize> {
        need.pools.iter().flat_map(|(pool, _)| self.brings(*pool, until)).map(|(_, bucket, _)| bucket).collect()
    }

    /// A sum over the buckets in which new orders can take of a limit, until the end of one.
    fn over_buckets(
        &self,
        limit: usize,
        bucket: usize,
        need: Need,
        over_buckets: BTreeSet<usize>,
    ) -> Result<Passed, Overflow> {
        let planned = over_buckets.iter().filter(|bucket| **bucket < self.model.horizon);
        let room = planned.map(|&bucket| self.room(limit, bucket));
        let there = sum(room.collect::<Result<Vec<_>, _>>()?)?;
        let over = add(need.amount, -there)?;
        Ok(Passed { bucket, over, need, there, over_buckets })
    }

    /// A sum of one bucket, by what is needed there in the measure of the limit.
    fn within(
        &self,
        limit: usize,
        bucket: usize,
        share: Share,
        unit: impl Fn(usize) -> Result<Option<Ratio>, Overflow>,
    ) -> Result<Passed, Overflow> {
        let need = self.need(share, bucket, unit)?;
        let there = self.most(limit, bucket)?;
        let over = add(need.amount, -there)?;
        Ok(Passed { bucket, over, need, there, over_buckets: BTreeSet::new() })
    }

    pub(super) fn supplier(&self, limit: usize, supplier: usize, until: usize) -> Result<Passed, Overflow> {
        let network = self.model.network;
        let own = |lane: usize| network.lanes[lane].supplier.index() == supplier;
        let unit = |pool: usize| {
            let lanes = &self.model.pools[pool].lanes;
            let uses = lanes.iter().map(|&lane| ratio(network.lanes[lane].capacity_use)).min();
            Ok(uses.filter(|_| lanes.iter().all(|&lane| own(lane))))
        };
        let need = self.need(Share::Bought, until, unit)?;
        let lines = need.pools.iter().flat_map(|(pool, _)| self.brings(*pool, until));
        let released = lines.filter(|(lane, ..)| own(*lane)).map(|(.., one)| one.release_bucket).collect();
        self.over_buckets(limit, until, need, released)
    }

    pub(super) fn budget(&self, limit: usize, lanes: &[LaneId], until: usize) -> Result<Passed, Overflow> {
        let covered: BTreeSet<usize> = lanes.iter().map(|lane| lane.index()).collect();
        let unit = |pool: usize| {
            if self.model.pools[pool].lanes.iter().any(|lane| !covered.contains(lane)) {
                return Ok(None);
            }
            let costs = self.brings(pool, until).map(|(.., one)| one.terms.cheapest_unit());
            Ok(costs.collect::<Result<Vec<_>, _>>()?.into_iter().min())
        };
        let need = self.need(Share::Bought, until, unit)?;
        let buckets = self.received(&need, until);
        self.over_buckets(limit, until, need, buckets)
    }

    pub(super) fn inbound(&self, limit: usize, location: LocationId, until: usize) -> Result<Passed, Overflow> {
        let need = self.need(Share::Bought, until, |pool| Ok(self.is_at(pool, location).then(|| whole(1))))?;
        let buckets = self.received(&need, until);
        self.over_buckets(limit, until, need, buckets)
    }

    pub(super) fn outbound(&self, limit: usize, location: LocationId, bucket: usize) -> Result<Passed, Overflow> {
        self.within(limit, bucket, Share::Sold, |pool| Ok(self.is_at(pool, location).then(|| whole(1))))
    }

    pub(super) fn storage(
        &self,
        limit: usize,
        location: LocationId,
        share: Share,
        bucket: usize,
    ) -> Result<Passed, Overflow> {
        let network = self.model.network;
        let volume = |pool: usize| {
            let volume = ratio(network.item(network.pools[pool].item).unit_volume);
            Ok((self.is_at(pool, location) && !volume.is_zero()).then_some(volume))
        };
        self.within(limit, bucket, share, volume)
    }

    pub(super) fn value(&self, limit: usize, pools: &[PoolId], bucket: usize) -> Result<Passed, Overflow> {
        let counted: BTreeSet<usize> = pools.iter().map(|pool| pool.index()).collect();
        let cost = |pool: usize| Ok(counted.contains(&pool).then(|| self.model.pools[pool].standard_cost));
        self.within(limit, bucket, Share::Closing, cost)
    }

    fn is_at(&self, pool: usize, location: LocationId) -> bool {
        self.model.network.pools[pool].location == location
    }

    /// A sum that passes its limit, in a few words and in full.
    pub(super) fn told_of(&self, limit: usize, passed: &Passed) -> (String, String) {
        let network = self.model.network;
        let (at, all) = (self.label(passed.bucket), self.told(&passed.need));
        let money = |amount: Ratio| cash(network, amount);
        let (over, need, there) = (passed.over, passed.need.amount, passed.there);
        let wanted = || format!("beyond what is there, {} until {at} need {all}", self.promises());
        match &self.model.limits[limit].kind {
            LimitKind::Supplier(supplier) => (
                format!("at least {} of its capacity are missing until {at}", number(over)),
                format!(
                    "{}, which take {} of the capacity of `{}`; what is released for them {} may take {}",
                    wanted(),
                    number(need),
                    network.supplier(*supplier).id,
                    self.when(passed),
                    number(there)
                ),
            ),
            LimitKind::Budget { .. } => (
                format!("at least {} are missing until {at}", money(over)),
                format!(
                    "{}, which land for {} at least; the budget leaves {} for them {}",
                    wanted(),
                    money(need),
                    money(there),
                    self.when(passed)
                ),
            ),
            LimitKind::Inbound(location) => (
                format!("at least {} units too many come in until {at}", number(over)),
                format!(
                    "{}; beside what is on order `{}` takes in {} {} at most",
                    wanted(),
                    network.location(*location).id,
                    number(there),
                    self.when(passed)
                ),
            ),
            LimitKind::Outbound(location) => (
                format!("at least {} units too many leave it in {at}", number(over)),
                format!(
                    "floors ask for {all} out of `{}` in {at}, where {} may leave",
                    network.location(*location).id,
                    number(there)
                ),
            ),
            LimitKind::StoragePeak(location) => (
                format!("at least {} m3 are missing in {at}", number(over)),
                format!(
                    "in {at} at least {all} have to lie at `{}`, {}; that is {} m3, where {} m3 have room",
                    network.location(*location).id,
                    self.why_stock(),
                    number(need),
                    number(there)
                ),
            ),
            LimitKind::StorageClosing(location) => (
                format!("at least {} m3 are missing at the end of {at}", number(over)),
                format!(
                    "at the end of {at} at least {all} are left at `{}`, {}; that is {} m3, where {} m3 have room",
                    network.location(*location).id,
                    self.why_stock(),
                    number(need),
                    number(there)
                ),
            ),
            LimitKind::InventoryValue(_) => (
                format!("stock is worth at least {} too much at the end of {at}", money(over)),
                format!(
                    "at the end of {at} at least {all} are left, {}; at standard cost they are worth {}, where {} is allowed",
                    self.why_stock(),
                    money(need),
                    money(there)
                ),
            ),
        }
    }

    fn why_stock(&self) -> String {
        format!("for {} or for want of demand until then", self.promises())
    }

    /// `in 2026-02`, `from 2026-02 to 2026-04`
    fn when(&self, passed: &Passed) -> String {
        match (passed.over_buckets.first(), passed.over_buckets.last()) {
            (Some(first), Some(last)) if first == last => format!("in {}", self.label(*first)),
            (Some(first), Some(last)) => format!("from {} to {}", self.label(*first), self.label(*last)),
            _ => "in no bucket".to_owned(),
        }
    }
}
