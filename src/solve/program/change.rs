//! What lines cost because they differ from the last plan.
//!
//! All lines of a lane for a bucket count together: `cost x |units - units of the last plan|`, of which what it costs to place none is taken
//! off, since that is a constant of the model. A line by itself costs that of its own units. Of several it is never more than what they cost
//! together, since it begins at 0 and rises ever faster; so a program takes each by itself, and decisions are booked with the sum.

use super::{LineOption, Piece, Program};
use crate::model::baseline;
use crate::solve::fixed::{down, up};
use crate::units::Overflow;

/// What differing from the last plan costs in fixed point.
#[derive(Debug, Clone, Copy)]
pub(in crate::solve) struct Change {
    /// Units of the last plan.
    pub(in crate::solve) units: i64,
    /// Cost of a unit more, rounded down.
    pub(super) more: i64,
    /// What a unit of the last plan saves that is placed, rounded up.
    pub(super) kept: i64,
}

impl Change {
    pub(super) fn new(change: Option<baseline::Change>, money: i64) -> Result<Option<Self>, Overflow> {
        let fixed = |change: baseline::Change| {
            Ok(Self { units: change.units, more: down(change.cost, money)?, kept: up(change.cost, money)? })
        };
        change.map(fixed).transpose()
    }

    /// Cost of a line and of a level on this side of the last plan's units.
    fn side(&self, beyond: bool) -> (i64, i64) {
        if beyond { (-2 * self.kept * self.units, self.more) } else { (0, -self.kept) }
    }

    /// Cost of so many units.
    fn cost(&self, units: i64) -> i64 {
        let (line, level) = self.side(units > self.units);
        line + level * units
    }

    /// Pieces that end where the last plan's units do.
    pub(super) fn split(&self, pieces: Vec<Piece>) -> Vec<Piece> {
        let mut parts = Vec::with_capacity(pieces.len() + 1);
        for (index, piece) in pieces.iter().enumerate() {
            if piece.from <= self.units {
                let to = piece.to.map_or(self.units, |to| to.min(self.units));
                parts.push(Piece { to: Some(to), change: self.side(false), ..*piece });
            }
            let goes_on = pieces.get(index + 1).is_none_or(|next| next.from > self.units + 1);
            if goes_on && piece.to.is_none_or(|to| to > self.units) {
                let from = piece.from.max(self.units + 1);
                parts.push(Piece { from, change: self.side(true), ..*piece });
            }
        }
        parts
    }
}

/// Lines of one lane for one bucket, one after the other.
fn twins(options: &[LineOption]) -> impl Iterator<Item = &[LineOption]> {
    options.chunk_by(|a, b| (a.lane, a.bucket) == (b.lane, b.bucket))
}

impl Program {
    /// What a decision costs because it differs from the last plan.
    pub(in crate::solve) fn change_cost(&self, lines: &[i64]) -> i64 {
        let (mut from, mut cost) = (0, 0);
        for same in twins(&self.options) {
            let units = lines[from..from + same.len()].iter().sum();
            cost += same[0].change.map_or(0, |change| change.cost(units));
            from += same.len();
        }
        cost
    }

    /// Units of a bucket that are worth keeping for the last plan's sake alone: a line of twice its units or more can go at no such cost.
    pub(super) fn kept(&self, bucket: usize) -> i64 {
        let units = |same: &[LineOption]| same[0].change.map_or(0, |change| change.units.saturating_mul(2));
        twins(&self.options[self.options_of(bucket)]).map(units).sum()
    }
}
