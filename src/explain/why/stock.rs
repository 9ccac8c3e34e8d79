//! Why an item is short, or is not: what there was, who got it, and why no more came.

use super::denied::{self, Lack};
use super::{Asked, Link, link};
use crate::explain::words;
use crate::plan::{Allocation, Inventory};
use crate::render::number::counted;
use crate::units::Overflow;

/// Most buckets of an item that are told.
const BUCKETS: usize = 12;

/// An item in all buckets: its lines and where it is short.
pub(super) fn overall(asked: &Asked<'_>, item: usize) -> Result<Vec<Link>, Overflow> {
    let facts = &asked.network.items[item];
    let orders: Vec<_> = asked.new_orders(&facts.id).collect();
    let units: i64 = orders.iter().map(|one| one.units).sum();
    let lines = counted(orders.len(), "new line", "new lines");
    let head = format!("`{}`: {lines} of {} in all", facts.id, words::count(units));
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    for line in orders.iter().take(BUCKETS) {
        let text = format!("{} for {}: `sopc why {}`", words::count(line.units), line.receipt_bucket, line.key);
        told.push(link(1, text, asked.stated(line)));
    }
    let mut short = 0;
    for bucket in 0..asked.model.buckets().len() {
        let label = asked.label(bucket);
        let lacks: i64 = rows(asked, &facts.id, &label).iter().map(|row| row.short).sum();
        if lacks > 0 && short < BUCKETS {
            short += 1;
            told.push(link(
                1,
                format!("{} short in {label}: `sopc why {}@{label}`", words::count(lacks), facts.id),
                Some(facts.origin.clone()),
            ));
        }
    }
    if short == 0 {
        told.push(link(1, "all demand is met in its bucket", None));
    }
    Ok(told)
}

/// What channels ask for of an item in a bucket, a row a channel: a shortage stands in each row of its locations.
fn rows<'a>(asked: &'a Asked<'_>, item: &str, bucket: &str) -> Vec<&'a Allocation> {
    let mut all: Vec<&Allocation> =
        asked.plan.allocations.iter().filter(|row| row.item == item && row.bucket == bucket).collect();
    all.dedup_by(|a, b| a.channel == b.channel);
    all
}

/// An item in a bucket: the stock of each location, and the share of a channel, or of each.
pub(super) fn in_bucket(
    asked: &Asked<'_>,
    item: usize,
    offer: Option<usize>,
    bucket: usize,
) -> Result<Vec<Link>, Overflow> {
    let network = asked.network;
    let facts = &network.items[item];
    let label = asked.label(bucket);
    let mut rows = rows(asked, &facts.id, &label);
    let channel = offer.map(|offer| &network.channel(network.offers[offer].channel).id);
    rows.retain(|row| channel.is_none_or(|channel| row.channel == *channel));
    let (demand, lowered, short) = rows.iter().fold((0, 0, 0), |(demand, lowered, short), row| {
        (demand + row.demand, lowered + row.lowered, short + row.short)
    });
    let within = channel.map_or_else(String::new, |channel| format!(" in `{channel}`"));
    let taken = if lowered > 0 { format!(", {} lowered by rules", words::count(lowered)) } else { String::new() };
    let head = format!(
        "`{}`{within} in {label}: {} asked for{taken}, {} sold, {} short",
        facts.id,
        words::count(demand),
        demand - lowered - short,
        short
    );
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    if bucket >= asked.model.horizon {
        let text = format!(
            "{label} lies behind the horizon: it is planned so that the last orders are real, and no promise holds in it"
        );
        told.push(link(1, text, Some(network.tail_origin.clone())));
    }
    for row in asked.plan.inventory.iter().filter(|row| row.item == facts.id && row.bucket == label) {
        told.push(at_location(asked, row));
    }
    if rows.is_empty() {
        told.push(link(1, "nobody asks for it then", Some(facts.origin.clone())));
    }
    for row in rows {
        for one in share(asked, item, bucket, row)? {
            // What several channels lack for one reason is told of the first.
            if one.depth < 3 || !told.contains(&one) {
                told.push(one);
            }
        }
    }
    Ok(told)
}

/// Stock of a location, and where it is stated what of it is wanted.
fn at_location(asked: &Asked<'_>, row: &Inventory) -> Link {
    let network = asked.network;
    let text = format!(
        "at `{}`: {} opening + {} received + {} transferred - {} sold - {} sent = {} left, {} of safety stock wanted",
        row.location,
        row.opening,
        row.receipts,
        row.transfers_in,
        row.sales,
        row.transfers_out,
        row.closing,
        row.safety_stock
    );
    let pool = network
        .pools
        .iter()
        .position(|pool| network.item(pool.item).id == row.item && network.location(pool.location).id == row.location);
    let cover = pool.and_then(|pool| asked.model.pools[pool].cover.source);
    link(1, text, cover.map(|cover| network.covers[cover].origin.clone()))
}

/// The share of a channel: what it earns, and the ledger of what it lacks.
fn share(asked: &Asked<'_>, item: usize, bucket: usize, row: &Allocation) -> Result<Vec<Link>, Overflow> {
    let network = asked.network;
    let offer = network
        .offers
        .iter()
        .position(|offer| offer.item.index() == item && network.channel(offer.channel).id == row.channel);
    let Some(offer) = offer else { return Ok(Vec::new()) };
    let sold = asked.books.outcome.on_time(asked.model, offer, bucket);
    let best = asked.model.ways_of(offer).map(|(_, way)| way).max_by_key(|way| way.net[bucket]);
    let brings = best.map(|way| super::money::net(asked, way, bucket)).transpose()?.unwrap_or_default();
    let (demand, channel) = (row.demand, &row.channel);
    let text = format!("`{channel}` asks for {demand}, is sold {sold}; a unit brings {brings} {}", network.currency);
    let mut told = vec![link(1, text, Some(network.offers[offer].origin.clone()))];
    for way in asked.model.ways_of(offer) {
        let units = asked.books.outcome.sales[way.0][bucket];
        if units > 0 && asked.model.offers[offer].ways.len() > 1 {
            let location = network.location(network.pool(way.1.pool).location);
            told.push(link(2, format!("{units} of them from `{}`", location.id), Some(location.origin.clone())));
        }
    }
    if row.delivered_late > 0 {
        let later: Vec<String> = row.delivered.iter().map(|(label, units)| format!("{units} in {label}")).collect();
        told.push(link(2, format!("served late: {}", words::listed(&later)), None));
    }
    for service in network.services.iter().filter(|one| one.offers.iter().any(|own| own.index() == offer)) {
        let held = asked.model.offers[offer].floors.held[bucket];
        if service.group || held > 0 {
            let of = if service.group {
                "holds for the group together".to_owned()
            } else {
                format!("asks for {held} at least")
            };
            let source = asked.key(&service.origin, "fill-rate");
            told.push(link(2, format!("the floor `{}` {of}", service.name), source));
        }
    }
    let of = format!("{}/{}", row.item, row.channel);
    for used in asked.plan.rules_used.iter().filter(|used| used.bucket == row.bucket && used.of == of) {
        let text = format!("the rule `{}` lets {} go", used.id, crate::render::number::quantity(used.amount));
        told.push(link(2, text, Some(used.source.clone())));
    }
    told.extend(denied::entries(asked, Lack { offer, bucket, by: row.short_by })?);
    Ok(told)
}
