//! What something in a plan tells of itself, and the parts of a plan that go by that.

use std::collections::BTreeMap;

use super::tally::{Entry, Tally};
use crate::metrics::Kind;
use crate::model::way::Way;
use crate::network::{ChannelId, ItemId, LaneId, LocationId, Network, PoolId, Scope, SupplierId, TransferId};
use crate::units::Overflow;

/// What something tells of itself. What has no such facet as a scope names is no part of it: a line has no channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facets {
    item: ItemId,
    channel: Option<ChannelId>,
    location: Option<LocationId>,
    supplier: Option<SupplierId>,
}

impl Facets {
    fn of(item: ItemId) -> Self {
        Self { item, channel: None, location: None, supplier: None }
    }

    /// What it is about.
    pub(super) fn item(&self) -> ItemId {
        self.item
    }

    /// An item's demand in a channel.
    pub(super) fn offer(network: &Network, offer: usize) -> Self {
        let offer = &network.offers[offer];
        Self { channel: Some(offer.channel), ..Self::of(offer.item) }
    }

    /// Sales of an item in a channel, whether or not anything is asked for there now.
    pub(super) fn sold(item: ItemId, channel: ChannelId) -> Self {
        Self { channel: Some(channel), ..Self::of(item) }
    }

    /// Sales by a way.
    pub(super) fn way(network: &Network, way: &Way) -> Self {
        Self { location: Some(network.pool(way.pool).location), ..Self::offer(network, way.offer) }
    }

    /// Stock of an item at a location.
    pub(super) fn pool(network: &Network, pool: PoolId) -> Self {
        let pool = network.pool(pool);
        Self { location: Some(pool.location), ..Self::of(pool.item) }
    }

    /// Purchases on a lane.
    pub(super) fn lane(network: &Network, lane: LaneId) -> Self {
        let lane = network.lane(lane);
        Self { location: Some(lane.location), supplier: Some(lane.supplier), ..Self::of(lane.item) }
    }

    /// Transfers on a lane: by where they arrive.
    pub(super) fn transfer(network: &Network, lane: TransferId) -> Self {
        let lane = network.transfer(lane);
        Self { location: Some(lane.location), ..Self::of(lane.item) }
    }

    /// True where a scope selects it.
    pub(super) fn meet(&self, network: &Network, scope: &Scope) -> bool {
        let item = network.item(self.item);
        scope.meets(|key| match key {
            "channel" => self.channel.map(|id| network.channel(id).id.as_str()),
            "location" => self.location.map(|id| network.location(id).id.as_str()),
            "supplier" => self.supplier.map(|id| network.supplier(id).id.as_str()),
            _ => item.facet(key),
        })
    }
}

/// The sums of the whole plan and of every part that metrics are told of.
pub(super) struct Parts {
    /// By item.
    items: Vec<Tally>,
    channels: Vec<Tally>,
    locations: Vec<Tally>,
    suppliers: Vec<Tally>,
}

impl Parts {
    /// Nothing yet.
    pub(super) fn new(network: &Network, buckets: usize) -> Self {
        let tallies = |number: usize| vec![Tally::new(buckets); number];
        Self {
            items: tallies(network.items.len()),
            channels: tallies(network.channels.len()),
            locations: tallies(network.locations.len()),
            suppliers: tallies(network.suppliers.len()),
        }
    }

    /// Counts something wherever it belongs.
    pub(super) fn take(&mut self, facets: &Facets, entry: &Entry<'_>) -> Result<(), Overflow> {
        self.items[facets.item.index()].take(entry)?;
        let channel = facets.channel.map(|id| &mut self.channels[id.index()]);
        let location = facets.location.map(|id| &mut self.locations[id.index()]);
        let supplier = facets.supplier.map(|id| &mut self.suppliers[id.index()]);
        [channel, location, supplier].into_iter().flatten().try_for_each(|tally| tally.take(entry))
    }

    /// The whole.
    pub(super) fn whole(&self, buckets: usize) -> Result<Tally, Overflow> {
        let mut whole = Tally::new(buckets);
        self.items.iter().try_for_each(|item| whole.merge(item))?;
        Ok(whole)
    }

    /// Every part of a kind, by id.
    pub(super) fn of<'t>(&'t self, network: &'t Network, kind: Kind) -> Result<Vec<(&'t str, Part<'t>)>, Overflow> {
        let items = || network.items.iter().zip(&self.items);
        Ok(match kind {
            Kind::Item => items().map(|(item, tally)| (item.id.as_str(), Part::Own(tally))).collect(),
            Kind::Channel => named(network.channels.iter().map(|one| one.id.as_str()), &self.channels),
            Kind::Location => named(network.locations.iter().map(|one| one.id.as_str()), &self.locations),
            Kind::Supplier => named(network.suppliers.iter().map(|one| one.id.as_str()), &self.suppliers),
            Kind::Category | Kind::Class => {
                let mut groups: BTreeMap<&str, Tally> = BTreeMap::new();
                for (item, tally) in items() {
                    let Some(name) = item.facet(kind.name()) else { continue };
                    let group = groups.entry(name).or_insert_with(|| Tally::new(tally.sales.len()));
                    group.merge(tally)?;
                }
                groups.into_iter().map(|(name, tally)| (name, Part::Group(Box::new(tally)))).collect()
            }
        })
    }
}

fn named<'t>(names: impl Iterator<Item = &'t str>, tallies: &'t [Tally]) -> Vec<(&'t str, Part<'t>)> {
    names.zip(tallies).map(|(name, tally)| (name, Part::Own(tally))).collect()
}

/// The sums of a part: kept, or put together.
pub(super) enum Part<'t> {
    Own(&'t Tally),
    Group(Box<Tally>),
}

impl Part<'_> {
    pub(super) fn tally(&self) -> &Tally {
        match self {
            Self::Own(tally) => tally,
            Self::Group(tally) => tally,
        }
    }
}
