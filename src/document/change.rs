//! What two documents of one project state differently, and documents in between.
//!
//! A change has a path: table, what of it, key. [`blend`] walks both documents and asks of each change whether it is taken; what is not
//! stays as the base has it. Taking none is the base, taking all the head, each in its own order of rows, which means nothing.

use std::collections::{BTreeSet, HashMap};

use super::label::Label;
use super::overlay::Identity;
use super::read::Slot;
use super::values::{Row, Selector, SeriesText};
use super::{Document, tables, with_tables};
use crate::plan::Plan;
use crate::source::{Span, Spanned};

/// Something that is stated differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The table.
    pub table: &'static str,
    /// Which of its entries, as people call it; empty where there is one only, or all are meant.
    pub entry: String,
    /// The key; empty for entries as a whole.
    pub key: String,
    /// Where the base states it.
    pub before: Option<Span>,
    /// Where the head does.
    pub after: Option<Span>,
    /// What the base says and what the head does, where the text there does not tell.
    pub said: Option<(String, String)>,
    /// Items that it is about; nothing where that may be any.
    pub items: Option<BTreeSet<String>>,
}

/// Keys of `[plan]` that are one thing: the buckets and where they begin.
const CALENDAR: &[&str] = &["cycle", "as-of", "bucket", "horizon", "first-bucket", "tail"];

/// All changes, in the order of tables.
#[must_use]
pub fn changes(base: &Document, head: &Document) -> Vec<Change> {
    let (own, theirs) = differing(base, head);
    let mut found = Vec::new();
    let mut note = |change: &Change| {
        found.push(change.clone());
        false
    };
    let walk = Walk { taken: &mut note, items: Items { base, head } };
    walk.all(own.clone(), &own, &theirs);
    found
}

/// The base with those changes that are `taken`.
pub fn blend(base: &Document, head: &Document, taken: &mut dyn FnMut(&Change) -> bool) -> Document {
    Walk { taken, items: Items { base, head } }.all(base.clone(), base, head)
}

/// Both documents without what fills nearly all of long lists: entries at their beginnings and ends that are the same.
fn differing(base: &Document, head: &Document) -> (Document, Document) {
    let (mut own, mut theirs) = (Document::default(), Document::default());
    macro_rules! differing {
        (() single: $($single:ident),*; named: $($named:ident),*; list: $($list:ident),*; past: $($past:ident),*;) => {
            $( (own.$single, theirs.$single) = (base.$single.clone(), head.$single.clone()); )*
            $( (own.$named, theirs.$named) = (base.$named.clone(), head.$named.clone()); )*
            $( (own.$list, theirs.$list) = middles(&base.$list, &head.$list); )*
            $( if !all_same(&base.$past, &head.$past) {
                (own.$past, theirs.$past) = (base.$past.clone(), head.$past.clone());
            } )*
        };
    }
    with_tables!(differing!());
    (own.fx, theirs.fx) = (base.fx.clone(), head.fx.clone());
    // Their order counts.
    (own.rules, theirs.rules) = (base.rules.clone(), head.rules.clone());
    if plan(base) != plan(head) {
        (own.last_plan, theirs.last_plan) = (base.last_plan.clone(), head.last_plan.clone());
    }
    (own, theirs)
}

/// What is left of two lists between what both begin and end with.
fn middles<T: Row + Clone>(own: &[T], head: &[T]) -> (Vec<T>, Vec<T>) {
    let (front, back) = ends(own, head);
    (own[front..own.len() - back].to_vec(), head[front..head.len() - back].to_vec())
}

fn all_same<T: Row>(own: &[T], head: &[T]) -> bool {
    own.len() == head.len() && ends(own, head).0 == own.len()
}

/// How many entries are the same at the beginning of two lists, and at their end.
fn ends<T: Row>(own: &[T], head: &[T]) -> (usize, usize) {
    let is_equal = |(own, head): &(&T, &T)| own.apart(head).is_empty();
    let front = own.iter().zip(head).take_while(is_equal).count();
    let most = own.len().min(head.len()) - front;
    (front, own.iter().rev().zip(head.iter().rev()).take(most).take_while(is_equal).count())
}

/// What both documents say of which items there are, to tell what a selector is about.
struct Items<'d> {
    base: &'d Document,
    head: &'d Document,
}

