//! Integration tests, one binary.

#[path = "it/aw42.rs"]
mod aw42;
#[path = "it/cli.rs"]
mod cli;
#[path = "it/render.rs"]
mod render;
#[path = "it/schema.rs"]
mod schema;
