//! The priced model: one pool (an item at a location) as a program over its stock, with its coefficients in money and in
//! the shared rows, all in fixed point.
//!
//! A program is plain data by bucket: what arrives, what can be sold and for how much, what can be ordered at which terms, what
//! stock costs. Its stock counts in *levels* of `unit` units; a full program has levels of one.

use super::fixed::{PRICE_BITS, down, narrow, up};
use super::rows::{Rows, SupplierUse};
use super::sizes::Sizes;
use crate::model::{Model, Opportunity, PoolModel};
use crate::network::{LaneId, MilestoneDay, MinimumOrder, PoolId};
use crate::units::{MAX_UNITS, Overflow, ratio};

/// What a program earns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// Money.
    Money,
    /// What it does not use of the level that is settled.
    Use,
}

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
    /// Position of the row of what the level uses, where this pool can use any.
    pub(super) use_group: Option<usize>,
    /// What a unit of its use costs besides the row's price, as a price, and the least use that it has in any plan: where every plan
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
    /// Use of the level that is settled, a level of shortfall.
    pub(super) short_use: i64,
    /// True where there may be no shortfall.
    pub(super) hard: bool,
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
    /// A floor that has not begun; what is sold below it is a use of the level of what is given.
    pub(super) floor: i64,
    /// Use, a level below that floor.
    pub(super) short_use: i64,
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
    /// Shares of the goods by bucket of payment, in the order of the terms; past the horizon `None`.
    pub(super) milestones: Vec<Milestone>,
    /// Bucket in which freight and duty are paid.
    pub(super) besides_paid: Option<usize>,
    /// By bucket: how much less than its exact share rounding may let it pay up to there, more than before.
    pub(super) rounding: Vec<(usize, i64)>,
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
        let mut sales = Vec::with_capacity(buckets * pool.offers.len());
        let mut shortage = 0_i64;
        for bucket in 0..buckets {
            for &offer in &pool.offers {
                let facts = &model.offers[offer];
                let early = facts.floors.early[bucket].map_or(0, |(units, _)| units);
                let sale = Sale {
                    least: facts.floors.held[bucket],
                    floor: early,
                    short_use: if early > 0 { down(ratio(facts.price[bucket]), money)? } else { 0 },
                    most: facts.demand[bucket],
                    net: up(facts.net[bucket], money)?,
                    shortage: up(facts.shortage_cost[bucket], money)?,
                    channel: model.network.offers[offer].channel.index(),
                };
                shortage =
                    sale.most.checked_mul(sale.shortage).and_then(|cost| shortage.checked_add(cost)).ok_or(Overflow)?;
                sales.push(sale);
            }
        }
        let mut program = Self {
            pool: index,
            aim: Aim::Money,
            unit: 1,
            on_hand: model.network.pool(PoolId::from(index)).on_hand,
            receipts: pool.open_receipts.clone(),
            offers: pool.offers.len(),
            sales,
            options: Vec::new(),
            first_option: Vec::with_capacity(buckets + 1),
            holding: pool.holding.iter().map(|&cost| down(cost, money)).collect::<Result<_, _>>()?,
            end_cover: pool.end_cover,
            worth_within: up(pool.worth_within, money)?,
            worth_beyond: up(pool.worth_beyond, money)?,
            wanted: wanted(pool, rows)?,
            shortage,
            shared: Vec::new(),
            use_group: None,
            own: (0, 0),
            most: Vec::new(),
            groups: Vec::new(),
            uses: StockUses::default(),
            cash: rows.cash.is_some(),
        };
        program.touch(rows);
        program.share(model, rows);
        for bucket in 0..buckets {
            program.first_option.push(program.options.len());
            for &lane in &pool.lanes {
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
        program.groups.extend(rows.cash);
        program.most = most_levels(&program, sizes.lot[index]);
        for (most, cap) in program.most.iter_mut().zip(&rows.most_closing[index]) {
            *most = cap.map_or(*most, |cap| cap.min(*most));
        }
        Ok(program)
    }

    /// The same pool where only what it uses of a level counts.
    pub(super) fn for_use(&self) -> Self {
        Self { aim: Aim::Use, own: (0, 0), ..self.clone() }
    }

    /// The same pool where it is known that it uses `least` of the level in every plan, and no less is possible: nothing is as good as
    /// a promise, something is held to by a price of its own, so high that no money makes up for it as far as numbers have room.
    pub(super) fn kept_to(&self, least: i64) -> Self {
        let mut kept = self.clone();
        if kept.use_group.is_none() {
            return kept;
        }
        if least == 0 {
            for sale in &mut kept.sales {
                sale.least = sale.least.max(sale.floor);
                (sale.floor, sale.short_use) = (0, 0);
            }
            for wanted in &mut kept.wanted {
                wanted.hard |= wanted.short_use > 0;
                wanted.short_use = 0;
            }
            return kept;
        }
        let sales = kept.sales.iter().map(|sale| sale.short_use);
        let most = sales.chain(kept.wanted.iter().map(|wanted| wanted.short_use)).max().unwrap_or(0).max(1);
        let price = (i128::from(kept.ceiling()) << PRICE_BITS) / (2 * i128::from(most));
        kept.own = (narrow(price).min(MOST_OWN), least);
        kept
    }

    /// The same pool where promises may be broken, each unit at a loss that is beyond what it could ever save. What keeps them all is as
    /// good as before, and what does not is somewhere to search from.
    pub(super) fn pliant(&self) -> Self {
        let mut pliant = self.clone();
        let unit = |sale: &Sale| sale.net.abs().saturating_add(sale.shortage);
        let mut most = self.sales.iter().map(unit).max().unwrap_or(0);
        for option in &self.options {
            let goods = option.pieces.iter().map(|piece| piece.goods.1 + piece.besides.1).max().unwrap_or(0);
            most = most.max(goods.saturating_add(option.order_cost));
        }
        most = most.max(self.holding.iter().sum()).max(1);
        for sale in pliant.sales.iter_mut().filter(|sale| sale.least > 0) {
            (sale.floor, sale.least) = (sale.floor.max(sale.least), 0);
            sale.short_use = sale.short_use.max(most);
        }
        for wanted in pliant.wanted.iter_mut().filter(|wanted| wanted.hard) {
            wanted.hard = false;
            wanted.short_use = wanted.short_use.max(most);
        }
        let dearest = self.ceiling() / most.saturating_mul(2).max(1);
        pliant.own.0 = pliant.own.0.max(dearest.clamp(1, BEYOND) << PRICE_BITS);
        pliant
    }

    /// The same pool where promises may be broken, each unit at the same loss, and that is all that counts.
    pub(super) fn elastic(&self) -> Self {
        let mut elastic = self.for_use();
        for sale in &mut elastic.sales {
            (sale.floor, sale.least, sale.short_use) = (sale.least, 0, 1);
        }
        for wanted in &mut elastic.wanted {
            wanted.short_use = i64::from(wanted.hard);
            wanted.hard = false;
        }
        elastic.options.iter_mut().for_each(|option| option.required = false);
        elastic.most = most_levels(&elastic, elastic.lot());
        elastic
    }

    /// The same pool where nothing counts.
    pub(super) fn aimless(&self) -> Self {
        let mut aimless = self.for_use();
        aimless.sales.iter_mut().for_each(|sale| sale.short_use = 0);
        aimless.wanted.iter_mut().for_each(|wanted| wanted.short_use = 0);
        aimless
    }

    /// True where some decisions are ruled out by floors, covers or pins.
    pub(super) fn has_promises(&self) -> bool {
        self.options.iter().any(|option| option.required)
            || self.sales.iter().any(|sale| sale.least > 0)
            || self.wanted.iter().any(|wanted| wanted.hard && wanted.safety > 0)
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

    /// Enters the floors that it shares, and the row of what it can use of the level of what is given.
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
        let uses = self.sales.iter().any(|sale| sale.floor > sale.least && sale.short_use > 0)
            || self.wanted.iter().any(|wanted| wanted.safety > 0 && wanted.short_use > 0);
        self.use_group = rows.used.filter(|_| uses).map(|first| group(&mut self.groups, first));
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
        let mut sales = self.sales.clone();
        for bucket in 0..self.buckets() {
            for (offer, index) in self.sales_of(bucket).enumerate() {
                let sale = &mut sales[index];
                sale.most = by_offer[offer].level(sale.most, unit);
                sale.least = (sale.least / unit).min(sale.most);
                sale.floor = (sale.floor / unit).min(sale.most);
                (sale.net, sale.shortage) = (units(sale.net), units(sale.shortage));
                sale.short_use = units(sale.short_use);
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
                ..option.clone()
            }
        };
        let coarse_wanted = |wanted: &Wanted| Wanted {
            safety: wanted.safety / unit,
            demand: wanted.demand / unit,
            cost: units(wanted.cost),
            short_use: units(wanted.short_use),
            hard: wanted.hard,
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

/// What stock of a pool should be, by bucket.
fn wanted(pool: &PoolModel, rows: &Rows) -> Result<Vec<Wanted>, Overflow> {
    let cover = &pool.cover;
    let of_bucket = |bucket: usize| {
        Ok(Wanted {
            safety: cover.safety_stock[bucket],
            demand: cover.demand[bucket],
            cost: down(cover.shortfall_cost[bucket], rows.money)?,
            short_use: if cover.early[bucket] { down(pool.standard_cost, rows.money)? } else { 0 },
            hard: cover.hard[bucket],
        })
    };
    (0..rows.buckets).map(of_bucket).collect()
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
        milestones,
        besides_paid: if besides { besides_paid } else { None },
        rounding: Vec::new(),
    };
    if rows.cash.is_some() {
        option.rounding = rounding(&option, besides, besides_paid, rows);
    }
    Ok(option)
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
