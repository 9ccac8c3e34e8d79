//! What a plan is compared with: `--against`.

use std::path::Path;

use super::Stop;
use super::disk::Disk;
use super::git::{GitError, Repository};
use super::project::MANIFEST;
use super::verify::read;
use crate::compile::{Compiled, Failure};
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::document::Files;
use crate::plan::Plan;

/// Problems of a base that are named.
const NAMED: usize = 5;
/// Hexadecimal digits of a commit that people see.
const SHORT: usize = 12;

/// What was found to compare with.
pub(super) struct Base {
    /// As people know it.
    pub(super) name: String,
    /// What there is of it.
    pub(super) found: Found,
}

/// What there is of a base.
pub(super) enum Found {
    /// Its inputs, in a commit or a folder.
    Inputs(Box<dyn Files>),
    /// Its plan alone.
    Plan(Box<Plan>),
}

const HELP: &str = "a base is git:REV, approved, cycle:2026-01, a folder or a plan file";

/// Says that there is nothing to compare with.
fn none(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(&codes::NO_BASE, message)
}

/// Finds the base that is asked for; where none is, the commit at which this work left the default branch.
pub(super) fn base(asked: Option<&str>, disk: &Disk, compiled: &Compiled) -> Result<Base, Stop> {
    let Some(asked) = asked else { return merge_base(disk) };
    if let Some(revision) = asked.strip_prefix("git:") {
        return commit(disk, revision);
    }
    if asked == "approved" {
        return approved(disk, compiled);
    }
    if let Some(cycle) = asked.strip_prefix("cycle:") {
        return cycle_plan(disk, compiled, cycle);
    }
    let path = Path::new(asked);
    if path.is_dir() {
        return folder(path, asked);
    }
    if !path.exists() {
        return Err(none(format!("there is no base `{asked}`")).help(HELP).into());
    }
    Ok(Base { name: asked.to_owned(), found: Found::Plan(Box::new(read(path)?)) })
}

fn folder(path: &Path, asked: &str) -> Result<Base, Stop> {
    if !path.join(MANIFEST).is_file() {
        return Err(none(format!("the folder {asked} has no {MANIFEST}")).help(HELP).into());
    }
    let disk = Disk::new(path).map_err(|error| super::project::unreadable(path, &error))?;
    Ok(Base { name: asked.to_owned(), found: Found::Inputs(Box::new(disk)) })
}

/// The plan that was approved last: of this cycle, else of the one before it.
fn approved(disk: &Disk, compiled: &Compiled) -> Result<Base, Stop> {
    let Some(network) = &compiled.network else { return Err(none("the inputs are invalid").into()) };
    let cycles = [Some(network.cycle.as_str()), network.baseline.as_ref().map(|baseline| baseline.cycle.as_str())];
    let found = cycles.into_iter().flatten().find(|cycle| compiled.approved.contains(&approved_path(cycle)));
    match found {
        Some(cycle) => cycle_plan(disk, compiled, cycle),
        None => {
            Err(none("no plan of this project was approved yet").help("`sopc approve` writes one into cycles/").into())
        }
    }
}

/// Where the plan of a cycle stands.
pub(super) fn approved_path(cycle: &str) -> String {
    format!("cycles/{cycle}.plan.json")
}

fn cycle_plan(disk: &Disk, compiled: &Compiled, cycle: &str) -> Result<Base, Stop> {
    let plan = plan_of_cycle(disk, compiled, cycle)?;
    Ok(Base { name: format!("cycle:{cycle}"), found: Found::Plan(Box::new(plan)) })
}

/// The plan that was approved for this cycle.
pub(super) fn approved_plan(disk: &Disk, compiled: &Compiled) -> Result<Plan, Stop> {
    let Some(network) = &compiled.network else { return Err(none("the inputs are invalid").into()) };
    plan_of_cycle(disk, compiled, &network.cycle)
}

