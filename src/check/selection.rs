//! Selectors at work: what an entry is about, and which of several entries is the narrowest.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::Context;
use super::statements::join;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::spec::Entity;
use crate::document::{Document, Selector, SeriesText, Slot};
use crate::series::Series;
use crate::source::Span;

/// Something a selector can be asked about: each key's value, where it has one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Subject<'a> {
    pub(super) item: Option<&'a str>,
    pub(super) category: Option<&'a str>,
    pub(super) class: Option<&'a str>,
    pub(super) brand: Option<&'a str>,
    pub(super) channel: Option<&'a str>,
    pub(super) location: Option<&'a str>,
    pub(super) supplier: Option<&'a str>,
    pub(super) mode: Option<&'a str>,
}

impl<'a> Subject<'a> {
    /// The item with this number, and nothing else.
    pub(super) fn item(document: &'a Document, index: usize) -> Self {
        let (id, item) = &document.items[index];
        Self {
            item: Some(&id.value),
            category: item.category.get().map(String::as_str),
            class: item.class.get().map(String::as_str),
            brand: item.brand.get().map(String::as_str),
            ..Self::default()
        }
    }

    fn get(&self, entity: Entity) -> Option<&'a str> {
        match entity {
            Entity::Item => self.item,
            Entity::Category => self.category,
            Entity::Class => self.class,
            Entity::Brand => self.brand,
            Entity::Channel => self.channel,
            Entity::Location => self.location,
            Entity::Supplier => self.supplier,
            Entity::Mode => self.mode,
            Entity::Promotion => None,
        }
    }
}

/// How narrow an entry is: one that names the item beats one that does not, then the one with more keys.
pub(super) type Narrowness = (bool, usize);

/// A selector, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct Matcher<'a> {
    keys: Vec<(Entity, Vec<&'a str>)>,
    not: Vec<(Entity, Vec<&'a str>)>,
    /// The selector could not be read: it meets nothing, so that nothing is said about what it meets.
    bad: bool,
}

impl Matcher<'_> {
    /// True where the selector is met.
    pub(super) fn matches(&self, subject: &Subject<'_>) -> bool {
        let met =
            |(entity, values): &(Entity, Vec<&str>)| subject.get(*entity).is_some_and(|value| values.contains(&value));
        !self.bad && self.keys.iter().all(met) && (self.not.is_empty() || !self.not.iter().all(met))
    }

    /// True where the keys that ask for items are met; channels and the like are left aside.
    pub(super) fn matches_item(&self, subject: &Subject<'_>) -> bool {
        let about_items = |entity| matches!(entity, Entity::Item | Entity::Category | Entity::Class | Entity::Brand);
        let met = |(entity, values): &(Entity, Vec<&str>)| {
            !about_items(*entity) || subject.get(*entity).is_some_and(|value| values.contains(&value))
        };
        let only_items = |(entity, _): &(Entity, Vec<&str>)| about_items(*entity);
        let kept_out = !self.not.is_empty() && self.not.iter().all(|key| only_items(key) && met(key));
        !self.bad && self.keys.iter().all(met) && !kept_out
    }

    pub(super) fn narrowness(&self) -> Narrowness {
        (self.keys.iter().any(|(entity, _)| *entity == Entity::Item), self.keys.len())
    }

    /// In words: `kitchen`, `amazon, A`; `all` without keys.
    pub(super) fn words(&self) -> String {
        let values: Vec<_> = self.keys.iter().map(|(_, values)| values.join("+")).collect();
        let mut words = if values.is_empty() { "all".to_owned() } else { values.join(" ") };
        if !self.not.is_empty() {
            let without: Vec<_> = self.not.iter().map(|(_, values)| values.join("+")).collect();
            words = format!("{words} without {}", without.join(" "));
        }
        words
    }
}

/// The entries of a table by the items they name, so that each item is held against few of them.
pub(super) struct Entries<'a> {
    matchers: Vec<Matcher<'a>>,
    by_item: HashMap<&'a str, Vec<usize>>,
    others: Vec<usize>,
}

impl<'a> Entries<'a> {
    pub(super) fn new(matchers: Vec<Matcher<'a>>) -> Self {
        let mut by_item: HashMap<&'a str, Vec<usize>> = HashMap::new();
        let mut others = Vec::new();
        for (index, matcher) in matchers.iter().enumerate() {
            match matcher.keys.iter().find(|(entity, _)| *entity == Entity::Item) {
                Some((_, items)) => items.iter().for_each(|item| by_item.entry(item).or_default().push(index)),
                None => others.push(index),
            }
        }
        Self { matchers, by_item, others }
    }

