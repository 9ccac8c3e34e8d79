//! Good projects with bytes changed at random, and what must hold of whatever comes out. Shared by the sample that every
//! test run takes and by the fuzz target.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sopc::compile::{Compiled, compile};
use sopc::render::{DiagnosticFormat, Style, diagnostics};
use sopc::source::Span;

use super::support::Memory;

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut all: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    all.sort();
    all
}

/// The examples and the projects of all UI cases.
pub(crate) fn seeds() -> Vec<Memory> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = children(&root.join("tests/ui")).into_iter().filter(|path| path.is_dir());
    let cases = cases.flat_map(|code| children(&code)).filter(|path| path.is_dir());
    let examples = children(&root.join("examples")).into_iter().filter(|path| path.is_dir());
    cases.chain(examples).map(|folder| Memory::folder(&folder)).collect()
}

/// Xorshift: the same numbers in every run.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator; seeds that differ by one differ in all that follows.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x5eed) | 1)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % (end.max(1) as u64)).expect("below a usize")
    }
}

/// What is put into files: what the languages are made of, and what breaks readers.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "[", "]", "[[", "]]", "{", "}", "=", "\"", "'", "\"\"\"", "'''", ".", ",", ";", "\n", "\r", "\r\n", "\u{feff}", "\\",
    "#", "-", "+", "_", " ", "\t", "..", "0", "9", "-0", "0.0", "1e9", "1e400", "1e-400", "0x10", "0b1", "inf", "nan", "1_000",
    "999999999999999999999999999999", "1000000000", "1000000000000.000001", "0.0000000001", "true", "false",
    "2026-02", "2026-W07", "2026-W53", "2026-13", "2026-02..2026-06", "2026-06..2026-02", "2026-W07..2026-02", "2026-02-30",
    "2026-02-02", "1900-01-01", "2200-12-31", "9999-12-31", "2026-02-02T00:00:00Z", "ä", "漢", "\u{301}", "\u{202e}", "\0",
    "\u{7}", "\u{1b}[31m", "\u{1b}]8;;x\u{7}", "\\u0000", "\\u001b", "\u{1f600}", "A", "main", "../a.csv", "/etc/passwd",
    "[item.A]\n", "[item.\"A\"]\n", "[[lane]]\n", "[lane]\n", "[plan]\n", "[fx]\n", "[cash]\n", "[[csv]]\ntable = \"demand\"\n",
    "[[demand]]\nitem = \"A\"\n", "[[price]]\n", "[[stock]]\n", "[supplier.A]\n", "[location.main]\n", "[channel.A]\n",
    "[[promotion]]\nid = \"A\"\n", "[[cover]]\n", "[[service]]\n", "[[rule]]\n", "[assumption.a]\nvalue = 1\n",
    "where = { item = \"A\" }\n", "where = {}\n", "not = {}", "not = { item = \"A\" }", "default = 1", "{ assume = \"a\" }",
    "{ assume = \"a\", times = 1000000000000, plus = -1 }", "{ per-month = 12000 }", "{ per-week = 1 }", "{ per-m3 = 1 }",
    "{ default = 1, \"2026-03\" = 2 }", "horizon = 260\n", "bucket = \"week\"\n", "bucket = [{ weeks = 13 }, { months = 6 }]\n",
    "as-of = 2200-12-31\n", "tail = 260\n", "lead-days = 0\n", "moq = 0\n", "multiple = 1000000000\n", "max = 0\n", "price = 1\n",
    "units = 1\n", "item,channel,bucket,units\n", ",,,\n", "A,A,2026-02,1\n", "\"\"", "payment = []\n", "columns = {}\n",
    "delimiter = \";\"\n", "decimal = \",\"\n", "quote = \"'\"\n", "date-format = \"%d.%m.%Y\"\n", "date-format = \"%\"\n",
];

/// Most bytes that one edit takes out or repeats.
const STRETCH: usize = 40;

/// One edit of a file: bytes, pieces, lines or cells; `other` is a file that pieces are taken from.
fn edit(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let end = (at + random.below(STRETCH)).min(bytes.len());
    match random.below(11) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let stretch = bytes[at..end].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, stretch);
        }
        3 if at < end => bytes[at] = u8::try_from(random.below(256)).expect("a byte"),
        4 => {
            let from = random.below(other.len() + 1);
            let stretch = other[from..(from + random.below(4 * STRETCH)).min(other.len())].to_vec();
            bytes.splice(at..end, stretch);
        }
        5 => drop(bytes.drain(around(bytes, at, b"\n"))),
        6 => {
            let line = bytes[around(bytes, at, b"\n")].to_vec();
            let to = around(bytes, random.below(bytes.len() + 1), b"\n").start;
            bytes.splice(to..to, line);
        }
        7 => drop(bytes.splice(around(bytes, at, b",;\n= "), piece(random))),
        8 => drop(bytes.splice(around(bytes, at, b"\n"), piece(random))),
        9 => bytes.truncate(at),
        _ => drop(bytes.splice(at..at, piece(random))),
    }
}

