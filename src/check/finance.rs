//! Cash, budgets, limits.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use super::selection::{Matcher, Subject, scope};
use crate::document::Slot;
use crate::document::clash::{keys_exclude, stated_twice};
use crate::network::{Budget, Cash, CashAmount, CashFlow, LaneId, Network, PoolId, ValueLimit};
use crate::series::Series;
use crate::source::Span;

/// Finance with its names resolved.
pub(super) struct Finance<'a> {
    budgets: Vec<Matcher<'a>>,
    limits: Vec<Matcher<'a>>,
}

impl<'a> Context<'a> {
    /// Resolves the selectors of budgets and limits.
    pub(super) fn finance(&mut self) -> Finance<'a> {
        let document = self.document;
        self.ids_once("budgets", document.budgets.iter().map(|budget| &budget.id));
        self.ids_once("limits", document.limits.iter().map(|limit| &limit.id));
        self.ids_once("cash flows", document.cash_flows.iter().map(|flow| &flow.id));
        Finance {
            budgets: document.budgets.iter().map(|budget| self.matcher(&budget.selector)).collect(),
            limits: document.limits.iter().map(|limit| self.matcher(&limit.selector)).collect(),
        }
    }

    /// Fills cash, cash flows, budgets and limits.
    pub(super) fn place_finance(&mut self, network: &mut Network, finance: Finance<'a>) {
        network.cash = self.cash();
        network.cash_flows = self.cash_flows();
        network.budgets = self.budgets(network, &finance.budgets);
        network.value_limits = self.limits(network, &finance.limits);
    }

    fn cash(&self) -> Option<Cash> {
        let cash = self.document.cash.as_ref()?;
        Some(Cash {
            opening: cash.opening.get().copied().unwrap_or_default(),
            minimum: cash.minimum.get().map_or(Series::Scalar(rust_decimal::Decimal::ZERO), |text| text.series.clone()),
            origin: self.origin(cash.minimum.span().unwrap_or(cash.header)),
        })
    }

    fn cash_flows(&mut self) -> Vec<CashFlow> {
        let document = self.document;
        let mut flows = Vec::new();
        for entry in &document.cash_flows {
            let (Some(name), Some(amount)) = (entry.name.get(), entry.amount.get()) else { continue };
            let amount = match (entry.on.spanned(), &amount.series) {
                (Some(on), Series::Scalar(amount)) => CashAmount::On(on.value, *amount),
                (Some(on), _) => {
                    let message = format!("`{name}` falls on one day, but has amounts by bucket");
                    let amount = entry.amount.span().unwrap_or(entry.header);
                    self.report(keys_exclude(message, on.span, (amount, "amounts by bucket")));
                    continue;
                }
                (None, series) => CashAmount::Flow(series.clone()),
            };
            flows.push(CashFlow { name: name.clone(), amount, origin: self.origin(entry.header) });
        }
        flows.sort_by(|a, b| (&a.name, &a.origin).cmp(&(&b.name, &b.origin)));
        flows
    }

    fn budgets(&mut self, network: &Network, matchers: &[Matcher<'_>]) -> Vec<Budget> {
        let document = self.document;
        let mut names = BTreeSet::new();
        let mut budgets = Vec::new();
        let mut entries: Vec<_> = document.budgets.iter().zip(matchers).collect();
        // Twins are numbered by what they state, not by where they stand.
        entries.sort_by_cached_key(|(entry, matcher)| {
            (matcher.words(), format!("{:?}", entry.purchases.get().map(|text| &text.series)))
        });
        for (entry, matcher) in entries {
            let Some(purchases) = entry.purchases.get() else { continue };
            let lanes = network.lanes.iter().enumerate().filter(|(_, lane)| {
                matcher.matches(&Subject {
                    supplier: Some(&network.supplier(lane.supplier).id),
                    location: Some(&network.location(lane.location).id),
                    mode: Some(&lane.mode),
                    ..Subject::item(document, lane.item.index())
                })
            });
            let lanes: Vec<_> = lanes.map(|(index, _)| LaneId::from(index)).collect();
            let open_orders = network.open_orders.iter().enumerate().filter(|(_, order)| {
                let mode = order.lane.map(|lane| network.lane(lane).mode.as_str());
                matcher.matches(&Subject {
                    supplier: Some(&network.supplier(order.supplier).id),
                    location: Some(&network.location(order.location).id),
                    mode,
                    ..Subject::item(document, order.item.index())
                })
            });
            let open_orders: Vec<_> = open_orders.map(|(index, _)| index).collect();
            if lanes.is_empty() && open_orders.is_empty() {
                self.warn_empty(&entry.selector, entry.header, "budget");
            }
            let name = self.limit_name(&entry.id, matcher, &mut names);
            let origin = self.origin(entry.header);
            let scope = scope(&entry.selector);
            budgets.push(Budget { name, scope, purchases: purchases.series.clone(), lanes, open_orders, origin });
        }
        budgets.sort_by(|a, b| a.name.cmp(&b.name));
        budgets
    }

    fn limits(&mut self, network: &Network, matchers: &[Matcher<'_>]) -> Vec<ValueLimit> {
        let document = self.document;
        let mut names = BTreeSet::new();
        let mut limits = Vec::new();
        let mut entries: Vec<_> = document.limits.iter().zip(matchers).collect();
        entries.sort_by_cached_key(|(entry, matcher)| {
            (matcher.words(), format!("{:?}", entry.inventory_value.get().map(|text| &text.series)))
        });
        for (entry, matcher) in entries {
            let Some(value) = entry.inventory_value.get() else { continue };
            let pools = network.pools.iter().enumerate().filter(|(_, pool)| {
                let location = Some(network.location(pool.location).id.as_str());
                matcher.matches(&Subject { location, ..Subject::item(document, pool.item.index()) })
            });
            let pools: Vec<_> = pools.map(|(index, _)| PoolId::from(index)).collect();
            if pools.is_empty() {
                self.warn_empty(&entry.selector, entry.header, "limit");
            }
            let name = self.limit_name(&entry.id, matcher, &mut names);
            let origin = self.origin(entry.header);
            let scope = scope(&entry.selector);
            limits.push(ValueLimit { name, scope, inventory_value: value.series.clone(), pools, origin });
        }
        limits.sort_by(|a, b| a.name.cmp(&b.name));
        limits
    }

    /// Reports entries of a table that bear the same id: a scenario that changes one could mean either.
    pub(super) fn ids_once<'d>(&mut self, what: &str, ids: impl Iterator<Item = &'d Slot<String>>) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for id in ids.filter_map(Slot::spanned) {
            if let Some(before) = seen.insert(&id.value, id.span) {
                self.report(stated_twice(format!("two {what} are called `{}`", id.value), id.span, before));
            }
        }
    }

    /// What a limit is called in plans: its id, else what it selects; numbered where that is not unique.
    pub(super) fn limit_name(&self, id: &Slot<String>, matcher: &Matcher<'_>, taken: &mut BTreeSet<String>) -> String {
        self.name(id, &matcher.words(), taken)
    }

    /// An id, else words; numbered where that is not unique.
    pub(super) fn name(&self, id: &Slot<String>, words: &str, taken: &mut BTreeSet<String>) -> String {
        let base = id.get().cloned().unwrap_or_else(|| words.to_owned());
        let numbered = (1..).map(|count| if count == 1 { base.clone() } else { format!("{base} #{count}") });
        let name = numbered.into_iter().find(|name| !taken.contains(name)).unwrap_or_default();
        taken.insert(name.clone());
        name
    }
}
