//! The plan: the types of the plan file, and how a decided [`crate::solve::Outcome`] becomes one.

mod ahead;
mod amount;
mod build;
mod decisions;
mod figures;
mod file;
mod gates;
mod given;
mod ingredients;
mod part;
mod rules;
mod tally;
mod transfers;

pub use amount::{Amount, Figure};
pub use build::build;
pub use decisions::{decisions, moves};
pub use file::*;
pub use given::{chosen_use, given_use};
pub use ingredients::{Ingredient, Ingredients, ingredients};

use sha2::{Digest, Sha256};

use crate::source::Place;

/// SHA-256 of `bytes` in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash over the paths and hashes of the inputs.
#[must_use]
pub fn input_hash(inputs: &[Input]) -> String {
    let listed: String = inputs.iter().map(|input| format!("{}\0{}\n", input.path, input.sha256)).collect();
    sha256(listed.as_bytes())
}

/// The hash over what is planned. Where it was stated is left out, so that files may be renamed and rows move, and so is what
/// items are called.
///
/// # Panics
/// Never: a plan is made of strings, numbers and lists.
#[must_use]
pub fn plan_hash(plan: &Plan) -> String {
    let nowhere = || Place { file: String::new(), line: 0, column: 0 };
    let given = plan.given.iter().map(|one| Given { source: nowhere(), ..one.clone() }).collect();
    let rules_used = plan.rules_used.iter().map(|one| RuleUse { source: nowhere(), ..one.clone() }).collect();
    let gates = plan.gates.iter().map(|one| GateVerdict { source: nowhere(), ..one.clone() }).collect();
    let waivers = plan.waivers.iter().map(|one| WaiverUse { source: nowhere(), ..one.clone() }).collect();
    let bare = Plan {
        compiler_version: String::new(),
        items: Vec::new(),
        inputs: Vec::new(),
        input_hash: String::new(),
        plan_hash: String::new(),
        diagnostics: Vec::new(),
        given,
        rules_used,
        gates,
        waivers,
        ..plan.clone()
    };
    sha256(serde_json::to_string(&bare).expect("a plan is made of strings, numbers and lists").as_bytes())
}
