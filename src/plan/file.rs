//! The plan file: what `sopc plan --format json` writes and everything else reads.
//!
//! `format_version` 1.x only ever adds keys; readers ignore those they do not know. Decimals are strings, units are
//! integers, buckets are named by their labels, arrays stand in canonical order, paths are relative with `/`.
//! No time of day, host or user is in it.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Amount, Figure};
use crate::source::Place;

/// The `format_version` this compiler writes.
pub const FORMAT_VERSION: &str = "1.0";

/// True for versions of the format that this compiler reads: 1.x, of which each only adds to the one before.
#[must_use]
pub fn reads_version(version: &str) -> bool {
    let minor = version.strip_prefix("1.");
    minor.is_some_and(|minor| minor.parse::<u32>().is_ok_and(|number| number.to_string() == minor))
}

/// One executable plan: what is bought, moved and sold, by bucket, and what that does to stock and cash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// Version of this format.
    pub format_version: String,
    /// Version of the compiler that made the plan.
    pub compiler_version: String,
    /// The project's name.
    pub project: String,
    /// The cycle's name.
    pub cycle: String,
    /// The day stock was counted.
    pub as_of: NaiveDate,
    /// The plan's currency.
    pub currency: String,
    /// The buckets, in order of time.
    pub buckets: Vec<PlanBucket>,
    /// What people know of the items, by id: for reports, and no part of what is planned.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub items: Vec<PlanItem>,
    /// The files it was compiled from, by path.
    pub inputs: Vec<Input>,
    /// SHA-256 over the paths and hashes of `inputs`.
    pub input_hash: String,
    /// SHA-256 over the plan itself: everything but `compiler_version`, `inputs`, `input_hash`, `plan_hash`,
    /// `diagnostics`, `items` and sources, so that renamed files and moved lines that mean the same keep it.
    pub plan_hash: String,
    /// What kind of plan it is.
    pub status: Status,
    /// How good it is.
    pub certificate: Certificate,
    /// The figures of the whole plan.
    pub summary: Summary,
    /// Purchase orders, new and open, by receipt bucket, item, location, supplier, mode, id.
    pub orders: Vec<Order>,
    /// What facts alone break.
    pub given: Vec<Given>,
    /// Transfers between own locations, those for after the horizon too, by receipt bucket, item, location, source, mode.
    pub transfers: Vec<Transfer>,
    /// Orders for after the horizon.
    pub tail: Vec<Order>,
    /// Promotions that moved.
    pub promotions: Vec<MovedPromotion>,
    /// Demand and what is planned of it, by item, channel, location, bucket.
    pub allocations: Vec<Allocation>,
    /// Stock by item, location, bucket.
    pub inventory: Vec<Inventory>,
    /// Cash by bucket; empty where no cash is planned.
    pub cash: Vec<CashBucket>,
    /// Use of each limit, by kind, name, bucket.
    pub capacity: Vec<Capacity>,
    /// Every use of a rule, by rule in the order of their file, bucket, what was let go.
    pub rules_used: Vec<RuleUse>,
    /// Metrics: of the whole plan, then by scope, name, bucket; the horizon before its buckets, which items have none of.
    pub metrics: Vec<Metric>,
    /// Gates and their verdicts, by id.
    pub gates: Vec<GateVerdict>,
    /// Waivers of gates, and whether they let one pass, by where they are stated.
    pub waivers: Vec<WaiverUse>,
    /// Warnings and notes of the inputs, by place.
    pub diagnostics: Vec<PlanDiagnostic>,
}

impl Plan {
    /// True where a gate refuses it.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.gates.iter().any(|gate| gate.refuses && gate.is_missed())
    }
}

/// What an infeasible run prints instead of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NoPlan {
    /// `infeasible` where that is proven, `not-found` where no plan was found and none was proven impossible.
    pub status: NoPlanStatus,
    /// If there is a plan, it earns no more than this; absent where there is none, and where nothing is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bound: Option<Amount>,
    /// True where the search was stopped before its end: with more time it may find a plan. Absent otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub interrupted: bool,
    /// What contradicts what.
    pub conflicts: Vec<Conflict>,
}

/// Why there is no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NoPlanStatus {
    /// Proven: no plan keeps every commitment.
    Infeasible,
    /// Neither a plan nor a proof was found.
    NotFound,
}

