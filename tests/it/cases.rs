//! Worked cases: whole tiny projects with answers computed by hand and by an exact solver.
//!
//! Those of `../shared/cases/plans` come from outside; those of `tests/rules` are our own, about rules and networks. Where an answer is unique,
//! orders, sales and stock must agree too. The checker is held against every answer; the planner against those of what it plans.

#[path = "cases/decided.rs"]
mod decided;
#[path = "cases/expected.rs"]
mod expected;

use std::path::{Path, PathBuf};

use sopc::compile::{self, Compiled, Failure};
use sopc::verify::{recompute, verify};

use crate::support::Memory;
use decided::decisions;
use expected::Expected;

pub(crate) fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/plans");
    path.is_dir().then_some(path)
}

pub(crate) fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

/// The answer of a case.
pub(crate) fn expected_json(case: &Path) -> serde_json::Value {
    Expected::read(case).0
}

/// The cases of a folder, by name.
pub(crate) fn cases(folder: &Path) -> Vec<PathBuf> {
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    cases
}

fn name(case: &Path) -> String {
    case.file_name().unwrap().to_string_lossy().into_owned()
}

fn compiled(case: &Path) -> Result<Compiled, String> {
    let compiled = compile::compile(&Memory::folder(case));
    if compiled.network.is_none() {
        let errors: Vec<_> = compiled.diagnostics.iter().map(|one| format!("{} {}", one.code, one.message)).collect();
        return Err(format!("invalid: {errors:?}"));
    }
    Ok(compiled)
}

/// Plans a case; false where it is refused as something that is not planned yet.
fn planned(case: &Path) -> Result<bool, String> {
    let (compiled, expected) = (compiled(case)?, Expected::read(case));
    let plan = match compile::plan(&compiled) {
        Ok(plan) => plan,
        Err(Failure::Disagreement(list)) => return Err(format!("verify: {list:?}")),
        Err(Failure::NoPlan(no_plan, _)) if expected.no_plan() => {
            let status = serde_json::to_value(no_plan.status).unwrap();
            return if status == expected.0["status"] { Ok(true) } else { Err(format!("only {status}")) };
        }
        Err(Failure::NoPlan(_, diagnostics)) => {
            let told: Vec<_> = diagnostics.iter().map(|one| format!("{} {:?}", one.message, one.notes)).collect();
            return Err(format!("no plan: {told:?}"));
        }
        Err(Failure::Unplanned(_)) => return Ok(false),
        Err(Failure::Overflow | Failure::Invalid) => return Err("overflow".to_owned()),
    };
    expected.contradicted(&plan)?;
    if let Some(level) = plan.certificate.levels.iter().find(|level| level.bound != Some(level.used)) {
        return Err(format!("{} is not proven: {level:?}", level.rule));
    }
    Ok(true)
}

/// Holds the checker against the answer of a case; false where that does not say enough.
fn checked(case: &Path) -> Result<bool, String> {
    let (compiled, expected) = (compiled(case)?, Expected::read(case));
    let network = compiled.network.as_ref().unwrap();
    if expected.no_plan() {
        return Ok(false);
    }
    let Some(decisions) = decisions(network, &expected) else { return Ok(false) };
    let (inputs, diagnostics) = (compile::inputs(&compiled), compile::plan_diagnostics(&compiled));
    let plan = recompute(network, &decisions, &inputs, &diagnostics).map_err(|_| "overflow".to_owned())?;
    expected.contradicted(&plan)?;
    match verify(network, &inputs, &diagnostics, &plan).as_slice() {
        [] => Ok(true),
        disagreements => Err(format!("{disagreements:?}")),
    }
}

/// What is wrong with cases, each with its name.
fn wrong(cases: &[PathBuf], check: impl Fn(&Path) -> Result<(), String>) -> Vec<String> {
    cases.iter().filter_map(|case| check(case).err().map(|why| format!("{}: {why}", name(case)))).collect()
}

/// The cases that need what this compiler does not plan yet.
const REFUSED: &[&str] =
    &["expedite", "fee-narrow", "open-order", "promotion-slips", "rules-budget-first", "rules-fill-first", "transfer"];

fn all() -> Vec<PathBuf> {
    let mut all = shared().map(|folder| cases(&folder)).unwrap_or_default();
    all.extend(cases(&own()));
    all
}

/// All of our own are about what is not planned yet.
fn is_refused(case: &Path) -> bool {
    REFUSED.contains(&name(case).as_str()) || case.starts_with(own())
}

#[test]
fn worked_cases_have_their_known_answers() {
    let expected = |case: &Path| match planned(case)? {
        true if is_refused(case) => Err("is planned, and stands among those that are not".to_owned()),
        // What cannot be planned yet is refused, never left aside.
        false if !is_refused(case) => Err("refused as not supported".to_owned()),
        _ => Ok(()),
    };
    let wrong = wrong(&all(), expected);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Answers that do not say which location serves what.
const UNTOLD: &[&str] = &["fee-narrow"];

#[test]
fn the_checker_accepts_the_answers_of_worked_cases() {
    let expected = |case: &Path| match checked(case)? {
        false if !UNTOLD.contains(&name(case).as_str()) && !Expected::read(case).no_plan() => {
            Err("no decisions".to_owned())
        }
        _ => Ok(()),
    };
    let wrong = wrong(&all(), expected);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
