//! The answer: what `sopc next --format json` writes. Decimals are strings, units are integers.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::Amount;
use crate::source::Place;

/// The `format_version` of an answer.
pub const FORMAT_VERSION: &str = "1.0";

/// What more of some limits buys, one limit at a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Next {
    /// Version of this format.
    pub format_version: String,
    /// The project's name.
    pub project: String,
    /// The cycle's name.
    pub cycle: String,
    /// The day stock was counted.
    pub as_of: NaiveDate,
    /// The plan's currency.
    pub currency: String,
    /// What the best plan known earns as things are; everything is held against that one.
    pub objective: Amount,
    /// What it earns beyond the plan that `sopc plan` makes: looking for plans with more may come upon one that needs no more.
    pub found: Amount,
    /// No plan earns more than that and this, as things are; absent where nothing is proven.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tolerance: Option<Amount>,
    /// Plans that were made, the one of things as they are among them.
    pub plans: usize,
    /// What was planned with more, the best first.
    pub steps: Vec<Step>,
    /// Limits that more is worth nothing of, by kind, name and bucket.
    pub nothing: Vec<Nothing>,
    /// Limits that more may be worth something of, and that were not planned: their number was limited.
    pub left_out: Vec<Nothing>,
}

/// A plan with more of one limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// `budget`, `cash`, `inventory-value`, `storage-capacity`, `inbound-capacity`, `outbound-capacity` or `supplier-capacity`.
    pub kind: String,
    /// Which one.
    pub of: String,
    /// When; of cash, from when on. `all` for every bucket.
    pub bucket: String,
    /// How much more: money, m3, units or capacity units, in each bucket.
    pub amount: Amount,
    /// Where the limit is stated.
    pub source: Place,
    /// What the plan earns more, in the terms of its objective. Not below 0 while rules and what is given stay: the plan as it is remains one.
    pub gain: Amount,
    /// The gain is known within this, up and down: the larger of the gaps of both plans.
    pub tolerance: Amount,
    /// No plan earns more than this beyond the plan as it is; absent where nothing is proven.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at_most: Option<Amount>,
    /// What is used beyond what there is now, over the buckets with more; of cash, what balances fall below those of now at most.
    pub used: Amount,
    /// Revenue, after less before.
    pub revenue: Amount,
    /// Contribution, after less before.
    pub contribution: Amount,
    /// Landed cost of new orders, after less before.
    pub purchases: Amount,
    /// Fill rate before.
    pub fill_rate_before: Amount,
    /// Fill rate after.
    pub fill_rate_after: Amount,
    /// Uses of what is given and of rules that differ, in the order in which they are settled.
    pub levels: Vec<LevelChange>,
    /// Items of which other units are sold or bought, the largest difference first.
    pub items: Vec<ItemChange>,
    /// True where this plan is the one that everything is held against: better than the one `sopc plan` makes, and none of what is more is used.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub is_base: bool,
}

/// How much is used of what is given, or of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LevelChange {
    /// `given`, or the rule's id.
    pub rule: String,
    /// As things are.
    pub before: Amount,
    /// With more.
    pub after: Amount,
}

/// What becomes of an item, over the horizon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ItemChange {
    /// The item.
    pub item: String,
    /// Units sold, after less before.
    pub sold: i64,
    /// Units of new orders, after less before.
    pub bought: i64,
}

/// A limit that was not planned with more.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Nothing {
    /// Its kind.
    pub kind: String,
    /// Which one.
    pub of: String,
    /// When.
    pub bucket: String,
    /// With more of it no plan earns more than this beyond the plan as it is; absent where nothing is proven.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at_most: Option<Amount>,
}
