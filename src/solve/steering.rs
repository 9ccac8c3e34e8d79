//! When to stop, and whom to tell how far the search is.
//!
//! The search itself counts work, never seconds. What looks at clocks and signals stands outside and is asked here.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

use num_traits::ToPrimitive;
use rust_decimal::Decimal;

use super::master::real;
use super::rows::Rows;

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// What it is doing.
    phase: &'static str,
    /// How often it has.
    iteration: usize,
    /// No plan earns more, as far as is known.
    bound: Option<f64>,
    /// What the best plan so far earns.
    plan: Option<f64>,
}

impl Progress {
    /// True of a step of a larger work, of which neither a plan nor a bound is told.
    #[must_use]
    pub fn is_step(&self) -> bool {
        self.bound.is_none() && self.plan.is_none()
    }

    /// What it is doing.
    #[must_use]
    pub fn phase(&self) -> &'static str {
        self.phase
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.phase, self.iteration)?;
        if let Some(bound) = self.bound {
            write!(f, ", bound {bound:.0}")?;
        }
        if let Some(plan) = self.plan {
            write!(f, ", best plan {plan:.0}")?;
        }
        if let (Some(bound), Some(plan)) = (self.bound, self.plan) {
            write!(f, ", gap {:.3} %", (bound - plan) / bound.abs().max(1e-9) * 100.0)?;
        }
        Ok(())
    }
}

/// How a search is steered from outside.
pub struct Steering<'a> {
    /// True where it should end with the best plan so far.
    stop: &'a (dyn Fn() -> bool + Sync),
    /// Is told how far the search is.
    tell: &'a (dyn Fn(Progress) + Sync),
    /// A plan that is proven to be within this part of the bound is good enough.
    gap: Decimal,
    /// True once the search ended early for having been asked to.
    heeded: AtomicBool,
    /// True where a search that comes to nothing soon is to end.
    brief: bool,
    /// True where the plan that breaks least is wanted if there is none that breaks nothing.
    drafting: bool,
}

impl Default for Steering<'_> {
    fn default() -> Self {
        Self::new(&|| false, &|_| (), Decimal::ZERO)
    }
}

impl fmt::Debug for Steering<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Steering").field("gap", &self.gap).finish_non_exhaustive()
    }
}

impl<'a> Steering<'a> {
    /// A search that ends with its best plan once `stop` says so or a plan is proven to be within `gap` of the bound, and tells
    /// `tell` how far it is.
    #[must_use]
    pub fn new(stop: &'a (dyn Fn() -> bool + Sync), tell: &'a (dyn Fn(Progress) + Sync), gap: Decimal) -> Self {
        Self { stop, tell, gap, heeded: AtomicBool::new(false), brief: false, drafting: false }
    }

    /// The same for a trial among many: small projects are not branched on to the end.
    #[must_use]
    pub fn brief(self) -> Self {
        Self { brief: true, ..self }
    }

    /// The same where the plan that breaks least is wanted if there is none that breaks nothing.
    #[must_use]
    pub fn drafting(&self) -> Self {
        Self { drafting: true, heeded: AtomicBool::new(self.interrupted()), ..*self }
    }

    /// True where the plan that breaks least is wanted.
    pub(super) fn is_drafting(&self) -> bool {
        self.drafting
    }

    /// The same for a part of the work, of which nobody is told.
    pub(super) fn quiet(&self) -> Self {
        Self { tell: &|_| (), gap: Decimal::ZERO, heeded: AtomicBool::new(self.interrupted()), ..*self }
    }

    /// True for a trial among many.
    pub(super) fn is_brief(&self) -> bool {
        self.brief
    }

    /// A part of some work: all of it, or little for a trial.
    pub(super) fn part_of(&self, work: i128) -> i128 {
        if self.brief { work / 50 } else { work }
    }

    /// True where a plan is good enough, or it is time to end.
    pub(super) fn is_over(&self, objective: i128, bound: i128) -> bool {
        let gap = self.gap.to_f64().unwrap_or(0.0);
        let close = gap > 0.0 && real(bound - objective) <= gap * real(bound).abs();
        close || self.stopped()
    }

    /// True where somebody outside wants an end, or has wanted it.
    #[must_use]
    pub fn is_asked_to_stop(&self) -> bool {
        self.heeded.load(Ordering::Relaxed) || (self.stop)()
    }

    /// True where it is time to end.
    pub(super) fn stopped(&self) -> bool {
        let stopped = self.heeded.load(Ordering::Relaxed) || (self.stop)();
        if stopped {
            self.heeded.store(true, Ordering::Relaxed);
        }
        stopped
    }

    /// True where the search ended early for having been asked to.
    pub(super) fn interrupted(&self) -> bool {
        self.heeded.load(Ordering::Relaxed)
    }

    /// Tells of the next step of a larger work.
    pub(crate) fn step(&self, phase: &'static str, iteration: usize) {
        (self.tell)(Progress { phase, iteration, bound: None, plan: None });
    }

    /// Tells of steps alone, for work that consists of searches.
    pub(crate) fn tell_step(&self, progress: Progress) {
        if progress.is_step() {
            (self.tell)(progress);
        }
    }

    /// Tells how far the search is.
    pub(super) fn report(
        &self,
        rows: &Rows,
        phase: &'static str,
        iteration: usize,
        bound: Option<i128>,
        plan: Option<i128>,
    ) {
        let money = |amount: i128| real(amount) / real(i128::from(rows.money));
        (self.tell)(Progress { phase, iteration, bound: bound.map(money), plan: plan.map(money) });
    }
}
