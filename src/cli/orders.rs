//! `sopc orders`

mod left;

use std::fs;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::base::approved_plan;
use super::disk::why;
use super::project::find;
use super::shell::Shell;
use super::verify::read;
use super::write::{refused, write_all};
use super::{EXIT_CODES, Exit, ProjectDir, Stop};
use crate::compile::{Failure, compile};
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::Plan;
use crate::purchase::{PurchaseOrder, file_names, purchase_orders};
use crate::render::number::counted;
use crate::render::{purchase_csv, purchase_json, purchase_text, purchases_json, safe};
use left::{Current, left};

const ABOUT: &str = "\
Writes the purchase orders of the approved plan

Lines of one supplier that are released in the same bucket make one purchase order; each line keeps its own day, and has \
its price in the supplier's currency. Suppliers are open on every day that their `closures` leave, Saturdays and Sundays too. With \
--out each order becomes a file of its own, as CSV and as JSON: porto-2026-02.csv, porto-2026-02.json. Files that an \
earlier plan left in the folder are told; --clean removes those that nobody changed.

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
    /// Removes files of earlier plans from the folder, as far as they are what this program wrote
    #[arg(long, requires = "out")]
    clean: bool,
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
        let names = files(&orders, None).into_iter().map(|(name, _)| name).collect();
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
                self.left_behind(shell, folder, &Current { names, plan_hash: &plan.plan_hash })?;
            }
            (None, None) => shell.data(&purchase_text(&orders, shell.style()))?,
            (None, Some(Format::Csv)) => shell.data(&purchase_csv(&orders))?,
            (None, Some(Format::Json)) => shell.data(&purchases_json(&orders))?,
        }
        weekends(shell, &orders);
        Ok(Exit::Success)
    }

    /// Tells of files that an earlier plan left in the folder, and removes them where that is asked for.
    fn left_behind(&self, shell: &mut Shell, folder: &Path, current: &Current<'_>) -> Result<(), Stop> {
        for one in left(folder, current) {
            let path = folder.join(&one.name);
            let named = safe::line(&path.display().to_string());
            let of = one.cycle.map_or(String::new(), |cycle| format!(", but of the cycle {}", safe::line(&cycle)));
            let told = match (self.clean, one.untouched) {
                (true, true) => {
                    fs::remove_file(&path)
                        .map_err(|error| refused(format!("{} cannot be removed: {}", path.display(), why(&error))))?;
                    format!("removed {named}: it was not of this plan{of}")
                }
                (false, true) => format!("{named} is not of this plan{of}; --clean removes it"),
                (_, false) => format!("{named} is not of this plan{of}; it is not as it was written, so it stays"),
            };
            shell.tell(&told);
        }
        Ok(())
    }
}

/// Says what a day at the weekend means, where lines are to be placed on one.
fn weekends(shell: &mut Shell, orders: &[PurchaseOrder]) {
    let lines = orders.iter().flat_map(|order| &order.lines).filter(|line| line.is_on_weekend()).count();
    if lines > 0 {
        let lines = counted(
            lines,
            "line is to be placed on a Saturday or Sunday",
            "lines are to be placed on a Saturday or Sunday",
        );
        shell.tell(&format!(
            "{lines}: suppliers are open on all days but their `closures`. Placed on the Friday before, it is in time"
        ));
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
