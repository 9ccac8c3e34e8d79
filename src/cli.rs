//! The command line. Only this module prints, reads the environment and touches files.

mod approve;
mod base;
mod check;
mod compare;
mod completions;
mod diff;
mod disk;
mod explain;
mod export;
mod fmt;
mod git;
mod init;
mod man;
mod metrics;
mod next;
mod orders;
mod outlook;
mod plan;
mod project;
mod roll;
mod schema;
mod shell;
mod steer;
mod track;
mod verify;
mod watch;
mod why;
mod write;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::compile::Failure;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::{NotASet, Variant, set_text};
use crate::render::{DiagnosticFormat, safe};
use crate::source::Sources;

pub use disk::Disk;
use shell::Shell;

/// How every command ends, for `--help`.
const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  the inputs are invalid, a plan file does not agree, or files are not formatted
  2  wrong usage, or files that cannot be read or written
  3  the inputs are valid, but no plan keeps every commitment
  4  a gate refuses the plan";

/// How `sopc diff` may end beside that.
const EXIT_CODE_OF_DIFF: &str = "  5  the plans differ, for sopc diff --exit-code";

/// How commands end that only write what the program itself knows.
const EXIT_CODES_OF_TOOLS: &str = "\
Exit codes:
  0  all is well
  2  wrong usage, or files that cannot be written";

const ABOUT: &str = "\
A compiler for Sales & Operations Planning.

A team keeps the inputs of its plan as TOML and CSV in a folder under version control: demand, prices, suppliers, \
stock, cash. sopc holds them against each other and turns them into one executable plan: what to buy and when, whom \
to sell what, and what that does to stock and cash.";

const START: &str = "\
Start here:
  sopc init shop     an example project in the new folder shop
  cd shop
  sopc check         every problem of the inputs, with its line
  sopc plan          the plan";

/// What the command line says.
#[derive(Debug, Parser)]
#[command(name = "sopc", version, about = "A compiler for Sales & Operations Planning", long_about = ABOUT)]
#[command(after_help = format!("{START}\n\n{EXIT_CODES}\n{EXIT_CODE_OF_DIFF}"), arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How problems are written
    #[arg(long, global = true, value_name = "FORMAT", default_value = "human", help_heading = "Output")]
    diagnostics: Diagnostics,
    /// When to use colours; NO_COLOR is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Output")]
    color: Color,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Check(check::Check),
    Plan(plan::PlanCommand),
    Diff(diff::Diff),
    Approve(approve::Approve),
    Verify(verify::Verify),
    Watch(watch::WatchCommand),
    Orders(orders::Orders),
    Track(track::Track),
    Roll(roll::Roll),
    Why(why::WhyCommand),
    Next(next::NextCommand),
    Compare(compare::Compare),
    Outlook(outlook::OutlookCommand),
    Metrics(metrics::Metrics),
    Explain(explain::Explain),
    Export(export::Export),
    Fmt(fmt::Fmt),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
}

/// How problems are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Diagnostics {
    /// With the lines they speak of
    Human,
    /// Sentences without drawings, for screen readers and logs
    Plain,
    /// A line each: file:line:column: error[SOP2001]: message
    Short,
    /// One JSON object
    Json,
    /// A JSON object a line
    Jsonl,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands that GitHub shows beside the lines, and the same as text
    Github,
    /// Code quality report of GitLab
    Gitlab,
}

impl From<Diagnostics> for DiagnosticFormat {
    fn from(format: Diagnostics) -> Self {
        match format {
            Diagnostics::Human => Self::Human,
            Diagnostics::Plain => Self::Plain,
            Diagnostics::Short => Self::Short,
            Diagnostics::Json => Self::Json,
            Diagnostics::Jsonl => Self::Jsonl,
            Diagnostics::Sarif => Self::Sarif,
            Diagnostics::Github => Self::Github,
            Diagnostics::Gitlab => Self::Gitlab,
        }
    }
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// In a terminal that shows them
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// All is well.
    Success = 0,
    /// The inputs are invalid.
    Invalid = 1,
    /// Usage or environment.
    Environment = 2,
    /// No plan.
    NoPlan = 3,
    /// A gate refuses the plan.
    Refused = 4,
    /// The plans differ, and that was asked.
    Changed = 5,
}

