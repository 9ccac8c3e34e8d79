//! The manifest: time, currency, economics.

use rust_decimal::Decimal;

use super::Context;
use crate::calendar::{Bucket, Calendar, Grain, Shape};
use crate::diagnostic::{Diagnostic, codes};
use crate::document::clash::keys_exclude;
use crate::document::{BucketText, MAX_BUCKETS, names_a_file};
use crate::network::{Channel, Economics, Item, Location, Network, Supplier};

/// What `[plan]` comes to.
pub(super) struct Manifest {
    project: String,
    cycle: String,
    pub(super) currency: String,
    as_of: chrono::NaiveDate,
    pub(super) calendar: Calendar,
    first_bucket_whole: bool,
    frozen_days: i64,
    tail: usize,
    tail_origin: crate::source::Place,
}

impl Manifest {
    /// The buckets of horizon and tail, and how many are the horizon's.
    pub(super) fn planned(&self) -> (Vec<Bucket>, usize) {
        let horizon = &self.calendar.buckets;
        (horizon.iter().copied().chain(self.calendar.beyond(self.tail)).collect(), horizon.len())
    }

    /// A network without lanes, stock, demand and money.
    pub(super) fn network(
        self,
        items: Vec<Item>,
        locations: Vec<Location>,
        channels: Vec<Channel>,
        suppliers: Vec<Supplier>,
        economics: Economics,
    ) -> Network {
        Network {
            project: self.project,
            cycle: self.cycle,
            minor_digits: minor_digits(&self.currency),
            currency: self.currency,
            as_of: self.as_of,
            calendar: self.calendar,
            first_bucket_whole: self.first_bucket_whole,
            frozen_days: self.frozen_days,
            tail: self.tail,
            tail_origin: self.tail_origin,
            economics,
            items,
            locations,
            channels,
            suppliers,
            pools: Vec::new(),
            offers: Vec::new(),
            lanes: Vec::new(),
            transfers: Vec::new(),
            open_orders: Vec::new(),
            open_transfers: Vec::new(),
            promotions: Vec::new(),
            outlooks: Vec::new(),
            history: Vec::new(),
            history_from: None,
            actuals: Vec::new(),
            services: Vec::new(),
            covers: Vec::new(),
            budgets: Vec::new(),
            value_limits: Vec::new(),
            cash: None,
            cash_flows: Vec::new(),
            rules: Vec::new(),
            gates: Vec::new(),
            waivers: Vec::new(),
            pins: Vec::new(),
            renamed: Vec::new(),
            baseline: None,
            starts: None,
            extras: Vec::new(),
        }
    }
}

