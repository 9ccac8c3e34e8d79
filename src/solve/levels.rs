//! One level after the other: first what is given is made as small as can be, then the use of each rule, then money is earned.

use num_traits::Zero;
use rayon::prelude::*;

use super::broken::{self, broken};
use super::closest::{Closest, closer};
use super::draft::Draft;
use super::effect::Choice;
use super::made::{Found, is_trial};
use super::program::{Decision, GIVEN, Program};
use super::reduced::Prices;
use super::rows::Rows;
use super::worth::{self, Worth};
use super::{NO_PLAN, Outcome, Steering, Unsolved, at_least, fixed, laid_out, least_uses, outcome, proof};
use crate::model::Model;
use crate::model::breaches::Breaches;
use crate::model::given::nothing_ordered;
use crate::model::ledger::Ledger;
use crate::units::{Overflow, Ratio, add};

/// Levels are searched one after the other: first what is given is made as small as can be, then the use of each rule, then money is
/// earned.
pub(super) struct Levels<'a> {
    pub(super) model: &'a Model<'a>,
    pub(super) steering: &'a Steering<'a>,
    /// True where only plans are of use that use the least of everything.
    pub(super) least: bool,
    /// True where programs know of how much there is.
    pub(super) is_cut: bool,
}

impl Levels<'_> {
    pub(super) fn solve(&self, mut programs: Vec<Program>, mut rows: Rows) -> Result<Outcome, Unsolved> {
        let count = rows.levels.len();
        if rows.levels.iter().all(Option::is_none) {
            let found = self.best_of_orders(&programs, &rows, None)?;
            let prices = found.prices.clone();
            let outcome = self.outcome(found, &vec![0; count], &programs, &rows)?;
            drop(programs);
            return Ok(self.with_worth(outcome, &prices, &rows, |_, program| program));
        }
        // No plan is given less than all pools would be by themselves, and most often there is one that is not, without any rule.
        let least = least_uses(&programs, &rows).ok_or(Overflow)?;
        let mut bounds = vec![0; count];
        bounds[GIVEN] = least.iter().map(|used| i128::from(*used)).sum();
        let mut known: Option<Vec<Decision>> = None;
        let without = |(program, least): (&Program, &i64)| program.without(|level| level != GIVEN).kept_to(*least);
        let (kept, strict) = at_least(&programs, &rows, &least);
        match self.best_of_orders(&kept, &strict, None) {
            Ok(found) if found.broken.is_empty() && !self.is_lenient() && self.lets_go_of_nothing(&found)? => {
                let prices = found.prices.clone();
                let outcome = self.outcome(found, &bounds, &programs, &rows)?;
                drop((programs, kept));
                return Ok(self.with_worth(outcome, &prices, &strict, |pool, one| without((&one, &least[pool]))));
            }
            Ok(found) if found.broken.is_empty() => {
                known = Some(found.choices.into_iter().map(|choice| choice.decision).collect());
            }
            Ok(found) if self.least => {
                return Err(Unsolved::NoPlan(found.broken, false, Some(Box::new(found.outcome))));
            }
            Err(Unsolved::NoPlan(broken, _, closest)) if self.least => {
                return Err(Unsolved::NoPlan(broken, false, closest));
            }
            // That none does with so little says nothing of others.
            Ok(_) | Err(Unsolved::NoPlan(..)) => {}
            Err(other) => return Err(other),
        }
        for level in (0..count).filter(|level| rows.levels[*level].is_some()).collect::<Vec<_>>() {
            let for_use: Vec<Program> = programs.iter().map(|program| program.for_use(level)).collect();
            let mut used = known.as_ref().map(|known| used_by(&for_use, &rows, known));
            if used != Some(bounds[level]) {
                let found = self.best_of_orders(&for_use, &rows, known.as_deref())?;
                if found.broken.is_empty() {
                    bounds[level] = bounds[level].max(-found.bound);
                    let decisions: Vec<Decision> = found.choices.into_iter().map(|choice| choice.decision).collect();
                    used = Some(used_by(&for_use, &rows, &decisions));
                    known = Some(decisions);
                } else if known.is_none() {
                    // What is proven of a level's use says nothing of money.
                    let found = Found { bound: i128::MAX, ..found };
                    return self.outcome(found, &bounds, &programs, &rows);
                }
            }
            // Rows count a use as no more than it is, so that no plan that uses as much is left out.
            let exact = known.as_ref().map_or(Ok(0), |known| self.exact_use(level, &for_use, &rows, known))?;
            let used = used.unwrap_or(0).max(exact);
            rows = rows.with_use(level, used + self.within(level, &rows)?);
            if rows.levels[level].is_some_and(|row| rows.available[row] == 0) {
                programs = programs.iter().map(|program| program.without(|other| other == level)).collect();
                rows = rows.without_slack(|other| other == level);
            }
        }
        let found = self.best_of_orders(&programs, &rows, known.as_deref())?;
        let unused = |level: usize| rows.levels[level].is_some_and(|row| rows.available[row] == 0);
        let prices = found.prices.clone();
        let outcome = self.outcome(found, &bounds, &programs, &rows)?;
        drop(programs);
        Ok(self.with_worth(outcome, &prices, &rows, |_, program| program.without(unused)))
    }

    /// A plan with what more of the limits is worth beside it, where each pool is what `as_settled` makes of it.
    fn with_worth(
        &self,
        outcome: Outcome,
        prices: &Prices,
        rows: &Rows,
        as_settled: impl Fn(usize, Program) -> Program + Sync,
    ) -> Outcome {
        Outcome { worth: self.worth(prices, rows, as_settled), ..outcome }
    }

    fn worth(
        &self,
        prices: &Prices,
        rows: &Rows,
        as_settled: impl Fn(usize, Program) -> Program + Sync,
    ) -> Option<Worth> {
        let model = self.model;
        if self.steering.is_brief() || model.limits.is_empty() && model.cash.is_none() {
            return None;
        }
        // Programs that know nothing of how much there is.
        let (unfitted, _) = laid_out(model).ok()?;
        let settled: Vec<Program> =
            unfitted.into_par_iter().enumerate().map(|(pool, program)| as_settled(pool, program)).collect();
        let worth = worth::worth(model, (&settled, rows), (prices, !self.is_cut), self.steering)?;
        Some(Worth { bound: add(worth.bound, model.beside_programs().ok()?).ok()?, ..worth })
    }

    /// What decisions use of a rule's level by the exact books.
    fn exact_use(&self, level: usize, programs: &[Program], rows: &Rows, known: &[Decision]) -> Result<i128, Overflow> {
        let Some(at) = level.checked_sub(1) else { return Ok(0) };
        let choices = programs.iter().zip(known).map(|(program, one)| Choice::of(program, rows, one.clone()));
        let outcome = outcome(self.model, programs, &choices.collect::<Vec<_>>());
        let ledger = Ledger::new(self.model, &outcome)?;
        let uses = Breaches::new(self.model, &outcome, &ledger)?.by_level(self.model)?;
        fixed::up(uses[at], rows.money).map(i128::from)
    }

    /// True where a plan uses no rule by the exact books, which count what is owed as well.
    fn lets_go_of_nothing(&self, found: &Found) -> Result<bool, Overflow> {
        let ledger = Ledger::new(self.model, &found.outcome)?;
        let uses = Breaches::new(self.model, &found.outcome, &ledger)?.by_level(self.model)?;
        Ok(uses.iter().all(Ratio::is_zero))
    }

    /// True where some rule may be used by more than the least.
    fn is_lenient(&self) -> bool {
        let rules = &self.model.network.rules;
        self.model.relief.levels.iter().any(|&rule| !rules[rule].within.is_zero())
    }

    /// By how much the use of a level may exceed the least.
    fn within(&self, level: usize, rows: &Rows) -> Result<i128, Overflow> {
        let Some(rule) = level.checked_sub(1).map(|at| self.model.relief.levels[at]) else { return Ok(0) };
        fixed::up(crate::units::ratio(self.model.network.rules[rule].within), rows.money).map(i128::from)
    }

    /// The same, or nothing ordered, where that is a plan and what was found is none, or cannot be at all: it has stock that is not there, or
    /// serves demand twice.
    fn possible(&self, found: Found) -> Result<Found, Overflow> {
        if found.broken.is_empty() {
            return Ok(found);
        }
        let outcome = nothing_ordered(self.model);
        let idle = broken(self.model, &outcome)?;
        if idle.is_empty() && !found.none || found.broken.iter().any(broken::is_impossible) {
            return Ok(Found { broken: idle, outcome, ..found });
        }
        Ok(found)
    }

    /// The plan of the last level; `bounds` are what any plan uses of each level at least. Where there is none, tells whether that is
    /// proven.
    fn outcome(&self, found: Found, bounds: &[i128], programs: &[Program], rows: &Rows) -> Result<Outcome, Unsolved> {
        let found = self.possible(found)?;
        let amount = |number: &i128| Ratio::new(*number, i128::from(rows.money));
        let is_known = NO_PLAN < found.bound && found.bound < i128::MAX;
        let bound = is_known.then(|| add(amount(&found.bound), self.model.beside_programs()?)).transpose()?;
        let is_impossible =
            || !is_trial(programs, self.steering) && proof::is_impossible(programs, rows, self.steering);
        let proven = !found.broken.is_empty() && (found.none || is_impossible());
        let mut closest = Closest { broken: found.broken, outcome: found.outcome };
        let is_stopped = self.steering.interrupted() && !proven;
        if !closest.broken.is_empty() && (self.steering.is_drafting() || is_stopped) {
            closest = closer(self.model, (programs, rows), closest, self.steering);
        }
        let Closest { broken, outcome } = closest;
        let interrupted = self.steering.interrupted();
        if !broken.is_empty() {
            let closest = Outcome { bound: bound.filter(|_| !proven), interrupted, ..outcome };
            return Err(Unsolved::NoPlan(broken, proven, Some(Box::new(closest))));
        }
        let mut levels: Vec<Ratio> = bounds.iter().map(amount).collect();
        levels[GIVEN] = add(levels[GIVEN], self.model.forced)?;
        Ok(Outcome { bound, levels, interrupted, ..outcome })
    }
}

/// What decisions use of the level that the programs aim at.
fn used_by(programs: &[Program], rows: &Rows, known: &[Decision]) -> i128 {
    let each = programs.par_iter().zip(known);
    let choices = each.map(|(program, decision)| Choice::of(program, rows, decision.clone())).collect();
    -Draft::new(programs, rows, &rows.available, choices).objective()
}
