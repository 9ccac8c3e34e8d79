//! How far outlooks would have been off: the last months or weeks of history held back, and expected from what came before.

use super::demand::is_sold;
use super::outlook::{Assumed, Past, grain, history, periods_before};
use crate::calendar::{Bucket, Grain};
use crate::network::Network;
use crate::units::{Overflow, Ratio, ratio, round_to};

/// Digits to which forecasts and actuals are compared.
const DIGITS: u32 = 6;

/// What was expected of an offer in a month or week, and what came.
#[derive(Debug, Clone, Copy)]
pub struct HeldBack {
    /// The offer, by index.
    pub offer: usize,
    /// The month or week.
    pub bucket: Bucket,
    /// What its outlook would have said before all that is held back; none where history did not tell enough by then.
    pub forecast: Option<Ratio>,
    /// Base demand that came.
    pub actual: Ratio,
}

/// Whole months or weeks that are held back where nobody says how many: a quarter of a year.
#[must_use]
pub fn a_quarter(network: &Network) -> usize {
    match grain(network) {
        Grain::Month => 3,
        Grain::Week => 13,
    }
}

/// Every offer with an outlook and a history, in each of the last `count` whole months or weeks before as-of: by offer, then time. Those
/// in which the item was not sold, and those that begin before history does, are left out.
///
/// # Errors
/// Where numbers do not fit.
pub fn held_back(network: &Network, count: usize) -> Result<Vec<HeldBack>, Overflow> {
    let mut buckets: Vec<Bucket> = periods_before(network, network.as_of, count).collect();
    buckets.reverse();
    let Some(today) = buckets.first().map(|bucket| bucket.start) else { return Ok(Vec::new()) };
    let is_told = |bucket: &&Bucket| network.history_from.is_none_or(|from| from <= bucket.start);
    let mut all = Vec::new();
    for (index, offer) in network.offers.iter().enumerate() {
        let Some(outlook) = offer.outlook.map(|outlook| &network.outlooks[outlook]) else { continue };
        let Some(history) = history(network, offer.item, offer.channel) else { continue };
        let assumed = Assumed::on(network, outlook, (offer.item, offer.channel), today)?;
        let item = network.item(offer.item);
        for bucket in buckets.iter().filter(is_told).filter(|bucket| is_sold(item, bucket)) {
            let known = assumed.derive(bucket)?.filter(|derivation| derivation.is_known);
            let compared = |units: Ratio| round_to(units, DIGITS).map(ratio);
            let forecast = known.map(|known| compared(known.units)).transpose()?;
            let actual = compared(Past::of(history, bucket)?.base()?)?;
            all.push(HeldBack { offer: index, bucket: *bucket, forecast, actual });
        }
    }
    Ok(all)
}
