//! `sopc diff`

use std::path::PathBuf;

use clap::ValueEnum;
use rust_decimal::Decimal;

use super::base::{Found, base, without_plan};
use super::project::find;
use super::shell::Shell;
use super::verify::read;
use super::write::Target;
use super::{EXIT_CODE_OF_DIFF, EXIT_CODES, Exit, Layers, ProjectDir, Stop};
use crate::compile::{self, Compiled, Failure, compile_variant, gate_notes, given_notes, missed_gates};
use crate::diagnostic::sort;
use crate::diff::{PlanDiff, Question, diff};
use crate::plan::Plan;
use crate::render::{Shown, Style, diff_csv, diff_html, diff_json, diff_markdown, diff_text, no_plan_json};

const ABOUT: &str = "\
Shows what a change of the inputs does to the plan

The project is planned as it stands, and so is the base it is compared with: what differs is told in money, with the \
lines of the inputs that made it differ. Where only the plan of the base is there, causes are not told.

BASE is one of
  git:REV        a commit of the repository, read without a checkout
  approved       the plan that was approved last
  cycle:2026-01  the approved plan of that cycle
  a folder       another copy of the project
  a plan file    as `sopc plan --out` writes it
Without it, the commit at which this branch left the default branch.

Examples:
  sopc diff --against git:HEAD                what the edits since the last commit do
  sopc diff --against approved --full         everything that differs from the approved plan
  sopc diff --format markdown --max-bytes 60000   a comment on a pull request";

/// Shows what a change of the inputs does to the plan
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = format!("{EXIT_CODES}\n{EXIT_CODE_OF_DIFF}"))]
pub(super) struct Diff {
    #[command(flatten)]
    project: ProjectDir,
    #[command(flatten)]
    layers: Layers,
    /// What to compare with: git:REV, approved, cycle:NAME, a folder or a plan file
    #[arg(long, value_name = "BASE")]
    against: Option<String>,
    /// Compares this plan file instead of planning the project; causes are not told
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// How causes are told apart
    #[arg(long, value_name = "HOW", default_value = "fast")]
    attribution: AttributionMode,
    /// How the diff is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Shows every change, however small
    #[arg(long)]
    full: bool,
    /// Changes of less money are counted and summed, not listed
    #[arg(long, value_name = "AMOUNT", default_value = "100")]
    min_money: Decimal,
    /// Longest text, in bytes: what is shown gives way in steps, down to the verdict
    #[arg(long, value_name = "BYTES")]
    max_bytes: Option<usize>,
    /// Writes the diff to a file, whole or not at all
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Ends with exit code 5 where the plans differ
    #[arg(long)]
    exit_code: bool,
}

/// How a diff is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// To be read
    Text,
    /// The diff itself
    Json,
    /// For a comment on a pull request
    Markdown,
    /// One file for a browser
    Html,
    /// The changed order lines, for a spreadsheet
    Csv,
}

/// How causes are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AttributionMode {
    /// Not at all
    Off,
    /// Each change by itself upon the base
    Fast,
    /// The mean over all orders of the changes, up to four of them
    Full,
}

impl Diff {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let disk = find(self.project.dir.as_deref())?;
        shell.at(disk.root());
        let variant = self.layers.variant()?;
        let head = compile_variant(&disk, &variant);
        let target = self.out.as_deref().map(|out| Target::new(out, &disk, &head)).transpose()?;
        if head.network.is_none() {
            return self.fail(shell, &head, &Failure::Invalid);
        }
        let base = base(self.against.as_deref(), &disk, &head)?;
        let plan = match &self.plan {
            Some(file) => Ok(read(file)?),
            None => compile::plan(&head),
        };
        let plan = match plan {
            Ok(plan) => plan,
            Err(failure) => return self.fail(shell, &head, &failure),
        };
        let before = match &base.found {
            Found::Plan(plan) => Plan::clone(plan),
            Found::Inputs(files) => {
                let compiled = compile_variant(files.as_ref(), &variant);
                compile::plan(&compiled).map_err(|failure| without_plan(&base.name, &compiled, &failure))?
            }
        };
        let mut diff = diff(&before, &plan, &compile::diff_terms(&head));
        diff.base.name.clone_from(&base.name);
        diff.frozen_gates = compile::frozen_gates(&head, &diff);
        if let (Found::Inputs(files), true) = (&base.found, self.asks_why(&diff)) {
            let full = self.attribution == AttributionMode::Full;
            compile::attribute(&mut diff, files.as_ref(), &disk, &variant, (&before, &plan), full);
        }
        self.finish(shell, &head, &plan, &diff, target.as_ref())
    }

    /// Causes are told of a change of inputs: what time brings has many.
    fn asks_why(&self, diff: &PlanDiff) -> bool {
        let asked = self.attribution != AttributionMode::Off && self.plan.is_none();
        asked && !diff.same && diff.question == Question::Change
    }

    fn finish(
        &self,
        shell: &mut Shell,
        head: &Compiled,
        plan: &Plan,
        diff: &PlanDiff,
        target: Option<&Target>,
    ) -> Result<Exit, Stop> {
        let mut diagnostics = head.diagnostics.clone();
        diagnostics.extend(given_notes(plan, &head.sources));
        diagnostics.extend(gate_notes(head, plan));
        diagnostics.extend(missed_gates(head, &diff.frozen_gates));
        sort(&mut diagnostics, &head.sources);
        let refused = diff.is_refused();
        shell.report(&diagnostics, &head.sources, if refused { "the plan is refused" } else { "" });
        match (target, &self.out) {
            (Some(target), Some(out)) => {
                target.write(self.written(diff, &Style::FILE).as_bytes())?;
                shell.tell(&format!("diff written to {}", out.display()));
            }
            _ => {
                let text = self.written(diff, shell.style());
                shell.data(&text)?;
            }
        }
        Ok(match refused {
            true => Exit::Refused,
            false if self.exit_code && !diff.same => Exit::Changed,
            false => Exit::Success,
        })
    }

    fn written(&self, diff: &PlanDiff, style: &Style) -> String {
        let shown = Shown { full: self.full, least_money: self.min_money, most_bytes: self.max_bytes };
        match self.format {
            Format::Text => diff_text(diff, &shown, style),
            Format::Json => diff_json(diff),
            Format::Markdown => diff_markdown(diff, &shown),
            Format::Html => diff_html(diff, &shown),
            Format::Csv => diff_csv(diff),
        }
    }

    /// There is no plan to compare.
    fn fail(&self, shell: &mut Shell, head: &Compiled, failure: &Failure) -> Result<Exit, Stop> {
        let mut diagnostics = head.diagnostics.clone();
        diagnostics.extend(failure.diagnostics());
        shell.report(&diagnostics, &head.sources, "nothing to compare");
        if let (Failure::NoPlan(document, _), Format::Json) = (failure, self.format) {
            shell.data(&no_plan_json(document))?;
        }
        Ok(failure.into())
    }
}
