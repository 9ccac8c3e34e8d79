//! Conflict sets as diagnostics and in the document of a run without a plan.

use super::words;
use crate::diagnostic::Diagnostic;
use crate::explain::{Conflict, Explanation, Rest};
use crate::plan::{Amount, Conflict as Written, ConflictMember, NoPlan, NoPlanStatus, Repair};
use crate::render::number::money;
use crate::source::Sources;
use crate::units::Ratio;

/// What is said of a set of which it was not shown that no member can be missing.
const MAY_BE_LESS: &str =
    "this may not be minimal: of some of these statements it is not known whether the others leave a plan";

/// The document and the diagnostics with conflict sets, where there are any; else as they were.
pub(super) fn told(
    (sources, currency): (&Sources, &str),
    explanation: &Explanation,
    document: NoPlan,
    diagnostics: Vec<Diagnostic>,
) -> (NoPlan, Vec<Diagnostic>) {
    if explanation.conflicts.is_empty() {
        return (document, diagnostics);
    }
    let conflicts = explanation.conflicts.iter().map(written).collect();
    let count = explanation.conflicts.len();
    let diagnostics = explanation.conflicts.iter().map(|one| diagnostic(one, count, (sources, currency))).collect();
    (NoPlan { status: NoPlanStatus::Infeasible, bound: None, interrupted: false, conflicts }, diagnostics)
}

fn written(conflict: &Conflict) -> Written {
    let member = |one: &crate::explain::Told| ConflictMember {
        kind: one.kind.to_owned(),
        key: one.key.clone(),
        source: one.source.clone(),
    };
    let mut causes = conflict.causes.clone();
    if !conflict.minimal {
        causes.push(MAY_BE_LESS.to_owned());
    }
    let repair = |one: &crate::explain::Repair| Repair {
        edit: one.edit.clone(),
        amount: Amount(one.amount),
        cost: written_amount(one.cost),
    };
    let repairs = conflict.repairs.iter().map(repair).collect();
    let earned_without = conflict.earned_without.map(written_amount);
    Written { members: conflict.members.iter().map(member).collect(), causes, repairs, earned_without }
}

fn written_amount(amount: Ratio) -> Amount {
    Amount::rounded(amount).unwrap_or(Amount(rust_decimal::Decimal::MAX))
}

/// `costs 216.00 USD`: beside the plan without the statements of the set.
fn costs(amount: Ratio, currency: &str) -> String {
    let cost = written_amount(amount);
    if cost.0.is_zero() {
        "costs nothing".to_owned()
    } else if cost.0.is_sign_negative() {
        format!("brings {} {currency}", money(Amount(-cost.0)))
    } else {
        format!("costs {} {currency}", money(cost))
    }
}

/// What the costs of repairs are held against.
fn held_against(earned: Ratio, members: usize, beside: &Beside, currency: &str) -> String {
    let gone = match (members, beside) {
        (_, Beside::Others) => "any of these conflicts",
        (1, _) => "it",
        _ => "all of them",
    };
    format!(
        "costs are beside the best plan found without {gone}, which earns {} {currency}",
        money(written_amount(earned))
    )
}

/// What else is in the way of a plan.
enum Beside {
    Nothing,
    /// Conflicts that are told as well.
    Others,
    /// Conflicts that share a member with this one.
    Overlapping,
    Unknown,
}

fn diagnostic(conflict: &Conflict, count: usize, (sources, currency): (&Sources, &str)) -> Diagnostic {
    let mut diagnostic = words::proven_none(conflict.title.clone());
    for member in &conflict.members {
        if let Some(span) = words::span_at(sources, &member.value) {
            diagnostic = diagnostic.at(span, member.part.clone());
        }
    }
    for cause in &conflict.causes[conflict.members.len().min(conflict.causes.len())..] {
        diagnostic = diagnostic.with_note(cause.clone());
    }
    let beside = match conflict.rest {
        _ if conflict.of_part => Beside::Unknown,
        _ if count > 1 => Beside::Others,
        Rest::Plans => Beside::Nothing,
        Rest::Contradicts => Beside::Overlapping,
        Rest::Unknown => Beside::Unknown,
    };
    let against = conflict.earned_without.map(|earned| held_against(earned, conflict.members.len(), &beside, currency));
    diagnostic = diagnostic.with_note(match (conflict.minimal, conflict.members.len(), beside) {
        (false, ..) => MAY_BE_LESS,
        (true, 1, Beside::Nothing) => "without it there is a plan",
        (true, _, Beside::Nothing) => "without any one of them there is a plan",
        (true, 1, Beside::Others) => "without it this conflict is gone; the others are further ones",
        (true, _, Beside::Others) => "without any one of them this conflict is gone; the others are further ones",
        (true, 1, Beside::Overlapping) => "without it this conflict is gone; there are others beside it",
        (true, _, Beside::Overlapping) => {
            "without any one of them this conflict is gone; with some of them gone there are others"
        }
        (true, 1, Beside::Unknown) => "without it this conflict is gone",
        (true, _, Beside::Unknown) => "without any one of them this conflict is gone",
    });
    if let Some(against) = against {
        diagnostic = diagnostic.with_note(against);
    }
    for repair in &conflict.repairs {
        let costs = costs(repair.cost, currency);
        diagnostic = diagnostic.help(format!("{} ({costs})\n{}", repair.title, repair.edit));
    }
    diagnostic
}
