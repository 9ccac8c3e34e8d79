//! What is heard of a project's folders.
//!
//! Folders are watched and not files: editors save by putting another file in the place of the old one. Events only say that it is time to look;
//! whether anything changed is decided by what files hold. Where the system does not tell, files are looked at again and again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::{ErrorKind, Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::quiet::Burst;

/// Between two looks, where nobody is asked to tell.
pub(super) const LOOK: Duration = Duration::from_millis(500);
/// Between two looks for a project's folder that is gone.
const GONE: Duration = Duration::from_millis(300);

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// Files may have changed.
    Change,
    /// The plan is there, or is not to be had.
    Planned,
    /// Ctrl-C.
    End,
}

/// What threads send.
#[derive(Debug)]
pub(super) enum Signal {
    /// Something happened to these.
    Touched(Vec<PathBuf>),
    /// Something may have happened to any file.
    Lost,
    /// See [`Heard::Planned`]; which of the plans that were begun.
    Planned(u64),
    /// See [`Heard::End`].
    End,
}

/// Why files are looked at instead.
#[derive(Debug)]
pub(super) enum Deaf {
    /// The system watches no more folders for this user.
    Limit,
    /// Anything else.
    Other(String),
}

/// Listens to the system, to the planner and to Ctrl-C.
pub(super) struct Ears {
    root: PathBuf,
    sender: Sender<Signal>,
    receiver: Receiver<Signal>,
    /// None where files are looked at.
    watcher: Option<RecommendedWatcher>,
    /// Between two looks.
    pace: Duration,
    /// Folders that are watched, and which these are: another one may take a folder's name.
    folders: BTreeMap<PathBuf, Which>,
    /// What this program writes.
    own: Vec<PathBuf>,
    /// Plans that were begun: what comes of one that was given up is not heard.
    begun: u64,
    /// Signals that were heard beside a burst.
    planned: bool,
    ended: bool,
}

impl Ears {
    /// Listens to the folders below `root`, or looks at them every `pace`. What is written to `own` is not heard.
    pub(super) fn new(root: &Path, pace: Option<Duration>, own: Vec<PathBuf>) -> (Self, Option<Deaf>) {
        let (sender, receiver) = channel();
        let (watcher, deaf) = match pace {
            Some(_) => (None, None),
            None => match watcher(sender.clone()) {
                Ok(watcher) => (Some(watcher), None),
                Err(error) => (None, Some(deaf(&error))),
            },
        };
        let pace = pace.unwrap_or(LOOK);
        let (root, folders) = (root.to_owned(), BTreeMap::new());
        let ears = Self { root, sender, receiver, watcher, pace, folders, own, begun: 0, planned: false, ended: false };
        (ears, deaf)
    }

    /// Where others may send.
    pub(super) fn sender(&self) -> Sender<Signal> {
        self.sender.clone()
    }

    /// A plan is begun; what tells that it is there.
    pub(super) fn expect_plan(&mut self) -> Signal {
        self.begun += 1;
        self.planned = false;
        Signal::Planned(self.begun)
    }

    /// True where files are looked at.
    pub(super) fn looks(&self) -> bool {
        self.watcher.is_none()
    }

    /// Watches these folders and no others; where that cannot be, files are looked at from now on.
    pub(super) fn follow(&mut self, folders: BTreeSet<PathBuf>) -> Option<Deaf> {
        let watcher = self.watcher.as_mut()?;
        let now: BTreeMap<PathBuf, Which> =
            folders.into_iter().filter_map(|path| Some((path.clone(), which(&path)?))).collect();
        for (path, _) in self.folders.iter().filter(|(path, which)| now.get(*path) != Some(*which)) {
            // One that is gone is not watched any more in any case.
            let _ = watcher.unwatch(path);
        }
        for path in now.iter().filter(|(path, which)| self.folders.get(*path) != Some(*which)).map(|(path, _)| path) {
            if let Err(error) = watcher.watch(path, RecursiveMode::NonRecursive)
                && path.exists()
            {
                let why = deaf(&error);
                self.watcher = None;
                return Some(why);
            }
        }
        self.folders = now;
        None
    }

    /// Waits until there is something to do.
    pub(super) fn listen(&mut self) -> Heard {
        loop {
            if self.ended {
                return Heard::End;
            }
            if std::mem::take(&mut self.planned) {
                return Heard::Planned;
            }
            match self.receive() {
                Ok(Signal::End) => self.ended = true,
                Ok(Signal::Planned(begun)) => self.planned = begun == self.begun,
                Ok(Signal::Lost) => return self.until_quiet(),
                Ok(Signal::Touched(paths)) if self.mind(&paths) => return self.until_quiet(),
                Err(RecvTimeoutError::Timeout) if self.looks() || self.root.is_dir() => return Heard::Change,
                Ok(Signal::Touched(_)) | Err(RecvTimeoutError::Timeout) => {}
                // This end holds a sender of its own.
                Err(RecvTimeoutError::Disconnected) => return Heard::End,
            }
        }
    }

    fn receive(&self) -> Result<Signal, RecvTimeoutError> {
        if self.looks() {
            self.receiver.recv_timeout(self.pace)
        } else if self.root.is_dir() {
            self.receiver.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            self.receiver.recv_timeout(GONE)
        }
    }

