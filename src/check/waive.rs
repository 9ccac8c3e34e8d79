//! Waivers of warnings: what a team has looked at and accepted is not shown again.

use super::Checked;
use crate::diagnostic::{Diagnostic, Severity, codes};
use crate::document::Document;
use crate::network::{Network, Passes, Waiver};
use crate::source::{Sources, Span};

/// Codes from here on, below [`LINTS`], come from planning: whether they are waived is known only then.
const PLANNING: std::ops::Range<u16> = 4_000..5_000;

/// Takes out of `checked` and `found` the warnings and notes that a waiver lets pass; returns them with the waiver's
/// index, and warns of waivers that let nothing pass.
pub(crate) fn waive(
    checked: &mut Checked,
    found: &mut Vec<Diagnostic>,
    document: &Document,
    sources: &Sources,
) -> Vec<(usize, Diagnostic)> {
    let Some(network) = &checked.network else { return Vec::new() };
    let mut waived = Vec::new();
    for list in [&mut checked.diagnostics, found] {
        let mut kept = Vec::with_capacity(list.len());
        for diagnostic in list.drain(..) {
            match network.waivers.iter().position(|waiver| lets_pass(network, waiver, &diagnostic)) {
                Some(index) => waived.push((index, diagnostic)),
                None => kept.push(diagnostic),
            }
        }
        *list = kept;
    }
    for (index, waiver) in network.waivers.iter().enumerate() {
        let Passes::Code(number) = waiver.passes else { continue };
        if !waiver.holds || PLANNING.contains(&number) || waived.iter().any(|(used, _)| *used == index) {
            continue;
        }
        let entry = document.waivers.iter().find(|entry| sources.place(entry.header) == waiver.origin);
        let Some(entry) = entry else { continue };
        checked.diagnostics.push(idle(entry.code.span().unwrap_or(entry.header)));
    }
    waived
}

/// The warning about a waiver that lets nothing pass.
pub(crate) fn idle(span: Span) -> Diagnostic {
    let message = "there is nothing that this waiver would let pass";
    let diagnostic = Diagnostic::warning(&codes::WAIVER_UNUSED, message).at(span, "");
    diagnostic.help("take it out: what it was for is gone")
}

/// True where a waiver holds and is about this diagnostic.
fn lets_pass(network: &Network, waiver: &Waiver, diagnostic: &Diagnostic) -> bool {
    let item = diagnostic.about.iter().find(|(key, _)| *key == "item").map(|(_, id)| id);
    let item = item.and_then(|id| network.items.iter().find(|item| &item.id == id));
    let value = |key: &str| {
        let told = diagnostic.about.iter().find(|(known, _)| *known == key).map(|(_, name)| name.as_str());
        told.or_else(|| item.and_then(|item| item.facet(key)))
    };
    waiver.holds
        && diagnostic.severity != Severity::Error
        && waiver.passes == Passes::Code(diagnostic.code.number)
        && waiver.scope.meets(value)
}
