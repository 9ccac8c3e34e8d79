//! Selectors at work: what an entry is about, and which of several entries is the narrowest.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use super::Context;
use super::statements::join;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::spec::Entity;
use crate::document::{Document, Selector, SeriesText, Slot, Terms};
use crate::network::Scope;
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
    /// The item's.
    pub(super) attributes: Option<&'a BTreeMap<String, String>>,
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
            attributes: item.attributes.get().map(|words| &words.0),
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
            Entity::Promotion | Entity::Attribute => None,
        }
    }
}

/// How narrow an entry is: one that names the item beats one that does not, then the one with more keys.
pub(super) type Narrowness = (bool, usize);

/// The values of a key.
#[derive(Debug)]
struct Values<'a> {
    /// As stated.
    stated: Vec<&'a str>,
    /// In order, where there are more than a few.
    sorted: Vec<&'a str>,
}

/// Values that are found as fast by looking at each.
const FEW: usize = 8;

impl<'a> Values<'a> {
    fn of(values: &'a [crate::source::Spanned<String>]) -> Self {
        let stated: Vec<_> = values.iter().map(|one| one.value.as_str()).collect();
        let mut sorted = if stated.len() > FEW { stated.clone() } else { Vec::new() };
        sorted.sort_unstable();
        Self { stated, sorted }
    }

    fn contains(&self, value: &str) -> bool {
        if self.sorted.is_empty() { self.stated.contains(&value) } else { self.sorted.binary_search(&value).is_ok() }
    }
}

/// One side of a selector, ready to be asked.
#[derive(Debug, Default)]
struct Asked<'a> {
    keys: Vec<(Entity, Values<'a>)>,
    attributes: Vec<(&'a str, Values<'a>)>,
}

/// True for keys that ask for items.
fn about_items(entity: Entity) -> bool {
    matches!(entity, Entity::Item | Entity::Category | Entity::Class | Entity::Brand)
}

impl<'a> Asked<'a> {
    fn of(terms: &'a Terms) -> Self {
        Self {
            keys: terms.keys.iter().map(|(entity, all)| (*entity, Values::of(all))).collect(),
            attributes: terms.attributes.iter().map(|(name, all)| (name.value.as_str(), Values::of(all))).collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.attributes.is_empty()
    }

    fn len(&self) -> usize {
        self.keys.len() + self.attributes.len()
    }

    /// True where every key that `counts` is met.
    fn met(&self, subject: &Subject<'_>, counts: impl Fn(Entity) -> bool) -> bool {
        let key = |(entity, values): &(Entity, Values<'_>)| {
            !counts(*entity) || subject.get(*entity).is_some_and(|value| values.contains(value))
        };
        let attribute = |(name, values): &(&str, Values<'_>)| {
            let value = subject.attributes.and_then(|attributes| attributes.get(*name));
            value.is_some_and(|value| values.contains(value))
        };
        self.keys.iter().all(key) && self.attributes.iter().all(attribute)
    }

    fn words(&self) -> String {
        let keys = self.keys.iter().map(|(_, values)| values.stated.join("+"));
        let attributes = self.attributes.iter().map(|(_, values)| values.stated.join("+"));
        keys.chain(attributes).collect::<Vec<_>>().join(" ")
    }
}

/// A selector, ready to be asked.
#[derive(Debug, Default)]
pub(super) struct Matcher<'a> {
    met: Asked<'a>,
    not: Asked<'a>,
    /// The selector could not be read: it meets nothing, so that nothing is said about what it meets.
    bad: bool,
}

