//! What facts alone break: the room that limits are passed by although nothing new is ordered.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use num_traits::Zero;

use super::ledger::Ledger;
use super::{LimitKind, Model};
use crate::network::{LocationId, PoolId};
use crate::solve::{Late, Outcome};
use crate::units::{Overflow, Ratio, add, mul, whole};

/// By limit and bucket, then by bucket of cash: how far the row may be passed. 0 almost everywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// By limit, then bucket.
    pub limits: Vec<Vec<Ratio>>,
    /// By bucket; empty where no cash is planned.
    pub cash: Vec<Ratio>,
    /// By pool, then bucket: closing stock.
    closing: Vec<Vec<i64>>,
    /// By pool: true where another plan may leave less stock in it than facts do.
    can_shrink: Vec<bool>,
}

impl Given {
    /// Books a plan without new orders, in which all demand is sold as far as stock goes.
    ///
    /// # Errors
    /// Where numbers do not fit together.
    pub fn new(model: &Model<'_>) -> Result<Self, Overflow> {
        let ledger = Ledger::new(model, &nothing_ordered(model))?;
        let over = |amount: Ratio| amount.max(Ratio::zero());
        let limits = model.limits.iter().zip(&ledger.used).map(|(limit, used)| {
            let can_be = limit.kind.can_be_given();
            let passed = |(used, available): (&Ratio, &Ratio)| {
                if can_be { add(*used, -*available).map(over) } else { Ok(Ratio::zero()) }
            };
            used.iter().zip(&limit.available).map(passed).collect()
        });
        let reached = first_cash_of_new_orders(model);
        let cash = model.cash.iter().flat_map(|cash| {
            let missing = |bucket| {
                if bucket < reached { ledger.cash_missing(cash, bucket).map(over) } else { Ok(Ratio::zero()) }
            };
            (0..model.horizon).map(missing).collect::<Vec<_>>()
        });
        let (limits, cash) = (limits.collect::<Result<_, _>>()?, cash.collect::<Result<_, _>>()?);
        let closing = ledger.stock.into_iter().map(|flow| flow.closing).collect();
        Ok(Self { limits, cash, closing, can_shrink: can_shrink(model) })
    }

    /// What is given here, as far as that is given there; cash, which a plan need not use, as it is there.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        let less =
            |(own, other): (&Vec<Ratio>, &Vec<Ratio>)| own.iter().zip(other).map(|(a, b)| (*a).min(*b)).collect();
        let fewer = |(own, other): (&Vec<i64>, &Vec<i64>)| own.iter().zip(other).map(|(a, b)| (*a).min(*b)).collect();
        Self {
            limits: self.limits.iter().zip(&other.limits).map(less).collect(),
            cash: other.cash.clone(),
            closing: self.closing.iter().zip(&other.closing).map(fewer).collect(),
            can_shrink: self.can_shrink.clone(),
        }
    }

    /// How far a limit may be passed in a bucket.
    #[must_use]
    pub fn limit(&self, limit: usize, bucket: usize) -> Ratio {
        self.limits.get(limit).map_or_else(Ratio::zero, |buckets| buckets[bucket])
    }

    /// Closing stock of a pool that facts leave.
    #[must_use]
    pub fn closing(&self, pool: usize, bucket: usize) -> i64 {
        self.closing.get(pool).map_or(0, |buckets| buckets[bucket])
    }

    /// True where no plan passes a limit in a bucket by less than facts do.
    #[must_use]
    pub fn is_forced(&self, model: &Model<'_>, limit: usize, bucket: usize) -> bool {
        let shrinks = |pool: usize| self.can_shrink[pool];
        let can_empty = |location: LocationId| {
            let pools = model.network.pools.iter().enumerate();
            pools.filter(|(_, pool)| pool.location == location).any(|(index, _)| shrinks(index))
        };
        match &model.limits[limit].kind {
            LimitKind::InventoryValue(pools) => !pools.iter().any(|pool| shrinks(pool.index())),
            LimitKind::StorageClosing(location) => !can_empty(*location),
            // What leaves within a bucket counts in it.
            LimitKind::StoragePeak(location) => bucket == 0 || !can_empty(*location),
            LimitKind::Budget { .. } | LimitKind::Inbound(_) | LimitKind::Outbound(_) | LimitKind::Supplier(_) => true,
        }
    }

    /// How much of the closing stock of a pool that facts leave above `most` another plan may avoid, in units.
    pub(crate) fn avoidable(&self, pool: usize, bucket: usize, most: i64) -> i64 {
        if self.can_shrink.get(pool) == Some(&true) { (self.closing(pool, bucket) - most).max(0) } else { 0 }
    }

    /// What every plan passes of limits, and closing stock of covers: facts alone do.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn forced(&self, model: &Model<'_>) -> Result<Ratio, Overflow> {
        let mut sum = Ratio::zero();
        for (limit, passed) in self.limits.iter().enumerate() {
            let forced = passed.iter().enumerate().filter(|(bucket, _)| self.is_forced(model, limit, *bucket));
            sum = add(sum, crate::units::sum(forced.map(|(_, passed)| *passed))?)?;
        }
        let stays = model.pools.iter().zip(&self.closing).zip(&self.can_shrink).filter(|(_, can_shrink)| !**can_shrink);
        for ((pool, closing), _) in stays {
            for (most, left) in pool.cover.most.iter().zip(closing) {
                let over = most.map_or(0, |most| (left - most).max(0));
                sum = add(sum, mul(pool.standard_cost, whole(over))?)?;
            }
        }
        Ok(sum)
    }

    /// By pool, then bucket: the most closing stock that its cover allows, where it says so; what facts leave is allowed.
    #[must_use]
    pub fn most_closing(&self, model: &Model<'_>) -> Vec<Vec<Option<i64>>> {
        let of_pool = |(pool, closing): (&super::PoolModel, &Vec<i64>)| {
            pool.cover.most.iter().zip(closing).map(|(most, left)| most.map(|most| most.max(*left))).collect()
        };
        model.pools.iter().zip(&self.closing).map(of_pool).collect()
    }
}

