//! The priced model: one pool (an item at a location) as a program over its stock, with its coefficients in money and in
//! the shared rows, all in fixed point.
//!
//! A program is plain data by bucket: what arrives, what can be sold and for how much, what can be ordered at which terms, what
//! stock costs. Its stock counts in *levels* of `unit` units; a full program has levels of one.

mod change;
mod coarse;
mod line;
mod promise;
mod variant;

use super::fixed::{down, up};
use super::rows::{Rows, SupplierUse};
use super::sizes::{Sizes, offers_at};
use crate::model::Model;
use crate::network::{LaneId, PoolId, Route, TransferId};
use crate::units::{MAX_UNITS, Overflow};

pub(super) use change::Change;
pub(super) use line::{LineOption, Milestone, Ordered, Piece, Premium, Take, multiple_from};
use line::{option, sent};
pub(super) use promise::{Excess, Lowered, Span, Step};

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
    /// What can leave in every bucket.
    pub(super) slots: Vec<Slot>,
    /// By bucket: true where what leaves of the echelon sell was in the root before anything arrives there, since transfers take a bucket at least.
    pub(super) ahead: Vec<bool>,
    /// By bucket, then slot.
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
    /// What sales take of rows that they share, or give to them, by (group, bucket, sale).
    pub(super) draws: Vec<Draw>,
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

impl Wanted {
    /// What stock before sales lacks.
    pub(super) fn shortfall(&self, stock: i64) -> i64 {
        (self.safety + self.demand - stock).clamp(0, self.safety)
    }
}

/// A way for stock to leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// It is sold: by which way, and so many buckets late.
    Sale(usize, usize),
    /// It is sent to other locations. Always the last one.
    Sent,
    /// A leaf of the echelon sells it: which pool.
    Taken(usize),
}

/// What a level sold takes of a row, or, where that is negative, gives to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draw {
    /// Position of the rows.
    pub(super) group: usize,
    /// Which of them.
    pub(super) bucket: usize,
    /// Which sale, by index.
    pub(super) sale: usize,
    /// What a level takes.
    pub(super) unit: i64,
}

/// What can leave by a slot in one bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sale {
    /// At least.
    pub(super) least: i64,
    /// What is promised beyond that, from the top: parts that may be let go of.
    pub(super) steps: Span,
    /// At most.
    pub(super) most: i64,
    /// What a level brings.
    pub(super) net: i64,
    /// What a level costs for being late, which is no cash.
    pub(super) late: i64,
    /// What an unmet level costs.
    pub(super) shortage: i64,
    /// Whose payout its cash has; none where it brings none.
    pub(super) channel: Option<usize>,
}

