//! `sopc verify`

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::disk::{Disk, why};
use super::project::{find, root_above};
use super::shell::Shell;
use super::{EXIT_CODES, Exit, ProjectDir, Stop};
use crate::compile::{Compiled, compile_variant, inputs, plan_diagnostics};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::{Files, MAX_PLAN, Variant, cannot_be_read};
use crate::network::Network;
use crate::plan::Plan;
use crate::plan_file::{self, NotAPlan};
use crate::render::safe;
use crate::verify::{Disagreement, verify};

/// Most changed inputs that are named.
const NAMED: usize = 10;

const ABOUT: &str = "\
Holds a plan file against its inputs

From the inputs and the decisions in the plan file - what is ordered, what is sold - every other number of the file is \
worked out anew by code that shares nothing with the planner, and compared. A plan made from other inputs does not \
agree either.

The project is looked for from DIR upward; without DIR from the plan file's folder, then from the current one.

Example:
  sopc plan --out plan.json
  sopc verify plan.json";

/// Holds a plan file against its inputs
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Verify {
    /// The plan file
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    #[command(flatten)]
    project: ProjectDir,
}

impl Verify {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let plan = read(&self.plan)?;
        let compiled = compile_variant(&self.project()?, &variant(&plan));
        shell.report(&compiled.diagnostics, &compiled.sources, "");
        let Some(network) = &compiled.network else {
            shell.tell("the inputs are invalid, so no plan can agree with them");
            return Ok(Exit::Invalid);
        };
        if let Some(other) = of_another_day(&self.plan, &plan, network) {
            shell.report(&[other], &compiled.sources, "");
            return Ok(Exit::Invalid);
        }
        let found = verify(network, &inputs(&compiled), &plan_diagnostics(&compiled), &plan);
        let name = safe::line(&self.plan.display().to_string());
        if found.is_empty() {
            shell.data(&agreed(&name, &plan))?;
            return Ok(Exit::Success);
        }
        shell.data(&disagreed(&name, &plan, &compiled, &found))?;
        Ok(Exit::Invalid)
    }

    fn project(&self) -> Result<Disk, Stop> {
        project_of(&self.plan, self.project.dir.as_deref())
    }
}

/// The project of a plan file: the one that is named, else the one around the file, else the one around the current folder.
fn project_of(plan: &Path, dir: Option<&Path>) -> Result<Disk, Stop> {
    if dir.is_some() {
        return find(dir);
    }
    match root_above(plan)? {
        Some(root) => find(Some(&root)),
        None => find(None),
    }
}

/// A plan file and the project that it agrees with; problems where it does not.
pub(super) type Agreed = Result<(Plan, Compiled), (Vec<Diagnostic>, Compiled)>;

/// The plan in a file together with its project, for those who tell of it without planning anew.
pub(super) fn read_agreed(path: &Path, dir: Option<&Path>) -> Result<Agreed, Stop> {
    let plan = read(path)?;
    let compiled = compile_variant(&project_of(path, dir)?, &variant(&plan));
    let Some(network) = &compiled.network else { return Ok(Err((compiled.diagnostics.clone(), compiled))) };
    let found = verify(network, &inputs(&compiled), &plan_diagnostics(&compiled), &plan);
    if found.is_empty() {
        return Ok(Ok((plan, compiled)));
    }
    let message = format!("{} is not a plan of the project as it stands", path.display());
    let mut told = changed(&plan, &compiled);
    if told.is_empty() {
        told.extend(found.iter().take(NAMED).map(ToString::to_string));
    }
    let diagnostic = told.into_iter().fold(Diagnostic::error(&codes::PLAN_FILE, message), Diagnostic::with_note);
    Ok(Err((
        vec![diagnostic.help("`sopc verify` lists all that differs; `sopc plan --out FILE` plans anew")],
        compiled,
    )))
}

/// What was laid over the project when the plan was made, as its inputs tell.
fn variant(plan: &Plan) -> Variant {
    let paths = || plan.inputs.iter().map(|input| input.path.as_str());
    let scenario = paths().find_map(|path| path.strip_prefix("scenarios/")?.strip_suffix(".toml"));
    let set = paths().filter_map(|path| path.strip_prefix("--set "));
    Variant { scenario: scenario.map(str::to_owned), set: set.map(str::to_owned).collect() }
}

