//! Projects that somebody edits: what is compiled anew is what a first run would have made, and a provisional plan holds for the whole.

#[path = "watch/edits.rs"]
mod edits;
#[path = "watch/program.rs"]
mod program;
#[path = "../bench/plans/shop.rs"]
#[allow(dead_code, reason = "the benchmark takes the rest")]
mod shop;
#[cfg(unix)]
#[path = "watch/terminal.rs"]
mod terminal;

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
        if let Ok(found) = session.before().provisional(&compiled, &|| false) {
            provisional += 1;
            let whole = session.before().in_full(&compiled, &found);
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
    let found: Vec<_> = [1, 2, 3, 6, 8].map(|seed| edited(seed, 4)).into();
    let all = found.iter().fold((0, 0), |(planned, provisional), one| (planned + one.0, provisional + one.1));
    assert!(all.0 >= 8 && all.1 >= 4, "few of the edits show anything: {found:?}");
}

/// The seeds of a run by hand: 1 to 1,000, or those from `SEED` on.
fn seeds() -> std::ops::RangeInclusive<u64> {
    let first = std::env::var("SEED").ok().map_or(1, |seed| seed.parse().expect("SEED is a number"));
    first..=1_000
}

#[test]
#[ignore = "1,000 sequences take minutes"]
#[allow(clippy::print_stdout, reason = "it is run by hand")]
fn a_thousand_sequences_of_edits() {
    use rayon::prelude::*;
    let found: Vec<_> = seeds()
        .into_par_iter()
        .map(|seed| {
            let start = std::time::Instant::now();
            let found = std::panic::catch_unwind(|| edited(seed, 4));
            println!("{seed}: {found:?} plans and provisional ones, {:.1} s", start.elapsed().as_secs_f64());
            found.map_err(|_| seed)
        })
        .collect();
    let all = found.iter().flatten().fold((0, 0), |all, one| (all.0 + one.0, all.1 + one.1));
    println!("in all {} plans, {} provisional ones", all.0, all.1);
    let failed: Vec<u64> = found.into_iter().filter_map(Result::err).collect();
    assert!(failed.is_empty(), "{failed:?}");
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
    let provisional = session.before().provisional(&compiled, &|| false).expect("one item is touched");
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
fn items_may_meet_in_a_minimum_order() {
    let cup = "[item.CUP]\nprice = 5\n\n[[lane]]\nwhere = { item = \"CUP\" }\nsupplier = \"mill\"\nlocation = \"main\"\n\
               lead-days = 20\nunit-cost = 2\n\n[[demand]]\nitem = \"CUP\"\nchannel = \"web\"\nunits = 100\n";
    let manifest = program::MANIFEST.replace("[supplier.mill]", "[supplier.mill]\nminimum-order = { units = 150 }");
    let files = |mugs| {
        Memory::of([("sop.toml", manifest.clone()), ("cup.toml", cup.to_owned()), ("mug.toml", program::demand(mugs))])
    };
    let mut session = Session::default();
    let compiled = session.compile(&files(100), &Variant::default()).expect("something new");
    let (plan, kept) = session::plan(&compiled, &Steering::default()).expect("a plan");
    session.keep(compiled, plan, kept);
    let compiled = session.compile(&files(110), &Variant::default()).expect("something new");
    let provisional = session.before().provisional(&compiled, &|| false).expect("mugs are touched");
    // 110 mugs are less than an order, but cups are in it: in March and April 10 mugs more are sold, at 10.
    let revenue = &provisional.diff.figures[0];
    let change = revenue.delta.expect("a number").0;
    assert_eq!((revenue.name, change), (sopc::diff::FigureName::Revenue, rust_decimal::Decimal::from(200)));
}

/// Compiles states of a project one after the other, and holds each against a first run.
fn compiled_in_turn(states: &[&[(&str, &str)]]) {
    let mut session = Session::default();
    for (number, state) in states.iter().enumerate() {
        let files = Memory::of(state.iter().copied());
        let compiled = session.compile(&files, &Variant::default()).expect("something new");
        assert_eq!(said(&compiled), said(&compile(&files)), "state {number}");
    }
}

#[test]
fn what_goes_by_an_assumption_follows_it() {
    let outlook = "[[outlook]]\nmethod = \"average\"\nover = 2\ngrowth = { assume = \"growth\" }\n\n\
                   [[csv]]\ntable = \"history\"\npath = \"history.csv\"\n";
    let state = |growth, history| {
        [("sop.toml", program::MANIFEST), ("a.toml", growth), ("b.toml", outlook), ("history.csv", history)]
    };
    let (some, more) = ("[assumption.growth]\nvalue = 0.1\n", "[assumption.growth]\nvalue = 0.2\n");
    let (few, many) = (
        "item,channel,bucket,units\nMUG,web,2025-12,80\nMUG,web,2026-01,90\n",
        "item,channel,bucket,units\nMUG,web,2025-12,80\nMUG,web,2026-01,120\n",
    );
    compiled_in_turn(&[&state(some, few), &state(some, many), &state(more, many), &state("", many), &state(some, few)]);
}

#[test]
fn tables_that_are_spread_over_files_are_read_together() {
    let demand = program::demand(100);
    let state = |more, other| {
        [("sop.toml", program::MANIFEST), ("demand.toml", demand.as_str()), ("a.toml", more), ("b.toml", other)]
    };
    compiled_in_turn(&[
        &state("", ""),
        &state("[item.CUP]\n", "[item.CUP]\nprice = 5\n"),
        &state("[item.CUP]\n", "[item.CUP]\nprice = 6\n"),
        &state("[item.CUP]\nprice = 7\n", "[item.CUP]\nprice = 6\n"),
        &state("[item.CUP]\nprice = 7\n", "[economics]\nholding-rate = 0.1\n"),
        &state("[economics]\nsalvage-rate = 0.1\n", "[economics]\nholding-rate = 0.1\n"),
        &state("[item.CUP]\nprise = 7\n", ""),
        &state("[item.CUP]\nprice = 7\n", "[[fee]\n"),
        &state("[item.CUP]\nprice = 7\n", ""),
    ]);
}

#[test]
fn a_file_that_says_the_same_is_no_news() {
    let files = Memory::of(project(1));
    let mut session = Session::default();
    assert!(session.compile(&files, &Variant::default()).is_some());
    assert!(session.compile(&files.clone(), &Variant::default()).is_none());
}
