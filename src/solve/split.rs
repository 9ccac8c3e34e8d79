//! Where a node is split: whether a line is placed, how large it is, how much is sold.

use std::sync::Arc;

use super::effect::{Choice, Effect};
use super::master::real;
use super::node::Node;
use super::program::{Decision, LineOption, Program, Sale};

/// What a pool may be split at.
#[derive(Debug, Clone, Copy)]
pub(super) enum Split {
    /// A line: up to so many units, or more.
    Line(usize, i64),
    /// The same of a sale.
    Sale(usize, i64),
}

impl Split {
    /// True where a decision is in the lower part.
    pub(super) fn is_lower(self, decision: &Decision) -> bool {
        match self {
            Self::Line(index, units) => decision.lines[index] <= units,
            Self::Sale(index, units) => decision.sales[index] <= units,
        }
    }

    /// True where it is about a line being placed at all.
    pub(super) fn is_whether(self) -> bool {
        matches!(self, Self::Line(_, 0))
    }

    /// One of the two parts of a program.
    pub(super) fn part(self, program: &Program, upper: bool) -> Program {
        let mut program = program.clone();
        match self {
            Self::Line(index, units) => {
                let option = &mut program.options[index];
                if upper {
                    option.smallest = option.smallest.max(units + option.multiple);
                    option.required = true;
                } else {
                    option.largest = Some(units);
                }
            }
            Self::Sale(index, units) if upper => program.promise_more(index, units + 1),
            Self::Sale(index, units) => program.sales[index].most = units,
        }
        program
    }
}

/// True where a decision keeps a program's bounds on lines and sales.
pub(super) fn admits(program: &Program, decision: &Decision) -> bool {
    let line = |(option, &units): (&LineOption, &i64)| {
        if units == 0 {
            !option.required
        } else {
            option.bounds().is_some_and(|(_, most)| (option.smallest..=most).contains(&units))
        }
    };
    let sale = |(sale, units): (&Sale, &i64)| (sale.least..=sale.most).contains(units);
    program.options.iter().zip(&decision.lines).all(line) && program.sales.iter().zip(&decision.sales).all(sale)
}

/// The mean of what a pool proposed, by the parts that make up the fractional optimum.
#[derive(Debug, Clone, Default)]
pub(super) struct Mean {
    /// Units of each line.
    pub(super) lines: Vec<f64>,
    /// The part in which each line is placed at all.
    pub(super) placed: Vec<f64>,
    /// Units of each sale.
    pub(super) sales: Vec<f64>,
    /// What it earns and uses, as in an effect.
    objective: f64,
    used: Vec<f64>,
}

impl Mean {
    /// The mean of every pool of a node.
    pub(super) fn of(node: &Node) -> Vec<Self> {
        let mut parts: Vec<Vec<(f64, &Arc<Choice>)>> = vec![Vec::new(); node.programs.len()];
        for (pool, weight, choice) in node.master.parts() {
            parts[pool].push((weight, choice));
        }
        for (parts, best) in parts.iter_mut().zip(&node.best) {
            if parts.is_empty() {
                parts.push((1.0, &best.choice));
            }
        }
        parts.iter().map(|parts| Self::mix(parts)).collect()
    }

    /// Lines that are placed in part.
    pub(super) fn torn(&self) -> usize {
        self.placed.iter().filter(|placed| **placed > TORN && **placed < 1.0 - TORN).count()
    }

    /// The mean in whole units, with the mean of the effects: no decision that can be taken, but what it leaves to others is.
    pub(super) fn rounded(&self) -> Choice {
        let round = |units: &f64| floor(units + 0.5);
        let decision =
            Decision { lines: self.lines.iter().map(round).collect(), sales: self.sales.iter().map(round).collect() };
        let used = self.used.iter().map(|used| floor(*used)).collect();
        Choice { decision, effect: Effect { objective: floor(self.objective), used } }
    }

