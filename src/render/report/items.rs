//! All items in a row each; then of those that matter most, stock, demand and orders over time, folded away until someone asks.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, units};
use super::item;
use super::stock::by_pool;
use crate::plan::{Action, Amount, Figure, Inventory, Order};
use crate::render::blocks::{Block, Set, Sheet, Words};
use crate::render::number::{counted, money, percent, quantity, share, total, units as shown};

/// Rows of the tables of single items in all: a page of more is too large to send.
const ROWS: usize = 10_000;
/// Items that are there on paper too; of more, those that somebody opened.
const PAPER: usize = 60;

/// What a plan says of an item.
#[derive(Default)]
pub(super) struct Item<'p> {
    /// Units asked for, short and sold, by bucket.
    pub(super) demand: Vec<(i64, i64, i64)>,
    pub(super) stock: BTreeMap<&'p str, Vec<&'p Inventory>>,
    pub(super) orders: Vec<&'p Order>,
}

impl Item<'_> {
    pub(super) fn sum(&self, part: fn(&(i64, i64, i64)) -> i64) -> i128 {
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
    let mut blocks = vec![Block::Heading("Items")];
    blocks.extend(facts.listed(sheet(facts, &worst)));
    let months = item::Months::of(facts);
    let mut rows = 0;
    let fits = |(_, item): &&(&str, &Item<'_>)| {
        rows += months.rows() * item.stock.len().clamp(1, 4) + item.orders.len();
        rows <= ROWS
    };
    let told: BTreeSet<&str> = worst.iter().take_while(fits).map(|(id, _)| *id).collect();
    blocks.push(Block::said(match worst.len() - told.len() {
        0 => "each over time:".to_owned(),
        rest => {
            let others = counted(rest, "other is", "others are");
            format!("the first {} of them over time; {others} in the plan file:", told.len())
        }
    }));
    blocks.push(item::legend(facts));
    let folded = if told.len() > PAPER { Block::Detail } else { Block::Fold };
    let told = all.iter().filter(|(id, _)| told.contains(*id));
    blocks.extend(told.map(|(id, item)| folded(summary(facts, id, item), item::blocks(facts, &months, id, item))));
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
        let Some((item, at)) = all.get_mut(row.item.as_str()).zip(facts.place(&row.bucket)) else { continue };
        item.demand[at].2 = item.demand[at].2.saturating_add(row.planned);
    }
    all
}

fn sheet(facts: &Facts<'_>, items: &[(&str, &Item<'_>)]) -> Sheet {
    let last = facts.horizon.last().copied().unwrap_or_default();
    let row = |(id, item): &(&str, &Item<'_>)| {
        let (demand, short) = (item.sum(|one| one.0), item.sum(|one| one.1));
        let at_end = || item.stock.values().flatten().filter(|row| row.bucket == last);
        let bought = item.orders.iter().filter(|order| matches!(order.action, Action::New | Action::Committed));
        vec![
            facts.named(id),
            facts.category(id).map_or(Words::of("-"), Words::named),
            units(demand),
            units(item.sum(|one| one.2)),
            units(short),
            Words::of(percent(share(demand - short, demand))),
            units(at_end().map(|row| i128::from(row.closing)).sum::<i128>()),
            Words::of(longest(at_end().map(|row| row.weeks_of_supply))),
            Words::of(money(total(bought.map(|order| order.landed_cost)))),
        ]
    };
    let columns = [
        ("Item", Set::Text),
        ("Category", Set::Fixed),
        ("Demand", Set::Number),
        ("Sold", Set::Number),
        ("Short", Set::Number),
        ("Fill rate", Set::Number),
        ("Closing stock", Set::Number),
        ("Lasts, weeks", Set::Number),
        ("To order", Set::Number),
    ];
    let caption = Words::of("Items, those that fall short most first, in units; orders at landed cost in ")
        .list([facts.currency()], "");
    Sheet::of(columns, items.iter().map(row).collect()).called(caption)
}

/// How long what is left lasts where it lasts longest.
fn longest(weeks: impl Iterator<Item = Figure>) -> String {
    let key = |figure: &Figure| match figure {
        Figure::NotApplicable => Amount(rust_decimal::Decimal::MAX),
        Figure::Value(weeks) => *weeks,
    };
    match weeks.max_by_key(key) {
        None => "-".to_owned(),
        Some(Figure::NotApplicable) => "for ever".to_owned(),
        Some(Figure::Value(weeks)) => quantity(weeks),
    }
}

/// What it is, and what it comes to.
fn summary(facts: &Facts<'_>, id: &str, item: &Item<'_>) -> Words {
    let words = facts.named(id);
    let (demand, short, sold) = (item.sum(|one| one.0), item.sum(|one| one.1), item.sum(|one| one.2));
    let words = words.say(format!(": {} of {} sold", shown(sold), shown(demand)));
    if short > 0 { words.say(format!(", {} short", shown(short))) } else { words }
}
