//! What a comparison of plans takes from the inputs of the new one.

use std::collections::BTreeMap;

use chrono::Days;

use super::Compiled;
use crate::diff::{PlanDiff, Terms};
use crate::metrics::Measure;
use crate::network::{Gate, Network, Passes, RenamedTo, Waiver};
use crate::plan::{Amount, Figure, GateVerdict};

/// What a diff has to know of a project: what changed its name, and how long orders are frozen.
#[must_use]
pub fn diff_terms(compiled: &Compiled) -> Terms {
    let Some(network) = &compiled.network else { return Terms::default() };
    let renamed: BTreeMap<String, String> =
        network.renamed.iter().map(|one| (one.from.clone(), now(network, one.to))).collect();
    let days = Days::new(u64::try_from(network.frozen_days).unwrap_or_default());
    Terms { renamed, frozen_until: network.as_of.checked_add_days(days) }
}

fn now(network: &Network, to: RenamedTo) -> String {
    match to {
        RenamedTo::Item(item) => network.items[item.index()].id.clone(),
        RenamedTo::Channel(channel) => network.channels[channel.index()].id.clone(),
    }
}

/// The verdicts of gates on what changed within the frozen days, which no plan by itself can tell.
#[must_use]
pub fn frozen_gates(compiled: &Compiled, diff: &PlanDiff) -> Vec<GateVerdict> {
    let Some(network) = &compiled.network else { return Vec::new() };
    let value = diff.stability.frozen_money;
    let gates = network.gates.iter().enumerate().filter(|(_, gate)| gate.metric == Measure::ChangedValueInFrozen);
    let verdict = |(index, gate): (usize, &Gate)| {
        let passed =
            gate.at_least.is_none_or(|least| value.0 >= least) && gate.at_most.is_none_or(|most| value.0 <= most);
        let lets_pass = |waiver: &Waiver| waiver.holds && waiver.passes == Passes::Gate(index);
        GateVerdict {
            id: gate.id.clone(),
            metric: gate.metric.name().to_owned(),
            value: Figure::Value(value),
            at_least: gate.at_least.map(Amount),
            at_most: gate.at_most.map(Amount),
            passed,
            waived: !passed && network.waivers.iter().any(lets_pass),
            refuses: gate.refuses,
            source: gate.origin.clone(),
        }
    };
    gates.map(verdict).collect()
}
