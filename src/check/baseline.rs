//! What the last plan decided, held against what there is now: which of its lines are open orders, which lanes there still are.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::Context;
use super::names::Names;
use crate::calendar::{Bucket, Calendar, Period};
use crate::document::Approved;
use crate::document::spec::Entity;
use crate::model::{receipt, with_tail};
use crate::network::{
    Baseline, BaselineLine, BaselineSales, BaselineTransfer, ChannelId, ItemId, LaneId, Network, OpenTransfer,
    RenamedTo, TransferId,
};
use crate::plan::{Action, Order, PlanBucket};
use crate::units::MAX_UNITS;

impl Context<'_> {
    /// What the last plan decided and is not under way by now.
    pub(super) fn baseline(&self, network: &Network) -> Option<Baseline> {
        let approved = self.document.last_plan.as_ref()?;
        let reader = Reader { approved, network, names: &self.names, calendar: with_tail(network) };
        let periods = approved.plan.buckets.iter().filter_map(|bucket| Period::parse(&bucket.label)).collect();
        let over = reader.over();
        let mut baseline = Baseline {
            cycle: approved.plan.cycle.clone(),
            periods,
            sales: reader.sales(&over),
            over,
            lines: Vec::new(),
            transfers: reader.transfers(),
            not_placed: Vec::new(),
            gone: Vec::new(),
        };
        reader.lines(&mut baseline);
        Some(baseline)
    }
}

/// A line or transfer of the last plan.
struct Line<'p> {
    /// Its item, supplier or source, and location, where there still are such.
    of: Option<[u32; 3]>,
    mode: &'p str,
    /// The bucket that it was for, and the one that its arrival serves.
    serves: [String; 2],
    units: i64,
    release: Option<NaiveDate>,
}

/// An open order or transfer that is new since the last plan.
struct Open {
    of: [u32; 3],
    serves: String,
    units: i64,
}

struct Reader<'c, 'd> {
    approved: &'c Approved,
    network: &'c Network,
    names: &'c Names<'d>,
    calendar: Calendar,
}

impl Reader<'_, '_> {
    /// Buckets of its horizon that are over, as far as they are what their names say.
    fn over(&self) -> Vec<Bucket> {
        let bucket = |bucket: &PlanBucket| {
            let period = Period::parse(&bucket.label).filter(|_| !bucket.tail && bucket.end < self.network.as_of)?;
            let fits = period.start() <= bucket.start && bucket.start <= bucket.end && bucket.end == period.end();
            fits.then_some(Bucket { period, start: bucket.start, end: bucket.end })
        };
        let mut over: Vec<Bucket> = self.approved.plan.buckets.iter().filter_map(bucket).collect();
        over.sort_by_key(|bucket| bucket.start);
        over.dedup_by_key(|bucket| bucket.period);
        over
    }

    /// What it sells in buckets that are over, of items and channels that there still are.
    fn sales(&self, over: &[Bucket]) -> Vec<BaselineSales> {
        let labels: BTreeMap<String, usize> =
            over.iter().enumerate().map(|(index, bucket)| (bucket.period.to_string(), index)).collect();
        let mut units: BTreeMap<(u32, u32, usize), i64> = BTreeMap::new();
        for row in &self.approved.plan.allocations {
            let names = self.item(&row.item).zip(self.number(Entity::Channel, &row.channel));
            let own = std::iter::once((&row.bucket, row.planned));
            for (label, sold) in own.chain(row.delivered.iter().map(|(label, units)| (label, *units))) {
                if let (Some((item, channel)), Some(bucket), 1..=MAX_UNITS) = (names, labels.get(label), sold) {
                    let sum = units.entry((item, channel, *bucket)).or_default();
                    *sum = sum.saturating_add(sold);
                }
            }
        }
        let sales = |((item, channel, bucket), units)| BaselineSales {
            item: ItemId(item),
            channel: ChannelId(channel),
            bucket,
            units,
        };
        units.into_iter().map(sales).collect()
    }

