//! A plan from prices: first until no row is passed, then for money.
//!
//! One item at a time is taken out and solved anew at prices within the room that the others leave. What comes out is taken if
//! less is passed than before, or as much and more is earned. Items of a batch are solved on all cores against the same room, and taken one after
//! the other, each held against the room that is then left, so that the number of threads changes nothing.

use rayon::prelude::*;

use super::anew::Manner;
use super::draft::Draft;
use super::dynamic::{Caps, Workspace};
use super::effect::Choice;
use super::fixed::narrow;
use super::program::{Decision, Program};
use super::reduced::Prices;
use super::room::bound;
use super::rows::Rows;
use super::split::Mean;

/// An item that gives way: what it loses for what is passed less, and what it does then.
struct Yielding {
    rate: i128,
    item: usize,
    choices: Vec<(usize, Choice)>,
}

/// The item that gives way at the lowest rate; `known` has rates as they were when last looked at. They rise as less is passed, so that an item whose old
/// rate is higher than what others ask for now need not be looked at again.
fn cheapest(known: &mut Vec<(i128, usize)>, look: &dyn Fn(&[usize]) -> Vec<Yielding>) -> Option<Yielding> {
    let mut looked: Vec<Yielding> = Vec::new();
    loop {
        known.sort_unstable();
        let least = known.first().map_or(i128::MAX, |(rate, _)| *rate);
        let best = looked.iter().enumerate().min_by_key(|(_, one)| (one.rate, one.item));
        if let Some((at, _)) = best.filter(|(_, one)| one.rate <= least) {
            let best = looked.swap_remove(at);
            known.extend(looked.iter().map(|one| (one.rate, one.item)));
            return Some(best);
        }
        if known.is_empty() {
            return None;
        }
        let few: Vec<usize> = known.drain(..known.len().min(LOOKED_AT)).map(|(_, item)| item).collect();
        looked.extend(look(&few));
    }
}

/// A number of things, to divide by.
pub(super) fn narrow_count(count: usize) -> i128 {
    i128::try_from(count).unwrap_or(1).max(1)
}

/// Rounds in which prices of passed rows rise.
const REPAIRS: usize = 40;
/// Parts of prices, in per cent, at which plans are improved.
const PARTS: [i64; 4] = [100, 60, 30, 0];
/// Times that an item gives way.
const SETTLING: usize = 60;
/// Items that are looked at together when one is to give way.
const LOOKED_AT: usize = 8;
/// Parts of prices, in per cent, at which an item says what it wants of others.
const EXCHANGES: [i64; 3] = [100, 50, 0];
/// Most items of a batch.
const BATCH: usize = 32;

