//! The tables of the language. Each is declared once; its struct, reader and [`TableSpec`] come from that.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::change::Apart;
use super::read::{RawTable, Reader, Slot};
use super::spec::{Entity, FieldSpec, Form, Kind, Need, Quantity, TableSpec};
use super::values::{BucketText, During, Freight, FromBucket, One, Row, Rows, Selector, SeriesText, Words};
use crate::calendar::Period;
use crate::metrics::Measure;
use crate::source::{Span, Spanned};
use crate::units::MAX_UNITS;

use Need::{Default, Optional, Required};

/// Declares a table: its struct with a [`Slot`] a key, its spec, its reader.
macro_rules! table {
    (
        $(#[doc = $doc:literal])*
        $name:ident = $toml:literal, $form:ident {
            $( $(#[doc = $field_doc:literal])* $field:ident: $type:ty = $key:literal, $kind:expr, $need:expr; )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        #[expect(clippy::allow_attributes, reason = "keys of later stages are read and checked, not yet used")]
        #[allow(dead_code)]
        pub struct $name {
            /// The header, the row of a CSV file, or the inline table.
            pub header: Span,
            $( $(#[doc = $field_doc])* pub $field: Slot<$type>, )*
        }

        impl Row for $name {
            const SPEC: &'static TableSpec = &TableSpec {
                name: $toml,
                form: Form::$form,
                doc: concat!($($doc),*).trim_ascii_start(),
                fields: &[$(
                    FieldSpec {
                        key: $key,
                        kind: $kind,
                        need: $need,
                        doc: concat!($($field_doc),*).trim_ascii_start(),
                    },
                )*],
            };

            fn read(raw: &RawTable<'_>, reader: &mut Reader) -> Self {
                let spec = Self::SPEC;
                let misspelt = raw.refuse_unknown(spec, reader);
                let mut fields = spec.fields.iter();
                Self {
                    header: raw.header,
                    $( $field: raw.slot(fields.next().expect("one a field"), spec, &misspelt, reader), )*
                }
            }

            fn merge(&mut self, other: Self, header: &str, reader: &mut Reader) {
                $( self.$field.merge(other.$field, $key, header, reader); )*
            }

            fn overlay(&mut self, other: Self) {
                $( self.$field.overlay(other.$field); )*
            }

            fn apart(&self, other: &Self) -> Apart {
                let mut found = Vec::new();
                $( if !self.$field.same(&other.$field) {
                    found.push(($key, self.$field.differs_at(&other.$field), other.$field.differs_at(&self.$field)));
                } )*
                found
            }

            fn told(&self, key: &str, other: &Self) -> Option<(String, String)> {
                $( if key == $key {
                    return self.$field.told(&other.$field);
                } )*
                None
            }

            fn take(&mut self, key: &str, other: &Self) {
                $( if key == $key {
                    self.$field.clone_from(&other.$field);
                } )*
            }

            fn header(&self) -> Span {
                self.header
            }

            fn weeks(&self, found: &mut Vec<Span>) {
                $( self.$field.weeks(found); )*
            }

            fn lacks(&self) -> Option<&'static FieldSpec> {
                let absent = [$( self.$field.is_absent(), )*];
                let required = |(field, absent): &(&FieldSpec, bool)| *absent && field.need == Need::Required;
                Self::SPEC.fields.iter().zip(absent).find(required).map(|(field, _)| field)
            }
        }
    };
}

/// Selector keys that pick items, and those that pick items and more.
const ITEM_KEYS: &[Entity] = &[Entity::Item, Entity::Category, Entity::Class, Entity::Brand, Entity::Attribute];
const ITEM_CHANNEL: &[Entity] =
    &[Entity::Item, Entity::Category, Entity::Class, Entity::Brand, Entity::Attribute, Entity::Channel];
const FEE_KEYS: &[Entity] = &[
    Entity::Item,
    Entity::Category,
    Entity::Class,
    Entity::Brand,
    Entity::Attribute,
    Entity::Channel,
    Entity::Location,
];
const LANE_KEYS: &[Entity] = &[
    Entity::Item,
    Entity::Category,
    Entity::Class,
    Entity::Brand,
    Entity::Attribute,
    Entity::Supplier,
    Entity::Location,
    Entity::Mode,
];
const POOL_KEYS: &[Entity] =
    &[Entity::Item, Entity::Category, Entity::Class, Entity::Brand, Entity::Attribute, Entity::Location];
const EVERY_KEY: &[Entity] = &[
    Entity::Item,
    Entity::Category,
    Entity::Class,
    Entity::Brand,
    Entity::Attribute,
    Entity::Channel,
    Entity::Location,
    Entity::Supplier,
    Entity::Mode,
    Entity::Promotion,
];
const GATE_KEYS: &[Entity] = &[
    Entity::Item,
    Entity::Category,
    Entity::Class,
    Entity::Brand,
    Entity::Attribute,
    Entity::Channel,
    Entity::Location,
    Entity::Supplier,
];

/// What a rule may let go of.
pub const RELAX: &[&str] = &[
    "sales-plan",
    "promotion-date",
    "fill-rate",
    "safety-stock",
    "max-cover",
    "expedite",
    "budget",
    "cash-minimum",
    "inventory-value",
    "storage-capacity",
    "inbound-capacity",
    "outbound-capacity",
    "open-order",
];

/// What a gate may be set on.
pub const METRICS: &[&str] = &{
    let mut names = [""; Measure::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = Measure::ALL[at].name();
        at += 1;
    }
    names
};

table! {
    /// The plan itself: its name, its time and its currency. Stands in `sop.toml`.
    Plan = "plan", Single {
        /// Version of this language.
        language: i64 = "language", Kind::Whole(0, 1_000_000), Required;
        /// The project's name, for people.
        name: String = "name", Kind::Text, Required;
        /// This cycle's name, for example its month.
        cycle: String = "cycle", Kind::Text, Required;
        /// The day stock was counted, before that day's sales: the compiler's only "today".
        as_of: NaiveDate = "as-of", Kind::Date, Required;
        /// What is planned as one: months, ISO weeks, or weeks and then months.
        bucket: BucketText = "bucket", Kind::Buckets, Required;
        /// Buckets planned; the first holds as-of. Not with weeks and then months.
        horizon: i64 = "horizon", Kind::Whole(1, 260), Optional;
        /// Whether the first bucket's figures are what is left of it, or those of the whole month or week.
        first_bucket: String = "first-bucket", Kind::Choice(&["rest", "whole"]), Default("rest");
        /// The plan's currency: three capital letters, as in ISO 4217, whose list it is not held against.
        currency: String = "currency", Kind::Text, Required;
        /// No new purchase is released before as-of + this many days.
        frozen_days: i64 = "frozen-days", Kind::Whole(0, 3_650), Default("0");
        /// Buckets planned past the horizon, so that its last orders and cash are real.
        tail: i64 = "tail", Kind::Whole(0, 260), Default("0");
    }
}

table! {
    /// Rates of what the plan earns and costs.
    Economics = "economics", Single {
        /// Cost of holding stock, a year, of its standard cost.
        holding_rate: Decimal = "holding-rate", Kind::Number(Quantity::Rate), Default("0");
        /// Cost of each unit below safety stock, a bucket, of its standard cost.
        safety_shortfall_rate: Decimal = "safety-shortfall-rate", Kind::Number(Quantity::Rate), Default("0");
        /// Worth, of its standard cost, of stock beyond one cover target at the end of the horizon.
        salvage_rate: Decimal = "salvage-rate", Kind::Number(Quantity::Share), Default("0.5");
        /// Whether the last stock is worth something.
        end_worth: String = "end-worth", Kind::Choice(&["cover", "none"]), Default("cover");
        /// Cost of each unit by which a line differs from the last plan, of its standard cost.
        change_cost: Decimal = "change-cost", Kind::Number(Quantity::Rate), Default("0");
    }
}

table! {
    /// An assumption that has a name, an owner and a reason.
    Assumption = "assumption", Named {
        /// The number.
        value: Decimal = "value", Kind::Number(Quantity::Any), Required;
        /// Who answers for it.
        owner: String = "owner", Kind::Text, Optional;
        /// Why it is so.
        reason: String = "reason", Kind::Text, Optional;
    }
}

table! {
    /// The use of an assumption where a number is meant: value x times + plus.
    Assume = "an assumed number", Inline {
        /// The assumption's name.
        assume: String = "assume", Kind::Text, Required;
        /// Factor.
        times: Decimal = "times", Kind::Number(Quantity::Any), Default("1");
        /// Added after that.
        plus: Decimal = "plus", Kind::Number(Quantity::Any), Default("0");
    }
}

table! {
    /// Something that is bought, stocked and sold.
    Item = "item", Named {
        /// Its name, for people.
        name: String = "name", Kind::Text, Optional;
        /// Its category.
        category: String = "category", Kind::Text, Optional;
        /// Its ABC class, an input that the plan keeps.
        class: String = "class", Kind::Text, Optional;
        /// Its brand.
        brand: String = "brand", Kind::Text, Optional;
        /// Anything else to select by.
        attributes: Words = "attributes", Kind::Words, Optional;
        /// Volume of a unit in m3.
        unit_volume: Decimal = "unit-volume", Kind::Number(Quantity::Volume), Default("0");
        /// First day of sales.
        launch: NaiveDate = "launch", Kind::Date, Optional;
        /// First day without sales.
        phase_out: NaiveDate = "phase-out", Kind::Date, Optional;
        /// The item that follows it, for outlooks and reports.
        successor: String = "successor", Kind::Name(Entity::Item), Optional;
        /// Selling price, where no entry of `[[price]]` says otherwise.
        price: SeriesText = "price", Kind::Level(Quantity::Price), Optional;
        /// Standard cost of a unit, instead of the one that follows from its lanes.
        cost: Decimal = "cost", Kind::Number(Quantity::Price), Optional;
    }
}

table! {
    /// A place that holds stock.
    Location = "location", Named {
        /// Its name, for people.
        name: String = "name", Kind::Text, Optional;
        /// Room in m3.
        storage_capacity: SeriesText = "storage-capacity", Kind::Level(Quantity::Volume), Optional;
        /// Whether room is checked on opening stock and all receipts, or on closing stock.
        storage_basis: String = "storage-basis", Kind::Choice(&["peak", "closing"]), Default("peak");
        /// Units it can receive a bucket.
        inbound_capacity: SeriesText = "inbound-capacity", Kind::Flow(Quantity::Units), Optional;
        /// Units it can send out a bucket.
        outbound_capacity: SeriesText = "outbound-capacity", Kind::Flow(Quantity::Units), Optional;
    }
}

table! {
    /// A way of selling.
    Channel = "channel", Named {
        /// Its name, for people.
        name: String = "name", Kind::Text, Optional;
        /// Locations it ships from, in order of preference.
        ship_from: Vec<Spanned<String>> = "ship-from", Kind::Names(Entity::Location), Required;
        /// Days from a sale to its cash.
        payout_days: i64 = "payout-days", Kind::Whole(0, 3_650), Default("0");
        /// What becomes of demand that cannot be served in its bucket.
        unmet: String = "unmet", Kind::Choice(&["lost", "backorder"]), Default("lost");
        /// Most days a backorder may be late.
        max_late_days: i64 = "max-late-days", Kind::Whole(0, 3_650), Optional;
        /// Cost of a unit that is a bucket late.
        late_cost: SeriesText = "late-cost", Kind::Level(Quantity::Price), Optional;
    }
}

table! {
    /// A selling price that overrides the item's.
    Price = "price", List {
        /// Its name, for scenarios.
        id: String = "id", Kind::Text, Optional;
        /// What it is about.
        selector: Selector = "where", Kind::Selector(ITEM_CHANNEL), Optional;
        /// Plan currency a unit.
        price: SeriesText = "price", Kind::Level(Quantity::Price), Required;
    }
}

table! {
    /// What a channel takes of a sale.
    Fee = "fee", List {
        /// Its name, for scenarios.
        id: String = "id", Kind::Text, Optional;
        /// What it is about; `location` is the one shipped from.
        selector: Selector = "where", Kind::Selector(FEE_KEYS), Optional;
        /// Of the price.
        fee_rate: SeriesText = "fee-rate", Kind::Level(Quantity::Share), Optional;
        /// Plan currency a unit.
        fulfilment_fee: SeriesText = "fulfilment-fee", Kind::Level(Quantity::Price), Optional;
        /// Cost of a unit of demand that is not met, besides the margin.
        shortage_cost: SeriesText = "shortage-cost", Kind::Level(Quantity::Price), Optional;
    }
}

table! {
    /// Someone to buy from.
    Supplier = "supplier", Named {
        /// Its name, for people.
        name: String = "name", Kind::Text, Optional;
        /// Currency of its unit costs; the plan's where none is given.
        currency: String = "currency", Kind::Text, Optional;
        /// Capacity units it can take on a bucket, by release.
        capacity: SeriesText = "capacity", Kind::Flow(Quantity::Capacity), Optional;
        /// Least goods value, units or volume of a purchase order.
        minimum_order: One<MinimumOrder> = "minimum-order", Kind::Table(MinimumOrder::SPEC), Optional;
        /// Days on which it takes no order, produces nothing and ships nothing.
        closures: Rows<Closure> = "closures", Kind::Rows(Closure::SPEC), Optional;
        /// Shares of the goods value and when they are paid; all at receipt where none is given.
        payment: Rows<Milestone> = "payment", Kind::Rows(Milestone::SPEC), Optional;
    }
}

table! {
    /// The least a purchase order must come to: one of these.
    MinimumOrder = "a minimum order", Inline {
        /// Goods value, supplier's currency.
        value: Decimal = "value", Kind::Number(Quantity::Price), Optional;
        /// Units of all lines.
        units: Decimal = "units", Kind::Number(Quantity::Units), Optional;
        /// m3 of all lines.
        volume: Decimal = "volume", Kind::Number(Quantity::Volume), Optional;
    }
}

table! {
    /// A time a supplier is closed; both days are closed.
    Closure = "a closure", Inline {
        /// First closed day.
        from: NaiveDate = "from", Kind::Date, Required;
        /// Last closed day.
        to: NaiveDate = "to", Kind::Date, Required;
        /// Why.
        reason: String = "reason", Kind::Text, Optional;
    }
}

table! {
    /// A share of a purchase and its day.
    Milestone = "a payment", Inline {
        /// Of the goods value.
        share: Decimal = "share", Kind::Number(Quantity::Share), Required;
        /// The day it is counted from.
        at: String = "at", Kind::Choice(&["order", "ship", "receipt"]), Required;
        /// Days behind that.
        days: i64 = "days", Kind::Whole(0, 3_650), Default("0");
    }
}

table! {
    /// Freight by volume.
    PerVolume = "freight", Inline {
        /// Plan currency an m3.
        per_m3: SeriesText = "per-m3", Kind::Level(Quantity::Price), Required;
    }
}

table! {
    /// One way of getting items to a location. Times and costs may be series, by release bucket.
    Lane = "lane", List {
        /// Its name, for scenarios.
        id: String = "id", Kind::Text, Optional;
        /// The items it carries.
        selector: Selector = "where", Kind::Selector(ITEM_KEYS), Optional;
        /// Who sells them; a lane has this or `from`.
        supplier: String = "supplier", Kind::Name(Entity::Supplier), Optional;
        /// The own location they come from, for a transfer.
        from: String = "from", Kind::Name(Entity::Location), Optional;
        /// Where they arrive.
        location: String = "location", Kind::Name(Entity::Location), Required;
        /// How they travel.
        mode: String = "mode", Kind::Name(Entity::Mode), Default("standard");
        /// Only a rule lets it be used.
        premium: bool = "premium", Kind::Flag, Default("false");
        /// Whole days from release to usable.
        lead_days: SeriesText = "lead-days", Kind::Level(Quantity::Days), Required;
        /// Open days of them that pass before shipping; all where none are given.
        production_days: SeriesText = "production-days", Kind::Level(Quantity::Days), Optional;
        /// Supplier's currency a unit; or a `[[purchase-price]]`.
        unit_cost: SeriesText = "unit-cost", Kind::Level(Quantity::Price), Optional;
        /// Plan currency a unit, or `{ per-m3 = 72 }`.
        freight: Freight = "freight", Kind::Freight, Default("0");
        /// Of the unit cost.
        duty_rate: SeriesText = "duty-rate", Kind::Level(Quantity::Rate), Default("0");
        /// Plan currency a line placed.
        order_cost: SeriesText = "order-cost", Kind::Level(Quantity::Price), Default("0");
        /// Supplier capacity a unit takes.
        capacity_use: Decimal = "capacity-use", Kind::Number(Quantity::Capacity), Default("1");
        /// Supplier capacity a line takes besides.
        capacity_setup: Decimal = "capacity-setup", Kind::Number(Quantity::Capacity), Default("0");
        /// Days before the bucket it serves that an order is planned to arrive.
        safety_days: i64 = "safety-days", Kind::Whole(0, 3_650), Default("0");
        /// Smallest line, units.
        moq: i64 = "moq", Kind::Whole(0, MAX_UNITS), Default("1");
        /// Lines are multiples of it (case, pallet).
        multiple: i64 = "multiple", Kind::Whole(1, MAX_UNITS), Default("1");
        /// Largest line, units.
        max: i64 = "max", Kind::Whole(1, MAX_UNITS), Optional;
        /// Lines that may be placed for one bucket.
        lines: i64 = "lines", Kind::Whole(1, 100), Default("1");
        /// Cheaper unit costs for larger lines.
        price_breaks: Rows<PriceBreak> = "price-breaks", Kind::Rows(PriceBreak::SPEC), Optional;
        /// Whether a break holds for all units or only for those from it on.
        kind: String = "kind", Kind::Choice(&["all-units", "incremental"]), Default("all-units");
    }
}

table! {
    /// A cheaper unit cost from so many units on.
    PriceBreak = "a price break", Inline {
        /// First size that has it.
        from: i64 = "from", Kind::Whole(1, MAX_UNITS), Required;
        /// Supplier's currency a unit.
        unit_cost: Decimal = "unit-cost", Kind::Number(Quantity::Price), Required;
    }
}

table! {
    /// Unit costs apart from lanes; the narrower wins.
    PurchasePrice = "purchase-price", List {
        /// Its name, for scenarios.
        id: String = "id", Kind::Text, Optional;
        /// What it is about.
        selector: Selector = "where", Kind::Selector(ITEM_KEYS), Optional;
        /// Who sells it.
        supplier: String = "supplier", Kind::Name(Entity::Supplier), Required;
        /// Supplier's currency a unit.
        unit_cost: SeriesText = "unit-cost", Kind::Level(Quantity::Price), Required;
        /// Cheaper unit costs for larger lines.
        price_breaks: Rows<PriceBreak> = "price-breaks", Kind::Rows(PriceBreak::SPEC), Optional;
    }
}

table! {
    /// Stock at as-of, before that day's sales.
    Stock = "stock", List {
        /// The item.
        item: String = "item", Kind::Name(Entity::Item), Required;
        /// Where it lies.
        location: String = "location", Kind::Name(Entity::Location), Required;
        /// Units.
        on_hand: i64 = "on-hand", Kind::Whole(0, MAX_UNITS), Required;
    }
}

table! {
    /// One line of a purchase order that is placed; the lines of an order share its id.
    OpenOrder = "open-order", List {
        /// The purchase order.
        id: String = "id", Kind::Text, Required;
        /// The item.
        item: String = "item", Kind::Name(Entity::Item), Required;
        /// Who sells it.
        supplier: String = "supplier", Kind::Name(Entity::Supplier), Required;
        /// Where it arrives.
        location: String = "location", Kind::Name(Entity::Location), Required;
        /// Units.
        units: i64 = "units", Kind::Whole(1, MAX_UNITS), Required;
        /// Day it was placed: what is still to pay follows the supplier's terms from here.
        ordered: NaiveDate = "ordered", Kind::Date, Optional;
        /// Day it arrives.
        due: NaiveDate = "due", Kind::Date, Required;
        /// What is still to pay and when; an empty list where all is paid.
        payments: Rows<OpenPayment> = "payments", Kind::Rows(OpenPayment::SPEC), Optional;
        /// A fact; `false` where a rule may move or cancel it.
        firm: bool = "firm", Kind::Flag, Default("true");
    }
}

table! {
    /// Money still to pay.
    OpenPayment = "a payment", Inline {
        /// Plan currency.
        amount: Decimal = "amount", Kind::Number(Quantity::Price), Required;
        /// The day.
        on: NaiveDate = "on", Kind::Date, Required;
    }
}

table! {
    /// Units under way between own locations.
    OpenTransfer = "open-transfer", List {
        /// Its name, for scenarios.
        id: String = "id", Kind::Text, Optional;
        /// The item.
        item: String = "item", Kind::Name(Entity::Item), Required;
        /// Where it left.
        from: String = "from", Kind::Name(Entity::Location), Required;
        /// Where it arrives.
        location: String = "location", Kind::Name(Entity::Location), Required;
        /// Units.
        units: i64 = "units", Kind::Whole(1, MAX_UNITS), Required;
        /// Day it arrives.
        due: NaiveDate = "due", Kind::Date, Required;
    }
}

table! {
    /// Units that a channel is expected to ask for.
    Demand = "demand", List {
        /// Its name, for scenarios.
        id: String = "id", Kind::Text, Optional;
        /// The item.
        item: String = "item", Kind::Name(Entity::Item), Required;
        /// The channel.
        channel: String = "channel", Kind::Name(Entity::Channel), Required;
        /// Units by bucket.
        units: SeriesText = "units", Kind::Flow(Quantity::Units), Required;
    }
}

table! {
    /// Demand that is assumed from history; where a `[[demand]]` states it, that wins.
    Outlook = "outlook", List {
        /// Its name, for scenarios.
        id: String = "id", Kind::Text, Optional;
        /// What it is about; the narrower wins.
        selector: Selector = "where", Kind::Selector(ITEM_CHANNEL), Optional;
        /// The same bucket a year before, the average of the last `over` buckets, or like the item `as`.
        method: String = "method", Kind::Choice(&["seasonal", "average", "like"]), Required;
        /// Share by which it grows: 0.12 makes 112 of 100.
        growth: Decimal = "growth", Kind::Number(Quantity::Growth), Default("0");
        /// Buckets the average is taken over.
        over: i64 = "over", Kind::Whole(1, 260), Optional;
        /// The item that it is like.
        like: String = "as", Kind::Name(Entity::Item), Optional;
        /// Its units for one of the other item.
        factor: Decimal = "factor", Kind::Number(Quantity::Factor), Default("1");
    }
}

table! {
    /// What was sold before as-of. Usually a CSV file.
    History = "history", List {
        /// The item, under its id of then or of now.
        item: String = "item", Kind::Text, Required;
        /// The channel.
        channel: String = "channel", Kind::Text, Required;
        /// Units sold by bucket.
        units: SeriesText = "units", Kind::Flow(Quantity::Units), Required;
        /// Units that came back, by the bucket of the sale.
        returned: SeriesText = "returned", Kind::Flow(Quantity::Units), Optional;
        /// Units of those sold that a promotion brought: they are no base for what is to come.
        promoted: SeriesText = "promoted", Kind::Flow(Quantity::Units), Optional;
        /// Units that were wanted besides while nothing was in stock, as far as that is known.
        lost: SeriesText = "lost", Kind::Flow(Quantity::Units), Optional;
    }
}

table! {
    /// What came to be after as-of, to be held against the approved plan. Usually a CSV file.
    Actual = "actual", List {
        /// What happened.
        kind: String = "kind", Kind::Choice(&["sale", "receipt", "transfer", "stock", "payment"]), Default("sale");
        /// The item.
        item: String = "item", Kind::Name(Entity::Item), Optional;
        /// The channel of a sale.
        channel: String = "channel", Kind::Name(Entity::Channel), Optional;
        /// The location of a receipt or of stock, where a transfer arrived, or from where a sale was shipped.
        location: String = "location", Kind::Name(Entity::Location), Optional;
        /// Where a transfer came from.
        from: String = "from", Kind::Name(Entity::Location), Optional;
        /// Who sold what was received or paid.
        supplier: String = "supplier", Kind::Name(Entity::Supplier), Optional;
        /// The purchase order of a receipt or payment.
        order: String = "order", Kind::Text, Optional;
        /// Units, by bucket where there is no day.
        units: SeriesText = "units", Kind::Flow(Quantity::Units), Optional;
        /// Price a unit was sold at, plan currency.
        price: SeriesText = "price", Kind::Level(Quantity::Price), Optional;
        /// Plan currency paid.
        amount: Decimal = "amount", Kind::Number(Quantity::Money), Optional;
        /// The day, where it is a single one.
        on: NaiveDate = "on", Kind::Date, Optional;
    }
}

table! {
    /// A person's change over demand or outlook, before promotions; the narrower wins.
    Adjust = "adjust", List {
        /// Its name, for scenarios.
        id: String = "id", Kind::Text, Optional;
        /// What it is about.
        selector: Selector = "where", Kind::Selector(ITEM_CHANNEL), Optional;
        /// The months or weeks it holds in.
        during: During = "during", Kind::During, Required;
        /// Demand is multiplied by it; an entry has this, `add` or `set`.
        factor: Decimal = "factor", Kind::Number(Quantity::Factor), Optional;
        /// Units added to each item and channel, each month or week.
        add: Decimal = "add", Kind::Number(Quantity::Change), Optional;
        /// Units that stand for the demand of each item and channel, each month or week.
        set: Decimal = "set", Kind::Number(Quantity::Units), Optional;
        /// Who answers for it.
        owner: String = "owner", Kind::Text, Optional;
        /// Why.
        reason: String = "reason", Kind::Text, Optional;
    }
}

table! {
    /// A promotion: more demand, perhaps a lower price, for a time.
    Promotion = "promotion", List {
        /// Its name.
        id: String = "id", Kind::Text, Required;
        /// What it is about.
        selector: Selector = "where", Kind::Selector(ITEM_CHANNEL), Optional;
        /// The months or weeks it runs in.
        during: During = "during", Kind::During, Required;
        /// Demand is multiplied by it.
        uplift: Decimal = "uplift", Kind::Number(Quantity::Factor), Default("1");
        /// Units added for each item and channel with a demand row, each month or week.
        add_units: Decimal = "add-units", Kind::Number(Quantity::Units), Optional;
        /// Price while it runs.
        price: Decimal = "price", Kind::Number(Quantity::Price), Optional;
    }
}

table! {
    /// A floor that must hold: the share of demand that is served in its own bucket.
    Service = "service", List {
        /// Its name, for rules, waivers and scenarios.
        id: String = "id", Kind::Text, Optional;
        /// What it is about; everything where nothing is given.
        selector: Selector = "where", Kind::Selector(ITEM_CHANNEL), Optional;
        /// Share of the demand of a bucket.
        fill_rate: SeriesText = "fill-rate", Kind::Level(Quantity::Share), Required;
        /// Whether each item, channel and bucket has to reach it, or the selection as a whole in each bucket.
        per: String = "per", Kind::Choice(&["item", "group"]), Default("item");
        /// First bucket it holds in; where it is left out, the first that a new order can reach.
        from: FromBucket = "from", Kind::From, Optional;
    }
}

table! {
    /// A goal for stock: what to hold back for surprises, and what is too much. The narrower entry wins.
    Cover = "cover", List {
        /// Its name, for rules, waivers and scenarios.
        id: String = "id", Kind::Text, Optional;
        /// What it is about; everything where nothing is given.
        selector: Selector = "where", Kind::Selector(POOL_KEYS), Optional;
        /// Stock that is held back for surprises.
        safety_stock: One<SafetyStock> = "safety-stock", Kind::Table(SafetyStock::SPEC), Optional;
        /// Weeks of forward demand above which stock counts as excess.
        max_weeks: Decimal = "max-weeks", Kind::Number(Quantity::Factor), Optional;
        /// What the entry states is a commitment.
        hard: bool = "hard", Kind::Flag, Default("false");
        /// First bucket a hard entry holds in; where it is left out, the first that a new order can reach.
        from: FromBucket = "from", Kind::From, Optional;
    }
}

table! {
    /// Safety stock: by weeks of demand, in units, or by a service level.
    SafetyStock = "safety stock", Inline {
        /// Weeks of forward demand.
        weeks: SeriesText = "weeks", Kind::Level(Quantity::Factor), Optional;
        /// Units.
        units: SeriesText = "units", Kind::Level(Quantity::Units), Optional;
        /// Share of cycles without a stockout that it is to cover, above 0.5 and below 1.
        service_level: Decimal = "service-level", Kind::Number(Quantity::Share), Optional;
        /// Standard deviation of the demand of a bucket, units.
        demand_sd: Decimal = "demand-sd", Kind::Number(Quantity::Units), Optional;
        /// Standard deviation of the lead time, days.
        lead_sd_days: Decimal = "lead-sd-days", Kind::Number(Quantity::Factor), Default("0");
    }
}

table! {
    /// A trade-off that is accepted where not every commitment can be kept. The first in the file is the first to give.
    Rule = "rule", List {
        /// Its name.
        id: String = "id", Kind::Text, Required;
        /// What it lets go of.
        relax: String = "relax", Kind::Choice(RELAX), Required;
        /// Which commitments: those whose own `where` has the same value under each of these keys.
        selector: Selector = "where", Kind::Selector(EVERY_KEY), Optional;
        /// How far, in each bucket and for each commitment.
        up_to: One<UpTo> = "up-to", Kind::Table(UpTo::SPEC), Required;
        /// By how much its use may exceed the least where later rules or money gain by it.
        within: Decimal = "within", Kind::Number(Quantity::Price), Default("0");
        /// `"pays"`: it may be used wherever it earns more than it costs.
        when: String = "when", Kind::Choice(&["pays"]), Optional;
        /// Cost of a unit (m3 for storage) of overflow, of rules about capacities.
        cost: Decimal = "cost", Kind::Number(Quantity::Price), Optional;
        /// Whether an open order may also be cancelled.
        cancel: bool = "cancel", Kind::Flag, Default("false");
        /// Who accepts it.
        owner: String = "owner", Kind::Text, Optional;
        /// Why.
        reason: String = "reason", Kind::Text, Optional;
        /// Last day it holds, against as-of.
        expires: NaiveDate = "expires", Kind::Date, Optional;
    }
}

table! {
    /// How far a rule may go: one of these.
    UpTo = "how far a rule goes", Inline {
        /// Share of what is let go.
        share: Decimal = "share", Kind::Number(Quantity::Share), Optional;
        /// Fill rate that still holds.
        floor: Decimal = "floor", Kind::Number(Quantity::Share), Optional;
        /// Buckets.
        buckets: i64 = "buckets", Kind::Whole(0, 260), Optional;
        /// Units.
        units: Decimal = "units", Kind::Number(Quantity::Units), Optional;
        /// Plan currency.
        amount: Decimal = "amount", Kind::Number(Quantity::Price), Optional;
    }
}

table! {
    /// A policy on the finished plan or its change; where it is not met, the plan is refused.
    Gate = "gate", List {
        /// Its name.
        id: String = "id", Kind::Text, Required;
        /// What is measured.
        metric: String = "metric", Kind::Choice(METRICS), Required;
        /// What it is about; everything where nothing is given.
        selector: Selector = "where", Kind::Selector(GATE_KEYS), Optional;
        /// The least it may be.
        at_least: Decimal = "at-least", Kind::Number(Quantity::Any), Optional;
        /// The most it may be.
        at_most: Decimal = "at-most", Kind::Number(Quantity::Any), Optional;
        /// Whether it refuses the plan or only warns.
        level: String = "level", Kind::Choice(&["error", "warning"]), Default("error");
    }
}

table! {
    /// Lets a warning or a gate pass, for a reason.
    Waiver = "waiver", List {
        /// Its name, for scenarios.
        id: String = "id", Kind::Text, Optional;
        /// The code of the warning, such as `SOP7001` or `price-below-cost`; an entry has this or `gate`.
        code: String = "code", Kind::Text, Optional;
        /// The id of the gate.
        gate: String = "gate", Kind::Text, Optional;
        /// What it is about; everything where nothing is given.
        selector: Selector = "where", Kind::Selector(EVERY_KEY), Optional;
        /// Why.
        reason: String = "reason", Kind::Text, Required;
        /// Who answers for it.
        owner: String = "owner", Kind::Text, Required;
        /// Last day it holds, against as-of.
        expires: NaiveDate = "expires", Kind::Date, Optional;
    }
}

table! {
    /// A decision taken outside: what is ordered on a lane for a bucket.
    Pin = "pin", List {
        /// Its name, for scenarios.
        id: String = "id", Kind::Text, Optional;
        /// The item.
        item: String = "item", Kind::Name(Entity::Item), Required;
        /// Who sells it; a pin has this or `from`.
        supplier: String = "supplier", Kind::Name(Entity::Supplier), Optional;
        /// The own location it comes from.
        from: String = "from", Kind::Name(Entity::Location), Optional;
        /// Where it arrives.
        location: String = "location", Kind::Name(Entity::Location), Required;
        /// How it travels.
        mode: String = "mode", Kind::Name(Entity::Mode), Default("standard");
        /// The bucket it is received in.
        receipt_bucket: Period = "receipt-bucket", Kind::Period, Required;
        /// Exactly so many units; an entry has this, `min` or `max`.
        units: i64 = "units", Kind::Whole(0, MAX_UNITS), Optional;
        /// At least so many.
        min: i64 = "min", Kind::Whole(0, MAX_UNITS), Optional;
        /// At most so many.
        max: i64 = "max", Kind::Whole(0, MAX_UNITS), Optional;
        /// Who decided it.
        owner: String = "owner", Kind::Text, Optional;
        /// Why.
        reason: String = "reason", Kind::Text, Optional;
    }
}

table! {
    /// An item or channel that changed its id, so that diffs and history follow it.
    Renamed = "renamed", List {
        /// The id it had.
        from: String = "from", Kind::Text, Required;
        /// The id it has now.
        to: String = "to", Kind::Text, Required;
    }
}

table! {
    /// Money at hand.
    Cash = "cash", Single {
        /// At as-of.
        opening: Decimal = "opening", Kind::Number(Quantity::Money), Required;
        /// Least closing balance of every bucket.
        minimum: SeriesText = "minimum", Kind::Level(Quantity::Money), Default("0");
    }
}

table! {
    /// Money that comes in or goes out besides sales and purchases.
    CashFlow = "cash-flow", List {
        /// Its name for scenarios, where `name` is not enough.
        id: String = "id", Kind::Text, Optional;
        /// What it is.
        name: String = "name", Kind::Text, Required;
        /// Plan currency; negative for what goes out.
        amount: SeriesText = "amount", Kind::Flow(Quantity::Money), Required;
        /// The day, where it is a single one.
        on: NaiveDate = "on", Kind::Date, Optional;
    }
}

table! {
    /// Open-to-buy: the landed cost that may be received in a bucket.
    Budget = "budget", List {
        /// Its name.
        id: String = "id", Kind::Text, Optional;
        /// What it covers; everything where nothing is given.
        selector: Selector = "where", Kind::Selector(LANE_KEYS), Optional;
        /// Plan currency, by receipt bucket.
        purchases: SeriesText = "purchases", Kind::Flow(Quantity::Price), Required;
    }
}

table! {
    /// A limit of what stock is worth.
    Limit = "limit", List {
        /// Its name.
        id: String = "id", Kind::Text, Optional;
        /// What it covers; everything where nothing is given.
        selector: Selector = "where", Kind::Selector(POOL_KEYS), Optional;
        /// Closing stock at standard cost.
        inventory_value: SeriesText = "inventory-value", Kind::Level(Quantity::Price), Required;
    }
}

table! {
    /// A table that stands in a CSV file.
    Csv = "csv", List {
        /// Which table its rows are entries of.
        table: String = "table", Kind::Text, Required;
        /// The file, relative to the root.
        path: String = "path", Kind::Text, Required;
        /// Headers of the keys, where they differ. Where it stands, columns that are no keys are let be; else they are a warning.
        columns: Words = "columns", Kind::Words, Optional;
        /// What separates cells.
        delimiter: String = "delimiter", Kind::Text, Default(",");
        /// What quotes them.
        quote: String = "quote", Kind::Text, Default("\"");
        /// The decimal point.
        decimal: String = "decimal", Kind::Choice(&[".", ","]), Default(".");
        /// How days are written, in the terms of strftime.
        date_format: String = "date-format", Kind::Text, Default("%Y-%m-%d");
    }
}
