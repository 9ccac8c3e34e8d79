//! Demand besides what is stated: history, outlooks, people's changes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::Context;
use super::selection::{Entries, Subject, scope};
use super::statements::join;
use crate::calendar::Bucket;
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::{BESIDES, keys_exclude, stated_twice};
use crate::document::spec::Entity;
use crate::document::{SeriesText, Slot, tables};
use crate::model::demand::is_sold;
use crate::model::outlook;
use crate::model::timeline::{At, flow};
use crate::network::{
    Adjustment, Change, ChannelId, History, ItemId, NamedAssumption, Network, Outlook, OutlookMethod,
};
use crate::render::number::counted;
use crate::series::Series;
use crate::source::Span;

/// By item and channel: the outlook that speaks for them, by index, and its header.
pub(super) type Narrowest = BTreeMap<(ItemId, ChannelId), (usize, Span)>;

/// The item whose history a method follows.
fn followed_by(method: OutlookMethod, item: ItemId) -> ItemId {
    if let OutlookMethod::Like(other, _) = method { other } else { item }
}

impl<'a> Context<'a> {
    /// The `[[adjust]]` entries, ready to be asked; reports those that say nothing or several things.
    pub(super) fn adjusts(&mut self) -> Entries<'a> {
        let document = self.document;
        let mut matchers = Vec::with_capacity(document.adjusts.len());
        for entry in &document.adjusts {
            let matcher = self.matcher(&entry.selector);
            let keys = [(entry.factor.span(), "factor"), (entry.add.span(), "add"), (entry.set.span(), "set")];
            let stated: Vec<_> = keys.iter().filter_map(|(span, key)| Some(((*span)?, *key))).collect();
            match stated.as_slice() {
                [] => {
                    let message = "an adjustment is a `factor`, `add` or `set`";
                    self.report(Diagnostic::error(&codes::MISSING_KEY, message).at(entry.header, "none of them"));
                }
                [_] => {}
                [(first, _), (second, key), ..] => {
                    let message = format!("an adjustment does one thing, and `{key}` is a second one");
                    self.report(keys_exclude(message, *second, (*first, BESIDES)));
                }
            }
            let about = self.candidates(&entry.selector, document.items.len());
            if !about.into_iter().any(|index| matcher.matches_item(&Subject::item(document, index))) {
                self.warn_empty(&entry.selector, entry.header, "adjustment");
            }
            matchers.push(matcher);
        }
        Entries::new(matchers)
    }

    /// Adjustments of one offer, the narrowest first; reports equally narrow ones that meet and differ.
    pub(super) fn adjustments(&mut self, adjusts: &Entries<'_>, subject: &Subject<'_>) -> Vec<Adjustment> {
        let list = &self.document.adjusts;
        let mut met = adjusts.of(subject);
        met.sort_by_key(|&(index, narrowness)| (Reverse(narrowness), list[index].header));
        let stated = |index: usize| Some((list[index].during.get().copied()?, change(&list[index])?));
        for (at, &(index, narrowness)) in met.iter().enumerate() {
            let Some((during, what)) = stated(index) else { continue };
            let equal = met[..at].iter().filter(|(_, other)| *other == narrowness);
            let clash = equal.filter_map(|&(other, _)| Some((other, stated(other)?))).find(|(_, (other, change))| {
                *change != what && other.first.start() <= during.last.end() && during.first.start() <= other.last.end()
            });
            if let Some((other, _)) = clash {
                self.equal_selectors("adjustments", (list[index].header, list[other].header), subject);
            }
        }
        let made = met.into_iter().filter_map(|(index, _)| {
            let (during, change) = stated(index)?;
            Some(Adjustment { during: (during.first, during.last), change, origin: self.origin(list[index].header) })
        });
        made.collect()
    }

    /// What was sold, by (item, channel). Rows of unknown items or channels are left out, with one warning: an export of
    /// past sales knows things that are long gone.
    pub(super) fn history(&mut self) -> Vec<History> {
        let document = self.document;
        let renamed: BTreeMap<&str, &str> = document
            .renamed
            .iter()
            .filter_map(|entry| Some((entry.from.get()?.as_str(), entry.to.get()?.as_str())))
            .collect();
        let mut groups: BTreeMap<(u32, u32), Vec<&'a tables::History>> = BTreeMap::new();
        let mut unknown: BTreeMap<&str, Span> = BTreeMap::new();
        for row in &document.history {
            let mut number = |entity, slot: &'a Slot<String>| {
                let name = slot.spanned()?;
                let now = renamed.get(name.value.as_str()).copied().unwrap_or(&name.value);
                let found = self.names.number(entity, now);
                if found.is_none() {
                    unknown.entry(&name.value).or_insert(name.span);
                }
                found
            };
            if let (Some(item), Some(channel)) =
                (number(Entity::Item, &row.item), number(Entity::Channel, &row.channel))
            {
                groups.entry((item, channel)).or_default().push(row);
            }
        }
        if let Some((name, span)) = unknown.iter().min_by_key(|(_, span)| **span)
            && document.broken.is_empty()
        {
            let names = counted(unknown.len(), "item or channel", "items and channels");
            let message = format!("history of {names} that the project does not declare is left out, `{name}` first");
            let diagnostic = Diagnostic::warning(&codes::HISTORY_LEFT_OUT, message).at(*span, "not declared");
            self.report(diagnostic.help("[[renamed]] tells what an old id is called now"));
        }
        let mut history = Vec::with_capacity(groups.len());
        for ((item, channel), rows) in groups {
            let units = self.told_once(&rows, |row| &row.units);
            let returned = self.told_once(&rows, |row| &row.returned);
            history.push(History {
                item: ItemId(item),
                channel: ChannelId(channel),
                units: units.unwrap_or(Series::Table { default: None, keys: Vec::new() }),
                returned,
                promoted: self.told_once(&rows, |row| &row.promoted),
                lost: self.told_once(&rows, |row| &row.lost),
                origin: self.origin(rows[0].header),
            });
        }
        history
    }

    /// Rows of one item and channel as one series; reports buckets that two rows tell.
    fn told_once(
        &mut self,
        rows: &[&'a tables::History],
        of: fn(&tables::History) -> &Slot<SeriesText>,
    ) -> Option<Series> {
        let parts: Vec<_> = rows.iter().filter_map(|row| Some((of(row).get()?, row.header))).collect();
        if parts.is_empty() {
            return None;
        }
        match join(parts, false) {
            Ok(series) => Some(series),
            Err((here, before)) => {
                let (item, channel) = (rows[0].item.get()?, rows[0].channel.get()?);
                let message = format!("history of `{item}` in `{channel}` is stated twice");
                self.report(stated_twice(message, here, before));
                None
            }
        }
    }

    /// Outlooks by origin; reports those that lack what their method needs, and those without any history. With them the
    /// narrowest of each item and channel that has history to follow.
    pub(super) fn outlooks(&mut self, network: &Network) -> (Vec<Outlook>, Narrowest) {
        let document = self.document;
        let matchers: Vec<_> = document.outlooks.iter().map(|entry| self.matcher(&entry.selector)).collect();
        let past: BTreeSet<(ItemId, ChannelId)> = network.history.iter().map(|row| (row.item, row.channel)).collect();
        let mut found: Vec<(usize, Outlook)> = Vec::new();
        // What has history of its own, or of the item that it is like.
        let mut followed = past.clone();
        for (index, (entry, matcher)) in document.outlooks.iter().zip(&matchers).enumerate() {
            let like = self.names.slot(Entity::Item, &entry.like);
            let Some(method) = self.method(entry, like.map(ItemId)) else { continue };
            let about = self.candidates(&entry.selector, network.items.len());
            let about: Vec<_> =
                about.into_iter().filter(|&index| matcher.matches_item(&Subject::item(document, index))).collect();
            let told: Vec<_> = about
                .iter()
                .flat_map(|&index| (0..network.channels.len()).map(move |channel| (index.into(), channel.into())))
                .filter(|&(item, channel)| past.contains(&(followed_by(method, item), channel)))
                .collect();
            if about.is_empty() {
                self.warn_empty(&entry.selector, entry.header, "outlook");
            } else if told.is_empty() && document.broken.is_empty() && self.all_known(&entry.selector) {
                let message = "nothing that this outlook is about has any history";
                let diagnostic = Diagnostic::error(&codes::NO_HISTORY, message).at(entry.header, "");
                self.report(diagnostic.help("add a [[csv]] with table = \"history\": item, channel, bucket, units"));
            }
            followed.extend(told);
            let outlook = Outlook {
                scope: scope(&entry.selector),
                method,
                growth: entry.growth.get().copied().unwrap_or_default(),
                growth_from: entry.growth.span().map(|span| (self.origin(span), self.assumption(span))),
                origin: self.origin(entry.header),
            };
            found.push((index, outlook));
        }
        found.sort_by(|(_, a), (_, b)| a.origin.cmp(&b.origin));
        let entries = Entries::new(matchers);
        let mut narrowest = Narrowest::new();
        for (item, channel) in followed {
            let name = Some(network.channel(channel).id.as_str());
            let top = self.narrowest(&entries, &Subject { channel: name, ..Subject::item(document, item.index()) });
            // Of several that say the same the first.
            let Some(place) = found.iter().position(|(index, _)| top.contains(index)) else { continue };
            let (index, outlook) = &found[place];
            if past.contains(&(followed_by(outlook.method, item), channel)) {
                narrowest.insert((item, channel), (place, document.outlooks[*index].header));
            }
        }
        (found.into_iter().map(|(_, outlook)| outlook).collect(), narrowest)
    }

    /// Warns of outlooks that follow buckets of which history does not tell yet, where no demand is stated: one warning for each.
    pub(super) fn before_history(&mut self, network: &Network) {
        let Some(begins) = network.history_from else { return };
        for (index, outlook) in network.outlooks.iter().enumerate() {
            let unknown = |bucket: &&Bucket| !outlook::knows(network, outlook.method, bucket);
            let unknown: Vec<&Bucket> = network.calendar.buckets.iter().filter(unknown).collect();
            let followed = |bucket: &&&Bucket| {
                let mut offers = network.offers.iter().filter(|offer| offer.outlook == Some(index));
                offers.any(|offer| !states(&offer.demand, bucket) && is_sold(network.item(offer.item), bucket))
            };
            let silent: Vec<&&Bucket> = unknown.iter().filter(followed).collect();
            let (Some(first), Some(last)) = (silent.first(), silent.last()) else { continue };
            let stretch = if silent.len() == 1 {
                first.period.to_string()
            } else {
                format!("{} to {}", first.period, last.period)
            };
            let headers = self.document.outlooks.iter().map(|entry| entry.header);
            let Some(header) = headers.into_iter().find(|header| self.origin(*header) == outlook.origin) else {
                continue;
            };
            let message = format!("history begins on {begins}, so this outlook assumes 0 for {stretch}");
            let diagnostic = Diagnostic::warning(&codes::BEFORE_HISTORY, message).at(header, "follows the year before");
            self.report(
                diagnostic.help("add the history of then, state the demand, or use method = \"average\" or \"like\""),
            );
        }
    }

    /// The assumption that a value goes by.
    fn assumption(&self, value: Span) -> Option<NamedAssumption> {
        let name = self.document.assumed.get(&value)?;
        let (_, span) = self.document.assumptions.get(name)?;
        Some(NamedAssumption { name: name.clone(), origin: self.origin(*span) })
    }

    /// The narrowest outlooks that meet a subject; reports those that differ.
    fn narrowest(&mut self, entries: &Entries<'_>, subject: &Subject<'_>) -> Vec<usize> {
        let document = self.document;
        let met = entries.of(subject);
        let narrowness = met.iter().map(|(_, narrowness)| *narrowness).max();
        let top = met.into_iter().filter(|(_, own)| Some(*own) == narrowness);
        let top: Vec<_> = top.map(|(index, _)| index).collect();
        let said = |index: usize| {
            let entry = &document.outlooks[index];
            let number = |slot: &Slot<rust_decimal::Decimal>| slot.get().copied();
            (entry.method.get(), number(&entry.growth), entry.over.get(), entry.like.get(), number(&entry.factor))
        };
        if let [first, rest @ ..] = top.as_slice()
            && let Some(other) = rest.iter().find(|other| said(*first) != said(**other))
        {
            let (first, other) = (document.outlooks[*first].header, document.outlooks[*other].header);
            self.equal_selectors("outlooks", (first.max(other), first.min(other)), subject);
        }
        top
    }

    /// The method of an outlook with what it needs; reports what is missing and what goes with another method.
    fn method(&mut self, entry: &tables::Outlook, like: Option<ItemId>) -> Option<OutlookMethod> {
        let method = entry.method.spanned()?;
        let keys = [
            (entry.over.span(), "over", "average"),
            (entry.like.span(), "as", "like"),
            (entry.factor.span(), "factor", "like"),
        ];
        for (span, key, of) in keys {
            if let Some(span) = span.filter(|_| method.value != of) {
                let message = format!("`{key}` goes with method = \"{of}\"");
                self.report(keys_exclude(message, span, (method.span, "the method")));
            }
        }
        let mut lacks = |key: &str, help: &str| {
            let message = format!("method = \"{}\" needs `{key}`", method.value);
            self.report(Diagnostic::error(&codes::MISSING_KEY, message).at(method.span, "").help(help));
        };
        match method.value.as_str() {
            "seasonal" => Some(OutlookMethod::Seasonal),
            "average" => {
                if entry.over.is_absent() {
                    lacks("over", "`over`: how many of the last buckets the average is taken over");
                }
                Some(OutlookMethod::Average(usize::try_from(*entry.over.get()?).ok()?))
            }
            _ => {
                if entry.like.is_absent() {
                    lacks("as", "`as`: the item whose history it follows");
                }
                Some(OutlookMethod::Like(like?, entry.factor.get().copied().unwrap_or(rust_decimal::Decimal::ONE)))
            }
        }
    }
}

/// The first day that any history tells of; none where some tells of all days.
pub(super) fn begins(history: &[History]) -> Option<NaiveDate> {
    let first = |row: &History| match &row.units {
        Series::Table { default: None, keys } => keys.iter().map(|key| key.first.start()).min(),
        _ => Some(NaiveDate::MIN),
    };
    history.iter().filter_map(first).min().filter(|day| *day != NaiveDate::MIN)
}

/// True where a row of demand says something of a bucket.
fn states(demand: &Series, bucket: &Bucket) -> bool {
    let at = At { bucket: *bucket, first: false, whole: false };
    !matches!(flow(demand, &at), Ok(None))
}

/// What an adjustment does.
fn change(entry: &tables::Adjust) -> Option<Change> {
    let factor = entry.factor.get().map(|factor| Change::Factor(*factor));
    let add = entry.add.get().map(|units| Change::Add(*units));
    factor.or(add).or_else(|| entry.set.get().map(|units| Change::Set(*units)))
}
