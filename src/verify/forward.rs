//! Forward demand: how fast stock is wanted, day by day, inside the planned buckets and behind them.

use std::collections::BTreeMap;
use std::rc::Rc;

use chrono::NaiveDate;
use num_rational::BigRational;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Zero};

use super::days;
use super::demand::beyond;
use super::exact::{Exact, Overflow, Ratio, big, gather, minus, over, ratio, times, units_up, whole, zero};
use super::facts::Facts;
use crate::calendar::Bucket;
use crate::network::{Cover, Network, PoolId, SafetyStock};

/// Days behind the last planned bucket that a cover is followed: 520 weeks.
const FOLLOWED_DAYS: i64 = 520 * 7;

/// Days on which demand runs evenly.
#[derive(Debug, Clone, Copy)]
struct Piece<N> {
    from: NaiveDate,
    to: NaiveDate,
    /// A day.
    rate: N,
}

/// What stock and demand are counted in: units of a pool, or the value of several, which needs more room.
trait Quantity: Clone + PartialOrd + Zero + CheckedAdd + CheckedSub + CheckedMul + CheckedDiv {
    /// A whole number.
    fn whole(number: i64) -> Self;
}

impl Quantity for Ratio {
    fn whole(number: i64) -> Self {
        whole(number)
    }
}

impl Quantity for BigRational {
    fn whole(number: i64) -> Self {
        big(whole(number))
    }
}

/// Forward demand of every pool, worked out bucket by bucket as far as it is asked for.
#[derive(Debug)]
pub(super) struct Forward<'f> {
    facts: &'f Facts<'f>,
    /// The planned buckets and those that would follow.
    buckets: Rc<[Bucket]>,
    /// The last day that a cover is followed to.
    limit: NaiveDate,
    /// Offers, by position, whose channel names the pool first.
    offers: Vec<Vec<usize>>,
    /// Units a day of each pool in each bucket so far.
    own: Vec<Vec<Ratio>>,
    /// The same with those it feeds.
    rates: Vec<Vec<Ratio>>,
}

impl<'f> Forward<'f> {
    /// Nothing worked out yet.
    pub(super) fn new(facts: &'f Facts<'f>) -> Result<Self, Overflow> {
        let last = facts.buckets.last().ok_or(Overflow)?;
        let limit = days::after(last.end, FOLLOWED_DAYS)?;
        let longest_lead = facts.pools.iter().map(|pool| pool.longest_lead).max().unwrap_or(0);
        let farthest = longest_lead.saturating_add(days::length(last)).max(longest_cover(facts.network)?);
        let seen = days::after(last.end, farthest)?.max(limit);
        let mut buckets = facts.buckets.clone();
        let mut period = last.period.next();
        while period.start() <= seen {
            buckets.push(Bucket { period, start: period.start(), end: period.end() });
            period = period.next();
        }
        let pools = facts.pools.len();
        Ok(Self {
            facts,
            buckets: buckets.into(),
            limit,
            offers: offers_by_pool(facts),
            own: vec![Vec::new(); pools],
            rates: vec![Vec::new(); pools],
        })
    }

    /// Units wanted from a pool in so many days after a bucket; a part of a day wants its part.
    pub(super) fn wanted(&mut self, pool: PoolId, bucket: usize, length: Ratio) -> Exact {
        let (mut wanted, mut left) = (zero(), length);
        for index in bucket + 1..self.buckets.len() {
            if left <= zero() {
                break;
            }
            let counted = left.min(whole(days::length(&self.buckets[index])));
            gather(&mut wanted, times(self.rate(pool, index)?, counted)?)?;
            left = minus(left, counted)?;
        }
        Ok(wanted)
    }

    /// The offers, by position, whose channel names a pool first.
    pub(super) fn offers(&self, pool: PoolId) -> &[usize] {
        &self.offers[pool.index()]
    }

    /// Weeks, from the day after a bucket, that units of a pool last; `None` where they are never used up.
    pub(super) fn weeks(&mut self, pool: PoolId, bucket: usize, units: i64) -> Result<Option<Ratio>, Overflow> {
        let (buckets, limit) = (Rc::clone(&self.buckets), self.limit);
        lasting((&buckets, limit), whole(units), bucket, |index| self.piece(pool, index))
    }

