//! Conflict sets: statements that leave no plan together, and do without any one of them.
//!
//! Found by halving, as QuickXplain does (Junker, 2004): what stands earlier in the order of members is preferred in a set, so that promises are
//! told before sizes of lines.

use std::collections::BTreeSet;

use super::member::Member;
use super::trial::{Trials, Verdict};

/// A conflict set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set {
    pub(super) members: BTreeSet<Member>,
    /// True where it is shown that any one member less leaves a plan.
    pub(super) minimal: bool,
}

/// Most sets that are told.
const SETS: usize = 5;

/// Disjoint conflict sets, until what is left has a plan or nothing more can be shown of it.
pub(super) fn sets(trials: &mut Trials<'_>) -> Vec<Set> {
    let mut found: Vec<Set> = Vec::new();
    while found.len() < SETS && !trials.is_spent() {
        let told = |member: &&Member| found.iter().all(|set| !set.members.contains(*member));
        let rest: Vec<Member> = trials.all.iter().filter(told).cloned().collect();
        if trials.with(&rest.iter().cloned().collect()) != Verdict::None {
            break;
        }
        let members = shrink(trials, &BTreeSet::new(), false, &rest);
        match checked(trials, members) {
            Some(set) => found.push(set),
            None => break,
        }
    }
    found
}

/// One conflict set, where everything that is asked about leaves no plan.
pub(super) fn first(trials: &mut Trials<'_>) -> Option<Set> {
    let all = trials.all.clone();
    if trials.with(&all.iter().cloned().collect()) != Verdict::None {
        return None;
    }
    let members = shrink(trials, &BTreeSet::new(), false, &all);
    checked(trials, members)
}

/// A set that is shown to be in conflict; members without which that is still so are left out once more.
fn checked(trials: &mut Trials<'_>, mut members: BTreeSet<Member>) -> Option<Set> {
    if trials.with(&members) != Verdict::None || members.is_empty() {
        return None;
    }
    let mut minimal = true;
    for member in members.clone() {
        let mut fewer = members.clone();
        fewer.remove(&member);
        match trials.with(&fewer) {
            Verdict::Plan => {}
            Verdict::Unknown => minimal = false,
            Verdict::None => members = fewer,
        }
    }
    Some(Set { members, minimal })
}

/// What of `open`, beside `kept`, is in conflict: as little as possible, the earlier ones first.
fn shrink(trials: &mut Trials<'_>, kept: &BTreeSet<Member>, grown: bool, open: &[Member]) -> BTreeSet<Member> {
    if grown && trials.with(kept) == Verdict::None {
        return BTreeSet::new();
    }
    if let [only] = open {
        return BTreeSet::from([only.clone()]);
    }
    let (first, second) = open.split_at(open.len() / 2);
    let with_first = kept.iter().chain(first).cloned().collect();
    let of_second = shrink(trials, &with_first, true, second);
    let with_second = kept.iter().chain(&of_second).cloned().collect();
    let of_first = shrink(trials, &with_second, !of_second.is_empty(), first);
    of_second.into_iter().chain(of_first).collect()
}
