//! Service floors and covers: what has to hold besides limits.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::Context;
use super::selection::{Entries, Matcher, Subject, scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::{BESIDES, keys_exclude};
use crate::document::{FromBucket, Slot, tables};
use crate::network::{Cover, Network, OfferId, PoolId, SafetyStock, Service, Since};

impl<'a> Context<'a> {
    /// Service floors by name, each with the offers it covers.
    pub(super) fn services(&mut self, network: &Network) -> Vec<Service> {
        let document = self.document;
        self.ids_once("service floors", document.services.iter().map(|entry| &entry.id));
        let matchers: Vec<_> = document.services.iter().map(|entry| self.matcher(&entry.selector)).collect();
        let mut entries: Vec<_> = document.services.iter().zip(&matchers).collect();
        entries.sort_by_cached_key(|(entry, matcher)| {
            (matcher.words(), format!("{:?}", entry.fill_rate.get().map(|text| &text.series)))
        });
        let mut names = BTreeSet::new();
        let mut services = Vec::new();
        for (entry, matcher) in entries {
            let offers = network.offers.iter().enumerate().filter(|(_, offer)| {
                let channel = Some(network.channel(offer.channel).id.as_str());
                matcher.matches(&Subject { channel, ..Subject::item(document, offer.item.index()) })
            });
            let offers: Vec<_> = offers.map(|(index, _)| OfferId::from(index)).collect();
            if offers.is_empty() && document.outlooks.is_empty() {
                self.warn_empty(&entry.selector, entry.header, "service floor");
            }
            let Some(fill_rate) = entry.fill_rate.get() else { continue };
            services.push(Service {
                name: self.limit_name(&entry.id, matcher, &mut names),
                scope: scope(&entry.selector),
                fill_rate: fill_rate.series.clone(),
                group: entry.per.get().is_some_and(|word| word == "group"),
                from: since(&entry.from),
                offers,
                origin: self.origin(entry.header),
            });
        }
        services.sort_by(|a, b| a.name.cmp(&b.name));
        services
    }

    /// Covers by name, each with the pools of which it is the narrowest.
    pub(super) fn covers(&mut self, network: &Network) -> Vec<Cover> {
        let document = self.document;
        self.ids_once("covers", document.covers.iter().map(|entry| &entry.id));
        let matchers: Vec<_> = document.covers.iter().map(|entry| self.matcher(&entry.selector)).collect();
        let words: Vec<_> = matchers.iter().map(Matcher::words).collect();
        let found: Vec<_> = document.covers.iter().map(|entry| self.cover(entry)).collect();
        let entries = Entries::new(matchers);
        let mut pools: Vec<Vec<PoolId>> = vec![Vec::new(); document.covers.len()];
        let mut met_any = vec![false; document.covers.len()];
        for (number, pool) in network.pools.iter().enumerate() {
            let location = Some(network.location(pool.location).id.as_str());
            let subject = Subject { location, ..Subject::item(document, pool.item.index()) };
            let met = entries.of(&subject);
            met.iter().for_each(|&(index, _)| met_any[index] = true);
            let Some(&(_, narrowest)) = met.iter().max_by_key(|(_, narrowness)| *narrowness) else { continue };
            let top: Vec<_> =
                met.iter().filter(|(_, narrowness)| *narrowness == narrowest).map(|(index, _)| *index).collect();
            if let Some(&other) =
                top[1..].iter().find(|&&other| differ(&document.covers[top[0]], &document.covers[other]))
            {
                let (first, other) = (document.covers[top[0]].header, document.covers[other].header);
                self.equal_selectors("covers", (first.max(other), first.min(other)), &subject);
            }
            pools[top[0]].push(PoolId::from(number));
        }
        for (entry, met) in document.covers.iter().zip(met_any) {
            if !met {
                self.warn_empty(&entry.selector, entry.header, "cover");
            }
        }
        let mut order: Vec<_> = (0..document.covers.len()).collect();
        order.sort_by_cached_key(|&index| (words[index].clone(), format!("{:?}", found[index])));
        let mut names = BTreeSet::new();
        let mut covers = Vec::new();
        let mut found: Vec<_> = found.into_iter().map(Some).collect();
        for index in order {
            let entry = &document.covers[index];
            let name = self.name(&entry.id, &words[index], &mut names);
            let Some(cover) = found[index].take().flatten() else { continue };
            covers.push(Cover { name, pools: std::mem::take(&mut pools[index]), ..cover });
        }
        covers.sort_by(|a, b| a.name.cmp(&b.name));
        covers
    }

    /// What a cover says, without name and pools; reports where that is nothing.
    fn cover(&mut self, entry: &'a tables::Cover) -> Option<Cover> {
        if entry.safety_stock.is_absent() && entry.max_weeks.is_absent() {
            let message = "a cover states `safety-stock`, `max-weeks` or both";
            self.report(Diagnostic::error(&codes::MISSING_KEY, message).at(entry.header, "neither"));
            return None;
        }
        let safety_stock = match entry.safety_stock.spanned() {
            Some(stated) => Some(self.safety_stock(&stated.value.0)?),
            None => None,
        };
        Some(Cover {
            name: String::new(),
            scope: scope(&entry.selector),
            safety_stock,
            max_weeks: entry.max_weeks.get().copied(),
            hard: entry.hard.get().copied().unwrap_or(false),
            from: since(&entry.from),
            pools: Vec::new(),
            origin: self.origin(entry.header),
        })
    }

    /// How safety stock is stated; reports none and several ways.
    fn safety_stock(&mut self, table: &tables::SafetyStock) -> Option<SafetyStock> {
        let keys = [
            (table.weeks.span(), "weeks"),
            (table.units.span(), "units"),
            (table.service_level.span(), "service-level"),
        ];
        let stated: Vec<_> = keys.iter().filter_map(|(span, key)| Some(((*span)?, *key))).collect();
        match stated.as_slice() {
            [] => {
                let message = "safety stock is stated in `weeks`, in `units` or by a `service-level`";
                self.report(Diagnostic::error(&codes::MISSING_KEY, message).at(table.header, "none of them"));
                return None;
            }
            [_] => {}
            [(first, _), (second, key), ..] => {
                let message = format!("safety stock is stated in one way only, and `{key}` is a second one");
                self.report(keys_exclude(message, *second, (*first, BESIDES)));
                return None;
            }
        }
        let spread = [(table.demand_sd.span(), "demand-sd"), (table.lead_sd_days.span(), "lead-sd-days")];
        if table.service_level.is_absent() {
            for (span, key) in spread {
                if let Some(span) = span {
                    let message = format!("`{key}` goes with `service-level`");
                    self.report(keys_exclude(message, span, (stated[0].0, BESIDES)));
                }
            }
        }
        if let Some(weeks) = table.weeks.get() {
            return Some(SafetyStock::Weeks(weeks.series.clone()));
        }
        if let Some(units) = table.units.get() {
            return Some(SafetyStock::Units(units.series.clone()));
        }
        let level = table.service_level.spanned()?;
        if level.value < Decimal::new(5, 1) || level.value >= Decimal::ONE {
            let message = format!("a service level of {} cannot be reached by safety stock", level.value);
            let diagnostic = Diagnostic::error(&codes::OUT_OF_RANGE, message).at(level.span, "");
            self.report(diagnostic.help("it lies from 0.5 to below 1, for example 0.95"));
            return None;
        }
        if table.demand_sd.is_absent() {
            let message = "a service level needs `demand-sd`";
            let diagnostic =
                Diagnostic::error(&codes::MISSING_KEY, message).at(level.span, "a service level of what spread?");
            self.report(diagnostic.help("`demand-sd`: standard deviation of the demand of a bucket, units"));
        }
        Some(SafetyStock::ServiceLevel {
            level: level.value,
            demand_sd: *table.demand_sd.get()?,
            lead_sd_days: table.lead_sd_days.get().copied().unwrap_or_default(),
        })
    }
}

/// The first bucket of a goal.
fn since(slot: &Slot<FromBucket>) -> Option<Since> {
    slot.get().map(|from| match from {
        FromBucket::Start => Since::Start,
        FromBucket::Period(period) => Since::Period(*period),
    })
}

/// True where two covers do not state the same.
fn differ(a: &tables::Cover, b: &tables::Cover) -> bool {
    let stated = |cover: &tables::Cover| {
        let safety = cover.safety_stock.get().map(|one| {
            let table = &one.0;
            let series = |slot: &Slot<crate::document::SeriesText>| slot.get().map(|text| text.series.clone());
            let number = |slot: &Slot<Decimal>| slot.get().copied();
            (
                series(&table.weeks),
                series(&table.units),
                number(&table.service_level),
                number(&table.demand_sd),
                number(&table.lead_sd_days),
            )
        });
        (safety, cover.max_weeks.get().copied(), cover.hard.get().copied().unwrap_or(false), since(&cover.from))
    };
    stated(a) != stated(b)
}
