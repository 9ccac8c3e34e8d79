//! The list of codes, `docs/diagnostics.md`.

use std::fmt::Write;

use super::all_codes;

/// Families by the thousands of their numbers.
const FAMILIES: &[(u16, &str)] = &[
    (0, "Syntax"),
    (1, "Schema"),
    (2, "References"),
    (3, "Ranges and units"),
    (4, "Feasibility"),
    (5, "Rules"),
    (6, "Gates"),
    (7, "Lints"),
    (9, "Environment"),
];

const INTRODUCTION: &str = "\
# Diagnostics

Every code that the compiler uses. A code is never used again for something else, so scripts may rely on it. Errors
stop a plan, warnings and notes do not; lints are warnings or notes about inputs that are valid.
";

/// The page of all codes, in Markdown.
///
/// # Panics
/// Never: writing to a string does not fail.
#[must_use]
pub fn reference() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (family, name) in FAMILIES {
        let codes: Vec<_> = all_codes().iter().filter(|code| code.number / 1_000 == *family).collect();
        if codes.is_empty() {
            continue;
        }
        write!(page, "\n## {name}\n\n| code | alias | means |\n|---|---|---|\n").expect("writing to a string");
        for code in codes {
            writeln!(page, "| `{code}` | `{}` | {} |", code.alias, code.summary).expect("writing to a string");
        }
    }
    page
}
