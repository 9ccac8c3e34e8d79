//! Where a statement stands in the text of its file: the smallest place that says it.

use super::member::Stated;
use crate::source::{Place, SourceFile, Sources};

/// The place of a member: the line of its key where it is one, else its header.
pub(super) fn place(sources: &Sources, stated: &Stated) -> Place {
    stated.key.and_then(|key| key_place(sources, &stated.entry, key)).unwrap_or_else(|| stated.entry.clone())
}

/// Where a key of an entry stands, if it stands on a line of its own in the file of the entry's header.
pub(super) fn key_place(sources: &Sources, entry: &Place, key: &str) -> Option<Place> {
    let file = sources.files().iter().find(|file| file.path == entry.file)?;
    let first = usize::try_from(entry.line).ok()?.checked_sub(1)?;
    let own = line(file, first)?;
    if is_key(own, key) {
        return Some(entry.clone());
    }
    // A file's first line stands for the file: the key is looked for in all of it.
    let anywhere = first == 0;
    for index in first + usize::from(!anywhere)..file.line_count() {
        let text = line(file, index)?;
        if !anywhere && text.trim_start().starts_with('[') {
            return None;
        }
        if is_key(text, key) {
            let column = text.chars().take_while(|one| one.is_whitespace()).count() + 1;
            return Some(Place {
                file: entry.file.clone(),
                line: u32::try_from(index + 1).ok()?,
                column: u32::try_from(column).ok()?,
            });
        }
    }
    None
}

/// True where a statement is a row of a table, and no TOML.
pub(super) fn is_csv(place: &Place) -> bool {
    !place.file.ends_with(".toml")
}

fn line(file: &SourceFile, index: usize) -> Option<&str> {
    let end = if index + 1 < file.line_count() { file.line_start(index + 1) } else { file.text.len() };
    file.text.get(file.line_start(index)..end)
}

fn is_key(text: &str, key: &str) -> bool {
    let text = text.trim_start();
    let bare = text.strip_prefix('"').unwrap_or(text);
    bare.strip_prefix(key).is_some_and(|rest| rest.trim_start_matches('"').trim_start().starts_with('='))
}
