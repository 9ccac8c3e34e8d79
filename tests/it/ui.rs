//! What people are told, case by case: `tests/ui/<alias of a code>/<case>/` is a small project, and its
//! `expected.txt` is every diagnostic of it as `sopc check` draws them. `UPDATE=1 cargo test ui` writes them anew;
//! read what it wrote as the planner who gets it.
//!
//! A case with a file `command` is a session instead: its lines are typed in a copy of the case's folder, and `expected.txt` is
//! what the screen shows then. That is for codes that come from planning, from the disk or from the command line.
//!
//! `#~ SOP2001` at the end of a TOML line says that the first label of a diagnostic with this code lies on that line.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use sopc::compile::{Compiled, compile};
use sopc::diagnostic::{Code, all_codes, codes, find_code};
use sopc::render::{DiagnosticFormat, Style, diagnostics};
use sopc::source::FileId;

use super::session::typed as typed_in;
use super::support::Memory;

const ANNOTATION: &str = "#~";
const EXPECTED: &str = "expected.txt";

const COMMAND: &str = "command";

/// Codes that no case can come to, and why.
const ELSEWHERE: &[(&Code, &str)] =
    &[(&codes::DISAGREEMENT, "no inputs are known that come to it; `src/verify/tests/` has plans that are refused")];

/// The folder of all cases.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui")
}

/// Folders of all cases, in order.
pub(crate) fn cases() -> Vec<PathBuf> {
    children(&root()).iter().filter(|path| path.is_dir()).flat_map(|code| children(code)).collect()
}

/// What is typed in a case that is a session.
fn session(case: &Path) -> Option<String> {
    let typed = fs::read_to_string(case.join(COMMAND)).ok()?;
    let copy = tempfile::tempdir().expect("a folder");
    copied(case, copy.path());
    Some(typed_in(copy.path(), &typed.lines().collect::<Vec<_>>()))
}

fn copied(from: &Path, to: &Path) {
    for path in children(from) {
        let target = to.join(file_name(&path));
        if path.is_dir() {
            fs::create_dir(&target).expect("a folder");
            copied(&path, &target);
        } else if ![EXPECTED, COMMAND].contains(&file_name(&path).as_str()) {
            fs::copy(&path, &target).expect("a file");
        }
    }
}

fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut all: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    all.sort();
    all
}

fn file_name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

fn drawn(compiled: &Compiled) -> String {
    let style = Style { width: 100, color: false, unicode: true };
    diagnostics(&compiled.diagnostics, &compiled.sources, DiagnosticFormat::Human, &style, "")
}

/// What is shown of a case, and what is wrong with it whatever is expected.
fn shown(case: &Path) -> (String, Vec<String>) {
    let alias = file_name(case.parent().expect("a folder of a code"));
    let missing = format!("no diagnostic is `{alias}`");
    if let Some(shown) = session(case) {
        let told = find_code(&alias).is_some_and(|code| shown.contains(&format!("{code} {alias}")));
        return (shown, if told { Vec::new() } else { vec![missing] });
    }
    let compiled = compile(&Memory::folder(case));
    let mut wrong = annotations(&compiled);
    if !compiled.diagnostics.iter().any(|one| one.code.alias == alias) {
        wrong.push(missing);
    }
    let stopped = compiled.diagnostics.iter().filter(|one| one.message.ends_with('.'));
    wrong.extend(stopped.map(|one| format!("ends with a full stop: {}", one.message)));
    (drawn(&compiled), wrong)
}

/// Everything that is wrong with a case.
fn problems(case: &Path) -> Vec<String> {
    let (found, mut wrong) = shown(case);
    wrong.extend(strays(case));
    let path = case.join(EXPECTED);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &found).expect("written");
        return wrong;
    }
    match fs::read_to_string(&path) {
        Err(_) => wrong.push(format!("{EXPECTED} is missing; it would be\n{found}")),
        Ok(expected) if expected != found => wrong.push(diff(&expected, &found)),
        Ok(_) => {}
    }
    wrong
}

fn strays(case: &Path) -> Vec<String> {
    let known = |path: &PathBuf| {
        path.is_dir()
            || [EXPECTED, COMMAND].contains(&file_name(path).as_str())
            || path.extension().is_some_and(|end| end == "toml" || end == "csv")
    };
    children(case).iter().filter(|path| !known(path)).map(|path| format!("stray file {}", file_name(path))).collect()
}

/// Annotations that no diagnostic answers to.
fn annotations(compiled: &Compiled) -> Vec<String> {
    let mut wrong = Vec::new();
    for (index, file) in compiled.sources.files().iter().enumerate() {
        let id = FileId(u32::try_from(index).expect("few files"));
        for (line, text) in file.text.lines().enumerate() {
            let Some((_, wanted)) = text.rsplit_once(ANNOTATION) else { continue };
            for code in wanted.split_whitespace() {
                let here = |one: &&sopc::diagnostic::Diagnostic| {
                    one.code.to_string() == code
                        && one.primary().is_some_and(|span| span.file == id && file.line_of(span.start) == line)
                };
                if !compiled.diagnostics.iter().any(|one| here(&one)) {
                    wrong.push(format!("{}:{}: no {code} begins on this line", file.path, line + 1));
                }
            }
        }
    }
    wrong
}

/// Both texts line by line: what is gone with `-`, what is new with `+`.
fn diff(old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            common[i][j] = if a == b { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut lines) = (0, 0, vec!["expected (-), found (+)".to_owned()]);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push(format!("  {}", old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || i < old.len() && common[i + 1][j] >= common[i][j + 1] {
            lines.push(format!("- {}", old[i]));
            i += 1;
        } else {
            lines.push(format!("+ {}", new[j]));
            j += 1;
        }
    }
    lines.join("\n")
}

#[test]
fn every_case_is_told_as_expected() {
    let mut wrong = Vec::new();
    for case in cases() {
        let name = case.strip_prefix(root()).expect("below the root").to_string_lossy().into_owned();
        wrong.extend(problems(&case).into_iter().map(|problem| format!("== {name}\n{problem}\n")));
    }
    assert!(wrong.is_empty(), "{}\nUPDATE=1 writes what is expected anew", wrong.join("\n"));
}

#[test]
fn every_code_has_a_case_and_every_case_a_code() {
    let folders: BTreeSet<_> = children(&root()).iter().map(|path| file_name(path)).collect();
    let elsewhere = |code: &Code| ELSEWHERE.iter().any(|(known, _)| *known == code);
    let wanted = all_codes().iter().filter(|code| !elsewhere(code)).map(|code| code.alias.to_owned());
    let wanted: BTreeSet<String> = wanted.collect();
    let missing: Vec<_> = wanted.difference(&folders).collect();
    let strange: Vec<_> = folders.difference(&wanted).collect();
    assert!(
        missing.is_empty() && strange.is_empty(),
        "codes without a case: {missing:?}; folders without a code: {strange:?}"
    );
    assert!(cases().len() >= 45);
}
