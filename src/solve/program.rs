//! The priced model: one pool (an item at a location) as a program over its stock, with its coefficients in money and in
//! the shared rows, all in fixed point.
//!
//! A program is plain data by bucket: what arrives, what can be sold and for how much, what can be ordered at which terms, what
//! stock costs. Its stock counts in *levels* of `unit` units; a full program has levels of one.

use super::fixed::{PRICE_BITS, down, narrow, up};
use super::rows::{Rows, SupplierUse};
use super::sizes::Sizes;
use crate::model::relief::{self, Letting, Promise};
use crate::model::{Model, Opportunity};
use crate::network::{LaneId, MilestoneDay, MinimumOrder, PoolId};
use crate::units::{MAX_UNITS, Overflow, mul, ratio, whole};

/// What a program earns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// Money.
    Money,
    /// What it does not use of a level.
    Use(usize),
}

/// The level of what is given: the first one. Rules follow in the order in which they are settled.
pub(super) const GIVEN: usize = 0;

/// How often a unit of a broken promise costs what it could save.
const BEYOND: i64 = 4;
/// The highest price that a pool puts on its own use.
const MOST_OWN: i64 = 1 << 50;

/// One pool as a program.
#[derive(Debug, Clone)]
pub(super) struct Program {
    /// Which pool.
    pub(super) pool: usize,
    /// What it earns.
    pub(super) aim: Aim,
    /// Units of a level.
    pub(super) unit: i64,
    /// At the beginning.
    pub(super) on_hand: i64,
    /// By bucket: what open orders bring.
    pub(super) receipts: Vec<i64>,
    /// Number of offers.
    pub(super) offers: usize,
    /// By bucket, then offer.
    pub(super) sales: Vec<Sale>,
    /// By bucket, then lane.
    pub(super) options: Vec<LineOption>,
    /// By bucket: its first option; one more at the end.
    pub(super) first_option: Vec<usize>,
    /// By bucket: cost of a closing level.
    pub(super) holding: Vec<i64>,
    /// Levels of the last stock that count at `worth_within`.
    pub(super) end_cover: i64,
    /// Worth of a last level up to the cover.
    pub(super) worth_within: i64,
    /// Worth of one beyond it.
    pub(super) worth_beyond: i64,
    /// By bucket: what stock before sales should be.
    pub(super) wanted: Vec<Wanted>,
    /// What is lost if nothing is sold.
    pub(super) shortage: i64,
    /// Floors that its sales share with those of other pools.
    pub(super) shared: Vec<SharedFloor>,
    /// Parts of promises that may be let go of.
    pub(super) steps: Vec<Step>,
    /// Promises of sales that are lowered by more than what is not sold.
    pub(super) lowered: Vec<Lowered>,
    /// By bucket in which rules allow it: closing stock beyond a hard maximum.
    pub(super) excess: Vec<Excess>,
    /// Levels that this pool can use, each with the position of its row.
    pub(super) levels: Vec<(usize, usize)>,
    /// What a unit of its use of what is given costs besides the row's price, as a price, and the least use that it has in any plan: where every plan
    /// has each pool at its least, any price of its own is as good as one for all.
    pub(super) own: (i64, i64),
    /// By bucket: the largest closing stock worth having.
    pub(super) most: Vec<i64>,
    /// First rows of the limits it touches; cash, where planned, is the last.
    pub(super) groups: Vec<usize>,
    /// Groups and uses of a level.
    pub(super) uses: StockUses,
    /// True where cash is planned.
    pub(super) cash: bool,
}

/// What a level of stock or flow uses: positions in [`Program::groups`].
#[derive(Debug, Clone, Default)]
pub(super) struct StockUses {
    /// Of closing stock.
    pub(super) closing: Vec<(usize, i64)>,
    /// Of opening stock and receipts.
    pub(super) available: Vec<(usize, i64)>,
    /// Of receipts.
    pub(super) inbound: Vec<(usize, i64)>,
    /// Of sales.
    pub(super) outbound: Vec<(usize, i64)>,
}

/// What stock before sales should be in a bucket, in levels.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Wanted {
    /// Safety stock.
    pub(super) safety: i64,
    /// Demand that it comes on top of.
    pub(super) demand: i64,
    /// Money a level of shortfall.
    pub(super) cost: i64,
    /// Parts of a shortfall that count for more than money, the first one first.
    pub(super) steps: Span,
    /// True where there may be no shortfall beyond these.
    pub(super) hard: bool,
}

/// A range of [`Program::steps`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: u32,
    pub(super) to: u32,
}

impl Span {
    /// As a range of indices.
    pub(super) fn range(self) -> std::ops::Range<usize> {
        self.from as usize..self.to as usize
    }

    /// True where there are none.
    pub(super) fn is_empty(self) -> bool {
        self.from == self.to
    }
}

