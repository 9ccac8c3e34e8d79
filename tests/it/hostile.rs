//! Inputs that nobody writes in good faith, and good ones with bytes changed at random: each ends in a clear
//! diagnostic or in none, never in a panic, and every place lies inside of its file.

use std::path::Path;
use std::time::{Duration, Instant};

use sopc::compile::{Compiled, compile};
use sopc::diagnostic::{Code, Severity, codes};
use sopc::render::{DiagnosticFormat, Style, diagnostics};
use sopc::source::Span;

use super::support::Memory;
use super::ui;

const PLAN: &str = "[plan]\nlanguage = 1\nname = \"Shop\"\ncycle = \"2026-02\"\nas-of = 2026-02-01\nbucket = \"month\"\n\
                    horizon = 3\ncurrency = \"USD\"\n";

/// Compiles, looks at every span, draws in every format.
fn told(files: &Memory) -> Compiled {
    let compiled = compile(files);
    let inside = |span: Span| {
        let Some(file) = compiled.sources.files().get(span.file.0 as usize) else { return false };
        let (start, end) = (span.start as usize, span.end as usize);
        start <= end && end <= file.text.len() && file.text.is_char_boundary(start) && file.text.is_char_boundary(end)
    };
    for one in &compiled.diagnostics {
        let labels = one.labels.iter().map(|label| label.span);
        for span in labels.chain(one.edits.iter().map(|edit| edit.span)) {
            assert!(inside(span), "{}: {} at {span:?}", one.code, one.message);
        }
    }
    use DiagnosticFormat::{Human, Json, Jsonl, Plain, Short};
    let style = Style { width: 100, color: false, unicode: true };
    for format in [Human, Plain, Short, Json, Jsonl] {
        let text = diagnostics(&compiled.diagnostics, &compiled.sources, format, &style, "");
        assert!(!text.contains('\u{1b}'), "an escape sequence reaches the terminal");
    }
    compiled
}

/// Codes of the errors of a project whose one file is `text`.
fn errors(text: impl Into<Vec<u8>>) -> Vec<&'static Code> {
    errors_of(&Memory::of([("sop.toml", text)]))
}

fn errors_of(files: &Memory) -> Vec<&'static Code> {
    let found = told(files).diagnostics;
    found.iter().filter(|one| one.severity == Severity::Error).map(|one| one.code).collect()
}

fn with_plan(text: &str) -> String {
    format!("{PLAN}{text}")
}

#[test]
fn deep_nesting_is_refused() {
    let deep = 10_000;
    let lists = with_plan(&format!("[item.A]\nattributes = {}{}\n", "[".repeat(deep), "]".repeat(deep)));
    let tables = with_plan(&format!("[item.A]\nattributes = {}1{}\n", "{ a = ".repeat(deep), " }".repeat(deep)));
    assert_eq!(errors(lists), [&codes::TOO_LARGE]);
    assert_eq!(errors(tables), [&codes::TOO_LARGE]);
    let header = with_plan(&format!("[item{}]\nprice = 1\n", ".a".repeat(deep)));
    assert!(!errors(header).is_empty());
    let dotted = with_plan(&format!("[item.A]\nattributes{} = 1\n", ".a".repeat(deep)));
    assert!(!errors(dotted).is_empty());
    let open = with_plan(&"[".repeat(deep));
    assert!(!errors(open).is_empty());
}

#[test]
fn many_tables_and_keys_stated_twice_end_soon() {
    let headers = with_plan(&"[item.A]\nprice = 1\n".repeat(10_000));
    let found = errors(headers);
    assert!(found.iter().all(|code| *code == &codes::STATED_TWICE) && !found.is_empty() && found.len() < 100);
    let lists = with_plan(&"[lane]\n".repeat(10_000));
    assert!(errors(lists).contains(&&codes::WRONG_TYPE));
    let unknown: String = (0..10_000).map(|at| format!("key-{at} = 1\n")).collect();
    assert_eq!(errors(with_plan(&format!("[item.A]\n{unknown}"))).len(), 10_000);
}

