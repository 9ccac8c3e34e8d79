//! A chain of causes as a document: what `sopc why --format json` writes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Link;
use crate::plan::Plan;

/// The `format_version` of a chain.
const FORMAT_VERSION: &str = "1.0";

/// The JSON Schema (draft-07) of a chain, as it is published.
pub const CHAIN_SCHEMA: &str = include_str!("../../schema/why.schema.json");

/// Why something in a plan is as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Chain {
    /// Version of this format.
    pub format_version: String,
    /// The project's name.
    pub project: String,
    /// The cycle's name.
    pub cycle: String,
    /// The plan that it is about.
    pub plan_hash: String,
    /// What was asked about.
    pub what: String,
    /// The causes, each behind what it is a cause of: the next link of a greater depth is a cause of this one.
    pub links: Vec<Link>,
}

impl Chain {
    /// The document of a chain.
    #[must_use]
    pub fn new(plan: &Plan, what: &str, links: Vec<Link>) -> Self {
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            project: plan.project.clone(),
            cycle: plan.cycle.clone(),
            plan_hash: plan.plan_hash.clone(),
            what: what.to_owned(),
            links,
        }
    }
}

/// The schema that follows from the types of a chain.
#[must_use]
pub fn chain_schema() -> String {
    crate::published::schema_of::<Chain>()
}
