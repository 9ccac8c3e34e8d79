//! How large numbers can become: stock levels worth having, and the scale of money that leaves room for sums.

use num_traits::{Signed, ToPrimitive};

use super::fixed::scale;
use super::items::Items;
use super::program::multiple_from;
use crate::model::baseline::Change;
use crate::model::{Model, PoolModel};
use crate::network::{ItemId, PoolId, TransferLane};
use crate::units::{Overflow, Ratio, add, mul, whole};

/// Digits behind the point of money, where they fit.
const DIGITS: u32 = 8;
/// Most units of an item at a location, times buckets, times (ways to sell it + 2): the cells of its tables, of some 16 bytes each.
pub const MOST_CELLS: i64 = 100_000_000;
/// Most units that a pool is planned with.
const MOST_UNITS: i64 = 4_000_000_000;

/// The sizes of a model.
#[derive(Debug)]
pub(super) struct Sizes {
    /// By pool: the largest line that is placed for more than its own units' sake (see [`lot`]).
    pub(super) lot: Vec<i64>,
    /// By pool: more units than any plan that is worth having holds.
    pub(super) most: Vec<i64>,
    /// Scale of money.
    pub(super) money: i64,
    /// More money than all pools can move.
    pub(super) turnover: i64,
}

impl Sizes {
    /// Looks at every pool.
    pub(super) fn new(model: &Model<'_>, items: &Items) -> Result<Self, Overflow> {
        let lots: Vec<i64> = model.pools.iter().map(|pool| lot(model, pool)).collect();
        let mut mosts = Vec::with_capacity(model.pools.len());
        let mut total = 0_i64;
        for (index, pool) in model.pools.iter().enumerate() {
            let reach = items.reach(index);
            let have = |&pool: &usize| {
                let facts = &model.pools[pool];
                let open: i64 = facts.open_receipts.iter().chain(&facts.open_transfers).sum();
                model.network.pool(PoolId::from(pool)).on_hand + open
            };
            let have: i64 = reach.iter().map(have).sum();
            let demand: i64 = offers_at(model, reach).iter().flat_map(|&offer| &model.offers[offer].demand).sum();
            let lots = reach.iter().fold(0_i64, |sum, &pool| sum.saturating_add(lots[pool]));
            // What the last plan wants may be worth having for its own sake, up to twice its units.
            let last_plan = reach.iter().flat_map(|&pool| wanted_by_last_plan(model, &model.pools[pool]));
            let last_plan = last_plan.map(|change| change.units.saturating_mul(2)).sum::<i64>();
            let most = have.max(demand.saturating_add(lots)).saturating_add(last_plan).min(MOST_UNITS);
            let turnover = turnover(model, pool, most)?.ceil().to_integer().to_i64().ok_or(Overflow)?;
            total = total.checked_add(turnover).ok_or(Overflow)?;
            mosts.push(most);
        }
        Ok(Self { lot: lots, most: mosts, money: scale(whole(total), DIGITS), turnover: total })
    }

    /// The most units of any pool.
    pub(super) fn largest(&self) -> i64 {
        self.most.iter().copied().max().unwrap_or(0)
    }
}

/// An item of which there are more units than a plan can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// The item.
    pub item: ItemId,
    /// Units that a plan may hold of it at once.
    pub units: i64,
    /// So many would do.
    pub most: i64,
}

/// Items of which there are more units than a plan can be made of: their tables, over levels of stock, buckets and ways to sell, would take more memory
/// than there may be.
///
/// # Errors
/// Where numbers do not fit together.
pub fn too_many_units(model: &Model<'_>) -> Result<Vec<TooMany>, Overflow> {
    let items = Items::new(model);
    let sizes = Sizes::new(model, &items)?;
    let mut found: Vec<TooMany> = Vec::new();
    for (index, (pool, &units)) in model.pools.iter().zip(&sizes.most).enumerate() {
        let late = |&way: &usize| {
            let offer = &model.offers[model.ways[way].offer];
            offer.lateness.most.iter().copied().max().unwrap_or(0)
        };
        let slots: usize = pool.ways.iter().map(|way| 1 + late(way)).sum();
        let cells = i64::try_from((slots + 2) * model.buckets().len()).unwrap_or(i64::MAX);
        let (item, most) = (model.network.pool(PoolId::from(index)).item, MOST_CELLS / cells);
        if units > most && found.last().is_none_or(|known| known.item != item) {
            found.push(TooMany { item, units, most });
        }
    }
    Ok(found)
}

