//! A project of some of its items alone.
//!
//! What others would use of a limit is not there, so that a part without a plan shows that the whole has none: what items only bring to each other -
//! cash, a group's floor, a minimum order - is left out of it. A limit that facts alone pass in the whole is left out as well, since the room
//! that this gives is more than the part has.

use std::collections::BTreeSet;

use num_traits::Zero;

use crate::model::Model;
use crate::network::{
    BaselineLine, BaselineTransfer, ItemId, LaneId, Network, OfferId, OutlookMethod, PoolId, Route, TransferId,
};

/// Where things of the whole are in the part.
pub(crate) struct Places {
    pub(crate) items: Vec<Option<usize>>,
    pools: Vec<Option<usize>>,
    pub(crate) offers: Vec<Option<usize>>,
    pub(crate) lanes: Vec<Option<usize>>,
    pub(crate) transfers: Vec<Option<usize>>,
    orders: Vec<Option<usize>>,
}

/// The places of what is kept of a list.
fn places<T>(list: &[T], keeps: impl Fn(&T) -> bool) -> Vec<Option<usize>> {
    let mut next = 0;
    let place = |one: &T| {
        keeps(one).then(|| {
            next += 1;
            next - 1
        })
    };
    list.iter().map(place).collect()
}

/// What is kept of a list.
fn kept<T: Clone>(list: &[T], places: &[Option<usize>]) -> Vec<T> {
    list.iter().zip(places).filter(|(_, place)| place.is_some()).map(|(one, _)| one.clone()).collect()
}

/// A copy in which lists of the items' own hold what is kept of them; of a large project that is little. It still names what it holds as the whole does.
fn copied(stated: &Network, at: &Places) -> Network {
    let is_kept = |item: ItemId| at.items[item.index()].is_some();
    Network {
        project: stated.project.clone(),
        cycle: stated.cycle.clone(),
        currency: stated.currency.clone(),
        minor_digits: stated.minor_digits,
        as_of: stated.as_of,
        calendar: stated.calendar.clone(),
        first_bucket_whole: stated.first_bucket_whole,
        frozen_days: stated.frozen_days,
        tail: stated.tail,
        tail_origin: stated.tail_origin.clone(),
        economics: stated.economics.clone(),
        items: kept(&stated.items, &at.items),
        locations: stated.locations.clone(),
        channels: stated.channels.clone(),
        suppliers: stated.suppliers.clone(),
        pools: kept(&stated.pools, &at.pools),
        offers: kept(&stated.offers, &at.offers),
        lanes: kept(&stated.lanes, &at.lanes),
        transfers: kept(&stated.transfers, &at.transfers),
        open_orders: kept(&stated.open_orders, &at.orders),
        open_transfers: stated.open_transfers.iter().filter(|open| is_kept(open.item)).cloned().collect(),
        promotions: stated.promotions.clone(),
        outlooks: stated.outlooks.clone(),
        history: stated.history.iter().filter(|one| is_kept(one.item)).cloned().collect(),
        history_from: stated.history_from,
        actuals: Vec::new(),
        services: stated.services.clone(),
        covers: stated.covers.clone(),
        budgets: stated.budgets.clone(),
        value_limits: stated.value_limits.clone(),
        cash: stated.cash.clone(),
        cash_flows: stated.cash_flows.clone(),
        rules: stated.rules.clone(),
        gates: Vec::new(),
        waivers: Vec::new(),
        pins: stated.pins.clone(),
        renamed: Vec::new(),
        baseline: stated.baseline.clone(),
        starts: stated.starts.clone(),
        extras: stated.extras.clone(),
    }
}

/// Items whose plans hang together with those of some items: the one that an outlook is taken from is needed as well.
fn with_models_of(network: &Network, items: &BTreeSet<usize>) -> BTreeSet<usize> {
    let like = network.outlooks.iter().filter_map(|outlook| match outlook.method {
        OutlookMethod::Like(item, _) => Some(item.index()),
        _ => None,
    });
    items.iter().copied().chain(like).collect()
}

/// The project of some items. `starts` are those of the whole.
pub(super) fn part(whole: &Model<'_>, items: &BTreeSet<usize>) -> Network {
    let (mut network, at) = alone(whole.network, items);
    let starts = whole.pools.iter().map(|pool| pool.reached);
    network.starts = Some(starts.zip(&at.pools).filter(|(_, place)| place.is_some()).map(|(start, _)| start).collect());
    leave_out_what_is_shared(whole, &mut network, &at);
    network
}

/// What is stated of some items, and of all that is no item's.
pub(crate) fn alone(stated: &Network, items: &BTreeSet<usize>) -> (Network, Places) {
    let items = with_models_of(stated, items);
    let kept = |item: ItemId| items.contains(&item.index());
    let at = Places {
        items: places(&(0..stated.items.len()).collect::<Vec<_>>(), |item| items.contains(item)),
        pools: places(&stated.pools, |pool| kept(pool.item)),
        offers: places(&stated.offers, |offer| kept(offer.item)),
        lanes: places(&stated.lanes, |lane| kept(lane.item)),
        transfers: places(&stated.transfers, |lane| kept(lane.item)),
        orders: places(&stated.open_orders, |order| kept(order.item)),
    };
    (without_others(stated, &at), at)
}

