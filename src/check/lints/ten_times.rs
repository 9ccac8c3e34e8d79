//! A bucket that asks for ten times as much as any other.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::{Document, tables};
use crate::network::Network;
use crate::series::Series;

/// Buckets that a series must have before one of them can stand out.
const ENOUGH: usize = 3;

/// How far apart the other buckets may be.
const STEADY: Decimal = Decimal::from_parts(3, 0, 0, false, 0);

/// How many times the largest of them a bucket must be: a digit more makes it ten times the usual.
const STANDS_OUT: Decimal = Decimal::from_parts(7, 0, 0, false, 0);

/// Demand of a bucket that is about ten times that of any other one: perhaps a digit too many.
pub(super) fn ten_times(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let mut suspects = Vec::new();
    for offer in &network.offers {
        let Series::Table { default: None, keys } = &offer.demand else { continue };
        if keys.len() < ENOUGH {
            continue;
        }
        let (mut first, mut second, mut least) = ((Decimal::ZERO, 0), Decimal::ZERO, Decimal::MAX);
        for (index, key) in keys.iter().enumerate() {
            if key.value > first.0 {
                second = first.0;
                first = (key.value, index);
            } else {
                second = second.max(key.value);
            }
        }
        for (_, key) in keys.iter().enumerate().filter(|(index, _)| *index != first.1) {
            least = least.min(key.value);
        }
        // A digit too many stands out of demand that is much the same; what sells now and then is another thing.
        let steady = second <= least * STEADY;
        if steady && !second.is_zero() && first.0 >= second * STANDS_OUT {
            suspects.push((offer, keys[first.1], second));
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
    let told = |(offer, key, second): (&crate::network::Offer, crate::series::SeriesKey, Decimal)| {
        let (item, channel) = (&network.item(offer.item).id, &network.channel(offer.channel).id);
        let texts = rows.get(&(item.as_str(), channel.as_str()))?.iter().filter_map(|row| row.units.get());
        let span = texts.into_iter().find_map(|text| match &text.series {
            Series::Table { keys, .. } => {
                keys.iter().zip(&text.key_spans).find(|(own, _)| **own == key).map(|(_, span)| *span)
            }
            _ => None,
        })?;
        let message = format!(
            "{} asks for {} of `{item}` in `{channel}`, and no other bucket for more than {}",
            key.first,
            key.value.normalize(),
            second.normalize()
        );
        let diagnostic = Diagnostic::warning(&codes::TEN_TIMES, message).at(span, "a digit too many?");
        let diagnostic = diagnostic.about("item", item).about("channel", channel);
        Some(diagnostic.help("where it is meant, a [[waiver]] says so"))
    };
    suspects.into_iter().filter_map(told).collect()
}
