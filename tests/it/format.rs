//! `sopc fmt` changes how a file looks and nothing else: over all examples and cases, as they are and with bytes changed
//! at random.

use sopc::format::format;
use toml::de::{DeTable, DeValue};

use crate::docs::root;
use crate::random::Random;
use crate::support::Memory;

/// Every TOML file of the repository's projects, with its path.
fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in ["examples", "tests/ui", "../shared/cases"] {
        let folder = root().join(folder);
        if folder.is_dir() {
            let toml = Memory::folder(&folder).0.into_iter().filter(|(path, _)| path.ends_with(".toml"));
            files.extend(toml.filter_map(|(path, bytes)| Some((path, String::from_utf8(bytes).ok()?))));
        }
    }
    files
}

/// What a file states, in its order, numbers as they are written.
fn stated(text: &str) -> Option<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
    DeTable::parse(&text).ok().map(|table| table_stated(table.get_ref()))
}

fn table_stated(table: &DeTable<'_>) -> String {
    let members = table.iter().map(|(key, value)| format!("{:?} = {}", key.get_ref(), value_stated(value.get_ref())));
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

fn value_stated(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => format!("{} in {}", number.as_str(), number.radix()),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(datetime) => {
            let mut datetime = *datetime;
            if let Some(time) = &mut datetime.time {
                time.second.get_or_insert(0);
            }
            datetime.to_string()
        }
        DeValue::Array(array) => {
            let elements: Vec<_> = array.iter().map(|element| value_stated(element.get_ref())).collect();
            format!("[{}]", elements.join(", "))
        }
        DeValue::Table(table) => table_stated(table),
    }
}

/// The comments of valid TOML, sorted: one may move above the inline table it stood in.
fn comments(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let opening = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quotes| rest.starts_with(quotes));
        if let Some(quotes) = opening {
            at += quotes.len();
            while !text[at..].starts_with(quotes) {
                let escape = quotes.starts_with('"') && text[at..].starts_with('\\');
                let letters = text[at..].chars().take(if escape { 2 } else { 1 });
                at += letters.map(char::len_utf8).sum::<usize>();
            }
            at += quotes.len();
            // A text over several lines may end in a quote or two of its own.
            while quotes.len() == 3 && text[at..].starts_with(&quotes[..1]) {
                at += 1;
            }
        } else if first == '#' {
            let comment = rest.lines().next().expect("a line");
            found.push(comment.trim_end());
            at += comment.len();
        } else {
            at += first.len_utf8();
        }
    }
    found.sort_unstable();
    found
}

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Formatted,
    /// It is no TOML.
    Invalid,
    /// It is TOML to the reader, but not to the stricter formatter.
    LeftAlone,
}

/// Formats the text and holds what comes out against it.
fn check(name: &str, text: &str) -> Outcome {
    let valid = stated(text);
    let Ok(formatted) = format(text) else {
        return if valid.is_some() { Outcome::LeftAlone } else { Outcome::Invalid };
    };
    assert_eq!(stated(&formatted), valid, "{name} states something else\n{text}\n---\n{formatted}");
    assert_eq!(comments(&formatted), comments(text), "{name} loses comments\n{text}\n---\n{formatted}");
    assert_eq!(format(&formatted).as_ref(), Ok(&formatted), "{name} changes a second time\n{text}");
    let tidy = |line: &str| line.trim_end() == line && !line.contains('\r');
    assert!(stated(text).is_some_and(|all| all.contains("\\n")) || formatted.lines().all(tidy), "{name}\n{formatted}");
    assert!(formatted.is_empty() || formatted.ends_with('\n') && !formatted.ends_with("\n\n"), "{name}");
    Outcome::Formatted
}

#[test]
fn every_file_says_the_same_when_formatted() {
    let mut formatted = 0;
    for (path, text) in files() {
        let outcome = check(&path, &text);
        // It holds a number of more than 64 bits.
        let huge = path == "out-of-range/huge/sop.toml";
        assert!(huge || outcome != Outcome::LeftAlone, "{path} is valid, but {:?}", format(&text));
        formatted += usize::from(outcome == Outcome::Formatted);
    }
    assert!(formatted > 150, "{formatted}");
}

#[test]
fn the_examples_are_formatted() {
    for (path, bytes) in Memory::folder(&root().join("examples")).0 {
        if path.ends_with(".toml") {
            let text = String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n");
            assert_eq!(format(&text).as_ref(), Ok(&text), "{path}");
        }
    }
}

/// Pieces that are put into files: what a formatter may trip over.
const PIECES: &[&str] = &[
    " ",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "#",
    "# x",
    " # y\n",
    "=",
    ",",
    ".",
    "\"",
    "'",
    "\"\"\"",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "\\",
    "\\e",
    "\\x41",
    "a",
    "2026-02",
    "'2026-W07'",
    "1",
    "07:32",
    "{ a = 1, # c\n b = 2, }",
    "[ # c\n1,]",
    "[1, 2]",
    "a.b = 1\n",
    "\"a b\".c = 2\n",
    "[t]\n",
    "[ t . u ] # v\n",
    "é",
    "\u{feff}",
];

/// The nearest boundary of a character at or before byte `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

/// The text with pieces put in, taken out or moved.
fn mutated(text: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(3) {
        let mut place = || {
            let at = random.below(text.len() + 1);
            // Between two words more often than within one.
            let at = if random.below(4) > 0 { text[..floor(&text, at)].rfind([' ', '\n']).unwrap_or(0) } else { at };
            floor(&text, at)
        };
        let (from, to) = (place(), place());
        let (from, to) = (from.min(to), to.min(from + 12).max(from));
        let to = floor(&text, to).max(from);
        match random.below(4) {
            0 => text.replace_range(from..to, ""),
            1 => {
                let moved = text[from..to].to_owned();
                text.push_str(&moved);
            }
            _ => text.insert_str(from, PIECES[random.below(PIECES.len())]),
        }
    }
    text
}

#[test]
fn changed_at_random_files_are_formatted_or_left_alone() {
    let files: Vec<_> = files().into_iter().filter(|(_, text)| text.len() < 3_000).collect();
    let rounds = std::env::var("FORMAT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(10_000);
    let (mut formatted, mut left_alone) = (0, 0);
    for seed in 0..rounds {
        let mut random = Random::new(seed);
        let (path, text) = &files[random.below(files.len())];
        let text = mutated(text, &mut random);
        match check(&format!("seed {seed}: {path}"), &text) {
            Outcome::Formatted => formatted += 1,
            Outcome::LeftAlone => left_alone += 1,
            Outcome::Invalid => {}
        }
    }
    assert!(formatted > rounds / 20 && left_alone < rounds / 50, "{formatted}, {left_alone} of {rounds}");
}
