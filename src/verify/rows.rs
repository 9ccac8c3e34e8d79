//! The rows of the expected plan file.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::baseline::Kept;
use super::cash::Balance;
use super::cover::Covers;
use super::demand::Asked;
use super::exact::{Overflow, Ratio, less, more, printed, ratio};
use super::facts::{Coming, Facts};
use super::forward::Forward;
use super::given::Breach;
use super::ledger::{Ledger, Line};
use super::limits::Use;
use super::open_orders::Standing;
use super::payment::{self, Payments};
use super::reasons;
use super::rules::Rules;
use super::sales::Sales;
use super::transfers::Sent;
use crate::calendar::{Bucket, Period};
use crate::network::{Network, OfferId, OpenOrder, OpenTransfer, PoolId, Promotion};
use crate::plan::{
    Action, Allocation, Amount, Capacity, CashBucket, Figure, Given, Goods, Inventory, MovedPromotion, Order, Payment,
    PlanBucket, PlanItem, ShortBy, Transfer,
};

fn label(facts: &Facts<'_>, bucket: usize) -> String {
    facts.buckets[bucket].period.to_string()
}

/// What people know of each item; a name that is the id says nothing.
pub(super) fn items(network: &Network) -> Vec<PlanItem> {
    let mut rows = Vec::new();
    for item in &network.items {
        let (id, category, class) = (item.id.clone(), item.category.clone(), item.class.clone());
        let name = if item.name == id { None } else { Some(item.name.clone()) };
        rows.push(PlanItem { item: id, name, category, class });
    }
    rows
}

/// The buckets of the horizon, then the tail.
pub(super) fn buckets(facts: &Facts<'_>) -> Vec<PlanBucket> {
    let row = |(index, bucket): (usize, &Bucket)| {
        let Bucket { period, start, end } = *bucket;
        PlanBucket { label: period.to_string(), start, end, tail: index >= facts.horizon }
    };
    facts.buckets.iter().enumerate().map(row).collect()
}

/// An order line with what it is sorted by besides its names: the month or week it serves, its number among its twins.
struct Dated {
    period: Period,
    number: usize,
    order: Order,
}

/// Lines of the horizon and lines for after it, each by receipt bucket, item, location, supplier, mode, number, key.
pub(super) fn orders(ledger: &Ledger<'_>, rules: &Rules<'_>) -> Result<(Vec<Order>, Vec<Order>), Overflow> {
    let facts = ledger.facts;
    let (mut inside, mut behind) = (Vec::new(), Vec::new());
    let mut list = |bucket: Option<usize>, dated: Dated| {
        let is_inside = bucket.is_some_and(|bucket| bucket < facts.horizon);
        if is_inside { inside.push(dated) } else { behind.push(dated) }
    };
    for line in &ledger.lines {
        let (period, number) = (facts.buckets[line.bucket].period, line.number.unwrap_or(0));
        list(Some(line.bucket), Dated { period, number, order: new_order(ledger, rules, line)? });
    }
    for one in &facts.kept {
        let (period, number) = (one.coming.period, one.number.unwrap_or(0));
        list(one.coming.bucket, Dated { period, number, order: kept_order(facts.network, one)? });
    }
    for (order, standing) in facts.network.open_orders.iter().zip(&ledger.orders) {
        let (period, order) = (standing.coming.period, open_order(facts, order, standing)?);
        list(standing.coming.bucket, Dated { period, number: 0, order });
    }
    Ok((in_order(inside), in_order(behind)))
}

fn in_order(mut orders: Vec<Dated>) -> Vec<Order> {
    orders.sort_by_cached_key(|Dated { period, number, order }| {
        let Order { item, location, supplier, mode, key, .. } = order.clone();
        (period.end(), item, location, supplier, mode, *number, key)
    });
    orders.into_iter().map(|dated| dated.order).collect()
}

