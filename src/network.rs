//! The checked world: what a project says, as integers, exact decimals, dates and indices.
//!
//! No TOML and no text spans live here: every fact keeps its [`Origin`] (file, line, column) instead. All lists are in
//! canonical order (by id), whatever the order of files and rows, and names are resolved: selectors became lists
//! of members, the narrowest price and fee of each offer is chosen, lanes stand one by one. What is *computed*
//! from facts (release days, demand by bucket, standard cost) is not here but in `model`, and once more in `verify`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{Bucket, Calendar, Period};
use crate::metrics::Measure;
use crate::series::Series;
use crate::source::Place;

/// Where a fact was stated.
pub type Origin = Place;

/// Declares index types into the lists of [`Network`].
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
        impl $name {
            /// Position in its list.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
        impl From<usize> for $name {
            fn from(index: usize) -> Self {
                Self(u32::try_from(index).expect("sizes are limited far below 2^32"))
            }
        }
    )*};
}

ids! {
    /// An item.
    ItemId,
    /// A location.
    LocationId,
    /// A channel.
    ChannelId,
    /// A supplier.
    SupplierId,
    /// An item at a location.
    PoolId,
    /// An item in a channel.
    OfferId,
    /// One way of getting one item to one location.
    LaneId,
    /// One way of moving one item between own locations.
    TransferId,
}

/// The checked world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// The project's name.
    pub project: String,
    /// This cycle's name.
    pub cycle: String,
    /// The plan's currency, an ISO 4217 code.
    pub currency: String,
    /// Digits of its minor unit: 2 for cents.
    pub minor_digits: u32,
    /// The day stock was counted, before that day's sales.
    pub as_of: NaiveDate,
    /// The buckets.
    pub calendar: Calendar,
    /// True for `first-bucket = "whole"`: the first bucket's flows are those of its whole month or week.
    pub first_bucket_whole: bool,
    /// No new purchase is released before as-of + this many days.
    pub frozen_days: i64,
    /// Buckets planned past the horizon.
    pub tail: usize,
    /// Where that is stated, else the manifest.
    pub tail_origin: Origin,
    /// Rates of the objective.
    pub economics: Economics,
    /// By id.
    pub items: Vec<Item>,
    /// By id.
    pub locations: Vec<Location>,
    /// By id.
    pub channels: Vec<Channel>,
    /// By id.
    pub suppliers: Vec<Supplier>,
    /// Items at locations where they are or can be stocked, by (item, location).
    pub pools: Vec<Pool>,
    /// Items that channels ask for, by (item, channel).
    pub offers: Vec<Offer>,
    /// By (item, location, supplier, mode, twin).
    pub lanes: Vec<Lane>,
    /// By (item, location, from, mode).
    pub transfers: Vec<TransferLane>,
    /// By (id, item, location).
    pub open_orders: Vec<OpenOrder>,
    /// By (item, location, from, due, units).
    pub open_transfers: Vec<OpenTransfer>,
    /// By id.
    pub promotions: Vec<Promotion>,
    /// Demand assumed from history, by origin.
    pub outlooks: Vec<Outlook>,
    /// What was sold, by (item, channel).
    pub history: Vec<History>,
    /// The first day that any row of it tells of; none where one tells of all days, or there is no history.
    pub history_from: Option<NaiveDate>,
    /// What came to be after as-of, by origin.
    pub actuals: Vec<Actual>,
    /// Service floors, by name.
    pub services: Vec<Service>,
    /// Goals for stock, by name; each pool is in one of them at most, that of the narrowest entry.
    pub covers: Vec<Cover>,
    /// Purchase budgets, by origin.
    pub budgets: Vec<Budget>,
    /// Limits of inventory value, by origin.
    pub value_limits: Vec<ValueLimit>,
    /// Cash, where the project plans it.
    pub cash: Option<Cash>,
    /// Other flows of cash, by (name, origin).
    pub cash_flows: Vec<CashFlow>,
    /// Trade-offs, the first to give first.
    pub rules: Vec<Rule>,
    /// Policies on the plan, by id.
    pub gates: Vec<Gate>,
    /// What lets warnings and gates pass, by origin.
    pub waivers: Vec<Waiver>,
    /// Decisions taken outside, by (lane, bucket, origin).
    pub pins: Vec<Pin>,
    /// Changed ids, by (old, new).
    pub renamed: Vec<Renamed>,
    /// What the last plan decided.
    pub baseline: Option<Baseline>,
    /// By pool: the first bucket that a new order reaches and the day, held as they were before statements were withdrawn; none where they
    /// follow from what is stated.
    pub starts: Option<Vec<Option<(usize, NaiveDate)>>>,
    /// What there is of limits beyond what is stated: nothing, unless it is asked what more would buy.
    pub extras: Vec<Extra>,
}

