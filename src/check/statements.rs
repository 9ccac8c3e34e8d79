//! Series against the calendar, and series that several rows make together.

use super::Context;
use crate::calendar::{Calendar, Grain};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::{Freight, SeriesText, Slot};
use crate::series::{Series, SeriesKey};
use crate::source::Span;

/// Joins what several rows say of one thing into one series; the pair of places that collide where they do.
pub(super) fn join<'a>(parts: impl IntoIterator<Item = (&'a SeriesText, Span)>) -> Result<Series, (Span, Span)> {
    let mut parts = parts.into_iter();
    let Some((first, first_span)) = parts.next() else { return Ok(Series::Table { default: None, keys: Vec::new() }) };
    let mut rest = parts.peekable();
    if rest.peek().is_none() {
        return Ok(first.series.clone());
    }
    let second_span = rest.peek().map_or(first_span, |(_, span)| *span);
    let mut keys: Vec<(SeriesKey, Span)> = Vec::new();
    for (text, span) in std::iter::once((first, first_span)).chain(rest) {
        match &text.series {
            Series::Table { default: None, keys: own } => {
                keys.extend(own.iter().copied().zip(text.key_spans.iter().copied()));
            }
            // A value for every bucket leaves no room for another row.
            _ if span == first_span => return Err((second_span, span)),
            _ => return Err((span, first_span)),
        }
    }
    keys.sort_by_key(|(key, span)| (key.range, key.first.grain() == Grain::Week, key.first, key.last, *span));
    let collide = |pair: &&[(SeriesKey, Span)]| pair[0].0.range == pair[1].0.range && pair[0].0.covers(pair[1].0.first);
    if let Some(pair) = keys.windows(2).find(collide) {
        return Err((pair[1].1, pair[0].1));
    }
    Ok(Series::Table { default: None, keys: keys.into_iter().map(|(key, _)| key).collect() })
}

impl Context<'_> {
    /// Reports week keys where buckets are months: nothing tells how a week falls into them.
    pub(super) fn series_keys(&mut self, calendar: &Calendar) {
        if calendar.buckets.iter().any(|bucket| bucket.period.grain() == Grain::Week) {
            return;
        }
        let mut wrong = Vec::new();
        {
            let mut look = |slot: &Slot<SeriesText>| {
                if let Some(text) = slot.get() {
                    wrong.extend(week_keys(text));
                }
            };
            let document = self.document;
            for (_, item) in &document.items {
                look(&item.price);
            }
            for (_, location) in &document.locations {
                look(&location.storage_capacity);
                look(&location.inbound_capacity);
                look(&location.outbound_capacity);
            }
            for (_, supplier) in &document.suppliers {
                look(&supplier.capacity);
            }
            for price in &document.prices {
                look(&price.price);
            }
            for fee in &document.fees {
                look(&fee.fee_rate);
                look(&fee.fulfilment_fee);
                look(&fee.shortage_cost);
            }
            for lane in &document.lanes {
                for slot in [&lane.lead_days, &lane.production_days, &lane.unit_cost, &lane.duty_rate, &lane.order_cost]
                {
                    look(slot);
                }
            }
            for price in &document.purchase_prices {
                look(&price.unit_cost);
            }
            for demand in &document.demand {
                look(&demand.units);
            }
            for flow in &document.cash_flows {
                look(&flow.amount);
            }
            for budget in &document.budgets {
                look(&budget.purchases);
            }
            for limit in &document.limits {
                look(&limit.inventory_value);
            }
            if let Some(cash) = &document.cash {
                look(&cash.minimum);
            }
        }
        for lane in &self.document.lanes {
            if let Some(Freight::PerUnit(text) | Freight::PerVolume(text)) = lane.freight.get() {
                wrong.extend(week_keys(text));
            }
        }
        wrong.extend(self.document.fx.iter().flat_map(|(_, rate)| week_keys(rate)));
        for span in wrong {
            let message = "a week in a plan whose buckets are months";
            let diagnostic = Diagnostic::error(&codes::BUCKET_KEY, message).at(span, "");
            self.report(diagnostic.help("name the month, such as \"2026-02\""));
        }
    }
}

fn week_keys(text: &SeriesText) -> Vec<Span> {
    let Series::Table { keys, .. } = &text.series else { return Vec::new() };
    let spans = keys.iter().zip(&text.key_spans);
    spans.filter(|(key, _)| key.first.grain() == Grain::Week).map(|(_, span)| *span).collect()
}
