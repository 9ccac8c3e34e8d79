//! The second example: what its README says to type works, and what it says to try says what it promises.

use std::path::PathBuf;

use sopc::compile::{compile, compile_variant};
use sopc::document::{Files, Variant};

use crate::docs::{root, text_of};
use crate::support::{Memory, Run, sopc};

fn folder() -> PathBuf {
    root().join("examples/tarn-and-tussock")
}

fn readme() -> String {
    text_of(&folder().join("README.md"))
}

/// The commands of its README, and the one that `init` writes for the first example is not among them.
fn commands() -> Vec<String> {
    let page = readme();
    let (_, rest) = page.split_once("```sh\n").expect("commands");
    let (block, _) = rest.split_once("```").expect("an end");
    block.lines().map(str::to_owned).collect()
}

#[test]
fn its_commands_have_nothing_to_complain_of() {
    let commands = commands();
    assert!(commands.len() >= 5);
    for line in &commands {
        let words: Vec<_> = line.split_whitespace().skip(1).collect();
        let Run { code, out, err } = sopc(&folder(), &words);
        let said = out + &err;
        assert!(code == Some(0) && !said.contains("warning"), "{line}\n{said}");
    }
}

/// Every scenario of it is laid over it without a word.
#[test]
fn its_scenarios_are_valid() {
    let files = Memory::folder(&folder());
    let scenarios = files.scenarios();
    assert_eq!(scenarios, ["slow-port", "weak-pound"]);
    for scenario in scenarios {
        assert!(commands().iter().any(|line| line.contains(&scenario)), "README.md does not name {scenario}");
        let compiled = compile_variant(&files, &Variant { scenario: Some(scenario), set: Vec::new() });
        assert!(compiled.diagnostics.is_empty() && compiled.network.is_some(), "{:?}", compiled.diagnostics);
    }
}

/// It uses every table of the language that a team keeps by hand or by export.
#[test]
fn it_shows_the_whole_language() {
    let files = Memory::folder(&folder());
    let text: String = files
        .0
        .iter()
        .filter(|(path, _)| path.ends_with(".toml"))
        .map(|(_, text)| String::from_utf8_lossy(text).into_owned())
        .collect();
    let stated = |name: &str| {
        let asked = format!("table = \"{name}\"");
        text.contains(&format!("[{name}")) || text.contains(&asked)
    };
    let reference = text_of(&root().join("docs/language.md"));
    let tables = reference.lines().filter_map(|line| line.strip_prefix("## `[")?.split([']', '.']).next());
    let names: Vec<_> = tables.map(|name| name.trim_start_matches('[')).collect();
    assert!(names.len() > 25, "{names:?}");
    // What came to be is for `sopc track`, a cycle later.
    let missing: Vec<_> = names.into_iter().filter(|name| *name != "actual" && !stated(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(compile(&files).network.is_some());
}

/// Under "What to try": file, what stands there, what is written instead, and the code it comes to.
const TRIED: &[(&str, &str, &str, &str)] = &[
    (
        "sales/outlook.toml",
        "[[renamed]]  # new lid, new number, the same customers\nfrom = \"BOTTLE-750\"\nto = \"FLASK-750\"\n",
        "",
        "SOP7008",
    ),
    ("finance/cash.toml", "{ per-month = -168000 }", "-168000", "SOP7005"),
    ("rules.toml", "expires = 2026-10-31", "expires = 2026-08-31", "SOP5003"),
    ("rules.toml", "up-to = { amount = 30000 }", "up-to = { share = 0.1 }", "SOP5002"),
    (
        "finance/limits.toml",
        "[[limit]]",
        "[[rule]]\nid = \"late\"\nrelax = \"cash-minimum\"\nup-to = { amount = 1 }\n\n[[limit]]",
        "SOP5001",
    ),
    ("operations/supplier-shenzhen.toml", "moq = 300", "moq = 310\nmax = 310", "SOP3002"),
    ("operations/transfers.toml", "from = \"main\"", "from = \"fba\"", "SOP1007"),
    (
        "operations/supplier-shenzhen.toml",
        "item = \"LAMP-HEAD-400\"\nsupplier = \"shenzhen\"",
        "item = \"LAMP-HEAD-400\"\nsupplier = \"xiamen\"",
        "SOP2009",
    ),
    ("rules.toml", "promotion = \"autumn-sleep\"", "promotion = \"autumn-sleeps\"", "SOP2001"),
];

#[test]
fn what_it_says_to_try_says_what_it_promises() {
    let page = readme();
    let (_, tries) = page.split_once("## What to try").expect("a section");
    assert_eq!(tries.matches("(`SOP").count(), TRIED.len());
    for (path, from, to, code) in TRIED {
        assert!(tries.contains(code), "README.md does not speak of {code}");
        let mut files = Memory::folder(&folder());
        files.edit(path, from, to);
        let found: Vec<_> = compile(&files).diagnostics.iter().map(|one| one.code.to_string()).collect();
        assert_eq!(found, [*code], "{path}: {from}");
    }
    // An MOQ that is no multiple means the next one.
    let mut files = Memory::folder(&folder());
    files.edit("operations/supplier-shenzhen.toml", "moq = 300", "moq = 310");
    assert!(compile(&files).diagnostics.is_empty());
}
