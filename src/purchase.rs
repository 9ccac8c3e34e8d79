//! Purchase orders: the lines that a plan wants placed, put together as suppliers get them.
//!
//! Lines of one supplier that are released in the same bucket make one purchase order; each line keeps its own day.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{Action, Amount, Goods, Order, Payment, Plan};
use crate::units::{ratio, whole};

/// The `format_version` of a purchase order that this compiler writes; 1.x only ever adds.
pub const FORMAT_VERSION: &str = "1.0";

/// The JSON Schema (draft-07) of a purchase order, as it is published.
pub const SCHEMA: &str = include_str!("../schema/purchase-order.schema.json");

/// Longest part of a file's name that comes from a supplier's, bytes.
const LONGEST: usize = 80;

/// What a supplier is asked for in a bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PurchaseOrder {
    /// Version of this format.
    pub format_version: String,
    /// `supplier-bucket`, unique in a plan.
    pub id: String,
    /// The project's name.
    pub project: String,
    /// The plan's cycle.
    pub cycle: String,
    /// The plan's hash.
    pub plan_hash: String,
    /// Who gets it.
    pub supplier: String,
    /// The bucket in which its lines are placed.
    pub release_bucket: String,
    /// The currency of all amounts but those of the goods: the plan's.
    pub currency: String,
    /// Units of all lines.
    pub units: i64,
    /// What its supplier asks for the goods, in its own currency; absent where a line does not tell.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub goods: Option<Goods>,
    /// Landed cost of all lines.
    pub landed_cost: Amount,
    /// Its lines, by release date, item, location, mode, receipt bucket.
    pub lines: Vec<PurchaseLine>,
}

/// A line of a purchase order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PurchaseLine {
    /// Its key in the plan.
    pub key: String,
    /// The day it is placed.
    pub release_date: NaiveDate,
    /// The item.
    pub item: String,
    /// Units.
    pub units: i64,
    /// Where it arrives.
    pub location: String,
    /// How it comes.
    pub mode: String,
    /// The day it can be sold from.
    pub usable_date: NaiveDate,
    /// The bucket it serves.
    pub receipt_bucket: String,
    /// What a unit costs in the supplier's currency, freight and duty aside: goods / units, to six decimals.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub unit_price: Option<Amount>,
    /// What the supplier asks for the goods; absent of a line that an older plan committed to.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub goods: Option<Goods>,
    /// Landed cost of the line.
    pub landed_cost: Amount,
    /// What is paid and when.
    pub payments: Vec<Payment>,
    /// True where the plan before approved it already.
    pub committed: bool,
}

/// The purchase orders of a plan, by release bucket in order of time, then supplier; lines for after the horizon among them.
#[must_use]
pub fn purchase_orders(plan: &Plan) -> Vec<PurchaseOrder> {
    let mut orders: BTreeMap<(usize, &str), Vec<PurchaseLine>> = BTreeMap::new();
    for order in plan.orders.iter().chain(&plan.tail) {
        let Some((bucket, line)) = placed(plan, order) else { continue };
        orders.entry((bucket, &order.supplier)).or_default().push(line);
    }
    let made = orders.into_iter().map(|((bucket, supplier), mut lines)| {
        lines.sort_by(|a, b| key(a).cmp(&key(b)));
        let label = &plan.buckets[bucket].label;
        let landed = lines.iter().fold(rust_decimal::Decimal::ZERO, |sum, line| sum.saturating_add(line.landed_cost.0));
        PurchaseOrder {
            format_version: FORMAT_VERSION.to_owned(),
            id: order_id(supplier, label),
            project: plan.project.clone(),
            cycle: plan.cycle.clone(),
            plan_hash: plan.plan_hash.clone(),
            supplier: supplier.to_owned(),
            release_bucket: label.clone(),
            currency: plan.currency.clone(),
            units: lines.iter().fold(0, |sum, line| sum.saturating_add(line.units)),
            goods: goods(&lines),
            landed_cost: Amount(landed),
            lines,
        }
    });
    made.collect()
}

/// The goods of all lines; none where one does not tell, or tells another currency.
fn goods(lines: &[PurchaseLine]) -> Option<Goods> {
    let (first, others) = lines.split_first()?;
    others.iter().try_fold(first.goods.clone()?, |sum, line| {
        let own = line.goods.as_ref().filter(|own| own.currency == sum.currency)?;
        Some(Goods { value: Amount(sum.value.0.checked_add(own.value.0)?), ..sum })
    })
}

/// Goods value of a unit.
fn unit_price(order: &Order) -> Option<Amount> {
    let goods = order.goods.as_ref().filter(|_| order.units > 0)?;
    Amount::rounded(ratio(goods.value.0) / whole(order.units)).ok()
}

impl PurchaseLine {
    /// True where it is to be placed on a Saturday or Sunday: suppliers are open on every day that their `closures` leave.
    #[must_use]
    pub fn is_on_weekend(&self) -> bool {
        self.release_date.weekday().number_from_monday() > 5
    }
}

/// What a supplier's purchase order of a bucket is called.
#[must_use]
pub fn order_id(supplier: &str, release_bucket: &str) -> String {
    format!("{supplier}-{release_bucket}")
}

fn key(line: &PurchaseLine) -> impl Ord + use<'_> {
    (line.release_date, &line.item, &line.location, &line.mode, line.usable_date, &line.key)
}

/// A line that is to be placed, and the bucket of its release day.
fn placed(plan: &Plan, order: &Order) -> Option<(usize, PurchaseLine)> {
    let release_date = order.release_date?;
    let bucket = plan.buckets.iter().position(|bucket| bucket.start <= release_date && release_date <= bucket.end)?;
    matches!(order.action, Action::New | Action::Committed).then(|| {
        let line = PurchaseLine {
            key: order.key.clone(),
            release_date,
            item: order.item.clone(),
            units: order.units,
            location: order.location.clone(),
            mode: order.mode.clone().unwrap_or_default(),
            usable_date: order.usable_date,
            receipt_bucket: order.receipt_bucket.clone(),
            unit_price: unit_price(order),
            goods: order.goods.clone(),
            landed_cost: order.landed_cost,
            payments: order.payments.clone(),
            committed: order.action == Action::Committed,
        };
        (bucket, line)
    })
}

/// A file name for each purchase order, without its ending: no name leads elsewhere, and no two are one on any system.
#[must_use]
pub fn file_names(orders: &[PurchaseOrder]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let name = |order: &PurchaseOrder| {
        let kept = |letter: char| if letter.is_ascii_alphanumeric() || "-_".contains(letter) { letter } else { '_' };
        let supplier: String = order.supplier.chars().map(kept).take(LONGEST).collect();
        let plain = format!("{}-{}", supplier.trim_start_matches('-'), order.release_bucket);
        let numbered = (2_usize..).map(|number| format!("{plain}-{number}"));
        let mut names = std::iter::once(plain.clone()).chain(numbered);
        // Some systems take letters of either case for one.
        names.find(|name| taken.insert(name.to_ascii_lowercase())).unwrap_or(plain)
    };
    orders.iter().map(name).collect()
}

/// The schema that follows from the types of a purchase order.
#[must_use]
pub fn schema() -> String {
    crate::published::schema_of::<PurchaseOrder>()
}
