//! The figures of a plan: revenue, contribution, service, turnover and the like, for the whole and by bucket.
//!
//! A year is the sum of the buckets' shares of one (a full month 1/12, a full week 1/52). Inventory value is closing
//! stock at standard cost.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{CheckedDiv, ToPrimitive, Zero};

use super::build::{label, share, total};
use super::part::Part;
use super::{Amount, Figure, Metric, MinimumCash, Summary};
use crate::calendar::Bucket;
use crate::model::demand::{self, LOOK_AHEAD_DAYS};
use crate::model::ledger::{Ledger, Placed};
use crate::model::way::Way;
use crate::model::{Model, breaches};
use crate::network::{PoolId, Scope};
use crate::solve::Outcome;
use crate::units::{Overflow, Ratio, add, mul, ratio, round_to, sum, whole};

/// Units and money of sales in a bucket, or in all.
#[derive(Debug, Clone, Copy)]
struct Sales {
    demand: i64,
    /// Sold in the bucket that asks for them.
    on_time: i64,
    /// Sold, late ones among them.
    sold: i64,
    /// Of all demand, at price.
    demand_value: Ratio,
    /// Of what is sold on time, at price.
    on_time_value: Ratio,
    revenue: Ratio,
    fees: Ratio,
    fulfilment: Ratio,
    late_costs: Ratio,
    /// Standard cost of units sold.
    cost: Ratio,
}

impl Sales {
    fn none() -> Self {
        let zero = Ratio::zero();
        Self {
            demand: 0,
            on_time: 0,
            sold: 0,
            demand_value: zero,
            on_time_value: zero,
            revenue: zero,
            fees: zero,
            fulfilment: zero,
            late_costs: zero,
            cost: zero,
        }
    }

    /// Adds units of the demand of a bucket that a way serves.
    fn add(&mut self, model: &Model<'_>, way: &Way, wanted: usize, units: i64) -> Result<(), Overflow> {
        let sold = whole(units);
        self.sold = self.sold.checked_add(units).ok_or(Overflow)?;
        self.revenue = add(self.revenue, mul(ratio(model.offers[way.offer].price[wanted]), sold)?)?;
        self.fees = add(self.fees, mul(ratio(way.fee[wanted]), sold)?)?;
        self.fulfilment = add(self.fulfilment, mul(ratio(way.fulfilment[wanted]), sold)?)?;
        self.cost = add(self.cost, mul(model.pools[way.pool.index()].standard_cost, sold)?)?;
        Ok(())
    }
}

/// Sales of each bucket, late ones where they are delivered.
fn sales_by_bucket(model: &Model<'_>, outcome: &Outcome, part: Part<'_>) -> Result<Vec<Sales>, Overflow> {
    let mut all = vec![Sales::none(); model.horizon];
    for (_, offer) in model.offers.iter().enumerate().filter(|(index, _)| part.offer(*index)) {
        for (bucket, sales) in all.iter_mut().enumerate() {
            sales.demand = sales.demand.checked_add(offer.demand[bucket]).ok_or(Overflow)?;
            let value = mul(ratio(offer.price[bucket]), whole(offer.demand[bucket]))?;
            sales.demand_value = add(sales.demand_value, value)?;
        }
    }
    for (way, sold) in model.ways.iter().zip(&outcome.sales).filter(|(way, _)| part.way(way)) {
        for (bucket, sales) in all.iter_mut().enumerate().filter(|(bucket, _)| sold[*bucket] != 0) {
            sales.add(model, way, bucket, sold[bucket])?;
            sales.on_time = sales.on_time.checked_add(sold[bucket]).ok_or(Overflow)?;
            let value = mul(ratio(model.offers[way.offer].price[bucket]), whole(sold[bucket]))?;
            sales.on_time_value = add(sales.on_time_value, value)?;
        }
    }
    let late = outcome.late.iter().filter(|late| late.delivered < model.horizon);
    for late in late.filter(|late| part.way(&model.ways[late.way])) {
        let (way, sales) = (&model.ways[late.way], &mut all[late.delivered]);
        sales.add(model, way, late.wanted, late.units)?;
        let net = model.offers[way.offer].lateness.net(way, late.wanted, late.delivered - late.wanted)?;
        let cost = add(way.net[late.wanted], -net)?;
        sales.late_costs = add(sales.late_costs, mul(cost, whole(late.units))?)?;
    }
    Ok(all)
}

