//! A floor under sales, and how rules let it go: it sinks, or the demand that it is held against is lowered.

use num_traits::Zero;

use super::{Model, relief};
use crate::network::UpTo;
use crate::units::{Overflow, Ratio, add, ceil_units, mul, ratio, whole};

/// How a rule lets a floor go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letting {
    /// Demand is lowered, by so many units at most.
    Lower(i64),
    /// This fill rate still holds.
    Sink(Ratio),
}

/// A floor under one offer's sales in a bucket, and the rules that let it go.
#[derive(Debug, Clone)]
pub struct Promise {
    /// Units asked for.
    pub demand: i64,
    /// The fill rate that is stated.
    pub rate: Ratio,
    /// Rules in their order.
    pub rules: Vec<(usize, Letting)>,
}

/// What a rule gives of a floor, from the top: units of sales that need not be made, and what the first of them and each other one is
/// measured as, in units, at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eased {
    /// Which rule.
    pub rule: usize,
    /// Units of sales.
    pub units: i64,
    /// Units of use that the first one counts for.
    pub first: Ratio,
    /// Units of use that each other one counts for.
    pub other: Ratio,
}

impl Promise {
    /// The promise of an offer in a bucket, where floors hold and rules let them go.
    ///
    /// # Errors
    /// Where numbers do not fit.
    pub fn of(model: &Model<'_>, offer: usize, bucket: usize) -> Result<Option<Self>, Overflow> {
        let rules = &model.relief.offers[offer];
        let facts = &model.offers[offer];
        if rules.is_empty() || facts.floors.held[bucket] == 0 {
            return Ok(None);
        }
        let demand = facts.demand[bucket];
        let lowered = relief::lowering(model, offer, bucket)?;
        let letting = |&rule: &usize| match model.network.rules[rule].up_to {
            UpTo::Floor(rate) => (rule, Letting::Sink(ratio(rate))),
            _ => (rule, Letting::Lower(lowered.iter().find(|(own, _)| *own == rule).map_or(0, |(_, units)| *units))),
        };
        let rules = rules.iter().map(letting).collect();
        Ok(Some(Self { demand, rate: ratio(facts.floors.rate[bucket]), rules }))
    }

    /// Units that have to be sold where demand is lowered by so many and this rate holds.
    fn floor(&self, rate: Ratio, lowered: i64) -> Result<i64, Overflow> {
        ceil_units(mul(rate, whole((self.demand - lowered).max(0)))?)
    }

    /// What each rule gives at most, the first one first, each unit counting for no more than it is used for in the end.
    ///
    /// # Errors
    /// Where numbers do not fit.
    pub fn steps(&self) -> Result<Vec<Eased>, Overflow> {
        let (mut rate, mut lowered) = (self.rate, 0);
        let mut floor = self.floor(rate, lowered)?;
        let all = self.most_lowered();
        let mut steps = Vec::with_capacity(self.rules.len());
        for &(rule, letting) in &self.rules {
            let (mut first, mut other) = (whole(1), whole(1));
            let before = rate;
            match letting {
                Letting::Sink(to) => rate = rate.min(to),
                Letting::Lower(most) => {
                    if rate > Ratio::zero() {
                        // A unit less sold takes 1 / rate units less demand; rounding up has given a part of the first one.
                        let exact = mul(rate, whole((self.demand - lowered).max(0)))?;
                        other = rate.recip();
                        first = mul(add(add(exact, -whole(floor))?, whole(1))?, other)?;
                    }
                    lowered = (lowered + most).min(self.demand);
                }
            }
            let now = self.floor(rate, lowered)?;
            if now < floor {
                if let Letting::Sink(_) = letting {
                    // Rules that follow may lower demand, and what a floor sinks by with it.
                    let least = self.floor(before, all)? - self.floor(rate, all)?;
                    other = Ratio::new(i128::from(least.min(floor - now)), i128::from(floor - now));
                    first = other;
                }
                steps.push(Eased { rule, units: floor - now, first, other });
                floor = now;
            }
        }
        Ok(steps)
    }

    /// Units by which each rule lets the floor sink at most, where no demand is lowered.
    ///
    /// # Errors
    /// Where numbers do not fit.
    pub fn sinks(&self) -> Result<Vec<(usize, i64)>, Overflow> {
        let mut floor = self.floor(self.rate, 0)?;
        let mut sinks = Vec::new();
        for &(rule, letting) in &self.rules {
            let Letting::Sink(to) = letting else { continue };
            let now = floor.min(self.floor(self.rate.min(to), 0)?);
            if now < floor {
                sinks.push((rule, floor - now));
            }
            floor = now;
        }
        Ok(sinks)
    }

