//! `sopc why`

use std::path::PathBuf;

use clap::ValueEnum;

use super::project::find;
use super::shell::Shell;
use super::steer::Watch;
use super::verify::read_agreed;
use super::{EXIT_CODES, Exit, Layers, Stop};
use crate::compile::{Compiled, Failure, compile_variant, explained, plan_steered};
use crate::diagnostic::{Diagnostic, codes};
use crate::explain::{Chain, Link, NotTold, Unknown, why};
use crate::plan::Plan;
use crate::render::{chain_json, chain_text, no_plan_json};
use crate::solve::Steering;

const ABOUT: &str = "\
Tells why something in the plan is as it is

The chain of causes of an order, a shortage, a limit, a rule, a gate or a metric: each cause with the numbers it rests on and \
the line that states it. Of a unit that is short it says what denied it, and who got what there was. What stands in the way of something is \
found in the books: it is done there, all else as it is, and what that breaks or loses is told with its sum.

The project is planned first; with --plan a plan file of it is asked.

What can be asked about:
  MUG/porto/main/standard/2026-04   an order: why so many, why then, why from there; PO-1041 and transfers as well
  MUG@2026-04                       an item in a bucket, MUG/web/2026-04 in one channel of it: who got the units, why no more came
  MUG                               an item: its lines and its shortages
  limit:cash@2026-04                a limit: limit:budget/all@2026-04, limit:storage-capacity/main for all buckets
  phase-spring-sale                 a rule, a gate or a promotion
  fill-rate                         a metric: fill-rate/channel:web, fill-rate/channel:web@2026-04

Examples:
  sopc why MUG@2026-04
  sopc why limit:cash@2026-04 --plan plan.json
  sopc why MUG@2026-04 --format json         the same for other programs";

/// Tells why something in the plan is as it is
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct WhyCommand {
    /// The key of a line, ITEM, ITEM@BUCKET, ITEM/CHANNEL/BUCKET, limit:KIND/NAME@BUCKET, a rule, a gate, a promotion, or METRIC/KIND:NAME@BUCKET
    #[arg(value_name = "WHAT")]
    what: String,
    /// A folder of the project: the nearest sop.toml upward counts [default: the current folder]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    layers: Layers,
    /// A plan file of the project, instead of planning it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["scenario", "set"])]
    plan: Option<PathBuf>,
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
        if let Some(file) = &self.plan {
            return match read_agreed(file, self.dir.as_deref())? {
                Ok((plan, compiled)) => self.tell(shell, &compiled, &plan),
                Err((diagnostics, compiled)) => {
                    shell.report(&diagnostics, &compiled.sources, "nothing is told");
                    Ok(Exit::Invalid)
                }
            };
        }
        let disk = find(self.dir.as_deref())?;
        shell.at(disk.root());
        let compiled = compile_variant(&disk, &self.layers.variant()?);
        let watch = Watch::new(None, shell.talks());
        let (stop, tell) = (|| watch.stop(), |progress| watch.tell(progress));
        let steering = Steering::new(&stop, &tell, rust_decimal::Decimal::ZERO);
        let planned = plan_steered(&compiled, &steering);
        match planned {
            Ok(plan) => {
                watch.clear();
                self.tell(shell, &compiled, &plan)
            }
            Err(failure) => {
                let failure = explained(&compiled, failure, &steering);
                watch.clear();
                let mut diagnostics = compiled.diagnostics.clone();
                diagnostics.extend(failure.diagnostics());
                shell.report(&diagnostics, &compiled.sources, "no plan");
                if let (Failure::NoPlan(document, _), Format::Json) = (&failure, self.format) {
                    shell.data(&no_plan_json(document))?;
                }
                Ok((&failure).into())
            }
        }
    }

    fn tell(&self, shell: &mut Shell, compiled: &Compiled, plan: &Plan) -> Result<Exit, Stop> {
        let Some(network) = &compiled.network else { return Ok(Exit::Invalid) };
        let chain = match why(network, &compiled.sources, plan, &self.what) {
            Ok(chain) => chain,
            Err(NotTold::Unknown(unknown)) => return Err(told(&self.what, &unknown, plan).into()),
            // A plan that was made here, or agrees with the project, is none of another one.
            Err(NotTold::Foreign | NotTold::Overflow) => {
                shell.report(&Failure::Overflow.diagnostics(), &compiled.sources, "");
                return Ok((&Failure::Overflow).into());
            }
        };
        shell.data(&self.written(plan, chain, shell))?;
        Ok(Exit::Success)
    }

    fn written(&self, plan: &Plan, chain: Vec<Link>, shell: &Shell) -> String {
        match self.format {
            Format::Text => chain_text(&chain, shell.style()),
            Format::Json => chain_json(&Chain::new(plan, &self.what, chain)),
        }
    }
}

/// Says which part of a name is wrong, and what is called alike.
fn told(what: &str, Unknown { kind, part, near }: &Unknown, plan: &Plan) -> Diagnostic {
    let message = match *kind {
        "" => format!("there is no `{what}` in the plan"),
        kind if part == what => format!("there is no {kind} `{what}` in the plan"),
        kind => format!("there is no {kind} `{part}` in the plan: `{what}`"),
    };
    let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, message);
    let most = if *kind == "bucket" { 2 } else { near.len() };
    let names: Vec<String> = near.iter().take(most).map(|name| format!("`{name}`")).collect();
    if *kind == "bucket"
        && let (Some(first), Some(last)) = (plan.buckets.first(), plan.buckets.last())
    {
        let meant = if names.is_empty() { String::new() } else { format!("did you mean {}? ", names.join(", ")) };
        return diagnostic.help(format!("{meant}buckets are those from {} to {}", first.label, last.label));
    }
    if names.is_empty() {
        return diagnostic
            .help("`sopc why --help` tells what can be asked; `sopc plan` shows items, lines, limits and rules");
    }
    diagnostic.help(format!("did you mean {}?", names.join(", ")))
}
