//! What lies between two plans, and the review of it.

#[path = "diff/action.rs"]
mod action;
#[path = "diff/causes.rs"]
mod causes;
#[path = "diff/formats.rs"]
pub(crate) mod formats;
#[path = "diff/hosts.rs"]
mod hosts;
#[path = "diff/lines.rs"]
mod lines;
#[path = "diff/session.rs"]
mod session;
#[path = "diff/shop.rs"]
mod shop;

use sopc::diff::{PlanDiff, Terms, apply, diff};
use sopc::plan::Plan;

use crate::render::shop::shop as made_up;
use crate::support::assert_fits;

/// The diff of two plans on their own.
fn between(base: &Plan, head: &Plan) -> PlanDiff {
    diff(base, head, &Terms::default())
}

#[test]
fn a_plan_differs_from_itself_in_nothing() {
    let plan = made_up(9);
    let same = between(&plan, &plan);
    assert!(same.same && same.edits.is_empty());
    assert!(same.lines.is_empty() && same.limits.is_empty() && same.rules.is_empty() && same.given.is_empty());
    assert!(same.gates.is_empty() && same.allocation.is_empty() && same.promotions.is_empty());
    assert!(same.figures.iter().all(|figure| figure.delta.is_none_or(|delta| delta.0.is_zero())));
}

#[test]
fn a_diff_holds_all_of_the_new_plan() {
    let (old, mut new) = (made_up(6), made_up(9));
    assert_eq!(apply(&old, &between(&old, &new)), new);
    assert_eq!(apply(&new, &between(&new, &old)), old);
    // Whatever the order of rows, and with rows that share a key.
    new.allocations.reverse();
    new.inventory.swap(0, 3);
    let twin = new.metrics.first().cloned();
    new.metrics.extend(twin);
    assert_eq!(apply(&old, &between(&old, &new)), new);
    assert_eq!(apply(&new, &between(&new, &old)), old);
}

#[test]
fn a_diff_read_back_is_the_same() {
    let found = between(&made_up(6), &made_up(9));
    let text = sopc::render::diff_json(&found);
    assert_eq!(serde_json::from_str::<PlanDiff>(&text).expect("a diff"), found);
    assert_fits(sopc::diff::SCHEMA, &serde_json::from_str(&text).expect("JSON"));
}
