//! Series against the calendar, and series that several rows make together.

use super::Context;
use crate::calendar::{Calendar, Grain};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::SeriesText;
use crate::series::{Series, SeriesKey};
use crate::source::Span;

/// Joins what several rows say of one thing into one series; the pair of places that collide where they do: two rows
/// that speak of the same day. Where rows may `agree`, only those that differ there collide.
pub(super) fn join<'a>(
    parts: impl IntoIterator<Item = (&'a SeriesText, Span)>,
    agree: bool,
) -> Result<Series, (Span, Span)> {
    let parts: Vec<_> = parts.into_iter().collect();
    let Some((first, rest)) = parts.split_first() else { return Ok(Series::Table { default: None, keys: Vec::new() }) };
    if rest.iter().all(|(text, _)| agree && text.series == first.0.series) {
        return Ok(first.0.series.clone());
    }
    if let Some((everywhere, span)) =
        parts.iter().find(|(text, _)| !matches!(text.series, Series::Table { default: None, .. }))
    {
        // A value for every bucket leaves no room for another row, unless all say the same.
        let value = everywhere.series.values().first().copied();
        let differs =
            |(text, _): &&(&SeriesText, Span)| !agree || text.series.values().iter().any(|other| Some(*other) != value);
        let other = parts.iter().filter(|(_, other)| other != span).find(differs);
        return other
            .map_or_else(|| Ok(everywhere.series.clone()), |(_, other)| Err((*other.max(span), *other.min(span))));
    }
    let mut keys: Vec<(SeriesKey, Span, usize)> = Vec::new();
    for (row, (text, _)) in parts.iter().enumerate() {
        if let Series::Table { keys: own, .. } = &text.series {
            keys.extend(own.iter().zip(&text.key_spans).map(|(key, span)| (*key, *span, row)));
        }
    }
    keys.sort_by_key(|(key, span, _)| (key.first.start(), key.last, key.range, *span));
    for (index, (key, span, row)) in keys.iter().enumerate() {
        let until = key.last.end();
        let later = keys[index + 1..].iter().take_while(|(other, ..)| other.first.start() <= until);
        let collide = |(other, _, other_row): &&(SeriesKey, Span, usize)| {
            other_row != row && !(agree && other.value == key.value)
        };
        if let Some((_, other, _)) = later.into_iter().find(collide) {
            return Err((*other, *span));
        }
    }
    // Of keys that agree one is enough.
    keys.dedup_by(|a, b| (a.0.first, a.0.last, a.0.range) == (b.0.first, b.0.last, b.0.range));
    Ok(Series::Table { default: None, keys: keys.into_iter().map(|(key, ..)| key).collect() })
}

impl Context<'_> {
    /// Reports week keys where buckets are months: nothing tells how a week falls into them.
    pub(super) fn series_keys(&mut self, calendar: &Calendar) {
        if calendar.buckets.iter().any(|bucket| bucket.period.grain() == Grain::Week) {
            return;
        }
        for span in self.document.weeks() {
            let message = "a week in a plan whose buckets are months";
            let diagnostic = Diagnostic::error(&codes::BUCKET_KEY, message).at(span, "");
            self.report(diagnostic.help("name the month, such as \"2026-02\""));
        }
    }
}
