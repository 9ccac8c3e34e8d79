//! Items, locations, channels, suppliers.

use rust_decimal::Decimal;

use super::Context;
use super::manifest::is_currency;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::{BESIDES, keys_exclude, stated_twice};
use crate::document::spec::Entity;
use crate::document::{SeriesText, Slot, tables};
use crate::network::{
    Backorder, Channel, Closure, Item, ItemId, Location, LocationId, Milestone, MilestoneDay, MinimumOrder, Stated,
    Supplier,
};
use crate::series::Series;

impl<'a> Context<'a> {
    pub(super) fn items(&mut self) -> Vec<Item> {
        let document = self.document;
        let mut items = Vec::with_capacity(document.items.len());
        for (id, item) in &document.items {
            let successor = self.names.slot(Entity::Item, &item.successor);
            if let (Some(launch), Some(phase_out)) = (item.launch.spanned(), item.phase_out.spanned())
                && launch.value >= phase_out.value
            {
                let message = format!("`{}` is phased out on {} before it is launched", id.value, phase_out.value);
                let diagnostic =
                    Diagnostic::error(&codes::REVERSED, message).at(phase_out.span, "the first day without sales");
                self.report(diagnostic.at(launch.span, "the first day of sales"));
            }
            items.push(Item {
                id: id.value.clone(),
                name: item.name.get().unwrap_or(&id.value).clone(),
                category: item.category.get().cloned(),
                class: item.class.get().cloned(),
                brand: item.brand.get().cloned(),
                attributes: item.attributes.get().map(|words| words.0.clone()).unwrap_or_default(),
                successor: successor.map(ItemId),
                unit_volume: item.unit_volume.get().copied().unwrap_or_default(),
                launch: item.launch.get().copied(),
                phase_out: item.phase_out.get().copied(),
                cost: item.cost.get().copied(),
                origin: self.origin(id.span),
            });
        }
        items
    }

    pub(super) fn locations(&mut self) -> Vec<Location> {
        let location = |(id, location): &(crate::source::Spanned<String>, tables::Location)| Location {
            id: id.value.clone(),
            storage_capacity: self.stated(&location.storage_capacity),
            storage_closing: location.storage_basis.get().is_some_and(|word| word == "closing"),
            inbound_capacity: self.stated(&location.inbound_capacity),
            outbound_capacity: self.stated(&location.outbound_capacity),
            origin: self.origin(id.span),
        };
        self.document.locations.iter().map(location).collect()
    }

    fn stated(&self, slot: &Slot<SeriesText>) -> Option<Stated<Series>> {
        let spanned = slot.spanned()?;
        Some(Stated { value: spanned.value.series.clone(), origin: self.origin(spanned.span) })
    }

    pub(super) fn channels(&mut self) -> Vec<Channel> {
        let document = self.document;
        let mut channels = Vec::with_capacity(document.channels.len());
        for (id, channel) in &document.channels {
            let backorder = self.backorder(&id.value, channel);
            let names = channel.ship_from.get().map_or(&[][..], Vec::as_slice);
            if channel.ship_from.get().is_some() && names.is_empty() {
                let message = format!("channel `{}` ships from nowhere", id.value);
                let span = channel.ship_from.span().unwrap_or(id.span);
                self.report(Diagnostic::error(&codes::UNSERVED_DEMAND, message).at(span, "").help("name a location"));
            }
            let mut ship_from: Vec<LocationId> = Vec::new();
            for name in names {
                let Some(location) = self.names.find(Entity::Location, name) else { continue };
                if ship_from.contains(&LocationId(location)) {
                    let message = format!("channel `{}` ships from `{}` twice", id.value, name.value);
                    let first =
                        names.iter().find(|other| other.value == name.value).map_or(name.span, |first| first.span);
                    self.report(stated_twice(message, name.span, first));
                } else {
                    ship_from.push(LocationId(location));
                }
            }
            channels.push(Channel {
                id: id.value.clone(),
                ship_from,
                payout_days: channel.payout_days.get().copied().unwrap_or(0),
                backorder,
                origin: self.origin(id.span),
            });
        }
        channels
    }

