//! What a team can withdraw: the statements that can contradict each other.
//!
//! Demand, stock, prices and lead times are background. Members stand in the order in which a conflict is preferably told: promises
//! first, then what is in their way, sizes of lines last.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::network::{CashAmount, Network};
use crate::series::Series;
use crate::source::Place;

/// A statement that can be withdrawn; numbers are places in the lists of the network, and a key of `[[lane]]` is told by the header of its
/// entry, which stands for all lanes that it states.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member {
    /// `[[service]]`.
    Floor(usize),
    /// `[[cover]]` with `hard = true`.
    Cover(usize),
    /// `[[pin]]`.
    Pin(usize),
    /// A firm line of `[[open-order]]`.
    FirmOrder(usize),
    /// `minimum` of `[cash]`.
    Cash,
    /// `[[cash-flow]]` that pays.
    CashFlow(usize),
    /// `[[budget]]`.
    Budget(usize),
    /// `[[limit]]`.
    InventoryValue(usize),
    /// `storage-capacity` of a location.
    Storage(usize),
    /// `inbound-capacity` of a location.
    Inbound(usize),
    /// `outbound-capacity` of a location.
    Outbound(usize),
    /// `capacity` of a supplier.
    SupplierCapacity(usize),
    /// `closures` of a supplier.
    Closures(usize),
    /// `minimum-order` of a supplier.
    MinimumOrder(usize),
    /// `frozen-days`.
    Frozen,
    /// `premium` of a lane.
    Premium(Place),
    /// `max` of a lane.
    Largest(Place),
    /// `moq` of a lane.
    Smallest(Place),
    /// `multiple` of a lane.
    Multiple(Place),
}

/// Where a member is stated: the entry's header, and the key that says it.
pub(super) struct Stated {
    /// The header, or the line of the key itself.
    pub(super) entry: Place,
    /// The key in that entry; none where the entry itself is the member.
    pub(super) key: Option<&'static str>,
}

impl Member {
    /// As rules and violations name it where they know it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Floor(_) => "fill-rate",
            Self::Cover(_) => "cover",
            Self::Pin(_) => "pin",
            Self::FirmOrder(_) => "open-order",
            Self::Cash => "cash-minimum",
            Self::CashFlow(_) => "cash-flow",
            Self::Budget(_) => "budget",
            Self::InventoryValue(_) => "inventory-value",
            Self::Storage(_) => "storage-capacity",
            Self::Inbound(_) => "inbound-capacity",
            Self::Outbound(_) => "outbound-capacity",
            Self::SupplierCapacity(_) => "supplier-capacity",
            Self::Closures(_) => "closures",
            Self::MinimumOrder(_) => "minimum-order",
            Self::Frozen => "frozen-days",
            Self::Premium(_) => "premium",
            Self::Largest(_) => "max",
            Self::Smallest(_) => "moq",
            Self::Multiple(_) => "multiple",
        }
    }

    /// Which one of its kind.
    #[must_use]
    pub fn key(&self, network: &Network) -> String {
        match self {
            Self::Floor(at) => network.services[*at].name.clone(),
            Self::Cover(at) => network.covers[*at].name.clone(),
            Self::Pin(at) => {
                let pin = &network.pins[*at];
                let lane = match pin.lane {
                    crate::network::Route::Purchase(lane) => network.lane_name(lane),
                    crate::network::Route::Transfer(lane) => network.transfer_name(lane),
                };
                format!("{lane}/{}", network.calendar.buckets[pin.bucket].period)
            }
            Self::FirmOrder(at) => {
                let order = &network.open_orders[*at];
                format!("{}/{}", order.id, network.item(order.item).id)
            }
            Self::Cash => "cash".to_owned(),
            Self::CashFlow(at) => network.cash_flows[*at].name.clone(),
            Self::Budget(at) => network.budgets[*at].name.clone(),
            Self::InventoryValue(at) => network.value_limits[*at].name.clone(),
            Self::Storage(at) | Self::Inbound(at) | Self::Outbound(at) => network.locations[*at].id.clone(),
            Self::SupplierCapacity(at) | Self::Closures(at) | Self::MinimumOrder(at) => {
                network.suppliers[*at].id.clone()
            }
            Self::Frozen => "plan".to_owned(),
            Self::Premium(entry) | Self::Largest(entry) | Self::Smallest(entry) | Self::Multiple(entry) => {
                lane_of(network, entry)
            }
        }
    }

    /// Where it is stated.
    pub(super) fn stated(&self, network: &Network) -> Stated {
        let entry = |place: &Place| Stated { entry: place.clone(), key: None };
        let key = |place: &Place, key| Stated { entry: place.clone(), key: Some(key) };
        let at_key = |stated: Option<&Place>, header: &Place| entry(stated.unwrap_or(header));
        match self {
            Self::Floor(at) => entry(&network.services[*at].origin),
            Self::Cover(at) => entry(&network.covers[*at].origin),
            Self::Pin(at) => entry(&network.pins[*at].origin),
            Self::FirmOrder(at) => entry(&network.open_orders[*at].origin),
            Self::Cash => entry(network.cash.as_ref().map_or(&network.tail_origin, |cash| &cash.origin)),
            Self::CashFlow(at) => entry(&network.cash_flows[*at].origin),
            Self::Budget(at) => entry(&network.budgets[*at].origin),
            Self::InventoryValue(at) => entry(&network.value_limits[*at].origin),
            Self::Storage(at) => {
                let location = &network.locations[*at];
                at_key(location.storage_capacity.as_ref().map(|stated| &stated.origin), &location.origin)
            }
            Self::Inbound(at) => {
                let location = &network.locations[*at];
                at_key(location.inbound_capacity.as_ref().map(|stated| &stated.origin), &location.origin)
            }
            Self::Outbound(at) => {
                let location = &network.locations[*at];
                at_key(location.outbound_capacity.as_ref().map(|stated| &stated.origin), &location.origin)
            }
            Self::SupplierCapacity(at) => {
                let supplier = &network.suppliers[*at];
                at_key(supplier.capacity.as_ref().map(|stated| &stated.origin), &supplier.origin)
            }
            Self::MinimumOrder(at) => {
                let supplier = &network.suppliers[*at];
                at_key(supplier.minimum_order.as_ref().map(|stated| &stated.origin), &supplier.origin)
            }
            Self::Closures(at) => key(&network.suppliers[*at].origin, "closures"),
            Self::Frozen => key(&Place { line: 1, column: 1, ..network.tail_origin.clone() }, "frozen-days"),
            Self::Premium(at) => key(at, "premium"),
            Self::Largest(at) => key(at, "max"),
            Self::Smallest(at) => key(at, "moq"),
            Self::Multiple(at) => key(at, "multiple"),
        }
    }
}

