//! What the last plan means for this one: lines that stay as they were approved, and what it costs to decide otherwise.

use chrono::{Days, NaiveDate};
use num_traits::Zero;

use super::cost::Terms;
use super::open_orders::receipt;
use super::{LimitKind, Model};
use crate::calendar::{Calendar, Period};
use crate::network::{Baseline, BaselineLine, Lane, MinimumOrder, Network, PoolId, Route};
use crate::solve::Outcome;
use crate::units::{Overflow, Ratio, add, mul, ratio, sum, whole};

/// A line that stays as the last plan has it: nothing about it is decided any more, and it is not among the open orders yet.
#[derive(Debug)]
pub struct Committed<'n> {
    /// As it was approved.
    pub line: &'n BaselineLine,
    /// The bucket it serves; none where that lies past all buckets.
    pub receipt: Option<usize>,
    /// The label of that bucket, past all of them too.
    pub receipt_label: String,
    /// The bucket of its release.
    pub release: Option<usize>,
}

/// What differing from the last plan costs on a lane in a bucket.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// Units of the last plan, those that are committed aside.
    pub units: i64,
    /// Of each unit by which new lines differ from that.
    pub cost: Ratio,
}

/// The lines that are committed, by lane and receipt bucket: those to be released in the frozen days.
pub(super) fn committed<'n>(network: &'n Network, calendar: &Calendar) -> Vec<Committed<'n>> {
    let Some(baseline) = &network.baseline else { return Vec::new() };
    let stays = |line: &&BaselineLine| is_committed(network, line);
    let mut all: Vec<_> = baseline.lines.iter().filter(stays).map(|line| placed(calendar, line)).collect();
    all.sort_by_cached_key(|one| (one.line.lane, one.receipt_label.clone()));
    all
}

fn placed<'n>(calendar: &Calendar, line: &'n BaselineLine) -> Committed<'n> {
    let named = calendar.buckets.iter().position(|bucket| bucket.period == line.period);
    let (receipt, receipt_label) = match named {
        Some(bucket) => (Some(bucket), line.period.to_string()),
        // The buckets of the last plan were others: it serves the one that an open order would.
        None => receipt(calendar, line.usable),
    };
    Committed { line, receipt, receipt_label, release: calendar.bucket_of(line.release) }
}

fn is_committed(network: &Network, line: &BaselineLine) -> bool {
    let frozen = Days::new(u64::try_from(network.frozen_days).unwrap_or(0));
    let end = network.as_of.checked_add_days(frozen).unwrap_or(NaiveDate::MAX);
    network.as_of <= line.release && line.release < end
}

/// By lane, then bucket, what changes cost, of purchases and of transfers; empty where they cost nothing.
pub(super) fn changes(model: &Model<'_>) -> Result<(Changes, Changes), Overflow> {
    let network = model.network;
    let Some(baseline) = network.baseline.as_ref().filter(|_| !network.economics.change_cost.is_zero()) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let lines = open_lines(network, baseline).map(|line| (line.lane.index(), line.period, line.units));
    let sent = baseline.transfers.iter().map(|line| (line.lane.index(), line.period, line.units));
    Ok((
        by_lane(model, baseline, network.lanes.iter().map(|lane| lane.pool), lines)?,
        by_lane(model, baseline, network.transfers.iter().map(|lane| lane.pool), sent)?,
    ))
}

/// By lane, then bucket, what changes cost.
pub type Changes = Vec<Vec<Option<Change>>>;

/// The same of lanes that lead to some pools.
fn by_lane(
    model: &Model<'_>,
    baseline: &Baseline,
    pools: impl Iterator<Item = PoolId>,
    lines: impl Iterator<Item = (usize, Period, i64)>,
) -> Result<Changes, Overflow> {
    let mut changes = Vec::new();
    for pool in pools {
        let cost = mul(model.pools[pool.index()].standard_cost, ratio(model.network.economics.change_cost))?;
        // Nothing was decided about buckets that the last plan did not have.
        let both = model.buckets().iter().map(|bucket| baseline.periods.contains(&bucket.period));
        changes.push(both.map(|both| both.then_some(Change { units: 0, cost })).collect::<Vec<_>>());
    }
    for (lane, period, units) in lines {
        let bucket = model.buckets().iter().position(|bucket| bucket.period == period);
        if let Some(change) = bucket.and_then(|bucket| changes[lane][bucket].as_mut()) {
            change.units = change.units.checked_add(units).ok_or(Overflow)?;
        }
    }
    Ok(changes)
}

/// Lines of the last plan about which there is still something to decide.
fn open_lines<'n>(network: &'n Network, baseline: &'n Baseline) -> impl Iterator<Item = &'n BaselineLine> {
    baseline.lines.iter().filter(|line| !is_committed(network, line))
}

impl Committed<'_> {
    /// Its lane.
    pub(crate) fn lane<'n>(&self, network: &'n Network) -> &'n Lane {
        network.lane(self.line.lane)
    }

    /// What it counts for in its supplier's minimum order.
    pub(super) fn counted(&self, model: &Model<'_>, counts: MinimumOrder, unit: Ratio) -> Result<Ratio, Overflow> {
        match (counts, self.release) {
            (MinimumOrder::Value(_), Some(bucket)) => {
                Terms::of(model.network, self.lane(model.network), &model.buckets()[bucket])?.goods(self.line.units)
            }
            _ => mul(unit, whole(self.line.units)),
        }
    }
}

