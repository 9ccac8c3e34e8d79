//! What the language has and a project needs, but this version cannot plan yet.
//!
//! Such a project is valid: it is read and checked as a whole, and refused only when a plan is asked for.

use super::Compiled;
use super::words::span_at;
use crate::diagnostic::{Diagnostic, codes};
use crate::network::{Network, Origin, Pin, PinnedLane};
use crate::render::number::counted;

/// One error for each thing that stands in the way of a plan.
pub(super) fn unplanned(compiled: &Compiled, network: &Network) -> Vec<Diagnostic> {
    let all = needs(network).into_iter();
    let mut found: Vec<Diagnostic> =
        all.filter_map(|(what, places)| refused(compiled, &format!("plan {what}"), &places)).collect();
    if let Some(first) = compiled.approved.first() {
        let message = format!("this version cannot plan from an approved plan yet, and {first} is one");
        found
            .push(Diagnostic::error(&codes::NOT_SUPPORTED, message).help("keep approved plans out of cycles/ for now"));
    }
    // Once for all of them: with a dozen it would be most of what is read.
    if let Some(last) = found.pop() {
        found.push(
            last.with_note("the inputs are valid, and all of them are checked; only a plan cannot be made of them yet"),
        );
    }
    found
}

/// The same for an export: a model without rules would not be the one that is planned.
pub(super) fn unexported(compiled: &Compiled, network: &Network) -> Vec<Diagnostic> {
    let mut found = unplanned(compiled, network);
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

fn has_twins(network: &Network, pin: &Pin) -> bool {
    match pin.lane {
        PinnedLane::Purchase(lane) => network.lane(lane).lines > 1,
        PinnedLane::Transfer(lane) => network.transfer(lane).lines > 1,
    }
}

/// What is needed, each with the places that ask for it; places may be none.
fn needs(network: &Network) -> Vec<(&'static str, Vec<&Origin>)> {
    let mut all = vec![(
        "pins on lanes of several lines",
        network.pins.iter().filter(|pin| has_twins(network, pin)).map(|pin| &pin.origin).collect::<Vec<_>>(),
    )];
    for (_, places) in &mut all {
        places.sort();
        places.dedup();
    }
    all
}
