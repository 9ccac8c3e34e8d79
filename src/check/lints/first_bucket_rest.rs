//! Numbers for whole buckets that reach a partial one.

use super::flows::{flows, grouped};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::{Document, SeriesText};
use crate::network::Network;
use crate::series::Series;
use crate::source::Sources;

/// Numbers for whole buckets that reach a first bucket which is partial.
pub(super) fn first_bucket_rest(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    let first = &network.calendar.buckets[0];
    if !first.is_partial() || network.first_bucket_whole {
        return Vec::new();
    }
    let reaches = |text: &SeriesText| match &text.series {
        Series::Scalar(value) => !value.is_zero(),
        Series::Per(..) | Series::Layered(_) => false,
        Series::Table { default, .. } => match text.series.key_for(first.period) {
            Some(key) => key.range,
            None => default.is_some_and(|value| !value.is_zero()),
        },
    };
    let spans = flows(document).into_iter().filter(|(text, _)| reaches(text)).map(|(_, span)| span).collect();
    let message = format!("a number for whole buckets also stands for what is left of {}", first.period);
    let label = format!("{} begins on {}, the plan on {}", first.period, first.period.start(), first.start);
    let help =
        format!("state \"{}\" by itself, use {{ per-month = ... }}, or set first-bucket = \"whole\"", first.period);
    grouped(&codes::FIRST_BUCKET_REST, &message, spans, sources, &label, &help)
}