/// Value of stock and of what is under way at standard cost, by bucket.
fn value(model: &Model<'_>, ledger: &Ledger<'_>, part: Part<'_>) -> Result<Vec<Ratio>, Overflow> {
    let bucket = |bucket: usize| {
        let all = pools(model, part).map(|pool| (&model.pools[pool], &ledger.stock[pool]));
        let parts = all.map(|(pool, flow)| mul(pool.standard_cost, whole(flow.owned(bucket))));
        parts.collect::<Result<Vec<_>, _>>().and_then(sum)
    };
    (0..model.horizon).map(bucket).collect()
}

/// The pools that count, by index.
fn pools<'a>(model: &'a Model<'_>, part: Part<'a>) -> impl Iterator<Item = usize> + 'a {
    (0..model.pools.len()).filter(move |&pool| part.pool(PoolId::from(pool)))
}

/// By pool: units at as-of, those under way among them.
fn at_as_of(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<i64>, Overflow> {
    let mut units: Vec<i64> = ledger.stock.iter().map(|flow| flow.opening[0]).collect();
    for open in &model.network.open_transfers {
        let sum = &mut units[open.source.index()];
        *sum = sum.checked_add(open.units).ok_or(Overflow)?;
    }
    Ok(units)
}

/// The figures of a part of the plan, or of all of it. Cash is never parted, and what overflow costs is no part's.
pub(super) fn summary(
    model: &Model<'_>,
    outcome: &Outcome,
    ledger: &Ledger<'_>,
    part: Part<'_>,
) -> Result<Summary, Overflow> {
    let sales = sales_by_bucket(model, outcome, part)?;
    let at_as_of = at_as_of(model, ledger)?;
    let first = pools(model, part).map(|pool| mul(model.pools[pool].standard_cost, whole(at_as_of[pool])));
    let first = sum(first.collect::<Result<Vec<_>, _>>()?)?;
    let closing = value(model, ledger, part)?;
    let opening = std::iter::once(first).chain(closing[..model.horizon - 1].iter().copied());
    let buckets = i128::try_from(model.horizon).map_err(|_| Overflow)?;
    let mean_value = mul(sum(opening.chain(closing.iter().copied()))?, Ratio::new(1, 2 * buckets))?;
    let year = sum(model.year_share[..model.horizon].iter().copied())?;
    let yearly = |amount: Ratio| amount.checked_div(&year).ok_or(Overflow);
    let revenue = sum(sales.iter().map(|one| one.revenue))?;
    let fees = sum(sales.iter().map(|one| one.fees))?;
    let fulfilment = sum(sales.iter().map(|one| one.fulfilment))?;
    let cost = sum(sales.iter().map(|one| one.cost))?;
    let committed = model.committed_inside().filter(|(_, one)| part.lane(one.line.lane));
    let committed = committed.map(|(_, one)| ratio(one.line.order_cost));
    let order_costs =
        sum(lines(model, ledger, part).map(|placed| placed.opportunity.terms.order_cost).chain(committed))?;
    let sent = ledger.transfers.iter().filter(|sent| sent.transfer.bucket < model.horizon);
    let sent = sent.filter(|sent| part.transfer(sent.transfer.lane));
    let transfers = sum(sent.flat_map(|sent| [sent.freight, sent.passage.order_cost]))?;
    let late_costs = sum(sales.iter().map(|one| one.late_costs))?;
    let overflow = if part.is_whole() { breaches::overflow_cost(model, ledger)? } else { Ratio::zero() };
    let contribution = sum([revenue, -fees, -fulfilment, -cost, -order_costs, -transfers, -overflow, -late_costs])?;
    let demand = units_of(sales.iter().map(|one| one.demand))?;
    let sold = units_of(sales.iter().map(|one| one.sold))?;
    let received = pools(model, part).flat_map(|pool| ledger.stock[pool].receipts[..model.horizon].iter().copied());
    let on_time = units_of(sales.iter().map(|one| one.on_time))?;
    let on_time_value = sum(sales.iter().map(|one| one.on_time_value))?;
    let had = units_of(pools(model, part).map(|pool| at_as_of[pool]).chain(received))?;
    Ok(Summary {
        revenue: Amount::rounded(revenue)?,
        contribution: Amount::rounded(contribution)?,
        purchases: total(purchases(model, ledger, part, None)?)?,
        fill_rate: rate(whole(on_time), whole(demand))?,
        value_fill_rate: rate(on_time_value, sum(sales.iter().map(|one| one.demand_value))?)?,
        inventory_turnover: Figure::quotient(yearly(cost)?, mean_value)?,
        sell_through: Figure::quotient(whole(sold), whole(had))?,
        weeks_of_supply: weeks_of_supply(model, &closing, part)?,
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

/// The lines of the horizon that count.
fn lines<'a>(
    model: &'a Model<'_>,
    ledger: &'a Ledger<'_>,
    part: Part<'a>,
) -> impl Iterator<Item = &'a Placed<'a>> + 'a {
    let inside = ledger.lines.iter().filter(|placed| placed.line.bucket < model.horizon);
    inside.filter(move |placed| part.lane(placed.line.lane))
}

/// Landed costs of new and committed lines, each rounded as it is paid; of one bucket where one is named.
fn purchases(
    model: &Model<'_>,
    ledger: &Ledger<'_>,
    part: Part<'_>,
    bucket: Option<usize>,
) -> Result<Vec<Ratio>, Overflow> {
    let lines = lines(model, ledger, part).filter(|placed| bucket.is_none_or(|bucket| placed.line.bucket == bucket));
    let committed = model.committed_inside().filter(|(_, one)| part.lane(one.line.lane));
    let committed = committed.filter(|(at, _)| bucket.is_none_or(|bucket| bucket == *at));
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
fn weeks_of_supply(model: &Model<'_>, closing: &[Ratio], part: Part<'_>) -> Result<Figure, Overflow> {
    let length = model.pools.first().map_or(0, |pool| pool.forward.len());
    let mut forward = vec![BigRational::zero(); length];
    for (facts, pool) in pools(model, part).map(|pool| (&model.network.pools[pool], &model.pools[pool])) {
        let cost = big(pool.standard_cost);
        // What a location is fed for counts there, once.
        let own = if pool.feeds { Some(demand::forward(model.network, facts)?) } else { None };
        let stretches = own.as_ref().unwrap_or(&pool.forward);
        for (sum, stretch) in forward.iter_mut().zip(stretches).filter(|(_, stretch)| !stretch.units.is_zero()) {
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
    let everything = Scope::default();
    let part = Part::new(model.network, &everything);
    let sales = sales_by_bucket(model, outcome, part)?;
    let closing = value(model, ledger, part)?;
    let mut metrics = Vec::new();
    let mut push = |name: &str, bucket: usize, value: Figure| {
        let bucket = Some(label(model, bucket));
        metrics.push(Metric { name: name.to_owned(), scope: "plan".to_owned(), bucket, value });
    };
    for (bucket, one) in sales.iter().enumerate() {
        push("fill-rate", bucket, share(whole(one.on_time), whole(one.demand))?);
    }
    for (bucket, value) in closing.iter().enumerate() {
        push("inventory-value", bucket, Figure::Value(Amount::rounded(*value)?));
    }
    for bucket in 0..sales.len() {
        push("purchases", bucket, Figure::Value(total(purchases(model, ledger, part, Some(bucket))?)?));
    }
    for (bucket, one) in sales.iter().enumerate() {
        push("revenue", bucket, Figure::Value(Amount::rounded(one.revenue)?));
    }
    for (bucket, one) in sales.iter().enumerate() {
        push("value-fill-rate", bucket, share(one.on_time_value, one.demand_value)?);
    }
    Ok(metrics)
}