impl Matcher<'_> {
    /// True where the selector is met.
    pub(super) fn matches(&self, subject: &Subject<'_>) -> bool {
        let kept_out = !self.not.is_empty() && self.not.met(subject, |_| true);
        !self.bad && !kept_out && self.met.met(subject, |_| true)
    }

    /// True where the keys that ask for items are met; channels and the like are left aside.
    pub(super) fn matches_item(&self, subject: &Subject<'_>) -> bool {
        let only_items = self.not.keys.iter().all(|(entity, _)| about_items(*entity));
        let kept_out = !self.not.is_empty() && only_items && self.not.met(subject, |_| true);
        !self.bad && !kept_out && self.met.met(subject, about_items)
    }

    pub(super) fn narrowness(&self) -> Narrowness {
        (self.met.keys.iter().any(|(entity, _)| *entity == Entity::Item), self.met.len())
    }

    /// In words: `kitchen`, `amazon, A`; `all` without keys.
    pub(super) fn words(&self) -> String {
        let words = if self.met.is_empty() { "all".to_owned() } else { self.met.words() };
        if self.not.is_empty() { words } else { format!("{words} without {}", self.not.words()) }
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
            match matcher.met.keys.iter().find(|(entity, _)| *entity == Entity::Item) {
                Some((_, items)) => items.stated.iter().for_each(|item| by_item.entry(item).or_default().push(index)),
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
pub(super) fn states_all(series: &Series) -> bool {
    !matches!(series, Series::Table { default: None, .. })
}

impl<'a> Context<'a> {
    /// Makes a selector ready; unknown names in it are kept to be reported.
    pub(super) fn matcher(&mut self, slot: &'a Slot<Selector>) -> Matcher<'a> {
        let Some(selector) = slot.get() else { return Matcher { bad: slot.is_bad(), ..Matcher::default() } };
        for terms in [&selector.met, &selector.not] {
            for (entity, values) in &terms.keys {
                for value in values {
                    self.names.find(*entity, value);
                }
            }
            for (name, values) in &terms.attributes {
                self.names.find_attribute(name, values);
            }
        }
        Matcher { met: Asked::of(&selector.met), not: Asked::of(&selector.not), bad: false }
    }

    /// True where every name in a selector is known: only then does matching nothing mean anything.
    pub(super) fn all_known(&self, slot: &Slot<Selector>) -> bool {
        let known = |terms: &Terms| {
            let named = |(entity, values): &(Entity, Vec<crate::source::Spanned<String>>)| {
                values.iter().all(|value| self.names.number(*entity, &value.value).is_some())
            };
            let carried = |(name, values): &(crate::source::Spanned<String>, Vec<crate::source::Spanned<String>>)| {
                values.iter().all(|value| self.names.has_attribute(&name.value, &value.value))
            };
            terms.keys.iter().all(named) && terms.attributes.iter().all(carried)
        };
        !slot.is_bad() && slot.get().is_none_or(|selector| known(&selector.met) && known(&selector.not))
    }

    /// Warns of an entry that is about nothing.
    pub(super) fn warn_empty(&mut self, slot: &Slot<Selector>, header: Span, what: &str) {
        if self.all_known(slot) && self.document.broken.is_empty() {
            let message = format!("this {what} selects nothing");
            let span = slot.span().unwrap_or(header);
            let diagnostic = Diagnostic::warning(&codes::EMPTY_SELECTION, message).at(span, "");
            let empty_list =
                slot.get().is_some_and(|selector| selector.met.keys.iter().any(|(_, names)| names.is_empty()));
            let note = match empty_list {
                true => "a key with an empty list is met by nothing",
                false => "every name in it is known, but nothing meets all keys together",
            };
            self.report(diagnostic.with_note(note));
        }
    }
}

/// A selector as the network keeps it.
pub(super) fn scope(slot: &Slot<Selector>) -> Scope {
    let side = |terms: &Terms| {
        let values = |all: &[crate::source::Spanned<String>]| {
            let mut values: Vec<_> = all.iter().map(|one| one.value.clone()).collect();
            values.sort_unstable();
            values.dedup();
            values
        };
        let keys = terms.keys.iter().map(|(entity, all)| (entity.name().to_owned(), values(all)));
        let attributes = terms.attributes.iter().map(|(name, all)| (format!("attributes.{}", name.value), values(all)));
        let mut all: Vec<_> = keys.chain(attributes).collect();
        all.sort_unstable();
        all
    };
    slot.get().map_or_else(Scope::default, |selector| Scope { keys: side(&selector.met), not: side(&selector.not) })
}
