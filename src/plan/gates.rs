//! Gates held against the finished plan, and the waivers that let them pass.

use rust_decimal::Decimal;

use super::figures::{Books, Figures};
use super::{Amount, Figure, GateVerdict, Given, RuleUse, WaiverUse};
use crate::metrics::Measure;
use crate::network::{Gate, Network, Passes, Scope, Waiver};
use crate::units::Overflow;

/// What gates are held against besides the books: what the plan file says of the plan as a whole.
pub(super) struct Told<'p> {
    pub(super) figures: &'p Figures,
    pub(super) given: &'p [Given],
    pub(super) rules_used: &'p [RuleUse],
}

impl Told<'_> {
    /// What no part of a plan has, by measure.
    pub(super) fn of_the_whole(&self) -> Result<Vec<(Measure, Figure)>, Overflow> {
        let given = |shortage: bool| {
            let rows = self.given.iter().filter(move |row| row.is_shortage() == shortage);
            sum(rows.map(|row| row.amount))
        };
        Ok(vec![
            (Measure::GivenShortage, given(true)?),
            (Measure::GivenOverrun, given(false)?),
            (Measure::RuleUse, sum(self.rules_used.iter().map(|row| row.used))?),
        ])
    }
}

/// The verdict of each gate.
pub(super) fn verdicts(books: &Books<'_>, told: &Told<'_>) -> Result<Vec<GateVerdict>, Overflow> {
    let network = books.model.network;
    let verdict = |(index, gate): (usize, &Gate)| {
        let value = measured(books, told, gate)?;
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

/// What the plan has of what a gate measures. What it would be compared with, another plan or what came to be, is not here.
fn measured(books: &Books<'_>, told: &Told<'_>, gate: &Gate) -> Result<Figure, Overflow> {
    let of_the_whole = told.of_the_whole()?.into_iter().find(|(measure, _)| *measure == gate.metric);
    if let Some((_, figure)) = of_the_whole {
        return Ok(figure);
    }
    let of_part = || books.of_scope(&gate.scope);
    let figures = if gate.scope == Scope::default() { told.figures } else { &of_part()? };
    Ok(figures.of(gate.metric).unwrap_or(Figure::NotApplicable))
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
