//! Safety stock in whole units, and what holds for stock from when on.

use num_traits::{ToPrimitive, Zero};
use rust_decimal::{Decimal, MathematicalOps};

use super::demand::{Stretch, over_days};
use super::floors::begins;
use super::timeline::{level, stated_level};
use super::{Model, PoolModel};
use crate::calendar::Bucket;
use crate::network::{Cover, PoolId, SafetyStock};
use crate::series::Series;
use crate::units::{Overflow, Ratio, ceil_units, mul, ratio, whole};

/// What is wanted of a pool's stock.
#[derive(Debug)]
pub struct CoverModel {
    /// Which cover says so, by index; none where nothing is wanted.
    pub source: Option<usize>,
    /// By bucket: safety stock, units.
    pub safety_stock: Vec<i64>,
    /// By bucket: demand of channels that name the location first, units.
    pub demand: Vec<i64>,
    /// By bucket: cost of a unit of shortfall.
    pub shortfall_cost: Vec<Ratio>,
    /// By bucket: true where a shortfall breaks a commitment.
    pub hard: Vec<bool>,
    /// By bucket: true where a commitment to safety stock has not begun, so that its shortfall is given.
    pub early: Vec<bool>,
    /// By bucket: the most closing stock that a commitment allows, where there is one.
    pub most: Vec<Option<i64>>,
}

impl CoverModel {
    /// Nothing is wanted.
    pub(super) fn none(buckets: usize) -> Self {
        Self {
            source: None,
            safety_stock: vec![0; buckets],
            demand: vec![0; buckets],
            shortfall_cost: vec![Ratio::zero(); buckets],
            hard: vec![false; buckets],
            early: vec![false; buckets],
            most: vec![None; buckets],
        }
    }

    /// What the cover of a pool, if there is one, comes to; of the pool all is known but that.
    pub(super) fn new(model: &Model<'_>, id: PoolId, pool: &PoolModel, longest_lead: i64) -> Result<Self, Overflow> {
        let (buckets, forward) = (model.buckets().len(), &pool.forward);
        let network = model.network;
        let rate = mul(pool.standard_cost, ratio(network.economics.safety_shortfall_rate))?;
        let mut wanted = Self::none(buckets);
        wanted.demand = served_first(model, pool)?;
        wanted.shortfall_cost = vec![rate; buckets];
        let Some(source) = network.covers.iter().position(|cover| cover.pools.contains(&id)) else { return Ok(wanted) };
        let cover = &network.covers[source];
        wanted.source = Some(source);
        if let Some(stated) = &cover.safety_stock {
            let named = names_location(cover) || pool.ways.iter().any(|&way| model.ways[way].is_first);
            for (bucket, units) in wanted.safety_stock.iter_mut().enumerate() {
                let at = &model.buckets()[bucket];
                *units = safety_stock(stated, at, &forward[bucket + 1..], longest_lead, named)?;
            }
        }
        if cover.hard {
            let first_reach = pool.reached.map(|(bucket, _)| bucket);
            for bucket in 0..model.horizon {
                let holds = begins(cover.from, first_reach, model.buckets(), bucket);
                // Before a stated beginning nothing is asked for.
                (wanted.hard[bucket], wanted.early[bucket]) = (holds, !holds && cover.from.is_none());
                if let Some(weeks) = cover.max_weeks.filter(|_| holds) {
                    let units = over_days(&forward[bucket + 1..], mul(ratio(weeks), whole(7))?)?;
                    wanted.most[bucket] = Some(units.floor().to_integer().to_i64().ok_or(Overflow)?);
                }
            }
        }
        Ok(wanted)
    }

    /// What stock before sales lacks of demand, what is `owed` from before, and safety stock, at most the safety stock: within a bucket,
    /// refusing a sale never mends it.
    #[must_use]
    pub fn shortfall(&self, bucket: usize, before_sales: i64, owed: i64) -> i64 {
        let safety = self.safety_stock[bucket];
        (safety + self.demand[bucket] + owed - before_sales).clamp(0, safety)
    }
}

/// Demand of channels that name a pool's location first.
fn served_first(model: &Model<'_>, pool: &PoolModel) -> Result<Vec<i64>, Overflow> {
    let mut units = vec![0_i64; model.buckets().len()];
    for way in pool.ways.iter().map(|&way| &model.ways[way]).filter(|way| way.is_first) {
        for (sum, demand) in units.iter_mut().zip(&model.offers[way.offer].demand) {
            *sum = sum.checked_add(*demand).ok_or(Overflow)?;
        }
    }
    Ok(units)
}

fn names_location(cover: &Cover) -> bool {
    cover.scope.keys.iter().any(|(key, _)| key == "location")
}

