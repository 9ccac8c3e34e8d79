//! Limits that items share: how much there is in each bucket, and what uses it.

use super::Model;
use crate::network::{LaneId, LocationId, PoolId, SupplierId};
use crate::source::Place;
use crate::units::{Overflow, Ratio, add, ratio};

/// What a limit is about, and who uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitKind {
    /// Landed cost received a bucket, over these lanes; open orders count at standard cost.
    Budget {
        /// Lanes it covers.
        lanes: Vec<LaneId>,
        /// Open orders it covers.
        open_orders: Vec<usize>,
    },
    /// Value of closing stock, over these pools.
    InventoryValue(Vec<PoolId>),
    /// Volume of opening stock and receipts.
    StoragePeak(LocationId),
    /// Volume of closing stock.
    StorageClosing(LocationId),
    /// Units received a bucket.
    Inbound(LocationId),
    /// Units sold a bucket.
    Outbound(LocationId),
    /// Capacity units of lines released a bucket.
    Supplier(SupplierId),
}

impl LimitKind {
    /// As plans and rules name it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Budget { .. } => "budget",
            Self::InventoryValue(_) => "inventory-value",
            Self::StoragePeak(_) | Self::StorageClosing(_) => "storage-capacity",
            Self::Inbound(_) => "inbound-capacity",
            Self::Outbound(_) => "outbound-capacity",
            Self::Supplier(_) => "supplier-capacity",
        }
    }

    /// True where facts alone may pass it, which is then given.
    #[must_use]
    pub fn can_be_given(&self) -> bool {
        !matches!(self, Self::Outbound(_))
    }
}

/// A limit by bucket.
#[derive(Debug, Clone)]
pub struct Limit {
    /// What it is about.
    pub kind: LimitKind,
    /// Its name.
    pub of: String,
    /// How much there is, by bucket of the horizon.
    pub available: Vec<Ratio>,
    /// Where it is stated.
    pub origin: Place,
}

/// All limits, by (kind, name).
pub(super) fn all(model: &Model<'_>) -> Result<Vec<Limit>, Overflow> {
    let network = model.network;
    let levels = |series: &crate::series::Series| -> Vec<Ratio> {
        model.horizon().iter().map(|bucket| ratio(super::level(series, bucket))).collect()
    };
    let mut limits = Vec::new();
    for budget in &network.budgets {
        limits.push(Limit {
            kind: LimitKind::Budget { lanes: budget.lanes.clone(), open_orders: budget.open_orders.clone() },
            of: budget.name.clone(),
            available: model.flows(&budget.purchases)?,
            origin: budget.origin.clone(),
        });
    }
    for limit in &network.value_limits {
        limits.push(Limit {
            kind: LimitKind::InventoryValue(limit.pools.clone()),
            of: limit.name.clone(),
            available: levels(&limit.inventory_value),
            origin: limit.origin.clone(),
        });
    }
    for (index, location) in network.locations.iter().enumerate() {
        let id = LocationId::from(index);
        let mut push = |kind, available, origin: &Place| {
            limits.push(Limit { kind, of: location.id.clone(), available, origin: origin.clone() });
        };
        if let Some(storage) = &location.storage_capacity {
            let kind =
                if location.storage_closing { LimitKind::StorageClosing(id) } else { LimitKind::StoragePeak(id) };
            push(kind, levels(&storage.value), &storage.origin);
        }
        if let Some(inbound) = &location.inbound_capacity {
            push(LimitKind::Inbound(id), model.flows(&inbound.value)?, &inbound.origin);
        }
        if let Some(outbound) = &location.outbound_capacity {
            push(LimitKind::Outbound(id), model.flows(&outbound.value)?, &outbound.origin);
        }
    }
    for (index, supplier) in network.suppliers.iter().enumerate() {
        if let Some(capacity) = &supplier.capacity {
            let kind = LimitKind::Supplier(SupplierId::from(index));
            let (available, origin) = (model.flows(&capacity.value)?, capacity.origin.clone());
            limits.push(Limit { kind, of: supplier.id.clone(), available, origin });
        }
    }
    limits.sort_by(|a, b| (a.kind.name(), &a.of).cmp(&(b.kind.name(), &b.of)));
    for extra in &network.extras {
        let extended = limits.iter_mut().filter(|limit| limit.kind.name() == extra.kind && limit.of == extra.of);
        for available in extended.filter_map(|limit| limit.available.get_mut(extra.bucket)) {
            *available = add(*available, ratio(extra.amount))?;
        }
    }
    Ok(limits)
}
