//! What of a plan a selector chooses.

use crate::network::{ItemId, LaneId, Network, OfferId, PoolId, Scope, TransferId};

/// What a scope chooses of demand, sales, stock and lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen<'n> {
    network: &'n Network,
    scope: Option<&'n Scope>,
}

impl<'n> Chosen<'n> {
    /// Everything.
    pub(super) fn all(network: &'n Network) -> Self {
        Self { network, scope: None }
    }

    /// What a scope chooses.
    pub(super) fn by(network: &'n Network, scope: &'n Scope) -> Self {
        let says_something = !scope.keys.is_empty() || !scope.not.is_empty();
        Self { network, scope: says_something.then_some(scope) }
    }

    /// True where it is everything.
    pub(super) fn is_all(&self) -> bool {
        self.scope.is_none()
    }

    /// Demand of an item in a channel.
    pub(super) fn asked(&self, offer: OfferId) -> bool {
        let offer = &self.network.offers[offer.index()];
        self.has(offer.item, &[("channel", self.channel(offer.channel.index()))])
    }

    /// Sales of an item in a channel from a location.
    pub(super) fn sold(&self, offer: OfferId, pool: PoolId) -> bool {
        let offer = &self.network.offers[offer.index()];
        let location = self.location(self.network.pools[pool.index()].location.index());
        self.has(offer.item, &[("channel", self.channel(offer.channel.index())), ("location", location)])
    }

    /// Stock of an item at a location.
    pub(super) fn held(&self, pool: PoolId) -> bool {
        let pool = &self.network.pools[pool.index()];
        self.has(pool.item, &[("location", self.location(pool.location.index()))])
    }

    /// What is bought on a lane.
    pub(super) fn bought(&self, lane: LaneId) -> bool {
        let lane = &self.network.lanes[lane.index()];
        let supplier = self.network.suppliers[lane.supplier.index()].id.as_str();
        self.has(lane.item, &[("location", self.location(lane.location.index())), ("supplier", supplier)])
    }

    /// What arrives by a transfer.
    pub(super) fn moved(&self, lane: TransferId) -> bool {
        let lane = &self.network.transfers[lane.index()];
        self.has(lane.item, &[("location", self.location(lane.location.index()))])
    }

    fn channel(&self, index: usize) -> &'n str {
        &self.network.channels[index].id
    }

    fn location(&self, index: usize) -> &'n str {
        &self.network.locations[index].id
    }

    fn has(&self, item: ItemId, besides: &[(&str, &str)]) -> bool {
        let item = &self.network.items[item.index()];
        let value = |key: &str| match besides.iter().find(|(own, _)| *own == key) {
            Some((_, value)) => Some(*value),
            None => item.facet(key),
        };
        self.scope.is_none_or(|scope| scope.meets(value))
    }
}