fn new_order(ledger: &Ledger<'_>, rules: &Rules<'_>, line: &Line) -> Result<Order, Overflow> {
    let (facts, network) = (ledger.facts, ledger.facts.network);
    let lane = network.lane(line.lane);
    let (item, supplier) = (network.item(lane.item).id.clone(), network.supplier(lane.supplier).id.clone());
    let (location, mode) = (network.location(lane.location).id.clone(), lane.mode.clone());
    let receipt_bucket = label(facts, line.bucket);
    let twin = twin(line.number);
    Ok(Order {
        key: format!("{item}/{supplier}/{location}/{mode}/{receipt_bucket}{twin}"),
        id: None,
        action: Action::New,
        item,
        supplier,
        location,
        mode: Some(mode),
        release_date: Some(line.trip.release),
        receipt_bucket,
        usable_date: line.trip.usable,
        units: line.units,
        goods: Some(Goods {
            currency: network.supplier(lane.supplier).currency.clone(),
            value: printed(line.cost.foreign_goods)?,
        }),
        landed_cost: Amount(line.landed_cost),
        order_cost: printed(line.cost.order_cost)?,
        payments: payments(&line.payments),
        reasons: reasons::of_order(ledger, rules, line),
    })
}

fn kept_order(network: &Network, one: &Kept<'_>) -> Result<Order, Overflow> {
    let (line, lane) = (one.line, network.lane(one.line.lane));
    let (item, supplier) = (network.item(lane.item).id.clone(), network.supplier(lane.supplier).id.clone());
    let (location, mode) = (network.location(lane.location).id.clone(), lane.mode.clone());
    let receipt_bucket = one.coming.period.to_string();
    let goods = match &line.goods {
        Some((value, currency)) => Some(Goods { currency: currency.clone(), value: printed(ratio(*value))? }),
        None => None,
    };
    Ok(Order {
        key: format!("{item}/{supplier}/{location}/{mode}/{receipt_bucket}{}", twin(one.number)),
        id: None,
        action: Action::Committed,
        item,
        supplier,
        location,
        mode: Some(mode),
        release_date: Some(line.release),
        receipt_bucket,
        usable_date: line.usable,
        units: line.units,
        goods,
        landed_cost: printed(ratio(line.landed))?,
        order_cost: printed(ratio(line.order_cost))?,
        payments: payments(&line.payments),
        reasons: Vec::new(),
    })
}

fn open_order(facts: &Facts<'_>, order: &OpenOrder, standing: &Standing) -> Result<Order, Overflow> {
    let network = facts.network;
    let item = network.item(order.item).id.clone();
    Ok(Order {
        key: format!("{}/{item}", order.id),
        id: Some(order.id.clone()),
        action: standing.action,
        item,
        supplier: network.supplier(order.supplier).id.clone(),
        location: network.location(order.location).id.clone(),
        mode: None,
        release_date: order.ordered,
        receipt_bucket: standing.coming.period.to_string(),
        usable_date: standing.usable,
        units: order.units,
        goods: None,
        landed_cost: printed(ratio(payment::sum(&standing.payments)?))?,
        order_cost: Amount(Decimal::ZERO),
        payments: payments(&standing.payments),
        reasons: Vec::new(),
    })
}

fn payments(payments: &Payments) -> Vec<Payment> {
    payments.iter().map(|&(date, amount)| Payment { date, amount: Amount(amount) }).collect()
}

/// Transfers, new and open, by receipt bucket, item, location, source, mode, number, key.
pub(super) fn transfers(ledger: &Ledger<'_>, rules: &Rules<'_>) -> Result<Vec<Transfer>, Overflow> {
    let facts = ledger.facts;
    let mut rows = Vec::new();
    for one in &ledger.transfers {
        rows.push((facts.buckets[one.bucket].period, one.number.unwrap_or(0), new_transfer(ledger, rules, one)?));
    }
    let open: Vec<_> = facts.network.open_transfers.iter().zip(&facts.under_way).collect();
    let name = |open: &OpenTransfer| (open.source, open.pool, open.due);
    for (index, (one, coming)) in open.iter().enumerate() {
        let same = |upto: usize| open[..upto].iter().filter(|(other, _)| name(other) == name(one)).count();
        let number = (same(open.len()) > 1).then(|| same(index) + 1);
        rows.push((coming.period, number.unwrap_or(0), open_transfer(facts, one, **coming, number)));
    }
    rows.sort_by_cached_key(|(period, number, row)| {
        let Transfer { item, location, from, mode, key, .. } = row.clone();
        (period.end(), item, location, from, mode, *number, key)
    });
    Ok(rows.into_iter().map(|(.., row)| row).collect())
}