/// A part of a promise that may be let go of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    /// So many levels of it.
    pub(super) size: i64,
    /// Use, a level.
    pub(super) used: i64,
    /// Of which level; none where it is free.
    pub(super) of: Option<usize>,
}

/// A sale whose promise uses more than its steps tell.
#[derive(Debug, Clone)]
pub(super) struct Lowered {
    /// Which sale, by index.
    pub(super) sale: usize,
    /// What is promised.
    promise: Promise,
    /// By rule of the promise: the level it belongs to.
    levels: Vec<Option<usize>>,
    /// Use of a unit.
    unit: i64,
}

impl Lowered {
    /// What is used of each level where so many are sold; nothing where that breaks the promise.
    pub(super) fn uses(&self, sold: i64) -> impl Iterator<Item = (usize, i64)> + '_ {
        let given = self.promise.split(sold).ok().flatten().unwrap_or_default();
        let levels = self.levels.iter().copied().zip(given);
        levels.filter_map(|(level, units)| Some((level?, units.saturating_mul(self.unit))))
    }
}

/// Closing stock beyond a hard maximum.
#[derive(Debug, Clone, Copy)]
pub(super) struct Excess {
    /// When.
    pub(super) bucket: usize,
    /// The maximum.
    pub(super) most: i64,
    /// Parts beyond it.
    pub(super) steps: Span,
}

impl Wanted {
    /// What stock before sales lacks.
    pub(super) fn shortfall(&self, stock: i64) -> i64 {
        (self.safety + self.demand - stock).clamp(0, self.safety)
    }
}

/// A floor that sales of several pools share.
#[derive(Debug, Clone)]
pub(super) struct SharedFloor {
    /// Position of its rows.
    pub(super) group: usize,
    /// What a level gives to them.
    pub(super) unit: i64,
    /// Which sales count, by index.
    pub(super) sales: Vec<usize>,
}

/// What can be sold to one offer in one bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sale {
    /// At least.
    pub(super) least: i64,
    /// What is promised beyond that, from the top: parts that may be let go of.
    pub(super) steps: Span,
    /// At most.
    pub(super) most: i64,
    /// What a level earns.
    pub(super) net: i64,
    /// What an unmet level costs.
    pub(super) shortage: i64,
    /// Whose payout its cash has.
    pub(super) channel: usize,
}

/// A line that can be placed.
#[derive(Debug, Clone)]
pub(super) struct LineOption {
    /// By which lane.
    pub(super) lane: LaneId,
    /// The bucket it serves.
    pub(super) bucket: usize,
    /// Smallest size.
    pub(super) smallest: i64,
    /// Largest size, where there is one.
    pub(super) largest: Option<i64>,
    /// True where the line may not be left out.
    pub(super) required: bool,
    /// Sizes are multiples of it.
    pub(super) multiple: i64,
    /// Costs over sizes.
    pub(super) pieces: Vec<Piece>,
    /// A line.
    pub(super) order_cost: i64,
    /// The bucket of release.
    pub(super) release_bucket: usize,
    /// Supplier capacity, by position of the group.
    pub(super) supplier: Option<SupplierUse>,
    /// What it counts for in its supplier's minimum order.
    pub(super) ordered: Option<Ordered>,
    /// Positions of the groups of budgets.
    pub(super) budgets: Vec<usize>,
    /// What its being premium uses.
    pub(super) premium: Option<Premium>,
    /// Shares of the goods by bucket of payment, in the order of the terms; past the horizon `None`.
    pub(super) milestones: Vec<Milestone>,
    /// Bucket in which freight and duty are paid.
    pub(super) besides_paid: Option<usize>,
    /// By bucket: how much less than its exact share rounding may let it pay up to there, more than before.
    pub(super) rounding: Vec<(usize, i64)>,
}

/// What a premium line uses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Premium {
    /// The level that its landed cost is a use of.
    pub(super) level: Option<usize>,
    /// Position of the rows that limit its rule.
    pub(super) cap: usize,
    /// What a unit takes of them; its landed cost where none is told.
    pub(super) unit: Option<i64>,
}

/// What a line counts for in a minimum order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ordered {
    /// Position of the rows.
    pub(super) group: usize,
    /// What a level counts for; the goods' value where none is told.
    pub(super) unit: Option<i64>,
}

impl Ordered {
    /// What a line counts for, and what a level of it does, in a piece.
    pub(super) fn of(&self, piece: &Piece) -> (i64, i64) {
        self.unit.map_or(piece.goods, |unit| (0, unit))
    }
}

/// A share of a line's goods and when it is paid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Milestone {
    /// The bucket; `None` past the horizon.
    pub(super) bucket: Option<usize>,
    /// Numerator and denominator.
    pub(super) part: (i64, i64),
}

/// Sizes over which costs are linear.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// First size.
    pub(super) from: i64,
    /// Last size where a larger one of this piece would cost less than it does; open otherwise.
    pub(super) to: Option<i64>,
    /// Goods: a line, a level.
    pub(super) goods: (i64, i64),
    /// Freight and duty: a line, a level.
    pub(super) besides: (i64, i64),
}

