//! The plan: the types of the plan file, and how a decided [`crate::solve::Outcome`] becomes one.

mod amount;
mod file;

pub use amount::{Amount, Figure};
pub use file::*;
