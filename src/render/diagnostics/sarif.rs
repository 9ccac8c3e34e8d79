//! SARIF 2.1.0, as GitHub's code scanning takes it.
//!
//! One run; paths relative to the project's root; every result has a location, since a file with one that has none is refused as a whole.
//! Of more than 5,000 results the first by severity are kept, and a notification tells how many were left out.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::place::locate;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::plan::sha256;
use crate::render::json::pretty;
use crate::source::{Sources, Span};

/// Results that code scanning keeps of a run.
const MOST: usize = 5_000;
/// Places of a result that it keeps.
const MOST_PLACES: usize = 100;
/// Where a problem is shown that lies in no file.
const MANIFEST: &str = "sop.toml";

/// All of them.
pub(super) fn render(list: &[Diagnostic], sources: &Sources) -> String {
    let mut sorted: Vec<&Diagnostic> = list.iter().collect();
    sorted.sort_by_key(|one| one.severity);
    let left_out = sorted.len().saturating_sub(MOST);
    sorted.truncate(MOST);
    let codes: BTreeMap<u16, &'static Code> = sorted.iter().map(|one| (one.code.number, one.code)).collect();
    let numbers: Vec<u16> = codes.keys().copied().collect();
    let mut seen = BTreeMap::new();
    let results: Vec<Value> = sorted.iter().map(|one| result(one, sources, &numbers, &mut seen)).collect();
    let notifications: Vec<Value> = (left_out > 0)
        .then(|| json!({ "level": "warning", "message": { "text": format!("{left_out} more results are left out") } }))
        .into_iter()
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "sopc",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.values().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "%SRCROOT%": { "description": { "text": "the folder of sop.toml" } } },
            "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notifications }],
            "results": results,
        }],
    });
    pretty(&log)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.to_string(),
        "name": code.alias,
        "shortDescription": { "text": code.summary },
        "fullDescription": { "text": code.summary },
        "help": { "text": code.text, "markdown": code.text },
    })
}

fn result(one: &Diagnostic, sources: &Sources, codes: &[u16], seen: &mut BTreeMap<String, usize>) -> Value {
    let place = one.primary().map(|span| location(span, sources, None));
    let place = place.flatten().unwrap_or_else(
        || json!({ "physicalLocation": { "artifactLocation": artifact(MANIFEST), "region": { "startLine": 1 } } }),
    );
    let file = one.primary().and_then(|span| locate(sources, span)).map_or(MANIFEST, |place| place.file.path.as_str());
    let what = format!("{}\0{file}\0{}", one.code, one.message);
    let count = seen.entry(what.clone()).or_default();
    *count += 1;
    let notes = one.notes.iter().map(|note| format!("\nnote: {note}"));
    let help = one.help.iter().map(|help| format!("\nhelp: {help}"));
    let text: String = std::iter::once(one.message.clone()).chain(notes).chain(help).collect();
    let related = one
        .labels
        .iter()
        .skip(1)
        .take(MOST_PLACES)
        .filter_map(|label| location(label.span, sources, Some(&label.text)));
    json!({
        "ruleId": one.code.to_string(),
        "ruleIndex": codes.binary_search(&one.code.number).unwrap_or(0),
        "level": level(one.severity),
        "message": { "text": text },
        "locations": [place],
        "relatedLocations": related.collect::<Vec<_>>(),
        "partialFingerprints": { "codeFileMessage/v1": sha256(format!("{what}\0{count}").as_bytes()) },
    })
}

fn location(span: Span, sources: &Sources, text: Option<&str>) -> Option<Value> {
    let place = locate(sources, span)?;
    let ((line, column), (end_line, end_column)) = (place.start, place.end);
    let region = json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column });
    let mut location =
        json!({ "physicalLocation": { "artifactLocation": artifact(&place.file.path), "region": region } });
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        location["message"] = json!({ "text": text });
    }
    Some(location)
}

fn artifact(path: &str) -> Value {
    json!({ "uri": uri(path), "uriBaseId": "%SRCROOT%" })
}

/// A relative path as a URI: bytes that are no plain letters, digits and marks are written as `%20`.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
