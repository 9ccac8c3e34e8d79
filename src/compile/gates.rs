//! What gates say of a plan: those that it misses, and waivers of gates that let nothing pass.

use super::Compiled;
use super::words::span_at;
use crate::check::idle;
use crate::diagnostic::{Diagnostic, codes};
use crate::network::Passes;
use crate::plan::{Amount, Figure, GateVerdict, Plan};
use crate::render::number::quantity;
use crate::source::Sources;

/// What a plan is told about gates and their waivers. It stands beside the plan; the file has the verdicts.
#[must_use]
pub fn gate_notes(compiled: &Compiled, plan: &Plan) -> Vec<Diagnostic> {
    // One that has expired is told of already.
    let waivers = compiled.network.iter().flat_map(|network| &network.waivers);
    let holding = waivers.filter(|waiver| waiver.holds && matches!(waiver.passes, Passes::Gate(_)));
    let unused = holding.filter(|waiver| !plan.waivers.iter().any(|row| row.used && row.source == waiver.origin));
    let missed = missed_gates(compiled, &plan.gates).into_iter();
    missed.chain(unused.filter_map(|waiver| span_at(&compiled.sources, &waiver.origin).map(idle))).collect()
}

/// What is told of gates that are missed.
#[must_use]
pub fn missed_gates(compiled: &Compiled, gates: &[GateVerdict]) -> Vec<Diagnostic> {
    gates.iter().filter(|gate| gate.is_missed()).map(|gate| missed(gate, &compiled.sources)).collect()
}

fn missed(gate: &GateVerdict, sources: &Sources) -> Diagnostic {
    let value = match gate.value {
        Figure::Value(value) => value,
        Figure::NotApplicable => Amount::default(),
    };
    let asked = match (gate.at_least, gate.at_most) {
        (Some(least), _) if value < least => format!("at least {}", exactly(least)),
        (_, most) => format!("at most {}", exactly(most.unwrap_or_default())),
    };
    let message = format!("gate `{}` asks for {} of {asked}, and the plan has {}", gate.id, gate.metric, shown(value));
    let diagnostic = match gate.refuses {
        true => Diagnostic::error(&codes::GATE_MISSED, message)
            .with_note("the plan is refused: it can be read, not approved"),
        false => Diagnostic::warning(&codes::GATE_MISSED, message),
    };
    let diagnostic =
        diagnostic.help("change what keeps the plan from it; a [[waiver]] lets it pass where that is accepted");
    match span_at(sources, &gate.source) {
        Some(span) => diagnostic.at(span, ""),
        None => diagnostic,
    }
}

fn exactly(amount: Amount) -> String {
    amount.0.normalize().to_string()
}

/// Small numbers with all their digits: a fill rate of 0.9496 is not 0.95.
fn shown(amount: Amount) -> String {
    if amount.0.abs() < rust_decimal::Decimal::ONE_HUNDRED { exactly(amount) } else { quantity(amount) }
}