impl LineOption {
    /// Least and most units, 0 where it may be left out; `None` where there is no size at all.
    pub(super) fn bounds(&self) -> Option<(i64, i64)> {
        let most = self.largest.unwrap_or(i64::MAX / 2) / self.multiple * self.multiple;
        let most = if most < self.smallest { 0 } else { most };
        (most > 0 || !self.required).then_some((if self.required { self.smallest } else { 0 }, most))
    }

    /// The piece that a size falls into.
    pub(super) fn piece(&self, units: i64) -> &Piece {
        self.pieces.iter().rev().find(|piece| piece.from <= units).unwrap_or(&self.pieces[0])
    }

    /// The sizes of a piece: first and last; `None` where it has none.
    pub(super) fn sizes(&self, piece: &Piece, cap: i64) -> Option<(i64, i64)> {
        let first = self.smallest.max(multiple_from(piece.from, self.multiple));
        let last = self.largest.unwrap_or(i64::MAX).min(piece.to.unwrap_or(i64::MAX)).min(cap);
        let last = last / self.multiple * self.multiple;
        (first <= last).then_some((first, last))
    }
}

/// The smallest multiple not below a size.
pub(super) fn multiple_from(size: i64, multiple: i64) -> i64 {
    size.saturating_add(multiple - 1) / multiple * multiple
}

/// What is decided about a pool.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Decision {
    /// Size of each option.
    pub(super) lines: Vec<i64>,
    /// Sold, by bucket, then offer.
    pub(super) sales: Vec<i64>,
}

impl Program {
    /// Lays a pool out.
    pub(super) fn new(model: &Model<'_>, rows: &Rows, sizes: &Sizes, index: usize) -> Result<Self, Overflow> {
        let pool = &model.pools[index];
        let buckets = rows.buckets;
        let money = rows.money;
        let mut program = Self {
            pool: index,
            aim: Aim::Money,
            unit: 1,
            on_hand: model.network.pool(PoolId::from(index)).on_hand,
            receipts: pool.open_receipts.clone(),
            offers: pool.offers.len(),
            sales: Vec::with_capacity(buckets * pool.offers.len()),
            options: Vec::new(),
            first_option: Vec::with_capacity(buckets + 1),
            holding: pool.holding.iter().map(|&cost| down(cost, money)).collect::<Result<_, _>>()?,
            end_cover: pool.end_cover,
            worth_within: up(pool.worth_within, money)?,
            worth_beyond: up(pool.worth_beyond, money)?,
            wanted: Vec::with_capacity(buckets),
            shortage: 0,
            shared: Vec::new(),
            steps: Vec::new(),
            lowered: Vec::new(),
            excess: Vec::new(),
            levels: Vec::new(),
            own: (0, 0),
            most: Vec::new(),
            groups: Vec::new(),
            uses: StockUses::default(),
            cash: rows.cash.is_some(),
        };
        program.sell(model, rows)?;
        program.want(model, rows)?;
        program.touch(rows);
        program.share(model, rows);
        for bucket in 0..buckets {
            program.first_option.push(program.options.len());
            let premium = pool.premium.iter().filter(|_| bucket < rows.horizon);
            for &lane in pool.lanes.iter().chain(premium) {
                if let Some(opportunity) = &model.lanes[lane][bucket] {
                    let mut option = option(model, rows, &mut program.groups, lane, bucket, opportunity)?;
                    if option.largest.is_none() && sizes.most[index] > MAX_UNITS {
                        option.largest = Some(MAX_UNITS / option.multiple * option.multiple);
                    }
                    let twins = model.network.lanes[lane].useful_lines(sizes.most[index]);
                    program.options.extend(std::iter::repeat_n(option, twins));
                }
            }
        }
        program.first_option.push(program.options.len());
        program.reach_levels(rows);
        program.groups.extend(rows.cash);
        program.most = most_levels(&program, sizes.lot[index]);
        program.exceed(model, rows)?;
        Ok(program)
    }

    /// Enters a part of a promise.
    fn step(&mut self, step: Step) {
        if step.size > 0 {
            self.steps.push(step);
        }
    }

    /// The steps entered since there were so many.
    fn since(&self, from: usize) -> Span {
        Span { from: narrow_index(from), to: narrow_index(self.steps.len()) }
    }

