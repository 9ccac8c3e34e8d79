//! What a unit of an item costs at a location by standard, the cheapest way to land one there, and which location
//! feeds which.

use std::collections::BTreeMap;

use super::cost::{lowest_before_breaks, lowest_freight, lowest_with_breaks};
use super::exact::{Overflow, Ratio, plus, ratio, zero};
use crate::network::{ItemId, Lane, Network, PoolId, TransferLane};

/// What an item costs at a location.
#[derive(Debug, Clone)]
pub(super) struct Standard {
    /// Standard cost of a unit.
    pub(super) cost: Ratio,
    /// Lowest landed cost of a unit, breaks included, by ordinary lanes; none without such lanes.
    pub(super) cheapest: Option<Ratio>,
    /// The location whose transfer is the standard lane.
    pub(super) fed_by: Option<PoolId>,
}

/// The lanes that lead to a pool.
#[derive(Debug, Clone, Default)]
pub(super) struct Ways<'n> {
    /// From suppliers.
    pub(super) purchases: Vec<&'n Lane>,
    /// From own locations.
    pub(super) transfers: Vec<&'n TransferLane>,
}

impl Ways<'_> {
    fn any(&self, premium: bool) -> bool {
        self.purchases.iter().any(|lane| lane.premium == premium)
            || self.transfers.iter().any(|lane| lane.premium == premium)
    }
}

/// The lanes to each pool.
pub(super) fn ways(network: &Network) -> Vec<Ways<'_>> {
    let mut ways = vec![Ways::default(); network.pools.len()];
    for lane in &network.lanes {
        ways[lane.pool.index()].purchases.push(lane);
    }
    for lane in &network.transfers {
        ways[lane.pool.index()].transfers.push(lane);
    }
    ways
}

/// The standard of every pool.
pub(super) fn standards(network: &Network, ways: &[Ways<'_>]) -> Result<Vec<Standard>, Overflow> {
    let mut pools: BTreeMap<ItemId, Vec<usize>> = BTreeMap::new();
    for (index, pool) in network.pools.iter().enumerate() {
        pools.entry(pool.item).or_default().push(index);
    }
    let mut lanes = Lanes { network, ways, known: vec![None; ways.len()] };
    for (item, pools) in pools {
        lanes.settle(item, &pools)?;
    }
    let stated = |pool: usize| network.item(network.pools[pool].item).cost.map(ratio);
    let of = |(pool, known): (usize, &Option<Known>)| Standard {
        cost: stated(pool).or(known.map(|known| known.cost)).unwrap_or_else(zero),
        cheapest: None,
        fed_by: known.and_then(|known| known.from),
    };
    let mut standards: Vec<_> = lanes.known.iter().enumerate().map(of).collect();
    cheapest(network, ways, &mut standards)?;
    Ok(standards)
}

/// What lanes say of a pool.
#[derive(Debug, Clone, Copy)]
struct Known {
    cost: Ratio,
    /// Where the standard lane comes from, if it is a transfer.
    from: Option<PoolId>,
}

/// A lane that could be a pool's standard lane: the lower comes first. A purchase comes before a transfer of the same cost.
type Candidate<'n> = (Ratio, bool, &'n str, &'n str, Option<PoolId>);

/// What lanes say of the pools so far.
struct Lanes<'n, 'w> {
    network: &'n Network,
    ways: &'w [Ways<'n>],
    known: Vec<Option<Known>>,
}

impl Lanes<'_, '_> {
    /// Works out the pools of an item, the cheapest first, so that a source is known before what it feeds.
    fn settle(&mut self, item: ItemId, pools: &[usize]) -> Result<(), Overflow> {
        while self.settle_one(pools, false, |_| true)?
            || self.settle_one(pools, true, |ways| !ways.any(false))?
            || self.settle_one(pools, true, |_| true)?
            || self.settle_elsewhere(item, pools)
        {}
        Ok(())
    }

    /// The pool with the cheapest lane, of those not known yet. False where none has one.
    fn settle_one(&mut self, pools: &[usize], premium: bool, may: fn(&Ways<'_>) -> bool) -> Result<bool, Overflow> {
        let mut lowest: Option<(Candidate<'_>, usize)> = None;
        for &pool in pools.iter().filter(|&&pool| self.known[pool].is_none() && may(&self.ways[pool])) {
            for candidate in self.candidates(pool, premium)? {
                if lowest.is_none_or(|lowest| (candidate, pool) < lowest) {
                    lowest = Some((candidate, pool));
                }
            }
        }
        let Some(((cost, .., from), pool)) = lowest else { return Ok(false) };
        self.known[pool] = Some(Known { cost, from });
        Ok(true)
    }

    fn candidates(&self, pool: usize, premium: bool) -> Result<Vec<Candidate<'_>>, Overflow> {
        let mut candidates = Vec::new();
        for lane in self.ways[pool].purchases.iter().filter(|lane| lane.premium == premium) {
            if let Some(cost) = lowest_before_breaks(self.network, lane)? {
                candidates.push((cost, false, &*self.network.supplier(lane.supplier).id, &*lane.mode, None));
            }
        }
        for lane in self.ways[pool].transfers.iter().filter(|lane| lane.premium == premium) {
            if let Some(source) = self.known[lane.source.index()] {
                let cost = plus(source.cost, lowest_freight(self.network, lane)?)?;
                candidates.push((cost, true, &*self.network.location(lane.from).id, &*lane.mode, Some(lane.source)));
            }
        }
        Ok(candidates)
    }

    /// A pool without lanes, else any, at what is stated or known of the item elsewhere.
    fn settle_elsewhere(&mut self, item: ItemId, pools: &[usize]) -> bool {
        let unknown = || pools.iter().copied().filter(|&pool| self.known[pool].is_none());
        let bare = unknown().find(|&pool| !self.ways[pool].any(false) && !self.ways[pool].any(true));
        let Some(pool) = bare.or_else(|| unknown().next()) else { return false };
        let lowest = pools.iter().filter_map(|&pool| self.known[pool]).map(|known| known.cost).min();
        let cost = self.network.item(item).cost.map(ratio).or(lowest).unwrap_or_else(zero);
        self.known[pool] = Some(Known { cost, from: None });
        true
    }
}

/// The cheapest way to land a unit: bought, or at the source's cheapest + freight.
fn cheapest(network: &Network, ways: &[Ways<'_>], standards: &mut [Standard]) -> Result<(), Overflow> {
    for (ways, standard) in ways.iter().zip(standards.iter_mut()) {
        for lane in ways.purchases.iter().filter(|lane| !lane.premium) {
            let landed = lowest_with_breaks(network, lane)?;
            standard.cheapest = [standard.cheapest, landed].into_iter().flatten().min();
        }
    }
    // A pass for each step of the longest chain.
    for _ in 0..standards.len() {
        let mut changed = false;
        for lane in network.transfers.iter().filter(|lane| !lane.premium) {
            let source = &standards[lane.source.index()];
            let own = if ways[lane.source.index()].any(false) { None } else { Some(source.cost) };
            let Some(there) = source.cheapest.or(own) else { continue };
            let landed = plus(there, lowest_freight(network, lane)?)?;
            let known = &mut standards[lane.pool.index()].cheapest;
            if known.is_none_or(|known| landed < known) {
                (*known, changed) = (Some(landed), true);
            }
        }
        if !changed {
            break;
        }
    }
    Ok(())
}
