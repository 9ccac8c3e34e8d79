//! Figures of the plan, those of the horizon alone: the summary and the metrics by bucket.

use num_rational::BigRational;
use num_traits::Zero;

use super::cash::Balance;
use super::chosen::Chosen;
use super::days;
use super::demand::Asked;
use super::exact::{
    Exact, Overflow, Ratio, big, gather, minus, more, over, plus, printed, printed_big, quotient, ratio, times, total,
    whole, zero,
};
use super::facts::Facts;
use super::forward::Forward;
use super::ledger::Ledger;
use super::sales::{Late, late_cost};
use super::transfers::under_way_at_as_of;
use crate::network::PoolId;
use crate::plan::{Amount, Figure, Metric, MinimumCash, Summary};

/// Sums over offers.
#[derive(Debug, Clone, Copy)]
struct Sales {
    /// Units sold in the bucket that asks for them.
    on_time: i64,
    /// Units sold, late ones among them.
    sold: i64,
    asked: i64,
    revenue: Ratio,
    on_time_value: Ratio,
    asked_value: Ratio,
    late_costs: Ratio,
    fees: Ratio,
    fulfilment: Ratio,
    cost: Ratio,
}

impl Sales {
    fn none() -> Self {
        Self {
            on_time: 0,
            sold: 0,
            asked: 0,
            revenue: zero(),
            on_time_value: zero(),
            asked_value: zero(),
            late_costs: zero(),
            fees: zero(),
            fulfilment: zero(),
            cost: zero(),
        }
    }

    fn add(&mut self, other: &Self) -> Result<(), Overflow> {
        self.on_time = more(self.on_time, other.on_time)?;
        self.sold = more(self.sold, other.sold)?;
        self.asked = more(self.asked, other.asked)?;
        gather(&mut self.revenue, other.revenue)?;
        gather(&mut self.on_time_value, other.on_time_value)?;
        gather(&mut self.asked_value, other.asked_value)?;
        gather(&mut self.late_costs, other.late_costs)?;
        gather(&mut self.fees, other.fees)?;
        gather(&mut self.fulfilment, other.fulfilment)?;
        gather(&mut self.cost, other.cost)
    }

    /// Units of a bucket's demand that one of its sources sells.
    fn add_sold(&mut self, facts: &Facts<'_>, asked: &Asked, sale: Sold) -> Result<(), Overflow> {
        let Sold { source, wanted, units } = sale;
        let (from, sold) = (&asked.sources[source], whole(units));
        self.sold = more(self.sold, units)?;
        gather(&mut self.revenue, times(sold, asked.price[wanted])?)?;
        gather(&mut self.fees, times(sold, from.fee[wanted])?)?;
        gather(&mut self.fulfilment, times(sold, from.fulfilment[wanted])?)?;
        gather(&mut self.cost, times(sold, facts.standard(from.pool))?)
    }

    /// Units sold in their own bucket / demand; 1 without demand.
    fn fill_rate(&self) -> Result<Amount, Overflow> {
        share(whole(self.on_time), whole(self.asked))
    }

    /// The same weighted by price.
    fn value_fill_rate(&self) -> Result<Amount, Overflow> {
        share(self.on_time_value, self.asked_value)
    }
}

/// Units of a bucket's demand, sold from one of the offer's sources.
#[derive(Debug, Clone, Copy)]
struct Sold {
    source: usize,
    wanted: usize,
    units: i64,
}

fn share(part: Ratio, of: Ratio) -> Result<Amount, Overflow> {
    printed(if of.is_zero() { whole(1) } else { over(part, of)? })
}

