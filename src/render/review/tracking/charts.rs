//! What a tracking draws: what the difference of revenue is made of, and what was asked for and sold, by category and by channel.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::parts;
use crate::render::blocks::{BUCKET, Block, Chart, Mark, Series, Words};
use crate::render::review::bridge::bridge;
use crate::track::{SalesRow, Tracking};

/// Columns of a kind that are drawn: those of most planned revenue, then all others together.
const DRAWN: usize = 8;

/// The parts of the difference, each from where the one before it ended.
pub(super) fn causes(tracking: &Tracking) -> Block {
    let told = parts(&tracking.variance).map(|(name, _, amount)| (name.to_owned(), amount.0));
    let title = Words::of("Revenue above plan and below it, by cause");
    Block::Chart(bridge(title, Words::named(tracking.currency.clone()), &told, tracking.variance.total.0))
}

/// Units that the plan counts on, plans to sell, and that were sold.
pub(super) fn sales(tracking: &Tracking) -> Vec<Block> {
    let by_bucket = (tracking.buckets.len() > 1).then(|| {
        let labels = tracking.buckets.iter().map(|bucket| bucket.label.clone());
        let rows =
            labels.map(|label| (label.clone(), tracking.sales.iter().filter(|row| row.bucket == label).collect()));
        drawn("Demand and sales by bucket", BUCKET, rows.collect())
    });
    let by_category =
        by(tracking, "Demand and sales by category", "Category", |row| row.category.as_deref().unwrap_or("none"));
    let by_channel = by(tracking, "Demand and sales by channel", "Channel", |row| &row.channel);
    [by_bucket, by_category, by_channel].into_iter().flatten().map(Block::Chart).collect()
}

/// A chart over what rows have in common; nothing where that is one.
fn by(tracking: &Tracking, title: &'static str, over: &'static str, of: impl Fn(&SalesRow) -> &str) -> Option<Chart> {
    let mut all: BTreeMap<&str, Vec<&SalesRow>> = BTreeMap::new();
    for row in &tracking.sales {
        all.entry(of(row)).or_default().push(row);
    }
    let mut all: Vec<(String, Vec<&SalesRow>)> = all.into_iter().map(|(name, rows)| (name.to_owned(), rows)).collect();
    let planned =
        |rows: &[&SalesRow]| rows.iter().fold(Decimal::ZERO, |sum, row| sum.saturating_add(row.planned_revenue.0));
    all.sort_by_cached_key(|(_, rows)| std::cmp::Reverse(planned(rows)));
    if all.len() > DRAWN {
        let others = all.split_off(DRAWN - 1).into_iter().flat_map(|(_, rows)| rows).collect();
        all.push(("others".to_owned(), others));
    }
    (all.len() > 1).then(|| drawn(title, over, all))
}

fn drawn(title: &'static str, over: &'static str, groups: Vec<(String, Vec<&SalesRow>)>) -> Chart {
    let series = |name: &'static str, ink: &'static str, of: fn(&SalesRow) -> i64| {
        let sum =
            |rows: &[&SalesRow]| rows.iter().fold(Decimal::ZERO, |sum, row| sum.saturating_add(Decimal::from(of(row))));
        let values = groups.iter().map(|(_, rows)| Some(sum(rows))).collect();
        Series { name: Words::of(name), mark: Mark::Column, ink, values }
    };
    let series = vec![
        series("demand by plan", "given", |row| row.demand),
        series("planned sales", "other", |row| row.planned),
        series("sold", "main", |row| row.sold),
    ];
    Chart {
        title: Words::of(title),
        unit: Words::of("units"),
        money: false,
        small: false,
        over,
        labels: groups.into_iter().map(|(name, _)| name).collect(),
        series,
    }
}
