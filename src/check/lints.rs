//! What a planner would want to be told about inputs that are valid; a file each.

mod commitment_gone;
mod excess_stock;
mod far_cover;
mod first_bucket_rest;
mod floor_rounds_up;
mod floor_under_cover;
mod flows;
mod idle_promotion;
mod late_promotion;
mod mixed_scalar;
mod no_demand;
mod order_not_placed;
mod outside_horizon;
mod overdue_order;
mod payout_before;
mod price_below_cost;
mod promotions_overlap;
mod repeated_actual;
mod shortfall_pays;
mod ten_times;

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::network::{Network, Origin};
use crate::plan::Order;
use crate::source::{Sources, Span};

/// All lints of a valid project.
pub(super) fn all(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    // Each looks at everything by itself, so all look at once; their findings are sorted in the end.
    let lints: [&(dyn Fn() -> Vec<Diagnostic> + Sync); 19] = [
        &|| no_demand::no_demand(network, document),
        &|| price_below_cost::price_below_cost(network, document),
        &|| excess_stock::excess_stock(network, document),
        &|| ten_times::ten_times(network, document),
        &|| repeated_actual::repeated(document),
        &|| overdue_order::overdue(network, document),
        &|| outside_horizon::outside_horizon(network, document),
        &|| first_bucket_rest::first_bucket_rest(network, document, sources),
        &|| mixed_scalar::mixed_scalar(network, document, sources),
        &|| idle_promotion::idle_promotions(document),
        &|| promotions_overlap::promotions_overlap(network, document),
        &|| late_promotion::late_promotions(network, document),
        &|| payout_before::payout_before(network, document),
        &|| floor_rounds_up::floor_rounds_up(network, document, sources),
        &|| floor_under_cover::floor_under_cover(network, document, sources),
        &|| far_cover::far_covers(network, document, sources),
        &|| shortfall_pays::shortfall_pays(network, document),
        &|| order_not_placed::not_placed(network, document, sources),
        &|| commitment_gone::gone(network, document, sources),
    ];
    lints.par_iter().flat_map_iter(|lint| lint()).collect()
}

/// Lines of the last plan by keys that the network names, each with the place of its key.
fn lines_of_last_plan<'d>(
    document: &'d Document,
    sources: &Sources,
    keys: impl Fn(&crate::network::Baseline) -> &[String],
    network: &Network,
) -> Vec<(&'d Order, Span)> {
    let (Some(approved), Some(baseline)) = (&document.last_plan, &network.baseline) else { return Vec::new() };
    let keys = keys(baseline);
    if keys.is_empty() {
        return Vec::new();
    }
    let (named, places) = (keys.iter().collect::<BTreeSet<_>>(), approved.keys(sources));
    let lines = approved.lines().filter(|line| named.contains(&line.key));
    let place = |key: &str| places.get(&*serde_json::to_string(key).unwrap_or_default()).copied();
    lines.map(|line| (line, place(&line.key).unwrap_or(Span::new(approved.file, 0, 0)))).collect()
}

/// True where a promotion runs in a bucket.
fn runs(network: &Network, promotion: usize, bucket: &crate::calendar::Bucket) -> bool {
    crate::model::timeline::runs_in(network.promotions[promotion].during, bucket)
}

/// The entry that a fact of the network was stated by.
fn entry_at<'a, T>(list: &'a [T], origin: &Origin, sources: &Sources, header: impl Fn(&T) -> Span) -> Option<&'a T> {
    list.iter().find(|entry| sources.place(header(entry)) == *origin)
}
