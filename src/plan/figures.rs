//! The figures of a plan and of its parts: revenue, service, turnover and the like, for the horizon and by bucket.
//!
//! A year is the sum of the buckets' shares of one (a full month 1/12, a full week 1/52). Inventory value is closing
//! stock, and what is under way between own locations, at standard cost.

use num_traits::Zero;

use super::ahead::{Ahead, Together};
use super::build::{label, total};
use super::part::Parts;
use super::tally::{Miss, Sales, Tally, each, misses};
use super::{Amount, Figure, Metric, MinimumCash, Summary};
use crate::calendar::Bucket;
use crate::metrics::formula::{
    Measured, average_of_ends, days_of_inventory, fill_rate, gmroi, inventory_turnover, open_to_buy, plan_adherence,
    sell_through,
};
use crate::metrics::{Kind, Measure};
use crate::model::Model;
use crate::model::ledger::Ledger;
use crate::network::Scope;
use crate::solve::Outcome;
use crate::track::{Kept, TOLERANCE, kept};
use crate::units::{Overflow, Ratio, sum, whole};

/// The figures of a part, or of the whole.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    /// What the plan file has of the whole.
    pub(super) summary: Summary,
    open_to_buy: Amount,
    days_of_inventory: Figure,
    inventory_value: Amount,
    excess: Figure,
    nervousness: Figure,
    forecast_error: Figure,
    forecast_bias: Figure,
    plan_adherence: Figure,
}

impl Figures {
    /// The figure that a measure asks for; none where no part of a plan has one.
    pub(super) fn of(&self, measure: Measure) -> Option<Figure> {
        let Summary { inventory_turnover, sell_through, weeks_of_supply, gmroi, .. } = self.summary;
        Some(match measure {
            Measure::Revenue => Figure::Value(self.summary.revenue),
            Measure::Contribution => Figure::Value(self.summary.contribution),
            Measure::Purchases => Figure::Value(self.summary.purchases),
            Measure::OpenToBuy => Figure::Value(self.open_to_buy),
            Measure::FillRate => Figure::Value(self.summary.fill_rate),
            Measure::ValueFillRate => Figure::Value(self.summary.value_fill_rate),
            Measure::InventoryTurnover => inventory_turnover,
            Measure::DaysOfInventory => self.days_of_inventory,
            Measure::SellThrough => sell_through,
            Measure::WeeksOfSupply => weeks_of_supply,
            Measure::Gmroi => gmroi,
            Measure::InventoryValue => Figure::Value(self.inventory_value),
            Measure::PeakInventoryValue => Figure::Value(self.summary.peak_inventory_value),
            Measure::Excess => self.excess,
            Measure::Nervousness => self.nervousness,
            Measure::ForecastError => self.forecast_error,
            Measure::ForecastBias => self.forecast_bias,
            Measure::PlanAdherence => self.plan_adherence,
            Measure::MinimumCash => {
                self.summary.minimum_cash.as_ref().map_or(Figure::NotApplicable, |one| Figure::Value(one.amount))
            }
            Measure::GivenShortage | Measure::GivenOverrun | Measure::RuleUse | Measure::ChangedValueInFrozen => {
                return None;
            }
        })
    }
}

/// What figures rest on.
pub(super) struct Books<'m> {
    pub(super) model: &'m Model<'m>,
    pub(super) outcome: &'m Outcome,
    pub(super) ledger: &'m Ledger<'m>,
    ahead: Ahead<'m>,
    misses: Vec<Miss>,
    kept: Vec<Kept>,
}

impl<'m> Books<'m> {
    pub(super) fn new(model: &'m Model<'m>, outcome: &'m Outcome, ledger: &'m Ledger<'m>) -> Result<Self, Overflow> {
        Ok(Self {
            model,
            outcome,
            ledger,
            ahead: Ahead::new(model)?,
            misses: misses(model.network)?,
            kept: kept(model.network)?,
        })
    }

    /// All parts, and the whole.
    pub(super) fn parts(&self) -> Result<(Parts, Tally), Overflow> {
        let mut parts = Parts::new(self.model.network, self.model.horizon);
        let besides = (&self.misses[..], &self.kept[..]);
        each(self.model, self.outcome, self.ledger, besides, &mut |facets, entry| parts.take(facets, entry))?;
        let whole = parts.whole(self.model.horizon)?;
        Ok((parts, whole))
    }

