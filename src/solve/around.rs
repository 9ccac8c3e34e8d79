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

/// How wide places are, each kind with the work that a search may take there, in evaluations of all pools.
const KINDS: [(Kind, i128); 2] = [(Kind::Buckets(5), 150), (Kind::Pools(2), 150)];
/// The work of a search around a line that is turned, and how many buckets on either side it takes in.
const KICK: i128 = 80;
const NEAR: usize = 2;
/// Parts in which a line is placed or left out besides what a plan does with it.
const DOUBT: f64 = 0.1;
/// Windows of buckets begin so many apart.
const STEP: usize = 2;
/// A gain of less than one of so many parts of the gap is not looked for.
const GAINS: i128 = 50;
/// Iterations of the master before a search.
const ITERATIONS: usize = 8;

impl Search<'_> {
    /// Searches around the best plan until nothing near by is better; then goes on from plans in which one line is what it
    /// is not in the best, until the work is spent.
    pub(super) fn look_around(&mut self, first: &Node, means: &[Mean], steering: &Steering<'_>) {
        self.climb(first, means, &KINDS, steering);
        let mut kick = 0;
        while !self.is_tired() && !steering.stopped() {
            let (best, objective) = (self.best.clone(), self.objective);
            let Some(place) = best.as_ref().and_then(|best| Place::turned(first, means, best, kick)) else { return };
            self.search(first, means, &place, KICK, steering);
            if self.objective < objective {
                self.climb(first, means, &KINDS[..1], steering);
            }
            if self.objective > objective {
                self.climb(first, means, &KINDS, steering);
                kick = 0;
            } else {
                (self.best, self.objective) = (best, objective);
                kick += 1;
            }
        }
    }

    /// Searches all places of a kind, those of the next kind where that gained nothing, else from the first kind on.
    fn climb(&mut self, first: &Node, means: &[Mean], kinds: &[(Kind, i128)], steering: &Steering<'_>) {
        let mut kind = 0;
        while let Some((places, work)) = kinds.get(kind) {
            let objective = self.objective;
            for place in places.all(self.rows.buckets, self.programs.len()) {
                if self.is_tired() || steering.stopped() {
                    return;
                }
                self.search(first, means, &place, *work, steering);
            }
            kind = if self.objective > objective { 0 } else { kind + 1 };
        }
    }

    /// Searches one place.
    fn search(&mut self, first: &Node, means: &[Mean], place: &Place, work: i128, steering: &Steering<'_>) {
        let Some(best) = self.best.clone() else { return };
        let open = |pool: usize| Arc::new(place.open(pool, &first.programs[pool], &best[pool], &means[pool]));
        let programs: Vec<_> = (0..best.len()).map(open).collect();
        let work = work * cells(programs.iter().map(Arc::as_ref));
        let gain = (first.bound - self.objective) / GAINS;
        let (given_up, objective) = (self.given_up, self.objective);
        let Some(mut node) = Node::new(programs, self.rows, first.prices.clone(), &mut self.workspaces) else { return };
        if matches!(place, Place::Turned(..)) {
            self.objective = i128::MIN / 2;
        } else {
            node.tell(self.rows, &best);
        }
        if self.price(&mut node, ITERATIONS) {
            self.explore(&mut vec![Open { node, number: 0 }], work, Aim { exact: false, gain }, steering);
        }
        // What is given up here says nothing of all plans.
        self.given_up = given_up;
        if self.objective == i128::MIN / 2 {
            self.objective = objective;
        }
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
    /// Near one line, by pool and index, which itself is what it was not.
    Turned(usize, usize, Range<usize>),
}

/// A kind of places.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// What is in doubt, and all windows of so many buckets.
    Buckets(usize),
    /// All sets of so many pools.
    Pools(usize),
}

impl Kind {
    fn all(self, buckets: usize, pools: usize) -> Vec<Place> {
        match self {
            Self::Buckets(window) => {
                let windows = (0..buckets.saturating_sub(window - STEP).max(1)).step_by(STEP);
                let windows = windows.map(|from| Place::Buckets(from..from + window));
                std::iter::once(Place::Doubted).chain(windows).collect()
            }
            Self::Pools(together) => {
                let longer = |set: &Vec<usize>| {
                    let set = set.clone();
                    (set.last().map_or(0, |last| last + 1)..pools).map(move |pool| [set.as_slice(), &[pool]].concat())
                };
                let mut sets = vec![Vec::new()];
                for _ in 0..together.min(pools) {
                    sets = sets.iter().flat_map(longer).collect();
                }
                sets.into_iter().map(Place::Pools).collect()
            }
        }
    }
}

impl Place {
    /// Around the line that comes at a position among those in doubt, the most doubted first.
    fn turned(first: &Node, means: &[Mean], best: &[Choice], position: usize) -> Option<Self> {
        let mut lines = Vec::new();
        for (pool, (mean, choice)) in means.iter().zip(best).enumerate() {
            for (index, (placed, &units)) in mean.placed.iter().zip(&choice.decision.lines).enumerate() {
                lines.push(((if units > 0 { 1.0 - placed } else { *placed }), pool, index));
            }
        }
        lines.sort_by(|a, b| b.0.total_cmp(&a.0));
        let &(_, pool, index) = lines.get(position)?;
        let bucket = first.programs[pool].options[index].bucket;
        Some(Self::Turned(pool, index, bucket.saturating_sub(NEAR)..bucket + NEAR + 1))
    }

    /// A program of which the lines elsewhere are as they are in a plan, but for their sizes, and stock is not much higher.
    fn open(&self, pool: usize, program: &Program, choice: &Choice, mean: &Mean) -> Program {
        let mut program = program.clone();
        for ((option, &units), placed) in program.options.iter_mut().zip(&choice.decision.lines).zip(&mean.placed) {
            let here = match self {
                Self::Buckets(buckets) => buckets.contains(&option.bucket),
                Self::Pools(pools) => pools.contains(&pool),
                Self::Doubted if units > 0 => *placed < 1.0 - DOUBT,
                Self::Doubted => *placed > DOUBT,
                Self::Turned(_, _, buckets) => buckets.contains(&option.bucket),
            };
            if !here {
                option.required = units > 0;
                if units == 0 {
                    option.largest = Some(0);
                }
            }
        }
        if let Self::Turned(turned, index, _) = self
            && *turned == pool
        {
            let option = &mut program.options[*index];
            option.required = choice.decision.lines[*index] == 0;
            if !option.required {
                option.largest = Some(0);
            }
        }
        let highest = program.closing(&choice.decision).into_iter().max().unwrap_or(0);
        let most = highest + highest / 4 + program.peak() / 16;
        program.most.iter_mut().for_each(|high| *high = most.min(*high));
        program
    }
}
