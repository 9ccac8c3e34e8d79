//! Each item: stock, demand and orders by bucket, folded away until someone asks.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::facts::{Facts, known, units};
use super::stock::by_pool;
use crate::plan::{Allocation, Inventory, Order};
use crate::render::blocks::{BUCKET, Block, Chart, Mark, Series, Set, Sheet, Words};
use crate::render::number::{counted, money, units as shown};

/// Items that are there at all: those that fall short most, then those most is asked for. A page of more is too large to send.
const MOST: usize = 1_000;

/// What a plan says of an item.
#[derive(Default)]
struct Item<'p> {
    /// Units asked for, short and sold, by bucket.
    demand: Vec<(i64, i64, i64)>,
    stock: BTreeMap<&'p str, Vec<&'p Inventory>>,
    orders: Vec<&'p Order>,
}

impl Item<'_> {
    fn sum(&self, part: fn(&(i64, i64, i64)) -> i64) -> i128 {
        self.demand.iter().map(|one| i128::from(part(one))).sum()
    }
}

pub(super) fn blocks(facts: &Facts<'_>) -> Vec<Block> {
    let all = items(facts);
    if all.is_empty() || facts.horizon.is_empty() {
        return Vec::new();
    }
    let mut worst: Vec<(&str, &Item<'_>)> = all.iter().map(|(id, item)| (*id, item)).collect();
    worst.sort_by_key(|(_, item)| std::cmp::Reverse((item.sum(|one| one.1), item.sum(|one| one.0))));
    worst.truncate(MOST);
    let told: BTreeSet<&str> = worst.into_iter().map(|(id, _)| id).collect();
    let mut blocks = vec![Block::Heading("Items")];
    if told.len() < all.len() {
        let left = counted(all.len() - told.len(), "other is", "others are");
        let words =
            format!("the {} items that fall short most, or most is asked for; {left} in the plan file", told.len());
        blocks.push(Block::said(words));
    }
    let shown = all.iter().filter(|(id, _)| told.contains(*id));
    blocks.extend(shown.map(|(id, item)| Block::Fold(summary(facts, id, item), inside(facts, id, item))));
    blocks
}

fn items<'p>(facts: &Facts<'p>) -> BTreeMap<&'p str, Item<'p>> {
    let mut all: BTreeMap<&str, Item<'p>> = BTreeMap::new();
    let buckets = facts.horizon.len();
    for (item, stock) in by_pool(&facts.plan.inventory) {
        all.entry(item).or_default().stock = stock;
    }
    for order in facts.plan.orders.iter().chain(&facts.plan.tail) {
        all.entry(&order.item).or_default().orders.push(order);
    }
    let plan: &'p crate::plan::Plan = facts.plan;
    for row in &plan.allocations {
        all.entry(&row.item).or_default();
    }
    all.values_mut().for_each(|item| item.demand = vec![(0, 0, 0); buckets]);
    for ((item, _, bucket), one) in &facts.demand {
        let Some((row, at)) = all.get_mut(item).zip(facts.place(bucket)) else { continue };
        let (demand, short, _) = &mut row.demand[at];
        (*demand, *short) = (demand.saturating_add(one.demand), short.saturating_add(one.short));
    }
    for row in &plan.allocations {
        let Allocation { item, bucket, planned, .. } = row;
        let Some((row, at)) = all.get_mut(item.as_str()).zip(facts.place(bucket)) else { continue };
        row.demand[at].2 = row.demand[at].2.saturating_add(*planned);
    }
    all
}

/// What it is, and what it comes to.
fn summary(facts: &Facts<'_>, id: &str, item: &Item<'_>) -> Words {
    let words = Words::named(id);
    let known = facts.item(id);
    let words = match known.and_then(|known| known.name.as_ref()) {
        Some(name) => words.say(" ").name(name.clone()),
        None => words,
    };
    let words = match known.and_then(|known| known.category.as_ref()) {
        Some(category) => words.say(", ").name(category.clone()),
        None => words,
    };
    let (demand, short, sold) = (item.sum(|one| one.0), item.sum(|one| one.1), item.sum(|one| one.2));
    let words = words.say(format!(": {} of {} sold", shown(sold), shown(demand)));
    if short > 0 { words.say(format!(", {} short", shown(short))) } else { words }
}

fn inside(facts: &Facts<'_>, id: &str, item: &Item<'_>) -> Vec<Block> {
    let rows: Vec<&Inventory> = item.stock.values().flatten().copied().collect();
    let mut blocks = vec![Block::Chart(chart(facts, id, item, &rows)), Block::Table(by_bucket(facts, id, item, &rows))];
    if item.stock.len() > 1 {
        blocks.extend(item.stock.iter().map(|(location, rows)| Block::Table(at_location(facts, id, location, rows))));
    }
    if !item.orders.is_empty() {
        blocks.push(Block::Table(orders(id, &item.orders)));
    }
    blocks
}