    /// The figures of what a scope selects. Cash is never parted, and what overflow costs is no part's.
    pub(super) fn of_scope(&self, scope: &Scope) -> Result<Figures, Overflow> {
        let mut tally = Tally::new(self.model.horizon);
        let besides = (&self.misses[..], &self.kept[..]);
        each(self.model, self.outcome, self.ledger, besides, &mut |facets, entry| {
            if facets.meet(self.model.network, scope) { tally.take(entry) } else { Ok(()) }
        })?;
        self.figures(&tally, Ratio::zero())
    }

    /// The figures of sums; `overflow` is what overflow costs.
    pub(super) fn figures(&self, tally: &Tally, overflow: Ratio) -> Result<Figures, Overflow> {
        let model = self.model;
        let sales = tally.sales.iter().try_fold(Sales::default(), |sum, one| sum.and(one))?;
        let mean = average_of_ends(tally.opening, &tally.closing)?.ok_or(Overflow)?;
        let years = sum(model.year_share[..model.horizon].iter().copied())?;
        let days = whole(model.horizon().iter().map(Bucket::days).sum());
        let margin = sum([sales.revenue, -sales.fees, -sales.cost])?;
        let contribution = sum([margin, -sales.fulfilment, -tally.lines, -overflow, -sales.late_costs])?;
        let had = tally.at_as_of.checked_add(tally.received).ok_or(Overflow)?;
        let last = tally.closing.last().copied().unwrap_or_default();
        let on_order = sum(tally.on_order.iter().copied())?;
        let peak = |values: &[Ratio]| Amount::rounded(values.iter().copied().max().unwrap_or_default());
        let (before, away) = tally.changes;
        let [absolute, signed, actual] = tally.misses;
        let families: Vec<(Ratio, Ratio)> = tally.kept.values().copied().collect();
        let (part, of) = TOLERANCE;
        let summary = Summary {
            revenue: Amount::rounded(sales.revenue)?,
            contribution: Amount::rounded(contribution)?,
            purchases: total(tally.purchases.iter().copied())?,
            fill_rate: Amount::rounded(fill_rate(whole(sales.on_time), whole(sales.demand))?)?,
            value_fill_rate: Amount::rounded(fill_rate(sales.on_time_value, sales.demand_value)?)?,
            inventory_turnover: figure(inventory_turnover(sales.cost, mean, years))?,
            sell_through: figure(sell_through(whole(sales.sold), whole(had)))?,
            weeks_of_supply: self.ahead.of(&tally.pools).mean_weeks(&tally.closing)?,
            gmroi: figure(gmroi(margin, mean, years))?,
            peak_inventory_value: peak(&tally.closing)?,
            minimum_cash: minimum_cash(model, self.ledger)?,
        };
        Ok(Figures {
            summary,
            open_to_buy: Amount::rounded(open_to_buy(sales.cost, Ratio::zero(), last, tally.opening, on_order)?)?,
            days_of_inventory: figure(days_of_inventory(mean, sales.cost, days))?,
            inventory_value: Amount::rounded(mean)?,
            excess: tally.excess.as_deref().map_or(Ok(Figure::NotApplicable), |all| peak(all).map(Figure::Value))?,
            // Ratios of sums: the formulas over all lanes and buckets, or over all months, at once.
            nervousness: Figure::quotient(away, before)?,
            forecast_error: Figure::quotient(absolute, actual)?,
            forecast_bias: Figure::quotient(signed, actual)?,
            plan_adherence: figure(plan_adherence(&families, Ratio::new(part, of)))?,
        })
    }

    /// Metrics of the whole plan, then of each part, by kind and id; of each by name, the horizon before its buckets. `whole` tells those
    /// that no part has.
    pub(super) fn metrics(
        &self,
        (parts, whole): (&Parts, &Tally),
        figures: &Figures,
        others: &[(Measure, Figure)],
    ) -> Result<Vec<Metric>, Overflow> {
        let mut rows = Rows { books: self, metrics: Vec::new() };
        rows.push("plan", whole, figures, others, None)?;
        for kind in Kind::ALL {
            for (id, part) in parts.of(self.model.network, kind)? {
                let figures = self.figures(part.tally(), Ratio::zero())?;
                rows.push(&format!("{}:{id}", kind.name()), part.tally(), &figures, &[], Some(kind))?;
            }
        }
        Ok(rows.metrics)
    }

