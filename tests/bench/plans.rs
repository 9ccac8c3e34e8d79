//! Plans generated shops and prints how long that takes and how good the plans are.
//!
//! `cargo bench --bench plans` runs the usual sizes; `cargo bench --bench plans -- 1000 weeks tight places seed=3` runs one shop, a
//! folder's name the project in it, `trigeiro` the instances of Trigeiro, `trigeiro 3` one of them, `gifts` a real shop twice; `write=DIR` writes the files of a shop instead, with `infeasible storage` those of the one in which that is in the way; `trace`
//! tells how the search goes on. `edits` edits the shops and times what `sopc watch` makes of it, `edits cold` holds what is told at once
//! against the plan; `infeasible` makes them infeasible in one place and times how long it takes to tell why, `infeasible cash tell` where cash is
//! in the way, with what is told.

#![allow(clippy::print_stdout, reason = "a benchmark prints its table")]

#[path = "../it/support.rs"]
#[allow(dead_code, unused_imports, reason = "tests take the rest")]
mod support;

#[path = "plans/shop.rs"]
mod shop;

#[path = "../it/trigeiro.rs"]
mod trigeiro;

#[path = "check/uci.rs"]
mod uci;

#[path = "plans/gifts.rs"]
mod gifts;

#[path = "plans/edits.rs"]
mod edits;

#[path = "plans/infeasible.rs"]
mod infeasible;

/// A project as bytes, as `cargo bench --bench check` has it too.
pub(crate) struct Project(pub(crate) std::collections::BTreeMap<String, Vec<u8>>);

use std::time::Instant;

use shop::{Calendar, Shop};
use sopc::compile;
use sopc::model::Model;
use sopc::plan;
use sopc::solve::{Progress, Steering};
use support::Memory;

fn main() {
    let (mut sizes, mut folders) = (Vec::new(), Vec::new());
    let mut kind = Shop { items: 0, calendar: Calendar::Months, room: 80, seed: 1, two_places: false };
    let (mut write, mut lots, mut real, mut trace, mut edited, mut cold) = (None, false, false, false, false, false);
    let (mut blocked, mut words) = (false, Vec::new());
    for word in std::env::args().skip(1) {
        match word.as_str() {
            "months" => kind.calendar = Calendar::Months,
            "weeks" => kind.calendar = Calendar::Weeks,
            "mixed" => kind.calendar = Calendar::Mixed,
            "tight" => kind.room = 65,
            "loose" => kind.room = 110,
            "places" => kind.two_places = true,
            "trace" => trace = true,
            "trigeiro" => lots = true,
            "gifts" => real = true,
            "edits" => edited = true,
            "infeasible" => blocked = true,
            "--bench" | "tell" => {}
            "cold" => cold = true,
            other => {
                if let Some(seed) = other.strip_prefix("seed=") {
                    kind.seed = seed.parse().expect("a number");
                } else if let Some(folder) = other.strip_prefix("write=") {
                    write = Some(folder.to_owned());
                } else if let Ok(items) = other.parse() {
                    sizes.push(items);
                } else if std::path::Path::new(other).is_dir() {
                    folders.push(other.to_owned());
                } else {
                    words.push(other.to_owned());
                }
            }
        }
    }
    if lots {
        return lot_sizing(&sizes);
    }
    if sizes.is_empty() && folders.is_empty() && !real {
        sizes = vec![10, 30, 100, 200, 1_000, 4_000, 10_000];
    }
    if blocked {
        sizes.into_iter().for_each(|items| infeasible::run(Shop { items, ..kind }, &words, write.as_deref()));
        return;
    }
    if let Some(folder) = write {
        write_files(shop::files(Shop { items: sizes[0], ..kind }), &folder);
        return;
    }
    if edited {
        for items in sizes {
            let folder = tempfile::tempdir().expect("a folder");
            write_files(shop::files(Shop { items, ..kind }), &folder.path().to_string_lossy());
            if cold {
                edits::against_plans(folder.path(), items);
            } else {
                edits::run(folder.path(), items);
            }
        }
        return;
    }
    println!(
        "{:>6} {:>8} {:>8} {:>8} {:>16} {:>16} {:>8} {:>7} {:>9}",
        "items", "read s", "model s", "solve s", "objective", "bound", "gap %", "proven", "peak MiB"
    );
    for items in sizes {
        run(&Memory::of(shop::files(Shop { items, ..kind })), trace);
    }
    if real {
        match gifts::projects() {
            Some(projects) => projects.iter().for_each(|project| run(project, trace)),
            None => println!("the data is not there"),
        }
    }
    for folder in folders {
        run(&Memory::folder(std::path::Path::new(&folder)), trace);
    }
}

