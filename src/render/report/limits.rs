//! Limits: how full they are, and what one more unit of each would earn.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::facts::Facts;
use super::shortages::{measure, one as per_one};
use crate::plan::{Amount, Capacity, CashBucket, Plan};
use crate::render::blocks::{BUCKET, Block, Chart, Mark, Series, Set, Sheet, Words};
use crate::render::number::{percent, rate};
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
        blocks.push(Block::said("none binds"));
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

/// What a unit more of a limit is worth at most, and up to how many.
struct Worth<'p> {
    kind: &'p str,
    of: &'p str,
    bucket: &'p str,
    limit: Amount,
    value: Amount,
    step: Option<Amount>,
}

/// What the plan tells of that: of limits, and of the least cash, which may be lower by a unit. What is worth nothing is left out.
fn worths(plan: &Plan) -> Vec<Worth<'_>> {
    let limits = plan.capacity.iter().map(|row| {
        let Capacity { kind, of, bucket, limit, marginal_value, marginal_step, .. } = row;
        (marginal_value, Worth { kind, of, bucket, limit: *limit, value: Amount::default(), step: *marginal_step })
    });
    let cash = plan.cash.iter().map(|row| {
        let CashBucket { bucket, minimum, marginal_value, marginal_step, .. } = row;
        let (kind, of) = ("cash-minimum", "cash");
        (marginal_value, Worth { kind, of, bucket, limit: *minimum, value: Amount::default(), step: *marginal_step })
    });
    let known = limits.chain(cash).filter_map(|(value, worth)| Some(Worth { value: (*value)?, ..worth }));
    known.filter(|worth| !worth.value.0.is_zero()).collect()
}

/// What one more unit of each limit is worth, where the plan tells it. Units of different kinds do not compare, so kinds stand apart.
fn worth(facts: &Facts<'_>) -> Vec<Block> {
    let plan = facts.plan;
    let told = plan.capacity.iter().map(|row| row.marginal_value).chain(plan.cash.iter().map(|row| row.marginal_value));
    if !told.into_iter().any(|value| value.is_some()) {
        return Vec::new();
    }
    let mut rows = worths(plan);
    if rows.is_empty() {
        return vec![Block::said("one more unit of any limit earns nothing")];
    }
    rows.sort_by(|a, b| (a.kind, b.value).cmp(&(b.kind, a.value)));
    let row = |one: &Worth<'_>| {
        vec![
            Words::named(one.kind),
            Words::named(one.of),
            Words::named(one.bucket),
            Words::of(measured(one.kind, one.limit)),
            Words::of(rate(one.value)),
            Words::of("per ").list([per_one(facts, one.kind)], ""),
            Words::of(one.step.map_or("-".to_owned(), |step| measured(one.kind, step))),
        ]
    };
    let columns = [
        ("Limit", Set::Text),
        ("Of", Set::Fixed),
        ("Bucket", Set::Fixed),
        ("There is", Set::Number),
        ("One more earns at most", Set::Number),
        ("", Set::Fixed),
        ("for up to", Set::Number),
    ];
    let caption = Words::of("What one more unit of each limit is worth, in ").list([facts.currency()], "");
    let mut sheet = Sheet::of(columns, rows.iter().map(row).collect()).called(caption);
    // In large projects nobody looks for steps.
    if rows.iter().all(|one| one.step.is_none()) {
        sheet.columns.pop();
        sheet.rows.iter_mut().for_each(|row| drop(row.pop()));
    }
    let mut blocks = facts.listed(sheet);
    if let Some(most) = plan.certificate.marginal_bound {
        let words = Words::of("with more of a limit no plan earns more than ").list([facts.money(most)], "");
        blocks.push(Block::Say(
            words.say(" and, for each unit more, what that is worth; of a minimum, for each unit less"),
        ));
    }
    blocks
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