/// More of a limit in a bucket than is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// `budget`, `storage-capacity`, ..., as plans name it.
    pub kind: &'static str,
    /// Which one.
    pub of: String,
    /// The bucket.
    pub bucket: usize,
    /// How much more.
    pub amount: Decimal,
}

/// `[economics]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Economics {
    /// A year, of standard cost.
    pub holding_rate: Decimal,
    /// A bucket, of standard cost, for each unit below safety stock.
    pub safety_shortfall_rate: Decimal,
    /// Of standard cost, for each unit that differs from the baseline plan.
    pub change_cost: Decimal,
    /// Worth of last stock beyond its cover target, of standard cost; 0 to 1.
    pub salvage_rate: Decimal,
    /// False for `end-worth = "none"`: the last stock is worth nothing.
    pub end_worth: bool,
}

/// `[item.X]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Its name; the id where none is given.
    pub name: String,
    /// Category.
    pub category: Option<String>,
    /// ABC class.
    pub class: Option<String>,
    /// Brand.
    pub brand: Option<String>,
    /// Anything else to select by: name and value.
    pub attributes: BTreeMap<String, String>,
    /// The item that follows it.
    pub successor: Option<ItemId>,
    /// m3 a unit.
    pub unit_volume: Decimal,
    /// First day of sales.
    pub launch: Option<NaiveDate>,
    /// First day without sales.
    pub phase_out: Option<NaiveDate>,
    /// Stated standard cost, plan currency a unit.
    pub cost: Option<Decimal>,
    /// Its header.
    pub origin: Origin,
}

/// `[location.X]`; capacities are absent where there is no limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Its id.
    pub id: String,
    /// m3, level.
    pub storage_capacity: Option<Stated<Series>>,
    /// True for `storage-basis = "closing"`.
    pub storage_closing: bool,
    /// Units a bucket, flow.
    pub inbound_capacity: Option<Stated<Series>>,
    /// Units a bucket, flow.
    pub outbound_capacity: Option<Stated<Series>>,
    /// Its header.
    pub origin: Origin,
}

/// A value and where it was stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub origin: Origin,
}

/// `[channel.X]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: String,
    /// Locations it ships from, in order of preference.
    pub ship_from: Vec<LocationId>,
    /// Days from a sale to its cash.
    pub payout_days: i64,
    /// For `unmet = "backorder"`: how late demand may be served; else it is lost.
    pub backorder: Option<Backorder>,
    /// Its header.
    pub origin: Origin,
}

/// Demand that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backorder {
    /// Most days from the middle of its bucket to the middle of the one that serves it.
    pub max_late_days: i64,
    /// Money a unit and bucket late, level.
    pub late_cost: Series,
}

/// `[supplier.X]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplier {
    /// Its id.
    pub id: String,
    /// The currency of its unit costs.
    pub currency: String,
    /// Plan currency for one unit of the supplier's, level; a scalar 1 where it is the plan's own.
    pub exchange_rate: Series,
    /// Capacity units released a bucket, flow.
    pub capacity: Option<Stated<Series>>,
    /// The least a purchase order must come to.
    pub minimum_order: Option<Stated<MinimumOrder>>,
    /// Closed days, both ends included; may overlap.
    pub closures: Vec<Closure>,
    /// Shares of goods value and when they are paid; the shares add up to 1.
    pub payment: Vec<Milestone>,
    /// Its header.
    pub origin: Origin,
}

