//! The story of a conflict set: what each member asks for, what facts there are, and why that does not go together.
//!
//! It is told of the project in which only the set is stated, for the bucket in which its closest plan misses most. Every number in it is exact: what is
//! on hand and on order, the days of orders by the clock, what limits hold.

mod part;
mod supply;

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Zero;

use super::member::Member;
use super::sums::Sum;
use super::words::{cash, label, number};
use crate::model::Model;
use crate::model::breaches::{offer_name, pool_name};
use crate::network::Network;
use crate::solve::Violation;
use crate::units::{Overflow, Ratio, add, mul, sum, whole};

/// What is told of a set.
#[derive(Debug, Default)]
pub(super) struct Story {
    /// What each member asks for, a few words each.
    pub(super) parts: BTreeMap<Member, String>,
    /// The chain of facts.
    pub(super) causes: Vec<String>,
    /// What the closest plan misses.
    pub(super) missing: String,
    /// Money that is at stake where it misses: the larger, the worse.
    pub(super) weight: Ratio,
}

/// Most items that a story goes through.
const ITEMS: usize = 3;
/// Most buckets that a sum is split into.
const BUCKETS: usize = 4;

/// What a story is made from.
pub(super) struct Facts<'a> {
    /// Of the set alone.
    pub(super) model: &'a Model<'a>,
    /// Of all that is stated.
    pub(super) whole: &'a Model<'a>,
    /// Sums that the set alone passes.
    pub(super) sums: &'a [Sum],
    /// What the closest plan of the set alone breaks.
    pub(super) misses: &'a [Violation],
}

/// Tells a set.
pub(super) fn story(facts: &Facts<'_>, set: &BTreeSet<Member>) -> Story {
    let Facts { model, whole, sums, misses } = *facts;
    let mut focus = focus(model, misses);
    focus.item = sums.first().and_then(|sum| sum.largest);
    Teller { model, whole, stated: whole.network, set, focus }.tell(sums, misses).unwrap_or_default()
}

/// What a story is about.
#[derive(Debug, Clone, Default)]
struct Focus {
    bucket: usize,
    /// The offer that is short.
    offer: Option<usize>,
    /// The pool that has too little or too much.
    pool: Option<usize>,
    /// The item with the largest part in a sum, which stands for the others.
    item: Option<usize>,
    /// Items that the closest plan lets down, each with the first bucket in which it does.
    missed: Vec<(usize, usize)>,
}

fn focus(model: &Model<'_>, misses: &[Violation]) -> Focus {
    let Some(first) = misses.first() else {
        return Focus { bucket: model.horizon.saturating_sub(1), ..Focus::default() };
    };
    let mut focus = Focus { bucket: first.bucket, missed: missed(model, misses), ..Focus::default() };
    match first.kind {
        "fill-rate" => focus.offer = (0..model.offers.len()).find(|&at| offer_name(model, at) == first.of),
        "safety-stock" | "max-cover" => {
            focus.pool = (0..model.pools.len()).find(|&at| pool_name(model, at) == first.of);
        }
        _ => {}
    }
    focus
}

/// Items whose promises are missed, in that order.
fn missed(model: &Model<'_>, misses: &[Violation]) -> Vec<(usize, usize)> {
    let by_id: BTreeMap<&str, usize> =
        model.network.items.iter().enumerate().map(|(at, item)| (item.id.as_str(), at)).collect();
    let mut all: Vec<(usize, usize)> = Vec::new();
    let mut known = BTreeSet::new();
    for miss in misses.iter().filter(|miss| ["fill-rate", "safety-stock"].contains(&miss.kind)) {
        let item = miss.of.split_once('/').and_then(|(id, _)| by_id.get(id).copied());
        if let Some(item) = item.filter(|item| known.insert(*item)) {
            all.push((item, miss.bucket));
        }
    }
    all
}

struct Teller<'a> {
    /// Of the set alone.
    model: &'a Model<'a>,
    /// Of all that is stated.
    whole: &'a Model<'a>,
    /// With all that is stated, whose places members tell.
    stated: &'a Network,
    set: &'a BTreeSet<Member>,
    focus: Focus,
}

