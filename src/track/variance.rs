//! By how much revenue differs from the plan, and why.
//!
//! Of each item, channel and bucket, with *p* units planned to date at price *P*, *a* units sold, *s* units of the difference due to
//! supply, and *M* the mean planned price of a unit of the item's category in that bucket:
//!
//! - unplanned: all revenue, where nothing is asked for by plan and nothing is planned;
//! - price: revenue - a x P;
//! - supply: s x P;
//! - demand: (a - p - s) x M, rounded to the minor unit;
//! - mix: (a - p - s) x P less that.
//!
//! So they add up to revenue - p x P, to the last digit. This is the flexible-budget split of accounting (price, mix and quantity
//! variances; Horngren, Cost Accounting, "Sales-mix and sales-quantity variances"), with what supply kept from being sold taken out
//! of the quantity first.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::actuals::Sold;
use super::file::{Parts, SalesRow};
use super::planned::{Rows, Span};
use crate::network::{ChannelId, ItemId, Network};
use crate::plan::Amount;
use crate::units::{Overflow, Ratio, add, mul, ratio, round_to, whole};

/// Units due to supply by item, channel, bucket.
pub(super) type BySupply = BTreeMap<(ItemId, ChannelId, usize), i64>;

/// Sums of a category in a bucket: units planned to date, and those at their prices.
type Means<'n> = BTreeMap<(Option<&'n str>, usize), (i64, Ratio)>;

/// All rows of sales: what is planned and what was sold, by item, channel, bucket.
pub(super) fn rows(
    network: &Network,
    planned: &Rows,
    sold: &BTreeMap<(ItemId, ChannelId, usize), Sold>,
    by_supply: &BySupply,
    span: &Span,
) -> Result<Vec<SalesRow>, Overflow> {
    let mut means = Means::new();
    for ((item, _, bucket), row) in planned {
        let units = span.to_date(row.units, *bucket)?;
        let mean = means.entry((network.item(*item).category.as_deref(), *bucket)).or_default();
        *mean = (mean.0 + units, add(mean.1, mul(whole(units), ratio(row.price))?)?);
    }
    let keys: std::collections::BTreeSet<_> = planned.keys().chain(sold.keys()).copied().collect();
    let mut rows = Vec::new();
    for key in keys {
        let (item, channel, bucket) = key;
        let category = network.item(item).category.as_deref();
        let plan = planned.get(&key).copied();
        let units = span.to_date(plan.map_or(0, |plan| plan.units), bucket)?;
        let demand = span.to_date(plan.map_or(0, |plan| plan.demand), bucket)?;
        let price = plan.map_or_else(|| unplanned_price(planned, item, bucket), |plan| plan.price);
        let sold = sold.get(&key).copied().unwrap_or_default();
        if units == 0 && demand == 0 && sold.units == 0 {
            continue;
        }
        let planned_revenue = times(price, units)?;
        let revenue = times(price, sold.units - sold.priced.0)?.checked_add(sold.priced.1).ok_or(Overflow)?;
        let supply = by_supply.get(&key).copied().unwrap_or(0);
        let mean = match means.get(&(category, bucket)) {
            Some((units, money)) if *units > 0 => *money / whole(*units),
            _ => ratio(price),
        };
        let variance = if units == 0 && demand == 0 {
            Parts { total: Amount(revenue), unplanned: Amount(revenue), ..Parts::default() }
        } else {
            let rest = sold.units - units - supply;
            let asked = round_to(mul(whole(rest), mean)?, network.minor_digits)?;
            Parts {
                total: Amount(revenue - planned_revenue),
                demand: Amount(asked),
                supply: Amount(times(price, supply)?),
                price: Amount(revenue - times(price, sold.units)?),
                mix: Amount(times(price, rest)? - asked),
                unplanned: Amount::default(),
            }
        };
        rows.push(SalesRow {
            item: network.item(item).id.clone(),
            channel: network.channel(channel).id.clone(),
            bucket: span.buckets[bucket].period.to_string(),
            category: category.map(str::to_owned),
            planned: units,
            demand,
            sold: sold.units,
            by_supply: supply,
            planned_price: Amount(price),
            planned_revenue: Amount(planned_revenue),
            revenue: Amount(revenue),
            variance,
        });
    }
    Ok(rows)
}

/// The lowest planned price of an item in other channels; 0 where no plan sells it.
fn unplanned_price(planned: &Rows, item: ItemId, bucket: usize) -> Decimal {
    let own = planned.range((item, ChannelId(0), 0)..=(item, ChannelId(u32::MAX), usize::MAX));
    let prices =
        |same: bool| own.clone().filter(move |((_, _, at), _)| !same || *at == bucket).map(|(_, row)| row.price);
    prices(true).min().or_else(|| prices(false).min()).unwrap_or_default()
}

fn times(price: Decimal, units: i64) -> Result<Decimal, Overflow> {
    price.checked_mul(units.into()).ok_or(Overflow)
}

/// The sums of all parts.
pub(super) fn total(rows: &[SalesRow]) -> Result<Parts, Overflow> {
    let mut sum = Parts::default();
    for Parts { total, demand, supply, price, mix, unplanned } in rows.iter().map(|row| row.variance) {
        let parts = [
            (&mut sum.total, total),
            (&mut sum.demand, demand),
            (&mut sum.supply, supply),
            (&mut sum.price, price),
            (&mut sum.mix, mix),
            (&mut sum.unplanned, unplanned),
        ];
        for (sum, part) in parts {
            sum.0 = sum.0.checked_add(part.0).ok_or(Overflow)?;
        }
    }
    Ok(sum)
}
