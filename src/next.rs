//! What more of a limit buys: the answer of `sopc next`, and what tells which questions are worth planning.
//!
//! A plan says of each of its limits what a unit more is worth at most ([`crate::plan::Capacity::marginal_value`]). So most limits need no
//! look at all; those that may be worth something are planned anew with more of one at a time (`compile::next`), and what comes out is held against
//! the plan as it is.

mod file;
mod steps;

pub use file::*;
pub use steps::{Question, When, Wish, WishKind, answered, better, questions};

/// The JSON Schema (draft-07) of an answer, as it is published.
pub const SCHEMA: &str = include_str!("../schema/next.schema.json");

/// The schema that follows from the types of an answer.
#[must_use]
pub fn schema() -> String {
    crate::published::schema_of::<Next>()
}
