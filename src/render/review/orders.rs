//! Order lines that changed.

use rust_decimal::Decimal;

use super::{Shown, rows, signed};
use crate::diff::{Line, LineChange, PlanDiff, Verb};
use crate::plan::Amount;
use crate::render::blocks::{Block, Set, Sheet, Words};
use crate::render::number::{counted, units};

/// What cannot be taken back once this plan is carried out.
pub(super) fn before_next_cycle(diff: &PlanDiff, shown: &Shown, most: usize) -> Vec<Block> {
    let due = |change: &&LineChange| change.before_next_cycle && !change.rebalanced;
    section(diff, "Decided before the next cycle", diff.lines.iter().filter(due).collect(), shown, most)
}

/// All others, by money.
pub(super) fn top_movers(diff: &PlanDiff, shown: &Shown, most: usize) -> Vec<Block> {
    let later = |change: &&LineChange| change.verb.is_change() && !change.before_next_cycle && !change.rebalanced;
    section(diff, "Largest changes of orders", diff.lines.iter().filter(later).collect(), shown, most)
}

/// Every line, folded away where the sections do not list them all.
pub(super) fn all(diff: &PlanDiff, shown: &Shown) -> Vec<Block> {
    if diff.lines.is_empty() || shown.full {
        return Vec::new();
    }
    let every: Vec<&LineChange> = diff.lines.iter().collect();
    let (listed, small): (Vec<_>, Vec<_>) = every.iter().partition(|change| is_large(change, shown));
    let mut inside = vec![Block::Table(sheet(diff, listed.iter().copied()))];
    inside.extend(remainder("smaller", &small));
    let all = counted(every.len(), "order line that differs", "order lines that differ");
    vec![Block::Fold(Words::of(format!("All {all}")), inside)]
}

/// Lines in a table, by money, and what is not listed.
pub(super) fn listed(diff: &PlanDiff, changes: Vec<&LineChange>, shown: &Shown, most: usize) -> Vec<Block> {
    let large: Vec<&LineChange> = changes.iter().copied().filter(|change| is_large(change, shown)).collect();
    let small: Vec<&LineChange> = changes.iter().copied().filter(|change| !is_large(change, shown)).collect();
    let (listed, rest) = large.split_at(most.min(large.len()));
    let mut blocks = Vec::new();
    if !listed.is_empty() {
        blocks.push(Block::Table(sheet(diff, listed.iter().copied())));
    }
    blocks.extend(remainder("more", rest));
    blocks.extend(remainder("smaller", &small));
    blocks
}

fn is_large(change: &LineChange, shown: &Shown) -> bool {
    shown.full || change.money.0 >= shown.least_money
}

fn section(diff: &PlanDiff, title: &'static str, changes: Vec<&LineChange>, shown: &Shown, most: usize) -> Vec<Block> {
    if changes.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading(title)];
    blocks.extend(listed(diff, changes, shown, most));
    blocks
}

/// What is not listed, counted and summed.
fn remainder(word: &str, rest: &[&LineChange]) -> Option<Block> {
    let first = rest.first()?;
    let sum = rest.iter().fold(Decimal::ZERO, |sum, change| sum.saturating_add(change.money.0));
    let largest = if rest.len() > 1 { format!(", the largest {}", signed::money(first.money)) } else { String::new() };
    let number = counted(rest.len(), "change", "changes");
    Some(Block::said(format!("and {number} {word}, {} in all{largest}", signed::money(Amount(sum)))))
}

fn sheet<'d>(diff: &PlanDiff, changes: impl Iterator<Item = &'d LineChange>) -> Sheet {
    let row = |change: &LineChange| {
        vec![
            Words::of(change.verb.title()),
            rows::item(diff, &change.item),
            way(change),
            when(change),
            Words::of(quantity(change)),
            Words::of(release(change)),
            Words::of(signed::money(change.money)),
        ]
    };
    let columns = [
        ("", Set::Fixed),
        ("Item", Set::Text),
        ("From", Set::Optional),
        ("For", Set::Text),
        ("Units", Set::Number),
        ("Placed", Set::Optional),
        ("Money", Set::Number),
    ];
    Sheet::of(columns, changes.map(row).collect())
}

/// A text of the lines before and after: one where they agree.
fn both(change: &LineChange, told: impl Fn(&Line) -> Words) -> Words {
    let side = |lines: &[Line]| {
        let mut all: Vec<Words> = Vec::new();
        for words in lines.iter().map(&told) {
            if !all.contains(&words) {
                all.push(words);
            }
        }
        Words::default().list(all, ", ")
    };
    let (before, after) = (side(&change.before), side(&change.after));
    if change.before.is_empty() || before == after {
        return after;
    }
    if change.after.is_empty() { before } else { Words::default().list([before, after], " to ") }
}

fn way(change: &LineChange) -> Words {
    let moved = change.verb == Verb::ReSource;
    both(change, |line| {
        let words = Words::named(line.from.clone());
        match line.mode.as_ref().filter(|_| moved) {
            Some(mode) => words.say(" by ").name(mode.clone()),
            None => words,
        }
    })
}

fn when(change: &LineChange) -> Words {
    both(change, |line| Words::named(line.receipt_bucket.clone()))
}

fn quantity(change: &LineChange) -> String {
    let sum = |lines: &[Line]| lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.units));
    let (before, after) = (sum(&change.before), sum(&change.after));
    match change.verb {
        Verb::New => format!("+{}", units(after)),
        Verb::Cancel => units(before.saturating_neg()),
        Verb::Received => units(before),
        _ if before == after => units(after),
        _ => format!("{} to {}", units(before), units(after)),
    }
}

/// The day it is placed: the new one, where there is one.
fn release(change: &LineChange) -> String {
    let line = change.after.first().or(change.before.first());
    line.and_then(|line| line.release_date).map_or(String::new(), |day| day.to_string())
}
