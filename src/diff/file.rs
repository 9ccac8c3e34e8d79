//! The types of a plan diff, which are its documentation and its JSON.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::edits::Edits;
use crate::plan::{Action, Amount, GateVerdict, Plan, Status};
use crate::source::Place;

/// The `format_version` of a diff that this compiler writes; 1.x only ever adds.
pub const FORMAT_VERSION: &str = "1.0";

/// What lies between two plans of one project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanDiff {
    /// Version of this format.
    pub format_version: String,
    /// Version of the compiler that compared.
    pub compiler_version: String,
    /// The project's name.
    pub project: String,
    /// The currency of all amounts.
    pub currency: String,
    /// Which question is answered.
    pub question: Question,
    /// The plan that is compared with.
    pub base: Side,
    /// The plan that is reviewed.
    pub head: Side,
    /// True where both plan the same; sources and compilers aside.
    pub same: bool,
    /// Which buckets both plans have.
    pub window: Window,
    /// What a plan as good as either could differ by: how far both are from the best at most, together.
    pub tolerance: Amount,
    /// The five numbers.
    pub figures: Vec<FigureDelta>,
    /// Which inputs changed them; absent where the inputs of the base are not at hand.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub attribution: Option<Attribution>,
    /// Purchase and transfer lines that differ, the most money first.
    pub lines: Vec<LineChange>,
    /// How much the plan moves beside what it had to.
    pub stability: Stability,
    /// Promotions that moved otherwise, by id.
    pub promotions: Vec<PromotionChange>,
    /// Limits of which the use or the size differs, by kind, name, bucket.
    pub limits: Vec<LimitChange>,
    /// Rules that are used otherwise, by id.
    pub rules: Vec<RuleChange>,
    /// What is given otherwise, by kind, name, bucket.
    pub given: Vec<GivenChange>,
    /// Gates with another verdict or value, by id.
    pub gates: Vec<GateChange>,
    /// Gates on what the diff itself changes, by id; each stands for the verdict of its id in the plan, which cannot measure it.
    pub frozen_gates: Vec<GateVerdict>,
    /// Sales that differ, by item, channel, bucket.
    pub allocation: Vec<AllocationChange>,
    /// Cash, stock, orders and sales of both plans, by bucket; those that only the new plan reaches at last.
    #[serde(default)]
    pub by_bucket: Vec<BucketPair>,
    /// What makes the one plan file of the other: see [`super::apply`].
    pub edits: Edits,
}

/// What two plans come to in a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BucketPair {
    /// Which.
    pub bucket: String,
    /// In the base; absent where it does not reach that far.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<BucketSums>,
    /// In the new plan.
    pub after: BucketSums,
}

/// What a plan comes to in a bucket, over all items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BucketSums {
    /// Cash at its end; absent where none is planned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cash: Option<Amount>,
    /// The least that may be.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub minimum: Option<Amount>,
    /// What stock is worth at its end, at standard cost.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub inventory_value: Option<Amount>,
    /// Landed cost of orders that are placed in it.
    pub placed: Amount,
    /// Units asked for.
    pub demand: i64,
    /// Units sold in it.
    pub sold: i64,
}

/// Which question a diff answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// What a change of the inputs does: both plans are made on the same day.
    Change,
    /// What a cycle brought: the base was made on another day.
    Cycle,
}

/// One of the two plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Side {
    /// As the reader knows it, such as `git:main`; may be empty.
    pub name: String,
    /// Its cycle.
    pub cycle: String,
    /// The day its stock was counted.
    pub as_of: NaiveDate,
    /// The compiler that made it.
    pub compiler_version: String,
    /// What kind of plan it is.
    pub status: Status,
    /// What is given in all its buckets, whether it differs or not.
    #[serde(default)]
    pub given: GivenCount,
    /// Its hash.
    pub plan_hash: String,
    /// Money earned, by the economics of the project.
    pub objective: Amount,
    /// What the best plan could earn beyond that; absent where nothing is proven.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gap: Option<Amount>,
    /// True where its search was stopped before its end.
    pub interrupted: bool,
}

/// How many rows of a plan are given: facts alone break them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GivenCount {
    /// Promises that fall short before they begin.
    pub shortages: u64,
    /// Limits that are passed.
    pub overruns: u64,
}