/// What is decided about a pool.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Decision {
    /// Size of each option.
    pub(super) lines: Vec<i64>,
    /// What leaves, by bucket, then slot.
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
            receipts: pool.open_receipts.iter().zip(&pool.open_transfers).map(|(a, b)| a + b).collect(),
            slots: slots(model, rows, index),
            ahead: takes_a_bucket(model, rows, index),
            sales: Vec::new(),
            options: Vec::new(),
            first_option: Vec::with_capacity(buckets + 1),
            holding: pool.holding.iter().map(|&cost| down(cost, money)).collect::<Result<_, _>>()?,
            end_cover: pool.end_cover,
            worth_within: up(pool.worth_within, money)?,
            worth_beyond: up(pool.worth_beyond, money)?,
            wanted: Vec::with_capacity(buckets),
            shortage: 0,
            draws: Vec::new(),
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
        program.draw(model, rows);
        for bucket in 0..buckets {
            program.first_option.push(program.options.len());
            let premium = pool.premium.iter().filter(|_| bucket < rows.horizon);
            for &lane in pool.lanes.iter().chain(premium) {
                if let Some(opportunity) = &model.lanes[lane][bucket] {
                    let option = option(model, rows, &mut program.groups, lane, bucket, opportunity)?;
                    let most = sizes.most[index].max(opportunity.pinned.map_or(0, |(least, _)| least));
                    program.offer(option, model.network.lanes[lane].useful_lines(most), sizes);
                }
            }
            let premium = pool.premium_transfers.iter().filter(|_| bucket < rows.horizon);
            for &lane in pool.transfers.iter().chain(premium) {
                if let Some(passage) = &model.transfers[lane][bucket] {
                    let option = sent(model, rows, &mut program.groups, lane, bucket, passage)?;
                    let most = sizes.most[index].max(passage.pinned.map_or(0, |(least, _)| least));
                    program.offer(option, model.network.transfers[lane].useful_lines(most), sizes);
                }
            }
        }
        program.first_option.push(program.options.len());
        program.most = match rows.items.reach(index) {
            [_] => {
                let pinned = |bucket: usize| brought(model, index, bucket) - program.receipts[bucket];
                let mut most = most_levels(&program, sizes.lot[index]);
                let all: i64 = if rows.pins.is_empty() { 0 } else { (0..buckets).map(pinned).sum() };
                most.iter_mut().for_each(|most| *most = most.saturating_add(all));
                most
            }
            reach => moved_levels(model, sizes, reach),
        };
        program.exceed(model, rows)?;
        program.reach_levels(rows);
        program.send(rows);
        program.by_echelon(model, rows)?;
        program.groups.extend(rows.cash);
        Ok(program)
    }

    /// Position of a group of rows, entered where it is new.
    pub(super) fn group(&mut self, first: usize) -> usize {
        group(&mut self.groups, first)
    }

    /// Enters a line that can be placed, as often as it can be.
    fn offer(&mut self, mut option: LineOption, twins: usize, sizes: &Sizes) {
        if option.largest.is_none() && sizes.most[self.pool] > MAX_UNITS {
            option.largest = Some(MAX_UNITS / option.multiple * option.multiple);
        }
        self.options.extend(std::iter::repeat_n(option, twins));
    }

    /// Lets as much be sent in a bucket as there can be in it.
    fn send(&mut self, rows: &Rows) {
        let Some(slot) = self.slots.iter().position(|slot| *slot == Slot::Sent) else { return };
        for bucket in 0..rows.buckets {
            let had = if bucket > 0 { self.most[bucket - 1] } else { self.on_hand };
            let index = self.sales_of(bucket).start + slot;
            self.sales[index].most = self.most[bucket].max(had.saturating_add(self.receipts[bucket]));
        }
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

    /// The largest line that is placed for more than its own units' sake.
    fn lot(&self) -> i64 {
        let biggest = |option: &LineOption| {
            option.smallest.max(option.pieces.last().map_or(0, |piece| piece.from)) + option.multiple
        };
        self.options.iter().map(biggest).max().unwrap_or(0)
    }

    /// True where stock comes from other locations, or goes there.
    pub(super) fn is_moved(&self) -> bool {
        let leaves = |slot: &Slot| matches!(slot, Slot::Sent | Slot::Taken(_));
        self.slots.iter().any(leaves) || self.options.iter().any(|option| matches!(option.lane, Route::Transfer(_)))
    }

    /// The most that a level may cost, so that no sum over levels leaves 64 bits.
    pub(super) fn ceiling(&self) -> i64 {
        (1_i64 << 60)
            / (self.peak().max(1) * 4).max(1)
            / i64::try_from(self.buckets() * (self.slots.len() + 4)).unwrap_or(1).max(1)
    }

    /// Enters what sales take of rows that they share: demand, floors, what is sent.
    fn draw(&mut self, model: &Model<'_>, rows: &Rows) {
        let mut draws = Vec::new();
        for (slot, kind) in self.slots.clone().into_iter().enumerate() {
            for bucket in 0..rows.buckets {
                let sale = bucket * self.slots.len() + slot;
                let mut enter = |first: usize, bucket: usize, unit: i64| {
                    draws.push(Draw { group: group(&mut self.groups, first), bucket, sale, unit });
                };
                match kind {
                    Slot::Sent => {
                        if let Some(send) = rows.sends[self.pool] {
                            enter(send.taken, bucket, -send.unit);
                            enter(send.sent, bucket, send.unit);
                        }
                    }
                    Slot::Taken(leaf) => {
                        if let Some(lost) = rows.lost_by(leaf) {
                            enter(lost.taken, bucket, -lost.unit);
                            enter(lost.sent, bucket, lost.unit);
                        }
                    }
                    Slot::Sale(way, late) if late <= bucket => {
                        if let Some((first, unit)) = rows.demand[model.ways[way].offer] {
                            enter(first, bucket - late, unit);
                        }
                        if let Some(lost) = rows.lost_by(self.pool) {
                            enter(lost.taken, bucket, lost.unit);
                            enter(lost.sent, bucket, -lost.unit);
                        }
                    }
                    Slot::Sale(..) => {}
                }
            }
        }
        for floor in &rows.floors {
            for (slot, kind) in self.slots.clone().into_iter().enumerate() {
                let Slot::Sale(way, 0) = kind else { continue };
                let own = floor.members.iter().find(|(offer, _)| *offer == model.ways[way].offer);
                let Some(&(_, start)) = own else { continue };
                let joined = |bucket: usize| start.is_some_and(|start| start <= bucket);
                for bucket in (0..rows.horizon).filter(|&bucket| joined(bucket) != floor.early) {
                    let sale = bucket * self.slots.len() + slot;
                    draws.push(Draw { group: group(&mut self.groups, floor.first), bucket, sale, unit: -floor.unit });
                }
            }
        }
        draws.sort_by_key(|draw| (draw.group, draw.bucket, draw.sale));
        self.draws = draws;
    }

    /// Buckets.
    pub(super) fn buckets(&self) -> usize {
        self.receipts.len()
    }

    /// The options of a bucket, by index.
    pub(super) fn options_of(&self, bucket: usize) -> std::ops::Range<usize> {
        self.first_option[bucket]..self.first_option[bucket + 1]
    }

    /// What leaves in a bucket, by index.
    pub(super) fn sales_of(&self, bucket: usize) -> std::ops::Range<usize> {
        bucket * self.slots.len()..(bucket + 1) * self.slots.len()
    }

    /// What is sent in a bucket, by index.
    pub(super) fn sent_in(&self, bucket: usize) -> Option<usize> {
        let is_sent = self.slots.last() == Some(&Slot::Sent);
        is_sent.then(|| self.sales_of(bucket).end - 1)
    }

    /// What is sold in a bucket, by index.
    pub(super) fn sold_in(&self, bucket: usize) -> std::ops::Range<usize> {
        let all = self.sales_of(bucket);
        all.start..self.sent_in(bucket).unwrap_or(self.ahead_in(bucket).start)
    }

    /// What leaves before anything is received in a bucket, by index.
    pub(super) fn ahead_in(&self, bucket: usize) -> std::ops::Range<usize> {
        let all = self.sales_of(bucket);
        let taken = self.slots.iter().filter(|slot| self.ahead[bucket] && matches!(slot, Slot::Taken(_))).count();
        all.end - taken..all.end
    }

    /// The bucket that asked for what a sale serves; none where it was before all buckets, or nobody asked.
    pub(super) fn wanted_in(&self, sale: usize) -> Option<usize> {
        match self.slots[sale % self.slots.len()] {
            Slot::Sale(_, late) => (sale / self.slots.len()).checked_sub(late),
            Slot::Sent | Slot::Taken(_) => None,
        }
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
        // What has to be ordered comes like what is ordered already, and so does what may be for the last plan's sake.
        let required = program.options[program.options_of(bucket)].iter().filter(|option| option.required);
        have += received + required.map(|option| option.smallest).sum::<i64>() + program.kept(bucket);
        most.push(have);
    }
    if program.options.is_empty() {
        return most;
    }
    let safety = program.wanted.iter().map(|wanted| wanted.safety).max().unwrap_or(0);
    let demand = if safety > 0 { program.wanted.iter().map(|wanted| wanted.demand).max().unwrap_or(0) } else { 0 };
    let (mut to_come, mut seen) = (0_i64, vec![false; program.sales.len()]);
    for bucket in (0..buckets).rev() {
        let enough = to_come.max(most[bucket].saturating_add(demand));
        most[bucket] = lot.saturating_add(safety).saturating_add(enough);
        for sale in program.sold_in(bucket) {
            // Demand that may wait comes once, as late as it may be served.
            let Some(wanted) = program.wanted_in(sale) else { continue };
            let Slot::Sale(_, late) = program.slots[sale % program.slots.len()] else { continue };
            let first = wanted * program.slots.len() + sale % program.slots.len() - late;
            if program.sales[sale].most > 0 && !std::mem::replace(&mut seen[first], true) {
                to_come = to_come.saturating_add(program.sales[sale].most);
            }
        }
    }
    most
}