    fn most_lowered(&self) -> i64 {
        let each = self.rules.iter().map(|(_, letting)| if let Letting::Lower(most) = letting { *most } else { 0 });
        each.sum::<i64>().min(self.demand)
    }

    /// Units that have to be sold with all rules at their limits.
    ///
    /// # Errors
    /// Where numbers do not fit.
    pub fn least(&self) -> Result<i64, Overflow> {
        self.need(&self.limits())
    }

    /// What each rule can give.
    fn limits(&self) -> Vec<i64> {
        let most =
            |(_, letting): &(usize, Letting)| if let Letting::Lower(most) = letting { *most } else { self.demand };
        self.rules.iter().map(most).collect()
    }

    /// Units that have to be sold where each rule gives so many units at most.
    fn need(&self, given: &[i64]) -> Result<i64, Overflow> {
        let lowers = self.rules.iter().zip(given).filter(|((_, letting), _)| matches!(letting, Letting::Lower(_)));
        let lowered = lowers.map(|(_, units)| units).sum::<i64>().min(self.demand);
        let mut floor = self.floor(self.rate, lowered)?;
        for ((_, letting), units) in self.rules.iter().zip(given) {
            if let Letting::Sink(to) = letting {
                floor = floor.min(self.floor(self.rate.min(*to), lowered)?.max(floor - units));
            }
        }
        Ok(floor)
    }

    /// Units that each rule gives where so many are sold, the last one's as few as can be, then the one's before; none where they do
    /// not make up for it.
    ///
    /// # Errors
    /// Where numbers do not fit.
    pub fn split(&self, sold: i64) -> Result<Option<Vec<i64>>, Overflow> {
        let mut given = self.limits();
        if sold < self.need(&given)? {
            return Ok(None);
        }
        for at in (0..given.len()).rev() {
            let (mut enough, mut too_few) = (given[at], -1);
            while enough - too_few > 1 {
                let middle = (enough + too_few) / 2;
                given[at] = middle;
                if sold >= self.need(&given)? { enough = middle } else { too_few = middle }
            }
            given[at] = enough;
        }
        Ok(Some(given))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn promise(demand: i64, rate: (i128, i128), rules: &[Letting]) -> Promise {
        let rules = rules.iter().copied().enumerate().collect();
        Promise { demand, rate: Ratio::new(rate.0, rate.1), rules }
    }

    /// A floor of 0.9 on 100 that may sink to 0.8: 85 sold are 5 below it, 79 too few.
    #[test]
    fn a_floor_sinks() {
        let one = promise(100, (9, 10), &[Letting::Sink(Ratio::new(8, 10))]);
        assert_eq!(one.split(95), Ok(Some(vec![0])));
        assert_eq!(one.split(85), Ok(Some(vec![5])));
        assert_eq!(one.split(79), Ok(None));
        assert_eq!(one.least(), Ok(80));
    }

    /// The first listed gives first: with 70 sold of 100 at a floor of 1, 20 by the floor that sinks to 0.8 and, of the 10 that
    /// are then missing, demand lowered until 0.8 of it is 70: by 13, since 0.8 x 87 is 69.6. Of the floor on 87 that is 87 - 70.
    #[test]
    fn rules_nest_in_their_order() {
        let sink = Letting::Sink(Ratio::new(8, 10));
        let one = promise(100, (1, 1), &[sink, Letting::Lower(20)]);
        assert_eq!(one.split(85), Ok(Some(vec![15, 0])));
        assert_eq!(one.split(70), Ok(Some(vec![17, 13])));
        let other = promise(100, (1, 1), &[Letting::Lower(20), sink]);
        assert_eq!(other.split(85), Ok(Some(vec![15, 0])));
        assert_eq!(other.split(70), Ok(Some(vec![20, 10])));
        assert_eq!(other.least(), Ok(64));
    }

    /// What a step counts for is never more than what is really used.
    #[test]
    fn steps_are_at_most_what_is_used() {
        for demand in [1, 7, 20, 99] {
            for tenths in 1..=10 {
                let (lower, sink) = (Letting::Lower(demand / 2), Letting::Sink(Ratio::new(tenths.min(6), 10)));
                for rules in [&[lower][..], &[sink, lower], &[lower, sink]] {
                    let one = promise(demand, (tenths, 10), rules);
                    for sold in one.least().unwrap()..one.floor(one.rate, 0).unwrap() {
                        let mut left = one.floor(one.rate, 0).unwrap() - sold;
                        let used = one.split(sold).unwrap().unwrap();
                        for step in one.steps().unwrap() {
                            let part = left.min(step.units);
                            left -= part;
                            let told = if part > 0 { step.first + step.other * whole(part - 1) } else { whole(0) };
                            assert!(told <= whole(used[step.rule]), "{one:?}: {sold} sold, {used:?}, told {told}");
                        }
                    }
                }
            }
        }
    }
}
