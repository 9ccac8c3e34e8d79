//! Integration tests, one binary.

#[path = "it/aw42.rs"]
mod aw42;
#[path = "it/boundaries.rs"]
mod boundaries;
#[path = "it/cases.rs"]
mod cases;
#[path = "it/docs.rs"]
mod docs;
#[path = "it/render.rs"]
mod render;
#[path = "it/support.rs"]
mod support;
