//! What a decision does, exactly: stock, use of limits, cash, money earned.

use chrono::NaiveDate;
use num_traits::Zero;
use rust_decimal::Decimal;

use super::baseline::{change_cost, committed_use};
use super::breaches;
use super::cost::payments;
use super::passage::Passage;
pub use super::stock::StockFlow;
use super::stock::flows;
use super::{CashModel, LimitKind, Model, Opportunity};
use crate::solve::{Line, Outcome, Transfer};
use crate::units::{Overflow, Ratio, add, mul, ratio, round_to, whole};

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

/// A transfer with everything that follows from it.
#[derive(Debug, Clone)]
pub struct Sent<'m> {
    /// What was decided.
    pub transfer: Transfer,
    /// Its days and terms.
    pub passage: &'m Passage,
    /// Freight, exact.
    pub freight: Ratio,
    /// What is paid, on release.
    pub paid: Decimal,
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
    /// In the outcome's order.
    pub transfers: Vec<Sent<'m>>,
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
        let send = |transfer: &Transfer| {
            let passage = model.passage(transfer.lane, transfer.bucket).ok_or(Overflow)?;
            let freight = mul(passage.freight, whole(transfer.units))?;
            let paid = round_to(freight, model.network.minor_digits)?;
            Ok(Sent { transfer: *transfer, passage, freight, paid })
        };
        let transfers = outcome.transfers.iter().map(send).collect::<Result<Vec<_>, _>>()?;
        let stock = flows(model, outcome)?;
        let used =
            model.limits.iter().map(|limit| used(model, &limit.kind, &lines, &stock)).collect::<Result<_, _>>()?;
        let cash = model.cash.as_ref().map(|cash| cash_flowing(model, cash, outcome, (&lines, &transfers)));
        let cash = cash.transpose()?;
        let objective = objective(model, outcome, (&lines, &transfers), &stock)?;
        let mut ledger = Self { lines, transfers, stock, used, cash, objective };
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
                per_unit(pool.index(), model.pools[pool.index()].standard_cost, &StockFlow::owned)?;
            }
        }
        LimitKind::StoragePeak(location) => {
            for (index, pool) in at(*location) {
                let volume = ratio(network.item(pool.item).unit_volume);
                per_unit(index, volume, &|flow, t| flow.opening[t] + flow.arriving(t))?;
            }
        }
        LimitKind::StorageClosing(location) => {
            for (index, pool) in at(*location) {
                per_unit(index, ratio(network.item(pool.item).unit_volume), &|flow, t| flow.closing[t])?;
            }
        }
        LimitKind::Inbound(location) => {
            for (index, _) in at(*location) {
                per_unit(index, whole(1), &StockFlow::arriving)?;
            }
        }
        LimitKind::Outbound(location) => {
            for (index, _) in at(*location) {
                per_unit(index, whole(1), &StockFlow::leaving)?;
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

/// Lines and transfers.
type Moved<'l, 'm> = (&'l [Placed<'m>], &'l [Sent<'m>]);

fn cash_flowing(
    model: &Model<'_>,
    cash: &CashModel,
    outcome: &Outcome,
    (lines, transfers): Moved<'_, '_>,
) -> Result<CashFlowing, Overflow> {
    let buckets = model.horizon;
    let mut sales = vec![Ratio::zero(); buckets];
    let mut arrive = |way: usize, bucket: usize, earned: Ratio| {
        let channel = model.network.offers[model.ways[way].offer].channel;
        for (arrives, share) in &cash.payout[channel.index()][bucket] {
            sales[*arrives] = add(sales[*arrives], mul(earned, *share)?)?;
        }
        Ok(())
    };
    for (index, (way, sold)) in model.ways.iter().zip(&outcome.sales).enumerate() {
        for (bucket, units) in sold.iter().enumerate().filter(|(_, units)| **units != 0) {
            arrive(index, bucket, mul(way.net[bucket], whole(*units))?)?;
        }
    }
    // The price is that of the bucket that asked; being late costs no cash.
    for late in &outcome.late {
        arrive(late.way, late.delivered, mul(model.ways[late.way].net[late.wanted], whole(late.units))?)?;
    }
    let mut purchases = cash.open_payments.clone();
    let bought = lines.iter().flat_map(|placed| placed.payments.iter().copied());
    let sent = transfers.iter().map(|sent| (sent.passage.trip.release, sent.paid));
    for (day, amount) in bought.chain(sent) {
        if let Some(bucket) = model.network.calendar.bucket_of(day) {
            purchases[bucket] = add(purchases[bucket], ratio(amount))?;
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

/// Sales at what they earn, less shortage, landed and order costs, freight, changes of the last plan, holding and shortfall, plus the worth of the
/// last stock; overflow aside.
fn objective(
    model: &Model<'_>,
    outcome: &Outcome,
    (lines, transfers): Moved<'_, '_>,
    stock: &[StockFlow],
) -> Result<Ratio, Overflow> {
    let mut total = sales(model, outcome)?;
    for placed in lines {
        total = add(total, -add(placed.landed, placed.opportunity.terms.order_cost)?)?;
    }
    for sent in transfers {
        total = add(total, -add(sent.freight, sent.passage.order_cost)?)?;
    }
    total = add(total, add(model.sure, -change_cost(model, outcome)?)?)?;
    for (pool, flow) in model.pools.iter().zip(stock) {
        for (bucket, holding) in pool.holding.iter().enumerate() {
            total = add(total, -mul(*holding, whole(flow.owned(bucket)))?)?;
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

/// What sales earn, less the cost of being late and of what is never sold.
fn sales(model: &Model<'_>, outcome: &Outcome) -> Result<Ratio, Overflow> {
    let mut total = Ratio::zero();
    let mut met: Vec<Vec<i64>> = model.offers.iter().map(|offer| vec![0; offer.demand.len()]).collect();
    for (way, sold) in model.ways.iter().zip(&outcome.sales) {
        for (bucket, units) in sold.iter().enumerate().filter(|(_, units)| **units != 0) {
            total = add(total, mul(way.net[bucket], whole(*units))?)?;
            met[way.offer][bucket] += units;
        }
    }
    for late in &outcome.late {
        let way = &model.ways[late.way];
        let net = model.offers[way.offer].lateness.net(way, late.wanted, late.delivered - late.wanted)?;
        total = add(total, mul(net, whole(late.units))?)?;
        met[way.offer][late.wanted] += late.units;
    }
    for (offer, met) in model.offers.iter().zip(&met) {
        for (bucket, met) in met.iter().enumerate() {
            let unmet = offer.demand[bucket].checked_sub(*met).ok_or(Overflow)?;
            total = add(total, -mul(offer.shortage_cost[bucket], whole(unmet))?)?;
        }
    }
    Ok(total)
}
