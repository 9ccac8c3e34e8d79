//! The master problem: prices at which the dual function is small, by a proximal bundle method.
//!
//! The dual function is convex and piecewise linear. Each evaluation gives cuts, linear functions that never lie above it, one for every group of
//! pools; the next prices are the lowest point of the highest cuts, kept near the best prices so far by a quadratic term. Prices are scaled by the size of
//! their rows. Everything here is floats: whatever prices come out, the bound is computed from them exactly.

use std::sync::Arc;

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettingsBuilder, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus};

use super::dual::Dual;
use super::fixed::PRICE_BITS;
use super::reduced::Prices;
use super::rows::Rows;

/// A linear function below the part of the dual one that a group of pools has, over scaled prices.
#[derive(Debug)]
struct Line<T> {
    /// Whose part.
    group: usize,
    /// At no prices.
    at_zero: f64,
    /// By row: what the group uses, scaled.
    used: Vec<f64>,
    /// What made it.
    from: T,
}

impl<T> Line<T> {
    fn at(&self, prices: &[f64]) -> f64 {
        self.at_zero - self.used.iter().zip(prices).map(|(used, price)| used * price).sum::<f64>()
    }
}

/// A line and how it fares.
#[derive(Debug)]
struct Cut<T> {
    line: Arc<Line<T>>,
    /// Its part of the group's highest cut at the last prices.
    weight: f64,
    /// Iterations since it last mattered.
    idle: u32,
}

impl<T> Clone for Cut<T> {
    fn clone(&self) -> Self {
        Self { line: Arc::clone(&self.line), ..*self }
    }
}

/// What a group of pools does at the prices asked for.
#[derive(Debug)]
pub(super) struct Proposal<'a, T> {
    /// What it earns at them.
    pub(super) value: i128,
    /// By row: what it uses.
    pub(super) used: &'a [i128],
    /// What it is remembered by.
    pub(super) from: T,
}

/// The state of the method. Its pools come in groups, each with cuts of its own: one group of all where there are many,
/// a group each where there are few.
#[derive(Debug)]
pub(super) struct Master<T> {
    /// By row: what a scaled price is divided by.
    size: Vec<f64>,
    /// By row: what there is, scaled.
    available: Vec<f64>,
    groups: usize,
    /// Most cuts that are kept.
    most: usize,
    cuts: Vec<Cut<T>>,
    /// The best prices so far, scaled, and the value there.
    centre: Vec<f64>,
    value: f64,
    /// How much money there is to move at least: the value may be nothing where it all cancels out.
    least: f64,
    /// Prices asked for last, and what the cuts expect there.
    next: Vec<f64>,
    expected: f64,
    /// How far a step may go.
    reach: f64,
    nulls: u32,
}

impl<T> Clone for Master<T> {
    fn clone(&self) -> Self {
        Self {
            size: self.size.clone(),
            available: self.available.clone(),
            cuts: self.cuts.clone(),
            centre: self.centre.clone(),
            next: self.next.clone(),
            ..*self
        }
    }
}

/// Most cuts that are kept: of a single group, and of each where there are more.
const MOST_CUTS: usize = 90;
const MOST_OF_GROUP: usize = 12;
/// A part of the optimum that is none.
const IDLE: f64 = 1e-5;
/// What it takes whatever the size.
const OVERHEAD: i128 = 40_000;
/// The farthest that a step may reach, in values.
const FARTHEST: f64 = 1e5;
/// How exactly the quadratic program is solved at least, in parts of the value.
const ACCURACY: f64 = 1e-6;
/// Where the cuts expect so much less than the best value, in parts of it, no mean of what was proposed keeps the rows.
const FEASIBLE: f64 = 0.3;
/// Lengths of steps that are tried.
const TRIES: usize = 6;
/// A step is taken where it brings this part of what the cuts expect.
const SERIOUS: f64 = 0.1;

/// Rows as the master sees them.
#[derive(Debug)]
pub(super) struct Frame {
    /// By row: what a scaled price is divided by.
    pub(super) size: Vec<f64>,
    /// By row: what there is, scaled.
    pub(super) available: Vec<f64>,
    /// How much money there is to move at least.
    pub(super) least: f64,
    /// Most cuts that are kept.
    pub(super) cuts: usize,
}

