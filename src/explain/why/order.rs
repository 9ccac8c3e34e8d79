//! Why a line is placed: for what, so many, then, from there, and what it costs.

use super::{Asked, Link, link};
use crate::explain::words;
use crate::model::Opportunity;
use crate::network::{LaneId, PoolId};
use crate::plan::{Action, Order, Transfer};
use crate::units::{Overflow, Ratio, add, mul, whole};

/// Most other lanes that are told.
const LANES: usize = 4;

/// The chain of a purchase line.
pub(super) fn chain(asked: &Asked<'_>, line: &Order) -> Result<Vec<Link>, Overflow> {
    if line.action != Action::New {
        return Ok(placed(asked, line));
    }
    let network = asked.network;
    let lane = network.lanes.iter().position(|lane| {
        network.item(lane.item).id == line.item
            && network.supplier(lane.supplier).id == line.supplier
            && network.location(lane.location).id == line.location
            && Some(&lane.mode) == line.mode.as_ref()
    });
    let bucket = asked.model.buckets().iter().position(|bucket| bucket.period.to_string() == line.receipt_bucket);
    let (Some(lane), Some(bucket)) = (lane, bucket) else { return Ok(placed(asked, line)) };
    let Some(opportunity) = asked.model.opportunity(LaneId::from(lane), bucket) else { return Ok(placed(asked, line)) };
    let facts = &network.lanes[lane];
    let head = format!(
        "`{}`: {} for {}, landed {} and {} for the line",
        line.key,
        words::count(line.units),
        line.receipt_bucket,
        asked.money(line.landed_cost),
        asked.money(line.order_cost)
    );
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    told.extend(what_for(asked, facts.pool, bucket, line.units)?);
    told.extend(so_many(asked, lane, line.units, opportunity)?);
    told.extend(then(asked, lane, bucket, opportunity));
    told.extend(from_there(asked, lane, bucket, opportunity)?);
    told.extend(not_earlier(asked, facts.pool, bucket, line.units)?);
    told.extend(super::limit::full_of_line(asked, lane, bucket, opportunity.release_bucket));
    told.extend(super::money::landed(asked, line.units, opportunity)?);
    told.push(super::money::terms(asked, network.supplier(facts.supplier)));
    for payment in &line.payments {
        told.push(link(2, format!("{} on {}", asked.money(payment.amount), payment.date), None));
    }
    Ok(told)
}

/// A line that nothing is decided about any more, or that a rule has moved.
fn placed(asked: &Asked<'_>, line: &Order) -> Vec<Link> {
    let order = asked
        .network
        .open_orders
        .iter()
        .find(|order| Some(&order.id) == line.id.as_ref() && asked.network.item(order.item).id == line.item);
    let source = order.map(|order| order.origin.clone());
    let why = match line.action {
        Action::Open => "it is on order: a fact, not a decision",
        Action::Committed => "the last approved plan releases it in the frozen days, so that it stays",
        Action::Moved => "a rule has moved it",
        Action::Cancelled => "a rule has cancelled it",
        Action::New => "it is placed",
    };
    let head = format!("`{}`: {} for {}", line.key, words::count(line.units), line.receipt_bucket);
    let mut told = vec![link(0, head, source.clone()), link(1, why, source)];
    let rules = asked.plan.rules_used.iter().filter(|used| used.of == line.key);
    told.extend(rules.map(|used| link(1, format!("by the rule `{}`", used.id), Some(used.source.clone()))));
    for payment in &line.payments {
        told.push(link(1, format!("still to pay: {} on {}", asked.money(payment.amount), payment.date), None));
    }
    told
}

/// What the units are for: the stock without them, and how long they last.
fn what_for(asked: &Asked<'_>, pool: PoolId, bucket: usize, units: i64) -> Result<Vec<Link>, Overflow> {
    let network = asked.network;
    let (item, location) =
        (&network.item(network.pool(pool).item).id, &network.location(network.pool(pool).location).id);
    let rows: Vec<_> =
        asked.plan.inventory.iter().filter(|row| row.item == *item && row.location == *location).collect();
    let Some(row) = rows.iter().find(|row| row.bucket == asked.label(bucket)) else {
        let text = "what it brings is for after the horizon: the tail, and the worth of the last stock";
        return Ok(vec![link(1, text, None)]);
    };
    let there = row.opening + row.receipts + row.transfers_in;
    let mut told = vec![link(
        1,
        format!(
            "why: in {} there are {} opening + {} received + {} transferred = {there}; {} are sold and {} sent, {} stay; \
             without this line there would be {}",
            row.bucket,
            row.opening,
            row.receipts,
            row.transfers_in,
            row.sales,
            row.transfers_out,
            row.closing,
            there - units
        ),
        None,
    )];
    for facts in asked.model.ways.iter().filter(|way| way.pool == pool) {
        let offer = &network.offers[facts.offer];
        let demand = asked.model.offers[facts.offer].demand[bucket];
        let channel = &network.channel(offer.channel).id;
        let net = super::money::net(asked, facts, bucket)?;
        let text =
            format!("`{channel}` asks for {demand} in {}; a unit sold brings {net} {}", row.bucket, network.currency);
        told.push(link(2, text, Some(offer.origin.clone())));
    }
    let next = rows.iter().position(|one| one.bucket == row.bucket).unwrap_or(0);
    let until = rows[next + 1..].iter().find(|one| one.receipts + one.transfers_in > 0);
    let last = until.map_or_else(|| "the end of the horizon".to_owned(), |one| one.bucket.clone());
    let sold: i64 = rows[next..]
        .iter()
        .take_while(|one| one.bucket == row.bucket || one.receipts + one.transfers_in == 0)
        .map(|one| one.sales + one.transfers_out)
        .sum();
    told.push(link(2, format!("it lasts until {last}: {sold} are sold or sent till then"), None));
    Ok(told)
}

