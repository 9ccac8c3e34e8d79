//! Numbers that are spread over buckets, for the lints about how they are.

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Document, SeriesText, Slot};
use crate::source::{Sources, Span};

/// Flows by bucket with their place.
pub(super) fn flows(document: &Document) -> Vec<(&SeriesText, Span)> {
    let mut all = Vec::new();
    fn take<'a>(all: &mut Vec<(&'a SeriesText, Span)>, slot: &'a Slot<SeriesText>) {
        if let Some(text) = slot.spanned() {
            all.push((&text.value, text.span));
        }
    }
    for (_, location) in &document.locations {
        take(&mut all, &location.inbound_capacity);
        take(&mut all, &location.outbound_capacity);
    }
    for (_, supplier) in &document.suppliers {
        take(&mut all, &supplier.capacity);
    }
    for demand in &document.demand {
        take(&mut all, &demand.units);
    }
    for flow in document.cash_flows.iter().filter(|flow| flow.on.is_absent()) {
        take(&mut all, &flow.amount);
    }
    for budget in &document.budgets {
        take(&mut all, &budget.purchases);
    }
    all
}

/// One diagnostic for all flows of a kind that ask the same question.
pub(super) fn grouped(
    code: &'static Code,
    message: &str,
    mut spans: Vec<Span>,
    sources: &Sources,
    label: &str,
    help: &str,
) -> Vec<Diagnostic> {
    spans.sort_by_key(|span| (&sources.file(span.file).path, span.start));
    let Some(first) = spans.first() else { return Vec::new() };
    let mut diagnostic = Diagnostic::warning(code, message).at(*first, label);
    if spans.len() > 1 {
        let places = spans[1..].iter().take(3).map(|span| {
            let place = sources.place(*span);
            format!("{}:{}", place.file, place.line)
        });
        let listed = places.collect::<Vec<_>>().join(", ");
        let more = if spans.len() > 4 { format!(" and {} more places", spans.len() - 4) } else { String::new() };
        diagnostic = diagnostic.with_note(format!("also at {listed}{more}"));
    }
    vec![diagnostic.help(help)]
}
