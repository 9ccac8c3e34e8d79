//! How large a project may be: what it takes to check one must not grow without end.

use super::Context;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::spec::{Entity, grouped};
use crate::document::{MAX_BROAD, MAX_ITEMS, MAX_PLACES, Selector, Slot};
use crate::source::Span;

impl Context<'_> {
    /// Reports what there is too much of.
    pub(super) fn sizes(&mut self) {
        let document = self.document;
        let counted = [
            ("items", document.items.get(MAX_ITEMS).map(|(id, _)| id.span), document.items.len(), MAX_ITEMS),
            (
                "locations",
                document.locations.get(MAX_PLACES).map(|(id, _)| id.span),
                document.locations.len(),
                MAX_PLACES,
            ),
            ("channels", document.channels.get(MAX_PLACES).map(|(id, _)| id.span), document.channels.len(), MAX_PLACES),
            (
                "suppliers",
                document.suppliers.get(MAX_PLACES).map(|(id, _)| id.span),
                document.suppliers.len(),
                MAX_PLACES,
            ),
        ];
        for (what, span, count, most) in counted {
            if let Some(span) = span {
                let message = format!("the project has {} {what}; {} are the most", number(count), number(most));
                self.report(Diagnostic::error(&codes::TOO_LARGE, message).at(span, "the first one too many"));
            }
        }
        self.broad("price", document.prices.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("fee", document.fees.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("lane", document.lanes.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("purchase-price", document.purchase_prices.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("promotion", document.promotions.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("budget", document.budgets.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("limit", document.limits.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("service", document.services.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("cover", document.covers.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("adjust", document.adjusts.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("outlook", document.outlooks.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("rule", document.rules.iter().map(|entry| (&entry.selector, entry.header)));
        self.broad("waiver", document.waivers.iter().map(|entry| (&entry.selector, entry.header)));
    }

    /// Reports a table of which too many entries may be about any item.
    fn broad<'d>(&mut self, table: &str, entries: impl Iterator<Item = (&'d Slot<Selector>, Span)>) {
        let names_item = |selector: &Selector| selector.met.keys.iter().any(|(entity, _)| *entity == Entity::Item);
        let mut broad = entries.filter(|(selector, _)| !selector.get().is_some_and(names_item));
        let Some((_, header)) = broad.nth(MAX_BROAD) else { return };
        let count = MAX_BROAD + 1 + broad.count();
        let message =
            format!("{} entries of [[{table}]] name no item; {} are the most", number(count), number(MAX_BROAD));
        let diagnostic = Diagnostic::error(&codes::TOO_LARGE, message).at(header, "the first one too many");
        self.report(diagnostic.help("an entry with `item` in its `where` does not count"));
    }
}

fn number(count: usize) -> String {
    grouped(count.into())
}
