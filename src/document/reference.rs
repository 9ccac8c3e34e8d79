//! The reference of the language, `docs/language.md`, written from the same specs that drive the reader.

use std::fmt::Write;

use super::csv::{MAX_COLUMNS, MAX_PROBLEMS};
use super::spec::{Entity, FieldSpec, Kind, Need, Quantity, TableSpec, grouped};
use super::tables;
use super::toml_file::{CSV_TABLES, TABLES};
use super::values::{MAX_BUCKETS, MAX_KEYS, Row};
use super::{MAX_ALL_TOML, MAX_BROAD, MAX_CSV, MAX_FILES, MAX_ITEMS, MAX_PLACES, MAX_PLAN, MAX_TOML};

/// Numbers by what they count.
const QUANTITIES: &[Quantity] = &[
    Quantity::Money,
    Quantity::Price,
    Quantity::Share,
    Quantity::Rate,
    Quantity::Factor,
    Quantity::Exchange,
    Quantity::Units,
    Quantity::Volume,
    Quantity::Capacity,
    Quantity::Days,
];

const INTRODUCTION: &str = "\
# Language reference

Every table and key of language 1. This page is written from the tables that the reader itself works by, so it says
what the compiler takes; [meaning.md](meaning.md) says what it makes of it. Keys are kebab-case, an unknown one is an
error.

All of it is read, checked and planned, but for what has no effect on a plan so far: see
[What is not built yet](meaning.md#what-is-not-built-yet).

## How tables are written

- `[plan]`, `[economics]`, `[fx]`, `[cash]`: one of each in a project. Their keys may stand in several files.
- `[item.X]`, `[location.X]`, `[channel.X]`, `[supplier.X]`, `[assumption.X]`: one for each id. Their keys may stand
  in several files; the same key twice is an error that shows both places.
- `[[lane]]` and all others in double brackets: any number of entries, in any file and order.

## What values are

- A **level** is a number that holds in each bucket as it stands: `18.00`, or a table by month or week with an
  optional default, `{ default = 18.00, \"2026-11\" = 16.00, \"2026-04..2026-06\" = 17.50 }`.
- A **flow** is a number that adds up over time. It is written like a level, or `{ per-month = 12000 }` or
  `{ per-week = 3000 }`, which are spread by days.
- Wherever a number is meant that need not be whole, `{ assume = \"name\" }` takes that of `[assumption.name]`, optionally
  with `times` and `plus`: value x times + plus.
- A **selector** is `{ key = \"value\", other = [\"one\", \"another\"] }`: what meets every key is selected. A
  `not = { ... }` inside it takes out what meets every key of that. Without keys everything is selected.
- Dates stand without quotes: `2026-02-14`.

";

/// The reference page, in Markdown.
///
/// # Panics
/// Never: writing to a string does not fail.
#[must_use]
pub fn reference() -> String {
    let mut page = INTRODUCTION.to_owned();
    quantities(&mut page);
    for spec in TABLES {
        table(&mut page, spec);
    }
    sizes(&mut page);
    page
}

fn line(page: &mut String, text: &str) {
    writeln!(page, "{text}").expect("writing to a string");
}

fn quantities(page: &mut String) {
    line(page, "| a number called | lies between | and | digits after the point |");
    line(page, "|---|---|---|---|");
    for quantity in QUANTITIES {
        let (low, high, digits) = quantity.limits();
        line(page, &format!("| {} | {low} | {high} | {digits} |", quantity.words()));
    }
    line(page, "");
}

fn table(page: &mut String, spec: &TableSpec) {
    line(page, &format!("## `{}`\n", spec.header()));
    line(page, spec.doc);
    if CSV_TABLES.contains(&spec.name) {
        line(page, "Its rows may also stand in a CSV file.");
    }
    line(page, "");
    if spec.fields.is_empty() {
        line(page, "Its keys are names, such as `CNY`; each takes a level above 0.\n");
        return;
    }
    keys(page, spec);
    for field in spec.fields {
        match field.kind {
            Kind::Rows(inner) => {
                line(page, &format!("Each entry of `{}` is {}:\n", field.key, lower(inner.doc)));
                keys(page, inner);
            }
            Kind::Table(inner) => {
                line(page, &format!("`{}` is {}:\n", field.key, lower(inner.doc)));
                keys(page, inner);
            }
            _ => {}
        }
    }
    if spec.name == tables::Assumption::SPEC.name {
        line(page, &format!("{}\n", tables::Assume::SPEC.doc));
        keys(page, tables::Assume::SPEC);
    }
}

/// A sentence as the end of another one.
fn lower(sentence: &str) -> String {
    let mut letters = sentence.chars();
    let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str().trim_end_matches('.'))
}

