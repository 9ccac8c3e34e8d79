//! The figures of a plan: revenue, contribution, service, turnover and the like, for the whole and by bucket.
//!
//! A year is the sum of the buckets' shares of one (a full month 1/12, a full week 1/52). Inventory value is closing
//! stock at standard cost.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{CheckedDiv, ToPrimitive, Zero};

use super::build::{label, share, total};
use super::{Amount, Figure, Metric, MinimumCash, Summary};
use crate::calendar::Bucket;
use crate::model::demand::LOOK_AHEAD_DAYS;
use crate::model::ledger::Ledger;
use crate::model::{Model, breaches};
use crate::solve::Outcome;
use crate::units::{Overflow, Ratio, add, mul, ratio, round_to, sum, whole};

/// Units and money of sales in a bucket, or in all.
#[derive(Debug, Clone, Copy)]
struct Sales {
    demand: i64,
    sold: i64,
    /// Of all demand, at price.
    demand_value: Ratio,
    revenue: Ratio,
    fees: Ratio,
    fulfilment: Ratio,
    /// Standard cost of units sold.
    cost: Ratio,
}

/// Sales of each bucket.
fn sales_by_bucket(model: &Model<'_>, outcome: &Outcome) -> Result<Vec<Sales>, Overflow> {
    let zero = Ratio::zero();
    let none =
        Sales { demand: 0, sold: 0, demand_value: zero, revenue: zero, fees: zero, fulfilment: zero, cost: zero };
    let mut all = vec![none; model.horizon];
    for (offer, sold) in model.offers.iter().zip(&outcome.sales) {
        let cost = model.pools[offer.pool.index()].standard_cost;
        for (bucket, sales) in all.iter_mut().enumerate() {
            let (demand, units) = (whole(offer.demand[bucket]), whole(sold[bucket]));
            let price = ratio(offer.price[bucket]);
            sales.demand = sales.demand.checked_add(offer.demand[bucket]).ok_or(Overflow)?;
            sales.sold = sales.sold.checked_add(sold[bucket]).ok_or(Overflow)?;
            sales.demand_value = add(sales.demand_value, mul(price, demand)?)?;
            sales.revenue = add(sales.revenue, mul(price, units)?)?;
            sales.fees = add(sales.fees, mul(ratio(offer.fee[bucket]), units)?)?;
            sales.fulfilment = add(sales.fulfilment, mul(ratio(offer.fulfilment[bucket]), units)?)?;
            sales.cost = add(sales.cost, mul(cost, units)?)?;
        }
    }
    Ok(all)
}

/// Value of stock at standard cost, by bucket.
fn value(
    model: &Model<'_>,
    ledger: &Ledger<'_>,
    of: impl Fn(&crate::model::ledger::StockFlow, usize) -> i64,
) -> Result<Vec<Ratio>, Overflow> {
    let bucket = |bucket: usize| {
        let parts =
            model.pools.iter().zip(&ledger.stock).map(|(pool, flow)| mul(pool.standard_cost, whole(of(flow, bucket))));
        parts.collect::<Result<Vec<_>, _>>().and_then(sum)
    };
    (0..model.horizon).map(bucket).collect()
}

