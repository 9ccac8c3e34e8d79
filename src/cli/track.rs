//! `sopc track`

use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use clap::ValueEnum;

use super::base::approved_plan;
use super::disk::{Disk, why};
use super::project::{find, unreadable};
use super::shell::Shell;
use super::verify::read;
use super::write::Target;
use super::{EXIT_CODES, Exit, ProjectDir, Stop};
use crate::compile::{self, Compiled, compile};
use crate::diagnostic::Label;
use crate::document::{Files, ReadError, cannot_be_read};
use crate::render::{Style, safe, tracking_csv, tracking_html, tracking_json, tracking_markdown, tracking_text};
use crate::source::{FileId, Span};
use crate::track::Tracking;

const ABOUT: &str = "\
Holds what came to be against the approved plan

Sales, receipts, transfers, stock counts and payments are told by [[actual]] tables, by CSV files that the project names, or by \
--actuals FILE, whose headers are the keys of [[actual]]: kind (sale, receipt, transfer, stock, payment), item, channel, \
from, location, supplier, order, units, price, amount, and the day `on` or the month or week `bucket`. \
The plan is that which was approved for this cycle; of a bucket that is running it counts with the days that are over.

Told are the difference of revenue by cause (demand, supply, price, mix, unplanned), the figures of the plan and what \
they came to, how the running bucket and its cash end, what needs a decision now, and which lines of the inputs were off.

Examples:
  sopc track                               what the project's own files tell
  sopc track --actuals february.csv        and a file beside it
  sopc track --through 2026-02-15 --full   the first half of the month, every row";

/// Holds what came to be against the approved plan
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Track {
    #[command(flatten)]
    project: ProjectDir,
    /// A CSV file that tells more of what came to be; its headers are the keys of [[actual]]
    #[arg(long, value_name = "FILE")]
    actuals: Option<PathBuf>,
    /// Takes this plan file instead of the approved one
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// The last day to look at [default: the last one that is told of]
    #[arg(long, value_name = "DATE")]
    through: Option<NaiveDate>,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Shows every row, however small
    #[arg(long)]
    full: bool,
    /// Writes to a file, whole or not at all
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How a tracking is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// To be read
    Text,
    /// All of it
    Json,
    /// GitHub-flavoured Markdown
    Markdown,
    /// One HTML file
    Html,
    /// Sales and their differences, for a spreadsheet
    Csv,
}

impl Track {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let disk = find(self.project.dir.as_deref())?;
        shell.at(disk.root());
        let compiled = compile_with(&disk, self.actuals.as_deref())?;
        let target = self.out.as_deref().map(|out| Target::new(out, &disk, &compiled)).transpose()?;
        let tracked = match (&compiled.network, &self.plan) {
            (None, _) => Err(compile::Failure::Invalid),
            (Some(_), Some(file)) => compile::track(&compiled, &read(file)?, self.through),
            (Some(_), None) => compile::track(&compiled, &approved_plan(&disk, &compiled)?, self.through),
        };
        match tracked {
            Ok(tracking) => {
                // Warnings about the inputs are for those who plan.
                match (&target, &self.out) {
                    (Some(target), Some(out)) => {
                        target.write(self.written(&tracking, &Style::FILE).as_bytes())?;
                        shell.tell(&format!("tracking written to {}", out.display()));
                    }
                    _ => shell.data(&self.written(&tracking, shell.style()))?,
                }
                Ok(Exit::Success)
            }
            Err(failure) => {
                let mut diagnostics = compiled.diagnostics.clone();
                diagnostics.extend(failure.diagnostics());
                shell.report(&diagnostics, &compiled.sources, "nothing was tracked");
                Ok((&failure).into())
            }
        }
    }

    fn written(&self, tracking: &Tracking, style: &Style) -> String {
        match self.format {
            Format::Text => tracking_text(tracking, self.full, style),
            Format::Json => tracking_json(tracking),
            Format::Markdown => tracking_markdown(tracking, self.full),
            Format::Html => tracking_html(tracking, self.full),
            Format::Csv => tracking_csv(tracking),
        }
    }
}

/// The project, with a file of actuals that stands beside it.
pub(super) fn compile_with(disk: &Disk, actuals: Option<&Path>) -> Result<Compiled, Stop> {
    match actuals {
        None => Ok(compile(disk)),
        Some(path) => {
            let beside = Beside::new(disk, path)?;
            let mut compiled = compile(&beside);
            beside.place(&mut compiled);
            Ok(compiled)
        }
    }
}

/// The files of a project, and one of actuals that the command line names.
pub(super) struct Beside<'d> {
    disk: &'d Disk,
    name: String,
    bytes: Vec<u8>,
}

/// The file that says what the file of actuals is; no file of a project stands in a hidden folder.
const ENTRY: &str = ".actuals/entry.toml";

impl<'d> Beside<'d> {
    pub(super) fn new(disk: &'d Disk, path: &Path) -> Result<Self, Stop> {
        let real = path.canonicalize().map_err(|error| unreadable(path, &error))?;
        let fail = |why: &str| Stop::from(cannot_be_read(&path.display().to_string(), why));
        if !fs::metadata(&real).map_err(|error| unreadable(path, &error))?.is_file() {
            return Err(fail("it is no regular file"));
        }
        let bytes = fs::read(&real).map_err(|error| fail(&why(&error)))?;
        // A file of the project goes by the name that the project has for it: read twice it is an error.
        let name = match (real.strip_prefix(disk.root()), path.file_name()) {
            (Ok(inside), _) => inside.display().to_string().replace('\\', "/"),
            (Err(_), name) => format!("--actuals {}", safe::line(&name.unwrap_or_default().to_string_lossy())),
        };
        Ok(Self { disk, name, bytes })
    }

    /// Nobody has the entry that asks for the file: what is said of it is said of the file.
    pub(super) fn place(&self, compiled: &mut Compiled) {
        let at = |path: &str| compiled.sources.files().iter().position(|file| file.path == path);
        let file = |path: &str| at(path).and_then(|at| u32::try_from(at).ok()).map(FileId);
        let (Some(entry), Some(own)) = (file(ENTRY), file(&self.name)) else { return };
        for diagnostic in &mut compiled.diagnostics {
            let others = diagnostic.labels.iter().any(|label| label.span.file != entry);
            let of_entry = |label: &Label| label.span.file == entry;
            if others {
                diagnostic.labels.retain(|label| !of_entry(label));
            } else if let Some(label) = diagnostic.labels.iter_mut().find(|label| of_entry(label)) {
                *label = Label { span: Span::new(own, 0, 0), text: String::new() };
            }
            if diagnostic.help.iter().any(|help| help.contains("[[csv]] entry")) {
                diagnostic.notes.push(PLAIN.to_owned());
            }
        }
    }
}

/// What `--actuals` reads.
const PLAIN: &str = "--actuals reads commas, UTF-8, 1.5 and days as 2026-02-14; a file that is written otherwise is named by a [[csv]] entry of the \
                     project, with table = \"actual\"";

impl Files for Beside<'_> {
    fn list(&self) -> Result<Vec<String>, (String, ReadError)> {
        let mut paths = self.disk.list()?;
        paths.push(ENTRY.to_owned());
        Ok(paths)
    }

    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        if path == ENTRY {
            let name = serde_json::Value::from(self.name.as_str());
            return Ok(format!("[[csv]]\ntable = \"actual\"\npath = {name}\n").into_bytes());
        }
        if path != self.name {
            return self.disk.read(path, limit);
        }
        if self.bytes.len() as u64 > limit { Err(ReadError::TooLarge(limit)) } else { Ok(self.bytes.clone()) }
    }
}
