//! `sopc approve`

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::base::approved_path;
use super::disk::{Disk, why};
use super::project::find;
use super::shell::Shell;
use super::verify::{of_another_day, read};
use super::write::{replace, unwritable};
use super::{EXIT_CODES, Exit, ProjectDir, Stop};
use crate::compile::{self, Compiled, Failure, compile, gate_notes, given_notes, inputs, plan_diagnostics};
use crate::diagnostic::{Diagnostic, Severity, codes, sort};
use crate::document::names_a_file;
use crate::plan::{Plan, Status};
use crate::render::plan_json;
use crate::verify::verify;

const ABOUT: &str = "\
Approves the plan of this cycle

The project is planned, or a plan file that agrees with its inputs is taken, and written to cycles/<cycle>.plan.json, \
to be committed. The next cycle follows it: what is placed by then stays, and what differs can cost.

A draft, a plan whose search was interrupted, and a project without a plan are never approved. A plan that a gate \
refuses is only with a reason, which is written beside it to cycles/<cycle>.approval.json.

Examples:
  sopc approve
  sopc approve --because \"turns recover in May, agreed with finance on 3 February\"";

/// Approves the plan of this cycle
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Approve {
    #[command(flatten)]
    project: ProjectDir,
    /// Approves this plan file, if it agrees with the inputs
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Why a plan that a gate refuses is approved all the same
    #[arg(long, value_name = "REASON")]
    because: Option<String>,
}

/// What stands beside a plan that a gate refused.
#[derive(Serialize)]
struct Approval<'p> {
    format_version: &'static str,
    cycle: &'p str,
    plan_hash: &'p str,
    refused_by: Vec<&'p str>,
    because: &'p str,
}

impl Approve {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let disk = find(self.project.dir.as_deref())?;
        shell.at(disk.root());
        let compiled = compile(&disk);
        let plan = match self.chosen(&compiled)? {
            Ok(plan) => plan,
            Err(failure) => {
                let mut diagnostics = compiled.diagnostics.clone();
                diagnostics.extend(failure.diagnostics());
                shell.report(&diagnostics, &compiled.sources, "nothing was approved");
                return Ok(Exit::from(&failure));
            }
        };
        let mut diagnostics = compiled.diagnostics.clone();
        diagnostics.extend(given_notes(&plan, &compiled.sources));
        let (missed, notes): (Vec<_>, Vec<_>) =
            gate_notes(&compiled, &plan).into_iter().partition(|note| note.severity == Severity::Error);
        diagnostics.extend(notes);
        // The refusal tells of gates that refuse: once is enough.
        let labels = missed.into_iter().flat_map(|note| note.labels);
        let objection = self.objection(&plan).map(|one| labels.fold(one, |one, label| one.at(label.span, label.text)));
        let refused = objection.is_some();
        diagnostics.extend(objection);
        sort(&mut diagnostics, &compiled.sources);
        shell.report(&diagnostics, &compiled.sources, if refused { "nothing was approved" } else { "" });
        if refused {
            return Ok(Exit::Refused);
        }
        self.write(shell, &disk, &plan)?;
        Ok(Exit::Success)
    }

    /// The plan to approve; one from a file has to agree with the inputs.
    fn chosen(&self, compiled: &Compiled) -> Result<Result<Plan, Failure>, Stop> {
        let Some(file) = &self.plan else { return Ok(compile::plan(compiled)) };
        let plan = read(file)?;
        let Some(network) = &compiled.network else { return Ok(Err(Failure::Invalid)) };
        if let Some(other) = of_another_day(file, &plan, network) {
            return Err(other.into());
        }
        let found = verify(network, &inputs(compiled), &plan_diagnostics(compiled), &plan);
        match found.first() {
            None => Ok(Ok(plan)),
            Some(first) => {
                let message = format!("{} does not agree with its inputs", file.display());
                let diagnostic = refusal(message).with_note(first.to_string());
                Err(diagnostic.help("`sopc verify` shows all of it; plan the project anew").into())
            }
        }
    }

    /// What keeps a plan from being approved.
    fn objection(&self, plan: &Plan) -> Option<Diagnostic> {
        if plan.status == Status::Draft {
            return Some(
                refusal("a draft breaks commitments and cannot be approved")
                    .help("change what stands in the way of a plan"),
            );
        }
        if plan.certificate.interrupted {
            let help = "let the search end, or ask for less of it: `sopc plan --gap 0.005`";
            return Some(refusal("the search for the plan was interrupted, and it cannot be approved").help(help));
        }
        let because = self.because.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        if plan.is_refused() && because.is_none() {
            let refused = refusing(plan).join("`, `");
            let help = "change the plan, add a [[waiver]], or say why all the same: `sopc approve --because REASON`";
            return Some(
                refusal(format!("the plan is refused by `{refused}`, and no reason is told to approve it")).help(help),
            );
        }
        None
    }

    fn write(&self, shell: &mut Shell, disk: &Disk, plan: &Plan) -> Result<(), Stop> {
        let folder = folder(disk, plan)?;
        let file = disk.root().join(approved_path(&plan.cycle));
        let reason = disk.root().join(format!("cycles/{}.approval.json", plan.cycle));
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &why(&error)))?;
        put(&file, plan_json(plan).as_bytes())?;
        match (&self.because, plan.is_refused()) {
            (Some(because), true) => put(&reason, approval(plan, because).as_bytes())?,
            // A reason is about one plan.
            _ => drop(fs::remove_file(&reason)),
        }
        shell.tell(&format!("plan of the cycle {} approved: {}", plan.cycle, approved_path(&plan.cycle)));
        Ok(())
    }
}

fn refusal(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(&codes::NOT_APPROVABLE, message)
}

/// The gates that refuse a plan.
fn refusing(plan: &Plan) -> Vec<&str> {
    plan.gates.iter().filter(|gate| gate.refuses && gate.is_missed()).map(|gate| gate.id.as_str()).collect()
}

fn approval(plan: &Plan, because: &str) -> String {
    let approval = Approval {
        format_version: "1.0",
        cycle: &plan.cycle,
        plan_hash: &plan.plan_hash,
        refused_by: refusing(plan),
        because,
    };
    serde_json::to_string_pretty(&approval).unwrap_or_default() + "\n"
}

fn put(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    replace(path, bytes).map_err(|error| unwritable(path, &why(&error)).into())
}

/// Where approved plans stand; within the project, whatever links and names there are.
fn folder(disk: &Disk, plan: &Plan) -> Result<PathBuf, Stop> {
    let folder = disk.root().join("cycles");
    if !names_a_file(&plan.cycle) {
        return Err(refusal(format!("the cycle `{}` cannot be the name of a file", plan.cycle)).into());
    }
    match folder.canonicalize() {
        Ok(real) if !real.starts_with(disk.root()) => Err(unwritable(&folder, "it leads out of the project").into()),
        _ => Ok(folder),
    }
}
