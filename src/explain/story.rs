//! The story of a conflict set: what each member asks for, what facts there are, and why that does not go together.
//!
//! It is told of the project in which only the set is stated, for the bucket in which its closest plan misses most. Every number in it is exact: what is
//! on hand and on order, the days of orders by the clock, what limits hold.

mod part;
mod sums;

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Zero;

use super::member::Member;
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

/// Tells a set. `model` is of the project with nothing else stated, `misses` what its closest plan breaks.
pub(super) fn story(model: &Model<'_>, set: &BTreeSet<Member>, stated: &Network, misses: &[Violation]) -> Story {
    Teller { model, stated, set, focus: focus(model, misses) }.tell(misses).unwrap_or_default()
}

/// What a story is about.
#[derive(Debug, Clone, Default)]
struct Focus {
    bucket: usize,
    /// The offer that is short.
    offer: Option<usize>,
    /// The pool that has too little or too much.
    pool: Option<usize>,
}

fn focus(model: &Model<'_>, misses: &[Violation]) -> Focus {
    let Some(first) = misses.first() else {
        return Focus { bucket: model.horizon.saturating_sub(1), ..Focus::default() };
    };
    let mut focus = Focus { bucket: first.bucket, ..Focus::default() };
    match first.kind {
        "fill-rate" => focus.offer = (0..model.offers.len()).find(|&at| offer_name(model, at) == first.of),
        "safety-stock" | "max-cover" => {
            focus.pool = (0..model.pools.len()).find(|&at| pool_name(model, at) == first.of);
        }
        _ => {}
    }
    focus
}

struct Teller<'a> {
    /// Of the set alone.
    model: &'a Model<'a>,
    /// With all that is stated, whose places members tell.
    stated: &'a Network,
    set: &'a BTreeSet<Member>,
    focus: Focus,
}

impl Teller<'_> {
    fn tell(&self, misses: &[Violation]) -> Result<Story, Overflow> {
        let mut story = Story::default();
        for member in self.set {
            let part = self.part(member)?;
            story.causes.push(format!("{} {part}", super::words::name(self.stated, member)));
            story.parts.insert(member.clone(), part);
        }
        story.causes.extend(self.supply()?);
        story.causes.extend(self.sums()?);
        story.causes.extend(self.balance()?);
        if let Some(first) = misses.first() {
            story.missing = self.missing(first);
            story.causes.push(format!("the closest plan: {}", story.missing));
        }
        story.weight = self.weight(misses)?;
        Ok(story)
    }

    fn at(&self) -> String {
        label(self.model, self.focus.bucket)
    }

    /// Items that the set makes promises about, the one in focus first.
    fn items(&self) -> Vec<usize> {
        let network = self.model.network;
        let mut items: Vec<usize> = Vec::new();
        let mut push = |item: usize| {
            if !items.contains(&item) {
                items.push(item);
            }
        };
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

    /// What there is of the items, and when an order brings more.
    fn supply(&self) -> Result<Vec<String>, Overflow> {
        let mut told = Vec::new();
        let items = self.items();
        let needs_stock =
            self.set.iter().any(|one| matches!(one, Member::Floor(_) | Member::Cover(_) | Member::Pin(_)));
        if !needs_stock {
            return Ok(told);
        }
        for &item in items.iter().take(ITEMS) {
            told.extend(self.supply_of(item));
        }
        if items.len() > ITEMS {
            told.push(format!("and so for {} more items", items.len() - ITEMS));
        }
        Ok(told)
    }

    fn supply_of(&self, item: usize) -> Vec<String> {
        let (network, last) = (self.model.network, self.focus.bucket);
        let pools: Vec<usize> =
            (0..network.pools.len()).filter(|&one| network.pools[one].item.index() == item).collect();
        let on_hand: i64 = pools.iter().map(|&one| network.pools[one].on_hand).sum();
        let open = |one: &usize| -> i64 {
            let facts = &self.model.pools[*one];
            facts.open_receipts[..=last].iter().chain(&facts.open_transfers[..=last]).sum()
        };
        let on_order: i64 = pools.iter().map(open).sum();
        let id = &network.items[item].id;
        let mut told =
            vec![format!("`{id}`: {on_hand} on hand + {on_order} on order by {}{}", self.at(), self.wanted(item))];
        told.extend(self.orders(&pools));
        told
    }

    /// What floors ask for of an item until the story's bucket, where that is more than one number.
    fn wanted(&self, item: usize) -> String {
        let offers = (0..self.model.offers.len()).filter(|&one| self.model.network.offers[one].item.index() == item);
        let mut held = vec![0_i64; self.focus.bucket + 1];
        for one in offers {
            held.iter_mut().zip(&self.model.offers[one].floors.held).for_each(|(sum, units)| *sum += units);
        }
        let asked: Vec<String> = held
            .iter()
            .enumerate()
            .filter(|(_, units)| **units > 0)
            .map(|(at, units)| format!("{units} in {}", label(self.model, at)))
            .collect();
        let total: i64 = held.iter().sum();
        match asked.len() {
            0 => String::new(),
            1..=BUCKETS => format!("; floors ask for {}", super::words::listed(&asked)),
            _ => format!("; floors ask for {total} until then"),
        }
    }

    /// When an order brings more to some pools: the one that is usable first, and what it serves.
    fn orders(&self, pools: &[usize]) -> Option<String> {
        let network = self.model.network;
        let bought = pools.iter().flat_map(|&one| &self.model.pools[one].lanes).flat_map(|&lane| {
            let found = self.model.lanes[lane].iter().enumerate();
            found.filter_map(move |(bucket, one)| Some((one.as_ref()?.trip, bucket, network.lane_name(lane.into()))))
        });
        let first = bought.min_by_key(|(trip, bucket, _)| (*bucket, trip.usable));
        let Some((trip, bucket, name)) = first else {
            return Some("no lane without `premium` brings more in the horizon".to_owned());
        };
        let (release, usable) = (trip.release, trip.usable);
        Some(format!(
            "the first new order, by `{name}`, is released on {release}, usable on {usable}, and serves {}",
            label(self.model, bucket)
        ))
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
        let (units, money) = (|| number(miss.amount), || cash(network, miss.amount));
        let of = &miss.of;
        match miss.kind {
            "fill-rate" => match of.split_once('/') {
                Some((item, channel)) => format!("{} units of `{item}` in `{channel}` are short in {at}", units()),
                None => format!("{} units of the group `{of}` are short in {at}", units()),
            },
            "safety-stock" => format!("{} units of safety stock of `{of}` are missing in {at}", units()),
            "max-cover" => format!("{} units too many are left of `{of}` in {at}", units()),
            "cash-minimum" => format!("cash is {} below its minimum in {at}", money()),
            "budget" => format!("the budget `{of}` is passed by {} in {at}", money()),
            "inventory-value" => format!("the inventory limit `{of}` is passed by {} in {at}", money()),
            "storage-capacity" => format!("the storage of `{of}` is passed by {} m3 in {at}", units()),
            "inbound-capacity" => format!("{} units too many come in at `{of}` in {at}", units()),
            "outbound-capacity" => format!("{} units too many leave `{of}` in {at}", units()),
            "supplier-capacity" => format!("the capacity of `{of}` is passed by {} in {at}", units()),
            "minimum-order" => format!("an order from `{of}` in {at} is {} below its minimum", units()),
            "pin" => format!("the pin of `{of}` is {} units off in {at}", units()),
            "expedite" => format!("{} units come by the premium lane `{of}` in {at}", units()),
            kind => format!("{kind} `{of}` is missed by {} in {at}", units()),
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