impl Items<'_> {
    /// Items that a selector may select; nothing where it does not narrow them.
    fn selected(&self, selector: &Selector) -> Option<BTreeSet<String>> {
        use super::spec::Entity;
        let mut found: Option<BTreeSet<String>> = None;
        for (key, values) in &selector.met.keys {
            let values: BTreeSet<&str> = values.iter().map(|value| value.value.as_str()).collect();
            let is_met = |(id, item): &&(Spanned<String>, tables::Item)| {
                let own = match key {
                    Entity::Item => Some(&id.value),
                    Entity::Category => item.category.get(),
                    Entity::Class => item.class.get(),
                    Entity::Brand => item.brand.get(),
                    _ => return true,
                };
                own.is_some_and(|own| values.contains(own.as_str()))
            };
            if !matches!(key, Entity::Item | Entity::Category | Entity::Class | Entity::Brand) {
                continue;
            }
            let all = self.base.items.iter().chain(&self.head.items);
            let met: BTreeSet<String> = all.filter(is_met).map(|(id, _)| id.value.clone()).collect();
            found = Some(match found {
                Some(before) => before.intersection(&met).cloned().collect(),
                None => met,
            });
        }
        found
    }

    /// Items that a supplier sells.
    fn sold_by(&self, supplier: &str) -> Option<BTreeSet<String>> {
        let lanes = self.base.lanes.iter().chain(&self.head.lanes);
        let own = lanes.filter(|lane| lane.supplier.get().is_some_and(|name| name == supplier));
        own.map(|lane| self.selected(lane.selector.get()?))
            .collect::<Option<Vec<_>>>()
            .map(|all| all.into_iter().flatten().collect())
    }
}

/// The walk over both documents.
struct Walk<'w, 'd> {
    taken: &'w mut dyn FnMut(&Change) -> bool,
    items: Items<'d>,
}