    fn mix(parts: &[(f64, &Arc<Choice>)]) -> Self {
        let total: f64 = parts.iter().map(|(weight, _)| weight).sum();
        let mut mean = Self::default();
        for (weight, choice) in parts {
            let weight = weight / total.max(1e-12);
            let (lines, sales) = (&choice.decision.lines, &choice.decision.sales);
            mean.lines.resize(lines.len(), 0.0);
            mean.placed.resize(lines.len(), 0.0);
            mean.sales.resize(sales.len(), 0.0);
            for (index, units) in lines.iter().enumerate().filter(|(_, units)| **units > 0) {
                mean.lines[index] += weight * real(i128::from(*units));
                mean.placed[index] += weight;
            }
            mean.used.resize(choice.effect.used.len(), 0.0);
            let add = |sum: &mut f64, amount: &i64| *sum += weight * real(i128::from(*amount));
            mean.sales.iter_mut().zip(sales).for_each(|(sum, units)| add(sum, units));
            mean.used.iter_mut().zip(&choice.effect.used).for_each(|(sum, used)| add(sum, used));
            add(&mut mean.objective, &choice.effect.objective);
        }
        mean
    }
}

/// A split that a node may be given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// The pool that is split.
    pub(super) pool: usize,
    /// Where.
    pub(super) split: Split,
    /// How far the mean is from the nearer of the two parts, 1 being the way from one to the other.
    pub(super) torn: f64,
    /// About how much money is between the mean and that part.
    pub(super) money: f64,
}

/// Where the mean of a pool lies between two parts.
pub(super) fn candidates(pool: usize, program: &Program, mean: &Mean, found: &mut Vec<Candidate>) {
    for (index, option) in program.options.iter().enumerate() {
        let Some((low, high)) = option.bounds() else { continue };
        if low == high {
            continue;
        }
        let (units, placed) = (mean.lines[index], mean.placed[index]);
        let unit = real(i128::from(option.pieces[0].goods.1 + option.pieces[0].besides.1));
        let torn = placed.min(1.0 - placed);
        if low == 0 && torn > TORN {
            let line = real(i128::from(option.order_cost)) + unit * real(i128::from(option.smallest));
            found.push(Candidate { pool, split: Split::Line(index, 0), torn, money: torn * line });
            continue;
        }
        let below = floor(units) / option.multiple * option.multiple;
        let under = units - real(i128::from(below));
        let above = real(i128::from((below + option.multiple).max(option.smallest))) - units;
        if under > SURE && above > SURE {
            let split = Split::Line(index, below.min(high - option.multiple).max(low));
            let near = under.min(above);
            found.push(Candidate { pool, split, torn: near / (under + above), money: near * unit * 0.1 });
        }
    }
    for (index, sale) in program.sales.iter().enumerate().filter(|(_, sale)| sale.least < sale.most) {
        let below = floor(mean.sales[index]);
        let under = mean.sales[index] - real(i128::from(below));
        let torn = under.min(1.0 - under);
        if torn > SURE {
            let split = Split::Sale(index, below.clamp(sale.least, sale.most - 1));
            found.push(Candidate { pool, split, torn, money: torn * real(i128::from(sale.net.abs())) * 0.5 });
        }
    }
}

/// Anything of a pool that is still open.
pub(super) fn open(pool: usize, program: &Program, decision: &Decision) -> Option<Candidate> {
    let line = program.options.iter().enumerate().find_map(|(index, option)| {
        let (low, high) = option.bounds()?;
        let at = decision.lines[index].min(high - option.multiple).max(low);
        (low < high).then_some(Split::Line(index, at))
    });
    let split = line.or_else(|| {
        let (index, sale) = program.sales.iter().enumerate().find(|(_, sale)| sale.least < sale.most)?;
        Some(Split::Sale(index, decision.sales[index].clamp(sale.least, sale.most - 1)))
    })?;
    Some(Candidate { pool, split, torn: 1.0, money: 0.0 })
}

/// Lines that are placed in a smaller part are not.
const TORN: f64 = 0.002;
/// Parts below this are none.
const SURE: f64 = 1e-3;

#[expect(clippy::cast_possible_truncation, reason = "a mean of units")]
fn floor(number: f64) -> i64 {
    (number + 1e-6).floor() as i64
}
