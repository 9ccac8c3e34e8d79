//! Projects that somebody edits: what is compiled anew is what a first run would have made, and a provisional plan holds for the whole.

#[path = "watch/edits.rs"]
mod edits;
#[path = "watch/program.rs"]
mod program;
#[path = "../bench/plans/shop.rs"]
#[allow(dead_code, reason = "the benchmark takes the rest")]
mod shop;

use sopc::compile::session::{self, Session};
use sopc::compile::{Compiled, compile, plan_steered};
use sopc::diff::{GivenCount, PlanDiff};
use sopc::document::Variant;
use sopc::render::{Saved, Style, delta_text, plan_json};
use sopc::solve::Steering;

use crate::support::Memory;
use edits::{Edits, project};

/// Searched as briefly as a trial: that two runs agree does not depend on how far they go.
fn brief() -> Steering<'static> {
    Steering::default().brief()
}

/// All that a compilation says.
fn said(compiled: &Compiled) -> String {
    format!("{:?}\n{:?}\n{:?}", compiled.sources, compiled.diagnostics, compiled.network)
}

/// Edits a project again and again. Returns how many edits had a plan, and how many of these a provisional one.
fn edited(seed: u64, count: usize) -> (usize, usize) {
    let mut files = Memory::of(project(seed));
    let mut edits = Edits::new(seed);
    let mut session = Session::default();
    let (mut planned, mut provisional) = (0, 0);
    for edit in 0..=count {
        let told = if edit > 0 { edits.edit(&mut files) } else { "nothing".to_owned() };
        let cold = compile(&files);
        let Some(compiled) = session.compile(&files, &Variant::default()) else { continue };
        assert_eq!(said(&compiled), said(&cold), "seed {seed}, edit {edit}: {told}");
        if let Some(found) = session.provisional(&compiled, &|| false) {
            provisional += 1;
            let whole = session.in_full(&compiled, &found);
            let whole = whole.unwrap_or_else(|failure| panic!("seed {seed}, edit {edit}: {told}: {failure:?}"));
            assert_eq!(found.diff.head.given, GivenCount::of(&whole), "seed {seed}, edit {edit}: {told}");
            for figure in &found.diff.figures {
                let stated = sopc::diff::whole(&whole, figure.name);
                let apart = stated.zip(figure.after).map(|(a, b)| (a.0 - b.0).abs());
                // Each of the three plans that it is put together from is rounded for itself.
                let rounding = rust_decimal::Decimal::new(2, 6);
                assert!(
                    stated.is_some() == figure.after.is_some() && apart.is_none_or(|apart| apart <= rounding),
                    "seed {seed}, edit {edit}: {told}: {:?} is {stated:?} and told as {:?}",
                    figure.name,
                    figure.after
                );
            }
        }
        match (session::plan(&compiled, &brief()), plan_steered(&cold, &brief())) {
            (Ok((plan, kept)), Ok(again)) => {
                planned += 1;
                assert_eq!(plan_json(&plan), plan_json(&again), "seed {seed}, edit {edit}: {told}");
                session.keep(compiled, plan, kept);
            }
            (Err(_), Err(_)) => {}
            (one, other) => panic!("seed {seed}, edit {edit}: {told}: {:?} and {:?}", one.is_ok(), other.is_ok()),
        }
    }
    (planned, provisional)
}

#[test]
fn edited_projects_are_what_a_first_run_makes_of_them() {
    let found: Vec<_> = (2..=4).map(|seed| edited(seed, 6)).collect();
    let all = found.iter().fold((0, 0), |(planned, provisional), one| (planned + one.0, provisional + one.1));
    assert!(all.0 >= 10 && all.1 >= 6, "few of the edits show anything: {found:?}");
}

#[test]
#[ignore = "1,000 sequences take some hours"]
#[allow(clippy::print_stdout, reason = "it is run by hand")]
fn a_thousand_sequences_of_edits() {
    let mut all = (0, 0);
    for seed in 1..=1_000 {
        let (planned, provisional) = edited(seed, 6);
        println!("{seed}: {planned} plans, {provisional} provisional ones");
        all = (all.0 + planned, all.1 + provisional);
    }
    println!("in all {} plans, {} provisional ones", all.0, all.1);
}

/// A shop of one mug, of which so many are asked for each month.
fn mug(units: u32) -> Memory {
    let demand = program::demand(units);
    Memory::of([("sop.toml", program::MANIFEST.to_owned()), ("demand.toml", demand)])
}

#[test]
fn a_delta_tells_numbers_orders_and_lines() {
    const STYLE: Style = Style { width: 100, color: false, unicode: true };
    let mut session = Session::default();
    let plan_of = |session: &mut Session, units: u32| {
        let compiled = session.compile(&mug(units), &Variant::default()).expect("something new");
        let (plan, kept) = session::plan(&compiled, &Steering::default()).expect("a plan");
        (compiled, plan, kept)
    };
    let (compiled, plan, kept) = plan_of(&mut session, 100);
    assert!(session.delta(&compiled, &plan).is_none());
    session.keep(compiled, plan, kept);
    let (compiled, plan, _) = plan_of(&mut session, 110);
    let provisional = session.provisional(&compiled, &|| false).expect("one item is touched");
    let edited = session.edited(&compiled);
    let told = |diff: &PlanDiff, provisional| delta_text(Saved { diff, edited: &edited, provisional }, &STYLE);
    let (text, marked) =
        (told(&session.delta(&compiled, &plan).expect("a plan before").diff, false), told(&provisional.diff, true));
    // February is over before anything can arrive: 100 mugs each in March and April, then 110, at 10.
    let revenue = |text: &str| {
        text.lines()
            .find(|line| line.contains("Revenue"))
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    assert_eq!(revenue(&text).as_deref(), Some("Revenue 2,000 2,200 +200"));
    assert_eq!(revenue(&marked).as_deref(), Some("~ Revenue 2,000 2,200 +200"));
    for text in [&text, &marked] {
        assert!(text.contains("demand.toml:4: units = 100 is now units = 110\n"), "{text}");
        assert!(text.contains("MUG") && text.contains("mill"), "{text}");
    }
    assert!(!text.contains('~'), "{text}");
    let numbers = marked.lines().filter(|line| line.trim_start().starts_with("~ ")).count();
    assert_eq!(numbers, 6, "five numbers and the orders: {marked}");
}

#[test]
fn a_file_that_says_the_same_is_no_news() {
    let files = Memory::of(project(1));
    let mut session = Session::default();
    assert!(session.compile(&files, &Variant::default()).is_some());
    assert!(session.compile(&files.clone(), &Variant::default()).is_none());
}
