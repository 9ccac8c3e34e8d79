//! Why a plan is as it is: a chain of causes, each with the line that states it and the money that it comes to.
//!
//! Everything told is read from the plan file and the checked world; nothing is planned anew. What would have been otherwise is booked ([`books`]):
//! the plan with one decision changed ([`otherwise`]). A reader can do the sums again from what is told.

mod books;
mod denied;
mod limit;
mod metric;
mod money;
mod names;
mod order;
mod otherwise;
mod policy;
mod stock;
mod transfer;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::metrics::Kind;
use crate::model::Model;
use crate::model::moves::Moves;
use crate::network::{CashAmount, Network};
use crate::plan::{Action, Order, Plan, decisions, moves};
use crate::source::{Place, Sources};
use crate::units::{Overflow, Ratio, ratio};

/// A link of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// 0 for what was asked about, 1 for its causes, 2 for theirs.
    pub depth: usize,
    /// The cause.
    pub text: String,
    /// The line that states it, where one does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Place>,
    /// The units of a shortage that this denied: an entry of the allocation ledger.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub denied: Option<Denied>,
}

/// Units that a channel asked for and did not get. Those of a channel and bucket add up to its shortage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Denied {
    /// How many.
    pub units: i64,
    /// What denied them: a commitment's kind (`budget`, `cash-minimum`, `fill-rate`, ...), `rule:ID` for a rule that is spared, `time` where
    /// nothing can arrive, `stock` where a feeding location has none, `money` where more of it does not pay, `kept` for stock that has a better
    /// use, `search` where nothing stands in the way but that the planner did not find it.
    pub by: String,
}

/// Why nothing is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTold {
    /// There is no such thing in the plan.
    Unknown(Unknown),
    /// The plan is one of another project, or of other inputs.
    Foreign,
    /// Numbers do not fit together.
    Overflow,
}

/// A name that the plan does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What there is not: `item`, `bucket`, `metric`, ...; empty where nobody knows what it was to be.
    pub kind: &'static str,
    /// The part of what was asked that is wrong.
    pub part: String,
    /// What could be asked instead, the nearest first.
    pub near: Vec<String>,
}

use books::Books;
use names::What;

impl From<Overflow> for NotTold {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}

/// What is asked about, and all there is to tell it from.
struct Asked<'a> {
    network: &'a Network,
    model: &'a Model<'a>,
    sources: &'a Sources,
    plan: &'a Plan,
    books: &'a Books<'a>,
}

/// The chain of causes of one thing in a plan: see [`all_why`].
///
/// # Errors
/// As [`all_why`].
pub fn why(network: &Network, sources: &Sources, plan: &Plan, what: &str) -> Result<Vec<Link>, NotTold> {
    all_why(network, sources, plan, |tell| tell(what))
}

/// Asks several things of one plan: `ask` is given what tells the chain of each.
///
/// What can be asked about are the key of a line, an item, `ITEM@BUCKET`, `ITEM/CHANNEL/BUCKET`, `limit:KIND/NAME@BUCKET`, a rule, a gate, a
/// promotion, and a metric, `METRIC/KIND:NAME@BUCKET`.
///
/// # Errors
/// Where the plan is of another project, or has no such thing.
pub fn all_why<T>(
    network: &Network,
    sources: &Sources,
    plan: &Plan,
    ask: impl FnOnce(&dyn Fn(&str) -> Result<Vec<Link>, NotTold>) -> Result<T, NotTold>,
) -> Result<T, NotTold> {
    let moves = moves(network, plan);
    let stated = Model::new(network)?;
    let model = if moves == Moves::default() { stated } else { stated.moved(moves)? };
    let outcome = decisions(&model, plan).ok_or(NotTold::Foreign)?;
    let books = Books::new(&model, outcome)?;
    let asked = Asked { network, model: &model, sources, plan, books: &books };
    ask(&|what| asked.chain(what))
}

