//! How long stock lasts against the demand ahead, by value at standard cost.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{ToPrimitive, Zero};

use super::{Amount, Figure};
use crate::calendar::Bucket;
use crate::model::Model;
use crate::model::demand::{self, LOOK_AHEAD_DAYS, Stretch};
use crate::units::{Overflow, Ratio, whole};

/// Forward demand of every pool, those that others live on without these: what a location is fed for counts there, once.
pub(super) struct Ahead<'m> {
    model: &'m Model<'m>,
    /// Of pools that feed others.
    own: Vec<Option<Vec<Stretch>>>,
}

impl<'m> Ahead<'m> {
    pub(super) fn new(model: &'m Model<'m>) -> Result<Self, Overflow> {
        let own =
            model.pools.iter().zip(&model.network.pools).map(|(pool, facts)| {
                if pool.feeds { demand::forward(model.network, facts).map(Some) } else { Ok(None) }
            });
        Ok(Self { model, own: own.collect::<Result<_, _>>()? })
    }

    fn stretches(&self, pool: usize) -> &[Stretch] {
        self.own[pool].as_deref().unwrap_or(&self.model.pools[pool].forward)
    }

    /// That of some pools together, worked out as far as it is asked for.
    pub(super) fn of<'a>(&'a self, pools: &'a [usize]) -> Together<'a> {
        Together { ahead: self, pools, sums: Vec::new() }
    }
}

/// Demand ahead of some pools.
///
/// Items launched on many different days have daily rates without a common denominator that fits 128 bits, so the sum
/// over all items has no limit of size.
pub(super) struct Together<'a> {
    ahead: &'a Ahead<'a>,
    pools: &'a [usize],
    /// At standard cost, by stretch so far.
    sums: Vec<BigRational>,
}

impl Together<'_> {
    /// Demand in a stretch, at standard cost.
    fn wanted(&mut self, stretch: usize) -> &BigRational {
        while self.sums.len() <= stretch {
            let mut sum = BigRational::zero();
            for &pool in self.pools {
                let units = self.ahead.stretches(pool)[self.sums.len()].units;
                if !units.is_zero() {
                    sum += big(units) * big(self.ahead.model.pools[pool].standard_cost);
                }
            }
            self.sums.push(sum);
        }
        &self.sums[stretch]
    }

    /// Days after a bucket until demand has used up a value; `None` where it never does.
    fn days(&mut self, bucket: usize, value: Ratio) -> Option<BigRational> {
        let mut left = big(value);
        if left <= BigRational::zero() {
            return Some(left);
        }
        let first = *self.pools.first()?;
        let (mut passed, buckets) = (0, self.ahead.model.buckets());
        let most: i64 = buckets[bucket + 1..].iter().map(Bucket::days).sum::<i64>() + LOOK_AHEAD_DAYS;
        for stretch in bucket + 1..self.ahead.stretches(first).len() {
            let days = self.ahead.stretches(first)[stretch].days;
            let wanted = self.wanted(stretch);
            if *wanted >= left {
                let covered = left / wanted * big(whole(days)) + big(whole(passed));
                return (covered <= big(whole(most))).then_some(covered);
            }
            left -= wanted;
            passed += days;
        }
        None
    }

    /// The mean, over buckets, of the weeks that each one's closing value lasts.
    pub(super) fn mean_weeks(&mut self, closing: &[Ratio]) -> Result<Figure, Overflow> {
        let mut sum = BigRational::zero();
        for (bucket, value) in closing.iter().enumerate() {
            let Some(days) = self.days(bucket, *value) else { return Ok(Figure::NotApplicable) };
            sum += days;
        }
        weeks(&(sum / big(whole(i64::try_from(closing.len()).map_err(|_| Overflow)?))))
    }

    /// The weeks that a bucket's closing value lasts.
    pub(super) fn weeks(&mut self, bucket: usize, value: Ratio) -> Result<Figure, Overflow> {
        self.days(bucket, value).map_or(Ok(Figure::NotApplicable), |days| weeks(&days))
    }
}

fn big(number: Ratio) -> BigRational {
    BigRational::new_raw(BigInt::from(*number.numer()), BigInt::from(*number.denom()))
}

fn weeks(days: &BigRational) -> Result<Figure, Overflow> {
    let counted = (days / big(whole(7)) * BigInt::from(1_000_000)).round().to_integer().to_i128().ok_or(Overflow)?;
    let weeks = rust_decimal::Decimal::try_from_i128_with_scale(counted, 6).map_err(|_| Overflow)?;
    Ok(Figure::Value(Amount(weeks)))
}
