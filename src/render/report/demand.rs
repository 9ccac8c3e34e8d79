//! Demand against supply: in all, by category, by channel.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::facts::{Facts, known, money, units};
use crate::plan::{Allocation, Amount, Inventory};
use crate::render::blocks::{BUCKET, Block, Chart, Mark, Series, Set, Sheet, Words};
use crate::render::number::{percent, share};

/// Categories that are drawn, those with most demand.
const DRAWN: usize = 6;

/// What is asked for and what there is, of all items that belong together.
#[derive(Default)]
struct Sums {
    demand: i128,
    short: i128,
    lowered: i128,
    sold: i128,
    opening: i128,
    received: i128,
    closing: i128,
}

impl Sums {
    /// Sold in the bucket that asks for it: what a rule lowered is asked for all the same.
    fn on_time(&self) -> i128 {
        self.demand - self.short - self.lowered
    }
}

pub(super) fn blocks(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Demand and supply")];
    if facts.horizon.is_empty() || facts.plan.allocations.is_empty() {
        blocks.push(Block::said("there is no demand"));
        return blocks;
    }
    blocks.push(Block::Chart(chart(facts, Words::of("Demand and sales of all items"), |_| true)));
    let categories = by_category(facts);
    // A plan of one category, or without any, has said all of it.
    if categories.len() > 1 {
        blocks.extend(facts.listed(sheet(facts, &categories)));
        let mut largest: Vec<(&Option<&str>, &Sums)> = categories.iter().collect();
        largest.sort_by_key(|(_, sums)| std::cmp::Reverse(sums.demand));
        let drawn = largest.into_iter().take(DRAWN).map(|(category, _)| {
            let title = Words::of("Demand and sales of ").list([named(category)], "");
            Block::Chart(chart(facts, title, |item| facts.category(item) == *category))
        });
        blocks.push(Block::Fold(Words::of("Each category by bucket"), drawn.collect()));
    }
    blocks.extend(by_channel(facts));
    blocks
}

fn named(category: &Option<&str>) -> Words {
    category.map_or(Words::of("no category"), Words::named)
}

fn by_category<'p>(facts: &Facts<'p>) -> BTreeMap<Option<&'p str>, Sums> {
    let mut all: BTreeMap<Option<&str>, Sums> = BTreeMap::new();
    for ((item, ..), one) in &facts.demand {
        let sums = all.entry(facts.category(item)).or_default();
        sums.demand += i128::from(one.demand);
        sums.short += i128::from(one.short);
        sums.lowered += i128::from(one.lowered);
    }
    for row in facts.plan.allocations.iter().filter(|row| facts.place(&row.bucket).is_some()) {
        all.entry(facts.category(&row.item)).or_default().sold += i128::from(row.planned);
    }
    let last = facts.horizon.len().saturating_sub(1);
    for row in &facts.plan.inventory {
        let Some(at) = facts.place(&row.bucket) else { continue };
        let sums = all.entry(facts.category(&row.item)).or_default();
        sums.received += i128::from(row.receipts);
        sums.opening += if at == 0 { i128::from(row.opening) } else { 0 };
        sums.closing += if at == last { i128::from(row.closing) } else { 0 };
    }
    all
}