/// The figures of the whole plan.
pub(super) fn summary(model: &Model<'_>, outcome: &Outcome, ledger: &Ledger<'_>) -> Result<Summary, Overflow> {
    let sales = sales_by_bucket(model, outcome)?;
    let opening = value(model, ledger, |flow, bucket| flow.opening[bucket])?;
    let closing = value(model, ledger, |flow, bucket| flow.closing[bucket])?;
    let buckets = i128::try_from(model.horizon).map_err(|_| Overflow)?;
    let mean_value = mul(sum(opening.iter().chain(&closing).copied())?, Ratio::new(1, 2 * buckets))?;
    let year = sum(model.year_share[..model.horizon].iter().copied())?;
    let yearly = |amount: Ratio| amount.checked_div(&year).ok_or(Overflow);
    let revenue = sum(sales.iter().map(|one| one.revenue))?;
    let fees = sum(sales.iter().map(|one| one.fees))?;
    let fulfilment = sum(sales.iter().map(|one| one.fulfilment))?;
    let cost = sum(sales.iter().map(|one| one.cost))?;
    let inside = ledger.lines.iter().filter(|placed| placed.line.bucket < model.horizon);
    let committed = model.committed_inside().map(|(_, one)| ratio(one.line.order_cost));
    let order_costs = sum(inside.map(|placed| placed.opportunity.terms.order_cost).chain(committed))?;
    let overflow = breaches::overflow_cost(model, ledger)?;
    let contribution = sum([revenue, -fees, -fulfilment, -cost, -order_costs, -overflow])?;
    let demand = units_of(sales.iter().map(|one| one.demand))?;
    let sold = units_of(sales.iter().map(|one| one.sold))?;
    let received = ledger.stock.iter().flat_map(|flow| flow.receipts[..model.horizon].iter().copied());
    let had = units_of(ledger.stock.iter().map(|flow| flow.opening[0]).chain(received))?;
    Ok(Summary {
        revenue: Amount::rounded(revenue)?,
        contribution: Amount::rounded(contribution)?,
        purchases: total(purchases(model, ledger, None)?)?,
        fill_rate: rate(whole(sold), whole(demand))?,
        value_fill_rate: rate(revenue, sum(sales.iter().map(|one| one.demand_value))?)?,
        inventory_turnover: Figure::quotient(yearly(cost)?, mean_value)?,
        sell_through: Figure::quotient(whole(sold), whole(had))?,
        weeks_of_supply: weeks_of_supply(model, &closing)?,
        gmroi: Figure::quotient(yearly(sum([revenue, -fees, -cost])?)?, mean_value)?,
        peak_inventory_value: Amount::rounded(closing.iter().copied().max().unwrap_or_default())?,
        minimum_cash: minimum_cash(model, ledger)?,
    })
}

/// Sum of units.
fn units_of(mut parts: impl Iterator<Item = i64>) -> Result<i64, Overflow> {
    parts.try_fold(0_i64, i64::checked_add).ok_or(Overflow)
}

fn rate(part: Ratio, of: Ratio) -> Result<Amount, Overflow> {
    match share(part, of)? {
        Figure::Value(amount) => Ok(amount),
        Figure::NotApplicable => Err(Overflow),
    }
}

/// Landed costs of new and committed lines, each rounded as it is paid; of one bucket where one is named.
fn purchases(model: &Model<'_>, ledger: &Ledger<'_>, bucket: Option<usize>) -> Result<Vec<Ratio>, Overflow> {
    let inside = ledger.lines.iter().filter(|placed| placed.line.bucket < model.horizon);
    let lines = inside.filter(|placed| bucket.is_none_or(|bucket| placed.line.bucket == bucket));
    let committed = model.committed_inside().filter(|(at, _)| bucket.is_none_or(|bucket| bucket == *at));
    let committed = committed.map(|(_, one)| Ok(ratio(one.line.landed)));
    lines.map(|placed| round_to(placed.landed, model.network.minor_digits).map(ratio)).chain(committed).collect()
}

/// Weeks of days covered; not applicable where nothing uses the stock up.
pub(super) fn weeks(days: Option<Ratio>) -> Result<Figure, Overflow> {
    days.map_or(Ok(Figure::NotApplicable), |days| Figure::quotient(days, whole(7)))
}