    /// How late a channel's demand may be served; reports what goes with backorders only, and what they lack.
    fn backorder(&mut self, id: &str, channel: &tables::Channel) -> Option<Backorder> {
        let waits = channel.unmet.get().is_some_and(|word| word == "backorder");
        if !waits {
            for (span, key) in
                [(channel.max_late_days.span(), "max-late-days"), (channel.late_cost.span(), "late-cost")]
            {
                if let (Some(span), false) = (span, channel.unmet.is_bad()) {
                    let message = format!("`{key}` of channel `{id}` is for backorders only");
                    let unmet = channel.unmet.span().map(|unmet| (unmet, "demand that is not met is lost"));
                    let diagnostic = keys_exclude(message, span, unmet);
                    self.report(diagnostic.help("add unmet = \"backorder\", or take it out"));
                }
            }
            return None;
        }
        if channel.max_late_days.is_absent() {
            let message = format!("channel `{id}` takes backorders, but nothing tells how late they may be");
            let diagnostic = Diagnostic::error(&codes::MISSING_KEY, message).at(channel.unmet.span()?, "");
            self.report(diagnostic.help("for example max-late-days = 30"));
        }
        let zero = Series::Scalar(Decimal::ZERO);
        if let Some(text) = channel.late_cost.spanned() {
            self.gap(&text.value.series, text.span, "`late-cost`");
        }
        Some(Backorder {
            max_late_days: *channel.max_late_days.get()?,
            late_cost: channel.late_cost.get().map_or(zero, |text| text.series.clone()),
        })
    }

    /// The least a purchase order must come to; reports none and several.
    fn minimum_order(&mut self, supplier: &tables::Supplier) -> Option<Stated<MinimumOrder>> {
        let table = supplier.minimum_order.spanned()?;
        let keys = [
            (table.value.0.value.spanned(), MinimumOrder::Value as fn(Decimal) -> MinimumOrder),
            (table.value.0.units.spanned(), MinimumOrder::Units),
            (table.value.0.volume.spanned(), MinimumOrder::Volume),
        ];
        let stated: Vec<_> = keys.iter().filter_map(|(slot, make)| Some(((*slot)?, make))).collect();
        let bad = [&table.value.0.value, &table.value.0.units, &table.value.0.volume].iter().any(|slot| slot.is_bad());
        match stated.as_slice() {
            [(amount, make)] => Some(Stated { value: make(amount.value), origin: self.origin(table.span) }),
            [] if !bad => {
                let message = "a minimum order is a `value`, so many `units` or a `volume`";
                self.report(Diagnostic::error(&codes::MISSING_KEY, message).at(table.span, "none of them"));
                None
            }
            [(first, _), (second, _), ..] => {
                let message = "a minimum order is a `value`, so many `units` or a `volume`, not several";
                self.report(keys_exclude(message, second.span, (first.span, BESIDES)));
                None
            }
            [] => None,
        }
    }

    pub(super) fn suppliers(&mut self, plan_currency: Option<&str>) -> Vec<Supplier> {
        let document = self.document;
        let mut suppliers = Vec::with_capacity(document.suppliers.len());
        for (id, supplier) in &document.suppliers {
            suppliers.push(Supplier {
                id: id.value.clone(),
                currency: supplier.currency.get().map_or(plan_currency.unwrap_or_default(), String::as_str).to_owned(),
                exchange_rate: self.exchange_rate(supplier, plan_currency),
                capacity: self.stated(&supplier.capacity),
                minimum_order: self.minimum_order(supplier),
                closures: self.closures(supplier),
                payment: self.payment(&id.value, supplier),
                origin: self.origin(id.span),
            });
        }
        suppliers
    }

