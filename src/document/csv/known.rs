//! Names that are declared, which rows may use.

use std::collections::HashSet;

use super::columns::Columns;
use super::records::Records;
use crate::document::spec::{Entity, Kind};
use crate::document::tables;
use crate::source::Spanned;

/// Names that are declared.
pub(in crate::document) struct Known<'a>(HashSet<(Entity, &'a str)>);

impl<'a> Known<'a> {
    /// Those of items, with what they are sorted by, and of channels.
    pub(in crate::document) fn of(
        items: &'a [(Spanned<String>, tables::Item)],
        channels: &'a [(Spanned<String>, tables::Channel)],
    ) -> Self {
        let mut names: HashSet<_> = channels.iter().map(|(id, _)| (Entity::Channel, id.value.as_str())).collect();
        for (id, item) in items {
            names.insert((Entity::Item, &id.value));
            let words =
                [(Entity::Category, &item.category), (Entity::Class, &item.class), (Entity::Brand, &item.brand)];
            names.extend(words.into_iter().filter_map(|(entity, slot)| Some((entity, slot.get()?.as_str()))));
        }
        Self(names)
    }

    /// All of them, in order.
    pub(in crate::document) fn listed(&self) -> String {
        let mut names: Vec<String> = self.0.iter().map(|(entity, name)| format!("{entity:?} {name}\n")).collect();
        names.sort_unstable();
        names.concat()
    }

    /// True where all names of a row are.
    pub(super) fn all(&self, columns: &Columns, records: &Records<'_>) -> bool {
        let plain = columns.plain.iter().filter_map(|column| match column.kind {
            Kind::Name(entity) => Some((entity, records.text(column.index))),
            _ => None,
        });
        let selected = columns.selector.iter().map(|(column, entity)| (*entity, records.text(column.index)));
        plain.chain(selected).all(|(entity, name)| name.is_empty() || self.0.contains(&(entity, name)))
    }
}