impl<T> Master<T> {
    /// Begins at prices, where the dual function is `value` and the groups propose.
    pub(super) fn at(rows: &Rows, value: i128, proposals: Vec<Proposal<'_, T>>, prices: &Prices) -> Self {
        let size = |row: usize| {
            let available = real(i128::from(rows.available[row])).abs();
            let used: i128 = proposals.iter().map(|proposal| proposal.used[row]).sum();
            available.max(real(used).abs() * 0.5).max(real(i128::from(rows.scale[row])))
        };
        let size: Vec<f64> = (0..rows.priced).map(size).collect();
        let available = rows.available.iter().zip(&size).map(|(units, size)| real(i128::from(*units)) / size).collect();
        let centre = scaled(&prices.row, &size);
        let cuts = (proposals.len() * MOST_OF_GROUP).max(MOST_CUTS);
        let frame = Frame { size, available, least: real(rows.magnitude).max(1.0), cuts };
        Self::within(frame, value, proposals, centre)
    }

    /// The same at scaled prices of any rows.
    pub(super) fn within(frame: Frame, value: i128, proposals: Vec<Proposal<'_, T>>, centre: Vec<f64>) -> Self {
        let Frame { size, available, least, cuts: most } = frame;
        let mut master = Self {
            size,
            available,
            groups: proposals.len(),
            most,
            cuts: Vec::new(),
            next: centre.clone(),
            centre,
            value: real(value),
            least,
            expected: real(value),
            reach: 0.0,
            nulls: 0,
        };
        master.enter(proposals);
        master.reach = master.first_reach();
        master
    }

    /// How far a step may go at first, by what the newest cuts pass.
    fn first_reach(&self) -> f64 {
        let new = &self.cuts[self.cuts.len() - self.groups..];
        let steep = |row: usize| {
            let used: f64 = new.iter().map(|cut| cut.line.used[row]).sum();
            (used - self.available[row]).max(0.0).powi(2)
        };
        let steep: f64 = (0..self.size.len()).map(steep).sum();
        0.05 * self.measure() / steep.max(1e-12)
    }

    /// Enters a cut for each proposal at the prices asked for.
    fn enter(&mut self, proposals: Vec<Proposal<'_, T>>) {
        for (group, proposal) in proposals.into_iter().enumerate() {
            self.cut(group, proposal);
        }
        while self.cuts.len() > self.most {
            let old = self.cuts.len() - self.groups;
            let lazy = |&a: &usize, &b: &usize| {
                let (a, b) = (&self.cuts[a], &self.cuts[b]);
                a.idle.cmp(&b.idle).then(b.weight.total_cmp(&a.weight))
            };
            let Some(worst) = (0..old).max_by(lazy) else { break };
            self.cuts.remove(worst);
        }
    }

    /// Enters the cut that a proposal of a group at the prices asked for gives.
    pub(super) fn cut(&mut self, group: usize, proposal: Proposal<'_, T>) {
        let used: Vec<f64> = proposal.used.iter().zip(&self.size).map(|(used, size)| real(*used) / size).collect();
        let paid: f64 = used.iter().zip(&self.next).map(|(used, price)| used * price).sum();
        let line = Line { group, at_zero: real(proposal.value) + paid, used, from: proposal.from };
        self.cuts.push(Cut { line: Arc::new(line), weight: 0.0, idle: 0 });
    }

    /// About what asking for prices takes, in operations.
    pub(super) fn effort(&self) -> i128 {
        let (rows, cuts, groups) = (self.size.len(), self.cuts.len(), self.groups);
        OVERHEAD + i128::try_from((rows + cuts) * (rows + groups).pow(2) / 4).unwrap_or(i128::MAX / 2)
    }

    /// The dual function at the best prices so far.
    pub(super) fn value(&self) -> f64 {
        self.value
    }

    /// What values are measured by.
    pub(super) fn measure(&self) -> f64 {
        self.value.abs().max(self.least)
    }

    /// The prices to evaluate next; `None` where the cuts expect less than `tolerance` of the value from any others.
    pub(super) fn propose(&mut self, rows: &Rows, tolerance: f64) -> Option<Prices> {
        if !self.look(tolerance, TRIES) {
            return None;
        }
        let prices = self.prices(rows, &self.next);
        self.ask(&prices.row);
        Some(prices)
    }

