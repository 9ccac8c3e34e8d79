//! A single item: its stock against demand, drawn; the same in numbers, by month where buckets are many; its orders.

use chrono::TimeDelta;
use rust_decimal::Decimal;

use super::facts::{Facts, known, units};
use super::items::Item;
use crate::calendar::{Grain, Period};
use crate::plan::{Inventory, Order};
use crate::render::blocks::{BUCKET, Block, Chart, Mark, Series, Set, Sheet, Words};
use crate::render::number::money;

/// Buckets that have a row each: of more, those of a month share one.
const EACH: usize = 18;

/// Which buckets stand in a row together.
pub(super) struct Months {
    /// The name of each row, and one past its last bucket.
    ends: Vec<(String, usize)>,
}

impl Months {
    /// Each bucket by itself, or those of a month together: a week belongs to the month of its middle day.
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let mut ends: Vec<(String, usize)> = Vec::new();
        let inside = facts.plan.buckets.iter().filter(|bucket| !bucket.tail);
        for (at, bucket) in inside.enumerate() {
            let half = (bucket.end - bucket.start + TimeDelta::days(1)) / 2;
            let middle = bucket.start.checked_add_signed(half).unwrap_or(bucket.start);
            let name = match facts.horizon.len() > EACH {
                true => Period::of(Grain::Month, middle).to_string(),
                false => bucket.label.clone(),
            };
            match ends.last_mut().filter(|(last, _)| *last == name) {
                Some((_, end)) => *end = at + 1,
                None => ends.push((name, at + 1)),
            }
        }
        Self { ends }
    }

    pub(super) fn rows(&self) -> usize {
        self.ends.len()
    }

    /// Sums of what flows, row by row.
    fn flows(&self, by_bucket: &[i128]) -> Vec<i128> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        starts.zip(&self.ends).map(|(start, (_, end))| by_bucket[start..*end].iter().sum()).collect()
    }

    /// What there is at the end of each row.
    fn levels(&self, by_bucket: &[i128]) -> Vec<i128> {
        self.ends.iter().map(|(_, end)| by_bucket[end - 1]).collect()
    }

    /// A table of columns that stand for a row each.
    fn sheet(&self, columns: Vec<(&'static str, Vec<i128>)>) -> Sheet {
        let row = |(at, (name, _)): (usize, &(String, usize))| {
            let numbers = columns.iter().map(|(_, numbers)| units(numbers[at]));
            std::iter::once(Words::named(name.clone())).chain(numbers).collect()
        };
        let rows = self.ends.iter().enumerate().map(row).collect();
        let titles = columns.iter().map(|(title, _)| (Words::of(*title), Set::Number));
        let columns = std::iter::once((Words::of("Bucket"), Set::Fixed)).chain(titles).collect();
        Sheet { columns, rows, ..Sheet::default() }
    }
}

/// What the shapes of all items mean.
pub(super) fn legend(facts: &Facts<'_>) -> Block {
    let safe = facts.plan.inventory.iter().any(|row| row.safety_stock > 0);
    let safety = safe.then(|| drawn("safety stock", Mark::Limit, "stop", Vec::new()));
    let shapes =
        [drawn("closing stock", Mark::Column, "main", Vec::new()), drawn("demand", Mark::Line, "want", Vec::new())];
    Block::Legend(shapes.into_iter().chain(safety).collect())
}

fn drawn(name: &'static str, mark: Mark, ink: &'static str, values: Vec<Decimal>) -> Series {
    Series { name: Words::of(name), mark, ink, values: known(values) }
}

pub(super) fn blocks(facts: &Facts<'_>, months: &Months, id: &str, item: &Item<'_>) -> Vec<Block> {
    let rows: Vec<&Inventory> = item.stock.values().flatten().copied().collect();
    let mut blocks =
        vec![Block::Chart(chart(facts, id, item, &rows)), Block::Table(by_bucket(facts, months, id, item, &rows))];
    if item.stock.len() > 1 {
        blocks.extend(
            item.stock.iter().map(|(location, rows)| Block::Table(at_location(facts, months, (id, location), rows))),
        );
    }
    if !item.orders.is_empty() {
        blocks.push(Block::Table(orders(id, &item.orders)));
    }
    blocks
}

