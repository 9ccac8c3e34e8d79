//! Projects in memory and on disk, compiled as the command line does.

#[path = "support/planned.rs"]
mod planned;
#[path = "support/run.rs"]
mod run;

use std::collections::BTreeMap;
use std::path::Path;

use sopc::document::{Files, ReadError};

pub(crate) use planned::{assert_fits, messages, plan_of, planned};
pub(crate) use run::{Run, command, folder, run, sopc, write};

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

    /// An example by its name.
    pub(crate) fn example(name: &str) -> Self {
        Self::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name))
    }

    /// A project of one file.
    pub(crate) fn one_file(text: impl Into<Vec<u8>>) -> Self {
        Self::of([("sop.toml", text)])
    }

    /// A project of texts.
    pub(crate) fn of<P: Into<String>, T: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        Self(files.into_iter().map(|(path, text)| (path.into(), text.into())).collect())
    }

    /// Changes a file at the first place that holds `from`.
    pub(crate) fn edit(&mut self, path: &str, from: &str, to: &str) {
        let bytes = self.0.get_mut(path).unwrap_or_else(|| panic!("{path}"));
        let text = String::from_utf8(bytes.clone()).expect("text");
        *bytes = replaced(&text, from, to).into_bytes();
    }
}

/// A text with the first `from`, which has to be there, made `to`.
pub(crate) fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "nothing holds {from}");
    text.replacen(from, to, 1)
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
