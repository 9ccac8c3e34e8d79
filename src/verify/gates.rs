//! Gates on the plan, and the waivers that let one pass.

use super::cash::Balance;
use super::chosen::Chosen;
use super::exact::{Overflow, zero};
use super::figures;
use super::forward::Forward;
use super::ledger::Ledger;
use crate::network::{Gate, GateMetric, Network, Passes, PoolId, Scope, Waiver};
use crate::plan::{Amount, Figure, GateVerdict, Given, RuleUse, Summary, WaiverUse};

/// What of the plan as a whole gates ask for.
pub(super) struct Whole<'p> {
    pub(super) balances: &'p [Balance],
    pub(super) summary: &'p Summary,
    pub(super) given: &'p [Given],
    pub(super) rules_used: &'p [RuleUse],
}

/// A verdict for each gate.
pub(super) fn verdicts(ledger: &Ledger<'_>, whole: &Whole<'_>) -> Result<Vec<GateVerdict>, Overflow> {
    let network = ledger.facts.network;
    let mut verdicts = Vec::new();
    for (index, gate) in network.gates.iter().enumerate() {
        let value = match of_the_whole(gate.metric, whole)? {
            Some(value) => value,
            None => of_a_scope(ledger, whole, gate)?,
        };
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

/// What is measured of the plan as a whole, where that is the only way.
fn of_the_whole(metric: GateMetric, whole: &Whole<'_>) -> Result<Option<Figure>, Overflow> {
    let given = |short: bool| whole.given.iter().filter(move |row| row.is_shortage() == short).map(|row| row.amount);
    Ok(Some(match metric {
        GateMetric::MinimumCash => match &whole.summary.minimum_cash {
            Some(lowest) => Figure::Value(lowest.amount),
            None => Figure::NotApplicable,
        },
        GateMetric::GivenShortage => added(given(true))?,
        GateMetric::GivenOverrun => added(given(false))?,
        GateMetric::RuleUse => added(whole.rules_used.iter().map(|row| row.used))?,
        // Nothing was approved that could have changed.
        GateMetric::ChangedValueInFrozen => Figure::NotApplicable,
        _ => return Ok(None),
    }))
}

fn added(amounts: impl Iterator<Item = Amount>) -> Result<Figure, Overflow> {
    let mut sum = rust_decimal::Decimal::ZERO;
    for Amount(amount) in amounts {
        sum = sum.checked_add(amount).ok_or(Overflow)?;
    }
    Ok(Figure::Value(Amount(sum)))
}

/// What is measured of what a gate chooses.
fn of_a_scope(ledger: &Ledger<'_>, whole: &Whole<'_>, gate: &Gate) -> Result<Figure, Overflow> {
    let facts = ledger.facts;
    let chosen = Chosen::by(facts.network, &gate.scope);
    let summary = if chosen.is_all() {
        whole.summary.clone()
    } else {
        let held = (0..facts.pools.len()).map(|pool| chosen.held(PoolId::from(pool))).collect();
        let mut forward = Forward::of_pools(facts, held)?;
        figures::summary(ledger, &mut forward, whole.balances, zero(), chosen)?
    };
    Ok(match gate.metric {
        GateMetric::Revenue => Figure::Value(summary.revenue),
        GateMetric::Contribution => Figure::Value(summary.contribution),
        GateMetric::Purchases => Figure::Value(summary.purchases),
        GateMetric::FillRate => Figure::Value(summary.fill_rate),
        GateMetric::ValueFillRate => Figure::Value(summary.value_fill_rate),
        GateMetric::PeakInventoryValue => Figure::Value(summary.peak_inventory_value),
        GateMetric::InventoryTurnover => summary.inventory_turnover,
        GateMetric::SellThrough => summary.sell_through,
        GateMetric::WeeksOfSupply => summary.weeks_of_supply,
        GateMetric::Gmroi => summary.gmroi,
        GateMetric::MinimumCash
        | GateMetric::GivenShortage
        | GateMetric::GivenOverrun
        | GateMetric::RuleUse
        | GateMetric::ChangedValueInFrozen => Figure::NotApplicable,
    })
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
