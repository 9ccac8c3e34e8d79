//! What a comparison of plans takes from the inputs of the new one.

use std::collections::BTreeMap;

use chrono::Days;

use super::Compiled;
use crate::diff::Terms;
use crate::network::{Network, RenamedTo};

/// What a diff has to know of a project: what changed its name, and how long orders are frozen.
#[must_use]
pub fn diff_terms(compiled: &Compiled) -> Terms {
    let Some(network) = &compiled.network else { return Terms::default() };
    let renamed: BTreeMap<String, String> =
        network.renamed.iter().map(|one| (one.from.clone(), now(network, one.to))).collect();
    let days = Days::new(u64::try_from(network.frozen_days).unwrap_or_default());
    Terms { renamed, frozen_until: network.as_of.checked_add_days(days) }
}

fn now(network: &Network, to: RenamedTo) -> String {
    match to {
        RenamedTo::Item(item) => network.items[item.index()].id.clone(),
        RenamedTo::Channel(channel) => network.channels[channel.index()].id.clone(),
    }
}
