//! What a purchase line costs and when it is paid.

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::clock::Trip;
use super::timeline::level;
use crate::calendar::Bucket;
use crate::network::{Lane, Milestone, MilestoneDay, Network, PriceBreak};
use crate::units::{Overflow, Ratio, add, mul, ratio, round_to, whole};

/// The costs of a lane in a release bucket, in the plan's currency.
#[derive(Debug, Clone)]
pub struct Terms {
    /// One unit of the supplier's currency.
    pub exchange: Ratio,
    /// A unit, before breaks.
    pub unit_cost: Ratio,
    /// Cheaper unit costs by size.
    pub breaks: Vec<(i64, Ratio)>,
    /// A break holds only from its first unit on.
    pub incremental: bool,
    /// A unit.
    pub freight: Ratio,
    /// Of the goods.
    pub duty_rate: Ratio,
    /// A line.
    pub order_cost: Ratio,
}

impl Terms {
    /// The terms of a lane in a bucket.
    ///
    /// # Errors
    /// Where numbers do not fit.
    pub fn of(network: &Network, lane: &Lane, bucket: &Bucket) -> Result<Self, Overflow> {
        let exchange = ratio(level(&network.supplier(lane.supplier).exchange_rate, bucket));
        let volume = ratio(network.item(lane.item).unit_volume);
        let by_volume = mul(ratio(level(&lane.freight_per_m3, bucket)), volume)?;
        let priced = |one: &PriceBreak| Ok((one.from, mul(ratio(one.unit_cost), exchange)?));
        Ok(Self {
            exchange,
            unit_cost: mul(ratio(level(&lane.unit_cost, bucket)), exchange)?,
            breaks: lane.breaks.iter().map(priced).collect::<Result<_, _>>()?,
            incremental: lane.incremental,
            freight: add(ratio(level(&lane.freight, bucket)), by_volume)?,
            duty_rate: ratio(level(&lane.duty_rate, bucket)),
            order_cost: ratio(level(&lane.order_cost, bucket)),
        })
    }

    /// Goods value of a line.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn goods(&self, units: i64) -> Result<Ratio, Overflow> {
        if !self.incremental {
            let reached = self.breaks.iter().rev().find(|(from, _)| *from <= units);
            return mul(reached.map_or(self.unit_cost, |(_, cost)| *cost), whole(units));
        }
        let mut total = whole(0);
        let mut cost = self.unit_cost;
        let mut first = 1;
        for (from, cheaper) in self.breaks.iter().filter(|(from, _)| *from <= units) {
            total = add(total, mul(cost, whole(from - first))?)?;
            (cost, first) = (*cheaper, *from);
        }
        add(total, mul(cost, whole(units - first + 1))?)
    }

    /// The same in the supplier's currency.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn foreign_goods(&self, units: i64) -> Result<Ratio, Overflow> {
        mul(self.goods(units)?, self.exchange.recip())
    }

    /// Freight and duty of a line.
    ///
    /// # Errors
    /// Where they do not fit.
    pub fn freight_and_duty(&self, units: i64) -> Result<Ratio, Overflow> {
        add(mul(self.freight, whole(units))?, mul(self.duty_rate, self.goods(units)?)?)
    }

    /// Landed cost of a line: goods + freight + duty.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn landed(&self, units: i64) -> Result<Ratio, Overflow> {
        add(self.goods(units)?, self.freight_and_duty(units)?)
    }

    /// Landed cost of a unit, before breaks.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn landed_unit(&self) -> Result<Ratio, Overflow> {
        self.with_duty(self.unit_cost)
    }

    /// The lowest landed cost a unit can come to, breaks included.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn cheapest_unit(&self) -> Result<Ratio, Overflow> {
        let least = self.breaks.iter().map(|(_, cost)| *cost).fold(self.unit_cost, Ratio::min);
        self.with_duty(least)
    }

    fn with_duty(&self, unit_cost: Ratio) -> Result<Ratio, Overflow> {
        add(mul(unit_cost, add(whole(1), self.duty_rate)?)?, self.freight)
    }

    /// Linear pieces of the goods value, by size.
    ///
    /// # Errors
    /// Where numbers do not fit.
    pub fn goods_pieces(&self) -> Result<Vec<Piece>, Overflow> {
        let mut pieces = Vec::with_capacity(self.breaks.len() + 1);
        let mut start = (1, self.unit_cost);
        let mut fixed = whole(0);
        for next in self.breaks.iter().map(Some).chain([None]) {
            let (from, unit) = start;
            pieces.push(Piece { from, to: next.map(|(from, _)| from - 1), fixed, unit });
            if let Some(&(next_from, next_cost)) = next {
                if self.incremental {
                    // The units below the break keep their dearer cost.
                    fixed = add(fixed, mul(add(unit, -next_cost)?, whole(next_from - 1))?)?;
                }
                start = (next_from, next_cost);
            }
        }
        Ok(pieces)
    }
}

/// Sizes of a line over which its goods value is linear: `fixed + unit x units`.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    /// First size.
    pub from: i64,
    /// Last size; open where none.
    pub to: Option<i64>,
    /// Plan currency.
    pub fixed: Ratio,
    /// Plan currency a unit.
    pub unit: Ratio,
}

/// The payments of a line: milestones of the goods in their order, then freight and duty on the usable day. Each is
/// rounded half up to the minor unit; the last one is the rounded landed cost less the others. Days merge, zeros go.
///
/// # Errors
/// Where numbers do not fit.
pub fn payments(
    milestones: &[Milestone],
    trip: &Trip,
    terms: &Terms,
    units: i64,
    digits: u32,
) -> Result<Vec<(NaiveDate, Decimal)>, Overflow> {
    let goods = terms.goods(units)?;
    let besides = terms.freight_and_duty(units)?;
    let mut due = Vec::with_capacity(milestones.len() + 1);
    for milestone in milestones {
        let from = match milestone.at {
            MilestoneDay::Order => trip.release,
            MilestoneDay::Ship => trip.ship,
            MilestoneDay::Receipt => trip.usable,
        };
        let day = from.checked_add_days(Days::new(u64::try_from(milestone.days).unwrap_or(0))).ok_or(Overflow)?;
        due.push((day, round_to(mul(ratio(milestone.share), goods)?, digits)?));
    }
    if besides != whole(0) {
        due.push((trip.usable, round_to(besides, digits)?));
    }
    let landed = round_to(add(goods, besides)?, digits)?;
    let paid = due.iter().try_fold(Decimal::ZERO, |sum, (_, amount)| sum.checked_add(*amount)).ok_or(Overflow)?;
    if let Some(last) = due.last_mut() {
        last.1 = last.1.checked_add(landed.checked_sub(paid).ok_or(Overflow)?).ok_or(Overflow)?;
    }
    due.sort_by_key(|(day, _)| *day);
    let mut merged: Vec<(NaiveDate, Decimal)> = Vec::with_capacity(due.len());
    for (day, amount) in due {
        match merged.last_mut().filter(|(known, _)| *known == day) {
            Some(same) => same.1 = same.1.checked_add(amount).ok_or(Overflow)?,
            None => merged.push((day, amount)),
        }
    }
    merged.retain(|(_, amount)| !amount.is_zero());
    Ok(merged)
}
