//! What there is of the items of a set, and when an order brings more.

use std::collections::BTreeSet;

use super::{BUCKETS, ITEMS, Teller};
use crate::explain::member::Member;
use crate::explain::words::{self, label, listed};
use crate::model::Model;
use crate::model::clock::Trip;
use crate::network::{LaneId, Route, TransferId};

/// The line that serves the earliest bucket.
struct First {
    trip: Trip,
    /// The bucket that it serves.
    bucket: usize,
    lane: Route,
}

impl Teller<'_> {
    /// What there is of the items, and when an order brings more.
    pub(super) fn supply(&self) -> Vec<String> {
        let mut told = Vec::new();
        let items = self.items();
        let needs_stock =
            self.set.iter().any(|one| matches!(one, Member::Floor(_) | Member::Cover(_) | Member::Pin(_)));
        if !needs_stock {
            return told;
        }
        // Where a sum tells of many, one of them is an example.
        let shown = if self.focus.item.is_some() && items.len() > ITEMS { 1 } else { ITEMS };
        for &item in items.iter().take(shown) {
            told.extend(self.supply_of(item));
        }
        if items.len() > shown {
            told.push(format!("and likewise for {} more items", items.len() - shown));
        }
        told
    }

    fn supply_of(&self, item: usize) -> Vec<String> {
        let network = self.model.network;
        let missed = self.focus.missed.iter().find(|(missed, _)| *missed == item);
        let last = missed.map_or(self.focus.bucket, |(_, bucket)| *bucket);
        let (serving, others): (Vec<usize>, Vec<usize>) = (0..network.pools.len())
            .filter(|&one| network.pools[one].item.index() == item)
            .partition(|&one| self.serves(one));
        let (serving, others) = if serving.is_empty() { (others, serving) } else { (serving, others) };
        let several = serving.len() + others.len() > 1;
        let at = |pool: usize, on_hand: &str| {
            let location = &network.location(network.pools[pool].location).id;
            let at = if several { format!(" at `{location}`") } else { String::new() };
            format!("{}{on_hand}{at}", network.pools[pool].on_hand)
        };
        let open = |one: &usize| -> i64 {
            let facts = &self.model.pools[*one];
            facts.open_receipts[..=last].iter().chain(&facts.open_transfers[..=last]).sum()
        };
        let on_hand: Vec<String> = serving.iter().map(|&pool| at(pool, " on hand")).collect();
        let on_order: i64 = serving.iter().map(open).sum();
        let elsewhere: Vec<String> =
            others.iter().filter(|pool| network.pools[**pool].on_hand > 0).map(|&pool| at(pool, "")).collect();
        let elsewhere = if elsewhere.is_empty() { String::new() } else { format!(", another {}", listed(&elsewhere)) };
        let id = &network.items[item].id;
        vec![
            format!(
                "`{id}`: {} + {on_order} on order by {}{elsewhere}{}",
                listed(&on_hand),
                label(self.model, last),
                self.wanted(item, last)
            ),
            self.orders(&serving),
        ]
    }

    /// True for a pool that what is promised of its item can be served from, or that a cover or pin is about.
    fn serves(&self, pool: usize) -> bool {
        let network = self.model.network;
        let facts = &network.pools[pool];
        let promised = |offer: usize| {
            let own = |member: &Member| match member {
                Member::Floor(at) => self.stated.services[*at].offers.iter().any(|one| one.index() == offer),
                _ => false,
            };
            network.offers[offer].item == facts.item && self.set.iter().any(own)
        };
        let of_item: Vec<usize> = (0..network.offers.len()).filter(|&offer| promised(offer)).collect();
        let named = |member: &Member| match member {
            Member::Cover(at) => self.stated.covers[*at].pools.iter().any(|one| one.index() == pool),
            Member::Pin(at) => self.stated.pool_of(self.stated.pins[*at].lane).index() == pool,
            _ => false,
        };
        let ships = |&offer: &usize| self.model.ways_of(offer).any(|(_, way)| way.pool.index() == pool);
        of_item.iter().any(ships) || self.set.iter().any(named)
    }

    /// What floors ask for of an item until a bucket, where that is more than one number.
    fn wanted(&self, item: usize, last: usize) -> String {
        let offers = (0..self.model.offers.len()).filter(|&one| self.model.network.offers[one].item.index() == item);
        let mut held = vec![0_i64; last + 1];
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
            1..=BUCKETS => format!("; floors ask for {}", listed(&asked)),
            _ => format!("; floors ask for {total} until then"),
        }
    }

    /// When a line brings more to some pools: the first one by what is stated. Where statements that the set does without hold it back, what it would be
    /// without them as well.
    fn orders(&self, pools: &[usize]) -> String {
        let (stated, alone) = (first(self.whole, pools, false), first(self.model, pools, true));
        let Some(alone) = alone else {
            return "no lane without `premium` brings more in the horizon".to_owned();
        };
        let Some(stated) = stated else {
            return format!(
                "no new order that is allowed brings more in the horizon; {}, one by `{}` would {}",
                self.without(&alone, None),
                self.lane(&alone),
                self.days(&alone, ["be released on", "leave on", "serve"]),
            );
        };
        let what = if matches!(stated.lane, Route::Purchase(_)) { "order" } else { "transfer" };
        let told = format!(
            "the first new {what}, by `{}`, {}",
            self.lane(&stated),
            self.days(&stated, ["is released on", "leaves on", "serves"]),
        );
        if (stated.lane, stated.trip, stated.bucket) == (alone.lane, alone.trip, alone.bucket) {
            return told;
        }
        let one = if stated.lane == alone.lane { "it".to_owned() } else { format!("one by `{}`", self.lane(&alone)) };
        format!(
            "{told}; even {} {one} would {}",
            self.without(&alone, Some(&stated)),
            self.days(&alone, ["be released on", "leave on", "serve"]),
        )
    }

    fn lane(&self, first: &First) -> String {
        match first.lane {
            Route::Purchase(lane) => self.stated.lane_name(lane),
            Route::Transfer(lane) => self.stated.transfer_name(lane),
        }
    }

    /// `is released on 2026-02-01, usable 40 days later on 2026-03-13, and serves 2026-03`
    fn days(&self, first: &First, [released, leaves, serves]: [&str; 3]) -> String {
        let Trip { release, usable, .. } = first.trip;
        let verb = if matches!(first.lane, Route::Purchase(_)) { released } else { leaves };
        let days = (usable - release).num_days();
        let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
        format!("{verb} {release}, usable {days} later on {usable}, and {serves} {}", label(self.model, first.bucket))
    }

    /// What holds the first line back that the set does without: `without the frozen days and the closures of supplier \`porto\``.
    fn without(&self, alone: &First, stated: Option<&First>) -> String {
        let network = self.stated;
        let mut gone = Vec::new();
        let mut push = |member: Member, is_there: bool| {
            if is_there && !self.set.contains(&member) {
                gone.push(words::name(network, &member));
            }
        };
        let is_other = stated.is_none_or(|stated| stated.lane != alone.lane);
        match alone.lane {
            Route::Purchase(lane) => {
                let lane = network.lane(lane);
                let supplier = lane.supplier.index();
                push(Member::Frozen, network.frozen_days > 0);
                push(Member::Closures(supplier), !network.suppliers[supplier].closures.is_empty());
                push(Member::Premium(lane.origin.clone()), lane.premium && is_other);
            }
            Route::Transfer(lane) => {
                let lane = network.transfer(lane);
                push(Member::Premium(lane.origin.clone()), lane.premium && is_other);
            }
        }
        if gone.is_empty() { "with nothing else in the way".to_owned() } else { format!("without {}", listed(&gone)) }
    }
}

