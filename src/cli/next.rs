//! `sopc next`

use std::path::PathBuf;

use clap::ValueEnum;
use rust_decimal::Decimal;

use super::project::find;
use super::shell::Shell;
use super::steer::Watch;
use super::write::Target;
use super::{EXIT_CODES, Exit, Layers, Stop};
use crate::compile::{Compiled, Failure, compile_variant, explained, next, plan_steered};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::spec::did_you_mean;
use crate::next::{Next, When, Wish, WishKind};
use crate::plan::Plan;
use crate::render::{next_json, next_text, plan_json};
use crate::solve::Steering;

const ABOUT: &str = "\
Tells what more of a budget, of cash, of room or of any other limit would buy, best first

The project is planned as it is; then it is planned with that much more of one limit in one bucket, again and again, and what \
comes out is held against the plan as it is: what it earns more, what is sold and bought. Limits that more is worth nothing of are known from \
the plan and not planned again. A gain is known up to the tolerance that is told with it.

It may come upon a plan that needs no more of anything and earns more than the one that `sopc plan` makes: the planner searches anew each \
time. That is told, and --out writes it.

Without any amount, 10000 more of budgets, of cash and of limits of inventory value.

Examples:
  sopc next                                    where 10,000 would do most
  sopc next --budget 10000 --bucket 2026-05    more to buy for in May
  sopc next --storage 20 --bucket all          a larger warehouse, all the time
  sopc next --capacity 500 --of porto          more from one supplier
  sopc next --inbound 200 --outbound 200       more hands at the dock";

/// Tells what more of a limit would buy, best first
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct NextCommand {
    /// A folder of the project: the nearest sop.toml upward counts [default: the current folder]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    layers: Layers,
    /// So much more of budgets, in money
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    budget: Option<Decimal>,
    /// So much more cash, from the start or from BUCKET on
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    cash: Option<Decimal>,
    /// So much more inventory value, in money
    #[arg(long, value_name = "AMOUNT", value_parser = amount)]
    inventory_value: Option<Decimal>,
    /// So much more storage capacity, in m3
    #[arg(long, value_name = "M3", value_parser = amount)]
    storage: Option<Decimal>,
    /// So many more units that locations may receive in a bucket
    #[arg(long, value_name = "UNITS", value_parser = amount)]
    inbound: Option<Decimal>,
    /// So many more units that locations may sell and send in a bucket
    #[arg(long, value_name = "UNITS", value_parser = amount)]
    outbound: Option<Decimal>,
    /// So much more of suppliers' capacity, in its units
    #[arg(long, value_name = "UNITS", value_parser = amount)]
    capacity: Option<Decimal>,
    /// In this bucket alone; `all` for every one at once [default: each by itself]
    #[arg(long, value_name = "BUCKET")]
    bucket: Option<String>,
    /// Of the budget, limit, location or supplier of this name alone
    #[arg(long, value_name = "NAME")]
    of: Option<String>,
    /// Plans that are made at most, besides the one of things as they are
    #[arg(long, value_name = "N", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=200))]
    plans: u16,
    /// How the answer is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Writes the best plan known of the project as it is to a file: for `sopc approve --plan`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// To be read
    Text,
    /// The answer itself
    Json,
}

/// An amount of something.
fn amount(text: &str) -> Result<Decimal, String> {
    let number = Decimal::from_str_exact(text).map_err(|_| "not a number, such as 10000".to_owned())?;
    let most = Decimal::from(1_000_000_000_000_i64);
    if number <= Decimal::ZERO {
        Err("more is an amount above 0".to_owned())
    } else if number > most || number.normalize().scale() > 6 {
        Err("more than 10^12, or more than 6 digits behind the point".to_owned())
    } else {
        Ok(number.normalize())
    }
}

