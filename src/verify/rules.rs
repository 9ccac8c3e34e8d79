//! Trade-off rules: how much of each a plan uses, worked out from what it lets go.
//!
//! Floors, covers and limits tell what a plan lets go of them ([`Lapse`]); what rules have for it, they share in the order
//! of their file ([`Slack`]). What is let go beyond that is an objection.

mod expedite;
mod floors;
mod limits;
mod moves;
mod sales_plan;
mod scope;
mod slack;
mod stock;

use rust_decimal::Decimal;

use super::exact::{Overflow, Ratio, gather, printed, ratio, times, zero};
use super::ledger::Ledger;
use super::report::Report;
use crate::network::{LaneId, Network, Relax, Rule, TransferId};
use crate::plan::{Level, RuleUse};

pub(super) use limits::Limited;
pub(super) use slack::Slack;

/// The rules of a project, and what they are asked.
#[derive(Debug)]
pub(super) struct Rules<'f> {
    network: &'f Network,
    /// The rule that each premium lane belongs to.
    lanes: Vec<Option<usize>>,
    /// The same of transfers.
    transfers: Vec<Option<usize>>,
}

/// What a plan lets go of a commitment in a bucket.
#[derive(Debug)]
pub(super) struct Lapse {
    /// What kind of commitment.
    pub(super) relax: Relax,
    /// Which one.
    pub(super) of: String,
    /// When.
    pub(super) bucket: usize,
    /// How much: units, money, m3.
    pub(super) amount: Ratio,
    /// What one of it counts in the use of a rule.
    pub(super) worth: Ratio,
    /// What rules have for it.
    pub(super) slack: Slack,
    /// What is said where that is not enough.
    pub(super) objection: Objection,
}

/// What is said against a plan.
#[derive(Debug)]
pub(super) struct Objection {
    /// Where.
    pub(super) path: String,
    /// What must hold.
    pub(super) expected: String,
    /// What stands there.
    pub(super) found: String,
}

/// A use of a rule.
#[derive(Debug)]
struct Used {
    rule: usize,
    bucket: usize,
    of: String,
    amount: Ratio,
    used: Ratio,
    cost: Option<Ratio>,
}

/// All uses of rules, and what is let go beyond them.
#[derive(Debug, Default)]
pub(super) struct Uses {
    used: Vec<Used>,
    objections: Vec<Objection>,
}

impl<'f> Rules<'f> {
    /// The rules of a project.
    pub(super) fn new(network: &'f Network) -> Self {
        let mut rules = Self { network, lanes: Vec::new(), transfers: Vec::new() };
        rules.lanes = rules.owners_of_lanes();
        rules.transfers = rules.owners_of_transfers();
        rules
    }

    /// The rule that lets a premium lane be used; none of others.
    pub(super) fn expediting(&self, lane: LaneId) -> Option<usize> {
        self.lanes[lane.index()]
    }

    /// The same of a transfer.
    pub(super) fn expediting_transfer(&self, lane: TransferId) -> Option<usize> {
        self.transfers[lane.index()]
    }

    /// The rules of a kind, in their order, with their places in it.
    fn of_kind(&self, relax: Relax) -> impl Iterator<Item = (usize, &'f Rule)> {
        self.network.rules.iter().enumerate().filter(move |(_, rule)| rule.relax == relax)
    }

    /// Every use of a rule by a plan that lets so much go.
    pub(super) fn uses(&self, ledger: &Ledger<'_>, lapses: Vec<Lapse>) -> Result<Uses, Overflow> {
        let mut uses = Uses::default();
        for lapse in self.lowered(ledger)?.into_iter().chain(lapses) {
            self.take(&mut uses, lapse)?;
        }
        self.expedited(ledger, &mut uses)?;
        self.moved_promotions(ledger, &mut uses);
        self.moved_orders(ledger, &mut uses)?;
        uses.used.sort_by(|a, b| (a.rule, a.bucket, &a.of).cmp(&(b.rule, b.bucket, &b.of)));
        Ok(uses)
    }

    /// Shares a lapse among the rules that have something for it.
    fn take(&self, uses: &mut Uses, lapse: Lapse) -> Result<(), Overflow> {
        if lapse.amount > lapse.slack.furthest() {
            uses.objections.push(lapse.objection);
        }
        for (rule, amount) in lapse.slack.parts(lapse.amount)? {
            let overflow = self.network.rules[rule].cost.map(ratio).filter(|_| is_overflow(lapse.relax));
            let used = times(amount, overflow.unwrap_or(lapse.worth))?;
            let is_given_up = overflow.is_some() || matches!(lapse.relax, Relax::SalesPlan | Relax::FillRate);
            let cost = is_given_up.then_some(used);
            uses.used.push(Used { rule, bucket: lapse.bucket, of: lapse.of.clone(), amount, used, cost });
        }
        Ok(())
    }
}

/// True of limits on what a location can take.
fn is_overflow(relax: Relax) -> bool {
    matches!(relax, Relax::StorageCapacity | Relax::InboundCapacity | Relax::OutboundCapacity)
}

impl Uses {
    /// True where any rule is used.
    pub(super) fn any(&self) -> bool {
        !self.used.is_empty()
    }

    /// What overflow costs.
    pub(super) fn overflow_cost(&self, network: &Network) -> Result<Ratio, Overflow> {
        let mut sum = zero();
        for one in self.used.iter().filter(|one| is_overflow(network.rules[one.rule].relax)) {
            gather(&mut sum, one.cost.unwrap_or_else(zero))?;
        }
        Ok(sum)
    }

    /// The levels of the certificate behind the first, the last rule of the file first; nothing is proven here.
    pub(super) fn levels(&self, network: &Network) -> Result<Vec<Level>, Overflow> {
        let mut levels = Vec::new();
        for (index, rule) in network.rules.iter().enumerate().rev().filter(|(_, rule)| !rule.when_pays) {
            let mut used = zero();
            for one in self.used.iter().filter(|one| one.rule == index) {
                gather(&mut used, one.used)?;
            }
            levels.push(Level { rule: rule.id.clone(), used: printed(used)?, bound: None });
        }
        Ok(levels)
    }

    /// The rows of the plan file.
    pub(super) fn rows(&self, ledger: &Ledger<'_>) -> Result<Vec<RuleUse>, Overflow> {
        let facts = ledger.facts;
        let row = |one: &Used| {
            let rule = &facts.network.rules[one.rule];
            Ok(RuleUse {
                id: rule.id.clone(),
                used: printed(one.used)?,
                bucket: facts.buckets[one.bucket].period.to_string(),
                of: one.of.clone(),
                amount: printed(one.amount)?,
                cost: one.cost.map(printed).transpose()?,
                source: rule.origin.clone(),
            })
        };
        self.used.iter().map(row).collect()
    }

    /// Reports what is let go beyond what rules have for it.
    pub(super) fn check(self, report: &mut Report) {
        for Objection { path, expected, found } in self.objections {
            report.add(|| path, expected, found);
        }
    }
}

/// How far a level may exceed its least use.
pub(super) fn within(network: &Network, rule: &str) -> Decimal {
    network.rules.iter().find(|one| one.id == rule).map_or(Decimal::ZERO, |one| one.within)
}