/// The same where stock can be moved among pools: of all of them together.
fn moved_levels(model: &Model<'_>, sizes: &Sizes, reach: &[usize]) -> Vec<i64> {
    let buckets = model.buckets().len();
    let sum = |each: &dyn Fn(usize) -> i64| reach.iter().fold(0_i64, |sum, &pool| sum.saturating_add(each(pool)));
    let most_of = |units: &[i64]| units.iter().copied().max().unwrap_or(0);
    let lots = sum(&|pool| sizes.lot[pool]);
    let safety = sum(&|pool| most_of(&model.pools[pool].cover.safety_stock));
    let demand = if safety > 0 { sum(&|pool| most_of(&model.pools[pool].cover.demand)) } else { 0 };
    let mut have = sum(&|pool| model.network.pool(PoolId::from(pool)).on_hand);
    let offers = offers_at(model, reach);
    let mut most = Vec::with_capacity(buckets);
    for bucket in 0..buckets {
        have = have.saturating_add(sum(&|pool| brought(model, pool, bucket)));
        let still = |wanted: usize, offer: usize| wanted + model.offers[offer].lateness.most[wanted] > bucket;
        let to_come = offers.iter().flat_map(|&offer| {
            let demand = model.offers[offer].demand.iter().enumerate();
            demand.filter(move |(wanted, _)| still(*wanted, offer)).map(|(_, units)| *units)
        });
        let to_come: i64 = to_come.sum();
        most.push(lots.saturating_add(safety).saturating_add(to_come.max(have.saturating_add(demand))));
    }
    most
}