impl Teller<'_> {
    fn tell(&self, sums: &[Sum], misses: &[Violation]) -> Result<Story, Overflow> {
        let mut story = Story::default();
        for member in self.set {
            let part = self.part(member)?;
            story.causes.push(format!("{} {part}", super::words::name(self.stated, member)));
            story.parts.insert(member.clone(), part);
        }
        story.causes.extend(self.supply());
        let told: Vec<String> = sums.iter().map(|sum| sum.text.clone()).collect();
        if told.is_empty() {
            story.causes.extend(self.balance()?);
        }
        story.causes.extend(told);
        if let Some(sum) = sums.first() {
            story.missing.clone_from(&sum.short);
        } else if let Some(first) = misses.first() {
            story.missing = self.missing(first);
            story.causes.push(format!("the closest plan: {}", story.missing));
        }
        story.weight = self.weight(misses)?;
        Ok(story)
    }

    fn at(&self) -> String {
        label(self.model, self.focus.bucket)
    }

    /// Items that are let down, else all that the set makes promises about, the one in focus first.
    fn items(&self) -> Vec<usize> {
        if !self.focus.missed.is_empty() {
            return self.focus.missed.iter().map(|(item, _)| *item).collect();
        }
        let network = self.model.network;
        let mut items: Vec<usize> = Vec::new();
        let mut push = |item: usize| {
            if !items.contains(&item) {
                items.push(item);
            }
        };
        self.focus.item.iter().for_each(|&one| push(one));
        self.focus.offer.iter().for_each(|&one| push(network.offers[one].item.index()));
        self.focus.pool.iter().for_each(|&one| push(network.pools[one].item.index()));
        for member in self.set {
            match member {
                Member::Floor(at) => {
                    let held = |one: &&crate::network::OfferId| {
                        self.model.offers[one.index()].floors.held[..=self.focus.bucket].iter().any(|units| *units > 0)
                            || self.stated.services[*at].group
                    };
                    let offers = self.stated.services[*at].offers.iter().filter(held);
                    offers.for_each(|one| push(network.offers[one.index()].item.index()));
                }
                Member::Cover(at) => {
                    self.stated.covers[*at].pools.iter().for_each(|one| push(network.pools[one.index()].item.index()));
                }
                Member::Pin(at) => {
                    let pool = self.stated.pool_of(self.stated.pins[*at].lane);
                    push(network.pool(pool).item.index());
                }
                _ => {}
            }
        }
        items
    }

    /// The most cash there can be.
    fn balance(&self) -> Result<Vec<String>, Overflow> {
        let Some(facts) = &self.model.cash else { return Ok(Vec::new()) };
        let (network, until) = (self.model.network, self.focus.bucket + 1);
        let mut sales = Ratio::zero();
        for (index, offer) in self.model.offers.iter().enumerate() {
            let payout = &facts.payout[network.offers[index].channel.index()];
            for (bucket, units) in offer.demand.iter().enumerate() {
                let best = self.model.ways_of(index).map(|(_, way)| way.net[bucket]).max().unwrap_or_default();
                let earned = mul(best.max(Ratio::zero()), whole(*units))?;
                for (_, share) in payout[bucket].iter().filter(|(arrives, _)| *arrives < until) {
                    sales = add(sales, mul(earned, *share)?)?;
                }
            }
        }
        let other = sum(facts.other.iter().take(until).copied())?;
        let open = sum(facts.open_payments.iter().take(until).copied())?;
        let most = add(add(facts.opening, sales)?, add(other, -open)?)?;
        Ok(vec![format!(
            "cash opens with {}; until the end of {} all sales bring {} at most, open orders take {}, other flows come to {}: \
             {} before any new order is paid",
            cash(network, facts.opening),
            self.at(),
            cash(network, sales),
            cash(network, open),
            cash(network, other),
            cash(network, most),
        )])
    }

    /// What a plan misses, in words.
    fn missing(&self, miss: &Violation) -> String {
        let (network, at) = (self.model.network, label(self.model, miss.bucket));
        let (amount, money) = (|| number(miss.amount), || cash(network, miss.amount));
        let is_one = miss.amount == whole(1);
        let units = || format!("{} {}", amount(), if is_one { "unit" } else { "units" });
        let verb = |one: &'static str, several: &'static str| if is_one { one } else { several };
        let of = &miss.of;
        match miss.kind {
            "fill-rate" => {
                let of = match of.split_once('/') {
                    Some((item, channel)) => format!("`{item}` in `{channel}`"),
                    None => format!("the group `{of}`"),
                };
                format!("{} of {of} {} short in {at}", units(), verb("is", "are"))
            }
            "safety-stock" => {
                format!("{} of safety stock of `{of}` {} missing in {at}", units(), verb("is", "are"))
            }
            "max-cover" => format!("{} too many {} left of `{of}` in {at}", units(), verb("is", "are")),
            "cash-minimum" => self.missing_cash(miss),
            "budget" => format!("the budget `{of}` is passed by {} in {at}", money()),
            "inventory-value" => format!("the inventory limit `{of}` is passed by {} in {at}", money()),
            "storage-capacity" => format!("the storage of `{of}` is passed by {} m3 in {at}", amount()),
            "inbound-capacity" => format!("{} too many {} in at `{of}` in {at}", units(), verb("comes", "come")),
            "outbound-capacity" => format!("{} too many {} `{of}` in {at}", units(), verb("leaves", "leave")),
            "supplier-capacity" => format!("the capacity of `{of}` is passed by {} in {at}", amount()),
            "minimum-order" => format!("an order from `{of}` in {at} is {} below its minimum", amount()),
            "pin" => format!("the pin of `{of}` is {} off in {at}", units()),
            "expedite" => format!("{} {} by the premium lane `{of}` in {at}", units(), verb("comes", "come")),
            kind => format!("{kind} `{of}` is missed by {} in {at}", amount()),
        }
    }

    /// What cash lacks, with what it lacks whatever is decided.
    fn missing_cash(&self, miss: &Violation) -> String {
        let (network, at) = (self.model.network, label(self.model, miss.bucket));
        let given = self.model.given.cash.get(miss.bucket).copied().unwrap_or_default();
        match add(miss.amount, given) {
            Ok(all) if given > Ratio::zero() => {
                let (all, given) = (cash(network, all), cash(network, given));
                format!("cash is {all} below its minimum in {at}, {given} of that whatever is decided")
            }
            _ => format!("cash is {} below its minimum in {at}", cash(network, miss.amount)),
        }
    }

    /// The money of what is missed: units at price or standard cost, limits as they are.
    fn weight(&self, misses: &[Violation]) -> Result<Ratio, Overflow> {
        let mut total = Ratio::zero();
        for miss in misses {
            let unit = match miss.kind {
                "fill-rate" => {
                    let offer = (0..self.model.offers.len()).find(|&at| offer_name(self.model, at) == miss.of);
                    offer.map(|at| crate::units::ratio(self.model.offers[at].price[miss.bucket]))
                }
                "safety-stock" | "max-cover" => {
                    let pool = (0..self.model.pools.len()).find(|&at| pool_name(self.model, at) == miss.of);
                    pool.map(|at| self.model.pools[at].standard_cost)
                }
                _ => None,
            };
            total = add(total, mul(unit.unwrap_or_else(|| whole(1)), miss.amount)?)?;
        }
        Ok(total)
    }
}
