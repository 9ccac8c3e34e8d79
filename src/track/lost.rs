//! What sales were lost for want of goods: the plan's own sales, gone through with what really came.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::actuals::Facts;
use super::planned::{Names, Rows, Span, by_location};
use super::supply::{Coming, Matched};
use super::transfers::Carried;
use super::variance::BySupply;
use crate::calendar::days_between;
use crate::network::{ItemId, LocationId};
use crate::plan::{Action, Plan};
use crate::units::{Overflow, Ratio, add, mul, whole};

/// Units of an item that come in and could be sold from a day on; below 0 where they leave.
type Arrivals = Vec<(NaiveDate, i64)>;

/// Where an item's goods are looked at: at each of its locations where transfers are told, else all together.
type PlaceOf = (ItemId, Option<LocationId>);

/// What really came to a place.
struct Flow {
    arrivals: Arrivals,
    /// True where that is not as planned.
    differs: bool,
    /// Units that came beyond plan, by bucket.
    extra: Vec<i64>,
}

/// What supply did to sales is found in.
pub(super) struct Looked<'t> {
    pub(super) matched: &'t Matched<'t, 't>,
    /// False where no receipt is told: what was due counts as received.
    pub(super) receipts_told: bool,
    /// Absent where no transfer is told: what was due counts as arrived.
    pub(super) carried: Option<&'t Carried<'t, 't>>,
    pub(super) facts: &'t Facts,
    pub(super) plan: &'t Plan,
    pub(super) planned: &'t Rows,
    pub(super) names: &'t Names<'t>,
    pub(super) span: &'t Span,
}

/// What of the difference in units is due to supply, by item, channel and bucket.
///
/// Less than planned: the plan's own sales are gone through day by day, even over each bucket as the plan has them, with what really
/// came and when. A line that comes so many days late counts so many days behind the beginning of its bucket, where the plan counts it;
/// one that is not due yet counts as planned. What could not be sold so is lost for want of goods, as far as less was sold than
/// planned. More than planned: as far as the plan left demand unserved and more came than it counts on. Of items whose transfers are
/// told this is done at each location, else for all locations together.
pub(super) fn lost(looked: &Looked<'_>) -> Result<BySupply, Overflow> {
    let Looked { facts, planned, span, .. } = *looked;
    let mut by_item: BTreeMap<ItemId, Vec<(PlaceOf, Flow)>> = BTreeMap::new();
    for (place, flow) in looked.flows() {
        by_item.entry(place.0).or_default().push((place, flow));
    }
    let opening = looked.opening();
    let sold_from = by_location(looked.names, looked.plan, span);
    let mut by_supply = BySupply::new();
    for (item, flows) in by_item.into_iter().filter(|(_, flows)| flows.iter().any(|(_, flow)| flow.differs)) {
        let mut unsold = vec![0; span.buckets.len()];
        let mut extra = vec![0; span.buckets.len()];
        for (place, flow) in flows {
            let wanted: Vec<i64> = (0..span.buckets.len())
                .map(|bucket| match place.1 {
                    Some(location) => sold_from.get(&(item, location, bucket)).copied().unwrap_or(0),
                    None => of_bucket(planned, item, bucket).map(|(_, row)| row.units).sum(),
                })
                .collect();
            let stock = opening.get(&place).copied().unwrap_or(0);
            for (bucket, units) in unsold_of(&wanted, stock, flow.arrivals, span)?.into_iter().enumerate() {
                unsold[bucket] += units;
                extra[bucket] += flow.extra[bucket];
            }
        }
        let mut more = 0;
        for bucket in 0..span.buckets.len() {
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

impl Looked<'_> {
    /// Items whose transfers are told.
    fn by_place(&self) -> BTreeSet<ItemId> {
        let Some(carried) = self.carried else { return BTreeSet::new() };
        let planned = carried.lines.iter().map(|sent| sent.item);
        planned.chain(carried.beside.iter().map(|(moved, _)| moved.item)).collect()
    }

    /// What really came, by place.
    fn flows(&self) -> BTreeMap<PlaceOf, Flow> {
        let (span, by_place) = (self.span, self.by_place());
        let mut flows = BTreeMap::new();
        let place = |item: ItemId, location: Option<LocationId>| (item, location.filter(|_| by_place.contains(&item)));
        for line in &self.matched.lines {
            let (Some(item), in_time) = (line.item, line.bucket.is_some() || !line.came.is_empty()) else { continue };
            if in_time {
                let location = self.names.locations.get(line.order.location.as_str()).copied();
                let flow = flow(&mut flows, place(item, location), span);
                match line.bucket.filter(|_| !self.receipts_told) {
                    Some(bucket) => flow.arrivals.push((span.buckets[bucket].start, line.order.units)),
                    None => flow.arrive(&line.coming(), span),
                }
            }
        }
        for (received, units) in &self.matched.beside {
            let flow = flow(&mut flows, place(received.item, Some(received.location)), span);
            flow.beside(received.day, received.bucket, *units, span);
            flow.extra[received.bucket] += units;
        }
        let Some(carried) = self.carried else { return flows };
        for sent in &carried.lines {
            if sent.bucket.is_some() || !sent.came.is_empty() {
                let to = flow(&mut flows, (sent.item, Some(sent.to)), span);
                // Goods that only change places are no more than there were.
                let extra = to.extra.clone();
                to.arrive(&sent.coming(), span);
                to.extra = extra;
            }
            let leaves =
                span.buckets.iter().find(|bucket| sent.transfer.release_date.is_some_and(|day| bucket.contains(day)));
            if let Some(bucket) = leaves {
                let from = flow(&mut flows, (sent.item, Some(sent.from)), span);
                from.arrivals.push((bucket.start, -sent.transfer.units));
            }
        }
        for (moved, units) in &carried.beside {
            flow(&mut flows, (moved.item, Some(moved.location)), span).beside(moved.day, moved.bucket, *units, span);
            flow(&mut flows, (moved.item, Some(moved.from)), span).beside(moved.day, moved.bucket, -units, span);
        }
        flows
    }

    /// Units at as-of, by place; what is under way is with the item, or comes to its location.
    fn opening(&self) -> BTreeMap<PlaceOf, i64> {
        let by_place = self.by_place();
        let first = self.plan.buckets.first().map(|bucket| bucket.label.as_str());
        let mut opening: BTreeMap<PlaceOf, i64> = BTreeMap::new();
        for row in self.plan.inventory.iter().filter(|row| Some(row.bucket.as_str()) == first) {
            if let Some(item) = self.names.items.get(row.item.as_str()) {
                let location = self.names.locations.get(row.location.as_str()).copied();
                *opening.entry((*item, location.filter(|_| by_place.contains(item)))).or_default() += row.opening;
            }
        }
        for transfer in self.plan.transfers.iter().filter(|transfer| transfer.action == Action::Open) {
            if let Some(item) = self.names.items.get(transfer.item.as_str()).filter(|item| !by_place.contains(item)) {
                *opening.entry((*item, None)).or_default() += transfer.units;
            }
        }
        opening
    }
}

fn flow<'f>(flows: &'f mut BTreeMap<PlaceOf, Flow>, place: PlaceOf, span: &Span) -> &'f mut Flow {
    let none = || Flow { arrivals: Vec::new(), differs: false, extra: vec![0; span.buckets.len()] };
    flows.entry(place).or_insert_with(none)
}

