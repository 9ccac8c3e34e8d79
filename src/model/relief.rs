//! What rules let go of: which commitments, in which order, and how far.
//!
//! Of several rules on one commitment the first listed is the first to give: amounts and shares add, floors nest
//! ([`super::promise`]).

use num_traits::Zero;

use super::{LimitKind, Model};
use crate::network::{ItemId, Network, PoolId, Relax, Rule, Scope, UpTo};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// Rules by what they let go of. Rules are told by their place in the list.
#[derive(Debug, Default)]
pub struct Relief {
    /// Rules that are levels, in the order in which they are settled: the last one listed comes first.
    pub levels: Vec<usize>,
    /// By limit: rules that let it be passed.
    pub limits: Vec<Vec<usize>>,
    /// Rules that let cash fall below its minimum.
    pub cash: Vec<usize>,
    /// By offer: rules that lower its demand or let its floors sink.
    pub offers: Vec<Vec<usize>>,
    /// By floor on a group: rules that let it sink.
    pub groups: Vec<Vec<usize>>,
    /// By pool: rules that let its hard safety stock sink.
    pub short: Vec<Vec<usize>>,
    /// By pool: rules that let its hard maximum be passed.
    pub over: Vec<Vec<usize>>,
    /// By lane: the rule that a premium one is used by.
    pub premium: Vec<Option<usize>>,
    /// By transfer lane: the same.
    pub premium_transfers: Vec<Option<usize>>,
}

impl Relief {
    /// What the rules of a model let go of.
    pub(super) fn new(model: &Model<'_>) -> Self {
        let network = model.network;
        let rules = &network.rules;
        let own = |relax: &[Relax], meets: &dyn Fn(&Rule) -> bool| -> Vec<usize> {
            let all = rules.iter().enumerate().filter(|(_, rule)| relax.contains(&rule.relax) && meets(rule));
            all.map(|(index, _)| index).collect()
        };
        let offer = |index: usize| {
            let facts = &network.offers[index];
            let channel = network.channel(facts.channel).id.as_str();
            own(&[Relax::SalesPlan, Relax::FillRate], &|rule| {
                meets(network, &rule.scope, facts.item, &[("channel", channel)])
            })
        };
        let pool = |index: usize, relax: Relax| {
            let facts = network.pool(PoolId::from(index));
            let location = network.location(facts.location).id.as_str();
            own(&[relax], &|rule| meets(network, &rule.scope, facts.item, &[("location", location)]))
        };
        let lane = |index: usize| {
            let lane = &network.lanes[index];
            let (supplier, location) = (network.supplier(lane.supplier), network.location(lane.location));
            let others =
                [("supplier", supplier.id.as_str()), ("location", location.id.as_str()), ("mode", lane.mode.as_str())];
            let by = own(&[Relax::Expedite], &|rule| lane.premium && meets(network, &rule.scope, lane.item, &others));
            by.first().copied()
        };
        let transfer = |index: usize| {
            let lane = &network.transfers[index];
            let (from, location) = (network.location(lane.from), network.location(lane.location));
            let others = [("from", from.id.as_str()), ("location", location.id.as_str()), ("mode", lane.mode.as_str())];
            let by = own(&[Relax::Expedite], &|rule| lane.premium && meets(network, &rule.scope, lane.item, &others));
            by.first().copied()
        };
        let group = |floor: &super::GroupFloor| {
            let scope = &network.services[floor.service].scope;
            own(&[Relax::FillRate], &|rule| same(&rule.scope, scope))
        };
        Self {
            levels: (0..rules.len()).rev().filter(|&rule| !rules[rule].when_pays).collect(),
            limits: model.limits.iter().map(|limit| limit_rules(network, limit, &own)).collect(),
            cash: own(&[Relax::CashMinimum], &|_| true),
            offers: (0..network.offers.len()).map(offer).collect(),
            groups: model.group_floors.iter().map(group).collect(),
            short: (0..network.pools.len()).map(|index| pool(index, Relax::SafetyStock)).collect(),
            over: (0..network.pools.len()).map(|index| pool(index, Relax::MaxCover)).collect(),
            premium: (0..network.lanes.len()).map(lane).collect(),
            premium_transfers: (0..network.transfers.len()).map(transfer).collect(),
        }
    }

    /// The level of a rule, 1 for the one that is settled first; none where it may be used wherever it pays.
    #[must_use]
    pub fn level(&self, rule: usize) -> Option<usize> {
        self.levels.iter().position(|&other| other == rule).map(|position| position + 1)
    }
}

type Own<'a> = dyn Fn(&[Relax], &dyn Fn(&Rule) -> bool) -> Vec<usize> + 'a;

