//! A project without some of its statements.
//!
//! Withdrawn means absent. Floor starts stay those of the stated project, so that taking a closure away asks for nothing new; standard costs and safety
//! targets stay since a premium lane becomes one that a rule allows, and not an ordinary one.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::member::{Member, inflow};
use crate::network::{Network, Relax, Rule, Scope, UpTo};
use crate::source::Place;

/// The project without what is `gone`; of firm orders, which may be taken or left once they are withdrawn, without those that are `left`.
pub(super) fn without(stated: &Network, gone: &BTreeSet<Member>, left: &BTreeSet<usize>) -> Network {
    let mut network = stated.clone();
    for member in gone {
        withdraw(&mut network, member);
    }
    retain(&mut network.services, |at| !gone.contains(&Member::Floor(at)));
    retain(&mut network.pins, |at| !gone.contains(&Member::Pin(at)));
    retain(&mut network.budgets, |at| !gone.contains(&Member::Budget(at)));
    retain(&mut network.value_limits, |at| !gone.contains(&Member::InventoryValue(at)));
    leave(&mut network, left);
    network
}

fn retain<T>(list: &mut Vec<T>, keeps: impl Fn(usize) -> bool) {
    let mut at = 0;
    list.retain(|_| {
        at += 1;
        keeps(at - 1)
    });
}

/// Takes out what changes no place in a list.
fn withdraw(network: &mut Network, member: &Member) {
    match member {
        Member::Floor(_) | Member::Pin(_) | Member::FirmOrder(_) | Member::Budget(_) | Member::InventoryValue(_) => {}
        Member::Cover(at) => network.covers[*at].hard = false,
        Member::Cash => network.cash = None,
        Member::CashFlow(at) => network.cash_flows[*at].amount = inflow(&network.cash_flows[*at].amount),
        Member::Storage(at) => network.locations[*at].storage_capacity = None,
        Member::Inbound(at) => network.locations[*at].inbound_capacity = None,
        Member::Outbound(at) => network.locations[*at].outbound_capacity = None,
        Member::SupplierCapacity(at) => network.suppliers[*at].capacity = None,
        Member::Closures(at) => network.suppliers[*at].closures.clear(),
        Member::MinimumOrder(at) => network.suppliers[*at].minimum_order = None,
        Member::Frozen => network.frozen_days = 0,
        Member::Premium(entry) => allow(network, entry),
        Member::Largest(entry) => each_lane(network, entry, &|_, _, max| *max = None),
        Member::Smallest(entry) => each_lane(network, entry, &|moq, _, _| *moq = 1),
        Member::Multiple(entry) => each_lane(network, entry, &|_, multiple, _| *multiple = 1),
    }
}

/// Changes MOQ, multiple and maximum of the lanes of an entry.
pub(super) fn each_lane(network: &mut Network, entry: &Place, change: &dyn Fn(&mut i64, &mut i64, &mut Option<i64>)) {
    for lane in network.lanes.iter_mut().filter(|lane| lane.origin == *entry) {
        change(&mut lane.moq, &mut lane.multiple, &mut lane.max);
    }
    for lane in network.transfers.iter_mut().filter(|lane| lane.origin == *entry) {
        change(&mut lane.moq, &mut lane.multiple, &mut lane.max);
    }
}

/// Lets the premium lanes of an entry be used without end, ahead of all rules.
fn allow(network: &mut Network, entry: &Place) {
    let one = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
    let mut scopes = BTreeSet::new();
    for lane in network.lanes.iter().filter(|lane| lane.premium && lane.origin == *entry) {
        scopes.insert(vec![
            one("item", &network.item(lane.item).id),
            one("location", &network.location(lane.location).id),
            one("mode", &lane.mode),
            one("supplier", &network.supplier(lane.supplier).id),
        ]);
    }
    for lane in network.transfers.iter().filter(|lane| lane.premium && lane.origin == *entry) {
        scopes.insert(vec![
            one("from", &network.location(lane.from).id),
            one("item", &network.item(lane.item).id),
            one("location", &network.location(lane.location).id),
            one("mode", &lane.mode),
        ]);
    }
    for keys in scopes {
        let scope = Scope { keys, not: Vec::new() };
        let rule = rule("allowed", Relax::Expedite, scope, UpTo::Units(Decimal::from(1_000_000_000_i64)));
        network.rules.insert(0, rule);
    }
}

/// A rule that may be used wherever it helps.
pub(super) fn rule(id: &str, relax: Relax, scope: Scope, up_to: UpTo) -> Rule {
    Rule {
        id: id.to_owned(),
        relax,
        scope,
        up_to,
        within: Decimal::ZERO,
        when_pays: true,
        cost: None,
        cancel: false,
        owner: None,
        reason: None,
        origin: Place { file: String::new(), line: 0, column: 0 },
    }
}

/// Takes open orders out.
pub(super) fn leave(network: &mut Network, left: &BTreeSet<usize>) {
    if left.is_empty() {
        return;
    }
    let mut next = 0;
    let places: Vec<Option<usize>> = (0..network.open_orders.len())
        .map(|at| {
            (!left.contains(&at)).then(|| {
                next += 1;
                next - 1
            })
        })
        .collect();
    retain(&mut network.open_orders, |at| !left.contains(&at));
    for budget in &mut network.budgets {
        budget.open_orders = budget.open_orders.iter().filter_map(|&at| places[at]).collect();
    }
}
