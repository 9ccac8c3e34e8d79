//! The story of a conflict set: what each member asks for, what facts there are, and why that does not go together.
//!
//! It is told of the project in which only the set is stated, for the bucket in which its closest plan misses most. Every number in it is exact: what is
//! on hand and on order, the days of orders by the clock, what limits hold.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Zero;

use super::member::Member;
use super::words::{cash, count, label, number, offer, pool};
use crate::model::breaches::{offer_name, pool_name};
use crate::model::{LimitKind, Model};
use crate::network::{CashAmount, Network, Route};
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

    /// What a member asks for in the bucket of the story.
    fn part(&self, member: &Member) -> Result<String, Overflow> {
        let (network, at) = (self.stated, self.at());
        let limit = |wanted: &dyn Fn(&LimitKind, &str) -> bool| {
            let found = self.model.limits.iter().find(|limit| wanted(&limit.kind, &limit.of));
            found.map_or_else(Ratio::zero, |limit| limit.available.get(self.focus.bucket).copied().unwrap_or_default())
        };
        Ok(match member {
            Member::Floor(index) => self.floor(*index)?,
            Member::Cover(index) => self.cover(*index),
            Member::Pin(index) => {
                let pin = &network.pins[*index];
                let of = match pin.most {
                    Some(most) if most == pin.least => format!("asks for {}", count(most)),
                    Some(most) if pin.least == 0 => format!("allows {}", count(most)),
                    Some(most) => format!("asks for {} to {}", pin.least, count(most)),
                    None => format!("asks for {} at least", count(pin.least)),
                };
                format!("{of} for {}", label(self.model, pin.bucket))
            }
            Member::FirmOrder(index) => {
                let order = &network.open_orders[*index];
                format!("brings {} of `{}`, due {}", count(order.units), network.item(order.item).id, order.due)
            }
            Member::Cash => {
                let least = self.model.cash.as_ref().and_then(|cash| cash.minimum.get(self.focus.bucket).copied());
                format!("holds closing cash of {at} at {} at least", cash(network, least.unwrap_or_default()))
            }
            Member::CashFlow(index) => {
                let flow = &network.cash_flows[*index];
                let paid = self.flow(&flow.amount)?;
                format!("pays {} by the end of {at}", cash(network, -paid))
            }
            Member::Budget(index) => {
                let name = &network.budgets[*index].name;
                let there = limit(&|kind, of| matches!(kind, LimitKind::Budget { .. }) && of == name);
                format!("allows receipts of {} in {at}", cash(network, there))
            }
            Member::InventoryValue(index) => {
                let name = &network.value_limits[*index].name;
                let there = limit(&|kind, of| matches!(kind, LimitKind::InventoryValue(_)) && of == name);
                format!("allows stock worth {} at the end of {at}", cash(network, there))
            }
            Member::Storage(index) => {
                let own = |kind: &LimitKind, _: &str| match kind {
                    LimitKind::StoragePeak(id) | LimitKind::StorageClosing(id) => id.index() == *index,
                    _ => false,
                };
                format!("holds {} m3 in {at}", number(limit(&own)))
            }
            Member::Inbound(index) => {
                let own = |kind: &LimitKind, _: &str| matches!(kind, LimitKind::Inbound(id) if id.index() == *index);
                format!("takes in {} units in {at}", number(limit(&own)))
            }
            Member::Outbound(index) => {
                let own = |kind: &LimitKind, _: &str| matches!(kind, LimitKind::Outbound(id) if id.index() == *index);
                format!("sends {} units in {at}", number(limit(&own)))
            }
            Member::SupplierCapacity(index) => self.capacity(*index),
            Member::Closures(index) => {
                let closed = network.suppliers[*index].closures.iter().map(|one| {
                    let why = one.reason.as_ref().map_or(String::new(), |why| format!(" ({why})"));
                    format!("{} to {}{why}", one.from, one.to)
                });
                let closed: Vec<_> = closed.take(BUCKETS).collect();
                format!("let nothing be ordered, made or shipped from {}", super::words::listed(&closed))
            }
            Member::MinimumOrder(index) => {
                let least = network.suppliers[*index].minimum_order.as_ref().map(|stated| match stated.value {
                    crate::network::MinimumOrder::Value(value) => format!("goods worth {value}"),
                    crate::network::MinimumOrder::Units(units) => format!("{} units", units.normalize()),
                    crate::network::MinimumOrder::Volume(volume) => format!("{} m3", volume.normalize()),
                });
                format!("asks for {} in every order", least.unwrap_or_default())
            }
            Member::Frozen => {
                let days = u64::try_from(network.frozen_days).unwrap_or(0);
                let day = network.as_of.checked_add_days(chrono::Days::new(days)).unwrap_or(network.as_of);
                format!("let no order be released before {day}")
            }
            Member::Premium(entry) => self.premium(entry),
            Member::Largest(entry) => {
                let most = self.lanes(entry).filter_map(|(_, size)| size.2).min().unwrap_or(0);
                format!("lets a line bring {} at most", count(most))
            }
            Member::Smallest(entry) => {
                let least = self.lanes(entry).map(|(_, size)| size.0).max().unwrap_or(0);
                format!("makes a line bring {} at least", count(least))
            }
            Member::Multiple(entry) => {
                let multiple = self.lanes(entry).map(|(_, size)| size.1).max().unwrap_or(0);
                format!("makes lines multiples of {}", count(multiple))
            }
        })
    }

    /// Lanes of an entry with MOQ, multiple and maximum.
    fn lanes(&self, entry: &crate::source::Place) -> impl Iterator<Item = (Route, (i64, i64, Option<i64>))> + '_ {
        let entry = entry.clone();
        let other = entry.clone();
        let bought = self.stated.lanes.iter().enumerate().filter(move |(_, lane)| lane.origin == entry);
        let sent = self.stated.transfers.iter().enumerate().filter(move |(_, lane)| lane.origin == other);
        let bought = bought.map(|(at, lane)| (Route::Purchase(at.into()), (lane.moq, lane.multiple, lane.max)));
        bought.chain(sent.map(|(at, lane)| (Route::Transfer(at.into()), (lane.moq, lane.multiple, lane.max))))
    }

    fn premium(&self, entry: &crate::source::Place) -> String {
        let day = self.lanes(entry).filter_map(|(lane, _)| match lane {
            Route::Purchase(lane) => self.model.lanes[lane.index()].iter().flatten().next().map(|one| one.trip),
            Route::Transfer(lane) => self.model.transfers[lane.index()].iter().flatten().next().map(|one| one.trip),
        });
        let first = day.min_by_key(|trip| trip.usable);
        let when = first.map_or(String::new(), |trip| format!("; its first order would be usable on {}", trip.usable));
        format!("lets no order use it without a rule{when}")
    }

    fn capacity(&self, index: usize) -> String {
        let own = |kind: &LimitKind| matches!(kind, LimitKind::Supplier(id) if id.index() == index);
        let Some(limit) = self.model.limits.iter().find(|limit| own(&limit.kind)) else { return String::new() };
        let there = limit.available.iter().enumerate().take(self.focus.bucket + 1);
        let all: Vec<String> =
            there.map(|(at, available)| format!("{} in {}", number(*available), label(self.model, at))).collect();
        let shown = all.len().saturating_sub(BUCKETS);
        format!("takes orders for {}", super::words::listed(&all[shown..]))
    }

    /// What a flow comes to until the end of the story's bucket.
    fn flow(&self, amount: &CashAmount) -> Result<Ratio, Overflow> {
        match amount {
            CashAmount::On(_, amount) => Ok(crate::units::ratio(*amount)),
            CashAmount::Flow(series) => sum(self.model.flows(series)?.into_iter().take(self.focus.bucket + 1)),
        }
    }

    /// What a service asks for: of the offer that is short, else of its largest.
    fn floor(&self, index: usize) -> Result<String, Overflow> {
        let name = &self.stated.services[index].name;
        let Some(own) = self.model.network.services.iter().position(|service| service.name == *name) else {
            return Ok(String::new());
        };
        let last = self.focus.bucket;
        if let Some(group) = self.model.group_floors.iter().find(|group| group.service == own) {
            let demand: i64 = group.members_in(last, true).map(|one| self.model.offers[one].demand[last]).sum();
            return Ok(format!("asks for {} of {} in {}", group.held[last], count(demand), self.at()));
        }
        let offers = &self.model.network.services[own].offers;
        let held = |one: usize, at: usize| self.model.offers[one].floors.held[at];
        let focused = self.focus.offer.filter(|one| offers.iter().any(|other| other.index() == *one));
        let largest = offers.iter().map(|one| one.index()).max_by_key(|&one| (held(one, last), std::cmp::Reverse(one)));
        let Some(shown) = focused.or(largest) else { return Ok(String::new()) };
        let bucket = (0..=last).rev().find(|&at| held(shown, at) > 0).unwrap_or(last);
        let others = offers.iter().filter(|one| one.index() != shown && held(one.index(), bucket) > 0).count();
        let more = if others > 0 { format!(", and of {others} more") } else { String::new() };
        let (units, demand) = (held(shown, bucket), self.model.offers[shown].demand[bucket]);
        let of = offer(self.model.network, shown);
        Ok(format!("asks for {units} of {} of {of} in {}{more}", count(demand), label(self.model, bucket)))
    }

    fn cover(&self, index: usize) -> String {
        let facts = &self.stated.covers[index];
        let pools: Vec<usize> = facts.pools.iter().map(|one| one.index()).collect();
        let Some(shown) = self.focus.pool.filter(|one| pools.contains(one)).or(pools.first().copied()) else {
            return String::new();
        };
        let (cover, at) = (&self.model.pools[shown].cover, self.focus.bucket);
        let mut asked = Vec::new();
        if cover.hard[at] && facts.safety_stock.is_some() {
            asked.push(format!("keeps {} in safety stock", count(cover.safety_stock[at])));
        }
        if let Some(most) = cover.most[at] {
            asked.push(format!("lets {} at most be left", count(most)));
        }
        let others = pools.len() - 1;
        let more = if others > 0 { format!(", and of {others} more") } else { String::new() };
        format!("{} of {} in {}{more}", asked.join(" and "), pool(self.stated, shown), self.at())
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
