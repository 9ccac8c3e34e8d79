//! The published form of a tracking.

use super::Tracking;

/// The JSON Schema (draft-07) of a tracking, as it is published.
pub const SCHEMA: &str = include_str!("../../schema/tracking.schema.json");

/// The schema that follows from the types of a tracking.
#[must_use]
pub fn schema() -> String {
    crate::published::schema_of::<Tracking>()
}