/// Digits after the point of a currency's minor unit (ISO 4217).
fn minor_digits(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND" | "VUV"
        | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

/// True for what looks like an ISO 4217 code.
pub(super) fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

impl Context<'_> {
    pub(super) fn manifest(&mut self) -> Option<Manifest> {
        let Some(plan) = &self.document.plan else {
            if self.document.broken.is_empty() {
                let message = "the project has no [plan]";
                let help = "sop.toml states it: language, name, cycle, as-of, bucket, horizon, currency";
                self.report(Diagnostic::error(&codes::MISSING_KEY, message).help(help));
            }
            return None;
        };
        let shape = self.shape();
        let shape = if self.too_many_buckets(shape) { None } else { shape };
        if let Some(cycle) = plan.cycle.spanned()
            && !names_a_file(&cycle.value)
        {
            let message = format!("the cycle `{}` cannot be the name of a file", cycle.value);
            let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message).at(cycle.span, "");
            self.report(
                diagnostic
                    .help("its approved plan is named after it: letters, digits, `-` and `_`, such as \"2026-02\""),
            );
        }
        if let Some(currency) = plan.currency.spanned()
            && !is_currency(&currency.value)
        {
            let message = format!("`{}` is no currency code", currency.value);
            let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message).at(currency.span, "");
            self.report(diagnostic.help("three capital letters, such as \"USD\""));
        }
        let as_of = *plan.as_of.get()?;
        Some(Manifest {
            project: plan.name.get().cloned().unwrap_or_default(),
            cycle: plan.cycle.get().cloned().unwrap_or_default(),
            currency: plan.currency.get().cloned()?,
            as_of,
            calendar: Calendar::new(as_of, shape?),
            first_bucket_whole: plan.first_bucket.get().is_some_and(|word| word == "whole"),
            frozen_days: plan.frozen_days.get().copied().unwrap_or(0),
            tail_origin: self.origin(plan.tail.span().unwrap_or(plan.header)),
            tail: plan.tail.get().and_then(|tail| usize::try_from(*tail).ok()).unwrap_or(0),
        })
    }

    /// Reports more buckets of horizon and tail together than a plan may have.
    fn too_many_buckets(&mut self, shape: Option<Shape>) -> bool {
        let (Some(plan), Some(shape)) = (&self.document.plan, shape) else { return false };
        let tail = plan.tail.get().and_then(|tail| usize::try_from(*tail).ok()).unwrap_or(0);
        let (all, most) = (shape.weeks + shape.months + tail, MAX_BUCKETS);
        if i64::try_from(all).is_ok_and(|all| all <= most) {
            return false;
        }
        let message = format!("the plan has {all} buckets together; {most} are the most");
        let stated = plan.horizon.span().or(plan.bucket.span()).unwrap_or(plan.header);
        let mut diagnostic = Diagnostic::error(&codes::OUT_OF_RANGE, message).at(stated, "");
        if let Some(span) = plan.tail.span().filter(|_| tail > 0) {
            diagnostic = diagnostic.at(span, "with these of the tail");
        }
        self.report(diagnostic);
        true
    }

    /// The buckets that `bucket` and `horizon` ask for together.
    fn shape(&mut self) -> Option<Shape> {
        let plan = self.document.plan.as_ref()?;
        let bucket = plan.bucket.spanned()?;
        match (bucket.value, plan.horizon.spanned()) {
            (BucketText::Uniform(grain), Some(horizon)) => {
                let count = usize::try_from(horizon.value).ok()?;
                Some(match grain {
                    Grain::Month => Shape { weeks: 0, months: count },
                    Grain::Week => Shape { weeks: count, months: 0 },
                })
            }
            (BucketText::Uniform(_), None) => {
                if plan.horizon.is_absent() {
                    let message = "[plan] needs `horizon`";
                    let diagnostic =
                        Diagnostic::error(&codes::MISSING_KEY, message).at(bucket.span, "how many of these?");
                    self.report(diagnostic.help("for example horizon = 9"));
                }
                None
            }
            (BucketText::Mixed(_), Some(horizon)) => {
                let message = "`horizon` does not go with weeks and then months";
                self.report(keys_exclude(
                    message,
                    horizon.span,
                    (bucket.span, "this tells how many buckets there are"),
                ));
                None
            }
            (BucketText::Mixed(shape), None) => Some(shape),
        }
    }

    pub(super) fn economics(&mut self) -> Economics {
        let economics = self.document.economics.as_ref();
        let rate = |slot: Option<&crate::document::Slot<Decimal>>, default: Decimal| {
            slot.and_then(|slot| slot.get().copied()).unwrap_or(default)
        };
        Economics {
            holding_rate: rate(economics.map(|table| &table.holding_rate), Decimal::ZERO),
            safety_shortfall_rate: rate(economics.map(|table| &table.safety_shortfall_rate), Decimal::ZERO),
            change_cost: rate(economics.map(|table| &table.change_cost), Decimal::ZERO),
            salvage_rate: rate(economics.map(|table| &table.salvage_rate), Decimal::new(5, 1)),
            end_worth: economics.is_none_or(|table| table.end_worth.get().is_none_or(|word| word != "none")),
        }
    }
}
