//! One pool (an item at a location) by itself: what can be decided, and what a decision earns and uses.

use super::rows::{Effect, Rows, float};
use crate::model::cost::Piece;
use crate::model::{Model, Opportunity, PoolModel};
use crate::network::{LaneId, MilestoneDay, PoolId};

/// A line that can be placed, in the pool's terms.
#[derive(Debug)]
pub(super) struct LineOption {
    /// By which lane.
    pub(super) lane: LaneId,
    /// The bucket it serves.
    pub(super) bucket: usize,
    /// Smallest size.
    pub(super) smallest: i64,
    /// Largest size, where there is one.
    pub(super) largest: Option<i64>,
    /// Sizes are multiples of it.
    pub(super) multiple: i64,
    /// Landed cost over sizes.
    pub(super) pieces: Vec<LinearPiece>,
    /// A line.
    pub(super) order_cost: f64,
    /// The bucket of release.
    pub(super) release_bucket: usize,
    /// Supplier capacity of a unit and of a line.
    pub(super) capacity: (f64, f64),
    /// Shares of the goods and the buckets they are paid in, in the order of the terms; none past the horizon.
    pub(super) goods_paid: Vec<(Option<usize>, f64)>,
    /// Bucket in which freight and duty are paid.
    pub(super) besides_paid: Option<usize>,
}

/// Sizes over which the landed cost is linear.
#[derive(Debug, Clone, Copy)]
pub(super) struct LinearPiece {
    pub(super) from: i64,
    pub(super) to: Option<i64>,
    /// Goods: fixed part and a unit.
    pub(super) goods: (f64, f64),
    /// Freight and duty: fixed part and a unit.
    pub(super) besides: (f64, f64),
}

impl LinearPiece {
    fn of(piece: &Piece, opportunity: &Opportunity) -> Self {
        let terms = &opportunity.terms;
        let (freight, duty) = (float(terms.freight), float(terms.duty_rate));
        let goods = (float(piece.fixed) / (1.0 + duty), (float(piece.unit) - freight) / (1.0 + duty));
        let besides = (goods.0 * duty, goods.1 * duty + freight);
        Self { from: piece.from, to: piece.to, goods, besides }
    }
}

impl LineOption {
    /// The piece that a size falls into.
    pub(super) fn piece(&self, units: i64) -> &LinearPiece {
        let found = self.pieces.iter().rev().find(|piece| piece.from <= units);
        found.unwrap_or(&self.pieces[0])
    }

    /// True where a line of this size may be placed.
    pub(super) fn allows(&self, units: i64) -> bool {
        units == 0
            || units >= self.smallest && self.largest.is_none_or(|most| units <= most) && units % self.multiple == 0
    }
}

/// Demand of an offer, in the pool's terms.
#[derive(Debug)]
pub(super) struct Sale {
    /// Units by bucket.
    pub(super) demand: Vec<i64>,
    /// What a unit earns.
    pub(super) net: Vec<f64>,
    /// What an unmet unit costs.
    pub(super) shortage_cost: Vec<f64>,
    /// By bucket of sale: shares of its cash by bucket.
    pub(super) payout: Vec<Vec<(usize, f64)>>,
}

/// Everything that can be decided about a pool.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) id: PoolId,
    pub(super) on_hand: i64,
    pub(super) open_receipts: Vec<i64>,
    pub(super) sales: Vec<Sale>,
    /// By bucket, then lane.
    pub(super) options: Vec<LineOption>,
    pub(super) holding: Vec<f64>,
    pub(super) end_cover: i64,
    pub(super) worth: (f64, f64),
}

/// What is decided about a pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decision {
    /// Units of each option.
    pub(super) lines: Vec<i64>,
    /// Units sold, by the pool's offers and bucket.
    pub(super) sales: Vec<Vec<i64>>,
}

impl Pool {
    /// Lays a pool out.
    pub(super) fn new(model: &Model<'_>, index: usize) -> Self {
        let pool = &model.pools[index];
        let id = PoolId::from(index);
        Self {
            id,
            on_hand: model.network.pool(id).on_hand,
            open_receipts: pool.open_receipts.clone(),
            sales: pool.offers.iter().map(|&offer| sale(model, offer)).collect(),
            options: options(model, pool),
            holding: pool.holding.iter().map(|&cost| float(cost)).collect(),
            end_cover: pool.end_cover,
            worth: (float(pool.worth_within), float(pool.worth_beyond)),
        }
    }

    /// Units that arrive in each bucket by a decision.
    pub(super) fn receipts(&self, lines: &[i64]) -> Vec<i64> {
        let mut receipts = self.open_receipts.clone();
        for (option, units) in self.options.iter().zip(lines) {
            receipts[option.bucket] += units;
        }
        receipts
    }

    /// What a decision earns and uses.
    pub(super) fn effect(&self, rows: &Rows, decision: &Decision) -> Effect {
        let mut effect = Effect { objective: 0.0, used: vec![0.0; rows.count] };
        let mut paid = vec![0.0; rows.buckets];
        self.book_lines(rows, decision, &mut effect, &mut paid);
        self.book_sales(decision, &mut effect, &mut paid);
        self.book_stock(rows, decision, &mut effect);
        if let Some(first) = rows.cash {
            let mut balance = 0.0;
            for (bucket, paid) in paid.iter().enumerate() {
                balance += paid;
                effect.used[first + bucket] = balance;
            }
        }
        effect
    }

