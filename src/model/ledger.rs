//! What a decision does, exactly: stock, use of limits, cash, money earned.

use chrono::NaiveDate;
use num_traits::Zero;
use rust_decimal::Decimal;

use super::baseline::{change_cost, committed_use};
use super::breaches;
use super::cost::payments;
use super::{CashModel, LimitKind, Model, Opportunity, PoolModel};
use crate::network::PoolId;
use crate::solve::{Line, Outcome};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// A line with everything that follows from it.
#[derive(Debug, Clone)]
pub struct Placed<'m> {
    /// What was decided.
    pub line: Line,
    /// Its days and terms.
    pub opportunity: &'m Opportunity,
    /// Landed cost, exact.
    pub landed: Ratio,
    /// Payments by day.
    pub payments: Vec<(NaiveDate, Decimal)>,
}

/// Stock of a pool by bucket, units.
#[derive(Debug, Clone)]
pub struct StockFlow {
    /// Before receipts.
    pub opening: Vec<i64>,
    /// From suppliers, open orders included.
    pub receipts: Vec<i64>,
    /// Sold.
    pub sales: Vec<i64>,
    /// At the end.
    pub closing: Vec<i64>,
}

impl StockFlow {
    /// What stock before sales lacks of demand and safety stock.
    #[must_use]
    pub fn shortfall(&self, pool: &PoolModel, bucket: usize) -> i64 {
        pool.cover.shortfall(bucket, self.opening[bucket] + self.receipts[bucket])
    }
}

/// Cash by bucket of the horizon.
#[derive(Debug, Clone)]
pub struct CashFlowing {
    /// What arrives from sales.
    pub sales: Vec<Ratio>,
    /// What is paid for purchases.
    pub purchases: Vec<Ratio>,
    /// Balance at the end.
    pub closing: Vec<Ratio>,
}

/// The books of a plan.
#[derive(Debug)]
pub struct Ledger<'m> {
    /// In the outcome's order.
    pub lines: Vec<Placed<'m>>,
    /// By pool.
    pub stock: Vec<StockFlow>,
    /// By limit, then bucket of the horizon.
    pub used: Vec<Vec<Ratio>>,
    /// Where cash is planned.
    pub cash: Option<CashFlowing>,
    /// Money earned, by the economics of the project.
    pub objective: Ratio,
}

impl<'m> Ledger<'m> {
    /// Books an outcome.
    ///
    /// # Errors
    /// Where numbers do not fit together, or a line has no trip.
    pub fn new(model: &'m Model<'_>, outcome: &Outcome) -> Result<Self, Overflow> {
        let place = |line: &Line| {
            let opportunity = model.opportunity(line.lane, line.bucket).ok_or(Overflow)?;
            let supplier = model.network.supplier(model.network.lane(line.lane).supplier);
            let digits = model.network.minor_digits;
            let due = payments(&supplier.payment, &opportunity.trip, &opportunity.terms, line.units, digits)?;
            Ok(Placed { line: *line, opportunity, landed: opportunity.terms.landed(line.units)?, payments: due })
        };
        let lines = outcome.lines.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let stock = stock(model, outcome)?;
        let used =
            model.limits.iter().map(|limit| used(model, &limit.kind, &lines, &stock)).collect::<Result<_, _>>()?;
        let cash = model.cash.as_ref().map(|cash| cash_flowing(model, cash, outcome, &lines)).transpose()?;
        let objective = objective(model, outcome, &lines, &stock)?;
        let mut ledger = Self { lines, stock, used, cash, objective };
        ledger.objective = add(ledger.objective, -breaches::overflow_cost(model, &ledger)?)?;
        Ok(ledger)
    }

    /// By how much a bucket's closing cash is below its minimum; not positive where it is not.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn cash_missing(&self, cash: &CashModel, bucket: usize) -> Result<Ratio, Overflow> {
        self.cash.as_ref().map_or_else(|| Ok(Ratio::zero()), |flow| add(cash.minimum[bucket], -flow.closing[bucket]))
    }
}

fn stock(model: &Model<'_>, outcome: &Outcome) -> Result<Vec<StockFlow>, Overflow> {
    let buckets = model.buckets().len();
    let mut receipts: Vec<Vec<i64>> = model.pools.iter().map(|pool| pool.open_receipts.clone()).collect();
    for line in &outcome.lines {
        let units = &mut receipts[model.network.lane(line.lane).pool.index()][line.bucket];
        *units = units.checked_add(line.units).ok_or(Overflow)?;
    }
    let flow = |(index, receipts): (usize, Vec<i64>)| {
        let mut sales = vec![0_i64; buckets];
        for &offer in &model.pools[index].offers {
            for (sum, units) in sales.iter_mut().zip(&outcome.sales[offer]) {
                *sum = sum.checked_add(*units).ok_or(Overflow)?;
            }
        }
        let mut at = model.network.pool(PoolId::from(index)).on_hand;
        let (mut opening, mut closing) = (Vec::with_capacity(buckets), Vec::with_capacity(buckets));
        for (received, sold) in receipts.iter().zip(&sales) {
            opening.push(at);
            at = at.checked_add(*received).and_then(|at| at.checked_sub(*sold)).ok_or(Overflow)?;
            closing.push(at);
        }
        Ok(StockFlow { opening, receipts, sales, closing })
    };
    receipts.into_iter().enumerate().map(flow).collect()
}

