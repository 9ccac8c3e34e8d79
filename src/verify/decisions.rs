//! The decisions of a plan: what is bought, sent, sold, and what rules let go. All else follows.

mod goods;
mod moves;
mod sold;

use std::collections::BTreeMap;

use super::demand::Asked;
use super::facts::Facts;
use super::report::Report;
use super::rules::Rules;
use super::sales::Late;
use crate::network::{LaneId, Network, OfferId, PoolId, TransferId};
use crate::plan::Plan;
use crate::units::Overflow;

/// What a planner decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Units of the new lines, by lane and receipt bucket; in any order.
    pub lines: BTreeMap<(LaneId, usize), Vec<i64>>,
    /// Units of the new transfers, by lane and receipt bucket; in any order.
    pub transfers: BTreeMap<(TransferId, usize), Vec<i64>>,
    /// Units sold in the bucket that asks for them, by offer, where from, bucket; 0 where none are stated.
    pub planned: BTreeMap<(OfferId, PoolId, usize), i64>,
    /// Units delivered late.
    pub late: BTreeMap<OfferId, Vec<Delivery>>,
    /// Units by which demand is lowered, by offer and bucket.
    pub lowered: BTreeMap<(OfferId, usize), i64>,
    /// Buckets by which promotions move, by their index.
    pub moved: BTreeMap<usize, usize>,
    /// What becomes of open orders, by their index, where they do not stay.
    pub orders: BTreeMap<usize, Fate>,
}

/// Units delivered in a later bucket than the one that asks for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// Where from.
    pub pool: PoolId,
    /// The bucket that asks for them.
    pub wanted: usize,
    /// The bucket that has them.
    pub delivered: usize,
    /// Units.
    pub units: i64,
}

/// What becomes of an open order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It serves another bucket.
    Moved(usize),
    /// It goes.
    Cancelled,
}

impl Decisions {
    /// Buckets by which each promotion moves.
    pub(super) fn moves(&self, network: &Network) -> Vec<usize> {
        (0..network.promotions.len()).map(|index| self.moved.get(&index).copied().unwrap_or(0)).collect()
    }
}

impl Delivery {
    /// The same with the place of its source among those of the offer.
    pub(super) fn at(&self, asked: &Asked) -> Option<Late> {
        let Self { pool, wanted, delivered, units } = *self;
        let source = asked.sources.iter().position(|source| source.pool == pool)?;
        Some(Late { source, wanted, delivered, units })
    }
}

/// A plan file, and what its rows are read with.
struct Reader<'f> {
    facts: &'f Facts<'f>,
    rules: &'f Rules<'f>,
    plan: &'f Plan,
    buckets: BTreeMap<String, usize>,
}

/// Reads the decisions of a plan file. What cannot be meant, or may not be decided, is reported; the rest is taken.
pub(super) fn read(
    facts: &Facts<'_>,
    rules: &Rules<'_>,
    plan: &Plan,
    report: &mut Report,
) -> Result<Decisions, Overflow> {
    let labels = facts.buckets.iter().enumerate().map(|(index, bucket)| (bucket.period.to_string(), index));
    let reader = Reader { facts, rules, plan, buckets: labels.collect() };
    let mut decisions = Decisions {
        moved: reader.promotions(report),
        orders: reader.open_orders(report),
        // In which of the two lists a line stands is no decision: it follows from its bucket.
        lines: reader.lines(report),
        transfers: reader.transfers(report),
        ..Decisions::default()
    };
    if decisions.moved.is_empty() {
        reader.sold(&facts.offers, &mut decisions, report);
    } else {
        reader.sold(&facts.offers_moved(&decisions.moves(facts.network))?, &mut decisions, report);
    }
    Ok(decisions)
}
