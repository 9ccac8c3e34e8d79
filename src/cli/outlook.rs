//! `sopc outlook`

use std::path::PathBuf;

use clap::ValueEnum;

use super::project::find;
use super::shell::Shell;
use super::{EXIT_CODES, Exit, Layers, Stop};
use crate::compile::{Failure, compile_variant};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::spec::did_you_mean;
use crate::network::Network;
use crate::outlook::{Asked, derive};
use crate::render::{outlook_csv, outlook_json, outlook_text};

const ABOUT: &str = "\
Shows demand, and how each number of it comes about

Demand is what is stated, else what [[outlook]] derives from history; then people change it with [[adjust]], then promotions. Of items that are \
named, each number is shown with its formula and the lines it rests on. How far outlooks would have been off is told from history that is held \
back: the last 3 months, or 13 weeks, before as-of, expected from what came before. What demand rests on is listed by the money it carries. \
Nothing is planned.

Examples:
  sopc outlook                     by bucket, errors, what carries most money
  sopc outlook MUG-BLUE            why each month is what it is
  sopc outlook --held-back 6       the last 6 months held back
  sopc outlook --format csv        every number, for a spreadsheet";

/// Shows demand, and how each number of it comes about
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct OutlookCommand {
    /// Items to show number by number
    #[arg(value_name = "ITEM")]
    items: Vec<String>,
    /// A folder of the project: the nearest sop.toml upward counts [default: the current folder]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    layers: Layers,
    /// Whole months or weeks of history to hold back [default: 3 months, 13 weeks]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=260))]
    held_back: Option<u16>,
    /// How it is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How derived demand is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// To be read
    Text,
    /// JSON, with all there is
    Json,
    /// Every number, for a spreadsheet
    Csv,
}

impl OutlookCommand {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let disk = find(self.dir.as_deref())?;
        shell.at(disk.root());
        let compiled = compile_variant(&disk, &self.layers.variant()?);
        let Some(network) = &compiled.network else {
            shell.report(&compiled.diagnostics, &compiled.sources, "no demand is derived");
            return Ok(Exit::Invalid);
        };
        if let Some(item) = self.items.iter().find(|id| network.items.iter().all(|item| item.id != **id)) {
            return Err(unknown(network, item).into());
        }
        let asked = Asked { items: self.items.clone(), held_back: self.held_back.map(usize::from) };
        let Ok(derived) = derive(network, &asked) else {
            shell.report(&Failure::Overflow.diagnostics(), &compiled.sources, "");
            return Ok((&Failure::Overflow).into());
        };
        let text = match self.format {
            Format::Text => outlook_text(&derived, !self.items.is_empty(), shell.style()),
            Format::Json => outlook_json(&derived),
            Format::Csv => outlook_csv(&derived),
        };
        shell.data(&text)?;
        Ok(Exit::Success)
    }
}

fn unknown(network: &Network, item: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, format!("there is no item `{item}`"));
    match did_you_mean(item, network.items.iter().map(|item| item.id.as_str())) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("`sopc outlook --format csv` lists every item that is asked for"),
    }
}
