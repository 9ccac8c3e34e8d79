//! `sopc`, a compiler for Sales & Operations Planning.
pub mod calendar;
pub mod diagnostic;
pub mod network;
pub mod plan;
pub mod render;
pub mod series;
pub mod source;
pub mod units;
