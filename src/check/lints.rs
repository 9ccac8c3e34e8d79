//! What a planner would want to be told about inputs that are valid; a file each.

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
mod outside_horizon;
mod overdue_order;
mod payout_before;
mod price_below_cost;
mod promotions_overlap;
mod shortfall_pays;
mod ten_times;

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::network::{Network, Origin};
use crate::source::{Sources, Span};

/// All lints of a valid project.
pub(super) fn all(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    // Each looks at everything by itself, so all look at once; their findings are sorted in the end.
    let lints: [&(dyn Fn() -> Vec<Diagnostic> + Sync); 16] = [
        &|| no_demand::no_demand(network, document),
        &|| price_below_cost::price_below_cost(network, document),
        &|| excess_stock::excess_stock(network, document),
        &|| ten_times::ten_times(network, document),
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
    ];
    lints.par_iter().flat_map_iter(|lint| lint()).collect()
}

/// True where a promotion runs in a bucket.
fn runs(network: &Network, promotion: usize, bucket: &crate::calendar::Bucket) -> bool {
    crate::model::timeline::runs_in(network.promotions[promotion].during, bucket)
}

/// The entry that a fact of the network was stated by.
fn entry_at<'a, T>(list: &'a [T], origin: &Origin, sources: &Sources, header: impl Fn(&T) -> Span) -> Option<&'a T> {
    list.iter().find(|entry| sources.place(header(entry)) == *origin)
}
