//! The sums behind the money of a line and of a unit sold, so that a reader can do them again.

use super::{Asked, Link, link};
use crate::explain::words;
use crate::model::{Opportunity, Way};
use crate::network::{Lane, MilestoneDay, Supplier};
use crate::plan::Amount;
use crate::units::{Overflow, Ratio, ratio};

/// A number with all its digits, up to six.
pub(super) fn exact(number: Ratio) -> String {
    words::amount(number).to_string()
}

/// `232 units x 13.39 = 3,106.48 of goods; with freight of 0.42 a unit and duty of 10 % of the goods 3,516.08 land`.
pub(super) fn landed(asked: &Asked<'_>, lane: &Lane, units: i64, own: &Opportunity) -> Result<Vec<Link>, Overflow> {
    let (network, terms) = (asked.network, &own.terms);
    let goods = terms.goods(units)?;
    let rest = terms.freight_and_duty(units)?;
    let unit = if terms.breaks.iter().any(|(from, _)| *from <= units) {
        format!("{} come to", words::count(units))
    } else {
        format!("{} x {} =", words::count(units), exact(terms.unit_cost))
    };
    let text = format!(
        "costs: {unit} {} of goods; freight of {} a unit and duty of {} x goods come to {}",
        words::cash(network, goods),
        exact(terms.freight),
        exact(terms.duty_rate),
        words::cash(network, rest)
    );
    Ok(vec![link(1, text, asked.key(&lane.origin, "unit-cost"))])
}

/// When a line is paid, by the terms of its supplier.
pub(super) fn terms(asked: &Asked<'_>, supplier: &Supplier) -> Link {
    let share = |one: &crate::network::Milestone| {
        let at = match one.at {
            MilestoneDay::Order => "release",
            MilestoneDay::Ship => "shipping",
            MilestoneDay::Receipt => "the usable day",
        };
        let days = if one.days == 0 { String::new() } else { format!(" + {} days", one.days) };
        format!("{} at {at}{days}", one.share.normalize())
    };
    let goods = if supplier.payment.is_empty() {
        "all at the usable day".to_owned()
    } else {
        words::listed(&supplier.payment.iter().map(share).collect::<Vec<_>>())
    };
    let text = format!("paid: of the goods {goods}; freight and duty on the usable day, each payment rounded");
    link(1, text, asked.key(&supplier.origin, "payment"))
}

/// `35.90 - 5.39 of fees - 3.20 of fulfilment = 27.31`; nothing where there are none.
pub(super) fn net(asked: &Asked<'_>, way: &Way, bucket: usize) -> Result<String, Overflow> {
    let price = asked.model.offers[way.offer].price[bucket];
    let brings = exact(way.net[bucket]);
    let mut parts = Amount(price).to_string();
    for (amount, of) in [(way.fee[bucket], "fees"), (way.fulfilment[bucket], "fulfilment")] {
        if !amount.is_zero() {
            parts.push_str(&format!(" - {} of {of}", exact(ratio(amount))));
        }
    }
    Ok(if parts.contains(' ') { format!("{parts} = {brings}") } else { brings })
}
