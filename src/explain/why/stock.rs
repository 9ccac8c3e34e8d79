//! Why an item is short, or is not: what there was, who got it, and why no more came.

use super::{Asked, Link, link};
use crate::explain::words;
use crate::model::Way;
use crate::plan::Allocation;
use crate::units::{Overflow, Ratio, add};

/// Most buckets of an item that are told.
const BUCKETS: usize = 12;

/// An item in all buckets: its lines and where it is short.
pub(super) fn overall(asked: &Asked<'_>, item: usize) -> Result<Vec<Link>, Overflow> {
    let facts = &asked.network.items[item];
    let orders: Vec<_> = asked.new_orders(&facts.id).collect();
    let units: i64 = orders.iter().map(|one| one.units).sum();
    let head = format!("`{}`: {} new lines of {units} units", facts.id, orders.len());
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    for line in orders.iter().take(BUCKETS) {
        let text = format!("{} for {}: `sopc why {}`", words::count(line.units), line.receipt_bucket, line.key);
        told.push(link(1, text, None));
    }
    let mut short = 0;
    for bucket in 0..asked.model.horizon {
        let label = asked.label(bucket);
        let lacks: i64 = rows(asked, &facts.id, &label).iter().map(|row| row.short).sum();
        if lacks > 0 && short < BUCKETS {
            short += 1;
            told.push(link(
                1,
                format!("{} short in {label}: `sopc why {}@{label}`", words::count(lacks), facts.id),
                None,
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

/// An item in a bucket: the stock of each location, and each channel's share.
pub(super) fn in_bucket(asked: &Asked<'_>, item: usize, bucket: usize) -> Result<Vec<Link>, Overflow> {
    let network = asked.network;
    let facts = &network.items[item];
    let label = asked.label(bucket);
    let rows = rows(asked, &facts.id, &label);
    let (demand, short): (i64, i64) =
        rows.iter().fold((0, 0), |(demand, short), row| (demand + row.demand, short + row.short));
    let head = format!("`{}` in {label}: {} asked for, {} short", facts.id, words::count(demand), words::count(short));
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    for row in asked.plan.inventory.iter().filter(|row| row.item == facts.id && row.bucket == label) {
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
        told.push(link(1, text, None));
    }
    for row in rows {
        told.extend(channel(asked, item, bucket, row)?);
    }
    told.extend(no_more(asked, item, bucket, short)?);
    Ok(told)
}

/// The share of a channel: what it earns and what it lacks, by cause.
fn channel(asked: &Asked<'_>, item: usize, bucket: usize, row: &Allocation) -> Result<Vec<Link>, Overflow> {
    let network = asked.network;
    let offer = network
        .offers
        .iter()
        .position(|offer| offer.item.index() == item && network.channel(offer.channel).id == row.channel);
    let Some(offer) = offer else { return Ok(Vec::new()) };
    let sold: i64 = asked
        .plan
        .allocations
        .iter()
        .filter(|one| (&one.item, &one.channel, &one.bucket) == (&row.item, &row.channel, &row.bucket))
        .map(|one| one.planned)
        .sum();
    let best = asked.model.ways_of(offer).map(|(_, way)| way).max_by_key(|way| way.net[bucket]);
    let earns = best.map(|way| way.net[bucket]).unwrap_or_default();
    let text = format!(
        "`{}` asks for {}, is sold {sold}; a unit brings {} {}{}",
        row.channel,
        row.demand,
        best.map(|way| super::money::net(asked, way, bucket)).transpose()?.unwrap_or_default(),
        network.currency,
        if row.lowered > 0 { format!("; a rule lowers its demand by {}", row.lowered) } else { String::new() }
    );
    let mut told = vec![link(1, text, Some(network.offers[offer].origin.clone()))];
    if row.short_by.given > 0 {
        let text =
            format!("{} short: no order that can be placed now arrives in time", words::count(row.short_by.given));
        told.push(link(2, text, None));
    }
    if row.short_by.no_stock > 0 {
        told.push(link(2, format!("{} short: all there was is sold", words::count(row.short_by.no_stock)), None));
    }
    if row.short_by.held_back > 0 {
        let text = format!("{} short: held back, though there is stock", words::count(row.short_by.held_back));
        told.push(link(2, text, None));
        told.extend(held_for(asked, item, bucket, earns)?);
    }
    for service in network.services.iter().filter(|one| one.offers.iter().any(|own| own.index() == offer)) {
        let held = asked.model.offers[offer].floors.held[bucket];
        if service.group || held > 0 {
            let of = if service.group { "the group".to_owned() } else { format!("{held} at least") };
            let source = asked.key(&service.origin, "fill-rate");
            told.push(link(2, format!("the floor `{}` asks for {of}", service.name), source));
        }
    }
    for used in asked
        .plan
        .rules_used
        .iter()
        .filter(|used| used.bucket == row.bucket && used.of == format!("{}/{}", row.item, row.channel))
    {
        let text = format!("the rule `{}` lets {} go", used.id, crate::render::number::quantity(used.amount));
        told.push(link(2, text, Some(used.source.clone())));
    }
    Ok(told)
}

/// What stock is held back for: later sales of the plan that bring more than `now` a unit, or a rule that is spared.
fn held_for(asked: &Asked<'_>, item: usize, bucket: usize, now: Ratio) -> Result<Vec<Link>, Overflow> {
    let network = asked.network;
    let mut told = Vec::new();
    let ways = asked.model.ways.iter().filter(|way| network.offers[way.offer].item.index() == item);
    for later in bucket + 1..asked.model.horizon {
        if !stays(asked, &network.items[item].id, &asked.label(later - 1)) {
            break;
        }
        let selling = ways.clone().filter(|way| sells(asked, way, &asked.label(later)));
        let Some(best) = selling.map(|way| way.net[later]).max() else { continue };
        let more = add(best, -now)?;
        if more > crate::units::whole(0) {
            let text = format!("a unit sold in {} brings {} more", asked.label(later), words::cash(network, more));
            told.push(link(3, text, None));
            break;
        }
    }
    for level in asked.plan.certificate.levels.iter().filter(|level| level.rule != "given") {
        let rule = network.rules.iter().find(|rule| rule.id == level.rule);
        if let Some(rule) = rule {
            let text = format!("or held back for the rule `{}`, whose use comes before money", rule.id);
            told.push(link(3, text, Some(rule.origin.clone())));
        }
    }
    if told.is_empty() {
        let text = "kept for later demand, floors or the worth of the last stock";
        told.push(link(3, text, None));
    }
    Ok(told)
}

/// True where the plan sells something by a way in a bucket: a price at which nothing is sold is no reason to keep stock.
fn sells(asked: &Asked<'_>, way: &Way, bucket: &str) -> bool {
    let network = asked.network;
    let offer = &network.offers[way.offer];
    let (item, channel) = (&network.item(offer.item).id, &network.channel(offer.channel).id);
    let location = &network.location(network.pool(way.pool).location).id;
    let own = |row: &&Allocation| (&row.item, &row.channel, &row.location) == (item, channel, location);
    asked.plan.allocations.iter().filter(own).any(|row| row.bucket == bucket && row.planned > 0)
}

/// True where stock of an item is left at the end of a bucket: what is kept lasts no longer than to the first end at which none is.
fn stays(asked: &Asked<'_>, item: &str, bucket: &str) -> bool {
    asked.plan.inventory.iter().any(|row| row.item == item && row.bucket == bucket && row.closing > 0)
}

/// Why no more came: for each lane, when it brings something and what that costs beside what a sale earns.
fn no_more(asked: &Asked<'_>, item: usize, bucket: usize, short: i64) -> Result<Vec<Link>, Overflow> {
    if short == 0 {
        return Ok(Vec::new());
    }
    let network = asked.network;
    let ways = asked.model.ways.iter().filter(|way| network.offers[way.offer].item.index() == item);
    let earns = ways.map(|way| way.net[bucket]).max().unwrap_or_default();
    let mut told = Vec::new();
    for (at, lane) in network.lanes.iter().enumerate().filter(|(_, lane)| lane.item.index() == item) {
        let name = network.lane_name(at.into());
        let source = Some(lane.origin.clone());
        let Some(there) = asked.model.opportunity(at.into(), bucket) else {
            let first = asked.model.lanes[at].iter().flatten().next();
            let when = first.map_or("nothing in the horizon".to_owned(), |one| {
                format!("first something usable on {}", one.trip.usable)
            });
            told.push(link(
                1,
                format!("no more by `{name}`: it brings nothing for {}, {when}", asked.label(bucket)),
                source,
            ));
            continue;
        };
        let cost = there.terms.landed_unit()?;
        let (cost_words, earns_words) = (words::cash(network, cost), words::cash(network, earns));
        let pays = if cost >= earns { ": it does not pay" } else { "" };
        let premium = if lane.premium { " (premium: only a rule lets it be used)" } else { "" };
        let text =
            format!("more by `{name}`{premium} would land for {cost_words} a unit, a sale brings {earns_words}{pays}");
        told.push(link(1, text, source));
        let sizes = [(
            "moq",
            lane.smallest_line() > 1,
            format!("a line brings {} at least", words::count(lane.smallest_line())),
        )];
        for (key, binds, text) in sizes {
            if binds && cost < earns {
                told.push(link(2, text, asked.key(&lane.origin, key)));
            }
        }
        told.extend(super::limit::full_of_line(asked, at, bucket, there.release_bucket));
    }
    Ok(told)
}
