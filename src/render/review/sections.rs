//! What a review tells, in the order in which it is read.

use super::{Detail, Shown, causes, charts, orders, rows, signed};
use crate::diff::{PlanDiff, Question, Side};
use crate::plan::Status;
use crate::render::blocks::{Block, Set, Sheet, Tone, Words};
use crate::render::text::given_rows;

/// Hexadecimal digits of a hash by which people know a plan.
const SHORT: usize = 12;

/// The blocks of a review; a `page` has room for charts.
pub(super) fn blocks(diff: &PlanDiff, shown: &Shown, detail: Detail, page: bool) -> Vec<Block> {
    if diff.same {
        return vec![Block::Say(unchanged(diff))];
    }
    let mut blocks = vec![Block::Title(title(diff))];
    blocks.extend(verdict(diff));
    if !detail.numbers {
        return blocks;
    }
    blocks.extend(numbers(diff));
    let drawn = page && detail.folds;
    if drawn {
        blocks.extend(charts::all(diff));
    }
    blocks.extend(causes::blocks(diff, drawn));
    if !detail.sections {
        return blocks;
    }
    blocks.extend(orders::before_next_cycle(diff, shown, detail.rows));
    blocks.extend(orders::top_movers(diff, shown, detail.rows));
    blocks.extend(rows::rules(diff));
    blocks.extend(rows::given(diff, detail.rows));
    blocks.extend(rows::limits(diff, detail.rows));
    blocks.extend(rows::allocation(diff, shown, detail.rows));
    blocks.extend(rows::stability(diff));
    if detail.folds {
        blocks.extend(orders::all(diff, shown));
    }
    blocks
}

fn unchanged(diff: &PlanDiff) -> Words {
    let words = Words::of("nothing changed: the plan is that of ");
    let hash: String = diff.head.plan_hash.chars().take(SHORT).collect();
    words.list([against(&diff.base)], "").say(" (").name(hash).say(")")
}

/// What the base is called.
fn against(base: &Side) -> Words {
    if base.name.is_empty() { Words::of("the base") } else { Words::named(base.name.clone()) }
}

fn title(diff: &PlanDiff) -> Words {
    let words = Words::named(diff.project.clone()).say(", cycle ").name(diff.head.cycle.clone());
    let words = match diff.question {
        Question::Change => words.say(": what this change does, against "),
        Question::Cycle => words.say(": cycle over cycle, against "),
    };
    words.list([against(&diff.base)], "")
}

fn verdict(diff: &PlanDiff) -> Vec<Block> {
    let (base, head) = (&diff.base, &diff.head);
    let mut blocks = Vec::new();
    let (tone, told) = status(diff);
    blocks.push(Block::Verdict(tone, Words::of(told)));
    blocks.extend(rows::gates(diff));
    if diff.question == Question::Cycle {
        let words = Words::of(format!("as of {}, and ", head.as_of)).name(base.cycle.clone());
        let words = words.say(format!(" was as of {}; numbers are those of the buckets that both plan, ", base.as_of));
        blocks.push(Block::Say(words.list(span(&diff.window.shared), " to ")));
    }
    if base.compiler_version != head.compiler_version {
        let words = Words::of("the base was planned by sopc ").name(base.compiler_version.clone());
        blocks.push(Block::Say(words.say(", this one by ").name(head.compiler_version.clone())));
    }
    if base.interrupted || head.interrupted {
        let which = if head.interrupted { "this plan was" } else { "the base was" };
        blocks.push(Block::said(format!("{which} interrupted before its end, so that what differs may be that")));
    }
    blocks
}

/// The first and the last of some buckets.
fn span(labels: &[String]) -> Vec<Words> {
    match labels {
        [] => vec![Words::of("none")],
        [only] => vec![Words::named(only.clone())],
        [first, .., last] => vec![Words::named(first.clone()), Words::named(last.clone())],
    }
}

/// What kind of plan it is now, what it was, and what that means.
pub(super) fn status(diff: &PlanDiff) -> (Tone, String) {
    let (base, head) = (&diff.base, &diff.head);
    let (word, tone, told) = meaning(head);
    let was = if base.status == head.status { "as before".to_owned() } else { format!("and was {}", meaning(base).0) };
    let before = match given_rows(base.given) {
        _ if base.given == head.given || head.status == Status::Draft => String::new(),
        none if none.is_empty() => "; before: nothing was given".to_owned(),
        rows if base.given.shortages + base.given.overruns == 1 => format!("; before: {rows} was given"),
        rows => format!("; before: {rows} were given"),
    };
    (tone, format!("{word}, {was}: {told}{before}"))
}

/// The word of a plan, how it is to be taken, and what it means. What is given is told beside what is kept.
pub(super) fn meaning(side: &Side) -> (&'static str, Tone, String) {
    let given = given_rows(side.given);
    let beside = |link: &str| if given.is_empty() { String::new() } else { format!("{link}{given}") };
    match side.status {
        Status::Feasible => {
            let beside = beside(", but for what is given: ");
            ("feasible", Tone::Good, format!("every commitment is kept{beside}"))
        }
        Status::Relaxed => {
            let beside = beside("; given: ");
            ("relaxed", Tone::Mind, format!("commitments are kept with the help of rules{beside}"))
        }
        Status::Draft => ("draft", Tone::Bad, "the plan breaks commitments and cannot be approved".to_owned()),
    }
}

/// The five numbers.
fn numbers(diff: &PlanDiff) -> Vec<Block> {
    let row = |figure: &crate::diff::FigureDelta| {
        let tolerance = signed::change(figure.name, Some(figure.tolerance)).replace('+', "");
        let remark = match figure.delta {
            Some(delta) if delta.0.is_zero() => String::new(),
            Some(_) if figure.within_tolerance => "within planner tolerance".to_owned(),
            Some(_) => format!("+- {tolerance}"),
            None => String::new(),
        };
        vec![
            Words::of(figure.name.title()),
            Words::of(signed::value(figure.name, figure.before)),
            Words::of(signed::value(figure.name, figure.after)),
            Words::of(signed::change(figure.name, figure.delta)),
            Words::of(remark),
        ]
    };
    let columns =
        [("", Set::Fixed), ("Before", Set::Number), ("After", Set::Number), ("Change", Set::Number), ("", Set::Fixed)];
    let sheet = Sheet::of(columns, diff.figures.iter().map(row).collect());
    let currency = Words::of("in ").name(diff.currency.clone());
    vec![
        Block::Heading("Five numbers"),
        Block::Table(sheet),
        Block::Say(currency.say("; +- is how far the planner may be from the best plan, before and after together")),
    ]
}
