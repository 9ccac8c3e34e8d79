//! Trade-off rules: their order, how far they go, and what they let go of.

use std::collections::BTreeMap;

use super::Context;
use super::selection::{Subject, scope};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::{BESIDES, keys_exclude, stated_twice};
use crate::document::spec::Entity;
use crate::document::tables;
use crate::network::{Network, Relax, Rule, UpTo};
use crate::source::Span;

/// Keys that pick items, in the `where` of a rule.
const ITEM: &[Entity] = &[Entity::Item, Entity::Category, Entity::Class, Entity::Brand, Entity::Attribute];

/// In what terms a rule says how far it goes.
fn terms(relax: Relax) -> &'static [&'static str] {
    match relax {
        Relax::SalesPlan | Relax::StorageCapacity | Relax::InboundCapacity | Relax::OutboundCapacity => &["share"],
        Relax::PromotionDate | Relax::OpenOrder => &["buckets"],
        Relax::FillRate => &["floor"],
        Relax::SafetyStock | Relax::MaxCover => &["share", "units"],
        Relax::Expedite => &["units", "amount"],
        Relax::Budget | Relax::CashMinimum | Relax::InventoryValue => &["amount"],
    }
}

/// Keys that a rule can select by, besides those of items.
fn selects_by(relax: Relax) -> (bool, &'static [Entity]) {
    match relax {
        Relax::SalesPlan | Relax::FillRate => (true, &[Entity::Channel]),
        Relax::PromotionDate => (true, &[Entity::Channel, Entity::Promotion]),
        Relax::SafetyStock | Relax::MaxCover | Relax::InventoryValue => (true, &[Entity::Location]),
        Relax::Expedite | Relax::Budget => (true, &[Entity::Supplier, Entity::Location, Entity::Mode]),
        Relax::OpenOrder => (true, &[Entity::Supplier, Entity::Location]),
        Relax::CashMinimum => (false, &[]),
        Relax::StorageCapacity | Relax::InboundCapacity | Relax::OutboundCapacity => (false, &[Entity::Location]),
    }
}

/// True for rules about what a location can take.
fn is_overflow(relax: Relax) -> bool {
    matches!(relax, Relax::StorageCapacity | Relax::InboundCapacity | Relax::OutboundCapacity)
}

impl<'a> Context<'a> {
    /// Rules in the order of their file.
    pub(super) fn rules(&mut self, network: &Network) -> Vec<Rule> {
        let document = self.document;
        self.one_file();
        let mut entries: Vec<&'a tables::Rule> = document.rules.iter().collect();
        entries.sort_by_key(|entry| (&self.sources.file(entry.header.file).path, entry.header.start));
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut rules = Vec::new();
        for entry in entries {
            let matcher = self.matcher(&entry.selector);
            if let Some(id) = entry.id.spanned()
                && let Some(before) = seen.insert(&id.value, id.span)
            {
                let message = format!("two rules are called `{}`", id.value);
                self.report(stated_twice(message, id.span, before));
            }
            let relax = entry.relax.get().and_then(|word| Relax::ALL.into_iter().find(|relax| relax.name() == word));
            let Some(relax) = relax else { continue };
            self.expired_rule(entry, network);
            self.keys_of(entry, relax);
            let up_to = self.up_to(entry, relax);
            let (Some(id), Some(up_to)) = (entry.id.get(), up_to) else { continue };
            let known = self.all_known(&entry.selector) && document.broken.is_empty();
            if known && !self.has_target(network, entry, relax, &matcher) {
                let message = format!("the rule `{id}` lets go of {}, but {}", what(relax), nothing(relax));
                let span = if entry.selector.is_absent() { entry.relax.span() } else { entry.selector.span() };
                let diagnostic = Diagnostic::warning(&codes::IDLE_RULE, message).at(span.unwrap_or(entry.header), "");
                self.report(diagnostic.with_note("it can never be used"));
            }
            rules.push(Rule {
                id: id.clone(),
                relax,
                scope: scope(&entry.selector),
                up_to,
                within: entry.within.get().copied().unwrap_or_default(),
                when_pays: entry.when.get().is_some(),
                cost: entry.cost.get().copied(),
                cancel: entry.cancel.get().copied().unwrap_or(false),
                owner: entry.owner.get().cloned(),
                reason: entry.reason.get().cloned(),
                origin: self.origin(entry.header),
            });
        }
        rules
    }

