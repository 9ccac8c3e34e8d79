//! Integration tests, one binary.

#[path = "it/aw42.rs"]
mod aw42;
#[path = "it/boundaries.rs"]
mod boundaries;
#[path = "it/brute.rs"]
mod brute;
#[path = "it/cases.rs"]
mod cases;
#[path = "it/cli.rs"]
mod cli;
#[path = "it/compare.rs"]
mod compare;
#[path = "it/conflicts.rs"]
mod conflicts;
#[path = "it/cycle.rs"]
mod cycle;
#[path = "it/diff.rs"]
mod diff;
#[path = "it/docs.rs"]
mod docs;
#[path = "it/examples.rs"]
mod examples;
#[path = "it/explain.rs"]
mod explain;
#[path = "it/format.rs"]
mod format;
#[path = "it/hostile.rs"]
mod hostile;
#[path = "it/laws.rs"]
mod laws;
#[path = "it/layers.rs"]
mod layers;
#[path = "it/lots.rs"]
mod lots;
#[path = "it/meaning.rs"]
mod meaning;
#[path = "it/metrics.rs"]
mod metrics;
#[path = "it/mistakes.rs"]
mod mistakes;
#[path = "fuzz/mutants.rs"]
#[allow(dead_code, reason = "the fuzz target takes the rest")]
mod mutants;
#[path = "it/next.rs"]
mod next;
#[path = "it/outlook.rs"]
mod outlook;
#[path = "it/plans.rs"]
mod plans;
#[path = "it/random.rs"]
mod random;
#[path = "it/reasons.rs"]
mod reasons;
#[path = "it/render.rs"]
mod render;
#[path = "it/report.rs"]
mod report;
#[path = "it/roll.rs"]
mod roll;
#[path = "it/schema.rs"]
mod schema;
#[path = "it/session.rs"]
mod session;
#[path = "it/support.rs"]
mod support;
#[path = "it/track.rs"]
mod track;
#[path = "it/trigeiro.rs"]
mod trigeiro;
#[path = "it/ui.rs"]
mod ui;
#[path = "it/unplanned.rs"]
mod unplanned;
#[path = "it/usage.rs"]
mod usage;
#[path = "it/watch.rs"]
mod watch;
#[path = "it/why.rs"]
mod why;
