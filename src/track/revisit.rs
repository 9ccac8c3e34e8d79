//! Which lines of the inputs were off, and what they would have to say.
//!
//! A difference of demand belongs to the promotion that runs, else to the adjustment that holds, else to the stated demand, else to the
//! outlook. Lost sales belong to the lead time or due day of the line that came latest.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::file::{Revisit, RevisitKind, SalesRow};
use super::planned::{Names, Span};
use super::supply::Matched;
use super::transfers::{Carried, Sent};
use crate::model::moves::Moves;
use crate::model::timeline::{At, flow, level, runs_in};
use crate::network::{Change, ChannelId, ItemId, Network, Offer};
use crate::plan::{Amount, Figure};
use crate::source::Place;
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// What one line was off by.
#[derive(Default)]
struct Off {
    of: BTreeSet<String>,
    money: Decimal,
    stated: Option<Decimal>,
    /// Units planned, and units asked for besides.
    units: (i64, i64),
    /// Of prices: revenue, and what the same units would have brought by plan.
    revenue: (Decimal, Decimal),
    /// Units of each late line x days, and units.
    late: (i64, i64),
}

impl Off {
    fn take_late(&mut self, late: &[(i64, i64)]) {
        for (units, days) in late {
            self.late = (self.late.0 + units * days, self.late.1 + units);
        }
    }
}

/// By item, what came latest: its days, and the line that promised otherwise.
type Latest<'p> = BTreeMap<&'p str, (i64, (RevisitKind, Place))>;

type All = BTreeMap<(RevisitKind, Place), Off>;

/// All that was off, the most money first.
pub(super) fn all(
    network: &Network,
    names: &Names<'_>,
    sales: &[SalesRow],
    (matched, receipts_told): (&Matched<'_, '_>, bool),
    carried: Option<&Carried<'_, '_>>,
    moves: &Moves,
    span: &Span,
) -> Result<Vec<Revisit>, Overflow> {
    let offers: BTreeMap<(ItemId, ChannelId), &Offer> =
        network.offers.iter().map(|offer| ((offer.item, offer.channel), offer)).collect();
    let buckets: BTreeMap<String, usize> =
        span.buckets.iter().enumerate().map(|(at, bucket)| (bucket.period.to_string(), at)).collect();
    let mut found = All::new();
    for row in sales {
        let ids = names.items.get(row.item.as_str()).zip(names.channels.get(row.channel.as_str()));
        let (Some((item, channel)), Some(bucket)) = (ids, buckets.get(&row.bucket)) else { continue };
        let offer = offers.get(&(*item, *channel)).copied();
        asked(network, offer, *item, (row, *bucket), moves, &mut found)?;
        if !row.variance.price.0.is_zero() {
            let off = found.entry((RevisitKind::Price, network.item(*item).origin.clone())).or_default();
            off.of.insert(offer_name(row));
            off.money = plus(off.money, row.variance.price.0)?;
            off.units.0 += row.sold;
            let by_plan = row.planned_price.0.checked_mul(row.sold.into()).ok_or(Overflow)?;
            off.revenue = (plus(off.revenue.0, row.revenue.0)?, plus(off.revenue.1, by_plan)?);
        }
    }
    let mut latest = Latest::new();
    if receipts_told {
        late(network, names, matched, span, &mut latest, &mut found);
    }
    for sent in carried.iter().flat_map(|carried| &carried.lines) {
        late_transfer(network, sent, span, &mut latest, &mut found);
    }
    lost(sales, latest, &mut found)?;
    let rows = found.into_iter().filter(|((kind, _), off)| {
        !off.money.is_zero() || matches!(kind, RevisitKind::LeadTime | RevisitKind::DueDate)
    });
    let mut rows = rows.map(|((kind, source), off)| told(kind, source, &off)).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by(|a, b| {
        let key = |one: &Revisit| (one.kind, one.source.clone());
        b.money.0.abs().cmp(&a.money.0.abs()).then_with(|| key(a).cmp(&key(b)))
    });
    Ok(rows)
}

fn plus(sum: Decimal, money: Decimal) -> Result<Decimal, Overflow> {
    sum.checked_add(money).ok_or(Overflow)
}

fn offer_name(row: &SalesRow) -> String {
    format!("{} in {}", row.item, row.channel)
}

