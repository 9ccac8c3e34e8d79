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
    /// By pool: the one from which it and its like are fed, where that can be planned by echelons (see [`super::echelon`]).
    pub(super) root: Vec<Option<usize>>,
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
        let mut items = Self { pools: Vec::new(), of: (0..model.pools.len()).collect(), sends, root: Vec::new() };
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
        items.root = vec![None; items.of.len()];
        for pools in &items.pools {
            if let Some(root) = items.root_of(model, pools) {
                pools.iter().for_each(|&pool| items.root[pool] = Some(root));
            }
        }
        items
    }

    /// The pool that feeds all others of a group, where these get nothing from anywhere else and nothing but sales and storage hangs on what
    /// lies in it.
    fn root_of(&self, model: &Model<'_>, pools: &[usize]) -> Option<usize> {
        let mut senders = pools.iter().copied().filter(|&pool| !self.sends[pool].is_empty());
        let root = senders.next().filter(|_| senders.next().is_none())?;
        let is_leaf = |&pool: &usize| {
            let facts = &model.pools[pool];
            let fed = !facts.transfers.is_empty() || !facts.premium_transfers.is_empty();
            let bought = !facts.lanes.is_empty() || !facts.premium.is_empty();
            pool == root || fed && !bought && facts.open_receipts.iter().all(|units| *units == 0)
        };
        let cover = &model.pools[root].cover;
        let is_free =
            cover.most.iter().all(Option::is_none) && !cover.hard.contains(&true) && !cover.early.contains(&true);
        let open = model.network.open_transfers.iter().zip(&model.open_transfers);
        let mut own = open.filter(|(one, _)| pools.contains(&one.source.index()) || pools.contains(&one.pool.index()));
        let arrives = own.all(|(one, bucket)| one.source.index() == root && bucket.is_some());
        (is_free && arrives && pools.iter().all(is_leaf)).then_some(root)
    }

    /// The pools that a root feeds; none for others.
    pub(super) fn leaves(&self, root: usize) -> Vec<usize> {
        if self.root[root] != Some(root) {
            return Vec::new();
        }
        self.pools[self.of[root]].iter().copied().filter(|&pool| pool != root).collect()
    }

    /// The root of a pool that is fed from another.
    pub(super) fn fed_from(&self, pool: usize) -> Option<usize> {
        self.root[pool].filter(|&root| root != pool)
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