/// The least a purchase order must come to: the lines of one supplier released in one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinimumOrder {
    /// Goods value, supplier's currency.
    Value(Decimal),
    /// Units of all lines.
    Units(Decimal),
    /// m3 of all lines.
    Volume(Decimal),
}

/// Days on which a supplier takes no order, produces nothing and ships nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// First closed day.
    pub from: NaiveDate,
    /// Last closed day.
    pub to: NaiveDate,
    /// Why.
    pub reason: Option<String>,
}

/// A share of a purchase's goods value and its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milestone {
    /// 0 to 1.
    pub share: Decimal,
    /// What it is counted from.
    pub at: MilestoneDay,
    /// Days behind it.
    pub days: i64,
}

/// The day a milestone is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MilestoneDay {
    /// Release.
    Order,
    /// Shipping.
    Ship,
    /// The usable day.
    Receipt,
}

/// An item at a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// The item.
    pub item: ItemId,
    /// The location.
    pub location: LocationId,
    /// Units at as-of.
    pub on_hand: i64,
}

/// An item in a channel, with its demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The item.
    pub item: ItemId,
    /// The channel.
    pub channel: ChannelId,
    /// Units, flow, before promotions; rows of one (item, channel) are one series, without any where none is stated.
    pub demand: Series,
    /// The outlook, by index, for buckets in which none is stated: the narrowest of its item and channel.
    pub outlook: Option<usize>,
    /// Selling price, plan currency a unit, level, before promotions.
    pub price: Series,
    /// Where it is shipped from, in order of preference, with what that costs. This build plans one.
    pub sources: Vec<ShipFrom>,
    /// Money a unit of unmet demand, besides the margin, level.
    pub shortage_cost: Series,
    /// Promotions that touch it, in order of id.
    pub promotions: Vec<usize>,
    /// People's changes of its demand, before promotions; of several in a month or week the first counts.
    pub adjustments: Vec<Adjustment>,
    /// Its first demand row, else its outlook.
    pub origin: Origin,
}

/// A person's change of demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// First and last month or week.
    pub during: (Period, Period),
    /// What it does to the demand of each of them.
    pub change: Change,
    /// Its header.
    pub origin: Origin,
}

/// What an adjustment does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Multiplies.
    Factor(Decimal),
    /// Adds units; demand does not fall below 0.
    Add(Decimal),
    /// Stands for what was stated.
    Set(Decimal),
}

/// A location that serves an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipFrom {
    /// The item there.
    pub pool: PoolId,
    /// Of the price, level.
    pub fee_rate: Series,
    /// Money a unit, level.
    pub fulfilment_fee: Series,
}

/// One way of getting one item to one location. Costs and times are series by release bucket (levels).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// The item.
    pub item: ItemId,
    /// Who sells it.
    pub supplier: SupplierId,
    /// Where it arrives.
    pub location: LocationId,
    /// The item there.
    pub pool: PoolId,
    /// `sea`, `air`, ...
    pub mode: String,
    /// Only a rule lets it be used.
    pub premium: bool,
    /// Whole days from release to usable.
    pub lead_days: Series,
    /// Open days of them that pass before shipping; all where absent.
    pub production_days: Option<Series>,
    /// Days before the bucket it serves that an order is planned to arrive.
    pub safety_days: i64,
    /// Supplier's currency a unit.
    pub unit_cost: Series,
    /// Plan currency a unit.
    pub freight: Series,
    /// Plan currency an m3; added to `freight`.
    pub freight_per_m3: Series,
    /// Of the unit cost.
    pub duty_rate: Series,
    /// Plan currency a line placed.
    pub order_cost: Series,
    /// Supplier capacity a unit takes.
    pub capacity_use: Decimal,
    /// Supplier capacity a line takes besides.
    pub capacity_setup: Decimal,
    /// Smallest line, units; 1 where none is stated.
    pub moq: i64,
    /// Lines are multiples of it; 1 where none is stated.
    pub multiple: i64,
    /// Largest line, units.
    pub max: Option<i64>,
    /// Lines that may be placed for one bucket.
    pub lines: i64,
    /// Cheaper unit costs for larger lines, by `from`.
    pub breaks: Vec<PriceBreak>,
    /// True where a break holds only for the units from `from` on.
    pub incremental: bool,
    /// Its header.
    pub origin: Origin,
}

