//! The master problem: prices at which the dual function is small, by a proximal bundle method.
//!
//! The dual function is convex and piecewise linear. Each evaluation gives a cut, a linear function that never lies above it; the next prices are
//! the lowest point of the highest cut, kept near the best prices so far by a quadratic term. Prices are scaled by the size of
//! their rows. Everything here is floats: whatever prices come out, the bound is computed from them exactly.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettingsBuilder, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus};

use super::dual::Dual;
use super::fixed::PRICE_BITS;
use super::reduced::Prices;
use super::rows::Rows;

/// A linear function below the dual one, over scaled prices.
#[derive(Debug, Clone)]
struct Cut {
    /// At no prices.
    at_zero: f64,
    /// By row.
    slope: Vec<f64>,
    /// Where it touches the dual function.
    prices: Prices,
    /// Its part of the highest cut at the last prices.
    weight: f64,
    /// Iterations since it last mattered.
    idle: u32,
}

impl Cut {
    fn at(&self, prices: &[f64]) -> f64 {
        self.at_zero + self.slope.iter().zip(prices).map(|(slope, price)| slope * price).sum::<f64>()
    }
}

/// The state of the method.
#[derive(Debug)]
pub(super) struct Master {
    /// By row: what a scaled price is divided by.
    size: Vec<f64>,
    cuts: Vec<Cut>,
    /// The best prices so far, scaled, and the value there.
    centre: Vec<f64>,
    value: f64,
    /// Prices asked for last, and what the cuts expect there.
    next: Vec<f64>,
    expected: f64,
    /// How far a step may go.
    reach: f64,
    nulls: u32,
}

/// Most cuts that are kept.
const MOST_CUTS: usize = 90;
/// A step is taken where it brings this part of what the cuts expect.
const SERIOUS: f64 = 0.1;

impl Master {
    /// Begins at prices, where the dual function is `dual`.
    pub(super) fn at(rows: &Rows, dual: &Dual, prices: &Prices) -> Self {
        let size = |row: usize| {
            let available = real(i128::from(rows.available[row])).abs();
            available.max(real(dual.used[row]).abs() * 0.5).max(real(i128::from(rows.scale[row])))
        };
        let size: Vec<f64> = (0..rows.count).map(size).collect();
        let mut master = Self {
            size,
            cuts: Vec::new(),
            centre: vec![0.0; rows.count],
            value: real(dual.value),
            next: vec![0.0; rows.count],
            expected: real(dual.value),
            reach: 0.0,
            nulls: 0,
        };
        let unit = 1.0 / 2_f64.powi(PRICE_BITS.cast_signed());
        master.centre =
            prices.row.iter().zip(&master.size).map(|(price, size)| real(i128::from(*price)) * unit * size).collect();
        master.next.clone_from(&master.centre);
        let cut = master.cut(rows, dual, prices.clone());
        let steep: f64 = cut.slope.iter().filter(|slope| **slope < 0.0).map(|slope| slope * slope).sum();
        master.reach = 0.05 * master.value.abs().max(1.0) / steep.max(1e-12);
        master.cuts.push(cut);
        master
    }

    /// The cut that an evaluation at the prices asked for gives.
    fn cut(&self, rows: &Rows, dual: &Dual, prices: Prices) -> Cut {
        let slope = |row: usize| (real(i128::from(rows.available[row])) - real(dual.used[row])) / self.size[row];
        let slope: Vec<f64> = (0..rows.count).map(slope).collect();
        let at: f64 = slope.iter().zip(&self.next).map(|(slope, price)| slope * price).sum();
        Cut { at_zero: real(dual.value) - at, slope, prices, weight: 0.0, idle: 0 }
    }

    /// The prices to evaluate next; `None` where the cuts expect less than `tolerance` of the value from any others.
    pub(super) fn propose(&mut self, rows: &Rows, tolerance: f64) -> Option<Prices> {
        for _ in 0..4 {
            self.lowest()?;
            if self.value - self.expected > tolerance * self.value.abs() {
                return Some(self.prices(rows, &self.next));
            }
            // Nothing near by: perhaps the quadratic term keeps too short a rein.
            self.reach *= 10.0;
        }
        None
    }

    /// The best prices so far.
    pub(super) fn best(&self, rows: &Rows) -> Prices {
        self.prices(rows, &self.centre)
    }

