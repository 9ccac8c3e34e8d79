//! Variants of metrics, as far as a plan file tells them.
//!
//! A plan has one number for each metric. People who come from elsewhere know some of them by another definition: those stand beside it,
//! under names of their own, so that nobody mistakes one for the other.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Zero;
use rust_decimal::Decimal;
use serde::Serialize;

use super::formula::{
    Measured, average_of_points, forecast_accuracy, gmroi, inventory_turnover, sell_through, weeks_at_mean,
};
use super::{Measure, formula};
use crate::calendar::{Grain, Period, days_between};
use crate::plan::{Amount, Figure, Inventory, Metric, Plan};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// A metric, or a variant of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The whole plan or a part: `plan`, `item:MUG`.
    pub scope: String,
    /// The metric.
    pub name: String,
    /// Its variant; absent of the metric itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The bucket; absent of the horizon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// Its value.
    pub value: Figure,
}

/// The rows, each followed by its variants.
///
/// # Errors
/// Where numbers do not fit.
pub fn with_variants(plan: &Plan, rows: &[&Metric]) -> Result<Vec<Row>, Overflow> {
    let mut all = Vec::new();
    for row in rows {
        let one = |variant: Option<String>, value: Figure| Row {
            scope: row.scope.clone(),
            name: row.name.clone(),
            variant,
            bucket: row.bucket.clone(),
            value,
        };
        all.push(one(None, row.value));
        for (name, value) in variants(plan, row)? {
            all.push(one(Some(name), value));
        }
    }
    Ok(all)
}

fn variants(plan: &Plan, row: &Metric) -> Result<Vec<(String, Figure)>, Overflow> {
    let one = |name: &str, value: Measured| Ok(vec![(name.to_owned(), figure(value)?)]);
    let part = Part { plan, scope: &row.scope };
    match Measure::named(&row.name) {
        Some(Measure::OpenToBuy) if row.scope == "plan" => Ok(left_of_budgets(plan, row.bucket.as_deref())),
        Some(Measure::SellThrough) => {
            let (sold, received) = part.moved()?;
            one("of receipts", sell_through(sold, received))
        }
        Some(Measure::WeeksOfSupply) => one("at a mean", part.weeks_at_mean(row.bucket.as_deref())),
        Some(Measure::Gmroi) => {
            // The margin of the period is what the annual figure brings of the mean value, times the length of the period.
            let Figure::Value(Amount(annual)) = row.value else { return one("of the period", Ok(None)) };
            let margin = mul(ratio(annual), part.years()?)?;
            one("of the period", gmroi(margin, whole(1), whole(1)))
        }
        Some(Measure::InventoryTurnover) => one("of points", part.of_points(row.value)),
        Some(Measure::ForecastError) => {
            let Figure::Value(Amount(error)) = row.value else { return one("accuracy", Ok(None)) };
            let pair = formula::Pair { forecast: add(whole(1), ratio(error))?, actual: whole(1) };
            one("accuracy", forecast_accuracy(&[pair]))
        }
        _ => Ok(Vec::new()),
    }
}

fn figure(measured: Measured) -> Result<Figure, Overflow> {
    measured?.map_or(Ok(Figure::NotApplicable), |value| Amount::rounded(value).map(Figure::Value))
}

/// What budgets leave in a bucket, or over the horizon.
fn left_of_budgets(plan: &Plan, bucket: Option<&str>) -> Vec<(String, Figure)> {
    let rows = plan.capacity.iter().filter(|row| row.kind == "budget" && bucket.is_none_or(|one| row.bucket == one));
    let mut left: BTreeMap<&str, Decimal> = BTreeMap::new();
    for row in rows {
        let sum = left.entry(&row.of).or_default();
        *sum = sum.saturating_add(row.limit.0.saturating_sub(row.used.0));
    }
    left.into_iter().map(|(of, left)| (format!("left of the budget {of}"), Figure::Value(Amount(left)))).collect()
}

/// What a scope selects of a plan.
struct Part<'p> {
    plan: &'p Plan,
    scope: &'p str,
}

impl<'p> Part<'p> {
    /// Labels of the horizon's buckets.
    fn horizon(&self) -> impl Iterator<Item = &'p crate::plan::PlanBucket> + use<'p> {
        self.plan.buckets.iter().filter(|bucket| !bucket.tail)
    }

    /// The items of the scope, and its location where it is one; nothing of channels and suppliers.
    fn stock(&self) -> Option<(BTreeSet<&'p str>, Option<&'p str>)> {
        let items = |is: &dyn Fn(&crate::plan::PlanItem) -> bool| {
            self.plan.items.iter().filter(|item| is(item)).map(|item| item.item.as_str()).collect()
        };
        match self.scope.split_once(':') {
            None => Some((items(&|_| true), None)),
            Some(("item", id)) => Some((items(&|item| item.item == id), None)),
            Some(("class", name)) => Some((items(&|item| item.class.as_deref() == Some(name)), None)),
            Some(("category", name)) => Some((items(&|item| item.category.as_deref() == Some(name)), None)),
            Some(("location", id)) => Some((items(&|_| true), Some(id))),
            Some(_) => None,
        }
    }

