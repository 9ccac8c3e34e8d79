//! The search for the least of a change with which there is a plan.
//!
//! What sums rule out is not tried. Of a small project changes are planned, by halves; of a large one, or of a part of it, prices say what is not enough, and
//! what is left is planned as it would be pasted.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Zero;
use rust_decimal::Decimal;

use super::conflict::Set;
use super::member::Member;
use super::places::{is_csv, key_place};
use super::planned::Planned;
use super::repair::without_conflict;
use super::trial::{Trials, Verdict, adds_up};
use super::withdraw::rule;
use super::words;
use crate::model::Model;
use crate::model::breaches::Breaches;
use crate::model::ledger::Ledger;
use crate::network::{Network, Relax, Scope, UpTo};
use crate::solve::{Passing, Steering, passed_at_least, solve_in_time};
use crate::source::{Place, Sources};
use crate::units::{Ratio, add, mul};

/// What is given of commitments by a rule: which, when and how much.
pub(super) type Gives = Vec<(String, usize, Ratio)>;

/// The search for repairs of one conflict.
pub(super) struct Search<'s, 'a> {
    pub(super) trials: &'s mut Trials<'a>,
    pub(super) sources: &'s Sources,
    /// The project, without the other conflicts.
    pub(super) project: Network,
    pub(super) set: &'s Set,
    /// By how much limits of the project are passed at least, once somebody asked.
    passing: Option<Option<i128>>,
    /// What was planned as it would be pasted.
    pub(super) planned: Planned<'a>,
}

/// Changes of a large project of which it is asked whether prices rule them out.
const ASKED: usize = 8;

/// By how much limits are passed at least; none where that has no measure.
fn measure(network: &Network, steering: &Steering<'_>) -> Option<i128> {
    match passed_at_least(&Model::new(network).ok()?, steering).ok()? {
        Passing::Measured(passing) => Some(passing),
        Passing::Unmeasured => None,
    }
}

/// Where the line through two points comes to nothing; none where it does not fall.
fn end_of_line((first, before): (i64, i128), (second, now): (i64, i128)) -> Option<i64> {
    let fall = before - now;
    let further = (i128::from(second - first) * now).checked_div(fall.max(0))?;
    i64::try_from(i128::from(second) + further + 1).ok()
}

impl<'s, 'a> Search<'s, 'a> {
    /// Of a conflict of a project without the others.
    pub(super) fn new(trials: &'s mut Trials<'a>, sources: &'s Sources, project: Network, set: &'s Set) -> Self {
        let planned = Planned::new(trials.steering());
        Self { trials, sources, project, set, passing: None, planned }
    }
}

impl Search<'_, '_> {
    /// The member as it stands in the project without the other conflicts.
    pub(super) fn members(&self) -> Vec<Member> {
        let stated: BTreeSet<Member> = super::member::all(&self.project).into_iter().collect();
        let kept = |one: &Member| {
            let (kind, key) = (one.kind(), one.key(&self.trials.stated));
            stated.iter().find(|other| other.kind() == kind && other.key(&self.project) == key).cloned()
        };
        self.set.members.iter().filter_map(kept).collect()
    }

    /// What a plan takes of a rule at least that lets go of something without end; empty where even then there is none.
    pub(super) fn given_by(&mut self, relax: Relax, scope: &Scope, up_to: UpTo) -> Gives {
        let mut network = self.project.clone();
        network.rules.iter_mut().for_each(|rule| rule.when_pays = true);
        let mut elastic = rule("elastic", relax, scope.clone(), up_to);
        elastic.when_pays = false;
        network.rules.push(elastic);
        let last = network.rules.len() - 1;
        self.gives(&network, last).unwrap_or_default()
    }

    /// By how much a plan passes a limit at most in one bucket, where that is so dear that passing it by `least` in one costs all that can be earned.
    pub(super) fn passed_at_a_price(
        &mut self,
        relax: Relax,
        scope: &Scope,
        up_to: UpTo,
        least: Ratio,
    ) -> Option<Ratio> {
        let best = self.earned_without()?;
        let mut network = self.project.clone();
        let mut dear = rule("dear", relax, scope.clone(), up_to);
        let price = mul(add(best, Ratio::from_integer(1)).ok()?, least.recip()).ok()?.ceil();
        dear.cost = Decimal::try_from_i128_with_scale(price.to_integer().abs(), 0).ok();
        network.rules.push(dear);
        let last = network.rules.len() - 1;
        self.gives(&network, last)?.into_iter().map(|(.., amount)| amount).max()
    }

