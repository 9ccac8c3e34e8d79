//! Stock and open orders, and the pools that follow from them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::Context;
use super::offers::DemandRow;
use super::transfers::TransferRow;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::stated_twice;
use crate::document::spec::Entity;
use crate::document::tables;
use crate::network::{ItemId, Lane, LaneId, LocationId, Network, OpenOrder, Pool, PoolId, SupplierId, TransferLane};
use crate::source::Span;

/// A row of stock with its names resolved.
pub(super) struct StockRow {
    item: ItemId,
    location: LocationId,
    on_hand: i64,
}

/// An open order with its names resolved.
pub(super) struct OpenRow<'a> {
    item: ItemId,
    supplier: SupplierId,
    location: LocationId,
    table: &'a tables::OpenOrder,
}

impl<'a> Context<'a> {
    pub(super) fn stock(&mut self) -> Vec<StockRow> {
        let mut rows = Vec::with_capacity(self.document.stock.len());
        let mut seen: BTreeMap<(u32, u32), Span> = BTreeMap::new();
        for stock in &self.document.stock {
            let item = self.names.slot(Entity::Item, &stock.item);
            let location = self.names.slot(Entity::Location, &stock.location);
            let (Some(item), Some(location), Some(&on_hand)) = (item, location, stock.on_hand.get()) else {
                self.excused.items.extend(item.map(|item| item as usize));
                continue;
            };
            if let Some(before) = seen.insert((item, location), stock.header) {
                let (item, location) = (stock.item.get(), stock.location.get());
                let message = format!(
                    "stock of `{}` at `{}` is stated twice",
                    item.map_or("", String::as_str),
                    location.map_or("", String::as_str)
                );
                self.report(stated_twice(message, stock.header, before));
                continue;
            }
            rows.push(StockRow { item: ItemId(item), location: LocationId(location), on_hand });
        }
        rows
    }

    pub(super) fn open_orders(&mut self) -> Vec<OpenRow<'a>> {
        let document = self.document;
        let mut rows = Vec::with_capacity(document.open_orders.len());
        let mut seen: BTreeMap<(&'a str, u32), Span> = BTreeMap::new();
        for order in &document.open_orders {
            let item = self.names.slot(Entity::Item, &order.item);
            let supplier = self.names.slot(Entity::Supplier, &order.supplier);
            let location = self.names.slot(Entity::Location, &order.location);
            if let (Some(ordered), Some(due)) = (order.ordered.spanned(), order.due.spanned())
                && ordered.value > due.value
            {
                let message = format!("the order is due on {} before it was placed", due.value);
                self.report(Diagnostic::error(&codes::REVERSED, message).at(due.span, "").at(ordered.span, "placed"));
            }
            let (Some(item), Some(supplier), Some(location), Some(id)) = (item, supplier, location, order.id.get())
            else {
                self.excused.items.extend(item.map(|item| item as usize));
                continue;
            };
            if let Some(before) = seen.insert((id, item), order.header) {
                let name = order.item.get().map_or("", String::as_str);
                let message = format!("`{name}` stands twice in the open order `{id}`");
                self.report(stated_twice(message, order.header, before));
                continue;
            }
            rows.push(OpenRow {
                item: ItemId(item),
                supplier: SupplierId(supplier),
                location: LocationId(location),
                table: order,
            });
        }
        rows
    }

    /// Open orders by (id, item, location), each with the lane whose terms it follows.
    pub(super) fn place_open_orders(&mut self, network: &Network, rows: Vec<OpenRow<'a>>) -> Vec<OpenOrder> {
        let mut orders = Vec::with_capacity(rows.len());
        for row in rows {
            let table = row.table;
            let (Some(&due), Some(&units)) = (table.due.get(), table.units.get()) else { continue };
            let payments = self.open_payments(table);
            let lane = terms(network, &row);
            // A lane that could not be read may well have told.
            let unread = self.excused.covers(row.item.index()) || !self.document.broken.is_empty();
            if lane.is_some() || table.ordered.is_absent() || !unread {
                self.unpaid(table, lane.is_none());
            }
            orders.push(OpenOrder {
                id: table.id.get().cloned().unwrap_or_default(),
                item: row.item,
                supplier: row.supplier,
                location: row.location,
                pool: pool_of(network, row.item, row.location).unwrap_or(PoolId(0)),
                units,
                ordered: table.ordered.get().copied(),
                due,
                payments,
                lane,
                firm: table.firm.get().copied().unwrap_or(true),
                origin: self.origin(table.header),
            });
        }
        orders.sort_by(|a, b| (&a.id, a.item, a.location).cmp(&(&b.id, b.item, b.location)));
        orders
    }

