//! What every plan keeps, whatever rules there are.

use super::cost;
use super::exact::{Overflow, less, more, plus, printed, ratio, times, whole, zero};
use super::facts::Facts;
use super::given::Allowances;
use super::ledger::Ledger;
use super::limits::Use;
use super::report::{Report, row_path};
use super::value::level;
use crate::network::{MinimumOrder, Route};

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

/// Reports demand of which more is sold than there is, on time and late, once rules have lowered it.
pub(super) fn check_sales(ledger: &Ledger<'_>, report: &mut Report) -> Result<(), Overflow> {
    let facts = ledger.facts;
    for ((id, asked), sales) in ledger.sold() {
        for (bucket, &demand) in asked.units.iter().enumerate() {
            let sold = more(sales.on_time(bucket)?, sales.late_of(bucket)?)?;
            let most = less(demand, sales.lowered[bucket])?;
            if sold > most {
                let offer = &facts.network.offers[id.index()];
                let (item, channel) = (facts.network.item(offer.item), facts.network.channel(offer.channel));
                let names = [&*item.id, &channel.id, &facts.buckets[bucket].period.to_string()];
                report.add(|| row_path("sales", &names), format_args!("at most {most}"), sold);
            }
        }
    }
    Ok(())
}

/// Reports pins that new lines do not keep, over all lines of their lane and bucket.
pub(super) fn check_pins(ledger: &Ledger<'_>, report: &mut Report) {
    let facts = ledger.facts;
    for pin in &facts.network.pins {
        let (units, name) = match pin.lane {
            Route::Purchase(lane) => {
                let own = ledger.lines.iter().filter(|line| line.lane == lane && line.bucket == pin.bucket);
                (own.fold(0_i64, |sum, line| sum.saturating_add(line.units)), facts.network.lane_name(lane))
            }
            Route::Transfer(lane) => {
                let own = ledger.transfers.iter().filter(|one| one.lane == lane && one.bucket == pin.bucket);
                (own.fold(0_i64, |sum, one| sum.saturating_add(one.units)), facts.network.transfer_name(lane))
            }
        };
        let path = || row_path("pins", &[&name, &facts.buckets[pin.bucket].period.to_string()]);
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
            // Lines that stay are part of the order; where there are no others, nobody decides about it.
            for one in facts.kept.iter().filter(|one| one.release_bucket == Some(number)) {
                if let Some(sum) = order.filter(|_| one.supplier(facts.network).index() == index) {
                    let (lane, units) = (facts.network.lane(one.line.lane), one.line.units);
                    let counts = match minimum {
                        MinimumOrder::Value(_) => cost::line(facts.network, lane, bucket, units)?.goods,
                        MinimumOrder::Units(_) => whole(units),
                        MinimumOrder::Volume(_) => {
                            times(ratio(facts.network.item(lane.item).unit_volume), whole(units))?
                        }
                    };
                    order = Some(plus(sum, counts)?);
                }
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

/// Reports suppliers that have less capacity than a plan asks of them, beyond what lines that stay do: no rule lets go of that.
pub(super) fn check_suppliers(
    facts: &Facts<'_>,
    uses: &[Use<'_>],
    allowed: &Allowances,
    report: &mut Report,
) -> Result<(), Overflow> {
    for (one, allowance) in uses.iter().zip(&allowed.limits).filter(|(one, _)| one.rules.is_none()) {
        let most = plus(one.limit, *allowance)?;
        if one.used <= most {
            continue;
        }
        let bucket = facts.buckets[one.bucket].period.to_string();
        let path = || row_path("capacity", &[one.kind, one.of, &bucket]) + ".used";
        report.add(path, format_args!("at most {}", printed(most)?), printed(one.used)?);
    }
    Ok(())
}