    /// Finds what prices to evaluate next; false where the cuts expect less than `tolerance` of the value from any others.
    pub(super) fn look(&mut self, tolerance: f64, tries: usize) -> bool {
        let reach = self.reach;
        self.reach = self.reach.min(FARTHEST * self.measure());
        for _ in 0..tries {
            let Some(found) = self.lowest() else { return false };
            if found {
                if self.value - self.expected > tolerance * self.value.abs() {
                    return true;
                }
                if self.reach >= FARTHEST * self.measure() {
                    break;
                }
                // Nothing near by: perhaps the quadratic term keeps too short a rein.
                self.reach *= 10.0;
            } else {
                self.reach *= 0.03;
            }
        }
        self.reach = reach;
        false
    }

    /// Prices to evaluate next, in fixed point.
    pub(super) fn wanted(&self) -> Vec<i64> {
        unscaled(&self.next, &self.size)
    }

    /// Goes on from other prices, where the dual function is `value` and each group's part of it is told; what made cuts says where they are now, but none is
    /// higher than its group's part.
    pub(super) fn go_on(
        &mut self,
        prices: &[i64],
        (value, parts): (i128, &[i128]),
        now: impl Fn(usize, &T) -> Option<f64>,
    ) where
        T: Clone,
    {
        self.next = scaled(prices, &self.size);
        self.centre.clone_from(&self.next);
        self.value = real(value);
        self.nulls = 0;
        self.cuts.retain_mut(|cut| {
            let line = &cut.line;
            let Some(at_zero) = now(line.group, &line.from) else { return false };
            let moved = Line { at_zero, used: line.used.clone(), from: line.from.clone(), ..**line };
            cut.line = Arc::new(moved);
            true
        });
        let highest = self.highest(&self.centre);
        for cut in &mut self.cuts {
            let group = cut.line.group;
            let over = (highest[group] - real(parts[group])).max(0.0);
            if over > 0.0 {
                let line = &cut.line;
                let moved =
                    Line { at_zero: line.at_zero - over, used: line.used.clone(), from: line.from.clone(), ..**line };
                cut.line = Arc::new(moved);
            }
        }
    }

    /// Makes the parts those of the best mean of proposals that keeps all rows, if any does: at prices near the best ones, a mean passes
    /// rows a little.
    pub(super) fn mix_exactly(&mut self) {
        let weights: Vec<f64> = self.cuts.iter().map(|cut| cut.weight).collect();
        let (reach, expected, next) = (self.reach, self.expected, self.next.clone());
        self.reach = FARTHEST * self.measure();
        let kept = self.lowest() == Some(true) && self.value - self.expected < FEASIBLE * self.measure();
        if !kept {
            self.cuts.iter_mut().zip(weights).for_each(|(cut, weight)| cut.weight = weight);
        }
        (self.reach, self.expected, self.next) = (reach, expected, next);
    }

    /// Prices asked for are not quite those that were wanted: they are rounded and have an end.
    pub(super) fn ask(&mut self, prices: &[i64]) {
        self.next = scaled(prices, &self.size);
        self.expected = self.worth(&self.next) + self.highest(&self.next).iter().sum::<f64>();
    }

    /// The best prices so far.
    pub(super) fn best(&self, rows: &Rows) -> Prices {
        self.prices(rows, &self.centre)
    }

    /// Takes the dual function at the prices asked for; true where they are better than all before.
    pub(super) fn learn(&mut self, value: i128, proposals: Vec<Proposal<'_, T>>) -> bool {
        let value = real(value);
        let expected = self.value - self.expected;
        let gained = self.value - value;
        let serious = gained >= SERIOUS * expected;
        self.enter(proposals);
        if serious {
            if gained >= 0.5 * expected {
                self.reach *= if self.groups > 1 { 5.0 } else { 2.0 };
            }
            self.nulls = 0;
            self.centre.clone_from(&self.next);
            self.value = value;
        } else {
            self.nulls += 1;
            // Cuts that lie far below the value at the best prices speak of prices far away.
            let new = &self.cuts[self.cuts.len() - self.groups..];
            let there: f64 = new.iter().map(|cut| cut.line.at(&self.centre)).sum::<f64>() + self.worth(&self.centre);
            if self.value - there > expected || self.nulls.is_multiple_of(4) {
                self.reach *= if self.groups > 1 { 0.3 } else { 0.6 };
            }
        }
        serious
    }

