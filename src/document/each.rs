//! TOML files read one by one, so that those which say what they said need not be read again.
//!
//! A file by itself states what it states among others, where no table is spread over files and nothing is wrong. Where that is not so they are
//! read together, each time: a problem is found anew, and counts once.

use std::collections::BTreeMap;

use super::csv::Request;
use super::read::{Assumed, Reader};
use super::toml_file::{Parsed, Project, Read, items_first, parse};
use super::{Document, Text, with_tables};
use crate::source::{FileId, Sources, Span};

/// A file by its content, and what it is called by in places.
pub(super) type Content = (FileId, String);
/// Assumptions by name.
type Assumptions = BTreeMap<String, Assumed>;

/// What files state, by their content.
pub(super) type KeptFiles = BTreeMap<Content, KeptFile>;

/// What a file states by itself.
#[derive(Debug)]
pub(super) struct KeptFile {
    document: Document,
    requests: Vec<Request>,
    /// Assumptions that it states.
    assumptions: Assumptions,
    /// Values that go by an assumption, of whichever file, and what all assumptions were.
    assumed: BTreeMap<Span, String>,
    under: Assumptions,
}

impl KeptFile {
    /// True where it still states that, now that these are the assumptions.
    fn holds(&self, assumptions: &Assumptions) -> bool {
        self.assumed.is_empty() || self.under == *assumptions
    }
}

/// Reads all TOML files into `document`, and `layers` each by itself; those that are among `kept` come from there, and all are kept. None where they
/// have to be read together.
pub(super) fn read_each(
    (texts, layers): (&[Text], &[Text]),
    sources: &Sources,
    document: &mut Document,
    reader: &mut Reader,
    kept: &mut KeptFiles,
) -> Option<Read> {
    let texts: BTreeMap<Content, &Text> =
        texts.iter().map(|text| ((text.0, sources.file(text.0).sha256.clone()), text)).collect();
    let new = texts.iter().filter(|(content, _)| !kept.contains_key(content));
    let (new, new_texts): (Vec<&Content>, Vec<Text>) = new.map(|(content, text)| (content, (*text).clone())).unzip();
    let mut own = Reader::default();
    let (parsed_new, over) = (parsed(&new_texts, &mut own)?, parsed(layers, &mut own)?);
    let known = || texts.keys().filter_map(|content| Some((content, kept.get(content)?)));
    own.assumptions = assumptions(known().map(|(_, file)| file), &parsed_new, &over)?;
    // Who goes by an assumption goes by what it is now.
    let stale = known().filter(|(_, file)| !file.holds(&own.assumptions));
    let (stale, stale_texts): (Vec<&Content>, Vec<Text>) =
        stale.map(|(content, _)| (content, texts[content].clone())).unzip();
    let parsed_stale = parsed(&stale_texts, &mut own)?;
    let mut again = KeptFiles::new();
    for (content, parsed) in new.iter().zip(&parsed_new).chain(stale.iter().zip(&parsed_stale)) {
        again.insert((*content).clone(), read_file(parsed, &mut own)?);
    }
    let layers = read_layers(&over, &mut own)?;
    let files = texts.keys().filter_map(|content| again.get(content).or_else(|| kept.get(content)));
    let requests = join(files.clone(), document)?;
    reader.assumed.extend(own.assumed.into_iter().chain(files.flat_map(|file| file.assumed.clone())));
    reader.assumptions = own.assumptions;
    kept.retain(|content, _| texts.contains_key(content));
    kept.extend(again);
    Some(Read { requests, layers })
}

/// All assumptions; none where one is spread over files, or something is wrong with them.
fn assumptions<'k>(
    known: impl Iterator<Item = &'k KeptFile>,
    new: &[Parsed<'_>],
    layers: &[Parsed<'_>],
) -> Option<Assumptions> {
    let mut all = Assumptions::new();
    let known = known.map(|file| Some(file.assumptions.clone()));
    for own in known.chain(new.iter().map(|file| read_assumptions(file, false))) {
        for (name, assumed) in own? {
            if all.insert(name, assumed).is_some() {
                return None;
            }
        }
    }
    for layer in layers {
        all.extend(read_assumptions(layer, true)?);
    }
    Some(all)
}

/// Parses files; none where something is wrong with one.
fn parsed<'a>(texts: &'a [Text], reader: &mut Reader) -> Option<Vec<Parsed<'a>>> {
    let parsed = parse(texts, reader);
    reader.is_content().then_some(parsed)
}

/// What one file assumes.
fn read_assumptions(file: &Parsed<'_>, layer: bool) -> Option<Assumptions> {
    let mut reader = Reader { layer, ..Reader::default() };
    Project::of(std::slice::from_ref(file), &mut reader).read_assumptions(&mut reader);
    reader.is_content().then_some(reader.assumptions)
}

/// What one file states, all assumptions being known.
fn read_file(parsed: &Parsed<'_>, reader: &mut Reader) -> Option<KeptFile> {
    let project = Project::of(std::slice::from_ref(parsed), reader);
    let mut document = Document::default();
    let requests = project.read(&mut document, reader);
    let assumed = std::mem::take(&mut reader.assumed);
    let under = if assumed.is_empty() { Assumptions::new() } else { reader.assumptions.clone() };
    let assumptions = read_assumptions(parsed, false)?;
    let is_whole = reader.is_content() && project.other_language().is_none();
    is_whole.then_some(KeptFile { document, requests, assumptions, assumed, under })
}

/// What layers state, each by itself.
fn read_layers(layers: &[Parsed<'_>], reader: &mut Reader) -> Option<Vec<(Document, Vec<Request>)>> {
    reader.layer = true;
    let read = |parsed: &Parsed<'_>| {
        let mut document = Document::default();
        let requests = Project::of(std::slice::from_ref(parsed), reader).read(&mut document, reader);
        (document, requests)
    };
    let layers = layers.iter().map(read).collect();
    reader.layer = false;
    reader.is_content().then_some(layers)
}

/// What all files state; none where a table is spread over files.
fn join<'k>(files: impl Iterator<Item = &'k KeptFile>, document: &mut Document) -> Option<Vec<Request>> {
    let mut requests = Vec::new();
    for file in files {
        requests.extend(file.requests.iter().cloned());
        let own = file.document.clone();
        let spread =
            own.manifest.is_some() && document.manifest.is_some() || !own.fx.is_empty() && !document.fx.is_empty();
        if spread {
            return None;
        }
        document.manifest = document.manifest.or(own.manifest);
        document.fx.extend(own.fx);
        macro_rules! join {
            (() single: $($single:ident),*; named: $($named:ident),*; list: $($list:ident),*; past: $($past:ident),*;) => {
                $( if let Some(single) = own.$single && document.$single.replace(single).is_some() {
                    return None;
                } )*
                $( document.$named.extend(own.$named); )*
                $( document.$list.extend(own.$list); )*
                $( document.$past.extend(own.$past); )*
            };
        }
        with_tables!(join!());
    }
    macro_rules! sort {
        (() single: $($single:ident),*; named: $($named:ident),*; list: $($list:ident),*; past: $($past:ident),*;) => {
            $( if !sorted(&mut document.$named) {
                return None;
            } )*
        };
    }
    with_tables!(sort!());
    items_first(&mut requests);
    Some(requests)
}

/// Sorts tables by id; false where one stands twice.
fn sorted<T>(tables: &mut [(crate::source::Spanned<String>, T)]) -> bool {
    tables.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
    tables.windows(2).all(|pair| pair[0].0.value != pair[1].0.value)
}
