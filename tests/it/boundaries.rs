//! The boundaries that docs/architecture.md states as invariants, held against the text of the sources.

use std::path::Path;

use sopc::diagnostic::{Code, all_codes, codes};

use crate::docs::{reporters, root, sources, text_of};

/// Lines of code in which any of `words` occurs, outside of `allowed` folders and files, comments and tests.
fn found(words: &[&str], allowed: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in sources() {
        let is_test = path.ends_with("/tests.rs") || path.contains("/tests/");
        if is_test || allowed.iter().any(|allowed| path.starts_with(allowed)) {
            continue;
        }
        let text = text_of(&root().join(Path::new(&path)));
        // What stands below belongs to the file's own tests.
        let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let bare = line.trim_start();
            if !bare.starts_with("//") && words.iter().any(|word| bare.contains(word)) {
                found.push(format!("{path}:{}: {bare}", number + 1));
            }
        }
    }
    found
}

fn assert_none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[test]
fn only_the_command_line_knows_the_outside_world() {
    let outside =
        ["std::env", "std::fs", "std::io", "std::net", "std::process", "std::time", "terminal_size", "clap::"];
    assert_none("the outside world", &found(&outside, &["src/cli", "src/main.rs"]));
}

#[test]
fn toml_ends_with_the_documents() {
    assert_none("TOML", &found(&["toml::", "toml_file"], &["src/document"]));
    assert_none("layout of TOML", &found(&["toml_edit::"], &["src/format"]));
    let behind = ["src/document", "src/check", "src/cli", "src/compile", "src/roll"];
    assert_none("documents behind the check", &found(&["crate::document"], &behind));
}

#[test]
fn floats_stay_in_the_solver() {
    // Numbers of JSON may be floats; no plan file holds one.
    assert_none("floats", &found(&["f64", "f32"], &["src/solve", "src/plan_file/once.rs"]));
}

#[test]
fn the_checker_shares_no_code_with_the_planner() {
    let planner = [
        "crate::model",
        "crate::solve",
        "crate::check",
        "crate::compile",
        "crate::render",
        "crate::document",
        "metrics::formula",
    ];
    let shared: Vec<_> = found(&planner, &[]).into_iter().filter(|line| line.starts_with("src/verify")).collect();
    assert_none("the planner's code in the checker", &shared);
}

#[test]
fn plans_are_rendered_from_plans_alone() {
    let stages = ["crate::model", "crate::solve", "crate::network", "crate::check", "crate::document", "crate::verify"];
    let known: Vec<_> = found(&stages, &[]).into_iter().filter(|line| line.starts_with("src/render")).collect();
    assert_none("stages that rendering knows", &known);
    assert_none("miette", &found(&["miette::"], &["src/render"]));
}

/// Codes that more than one file reports, and why.
const SPREAD: &[(&Code, &str)] = &[
    (&codes::SYNTAX, "formatting keeps comments, and reads with a parser of its own"),
    (&codes::TOO_LARGE, "files are measured before they are read, nesting while they are"),
    (&codes::UNKNOWN_KEY, "keys of tables, of series and of headers are read in three places"),
    (&codes::WRONG_TYPE, "each kind of value knows what it is not"),
    (&codes::MISSING_KEY, "some keys are needed only beside others"),
    (&codes::UNKNOWN_NAME, "assumptions are read before there are names, and buckets are asked for by name"),
    (&codes::STATED_TWICE, "an entry of a scenario that could mean several has three places"),
    (&codes::EMPTY_SELECTION, "a promotion may select something and do nothing"),
    (&codes::UNSERVED_DEMAND, "a channel may ship from nowhere"),
    (&codes::OUT_OF_RANGE, "one number, or one beside another"),
    (&codes::OUTSIDE_HORIZON, "facts, or pins"),
    (&codes::NO_COST, "of a lane, or of what lies in stock"),
    (&codes::REVERSED, "dates of tables and ends of ranges"),
    (&codes::BUCKET_KEY, "what is no bucket at all, and what is none of this calendar"),
    (&codes::OUTSIDE_ROOT, "paths that are written, and those that links lead to"),
    (&codes::OVERFLOW, "of one assumption, or of everything together"),
];

#[test]
fn a_code_is_reported_by_one_file() {
    let spread = |code: &Code| SPREAD.iter().any(|(known, _)| known.number == code.number);
    let wrong = all_codes().iter().filter_map(|code| {
        let files = reporters(code);
        let right = if spread(code) { files.len() > 1 } else { files.len() == 1 };
        (!right).then(|| format!("{code} {} is reported by {files:?}", code.alias))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
