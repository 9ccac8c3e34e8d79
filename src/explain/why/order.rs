//! Why a line is placed: for what, so many, then, from there, and what it costs.

use super::books::Trial;
use super::{Asked, Link, denied, link, otherwise, policy};
use crate::explain::words;
use crate::model::Opportunity;
use crate::network::{LaneId, PoolId};
use crate::plan::{Action, Order};
use crate::solve::Line;
use crate::units::Overflow;

/// Most other lanes that are told.
const LANES: usize = 4;

/// The chain of a purchase line.
pub(super) fn chain(asked: &Asked<'_>, line: &Order) -> Result<Vec<Link>, Overflow> {
    if line.action != Action::New {
        return placed(asked, line);
    }
    let network = asked.network;
    let lane = network.lanes.iter().position(|lane| {
        network.item(lane.item).id == line.item
            && network.supplier(lane.supplier).id == line.supplier
            && network.location(lane.location).id == line.location
            && Some(&lane.mode) == line.mode.as_ref()
    });
    let bucket = asked.model.buckets().iter().position(|bucket| bucket.period.to_string() == line.receipt_bucket);
    let (Some(lane), Some(bucket)) = (lane, bucket) else { return placed(asked, line) };
    let Some(opportunity) = asked.model.opportunity(LaneId::from(lane), bucket) else { return placed(asked, line) };
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
    let own = Line { lane: lane.into(), bucket, units: line.units };
    let at = asked.books.outcome.lines.iter().position(|one| *one == own);
    told.extend(so_many(asked, lane, line.units, opportunity)?);
    if let Some(at) = at {
        told.extend(resized(asked, at)?);
    }
    told.extend(then(asked, lane, bucket, opportunity));
    told.extend(from_there(asked, lane, bucket, opportunity, at)?);
    told.extend(not_earlier(asked, lane, bucket, line.units, at)?);
    told.extend(super::limit::full_of_line(asked, lane, bucket, opportunity.release_bucket));
    told.extend(super::money::landed(asked, facts, line.units, opportunity)?);
    told.push(super::money::terms(asked, network.supplier(facts.supplier)));
    for payment in &line.payments {
        told.push(link(2, format!("{} on {}", asked.money(payment.amount), payment.date), None));
    }
    Ok(told)
}

/// A line that nothing is decided about any more, or that a rule has moved.
fn placed(asked: &Asked<'_>, line: &Order) -> Result<Vec<Link>, Overflow> {
    let source = asked.stated(line);
    let why = match line.action {
        Action::Open => "it is on order: a fact, not a decision",
        Action::Committed => "the last approved plan releases it in the frozen days, so that it stays",
        Action::Moved => "a rule has moved it",
        Action::Cancelled => "a rule has cancelled it",
        Action::New => "it is placed",
    };
    let head = format!(
        "`{}`: {} for {}, usable on {}",
        line.key,
        words::count(line.units),
        line.receipt_bucket,
        line.usable_date
    );
    let mut told = vec![link(0, head, source.clone()), link(1, why, source)];
    for used in asked.plan.rules_used.iter().filter(|used| used.of == line.key) {
        let text =
            format!("by the rule `{}`: {} from {}", used.id, policy::measured(used.used, " buckets"), used.bucket);
        told.push(link(1, text, Some(used.source.clone())));
    }
    for payment in &line.payments {
        told.push(link(1, format!("still to pay: {} on {}", asked.money(payment.amount), payment.date), None));
    }
    if line.action != Action::Cancelled {
        told.extend(what_for_named(asked, (&line.item, &line.location, &line.receipt_bucket), line.units)?);
    }
    Ok(told)
}

/// What units are for, of an item at a location.
pub(super) fn what_for_named(
    asked: &Asked<'_>,
    (item, location, label): (&str, &str, &str),
    units: i64,
) -> Result<Vec<Link>, Overflow> {
    let network = asked.network;
    let pool = network
        .pools
        .iter()
        .position(|pool| network.item(pool.item).id == item && network.location(pool.location).id == location);
    match (pool, asked.bucket(label)) {
        (Some(pool), Some(bucket)) => what_for(asked, pool.into(), bucket, units),
        _ => Ok(vec![link(1, format!("{label} lies behind all buckets: nothing is planned with it"), None)]),
    }
}