/// The line to some pools that serves the earliest bucket, of those the one that is usable first; `premium` ones too where a rule allows them.
fn first(model: &Model<'_>, pools: &[usize], premium: bool) -> Option<First> {
    let allowed = |own: &[usize], premium_ones: &[usize]| -> BTreeSet<usize> {
        own.iter().chain(premium_ones.iter().filter(|_| premium)).copied().collect()
    };
    let mut found = Vec::new();
    for &pool in pools {
        let facts = &model.pools[pool];
        for lane in allowed(&facts.lanes, &facts.premium) {
            let lines = model.lanes[lane].iter().enumerate();
            let line = |(bucket, one): (usize, &Option<crate::model::Opportunity>)| {
                Some(First { trip: one.as_ref()?.trip, bucket, lane: Route::Purchase(LaneId::from(lane)) })
            };
            found.extend(lines.filter_map(line));
        }
        for lane in allowed(&facts.transfers, &facts.premium_transfers) {
            let lines = model.transfers[lane].iter().enumerate();
            let line = |(bucket, one): (usize, &Option<crate::model::passage::Passage>)| {
                Some(First { trip: one.as_ref()?.trip, bucket, lane: Route::Transfer(TransferId::from(lane)) })
            };
            found.extend(lines.filter_map(line));
        }
    }
    found.into_iter().min_by_key(|first| (first.bucket, first.trip.usable))
}