/// Use of a limit by bucket.
fn used(
    model: &Model<'_>,
    kind: &LimitKind,
    lines: &[Placed<'_>],
    stock: &[StockFlow],
) -> Result<Vec<Ratio>, Overflow> {
    let network = model.network;
    let mut used = vec![Ratio::zero(); model.horizon];
    let mut book = |bucket: usize, amount: Ratio| {
        // Behind the horizon nothing is limited.
        if let Some(sum) = used.get_mut(bucket) {
            *sum = add(*sum, amount)?;
        }
        Ok(())
    };
    let at = |location| network.pools.iter().enumerate().filter(move |(_, pool)| pool.location == location);
    for (bucket, amount) in committed_use(model, kind)? {
        book(bucket, amount)?;
    }
    let mut per_unit = |index: usize, factor: Ratio, units: &dyn Fn(&StockFlow, usize) -> i64| {
        (0..model.horizon).try_for_each(|bucket| book(bucket, mul(factor, whole(units(&stock[index], bucket)))?))
    };
    match kind {
        LimitKind::Budget { lanes, open_orders } => {
            for placed in lines.iter().filter(|placed| lanes.binary_search(&placed.line.lane).is_ok()) {
                book(placed.line.bucket, placed.landed)?;
            }
            for &index in open_orders {
                let order = &network.open_orders[index];
                if let Some(bucket) = model.open_lines[index].receipt {
                    book(bucket, mul(model.pools[order.pool.index()].standard_cost, whole(order.units))?)?;
                }
            }
        }
        LimitKind::InventoryValue(pools) => {
            for pool in pools {
                per_unit(pool.index(), model.pools[pool.index()].standard_cost, &|flow, t| flow.closing[t])?;
            }
        }
        LimitKind::StoragePeak(location) => {
            for (index, pool) in at(*location) {
                let volume = ratio(network.item(pool.item).unit_volume);
                per_unit(index, volume, &|flow, t| flow.opening[t] + flow.receipts[t])?;
            }
        }
        LimitKind::StorageClosing(location) => {
            for (index, pool) in at(*location) {
                per_unit(index, ratio(network.item(pool.item).unit_volume), &|flow, t| flow.closing[t])?;
            }
        }
        LimitKind::Inbound(location) => {
            for (index, _) in at(*location) {
                per_unit(index, whole(1), &|flow, t| flow.receipts[t])?;
            }
        }
        LimitKind::Outbound(location) => {
            for (index, _) in at(*location) {
                per_unit(index, whole(1), &|flow, t| flow.sales[t])?;
            }
        }
        LimitKind::Supplier(supplier) => {
            for placed in lines {
                let lane = network.lane(placed.line.lane);
                if lane.supplier == *supplier {
                    let units = mul(ratio(lane.capacity_use), whole(placed.line.units))?;
                    book(placed.opportunity.release_bucket, add(units, ratio(lane.capacity_setup))?)?;
                }
            }
        }
    }
    Ok(used)
}

fn cash_flowing(
    model: &Model<'_>,
    cash: &CashModel,
    outcome: &Outcome,
    lines: &[Placed<'_>],
) -> Result<CashFlowing, Overflow> {
    let buckets = model.horizon;
    let mut sales = vec![Ratio::zero(); buckets];
    for (index, (offer, sold)) in model.offers.iter().zip(&outcome.sales).enumerate() {
        let payout = &cash.payout[model.network.offers[index].channel.index()];
        for (bucket, units) in sold.iter().enumerate().filter(|(_, units)| **units != 0) {
            let earned = mul(offer.net[bucket], whole(*units))?;
            for (arrives, share) in &payout[bucket] {
                sales[*arrives] = add(sales[*arrives], mul(earned, *share)?)?;
            }
        }
    }
    let mut purchases = cash.open_payments.clone();
    for (day, amount) in lines.iter().flat_map(|placed| &placed.payments) {
        if let Some(bucket) = model.network.calendar.bucket_of(*day) {
            purchases[bucket] = add(purchases[bucket], ratio(*amount))?;
        }
    }
    let mut at = cash.opening;
    let mut closing = Vec::with_capacity(buckets);
    for bucket in 0..buckets {
        at = add(add(at, sales[bucket])?, add(cash.other[bucket], -purchases[bucket])?)?;
        closing.push(at);
    }
    Ok(CashFlowing { sales, purchases, closing })
}

/// Sales at what they earn, less shortage, landed and order costs, changes of the last plan, holding and shortfall, plus the worth of the last
/// stock; overflow aside.
fn objective(
    model: &Model<'_>,
    outcome: &Outcome,
    lines: &[Placed<'_>],
    stock: &[StockFlow],
) -> Result<Ratio, Overflow> {
    let mut total = Ratio::zero();
    for (offer, sold) in model.offers.iter().zip(&outcome.sales) {
        for (bucket, units) in sold.iter().enumerate() {
            let unmet = offer.demand[bucket].checked_sub(*units).ok_or(Overflow)?;
            total = add(total, mul(offer.net[bucket], whole(*units))?)?;
            total = add(total, -mul(offer.shortage_cost[bucket], whole(unmet))?)?;
        }
    }
    for placed in lines {
        total = add(total, -add(placed.landed, placed.opportunity.terms.order_cost)?)?;
    }
    total = add(total, add(model.sure, -change_cost(model, lines)?)?)?;
    for (pool, flow) in model.pools.iter().zip(stock) {
        for (holding, closing) in pool.holding.iter().zip(&flow.closing) {
            total = add(total, -mul(*holding, whole(*closing))?)?;
        }
        for (bucket, cost) in pool.cover.shortfall_cost.iter().enumerate() {
            let short = flow.shortfall(pool, bucket);
            if short > 0 {
                total = add(total, -mul(*cost, whole(short))?)?;
            }
        }
        if let Some(&last) = flow.closing.last() {
            let within = last.min(pool.end_cover);
            total = add(total, mul(pool.worth_within, whole(within))?)?;
            total = add(total, mul(pool.worth_beyond, whole(last - within))?)?;
        }
    }
    Ok(total)
}
