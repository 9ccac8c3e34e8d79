//! Why a limit binds: what there is of it and what uses it.

use num_traits::Zero;
use rust_decimal::Decimal;

use super::money::exact;
use super::{Asked, Link, link};
use crate::explain::words;
use crate::model::{Limit, LimitKind};
use crate::network::PoolId;
use crate::plan::{Action, Amount, Capacity};
use crate::units::{Overflow, Ratio, mul, ratio, whole};

/// Most users of a limit that are told.
const USERS: usize = 8;

/// Names that can be asked about.
pub(super) fn names(asked: &Asked<'_>) -> Vec<String> {
    let mut all: Vec<String> =
        asked.plan.capacity.iter().map(|row| format!("limit:{}/{}@{}", row.kind, row.of, row.bucket)).collect();
    all.extend(asked.plan.cash.iter().map(|row| format!("limit:cash@{}", row.bucket)));
    all
}

/// The chain of `KIND/NAME@bucket`, `KIND@bucket` or `cash@bucket`.
pub(super) fn chain(asked: &Asked<'_>, name: &str) -> Result<Option<Vec<Link>>, Overflow> {
    let Some((name, label)) = name.rsplit_once('@') else { return Ok(None) };
    let Some(bucket) = asked.bucket(label) else { return Ok(None) };
    if name == "cash" {
        return cash(asked, bucket);
    }
    let (kind, of) = name.split_once('/').map_or((name, None), |(kind, of)| (kind, Some(of)));
    let rows = asked
        .plan
        .capacity
        .iter()
        .filter(|row| row.bucket == label && row.kind == kind && of.is_none_or(|of| row.of == of));
    let told: Vec<Link> = rows.flat_map(|row| of_row(asked, row, bucket)).collect();
    Ok((!told.is_empty()).then_some(told))
}

fn limit_of<'a>(asked: &'a Asked<'_>, row: &Capacity) -> Option<&'a Limit> {
    asked.model.limits.iter().find(|limit| limit.kind.name() == row.kind && limit.of == row.of)
}

fn of_row(asked: &Asked<'_>, row: &Capacity, bucket: usize) -> Vec<Link> {
    let Some(limit) = limit_of(asked, row) else { return Vec::new() };
    let number = crate::render::number::quantity;
    let left = Amount(row.limit.0.saturating_sub(row.used.0));
    let head = format!(
        "{} `{}` in {}: {} used of {}, {} left",
        row.kind,
        row.of,
        row.bucket,
        number(row.used),
        number(row.limit),
        number(left)
    );
    let mut told = vec![link(0, head, Some(limit.origin.clone()))];
    for given in
        asked.plan.given.iter().filter(|one| one.kind == row.kind && one.of == row.of && one.bucket == row.bucket)
    {
        let text = format!("facts alone pass it by {}: given, whatever is decided", number(given.amount));
        told.push(link(1, text, Some(given.source.clone())));
    }
    for used in asked.plan.rules_used.iter().filter(|one| one.of == row.of && one.bucket == row.bucket) {
        let text = format!("the rule `{}` lets it be passed by {}", used.id, number(used.amount));
        told.push(link(1, text, Some(used.source.clone())));
    }
    if let Some(worth) = row.marginal_value.filter(|worth| *worth != Amount::default()) {
        let step = row.marginal_step.map_or(String::new(), |step| format!(", for up to {}", number(step)));
        let currency = &asked.plan.currency;
        told.push(link(1, format!("a unit more of it earns {worth} {currency} at most{step}"), None));
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
        LimitKind::Budget { lanes, .. } => {
            let orders = asked.plan.orders.iter().filter(|one| {
                one.receipt_bucket == label
                    && network.lanes.iter().enumerate().any(|(at, lane)| {
                        lanes.binary_search(&at.into()).is_ok()
                            && network.item(lane.item).id == one.item
                            && network.supplier(lane.supplier).id == one.supplier
                            && network.location(lane.location).id == one.location
                    })
            });
            orders
                .map(|one| {
                    (one.landed_cost.0, format!("`{}`: {}", one.key, asked.money(one.landed_cost)), asked.stated(one))
                })
                .collect()
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
            let released = |one: &&crate::plan::Order| {
                let in_bucket = one.release_date.is_some_and(|day| asked.model.buckets()[bucket].contains(day));
                one.supplier == *id && in_bucket && matches!(one.action, Action::New | Action::Committed)
            };
            let orders = asked.plan.orders.iter().filter(released);
            orders.map(|one| capacity_of(asked, one)).collect()
        }
    }
}

/// So many of a unit; the largest amount there is where that cannot be written.
fn times(unit: Ratio, count: i64) -> Amount {
    mul(unit, whole(count)).map_or(Amount(Decimal::MAX), words::amount)
}

/// What a line takes of its supplier's capacity.
fn capacity_of(asked: &Asked<'_>, one: &crate::plan::Order) -> User {
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

/// Cash of a bucket: its sums, and the flows that are stated.
fn cash(asked: &Asked<'_>, bucket: usize) -> Result<Option<Vec<Link>>, Overflow> {
    let (Some(row), Some(facts)) = (asked.plan.cash.get(bucket), &asked.network.cash) else { return Ok(None) };
    let head = format!(
        "cash in {}: {} opening + {} from sales - {} for purchases + {} other = {}; the minimum is {}",
        row.bucket,
        asked.money(row.opening),
        asked.money(row.sales),
        asked.money(row.purchases),
        asked.money(row.other),
        asked.money(row.closing),
        asked.money(row.minimum)
    );
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    for flow in &asked.network.cash_flows {
        let amount = asked.flow(&flow.amount, bucket)?;
        if !amount.is_zero() {
            let text = format!("`{}`: {}", flow.name, words::cash(asked.network, amount));
            told.push(link(1, text, asked.key(&flow.origin, "amount")));
        }
    }
    let within = |day| asked.model.buckets()[bucket].contains(day);
    let mut paid: Vec<User> = Vec::new();
    for one in &asked.plan.orders {
        for payment in one.payments.iter().filter(|payment| within(payment.date)) {
            let text = format!("`{}` pays {} on {}", one.key, asked.money(payment.amount), payment.date);
            paid.push((payment.amount.0, text, asked.stated(one)));
        }
    }
    paid.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let rest = paid.split_off(paid.len().min(USERS));
    told.extend(paid.into_iter().map(|(_, text, source)| link(1, text, source)));
    if !rest.is_empty() {
        let all = rest.iter().fold(Decimal::ZERO, |sum, payment| sum.saturating_add(payment.0));
        told.push(link(1, format!("and {} more payments, {} together", rest.len(), asked.money(Amount(all))), None));
    }
    Ok(Some(told))
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
    let tight = rows.filter(|row| {
        let hundredth = row.limit.0 / Decimal::ONE_HUNDRED;
        row.limit.0.saturating_sub(row.used.0) <= hundredth
    });
    let told = tight.filter_map(|row| {
        let limit = limit_of(asked, row).filter(|limit| concerns(limit))?;
        let number = crate::render::number::quantity;
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
