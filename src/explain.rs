//! Why there is no plan: which of a team's own statements contradict each other.
//!
//! [`explain`] takes a network that has no plan and tells conflict sets ([`conflict`]): statements ([`member`]) that leave no plan
//! together, everything else withdrawn ([`withdraw`]), and do without any one of them. All of it is shown by planning parts of the project
//! ([`trial`]), within a stated amount of work. Each set is told as a chain of facts ([`story`]), with changes that would mend it ([`repair`], searched for in [`search`]).
//!
//! Where there is a plan, [`why`] tells why something in it is as it is.

mod chain;
mod conflict;
mod large;
pub mod member;
mod minimum;
pub(crate) mod part;
mod paste;
mod places;
mod planned;
mod proposals;
mod repair;
mod search;
mod story;
mod sums;
mod trial;
mod whole;
mod why;
mod withdraw;
mod words;

use std::collections::BTreeSet;

use crate::model::Model;
use crate::network::Network;
use crate::solve::Steering;
use crate::source::{Place, Sources};
use crate::units::Ratio;

pub use chain::{CHAIN_SCHEMA, Chain, chain_schema};
use conflict::Set;
pub use large::Broken;
use large::Found;
use member::Member;
pub use repair::Repair;
use story::Facts;
use trial::{Trials, Verdict};
pub use why::{Denied, Link, NotTold, Unknown, all_why, why};

/// A statement in a conflict.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its kind, `fill-rate`, `closures`, ...
    pub kind: &'static str,
    /// Which one.
    pub key: String,
    /// Where: an entry's header, a key's line.
    pub source: Place,
    /// The line of the number in it, where that is another one.
    pub value: Place,
    /// What it asks for.
    pub part: String,
}

/// What is left of a project without a member of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It has a plan, whichever member is gone.
    Plans,
    /// With some member gone something else is in conflict.
    Contradicts,
    /// Nobody looked, or nothing was shown.
    Unknown,
}

/// A conflict, told.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// Promises first.
    pub members: Vec<Told>,
    /// In one sentence.
    pub title: String,
    /// The chain of facts.
    pub causes: Vec<String>,
    /// True where it is shown that any one member less leaves a plan.
    pub minimal: bool,
    /// What is known of the project without one of them, whichever it is.
    pub rest: Rest,
    /// True where it was found in a part of the project, of the rest of which nothing is known.
    pub of_part: bool,
    /// Single changes with which this conflict is gone, the cheapest first.
    pub repairs: Vec<Repair>,
    /// What the best plan found earns without all members, of this conflict and of the others: what the costs of repairs are held against.
    pub earned_without: Option<Ratio>,
}

/// What there is to tell of a project without a plan.
#[derive(Debug, Clone, Default)]
pub struct Explanation {
    /// Disjoint, the worst first. Where there are any, it is proven that there is no plan.
    pub conflicts: Vec<Conflict>,
}

/// What is told of as progress: trials of which statements contradict each other, and plans with repairs.
pub const LOOKING: &str = "looking for contradictions, trial";
/// As [`LOOKING`].
pub const REPAIRING: &str = "planning with repairs";

/// Explains a project that has no plan; `broken` is what the closest plan breaks, kind and name.
#[must_use]
pub fn explain(network: &Network, sources: &Sources, broken: &[Broken], steering: &Steering<'_>) -> Explanation {
    let (stop, tell) = (|| steering.is_asked_to_stop(), |progress| steering.tell_step(progress));
    let brief = Steering::new(&stop, &tell, rust_decimal::Decimal::ZERO).brief();
    let mut conflicts = Vec::new();
    let small = Trials::new(network, &brief).is_some_and(|trials| trials.is_small());
    if small {
        conflicts.extend(explain_part(network, None, None, sources, &brief));
    } else {
        let parts = large::parts(network, broken, &brief);
        let whole = || Model::new(network).ok().and_then(|model| whole::set(&model, broken, &brief));
        let set = parts.is_empty().then(whole).flatten();
        let parts = if parts.is_empty() && set.is_none() { large::searched(network, broken, &brief) } else { parts };
        for Found { part, sets } in parts {
            conflicts.extend(explain_part(&part, Some(sets), Some(network), sources, &brief));
        }
        if let Some(set) = set {
            conflicts.extend(explain_part(network, Some(vec![set]), None, sources, &brief));
        }
    }
    conflicts.sort_by(|(a, _), (b, _)| b.cmp(a));
    Explanation { conflicts: conflicts.into_iter().map(|(_, conflict)| conflict).collect() }
}

