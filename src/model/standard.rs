//! What a unit of an item costs at a location by standard, the cheapest way to land one there, and which location feeds which.

use super::cost::Terms;
use super::passage::freight;
use crate::network::{Lane, Network, PoolId, TransferLane};
use crate::units::{Overflow, Ratio, add, ratio};

/// What an item costs at a location.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standard {
    /// Standard cost of a unit.
    pub(super) cost: Ratio,
    /// The least that a unit can be landed for by lanes that are not premium, breaks included; none where there are none.
    pub(super) cheapest: Option<Ratio>,
    /// Where the standard lane is a transfer, its source.
    pub(super) fed_by: Option<PoolId>,
}

/// The standards of all pools.
pub(super) fn standards(network: &Network) -> Result<Vec<Standard>, Overflow> {
    let costs = Costs::new(network)?;
    let known = costs.settled();
    let mut standards = Vec::with_capacity(known.len());
    for (pool, known) in network.pools.iter().zip(&known) {
        let stated = network.item(pool.item).cost.map(ratio);
        let (cost, fed_by) = known.map_or((Ratio::default(), None), |known| (known.cost, known.fed_by));
        standards.push(Standard { cost: stated.unwrap_or(cost), cheapest: None, fed_by });
    }
    costs.cheapest(&mut standards)?;
    Ok(standards)
}

/// What lanes cost, and which of them lead to each pool.
struct Costs<'n> {
    network: &'n Network,
    /// By lane: the lowest landed cost of a unit before breaks, and with them.
    landed: Vec<(Ratio, Ratio)>,
    /// By transfer lane: the lowest freight of a unit.
    freight: Vec<Ratio>,
    /// By pool: purchase lanes, then transfer lanes, by index.
    to: Vec<(Vec<usize>, Vec<usize>)>,
}

/// What lanes say of a pool.
#[derive(Debug, Clone, Copy)]
struct Known {
    cost: Ratio,
    fed_by: Option<PoolId>,
}

/// A lane that may be a pool's standard lane, the better one first: the cheaper; a purchase before a transfer; by supplier or
/// source; by mode.
type Candidate<'n> = (Ratio, bool, &'n str, &'n str, Option<PoolId>);

impl<'n> Costs<'n> {
    fn new(network: &'n Network) -> Result<Self, Overflow> {
        let buckets = &network.calendar.buckets;
        let landed = |lane: &Lane| {
            let mut lowest: Option<(Ratio, Ratio)> = None;
            for bucket in buckets {
                let terms = Terms::of(network, lane, bucket)?;
                let (plain, cheapest) = (terms.landed_unit()?, terms.cheapest_unit()?);
                let known = lowest.unwrap_or((plain, cheapest));
                lowest = Some((known.0.min(plain), known.1.min(cheapest)));
            }
            lowest.ok_or(Overflow)
        };
        let lowest_freight = |lane: &TransferLane| {
            let all = buckets.iter().map(|bucket| freight(network, lane, bucket)).collect::<Result<Vec<_>, _>>()?;
            all.into_iter().min().ok_or(Overflow)
        };
        let mut to = vec![(Vec::new(), Vec::new()); network.pools.len()];
        for (index, lane) in network.lanes.iter().enumerate() {
            to[lane.pool.index()].0.push(index);
        }
        for (index, lane) in network.transfers.iter().enumerate() {
            to[lane.pool.index()].1.push(index);
        }
        Ok(Self {
            network,
            landed: network.lanes.iter().map(landed).collect::<Result<_, _>>()?,
            freight: network.transfers.iter().map(lowest_freight).collect::<Result<_, _>>()?,
            to,
        })
    }

    /// What lanes say of every pool: of each item the cheapest pool is settled first, so that a source is known before what it feeds.
    fn settled(&self) -> Vec<Option<Known>> {
        let pools = &self.network.pools;
        let mut known = vec![None; pools.len()];
        let mut from = 0;
        // Pools are sorted by item.
        while from < pools.len() {
            let to = from + pools[from..].iter().take_while(|pool| pool.item == pools[from].item).count();
            while (from..to).any(|pool| known[pool].is_none()) {
                let (pool, found) = self.next(&known, from..to);
                known[pool] = Some(found);
            }
            from = to;
        }
        known
    }

