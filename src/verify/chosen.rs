//! What of a plan a selector chooses.

use super::sums::About;
use crate::network::{Network, Scope};

/// What a scope chooses of demand, sales, stock and lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen<'n> {
    network: &'n Network,
    scope: Option<&'n Scope>,
}

impl<'n> Chosen<'n> {
    /// What a scope chooses.
    pub(super) fn by(network: &'n Network, scope: &'n Scope) -> Self {
        let says_something = !scope.keys.is_empty() || !scope.not.is_empty();
        Self { network, scope: says_something.then_some(scope) }
    }

    /// True where it is everything.
    pub(super) fn is_all(&self) -> bool {
        self.scope.is_none()
    }

    /// True where a fact is chosen; what is not about what a scope names, is not.
    pub(super) fn has(&self, about: About) -> bool {
        let network = self.network;
        let item = &network.items[about.item.index()];
        let value = |key: &str| match key {
            "channel" => about.channel.map(|id| network.channels[id.index()].id.as_str()),
            "location" => about.location.map(|id| network.locations[id.index()].id.as_str()),
            "supplier" => about.supplier.map(|id| network.suppliers[id.index()].id.as_str()),
            _ => item.facet(key),
        };
        self.scope.is_none_or(|scope| scope.meets(value))
    }
}
