//! `sopc init`

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::disk::why;
use super::project::{MANIFEST, root_above};
use super::shell::Shell;
use super::write::refused;
use super::{EXIT_CODES, Exit, Stop};
use crate::render::safe;

/// A file of the example project and what it holds.
macro_rules! file {
    ($path:literal) => {
        ($path, include_str!(concat!("../../examples/harbor-and-pine/", $path)))
    };
}

/// The example project.
const EXAMPLE: &[(&str, &str)] = &[
    file!(".github/workflows/sopc.yml"),
    file!("CODEOWNERS"),
    file!("README.md"),
    file!("data/demand.csv"),
    file!("data/stock.csv"),
    file!("data/yongkang-prices.csv"),
    file!("finance/budgets.toml"),
    file!("finance/cash.toml"),
    file!("operations/cover.toml"),
    file!("operations/items.toml"),
    file!("operations/locations.toml"),
    file!("operations/open-orders.toml"),
    file!("operations/stock.toml"),
    file!("operations/supplier-brattleboro.toml"),
    file!("operations/supplier-foshan.toml"),
    file!("operations/supplier-ningbo.toml"),
    file!("operations/supplier-porto.toml"),
    file!("operations/supplier-yiwu.toml"),
    file!("operations/supplier-yongkang.toml"),
    file!("sales/channels.toml"),
    file!("sales/demand.toml"),
    file!("sales/prices.toml"),
    file!("sales/promotions.toml"),
    file!("sales/service.toml"),
    file!("sales/wholesale.toml"),
    file!("schema/scenario.schema.json"),
    file!("schema/sop.schema.json"),
    file!("sop.toml"),
];

const ABOUT: &str = "\
Writes an example project

Harbor & Pine, an invented shop of 35 items: demand, prices, suppliers, stock, orders under way, cash and budgets, \
ready to be checked and planned, and to be replaced file by file with your own. Nothing that is there is overwritten.

Example:
  sopc init shop
  cd shop
  sopc plan";

/// Writes an example project
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Init {
    /// The folder to write it into; made where it does not exist [default: the current folder]
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Init {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let dir = self.dir.as_deref().unwrap_or(Path::new("."));
        refuse_existing(dir)?;
        refuse_nested(dir)?;
        let mut made = Made::default();
        if let Err((path, error)) = write_all(dir, &mut made) {
            made.undo();
            let message = format!("{} cannot be written: {}", path.display(), why(&error));
            let diagnostic = refused(message);
            return Err(diagnostic.with_note("nothing was written").into());
        }
        shell.data(&welcome(dir))?;
        Ok(Exit::Success)
    }
}

/// Refuses to overwrite anything, or to write through a link.
fn refuse_existing(dir: &Path) -> Result<(), Stop> {
    let there = |path: &&str| dir.join(path).symlink_metadata().is_ok();
    let existing: Vec<_> = EXAMPLE.iter().map(|(path, _)| *path).filter(there).collect();
    if existing.is_empty() {
        return Ok(());
    }
    let message = format!("{} would be overwritten", if existing.len() == 1 { "a file" } else { "files" });
    let diagnostic = refused(message).with_note(existing.join("\n"));
    Err(diagnostic.help("`sopc init DIR` writes into another folder").into())
}

/// Refuses to write a project into another one, which would take its files for its own.
fn refuse_nested(dir: &Path) -> Result<(), Stop> {
    let Some(standing) = absolute(dir).ancestors().find(|folder| folder.exists()).map(Path::to_owned) else {
        return Ok(());
    };
    let Some(root) = root_above(&standing)? else { return Ok(()) };
    let message = format!("there is a project around this folder already: {}", root.join(MANIFEST).display());
    let diagnostic = refused(message);
    Err(diagnostic.help("write the example into a folder outside of it").into())
}

fn absolute(dir: &Path) -> PathBuf {
    std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned())
}

/// What has been written so far, in order.
#[derive(Default)]
struct Made {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

impl Made {
    /// Takes everything back, as far as that goes.
    fn undo(&self) {
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }

    /// Makes a folder and those above it.
    fn folder(&mut self, path: &Path) -> io::Result<()> {
        if path.as_os_str().is_empty() || path.is_dir() {
            return Ok(());
        }
        if let Some(parent) = path.parent() {
            self.folder(parent)?;
        }
        fs::create_dir(path)?;
        self.folders.push(path.to_owned());
        Ok(())
    }

    fn file(&mut self, path: &Path, text: &str) -> io::Result<()> {
        let mut file = File::create_new(path)?;
        self.files.push(path.to_owned());
        file.write_all(text.as_bytes())
    }
}

fn write_all(dir: &Path, made: &mut Made) -> Result<(), (PathBuf, io::Error)> {
    for (path, text) in EXAMPLE {
        let path = dir.join(path);
        let folder = path.parent().unwrap_or(dir);
        made.folder(folder).map_err(|error| (folder.to_owned(), error))?;
        made.file(&path, text).map_err(|error| (path.clone(), error))?;
    }
    Ok(())
}

/// What was written, and what to do with it.
fn welcome(dir: &Path) -> String {
    let here = dir == Path::new(".");
    let place = if here { "this folder".to_owned() } else { safe::line(&dir.display().to_string()) };
    let enter = if here { String::new() } else { format!("  cd {}\n", quoted(&place)) };
    format!(
        "Harbor & Pine, an invented shop of 35 items, is now in {place}: {} files.\n\
         It is Monday, 2 February 2026, and the plan for February to October is to be made.\n\
         \n\
         Next:\n\
         {enter}  sopc check    every problem of the inputs, with its line\n  \
         sopc plan     what to buy and when, and what that does to stock and cash\n  \
         sopc watch    the same on every save, beside your editor\n\
         \n\
         README.md tells who owns which file, what to look for and what to try.\n",
        EXAMPLE.len()
    )
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+:\\".contains(c);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files_below(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files_below(&path, root, found);
            } else {
                found.push(path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/"));
            }
        }
    }

    #[test]
    fn the_example_is_complete() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/harbor-and-pine");
        let mut found = Vec::new();
        files_below(&root, &root, &mut found);
        found.sort();
        let mut listed: Vec<_> = EXAMPLE.iter().map(|(path, _)| *path).collect();
        listed.sort_unstable();
        assert_eq!(listed, found);
    }

    #[test]
    fn what_was_written_is_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("a/b");
        let mut made = Made::default();
        fs::write(folder.path().join("kept"), "").unwrap();
        assert!(made.folder(&dir).is_ok());
        assert!(made.file(&dir.join("c"), "text").is_ok());
        assert!(made.file(&dir.join("c"), "text").is_err());
        made.undo();
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["kept"]);
    }
}
