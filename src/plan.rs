//! The plan: the types of the plan file, and how a decided [`crate::solve::Outcome`] becomes one.

mod ahead;
mod amount;
mod build;
mod decisions;
mod figures;
mod file;
mod gates;
mod given;
mod hash;
mod ingredients;
mod orders;
mod part;
mod reasons;
mod rules;
mod tally;
mod transfers;

pub use amount::{Amount, Figure};
pub use build::build;
pub use decisions::{decisions, moves};
pub use file::*;
pub use given::{chosen_use, given_use};
pub use hash::{hash_is_ours, input_hash, plan_hash, sha256};
pub use ingredients::{Ingredient, Ingredients, ingredients};