/// Lines for one bucket that can be of use where no more than `most` units are wanted: without a maximum two lines are never better
/// than one of their sum.
fn useful_lines(lines: i64, largest: Option<i64>, most: i64) -> usize {
    let enough = largest.filter(|largest| *largest > 0).map_or(1, |largest| most / largest + 1);
    usize::try_from(lines.min(enough)).unwrap_or(1).max(1)
}

impl Lane {
    /// Smallest line that may be placed: the first multiple not below the MOQ.
    #[must_use]
    pub fn smallest_line(&self) -> i64 {
        (self.moq.max(1) + self.multiple - 1) / self.multiple * self.multiple
    }

    /// Lines for one bucket that can be of use where no more than `most` units are wanted.
    #[must_use]
    pub fn useful_lines(&self, most: i64) -> usize {
        useful_lines(self.lines, self.largest_line(), most)
    }

    /// Largest line that may be placed, where there is a maximum: the last multiple not above it.
    #[must_use]
    pub fn largest_line(&self) -> Option<i64> {
        self.max.map(|max| max / self.multiple * self.multiple)
    }
}

/// A cheaper unit cost from so many units on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceBreak {
    /// First size that has it.
    pub from: i64,
    /// Supplier's currency a unit.
    pub unit_cost: Decimal,
}

/// One way of moving one item between own locations. Costs and times are series by release bucket (levels).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferLane {
    /// The item.
    pub item: ItemId,
    /// The item where it leaves.
    pub source: PoolId,
    /// The item where it arrives.
    pub pool: PoolId,
    /// Where it leaves.
    pub from: LocationId,
    /// Where it arrives.
    pub location: LocationId,
    /// `truck`, ...
    pub mode: String,
    /// Only a rule lets it be used.
    pub premium: bool,
    /// Whole days from release to usable.
    pub lead_days: Series,
    /// Days before the bucket it serves that it is planned to arrive.
    pub safety_days: i64,
    /// Plan currency a unit.
    pub freight: Series,
    /// Plan currency an m3; added to `freight`.
    pub freight_per_m3: Series,
    /// Plan currency a line.
    pub order_cost: Series,
    /// Smallest line, units; 1 where none is stated.
    pub moq: i64,
    /// Lines are multiples of it; 1 where none is stated.
    pub multiple: i64,
    /// Largest line, units.
    pub max: Option<i64>,
    /// Lines that may be placed for one bucket.
    pub lines: i64,
    /// Its header.
    pub origin: Origin,
}

impl TransferLane {
    /// Lines for one bucket that can be of use where no more than `most` units are wanted.
    #[must_use]
    pub fn useful_lines(&self, most: i64) -> usize {
        useful_lines(self.lines, self.max.map(|max| max / self.multiple * self.multiple), most)
    }
}

/// Units under way between own locations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTransfer {
    /// The item.
    pub item: ItemId,
    /// The item where it left.
    pub source: PoolId,
    /// The item where it arrives.
    pub pool: PoolId,
    /// Units.
    pub units: i64,
    /// Day it arrives.
    pub due: NaiveDate,
    /// Its header.
    pub origin: Origin,
}

/// One line of a purchase order placed before as-of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenOrder {
    /// The purchase order.
    pub id: String,
    /// The item.
    pub item: ItemId,
    /// Who sells it.
    pub supplier: SupplierId,
    /// Where it arrives.
    pub location: LocationId,
    /// The item there.
    pub pool: PoolId,
    /// Units.
    pub units: i64,
    /// Day it was placed.
    pub ordered: Option<NaiveDate>,
    /// Day it arrives.
    pub due: NaiveDate,
    /// What is still to be paid and when, where stated.
    pub payments: Option<Vec<(NaiveDate, Decimal)>>,
    /// The lane whose terms tell how it was shipped and what it costs: the cheapest that is not premium.
    pub lane: Option<LaneId>,
    /// False where a rule may move it.
    pub firm: bool,
    /// Its header.
    pub origin: Origin,
}

