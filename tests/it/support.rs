//! Projects in memory and on disk, compiled as the command line does.

use std::collections::BTreeMap;
use std::path::Path;

use sopc::document::{Files, ReadError};

/// A project in memory: path to bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory(pub(crate) BTreeMap<String, Vec<u8>>);

impl Memory {
    /// The files of a folder, TOML, CSV and approved plans, hidden ones and notes aside.
    pub(crate) fn folder(root: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(root, root, &mut files);
        Self(files)
    }

    /// A project of texts.
    pub(crate) fn of<P: Into<String>, T: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        Self(files.into_iter().map(|(path, text)| (path.into(), text.into())).collect())
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, files);
            continue;
        }
        let relative = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
        if relative.ends_with(".toml") || relative.ends_with(".csv") || is_approved(&relative) {
            files.insert(relative, std::fs::read(&path).expect("a file"));
        }
    }
}

fn is_approved(path: &str) -> bool {
    path.starts_with("cycles/") && path.ends_with(".plan.json")
}

impl Files for Memory {
    fn list(&self) -> Result<Vec<String>, (String, ReadError)> {
        let apart = |path: &&String| path.starts_with("scenarios/") || path.starts_with("cycles/");
        let listed = |path: &&String| path.ends_with(".toml") && !apart(path) || is_approved(path);
        Ok(self.0.keys().filter(listed).cloned().collect())
    }

    fn scenarios(&self) -> Vec<String> {
        let name = |path: &String| Some(path.strip_prefix("scenarios/")?.strip_suffix(".toml")?.to_owned());
        self.0.keys().filter_map(name).collect()
    }

    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        let bytes = self.0.get(path).ok_or_else(|| ReadError::Unreadable("no such file".to_owned()))?;
        if bytes.len() as u64 > limit { Err(ReadError::TooLarge(limit)) } else { Ok(bytes.clone()) }
    }
}
