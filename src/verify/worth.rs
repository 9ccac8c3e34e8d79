//! The objective: money earned by the economics of the project.

use super::baseline;
use super::cover::Covers;
use super::days;
use super::exact::{
    Exact, Overflow, Ratio, gather, less, minus, more, plus, ratio, times, total, units_up, whole, zero,
};
use super::facts::Facts;
use super::forward::Forward;
use super::ledger::Ledger;
use super::sales::late_net;
use crate::network::PoolId;

/// Sales - shortage - late costs - landed cost - order costs - changes of the last plan - freight - holding - shortfall - overflow + what is saved by
/// cancelled orders + worth of the last stock, over horizon and tail.
pub(super) fn objective(
    ledger: &Ledger<'_>,
    forward: &mut Forward<'_>,
    covers: &Covers<'_>,
    overflow_cost: Ratio,
) -> Exact {
    let spent = plus(plus(purchases(ledger)?, baseline::purchases(ledger.facts)?)?, baseline::change_cost(ledger)?)?;
    let earned = minus(minus(sales_less_shortage(ledger)?, spent)?, transfers(ledger)?)?;
    let kept = minus(minus(earned, holding(ledger)?)?, covers.cost_of_shortfall(ledger)?)?;
    let saved = total(ledger.orders.iter().map(|standing| Ok(ratio(standing.saved))))?;
    plus(plus(minus(kept, overflow_cost)?, saved)?, end_worth(ledger, forward, covers)?)
}

/// Units sold x what each brings, late ones less what that costs, less units never sold x what each costs.
fn sales_less_shortage(ledger: &Ledger<'_>) -> Exact {
    let mut sum = zero();
    for (offer, sales) in ledger.sold() {
        let asked = &offer.1;
        for (source, planned) in asked.sources.iter().zip(&sales.planned) {
            for (&units, &net) in planned.iter().zip(&source.net) {
                gather(&mut sum, times(whole(units), net)?)?;
            }
        }
        for late in &sales.late {
            let net = late_net(ledger.facts, offer, late.source, (late.wanted, late.delivered))?;
            gather(&mut sum, times(whole(late.units), net)?)?;
        }
        for (bucket, &cost) in asked.shortage_cost.iter().enumerate() {
            sum = minus(sum, times(whole(sales.unmet(asked, bucket)?), cost)?)?;
        }
    }
    Ok(sum)
}

/// Landed cost and order cost of new lines, exactly.
fn purchases(ledger: &Ledger<'_>) -> Exact {
    total(ledger.lines.iter().map(|line| plus(line.landed, line.cost.order_cost)))
}

/// Freight and order cost of new transfers, exactly.
fn transfers(ledger: &Ledger<'_>) -> Exact {
    total(ledger.transfers.iter().map(|one| plus(one.freight, one.order_cost)))
}

/// Stock and what is under way x standard cost x holding rate x the bucket's share of a year.
fn holding(ledger: &Ledger<'_>) -> Exact {
    let values = owned_values(ledger)?;
    let rate = ratio(ledger.facts.network.economics.holding_rate);
    total(
        values
            .into_iter()
            .zip(&ledger.facts.buckets)
            .map(|(value, bucket)| times(times(value, rate)?, days::share_of_year(bucket)?)),
    )
}

/// Closing stock of all pools, and what is under way from there, at standard cost, by planned bucket.
fn owned_values(ledger: &Ledger<'_>) -> Result<Vec<Ratio>, Overflow> {
    let mut values = vec![zero(); ledger.facts.buckets.len()];
    for (stock, pool) in ledger.stock.iter().zip(&ledger.facts.pools) {
        for (value, row) in values.iter_mut().zip(stock) {
            gather(value, times(whole(row.owned()?), pool.standard)?)?;
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

/// E: what covers the demand of a location, less what covers that of those it feeds directly.
pub(super) fn cover_target(
    facts: &Facts<'_>,
    forward: &mut Forward<'_>,
    covers: &Covers<'_>,
    pool: PoolId,
) -> Result<i64, Overflow> {
    let mut target = covering(facts, forward, covers, pool)?;
    for &fed in &facts.pools[pool.index()].feeds {
        target = less(target, covering(facts, forward, covers, fed)?)?;
    }
    Ok(target.max(0))
}

/// Safety stock and forward demand over the longest ordinary lead and the last bucket's days, rounded up; 0 where the
/// item is phased out on the day after the last bucket.
fn covering(facts: &Facts<'_>, forward: &mut Forward<'_>, covers: &Covers<'_>, pool: PoolId) -> Result<i64, Overflow> {
    let last = facts.buckets.last().ok_or(Overflow)?;
    let index = facts.buckets.len() - 1;
    let item = facts.network.item(facts.network.pool(pool).item);
    if item.phase_out.is_some_and(|gone| gone <= days::after(last.end, 1).unwrap_or(gone)) {
        return Ok(0);
    }
    let length = facts.pools[pool.index()].longest_lead.checked_add(days::length(last)).ok_or(Overflow)?;
    more(covers.safety(pool, index), units_up(forward.wanted(pool, index, whole(length))?)?)
}