/// Sums over locations by bucket.
fn sums(facts: &Facts<'_>, rows: &[&Inventory], of: fn(&Inventory) -> i64) -> Vec<i128> {
    let mut sums = vec![0; facts.horizon.len()];
    for row in rows {
        if let Some(at) = facts.place(&row.bucket) {
            sums[at] += i128::from(of(row));
        }
    }
    sums
}

fn chart(facts: &Facts<'_>, id: &str, item: &Item<'_>, rows: &[&Inventory]) -> Chart {
    let decimals = |numbers: Vec<i128>| -> Vec<Decimal> {
        numbers.into_iter().map(|units| Decimal::try_from_i128_with_scale(units, 0).unwrap_or(Decimal::MAX)).collect()
    };
    let demand = item.demand.iter().map(|one| i128::from(one.0)).collect();
    let safety = sums(facts, rows, |row| row.safety_stock);
    let is_kept = safety.iter().any(|units| *units != 0);
    let mut series = vec![
        drawn("closing stock", Mark::Column, "main", decimals(sums(facts, rows, |row| row.closing))),
        drawn("demand", Mark::Line, "want", decimals(demand)),
    ];
    series.extend(is_kept.then(|| drawn("safety stock", Mark::Limit, "stop", decimals(safety))));
    Chart {
        title: Words::of("Stock of ").name(id),
        unit: Words::of("units"),
        money: false,
        small: true,
        over: BUCKET,
        labels: facts.labels(),
        series,
    }
}

/// Opening stock is that before the first row; a column in which nothing stands is left out.
fn by_bucket(facts: &Facts<'_>, months: &Months, id: &str, item: &Item<'_>, rows: &[&Inventory]) -> Sheet {
    let stock = |of| sums(facts, rows, of);
    let demand = |part: fn(&(i64, i64, i64)) -> i64| -> Vec<i128> {
        item.demand.iter().map(|one| i128::from(part(one))).collect()
    };
    let mut columns = vec![
        ("Received", months.flows(&stock(|row| row.receipts))),
        ("Demand", months.flows(&demand(|one| one.0))),
        ("Sold", months.flows(&demand(|one| one.2))),
        ("Short", months.flows(&demand(|one| one.1))),
        ("Closing", months.levels(&stock(|row| row.closing))),
        ("Safety stock", months.levels(&stock(|row| row.safety_stock))),
    ];
    columns.retain(|(title, numbers)| {
        !matches!(*title, "Short" | "Safety stock") || numbers.iter().any(|units| *units != 0)
    });
    let opening = stock(|row| row.opening).first().copied().unwrap_or_default();
    let caption = Words::named(id).say(" by bucket, in units; at first there are ").list([units(opening)], "");
    months.sheet(columns).called(caption)
}

/// Stock of an item at one of several locations; sales are those that are shipped from there.
fn at_location(facts: &Facts<'_>, months: &Months, (id, location): (&str, &str), rows: &[&Inventory]) -> Sheet {
    let flows = |of| months.flows(&sums(facts, rows, of));
    let mut columns = vec![
        ("Received", flows(|row| row.receipts)),
        ("Transfers in", flows(|row| row.transfers_in)),
        ("Transfers out", flows(|row| row.transfers_out)),
        ("Sold", flows(|row| row.sales)),
        ("Closing", months.levels(&sums(facts, rows, |row| row.closing))),
        ("Safety stock", months.levels(&sums(facts, rows, |row| row.safety_stock))),
    ];
    columns.retain(|(title, numbers)| matches!(*title, "Sold" | "Closing") || numbers.iter().any(|units| *units != 0));
    months.sheet(columns).called(Words::named(id).say(" at ").name(location).say(", in units"))
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
