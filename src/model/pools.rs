//! What is laid out of every item at a location: its lanes, what facts bring, standard cost, forward demand, cover and worth.

use num_traits::Zero;

use super::covers::CoverModel;
use super::demand::{self, Stretch};
use super::reach::{Reached, first_reached};
use super::standard::{Standard, standards};
use super::{Model, PoolModel, clock, passage};
use crate::network::PoolId;
use crate::units::{Overflow, Ratio, add, ceil_units, mul, ratio, whole};

impl Model<'_> {
    pub(super) fn pool_models(&self) -> Result<Vec<PoolModel>, Overflow> {
        let network = self.network;
        let standards = standards(network)?;
        let forward = self.forward(&standards)?;
        let reached = first_reached(self);
        let mut pools = Vec::with_capacity(network.pools.len());
        for ((standard, forward), reached) in standards.iter().zip(forward).zip(reached) {
            pools.push(self.pool_model(standard, forward, reached)?);
        }
        for (index, way) in self.ways.iter().enumerate() {
            pools[way.pool.index()].ways.push(index);
        }
        for (index, lane) in network.lanes.iter().enumerate().filter(|(_, lane)| !lane.premium) {
            pools[lane.pool.index()].lanes.push(index);
        }
        for (index, lane) in network.transfers.iter().enumerate().filter(|(_, lane)| !lane.premium) {
            pools[lane.pool.index()].transfers.push(index);
        }
        self.bring(&mut pools)?;
        for fed_by in standards.iter().filter_map(|standard| standard.fed_by) {
            pools[fed_by.index()].feeds = true;
        }
        let mut covering = Vec::with_capacity(pools.len());
        for (index, pool) in pools.iter_mut().enumerate() {
            let longest_lead = self.longest_lead(pool);
            let id = PoolId::from(index);
            pool.cover = CoverModel::new(self, id, pool, longest_lead)?;
            covering.push(self.end_cover(id, pool, longest_lead)?);
        }
        for (pool, units) in pools.iter_mut().zip(&covering) {
            pool.end_cover = *units;
        }
        for (standard, units) in standards.iter().zip(&covering) {
            if let Some(source) = standard.fed_by {
                pools[source.index()].end_cover -= units;
            }
        }
        pools.iter_mut().for_each(|pool| pool.end_cover = pool.end_cover.max(0));
        Ok(pools)
    }

    /// Enters what open orders, committed lines and open transfers bring.
    fn bring(&self, pools: &mut [PoolModel]) -> Result<(), Overflow> {
        let more = |units: &mut i64, by: i64| {
            *units = units.checked_add(by).ok_or(Overflow)?;
            Ok(())
        };
        for (order, line) in self.network.open_orders.iter().zip(&self.open_lines) {
            if let Some(bucket) = line.receipt {
                more(&mut pools[order.pool.index()].open_receipts[bucket], order.units)?;
            }
        }
        for one in &self.committed {
            if let Some(bucket) = one.receipt {
                more(&mut pools[one.lane(self.network).pool.index()].open_receipts[bucket], one.line.units)?;
            }
        }
        for (open, bucket) in self.network.open_transfers.iter().zip(&self.open_transfers) {
            if let Some(bucket) = *bucket {
                more(&mut pools[open.pool.index()].open_transfers[bucket], open.units)?;
            }
            for units in &mut pools[open.source.index()].under_way[..bucket.unwrap_or(self.buckets().len())] {
                more(units, open.units)?;
            }
        }
        Ok(())
    }

    /// Forward demand of all pools: a location is asked for what those are that it feeds.
    fn forward(&self, standards: &[Standard]) -> Result<Vec<Vec<Stretch>>, Overflow> {
        let network = self.network;
        let mut forward =
            network.pools.iter().map(|pool| demand::forward(network, pool)).collect::<Result<Vec<_>, _>>()?;
        let depth = |pool: usize| {
            std::iter::successors(standards[pool].fed_by, |source| standards[source.index()].fed_by).count()
        };
        let mut fed: Vec<(usize, usize, PoolId)> = standards
            .iter()
            .enumerate()
            .filter_map(|(pool, standard)| Some((depth(pool), pool, standard.fed_by?)))
            .collect();
        // Those that are fed last hand on first.
        fed.sort_unstable_by(|a, b| b.cmp(a));
        for (_, pool, source) in fed {
            let own = forward[pool].clone();
            for (sum, stretch) in forward[source.index()].iter_mut().zip(own) {
                sum.units = add(sum.units, stretch.units)?;
            }
        }
        Ok(forward)
    }

    fn pool_model(
        &self,
        standard: &Standard,
        forward: Vec<Stretch>,
        reached: Option<Reached>,
    ) -> Result<PoolModel, Overflow> {
        let buckets = self.buckets().len();
        let yearly = mul(standard.cost, ratio(self.network.economics.holding_rate))?;
        let (worth_within, worth_beyond) = self.end_worth(standard)?;
        Ok(PoolModel {
            ways: Vec::new(),
            lanes: Vec::new(),
            premium: Vec::new(),
            transfers: Vec::new(),
            premium_transfers: Vec::new(),
            open_receipts: vec![0; buckets],
            open_transfers: vec![0; buckets],
            under_way: vec![0; buckets],
            standard_cost: standard.cost,
            holding: self.year_share.iter().map(|share| mul(yearly, *share)).collect::<Result<_, _>>()?,
            forward,
            cover: CoverModel::none(buckets),
            end_cover: 0,
            worth_within,
            worth_beyond,
            reached,
            feeds: false,
        })
    }

    /// The longest lead time of a pool's ordinary lanes, days.
    fn longest_lead(&self, pool: &PoolModel) -> i64 {
        let leads = pool.lanes.iter().flat_map(|&lane| self.horizon().iter().map(move |bucket| (lane, bucket)));
        let bought = leads.map(|(lane, bucket)| clock::times(&self.network.lanes[lane], bucket).0).max().unwrap_or(0);
        let sent = pool.transfers.iter().map(|&lane| passage::longest(&self.network.transfers[lane], self.horizon()));
        bought.max(sent.max().unwrap_or(0))
    }

    /// E: the last safety stock, and forward demand over the longest lead time and the last bucket's days, rounded up; what that of
    /// locations it feeds comes to is still in it.
    fn end_cover(&self, id: PoolId, pool: &PoolModel, longest_lead: i64) -> Result<i64, Overflow> {
        let network = self.network;
        let Some(last) = self.buckets().last() else { return Ok(0) };
        let phase_out = network.item(network.pool(id).item).phase_out;
        if phase_out.is_some_and(|day| day <= last.end.succ_opt().unwrap_or(last.end)) {
            return Ok(0);
        }
        let days = whole(longest_lead + last.days());
        let ahead = ceil_units(demand::over_days(&pool.forward[self.buckets().len()..], days)?)?;
        ahead.checked_add(pool.cover.safety_stock.last().copied().unwrap_or(0)).ok_or(Overflow)
    }

    /// Worth of a last unit up to E and beyond it: at most what the cheapest way lands one for.
    fn end_worth(&self, standard: &Standard) -> Result<(Ratio, Ratio), Overflow> {
        let economics = &self.network.economics;
        if !economics.end_worth {
            return Ok((Ratio::zero(), Ratio::zero()));
        }
        let cap = |worth: Ratio| standard.cheapest.map_or(worth, |cheapest| cheapest.min(worth));
        Ok((cap(standard.cost), cap(mul(standard.cost, ratio(economics.salvage_rate))?)))
    }
}
