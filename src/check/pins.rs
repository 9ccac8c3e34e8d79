//! Decisions taken outside, and changed ids.

use std::collections::BTreeMap;

use super::Context;
use crate::calendar::Bucket;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::{BESIDES, contradiction, keys_exclude, nothing_between, stated_twice};
use crate::document::spec::{Entity, did_you_mean};
use crate::document::tables;
use crate::network::{
    ChannelId, ItemId, LaneId, LocationId, Network, Pin, Renamed, RenamedTo, Route, SupplierId, TransferId,
};
use crate::source::Span;

impl<'a> Context<'a> {
    /// Pins by (lane, bucket, origin).
    pub(super) fn pins(&mut self, network: &Network) -> Vec<Pin> {
        let document = self.document;
        let mut pins: Vec<(Pin, Span)> = Vec::new();
        for entry in &document.pins {
            let amount = self.pinned_units(entry);
            let lane = self.pinned_lane(entry, network);
            let bucket = self.pinned_bucket(entry, network);
            let (Some((least, most)), Some(lane), Some(bucket)) = (amount, lane, bucket) else { continue };
            let clash = pins.iter().find(|(other, _)| {
                let apart = |most: Option<i64>, least: i64| most.is_some_and(|most| most < least);
                (other.lane, other.bucket) == (lane, bucket) && (apart(other.most, least) || apart(most, other.least))
            });
            if let Some((_, before)) = clash {
                let message = "two pins of one lane and bucket cannot both hold";
                self.report(contradiction(message, (entry.header, "this one"), (*before, "and this one")));
                continue;
            }
            let pin = Pin {
                lane,
                bucket,
                least,
                most,
                owner: entry.owner.get().cloned(),
                reason: entry.reason.get().cloned(),
                origin: self.origin(entry.header),
            };
            pins.push((pin, entry.header));
        }
        pins.sort_by(|(a, _), (b, _)| (a.lane, a.bucket, &a.origin).cmp(&(b.lane, b.bucket, &b.origin)));
        pins.into_iter().map(|(pin, _)| pin).collect()
    }

    /// The least and most units of a pin; reports none, and `units` besides `min` or `max`.
    fn pinned_units(&mut self, entry: &tables::Pin) -> Option<(i64, Option<i64>)> {
        let bounds = [(entry.min.span(), "min"), (entry.max.span(), "max")];
        if let Some(units) = entry.units.span() {
            for (span, key) in bounds {
                if let Some(span) = span {
                    let message = format!("a pin says `units`, or `min` and `max`; `{key}` is too much");
                    self.report(keys_exclude(message, span, (units, BESIDES)));
                }
            }
            let units = *entry.units.get()?;
            return Some((units, Some(units)));
        }
        if entry.min.is_absent() && entry.max.is_absent() {
            let message = "a pin says how many: `units`, `min` or `max`";
            self.report(Diagnostic::error(&codes::MISSING_KEY, message).at(entry.header, "none of them"));
            return None;
        }
        if let (Some(min), Some(max)) = (entry.min.spanned(), entry.max.spanned())
            && min.value > max.value
        {
            self.report(nothing_between(min, max));
            return None;
        }
        (!entry.min.is_bad() && !entry.max.is_bad())
            .then(|| (entry.min.get().copied().unwrap_or(0), entry.max.get().copied()))
    }

