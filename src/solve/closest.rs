//! What comes closest to a plan, where there is none.

use num_traits::Zero;

use super::broken;
use super::levels::Levels;
use super::made::Found;
use super::program::Program;
use super::rows::Rows;
use super::{Outcome, Steering, Violation};
use crate::model::Model;
use crate::units::{Ratio, add};

/// A plan that breaks something, where there is none that does not.
pub(super) struct Closest {
    pub(super) broken: Vec<Violation>,
    pub(super) outcome: Outcome,
}

impl Closest {
    /// How much it breaks: of how many commitments in how many buckets, then by how much.
    fn weight(&self) -> (usize, Ratio) {
        (
            self.broken.len(),
            self.broken.iter().map(|one| one.amount).fold(Ratio::zero(), |sum, one| add(sum, one).unwrap_or(sum)),
        )
    }
}

/// The plan that a search finds which may break any promise at a loss, if that breaks less than what is known.
pub(super) fn closer(
    model: &Model<'_>,
    (programs, rows): (&[Program], &Rows),
    known: Closest,
    steering: &Steering<'_>,
) -> Closest {
    let pliant: Vec<Program> = programs.iter().map(Program::pliant).collect();
    let levels = Levels { model, steering, least: false, is_cut: false };
    let Ok(Found { broken, outcome, .. }) = levels.best_of_orders(&pliant, rows, None) else { return known };
    let other = Closest { broken, outcome };
    // One that has stock that is not there is no plan at all.
    let is_none = other.broken.iter().any(broken::is_impossible);
    if !is_none && other.weight() < known.weight() { other } else { known }
}
