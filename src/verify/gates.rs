//! Gates on the plan, and the waivers that let one pass.

use super::chosen::Chosen;
use super::exact::{Overflow, zero};
use super::figures::{self, ByPart, Figures};
use super::forward::Forward;
use super::ledger::Ledger;
use crate::metrics::Measure;
use crate::network::{Gate, Network, Passes, Scope, Waiver};
use crate::plan::{Amount, Figure, GateVerdict, Given, RuleUse, WaiverUse};

/// What of the plan as a whole gates ask for.
pub(super) struct Whole<'p> {
    pub(super) figures: &'p Figures,
    pub(super) parts: &'p ByPart,
    /// What no part has.
    pub(super) besides: &'p [(Measure, Figure)],
}

/// What only the whole plan has.
pub(super) fn of_the_whole(given: &[Given], rules_used: &[RuleUse]) -> Result<Vec<(Measure, Figure)>, Overflow> {
    let rows = |short: bool| given.iter().filter(move |row| row.is_shortage() == short).map(|row| row.amount);
    Ok(vec![
        (Measure::GivenShortage, added(rows(true))?),
        (Measure::GivenOverrun, added(rows(false))?),
        (Measure::RuleUse, added(rules_used.iter().map(|row| row.used))?),
    ])
}

/// A verdict for each gate.
pub(super) fn verdicts(
    ledger: &Ledger<'_>,
    forward: &mut Forward<'_>,
    whole: &Whole<'_>,
) -> Result<Vec<GateVerdict>, Overflow> {
    let network = ledger.facts.network;
    let mut verdicts = Vec::new();
    for (index, gate) in network.gates.iter().enumerate() {
        let value = measured(ledger, forward, whole, gate)?;
        let passed = match value {
            Figure::Value(Amount(value)) => {
                gate.at_least.is_none_or(|least| least <= value) && gate.at_most.is_none_or(|most| most >= value)
            }
            Figure::NotApplicable => true,
        };
        let excused = network.waivers.iter().any(|waiver| excuses(network, waiver, index));
        verdicts.push(GateVerdict {
            id: gate.id.clone(),
            metric: gate.metric.name().into(),
            value,
            at_least: gate.at_least.map(Amount),
            at_most: gate.at_most.map(Amount),
            passed,
            waived: excused && !passed,
            refuses: gate.refuses,
            source: gate.origin.clone(),
        });
    }
    Ok(verdicts)
}

/// A row for each waiver of a gate.
pub(super) fn waivers(network: &Network, verdicts: &[GateVerdict]) -> Vec<WaiverUse> {
    let mut rows = Vec::new();
    for waiver in &network.waivers {
        if let Passes::Gate(index) = waiver.passes {
            let used = !verdicts[index].passed && excuses(network, waiver, index);
            rows.push(WaiverUse { of: network.gates[index].id.clone(), used, source: waiver.origin.clone() });
        }
    }
    rows
}

fn added(amounts: impl Iterator<Item = Amount>) -> Result<Figure, Overflow> {
    let mut sum = rust_decimal::Decimal::ZERO;
    for Amount(amount) in amounts {
        sum = sum.checked_add(amount).ok_or(Overflow)?;
    }
    Ok(Figure::Value(Amount(sum)))
}

/// What is measured of what a gate chooses; what compares plans, or a plan with what came to be, is not measured of a plan.
fn measured(
    ledger: &Ledger<'_>,
    forward: &mut Forward<'_>,
    whole: &Whole<'_>,
    gate: &Gate,
) -> Result<Figure, Overflow> {
    if let Some((_, value)) = whole.besides.iter().find(|(measure, _)| *measure == gate.metric) {
        return Ok(*value);
    }
    let chosen = Chosen::by(ledger.facts.network, &gate.scope);
    let value = if chosen.is_all() {
        whole.figures.get(gate.metric)
    } else {
        let sums = figures::of_chosen(ledger, forward, whole.parts, chosen)?;
        figures::figures(ledger, forward, &[], zero(), &sums)?.get(gate.metric)
    };
    Ok(value.unwrap_or(Figure::NotApplicable))
}

/// True where a waiver has not expired, names the gate, and chooses all that the gate does.
fn excuses(network: &Network, waiver: &Waiver, gate: usize) -> bool {
    if waiver.passes != Passes::Gate(gate) || !waiver.holds {
        return false;
    }
    let chosen = &network.gates[gate].scope.keys;
    let holds_for = |key: &String, values: &Vec<String>| {
        let named = chosen.iter().find(|(own, _)| own == key);
        named.is_some_and(|(_, selected)| selected.iter().all(|one| values.contains(one)))
    };
    let Scope { keys, not } = &waiver.scope;
    let kept_out = !not.is_empty() && not.iter().all(|(key, values)| holds_for(key, values));
    keys.iter().all(|(key, values)| holds_for(key, values)) && !kept_out
}
