//! Lanes: an entry may carry a whole category; here each item's lane stands by itself.

use std::collections::BTreeMap;

use super::Context;
use super::selection::{Entries, Subject, layered};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::{BESIDES, equally_narrow, keys_exclude, stated_twice};
use crate::document::spec::Entity;
use crate::document::{Freight, SeriesText, Slot, tables};
use crate::network::{Item, ItemId, Lane, LocationId, PoolId, PriceBreak, SupplierId};
use crate::render::number::counted;
use crate::series::Series;
use crate::source::Span;
use rust_decimal::Decimal;

/// What a lane of an item is known by.
type Key = (ItemId, LocationId, SupplierId, String);

impl<'a> Context<'a> {
    /// One lane for each item an entry selects, by (item, location, supplier, mode); pools are not numbered yet.
    pub(super) fn lanes(&mut self, items: &[Item]) -> Vec<Lane> {
        let document = self.document;
        let matchers = document.purchase_prices.iter().map(|price| {
            self.names.slot(Entity::Supplier, &price.supplier);
            self.matcher(&price.selector)
        });
        let matchers: Vec<_> = matchers.collect();
        for (entry, matcher) in document.purchase_prices.iter().zip(&matchers) {
            if !(0..items.len()).any(|index| matcher.matches_item(&Subject::item(document, index))) {
                self.warn_empty(&entry.selector, entry.header, "purchase price");
            }
        }
        let prices = Entries::new(matchers);
        let mut lanes: BTreeMap<Key, (Lane, Span)> = BTreeMap::new();
        let mut twice: BTreeMap<(Span, Span), (usize, Key)> = BTreeMap::new();
        for entry in document.lanes.iter().filter(|entry| entry.from.is_absent()) {
            let matcher = self.matcher(&entry.selector);
            if !self.all_known(&entry.selector) {
                self.excused.all = true;
            }
            let Some(template) = self.lane_entry(entry) else {
                let met = (0..items.len()).filter(|&index| matcher.matches(&Subject::item(document, index)));
                self.excused.items.extend(met);
                continue;
            };
            let mut any = false;
            for index in self.candidates(&entry.selector, items.len()) {
                if !matcher.matches(&Subject::item(document, index)) {
                    continue;
                }
                any = true;
                let item = ItemId::from(index);
                let key = (item, template.location, template.supplier, template.mode.clone());
                if let Some((_, before)) = lanes.get(&key) {
                    twice.entry((entry.header, *before)).or_insert_with(|| (0, key)).0 += 1;
                    continue;
                }
                let mut lane = Lane { item, ..template.clone() };
                self.unit_cost(&mut lane, entry, &prices, index);
                lanes.insert(key, (lane, entry.header));
            }
            if !any && self.all_known(&entry.selector) {
                self.warn_empty(&entry.selector, entry.header, "lane");
            }
        }
        for ((here, before), (count, key)) in twice {
            let (item, location, supplier, mode) = &key;
            let message = format!(
                "two lanes bring `{}` from `{}` to `{}` by `{mode}`",
                items[item.index()].id,
                document.suppliers[supplier.index()].0.value,
                document.locations[location.index()].0.value
            );
            let mut diagnostic = stated_twice(message, here, before);
            if count > 1 {
                let more = counted(count - 1, "more item", "more items");
                diagnostic = diagnostic.with_note(format!("the same holds for {more}"));
            }
            self.report(diagnostic.help("give one of them another `mode`, or narrow its `where`"));
        }
        lanes.into_values().map(|(lane, _)| lane).collect()
    }

    /// Numbers of the items that a selector can mean: those it names, else all.
    pub(super) fn candidates(&self, slot: &Slot<crate::document::Selector>, count: usize) -> Vec<usize> {
        let named =
            slot.get().and_then(|selector| selector.met.keys.iter().find(|(entity, _)| *entity == Entity::Item));
        match named {
            Some((_, names)) => {
                let number = |name: &crate::source::Spanned<String>| self.names.number(Entity::Item, &name.value);
                let mut all: Vec<_> = names.iter().filter_map(number).map(|number| number as usize).collect();
                all.sort_unstable();
                all.dedup();
                all
            }
            None if slot.is_bad() => Vec::new(),
            None => (0..count).collect(),
        }
    }

