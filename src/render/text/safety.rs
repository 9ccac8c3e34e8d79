//! Where stock ends a bucket below what was to be kept for safety.

use std::collections::{BTreeMap, BTreeSet};

use super::page::Page;
use crate::plan::{Inventory, Plan};
use crate::render::number::{counted, percent, share, units};
use crate::render::safe;
use crate::render::table::{Cell, Column, Table};

/// Rows that are shown.
const SHOWN: usize = 10;

/// The buckets of an item at a location that want safety stock.
#[derive(Default)]
struct Stock<'a> {
    buckets: usize,
    below: Vec<&'a Inventory>,
}

impl Stock<'_> {
    /// Units that are missing, and wanted, over the buckets that are below.
    fn missing(&self) -> (i128, i128) {
        let sum = |part: fn(&Inventory) -> i64| self.below.iter().map(|row| i128::from(part(row))).sum::<i128>();
        (sum(|row| row.safety_stock.saturating_sub(row.closing)), sum(|row| row.safety_stock))
    }

    /// What is missing of the whole, by bucket: the more, the worse.
    fn badness(&self) -> rust_decimal::Decimal {
        let part = |row: &&Inventory| {
            share(i128::from(row.safety_stock) - i128::from(row.closing), i128::from(row.safety_stock))
        };
        self.below.iter().map(part).fold(rust_decimal::Decimal::ZERO, rust_decimal::Decimal::saturating_add)
    }
}

/// By item and location.
type Stocks<'p> = BTreeMap<(&'p str, &'p str), Stock<'p>>;

pub(super) fn write(page: &mut Page<'_>) {
    let all = stocks(page.plan);
    if all.is_empty() {
        return;
    }
    let below = worst(&all);
    if below.is_empty() {
        page.heading("Below safety stock", "none");
        return;
    }
    let count = |part: fn(&Stock<'_>) -> usize| units(all.values().map(part).sum::<usize>() as i128);
    let items = format!("{} of {}", units(below.len() as i128), counted(all.len(), "stock", "stocks"));
    let buckets = format!("{} of {} bucket ends", count(|stock| stock.below.len()), count(|stock| stock.buckets));
    page.heading("Below safety stock", &format!("{items}, {buckets}"));
    let columns = vec![
        Column::text("Item", 8),
        Column::text("Location", 8).optional(),
        Column::text("Buckets", 7),
        Column::fixed("Lowest"),
        Column::number("Stock"),
        Column::number("of"),
        Column::number("Missing"),
    ];
    let mut table = Table::new(2, columns);
    for ((item, location), stock) in below.iter().take(SHOWN) {
        let Some(lowest) = stock.below.iter().min_by_key(|row| row.closing.saturating_sub(row.safety_stock)) else {
            continue;
        };
        let (missing, wanted) = stock.missing();
        table.row(vec![
            safe::line(item).into(),
            safe::line(location).into(),
            when(&stock.below),
            safe::line(&lowest.bucket).into(),
            units(lowest.closing).into(),
            units(lowest.safety_stock).into(),
            percent(share(missing, wanted)).into(),
        ]);
    }
    page.table(&table);
    if below.len() > SHOWN {
        page.say(&format!("and {} more; --format json lists all", units((below.len() - SHOWN) as i128)));
    }
}

/// Stocks that want safety stock in some bucket of the horizon.
fn stocks(plan: &Plan) -> Stocks<'_> {
    let horizon = plan.buckets.iter().filter(|bucket| !bucket.tail);
    let inside: BTreeSet<&str> = horizon.map(|bucket| bucket.label.as_str()).collect();
    let mut all: Stocks<'_> = BTreeMap::new();
    for row in plan.inventory.iter().filter(|row| row.safety_stock > 0 && inside.contains(row.bucket.as_str())) {
        let stock = all.entry((row.item.as_str(), row.location.as_str())).or_default();
        stock.buckets += 1;
        if row.closing < row.safety_stock {
            stock.below.push(row);
        }
    }
    all
}

/// Those that are below it in some bucket, the worst first.
fn worst<'s, 'p>(all: &'s Stocks<'p>) -> Vec<(&'s (&'p str, &'p str), &'s Stock<'p>)> {
    let mut below: Vec<_> = all.iter().filter(|(_, stock)| !stock.below.is_empty()).collect();
    below.sort_by_cached_key(|(_, stock)| std::cmp::Reverse((stock.badness(), stock.missing().0)));
    below
}

/// Item, location and the rows in which stock ends below what is kept for safety, the worst first.
pub(in crate::render) fn below(plan: &Plan) -> Vec<(&str, &str, Vec<&Inventory>)> {
    let all = stocks(plan);
    worst(&all).into_iter().map(|((item, location), stock)| (*item, *location, stock.below.clone())).collect()
}

/// `2026-04`, or `2, 2026-04 to 2026-07`: how many, and between which; where room is short, how many.
fn when(below: &[&Inventory]) -> Cell {
    match below {
        [only] => Cell::briefly(safe::line(&only.bucket), "1".to_owned()),
        [first, .., last] => {
            let range = format!("{}, {} to {}", below.len(), safe::line(&first.bucket), safe::line(&last.bucket));
            Cell::briefly(range, below.len().to_string())
        }
        [] => Cell::default(),
    }
}