/// A promotion: demand of some offers in some buckets goes up, their price may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// Its id.
    pub id: String,
    /// First and last month or week.
    pub during: (Period, Period),
    /// Demand is multiplied by it.
    pub uplift: Option<Decimal>,
    /// Units added for each offer and period.
    pub add_units: Option<Decimal>,
    /// Price while it runs.
    pub price: Option<Decimal>,
    /// Its header.
    pub origin: Origin,
}

/// Demand assumed from history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// What it is about.
    pub scope: Scope,
    /// How it follows from history.
    pub method: OutlookMethod,
    /// Share by which it grows.
    pub growth: Decimal,
    /// Where that is stated, and the assumption it goes by.
    pub growth_from: Option<(Origin, Option<NamedAssumption>)>,
    /// Its header.
    pub origin: Origin,
}

/// An assumption that a value goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedAssumption {
    /// Its name.
    pub name: String,
    /// Where its value is stated.
    pub origin: Origin,
}

/// How an outlook follows from history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutlookMethod {
    /// The same bucket a year before.
    Seasonal,
    /// The average of the last so many buckets.
    Average(usize),
    /// What another item sold in the same bucket a year before, times a factor.
    Like(ItemId, Decimal),
}

/// What an item sold in a channel before as-of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// The item.
    pub item: ItemId,
    /// The channel.
    pub channel: ChannelId,
    /// Units, flow.
    pub units: Series,
    /// Units that came back, flow.
    pub returned: Option<Series>,
    /// Units of those sold that promotions brought, flow.
    pub promoted: Option<Series>,
    /// Units that were wanted besides, flow.
    pub lost: Option<Series>,
    /// Its first row.
    pub origin: Origin,
}

/// What came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actual {
    /// What kind of event.
    pub event: Event,
    /// How many units and when, or only when.
    pub units: Option<Series>,
    /// The day, where it is a single one.
    pub on: Option<NaiveDate>,
    /// Its header or row.
    pub origin: Origin,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Units sold, shipped from a location and at a price where these are stated.
    Sale(ItemId, ChannelId, Option<LocationId>, Option<Series>),
    /// Units received from a supplier, of an order where stated.
    Receipt(ItemId, LocationId, Option<SupplierId>, Option<String>),
    /// Units that arrived from a location of one's own, at another.
    Transfer(ItemId, LocationId, LocationId),
    /// Units counted.
    Stock(ItemId, LocationId),
    /// Money paid, to a supplier or for an order where stated.
    Payment(Decimal, Option<SupplierId>, Option<String>),
}

/// A service floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its id, else what it selects, in words; unique.
    pub name: String,
    /// What it is about, as stated.
    pub scope: Scope,
    /// Share of demand, level; buckets without a value have no floor.
    pub fill_rate: Series,
    /// True where the selection as a whole has to reach it, bucket by bucket.
    pub group: bool,
    /// First bucket it holds in; `None`: the first that a new order can reach.
    pub from: Option<Since>,
    /// Offers it covers.
    pub offers: Vec<OfferId>,
    /// Its header.
    pub origin: Origin,
}

/// The first bucket something holds in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// All of them.
    Start,
    /// The one that holds this month's or week's first day, or the first where that is earlier.
    Period(Period),
}

/// A goal for stock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// Its id, else what it selects, in words; unique.
    pub name: String,
    /// What it is about, as stated.
    pub scope: Scope,
    /// What is held back for surprises.
    pub safety_stock: Option<SafetyStock>,
    /// Weeks of forward demand above which stock is excess.
    pub max_weeks: Option<Decimal>,
    /// True where it is a commitment.
    pub hard: bool,
    /// First bucket it holds in, where it is hard; `None`: the first that a new order can reach.
    pub from: Option<Since>,
    /// Pools it holds for: those of which it is the narrowest entry.
    pub pools: Vec<PoolId>,
    /// Its header.
    pub origin: Origin,
}