impl NextCommand {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let disk = find(self.dir.as_deref())?;
        shell.at(disk.root());
        let compiled = compile_variant(&disk, &self.layers.variant()?);
        let target = self.out.as_deref().map(|out| Target::new(out, &disk, &compiled)).transpose()?;
        let watch = Watch::new(None, shell.talks());
        let (stop, tell) = (|| watch.stop(), |progress| watch.tell(progress));
        let steering = Steering::new(&stop, &tell, Decimal::ZERO);
        let plan = match plan_steered(&compiled, &steering) {
            Ok(plan) => plan,
            Err(failure) => {
                let failure = explained(&compiled, failure, &steering);
                watch.clear();
                return Ok(fail(shell, &compiled, &failure, "no plan"));
            }
        };
        let when = self.when(&plan)?;
        self.is_known(&plan)?;
        let most = usize::from(self.plans);
        let answer = next(&compiled, &plan, (&self.wishes(), self.of.as_deref(), &when), most, &steering);
        watch.clear();
        match answer {
            Ok((answer, better)) => {
                shell.data(&self.written(&answer, shell))?;
                if let (Some(target), Some(out)) = (target, &self.out) {
                    target.write(plan_json(better.as_ref().unwrap_or(&plan)).as_bytes())?;
                    shell.tell(&format!("plan written to {}", out.display()));
                }
                Ok(if plan.is_refused() { Exit::Refused } else { Exit::Success })
            }
            Err(failure) => Ok(fail(shell, &compiled, &failure, "")),
        }
    }

    fn written(&self, answer: &Next, shell: &Shell) -> String {
        match self.format {
            Format::Text => next_text(answer, shell.style()),
            Format::Json => next_json(answer),
        }
    }

    /// How much more of what is asked for.
    fn wishes(&self) -> Vec<Wish> {
        let all = [
            (WishKind::Budget, self.budget),
            (WishKind::Cash, self.cash),
            (WishKind::InventoryValue, self.inventory_value),
            (WishKind::Storage, self.storage),
            (WishKind::Inbound, self.inbound),
            (WishKind::Outbound, self.outbound),
            (WishKind::Supplier, self.capacity),
        ];
        let some: Vec<Wish> =
            all.into_iter().filter_map(|(kind, amount)| amount.map(|amount| Wish { kind, amount })).collect();
        if some.is_empty() {
            let amount = Decimal::from(10_000);
            let money = [WishKind::Budget, WishKind::Cash, WishKind::InventoryValue];
            return money.map(|kind| Wish { kind, amount }).to_vec();
        }
        some
    }

    fn when(&self, plan: &Plan) -> Result<When, Stop> {
        let labels = || plan.buckets.iter().filter(|bucket| !bucket.tail).map(|bucket| bucket.label.as_str());
        match self.bucket.as_deref() {
            None => Ok(When::Each),
            Some("all") => Ok(When::All),
            Some(label) if labels().any(|one| one == label) => Ok(When::In(label.to_owned())),
            Some(label) => {
                let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, format!("the plan has no bucket `{label}`"));
                let (first, last) = (labels().next().unwrap_or_default(), labels().next_back().unwrap_or_default());
                Err(diagnostic.help(format!("its buckets are those from {first} to {last}, or `all`")).into())
            }
        }
    }

    /// Holds that there is a limit of the name that is asked for.
    fn is_known(&self, plan: &Plan) -> Result<(), Stop> {
        let Some(of) = &self.of else { return Ok(()) };
        let wishes = self.wishes();
        let kinds: Vec<&str> = wishes.iter().map(|wish| wish.kind.name()).collect();
        let rows = plan.capacity.iter().filter(|row| kinds.contains(&row.kind.as_str()));
        let mut names: Vec<&str> = rows.map(|row| row.of.as_str()).collect();
        names.dedup();
        if names.contains(&of.as_str()) {
            return Ok(());
        }
        let diagnostic =
            Diagnostic::error(&codes::UNKNOWN_NAME, format!("there is no {} of `{of}`", kinds.join(" and no ")));
        let near = did_you_mean(of, names.iter().copied());
        let help = match (near, names.is_empty()) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, true) => "the project has no such limit".to_owned(),
            (None, false) => format!("there are {}", names.join(", ")),
        };
        Err(diagnostic.help(help).into())
    }
}

fn fail(shell: &mut Shell, compiled: &Compiled, failure: &Failure, outcome: &str) -> Exit {
    let mut diagnostics = compiled.diagnostics.clone();
    diagnostics.extend(failure.diagnostics());
    shell.report(&diagnostics, &compiled.sources, outcome);
    failure.into()
}
