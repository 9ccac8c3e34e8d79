//! A bucket that asks for ten times as much as any other.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::diagnostic::{Diagnostic, codes};
use crate::document::{Document, tables};
use crate::network::Network;
use crate::series::{Series, SeriesKey};

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
        // By day where months stand beside weeks, so that a month is not four times too much.
        let mixed = keys.iter().any(|key| key.first.grain() != keys[0].first.grain());
        let rate = |key: &SeriesKey| if mixed { key.value / Decimal::from(key.first.days()) } else { key.value };
        let (mut first, mut second) = (&keys[0], &keys[1]);
        if rate(second) > rate(first) {
            std::mem::swap(&mut first, &mut second);
        }
        let mut least = rate(second);
        for key in &keys[2..] {
            least = least.min(rate(key)).min(rate(first));
            if rate(key) > rate(first) {
                (first, second) = (key, first);
            } else if rate(key) > rate(second) {
                second = key;
            }
        }
        // A digit too many stands out of demand that is much the same; what sells now and then is another thing.
        let steady = rate(second) <= least * STEADY;
        if steady && !second.value.is_zero() && rate(first) >= rate(second) * STANDS_OUT {
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
        let diagnostic = Diagnostic::warning(&codes::TEN_TIMES, message).at(span, "a digit too many?");
        let diagnostic = diagnostic.about("item", item).about("channel", channel);
        Some(diagnostic.help("where it is meant, a [[waiver]] says so"))
    };
    suspects.into_iter().filter_map(told).collect()
}
