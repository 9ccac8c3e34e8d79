//! The demand of an item in a channel, bucket by bucket, with each step on the way.

use num_traits::Zero;

use super::words::{because, row_sources};
use super::{Basis, Row};
use crate::calendar::Bucket;
use crate::model::demand::{is_sold, whole_units};
use crate::model::outlook::{Assumed, Derivation};
use crate::model::timeline::{At, flow, level, runs_in};
use crate::network::{self, Adjustment, Change, Network, Promotion};
use crate::plan::Amount;
use crate::units::{Overflow, Ratio, add, mul, ratio};

/// An offer, derived.
pub(super) struct Offer<'n> {
    pub(super) network: &'n Network,
    pub(super) offer: &'n network::Offer,
    pub(super) steps: Vec<Step<'n>>,
}

/// How the demand of a bucket comes about.
pub(super) struct Step<'n> {
    pub(super) bucket: &'n Bucket,
    /// What a row of demand states.
    pub(super) stated: Option<Ratio>,
    /// What an outlook assumes where nothing is stated.
    pub(super) derivation: Option<Derivation>,
    pub(super) adjustment: Option<&'n Adjustment>,
    /// Those that run, by index.
    pub(super) promotions: Vec<usize>,
    /// False before launch and after phase-out.
    pub(super) is_sold: bool,
}

impl<'n> Offer<'n> {
    pub(super) fn of(network: &'n Network, offer: &'n network::Offer) -> Result<Self, Overflow> {
        let outlook = offer.outlook.map(|index| &network.outlooks[index]);
        let assumed = outlook.map(|outlook| Assumed::of(network, outlook, offer.item, offer.channel)).transpose()?;
        let mut steps = Vec::new();
        for (index, bucket) in network.calendar.buckets.iter().enumerate() {
            let at = At { bucket: *bucket, first: index == 0, whole: network.first_bucket_whole };
            let stated = flow(&offer.demand, &at)?;
            let derivation = match &assumed {
                Some(assumed) if stated.is_none() => assumed.derive(bucket)?,
                _ => None,
            };
            let runs = |index: &usize| runs_in(network.promotions[*index].during, bucket);
            steps.push(Step {
                bucket,
                stated,
                derivation,
                adjustment: offer.adjustments.iter().find(|adjustment| runs_in(adjustment.during, bucket)),
                promotions: offer.promotions.iter().copied().filter(runs).collect(),
                is_sold: is_sold(network.item(offer.item), bucket),
            });
        }
        Ok(Self { network, offer, steps })
    }

    /// The rows of the buckets in which the item is sold.
    pub(super) fn rows(&self) -> Result<Vec<Row>, Overflow> {
        let everything = Kept::default();
        let exact = self.steps.iter().map(|step| self.units(step, &everything)).collect::<Result<Vec<_>, _>>()?;
        let whole = whole_units(&exact)?;
        let mut rows = Vec::new();
        for ((step, exact), units) in self.steps.iter().zip(exact).zip(whole).filter(|((step, _), _)| step.is_sold) {
            rows.push(Row {
                item: self.network.item(self.offer.item).id.clone(),
                channel: self.network.channel(self.offer.channel).id.clone(),
                bucket: step.bucket.period.to_string(),
                units,
                exact: Amount::rounded(exact)?,
                value: Amount::rounded(mul(exact, self.price(step, &everything))?)?,
                basis: step.basis(),
                because: because(self, step, units, exact)?,
                sources: row_sources(self, step),
            });
        }
        Ok(rows)
    }

    /// Units x price of a step, without what is left out.
    pub(super) fn value(&self, step: &Step<'_>, kept: &Kept) -> Result<Ratio, Overflow> {
        mul(self.units(step, kept)?, self.price(step, kept))
    }

    fn units(&self, step: &Step<'_>, kept: &Kept) -> Result<Ratio, Overflow> {
        if !step.is_sold {
            return Ok(Ratio::zero());
        }
        let mut units = step.start(kept)?;
        if let Some(adjustment) = step.adjustment.filter(|_| !kept.no_adjustment) {
            units = match adjustment.change {
                Change::Factor(factor) => mul(units, ratio(factor))?,
                Change::Add(more) => add(units, ratio(more))?.max(Ratio::zero()),
                Change::Set(stands) => ratio(stands),
            };
        }
        for added in self.running(step, kept).filter_map(|promotion| promotion.add_units) {
            units = add(units, ratio(added))?;
        }
        for uplift in self.running(step, kept).filter_map(|promotion| promotion.uplift) {
            units = mul(units, ratio(uplift))?;
        }
        Ok(units)
    }

    fn price(&self, step: &Step<'_>, kept: &Kept) -> Ratio {
        let promoted = self.running(step, kept).filter_map(|promotion| promotion.price).min();
        ratio(promoted.unwrap_or_else(|| level(&self.offer.price, step.bucket)))
    }

    fn running<'s>(&'s self, step: &'s Step<'_>, kept: &'s Kept) -> impl Iterator<Item = &'n Promotion> + 's {
        let network = self.network;
        let left = step.promotions.iter().filter(|index| kept.without_promotion != Some(**index));
        left.map(move |index| &network.promotions[*index])
    }
}

/// What is left out, to see what it is worth.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Kept {
    pub(super) no_start: bool,
    pub(super) no_growth: bool,
    pub(super) no_adjustment: bool,
    pub(super) without_promotion: Option<usize>,
}

impl Step<'_> {
    /// What there is before people and promotions change it.
    fn start(&self, kept: &Kept) -> Result<Ratio, Overflow> {
        if kept.no_start {
            return Ok(Ratio::zero());
        }
        match (&self.derivation, self.stated) {
            (_, Some(stated)) => Ok(stated),
            (Some(derivation), None) if kept.no_growth => without_growth(derivation),
            (Some(derivation), None) => Ok(derivation.units),
            (None, None) => Ok(Ratio::zero()),
        }
    }

    pub(super) fn basis(&self) -> Basis {
        match (&self.derivation, self.stated) {
            (_, Some(_)) => Basis::Stated,
            (Some(derivation), None) if derivation.is_known => Basis::History,
            (Some(_), None) => Basis::Unknown,
            (None, None) => Basis::Nothing,
        }
    }
}

/// What history alone would say.
fn without_growth(derivation: &Derivation) -> Result<Ratio, Overflow> {
    let each = if derivation.count > 1 {
        mul(derivation.base, Ratio::new(1, derivation.count.into()))?
    } else {
        derivation.base
    };
    mul(mul(each, derivation.part)?, derivation.factor)
}