#[test]
fn long_lines() {
    let long = "x".repeat(1 << 20);
    assert_eq!(errors(with_plan(&format!("[item.A]\ncolour = \"{long}\"\n"))), [&codes::UNKNOWN_KEY]);
    assert_eq!(errors(with_plan(&format!("[item.A]\n{long} = 1\n"))), [&codes::UNKNOWN_KEY]);
    assert_eq!(errors(with_plan(&format!("[item.A]\nprice = {long}\n"))), [&codes::SYNTAX]);
    assert_eq!(errors(with_plan(&format!("[item.A]\nprice = {}\n", "9".repeat(1 << 20)))), [&codes::OUT_OF_RANGE]);
    let csv = with_plan("[[csv]]\ntable = \"stock\"\npath = \"a.csv\"\n");
    let files = Memory::of([("sop.toml", csv), ("a.csv", format!("item,location,on-hand\n{long},main,1\n"))]);
    assert!(errors_of(&files).contains(&&codes::UNKNOWN_NAME));
}

#[test]
fn control_characters_and_escapes_in_names() {
    let names = "[item.\"A\\u001b[31mB\"]\nprice = \"x\"\n[item.\"A\\nB\"]\ncolour = 1\n\"a\\nb\" = 1\n[[stock]]\n\
                 item = \"\\u0007\\u202e\"\nlocation = \"\\n\"\non-hand = 1\n";
    let found = errors(with_plan(names));
    assert!(found.contains(&&codes::WRONG_TYPE) && found.contains(&&codes::UNKNOWN_KEY));
    assert!(found.contains(&&codes::UNKNOWN_NAME));
    assert!(errors(with_plan("[item.A]\nname = \"\u{1b}[31m\"\n")).contains(&&codes::SYNTAX));
    assert!(errors(with_plan("[item.\u{0}A]\n")).contains(&&codes::SYNTAX));
}

#[test]
fn huge_numbers() {
    let numbers = ["1e999", "-1e999", "1e-999", "1234567890123456789012345678901234567890", "1000000000000000000"];
    for number in numbers {
        for key in ["price", "cost", "unit-volume"] {
            let found = errors(with_plan(&format!("[item.A]\n{key} = {number}\n")));
            assert_eq!(found, [&codes::OUT_OF_RANGE], "{key} = {number}");
        }
    }
    let lane = "[item.A]\nprice = 9\n[location.main]\n[supplier.acme]\n[[lane]]\nsupplier = \"acme\"\nlocation = \"main\"\n\
                lead-days = 3\nunit-cost = 1\n";
    assert_eq!(errors(with_plan(&format!("{lane}moq = 1000000000000000000\n"))), [&codes::OUT_OF_RANGE]);
    assert_eq!(errors(PLAN.replace("horizon = 3", "horizon = 100000")), [&codes::OUT_OF_RANGE]);
    assert_eq!(errors(PLAN.replace("2026-02-01", "9999-12-31")), [&codes::OUT_OF_RANGE]);
    assert_eq!(errors(PLAN.replace("2026-02-01", "0000-01-01")), [&codes::OUT_OF_RANGE]);
    let last = PLAN.replace("2026-02-01", "2200-12-31").replace("horizon = 3", "horizon = 260");
    assert_eq!(errors(last), Vec::<&Code>::new());
    let line = format!("{lane}moq = 1000000000\nmultiple = 999999999\nmax = 1000000000\n");
    assert_eq!(errors(with_plan(&line)), [&codes::NO_LINE_SIZE]);
}

