//! Decisions that differ from those of the plan by one thing, and by what follows from it at the same place.

use crate::model::Model;
use crate::network::{LaneId, PoolId, TransferId};
use crate::solve::{Line, Outcome, Transfer};
use crate::units::sub;

/// Sizes of lines.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    smallest: i64,
    multiple: i64,
    largest: Option<i64>,
    lines: i64,
}

impl Sizes {
    fn of_lane(model: &Model<'_>, lane: LaneId) -> Self {
        let facts = model.network.lane(lane);
        Self {
            smallest: facts.smallest_line(),
            multiple: facts.multiple,
            largest: facts.largest_line(),
            lines: facts.lines,
        }
    }

    fn of_transfer(model: &Model<'_>, lane: TransferId) -> Self {
        let facts = model.network.transfer(lane);
        Self {
            smallest: (facts.moq.max(1) + facts.multiple - 1) / facts.multiple * facts.multiple,
            multiple: facts.multiple,
            largest: facts.max.map(|max| max / facts.multiple * facts.multiple),
            lines: facts.lines,
        }
    }

    /// The smallest size that is allowed and not below so many units; the largest one where that is less.
    fn fitting(self, units: i64) -> i64 {
        let size = units.max(self.smallest).saturating_add(self.multiple - 1) / self.multiple * self.multiple;
        self.largest.map_or(size, |largest| size.min(largest))
    }

    /// Changes of the lines of a lane and bucket, `own`, that bring more: which line, none for another one, and its new size. First the
    /// smallest change there is, then one that brings `wanted`.
    fn more(self, own: &[i64], wanted: i64) -> Vec<(Option<usize>, i64)> {
        let grows = |units: &i64| self.largest.is_none_or(|largest| *units < largest);
        let which = own.iter().position(grows);
        let has = which.map_or(0, |at| own[at]);
        if which.is_none() && i64::try_from(own.len()).is_ok_and(|count| count >= self.lines) {
            return Vec::new();
        }
        let mut sizes = vec![self.fitting(has.saturating_add(1)), self.fitting(has.saturating_add(wanted.max(1)))];
        sizes.dedup();
        sizes.into_iter().map(|size| (which, size)).collect()
    }
}

/// The plan with more by a lane for a bucket, and how much more that is.
pub(super) fn bought(
    model: &Model<'_>,
    outcome: &Outcome,
    lane: LaneId,
    bucket: usize,
    wanted: i64,
) -> Vec<(Outcome, i64)> {
    let own: Vec<usize> = (0..outcome.lines.len())
        .filter(|&at| (outcome.lines[at].lane, outcome.lines[at].bucket) == (lane, bucket))
        .collect();
    let units: Vec<i64> = own.iter().map(|&at| outcome.lines[at].units).collect();
    let change = |(which, size): (Option<usize>, i64)| {
        let mut changed = outcome.clone();
        let before = which.map_or(0, |at| units[at]);
        match which {
            Some(at) => changed.lines[own[at]].units = size,
            None => changed.lines.push(Line { lane, bucket, units: size }),
        }
        (changed, size - before)
    };
    Sizes::of_lane(model, lane).more(&units, wanted).into_iter().map(change).collect()
}

/// The plan with more by a transfer lane for a bucket, and how much more that is.
pub(super) fn sent(
    model: &Model<'_>,
    outcome: &Outcome,
    lane: TransferId,
    bucket: usize,
    wanted: i64,
) -> Vec<(Outcome, i64)> {
    let is_own = |one: &Transfer| (one.lane, one.bucket) == (lane, bucket);
    let own: Vec<usize> = (0..outcome.transfers.len()).filter(|&at| is_own(&outcome.transfers[at])).collect();
    let units: Vec<i64> = own.iter().map(|&at| outcome.transfers[at].units).collect();
    let change = |(which, size): (Option<usize>, i64)| {
        let mut changed = outcome.clone();
        let before = which.map_or(0, |at| units[at]);
        match which {
            Some(at) => changed.transfers[own[at]].units = size,
            None => changed.transfers.push(Transfer { lane, bucket, units: size }),
        }
        (changed, size - before)
    };
    Sizes::of_transfer(model, lane).more(&units, wanted).into_iter().map(change).collect()
}

/// The plan with a line of the next smaller size, or without it where it is the smallest one; and by how much that is less. What is then not
/// there is not sold.
pub(super) fn fewer(model: &Model<'_>, outcome: &Outcome, line: usize) -> Option<(Outcome, i64)> {
    let Line { lane, bucket, units } = outcome.lines[line];
    let sizes = Sizes::of_lane(model, lane);
    let size = Some(units - sizes.multiple).filter(|size| *size >= sizes.smallest).unwrap_or(0);
    let mut changed = outcome.clone();
    if size == 0 {
        changed.lines.remove(line);
    } else {
        changed.lines[line].units = size;
    }
    mend(model, &mut changed, model.network.lane(lane).pool, bucket)?;
    Some((changed, units - size))
}

