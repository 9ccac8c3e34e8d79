//! Rows that few pools touch: what those of one item share, and what pins say of several lines.

use std::sync::Arc;

use super::{DIGITS, FloorRows, Rows, Slack, UNLIMITED};
use crate::model::Model;
use crate::model::promise::Promise;
use crate::network::Route;
use crate::solve::fixed::scale;
use crate::solve::program::GIVEN;
use crate::solve::sizes::Sizes;
use crate::units::{Overflow, Ratio, mul, ratio, whole};

/// Rows by which what leaves a pool is what transfers take: one that keeps these from taking more, one that keeps it from being more.
#[derive(Debug, Clone, Copy)]
pub(in crate::solve) struct SendRows {
    /// First row of the former.
    pub(in crate::solve) taken: usize,
    /// First row of the latter.
    pub(in crate::solve) sent: usize,
    /// What a unit counts for.
    pub(in crate::solve) unit: i64,
}

/// Rows of a pin on a lane that places several lines for a bucket: what all of them come to at least and at most.
#[derive(Debug, Clone, Copy)]
pub(in crate::solve) struct PinRows {
    /// The lane.
    pub(in crate::solve) lane: Route,
    /// The bucket it serves.
    pub(in crate::solve) bucket: usize,
    /// First row of the least, to which lines give; none where nothing has to be placed.
    pub(in crate::solve) least: Option<usize>,
    /// First row of the most.
    pub(in crate::solve) most: Option<usize>,
    /// What a unit counts for.
    pub(in crate::solve) unit: i64,
}

impl Rows {
    /// Rows of pins on lanes that place several lines for a bucket.
    pub(super) fn push_pins(&mut self, model: &Model<'_>, sizes: &Sizes) {
        for (lane, bucket) in model.network.pins.iter().map(|pin| (pin.lane, pin.bucket)) {
            let Some((least, most)) = model.pinned(lane, bucket).filter(|_| model.network.lines(lane) > 1) else {
                continue;
            };
            if self.pins.iter().any(|known| (known.lane, known.bucket) == (lane, bucket)) {
                continue;
            }
            let total = sizes.most[model.network.pool_of(lane).index()].max(least);
            let unit = scale(whole(total), DIGITS);
            let mut push = |units: Option<i64>| {
                let first = units.map(|units| {
                    let mut available = vec![UNLIMITED; self.buckets];
                    available[bucket] = units.saturating_mul(unit);
                    self.push(available, unit)
                })?;
                self.limit_prices(first, total.saturating_mul(unit));
                Some(first)
            };
            let least = push(Some(-least).filter(|least| *least < 0));
            let most = push(most.filter(|most| *most < total));
            self.pins.push(PinRows { lane, bucket, least, most, unit });
        }
    }

    /// Rows that pools of an item share: demand that can be served in several ways, floors under that, what is sent.
    pub(super) fn push_own(&mut self, model: &Model<'_>, sizes: &Sizes) -> Result<(), Overflow> {
        for (index, offer) in model.offers.iter().enumerate() {
            let total: i64 = offer.demand.iter().sum();
            let unit = scale(whole(total), DIGITS);
            if offer.ways.len() > 1 || offer.lateness.most.iter().any(|late| *late > 0) {
                let first = self.push(offer.demand.iter().map(|units| units * unit).collect(), unit);
                self.limit_prices(first, total.saturating_mul(unit));
                self.demand[index] = Some((first, unit));
            }
            if offer.ways.len() > 1 {
                self.push_own_floor(model, sizes, index, unit)?;
            }
        }
        let items = Arc::clone(&self.items);
        for pool in (0..model.pools.len()).filter(|&pool| !items.sends[pool].is_empty()) {
            if items.root[pool] == Some(pool) {
                self.push_echelon(model, sizes, pool)?;
                continue;
            }
            let unit = scale(whole(sizes.most[pool]), DIGITS);
            let push = |rows: &mut Self| {
                let first = rows.push(vec![0; rows.buckets], unit);
                rows.limit_prices(first, sizes.most[pool].saturating_mul(unit));
                first
            };
            let (taken, sent) = (push(self), push(self));
            self.sends[pool] = Some(SendRows { taken, sent, unit });
        }
        Ok(())
    }

    /// The floor of an offer that is served from several locations; what may be let go of it is slack.
    fn push_own_floor(&mut self, model: &Model<'_>, sizes: &Sizes, index: usize, unit: i64) -> Result<(), Overflow> {
        let offer = &model.offers[index];
        let early = |bucket: usize| offer.floors.early[bucket].map_or(0, |(units, _)| units);
        let least: Vec<i64> = (0..self.buckets).map(|bucket| offer.floors.held[bucket].max(early(bucket))).collect();
        if least.iter().all(|units| *units == 0) {
            return Ok(());
        }
        let first = self.push(least.iter().map(|units| -units * unit).collect(), unit);
        let total: i64 = offer.demand.iter().sum();
        self.limit_prices(first, total.max(sizes.largest()).saturating_mul(unit));
        self.floors.push(FloorRows { members: vec![(index, Some(0))], early: false, first, unit });
        for (bucket, least) in least.iter().enumerate() {
            let price = ratio(offer.price[bucket]);
            let row = first + bucket;
            let mut push = |size: i64, of: Option<usize>, counts: Ratio| {
                let used = self.price_of(mul(price, counts)?, unit)?;
                if size > 0 {
                    self.slack.push(Slack { row, most: size * unit, of, unit: used, cost: 0 });
                }
                Ok::<(), Overflow>(())
            };
            push(least - offer.floors.held[bucket], Some(GIVEN), whole(1))?;
            if let Some(promise) = Promise::of(model, index, bucket)? {
                for eased in promise.steps()? {
                    let (level, first) = (model.relief.level(eased.rule), eased.units.min(1));
                    push(first, level, eased.first)?;
                    push(eased.units - first, level, eased.other)?;
                }
            }
        }
        Ok(())
    }
}
