//! What promises need of each pool at least, item by item: units to be bought, stock before sales, stock that is left.

use crate::model::Model;
use crate::network::PoolId;

/// Units of a pool that something needs or leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// Bought until the end of a bucket, in lines that can be placed.
    Bought,
    /// Sold in a bucket.
    Sold,
    /// There before anything is sold in a bucket.
    Before,
    /// Left at the end of a bucket.
    Closing,
}

/// By pool, then bucket of the horizon.
pub(super) struct Needs {
    pools: Vec<Pool>,
}

#[derive(Default)]
struct Pool {
    bought: Vec<i64>,
    sold: Vec<i64>,
    before: Vec<i64>,
    closing: Vec<i64>,
}

impl Needs {
    pub(super) fn new(model: &Model<'_>) -> Self {
        let feeds: Vec<usize> = model.network.transfers.iter().map(|lane| lane.source.index()).collect();
        let pool = |index: usize| Pool::new(model, index, feeds.contains(&index));
        Self { pools: (0..model.pools.len()).map(pool).collect() }
    }

    pub(super) fn of(&self, pool: usize, share: Share, bucket: usize) -> i64 {
        let pool = &self.pools[pool];
        let by_bucket = match share {
            Share::Bought => &pool.bought,
            Share::Sold => &pool.sold,
            Share::Before => &pool.before,
            Share::Closing => &pool.closing,
        };
        by_bucket[bucket]
    }
}

impl Pool {
    fn new(model: &Model<'_>, index: usize, feeds: bool) -> Self {
        let facts = &model.pools[index];
        let only_bought = facts.transfers.is_empty() && facts.premium.is_empty() && facts.premium_transfers.is_empty();
        // What several locations can serve, or a rule may let go of, is not needed here.
        let own = |way: &&usize| {
            let offer = model.ways[**way].offer;
            model.ways_of(offer).count() == 1 && model.relief.offers[offer].is_empty()
        };
        let is_late = |way: &usize| model.offers[model.ways[*way].offer].lateness.most.iter().any(|most| *most > 0);
        let waits = facts.ways.iter().any(is_late);
        let strict = model.relief.short[index].is_empty();
        let mut pool = Self::default();
        let mut there = model.network.pool(PoolId::from(index)).on_hand;
        // Until the bucket before: what floors want sold, and what can be sold at most.
        let (mut promised, mut asked) = (0_i64, 0_i64);
        let mut lacks = 0;
        for bucket in 0..model.horizon {
            there += facts.open_receipts[bucket] + facts.open_transfers[bucket];
            let sold: i64 =
                facts.ways.iter().filter(own).map(|way| model.offers[model.ways[*way].offer].floors.held[bucket]).sum();
            let demand: i64 = facts.ways.iter().map(|way| model.offers[model.ways[*way].offer].demand[bucket]).sum();
            let held_back = facts.cover.hard[bucket] && strict && facts.cover.safety_stock[bucket] > 0;
            let covered = facts.cover.safety_stock[bucket] + facts.cover.demand[bucket];
            let before = if held_back { sold.max(covered) } else { sold };
            if only_bought {
                lacks = lacks.max(promised + before - there);
            }
            let bought = lot(model, index, lacks);
            // What cannot have been sold by then is still there.
            let stays = |most_sold: i64| if feeds { 0 } else { (there + bought - most_sold).max(0) };
            let kept = if held_back && !waits && !feeds { (covered - demand).max(0) } else { 0 };
            pool.bought.push(bought);
            pool.sold.push(sold);
            pool.before.push(before.max(stays(asked)));
            promised += sold;
            asked += demand;
            pool.closing.push(kept.max(stays(asked)));
        }
        pool
    }
}

/// The fewest units that lines can bring where so many lack.
fn lot(model: &Model<'_>, pool: usize, lacks: i64) -> i64 {
    let lanes = || model.pools[pool].lanes.iter().map(|&lane| &model.network.lanes[lane]);
    let Some(smallest) = lanes().map(|lane| lane.moq).min().filter(|_| lacks > 0) else { return lacks.max(0) };
    // Lines of several lanes add up to a multiple only where all have the same.
    let multiple = lanes().map(|lane| lane.multiple).max().unwrap_or(1);
    let multiple = if lanes().all(|lane| lane.multiple == multiple) { multiple.max(1) } else { 1 };
    (lacks.max(smallest) + multiple - 1) / multiple * multiple
}
