//! How the running bucket ends if sales go on at their pace, and what is due by then comes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::file::{ProjectedItem, Projection, SalesRow, StockRow};
use super::planned::{Rows, Span};
use super::stock::Stock;
use super::supply::Matched;
use crate::network::{ItemId, Network};
use crate::plan::Amount;
use crate::units::{Overflow, Ratio, mul, ratio, round_half_up, round_to, whole};

/// The projection, where the last bucket is running. What is overdue does not count as coming.
pub(super) fn project(
    network: &Network,
    planned: &Rows,
    sales: &[SalesRow],
    stock: &BTreeMap<ItemId, (&Stock, &StockRow)>,
    matched: &Matched<'_, '_>,
    span: &Span,
) -> Result<Option<Projection>, Overflow> {
    let Some(bucket) = span.running() else { return Ok(None) };
    let label = span.buckets[bucket].period.to_string();
    let mut taken: BTreeMap<&str, (i64, Decimal)> = BTreeMap::new();
    for row in sales.iter().filter(|row| row.bucket == label) {
        let sum = taken.entry(&row.item).or_default();
        *sum = (sum.0 + row.sold, sum.1.checked_add(row.revenue.0).ok_or(Overflow)?);
    }
    let mut to_come: BTreeMap<ItemId, i64> = BTreeMap::new();
    for line in &matched.lines {
        let due = span.through < line.order.usable_date && line.order.usable_date <= span.buckets[bucket].end;
        if let Some(item) = line.item.filter(|_| due) {
            *to_come.entry(item).or_default() += line.open();
        }
    }
    let (mut planned_units, mut planned_revenue) = (BTreeMap::<ItemId, i64>::new(), Decimal::ZERO);
    for ((item, _, at), row) in planned {
        if *at == bucket {
            *planned_units.entry(*item).or_default() += row.units;
            let money = row.price.checked_mul(row.units.into()).ok_or(Overflow)?;
            planned_revenue = planned_revenue.checked_add(money).ok_or(Overflow)?;
        }
    }
    let mut projection = Projection {
        bucket: label.clone(),
        planned_revenue: Amount(planned_revenue),
        revenue: Amount::default(),
        planned_stock_value: Amount::default(),
        stock_value: Amount::default(),
        lost_revenue: Amount::default(),
        items: Vec::new(),
    };
    let rest = Ratio::new((span.buckets[bucket].days() - span.elapsed(bucket)).into(), span.elapsed(bucket).into());
    let plus = |sum: &mut Amount, money: Ratio| {
        sum.0 = sum.0.checked_add(round_to(money, network.minor_digits)?).ok_or(Overflow)?;
        Ok::<(), Overflow>(())
    };
    for (item, (stock, row)) in stock {
        let (sold, revenue) = taken.get(row.item.as_str()).copied().unwrap_or_default();
        let pace = i64::try_from(round_half_up(mul(whole(sold), rest)?)).map_err(|_| Overflow)?;
        let coming = to_come.get(item).copied().unwrap_or(0);
        let left = pace.min((row.actual + coming).max(0));
        let closing = row.actual + coming - left;
        let price = if sold > 0 { ratio(revenue) / whole(sold) } else { Ratio::default() };
        plus(&mut projection.revenue, mul(price, whole(sold + left))?)?;
        plus(&mut projection.lost_revenue, mul(price, whole(pace - left))?)?;
        let cost = ratio(row.standard_cost.0);
        plus(&mut projection.stock_value, mul(cost, whole(closing))?)?;
        plus(&mut projection.planned_stock_value, mul(cost, whole(stock.planned_closing()))?)?;
        projection.items.push(ProjectedItem {
            item: row.item.clone(),
            sold,
            planned: planned_units.get(item).copied().unwrap_or(0),
            projected: sold + left,
            lost: pace - left,
            to_come: coming,
            planned_closing: stock.planned_closing(),
            closing,
        });
    }
    Ok(Some(projection))
}
