//! The last plan: lines of it that stay, and what it costs to do otherwise than it says.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::days;
use super::exact::{Exact, Overflow, Ratio, gather, less, more, plus, ratio, times, whole, zero};
use super::facts::{Coming, Facts, served};
use super::ledger::Ledger;
use crate::calendar::{Bucket, Period};
use crate::network::{BaselineLine, LaneId, Network, SupplierId, TransferId};

/// A line that stays as it was approved.
#[derive(Debug)]
pub(super) struct Kept<'n> {
    /// As it was approved.
    pub(super) line: &'n BaselineLine,
    /// The bucket it serves.
    pub(super) coming: Coming,
    /// The bucket it is released in; `None` behind the last one.
    pub(super) release_bucket: Option<usize>,
    /// Its number among those of its lane and bucket, from 1; `None` where it is alone.
    pub(super) number: Option<usize>,
}

/// The lines that stay, by lane and bucket.
pub(super) fn kept<'n>(network: &'n Network, buckets: &[Bucket]) -> Result<Vec<Kept<'n>>, Overflow> {
    let Some(baseline) = &network.baseline else { return Ok(Vec::new()) };
    let thawed = days::after(network.as_of, network.frozen_days)?;
    let mut all = Vec::new();
    for line in baseline.lines.iter().filter(|line| line.release >= network.as_of && line.release < thawed) {
        let own = buckets.iter().position(|bucket| bucket.period == line.period);
        let coming = match own {
            Some(bucket) => Coming { bucket: Some(bucket), period: line.period },
            None => served(network.as_of, buckets, line.usable).ok_or(Overflow)?,
        };
        let release_bucket = days::bucket_of(buckets, line.release);
        all.push(Kept { line, coming, release_bucket, number: None });
    }
    all.sort_by_cached_key(|one| (one.line.lane, one.coming.period.to_string()));
    let mut counts: BTreeMap<(LaneId, Period), usize> = BTreeMap::new();
    for one in &all {
        *counts.entry((one.line.lane, one.coming.period)).or_default() += 1;
    }
    let mut numbers: BTreeMap<(LaneId, Period), usize> = BTreeMap::new();
    for one in &mut all {
        let kind = (one.line.lane, one.coming.period);
        let number = numbers.entry(kind).or_default();
        *number += 1;
        let several = network.lane(one.line.lane).lines > 1 || counts[&kind] > 1;
        one.number = several.then_some(*number);
    }
    Ok(all)
}

impl Kept<'_> {
    /// The bucket of the horizon that receives it.
    pub(super) fn inside(&self, facts: &Facts<'_>) -> Option<usize> {
        self.coming.bucket.filter(|&bucket| bucket < facts.horizon)
    }

    /// Who sells it.
    pub(super) fn supplier(&self, network: &Network) -> SupplierId {
        network.lane(self.line.lane).supplier
    }
}

/// How many lines of a lane for a bucket stay.
pub(super) fn number_kept(facts: &Facts<'_>, lane: LaneId, bucket: usize) -> usize {
    let from = facts.kept.partition_point(|one| one.line.lane < lane);
    let of_lane = facts.kept[from..].iter().take_while(|one| one.line.lane == lane);
    of_lane.filter(|one| one.coming.bucket == Some(bucket)).count()
}

/// Landed cost and order cost of lines that stay.
pub(super) fn purchases(facts: &Facts<'_>) -> Exact {
    let mut sum = zero();
    for one in &facts.kept {
        gather(&mut sum, plus(ratio(one.line.landed), ratio(one.line.order_cost))?)?;
    }
    Ok(sum)
}

/// A lane, of either kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Bought(LaneId),
    Sent(TransferId),
}

/// Units of the last plan and of this one, lane by lane and bucket by bucket, in buckets that both plans have; nothing without a last plan.
fn compared(ledger: &Ledger<'_>) -> Result<Vec<(Way, i64, i64)>, Overflow> {
    let facts = ledger.facts;
    let Some(baseline) = &facts.network.baseline else { return Ok(Vec::new()) };
    let mut units: BTreeMap<(Way, Period), (i64, i64)> = BTreeMap::new();
    let period = |bucket: usize| facts.buckets[bucket].period;
    let bought = ledger.lines.iter().map(|line| (Way::Bought(line.lane), period(line.bucket), line.units));
    let sent = ledger.transfers.iter().map(|one| (Way::Sent(one.lane), period(one.bucket), one.units));
    let stay = facts.kept.iter().map(|one| (Way::Bought(one.line.lane), one.line.period, one.line.units));
    for (way, period, now) in bought.chain(sent).chain(stay) {
        let own = units.entry((way, period)).or_default();
        own.1 = more(own.1, now)?;
    }
    let bought = baseline.lines.iter().map(|line| (Way::Bought(line.lane), line.period, line.units));
    let sent = baseline.transfers.iter().map(|one| (Way::Sent(one.lane), one.period, one.units));
    for (way, period, then) in bought.chain(sent) {
        let own = units.entry((way, period)).or_default();
        own.0 = more(own.0, then)?;
    }
    let in_both = |period: &Period| {
        baseline.periods.contains(period) && facts.buckets.iter().any(|bucket| bucket.period == *period)
    };
    let both = units.into_iter().filter(|((_, period), _)| in_both(period));
    Ok(both.map(|((way, _), (then, now))| (way, then, now)).collect())
}

/// What [`compared`] finds, each with its lane of either kind: units then and now.
pub(super) fn changed(ledger: &Ledger<'_>) -> Result<Vec<(Lanes, i64, i64)>, Overflow> {
    let lanes = |way: Way| match way {
        Way::Bought(lane) => (Some(lane), None),
        Way::Sent(lane) => (None, Some(lane)),
    };
    Ok(compared(ledger)?.into_iter().map(|(way, then, now)| (lanes(way), then, now)).collect())
}

/// A lane of a purchase, or one of a transfer.
pub(super) type Lanes = (Option<LaneId>, Option<TransferId>);

/// Rate x standard cost x units by which lines differ from those of the last plan.
pub(super) fn change_cost(ledger: &Ledger<'_>) -> Exact {
    let (facts, rate) = (ledger.facts, ledger.facts.network.economics.change_cost);
    let mut cost = zero();
    if rate != Decimal::ZERO {
        for (way, then, now) in compared(ledger)? {
            gather(&mut cost, times(whole(less(now, then)?.abs()), standard(facts, way))?)?;
        }
    }
    times(cost, ratio(rate))
}

fn standard(facts: &Facts<'_>, way: Way) -> Ratio {
    match way {
        Way::Bought(lane) => facts.standard(facts.network.lane(lane).pool),
        Way::Sent(lane) => facts.standard(facts.network.transfer(lane).pool),
    }
}
