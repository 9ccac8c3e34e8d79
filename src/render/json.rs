//! The plan file itself.

use super::safe;
use crate::explain::Chain;
use crate::next::Next;
use crate::plan::{NoPlan, Plan};

/// The plan file: JSON, two spaces a level, keys in the order of [`Plan`], a final newline.
///
/// Equal plans give equal bytes. Characters that would act on a terminal are written as `\uXXXX`.
///
/// # Panics
/// Never: a plan is made of strings, numbers and lists.
#[must_use]
pub fn plan_json(plan: &Plan) -> String {
    let mut text = serde_json::to_string_pretty(plan).expect("a plan is made of strings, numbers and lists");
    text.push('\n');
    safe::json(&text)
}

/// What a run without a plan says instead of one, written as by [`plan_json`].
///
/// # Panics
/// Never: it is made of strings and lists.
#[must_use]
pub fn no_plan_json(document: &NoPlan) -> String {
    let mut text = serde_json::to_string_pretty(document).expect("it is made of strings and lists");
    text.push('\n');
    safe::json(&text)
}

/// A value on a line of its own.
#[must_use]
pub fn json_line(value: &serde_json::Value) -> String {
    safe::json(&value.to_string()) + "\n"
}

/// What more of limits buys, written as by [`plan_json`].
///
/// # Panics
/// Never: it is made of strings, numbers and lists.
#[must_use]
pub fn next_json(next: &Next) -> String {
    let mut text = serde_json::to_string_pretty(next).expect("it is made of strings, numbers and lists");
    text.push('\n');
    safe::json(&text)
}

/// A chain of causes, written as by [`plan_json`].
///
/// # Panics
/// Never: it is made of strings, numbers and lists.
#[must_use]
pub fn chain_json(chain: &Chain) -> String {
    let mut text = serde_json::to_string_pretty(chain).expect("it is made of strings, numbers and lists");
    text.push('\n');
    safe::json(&text)
}
