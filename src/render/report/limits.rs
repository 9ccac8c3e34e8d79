//! Limits: how full they are, and what one more unit of each would earn.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::facts::Facts;
use super::shortages::measure;
use crate::plan::{Capacity, Plan};
use crate::render::blocks::{BUCKET, Block, Chart, Mark, Series, Set, Sheet, Words};
use crate::render::number::{money, percent};
use crate::render::text::{binds, measured};

/// A limit by its kind and name, with its rows.
pub(super) type Limit<'p> = ((&'p str, &'p str), Vec<&'p Capacity>);

pub(super) fn blocks(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Limits")];
    let capacity = &facts.plan.capacity;
    if capacity.is_empty() {
        blocks.push(Block::said("no limit is stated"));
        return blocks;
    }
    let mut tight: Vec<&Capacity> = capacity.iter().filter(|row| binds(row)).collect();
    tight.sort_by_key(|row| row.used <= row.limit);
    if tight.is_empty() {
        blocks.push(Block::said("none binds: each has 2 % or more to spare in every bucket"));
    } else {
        let rows = tight.iter().map(|row| cells(facts, row)).collect();
        let columns = [
            ("Limit", Set::Text),
            ("Of", Set::Fixed),
            ("Bucket", Set::Fixed),
            ("Used", Set::Number),
            ("There is", Set::Number),
            ("in", Set::Fixed),
            ("Use", Set::Number),
        ];
        blocks.extend(facts.listed(Sheet::of(columns, rows).called(Words::of("Limits that bind, or nearly"))));
    }
    blocks.extend(worth(facts));
    blocks.extend(fullest(facts));
    blocks
}

fn share_of(row: &Capacity) -> Option<Decimal> {
    row.used.0.checked_div(row.limit.0)
}

fn use_of(row: &Capacity) -> String {
    match share_of(row) {
        Some(share) => percent(share),
        None if row.used.0.is_zero() => "-".to_owned(),
        None => "over".to_owned(),
    }
}

fn cells(facts: &Facts<'_>, row: &Capacity) -> Vec<Words> {
    vec![
        Words::named(row.kind.clone()),
        Words::named(row.of.clone()),
        Words::named(row.bucket.clone()),
        Words::of(measured(&row.kind, row.used)),
        Words::of(measured(&row.kind, row.limit)),
        measure(facts, &row.kind),
        Words::of(use_of(row)),
    ]
}

/// What one more unit of each limit earns, where the plan tells it. Units of different kinds do not compare, so kinds stand apart.
fn worth(facts: &Facts<'_>) -> Vec<Block> {
    let priced = |row: &&Capacity| row.marginal_value.is_some_and(|value| !value.0.is_zero());
    let known = facts.plan.capacity.iter().any(|row| row.marginal_value.is_some());
    let mut rows: Vec<&Capacity> = facts.plan.capacity.iter().filter(priced).collect();
    if !known {
        return Vec::new();
    }
    if rows.is_empty() {
        return vec![Block::said("one more unit of any limit earns nothing")];
    }
    rows.sort_by(|a, b| (&a.kind, b.marginal_value).cmp(&(&b.kind, a.marginal_value)));
    let row = |row: &&Capacity| {
        vec![
            Words::named(row.kind.clone()),
            Words::named(row.of.clone()),
            Words::named(row.bucket.clone()),
            Words::of(measured(&row.kind, row.limit)),
            Words::of(row.marginal_value.map_or("-".to_owned(), money)),
            Words::of("per ").list([measure(facts, &row.kind)], ""),
        ]
    };
    let columns = [
        ("Limit", Set::Text),
        ("Of", Set::Fixed),
        ("Bucket", Set::Fixed),
        ("There is", Set::Number),
        ("One more earns", Set::Number),
        ("", Set::Fixed),
    ];
    let caption = Words::of("What one more unit of each limit would earn, in ").list([facts.currency()], "");
    facts.listed(Sheet::of(columns, rows.iter().map(row).collect()).called(caption))
}

/// The fullest bucket of each limit.
fn fullest(facts: &Facts<'_>) -> Vec<Block> {
    let all = by_name(facts.plan, |_| true);
    let worst = all.iter().filter_map(|(_, rows)| rows.iter().max_by_key(|row| share_of(row).unwrap_or_default()));
    let columns = [
        ("Limit", Set::Text),
        ("Of", Set::Fixed),
        ("Fullest in", Set::Fixed),
        ("Used", Set::Number),
        ("There is", Set::Number),
        ("in", Set::Fixed),
        ("Use", Set::Number),
    ];
    let sheet = Sheet::of(columns, worst.map(|row| cells(facts, row)).collect());
    let inside = facts.listed(sheet.called(Words::of("Each limit where it is fullest")));
    vec![Block::Fold(Words::of("Each limit where it is fullest"), inside)]
}

/// Limits of some kinds, the fullest first.
pub(super) fn by_name(plan: &Plan, kind: impl Fn(&str) -> bool) -> Vec<Limit<'_>> {
    let mut all: BTreeMap<(&str, &str), Vec<&Capacity>> = BTreeMap::new();
    for row in plan.capacity.iter().filter(|row| kind(&row.kind)) {
        all.entry((&row.kind, &row.of)).or_default().push(row);
    }
    let mut all: Vec<Limit<'_>> = all.into_iter().collect();
    let fullest = |rows: &[&Capacity]| rows.iter().filter_map(|row| share_of(row)).max();
    all.sort_by_cached_key(|(_, rows)| std::cmp::Reverse(fullest(rows)));
    all
}

/// A limit by bucket and what is used of it.
pub(super) fn chart(facts: &Facts<'_>, ((kind, of), rows): &Limit<'_>) -> Chart {
    let series = |name, mark, ink, part: fn(&Capacity) -> Decimal| {
        let mut values = vec![None; facts.horizon.len()];
        for row in rows {
            if let Some(at) = facts.place(&row.bucket) {
                values[at] = Some(part(row));
            }
        }
        Series { name: Words::of(name), mark, ink, values }
    };
    let title = match *kind {
        "inventory-value" => Words::of("Inventory value against its limit: "),
        "storage-capacity" => Words::of("Storage against its limit: "),
        other => Words::named(other).say(": "),
    };
    Chart {
        title: title.name(*of),
        unit: measure(facts, kind),
        money: !kind.ends_with("-capacity"),
        small: false,
        over: BUCKET,
        labels: facts.labels(),
        series: vec![
            series("used", Mark::Column, "main", |row| row.used.0),
            series("limit", Mark::Limit, "stop", |row| row.limit.0),
        ],
    }
}
