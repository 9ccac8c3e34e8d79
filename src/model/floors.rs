//! Service floors in whole units, and from when on they hold.

use num_traits::Zero;
use rust_decimal::Decimal;

use super::Model;
use super::timeline::stated_level;
use crate::calendar::{Bucket, Grain};
use crate::network::{Service, Since};
use crate::units::{Overflow, Ratio, add, ceil_units, mul, ratio, whole};

/// What has to be sold of an offer.
#[derive(Debug, Clone)]
pub struct Floors {
    /// By bucket: units that have to be sold.
    pub held: Vec<i64>,
    /// By bucket: the share of demand that this is.
    pub rate: Vec<Decimal>,
    /// By bucket: units by floors that a new order cannot reach yet, where they are more, and the service that says so.
    pub early: Vec<Option<(i64, usize)>>,
    /// The same, those among them that are held anyway: what a draft lacks of them is given all the same.
    pub given: Vec<Option<(i64, usize)>>,
}

impl Floors {
    /// No floors over so many buckets.
    pub(super) fn none(buckets: usize) -> Self {
        Self {
            held: vec![0; buckets],
            rate: vec![Decimal::ZERO; buckets],
            early: vec![None; buckets],
            given: vec![None; buckets],
        }
    }
}

/// A floor on what a group of offers is sold together.
#[derive(Debug)]
pub struct GroupFloor {
    /// Which service, by index.
    pub service: usize,
    /// Offers, each with the first bucket in which it belongs to the group; none where it never does.
    pub members: Vec<(usize, Option<usize>)>,
    /// By bucket of the horizon: units that those which have joined have to be sold.
    pub held: Vec<i64>,
    /// By bucket of the horizon: the share of their demand that this is.
    pub rate: Vec<Ratio>,
    /// By bucket of the horizon: what a unit of theirs is worth, their mean price by demand.
    pub price: Vec<Ratio>,
    /// By bucket of the horizon: units of those which have not joined yet.
    pub early: Vec<i64>,
    /// By bucket of the horizon: what a unit of these is worth, their mean price by demand.
    pub early_price: Vec<Ratio>,
}

impl GroupFloor {
    /// Offers that have joined in a bucket, or have not yet.
    pub fn members_in(&self, bucket: usize, joined: bool) -> impl Iterator<Item = usize> + '_ {
        let has = move |start: Option<usize>| start.is_some_and(|start| start <= bucket);
        self.members.iter().filter(move |(_, start)| has(*start) == joined).map(|(offer, _)| *offer)
    }
}

/// True where something with such a `from` holds in a bucket. Without one it holds from the first bucket on that a new order
/// reaches. A week belongs to the month of its middle day.
pub(super) fn begins(from: Option<Since>, first_reach: Option<usize>, buckets: &[Bucket], bucket: usize) -> bool {
    match from {
        None => first_reach.is_some_and(|first| first <= bucket),
        Some(Since::Start) => true,
        Some(Since::Period(period)) => {
            let at = &buckets[bucket];
            let day = if period.grain() == Grain::Month { at.middle() } else { at.end };
            day >= period.start()
        }
    }
}

/// Works out the floors of all offers and groups.
pub(super) fn set(model: &mut Model<'_>) -> Result<(), Overflow> {
    let network = model.network;
    for (index, service) in network.services.iter().enumerate() {
        if service.group {
            let group = group(model, index, service)?;
            model.group_floors.push(group);
            continue;
        }
        for offer in &service.offers {
            for bucket in 0..model.horizon {
                let facts = &model.offers[offer.index()];
                let Some(units) = units(model, service, facts.demand[bucket], bucket)? else { continue };
                let begun = begins_for(model, service, offer.index(), bucket);
                let bucket_of = model.buckets()[bucket];
                let floors = &mut model.offers[offer.index()].floors;
                if begun {
                    floors.held[bucket] = floors.held[bucket].max(units);
                    let rate = stated_level(&service.fill_rate, &bucket_of).unwrap_or_default();
                    floors.rate[bucket] = floors.rate[bucket].max(rate);
                } else if service.from.is_none() && floors.early[bucket].is_none_or(|(known, _)| known < units) {
                    floors.early[bucket] = Some((units, index));
                }
            }
        }
    }
    Ok(())
}

/// What is held anyway cannot be short, unless rules let it go.
pub(super) fn leave_out_what_is_held(model: &mut Model<'_>) {
    for (offer, rules) in model.offers.iter_mut().zip(&model.relief.offers) {
        offer.floors.given.clone_from(&offer.floors.early);
        for (early, held) in offer.floors.early.iter_mut().zip(&offer.floors.held) {
            *early = early.filter(|(units, _)| units > held || *held > 0 && !rules.is_empty());
        }
    }
}

fn begins_for(model: &Model<'_>, service: &Service, offer: usize, bucket: usize) -> bool {
    begins(service.from, model.first_reach(offer), model.buckets(), bucket)
}

/// Share of so many units, rounded up; none where no share is stated.
fn units(model: &Model<'_>, service: &Service, demand: i64, bucket: usize) -> Result<Option<i64>, Overflow> {
    let share = stated_level(&service.fill_rate, &model.buckets()[bucket]);
    share.map(|share| ceil_units(mul(ratio(share), whole(demand))?)).transpose()
}

fn group(model: &Model<'_>, index: usize, service: &Service) -> Result<GroupFloor, Overflow> {
    let start = |offer: usize| (0..model.horizon).find(|&bucket| begins_for(model, service, offer, bucket));
    let members = service.offers.iter().map(|offer| (offer.index(), start(offer.index()))).collect();
    let mut group = GroupFloor {
        service: index,
        members,
        held: Vec::with_capacity(model.horizon),
        rate: Vec::with_capacity(model.horizon),
        price: Vec::with_capacity(model.horizon),
        early: Vec::with_capacity(model.horizon),
        early_price: Vec::with_capacity(model.horizon),
    };
    for bucket in 0..model.horizon {
        let demand = |joined| {
            let mut all = group.members_in(bucket, joined).map(|offer| model.offers[offer].demand[bucket]);
            all.try_fold(0_i64, i64::checked_add).ok_or(Overflow)
        };
        let (held, early) = (demand(true)?, demand(false)?);
        let price = |joined, demand: i64| {
            let mut value = Ratio::zero();
            for offer in group.members_in(bucket, joined).map(|offer| &model.offers[offer]) {
                value = add(value, mul(ratio(offer.price[bucket]), whole(offer.demand[bucket]))?)?;
            }
            if demand == 0 { Ok(Ratio::zero()) } else { mul(value, Ratio::new(1, i128::from(demand))) }
        };
        let (price, early_price) = (price(true, held)?, price(false, early)?);
        let held = units(model, service, held, bucket)?.unwrap_or(0);
        // Before a stated beginning nothing is asked for.
        let early = if service.from.is_none() { units(model, service, early, bucket)?.unwrap_or(0) } else { 0 };
        group.held.push(held);
        group.rate.push(ratio(stated_level(&service.fill_rate, &model.buckets()[bucket]).unwrap_or_default()));
        group.price.push(price);
        group.early.push(early);
        group.early_price.push(early_price);
    }
    Ok(group)
}
