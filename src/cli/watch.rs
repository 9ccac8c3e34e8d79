//! `sopc watch`

mod ears;
mod quiet;
mod told;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::ValueEnum;

use super::disk::Disk;
use super::project::find;
use super::shell::Shell;
use super::steer::Watch as Search;
use super::write::Target;
use super::{EXIT_CODES, Exit, Layers, ProjectDir, Stop};
use crate::compile::session::{self, Awaited, Delta, Kept, Provisional, Session};
use crate::compile::{Compiled, Failure, explained};
use crate::document::Variant;
use crate::plan::Plan;
use crate::render::plan_json;
use crate::solve::Steering;
use ears::{Deaf, Ears, Heard, LOOK, Signal};
use quiet::QUIET;
use told::{Round, Teller};

const ABOUT: &str = "\
Compiles the project on every save

While it runs, each save shows what it does: every problem of the inputs, or what differs from the last good plan - five \
numbers, orders, rules - and the lines that were edited. What the edit touches is decided anew at once, within what \
all else leaves, and shown with a `~`; the plan itself, the same that `sopc plan` makes, takes its place. A save during \
that ends it and begins the next.

Folders are watched through the system. Where that cannot tell, on network drives and in some containers, use --poll. \
Ctrl-C ends it.

Examples:
  sopc watch                     in one window, the editor in the other
  sopc watch --out plan.json     keeps the plan file up to date
  sopc watch --jsonl             an event a line, for other programs";

/// Compiles the project on every save
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct WatchCommand {
    #[command(flatten)]
    project: ProjectDir,
    #[command(flatten)]
    layers: Layers,
    /// Compiles once, as a save would, and ends
    #[arg(long)]
    once: bool,
    /// Looks at the files every so many milliseconds instead of waiting for the system to tell [default: 500]
    #[arg(long, value_name = "MS", num_args = 0..=1, require_equals = true, default_missing_value = "500")]
    #[arg(value_parser = clap::value_parser!(u64).range(20..=600_000))]
    poll: Option<u64>,
    /// Writes an event a line as JSON, and nothing else
    #[arg(long)]
    jsonl: bool,
    /// When the screen is cleared before something new is shown
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    clear: Clear,
    /// Writes each plan to a file, whole or not at all; nothing is written while there is none
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// When the screen is cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Clear {
    /// Where it is a terminal
    Auto,
    /// Never
    Never,
}

/// What a round came to.
enum Came {
    /// How a command would end that did the same.
    To(Exit),
    /// A save made it pointless; what is compiled now.
    Superseded(Box<Compiled>),
    /// Ctrl-C.
    Stopped,
}

/// What came of some work.
enum Done<T> {
    /// Its result.
    It(T),
    /// What came before that.
    Instead(Came),
}

impl WatchCommand {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let disk = find(self.project.dir.as_deref())?;
        shell.at(disk.root());
        let variant = self.layers.variant()?;
        let own = self.out.iter().filter_map(|out| own_path(out));
        let (ears, deaf) = Ears::new(disk.root(), self.poll.map(Duration::from_millis), own.collect());
        let clears = self.clear == Clear::Auto && shell.is_terminal() && !self.once;
        let teller = Teller { shell, jsonl: self.jsonl, clears };
        Watching { command: self, session: Session::default(), disk, variant, ears, teller, ended: ended() }.run(deaf)
    }
}

/// Where a file really is that is written to.
fn own_path(out: &Path) -> Option<PathBuf> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Some(folder.canonicalize().ok()?.join(out.file_name()?))
}

/// True once Ctrl-C was pressed.
type Asked = Arc<AtomicBool>;

fn ended() -> Asked {
    Arc::new(AtomicBool::new(false))
}

/// All that goes on.
struct Watching<'w> {
    command: &'w WatchCommand,
    session: Session,
    disk: Disk,
    variant: Variant,
    ears: Ears,
    teller: Teller<'w>,
    ended: Asked,
}