    /// What is earned without the conflict.
    fn earned_without(&mut self) -> Option<Ratio> {
        let free = without_conflict(&self.project, &self.set.members)?;
        self.planned.earned(&free)
    }

    fn gives(&mut self, network: &Network, rule: usize) -> Option<Gives> {
        let steering = self.trials.steering();
        if !self.trials.pays_for_one() {
            return None;
        }
        let (model, outcome) = solve_in_time(Model::new(network).ok()?, steering).ok()?;
        let ledger = Ledger::new(&model, &outcome).ok()?;
        let breaches = Breaches::new(&model, &outcome, &ledger).ok()?;
        let mut gives: BTreeMap<(String, usize), Ratio> = BTreeMap::new();
        for breach in breaches.all {
            for part in breach.parts.iter().filter(|part| part.rule == rule) {
                // What premium lanes are used for is measured in money.
                let own = if breach.kind == Relax::Expedite.name() { part.used } else { part.amount };
                let sum = gives.entry((breach.of.clone(), breach.bucket)).or_insert_with(Ratio::zero);
                *sum = add(*sum, own).ok()?;
            }
        }
        Some(gives.into_iter().map(|((of, bucket), amount)| (of, bucket, amount)).collect())
    }

    /// The least change, from 1 to `most`, with which there is a plan; tried from `hint` on. What sums rule out is not tried.
    pub(super) fn least(&mut self, hint: i64, most: i64, change: &dyn Fn(&mut Network, i64)) -> Option<i64> {
        let least = self.least_that_adds_up(hint, most, change)?;
        if !self.is_small() {
            return self.least_of_large((least, most), &[0, (least / 5).max(1)], change);
        }
        if self.works(least, change) {
            return Some(least);
        }
        if least == most || !self.works(most, change) {
            return None;
        }
        let (mut enough, mut too_little) = (most, least);
        let mut next = hint.max(least + 1);
        while next < enough {
            if self.works(next, change) {
                enough = next;
            } else {
                too_little = next;
                next = next.saturating_mul(2);
            }
        }
        while enough - too_little > 1 {
            let middle = too_little + (enough - too_little) / 2;
            if self.works(middle, change) { enough = middle } else { too_little = middle }
        }
        Some(enough)
    }

    /// A change of a project that is too large to ask for the least: half way from what sums rule out to all of it, or all of it.
    pub(super) fn enough_of_large(&mut self, hint: i64, most: i64, change: &dyn Fn(&mut Network, i64)) -> Option<i64> {
        let least = self.least_that_adds_up(hint, most, change)?;
        [least + (most - least) / 2, most].into_iter().find(|&by| self.is_planned(by, change))
    }

    /// The least change that sums do not rule out; where one adds up, larger ones do as well.
    fn least_that_adds_up(&self, hint: i64, most: i64, change: &dyn Fn(&mut Network, i64)) -> Option<i64> {
        let adds_up = |by: i64| Model::new(&self.changed(by, change)).is_ok_and(|model| adds_up(&model));
        if most < 1 {
            return None;
        }
        let (mut too_little, mut enough) = (0, 1);
        let mut step = hint.clamp(1, most);
        while !adds_up(enough) {
            if enough == most {
                return None;
            }
            too_little = enough;
            enough = most.min(enough.saturating_add(step));
            step = step.saturating_mul(2);
        }
        while enough - too_little > 1 {
            let middle = too_little + (enough - too_little) / 2;
            if adds_up(middle) { enough = middle } else { too_little = middle }
        }
        Some(enough)
    }

