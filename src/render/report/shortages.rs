//! What is not sold, and why: what is given, and what the plan chose.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::facts::{Facts, known, place, units};
use crate::plan::{Given, ShortBy};
use crate::render::blocks::{BUCKET, Block, Chart, Mark, Series, Set, Sheet, Words};
use crate::render::number::{self, percent, share, total};
use crate::render::text::{Demand, measured, what};

pub(super) fn blocks(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Shortages")];
    let short = by_item(facts);
    if short.is_empty() {
        blocks.push(Block::said("none: all demand is sold in its bucket"));
    } else {
        blocks.push(Block::said(gist(facts)));
        blocks.push(Block::said(
            "given: no order that can still be placed arrives in time; no stock: there is none left; held back: stock is kept \
             for later, for a channel that earns more, or for a rule",
        ));
        blocks.push(Block::Chart(chart(facts)));
        blocks.extend(facts.listed(sheet(facts, &short)));
    }
    let lowered: i128 = facts.demand.values().map(|one| i128::from(one.lowered)).sum();
    if lowered > 0 {
        let words = format!("beside that, a rule lowered what is asked for by {} units", number::units(lowered));
        blocks.push(Block::said(words));
    }
    blocks.extend(given(facts));
    blocks
}

/// What an item lacks in a channel, over all buckets.
#[derive(Default)]
struct Lack {
    buckets: usize,
    short: i128,
    demand: i128,
    given: i128,
    no_stock: i128,
    held_back: i128,
    late: i128,
}

impl Lack {
    fn add(&mut self, one: &Demand) {
        self.buckets += usize::from(one.short > 0);
        self.short += i128::from(one.short);
        self.demand += i128::from(one.demand);
        self.given += i128::from(one.by.given);
        self.no_stock += i128::from(one.by.no_stock);
        self.held_back += i128::from(one.by.held_back);
        self.late += i128::from(one.late);
    }
}

/// Items and channels that fall short, those that lack most first.
fn by_item<'p>(facts: &Facts<'p>) -> Vec<((&'p str, &'p str), Lack)> {
    let mut all: BTreeMap<(&str, &str), Lack> = BTreeMap::new();
    for ((item, channel, _), one) in &facts.demand {
        all.entry((item, channel)).or_default().add(one);
    }
    let mut short: Vec<((&str, &str), Lack)> = all.into_iter().filter(|(_, lack)| lack.short > 0).collect();
    short.sort_by_key(|(_, lack)| std::cmp::Reverse(lack.short));
    short
}

/// Units by reason, over all.
fn parts(facts: &Facts<'_>) -> [i128; 3] {
    let sum = |part: fn(&ShortBy) -> i64| facts.demand.values().map(|one| i128::from(part(&one.by))).sum();
    [sum(|by| by.given), sum(|by| by.no_stock), sum(|by| by.held_back)]
}

fn gist(facts: &Facts<'_>) -> String {
    let sum = |part: fn(&Demand) -> i64| facts.demand.values().map(|one| i128::from(part(one))).sum::<i128>();
    let (short, demand) = (sum(|one| one.short), sum(|one| one.demand));
    let [given, no_stock, held_back] = parts(facts).map(number::units);
    format!(
        "{} of {} units are not sold in their bucket, {}: {given} given, {no_stock} for lack of stock, {held_back} held back",
        number::units(short),
        number::units(demand),
        percent(share(short, demand)),
    )
}

fn chart(facts: &Facts<'_>) -> Chart {
    let sums = |part: fn(&ShortBy) -> i64| {
        facts.sums(facts.demand.iter().map(|((_, _, bucket), one)| (*bucket, part(&one.by))))
    };
    let series = |name, ink, values: Vec<Decimal>| Series {
        name: Words::of(name),
        mark: Mark::Stack,
        ink,
        values: known(values),
    };
    Chart {
        title: Words::of("What is not sold, by reason"),
        unit: Words::of("units"),
        money: false,
        small: false,
        over: BUCKET,
        labels: facts.labels(),
        series: vec![
            series("given", "given", sums(|by| by.given)),
            series("no stock", "lack", sums(|by| by.no_stock)),
            series("held back", "held", sums(|by| by.held_back)),
        ],
    }
}

fn sheet(facts: &Facts<'_>, short: &[((&str, &str), Lack)]) -> Sheet {
    let some = |number: i128| if number == 0 { Words::of("-") } else { units(number) };
    let row = |((item, channel), lack): &((&str, &str), Lack)| {
        vec![
            facts.named(item),
            Words::named(*channel),
            units(lack.short),
            units(lack.demand),
            units(lack.buckets as i128),
            some(lack.given),
            some(lack.no_stock),
            some(lack.held_back),
            some(lack.late),
        ]
    };
    let columns = [
        ("Item", Set::Text),
        ("Channel", Set::Fixed),
        ("Short", Set::Number),
        ("of", Set::Number),
        ("Buckets", Set::Number),
        ("Given", Set::Number),
        ("No stock", Set::Number),
        ("Held back", Set::Number),
        ("Delivered late", Set::Number),
    ];
    Sheet::of(columns, short.iter().map(row).collect()).called(Words::of("Shortages by item and channel, in units"))
}

/// Promises and limits that facts alone break.
fn given(facts: &Facts<'_>) -> Vec<Block> {
    let (short, over): (Vec<&Given>, Vec<&Given>) = facts.plan.given.iter().partition(|one| one.is_shortage());
    let mut blocks = Vec::new();
    if !short.is_empty() {
        let sum = facts.money(total(short.iter().map(|one| one.amount)));
        let words = Words::of("promises fall short before any new order arrives, by ").list([sum], "");
        blocks.push(Block::Say(words.say(" in all")));
        blocks.extend(facts.listed(given_sheet(facts, &short, "Short").called(Words::of("Given shortages"))));
    }
    if !over.is_empty() {
        blocks.push(Block::said("limits are passed with nothing new ordered, by as little as can be"));
        blocks.extend(facts.listed(given_sheet(facts, &over, "Over").called(Words::of("Given overruns"))));
    }
    blocks
}

fn given_sheet(facts: &Facts<'_>, rows: &[&Given], amount: &'static str) -> Sheet {
    let row = |one: &&Given| {
        vec![
            Words::named(what(&one.kind)),
            Words::named(one.of.clone()),
            Words::named(one.bucket.clone()),
            Words::of(measured(&one.kind, one.amount)),
            measure(facts, &one.kind),
            place(&one.source),
        ]
    };
    let columns = [
        ("What", Set::Text),
        ("Of", Set::Fixed),
        ("Bucket", Set::Fixed),
        (amount, Set::Number),
        ("in", Set::Fixed),
        ("Stated at", Set::Optional),
    ];
    Sheet::of(columns, rows.iter().map(row).collect())
}

/// What an amount of a kind is counted in.
pub(super) fn measure(facts: &Facts<'_>, kind: &str) -> Words {
    match kind {
        "storage-capacity" => Words::of("m3"),
        "inbound-capacity" | "outbound-capacity" => Words::of("units"),
        // What a unit of an item uses of it is the supplier's own matter.
        "supplier-capacity" => Words::of("own units"),
        _ => facts.currency(),
    }
}

/// One of them.
pub(super) fn one(facts: &Facts<'_>, kind: &str) -> Words {
    match kind {
        "inbound-capacity" | "outbound-capacity" => Words::of("unit"),
        "supplier-capacity" => Words::of("own unit"),
        _ => measure(facts, kind),
    }
}
