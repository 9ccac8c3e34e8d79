//! A plan as a planner reads it in a terminal at month end: the verdict, five numbers, what to do now, what falls
//! short, what it does to stock and cash, and how good it is.

mod buckets;
mod certificate;
mod figures;
mod gates;
mod given;
mod limits;
mod open;
mod orders;
mod page;
mod rules;
mod safety;
mod shortages;
mod transfers;
mod verdict;

pub(super) use certificate::{HASH, earned, precise};
pub(super) use gates::{asked, value as figure, verdict as gate_verdict};
pub(super) use given::{measured, what};
pub(super) use limits::binds;
pub(super) use orders::to_place;
pub(super) use rules::cost_of;
pub(super) use safety::below as below_safety;
pub(super) use shortages::{Demand, Key as DemandKey, by_demand};
pub(super) use verdict::{given_rows, verdict};

use super::style::Style;
use crate::plan::Plan;
use page::Page;

/// The plan for people: plain words, no line longer than the style's width, a final newline.
#[must_use]
pub fn plan_text(plan: &Plan, style: &Style) -> String {
    let mut page = Page::new(plan, style);
    verdict::write(&mut page);
    figures::write(&mut page);
    orders::write(&mut page);
    transfers::write(&mut page);
    open::write(&mut page);
    shortages::write(&mut page);
    safety::write(&mut page);
    given::write(&mut page);
    rules::write(&mut page);
    gates::write(&mut page);
    buckets::write(&mut page);
    limits::write(&mut page);
    certificate::write(&mut page);
    page.finish()
}
