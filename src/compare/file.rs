//! A comparison: what `sopc compare --format json` writes. Decimals are strings, units are integers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::Amount;

/// The `format_version` of a comparison.
pub const FORMAT_VERSION: &str = "1.0";

/// Variants of a project side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Comparison {
    /// Version of this format.
    pub format_version: String,
    /// The project's name; empty where no variant has a plan, as the next two.
    pub project: String,
    /// The cycle's name.
    pub cycle: String,
    /// The plan's currency.
    pub currency: String,
    /// In the order in which they were asked for; the first one is what the others are held against.
    pub variants: Vec<Variant>,
    /// Lines and transfers of which a variant has other units than the first one, the largest difference first.
    pub lines: Vec<LineUnits>,
}

/// A variant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Variant {
    /// As it was asked for.
    pub name: String,
    /// Whether there is a plan of it.
    pub state: VariantState,
    /// Why there is none.
    pub problems: Vec<String>,
    /// Its plan.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plan_hash: Option<String>,
    /// Five numbers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub figures: Option<Figures>,
    /// What its plan earns, by the economics of the project.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub objective: Option<Amount>,
    /// No plan of it earns more than that and this; absent where nothing is proven.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tolerance: Option<Amount>,
    /// The rules that it uses, in the order of their file.
    pub rules: Vec<RuleTotal>,
    /// The limits that bind.
    pub limits: Vec<Binding>,
    /// Gates that it misses, by id.
    pub missed_gates: Vec<String>,
}

/// Whether there is a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VariantState {
    /// There is one.
    #[default]
    Planned,
    /// There is one, and a gate refuses it.
    Refused,
    /// Proven: no plan keeps every commitment.
    Infeasible,
    /// Neither a plan nor a proof was found.
    NotFound,
    /// Its inputs are invalid.
    Invalid,
}

/// The five numbers, of the horizon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    /// Units sold x price.
    pub revenue: Amount,
    /// Revenue less what the sales cost.
    pub contribution: Amount,
    /// Landed cost of new orders.
    pub purchases: Amount,
    /// Units sold in their own bucket / demand.
    pub fill_rate: Amount,
    /// Lowest closing cash; absent where no cash is planned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lowest_cash: Option<Amount>,
    /// The first bucket that has it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lowest_cash_bucket: Option<String>,
}

/// What is used of a rule in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleTotal {
    /// The rule.
    pub rule: String,
    /// How much, in its own measure.
    #[serde(rename = "use")]
    pub used: Amount,
}

/// A limit that binds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Binding {
    /// `budget`, `storage-capacity`, ..., or `cash-minimum`.
    pub kind: String,
    /// Which one.
    pub of: String,
    /// Buckets in which less than a hundredth of it is left.
    pub buckets: Vec<String>,
}

/// A line, and how large it is in each variant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineUnits {
    /// Its key in the plan files.
    pub key: String,
    /// Units by variant: 0 where it has no such line, null where it has no plan.
    pub units: Vec<Option<i64>>,
}