    /// What does for a project that is too large for a search: what prices do not rule out, or so much more.
    pub(super) fn least_of_large(
        &mut self,
        (least, most): (i64, i64),
        more: &[i64],
        change: &dyn Fn(&mut Network, i64),
    ) -> Option<i64> {
        let least = self.least_within_prices(least, most, change)?;
        let mut tried: Vec<i64> = more.iter().map(|more| least.saturating_add(*more).min(most)).collect();
        tried.dedup();
        tried.into_iter().find(|&by| self.is_planned(by, change))
    }

    /// True where a plan is found with a change as it would be pasted.
    pub(super) fn is_planned(&mut self, by: i64, change: &dyn Fn(&mut Network, i64)) -> bool {
        let mut network = self.project.clone();
        change(&mut network, by);
        self.trials.pays_for_one() && self.planned.earned(&network).is_some()
    }

    /// The least change that prices do not rule out, from one on that is known to be needed. By how much limits are passed falls ever more slowly with
    /// what there is of one, so that the line through two points ends before the least change that does.
    fn least_within_prices(&mut self, least: i64, most: i64, change: &dyn Fn(&mut Network, i64)) -> Option<i64> {
        let steering = self.trials.steering();
        let stated = *self.passing.get_or_insert_with(|| measure(&self.project, steering));
        let (mut too_little, mut enough) = ((0, stated), None);
        let (mut by, mut is_least) = (least.min(most), true);
        for _ in 0..ASKED {
            let now = measure(&self.changed(by, change), steering);
            if now == Some(0) {
                enough = Some(by);
                if is_least {
                    break;
                }
            } else if by == most {
                return None;
            } else {
                let line =
                    too_little.1.zip(now).and_then(|(before, now)| end_of_line((too_little.0, before), (by, now)));
                too_little = (by, now);
                if let Some(end) = line.filter(|&end| enough.is_none_or(|enough| end < enough)) {
                    // Prices are as good as this.
                    if end - by <= by / 50 {
                        return Some(end.min(most));
                    }
                    (by, is_least) = (end.min(most), true);
                    continue;
                }
            }
            by = enough.map_or(by.saturating_mul(2).min(most), |enough| too_little.0 + (enough - too_little.0) / 2);
            is_least = false;
            if by == too_little.0 {
                break;
            }
        }
        enough
    }

    fn changed(&self, by: i64, change: &dyn Fn(&mut Network, i64)) -> Network {
        let mut network = self.project.clone();
        network.rules.iter_mut().for_each(|rule| rule.when_pays = true);
        change(&mut network, by);
        network
    }

    /// True where there is a plan with a change.
    pub(super) fn works(&mut self, by: i64, change: &dyn Fn(&mut Network, i64)) -> bool {
        let network = self.changed(by, change);
        self.trials.plan(&network) == Verdict::Plan
    }

    /// True for a project that can be planned many times, which is no part of a larger one either.
    pub(super) fn is_small(&self) -> bool {
        self.trials.is_small() && !self.trials.is_part()
    }

    /// True of a project that is planned only a few times.
    pub(super) fn is_large(&self) -> bool {
        !self.trials.is_small()
    }

    /// A change of the line on which a key stands.
    pub(super) fn line(&self, entry: &Place, key: &str, value: &str) -> Option<String> {
        if is_csv(entry) {
            return None;
        }
        let place = key_place(self.sources, entry, key)?;
        Some(format!("# {}:{}\n{key} = {value}", place.file, place.line))
    }

    /// A key that an entry does not state yet.
    pub(super) fn added(&self, entry: &Place, key: &str, value: &str) -> Option<String> {
        let told = || format!("# {}:{}, below it\n{key} = {value}", entry.file, entry.line);
        (!is_csv(entry)).then(told)
    }

    /// A new rule, behind the others.
    pub(super) fn new_rule(&self, id: &str, relax: Relax, scope: &Scope, up_to: &str) -> String {
        let file = self.project.rules.last().map_or("rules.toml", |rule| rule.origin.file.as_str());
        let (selector, relax) = (super::paste::selector(scope), relax.name());
        format!(
            "# {file}, at its end\n[[rule]]\nid = {}\nrelax = \"{relax}\"\n{selector}up-to = {{ {up_to} }}",
            super::paste::quoted(id)
        )
    }

    pub(super) fn offer_words(&self, offer: usize) -> String {
        words::offer(&self.project, offer)
    }
}
