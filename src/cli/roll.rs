//! `sopc roll`

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::base::approved_plan;
use super::disk::{Disk, why};
use super::project::find;
use super::shell::Shell;
use super::track::Beside;
use super::write::{replace_all, unwritable};
use super::{EXIT_CODES, Exit, ProjectDir, Stop};
use crate::compile::{Compiled, Failure, compile};
use crate::diagnostic::{Diagnostic, has_errors, sort};
use crate::document::{Files, ReadError, load};
use crate::render::roll_text;
use crate::roll::{Rolled, Terms, not_rolled, roll};

const ABOUT: &str = "\
Starts the next cycle

The inputs are brought to the next day that is planned from: as-of and the name of the cycle, stock as it was counted \
on that morning, open orders without what came and with what was released since, transfers under way, cash, and, \
where outlooks follow from it, history with the sales that are over. What came to be is told as for `sopc track`; \
where something is missing, nothing is written. The plan of the cycle has to be approved, and stays in cycles.

Only values that change are replaced, in their place, and entries are added at the end of files: comments, order and \
layout stay. All files are written, or none.

Examples:
  sopc roll --dry-run                          what would be changed, line by line
  sopc roll --actuals february.csv             a month later
  sopc roll --as-of 2026-03-02 --cycle 2026-03 --opening-cash 182340.12";

/// Starts the next cycle
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Roll {
    #[command(flatten)]
    project: ProjectDir,
    /// A CSV file that tells more of what came to be; its headers are the keys of [[actual]]
    #[arg(long, value_name = "FILE")]
    actuals: Option<PathBuf>,
    /// The day stock was counted, before that day's sales [default: the first day of the plan's second bucket]
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
    /// The name of the next cycle [default: that of its first bucket]
    #[arg(long, value_name = "NAME")]
    cycle: Option<String>,
    /// Cash on that day; needed where cash is planned
    #[arg(long, value_name = "AMOUNT", allow_negative_numbers = true)]
    opening_cash: Option<Decimal>,
    /// Shows what would be changed, and writes nothing
    #[arg(long)]
    dry_run: bool,
}

impl Roll {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let disk = find(self.project.dir.as_deref())?;
        shell.at(disk.root());
        let beside = self.actuals.as_deref().map(|path| Beside::new(&disk, path)).transpose()?;
        let files: &dyn Files = beside.as_ref().map_or(&disk, |beside| beside);
        let mut compiled = compile(files);
        if let Some(beside) = &beside {
            beside.place(&mut compiled);
        }
        let Some(network) = &compiled.network else {
            shell.report(&compiled.diagnostics, &compiled.sources, "nothing was rolled");
            return Ok((&Failure::Invalid).into());
        };
        let plan = approved_plan(&disk, &compiled)?;
        let loaded = load(files);
        let terms = Terms { as_of: self.as_of, cycle: self.cycle.clone(), opening_cash: self.opening_cash };
        let rolled = match roll(&loaded.document, &loaded.sources, network, &plan, &terms) {
            Ok(rolled) => rolled,
            Err(mut problems) => {
                sort(&mut problems, &loaded.sources);
                shell.report(&problems, &loaded.sources, "nothing was rolled");
                return Ok(Exit::Invalid);
            }
        };
        if let Some(exit) = refused(shell, &disk, &rolled) {
            return Ok(exit);
        }
        shell.data(&roll_text(&rolled, shell.style()))?;
        if self.dry_run {
            shell.tell("nothing was written");
        } else {
            write(&disk, &rolled)?;
            shell.tell(&format!("cycle {} begins: `sopc plan` plans it", rolled.cycle));
        }
        Ok(Exit::Success)
    }
}

/// The project as it would be.
struct Changed<'a> {
    disk: &'a Disk,
    files: &'a BTreeMap<String, String>,
}

impl Files for Changed<'_> {
    fn list(&self) -> Result<Vec<String>, (String, ReadError)> {
        let mut paths = self.disk.list()?;
        paths.extend(self.files.keys().filter(|path| path.ends_with(".toml")).cloned());
        paths.sort();
        paths.dedup();
        Ok(paths)
    }

    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        match self.files.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.disk.read(path, limit),
        }
    }
}

/// Reports what is wrong with the project as it would be; nothing where it is sound.
fn refused(shell: &mut Shell, disk: &Disk, rolled: &Rolled) -> Option<Exit> {
    let Compiled { mut diagnostics, sources, .. } = compile(&Changed { disk, files: &rolled.files });
    if !has_errors(&diagnostics) {
        return None;
    }
    let help = "mend what is told below in the project as it is, and roll again";
    let all = "the project would have errors on the next day";
    diagnostics.retain(|one| one.severity == crate::diagnostic::Severity::Error);
    let mut problems: Vec<Diagnostic> = vec![not_rolled(all).help(help)];
    problems.extend(diagnostics);
    shell.report(&problems, &sources, "nothing was rolled");
    Some(Exit::Invalid)
}

/// Writes all files, the manifest last: it says which day it is.
fn write(disk: &Disk, rolled: &Rolled) -> Result<(), Stop> {
    let mut files = Vec::with_capacity(rolled.files.len());
    for (path, text) in &rolled.files {
        let real = place(disk, path)?;
        // Texts have no byte order mark; a file that began with one keeps it.
        let marked = fs::read(&real).is_ok_and(|old| old.starts_with(BYTE_ORDER_MARK));
        let bytes = if marked { [BYTE_ORDER_MARK, text.as_bytes()].concat() } else { text.clone().into_bytes() };
        files.push((real, bytes));
    }
    files.sort_by_key(|(path, _)| path.ends_with(super::project::MANIFEST));
    replace_all(&files).map_err(|(path, error)| unwritable(&path, &why(&error)).into())
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Where a file of the project really is; the folder of a new one is made.
fn place(disk: &Disk, path: &str) -> Result<PathBuf, Stop> {
    if let Ok(real) = disk.locate(path) {
        return Ok(real);
    }
    let target = disk.root().join(path);
    let folder = target.parent().unwrap_or(disk.root());
    let fail = |why: &str| Stop::from(unwritable(&target, why));
    fs::create_dir_all(folder).map_err(|error| fail(&why(&error)))?;
    let real: PathBuf = folder.canonicalize().map_err(|error| fail(&why(&error)))?;
    if !real.starts_with(disk.root()) {
        return Err(fail("it leads out of the project"));
    }
    Ok(real.join(target.file_name().unwrap_or(Path::new("").as_os_str())))
}