/// Commitments that cannot hold together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Conflict {
    /// What could be withdrawn.
    pub members: Vec<ConflictMember>,
    /// The story, told from facts.
    pub causes: Vec<String>,
    /// Single changes that would each let a plan exist, the cheapest first; beside other conflicts, with those mended as well.
    #[serde(default)]
    pub repairs: Vec<Repair>,
    /// What the best plan found earns without all members of all conflicts: what the costs of repairs are held against. Absent without repairs.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub earned_without: Option<Amount>,
}

/// A change of the inputs that would let a plan exist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Repair {
    /// The change, as TOML; its first line says where it goes.
    pub edit: String,
    /// By how much.
    pub amount: Amount,
    /// What the best plan found then earns less than `earned_without`.
    pub cost: Amount,
}

/// A commitment in a conflict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ConflictMember {
    /// Its kind.
    pub kind: String,
    /// Which one.
    pub key: String,
    /// Where it is stated.
    pub source: Place,
}

/// A stretch of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanBucket {
    /// `2026-02` or `2026-W07`.
    pub label: String,
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
    /// True behind the horizon.
    pub tail: bool,
}

/// What people know of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanItem {
    /// Its id.
    pub item: String,
    /// Its name, where it has another than its id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Its category.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub category: Option<String>,
    /// Its ABC class.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub class: Option<String>,
}

/// A file the plan was compiled from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    /// Relative to the root, with `/`.
    pub path: String,
    /// Of its bytes, in hexadecimal.
    pub sha256: String,
}

/// What kind of plan it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Keeps every commitment.
    Feasible,
    /// Keeps them with the help of rules.
    Relaxed,
    /// Breaks some; never approvable.
    Draft,
}

/// How good the plan is, and what is proven of that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    /// Money earned, by the economics of the project.
    pub objective: Amount,
    /// No plan earns more; absent where nothing is proven.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bound: Option<Amount>,
    /// With more of the limits no plan earns more than this and, for each unit more, the limit's `marginal_value`. Not below
    /// `bound`, which knows how much there is now; absent without marginal values.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub marginal_bound: Option<Amount>,
    /// (bound - objective) / max(|bound|, 1 % of revenue); absent without a bound.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub gap: Option<Amount>,
    /// What is given, then each rule, in the order in which they were settled.
    pub levels: Vec<Level>,
    /// True where no plan is given less, and none earns more.
    pub proven: bool,
    /// True where the search was stopped before its end: such a plan is never approvable. Absent otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub interrupted: bool,
}

/// One level of the certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Level {
    /// `given`, or the rule's id.
    pub rule: String,
    /// How much of it the plan uses.
    #[serde(rename = "use")]
    pub used: Amount,
    /// No plan uses less; absent where nothing is proven.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bound: Option<Amount>,
}

/// The figures of the whole plan, horizon only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Units sold x price.
    pub revenue: Amount,
    /// Revenue less fees, fulfilment, standard cost of units sold, and costs of orders, transfers, overflow and lateness.
    pub contribution: Amount,
    /// Landed cost of new orders.
    pub purchases: Amount,
    /// Units sold in their own bucket / demand; 1 without demand.
    pub fill_rate: Amount,
    /// The same, weighted by price.
    pub value_fill_rate: Amount,
    /// Standard cost of units sold, a year / mean inventory value.
    pub inventory_turnover: Figure,
    /// Units sold / (opening stock + receipts).
    pub sell_through: Figure,
    /// Weeks of forward demand that closing stock covers, both at standard cost, mean of the buckets.
    pub weeks_of_supply: Figure,
    /// (Revenue - fees - standard cost of units sold), a year / mean inventory value.
    pub gmroi: Figure,
    /// Highest closing value at standard cost.
    pub peak_inventory_value: Amount,
    /// Lowest closing cash; absent where no cash is planned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub minimum_cash: Option<MinimumCash>,
}

/// The lowest closing cash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MinimumCash {
    /// The first bucket that has it.
    pub bucket: String,
    /// How low.
    pub amount: Amount,
}

