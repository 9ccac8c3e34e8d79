//! `sopc watch` in a real terminal: `cargo test --test it terminal -- --ignored`, where tmux and Vim are installed.

#![allow(clippy::print_stdout, reason = "it is run by hand")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::program::{demand, put, shop};

/// Far longer than anything takes; what waits longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);
/// So long nothing more may follow: twice the longest wait for the end of a save.
const QUIET: Duration = Duration::from_secs(1);

/// A terminal with a shell in the folder of a shop; all that is written to it is kept in a file.
struct Terminal {
    socket: String,
    shop: TempDir,
    beside: TempDir,
}

impl Terminal {
    fn new(name: &str) -> Self {
        let socket = format!("sopc-{name}-{}", std::process::id());
        let terminal = Self { socket, shop: shop(), beside: tempfile::tempdir().expect("a folder") };
        let folder = terminal.shop.path().to_str().expect("a path");
        let log = terminal.beside.path().join("log");
        terminal.tmux(&[
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "100",
            "-y",
            "40",
            "-s",
            "t",
            "-c",
            folder,
            "sh",
        ]);
        terminal.tmux(&["pipe-pane", "-t", "t", &format!("cat >> '{}'", log.display())]);
        terminal
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux").args(["-L", &self.socket]).args(arguments).stdin(Stdio::null()).output();
        let output = output.expect("tmux runs");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Types a line.
    fn types(&self, window: &str, line: &str) {
        self.tmux(&["send-keys", "-t", window, "-l", line]);
        self.tmux(&["send-keys", "-t", window, "Enter"]);
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-t", "t:0"])
    }

    /// All that was ever written.
    fn said(&self) -> String {
        String::from_utf8_lossy(&fs::read(self.beside.path().join("log")).unwrap_or_default()).into_owned()
    }

    /// Waits for the screen to show something; the screen.
    fn until(&self, text: &str) -> String {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if screen.contains(text) {
                return screen;
            }
            assert!(start.elapsed() < PATIENCE, "no `{text}` on the screen:\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// How many plans, and how many rounds without one, were shown so far.
    fn rounds(&self) -> (usize, usize) {
        let said = self.said();
        (said.matches(": plan ").count(), said.matches("no plan after").count())
    }

    /// An edit is shown, once; how long that took to the first word of it.
    fn shows_once(&self, text: &str, edit: impl FnOnce()) -> String {
        let before = self.rounds();
        edit();
        let start = Instant::now();
        self.until(text);
        let first = start.elapsed();
        let screen = self.until(": plan ");
        std::thread::sleep(QUIET);
        let after = self.rounds();
        assert_eq!((after.0 - before.0, after.1 - before.1), (1, 0), "`{text}` is shown once:\n{}", self.screen());
        println!("{text}: first shown after {:.2} s", first.as_secs_f64());
        screen
    }

    fn path(&self) -> std::path::PathBuf {
        self.shop.path().join("demand.toml")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-L", &self.socket, "kill-server"]).stderr(Stdio::null()).status();
    }
}

fn shell(folder: &Path, line: &str) {
    assert!(Command::new("sh").args(["-c", line]).current_dir(folder).status().expect("sh runs").success(), "{line}");
}

#[test]
#[ignore = "it takes tmux and Vim"]
fn each_way_of_saving_is_shown_once_and_the_terminal_stays_as_it_was() {
    let terminal = Terminal::new("saves");
    let folder = terminal.shop.path();
    let beside = terminal.beside.path().display();
    let program = env!("CARGO_BIN_EXE_sopc");
    terminal
        .types("t:0", &format!("stty -a > {beside}/before; {program} watch; echo code $?; stty -a > {beside}/after"));
    terminal.until("order line");

    // Vim as it comes, and as it saves by renaming.
    terminal.tmux(&[
        "new-window",
        "-d",
        "-t",
        "t:1",
        "-c",
        folder.to_str().expect("a path"),
        "vim -Nu NONE -n demand.toml",
    ]);
    terminal.shows_once("units = 100 is now units = 110", || terminal.types("t:1", ":%s/100/110/|w"));
    terminal.types("t:1", ":set backupcopy=no");
    terminal.shows_once("units = 110 is now units = 120", || terminal.types("t:1", ":%s/110/120/|w"));
    terminal.types("t:1", ":q");

    terminal.shows_once("units = 120 is now units = 130", || shell(folder, "sed -i s/120/130/ demand.toml"));
    terminal.shows_once("units = 130 is now units = 140", || put(&terminal.path(), demand(140)));
    let again = "text=$(sed s/140/150/ demand.toml); rm demand.toml; echo \"$text\" > demand.toml";
    terminal.shows_once("units = 140 is now units = 150", || shell(folder, again));

    // A mistake, and what mends it.
    fs::write(terminal.path(), "[[demand]\n").expect("a file");
    let screen = terminal.until("no plan after");
    assert!(screen.contains("the last good plan stands") && screen.contains("demand.toml:1"), "{screen}");
    terminal.shows_once("the plan is the same", || fs::write(terminal.path(), demand(150)).expect("a file"));

    // A note beside the inputs, a file that is saved as it was, a backup.
    let before = terminal.said();
    shell(folder, "echo said > notes.md; touch demand.toml; cp demand.toml demand.toml~");
    std::thread::sleep(QUIET);
    assert_eq!(terminal.said(), before);

    terminal.tmux(&["send-keys", "-t", "t:0", "C-c"]);
    terminal.until("code 0");
    std::thread::sleep(QUIET);
    let settings = |name: &str| fs::read_to_string(terminal.beside.path().join(name)).expect("settings");
    assert_eq!(settings("before"), settings("after"));
    terminal.types("t:0", "echo still here");
    terminal.until("still here");
}
