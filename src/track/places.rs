//! Stock of each location at the end of the last day told, of items that are stocked in several: by plan, and as it is.
//!
//! What was counted counts. Else stock is reckoned, where it is told from where everything was sold: opening stock and what arrived, less
//! what was sold and what was sent away.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;
use rust_decimal::Decimal;

use super::actuals::Facts;
use super::file::PlaceRow;
use super::planned::{Names, Span, by_location};
use super::supply::Matched;
use super::transfers::Carried;
use crate::network::{ItemId, LocationId, Network};
use crate::plan::{Amount, Plan};
use crate::units::Overflow;

/// Where stock is looked for.
pub(super) struct Looked<'t> {
    pub(super) network: &'t Network,
    pub(super) plan: &'t Plan,
    pub(super) facts: &'t Facts,
    pub(super) matched: &'t Matched<'t, 't>,
    pub(super) carried: &'t Carried<'t, 't>,
    pub(super) names: &'t Names<'t>,
    pub(super) span: &'t Span,
    /// Whether receipts, and transfers, are told; else what was due counts as arrived.
    pub(super) told: (bool, bool),
    /// Standard cost of a unit, by item.
    pub(super) costs: &'t [Decimal],
}

/// Units of a place: by plan, and as they are reckoned.
#[derive(Default, Clone, Copy)]
struct Units {
    planned: i64,
    reckoned: i64,
}

type Places = BTreeMap<(ItemId, LocationId), Units>;

impl Looked<'_> {
    /// Every place of items that are stocked in several, by item and location.
    pub(super) fn rows(&self) -> Result<Vec<PlaceRow>, Overflow> {
        let places = self.places()?;
        let mut count: BTreeMap<ItemId, usize> = BTreeMap::new();
        places.keys().for_each(|(item, _)| *count.entry(*item).or_default() += 1);
        let morning = self.span.through + Days::new(1);
        let row = |((item, location), units): (&(ItemId, LocationId), &Units)| {
            let count = self.facts.counts.get(&(*item, *location)).filter(|(day, _)| *day == morning);
            let is_known = !self.facts.sold_somewhere.contains(item);
            let reckoned = is_known.then_some(units.reckoned);
            PlaceRow {
                item: self.network.item(*item).id.clone(),
                location: self.network.location(*location).id.clone(),
                planned: units.planned,
                actual: count.map(|(_, units)| *units).or(reckoned.map(|units| units.max(0))),
                counted: count.is_some(),
                unexplained: count.zip(reckoned).map_or(0, |((_, counted), reckoned)| counted - reckoned),
                standard_cost: Amount(self.costs[item.index()]),
            }
        };
        Ok(places.iter().filter(|((item, _), _)| count[item] > 1).map(row).collect())
    }

    fn places(&self) -> Result<Places, Overflow> {
        let mut places = Places::new();
        let first = self.plan.buckets.first().map(|bucket| bucket.label.as_str());
        for row in self.plan.inventory.iter().filter(|row| Some(row.bucket.as_str()) == first) {
            let ids = self.names.items.get(row.item.as_str()).zip(self.names.locations.get(row.location.as_str()));
            if let Some((item, location)) = ids {
                let units = Units { planned: row.opening, reckoned: row.opening };
                places.insert((*item, *location), units);
            }
        }
        let stocked: BTreeSet<(ItemId, LocationId)> = places.keys().copied().collect();
        self.arrived(&mut places);
        self.carried(&mut places);
        for ((item, location, bucket), units) in by_location(self.names, self.plan, self.span) {
            places.entry((item, location)).or_default().planned -= self.span.to_date(units, bucket)?;
        }
        for (place, units) in &self.facts.sold_at {
            places.entry(*place).or_default().reckoned -= units;
        }
        // A place that no plan stocks is one where something was counted or came.
        places.retain(|place, units| stocked.contains(place) || units.planned != 0 || units.reckoned != 0);
        Ok(places)
    }

    fn arrived(&self, places: &mut Places) {
        for line in &self.matched.lines {
            let location = self.names.locations.get(line.order.location.as_str());
            let Some((item, location)) = line.item.zip(location.copied()) else { continue };
            let due = if line.order.usable_date <= self.span.through { line.order.units } else { 0 };
            let place = places.entry((item, location)).or_default();
            place.planned += due;
            place.reckoned += if self.told.0 { line.received() } else { due };
        }
        for (received, units) in &self.matched.beside {
            places.entry((received.item, received.location)).or_default().reckoned += units;
        }
    }

    /// What is under way is at no place.
    fn carried(&self, places: &mut Places) {
        let through = self.span.through;
        for sent in &self.carried.lines {
            let units = sent.transfer.units;
            let due = if sent.transfer.usable_date <= through { units } else { 0 };
            let left = if sent.transfer.release_date.is_some_and(|day| day <= through) { units } else { 0 };
            let to = places.entry((sent.item, sent.to)).or_default();
            to.planned += due;
            to.reckoned += if self.told.1 { sent.coming().received() } else { due };
            let from = places.entry((sent.item, sent.from)).or_default();
            from.planned -= left;
            // What is under way at as-of has left already.
            if sent.transfer.release_date.is_some() {
                from.reckoned -= if self.told.1 { sent.left_by(through) } else { left };
            }
        }
        for (moved, units) in &self.carried.beside {
            places.entry((moved.item, moved.location)).or_default().reckoned += units;
            places.entry((moved.item, moved.from)).or_default().reckoned -= units;
        }
    }
}