fn new_transfer(ledger: &Ledger<'_>, rules: &Rules<'_>, sent: &Sent) -> Result<Transfer, Overflow> {
    let (facts, network) = (ledger.facts, ledger.facts.network);
    let lane = network.transfer(sent.lane);
    let receipt_bucket = label(facts, sent.bucket);
    Ok(Transfer {
        key: format!("{}/{receipt_bucket}{}", network.transfer_name(sent.lane), twin(sent.number)),
        action: Action::New,
        item: network.item(lane.item).id.clone(),
        from: network.location(lane.from).id.clone(),
        location: network.location(lane.location).id.clone(),
        mode: Some(lane.mode.clone()),
        release_date: Some(sent.trip.release),
        receipt_bucket,
        usable_date: sent.trip.usable,
        units: sent.units,
        landed_cost: Amount(sent.landed_cost),
        order_cost: printed(sent.order_cost)?,
        payments: payments(&sent.payments),
        reasons: reasons::of_transfer(ledger, rules, sent),
    })
}

fn open_transfer(facts: &Facts<'_>, open: &OpenTransfer, coming: Coming, number: Option<usize>) -> Transfer {
    let network = facts.network;
    let location = |pool| network.location(network.pool(pool).location).id.clone();
    let (item, from, to) = (network.item(open.item).id.clone(), location(open.source), location(open.pool));
    Transfer {
        key: format!("{item}/{from}/{to}/{}{}", open.due, twin(number)),
        action: Action::Open,
        item,
        from,
        location: to,
        mode: None,
        release_date: None,
        receipt_bucket: coming.period.to_string(),
        usable_date: open.due,
        units: open.units,
        landed_cost: Amount(Decimal::ZERO),
        order_cost: Amount(Decimal::ZERO),
        payments: Vec::new(),
        reasons: Vec::new(),
    }
}

/// What the key of a line ends in where there may be several.
fn twin(number: Option<usize>) -> String {
    number.map_or_else(String::new, |number| format!("#{number}"))
}

/// Promotions that moved, by id.
pub(super) fn promotions(ledger: &Ledger<'_>) -> Result<Vec<MovedPromotion>, Overflow> {
    let moved = ledger.facts.network.promotions.iter().zip(&ledger.moves).filter(|(_, by)| **by > 0);
    let row = |(promotion, &by): (&Promotion, &usize)| {
        Ok(MovedPromotion { id: promotion.id.clone(), moved: i64::try_from(by).map_err(|_| Overflow)? })
    };
    moved.map(row).collect()
}

