//! `sopc metrics`

use std::path::PathBuf;

use clap::ValueEnum;

use super::project::find;
use super::shell::Shell;
use super::verify::read;
use super::{EXIT_CODES, Exit, Layers, ProjectDir, Stop};
use crate::compile::{Failure, compile_variant, explained, plan_steered};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::spec::did_you_mean;
use crate::metrics::query::{By, Query, Unknown};
use crate::metrics::variants::with_variants;
use crate::metrics::{Kind, Measure};
use crate::plan::Plan;
use crate::render::{
    metrics_csv, metrics_explained, metrics_json, metrics_text, variants_csv, variants_json, variants_text,
};
use crate::solve::Steering;
use crate::source::Sources;

const ABOUT: &str = "\
Shows the metrics of the plan

Turnover, fill rates, sell-through, weeks of supply, GMROI, open-to-buy, excess, forecast error and all others: of the whole plan, of each \
item, class, category, channel, location or supplier, and by bucket. The project is planned first; with --plan they are those of a plan file. \
--explain shows the definition of each, with its source and its edge cases, and plans nothing; --variants sets beside them what others \
call by the same name.

Examples:
  sopc metrics                                  all of the whole plan
  sopc metrics --by category --bucket 2026-04   each category in April
  sopc metrics --by item --metric fill-rate --metric excess
  sopc metrics --item MUG-BLUE --plan cycles/2026-02.plan.json
  sopc metrics --explain --metric fill-rate     what it means
  sopc metrics --variants --metric sell-through";

/// Shows the metrics of the plan
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Metrics {
    #[command(flatten)]
    project: ProjectDir,
    #[command(flatten)]
    layers: Layers,
    /// A plan file to read them from, instead of planning the project
    #[arg(long, value_name = "FILE", conflicts_with_all = ["dir", "scenario", "set"])]
    plan: Option<PathBuf>,
    /// What the rows are [default: the whole plan, or what is named]
    #[arg(long, value_name = "WHAT")]
    by: Option<Rows>,
    /// Only this metric; may be given several times
    #[arg(long, value_name = "NAME")]
    metric: Vec<String>,
    /// Only this item; may be given several times, as all below
    #[arg(long, value_name = "ID")]
    item: Vec<String>,
    /// Only this class
    #[arg(long, value_name = "NAME")]
    class: Vec<String>,
    /// Only this category
    #[arg(long, value_name = "NAME")]
    category: Vec<String>,
    /// Only this channel
    #[arg(long, value_name = "ID")]
    channel: Vec<String>,
    /// Only this location
    #[arg(long, value_name = "ID")]
    location: Vec<String>,
    /// Only this supplier
    #[arg(long, value_name = "ID")]
    supplier: Vec<String>,
    /// Only this bucket, such as 2026-04
    #[arg(long, value_name = "BUCKET")]
    bucket: Vec<String>,
    /// Shows what metrics mean, those of --metric or all, and plans nothing
    #[arg(long)]
    explain: bool,
    /// Shows the variants of each besides, as far as a plan tells them
    #[arg(long, conflicts_with = "explain")]
    variants: bool,
    /// How they are written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// What the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rows {
    /// Items
    Item,
    /// ABC classes
    Class,
    /// Categories
    Category,
    /// Channels
    Channel,
    /// Locations
    Location,
    /// Suppliers
    Supplier,
    /// Buckets
    Bucket,
}

impl From<Rows> for By {
    fn from(rows: Rows) -> Self {
        match rows {
            Rows::Item => Self::Part(Kind::Item),
            Rows::Class => Self::Part(Kind::Class),
            Rows::Category => Self::Part(Kind::Category),
            Rows::Channel => Self::Part(Kind::Channel),
            Rows::Location => Self::Part(Kind::Location),
            Rows::Supplier => Self::Part(Kind::Supplier),
            Rows::Bucket => Self::Bucket,
        }
    }
}

/// How metrics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// To be read
    Text,
    /// JSON, rows as in the plan file
    Json,
    /// For a spreadsheet
    Csv,
}

impl Metrics {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        // A metric that there is not is said before anything is planned.
        let names = || Measure::ALL.iter().map(|measure| measure.name().to_owned()).collect();
        if let Some(name) = self.metric.iter().find(|name| Measure::named(name).is_none()) {
            return Err(unknown(&Unknown { what: "metric", name: name.clone(), known: names() }).into());
        }
        if self.explain {
            let asked = self.metric.iter().filter_map(|name| Measure::named(name)).collect::<Vec<_>>();
            let measures = if asked.is_empty() { &Measure::ALL[..] } else { &asked };
            shell.data(&metrics_explained(measures, shell.style()))?;
            return Ok(Exit::Success);
        }
        let plan = match &self.plan {
            Some(path) => read(path)?,
            None => match self.planned(shell)? {
                Ok(plan) => plan,
                Err(exit) => return Ok(exit),
            },
        };
        let rows = self.query().answer(&plan).map_err(|name| Stop::from(unknown(&name)))?;
        if self.variants {
            let Ok(rows) = with_variants(&plan, &rows) else {
                shell.report(&Failure::Overflow.diagnostics(), &Sources::default(), "");
                return Ok((&Failure::Overflow).into());
            };
            shell.data(&match self.format {
                Format::Text => variants_text(&plan, &rows, shell.style()),
                Format::Json => variants_json(&plan, &rows),
                Format::Csv => variants_csv(&rows),
            })?;
            return Ok(Exit::Success);
        }
        let text = match self.format {
            Format::Text => metrics_text(&plan, &rows, !self.metric.is_empty(), shell.style()),
            Format::Json => metrics_json(&plan, &rows),
            Format::Csv => metrics_csv(&rows),
        };
        shell.data(&text)?;
        Ok(Exit::Success)
    }

    /// The plan of the project, or how the command ends without one.
    fn planned(&self, shell: &mut Shell) -> Result<Result<Plan, Exit>, Stop> {
        let disk = find(self.project.dir.as_deref())?;
        shell.at(disk.root());
        let compiled = compile_variant(&disk, &self.layers.variant()?);
        let steering = Steering::default();
        Ok(plan_steered(&compiled, &steering).map_err(|failure| {
            let failure = explained(&compiled, failure, &steering);
            let mut diagnostics = compiled.diagnostics.clone();
            diagnostics.extend(failure.diagnostics());
            shell.report(&diagnostics, &compiled.sources, "no plan, so nothing is measured");
            (&failure).into()
        }))
    }

    fn query(&self) -> Query {
        let kinds = [
            (Kind::Item, &self.item),
            (Kind::Class, &self.class),
            (Kind::Category, &self.category),
            (Kind::Channel, &self.channel),
            (Kind::Location, &self.location),
            (Kind::Supplier, &self.supplier),
        ];
        let parts = kinds.into_iter().flat_map(|(kind, ids)| ids.iter().map(move |id| (kind, id.clone())));
        Query {
            by: self.by.map(By::from),
            metrics: self.metric.clone(),
            parts: parts.collect(),
            buckets: self.bucket.clone(),
        }
    }
}

fn unknown(name: &Unknown) -> Diagnostic {
    let Unknown { what, name, known } = name;
    let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, format!("there is no {what} `{name}` in the plan"));
    match did_you_mean(name, known.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if known.is_empty() => diagnostic.help(format!("the plan has no {what} at all")),
        None if known.len() <= 30 => diagnostic.help(format!("there are: {}", known.join(", "))),
        None => diagnostic.help(format!("`sopc metrics --by {what}` lists them")),
    }
}
