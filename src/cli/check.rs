//! `sopc check`

use super::project::find;
use super::shell::Shell;
use super::{EXIT_CODES, Exit, Layers, ProjectDir, Stop};
use crate::compile::{Compiled, compile_variant};
use crate::source::Sources;

const ABOUT: &str = "\
Finds every problem of the inputs

All TOML and CSV files of the project are read and held against each other: unknown keys and names, numbers out of \
range, facts stated twice, demand that nothing can ever serve. Every problem is shown at once, with its line and how \
to mend it. Nothing is planned.

Examples:
  sopc check                         the project around the current folder
  sopc check shop --diagnostics short   a line a problem, for editors";

/// Finds every problem of the inputs
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Check {
    #[command(flatten)]
    project: ProjectDir,
    #[command(flatten)]
    layers: Layers,
}

impl Check {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let compiled = match self.compiled(shell) {
            Ok(compiled) => compiled,
            // What is wrong is what `check` is asked for, and goes where problems go.
            Err(Stop(diagnostic)) => {
                shell.findings(&[*diagnostic], &Sources::default(), "")?;
                return Ok(Exit::Environment);
            }
        };
        let valid = compiled.network.is_some();
        let outcome = if valid { "ready to plan" } else { "not ready to plan" };
        shell.findings(&compiled.diagnostics, &compiled.sources, outcome)?;
        // The process ends here: the system takes its memory back faster than piece by piece.
        std::mem::forget(compiled);
        Ok(if valid { Exit::Success } else { Exit::Invalid })
    }

    fn compiled(&self, shell: &mut Shell) -> Result<Compiled, Stop> {
        let disk = find(self.project.dir.as_deref())?;
        shell.at(disk.root());
        Ok(compile_variant(&disk, &self.layers.variant()?))
    }
}
