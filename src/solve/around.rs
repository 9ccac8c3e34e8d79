//! Better plans near the best one known: most lines stay placed or left out as they are there, the rest is searched.
//!
//! With few lines open the bound of what is searched is nearly tight, so that a search ends soon (fix-and-optimize, Helber and
//! Sahling 2010). First all lines of a few buckets are open, then all lines of two pools; sizes and sales always are.

use std::ops::Range;
use std::sync::Arc;

use super::Steering;
use super::branch::{Aim, Open, Search, cells};
use super::effect::Choice;
use super::node::Node;
use super::program::Program;
use super::split::Mean;

/// By round: buckets whose lines are open together, pools, and the work that a search may take, in evaluations of all pools.
const ROUNDS: [(usize, usize, i128); 2] = [(5, 2, 150), (8, 3, 400)];
/// Parts in which a line is placed or left out besides what a plan does with it.
const DOUBT: f64 = 0.1;
/// Windows of buckets begin so many apart.
const STEP: usize = 2;
/// A gain of less than one of so many parts of the gap is not looked for.
const GAINS: i128 = 50;
/// Iterations of the master before a search.
const ITERATIONS: usize = 8;

impl Search<'_> {
    /// Searches around the best plan until nothing near by is better, or the work is spent.
    pub(super) fn look_around(&mut self, first: &Node, means: &[Mean], steering: &Steering<'_>) {
        for (window, together, work) in ROUNDS {
            let places = places(self.rows.buckets, window, self.programs.len(), together);
            // Places that were searched since the plan was last improved.
            let mut searched = 0;
            let mut next = 0;
            while searched < places.len() && !self.is_tired() && !steering.stopped() {
                let objective = self.objective;
                self.search(first, means, &places[next], work, steering);
                searched = if self.objective > objective { 0 } else { searched + 1 };
                next = (next + 1) % places.len();
            }
        }
    }

    fn search(&mut self, first: &Node, means: &[Mean], place: &Place, work: i128, steering: &Steering<'_>) {
        let Some(best) = self.best.clone() else { return };
        let open = |pool: usize| Arc::new(place.open(pool, &first.programs[pool], &best[pool], &means[pool]));
        let programs: Vec<_> = (0..best.len()).map(open).collect();
        let given_up = self.given_up;
        let work = work * cells(programs.iter().map(Arc::as_ref));
        let gain = (first.bound - self.objective) / GAINS;
        if let Some(mut node) = Node::new(programs, self.rows, first.prices.clone(), &mut self.workspaces) {
            node.tell(self.rows, &best);
            if self.price(&mut node, ITERATIONS) {
                self.explore(&mut vec![Open { node, number: 0 }], work, Aim { exact: false, gain }, steering);
            }
        }
        // What is given up here says nothing of all plans.
        self.given_up = given_up;
    }
}

/// Where lines are open.
#[derive(Debug, Clone)]
enum Place {
    /// In some buckets.
    Buckets(Range<usize>),
    /// In some pools.
    Pools(Vec<usize>),
    /// Where the plan does not do what the fractional optimum does.
    Doubted,
}

/// What is in doubt, all windows of buckets, and all sets of so many pools.
fn places(buckets: usize, window: usize, pools: usize, together: usize) -> Vec<Place> {
    let mut places = vec![Place::Doubted];
    let windows = (0..buckets.saturating_sub(window - STEP).max(1)).step_by(STEP);
    places.extend(windows.map(|from| Place::Buckets(from..from + window)));
    let mut sets = vec![Vec::new()];
    for _ in 0..together.min(pools) {
        let longer = |set: &Vec<usize>| {
            let set = set.clone();
            (set.last().map_or(0, |last| last + 1)..pools).map(move |pool| [set.as_slice(), &[pool]].concat())
        };
        sets = sets.iter().flat_map(longer).collect();
    }
    places.extend(sets.into_iter().map(Place::Pools));
    places
}

impl Place {
    /// A program of which the lines elsewhere are as they are in a plan, but for their sizes, and stock is not much higher.
    fn open(&self, pool: usize, program: &Program, choice: &Choice, mean: &Mean) -> Program {
        let mut program = program.clone();
        for ((option, &units), placed) in program.options.iter_mut().zip(&choice.decision.lines).zip(&mean.placed) {
            let here = match self {
                Self::Buckets(buckets) => buckets.contains(&option.bucket),
                Self::Pools(pools) => pools.contains(&pool),
                Self::Doubted if units > 0 => *placed < 1.0 - DOUBT,
                Self::Doubted => *placed > DOUBT,
            };
            if !here {
                option.required = units > 0;
                if units == 0 {
                    option.largest = Some(0);
                }
            }
        }
        let highest = program.closing(&choice.decision).into_iter().max().unwrap_or(0);
        let most = highest + highest / 4 + program.peak() / 16;
        program.most.iter_mut().for_each(|high| *high = most.min(*high));
        program
    }
}
