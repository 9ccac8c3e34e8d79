//! Small projects: branching on the priced model until the plan is proven best, or the budget of work is spent.
//!
//! The mean of what a node's pools propose is a fractional plan; a line that is placed in part is what it is split at. The search goes
//! down first, where the mean becomes a plan, and on from the node with the highest bound. A node is done where nothing in it can earn
//! more than the best plan known.

use std::sync::Arc;

use rayon::prelude::*;

use super::Steering;
use super::draft::Draft;
use super::dynamic::Workspace;
use super::effect::Choice;
use super::master::real;
use super::node::{Best, Node, a_task, solve};
use super::program::Program;
use super::reduced::Prices;
use super::rows::Rows;
use super::split::{Candidate, Mean, candidates, open};

/// Iterations of the master in the first node and in those below.
const FIRST_ITERATIONS: usize = 30;
const ITERATIONS: usize = 6;
/// More of them where a plan is made.
const MORE_ITERATIONS: usize = 12;
/// A node whose expected bound is within this part of the value is priced well enough.
const TOLERANCE: f64 = 1e-6;
/// Splits that are tried before one is taken.
const TRIED: usize = 8;
/// A plan is made near the mean of a node in which no more lines are placed in part.
const NEARLY: usize = 3;
/// The part of the work that goes into a search of everything before looking around.
const AT_ONCE: i128 = 10;
/// Most times that the work is done.
const MOST_TIMES: i128 = 8;
/// Times that pools give way to each other in a plan.
const POLISHES: usize = 3;
/// A plan is among the best where it is behind the best by less than one of so many parts of the gap.
const NEAR_TOP: i128 = 4;
/// Work of putting a plan together, in evaluations.
const PLANNING: i128 = 12;

/// The search.
pub(super) struct Search<'a> {
    pub(super) programs: &'a [Program],
    pub(super) rows: &'a Rows,
    /// What there is of each row.
    available: &'a [i64],
    /// The best plan known.
    pub(super) best: Option<Vec<Choice>>,
    /// What it earns.
    pub(super) objective: i128,
    /// The most that any plan known so far earns.
    top: i128,
    /// The highest bound of what was given up for less than it takes to matter.
    pub(super) given_up: i128,
    /// Work that may be done, for each thousandth that may be gained.
    work: i128,
    /// Work done.
    pub(super) spent: i128,
    /// No plan earns more.
    bound: i128,
    /// Room to work in: one for each pool, and each split that is tried.
    pub(super) workspaces: Vec<Workspace>,
    /// Nodes made.
    nodes: usize,
}

/// A node that waits for its turn.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) node: Node,
    /// Nodes are numbered as they are made.
    pub(super) number: usize,
}

/// What a search is for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aim {
    /// Whether sizes are searched too where every line is placed or not; else the plan near the mean will do.
    pub(super) exact: bool,
    /// Gains that are not looked for.
    pub(super) gain: i128,
}

impl<'a> Search<'a> {
    /// A search that knows a plan, or none.
    pub(super) fn new(
        programs: &'a [Program],
        rows: &'a Rows,
        available: &'a [i64],
        best: Option<Vec<Choice>>,
        work: i128,
    ) -> Self {
        let workspaces = (0..programs.len().max(TRIED)).map(|_| Workspace::default()).collect();
        let (objective, given_up) = (i128::MIN / 2, i128::MIN / 2);
        let mut search = Self {
            programs,
            rows,
            available,
            best: None,
            objective,
            top: objective,
            given_up,
            work,
            spent: 0,
            bound: i128::MAX / 2,
            workspaces,
            nodes: 0,
        };
        if let Some(choices) = best {
            search.keep(Draft::new(programs, rows, available, choices));
        }
        search
    }

    /// Takes a plan if it keeps every row and earns more than the best one.
    fn keep(&mut self, draft: Draft<'a>) {
        let objective = draft.objective();
        if draft.violation() == 0 && objective > self.objective {
            self.objective = objective;
            self.top = self.top.max(objective);
            self.best = Some(draft.choices);
        }
    }

    /// Differences that are no money: a fifth of a minor unit.
    fn nothing(&self) -> i128 {
        i128::from(self.rows.minor / 5)
    }

