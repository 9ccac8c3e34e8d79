//! The plan and what is told of its days, by bucket.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Untracked;
use super::actuals::{self, Facts};
use super::planned::{self, Names, Rows, Span};
use super::stock;
use super::told::Told;
use crate::model::moves::Moves;
use crate::network::Network;
use crate::plan::Plan;

/// A plan, the world it was made of, and what is told since.
pub(super) struct Given<'t> {
    pub(super) network: &'t Network,
    pub(super) plan: &'t Plan,
    pub(super) span: Span,
    pub(super) names: Names<'t>,
    pub(super) facts: Facts,
    pub(super) told: Told,
    /// Promotions where the plan has them.
    pub(super) moves: Moves,
    pub(super) planned: Rows,
    /// Standard cost of a unit, by item.
    pub(super) costs: Vec<Decimal>,
}

impl<'t> Given<'t> {
    /// What there is up to and with the day `through`, by default the last one that is told of.
    pub(super) fn of(network: &'t Network, plan: &'t Plan, through: Option<NaiveDate>) -> Result<Self, Untracked> {
        same_plan(network, plan)?;
        let span = span(network, through)?;
        let names = Names::of(network);
        let facts = Facts::of(network, &span.buckets, span.through)?;
        let moves = planned::moves(network, plan);
        let planned = planned::rows(network, &names, plan, &span, &moves)?;
        let (told, costs) = (Told::of(network), stock::costs(network)?);
        Ok(Self { network, plan, span, names, facts, told, moves, planned, costs })
    }
}

/// The plan and the inputs have to speak of the same days and buckets.
fn same_plan(network: &Network, plan: &Plan) -> Result<(), Untracked> {
    let other = |why: String| Err(Untracked::OtherPlan(why));
    if plan.cycle != network.cycle {
        return other(format!(
            "it is the plan of the cycle `{}`, and the inputs are of `{}`",
            plan.cycle, network.cycle
        ));
    }
    if plan.as_of != network.as_of {
        return other(format!("it is of {}, and the inputs are of {}", plan.as_of, network.as_of));
    }
    let horizon = plan.buckets.iter().filter(|bucket| !bucket.tail).map(|bucket| bucket.label.clone());
    if !horizon.eq(network.calendar.buckets.iter().map(|bucket| bucket.period.to_string())) {
        return other("its buckets are not those of the inputs".to_owned());
    }
    Ok(())
}

/// The buckets from as-of to the last day told.
fn span(network: &Network, through: Option<NaiveDate>) -> Result<Span, Untracked> {
    let (first, last) = (network.calendar.start(), network.calendar.end());
    let told = || network.actuals.iter().filter_map(actuals::last_day).filter(|day| first <= *day);
    // A year mistyped is no reason to call the whole horizon over.
    let inside = told().filter(|day| *day <= last).max();
    let told = inside.or(told().max()).ok_or(Untracked::NothingTold)?;
    let through = through.unwrap_or(told).min(last);
    if through < first {
        return Err(Untracked::NothingTold);
    }
    let buckets = network.calendar.buckets.iter().filter(|bucket| bucket.start <= through).copied().collect();
    Ok(Span { buckets, through })
}
