//! The checked world: what a project says, as integers, exact decimals, dates and indices.
//!
//! No TOML and no text spans live here: every fact keeps its [`Origin`] (file, line, column) instead. All lists are in
//! canonical order (by id), whatever the order of files and rows, and names are resolved: selectors became lists
//! of members, the narrowest price and fee of each offer is chosen, lanes stand one by one. What is *computed*
//! from facts (release days, demand by bucket, standard cost) is not here but in `model`, and once more in `verify`.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{Calendar, Period};
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
}

/// The checked world.
#[derive(Debug, Clone)]
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
    /// By (id, item, location).
    pub open_orders: Vec<OpenOrder>,
    /// By id.
    pub promotions: Vec<Promotion>,
    /// Purchase budgets, by origin.
    pub budgets: Vec<Budget>,
    /// Limits of inventory value, by origin.
    pub value_limits: Vec<ValueLimit>,
    /// Cash, where the project plans it.
    pub cash: Option<Cash>,
    /// Other flows of cash, by (name, origin).
    pub cash_flows: Vec<CashFlow>,
}

/// `[economics]`.
#[derive(Debug, Clone)]
pub struct Economics {
    /// A year, of standard cost.
    pub holding_rate: Decimal,
    /// Worth of last stock beyond its cover target, of standard cost; 0 to 1.
    pub salvage_rate: Decimal,
    /// False for `end-worth = "none"`: the last stock is worth nothing.
    pub end_worth: bool,
}

/// `[item.X]`.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Its name; the id where none is given.
    pub name: String,
    /// Category.
    pub category: Option<String>,
    /// ABC class.
    pub class: Option<String>,
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
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
pub struct Stated<T> {
    /// The value.
    pub value: T,
    /// Where.
    pub origin: Origin,
}

/// `[channel.X]`.
#[derive(Debug, Clone)]
pub struct Channel {
    /// Its id.
    pub id: String,
    /// Locations it ships from, in order of preference.
    pub ship_from: Vec<LocationId>,
    /// Days from a sale to its cash.
    pub payout_days: i64,
    /// Its header.
    pub origin: Origin,
}

/// `[supplier.X]`.
#[derive(Debug, Clone)]
pub struct Supplier {
    /// Its id.
    pub id: String,
    /// Plan currency for one unit of the supplier's, level; a scalar 1 where it is the plan's own.
    pub exchange_rate: Series,
    /// Capacity units released a bucket, flow.
    pub capacity: Option<Stated<Series>>,
    /// Closed days, both ends included; may overlap.
    pub closures: Vec<Closure>,
    /// Shares of goods value and when they are paid; the shares add up to 1.
    pub payment: Vec<Milestone>,
    /// Its header.
    pub origin: Origin,
}

/// Days on which a supplier takes no order, produces nothing and ships nothing.
#[derive(Debug, Clone)]
pub struct Closure {
    /// First closed day.
    pub from: NaiveDate,
    /// Last closed day.
    pub to: NaiveDate,
    /// Why.
    pub reason: Option<String>,
}

/// A share of a purchase's goods value and its day.
#[derive(Debug, Clone, Copy)]
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
#[derive(Debug, Clone)]
pub struct Pool {
    /// The item.
    pub item: ItemId,
    /// The location.
    pub location: LocationId,
    /// Units at as-of.
    pub on_hand: i64,
}

/// An item in a channel, with its demand.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The item.
    pub item: ItemId,
    /// The channel.
    pub channel: ChannelId,
    /// Units, flow, before promotions; rows of one (item, channel) are one series.
    pub demand: Series,
    /// Selling price, plan currency a unit, level, before promotions.
    pub price: Series,
    /// Where it is shipped from, in order of preference, with what that costs. This build plans one.
    pub sources: Vec<ShipFrom>,
    /// Money a unit of unmet demand, besides the margin, level.
    pub shortage_cost: Series,
    /// Promotions that touch it, in order of id.
    pub promotions: Vec<usize>,
    /// Its first demand row.
    pub origin: Origin,
}

/// A location that serves an offer.
#[derive(Debug, Clone)]
pub struct ShipFrom {
    /// The item there.
    pub pool: PoolId,
    /// Of the price, level.
    pub fee_rate: Series,
    /// Money a unit, level.
    pub fulfilment_fee: Series,
}

/// One way of getting one item to one location. Costs and times are series by release bucket (levels).
#[derive(Debug, Clone)]
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
    /// Cheaper unit costs for larger lines, by `from`.
    pub breaks: Vec<PriceBreak>,
    /// True where a break holds only for the units from `from` on.
    pub incremental: bool,
    /// Its header.
    pub origin: Origin,
}

impl Lane {
    /// Smallest line that may be placed: the first multiple not below the MOQ.
    #[must_use]
    pub fn smallest_line(&self) -> i64 {
        (self.moq.max(1) + self.multiple - 1) / self.multiple * self.multiple
    }

    /// Largest line that may be placed, where there is a maximum: the last multiple not above it.
    #[must_use]
    pub fn largest_line(&self) -> Option<i64> {
        self.max.map(|max| max / self.multiple * self.multiple)
    }
}

/// A cheaper unit cost from so many units on.
#[derive(Debug, Clone, Copy)]
pub struct PriceBreak {
    /// First size that has it.
    pub from: i64,
    /// Supplier's currency a unit.
    pub unit_cost: Decimal,
}

/// One line of a purchase order placed before as-of.
#[derive(Debug, Clone)]
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
#[derive(Debug, Clone)]
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

/// Open-to-buy: what may be received in a bucket.
#[derive(Debug, Clone)]
pub struct Budget {
    /// Its id, else what it selects, in words; unique.
    pub name: String,
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
#[derive(Debug, Clone)]
pub struct ValueLimit {
    /// Its id, else what it selects, in words; unique.
    pub name: String,
    /// Money, level.
    pub inventory_value: Series,
    /// Pools it covers.
    pub pools: Vec<PoolId>,
    /// Its header.
    pub origin: Origin,
}

/// `[cash]`.
#[derive(Debug, Clone)]
pub struct Cash {
    /// At as-of.
    pub opening: Decimal,
    /// Closing balance of every bucket at least, level.
    pub minimum: Series,
    /// Where the minimum is stated, else the header.
    pub origin: Origin,
}

/// A flow of cash besides sales and purchases.
#[derive(Debug, Clone)]
pub struct CashFlow {
    /// Its name.
    pub name: String,
    /// How much and when.
    pub amount: CashAmount,
    /// Its header.
    pub origin: Origin,
}

/// When a flow of cash falls.
#[derive(Debug, Clone)]
pub enum CashAmount {
    /// By bucket, flow; negative for payments.
    Flow(Series),
    /// On one day.
    On(NaiveDate, Decimal),
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

    /// The lane of an id.
    #[must_use]
    pub fn lane(&self, id: LaneId) -> &Lane {
        &self.lanes[id.index()]
    }
}
