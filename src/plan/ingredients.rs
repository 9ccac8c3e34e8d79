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
    let all = Reading::of(model, &tally, bucket, overflow)?.ingredients(measure)?;
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

fn money(name: &str, value: Ratio) -> Ingredient {
    Ingredient { name: name.to_owned(), value, is_money: true }
}

fn number(name: &str, value: Ratio) -> Ingredient {
    Ingredient { name: name.to_owned(), value, is_money: false }
}

/// A tally, read for a bucket of the horizon or for all of it.
struct Reading<'a> {
    model: &'a Model<'a>,
    tally: &'a Tally,
    bucket: Option<usize>,
    sales: Sales,
    /// Costs of overflow.
    overflow: Ratio,
    /// The horizon as a part of a year.
    years: Ratio,
    /// Average inventory at standard cost.
    average: Ratio,
}

impl<'a> Reading<'a> {
    fn of(model: &'a Model<'a>, tally: &'a Tally, bucket: Option<usize>, overflow: Ratio) -> Result<Self, Overflow> {
        let years = sum(model.year_share[..model.horizon].iter().copied())?;
        let average = average_of_ends(tally.opening, &tally.closing)?.ok_or(Overflow)?;
        Ok(Self { model, tally, bucket, sales: sold(tally, bucket)?, overflow, years, average })
    }

    /// What goes into a measure, in the order of its formula.
    fn ingredients(&self, measure: Measure) -> Result<Vec<Ingredient>, Overflow> {
        let Self { tally, sales, .. } = self;
        Ok(match measure {
            Measure::Revenue => vec![number("units sold", whole(sales.sold)), money("at their prices", sales.revenue)],
            Measure::Contribution => self.contribution(),
            Measure::Purchases => {
                vec![money("landed cost of new and committed lines", over(&tally.purchases, self.bucket)?)]
            }
            Measure::OpenToBuy => self.open_to_buy()?,
            Measure::FillRate => vec![
                number("units served in their own bucket", whole(sales.on_time)),
                number("units wanted", whole(sales.demand)),
            ],
            Measure::ValueFillRate => vec![
                money("units served in their own bucket x price", sales.on_time_value),
                money("units wanted x price", sales.demand_value),
            ],
            Measure::InventoryTurnover => vec![self.cost_of_sales(), self.years(), self.average()],
            Measure::DaysOfInventory => vec![self.average(), self.cost_of_sales(), self.days()],
            Measure::SellThrough => vec![
                number("units sold", whole(sales.sold)),
                number("units at as-of", whole(tally.at_as_of)),
                number("units received", whole(tally.received)),
            ],
            Measure::Gmroi => vec![
                money("revenue", sales.revenue),
                money("fees", sales.fees),
                self.cost_of_sales(),
                self.years(),
                self.average(),
            ],
            Measure::InventoryValue => {
                let first = self.bucket.is_none().then(|| money("opening", tally.opening));
                first.into_iter().chain(self.closings()).collect()
            }
            Measure::WeeksOfSupply => self.closings(),
            Measure::PeakInventoryValue => self.highest(&tally.closing).into_iter().collect(),
            Measure::Excess => self.excess(),
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

    fn contribution(&self) -> Vec<Ingredient> {
        let Self { tally, sales, overflow, .. } = self;
        vec![
            money("revenue", sales.revenue),
            money("fees", sales.fees),
            money("fulfilment", sales.fulfilment),
            self.cost_of_sales(),
            money("costs of orders and transfers", tally.lines),
            money("costs of overflow", *overflow),
            money("costs of lateness", sales.late_costs),
        ]
    }

    fn open_to_buy(&self) -> Result<Vec<Ingredient>, Overflow> {
        let Self { model, tally, bucket, sales, .. } = self;
        let opening = bucket.and_then(|at| at.checked_sub(1)).map_or(tally.opening, |before| tally.closing[before]);
        let closing = bucket.or(model.horizon.checked_sub(1)).map(|at| tally.closing[at]).unwrap_or_default();
        Ok(vec![
            money("planned sales at standard cost", sales.cost),
            money("planned closing stock", closing),
            money("opening stock", opening),
            money("on order", over(&tally.on_order, *bucket)?),
        ])
    }

    fn excess(&self) -> Vec<Ingredient> {
        match (&self.tally.excess, self.bucket) {
            (Some(all), Some(bucket)) => vec![money("beyond the maximum cover", all[bucket])],
            (Some(all), None) => self.highest(all).into_iter().collect(),
            (None, _) => Vec::new(),
        }
    }

    fn cost_of_sales(&self) -> Ingredient {
        money("standard cost of units sold", self.sales.cost)
    }

    fn years(&self) -> Ingredient {
        number("years", self.years)
    }

    fn days(&self) -> Ingredient {
        number("days of the horizon", whole(self.model.horizon().iter().map(Bucket::days).sum()))
    }

    fn average(&self) -> Ingredient {
        money("average inventory at standard cost", self.average)
    }

    /// Closing stock of the bucket, or of each.
    fn closings(&self) -> Vec<Ingredient> {
        let all = self.tally.closing.iter().enumerate();
        let own = all.filter(|(at, _)| self.bucket.is_none_or(|bucket| bucket == *at));
        own.map(|(at, value)| self.closing_of(at, *value)).collect()
    }

    /// The highest of values by bucket, and which bucket that is; the first of several.
    fn highest(&self, values: &[Ratio]) -> Option<Ingredient> {
        let best = values.iter().enumerate().max_by(|(a, x), (b, y)| x.cmp(y).then(b.cmp(a)));
        best.map(|(at, value)| self.closing_of(at, *value))
    }

    fn closing_of(&self, bucket: usize, value: Ratio) -> Ingredient {
        money(&format!("closing of {}", label(self.model, bucket)), value)
    }
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
