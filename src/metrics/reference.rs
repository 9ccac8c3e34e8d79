//! Writes [docs/metrics.md](../../docs/metrics.md).

use super::catalog::Variant;
use super::{Kind, Measure};

const INTRODUCTION: &str = "\
# Metrics

Every metric has one definition, which this page tells; where others are in use, they have names of their own. It is written from
what the compiler measures by, so it says what is measured. The function named is in `src/metrics/formula.rs` and the files
below it, with its source and a published example that is run as a test.

`sopc metrics` shows them, `--explain` with what this page says and `--variants` with the variants that a plan file tells. `[[gate]]` may be
set on any of them, and `sopc verify` works them out a second time, by other code.
In a plan file they are `metrics`: of the whole plan (`scope` is `plan`), then of each category, channel, class, item, location and supplier
(`item:MUG`); those told by bucket have a row a bucket besides that of the horizon, items aside, whose buckets are in `allocations` and
`inventory`.

A metric that has no value - divided by no stock, no sales - is n/a, and a gate on it misses nothing, which is said (`SOP6005`). Figures are those of the
horizon; the tail is not in them. All arithmetic is exact, six decimals are printed, half up.
";

/// The page.
#[must_use]
pub fn reference() -> String {
    let mut page = INTRODUCTION.to_owned();
    page.push_str("\n| metric | is | of | by bucket |\n|---|---|---|---|\n");
    for measure in Measure::ALL {
        let entry = measure.entry();
        let by_bucket = if measure.is_by_bucket() { "yes" } else { "" };
        page.push_str(&format!(
            "| [`{}`](#{}) | {} | {} | {by_bucket} |\n",
            measure.name(),
            measure.name(),
            entry.title.to_lowercase().replace("gmroi", "GMROI"),
            of(measure)
        ));
    }
    for measure in Measure::ALL {
        page.push_str(&section(measure));
    }
    page
}

/// What it is measured of.
fn of(measure: Measure) -> String {
    let kinds: Vec<&str> = Kind::ALL.into_iter().filter(|kind| measure.is_of(*kind)).map(Kind::name).collect();
    if kinds.is_empty() { "the plan".to_owned() } else { format!("the plan, {}", kinds.join(", ")) }
}

fn section(measure: Measure) -> String {
    let entry = measure.entry();
    let mut text = format!("\n## {}\n\n    {}\n\n", measure.name(), entry.formula);
    text.push_str(&format!("{} *Edge cases.* {}", entry.counts, entry.edges));
    if let Some(function) = entry.function {
        text.push_str(&format!(" *Function.* `{function}`.{}", published(function)));
    }
    text.push('\n');
    if !entry.variants.is_empty() {
        text.push_str("\n| variant | is | example | shown by |\n|---|---|---|---|\n");
    }
    for Variant { name, is, function, told } in entry.variants {
        let named = if function.is_empty() { String::new() } else { format!(": `{function}`") };
        // The example of the metric is that of its own function.
        let example = if entry.function == Some(function) { String::new() } else { published(function) };
        let example = example.trim().trim_start_matches("*Example.*").trim();
        text.push_str(&format!("| {name} | {is}{named} | {example} | {} |\n", shown_by(told)));
    }
    text
}

fn shown_by(told: &str) -> String {
    if told.is_empty() { String::new() } else { format!("`{told}`") }
}

/// ` *Example.* 350 of 500: 70 % ([inventoryhero.ai](https://...)).`
fn published(function: &str) -> String {
    let Some(one) = super::published::of(function) else { return String::new() };
    let host = one.source.split("://").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or(one.source);
    let source = match one.source {
        "" => String::new(),
        source if source.contains("://") => format!(" ([{}]({source}))", host.trim_start_matches("www.")),
        source => format!(" ({source})"),
    };
    format!(" *Example.* {}{source}.", one.example)
}