/// Instances whose best plan is known, all or some: what ours cost beyond it.
fn lot_sizing(only: &[usize]) {
    println!(
        "{:>8} {:>8} {:>10} {:>8} {:>10} {:>8} {:>7}",
        "instance", "solve s", "cost", "best", "above %", "bound", "proven"
    );
    for (number, best) in (1..).zip(trigeiro::OPTIMA).filter(|(number, _)| only.is_empty() || only.contains(number)) {
        let Some(files) = trigeiro::project(number) else { return println!("the data is not there") };
        let compiled = compile::compile(&files);
        let (plan, solving) = timed(|| compile::plan(&compiled));
        let Ok(plan) = plan else {
            println!("{number}: no plan in {solving:.2}");
            continue;
        };
        let cost = -plan.certificate.objective.0;
        let best = rust_decimal::Decimal::from(best);
        let above = (cost / best - rust_decimal::Decimal::ONE) * rust_decimal::Decimal::ONE_HUNDRED;
        let bound = plan.certificate.bound.map_or("-".to_owned(), |bound| format!("{:.0}", -bound.0));
        println!(
            "{:>8} {solving:>8.2} {cost:>10} {best:>8} {above:>10.3} {bound:>8} {:>7}",
            format!("F{number}"),
            plan.certificate.proven
        );
    }
}

/// Writes files of a shop.
fn write_files(files: std::collections::BTreeMap<String, String>, folder: &str) {
    for (path, text) in files {
        let path = std::path::Path::new(folder).join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    }
}

fn run(files: &Memory, trace: bool) {
    let (compiled, reading) = timed(|| compile::compile(files));
    let Some(network) = &compiled.network else {
        let told: Vec<_> = compiled.diagnostics.iter().take(5).map(|one| one.message.clone()).collect();
        println!("invalid: {told:?}");
        return;
    };
    let items = network.items.len();
    let (model, modelling) = timed(|| Model::new(network));
    let Ok(model) = model else {
        println!("does not fit");
        return;
    };
    let start = Instant::now();
    if trace {
        println!("laid out, peak {} MiB", peak_mib());
    }
    let tell = |told: Progress| {
        if trace {
            println!("{:>8.2} s {told}", start.elapsed().as_secs_f64());
        }
    };
    let steering = Steering::new(&|| false, &tell, rust_decimal::Decimal::ZERO);
    let (outcome, solving) = timed(|| sopc::solve::solve(&model, &steering));
    if trace {
        println!("{:>8.2} s solved, peak {} MiB", start.elapsed().as_secs_f64(), peak_mib());
    }
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(unsolved) => {
            println!("{items:>6} {reading:>8.2} {modelling:>8.2} {solving:>8.2} {unsolved:?}");
            return;
        }
    };
    let Ok(plan) = plan::build(&model, &outcome, Vec::new(), Vec::new()) else { return };
    let certificate = &plan.certificate;
    let bound = certificate.bound.map_or("-".to_owned(), |bound| format!("{:.2}", bound.0));
    let gap =
        certificate.gap.map_or("-".to_owned(), |gap| format!("{:.4}", gap.0 * rust_decimal::Decimal::ONE_HUNDRED));
    println!(
        "{items:>6} {reading:>8.2} {modelling:>8.2} {solving:>8.2} {:>16.2} {bound:>16} {gap:>8} {:>7} {:>9}",
        certificate.objective.0,
        certificate.proven,
        peak_mib(),
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed().as_secs_f64())
}

/// The most memory this process has held so far; 0 where the system does not tell.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kib.map_or(0, |kib| kib / 1024)
}
