//! Integration tests, one binary.

#[path = "it/render.rs"]
mod render;