/// A purchase order line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Order {
    /// Unique: `item/supplier/location/mode/receipt bucket` of a new or committed line, `id/item` of an open one. Where there are several
    /// it ends in `#1`, `#2`, committed ones first.
    pub key: String,
    /// The purchase order of an open line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id: Option<String>,
    /// What is to be done.
    pub action: Action,
    /// The item.
    pub item: String,
    /// Who sells it.
    pub supplier: String,
    /// Where it arrives.
    pub location: String,
    /// The lane's mode; absent for open lines.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mode: Option<String>,
    /// The day it is placed; of an open line, the day it was, where that is stated.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub release_date: Option<NaiveDate>,
    /// The bucket it serves.
    pub receipt_bucket: String,
    /// The day it can be sold from.
    pub usable_date: NaiveDate,
    /// Units.
    pub units: i64,
    /// What the supplier asks for the goods, freight and duty aside; absent of an open line, and of one that an older plan committed to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub goods: Option<Goods>,
    /// Landed cost of the line in whole minor units; of an open line, what its payments still come to.
    pub landed_cost: Amount,
    /// Fixed cost of the line.
    pub order_cost: Amount,
    /// What is paid and when; of an open line, what is still to pay.
    pub payments: Vec<Payment>,
    /// Why, of a new line: the buckets until the next receipt, what gives it its size, its pin, the rule of its premium lane.
    pub reasons: Vec<String>,
}

/// What is to be done with an order line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Place it.
    New,
    /// Place it as the last plan has it.
    Committed,
    /// It is placed.
    Open,
    /// It was placed and moves.
    Moved,
    /// It was placed and goes.
    Cancelled,
}

/// Goods in the currency of who sells them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Goods {
    /// The supplier's currency.
    pub currency: String,
    /// Unit cost x units, price breaks applied.
    pub value: Amount,
}

/// Money on a day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Payment {
    /// The day.
    pub date: NaiveDate,
    /// Plan currency.
    pub amount: Amount,
}

/// What facts alone break.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Given {
    /// The kind of commitment, as a rule's `relax` names it, or `supplier-capacity`.
    pub kind: String,
    /// Which one.
    pub of: String,
    /// When.
    pub bucket: String,
    /// By how much.
    pub amount: Amount,
    /// Where the commitment is stated.
    pub source: Place,
}

impl Given {
    /// True of promises that fall short before they begin; else a limit is passed.
    #[must_use]
    pub fn is_shortage(&self) -> bool {
        matches!(self.kind.as_str(), "fill-rate" | "safety-stock")
    }
}

/// A transfer between own locations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Transfer {
    /// Unique: `item/from/location/mode/receipt bucket` of a new line, `item/from/location/due day` of one under way.
    pub key: String,
    /// What is to be done.
    pub action: Action,
    /// The item.
    pub item: String,
    /// Where it leaves.
    pub from: String,
    /// Where it arrives.
    pub location: String,
    /// The lane's mode; absent for what is under way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub mode: Option<String>,
    /// The day it leaves; absent for what is under way.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub release_date: Option<NaiveDate>,
    /// The bucket it serves.
    pub receipt_bucket: String,
    /// The day it can be sold from.
    pub usable_date: NaiveDate,
    /// Units.
    pub units: i64,
    /// Freight, in whole minor units.
    pub landed_cost: Amount,
    /// Fixed cost of the line.
    pub order_cost: Amount,
    /// What is paid and when.
    pub payments: Vec<Payment>,
    /// Why, of a new line: the buckets until the next receipt, what gives it its size, its pin, the rule of its premium lane.
    pub reasons: Vec<String>,
}

/// A promotion that moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MovedPromotion {
    /// Its id.
    pub id: String,
    /// Buckets later.
    pub moved: i64,
}

/// Demand of an item in a channel and what is planned of it from a location.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Allocation {
    /// The item.
    pub item: String,
    /// The channel.
    pub channel: String,
    /// Where it is shipped from.
    pub location: String,
    /// When.
    pub bucket: String,
    /// Units asked for, promotions included.
    pub demand: i64,
    /// Units by which a rule lowered it.
    pub lowered: i64,
    /// Units sold in this bucket, from this location.
    pub planned: i64,
    /// Units of this bucket's demand that are delivered later.
    pub delivered_late: i64,
    /// When they are.
    pub delivered: BTreeMap<String, i64>,
    /// Units that are not sold in their bucket, from any location, beside those by which demand was lowered.
    pub short: i64,
    /// Why not.
    pub short_by: ShortBy,
    /// None so far: `short_by` and `rules_used` tell them.
    pub reasons: Vec<String>,
}

/// The parts of a shortage; they add up to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShortBy {
    /// Nothing that can be decided now arrives in time: before the first bucket that a new order can reach.
    pub given: i64,
    /// No stock is left.
    pub no_stock: i64,
    /// Stock is left at the end of the bucket, kept for a better use.
    pub held_back: i64,
}

