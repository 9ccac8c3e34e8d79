//! Figures of the plan to date, and what they came to.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::file::{PaymentRow, SalesRow, StockRow, SupplyRow, TrackedMetric};
use super::kept::TOLERANCE;
use super::stock::Stock;
use crate::calendar::days_between;
use crate::metrics::formula::{
    Measured, OrderOutcome, Pair, Stretch, average_of_ends, bias, inventory_turnover, order_adherence, plan_adherence,
    sell_through, volume_adherence, wape, weeks_of_supply,
};
use crate::plan::{Amount, Figure, Plan};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// Days that a line may come early or late, and part of its units that may lack, and it still adheres to the plan.
const ORDER_TOLERANCE: (i64, (i128, i128)) = (7, (5, 100));

/// What the figures are made of.
pub(super) struct Basis<'t> {
    pub(super) sales: &'t [SalesRow],
    /// Standard cost of a unit sold, by row of `sales`.
    pub(super) costs: Vec<Decimal>,
    /// Absent where no receipt is told.
    pub(super) supply: Option<&'t [SupplyRow]>,
    pub(super) stock: Vec<(&'t Stock, &'t StockRow)>,
    /// The plan's demand behind the last day told, at standard cost.
    pub(super) ahead: Vec<Stretch>,
    /// The days that are over as a part of a year.
    pub(super) years: Ratio,
    /// Absent where no payment is told.
    pub(super) payments: Option<&'t [PaymentRow]>,
}

/// The same of the plan, and of what came to be.
type Both = (Ratio, Ratio);

fn plus(sum: &mut Both, plan: Ratio, actual: Ratio) -> Result<(), Overflow> {
    *sum = (add(sum.0, plan)?, add(sum.1, actual)?);
    Ok(())
}

fn both(name: &str, plan: Figure, actual: Figure) -> TrackedMetric {
    TrackedMetric { name: name.to_owned(), plan: Some(plan), actual, is_share: false }
}

fn amounts(name: &str, (plan, actual): Both) -> Result<TrackedMetric, Overflow> {
    Ok(both(name, Figure::Value(Amount::rounded(plan)?), Figure::Value(Amount::rounded(actual)?)))
}

/// The plan's demand behind the last day told, at standard cost; its buckets evenly, the running one as far as it is left.
pub(super) fn ahead(plan: &Plan, stock: &[StockRow], through: NaiveDate) -> Result<Vec<Stretch>, Overflow> {
    let costs: BTreeMap<&str, Ratio> =
        stock.iter().map(|row| (row.item.as_str(), ratio(row.standard_cost.0))).collect();
    // The full demand stands in each of the rows of several locations.
    let mut asked: BTreeMap<(&str, &str, &str), i64> = BTreeMap::new();
    for row in &plan.allocations {
        asked.insert((&row.bucket, &row.item, &row.channel), row.demand);
    }
    let mut wanted: BTreeMap<&str, Ratio> = BTreeMap::new();
    for ((bucket, item, _), units) in asked {
        let cost = costs.get(item).copied().unwrap_or_default();
        let sum = wanted.entry(bucket).or_default();
        *sum = add(*sum, mul(cost, whole(units))?)?;
    }
    let mut ahead = Vec::new();
    for bucket in plan.buckets.iter().filter(|bucket| through < bucket.end) {
        let all = days_between(bucket.start, bucket.end) + 1;
        let days = days_between(through.max(bucket.start - Days::new(1)), bucket.end);
        let own = wanted.get(bucket.label.as_str()).copied().unwrap_or_default();
        ahead.push(Stretch { days, wanted: mul(own, Ratio::new(days.into(), all.into()))? });
    }
    Ok(ahead)
}

/// What a formula says.
fn measured(value: Measured) -> Result<Figure, Overflow> {
    value?.map_or(Ok(Figure::NotApplicable), |value| Amount::rounded(value).map(Figure::Value))
}

/// A share that only what came to be has.
fn share(name: &str, value: Measured) -> Result<TrackedMetric, Overflow> {
    Ok(TrackedMetric { name: name.to_owned(), plan: None, actual: measured(value)?, is_share: true })
}