impl GivenCount {
    /// Of a plan.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let shortages = plan.given.iter().filter(|row| row.is_shortage()).count() as u64;
        Self { shortages, overruns: plan.given.len() as u64 - shortages }
    }
}

/// Buckets, aligned by their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// Buckets that both plans have within their horizon.
    pub shared: Vec<String>,
    /// Buckets that have passed since the base.
    pub rolled_off: Vec<String>,
    /// Buckets that only the new plan reaches.
    pub rolled_on: Vec<String>,
}

/// One of the five numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FigureDelta {
    /// Which.
    pub name: FigureName,
    /// In the base; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<Amount>,
    /// In the new plan; absent where it has none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<Amount>,
    /// After less before; absent where either is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub delta: Option<Amount>,
    /// What the planner's own tolerance comes to in this number.
    pub tolerance: Amount,
    /// True where the number differs by no more than that.
    pub within_tolerance: bool,
}

/// The names of the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FigureName {
    /// Units sold x price.
    Revenue,
    /// Revenue less what selling it costs; of whole plans only.
    Contribution,
    /// Landed cost of new orders; between cycles only.
    Purchases,
    /// Sold in its own bucket, by value; of whole plans only.
    ValueFillRate,
    /// Sold in its own bucket, by units; between cycles only.
    FillRate,
    /// Lowest closing cash.
    LowestCash,
    /// Highest closing value at standard cost.
    PeakInventoryValue,
}

impl FigureName {
    /// As people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Revenue => "Revenue",
            Self::Contribution => "Contribution",
            Self::Purchases => "Purchases",
            Self::ValueFillRate => "Value fill rate",
            Self::FillRate => "Fill rate",
            Self::LowestCash => "Lowest cash",
            Self::PeakInventoryValue => "Peak inventory value",
        }
    }

    /// True of shares, which have no currency.
    #[must_use]
    pub fn is_share(self) -> bool {
        matches!(self, Self::ValueFillRate | Self::FillRate)
    }

    /// True where more of it is not better: money that lies in stock or is to be paid.
    #[must_use]
    pub fn is_cost(self) -> bool {
        matches!(self, Self::Purchases | Self::PeakInventoryValue)
    }
}

/// Which changed inputs moved the numbers by how much. The rows of a figure add up to its delta.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Attribution {
    /// How effects were told apart.
    pub method: Method,
    /// Plans made for it, beside the two that are compared.
    pub compiles: u32,
    /// The figures that the effects of each row are of, in order.
    pub figures: Vec<FigureName>,
    /// Changed inputs in the order of their places, then what they do only together.
    pub rows: Vec<Cause>,
}

/// How effects are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Each change by itself upon the base; what they do together is a row of its own.
    Alone,
    /// The mean over all orders in which they can be made (Shapley): nothing is left to tell apart.
    Full,
}

/// A row of an attribution.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Cause {
    /// What changed: `supplier yiwu, closures`; `together` for what changes do only together.
    pub cause: String,
    /// What it said, and says; either may be empty.
    pub from: String,
    /// What it says.
    pub to: String,
    /// Where it changed: in the new inputs, or in those of the base where it is gone.
    pub sources: Vec<Place>,
    /// True where these places are in the base.
    pub gone: bool,
    /// By how much it moves each figure; absent where it makes no plan by itself, or a figure has no number.
    pub effects: Vec<Option<Amount>>,
    /// By how much it moves what the plan earns, by the economics of the project.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub objective: Option<Amount>,
    /// True where it moves no figure by more than the planner's own tolerance.
    pub within_tolerance: bool,
    /// Why it has no effects: there is no plan with it alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub without_plan: Option<String>,
}

/// What became of an order line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// There was none.
    New,
    /// The same line with other units.
    ChangeQuantity,
    /// The same line in another bucket.
    Reschedule,
    /// Bought elsewhere, or sent another way.
    ReSource,
    /// One line became several.
    Split,
    /// Several lines became one.
    Merge,
    /// Not bought any more.
    Cancel,
    /// It was to be placed, and now is.
    Released,
    /// Its bucket has passed: what arrived is told by tracking.
    Received,
}

impl Verb {
    /// As people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::New => "New",
            Self::ChangeQuantity => "Change quantity",
            Self::Reschedule => "Reschedule",
            Self::ReSource => "Re-source",
            Self::Split => "Split",
            Self::Merge => "Merge",
            Self::Cancel => "Cancel",
            Self::Released => "Released",
            Self::Received => "Received",
        }
    }

    /// True of what a plan changes; time alone brings the others.
    #[must_use]
    pub fn is_change(self) -> bool {
        !matches!(self, Self::Released | Self::Received)
    }
}