fn keys(page: &mut String, spec: &TableSpec) {
    line(page, "| key | takes | needed | states |");
    line(page, "|---|---|---|---|");
    for field in spec.fields {
        let cells = [format!("`{}`", field.key), takes(field.kind), needed(field), field.doc.to_owned()];
        line(page, &format!("| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")));
    }
    line(page, "");
}

pub(super) fn takes(kind: Kind) -> String {
    match kind {
        Kind::Level(quantity) => format!("level: {}", quantity.words()),
        Kind::Flow(quantity) => format!("flow: {}", quantity.words()),
        Kind::Choice(words) => words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(" or "),
        Kind::Selector(entities) => {
            format!("selector by {}", entities.iter().map(|entity| entity.name()).collect::<Vec<_>>().join(", "))
        }
        Kind::Name(Entity::Mode) => "text in quotes".to_owned(),
        Kind::Name(entity) => format!("the name of one {}", entity.name()),
        Kind::Rows(inner) => {
            let keys: Vec<_> = inner.fields.iter().map(|field| field.key).collect();
            format!("list of `{{ {} }}`", keys.join(", "))
        }
        Kind::Buckets => "`\"month\"`, `\"week\"` or `[{ weeks = 13 }, { months = 6 }]`".to_owned(),
        Kind::Freight => format!("level: {}; or `{{ per-m3 = ... }}`", Quantity::Price.words()),
        Kind::Words => "table of words".to_owned(),
        Kind::During => "month, week or range, such as `\"2026-04..2026-06\"`".to_owned(),
        Kind::Date => "date".to_owned(),
        Kind::Flag => "`true` or `false`".to_owned(),
        Kind::Table(inner) => {
            let keys: Vec<_> = inner.fields.iter().map(|field| field.key).collect();
            format!("`{{ {} }}`", keys.join(", "))
        }
        Kind::Period => "month or week, such as `\"2026-04\"`".to_owned(),
        Kind::From => "month or week, or `\"start\"`".to_owned(),
        Kind::Text | Kind::Names(_) | Kind::Whole(..) | Kind::Number(_) => kind.words(),
    }
}

fn needed(field: &FieldSpec) -> String {
    match field.need {
        Need::Required => "yes".to_owned(),
        Need::Optional => "no".to_owned(),
        Need::Default(value) => match field.kind {
            Kind::Choice(_) | Kind::Text | Kind::Name(_) => format!("no: `\"{}\"`", value.replace('"', "\\\"")),
            _ => format!("no: `{value}`"),
        },
    }
}

fn sizes(page: &mut String) {
    line(page, "## Sizes and limits\n");
    line(page, "A larger project is an error that says so, not a hang.\n");
    line(page, "| what | most |");
    line(page, "|---|---|");
    let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
    let count = |most: usize| grouped(most.into());
    let limits = [
        ("a TOML file", mib(MAX_TOML)),
        ("all TOML files together", mib(MAX_ALL_TOML)),
        ("TOML files", count(MAX_FILES)),
        ("keys of a table by bucket", count(MAX_KEYS)),
        ("a CSV file", mib(MAX_CSV)),
        ("cells of a row", count(MAX_COLUMNS)),
        ("problems of a CSV file; it is read no further", count(MAX_PROBLEMS)),
        ("an approved plan", mib(MAX_PLAN)),
        ("buckets of a plan", grouped(MAX_BUCKETS.into())),
        ("items", count(MAX_ITEMS)),
        ("locations; channels; suppliers: each", count(MAX_PLACES)),
        ("entries of a table whose `where` names no item", count(MAX_BROAD)),
        ("units of an item x buckets x (its channels + 2)", grouped(crate::solve::MOST_CELLS.into())),
    ];
    for (what, most) in limits {
        line(page, &format!("| {what} | {most} |"));
    }
    let kind = grouped(crate::diagnostic::MAX_OF_A_KIND.into());
    line(page, "");
    line(
        page,
        &format!(
            "Of more than {kind} problems with one code, the first {kind} found are kept, and the last of them tells how many"
        ),
    );
    line(page, "more there are. For people, at most 20 of a code and 50 in all are drawn, and the others counted;");
    line(
        page,
        "`--diagnostics json` lists all that are kept. Paths in `[[csv]]` lead down from the folder of `sop.toml`, with `/` between",
    );
    line(
        page,
        "steps. Where files come from a disk, at most 200,000 files and folders are looked at, 64 folders deep, and 1,024 MiB read.",
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::spec::Form;

    #[test]
    fn every_table_and_key_is_there() {
        let page = reference();
        for spec in TABLES {
            assert!(page.contains(&format!("## `{}`", spec.header())), "{}", spec.name);
            for field in spec.fields {
                assert!(page.contains(&format!("| `{}` |", field.key)), "{} in {}", field.key, spec.name);
            }
            assert!(spec.form != Form::Inline, "{} stands inside another table", spec.name);
        }
    }
}