    fn lines(&self, baseline: &mut Baseline) {
        let network = self.network;
        let lanes = network.lanes.iter().enumerate();
        let lanes: BTreeMap<([u32; 3], &str), LaneId> = lanes
            .map(|(index, lane)| {
                (([lane.item.0, lane.supplier.0, lane.location.0], lane.mode.as_str()), LaneId::from(index))
            })
            .collect();
        let orders: Vec<&Order> = self.approved.lines().collect();
        let lines: Vec<Line<'_>> = orders.iter().map(|order| self.line(order)).collect();
        let frozen = network.as_of.checked_add_days(Days::new(u64::try_from(network.frozen_days).unwrap_or(0)));
        let placed = found_again(&lines, &self.open_orders());
        for ((order, line), _) in orders.into_iter().zip(&lines).zip(placed).filter(|(_, placed)| !placed) {
            let Some(release) = order.release_date else { continue };
            if release < network.as_of && order.usable_date >= network.as_of {
                baseline.not_placed.push(order.key.clone());
            }
            let lane = line.of.and_then(|of| lanes.get(&(of, line.mode)).copied());
            match (lane, Period::parse(&order.receipt_bucket)) {
                (Some(lane), Some(period)) => baseline.lines.push(BaselineLine {
                    lane,
                    period,
                    units: order.units,
                    release,
                    usable: order.usable_date,
                    landed: order.landed_cost.0,
                    goods: order.goods.as_ref().map(|goods| (goods.value.0, goods.currency.clone())),
                    order_cost: order.order_cost.0,
                    payments: order.payments.iter().map(|payment| (payment.date, payment.amount.0)).collect(),
                }),
                _ if release >= network.as_of && frozen.is_some_and(|end| release < end) => {
                    baseline.gone.push(order.key.clone());
                }
                _ => {}
            }
        }
        baseline.lines.sort_by_key(|line| (line.lane, line.period, Reverse(line.units), line.release));
    }

    fn line<'p>(&self, order: &'p Order) -> Line<'p> {
        let (supplier, location) = (self.number(Entity::Supplier, &order.supplier), self.location(&order.location));
        Line {
            of: self.item(&order.item).zip(supplier).zip(location).map(|((item, from), to)| [item, from, to]),
            mode: order.mode.as_deref().unwrap_or_default(),
            serves: [order.receipt_bucket.clone(), receipt(&self.calendar, order.usable_date).1],
            units: order.units,
            release: order.release_date,
        }
    }

    /// Open orders that were none for the last plan.
    fn open_orders(&self) -> Vec<Open> {
        let rows = self.approved.plan.orders.iter().chain(&self.approved.plan.tail);
        let known: BTreeSet<(&str, u32)> =
            rows.filter_map(|row| Some((row.id.as_deref()?, self.item(&row.item)?))).collect();
        let new = self.network.open_orders.iter().filter(|open| !known.contains(&(open.id.as_str(), open.item.0)));
        let open = new.map(|open| Open {
            of: [open.item.0, open.supplier.0, open.location.0],
            serves: receipt(&self.calendar, open.due).1,
            units: open.units,
        });
        open.collect()
    }

    fn transfers(&self) -> Vec<BaselineTransfer> {
        let network = self.network;
        let lanes = network.transfers.iter().enumerate();
        let lanes: BTreeMap<([u32; 3], &str), TransferId> = lanes
            .map(|(index, lane)| {
                (([lane.item.0, lane.from.0, lane.location.0], lane.mode.as_str()), TransferId::from(index))
            })
            .collect();
        let wanted: Vec<_> = self.approved.transfers().collect();
        let line = |one: &&'_ crate::plan::Transfer| Line {
            of: self.route(&one.item, &one.from, &one.location),
            mode: "",
            serves: [one.receipt_bucket.clone(), receipt(&self.calendar, one.usable_date).1],
            units: one.units,
            release: one.release_date,
        };
        let lines: Vec<Line<'_>> = wanted.iter().map(line).collect();
        let sent = found_again(&lines, &self.under_way());
        let left = wanted.into_iter().zip(&lines).zip(sent).filter(|(_, sent)| !sent);
        let kept = left.filter_map(|((one, line), _)| {
            let lane = *lanes.get(&(line.of?, one.mode.as_deref().unwrap_or_default()))?;
            Some(BaselineTransfer { lane, period: Period::parse(&one.receipt_bucket)?, units: one.units })
        });
        let mut kept: Vec<_> = kept.collect();
        kept.sort_by_key(|one| (one.lane, one.period, Reverse(one.units)));
        kept
    }

    /// Transfers under way that were none for the last plan.
    fn under_way(&self) -> Vec<Open> {
        let rows = self.approved.plan.transfers.iter().filter(|row| row.action == Action::Open);
        let known: BTreeSet<_> =
            rows.filter_map(|row| Some((self.route(&row.item, &row.from, &row.location)?, row.usable_date))).collect();
        let of = |open: &OpenTransfer| {
            let [from, to] = [open.source, open.pool].map(|pool| self.network.pool(pool).location.0);
            [open.item.0, from, to]
        };
        let new = self.network.open_transfers.iter().filter(|open| !known.contains(&(of(open), open.due)));
        new.map(|open| Open { of: of(open), serves: receipt(&self.calendar, open.due).1, units: open.units }).collect()
    }

    fn route(&self, item: &str, from: &str, to: &str) -> Option<[u32; 3]> {
        Some([self.item(item)?, self.location(from)?, self.location(to)?])
    }

    /// The item of an id that it has or had.
    fn item(&self, id: &str) -> Option<u32> {
        let renamed = || {
            let to = self.network.renamed.iter().filter(|renamed| renamed.from == id).map(|renamed| renamed.to);
            to.filter_map(|to| if let RenamedTo::Item(item) = to { Some(item.0) } else { None }).next()
        };
        self.number(Entity::Item, id).or_else(renamed)
    }

    fn location(&self, id: &str) -> Option<u32> {
        self.number(Entity::Location, id)
    }

    fn number(&self, entity: Entity, id: &str) -> Option<u32> {
        self.names.number(entity, id)
    }
}

