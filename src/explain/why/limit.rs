//! Why a limit binds: what there is of it and what uses it.

use std::collections::BTreeMap;

use num_traits::Zero;
use rust_decimal::Decimal;

use super::money::exact;
use super::{Asked, Link, link};
use crate::explain::words;
use crate::model::{Limit, LimitKind};
use crate::network::{Cash, LaneId, PoolId};
use crate::plan::{Action, Amount, Capacity, CashBucket, Order};
use crate::render::number::{counted, quantity};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// Most users of a limit that are told.
const USERS: usize = 8;

/// The chain of rows of limits: each with what uses it, or, where they are of several buckets, what there is in each.
pub(super) fn rows(asked: &Asked<'_>, rows: &[&Capacity]) -> Vec<Link> {
    let Some(first) = rows.first() else { return Vec::new() };
    if rows.iter().all(|row| row.bucket == first.bucket) {
        let bucket = asked.bucket(&first.bucket).unwrap_or(0);
        return rows.iter().flat_map(|row| of_row(asked, row, bucket)).collect();
    }
    let full = rows.iter().filter(|row| is_full(row)).count();
    let head = format!("{}: {} used up of {}", first.kind, counted(full, "row is", "rows are"), rows.len());
    let mut told = vec![link(0, head, limit_of(asked, first).map(|limit| limit.origin.clone()))];
    told.extend(rows.iter().map(|row| {
        let text = format!(
            "`{}` in {}: {} used of {}{}",
            row.of,
            row.bucket,
            quantity(row.used),
            quantity(row.limit),
            if is_full(row) {
                format!(": `sopc why limit:{}/{}@{}`", row.kind, row.of, row.bucket)
            } else {
                String::new()
            }
        );
        link(1, text, limit_of(asked, row).map(|limit| limit.origin.clone()))
    }));
    told
}

/// True where less than a part in a hundred is left.
fn is_full(row: &Capacity) -> bool {
    row.limit.0.saturating_sub(row.used.0) <= row.limit.0 / Decimal::ONE_HUNDRED
}

fn limit_of<'a>(asked: &'a Asked<'_>, row: &Capacity) -> Option<&'a Limit> {
    asked.model.limits.iter().find(|limit| limit.kind.name() == row.kind && limit.of == row.of)
}

fn of_row(asked: &Asked<'_>, row: &Capacity, bucket: usize) -> Vec<Link> {
    let Some(limit) = limit_of(asked, row) else { return Vec::new() };
    let number = quantity;
    let left = Amount(row.limit.0.saturating_sub(row.used.0));
    let rest = if left.0.is_sign_negative() {
        format!("{} beyond it", number(Amount(-left.0)))
    } else {
        format!("{} left", number(left))
    };
    let (kind, of, bucket_of) = (&row.kind, &row.of, &row.bucket);
    let head = format!(
        "{kind} `{of}` in {bucket_of}: {} used of {}{}, {rest}",
        number(row.used),
        number(row.limit),
        unit(asked, kind)
    );
    let mut told = vec![link(0, head, Some(limit.origin.clone()))];
    for given in
        asked.plan.given.iter().filter(|one| one.kind == row.kind && one.of == row.of && one.bucket == row.bucket)
    {
        let text = format!("facts alone pass it by {}: given, whatever new is ordered", number(given.amount));
        told.push(link(1, text, Some(given.source.clone())));
    }
    for used in asked.plan.rules_used.iter().filter(|one| one.of == row.of && one.bucket == row.bucket) {
        let text = format!("the rule `{}` lets it be passed by {}", used.id, number(used.amount));
        told.push(link(1, text, Some(used.source.clone())));
    }
    if let Some(worth) = row.marginal_value.filter(|worth| *worth != Amount::default()) {
        let step = row.marginal_step.map_or(String::new(), |step| format!(", for up to {}", number(step)));
        let currency = &asked.plan.currency;
        let text = format!(
            "a unit more of it raises the bound of what plans earn by {worth} {currency}{step}: `sopc next` plans with more of it"
        );
        told.push(link(1, text, None));
    }
    let mut users = users(asked, limit, bucket);
    users.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let rest = users.split_off(users.len().min(USERS));
    told.extend(users.into_iter().map(|(_, text, source)| link(1, text, source)));
    if !rest.is_empty() {
        let all = rest.iter().fold(Decimal::ZERO, |sum, user| sum.saturating_add(user.0));
        told.push(link(1, format!("and {} more, {} together", rest.len(), number(Amount(all))), None));
    }
    told
}

type User = (Decimal, String, Option<crate::source::Place>);

