//! How long a save takes until its provisional delta is printed, and its plan: one demand line after the other is edited.

use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use sopc::check::check;
use sopc::cli::Disk;
use sopc::compile::session::{self, Session};
use sopc::document::{Kept, Variant, changes, load_again};
use sopc::render::{Saved, Style, delta_text};
use sopc::solve::Steering;

/// Saves of one shop.
const SAVES: usize = 5;
/// Edits of which the plan is held against what was told at once.
const COMPARED: usize = 21;
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
    stages(&disk, folder);
    let path = folder.join("data/demand.csv");
    let mut times = Vec::new();
    for save in 0..SAVES {
        edit(&path, save);
        let start = Instant::now();
        let compiled = session.compile(&disk, &Variant::default()).expect("something new");
        let read = start.elapsed();
        let Ok(provisional) = session.before().provisional(&compiled, &|| false) else {
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

/// What the stages of a save take, each by itself: of a line of demand, of a lane, and of a limit.
fn stages(disk: &Disk, folder: &Path) {
    let mut kept = Kept::default();
    let before = load_again(disk, &Variant::default(), &mut kept).document;
    for (path, mark) in EDITS {
        let path = folder.join(path);
        let said = std::fs::read_to_string(&path).expect("a file");
        std::fs::write(&path, other(&said, mark, 0)).expect("a file");
        let mut marks = vec![Instant::now()];
        let loaded = load_again(disk, &Variant::default(), &mut kept);
        marks.push(Instant::now());
        let checked = check(&loaded.document, &loaded.sources, &loaded.diagnostics);
        marks.push(Instant::now());
        let _ = changes(&before, &loaded.document);
        marks.push(Instant::now());
        let times: Vec<f64> = marks.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect();
        let valid = if checked.network.is_some() { "" } else { "; it is invalid" };
        println!(
            "       {mark:>12}: read {:.3} s, checked {:.3} s, compared {:.3} s{valid}",
            times[0], times[1], times[2]
        );
        std::fs::write(&path, said).expect("a file");
        load_again(disk, &Variant::default(), &mut kept);
    }
}

/// Where numbers are edited, and what stands before them.
const EDITS: [(&str, &str); 3] =
    [("data/demand.csv", ","), ("operations/lanes.toml", "unit-cost = "), ("operations/places.toml", "per-month = ")];

/// A text in which the first digit behind a mark is another; the mark is that behind the middle and `turn` turns of a fifth.
fn other(text: &str, mark: &str, turn: usize) -> String {
    let from = (text.len() / 2 + turn * text.len() / 5) % (text.len() * 9 / 10);
    let at = text[from..].find(mark).map_or(0, |at| from + at + mark.len());
    // The last number of a row of demand is its units.
    let at = if mark == "," { at + text[at..].find('\n').unwrap_or(0) } else { at };
    let row = text[..at].rfind('\n').map_or(0, |at| at + 1);
    let at = if mark == "," { text[row..at].rfind(',').map_or(at, |comma| row + comma + 1) } else { at };
    let digit = at + text[at..].find(|c: char| c.is_ascii_digit()).expect("a digit");
    let mut bytes = text.as_bytes().to_vec();
    bytes[digit] = if bytes[digit] > b'5' { b'3' } else { bytes[digit] + 2 };
    String::from_utf8(bytes).expect("digits are text")
}

/// How much better the plan itself is than what was told at once, over a number of edits.
pub(crate) fn against_plans(folder: &Path, items: usize) {
    let disk = Disk::new(folder).expect("a folder");
    let mut session = Session::default();
    let mut apart: Vec<f64> = Vec::new();
    let mut gaps: Vec<f64> = Vec::new();
    for turn in 0..=COMPARED {
        if turn > 0 {
            let (path, mark) = EDITS[turn % EDITS.len()];
            let path = folder.join(path);
            let said = std::fs::read_to_string(&path).expect("a file");
            std::fs::write(&path, other(&said, mark, turn)).expect("a file");
        }
        let Some(compiled) = session.compile(&disk, &Variant::default()) else { continue };
        let before = session.before();
        let at_once = before.provisional(&compiled, &|| false).ok();
        let at_once = at_once.and_then(|provisional| before.in_full(&compiled, &provisional).ok());
        let Ok((plan, kept)) = session::plan(&compiled, &Steering::default()) else { continue };
        let number = |amount: sopc::plan::Amount| amount.0.to_string().parse::<f64>().expect("a number");
        let best = number(plan.certificate.objective);
        gaps.extend(plan.certificate.gap.map(|gap| number(gap) * 100.0));
        if let Some(at_once) = at_once {
            let less = (best - number(at_once.certificate.objective)) / best.abs() * 100.0;
            println!("  edit {turn}: {less:.4} % less than the plan");
            apart.push(less);
        }
        session.keep(compiled, plan, kept);
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len().max(1) as f64;
    let most = apart.iter().copied().fold(f64::MIN, f64::max);
    println!(
        "{items:>6} items: {} of {COMPARED} edits had a provisional plan; it earns {:.4} % less than the plan, at most {most:.4} %; the plans' gap is {:.4} %",
        apart.len(),
        mean(&apart),
        mean(&gaps),
    );
}
