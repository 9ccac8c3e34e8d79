//! The sum of cash: the most that there can be at the end of a bucket, with what promises make a plan buy.

use chrono::{Days, NaiveDate};
use num_traits::Zero;

use super::needs::Share;
use super::{Need, Sum, Sums};
use crate::explain::words::{cash, count, listed};
use crate::model::{CashModel, Opportunity, relief};
use crate::network::{Lane, MilestoneDay, Network, Relax};
use crate::solve::Violation;
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// Cash of sales and purchases until the end of a bucket.
#[derive(Default)]
struct Flow {
    /// Units of what is there and of what promises make a plan buy, and what they bring.
    sold: i64,
    arrives: Ratio,
    bought: Need,
    paid: Ratio,
    /// Units that are bought because they pay, and what they leave.
    more: i64,
    gain: Ratio,
}

/// The most cash at the end of a bucket, and what it lacks.
struct Balance {
    bucket: usize,
    flow: Flow,
    other: Ratio,
    open: Ratio,
    most: Ratio,
    missing: Ratio,
}

impl Sums<'_, '_> {
    /// Cash at the end of the first bucket in which it is below its minimum whatever is decided.
    pub(super) fn of_cash(&self) -> Result<Option<Sum>, Overflow> {
        let (model, Some(facts)) = (self.model, &self.model.cash) else { return Ok(None) };
        for bucket in 0..model.horizon {
            let found = self.balance(facts, bucket)?;
            if found.missing > self.rounding(bucket) {
                return Ok(Some(self.told_of_cash(facts, &found)));
            }
        }
        Ok(None)
    }

    /// By how much the minimum of all buckets has to be lower at least.
    pub(super) fn lacking_cash(&self) -> Result<Option<Ratio>, Overflow> {
        let Some(facts) = &self.model.cash else { return Ok(None) };
        let missing = (0..self.model.horizon).map(|bucket| Ok(self.balance(facts, bucket)?.missing));
        let most = missing.collect::<Result<Vec<_>, Overflow>>()?.into_iter().max();
        Ok(most.filter(|most| *most > Ratio::zero()))
    }

    fn told_of_cash(&self, facts: &CashModel, balance: &Balance) -> Sum {
        let network = self.model.network;
        let Balance { bucket, flow, other, open, most, missing } = balance;
        let money = |amount: Ratio| cash(network, amount);
        let mut parts = vec![if flow.sold == 0 {
            "no sale is paid out".to_owned()
        } else {
            format!("selling {} brings {} at most", count(flow.sold), money(flow.arrives))
        }];
        if !open.is_zero() {
            parts.push(format!("open orders take {}", money(*open)));
        }
        if !other.is_zero() {
            parts.push(format!("other flows come to {}", money(*other)));
        }
        if flow.bought.units > 0 {
            let (all, promises) = (self.told(&flow.bought), self.promises());
            parts.push(format!("{} is due for {all} that {promises} need beyond what is there", money(flow.paid)));
        }
        if flow.more > 0 {
            parts.push(format!("buying and selling {} more leaves {}", count(flow.more), money(flow.gain)));
        }
        let text = format!(
            "cash opens with {}; by the end of {} {}: that leaves {} at most, where {} is the minimum",
            money(facts.opening),
            self.label(*bucket),
            listed(&parts),
            money(*most),
            money(facts.minimum[*bucket]),
        );
        let origin = network.cash.as_ref().map_or(&network.tail_origin, |cash| &cash.origin).clone();
        let miss = Violation {
            kind: Relax::CashMinimum.name(),
            of: "cash".to_owned(),
            bucket: *bucket,
            amount: *missing,
            origin,
            proven: true,
        };
        let short = format!("cash is at least {} below its minimum in {}", money(*missing), self.label(*bucket));
        Sum { miss, short, text, largest: self.largest(&flow.bought) }
    }

    fn balance(&self, facts: &CashModel, bucket: usize) -> Result<Balance, Overflow> {
        let until = |amounts: &[Ratio]| crate::units::sum(amounts[..=bucket].iter().copied());
        let (other, open) = (until(&facts.other)?, until(&facts.open_payments)?);
        let mut flow = Flow::default();
        for pool in 0..self.model.pools.len() {
            self.add_pool(facts, pool, bucket, &mut flow)?;
        }
        self.add_shared(facts, bucket, &mut flow)?;
        let sure = add(add(facts.opening, other)?, -open)?;
        let most = add(add(sure, flow.arrives)?, add(flow.gain, -flow.paid)?)?;
        let mut least = add(facts.minimum[bucket], -self.model.given.cash[bucket])?;
        for &rule in &self.model.relief.cash {
            least = add(least, -relief::amount(&self.model.network.rules[rule], facts.minimum[bucket])?)?;
        }
        Ok(Balance { bucket, flow, other, open, most, missing: add(least, -most)? })
    }

