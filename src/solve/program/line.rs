//! Lines that can be placed: sizes, costs over sizes, and what they take of rows.

use super::{Change, group};
use crate::model::passage::Passage;
use crate::model::{Model, Opportunity};
use crate::network::{LaneId, MilestoneDay, MinimumOrder, Route, TransferId};
use crate::solve::fixed::{down, narrow, up};
use crate::solve::rows::{Rows, SupplierUse};
use crate::units::{Overflow, ratio, sum};

/// A line that can be placed.
#[derive(Debug, Clone)]
pub(in crate::solve) struct LineOption {
    /// By which lane.
    pub(in crate::solve) lane: Route,
    /// The bucket it serves.
    pub(in crate::solve) bucket: usize,
    /// Smallest size.
    pub(in crate::solve) smallest: i64,
    /// Largest size, where there is one.
    pub(in crate::solve) largest: Option<i64>,
    /// True where the line may not be left out.
    pub(in crate::solve) required: bool,
    /// Sizes are multiples of it.
    pub(in crate::solve) multiple: i64,
    /// Costs over sizes.
    pub(in crate::solve) pieces: Vec<Piece>,
    /// What it costs to differ from the last plan, over all lines of the lane and bucket.
    pub(in crate::solve) change: Option<Change>,
    /// A line.
    pub(in crate::solve) order_cost: i64,
    /// Cost of a level that is not paid: holding while it is under way.
    pub(in crate::solve) under_way: i64,
    /// What a level takes of other rows.
    pub(in crate::solve) takes: Vec<Take>,
    /// The bucket of release.
    pub(in crate::solve) release_bucket: usize,
    /// Supplier capacity, by position of the group.
    pub(in crate::solve) supplier: Option<SupplierUse>,
    /// What it counts for in its supplier's minimum order.
    pub(in crate::solve) ordered: Option<Ordered>,
    /// Positions of the groups of budgets.
    pub(in crate::solve) budgets: Vec<usize>,
    /// What its being premium uses.
    pub(in crate::solve) premium: Option<Premium>,
    /// Shares of the goods by bucket of payment, in the order of the terms; past the horizon `None`.
    pub(in crate::solve) milestones: Vec<Milestone>,
    /// Bucket in which freight and duty are paid.
    pub(in crate::solve) besides_paid: Option<usize>,
    /// By bucket: how much less than its exact share rounding may let it pay up to there, more than before.
    pub(in crate::solve) rounding: Vec<(usize, i64)>,
}

/// What a level of a line takes of a row, or, where that is negative, gives to it.
#[derive(Debug, Clone, Copy)]
pub(in crate::solve) struct Take {
    /// Position of the rows.
    pub(in crate::solve) group: usize,
    /// Which of them.
    pub(in crate::solve) bucket: usize,
    /// What a level takes.
    pub(in crate::solve) unit: i64,
}

/// What a premium line uses.
#[derive(Debug, Clone, Copy)]
pub(in crate::solve) struct Premium {
    /// The level that its landed cost is a use of.
    pub(in crate::solve) level: Option<usize>,
    /// Position of the rows that limit its rule.
    pub(in crate::solve) cap: usize,
    /// What a unit takes of them; its landed cost where none is told.
    pub(in crate::solve) unit: Option<i64>,
}

/// What a line counts for in a minimum order.
#[derive(Debug, Clone, Copy)]
pub(in crate::solve) struct Ordered {
    /// Position of the rows.
    pub(in crate::solve) group: usize,
    /// What a level counts for; the goods' value where none is told.
    pub(in crate::solve) unit: Option<i64>,
}

impl Ordered {
    /// What a line counts for, and what a level of it does, in a piece.
    pub(in crate::solve) fn of(&self, piece: &Piece) -> (i64, i64) {
        self.unit.map_or(piece.goods, |unit| (0, unit))
    }
}

/// A share of a line's goods and when it is paid.
#[derive(Debug, Clone, Copy)]
pub(in crate::solve) struct Milestone {
    /// The bucket; `None` past the horizon.
    pub(in crate::solve) bucket: Option<usize>,
    /// Numerator and denominator.
    pub(in crate::solve) part: (i64, i64),
}

