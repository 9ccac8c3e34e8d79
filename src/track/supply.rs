//! Which receipts belong to which lines of the plan, and what sales were lost for want of goods.
//!
//! A receipt that names its order belongs to the lines of that order, any other to the lines of its item, location and - where it is
//! told - supplier that were placed by then, those due first before others. What is left came beside the plan.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::actuals::{Facts, Received};
use super::file::SupplyRow;
use super::planned::{Names, Rows, Span};
use super::variance::BySupply;
use crate::calendar::days_between;
use crate::network::{ItemId, Network};
use crate::plan::{Action, Order, Plan};
use crate::units::{Overflow, Ratio, add, mul, whole};

/// A line of the plan and what came of it.
#[derive(Debug)]
pub(super) struct Line<'p> {
    pub(super) order: &'p Order,
    pub(super) item: Option<ItemId>,
    /// The bucket it serves, where that is one of those looked at.
    bucket: Option<usize>,
    /// What came: units, the day where it is told, the bucket.
    pub(super) came: Vec<(i64, Option<NaiveDate>, usize)>,
    /// The purchase order that what came names.
    pub(super) named: Option<String>,
}

impl Line<'_> {
    pub(super) fn received(&self) -> i64 {
        self.came.iter().map(|(units, ..)| units).sum()
    }

    pub(super) fn open(&self) -> i64 {
        (self.order.units - self.received()).max(0)
    }

    /// Units that should be here by now and are not.
    pub(super) fn missing(&self, through: NaiveDate) -> i64 {
        if self.order.usable_date <= through { self.open() } else { 0 }
    }
}

/// Lines with what came of them, and what came beside them.
#[derive(Debug)]
pub(super) struct Matched<'p, 'f> {
    pub(super) lines: Vec<Line<'p>>,
    pub(super) beside: Vec<(&'f Received, i64)>,
}

/// Tells receipts and lines apart.
pub(super) fn matched<'p, 'f>(
    plan: &'p Plan,
    facts: &'f Facts,
    network: &Network,
    names: &Names<'_>,
    span: &Span,
) -> Matched<'p, 'f> {
    let labels: BTreeMap<String, usize> =
        span.buckets.iter().enumerate().map(|(at, bucket)| (bucket.period.to_string(), at)).collect();
    let orders = plan.orders.iter().chain(&plan.tail).filter(|order| order.action != Action::Cancelled);
    let mut lines: Vec<Line<'p>> = orders
        .map(|order| Line {
            order,
            item: names.items.get(order.item.as_str()).copied(),
            bucket: labels.get(order.receipt_bucket.as_str()).copied(),
            came: Vec::new(),
            named: order.id.clone(),
        })
        .collect();
    lines.sort_by(|a, b| (a.order.usable_date, &a.order.key).cmp(&(b.order.usable_date, &b.order.key)));
    let mut by_pool: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        by_pool.entry((&line.order.item, &line.order.location)).or_default().push(index);
    }
    let mut beside = Vec::new();
    for received in &facts.receipts {
        let pool = (network.item(received.item).id.as_str(), network.location(received.location).id.as_str());
        let own = by_pool.get(&pool).map_or(&[][..], Vec::as_slice);
        let day = received.day.unwrap_or(span.buckets[received.bucket].end);
        let supplier = received.supplier.map(|supplier| network.supplier(supplier).id.as_str());
        let could_be = |line: &Line<'_>| {
            let placed = line.order.release_date.is_none_or(|placed| placed <= day);
            placed && supplier.is_none_or(|supplier| line.order.supplier == supplier)
        };
        let named = |line: &Line<'_>| received.order.is_some() && line.named == received.order;
        let of_order: Vec<usize> = own.iter().copied().filter(|&at| named(&lines[at])).collect();
        // An order that the plan does not know by its number yet is one of its lines all the same.
        let chosen: Vec<usize> = if of_order.is_empty() {
            let unnamed = |line: &Line<'_>| received.order.is_none() || line.named.is_none();
            own.iter().copied().filter(|&at| could_be(&lines[at]) && unnamed(&lines[at])).collect()
        } else {
            of_order
        };
        let mut left = received.units;
        for at in chosen {
            let taken = left.min(lines[at].open());
            if taken > 0 {
                lines[at].came.push((taken, received.day, received.bucket));
                lines[at].named = lines[at].named.take().or_else(|| received.order.clone());
                left -= taken;
            }
        }
        if left > 0 {
            beside.push((received, left));
        }
    }
    Matched { lines, beside }
}

