//! `sopc completions`

use clap::CommandFactory;
use clap_complete::{Shell as Program, generate};

use super::shell::Shell;
use super::{Cli, EXIT_CODES_OF_TOOLS, Exit, Stop};

const ABOUT: &str = "\
Prints a script that completes commands and options in a shell

Where it has to be kept is up to the shell.

Examples:
  sopc completions bash > ~/.local/share/bash-completion/completions/sopc
  sopc completions zsh > ~/.zfunc/_sopc      with ~/.zfunc in fpath, before compinit
  sopc completions fish > ~/.config/fish/completions/sopc.fish
  sopc completions powershell >> $PROFILE";

/// Prints a script that completes commands and options in a shell
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES_OF_TOOLS)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Program,
}

impl Completions {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let mut script = Vec::new();
        generate(self.shell, &mut Cli::command(), "sopc", &mut script);
        shell.data(&String::from_utf8_lossy(&script))?;
        Ok(Exit::Success)
    }
}