fn limit_rules(network: &Network, limit: &super::Limit, own: &Own<'_>) -> Vec<usize> {
    let here = |location: crate::network::LocationId| {
        move |rule: &Rule| {
            let id = network.location(location).id.as_str();
            rule.scope.meets(|key| (key == "location").then_some(id))
        }
    };
    let by_scope = |scope: Option<&Scope>, relax: Relax| {
        scope.map_or_else(Vec::new, |scope| own(&[relax], &|rule| same(&rule.scope, scope)))
    };
    match &limit.kind {
        LimitKind::Budget { .. } => {
            let budget = network.budgets.iter().find(|budget| budget.name == limit.of);
            by_scope(budget.map(|budget| &budget.scope), Relax::Budget)
        }
        LimitKind::InventoryValue(_) => {
            let stated = network.value_limits.iter().find(|stated| stated.name == limit.of);
            by_scope(stated.map(|stated| &stated.scope), Relax::InventoryValue)
        }
        LimitKind::StoragePeak(at) | LimitKind::StorageClosing(at) => {
            cheapest_first(network, own(&[Relax::StorageCapacity], &here(*at)))
        }
        LimitKind::Inbound(at) => cheapest_first(network, own(&[Relax::InboundCapacity], &here(*at))),
        LimitKind::Outbound(at) => cheapest_first(network, own(&[Relax::OutboundCapacity], &here(*at))),
        LimitKind::Supplier(_) => Vec::new(),
    }
}

/// Overflow takes the cheapest room first.
fn cheapest_first(network: &Network, mut rules: Vec<usize>) -> Vec<usize> {
    rules.sort_by_key(|&rule| (network.rules[rule].cost.unwrap_or_default(), rule));
    rules
}

/// True where something that is about an item, with these values under other keys, has what a scope asks for.
pub(super) fn meets(network: &Network, scope: &Scope, item: ItemId, others: &[(&str, &str)]) -> bool {
    let facts = network.item(item);
    scope.meets(|key| {
        let other = others.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
        other.or_else(|| facts.facet(key))
    })
}

/// True where a commitment states the same values under each key of a rule.
fn same(rule: &Scope, stated: &Scope) -> bool {
    rule.keys.iter().all(|key| stated.keys.contains(key)) && (rule.not.is_empty() || rule.not == stated.not)
}

/// How far a rule lets an amount be passed of which there is `stated`.
///
/// # Errors
/// Where it does not fit.
pub fn amount(rule: &Rule, stated: Ratio) -> Result<Ratio, Overflow> {
    match rule.up_to {
        UpTo::Share(share) => mul(ratio(share), stated.max(Ratio::zero())),
        UpTo::Units(amount) | UpTo::Amount(amount) => Ok(ratio(amount)),
        UpTo::Floor(_) | UpTo::Buckets(_) => Ok(Ratio::zero()),
    }
}

/// How many units each of several rules lets go of where `stated` are wanted: they add up, and whole units are made of the sums.
///
/// # Errors
/// Where it does not fit.
pub fn units(network: &Network, rules: &[usize], stated: i64) -> Result<Vec<(usize, i64)>, Overflow> {
    let (mut sum, mut before) = (Ratio::zero(), 0);
    let of_rule = |&rule: &usize| {
        sum = add(sum, amount(&network.rules[rule], whole(stated))?)?;
        let most = i64::try_from(sum.floor().to_integer()).map_err(|_| Overflow)?;
        let units = most - before;
        before = most;
        Ok((rule, units))
    };
    rules.iter().map(of_rule).collect()
}

/// Units by which rules may lower an offer's demand in a bucket, together no more than it is.
///
/// # Errors
/// Where it does not fit.
pub fn lowering(model: &Model<'_>, offer: usize, bucket: usize) -> Result<Vec<(usize, i64)>, Overflow> {
    let rules = model.relief.offers[offer].iter().copied();
    let lowers: Vec<usize> = rules.filter(|&rule| model.network.rules[rule].relax == Relax::SalesPlan).collect();
    let mut left = model.offers[offer].demand[bucket];
    let mut lowered = units(model.network, &lowers, left)?;
    for (_, units) in &mut lowered {
        *units = (*units).min(left);
        left -= *units;
    }
    Ok(lowered)
}

/// Shares out what is passed among rules, each with its most, the first one first; what is left over comes last.
///
/// # Errors
/// Where it does not fit.
pub fn share_out(mut over: Ratio, eases: &[(usize, Ratio)]) -> Result<(Vec<(usize, Ratio)>, Ratio), Overflow> {
    let mut parts = Vec::new();
    for &(rule, most) in eases {
        let part = over.min(most);
        if part > Ratio::zero() {
            parts.push((rule, part));
            over = add(over, -part)?;
        }
    }
    Ok((parts, over.max(Ratio::zero())))
}
