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

/// Sales of all rows, by plan and as they came to be.
#[derive(Default)]
struct Sales<'t> {
    units: Both,
    revenue: Both,
    margin: Both,
    /// Units by category and bucket.
    families: BTreeMap<(&'t Option<String>, &'t str), Both>,
    pairs: Vec<Pair>,
}

impl<'t> Sales<'t> {
    fn of(basis: &Basis<'t>) -> Result<Self, Overflow> {
        let mut sums = Self::default();
        for (row, cost) in basis.sales.iter().zip(&basis.costs) {
            let (planned, sold) = (whole(row.planned), whole(row.sold));
            let cost = ratio(*cost);
            let revenue = (ratio(row.planned_revenue.0), ratio(row.revenue.0));
            plus(&mut sums.units, planned, sold)?;
            plus(&mut sums.revenue, revenue.0, revenue.1)?;
            plus(&mut sums.margin, add(revenue.0, -mul(cost, planned)?)?, add(revenue.1, -mul(cost, sold)?)?)?;
            plus(sums.families.entry((&row.category, &row.bucket)).or_default(), planned, sold)?;
            sums.pairs.push(Pair { forecast: whole(row.demand), actual: sold });
        }
        Ok(sums)
    }
}

/// Stock of all items at the end of the last day told, by plan and as it is.
#[derive(Default)]
struct Stocked {
    units: Both,
    /// At standard cost.
    value: Both,
    /// At as-of, at standard cost.
    opening: Ratio,
    /// Units that could be sold.
    offered: Both,
    /// Units that were due, and those received.
    received: Both,
}

impl Stocked {
    fn of(basis: &Basis<'_>) -> Result<Self, Overflow> {
        let mut sums = Self::default();
        for (parts, row) in &basis.stock {
            let cost = ratio(row.standard_cost.0);
            sums.opening = add(sums.opening, mul(cost, whole(parts.opening))?)?;
            plus(&mut sums.units, whole(row.planned), whole(row.actual))?;
            plus(&mut sums.value, mul(cost, whole(row.planned))?, mul(cost, whole(row.actual))?)?;
            plus(&mut sums.offered, whole(parts.opening + parts.due), whole(parts.opening + parts.received))?;
            plus(&mut sums.received, whole(parts.due), whole(parts.received))?;
        }
        Ok(sums)
    }
}

/// All figures, in the order in which they are told.
pub(super) fn all(basis: &Basis<'_>) -> Result<Vec<TrackedMetric>, Overflow> {
    let (sales, stock) = (Sales::of(basis)?, Stocked::of(basis)?);
    let mut found = of_sales_and_stock(basis, &sales, &stock)?;
    if let Some(supply) = basis.supply {
        found.push(amounts("units-received", stock.received)?);
        found.push(order_adherence_of(supply)?);
    }
    if let Some(payments) = basis.payments {
        let sums = payments.iter().try_fold(Both::default(), |mut sum, row| {
            plus(&mut sum, ratio(row.planned.0), ratio(row.paid.0)).map(|()| sum)
        });
        found.push(amounts("paid-for-goods", sums?)?);
    }
    found.push(share("forecast-error", wape(&sales.pairs))?);
    found.push(share("forecast-bias", bias(&sales.pairs))?);
    let families: Vec<Both> = sales.families.into_values().collect();
    let (part, of) = TOLERANCE;
    found.push(share("plan-adherence", plan_adherence(&families, Ratio::new(part, of)))?);
    found.push(share("volume-adherence", volume_adherence(&families))?);
    Ok(found)
}

/// What was sold and what is left.
fn of_sales_and_stock(basis: &Basis<'_>, sales: &Sales<'_>, stock: &Stocked) -> Result<Vec<TrackedMetric>, Overflow> {
    let Sales { units, revenue, margin, .. } = *sales;
    let Stocked { value, offered, opening, .. } = *stock;
    let mean = |revenue: Ratio, units: Ratio| Figure::quotient(revenue, units);
    let through = |sold: Ratio, of: Ratio| measured(sell_through(sold, of));
    let weeks = |value: Ratio| measured(weeks_of_supply(value, &basis.ahead));
    let turns = |revenue: Ratio, margin: Ratio, value: Ratio| match average_of_ends(opening, &[value])? {
        Some(average) => measured(inventory_turnover(add(revenue, -margin)?, average, basis.years)),
        None => Ok(Figure::NotApplicable),
    };
    let sold_through = both("sell-through", through(units.0, offered.0)?, through(units.1, offered.1)?);
    Ok(vec![
        amounts("units-sold", units)?,
        amounts("revenue", revenue)?,
        both("mean-price", mean(revenue.0, units.0)?, mean(revenue.1, units.1)?),
        amounts("gross-margin", margin)?,
        TrackedMetric { is_share: true, ..sold_through },
        amounts("stock-units", stock.units)?,
        amounts("inventory-value", value)?,
        both("weeks-of-supply", weeks(value.0)?, weeks(value.1)?),
        both("inventory-turnover", turns(revenue.0, margin.0, value.0)?, turns(revenue.1, margin.1, value.1)?),
    ])
}

/// How many lines that were due came in time and in full.
fn order_adherence_of(supply: &[SupplyRow]) -> Result<TrackedMetric, Overflow> {
    let lines = supply.iter().filter(|row| row.key.is_some());
    let outcomes: Vec<OrderOutcome> = lines
        .map(|row| OrderOutcome { planned: row.units, actual: row.units - row.missing, days_late: row.days_late })
        .collect();
    let (days, (part, of)) = ORDER_TOLERANCE;
    share("order-adherence", order_adherence(&outcomes, Ratio::new(part, of), days))
}