    /// The demand of some pools together, at standard cost.
    pub(super) fn worth<'w>(&'w mut self, pools: &'w [PoolId]) -> Worth<'w, 'f> {
        Worth { forward: self, pools, pieces: Vec::new() }
    }

    /// Demand of a pool in a bucket: even over its days.
    fn piece(&mut self, pool: PoolId, index: usize) -> Result<Piece<Ratio>, Overflow> {
        let rate = self.rate(pool, index)?;
        let Bucket { start: from, end: to, .. } = self.buckets[index];
        Ok(Piece { from, to, rate })
    }

    /// Units a day of a pool, and of those it feeds, in a bucket.
    fn rate(&mut self, pool: PoolId, index: usize) -> Exact {
        while self.rates[pool.index()].len() <= index {
            let next = self.rates[pool.index()].len();
            let mut rate = self.own_rate(pool, next)?;
            let facts = self.facts;
            for &fed in &facts.pools[pool.index()].feeds {
                gather(&mut rate, self.rate(fed, next)?)?;
            }
            self.rates[pool.index()].push(rate);
        }
        Ok(self.rates[pool.index()][index])
    }

    /// Units a day of a pool by itself: what a location is fed for counts there, once.
    fn own_rate(&mut self, pool: PoolId, index: usize) -> Exact {
        while self.own[pool.index()].len() <= index {
            let rate = self.sum_of_offers(pool, self.own[pool.index()].len())?;
            self.own[pool.index()].push(rate);
        }
        Ok(self.own[pool.index()][index])
    }

    fn sum_of_offers(&self, pool: PoolId, index: usize) -> Exact {
        let mut sum = zero();
        for &position in &self.offers[pool.index()] {
            let (id, asked) = &self.facts.offers[position];
            let daily = match asked.exact.get(index) {
                Some(&units) => self.facts.per_day(units, index)?,
                None => {
                    let (network, bucket) = (self.facts.network, &self.buckets[index]);
                    let units = beyond(network, &network.offers[id.index()], (asked.trend, asked.assumed), bucket)?;
                    over(units, whole(days::length(bucket)))?
                }
            };
            gather(&mut sum, daily)?;
        }
        Ok(sum)
    }
}

/// Demand of some pools at standard cost, worked out bucket by bucket as far as it is asked for.
#[derive(Debug)]
pub(super) struct Worth<'w, 'f> {
    forward: &'w mut Forward<'f>,
    pools: &'w [PoolId],
    pieces: Vec<Piece<BigRational>>,
}

impl Worth<'_, '_> {
    /// Weeks, from the day after a bucket, that stock of a value lasts; `None` where it is never used up.
    pub(super) fn weeks(&mut self, bucket: usize, value: Ratio) -> Result<Option<BigRational>, Overflow> {
        let (buckets, limit) = (Rc::clone(&self.forward.buckets), self.forward.limit);
        lasting((&buckets, limit), big(value), bucket, |index| self.piece(index))
    }

    fn piece(&mut self, index: usize) -> Result<Piece<BigRational>, Overflow> {
        while self.pieces.len() <= index {
            let Bucket { start: from, end: to, .. } = self.forward.buckets[self.pieces.len()];
            let mut rate = BigRational::zero();
            for &pool in self.pools {
                let daily = self.forward.own_rate(pool, self.pieces.len())?;
                if !daily.is_zero() {
                    rate += big(times(daily, self.forward.facts.standard(pool))?);
                }
            }
            self.pieces.push(Piece { from, to, rate });
        }
        Ok(self.pieces[index].clone())
    }
}

/// Walks the days after a bucket until demand has used up `stock`; weeks. `limit` is the last day that counts.
fn lasting<N: Quantity>(
    (buckets, limit): (&[Bucket], NaiveDate),
    stock: N,
    bucket: usize,
    mut piece: impl FnMut(usize) -> Result<Piece<N>, Overflow>,
) -> Result<Option<N>, Overflow> {
    if stock <= N::zero() {
        return Ok(Some(N::zero()));
    }
    let (mut left, mut walked) = (stock, 0);
    for index in bucket + 1..buckets.len() {
        let Piece { from, to, rate } = piece(index)?;
        let length = days::count(from, to.min(limit));
        let wanted = rate.checked_mul(&N::whole(length)).ok_or(Overflow)?;
        if !wanted.is_zero() && left <= wanted {
            let rest = left.checked_div(&rate).ok_or(Overflow)?;
            let lasting = rest.checked_add(&N::whole(walked)).ok_or(Overflow)?;
            return lasting.checked_div(&N::whole(7)).ok_or(Overflow).map(Some);
        }
        left = left.checked_sub(&wanted).ok_or(Overflow)?;
        walked += length;
    }
    Ok(None)
}

/// Days of the longest cover that is stated.
fn longest_cover(network: &Network) -> Result<i64, Overflow> {
    let weeks = |cover: &Cover| {
        let safety = match &cover.safety_stock {
            Some(SafetyStock::Weeks(weeks)) => weeks.values(),
            _ => Vec::new(),
        };
        safety.into_iter().chain(cover.max_weeks).max()
    };
    let longest = network.covers.iter().filter_map(weeks).max().unwrap_or_default();
    units_up(times(ratio(longest), whole(7))?)
}

/// The positions of the offers of each pool: those whose channel ships from its location first.
fn offers_by_pool(facts: &Facts<'_>) -> Vec<Vec<usize>> {
    let network = facts.network;
    let pools: BTreeMap<_, _> =
        network.pools.iter().enumerate().map(|(index, pool)| ((pool.item, pool.location), index)).collect();
    let mut offers = vec![Vec::new(); network.pools.len()];
    for (position, (id, _)) in facts.offers.iter().enumerate() {
        let offer = &network.offers[id.index()];
        let first = network.channel(offer.channel).ship_from.first();
        if let Some(&pool) = first.and_then(|&location| pools.get(&(offer.item, location))) {
            offers[pool].push(position);
        }
    }
    offers
}
