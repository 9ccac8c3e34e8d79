//! JSON Schemas that follow from types, in the form in which they are published in `schema/`.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

/// The schema (draft-07) of a type: two spaces a level, a final newline.
///
/// # Panics
/// Never: a schema is JSON.
pub(crate) fn schema_of<T: JsonSchema>() -> String {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<T>();
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}
