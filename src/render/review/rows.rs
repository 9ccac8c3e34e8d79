//! What else differs: gates, rules, what is given, limits, who is sold what, and how much the plan moves.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{Shown, signed};
use crate::diff::{AllocationChange, LimitChange, LimitUse, PlanDiff, Sold, Verb};
use crate::plan::{Amount, GateVerdict};
use crate::render::blocks::{Block, Set, Sheet, Tone, Words};
use crate::render::number::{counted, quantity, units};

/// Gates that refuse the plan now, and those whose verdict differs.
pub(super) fn gates(diff: &PlanDiff) -> Vec<Block> {
    let gates: Vec<&GateVerdict> = diff.verdicts().collect();
    if gates.is_empty() {
        return Vec::new();
    }
    let was = |id: &str| {
        diff.gates.iter().find(|change| change.id == id).map(|change| change.before.as_ref().map(|gate| gate.passed))
    };
    let missed = gates.iter().filter(|gate| gate.is_missed());
    let mut blocks: Vec<Block> = missed
        .map(|gate| {
            let tone = if gate.refuses { Tone::Bad } else { Tone::Mind };
            let word = if gate.refuses { "refused by gate " } else { "warned of by gate " };
            let words = Words::of(word).name(gate.id.clone()).say(": ").name(gate.metric.clone());
            let words = words.say(" is ").name(gate.value.to_string());
            let since = if was(&gate.id) == Some(Some(true)) { ", since this change" } else { "" };
            Block::Verdict(tone, words.say(since))
        })
        .collect();
    let passed = gates.iter().filter(|gate| gate.passed).count();
    let waived = gates.iter().filter(|gate| gate.waived).count();
    let of = counted(gates.len(), "gate", "gates");
    let waivers = if waived > 0 { format!(", {waived} waived") } else { String::new() };
    let tone = if blocks.is_empty() { Tone::Good } else { Tone::Mind };
    blocks.push(Block::Verdict(tone, Words::of(format!("{passed} of {of} pass{waivers}"))));
    blocks
}

/// Rules that start or stop being used, or are used otherwise.
pub(super) fn rules(diff: &PlanDiff) -> Vec<Block> {
    if diff.rules.is_empty() && diff.promotions.is_empty() {
        return Vec::new();
    }
    let word = |before: Amount, after: Amount| match (before.0.is_zero(), after.0.is_zero()) {
        (true, false) => "starts",
        (false, true) => "stops",
        _ => "goes on",
    };
    let row = |rule: &crate::diff::RuleChange| {
        vec![
            Words::named(rule.id.clone()),
            Words::of(word(rule.before, rule.after)),
            Words::of(quantity(rule.before)),
            Words::of(quantity(rule.after)),
            Words::named(format!("{}:{}", rule.source.file, rule.source.line)),
        ]
    };
    let columns = [
        ("Rule", Set::Text),
        ("", Set::Fixed),
        ("Use before", Set::Number),
        ("Use now", Set::Number),
        ("Where", Set::Text),
    ];
    let mut blocks = vec![Block::Heading("Rules")];
    if !diff.rules.is_empty() {
        blocks.push(Block::Table(Sheet::of(columns, diff.rules.iter().map(row).collect())));
    }
    blocks.extend(diff.promotions.iter().map(|one| {
        let words = Words::of("promotion ").name(one.id.clone());
        let moved = |buckets: i64| counted(usize::try_from(buckets).unwrap_or(0), "bucket", "buckets");
        Block::Say(words.say(format!(" moves by {} and moved by {}", moved(one.after), moved(one.before))))
    }));
    blocks
}

/// Shortages and overruns that facts alone make.
pub(super) fn given(diff: &PlanDiff, most: usize) -> Vec<Block> {
    if diff.given.is_empty() {
        return Vec::new();
    }
    let row = |one: &crate::diff::GivenChange| {
        vec![
            Words::named(one.kind.clone()),
            Words::named(one.of.clone()),
            Words::named(one.bucket.clone()),
            Words::of(quantity(one.before)),
            Words::of(quantity(one.after)),
        ]
    };
    let columns =
        [("Given", Set::Text), ("Of", Set::Text), ("In", Set::Fixed), ("Before", Set::Number), ("Now", Set::Number)];
    let mut sorted: Vec<_> = diff.given.iter().collect();
    sorted.sort_by_key(|one| std::cmp::Reverse(one.after.0.saturating_sub(one.before.0).abs()));
    listed("Given", columns, sorted.into_iter().map(row).collect(), most)
}

