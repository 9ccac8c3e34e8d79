//! The outside of a search: its clock, its Ctrl-C, and the line on stderr that tells how far it is.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::solve::Progress;

/// From when on people want to be told that something is going on.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two lines, in milliseconds.
const PACE: u64 = 200;

/// Watches over one search.
#[derive(Debug)]
pub(super) struct Watch {
    started: Instant,
    limit: Option<Duration>,
    asked: Arc<AtomicBool>,
    told: AtomicU64,
    talks: bool,
}

impl Watch {
    /// Starts the clock and listens for Ctrl-C. `talks` asks for progress where stderr is a terminal.
    pub(super) fn new(limit: Option<Duration>, talks: bool) -> Self {
        let asked = Arc::new(AtomicBool::new(false));
        let heard = Arc::clone(&asked);
        // Where signals cannot be listened for, Ctrl-C ends the program as ever. A second one does so in any case.
        let _ = ctrlc::set_handler(move || {
            if heard.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
        });
        Self { limit, ..Self::of(asked, talks) }
    }

    /// Starts the clock of a search that `asked` ends.
    pub(super) fn of(asked: Arc<AtomicBool>, talks: bool) -> Self {
        Self {
            started: Instant::now(),
            limit: None,
            asked,
            told: AtomicU64::new(0),
            talks: talks && io::stderr().is_terminal(),
        }
    }

    /// True where the search should end.
    pub(super) fn stop(&self) -> bool {
        self.asked.load(Ordering::Relaxed) || self.limit.is_some_and(|limit| self.started.elapsed() >= limit)
    }

    /// Asks the search to end.
    pub(super) fn end(&self) {
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Writes how far the search is over the line before.
    pub(super) fn tell(&self, progress: Progress) {
        let elapsed = self.started.elapsed();
        let now = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        if !self.talks || elapsed < PATIENCE || now < self.told.load(Ordering::Relaxed) + PACE {
            return;
        }
        self.told.store(now, Ordering::Relaxed);
        let _ = write!(io::stderr().lock(), "\r\x1b[2K{progress}");
    }

    /// Takes the line back.
    pub(super) fn clear(&self) {
        if self.told.load(Ordering::Relaxed) > 0 {
            let _ = write!(io::stderr().lock(), "\r\x1b[2K");
        }
    }
}
