//! What a pool has to keep, and the parts of it that may be let go of: floors under sales, stock before them, stock behind them.

use rust_decimal::Decimal;

use super::{GIVEN, Program, Sale, Slot, Wanted};
use crate::model::promise::{Letting, Promise};
use crate::model::{Model, relief};
use crate::solve::fixed::{down, up};
use crate::solve::rows::Rows;
use crate::units::{Overflow, mul, ratio, whole};

/// A range of [`Program::steps`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::solve) struct Span {
    pub(in crate::solve) from: u32,
    pub(in crate::solve) to: u32,
}

impl Span {
    /// As a range of indices.
    pub(in crate::solve) fn range(self) -> std::ops::Range<usize> {
        self.from as usize..self.to as usize
    }

    /// True where there are none.
    pub(in crate::solve) fn is_empty(self) -> bool {
        self.from == self.to
    }
}

/// A part of a promise that may be let go of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::solve) struct Step {
    /// So many levels of it.
    pub(in crate::solve) size: i64,
    /// Use, a level.
    pub(in crate::solve) used: i64,
    /// Of which level; none where it is free.
    pub(in crate::solve) of: Option<usize>,
}

/// A sale whose promise uses more than its steps tell.
#[derive(Debug, Clone)]
pub(in crate::solve) struct Lowered {
    /// Which sale, by index.
    pub(in crate::solve) sale: usize,
    /// What is promised.
    promise: Promise,
    /// By rule of the promise: the level it belongs to.
    pub(super) levels: Vec<Option<usize>>,
    /// Use of a unit.
    unit: i64,
}

impl Lowered {
    /// What is used of each level where so many are sold; nothing where that breaks the promise.
    pub(in crate::solve) fn uses(&self, sold: i64) -> impl Iterator<Item = (usize, i64)> + '_ {
        let given = self.promise.split(sold).ok().flatten().unwrap_or_default();
        let levels = self.levels.iter().copied().zip(given);
        levels.filter_map(|(level, units)| Some((level?, units.saturating_mul(self.unit))))
    }
}

/// Closing stock beyond a hard maximum.
#[derive(Debug, Clone, Copy)]
pub(in crate::solve) struct Excess {
    /// When.
    pub(in crate::solve) bucket: usize,
    /// The maximum.
    pub(in crate::solve) most: i64,
    /// Parts beyond it.
    pub(in crate::solve) steps: Span,
}

/// There are far fewer steps than 2^32.
pub(super) fn narrow_index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// The most that a pool can sell in a bucket, late deliveries included.
fn most_sold(model: &Model<'_>, pool: usize, bucket: usize) -> i64 {
    let of_way = |&way: &usize| {
        let offer = &model.offers[model.ways[way].offer];
        let late = offer.lateness.waiting(bucket).map(|wanted| offer.demand[wanted]).sum::<i64>();
        offer.demand[bucket].saturating_add(late)
    };
    model.pools[pool].ways.iter().map(of_way).fold(0, i64::saturating_add)
}

impl Program {
    /// Enters a part of a promise.
    fn step(&mut self, step: Step) {
        if step.size > 0 {
            self.steps.push(step);
        }
    }

    /// The steps entered since there were so many.
    pub(in crate::solve) fn since(&self, from: usize) -> Span {
        Span { from: narrow_index(from), to: narrow_index(self.steps.len()) }
    }

    /// Enters what can be sold, and what has to be.
    pub(super) fn sell(&mut self, model: &Model<'_>, rows: &Rows) -> Result<(), Overflow> {
        for bucket in 0..rows.buckets {
            for slot in self.slots.clone() {
                let sale = match slot {
                    Slot::Sale(way, late) => self.sale(model, rows, bucket, (way, late))?,
                    Slot::Sent => self.nothing(),
                    Slot::Taken(leaf) => Sale { most: most_sold(model, leaf, bucket), ..self.nothing() },
                };
                self.sales.push(sale);
            }
        }
        for way in model.pools[self.pool].ways.iter().map(|&way| &model.ways[way]) {
            let offer = &model.offers[way.offer];
            // What is not met counts once, whoever could have served it.
            if model.ways[offer.ways.start].pool == way.pool {
                for (units, cost) in offer.demand.iter().zip(&offer.shortage_cost) {
                    let shortage = units.checked_mul(up(*cost, rows.money)?).ok_or(Overflow)?;
                    self.shortage = self.shortage.checked_add(shortage).ok_or(Overflow)?;
                }
            }
        }
        Ok(())
    }

    /// A sale that cannot be.
    fn nothing(&self) -> Sale {
        let steps = self.since(self.steps.len());
        Sale { least: 0, steps, most: 0, net: 0, late: 0, shortage: 0, channel: None }
    }

    /// What can be sold by a way in a bucket, so many buckets late.
    fn sale(
        &mut self,
        model: &Model<'_>,
        rows: &Rows,
        bucket: usize,
        (way, late): (usize, usize),
    ) -> Result<Sale, Overflow> {
        let (money, facts) = (rows.money, &model.ways[way]);
        let offer = &model.offers[facts.offer];
        let channel = Some(model.network.offers[facts.offer].channel.index());
        let Some(wanted) = bucket.checked_sub(late).filter(|wanted| late <= offer.lateness.most[*wanted]) else {
            return Ok(Sale { channel, ..self.nothing() });
        };
        let from = self.steps.len();
        // A floor that several locations share is a row.
        let is_own = late == 0 && offer.ways.len() == 1;
        let least = if is_own { self.promise(model, rows, facts.offer, bucket)? } else { 0 };
        let cost = crate::units::add(facts.net[wanted], -offer.lateness.net(facts, wanted, late)?)?;
        Ok(Sale {
            least,
            steps: self.since(from),
            most: offer.demand[wanted],
            net: up(facts.net[wanted], money)?,
            late: down(cost, money)?,
            shortage: up(offer.shortage_cost[wanted], money)?,
            channel,
        })
    }

