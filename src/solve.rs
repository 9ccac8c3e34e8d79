//! Deciding: which lines are placed, and what each channel is sold.

use crate::model::Model;
use crate::network::LaneId;
use crate::source::Place;
use crate::units::Ratio;

/// A purchase line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// By which lane.
    pub lane: LaneId,
    /// The bucket it serves.
    pub bucket: usize,
    /// Units.
    pub units: i64,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Lines, by (bucket, lane).
    pub lines: Vec<Line>,
    /// Units sold, by offer and bucket.
    pub sales: Vec<Vec<i64>>,
}

/// A commitment that the closest plan found still breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// `cash-minimum`, `budget`, ...
    pub kind: &'static str,
    /// Which one.
    pub of: String,
    /// When.
    pub bucket: usize,
    /// By how much.
    pub amount: Ratio,
    /// Where the commitment is stated.
    pub origin: Place,
    /// True where no plan at all can keep it.
    pub proven: bool,
}

/// Why there is no outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unsolved {
    /// What the closest plan found still breaks; infeasible is proven where any of it is.
    NoPlan(Vec<Violation>),
    /// Numbers do not fit together.
    Overflow,
}

/// Decides a model.
///
/// # Errors
/// Where no plan is found that keeps every commitment.
pub fn solve(_model: &Model<'_>) -> Result<Outcome, Unsolved> {
    Err(Unsolved::Overflow)
}