/// Tells of each line whether it is open by now. What is open has no mode: it stands for one line of its name and bucket - one of its very
/// size before others, else the one that was to be placed first - and for twins of that as far as its units go.
fn found_again(lines: &[Line<'_>], open: &[Open]) -> Vec<bool> {
    let mut by_name: BTreeMap<[u32; 3], Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        if let Some(of) = line.of {
            by_name.entry(of).or_default().push(index);
        }
    }
    let mut found = vec![false; lines.len()];
    for one in open {
        let Some(same) = by_name.get(&one.of) else { continue };
        let could_be = same.iter().copied().filter(|&line| !found[line] && lines[line].serves.contains(&one.serves));
        let rank = |line: usize| (lines[line].units != one.units, lines[line].release, line);
        let Some(first) = could_be.min_by_key(|&line| rank(line)) else { continue };
        found[first] = true;
        let mut left = one.units - lines[first].units;
        let kind = |line: usize| (lines[line].mode, &lines[line].serves[0]);
        for &twin in same {
            if !found[twin] && kind(twin) == kind(first) && lines[twin].units <= left {
                found[twin] = true;
                left -= lines[twin].units;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(mode: &'static str, units: i64, day: &str) -> Line<'static> {
        let serves = ["2026-04".to_owned(), "2026-03".to_owned()];
        Line { of: Some([0, 0, 0]), mode, serves, units, release: day.parse().ok() }
    }

    fn open(serves: &str, units: i64) -> Open {
        Open { of: [0, 0, 0], serves: serves.to_owned(), units }
    }

    #[test]
    fn an_open_order_stands_for_one_line_and_its_twins() {
        let lines = [line("sea", 480, "2026-01-20"), line("air", 100, "2026-02-10"), line("sea", 300, "2026-01-20")];
        let found = |open: &[Open]| found_again(&lines, open);
        assert_eq!(found(&[]), [false, false, false]);
        // The one that was to be placed first, whatever came of its size.
        assert_eq!(found(&[open("2026-04", 500)]), [true, false, false]);
        // One of its very size.
        assert_eq!(found(&[open("2026-04", 100)]), [false, true, false]);
        // Twins placed as one, never another mode.
        assert_eq!(found(&[open("2026-04", 900)]), [true, false, true]);
        // By the bucket that the arrival serves as well.
        assert_eq!(found(&[open("2026-03", 480)]), [true, false, false]);
        assert_eq!(found(&[open("2026-05", 480)]), [false, false, false]);
    }
}
