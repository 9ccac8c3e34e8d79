//! The decisions of an expected answer, so that the checker can be held against it before anything plans it.

use serde_json::Value;
use sopc::network::{LaneId, Network, OfferId, PoolId, TransferId};
use sopc::verify::{Decisions, Delivery, Fate};

use super::expected::Expected;

/// What is read, and what it is read with.
struct Reader<'n> {
    network: &'n Network,
    buckets: Vec<String>,
}

/// The decisions of an answer; `None` where it does not say which location serves what.
pub(super) fn decisions(network: &Network, expected: &Expected) -> Option<Decisions> {
    let mut buckets = network.calendar.buckets.clone();
    buckets.extend(network.calendar.beyond(network.tail));
    let buckets = buckets.iter().map(|bucket| bucket.period.to_string()).collect();
    let reader = Reader { network, buckets };
    let mut decisions = Decisions::default();
    for row in expected.rows("orders").iter().chain(expected.rows("tail")) {
        reader.order(row, &mut decisions);
    }
    for row in expected.rows("transfers").iter().filter(|row| row["action"] != "open") {
        let of = |lane: &sopc::network::TransferLane| [lane.item.0, lane.from.0, lane.location.0];
        let wanted = [reader.item(row), reader.location(&row["from"]), reader.location(&row["location"])];
        let lane = network.transfers.iter().position(|lane| of(lane) == wanted && row["mode"] == lane.mode.as_str());
        let key = (TransferId::from(lane.unwrap()), reader.bucket(&row["receipt_bucket"]));
        decisions.transfers.entry(key).or_default().push(units(row));
    }
    for row in expected.rows("promotions") {
        let index = network.promotions.iter().position(|one| row["id"] == one.id.as_str()).unwrap();
        decisions.moved.insert(index, usize::try_from(row["moved"].as_u64().unwrap()).unwrap());
    }
    for row in expected.rows("delivered") {
        let (offer, pool) = reader.source(row["of"].as_str().unwrap())?;
        let [wanted, delivered] = ["wanted", "delivered"].map(|key| reader.bucket(&row[key]));
        let delivery = Delivery { pool, wanted, delivered, units: units(row) };
        decisions.late.entry(offer).or_default().push(delivery);
    }
    for (name, series) in expected.0["lowered"].as_object().into_iter().flatten() {
        for (bucket, units) in series.as_array().unwrap().iter().enumerate() {
            decisions.lowered.insert((reader.source(name)?.0, bucket), units.as_i64().unwrap());
        }
    }
    let planned = if expected.0["planned_from"].is_null() { "planned" } else { "planned_from" };
    for (name, series) in expected.0[planned].as_object().into_iter().flatten() {
        for (bucket, units) in series.as_array().unwrap().iter().enumerate() {
            let (offer, pool) = reader.source(name)?;
            decisions.planned.insert((offer, pool, bucket), units.as_i64().unwrap());
        }
    }
    Some(decisions)
}

fn units(row: &Value) -> i64 {
    row["units"].as_i64().unwrap()
}

impl Reader<'_> {
    fn order(&self, row: &Value, decisions: &mut Decisions) {
        let network = self.network;
        if row["action"] == "committed" {
            return;
        }
        if let Some(id) = row["id"].as_str() {
            let same = |one: &sopc::network::OpenOrder| one.id == id && one.item.0 == self.item(row);
            let index = network.open_orders.iter().position(same).unwrap();
            match row["action"].as_str().unwrap() {
                "moved" => drop(decisions.orders.insert(index, Fate::Moved(self.bucket(&row["receipt_bucket"])))),
                "cancelled" => drop(decisions.orders.insert(index, Fate::Cancelled)),
                _ => {}
            }
            return;
        }
        let same = |lane: &sopc::network::Lane| {
            lane.item.0 == self.item(row)
                && lane.location.0 == self.location(&row["location"])
                && row["supplier"] == network.supplier(lane.supplier).id.as_str()
                && row["mode"] == lane.mode.as_str()
        };
        let lane = LaneId::from(network.lanes.iter().position(same).unwrap());
        decisions.lines.entry((lane, self.bucket(&row["receipt_bucket"]))).or_default().push(units(row));
    }

    fn bucket(&self, label: &Value) -> usize {
        self.buckets.iter().position(|own| label == own.as_str()).unwrap()
    }

    fn item(&self, row: &Value) -> u32 {
        u32::try_from(self.network.items.iter().position(|item| row["item"] == item.id.as_str()).unwrap()).unwrap()
    }

    fn location(&self, id: &Value) -> u32 {
        let found = self.network.locations.iter().position(|location| id == location.id.as_str());
        u32::try_from(found.unwrap()).unwrap()
    }

    /// The offer and pool of `item/channel/location`; the location may be left out where there is one only.
    fn source(&self, name: &str) -> Option<(OfferId, PoolId)> {
        let network = self.network;
        let mut parts = name.split('/');
        let (item, channel, location) = (parts.next()?, parts.next()?, parts.next());
        let index = network
            .offers
            .iter()
            .position(|offer| network.item(offer.item).id == item && network.channel(offer.channel).id == channel)?;
        let here = |pool: PoolId| &network.location(network.pool(pool).location).id;
        let sources = &network.offers[index].sources;
        let source = match location {
            Some(location) => sources.iter().find(|source| here(source.pool) == location)?,
            None if sources.len() == 1 => &sources[0],
            None => return None,
        };
        Some((OfferId::from(index), source.pool))
    }
}