    fn all_of(&self, subject: &Subject<'_>) -> impl Iterator<Item = usize> {
        let named = subject.item.and_then(|item| self.by_item.get(item)).into_iter().flatten();
        named.chain(&self.others).copied().filter(|&index| self.matchers[index].matches(subject))
    }

    /// True where `subject` meets any.
    pub(super) fn meets(&self, subject: &Subject<'_>) -> bool {
        self.all_of(subject).next().is_some()
    }

    /// Entries that `subject` meets, with their narrowness, by index.
    pub(super) fn of(&self, subject: &Subject<'_>) -> Vec<(usize, Narrowness)> {
        let mut met: Vec<_> = self.all_of(subject).map(|index| (index, self.matchers[index].narrowness())).collect();
        met.sort_unstable_by_key(|&(index, _)| index);
        met.dedup();
        met
    }
}

/// What several entries say of one thing, the narrowest first, as one series; `broader` comes last. Entries that are
/// equally narrow must agree or state different buckets: else the pair that does not.
pub(super) fn layered<'t>(
    met: &[(usize, Narrowness)],
    text: impl Fn(usize) -> Option<(&'t SeriesText, Span)>,
    broader: Option<&Series>,
) -> Result<Option<Series>, (Span, Span)> {
    if let [(index, _)] = met
        && let Some((text, _)) = text(*index)
        && states_all(&text.series)
    {
        return Ok(Some(text.series.clone()));
    }
    let mut by_narrowness: BTreeMap<Reverse<Narrowness>, Vec<(&SeriesText, Span)>> = BTreeMap::new();
    for &(index, narrowness) in met {
        by_narrowness.entry(Reverse(narrowness)).or_default().extend(text(index));
    }
    let mut layers = Vec::new();
    for group in by_narrowness.into_values() {
        layers.push(join(group, true)?);
        if states_all(&layers[layers.len() - 1]) {
            break;
        }
    }
    if !layers.last().is_some_and(states_all) {
        layers.extend(broader.cloned());
    }
    Ok(match layers.len() {
        0 | 1 => layers.pop(),
        _ => Some(Series::Layered(layers)),
    })
}

/// True where a series has a value for every bucket.
fn states_all(series: &Series) -> bool {
    !matches!(series, Series::Table { default: None, .. })
}

impl<'a> Context<'a> {
    /// Makes a selector ready; unknown names in it are kept to be reported.
    pub(super) fn matcher(&mut self, slot: &'a Slot<Selector>) -> Matcher<'a> {
        let Some(selector) = slot.get() else { return Matcher { bad: slot.is_bad(), ..Matcher::default() } };
        let mut side = |keys: &'a [(Entity, Vec<crate::source::Spanned<String>>)]| {
            let mut ready = Vec::with_capacity(keys.len());
            for (entity, values) in keys {
                for value in values {
                    self.names.find(*entity, value);
                }
                ready.push((*entity, values.iter().map(|value| value.value.as_str()).collect()));
            }
            ready
        };
        Matcher { keys: side(&selector.keys), not: side(&selector.not), bad: false }
    }

    /// True where every name in a selector is known: only then does matching nothing mean anything.
    pub(super) fn all_known(&self, slot: &Slot<Selector>) -> bool {
        let all = slot.get().into_iter().flat_map(|selector| selector.keys.iter().chain(&selector.not));
        !slot.is_bad()
            && all
                .flat_map(|(entity, values)| values.iter().map(move |value| (entity, value)))
                .all(|(entity, value)| self.names.number(*entity, &value.value).is_some())
    }

    /// Warns of an entry that is about nothing.
    pub(super) fn warn_empty(&mut self, slot: &Slot<Selector>, header: Span, what: &str) {
        if self.all_known(slot) && self.document.broken.is_empty() {
            let message = format!("this {what} selects nothing");
            let span = slot.span().unwrap_or(header);
            let diagnostic = Diagnostic::warning(&codes::EMPTY_SELECTION, message).at(span, "");
            let empty_list = slot.get().is_some_and(|selector| selector.keys.iter().any(|(_, names)| names.is_empty()));
            let note = match empty_list {
                true => "a key with an empty list is met by nothing",
                false => "every name in it is known, but nothing meets all keys together",
            };
            self.report(diagnostic.with_note(note));
        }
    }
}
