//! Cash over time, against the least it may be.

use rust_decimal::Decimal;

use super::facts::Facts;
use crate::plan::{Amount, CashBucket};
use crate::render::blocks::{BUCKET, Block, Chart, Mark, Series, Words};

pub(super) fn blocks(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Cash")];
    if facts.plan.cash.is_empty() {
        blocks.push(Block::said("no cash is planned"));
        return blocks;
    }
    let below: Vec<&CashBucket> = facts.plan.cash.iter().filter(|row| row.closing < row.minimum).collect();
    if let Some(worst) = below.iter().min_by_key(|row| row.closing.0.saturating_sub(row.minimum.0)) {
        let missing = Amount(worst.minimum.0.saturating_sub(worst.closing.0));
        let words = Words::of("below the minimum, at most in ").name(worst.bucket.clone()).say(", by ");
        blocks.push(Block::Say(words.list([facts.money(missing)], "")));
    }
    blocks.push(Block::Chart(chart(facts)));
    blocks
}

fn chart(facts: &Facts<'_>) -> Chart {
    let series = |name: &'static str, mark: Mark, ink: &'static str, of: fn(&CashBucket) -> Amount| {
        let mut values: Vec<Option<Decimal>> = vec![None; facts.horizon.len()];
        for row in &facts.plan.cash {
            if let Some(at) = facts.place(&row.bucket) {
                values[at] = Some(of(row).0);
            }
        }
        Series { name: Words::of(name), mark, ink, values }
    };
    Chart {
        title: Words::of("Cash at the end of each bucket"),
        unit: facts.currency(),
        money: true,
        small: false,
        over: BUCKET,
        labels: facts.labels(),
        series: vec![
            series("opening", Mark::Table, "main", |row| row.opening),
            series("from sales", Mark::Table, "main", |row| row.sales),
            series("paid for goods", Mark::Table, "main", |row| row.purchases),
            series("other", Mark::Table, "main", |row| row.other),
            series("closing", Mark::Line, "main", |row| row.closing),
            series("minimum", Mark::Limit, "stop", |row| row.minimum),
        ],
    }
}