impl From<&Failure> for Exit {
    fn from(failure: &Failure) -> Self {
        match failure {
            Failure::Invalid | Failure::Overflow | Failure::Untracked(_) => Self::Invalid,
            Failure::Disagreement(_) | Failure::Unexported(_) => Self::Environment,
            Failure::NoPlan(..) => Self::NoPlan,
        }
    }
}

/// What ends a command before its time: wrong usage, or an environment that does not play along.
#[derive(Debug)]
struct Stop(Box<Diagnostic>);

impl From<Diagnostic> for Stop {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(Box::new(diagnostic))
    }
}

/// Runs the program.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(say(&error) as u8),
    };
    let mut shell = Shell::new(cli.diagnostics.into(), cli.color);
    let exit = match cli.command.run(&mut shell) {
        // Inputs that cannot be read are not known to be invalid.
        Ok(Exit::Invalid) if shell.is_kept_from_reading() => Exit::Environment,
        Ok(exit) => exit,
        Err(Stop(diagnostic)) => {
            shell.report(&[*diagnostic], &Sources::default(), "");
            Exit::Environment
        }
    };
    ExitCode::from(exit as u8)
}

/// Says what the command line is told, or what is wrong with it.
fn say(error: &clap::Error) -> Exit {
    if error.use_stderr() {
        // Where nobody reads it, there is nobody to tell.
        let _ = harmless(error).as_ref().unwrap_or(error).print();
        return Exit::Environment;
    }
    match error.print().and_then(|()| io::stdout().flush()) {
        // A reader who has seen enough is no error.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Exit::Environment,
        _ => Exit::Success,
    }
}

/// The same error of arguments that cannot act on a terminal: it repeats them.
fn harmless(error: &clap::Error) -> Option<clap::Error> {
    let arguments: Vec<_> = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    if arguments.iter().all(|argument| safe::line(argument) == *argument) {
        return None;
    }
    let shown = Cli::try_parse_from(arguments.iter().map(|argument| safe::line(argument))).err();
    Some(shown.unwrap_or_else(|| clap::Error::new(error.kind())))
}

impl Command {
    fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        match self {
            Self::Init(command) => command.run(shell),
            Self::Check(command) => command.run(shell),
            Self::Plan(command) => command.run(shell),
            Self::Diff(command) => command.run(shell),
            Self::Approve(command) => command.run(shell),
            Self::Verify(command) => command.run(shell),
            Self::Watch(command) => command.run(shell),
            Self::Orders(command) => command.run(shell),
            Self::Track(command) => command.run(shell),
            Self::Roll(command) => command.run(shell),
            Self::Why(command) => command.run(shell),
            Self::Next(command) => command.run(shell),
            Self::Compare(command) => command.run(shell),
            Self::Outlook(command) => command.run(shell),
            Self::Metrics(command) => command.run(shell),
            Self::Explain(command) => command.run(shell),
            Self::Export(command) => command.run(shell),
            Self::Fmt(command) => command.run(shell),
            Self::Schema(command) => command.run(shell),
            Self::Completions(command) => command.run(shell),
            Self::Man(command) => command.run(shell),
        }
    }
}

/// Where to look for a project.
#[derive(Debug, clap::Args)]
struct ProjectDir {
    /// A folder of the project: the nearest sop.toml upward counts [default: the current folder]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// What is laid over the project.
#[derive(Debug, Clone, Default, clap::Args)]
struct Layers {
    /// Lays scenarios/NAME.toml over the project
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// Lays a value over the project, such as cash.minimum=80000, assumption.growth.value=0.2, budget.main.purchases=90000
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
}

impl Layers {
    /// As the compiler takes them.
    ///
    /// # Errors
    /// Where a `--set` says nothing.
    fn variant(&self) -> Result<Variant, Stop> {
        for argument in &self.set {
            if let Err(NotASet(why)) = set_text(argument) {
                let diagnostic = Diagnostic::error(&codes::UNKNOWN_KEY, format!("--set {argument}: {why}"));
                return Err(diagnostic.help("for example --set cash.minimum=80000").into());
            }
        }
        Ok(Variant { scenario: self.scenario.clone(), set: self.set.clone() })
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