/// How safety stock is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SafetyStock {
    /// Weeks of forward demand, level.
    Weeks(Series),
    /// Units, level.
    Units(Series),
    /// By the spread of demand and lead time.
    ServiceLevel {
        /// Share of cycles without a stockout.
        level: Decimal,
        /// Standard deviation of a bucket's demand, units.
        demand_sd: Decimal,
        /// Standard deviation of the lead time, days.
        lead_sd_days: Decimal,
    },
}

/// What an entry is about: a selector whose names are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// Keys that must all be met: `item`, `category`, ..., or an attribute's name behind `attributes.`, by key.
    pub keys: Vec<(String, Vec<String>)>,
    /// Keys that keep out what meets all of them.
    pub not: Vec<(String, Vec<String>)>,
}

impl Scope {
    /// True where something meets every key and is not kept out; `value` tells its value under a key.
    pub fn meets<'a>(&self, value: impl Fn(&str) -> Option<&'a str>) -> bool {
        let met =
            |(key, values): &(String, Vec<String>)| value(key).is_some_and(|one| values.iter().any(|own| own == one));
        self.keys.iter().all(met) && (self.not.is_empty() || !self.not.iter().all(met))
    }
}

/// A trade-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What it lets go of.
    pub relax: Relax,
    /// Which commitments.
    pub scope: Scope,
    /// How far in each bucket and for each commitment.
    pub up_to: UpTo,
    /// By how much its use may exceed the least.
    pub within: Decimal,
    /// True where it may be used wherever it pays.
    pub when_pays: bool,
    /// Cost of a unit of overflow.
    pub cost: Option<Decimal>,
    /// True where an open order may also be cancelled.
    pub cancel: bool,
    /// Who accepts it.
    pub owner: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Its header.
    pub origin: Origin,
}

/// What a rule lets go of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relax {
    /// Demand is lowered.
    SalesPlan,
    /// Promotions move later.
    PromotionDate,
    /// Service floors sink.
    FillRate,
    /// Hard safety stock sinks.
    SafetyStock,
    /// Hard maximum cover is passed.
    MaxCover,
    /// Premium lanes may be used.
    Expedite,
    /// A purchase budget is passed.
    Budget,
    /// Cash falls below its minimum.
    CashMinimum,
    /// A limit of inventory value is passed.
    InventoryValue,
    /// Storage overflows.
    StorageCapacity,
    /// Inbound overflows.
    InboundCapacity,
    /// Outbound overflows.
    OutboundCapacity,
    /// Orders that are not firm move or go.
    OpenOrder,
}

impl Relax {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::SalesPlan,
        Self::PromotionDate,
        Self::FillRate,
        Self::SafetyStock,
        Self::MaxCover,
        Self::Expedite,
        Self::Budget,
        Self::CashMinimum,
        Self::InventoryValue,
        Self::StorageCapacity,
        Self::InboundCapacity,
        Self::OutboundCapacity,
        Self::OpenOrder,
    ];

    /// As projects and plans name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SalesPlan => "sales-plan",
            Self::PromotionDate => "promotion-date",
            Self::FillRate => "fill-rate",
            Self::SafetyStock => "safety-stock",
            Self::MaxCover => "max-cover",
            Self::Expedite => "expedite",
            Self::Budget => "budget",
            Self::CashMinimum => "cash-minimum",
            Self::InventoryValue => "inventory-value",
            Self::StorageCapacity => "storage-capacity",
            Self::InboundCapacity => "inbound-capacity",
            Self::OutboundCapacity => "outbound-capacity",
            Self::OpenOrder => "open-order",
        }
    }
}

/// How far a rule goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpTo {
    /// Share of what is let go.
    Share(Decimal),
    /// Fill rate that still holds.
    Floor(Decimal),
    /// Buckets.
    Buckets(i64),
    /// Units.
    Units(Decimal),
    /// Plan currency.
    Amount(Decimal),
}