impl Asked<'_> {
    /// The chains of all that a name stands for.
    fn chain(&self, what: &str) -> Result<Vec<Link>, NotTold> {
        let mut told = Vec::new();
        for one in names::of(self, what)? {
            match one {
                What::Lines(lines) => {
                    for line in lines {
                        told.extend(order::chain(self, line)?);
                    }
                }
                What::Transfer(sent) => told.extend(transfer::chain(self, sent)?),
                What::Item(item) => told.extend(stock::overall(self, item)?),
                What::Stock(item, offer, bucket) => told.extend(stock::in_bucket(self, item, offer, bucket)?),
                What::Limit(rows) => told.extend(limit::rows(self, &rows)),
                What::Cash(bucket) => told.extend(limit::cash(self, bucket)?),
                What::Policy(chain) => told.extend(chain),
                What::Metric(metric) => told.extend(metric::chain(self, &metric)?),
            }
        }
        Ok(told)
    }

    /// The bucket of a label, those of the tail too.
    fn bucket(&self, label: &str) -> Option<usize> {
        self.model.buckets().iter().position(|bucket| bucket.period.to_string() == label)
    }

    fn label(&self, bucket: usize) -> String {
        super::words::label(self.model, bucket)
    }

    /// Money of the plan file.
    fn money(&self, amount: crate::plan::Amount) -> String {
        format!("{} {}", crate::render::number::money(amount), self.plan.currency)
    }

    /// The line of a key in the entry that begins at a header, else the header.
    fn key(&self, entry: &Place, key: &str) -> Option<Place> {
        super::places::key_place(self.sources, entry, key).or_else(|| Some(entry.clone()))
    }

    /// Where a line comes from: its lane, or the open order that it is.
    fn stated(&self, line: &Order) -> Option<Place> {
        let network = self.network;
        let open = network
            .open_orders
            .iter()
            .find(|one| Some(&one.id) == line.id.as_ref() && network.item(one.item).id == line.item);
        let lane = || {
            network.lanes.iter().find(|lane| {
                network.item(lane.item).id == line.item
                    && network.supplier(lane.supplier).id == line.supplier
                    && network.location(lane.location).id == line.location
                    && Some(&lane.mode) == line.mode.as_ref()
            })
        };
        open.map(|open| open.origin.clone()).or_else(|| lane().map(|lane| lane.origin.clone()))
    }

    /// Where a part of the plan is stated, where one table states it.
    fn stated_part(&self, kind: Kind, id: &str) -> Option<Place> {
        let network = self.network;
        match kind {
            Kind::Item => network.items.iter().find(|one| one.id == id).map(|one| one.origin.clone()),
            Kind::Channel => network.channels.iter().find(|one| one.id == id).map(|one| one.origin.clone()),
            Kind::Location => network.locations.iter().find(|one| one.id == id).map(|one| one.origin.clone()),
            Kind::Supplier => network.suppliers.iter().find(|one| one.id == id).map(|one| one.origin.clone()),
            Kind::Category | Kind::Class => None,
        }
    }

    /// What a flow of cash comes to in a bucket.
    fn flow(&self, amount: &CashAmount, bucket: usize) -> Result<Ratio, Overflow> {
        match amount {
            CashAmount::On(day, amount) if self.model.buckets()[bucket].contains(*day) => Ok(ratio(*amount)),
            CashAmount::On(..) => Ok(Ratio::default()),
            CashAmount::Flow(series) => Ok(self.model.flows(series)?.get(bucket).copied().unwrap_or_default()),
        }
    }

    /// New lines of an item.
    fn new_orders(&self, item: &str) -> impl Iterator<Item = &Order> {
        let item = item.to_owned();
        self.plan.orders.iter().filter(move |one| one.item == item && one.action == Action::New)
    }
}

fn link(depth: usize, text: impl Into<String>, source: Option<Place>) -> Link {
    Link { depth, text: text.into(), source, denied: None }
}
