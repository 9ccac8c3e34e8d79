//! Small projects: branching on the priced model until the plan is proven best, or the budget of work is spent.
//!
//! A node bounds the size of some lines and of some sales. Its dual function bounds every plan within those; the mean of the master's
//! proposals is a fractional plan, and what is most fractional in it is split. The open node with the highest bound is next, so
//! that the bound of the whole falls from node to node. A node is done where nothing in it can earn more than the best plan known, or
//! where everything is decided.

use super::Steering;
use super::construct::Draft;
use super::dual::{Dual, evaluate};
use super::effect::Choice;
use super::master::{Master, real};
use super::program::Program;
use super::reduced::Prices;
use super::rows::Rows;

/// Iterations of the master in a node.
const ITERATIONS: usize = 14;
/// A node whose expected bound is within this part of the value is priced well enough.
const TOLERANCE: f64 = 1e-7;

/// Work of putting plans together in a node, in evaluations.
const PLANNING: i128 = 12;

/// A part of all plans.
struct Node {
    programs: Vec<Program>,
    prices: Prices,
    bound: i128,
    number: usize,
}

/// The search.
pub(super) struct Search<'a> {
    programs: &'a [Program],
    rows: &'a Rows,
    available: &'a [i64],
    /// The best plan known.
    pub(super) best: Option<Vec<Choice>>,
    objective: i128,
    /// The highest bound of what was given up for less than it takes to matter.
    given_up: i128,
    work: i128,
}

/// What a node is split at.
#[derive(Debug, Clone, Copy)]
enum Split {
    /// Line `1` of pool `0`: up to `2` or above it.
    Line(usize, usize, i64),
    /// The same of a sale.
    Sale(usize, usize, i64),
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
        let mut search =
            Self { programs, rows, available, best: None, objective: i128::MIN / 2, given_up: i128::MIN / 2, work };
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
            self.best = Some(draft.choices);
        }
    }

    /// Differences that are no money: a fifth of a minor unit.
    fn nothing(&self) -> i128 {
        i128::from(self.rows.minor / 5)
    }

    /// Searches from `bound` at `prices` on; the bound that is proven in the end.
    pub(super) fn run(&mut self, prices: Prices, bound: i128, steering: &Steering<'_>) -> i128 {
        let mut open = vec![Node { programs: self.programs.to_vec(), prices, bound, number: 0 }];
        let mut count = 1;
        let first = |open: &[Node]| {
            let order =
                |&a: &usize, &b: &usize| open[a].bound.cmp(&open[b].bound).then(open[b].number.cmp(&open[a].number));
            (0..open.len()).max_by(order)
        };
        while let Some(next) = first(&open) {
            let highest = open[next].bound.max(self.given_up);
            if open[next].bound <= self.objective + self.nothing()
                || self.work <= 0
                || steering.is_over(self.objective, highest)
            {
                break;
            }
            steering.report(self.rows, "branching", count, Some(highest), Some(self.objective));
            let node = open.swap_remove(next);
            for mut child in self.expand(node) {
                child.number = count;
                count += 1;
                open.push(child);
            }
        }
        open.iter().map(|node| node.bound).fold(self.objective.max(self.given_up), i128::max).min(bound)
    }

    /// Prices a node, looks for a plan in it and splits it.
    fn expand(&mut self, mut node: Node) -> Vec<Node> {
        let Some((dual, choices)) = self.evaluate(&node.programs, &node.prices) else { return Vec::new() };
        node.bound = node.bound.min(dual.value);
        let mut proposals = vec![choices];
        let mut master = Master::at(self.rows, &dual, &node.prices);
        for _ in 0..ITERATIONS {
            if self.is_done(&node) {
                return Vec::new();
            }
            let Some(prices) = master.propose(self.rows, TOLERANCE) else { break };
            let Some((dual, choices)) = self.evaluate(&node.programs, &prices) else { return Vec::new() };
            master.learn(self.rows, &dual);
            proposals.push(choices);
            if dual.value < node.bound {
                node.bound = dual.value;
                node.prices = prices;
            }
        }
        if self.is_done(&node) {
            return Vec::new();
        }
        let weights = master.weights();
        self.try_plans(&node, &proposals, &weights);
        match split(&node.programs, &proposals, &weights) {
            Some(at) => halves(node, at),
            // All is decided, and what is decided has been tried.
            None => Vec::new(),
        }
    }

    /// True where a node earns no more than the best plan, or so little that it is given up.
    fn is_done(&mut self, node: &Node) -> bool {
        let done = node.bound <= self.objective + self.nothing();
        if done {
            self.given_up = self.given_up.max(node.bound);
        }
        done
    }

    fn evaluate(&mut self, programs: &[Program], prices: &Prices) -> Option<(Dual, Vec<Choice>)> {
        self.work -= cells(programs);
        evaluate(programs, self.rows, prices, true)
    }

    /// Plans near what a node proposes.
    fn try_plans(&mut self, node: &Node, proposals: &[Vec<Choice>], weights: &[f64]) {
        self.work -= PLANNING * cells(&node.programs);
        let heaviest = (0..proposals.len()).max_by(|&a, &b| weight(weights, a).total_cmp(&weight(weights, b)));
        for index in heaviest.into_iter().chain([proposals.len() - 1]) {
            let mut draft = Draft::new(self.programs, self.rows, self.available, proposals[index].clone());
            draft.settle(&node.prices, &|| false);
            draft.repair(&node.prices, &|| false);
            if draft.violation() == 0 {
                draft.improve(&node.prices, &|_| false);
            }
            self.keep(draft);
        }
    }
}

