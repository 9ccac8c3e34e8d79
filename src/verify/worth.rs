//! The objective: money earned by the economics of the project.

use super::cover::Covers;
use super::days;
use super::exact::{
    Exact, Overflow, Ratio, gather, less, minus, more, plus, ratio, times, total, units_up, whole, zero,
};
use super::facts::Facts;
use super::forward::Forward;
use super::ledger::Ledger;
use crate::network::PoolId;

/// Sales - shortage - landed cost - order costs - holding - shortfall + worth of the last stock, over horizon and tail.
pub(super) fn objective(ledger: &Ledger<'_>, forward: &mut Forward<'_>, covers: &Covers<'_>) -> Exact {
    let earned = minus(sales_less_shortage(ledger)?, purchases(ledger)?)?;
    let kept = minus(minus(earned, holding(ledger)?)?, covers.cost_of_shortfall(ledger)?)?;
    plus(kept, end_worth(ledger, forward, covers)?)
}

/// Units sold x what each brings, less units not sold x what each costs.
fn sales_less_shortage(ledger: &Ledger<'_>) -> Exact {
    let mut sum = zero();
    for ((_, asked), planned) in ledger.facts.offers.iter().zip(&ledger.planned) {
        for (bucket, &units) in planned.iter().enumerate() {
            let short = whole(less(asked.units[bucket], units)?);
            let brought = times(whole(units), asked.net[bucket])?;
            gather(&mut sum, minus(brought, times(short, asked.shortage_cost[bucket])?)?)?;
        }
    }
    Ok(sum)
}

/// Landed cost and order cost of new lines, exactly.
fn purchases(ledger: &Ledger<'_>) -> Exact {
    total(ledger.lines.iter().map(|line| plus(line.landed, line.cost.order_cost)))
}

/// Closing stock x standard cost x holding rate x the bucket's share of a year.
fn holding(ledger: &Ledger<'_>) -> Exact {
    let values = closing_values(ledger)?;
    let rate = ratio(ledger.facts.network.economics.holding_rate);
    total(
        values
            .into_iter()
            .zip(&ledger.facts.buckets)
            .map(|(value, bucket)| times(times(value, rate)?, days::share_of_year(bucket)?)),
    )
}

/// Closing stock of all pools at standard cost, by planned bucket.
pub(super) fn closing_values(ledger: &Ledger<'_>) -> Result<Vec<Ratio>, Overflow> {
    let mut values = vec![zero(); ledger.facts.buckets.len()];
    for (stock, pool) in ledger.stock.iter().zip(&ledger.facts.pools) {
        for (value, row) in values.iter_mut().zip(stock) {
            gather(value, times(whole(row.closing), pool.standard)?)?;
        }
    }
    Ok(values)
}

/// Worth of the last closing stock: up to the cover target at standard cost, beyond it at salvage, no unit more than
/// the cheapest way to get one.
fn end_worth(ledger: &Ledger<'_>, forward: &mut Forward<'_>, covers: &Covers<'_>) -> Exact {
    let facts = ledger.facts;
    let economics = &facts.network.economics;
    let mut worth = zero();
    if !economics.end_worth || facts.buckets.is_empty() {
        return Ok(worth);
    }
    for (index, pool) in facts.pools.iter().enumerate() {
        let id = PoolId::from(index);
        let closing = ledger.stock(id, facts.buckets.len() - 1).closing.max(0);
        if closing > 0 {
            let wanted = closing.min(cover_target(facts, forward, covers, id)?);
            let capped = |worth: Ratio| pool.cheapest.map_or(worth, |cheapest| cheapest.min(worth));
            let salvage = capped(times(ratio(economics.salvage_rate), pool.standard)?);
            gather(&mut worth, times(whole(wanted), capped(pool.standard))?)?;
            gather(&mut worth, times(whole(less(closing, wanted)?), salvage)?)?;
        }
    }
    Ok(worth)
}

/// E: safety stock and forward demand over the longest ordinary lead and the last bucket's days, rounded up; 0 where the
/// item is phased out on the day after the last bucket.
pub(super) fn cover_target(
    facts: &Facts<'_>,
    forward: &mut Forward<'_>,
    covers: &Covers<'_>,
    pool: PoolId,
) -> Result<i64, Overflow> {
    let last = facts.buckets.last().ok_or(Overflow)?;
    let index = facts.buckets.len() - 1;
    let item = facts.network.item(facts.network.pool(pool).item);
    if item.phase_out.is_some_and(|gone| gone <= days::after(last.end, 1).unwrap_or(gone)) {
        return Ok(0);
    }
    let length = facts.pools[pool.index()].longest_lead.checked_add(days::length(last)).ok_or(Overflow)?;
    more(covers.safety(pool, index), units_up(forward.wanted(pool, index, whole(length))?)?)
}
