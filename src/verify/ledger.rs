//! Lines and stock as they follow from decisions.

use std::cmp::Reverse;

use rust_decimal::Decimal;

use super::clock::Trip;
use super::cost::{self, LineCost};
use super::days;
use super::decisions::Decisions;
use super::exact::{Overflow, Ratio, less, more};
use super::facts::Facts;
use super::payment::{self, Payments};
use crate::network::{LaneId, PoolId};

/// A new line.
#[derive(Debug)]
pub(super) struct Line {
    /// Its lane.
    pub(super) lane: LaneId,
    /// Its number among those of its lane and bucket, from 1; `None` where the lane allows one line only.
    pub(super) number: Option<usize>,
    /// The bucket it serves.
    pub(super) bucket: usize,
    /// The bucket it is released in.
    pub(super) release_bucket: usize,
    /// Units.
    pub(super) units: i64,
    /// Its days.
    pub(super) trip: Trip,
    /// What it costs.
    pub(super) cost: LineCost,
    /// Goods, freight and duty, exactly.
    pub(super) landed: Ratio,
    /// The same in whole minor units.
    pub(super) landed_cost: Decimal,
    /// What is paid and when.
    pub(super) payments: Payments,
}

/// Stock of a pool in a bucket.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stock {
    /// At the beginning.
    pub(super) opening: i64,
    /// Received.
    pub(super) receipts: i64,
    /// Sold.
    pub(super) sales: i64,
    /// At the end.
    pub(super) closing: i64,
}

/// What follows from decisions for lines and stock.
#[derive(Debug)]
pub(super) struct Ledger<'f> {
    /// The facts.
    pub(super) facts: &'f Facts<'f>,
    /// New lines, by lane, bucket, number.
    pub(super) lines: Vec<Line>,
    /// Units sold, by offer (position in the facts) and bucket.
    pub(super) planned: Vec<Vec<i64>>,
    /// By pool and bucket.
    pub(super) stock: Vec<Vec<Stock>>,
}

impl<'f> Ledger<'f> {
    /// What follows from `decisions`; lines that no trip serves are left out.
    pub(super) fn of(facts: &'f Facts<'f>, decisions: &Decisions) -> Result<Self, Overflow> {
        let mut lines = Vec::new();
        for (&(lane, bucket), sizes) in &decisions.lines {
            lines.extend(lines_of(facts, lane, bucket, sizes)?);
        }
        let sold = |id, bucket| decisions.planned.get(&(id, bucket)).copied().unwrap_or(0);
        let row = |id| (0..facts.buckets.len()).map(|bucket| sold(id, bucket)).collect();
        Self::new(facts, lines, facts.offers.iter().map(|&(id, _)| row(id)).collect())
    }

    /// Nothing new is ordered; demand is served as far as stock goes, first bucket first, and within a bucket the
    /// offers that bring most a unit first.
    pub(super) fn of_doing_nothing(facts: &'f Facts<'f>) -> Result<Self, Overflow> {
        let arriving = receipts(facts, &[])?;
        let mut left: Vec<i64> = facts.network.pools.iter().map(|pool| pool.on_hand).collect();
        let mut planned = vec![vec![0; facts.buckets.len()]; facts.offers.len()];
        for bucket in 0..facts.buckets.len() {
            for (left, arriving) in left.iter_mut().zip(&arriving) {
                *left = more(*left, arriving[bucket])?;
            }
            for offer in dearest_first(facts, bucket) {
                let asked = &facts.offers[offer].1;
                let left = &mut left[asked.pool.index()];
                planned[offer][bucket] = asked.units[bucket].clamp(0, (*left).max(0));
                *left = less(*left, planned[offer][bucket])?;
            }
        }
        Self::new(facts, Vec::new(), planned)
    }

    fn new(facts: &'f Facts<'f>, lines: Vec<Line>, planned: Vec<Vec<i64>>) -> Result<Self, Overflow> {
        let stock = stock(facts, &receipts(facts, &lines)?, &sold_by_pool(facts, &planned)?)?;
        Ok(Self { facts, lines, planned, stock })
    }