/// Stock of an item at a location in a bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Inventory {
    /// The item.
    pub item: String,
    /// The location.
    pub location: String,
    /// When.
    pub bucket: String,
    /// Units at the beginning, before receipts.
    pub opening: i64,
    /// Units received from suppliers.
    pub receipts: i64,
    /// Units received from own locations.
    pub transfers_in: i64,
    /// Units sent to own locations.
    pub transfers_out: i64,
    /// Units sold.
    pub sales: i64,
    /// Units at the end.
    pub closing: i64,
    /// Units on their way to own locations at the end.
    pub in_transit: i64,
    /// Safety stock wanted.
    pub safety_stock: i64,
    /// Weeks of forward demand that the closing stock covers; `n/a` where no demand will ever use it up.
    pub weeks_of_supply: Figure,
}

/// Cash of a bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CashBucket {
    /// When.
    pub bucket: String,
    /// Balance at the beginning.
    pub opening: Amount,
    /// What arrives from sales.
    pub sales: Amount,
    /// What is paid for purchases, as a positive amount.
    pub purchases: Amount,
    /// Other flows; negative for payments.
    pub other: Amount,
    /// Balance at the end.
    pub closing: Amount,
    /// The least it may be.
    pub minimum: Amount,
    /// What is earned at most by each unit of money that it may be lower by, in this bucket alone; like that of a limit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub marginal_value: Option<Amount>,
    /// The step that holds for; like that of a limit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub marginal_step: Option<Amount>,
}

/// Use of a limit in a bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Capacity {
    /// `budget`, `inventory-value`, `storage-capacity`, `inbound-capacity`, `outbound-capacity` or `supplier-capacity`.
    pub kind: String,
    /// Which one.
    pub of: String,
    /// When.
    pub bucket: String,
    /// How much of it the plan uses.
    pub used: Amount,
    /// How much there is.
    pub limit: Amount,
    /// What one more unit of it earns at most, beside the certificate's `marginal_bound`; absent where nothing is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub marginal_value: Option<Amount>,
    /// The step that holds for: so many units more are worth that at most, and any beyond them nothing. Absent where the value is 0, and where
    /// nobody looked: where stocks times limits that are worth something are more than 1,000.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub marginal_step: Option<Amount>,
}

/// A use of a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleUse {
    /// The rule.
    pub id: String,
    /// How much of it, in the measure of what it lets go of.
    #[serde(rename = "use")]
    pub used: Amount,
    /// When; of promotions and orders, the bucket they leave.
    pub bucket: String,
    /// What was let go: an item and channel, a limit, a promotion, ...
    pub of: String,
    /// How much of it: units, money, m3 or buckets.
    pub amount: Amount,
    /// The money that it gives up, where that can be said without planning anew.
    pub cost: Option<Amount>,
    /// Where the rule is stated.
    pub source: Place,
}

/// A metric of a scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Metric {
    /// Which metric.
    pub name: String,
    /// Of what: `plan`, `item:A`, `channel:amazon`, ...
    pub scope: String,
    /// When; absent for the whole horizon.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bucket: Option<String>,
    /// Its value.
    pub value: Figure,
}

/// A gate's verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GateVerdict {
    /// Its id.
    pub id: String,
    /// What is measured.
    pub metric: String,
    /// What the plan has of it.
    pub value: Figure,
    /// The least it may be.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at_least: Option<Amount>,
    /// The most it may be.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at_most: Option<Amount>,
    /// True where the value is within; what has no value misses nothing.
    pub passed: bool,
    /// True where a waiver lets it pass all the same.
    pub waived: bool,
    /// True where the plan is refused if it is missed; else that is a warning.
    pub refuses: bool,
    /// Where it is stated.
    pub source: Place,
}

impl GateVerdict {
    /// True where the plan misses it, and no waiver lets that pass.
    #[must_use]
    pub fn is_missed(&self) -> bool {
        !self.passed && !self.waived
    }
}

/// A waiver of a gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WaiverUse {
    /// The gate.
    pub of: String,
    /// True where it let something pass: the gate is missed, and the waiver has not expired.
    pub used: bool,
    /// Where it is stated.
    pub source: Place,
}

/// A warning or note of the inputs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlanDiagnostic {
    /// `SOP7001`.
    pub code: String,
    /// `warning` or `note`.
    pub severity: String,
    /// What is wrong.
    pub message: String,
    /// Where; absent where no line is to blame.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source: Option<Place>,
}
