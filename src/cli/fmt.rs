//! `sopc fmt`

use std::fs;
use std::io;

use super::disk::{Disk, why};
use super::project::find;
use super::shell::Shell;
use super::write::{replace, unwritable};
use super::{Exit, ProjectDir, Stop};
use crate::diagnostic::{Diagnostic, Severity, codes, sort};
use crate::document::{Files, Loaded, parse};
use crate::format::{Unformatted, format};
use crate::plan::sha256;
use crate::render::safe;
use crate::source::{FileId, SourceFile, Span};

const ABOUT: &str = "\
Lays out the project's TOML files in one way

Spaces, blank lines, line breaks in long lists and the columns of comments become the same in every file, so that a \
change shows what changed and nothing else. Comments, the order of entries and every value stay as they are.

One blank line stands before a header, none twice; a list that does not fit into 100 columns, or ends in a comma, has a line \
for each element; comments behind the values of neighbouring lines stand in a column; months and weeks stand in \
double quotes. What only TOML 1.1 has is written as in TOML 1.0, and lines end in LF.

All TOML files of the project are formatted, scenarios included; a file that is not valid TOML is reported and left alone. The paths of changed files go to stdout; with --check, of those that would change.

Examples:
  sopc fmt            formats the project around the current folder
  sopc fmt --check    for CI and pre-commit hooks";

const EXIT_CODES: &str = "\
Exit codes:
  0  every file is formatted now; with --check: was before
  1  a file is not valid TOML; with --check: or not formatted
  2  wrong usage, or files that cannot be read or written";

/// Lays out the project's TOML files in one way
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Fmt {
    #[command(flatten)]
    project: ProjectDir,
    /// Writes nothing; lists the files that would change and exits with 1 where there are any
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let disk = find(self.project.dir.as_deref())?;
        let mut loaded = parse(&disk, paths(&disk)?);
        let changes = changes(&mut loaded);
        let mut failed = Vec::new();
        let mut done = Vec::new();
        for (path, text) in changes {
            match if self.check { Ok(()) } else { write(&disk, &path, &text) } {
                Ok(()) => done.push(path),
                Err(diagnostic) => failed.push(*diagnostic),
            }
        }
        shell.data(&done.iter().map(|path| safe::line(path) + "\n").collect::<String>())?;
        let environment = !failed.is_empty();
        let invalid = loaded.diagnostics.iter().any(|one| one.severity == Severity::Error);
        loaded.diagnostics.extend(failed);
        sort(&mut loaded.diagnostics, &loaded.sources);
        shell.report(&loaded.diagnostics, &loaded.sources, "these files are left as they are");
        if !done.is_empty() || !invalid && !environment {
            shell.tell(&self.outcome(done.len(), loaded.sources.files().len()));
        }
        Ok(match () {
            () if environment => Exit::Environment,
            () if invalid || self.check && !done.is_empty() => Exit::Invalid,
            () => Exit::Success,
        })
    }

    fn outcome(&self, changed: usize, all: usize) -> String {
        let files = if all == 1 { "file" } else { "files" };
        match (changed, self.check) {
            (0, _) => format!("no changes in {all} {files}"),
            (_, true) => format!("{changed} of {all} {files} would change"),
            (_, false) => format!("{changed} of {all} {files} changed"),
        }
    }
}

/// The TOML files of a project, scenarios included.
fn paths(disk: &Disk) -> Result<Vec<String>, Stop> {
    let listed = disk.list().and_then(|mut paths| {
        paths.extend(disk.scenarios()?);
        Ok(paths)
    });
    let mut paths = listed.map_err(|(path, error)| crate::document::unreadable(&path, &error, None))?;
    paths.retain(|path| path.to_ascii_lowercase().ends_with(".toml"));
    paths.sort();
    Ok(paths)
}

/// The files that are not formatted, with their new text; what cannot be is reported.
fn changes(loaded: &mut Loaded) -> Vec<(String, String)> {
    let mut changes = Vec::new();
    for (index, file) in loaded.sources.files().iter().enumerate() {
        let id = FileId(u32::try_from(index).unwrap_or(u32::MAX));
        let here = |one: &Diagnostic| one.primary().is_some_and(|span| span.file == id);
        if loaded.diagnostics.iter().any(|one| one.severity == Severity::Error && here(one)) {
            continue;
        }
        match format(&file.text) {
            Ok(text) => {
                // What is told of the syntax of valid files is what is written anew.
                loaded.diagnostics.retain(|one| !here(one));
                // The text lacks the byte order mark that the file may have.
                if sha256(text.as_bytes()) != file.sha256 {
                    changes.push((file.path.clone(), text));
                }
            }
            Err(error) => loaded.diagnostics.push(left_alone(id, file, error)),
        }
    }
    changes
}

/// Says why a file that can be read cannot be formatted.
fn left_alone(id: FileId, file: &SourceFile, error: Unformatted) -> Diagnostic {
    let message = format!("{} cannot be formatted: {}", file.path, error.why);
    let place = error.place.unwrap_or(0..0);
    let inside =
        |at: usize| (0..=at.min(file.text.len())).rev().find(|&at| file.text.is_char_boundary(at)).unwrap_or(0);
    Diagnostic::error(&codes::SYNTAX, message).at(Span::new(id, inside(place.start), inside(place.end)), "")
}

/// Replaces a file of the project, links followed.
fn write(disk: &Disk, path: &str, text: &str) -> Result<(), Box<Diagnostic>> {
    let refuse = |error: io::Error| Box::new(unwritable(path.as_ref(), &why(&error)));
    let real = disk.locate(path).map_err(|error| Box::new(crate::document::unreadable(path, &error, None)))?;
    if fs::metadata(&real).map_err(refuse)?.permissions().readonly() {
        return Err(Box::new(unwritable(path.as_ref(), "it is read-only")));
    }
    replace(&real, text.as_bytes()).map_err(refuse)
}
