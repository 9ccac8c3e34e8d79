//! The published form of a tracking.

use schemars::generate::SchemaSettings;

use super::Tracking;

/// The JSON Schema (draft-07) of a tracking, as it is published.
pub const SCHEMA: &str = include_str!("../../schema/tracking.schema.json");

/// The schema that follows from the types of a tracking.
///
/// # Panics
/// Never: a schema is JSON.
#[must_use]
pub fn schema() -> String {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Tracking>();
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}