    fn open_payments(&self, table: &tables::OpenOrder) -> Option<Vec<(NaiveDate, rust_decimal::Decimal)>> {
        let rows = &table.payments.get()?.0;
        let mut payments: Vec<_> = rows.iter().filter_map(|row| Some((*row.on.get()?, *row.amount.get()?))).collect();
        payments.sort_unstable();
        Some(payments)
    }

    /// Reports an open order of which nothing tells what it still costs, where that matters.
    fn unpaid(&mut self, table: &tables::OpenOrder, no_terms: bool) {
        let Some(cash) = &self.document.cash else { return };
        if !table.payments.is_absent() || table.ordered.is_bad() {
            return;
        }
        let id = table.id.get().map_or("", String::as_str);
        let diagnostic = match table.ordered.span() {
            None => {
                let message = format!("nothing tells what is still to pay for the open order `{id}`");
                Diagnostic::error(&codes::UNPAID_ORDER, message)
                    .at(table.header, "neither `ordered` nor `payments`")
                    .help("`ordered` lets the supplier's terms tell; `payments = []` says that all is paid")
            }
            Some(span) if no_terms => {
                let message = format!("no lane tells what the open order `{id}` costs");
                Diagnostic::error(&codes::UNPAID_ORDER, message)
                    .at(span, "the supplier's terms count from here")
                    .help("state `payments`; there is no lane, premium ones aside, of this item, supplier and location")
            }
            Some(_) => return,
        };
        self.report(diagnostic.at(cash.header, "cash is planned"));
    }
}

/// The cheapest lane, premium ones aside, of an open order's item, supplier and location: at the first bucket's landed
/// cost a unit before breaks, ties by mode.
fn terms(network: &Network, row: &OpenRow<'_>) -> Option<LaneId> {
    // Lanes stand by item, location, supplier and mode.
    let key = |lane: &Lane| (lane.item, lane.location, lane.supplier);
    let wanted = (row.item, row.location, row.supplier);
    let from = network.lanes.partition_point(|lane| key(lane) < wanted);
    let same = network.lanes.iter().enumerate().skip(from).take_while(|(_, lane)| key(lane) == wanted);
    let cost = |lane: &Lane| crate::model::first_landed_cost(network, lane);
    same.filter(|(_, lane)| !lane.premium)
        .min_by_key(|(index, lane)| (cost(lane), *index))
        .map(|(index, _)| LaneId::from(index))
}

/// Fills the pools: every item at every location where it lies, is on its way to, can be bought for, or is asked for
/// first by a channel with demand.
pub(super) fn place_stock(
    network: &mut Network,
    stock: &[StockRow],
    lanes: &[Lane],
    open_orders: &[OpenRow<'_>],
    (transfers, under_way): (&[TransferLane], &[TransferRow<'_>]),
    demand: &[DemandRow],
) {
    let on_hand: BTreeMap<_, _> = stock.iter().map(|row| ((row.item, row.location), row.on_hand)).collect();
    let mut all: BTreeSet<(ItemId, LocationId)> = on_hand.keys().copied().collect();
    all.extend(lanes.iter().map(|lane| (lane.item, lane.location)));
    all.extend(open_orders.iter().map(|row| (row.item, row.location)));
    all.extend(transfers.iter().flat_map(|lane| [(lane.item, lane.from), (lane.item, lane.location)]));
    all.extend(under_way.iter().flat_map(|row| [(row.item, row.from), (row.item, row.location)]));
    let first = |row: &DemandRow| Some((row.item, *network.channel(row.channel).ship_from.first()?));
    all.extend(demand.iter().filter(|row| row.is_wanted()).filter_map(first));
    let pool =
        |(item, location)| Pool { item, location, on_hand: on_hand.get(&(item, location)).copied().unwrap_or(0) };
    network.pools = all.into_iter().map(pool).collect();
}

/// For each pool, whether its stock is stated, be it 0.
pub(super) fn stated_pools(network: &Network, stock: &[StockRow]) -> Vec<bool> {
    let stated: BTreeSet<_> = stock.iter().map(|row| (row.item, row.location)).collect();
    network.pools.iter().map(|pool| stated.contains(&(pool.item, pool.location))).collect()
}

/// Gives each lane the number of its pool.
pub(super) fn place_lanes(network: &Network, mut lanes: Vec<Lane>) -> Vec<Lane> {
    for lane in &mut lanes {
        lane.pool = pool_of(network, lane.item, lane.location).unwrap_or(PoolId(0));
    }
    lanes
}

/// The pool of an item at a location.
pub(super) fn pool_of(network: &Network, item: ItemId, location: LocationId) -> Option<PoolId> {
    network.pools.binary_search_by_key(&(item, location), |pool| (pool.item, pool.location)).ok().map(PoolId::from)
}