    /// The lines that serve the horizon.
    pub(super) fn lines_inside(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.bucket < self.facts.horizon)
    }

    /// Stock of a pool in a bucket.
    pub(super) fn stock(&self, pool: PoolId, bucket: usize) -> Stock {
        self.stock[pool.index()][bucket]
    }
}

/// The lines of a lane for a bucket, the largest first.
fn lines_of(facts: &Facts<'_>, lane: LaneId, bucket: usize, sizes: &[i64]) -> Result<Vec<Line>, Overflow> {
    let mut sizes = sizes.to_vec();
    sizes.sort_by_key(|&units| Reverse(units));
    let several = facts.network.lane(lane).lines > 1;
    let placed = |(index, units): (usize, i64)| line(facts, lane, several.then_some(index + 1), bucket, units);
    sizes.into_iter().enumerate().map(placed).filter_map(Result::transpose).collect()
}

fn line(
    facts: &Facts<'_>,
    lane: LaneId,
    number: Option<usize>,
    bucket: usize,
    units: i64,
) -> Result<Option<Line>, Overflow> {
    let Some(trip) = facts.trip(lane, bucket) else { return Ok(None) };
    let network = facts.network;
    let release_bucket = days::bucket_of(&facts.buckets, trip.release).ok_or(Overflow)?;
    let terms = network.lane(lane);
    let cost = cost::line(network, terms, &facts.buckets[release_bucket], units)?;
    let landed_cost = payment::landed_cost(network, &cost)?;
    let payments = payment::by_terms(network, terms, &cost, &trip)?;
    let landed = cost.landed()?;
    Ok(Some(Line { lane, number, bucket, release_bucket, units, trip, cost, landed, landed_cost, payments }))
}

/// Offers by what a unit brings in a bucket, the most first; of equals the first.
fn dearest_first(facts: &Facts<'_>, bucket: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..facts.offers.len()).collect();
    order.sort_by(|&a, &b| facts.offers[b].1.net[bucket].cmp(&facts.offers[a].1.net[bucket]));
    order
}

/// Units received by pool and bucket: open orders and new lines.
fn receipts(facts: &Facts<'_>, lines: &[Line]) -> Result<Vec<Vec<i64>>, Overflow> {
    let mut receipts = facts.by_pool_and_bucket();
    let mut receive = |pool: PoolId, bucket: usize, units: i64| {
        let there = &mut receipts[pool.index()][bucket];
        *there = more(*there, units)?;
        Ok(())
    };
    for (order, arrival) in facts.network.open_orders.iter().zip(&facts.arrivals) {
        if let Some(bucket) = arrival.bucket {
            receive(order.pool, bucket, order.units)?;
        }
    }
    for line in lines {
        receive(facts.network.lane(line.lane).pool, line.bucket, line.units)?;
    }
    Ok(receipts)
}

fn sold_by_pool(facts: &Facts<'_>, planned: &[Vec<i64>]) -> Result<Vec<Vec<i64>>, Overflow> {
    let mut sold = facts.by_pool_and_bucket();
    for ((_, asked), planned) in facts.offers.iter().zip(planned) {
        for (there, &units) in sold[asked.pool.index()].iter_mut().zip(planned) {
            *there = more(*there, units)?;
        }
    }
    Ok(sold)
}

/// closing = opening + receipts - sales.
fn stock(facts: &Facts<'_>, receipts: &[Vec<i64>], sold: &[Vec<i64>]) -> Result<Vec<Vec<Stock>>, Overflow> {
    let mut rows = Vec::with_capacity(receipts.len());
    for ((pool, receipts), sold) in facts.network.pools.iter().zip(receipts).zip(sold) {
        let mut opening = pool.on_hand;
        let mut row = Vec::with_capacity(receipts.len());
        for (&receipts, &sales) in receipts.iter().zip(sold) {
            let closing = less(more(opening, receipts)?, sales)?;
            row.push(Stock { opening, receipts, sales, closing });
            opening = closing;
        }
        rows.push(row);
    }
    Ok(rows)
}
