//! The files of a project on a disk that nobody vouches for: a pull request may hold links out of the project, pipes
//! that never end and folders without bottom.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use crate::document::{Files, ReadError, Stamp};

/// Folders within folders.
const MAX_DEPTH: usize = 64;
/// Files and folders that are looked at.
const MAX_ENTRIES: usize = 200_000;
/// Bytes of all files together.
const MAX_TOTAL: u64 = 1 << 30;

/// From this age on a file's time of change tells it from what it was.
const SETTLED: Duration = Duration::from_secs(2);

/// Why the walk stopped, and where.
pub(super) type Refused = (String, ReadError);

/// A project's folder.
#[derive(Debug)]
pub struct Disk {
    /// Canonical: what does not begin with it lies outside.
    root: PathBuf,
    /// Bytes that have been read.
    taken: AtomicU64,
}

impl Disk {
    /// The project in the folder `root`.
    ///
    /// # Errors
    /// Where there is no such folder.
    pub fn new(root: &Path) -> io::Result<Self> {
        Ok(Self { root: root.canonicalize()?, taken: AtomicU64::new(0) })
    }

    /// The project's folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Forgets how much has been read: a project is looked at again and again.
    pub(super) fn forget(&self) {
        self.taken.store(0, Ordering::Relaxed);
    }

    /// Folders in which files of the project may come and go: those below the root that are not hidden, and where these files really are.
    pub(super) fn folders<'p>(&self, files: impl Iterator<Item = &'p str>) -> BTreeSet<PathBuf> {
        let mut found = BTreeSet::new();
        let mut entries = 0;
        add_folders(&self.root, 0, &mut entries, &mut found);
        let real = files.filter_map(|path| self.root.join(path).canonicalize().ok());
        found.extend(real.filter_map(|path| path.parent().map(Path::to_owned)));
        found
    }

    /// Paths of the scenarios' files, links aside.
    pub(super) fn scenarios(&self) -> Result<Vec<String>, Refused> {
        let folder = self.root.join("scenarios");
        let mut walk = Walk { seen: BTreeSet::new(), ..Walk::new(&self.root) };
        if fs::symlink_metadata(&folder).is_ok_and(|metadata| metadata.is_dir()) {
            walk.folder(&folder, "scenarios", 1)?;
        }
        Ok(walk.found)
    }

    /// Where a path of the project really is.
    pub(super) fn locate(&self, path: &str) -> Result<PathBuf, ReadError> {
        if leads_out(path) {
            return Err(ReadError::OutsideRoot);
        }
        let real = self.root.join(path).canonicalize().map_err(|error| unreadable(&error))?;
        if real.starts_with(&self.root) { Ok(real) } else { Err(ReadError::OutsideRoot) }
    }

    /// Counts bytes; refuses a project that is too large as a whole.
    fn take(&self, bytes: u64) -> Result<(), ReadError> {
        let before = self.taken.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > MAX_TOTAL {
            let why = format!("the files of the project are larger than {} MiB together", MAX_TOTAL >> 20);
            return Err(ReadError::Unreadable(why));
        }
        Ok(())
    }
}

impl Files for Disk {
    fn list(&self) -> Result<Vec<String>, Refused> {
        let mut walk = Walk::new(&self.root);
        walk.folder(&self.root, "", 0)?;
        walk.links()?;
        walk.approved()?;
        Ok(walk.found)
    }

    fn scenarios(&self) -> Vec<String> {
        let entries = fs::read_dir(self.root.join("scenarios")).into_iter().flatten().flatten().take(MAX_ENTRIES);
        let names = entries.filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".toml")?.to_owned()));
        let mut names: Vec<_> = names.collect();
        names.sort_unstable();
        names
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        let metadata = fs::metadata(self.locate(path).ok()?).ok()?;
        let modified = metadata.modified().ok()?;
        // What was written just now may be written once more within the same tick of its clock.
        let settled = modified.elapsed().is_ok_and(|age| age >= SETTLED);
        let since = modified.duration_since(UNIX_EPOCH).ok().filter(|_| settled)?;
        Some(Stamp([since.as_secs(), u64::from(since.subsec_nanos()), metadata.len(), identity(&metadata)]))
    }

    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        let real = self.locate(path)?;
        // Opening a pipe would wait for somebody to write to it.
        let size = regular(&fs::metadata(&real).map_err(|error| unreadable(&error))?, limit)?;
        self.take(size)?;
        let file = File::open(&real).map_err(|error| unreadable(&error))?;
        let size = regular(&file.metadata().map_err(|error| unreadable(&error))?, limit)?;
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        // It may grow while it is read.
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        if bytes.len() as u64 > limit { Err(ReadError::TooLarge(limit)) } else { Ok(bytes) }
    }
}

/// Tells a file from another one that took its name.
#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> u64 {
    0
}

/// Adds a folder and those below it. What cannot be read holds nothing to be heard of.
fn add_folders(folder: &Path, depth: usize, entries: &mut usize, found: &mut BTreeSet<PathBuf>) {
    let Ok(list) = fs::read_dir(folder) else { return };
    found.insert(folder.to_owned());
    for entry in list.flatten() {
        *entries += 1;
        if *entries > MAX_ENTRIES || depth >= MAX_DEPTH {
            return;
        }
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            add_folders(&entry.path(), depth + 1, entries, found);
        }
    }
}

/// True for a path that is no way down from the root, whatever links there are.
fn leads_out(path: &str) -> bool {
    let mut depth = 0_usize;
    for component in Path::new(path).components() {
        match component {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return true,
        }
    }
    false
}

