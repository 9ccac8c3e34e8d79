//! The documents say what is: generated pages, shown outputs, links, commands and paths.
//!
//! `UPDATE=1 cargo test docs` writes what is generated anew.

use std::path::{Path, PathBuf};

use sopc::compile::{compile, plan};
use sopc::diagnostic::Code;
use sopc::render::{DiagnosticFormat, Style, diagnostics, explain_hint, plan_text};

use crate::support::Memory;

/// Commands that there are.
const COMMANDS: &[&str] = &[
    "init",
    "check",
    "plan",
    "diff",
    "approve",
    "verify",
    "watch",
    "orders",
    "track",
    "roll",
    "why",
    "next",
    "compare",
    "metrics",
    "outlook",
    "explain",
    "export",
    "fmt",
    "schema",
    "completions",
    "man",
];

const EXAMPLE: &str = "examples/harbor-and-pine";

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn text_of(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("\r\n", "\n")
}

/// Every file below a folder, hidden ones aside, relative to the root, sorted.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(files(&entry));
        } else {
            let relative = entry.strip_prefix(root()).expect("below the root");
            found.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
    found.sort();
    found
}

/// The sources, relative to the root.
pub(crate) fn sources() -> Vec<String> {
    files(&root().join("src"))
}

/// The documents and their text.
fn documents() -> Vec<(PathBuf, String)> {
    let docs = files(&root().join("docs")).into_iter().filter(|path| path.ends_with(".md"));
    let examples = files(&root().join("examples")).into_iter().filter(|path| path.ends_with("/README.md"));
    let all = docs.chain(["README.md".to_owned()]).chain(examples);
    all.map(|path| root().join(path)).map(|path| (path.clone(), text_of(&path))).collect()
}

/// Holds a file against what it should be; writes it with UPDATE=1.
fn assert_current(path: &str, expected: &str) {
    let path = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, expected).expect("the page can be written");
    }
    assert!(text_of(&path) == expected, "{} is out of date: run `UPDATE=1 cargo test docs`", path.display());
}

/// The source files that report a code.
pub(crate) fn reporters(code: &Code) -> Vec<String> {
    let name = format!("&codes::{}", code.alias.to_uppercase().replace('-', "_"));
    let reports = |path: &String| {
        let text = text_of(&root().join(path));
        let mut found = text.match_indices(&name);
        // A code that is looked for, `one.code == &codes::X`, is not reported.
        found.any(|(at, _)| {
            let ends = !text[at + name.len()..].starts_with(|next: char| next.is_ascii_alphanumeric() || next == '_');
            ends && !text[..at].trim_end().ends_with("==")
        })
    };
    let outside = sources().into_iter().filter(|path| !path.starts_with("src/diagnostic") && !is_test(path));
    outside.filter(reports).collect()
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

#[test]
fn generated_pages_are_current() {
    assert_current("docs/language.md", &sopc::document::reference());
    assert_current("docs/metrics.md", &sopc::metrics::reference());
    assert_current("docs/diagnostics.md", &sopc::diagnostic::reference(&reporters));
}

/// `page` with the block behind `<!-- output: NAME -->` replaced.
fn with_output(page: &str, name: &str, output: &str) -> String {
    let marker = format!("<!-- output: {name} -->\n```text\n");
    let start = page.find(&marker).unwrap_or_else(|| panic!("no output {name}")) + marker.len();
    let end = start + page[start..].find("```").expect("a block ends");
    let output: Vec<_> = output.trim_end().lines().map(str::trim_end).collect();
    format!("{}{}\n{}", &page[..start], output.join("\n"), &page[end..])
}

const STYLE: Style = Style { width: 80, color: false, unicode: true };

/// The example with two mistakes, as `sopc check` shows them.
fn mistakes() -> String {
    let mut shop = Memory::folder(&root().join(EXAMPLE));
    shop.edit("operations/supplier-porto.toml", "to = 2026-08-31", "to = 2026-07-31");
    shop.edit("data/demand.csv", "PAN-CI-10,dtc,2026-03", "PAN-CI10,dtc,2026-03");
    let compiled = compile(&shop);
    let list = &compiled.diagnostics;
    let text = diagnostics(list, &compiled.sources, DiagnosticFormat::Human, &STYLE, "not ready to plan");
    text + &explain_hint(list, &STYLE)
}

/// The plan of the example, shortened: of each section the first lines.
fn shortened_plan() -> String {
    let plan = plan(&compile(&Memory::folder(&root().join(EXAMPLE)))).expect("the example has a plan");
    let text = plan_text(&plan, &STYLE);
    let most = |section: &str| match section.split_whitespace().next() {
        Some("Orders") => 8,
        Some("Shortages" | "Below") => 5,
        Some("Open") => 0,
        _ => usize::MAX,
    };
    let mut shown = Vec::new();
    for section in text.trim_end().split("\n\n") {
        let lines: Vec<_> = section.lines().collect();
        let kept = most(section).min(lines.len());
        if kept == 0 {
            continue;
        }
        let mut part = lines[..kept].join("\n");
        if kept < lines.len() {
            part.push_str("\n  ...");
        }
        shown.push(part);
    }
    shown.join("\n\n")
}

#[test]
fn outputs_in_the_readme_are_real() {
    let page = text_of(&root().join("README.md"));
    let page = with_output(&page, "check", &mistakes());
    let page = with_output(&page, "plan", &shortened_plan());
    assert_current("README.md", &page);
}

/// Targets of `[text](target)`.
fn links(text: &str) -> Vec<&str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect()
}

