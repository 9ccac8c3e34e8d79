//! A bucket that asks for ten times as much as any other.

use std::cmp::Reverse;
use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::calendar::Grain;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::{Document, tables};
use crate::network::Network;
use crate::series::{Series, SeriesKey};

/// Buckets that a series must have before one of them can stand out.
const ENOUGH: usize = 3;

/// Demand of a bucket that is ten times that of any other one: perhaps a digit too many.
pub(super) fn ten_times(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let mut suspects = Vec::new();
    for offer in &network.offers {
        let Series::Table { default: None, keys } = &offer.demand else { continue };
        if keys.len() < ENOUGH {
            continue;
        }
        // A month beside weeks asks for four times as much; that months differ in length is no reason.
        let days = |grain: Grain| Decimal::from(if grain == Grain::Week { 7 } else { 30 });
        let rate = |key: &SeriesKey| key.value / days(key.first.grain());
        let mut ranked: Vec<&SeriesKey> = keys.iter().collect();
        ranked.sort_by_key(|key| Reverse(rate(key)));
        let (first, second) = (ranked[0], ranked[1]);
        if !second.value.is_zero() && rate(first) >= rate(second) * Decimal::TEN {
            suspects.push((offer, *first, *second));
        }
    }
    if suspects.is_empty() {
        return Vec::new();
    }
    let mut rows: HashMap<(&str, &str), Vec<&tables::Demand>> = HashMap::new();
    for row in &document.demand {
        if let (Some(item), Some(channel)) = (row.item.get(), row.channel.get()) {
            rows.entry((item, channel)).or_default().push(row);
        }
    }
    let told = |(offer, key, second): (&crate::network::Offer, SeriesKey, SeriesKey)| {
        let (item, channel) = (&network.item(offer.item).id, &network.channel(offer.channel).id);
        let texts = rows.get(&(item.as_str(), channel.as_str()))?.iter().filter_map(|row| row.units.get());
        let span = texts.into_iter().find_map(|text| match &text.series {
            Series::Table { keys, .. } => {
                keys.iter().zip(&text.key_spans).find(|(own, _)| **own == key).map(|(_, span)| *span)
            }
            _ => None,
        })?;
        let message = format!(
            "{} asks for {} of `{item}` in `{channel}`, and {} {}",
            key.first,
            key.value.normalize(),
            match second.first.grain() == key.first.grain() {
                true => "no other bucket for more than".to_owned(),
                false => format!("{}, by day the next most, for", second.first),
            },
            second.value.normalize()
        );
        let diagnostic = Diagnostic::warning(&codes::TEN_TIMES, message).at(span, "ten times any other one");
        let diagnostic = diagnostic.about("item", item).about("channel", channel);
        Some(diagnostic.help("a digit too many? where it is meant, a [[waiver]] says so"))
    };
    suspects.into_iter().filter_map(told).collect()
}