impl Flow {
    /// Something that no plan has.
    fn beside(&mut self, day: Option<NaiveDate>, bucket: usize, units: i64, span: &Span) {
        self.arrivals.push((day.unwrap_or(span.buckets[bucket].start), units));
        self.differs = true;
    }

    /// Adds when a line could be sold. What comes in a bucket before its own is extra there.
    fn arrive(&mut self, line: &Coming<'_>, span: &Span) {
        let start = line.bucket.map(|bucket| span.buckets[bucket].start);
        for &(units, day, bucket) in line.came {
            let counted = match (start, day) {
                (Some(start), Some(day)) if line.bucket <= Some(bucket) => {
                    start + chrono::Duration::days(days_between(line.due, day).max(0))
                }
                (Some(start), None) if line.bucket <= Some(bucket) => span.buckets[bucket].start.max(start),
                (_, day) => {
                    self.extra[bucket] += units;
                    day.unwrap_or(span.buckets[bucket].start)
                }
            };
            self.differs |= Some(counted) != start;
            self.arrivals.push((counted, units));
        }
        if let Some(start) = start {
            let late = line.missing(span.through);
            let to_come = line.open() - late;
            self.differs |= late > 0;
            if to_come > 0 {
                self.arrivals.push((start, to_come));
            }
        }
    }
}

/// Units of the plan's own sales that cannot be made, by bucket: whole ones, rounded down.
fn unsold_of(wanted: &[i64], stock: i64, mut arrivals: Arrivals, span: &Span) -> Result<Vec<i64>, Overflow> {
    arrivals.sort_unstable();
    let mut coming = arrivals.into_iter().peekable();
    let mut stock = whole(stock);
    let mut unsold = Vec::with_capacity(span.buckets.len());
    for (index, bucket) in span.buckets.iter().enumerate() {
        let units = wanted[index];
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
            let sold = wanted.min(stock.max(Ratio::default()));
            lost = add(lost, wanted - sold)?;
            stock = add(stock, -sold)?;
            day = until + chrono::Duration::days(1);
        }
        unsold.push(i64::try_from(lost.to_integer()).map_err(|_| Overflow)?);
    }
    Ok(unsold)
}

type Key = (ItemId, crate::network::ChannelId, usize);

/// Units sold less, and units sold more, by channel.
type Claims = Vec<(Key, (i64, i64))>;

fn of_bucket(planned: &Rows, item: ItemId, bucket: usize) -> impl Iterator<Item = (&Key, &super::planned::Planned)> {
    use crate::network::ChannelId;
    let own = planned.range((item, ChannelId(0), 0)..=(item, ChannelId(u32::MAX), usize::MAX));
    own.filter(move |((_, _, at), _)| *at == bucket)
}

/// Of each channel of an item: units sold less than planned; and units sold more, as far as the plan left demand unserved.
fn shortfalls(item: ItemId, bucket: usize, facts: &Facts, planned: &Rows, span: &Span) -> Result<Claims, Overflow> {
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