/// Why not fewer or more.
fn so_many(asked: &Asked<'_>, lane: usize, units: i64, opportunity: &Opportunity) -> Result<Vec<Link>, Overflow> {
    let facts = &asked.network.lanes[lane];
    let at = |key: &str| asked.key(&facts.origin, key);
    let mut told = Vec::new();
    let smallest = facts.smallest_line();
    if facts.moq > 1 {
        let is = if units == smallest { ": this is the smallest line there is" } else { "" };
        told.push(link(1, format!("so many: a line is {} at least{is}", words::count(smallest)), at("moq")));
    }
    if facts.multiple > 1 {
        let text = format!(
            "so many: lines are multiples of {}: {} x {}",
            facts.multiple,
            units / facts.multiple,
            facts.multiple
        );
        told.push(link(1, text, at("multiple")));
    }
    if let Some(largest) = facts.largest_line() {
        let is = if units == largest { ": this is the largest line there is" } else { "" };
        told.push(link(1, format!("so many: a line is {} at most{is}", words::count(largest)), at("max")));
    }
    for (from, cost) in opportunity.terms.breaks.iter().filter(|(from, _)| *from <= units) {
        let (cost, plain) =
            (words::cash(asked.network, *cost), words::cash(asked.network, opportunity.terms.unit_cost));
        told.push(link(
            1,
            format!("so many: from {from} on a unit costs {cost} in place of {plain}"),
            at("price-breaks"),
        ));
    }
    if told.is_empty() {
        told.push(link(1, "so many: no size of lines binds; what is sold decides", Some(facts.origin.clone())));
    }
    Ok(told)
}

/// Why it is released on that day.
fn then(asked: &Asked<'_>, lane: usize, bucket: usize, opportunity: &Opportunity) -> Vec<Link> {
    let network = asked.network;
    let (facts, trip) = (&network.lanes[lane], &opportunity.trip);
    let frozen = u64::try_from(network.frozen_days).unwrap_or(0);
    let earliest = network.as_of.checked_add_days(chrono::Days::new(frozen)).unwrap_or(network.as_of);
    let start = asked.model.buckets()[bucket].start;
    let safety = u64::try_from(facts.safety_days).unwrap_or(0);
    let target = start.checked_sub_days(chrono::Days::new(safety)).unwrap_or(start);
    let is_earliest = trip.usable > target;
    let why = if is_earliest {
        format!("the earliest day allowed, {earliest} on, which still serves {} by its middle day", asked.label(bucket))
    } else if safety > 0 {
        let days = if safety == 1 { "safety day" } else { "safety days" };
        format!("the latest open day that makes it usable by {target}, {safety} {days} before {}", asked.label(bucket))
    } else {
        format!("the latest open day that makes it usable by {start}, the start of {}", asked.label(bucket))
    };
    let text = format!("then: released on {}, usable on {}: {why}", trip.release, trip.usable);
    let mut told = vec![link(1, text, asked.key(&facts.origin, "lead-days"))];
    if is_earliest && network.frozen_days > 0 {
        let manifest = crate::source::Place { line: 1, column: 1, ..network.tail_origin.clone() };
        let text = format!("nothing is released before {earliest}: {} frozen days", network.frozen_days);
        told.push(link(2, text, asked.key(&manifest, "frozen-days")));
    }
    let supplier = network.supplier(facts.supplier);
    // The earliest day waits for closures that end before it; the latest one only gives way to those behind it.
    let since = if is_earliest { earliest } else { trip.release };
    for closure in supplier.closures.iter().filter(|one| one.from <= trip.usable && one.to >= since) {
        let why = closure.reason.as_ref().map_or(String::new(), |why| format!(" ({why})"));
        let text = format!("`{}` is closed from {} to {}{why}", supplier.id, closure.from, closure.to);
        told.push(link(2, text, asked.key(&supplier.origin, "closures")));
    }
    told
}

