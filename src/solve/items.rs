//! Which pools are decided together: those of an item that share demand or send to each other.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::network::TransferId;

/// Pools in groups that share rows of their own.
#[derive(Debug, Clone, Default)]
pub(super) struct Items {
    /// Groups of pools, in the order in which they are solved: what is sent for before what sends.
    pub(super) pools: Vec<Vec<usize>>,
    /// By pool: its group.
    pub(super) of: Vec<usize>,
    /// By pool: transfer lanes that may be used and leave there, by index.
    pub(super) sends: Vec<Vec<usize>>,
}

impl Items {
    /// The groups of a model.
    pub(super) fn new(model: &Model<'_>) -> Self {
        let mut sends = vec![Vec::new(); model.pools.len()];
        for pool in &model.pools {
            for &lane in pool.transfers.iter().chain(&pool.premium_transfers) {
                sends[model.network.transfer(TransferId::from(lane)).source.index()].push(lane);
            }
        }
        let mut items = Self { pools: Vec::new(), of: (0..model.pools.len()).collect(), sends };
        for offer in &model.offers {
            let pools: Vec<usize> = model.ways[offer.ways.clone()].iter().map(|way| way.pool.index()).collect();
            pools.windows(2).for_each(|two| items.join(two[0], two[1]));
        }
        for pool in 0..model.pools.len() {
            for lane in items.sends[pool].clone() {
                items.join(pool, model.network.transfer(TransferId::from(lane)).pool.index());
            }
        }
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for pool in 0..items.of.len() {
            groups.entry(items.first(pool)).or_default().push(pool);
        }
        for (index, pools) in groups.into_values().enumerate() {
            let pools = items.ordered(model, pools);
            pools.iter().for_each(|&pool| items.of[pool] = index);
            items.pools.push(pools);
        }
        items
    }

    /// The first pool of a group, before groups are numbered.
    fn first(&self, mut pool: usize) -> usize {
        while self.of[pool] != pool {
            pool = self.of[pool];
        }
        pool
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.of[a.max(b)] = a.min(b);
    }

    /// Pools of a group, each behind those it sends to where that is possible.
    fn ordered(&self, model: &Model<'_>, mut open: Vec<usize>) -> Vec<usize> {
        let mut ordered = Vec::with_capacity(open.len());
        while !open.is_empty() {
            let feeds = |&pool: &usize| {
                let to = |&lane: &usize| model.network.transfer(TransferId::from(lane)).pool.index();
                self.sends[pool].iter().map(to).filter(|to| open.contains(to)).count()
            };
            let next = (0..open.len()).min_by_key(|&at| (feeds(&open[at]), open[at])).unwrap_or(0);
            ordered.push(open.remove(next));
        }
        ordered
    }

    /// True where pools of a group send to each other.
    pub(super) fn has_transfers(&self, pool: usize) -> bool {
        self.pools[self.of[pool]].iter().any(|&one| !self.sends[one].is_empty())
    }

    /// Pools that stock can be moved among: the pool itself, and where transfers are possible all of its group.
    pub(super) fn reach(&self, pool: usize) -> &[usize] {
        let group = &self.pools[self.of[pool]];
        if self.has_transfers(pool) {
            return group;
        }
        let at = group.iter().position(|&one| one == pool).unwrap_or(0);
        &group[at..=at]
    }
}
