//! `sopc orders`

use std::path::PathBuf;

use clap::ValueEnum;

use super::base::approved_plan;
use super::project::find;
use super::shell::Shell;
use super::verify::read;
use super::write::write_all;
use super::{EXIT_CODES, Exit, ProjectDir, Stop};
use crate::compile::{Failure, compile};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::Plan;
use crate::purchase::{PurchaseOrder, file_names, purchase_orders};
use crate::render::{purchase_csv, purchase_json, purchase_text, purchases_json};

const ABOUT: &str = "\
Writes the purchase orders of the approved plan

Lines of one supplier that are released in the same bucket make one purchase order; each line keeps its own day. With \
--out each becomes a file of its own, as CSV and as JSON: porto-2026-02.csv, porto-2026-02.json.

Examples:
  sopc orders                                 what is to be placed, by bucket and supplier
  sopc orders --bucket 2026-02 --out orders   this month's, a file each
  sopc orders --format csv > lines.csv        all lines for a spreadsheet";

/// Writes the purchase orders of the approved plan
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Orders {
    #[command(flatten)]
    project: ProjectDir,
    /// Takes this plan file instead of the approved one
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Only those that are placed in this bucket
    #[arg(long, value_name = "BUCKET")]
    bucket: Option<String>,
    /// Writes a file for each into this folder, which is made where there is none
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// How they are written [default: a table; with --out both csv and json]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

/// How purchase orders are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A row a line
    Csv,
    /// Each as an object
    Json,
}

impl Orders {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let plan = match &self.plan {
            Some(file) => read(file)?,
            None => {
                let disk = find(self.project.dir.as_deref())?;
                shell.at(disk.root());
                let compiled = compile(&disk);
                if compiled.network.is_none() {
                    shell.report(&compiled.diagnostics, &compiled.sources, "no purchase order was written");
                    return Ok((&Failure::Invalid).into());
                }
                approved_plan(&disk, &compiled)?
            }
        };
        let mut orders = purchase_orders(&plan);
        if let Some(bucket) = &self.bucket {
            known(&plan, bucket)?;
            orders.retain(|order| order.release_bucket == *bucket);
        }
        match (&self.out, self.format) {
            (Some(folder), format) => {
                write_all(shell, folder, &files(&orders, format))?;
                if orders.is_empty() {
                    shell.tell("no purchase order is to be placed");
                }
            }
            (None, None) => shell.data(&purchase_text(&orders, shell.style()))?,
            (None, Some(Format::Csv)) => shell.data(&purchase_csv(&orders))?,
            (None, Some(Format::Json)) => shell.data(&purchases_json(&orders))?,
        }
        Ok(Exit::Success)
    }
}

/// Names and texts of all files.
fn files(orders: &[PurchaseOrder], format: Option<Format>) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for (order, name) in orders.iter().zip(file_names(orders)) {
        if format != Some(Format::Json) {
            files.push((format!("{name}.csv"), purchase_csv(std::slice::from_ref(order))));
        }
        if format != Some(Format::Csv) {
            files.push((format!("{name}.json"), purchase_json(order)));
        }
    }
    files
}

/// Holds a bucket against those of the plan.
fn known(plan: &Plan, bucket: &str) -> Result<(), Stop> {
    if plan.buckets.iter().any(|known| known.label == bucket) {
        return Ok(());
    }
    let labels: Vec<&str> = plan.buckets.iter().map(|known| known.label.as_str()).collect();
    let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, format!("the plan has no bucket `{bucket}`"));
    Err(diagnostic.help(format!("its buckets are {}", labels.join(", "))).into())
}
