//! Tiny random projects, planned and held against every plan there is.
//!
//! Lines and sales are so small that all plans can be listed ([`count`]). What is given is first made as small as it can be, then
//! no plan may earn more than a bound, nor more than a plan that is marked proven; where no plan exists none is made.

#[path = "brute/count.rs"]
mod count;
#[path = "brute/networks.rs"]
pub(crate) mod networks;
#[path = "brute/project.rs"]
pub(crate) mod project;

use std::sync::atomic::{AtomicUsize, Ordering};

use rust_decimal::Decimal;
use sopc::compile::{self, Compiled, Failure};
use sopc::plan::{NoPlanStatus, Plan};
use sopc::solve::Steering;

use count::{Best, PARTS, best};
use project::Tiny;

/// How often a search may ask whether it is time to end. Where there is no plan and prices do not prove it, it would take long.
const PATIENCE: usize = 600;

/// How a project came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Proven,
    /// There is a plan, but not that it is the best.
    Planned,
    /// There is none, and that is proven.
    Infeasible,
    /// There is none, but that is not proven.
    None,
    /// There is one, but it was not found.
    NotFound,
}

/// The plan of a project, by a search that ends some time.
pub(crate) fn planned(compiled: &Compiled) -> Result<Plan, (Failure, Option<Box<Plan>>)> {
    let asked = AtomicUsize::new(0);
    let stop = || asked.fetch_add(1, Ordering::Relaxed) >= PATIENCE;
    compile::plan_or_closest(compiled, &Steering::new(&stop, &|_| (), Decimal::ZERO))
}

/// How the project of a seed comes out, or what is wrong with it.
fn held(seed: u64) -> Result<Verdict, String> {
    let tiny = Tiny::new(seed);
    let files = tiny.files();
    let compiled = compile::compile(&files);
    let wrong = |what: String| {
        let text: String = files.0.values().map(|bytes| String::from_utf8_lossy(bytes)).collect();
        Err(format!("seed {seed}: {what}\n{text}"))
    };
    match (planned(&compiled), best(&tiny)) {
        (Ok(plan), Some(best)) => match contradiction(&plan, best) {
            Some(what) => wrong(what),
            None if plan.certificate.proven => Ok(Verdict::Proven),
            None => Ok(Verdict::Planned),
        },
        (Ok(plan), None) => wrong(format!("a plan that earns {}, where there is none", plan.certificate.objective)),
        (Err((Failure::NoPlan(document, _), _)), best) => match (document.status, best) {
            (NoPlanStatus::Infeasible, Some(best)) => wrong(format!("no plan, but there is one: {best:?}")),
            (NoPlanStatus::Infeasible, None) => Ok(Verdict::Infeasible),
            (NoPlanStatus::NotFound, Some(_)) => Ok(Verdict::NotFound),
            (NoPlanStatus::NotFound, None) => Ok(Verdict::None),
        },
        (Err(failure), _) => wrong(format!("{failure:?} {:?}", compiled.diagnostics)),
    }
}

/// What a plan says that cannot be so.
fn contradiction(plan: &Plan, best: Best) -> Option<String> {
    let certificate = &plan.certificate;
    let half_a_cent = Decimal::new(5, 3);
    let (given, least) = (&certificate.levels[0], Decimal::from(best.given) / Decimal::from(PARTS));
    let is_least = (given.used.0 - least).abs() < half_a_cent;
    // More than the least may be used where the certificate says that less may do.
    let is_open = given.used.0 > least && given.bound.is_none_or(|bound| bound < given.used) && !certificate.proven;
    if !is_least && !is_open {
        return Some(format!("uses {} of what is given, the least is {least}", given.used));
    }
    if given.bound.is_some_and(|bound| bound.0 - least >= half_a_cent) {
        return Some(format!("at least {:?} of what is given, but {least} can be", given.bound));
    }
    if !is_least {
        return None;
    }
    let most = Decimal::new(best.cents, 2);
    if certificate.objective.0 > most {
        return Some(format!("earns {}, the best is {most}", certificate.objective));
    }
    if certificate.bound.is_some_and(|bound| bound.0 < most) {
        return Some(format!("bound {:?}, but {most} can be earned", certificate.bound));
    }
    if certificate.proven && certificate.objective.0 != most {
        return Some(format!("proven {}, but {most} can be earned", certificate.objective));
    }
    None
}

fn hold(seeds: std::ops::Range<u64>) {
    let count = usize::try_from(seeds.end - seeds.start).unwrap();
    let caught =
        |seed| std::panic::catch_unwind(|| held(seed)).unwrap_or_else(|_| Err(format!("seed {seed}: a panic")));
    let results: Vec<_> = seeds.map(|seed| (seed, caught(seed))).collect();
    let of = |verdict| {
        let all = results.iter().filter(move |(_, result)| *result == Ok(verdict));
        all.map(|(seed, _)| *seed).collect::<Vec<_>>()
    };
    let [proven, planned, infeasible, none, missed] =
        [Verdict::Proven, Verdict::Planned, Verdict::Infeasible, Verdict::None, Verdict::NotFound].map(of);
    let told = format!(
        "{} proven, {planned:?} planned, {} infeasible, {none:?} without a plan or a proof, {missed:?} not found",
        proven.len(),
        infeasible.len()
    );
    let wrong: Vec<_> = results.iter().filter_map(|(_, result)| result.as_ref().err().map(String::as_str)).collect();
    assert!(wrong.is_empty(), "{} wrong, {told}\n\n{}", wrong.len(), wrong[..wrong.len().min(3)].join("\n\n"));
    assert!(proven.len() * 10 >= (proven.len() + planned.len()) * 9, "{told}");
    assert!(missed.len() * 100 <= count, "{told}");
}

#[test]
fn no_plan_beats_a_bound_or_a_proven_plan() {
    hold(0..300);
}

/// The same for thousands: `cargo test --release -- --ignored thousands`.
#[test]
#[ignore = "takes minutes"]
fn no_plan_of_thousands_beats_a_bound_or_a_proven_plan() {
    hold(1_000..6_000);
}
