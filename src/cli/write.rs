//! Writing a file whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Stop;
use super::disk::{Disk, why};
use super::shell::Shell;
use crate::compile::Compiled;
use crate::diagnostic::{Diagnostic, codes};
use crate::render::safe;

/// A file that may be written.
#[derive(Debug)]
pub(super) struct Target {
    /// As it was named.
    named: PathBuf,
    /// Where it really is, links followed.
    real: PathBuf,
    /// True for a pipe or device, which is written to and not replaced.
    special: bool,
}

impl Target {
    /// Looks whether `named` may be written. What the project is made of may not, so that no run destroys its inputs.
    pub(super) fn new(named: &Path, disk: &Disk, compiled: &Compiled) -> Result<Self, Stop> {
        let refuse = |why: &str| Stop::from(unwritable(named, why));
        let Some(name) = named.file_name() else { return Err(refuse("it is no file name")) };
        let (real, special) = match fs::metadata(named) {
            Ok(metadata) if metadata.is_dir() => return Err(refuse("it is a folder")),
            Ok(metadata) => (named.canonicalize().map_err(|error| refuse(&why(&error)))?, !metadata.is_file()),
            Err(_) => {
                let parent = named.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
                let folder = parent.canonicalize().map_err(|_| refuse("its folder does not exist"))?;
                (folder.join(name), false)
            }
        };
        let files = compiled.sources.files().iter().map(|file| file.path.as_str());
        let own = files.chain(compiled.approved.iter().map(String::as_str));
        if own.filter_map(|path| disk.root().join(path).canonicalize().ok()).any(|input| input == real) {
            return Err(refuse("the project is compiled from it"));
        }
        Ok(Self { named: named.to_owned(), real, special })
    }

    /// True where this file would be replaced.
    pub(super) fn is(&self, path: &Path) -> bool {
        path.canonicalize().is_ok_and(|real| real == self.real)
    }

    /// True where a draft may take its place: nothing is there, or another draft.
    pub(super) fn may_hold_a_draft(&self) -> bool {
        let Ok(bytes) = fs::read(&self.real) else { return !self.real.exists() };
        let document: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
        self.special || document.is_some_and(|document| document["status"] == "draft")
    }

    /// Writes the file beside its place and moves it there, so that a reader sees the old one or the new one.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<(), Stop> {
        let written = if self.special { put(&self.real, bytes) } else { replace(&self.real, bytes) };
        written.map_err(|error| unwritable(&self.named, &why(&error)).into())
    }
}

/// Says that a file cannot be written.
pub(super) fn unwritable(path: &Path, why: &str) -> Diagnostic {
    refused(format!("{} cannot be written: {why}", path.display()))
}

/// Says that something is not written.
pub(super) fn refused(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(&codes::UNWRITABLE, message)
}

/// Writes files into a folder, which is made where there is none, and tells which.
pub(super) fn write_all<N: AsRef<str>>(shell: &mut Shell, dir: &Path, files: &[(N, String)]) -> Result<(), Stop> {
    fs::create_dir_all(dir).map_err(|error| unwritable(dir, &why(&error)))?;
    for (name, text) in files {
        let path = dir.join(name.as_ref());
        replace(&path, text.as_bytes()).map_err(|error| unwritable(&path, &why(&error)))?;
        shell.data(&format!("{}\n", safe::line(&path.display().to_string())))?;
    }
    Ok(())
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    OpenOptions::new().write(true).open(path)?.write_all(bytes)
}

/// Writes a file beside its place and moves it there.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    let written = write_new(&beside, path, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // It may never have come into being.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Writes several files, all or none: each beside its place first, and all are moved there then. Where a move fails, those before are put
/// back.
pub(super) fn replace_all(files: &[(PathBuf, Vec<u8>)]) -> Result<(), (PathBuf, io::Error)> {
    let clear = || {
        for (path, _) in files {
            // It may never have come into being.
            let _ = fs::remove_file(beside(path));
        }
    };
    for (path, bytes) in files {
        if let Err(error) = write_new(&beside(path), path, bytes) {
            clear();
            return Err((path.clone(), error));
        }
    }
    let mut moved: Vec<(&Path, Option<Vec<u8>>)> = Vec::new();
    for (path, _) in files {
        let old = fs::read(path).ok();
        if let Err(error) = fs::rename(beside(path), path) {
            for (path, old) in moved.into_iter().rev() {
                let _ = match old {
                    Some(bytes) => replace(path, &bytes),
                    None => fs::remove_file(path),
                };
            }
            clear();
            return Err((path.clone(), error));
        }
        moved.push((path, old));
    }
    Ok(())
}

/// A name in the same folder that nobody else uses.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn write_new(beside: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(beside)?;
    file.write_all(bytes)?;
    if let Ok(old) = fs::metadata(path) {
        file.set_permissions(old.permissions())?;
    }
    file.sync_all()
}