    /// The metrics of a bucket.
    fn of_bucket(
        &self,
        tally: &Tally,
        ahead: &mut Together<'_>,
        measure: Measure,
        bucket: usize,
    ) -> Result<Figure, Overflow> {
        let sales = &tally.sales[bucket];
        let amount = |number: Ratio| Amount::rounded(number).map(Figure::Value);
        match measure {
            Measure::Revenue => amount(sales.revenue),
            Measure::Purchases => total([tally.purchases[bucket]]).map(Figure::Value),
            Measure::FillRate => amount(fill_rate(whole(sales.on_time), whole(sales.demand))?),
            Measure::ValueFillRate => amount(fill_rate(sales.on_time_value, sales.demand_value)?),
            Measure::InventoryValue => amount(tally.closing[bucket]),
            Measure::WeeksOfSupply => ahead.weeks(bucket, tally.closing[bucket]),
            Measure::Excess => tally.excess.as_ref().map_or(Ok(Figure::NotApplicable), |all| amount(all[bucket])),
            Measure::OpenToBuy => {
                let before = bucket.checked_sub(1).map_or(tally.opening, |before| tally.closing[before]);
                let (closing, on_order) = (tally.closing[bucket], tally.on_order[bucket]);
                amount(open_to_buy(sales.cost, Ratio::zero(), closing, before, on_order)?)
            }
            _ => Ok(Figure::NotApplicable),
        }
    }
}

/// Metrics as they are listed.
struct Rows<'b> {
    books: &'b Books<'b>,
    metrics: Vec<Metric>,
}

impl Rows<'_> {
    /// Adds those of a part of a kind, or of the whole.
    fn push(
        &mut self,
        scope: &str,
        tally: &Tally,
        figures: &Figures,
        others: &[(Measure, Figure)],
        kind: Option<Kind>,
    ) -> Result<(), Overflow> {
        let mut measures: Vec<Measure> = Measure::ALL.into_iter().filter(|one| one.is_of_a_plan()).collect();
        measures.retain(|measure| kind.is_none_or(|kind| measure.is_of(kind)));
        measures.sort_by_key(|measure| measure.name());
        let mut ahead = self.books.ahead.of(&tally.pools);
        for measure in measures {
            let other = || others.iter().find(|(known, _)| *known == measure).map(|(_, figure)| *figure);
            let Some(value) = figures.of(measure).or_else(other) else { continue };
            self.row(scope, measure, None, value);
            // Of each item the horizon is told; its buckets are in `allocations` and `inventory`.
            if measure.is_by_bucket() && kind != Some(Kind::Item) {
                for bucket in 0..self.books.model.horizon {
                    let value = self.books.of_bucket(tally, &mut ahead, measure, bucket)?;
                    self.row(scope, measure, Some(bucket), value);
                }
            }
        }
        Ok(())
    }

    fn row(&mut self, scope: &str, measure: Measure, bucket: Option<usize>, value: Figure) {
        let bucket = bucket.map(|bucket| label(self.books.model, bucket));
        self.metrics.push(Metric { name: measure.name().to_owned(), scope: scope.to_owned(), bucket, value });
    }
}

/// A metric as the plan file prints it.
fn figure(measured: Measured) -> Result<Figure, Overflow> {
    measured?.map_or(Ok(Figure::NotApplicable), |value| Amount::rounded(value).map(Figure::Value))
}

/// Weeks of days covered; not applicable where nothing uses the stock up.
pub(super) fn weeks(days: Option<Ratio>) -> Result<Figure, Overflow> {
    days.map_or(Ok(Figure::NotApplicable), |days| Figure::quotient(days, whole(7)))
}

fn minimum_cash(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Option<MinimumCash>, Overflow> {
    let Some(flow) = &ledger.cash else { return Ok(None) };
    let lowest = flow.closing.iter().enumerate().min_by(|(a, x), (b, y)| x.cmp(y).then(a.cmp(b)));
    lowest
        .map(|(bucket, amount)| Ok(MinimumCash { bucket: label(model, bucket), amount: Amount::rounded(*amount)? }))
        .transpose()
}