    /// The pool that is settled next: by an ordinary lane if any has one from what is known; else by premium ones, pools first that have
    /// no others; else by what the item costs elsewhere.
    fn next(&self, known: &[Option<Known>], pools: std::ops::Range<usize>) -> (usize, Known) {
        let open = || pools.clone().filter(|&pool| known[pool].is_none());
        let lowest = |premium: bool, may: &dyn Fn(usize) -> bool| {
            let all = open().filter(|&pool| may(pool));
            all.flat_map(|pool| self.candidates(known, pool, premium).map(move |one| (one, pool))).min()
        };
        let found = lowest(false, &|_| true)
            .or_else(|| lowest(true, &|pool| !self.has(pool, false)))
            .or_else(|| lowest(true, &|_| true));
        if let Some(((cost, .., fed_by), pool)) = found {
            return (pool, Known { cost, fed_by });
        }
        let bare = open().find(|&pool| !self.has(pool, false) && !self.has(pool, true)).or_else(|| open().next());
        let elsewhere = pools.clone().filter_map(|pool| known[pool]).map(|known| known.cost).min();
        let stated = self.network.item(self.network.pools[pools.start].item).cost.map(ratio);
        let cost = stated.or(elsewhere).unwrap_or_default();
        (bare.unwrap_or(pools.start), Known { cost, fed_by: None })
    }

    fn candidates<'s>(
        &'s self,
        known: &'s [Option<Known>],
        pool: usize,
        premium: bool,
    ) -> impl Iterator<Item = Candidate<'n>> + 's {
        let network = self.network;
        let purchases = self.to[pool].0.iter().filter_map(move |&index| {
            let lane = &network.lanes[index];
            let by = &*network.supplier(lane.supplier).id;
            (lane.premium == premium).then_some((self.landed[index].0, false, by, &*lane.mode, None))
        });
        let transfers = self.to[pool].1.iter().filter_map(move |&index| {
            let lane = &network.transfers[index];
            let source = known[lane.source.index()].filter(|_| lane.premium == premium)?;
            let cost = add(source.cost, self.freight[index]).ok()?;
            Some((cost, true, &*network.location(lane.from).id, &*lane.mode, Some(lane.source)))
        });
        purchases.chain(transfers)
    }

    /// True where a lane of the kind leads to a pool.
    fn has(&self, pool: usize, premium: bool) -> bool {
        self.to[pool].0.iter().any(|&lane| self.network.lanes[lane].premium == premium)
            || self.to[pool].1.iter().any(|&lane| self.network.transfers[lane].premium == premium)
    }

    /// The cheapest way to land a unit in every pool. What has no ordinary lane has its standard cost to send on.
    fn cheapest(&self, standards: &mut [Standard]) -> Result<(), Overflow> {
        for (index, lane) in self.network.lanes.iter().enumerate().filter(|(_, lane)| !lane.premium) {
            lower(&mut standards[lane.pool.index()].cheapest, self.landed[index].1);
        }
        // A pass for each step of the longest chain.
        loop {
            let mut changed = false;
            for (index, lane) in self.network.transfers.iter().enumerate().filter(|(_, lane)| !lane.premium) {
                let source = lane.source.index();
                let own = if self.has(source, false) { None } else { Some(standards[source].cost) };
                if let Some(there) = standards[source].cheapest.or(own) {
                    let landed = add(there, self.freight[index])?;
                    changed |= lower(&mut standards[lane.pool.index()].cheapest, landed);
                }
            }
            if !changed {
                return Ok(());
            }
        }
    }
}

/// True where that is less than what was known.
fn lower(known: &mut Option<Ratio>, new: Ratio) -> bool {
    let lower = known.is_none_or(|known| new < known);
    if lower {
        *known = Some(new);
    }
    lower
}
