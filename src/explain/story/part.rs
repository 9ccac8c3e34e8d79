//! What each member of a set asks for, in the bucket of its story.

use num_traits::Zero;

use super::{BUCKETS, Teller};
use crate::explain::member::Member;
use crate::explain::words::{self, cash, count, label, number, offer, pool};
use crate::model::LimitKind;
use crate::network::{CashAmount, Route};
use crate::units::{Overflow, Ratio, sum};

impl Teller<'_> {
    /// What a member asks for in the bucket of the story.
    pub(super) fn part(&self, member: &Member) -> Result<String, Overflow> {
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
                format!("let nothing be ordered, made or shipped from {}", words::listed(&closed))
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
        format!("takes orders for {}", words::listed(&all[shown..]))
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
        let mut nearest = (0..=last).rev().chain(last + 1..self.model.horizon);
        let bucket = nearest.find(|&at| held(shown, at) > 0).unwrap_or(last);
        let others = offers.iter().filter(|one| one.index() != shown && held(one.index(), bucket) > 0).count();
        let more = if others > 0 { format!("; {others} more likewise") } else { String::new() };
        let (units, demand) = (held(shown, bucket), self.model.offers[shown].demand[bucket]);
        let of = offer(self.model.network, shown);
        Ok(format!("asks for {units} of {} of {of} in {}{more}", count(demand), label(self.model, bucket)))
    }

    /// What a cover asks for: of the pool that misses it, else of the one that it asks most of.
    fn cover(&self, index: usize) -> String {
        let pools: Vec<usize> = self.stated.covers[index].pools.iter().map(|one| one.index()).collect();
        let at = self.focus.bucket;
        let asks = |pool: &usize, bucket: usize| !self.asked(index, *pool, bucket).is_empty();
        let least = |pool: &usize| self.model.pools[*pool].cover.safety_stock[at];
        let focused = self.focus.pool.filter(|one| pools.contains(one));
        let largest = pools
            .iter()
            .copied()
            .filter(|pool| asks(pool, at))
            .max_by_key(|pool| (least(pool), std::cmp::Reverse(*pool)));
        let Some(shown) = focused.or(largest).or(pools.first().copied()) else { return String::new() };
        let mut later = (at..self.model.horizon).chain((0..at).rev());
        let bucket = later.find(|&bucket| asks(&shown, bucket)).unwrap_or(at);
        let others = pools.iter().filter(|&pool| *pool != shown && asks(pool, bucket)).count();
        let more = if others > 0 { format!("; {others} more likewise") } else { String::new() };
        let asked = self.asked(index, shown, bucket).join(" and ");
        format!("{asked} of {} in {}{more}", pool(self.stated, shown), label(self.model, bucket))
    }

    /// What a hard cover asks of a pool in a bucket.
    fn asked(&self, index: usize, pool: usize, bucket: usize) -> Vec<String> {
        let cover = &self.model.pools[pool].cover;
        let mut asked = Vec::new();
        if cover.hard[bucket] && self.stated.covers[index].safety_stock.is_some() {
            asked.push(format!("keeps {} in safety stock", count(cover.safety_stock[bucket])));
        }
        if let Some(most) = cover.most[bucket] {
            asked.push(format!("lets {} at most be left", count(most)));
        }
        asked
    }
}