    /// Searches from `bound` at `prices` on; the bound that is proven in the end. Everything is searched for a while, then what lies around the
    /// best plan, then everything again.
    pub(super) fn run(&mut self, prices: Prices, bound: i128, steering: &Steering<'_>) -> i128 {
        let programs: Vec<_> = self.programs.iter().cloned().map(Arc::new).collect();
        let Some(mut first) = Node::new(programs, self.rows, prices, &mut self.workspaces) else { return bound };
        first.bound = first.bound.min(bound);
        if !self.price(&mut first, FIRST_ITERATIONS) {
            return self.objective.max(self.given_up).min(bound);
        }
        let means = Mean::of(&first);
        let draft = self.rounded(&first, &means);
        self.keep(draft);
        self.bound = first.bound;
        let mut open = vec![Open { node: first.clone(), number: 0 }];
        let whole = Aim { exact: true, gain: self.nothing() };
        self.explore(&mut open, self.work / AT_ONCE, whole, steering);
        if !open.is_empty() {
            self.look_around(&first, &means, steering);
            self.explore(&mut open, self.work * MOST_TIMES, whole, steering);
        }
        highest(&open).max(self.objective).max(self.given_up).min(bound)
    }

    /// True once the work is done. It is worth doing once for each thousandth that may be gained.
    pub(super) fn is_tired(&self) -> bool {
        if self.best.is_none() {
            return self.spent >= self.work;
        }
        let times = self.bound.saturating_sub(self.objective).saturating_mul(1000) / self.bound.abs().max(1);
        self.spent >= self.work * times.clamp(1, MOST_TIMES)
    }

    /// Searches the plans of open nodes until none is left that may be of use or `work` is spent.
    pub(super) fn explore(&mut self, open: &mut Vec<Open>, work: i128, aim: Aim, steering: &Steering<'_>) {
        let end = self.spent + work;
        let mut fresh = 0;
        while let Some(next) = next(open, fresh) {
            let bound = highest(open).max(self.given_up);
            if self.spent >= end || self.is_tired() || steering.is_over(self.objective, bound) {
                return;
            }
            let Open { node, number } = open.remove(next);
            if self.is_done(node.bound, aim.gain) {
                fresh = 0;
                continue;
            }
            steering.report(self.rows, "branching", number, Some(bound), Some(self.objective));
            let children = self.expand(node, aim);
            fresh = children.len();
            for node in children {
                self.nodes += 1;
                open.push(Open { node, number: self.nodes });
            }
        }
    }

    /// Moves the prices of a node so that its bound falls; false where it turns out to be done.
    pub(super) fn price(&mut self, node: &mut Node, iterations: usize) -> bool {
        for _ in 0..iterations {
            if self.is_done(node.bound, self.nothing()) {
                return false;
            }
            self.spent += cells(node.programs.iter().map(Arc::as_ref)) + node.master.effort();
            if !node.price(self.rows, TOLERANCE, &mut self.workspaces) {
                break;
            }
        }
        !self.is_done(node.bound, self.nothing())
    }

    /// Prices a node, looks for a plan in it and splits it.
    fn expand(&mut self, mut node: Node, aim: Aim) -> Vec<Node> {
        if !self.price(&mut node, ITERATIONS) {
            return Vec::new();
        }
        node.master.mix_exactly();
        let mut means = Mean::of(&node);
        let torn = |means: &[Mean]| -> usize { means.iter().map(Mean::torn).sum() };
        if torn(&means) <= NEARLY {
            // A plan wants a mean that keeps the rows.
            if !self.price(&mut node, MORE_ITERATIONS) {
                return Vec::new();
            }
            node.master.mix_exactly();
            means = Mean::of(&node);
        }
        let torn = torn(&means);
        if torn <= NEARLY {
            self.spent += PLANNING * cells(node.programs.iter().map(Arc::as_ref));
            let mut draft = self.rounded(&node, &means);
            self.polish(&mut draft, &node);
            self.keep(draft);
        }
        if torn == 0 && !aim.exact { Vec::new() } else { self.children(&node, &means) }
    }

    /// True where no plan of a bound earns more than the best plan by more than `gain`: it is given up.
    fn is_done(&mut self, bound: i128, gain: i128) -> bool {
        let done = bound <= self.objective + gain;
        if done {
            self.given_up = self.given_up.max(bound);
        }
        done
    }

