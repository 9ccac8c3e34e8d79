//! What every plan keeps: stock is never negative, limits and the cash minimum hold up to what is given.

use num_traits::Signed;

use super::cash::Balance;
use super::exact::{Overflow, minus, plus, printed, ratio, times, whole, zero};
use super::facts::Facts;
use super::given::{Allowances, excess, lack};
use super::ledger::Ledger;
use super::limits::Use;
use super::report::{Report, row_path};
use super::value::level;
use crate::network::{MinimumOrder, PinnedLane};

/// Reports negative stock.
pub(super) fn check_stock(ledger: &Ledger<'_>, report: &mut Report) {
    let network = ledger.facts.network;
    for (pool, stock) in network.pools.iter().zip(&ledger.stock) {
        for (row, bucket) in stock.iter().zip(&ledger.facts.buckets) {
            if row.closing < 0 {
                let (item, location) = (&network.item(pool.item).id, &network.location(pool.location).id);
                let path = || row_path("inventory", &[item, location, &bucket.period.to_string()]) + ".closing";
                report.add(path, "0 or more", row.closing);
            }
        }
    }
}

/// Reports pins that new lines do not keep, over all lines of their lane and bucket.
pub(super) fn check_pins(ledger: &Ledger<'_>, report: &mut Report) {
    let facts = ledger.facts;
    for pin in &facts.network.pins {
        let PinnedLane::Purchase(pinned) = pin.lane else { continue };
        let own = ledger.lines.iter().filter(|line| line.lane == pinned && line.bucket == pin.bucket);
        let units = own.fold(0_i64, |sum, line| sum.saturating_add(line.units));
        let path =
            || row_path("pins", &[&facts.network.lane_name(pinned), &facts.buckets[pin.bucket].period.to_string()]);
        if units < pin.least {
            report.add(path, format_args!("at least {}", pin.least), units);
        }
        if let Some(most) = pin.most.filter(|most| units > *most) {
            report.add(path, format_args!("at most {most}"), units);
        }
    }
}

/// Reports purchase orders, the lines of one supplier released in one bucket, that come to less than its minimum.
pub(super) fn check_minimum_orders(ledger: &Ledger<'_>, report: &mut Report) -> Result<(), Overflow> {
    let facts = ledger.facts;
    for (index, supplier) in facts.network.suppliers.iter().enumerate() {
        let Some(minimum) = supplier.minimum_order.as_ref().map(|stated| stated.value) else { continue };
        for (number, bucket) in facts.buckets.iter().enumerate() {
            let mut order = None;
            for line in ledger.lines.iter().filter(|line| line.release_bucket == number) {
                let lane = facts.network.lane(line.lane);
                if lane.supplier.index() != index {
                    continue;
                }
                let counts = match minimum {
                    MinimumOrder::Value(_) => line.cost.goods,
                    MinimumOrder::Units(_) => whole(line.units),
                    MinimumOrder::Volume(_) => {
                        times(ratio(facts.network.item(lane.item).unit_volume), whole(line.units))?
                    }
                };
                order = Some(plus(order.unwrap_or_else(zero), counts)?);
            }
            let least = match minimum {
                MinimumOrder::Value(value) => times(ratio(value), level(&supplier.exchange_rate, bucket))?,
                MinimumOrder::Units(least) | MinimumOrder::Volume(least) => ratio(least),
            };
            if let Some(order) = order.filter(|order| *order < least) {
                let path = || row_path("purchase orders", &[&supplier.id, &bucket.period.to_string()]);
                report.add(path, format_args!("at least {}", printed(least)?), printed(order)?);
            }
        }
    }
    Ok(())
}

/// Reports limits that are passed by more than is given.
pub(super) fn check_limits(
    facts: &Facts<'_>,
    uses: &[Use<'_>],
    allowed: &Allowances,
    report: &mut Report,
) -> Result<(), Overflow> {
    for (one, &allowance) in uses.iter().zip(&allowed.limits) {
        if minus(excess(one)?, allowance)?.is_positive() {
            let bucket = facts.buckets[one.bucket].period.to_string();
            let path = || row_path("capacity", &[one.kind, one.of, &bucket]) + ".used";
            let most = printed(plus(one.limit, allowance)?)?;
            report.add(path, format_args!("at most {most}"), printed(one.used)?);
        }
    }
    Ok(())
}

/// Reports cash below its minimum by more than is given.
pub(super) fn check_cash(
    facts: &Facts<'_>,
    balances: &[Balance],
    allowed: &Allowances,
    report: &mut Report,
) -> Result<(), Overflow> {
    for ((balance, &allowance), bucket) in balances.iter().zip(&allowed.cash).zip(facts.horizon()) {
        if minus(lack(balance)?, allowance)?.is_positive() {
            let path = || row_path("cash", &[&bucket.period.to_string()]) + ".closing";
            let least = printed(minus(balance.minimum, allowance)?)?;
            report.add(path, format_args!("at least {least}"), printed(balance.closing)?);
        }
    }
    Ok(())
}