    /// What an entry says of all its items; `None` where that is too little.
    fn lane_entry(&mut self, entry: &'a tables::Lane) -> Option<Lane> {
        if entry.supplier.is_absent() {
            let message = "a lane needs `supplier`, or `from` for a transfer";
            self.report(
                Diagnostic::error(&codes::MISSING_KEY, message).at(entry.header, "where do its items come from?"),
            );
        }
        let supplier = self.names.slot(Entity::Supplier, &entry.supplier);
        let location = self.names.slot(Entity::Location, &entry.location);
        for (slot, what) in [(&entry.lead_days, "`lead-days`"), (&entry.unit_cost, "`unit-cost`")] {
            if let Some(text) = slot.spanned() {
                self.gap(&text.value.series, text.span, what);
            }
        }
        self.line_sizes(entry);
        self.production(entry);
        let breaks = self.breaks(&entry.price_breaks, &entry.unit_cost);
        let zero = || Series::Scalar(Decimal::ZERO);
        let series = |slot: &Slot<SeriesText>| slot.get().map_or_else(zero, |text| text.series.clone());
        let (freight, freight_per_m3) = freight(entry);
        Some(Lane {
            item: ItemId(0),
            supplier: SupplierId(supplier?),
            location: LocationId(location?),
            pool: PoolId(0),
            mode: entry.mode.get().map_or("standard", String::as_str).to_owned(),
            premium: entry.premium.get().copied().unwrap_or(false),
            lead_days: series(&entry.lead_days),
            production_days: entry.production_days.get().map(|text| text.series.clone()),
            safety_days: entry.safety_days.get().copied().unwrap_or(0),
            unit_cost: series(&entry.unit_cost),
            freight,
            freight_per_m3,
            duty_rate: series(&entry.duty_rate),
            order_cost: series(&entry.order_cost),
            capacity_use: entry.capacity_use.get().copied().unwrap_or(Decimal::ONE),
            capacity_setup: entry.capacity_setup.get().copied().unwrap_or_default(),
            moq: entry.moq.get().copied().unwrap_or(1).max(1),
            multiple: entry.multiple.get().copied().unwrap_or(1),
            max: entry.max.get().copied(),
            lines: entry.lines.get().copied().unwrap_or(1),
            breaks,
            incremental: entry.kind.get().is_some_and(|word| word == "incremental"),
            origin: self.origin(entry.header),
        })
    }

    /// Reports a lane whose sizes leave no line that could be placed.
    pub(super) fn line_sizes(&mut self, entry: &tables::Lane) {
        let Some(max) = entry.max.spanned() else { return };
        let moq = entry.moq.get().copied().unwrap_or(1).max(1);
        let multiple = entry.multiple.get().copied().unwrap_or(1);
        let largest = max.value / multiple * multiple;
        if largest >= moq {
            return;
        }
        let message = match multiple {
            1 => format!("`moq` {moq} is above `max` {}: no line can be placed", max.value),
            _ => format!("no multiple of {multiple} lies between `moq` {moq} and `max` {}", max.value),
        };
        let mut diagnostic = Diagnostic::error(&codes::NO_LINE_SIZE, message).at(max.span, "at most this");
        if let Some(span) = entry.moq.span() {
            diagnostic = diagnostic.at(span, "at least this");
        }
        if let (Some(span), true) = (entry.multiple.span(), multiple > 1) {
            diagnostic = diagnostic.at(span, "in steps of this");
        }
        let next = (moq + multiple - 1) / multiple * multiple;
        self.report(diagnostic.help(format!("the smallest line would be {next}: raise `max` to that, or lower `moq`")));
    }

    /// Reports production that takes longer than the whole lead time.
    fn production(&mut self, entry: &tables::Lane) {
        let (Some(lead), Some(production)) = (entry.lead_days.spanned(), entry.production_days.spanned()) else {
            return;
        };
        let (Some(longest), Some(least)) =
            (lead.value.series.values().into_iter().max(), production.value.series.values().into_iter().min())
        else {
            return;
        };
        if least > longest {
            let message = format!("{least} production days do not fit into {longest} lead days");
            let diagnostic =
                Diagnostic::error(&codes::PRODUCTION_EXCEEDS_LEAD, message).at(production.span, "of these");
            let help = "`lead-days` is the whole time from release to usable; production is a part of it";
            self.report(diagnostic.at(lead.span, "the whole lead time").help(help));
        }
    }