/// Why by this lane and no other.
fn from_there(asked: &Asked<'_>, lane: usize, bucket: usize, own: &Opportunity) -> Result<Vec<Link>, Overflow> {
    let network = asked.network;
    let pool = network.lanes[lane].pool;
    let unit = own.terms.landed_unit()?;
    let mut told = vec![link(
        1,
        format!("from there: a unit lands for {} before breaks", words::cash(network, unit)),
        asked.key(&network.lanes[lane].origin, "unit-cost"),
    )];
    let others = network.lanes.iter().enumerate().filter(|(at, other)| other.pool == pool && *at != lane);
    for (at, other) in others.take(LANES) {
        let name = network.lane_name(LaneId::from(at));
        let text = match asked.model.opportunity(LaneId::from(at), bucket) {
            None => format!(
                "`{name}` brings nothing for {}: it cannot be there in time, or comes a bucket earlier",
                asked.label(bucket)
            ),
            Some(there) => {
                let cost = there.terms.landed_unit()?;
                let more = add(cost, -unit)?;
                let mark = if other.premium && asked.model.relief.premium[at].is_none() {
                    ", is premium, and no rule lets it be used"
                } else if other.premium {
                    ", is premium, and a rule is spared"
                } else {
                    ""
                };
                let (cost, more) = (words::cash(network, cost), words::cash(network, more));
                format!("`{name}` lands a unit for {cost}, {more} more{mark}")
            }
        };
        told.push(link(2, text, Some(other.origin.clone())));
    }
    Ok(told)
}

/// What it would cost to bring it a bucket earlier.
fn not_earlier(asked: &Asked<'_>, pool: PoolId, bucket: usize, units: i64) -> Result<Vec<Link>, Overflow> {
    let Some(before) = bucket.checked_sub(1) else {
        return Ok(vec![link(1, "not earlier: this is the first bucket", None)]);
    };
    let facts = &asked.model.pools[pool.index()];
    if facts.reached.is_none_or(|(first, _)| first > before) {
        return Ok(vec![link(1, format!("not earlier: no new order reaches {}", asked.label(before)), None)]);
    }
    let unit = facts.holding[before];
    let all: Ratio = mul(unit, whole(units))?;
    let (unit, all) = (words::cash(asked.network, unit), words::cash(asked.network, all));
    let text = format!("not earlier: in {} holding it would cost {unit} a unit, {all} in all", asked.label(before));
    let mut told = vec![link(1, text, None)];
    told.extend(super::limit::full_in(asked, pool, before));
    Ok(told)
}

/// The chain of a transfer.
pub(super) fn transfer(asked: &Asked<'_>, sent: &Transfer) -> Result<Vec<Link>, Overflow> {
    let network = asked.network;
    let lane = network.transfers.iter().position(|lane| {
        network.item(lane.item).id == sent.item
            && network.location(lane.from).id == sent.from
            && network.location(lane.location).id == sent.location
            && Some(&lane.mode) == sent.mode.as_ref()
    });
    let head = format!(
        "`{}`: {} from `{}` for {}, usable on {}, freight {}",
        sent.key,
        words::count(sent.units),
        sent.from,
        sent.receipt_bucket,
        sent.usable_date,
        asked.money(sent.landed_cost)
    );
    let Some(lane) = lane.filter(|_| sent.action == Action::New) else {
        let open = network.open_transfers.iter().find(|open| {
            network.item(open.item).id == sent.item && open.due == sent.usable_date && open.units == sent.units
        });
        let source = open.map(|open| open.origin.clone());
        return Ok(vec![link(0, head, source.clone()), link(1, "it is under way: a fact, not a decision", source)]);
    };
    let facts = &network.transfers[lane];
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    if let Some(bucket) = asked.model.buckets().iter().position(|one| one.period.to_string() == sent.receipt_bucket) {
        told.extend(what_for(asked, facts.pool, bucket, sent.units)?);
        if let Some(passage) = asked.model.passage(lane.into(), bucket) {
            let text = format!("then: leaves on {}, usable on {}", passage.trip.release, passage.trip.usable);
            told.push(link(1, text, asked.key(&facts.origin, "lead-days")));
        }
        let source = &network.pools[facts.source.index()];
        let row = asked.plan.inventory.iter().find(|row| {
            row.item == sent.item
                && row.location == network.location(source.location).id
                && Some(row.bucket.clone())
                    == asked.model.passage(lane.into(), bucket).map(|one| asked.label(one.release_bucket))
        });
        if let Some(row) = row {
            let there = row.opening + row.receipts + row.transfers_in;
            let text = format!(
                "from there: in {} `{}` has {there}, sells {}, sends {} and keeps {}",
                row.bucket, row.location, row.sales, row.transfers_out, row.closing
            );
            told.push(link(1, text, None));
        }
    }
    Ok(told)
}
