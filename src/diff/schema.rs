//! The published form of a diff.

use super::PlanDiff;

/// The JSON Schema (draft-07) of a diff, as it is published.
pub const SCHEMA: &str = include_str!("../../schema/diff.schema.json");

/// The schema that follows from the types of a diff.
#[must_use]
pub fn schema() -> String {
    crate::published::schema_of::<PlanDiff>()
}
