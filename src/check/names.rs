//! Names: which are declared, and which are used without being.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Context;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::spec::{Entity, did_you_mean};
use crate::document::{Document, Slot};
use crate::render::number::counted;
use crate::source::{Span, Spanned};

/// Declared names by kind, and the places of unknown ones.
pub(super) struct Names<'a> {
    declared: BTreeMap<Entity, HashMap<&'a str, u32>>,
    /// Names of items' attributes, with the values there are.
    attributes: BTreeMap<&'a str, BTreeSet<&'a str>>,
    unknown: BTreeMap<(Entity, &'a str), Vec<Span>>,
    /// Values that no item has under an attribute that some have, by both.
    unknown_values: BTreeMap<(&'a str, &'a str), Vec<Span>>,
}

impl<'a> Names<'a> {
    /// The names that a document declares. Ids are numbered in their order.
    pub(super) fn of(document: &'a Document) -> Self {
        let mut declared: BTreeMap<Entity, HashMap<&'a str, u32>> = BTreeMap::new();
        let ids = |list: Vec<&'a str>| -> HashMap<&'a str, u32> { list.into_iter().zip(0..).collect() };
        declared.insert(Entity::Item, ids(document.items.iter().map(|(id, _)| id.value.as_str()).collect()));
        declared.insert(Entity::Location, ids(document.locations.iter().map(|(id, _)| id.value.as_str()).collect()));
        declared.insert(Entity::Channel, ids(document.channels.iter().map(|(id, _)| id.value.as_str()).collect()));
        declared.insert(Entity::Supplier, ids(document.suppliers.iter().map(|(id, _)| id.value.as_str()).collect()));
        let items = || document.items.iter().map(|(_, item)| item);
        let distinct = |words: BTreeSet<&'a str>| ids(words.into_iter().collect());
        let words = |slot: &'a Slot<String>| slot.get().map(String::as_str);
        declared.insert(Entity::Category, distinct(items().filter_map(|item| words(&item.category)).collect()));
        declared.insert(Entity::Class, distinct(items().filter_map(|item| words(&item.class)).collect()));
        declared.insert(Entity::Brand, distinct(items().filter_map(|item| words(&item.brand)).collect()));
        let modes = document.lanes.iter().map(|lane| words(&lane.mode).unwrap_or("standard"));
        declared.insert(Entity::Mode, distinct(modes.collect()));
        declared.insert(
            Entity::Promotion,
            distinct(document.promotions.iter().filter_map(|promotion| words(&promotion.id)).collect()),
        );
        let mut attributes: BTreeMap<&'a str, BTreeSet<&'a str>> = BTreeMap::new();
        for (name, value) in items().filter_map(|item| item.attributes.get()).flat_map(|words| &words.0) {
            attributes.entry(name).or_default().insert(value);
        }
        declared.insert(Entity::Attribute, ids(attributes.keys().copied().collect()));
        Self { declared, attributes, unknown: BTreeMap::new(), unknown_values: BTreeMap::new() }
    }

    /// True where some item has this value under this attribute.
    pub(super) fn has_attribute(&self, name: &str, value: &str) -> bool {
        self.attributes.get(name).is_some_and(|values| values.contains(value))
    }

    /// Keeps the places of an attribute, or of a value of one, that no item has, to be reported.
    pub(super) fn find_attribute(&mut self, name: &'a Spanned<String>, values: &'a [Spanned<String>]) {
        if self.find(Entity::Attribute, name).is_none() {
            return;
        }
        for value in values {
            if !self.has_attribute(&name.value, &value.value) {
                self.unknown_values.entry((&name.value, &value.value)).or_default().push(value.span);
            }
        }
    }

    /// The declared names of a kind, in order.
    fn sorted(&self, entity: Entity) -> Vec<&'a str> {
        let mut all: Vec<_> = self.declared.get(&entity).into_iter().flat_map(HashMap::keys).copied().collect();
        all.sort_unstable();
        all
    }

    /// The number of a name, without remembering where it is missing.
    pub(super) fn number(&self, entity: Entity, name: &str) -> Option<u32> {
        self.declared.get(&entity)?.get(name).copied()
    }

    /// The number of a name; where there is none, the place is kept to be reported.
    pub(super) fn find(&mut self, entity: Entity, name: &'a Spanned<String>) -> Option<u32> {
        let found = self.number(entity, &name.value);
        if found.is_none() {
            self.unknown.entry((entity, &name.value)).or_default().push(name.span);
        }
        found
    }

    /// The number of the name in a slot; `None` where it is absent, bad or unknown.
    pub(super) fn slot(&mut self, entity: Entity, slot: &'a Slot<String>) -> Option<u32> {
        self.find(entity, slot.spanned()?)
    }
}

/// Places shown of one unknown name.
const PLACES: usize = 3;
/// Unknown names that are held against all known ones: who has more of them has another problem than typing.
const MAX_SUGGESTIONS: usize = 200;
/// Most bytes of files with syntax errors that are searched for unknown names.
const MAX_SEARCH: usize = 1 << 32;