/// A policy on the plan or its change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Its id.
    pub id: String,
    /// What is measured.
    pub metric: Measure,
    /// What it is about.
    pub scope: Scope,
    /// The least it may be.
    pub at_least: Option<Decimal>,
    /// The most it may be.
    pub at_most: Option<Decimal>,
    /// False where it only warns.
    pub refuses: bool,
    /// Its header.
    pub origin: Origin,
}

/// Lets a warning or a gate pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// What it lets pass.
    pub passes: Passes,
    /// What it is about.
    pub scope: Scope,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// False where it has expired.
    pub holds: bool,
    /// Its header.
    pub origin: Origin,
}

/// What a waiver lets pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passes {
    /// Warnings of a code, by number.
    Code(u16),
    /// A gate, by index.
    Gate(usize),
}

/// A decision taken outside: what is ordered on a lane for a bucket, over all its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// The lane.
    pub lane: Route,
    /// The receipt bucket, by index.
    pub bucket: usize,
    /// At least so many units.
    pub least: i64,
    /// At most so many.
    pub most: Option<i64>,
    /// Who decided it.
    pub owner: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Its header.
    pub origin: Origin,
}

/// A lane of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Route {
    /// A purchase.
    Purchase(LaneId),
    /// A transfer.
    Transfer(TransferId),
}

/// An item or channel that changed its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renamed {
    /// The id it had.
    pub from: String,
    /// What it is now.
    pub to: RenamedTo,
    /// Its header.
    pub origin: Origin,
}

/// What a renamed thing is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RenamedTo {
    /// An item.
    Item(ItemId),
    /// A channel.
    Channel(ChannelId),
}

/// What the last plan before this cycle decided, as far as it is about lanes that there still are and is not under way by now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// Its cycle.
    pub cycle: String,
    /// The months and weeks that it planned, in order of time.
    pub periods: Vec<Period>,
    /// Its buckets that are over by as-of, in order of time.
    pub over: Vec<Bucket>,
    /// What it sells in those, by (item, channel, bucket).
    pub sales: Vec<BaselineSales>,
    /// Lines that it wants placed and that are not among the open orders, by (lane, period), the largest first.
    pub lines: Vec<BaselineLine>,
    /// Transfers that it wants sent and that are not under way, by (lane, period), the largest first.
    pub transfers: Vec<BaselineTransfer>,
    /// Keys of lines that were to be placed before as-of, to arrive later, and are not among the open orders.
    pub not_placed: Vec<String>,
    /// Keys of lines that are committed, but have no lane any more.
    pub gone: Vec<String>,
}

/// Sales of the last plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineSales {
    /// The item.
    pub item: ItemId,
    /// The channel.
    pub channel: ChannelId,
    /// Which of its buckets that are over.
    pub bucket: usize,
    /// Units sold then, late ones among them.
    pub units: i64,
}

/// A line of the last plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineLine {
    /// Its lane.
    pub lane: LaneId,
    /// What it is for.
    pub period: Period,
    /// Units.
    pub units: i64,
    /// Day it is placed.
    pub release: NaiveDate,
    /// Day it can be sold from.
    pub usable: NaiveDate,
    /// Landed cost, plan currency.
    pub landed: Decimal,
    /// Goods value and its currency, the supplier's, where the last plan tells it.
    pub goods: Option<(Decimal, String)>,
    /// Cost of the line, plan currency.
    pub order_cost: Decimal,
    /// What is paid and when.
    pub payments: Vec<(NaiveDate, Decimal)>,
}

/// A transfer of the last plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaselineTransfer {
    /// Its lane.
    pub lane: TransferId,
    /// What it is for.
    pub period: Period,
    /// Units.
    pub units: i64,
}

/// Open-to-buy: what may be received in a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Its id, else what it selects, in words; unique.
    pub name: String,
    /// What it is about, as stated.
    pub scope: Scope,
    /// Money a bucket, flow.
    pub purchases: Series,
    /// Lanes it covers.
    pub lanes: Vec<LaneId>,
    /// Open orders it covers, by index.
    pub open_orders: Vec<usize>,
    /// Its header.
    pub origin: Origin,
}

