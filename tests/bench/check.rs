//! How long `sopc check` takes on large projects, stage by stage, beside what the bare parsers need for the same bytes.
//!
//! `cargo bench --bench check` runs it; `cargo bench --bench check -- keep DIR` writes the projects into a folder to
//! look at them or to profile the command line. Figures are the best of several rounds, of one machine, and are never
//! tested for.

#![allow(clippy::print_stdout, reason = "figures are what it is for")]

#[path = "check/shop.rs"]
mod shop;
#[path = "check/uci.rs"]
mod uci;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use sopc::check::check;
use sopc::compile::compile;
use sopc::document::{Files, ReadError, load};

/// Rounds of each measurement; the best one counts.
const ROUNDS: usize = 7;

/// A project in memory: path to bytes.
pub(crate) struct Project(pub(crate) BTreeMap<String, Vec<u8>>);

impl Project {
    /// The bytes of all files with this ending.
    fn bytes(&self, ending: &str) -> Vec<&[u8]> {
        self.0.iter().filter(|(path, _)| path.ends_with(ending)).map(|(_, bytes)| bytes.as_slice()).collect()
    }

    fn size(&self, ending: &str) -> f64 {
        self.bytes(ending).iter().map(|bytes| bytes.len()).sum::<usize>() as f64 / f64::from(1 << 20)
    }

    /// The same without what it reads from CSV files.
    fn without_csv(&self) -> Self {
        let kept = self.0.iter().filter(|(path, _)| path.as_str() != "csv.toml");
        Self(kept.map(|(path, bytes)| (path.clone(), bytes.clone())).collect())
    }

    fn write(&self, folder: &Path) {
        for (path, bytes) in &self.0 {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
            std::fs::write(path, bytes).expect("a file");
        }
    }
}

impl Files for Project {
    fn list(&self) -> Result<Vec<String>, (String, ReadError)> {
        Ok(self.0.keys().filter(|path| path.ends_with(".toml")).cloned().collect())
    }

    fn read(&self, path: &str, _: u64) -> Result<Vec<u8>, ReadError> {
        self.0.get(path).cloned().ok_or_else(|| ReadError::Unreadable("no such file".to_owned()))
    }
}

/// The best time of several rounds.
fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    let round = |_| {
        let start = Instant::now();
        let made = work();
        let time = start.elapsed();
        drop(made);
        time
    };
    (0..ROUNDS).map(round).min().expect("some rounds")
}

fn show(what: &str, time: Duration) {
    println!("  {what:<44} {:>8.1} ms", time.as_secs_f64() * 1000.0);
}

/// What the bare `csv` crate needs to read every cell of these files as text.
fn bare_csv(files: &[&[u8]]) -> usize {
    let mut cells = 0;
    for bytes in files {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(*bytes);
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).expect("a record") {
            cells += record.len();
        }
    }
    cells
}

/// What the bare `toml` crate needs to parse these files, with places.
fn bare_toml(files: &[&[u8]]) -> usize {
    let parse = |bytes: &&[u8]| {
        let text = std::str::from_utf8(bytes).expect("text");
        toml::de::DeTable::parse(text).expect("TOML").get_ref().len()
    };
    files.iter().map(parse).sum()
}

fn measure(name: &str, project: &Project) {
    println!("{name}: {:.1} MiB TOML, {:.1} MiB CSV", project.size(".toml"), project.size(".csv"));
    let (toml, csv) = (project.bytes(".toml"), project.bytes(".csv"));
    show("bare toml crate, the same bytes", best(|| bare_toml(&toml)));
    show("bare csv crate, the same bytes", best(|| bare_csv(&csv)));
    let without = project.without_csv();
    let toml_time = best(|| load(&without));
    show("load TOML", toml_time);
    let all = best(|| load(project));
    show("load CSV (load all - load TOML)", all.saturating_sub(toml_time));
    let loaded = load(project);
    show("check", best(|| check(&loaded.document, &loaded.sources, &loaded.diagnostics)));
    show("compile (load, check, sort), files in memory", best(|| compile(project)));
    let compiled = compile(project);
    for one in compiled.diagnostics.iter().take(3) {
        println!("  {} {}", one.code, one.message);
    }
    assert!(compiled.network.is_some(), "the project is valid");
    let folder = tempfile::tempdir().expect("a folder");
    project.write(folder.path());
    let process = || {
        let out = Command::new(env!("CARGO_BIN_EXE_sopc")).arg("check").arg(folder.path()).output().expect("it runs");
        assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stdout));
    };
    show("whole process, `sopc check DIR`", best(process));
    println!();
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let mut projects = vec![("10,000 items, 480,000 demand rows".to_owned(), "shop", shop::project(10_000))];
    match uci::project() {
        Some(project) => projects.push(("UCI Online Retail, 3,805 items".to_owned(), "uci", project)),
        None => println!("skipped: the data of UCI Online Retail is not there\n"),
    }
    if let [word, folder] = arguments.as_slice()
        && word == "keep"
    {
        projects.iter().for_each(|(_, name, project)| project.write(&Path::new(folder).join(name)));
        return;
    }
    projects.iter().for_each(|(name, _, project)| measure(name, project));
}
