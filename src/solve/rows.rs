//! Shared limits as rows: what each has left, and what a pool's decision takes of it.
//!
//! There is a row for every limit and bucket, and one for the cash of every bucket. Numbers here are floats: they
//! steer the search, and what it finds is booked exactly before it counts.

use num_traits::ToPrimitive;

use super::pool::Decision;
use crate::model::{LimitKind, Model};
use crate::units::Ratio;

/// A number of the model as a float.
pub(super) fn float(number: Ratio) -> f64 {
    number.to_f64().unwrap_or(f64::MAX)
}

/// How the limits bear on one pool.
#[derive(Debug, Clone, Default)]
pub(super) struct Bearing {
    /// First rows of limits on the value or volume of closing stock, with the use of a unit.
    pub(super) closing: Vec<(usize, f64)>,
    /// The same for opening stock and receipts.
    pub(super) available: Vec<(usize, f64)>,
    /// The same for receipts.
    pub(super) inbound: Vec<usize>,
    /// The same for sales.
    pub(super) outbound: Vec<usize>,
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
    /// What may be used in all, with what is given, less what is used whatever is decided.
    pub(super) available: Vec<f64>,
    /// The size of each row, for comparing them: what may be used, at least 1.
    pub(super) scale: Vec<f64>,
    /// Minor units of the currency in one.
    pub(super) minor: f64,
    /// By pool.
    pub(super) bearings: Vec<Bearing>,
    /// Rows of budgets by lane.
    pub(super) budgets: Vec<Vec<usize>>,
    /// Row of the supplier's capacity by lane.
    pub(super) supplier: Vec<Option<usize>>,
}

impl Rows {
    /// The rows of a model; `given` is what each may be passed by, `margin` is kept free of each.
    pub(super) fn new(model: &Model<'_>, given: &[f64], margin: f64) -> Self {
        let buckets = model.buckets().len();
        let limits = model.limits.len() * buckets;
        let cash = model.cash.as_ref().map(|_| limits);
        let count = limits + cash.map_or(0, |_| buckets);
        let mut available: Vec<f64> =
            model.limits.iter().flat_map(|limit| limit.available.iter().map(|&a| float(a))).collect();
        let mut scale: Vec<f64> = available.iter().map(|&amount| amount.max(1.0)).collect();
        if let Some(cash) = &model.cash {
            let mut balance = float(cash.opening);
            for bucket in 0..buckets {
                balance += float(cash.other[bucket]) - float(cash.open_payments[bucket]);
                available.push(balance - float(cash.minimum[bucket]));
                scale.push((float(cash.opening).abs() + float(cash.minimum[bucket]).abs()).max(1.0));
            }
        }
        let mut rows = Self {
            buckets,
            count,
            cash,
            available,
            scale,
            minor: 10_f64.powi(i32::try_from(model.network.minor_digits).unwrap_or(2)),
            bearings: vec![Bearing::default(); model.pools.len()],
            budgets: vec![Vec::new(); model.network.lanes.len()],
            supplier: vec![None; model.network.lanes.len()],
        };
        for (index, limit) in model.limits.iter().enumerate() {
            rows.bear(model, &limit.kind, index * buckets);
        }
        if margin > 0.0 {
            for (row, scale) in rows.available.iter_mut().zip(&rows.scale) {
                *row -= margin + 2.0 * TOLERANCE * scale;
            }
        }
        for (row, given) in rows.available.iter_mut().zip(given) {
            *row += given;
        }
        rows
    }

    /// Enters a limit, whose first row is `first`, where it bears.
    fn bear(&mut self, model: &Model<'_>, kind: &LimitKind, first: usize) {
        let network = model.network;
        let at = |location| network.pools.iter().enumerate().filter(move |(_, pool)| pool.location == location);
        let volume = |item| float(crate::units::ratio(network.item(item).unit_volume));
        match kind {
            LimitKind::Budget { lanes, open_orders } => {
                lanes.iter().for_each(|lane| self.budgets[lane.index()].push(first));
                for &index in open_orders {
                    if let Some(bucket) = model.open_lines[index].receipt {
                        let order = &network.open_orders[index];
                        let cost = float(model.pools[order.pool.index()].standard_cost);
                        #[expect(clippy::cast_precision_loss, reason = "steers the search only")]
                        let units = order.units as f64;
                        self.available[first + bucket] -= cost * units;
                    }
                }
            }
            LimitKind::InventoryValue(pools) => {
                for pool in pools {
                    let cost = float(model.pools[pool.index()].standard_cost);
                    self.bearings[pool.index()].closing.push((first, cost));
                }
            }
            LimitKind::StoragePeak(location) => {
                for (index, pool) in at(*location) {
                    self.bearings[index].available.push((first, volume(pool.item)));
                }
            }
            LimitKind::StorageClosing(location) => {
                for (index, pool) in at(*location) {
                    self.bearings[index].closing.push((first, volume(pool.item)));
                }
            }
            LimitKind::Inbound(location) => {
                for (index, _) in at(*location) {
                    self.bearings[index].inbound.push(first);
                }
            }
            LimitKind::Outbound(location) => {
                for (index, _) in at(*location) {
                    self.bearings[index].outbound.push(first);
                }
            }
            LimitKind::Supplier(supplier) => {
                for (index, _) in network.lanes.iter().enumerate().filter(|(_, lane)| lane.supplier == *supplier) {
                    self.supplier[index] = Some(first);
                }
            }
        }
    }

    /// The sum of what is used beyond what may be, each row by its size.
    pub(super) fn violation(&self, used: &[f64]) -> f64 {
        let over =
            |row: usize| (used[row] - self.available[row] - TOLERANCE * self.scale[row]).max(0.0) / self.scale[row];
        (0..self.count).map(over).sum()
    }
}

/// Differences below this part of a row's size are noise of floats.
pub(super) const TOLERANCE: f64 = 1e-11;

/// What a decision earns and uses.
#[derive(Debug, Clone)]
pub(super) struct Effect {
    /// Money earned.
    pub(super) objective: f64,
    /// By row; cash is what the balance is lower by.
    pub(super) used: Vec<f64>,
}

/// A pool's decision with its effect.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// What is decided.
    pub(super) decision: Decision,
    /// What follows.
    pub(super) effect: Effect,
}
