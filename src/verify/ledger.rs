//! Lines and stock as they follow from decisions.

use std::borrow::Cow;
use std::cmp::Reverse;

use rust_decimal::Decimal;

use super::baseline::number_kept;
use super::clock::Trip;
use super::cost::{self, LineCost};
use super::days;
use super::decisions::Decisions;
use super::demand::Asked;
use super::exact::{Overflow, Ratio, less, more};
use super::facts::Facts;
use super::open_orders::{self, Standing};
use super::payment::{self, Payments};
use super::sales::Sales;
use super::transfers::{self, Flows, Sent};
use crate::network::{LaneId, OfferId, PoolId};

/// A new line.
#[derive(Debug)]
pub(super) struct Line {
    /// Its lane.
    pub(super) lane: LaneId,
    /// Its number among those of its lane and bucket, from 1, behind those that stay; `None` where there can be no other.
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
    /// Received from suppliers.
    pub(super) receipts: i64,
    /// Received from own locations.
    pub(super) transfers_in: i64,
    /// Sent to own locations.
    pub(super) transfers_out: i64,
    /// Sold.
    pub(super) sales: i64,
    /// At the end.
    pub(super) closing: i64,
    /// On the way to own locations at the end.
    pub(super) in_transit: i64,
}

impl Stock {
    /// What there is to sell from.
    pub(super) fn before_sales(&self) -> Result<i64, Overflow> {
        less(self.arrived()?, self.transfers_out)
    }

    /// What was there or has come.
    pub(super) fn arrived(&self) -> Result<i64, Overflow> {
        more(self.opening, self.received()?)
    }

    /// What has come, from wherever.
    pub(super) fn received(&self) -> Result<i64, Overflow> {
        more(self.receipts, self.transfers_in)
    }

    /// What is there at the end, or belongs here while it is under way.
    pub(super) fn owned(&self) -> Result<i64, Overflow> {
        more(self.closing, self.in_transit)
    }
}

/// What follows from decisions for lines and stock.
#[derive(Debug)]
pub(super) struct Ledger<'f> {
    /// The facts.
    pub(super) facts: &'f Facts<'f>,
    /// What is asked for, promotions where they stand in the plan.
    pub(super) offers: Cow<'f, [(OfferId, Asked)]>,
    /// By how many buckets each promotion moves.
    pub(super) moves: Vec<usize>,
    /// New lines, by lane, bucket, number.
    pub(super) lines: Vec<Line>,
    /// New transfers, by lane, bucket, number.
    pub(super) transfers: Vec<Sent>,
    /// Open orders, as the plan leaves them.
    pub(super) orders: Vec<Standing>,
    /// By offer, in the order of `offers`.
    pub(super) sales: Vec<Sales>,
    /// By pool and bucket.
    pub(super) stock: Vec<Vec<Stock>>,
}

impl<'f> Ledger<'f> {
    /// What follows from `decisions`; lines that no trip serves are left out.
    pub(super) fn of(facts: &'f Facts<'f>, decisions: &Decisions) -> Result<Self, Overflow> {
        let mut ledger = Self::still(facts)?;
        if !decisions.moved.is_empty() {
            ledger.moves = decisions.moves(facts.network);
            ledger.offers = Cow::Owned(facts.offers_moved(&ledger.moves)?);
        }
        for (&(lane, bucket), sizes) in &decisions.lines {
            ledger.lines.extend(lines_of(facts, lane, bucket, sizes)?);
        }
        ledger.transfers = transfers::sent(facts, decisions)?;
        for (index, standing) in ledger.orders.iter_mut().enumerate() {
            *standing = open_orders::standing(facts, index, decisions.orders.get(&index).copied())?;
        }
        let sales = ledger.offers.iter().map(|(id, asked)| Sales::of(decisions, *id, asked)).collect();
        ledger.selling(sales)
    }

    /// Nothing is ordered, moved or sold.
    pub(super) fn still(facts: &'f Facts<'f>) -> Result<Self, Overflow> {
        let orders = (0..facts.arrivals.len()).map(|index| open_orders::standing(facts, index, None));
        let ledger = Self {
            facts,
            offers: Cow::Borrowed(&facts.offers),
            moves: Vec::new(),
            lines: Vec::new(),
            transfers: Vec::new(),
            orders: orders.collect::<Result<_, _>>()?,
            sales: Vec::new(),
            stock: Vec::new(),
        };
        let sales = facts.offers.iter().map(|(_, asked)| Sales::none(asked)).collect();
        ledger.selling(sales)
    }

