//! A tracking with the places that only the text of the inputs knows: the row of a bucket, the assumption that a line uses.

use chrono::NaiveDate;

use super::{Compiled, Failure};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::Plan;
use crate::source::{Place, SourceFile, Sources};
use crate::track::{RevisitKind, Tracking, Untracked};

/// Rows whose places are looked for; people read the first few.
const PLACED: usize = 200;
/// Lines that are looked at for a row.
const LOOKED_AT: usize = 10_000;

/// Holds the actuals of a project against its approved plan.
///
/// # Errors
/// Where the inputs are invalid, the plan is another one, or nothing is told of its days.
pub fn track(compiled: &Compiled, plan: &Plan, through: Option<NaiveDate>) -> Result<Tracking, Failure> {
    let Some(network) = &compiled.network else { return Err(Failure::Invalid) };
    let mut tracking = crate::track::track(network, plan, through).map_err(|why| match why {
        Untracked::Overflow => Failure::Overflow,
        other => Failure::Untracked(Box::new(told(&other))),
    })?;
    for one in tracking.revisit.iter_mut().take(PLACED) {
        if let Some(place) = row_of(&compiled.sources, &one.source, &one.of, &tracking.buckets) {
            one.source = place;
        }
        if let Some((name, place)) = assumption(&compiled.sources, one.kind, &one.source) {
            one.assumption = Some(name);
            one.source = place;
        }
    }
    Ok(tracking)
}

/// Why there is no tracking.
fn told(why: &Untracked) -> Diagnostic {
    match why {
        Untracked::OtherPlan(why) => {
            let diagnostic = Diagnostic::error(&codes::NOT_TRACKED, format!("the plan is none of these inputs: {why}"));
            diagnostic.help("track a cycle before the next one is started; git keeps the inputs of those before")
        }
        _ => {
            let diagnostic = Diagnostic::error(&codes::NOT_TRACKED, "nothing is told of the days of the plan");
            diagnostic.help("give what was sold, received, counted and paid: `sopc track --actuals FILE`, or a [[csv]] with table = \"actual\"")
        }
    }
}

fn file<'s>(sources: &'s Sources, place: &Place) -> Option<&'s SourceFile> {
    sources.files().iter().find(|file| file.path == place.file)
}

fn line(file: &SourceFile, index: usize) -> Option<&str> {
    (index < file.line_count()).then(|| &file.text[file.line_start(index)..file.line_start(index + 1)])
}

/// Of rows in a CSV file that state demand by bucket, the one of the first bucket looked at. `of` is `item in channel`.
fn row_of(sources: &Sources, place: &Place, of: &str, buckets: &[crate::track::TrackedBucket]) -> Option<Place> {
    let file = file(sources, place).filter(|file| !file.path.ends_with(".toml"))?;
    let (item, channel) = of.split_once(" in ")?;
    let label = &buckets.last()?.label;
    let from = usize::try_from(place.line).ok()?.checked_sub(1)?;
    let has = |line: &str, name: &str| line.split([',', ';', '\t', '"']).any(|cell| cell.trim() == name);
    let found = (from..file.line_count().min(from + LOOKED_AT)).find(|&index| {
        line(file, index).is_some_and(|line| has(line, item) && has(line, channel) && has(line, label))
    })?;
    Some(Place { file: place.file.clone(), line: u32::try_from(found + 1).ok()?, column: 1 })
}

/// The assumption that an entry uses for what is revisited, and where it is stated.
fn assumption(sources: &Sources, kind: RevisitKind, place: &Place) -> Option<(String, Place)> {
    let key = match kind {
        RevisitKind::Outlook => "growth",
        RevisitKind::Promotion => "uplift",
        RevisitKind::Adjust => "factor",
        RevisitKind::LeadTime => "lead-days",
        _ => return None,
    };
    let own = file(sources, place).filter(|file| file.path.ends_with(".toml"))?;
    let from = usize::try_from(place.line).ok()?;
    let entry =
        (from..own.line_count()).map_while(|index| line(own, index).filter(|line| !line.trim_start().starts_with('[')));
    let stated = entry.into_iter().find(|line| line.trim_start().starts_with(key))?;
    let name = stated.split_once("assume")?.1.split('"').nth(1)?;
    let header = [format!("[assumption.{name}]"), format!("[assumption.\"{name}\"]")];
    sources.files().iter().filter(|file| file.path.ends_with(".toml")).find_map(|file| {
        let at = (0..file.line_count())
            .find(|&index| line(file, index).is_some_and(|line| header.iter().any(|header| line.trim() == header)))?;
        let value = (at + 1..file.line_count())
            .find(|&index| line(file, index).is_some_and(|line| line.trim_start().starts_with("value")));
        let place = Place { file: file.path.clone(), line: u32::try_from(value.unwrap_or(at) + 1).ok()?, column: 1 };
        Some((name.to_owned(), place))
    })
}