    /// What an offer's unit brings until the end of a bucket, best of all ways, by bucket of sale; nothing where that is less than nothing.
    fn values(&self, facts: &CashModel, offer: usize, until: usize) -> Result<Vec<(Ratio, i64)>, Overflow> {
        let model = self.model;
        let payout = &facts.payout[model.network.offers[offer].channel.index()];
        let mut values = Vec::new();
        for (bucket, &units) in model.offers[offer].demand.iter().enumerate().take(until + 1) {
            let net = model.ways_of(offer).map(|(_, way)| way.net[bucket]).max().unwrap_or_default();
            let mut value = Ratio::zero();
            for (_, share) in payout[bucket].iter().filter(|(arrives, _)| *arrives <= until) {
                value = add(value, mul(net, *share)?)?;
            }
            if value > Ratio::zero() && units > 0 {
                values.push((value, units));
            }
        }
        Ok(values)
    }

    /// The best of one pool: what is there and what has to be bought is sold at the best values, and more is bought where it pays by then.
    fn add_pool(&self, facts: &CashModel, pool: usize, until: usize, flow: &mut Flow) -> Result<(), Overflow> {
        let model = self.model;
        let own = &model.pools[pool];
        let mut values = Vec::new();
        for &way in &own.ways {
            let offer = model.ways[way].offer;
            if model.ways_of(offer).count() == 1 {
                values.extend(self.values(facts, offer, until)?);
            }
        }
        values.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
        let mut there = model.network.pools[pool].on_hand;
        there += own.open_receipts[..=until].iter().chain(&own.open_transfers[..=until]).sum::<i64>();
        // Other locations may send more, and premium lanes bring more.
        let is_closed = own.transfers.is_empty() && own.premium.is_empty() && own.premium_transfers.is_empty();
        let bought = self.needs.of(pool, Share::Bought, until);
        let mut free = if is_closed { there + bought } else { i64::MAX };
        let (paid, cheapest) = self.forced(pool, until)?;
        for (value, units) in values {
            let without = units.min(free);
            free -= without;
            let gain = mul(value, whole(without))?;
            flow.arrives = add(flow.arrives, gain)?;
            flow.sold += without;
            let Some(cost) = cheapest.filter(|cost| *cost < value) else { continue };
            // What is bought besides is counted by what it leaves.
            flow.gain = add(flow.gain, mul(add(value, -cost)?, whole(units - without))?)?;
            flow.more += units - without;
        }
        if bought > 0 {
            flow.bought.pools.push((pool, bought));
            flow.bought.units += bought;
            flow.paid = add(flow.paid, paid)?;
        }
        Ok(())
    }

    /// Sales that several locations can serve.
    fn add_shared(&self, facts: &CashModel, until: usize, flow: &mut Flow) -> Result<(), Overflow> {
        for offer in 0..self.model.offers.len() {
            if self.model.ways_of(offer).count() == 1 {
                continue;
            }
            for (value, units) in self.values(facts, offer, until)? {
                flow.arrives = add(flow.arrives, mul(value, whole(units))?)?;
                flow.sold += units;
            }
        }
        Ok(())
    }

    /// What units that a pool has to buy cost at least until the end of a bucket, and the least that is due of any unit by then.
    fn forced(&self, pool: usize, until: usize) -> Result<(Ratio, Option<Ratio>), Overflow> {
        let model = self.model;
        let end = model.buckets()[until].end;
        let (mut paid, mut cheapest, mut bought): (Ratio, Option<Ratio>, i64) = (Ratio::zero(), None, 0);
        for bucket in 0..=until {
            for &lane in &model.pools[pool].lanes {
                if let Some(one) = &model.lanes[lane][bucket] {
                    let due = due_by(model.network, model.network.lane(lane.into()), one, end)?;
                    cheapest = Some(cheapest.map_or(due, |known| known.min(due)));
                }
            }
            let now = self.needs.of(pool, Share::Bought, bucket);
            paid = add(paid, mul(cheapest.unwrap_or_default(), whole(now - bought))?)?;
            bought = now;
        }
        Ok((paid, cheapest))
    }

    /// What payments may be rounded down by in all.
    fn rounding(&self, until: usize) -> Ratio {
        let model = self.model;
        let parts = model.network.suppliers.iter().map(|one| one.payment.len() + 1).max().unwrap_or(1);
        let payments = model.network.lanes.len() * (until + 1) * parts;
        Ratio::new(i128::try_from(payments).unwrap_or(i128::MAX), 2 * 10_i128.pow(model.network.minor_digits))
    }
}

/// What is due at least of a unit of a line until a day.
fn due_by(network: &Network, lane: &Lane, one: &Opportunity, end: NaiveDate) -> Result<Ratio, Overflow> {
    let terms = &one.terms;
    let unit = terms.breaks.iter().map(|(_, cost)| *cost).fold(terms.unit_cost, Ratio::min);
    let mut due = Ratio::zero();
    for milestone in &network.supplier(lane.supplier).payment {
        let from = match milestone.at {
            MilestoneDay::Order => one.trip.release,
            MilestoneDay::Ship => one.trip.ship,
            MilestoneDay::Receipt => one.trip.usable,
        };
        let day = from.checked_add_days(Days::new(u64::try_from(milestone.days).unwrap_or(0))).ok_or(Overflow)?;
        if day <= end {
            due = add(due, mul(ratio(milestone.share), unit)?)?;
        }
    }
    if one.trip.usable <= end {
        due = add(due, add(terms.freight, mul(terms.duty_rate, unit)?)?)?;
    }
    Ok(due)
}
