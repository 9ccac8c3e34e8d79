//! When to stop, and whom to tell how far the search is.
//!
//! The search itself counts work, never seconds. What looks at clocks and signals stands outside and is asked here.

use super::rows::Rows;

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// What it is doing.
    pub phase: &'static str,
    /// How often it has.
    pub iteration: usize,
    /// No plan earns more, as far as is known.
    pub bound: Option<f64>,
    /// What the best plan so far earns.
    pub plan: Option<f64>,
}

impl Progress {
    /// How far the plan may be from the best one, as a part of the bound.
    #[must_use]
    pub fn gap(&self) -> Option<f64> {
        let (bound, plan) = (self.bound?, self.plan?);
        Some((bound - plan) / bound.abs().max(1e-9))
    }
}

/// How a search is steered from outside.
pub struct Steering<'a> {
    /// True where it should end with the best plan so far.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Is told how far the search is.
    pub tell: &'a (dyn Fn(Progress) + Sync),
    /// A plan that is proven to be within this part of the bound is good enough.
    pub gap: f64,
}

impl Default for Steering<'_> {
    fn default() -> Self {
        Self { stop: &|| false, tell: &|_| (), gap: 0.0 }
    }
}

impl std::fmt::Debug for Steering<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Steering").field("gap", &self.gap).finish_non_exhaustive()
    }
}

impl Steering<'_> {
    /// True where a plan of a known bound is good enough, or it is time to end.
    pub(super) fn is_over(&self, objective: i128, bound: i128, rows: &Rows) -> bool {
        let (plan, bound) = (super::master::real(objective), super::master::real(bound));
        self.stopped() || objective > i128::MIN / 4 && bound - plan <= self.gap * bound.abs() && self.gap > 0.0 && rows.money > 0
    }

    /// True where it is time to end.
    pub(super) fn stopped(&self) -> bool {
        (self.stop)()
    }

    /// Tells how far the search is.
    pub(super) fn report(&self, rows: &Rows, phase: &'static str, iteration: usize, bound: Option<i128>, plan: Option<i128>) {
        let money = |amount: i128| super::master::real(amount) / super::master::real(i128::from(rows.money));
        (self.tell)(Progress { phase, iteration, bound: bound.map(money), plan: plan.map(money) });
    }
}
