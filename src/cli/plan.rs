//! `sopc plan`

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use rust_decimal::Decimal;

use super::project::find;
use super::shell::Shell;
use super::steer::Watch;
use super::verify::read;
use super::write::{Target, refused};
use super::{EXIT_CODES, Exit, Layers, ProjectDir, Stop};
use crate::compile::{
    Compiled, Failure, compile_variant, explained, gate_notes, given_notes, plan_or_closest, plan_steered,
};
use crate::diagnostic::sort;
use crate::plan::Plan;
use crate::render::{Style, no_plan_json, plan_csv, plan_html, plan_json, plan_markdown, plan_text};
use crate::solve::Steering;

const ABOUT: &str = "\
Compiles the project to a plan

What to buy and when, what to sell where, and what that does to stock and cash: the plan that earns most among those \
that keep every commitment. It is shown only if an independent checker agrees with every number of it. Where no plan \
keeps every commitment, sopc says which ones stand in the way. A plan that a gate refuses is shown and written all the \
same, and ends with exit code 4.

How far the plan can be from the best one is part of it. Ctrl-C ends the search with the best plan found so far.

Examples:
  sopc plan                          the plan, to be read
  sopc plan --out plan.json          the plan file, for `sopc verify` and other programs
  sopc plan --format html --out plan.html   the report for the meeting, one file for a browser
  sopc plan --format csv > buy.csv   for a spreadsheet
  sopc plan --plan cycles/2026-02.plan.json --format html --out plan.html   the report of an approved plan";

/// Compiles the project to a plan
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct PlanCommand {
    #[command(flatten)]
    project: ProjectDir,
    #[command(flatten)]
    layers: Layers,
    /// Writes the plan to a file, whole or not at all; nothing is written where there is no plan
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Shows this plan file, such as an approved one, instead of planning the project
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scenario", "set", "gap", "time_limit", "draft"])]
    plan: Option<PathBuf>,
    /// Ends the search once the plan is proven to be within this part of the best one, such as 0.005
    #[arg(long, value_name = "G", value_parser = gap, allow_negative_numbers = true)]
    gap: Option<Decimal>,
    /// Ends the search after so many seconds with the best plan found, marked as interrupted
    #[arg(long, value_name = "S", value_parser = seconds, allow_negative_numbers = true)]
    time_limit: Option<u64>,
    /// Shows the closest plan where none keeps every commitment, marked as a draft: what it breaks is told, and it cannot be approved
    #[arg(long)]
    draft: bool,
    /// How the plan is written [default: text; json with --out]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

/// A part of the whole.
fn gap(text: &str) -> Result<Decimal, String> {
    let number: Decimal = text.parse().map_err(|_| "not a number".to_owned())?;
    if (Decimal::ZERO..=Decimal::ONE).contains(&number) { Ok(number) } else { Err("not between 0 and 1".to_owned()) }
}

/// Whole seconds.
fn seconds(text: &str) -> Result<u64, String> {
    let whole = text.parse().ok();
    whole.ok_or_else(|| match text.parse::<Decimal>() {
        Ok(number) if number < Decimal::ZERO => "below 0".to_owned(),
        Ok(number) if number > u64::MAX.into() => "more seconds than can be counted".to_owned(),
        _ => "expected whole seconds, such as 30".to_owned(),
    })
}

/// How a plan is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// To be read
    Text,
    /// The plan file
    Json,
    /// For a page of a repository
    Markdown,
    /// The report for a meeting, one file for a browser
    Html,
    /// The orders, for a spreadsheet
    Csv,
}