/// Offers that are served from any of some pools, by index.
pub(super) fn offers_at(model: &Model<'_>, pools: &[usize]) -> Vec<usize> {
    let ways = pools.iter().flat_map(|&pool| &model.pools[pool].ways);
    let mut offers: Vec<usize> = ways.map(|&way| model.ways[way].offer).collect();
    offers.sort_unstable();
    offers.dedup();
    offers
}

/// What it costs to differ from the last plan on the lanes of a pool.
fn wanted_by_last_plan(model: &Model<'_>, pool: &PoolModel) -> impl Iterator<Item = Change> {
    let lanes = pool.lanes.iter().chain(&pool.premium).filter_map(|&lane| model.changes.get(lane));
    let sent = pool.transfers.iter().chain(&pool.premium_transfers);
    let sent = sent.filter_map(|&lane| model.transfer_changes.get(lane));
    lanes.chain(sent).flatten().flatten().copied()
}

/// Units by which a line may have to exceed what is needed: a line above it could be one multiple smaller at the same terms.
fn lot(model: &Model<'_>, pool: &PoolModel) -> i64 {
    let of_lane = |&lane: &usize| {
        let lane = &model.network.lanes[lane];
        let last_break = lane.breaks.last().map_or(0, |one| one.from);
        lane.smallest_line().max(last_break).saturating_add(lane.multiple)
    };
    let of_transfer = |&lane: &usize| {
        let TransferLane { moq, multiple, .. } = &model.network.transfers[lane];
        multiple_from((*moq).max(1), *multiple).saturating_add(*multiple)
    };
    let bought = pool.lanes.iter().chain(&pool.premium).map(of_lane).max().unwrap_or(0);
    bought.max(pool.transfers.iter().chain(&pool.premium_transfers).map(of_transfer).max().unwrap_or(0))
}

/// More money than a pool can move: sales, purchases of twice what it may hold, holding and the last stock.
fn turnover(model: &Model<'_>, pool: &PoolModel, most: i64) -> Result<Ratio, Overflow> {
    let mut sum = whole(0);
    let mut unit = pool.standard_cost.ceil();
    for way in pool.ways.iter().map(|&way| &model.ways[way]) {
        let offer = &model.offers[way.offer];
        for (bucket, units) in offer.demand.iter().enumerate() {
            let late = offer.lateness.net(way, bucket, offer.lateness.most[bucket])?;
            let most = way.net[bucket].abs().max(late.abs());
            let worth = add(most, offer.shortage_cost[bucket])?.ceil();
            unit = unit.max(worth);
            sum = add(sum, mul(worth, whole(*units))?)?;
        }
    }
    let opportunities = || pool.lanes.iter().flat_map(|&lane| model.lanes[lane].iter().flatten());
    for opportunity in opportunities() {
        unit = unit.max(opportunity.terms.landed_unit()?.ceil());
        sum = add(sum, opportunity.terms.order_cost.ceil())?;
    }
    for passage in pool.transfers.iter().flat_map(|&lane| model.transfers[lane].iter().flatten()) {
        unit = unit.max(passage.freight.ceil());
        sum = add(sum, passage.order_cost.ceil())?;
    }
    let mut times = 4;
    for change in wanted_by_last_plan(model, pool) {
        unit = unit.max(change.cost.ceil());
        // What is paid for changes is as much again at most.
        times = 8;
    }
    add(sum, mul(unit, whole(most.saturating_mul(times)))?)
}