/// The lanes of an entry, in words: the first one's name, or what they have in common.
fn lane_of(network: &Network, entry: &Place) -> String {
    let bought = network.lanes.iter().enumerate().filter(|(_, lane)| lane.origin == *entry);
    let mut names: Vec<String> = bought.map(|(index, _)| network.lane_name(index.into())).collect();
    let sent = network.transfers.iter().enumerate().filter(|(_, lane)| lane.origin == *entry);
    names.extend(sent.map(|(index, _)| network.transfer_name(index.into())));
    names.dedup();
    match names.as_slice() {
        [] => "lane".to_owned(),
        [one] => one.clone(),
        [first, ..] => {
            let rest = first.split_once('/').map_or("", |(_, rest)| rest);
            format!("{} items/{rest}", names.len())
        }
    }
}

/// Everything that can be withdrawn from a project, in order.
#[must_use]
pub fn all(network: &Network) -> Vec<Member> {
    let mut members: BTreeSet<Member> = BTreeSet::new();
    members.extend((0..network.services.len()).map(Member::Floor));
    let hard = network.covers.iter().enumerate().filter(|(_, cover)| cover.hard);
    members.extend(hard.map(|(at, _)| Member::Cover(at)));
    members.extend((0..network.pins.len()).map(Member::Pin));
    let firm = network.open_orders.iter().enumerate().filter(|(_, order)| order.firm);
    members.extend(firm.map(|(at, _)| Member::FirmOrder(at)));
    if network.cash.is_some() {
        members.insert(Member::Cash);
        let pays = network.cash_flows.iter().enumerate().filter(|(_, flow)| pays(&flow.amount));
        members.extend(pays.map(|(at, _)| Member::CashFlow(at)));
    }
    members.extend((0..network.budgets.len()).map(Member::Budget));
    members.extend((0..network.value_limits.len()).map(Member::InventoryValue));
    for (at, location) in network.locations.iter().enumerate() {
        members.extend(location.storage_capacity.is_some().then_some(Member::Storage(at)));
        members.extend(location.inbound_capacity.is_some().then_some(Member::Inbound(at)));
        members.extend(location.outbound_capacity.is_some().then_some(Member::Outbound(at)));
    }
    for (at, supplier) in network.suppliers.iter().enumerate() {
        members.extend(supplier.capacity.is_some().then_some(Member::SupplierCapacity(at)));
        members.extend((!supplier.closures.is_empty()).then_some(Member::Closures(at)));
        members.extend(supplier.minimum_order.is_some().then_some(Member::MinimumOrder(at)));
    }
    members.extend((network.frozen_days > 0).then_some(Member::Frozen));
    for lane in &network.lanes {
        sizes(&mut members, &lane.origin, (lane.premium, lane.moq, lane.multiple, lane.max));
    }
    for lane in &network.transfers {
        sizes(&mut members, &lane.origin, (lane.premium, lane.moq, lane.multiple, lane.max));
    }
    members.into_iter().collect()
}

fn sizes(members: &mut BTreeSet<Member>, entry: &Place, (premium, moq, multiple, max): (bool, i64, i64, Option<i64>)) {
    members.extend(premium.then(|| Member::Premium(entry.clone())));
    members.extend((moq > 1).then(|| Member::Smallest(entry.clone())));
    members.extend((multiple > 1).then(|| Member::Multiple(entry.clone())));
    members.extend(max.map(|_| Member::Largest(entry.clone())));
}

/// True where a flow of cash pays in some bucket.
fn pays(amount: &CashAmount) -> bool {
    match amount {
        CashAmount::On(_, amount) => *amount < Decimal::ZERO,
        CashAmount::Flow(series) => series.values().iter().any(|value| *value < Decimal::ZERO),
    }
}

/// What a flow of cash brings in, without what it pays.
pub(super) fn inflow(amount: &CashAmount) -> CashAmount {
    let no_less = |value: Decimal| value.max(Decimal::ZERO);
    match amount {
        CashAmount::On(day, amount) => CashAmount::On(*day, no_less(*amount)),
        CashAmount::Flow(series) => CashAmount::Flow(mapped(series, &no_less)),
    }
}

/// A series with each of its numbers changed.
pub(super) fn mapped(series: &Series, change: &dyn Fn(Decimal) -> Decimal) -> Series {
    match series {
        Series::Scalar(value) => Series::Scalar(change(*value)),
        Series::Per(grain, value) => Series::Per(*grain, change(*value)),
        Series::Table { default, keys } => Series::Table {
            default: default.map(change),
            keys: keys.iter().map(|key| crate::series::SeriesKey { value: change(key.value), ..*key }).collect(),
        },
        Series::Layered(layers) => Series::Layered(layers.iter().map(|layer| mapped(layer, change)).collect()),
    }
}
