//! That there is no plan, proven.
//!
//! If rows may be passed at a loss and nothing else counts, a plan loses nothing. So where even the bound of what can be earned lies below
//! nothing, there is no plan.

use super::Steering;
use super::program::Program;
use super::rows::Rows;

/// True where it is proven that no decisions of these programs keep all rows.
pub(super) fn is_impossible(programs: &[Program], rows: &Rows, steering: &Steering<'_>) -> bool {
    // Where items find prices of their own, such prices take too long to find.
    !rows.items_price() && is_beyond_prices(programs, rows, steering)
}

/// The same, however long prices take to find.
pub(super) fn is_beyond_prices(programs: &[Program], rows: &Rows, steering: &Steering<'_>) -> bool {
    passing(programs, rows, steering) > 0
}

/// What is lost at least by passing rows: more of each by the same part of its size counts the same. Nothing where prices do not show that any is passed.
pub(super) fn passing(programs: &[Program], rows: &Rows, steering: &Steering<'_>) -> i128 {
    let aimless: Vec<Program> = programs.iter().map(Program::aimless).collect();
    let rows = rows.elastic();
    super::price(&aimless, &rows, steering).map_or(0, |priced| (rows.sure - priced.bound).max(0))
}
