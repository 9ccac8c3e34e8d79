//! `sopc man`

use std::path::PathBuf;

use clap::CommandFactory;
use clap_mangen::Man as Page;

use super::shell::Shell;
use super::write::{unwritable, write_all};
use super::{Cli, EXIT_CODES_OF_TOOLS, Exit, Stop};

const ABOUT: &str = "\
Writes the manual pages

The page of sopc itself goes to stdout; with --out, a page for it and for each command goes into a folder.

Examples:
  sopc man | man -l -
  sopc man --out ~/.local/share/man/man1";

/// Writes the manual pages
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES_OF_TOOLS)]
pub(super) struct Man {
    /// Writes all pages into a folder, which is made where it does not exist
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let mut pages = Vec::new();
        for command in commands() {
            let page = Page::new(command);
            let mut text = Vec::new();
            page.render(&mut text).map_err(|error| unwritable("a manual page".as_ref(), &error.to_string()))?;
            pages.push((page.get_filename(), String::from_utf8_lossy(&text).into_owned()));
        }
        match &self.out {
            None => shell.data(pages.first().map_or("", |(_, text)| text))?,
            Some(dir) => write_all(shell, dir, &pages)?,
        }
        Ok(Exit::Success)
    }
}

/// The program, then its commands, each with what holds for all of them.
fn commands() -> Vec<clap::Command> {
    // There is a page for each command, so none is needed for `help`.
    let mut all = Cli::command().disable_help_subcommand(true);
    all.build();
    let each =
        all.get_subcommands().map(|command| command.clone().display_name(format!("sopc-{}", command.get_name())));
    let each: Vec<_> = each.collect();
    std::iter::once(all).chain(each).collect()
}