/// The size of a regular file within the limit.
fn regular(metadata: &fs::Metadata, limit: u64) -> Result<u64, ReadError> {
    if metadata.is_dir() {
        return Err(ReadError::Unreadable("it is a folder".into()));
    }
    if !metadata.is_file() {
        return Err(ReadError::Unreadable("it is no regular file".into()));
    }
    if metadata.len() > limit { Err(ReadError::TooLarge(limit)) } else { Ok(metadata.len()) }
}

fn unreadable(error: &io::Error) -> ReadError {
    ReadError::Unreadable(why(error))
}

/// What the system says, in words that are the same everywhere where that is possible.
pub(super) fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        io::ErrorKind::AlreadyExists => "there is a file of that name already".into(),
        io::ErrorKind::NotADirectory => "a part of the path is no folder".into(),
        _ => error.to_string(),
    }
}

/// A walk over all files below the root.
struct Walk<'a> {
    root: &'a Path,
    found: Vec<String>,
    /// Real paths of folders that were walked and files that were found: each counts once, however many links lead to it.
    seen: BTreeSet<PathBuf>,
    /// Links, to be followed once everything that is really there has been seen.
    links: Vec<(String, usize)>,
    entries: usize,
}

/// What is done about an entry.
enum Kind {
    Folder,
    Link,
    File,
}

impl<'a> Walk<'a> {
    fn new(root: &'a Path) -> Self {
        // What scenarios and approved plans hold is no part of the base plan, whatever links lead there.
        let seen = ["scenarios", "cycles"].iter().map(|name| root.join(name)).collect();
        Self { root, found: Vec::new(), seen, links: Vec::new(), entries: 0 }
    }

    /// Walks the folder at `real`, which the project knows as `path`.
    fn folder(&mut self, real: &Path, path: &str, depth: usize) -> Result<(), Refused> {
        if !self.seen.insert(real.to_owned()) {
            return Ok(());
        }
        if depth > MAX_DEPTH {
            return Err(refused(path, format!("folders lie more than {MAX_DEPTH} deep")));
        }
        for (name, kind) in self.entries(real, path)? {
            let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            match kind {
                Kind::Folder => self.folder(&real.join(&name), &below, depth + 1)?,
                Kind::Link => self.links.push((below, depth + 1)),
                Kind::File if is_toml(&name) => {
                    self.seen.insert(real.join(&name));
                    self.found.push(below);
                }
                Kind::File => {}
            }
        }
        Ok(())
    }

    /// The entries of a folder that are not hidden, by name.
    fn entries(&mut self, real: &Path, path: &str) -> Result<Vec<(String, Kind)>, Refused> {
        let system = |error: io::Error| refused(path, why(&error));
        let mut entries = Vec::new();
        for entry in fs::read_dir(real).map_err(system)? {
            let entry = entry.map_err(system)?;
            self.entries += 1;
            if self.entries > MAX_ENTRIES {
                return Err(refused("", format!("it holds more than {MAX_ENTRIES} files and folders")));
            }
            let file_type = entry.file_type().map_err(system)?;
            let kind = match file_type {
                _ if file_type.is_symlink() => Kind::Link,
                _ if file_type.is_dir() => Kind::Folder,
                _ => Kind::File,
            };
            let name = entry.file_name();
            let hidden = name.as_encoded_bytes().starts_with(b".");
            match name.into_string() {
                _ if hidden => {}
                Ok(name) => entries.push((name, kind)),
                Err(name) => {
                    let name = name.to_string_lossy();
                    if matches!(kind, Kind::Folder) || is_toml(&name) {
                        let at = Path::new(path).join(&*name).to_string_lossy().into_owned();
                        return Err((at, ReadError::Unreadable("its name is not UTF-8".into())));
                    }
                }
            }
        }
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(entries)
    }

    /// Follows links, and those that turn up behind them.
    fn links(&mut self) -> Result<(), Refused> {
        while !self.links.is_empty() {
            for (path, depth) in std::mem::take(&mut self.links) {
                self.link(path, depth)?;
            }
        }
        Ok(())
    }

    fn link(&mut self, path: String, depth: usize) -> Result<(), Refused> {
        let target = self.root.join(&path).canonicalize();
        let inside = target.as_ref().is_ok_and(|real| real.starts_with(self.root));
        let is_folder = target.as_ref().is_ok_and(|real| real.is_dir());
        match target {
            Ok(_) if is_folder && !inside => Err((path, ReadError::OutsideRoot)),
            Ok(real) if is_folder => self.folder(&real, &path, depth),
            // Of several links to one file, the first counts.
            Ok(real) if is_toml(&path) && inside => {
                if self.may_hold(&real) && self.seen.insert(real) {
                    self.found.push(path);
                }
                Ok(())
            }
            // Reading it tells what is wrong with it.
            _ if is_toml(&path) => {
                self.found.push(path);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// False for files of scenarios and approved plans.
    fn may_hold(&self, real: &Path) -> bool {
        ["scenarios", "cycles"].iter().all(|name| !real.starts_with(self.root.join(name)))
    }

    /// Adds the approved plans.
    fn approved(&mut self) -> Result<(), Refused> {
        let folder = self.root.join("cycles");
        let real = match folder.canonicalize() {
            Ok(real) if !real.starts_with(self.root) => return Err(("cycles".into(), ReadError::OutsideRoot)),
            Ok(real) if real.is_dir() => real,
            _ => return Ok(()),
        };
        for (name, kind) in self.entries(&real, "cycles")? {
            if name.ends_with(".plan.json") && !matches!(kind, Kind::Folder) {
                self.found.push(format!("cycles/{name}"));
            }
        }
        Ok(())
    }
}

fn is_toml(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".toml")
}

fn refused(path: &str, why: String) -> Refused {
    let path = if path.is_empty() { "the project's folder" } else { path };
    (path.to_owned(), ReadError::Unreadable(why))
}

#[cfg(test)]
mod tests;
