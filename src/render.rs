//! Text for people and programs: plans and diagnostics, from values alone.
//!
//! Nothing here knows of a terminal, an environment, a clock or a file: how wide and how colourful the reader's screen
//! is comes in as a [`Style`]. Whatever is said about a plan is said from its [`Plan`] alone, so a plan file read back
//! renders to the same bytes. Every name in it is data: see [`safe`].

mod blocks;
mod codes;
mod compare;
mod csv;
mod diagnostics;
mod json;
mod metrics;
mod next;
pub(crate) mod number;
mod outlook;
mod purchase;
mod report;
mod review;
mod roll;
pub mod safe;
mod style;
mod table;
mod text;
mod why;
mod wrap;

pub use self::codes::{code_list, explained, hint as explain_hint, shop as example_shop};
pub use self::compare::{
    COLUMNS as COMPARISON_COLUMNS, comparison_csv, comparison_html, comparison_json, comparison_markdown,
    comparison_text,
};
pub use self::csv::{COLUMNS as CSV_COLUMNS, plan_csv};
pub use diagnostics::{DiagnosticFormat, JSON_FORMAT_VERSION, diagnostics};
pub use json::{chain_json, json_line, next_json, no_plan_json, plan_json};
pub use metrics::{
    METRICS_COLUMNS, VARIANTS_COLUMNS, metrics_csv, metrics_explained, metrics_json, metrics_text, variants_csv,
    variants_json, variants_text,
};
pub use next::next_text;
pub use outlook::{OUTLOOK_COLUMNS, outlook_csv, outlook_json, outlook_text};
pub use purchase::{COLUMNS as PURCHASE_COLUMNS, purchase_csv, purchase_json, purchase_text, purchases_json};
pub use report::{plan_html, plan_markdown};
pub use review::{
    DIFF_COLUMNS, Saved, Shown, TRACKING_COLUMNS, delta_text, diff_csv, diff_html, diff_json, diff_markdown, diff_text,
    figures_text, tracking_csv, tracking_html, tracking_json, tracking_markdown, tracking_text,
};
pub use roll::roll_text;
pub use style::Style;
pub use text::plan_text;
pub use why::chain_text;

#[cfg(doc)]
use crate::plan::Plan;