    /// Reports rules that stand in several files: the order of files is no order of trade-offs.
    fn one_file(&mut self) {
        let mut first_of: BTreeMap<&str, Span> = BTreeMap::new();
        for rule in &self.document.rules {
            let path = self.sources.file(rule.header.file).path.as_str();
            let known = first_of.entry(path).or_insert(rule.header);
            *known = rule.header.min(*known);
        }
        let spans: Vec<_> = first_of.into_values().collect();
        if let [first, second, ..] = spans[..] {
            let message = format!("rules stand in {} files, so that their order is not told", spans.len());
            let diagnostic = Diagnostic::error(&codes::RULE_FILES, message).at(second, "here").at(first, "and here");
            self.report(diagnostic.help("keep all [[rule]] tables in one file: the first in it is the first to give"));
        }
    }

    fn expired_rule(&mut self, entry: &tables::Rule, network: &Network) {
        let Some(expires) = entry.expires.spanned().filter(|expires| expires.value < network.as_of) else { return };
        let id = entry.id.get().map_or("", String::as_str);
        let message = format!("the rule `{id}` held until {}, before as-of {}", expires.value, network.as_of);
        let mut diagnostic = Diagnostic::error(&codes::RULE_EXPIRED, message).at(expires.span, "its last day");
        if let Some(as_of) = self.document.plan.as_ref().and_then(|plan| plan.as_of.span()) {
            diagnostic = diagnostic.at(as_of, "as-of");
        }
        self.report(diagnostic.help("agree on it again with a later day, or take it out"));
    }

    /// Reports keys that do not go with what the rule lets go of.
    fn keys_of(&mut self, entry: &tables::Rule, relax: Relax) {
        let relaxes = entry.relax.span().unwrap_or(entry.header);
        let keys = [
            (entry.cost.span().filter(|_| !is_overflow(relax)), "cost", "rules about capacities of locations"),
            (entry.cancel.span().filter(|_| relax != Relax::OpenOrder), "cancel", "relax = \"open-order\""),
        ];
        for (span, key, of) in keys {
            if let Some(span) = span {
                let message = format!("`{key}` goes with {of}");
                self.report(keys_exclude(message, span, (relaxes, "this is what the rule lets go of")));
            }
        }
        let (items, others) = selects_by(relax);
        let legal = |entity: &Entity| items && ITEM.contains(entity) || others.contains(entity);
        let Some(selector) = entry.selector.spanned() else { return };
        let sides = [&selector.value.met, &selector.value.not];
        let named = sides.iter().flat_map(|side| &side.keys).map(|(entity, values)| (*entity, values.first()));
        let attributes =
            sides.iter().flat_map(|side| &side.attributes).map(|(name, _)| (Entity::Attribute, Some(name)));
        let wrong: Vec<_> = named.chain(attributes).filter(|(entity, _)| !legal(entity)).collect();
        for (entity, place) in wrong {
            let message = format!("`{}` is no key to select {} by", entity.name(), what(relax));
            let span = place.map_or(selector.span, |name| name.span);
            let mut names: Vec<_> = if items { ITEM.iter().map(|entity| entity.name()).collect() } else { Vec::new() };
            names.extend(others.iter().map(|entity| entity.name()));
            let diagnostic =
                Diagnostic::error(&codes::UNKNOWN_KEY, message).at(span, "").at(relaxes, "what it lets go of");
            self.report(diagnostic.help(match names.is_empty() {
                true => "it holds as a whole: leave `where` out".to_owned(),
                false => format!("select by {}", names.join(", ")),
            }));
        }
    }

