//! Shared limits as rows in fixed point: what there is of each, and what takes of it.
//!
//! There is a row for every limit and bucket, and one for the cash of every bucket, whose use is what the balance is lower
//! by. Amounts are whole numbers of a scale, uses rounded down and what there is rounded up: a relaxation by less than anything that
//! is paid, and exact for decimals.

use num_traits::{ToPrimitive, Zero};

use super::fixed::{down, narrow, scale, up};
use super::given::Given;
use super::sizes::Sizes;
use crate::model::{LimitKind, Model};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// How the limits bear on one pool: first rows, and what a unit uses.
#[derive(Debug, Clone, Default)]
pub(super) struct Bearing {
    /// Value or volume of closing stock.
    pub(super) closing: Vec<(usize, i64)>,
    /// Of opening stock and receipts.
    pub(super) available: Vec<(usize, i64)>,
    /// Of receipts.
    pub(super) inbound: Vec<(usize, i64)>,
    /// Of sales.
    pub(super) outbound: Vec<(usize, i64)>,
}

/// What a line takes of its supplier's capacity.
#[derive(Debug, Clone, Copy)]
pub(super) struct SupplierUse {
    /// First row.
    pub(super) first: usize,
    /// A unit.
    pub(super) unit: i64,
    /// A line.
    pub(super) line: i64,
}

/// A share of something that days divide.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    /// The bucket it falls into.
    pub(super) bucket: usize,
    /// Numerator and denominator.
    pub(super) part: (i64, i64),
}

/// The rows of a model.
#[derive(Debug)]
pub(super) struct Rows {
    /// Buckets.
    pub(super) buckets: usize,
    /// Number of rows.
    pub(super) count: usize,
    /// First cash row, where cash is planned.
    pub(super) cash: Option<usize>,
    /// Scale of money.
    pub(super) money: i64,
    /// A minor unit of the currency.
    pub(super) minor: i64,
    /// What pools may use in all: with what is given, less what facts use whatever is decided.
    pub(super) available: Vec<i64>,
    /// The size of each row, for comparing them.
    pub(super) size: Vec<i64>,
    /// Scale of each row.
    pub(super) scale: Vec<i64>,
    /// By pool.
    pub(super) bearings: Vec<Bearing>,
    /// First rows of budgets by lane.
    pub(super) budgets: Vec<Vec<usize>>,
    /// By lane.
    pub(super) supplier: Vec<Option<SupplierUse>>,
    /// By channel, then bucket of sale: when its cash arrives.
    pub(super) payout: Vec<Vec<Vec<Share>>>,
}

/// Digits behind the point of volumes and capacities, where they fit.
const DIGITS: u32 = 9;

impl Rows {
    /// The rows of a model.
    pub(super) fn new(model: &Model<'_>, given: &Given, sizes: &Sizes) -> Result<Self, Overflow> {
        let buckets = model.buckets().len();
        let limits = model.limits.len() * buckets;
        let cash = model.cash.as_ref().map(|_| limits);
        let count = limits + cash.map_or(0, |_| buckets);
        let mut rows = Self {
            buckets,
            count,
            cash,
            money: sizes.money,
            minor: (sizes.money / 10_i64.pow(model.network.minor_digits)).max(1),
            available: Vec::with_capacity(count),
            size: Vec::new(),
            scale: Vec::with_capacity(count),
            bearings: vec![Bearing::default(); model.pools.len()],
            budgets: vec![Vec::new(); model.network.lanes.len()],
            supplier: vec![None; model.network.lanes.len()],
            payout: payout(model)?,
        };
        for (index, limit) in model.limits.iter().enumerate() {
            let most = most_used(model, sizes, &limit.kind)?;
            let scale = most.map_or(sizes.money, |most| scale(most, DIGITS));
            let facts = facts_use(model, &limit.kind)?;
            for (bucket, fact) in facts.iter().enumerate() {
                let left = add(add(limit.available[bucket], given.limits[index][bucket])?, -*fact)?;
                rows.scale.push(scale);
                rows.available.push(fit(left, scale));
            }
            rows.bear(model, &limit.kind, index * buckets, scale)?;
        }
        if let Some(cash) = &model.cash {
            let mut balance = cash.opening;
            for bucket in 0..buckets {
                balance = add(balance, add(cash.other[bucket], -cash.open_payments[bucket])?)?;
                let left = add(add(balance, -cash.minimum[bucket])?, given.cash[bucket])?;
                rows.scale.push(sizes.money);
                rows.available.push(fit(left, sizes.money));
            }
        }
        rows.size = rows.available.iter().zip(&rows.scale).map(|(amount, scale)| amount.abs().max(*scale)).collect();
        Ok(rows)
    }

    /// The same rows with `part` / 10^9 of each kept free, where exact books found one passed.
    pub(super) fn with_margin(&self, part: i64) -> Vec<i64> {
        let margin = |(available, size): (&i64, &i64)| {
            available - narrow(i128::from(*size) * i128::from(part) / 1_000_000_000) - 1
        };
        self.available.iter().zip(&self.size).map(margin).collect()
    }

