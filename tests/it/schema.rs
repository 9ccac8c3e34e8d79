//! The published schemas are those that follow from the types and tables, and they come to the compiler's verdict.
//!
//! `UPDATE=1 cargo test schema` writes them anew.

use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::Value;
use sopc::compile::compile;
use sopc::diagnostic::{Code, Diagnostic, Severity, codes};
use sopc::document::{project_schema, scenario_schema};
use toml::de::{DeTable, DeValue};

use crate::docs::{root, text_of};
use crate::support::Memory;
use crate::ui;

/// Problems that the form of one file shows.
const OF_FORM: &[&Code] = &[
    &codes::UNKNOWN_KEY,
    &codes::UNKNOWN_TABLE,
    &codes::WRONG_TYPE,
    &codes::MISSING_KEY,
    &codes::LANGUAGE_VERSION,
    &codes::OUT_OF_RANGE,
    &codes::BUCKET_KEY,
];

/// Cases in which an editor is content with what the compiler refuses, and why.
const EDITOR_CONTENT: &[(&str, &str)] = &[
    ("bucket-key/week-promotion/sop.toml", "what the calendar of [plan] is another key says, perhaps in another file"),
    ("bucket-key/weeks-in-months/sop.toml", "as above"),
    ("equal-selectors/adjustments/sop.toml", "one of several keys is needed, whichever"),
    ("keys-exclude/backorder/sop.toml", "a key is needed only beside another one"),
    ("keys-exclude/minimum-order/sop.toml", "one of several keys is needed, whichever"),
    ("missing-key/cover/sop.toml", "as above"),
    ("missing-key/actual-day/sop.toml", "a day is needed only where units are one number"),
    ("no-history/methods/sop.toml", "a key is needed only beside another one"),
    ("no-lane/pin/sop.toml", "one of several keys is needed, whichever"),
    ("unknown-name/waivers/sop.toml", "as above"),
    ("up-to/other-terms/sop.toml", "which keys go with a rule depends on what it lets go of"),
    ("missing-key/horizon/sop.toml", "keys of [plan] may stand in another file"),
    ("missing-key/no-plan/sop.toml", "[plan] may stand in another file"),
    ("out-of-range/assumption/sop.toml", "what an assumption comes to is worked out by the compiler"),
    ("out-of-range/digits/sop.toml", "JSON numbers have no digits to count"),
    ("out-of-range/too-many-buckets/sop.toml", "keys of [plan] are each within their range"),
    ("wrong-type/cycle-name/sop.toml", "what can be the name of a file is for the compiler to say"),
    ("wrong-type/table-without-name/sop.toml", "names of tables are keys to JSON, whatever they are"),
    ("wrong-type/date-in-quotes/sop.toml", "JSON has no dates: Taplo hands them over as text"),
    ("wrong-type/hexadecimal/sop.toml", "JSON has one way of writing a number"),
];

/// The folders of all example projects.
fn examples() -> Vec<PathBuf> {
    let mut found = Vec::new();
    projects(&root().join("examples"), &mut found);
    assert!(!found.is_empty());
    found
}

fn published(path: &str, schema: &str) {
    let path = root().join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder can be made");
        std::fs::write(&path, schema).expect("the schema can be written");
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(published == schema, "{} is out of date: run `UPDATE=1 cargo test schema`", path.display());
}

fn pretty(schema: &Value) -> String {
    serde_json::to_string_pretty(schema).expect("JSON") + "\n"
}

#[test]
fn schemas_are_published() {
    published("schema/plan.schema.json", &sopc::plan_file::schema());
    published("schema/diff.schema.json", &sopc::diff::schema());
    published("schema/tracking.schema.json", &sopc::track::schema());
    published("schema/purchase-order.schema.json", &sopc::purchase::schema());
    published("schema/next.schema.json", &sopc::next::schema());
    published("schema/why.schema.json", &sopc::explain::chain_schema());
    published("schema/compare.schema.json", &sopc::compare::schema());
    let examples = examples().into_iter().map(|path| path.join("schema"));
    for folder in examples.chain([root().join("schema")]) {
        let folder = folder.display();
        published(&format!("{folder}/sop.schema.json"), &pretty(&project_schema()));
        published(&format!("{folder}/scenario.schema.json"), &pretty(&scenario_schema()));
    }
}