    /// The lane a pin names; reports where nothing states it.
    fn pinned_lane(&mut self, entry: &'a tables::Pin, network: &Network) -> Option<Route> {
        let item = self.names.slot(Entity::Item, &entry.item).map(ItemId);
        let supplier = self.names.slot(Entity::Supplier, &entry.supplier).map(SupplierId);
        let from = self.names.slot(Entity::Location, &entry.from).map(LocationId);
        let location = self.names.slot(Entity::Location, &entry.location).map(LocationId);
        let mode = entry.mode.spanned();
        mode.map(|mode| self.names.find(Entity::Mode, mode));
        match (entry.supplier.span(), entry.from.span()) {
            (Some(supplier), Some(from)) => {
                let message = "a pin has a `supplier` or comes `from` an own location, not both";
                self.report(keys_exclude(message, from, (supplier, BESIDES)));
                return None;
            }
            (None, None) => {
                let message = "a pin needs `supplier`, or `from` for a transfer";
                self.report(Diagnostic::error(&codes::MISSING_KEY, message).at(entry.header, "which lane?"));
                return None;
            }
            _ => {}
        }
        let (item, location) = (item?, location?);
        if entry.mode.is_bad() {
            return None;
        }
        let mode = mode.map_or("standard", |mode| mode.value.as_str());
        self.names.number(Entity::Mode, mode)?;
        let found = if entry.supplier.is_absent() {
            let from = from?;
            let lanes = network.transfers.iter();
            let same = |lane: &crate::network::TransferLane| {
                (lane.item, lane.location, lane.from, lane.mode.as_str()) == (item, location, from, mode)
            };
            lanes.into_iter().position(same).map(|index| Route::Transfer(TransferId::from(index)))
        } else {
            let supplier = supplier?;
            let same = |lane: &crate::network::Lane| {
                (lane.item, lane.location, lane.supplier, lane.mode.as_str()) == (item, location, supplier, mode)
            };
            network.lanes.iter().position(same).map(|index| Route::Purchase(LaneId::from(index)))
        };
        if found.is_none() && !self.excused.covers(item.index()) && self.document.broken.is_empty() {
            let (item, place) = (&network.item(item).id, &network.location(location).id);
            let message = format!("no lane brings `{item}` to `{place}` as this pin says");
            let diagnostic = Diagnostic::error(&codes::NO_LANE, message).at(entry.header, "");
            let modes: Vec<_> = network
                .lanes
                .iter()
                .filter(|lane| &network.item(lane.item).id == item)
                .map(|lane| {
                    format!(
                        "`{}` to `{}` by `{}`",
                        network.supplier(lane.supplier).id,
                        network.location(lane.location).id,
                        lane.mode
                    )
                })
                .collect();
            self.report(match modes.is_empty() || modes.len() > 6 {
                true => diagnostic.help("look at item, supplier, location and mode, or add the [[lane]]"),
                false => diagnostic.help(format!("there is {}", modes.join(", "))),
            });
        }
        found
    }

    /// The bucket a pin names; where it is not planned, a note, and the pin means nothing.
    fn pinned_bucket(&mut self, entry: &tables::Pin, network: &Network) -> Option<usize> {
        let period = entry.receipt_bucket.spanned()?;
        let found = network.calendar.buckets.iter().position(|bucket: &Bucket| bucket.period == period.value);
        if found.is_none() {
            let message = format!("this pin is for {}, which is no bucket of this plan", period.value);
            self.report(Diagnostic::note(&codes::OUTSIDE_HORIZON, message).at(period.span, "it says nothing here"));
        }
        found
    }

    /// Changed ids by (old, new); reports old ones that are still declared, and new ones that are not.
    pub(super) fn renamed(&mut self) -> Vec<Renamed> {
        let document = self.document;
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut renamed = Vec::new();
        for entry in &document.renamed {
            let (Some(from), Some(to)) = (entry.from.spanned(), entry.to.spanned()) else { continue };
            if let Some(before) = seen.insert(&from.value, from.span) {
                let message = format!("`{}` is renamed twice", from.value);
                self.report(stated_twice(message, from.span, before));
                continue;
            }
            let item = self.names.number(Entity::Item, &to.value).map(|item| RenamedTo::Item(ItemId(item)));
            let channel =
                self.names.number(Entity::Channel, &to.value).map(|channel| RenamedTo::Channel(ChannelId(channel)));
            let Some(now) = item.or(channel) else {
                self.renamed_to_nothing(&to.value, to.span);
                continue;
            };
            let declared = match now {
                RenamedTo::Item(_) => {
                    document.items.iter().find(|(id, _)| id.value == from.value).map(|(id, _)| id.span)
                }
                RenamedTo::Channel(_) => {
                    document.channels.iter().find(|(id, _)| id.value == from.value).map(|(id, _)| id.span)
                }
            };
            if let Some(declared) = declared {
                let message =
                    format!("`{}` is said to be called `{}` now, but it is still declared", from.value, to.value);
                let diagnostic = Diagnostic::error(&codes::STILL_DECLARED, message).at(from.span, "");
                self.report(
                    diagnostic.at(declared, "declared here").help("an item that follows another is its `successor`"),
                );
                continue;
            }
            renamed.push(Renamed { from: from.value.clone(), to: now, origin: self.origin(entry.header) });
        }
        renamed.sort_by(|a, b| (&a.from, a.to).cmp(&(&b.from, b.to)));
        renamed
    }

    fn renamed_to_nothing(&mut self, name: &str, span: Span) {
        if self.document.may_declare(name) {
            return;
        }
        let message = format!("no item or channel is called `{name}`");
        let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, message).at(span, "");
        let items = self.document.items.iter().map(|(id, _)| id.value.as_str());
        let known = items.chain(self.document.channels.iter().map(|(id, _)| id.value.as_str()));
        self.report(match did_you_mean(name, known) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).edit(span, format!("\"{near}\"")),
            None => diagnostic.help("`to` is the id that it has now"),
        });
    }
}
