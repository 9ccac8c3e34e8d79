//! Ways of serving an offer: from which location, and how late.

use rust_decimal::Decimal;

use super::timeline::level;
use crate::calendar::Bucket;
use crate::network::{Network, Offer, PoolId, ShipFrom};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// An offer served from one of its locations, by bucket of its demand.
#[derive(Debug)]
pub struct Way {
    /// Which offer, by index.
    pub offer: usize,
    /// Where it is served from.
    pub pool: PoolId,
    /// True where its channel names the location first.
    pub is_first: bool,
    /// Fees of a unit: fee rate x price.
    pub fee: Vec<Decimal>,
    /// Fulfilment of a unit.
    pub fulfilment: Vec<Decimal>,
    /// What a unit earns: price - fee - fulfilment.
    pub net: Vec<Ratio>,
}

impl Way {
    /// A way of an offer whose prices are known.
    pub(super) fn new(
        network: &Network,
        buckets: &[Bucket],
        offer: (usize, &Offer),
        source: &ShipFrom,
        prices: &[Decimal],
    ) -> Result<Self, Overflow> {
        let rate =
            |(bucket, price): (&Bucket, &Decimal)| level(&source.fee_rate, bucket).checked_mul(*price).ok_or(Overflow);
        let fee = buckets.iter().zip(prices).map(rate).collect::<Result<Vec<_>, _>>()?;
        let fulfilment: Vec<_> = buckets.iter().map(|bucket| level(&source.fulfilment_fee, bucket)).collect();
        let net = |((price, fee), fulfilment): ((&Decimal, &Decimal), &Decimal)| {
            price.checked_sub(*fee).and_then(|rest| rest.checked_sub(*fulfilment)).map(ratio).ok_or(Overflow)
        };
        let net = prices.iter().zip(&fee).zip(&fulfilment).map(net).collect::<Result<_, _>>()?;
        let channel = network.channel(offer.1.channel);
        let is_first = channel.ship_from.first() == Some(&network.pool(source.pool).location);
        Ok(Self { offer: offer.0, pool: source.pool, is_first, fee, fulfilment, net })
    }
}

/// How late the demand of each bucket may be served.
#[derive(Debug)]
pub struct Lateness {
    /// By bucket of the demand: at most so many buckets later.
    pub most: Vec<usize>,
    /// By bucket of the demand: cost of a unit for each bucket.
    pub cost: Vec<Ratio>,
}

impl Lateness {
    /// The lateness of a channel's demand: from middle day to middle day.
    pub(super) fn new(network: &Network, buckets: &[Bucket], offer: &Offer) -> Self {
        let Some(backorder) = &network.channel(offer.channel).backorder else {
            return Self { most: vec![0; buckets.len()], cost: vec![Ratio::default(); buckets.len()] };
        };
        let most = |wanted: usize| {
            let days = |bucket: &&Bucket| (bucket.middle() - buckets[wanted].middle()).num_days();
            buckets[wanted + 1..].iter().take_while(|bucket| days(bucket) <= backorder.max_late_days).count()
        };
        Self {
            most: (0..buckets.len()).map(most).collect(),
            cost: buckets.iter().map(|bucket| ratio(level(&backorder.late_cost, bucket))).collect(),
        }
    }

    /// Buckets whose demand may still be served in a bucket, the first one first.
    pub fn waiting(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        (0..at).filter(move |&wanted| wanted + self.most[wanted] >= at)
    }

    /// What a unit earns that is served from a way so many buckets late.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn net(&self, way: &Way, wanted: usize, late: usize) -> Result<Ratio, Overflow> {
        let waited = whole(i64::try_from(late).map_err(|_| Overflow)?);
        add(way.net[wanted], -mul(self.cost[wanted], waited)?)
    }
}
