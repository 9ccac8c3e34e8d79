//! A plan at once, for somebody who just saved: what the edit touches is decided anew, everything else stays as the last plan has it.
//!
//! Where items meet in limits and cash alone, nothing but a part of the project is laid out, planned and checked ([`super::part`]). Where they meet in
//! floors on groups, minimum orders, rules, or what facts pass, the whole is put together and checked ([`super::joined`]).

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::joined::Joined;
use super::part;
use super::touched::Touched;
use super::whole::Kept;
use crate::compile::Compiled;
use crate::diff::{PlanDiff, Terms};
use crate::network::Network;
use crate::plan::Plan;
use crate::solve::{Outcome, Steering};

/// Items that give way besides those that are touched, where these alone have no plan: some, then more.
const SOME_BESIDES: usize = 6;
const MOST_BESIDES: usize = 24;
/// Most items of a part, and no more than half of all: larger ones take as long as the plan itself.
const LARGEST: usize = 200;

/// The last good plan and what it was made of.
pub(super) struct Base<'b> {
    pub(super) network: &'b Network,
    pub(super) plan: &'b Plan,
    pub(super) kept: &'b Kept,
}

/// An edit, and what there was before it.
pub(super) struct Edit<'e> {
    pub(super) base: Base<'e>,
    pub(super) compiled: &'e Compiled,
    pub(super) network: &'e Network,
    pub(super) touched: &'e Touched,
    pub(super) terms: &'e Terms,
    pub(super) steering: &'e Steering<'e>,
}

/// What a provisional plan comes to.
#[derive(Debug)]
pub struct Provisional {
    /// What differs from the last good plan.
    pub diff: PlanDiff,
    pub(super) decided: Decided,
}

/// What was decided.
#[derive(Debug)]
pub(super) enum Decided {
    /// About these items, in terms of the part that they are.
    Part(BTreeSet<String>, Box<Outcome>),
    /// About all.
    Whole(Box<Plan>),
}

/// Why the plan is waited for, and nothing told at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    /// There is no good plan to begin with.
    First,
    /// The edit may be about any item.
    AnyItem,
    /// It is about so many items that the plan itself is there as soon.
    ManyItems,
    /// Rules moved promotions or orders in time.
    Moved,
    /// None was found that leaves everything else as it is.
    NotFound,
}

impl Edit<'_> {
    /// The provisional plan of an edit.
    pub(super) fn provisional(&self) -> Result<Provisional, Awaited> {
        let touched = &self.touched.items;
        let largest = LARGEST.min((self.network.items.len() / 2).max(1));
        if touched.len() > largest {
            return Err(Awaited::ManyItems);
        }
        if !self.base.kept.stands_still {
            return Err(Awaited::Moved);
        }
        let others = by_money(self.base.plan, self.touched);
        // Nobody in particular is touched by a limit: those give way, or take what there is more, that most money is in.
        let more: &[usize] = if touched.is_empty() { &[MOST_BESIDES] } else { &[0, SOME_BESIDES, MOST_BESIDES] };
        let parts = || {
            let room = largest - touched.len();
            let more = more.iter().map(|more| *more.min(&room)).collect::<BTreeSet<usize>>();
            more.into_iter().map(|more| touched.iter().chain(others.iter().take(more).copied()).cloned().collect())
        };
        let alone = (!self.meets_beyond_limits()).then(|| parts().find_map(|items| part::provisional(self, items)));
        let found = alone.flatten().or_else(|| {
            let joined = self.may_meet_beyond_limits().then(|| Joined::of(self)).flatten()?;
            joined.stays().or_else(|| parts().find_map(|items: BTreeSet<String>| joined.provisional(&items)))
        });
        found.filter(|_| !self.steering.is_asked_to_stop()).ok_or(Awaited::NotFound)
    }

    /// True where parts know nothing of what is edited, or of what limits are passed by.
    fn meets_beyond_limits(&self) -> bool {
        self.touched.rules || self.base.plan.given.iter().any(|given| !given.is_shortage())
    }

    /// True where the project states anything that items meet in besides limits.
    fn may_meet_beyond_limits(&self) -> bool {
        let network = self.network;
        self.meets_beyond_limits()
            || !network.rules.is_empty()
            || network.services.iter().any(|service| service.group)
            || network.suppliers.iter().any(|supplier| supplier.minimum_order.is_some())
    }
}

/// Items that are not touched, those first that use what there is more or less of, then those that most money is ordered of.
fn by_money<'p>(plan: &'p Plan, touched: &Touched) -> Vec<&'p String> {
    let mut money: BTreeMap<&String, Decimal> = BTreeMap::new();
    for order in plan.orders.iter().filter(|order| !touched.items.contains(&order.item)) {
        let sum = money.entry(&order.item).or_default();
        *sum = sum.saturating_add(order.landed_cost.0);
    }
    let mut all: Vec<(&String, Decimal)> = money.into_iter().collect();
    let uses = |item: &String| touched.users.contains(item);
    all.sort_by(|a, b| uses(b.0).cmp(&uses(a.0)).then(b.1.cmp(&a.1)).then(a.0.cmp(b.0)));
    all.into_iter().map(|(item, _)| item).collect()
}
