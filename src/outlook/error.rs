//! How far outlooks would have been off, by part.

use std::collections::BTreeMap;

use num_traits::{Signed, Zero};

use super::Error;
use super::words::label;
use crate::metrics::formula::{Pair, bias, mape, tracking_signal, wape};
use crate::metrics::{Kind, Measure};
use crate::model::held_back::{HeldBack, a_quarter, held_back};
use crate::model::outlook::periods_before;
use crate::model::timeline::level;
use crate::network::Network;
use crate::plan::{Amount, Figure};
use crate::units::{Overflow, Ratio, add, mul, ratio, sum};

/// What is compared of a part.
#[derive(Default)]
struct Compared {
    pairs: Vec<Pair>,
    money: Ratio,
    left_out: usize,
}

/// The months or weeks that are held back, and the errors of the whole and of each part.
pub(super) fn errors(
    network: &Network,
    count: Option<usize>,
    is_asked: &dyn Fn(&str) -> bool,
) -> Result<(Vec<String>, Vec<Error>), Overflow> {
    let count = count.unwrap_or_else(|| a_quarter(network));
    let mut held: Vec<String> = periods_before(network, network.as_of, count).map(|bucket| label(&bucket)).collect();
    held.reverse();
    let mut parts: BTreeMap<(Option<Kind>, &str), Compared> = BTreeMap::new();
    for one in held_back(network, count)? {
        let offer = &network.offers[one.offer];
        let item = network.item(offer.item);
        if !is_asked(&item.id) {
            continue;
        }
        let channel = network.channel(offer.channel).id.as_str();
        let named = |kind: Kind| match kind {
            Kind::Channel => Some(channel),
            kind => item.facet(kind.name()),
        };
        let kinds = Kind::ALL.into_iter().filter(|kind| Measure::ForecastError.is_of(*kind));
        let own = kinds.filter_map(|kind| Some((Some(kind), named(kind)?)));
        for key in std::iter::once((None, "")).chain(own) {
            parts.entry(key).or_default().take(network, &one)?;
        }
    }
    let told = parts.into_iter().map(|((kind, id), compared)| {
        let scope = kind.map_or("plan".to_owned(), |kind| format!("{}:{id}", kind.name()));
        compared.error(scope)
    });
    Ok((held, told.collect::<Result<_, _>>()?))
}

impl Compared {
    fn take(&mut self, network: &Network, one: &HeldBack) -> Result<(), Overflow> {
        let Some(forecast) = one.forecast else {
            self.left_out += 1;
            return Ok(());
        };
        let first = network.calendar.buckets.first();
        let price = first.map_or(Ratio::zero(), |bucket| ratio(level(&network.offers[one.offer].price, bucket)));
        let off = add(forecast, -one.actual)?.abs();
        self.money = add(self.money, mul(off, price)?)?;
        self.pairs.push(Pair { forecast, actual: one.actual });
        Ok(())
    }

    fn error(&self, scope: String) -> Result<Error, Overflow> {
        let figure = |measured: Option<Ratio>| {
            measured.map_or(Ok(Figure::NotApplicable), |value| Amount::rounded(value).map(Figure::Value))
        };
        Ok(Error {
            scope,
            forecast: Amount::rounded(sum(self.pairs.iter().map(|pair| pair.forecast))?)?,
            actual: Amount::rounded(sum(self.pairs.iter().map(|pair| pair.actual))?)?,
            error: figure(wape(&self.pairs)?)?,
            bias: figure(bias(&self.pairs)?)?,
            // A mean of fractions that have nothing in common need not fit where their sums do.
            mape: figure(mape(&self.pairs).unwrap_or(None))?,
            tracking_signal: figure(tracking_signal(&self.pairs)?)?,
            money: Amount::rounded(self.money)?,
            compared: self.pairs.len(),
            left_out: self.left_out,
        })
    }
}