impl Model<'_> {
    /// What differing from the last plan costs on a lane in a bucket; none where it costs nothing.
    #[must_use]
    pub fn change(&self, lane: Route, bucket: usize) -> Option<Change> {
        let buckets = match lane {
            Route::Purchase(lane) => self.changes.get(lane.index()),
            Route::Transfer(lane) => self.transfer_changes.get(lane.index()),
        };
        buckets.and_then(|buckets| buckets[bucket])
    }

    /// What is committed and received in the horizon, each with its bucket.
    pub(crate) fn committed_inside(&self) -> impl Iterator<Item = (usize, &Committed<'_>)> {
        let inside = |one: &'_ Committed<'_>| one.receipt.filter(|&bucket| bucket < self.horizon);
        self.committed.iter().filter_map(move |one| Some((inside(one)?, one)))
    }
}

/// What is earned whatever is decided: what is not paid for cancelled orders any more, less what is committed costs, less what it would
/// cost to place nothing that the last plan wants.
pub(super) fn sure(model: &Model<'_>) -> Result<Ratio, Overflow> {
    let saved = model.open_lines.iter().map(|line| ratio(line.saved));
    let committed = model.committed.iter().flat_map(|one| [-ratio(one.line.landed), -ratio(one.line.order_cost)]);
    let mut total = sum(saved.chain(committed))?;
    for change in
        model.changes.iter().chain(&model.transfer_changes).flatten().flatten().filter(|change| change.units > 0)
    {
        total = add(total, -mul(change.cost, whole(change.units))?)?;
    }
    Ok(total)
}

/// What lines cost because they differ from the last plan, less what it would cost to place none.
pub(super) fn change_cost(model: &Model<'_>, outcome: &Outcome) -> Result<Ratio, Overflow> {
    let mut placed = std::collections::BTreeMap::new();
    let lines = outcome.lines.iter().map(|line| (Route::Purchase(line.lane), line.bucket, line.units));
    let sent = outcome.transfers.iter().map(|sent| (Route::Transfer(sent.lane), sent.bucket, sent.units));
    for (lane, bucket, more) in lines.chain(sent) {
        let units = placed.entry((lane, bucket)).or_insert(0_i64);
        *units = units.checked_add(more).ok_or(Overflow)?;
    }
    let mut total = Ratio::zero();
    for ((lane, bucket), units) in placed {
        if let Some(change) = model.change(lane, bucket) {
            let away = units.checked_sub(change.units).ok_or(Overflow)?.abs();
            total = add(total, mul(change.cost, whole(away.checked_sub(change.units).ok_or(Overflow)?))?)?;
        }
    }
    Ok(total)
}

/// Units of the last plan and of this one by lane and bucket, of buckets that both plans have: (lane, before, after), committed lines
/// among both. Nothing where there is no last plan.
///
/// # Errors
/// Where units do not fit.
pub fn differences(model: &Model<'_>, outcome: &Outcome) -> Result<Vec<(Route, i64, i64)>, Overflow> {
    let Some(baseline) = &model.network.baseline else { return Ok(Vec::new()) };
    let mut units: std::collections::BTreeMap<(Route, Period), (i64, i64)> = std::collections::BTreeMap::new();
    let lines = baseline.lines.iter().map(|line| (Route::Purchase(line.lane), line.period, line.units));
    let sent = baseline.transfers.iter().map(|sent| (Route::Transfer(sent.lane), sent.period, sent.units));
    for (lane, period, more) in lines.chain(sent) {
        let before = &mut units.entry((lane, period)).or_default().0;
        *before = before.checked_add(more).ok_or(Overflow)?;
    }
    let period = |bucket: usize| model.buckets()[bucket].period;
    let lines = outcome.lines.iter().map(|line| (Route::Purchase(line.lane), period(line.bucket), line.units));
    let sent = outcome.transfers.iter().map(|sent| (Route::Transfer(sent.lane), period(sent.bucket), sent.units));
    let stay = model.committed.iter().map(|one| (Route::Purchase(one.line.lane), one.line.period, one.line.units));
    for (lane, period, more) in lines.chain(sent).chain(stay) {
        let after = &mut units.entry((lane, period)).or_default().1;
        *after = after.checked_add(more).ok_or(Overflow)?;
    }
    let planned = |period: &Period| model.buckets().iter().any(|bucket| bucket.period == *period);
    units.retain(|(_, period), _| baseline.periods.contains(period) && planned(period));
    Ok(units.into_iter().map(|((lane, _), (before, after))| (lane, before, after)).collect())
}

/// What committed lines use of a limit, bucket by bucket, as new lines do: their landed cost of budgets, capacity of their supplier.
pub(crate) fn committed_use(model: &Model<'_>, kind: &LimitKind) -> Result<Vec<(usize, Ratio)>, Overflow> {
    let used = |one: &Committed<'_>| {
        let lane = one.lane(model.network);
        match kind {
            LimitKind::Budget { lanes, .. } if lanes.binary_search(&one.line.lane).is_ok() => {
                Ok(one.receipt.map(|bucket| (bucket, ratio(one.line.landed))))
            }
            LimitKind::Supplier(supplier) if lane.supplier == *supplier => {
                let units = mul(ratio(lane.capacity_use), whole(one.line.units))?;
                let taken = add(units, ratio(lane.capacity_setup))?;
                Ok(one.release.map(|bucket| (bucket, taken)))
            }
            _ => Ok(None),
        }
    };
    model.committed.iter().map(used).filter_map(Result::transpose).collect()
}
