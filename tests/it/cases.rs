//! Worked cases: whole tiny projects with answers computed by hand and by an exact solver.
//!
//! Those of `../shared/cases/plans` come from outside; those of `tests/rules` are our own, about rules and networks, and so small that
//! all their plans can be listed; those of `tests/worked` are about outlooks and gates. Where an answer is unique,
//! orders, sales and stock must agree too. The checker is held against every answer; the planner against those of what it plans.

#[path = "cases/decided.rs"]
mod decided;
#[path = "cases/expected.rs"]
mod expected;

use std::path::{Path, PathBuf};

use serde_json::Value;
use sopc::compile::{self, Compiled, Failure};
use sopc::plan::{Plan, plan_hash};
use sopc::verify::{recompute, verify};

use crate::support::{Memory, messages};
use decided::decisions;
use expected::Expected;

pub(crate) fn shared() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases/plans");
    path.is_dir().then_some(path)
}

pub(crate) fn own() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

fn worked() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worked")
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
        return Err(format!("invalid: {:?}", messages(&compiled)));
    }
    Ok(compiled)
}

/// Plans a case.
fn planned(case: &Path) -> Result<(), String> {
    let (compiled, expected) = (compiled(case)?, Expected::read(case));
    let plan = match compile::plan(&compiled) {
        Ok(plan) => plan,
        Err(Failure::Disagreement(list)) => return Err(format!("verify: {list:?}")),
        Err(Failure::NoPlan(no_plan, _)) if expected.no_plan() => {
            let status = serde_json::to_value(no_plan.status).unwrap();
            return if status == expected.0["status"] { Ok(()) } else { Err(format!("only {status}")) };
        }
        Err(Failure::NoPlan(_, diagnostics)) => {
            let told: Vec<_> = diagnostics.iter().map(|one| format!("{} {:?}", one.message, one.notes)).collect();
            return Err(format!("no plan: {told:?}"));
        }
        Err(other) => return Err(format!("{other:?}")),
    };
    expected.contradicted(&plan)?;
    if !plan.certificate.proven {
        return Err(format!("not proven: {:?}", plan.certificate));
    }
    Ok(())
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

fn all() -> Vec<PathBuf> {
    let mut all = shared().map(|folder| cases(&folder)).unwrap_or_default();
    all.extend(cases(&own()));
    all.extend(cases(&worked()));
    all
}

#[test]
fn worked_cases_have_their_known_answers() {
    let wrong = wrong(&all(), planned);
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

/// Answers that have, together, everything that networks, rules and gates put into a plan file.
const ALL_THERE_IS: &[&str] = &[
    "backorder",
    "change-cost-keeps",
    "expedite-transfer",
    "gates",
    "last-plan-besides",
    "last-plan-committed",
    "lower-and-fill",
    "open-order-goes",
    "promotion-price-moves",
    "storage-cheapest-first",
    "transfer-under-way",
    "two-locations",
];

/// Whatever is changed in a plan, someone objects.
#[test]
fn nothing_in_the_plan_of_an_answer_can_be_changed() {
    let unnoticed = |case: &Path| {
        let (compiled, expected) = (compiled(case)?, Expected::read(case));
        let network = compiled.network.as_ref().unwrap();
        let decisions = decisions(network, &expected).unwrap();
        let sound = recompute(network, &decisions, &[], &[]).unwrap();
        let mut unnoticed = Vec::new();
        changed(&serde_json::to_value(&sound).unwrap(), "", &mut |place, document| {
            let Ok(mut plan) = serde_json::from_value::<Plan>(document) else { return };
            plan.plan_hash = plan_hash(&plan);
            // Any compiler may have made it.
            let told = place != "/compiler_version";
            if plan != sound && told && verify(network, &[], &[], &plan).is_empty() {
                unnoticed.push(place.to_owned());
            }
        });
        if unnoticed.is_empty() { Ok(()) } else { Err(format!("{unnoticed:?}")) }
    };
    let folder = |name: &str| [own(), worked()].map(|folder| folder.join(name)).into_iter().find(|case| case.is_dir());
    let cases: Vec<_> = ALL_THERE_IS.iter().map(|name| folder(name).expect("a case")).collect();
    let wrong = wrong(&cases, unnoticed);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A document with each of its values changed, each row left out, each row twice.
fn changed(root: &Value, pointer: &str, check: &mut impl FnMut(&str, Value)) {
    let here = root.pointer(pointer).unwrap();
    let mut with = |other: Value| {
        let mut copy = root.clone();
        *copy.pointer_mut(pointer).unwrap() = other;
        check(pointer, copy);
    };
    match here {
        Value::Null => with("1.00".into()),
        Value::Bool(flag) => with((!flag).into()),
        Value::Number(number) => with((number.as_i64().unwrap() + 1).into()),
        Value::String(text) => match text.parse::<rust_decimal::Decimal>() {
            Ok(number) => with((number + rust_decimal::Decimal::ONE).to_string().into()),
            Err(_) => with(another(text).into()),
        },
        Value::Array(rows) => {
            for index in 0..rows.len() {
                let [mut fewer, mut twice] = [rows.clone(), rows.clone()];
                fewer.remove(index);
                twice.insert(index, rows[index].clone());
                with(fewer.into());
                with(twice.into());
            }
            (0..rows.len()).for_each(|index| changed(root, &format!("{pointer}/{index}"), check));
        }
        Value::Object(fields) => fields.keys().for_each(|key| changed(root, &format!("{pointer}/{key}"), check)),
    }
}

/// Another text of the same kind.
fn another(text: &str) -> &str {
    match text {
        "relaxed" => "feasible",
        "feasible" => "relaxed",
        "new" => "open",
        "open" | "cancelled" => "moved",
        "committed" => "new",
        "moved" => "cancelled",
        _ if text.starts_with("2026-") && text.len() == 7 => "2026-02",
        _ if text.starts_with("2026-") => "2026-02-11",
        _ => "another",
    }
}