    /// Price breaks by size; reports those that do not get cheaper.
    fn breaks(
        &mut self,
        slot: &Slot<crate::document::Rows<tables::PriceBreak>>,
        unit_cost: &Slot<SeriesText>,
    ) -> Vec<PriceBreak> {
        let (unit_cost, unit_cost_span) = (unit_cost.get(), unit_cost.span());
        let rows = slot.get().into_iter().flat_map(|rows| &rows.0);
        let both = |row: &'_ tables::PriceBreak| Some((*row.from.spanned()?, *row.unit_cost.spanned()?));
        let mut found: Vec<_> = rows.filter_map(both).collect();
        found.sort_by_key(|(from, _)| from.value);
        let highest = unit_cost.and_then(|text| text.series.values().into_iter().max());
        for (index, (from, cost)) in found.iter().enumerate() {
            let before = index.checked_sub(1).map(|before| &found[before]);
            if let Some((same, _)) = before.filter(|(before, _)| before.value == from.value) {
                let message = format!("two price breaks from {} units", from.value);
                self.report(stated_twice(message, from.span, same.span));
            } else if before.map(|(_, cost)| cost.value).or(highest).is_some_and(|dearer| cost.value >= dearer) {
                let message = format!("the break from {} units is not cheaper than a smaller line", from.value);
                let mut diagnostic = Diagnostic::error(&codes::BREAK_ORDER, message).at(cost.span, "");
                let smaller = before.map(|(_, cost)| cost.span).or(unit_cost_span);
                if let Some(span) = smaller.filter(|span| *span != cost.span) {
                    diagnostic = diagnostic.at(span, "a smaller line costs this");
                }
                self.report(diagnostic);
            }
        }
        found.into_iter().map(|(from, cost)| PriceBreak { from: from.value, unit_cost: cost.value }).collect()
    }

    /// Takes the unit cost from the entry or from the narrowest purchase price; reports none, and both.
    fn unit_cost(&mut self, lane: &mut Lane, entry: &'a tables::Lane, prices: &Entries<'_>, item: usize) {
        let document = self.document;
        let supplier = &document.suppliers[lane.supplier.index()].0.value;
        let subject = Subject { supplier: Some(supplier), ..Subject::item(document, item) };
        let of_supplier = |index: &usize| document.purchase_prices[*index].supplier.get() == Some(supplier);
        let met: Vec<_> = prices.of(&subject).into_iter().filter(|(index, _)| of_supplier(index)).collect();
        let list = &document.purchase_prices;
        let id = &document.items[item].0.value;
        if let (Some(stated), Some((index, _))) = (entry.unit_cost.span(), met.first()) {
            let message = format!("`unit-cost` of `{id}` is stated by the lane and by a [[purchase-price]]");
            self.report(keys_exclude(message, stated, (list[*index].header, BESIDES)));
            return;
        }
        if !entry.unit_cost.is_absent() {
            return;
        }
        let unsure = |price: &tables::PurchasePrice| {
            !self.all_known(&price.selector)
                || price.supplier.get().is_none_or(|name| self.names.number(Entity::Supplier, name).is_none())
        };
        if met.iter().any(|&(index, _)| list[index].unit_cost.is_bad())
            || met.is_empty() && (list.iter().any(unsure) || !document.broken.is_empty())
        {
            return;
        }
        let Some(first) = met
            .iter()
            .max_by_key(|(index, narrowness)| (*narrowness, std::cmp::Reverse(*index)))
            .map(|(index, _)| *index)
        else {
            let message = format!("nothing states what `{id}` costs at `{supplier}`");
            let diagnostic = Diagnostic::error(&codes::NO_COST, message).at(entry.header, "a lane without `unit-cost`");
            self.report(diagnostic.help("add `unit-cost` to the lane, or a [[purchase-price]] that selects the item"));
            return;
        };
        let text = |index: usize| Some((list[index].unit_cost.get()?, list[index].header));
        match layered(&met, text, None) {
            Ok(series) => {
                lane.unit_cost = series.unwrap_or(Series::Scalar(Decimal::ZERO));
                self.gap(&lane.unit_cost, list[first].header, &format!("the purchase price of `{id}`"));
            }
            Err((here, other)) => {
                let message = format!("two purchase prices of `{id}` are equally narrow and differ");
                self.report(equally_narrow(message, here, other));
                return;
            }
        }
        if lane.breaks.is_empty() {
            lane.breaks = self.breaks(&list[first].price_breaks, &list[first].unit_cost);
        }
    }
}

/// Freight a unit and an m3.
pub(super) fn freight(entry: &tables::Lane) -> (Series, Series) {
    let zero = || Series::Scalar(Decimal::ZERO);
    match entry.freight.get() {
        Some(Freight::PerUnit(text)) => (text.series.clone(), zero()),
        Some(Freight::PerVolume(text)) => (zero(), text.series.clone()),
        None => (zero(), zero()),
    }
}
