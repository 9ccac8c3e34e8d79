//! What lies between two plans: from two plan files to a [`PlanDiff`].
//!
//! Nothing but the plan files counts, so a diff of plans read back is the same. Order lines are told apart by what they are (`lines`),
//! buckets by their names (`window`), and no row of either plan is lost (`edits`).

mod buckets;
mod edits;
mod figures;
mod file;
mod line;
mod lines;
mod rows;
mod schema;
mod window;

pub use edits::{Edits, ListEdit, Placed, apply};
pub use figures::{in_terms_of, whole};
pub use file::*;
pub use schema::{SCHEMA, schema};

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::plan::{Amount, GateVerdict, Plan, plan_hash};
use lines::{Context, Matched, matched};
use window::Time;

/// What a comparison takes from outside of the plans.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// Items and channels that changed their id: from and to.
    pub renamed: BTreeMap<String, String>,
    /// The first day on which a new order may be placed; what is placed before is frozen.
    pub frozen_until: Option<NaiveDate>,
}

/// Compares a plan with the one it is reviewed against.
#[must_use]
pub fn diff(base: &Plan, head: &Plan, terms: &Terms) -> PlanDiff {
    let question = if base.as_of == head.as_of { Question::Change } else { Question::Cycle };
    let time = Time::new(base, head);
    let rename = |id: &str| terms.renamed.get(id).map_or(id, String::as_str).to_owned();
    let context = Context { time: &time, question, rename: &rename };
    let Matched { mut changes, unchanged, rolled_on } = matched(base, head, &context);
    changes.sort_by(|a, b| {
        let key = |change: &LineChange| change.after.first().or(change.before.first()).map(|line| line.key.clone());
        b.money.cmp(&a.money).then_with(|| (&a.item, a.verb, key(a)).cmp(&(&b.item, b.verb, key(b))))
    });
    let placed = changes.iter().filter(|change| change.was_placed()).flat_map(|change| &change.before);
    let placed: BTreeSet<&str> = placed.map(|line| line.key.as_str()).collect();
    let figures = figures::deltas(base, head, &time, question, &placed);
    let stability = stability(&changes, unchanged, rolled_on, terms.frozen_until);
    PlanDiff {
        format_version: FORMAT_VERSION.to_owned(),
        compiler_version: env!("CARGO_PKG_VERSION").to_owned(),
        project: head.project.clone(),
        currency: head.currency.clone(),
        question,
        base: side(base),
        head: side(head),
        same: base == head || plan_hash(base) == plan_hash(head),
        window: time.window(),
        tolerance: figures::tolerance(base, head),
        figures,
        attribution: None,
        lines: changes,
        stability,
        promotions: rows::promotions(base, head),
        limits: rows::limits(base, head, &time),
        rules: rows::rules(base, head),
        given: rows::given(base, head, &time),
        gates: rows::gates(base, head),
        frozen_gates: Vec::new(),
        allocation: rows::allocation(base, head, &time, rename),
        by_bucket: buckets::pairs(base, head),
        edits: edits::edits(base, head),
    }
}

impl PlanDiff {
    /// By how much more the new plan earns, by the economics of the project.
    #[must_use]
    pub fn objective_delta(&self) -> Amount {
        Amount(self.head.objective.0.saturating_sub(self.base.objective.0))
    }

    /// The verdicts of all gates on the new plan and on what changed.
    pub fn verdicts(&self) -> impl Iterator<Item = &GateVerdict> {
        let measured_here = |gate: &&GateVerdict| !self.frozen_gates.iter().any(|own| own.id == gate.id);
        self.edits.rest.gates.iter().filter(measured_here).chain(&self.frozen_gates)
    }

    /// True where a gate refuses the new plan, or what changed.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.verdicts().any(|gate| gate.refuses && gate.is_missed())
    }

    /// Marks changes of lines of items that no changed input is about.
    pub fn mark_rebalanced(&mut self, is_untouched: impl Fn(&str) -> bool) {
        for change in self.lines.iter_mut().filter(|change| change.verb.is_change()) {
            change.rebalanced = is_untouched(&change.item);
        }
        let marked = || self.lines.iter().filter(|change| change.rebalanced);
        self.stability.rebalanced = marked().count() as u64;
        self.stability.rebalanced_money =
            Amount(marked().fold(Decimal::ZERO, |sum, one| sum.saturating_add(one.money.0)));
    }
}

fn side(plan: &Plan) -> Side {
    Side {
        name: String::new(),
        cycle: plan.cycle.clone(),
        as_of: plan.as_of,
        compiler_version: plan.compiler_version.clone(),
        status: plan.status,
        given: GivenCount::of(plan),
        plan_hash: plan.plan_hash.clone(),
        objective: plan.certificate.objective,
        gap: figures::gap(plan),
        interrupted: plan.certificate.interrupted,
    }
}

fn stability(
    changes: &[LineChange],
    unchanged: u64,
    (rolled_on, rolled_on_money): (u64, Amount),
    frozen_until: Option<NaiveDate>,
) -> Stability {
    let real = || changes.iter().filter(|change| change.verb.is_change());
    let count = |changes: &[&LineChange]| changes.len() as u64;
    let money = |changes: &[&LineChange]| {
        Amount(changes.iter().fold(Decimal::ZERO, |sum, change| sum.saturating_add(change.money.0)))
    };
    let frozen = |change: &&LineChange| {
        let lines = change.before.iter().chain(&change.after);
        frozen_until.is_some_and(|until| lines.filter_map(|line| line.release_date).any(|day| day < until))
    };
    let frozen: Vec<&LineChange> = real().filter(frozen).collect();
    Stability {
        unchanged,
        changed: real().count() as u64,
        rescheduled: real().filter(|change| change.verb == Verb::Reschedule).count() as u64,
        frozen: count(&frozen),
        frozen_money: money(&frozen),
        rebalanced: 0,
        rebalanced_money: Amount::default(),
        rolled_on,
        rolled_on_money,
    }
}
