//! The plan file itself, and all else that is written as JSON.

use serde::Serialize;

use super::safe;
use crate::explain::Chain;
use crate::next::Next;
use crate::plan::{NoPlan, Plan};

/// What is made of strings, numbers and lists: JSON, two spaces a level, keys in the order of its type, a final newline. Characters that would act on
/// a terminal are written as `\uXXXX`.
pub(super) fn pretty<T: Serialize + ?Sized>(value: &T) -> String {
    let text = serde_json::to_string_pretty(value).expect("it is made of strings, numbers and lists");
    safe::json(text) + "\n"
}

/// The plan file. Equal plans give equal bytes.
#[must_use]
pub fn plan_json(plan: &Plan) -> String {
    pretty(plan)
}

/// What a run without a plan says instead of one, written as by [`plan_json`].
#[must_use]
pub fn no_plan_json(document: &NoPlan) -> String {
    pretty(document)
}

/// A value on a line of its own.
#[must_use]
pub fn json_line(value: &serde_json::Value) -> String {
    safe::json(value.to_string()) + "\n"
}

/// What more of limits buys, written as by [`plan_json`].
#[must_use]
pub fn next_json(next: &Next) -> String {
    pretty(next)
}

/// A chain of causes, written as by [`plan_json`].
#[must_use]
pub fn chain_json(chain: &Chain) -> String {
    pretty(chain)
}