/// Puts a difference of demand to the line that it comes from.
fn asked(
    network: &Network,
    offer: Option<&Offer>,
    item: ItemId,
    (row, bucket): (&SalesRow, usize),
    moves: &Moves,
    found: &mut All,
) -> Result<(), Overflow> {
    let money = plus(plus(row.variance.demand.0, row.variance.mix.0)?, row.variance.unplanned.0)?;
    if money.is_zero() {
        return Ok(());
    }
    let (kind, source, of, stated) = match offer.filter(|_| row.variance.unplanned.0.is_zero()) {
        None => (RevisitKind::Unplanned, network.item(item).origin.clone(), offer_name(row), Some(Decimal::ZERO)),
        Some(offer) => assumed(network, offer, row, bucket, moves)?,
    };
    let off = found.entry((kind, source)).or_default();
    off.of.insert(of);
    off.money = plus(off.money, money)?;
    off.stated = stated;
    off.units.0 += row.planned;
    off.units.1 += row.sold - row.planned - row.by_supply;
    Ok(())
}

/// Where the demand of a bucket comes from: the kind, the line, its name, and the number that it states.
fn assumed(
    network: &Network,
    offer: &Offer,
    row: &SalesRow,
    bucket: usize,
    moves: &Moves,
) -> Result<(RevisitKind, Place, String, Option<Decimal>), Overflow> {
    let at = At { bucket: network.calendar.buckets[bucket], first: bucket == 0, whole: network.first_bucket_whole };
    let raises = |promotion: &usize| {
        let one = &network.promotions[*promotion];
        (one.uplift.is_some() || one.add_units.is_some()) && moves.runs(network, *promotion, bucket)
    };
    if let Some(promotion) = offer.promotions.iter().copied().find(raises) {
        let one = &network.promotions[promotion];
        return Ok((RevisitKind::Promotion, one.origin.clone(), one.id.clone(), one.uplift));
    }
    if let Some(adjustment) = offer.adjustments.iter().find(|one| runs_in(one.during, &at.bucket)) {
        let factor = match adjustment.change {
            Change::Factor(factor) => Some(factor),
            Change::Add(_) | Change::Set(_) => None,
        };
        return Ok((RevisitKind::Adjust, adjustment.origin.clone(), offer_name(row), factor));
    }
    match (flow(&offer.demand, &at)?, offer.outlook) {
        (None, Some(outlook)) => {
            let outlook = &network.outlooks[outlook];
            Ok((RevisitKind::Outlook, outlook.origin.clone(), offer_name(row), Some(outlook.growth)))
        }
        _ => Ok((RevisitKind::Demand, offer.origin.clone(), offer_name(row), None)),
    }
}

/// Lines that came late, or have not come: lead times of lanes, due days of open orders.
fn late<'p>(
    network: &Network,
    names: &Names<'_>,
    matched: &Matched<'p, '_>,
    span: &Span,
    latest: &mut Latest<'p>,
    found: &mut All,
) {
    for line in &matched.lines {
        let (order, late) = (line.order, line.coming().late(span.through));
        let Some(days) = late.iter().map(|(_, days)| *days).max() else { continue };
        let Some((kind, source, stated)) = promised(network, names, line, span) else { continue };
        let off = found.entry((kind, source.clone())).or_default();
        off.of.insert(match kind {
            RevisitKind::DueDate => order.key.clone(),
            _ => format!("{} of {}", order.item, order.supplier),
        });
        off.stated = stated;
        off.take_late(&late);
        keep_latest(latest, &order.item, days, (kind, source));
    }
}

/// A transfer that came late, or has not come: the lead time of its lane.
fn late_transfer<'p>(network: &Network, sent: &Sent<'p>, span: &Span, latest: &mut Latest<'p>, found: &mut All) {
    let (transfer, late) = (sent.transfer, sent.coming().late(span.through));
    let Some(days) = late.iter().map(|(_, days)| *days).max() else { return };
    let own = network
        .transfers
        .iter()
        .filter(|lane| (lane.item, lane.from, lane.location) == (sent.item, sent.from, sent.to));
    // What was under way at as-of has no mode: the first lane stands for all.
    let Some(lane) = own.into_iter().find(|lane| transfer.mode.as_ref().is_none_or(|mode| *mode == lane.mode)) else {
        return;
    };
    let key = (RevisitKind::LeadTime, lane.origin.clone());
    let off = found.entry(key.clone()).or_default();
    off.of.insert(format!("{} from {} to {}", transfer.item, transfer.from, transfer.location));
    off.stated = span.buckets.first().map(|bucket| level(&lane.lead_days, bucket));
    off.take_late(&late);
    keep_latest(latest, &transfer.item, days, key);
}

