//! The numbers that go into a figure: for those who want to do the sum again.

use std::collections::BTreeMap;

use super::build::label;
use super::tally::{Sales, Tally, each, misses};
use crate::calendar::Bucket;
use crate::metrics::Measure;
use crate::metrics::formula::average_of_ends;
use crate::model::Model;
use crate::model::breaches::overflow_cost;
use crate::model::ledger::Ledger;
use crate::network::{ItemId, Scope};
use crate::solve::Outcome;
use crate::track::kept;
use crate::units::{Overflow, Ratio, sum, whole};

/// A number that goes into a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ingredient {
    /// What it is, in the words of the formula.
    pub name: String,
    /// How much.
    pub value: Ratio,
    /// True where that is money.
    pub is_money: bool,
}

/// What goes into a figure, and how much of it each item has.
#[derive(Debug, Clone, Default)]
pub struct Ingredients {
    /// In the order of the formula.
    pub all: Vec<Ingredient>,
    /// What is parted over items, in words.
    pub parted: &'static str,
    /// True where that is money.
    pub is_money: bool,
    /// Items that have some of it, the most first.
    pub items: Vec<(ItemId, Ratio)>,
}

/// What goes into a measure of what a scope selects, in a bucket of the horizon or over all of it. Measures of the plan as a whole, and those that
/// compare it with something else, have none here.
///
/// # Errors
/// Where a sum does not fit.
pub fn ingredients(
    model: &Model<'_>,
    (outcome, ledger): (&Outcome, &Ledger<'_>),
    measure: Measure,
    scope: &Scope,
    bucket: Option<usize>,
) -> Result<Ingredients, Overflow> {
    let mut tally = Tally::new(model.horizon);
    let mut items: BTreeMap<ItemId, Tally> = BTreeMap::new();
    let (misses, kept) = (misses(model.network)?, kept(model.network)?);
    each(model, outcome, ledger, (&misses, &kept), &mut |facets, entry| {
        if !facets.meet(model.network, scope) {
            return Ok(());
        }
        items.entry(facets.item()).or_insert_with(|| Tally::new(model.horizon)).take(entry)?;
        tally.take(entry)
    })?;
    let is_whole = *scope == Scope::default() && bucket.is_none();
    let overflow = if is_whole { overflow_cost(model, ledger)? } else { whole(0) };
    let all = of(model, &tally, measure, bucket, overflow)?;
    let (parted, is_money) = parted(measure);
    let mut shares = Vec::new();
    for (item, tally) in &items {
        let share = share(tally, measure, bucket)?;
        if share != whole(0) {
            shares.push((*item, share));
        }
    }
    shares.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    Ok(Ingredients { all, parted, is_money, items: shares })
}

/// Sales of a bucket, or of all.
fn sold(tally: &Tally, bucket: Option<usize>) -> Result<Sales, Overflow> {
    match bucket {
        Some(bucket) => Ok(tally.sales[bucket]),
        None => tally.sales.iter().try_fold(Sales::default(), |sum, one| sum.and(one)),
    }
}

/// An amount by bucket: that of one, or the sum.
fn over(amounts: &[Ratio], bucket: Option<usize>) -> Result<Ratio, Overflow> {
    bucket.map_or_else(|| sum(amounts.iter().copied()), |bucket| Ok(amounts[bucket]))
}

fn of(
    model: &Model<'_>,
    tally: &Tally,
    measure: Measure,
    bucket: Option<usize>,
    overflow: Ratio,
) -> Result<Vec<Ingredient>, Overflow> {
    let money = |name: &str, value: Ratio| Ingredient { name: name.to_owned(), value, is_money: true };
    let number = |name: &str, value: Ratio| Ingredient { name: name.to_owned(), value, is_money: false };
    let sales = sold(tally, bucket)?;
    let years = sum(model.year_share[..model.horizon].iter().copied())?;
    let mean = average_of_ends(tally.opening, &tally.closing)?.ok_or(Overflow)?;
    let opening = bucket.and_then(|at| at.checked_sub(1)).map_or(tally.opening, |before| tally.closing[before]);
    let closing = bucket.or(model.horizon.checked_sub(1)).map(|at| tally.closing[at]).unwrap_or_default();
    let average = || money("average inventory at standard cost", mean);
    // The highest bucket, and which one it is.
    let highest = |values: &[Ratio]| {
        let best = values.iter().enumerate().max_by(|(a, x), (b, y)| x.cmp(y).then(b.cmp(a)));
        best.map(|(at, value)| money(&format!("closing of {}", label(model, at)), *value))
    };
    let by_bucket = |values: &[Ratio]| -> Vec<Ingredient> {
        let own = values.iter().enumerate().filter(|(at, _)| bucket.is_none_or(|bucket| bucket == *at));
        own.map(|(at, value)| money(&format!("closing of {}", label(model, at)), *value)).collect()
    };
    Ok(match measure {
        Measure::Revenue => vec![number("units sold", whole(sales.sold)), money("at their prices", sales.revenue)],
        Measure::Contribution => vec![
            money("revenue", sales.revenue),
            money("fees", sales.fees),
            money("fulfilment", sales.fulfilment),
            money("standard cost of units sold", sales.cost),
            money("costs of orders and transfers", tally.lines),
            money("costs of overflow", overflow),
            money("costs of lateness", sales.late_costs),
        ],
        Measure::Purchases => vec![money("landed cost of new and committed lines", over(&tally.purchases, bucket)?)],
        Measure::OpenToBuy => vec![
            money("planned sales at standard cost", sales.cost),
            money("planned closing stock", closing),
            money("opening stock", opening),
            money("on order", over(&tally.on_order, bucket)?),
        ],
        Measure::FillRate => vec![
            number("units served in their own bucket", whole(sales.on_time)),
            number("units wanted", whole(sales.demand)),
        ],
        Measure::ValueFillRate => vec![
            money("units served in their own bucket x price", sales.on_time_value),
            money("units wanted x price", sales.demand_value),
        ],
        Measure::InventoryTurnover => {
            vec![money("standard cost of units sold", sales.cost), number("years", years), average()]
        }
        Measure::DaysOfInventory => {
            let days = whole(model.horizon().iter().map(Bucket::days).sum());
            vec![average(), money("standard cost of units sold", sales.cost), number("days of the horizon", days)]
        }
        Measure::SellThrough => vec![
            number("units sold", whole(sales.sold)),
            number("units at as-of", whole(tally.at_as_of)),
            number("units received", whole(tally.received)),
        ],
        Measure::Gmroi => vec![
            money("revenue", sales.revenue),
            money("fees", sales.fees),
            money("standard cost of units sold", sales.cost),
            number("years", years),
            average(),
        ],
        Measure::InventoryValue => {
            let first = bucket.is_none().then(|| money("opening", tally.opening));
            first.into_iter().chain(by_bucket(&tally.closing)).collect()
        }
        Measure::WeeksOfSupply => by_bucket(&tally.closing),
        Measure::PeakInventoryValue => highest(&tally.closing).into_iter().collect(),
        Measure::Excess => match (&tally.excess, bucket) {
            (Some(all), Some(bucket)) => vec![money("beyond the maximum cover", all[bucket])],
            (Some(all), None) => highest(all).into_iter().collect(),
            (None, _) => Vec::new(),
        },
        Measure::ForecastError => {
            vec![number("sum of |actual - forecast|", tally.misses[0]), number("sum of actuals", tally.misses[2])]
        }
        Measure::ForecastBias => {
            vec![number("sum of (forecast - actual)", tally.misses[1]), number("sum of actuals", tally.misses[2])]
        }
        Measure::Nervousness => vec![
            money("units that differ x standard cost", tally.changes.1),
            money("units of the last plan x standard cost", tally.changes.0),
        ],
        Measure::PlanAdherence
        | Measure::MinimumCash
        | Measure::GivenShortage
        | Measure::GivenOverrun
        | Measure::RuleUse
        | Measure::ChangedValueInFrozen => Vec::new(),
    })
}

/// What of a measure is parted over items, and whether that is money.
fn parted(measure: Measure) -> (&'static str, bool) {
    match measure {
        Measure::Revenue => ("revenue", true),
        Measure::Contribution | Measure::Gmroi => ("revenue less fees and standard cost", true),
        Measure::Purchases => ("landed cost", true),
        Measure::FillRate => ("units not served in their bucket", false),
        Measure::ValueFillRate => ("units not served in their bucket x price", true),
        Measure::SellThrough => ("units sold", false),
        Measure::ForecastError => ("|actual - forecast|", false),
        Measure::ForecastBias => ("forecast - actual", false),
        Measure::Nervousness => ("units that differ x standard cost", true),
        Measure::Excess => ("highest excess", true),
        _ => ("average inventory", true),
    }
}

/// An item's share of it.
fn share(tally: &Tally, measure: Measure, bucket: Option<usize>) -> Result<Ratio, Overflow> {
    let sales = sold(tally, bucket)?;
    match measure {
        Measure::Revenue => Ok(sales.revenue),
        Measure::Contribution | Measure::Gmroi => sum([sales.revenue, -sales.fees, -sales.cost]),
        Measure::Purchases => over(&tally.purchases, bucket),
        Measure::FillRate => Ok(whole(sales.demand - sales.on_time)),
        Measure::ValueFillRate => sum([sales.demand_value, -sales.on_time_value]),
        Measure::SellThrough => Ok(whole(sales.sold)),
        Measure::ForecastError => Ok(tally.misses[0]),
        Measure::ForecastBias => Ok(tally.misses[1]),
        Measure::Nervousness => Ok(tally.changes.1),
        Measure::Excess => {
            let all = tally.excess.as_deref().unwrap_or_default();
            Ok(bucket.map_or_else(|| all.iter().copied().max(), |at| all.get(at).copied()).unwrap_or_default())
        }
        _ => match bucket {
            Some(bucket) => Ok(tally.closing[bucket]),
            None => average_of_ends(tally.opening, &tally.closing)?.ok_or(Overflow),
        },
    }
}
