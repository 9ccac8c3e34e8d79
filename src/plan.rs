//! The plan: the types of the plan file, and how a decided [`crate::solve::Outcome`] becomes one.

mod ahead;
mod amount;
mod build;
mod figures;
mod file;
mod gates;
mod given;
mod hash;
mod part;
mod rules;
mod tally;
mod transfers;

pub use amount::{Amount, Figure};
pub use build::build;
pub use file::*;
pub use given::{chosen_use, given_use};
pub use hash::{hash_is_ours, input_hash, plan_hash, sha256};
