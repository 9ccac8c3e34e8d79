//! `sopc`, a compiler for Sales & Operations Planning.
//!
//! # Stages
//! Each is one pure function; nothing of them touches a terminal, a clock or the environment. [`compile`] runs them in
//! a row, [`cli`] brings files and words in and out.
//!
//! 1. [`document::load`]: files to typed tables, with every syntax and schema problem.
//! 2. [`check::check`]: tables to the checked world, [`network::Network`]; TOML ends here.
//! 3. [`model::Model::new`]: the world laid out over buckets; [`solve::solve`] decides.
//! 4. [`plan::build`]: decisions to the plan file, [`plan::Plan`].
//! 5. [`verify::verify`]: a second, simple path that recomputes a plan file from its inputs.
//!    [`export::mps`] writes what it decides for other solvers.
//! 6. [`explain::explain`]: why there is no plan, from the checked world.
//!    [`outlook::derive`] tells how its demand comes about.
//! 7. [`diff::diff`]: what lies between two plan files.
//! 8. [`track::track`]: what came to be against an approved plan.
//! 9. [`next::answered`]: what more of a limit buys, from plans with more of it.
//!    [`compare::compared`] shows plans of several variants side by side.
//! 10. [`render`]: plans, diffs, trackings and diagnostics to text, from those alone.

pub mod source;
// What every stage speaks with.
pub mod calendar;
pub mod diagnostic;
pub mod metrics;
mod published;
pub mod series;
pub mod units;
// The stages.
pub mod check;
pub mod cli;
pub mod compare;
pub mod compile;
pub mod diff;
pub mod document;
pub mod explain;
pub mod export;
pub mod format;
pub mod model;
pub mod network;
pub mod next;
pub mod outlook;
pub mod plan;
pub mod plan_file;
pub mod purchase;
pub mod render;
pub mod roll;
pub mod solve;
pub mod track;
pub mod verify;