/// By pool: true where another plan may leave less stock in it than that which orders nothing and sells all it can at once. Stock may be sent on, and
/// what one location sells or what waits longest may be chosen otherwise.
fn can_shrink(model: &Model<'_>) -> Vec<bool> {
    let mut shrinks = vec![false; model.pools.len()];
    for (lane, passages) in model.network.transfers.iter().zip(&model.transfers) {
        shrinks[lane.source.index()] |= passages.iter().any(Option::is_some);
    }
    let has_choice = |way: &usize| {
        let offer = &model.offers[model.ways[*way].offer];
        offer.ways.len() > 1 || offer.lateness.most.iter().any(|most| *most > 0)
    };
    for (shrinks, pool) in shrinks.iter_mut().zip(&model.pools) {
        *shrinks |= pool.ways.iter().any(has_choice);
    }
    shrinks
}

/// No new order and no new transfer; every demand is served as far as stock goes, in order of time, the sale that earns most a unit first.
#[must_use]
pub fn nothing_ordered(model: &Model<'_>) -> Outcome {
    let sales = model.ways.iter().map(|way| vec![0; way.net.len()]).collect();
    let mut outcome = Outcome { sales, ..Outcome::default() };
    // Offers and pools are sorted by item.
    let mut from = 0;
    while from < model.offers.len() {
        let item = model.network.offers[from].item;
        let to = from + model.network.offers[from..].iter().take_while(|offer| offer.item == item).count();
        sell_what_is_there(model, from..to, &mut outcome);
        from = to;
    }
    outcome.late.sort();
    outcome
}

/// The same for the offers of one item.
fn sell_what_is_there(model: &Model<'_>, offers: Range<usize>, outcome: &mut Outcome) {
    let ways = model.offers[offers.start].ways.start..model.offers[offers.end - 1].ways.end;
    let mut stock: BTreeMap<PoolId, i64> = BTreeMap::new();
    for way in &model.ways[ways.clone()] {
        stock.insert(way.pool, model.network.pool(way.pool).on_hand);
    }
    let mut unmet: BTreeMap<(usize, usize), i64> = BTreeMap::new();
    for bucket in 0..model.buckets().len() {
        for (pool, left) in &mut stock {
            let facts = &model.pools[pool.index()];
            *left += facts.open_receipts[bucket] + facts.open_transfers[bucket];
        }
        let mut possible = Vec::new();
        for way in ways.clone() {
            let facts = &model.ways[way];
            let lateness = &model.offers[facts.offer].lateness;
            unmet.insert((facts.offer, bucket), model.offers[facts.offer].demand[bucket]);
            for wanted in lateness.waiting(bucket).chain([bucket]).filter(|wanted| unmet[&(facts.offer, *wanted)] > 0) {
                let brings = lateness.net(facts, wanted, bucket - wanted).unwrap_or_default();
                possible.push((Reverse(brings), wanted, way));
            }
        }
        possible.sort();
        for (_, wanted, way) in possible {
            let facts = &model.ways[way];
            let (Some(left), Some(lacks)) = (stock.get_mut(&facts.pool), unmet.get_mut(&(facts.offer, wanted))) else {
                continue;
            };
            let units = (*lacks).min(*left).max(0);
            *left -= units;
            *lacks -= units;
            if wanted == bucket {
                outcome.sales[way][bucket] = units;
            } else if units > 0 {
                outcome.late.push(Late { way, wanted, delivered: bucket, units });
            }
        }
    }
}

/// The first bucket whose cash the sales of a new order can reach; the number of buckets where none can.
fn first_cash_of_new_orders(model: &Model<'_>) -> usize {
    let network = model.network;
    let first_day = |way: &super::way::Way| {
        let (bucket, usable) = model.pools[way.pool.index()].reached?;
        let sold = usable.max(model.buckets()[bucket].start);
        let payout = network.channel(network.offers[way.offer].channel).payout_days;
        sold.checked_add_days(chrono::Days::new(u64::try_from(payout).ok()?))
    };
    let day = model.ways.iter().filter_map(first_day).min();
    let bucket = day.and_then(|day| model.horizon().iter().position(|bucket| day <= bucket.end));
    bucket.unwrap_or(model.horizon)
}