/// Where both sides of a key stand.
type Sides = (&'static str, Option<Span>, Option<Span>);

impl Walk<'_, '_> {
    /// Goes through all tables; `out` begins as the base.
    fn all(mut self, mut out: Document, base: &Document, head: &Document) -> Document {
        macro_rules! walk {
            (() single: $($single:ident),*; named: $($named:ident),*; list: $($list:ident),*; past: $($past:ident),*;) => {
                $( self.single(&mut out.$single, head.$single.as_ref()); )*
                self.fx(&mut out.fx, &head.fx);
                $( self.named(&mut out.$named, &head.$named); )*
                $( self.list(&mut out.$list, &head.$list); )*
                $( self.past(&mut out.$past, &head.$past); )*
            };
        }
        with_tables!(walk!());
        self.rule_order(&mut out, base, head);
        self.last_plan(&mut out, head);
        out
    }

    /// Asks of a change whether it is taken.
    fn takes(
        &mut self,
        table: &'static str,
        entry: &str,
        sides: (&str, Option<Span>, Option<Span>),
        items: Option<BTreeSet<String>>,
    ) -> bool {
        self.takes_told((table, entry), sides, None, items)
    }

    /// The same, with what both sides say.
    fn takes_told(
        &mut self,
        (table, entry): (&'static str, &str),
        (key, before, after): (&str, Option<Span>, Option<Span>),
        said: Option<(String, String)>,
        items: Option<BTreeSet<String>>,
    ) -> bool {
        let key = if table == "plan" && CALENDAR.contains(&key) { "calendar" } else { key };
        let (entry, key) = (entry.to_owned(), key.to_owned());
        (self.taken)(&Change { table, entry, key, before, after, said, items })
    }

    /// Lets a table that both have take its keys. Which items it is about takes a while to tell, and is asked only where something differs.
    fn keys<T: Row>(
        &mut self,
        out: &mut T,
        head: &T,
        entry: impl FnOnce() -> String,
        items: impl FnOnce(&Self, &T) -> Option<BTreeSet<String>>,
    ) {
        let apart = out.apart(head);
        if apart.is_empty() {
            return;
        }
        let (entry, items) = (entry(), items(self, out));
        for sides in apart {
            let said = out.told(sides.0, head);
            if self.takes_told((T::SPEC.name, &entry), sides, said, items.clone()) {
                out.take(sides.0, head);
            }
        }
    }

    fn single<T: Row + Clone>(&mut self, out: &mut Option<T>, head: Option<&T>) {
        match (out.as_mut(), head) {
            (Some(own), Some(head)) => self.keys(own, head, String::new, |_, _| None),
            (None, None) => {}
            (own, head) => {
                let sides = ("", own.map(|own| own.header()), head.map(Row::header));
                if self.takes(T::SPEC.name, "", sides, None) {
                    *out = head.cloned();
                }
            }
        }
    }

    fn fx(&mut self, out: &mut Vec<(Spanned<String>, Slot<SeriesText>)>, head: &[(Spanned<String>, Slot<SeriesText>)]) {
        for (code, rate) in head {
            let known = out.iter_mut().find(|(known, _)| known.value == code.value);
            if known.as_ref().is_some_and(|(_, own)| own.same(rate)) {
                continue;
            }
            let sides = (code.value.as_str(), known.as_ref().and_then(|(_, own)| own.span()), rate.span());
            let said = known.as_ref().and_then(|(_, own)| own.told(rate));
            if self.takes_told(("fx", ""), sides, said, None) {
                match known {
                    Some(known) => *known = (code.clone(), rate.clone()),
                    None => out.push((code.clone(), rate.clone())),
                }
            }
        }
        let gone = |code: &str| !head.iter().any(|(known, _)| known.value == code);
        out.retain(|(code, rate)| !(gone(&code.value) && self.takes("fx", "", (&code.value, rate.span(), None), None)));
    }

    /// Items that a table `[table.id]` is about.
    fn about(&self, table: &str, id: &str) -> Option<BTreeSet<String>> {
        match table {
            "item" => Some(BTreeSet::from([id.to_owned()])),
            "supplier" => self.items.sold_by(id),
            _ => None,
        }
    }

    fn named<T: Row + Clone>(&mut self, out: &mut Vec<(Spanned<String>, T)>, head: &[(Spanned<String>, T)]) {
        let table = T::SPEC.name;
        for (id, theirs) in head {
            match out.binary_search_by(|(known, _)| known.value.cmp(&id.value)) {
                Ok(index) => {
                    let entry = || id.value.clone();
                    self.keys(&mut out[index].1, theirs, entry, |own, _| own.about(table, &id.value));
                }
                Err(index) => {
                    let items = self.about(table, &id.value);
                    if self.takes(table, &id.value, ("", None, Some(theirs.header())), items) {
                        out.insert(index, (id.clone(), theirs.clone()));
                    }
                }
            }
        }
        out.retain(|(id, own)| {
            if head.binary_search_by(|(known, _)| known.value.cmp(&id.value)).is_ok() {
                return true;
            }
            let items = self.about(table, &id.value);
            !self.takes(table, &id.value, ("", Some(own.header()), None), items)
        });
    }

    /// What an entry of a list is about.
    fn about_entry<T: Label>(&self, entry: &T) -> Option<BTreeSet<String>> {
        match entry.item() {
            Some(item) => Some(BTreeSet::from([item.clone()])),
            None => self.items.selected(entry.selector()?),
        }
    }

    fn list<T: Row + Identity + Label + Clone>(&mut self, out: &mut Vec<T>, head: &[T]) {
        let table = T::SPEC.name;
        let pairs = pairs(out, head);
        let mut own: Vec<Option<T>> = std::mem::take(out).into_iter().map(Some).collect();
        let mut matched = vec![false; head.len()];
        for (index, twin) in pairs.iter().enumerate() {
            let Some(entry) = &mut own[index] else { continue };
            match twin {
                Some(at) => {
                    matched[*at] = true;
                    let theirs = &head[*at];
                    let items = |own: &Self, entry: &T| {
                        let both = own.about_entry(entry).zip(own.about_entry(theirs));
                        both.map(|(a, b)| a.union(&b).cloned().collect())
                    };
                    self.keys(entry, theirs, || theirs.group(), items);
                }
                None => {
                    let items = self.about_entry(entry);
                    let group = entry.group();
                    if self.takes(table, &group, ("", Some(entry.header()), None), items) {
                        own[index] = None;
                    }
                }
            }
        }
        out.extend(own.into_iter().flatten());
        for (entry, _) in head.iter().zip(matched).filter(|(_, matched)| !matched) {
            let items = self.about_entry(entry);
            if self.takes(table, &entry.group(), ("", None, Some(entry.header())), items) {
                out.push(entry.clone());
            }
        }
    }

    /// What was is one statement as a whole.
    fn past<T: Row + Identity + Label + Clone>(&mut self, out: &mut Vec<T>, head: &[T]) {
        let first = |list: &[T]| list.first().map(Row::header);
        if !all_same(out, head) && self.takes(T::SPEC.name, "", ("", first(out), first(head)), None) {
            *out = head.to_vec();
        }
    }

    /// The order of rules that both have is a statement by itself; new ones stand behind those that they follow.
    fn rule_order(&mut self, out: &mut Document, base: &Document, head: &Document) {
        let place = |rules: &[tables::Rule], rule: &tables::Rule| {
            let id = rule.id.get();
            rules.iter().position(|other| id.is_some() && other.id.get() == id)
        };
        let common: Vec<usize> = base.rules.iter().filter_map(|rule| place(&head.rules, rule)).collect();
        let unordered = common.windows(2).find(|pair| pair[0] > pair[1]).map(|pair| pair[1]);
        let reordered = unordered.is_some_and(|moved| {
            let before = base.rules.iter().find(|rule| place(&head.rules, rule) == Some(moved)).map(Row::header);
            let sides = ("order", before, head.rules.get(moved).map(Row::header));
            self.takes("rule", "", sides, None)
        });
        let rules = std::mem::take(&mut out.rules);
        let (mut old, new): (Vec<_>, Vec<_>) = rules.into_iter().partition(|rule| place(&base.rules, rule).is_some());
        if reordered {
            // What only the base has follows the rule that it followed.
            let mut last = 0;
            let mut keyed: Vec<(usize, tables::Rule)> = Vec::new();
            for rule in old {
                last = place(&head.rules, &rule).unwrap_or(last);
                keyed.push((last, rule));
            }
            keyed.sort_by_key(|(key, _)| *key);
            old = keyed.into_iter().map(|(_, rule)| rule).collect();
        }
        for rule in new {
            let own = place(&head.rules, &rule);
            let before = old.iter().rposition(|other| place(&head.rules, other).is_some_and(|at| Some(at) < own));
            old.insert(before.map_or(0, |at| at + 1), rule);
        }
        out.rules = old;
    }

    /// The plan that this one follows.
    fn last_plan(&mut self, out: &mut Document, head: &Document) {
        if plan(out) == plan(head) {
            return;
        }
        let place = |document: &Document| document.last_plan.as_ref().map(|approved| Span::new(approved.file, 0, 0));
        if self.takes("cycles", "", ("approved plan", place(out), place(head)), None) {
            out.last_plan.clone_from(&head.last_plan);
            out.approved.clone_from(&head.approved);
        }
    }
}

/// The plan that a document follows.
fn plan(document: &Document) -> Option<&Plan> {
    document.last_plan.as_ref().map(|approved| &approved.plan)
}

/// What an entry is known by.
fn known_by<T: Identity + Label>(entry: &T) -> String {
    match (entry.id(), entry.natural()) {
        (Some(id), Some(natural)) => format!("{id}\0{natural}"),
        (Some(id), None) => id.to_owned(),
        (None, Some(natural)) => natural,
        (None, None) => entry.group(),
    }
}

/// For each entry of `own` its counterpart in `head`: equal ones first, then those known by the same, in their order.
fn pairs<T: Row + Identity + Label>(own: &[T], head: &[T]) -> Vec<Option<usize>> {
    // Most of a long list stays as and where it is.
    let (front, back) = ends(own, head);
    let (own_end, head_end) = (own.len() - back, head.len() - back);
    let mut known: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, entry) in head.iter().enumerate().take(head_end).skip(front) {
        known.entry(known_by(entry)).or_default().push(at);
    }
    let names: Vec<String> = own[front..own_end].iter().map(known_by).collect();
    let mut found: Vec<Option<usize>> = (0..own.len()).map(|at| (at < front).then_some(at)).collect();
    found[own_end..].iter_mut().zip(head_end..).for_each(|(found, at)| *found = Some(at));
    for equal in [true, false] {
        for (index, entry) in own.iter().enumerate().take(own_end).skip(front) {
            if found[index].is_some() {
                continue;
            }
            let Some(twins) = known.get_mut(&names[index - front]) else { continue };
            let twin = twins.iter().position(|&at| !equal || entry.apart(&head[at]).is_empty());
            found[index] = twin.map(|at| twins.remove(at));
        }
    }
    found
}

/// The keys in which two tables differ, as [`Row::apart`] returns them.
pub(super) type Apart = Vec<Sides>;