fn piece(random: &mut Random) -> impl Iterator<Item = u8> + use<> {
    PIECES[random.below(PIECES.len())].bytes()
}

/// The stretch around `at` between two of the signs, the second one included where it is the end of a line.
fn around(bytes: &[u8], at: usize, signs: &[u8]) -> std::ops::Range<usize> {
    let start = bytes[..at].iter().rposition(|byte| signs.contains(byte)).map_or(0, |found| found + 1);
    let end = bytes[at..].iter().position(|byte| signs.contains(byte)).map_or(bytes.len(), |found| at + found);
    start..if signs == b"\n" { (end + 1).min(bytes.len()) } else { end }
}

/// A mutant of one of the seeds, by a few edits.
pub(crate) fn mutant(seeds: &[Memory], random: &mut Random) -> Memory {
    let mut project = seeds[random.below(seeds.len())].clone();
    let donor = &seeds[random.below(seeds.len())];
    for _ in 0..=random.below(4) {
        let pick = |files: &BTreeMap<String, Vec<u8>>, random: &mut Random| {
            files.keys().nth(random.below(files.len())).cloned().unwrap_or_default()
        };
        let other = pick(&donor.0, random);
        let path = pick(&project.0, random);
        let nothing = Vec::new();
        if let Some(bytes) = project.0.get_mut(&path) {
            edit(bytes, donor.0.get(&other).unwrap_or(&nothing), random);
        }
    }
    project
}

/// Compiles and looks at every span; the first thing that does not hold.
pub(crate) fn examine(project: &Memory) -> Result<Compiled, String> {
    let compiled = compile(project);
    let inside = |span: Span| {
        let Some(file) = compiled.sources.files().get(span.file.0 as usize) else { return false };
        let (start, end) = (span.start as usize, span.end as usize);
        start <= end && end <= file.text.len() && file.text.is_char_boundary(start) && file.text.is_char_boundary(end)
    };
    for one in &compiled.diagnostics {
        let labels = one.labels.iter().map(|label| label.span);
        for span in labels.chain(one.edits.iter().map(|edit| edit.span)) {
            if !inside(span) {
                return Err(format!("{}: {} at {span:?}", one.code, one.message));
            }
        }
    }
    Ok(compiled)
}

/// All formats, by turns.
const FORMATS: [DiagnosticFormat; 5] = [
    DiagnosticFormat::Human,
    DiagnosticFormat::Plain,
    DiagnosticFormat::Short,
    DiagnosticFormat::Json,
    DiagnosticFormat::Jsonl,
];

/// Draws the diagnostics in a format; an error where a control character gets through.
pub(crate) fn draw(compiled: &Compiled, format: DiagnosticFormat, width: usize) -> Result<String, String> {
    let style = Style { width, color: false, unicode: width.is_multiple_of(2) };
    let text = diagnostics(&compiled.diagnostics, &compiled.sources, format, &style, "");
    match text.chars().find(|letter| letter.is_control() && *letter != '\n') {
        Some(letter) => Err(format!("{letter:?} gets through in {format:?}")),
        None => Ok(text),
    }
}

/// All that must hold of a mutant, with its diagnostics drawn in every format.
pub(crate) fn examine_all(project: &Memory, width: usize) -> Result<Compiled, String> {
    let compiled = examine(project)?;
    FORMATS.into_iter().try_for_each(|format| draw(&compiled, format, width).map(drop))?;
    Ok(compiled)
}

/// The same with one format, chosen by `turn`; and every so often that a second run says the same.
pub(crate) fn examine_some(project: &Memory, turn: usize) -> Result<(), String> {
    let compiled = examine(project)?;
    draw(&compiled, FORMATS[turn % FORMATS.len()], 20 + turn % 140)?;
    if turn.is_multiple_of(16) {
        let again = draw(&compile(project), DiagnosticFormat::Json, 80)?;
        if draw(&compiled, DiagnosticFormat::Json, 80)? != again {
            return Err("a second run says something else".to_owned());
        }
    }
    Ok(())
}
