//! Why: which changed inputs moved the numbers.

use super::blocks::{Block, Set, Sheet, Words};
use super::signed;
use crate::diff::{Attribution, Cause, Method, PlanDiff};
use crate::plan::Amount;
use crate::render::number::counted;
use crate::source::Place;

/// Places of a cause that are named.
const NAMED: usize = 2;
/// Longest value of an input that is shown, characters.
const LONGEST: usize = 40;

pub(super) fn blocks(diff: &PlanDiff) -> Vec<Block> {
    let Some(attribution) = &diff.attribution else { return Vec::new() };
    let mut blocks = vec![Block::Heading("Why")];
    let figures_within = diff.figures.iter().all(|figure| figure.within_tolerance);
    if attribution.rows.is_empty() {
        let words = "no input that plans are made of differs";
        blocks.push(Block::said(words));
        return blocks;
    }
    if figures_within {
        blocks.push(Block::said("all five numbers are within planner tolerance, so that no cause is named for them"));
        blocks.extend(attribution.rows.iter().filter(|row| !row.sources.is_empty()).map(changed));
        return blocks;
    }
    blocks.push(Block::Table(sheet(diff, attribution)));
    let rows = attribution.rows.iter();
    blocks.extend(rows.filter_map(|row| {
        let why = row.without_plan.as_ref()?;
        Some(Block::Say(Words::named(row.cause.clone()).say(" alone: ").name(why.clone())))
    }));
    let how = match attribution.method {
        Method::Alone => "each change by itself upon the base; `together` is what they do only in company",
        Method::Full => "the mean over all orders in which the changes can be made",
    };
    let plans = counted(attribution.compiles as usize, "plan was", "plans were");
    blocks.push(Block::said(format!("{how}; {plans} made for it")));
    blocks
}

/// A changed input without its effects.
fn changed(row: &Cause) -> Block {
    Block::Say(cause(row).say(", ").list([places(&row.sources, row.gone)], ""))
}

fn sheet(diff: &PlanDiff, attribution: &Attribution) -> Sheet {
    let mut columns = vec![("Cause", Set::Text), ("Where", Set::Text)];
    columns.extend(attribution.figures.iter().map(|figure| (figure.title(), Set::Number)));
    // By figure, since what a row shows depends on what rounding leaves of the others.
    let shown: Vec<Vec<Option<Amount>>> = attribution
        .figures
        .iter()
        .enumerate()
        .map(|(at, &name)| {
            let effects: Vec<_> = attribution.rows.iter().map(|row| row.effects.get(at).copied().flatten()).collect();
            signed::adding_up(name, &effects, total(diff, at))
        })
        .collect();
    let row = |(index, row): (usize, &Cause)| {
        let mut cells = vec![cause(row), places(&row.sources, row.gone)];
        if row.within_tolerance {
            cells[0] = cells[0].clone().say(" (within planner tolerance)");
        }
        let numbers = attribution.figures.iter().enumerate();
        cells.extend(numbers.map(|(at, &name)| Words::of(signed::change(name, shown[at][index]))));
        cells
    };
    let mut rows: Vec<_> = attribution.rows.iter().enumerate().map(row).collect();
    let mut all = vec![Words::of("in all"), Words::default()];
    let numbers = attribution.figures.iter().enumerate();
    all.extend(numbers.map(|(at, &name)| Words::of(signed::change(name, total(diff, at)))));
    rows.push(all);
    Sheet { columns, rows, total: true }
}

fn total(diff: &PlanDiff, at: usize) -> Option<Amount> {
    diff.figures.get(at).and_then(|figure| figure.delta)
}

/// What changed, and from what to what where that is short.
fn cause(row: &Cause) -> Words {
    if row.sources.is_empty() {
        return Words::of(row.cause.clone());
    }
    let words = Words::named(row.cause.clone());
    let short = |text: &str| text.chars().count() <= LONGEST;
    match (row.from.as_str(), row.to.as_str()) {
        ("", "") => words,
        (from, to) if !short(from) || !short(to) => words,
        ("", to) => words.say(" = ").name(to),
        (from, "") => words.say(" was ").name(from),
        (from, to) => words.say(" from ").name(from).say(" to ").name(to),
    }
}

fn places(sources: &[Place], gone: bool) -> Words {
    let named = sources.iter().take(NAMED).map(|place| Words::named(format!("{}:{}", place.file, place.line)));
    let words = if gone { Words::of("was at ") } else { Words::default() }.list(named, ", ");
    match sources.len().saturating_sub(NAMED) {
        0 => words,
        more => words.say(format!(" and {more} more")),
    }
}