    fn book_lines(&self, rows: &Rows, decision: &Decision, effect: &mut Effect, paid: &mut [f64]) {
        let placed = self.options.iter().zip(&decision.lines).filter(|(_, units)| **units > 0);
        for (option, &units) in placed {
            let piece = option.piece(units);
            let units = real(units);
            let goods = piece.goods.0 + piece.goods.1 * units;
            let besides = piece.besides.0 + piece.besides.1 * units;
            effect.objective -= goods + besides + option.order_cost;
            for first in &rows.budgets[option.lane.index()] {
                effect.used[first + option.bucket] += goods + besides;
            }
            if let Some(first) = rows.supplier[option.lane.index()] {
                effect.used[first + option.release_bucket] += option.capacity.0 * units + option.capacity.1;
            }
            pay(option, (goods, besides), rows.minor, paid);
        }
    }

    fn book_sales(&self, decision: &Decision, effect: &mut Effect, paid: &mut [f64]) {
        for (sale, sold) in self.sales.iter().zip(&decision.sales) {
            for (bucket, &units) in sold.iter().enumerate() {
                let earned = sale.net[bucket] * real(units);
                effect.objective += earned - sale.shortage_cost[bucket] * real(sale.demand[bucket] - units);
                for (arrives, share) in sale.payout.get(bucket).into_iter().flatten() {
                    paid[*arrives] -= earned * share;
                }
            }
        }
    }

    fn book_stock(&self, rows: &Rows, decision: &Decision, effect: &mut Effect) {
        let bearing = &rows.bearings[self.id.index()];
        let receipts = self.receipts(&decision.lines);
        let mut stock = self.on_hand;
        for (bucket, received) in receipts.iter().enumerate() {
            stock += received;
            for (first, unit) in &bearing.available {
                effect.used[first + bucket] += unit * real(stock);
            }
            let sold: i64 = decision.sales.iter().map(|sold| sold[bucket]).sum();
            stock -= sold;
            for (first, unit) in &bearing.closing {
                effect.used[first + bucket] += unit * real(stock);
            }
            for first in &bearing.inbound {
                effect.used[first + bucket] += real(*received);
            }
            for first in &bearing.outbound {
                effect.used[first + bucket] += real(sold);
            }
            effect.objective -= self.holding[bucket] * real(stock);
        }
        let within = stock.min(self.end_cover);
        effect.objective += self.worth.0 * real(within) + self.worth.1 * real(stock - within);
    }
}

/// Units as a float; exact to 2^53.
#[expect(clippy::cast_precision_loss, reason = "units are at most 10^9, far below 2^53")]
pub(super) fn real(units: i64) -> f64 {
    units as f64
}

/// Books the payments of a line as `model::cost::payments` does: each rounded, the last one takes what is left.
fn pay(option: &LineOption, (goods, besides): (f64, f64), minor: f64, paid: &mut [f64]) {
    let round = |amount: f64| (amount * minor + 1e-7).round() / minor;
    let mut left = round(goods + besides);
    let mut book = |bucket: Option<usize>, amount: f64| {
        left -= amount;
        if let Some(bucket) = bucket {
            paid[bucket] += amount;
        }
        left
    };
    let mut last = None;
    for (bucket, share) in &option.goods_paid {
        book(*bucket, round(goods * share));
        last = *bucket;
    }
    if besides != 0.0 {
        book(option.besides_paid, round(besides));
        last = option.besides_paid;
    }
    let rest = book(None, 0.0);
    book(last, rest);
}

fn sale(model: &Model<'_>, index: usize) -> Sale {
    let offer = &model.offers[index];
    let payout = model.cash.as_ref().map(|cash| {
        let shares = |shares: &Vec<(usize, crate::units::Ratio)>| {
            shares.iter().map(|(at, share)| (*at, float(*share))).collect()
        };
        cash.payout[model.network.offers[index].channel.index()].iter().map(shares).collect()
    });
    Sale {
        demand: offer.demand.clone(),
        net: offer.net.iter().map(|&net| float(net)).collect(),
        shortage_cost: offer.shortage_cost.iter().map(|&cost| float(cost)).collect(),
        payout: payout.unwrap_or_default(),
    }
}

/// The pool's options by bucket, then lane.
fn options(model: &Model<'_>, pool: &PoolModel) -> Vec<LineOption> {
    let buckets = 0..model.buckets().len();
    let all = buckets.flat_map(|bucket| pool.lanes.iter().map(move |&lane| (bucket, LaneId::from(lane))));
    all.filter_map(|(bucket, lane)| option(model, lane, bucket, model.opportunity(lane, bucket)?)).collect()
}

fn option(model: &Model<'_>, id: LaneId, bucket: usize, opportunity: &Opportunity) -> Option<LineOption> {
    let network = model.network;
    let lane = network.lane(id);
    let pieces = opportunity.terms.pieces().ok()?;
    let trip = &opportunity.trip;
    let paid_on = |day| network.calendar.bucket_of(day);
    let milestones = network.supplier(lane.supplier).payment.iter().filter_map(|milestone| {
        let from = match milestone.at {
            MilestoneDay::Order => trip.release,
            MilestoneDay::Ship => trip.ship,
            MilestoneDay::Receipt => trip.usable,
        };
        let day = from.checked_add_days(chrono::Days::new(u64::try_from(milestone.days).ok()?))?;
        Some((paid_on(day), float(crate::units::ratio(milestone.share))))
    });
    Some(LineOption {
        lane: id,
        bucket,
        smallest: lane.smallest_line(),
        largest: lane.largest_line(),
        multiple: lane.multiple,
        pieces: pieces.iter().map(|piece| LinearPiece::of(piece, opportunity)).collect(),
        order_cost: float(opportunity.terms.order_cost),
        release_bucket: opportunity.release_bucket,
        capacity: (float(crate::units::ratio(lane.capacity_use)), float(crate::units::ratio(lane.capacity_setup))),
        goods_paid: milestones.collect(),
        besides_paid: paid_on(trip.usable),
    })
}
