//! `sopc diff` and `sopc approve` as people and builds meet them: against commits, folders, cycles and files.

use std::fs;
use std::path::Path;
use std::process::Command;

use sopc::diagnostic::explain::SHOP;
use tempfile::TempDir;

use crate::support::{replaced, run, sopc};

fn git(dir: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command
        .current_dir(dir)
        .args(["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"])
        .args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let run = run(command);
    assert_eq!(run.code, Some(0), "git {arguments:?}: {}", run.err);
}

/// The shop of the examples in a folder of a repository, committed once.
pub(super) fn repository() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = folder.path().join("shop");
    fs::create_dir_all(&shop).expect("a folder");
    fs::write(shop.join("sop.toml"), SHOP).expect("a file");
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-q", "-m", "shop"]);
    folder
}

fn edit(shop: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(shop.join("sop.toml")).expect("a file");
    fs::write(shop.join("sop.toml"), replaced(&text, from, to)).expect("a file");
}

#[test]
fn against_a_commit_the_changed_line_is_the_cause() {
    let folder = repository();
    let shop = folder.path().join("shop");
    let same = sopc(&shop, &["diff", "--against", "git:HEAD", "--exit-code"]);
    assert_eq!(
        (same.code, same.out.starts_with("  nothing changed: the plan is that of git:HEAD (")),
        (Some(0), true),
        "{}",
        same.out
    );
    edit(&shop, "units = 200", "units = 300");
    let line = 1 + SHOP.lines().position(|line| line.starts_with("units = 200")).expect("demand");
    let diff = sopc(&shop, &["diff", "--against", "git:HEAD"]);
    assert_eq!(diff.code, Some(0), "{}", diff.err);
    assert!(diff.out.contains("against git:HEAD"), "{}", diff.out);
    assert!(diff.out.contains(&format!("demand of MUG, units from 200 to 300, sop.toml:{line}")), "{}", diff.out);
    let changed =
        sopc(&shop, &["diff", "--against", "git:main", "--exit-code", "--format", "markdown", "--max-bytes", "900"]);
    assert_eq!((changed.code, changed.out.len() <= 900), (Some(5), true), "{}", changed.out);
    // Nothing was written.
    assert_eq!(fs::read_dir(&shop).expect("a folder").count(), 1);
}

#[test]
fn without_a_base_it_is_where_the_branch_began() {
    let folder = repository();
    let shop = folder.path().join("shop");
    git(folder.path(), &["checkout", "-q", "-b", "work"]);
    edit(&shop, "unit-cost = 6.00", "unit-cost = 7.00");
    git(folder.path(), &["commit", "-qam", "dearer"]);
    let mut diff = sopc(&shop, &["diff"]);
    diff.out = diff.out.replace('\n', " ");
    assert!(
        diff.out.contains("where this left main") && diff.out.contains("lane from porto, unit-cost from 6.00 to 7.00"),
        "{}{}",
        diff.out,
        diff.err
    );
}