/// Says that a plan is of another cycle or day than its project by now: it agrees with nothing, and no line of it tells why.
pub(super) fn of_another_day(path: &Path, plan: &Plan, network: &Network) -> Option<Diagnostic> {
    let name = path.display();
    let message = if plan.cycle != network.cycle {
        format!("{name} is the plan of the cycle `{}`, and the project is at `{}`", plan.cycle, network.cycle)
    } else if plan.as_of != network.as_of {
        format!("{name} was made on {}, and the project is of {}", plan.as_of, network.as_of)
    } else {
        return None;
    };
    let help = "git keeps the inputs that it was made of: check out the commit that approved it, and verify it there";
    let diagnostic = Diagnostic::error(&codes::OTHER_CYCLE, message);
    Some(diagnostic.with_note("its numbers follow from inputs that have been rolled on since").help(help))
}

/// The plan in a file.
pub(super) fn read(path: &Path) -> Result<Plan, Stop> {
    let bytes = bytes(path)?;
    plan_file::read(&bytes).map_err(|NotAPlan { why, details, .. }| {
        let diagnostic = Diagnostic::error(&codes::PLAN_FILE, format!("{} {why}", path.display()))
            .help("`sopc plan --out FILE` and `sopc plan --format json` write plan files");
        details.into_iter().fold(diagnostic, Diagnostic::with_note).into()
    })
}

/// The file's bytes, by the same caution that inputs are read with.
fn bytes(path: &Path) -> Result<Vec<u8>, Stop> {
    use crate::document::ReadError;
    let fail = |why: &str| Stop::from(cannot_be_read(&path.display().to_string(), why));
    let real = path.canonicalize().map_err(|error| fail(&why(&error)))?;
    let (Some(folder), Some(name)) = (real.parent(), real.file_name().and_then(|name| name.to_str())) else {
        return Err(fail("its name is not UTF-8"));
    };
    let disk = Disk::new(folder).map_err(|error| fail(&why(&error)))?;
    disk.read(name, MAX_PLAN).map_err(|error| match error {
        ReadError::TooLarge(limit) => fail(&format!("it is larger than {} MiB", limit >> 20)),
        ReadError::Unreadable(why) => fail(&why),
        ReadError::OutsideRoot => fail("it has moved"),
    })
}

fn counted(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}

fn agreed(name: &str, plan: &Plan) -> String {
    let parts = [
        counted(plan.buckets.len(), "bucket"),
        counted(plan.orders.len(), "order line"),
        counted(plan.allocations.len(), "allocation"),
        counted(plan.inventory.len(), "stock row"),
    ];
    format!("{name} agrees with its inputs: {}\n", parts.join(", "))
}

fn disagreed(name: &str, plan: &Plan, compiled: &Compiled, found: &[Disagreement]) -> String {
    let mut text = format!("{name} does not agree with its inputs: {}\n", counted(found.len(), "disagreement"));
    for file in changed(plan, compiled) {
        line(&mut text, &format!("  {file}"));
    }
    for one in found {
        line(&mut text, &format!("  {one}"));
    }
    text
}

fn line(text: &mut String, words: &str) {
    writeln!(text, "{}", safe::line(words)).expect("writing to a string");
}

/// What became of the inputs since the plan was made: the likeliest reason for everything else.
fn changed(plan: &Plan, compiled: &Compiled) -> Vec<String> {
    let now = inputs(compiled);
    let then = plan.inputs.iter().filter_map(|old| match now.iter().find(|new| new.path == old.path) {
        None => Some(format!("{} is gone since the plan was made", old.path)),
        Some(new) if new.sha256 != old.sha256 => Some(format!("{} has changed since the plan was made", old.path)),
        Some(_) => None,
    });
    let added = now.iter().filter(|new| !plan.inputs.iter().any(|old| old.path == new.path));
    let mut all: Vec<_> = then.chain(added.map(|new| format!("{} is new since the plan was made", new.path))).collect();
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    if more > 0 {
        all.push(format!("and {} more", counted(more, "changed file")));
    }
    all
}
