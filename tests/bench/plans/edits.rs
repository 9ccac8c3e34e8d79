//! How long a save takes until its provisional delta is printed, and its plan: one demand line after the other is edited.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use sopc::cli::Disk;
use sopc::compile::session::{self, Session};
use sopc::document::Variant;
use sopc::render::{Saved, Style, delta_text};
use sopc::solve::Steering;

/// Saves of one shop.
const SAVES: usize = 5;
/// How the delta is laid out.
const STYLE: Style = Style { width: 100, color: false, unicode: true };

/// Edits a shop in a folder, and prints a row of the table.
pub(crate) fn run(folder: &Path, items: usize) {
    let disk = Disk::new(folder).expect("a folder");
    let mut session = Session::default();
    let start = Instant::now();
    let compiled = session.compile(&disk, &Variant::default()).expect("something new");
    let reading = start.elapsed();
    let (plan, kept) = session::plan(&compiled, &Steering::default()).expect("a plan");
    let planning = start.elapsed();
    session.keep(compiled, plan, kept);
    let path = folder.join("data/demand.csv");
    let mut times = Vec::new();
    for save in 0..SAVES {
        edit(&path, save);
        let start = Instant::now();
        let compiled = session.compile(&disk, &Variant::default()).expect("something new");
        let read = start.elapsed();
        let Some(provisional) = session.provisional(&compiled, &|| false) else {
            println!("{items:>6}: save {save} has no provisional plan, after {:.3} s", start.elapsed().as_secs_f64());
            continue;
        };
        let edited = session.edited(&compiled);
        let text = delta_text(Saved { diff: &provisional.diff, edited: &edited, provisional: true }, &STYLE);
        std::io::sink().write_all(text.as_bytes()).expect("it is taken");
        times.push((start.elapsed(), read));
        if save == 0 {
            println!("{text}");
        }
    }
    times.sort();
    let seconds = |time: std::time::Duration| time.as_secs_f64();
    if let (Some(least), Some(most)) = (times.first(), times.last()) {
        println!(
            "{items:>6} items: first read {:.3} s, planned {:.2} s; save to delta {:.3} to {:.3} s, {:.3} s of it read and checked",
            seconds(reading),
            seconds(planning),
            seconds(least.0),
            seconds(most.0),
            seconds(least.1),
        );
    }
}

/// Adds units to one line of demand in the middle of the file.
fn edit(path: &Path, save: usize) {
    let text = std::fs::read_to_string(path).expect("demand");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = lines.len() / 2 + save * 97;
    let (before, units) = lines[at].rsplit_once(',').expect("units are the last column");
    lines[at] = format!("{before},{}", units.parse::<i64>().expect("a number") * 3 / 2 + 20);
    std::fs::write(path, lines.join("\n") + "\n").expect("demand is written");
}
