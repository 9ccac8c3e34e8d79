//! The types of a tracking, which are its documentation and its JSON.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{Amount, Figure, PlanItem};
use crate::source::Place;

/// The `format_version` of a tracking that this compiler writes; 1.x only ever adds.
pub const FORMAT_VERSION: &str = "1.0";

/// What came to be, held against an approved plan. Differences are actual less plan, to date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tracking {
    /// Version of this format.
    pub format_version: String,
    /// Version of the compiler that compared.
    pub compiler_version: String,
    /// The project's name.
    pub project: String,
    /// The plan's cycle.
    pub cycle: String,
    /// The currency of all amounts.
    pub currency: String,
    /// The plan's hash.
    pub plan_hash: String,
    /// The day the plan begins.
    pub as_of: NaiveDate,
    /// The last day that actuals are told of.
    pub through: NaiveDate,
    /// The buckets from as-of to that day.
    pub buckets: Vec<TrackedBucket>,
    /// By how much revenue differs from the plan, by cause.
    pub variance: Parts,
    /// Figures of the plan to date, and what they came to.
    pub metrics: Vec<TrackedMetric>,
    /// Sales by item, channel, bucket.
    pub sales: Vec<SalesRow>,
    /// Lines of purchase orders that were due, or of which something came, by key; then what came beside them.
    pub supply: Vec<SupplyRow>,
    /// Transfers between own locations that were due, or of which something came, by key; then what came beside them.
    #[serde(default)]
    pub transfers: Vec<TransferRow>,
    /// Stock of each item, all locations together, by item.
    pub stock: Vec<StockRow>,
    /// Stock by item and location, of items that are stocked at several.
    #[serde(default)]
    pub places: Vec<PlaceRow>,
    /// Payments for purchases, by supplier; absent suppliers last.
    pub payments: Vec<PaymentRow>,
    /// How the bucket ends that is running; absent where the last one is over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub projection: Option<Projection>,
    /// Cash at the end of the last bucket; absent where none is planned.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cash: Option<CashEnd>,
    /// What needs a decision now, the most money first.
    pub exceptions: Vec<Exception>,
    /// What the plan assumed and what is to be looked at again in the next cycle, the most money first.
    pub revisit: Vec<Revisit>,
    /// What is not told, and what that means for the numbers.
    pub notes: Vec<String>,
    /// What items are called and belong to, as the plan has it.
    #[serde(default)]
    pub items: Vec<PlanItem>,
}

/// A bucket of the plan, as far as it is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrackedBucket {
    /// `2026-02` or `2026-W07`.
    pub label: String,
    /// First day.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
    /// Its days.
    pub days: i64,
    /// Those that are over.
    pub elapsed: i64,
}

/// A difference of revenue by cause; the parts add up to the total.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Parts {
    /// Revenue less planned revenue.
    pub total: Amount,
    /// Units asked for otherwise than planned, at the mean planned price of their category.
    pub demand: Amount,
    /// Units not sold because goods came late or short; above 0 where more came than was planned for.
    pub supply: Amount,
    /// Units sold, at the difference of prices.
    pub price: Amount,
    /// Dearer or cheaper goods of a category than planned.
    pub mix: Amount,
    /// Sales that no plan has.
    pub unplanned: Amount,
}

/// Sales of an item in a channel and bucket, to date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SalesRow {
    /// The item.
    pub item: String,
    /// The channel.
    pub channel: String,
    /// The bucket.
    pub bucket: String,
    /// The item's category.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub category: Option<String>,
    /// Units planned: of a bucket that is running, for its days that are over.
    pub planned: i64,
    /// Units asked for by plan, in the same way.
    pub demand: i64,
    /// Units sold.
    pub sold: i64,
    /// Units of the difference that are due to supply: below 0 where they could not be sold.
    pub by_supply: i64,
    /// Planned price of a unit.
    pub planned_price: Amount,
    /// Planned units at that price.
    pub planned_revenue: Amount,
    /// What was taken.
    pub revenue: Amount,
    /// The difference by cause.
    pub variance: Parts,
}

/// A line of a purchase order and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SupplyRow {
    /// Its key in the plan; absent of what came beside all lines.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// The purchase order, where it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub order: Option<String>,
    /// The item.
    pub item: String,
    /// Who sells it; empty where that is not told.
    pub supplier: String,
    /// Where it arrives.
    pub location: String,
    /// The day it was planned to be usable.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub due: Option<NaiveDate>,
    /// Units of the line.
    pub units: i64,
    /// Units that came.
    pub received: i64,
    /// The day the last of them came, where it is told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub received_on: Option<NaiveDate>,
    /// Units that were due by now and did not come.
    pub missing: i64,
    /// Days by which the last receipt was later than planned, or by which what is missing is late by now; 0 where nothing is.
    pub days_late: i64,
}

/// Stock of an item at the end of the last day told, all locations together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StockRow {
    /// The item.
    pub item: String,
    /// Units by plan.
    pub planned: i64,
    /// Units there are.
    pub actual: i64,
    /// True where they were counted; else opening stock, receipts and sales come to them.
    pub counted: bool,
    /// Counted units less those that opening stock, receipts and sales come to; 0 where nothing was counted.
    pub unexplained: i64,
    /// Standard cost of a unit.
    pub standard_cost: Amount,
}