impl Context<'_> {
    /// Reports each unknown name once, with its first places. A name that stands anywhere in a file with syntax errors
    /// is excused: it may be declared there.
    pub(super) fn report_unknown_names(&mut self) {
        self.report_unknown_values();
        let unknown = std::mem::take(&mut self.names.unknown);
        let broken: usize = self.document.broken.iter().map(|text| text.len()).sum();
        if broken.saturating_mul(unknown.len()) > MAX_SEARCH {
            // So much is wrong that the files with syntax errors come first.
            return;
        }
        let mut known: BTreeMap<Entity, Vec<&str>> = BTreeMap::new();
        for (index, ((entity, name), mut spans)) in unknown.into_iter().enumerate() {
            if self.document.broken.iter().any(|text| text.contains(name)) {
                continue;
            }
            if self.tally.skips(&codes::UNKNOWN_NAME) {
                continue;
            }
            spans.sort_by_key(|span| (&self.sources.file(span.file).path, span.start));
            spans.dedup();
            let more = spans.len().saturating_sub(PLACES);
            let what = if entity == Entity::Attribute { "attribute" } else { entity.name() };
            let message = format!("unknown {what} `{name}`");
            let mut diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, message);
            for (index, span) in spans.iter().take(PLACES).enumerate() {
                diagnostic = diagnostic.at(*span, if index == 0 { "not declared" } else { "and here" });
            }
            if more > 0 {
                diagnostic = diagnostic.with_note(format!("and in {}", counted(more, "more place", "more places")));
            }
            for other in [Entity::Item, Entity::Location, Entity::Channel, Entity::Supplier] {
                if other != entity && self.names.number(other, name).is_some() {
                    diagnostic =
                        diagnostic.with_note(format!("`{name}` is the name of another kind: {}", other.name()));
                }
            }
            let known = known.entry(entity).or_insert_with(|| self.names.sorted(entity));
            let near = (index < MAX_SUGGESTIONS).then(|| did_you_mean(name, known.iter().copied())).flatten();
            diagnostic = match near {
                Some(near) => {
                    let quoted = |span: &Span| self.sources.text(*span).starts_with(['"', '\'']);
                    let edit = |span: &Span| if quoted(span) { format!("\"{near}\"") } else { near.to_owned() };
                    let help = format!("did you mean `{near}`?");
                    spans.iter().fold(diagnostic.help(help), |one, span| one.edit(*span, edit(span)))
                }
                None => diagnostic.help(declare(entity, name, known)),
            };
            self.report(diagnostic);
        }
    }
}

impl Context<'_> {
    /// Reports each value that no item has under an attribute, once, with its first places.
    fn report_unknown_values(&mut self) {
        for ((name, value), mut spans) in std::mem::take(&mut self.names.unknown_values) {
            if self.document.broken.iter().any(|text| text.contains(value)) {
                continue;
            }
            spans.sort_by_key(|span| (&self.sources.file(span.file).path, span.start));
            spans.dedup();
            let message = format!("no item has `{value}` as its attribute `{name}`");
            let mut diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, message);
            for (index, span) in spans.iter().take(PLACES).enumerate() {
                diagnostic = diagnostic.at(*span, if index == 0 { "" } else { "and here" });
            }
            let known: Vec<_> = self.names.attributes.get(name).into_iter().flatten().copied().collect();
            diagnostic = match did_you_mean(value, known.iter().copied()) {
                Some(near) => {
                    let help = format!("did you mean `{near}`?");
                    spans.iter().fold(diagnostic.help(help), |one, span| one.edit(*span, format!("\"{near}\"")))
                }
                None if known.len() <= 12 => diagnostic.help(format!("known: {}", known.join(", "))),
                None => diagnostic,
            };
            self.report(diagnostic);
        }
    }
}

/// A name as it stands in a header.
fn bare_or_quoted(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if bare { name.to_owned() } else { format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")) }
}

/// How a name is declared, or which there are where that is a short list.
fn declare(entity: Entity, name: &str, known: &[&str]) -> String {
    let listed = || format!("known: {}", known.join(", "));
    let short = !known.is_empty() && known.len() <= 12;
    match entity {
        Entity::Item | Entity::Location | Entity::Channel | Entity::Supplier if short => {
            format!("declare it with [{}.{}]; {}", entity.name(), bare_or_quoted(name), listed())
        }
        Entity::Item | Entity::Location | Entity::Channel | Entity::Supplier => {
            format!("declare it with [{}.{}]", entity.name(), bare_or_quoted(name))
        }
        Entity::Mode => format!("a mode is declared by a lane that has it; {}", listed()),
        Entity::Promotion => format!("declare it with [[promotion]] id = \"{name}\""),
        Entity::Attribute => {
            format!(
                "no item has it among its `attributes`{}",
                if short { format!("; {}", listed()) } else { String::new() }
            )
        }
        Entity::Category | Entity::Class | Entity::Brand => {
            format!(
                "no item has this {}{}",
                entity.name(),
                if short { format!("; {}", listed()) } else { String::new() }
            )
        }
    }
}
