//! What plan this is, whether it holds, and five numbers.

use super::facts::Facts;
use crate::plan::{Amount, GateVerdict};
use crate::render::blocks::{Block, Tile, Tone, Words};
use crate::render::number::{counted, money, percent};
use crate::render::style::Ink;
use crate::render::text::{asked, figure, verdict};

pub(super) fn blocks(facts: &Facts<'_>) -> Vec<Block> {
    let plan = facts.plan;
    let title = Words::named(plan.project.clone()).say(", cycle ").name(plan.cycle.clone());
    let (word, ink, meaning) = verdict(plan);
    let mut blocks = vec![Block::Title(title), Block::Say(about(facts))];
    blocks.push(Block::Verdict(tone(ink), Words::of(format!("{word}: {meaning}"))));
    if plan.certificate.interrupted {
        blocks.push(Block::Verdict(Tone::Mind, Words::of("the search was interrupted before its end")));
    }
    blocks.extend(gates(&plan.gates));
    blocks.push(Block::Tiles(tiles(facts)));
    blocks
}

fn tone(ink: Ink) -> Tone {
    match ink {
        Ink::Green => Tone::Good,
        Ink::Red => Tone::Bad,
        _ => Tone::Mind,
    }
}

/// The day, the buckets, the currency.
fn about(facts: &Facts<'_>) -> Words {
    let words = Words::of(format!("as of {}, ", facts.plan.as_of));
    let words = match facts.horizon[..] {
        [] => words.say("no buckets"),
        [only] => words.say("one bucket, ").name(only),
        [first, .., last] => {
            words.say(format!("{} buckets from ", facts.horizon.len())).name(first).say(" to ").name(last)
        }
    };
    let words = match facts.plan.buckets.iter().rfind(|bucket| bucket.tail) {
        Some(last) => words.say(", tail to ").name(last.label.clone()),
        None => words,
    };
    words.say("; amounts in ").list([facts.currency()], "")
}

/// Gates that are missed, one by one; else how many there are.
fn gates(gates: &[GateVerdict]) -> Vec<Block> {
    let missed = |gate: &GateVerdict| {
        let (tone, word) =
            if gate.refuses { (Tone::Bad, "refused by gate ") } else { (Tone::Mind, "warned of by gate ") };
        let words = Words::of(word).name(gate.id.clone()).say(": ").name(gate.metric.clone());
        Block::Verdict(tone, words.say(format!(" is {}, asked for is {}", figure(gate.value), asked(gate))))
    };
    let mut blocks: Vec<Block> = gates.iter().filter(|gate| gate.is_missed()).map(missed).collect();
    let waived = gates.iter().filter(|gate| !gate.passed && gate.waived).count();
    if blocks.is_empty() && !gates.is_empty() {
        let words = match waived {
            0 => counted(gates.len(), "gate passes", "gates pass"),
            _ => format!(
                "{} of {}, {waived} waived",
                gates.len() - waived,
                counted(gates.len(), "gate passes", "gates pass")
            ),
        };
        blocks.push(Block::Verdict(if waived > 0 { Tone::Mind } else { Tone::Good }, Words::of(words)));
    }
    blocks
}

fn tiles(facts: &Facts<'_>) -> Vec<Tile> {
    let summary = &facts.plan.summary;
    let share = summary.contribution.0.checked_div(summary.revenue.0);
    let share = share.map_or(Words::default(), |share| Words::of(format!("{} of revenue", percent(share))));
    let tile = |name: &str, value, remark| Tile { name: name.to_owned(), value, remark };
    let units = Words::of(format!("{} by units", percent(summary.fill_rate.0)));
    vec![
        tile("Revenue", money(summary.revenue), Words::default()),
        tile("Contribution", money(summary.contribution), share),
        tile("Value fill rate", percent(summary.value_fill_rate.0), units),
        lowest_cash(facts),
        tile("Peak inventory value", money(summary.peak_inventory_value), Words::of("at standard cost")),
    ]
}

/// Where cash is lowest, and how far that is from what it may be.
fn lowest_cash(facts: &Facts<'_>) -> Tile {
    let name = "Lowest cash".to_owned();
    let Some(lowest) = &facts.plan.summary.minimum_cash else {
        return Tile { name, value: "-".to_owned(), remark: Words::of("no cash is planned") };
    };
    let remark = Words::of("in ").name(lowest.bucket.clone());
    let row = facts.plan.cash.iter().find(|row| row.bucket == lowest.bucket);
    let remark = match row.map(|row| lowest.amount.0.saturating_sub(row.minimum.0)) {
        None => remark,
        Some(room) if room.is_zero() => remark.say(", which is the minimum"),
        Some(room) if room.is_sign_negative() => {
            remark.say(format!(", {} below the minimum", money(Amount(room.abs()))))
        }
        Some(room) => remark.say(format!(", {} above the minimum", money(Amount(room)))),
    };
    Tile { name, value: money(lowest.amount), remark }
}