    /// A plan near the mean of a node.
    fn rounded(&mut self, node: &Node, means: &[Mean]) -> Draft<'a> {
        let choices = means.iter().map(Mean::rounded).collect();
        let mut draft = Draft::new(self.programs, self.rows, self.available, choices);
        draft.follow(&node.prices, means, &mut self.workspaces[0]);
        draft.settle(&node.prices, &|| false);
        draft.repair(&node.prices, &|| false);
        if draft.violation() == 0 {
            draft.improve(&node.prices, &|_| false);
        }
        draft
    }

    /// Lets pools give way to each other in a plan that is among the best: often one lacks a unit that others could spare.
    fn polish(&mut self, draft: &mut Draft<'a>, node: &Node) {
        let near = self.bound.saturating_sub(self.top) / NEAR_TOP;
        if draft.violation() > 0 || draft.objective() <= self.objective.max(self.top.saturating_sub(near)) {
            return;
        }
        for _ in 0..POLISHES {
            self.spent += PLANNING * cells(node.programs.iter().map(Arc::as_ref));
            if !draft.exchange(&node.prices, &|_| false) {
                break;
            }
        }
    }

    /// The parts of a node that may hold a better plan: it is split where the mean is torn, and where leaving what the pool does at
    /// the prices costs most.
    fn children(&mut self, node: &Node, means: &[Mean]) -> Vec<Node> {
        let found = self.candidates(node, means);
        if found.is_empty() {
            // All is decided.
            let choices = node.best.iter().map(|best| Choice::clone(&best.choice)).collect();
            self.keep(Draft::new(self.programs, self.rows, self.available, choices));
            return Vec::new();
        }
        let mut tried = self.try_splits(node, &found);
        let loss = |index: usize| match &tried[index] {
            Some((_, best)) => real(node.best[found[index].pool].value - best.value).max(1.0) * found[index].torn,
            None => f64::INFINITY,
        };
        let order = |&a: &usize, &b: &usize| loss(a).total_cmp(&loss(b)).then(b.cmp(&a));
        let Some(taken) = (0..found.len()).max_by(order) else { return Vec::new() };
        let Candidate { pool, split, .. } = found[taken];
        let is_lower = split.is_lower(&node.best[pool].choice.decision);
        let mut children = Vec::new();
        if let Some((other, best)) = tried.swap_remove(taken) {
            let child = node.with(self.rows, pool, Arc::new(other), best);
            if !self.is_done(child.bound, self.nothing()) {
                children.push(child);
            }
        }
        // What the pool does at the prices is in the other part.
        let (own, best) = (split.part(&node.programs[pool], !is_lower), node.best[pool].clone());
        children.push(node.with(self.rows, pool, Arc::new(own), best));
        children
    }

    /// Splits that promise most; where the mean is a decision, anything that is still open.
    fn candidates(&self, node: &Node, means: &[Mean]) -> Vec<Candidate> {
        let mut found = Vec::new();
        for (pool, mean) in means.iter().enumerate() {
            candidates(pool, &node.programs[pool], mean, &mut found);
        }
        // Whether a line is placed comes before how large it is.
        if found.iter().any(|one| one.split.is_whether()) {
            found.retain(|one| one.split.is_whether());
        }
        found.sort_by(|a, b| b.money.total_cmp(&a.money));
        found.truncate(TRIED);
        if found.is_empty() {
            let any = |pool: usize| open(pool, &node.programs[pool], &node.best[pool].choice.decision);
            found.extend((0..node.programs.len()).find_map(any));
        }
        found
    }

    /// What the pools do in those parts of splits in which they do not do what they do now.
    fn try_splits(&mut self, node: &Node, found: &[Candidate]) -> Vec<Option<(Program, Best)>> {
        let work = cells(found.iter().map(|one| node.programs[one.pool].as_ref()));
        self.spent += work;
        let rows = self.rows;
        found
            .par_iter()
            .with_min_len(a_task(work, found.len()))
            .zip(&mut self.workspaces)
            .map(|(&Candidate { pool, split, .. }, workspace)| {
                let upper = split.is_lower(&node.best[pool].choice.decision);
                let program = split.part(&node.programs[pool], upper);
                let best = solve(workspace, &program, rows, &node.prices)?;
                Some((program, best))
            })
            .collect()
    }
}

/// The open node that comes next: the better one of those just made, so that the search goes down first; else that with the highest bound.
fn next(open: &[Open], fresh: usize) -> Option<usize> {
    let from = if fresh > 0 { open.len() - fresh } else { 0 };
    let order =
        |&a: &usize, &b: &usize| open[a].node.bound.cmp(&open[b].node.bound).then(open[b].number.cmp(&open[a].number));
    (from..open.len()).max_by(order)
}

fn highest(open: &[Open]) -> i128 {
    open.iter().map(|open| open.node.bound).max().unwrap_or(i128::MIN / 2)
}

/// Cells of the tables of programs.
pub(super) fn cells<'p>(programs: impl Iterator<Item = &'p Program>) -> i128 {
    let each = |program: &Program| {
        (program.peak() + 20) * i64::try_from(program.buckets() * (program.slots.len() + 2)).unwrap_or(1)
    };
    programs.map(each).map(i128::from).sum()
}