/// What the units are for: the stock without them, and how long they last.
pub(super) fn what_for(asked: &Asked<'_>, pool: PoolId, bucket: usize, units: i64) -> Result<Vec<Link>, Overflow> {
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

/// What a step fewer and a step more would come to.
fn resized(asked: &Asked<'_>, at: usize) -> Result<Vec<Link>, Overflow> {
    let (model, outcome) = (asked.model, &asked.books.outcome);
    let Line { lane, bucket, units } = outcome.lines[at];
    let pool = asked.network.lane(lane).pool;
    let mut told = Vec::new();
    if let Some((changed, less)) = otherwise::fewer(model, outcome, at) {
        let what = if less == units { "not at all".to_owned() } else { format!("{less} fewer") };
        told.push(link(1, format!("{what}: {}", weighed(asked, &asked.books.trial(&changed)?)), None));
    }
    if let Some((mut changed, more)) = otherwise::bought(model, outcome, lane, bucket, 1).into_iter().next() {
        otherwise::serve(model, &mut changed, pool, bucket, more);
        told.push(link(1, format!("{more} more: {}", weighed(asked, &asked.books.trial(&changed)?)), None));
    }
    Ok(told)
}

/// What a change comes to: its sum, what it breaks, and what is said where nothing speaks against it.
pub(super) fn weighed(asked: &Asked<'_>, trial: &Trial) -> String {
    let sum = trial.sum(&asked.network.currency);
    if trial.is_better() {
        return format!("{sum}; {}", denied::unfound(asked));
    }
    format!("{sum}{}", denied::and_breaks(asked, trial))
}

/// Why by this lane and no other.
fn from_there(
    asked: &Asked<'_>,
    lane: usize,
    bucket: usize,
    own: &Opportunity,
    at: Option<usize>,
) -> Result<Vec<Link>, Overflow> {
    let (network, model) = (asked.network, asked.model);
    let pool = network.lanes[lane].pool;
    let unit = own.terms.landed_unit()?;
    let mut told = vec![link(
        1,
        format!("from there: a unit lands for {} before breaks", words::cash(network, unit)),
        asked.key(&network.lanes[lane].origin, "unit-cost"),
    )];
    let others: Vec<usize> =
        (0..network.lanes.len()).filter(|&other| network.lanes[other].pool == pool && other != lane).collect();
    if others.is_empty() {
        let item = network.item(network.lanes[lane].item);
        let location = &network.location(network.lanes[lane].location).id;
        let text = format!("no other lane brings `{}` to `{location}`", item.id);
        told.push(link(2, text, Some(item.origin.clone())));
    }
    for &other in others.iter().take(LANES) {
        let (name, facts) = (network.lane_name(other.into()), &network.lanes[other]);
        let Some(there) = model.opportunity(other.into(), bucket) else {
            let text = format!(
                "`{name}` brings nothing for {}: it cannot be there in time, or comes a bucket earlier",
                asked.label(bucket)
            );
            told.push(link(2, text, asked.key(&facts.origin, "lead-days")));
            continue;
        };
        let cost = there.terms.landed_unit()?;
        let (mark, cost) = (if facts.premium { ", which is premium," } else { "" }, words::cash(network, cost));
        let mut text = format!("`{name}`{mark} lands a unit for {cost} before breaks");
        if let Some(at) = at {
            let mut changed = otherwise::without(&asked.books.outcome, at);
            let units = asked.books.outcome.lines[at].units;
            if let Some((more, bought)) = otherwise::bought(model, &changed, other.into(), bucket, units).pop() {
                changed = more;
                if bought >= units {
                    otherwise::serve(model, &mut changed, pool, bucket, bought - units);
                } else if otherwise::mend(model, &mut changed, pool, bucket).is_none() {
                    told.push(link(2, text, Some(facts.origin.clone())));
                    continue;
                }
                text.push_str(&format!("; {bought} of it instead: {}", weighed(asked, &asked.books.trial(&changed)?)));
            }
        }
        told.push(link(2, text, Some(facts.origin.clone())));
    }
    if others.len() > LANES {
        told.push(link(2, format!("and {} other lanes", others.len() - LANES), None));
    }
    Ok(told)
}

/// What it would come to to bring it a bucket earlier.
fn not_earlier(
    asked: &Asked<'_>,
    lane: usize,
    bucket: usize,
    units: i64,
    at: Option<usize>,
) -> Result<Vec<Link>, Overflow> {
    let (model, facts) = (asked.model, &asked.network.lanes[lane]);
    let Some(before) = bucket.checked_sub(1) else {
        return Ok(vec![link(1, "not earlier: this is the first bucket", None)]);
    };
    let Some(earlier) = (0..bucket).rev().find(|&other| model.opportunity(lane.into(), other).is_some()) else {
        let text = format!("not earlier: by this lane nothing new reaches {}", asked.label(before));
        return Ok(vec![link(1, text, asked.key(&facts.origin, "lead-days"))]);
    };
    let label = asked.label(earlier);
    let Some(at) = at else { return Ok(Vec::new()) };
    let mut changed = otherwise::without(&asked.books.outcome, at);
    let Some((more, brought)) = otherwise::bought(model, &changed, lane.into(), earlier, units).pop() else {
        let text = format!("not earlier: the lines for {label} are as many and as large as they can be");
        return Ok(vec![link(1, text, asked.key(&facts.origin, "max"))]);
    };
    changed = more;
    if brought < units && otherwise::mend(model, &mut changed, facts.pool, bucket).is_none() {
        return Ok(Vec::new());
    }
    otherwise::serve(model, &mut changed, facts.pool, earlier, (brought - units).max(0));
    let text = format!("not earlier: for {label} instead: {}", weighed(asked, &asked.books.trial(&changed)?));
    let mut told = vec![link(1, text, None)];
    told.extend(super::limit::full_in(asked, facts.pool, earlier));
    Ok(told)
}
