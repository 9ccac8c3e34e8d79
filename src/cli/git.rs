//! A project as a commit has it, read through the git binary: nothing is checked out, nothing is fetched, nothing is written.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::document::{Files, ReadError};

/// Most files of a commit that are looked at.
const MAX_ENTRIES: usize = 200_000;
/// Longest names of all of them together, bytes.
const MAX_LISTING: u64 = 64 << 20;
/// Longest name of a commit.
const MAX_REVISION: usize = 1_000;

/// Why a commit cannot be had.
#[derive(Debug)]
pub(super) enum GitError {
    /// There is no git to run.
    NoGit(io::Error),
    /// The project is in no repository.
    NoRepository,
    /// The repository does not have the commit, nor all that led to it.
    Shallow,
    /// It has all commits, but not this one.
    Unknown,
    /// No branch could be found to compare with.
    NoDefault,
    /// Git says something else.
    Other(String),
}

/// A repository around a folder.
#[derive(Debug)]
pub(super) struct Repository {
    root: PathBuf,
    /// The folder within the repository; ends in `/`, or is empty.
    prefix: String,
}

impl Repository {
    /// The repository that holds a project's folder.
    pub(super) fn around(root: &Path) -> Result<Self, GitError> {
        let output = git(root, &["rev-parse", "--show-prefix"]).map_err(GitError::NoGit)?;
        if !output.status.success() {
            return Err(GitError::NoRepository);
        }
        let prefix = String::from_utf8_lossy(&output.stdout).trim_end_matches(['\n', '\r']).to_owned();
        Ok(Self { root: root.to_owned(), prefix })
    }

    /// The commit that a name stands for.
    pub(super) fn commit(&self, revision: &str) -> Result<String, GitError> {
        let is_name = !revision.is_empty() && revision.len() <= MAX_REVISION && !revision.contains(['\0', '\n']);
        if !is_name {
            return Err(GitError::Unknown);
        }
        let peeled = format!("{revision}^{{commit}}");
        match self.line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled])? {
            Some(commit) => Ok(commit),
            None if self.is_shallow()? => Err(GitError::Shallow),
            None => Err(GitError::Unknown),
        }
    }

    /// Where this work began: the last commit that it shares with the default branch, and that branch's name. `asked` is the branch that
    /// a build is told of.
    pub(super) fn merge_base(&self, asked: Option<&str>) -> Result<(String, String), GitError> {
        let branch = self.default_branch(asked)?;
        match self.line(&["merge-base", "HEAD", &branch])? {
            Some(commit) => Ok((commit, branch)),
            None if self.is_shallow()? => Err(GitError::Shallow),
            None => Err(GitError::NoDefault),
        }
    }

    fn default_branch(&self, asked: Option<&str>) -> Result<String, GitError> {
        let asked = asked.filter(|name| !name.is_empty()).map(|name| format!("refs/remotes/origin/{name}"));
        let origin = self.line(&["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"])?;
        let usual = ["refs/remotes/origin/main", "refs/remotes/origin/master", "refs/heads/main", "refs/heads/master"];
        let usual = usual.into_iter().map(str::to_owned);
        let told = asked.is_some();
        for name in asked.into_iter().chain(origin).chain(usual) {
            let known =
                self.line(&["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{name}^{{commit}}")])?;
            if known.is_some() {
                return Ok(name);
            }
        }
        if told && self.is_shallow()? { Err(GitError::Shallow) } else { Err(GitError::NoDefault) }
    }

    fn is_shallow(&self) -> Result<bool, GitError> {
        Ok(self.line(&["rev-parse", "--is-shallow-repository"])?.as_deref() == Some("true"))
    }

    /// The first line that git answers; nothing where it refuses.
    fn line(&self, arguments: &[&str]) -> Result<Option<String>, GitError> {
        let output = git(&self.root, arguments).map_err(GitError::NoGit)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().next().unwrap_or("").to_owned();
        Ok(Some(line).filter(|line| output.status.success() && !line.is_empty()))
    }

    /// The files of a commit.
    pub(super) fn tree(&self, commit: &str) -> Result<Tree, GitError> {
        let path = format!("{}:{}", commit, self.prefix);
        let mut child = command(&self.root, &["ls-tree", "-r", "-z", "--full-tree", &path])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(GitError::NoGit)?;
        let mut listing = Vec::new();
        let read = child.stdout.take().map(|out| out.take(MAX_LISTING + 1).read_to_end(&mut listing));
        if listing.len() as u64 > MAX_LISTING {
            let _ = child.kill();
        }
        let ended = child.wait().map_err(GitError::NoGit)?;
        if !ended.success() || !matches!(read, Some(Ok(_))) || listing.len() as u64 > MAX_LISTING {
            let missing = if self.is_shallow()? { GitError::Shallow } else { GitError::Unknown };
            return Err(missing);
        }
        let mut blobs = BTreeMap::new();
        for entry in listing.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
            if blobs.len() == MAX_ENTRIES {
                return Err(GitError::Other(format!("the commit holds more than {MAX_ENTRIES} files")));
            }
            blobs.extend(entry_of(&String::from_utf8_lossy(entry)));
        }
        Ok(Tree { blobs, batch: Mutex::new(Batch::start(&self.root).map_err(GitError::NoGit)?) })
    }
}

