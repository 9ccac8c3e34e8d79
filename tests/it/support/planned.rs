//! Plans of projects that have to have one, and documents that have to fit their schema.

use serde_json::Value;
use sopc::compile::{Compiled, compile, plan};
use sopc::plan::Plan;

use super::Memory;

/// Everything that is told of a project: code and message.
pub(crate) fn messages(compiled: &Compiled) -> Vec<String> {
    compiled.diagnostics.iter().map(|one| format!("{} {}", one.code, one.message)).collect()
}

/// The plan of files that are valid and have one.
pub(crate) fn planned(files: &Memory) -> Plan {
    plan_of(&compile(files))
}

/// The plan of a project that is valid and has one; none is shown that the checker does not agree with.
pub(crate) fn plan_of(compiled: &Compiled) -> Plan {
    assert!(compiled.network.is_some(), "{:#?}", messages(compiled));
    plan(compiled).unwrap_or_else(|failure| panic!("{failure:?} {:#?}", messages(compiled)))
}

/// Holds a document against the text of its schema.
pub(crate) fn assert_fits(schema: &str, json: &Value) {
    let schema = serde_json::from_str(schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let wrong: Vec<String> = validator.iter_errors(json).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}\n{json:#}");
}
