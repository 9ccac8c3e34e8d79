//! Actuals against the approved plan: from a plan file and what is told since to a [`Tracking`].
//!
//! What the plan sells and what it assumes comes from the plan file; prices, costs and the lines that state all this from the checked
//! world it was made of. Of a bucket that is running the plan counts with the part of its days that is over, since sales are planned
//! evenly over a bucket. `docs/tracking.md` says how differences are told apart.

mod actuals;
mod cash;
mod exceptions;
mod file;
mod given;
mod held;
mod kept;
mod lost;
mod metrics;
mod payments;
mod places;
mod planned;
mod projection;
mod revisit;
mod schema;
mod stock;
mod supply;
mod told;
mod transfers;
mod variance;

pub use file::*;
pub use kept::{Kept, TOLERANCE, Untold, kept};
pub(crate) use planned::moves as promotion_moves;
pub use schema::{SCHEMA, schema};

use chrono::NaiveDate;

use crate::network::Network;
use crate::plan::Plan;
use crate::units::Overflow;
use given::Given;
use held::{Held, Tables};

/// Why nothing can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untracked {
    /// The plan was not made of these inputs, and why that is known.
    OtherPlan(String),
    /// No row tells of a day of the plan.
    NothingTold,
    /// Numbers do not fit.
    Overflow,
}

impl From<Overflow> for Untracked {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}

/// Holds what came to be against a plan that was made of `network`, up to and with the day `through`, by default the last one that
/// is told of.
///
/// # Errors
/// Where the plan is another one, or nothing is told of its days.
pub fn track(network: &Network, plan: &Plan, through: Option<NaiveDate>) -> Result<Tracking, Untracked> {
    let given = Given::of(network, plan, through)?;
    let held = Held::of(&given)?;
    let tables = held.tables()?;
    let metrics = held.metrics(&tables)?;
    let cash = held.cash(&tables)?;
    let exceptions = held.exceptions(&tables, cash.as_ref())?;
    let revisit = held.revisit(&tables)?;
    let notes = held.notes(&tables, through.is_some());
    let Tables { sales, supply, transfers, stock, places, payments, projection } = tables;
    Ok(Tracking {
        format_version: FORMAT_VERSION.to_owned(),
        compiler_version: env!("CARGO_PKG_VERSION").to_owned(),
        project: plan.project.clone(),
        cycle: plan.cycle.clone(),
        currency: plan.currency.clone(),
        plan_hash: plan.plan_hash.clone(),
        as_of: plan.as_of,
        through: given.span.through,
        buckets: given.span.tracked(),
        variance: variance::total(&sales)?,
        metrics,
        sales,
        supply,
        transfers,
        stock,
        places,
        payments,
        projection,
        cash,
        exceptions,
        revisit,
        items: plan.items.clone(),
        notes,
    })
}