/// Sums over locations by bucket.
fn sums(facts: &Facts<'_>, rows: &[&Inventory], of: fn(&Inventory) -> i64) -> Vec<Decimal> {
    facts.sums(rows.iter().map(|row| (row.bucket.as_str(), of(row))))
}

fn chart(facts: &Facts<'_>, id: &str, item: &Item<'_>, rows: &[&Inventory]) -> Chart {
    let series =
        |name, mark, ink, values: Vec<Decimal>| Series { name: Words::of(name), mark, ink, values: known(values) };
    let demand = item.demand.iter().map(|one| Decimal::from(one.0)).collect();
    let mut all = vec![
        series("closing stock", Mark::Column, "main", sums(facts, rows, |row| row.closing)),
        series("demand", Mark::Line, "want", demand),
    ];
    let safety = sums(facts, rows, |row| row.safety_stock);
    if safety.iter().any(|units| !units.is_zero()) {
        all.push(series("safety stock", Mark::Limit, "stop", safety));
    }
    let title = Words::of("Stock of ").name(id);
    Chart {
        title,
        unit: Words::of("units"),
        money: false,
        small: true,
        over: BUCKET,
        labels: facts.labels(),
        series: all,
    }
}

fn by_bucket(facts: &Facts<'_>, id: &str, item: &Item<'_>, rows: &[&Inventory]) -> Sheet {
    let [opening, received, closing, safety] = [
        sums(facts, rows, |row| row.opening),
        sums(facts, rows, |row| row.receipts),
        sums(facts, rows, |row| row.closing),
        sums(facts, rows, |row| row.safety_stock),
    ];
    let cell = |value: Decimal| Words::of(shown(i128::try_from(value).unwrap_or(i128::MAX)));
    let row = |(at, label): (usize, &&str)| {
        let (demand, short, sold) = item.demand[at];
        vec![
            Words::named(*label),
            cell(opening[at]),
            cell(received[at]),
            units(demand),
            units(sold),
            units(short),
            cell(closing[at]),
            cell(safety[at]),
        ]
    };
    let columns = [
        ("Bucket", Set::Fixed),
        ("Opening", Set::Number),
        ("Received", Set::Number),
        ("Demand", Set::Number),
        ("Sold", Set::Number),
        ("Short", Set::Number),
        ("Closing", Set::Number),
        ("Safety stock", Set::Number),
    ];
    let sheet = Sheet::of(columns, facts.horizon.iter().enumerate().map(row).collect());
    sheet.called(Words::named(id).say(" by bucket, in units"))
}

/// Stock of an item at one of several locations; sales are those that are shipped from there.
fn at_location(facts: &Facts<'_>, id: &str, location: &str, rows: &[&Inventory]) -> Sheet {
    let row = |row: &&Inventory| {
        let cells =
            [row.opening, row.receipts, row.transfers_in, row.transfers_out, row.sales, row.closing, row.safety_stock];
        std::iter::once(Words::named(row.bucket.clone())).chain(cells.map(units)).collect()
    };
    let columns = [
        ("Bucket", Set::Fixed),
        ("Opening", Set::Number),
        ("Received", Set::Number),
        ("Transfers in", Set::Number),
        ("Transfers out", Set::Number),
        ("Sold", Set::Number),
        ("Closing", Set::Number),
        ("Safety stock", Set::Number),
    ];
    let inside = rows.iter().filter(|row| facts.place(&row.bucket).is_some());
    let sheet = Sheet::of(columns, inside.map(row).collect());
    sheet.called(Words::named(id).say(" at ").name(location).say(", in units"))
}

fn orders(id: &str, orders: &[&Order]) -> Sheet {
    use crate::plan::Action;
    let row = |order: &&Order| {
        let what = match order.action {
            Action::New => "place",
            Action::Committed => "place, approved before",
            Action::Open => "placed",
            Action::Moved => "move",
            Action::Cancelled => "cancel",
        };
        vec![
            Words::of(what),
            order.release_date.map_or(Words::of("-"), |day| Words::of(day.to_string())),
            Words::named(order.supplier.clone()),
            Words::named(order.location.clone()),
            Words::of(order.usable_date.to_string()),
            units(order.units),
            Words::of(money(order.landed_cost)),
        ]
    };
    let columns = [
        ("Order", Set::Fixed),
        ("on", Set::Fixed),
        ("Supplier", Set::Text),
        ("To", Set::Fixed),
        ("Usable from", Set::Fixed),
        ("Units", Set::Number),
        ("Landed cost", Set::Number),
    ];
    Sheet::of(columns, orders.iter().map(row).collect()).called(Words::of("Orders of ").name(id))
}
