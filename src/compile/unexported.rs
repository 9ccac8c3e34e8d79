//! What the language has and a project needs, but this version cannot export yet: a model without it would not be the one that is planned.

use super::Compiled;
use super::words::span_at;
use crate::diagnostic::{Diagnostic, codes};
use crate::network::{Network, Origin};
use crate::render::number::counted;

/// One error for each thing that stands in the way of an export.
pub(super) fn unexported(compiled: &Compiled, network: &Network) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let rules: Vec<&Origin> = network.rules.iter().map(|rule| &rule.origin).collect();
    found.extend(refused(compiled, "export a project with rules", &rules));
    let transfers = network.transfers.iter().map(|lane| &lane.origin);
    let transfers: Vec<_> = transfers.chain(network.open_transfers.iter().map(|open| &open.origin)).collect();
    found.extend(refused(compiled, "export a project with transfers", &transfers));
    let several = network.offers.iter().filter(|offer| offer.sources.len() > 1);
    let waiting = network.channels.iter().filter(|channel| channel.backorder.is_some());
    let mut channels: Vec<_> =
        several.map(|offer| network.channel(offer.channel)).chain(waiting).map(|channel| &channel.origin).collect();
    channels.sort();
    channels.dedup();
    let what = "export a project in which demand can be served from several locations, or late";
    found.extend(refused(compiled, what, &channels));
    if let Some(baseline) = &network.baseline {
        let message = format!("this version cannot export a plan that follows another yet, that of {}", baseline.cycle);
        found.push(Diagnostic::error(&codes::NOT_SUPPORTED, message).help("without the files in cycles/ it can"));
    }
    found
}

/// The error for something that this version cannot do, where any place asks for it.
fn refused(compiled: &Compiled, what: &str, places: &[&Origin]) -> Option<Diagnostic> {
    let first = places.iter().min()?;
    let mut diagnostic = Diagnostic::error(&codes::NOT_SUPPORTED, format!("this version cannot {what} yet"));
    if let Some(span) = span_at(&compiled.sources, first) {
        diagnostic = diagnostic.at(span, "");
    }
    if places.len() > 1 {
        diagnostic = diagnostic.with_note(format!("and {}", counted(places.len() - 1, "more place", "more places")));
    }
    Some(diagnostic)
}
