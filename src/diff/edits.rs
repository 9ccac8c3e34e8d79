//! What makes one plan file of another, row by row: nothing of either is lost in a diff.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PlanDiff;
use crate::plan::{Allocation, Capacity, CashBucket, Given, Inventory, Metric, Order, Plan, RuleUse, Transfer};

/// All edits, by list of the plan file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Edits {
    /// The new plan without the rows of its long lists.
    pub rest: Box<Plan>,
    /// Of `orders`.
    pub orders: ListEdit<Order>,
    /// Of `tail`.
    pub tail: ListEdit<Order>,
    /// Of `transfers`.
    pub transfers: ListEdit<Transfer>,
    /// Of `given`.
    pub given: ListEdit<Given>,
    /// Of `allocations`.
    pub allocations: ListEdit<Allocation>,
    /// Of `inventory`.
    pub inventory: ListEdit<Inventory>,
    /// Of `cash`.
    pub cash: ListEdit<CashBucket>,
    /// Of `capacity`.
    pub capacity: ListEdit<Capacity>,
    /// Of `rules_used`.
    pub rules_used: ListEdit<RuleUse>,
    /// Of `metrics`.
    pub metrics: ListEdit<Metric>,
}

/// What makes one list of another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListEdit<T> {
    /// Rows of the old list that are not in the new one, by index, rising.
    pub removed: Vec<u64>,
    /// Rows of the new list that are not in the old one, by index, rising.
    pub added: Vec<Placed<T>>,
}

/// A row and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Placed<T> {
    /// Its index in the new list.
    pub at: u64,
    /// The row.
    pub row: T,
}

impl<T> ListEdit<T> {
    /// True where both lists are the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }
}

/// Hands the long lists of a plan, and how their rows are told apart, to a macro.
macro_rules! with_lists {
    ($then:ident!($($given:tt)*)) => {
        $then! {
            ($($given)*)
            orders: |row| row.key.clone();
            tail: |row| row.key.clone();
            transfers: |row| row.key.clone();
            given: |row| (row.kind.clone(), row.of.clone(), row.bucket.clone());
            allocations: |row| (row.item.clone(), row.channel.clone(), row.location.clone(), row.bucket.clone());
            inventory: |row| (row.item.clone(), row.location.clone(), row.bucket.clone());
            cash: |row| row.bucket.clone();
            capacity: |row| (row.kind.clone(), row.of.clone(), row.bucket.clone());
            rules_used: |row| (row.id.clone(), row.bucket.clone(), row.of.clone());
            metrics: |row| (row.name.clone(), row.scope.clone(), row.bucket.clone());
        }
    };
}

/// The edits that make `head` of `base`.
pub(super) fn edits(base: &Plan, head: &Plan) -> Edits {
    macro_rules! all {
        (() $($list:ident: |$row:ident| $key:expr;)*) => {
            Edits { rest: Box::new(without_rows(head)), $($list: edit(&base.$list, &head.$list, |$row| $key),)* }
        };
    }
    with_lists!(all!())
}

/// The plan that `diff` was made of as its head, from the one that was its base.
///
/// `apply(&a, &diff(&a, &b))` is `b`, byte by byte.
#[must_use]
pub fn apply(base: &Plan, diff: &PlanDiff) -> Plan {
    let edits = &diff.edits;
    let mut plan = Plan::clone(&edits.rest);
    macro_rules! all {
        (() $($list:ident: |$row:ident| $key:expr;)*) => { $( plan.$list = applied(&base.$list, &edits.$list); )* };
    }
    with_lists!(all!());
    plan
}

impl Edits {
    /// True where no row differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        macro_rules! all {
            (() $($list:ident: |$row:ident| $key:expr;)*) => { $( self.$list.is_empty() && )* true };
        }
        with_lists!(all!())
    }
}

fn without_rows(plan: &Plan) -> Plan {
    // A clone of the rows would be thrown away at once.
    Plan {
        format_version: plan.format_version.clone(),
        compiler_version: plan.compiler_version.clone(),
        project: plan.project.clone(),
        cycle: plan.cycle.clone(),
        as_of: plan.as_of,
        currency: plan.currency.clone(),
        buckets: plan.buckets.clone(),
        items: plan.items.clone(),
        inputs: plan.inputs.clone(),
        input_hash: plan.input_hash.clone(),
        plan_hash: plan.plan_hash.clone(),
        status: plan.status,
        certificate: plan.certificate.clone(),
        summary: plan.summary.clone(),
        orders: Vec::new(),
        given: Vec::new(),
        transfers: Vec::new(),
        tail: Vec::new(),
        promotions: plan.promotions.clone(),
        allocations: Vec::new(),
        inventory: Vec::new(),
        cash: Vec::new(),
        capacity: Vec::new(),
        rules_used: Vec::new(),
        metrics: Vec::new(),
        gates: plan.gates.clone(),
        waivers: plan.waivers.clone(),
        diagnostics: plan.diagnostics.clone(),
    }
}

/// Rows that stay are those that are equal and in the same order; lists in canonical order lose none by that.
fn edit<T: PartialEq + Clone, K: std::hash::Hash + Eq>(old: &[T], new: &[T], key: impl Fn(&T) -> K) -> ListEdit<T> {
    let mut places: HashMap<K, usize> = HashMap::with_capacity(new.len());
    for (at, row) in new.iter().enumerate().rev() {
        places.insert(key(row), at);
    }
    let mut removed = Vec::new();
    let mut stays = vec![false; new.len()];
    let mut next = 0;
    for (index, row) in old.iter().enumerate() {
        match places.get(&key(row)).copied().filter(|&at| at >= next && new[at] == *row) {
            Some(at) => {
                stays[at] = true;
                next = at + 1;
            }
            None => removed.push(index as u64),
        }
    }
    let added = new.iter().enumerate().filter(|(at, _)| !stays[*at]);
    ListEdit { removed, added: added.map(|(at, row)| Placed { at: at as u64, row: row.clone() }).collect() }
}

fn applied<T: Clone>(old: &[T], edit: &ListEdit<T>) -> Vec<T> {
    let mut removed = edit.removed.iter().copied().peekable();
    let kept = old.iter().enumerate().filter(|(index, _)| removed.next_if_eq(&(*index as u64)).is_none());
    let mut kept = kept.map(|(_, row)| row);
    let mut added = edit.added.iter().peekable();
    let mut list = Vec::with_capacity((old.len() + edit.added.len()).saturating_sub(edit.removed.len()));
    loop {
        let at = list.len() as u64;
        match added.next_if(|placed| placed.at <= at) {
            Some(placed) => list.push(placed.row.clone()),
            None => match kept.next() {
                Some(row) => list.push(row.clone()),
                None => break,
            },
        }
    }
    // Only of another base than the one it was made of are any left.
    list.extend(added.map(|placed| placed.row.clone()));
    list
}
