//! `sopc compare`

use std::path::PathBuf;

use super::project::find;
use super::shell::Shell;
use super::{EXIT_CODES, Exit, Layers, Stop};
use crate::compile::{compile_variant, explained, plan_steered};
use crate::plan::Plan;
use crate::render::comparison;
use crate::solve::Steering;

const ABOUT: &str = "\
Plans variants of the project and shows them side by side

Each scenario, and each --set, is planned by itself and held against the project as it stands: five numbers, the rules that are used, the \
limits that bind, and the lines that differ. A variant without a plan is shown as such.

Examples:
  sopc compare weak-spring air-freight
  sopc compare --set cash.minimum=80000 --set cash.minimum=20000";

/// Plans variants of the project and shows them side by side
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Compare {
    /// Scenarios: scenarios/NAME.toml
    #[arg(value_name = "SCENARIO")]
    scenarios: Vec<String>,
    /// A variant with this value laid over the project
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// A folder of the project: the nearest sop.toml upward counts [default: the current folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Compare {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let mut variants = vec![("as it stands".to_owned(), Layers::default())];
        let scenario = |name: &String| (name.clone(), Layers { scenario: Some(name.clone()), set: Vec::new() });
        variants.extend(self.scenarios.iter().map(scenario));
        let set = |set: &String| (set.clone(), Layers { scenario: None, set: vec![set.clone()] });
        variants.extend(self.set.iter().map(set));
        let mut planned: Vec<(String, Option<Plan>)> = Vec::new();
        let mut worst = Exit::Success;
        for (name, layers) in variants {
            let (plan, exit) = self.plan(shell, &name, &layers)?;
            worst = worse(worst, exit);
            planned.push((name, plan));
        }
        let text = comparison(&planned, shell.style());
        shell.data(&text)?;
        Ok(worst)
    }

    fn plan(&self, shell: &mut Shell, name: &str, layers: &Layers) -> Result<(Option<Plan>, Exit), Stop> {
        let compiled = compile_variant(&find(self.dir.as_deref())?, &layers.variant()?);
        let steering = Steering::default();
        match plan_steered(&compiled, &steering) {
            Ok(plan) => {
                let exit = if plan.is_refused() { Exit::Refused } else { Exit::Success };
                Ok((Some(plan), exit))
            }
            Err(failure) => {
                let failure = explained(&compiled, failure, &steering);
                let mut diagnostics = compiled.diagnostics.clone();
                diagnostics.extend(failure.diagnostics());
                shell.report(&diagnostics, &compiled.sources, &format!("no plan of {name}"));
                Ok((None, (&failure).into()))
            }
        }
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
