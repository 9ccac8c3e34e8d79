//! Conflicts over a limit that more items share than can be looked at together.
//!
//! Only promises and what the closest plan passes are asked about, over all items at once; everything else is withdrawn. Then few rows are left
//! that items share, and whether prices prove that there is no plan is soon known, whatever the number of items.

use std::collections::BTreeSet;

use super::conflict::{Set, first};
use super::large::Broken;
use super::member::Member;
use super::sums;
use super::trial::Trials;
use crate::model::Model;
use crate::solve::Steering;

/// Trials of the whole project that one limit is worth.
const TRIALS: i64 = 16;
/// Limits that are looked at.
const LIMITS: usize = 3;

/// A conflict of promises with a limit: one that sums pass, else one that the closest plan passes; the first that is found.
pub(super) fn set(model: &Model<'_>, broken: &[Broken], steering: &Steering<'_>) -> Option<Set> {
    let network = model.network;
    let summed = sums::passed(model).unwrap_or_default();
    let summed = summed.into_iter().map(|sum| (sum.miss.kind.to_owned(), sum.miss.of));
    let passed = broken.iter().filter(|one| is_limit(&one.0)).cloned();
    let mut known = BTreeSet::new();
    let limits = summed.chain(passed).filter(|one| known.insert(one.clone())).take(LIMITS);
    limits.collect::<Vec<_>>().into_iter().find_map(|(kind, of)| {
        let mut trials = Trials::new(network, steering)?;
        let asked = |member: &Member| {
            let passed = member.kind() == kind && member.key(network) == of;
            let flows = kind == "cash-minimum" && matches!(member, Member::CashFlow(_));
            passed || flows || matches!(member, Member::Floor(_) | Member::Cover(_) | Member::Pin(_))
        };
        trials.ask_only(asked, TRIALS);
        first(&mut trials)
    })
}

fn is_limit(kind: &str) -> bool {
    kind.ends_with("-capacity") || matches!(kind, "budget" | "inventory-value" | "cash-minimum")
}