    /// How far a rule goes; reports none, several, and what is told in other terms.
    fn up_to(&mut self, entry: &tables::Rule, relax: Relax) -> Option<UpTo> {
        let stated = entry.up_to.spanned()?;
        let table = &stated.value.0;
        let keys = [
            (table.share.span(), "share"),
            (table.floor.span(), "floor"),
            (table.buckets.span(), "buckets"),
            (table.units.span(), "units"),
            (table.amount.span(), "amount"),
        ];
        let given: Vec<_> = keys.iter().filter_map(|(span, key)| Some(((*span)?, *key))).collect();
        let terms = terms(relax);
        let listed = terms.iter().map(|term| format!("{{ {term} = ... }}")).collect::<Vec<_>>().join(" or ");
        let help = format!("for relax = \"{}\" it is {listed}", relax.name());
        match given.as_slice() {
            [] => {
                let message = "`up-to` does not say how far the rule goes";
                self.report(Diagnostic::error(&codes::UP_TO, message).at(stated.span, "").help(help));
                return None;
            }
            [(span, key)] if !terms.contains(key) => {
                let message = format!("`{key}` does not tell how far {} may go", what(relax));
                let diagnostic = Diagnostic::error(&codes::UP_TO, message).at(*span, "");
                let relaxes = entry.relax.span().unwrap_or(entry.header);
                self.report(diagnostic.at(relaxes, "what the rule lets go of").help(help));
                return None;
            }
            [_] => {}
            [(first, _), (second, key), ..] => {
                let message = format!("`up-to` says one thing, and `{key}` is a second one");
                self.report(keys_exclude(message, *second, (*first, BESIDES)).help(help));
                return None;
            }
        }
        let share = table.share.get().map(|share| UpTo::Share(*share));
        let floor = table.floor.get().map(|floor| UpTo::Floor(*floor));
        let buckets = table.buckets.get().map(|buckets| UpTo::Buckets(*buckets));
        let units = table.units.get().map(|units| UpTo::Units(*units));
        share.or(floor).or(buckets).or(units).or_else(|| table.amount.get().map(|amount| UpTo::Amount(*amount)))
    }

    /// True where the project states something that the rule could let go of.
    fn has_target(
        &self,
        network: &Network,
        entry: &tables::Rule,
        relax: Relax,
        matcher: &super::selection::Matcher<'a>,
    ) -> bool {
        let document = self.document;
        let item = |index: usize| Subject::item(document, index);
        let wanted = scope(&entry.selector);
        let same = |stated: &crate::network::Scope| wanted.keys.iter().all(|key| stated.keys.contains(key));
        let offer = |index: usize| {
            let offer = &network.offers[index];
            let channel = Some(network.channel(offer.channel).id.as_str());
            matcher.matches(&Subject { channel, ..item(offer.item.index()) })
        };
        let pool = |index: usize| {
            let pool = &network.pools[index];
            let location = Some(network.location(pool.location).id.as_str());
            matcher.matches(&Subject { location, ..item(pool.item.index()) })
        };
        let at = |stated: fn(&crate::network::Location) -> bool| {
            network.locations.iter().any(|location| {
                stated(location) && matcher.matches(&Subject { location: Some(&location.id), ..Subject::default() })
            })
        };
        match relax {
            Relax::SalesPlan => !document.outlooks.is_empty() || (0..network.offers.len()).any(offer),
            Relax::PromotionDate => has_promotion(network, entry),
            Relax::FillRate => network.services.iter().any(|service| match service.group {
                true => same(&service.scope),
                false => !document.outlooks.is_empty() || service.offers.iter().any(|id| offer(id.index())),
            }),
            Relax::SafetyStock | Relax::MaxCover => network.covers.iter().any(|cover| {
                let stated =
                    if relax == Relax::MaxCover { cover.max_weeks.is_some() } else { cover.safety_stock.is_some() };
                cover.hard && stated && cover.pools.iter().any(|id| pool(id.index()))
            }),
            Relax::Expedite => self.has_premium_lane(network, matcher),
            Relax::Budget => network.budgets.iter().any(|budget| same(&budget.scope)),
            Relax::InventoryValue => network.value_limits.iter().any(|limit| same(&limit.scope)),
            Relax::CashMinimum => network.cash.is_some(),
            Relax::StorageCapacity => at(|location| location.storage_capacity.is_some()),
            Relax::InboundCapacity => at(|location| location.inbound_capacity.is_some()),
            Relax::OutboundCapacity => at(|location| location.outbound_capacity.is_some()),
            Relax::OpenOrder => network.open_orders.iter().filter(|order| !order.firm).any(|order| {
                matcher.matches(&Subject {
                    supplier: Some(&network.supplier(order.supplier).id),
                    location: Some(&network.location(order.location).id),
                    ..item(order.item.index())
                })
            }),
        }
    }