/// A limit of inventory value at standard cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueLimit {
    /// Its id, else what it selects, in words; unique.
    pub name: String,
    /// What it is about, as stated.
    pub scope: Scope,
    /// Money, level.
    pub inventory_value: Series,
    /// Pools it covers.
    pub pools: Vec<PoolId>,
    /// Its header.
    pub origin: Origin,
}

/// `[cash]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cash {
    /// At as-of.
    pub opening: Decimal,
    /// Closing balance of every bucket at least, level.
    pub minimum: Series,
    /// Where the minimum is stated, else the header.
    pub origin: Origin,
}

/// A flow of cash besides sales and purchases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashFlow {
    /// Its name.
    pub name: String,
    /// How much and when.
    pub amount: CashAmount,
    /// Its header.
    pub origin: Origin,
}

/// When a flow of cash falls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CashAmount {
    /// By bucket, flow; negative for payments.
    Flow(Series),
    /// On one day.
    On(NaiveDate, Decimal),
}

impl Item {
    /// Its value under a key of a selector: `item`, `category`, `class`, `brand`, `attributes.X`.
    #[must_use]
    pub fn facet(&self, key: &str) -> Option<&str> {
        match key {
            "item" => Some(&self.id),
            "category" => self.category.as_deref(),
            "class" => self.class.as_deref(),
            "brand" => self.brand.as_deref(),
            _ => self.attributes.get(key.strip_prefix("attributes.")?).map(String::as_str),
        }
    }
}

impl Network {
    /// The item of an id.
    #[must_use]
    pub fn item(&self, id: ItemId) -> &Item {
        &self.items[id.index()]
    }

    /// The location of an id.
    #[must_use]
    pub fn location(&self, id: LocationId) -> &Location {
        &self.locations[id.index()]
    }

    /// The channel of an id.
    #[must_use]
    pub fn channel(&self, id: ChannelId) -> &Channel {
        &self.channels[id.index()]
    }

    /// The supplier of an id.
    #[must_use]
    pub fn supplier(&self, id: SupplierId) -> &Supplier {
        &self.suppliers[id.index()]
    }

    /// The pool of an id.
    #[must_use]
    pub fn pool(&self, id: PoolId) -> &Pool {
        &self.pools[id.index()]
    }

    /// `item/supplier/location/mode` of a lane.
    #[must_use]
    pub fn lane_name(&self, id: LaneId) -> String {
        let Lane { item, supplier, location, mode, .. } = self.lane(id);
        format!("{}/{}/{}/{mode}", self.item(*item).id, self.supplier(*supplier).id, self.location(*location).id)
    }

    /// The lane of an id.
    #[must_use]
    pub fn lane(&self, id: LaneId) -> &Lane {
        &self.lanes[id.index()]
    }

    /// `item/from/location/mode` of a transfer.
    #[must_use]
    pub fn transfer_name(&self, id: TransferId) -> String {
        let TransferLane { item, from, location, mode, .. } = self.transfer(id);
        format!("{}/{}/{}/{mode}", self.item(*item).id, self.location(*from).id, self.location(*location).id)
    }

    /// Where a lane of either kind leads.
    #[must_use]
    pub fn pool_of(&self, lane: Route) -> PoolId {
        match lane {
            Route::Purchase(lane) => self.lane(lane).pool,
            Route::Transfer(lane) => self.transfer(lane).pool,
        }
    }

    /// Lines that a lane of either kind may place for one bucket.
    #[must_use]
    pub fn lines(&self, lane: Route) -> i64 {
        match lane {
            Route::Purchase(lane) => self.lane(lane).lines,
            Route::Transfer(lane) => self.transfer(lane).lines,
        }
    }

    /// The transfer of an id.
    #[must_use]
    pub fn transfer(&self, id: TransferId) -> &TransferLane {
        &self.transfers[id.index()]
    }
}