    /// What all rows are worth at scaled prices.
    fn worth(&self, prices: &[f64]) -> f64 {
        self.available.iter().zip(prices).map(|(units, price)| units * price).sum()
    }

    /// What is known of the proposals that make up the fractional optimum: group, part and what made them.
    pub(super) fn parts(&self) -> impl Iterator<Item = (usize, f64, &T)> {
        self.cuts.iter().filter(|cut| cut.weight > 1e-6).map(|cut| (cut.line.group, cut.weight, &cut.line.from))
    }

    /// Goes on with fewer plans, where the dual function is `value` at the best prices: proposals of `group` that are no longer
    /// among them are forgotten.
    pub(super) fn narrow(&mut self, group: usize, value: i128, keep: impl Fn(&T) -> bool) {
        self.cuts.retain(|cut| cut.line.group != group || keep(&cut.line.from));
        self.next.clone_from(&self.centre);
        self.value = real(value);
        self.nulls = 0;
    }

    /// Prices in fixed point.
    fn prices(&self, rows: &Rows, scaled: &[f64]) -> Prices {
        let mut row = unscaled(scaled, &self.size);
        row.resize(rows.count, 0);
        Prices::new(rows, row)
    }

    /// The lowest point of the highest cuts, near the best prices.
    /// False where the numbers are too far apart to find it.
    fn lowest(&mut self) -> Option<bool> {
        let rows = self.rows_that_matter();
        if rows.is_empty() {
            return None;
        }
        let unit = self.measure();
        let (n, m) = (rows.len(), self.cuts.len());
        // Variables: scaled prices in units of the value, and how far each group's highest cut lies above its highest at the best prices.
        let weight = unit / self.reach;
        let all = n + self.groups;
        let diagonal = (0..=n).chain(std::iter::repeat_n(n, self.groups)).collect();
        let p = CscMatrix::new(all, all, diagonal, (0..n).collect(), vec![weight; n]);
        let mut q: Vec<f64> = rows.iter().map(|&row| self.available[row] - weight * self.centre[row] / unit).collect();
        q.extend(vec![1.0; self.groups]);
        let (mut starts, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
        for (column, &row) in rows.iter().enumerate() {
            for (index, cut) in self.cuts.iter().enumerate().filter(|(_, cut)| cut.line.used[row] != 0.0) {
                indices.push(index);
                values.push(-cut.line.used[row]);
            }
            indices.push(m + column);
            values.push(-1.0);
            starts.push(indices.len());
        }
        for group in 0..self.groups {
            let own = self.cuts.iter().enumerate().filter(|(_, cut)| cut.line.group == group);
            indices.extend(own.map(|(index, _)| index));
            values.resize(indices.len(), -1.0);
            starts.push(indices.len());
        }
        let a = CscMatrix::new(m + n, all, starts, indices, values);
        let highest = self.highest(&self.centre);
        let mut b: Vec<f64> = self.cuts.iter().map(|cut| (highest[cut.line.group] - cut.line.at_zero) / unit).collect();
        b.extend(vec![0.0; n]);
        let settings = DefaultSettingsBuilder::default().verbose(false).max_iter(60).build().ok()?;
        let mut solver = DefaultSolver::new(&p, &q, &a, &b, &[NonnegativeConeT(m + n)], settings).ok()?;
        solver.solve();
        let solution = &solver.solution;
        if !matches!(
            solution.status,
            SolverStatus::Solved
                | SolverStatus::AlmostSolved
                | SolverStatus::MaxIterations
                | SolverStatus::InsufficientProgress
        ) {
            return None;
        }
        let mut next = vec![0.0; self.size.len()];
        for (&row, price) in rows.iter().zip(&solution.x) {
            next[row] = (price * unit).max(0.0);
        }
        let expected = self.worth(&next) + self.highest(&next).iter().sum::<f64>();
        // The cuts are not higher at their lowest point than at the best prices.
        if next.iter().any(|price| !price.is_finite()) || expected > self.value + ACCURACY * unit {
            return Some(false);
        }
        (self.next, self.expected) = (next, expected);
        for (cut, weight) in self.cuts.iter_mut().zip(&solution.z) {
            cut.weight = *weight;
            cut.idle = if *weight > IDLE { 0 } else { cut.idle + 1 };
        }
        Some(true)
    }

    /// Rows that groups can pass together, as far as is known, or that have a price: others keep the price 0.
    fn rows_that_matter(&self) -> Vec<usize> {
        let mut most = vec![0.0_f64; self.groups];
        let mut matters = |row: usize| {
            most.fill(f64::NEG_INFINITY);
            for cut in &self.cuts {
                let most = &mut most[cut.line.group];
                *most = most.max(cut.line.used[row]);
            }
            self.centre[row] > 0.0 || most.iter().sum::<f64>() > self.available[row]
        };
        (0..self.size.len()).filter(|&row| matters(row)).collect()
    }

    /// By group: its highest cut at scaled prices.
    fn highest(&self, prices: &[f64]) -> Vec<f64> {
        let mut highest = vec![f64::NEG_INFINITY; self.groups];
        for cut in &self.cuts {
            let highest = &mut highest[cut.line.group];
            *highest = highest.max(cut.line.at(prices));
        }
        highest
    }
}

impl Master<Arc<Prices>> {
    /// Begins with teams of pools.
    pub(super) fn of_teams(rows: &Rows, dual: &Dual, prices: &Prices) -> Self {
        Self::at(rows, dual.value, proposals(dual, prices), prices)
    }

