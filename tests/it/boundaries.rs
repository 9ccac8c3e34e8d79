//! The boundaries that docs/architecture.md states as invariants, held against the text of the sources.

use std::path::Path;

use crate::docs::{root, sources, text_of};

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
    let behind = ["src/document", "src/check", "src/cli", "src/compile"];
    assert_none("documents behind the check", &found(&["crate::document"], &behind));
}

#[test]
fn floats_stay_in_the_solver() {
    assert_none("floats", &found(&["f64", "f32"], &["src/solve"]));
}

#[test]
fn the_checker_shares_no_code_with_the_planner() {
    let planner =
        ["crate::model", "crate::solve", "crate::check", "crate::compile", "crate::render", "crate::document"];
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
