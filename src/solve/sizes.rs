//! How large numbers can become: stock levels worth having, and the scale of money that leaves room for sums.

use num_traits::{Signed, ToPrimitive};

use super::fixed::scale;
use crate::model::baseline::Change;
use crate::model::{Model, PoolModel};
use crate::network::PoolId;
use crate::units::{Overflow, Ratio, add, mul, whole};

/// Digits behind the point of money, where they fit.
const DIGITS: u32 = 8;
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
    pub(super) fn new(model: &Model<'_>) -> Result<Self, Overflow> {
        let mut lots = Vec::with_capacity(model.pools.len());
        let mut mosts = Vec::with_capacity(model.pools.len());
        let mut total = 0_i64;
        for (index, pool) in model.pools.iter().enumerate() {
            let lot = lot(model, pool);
            let have = model.network.pool(PoolId::from(index)).on_hand + pool.open_receipts.iter().sum::<i64>();
            let demand: i64 = pool.offers.iter().flat_map(|&offer| &model.offers[offer].demand).sum();
            // What the last plan wants may be worth having for its own sake, up to twice its units.
            let last_plan = wanted_by_last_plan(model, pool).map(|change| change.units.saturating_mul(2)).sum::<i64>();
            let most = have.max(demand.saturating_add(lot)).saturating_add(last_plan).min(MOST_UNITS);
            let turnover = turnover(model, pool, most)?.ceil().to_integer().to_i64().ok_or(Overflow)?;
            total = total.checked_add(turnover).ok_or(Overflow)?;
            lots.push(lot);
            mosts.push(most);
        }
        Ok(Self { lot: lots, most: mosts, money: scale(whole(total), DIGITS), turnover: total })
    }
}

/// What it costs to differ from the last plan on the lanes of a pool.
fn wanted_by_last_plan(model: &Model<'_>, pool: &PoolModel) -> impl Iterator<Item = Change> {
    let lanes = pool.lanes.iter().chain(&pool.premium).filter_map(|&lane| model.changes.get(lane));
    lanes.flatten().flatten().copied()
}

/// Units by which a line may have to exceed what is needed: a line above it could be one multiple smaller at the same terms.
fn lot(model: &Model<'_>, pool: &PoolModel) -> i64 {
    let of_lane = |&lane: &usize| {
        let lane = &model.network.lanes[lane];
        let last_break = lane.breaks.last().map_or(0, |one| one.from);
        lane.smallest_line().max(last_break).saturating_add(lane.multiple)
    };
    pool.lanes.iter().map(of_lane).max().unwrap_or(0)
}

/// More money than a pool can move: sales, purchases of twice what it may hold, holding and the last stock.
fn turnover(model: &Model<'_>, pool: &PoolModel, most: i64) -> Result<Ratio, Overflow> {
    let mut sum = whole(0);
    let mut unit = pool.standard_cost.ceil();
    for &offer in &pool.offers {
        let offer = &model.offers[offer];
        for (bucket, units) in offer.demand.iter().enumerate() {
            let worth = add(offer.net[bucket].abs(), offer.shortage_cost[bucket])?.ceil();
            unit = unit.max(worth);
            sum = add(sum, mul(worth, whole(*units))?)?;
        }
    }
    let opportunities = || pool.lanes.iter().flat_map(|&lane| model.lanes[lane].iter().flatten());
    for opportunity in opportunities() {
        unit = unit.max(opportunity.terms.landed_unit()?.ceil());
        sum = add(sum, opportunity.terms.order_cost.ceil())?;
    }
    let mut times = 4;
    for change in wanted_by_last_plan(model, pool) {
        unit = unit.max(change.cost.ceil());
        // What is paid for changes is as much again at most.
        times = 8;
    }
    add(sum, mul(unit, whole(most.saturating_mul(times)))?)
}