/// A transfer between own locations and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TransferRow {
    /// Its key in the plan; absent of what came beside all transfers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// The item.
    pub item: String,
    /// Where it left.
    pub from: String,
    /// Where it arrives.
    pub location: String,
    /// The day it was planned to be usable.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub due: Option<NaiveDate>,
    /// Units of the transfer.
    pub units: i64,
    /// Units that came.
    pub received: i64,
    /// The day the last of them came, where it is told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub received_on: Option<NaiveDate>,
    /// Units that were due by now and did not come.
    pub missing: i64,
    /// Days by which the last was later than planned, or by which what is missing is late by now; 0 where nothing is.
    pub days_late: i64,
}

/// Stock of an item at a location at the end of the last day told; what is under way between locations is at none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceRow {
    /// The item.
    pub item: String,
    /// The location.
    pub location: String,
    /// Units by plan.
    pub planned: i64,
    /// Units there are: counted, or reckoned; absent where some of its item were sold from nobody knows where, and nothing was counted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub actual: Option<i64>,
    /// True where they were counted.
    pub counted: bool,
    /// Counted units less those that are reckoned; 0 where either is not known.
    pub unexplained: i64,
    /// Standard cost of a unit.
    pub standard_cost: Amount,
}

/// Cash at the end of a bucket. planned + by sales + by purchases = projected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CashEnd {
    /// The bucket.
    pub bucket: String,
    /// Its closing balance by plan.
    pub planned: Amount,
    /// What sales bring by then beyond plan.
    pub by_sales: Amount,
    /// What purchases leave by then beyond plan: below 0 where more is paid.
    pub by_purchases: Amount,
    /// Its closing balance as it is projected.
    pub projected: Amount,
    /// The least it may be.
    pub minimum: Amount,
}

/// Payments for purchases to date, as positive amounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PaymentRow {
    /// To whom; absent where that is not told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub supplier: Option<String>,
    /// Planned to date.
    pub planned: Amount,
    /// Paid.
    pub paid: Amount,
    /// Planned by now and not paid, below 0.
    pub late: Amount,
    /// Paid now and planned for later.
    pub early: Amount,
    /// More than the plan ever pays.
    pub unplanned: Amount,
}

/// A figure of the plan to date, and what it came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrackedMetric {
    /// Which.
    pub name: String,
    /// By plan; absent where only what came to be has it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub plan: Option<Figure>,
    /// What it came to.
    pub actual: Figure,
    /// True of shares, which have no currency.
    pub is_share: bool,
}

/// How the running bucket ends if sales go on as they did, and what is due comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Projection {
    /// The bucket.
    pub bucket: String,
    /// Its revenue by plan.
    pub planned_revenue: Amount,
    /// Its revenue as projected.
    pub revenue: Amount,
    /// Closing stock by plan, at standard cost.
    pub planned_stock_value: Amount,
    /// Closing stock as projected, at standard cost.
    pub stock_value: Amount,
    /// Revenue that cannot be made for want of stock.
    pub lost_revenue: Amount,
    /// By item.
    pub items: Vec<ProjectedItem>,
}

/// How the running bucket ends for an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProjectedItem {
    /// The item.
    pub item: String,
    /// Units sold so far.
    pub sold: i64,
    /// Units sold by its end by plan.
    pub planned: i64,
    /// Units sold by its end as projected.
    pub projected: i64,
    /// Units that would be asked for besides, and are not there.
    pub lost: i64,
    /// Units still to come.
    pub to_come: i64,
    /// Closing units by plan.
    pub planned_closing: i64,
    /// Closing units as projected.
    pub closing: i64,
}

/// What kind of decision is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExceptionKind {
    /// Goods that were due have not come.
    LateOrder,
    /// Goods sent from one location to another have not come.
    LateTransfer,
    /// Cash falls below its minimum by the end of the bucket.
    CashBelowMinimum,
    /// Stock will not last until the end of the bucket.
    RunningOut,
    /// Stock piles up above the plan.
    PilingUp,
    /// Something sells that no plan has.
    Unplanned,
    /// Something sells below its planned price.
    PriceBelowPlan,
    /// More was paid than the plan ever pays.
    PaymentBeyondPlan,
    /// Counted stock is not what it should be.
    StockDifference,
}

/// Something that needs a decision now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Exception {
    /// What kind.
    pub kind: ExceptionKind,
    /// The money at stake, at least 0.
    pub money: Amount,
    /// The item, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub item: Option<String>,
    /// The channel, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub channel: Option<String>,
    /// The supplier, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub supplier: Option<String>,
    /// The location, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub location: Option<String>,
    /// The order line or transfer that it is about, or that can be changed: its key in the plan.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub order: Option<String>,
    /// What is the matter: numbers and days.
    pub what: String,
    /// What can be decided.
    pub decide: String,
}

/// What kind of assumption was off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RevisitKind {
    /// Stated demand.
    Demand,
    /// Demand assumed from history.
    Outlook,
    /// A person's change of demand.
    Adjust,
    /// A promotion's effect.
    Promotion,
    /// A lead time.
    LeadTime,
    /// The day an open order is due.
    DueDate,
    /// A selling price.
    Price,
    /// Demand that nobody stated.
    Unplanned,
}

/// Something that the plan assumed and that came out otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Revisit {
    /// What kind.
    pub kind: RevisitKind,
    /// What it is about: an item and channel, a promotion, a supplier; empty where the line alone tells.
    pub of: String,
    /// The assumption by name, where the line uses one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assumption: Option<String>,
    /// The line that states it.
    pub source: Place,
    /// The money that it was off by; of either sign.
    pub money: Amount,
    /// What it says: units, a rate, days or a price, as `kind` has it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stated: Option<Figure>,
    /// What it would have to say for the plan to come out as it did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub observed: Option<Figure>,
}
