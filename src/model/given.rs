//! What facts alone break: the room that limits are passed by although nothing new is ordered.

use num_traits::Zero;

use super::Model;
use super::ledger::Ledger;
use crate::solve::Outcome;
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
        Ok(Self { limits, cash, closing: ledger.stock.into_iter().map(|flow| flow.closing).collect() })
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

    /// What every plan passes of limits, and closing stock of covers: facts alone do.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn forced(&self, model: &Model<'_>) -> Result<Ratio, Overflow> {
        let mut sum = crate::units::sum(self.limits.iter().flatten().copied())?;
        for (pool, closing) in model.pools.iter().zip(&self.closing) {
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

/// No new order; every demand is served as far as stock goes, in order of time, the one that earns most a unit first.
#[must_use]
pub fn nothing_ordered(model: &Model<'_>) -> Outcome {
    let mut sales: Vec<Vec<i64>> = model.offers.iter().map(|offer| vec![0; offer.demand.len()]).collect();
    for (index, pool) in model.pools.iter().enumerate() {
        let mut stock = model.network.pools[index].on_hand;
        for (bucket, received) in pool.open_receipts.iter().enumerate() {
            stock += received;
            let mut offers = pool.offers.clone();
            offers.sort_by(|&a, &b| model.offers[b].net[bucket].cmp(&model.offers[a].net[bucket]).then(a.cmp(&b)));
            for offer in offers {
                let units = model.offers[offer].demand[bucket].min(stock);
                sales[offer][bucket] = units;
                stock -= units;
            }
        }
    }
    Outcome { sales, ..Outcome::default() }
}

/// The first bucket whose cash the sales of a new order can reach; the number of buckets where none can.
fn first_cash_of_new_orders(model: &Model<'_>) -> usize {
    let network = model.network;
    let first_day = |pool: &super::PoolModel| {
        let days = pool.lanes.iter().filter_map(|&lane| {
            let (bucket, found) =
                model.lanes[lane].iter().enumerate().find_map(|(at, found)| Some((at, found.as_ref()?)))?;
            Some(found.trip.usable.max(model.buckets()[bucket].start))
        });
        let payout = pool.offers.iter().map(|&offer| network.channel(network.offers[offer].channel).payout_days);
        days.min()?.checked_add_days(chrono::Days::new(u64::try_from(payout.min()?).ok()?))
    };
    let day = model.pools.iter().filter_map(first_day).min();
    let bucket = day.and_then(|day| model.horizon().iter().position(|bucket| day <= bucket.end));
    bucket.unwrap_or(model.horizon)
}
