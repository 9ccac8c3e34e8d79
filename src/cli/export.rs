//! `sopc export`

use std::path::PathBuf;

use clap::ValueEnum;

use super::project::find;
use super::shell::Shell;
use super::write::Target;
use super::{EXIT_CODES, Exit, Layers, ProjectDir, Stop};
use crate::compile::{compile_variant, export_mps};
use crate::export::Level;

const ABOUT: &str = "\
Writes the very model that is planned for other solvers

So that anyone can check a plan and its bound. Names say what they are: sold[ITEM,CHANNEL,BUCKET], \
placed[ITEM,SUPPLIER,LOCATION,MODE,BUCKET], cash[BUCKET]. Constants are part of the objective.

What is given comes before money. Where plans differ in what they use of it, the plan is made first, and the row \
given-use says that no more is used than it does. Whether less can be, --level given asks: it has that use as its \
objective.

Examples:
  sopc export --out shop.mps         a mixed-integer program in free MPS
  sopc export --scenario slump       the same of a scenario, to stdout
  sopc export --level given          what floors and covers lack before they begin";

/// Writes the very model that is planned for other solvers
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Export {
    #[command(flatten)]
    project: ProjectDir,
    #[command(flatten)]
    layers: Layers,
    /// What is written
    #[arg(long, value_name = "FORMAT", default_value = "mps")]
    format: Format,
    /// Which objective it has
    #[arg(long, value_name = "LEVEL", default_value = "money")]
    level: Objective,
    /// Writes to a file, whole or not at all
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A mixed-integer program in free MPS
    Mps,
}

/// Which objective it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Objective {
    /// What is used of what is given, as little as can be
    Given,
    /// What is earned
    Money,
}

impl From<Objective> for Level {
    fn from(objective: Objective) -> Self {
        match objective {
            Objective::Given => Self::Given,
            Objective::Money => Self::Money,
        }
    }
}

impl Export {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let disk = find(self.project.dir.as_deref())?;
        let compiled = compile_variant(&disk, &self.layers.variant()?);
        let target = self.out.as_deref().map(|out| Target::new(out, &disk, &compiled)).transpose()?;
        let Format::Mps = self.format;
        match export_mps(&compiled, self.level.into()) {
            Ok(text) => {
                shell.report(&compiled.diagnostics, &compiled.sources, "");
                match &target {
                    Some(target) => target.write(text.as_bytes())?,
                    None => shell.data(&text)?,
                }
                Ok(Exit::Success)
            }
            Err(failure) => {
                let mut diagnostics = compiled.diagnostics.clone();
                diagnostics.extend(failure.diagnostics());
                shell.report(&diagnostics, &compiled.sources, "nothing was exported");
                Ok((&failure).into())
            }
        }
    }
}