fn plan_of_cycle(disk: &Disk, compiled: &Compiled, cycle: &str) -> Result<Plan, Stop> {
    let path = approved_path(cycle);
    if !compiled.approved.contains(&path) {
        let mut known: Vec<&str> = compiled
            .approved
            .iter()
            .filter_map(|path| path.strip_prefix("cycles/")?.strip_suffix(".plan.json"))
            .collect();
        known.sort_unstable();
        let help = match known.as_slice() {
            [] => "no cycle has one yet: `sopc approve` writes it".to_owned(),
            known => format!("cycles with an approved plan: {}", known.join(", ")),
        };
        return Err(none(format!("the cycle `{cycle}` has no approved plan")).help(help).into());
    }
    read(&disk.root().join(path))
}

fn commit(disk: &Disk, revision: &str) -> Result<Base, Stop> {
    let name = format!("git:{revision}");
    let repository = Repository::around(disk.root()).map_err(|error| told(&name, &error))?;
    let commit = repository.commit(revision).map_err(|error| told(&name, &error))?;
    tree(&repository, &commit, name)
}

fn merge_base(disk: &Disk) -> Result<Base, Stop> {
    let name = "the default branch";
    let repository = Repository::around(disk.root()).map_err(|error| told(name, &error))?;
    // GitHub and GitLab tell a build which branch it is to be merged into.
    let asked = ["GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let (commit, branch) = repository.merge_base(asked.as_deref()).map_err(|error| told(name, &error))?;
    let branch = branch.trim_start_matches("refs/").trim_start_matches("remotes/").trim_start_matches("heads/");
    let short: String = commit.chars().take(SHORT).collect();
    tree(&repository, &commit, format!("git:{short}, where this left {branch}"))
}

fn tree(repository: &Repository, commit: &str, name: String) -> Result<Base, Stop> {
    let tree = repository.tree(commit).map_err(|error| told(&name, &error))?;
    if !tree.has(MANIFEST) {
        return Err(none(format!("{name} has no {MANIFEST} at this place"))
            .help("compare with a commit that has the project")
            .into());
    }
    Ok(Base { name, found: Found::Inputs(Box::new(tree)) })
}

/// What keeps git from showing a commit, and what helps.
fn told(name: &str, error: &GitError) -> Stop {
    let diagnostic = match error {
        GitError::NoGit(error) => none(format!("git cannot be run: {error}")).help("install git, or compare with a folder or a plan file"),
        GitError::NoRepository => none("the project is in no git repository").help("compare with a folder or a plan file"),
        GitError::Shallow => none(format!("this clone is shallow and does not hold {name}"))
            .help("in a GitHub workflow, give actions/checkout `fetch-depth: 0`; in GitLab, set GIT_DEPTH to 0; elsewhere, `git fetch --unshallow`"),
        GitError::Unknown => none(format!("the repository has no commit {name}")).help("a branch of the server is written git:origin/main"),
        GitError::NoDefault => none("no default branch is known to compare with").help("say which: --against git:origin/main"),
        GitError::Other(why) => none(format!("{name} cannot be read: {why}")),
    };
    diagnostic.into()
}

/// Says why there is no plan of a base.
pub(super) fn without_plan(name: &str, compiled: &Compiled, failure: &Failure) -> Diagnostic {
    let all = compiled.diagnostics.iter().cloned().chain(failure.diagnostics());
    let errors: Vec<Diagnostic> = all.filter(|one| one.severity == Severity::Error).collect();
    let why = match failure {
        Failure::Invalid => "its inputs are invalid",
        _ => "no plan keeps every commitment of it",
    };
    let diagnostic = none(format!("the base {name} has no plan to compare with: {why}"));
    let told = errors.iter().take(NAMED).map(|one| {
        let place = one.primary().map(|span| compiled.sources.place(span));
        let place = place.map_or(String::new(), |place| format!("{}:{}: ", place.file, place.line));
        format!("{place}{}: {}", one.code, one.message)
    });
    let diagnostic = told.fold(diagnostic, Diagnostic::with_note);
    diagnostic.help("compare with a base that has one; `sopc plan` shows this project by itself")
}
