//! Every example of `sopc explain` is what it says: before, its code is reported and no other error; after, neither is,
//! and there is a plan. `UPDATE=1 cargo test explain` writes what is shown of sessions anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sopc::cli::Disk;
use sopc::compile::{Failure, compile, export_mps, gate_notes, given_notes, plan};
use sopc::diagnostic::explain::{Part, SHOP, Side, announced, parts};
use sopc::diagnostic::{Code, Diagnostic, Severity, all_codes, codes};
use sopc::export::Level;
use tempfile::TempDir;

use crate::docs::{root, text_of};
use crate::session::{commands, typed};

/// Codes whose text has no example, and why.
const WITHOUT_EXAMPLE: &[(&Code, &str)] = &[(&codes::DISAGREEMENT, "no input is known that comes to it")];

/// Where a block stands that names no file.
const UNNAMED: &str = "shop.toml";

/// A side of an example.
#[derive(Debug, Clone, Default)]
struct Version {
    /// Path and text.
    files: Vec<(String, String)>,
    /// What is typed, and what is said.
    session: Option<String>,
}

#[derive(Debug, Default)]
struct Example {
    before: Version,
    after: Version,
}

impl Version {
    /// Takes in a block: files, or a session.
    fn add(&mut self, language: &str, text: &str) {
        if language == "console" {
            self.session = Some(text.to_owned());
            return;
        }
        let mut path = UNNAMED;
        for line in text.split_inclusive('\n') {
            let announced = announced(line);
            path = announced.unwrap_or(path);
            let at = self.files.iter().position(|(known, _)| known == path).unwrap_or(self.files.len());
            if at == self.files.len() {
                self.files.push((path.to_owned(), String::new()));
            }
            if announced.is_none() {
                self.files[at].1.push_str(line);
            }
        }
    }

    /// With the files of `before` that are not stated anew.
    fn completed(mut self, before: &Self) -> Self {
        let stated = self.files.len();
        let left = |path: &String| !self.files[..stated].iter().any(|(known, _)| known == path);
        let kept: Vec<_> = before.files.iter().filter(|(path, _)| left(path)).cloned().collect();
        self.files.extend(kept);
        self
    }
}

/// The examples of a code's text. A block of what was before, behind one of what is after, begins the next example.
fn examples(code: &Code) -> Vec<Example> {
    let mut all: Vec<Example> = Vec::new();
    let mut last = Some(Side::After);
    for part in parts(code.text) {
        let Part::Block { language, side: Some(side), text } = part else { continue };
        if (last, side) == (Some(Side::After), Side::Before) {
            all.push(Example::default());
        }
        last = Some(side);
        let example = all.last_mut().unwrap_or_else(|| panic!("{code}: an `after` without a `before`"));
        match side {
            Side::Before => example.before.add(&language, &text),
            Side::After => example.after.add(&language, &text),
        }
    }
    let complete = |example: Example| Example { after: example.after.completed(&example.before), ..example };
    all.into_iter().map(complete).collect()
}

/// The table that a line opens, brackets and all: `[item.MUG]`, `[[lane]]`.
fn header(line: &str) -> Option<&str> {
    let bare = line.split('#').next()?.trim();
    (bare.starts_with('[') && bare.ends_with(']')).then_some(bare)
}

/// Of the shop, what an example leaves standing: a list that the example states is the example's alone, also where it
/// comes from a CSV file; of another table the keys that it states are.
fn rest_of_the_shop(files: &[(String, String)]) -> String {
    let mut stated = BTreeSet::new();
    for (_, text) in files.iter().filter(|(path, _)| path.ends_with(".toml")) {
        let mut table = "";
        for line in text.lines() {
            table = header(line).unwrap_or(table);
            let (key, value) = line.split_once('=').map_or(("", ""), |(key, value)| (key.trim(), value.trim()));
            stated.insert((table.to_owned(), key.to_owned()));
            if (table, key) == ("[[csv]]", "table") {
                stated.insert((format!("[[{}]]", value.trim_matches('"')), String::new()));
            }
        }
    }
    let mut rest = String::new();
    let mut table = "";
    for line in SHOP.lines() {
        table = header(line).unwrap_or(table);
        let key = line.split_once('=').map_or("", |(key, _)| key.trim());
        let is_stated = |key: &str| stated.contains(&(table.to_owned(), key.to_owned()));
        let gone = if table.starts_with("[[") { is_stated("") } else { !key.is_empty() && is_stated(key) };
        if !gone {
            rest.push_str(&format!("{line}\n"));
        }
    }
    rest
}

/// The whole project on a disk, in the folder `shop` of a new one.
fn written(version: &Version) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let shop = folder.path().join("shop");
    let mut files = version.files.clone();
    if !files.iter().any(|(path, _)| path == "sop.toml") {
        files.push(("sop.toml".to_owned(), rest_of_the_shop(&version.files)));
    }
    for (path, text) in files {
        let path = shop.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    (folder, shop)
}