    /// Enters what can be sold, and what has to be.
    fn sell(&mut self, model: &Model<'_>, rows: &Rows) -> Result<(), Overflow> {
        let money = rows.money;
        for bucket in 0..rows.buckets {
            for &offer in &model.pools[self.pool].offers {
                let facts = &model.offers[offer];
                let from = self.steps.len();
                let mut least = facts.floors.held[bucket];
                if let Some((units, _)) = facts.floors.early[bucket] {
                    self.step(Step {
                        size: units - least,
                        used: down(ratio(facts.price[bucket]), money)?,
                        of: Some(GIVEN),
                    });
                }
                if let Some(promise) = Promise::of(model, offer, bucket)? {
                    least = self.let_go(model, rows, promise, facts.price[bucket])?;
                }
                let sale = Sale {
                    least,
                    steps: self.since(from),
                    most: facts.demand[bucket],
                    net: up(facts.net[bucket], money)?,
                    shortage: up(facts.shortage_cost[bucket], money)?,
                    channel: model.network.offers[offer].channel.index(),
                };
                let shortage = sale.most.checked_mul(sale.shortage).ok_or(Overflow)?;
                self.shortage = self.shortage.checked_add(shortage).ok_or(Overflow)?;
                self.sales.push(sale);
            }
        }
        Ok(())
    }

