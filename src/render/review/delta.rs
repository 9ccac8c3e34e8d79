//! What a save did to the plan, for somebody who looks up from the editor for a moment: five numbers, orders, rules, the lines behind it.

use super::{Shown, orders, rows, sections, signed};
use crate::diff::{FigureDelta, PlanDiff, RuleChange};
use crate::plan::{Plan, Status};
use crate::render::blocks::{self, Block, Set, Sheet, Tone, Words};
use crate::render::number::{counted, quantity};
use crate::render::style::Style;
use crate::source::{Edited, EditedFile, EditedLine};

/// Order lines that are listed; edited lines likewise.
const LISTED: usize = 5;
/// Stands before what only holds until the plan is there.
const PROVISIONAL: &str = "~ ";

/// What was saved, and what came of it.
#[derive(Debug, Clone, Copy)]
pub struct Saved<'a> {
    /// What differs from the last good plan.
    pub diff: &'a PlanDiff,
    /// What was edited since.
    pub edited: &'a [EditedFile],
    /// True where only what the edit touches was decided anew, within what all else leaves.
    pub provisional: bool,
}

/// The delta of a save.
#[must_use]
pub fn delta_text(saved: Saved<'_>, style: &Style) -> String {
    let Saved { diff, provisional, .. } = saved;
    let mark = if provisional { PROVISIONAL } else { "" };
    let mut blocks = verdict(diff, mark);
    if diff.same {
        blocks.push(Block::said(format!("{mark}the plan is the same")));
    } else {
        blocks.push(Block::Table(figures(diff, mark)));
        blocks.extend(changed_orders(diff, mark));
        blocks.extend(diff.rules.iter().filter_map(|rule| switched(rule, mark)));
        blocks.extend(rows::gates(diff));
    }
    blocks.extend(behind(saved.edited));
    blocks::terminal(&blocks, style)
}

/// The five numbers of a plan, where there is none to hold it against.
#[must_use]
pub fn figures_text(plan: &Plan, style: &Style) -> String {
    let diff = crate::diff::diff(plan, plan, &crate::diff::Terms::default());
    let rows = diff.figures.iter().map(|one| vec![Words::of(one.name.title()), after(one)]).collect();
    let (word, tone, told) = sections::meaning(&diff.head);
    let columns = columns(&[("", Set::Fixed), ("Now", Set::Number)]);
    let table = Block::Table(Sheet { caption: Words::of("The plan in numbers"), columns, rows, total: false });
    let orders = counted(plan.orders.len(), "order line", "order lines");
    let blocks = [Block::Verdict(tone, Words::of(format!("{word}: {told}"))), table, Block::said(orders)];
    blocks::terminal(&blocks, style)
}

fn after(figure: &FigureDelta) -> Words {
    Words::of(signed::value(figure.name, figure.after))
}

/// Told where it is not that every commitment is kept as before, with as much given as before.
fn verdict(diff: &PlanDiff, mark: &str) -> Vec<Block> {
    let (was, is) = (&diff.base, &diff.head);
    if is.status == Status::Feasible && (was.status, was.given) == (is.status, is.given) {
        return Vec::new();
    }
    let (tone, told) = sections::status(diff);
    vec![Block::Verdict(tone, Words::of(format!("{mark}{told}")))]
}

fn figures(diff: &PlanDiff, mark: &str) -> Sheet {
    let row = |figure: &FigureDelta| {
        let moved = figure.delta.is_some_and(|delta| !delta.0.is_zero());
        let remark = if moved && figure.within_tolerance { "within planner tolerance" } else { "" };
        vec![
            Words::of(format!("{mark}{}", figure.name.title())),
            Words::of(signed::value(figure.name, figure.before)),
            after(figure),
            Words::of(signed::change(figure.name, figure.delta)),
            Words::of(remark),
        ]
    };
    let columns = columns(&[
        ("", Set::Fixed),
        ("Before", Set::Number),
        ("Now", Set::Number),
        ("Change", Set::Number),
        ("", Set::Optional),
    ]);
    let caption = Words::of("The plan in numbers, before and now");
    Sheet { caption, columns, rows: diff.figures.iter().map(row).collect(), total: false }
}

fn columns(named: &[(&str, Set)]) -> Vec<(Words, Set)> {
    named.iter().map(|(name, set)| (Words::of(*name), *set)).collect()
}

fn changed_orders(diff: &PlanDiff, mark: &str) -> Vec<Block> {
    let changes: Vec<_> = diff.lines.iter().filter(|change| change.verb.is_change()).collect();
    if changes.is_empty() {
        return vec![Block::said(format!("{mark}no order changed"))];
    }
    let told = format!("{mark}{} changed", counted(changes.len(), "order line", "order lines"));
    let shown = Shown { full: true, ..Shown::default() };
    let mut blocks = vec![Block::Say(Words::of(told))];
    blocks.extend(orders::listed(diff, changes, &shown, LISTED));
    blocks
}

/// A rule that is used now and was not, or the other way round.
fn switched(rule: &RuleChange, mark: &str) -> Option<Block> {
    let words = Words::of(format!("{mark}rule ")).name(rule.id.clone());
    let place = |words: Words| words.say(" (").name(format!("{}:{}", rule.source.file, rule.source.line)).say(")");
    match (rule.before.0.is_zero(), rule.after.0.is_zero()) {
        (true, false) => {
            let words = words.say(format!(" is used now, {}", quantity(rule.after)));
            Some(Block::Verdict(Tone::Mind, place(words)))
        }
        (false, true) => Some(Block::Verdict(Tone::Good, place(words.say(" is not used any more")))),
        _ => None,
    }
}

/// The lines that were edited.
fn behind(edited: &[EditedFile]) -> Vec<Block> {
    let mut told: Vec<Words> = Vec::new();
    for file in edited {
        match file.what {
            Edited::New => told.push(Words::named(file.path.clone()).say(" is new")),
            Edited::Gone => told.push(Words::named(file.path.clone()).say(" is gone")),
            Edited::Changed => told.extend(file.lines.iter().map(|line| edited_line(&file.path, line))),
        }
    }
    let more = told.len().saturating_sub(LISTED);
    told.truncate(LISTED);
    if told.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading("Edited")];
    blocks.extend(told.into_iter().map(Block::Say));
    if more > 0 {
        blocks.push(Block::said(format!("and {}", counted(more, "more line", "more lines"))));
    }
    blocks
}

fn edited_line(path: &str, line: &EditedLine) -> Words {
    let place = Words::named(format!("{path}:{}", line.line)).say(": ");
    let text = |text: &String| text.trim().to_owned();
    match (line.before.as_ref().map(text), line.after.as_ref().map(text)) {
        (Some(before), Some(after)) => place.name(before).say(" is now ").name(after),
        (None, Some(after)) => place.say("new: ").name(after),
        (Some(before), None) => place.say("gone: ").name(before),
        (None, None) => place,
    }
}