/// Sales of all offers by bucket, late ones where they are delivered.
fn sales_by_bucket(ledger: &Ledger<'_>, chosen: Chosen<'_>) -> Result<Vec<Sales>, Overflow> {
    let facts = ledger.facts;
    let mut sales = vec![Sales::none(); facts.horizon];
    for ((id, asked), own) in ledger.sold() {
        let from = |source: usize| chosen.sold(*id, asked.sources[source].pool);
        for (bucket, sum) in sales.iter_mut().enumerate() {
            if chosen.asked(*id) {
                let on_time = own.on_time(bucket)?;
                sum.on_time = more(sum.on_time, on_time)?;
                sum.asked = more(sum.asked, asked.units[bucket])?;
                gather(&mut sum.on_time_value, times(whole(on_time), asked.price[bucket])?)?;
                gather(&mut sum.asked_value, times(whole(asked.units[bucket]), asked.price[bucket])?)?;
            }
            for (source, planned) in own.planned.iter().enumerate().filter(|(source, _)| from(*source)) {
                sum.add_sold(facts, asked, Sold { source, wanted: bucket, units: planned[bucket] })?;
            }
            for late in own.late.iter().filter(|late| late.delivered == bucket && from(late.source)) {
                let Late { source, wanted, units, .. } = *late;
                sum.add_sold(facts, asked, Sold { source, wanted, units })?;
                let cost = late_cost(facts, *id, wanted, bucket)?;
                gather(&mut sum.late_costs, times(whole(units), cost)?)?;
            }
        }
    }
    Ok(sales)
}

/// Landed cost of new lines and of those that stay in whole minor units, by receipt bucket.
fn purchases_by_bucket(ledger: &Ledger<'_>, chosen: Chosen<'_>) -> Result<Vec<Ratio>, Overflow> {
    let mut purchases = ledger.facts.by_bucket();
    for line in ledger.lines_inside().filter(|line| chosen.bought(line.lane)) {
        gather(&mut purchases[line.bucket], ratio(line.landed_cost))?;
    }
    for one in ledger.facts.kept.iter().filter(|one| chosen.bought(one.line.lane)) {
        if let Some(bucket) = one.inside(ledger.facts) {
            gather(&mut purchases[bucket], ratio(one.line.landed))?;
        }
    }
    Ok(purchases)
}

/// The figures of what is chosen; `forward` counts the pools among that.
pub(super) fn summary(
    ledger: &Ledger<'_>,
    forward: &mut Forward<'_>,
    balances: &[Balance],
    overflow_cost: Ratio,
    chosen: Chosen<'_>,
) -> Result<Summary, Overflow> {
    let mut all = Sales::none();
    for bucket in sales_by_bucket(ledger, chosen)? {
        all.add(&bucket)?;
    }
    let closing = closing_inside(ledger, chosen)?;
    let mean_value = mean_value(ledger, &closing, chosen)?;
    let years = total(ledger.facts.horizon().iter().map(days::share_of_year))?;
    let gross = minus(minus(all.revenue, all.fees)?, all.cost)?;
    let lines = ledger.lines_inside().filter(|line| chosen.bought(line.lane));
    let kept = ledger.facts.kept.iter().filter(|one| one.inside(ledger.facts).is_some());
    let kept = kept.filter(|one| chosen.bought(one.line.lane)).map(|one| Ok(ratio(one.line.order_cost)));
    let order_costs = total(lines.map(|line| Ok(line.cost.order_cost)).chain(kept))?;
    let sent = ledger.transfers_inside().filter(|one| chosen.moved(one.lane));
    let transfers = total(sent.map(|one| plus(one.freight, one.order_cost)))?;
    let other_costs = plus(plus(order_costs, transfers)?, plus(overflow_cost, all.late_costs)?)?;
    Ok(Summary {
        revenue: printed(all.revenue)?,
        contribution: printed(minus(minus(gross, all.fulfilment)?, other_costs)?)?,
        purchases: printed(total(purchases_by_bucket(ledger, chosen)?.into_iter().map(Ok))?)?,
        fill_rate: all.fill_rate()?,
        value_fill_rate: all.value_fill_rate()?,
        inventory_turnover: quotient(over(all.cost, years)?, mean_value)?,
        sell_through: quotient(whole(all.sold), whole(available(ledger, chosen)?))?,
        weeks_of_supply: weeks_of_supply(forward, &closing)?,
        gmroi: quotient(over(gross, years)?, mean_value)?,
        peak_inventory_value: printed(closing.iter().copied().max().unwrap_or_else(zero))?,
        minimum_cash: minimum_cash(ledger, balances)?,
    })
}

/// Closing stock, and what is under way, at standard cost, by bucket.
fn closing_inside(ledger: &Ledger<'_>, chosen: Chosen<'_>) -> Result<Vec<Ratio>, Overflow> {
    let mut values = ledger.facts.by_bucket();
    for pool in held(ledger, chosen) {
        for (value, row) in values.iter_mut().zip(&ledger.stock[pool]) {
            gather(value, times(whole(row.owned()?), ledger.facts.pools[pool].standard)?)?;
        }
    }
    Ok(values)
}