    /// True where a premium lane is selected, from a supplier or from another location.
    fn has_premium_lane(&self, network: &Network, matcher: &super::selection::Matcher<'a>) -> bool {
        let item = |index: usize| Subject::item(self.document, index);
        let buys = network.lanes.iter().filter(|lane| lane.premium).any(|lane| {
            matcher.matches(&Subject {
                supplier: Some(&network.supplier(lane.supplier).id),
                location: Some(&network.location(lane.location).id),
                mode: Some(&lane.mode),
                ..item(lane.item.index())
            })
        });
        buys || network.transfers.iter().filter(|lane| lane.premium).any(|lane| {
            matcher.matches(&Subject {
                location: Some(&network.location(lane.location).id),
                mode: Some(&lane.mode),
                ..item(lane.item.index())
            })
        })
    }
}

/// True where there is a promotion among those that the entry names, or at all where it names none.
fn has_promotion(network: &Network, entry: &tables::Rule) -> bool {
    let keys = entry.selector.get().into_iter().flat_map(|selector| &selector.met.keys);
    let named: Vec<_> = keys.filter(|(entity, _)| *entity == Entity::Promotion).flat_map(|(_, names)| names).collect();
    network.promotions.iter().any(|one| named.is_empty() || named.iter().any(|name| name.value == one.id))
}

/// What a rule lets go of, in words.
fn what(relax: Relax) -> &'static str {
    match relax {
        Relax::SalesPlan => "demand",
        Relax::PromotionDate => "the dates of promotions",
        Relax::FillRate => "service floors",
        Relax::SafetyStock => "hard safety stock",
        Relax::MaxCover => "hard maximum cover",
        Relax::Expedite => "premium lanes",
        Relax::Budget => "budgets",
        Relax::CashMinimum => "the cash minimum",
        Relax::InventoryValue => "limits of inventory value",
        Relax::StorageCapacity => "storage capacity",
        Relax::InboundCapacity => "inbound capacity",
        Relax::OutboundCapacity => "outbound capacity",
        Relax::OpenOrder => "orders that are not firm",
    }
}

/// That there is none of it.
fn nothing(relax: Relax) -> &'static str {
    match relax {
        Relax::SalesPlan => "no demand is selected",
        Relax::PromotionDate => "no promotion is selected",
        Relax::FillRate => "no [[service]] is selected",
        Relax::SafetyStock => "no [[cover]] with `safety-stock` and `hard = true` is selected",
        Relax::MaxCover => "no [[cover]] with `max-weeks` and `hard = true` is selected",
        Relax::Expedite => "no lane with `premium = true` is selected",
        Relax::Budget => "no [[budget]] has the same `where`",
        Relax::CashMinimum => "there is no [cash]",
        Relax::InventoryValue => "no [[limit]] has the same `where`",
        Relax::StorageCapacity => "no location selected has a `storage-capacity`",
        Relax::InboundCapacity => "no location selected has an `inbound-capacity`",
        Relax::OutboundCapacity => "no location selected has an `outbound-capacity`",
        Relax::OpenOrder => "no open order with `firm = false` is selected",
    }
}
