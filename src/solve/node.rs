//! A part of all plans: pools whose lines and sales are bounded further, at prices that make its bound small.
//!
//! Every pool has cuts of its own here. What a pool proposed once bounds its part wherever the proposal is still among its plans, so
//! that a node which is split hands on nearly all that is known.

use std::sync::Arc;

use rayon::prelude::*;

use super::branch::cells;
use super::dual::{add_up, pass_rows};
use super::dynamic::Workspace;
use super::effect::Choice;
use super::fixed::PRICE_BITS;
use super::master::{Master, Proposal};
use super::program::{Aim, Decision, Program};
use super::reduced::Prices;
use super::rows::Rows;
use super::split::admits;

/// The best that a pool does at prices.
#[derive(Debug, Clone)]
pub(super) struct Best {
    /// What it earns at them.
    pub(super) value: i128,
    /// What it does.
    pub(super) choice: Arc<Choice>,
}

/// A part of all plans.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The pools, within the bounds of the node.
    pub(super) programs: Vec<Arc<Program>>,
    /// The best prices found.
    pub(super) prices: Prices,
    /// What each pool does at them.
    pub(super) best: Vec<Best>,
    /// No plan of the node earns more.
    pub(super) bound: i128,
    /// Where prices come from.
    pub(super) master: Master<Arc<Choice>>,
}

impl Node {
    /// All plans of the programs; `None` where a pool has none.
    pub(super) fn new(
        programs: Vec<Arc<Program>>,
        rows: &Rows,
        prices: Prices,
        workspaces: &mut [Workspace],
    ) -> Option<Self> {
        let best = all(&programs, rows, &prices, workspaces)?;
        let bound = total(&programs, rows, &prices, &best);
        let used: Vec<_> =
            programs.iter().zip(&best).map(|(program, best)| used(program, rows, &best.choice)).collect();
        let master = Master::at(rows, bound, proposals(&best, &used), &prices);
        Some(Self { programs, prices, best, bound, master })
    }

    /// Lets the master know of a plan of the node.
    pub(super) fn tell(&mut self, rows: &Rows, choices: &[Choice]) {
        for (pool, choice) in choices.iter().enumerate() {
            let used = used(&self.programs[pool], rows, choice);
            let paid: i128 =
                used.iter().zip(&self.prices.row).map(|(used, price)| used * i128::from(*price)).sum::<i128>()
                    >> PRICE_BITS;
            let value = i128::from(choice.effect.objective) - paid;
            self.master.cut(pool, Proposal { value, used: &used, from: Arc::new(choice.clone()) });
        }
    }

    /// Asks the master for other prices once; false where it expects nothing of any.
    pub(super) fn price(&mut self, rows: &Rows, tolerance: f64, workspaces: &mut [Workspace]) -> bool {
        let Some(prices) = self.master.propose(rows, tolerance) else { return false };
        let Some(best) = all(&self.programs, rows, &prices, workspaces) else { return false };
        let value = total(&self.programs, rows, &prices, &best);
        let used: Vec<_> =
            self.programs.iter().zip(&best).map(|(program, best)| used(program, rows, &best.choice)).collect();
        if self.master.learn(value, proposals(&best, &used)) {
            (self.prices, self.best) = (prices, best);
        }
        self.bound = self.bound.min(value);
        true
    }

    /// The node with another program in place of one, of which `best` is what it does at the node's prices.
    pub(super) fn with(&self, rows: &Rows, pool: usize, program: Arc<Program>, best: Best) -> Self {
        let mut node = self.clone();
        let fresh = !Arc::ptr_eq(&best.choice, &node.best[pool].choice);
        node.programs[pool] = program;
        let value = best.value;
        let used = fresh.then(|| used(&node.programs[pool], rows, &best.choice));
        let from = Arc::clone(&best.choice);
        node.best[pool] = best;
        let all = total(&node.programs, rows, &node.prices, &node.best);
        node.bound = node.bound.min(all);
        let program = &node.programs[pool];
        node.master.narrow(pool, all, |choice| admits(program, &choice.decision));
        if let Some(used) = used {
            node.master.cut(pool, Proposal { value, used: &used, from });
        }
        node
    }
}

/// Cells that take far longer than waking a thread does.
const TASK: i128 = 50_000;

/// What one pool does at prices.
pub(super) fn solve(workspace: &mut Workspace, program: &Program, rows: &Rows, prices: &Prices) -> Option<Best> {
    workspace.reduced.set(program, prices);
    workspace.caps.free(program);
    let mut decision = Decision::default();
    let value = workspace.solve(program, &mut decision)?;
    let value = i128::from(value) + i128::from(workspace.reduced.constant);
    Some(Best { value, choice: Arc::new(Choice::of(program, rows, decision)) })
}

fn all(programs: &[Arc<Program>], rows: &Rows, prices: &Prices, workspaces: &mut [Workspace]) -> Option<Vec<Best>> {
    let each = programs.par_iter().with_min_len(a_task(cells(programs.iter().map(Arc::as_ref)), programs.len()));
    each.zip(workspaces).map(|(program, workspace)| solve(workspace, program, rows, prices)).collect()
}

/// So many of `count` programs, which have these cells together, are work enough to hand them to another thread.
pub(super) fn a_task(cells: i128, count: usize) -> usize {
    let count = i128::try_from(count).unwrap_or(i128::MAX / TASK);
    usize::try_from(TASK * count / cells.max(1)).unwrap_or(usize::MAX).max(1)
}

/// The dual function.
fn total(programs: &[Arc<Program>], rows: &Rows, prices: &Prices, best: &[Best]) -> i128 {
    let aim = programs.first().map_or(Aim::Money, |program| program.aim);
    pass_rows(aim, rows, prices, |_, _| ())
        + prices.worth(&rows.available)
        + best.iter().map(|best| best.value).sum::<i128>()
}

fn used(program: &Program, rows: &Rows, choice: &Choice) -> Vec<i128> {
    let mut used = vec![0; rows.count];
    add_up(&mut used, program, rows, &choice.effect, 1);
    used
}

fn proposals<'a>(best: &[Best], used: &'a [Vec<i128>]) -> Vec<Proposal<'a, Arc<Choice>>> {
    let each =
        |(best, used): (&Best, &'a Vec<i128>)| Proposal { value: best.value, used, from: Arc::clone(&best.choice) };
    best.iter().zip(used).map(each).collect()
}
