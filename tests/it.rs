//! Integration tests, one binary.

#[path = "it/aw42.rs"]
mod aw42;
#[path = "it/cases.rs"]
mod cases;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/render.rs"]
mod render;
#[path = "it/support.rs"]
mod support;
#[path = "it/ui.rs"]
mod ui;
