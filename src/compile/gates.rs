//! What gates say of a plan: those that it misses, and waivers of gates that let nothing pass.

use super::Compiled;
use super::words::span_at;
use crate::check::idle;
use crate::diagnostic::{Diagnostic, codes};
use crate::metrics::Measure;
use crate::network::{Network, Passes};
use crate::plan::{Amount, Figure, GateVerdict, Plan};
use crate::render::number::quantity;
use crate::source::Sources;
use crate::track::Untold;

/// What a plan is told about gates and their waivers. It stands beside the plan; the file has the verdicts.
#[must_use]
pub fn gate_notes(compiled: &Compiled, plan: &Plan) -> Vec<Diagnostic> {
    // One that has expired is told of already.
    let waivers = compiled.network.iter().flat_map(|network| &network.waivers);
    let holding = waivers.filter(|waiver| waiver.holds && matches!(waiver.passes, Passes::Gate(_)));
    let unused = holding.filter(|waiver| !plan.waivers.iter().any(|row| row.used && row.source == waiver.origin));
    let missed = missed_gates(compiled, &plan.gates).into_iter();
    let unmeasured =
        plan.gates.iter().filter_map(|gate| unmeasured(compiled.network.as_ref()?, gate, &compiled.sources));
    missed
        .chain(unmeasured)
        .chain(unused.filter_map(|waiver| span_at(&compiled.sources, &waiver.origin).map(idle)))
        .collect()
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

/// What is told of a gate whose metric has no value; nothing of one that only a diff can hold.
fn unmeasured(network: &Network, gate: &GateVerdict, sources: &Sources) -> Option<Diagnostic> {
    let metric = Measure::named(&gate.metric).filter(|metric| metric.is_of_a_plan())?;
    if gate.value != Figure::NotApplicable {
        return None;
    }
    let message = format!("gate `{}` measures nothing: {} is n/a", gate.id, gate.metric);
    // A first plan has nothing behind it, whatever its team does.
    let is_first = network.baseline.is_none() && matches!(metric, Measure::PlanAdherence | Measure::Nervousness);
    let diagnostic = match is_first {
        true => Diagnostic::note(&codes::GATE_UNMEASURED, message),
        false => Diagnostic::warning(&codes::GATE_UNMEASURED, message),
    };
    let (why, help) = untold(network, metric);
    let diagnostic = diagnostic.with_note(why).help(help);
    Some(match span_at(sources, &gate.source) {
        Some(span) => diagnostic.at(span, "it lets everything pass"),
        None => diagnostic,
    })
}

/// Why a metric has no value, and what gives it one.
fn untold(network: &Network, metric: Measure) -> (&'static str, &'static str) {
    const WIDER: &str = "let the gate select what there is, or take it out";
    match metric {
        Measure::PlanAdherence => match Untold::of(network) {
            Untold::NoLastPlan => (
                "no plan was approved before this cycle",
                "`sopc approve` keeps one, and `sopc roll` starts the next cycle",
            ),
            Untold::NotOver => {
                ("no bucket of the last plan is over", "it has a value from the first bucket that is over on")
            }
            Untold::NoSales => (
                "nothing tells what was sold in the buckets of the last plan that are over",
                "name the file of what was sold in a [[csv]] entry whose table is `actual` or `history`",
            ),
        },
        Measure::Nervousness if network.baseline.is_none() => (
            "no plan was approved before this cycle",
            "`sopc approve` keeps one, and `sopc roll` starts the next cycle",
        ),
        Measure::Nervousness => ("the last plan orders nothing of it for the buckets of this one", WIDER),
        Measure::ForecastError | Measure::ForecastBias => (
            "no [[outlook]] with history of the months before could be held against what came",
            "state an [[outlook]] and give its history, or take the gate out",
        ),
        Measure::MinimumCash => ("no cash is planned", "state [cash], or take the gate out"),
        Measure::Excess => {
            ("no [[cover]] states `max-weeks` of it", "state `max-weeks`, or let the gate select what has it")
        }
        Measure::WeeksOfSupply => ("some stock is not used up within 520 weeks", WIDER),
        Measure::DaysOfInventory => ("nothing of it is sold", WIDER),
        _ => ("nothing of it is in stock", WIDER),
    }
}

fn exactly(amount: Amount) -> String {
    amount.0.normalize().to_string()
}

/// Small numbers with all their digits: a fill rate of 0.9496 is not 0.95.
fn shown(amount: Amount) -> String {
    if amount.0.abs() < rust_decimal::Decimal::ONE_HUNDRED { exactly(amount) } else { quantity(amount) }
}
