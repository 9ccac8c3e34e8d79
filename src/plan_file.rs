//! Reading a plan file back.
//!
//! It may come from anywhere, so it is held against its schema before anything is made of it.

mod once;

use jsonschema::Validator;
use serde_json::Value;

use once::Once;

use crate::plan::{FORMAT_VERSION, Plan, reads_version};

/// The JSON Schema (draft-07) of a plan file, as it is published.
pub const SCHEMA: &str = include_str!("../schema/plan.schema.json");

/// Most violations of the schema that are listed.
const LISTED: usize = 20;
/// Most violations among which those are chosen.
const LOOKED_AT: usize = 1_000;
/// Longest description of one, characters.
const LONGEST: usize = 200;

/// Why some text is no plan file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAPlan {
    /// What is wrong, to be put behind the file's name.
    pub why: String,
    /// Places and what is wrong there.
    pub details: Vec<String>,
    /// Line and column, from 1, where it stops being JSON.
    pub place: Option<(usize, usize)>,
}

impl From<String> for NotAPlan {
    fn from(why: String) -> Self {
        Self { why, details: Vec::new(), place: None }
    }
}

/// The schema that follows from the types of a plan.
#[must_use]
pub fn schema() -> String {
    crate::published::schema_of::<Plan>()
}

/// The plan in `bytes`.
///
/// # Errors
/// Where they are no plan file, or one that this compiler does not read.
pub fn read(bytes: &[u8]) -> Result<Plan, NotAPlan> {
    let Once(value) = serde_json::from_slice(bytes).map_err(|error| {
        let what = if error.is_data() { "is no plan file" } else { "is not JSON" };
        NotAPlan { place: Some((error.line(), error.column())), ..format!("{what}: {error}").into() }
    })?;
    check_version(&value)?;
    let violations = violations(&value)?;
    if !violations.is_empty() {
        return Err(NotAPlan { why: "does not have the form of a plan file".into(), details: violations, place: None });
    }
    // The schema does not know how large a number may be, for one.
    serde_json::from_value(value).map_err(|error| format!("is not a plan file: {error}").into())
}

/// Says first what a file of another version, or of another kind, is.
fn check_version(value: &Value) -> Result<(), NotAPlan> {
    if value.get("format_version").is_none() && value.get("conflicts").is_some() {
        return Err("tells of a run without a plan: there is none in it".to_owned().into());
    }
    let Some(version) = value.get("format_version").and_then(Value::as_str) else {
        return Err("is not a plan file: it has no format_version".to_owned().into());
    };
    if reads_version(version) {
        return Ok(());
    }
    let shown: String = version.chars().take(20).collect();
    Err(format!("has format_version {shown}, but this version of sopc reads {FORMAT_VERSION}").into())
}

/// Where the value differs from the schema, the first few.
fn violations(value: &Value) -> Result<Vec<String>, NotAPlan> {
    let validator = validator().map_err(|error| format!("cannot be held against its schema: {error}"))?;
    let mut errors: Vec<_> = validator.iter_errors(value).take(LOOKED_AT).collect();
    // One wrong value says more than all the keys that are missing.
    errors.sort_by_key(|error| error.kind().keyword() == "required");
    let mut listed: Vec<String> = errors.iter().take(LISTED).map(described).collect();
    if errors.len() > LISTED {
        listed.push("and more".into());
    }
    Ok(listed)
}

fn validator() -> Result<Validator, String> {
    let schema: Value = serde_json::from_str(SCHEMA).map_err(|error| error.to_string())?;
    jsonschema::draft7::new(&schema).map_err(|error| error.to_string())
}

/// `/orders/3/units: value is not of type "integer"`; values are left out, they may be as long as the file.
fn described(error: &jsonschema::ValidationError<'_>) -> String {
    let pointer = error.instance_path().to_string();
    let place = if pointer.is_empty() { "the file" } else { &pointer };
    let text = format!("{place}: {}", error.masked_with("the value"));
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> String {
        read(text.as_bytes()).unwrap_err().why
    }

    #[test]
    fn what_is_no_plan_is_told_apart() {
        assert!(why("{").starts_with("is not JSON: "));
        assert!(why(&"[".repeat(10_000)).starts_with("is not JSON: "));
        assert!(
            why(r#"{"a": {"status": 1, "status": 1}}"#)
                .starts_with("is no plan file: the key `status` stands twice at line 1")
        );
        assert_eq!(why("[]"), "is not a plan file: it has no format_version");
        assert!(why(r#"{"status": "infeasible", "conflicts": []}"#).starts_with("tells of a run without a plan"));
        assert_eq!(why(r#"{"format_version": "2.0"}"#), "has format_version 2.0, but this version of sopc reads 1.0");
        let found = read(br#"{"format_version": "1.9", "orders": [{"units": "3"}]}"#).unwrap_err();
        assert_eq!(found.why, "does not have the form of a plan file");
        assert!(
            found.details.iter().any(|one| one == "/orders/0/units: the value is not of type \"integer\""),
            "{found:?}"
        );
    }
}