/// A section of a table with what is not listed counted below it.
fn listed<const N: usize>(
    title: &'static str,
    columns: [(&'static str, Set); N],
    mut rows: Vec<Vec<Words>>,
    most: usize,
) -> Vec<Block> {
    let more = rows.len().saturating_sub(most);
    rows.truncate(most);
    let mut blocks = vec![Block::Heading(title), Block::Table(Sheet::of(columns, rows))];
    if more > 0 {
        blocks.push(Block::said(format!("and {more} more")));
    }
    blocks
}

/// True of a limit that leaves less than one part in two hundred; of cash, that is near its minimum.
fn is_full(kind: &str, used: LimitUse) -> bool {
    let (used, limit) = (used.used.0, used.limit.0);
    let near = Decimal::new(5, 3);
    match kind {
        "cash-minimum" => used.saturating_sub(limit) <= limit.abs().saturating_mul(near),
        _ => used >= limit.saturating_mul(Decimal::ONE.saturating_sub(near)) && !used.is_zero(),
    }
}

/// Limits that changed, begin to bind, or stop to.
pub(super) fn limits(diff: &PlanDiff, most: usize) -> Vec<Block> {
    let word = |change: &LimitChange| {
        let full = |side: Option<LimitUse>| side.is_some_and(|side| is_full(&change.kind, side));
        let size = |side: Option<LimitUse>| side.map(|side| side.limit);
        match (full(change.before), full(change.after)) {
            (false, true) => Some("binds now"),
            (true, false) => Some("binds no more"),
            _ if size(change.before) != size(change.after) => Some("changed"),
            _ => None,
        }
    };
    let row = |change: &LimitChange| {
        // Money in whole units of the currency, as everywhere in a review; units and m3 as they are.
        let shown = if change.kind.ends_with("-capacity") { quantity } else { signed::money };
        let told = |side: Option<LimitUse>| {
            side.map_or("-".to_owned(), |side| format!("{} of {}", shown(side.used), shown(side.limit)))
        };
        Some(vec![
            Words::of(word(change)?),
            Words::named(change.kind.clone()).say(" ").name(change.of.clone()),
            Words::named(change.bucket.clone()),
            Words::of(told(change.before)),
            Words::of(told(change.after)),
        ])
    };
    let rows: Vec<_> = diff.limits.iter().filter_map(row).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let columns =
        [("", Set::Fixed), ("Limit", Set::Text), ("In", Set::Fixed), ("Before", Set::Number), ("Now", Set::Number)];
    listed("Limits", columns, rows, most)
}

/// Units sold and short, by channel; then who lost most.
pub(super) fn allocation(diff: &PlanDiff, shown: &Shown, most: usize) -> Vec<Block> {
    if diff.allocation.is_empty() {
        return Vec::new();
    }
    let mut channels: BTreeMap<&str, (Sold, Sold)> = BTreeMap::new();
    for change in &diff.allocation {
        let entry = channels.entry(&change.channel).or_default();
        add(&mut entry.0, change.before);
        add(&mut entry.1, change.after);
    }
    let row = |(channel, (before, after)): (&str, (Sold, Sold))| {
        vec![
            Words::named(channel),
            Words::of(signed::units(after.demand.saturating_sub(before.demand))),
            Words::of(signed::units(after.sold.saturating_sub(before.sold))),
            Words::of(signed::units(after.short.saturating_sub(before.short))),
        ]
    };
    let columns =
        [("Channel", Set::Text), ("Units asked for", Set::Number), ("sold", Set::Number), ("short", Set::Number)];
    let rows = channels.into_iter().map(row).collect();
    let mut blocks = vec![Block::Heading("Who is sold what"), Block::Table(Sheet::of(columns, rows))];
    let lost = |change: &&AllocationChange| change.after.short > change.before.short;
    let mut losers: Vec<&AllocationChange> = diff.allocation.iter().filter(lost).collect();
    losers.sort_by_key(|change| change.before.short.saturating_sub(change.after.short));
    let number = if shown.full { losers.len() } else { most.min(5).min(losers.len()) };
    let told = losers[..number].iter().map(|change| {
        let more = units(change.after.short.saturating_sub(change.before.short));
        let words = item(diff, &change.item).say(" in ").name(change.channel.clone());
        words.say(", ").name(change.bucket.clone()).say(format!(" by {more}"))
    });
    if number > 0 {
        let words = Words::of("shorter than before: ").list(told, "; ");
        let rest = losers.len() - number;
        blocks.push(Block::Say(if rest > 0 { words.say(format!("; and {rest} more")) } else { words }));
    }
    blocks
}

/// An item, and what people call it.
pub(super) fn item(diff: &PlanDiff, id: &str) -> Words {
    let known = diff.edits.rest.items.iter().find(|item| item.item == id);
    Words::named(id).aside(known.and_then(|item| item.name.as_deref()))
}

fn add(sum: &mut Sold, one: Sold) {
    sum.demand = sum.demand.saturating_add(one.demand);
    sum.sold = sum.sold.saturating_add(one.sold);
    sum.short = sum.short.saturating_add(one.short);
}

/// How much the plan moves, and what time alone brought.
pub(super) fn stability(diff: &PlanDiff) -> Vec<Block> {
    let told = &diff.stability;
    let all = told.changed.saturating_add(told.unchanged);
    let mut blocks = vec![Block::Heading("Stability")];
    let of = counted(usize::try_from(all).unwrap_or(usize::MAX), "order line", "order lines");
    let moved =
        if told.rescheduled > 0 { format!(", {} of them in time", units(told.rescheduled)) } else { String::new() };
    blocks.push(Block::said(format!("{} of {of} changed{moved}", units(told.changed))));
    if told.frozen > 0 {
        let money = signed::money(told.frozen_money);
        blocks.push(Block::said(format!("{} of them, {money}, in the frozen days", units(told.frozen))));
    }
    if told.rebalanced > 0 {
        let money = signed::money(told.rebalanced_money);
        let words = format!(
            "re-balanced: {} of lines that no changed input is about, {money}",
            counted(usize::try_from(told.rebalanced).unwrap_or(usize::MAX), "change", "changes")
        );
        blocks.push(Block::said(words));
    }
    let count = |verb| diff.lines.iter().filter(|change| change.verb == verb).count();
    let (released, received) = (count(Verb::Released), count(Verb::Received));
    if released + received > 0 {
        blocks.push(Block::said(format!(
            "no changes: {} placed as planned, {} due by now",
            counted(released, "line was", "lines were"),
            counted(received, "line was", "lines were")
        )));
    }
    if told.rolled_on > 0 {
        let lines = counted(usize::try_from(told.rolled_on).unwrap_or(usize::MAX), "line", "lines");
        let money = signed::money(told.rolled_on_money);
        blocks.push(Block::said(format!("{lines} for buckets that only this plan reaches, {money}")));
    }
    blocks
}
