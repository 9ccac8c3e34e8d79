//! Prices on shared limits, turned into what they mean for one pool: a unit sold, bought, held.

use super::pool::{LineOption, LinearPiece, Pool};
use super::rows::Rows;

/// What a pool's actions earn and cost at given prices.
#[derive(Debug)]
pub(super) struct Priced {
    /// By offer and bucket: a unit sold, with the shortage it spares.
    pub(super) sale: Vec<Vec<f64>>,
    /// By bucket: a unit on hand after receipts.
    pub(super) available: Vec<f64>,
    /// By bucket: a unit at the end.
    pub(super) closing: Vec<f64>,
    /// By option.
    pub(super) lines: Vec<PricedLine>,
}

/// What a line costs at given prices.
#[derive(Debug)]
pub(super) struct PricedLine {
    /// A line, whatever its size.
    pub(super) fixed: f64,
    /// A unit, besides goods, freight and duty.
    pub(super) unit: f64,
    /// Factors of goods, and of freight and duty.
    pub(super) factors: (f64, f64),
}

impl PricedLine {
    /// Cost of a line over a piece: fixed and a unit.
    pub(super) fn piece(&self, piece: &LinearPiece) -> (f64, f64) {
        let (goods, besides) = self.factors;
        (
            self.fixed + goods * piece.goods.0 + besides * piece.besides.0,
            self.unit + goods * piece.goods.1 + besides * piece.besides.1,
        )
    }
}

/// Prices a pool's actions; `prices` has one a row, none negative.
pub(super) fn price(pool: &Pool, rows: &Rows, prices: &[f64]) -> Priced {
    let cash = cash_prices(rows, prices);
    let bearing = &rows.bearings[pool.id.index()];
    let outbound = |bucket: usize| bearing.outbound.iter().map(|first| prices[first + bucket]).sum::<f64>();
    let sale = pool.sales.iter().map(|sale| {
        let of_bucket = |bucket: usize| {
            let shares = sale.payout.get(bucket).into_iter().flatten();
            let worth: f64 = shares.map(|(arrives, share)| share * cash[*arrives]).sum();
            sale.net[bucket] * (1.0 + worth) + sale.shortage_cost[bucket] - outbound(bucket)
        };
        (0..rows.buckets).map(of_bucket).collect()
    });
    let weigh =
        |on: &[(usize, f64)], bucket: usize| on.iter().map(|(first, unit)| unit * prices[first + bucket]).sum::<f64>();
    Priced {
        sale: sale.collect(),
        available: (0..rows.buckets).map(|bucket| weigh(&bearing.available, bucket)).collect(),
        closing: (0..rows.buckets).map(|bucket| pool.holding[bucket] + weigh(&bearing.closing, bucket)).collect(),
        lines: pool.options.iter().map(|option| line(option, rows, prices, &cash, &bearing.inbound)).collect(),
    }
}

/// What money paid in each bucket costs besides itself: the prices of that bucket's cash and all later ones.
fn cash_prices(rows: &Rows, prices: &[f64]) -> Vec<f64> {
    let mut worth = vec![0.0; rows.buckets];
    let Some(first) = rows.cash else { return worth };
    let mut sum = 0.0;
    for bucket in (0..rows.buckets).rev() {
        sum += prices[first + bucket];
        worth[bucket] = sum;
    }
    worth
}

fn line(option: &LineOption, rows: &Rows, prices: &[f64], cash: &[f64], inbound: &[usize]) -> PricedLine {
    let budget: f64 = rows.budgets[option.lane.index()].iter().map(|first| prices[first + option.bucket]).sum();
    let supplier = rows.supplier[option.lane.index()].map_or(0.0, |first| prices[first + option.release_bucket]);
    let inbound: f64 = inbound.iter().map(|first| prices[first + option.bucket]).sum();
    let goods: f64 =
        option.goods_paid.iter().map(|(bucket, share)| share * bucket.map_or(0.0, |bucket| cash[bucket])).sum();
    let besides = option.besides_paid.map_or(0.0, |bucket| cash[bucket]);
    PricedLine {
        fixed: option.order_cost + supplier * option.capacity.1,
        unit: supplier * option.capacity.0 + inbound,
        factors: (1.0 + budget + goods, 1.0 + budget + besides),
    }
}