/// Demand and what is planned of it from each location, where there is demand; by item, channel, location, bucket.
pub(super) fn allocations(ledger: &Ledger<'_>) -> Result<Vec<Allocation>, Overflow> {
    let mut rows = Vec::new();
    for (offer, sales) in ledger.sold() {
        for bucket in (0..ledger.facts.buckets.len()).filter(|&bucket| offer.1.units[bucket] > 0) {
            for source in 0..offer.1.sources.len() {
                rows.push((bucket, allocation(ledger, offer, sales, (source, bucket))?));
            }
        }
    }
    rows.sort_by(|(bucket_a, a), (bucket_b, b)| {
        (&a.item, &a.channel, &a.location, bucket_a).cmp(&(&b.item, &b.channel, &b.location, bucket_b))
    });
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn allocation(
    ledger: &Ledger<'_>,
    (id, asked): &(OfferId, Asked),
    sales: &Sales,
    (source, bucket): (usize, usize),
) -> Result<Allocation, Overflow> {
    let network = ledger.facts.network;
    let (offer, pool) = (&network.offers[id.index()], asked.sources[source].pool);
    let lowered = sales.lowered[bucket];
    let short = less(less(asked.units[bucket], lowered)?, sales.on_time(bucket)?)?;
    let mut delivered = BTreeMap::new();
    for late in sales.late.iter().filter(|late| (late.source, late.wanted) == (source, bucket)) {
        let there = delivered.entry(label(ledger.facts, late.delivered)).or_insert(0);
        *there = more(*there, late.units)?;
    }
    Ok(Allocation {
        item: network.item(offer.item).id.clone(),
        channel: network.channel(offer.channel).id.clone(),
        location: network.location(network.pool(pool).location).id.clone(),
        bucket: label(ledger.facts, bucket),
        demand: asked.units[bucket],
        lowered,
        planned: sales.planned[source][bucket],
        delivered_late: delivered.values().copied().try_fold(0, more)?,
        delivered,
        short,
        short_by: short_by(ledger, asked, bucket, short)?,
        reasons: Vec::new(),
    })
}

/// What stock is left for was held back; the rest nobody could help before the first bucket that a new order reaches.
fn short_by(ledger: &Ledger<'_>, asked: &Asked, bucket: usize, short: i64) -> Result<ShortBy, Overflow> {
    let left = asked.sources.iter().map(|source| ledger.stock(source.pool, bucket).closing.max(0));
    let held_back = short.min(left.into_iter().try_fold(0, more)?);
    let rest = less(short, held_back)?;
    let reached = ledger.facts.first_served(asked).is_some_and(|first| first <= bucket);
    let (given, no_stock) = if reached { (0, rest) } else { (rest, 0) };
    Ok(ShortBy { given, no_stock, held_back })
}

/// Stock by item, location, bucket.
pub(super) fn inventory(
    ledger: &Ledger<'_>,
    forward: &mut Forward<'_>,
    covers: &Covers<'_>,
) -> Result<Vec<Inventory>, Overflow> {
    let network = ledger.facts.network;
    let mut pools: Vec<usize> = (0..network.pools.len()).collect();
    let names = |pool: usize| {
        let pool = &network.pools[pool];
        (&*network.item(pool.item).id, &*network.location(pool.location).id)
    };
    pools.sort_by_key(|&pool| names(pool));
    let mut rows = Vec::new();
    for pool in pools {
        let (item, location) = names(pool);
        for (bucket, stock) in ledger.stock[pool].iter().enumerate() {
            let weeks = forward.weeks(PoolId::from(pool), bucket, stock.closing)?;
            rows.push(Inventory {
                item: item.into(),
                location: location.into(),
                bucket: label(ledger.facts, bucket),
                opening: stock.opening,
                receipts: stock.receipts,
                transfers_in: stock.transfers_in,
                transfers_out: stock.transfers_out,
                sales: stock.sales,
                closing: stock.closing,
                in_transit: stock.in_transit,
                safety_stock: covers.safety(PoolId::from(pool), bucket),
                weeks_of_supply: weeks_figure(weeks)?,
            });
        }
    }
    Ok(rows)
}

fn weeks_figure(weeks: Option<Ratio>) -> Result<Figure, Overflow> {
    weeks.map_or(Ok(Figure::NotApplicable), |weeks| printed(weeks).map(Figure::Value))
}

/// Cash by bucket.
pub(super) fn cash(facts: &Facts<'_>, balances: &[Balance]) -> Result<Vec<CashBucket>, Overflow> {
    let row = |(bucket, balance): (usize, &Balance)| {
        Ok(CashBucket {
            bucket: label(facts, bucket),
            opening: printed(balance.opening)?,
            sales: printed(balance.sales)?,
            purchases: printed(balance.purchases)?,
            other: printed(balance.other)?,
            closing: printed(balance.closing)?,
            minimum: printed(balance.minimum)?,
            marginal_value: None,
            marginal_step: None,
        })
    };
    balances.iter().enumerate().map(row).collect()
}

/// Use of each limit.
pub(super) fn capacity(facts: &Facts<'_>, uses: &[Use<'_>]) -> Result<Vec<Capacity>, Overflow> {
    let row = |one: &Use<'_>| {
        Ok(Capacity {
            kind: one.kind.into(),
            of: one.of.into(),
            bucket: label(facts, one.bucket),
            used: printed(one.used)?,
            limit: printed(one.limit)?,
            marginal_value: None,
            marginal_step: None,
        })
    };
    uses.iter().map(row).collect()
}

/// What facts alone break.
pub(super) fn given(facts: &Facts<'_>, given: &[Breach<'_>]) -> Result<Vec<Given>, Overflow> {
    let row = |one: &Breach<'_>| {
        Ok(Given {
            kind: one.kind.into(),
            of: one.of.clone(),
            bucket: label(facts, one.bucket),
            amount: printed(one.amount)?,
            source: one.origin.clone(),
        })
    };
    given.iter().map(row).collect()
}