/// Sizes over which costs are linear.
#[derive(Debug, Clone, Copy)]
pub(in crate::solve) struct Piece {
    /// First size.
    pub(in crate::solve) from: i64,
    /// Last size where a larger one of this piece would cost less than it does; open otherwise.
    pub(in crate::solve) to: Option<i64>,
    /// Goods: a line, a level.
    pub(in crate::solve) goods: (i64, i64),
    /// Freight and duty: a line, a level.
    pub(in crate::solve) besides: (i64, i64),
    /// What differing from the last plan costs: a line, a level.
    pub(in crate::solve) change: (i64, i64),
}

impl LineOption {
    /// Least and most units, 0 where it may be left out; `None` where there is no size at all.
    pub(in crate::solve) fn bounds(&self) -> Option<(i64, i64)> {
        let most = self.largest.unwrap_or(i64::MAX / 2) / self.multiple * self.multiple;
        let most = if most < self.smallest { 0 } else { most };
        (most > 0 || !self.required).then_some((if self.required { self.smallest } else { 0 }, most))
    }

    /// The piece that a size falls into.
    pub(in crate::solve) fn piece(&self, units: i64) -> &Piece {
        self.pieces.iter().rev().find(|piece| piece.from <= units).unwrap_or(&self.pieces[0])
    }

    /// The sizes of a piece: first and last; `None` where it has none.
    pub(in crate::solve) fn sizes(&self, piece: &Piece, cap: i64) -> Option<(i64, i64)> {
        let first = self.smallest.max(multiple_from(piece.from, self.multiple));
        let last = self.largest.unwrap_or(i64::MAX).min(piece.to.unwrap_or(i64::MAX)).min(cap);
        let last = last / self.multiple * self.multiple;
        (first <= last).then_some((first, last))
    }
}

/// The smallest multiple not below a size.
pub(in crate::solve) fn multiple_from(size: i64, multiple: i64) -> i64 {
    size.saturating_add(multiple - 1) / multiple * multiple
}

pub(super) fn option(
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
    let change = Change::new(model.change(Route::Purchase(LaneId::from(index)), bucket), rows.money)?;
    let pieces = pieces(opportunity, rows.money)?;
    let pieces = if let Some(change) = change { change.split(pieces) } else { pieces };
    let besides = pieces.iter().any(|piece| piece.besides != (0, 0));
    let besides_paid = network.calendar.bucket_of(trip.usable);
    let supplier = rows.supplier[index].map(|one| SupplierUse { first: group(groups, one.first), ..one });
    let lane_id = Route::Purchase(LaneId::from(index));
    let mut takes = Vec::new();
    let (least, most) = pinned(rows, groups, &mut takes, (lane_id, bucket), opportunity.pinned);
    let mut option = LineOption {
        lane: lane_id,
        bucket,
        smallest: multiple_from(lane.smallest_line().max(least), lane.multiple),
        largest: lane.largest_line().into_iter().chain(most.map(|most| most / lane.multiple * lane.multiple)).min(),
        required: least > 0,
        multiple: lane.multiple,
        pieces,
        change,
        order_cost: down(terms.order_cost, rows.money)?,
        under_way: 0,
        takes,
        release_bucket: opportunity.release_bucket,
        supplier,
        ordered: ordered(model, rows, groups, index)?,
        budgets: rows.budgets[index].iter().map(|&first| group(groups, first)).collect(),
        premium: premium(model, rows, groups, model.relief.premium[index]),
        milestones,
        besides_paid: if besides { besides_paid } else { None },
        rounding: Vec::new(),
    };
    if rows.cash.is_some() {
        option.rounding = rounding(&option, besides, besides_paid, rows);
    }
    Ok(option)
}