/// A purchase or transfer line as a diff tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Line {
    /// Its key in its plan file.
    pub key: String,
    /// Its purchase order, where it is placed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// What is to be done with it.
    pub action: Action,
    /// True between own locations.
    pub transfer: bool,
    /// The item.
    pub item: String,
    /// The supplier, or the location it leaves.
    pub from: String,
    /// Where it arrives.
    pub location: String,
    /// The lane's mode.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mode: Option<String>,
    /// The day it is placed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub release_date: Option<NaiveDate>,
    /// The bucket it serves.
    pub receipt_bucket: String,
    /// The day it can be sold from.
    pub usable_date: NaiveDate,
    /// Units.
    pub units: i64,
    /// Landed cost and fixed cost of the line.
    pub cost: Amount,
}

/// What became of an order line, or of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineChange {
    /// What became of it.
    pub verb: Verb,
    /// The item; in the new plan's words.
    pub item: String,
    /// As it was; several where they were merged, none where there was none.
    pub before: Vec<Line>,
    /// As it is; several where it was split, none where there is none.
    pub after: Vec<Line>,
    /// Cost after less cost before.
    pub delta: Amount,
    /// The money that is at stake: of what changes hands, day or size, by which changes are ranked.
    pub money: Amount,
    /// True where it is to be placed, or is placed, before the next cycle: this review is the last chance.
    pub before_next_cycle: bool,
    /// True where no changed input is about the item: the planner found another plan as good, or had to make room.
    pub rebalanced: bool,
}

/// How much the plan moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stability {
    /// Lines that are the same in both plans.
    pub unchanged: u64,
    /// Lines that changed.
    pub changed: u64,
    /// Of these, such as only moved in time.
    pub rescheduled: u64,
    /// Changes of lines that are placed before the first new order may be.
    pub frozen: u64,
    /// The money at stake in these.
    pub frozen_money: Amount,
    /// Changes of lines of items that no changed input is about.
    pub rebalanced: u64,
    /// The money at stake in these.
    pub rebalanced_money: Amount,
    /// Lines of buckets that only the new plan reaches; no changes.
    pub rolled_on: u64,
    /// What they cost.
    pub rolled_on_money: Amount,
}

/// A promotion that moved otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PromotionChange {
    /// Its id.
    pub id: String,
    /// Buckets later, in the base.
    pub before: i64,
    /// Buckets later, now.
    pub after: i64,
}

/// A limit in a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LimitChange {
    /// `budget`, `cash-minimum`, `storage-capacity`, ...
    pub kind: String,
    /// Which one.
    pub of: String,
    /// When.
    pub bucket: String,
    /// What it was used by, and how much there was; absent where there was no such limit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<LimitUse>,
    /// The same now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<LimitUse>,
}

/// How far a limit is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LimitUse {
    /// Use.
    pub used: Amount,
    /// The limit.
    pub limit: Amount,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleChange {
    /// Its id.
    pub id: String,
    /// How much of it the base used.
    pub before: Amount,
    /// How much of it the new plan uses.
    pub after: Amount,
    /// Where it is stated; in the base where it is used no more.
    pub source: Place,
}

/// What facts alone break.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GivenChange {
    /// The kind of commitment.
    pub kind: String,
    /// Which one.
    pub of: String,
    /// When.
    pub bucket: String,
    /// By how much, in the base.
    pub before: Amount,
    /// By how much, now.
    pub after: Amount,
}

/// A gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateChange {
    /// Its id.
    pub id: String,
    /// Its verdict in the base; absent where it is new.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<GateVerdict>,
    /// Its verdict now; absent where it is gone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<GateVerdict>,
}

/// What is sold of an item in a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AllocationChange {
    /// The item.
    pub item: String,
    /// The channel.
    pub channel: String,
    /// When.
    pub bucket: String,
    /// In the base.
    pub before: Sold,
    /// Now.
    pub after: Sold,
}

/// Demand and what is sold of it, over all locations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sold {
    /// Units asked for.
    pub demand: i64,
    /// Units sold, late ones too.
    pub sold: i64,
    /// Units that are not sold in their bucket.
    pub short: i64,
}