/// Lines that are due or of which something came, by key, then what came beside them.
pub(super) fn rows(matched: &Matched<'_, '_>, network: &Network, span: &Span) -> Vec<SupplyRow> {
    let told = matched.lines.iter().filter(|line| line.order.usable_date <= span.through || !line.came.is_empty());
    let mut rows: Vec<SupplyRow> = told.map(|line| row(line, span)).collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows.extend(matched.beside.iter().map(|(received, units)| SupplyRow {
        key: None,
        order: received.order.clone(),
        item: network.item(received.item).id.clone(),
        supplier: received.supplier.map_or_else(String::new, |supplier| network.supplier(supplier).id.clone()),
        location: network.location(received.location).id.clone(),
        due: None,
        units: 0,
        received: *units,
        received_on: received.day,
        missing: 0,
        days_late: 0,
    }));
    rows
}

fn row(line: &Line<'_>, span: &Span) -> SupplyRow {
    let order = line.order;
    let last = line.came.iter().filter_map(|(_, day, _)| *day).max();
    let missing = line.missing(span.through);
    let until = if missing > 0 { Some(span.through) } else { last };
    SupplyRow {
        key: Some(order.key.clone()),
        order: line.named.clone(),
        item: order.item.clone(),
        supplier: order.supplier.clone(),
        location: order.location.clone(),
        due: Some(order.usable_date),
        units: order.units,
        received: line.received(),
        received_on: last,
        missing,
        days_late: until.map_or(0, |day| days_between(order.usable_date, day).max(0)),
    }
}

/// Units of an item that come in and could be sold from a day on.
type Arrivals = Vec<(NaiveDate, i64)>;

/// What of the difference in units is due to supply, by item, channel and bucket.
///
/// Less than planned: the plan's own sales are gone through day by day, even over each bucket as the plan has them, with what really
/// came and when. A line that comes so many days late counts so many days behind the beginning of its bucket, where the plan counts it;
/// one that is not due yet counts as planned. What could not be sold so is lost for want of goods, as far as less was sold than
/// planned. More than planned: as far as the plan left demand unserved and more came than it counts on.
pub(super) fn lost(
    matched: &Matched<'_, '_>,
    facts: &Facts,
    plan: &Plan,
    planned: &Rows,
    names: &Names<'_>,
    span: &Span,
) -> Result<BySupply, Overflow> {
    let mut items: BTreeMap<ItemId, (Arrivals, bool, Vec<i64>)> = BTreeMap::new();
    let count = span.buckets.len();
    for line in &matched.lines {
        let (Some(item), in_time) = (line.item, line.bucket.is_some() || !line.came.is_empty()) else { continue };
        if in_time {
            let (arrivals, differs, extra) = items.entry(item).or_insert_with(|| (Vec::new(), false, vec![0; count]));
            *differs |= arrive(line, span, arrivals, extra);
        }
    }
    for (received, units) in &matched.beside {
        let (arrivals, differs, extra) =
            items.entry(received.item).or_insert_with(|| (Vec::new(), false, vec![0; count]));
        arrivals.push((received.day.unwrap_or(span.buckets[received.bucket].start), *units));
        extra[received.bucket] += units;
        *differs = true;
    }
    let mut opening: BTreeMap<ItemId, i64> = BTreeMap::new();
    let first = plan.buckets.first().map(|bucket| bucket.label.as_str());
    for row in plan.inventory.iter().filter(|row| Some(row.bucket.as_str()) == first) {
        if let Some(item) = names.items.get(row.item.as_str()) {
            *opening.entry(*item).or_default() += row.opening;
        }
    }
    for transfer in plan.transfers.iter().filter(|transfer| transfer.action == Action::Open) {
        if let Some(item) = names.items.get(transfer.item.as_str()) {
            *opening.entry(*item).or_default() += transfer.units;
        }
    }
    let mut by_supply = BySupply::new();
    for (item, (arrivals, _, extra)) in items.into_iter().filter(|(_, (_, differs, _))| *differs) {
        let stock = opening.get(&item).copied().unwrap_or(0);
        let unsold = unsold(item, stock, arrivals, planned, span)?;
        let mut more = 0;
        for bucket in 0..count {
            more += extra[bucket];
            let rows = shortfalls(item, bucket, facts, planned, span)?;
            share(unsold[bucket], rows.iter().map(|(key, row)| (*key, row.0)), -1, &mut by_supply);
            let gained: i64 = rows.iter().map(|(_, row)| row.1).sum();
            share(more, rows.iter().map(|(key, row)| (*key, row.1)), 1, &mut by_supply);
            more -= gained.min(more);
        }
    }
    Ok(by_supply)
}

