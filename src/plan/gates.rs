//! Gates held against the finished plan, and the waivers that let them pass.

use rust_decimal::Decimal;

use super::figures::summary;
use super::part::Part;
use super::{Amount, Figure, GateVerdict, Given, RuleUse, Summary, WaiverUse};
use crate::model::Model;
use crate::model::ledger::Ledger;
use crate::network::{Gate, GateMetric, Network, Passes, Scope, Waiver};
use crate::solve::Outcome;
use crate::units::Overflow;

/// What gates are held against besides the books: what the plan file says of the plan as a whole.
pub(super) struct Told<'p> {
    pub(super) summary: &'p Summary,
    pub(super) given: &'p [Given],
    pub(super) rules_used: &'p [RuleUse],
}

/// The verdict of each gate.
pub(super) fn verdicts(
    model: &Model<'_>,
    outcome: &Outcome,
    ledger: &Ledger<'_>,
    told: &Told<'_>,
) -> Result<Vec<GateVerdict>, Overflow> {
    let network = model.network;
    let verdict = |(index, gate): (usize, &Gate)| {
        let value = measured(model, outcome, ledger, told, gate)?;
        let passed = is_within(gate, value);
        let waived = !passed && network.waivers.iter().any(|waiver| lets_pass(network, waiver, index));
        Ok(GateVerdict {
            id: gate.id.clone(),
            metric: gate.metric.name().to_owned(),
            value,
            at_least: gate.at_least.map(Amount),
            at_most: gate.at_most.map(Amount),
            passed,
            waived,
            refuses: gate.refuses,
            source: gate.origin.clone(),
        })
    };
    network.gates.iter().enumerate().map(verdict).collect()
}

/// The waivers of gates, and whether each let its gate pass.
pub(super) fn waivers(network: &Network, gates: &[GateVerdict]) -> Vec<WaiverUse> {
    let of_gate = |waiver: &Waiver| {
        let Passes::Gate(index) = waiver.passes else { return None };
        let used = gates[index].waived && lets_pass(network, waiver, index);
        Some(WaiverUse { of: gates[index].id.clone(), used, source: waiver.origin.clone() })
    };
    network.waivers.iter().filter_map(of_gate).collect()
}

/// What the plan has of what a gate measures.
fn measured(
    model: &Model<'_>,
    outcome: &Outcome,
    ledger: &Ledger<'_>,
    told: &Told<'_>,
    gate: &Gate,
) -> Result<Figure, Overflow> {
    let given = |shortage: bool| {
        let rows = told.given.iter().filter(move |row| row.is_shortage() == shortage);
        sum(rows.map(|row| row.amount))
    };
    let part = || summary(model, outcome, ledger, Part::new(model.network, &gate.scope));
    Ok(match gate.metric {
        GateMetric::Revenue => Figure::Value(part()?.revenue),
        GateMetric::Contribution => Figure::Value(part()?.contribution),
        GateMetric::Purchases => Figure::Value(part()?.purchases),
        GateMetric::FillRate => Figure::Value(part()?.fill_rate),
        GateMetric::ValueFillRate => Figure::Value(part()?.value_fill_rate),
        GateMetric::InventoryTurnover => part()?.inventory_turnover,
        GateMetric::SellThrough => part()?.sell_through,
        GateMetric::WeeksOfSupply => part()?.weeks_of_supply,
        GateMetric::Gmroi => part()?.gmroi,
        GateMetric::PeakInventoryValue => Figure::Value(part()?.peak_inventory_value),
        GateMetric::MinimumCash => {
            told.summary.minimum_cash.as_ref().map_or(Figure::NotApplicable, |one| Figure::Value(one.amount))
        }
        GateMetric::GivenShortage => given(true)?,
        GateMetric::GivenOverrun => given(false)?,
        GateMetric::RuleUse => sum(told.rules_used.iter().map(|row| row.used))?,
        // What a plan changes is for a diff to tell.
        GateMetric::ChangedValueInFrozen => Figure::NotApplicable,
    })
}

fn sum(mut amounts: impl Iterator<Item = Amount>) -> Result<Figure, Overflow> {
    let sum = amounts.try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount.0)).ok_or(Overflow)?;
    Ok(Figure::Value(Amount(sum)))
}

/// True where a value is within what a gate allows; what has none misses nothing.
fn is_within(gate: &Gate, value: Figure) -> bool {
    let Figure::Value(Amount(value)) = value else { return true };
    gate.at_least.is_none_or(|least| value >= least) && gate.at_most.is_none_or(|most| value <= most)
}

/// True where a waiver holds and is about a gate: what the gate selects meets its `where`, whatever of it one takes.
fn lets_pass(network: &Network, waiver: &Waiver, gate: usize) -> bool {
    let own = &network.gates[gate].scope.keys;
    let met = |(key, values): &(String, Vec<String>)| {
        own.iter().any(|(own, selected)| own == key && selected.iter().all(|one| values.contains(one)))
    };
    let Scope { keys, not } = &waiver.scope;
    let is_about = keys.iter().all(met) && (not.is_empty() || !not.iter().all(met));
    waiver.holds && waiver.passes == Passes::Gate(gate) && is_about
}