#[test]
fn empty_files_and_marks() {
    assert_eq!(errors(""), [&codes::MISSING_KEY]);
    assert_eq!(errors("\u{feff}"), [&codes::MISSING_KEY]);
    assert_eq!(errors("\r\n\r\n"), [&codes::MISSING_KEY]);
    assert_eq!(errors_of(&Memory::default()), [&codes::MISSING_KEY]);
    assert_eq!(errors(format!("\u{feff}{PLAN}")), Vec::<&Code>::new());
    assert_eq!(errors(PLAN.replace('\n', "\r\n")), Vec::<&Code>::new());
    assert_eq!(errors(PLAN.replace('\n', "\r")), [&codes::SYNTAX]);
    assert_eq!(errors([0xff, 0xfe, 0, 0]), [&codes::ENCODING]);
    assert_eq!(errors([b'a', 0xc3]), [&codes::ENCODING]);
    for csv in
        ["", "\u{feff}", "\n\n\n", "\"", "\"\n", ",,,\n,,,\n", "item\r\n", "item,item\n", "\u{feff}\u{feff}item\n"]
    {
        let toml = with_plan("[[csv]]\ntable = \"stock\"\npath = \"a.csv\"\n");
        let found = errors_of(&Memory::of([("sop.toml", toml), ("a.csv", csv.to_owned())]));
        assert!(!found.is_empty(), "{csv:?}");
    }
}

#[test]
fn syntax_of_toml_1_1_is_no_error() {
    let text = "[item.A]\nprice = {\n    default = 9,\n    \"2026-03\" = 10, # a comment\n}\nname = \"\\e\\x41\"\n";
    assert_eq!(errors(with_plan(text)), Vec::<&Code>::new());
}

// ---------------------------------------------------------------------------------------------------------------------
// Bytes changed at random

/// Xorshift: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (end.max(1) as u64)).expect("small")
    }
}

/// What is put into files: what the languages are made of, and what breaks readers.
const PIECES: &[&str] = &[
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    "\"",
    "'",
    "\"\"\"",
    ".",
    ",",
    ";",
    "\n",
    "\r",
    "\r\n",
    "\u{feff}",
    "\\",
    "#",
    "-",
    "0",
    "9",
    "1e9",
    "2026-02",
    "2026-W07",
    "..",
    "true",
    "ä",
    "漢",
    "\u{301}",
    "\0",
    "\u{1b}",
    "_",
    " ",
    "\t",
    "[item.A]\n",
    "[[lane]]\n",
    "[plan]\n",
    "where = { item = \"A\" }\n",
    "not = {}",
    "default = 1",
    "assume",
];

/// One edit of a file: a byte flipped, some left out, a piece put in, or a stretch of it repeated.
fn mutate(bytes: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let end = (at + random.below(40)).min(bytes.len());
    match random.below(5) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let stretch = bytes[at..end].to_vec();
            let to = random.below(bytes.len() + 1);
            bytes.splice(to..to, stretch);
        }
        3 if at < end => bytes[at] = u8::try_from(random.below(256)).expect("a byte"),
        _ => drop(bytes.splice(at..at, PIECES[random.below(PIECES.len())].bytes())),
    }
}

/// Compiles mutants of a project until the time is up or there have been enough.
fn mutants(project: &Memory, count: usize, until: Instant, random: &mut Random) -> usize {
    let paths: Vec<String> = project.0.keys().cloned().collect();
    for done in 0..count {
        if Instant::now() > until {
            return done;
        }
        let mut files = project.clone();
        for _ in 0..=random.below(4) {
            let path = &paths[random.below(paths.len())];
            mutate(files.0.get_mut(path).expect("known"), random);
        }
        told(&files);
    }
    count
}

#[test]
fn no_mutant_panics() {
    let mut random = Random(0x5eed_0000_2026_0202);
    let start = Instant::now();
    let mut done = 0;
    for case in ui::cases() {
        done += mutants(&Memory::folder(&case), 60, start + Duration::from_secs(5), &mut random);
    }
    let shop = Memory::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/harbor-and-pine"));
    assert_eq!(errors_of(&shop), Vec::<&Code>::new());
    done += mutants(&shop, 400, start + Duration::from_secs(9), &mut random);
    assert!(done > 0);
}
