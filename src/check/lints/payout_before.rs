//! Cash of earlier sales that nobody states.

use crate::diagnostic::{Diagnostic, codes};
use crate::document::Document;
use crate::network::Network;

/// Cash of sales before as-of that is still to come, while nothing in the project says so.
pub(super) fn payout_before(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let positive = document.cash_flows.iter().any(|flow| {
        flow.amount.get().is_some_and(|text| {
            text.series.values().iter().any(|amount| amount.is_sign_positive() && !amount.is_zero())
        })
    });
    if network.cash.is_none() || positive {
        return Vec::new();
    }
    let late = document.channels.iter().find_map(|(id, channel)| {
        let days = channel.payout_days.spanned().filter(|days| days.value > 0)?;
        network.offers.iter().any(|offer| network.channel(offer.channel).id == id.value).then_some((id, days))
    });
    let Some((id, days)) = late else { return Vec::new() };
    let message =
        format!("`{}` pays {} days after a sale, but no cash of sales before as-of comes in", id.value, days.value);
    let help = "add it as a [[cash-flow]] with the day it is paid out";
    vec![
        Diagnostic::warning(&codes::PAYOUT_BEFORE, message)
            .at(days.span, "sales of these days are still to be paid")
            .help(help),
    ]
}