/// What uses a limit in a bucket, each with how much.
fn users(asked: &Asked<'_>, limit: &Limit, bucket: usize) -> Vec<User> {
    let label = asked.label(bucket);
    let network = asked.network;
    let volume = |item: usize| ("m3", ratio(network.items[item].unit_volume));
    let units = |_: usize| ("units", whole(1));
    type Measure<'m> = &'m dyn Fn(usize) -> (&'static str, Ratio);
    let stock = |at: Option<usize>,
                 count: &dyn Fn(&crate::plan::Inventory) -> i64,
                 words: &str,
                 measure: Measure<'_>|
     -> Vec<User> {
        let rows = asked.plan.inventory.iter().filter(|row| {
            row.bucket == label && at.is_none_or(|at| network.locations[at].id == row.location) && count(row) != 0
        });
        rows.map(|row| {
            let count = count(row);
            let mut text = format!("`{}` at `{}`: {} {words}", row.item, row.location, words::count(count));
            let item = network.items.iter().position(|item| item.id == row.item);
            let (of, unit) = item.map_or(("units", whole(1)), measure);
            let amount = times(unit, count);
            if of != "units" {
                text.push_str(&format!(" x {} = {amount} {of}", exact(unit)));
            }
            (amount.0, text, item.map(|item| network.items[item].origin.clone()))
        })
        .collect()
    };
    match &limit.kind {
        LimitKind::Budget { lanes, open_orders } => {
            let received = asked.plan.orders.iter().filter(|one| one.receipt_bucket == label);
            received.filter_map(|one| bought(asked, one, (lanes, open_orders))).collect()
        }
        LimitKind::InventoryValue(pools) => {
            let covered = |row: &crate::plan::Inventory| {
                pools.iter().any(|pool| {
                    let pool = network.pool(*pool);
                    network.item(pool.item).id == row.item && network.location(pool.location).id == row.location
                })
            };
            let owned = |row: &crate::plan::Inventory| if covered(row) { row.closing + row.in_transit } else { 0 };
            values(asked, &label, &owned)
        }
        LimitKind::StoragePeak(at) => {
            let peak = |row: &crate::plan::Inventory| row.opening + row.receipts + row.transfers_in;
            stock(Some(at.index()), &peak, "opening or received", &volume)
        }
        LimitKind::StorageClosing(at) => stock(Some(at.index()), &|row| row.closing, "at the end", &volume),
        LimitKind::Inbound(at) => stock(Some(at.index()), &|row| row.receipts + row.transfers_in, "received", &units),
        LimitKind::Outbound(at) => {
            stock(Some(at.index()), &|row| row.sales + row.transfers_out, "sold or sent", &units)
        }
        LimitKind::Supplier(supplier) => {
            let id = &network.supplier(*supplier).id;
            let released = |one: &&Order| {
                let in_bucket = one.release_date.is_some_and(|day| asked.model.buckets()[bucket].contains(day));
                one.supplier == *id && in_bucket && matches!(one.action, Action::New | Action::Committed)
            };
            let orders = asked.plan.orders.iter().filter(released);
            orders.map(|one| capacity_of(asked, one)).collect()
        }
    }
}

/// What a line takes of a budget: new ones their landed cost, open orders their standard cost.
fn bought(asked: &Asked<'_>, one: &Order, (lanes, open_orders): (&[LaneId], &[usize])) -> Option<User> {
    let network = asked.network;
    if one.id.is_none() {
        let name = format!("{}/{}/{}/{}", one.item, one.supplier, one.location, one.mode.as_deref()?);
        lanes.iter().find(|lane| network.lane_name(**lane) == name)?;
        let text = format!("`{}`: {} landed", one.key, asked.money(one.landed_cost));
        return Some((one.landed_cost.0, text, asked.stated(one)));
    }
    let index = *open_orders.iter().find(|&&index| {
        let open = &network.open_orders[index];
        Some(&open.id) == one.id.as_ref()
            && network.item(open.item).id == one.item
            && network.location(open.location).id == one.location
    })?;
    // One that is cancelled brings nothing.
    asked.model.open_lines[index].receipt?;
    let open = &network.open_orders[index];
    let cost = asked.model.pools[open.pool.index()].standard_cost;
    let amount = times(cost, open.units);
    let text = format!(
        "`{}`, on order: {} x {} of standard cost = {}",
        one.key,
        words::count(open.units),
        exact(cost),
        asked.money(amount)
    );
    Some((amount.0, text, Some(open.origin.clone())))
}

/// What a limit is counted in, behind a number.
fn unit(asked: &Asked<'_>, kind: &str) -> String {
    match kind {
        "budget" | "inventory-value" => format!(" {}", asked.plan.currency),
        "storage-capacity" => " m3".to_owned(),
        "supplier-capacity" => " capacity units".to_owned(),
        _ => " units".to_owned(),
    }
}

/// So many of a unit; the largest amount there is where that cannot be written.
fn times(unit: Ratio, count: i64) -> Amount {
    mul(unit, whole(count)).map_or(Amount(Decimal::MAX), words::amount)
}

/// What a line takes of its supplier's capacity.
fn capacity_of(asked: &Asked<'_>, one: &Order) -> User {
    let network = asked.network;
    let lane = network.lanes.iter().find(|lane| {
        network.item(lane.item).id == one.item
            && network.supplier(lane.supplier).id == one.supplier
            && network.location(lane.location).id == one.location
            && Some(&lane.mode) == one.mode.as_ref()
    });
    let (unit, setup) = lane.map_or((Decimal::ONE, Decimal::ZERO), |lane| (lane.capacity_use, lane.capacity_setup));
    let taken = Decimal::from(one.units).saturating_mul(unit).saturating_add(setup);
    let mut text = format!("`{}`: {}", one.key, words::count(one.units));
    if unit != Decimal::ONE || !setup.is_zero() {
        text.push_str(&format!(" x {} + {} for the line = {}", unit.normalize(), setup.normalize(), taken.normalize()));
    }
    (taken, text, asked.stated(one))
}

/// Stock that is owned of each pool, at standard cost.
fn values(asked: &Asked<'_>, label: &str, owned: &dyn Fn(&crate::plan::Inventory) -> i64) -> Vec<User> {
    let network = asked.network;
    let rows = asked.plan.inventory.iter().filter(|row| row.bucket == label && owned(row) != 0);
    let told = rows.filter_map(|row| {
        let pool = network.pools.iter().position(|pool| {
            network.item(pool.item).id == row.item && network.location(pool.location).id == row.location
        })?;
        let cost = asked.model.pools[pool].standard_cost;
        let amount = times(cost, owned(row));
        let text = format!(
            "`{}` at `{}`: {} at the end or under way x {} = {}",
            row.item,
            row.location,
            words::count(owned(row)),
            exact(cost),
            asked.money(amount)
        );
        Some((amount.0, text, Some(network.item(network.pools[pool].item).origin.clone())))
    });
    told.collect()
}

/// Cash of a bucket, or of each.
pub(super) fn cash(asked: &Asked<'_>, bucket: Option<usize>) -> Result<Vec<Link>, Overflow> {
    let Some(facts) = &asked.network.cash else { return Ok(Vec::new()) };
    if let Some(row) = bucket.and_then(|bucket| asked.plan.cash.get(bucket)) {
        return cash_in(asked, bucket.unwrap_or(0), row, facts);
    }
    let least = asked.plan.cash.iter().filter(|row| row.closing.0 <= row.minimum.0).count();
    let head = format!("cash: at its minimum at the end of {}", counted(least, "bucket", "buckets"));
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    told.extend(asked.plan.cash.iter().map(|row| {
        let (closing, minimum) = (asked.money(row.closing), asked.money(row.minimum));
        link(
            1,
            format!("{}: {closing} at the end, {minimum} at least: `sopc why limit:cash@{}`", row.bucket, row.bucket),
            None,
        )
    }));
    Ok(told)
}

/// Cash of a bucket: its sums, and the flows that are stated.
fn cash_in(asked: &Asked<'_>, bucket: usize, row: &CashBucket, facts: &Cash) -> Result<Vec<Link>, Overflow> {
    let head = format!(
        "cash in {}: {} opening + {} from sales - {} for purchases {} {} other = {}; the minimum is {}",
        row.bucket,
        asked.money(row.opening),
        asked.money(row.sales),
        asked.money(row.purchases),
        if row.other.0.is_sign_negative() { "-" } else { "+" },
        asked.money(Amount(row.other.0.abs())),
        asked.money(row.closing),
        asked.money(row.minimum)
    );
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    told.extend(paid_in(asked, bucket)?);
    for flow in &asked.network.cash_flows {
        let amount = asked.flow(&flow.amount, bucket)?;
        if !amount.is_zero() {
            let text = format!("`{}`: {}", flow.name, words::cash(asked.network, amount));
            told.push(link(1, text, asked.key(&flow.origin, "amount")));
        }
    }
    let within = |day| asked.model.buckets()[bucket].contains(day);
    let mut paid: Vec<User> = Vec::new();
    // What was due before as-of is paid now.
    let day = |payment: &crate::plan::Payment| payment.date.max(asked.network.as_of);
    for one in asked.plan.orders.iter().chain(&asked.plan.tail) {
        for payment in one.payments.iter().filter(|payment| within(day(payment))) {
            let text = format!("`{}` pays {} on {}", one.key, asked.money(payment.amount), day(payment));
            paid.push((payment.amount.0, text, asked.stated(one)));
        }
    }
    for one in &asked.plan.transfers {
        for payment in one.payments.iter().filter(|payment| within(day(payment))) {
            let text = format!("`{}` pays {} of freight on {}", one.key, asked.money(payment.amount), day(payment));
            paid.push((payment.amount.0, text, None));
        }
    }
    paid.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let rest = paid.split_off(paid.len().min(USERS));
    told.extend(paid.into_iter().map(|(_, text, source)| link(1, text, source)));
    if !rest.is_empty() {
        let all = rest.iter().fold(Decimal::ZERO, |sum, payment| sum.saturating_add(payment.0));
        told.push(link(1, format!("and {} more payments, {} together", rest.len(), asked.money(Amount(all))), None));
    }
    Ok(told)
}

/// What each channel pays in a bucket, and for which sales.
fn paid_in(asked: &Asked<'_>, bucket: usize) -> Result<Vec<Link>, Overflow> {
    let (Some(cash), outcome) = (&asked.model.cash, &asked.books.outcome) else { return Ok(Vec::new()) };
    let network = asked.network;
    let mut sums: Vec<BTreeMap<usize, Ratio>> = vec![BTreeMap::new(); network.channels.len()];
    let mut arrive = |way: usize, sold: usize, net: Ratio, units: i64| {
        let channel = network.offers[asked.model.ways[way].offer].channel.index();
        for (_, share) in cash.payout[channel][sold].iter().filter(|(at, _)| *at == bucket) {
            let sum = sums[channel].entry(sold).or_default();
            *sum = add(*sum, mul(mul(net, whole(units))?, *share)?)?;
        }
        Ok::<(), Overflow>(())
    };
    for (way, sold) in outcome.sales.iter().enumerate() {
        for (at, units) in sold.iter().enumerate().filter(|(_, units)| **units != 0) {
            arrive(way, at, asked.model.ways[way].net[at], *units)?;
        }
    }
    for late in &outcome.late {
        arrive(late.way, late.delivered, asked.model.ways[late.way].net[late.wanted], late.units)?;
    }
    let mut told = Vec::new();
    for (channel, sums) in network.channels.iter().zip(sums).filter(|(_, sums)| !sums.is_empty()) {
        let all = crate::units::sum(sums.values().copied())?;
        let parts: Vec<String> = sums
            .iter()
            .map(|(sold, sum)| format!("{} of {}", words::cash(network, *sum), asked.label(*sold)))
            .collect();
        let text =
            format!("`{}` pays {} for its sales: {}", channel.id, words::cash(network, all), words::listed(&parts));
        told.push(link(1, text, asked.key(&channel.origin, "payout-days")));
    }
    Ok(told)
}

/// Limits that are used up in a bucket and that stock of a pool counts in.
pub(super) fn full_in(asked: &Asked<'_>, pool: PoolId, bucket: usize) -> Vec<Link> {
    let location = asked.network.pool(pool).location;
    let concerns = |limit: &Limit| match &limit.kind {
        LimitKind::StoragePeak(at) | LimitKind::StorageClosing(at) | LimitKind::Inbound(at) => *at == location,
        LimitKind::Budget { lanes, .. } => lanes.iter().any(|lane| asked.network.lane(*lane).pool == pool),
        LimitKind::InventoryValue(pools) => pools.contains(&pool),
        LimitKind::Outbound(_) | LimitKind::Supplier(_) => false,
    };
    full(asked, bucket, &concerns)
}

/// Limits that are used up where a line is released or received.
pub(super) fn full_of_line(asked: &Asked<'_>, lane: usize, bucket: usize, released: usize) -> Vec<Link> {
    let facts = &asked.network.lanes[lane];
    let mut told = full_in(asked, facts.pool, bucket);
    let own = |limit: &Limit| matches!(limit.kind, LimitKind::Supplier(supplier) if supplier == facts.supplier);
    told.extend(full(asked, released, &own));
    if let Some(row) = asked.plan.cash.get(released).filter(|row| row.closing.0 <= row.minimum.0) {
        let text = format!("cash is at its minimum in {}: `sopc why limit:cash@{}`", row.bucket, row.bucket);
        told.push(link(2, text, asked.network.cash.as_ref().map(|cash| cash.origin.clone())));
    }
    told
}

/// Limits that nothing is left of, as far as a part in a hundred goes.
fn full(asked: &Asked<'_>, bucket: usize, concerns: &dyn Fn(&Limit) -> bool) -> Vec<Link> {
    let label = asked.label(bucket);
    let rows = asked.plan.capacity.iter().filter(|row| row.bucket == label);
    let told = rows.filter(|row| is_full(row)).filter_map(|row| {
        let limit = limit_of(asked, row).filter(|limit| concerns(limit))?;
        let number = quantity;
        let left = Amount(row.limit.0.saturating_sub(row.used.0));
        let text = format!(
            "{} `{}` leaves {} in {label}: {} of {} is used",
            row.kind,
            row.of,
            number(left),
            number(row.used),
            number(row.limit)
        );
        Some(link(2, text, Some(limit.origin.clone())))
    });
    told.collect()
}
