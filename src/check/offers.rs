//! Offers: demand of an item in a channel, with the narrowest price and fees, and where it is served from.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::Zero;
use rust_decimal::Decimal;

use super::outlook::Narrowest;
use super::selection::{Entries, Matcher, Subject, layered, states_all};
use super::statements::join;
use super::supply::pool_of;
use super::{Context, TAIL_NEEDS};
use crate::calendar::Bucket;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::{equally_narrow, stated_twice};
use crate::document::spec::Entity;
use crate::document::{Document, SeriesText, Slot, tables};
use crate::model::demand::is_sold;
use crate::model::outlook::Assumed;
use crate::network::{ChannelId, ItemId, LocationId, Network, Offer, PoolId, Promotion, ShipFrom};
use crate::series::Series;
use crate::source::Span;

/// Demand of an item in a channel: all its rows as one series.
pub(super) struct DemandRow {
    pub(super) item: ItemId,
    pub(super) channel: ChannelId,
    units: Series,
    /// The outlook, by index, that tells what no row states.
    outlook: Option<usize>,
    /// Any bucket has demand, or a promotion adds some.
    wanted: bool,
    span: Span,
}

impl DemandRow {
    /// True where any bucket has demand, or a promotion adds some.
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted
    }
}

/// The entries that offers are held against, ready to be asked.
struct Terms<'a> {
    prices: Entries<'a>,
    fees: Entries<'a>,
    adjusts: Entries<'a>,
}

