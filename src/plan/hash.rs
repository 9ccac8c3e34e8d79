//! Hashes of a plan and of what it was made from.

use serde::ser::{Serialize, SerializeStruct, Serializer};
use sha2::{Digest, Sha256};

use super::{FORMAT_VERSION, GateVerdict, Given, Input, Plan, RuleUse, WaiverUse, reads_version};
use crate::source::Place;

/// SHA-256 of `bytes` in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(Sha256::new_with_prefix(bytes))
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
    // Plans are large: their text is hashed as it comes, and never there as a whole.
    let mut digest = Sha256::new();
    serde_json::to_writer(&mut digest, &Bare(plan)).expect("a plan is made of strings, numbers and lists");
    hexadecimal(digest)
}

/// True where the hash of a plan is one that [`plan_hash`] can tell: another version of the format may hash keys that are not
/// known here.
#[must_use]
pub fn hash_is_ours(plan: &Plan) -> bool {
    plan.format_version == FORMAT_VERSION || !reads_version(&plan.format_version)
}

fn hexadecimal(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A plan that tells nothing of where it comes from: the same text as that of a plan in which all that is empty.
struct Bare<'p>(&'p Plan);

impl Serialize for Bare<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Named one by one, so that nothing that a plan has is forgotten here.
        let Plan {
            format_version,
            compiler_version: _,
            project,
            cycle,
            as_of,
            currency,
            buckets,
            items: _,
            inputs: _,
            input_hash: _,
            plan_hash: _,
            status,
            certificate,
            summary,
            orders,
            given,
            transfers,
            tail,
            promotions,
            allocations,
            inventory,
            cash,
            capacity,
            rules_used,
            metrics,
            gates,
            waivers,
            diagnostics: _,
        } = self.0;
        let nowhere = || Place { file: String::new(), line: 0, column: 0 };
        let given: Vec<_> = given.iter().map(|one| Given { source: nowhere(), ..one.clone() }).collect();
        let rules_used: Vec<_> = rules_used.iter().map(|one| RuleUse { source: nowhere(), ..one.clone() }).collect();
        let gates: Vec<_> = gates.iter().map(|one| GateVerdict { source: nowhere(), ..one.clone() }).collect();
        let waivers: Vec<_> = waivers.iter().map(|one| WaiverUse { source: nowhere(), ..one.clone() }).collect();
        let nothing: [&str; 0] = [];
        let mut text = serializer.serialize_struct("Plan", 27)?;
        text.serialize_field("format_version", format_version)?;
        text.serialize_field("compiler_version", "")?;
        text.serialize_field("project", project)?;
        text.serialize_field("cycle", cycle)?;
        text.serialize_field("as_of", as_of)?;
        text.serialize_field("currency", currency)?;
        text.serialize_field("buckets", buckets)?;
        text.serialize_field("inputs", &nothing)?;
        text.serialize_field("input_hash", "")?;
        text.serialize_field("plan_hash", "")?;
        text.serialize_field("status", status)?;
        text.serialize_field("certificate", certificate)?;
        text.serialize_field("summary", summary)?;
        text.serialize_field("orders", orders)?;
        text.serialize_field("given", &given)?;
        text.serialize_field("transfers", transfers)?;
        text.serialize_field("tail", tail)?;
        text.serialize_field("promotions", promotions)?;
        text.serialize_field("allocations", allocations)?;
        text.serialize_field("inventory", inventory)?;
        text.serialize_field("cash", cash)?;
        text.serialize_field("capacity", capacity)?;
        text.serialize_field("rules_used", &rules_used)?;
        text.serialize_field("metrics", metrics)?;
        text.serialize_field("gates", &gates)?;
        text.serialize_field("waivers", &waivers)?;
        text.serialize_field("diagnostics", &nothing)?;
        text.end()
    }
}
