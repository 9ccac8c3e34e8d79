//! Finding the project, as Cargo does: the nearest manifest upward.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Stop;
use super::disk::{Disk, why};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::cannot_be_read;

/// The file that marks a project's folder.
pub(super) const MANIFEST: &str = "sop.toml";

/// The project that holds `start`, a folder or a file in one; the current folder where nothing is said.
pub(super) fn find(start: Option<&Path>) -> Result<Disk, Stop> {
    let start = start.unwrap_or(Path::new("."));
    let Some(root) = root_above(start)? else {
        let message = format!("there is no {MANIFEST} in {} or any folder above it", shown(start));
        let diagnostic = Diagnostic::error(&codes::NO_PROJECT, message);
        return Err(diagnostic.help("`sopc init DIR` writes an example project into a folder").into());
    };
    Disk::new(&root).map_err(|error| unreadable(&root, &error))
}

/// The nearest folder with a manifest at or above `start`.
pub(super) fn root_above(start: &Path) -> Result<Option<PathBuf>, Stop> {
    let real = start.canonicalize().map_err(|error| unreadable(start, &error))?;
    for folder in real.ancestors() {
        match folder.join(MANIFEST).metadata() {
            Ok(metadata) if metadata.is_file() => return Ok(Some(folder.to_owned())),
            // Whether it is a project cannot be seen: one above it would be another one.
            Err(error) if error.kind() == ErrorKind::PermissionDenied => return Err(unreadable(folder, &error)),
            _ => {}
        }
    }
    Ok(None)
}

/// Says that a path which was named on the command line cannot be read.
pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Stop {
    cannot_be_read(&path.display().to_string(), &why(error)).into()
}

/// A folder as people call it.
fn shown(path: &Path) -> String {
    if path == Path::new(".") { "the current folder".into() } else { path.display().to_string() }
}