fn keep_latest<'p>(latest: &mut Latest<'p>, item: &'p str, days: i64, key: (RevisitKind, Place)) {
    let known = latest.entry(item).or_insert_with(|| (days, key.clone()));
    if days > known.0 {
        *known = (days, key);
    }
}

/// Sales lost for want of goods belong to what came latest.
fn lost(sales: &[SalesRow], latest: Latest<'_>, found: &mut All) -> Result<(), Overflow> {
    let mut lost: BTreeMap<&str, Decimal> = BTreeMap::new();
    for row in sales {
        let sum = lost.entry(&row.item).or_default();
        *sum = plus(*sum, row.variance.supply.0)?;
    }
    for (item, (_, key)) in latest {
        let money = lost.get(item).copied().unwrap_or_default();
        let off = found.entry(key).or_default();
        off.money = plus(off.money, money)?;
    }
    Ok(())
}

/// The line that promised the day of an order: its lane's lead time, or its own due day.
fn promised(
    network: &Network,
    names: &Names<'_>,
    line: &super::supply::Line<'_>,
    span: &Span,
) -> Option<(RevisitKind, Place, Option<Decimal>)> {
    let order = line.order;
    if let Some(id) = &order.id {
        // Open orders are sorted by id, lanes by item.
        let from = network.open_orders.partition_point(|open| open.id < *id);
        let own = network.open_orders[from..].iter().take_while(|open| open.id == *id);
        let open = own.into_iter().find(|open| Some(open.item) == line.item)?;
        return Some((RevisitKind::DueDate, open.origin.clone(), None));
    }
    let supplier = names.suppliers.get(order.supplier.as_str())?;
    let location = names.locations.get(order.location.as_str())?;
    let from = network.lanes.partition_point(|lane| Some(lane.item) < line.item);
    let mut own = network.lanes[from..].iter().take_while(|lane| Some(lane.item) == line.item);
    let lane = own.find(|lane| {
        lane.supplier == *supplier && lane.location == *location && Some(&lane.mode) == order.mode.as_ref()
    })?;
    let released = span.buckets.iter().find(|bucket| order.release_date.is_some_and(|day| bucket.contains(day)));
    let stated = released.or(span.buckets.first()).map(|bucket| level(&lane.lead_days, bucket));
    Some((RevisitKind::LeadTime, lane.origin.clone(), stated))
}

fn told(kind: RevisitKind, source: Place, off: &Off) -> Result<Revisit, Overflow> {
    let (planned, besides) = off.units;
    // So many times the plan's units were asked for.
    let times = (planned > 0).then(|| Ratio::new((planned + besides).max(0).into(), planned.into()));
    let one = whole(1);
    let (stated, observed) = match (kind, off.stated) {
        (RevisitKind::Demand | RevisitKind::Unplanned, _) => {
            (Some(whole(planned)), Some(whole((planned + besides).max(0))))
        }
        (RevisitKind::Outlook, Some(growth)) => {
            let grown = times.map(|times| mul(add(one, ratio(growth))?, times)).transpose()?;
            (Some(ratio(growth)), grown.map(|grown| add(grown, -one)).transpose()?)
        }
        (RevisitKind::Adjust | RevisitKind::Promotion, Some(factor)) => {
            (Some(ratio(factor)), times.map(|times| mul(ratio(factor), times)).transpose()?)
        }
        (RevisitKind::Price, _) if planned > 0 => {
            (Some(ratio(off.revenue.1) / whole(planned)), Some(ratio(off.revenue.0) / whole(planned)))
        }
        (RevisitKind::LeadTime, Some(days)) if off.late.1 > 0 => {
            let late = Ratio::new(off.late.0.into(), off.late.1.into()).ceil();
            (Some(ratio(days)), Some(add(ratio(days), late)?))
        }
        _ => (None, None),
    };
    let figure = |number: Option<Ratio>| number.map(|one| Amount::rounded(one).map(Figure::Value)).transpose();
    let mut of = off.of.iter();
    let of = match (of.next(), of.next()) {
        (Some(only), None) => only.clone(),
        // The line of a price is that of an item, in whatever channels.
        (Some(first), Some(_)) if kind == RevisitKind::Price => {
            first.rsplit_once(" in ").map_or_else(String::new, |(item, _)| item.to_owned())
        }
        _ => String::new(),
    };
    Ok(Revisit {
        kind,
        of,
        assumption: None,
        source,
        money: Amount(off.money),
        stated: figure(stated)?,
        observed: figure(observed)?,
    })
}
