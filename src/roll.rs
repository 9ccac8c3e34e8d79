//! The next cycle: from a project, its approved plan and what came of it to the same project on a later day.
//!
//! Nothing is written here: what comes out is the new text of files. Only values that change are replaced, in their very place, and what
//! is new is added at the end of a file: every other byte of the team's text stays. Comments of entries that go stay as well.

mod cash;
mod edits;
mod history;
mod orders;
mod stock;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::network::Network;
use crate::plan::Plan;
use crate::source::{Sources, Span};
use crate::track::{Tracking, Untracked, track};
use edits::{Edits, quoted};

/// What the team says of the next cycle.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// The day stock was counted; by default the first of the plan's second bucket.
    pub as_of: Option<NaiveDate>,
    /// Its name; by default that of its first bucket, where the last one was named after its own.
    pub cycle: Option<String>,
    /// Cash at that day.
    pub opening_cash: Option<Decimal>,
}

/// The next cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rolled {
    /// Its day.
    pub as_of: NaiveDate,
    /// Its name.
    pub cycle: String,
    /// Files that change or are new: paths from the root, and their whole text.
    pub files: BTreeMap<String, String>,
    /// What changes, in the order of files and lines; what is new at the end of each.
    pub changes: Vec<Change>,
    /// What was taken for granted.
    pub notes: Vec<String>,
}

/// A change of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The file.
    pub file: String,
    /// The line it is made at, from 1; behind the last one for what is added.
    pub line: usize,
    /// What is changed, in words.
    pub what: String,
}

/// All that a roll is made from.
struct Work<'a> {
    document: &'a Document,
    sources: &'a Sources,
    network: &'a Network,
    plan: &'a Plan,
    tracking: Tracking,
    terms: &'a Terms,
    as_of: NaiveDate,
    edits: Edits<'a>,
    notes: Vec<String>,
    problems: Vec<Diagnostic>,
}

/// Starts the next cycle of a project whose plan was approved.
///
/// # Errors
/// Where something is not told that the next cycle needs; every such thing at once.
pub fn roll(
    document: &Document,
    sources: &Sources,
    network: &Network,
    plan: &Plan,
    terms: &Terms,
) -> Result<Rolled, Vec<Diagnostic>> {
    let as_of = as_of(plan, terms).map_err(|problem| vec![problem])?;
    let cycle = cycle(plan, terms, as_of).map_err(|problem| vec![problem])?;
    let tracking = track(network, plan, as_of.pred_opt()).map_err(|why| vec![untold(&why)])?;
    let (edits, notes) = (Edits::new(sources), Vec::new());
    let problems = Vec::new();
    let mut work = Work { document, sources, network, plan, tracking, terms, as_of, edits, notes, problems };
    work.manifest(&cycle);
    work.stock();
    work.orders();
    work.transfers();
    work.cash();
    work.history();
    if !work.problems.is_empty() {
        return Err(work.problems);
    }
    let (files, changes) = work.edits.finish();
    Ok(Rolled { as_of, cycle, files, changes, notes: work.notes })
}

/// Says what keeps a cycle from being rolled.
pub fn not_rolled(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(&codes::NOT_ROLLED, message)
}

fn untold(why: &Untracked) -> Diagnostic {
    match why {
        Untracked::OtherPlan(why) => not_rolled(format!("the approved plan is none of these inputs: {why}"))
            .help("`sopc approve` approves the plan of this cycle"),
        Untracked::NothingTold => not_rolled("nothing is told of what came to be since the plan was made")
            .help("give what was sold, received and counted: `sopc roll --actuals FILE`, or a [[csv]] with table = \"actual\""),
        Untracked::Overflow => not_rolled("numbers of actuals are too large"),
    }
}

/// The day of the next cycle.
fn as_of(plan: &Plan, terms: &Terms) -> Result<NaiveDate, Diagnostic> {
    let next = plan.buckets.get(1).map(|bucket| bucket.start);
    let Some(day) = terms.as_of.or(next) else {
        return Err(not_rolled("the plan has one bucket, so that nothing tells when the next cycle begins")
            .help("say it: `sopc roll --as-of DATE`"));
    };
    let end = plan.buckets.iter().filter(|bucket| !bucket.tail).map(|bucket| bucket.end).max();
    if day <= plan.as_of || end.is_none_or(|end| end < day) {
        let message = format!("the next cycle cannot begin on {day}");
        let last = end.map_or(String::new(), |end| format!(" and not behind {end}"));
        return Err(not_rolled(message).help(format!("a day after {}{last}", plan.as_of)));
    }
    Ok(day)
}

/// The name of the next cycle.
fn cycle(plan: &Plan, terms: &Terms, as_of: NaiveDate) -> Result<String, Diagnostic> {
    if let Some(name) = &terms.cycle {
        return Ok(name.clone());
    }
    let named_after = plan.buckets.first().is_some_and(|bucket| bucket.label == plan.cycle);
    let own = plan.buckets.iter().find(|bucket| bucket.start <= as_of && as_of <= bucket.end);
    match own.filter(|bucket| named_after && bucket.label != plan.cycle) {
        Some(bucket) => Ok(bucket.label.clone()),
        None => Err(not_rolled("nothing tells what the next cycle is called").help("say it: `sopc roll --cycle NAME`")),
    }
}

impl Work<'_> {
    /// The new day and name.
    fn manifest(&mut self, cycle: &str) {
        let Some(plan) = &self.document.plan else { return };
        let (as_of, name) = (plan.as_of.spanned(), plan.cycle.spanned());
        if let Some(day) = as_of {
            self.edits.replace(day.span, self.as_of.to_string(), format!("as-of {} -> {}", day.value, self.as_of));
        }
        if let Some(name) = name.filter(|name| name.value != cycle) {
            self.edits.replace(name.span, quoted(cycle), format!("cycle {} -> {cycle}", name.value));
        }
    }

    fn problem(&mut self, diagnostic: Diagnostic) {
        self.problems.push(diagnostic);
    }

    /// Replaces a value, where it says something else.
    fn set(&mut self, span: Span, before: impl ToString, after: impl ToString, what: &str) {
        let (before, after) = (before.to_string(), after.to_string());
        if before != after {
            self.edits.replace(span, after.clone(), format!("{what} {before} -> {after}"));
        }
    }
}