impl<'a> Context<'a> {
    /// Demand by (item, channel).
    pub(super) fn demand(&mut self) -> Vec<DemandRow> {
        let document = self.document;
        let mut rows: Vec<(u32, u32, &'a tables::Demand)> = Vec::with_capacity(document.demand.len());
        for row in &document.demand {
            let item = self.names.slot(Entity::Item, &row.item);
            let channel = self.names.slot(Entity::Channel, &row.channel);
            if let (Some(item), Some(channel)) = (item, channel) {
                rows.push((item, channel, row));
            }
        }
        let place = |span: Span| (&self.sources.file(span.file).path, span.start);
        rows.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| place(a.2.header).cmp(&place(b.2.header))));
        let adding = self.adding();
        let mut demand = Vec::with_capacity(rows.len());
        for rows in rows.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let (item, channel, first) = rows[0];
            let parts = rows.iter().filter_map(|(.., row)| Some((row.units.get()?, row.header)));
            let units = join(parts, false).unwrap_or_else(|(here, before)| {
                let item = &document.items[item as usize].0.value;
                let channel = &document.channels[channel as usize].0.value;
                let message = format!("demand of `{item}` in `{channel}` is stated twice");
                self.report(stated_twice(message, here, before));
                Series::Table { default: None, keys: Vec::new() }
            });
            let span = first.item.span().unwrap_or(first.header);
            let (item, channel) = (ItemId(item), ChannelId(channel));
            let wanted =
                units.values().iter().any(|units| !units.is_zero()) || adding.meets(&asking(document, item, channel));
            demand.push(DemandRow { item, channel, units, outlook: None, wanted, span });
        }
        demand
    }

    /// What gets units from promotions.
    fn adding(&mut self) -> Entries<'a> {
        let adds = |entry: &&tables::Promotion| entry.add_units.get().is_some_and(|units| !units.is_zero());
        let all = self.document.promotions.iter().filter(adds);
        Entries::new(all.map(|entry| self.matcher(&entry.selector)).collect())
    }

    /// Demand with what outlooks assume where no row states it.
    pub(super) fn with_outlooks(
        &mut self,
        network: &Network,
        demand: Vec<DemandRow>,
        mut narrowest: Narrowest,
    ) -> Vec<DemandRow> {
        let adding = self.adding();
        let mut all = demand;
        for row in &mut all {
            if let Some((index, _)) = narrowest.remove(&(row.item, row.channel)) {
                row.outlook = Some(index);
                row.wanted |= !states_all(&row.units) && self.assumes(network, index, row.item, row.channel);
            }
        }
        for ((item, channel), (index, span)) in narrowest {
            let units = Series::Table { default: None, keys: Vec::new() };
            let wanted =
                self.assumes(network, index, item, channel) || adding.meets(&asking(self.document, item, channel));
            all.push(DemandRow { item, channel, units, outlook: Some(index), wanted, span });
        }
        all.sort_by_key(|row| (row.item, row.channel));
        all
    }

    /// True where an outlook gives an item and channel units in any planned bucket.
    fn assumes(&self, network: &Network, index: usize, item: ItemId, channel: ChannelId) -> bool {
        let Ok(assumed) = Assumed::of(network, &network.outlooks[index], item, channel) else { return true };
        let gives = |bucket: &Bucket| match assumed.units(bucket) {
            Ok(units) => units.is_some_and(|units| !units.is_zero()),
            Err(_) => true,
        };
        self.planned.0.iter().filter(|bucket| is_sold(network.item(item), bucket)).any(gives)
    }

    /// Fills offers and promotions.
    pub(super) fn offers(&mut self, network: &mut Network, demand: Vec<DemandRow>, stated: &[bool]) {
        let document = self.document;
        let prices: Vec<_> = document.prices.iter().map(|entry| self.matcher(&entry.selector)).collect();
        let fees: Vec<_> = document.fees.iter().map(|entry| self.matcher(&entry.selector)).collect();
        self.warn_idle(&prices, &fees);
        let adjusts = self.adjusts();
        let terms = Terms { prices: Entries::new(prices), fees: Entries::new(fees), adjusts };
        let (promotions, matchers) = self.promotions(network);
        let touching = Entries::new(matchers);
        let stocked = stocked_pools(network);
        let mut unserved: BTreeMap<ItemId, Vec<(ChannelId, Span)>> = BTreeMap::new();
        for row in demand {
            if !row.is_wanted() {
                continue;
            }
            let pools = pools_that_serve(network, &stocked, stated, &row);
            if pools.is_empty() {
                unserved.entry(row.item).or_default().push((row.channel, row.span));
            }
            if let Some(offer) = self.offer(network, &terms, &touching, row, &pools) {
                network.offers.push(offer);
            }
        }
        network.promotions = promotions;
        self.report_unserved(network, &unserved);
    }

    fn warn_idle(&mut self, prices: &[Matcher<'_>], fees: &[Matcher<'_>]) {
        let document = self.document;
        let count = document.items.len();
        for (entry, matcher) in document.prices.iter().zip(prices) {
            let mut about = self.candidates(&entry.selector, count).into_iter();
            if !about.any(|index| matcher.matches_item(&Subject::item(document, index))) {
                self.warn_empty(&entry.selector, entry.header, "price");
            }
        }
        for (entry, matcher) in document.fees.iter().zip(fees) {
            let mut about = self.candidates(&entry.selector, count).into_iter();
            if !about.any(|index| matcher.matches_item(&Subject::item(document, index))) {
                self.warn_empty(&entry.selector, entry.header, "fee");
            }
        }
    }

    fn offer(
        &mut self,
        network: &Network,
        terms: &Terms<'a>,
        promotions: &Entries<'a>,
        row: DemandRow,
        pools: &[PoolId],
    ) -> Option<Offer> {
        let document = self.document;
        let channel = &network.channel(row.channel).id;
        let subject = Subject { channel: Some(channel), ..Subject::item(document, row.item.index()) };
        let price = self.price(&terms.prices, &subject, &row);
        let first = network.channel(row.channel).ship_from.first().copied();
        let at = |location: Option<LocationId>| Subject {
            location: location.map(|location| network.location(location).id.as_str()),
            ..subject
        };
        let mut fee = |subject: Subject<'_>, of: fn(&tables::Fee) -> &Slot<SeriesText>, key| {
            self.fee(&terms.fees, &subject, of, key).unwrap_or(Series::Scalar(Decimal::ZERO))
        };
        let sources = pools.iter().map(|&pool| ShipFrom {
            pool,
            fee_rate: fee(at(Some(network.pool(pool).location)), |entry| &entry.fee_rate, "fee-rate"),
            fulfilment_fee: fee(at(Some(network.pool(pool).location)), |entry| &entry.fulfilment_fee, "fulfilment-fee"),
        });
        let sources = sources.collect();
        let shortage_cost = fee(at(first), |entry| &entry.shortage_cost, "shortage-cost");
        let promotions = promotions.of(&subject).into_iter().map(|(index, _)| index).collect();
        let adjustments = self.adjustments(&terms.adjusts, &subject);
        Some(Offer {
            item: row.item,
            channel: row.channel,
            demand: row.units,
            outlook: row.outlook,
            price: price?,
            sources,
            shortage_cost,
            promotions,
            adjustments,
            origin: self.origin(row.span),
        })
    }

    /// The narrowest price of each bucket, the item's last; reports where there is none.
    fn price(&mut self, prices: &Entries<'_>, subject: &Subject<'_>, row: &DemandRow) -> Option<Series> {
        let list = &self.document.prices;
        let met = prices.of(subject);
        let (item, table) = &self.document.items[row.item.index()];
        if table.price.is_bad() || met.iter().any(|&(index, _)| list[index].price.is_bad()) {
            return None;
        }
        let text = |index: usize| Some((list[index].price.get()?, list[index].header));
        let found = match layered(&met, text, table.price.get().map(|text| &text.series)) {
            Ok(found) => found,
            Err((here, other)) => {
                self.equal_selectors("prices", (here, other), subject);
                return None;
            }
        };
        let missing = match &found {
            None => Some((String::new(), false)),
            Some(series) => self.silent(series).map(|one| (format!(" in {}", one.bucket.period), one.in_tail)),
        };
        if let Some((when, in_tail)) = missing {
            let message = format!("nothing states what `{}` sells for{when}", item.value);
            if !self.document.broken.is_empty() || self.unsure_prices() {
                // A file that could not be read, or one of them, may have been meant to state it.
                return None;
            }
            if !self.priceless.insert(row.item.index()) {
                return None;
            }
            let (place, label) = match table.price.span() {
                Some(span) => (span, "not for every bucket"),
                None => (item.span, "no `price`"),
            };
            let diagnostic = Diagnostic::error(&codes::NO_PRICE, message).at(place, label);
            let mut diagnostic = diagnostic.at(row.span, "it is wanted here");
            if in_tail {
                diagnostic = diagnostic.with_note(TAIL_NEEDS);
            }
            self.report(diagnostic.help("add `price` to the item, or a [[price]] that selects it"));
            return None;
        }
        found
    }

    /// True where some price may have been meant for anything.
    fn unsure_prices(&mut self) -> bool {
        if let Some(unsure) = self.unsure_prices {
            return unsure;
        }
        let unsure = self.document.prices.iter().any(|entry| !self.all_known(&entry.selector));
        self.unsure_prices = Some(unsure);
        unsure
    }

    /// The narrowest fee of each bucket, key by key; none where nothing is stated.
    fn fee(
        &mut self,
        fees: &Entries<'_>,
        subject: &Subject<'_>,
        of: fn(&tables::Fee) -> &Slot<SeriesText>,
        key: &str,
    ) -> Option<Series> {
        let list = &self.document.fees;
        let met: Vec<_> = fees.of(subject).into_iter().filter(|&(index, _)| !of(&list[index]).is_absent()).collect();
        let text = |index: usize| Some((of(&list[index]).get()?, of(&list[index]).span()?));
        layered(&met, text, None).unwrap_or_else(|(here, other)| {
            self.equal_selectors(&format!("fees (`{key}`)"), (here, other), subject);
            None
        })
    }

    /// Reports two entries that are equally narrow and differ; once for a pair, whatever it touches.
    pub(super) fn equal_selectors(&mut self, what: &str, (here, other): (Span, Span), subject: &Subject<'_>) {
        if !self.equal.insert((here, other)) {
            return;
        }
        let place = subject.channel.map_or(String::new(), |channel| format!(" in `{channel}`"));
        let message = format!("two {what} are equally narrow and differ");
        let note = format!("both hold for `{}`{place}", subject.item.unwrap_or(""));
        self.report(equally_narrow(message, here, other).with_note(note));
    }

    /// Promotions by id, with what they touch.
    fn promotions(&mut self, network: &Network) -> (Vec<Promotion>, Vec<Matcher<'a>>) {
        let document = self.document;
        let mut found: BTreeMap<&str, (Promotion, Matcher<'a>, Span)> = BTreeMap::new();
        for entry in &document.promotions {
            let matcher = self.matcher(&entry.selector);
            let (Some(id), Some(during)) = (entry.id.spanned(), entry.during.get()) else { continue };
            if let Some((_, _, before)) = found.get(id.value.as_str()) {
                let message = format!("two promotions are called `{}`", id.value);
                self.report(stated_twice(message, id.span, *before));
                continue;
            }
            let mut about = self.candidates(&entry.selector, network.items.len()).into_iter();
            if !about.any(|index| matcher.matches_item(&Subject::item(document, index))) {
                self.warn_empty(&entry.selector, entry.header, "promotion");
            }
            let promotion = Promotion {
                id: id.value.clone(),
                during: (during.first, during.last),
                uplift: entry.uplift.get().copied(),
                add_units: entry.add_units.get().copied(),
                price: entry.price.get().copied(),
                origin: self.origin(entry.header),
            };
            found.insert(&id.value, (promotion, matcher, id.span));
        }
        found.into_values().map(|(promotion, matcher, _)| (promotion, matcher)).unzip()
    }

    fn report_unserved(&mut self, network: &Network, unserved: &BTreeMap<ItemId, Vec<(ChannelId, Span)>>) {
        if !self.document.broken.is_empty() {
            return;
        }
        for (item, wanted) in unserved {
            if self.excused.covers(item.index()) {
                continue;
            }
            let names = |ids: Vec<&str>| ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ");
            let channels: Vec<_> = wanted.iter().map(|(channel, _)| network.channel(*channel).id.as_str()).collect();
            let locations: BTreeSet<_> =
                wanted.iter().flat_map(|(channel, _)| &network.channel(*channel).ship_from).collect();
            let whole = |channel: &ChannelId| {
                let stated = self.document.channels[channel.index()].1.ship_from.get();
                stated.is_some_and(|names| names.len() == network.channel(*channel).ship_from.len())
            };
            if locations.is_empty() || !wanted.iter().all(|(channel, _)| whole(channel)) {
                // The channel ships from nowhere, or from a place that is unknown, which is reported there.
                continue;
            }
            let locations: Vec<_> =
                locations.into_iter().map(|location| network.location(*location).id.as_str()).collect();
            let id = &network.item(*item).id;
            let message = format!("`{id}` is wanted in {}, but nothing can ever serve it", names(channels));
            let mut diagnostic = Diagnostic::error(&codes::UNSERVED_DEMAND, message);
            for (index, (_, span)) in wanted.iter().take(3).enumerate() {
                diagnostic = diagnostic.at(*span, if index == 0 { "wanted here" } else { "and here" });
            }
            let message = format!("no stock, open order or lane brings it to {}", names(locations));
            // That nothing tells its cost either is the same lane missing.
            self.excused.items.insert(item.index());
            self.report(
                diagnostic.with_note(message).help(format!("add a [[lane]] for `{id}`, or take its demand out")),
            );
        }
    }

    /// Reports pools of which nothing tells what a unit costs.
    pub(super) fn costs(&mut self, network: &Network) {
        let priced: BTreeSet<_> = network.lanes.iter().map(|lane| lane.item).collect();
        let pooled: BTreeSet<_> = network.pools.iter().map(|pool| pool.item).collect();
        for item in pooled {
            let (id, table) = &self.document.items[item.index()];
            let excused = self.excused.covers(item.index()) || !self.document.broken.is_empty();
            if table.cost.is_absent() && !priced.contains(&item) && !excused {
                let message = format!("nothing states what a unit of `{}` costs", id.value);
                let diagnostic =
                    Diagnostic::error(&codes::NO_COST, message).at(id.span, "no `cost`, and no lane brings it");
                self.report(diagnostic.help("add `cost` to the item: its stock has to be valued"));
            }
        }
    }
}

