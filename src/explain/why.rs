//! Why a plan is as it is: a chain of causes, each with the line that states it and the money that it comes to.
//!
//! Everything told is read from the plan file and the checked world; nothing is planned anew. A reader can do the sums again from what is told.

mod limit;
mod money;
mod order;
mod policy;
mod stock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Model;
use crate::network::{CashAmount, Network};
use crate::plan::{Action, Order, Plan};
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
}

/// Why nothing is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTold {
    /// There is no such thing in the plan; these are called alike.
    Unknown(Vec<String>),
    /// Numbers do not fit together.
    Overflow,
}

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
}

/// Most names that are offered in place of one that is not known.
const NEAR: usize = 5;

/// The chain of causes of something in a plan: the key of a line, an item, `item@bucket`, `limit:KIND/NAME@bucket`, a rule, a gate, a promotion or a
/// metric.
///
/// # Errors
/// Where the plan has no such thing.
pub fn why(network: &Network, sources: &Sources, plan: &Plan, what: &str) -> Result<Vec<Link>, NotTold> {
    let model = Model::new(network)?;
    let asked = Asked { network, model: &model, sources, plan };
    match asked.chain(what)? {
        Some(chain) => Ok(chain),
        None => Err(NotTold::Unknown(near(&asked, what))),
    }
}

impl Asked<'_> {
    fn chain(&self, what: &str) -> Result<Option<Vec<Link>>, Overflow> {
        if let Some(name) = what.strip_prefix("limit:") {
            return limit::chain(self, name);
        }
        let lines: Vec<&Order> =
            self.plan.orders.iter().filter(|one| one.key == what || one.id.as_deref() == Some(what)).collect();
        if !lines.is_empty() {
            let chains = lines.into_iter().map(|line| order::chain(self, line));
            return Ok(Some(chains.collect::<Result<Vec<_>, _>>()?.concat()));
        }
        if let Some(sent) = self.plan.transfers.iter().find(|one| one.key == what) {
            return order::transfer(self, sent).map(Some);
        }
        if let Some((item, bucket)) = what.rsplit_once('@')
            && let Some(item) = self.network.items.iter().position(|one| one.id == item)
            && let Some(bucket) = self.bucket(bucket)
        {
            return stock::in_bucket(self, item, bucket).map(Some);
        }
        if let Some(item) = self.network.items.iter().position(|one| one.id == what) {
            return stock::overall(self, item).map(Some);
        }
        Ok(policy::chain(self, what))
    }

    /// The bucket of a label, of the horizon.
    fn bucket(&self, label: &str) -> Option<usize> {
        self.model.horizon().iter().position(|bucket| bucket.period.to_string() == label)
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
    Link { depth, text: text.into(), source }
}

/// Names that can be asked about and are spelled like `what`, the nearest first.
fn near(asked: &Asked<'_>, what: &str) -> Vec<String> {
    let mut names: Vec<String> = asked.plan.orders.iter().map(|one| one.key.clone()).collect();
    names.extend(asked.plan.orders.iter().filter_map(|one| one.id.clone()));
    names.extend(asked.plan.transfers.iter().map(|one| one.key.clone()));
    names.extend(asked.network.items.iter().map(|one| one.id.clone()));
    if let Some((_, bucket)) = what.rsplit_once('@') {
        names.extend(asked.network.items.iter().map(|one| format!("{}@{bucket}", one.id)));
    }
    names.extend(limit::names(asked));
    names.extend(policy::names(asked));
    let wanted = what.to_lowercase();
    let limit = (wanted.chars().count() / 3).clamp(1, 4);
    let far = |name: &str| {
        let name = name.to_lowercase();
        // A part of a name is as good as one letter wrong.
        if name.contains(&wanted) || wanted.contains(&name) { 1 } else { strsim::damerau_levenshtein(&wanted, &name) }
    };
    let mut all: Vec<(usize, String)> = names.into_iter().map(|name| (far(&name), name)).collect();
    all.retain(|(far, _)| *far <= limit);
    all.sort();
    all.dedup();
    all.truncate(NEAR);
    all.into_iter().map(|(_, name)| name).collect()
}