/// The pools that are chosen, by index.
fn held<'c>(ledger: &'c Ledger<'_>, chosen: Chosen<'c>) -> impl Iterator<Item = usize> + 'c {
    (0..ledger.facts.pools.len()).filter(move |&pool| chosen.held(PoolId::from(pool)))
}

/// The mean over the buckets of (opening + closing value) / 2.
fn mean_value(ledger: &Ledger<'_>, closing: &[Ratio], chosen: Chosen<'_>) -> Exact {
    let at_as_of = |pool: usize| times(whole(at_as_of(ledger, pool)?), ledger.facts.pools[pool].standard);
    let mut opening = total(held(ledger, chosen).map(at_as_of))?;
    let mut sum = zero();
    for &closing in closing {
        gather(&mut sum, over(plus(opening, closing)?, whole(2))?)?;
        opening = closing;
    }
    over(sum, count(closing.len())?)
}

fn count(number: usize) -> Exact {
    i64::try_from(number).map(whole).map_err(|_| Overflow)
}

/// Units of a pool at as-of, those under way among them.
fn at_as_of(ledger: &Ledger<'_>, pool: usize) -> Result<i64, Overflow> {
    let facts = ledger.facts;
    more(facts.network.pools[pool].on_hand, under_way_at_as_of(facts, PoolId::from(pool))?)
}

/// Opening stock and all that suppliers bring.
fn available(ledger: &Ledger<'_>, chosen: Chosen<'_>) -> Result<i64, Overflow> {
    let mut units = 0;
    for pool in held(ledger, chosen) {
        units = more(units, at_as_of(ledger, pool)?)?;
        for row in &ledger.stock[pool][..ledger.facts.horizon] {
            units = more(units, row.receipts)?;
        }
    }
    Ok(units)
}

/// The mean over the buckets of the weeks that closing stock lasts, both at standard cost.
fn weeks_of_supply(forward: &mut Forward<'_>, closing: &[Ratio]) -> Result<Figure, Overflow> {
    let mut sum = BigRational::zero();
    for (bucket, &value) in closing.iter().enumerate() {
        match forward.weeks_of_value(bucket, value)? {
            Some(weeks) => sum += weeks,
            None => return Ok(Figure::NotApplicable),
        }
    }
    printed_big(&(sum / big(count(closing.len())?))).map(Figure::Value)
}

/// The lowest closing cash and the first bucket that has it.
fn minimum_cash(ledger: &Ledger<'_>, balances: &[Balance]) -> Result<Option<MinimumCash>, Overflow> {
    let lowest = balances.iter().zip(ledger.facts.horizon()).min_by_key(|(balance, _)| balance.closing);
    let row = |(balance, bucket): (&Balance, &crate::calendar::Bucket)| {
        Ok(MinimumCash { bucket: bucket.period.to_string(), amount: printed(balance.closing)? })
    };
    lowest.map(row).transpose()
}

/// Metrics of the whole plan by bucket, by name.
pub(super) fn metrics(ledger: &Ledger<'_>) -> Result<Vec<Metric>, Overflow> {
    let all = Chosen::all(ledger.facts.network);
    let sales = sales_by_bucket(ledger, all)?;
    let amounts = |numbers: &[Ratio]| numbers.iter().map(|&number| printed(number)).collect::<Result<Vec<_>, _>>();
    let by_name = [
        ("fill-rate", sales.iter().map(Sales::fill_rate).collect::<Result<_, _>>()?),
        ("inventory-value", amounts(&closing_inside(ledger, all)?)?),
        ("purchases", amounts(&purchases_by_bucket(ledger, all)?)?),
        ("revenue", sales.iter().map(|bucket| printed(bucket.revenue)).collect::<Result<_, _>>()?),
        ("value-fill-rate", sales.iter().map(Sales::value_fill_rate).collect::<Result<_, _>>()?),
    ];
    let mut metrics = Vec::new();
    for (name, values) in by_name {
        for (bucket, value) in ledger.facts.horizon().iter().zip(values) {
            let bucket = Some(bucket.period.to_string());
            metrics.push(Metric { name: name.into(), scope: "plan".into(), bucket, value: Figure::Value(value) });
        }
    }
    Ok(metrics)
}