/// An item in a channel, for selectors.
fn asking(document: &Document, item: ItemId, channel: ChannelId) -> Subject<'_> {
    let channel = document.channels[channel.index()].0.value.as_str();
    Subject { channel: Some(channel), ..Subject::item(document, item.index()) }
}

/// For each pool, whether it holds anything or can come to hold it.
fn stocked_pools(network: &Network) -> Vec<bool> {
    let mut stocked: Vec<_> = network.pools.iter().map(|pool| pool.on_hand > 0).collect();
    let coming = network.lanes.iter().map(|lane| lane.pool).chain(network.open_orders.iter().map(|order| order.pool));
    coming.chain(network.open_transfers.iter().map(|open| open.pool)).for_each(|pool| stocked[pool.index()] = true);
    // What a location can have, those it feeds can have; a pass for each step of the longest chain.
    loop {
        let mut changed = false;
        for lane in &network.transfers {
            let fed = stocked[lane.source.index()] && !stocked[lane.pool.index()];
            stocked[lane.pool.index()] |= fed;
            changed |= fed;
        }
        if !changed {
            return stocked;
        }
    }
}

/// Pools a channel ships an item from: those of its locations that hold it or can come to hold it, in order of
/// preference. Where none does, the first whose stock is stated: it is sold out, and the plan says what is short.
fn pools_that_serve(network: &Network, stocked: &[bool], stated: &[bool], row: &DemandRow) -> Vec<PoolId> {
    let ship_from = &network.channel(row.channel).ship_from;
    let at = |of: &[bool]| -> Vec<PoolId> {
        let pool = |&location: &LocationId| pool_of(network, row.item, location).filter(|pool| of[pool.index()]);
        ship_from.iter().filter_map(pool).collect()
    };
    let serving = at(stocked);
    if serving.is_empty() { at(stated).into_iter().take(1).collect() } else { serving }
}