/// `mode type object\tpath`.
fn entry_of(text: &str) -> Option<(String, Blob)> {
    let (head, path) = text.split_once('\t')?;
    let mut words = head.split(' ');
    let (mode, kind, object) = (words.next()?, words.next()?, words.next()?);
    (kind == "blob").then(|| (path.to_owned(), Blob { object: object.to_owned(), link: mode == "120000" }))
}

/// Git in a folder, such as it runs nothing that the repository asks for and goes to no other machine.
fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(["--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false"])
        .args(arguments);
    command
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C");
    command.stdin(Stdio::null());
    command
}

fn git(folder: &Path, arguments: &[&str]) -> io::Result<Output> {
    command(folder, arguments).stderr(Stdio::null()).output()
}

/// A file of a commit.
#[derive(Debug)]
struct Blob {
    object: String,
    link: bool,
}

/// The files of a project as a commit has them.
#[derive(Debug)]
pub(super) struct Tree {
    blobs: BTreeMap<String, Blob>,
    batch: Mutex<Batch>,
}

impl Tree {
    /// True where the commit has a project at all.
    pub(super) fn has(&self, path: &str) -> bool {
        self.blobs.contains_key(path)
    }
}

/// What a project's folder lists: see the walk of a disk.
fn belongs(path: &str) -> bool {
    let hidden = path.split('/').any(|part| part.starts_with('.'));
    let apart = path.starts_with("scenarios/") || path.starts_with("cycles/");
    let approved = path.strip_prefix("cycles/").is_some_and(|name| !name.contains('/') && name.ends_with(".plan.json"));
    !hidden && (approved || !apart && path.to_ascii_lowercase().ends_with(".toml"))
}

impl Files for Tree {
    fn list(&self) -> Result<Vec<String>, (String, ReadError)> {
        Ok(self.blobs.keys().filter(|path| belongs(path)).cloned().collect())
    }

    fn scenarios(&self) -> Vec<String> {
        let name = |path: &String| Some(path.strip_prefix("scenarios/")?.strip_suffix(".toml")?.to_owned());
        self.blobs.keys().filter_map(name).collect()
    }

    fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        let path = plain(path).ok_or(ReadError::OutsideRoot)?;
        let no_such = || ReadError::Unreadable("there is no such file".to_owned());
        let blob = self.blobs.get(&path).ok_or_else(no_such)?;
        if blob.link {
            return Err(ReadError::Unreadable("it is a link, and links are not followed in a commit".to_owned()));
        }
        let mut batch = self.batch.lock().unwrap_or_else(PoisonError::into_inner);
        batch.read(&blob.object, limit)
    }
}

/// A path without `.` and `..`; nothing where it leads out.
fn plain(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" if parts.is_empty() => return None,
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// `git cat-file --batch`: asked for an object a line, answers with its size and bytes.
struct Batch {
    child: Child,
    ask: Option<ChildStdin>,
    answers: Option<BufReader<ChildStdout>>,
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("process", &self.child.id()).finish_non_exhaustive()
    }
}

impl Batch {
    fn start(root: &Path) -> io::Result<Self> {
        let mut command = command(root, &["cat-file", "--batch"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let (ask, answers) = (child.stdin.take(), child.stdout.take().map(BufReader::new));
        Ok(Self { child, ask, answers })
    }

    fn read(&mut self, object: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
        let broken = |error: io::Error| ReadError::Unreadable(format!("git does not answer: {error}"));
        let (Some(ask), Some(answers)) = (&mut self.ask, &mut self.answers) else {
            return Err(ReadError::Unreadable("git does not answer".to_owned()));
        };
        writeln!(ask, "{object}").and_then(|()| ask.flush()).map_err(broken)?;
        let mut header = String::new();
        answers.read_line(&mut header).map_err(broken)?;
        let size = header.trim_end().rsplit_once(' ').and_then(|(_, size)| size.parse::<u64>().ok());
        let Some(size) = size else {
            // A clone may have been made without its files.
            return Err(ReadError::Unreadable("the repository does not have its contents".to_owned()));
        };
        if size > limit {
            let skipped = io::copy(&mut answers.take(size.saturating_add(1)), &mut io::sink());
            return Err(skipped.map_or_else(broken, |_| ReadError::TooLarge(limit)));
        }
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        answers.read_exact(&mut bytes).map_err(broken)?;
        // A newline follows.
        answers.read_exact(&mut [0]).map_err(broken)?;
        Ok(bytes)
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        // Without questions it ends by itself.
        self.ask = None;
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_lists_what_a_folder_does() {
        let all = ["sop.toml", "a/b.toml", ".git/x.toml", "a/.b/c.toml", "scenarios/x.toml", "cycles/a.toml", "a.csv"];
        assert_eq!(all.into_iter().filter(|path| belongs(path)).collect::<Vec<_>>(), ["sop.toml", "a/b.toml"]);
        assert!(belongs("cycles/2026-02.plan.json") && !belongs("cycles/a/2026-02.plan.json"));
    }

    #[test]
    fn paths_stay_inside() {
        assert_eq!(plain("a/../b/./c.csv").as_deref(), Some("b/c.csv"));
        assert_eq!([plain("../a"), plain("a/../../b"), plain("/a")], [None, None, None]);
    }
}