    /// Enters what rules let go of a promise; what then still has to be sold.
    fn let_go(
        &mut self,
        model: &Model<'_>,
        rows: &Rows,
        promise: Promise,
        price: rust_decimal::Decimal,
    ) -> Result<i64, Overflow> {
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
    fn want(&mut self, model: &Model<'_>, rows: &Rows) -> Result<(), Overflow> {
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
    fn exceed(&mut self, model: &Model<'_>, rows: &Rows) -> Result<(), Overflow> {
        let used = down(model.pools[self.pool].standard_cost, rows.money)?;
        for (bucket, most) in rows.most_closing[self.pool].iter().enumerate() {
            let Some(most) = *most else { continue };
            let from = self.steps.len();
            let stated = model.pools[self.pool].cover.most[bucket].unwrap_or(0);
            let mut all = most;
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

    /// Enters the rows of the levels that it can use.
    fn reach_levels(&mut self, rows: &Rows) {
        let steps = self.steps.iter().filter(|step| step.used > 0).filter_map(|step| step.of);
        let lowered = self.lowered.iter().flat_map(|one| &one.levels).flatten().copied();
        let premium = self.options.iter().filter_map(|option| option.premium?.level);
        let mut reached: Vec<usize> = steps.chain(lowered).chain(premium).collect();
        reached.sort_unstable();
        reached.dedup();
        for level in reached {
            if let Some(first) = rows.levels[level] {
                self.levels.push((level, group(&mut self.groups, first)));
            }
        }
    }

    /// Position of the row of a level, where this pool can use any of it.
    pub(super) fn level_group(&self, level: usize) -> Option<usize> {
        self.levels.iter().find(|(own, _)| *own == level).map(|(_, group)| *group)
    }

    /// Where the floor of a sale ends.
    pub(super) fn floor(&self, sale: &Sale) -> i64 {
        sale.least + self.steps[sale.steps.range()].iter().map(|step| step.size).sum::<i64>()
    }

    /// How far a hard maximum may be passed.
    pub(super) fn most_over(&self, excess: &Excess) -> i64 {
        self.steps[excess.steps.range()].iter().map(|step| step.size).sum()
    }

    /// The most that stock before sales may lack in a bucket.
    pub(super) fn most_short(&self, wanted: &Wanted) -> i64 {
        let all = || self.steps[wanted.steps.range()].iter().map(|step| step.size).sum();
        if wanted.hard { all() } else { wanted.safety }
    }

    /// The same pool where only what it uses of a level counts.
    pub(super) fn for_use(&self, level: usize) -> Self {
        Self { aim: Aim::Use(level), own: (0, 0), ..self.clone() }
    }

    /// The same pool where some parts of promises may not be let go of.
    fn holding(&self, held: impl Fn(&Step) -> bool) -> Self {
        let mut program = self.clone();
        let mut steps = Vec::new();
        let mut keep = |span: Span| {
            let (mut kept, mut lost) = (Span { from: narrow_index(steps.len()), to: 0 }, 0);
            for step in &self.steps[span.range()] {
                // Nothing is let go of behind a part that is held.
                if lost > 0 || held(step) {
                    lost += step.size;
                } else {
                    steps.push(*step);
                }
            }
            kept.to = narrow_index(steps.len());
            (kept, lost)
        };
        for sale in &mut program.sales {
            let (kept, lost) = keep(sale.steps);
            sale.steps = kept;
            sale.least += lost;
        }
        for wanted in &mut program.wanted {
            let (kept, lost) = keep(wanted.steps);
            wanted.steps = kept;
            wanted.hard |= lost > 0;
        }
        for excess in &mut program.excess {
            let (kept, lost) = keep(excess.steps);
            let cap = &mut program.most[excess.bucket];
            *cap = (*cap).min(excess.most.saturating_add(self.most_over(excess) - lost));
            excess.steps = kept;
        }
        program.steps = steps;
        program
    }

    /// The same pool where some levels are not used.
    pub(super) fn without(&self, unused: impl Fn(usize) -> bool) -> Self {
        let mut program = self.holding(|step| step.of.is_some_and(&unused));
        program.lowered.retain(|lowered| lowered.levels.iter().any(|level| level.is_none_or(|level| !unused(level))));
        for option in &mut program.options {
            if option.premium.is_some_and(|premium| premium.level.is_some_and(&unused)) {
                option.largest = Some(0);
            }
        }
        program
    }

    /// The same pool where it is known that it uses `least` of what is given in every plan, and no less is possible: nothing is as good as
    /// a promise, something is held to by a price of its own, so high that no money makes up for it as far as numbers have room.
    pub(super) fn kept_to(&self, least: i64) -> Self {
        if self.level_group(GIVEN).is_none() {
            return self.clone();
        }
        if least == 0 {
            return self.without(|level| level == GIVEN);
        }
        let mut kept = self.clone();
        let given = self.steps.iter().filter(|step| step.of == Some(GIVEN));
        let most = given.map(|step| step.used).max().unwrap_or(0).max(1);
        let price = (i128::from(kept.ceiling()) << PRICE_BITS) / (2 * i128::from(most));
        kept.own = (narrow(price).min(MOST_OWN), least);
        kept
    }

    /// The same pool where promises may be broken, each unit at a loss that is beyond what it could ever save. What keeps them all is as
    /// good as before, and what does not is somewhere to search from.
    pub(super) fn pliant(&self) -> Self {
        let unit = |sale: &Sale| sale.net.abs().saturating_add(sale.shortage);
        let mut most = self.sales.iter().map(unit).max().unwrap_or(0);
        for option in &self.options {
            let goods = option.pieces.iter().map(|piece| piece.goods.1 + piece.besides.1).max().unwrap_or(0);
            most = most.max(goods.saturating_add(option.order_cost));
        }
        most = most.max(self.holding.iter().sum()).max(1);
        let mut pliant = self.with_promises_as(most, |step| Step { used: step.used.max(most), ..*step });
        let dearest = self.ceiling() / most.saturating_mul(2).max(1);
        pliant.own.0 = pliant.own.0.max(dearest.clamp(1, BEYOND) << PRICE_BITS);
        pliant
    }

    /// The same pool where a level of a broken promise is a use of what is given, and other steps are as told.
    fn with_promises_as(&self, used: i64, other: impl Fn(&Step) -> Step) -> Self {
        let mut program = self.clone();
        let mut steps = Vec::new();
        let mut extend = |span: Span, size: i64| {
            let from = narrow_index(steps.len());
            steps.extend(self.steps[span.range()].iter().map(&other));
            if size > 0 {
                steps.push(Step { size, used, of: Some(GIVEN) });
            }
            Span { from, to: narrow_index(steps.len()) }
        };
        for sale in &mut program.sales {
            sale.steps = extend(sale.steps, sale.least);
            sale.least = 0;
        }
        for wanted in &mut program.wanted {
            let left = if wanted.hard { wanted.safety - self.most_short(wanted) } else { 0 };
            wanted.steps = extend(wanted.steps, left);
            wanted.hard = false;
        }
        for excess in &mut program.excess {
            excess.steps = extend(excess.steps, 0);
        }
        program.steps = steps;
        program
    }

    /// The same pool where promises may be broken, each unit at the same loss, and that is all that counts.
    pub(super) fn elastic(&self) -> Self {
        let mut elastic = self.for_use(GIVEN).with_promises_as(1, |step| Step { used: 0, ..*step });
        elastic.lowered.clear();
        elastic.options.iter_mut().for_each(|option| option.required = false);
        elastic.most = most_levels(&elastic, elastic.lot());
        elastic
    }

    /// The same pool where nothing counts.
    pub(super) fn aimless(&self) -> Self {
        let mut aimless = self.for_use(GIVEN);
        aimless.steps.iter_mut().for_each(|step| step.used = 0);
        aimless.lowered.clear();
        aimless
            .options
            .iter_mut()
            .filter_map(|option| option.premium.as_mut())
            .for_each(|premium| premium.level = None);
        aimless
    }

    /// True where some decisions are ruled out by floors, covers or pins.
    pub(super) fn has_promises(&self) -> bool {
        self.options.iter().any(|option| option.required)
            || self.sales.iter().any(|sale| sale.least > 0)
            || self.wanted.iter().any(|wanted| wanted.hard && wanted.safety > self.most_short(wanted))
    }

    /// The largest line that is placed for more than its own units' sake.
    fn lot(&self) -> i64 {
        let biggest = |option: &LineOption| {
            option.smallest.max(option.pieces.last().map_or(0, |piece| piece.from)) + option.multiple
        };
        self.options.iter().map(biggest).max().unwrap_or(0)
    }

    /// The most that a level may cost, so that no sum over levels leaves 64 bits.
    pub(super) fn ceiling(&self) -> i64 {
        (1_i64 << 60)
            / (self.peak().max(1) * 4).max(1)
            / i64::try_from(self.buckets() * (self.offers + 4)).unwrap_or(1).max(1)
    }

    /// Enters the floors that it shares.
    fn share(&mut self, model: &Model<'_>, rows: &Rows) {
        let offers = &model.pools[self.pool].offers;
        for floor in &rows.floors {
            let of_group = &model.group_floors[floor.of];
            let position = |offer: usize| offers.iter().position(|&own| own == offer);
            let mine: Vec<_> =
                of_group.members.iter().filter_map(|(offer, start)| Some((position(*offer)?, *start))).collect();
            let joins = |start: Option<usize>, bucket| start.is_some_and(|start| start <= bucket) != floor.early;
            let mut sales: Vec<usize> = (0..rows.horizon)
                .flat_map(|bucket| mine.iter().map(move |&(position, start)| (bucket, position, start)))
                .filter(|&(bucket, _, start)| joins(start, bucket))
                .map(|(bucket, position, _)| bucket * self.offers + position)
                .collect();
            sales.sort_unstable();
            if !sales.is_empty() {
                let group = group(&mut self.groups, floor.first);
                self.shared.push(SharedFloor { group, unit: floor.unit, sales });
            }
        }
    }

    /// Buckets.
    pub(super) fn buckets(&self) -> usize {
        self.receipts.len()
    }

    /// The options of a bucket, by index.
    pub(super) fn options_of(&self, bucket: usize) -> std::ops::Range<usize> {
        self.first_option[bucket]..self.first_option[bucket + 1]
    }

    /// The sales of a bucket, by index.
    pub(super) fn sales_of(&self, bucket: usize) -> std::ops::Range<usize> {
        bucket * self.offers..(bucket + 1) * self.offers
    }

    /// Position of the cash rows among the groups.
    pub(super) fn cash_group(&self) -> Option<usize> {
        self.cash.then(|| self.groups.len() - 1)
    }

    /// The largest level of any bucket.
    pub(super) fn peak(&self) -> i64 {
        self.most.iter().copied().max().unwrap_or(0)
    }

    /// Closing stock by bucket.
    pub(super) fn closing(&self, decision: &Decision) -> Vec<i64> {
        let mut stock = self.on_hand;
        let close = |bucket: usize| {
            let ordered: i64 = decision.lines[self.options_of(bucket)].iter().sum();
            let sold: i64 = decision.sales[self.sales_of(bucket)].iter().sum();
            stock += self.receipts[bucket] + ordered - sold;
            stock
        };
        (0..self.buckets()).map(close).collect()
    }

    fn touch(&mut self, rows: &Rows) {
        let bearing = &rows.bearings[self.pool];
        let Self { groups, uses, .. } = self;
        let mut enter =
            |from: &[(usize, i64)]| from.iter().map(|&(first, unit)| (group(groups, first), unit)).collect();
        *uses = StockUses {
            closing: enter(&bearing.closing),
            available: enter(&bearing.available),
            inbound: enter(&bearing.inbound),
            outbound: enter(&bearing.outbound),
        };
    }

    /// The same pool with levels of `unit` units, to find prices with: sums over buckets keep their totals to a level.
    pub(super) fn coarse(&self, unit: i64) -> Self {
        let units = |amount: i64| amount.saturating_mul(unit);
        let mut running = Rounding::default();
        let receipts: Vec<i64> = std::iter::once(self.on_hand)
            .chain(self.receipts.iter().copied())
            .map(|units| running.level(units, unit))
            .collect();
        let mut by_offer = vec![Rounding::default(); self.offers];
        let (mut sales, mut steps) = (self.sales.clone(), self.steps.clone());
        for bucket in 0..self.buckets() {
            for (offer, index) in self.sales_of(bucket).enumerate() {
                let sale = &mut sales[index];
                sale.most = by_offer[offer].level(sale.most, unit);
                let floor = (self.floor(sale) / unit).min(sale.most);
                sale.least = (sale.least / unit).min(floor);
                narrow_steps(&mut steps[sale.steps.range()], unit, floor - sale.least);
                (sale.net, sale.shortage) = (units(sale.net), units(sale.shortage));
            }
        }
        let levels = |amount: i64| (amount + unit / 2) / unit;
        let coarse_option = |option: &LineOption| {
            let multiple = levels(option.multiple).max(1);
            let smallest = multiple_from(levels(option.smallest).max(1), multiple);
            let piece = |piece: &Piece| Piece {
                from: levels(piece.from).max(1),
                to: piece.to.map(|to| levels(to).max(1)),
                goods: (piece.goods.0, units(piece.goods.1)),
                besides: (piece.besides.0, units(piece.besides.1)),
            };
            LineOption {
                smallest,
                multiple,
                largest: option.largest.map(|most| (most / unit / multiple * multiple).max(smallest)),
                pieces: option.pieces.iter().map(piece).collect(),
                supplier: option.supplier.map(|one| SupplierUse { unit: units(one.unit), ..one }),
                ordered: option.ordered.map(|one| Ordered { unit: one.unit.map(units), ..one }),
                premium: option.premium.map(|one| Premium { unit: one.unit.map(units), ..one }),
                ..option.clone()
            }
        };
        for wanted in &self.wanted {
            narrow_steps(&mut steps[wanted.steps.range()], unit, wanted.safety / unit);
        }
        for excess in &self.excess {
            narrow_steps(&mut steps[excess.steps.range()], unit, i64::MAX);
        }
        let coarse_wanted = |wanted: &Wanted| Wanted {
            safety: wanted.safety / unit,
            demand: wanted.demand / unit,
            cost: units(wanted.cost),
            ..*wanted
        };
        let scaled = |list: &[(usize, i64)]| list.iter().map(|&(group, use_)| (group, units(use_))).collect();
        let mut coarse = Self {
            unit,
            on_hand: receipts[0],
            receipts: receipts[1..].to_vec(),
            sales,
            options: self.options.iter().map(coarse_option).collect(),
            holding: self.holding.iter().map(|&cost| units(cost)).collect(),
            end_cover: levels(self.end_cover),
            worth_within: units(self.worth_within),
            worth_beyond: units(self.worth_beyond),
            wanted: self.wanted.iter().map(coarse_wanted).collect(),
            steps,
            lowered: Vec::new(),
            excess: self.excess.iter().map(|excess| Excess { most: excess.most / unit, ..*excess }).collect(),
            shared: self.shared.iter().map(|floor| SharedFloor { unit: units(floor.unit), ..floor.clone() }).collect(),
            uses: StockUses {
                closing: scaled(&self.uses.closing),
                available: scaled(&self.uses.available),
                inbound: scaled(&self.uses.inbound),
                outbound: scaled(&self.uses.outbound),
            },
            ..self.clone()
        };
        coarse.most = most_levels(&coarse, coarse.lot());
        for (most, full) in coarse.most.iter_mut().zip(&self.most) {
            *most = (*most).min(full / unit + 1);
        }
        coarse
    }
}

/// Steps of so many levels in units of `unit`, all together at most `most`.
fn narrow_steps(steps: &mut [Step], unit: i64, most: i64) {
    let mut left = most;
    for step in steps {
        step.size = (step.size / unit).min(left);
        left -= step.size;
        step.used = step.used.saturating_mul(unit);
    }
}

/// There are far fewer steps than 2^32.
fn narrow_index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Levels by running totals, so that sums are kept.
#[derive(Debug, Clone, Copy, Default)]
struct Rounding {
    sum: i64,
    before: i64,
}

impl Rounding {
    fn level(&mut self, units: i64, unit: i64) -> i64 {
        self.sum += units;
        let level = (self.sum + unit / 2) / unit;
        let gained = level - self.before;
        self.before = level;
        gained
    }
}

/// The position of a group, entered where it is new.
fn group(groups: &mut Vec<usize>, first: usize) -> usize {
    groups.iter().position(|&known| known == first).unwrap_or_else(|| {
        groups.push(first);
        groups.len() - 1
    })
}

/// Closing stock that some best plan never exceeds; `docs/planner.md` argues why. Without lines there is what facts bring.
fn most_levels(program: &Program, lot: i64) -> Vec<i64> {
    let buckets = program.buckets();
    let mut have = program.on_hand;
    let mut most = Vec::with_capacity(buckets);
    for (bucket, received) in program.receipts.iter().enumerate() {
        // What has to be ordered comes like what is ordered already.
        let required = program.options[program.options_of(bucket)].iter().filter(|option| option.required);
        have += received + required.map(|option| option.smallest).sum::<i64>();
        most.push(have);
    }
    if program.options.is_empty() {
        return most;
    }
    let safety = program.wanted.iter().map(|wanted| wanted.safety).max().unwrap_or(0);
    let demand = if safety > 0 { program.wanted.iter().map(|wanted| wanted.demand).max().unwrap_or(0) } else { 0 };
    let mut to_come = 0_i64;
    for bucket in (0..buckets).rev() {
        let enough = to_come.max(most[bucket].saturating_add(demand));
        most[bucket] = lot.saturating_add(safety).saturating_add(enough);
        to_come += program.sales[program.sales_of(bucket)].iter().map(|sale| sale.most).sum::<i64>();
    }
    most
}

fn option(
    model: &Model<'_>,
    rows: &Rows,
    groups: &mut Vec<usize>,
    index: usize,
    bucket: usize,
    opportunity: &Opportunity,
) -> Result<LineOption, Overflow> {
    let network = model.network;
    let lane = &network.lanes[index];
    let (trip, terms) = (&opportunity.trip, &opportunity.terms);
    let mut milestones = Vec::new();
    for milestone in &network.supplier(lane.supplier).payment {
        let from = match milestone.at {
            MilestoneDay::Order => trip.release,
            MilestoneDay::Ship => trip.ship,
            MilestoneDay::Receipt => trip.usable,
        };
        let days = u64::try_from(milestone.days).map_err(|_| Overflow)?;
        let day = from.checked_add_days(chrono::Days::new(days)).ok_or(Overflow)?;
        let share = ratio(milestone.share);
        let part = (
            i64::try_from(*share.numer()).map_err(|_| Overflow)?,
            i64::try_from(*share.denom()).map_err(|_| Overflow)?,
        );
        milestones.push(Milestone { bucket: network.calendar.bucket_of(day), part });
    }
    let pieces = pieces(opportunity, rows.money)?;
    let besides = pieces.iter().any(|piece| piece.besides != (0, 0));
    let besides_paid = network.calendar.bucket_of(trip.usable);
    let supplier = rows.supplier[index].map(|one| SupplierUse { first: group(groups, one.first), ..one });
    let (least, most) = opportunity.pinned.unwrap_or((0, None));
    let mut option = LineOption {
        lane: LaneId::from(index),
        bucket,
        smallest: multiple_from(lane.smallest_line().max(least), lane.multiple),
        largest: lane.largest_line().into_iter().chain(most.map(|most| most / lane.multiple * lane.multiple)).min(),
        required: least > 0,
        multiple: lane.multiple,
        pieces,
        order_cost: down(terms.order_cost, rows.money)?,
        release_bucket: opportunity.release_bucket,
        supplier,
        ordered: ordered(model, rows, groups, index)?,
        budgets: rows.budgets[index].iter().map(|&first| group(groups, first)).collect(),
        premium: premium(model, rows, groups, index)?,
        milestones,
        besides_paid: if besides { besides_paid } else { None },
        rounding: Vec::new(),
    };
    if rows.cash.is_some() {
        option.rounding = rounding(&option, besides, besides_paid, rows);
    }
    Ok(option)
}

/// What the lines of a premium lane use.
fn premium(model: &Model<'_>, rows: &Rows, groups: &mut Vec<usize>, lane: usize) -> Result<Option<Premium>, Overflow> {
    let Some(rule) = model.relief.premium[lane] else { return Ok(None) };
    let Some((first, unit)) = rows.premium[rule] else { return Ok(None) };
    Ok(Some(Premium { level: model.relief.level(rule), cap: group(groups, first), unit }))
}

/// What a lane's lines count for in their supplier's minimum order. A little too much does no harm: exact books decide.
fn ordered(model: &Model<'_>, rows: &Rows, groups: &mut Vec<usize>, lane: usize) -> Result<Option<Ordered>, Overflow> {
    let supplier = model.network.lanes[lane].supplier;
    let Some(of) = model.order_floors.iter().position(|floor| floor.supplier == supplier) else { return Ok(None) };
    let floor = &model.order_floors[of];
    let unit = match floor.counts {
        MinimumOrder::Value(_) => None,
        MinimumOrder::Units(_) | MinimumOrder::Volume(_) => Some(up(floor.unit(model, lane), rows.money)?),
    };
    Ok(Some(Ordered { group: group(groups, rows.orders[of]), unit }))
}

fn pieces(opportunity: &Opportunity, money: i64) -> Result<Vec<Piece>, Overflow> {
    let terms = &opportunity.terms;
    let all = terms.goods_pieces()?;
    let mut pieces = Vec::with_capacity(all.len());
    for (index, piece) in all.iter().enumerate() {
        // A size beyond a piece costs less by the next one, unless units become dearer there.
        let dearer = all.get(index + 1).is_some_and(|next| next.unit > piece.unit);
        let duty = |goods| crate::units::mul(goods, terms.duty_rate);
        pieces.push(Piece {
            from: piece.from,
            to: piece.to.filter(|_| dearer),
            goods: (down(piece.fixed, money)?, down(piece.unit, money)?),
            besides: (
                down(duty(piece.fixed)?, money)?,
                down(crate::units::add(duty(piece.unit)?, terms.freight)?, money)?,
            ),
        });
    }
    Ok(pieces)
}

/// How far rounded payments up to each bucket may stay behind exact ones, as steps. Every payment but the last is off by half
/// a minor unit at most; the last takes what the others leave of the rounded total.
fn rounding(option: &LineOption, besides: bool, besides_paid: Option<usize>, rows: &Rows) -> Vec<(usize, i64)> {
    let mut due: Vec<Option<usize>> = option.milestones.iter().map(|milestone| milestone.bucket).collect();
    if besides {
        due.push(besides_paid);
    }
    let Some((last, others)) = due.split_last() else { return Vec::new() };
    let half = (rows.minor + 1) / 2;
    let mut steps = Vec::new();
    let mut before = 0;
    for bucket in 0..rows.buckets {
        let inside = |one: &Option<usize>| one.is_some_and(|at| at <= bucket);
        let paid = others.iter().filter(|one| inside(one)).count();
        let off = if inside(last) { 1 + others.len() - paid } else { paid };
        let off = narrow(off as i128) * half;
        if off != before {
            steps.push((bucket, off - before));
            before = off;
        }
    }
    steps
}
