//! Gates and waivers: what a finished plan is held to, and what may pass.

use std::collections::BTreeMap;

use super::Context;
use super::selection::scope;
use crate::diagnostic::{Diagnostic, all_codes, codes, find_code};
use crate::document::clash::{BESIDES, keys_exclude, nothing_between, stated_twice};
use crate::document::spec::did_you_mean;
use crate::document::{Selector, Slot};
use crate::metrics::Measure;
use crate::network::{Gate, Network, Passes, Waiver};
use crate::source::Span;

impl Context<'_> {
    /// Gates by id.
    pub(super) fn gates(&mut self) -> Vec<Gate> {
        let document = self.document;
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        let mut gates = Vec::new();
        for entry in &document.gates {
            self.matcher(&entry.selector);
            if let Some(id) = entry.id.spanned()
                && let Some(before) = seen.insert(&id.value, id.span)
            {
                let message = format!("two gates are called `{}`", id.value);
                self.report(stated_twice(message, id.span, before));
                continue;
            }
            if entry.at_least.is_absent() && entry.at_most.is_absent() {
                let message = "a gate says `at-least`, `at-most` or both";
                self.report(Diagnostic::error(&codes::MISSING_KEY, message).at(entry.header, "neither"));
            }
            if let (Some(least), Some(most)) = (entry.at_least.spanned(), entry.at_most.spanned())
                && least.value > most.value
            {
                self.report(nothing_between(least, most));
            }
            let (Some(id), Some(stated)) = (entry.id.get(), entry.metric.spanned()) else { continue };
            let Some(metric) = Measure::named(&stated.value) else { continue };
            self.narrowed(metric, stated.span, &entry.selector);
            gates.push(Gate {
                id: id.clone(),
                metric,
                scope: scope(&entry.selector),
                at_least: entry.at_least.get().copied(),
                at_most: entry.at_most.get().copied(),
                refuses: entry.level.get().is_none_or(|word| word == "error"),
                origin: self.origin(entry.header),
            });
        }
        gates.sort_by(|a, b| a.id.cmp(&b.id));
        gates
    }

    /// Reports what a metric is not measured by.
    fn narrowed(&mut self, metric: Measure, span: Span, slot: &Slot<Selector>) {
        let Some(selector) = slot.spanned().filter(|one| !one.value.met.is_empty() || !one.value.not.is_empty()) else {
            return;
        };
        let Some(keys) = metric.keys() else {
            let message = format!("`{}` is measured of the plan as a whole", metric.name());
            self.report(keys_exclude(message, selector.span, (span, "the metric")).help("leave `where` out"));
            return;
        };
        let scope = scope(slot);
        let besides = ["channel", "location", "supplier"];
        let stated = scope.keys.iter().chain(&scope.not).map(|(key, _)| key.as_str());
        if let Some(key) = stated.into_iter().find(|key| besides.contains(key) && !keys.contains(key)) {
            let message = format!("`{}` is not measured by {key}", metric.name());
            let diagnostic = keys_exclude(message, selector.span, (span, "the metric"));
            let help = format!("it is measured of items, and by {}", keys.join(" and "));
            self.report(diagnostic.help(help));
        }
    }

    /// Waivers; an expired one is a warning and lets nothing pass.
    pub(super) fn waivers(&mut self, network: &Network) -> Vec<Waiver> {
        let document = self.document;
        let mut waivers = Vec::new();
        for entry in &document.waivers {
            self.matcher(&entry.selector);
            let passes = match (entry.code.spanned(), entry.gate.spanned()) {
                (Some(code), Some(gate)) => {
                    let message = "a waiver lets a `code` or a `gate` pass, not both";
                    self.report(keys_exclude(message, gate.span, (code.span, BESIDES)));
                    None
                }
                (Some(code), None) => self.waived_code(&code.value, code.span),
                (None, Some(gate)) => self.waived_gate(&gate.value, gate.span, network),
                (None, None) => {
                    if entry.code.is_absent() && entry.gate.is_absent() {
                        let message = "a waiver names the `code` or the `gate` that it lets pass";
                        self.report(Diagnostic::error(&codes::MISSING_KEY, message).at(entry.header, "neither"));
                    }
                    None
                }
            };
            let expired = entry.expires.spanned().filter(|expires| expires.value < network.as_of);
            if let Some(expires) = expired {
                let message = format!("this waiver held until {}, before as-of {}", expires.value, network.as_of);
                let diagnostic = Diagnostic::warning(&codes::WAIVER_EXPIRED, message).at(expires.span, "its last day");
                self.report(diagnostic.with_note("it lets nothing pass").help("agree on it again, or take it out"));
            }
            let Some(passes) = passes else { continue };
            waivers.push(Waiver {
                passes,
                scope: scope(&entry.selector),
                reason: entry.reason.get().cloned().unwrap_or_default(),
                owner: entry.owner.get().cloned().unwrap_or_default(),
                holds: expired.is_none(),
                origin: self.origin(entry.header),
            });
        }
        waivers.sort_by(|a, b| a.origin.cmp(&b.origin));
        waivers
    }

    fn waived_code(&mut self, name: &str, span: Span) -> Option<Passes> {
        if let Some(code) = find_code(name) {
            return Some(Passes::Code(code.number));
        }
        let message = format!("there is no code `{name}`");
        let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, message).at(span, "");
        let aliases = all_codes().iter().map(|code| code.alias);
        self.report(match did_you_mean(name, aliases) {
            Some(alias) => diagnostic.help(format!("did you mean \"{alias}\"?")).edit(span, format!("\"{alias}\"")),
            None => diagnostic.help("`sopc explain` lists all codes"),
        });
        None
    }

    fn waived_gate(&mut self, name: &str, span: Span, network: &Network) -> Option<Passes> {
        if let Some(index) = network.gates.iter().position(|gate| gate.id == name) {
            return Some(Passes::Gate(index));
        }
        let stated = self.document.gates.iter().filter_map(|gate| gate.id.get()).any(|id| id == name);
        if stated || self.document.may_declare(name) {
            return None;
        }
        let message = format!("unknown gate `{name}`");
        let diagnostic = Diagnostic::error(&codes::UNKNOWN_NAME, message).at(span, "");
        self.report(match did_you_mean(name, network.gates.iter().map(|gate| gate.id.as_str())) {
            Some(id) => diagnostic.help(format!("did you mean \"{id}\"?")).edit(span, format!("\"{id}\"")),
            None => diagnostic.help("declare it with [[gate]]"),
        });
        None
    }
}
