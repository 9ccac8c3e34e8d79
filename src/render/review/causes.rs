//! Why: which changed inputs moved the numbers.

use rust_decimal::Decimal;

use super::bridge::bridge;
use super::signed;
use crate::diff::{Attribution, Cause, FigureName, Method, PlanDiff};
use crate::plan::Amount;
use crate::render::blocks::{Block, Set, Sheet, Words};
use crate::render::number::counted;
use crate::source::Place;

/// Places of a cause that are named.
const NAMED: usize = 2;
/// Longest value of an input that is shown, characters.
const LONGEST: usize = 60;

/// Causes, drawn too where that is wanted.
pub(super) fn blocks(diff: &PlanDiff, is_drawn: bool) -> Vec<Block> {
    let Some(attribution) = &diff.attribution else { return Vec::new() };
    let mut blocks = vec![Block::Heading("Why")];
    if attribution.rows.is_empty() {
        blocks.push(Block::said("no input that plans are made of differs"));
        return blocks;
    }
    let moved: Vec<usize> = (0..attribution.figures.len()).filter(|&at| is_moved(diff, at)).collect();
    if moved.is_empty() {
        blocks.push(Block::said("all five numbers are within planner tolerance, so that no cause is named for them"));
    } else {
        blocks.extend(chart(diff, attribution, &moved).filter(|_| is_drawn));
        blocks.push(Block::Table(sheet(diff, attribution, &moved)));
    }
    let changed = attribution.rows.iter().filter(|row| !row.sources.is_empty());
    blocks.extend(changed.map(|row| {
        let words = cause(row).say(", ").list([places(&row.sources, row.gone)], "");
        let words = if row.within_tolerance { words.say(": within planner tolerance") } else { words };
        Block::Say(match &row.without_plan {
            Some(why) => words.say("; there is no plan with it alone: ").name(why.clone()),
            None => words,
        })
    }));
    blocks.push(Block::said(how(attribution)));
    blocks
}

/// How effects were told apart, and what that took.
fn how(attribution: &Attribution) -> String {
    let plans = counted(attribution.compiles as usize, "plan was", "plans were");
    match attribution.method {
        _ if attribution.rows.len() == 1 => "it is the only change, so that no plan had to be made to tell".to_owned(),
        Method::Alone => {
            format!("each by itself upon the base; `together` is what they do only in company; {plans} made to tell")
        }
        Method::Full => format!("the mean over all orders in which they can be made; {plans} made to tell"),
    }
}

/// True of a figure that moved by more than the planner's tolerance: for others no cause is named.
fn is_moved(diff: &PlanDiff, at: usize) -> bool {
    diff.figures.get(at).is_some_and(|figure| !figure.within_tolerance && figure.delta.is_some())
}

/// The first amount of money that moved, as its causes add up to it.
fn chart(diff: &PlanDiff, attribution: &Attribution, moved: &[usize]) -> Option<Block> {
    let named = |name: FigureName| moved.iter().copied().find(|&at| attribution.figures[at] == name);
    let at = named(FigureName::Contribution).or(named(FigureName::Revenue))?;
    let effects: Option<Vec<Amount>> =
        attribution.rows.iter().map(|row| row.effects.get(at).copied().flatten()).collect();
    let rows = attribution.rows.iter().zip(effects?);
    let parts: Vec<(String, Decimal)> = rows.map(|(row, effect)| (row.cause.clone(), effect.0)).collect();
    let name = attribution.figures[at].title().to_lowercase();
    let title = Words::of(format!("What moved {name}"));
    let unit = Words::named(diff.currency.clone());
    (parts.len() > 1).then(|| Block::Chart(bridge(title, unit, &parts, total(diff, at).unwrap_or_default().0)))
}

/// Causes and what each does to the figures at `moved`.
fn sheet(diff: &PlanDiff, attribution: &Attribution, moved: &[usize]) -> Sheet {
    let mut columns = vec![(Words::of("Cause"), Set::Text)];
    columns.extend(moved.iter().map(|&at| (Words::of(attribution.figures[at].title()), Set::Number)));
    // By figure, since what a row shows depends on what rounding leaves of the others.
    let effects =
        |at: usize| attribution.rows.iter().map(|row| row.effects.get(at).copied().flatten()).collect::<Vec<_>>();
    let shown: Vec<Vec<Option<Amount>>> =
        moved.iter().map(|&at| signed::adding_up(attribution.figures[at], &effects(at), total(diff, at))).collect();
    let row = |(index, row): (usize, &Cause)| {
        let name = if row.sources.is_empty() { Words::of(row.cause.clone()) } else { Words::named(row.cause.clone()) };
        let numbers = moved.iter().zip(&shown);
        let numbers = numbers.map(|(&at, shown)| Words::of(signed::change(attribution.figures[at], shown[index])));
        std::iter::once(name).chain(numbers).collect()
    };
    let mut rows: Vec<Vec<Words>> = attribution.rows.iter().enumerate().map(row).collect();
    let all = moved.iter().map(|&at| Words::of(signed::change(attribution.figures[at], total(diff, at))));
    rows.push(std::iter::once(Words::of("in all")).chain(all).collect());
    Sheet { columns, rows, total: true, ..Sheet::default() }
}

fn total(diff: &PlanDiff, at: usize) -> Option<Amount> {
    diff.figures.get(at).and_then(|figure| figure.delta)
}

/// What changed, and from what to what where that is short.
fn cause(row: &Cause) -> Words {
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