/// Weeks of forward demand that closing stock covers, both at standard cost; the mean over buckets.
///
/// Items launched on many different days have daily rates without a common denominator that fits 128 bits, so this sum
/// over all items has no limit of size.
fn weeks_of_supply(model: &Model<'_>, closing: &[Ratio]) -> Result<Figure, Overflow> {
    let length = model.pools.first().map_or(0, |pool| pool.forward.len());
    let mut forward = vec![BigRational::zero(); length];
    for pool in &model.pools {
        let cost = big(pool.standard_cost);
        for (sum, stretch) in forward.iter_mut().zip(&pool.forward).filter(|(_, stretch)| !stretch.units.is_zero()) {
            *sum += big(stretch.units) * &cost;
        }
    }
    let days: Vec<i64> =
        model.pools.first().map_or(Vec::new(), |pool| pool.forward.iter().map(|one| one.days).collect());
    let mut sum = BigRational::zero();
    for (bucket, value) in closing.iter().enumerate() {
        let inside: i64 = model.buckets()[bucket + 1..].iter().map(Bucket::days).sum();
        match days_of_value(&forward[bucket + 1..], &days[bucket + 1..], big(*value)) {
            Some(covered) if covered <= big(whole(inside + LOOK_AHEAD_DAYS)) => sum += covered,
            _ => return Ok(Figure::NotApplicable),
        }
    }
    let weeks = sum / big(whole(7 * i64::try_from(closing.len()).map_err(|_| Overflow)?));
    let steps = BigInt::from(1_000_000);
    let counted = (weeks * steps).round().to_integer().to_i128().ok_or(Overflow)?;
    Ok(Figure::Value(Amount(rust_decimal::Decimal::try_from_i128_with_scale(counted, 6).map_err(|_| Overflow)?)))
}

fn big(number: Ratio) -> BigRational {
    BigRational::new_raw(BigInt::from(*number.numer()), BigInt::from(*number.denom()))
}

/// Days until demand has used up a value; `None` where it never does.
fn days_of_value(forward: &[BigRational], days: &[i64], value: BigRational) -> Option<BigRational> {
    if value <= BigRational::zero() {
        return Some(BigRational::zero());
    }
    let mut left = value;
    let mut passed = 0;
    for (wanted, days) in forward.iter().zip(days) {
        if *wanted >= left {
            return Some(left / wanted * big(whole(*days)) + big(whole(passed)));
        }
        left -= wanted;
        passed += days;
    }
    None
}

fn minimum_cash(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Option<MinimumCash>, Overflow> {
    let Some(flow) = &ledger.cash else { return Ok(None) };
    let lowest = flow.closing.iter().enumerate().min_by(|(a, x), (b, y)| x.cmp(y).then(a.cmp(b)));
    lowest
        .map(|(bucket, amount)| Ok(MinimumCash { bucket: label(model, bucket), amount: Amount::rounded(*amount)? }))
        .transpose()
}

/// Metrics of the whole plan by bucket, by (name, bucket).
pub(super) fn metrics(model: &Model<'_>, outcome: &Outcome, ledger: &Ledger<'_>) -> Result<Vec<Metric>, Overflow> {
    let sales = sales_by_bucket(model, outcome)?;
    let closing = value(model, ledger, |flow, bucket| flow.closing[bucket])?;
    let mut metrics = Vec::new();
    let mut push = |name: &str, bucket: usize, value: Figure| {
        let bucket = Some(label(model, bucket));
        metrics.push(Metric { name: name.to_owned(), scope: "plan".to_owned(), bucket, value });
    };
    for (bucket, one) in sales.iter().enumerate() {
        push("fill-rate", bucket, share(whole(one.sold), whole(one.demand))?);
    }
    for (bucket, value) in closing.iter().enumerate() {
        push("inventory-value", bucket, Figure::Value(Amount::rounded(*value)?));
    }
    for bucket in 0..sales.len() {
        push("purchases", bucket, Figure::Value(total(purchases(model, ledger, Some(bucket))?)?));
    }
    for (bucket, one) in sales.iter().enumerate() {
        push("revenue", bucket, Figure::Value(Amount::rounded(one.revenue)?));
    }
    for (bucket, one) in sales.iter().enumerate() {
        push("value-fill-rate", bucket, share(one.revenue, one.demand_value)?);
    }
    Ok(metrics)
}