pub(super) fn all(basis: &Basis<'_>) -> Result<Vec<TrackedMetric>, Overflow> {
    let (mut units, mut revenue, mut margin) = (Both::default(), Both::default(), Both::default());
    let mut families: BTreeMap<(&Option<String>, &str), Both> = BTreeMap::new();
    let mut pairs = Vec::with_capacity(basis.sales.len());
    for (row, cost) in basis.sales.iter().zip(&basis.costs) {
        let (planned, sold) = (whole(row.planned), whole(row.sold));
        let cost = ratio(*cost);
        plus(&mut units, planned, sold)?;
        plus(&mut revenue, ratio(row.planned_revenue.0), ratio(row.revenue.0))?;
        let margins = (ratio(row.planned_revenue.0), ratio(row.revenue.0));
        plus(&mut margin, add(margins.0, -mul(cost, planned)?)?, add(margins.1, -mul(cost, sold)?)?)?;
        plus(families.entry((&row.category, &row.bucket)).or_default(), planned, sold)?;
        pairs.push(Pair { forecast: whole(row.demand), actual: sold });
    }
    let (mut stock, mut value, mut offered) = (Both::default(), Both::default(), Both::default());
    let mut opening = whole(0);
    for (parts, row) in &basis.stock {
        let cost = ratio(row.standard_cost.0);
        opening = add(opening, mul(cost, whole(parts.opening))?)?;
        plus(&mut stock, whole(row.planned), whole(row.actual))?;
        plus(&mut value, mul(cost, whole(row.planned))?, mul(cost, whole(row.actual))?)?;
        plus(&mut offered, whole(parts.opening + parts.due), whole(parts.opening + parts.received))?;
    }
    let mean = |revenue: Ratio, units: Ratio| Figure::quotient(revenue, units);
    let sell_through = [(units.0, offered.0), (units.1, offered.1)].map(|(sold, of)| measured(sell_through(sold, of)));
    let [planned_through, through] = sell_through;
    let weeks = |value: Ratio| weeks_of_supply(value, &basis.ahead);
    let turns = |revenue: Ratio, margin: Ratio, value: Ratio| match average_of_ends(opening, &[value])? {
        Some(average) => inventory_turnover(add(revenue, -margin)?, average, basis.years),
        None => Ok(None),
    };
    let mut found = vec![
        amounts("units-sold", units)?,
        amounts("revenue", revenue)?,
        both("mean-price", mean(revenue.0, units.0)?, mean(revenue.1, units.1)?),
        amounts("gross-margin", margin)?,
        TrackedMetric { is_share: true, ..both("sell-through", planned_through?, through?) },
        amounts("stock-units", stock)?,
        amounts("inventory-value", value)?,
        both("weeks-of-supply", measured(weeks(value.0))?, measured(weeks(value.1))?),
        both(
            "inventory-turnover",
            measured(turns(revenue.0, margin.0, value.0))?,
            measured(turns(revenue.1, margin.1, value.1))?,
        ),
    ];
    if let Some(supply) = basis.supply {
        let sums = basis.stock.iter().try_fold(Both::default(), |mut sum, (parts, _)| {
            plus(&mut sum, whole(parts.due), whole(parts.received)).map(|()| sum)
        });
        found.push(amounts("units-received", sums?)?);
        let lines = supply.iter().filter(|row| row.key.is_some());
        let outcomes: Vec<OrderOutcome> = lines
            .map(|row| OrderOutcome { planned: row.units, actual: row.units - row.missing, days_late: row.days_late })
            .collect();
        let (days, (part, of)) = ORDER_TOLERANCE;
        found.push(share("order-adherence", order_adherence(&outcomes, Ratio::new(part, of), days))?);
    }
    if let Some(payments) = basis.payments {
        let sums = payments.iter().try_fold(Both::default(), |mut sum, row| {
            plus(&mut sum, ratio(row.planned.0), ratio(row.paid.0)).map(|()| sum)
        });
        found.push(amounts("paid-for-goods", sums?)?);
    }
    found.push(share("forecast-error", wape(&pairs))?);
    found.push(share("forecast-bias", bias(&pairs))?);
    let families: Vec<Both> = families.into_values().collect();
    let (part, of) = TOLERANCE;
    found.push(share("plan-adherence", plan_adherence(&families, Ratio::new(part, of)))?);
    found.push(share("volume-adherence", volume_adherence(&families))?);
    Ok(found)
}
