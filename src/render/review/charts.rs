//! Both plans over time, drawn: what was, dotted, and what is now.

use rust_decimal::Decimal;

use crate::diff::{BucketPair, BucketSums, PlanDiff};
use crate::plan::Amount;
use crate::render::blocks::{BUCKET, Block, Chart, Mark, Series, Words};

/// Charts of what differs.
pub(super) fn all(diff: &PlanDiff) -> Vec<Block> {
    [cash(diff), stock(diff), placed(diff), sales(diff)].into_iter().flatten().collect()
}

fn cash(diff: &PlanDiff) -> Option<Block> {
    let mut series = before_and_now(diff, Mark::Line, |sums| money(sums.cash))?;
    series.push(of(diff, "minimum", Mark::Limit, "stop", |pair| money(pair.after.minimum)));
    Some(drawn(diff, "Cash at the end of each bucket, before and now", true, series))
}

fn stock(diff: &PlanDiff) -> Option<Block> {
    let series = before_and_now(diff, Mark::Line, |sums| money(sums.inventory_value))?;
    Some(drawn(diff, "Inventory value, before and now", true, series))
}

fn placed(diff: &PlanDiff) -> Option<Block> {
    let series = before_and_now(diff, Mark::Column, |sums| Some(sums.placed.0))?;
    Some(drawn(diff, "Orders to place, at landed cost, before and now", true, series))
}

fn sales(diff: &PlanDiff) -> Option<Block> {
    let sold = before_and_now(diff, Mark::Column, |sums| Some(Decimal::from(sums.sold)));
    let asked = before_and_now(diff, Mark::Line, |sums| Some(Decimal::from(sums.demand)));
    if sold.is_none() && asked.is_none() {
        return None;
    }
    let sold = |sums: &BucketSums| Some(Decimal::from(sums.sold));
    let asked = |sums: &BucketSums| Some(Decimal::from(sums.demand));
    let series = vec![
        of(diff, "sold before", Mark::Column, "other", |pair| pair.before.as_ref().and_then(sold)),
        of(diff, "sold now", Mark::Column, "main", |pair| sold(&pair.after)),
        of(diff, "demand before", Mark::Was, "want", |pair| pair.before.as_ref().and_then(asked)),
        of(diff, "demand now", Mark::Line, "want", |pair| asked(&pair.after)),
    ];
    Some(drawn(diff, "Demand and sales, before and now", false, series))
}

fn money(amount: Option<Amount>) -> Option<Decimal> {
    amount.map(|amount| amount.0)
}

/// A number in both plans; nothing where it is the same in all buckets that both have.
fn before_and_now(diff: &PlanDiff, mark: Mark, number: fn(&BucketSums) -> Option<Decimal>) -> Option<Vec<Series>> {
    let differs = |pair: &BucketPair| pair.before.as_ref().is_some_and(|before| number(before) != number(&pair.after));
    let was = if mark == Mark::Line { Mark::Was } else { mark };
    diff.by_bucket.iter().any(differs).then(|| {
        vec![
            of(diff, "before", was, "other", |pair| pair.before.as_ref().and_then(number)),
            of(diff, "now", mark, "main", |pair| number(&pair.after)),
        ]
    })
}

fn of(
    diff: &PlanDiff,
    name: &'static str,
    mark: Mark,
    ink: &'static str,
    number: impl Fn(&BucketPair) -> Option<Decimal>,
) -> Series {
    Series { name: Words::of(name), mark, ink, values: diff.by_bucket.iter().map(number).collect() }
}

fn drawn(diff: &PlanDiff, title: &'static str, money: bool, series: Vec<Series>) -> Block {
    Block::Chart(Chart {
        title: Words::of(title),
        unit: if money { Words::named(diff.currency.clone()) } else { Words::of("units") },
        money,
        small: false,
        over: BUCKET,
        labels: diff.by_bucket.iter().map(|pair| pair.bucket.clone()).collect(),
        series,
    })
}