impl Draft<'_> {
    /// Every pool's best at prices near a path of closing stock, which counts in levels of `units`.
    pub(super) fn near(
        programs: &[Program],
        rows: &Rows,
        prices: &Prices,
        paths: &[Vec<i64>],
        units: &[i64],
    ) -> Vec<Choice> {
        let solve = |workspace: &mut Workspace, pool: usize| {
            let program = &programs[pool];
            workspace.reduced.set(program, prices);
            let mut decision = Decision::default();
            for width in [2, 6, i64::MAX / 4] {
                workspace.caps.free(program);
                let reach = units[pool].saturating_mul(width);
                for (bucket, bound) in workspace.caps.closing.iter_mut().enumerate() {
                    let at = paths[pool][bucket].saturating_mul(units[pool]).min(bound.1);
                    *bound = (at.saturating_sub(reach).max(0), at.saturating_add(reach).min(bound.1));
                }
                if workspace.solve(program, &mut decision).is_some() {
                    break;
                }
            }
            Choice::of(program, rows, decision)
        };
        (0..programs.len()).into_par_iter().map_init(Workspace::default, solve).collect()
    }

    /// Nothing is ordered where promises allow that, and all there is is sold as soon as it can be.
    pub(super) fn without_lines(programs: &[Program], rows: &Rows) -> Vec<Choice> {
        let zero = Prices::zero(rows);
        let solve = |workspace: &mut Workspace, program: &Program| {
            workspace.reduced.set(program, &zero);
            let worth = workspace.reduced.worth.iter().max().unwrap_or(&0);
            let promised = workspace.reduced.steps.iter().max().unwrap_or(&0);
            let most = worth.saturating_add(*promised).clamp(0, program.ceiling());
            // Keeping a unit for later costs more than it can bring.
            workspace.reduced.closing.iter_mut().for_each(|cost| *cost = most);
            workspace.caps.free(program);
            workspace.caps.line.iter_mut().for_each(|line| *line = 0);
            for sent in (0..program.buckets()).filter_map(|bucket| program.sent_in(bucket)) {
                workspace.caps.most[sent] = 0;
            }
            let mut decision = Decision::default();
            if workspace.solve(program, &mut decision).is_none() {
                workspace.caps.free(program);
                workspace.solve(program, &mut decision);
            }
            Choice::of(program, rows, decision)
        };
        programs.par_iter().map_init(Workspace::default, solve).collect()
    }

    /// By pool: the bounds on its lines and stock that follow from what there is of rows, if all others take nothing.
    pub(super) fn alone(programs: &[Program], rows: &Rows) -> Vec<Caps> {
        let alone = |program: &Program| {
            let mut caps = Caps::default();
            caps.free(program);
            let left = |group: usize, bucket: usize| {
                let row = program.groups[group] + bucket;
                narrow(i128::from(rows.available[row]) + i128::from(rows.slack_of(row)))
            };
            bound(program, rows, &left, None, &mut caps);
            if rows.echelons[program.pool].is_some() {
                // What leaves have takes no room at the root.
                caps.closing.iter_mut().zip(&program.most).for_each(|(closing, most)| closing.1 = *most);
            }
            caps
        };
        programs.par_iter().map(alone).collect()
    }

    /// One item after the other takes, in place of a mean, the best decision near it within the room that the others leave.
    pub(super) fn follow(&mut self, prices: &Prices, means: &[Mean], workspace: &mut Workspace) {
        for item in 0..self.items() {
            if let Some(found) = self.anew(workspace, item, prices, Manner::Follow(means)) {
                self.put(found);
            }
        }
    }

    /// Lets pools of one item agree about what they share, where they do not, as if the item were alone.
    pub(super) fn reconcile(&mut self, prices: &Prices) {
        let passed: Vec<usize> = self.passed_rows().into_iter().filter(|row| self.rows.is_own(*row)).collect();
        if passed.is_empty() {
            return;
        }
        let agreed = |workspace: &mut Workspace, item: usize| {
            self.touches(item, &passed).then(|| self.anew(workspace, item, prices, Manner::Want)).flatten()
        };
        let found: Vec<_> = (0..self.items()).into_par_iter().map_init(Workspace::default, agreed).collect();
        found.into_iter().flatten().for_each(|choices| self.put(choices));
    }

    /// Number of items.
    fn items(&self) -> usize {
        self.rows.items.pools.len()
    }

    /// Parts of the prices of rows that many share; what pools of one item take of each other keeps its price.
    fn at_part(&self, prices: &Prices, part: i64) -> Prices {
        let at = |(row, price): (usize, &i64)| if self.rows.is_own(row) { *price } else { price / 100 * part };
        Prices::new(self.rows, prices.row.iter().enumerate().map(at).collect())
    }

    /// The best choices of an item at prices, within the room that the others leave; none where they are those there are.
    fn candidate(&self, workspace: &mut Workspace, item: usize, prices: &Prices) -> Option<Vec<(usize, Choice)>> {
        let found = self.anew(workspace, item, prices, Manner::Improve)?;
        let is_new = |(pool, choice): &(usize, Choice)| choice.decision != self.choices[*pool].decision;
        found.iter().any(is_new).then_some(found)
    }

    /// Solves items anew, in order; true where any changed. Ends early where `done`.
    fn sweep(&mut self, order: &[usize], prices: &Prices, done: &dyn Fn(&Self) -> bool) -> bool {
        let size = (self.items() / 40).clamp(1, BATCH);
        let mut changed = false;
        for batch in order.chunks(size) {
            if done(self) {
                break;
            }
            let found: Vec<_> = batch
                .par_iter()
                .map_init(Workspace::default, |workspace, &item| self.candidate(workspace, item, prices))
                .collect();
            for choices in found.into_iter().flatten() {
                changed |= self.offer(choices);
            }
        }
        changed
    }

    /// Raises the prices of rows that are passed until none is, or nothing helps.
    pub(super) fn repair(&mut self, prices: &Prices, stop: &dyn Fn() -> bool) {
        let all: Vec<usize> = (0..self.items()).collect();
        let mut at = prices.clone();
        let worth = self.objective().abs().max(1 << 20);
        for _ in 0..REPAIRS {
            let passed = self.passed_rows();
            if passed.is_empty() || stop() {
                break;
            }
            let mut raised = at.row.clone();
            for &row in &passed {
                let first =
                    narrow((worth << 32) / 20 / i128::from(self.rows.size[row]) / narrow_count(self.rows.count));
                raised[row] = raised[row] + raised[row] / 10 + first.max(1);
            }
            at = Prices::new(self.rows, raised);
            let order: Vec<usize> = all.iter().copied().filter(|&item| self.touches(item, &passed)).collect();
            self.sweep(&order, &at, &|draft| draft.violation() == 0);
        }
    }

    /// Lets the item give way that loses least by it, again and again, until no row is passed or none can. Whoever gives way
    /// keeps within what the others leave of every row.
    pub(super) fn settle(&mut self, prices: &Prices, stop: &dyn Fn() -> bool) {
        self.settle_but(None, prices, stop);
    }

    /// The same without one of the items.
    fn settle_but(&mut self, kept: Option<usize>, prices: &Prices, stop: &dyn Fn() -> bool) {
        let mut known = Vec::new();
        for _ in 0..SETTLING {
            let passed = self.passed_rows();
            if passed.is_empty() || stop() {
                break;
            }
            let yielding = |workspace: &mut Workspace, item: usize| {
                if Some(item) == kept || !self.touches(item, &passed) {
                    return None;
                }
                let choices = self.anew(workspace, item, prices, Manner::Yield)?;
                let (violation, _) = self.change(&choices);
                if violation >= 0 {
                    return None;
                }
                let rate = self.loss(&choices, prices).max(0) / -violation;
                Some(Yielding { rate, item, choices })
            };
            let look = |items: &[usize]| {
                let found = items.par_iter().map_init(Workspace::default, |workspace, &item| yielding(workspace, item));
                found.collect::<Vec<_>>().into_iter().flatten().collect()
            };
            let Some(next) = cheapest(&mut known, &look).or_else(|| {
                known = (0..self.items()).map(|item| (0, item)).collect();
                cheapest(&mut known, &look)
            }) else {
                break;
            };
            self.put(next.choices);
        }
    }

    /// Lets one item at a time have what it wants at parts of the prices, whatever the others have, and the others give way; kept
    /// where all together earn more. This finds what no item can gain alone. True where anything was gained.
    pub(super) fn exchange(&mut self, prices: &Prices, enough: &dyn Fn(i128) -> bool) -> bool {
        let mut gained = false;
        let mut workspace = Workspace::default();
        let all: Vec<usize> = (0..self.items()).collect();
        let free = self.at_part(prices, 0);
        for item in 0..self.items() {
            for part in EXCHANGES {
                if enough(self.objective()) {
                    return gained;
                }
                let at = self.at_part(prices, part);
                let Some(wanted) = self.anew(&mut workspace, item, &at, Manner::Want) else { continue };
                if wanted.iter().all(|(pool, choice)| choice.decision == self.choices[*pool].decision) {
                    continue;
                }
                let (kept, objective) = (self.kept(), self.objective());
                self.put(wanted);
                self.settle_but(Some(item), prices, &|| false);
                if self.violation() == 0 {
                    self.sweep(&all, &free, &|_| false);
                }
                if self.violation() == 0 && self.objective() > objective {
                    gained = true;
                } else {
                    self.go_back(kept);
                }
            }
        }
        gained
    }

    /// Solves every item anew at falling prices as long as that earns more.
    pub(super) fn improve(&mut self, prices: &Prices, enough: &dyn Fn(i128) -> bool) {
        let order: Vec<usize> = (0..self.items()).collect();
        for part in PARTS {
            let at = self.at_part(prices, part);
            for _ in 0..2 {
                if enough(self.objective()) || !self.sweep(&order, &at, &|_| false) {
                    break;
                }
            }
        }
    }
}