/// The same of a transfer: what is not sent stays where it is, for others to use.
pub(super) fn sent_fewer(model: &Model<'_>, outcome: &Outcome, line: usize) -> Option<(Outcome, i64)> {
    let Transfer { lane, bucket, units } = outcome.transfers[line];
    let sizes = Sizes::of_transfer(model, lane);
    let size = Some(units - sizes.multiple).filter(|size| *size >= sizes.smallest).unwrap_or(0);
    let mut changed = outcome.clone();
    if size == 0 {
        changed.transfers.remove(line);
    } else {
        changed.transfers[line].units = size;
    }
    mend(model, &mut changed, model.network.transfer(lane).pool, bucket)?;
    Some((changed, units - size))
}

/// The plan without a line.
pub(super) fn without(outcome: &Outcome, line: usize) -> Outcome {
    let mut changed = outcome.clone();
    changed.lines.remove(line);
    changed
}

/// Closing stock of a pool by bucket.
pub(super) fn closing(model: &Model<'_>, outcome: &Outcome, pool: PoolId) -> Vec<i64> {
    let facts = &model.pools[pool.index()];
    let mut by: Vec<i64> = facts.open_receipts.iter().zip(&facts.open_transfers).map(|(a, b)| a + b).collect();
    for line in outcome.lines.iter().filter(|line| model.network.lane(line.lane).pool == pool) {
        by[line.bucket] += line.units;
    }
    for one in &outcome.transfers {
        let lane = model.network.transfer(one.lane);
        if lane.pool == pool {
            by[one.bucket] += one.units;
        }
        if lane.source == pool
            && let Some(passage) = model.passage(one.lane, one.bucket)
        {
            by[passage.release_bucket] -= one.units;
        }
    }
    for &way in &facts.ways {
        for (sum, units) in by.iter_mut().zip(&outcome.sales[way]) {
            *sum -= units;
        }
    }
    for late in outcome.late.iter().filter(|late| facts.ways.contains(&late.way)) {
        by[late.delivered] -= late.units;
    }
    let mut at = model.network.pool(pool).on_hand;
    for sum in &mut by {
        at += *sum;
        *sum = at;
    }
    by
}

/// Takes away sales of a pool from a bucket on until its stock suffices: those that no floor asks for first, and of these the ones that
/// bring least. None where that does not help.
pub(super) fn mend(model: &Model<'_>, outcome: &mut Outcome, pool: PoolId, from: usize) -> Option<()> {
    loop {
        let closing = closing(model, outcome, pool);
        let Some((until, missing)) = closing.iter().copied().enumerate().find(|(_, left)| *left < 0) else {
            return Some(());
        };
        let mut least = None;
        for &way in &model.pools[pool.index()].ways {
            let facts = &model.ways[way];
            for bucket in from..=until {
                let sold = outcome.sales[way][bucket];
                if sold > 0 {
                    let held = model.offers[facts.offer].floors.held[bucket];
                    let free = (outcome.on_time(model, facts.offer, bucket) - held).clamp(0, sold);
                    let (promised, units) = if free > 0 { (false, free) } else { (true, sold) };
                    let one = (promised, facts.net[bucket], way, bucket, units);
                    least = Some(least.map_or(one, |known| one.min(known)));
                }
            }
        }
        let (_, _, way, bucket, units) = least?;
        outcome.sales[way][bucket] -= units.min(-missing);
    }
}

/// Sells up to so many units that a pool has more from a bucket on, to those who lack them, who brings most first; what is left stays.
pub(super) fn serve(model: &Model<'_>, outcome: &mut Outcome, pool: PoolId, from: usize, mut units: i64) {
    let facts = &model.pools[pool.index()];
    let mut wanted = Vec::new();
    for &way in &facts.ways {
        let offer = model.ways[way].offer;
        for bucket in from..model.buckets().len() {
            let late =
                outcome.late.iter().filter(|one| model.offers[offer].ways.contains(&one.way) && one.wanted == bucket);
            let met = outcome.on_time(model, offer, bucket) + late.map(|one| one.units).sum::<i64>();
            let lacks = model.offers[offer].demand[bucket] - met;
            let net = model.ways[way].net[bucket];
            let kept = facts.holding[from..bucket].iter().fold(net, |net, cost| sub(net, *cost).unwrap_or(net));
            if lacks > 0 {
                wanted.push((std::cmp::Reverse(kept), bucket, way, lacks));
            }
        }
    }
    wanted.sort_unstable();
    for (std::cmp::Reverse(net), bucket, way, lacks) in wanted {
        if units <= 0 || net <= facts.worth_beyond {
            return;
        }
        // Another way of the same offer may have served it by now.
        let offer = model.ways[way].offer;
        let more =
            units.min(lacks).min(model.offers[offer].demand[bucket] - outcome.on_time(model, offer, bucket)).max(0);
        outcome.sales[way][bucket] += more;
        units -= more;
    }
}
