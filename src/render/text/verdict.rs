//! What plan this is, and whether it holds.

use super::page::Page;
use crate::diff::GivenCount;
use crate::plan::{Figure, Plan, Status};
use crate::render::number::counted;
use crate::render::safe;
use crate::render::style::Ink;

pub(super) fn write(page: &mut Page<'_>) {
    let plan = page.plan;
    let title = format!("{}, cycle {}", safe::line(&plan.project), safe::line(&plan.cycle));
    page.hang(Ink::Bold, "", &title);
    let amounts = if page.tail().next().is_some() { "in" } else { "amounts in" };
    let about = format!("as of {}, {}, {amounts} {}", plan.as_of, horizon(page), page.currency());
    page.hang(Ink::Plain, "", &about);
    let (word, ink, meaning) = verdict(plan);
    page.hang(ink, "", &format!("{word}: {meaning}"));
    gates(page);
}

/// Gates are policy on a finished plan: what they refuse may not be approved, whatever its status.
fn gates(page: &mut Page<'_>) {
    let gates = &page.plan.gates;
    let refusing = gates.iter().filter(|gate| gate.refuses && gate.is_missed());
    let refused: Vec<String> = refusing.map(|gate| safe::line(&gate.id)).collect();
    if !refused.is_empty() {
        let of = counted(gates.len(), "gate", "gates");
        page.hang(Ink::Red, "", &format!("refused by {} of {of}: {}", refused.len(), refused.join(", ")));
    } else if gates.iter().any(|gate| !gate.passed) {
        let passed = gates.iter().filter(|gate| gate.passed).count();
        let waived = gates.iter().filter(|gate| gate.waived).count();
        let missed = gates.iter().filter(|gate| gate.is_missed()).count();
        let told = [(passed, "passed"), (waived, "waived"), (missed, "missed with a warning")];
        let told = told.iter().filter(|(number, _)| *number > 0).map(|(number, word)| format!("{number} {word}"));
        page.hang(Ink::Yellow, "", &format!("gates: {}", told.collect::<Vec<_>>().join(", ")));
    } else if !gates.is_empty() {
        let unmeasured = gates.iter().filter(|gate| gate.value == Figure::NotApplicable).count();
        let all = counted(gates.len() - unmeasured, "gate passes", "gates pass");
        match unmeasured {
            0 => page.hang(Ink::Green, "", &all),
            _ if unmeasured == gates.len() => page.hang(Ink::Yellow, "", "no gate is measured"),
            _ => page.hang(Ink::Yellow, "", &format!("{all}, {unmeasured} not measured")),
        }
    }
}

fn horizon(page: &Page<'_>) -> String {
    let labels: Vec<&str> = page.horizon().collect();
    let behind = page.tail().next_back().map_or(String::new(), |last| format!(", tail to {}", safe::line(last)));
    match labels[..] {
        [] => "no buckets".to_owned(),
        [only] => format!("one bucket, {}{behind}", safe::line(only)),
        [first, .., last] => {
            format!("{} buckets from {} to {}{behind}", labels.len(), safe::line(first), safe::line(last))
        }
    }
}

/// What kind of plan it is, how that is to be taken, and what it means.
pub(in crate::render) fn verdict(plan: &Plan) -> (&'static str, Ink, String) {
    match plan.status {
        Status::Feasible if plan.given.is_empty() => ("feasible", Ink::Green, "every commitment is kept".to_owned()),
        Status::Feasible => {
            let meaning =
                format!("every commitment is kept, but for what is given: {}", given_rows(GivenCount::of(plan)));
            ("feasible", Ink::Green, meaning)
        }
        Status::Relaxed => {
            let mut used: Vec<&str> = plan.rules_used.iter().map(|one| one.id.as_str()).collect();
            used.sort_unstable();
            used.dedup();
            let rules = counted(used.len(), "rule", "rules");
            let rows = given_rows(GivenCount::of(plan));
            let given = if rows.is_empty() { String::new() } else { format!("; given: {rows}") };
            ("relaxed", Ink::Yellow, format!("commitments are kept with the help of {rules}{given}"))
        }
        Status::Draft => {
            ("draft", Ink::Red, "this plan breaks commitments; it shows what breaks and cannot be approved".to_owned())
        }
    }
}

/// `1 shortage and 2 overruns`; nothing where nothing is given.
pub(in crate::render) fn given_rows(count: GivenCount) -> String {
    let parts = [(count.shortages, "shortage", "shortages"), (count.overruns, "overrun", "overruns")];
    let told = parts.iter().filter(|(number, ..)| *number > 0);
    let told: Vec<String> =
        told.map(|&(number, one, many)| counted(usize::try_from(number).unwrap_or(usize::MAX), one, many)).collect();
    told.join(" and ")
}
