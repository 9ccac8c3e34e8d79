//! The report of a plan: what a meeting looks at, from the plan file alone.
//!
//! What is told, and in which order, is decided once, as blocks: the verdict and the numbers, what is to be decided now, then money,
//! stock, demand, what falls short and why, what stands in the way and what more of it would earn, and each item. HTML draws all of it;
//! Markdown has no drawings and no items.

mod cash;
mod demand;
mod facts;
mod head;
mod item;
mod items;
mod limits;
mod orders;
mod quality;
mod rules;
mod shortages;
mod stock;

use super::blocks::{self, Block};
use crate::plan::Plan;
use facts::Facts;

/// How much of a plan is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// The worst rows; of the others, how many there are.
    Gist,
    /// All rows, most of them folded away, and every item.
    Whole,
}

/// The plan as one HTML file for a meeting: it runs no scripts and fetches nothing.
#[must_use]
pub fn plan_html(plan: &Plan) -> String {
    blocks::html(&told(plan, Depth::Whole), &format!("{}, cycle {}", plan.project, plan.cycle))
}

/// The plan as GitHub-flavoured Markdown.
#[must_use]
pub fn plan_markdown(plan: &Plan) -> String {
    blocks::markdown(&told(plan, Depth::Gist))
}

fn told(plan: &Plan, depth: Depth) -> Vec<Block> {
    let facts = Facts::new(plan, depth);
    let mut blocks = head::blocks(&facts);
    blocks.extend(orders::now(&facts));
    blocks.extend(cash::blocks(&facts));
    blocks.extend(orders::calendar(&facts));
    blocks.extend(demand::blocks(&facts));
    blocks.extend(shortages::blocks(&facts));
    blocks.extend(stock::blocks(&facts));
    blocks.extend(limits::blocks(&facts));
    blocks.extend(rules::blocks(&facts));
    if depth == Depth::Whole {
        blocks.extend(items::blocks(&facts));
    }
    blocks.extend(quality::blocks(&facts));
    blocks
}
