//! A provisional plan where items meet in more than limits: in a floor on a group, a minimum order, a rule, or in what facts pass.
//!
//! The part - the items that an edit touches - is decided within what all others leave of that too. What rules let go of limits and of floors on
//! groups, and what facts pass, stays as much as it is; rules about an item's own promises are the part's. Then the whole is put together,
//! built and checked, which takes as long as it does for any plan.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Zero;

use super::provisional::{Decided, Edit, Provisional};
use super::whole::put_together;
use crate::compile::built;
use crate::diff::diff;
use crate::explain::part::alone;
use crate::model::Model;
use crate::model::floors::GroupFloor;
use crate::model::ledger::{Ledger, Placed};
use crate::network::{Network, Relax};
use crate::solve::{Outcome, solve};
use crate::units::{Overflow, Ratio, add, ratio, whole};

/// An edit of a whole that is laid out.
pub(super) struct Joined<'j> {
    edit: &'j Edit<'j>,
    model: Model<'j>,
    let_go: LetGo,
}

impl<'j> Joined<'j> {
    pub(super) fn of(edit: &'j Edit<'j>) -> Option<Self> {
        Some(Self { edit, model: Model::new(edit.network).ok()?, let_go: LetGo::of_plan(edit) })
    }

    /// What was decided, where nothing is to be decided anew.
    pub(super) fn stays(&self) -> Option<Provisional> {
        let stays = self.edit.touched.leaves_plans().then(|| self.as_it_was())?;
        self.checked(&stays?)
    }

    /// The provisional plan where these items are decided anew, or stay as they are where that earns more.
    pub(super) fn provisional(&self, items: &BTreeSet<String>) -> Option<Provisional> {
        let earns = |outcome: Outcome| Some((Ledger::new(&self.model, &outcome).ok()?.objective, outcome));
        let decided = self.decided(items).filter(|_| !self.edit.steering.is_asked_to_stop());
        let mut both: Vec<(Ratio, Outcome)> = self.as_it_was().into_iter().chain(decided).filter_map(earns).collect();
        both.sort_by(|(one, _), (other, _)| other.cmp(one));
        both.iter().find_map(|(_, outcome)| self.checked(outcome))
    }

    /// These items decided anew, all others as they were.
    fn decided(&self, items: &BTreeSet<String>) -> Option<Outcome> {
        let network = self.edit.network;
        let at = (0..network.items.len()).filter(|&at| items.contains(&network.items[at].id)).collect();
        let (part, _) = alone(network, &at);
        if part.items.is_empty() {
            return None;
        }
        // Those that an outlook is taken from belong to every part.
        let items = part.items.iter().map(|item| &item.id).chain(items).cloned().collect();
        let mut model = Model::new(&part).ok()?;
        let rest = self.with((&part, &idle(&model)), &items)?;
        self.leave(&mut model, &rest).ok()?;
        let decided = solve(&model, self.edit.steering).ok()?;
        self.with((&part, &decided), &items)
    }

    fn as_it_was(&self) -> Option<Outcome> {
        self.with((self.edit.base.network, &self.edit.base.kept.outcome), &BTreeSet::new())
    }

    /// What was decided, with what is decided about some items.
    fn with(&self, decided: (&Network, &Outcome), items: &BTreeSet<String>) -> Option<Outcome> {
        let base = &self.edit.base;
        put_together((base.network, &base.kept.outcome), decided, self.edit.network, items)
    }

    /// What an outcome of the whole changes, if the checker has nothing to say.
    fn checked(&self, outcome: &Outcome) -> Option<Provisional> {
        let base = &self.edit.base;
        let plan = built(self.edit.compiled, &self.model, outcome, false).ok()?;
        let mut diff = diff(base.plan, &plan, self.edit.terms);
        // How far it is from the best is not known.
        diff.figures.iter_mut().for_each(|figure| figure.within_tolerance = false);
        let moves = diff.figures.iter().any(|figure| figure.delta.is_some_and(|delta| !delta.0.is_zero()));
        diff.same =
            !moves && diff.rules.is_empty() && diff.gates.is_empty() && decides_the_same(outcome, &base.kept.outcome);
        Some(Provisional { diff, decided: Decided::Whole(Box::new(plan)) })
    }