#[test]
fn a_shallow_clone_is_told_what_to_do() {
    let folder = repository();
    edit(&folder.path().join("shop"), "units = 200", "units = 210");
    git(folder.path(), &["commit", "-qam", "more"]);
    let clone = tempfile::tempdir().expect("a folder");
    let from = format!("file://{}", folder.path().display());
    git(clone.path(), &["clone", "-q", "--depth", "1", &from, "clone"]);
    let run = sopc(&clone.path().join("clone/shop"), &["diff", "--against", "git:HEAD~1", "--diagnostics", "short"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert_eq!(run.err, "error[SOP9007]: this clone is shallow and does not hold git:HEAD~1\n");
    let told = sopc(&clone.path().join("clone/shop"), &["diff", "--against", "git:HEAD~1", "--diagnostics", "plain"]);
    assert!(told.err.contains("fetch-depth: 0"), "{}", told.err);
}

#[test]
fn bases_that_are_not_there_are_told_of() {
    let folder = repository();
    let shop = folder.path().join("shop");
    for (base, told) in [
        ("git:nowhere", "the repository has no commit git:nowhere"),
        ("git:--output=x", "the repository has no commit git:--output=x"),
        ("approved", "no plan of this project was approved yet"),
        ("cycle:2025-12", "the cycle `2025-12` has no approved plan"),
        ("cycle:../../x", "the cycle `../../x` has no approved plan"),
        ("nowhere.json", "there is no base `nowhere.json`"),
        ("..", "the folder .. has no sop.toml"),
    ] {
        let run = sopc(&shop, &["diff", "--against", base, "--diagnostics", "short"]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{base}");
        assert_eq!(run.err, format!("error[SOP9007]: {told}\n"));
    }
    fs::write(shop.join("sop.toml"), "x").expect("a file");
    git(folder.path(), &["commit", "-qam", "broken"]);
    fs::write(shop.join("sop.toml"), SHOP).expect("a file");
    let run = sopc(&shop, &["diff", "--against", "git:HEAD", "--diagnostics", "short"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("the base git:HEAD has no plan to compare with: its inputs are invalid"), "{}", run.err);
}

#[test]
fn an_approved_plan_is_a_base_and_the_next_cycle_follows_it() {
    let folder = repository();
    let shop = folder.path().join("shop");
    let approve = sopc(&shop, &["approve"]);
    assert_eq!((approve.code, approve.out.as_str()), (Some(0), ""), "{}", approve.err);
    let file = shop.join("cycles/2026-02.plan.json");
    assert!(file.is_file() && !shop.join("cycles/2026-02.approval.json").exists());
    let verify = sopc(&shop, &["verify", "cycles/2026-02.plan.json"]);
    assert_eq!(verify.code, Some(0), "{}", verify.err);
    for base in ["approved", "cycle:2026-02", "cycles/2026-02.plan.json"] {
        let run = sopc(&shop, &["diff", "--against", base]);
        assert!(run.out.starts_with("  nothing changed"), "{}{}", run.out, run.err);
    }
    edit(&shop, "units = 200", "units = 300");
    let run = sopc(&shop, &["diff", "--against", "approved", "--format", "json"]);
    let diff: sopc::diff::PlanDiff = serde_json::from_str(&run.out).expect("a diff");
    assert!(!diff.same && diff.attribution.is_none() && !diff.lines.is_empty());
}

#[test]
fn a_refused_plan_is_approved_with_a_reason_alone() {
    let folder = repository();
    let shop = folder.path().join("shop");
    let gate = "\n[[gate]]\nid = \"turns\"\nmetric = \"inventory-turnover\"\nat-least = 900\n";
    fs::write(shop.join("gates.toml"), gate).expect("a file");
    let diff = sopc(&shop, &["diff", "--against", "git:HEAD"]);
    assert_eq!(diff.code, Some(4), "{}", diff.out);
    assert!(diff.out.contains("refused by gate turns"), "{}", diff.out);
    let refused = sopc(&shop, &["approve", "--diagnostics", "short"]);
    assert_eq!(refused.code, Some(4));
    assert!(
        refused.err.contains("error[SOP6004]: the plan is refused by `turns`, and no reason is told to approve it"),
        "{}",
        refused.err
    );
    assert!(!shop.join("cycles").exists());
    assert_eq!(sopc(&shop, &["approve", "--because", "  "]).code, Some(4));
    let told = sopc(&shop, &["approve", "--because", "agreed on 3 February"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let reason = fs::read_to_string(shop.join("cycles/2026-02.approval.json")).expect("a reason");
    let reason: serde_json::Value = serde_json::from_str(&reason).expect("JSON");
    assert_eq!((&reason["because"], &reason["refused_by"][0]), (&"agreed on 3 February".into(), &"turns".into()));
}

#[test]
fn drafts_interrupted_plans_and_others_are_never_approved() {
    let folder = repository();
    let shop = folder.path().join("shop");
    assert_eq!(sopc(&shop, &["plan", "--out", "plan.json"]).code, Some(0));
    let whole = fs::read_to_string(shop.join("plan.json")).expect("a plan");
    // What says of itself that it is a draft does not agree with its inputs either.
    fs::write(shop.join("draft.json"), whole.replace("\"status\": \"feasible\"", "\"status\": \"draft\""))
        .expect("a file");
    let draft = sopc(&shop, &["approve", "--plan", "draft.json", "--because", "why not"]);
    assert!(draft.code != Some(0) && draft.err.contains("SOP6004"), "{}", draft.err);
    let stopped = sopc(&shop, &["approve", "--plan", "plan.json"]);
    assert_eq!(stopped.code, Some(0), "{}", stopped.err);
    fs::remove_dir_all(shop.join("cycles")).expect("a folder");
    edit(&shop, "units = 200", "units = 210");
    let other = sopc(&shop, &["approve", "--plan", "plan.json"]);
    assert!(other.code != Some(0) && other.err.contains("does not agree with its inputs"), "{}", other.err);
    edit(&shop, "on-hand = 480", "on-hand = -1");
    assert_eq!(sopc(&shop, &["approve"]).code, Some(1));
    assert!(!shop.join("cycles").exists());
}

/// What is placed before new orders may be is frozen: a gate holds what a change does to it.
#[test]
fn a_gate_on_frozen_days_is_measured_by_the_diff() {
    let folder = repository();
    let shop = folder.path().join("shop");
    let order = "\n[[open-order]]\nid = \"PO-1\"\nitem = \"MUG\"\nsupplier = \"porto\"\nlocation = \"main\"\nunits = 100\nordered = 2026-01-20\ndue = 2026-03-01\n";
    let gate = "\n[[gate]]\nid = \"calm\"\nmetric = \"changed-value-in-frozen\"\nat-most = 100\n";
    fs::write(shop.join("more.toml"), format!("{order}{gate}")).expect("a file");
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "order"]);
    // A plan by itself changes nothing.
    assert_eq!(sopc(&shop, &["plan"]).code, Some(0));
    fs::write(shop.join("more.toml"), format!("{}{gate}", order.replace("units = 100", "units = 160")))
        .expect("a file");
    let run = sopc(&shop, &["diff", "--against", "git:HEAD", "--diagnostics", "short"]);
    assert_eq!(run.code, Some(4), "{}{}", run.out, run.err);
    assert!(run.out.contains("refused by gate calm: changed-value-in-frozen is 360"), "{}", run.out);
    assert!(
        run.err.contains(
            "error[SOP6003]: gate `calm` asks for changed-value-in-frozen of at most 100, and the plan has 360"
        ),
        "{}",
        run.err
    );
    let waiver = "\n[[waiver]]\ngate = \"calm\"\nreason = \"agreed\"\nowner = \"operations\"\nexpires = 2026-03-01\n";
    let text = fs::read_to_string(shop.join("more.toml")).expect("a file");
    fs::write(shop.join("more.toml"), text + waiver).expect("a file");
    assert_eq!(sopc(&shop, &["diff", "--against", "git:HEAD"]).code, Some(0));
}