/// Cells of the tables of all programs.
fn cells(programs: &[Program]) -> i128 {
    let each = |program: &Program| {
        (program.peak() + 20) * i64::try_from(program.buckets() * (program.offers + 2)).unwrap_or(1)
    };
    programs.iter().map(each).map(i128::from).sum()
}

fn weight(weights: &[f64], index: usize) -> f64 {
    weights.get(index).copied().unwrap_or(0.0)
}

/// Where a node is split: at what is most fractional in the mean of its proposals, weighed by what it is worth; else at
/// anything that is still open.
fn split(programs: &[Program], proposals: &[Vec<Choice>], weights: &[f64]) -> Option<Split> {
    let total: f64 = (0..proposals.len()).map(|index| weight(weights, index)).sum();
    let mean = |pick: &dyn Fn(&Choice) -> i64, pool: usize| {
        let sum: f64 = proposals
            .iter()
            .enumerate()
            .map(|(index, choices)| weight(weights, index) * real(i128::from(pick(&choices[pool]))))
            .sum();
        sum / total.max(1e-12)
    };
    let last = proposals.last()?;
    let mut best: Option<(f64, Split)> = None;
    let mut open: Option<Split> = None;
    let mut consider = |score: f64, at: Split| {
        if best.is_none_or(|(known, _)| score > known) {
            best = Some((score, at));
        }
    };
    for (pool, program) in programs.iter().enumerate() {
        for (index, option) in program.options.iter().enumerate() {
            let Some((low, high)) = option.bounds() else { continue };
            if low == high {
                continue;
            }
            let at = mean(&|choice| choice.decision.lines[index], pool);
            let below = floor(at) / option.multiple * option.multiple;
            let cost = real(i128::from(option.pieces[0].goods.1 + option.pieces[0].besides.1));
            let (under, above) =
                (at - real(i128::from(below)), real(i128::from((below + option.multiple).max(option.smallest))) - at);
            let split = Split::Line(pool, index, below.min(high - option.multiple).max(low));
            if under > 1e-4 {
                consider(under.min(above) * cost + real(i128::from(option.order_cost)) * 0.1, split);
            } else if open.is_none() {
                let now = last[pool].decision.lines[index];
                open = Some(Split::Line(pool, index, now.min(high - option.multiple).max(low)));
            }
        }
    }
    for (pool, program) in programs.iter().enumerate() {
        for (index, sale) in program.sales.iter().enumerate().filter(|(_, sale)| sale.least < sale.most) {
            let at = mean(&|choice| choice.decision.sales[index], pool);
            let below = floor(at);
            let under = at - real(i128::from(below));
            let split = Split::Sale(pool, index, below.clamp(sale.least, sale.most - 1));
            if under > 1e-4 && under < 1.0 - 1e-4 {
                consider(under.min(1.0 - under) * real(i128::from(sale.net.abs())) * 0.5, split);
            } else if open.is_none() {
                open =
                    Some(Split::Sale(pool, index, last[pool].decision.sales[index].clamp(sale.least, sale.most - 1)));
            }
        }
    }
    best.map(|(_, at)| at).or(open)
}

#[expect(clippy::cast_possible_truncation, reason = "a mean of units")]
fn floor(number: f64) -> i64 {
    (number + 1e-6).floor() as i64
}

/// The two parts of a node.
fn halves(node: Node, at: Split) -> Vec<Node> {
    let mut upper = Node { programs: node.programs.clone(), prices: node.prices.clone(), ..node };
    let mut lower = node;
    match at {
        Split::Line(pool, index, units) => {
            let option = &mut lower.programs[pool].options[index];
            option.largest = Some(units);
            let option = &mut upper.programs[pool].options[index];
            option.smallest = option.smallest.max(units + option.multiple);
            option.required = true;
        }
        Split::Sale(pool, index, units) => {
            lower.programs[pool].sales[index].most = units;
            let sale = &mut upper.programs[pool].sales[index];
            sale.least = units + 1;
        }
    }
    vec![lower, upper]
}
