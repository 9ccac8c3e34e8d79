//! `sopc schema`

use std::path::PathBuf;

use clap::ValueEnum;

use super::shell::Shell;
use super::write::write_all;
use super::{EXIT_CODES_OF_TOOLS, Exit, Stop};
use crate::document::{project_schema, scenario_schema};
use crate::plan_file;

const ABOUT: &str = "\
Writes the JSON Schemas of the files, for editors

With a schema, editors with Tombi or Taplo complete tables and keys, show what they mean, and mark most mistakes \
while you type. A file names its schema in its first line:

  #:schema ../schema/sop.schema.json

`sopc init` writes such lines and the schemas. After an upgrade of sopc, write them anew. Editors see one file at a \
time; what takes the whole project to know is for `sopc check`.

Examples:
  sopc schema --out schema    writes all schemas into the folder schema
  sopc schema                 prints the schema of a project's files";

/// Writes the JSON Schemas of the files, for editors
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES_OF_TOOLS)]
pub(super) struct Schema {
    /// Which schema to print
    #[arg(value_name = "WHICH", default_value = "project", conflicts_with = "out")]
    which: Which,
    /// Writes all schemas into a folder, which is made where it does not exist
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Any TOML file of a project
    Project,
    /// A file in scenarios/
    Scenario,
    /// The plan file
    Plan,
    /// What `sopc diff --format json` writes
    Diff,
    /// What `sopc track --format json` writes
    Tracking,
    /// A file that `sopc orders` writes
    PurchaseOrder,
    /// What `sopc next --format json` writes
    Next,
    /// What `sopc why --format json` writes
    Why,
    /// What `sopc compare --format json` writes
    Compare,
}

impl Which {
    const ALL: [Self; 9] = [
        Self::Project,
        Self::Scenario,
        Self::Plan,
        Self::Diff,
        Self::Tracking,
        Self::PurchaseOrder,
        Self::Next,
        Self::Why,
        Self::Compare,
    ];

    fn file_name(self) -> &'static str {
        match self {
            Self::Project => "sop.schema.json",
            Self::Scenario => "scenario.schema.json",
            Self::Plan => "plan.schema.json",
            Self::Diff => "diff.schema.json",
            Self::Tracking => "tracking.schema.json",
            Self::PurchaseOrder => "purchase-order.schema.json",
            Self::Next => "next.schema.json",
            Self::Why => "why.schema.json",
            Self::Compare => "compare.schema.json",
        }
    }

    fn text(self) -> String {
        let schema = match self {
            Self::Project => project_schema(),
            Self::Scenario => scenario_schema(),
            Self::Plan => return plan_file::SCHEMA.to_owned(),
            Self::Diff => return crate::diff::SCHEMA.to_owned(),
            Self::Tracking => return crate::track::SCHEMA.to_owned(),
            Self::PurchaseOrder => return crate::purchase::SCHEMA.to_owned(),
            Self::Next => return crate::next::SCHEMA.to_owned(),
            Self::Why => return crate::explain::CHAIN_SCHEMA.to_owned(),
            Self::Compare => return crate::compare::SCHEMA.to_owned(),
        };
        format!("{schema:#}\n")
    }
}

impl Schema {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        match &self.out {
            None => shell.data(&self.which.text())?,
            Some(dir) => {
                let files: Vec<_> = Which::ALL.iter().map(|which| (which.file_name(), which.text())).collect();
                write_all(shell, dir, &files)?;
            }
        }
        Ok(Exit::Success)
    }
}
