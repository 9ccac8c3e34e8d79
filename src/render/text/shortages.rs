//! What is not sold, and why.

use std::collections::{BTreeMap, BTreeSet};

use super::page::Page;
use crate::plan::{Allocation, ShortBy};
use crate::render::number::{counted, percent, share, units};
use crate::render::safe;
use crate::render::table::{Cell, Column, Table};

/// Shortages that are shown.
const SHOWN: usize = 12;

/// Demand of an item in a channel and bucket, over all locations.
#[derive(Clone, Copy, Default)]
pub(in crate::render) struct Demand {
    pub(in crate::render) demand: i64,
    pub(in crate::render) short: i64,
    pub(in crate::render) by: ShortBy,
    pub(in crate::render) late: i64,
    /// Units by which a rule lowered what is asked for.
    pub(in crate::render) lowered: i64,
}

/// Item, channel and bucket.
pub(in crate::render) type Key<'a> = (&'a str, &'a str, &'a str);

/// The demand of every item, channel and bucket once. A plan has a row for each location, with the whole demand and
/// shortage in each, and what is sold or late from there.
pub(in crate::render) fn by_demand(allocations: &[Allocation]) -> BTreeMap<Key<'_>, Demand> {
    let mut all: BTreeMap<_, Demand> = BTreeMap::new();
    for row in allocations {
        let one = all.entry((row.item.as_str(), row.channel.as_str(), row.bucket.as_str())).or_default();
        let late = one.late.saturating_add(row.delivered_late);
        let Allocation { demand, short, short_by: by, lowered, .. } = *row;
        *one = Demand { demand, short, by, late, lowered };
    }
    all
}

pub(super) fn write(page: &mut Page<'_>) {
    let inside: BTreeSet<&str> = page.horizon().collect();
    let all = by_demand(&page.plan.allocations);
    let (all, behind): (BTreeMap<_, _>, BTreeMap<_, _>) =
        all.into_iter().partition(|((_, _, bucket), _)| inside.contains(bucket));
    let mut short: Vec<_> = all.iter().filter(|(_, one)| one.short > 0).collect();
    if short.is_empty() {
        page.heading("Shortages", "none");
        after(page, &behind);
        return;
    }
    short.sort_by_key(|(_, one)| std::cmp::Reverse(one.short));
    page.heading("Shortages", &gist(&all));
    let (shown, rest) = short.split_at(SHOWN.min(short.len()));
    let mut table = Table::new(2, columns());
    for &((item, channel, bucket), one) in shown {
        table.row(vec![
            safe::line(item).into(),
            safe::line(channel).into(),
            safe::line(bucket).into(),
            units(one.short).into(),
            units(one.demand).into(),
            why(one),
        ]);
    }
    page.table(&table);
    if !rest.is_empty() {
        let number = units(rest.iter().map(|(_, one)| i128::from(one.short)).sum::<i128>());
        page.say(&format!("and {} more, {number} units; --format json lists all", units(rest.len() as i128)));
    }
    after(page, &behind);
}

/// What is short in the tail, where anything is.
fn after(page: &mut Page<'_>, behind: &BTreeMap<Key<'_>, Demand>) {
    if behind.values().any(|one| one.short > 0) {
        page.say(&format!("after the horizon: {}", gist(behind)));
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::text("Item", 8),
        Column::text("Channel", 7),
        Column::fixed("Bucket"),
        Column::number("Short"),
        Column::number("of"),
        Column::text("Why", 16),
    ]
}

fn gist(all: &BTreeMap<Key<'_>, Demand>) -> String {
    let sum = |part: fn(&Demand) -> i64| all.values().map(|one| i128::from(part(one))).sum::<i128>();
    let (short, demand) = (sum(|one| one.short), sum(|one| one.demand));
    let rows = counted(all.values().filter(|one| one.short > 0).count(), "row", "rows");
    format!("{rows}, {} of {} units, {}", units(short), units(demand), percent(share(short, demand)))
}

/// The parts of a shortage in words; a single part needs no number, and where room is short none has one.
fn why(one: &Demand) -> Cell {
    let parts = [(one.by.given, "given"), (one.by.no_stock, "no stock"), (one.by.held_back, "held back")];
    let parts: Vec<_> = parts.into_iter().filter(|&(part, _)| part != 0).collect();
    let mut words: Vec<String> = match parts[..] {
        [(_, word)] => vec![word.to_owned()],
        _ => parts.iter().map(|&(part, word)| format!("{} {word}", units(part))).collect(),
    };
    let mut names: Vec<&str> = parts.iter().map(|&(_, word)| word).collect();
    if one.late > 0 {
        words.push(format!("{} late", units(one.late)));
        names.push("late");
    }
    Cell::briefly(words.join(", "), names.join(", "))
}
