//! Repairs: single changes with which there is a plan, each as small as it can be.
//!
//! What a rule could let go of is measured by one: the planner is asked for the plan that takes least of it, which is an elastic solution that is a
//! plan. Everything else is searched for by halving. Whatever comes out is planned once more as it would be pasted, with the rules as they are stated.

use std::collections::BTreeSet;

use num_traits::Zero;
use rust_decimal::Decimal;

use super::conflict::Set;
use super::member::Member;
use super::planned::Planned;
use super::proposals;
use super::search::Search;
use super::trial::Trials;
use super::withdraw::without;
use crate::model::Model;
use crate::network::Network;
use crate::source::Sources;
use crate::units::{Ratio, add};

/// Most repairs that are told of a conflict.
const TOLD: usize = 5;

/// A change of the inputs with which there is a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// What is done, in words.
    pub title: String,
    /// The change as TOML: its first line says where it goes.
    pub edit: String,
    /// By how much, in the terms of the title.
    pub amount: Decimal,
    /// What the best plan found then earns less than the best one found without the conflict.
    pub cost: Ratio,
}

/// What would mend a conflict.
#[derive(Debug, Default)]
pub(super) struct Repairs {
    /// The cheapest first.
    pub(super) repairs: Vec<Repair>,
    /// What the best plan found earns without the conflict; none where nothing was found.
    pub(super) earned_without: Option<Ratio>,
}

/// A change that may be one.
pub(super) struct Proposal {
    pub(super) title: String,
    pub(super) amount: Decimal,
    pub(super) edit: String,
    pub(super) change: Box<dyn Fn(&mut Network)>,
    /// True where it changes a fact, so that the plan may even earn more than without the conflict.
    pub(super) is_fact: bool,
}

/// Whole plans of a large project that its repairs may take, beside the one that they are measured by.
const WHOLE: usize = 3;

/// Repairs of a conflict, the cheapest first. They are searched for in `network`, which may be a part of a larger project; in that each is
/// planned as well.
pub(super) fn repairs(
    trials: &mut Trials<'_>,
    sources: &Sources,
    (network, sets, set): (&Network, &[Set], &Set),
    whole: Option<&Network>,
) -> Repairs {
    let steering = trials.steering();
    let others: BTreeSet<Member> =
        sets.iter().filter(|other| *other != set).flat_map(|other| other.members.iter().cloned()).collect();
    let project = beside(network, &others, trials);
    let mut search = Search::new(trials, sources, project, set);
    let proposals = proposals::all(&mut search);
    let Search { trials, project, mut planned, .. } = search;
    let mut plans = WHOLE + 1;
    let mut pays = || {
        if trials.is_small() {
            return trials.pays_for_one();
        }
        let left = plans > 0 && !steering.is_asked_to_stop();
        plans = plans.saturating_sub(1);
        left
    };
    let Some(mut found) = measured(&project, proposals, (set, &others), &mut pays, &mut planned) else {
        return Repairs::default();
    };
    if let Some(whole) = whole {
        found.all.truncate(WHOLE);
        let proposals = found.all.into_iter().map(|(_, proposal)| proposal).collect();
        let mut plans = WHOLE + 1;
        let mut pays = || {
            let left = plans > 0;
            plans = plans.saturating_sub(1);
            left && !steering.is_asked_to_stop()
        };
        let set = Set { members: in_whole(network, whole, &set.members), minimal: set.minimal };
        let planned = &mut Planned::new(steering);
        let Some(in_whole) = measured(whole, proposals, (&set, &BTreeSet::new()), &mut pays, planned) else {
            return Repairs::default();
        };
        found = in_whole;
    }
    found.all.truncate(TOLD);
    let told = |(cost, proposal): (Ratio, Proposal)| {
        let Proposal { title, amount, edit, .. } = proposal;
        Repair { title, edit, amount, cost }
    };
    let repairs: Vec<Repair> = found.all.into_iter().map(told).collect();
    let earned_without = (!repairs.is_empty()).then_some(found.without);
    Repairs { repairs, earned_without }
}

