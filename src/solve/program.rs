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
use super::sizes::Sizes;
use crate::model::Model;
use crate::network::PoolId;
use crate::units::{MAX_UNITS, Overflow};

pub(super) use change::Change;
use line::option;
pub(super) use line::{LineOption, Milestone, Ordered, Piece, Premium, multiple_from};
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
    let mut to_come = 0_i64;
    for bucket in (0..buckets).rev() {
        let enough = to_come.max(most[bucket].saturating_add(demand));
        most[bucket] = lot.saturating_add(safety).saturating_add(enough);
        to_come += program.sales[program.sales_of(bucket)].iter().map(|sale| sale.most).sum::<i64>();
    }
    most
}
