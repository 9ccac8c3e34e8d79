//! Demand as it is derived: from what is stated, from history by outlooks, by people's changes, by promotions; how far outlooks would
//! have been off, and which assumption carries how much money.
//!
//! All of it follows from the checked world; no plan is made. Units are those that the planner plans for.

mod carried;
mod derived;
mod error;
mod words;

use serde::Serialize;

use crate::network::Network;
use crate::plan::{Amount, Figure};
use crate::source::Place;
use crate::units::Overflow;

/// The demand of a project, derived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Derived {
    /// The project's name.
    pub project: String,
    /// The cycle's name.
    pub cycle: String,
    /// The plan's currency.
    pub currency: String,
    /// The buckets of the horizon.
    pub buckets: Vec<String>,
    /// Demand by item, channel, bucket; without those in which an item is not sold.
    pub rows: Vec<Row>,
    /// The whole months or weeks of history that are held back, in order of time.
    pub held_back: Vec<String>,
    /// How far outlooks would have been off in them: of the whole, then by part as metrics are.
    pub errors: Vec<Error>,
    /// What demand rests on, the most money first.
    pub carried: Vec<Carried>,
}

/// Demand of an item in a channel and bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The item.
    pub item: String,
    /// The channel.
    pub channel: String,
    /// When.
    pub bucket: String,
    /// Whole units that are planned for.
    pub units: i64,
    /// The same before rounding by running totals.
    pub exact: Amount,
    /// Units x price of the bucket, before rounding.
    pub value: Amount,
    /// Where it comes from.
    pub basis: Basis,
    /// How it comes about: `190 (190.4) = 170 in 2025-04 x 1.12`.
    pub because: String,
    /// The lines that it rests on.
    pub sources: Vec<Source>,
}

/// Where demand comes from, before people and promotions change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// A row of demand states it.
    Stated,
    /// An outlook derives it from history.
    History,
    /// An outlook speaks of it, and history does not reach.
    Unknown,
    /// Nothing speaks of it.
    Nothing,
}

/// A line that something rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Source {
    /// What stands there.
    pub what: String,
    /// Where.
    pub place: Place,
}

/// How far outlooks would have been off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Error {
    /// Of what: `plan`, `item:A`, `channel:amazon`, ...
    pub scope: String,
    /// What would have been expected.
    pub forecast: Amount,
    /// What came, as far as something was expected.
    pub actual: Amount,
    /// Sum of |actual - forecast| / sum of actuals.
    pub error: Figure,
    /// Sum of (forecast - actual) / sum of actuals: positive where too much was expected.
    pub bias: Figure,
    /// The variant MAPE: mean of |actual - forecast| / actual; not applicable where nothing came of one number.
    pub mape: Figure,
    /// The variant tracking signal: sum of (forecast - actual) / mean of |forecast - actual|; beyond 4 either way it is off for good.
    pub tracking_signal: Figure,
    /// Sum of |actual - forecast| x price of the first bucket.
    pub money: Amount,
    /// Months or weeks that were compared, of each item and channel.
    pub compared: usize,
    /// Those of which history does not tell enough to expect anything.
    pub left_out: usize,
}

/// What demand rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// `demand`, `outlook`, `growth`, `adjust` or `promotion`.
    pub kind: String,
    /// Which one.
    pub name: String,
    /// Value of demand over the horizon that there would not be without it; negative where it takes some away.
    pub money: Amount,
    /// Its share of the value of all demand.
    pub share: Figure,
    /// Where it stands.
    pub place: Place,
}

/// What may be asked for. What is empty asks for everything.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Items, by id.
    pub items: Vec<String>,
    /// Whole months or weeks of history to hold back; a quarter of a year where nothing is said.
    pub held_back: Option<usize>,
}

/// Derives the demand of a project.
///
/// # Errors
/// Where numbers do not fit together.
pub fn derive(network: &Network, asked: &Asked) -> Result<Derived, Overflow> {
    let is_asked = |item: &str| asked.items.is_empty() || asked.items.iter().any(|id| id == item);
    let mut offers = Vec::new();
    for offer in network.offers.iter().filter(|offer| is_asked(&network.item(offer.item).id)) {
        offers.push(derived::Offer::of(network, offer)?);
    }
    let mut rows = Vec::new();
    for offer in &offers {
        rows.extend(offer.rows()?);
    }
    let (held_back, errors) = error::errors(network, asked.held_back, &is_asked)?;
    Ok(Derived {
        project: network.project.clone(),
        cycle: network.cycle.clone(),
        currency: network.currency.clone(),
        buckets: network.calendar.buckets.iter().map(|bucket| bucket.period.to_string()).collect(),
        rows,
        held_back,
        errors,
        carried: carried::carried(network, &offers)?,
    })
}
