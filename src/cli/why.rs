//! `sopc why`

use std::path::PathBuf;

use clap::ValueEnum;

use super::project::find;
use super::shell::Shell;
use super::{EXIT_CODES, Exit, Layers, Stop};
use crate::compile::{Compiled, Failure, compile_variant, explained, plan_steered};
use crate::diagnostic::{Diagnostic, codes};
use crate::explain::{Chain, NotTold, why};
use crate::render::{chain_json, chain_text, no_plan_json};
use crate::solve::Steering;

const ABOUT: &str = "\
Tells why something in the plan is as it is

The chain of causes of an order, a shortage, a limit, a rule, a gate or a metric: each cause with the numbers it rests on and \
the line that states it. The project is planned first.

Examples:
  sopc why MUG/porto/main/standard/2026-04   an order: why so many, why then, why from there
  sopc why MUG@2026-04                       an item in a bucket: who got the units, why no more came
  sopc why limit:cash@2026-04                a limit: limit:budget/all@2026-04, limit:storage-capacity/main@2026-04
  sopc why phase-spring-sale                 a rule; or a gate, a promotion, an item, a metric
  sopc why MUG@2026-04 --format json         the same for other programs";

/// Tells why something in the plan is as it is
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct WhyCommand {
    /// The key of a line, ITEM, ITEM@BUCKET, limit:KIND/NAME@BUCKET, a rule, a gate, a promotion or a metric
    #[arg(value_name = "WHAT")]
    what: String,
    /// A folder of the project: the nearest sop.toml upward counts [default: the current folder]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    layers: Layers,
    /// How the chain is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How a chain is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// To be read
    Text,
    /// The chain itself; `sopc schema why` describes it
    Json,
}

impl WhyCommand {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let compiled = compile_variant(&find(self.dir.as_deref())?, &self.layers.variant()?);
        let steering = Steering::default();
        let plan = match plan_steered(&compiled, &steering) {
            Ok(plan) => plan,
            Err(failure) => {
                let failure = explained(&compiled, failure, &steering);
                let mut diagnostics = compiled.diagnostics.clone();
                diagnostics.extend(failure.diagnostics());
                shell.report(&diagnostics, &compiled.sources, "no plan");
                if let (Failure::NoPlan(document, _), Format::Json) = (&failure, self.format) {
                    shell.data(&no_plan_json(document))?;
                }
                return Ok((&failure).into());
            }
        };
        self.tell(shell, &compiled, &plan)
    }

    fn tell(&self, shell: &mut Shell, compiled: &Compiled, plan: &crate::plan::Plan) -> Result<Exit, Stop> {
        let Some(network) = &compiled.network else { return Ok(Exit::Invalid) };
        match why(network, &compiled.sources, plan, &self.what) {
            Ok(chain) => {
                let text = match self.format {
                    Format::Text => chain_text(&chain, shell.style()),
                    Format::Json => chain_json(&Chain::new(plan, &self.what, chain)),
                };
                shell.data(&text)?;
                Ok(Exit::Success)
            }
            Err(NotTold::Unknown(near)) => Err(unknown(&self.what, &near).into()),
            Err(NotTold::Overflow) => {
                shell.report(&Failure::Overflow.diagnostics(), &compiled.sources, "");
                Ok((&Failure::Overflow).into())
            }
        }
    }
}

fn unknown(what: &str, near: &[String]) -> Diagnostic {
    let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, format!("there is no `{what}` in the plan"));
    if near.is_empty() {
        return diagnostic.help("`sopc plan --format json` lists the keys of all lines");
    }
    let names: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
    diagnostic.help(format!("did you mean {}?", names.join(", ")))
}