/// What facts bring to a pool in a bucket, what pins ask for, and what may be kept for the last plan's sake alone.
fn brought(model: &Model<'_>, pool: usize, bucket: usize) -> i64 {
    let facts = &model.pools[pool];
    let bought = facts.lanes.iter().chain(&facts.premium).map(|&lane| Route::Purchase(LaneId::from(lane)));
    let sent = facts.transfers.iter().chain(&facts.premium_transfers);
    let sent = sent.map(|&lane| Route::Transfer(TransferId::from(lane)));
    let asked = |lane: Route| {
        let pinned = model.pinned(lane, bucket).map_or(0, |(least, _)| least);
        let kept = model.change(lane, bucket).map_or(0, |change| change.units.saturating_mul(2));
        pinned.saturating_add(kept)
    };
    facts.open_receipts[bucket] + facts.open_transfers[bucket] + bought.chain(sent).map(asked).sum::<i64>()
}

/// By bucket: true for a root from which no transfer serves the bucket that it leaves in.
fn takes_a_bucket(model: &Model<'_>, rows: &Rows, pool: usize) -> Vec<bool> {
    let mut ahead = vec![rows.items.root[pool] == Some(pool); rows.buckets];
    for passages in rows.items.sends[pool].iter().map(|&lane| &model.transfers[lane]) {
        for (bucket, passage) in passages.iter().enumerate() {
            ahead[bucket] &= passage.as_ref().is_none_or(|passage| passage.release_bucket < bucket);
        }
    }
    ahead
}

/// What can leave a pool in every bucket: sales by each way, on time and late, and what is sent.
fn slots(model: &Model<'_>, rows: &Rows, pool: usize) -> Vec<Slot> {
    let mut slots = Vec::new();
    for &way in &model.pools[pool].ways {
        let latest = model.offers[model.ways[way].offer].lateness.most.iter().copied().max().unwrap_or(0);
        slots.extend((0..=latest).map(|late| Slot::Sale(way, late)));
    }
    if rows.sends[pool].is_some() {
        slots.push(Slot::Sent);
    }
    slots.extend(rows.items.leaves(pool).into_iter().map(Slot::Taken));
    slots
}