fn sheet(facts: &Facts<'_>, categories: &BTreeMap<Option<&str>, Sums>) -> Sheet {
    let revenue: BTreeMap<&str, Amount> = facts.of_horizon("revenue", "category").collect();
    let row = |name: Words, sums: &Sums| {
        vec![
            name,
            units(sums.demand),
            units(sums.opening),
            units(sums.received),
            units(sums.sold),
            units(sums.short),
            Words::of(percent(share(sums.on_time(), sums.demand))),
            units(sums.closing),
        ]
    };
    let mut whole = Sums::default();
    for sums in categories.values() {
        whole.demand += sums.demand;
        whole.short += sums.short;
        whole.lowered += sums.lowered;
        whole.sold += sums.sold;
        whole.opening += sums.opening;
        whole.received += sums.received;
        whole.closing += sums.closing;
    }
    let mut rows: Vec<Vec<Words>> = categories.iter().map(|(name, sums)| row(named(name), sums)).collect();
    rows.push(row(Words::of("in all"), &whole));
    let columns = [
        ("Category", Set::Text),
        ("Demand", Set::Number),
        ("Opening stock", Set::Number),
        ("Received", Set::Number),
        ("Sold", Set::Number),
        ("Short", Set::Number),
        ("Fill rate", Set::Number),
        ("Closing stock", Set::Number),
    ];
    let sheet = Sheet::of(columns, rows).called(Words::of("Demand and supply by category, in units"));
    let mut sheet = Sheet { total: true, ..sheet };
    if !revenue.is_empty() {
        sheet.columns.push((Words::of("Revenue, ").list([facts.currency()], ""), Set::Number));
        let own = categories.keys().map(|name| name.and_then(|name| revenue.get(name)).copied());
        let all = own.chain([Some(facts.plan.summary.revenue)]);
        for (row, amount) in sheet.rows.iter_mut().zip(all) {
            row.push(amount.map_or(Words::of("-"), money));
        }
    }
    sheet
}

/// Demand, and what is sold and left of the items that are chosen.
fn chart(facts: &Facts<'_>, title: Words, chosen: impl Fn(&str) -> bool) -> Chart {
    let demand = facts.demand.iter().filter(|((item, ..), _)| chosen(item));
    let demand = facts.sums(demand.map(|((_, _, bucket), one)| (*bucket, one.demand)));
    let sold = facts.plan.allocations.iter().filter(|row| chosen(&row.item));
    let sold = facts.sums(sold.map(|row: &Allocation| (row.bucket.as_str(), row.planned)));
    let stock = |of: fn(&Inventory) -> i64| -> Vec<Decimal> {
        let rows = facts.plan.inventory.iter().filter(|row| chosen(&row.item));
        facts.sums(rows.map(|row| (row.bucket.as_str(), of(row))))
    };
    let series = |name, mark, ink, values| Series { name: Words::of(name), mark, ink, values: known(values) };
    Chart {
        title,
        unit: Words::of("units"),
        money: false,
        small: false,
        over: BUCKET,
        labels: facts.labels(),
        series: vec![
            series("demand", Mark::Line, "want", demand),
            series("sold", Mark::Column, "main", sold),
            series("opening stock", Mark::Table, "main", stock(|row| row.opening)),
            series("received", Mark::Table, "main", stock(|row| row.receipts)),
            series("closing stock", Mark::Table, "main", stock(|row| row.closing)),
        ],
    }
}

fn by_channel(facts: &Facts<'_>) -> Vec<Block> {
    let mut all: BTreeMap<&str, Sums> = BTreeMap::new();
    for ((_, channel, _), one) in &facts.demand {
        let sums = all.entry(channel).or_default();
        sums.demand += i128::from(one.demand);
        sums.short += i128::from(one.short);
        sums.lowered += i128::from(one.lowered);
    }
    for row in facts.plan.allocations.iter().filter(|row| facts.place(&row.bucket).is_some()) {
        all.entry(&row.channel).or_default().sold += i128::from(row.planned);
    }
    if all.len() < 2 {
        return Vec::new();
    }
    let row = |(channel, sums): (&str, Sums)| {
        let rate = Words::of(percent(share(sums.on_time(), sums.demand)));
        vec![Words::named(channel), units(sums.demand), units(sums.sold), units(sums.short), rate]
    };
    let columns = [
        ("Channel", Set::Text),
        ("Demand", Set::Number),
        ("Sold", Set::Number),
        ("Short", Set::Number),
        ("Fill rate", Set::Number),
    ];
    let sheet = Sheet::of(columns, all.into_iter().map(row).collect());
    facts.listed(sheet.called(Words::of("Demand and sales by channel, in units")))
}
