//! `sopc watch` as a process: files are saved in every way editors know, and its events are read line by line.
//!
//! Nothing here depends on how fast anything is: each step waits for the event that it is about.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

/// Far longer than anything takes; what waits longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

pub(super) const MANIFEST: &str = r#"
[plan]
language = 1
name = "Shop"
cycle = "2026-02"
as-of = 2026-02-01
bucket = "month"
horizon = 3
currency = "USD"

[item.MUG]
price = 10

[location.main]

[channel.web]
ship-from = ["main"]

[supplier.mill]

[[lane]]
where = { item = "MUG" }
supplier = "mill"
location = "main"
lead-days = 20
unit-cost = 4
"#;

pub(super) fn demand(units: u32) -> String {
    format!("[[demand]]\nitem = \"MUG\"\nchannel = \"web\"\nunits = {units}\n")
}

pub(super) fn shop() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("sop.toml"), MANIFEST).expect("a file");
    fs::write(folder.path().join("demand.toml"), demand(100)).expect("a file");
    folder
}

/// A running `sopc watch --jsonl`.
struct Watching {
    process: Child,
    events: Receiver<Value>,
}

impl Watching {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sopc"));
        command.args(["watch", "--jsonl"]).args(arguments).current_dir(folder);
        let mut process =
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("sopc runs");
        let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let (sender, events) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
                if sender.send(event).is_err() {
                    break;
                }
            }
        });
        let watching = Self { process, events };
        watching.until("watching");
        watching
    }

    fn next(&self) -> Value {
        self.events.recv_timeout(PATIENCE).expect("an event")
    }

    /// The next event of a kind.
    fn until(&self, kind: &str) -> Value {
        loop {
            let event = self.next();
            if event["event"] == kind {
                return event;
            }
        }
    }

    /// The end of the next round.
    fn finished(&self) -> Value {
        self.until("compile_finished")
    }

    /// Demand before and after, of the lines that the next round tells of.
    fn edited(&self) -> Value {
        let event = self.finished();
        assert_eq!(event["status"], "planned", "{event}");
        event["delta"]["edited"][0]["lines"].clone()
    }

    #[cfg(unix)]
    fn interrupt(mut self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().expect("kill runs").success());
        self.until("ended");
        assert_eq!(self.process.wait().expect("it ends").code(), Some(0));
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Puts another file in the place of one, as `sed -i` and most editors do: nobody sees a part of it.
pub(super) fn put(path: &Path, text: impl AsRef<[u8]>) {
    let beside = path.with_file_name(".beside.tmp");
    fs::write(&beside, text).expect("a file");
    fs::rename(&beside, path).expect("a file");
}

/// Each way of saving is heard, once, and the file is the plan's of `sopc plan`. Who looks at files may see one that is written `in_place` half
/// done, and again when it is.
fn saves_are_heard(how: &[&str], in_place: bool) {
    let folder = shop();
    let path = folder.path().join("demand.toml");
    let out = tempfile::tempdir().expect("a folder");
    let plan = out.path().join("plan.json");
    let arguments: Vec<&str> = how.iter().copied().chain(["--out", plan.to_str().expect("a path")]).collect();
    let watching = Watching::start(folder.path(), &arguments);
    let first = watching.finished();
    assert_eq!((first["status"].as_str(), &first["delta"]), (Some("planned"), &Value::Null), "{first}");

    // In place, as many scripts do.
    if in_place {
        fs::write(&path, demand(110)).expect("a file");
    } else {
        put(&path, demand(110));
    }
    let lines = watching.edited();
    assert_eq!((lines[0]["before"].as_str(), lines[0]["after"].as_str()), (Some("units = 100"), Some("units = 110")));

    put(&path, demand(120));
    assert_eq!(watching.edited()[0]["after"], "units = 120");

    // The old one is moved away first, as Vim does with a backup.
    fs::rename(&path, folder.path().join("demand.toml~")).expect("a file");
    put(&path, demand(130));
    let mut event = watching.finished();
    if event["delta"]["edited"][0]["what"] == "gone" {
        // It was looked at in between: then there is a round of its own for what came back.
        event = watching.finished();
    }
    assert_eq!(event["status"], "planned", "{event}");

    // What it was made of is gone, and comes back.
    fs::remove_file(folder.path().join("sop.toml")).expect("a file");
    assert_eq!(watching.finished()["status"], "invalid");
    put(&folder.path().join("sop.toml"), MANIFEST);
    let back = watching.finished();
    assert_eq!((back["status"].as_str(), back["delta"]["same"].as_bool()), (Some("planned"), Some(true)), "{back}");

    // A folder that comes with a file in it.
    fs::create_dir(folder.path().join("more")).expect("a folder");
    let item = "[item.CUP]\nprice = 5\n";
    put(&folder.path().join("more/cup.toml"), item);
    let event = watching.finished();
    let status = event["status"].as_str().unwrap_or_default();
    assert_eq!(status, "planned", "{event}");

    let written = fs::read(&plan).expect("the plan");
    let cold = out.path().join("cold.json");
    let command = Command::new(env!("CARGO_BIN_EXE_sopc"))
        .args(["plan", "--out", cold.to_str().expect("a path")])
        .current_dir(folder.path())
        .output();
    assert!(command.expect("sopc runs").status.success());
    assert_eq!(written, fs::read(&cold).expect("the plan"));
    #[cfg(unix)]
    watching.interrupt();
}

#[test]
fn saves_are_heard_through_the_system() {
    saves_are_heard(&[], true);
}

#[test]
fn saves_are_seen_where_files_are_looked_at() {
    saves_are_heard(&["--poll=30"], false);
}

#[test]
fn mistakes_are_told_and_the_last_good_plan_stands() {
    let folder = shop();
    let path = folder.path().join("demand.toml");
    let watching = Watching::start(folder.path(), &[]);
    let first = watching.finished();
    fs::write(&path, "[[demand]\n").expect("a file");
    let event = watching.finished();
    assert_eq!((event["ok"].as_bool(), event["status"].as_str()), (Some(false), Some("invalid")), "{event}");
    assert_eq!(event["diagnostics"][0]["source"]["file"], "demand.toml");
    fs::write(&path, demand(100)).expect("a file");
    let event = watching.finished();
    assert_eq!(event["plan_hash"], first["plan_hash"]);
    assert_eq!(event["delta"]["same"], true);
}

#[test]
fn where_nothing_is_told_at_once_it_is_said_why() {
    let folder = shop();
    let watching = Watching::start(folder.path(), &[]);
    watching.finished();
    put(&folder.path().join("sop.toml"), MANIFEST.replace("horizon = 3", "horizon = 4"));
    assert_eq!(watching.until("plan_awaited")["why"], "any-item");
    assert_eq!(watching.finished()["status"], "planned");
}

#[test]
fn once_is_a_plan_by_the_same_way() {
    let folder = shop();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sopc"));
        command.args(arguments).current_dir(folder.path()).stdin(Stdio::null());
        command.output().expect("sopc runs")
    };
    let out = run(&["watch", "--once"]);
    let text = String::from_utf8_lossy(&out.stdout);
    assert_eq!(out.status.code(), Some(0), "{text}");
    assert!(text.contains("Shop, cycle 2026-02: plan ") && text.contains("Revenue"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text:?}");
    fs::write(folder.path().join("demand.toml"), "units = ").expect("a file");
    assert_eq!(run(&["watch", "--once", "--jsonl"]).status.code(), Some(1));
    assert_eq!(run(&["watch", "--poll=1"]).status.code(), Some(2));
}