/// A file as an editor hands it to a schema: dates become text.
fn as_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => serde_json::from_str(&number.as_str().replace('_', "")).unwrap_or(Value::Null),
        DeValue::Float(number) => serde_json::from_str(&number.as_str().replace('_', "")).unwrap_or(Value::Null),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(datetime) => Value::String(datetime.to_string()),
        DeValue::Array(array) => array.iter().map(|element| as_json(element.get_ref())).collect(),
        DeValue::Table(table) => table_as_json(table),
    }
}

fn table_as_json(table: &DeTable<'_>) -> Value {
    let members = table.iter().map(|(key, value)| (key.get_ref().to_string(), as_json(value.get_ref())));
    Value::Object(members.collect())
}

fn validator() -> Validator {
    jsonschema::draft7::new(&project_schema()).expect("a schema")
}

/// What the schema says of a file; `None` where it is no TOML, which an editor says by itself.
fn objections(schema: &Validator, text: &str) -> Option<Vec<String>> {
    let table = DeTable::parse(text).ok()?;
    let value = table_as_json(table.get_ref());
    Some(schema.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect())
}

/// Folders with a `sop.toml` at or below `folder`.
fn projects(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("sop.toml").is_file() {
        found.push(folder.to_owned());
        return;
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            projects(&entry.path(), found);
        }
    }
}

/// Files over which schema and compiler disagree in the project at `folder`, with what each says; files looked at.
fn disagreements(schema: &Validator, folder: &Path) -> (Vec<String>, usize) {
    let compiled = compile(&Memory::folder(folder));
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for (index, file) in compiled.sources.files().iter().enumerate().filter(|(_, file)| file.path.ends_with(".toml")) {
        let Some(objections) = objections(schema, &file.text) else { continue };
        let here = |one: &&Diagnostic| {
            one.severity == Severity::Error
                && OF_FORM.contains(&one.code)
                && one.primary().is_some_and(|span| span.file.0 as usize == index)
        };
        let found: Vec<_> = compiled.diagnostics.iter().filter(here).map(|one| one.message.as_str()).collect();
        let name = folder.join(&file.path);
        let name = name.strip_prefix(ui::root()).unwrap_or(&name).to_string_lossy().replace('\\', "/");
        let expected = !found.is_empty() && !EDITOR_CONTENT.iter().any(|(known, _)| *known == name);
        looked_at += 1;
        if objections.is_empty() == expected {
            wrong.push(format!("{name}: schema {objections:?}, compiler {found:?}"));
        }
    }
    (wrong, looked_at)
}

#[test]
fn schema_and_compiler_agree_on_every_case() {
    let schema = validator();
    let mut folders = ui::cases();
    for place in ["examples", "../shared/cases"] {
        projects(&root().join(place), &mut folders);
    }
    let (wrong, looked_at): (Vec<_>, Vec<_>) = folders.iter().map(|folder| disagreements(&schema, folder)).unzip();
    let wrong = wrong.concat();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(looked_at.iter().sum::<usize>() > 100);
    for (case, why) in EDITOR_CONTENT {
        assert!(ui::root().join(case).is_file(), "{case} ({why}) is gone");
    }
}

#[test]
fn every_file_of_an_example_names_its_schema() {
    for example in examples() {
        for (path, bytes) in Memory::folder(&example).0.iter().filter(|(path, _)| path.ends_with(".toml")) {
            let text = String::from_utf8_lossy(bytes);
            let target = text.lines().next().and_then(|line| line.strip_prefix("#:schema "));
            let target = target.unwrap_or_else(|| panic!("{path} has no #:schema head"));
            let schema = if path.starts_with("scenarios/") { scenario_schema() } else { project_schema() };
            let file = example.join(path).parent().expect("a folder").join(target);
            assert!(text_of(&file) == pretty(&schema), "{path}: {target}");
        }
    }
}
