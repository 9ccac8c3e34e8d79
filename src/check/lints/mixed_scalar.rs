//! One number for weeks and months.

use super::flows::{flows, grouped};
use crate::calendar::Grain;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::{Document, SeriesText};
use crate::network::Network;
use crate::series::Series;
use crate::source::Sources;

/// Numbers that stand for weeks and for months alike.
pub(super) fn mixed_scalar(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    let weekly = network.calendar.buckets[0].period.days() == 7;
    let stands = |text: &SeriesText| match &text.series {
        Series::Scalar(value) => network.calendar.mixed && !value.is_zero(),
        // Beside keys by month, a default was meant by month too, but stands for each week.
        Series::Table { default: Some(value), keys } => {
            let by_month = keys.iter().any(|key| key.first.grain() == Grain::Month);
            !value.is_zero() && (network.calendar.mixed || weekly && by_month)
        }
        _ => false,
    };
    let spans = flows(document).into_iter().filter(|(text, _)| stands(text)).map(|(_, span)| span).collect();
    let message = match network.calendar.mixed {
        true => "one number stands for weeks and for months alike",
        false => "a default beside keys by month stands for each week",
    };
    let help = "use { per-month = ... } or { per-week = ... }, or a range of months: they are spread by days";
    grouped(&codes::MIXED_SCALAR, message, spans, sources, "taken as it stands in each bucket", help)
}
