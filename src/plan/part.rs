//! A part of a plan that a scope selects: which of its sales, lines and stock count.

use crate::model::way::Way;
use crate::network::{ItemId, LaneId, Network, PoolId, Scope, TransferId};

/// What a scope selects. What has no such key as it names meets none: a line has no channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'p> {
    network: &'p Network,
    scope: &'p Scope,
}

/// What something tells of itself besides its item.
#[derive(Debug, Clone, Copy, Default)]
struct Facets<'p> {
    channel: Option<&'p str>,
    location: Option<&'p str>,
    supplier: Option<&'p str>,
}

impl<'p> Part<'p> {
    pub(super) fn new(network: &'p Network, scope: &'p Scope) -> Self {
        Self { network, scope }
    }

    /// True where nothing is left out.
    pub(super) fn is_whole(&self) -> bool {
        *self.scope == Scope::default()
    }

    /// True where an item's demand in a channel counts.
    pub(super) fn offer(&self, offer: usize) -> bool {
        let offer = &self.network.offers[offer];
        let channel = Some(self.network.channel(offer.channel).id.as_str());
        self.meets(offer.item, Facets { channel, ..Facets::default() })
    }

    /// True where sales by a way count.
    pub(super) fn way(&self, way: &Way) -> bool {
        let offer = &self.network.offers[way.offer];
        let channel = Some(self.network.channel(offer.channel).id.as_str());
        let location = Some(self.network.location(self.network.pool(way.pool).location).id.as_str());
        self.meets(offer.item, Facets { channel, location, supplier: None })
    }

    /// True where stock of an item at a location counts.
    pub(super) fn pool(&self, pool: PoolId) -> bool {
        let pool = self.network.pool(pool);
        let location = Some(self.network.location(pool.location).id.as_str());
        self.meets(pool.item, Facets { location, ..Facets::default() })
    }

    /// True where purchases on a lane count.
    pub(super) fn lane(&self, lane: LaneId) -> bool {
        let lane = self.network.lane(lane);
        let location = Some(self.network.location(lane.location).id.as_str());
        let supplier = Some(self.network.supplier(lane.supplier).id.as_str());
        self.meets(lane.item, Facets { channel: None, location, supplier })
    }

    /// True where transfers on a lane count: by where they arrive.
    pub(super) fn transfer(&self, lane: TransferId) -> bool {
        let lane = self.network.transfer(lane);
        let location = Some(self.network.location(lane.location).id.as_str());
        self.meets(lane.item, Facets { location, ..Facets::default() })
    }

    fn meets(&self, item: ItemId, facets: Facets<'_>) -> bool {
        let item = self.network.item(item);
        self.scope.meets(|key| match key {
            "channel" => facets.channel,
            "location" => facets.location,
            "supplier" => facets.supplier,
            _ => item.facet(key),
        })
    }
}
