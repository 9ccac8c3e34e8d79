//! Changes of the inputs, put together as people think of them.
//!
//! All lanes of a supplier whose lead time changed are one cause, and so is all demand of an item. Where that still makes more causes than
//! anybody reads, or than can be planned one by one, those of a table become one, the table with most of them first.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::document::{Change, Document};
use crate::source::{Sources, Span};

/// Most causes that are told apart.
pub(super) const MOST: usize = 8;
/// Longest text of a value that is looked at, bytes.
const LONGEST: usize = 200;

/// What one cause is made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// An assumption by its name.
    Assumption(String),
    /// Changes by table, entry and key.
    Change(&'static str, String, String),
}

impl Part {
    pub(super) fn of(change: &Change) -> Self {
        Self::Change(change.table, change.entry.clone(), change.key.clone())
    }

    fn table(&self) -> &'static str {
        match self {
            Self::Assumption(_) => "assumption",
            Self::Change(table, ..) => table,
        }
    }
}

/// A cause.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// As people call it.
    pub(super) name: String,
    pub(super) parts: BTreeSet<Part>,
    /// Places in the head, and those in the base where the head has none.
    pub(super) after: Vec<Span>,
    pub(super) before: Vec<Span>,
    /// What each of its changes said and says; nothing where the text there tells.
    said: BTreeSet<Option<(String, String)>>,
    /// Items that it is about; nothing where that may be any.
    pub(super) items: Option<BTreeSet<String>>,
    /// True where something is stated that was not.
    pub(super) adds: bool,
    /// How many changes it is.
    count: usize,
}

impl Group {
    /// Takes in another cause under a name for both.
    pub(super) fn join(&mut self, other: Self, name: String) {
        self.name = name;
        self.parts.extend(other.parts);
        self.after.extend(other.after);
        self.before.extend(other.before);
        self.said.extend(other.said);
        self.items = self.items.take().zip(other.items).map(|(mut own, others)| {
            own.extend(others);
            own
        });
        self.adds |= other.adds;
        self.count += other.count;
    }

    /// What it said and says, where both are one value, or one of them is all there is.
    pub(super) fn values(&self, sources: &Sources) -> (String, String) {
        if let Some(Some(said)) = self.said.first().filter(|_| self.said.len() == 1) {
            return said.clone();
        }
        let whole = |part: &Part| matches!(part, Part::Change(_, _, key) if key.is_empty());
        let (from, to) = (said(&self.before, sources), said(&self.after, sources));
        let both = !self.before.is_empty() && !self.after.is_empty();
        let untold = both && (from.is_empty() || to.is_empty() || from == to);
        if untold || self.parts.iter().any(whole) { Default::default() } else { (from, to) }
    }
}

/// The text of some values, where it is the same for all and short.
fn said(spans: &[Span], sources: &Sources) -> String {
    let mut texts: Vec<&str> = spans.iter().map(|span| sources.text(*span)).collect();
    texts.sort_unstable();
    texts.dedup();
    match texts[..] {
        [one] if one.len() <= LONGEST && !one.contains('\n') && !one.starts_with('[') => one.to_owned(),
        _ => String::new(),
    }
}

/// The causes of all changes, in the order of their places in the head.
pub(super) fn groups(base: &Document, head: &Document, changes: &[Change], sources: &Sources) -> Vec<Group> {
    let mut found: BTreeMap<Part, Group> = BTreeMap::new();
    for (name, before, after) in changed_assumptions(base, head) {
        let part = Part::Assumption(name.clone());
        found.insert(
            part.clone(),
            Group {
                name: format!("assumption {name}"),
                parts: BTreeSet::from([part]),
                after: vec![after],
                before: vec![before],
                said: BTreeSet::from([None]),
                items: None,
                adds: false,
                count: 1,
            },
        );
    }
    for change in changes {
        let part = Part::of(change);
        let group = Group {
            name: String::new(),
            parts: BTreeSet::from([part.clone()]),
            after: change.after.into_iter().collect(),
            before: change.before.into_iter().collect(),
            said: BTreeSet::from([change.said.clone()]),
            items: change.items.clone(),
            adds: change.before.is_none(),
            count: 1,
        };
        match found.get_mut(&part) {
            Some(known) => known.join(group, String::new()),
            None => drop(found.insert(part, group)),
        }
    }
    let mut groups: Vec<Group> = found
        .into_iter()
        .map(|(part, mut group)| {
            group.name = named(&part, &group);
            group
        })
        .collect();
    collapse(&mut groups);
    groups.sort_by_cached_key(|group| place(group, sources));
    groups
}

