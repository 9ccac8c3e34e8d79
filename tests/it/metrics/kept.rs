//! How the last plan was kept: numbers worked out by hand, whatever tells of it, and gates that rest on them.

use std::fmt::Write as _;

use sopc::compile::{Compiled, compile, gate_notes};
use sopc::diagnostic::{Severity, codes};
use sopc::plan::Plan;
use sopc::render::plan_json;

use super::value;
use crate::random::Random;
use crate::support::{Memory, plan_of};
use crate::track::shop::{ACTUALS, SHOP, approved};

/// The shop a month later, with its plan for February in `cycles`: 280 cups and 56 bowls in the category `table`, no tray.
fn march(rest: &str, files: &[(&str, &str)]) -> Compiled {
    let shop = SHOP.replace("cycle = \"2026-02\"", "cycle = \"2026-03\"").replace("2026-02-01", "2026-03-01");
    let last = plan_json(&approved(SHOP));
    let mut all = vec![("sop.toml", format!("{shop}{rest}")), ("cycles/2026-02.plan.json", last)];
    all.extend(files.iter().map(|(path, text)| (*path, (*text).to_owned())));
    compile(&Memory::of(all))
}

fn adherence(plan: &Plan, scope: &str) -> String {
    value(plan, scope, "plan-adherence", None)
}

#[test]
fn families_are_held_against_the_last_plan() {
    // 350 of 336 of the category: 4 % off. Three trays, which have no category, and none was planned.
    let rows = "item,channel,units,bucket\nCUP,web,300,2026-02\nBOWL,web,50,2026-02\nTRAY,web,3,2026-02\n";
    let plan = plan_of(&march(ACTUALS, &[("actual.csv", rows)]));
    assert_eq!((adherence(&plan, "plan"), adherence(&plan, "category:table")), ("0.50".into(), "1.00".into()));
    assert_eq!((adherence(&plan, "item:TRAY"), adherence(&plan, "item:CUP")), ("0.00".into(), "1.00".into()));
    assert_eq!((adherence(&plan, "channel:web"), adherence(&plan, "channel:shops")), ("0.50".into(), "n/a".into()));
    // 60 of the 70 of the week from 23 February; half of the bowls, and 403 of 336 are a fifth more.
    let weeks = "item,channel,units,bucket\nCUP,web,70,2026-W09\nCUP,web,315,2026-02\nBOWL,web,28,2026-02\n";
    let plan = plan_of(&march(ACTUALS, &[("actual.csv", weeks)]));
    assert_eq!((adherence(&plan, "plan"), adherence(&plan, "item:CUP")), ("1.00".into(), "0.00".into()));
    assert_eq!(adherence(&plan, "item:BOWL"), "0.00");
}

#[test]
fn history_tells_where_no_actuals_do() {
    let history =
        |rest: &str| format!("{rest}[[history]]\nitem = \"CUP\"\nchannel = \"web\"\nunits = {{ \"2026-02\" = 200 }}\n");
    // 200 of 336.
    assert_eq!(adherence(&plan_of(&march(&history(""), &[])), "plan"), "0.00");
    // What actuals tell of a bucket goes before.
    let rows = "item,channel,units,on\nCUP,web,300,2026-02-11\n";
    assert_eq!(adherence(&plan_of(&march(&history(ACTUALS), &[("actual.csv", rows)])), "plan"), "1.00");
    // Those of March tell nothing of February.
    let rows = "item,channel,units,on\nCUP,web,300,2026-03-11\n";
    assert_eq!(adherence(&plan_of(&march(&history(ACTUALS), &[("actual.csv", rows)])), "plan"), "0.00");
}

const GATE: &str = "[[gate]]\nid = \"kept\"\nmetric = \"plan-adherence\"\nat-least = 0.8\n";

#[test]
fn a_gate_holds_the_team_to_its_last_plan() {
    let rows = "item,channel,units,bucket\nCUP,web,300,2026-02\nBOWL,web,50,2026-02\nTRAY,web,3,2026-02\n";
    let compiled = march(&format!("{ACTUALS}{GATE}"), &[("actual.csv", rows)]);
    let plan = plan_of(&compiled);
    assert!(plan.is_refused() && plan.gates[0].value.to_string() == "0.50", "{:?}", plan.gates);
    let narrower = GATE.replace("at-least", "where = { category = \"table\" }\nat-least");
    assert!(!plan_of(&march(&format!("{ACTUALS}{narrower}"), &[("actual.csv", rows)])).is_refused());
}

#[test]
fn a_gate_that_measures_nothing_says_so() {
    let told = |compiled: &Compiled| {
        let plan = plan_of(compiled);
        let notes = gate_notes(compiled, &plan);
        let told = notes.iter().filter(|one| one.code.number == codes::GATE_UNMEASURED.number);
        told.map(|one| (one.severity, one.notes.join(" "))).collect::<Vec<_>>()
    };
    let quiet = told(&march(GATE, &[]));
    assert!(quiet[0].0 == Severity::Warning && quiet[0].1.contains("nothing tells what was sold"), "{quiet:?}");
    let first = compile(&Memory::one_file(format!("{SHOP}{GATE}")));
    assert_eq!(told(&first)[0].0, Severity::Note, "a first plan has nothing behind it");
    let rows = "item,channel,units,bucket\nCUP,web,300,2026-02\n";
    assert!(told(&march(&format!("{ACTUALS}{GATE}"), &[("actual.csv", rows)])).is_empty());
    let excess = told(&march("[[gate]]\nid = \"excess\"\nmetric = \"excess\"\nat-most = 5\n", &[]));
    assert!(excess[0].1.contains("max-weeks"), "{excess:?}");
    // What only a diff has is no plan's to tell.
    assert!(
        told(&march("[[gate]]\nid = \"frozen\"\nmetric = \"changed-value-in-frozen\"\nat-most = 5\n", &[])).is_empty()
    );
}

#[test]
fn the_checker_counts_the_same_whatever_is_told() {
    let mut random = Random::new(23);
    for _ in 0..25 {
        let mut rows = "item,channel,units,bucket,on\n".to_owned();
        for _ in 0..random.below(12) {
            let item = ["CUP", "BOWL", "TRAY"][random.below(3)];
            let channel = ["web", "shops"][random.below(2)];
            let when = match random.below(3) {
                0 => format!("2026-W{:02},", 4 + random.below(8)),
                1 => format!("2026-{:02},", 1 + random.below(4)),
                _ => format!(",2026-02-{:02}", 1 + random.below(28)),
            };
            writeln!(rows, "{item},{channel},{},{when}", random.below(200)).expect("a string");
        }
        plan_of(&march(ACTUALS, &[("actual.csv", &rows)]));
    }
}