/// Explains a project, or a part of one whose conflict sets are known; `whole` is what it is a part of.
fn explain_part(
    network: &Network,
    known: Option<Vec<Set>>,
    whole: Option<&Network>,
    sources: &Sources,
    steering: &Steering<'_>,
) -> Vec<(Ratio, Conflict)> {
    let Some(mut trials) = Trials::new(network, steering) else { return Vec::new() };
    let sets = known.unwrap_or_else(|| conflict::sets(&mut trials));
    trials.begin(whole.is_some());
    let mut conflicts = Vec::new();
    for set in &sets {
        let Some((weight, mut conflict)) = tell(&trials, set, sources, steering) else { continue };
        // Of a large project nobody knows what else is in the way.
        conflict.of_part = whole.is_some() || !trials.is_small();
        if !conflict.of_part && sets.len() == 1 {
            conflict.rest = rest(&mut trials, set);
        }
        let repaired = repair::repairs(&mut trials, sources, (network, &sets, set), whole);
        (conflict.repairs, conflict.earned_without) = (repaired.repairs, repaired.earned_without);
        conflicts.push((weight, conflict));
    }
    conflicts
}

/// What is left of a project without one member of its only conflict, each in turn.
fn rest(trials: &mut Trials<'_>, set: &Set) -> Rest {
    let all: BTreeSet<Member> = trials.all.iter().cloned().collect();
    let without = |member: &Member| all.iter().filter(|one| *one != member).cloned().collect();
    let verdicts: Vec<Verdict> = set.members.iter().map(|member| trials.with(&without(member))).collect();
    if verdicts.contains(&Verdict::None) {
        return Rest::Contradicts;
    }
    if verdicts.iter().all(|verdict| *verdict == Verdict::Plan) { Rest::Plans } else { Rest::Unknown }
}

fn tell(trials: &Trials<'_>, set: &Set, sources: &Sources, steering: &Steering<'_>) -> Option<(Ratio, Conflict)> {
    let stated = &trials.stated;
    let gone: BTreeSet<Member> = trials.all.iter().filter(|one| !set.members.contains(one)).cloned().collect();
    let alone = withdraw::without(stated, &gone, &BTreeSet::new());
    let (model, whole) = (Model::new(&alone).ok()?, Model::new(stated).ok()?);
    let sums = sums::passed(&model).unwrap_or_default();
    // What a sum passes is known, and exact: no plan has to be sought that comes close.
    let summed: Vec<_> = sums.iter().map(|sum| sum.miss.clone()).collect();
    let misses = if summed.is_empty() { trial::violations(&alone, steering) } else { summed };
    let story = story::story(&Facts { model: &model, whole: &whole, sums: &sums, misses: &misses }, &set.members);
    let member = |member: &Member| {
        let source = places::place(sources, &member.stated(stated));
        let value = value_key(member).and_then(|key| places::key_place(sources, &source, key));
        Told {
            kind: member.kind(),
            key: member.key(stated),
            value: value.unwrap_or_else(|| source.clone()),
            source,
            part: story.parts.get(member).cloned().unwrap_or_default(),
        }
    };
    let names: Vec<String> = set.members.iter().map(|one| words::name(stated, one)).collect();
    let end = if story.missing.is_empty() { String::new() } else { format!(": {}", story.missing) };
    let title = match names.as_slice() {
        [one] => format!("no plan keeps {one}{end}"),
        _ => format!("no plan keeps {} together{end}", words::listed(&names)),
    };
    let conflict = Conflict {
        members: set.members.iter().map(member).collect(),
        title,
        causes: story.causes,
        minimal: set.minimal,
        rest: Rest::Unknown,
        of_part: false,
        repairs: Vec::new(),
        earned_without: None,
    };
    Some((story.weight, conflict))
}

/// The key of an entry that holds the number.
fn value_key(member: &Member) -> Option<&'static str> {
    match member {
        Member::Floor(_) => Some("fill-rate"),
        Member::CashFlow(_) => Some("amount"),
        Member::Budget(_) => Some("purchases"),
        Member::InventoryValue(_) => Some("inventory-value"),
        Member::FirmOrder(_) | Member::Pin(_) => Some("units"),
        _ => None,
    }
}
