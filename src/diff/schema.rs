//! The published form of a diff.

use schemars::generate::SchemaSettings;

use super::PlanDiff;

/// The JSON Schema (draft-07) of a diff, as it is published.
pub const SCHEMA: &str = include_str!("../../schema/diff.schema.json");

/// The schema that follows from the types of a diff.
///
/// # Panics
/// Never: a schema is JSON.
#[must_use]
pub fn schema() -> String {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<PlanDiff>();
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}