    /// Enters what is promised of an offer; what of that has to be sold in any case.
    fn promise(&mut self, model: &Model<'_>, rows: &Rows, offer: usize, bucket: usize) -> Result<i64, Overflow> {
        let facts = &model.offers[offer];
        let least = facts.floors.held[bucket];
        if let Some((units, _)) = facts.floors.early[bucket] {
            let used = down(ratio(facts.price[bucket]), rows.money)?;
            self.step(Step { size: units - least, used, of: Some(GIVEN) });
        }
        match Promise::of(model, offer, bucket)? {
            Some(promise) => self.let_go(model, rows, promise, facts.price[bucket]),
            None => Ok(least),
        }
    }

    /// Enters what rules let go of a promise; what then still has to be sold.
    fn let_go(&mut self, model: &Model<'_>, rows: &Rows, promise: Promise, price: Decimal) -> Result<i64, Overflow> {
        let used = |units| down(mul(ratio(price), units)?, rows.money);
        for given in promise.steps()? {
            let of = model.relief.level(given.rule);
            let first = given.units.min(1);
            self.step(Step { size: first, used: used(given.first)?, of });
            self.step(Step { size: given.units - first, used: used(given.other)?, of });
        }
        let least = promise.least()?;
        if promise.rules.iter().any(|(_, letting)| matches!(letting, Letting::Lower(_))) {
            let levels = promise.rules.iter().map(|(rule, _)| model.relief.level(*rule)).collect();
            self.lowered.push(Lowered { sale: self.sales.len(), promise, levels, unit: used(whole(1))? });
        }
        Ok(least)
    }

    /// Enters what stock should be.
    pub(super) fn want(&mut self, model: &Model<'_>, rows: &Rows) -> Result<(), Overflow> {
        let pool = &model.pools[self.pool];
        let cover = &pool.cover;
        let used = down(pool.standard_cost, rows.money)?;
        for bucket in 0..rows.buckets {
            let from = self.steps.len();
            let safety = cover.safety_stock[bucket];
            if cover.early[bucket] {
                self.step(Step { size: safety, used, of: Some(GIVEN) });
            } else if cover.hard[bucket] {
                let mut left = safety;
                for (rule, units) in relief::units(model.network, &model.relief.short[self.pool], safety)? {
                    let size = units.min(left);
                    self.step(Step { size, used, of: model.relief.level(rule) });
                    left -= size;
                }
            }
            self.wanted.push(Wanted {
                safety,
                demand: cover.demand[bucket],
                cost: down(cover.shortfall_cost[bucket], rows.money)?,
                steps: self.since(from),
                hard: cover.hard[bucket],
            });
        }
        Ok(())
    }

    /// Enters the most that may be left, where a cover says so.
    pub(super) fn exceed(&mut self, model: &Model<'_>, rows: &Rows) -> Result<(), Overflow> {
        let used = down(model.pools[self.pool].standard_cost, rows.money)?;
        for (bucket, all) in rows.most_closing[self.pool].iter().enumerate() {
            let Some(mut all) = *all else { continue };
            let from = self.steps.len();
            let stated = model.pools[self.pool].cover.most[bucket].unwrap_or(0);
            let avoidable = model.given.avoidable(self.pool, bucket, stated);
            let most = all - avoidable;
            self.step(Step { size: avoidable, used, of: Some(GIVEN) });
            for (rule, size) in relief::units(model.network, &model.relief.over[self.pool], stated)? {
                self.step(Step { size, used, of: model.relief.level(rule) });
                all = all.saturating_add(size);
            }
            if self.steps.len() > from {
                self.excess.push(Excess { bucket, most, steps: self.since(from) });
            }
            self.most[bucket] = self.most[bucket].min(all);
        }
        Ok(())
    }

    /// Where the floor of a sale ends.
    pub(in crate::solve) fn floor(&self, sale: &Sale) -> i64 {
        sale.least + self.steps[sale.steps.range()].iter().map(|step| step.size).sum::<i64>()
    }

    /// Lets no less than so many be sold: of the floor, which stays where it is, the lowest parts are no longer let go of.
    pub(in crate::solve) fn promise_more(&mut self, index: usize, least: i64) {
        let sale = &mut self.sales[index];
        let mut more = least - sale.least;
        sale.least = least;
        for step in self.steps[sale.steps.range()].iter_mut().rev() {
            let held = more.clamp(0, step.size);
            step.size -= held;
            more -= held;
        }
    }

    /// How far a hard maximum may be passed.
    pub(in crate::solve) fn most_over(&self, excess: &Excess) -> i64 {
        self.steps[excess.steps.range()].iter().map(|step| step.size).sum()
    }

    /// The most that stock before sales may lack in a bucket.
    pub(in crate::solve) fn most_short(&self, wanted: &Wanted) -> i64 {
        let all = || self.steps[wanted.steps.range()].iter().map(|step| step.size).sum();
        if wanted.hard { all() } else { wanted.safety }
    }

    /// True where some decisions are ruled out by floors, covers or pins.
    pub(in crate::solve) fn has_promises(&self) -> bool {
        self.options.iter().any(|option| option.required)
            || self.sales.iter().any(|sale| sale.least > 0)
            || self.wanted.iter().any(|wanted| wanted.hard && wanted.safety > self.most_short(wanted))
    }
}