/// Members of a part under the places that they have in the whole.
fn in_whole(part: &Network, whole: &Network, members: &BTreeSet<Member>) -> BTreeSet<Member> {
    let place = |member: &Member| match member {
        Member::FirmOrder(at) => {
            let origin = &part.open_orders[*at].origin;
            whole.open_orders.iter().position(|order| order.origin == *origin).map(Member::FirmOrder)
        }
        Member::Pin(at) => {
            let origin = &part.pins[*at].origin;
            whole.pins.iter().position(|pin| pin.origin == *origin).map(Member::Pin)
        }
        other => Some(other.clone()),
    };
    members.iter().filter_map(place).collect()
}

/// The project without the other conflicts.
fn beside(network: &Network, others: &BTreeSet<Member>, trials: &Trials<'_>) -> Network {
    let mut project = without(network, others, &BTreeSet::new());
    if !others.is_empty() {
        project.starts.clone_from(&trials.stated.starts);
    }
    project
}

/// Proposals with which there is a plan.
struct Measured {
    /// What is earned without the conflict.
    without: Ratio,
    /// Each with what it costs, the cheapest first.
    all: Vec<(Ratio, Proposal)>,
}

/// Plans with proposals; none where even without the set no plan was found.
fn measured(
    project: &Network,
    proposals: Vec<Proposal>,
    (set, others): (&Set, &BTreeSet<Member>),
    pays: &mut dyn FnMut() -> bool,
    planned: &mut Planned<'_>,
) -> Option<Measured> {
    let free = without_conflict(project, &places_of(others, &set.members))?;
    let best = (planned.knows(&free) || pays()).then(|| planned.earned(&free)).flatten()?;
    let mut found: Vec<(Ratio, Proposal)> = Vec::new();
    for proposal in proposals {
        if found.iter().any(|(_, one)| one.edit == proposal.edit) {
            continue;
        }
        let mut changed = project.clone();
        (proposal.change)(&mut changed);
        if !planned.knows(&changed) && !pays() {
            continue;
        }
        if let Some(cost) = planned.earned(&changed).and_then(|objective| add(best, -objective).ok()) {
            // Whatever lets go of a member leaves no more plans than its absence: what was found more is in the search alone.
            let cost = if proposal.is_fact { cost } else { cost.max(Ratio::zero()) };
            found.push((cost, proposal));
        }
    }
    found.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.title.cmp(&other.title)));
    Some(Measured { without: best, all: found })
}

/// A project without a conflict in it, whose floors begin where they would with it.
pub(super) fn without_conflict(project: &Network, members: &BTreeSet<Member>) -> Option<Network> {
    let mut held = project.clone();
    if held.starts.is_none() {
        held.starts = Some(Model::new(project).ok()?.pools.iter().map(|pool| pool.reached).collect());
    }
    Some(without(&held, members, &BTreeSet::new()))
}

/// Members under the places that they have once others are gone: what is taken out of a list moves those behind it.
pub(super) fn places_of(gone: &BTreeSet<Member>, members: &BTreeSet<Member>) -> BTreeSet<Member> {
    members.iter().map(|member| moved(gone, member)).collect()
}

/// A member under its place once others are gone.
pub(super) fn moved(gone: &BTreeSet<Member>, member: &Member) -> Member {
    let before = |same: &dyn Fn(&Member) -> Option<usize>, at: usize| {
        at - gone.iter().filter_map(same).filter(|other| *other < at).count()
    };
    match *member {
        Member::Floor(at) => {
            Member::Floor(before(&|one| if let Member::Floor(at) = one { Some(*at) } else { None }, at))
        }
        Member::Pin(at) => Member::Pin(before(&|one| if let Member::Pin(at) = one { Some(*at) } else { None }, at)),
        Member::Budget(at) => {
            Member::Budget(before(&|one| if let Member::Budget(at) = one { Some(*at) } else { None }, at))
        }
        Member::InventoryValue(at) => Member::InventoryValue(before(
            &|one| if let Member::InventoryValue(at) = one { Some(*at) } else { None },
            at,
        )),
        _ => member.clone(),
    }
}