    /// Waits for the end of a burst that has begun.
    fn until_quiet(&mut self) -> Heard {
        let mut burst = Burst::begins(Instant::now());
        while let Some(left) = burst.left(Instant::now()) {
            match self.receiver.recv_timeout(left) {
                Ok(Signal::End) => self.ended = true,
                Ok(Signal::Planned(begun)) => self.planned |= begun == self.begun,
                Ok(Signal::Lost) => burst.goes_on(Instant::now()),
                Ok(Signal::Touched(paths)) if self.mind(&paths) => burst.goes_on(Instant::now()),
                Ok(Signal::Touched(_)) | Err(_) => {}
            }
            if self.ended {
                return Heard::End;
            }
        }
        Heard::Change
    }

    /// True where any of these is to be minded. A folder that something happened to may be another one by now: it is watched anew.
    fn mind(&mut self, paths: &[PathBuf]) -> bool {
        paths.iter().fold(false, |minds, path| self.folders.remove(path).is_some() | self.minds(path) | minds)
    }

    /// False for what editors write beside a file, and for what this program writes.
    fn minds(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        let beside = name.starts_with(b".") || name.ends_with(b"~");
        !beside && !self.own.iter().any(|own| own == path)
    }
}

/// Asks the system to tell.
fn watcher(sender: Sender<Signal>) -> notify::Result<RecommendedWatcher> {
    notify::recommended_watcher(move |event: notify::Result<Event>| {
        let signal = match event {
            Ok(event) if event.need_rescan() => Signal::Lost,
            Ok(event) if event.kind.is_access() => return,
            Ok(event) => Signal::Touched(event.paths),
            Err(_) => Signal::Lost,
        };
        // Where nobody listens any more there is nobody to tell.
        let _ = sender.send(signal);
    })
}

fn deaf(error: &notify::Error) -> Deaf {
    let limit = match &error.kind {
        ErrorKind::MaxFilesWatch => true,
        // Too many users of it at once have a limit of their own.
        ErrorKind::Io(error) => error.raw_os_error() == Some(24),
        _ => false,
    };
    if limit { Deaf::Limit } else { Deaf::Other(error.to_string()) }
}

/// Tells a folder from another one of its name.
type Which = (u64, u64);

#[cfg(unix)]
fn which(folder: &Path) -> Option<Which> {
    use std::os::unix::fs::MetadataExt;
    let metadata = std::fs::metadata(folder).ok().filter(std::fs::Metadata::is_dir)?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn which(folder: &Path) -> Option<Which> {
    std::fs::metadata(folder).ok().filter(std::fs::Metadata::is_dir).map(|_| (0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ears(own: &[&str]) -> Ears {
        Ears::new(Path::new("/shop"), Some(Duration::from_secs(3600)), own.iter().map(PathBuf::from).collect()).0
    }

    fn touched(path: &str) -> Signal {
        Signal::Touched(vec![PathBuf::from(path)])
    }

    #[test]
    fn what_editors_write_beside_a_file_is_not_heard() {
        let ears = ears(&["/shop/plan.json"]);
        let minds = |path: &str| ears.minds(Path::new(path));
        assert!(minds("/shop/sales/demand.toml") && minds("/shop/data/history.csv") && minds("/shop/new-folder"));
        assert!(!minds("/shop/.sop.toml.swp") && !minds("/shop/sop.toml~") && !minds("/shop/plan.json"));
    }

    #[test]
    fn a_burst_is_heard_once() {
        let mut ears = ears(&[]);
        let sender = ears.sender();
        for path in ["/shop/4913", "/shop/sop.toml", "/shop/sop.toml"] {
            sender.send(touched(path)).expect("it listens");
        }
        sender.send(touched("/shop/.sop.toml.swp")).expect("it listens");
        assert_eq!(ears.listen(), Heard::Change);
        let planned = ears.expect_plan();
        sender.send(planned).expect("it listens");
        assert_eq!(ears.listen(), Heard::Planned);
    }

    #[test]
    fn a_plan_that_was_given_up_is_not_heard() {
        let mut ears = ears(&[]);
        let sender = ears.sender();
        let (given_up, planned) = (ears.expect_plan(), ears.expect_plan());
        sender.send(given_up).expect("it listens");
        sender.send(touched("/shop/sop.toml")).expect("it listens");
        assert_eq!(ears.listen(), Heard::Change);
        sender.send(planned).expect("it listens");
        assert_eq!(ears.listen(), Heard::Planned);
    }

    #[test]
    fn a_plan_within_a_burst_is_not_lost_and_an_end_comes_first() {
        let mut ears = ears(&[]);
        let sender = ears.sender();
        let planned = ears.expect_plan();
        sender.send(touched("/shop/sop.toml")).expect("it listens");
        sender.send(planned).expect("it listens");
        assert_eq!(ears.listen(), Heard::Change);
        assert_eq!(ears.listen(), Heard::Planned);
        sender.send(touched("/shop/sop.toml")).expect("it listens");
        sender.send(Signal::End).expect("it listens");
        assert_eq!(ears.listen(), Heard::End);
        assert_eq!(ears.listen(), Heard::End);
    }
}