    /// Its rows of stock in the horizon.
    fn inventory(&self) -> impl Iterator<Item = &'p Inventory> + use<'p> {
        let inside: BTreeSet<&str> = self.horizon().map(|bucket| bucket.label.as_str()).collect();
        let (items, location) = self.stock().unwrap_or_default();
        let is_own = move |row: &&Inventory| {
            items.contains(row.item.as_str())
                && location.is_none_or(|id| row.location == id)
                && inside.contains(row.bucket.as_str())
        };
        self.plan.inventory.iter().filter(is_own)
    }

    /// Units sold and units received of suppliers.
    fn moved(&self) -> Result<(Ratio, Ratio), Overflow> {
        self.inventory().try_fold((Ratio::zero(), Ratio::zero()), |(sold, received), row| {
            Ok((add(sold, whole(row.sales))?, add(received, whole(row.receipts))?))
        })
    }

    /// Closing units, of the horizon the mean of its buckets, over mean weekly demand; nothing by location, whose demand no plan has.
    fn weeks_at_mean(&self, bucket: Option<&str>) -> Measured {
        let Some((items, None)) = self.stock() else { return Ok(None) };
        let days: i64 = self.horizon().map(|bucket| days_between(bucket.start, bucket.end) + 1).sum();
        let count = i64::try_from(self.horizon().count()).map_err(|_| Overflow)?;
        let inside: BTreeSet<&str> = self.horizon().map(|bucket| bucket.label.as_str()).collect();
        // The full demand stands in each of the rows of several locations.
        let mut wanted: BTreeMap<(&str, &str, &str), i64> = BTreeMap::new();
        for row in self.plan.allocations.iter().filter(|row| items.contains(row.item.as_str())) {
            if inside.contains(row.bucket.as_str()) {
                wanted.insert((&row.item, &row.channel, &row.bucket), row.demand);
            }
        }
        let demand = wanted.values().try_fold(Ratio::zero(), |sum, units| add(sum, whole(*units)))?;
        let rows = self.inventory().filter(|row| bucket.is_none_or(|one| row.bucket == one));
        let closing = rows.map(|row| row.closing).try_fold(Ratio::zero(), |sum, units| add(sum, whole(units)))?;
        let stock = if bucket.is_some() { closing } else { mul(closing, Ratio::new(1, count.max(1).into()))? };
        weeks_at_mean(stock, mul(demand, Ratio::new(7, days.max(1).into()))?)
    }

    /// The horizon as a part of a year: a full month 1/12, a full week 1/52, a part by days.
    fn years(&self) -> Result<Ratio, Overflow> {
        self.horizon().try_fold(Ratio::zero(), |sum, bucket| {
            let Some(period) = Period::parse(&bucket.label) else { return Ok(sum) };
            let a_year = if period.grain() == Grain::Month { 12 } else { 52 };
            let days = days_between(bucket.start, bucket.end) + 1;
            add(sum, Ratio::new(days.into(), i128::from(period.days()) * a_year))
        })
    }

    /// Turns on the mean of the first opening and all closings, from turns on the mean of the buckets' means.
    fn of_points(&self, turns: Figure) -> Measured {
        let named = |bucket: Option<&str>| {
            let value = self.plan.metrics.iter().find(|row| {
                row.name == Measure::InventoryValue.name() && row.scope == self.scope && row.bucket.as_deref() == bucket
            })?;
            if let Figure::Value(Amount(value)) = value.value { Some(ratio(value)) } else { None }
        };
        let closing: Option<Vec<Ratio>> = self.horizon().map(|bucket| named(Some(&bucket.label))).collect();
        let (Figure::Value(Amount(turns)), Some(mean), Some(closing)) = (turns, named(None), closing) else {
            return Ok(None);
        };
        let Some((last, before)) = closing.split_last() else { return Ok(None) };
        // 2 x buckets x mean = opening + 2 x all closings but the last + the last.
        let count = whole(i64::try_from(closing.len()).map_err(|_| Overflow)?);
        let twice = before.iter().try_fold(*last, |sum, one| add(sum, mul(whole(2), *one)?))?;
        let opening = add(mul(mul(whole(2), count)?, mean)?, -twice)?;
        match average_of_points(opening, &closing)? {
            Some(average) => inventory_turnover(mul(ratio(turns), mean)?, average, whole(1)),
            None => Ok(None),
        }
    }
}
