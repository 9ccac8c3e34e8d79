//! A code quality report of GitLab: a list of issues, each with a fingerprint of its own.
//!
//! Two issues of one fingerprint become one, so it is made of what is wrong and where, not of the line: that moves with every edit above
//! it. What is told twice of a file is counted.

use std::collections::BTreeMap;

use serde::Serialize;

use super::place::locate;
use crate::diagnostic::{Diagnostic, Severity};
use crate::plan::sha256;
use crate::render::json::pretty;
use crate::render::safe;
use crate::source::Sources;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Where a problem is shown that lies in no file.
const MANIFEST: &str = "sop.toml";

/// All of them.
pub(super) fn render(list: &[Diagnostic], sources: &Sources) -> String {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let issues: Vec<Issue> = list.iter().map(|one| issue(one, sources, &mut seen)).collect();
    pretty(&issues)
}

fn issue(one: &Diagnostic, sources: &Sources, seen: &mut BTreeMap<String, usize>) -> Issue {
    let place = one.primary().and_then(|span| locate(sources, span));
    let (path, begin) = place.map_or((MANIFEST.to_owned(), 1), |place| (place.file.path.clone(), place.start.0));
    let what = format!("{}\0{path}\0{}", one.code, one.message);
    let count = seen.entry(what.clone()).or_default();
    *count += 1;
    Issue {
        description: safe::line(&one.message),
        check_name: format!("{} {}", one.code, one.code.alias),
        fingerprint: sha256(format!("{what}\0{count}").as_bytes()),
        severity: match one.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Note => "info",
        },
        location: Location { path, lines: Lines { begin } },
    }
}
