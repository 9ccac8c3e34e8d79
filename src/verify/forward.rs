//! Forward demand: how fast stock is wanted, day by day, inside the planned buckets and behind them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use num_rational::BigRational;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub, Zero};

use super::days;
use super::demand::beyond;
use super::exact::{Exact, Overflow, Ratio, big, gather, minus, over, plus, ratio, times, units_up, whole, zero};
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

/// What stock and demand are counted in: units of a pool, or the value of all pools, which needs more room.
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
    buckets: Vec<Bucket>,
    /// The last day that a cover is followed to.
    limit: NaiveDate,
    /// Offers, by position, whose channel names the pool first.
    offers: Vec<Vec<usize>>,
    /// Whether a pool counts in the value of all.
    counted: Vec<bool>,
    /// Units a day of each pool, and of those it feeds, in each bucket so far.
    rates: Vec<Vec<Ratio>>,
    /// Demand at standard cost of all pools in each bucket so far.
    value: Vec<Vec<Piece<BigRational>>>,
}

impl<'f> Forward<'f> {
    /// Nothing worked out yet.
    pub(super) fn new(facts: &'f Facts<'f>) -> Result<Self, Overflow> {
        Self::of_pools(facts, vec![true; facts.pools.len()])
    }

    /// The same where only some pools count in the value of all.
    pub(super) fn of_pools(facts: &'f Facts<'f>, counted: Vec<bool>) -> Result<Self, Overflow> {
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
            buckets,
            limit,
            offers: offers_by_pool(facts),
            counted,
            rates: vec![Vec::new(); pools],
            value: Vec::new(),
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
        self.last(whole(units), bucket, |forward, index| forward.pieces(pool, index))
    }

    /// The same for the stock of all pools that count, by value at standard cost.
    pub(super) fn weeks_of_value(&mut self, bucket: usize, value: Ratio) -> Result<Option<BigRational>, Overflow> {
        self.last(big(value), bucket, Self::value_pieces)
    }

    /// Walks the days after a bucket until demand has used up `stock`; weeks.
    fn last<N: Quantity>(
        &mut self,
        stock: N,
        bucket: usize,
        pieces: impl Fn(&mut Self, usize) -> Result<Vec<Piece<N>>, Overflow>,
    ) -> Result<Option<N>, Overflow> {
        if stock <= N::zero() {
            return Ok(Some(N::zero()));
        }
        let (mut left, mut walked) = (stock, 0);
        for index in bucket + 1..self.buckets.len() {
            for Piece { from, to, rate } in pieces(self, index)? {
                let length = days::count(from, to.min(self.limit));
                let wanted = rate.checked_mul(&N::whole(length)).ok_or(Overflow)?;
                if !wanted.is_zero() && left <= wanted {
                    let rest = left.checked_div(&rate).ok_or(Overflow)?;
                    let lasting = rest.checked_add(&N::whole(walked)).ok_or(Overflow)?;
                    return lasting.checked_div(&N::whole(7)).ok_or(Overflow).map(Some);
                }
                left = left.checked_sub(&wanted).ok_or(Overflow)?;
                walked += length;
            }
        }
        Ok(None)
    }

    /// Demand of a pool in a bucket: even over its days.
    fn pieces(&mut self, pool: PoolId, index: usize) -> Result<Vec<Piece<Ratio>>, Overflow> {
        let rate = self.rate(pool, index)?;
        let Bucket { start: from, end: to, .. } = self.buckets[index];
        Ok(vec![Piece { from, to, rate }])
    }

    /// Units a day of a pool, and of those it feeds, in a bucket.
    fn rate(&mut self, pool: PoolId, index: usize) -> Exact {
        while self.rates[pool.index()].len() <= index {
            let next = self.rates[pool.index()].len();
            let mut rate = self.sum_of_offers(pool, next)?;
            let facts = self.facts;
            for &fed in &facts.pools[pool.index()].feeds {
                gather(&mut rate, self.rate(fed, next)?)?;
            }
            self.rates[pool.index()].push(rate);
        }
        Ok(self.rates[pool.index()][index])
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

    /// Demand of all pools at standard cost in a bucket, cut where one of them ends.
    fn value_pieces(&mut self, index: usize) -> Result<Vec<Piece<BigRational>>, Overflow> {
        while self.value.len() <= index {
            let next = self.sum_of_pools(self.value.len())?;
            self.value.push(next);
        }
        Ok(self.value[index].clone())
    }

    fn sum_of_pools(&mut self, index: usize) -> Result<Vec<Piece<BigRational>>, Overflow> {
        // By the last day of each piece that begins with the bucket; demand never comes back after a phase-out.
        let mut ending: BTreeMap<NaiveDate, BigRational> = BTreeMap::new();
        // Most sums fit in fractions that are quicker to add up; what does not is carried over.
        let mut small = zero();
        let Bucket { start, end, .. } = self.buckets[index];
        for position in (0..self.facts.pools.len()).filter(|&position| self.counted[position]) {
            let pool = PoolId::from(position);
            let standard = self.facts.standard(pool);
            // What a location is fed for counts there, once.
            let rate = self.sum_of_offers(pool, index)?;
            let value = times(rate, standard)?;
            match plus(small, value) {
                Ok(sum) => small = sum,
                Err(Overflow) => {
                    *ending.entry(end).or_insert_with(BigRational::zero) += big(small);
                    small = value;
                }
            }
        }
        *ending.entry(end).or_insert_with(BigRational::zero) += big(small);
        let mut rate: BigRational = ending.values().sum();
        let (mut from, mut pieces) = (start, Vec::new());
        for (to, ends) in ending {
            pieces.push(Piece { from, to, rate: rate.clone() });
            rate -= ends;
            from = days::after(to, 1)?;
        }
        Ok(pieces)
    }
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
