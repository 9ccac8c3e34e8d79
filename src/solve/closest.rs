//! What comes closest to a plan, where there is none.

use num_traits::Zero;

use super::broken::{self, broken};
use super::levels::Levels;
use super::made::Found;
use super::program::Program;
use super::rows::Rows;
use super::{Outcome, Steering, Violation};
use crate::model::Model;
use crate::units::{Overflow, Ratio, add};

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
) -> Result<Closest, Overflow> {
    let pliant: Vec<Program> = programs.iter().map(Program::pliant).collect();
    let levels = Levels { model, steering, least: false, is_cut: false };
    let Ok(Found { outcome, .. }) = levels.searched(&pliant, rows, None, true) else { return Ok(known) };
    let other = Closest { broken: broken(model, &outcome)?, outcome };
    // One that has stock that is not there is no plan at all.
    let is_none = other.broken.iter().any(broken::is_impossible);
    let idle = Closest { broken: broken(model, &known.outcome)?, ..known };
    Ok(if !is_none && other.weight() < idle.weight() { other } else { idle })
}
