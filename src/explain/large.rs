//! Conflicts of projects that are too large to be planned many times: found in parts of them.
//!
//! The commitments that the closest plan breaks say where to look: at single items, then at those that share a limit that is passed. A part
//! without a plan is explained as a small project is.

use std::collections::BTreeSet;

use super::conflict::{Set, sets};
use super::member::Member;
use super::part::part;
use super::trial::{Trials, is_hopeless};
use crate::model::{LimitKind, Model, moves};
use crate::network::{Network, PoolId};
use crate::solve::Steering;

/// A commitment that the closest plan breaks: its kind and which.
pub type Broken = (String, String);

/// Most items that are looked at one by one, and most that are looked at together.
const ONE_BY_ONE: usize = 12;
const TOGETHER: usize = 150;
/// Most that are searched without a proof.
const SEARCHED: usize = 32;

/// A part of a project with its conflicts.
pub(super) struct Found {
    pub(super) part: Network,
    pub(super) sets: Vec<Set>,
}

/// Parts of a project that have no plan; `broken` is what the closest plan of the whole breaks.
pub(super) fn parts(network: &Network, broken: &[Broken], steering: &Steering<'_>) -> Vec<Found> {
    let Ok(model) = Model::new(network) else { return Vec::new() };
    let single = broken.iter().filter_map(|(kind, of)| item_of(network, kind, of)).collect::<BTreeSet<_>>();
    // The same statements over many items are one conflict.
    let mut alike: Vec<(Vec<Set>, BTreeSet<usize>)> = Vec::new();
    for item in single.iter().copied().take(ONE_BY_ONE) {
        let Some(one) = look(&model, &BTreeSet::from([item]), steering) else { continue };
        match alike.iter_mut().find(|(sets, _)| are_alike(sets, &one.sets)) {
            Some((_, items)) => _ = items.insert(item),
            None => alike.push((one.sets, BTreeSet::from([item]))),
        }
    }
    if !alike.is_empty() {
        return alike.into_iter().map(|(sets, items)| together(&model, sets, items, &single)).collect();
    }
    let hopeless = sharing(&model, broken).into_iter().filter(|items| is_hopeless(&part(&model, items), steering));
    hopeless.filter_map(|items| look(&model, &items, steering)).take(1).collect()
}

/// The same, where no proof is at hand: parts that are small enough to be searched to their end, and those in which rules move something, of which prices
/// prove nothing.
pub(super) fn searched(network: &Network, broken: &[Broken], steering: &Steering<'_>) -> Vec<Found> {
    let Ok(model) = Model::new(network) else { return Vec::new() };
    let moves = !moves::all(network).is_empty();
    let few = sharing(&model, broken).into_iter().filter(|items| moves || items.len() <= SEARCHED);
    few.filter_map(|items| look(&model, &items, steering)).take(1).collect()
}

/// Items that share a limit which is passed; several limits may be shared by the same.
fn sharing(model: &Model<'_>, broken: &[Broken]) -> Vec<BTreeSet<usize>> {
    let mut known: Vec<BTreeSet<usize>> = Vec::new();
    let shared = broken.iter().filter_map(|(kind, of)| items_of(model, kind, of));
    for items in shared.filter(|items| items.len() <= TOGETHER) {
        if !known.contains(&items) {
            known.push(items);
        }
    }
    known
}

/// True where two items have the same conflicts, told by statements that are the same for both.
fn are_alike(one: &[Set], other: &[Set]) -> bool {
    let own = |set: &Set| !set.members.iter().any(|one| matches!(one, Member::FirmOrder(_) | Member::Pin(_)));
    one == other && one.iter().all(own)
}

/// The part of all items that a conflict is about: those that were looked at and, where they all have the same, the others as well.
fn together(model: &Model<'_>, sets: Vec<Set>, mut items: BTreeSet<usize>, single: &BTreeSet<usize>) -> Found {
    if items.len() == ONE_BY_ONE.min(single.len()) && items.len() > 1 {
        items.extend(single.iter().copied().take(TOGETHER));
    }
    Found { part: part(model, &items), sets }
}

fn look(model: &Model<'_>, items: &BTreeSet<usize>, steering: &Steering<'_>) -> Option<Found> {
    let part = part(model, items);
    let mut trials = Trials::new(&part, steering)?;
    let sets = sets(&mut trials);
    (!sets.is_empty()).then_some(Found { part, sets })
}

/// The item of a promise: `item/channel` or `item/location`.
fn item_of(network: &Network, kind: &str, of: &str) -> Option<usize> {
    if !["fill-rate", "safety-stock", "max-cover", "pin", "expedite", "stock"].contains(&kind) {
        return None;
    }
    let named = |id: &str| of.strip_prefix(id).is_some_and(|rest| rest.starts_with('/'));
    network.items.iter().position(|item| named(&item.id))
}

/// Items that share a limit.
fn items_of(model: &Model<'_>, kind: &str, of: &str) -> Option<BTreeSet<usize>> {
    let network = model.network;
    let limit = model.limits.iter().find(|limit| limit.kind.name() == kind && limit.of == of)?;
    let item = |pool: &PoolId| network.pool(*pool).item.index();
    Some(match &limit.kind {
        LimitKind::Budget { lanes, .. } => lanes.iter().map(|lane| network.lane(*lane).item.index()).collect(),
        LimitKind::InventoryValue(pools) => pools.iter().map(item).collect(),
        LimitKind::StoragePeak(at)
        | LimitKind::StorageClosing(at)
        | LimitKind::Inbound(at)
        | LimitKind::Outbound(at) => {
            network.pools.iter().filter(|pool| pool.location == *at).map(|pool| pool.item.index()).collect()
        }
        LimitKind::Supplier(supplier) => {
            network.lanes.iter().filter(|lane| lane.supplier == *supplier).map(|lane| lane.item.index()).collect()
        }
    })
}