/// The headings of a page as links name them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_'));
        kept.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn relative_links_lead_somewhere() {
    for (path, text) in documents() {
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { path.clone() } else { path.parent().expect("a folder").join(file) };
            assert!(target.exists(), "{}: {link}", path.display());
            let known = anchor.is_empty() || anchors(&text_of(&target)).iter().any(|known| known == anchor);
            assert!(known, "{}: {link} names no heading", path.display());
        }
    }
}

/// Lines inside and outside of code blocks.
fn split_blocks(text: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut inside, mut outside) = (Vec::new(), Vec::new());
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if in_block {
            inside.push(line);
        } else {
            outside.push(line);
        }
    }
    (inside, outside)
}

#[test]
fn commands_in_documents_exist() {
    for (path, text) in documents() {
        let (blocks, prose) = split_blocks(&text);
        let quoted = prose.iter().flat_map(|line| line.split('`').skip(1).step_by(2));
        for line in blocks.into_iter().chain(quoted) {
            let line = line.trim_start().trim_start_matches("$ ");
            let words =
                line.strip_prefix("sopc ").or_else(|| Some(line.strip_prefix("cargo run")?.split_once(" -- ")?.1));
            let Some(command) = words.and_then(|words| words.split_whitespace().next()) else { continue };
            let known = COMMANDS.contains(&command) || command.starts_with("--");
            assert!(known, "{}: {line} names no command", path.display());
        }
    }
}

/// `text` with one space for any number of them.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn sources_are_quoted_as_they_are() {
    let mut quoted = 0;
    for (path, text) in documents() {
        for block in text.split("```rust\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            let (file, lines) = block.split_once('\n').unwrap_or_default();
            let file = file.strip_prefix("// ").unwrap_or_else(|| panic!("{}: whose lines?", path.display()));
            let there = squeezed(&text_of(&root().join(file))).contains(&squeezed(lines));
            assert!(there, "{}: {file} has changed", path.display());
            quoted += 1;
        }
    }
    assert!(quoted > 0);
}

#[test]
fn tests_in_documents_exist() {
    let modules: Vec<_> = files(&root().join("tests/it")).into_iter().filter(|path| path.ends_with(".rs")).collect();
    let known = |name: &str| modules.iter().any(|path| path.ends_with(&format!("/{name}.rs")));
    for (path, text) in documents() {
        for rest in text.split("cargo test ").skip(1) {
            let name: String =
                rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
            assert!(name.is_empty() || known(&name), "{}: no tests are called {name}", path.display());
        }
    }
}

#[test]
fn the_code_map_has_every_source() {
    let map = text_of(&root().join("docs/architecture.md"));
    for path in sources() {
        let parents = Path::new(&path).ancestors().map(|path| path.to_string_lossy().replace('\\', "/"));
        let known = parents
            .take_while(|path| path != "src")
            .any(|path| map.contains(&format!("`{path}`")) || map.contains(&format!("`{path}/`")));
        assert!(known, "docs/architecture.md does not mention {path}");
    }
}

/// Parts of the tree that documents may name before they are there.
const COMING: &[&str] = &["src/cli", "src/plan_file.rs", "schema/plan.schema.json", "tests/ui"];

fn is_coming(path: &str) -> bool {
    COMING.iter().any(|known| path.starts_with(known) && !root().join(known).exists())
}

#[test]
fn paths_in_documents_exist() {
    for (document, text) in documents() {
        let (_, prose) = split_blocks(&text);
        for quoted in prose.iter().flat_map(|line| line.split('`').skip(1).step_by(2)) {
            let is_path = quoted.contains('/')
                && quoted.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-/".contains(letter));
            if !is_path || is_coming(quoted) {
                continue;
            }
            let roots = [root().to_owned(), root().join(EXAMPLE), document.parent().expect("a folder").to_owned()];
            let exists = roots.iter().any(|root| root.join(quoted).exists());
            assert!(exists, "{} names {quoted}, which is not there", document.display());
        }
    }
}