impl PlanCommand {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let disk = find(self.project.dir.as_deref())?;
        shell.at(disk.root());
        let compiled = compile_variant(&disk, &self.layers.variant()?);
        // Planning takes a while: whether its result can be kept is asked before.
        let target = self.out.as_deref().map(|out| Target::new(out, &disk, &compiled)).transpose()?;
        if let Some(file) = &self.plan {
            return self.show(shell, &read(file)?, target.as_ref());
        }
        let watch = Watch::new(self.time_limit.map(Duration::from_secs), shell.talks());
        let (stop, tell) = (|| watch.stop(), |progress| watch.tell(progress));
        let steering = Steering::new(&stop, &tell, self.gap.unwrap_or_default());
        let planned = if self.draft {
            plan_or_closest(&compiled, &steering)
        } else {
            plan_steered(&compiled, &steering).map_err(|failure| (failure, None))
        };
        let planned = planned.map_err(|(failure, draft)| (explained(&compiled, failure, &steering), draft));
        watch.clear();
        match planned {
            Ok(plan) => self.finish(shell, &compiled, &plan, target.as_ref()),
            Err((failure, Some(draft))) => self.finish_draft(shell, &compiled, &failure, &draft, target.as_ref()),
            Err((failure, None)) => self.fail(shell, &compiled, &failure),
        }
    }

    fn format(&self) -> Format {
        let default = if self.out.is_some() { Format::Json } else { Format::Text };
        self.format.unwrap_or(default)
    }

    /// A plan that is there already. What the inputs say by now is none of its concern.
    fn show(&self, shell: &mut Shell, plan: &Plan, target: Option<&Target>) -> Result<Exit, Stop> {
        match (target, &self.out, &self.plan) {
            (Some(target), _, Some(file)) if target.is(file) => {
                return Err(
                    refused(format!("{} is not written over: it is the plan that is shown", file.display())).into()
                );
            }
            (Some(target), Some(out), _) => {
                target.write(self.written(plan, &Style::FILE).as_bytes())?;
                shell.tell(&format!("plan written to {}", out.display()));
            }
            _ => shell.data(&self.written(plan, shell.style()))?,
        }
        Ok(if plan.is_refused() { Exit::Refused } else { Exit::Success })
    }

    fn finish(
        &self,
        shell: &mut Shell,
        compiled: &Compiled,
        plan: &Plan,
        target: Option<&Target>,
    ) -> Result<Exit, Stop> {
        let mut diagnostics = compiled.diagnostics.clone();
        diagnostics.extend(given_notes(plan, &compiled.sources));
        diagnostics.extend(gate_notes(compiled, plan));
        sort(&mut diagnostics, &compiled.sources);
        let refused = plan.is_refused();
        let outcome = if refused { "the plan is refused" } else { "" };
        if let (Some(target), Some(out)) = (target, &self.out) {
            target.write(self.written(plan, &Style::FILE).as_bytes())?;
            shell.report(&diagnostics, &compiled.sources, outcome);
            shell.tell(&format!("plan written to {}", out.display()));
        } else {
            shell.report(&diagnostics, &compiled.sources, outcome);
            let text = self.written(plan, shell.style());
            shell.data(&text)?;
        }
        Ok(if refused { Exit::Refused } else { Exit::Success })
    }

    /// What is in the way of a plan, and the closest one to it, which never takes the place of a plan that is no draft.
    fn finish_draft(
        &self,
        shell: &mut Shell,
        compiled: &Compiled,
        failure: &Failure,
        draft: &Plan,
        target: Option<&Target>,
    ) -> Result<Exit, Stop> {
        let mut diagnostics = compiled.diagnostics.clone();
        diagnostics.extend(failure.diagnostics());
        shell.report(&diagnostics, &compiled.sources, "no plan; the closest one is a draft");
        match (target, &self.out) {
            (Some(target), Some(out)) if target.may_hold_a_draft() => {
                target.write(self.written(draft, &Style::FILE).as_bytes())?;
                shell.tell(&format!("draft written to {}", out.display()));
            }
            (Some(_), Some(out)) => {
                shell.tell(&format!("{} was not written: what it holds is no draft", out.display()));
            }
            _ => shell.data(&self.written(draft, shell.style()))?,
        }
        Ok(failure.into())
    }

    fn written(&self, plan: &Plan, style: &Style) -> String {
        match self.format() {
            Format::Text => plan_text(plan, style),
            Format::Json => plan_json(plan),
            Format::Markdown => plan_markdown(plan),
            Format::Html => plan_html(plan),
            Format::Csv => plan_csv(plan),
        }
    }

    fn fail(&self, shell: &mut Shell, compiled: &Compiled, failure: &Failure) -> Result<Exit, Stop> {
        let mut diagnostics = compiled.diagnostics.clone();
        diagnostics.extend(failure.diagnostics());
        let outcome = match &self.out {
            Some(out) => format!("{} was not written", out.display()),
            None => "no plan".to_owned(),
        };
        shell.report(&diagnostics, &compiled.sources, &outcome);
        if let Failure::NoPlan(document, _) = failure
            && self.format() == Format::Json
            && self.out.is_none()
        {
            shell.data(&no_plan_json(document))?;
        }
        Ok(failure.into())
    }
}
