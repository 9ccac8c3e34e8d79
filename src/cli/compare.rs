//! `sopc compare`

use std::path::PathBuf;

use clap::ValueEnum;
use rust_decimal::Decimal;

use super::project::find;
use super::shell::Shell;
use super::steer::Watch;
use super::write::Target;
use super::{EXIT_CODES, Exit, Layers, Stop};
use crate::compare::{Comparison, Planned, VariantState, compared};
use crate::compile::{Compiled, Failure, compile_variant, plan_steered};
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::NoPlanStatus;
use crate::render::{Style, comparison_csv, comparison_html, comparison_json, comparison_markdown, comparison_text};
use crate::solve::Steering;

const ABOUT: &str = "\
Plans variants of the project and shows them side by side

Each scenario, and each --set, is planned by itself and held against the project as it stands: five numbers, the rules that are used, the \
limits that bind, and the orders that differ. A variant without a plan is shown as such, with what the closest plan breaks; `sopc plan` with \
the same --scenario or --set tells which statements contradict each other. The exit code is that of the worst variant.

Examples:
  sopc compare weak-spring air-freight
  sopc compare --set cash.minimum=80000 --set cash.minimum=20000
  sopc compare weak-spring --format html --out variants.html";

/// Plans variants of the project and shows them side by side
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Compare {
    /// Scenarios: scenarios/NAME.toml
    #[arg(value_name = "SCENARIO", required_unless_present = "set")]
    scenarios: Vec<String>,
    /// A variant with this value laid over the project; may be given several times
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// A folder of the project: the nearest sop.toml upward counts [default: the current folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// How the comparison is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Writes the comparison to a file, whole or not at all
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How a comparison is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// To be read
    Text,
    /// The comparison itself; `sopc schema compare` describes it
    Json,
    /// For a page of a repository
    Markdown,
    /// One file for a browser
    Html,
    /// A row a variant, for a spreadsheet
    Csv,
}

/// What the project is called among its variants.
const STATED: &str = "as it stands";

impl Compare {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let mut variants = vec![(STATED.to_owned(), Layers::default())];
        let scenario = |name: &String| (name.clone(), Layers { scenario: Some(name.clone()), set: Vec::new() });
        variants.extend(self.scenarios.iter().map(scenario));
        let set = |set: &String| (set.clone(), Layers { scenario: None, set: vec![set.clone()] });
        variants.extend(self.set.iter().map(set));
        let disk = find(self.dir.as_deref())?;
        shell.at(disk.root());
        // What is wrong with any of them is said before the first one is planned.
        let mut compiled: Vec<(String, Compiled)> = Vec::new();
        for (name, layers) in variants {
            compiled.push((name, compile_variant(&disk, &layers.variant()?)));
        }
        let target = self.out.as_deref().map(|out| Target::new(out, &disk, &compiled[0].1)).transpose()?;
        let mut told = Told { seen: Vec::new() };
        let mut planned = Vec::new();
        let mut worst = Exit::Success;
        let watch = Watch::new(None, shell.talks());
        for (name, compiled) in &compiled {
            let (one, exit) = told.planned(shell, name, compiled, &watch);
            worst = worse(worst, exit);
            planned.push(one);
        }
        let comparison = compared(&planned);
        match (target, &self.out) {
            (Some(target), Some(out)) => {
                target.write(self.written(&comparison, &Style::FILE).as_bytes())?;
                shell.tell(&format!("comparison written to {}", out.display()));
            }
            _ => {
                let text = self.written(&comparison, shell.style());
                shell.data(&text)?;
            }
        }
        Ok(worst)
    }

    fn written(&self, comparison: &Comparison, style: &Style) -> String {
        match self.format {
            Format::Text => comparison_text(comparison, style),
            Format::Json => comparison_json(comparison),
            Format::Markdown => comparison_markdown(comparison),
            Format::Html => comparison_html(comparison),
            Format::Csv => comparison_csv(comparison),
        }
    }
}

/// What was told of variants so far: problems that several of them have are told once.
struct Told {
    seen: Vec<String>,
}

impl Told {
    fn planned(&mut self, shell: &mut Shell, name: &str, compiled: &Compiled, watch: &Watch) -> (Planned, Exit) {
        let (stop, tell) = (|| watch.stop(), |progress| watch.tell(progress));
        let steering = Steering::new(&stop, &tell, Decimal::ZERO);
        let name = name.to_owned();
        match plan_steered(compiled, &steering) {
            Ok(plan) => {
                watch.clear();
                let exit = if plan.is_refused() { Exit::Refused } else { Exit::Success };
                (Planned { name, plan: Ok(plan) }, exit)
            }
            Err(failure) => {
                watch.clear();
                let exit = Exit::from(&failure);
                let errors: Vec<Diagnostic> = compiled
                    .diagnostics
                    .iter()
                    .cloned()
                    .chain(failure.diagnostics())
                    .filter(|one| one.severity == Severity::Error)
                    .collect();
                let problems: Vec<String> = errors.iter().map(|one| one.message.clone()).collect();
                let new: Vec<Diagnostic> = errors.into_iter().filter(|one| !self.seen.contains(&one.message)).collect();
                shell.report(&new, &compiled.sources, &format!("no plan of {name}"));
                self.seen.extend(new.into_iter().map(|one| one.message));
                (Planned { name, plan: Err((state(&failure), problems)) }, exit)
            }
        }
    }
}

fn state(failure: &Failure) -> VariantState {
    match failure {
        Failure::NoPlan(document, _) if document.status == NoPlanStatus::Infeasible => VariantState::Infeasible,
        Failure::NoPlan(..) | Failure::Disagreement(_) => VariantState::NotFound,
        _ => VariantState::Invalid,
    }
}

/// The first of usage, invalid, no plan, refused.
fn worse(one: Exit, other: Exit) -> Exit {
    let rank = |exit: Exit| match exit {
        Exit::Environment => 0,
        Exit::Invalid => 1,
        Exit::NoPlan => 2,
        Exit::Refused => 3,
        _ => 4,
    };
    if rank(other) < rank(one) { other } else { one }
}