/// Safety stock at the end of a bucket, in whole units, rounded up. Units are wanted where customers are served from.
fn safety_stock(
    stated: &SafetyStock,
    bucket: &Bucket,
    ahead: &[Stretch],
    longest_lead: i64,
    named: bool,
) -> Result<i64, Overflow> {
    match stated {
        SafetyStock::Weeks(weeks) => ceil_units(over_days(ahead, mul(ratio(level(weeks, bucket)), whole(7))?)?),
        SafetyStock::Units(units) => units_at(units, bucket, named),
        SafetyStock::ServiceLevel { level, demand_sd, lead_sd_days } => {
            let days = Decimal::from(bucket.days());
            let lead = Decimal::from(longest_lead) / days;
            let demand = if longest_lead == 0 { Ratio::zero() } else { over_days(ahead, whole(longest_lead))? };
            let demand = decimal(demand)?;
            by_service_level(*level, (lead, demand), *demand_sd, *lead_sd_days / days).ok_or(Overflow)
        }
    }
}

fn units_at(units: &Series, bucket: &Bucket, named: bool) -> Result<i64, Overflow> {
    match stated_level(units, bucket).filter(|_| named) {
        Some(units) => ceil_units(ratio(units)),
        None => Ok(0),
    }
}

/// What is taken off before rounding up, so that a number that is whole but for the precision of its root stays it.
const HAIR: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// z x sqrt(L sd^2 + D^2 s^2) with L the lead time in buckets, D the demand of a bucket of it, s the spread of the lead time in
/// buckets; rounded up. `lead` is L and the demand over all of it. Source: the usual formula for independent demand and lead time, as in
/// Silver, Pyke and Thomas (2017), section 7.
fn by_service_level(
    level: Decimal,
    (lead, over_lead): (Decimal, Decimal),
    demand_sd: Decimal,
    lead_sd: Decimal,
) -> Option<i64> {
    let demand = if lead.is_zero() { Decimal::ZERO } else { over_lead.checked_div(lead)? };
    let by_demand = lead.checked_mul(demand_sd.checked_mul(demand_sd)?)?;
    let by_lead = demand.checked_mul(lead_sd)?;
    let spread = by_demand.checked_add(by_lead.checked_mul(by_lead)?)?.sqrt()?;
    let units = normal_quantile(level)?.checked_mul(spread)?.checked_sub(HAIR)?;
    units.max(Decimal::ZERO).ceil().to_i64()
}

/// The quantile of the normal distribution for shares from 0.5 to below 1, by the rational approximation of P. J. Acklam (2003),
/// whose relative error is below 1.15 x 10^-9.
fn normal_quantile(share: Decimal) -> Option<Decimal> {
    let number = |text: &str| Decimal::from_str_exact(text).ok();
    let polynomial = |coefficients: &[&str], x: Decimal| {
        coefficients.iter().try_fold(Decimal::ZERO, |sum, next| sum.checked_mul(x)?.checked_add(number(next)?))
    };
    if share <= number("0.97575")? {
        let q = share - number("0.5")?;
        let r = q * q;
        let above = polynomial(
            &[
                "-39.69683028665376",
                "220.9460984245205",
                "-275.9285104469687",
                "138.3577518672690",
                "-30.66479806614716",
                "2.506628277459239",
            ],
            r,
        )?;
        let below = polynomial(
            &[
                "-54.47609879822406",
                "161.5858368580409",
                "-155.6989798598866",
                "66.80131188771972",
                "-13.28068155288572",
                "1",
            ],
            r,
        )?;
        return above.checked_mul(q)?.checked_div(below);
    }
    let q = (Decimal::from(-2) * (Decimal::ONE - share).checked_ln()?).sqrt()?;
    let above = polynomial(
        &[
            "-0.007784894002430293",
            "-0.3223964580411365",
            "-2.400758277161838",
            "-2.549732539343734",
            "4.374664141464968",
            "2.938163982698783",
        ],
        q,
    )?;
    let below =
        polynomial(&["0.007784695709041462", "0.3224671290700398", "2.445134137142996", "3.754408661907416", "1"], q)?;
    Some(-above.checked_div(below)?)
}

/// A fraction as a decimal, as exactly as one can be.
fn decimal(number: Ratio) -> Result<Decimal, Overflow> {
    crate::units::round_to(number, 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    /// Quantiles of published tables, to six digits.
    #[test]
    fn quantiles_agree_with_tables() {
        for (share, quantile) in [
            ("0.5", "0"),
            ("0.9", "1.281552"),
            ("0.95", "1.644854"),
            ("0.975", "1.959964"),
            ("0.99", "2.326348"),
            ("0.999", "3.090232"),
        ] {
            let found = normal_quantile(number(share)).unwrap();
            assert!((found - number(quantile)).abs() < number("0.000001"), "{share}: {found}");
        }
    }

    /// The worked numbers of `docs/meaning.md`: 1.645 x 20 x 2, and with a lead that spreads by a week of 70.
    #[test]
    fn safety_stock_by_service_level() {
        let four_weeks =
            |lead_sd| by_service_level(number("0.95"), (number("4"), number("280")), number("20"), lead_sd);
        assert_eq!(four_weeks(Decimal::ZERO), Some(66));
        assert_eq!(four_weeks(Decimal::ONE), Some(133));
        assert_eq!(by_service_level(number("0.5"), (number("4"), number("280")), number("20"), Decimal::ONE), Some(0));
    }
}