/// Adds when a line could be sold; true where that is not as planned. What comes in a bucket before its own is extra there.
fn arrive(line: &Line<'_>, span: &Span, arrivals: &mut Arrivals, extra: &mut [i64]) -> bool {
    let start = line.bucket.map(|bucket| span.buckets[bucket].start);
    let mut differs = false;
    for &(units, day, bucket) in &line.came {
        let counted = match (start, day) {
            (Some(start), Some(day)) if line.bucket <= Some(bucket) => {
                start + chrono::Duration::days(days_between(line.order.usable_date, day).max(0))
            }
            (Some(start), None) if line.bucket <= Some(bucket) => span.buckets[bucket].start.max(start),
            (_, day) => {
                extra[bucket] += units;
                day.unwrap_or(span.buckets[bucket].start)
            }
        };
        differs |= Some(counted) != start;
        arrivals.push((counted, units));
    }
    if let Some(start) = start {
        let late = line.missing(span.through);
        let to_come = line.open() - late;
        differs |= late > 0;
        if to_come > 0 {
            arrivals.push((start, to_come));
        }
    }
    differs
}

/// Units of the plan's own sales that cannot be made, by bucket: whole ones, rounded down.
fn unsold(item: ItemId, stock: i64, mut arrivals: Arrivals, planned: &Rows, span: &Span) -> Result<Vec<i64>, Overflow> {
    arrivals.sort_unstable();
    let mut coming = arrivals.into_iter().peekable();
    let mut stock = whole(stock);
    let mut unsold = Vec::with_capacity(span.buckets.len());
    for (index, bucket) in span.buckets.iter().enumerate() {
        let units: i64 = of_bucket(planned, item, index).map(|(_, row)| row.units).sum();
        let mut lost = Ratio::default();
        let mut day = bucket.start;
        let last = bucket.end.min(span.through);
        while day <= last {
            while let Some((_, units)) = coming.next_if(|(on, _)| *on <= day) {
                stock = add(stock, whole(units))?;
            }
            // Until something comes again all days are alike.
            let until = coming.peek().map_or(last, |(on, _)| on.pred_opt().unwrap_or(last).min(last));
            let days = days_between(day, until) + 1;
            let wanted = mul(whole(units), Ratio::new(days.into(), bucket.days().into()))?;
            let sold = wanted.min(stock);
            lost = add(lost, wanted - sold)?;
            stock = add(stock, -sold)?;
            day = until + chrono::Duration::days(1);
        }
        unsold.push(i64::try_from(lost.to_integer()).map_err(|_| Overflow)?);
    }
    Ok(unsold)
}

type Key = (ItemId, crate::network::ChannelId, usize);

fn of_bucket(planned: &Rows, item: ItemId, bucket: usize) -> impl Iterator<Item = (&Key, &super::planned::Planned)> {
    use crate::network::ChannelId;
    let own = planned.range((item, ChannelId(0), 0)..=(item, ChannelId(u32::MAX), usize::MAX));
    own.filter(move |((_, _, at), _)| *at == bucket)
}

/// Of each channel of an item: units sold less than planned; and units sold more, as far as the plan left demand unserved.
fn shortfalls(
    item: ItemId,
    bucket: usize,
    facts: &Facts,
    planned: &Rows,
    span: &Span,
) -> Result<Vec<(Key, (i64, i64))>, Overflow> {
    let row = |(key, row): (&Key, &super::planned::Planned)| {
        let sold = facts.sales.get(key).map_or(0, |sold| sold.units);
        let difference = sold - span.to_date(row.units, bucket)?;
        let unserved = span.to_date(row.unserved, bucket)?;
        Ok((*key, ((-difference).max(0), difference.min(unserved).max(0))))
    };
    of_bucket(planned, item, bucket).map(row).collect()
}

/// Shares units out over rows by their claims, none more than it claims; what does not divide goes to the first ones.
fn share(units: i64, claims: impl Iterator<Item = (Key, i64)> + Clone, sign: i64, shares: &mut BySupply) {
    let all: i64 = claims.clone().map(|(_, claim)| claim).sum();
    let units = units.min(all);
    if units <= 0 {
        return;
    }
    let part = |claim: i64| i64::try_from(i128::from(units) * i128::from(claim) / i128::from(all)).unwrap_or(claim);
    let mut left = units - claims.clone().map(|(_, claim)| part(claim)).sum::<i64>();
    for (key, claim) in claims {
        let own = part(claim) + i64::from(left > 0 && part(claim) < claim);
        left -= own - part(claim);
        *shares.entry(key).or_default() += sign * own;
    }
}