/// Where a cause is read first.
fn place(group: &Group, sources: &Sources) -> Option<(String, u32, String)> {
    let spans = if group.after.is_empty() { &group.before } else { &group.after };
    let places =
        spans.iter().map(|span| sources.place(*span)).map(|place| (place.file, place.line, group.name.clone()));
    places.min()
}

/// Assumptions that both have and that are not the same: name, and where each stands.
pub(super) fn changed_assumptions(base: &Document, head: &Document) -> Vec<(String, Span, Span)> {
    let both = base.assumptions.iter().filter_map(|(name, own)| Some((name, own, head.assumptions.get(name)?)));
    both.filter(|(_, own, theirs)| own.0 != theirs.0)
        .map(|(name, own, theirs)| (name.clone(), own.1, theirs.1))
        .collect()
}

/// The value of an assumption.
pub(super) fn assumed(document: &Document, name: &str) -> Decimal {
    document.assumptions.get(name).map(|(value, _)| *value).unwrap_or_default()
}

/// A cause as people call it: `supplier yiwu, closures`; `lanes from yiwu, lead-days`.
fn named(part: &Part, group: &Group) -> String {
    let Part::Change(table, entry, key) = part else { return group.name.clone() };
    let table = match (*table, group.count) {
        ("rule", _) if key == "order" => return "order of the rules".to_owned(),
        ("cycles", _) => return "approved plan".to_owned(),
        (table, 1) => table.to_owned(),
        (table, _) => plural(table),
    };
    let entry = if entry.is_empty() { String::new() } else { format!(" {entry}") };
    let key = match (key.as_str(), group.before.is_empty(), group.after.is_empty()) {
        ("", true, _) => ", added".to_owned(),
        ("", _, true) => ", taken out".to_owned(),
        ("", ..) => String::new(),
        (key, true, _) => format!(", {key} added"),
        (key, _, true) => format!(", {key} taken out"),
        (key, ..) => format!(", {key}"),
    };
    format!("{table}{entry}{key}")
}

fn plural(table: &str) -> String {
    match table {
        "demand" | "stock" | "history" | "cash" | "plan" | "economics" | "fx" => table.to_owned(),
        table => format!("{table}s"),
    }
}

/// Puts the causes of a table together until there are few enough.
fn collapse(groups: &mut Vec<Group>) {
    while groups.len() > MOST {
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for table in groups.iter().filter_map(|group| group.parts.first().map(Part::table)) {
            *counts.entry(table).or_default() += 1;
        }
        let most = counts.iter().max_by_key(|&(table, count)| (*count, std::cmp::Reverse(*table)));
        let Some(table) = most.filter(|(_, count)| **count > 1).map(|(table, _)| *table) else { break };
        let (own, others): (Vec<_>, Vec<_>) =
            std::mem::take(groups).into_iter().partition(|group| group.parts.first().map(Part::table) == Some(table));
        *groups = others;
        groups.extend(joined(own, |count| format!("{}, {count} changes", plural(table))));
    }
    if groups.len() > MOST {
        let rest = groups.split_off(MOST - 1);
        groups.extend(joined(rest, |count| format!("{count} other changes")));
    }
}

/// Several causes as one.
pub(super) fn joined(groups: Vec<Group>, name: impl Fn(usize) -> String) -> Option<Group> {
    let mut groups = groups.into_iter();
    let mut first = groups.next()?;
    groups.for_each(|group| first.join(group, String::new()));
    first.name = name(first.count);
    Some(first)
}