/// Everything that is said about a project that is checked and planned.
fn told(code: &Code, shop: &Path) -> Vec<Diagnostic> {
    let compiled = compile(&Disk::new(shop).expect("a folder"));
    let mut all = compiled.diagnostics.clone();
    match plan(&compiled) {
        Ok(plan) => {
            all.extend(given_notes(&plan, &compiled.sources));
            all.extend(gate_notes(&compiled, &plan));
            if *code == codes::NOT_SUPPORTED {
                // All of the language can be planned; what cannot be is exported.
                all.extend(
                    export_mps(&compiled, Level::Money).err().map(|failure| failure.diagnostics()).unwrap_or_default(),
                );
            }
        }
        Err(Failure::Invalid) => {}
        Err(failure) => all.extend(failure.diagnostics()),
    }
    all
}

fn listed(all: &[Diagnostic]) -> String {
    let lines: Vec<_> = all.iter().map(|one| format!("  {}: {}", one.code, one.message)).collect();
    lines.join("\n")
}

/// What is wrong with a side of an example that is a project.
fn wrong_project(code: &Code, side: Side, version: &Version) -> Option<String> {
    let (_folder, shop) = written(version);
    let mut all = told(code, &shop);
    if *code != codes::NOT_SUPPORTED {
        // What cannot be planned yet can have its own problems all the same.
        all.retain(|one| *one.code != codes::NOT_SUPPORTED);
    }
    let reported = all.iter().any(|one| one.code == code);
    let other = all.iter().any(|one| one.severity == Severity::Error && one.code != code);
    let right = !other && reported == (side == Side::Before);
    (!right).then(|| format!("{code} {} {side:?}: found\n{}", code.alias, listed(&all)))
}

/// What is wrong with a side of an example that is a session.
fn wrong_session(code: &Code, side: Side, version: &Version, session: &str) -> Option<String> {
    let (_folder, shop) = written(version);
    let said = typed(&shop, &commands(session));
    if said != session && std::env::var_os("UPDATE").is_some() {
        let path = root().join(path_of(code));
        fs::write(&path, text_of(&path).replace(session, &said)).expect("the text can be written");
    } else if said != session {
        return Some(format!("{code} {} {side:?}: shown is\n{session}said is\n{said}", code.alias));
    }
    let names = |other: &Code| said.contains(&other.to_string());
    let others: Vec<_> = all_codes().iter().filter(|other| other.number != code.number && names(other)).collect();
    let right = others.is_empty() && names(code) == (side == Side::Before);
    (!right).then(|| format!("{code} {} {side:?}: said is\n{said}", code.alias))
}

fn path_of(code: &Code) -> String {
    format!("src/diagnostic/explain/{}.md", code.alias)
}

#[test]
fn examples_are_what_they_say() {
    let mut wrong = Vec::new();
    for code in all_codes() {
        for Example { before, after } in examples(code) {
            for (side, version) in [(Side::Before, before), (Side::After, after)] {
                wrong.extend(match &version.session {
                    Some(session) => wrong_session(code, side, &version, session),
                    None => wrong_project(code, side, &version),
                });
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_code_has_an_example() {
    for code in all_codes() {
        let excused = WITHOUT_EXAMPLE.iter().any(|(known, _)| known.number == code.number);
        assert_eq!(examples(code).is_empty(), excused, "{code} {}", code.alias);
        for Example { before, after } in examples(code) {
            let empty = |version: &Version| version.files.is_empty() && version.session.is_none();
            assert!(!empty(&before) && !empty(&after), "{code} {}: one side of the example", code.alias);
        }
    }
}

/// Blocks fit a terminal of 80 columns.
const WIDEST: usize = 76;

#[test]
fn texts_keep_to_the_little_markdown_there_is() {
    for code in all_codes() {
        let path = path_of(code);
        let mut leads = Vec::new();
        for part in parts(code.text) {
            match part {
                Part::Block { language, text, .. } => {
                    assert!(["toml", "csv", "console"].contains(&language.as_str()), "{path}: a block of {language}");
                    // What a session shows is as wide as it is.
                    let wide = text.lines().find(|line| line.chars().count() > WIDEST);
                    assert!(language == "console" || wide.is_none(), "{path}: {wide:?} is too wide");
                }
                Part::Item(words) => plain(&path, &words),
                Part::Paragraph { lead, words } => {
                    plain(&path, &words);
                    leads.push(lead);
                }
            }
        }
        for lead in ["Why.", "To mend it."] {
            assert!(leads.iter().any(|known| known == lead), "{path}: no paragraph begins with **{lead}**");
        }
    }
}

fn plain(path: &str, words: &str) {
    for mark in ["**", "](", "| ", "```", "\t"] {
        assert!(!words.contains(mark), "{path}: {mark:?} in {words}");
    }
    assert!(!words.starts_with(['#', '>', '*']), "{path}: {words}");
    assert!(words.matches('`').count().is_multiple_of(2), "{path}: an odd backtick in {words}");
}

#[test]
fn every_text_belongs_to_a_code() {
    let folder = root().join("src/diagnostic/explain");
    let found = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut found: Vec<_> = found.map(|name| name.to_string_lossy().into_owned()).collect();
    let mut wanted: Vec<_> = all_codes().iter().map(|code| format!("{}.md", code.alias)).collect();
    wanted.push("shop.toml".to_owned());
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted);
}

#[test]
fn the_shop_of_the_examples_is_sound() {
    let (_folder, shop) = written(&Version::default());
    let all = told(&codes::DISAGREEMENT, &shop);
    assert!(all.is_empty(), "{}", listed(&all));
}
