//! What a rule speaks of.

use crate::network::{
    Item, Lane, LocationId, Network, OfferId, OpenOrder, PoolId, Promotion, Rule, Scope, TransferLane,
};

/// A value under a key of a selector, besides those of items.
type Other<'n> = (&'static str, &'n str);

fn meets(rule: &Rule, item: &Item, others: &[Other<'_>]) -> bool {
    rule.scope.meets(|key| {
        let other = others.iter().find(|(own, _)| *own == key).map(|(_, value)| *value);
        other.or_else(|| item.facet(key))
    })
}

/// An item in a channel.
pub(super) fn offer(network: &Network, rule: &Rule, id: OfferId) -> bool {
    let offer = &network.offers[id.index()];
    meets(rule, network.item(offer.item), &[("channel", &network.channel(offer.channel).id)])
}

/// An item at a location.
pub(super) fn pool(network: &Network, rule: &Rule, id: PoolId) -> bool {
    let pool = network.pool(id);
    meets(rule, network.item(pool.item), &[("location", &network.location(pool.location).id)])
}

/// A purchase lane.
pub(super) fn lane(network: &Network, rule: &Rule, lane: &Lane) -> bool {
    let supplier = ("supplier", &*network.supplier(lane.supplier).id);
    let others = [supplier, ("location", &network.location(lane.location).id), ("mode", &lane.mode)];
    meets(rule, network.item(lane.item), &others)
}

/// A transfer.
pub(super) fn transfer(network: &Network, rule: &Rule, lane: &TransferLane) -> bool {
    let others = [("location", &*network.location(lane.location).id), ("mode", &lane.mode)];
    meets(rule, network.item(lane.item), &others)
}

/// A line of an open order.
pub(super) fn open_order(network: &Network, rule: &Rule, order: &OpenOrder) -> bool {
    let supplier = ("supplier", &*network.supplier(order.supplier).id);
    meets(rule, network.item(order.item), &[supplier, ("location", &network.location(order.location).id)])
}

/// A location.
pub(super) fn location(network: &Network, rule: &Rule, id: LocationId) -> bool {
    rule.scope.meets(|key| (key == "location").then(|| &*network.location(id).id))
}

/// A promotion: by its id, and by items and channels where all that it touches do.
pub(super) fn promotion(network: &Network, rule: &Rule, index: usize, promotion: &Promotion) -> bool {
    let named = |item: &Item, channel: Option<&str>| {
        rule.scope.meets(|key| match key {
            "promotion" => Some(&*promotion.id),
            "channel" => channel,
            _ => item.facet(key),
        })
    };
    let is_named = |(key, values): &(String, Vec<String>)| key != "promotion" || values.contains(&promotion.id);
    let mut touched = network.offers.iter().filter(|offer| offer.promotions.contains(&index));
    rule.scope.keys.iter().all(is_named)
        && touched.all(|offer| named(network.item(offer.item), Some(&network.channel(offer.channel).id)))
}

/// Something that states a selector of its own: the same value under each key of the rule's.
pub(super) fn same(rule: &Rule, stated: &Scope) -> bool {
    rule.scope.keys.iter().all(|key| stated.keys.contains(key))
}
