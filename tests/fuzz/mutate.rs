//! Compiles projects whose bytes were changed at random, many of them, and saves those that show a fault.
//!
//! `cargo bench --bench mutate -- COUNT [SEED] [THREADS] [LARGEST]`: so many mutants (default 100,000) of the examples and UI
//! cases of at most LARGEST bytes, from this seed, on so many threads (default all). What must hold of each: no panic, every
//! span inside its file and on character boundaries, every format of diagnostics drawn without a control character, the same
//! diagnostics again. A mutant that shows a fault is written to `target/fuzz/SEED-NUMBER`, and the seed and its number bring
//! it back.

#![allow(clippy::print_stdout, reason = "figures are what it is for")]

#[path = "mutants.rs"]
#[allow(dead_code, reason = "tests take the rest")]
mod mutants;
#[path = "../it/support.rs"]
#[allow(dead_code, unused_imports, reason = "tests take the rest")]
mod support;

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mutants::{Random, examine_some, mutant, seeds};
use support::Memory;

/// How many mutants a thread takes at once.
const BATCH: usize = 1_000;
/// A mutant that takes longer is a fault.
const SLOW: Duration = Duration::from_secs(10);

fn main() {
    let arguments: Vec<u64> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let argument = |at: usize, default: usize| {
        arguments.get(at).map_or(default, |&number| usize::try_from(number).expect("a usize"))
    };
    let count = argument(0, 100_000);
    let seed = argument(1, 1) as u64;
    let threads = argument(2, std::thread::available_parallelism().map_or(1, usize::from));
    let largest = argument(3, usize::MAX);
    let seeds: Vec<Memory> =
        seeds().into_iter().filter(|project| project.0.values().map(Vec::len).sum::<usize>() <= largest).collect();
    println!("{count} mutants of {} projects, seed {seed}, {threads} threads", seeds.len());
    // A panic is told of with its mutant, once.
    set_hook(Box::new(|_| {}));
    let (next, faults, start) = (AtomicUsize::new(0), AtomicUsize::new(0), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| run(&seeds, seed, count, &next, &faults, start));
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    let faults = faults.into_inner();
    println!("{count} mutants in {seconds:.0} s, {:.0} a second, {faults} faults", count as f64 / seconds);
    std::process::exit(i32::from(faults > 0));
}

fn run(seeds: &[Memory], seed: u64, count: usize, next: &AtomicUsize, faults: &AtomicUsize, start: Instant) {
    loop {
        let first = next.fetch_add(BATCH, Ordering::Relaxed);
        if first >= count {
            return;
        }
        for number in first..(first + BATCH).min(count) {
            let mutant = mutant(seeds, &mut Random::new(seed.wrapping_mul(1 << 40).wrapping_add(number as u64)));
            let begun = Instant::now();
            let told = catch_unwind(AssertUnwindSafe(|| examine_some(&mutant, number)));
            let fault = match told {
                Ok(Ok(())) if begun.elapsed() < SLOW => continue,
                Ok(Ok(())) => format!("takes {:.1} s", begun.elapsed().as_secs_f64()),
                Ok(Err(fault)) => fault,
                Err(panic) => format!("panic: {}", words(panic.as_ref())),
            };
            faults.fetch_add(1, Ordering::Relaxed);
            save(&mutant, seed, number, &fault);
        }
        if first.is_multiple_of(100_000) {
            let seconds = start.elapsed().as_secs_f64();
            println!("{first} in {seconds:.0} s, {:.0} a second", first as f64 / seconds.max(0.001));
        }
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or(panic.downcast_ref::<&str>().copied())
        .unwrap_or("without words")
}

fn save(mutant: &Memory, seed: u64, number: usize, fault: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/fuzz/{seed}-{number}"));
    for (path, bytes) in &mutant.0 {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    println!("{}: {fault}", folder.display());
}
