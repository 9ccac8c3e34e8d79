//! The page of codes, `docs/diagnostics.md`.

use std::fmt::Write;

use super::code::{Code, all, families};
use super::explain::{Part, SHOP, parts};

const INTRODUCTION: &str = "\
# Diagnostics

Every code that the compiler uses, first as a list, then at length; `sopc explain CODE` shows the same in a terminal. A code
is never used again for something else, so scripts may rely on it. Errors stop a plan, warnings and notes do not; lints are
warnings or notes about inputs that are valid.
";

const EXAMPLES: &str = "\
## The shop of the examples

Each code has an example, before and after the problem is mended. To be short, examples are pieces of one small project, the
shop below: what an example states stands in place of what the shop states about the same thing. A line `# file: ...` says
in which file something stands, where that matters. All examples are compiled whenever the compiler is tested.
";

/// The page of all codes, in Markdown. `reported` names the source files that report a code.
///
/// # Panics
/// Never: writing to a string does not fail.
#[must_use]
pub fn reference(reported: &dyn Fn(&Code) -> Vec<String>) -> String {
    let mut page = INTRODUCTION.to_owned();
    for (name, codes) in families() {
        write!(page, "\n## {name}\n\n| code | alias | means |\n|---|---|---|\n").expect("writing to a string");
        for code in codes {
            let row = format!("| {} | `{}` | {} |", link(code), code.alias, code.summary);
            writeln!(page, "{row}").expect("writing to a string");
        }
    }
    write!(page, "\n{EXAMPLES}\n```toml\n{SHOP}```\n").expect("writing to a string");
    for code in families().iter().flat_map(|(_, codes)| codes) {
        page.push_str(&section(code, &reported(code)));
    }
    page
}

/// A link to where a code is explained.
fn link(code: &Code) -> String {
    format!("[{code}](#sop{:04}-{})", code.number, code.alias)
}

fn section(code: &Code, reported: &[String]) -> String {
    let mut text = format!("\n## {code} {}\n\n{}\n", code.alias, code.summary);
    let parts = parts(code.text);
    for (at, part) in parts.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &parts[before]);
        text.push_str(if part.continues(before) { "" } else { "\n" });
        text.extend(part.caption(before).map(|caption| format!("{caption}\n\n")));
        text.push_str(&written(part));
    }
    let files: Vec<_> = reported.iter().map(|path| format!("`{path}`")).collect();
    let from = if files.is_empty() { String::new() } else { format!("\nReported by {}.\n", files.join(", ")) };
    text + &from
}

fn written(part: &Part) -> String {
    match part {
        Part::Paragraph { lead, words } if lead.is_empty() => format!("{}\n", linked(words)),
        Part::Paragraph { lead, words } => format!("**{lead}** {}\n", linked(words)),
        Part::Item(words) => format!("- {}\n", linked(words)),
        Part::Block { language, text, .. } => format!("```{language}\n{text}```\n"),
    }
}

/// Words with a link behind each code that they name, what stands in backticks aside.
fn linked(words: &str) -> String {
    let named =
        |text: &str| all().iter().fold(text.to_owned(), |text, code| text.replace(&code.to_string(), &link(code)));
    let pieces = words.split('`').enumerate();
    let pieces: Vec<_> = pieces.map(|(at, piece)| if at % 2 == 0 { named(piece) } else { piece.to_owned() }).collect();
    pieces.join("`")
}
