//! Transfers between own locations: lanes with `from`, and what is under way.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::Context;
use super::lanes::freight;
use super::selection::Subject;
use super::supply::pool_of;
use crate::document::clash::{keys_exclude, stated_twice};
use crate::document::spec::Entity;
use crate::document::{SeriesText, Slot, tables};
use crate::network::{ItemId, LocationId, Network, OpenTransfer, PoolId, TransferLane};
use crate::series::Series;
use crate::source::Span;

/// What a transfer lane of an item is known by.
type Key = (ItemId, LocationId, LocationId, String);

/// Units under way, with names resolved.
pub(super) struct TransferRow<'a> {
    pub(super) item: ItemId,
    pub(super) from: LocationId,
    pub(super) location: LocationId,
    table: &'a tables::OpenTransfer,
}

impl<'a> Context<'a> {
    /// One lane for each item an entry selects, by (item, location, from, mode); pools are not numbered yet.
    pub(super) fn transfers(&mut self, items: usize) -> Vec<TransferLane> {
        let document = self.document;
        let mut lanes: BTreeMap<Key, (TransferLane, Span)> = BTreeMap::new();
        let mut twice: BTreeMap<(Span, Span), Key> = BTreeMap::new();
        for entry in document.lanes.iter().filter(|entry| !entry.from.is_absent()) {
            let matcher = self.matcher(&entry.selector);
            if !self.all_known(&entry.selector) {
                self.excused.all = true;
            }
            let candidates = self.candidates(&entry.selector, items);
            let met: Vec<_> =
                candidates.into_iter().filter(|&index| matcher.matches(&Subject::item(document, index))).collect();
            let Some(template) = self.transfer_entry(entry) else {
                self.excused.items.extend(met);
                continue;
            };
            if met.is_empty() && self.all_known(&entry.selector) {
                self.warn_empty(&entry.selector, entry.header, "lane");
            }
            for index in met {
                let item = ItemId::from(index);
                let key = (item, template.location, template.from, template.mode.clone());
                match lanes.get(&key) {
                    Some((_, before)) => drop(twice.entry((entry.header, *before)).or_insert(key)),
                    None => drop(lanes.insert(key, (TransferLane { item, ..template.clone() }, entry.header))),
                }
            }
        }
        for ((here, before), (item, location, from, mode)) in twice {
            let message = format!(
                "two lanes move `{}` from `{}` to `{}` by `{mode}`",
                document.items[item.index()].0.value,
                document.locations[from.index()].0.value,
                document.locations[location.index()].0.value
            );
            let diagnostic = stated_twice(message, here, before);
            self.report(diagnostic.help("give one of them another `mode`, or narrow its `where`"));
        }
        lanes.into_values().map(|(lane, _)| lane).collect()
    }

    /// What an entry says of all its items; `None` where that is too little.
    fn transfer_entry(&mut self, entry: &'a tables::Lane) -> Option<TransferLane> {
        self.purchase_keys(entry);
        let from = self.names.slot(Entity::Location, &entry.from);
        let location = self.names.slot(Entity::Location, &entry.location);
        if let (Some(from), Some(to)) = (entry.from.spanned(), entry.location.spanned())
            && from.value == to.value
        {
            let message = format!("the lane leads from `{}` to itself", from.value);
            self.report(keys_exclude(message, to.span, (from.span, "the same")));
            return None;
        }
        if let Some(text) = entry.lead_days.spanned() {
            self.gap(&text.value.series, text.span, "`lead-days`");
        }
        self.line_sizes(entry);
        let series =
            |slot: &Slot<SeriesText>| slot.get().map_or(Series::Scalar(Decimal::ZERO), |text| text.series.clone());
        let (freight, freight_per_m3) = freight(entry);
        Some(TransferLane {
            item: ItemId(0),
            source: PoolId(0),
            pool: PoolId(0),
            from: LocationId(from?),
            location: LocationId(location?),
            mode: entry.mode.get().map_or("standard", String::as_str).to_owned(),
            premium: entry.premium.get().copied().unwrap_or(false),
            lead_days: series(&entry.lead_days),
            safety_days: entry.safety_days.get().copied().unwrap_or(0),
            freight,
            freight_per_m3,
            order_cost: series(&entry.order_cost),
            moq: entry.moq.get().copied().unwrap_or(1).max(1),
            multiple: entry.multiple.get().copied().unwrap_or(1),
            max: entry.max.get().copied(),
            lines: entry.lines.get().copied().unwrap_or(1),
            origin: self.origin(entry.header),
        })
    }

    /// Reports keys that only a purchase can have.
    fn purchase_keys(&mut self, entry: &tables::Lane) {
        let from = entry.from.span().unwrap_or(entry.header);
        let keys = [
            (entry.supplier.span(), "supplier"),
            (entry.unit_cost.span(), "unit-cost"),
            (entry.duty_rate.span(), "duty-rate"),
            (entry.production_days.span(), "production-days"),
            (entry.capacity_use.span(), "capacity-use"),
            (entry.capacity_setup.span(), "capacity-setup"),
            (entry.price_breaks.span(), "price-breaks"),
            (entry.kind.span(), "kind"),
        ];
        for (span, key) in keys {
            let Some(span) = span else { continue };
            let message = match key {
                "supplier" => "a lane has a `supplier` or comes `from` an own location, not both".to_owned(),
                _ => format!("`{key}` is for purchases; this lane is a transfer"),
            };
            self.report(keys_exclude(message, span, (from, "it comes from an own location")));
        }
    }

    /// Units under way between own locations.
    pub(super) fn open_transfers(&mut self) -> Vec<TransferRow<'a>> {
        let document = self.document;
        let mut rows = Vec::with_capacity(document.open_transfers.len());
        for table in &document.open_transfers {
            let item = self.names.slot(Entity::Item, &table.item);
            let from = self.names.slot(Entity::Location, &table.from);
            let location = self.names.slot(Entity::Location, &table.location);
            if let (Some(from), Some(to)) = (table.from.spanned(), table.location.spanned())
                && from.value == to.value
            {
                let message = format!("the transfer leads from `{}` to itself", from.value);
                self.report(keys_exclude(message, to.span, (from.span, "the same")));
                continue;
            }
            match (item, from, location) {
                (Some(item), Some(from), Some(location)) => rows.push(TransferRow {
                    item: ItemId(item),
                    from: LocationId(from),
                    location: LocationId(location),
                    table,
                }),
                _ => self.excused.items.extend(item.map(|item| item as usize)),
            }
        }
        rows
    }

    /// Gives transfers the numbers of their pools.
    pub(super) fn place_transfers(
        &mut self,
        network: &mut Network,
        lanes: Vec<TransferLane>,
        rows: &[TransferRow<'_>],
    ) {
        let pool = |item, location| pool_of(network, item, location).unwrap_or(PoolId(0));
        let place = |lane: TransferLane| TransferLane {
            source: pool(lane.item, lane.from),
            pool: pool(lane.item, lane.location),
            ..lane
        };
        let transfers = lanes.into_iter().map(place).collect();
        let open = rows.iter().filter_map(|row| {
            Some(OpenTransfer {
                item: row.item,
                source: pool(row.item, row.from),
                pool: pool(row.item, row.location),
                units: *row.table.units.get()?,
                due: *row.table.due.get()?,
                origin: self.origin(row.table.header),
            })
        });
        let mut open: Vec<_> = open.collect();
        open.sort_by_key(|one| (one.pool, one.source, one.due, one.units));
        network.transfers = transfers;
        network.open_transfers = open;
    }
}