/// A line between own locations: it takes of what is sent, and is its source's until it arrives.
pub(super) fn sent(
    model: &Model<'_>,
    rows: &Rows,
    groups: &mut Vec<usize>,
    index: usize,
    bucket: usize,
    passage: &Passage,
) -> Result<LineOption, Overflow> {
    let lane = &model.network.transfers[index];
    let source = &model.pools[lane.source.index()];
    let (money, release_bucket) = (rows.money, passage.release_bucket);
    let mut takes = Vec::new();
    let echelon = rows.echelon_of(lane.source.index());
    if let Some(echelon) = echelon {
        let bearing = &rows.bearings[lane.source.index()];
        let mut take = |first: usize, buckets: std::ops::Range<usize>, unit: i64| {
            let group = group(groups, first);
            takes.extend(buckets.map(|bucket| Take { group, bucket, unit }));
        };
        take(echelon.held, release_bucket..bucket, echelon.unit);
        // What is under way takes no room where it left.
        for &(first, unit) in bearing.volume.iter().chain(&bearing.available) {
            take(first, release_bucket..bucket, -unit);
        }
        for &(first, unit) in bearing.available.iter().chain(&bearing.outbound) {
            take(first, release_bucket..release_bucket + 1, unit);
        }
    }
    if let Some(send) = rows.sends[lane.source.index()] {
        takes.push(Take { group: group(groups, send.taken), bucket: release_bucket, unit: send.unit });
        takes.push(Take { group: group(groups, send.sent), bucket: release_bucket, unit: -send.unit });
    }
    for &(first, unit) in rows.bearings[lane.source.index()].value.iter().filter(|_| echelon.is_none()) {
        let group = group(groups, first);
        takes.extend((release_bucket..bucket).map(|bucket| Take { group, bucket, unit }));
    }
    let freight = down(passage.freight, money)?;
    let paid = model.network.calendar.bucket_of(passage.trip.release);
    let change = Change::new(model.change(Route::Transfer(TransferId::from(index)), bucket), rows.money)?;
    let pieces = vec![Piece { from: 1, to: None, goods: (0, 0), besides: (0, freight), change: (0, 0) }];
    let lane_id = Route::Transfer(TransferId::from(index));
    let (least, most) = pinned(rows, groups, &mut takes, (lane_id, bucket), passage.pinned);
    let largest = lane.max.map(|max| max / lane.multiple * lane.multiple);
    let mut option = LineOption {
        lane: lane_id,
        bucket,
        smallest: multiple_from(lane.moq.max(1).max(least), lane.multiple),
        largest: largest.into_iter().chain(most.map(|most| most / lane.multiple * lane.multiple)).min(),
        required: least > 0,
        multiple: lane.multiple,
        pieces: if let Some(change) = change { change.split(pieces) } else { pieces },
        change,
        order_cost: down(passage.order_cost, money)?,
        under_way: if echelon.is_some() {
            0
        } else {
            down(sum(source.holding[release_bucket..bucket].iter().copied())?, money)?
        },
        takes,
        release_bucket,
        supplier: None,
        ordered: None,
        budgets: Vec::new(),
        premium: premium(model, rows, groups, model.relief.premium_transfers[index]),
        milestones: Vec::new(),
        besides_paid: if freight > 0 { paid } else { None },
        rounding: Vec::new(),
    };
    if rows.cash.is_some() {
        option.rounding = rounding(&option, freight > 0, paid, rows);
    }
    Ok(option)
}

/// What a line has to come to because of pins; where several lines may be placed, what all of them have to is a matter of rows.
fn pinned(
    rows: &Rows,
    groups: &mut Vec<usize>,
    takes: &mut Vec<Take>,
    (lane, bucket): (Route, usize),
    pinned: Option<(i64, Option<i64>)>,
) -> (i64, Option<i64>) {
    let Some(pin) = rows.pins.iter().find(|pin| (pin.lane, pin.bucket) == (lane, bucket)) else {
        return pinned.unwrap_or((0, None));
    };
    for (first, unit) in [(pin.least, -pin.unit), (pin.most, pin.unit)] {
        takes.extend(first.map(|first| Take { group: group(groups, first), bucket, unit }));
    }
    (0, None)
}

/// What the lines of a premium lane use, where a rule lets it be used.
fn premium(model: &Model<'_>, rows: &Rows, groups: &mut Vec<usize>, rule: Option<usize>) -> Option<Premium> {
    let rule = rule?;
    let (first, unit) = rows.premium[rule]?;
    Some(Premium { level: model.relief.level(rule), cap: group(groups, first), unit })
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
            change: (0, 0),
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