    /// Takes the dual function at the prices asked for; true where they are better than all before.
    pub(super) fn learn(&mut self, rows: &Rows, dual: &Dual) -> bool {
        let cut = self.cut(rows, dual, self.prices(rows, &self.next));
        let value = real(dual.value);
        let expected = self.value - self.expected;
        let gained = self.value - value;
        let serious = gained >= SERIOUS * expected;
        if serious {
            if gained >= 0.5 * expected {
                self.reach *= 2.0;
            }
            self.nulls = 0;
            self.centre.clone_from(&self.next);
            self.value = value;
        } else {
            self.nulls += 1;
            // A cut that lies far below the value at the best prices speaks of prices far away.
            if self.value - cut.at(&self.centre) > expected || self.nulls.is_multiple_of(4) {
                self.reach *= 0.6;
            }
        }
        self.cuts.push(cut);
        if self.cuts.len() > MOST_CUTS
            && let Some(worst) = (0..self.cuts.len() - 1).max_by_key(|&index| self.cuts[index].idle)
        {
            self.cuts.remove(worst);
        }
        serious
    }

    /// Goes on with another dual function near by, known at the best prices: cuts move with it.
    pub(super) fn refine(&mut self, rows: &Rows, dual: &Dual) {
        self.next.clone_from(&self.centre);
        let value = real(dual.value);
        let moved = value - self.value;
        self.cuts.iter_mut().for_each(|cut| cut.at_zero += moved);
        self.value = value;
        let cut = self.cut(rows, dual, self.prices(rows, &self.next));
        self.cuts.push(cut);
    }

    /// The part of each proposal, in order, in the fractional optimum.
    pub(super) fn weights(&self) -> Vec<f64> {
        self.cuts.iter().map(|cut| cut.weight).collect()
    }

    /// Prices of the proposals that make up the fractional optimum, with their parts, the largest first.
    pub(super) fn mix(&self, most: usize) -> Vec<(Prices, f64)> {
        let mut mix: Vec<_> =
            self.cuts.iter().filter(|cut| cut.weight > 1e-3).map(|cut| (cut.prices.clone(), cut.weight)).collect();
        mix.sort_by(|a, b| b.1.total_cmp(&a.1));
        mix.truncate(most);
        mix
    }

    /// Prices in fixed point.
    fn prices(&self, rows: &Rows, scaled: &[f64]) -> Prices {
        #[expect(clippy::cast_possible_truncation, reason = "a price that is cut off is a price too")]
        let price = |(price, size): (&f64, &f64)| (price / size * 2_f64.powi(PRICE_BITS.cast_signed())).round() as i64;
        Prices::new(rows, scaled.iter().zip(&self.size).map(price).collect())
    }

    /// The lowest point of the highest cut, near the best prices.
    fn lowest(&mut self) -> Option<()> {
        // A row that no evaluation passed keeps its price at 0.
        let matters = |row: &usize| self.centre[*row] > 0.0 || self.cuts.iter().any(|cut| cut.slope[*row] < 0.0);
        let rows: Vec<usize> = (0..self.size.len()).filter(matters).collect();
        if rows.is_empty() {
            return None;
        }
        let unit = self.value.abs().max(1.0);
        let (n, m) = (rows.len(), self.cuts.len());
        // Variables: scaled prices in units of the value, and how far the highest cut lies below it.
        let weight = unit / self.reach;
        let p = CscMatrix::new(n + 1, n + 1, (0..=n).chain([n]).collect(), (0..n).collect(), vec![weight; n]);
        let mut q: Vec<f64> = rows.iter().map(|&row| -weight * self.centre[row] / unit).collect();
        q.push(1.0);
        let (mut starts, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
        for (column, &row) in rows.iter().enumerate() {
            for (index, cut) in self.cuts.iter().enumerate().filter(|(_, cut)| cut.slope[row] != 0.0) {
                indices.push(index);
                values.push(cut.slope[row]);
            }
            indices.push(m + column);
            values.push(-1.0);
            starts.push(indices.len());
        }
        indices.extend(0..m);
        values.extend(vec![-1.0; m]);
        starts.push(indices.len());
        let a = CscMatrix::new(m + n, n + 1, starts, indices, values);
        let mut b: Vec<f64> = self.cuts.iter().map(|cut| (self.value - cut.at_zero) / unit).collect();
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
        self.next = vec![0.0; self.size.len()];
        for (&row, price) in rows.iter().zip(&solution.x) {
            self.next[row] = (price * unit).max(0.0);
        }
        if self.next.iter().any(|price| !price.is_finite()) {
            return None;
        }
        for (cut, weight) in self.cuts.iter_mut().zip(&solution.z) {
            cut.weight = *weight;
            cut.idle = if *weight > 1e-7 { 0 } else { cut.idle + 1 };
        }
        self.expected = self.cuts.iter().map(|cut| cut.at(&self.next)).fold(f64::NEG_INFINITY, f64::max);
        Some(())
    }
}

/// A number of the programs as a float.
#[expect(clippy::cast_precision_loss, reason = "steers the search only")]
pub(super) fn real(number: i128) -> f64 {
    number as f64
}