fn without_others(stated: &Network, at: &Places) -> Network {
    let item = |id: ItemId| at.items[id.index()].map_or(id, ItemId::from);
    let pool = |id: PoolId| at.pools[id.index()].map_or(id, PoolId::from);
    let offer = |id: OfferId| at.offers[id.index()].map(OfferId::from);
    let lane = |id: LaneId| at.lanes[id.index()].map(LaneId::from);
    let transfer = |id: TransferId| at.transfers[id.index()].map(TransferId::from);
    let mut network = copied(stated, at);
    for one in &mut network.items {
        one.successor = one.successor.and_then(|id| at.items[id.index()].map(ItemId::from));
    }
    network.pools.iter_mut().for_each(|one| one.item = item(one.item));
    for one in &mut network.offers {
        one.item = item(one.item);
        one.sources.iter_mut().for_each(|source| source.pool = pool(source.pool));
    }
    network.lanes.iter_mut().for_each(|one| (one.item, one.pool) = (item(one.item), pool(one.pool)));
    for one in &mut network.transfers {
        (one.item, one.source, one.pool) = (item(one.item), pool(one.source), pool(one.pool));
    }
    for one in &mut network.open_orders {
        (one.item, one.pool, one.lane) = (item(one.item), pool(one.pool), one.lane.and_then(lane));
    }
    for one in &mut network.open_transfers {
        (one.item, one.source, one.pool) = (item(one.item), pool(one.source), pool(one.pool));
    }
    network.history.iter_mut().for_each(|one| one.item = item(one.item));
    for one in &mut network.outlooks {
        if let OutlookMethod::Like(like, factor) = one.method {
            one.method = OutlookMethod::Like(item(like), factor);
        }
    }
    for one in &mut network.services {
        one.offers = one.offers.iter().filter_map(|id| offer(*id)).collect();
    }
    let pools = |all: &[PoolId]| -> Vec<PoolId> {
        all.iter().filter_map(|id| at.pools[id.index()].map(PoolId::from)).collect()
    };
    network.covers.iter_mut().for_each(|one| one.pools = pools(&one.pools));
    network.value_limits.iter_mut().for_each(|one| one.pools = pools(&one.pools));
    for one in &mut network.budgets {
        one.lanes = one.lanes.iter().filter_map(|id| lane(*id)).collect();
        one.open_orders = one.open_orders.iter().filter_map(|order| at.orders[*order]).collect();
    }
    let route = |route: Route| match route {
        Route::Purchase(id) => lane(id).map(Route::Purchase),
        Route::Transfer(id) => transfer(id).map(Route::Transfer),
    };
    network.pins = std::mem::take(&mut network.pins)
        .into_iter()
        .filter_map(|pin| Some(crate::network::Pin { lane: route(pin.lane)?, ..pin }))
        .collect();
    if let Some(baseline) = &mut network.baseline {
        // What became of the last plan is a matter of gates, and of the whole.
        baseline.over.clear();
        baseline.sales.clear();
        let bought = std::mem::take(&mut baseline.lines).into_iter();
        baseline.lines = bought.filter_map(|one| Some(BaselineLine { lane: lane(one.lane)?, ..one })).collect();
        let sent = std::mem::take(&mut baseline.transfers).into_iter();
        baseline.transfers =
            sent.filter_map(|one| Some(BaselineTransfer { lane: transfer(one.lane)?, ..one })).collect();
    }
    network
}

/// Takes out what the part cannot speak for.
fn leave_out_what_is_shared(whole: &Model<'_>, network: &mut Network, at: &Places) {
    let stated = whole.network;
    network.cash = None;
    network.suppliers.iter_mut().for_each(|supplier| supplier.minimum_order = None);
    for (own, stated) in network.services.iter_mut().zip(&stated.services) {
        if own.group && stated.offers.iter().any(|offer| at.offers[offer.index()].is_none()) {
            own.offers.clear();
        }
    }
    let given = |kind: &str, of: &str| {
        let limits = whole.limits.iter().enumerate().filter(|(_, limit)| limit.kind.name() == kind && limit.of == of);
        let mut buckets = limits.flat_map(|(limit, _)| (0..whole.horizon).map(move |bucket| (limit, bucket)));
        buckets.any(|(limit, bucket)| !whole.given.limit(limit, bucket).is_zero())
    };
    for budget in network.budgets.iter_mut().filter(|budget| given("budget", &budget.name)) {
        budget.lanes.clear();
        budget.open_orders.clear();
    }
    network
        .value_limits
        .iter_mut()
        .filter(|limit| given("inventory-value", &limit.name))
        .for_each(|one| one.pools.clear());
    for location in &mut network.locations {
        location.storage_capacity.take_if(|_| given("storage-capacity", &location.id));
        location.inbound_capacity.take_if(|_| given("inbound-capacity", &location.id));
    }
    for supplier in &mut network.suppliers {
        supplier.capacity.take_if(|_| given("supplier-capacity", &supplier.id));
    }
}