    /// Leaves a part what the others do not use.
    fn leave(&self, part: &mut Model<'_>, rest: &Outcome) -> Result<(), Overflow> {
        let others = Others { model: &self.model, rest, ledger: Ledger::new(&self.model, rest)?, let_go: &self.let_go };
        let (limits, cash) = {
            // Facts of the part are in the books of both.
            let own = idle(part);
            let own = Ledger::new(part, &own)?;
            (others.limits(&own)?, others.cash(&own)?)
        };
        for (limit, left) in part.limits.iter_mut().zip(limits) {
            limit.available = left;
        }
        if let Some(model) = &mut part.cash {
            model.minimum = cash;
        }
        for (own, all) in part.group_floors.iter_mut().zip(&self.model.group_floors) {
            others.floor(own, all);
        }
        for (own, all) in part.order_floors.iter_mut().zip(&self.model.order_floors) {
            own.least.clone_from(&all.least);
            let placed = |placed: &&Placed<'_>| self.model.network.lane(placed.line.lane).supplier == all.supplier;
            for placed in others.ledger.lines.iter().filter(placed) {
                let least = &mut own.least[placed.opportunity.release_bucket];
                *least = add(*least, -all.counted(&self.model, placed)?)?.max(Ratio::zero());
            }
        }
        // All of that is in what is left.
        part.given.limits.iter_mut().flatten().chain(&mut part.given.cash).for_each(|given| *given = Ratio::zero());
        part.forced = part.given.forced(part)?;
        part.relief.limits.iter_mut().chain(&mut part.relief.groups).for_each(Vec::clear);
        part.relief.cash.clear();
        Ok(())
    }
}

/// Nothing is ordered, and nothing sold.
fn idle(model: &Model<'_>) -> Outcome {
    let sales = model.ways.iter().map(|way| vec![0; way.net.len()]).collect();
    Outcome { sales, ..Outcome::default() }
}

fn decides_the_same(one: &Outcome, other: &Outcome) -> bool {
    (&one.lines, &one.transfers, &one.sales, &one.late) == (&other.lines, &other.transfers, &other.sales, &other.late)
}

/// What all but the part do.
struct Others<'o> {
    model: &'o Model<'o>,
    rest: &'o Outcome,
    ledger: Ledger<'o>,
    let_go: &'o LetGo,
}

impl Others<'_> {
    /// By limit and bucket, what there is for the part.
    fn limits(&self, own: &Ledger<'_>) -> Result<Vec<Vec<Ratio>>, Overflow> {
        let model = self.model;
        let left = |(index, limit): (usize, &crate::model::Limit)| {
            let of_bucket = |bucket: usize| {
                let used = add(self.ledger.used[index][bucket], -own.used[index][bucket])?;
                let passed = add(
                    model.given.limit(index, bucket),
                    self.let_go.of(limit.kind.name(), &limit.of, self.label(bucket)),
                )?;
                add(add(limit.available[bucket], passed)?, -used)
            };
            (0..model.horizon).map(of_bucket).collect()
        };
        model.limits.iter().enumerate().map(left).collect()
    }

    /// By bucket, what the part's cash may not fall below.
    fn cash(&self, own: &Ledger<'_>) -> Result<Vec<Ratio>, Overflow> {
        let (Some(cash), Some(flow), Some(own)) = (&self.model.cash, &self.ledger.cash, &own.cash) else {
            return Ok(Vec::new());
        };
        let of_bucket = |bucket: usize| {
            let kind = Relax::CashMinimum.name();
            let passed = add(self.model.given.cash[bucket], self.let_go.of(kind, "cash", self.label(bucket)))?;
            add(add(cash.minimum[bucket], -passed)?, -add(flow.closing[bucket], -own.closing[bucket])?)
        };
        (0..self.model.horizon).map(of_bucket).collect()
    }

    /// Lowers what the part has to be sold of a group by what the others are.
    fn floor(&self, own: &mut GroupFloor, all: &GroupFloor) {
        let of = &self.model.network.services[all.service].name;
        for bucket in 0..self.model.horizon {
            let sold = |joined| -> i64 {
                all.members_in(bucket, joined).map(|offer| self.rest.on_time(self.model, offer, bucket)).sum()
            };
            let passed = self.let_go.of(Relax::FillRate.name(), of, self.label(bucket)).ceil().to_integer();
            let passed = i64::try_from(passed).unwrap_or(0);
            own.held[bucket] = (all.held[bucket] - passed - sold(true)).max(0);
            own.early[bucket] = (all.early[bucket] - sold(false)).max(0);
        }
    }

    fn label(&self, bucket: usize) -> String {
        self.model.buckets()[bucket].period.to_string()
    }
}

/// What rules let go of in the last plan: by kind, commitment and bucket.
struct LetGo(BTreeMap<(&'static str, String, String), Ratio>);

impl LetGo {
    fn of_plan(edit: &Edit<'_>) -> Self {
        let mut sums = BTreeMap::new();
        for row in &edit.base.plan.rules_used {
            let Some(rule) = edit.base.network.rules.iter().find(|rule| rule.id == row.id) else { continue };
            let sum = sums.entry((rule.relax.name(), row.of.clone(), row.bucket.clone())).or_insert_with(|| whole(0));
            *sum = add(*sum, ratio(row.amount.0)).unwrap_or(*sum);
        }
        Self(sums)
    }

    fn of(&self, kind: &'static str, of: &str, bucket: String) -> Ratio {
        self.0.get(&(kind, of.to_owned(), bucket)).copied().unwrap_or_default()
    }
}