    fn exchange_rate(&mut self, supplier: &'a tables::Supplier, plan_currency: Option<&str>) -> Series {
        let one = Series::Scalar(Decimal::ONE);
        let (Some(currency), Some(plan)) = (supplier.currency.spanned(), plan_currency) else { return one };
        if currency.value == plan {
            return one;
        }
        let rate = self.document.fx.iter().find(|(code, _)| code.value == currency.value);
        if let Some((_, rate)) = rate {
            return rate.get().map_or(one, |rate| rate.series.clone());
        }
        let stated = self.document.fx.iter().map(|(code, _)| code.value.as_str());
        let diagnostic = if is_currency(&currency.value) {
            let message = format!("[fx] has no rate for {}", currency.value);
            let near = crate::document::spec::did_you_mean(&currency.value, stated);
            let help = match near {
                Some(near) => format!(
                    "did you mean \"{near}\"? otherwise state {plan} for one {}: [fx] {} = ...",
                    currency.value, currency.value
                ),
                None => format!("state {plan} for one {}: [fx] {} = ...", currency.value, currency.value),
            };
            let diagnostic = Diagnostic::error(&codes::NO_EXCHANGE_RATE, message);
            let diagnostic = diagnostic.at(currency.span, "unit costs are in this currency").help(help);
            match self.document.fx.iter().find(|(code, _)| Some(code.value.as_str()) == near) {
                Some((code, _)) => diagnostic.at(code.span, "a rate for another one"),
                None => diagnostic,
            }
        } else {
            let message = format!("`{}` is no currency code", currency.value);
            Diagnostic::error(&codes::WRONG_TYPE, message)
                .at(currency.span, "")
                .help("three capital letters, such as \"CNY\"")
        };
        self.report(diagnostic);
        one
    }

    fn closures(&mut self, supplier: &tables::Supplier) -> Vec<Closure> {
        let mut closures = Vec::new();
        for closure in supplier.closures.get().into_iter().flat_map(|rows| &rows.0) {
            let (Some(from), Some(to)) = (closure.from.spanned(), closure.to.spanned()) else { continue };
            if from.value > to.value {
                let message = format!("the closure ends on {} before it begins on {}", to.value, from.value);
                self.report(
                    Diagnostic::error(&codes::REVERSED, message)
                        .at(to.span, "the last closed day")
                        .at(from.span, "the first"),
                );
                continue;
            }
            closures.push(Closure { from: from.value, to: to.value, reason: closure.reason.get().cloned() });
        }
        closures.sort_by_key(|closure| (closure.from, closure.to));
        closures
    }

    fn payment(&mut self, id: &str, supplier: &tables::Supplier) -> Vec<Milestone> {
        let at_receipt = || vec![Milestone { share: Decimal::ONE, at: MilestoneDay::Receipt, days: 0 }];
        let Some(rows) = supplier.payment.spanned() else { return at_receipt() };
        let milestone = |row: &tables::Milestone| {
            let at = match row.at.get()?.as_str() {
                "order" => MilestoneDay::Order,
                "ship" => MilestoneDay::Ship,
                _ => MilestoneDay::Receipt,
            };
            Some(Milestone { share: *row.share.get()?, at, days: row.days.get().copied().unwrap_or(0) })
        };
        let Some(milestones) = rows.value.0.iter().map(milestone).collect::<Option<Vec<_>>>() else {
            return at_receipt();
        };
        let total: Decimal = milestones.iter().map(|milestone| milestone.share).sum();
        if total != Decimal::ONE {
            let message = format!("the payment shares of `{id}` add up to {}, not to 1", total.normalize());
            let mut diagnostic = Diagnostic::error(&codes::PAYMENT_SHARES, message);
            for row in &rows.value.0 {
                diagnostic = diagnostic.at(row.share.span().unwrap_or(row.header), "");
            }
            if milestones.is_empty() {
                diagnostic = diagnostic.at(rows.span, "");
            }
            let rest = Decimal::ONE - total;
            let help = if rest > Decimal::ZERO {
                format!("{} is paid by nobody", rest.normalize())
            } else {
                format!("{} is paid twice", -rest.normalize())
            };
            self.report(diagnostic.help(help));
        }
        milestones
    }
}