    /// Takes the dual function at the prices asked for, which all pools share.
    pub(super) fn learn_all(&mut self, dual: &Dual, prices: &Prices) -> bool {
        self.learn(dual.value, proposals(dual, prices))
    }

    /// Goes on with another dual function near by, known at the best prices: cuts move with it.
    pub(super) fn refine(&mut self, rows: &Rows, dual: &Dual, prices: &Prices) {
        self.next.clone_from(&self.centre);
        self.value = real(dual.value);
        for ((available, units), size) in self.available.iter_mut().zip(&rows.available).zip(&self.size) {
            *available = real(i128::from(*units)) / size;
        }
        let highest = self.highest(&self.centre);
        for cut in &mut self.cuts {
            let line = &cut.line;
            let moved = real(dual.parts[line.group].value) - highest[line.group];
            let moved =
                Line { at_zero: line.at_zero + moved, used: line.used.clone(), from: line.from.clone(), ..**line };
            cut.line = Arc::new(moved);
        }
        for (group, proposal) in proposals(dual, prices).into_iter().enumerate() {
            self.cut(group, proposal);
        }
    }

    /// By team: prices of the proposals that make up the fractional optimum, with their parts, the largest first.
    pub(super) fn mix(&self, rows: &Rows, most: usize) -> Vec<Vec<(Arc<Prices>, f64)>> {
        let mut mix = vec![Vec::new(); self.groups];
        for (team, weight, prices) in self.parts().filter(|(_, weight, _)| *weight > 1e-3) {
            mix[team].push((Arc::clone(prices), weight));
        }
        for mix in &mut mix {
            mix.sort_by(|a: &(_, f64), b: &(_, f64)| b.1.total_cmp(&a.1));
            mix.truncate(most);
            if mix.is_empty() {
                // Nothing was proposed, or the search was stopped before.
                mix.push((Arc::new(self.best(rows)), 1.0));
            }
        }
        mix
    }
}

/// Prices, each times the size of its row.
pub(super) fn scaled(prices: &[i64], size: &[f64]) -> Vec<f64> {
    let unit = 1.0 / 2_f64.powi(PRICE_BITS.cast_signed());
    prices.iter().zip(size).map(|(price, size)| real(i128::from(*price)) * unit * size).collect()
}

/// Scaled prices in fixed point.
fn unscaled(scaled: &[f64], size: &[f64]) -> Vec<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "a price that is cut off is a price too")]
    let price = |(price, size): (&f64, &f64)| (price / size * 2_f64.powi(PRICE_BITS.cast_signed())).round() as i64;
    scaled.iter().zip(size).map(price).collect()
}

/// What teams do at prices.
fn proposals<'a>(dual: &'a Dual, prices: &Prices) -> Vec<Proposal<'a, Arc<Prices>>> {
    let prices = Arc::new(prices.clone());
    dual.parts.iter().map(|part| Proposal { value: part.value, used: &part.used, from: Arc::clone(&prices) }).collect()
}

/// A number of the programs as a float.
#[expect(clippy::cast_precision_loss, reason = "steers the search only")]
pub(super) fn real(number: i128) -> f64 {
    number as f64
}