impl Watching<'_> {
    fn run(mut self, deaf: Option<Deaf>) -> Result<Exit, Stop> {
        self.hear_ctrl_c();
        if !self.command.once {
            let root = self.disk.root().to_owned();
            self.teller.watching(&root, self.ears.looks())?;
            self.say_deaf(deaf);
        }
        let mut next = None;
        loop {
            let started = Instant::now();
            if let Some(compiled) = next.take().or_else(|| self.look()) {
                match self.round(compiled, started)? {
                    Came::Superseded(compiled) => next = Some(*compiled),
                    Came::Stopped => return self.end(),
                    Came::To(exit) if self.command.once => return Ok(exit),
                    Came::To(_) => {}
                }
            }
            while next.is_none() {
                match self.ears.listen() {
                    Heard::End => return self.end(),
                    Heard::Change => break,
                    Heard::Planned => {}
                }
            }
            if self.teller.is_alone() {
                return Ok(Exit::Success);
            }
        }
    }

    /// What files say now; nothing where they say what they did.
    fn look(&mut self) -> Option<Compiled> {
        if !self.command.once {
            // Folders first: what is saved from here on is heard.
            self.follow();
            if self.ears.looks() && !self.session.is_current(&self.disk) {
                // Somebody may be in the middle of it.
                thread::sleep(QUIET);
            }
        }
        self.disk.forget();
        self.session.compile(&self.disk, &self.variant)
    }

    /// Compiles and shows once.
    fn round(&mut self, compiled: Compiled, started: Instant) -> Result<Came, Stop> {
        self.teller.started()?;
        let round = Round { compiled: &compiled, started };
        if compiled.network.is_none() {
            return self.failed(&round, &Failure::Invalid);
        }
        // Whether its result can be kept is asked before.
        let target = self.command.out.as_deref().map(|out| Target::new(out, &self.disk, &compiled)).transpose()?;
        match self.at_once(&compiled) {
            Done::It(Ok(provisional)) => {
                let delta = Delta { diff: provisional.diff, edited: self.session.edited(&compiled) };
                self.teller.provisional(&round, &delta)?;
            }
            Done::It(Err(why)) => self.teller.awaited(&round, why)?,
            Done::Instead(came) => return self.cut(came),
        }
        match self.plan(&compiled) {
            Done::Instead(came) => self.cut(came),
            Done::It(Err(failure)) => self.failed(&round, &failure),
            Done::It(Ok((plan, kept))) => {
                let delta = self.session.delta(&compiled, &plan);
                let written = target.map_or(Ok(()), |target| target.write(plan_json(&plan).as_bytes()));
                let told = self.teller.planned(&round, &plan, delta.as_ref(), self.session.last())?;
                if let Err(Stop(why)) = written {
                    // The next plan may be written again.
                    self.teller.report(*why);
                }
                let exit = if plan.is_refused() { Exit::Refused } else { Exit::Success };
                self.session.remember(&told, true);
                self.session.keep(compiled, plan, kept);
                Ok(Came::To(exit))
            }
        }
    }

    /// A round that was cut short.
    fn cut(&mut self, came: Came) -> Result<Came, Stop> {
        if matches!(came, Came::Superseded(_)) {
            self.teller.superseded()?;
        }
        Ok(came)
    }

    fn failed(&mut self, round: &Round<'_>, failure: &Failure) -> Result<Came, Stop> {
        let told = self.teller.failed(round, failure, self.session.last())?;
        self.session.remember(&told, false);
        Ok(Came::To(Exit::from(failure)))
    }

    /// A plan of what the edit touches.
    fn at_once(&mut self, compiled: &Compiled) -> Done<Result<Provisional, Awaited>> {
        let before = self.session.before();
        self.meanwhile(&Search::of(ended(), false), |search| before.provisional(compiled, &|| search.stop()))
    }

    /// The plan.
    fn plan(&mut self, compiled: &Compiled) -> Done<Result<(Plan, Kept), Failure>> {
        let search = Search::of(ended(), self.teller.talks());
        let done = self.meanwhile(&search, |search| {
            let (stop, tell) = (|| search.stop(), |progress| search.tell(progress));
            let steering = Steering::new(&stop, &tell, rust_decimal::Decimal::ZERO);
            session::plan(compiled, &steering).map_err(|failure| explained(compiled, failure, &steering))
        });
        search.clear();
        done
    }

    /// Works on a thread of its own, and listens meanwhile: a save ends that, if it says anything new.
    fn meanwhile<T: Send>(&mut self, search: &Search, work: impl FnOnce(&Search) -> T + Send) -> Done<T> {
        let (sender, done) = (self.ears.sender(), self.ears.expect_plan());
        thread::scope(|scope| {
            let worker = scope.spawn(|| {
                let result = work(search);
                // It is waited for below.
                let _ = sender.send(done);
                result
            });
            let instead = loop {
                match self.ears.listen() {
                    Heard::Planned => break None,
                    Heard::End => break Some(Came::Stopped),
                    Heard::Change if self.command.once => {}
                    Heard::Change => {
                        if let Some(next) = self.look() {
                            break Some(Came::Superseded(Box::new(next)));
                        }
                    }
                }
            };
            if instead.is_some() {
                search.end();
            }
            match (worker.join(), instead) {
                (Err(panic), _) => std::panic::resume_unwind(panic),
                (Ok(_), Some(came)) => Done::Instead(came),
                (Ok(_), None) if self.ended.load(Ordering::Relaxed) => Done::Instead(Came::Stopped),
                (Ok(result), None) => Done::It(result),
            }
        })
    }

    /// Watches the folders there are now.
    fn follow(&mut self) {
        if !self.ears.looks() {
            let folders = self.disk.folders(self.session.paths());
            let deaf = self.ears.follow(folders);
            if deaf.is_some() && self.command.jsonl {
                let root = self.disk.root().to_owned();
                // Where that cannot be written, nor can what follows, which says so.
                let _ = self.teller.watching(&root, true);
            }
            self.say_deaf(deaf);
        }
    }

    fn say_deaf(&mut self, deaf: Option<Deaf>) {
        let every = format!("files are looked at every {} ms instead", LOOK.as_millis());
        let told = match deaf {
            None => return,
            Some(Deaf::Limit) => format!(
                "the system watches no more folders for this user: {every}. More of them: \
                 sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512"
            ),
            Some(Deaf::Other(why)) => format!("folders cannot be watched: {why}; {every}"),
        };
        self.teller.say(&told);
    }

    fn hear_ctrl_c(&self) {
        let (ended, sender) = (Arc::clone(&self.ended), self.ears.sender());
        // Where signals cannot be listened for, Ctrl-C ends the program as ever. A second one does so in any case.
        let _ = ctrlc::set_handler(move || {
            if ended.swap(true, Ordering::Relaxed) {
                std::process::exit(130);
            }
            let _ = sender.send(Signal::End);
        });
    }

    fn end(&mut self) -> Result<Exit, Stop> {
        self.teller.ended()?;
        Ok(Exit::Success)
    }
}