    /// The same with other sales, and the stock that follows.
    pub(super) fn selling(self, sales: Vec<Sales>) -> Result<Self, Overflow> {
        let ledger = Self { sales, ..self };
        let flows = transfers::flows(ledger.facts, &ledger.transfers)?;
        let stock = stock(ledger.facts, &ledger.receipts()?, &flows, &ledger.sold_by_pool()?)?;
        Ok(Self { stock, ..ledger })
    }

    /// The lines that serve the horizon.
    pub(super) fn lines_inside(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.bucket < self.facts.horizon)
    }

    /// The transfers that serve the horizon.
    pub(super) fn transfers_inside(&self) -> impl Iterator<Item = &Sent> {
        self.transfers.iter().filter(|one| one.bucket < self.facts.horizon)
    }

    /// Stock of a pool in a bucket.
    pub(super) fn stock(&self, pool: PoolId, bucket: usize) -> Stock {
        self.stock[pool.index()][bucket]
    }

    /// Offers with their sales.
    pub(super) fn sold(&self) -> impl Iterator<Item = (&(OfferId, Asked), &Sales)> {
        self.offers.iter().zip(&self.sales)
    }

    /// Units received by pool and bucket: open orders, lines that stay and new ones.
    fn receipts(&self) -> Result<Vec<Vec<i64>>, Overflow> {
        let network = self.facts.network;
        let mut receipts = self.facts.by_pool_and_bucket();
        let mut receive = |pool: PoolId, bucket: usize, units: i64| {
            let there = &mut receipts[pool.index()][bucket];
            *there = more(*there, units)?;
            Ok(())
        };
        for (order, standing) in network.open_orders.iter().zip(&self.orders) {
            if let Some(bucket) = standing.received() {
                receive(order.pool, bucket, order.units)?;
            }
        }
        for one in &self.facts.kept {
            if let Some(bucket) = one.coming.bucket {
                receive(network.lane(one.line.lane).pool, bucket, one.line.units)?;
            }
        }
        for line in &self.lines {
            receive(network.lane(line.lane).pool, line.bucket, line.units)?;
        }
        Ok(receipts)
    }

    /// Units sold by pool and bucket, late ones where they are delivered.
    fn sold_by_pool(&self) -> Result<Vec<Vec<i64>>, Overflow> {
        let mut sold = self.facts.by_pool_and_bucket();
        for ((_, asked), sales) in self.sold() {
            for (source, planned) in asked.sources.iter().zip(&sales.planned) {
                for (there, &units) in sold[source.pool.index()].iter_mut().zip(planned) {
                    *there = more(*there, units)?;
                }
            }
            for late in &sales.late {
                let there = &mut sold[asked.sources[late.source].pool.index()][late.delivered];
                *there = more(*there, late.units)?;
            }
        }
        Ok(sold)
    }
}

/// The lines of a lane for a bucket, the largest first.
fn lines_of(facts: &Facts<'_>, lane: LaneId, bucket: usize, sizes: &[i64]) -> Result<Vec<Line>, Overflow> {
    let mut sizes = sizes.to_vec();
    sizes.sort_by_key(|&units| Reverse(units));
    let (several, kept) = (facts.network.lane(lane).lines > 1, number_kept(facts, lane, bucket));
    let number = |index: usize| (several || kept + index > 0).then_some(kept + index + 1);
    let placed = |(index, units): (usize, i64)| line(facts, lane, number(index), bucket, units);
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

/// closing = opening + receipts + transfers in - transfers out - sales.
fn stock(
    facts: &Facts<'_>,
    receipts: &[Vec<i64>],
    flows: &Flows,
    sold: &[Vec<i64>],
) -> Result<Vec<Vec<Stock>>, Overflow> {
    let mut rows = Vec::with_capacity(receipts.len());
    for (pool, facts) in facts.network.pools.iter().enumerate() {
        let mut opening = facts.on_hand;
        let mut row = Vec::with_capacity(receipts[pool].len());
        for bucket in 0..receipts[pool].len() {
            let mut stock = Stock {
                opening,
                receipts: receipts[pool][bucket],
                transfers_in: flows.arriving[pool][bucket],
                transfers_out: flows.leaving[pool][bucket],
                sales: sold[pool][bucket],
                closing: 0,
                in_transit: flows.under_way[pool][bucket],
            };
            stock.closing = less(stock.before_sales()?, stock.sales)?;
            opening = stock.closing;
            row.push(stock);
        }
        rows.push(row);
    }
    Ok(rows)
}
