//! Projects full of mistakes, each told at its place in one run, and nothing besides: `tests/mistakes/`.
//!
//! `#~ SOP2001` at the end of a TOML line says what is told there, once for each diagnostic; for CSV files it is listed here.

use std::collections::{BTreeMap, BTreeSet};

use sopc::compile::{Compiled, compile};
use sopc::diagnostic::Severity;

use crate::docs::root;
use crate::support::Memory;

/// What is told of `tests/mistakes/broken/data`: file, line, code.
const BROKEN_DATA: &[(&str, usize, &str)] = &[
    ("data/demand.csv", 3, "SOP1003"),       // a thousand with a comma
    ("data/demand.csv", 4, "SOP3005"),       // 03/2026
    ("data/demand.csv", 5, "SOP2001"),       // an unknown channel
    ("data/demand.csv", 6, "SOP0003"),       // a cell too few
    ("data/demand.csv", 7, "SOP0003"),       // a cell too many
    ("data/demand.csv", 8, "SOP3001"),       // below 0
    ("data/demand.csv", 10, "SOP2002"),      // a bucket twice
    ("data/orders.csv", 2, "SOP1003"),       // 20.03.2026
    ("data/orders.csv", 3, "SOP2001"),       // an unknown supplier
    ("data/orders.csv", 4, "SOP1004"),       // no item
    ("data/prices.csv", 1, "SOP1008"),       // no column of prices
    ("data/prices-latin.csv", 3, "SOP0002"), // Windows-1252
    ("data/stock.csv", 3, "SOP3001"),        // half a bowl
    ("data/stock.csv", 4, "SOP2002"),        // counted twice
];

type Told = BTreeMap<(String, usize, String), usize>;

fn project(name: &str) -> (Memory, Compiled) {
    let files = Memory::folder(&root().join("tests/mistakes").join(name));
    let compiled = compile(&files);
    (files, compiled)
}

/// How often each code is told at each line.
fn found(compiled: &Compiled) -> Told {
    let mut told = Told::new();
    for one in &compiled.diagnostics {
        let place = compiled.sources.place(one.primary().expect("every mistake has a place"));
        *told.entry((place.file, place.line as usize, one.code.to_string())).or_default() += 1;
    }
    told
}

fn annotated(files: &Memory, data: &[(&str, usize, &str)]) -> Told {
    let mut told = Told::new();
    for (path, bytes) in files.0.iter().filter(|(path, _)| path.ends_with(".toml")) {
        for (line, text) in String::from_utf8_lossy(bytes).lines().enumerate() {
            let codes = text.split_once("#~").map_or("", |(_, codes)| codes);
            for code in codes.split_whitespace().filter(|word| word.starts_with("SOP")) {
                *told.entry((path.clone(), line + 1, code.to_owned())).or_default() += 1;
            }
        }
    }
    for (path, line, code) in data {
        *told.entry(((*path).to_owned(), *line, (*code).to_owned())).or_default() += 1;
    }
    told
}

/// Holds what is told against what is annotated; returns how many, and the codes.
fn assert_told(name: &str, data: &[(&str, usize, &str)]) -> (Compiled, usize, BTreeSet<String>) {
    let (files, compiled) = project(name);
    let (wanted, found) = (annotated(&files, data), found(&compiled));
    let only = |a: &Told, b: &Told| {
        let differs = a.iter().filter(|(place, times)| b.get(*place) != Some(times));
        differs.map(|((file, line, code), times)| format!("{file}:{line} {code} x {times}")).collect::<Vec<_>>()
    };
    let (missed, invented) = (only(&wanted, &found), only(&found, &wanted));
    assert!(missed.is_empty() && invented.is_empty(), "{name}: missed {missed:#?}, invented {invented:#?}");
    let codes = found.keys().map(|(_, _, code)| code.clone()).collect();
    (compiled, found.values().sum(), codes)
}

/// Files that cannot be read, names that nobody declares, values of the wrong kind, all at once.
#[test]
fn every_mistake_is_told_in_one_run_and_none_is_invented() {
    let (compiled, count, codes) = assert_told("broken", BROKEN_DATA);
    assert!(compiled.network.is_none());
    assert!(count >= 70, "{count}");
    assert!(codes.len() >= 25, "{codes:?}");
    // 40 different ones, not one 40 times: no message is told twice.
    let messages: BTreeSet<_> = compiled.diagnostics.iter().map(|one| one.message.as_str()).collect();
    assert!(messages.len() >= 70, "{}", messages.len());
}

/// All of it can be read, and does not fit together.
#[test]
fn every_contradiction_is_told_in_one_run_and_none_is_invented() {
    let (compiled, count, codes) = assert_told("contradictions", &[]);
    assert!(compiled.network.is_none());
    assert!(count >= 20 && codes.len() >= 12, "{count} {codes:?}");
}

/// All of it is valid, and much of it is odd.
#[test]
fn every_lint_of_a_valid_project_is_told_in_one_run() {
    let (compiled, count, codes) = assert_told("lints", &[("history.csv", 3, "SOP7008")]);
    assert!(compiled.network.is_some());
    assert!(compiled.diagnostics.iter().all(|one| one.severity != Severity::Error));
    assert!(count >= 18 && codes.len() >= 18, "{count} {codes:?}");
}