    /// Enters a limit, whose first row is `first`, where it bears.
    fn bear(&mut self, model: &Model<'_>, kind: &LimitKind, first: usize, scale: i64) -> Result<(), Overflow> {
        let network = model.network;
        let at = |location| {
            let all = network.pools.iter().enumerate();
            all.filter(move |(_, pool)| pool.location == location).map(|(index, pool)| (index, pool.item))
        };
        let volume = |item| down(ratio(network.item(item).unit_volume), scale);
        match kind {
            LimitKind::Budget { lanes, .. } => lanes.iter().for_each(|lane| self.budgets[lane.index()].push(first)),
            LimitKind::InventoryValue(pools) => {
                for pool in pools {
                    let value = down(model.pools[pool.index()].standard_cost, scale)?;
                    self.bearings[pool.index()].closing.push((first, value));
                }
            }
            LimitKind::StoragePeak(location) => {
                for (index, item) in at(*location) {
                    self.bearings[index].available.push((first, volume(item)?));
                }
            }
            LimitKind::StorageClosing(location) => {
                for (index, item) in at(*location) {
                    self.bearings[index].closing.push((first, volume(item)?));
                }
            }
            LimitKind::Inbound(location) => {
                at(*location).for_each(|(index, _)| self.bearings[index].inbound.push((first, scale)));
            }
            LimitKind::Outbound(location) => {
                at(*location).for_each(|(index, _)| self.bearings[index].outbound.push((first, scale)));
            }
            LimitKind::Supplier(supplier) => {
                for (index, lane) in network.lanes.iter().enumerate().filter(|(_, lane)| lane.supplier == *supplier) {
                    let unit = down(ratio(lane.capacity_use), scale)?;
                    let line = down(ratio(lane.capacity_setup), scale)?;
                    self.supplier[index] = Some(SupplierUse { first, unit, line });
                }
            }
        }
        Ok(())
    }
}

/// An amount in fixed point, rounded up; what is beyond all use is as good as none.
fn fit(amount: Ratio, scale: i64) -> i64 {
    up(amount, scale).unwrap_or_else(|_| narrow(amount.to_integer())).clamp(i64::MIN / 8, i64::MAX / 8)
}

/// What facts use of a limit, by bucket, whatever is decided about pools.
fn facts_use(model: &Model<'_>, kind: &LimitKind) -> Result<Vec<Ratio>, Overflow> {
    let mut used = vec![Ratio::zero(); model.buckets().len()];
    if let LimitKind::Budget { open_orders, .. } = kind {
        for &index in open_orders {
            if let Some(bucket) = model.open_lines[index].receipt {
                let order = &model.network.open_orders[index];
                let value = mul(model.pools[order.pool.index()].standard_cost, whole(order.units))?;
                used[bucket] = add(used[bucket], value)?;
            }
        }
    }
    Ok(used)
}

/// The most that pools can use of a limit that is no money.
fn most_used(model: &Model<'_>, sizes: &Sizes, kind: &LimitKind) -> Result<Option<Ratio>, Overflow> {
    let network = model.network;
    let levels = |location| {
        let all = network.pools.iter().enumerate();
        all.filter(move |(_, pool)| pool.location == location)
            .map(|(index, pool)| (whole(sizes.most[index]), pool.item))
    };
    // Each term rounded up by itself: sums of many denominators would not fit.
    let total = |mut parts: Box<dyn Iterator<Item = Result<Ratio, Overflow>> + '_>| {
        let add_up = |sum: i64, part: Result<Ratio, Overflow>| {
            part?.ceil().to_integer().to_i64().and_then(|part| sum.checked_add(part)).ok_or(Overflow)
        };
        parts.try_fold(0_i64, add_up).map(|sum| Some(whole(sum)))
    };
    match kind {
        LimitKind::Budget { .. } | LimitKind::InventoryValue(_) => Ok(None),
        LimitKind::StoragePeak(location) | LimitKind::StorageClosing(location) => {
            total(Box::new(levels(*location).map(|(units, item)| mul(ratio(network.item(item).unit_volume), units))))
        }
        LimitKind::Inbound(location) | LimitKind::Outbound(location) => {
            total(Box::new(levels(*location).map(|(units, _)| Ok(units))))
        }
        LimitKind::Supplier(supplier) => {
            let lanes = network.lanes.iter().filter(|lane| lane.supplier == *supplier);
            let each = |lane: &crate::network::Lane| {
                let units = mul(ratio(lane.capacity_use), whole(sizes.most[lane.pool.index()]))?;
                let lines = mul(
                    ratio(lane.capacity_setup),
                    whole(i64::try_from(model.buckets().len()).map_err(|_| Overflow)?),
                )?;
                add(units, lines)
            };
            total(Box::new(lanes.map(each)))
        }
    }
}

fn payout(model: &Model<'_>) -> Result<Vec<Vec<Vec<Share>>>, Overflow> {
    let Some(cash) = &model.cash else { return Ok(Vec::new()) };
    let share = |(bucket, share): &(usize, Ratio)| {
        let part = (share.numer().to_i64().ok_or(Overflow)?, share.denom().to_i64().ok_or(Overflow)?);
        Ok(Share { bucket: *bucket, part })
    };
    let of_bucket = |shares: &Vec<(usize, Ratio)>| shares.iter().map(share).collect();
    cash.payout.iter().map(|channel| channel.iter().map(of_bucket).collect()).collect()
}
