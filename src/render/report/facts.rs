//! What the sections of a report look up in its plan.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::Depth;
use crate::plan::{Amount, Figure, Plan, PlanItem};
use crate::render::blocks::{Block, Sheet, Words};
use crate::render::number;
use crate::render::text::{Demand, DemandKey, by_demand};

/// Rows of a list that stand open.
const OPEN: usize = 12;
/// Rows of a list that are there at all: what is longer is for programs, and the plan file has it.
const MOST: usize = 1_000;

/// A plan, its buckets, and what is asked for in them.
pub(super) struct Facts<'p> {
    pub(super) plan: &'p Plan,
    pub(super) depth: Depth,
    /// Labels of the buckets of the horizon, in order of time.
    pub(super) horizon: Vec<&'p str>,
    /// Where each stands.
    places: BTreeMap<&'p str, usize>,
    /// Demand of the horizon, once for each item, channel and bucket.
    pub(super) demand: BTreeMap<DemandKey<'p>, Demand>,
    items: BTreeMap<&'p str, &'p PlanItem>,
}

impl<'p> Facts<'p> {
    pub(super) fn new(plan: &'p Plan, depth: Depth) -> Self {
        let inside = plan.buckets.iter().filter(|bucket| !bucket.tail);
        let horizon: Vec<&str> = inside.map(|bucket| bucket.label.as_str()).collect();
        let places: BTreeMap<&str, usize> = horizon.iter().enumerate().map(|(at, label)| (*label, at)).collect();
        let mut demand = by_demand(&plan.allocations);
        demand.retain(|(_, _, bucket), _| places.contains_key(bucket));
        let items = plan.items.iter().map(|item| (item.item.as_str(), item)).collect();
        Self { plan, depth, horizon, places, demand, items }
    }

    /// Which bucket of the horizon a label names.
    pub(super) fn place(&self, label: &str) -> Option<usize> {
        self.places.get(label).copied()
    }

    /// The labels, for a chart.
    pub(super) fn labels(&self) -> Vec<String> {
        self.horizon.iter().map(|label| (*label).to_owned()).collect()
    }

    /// Which bucket of the horizon a day is in.
    pub(super) fn place_of(&self, day: NaiveDate) -> Option<usize> {
        let inside = self.plan.buckets.iter().filter(|bucket| !bucket.tail);
        inside.enumerate().find(|(_, bucket)| (bucket.start..=bucket.end).contains(&day)).map(|(at, _)| at)
    }

    /// What people know of an item, where the plan tells.
    pub(super) fn item(&self, id: &str) -> Option<&'p PlanItem> {
        self.items.get(id).copied()
    }

    /// An item, and what people call it.
    pub(super) fn named(&self, id: &str) -> Words {
        Words::named(id).aside(self.item(id).and_then(|item| item.name.as_deref()))
    }

    pub(super) fn category(&self, item: &str) -> Option<&'p str> {
        self.item(item)?.category.as_deref()
    }

    /// Sums by bucket of what rows say.
    pub(super) fn sums<'r>(&self, rows: impl IntoIterator<Item = (&'r str, i64)>) -> Vec<Decimal> {
        let mut sums = vec![Decimal::ZERO; self.horizon.len()];
        for (bucket, units) in rows {
            if let Some(at) = self.place(bucket) {
                sums[at] = sums[at].saturating_add(Decimal::from(units));
            }
        }
        sums
    }

    /// A metric of the whole horizon of each part of a kind, such as `category`, by its name.
    pub(super) fn of_horizon(&self, metric: &str, kind: &str) -> impl Iterator<Item = (&'p str, Amount)> {
        let plan: &'p Plan = self.plan;
        plan.metrics.iter().filter_map(move |one| {
            let named = one.name == metric && one.bucket.is_none();
            let part = one.scope.strip_prefix(kind).and_then(|rest| rest.strip_prefix(':'))?;
            match one.value {
                Figure::Value(amount) if named => Some((part, amount)),
                _ => None,
            }
        })
    }

    pub(super) fn currency(&self) -> Words {
        Words::named(self.plan.currency.clone())
    }

    /// Money with its currency.
    pub(super) fn money(&self, amount: Amount) -> Words {
        Words::of(format!("{} ", number::money(amount))).name(self.plan.currency.clone())
    }

    /// A table: in a gist its first rows and how many more there are, else the others folded below them.
    pub(super) fn listed(&self, mut sheet: Sheet) -> Vec<Block> {
        let all = sheet.rows.len();
        if all <= OPEN + 2 {
            return vec![Block::Table(sheet)];
        }
        let mut rest = sheet.rows.split_off(OPEN);
        // What all rows come to is never folded away.
        sheet.rows.extend(if sheet.total { rest.pop() } else { None });
        let (caption, columns) = (sheet.caption.clone(), sheet.columns.clone());
        let mut blocks = vec![Block::Table(sheet)];
        let more = number::units(rest.len() as i128);
        if self.depth == Depth::Gist {
            blocks.push(Block::said(format!("and {more} more rows")));
            return blocks;
        }
        let left = rest.len().saturating_sub(MOST);
        rest.truncate(MOST);
        let mut inside = vec![Block::Table(Sheet { caption, columns, rows: rest, total: false })];
        if left > 0 {
            inside.push(Block::said(format!("and {} more, which the plan file lists", number::units(left as i128))));
        }
        blocks.push(Block::Fold(Words::of(format!("{more} more rows")), inside));
        blocks
    }
}

/// A place in the inputs.
pub(super) fn place(source: &crate::source::Place) -> Words {
    Words::named(format!("{}:{}", source.file, source.line))
}

/// A cell with units.
pub(super) fn units(number: impl Into<i128>) -> Words {
    Words::of(number::units(number))
}

/// A cell with money.
pub(super) fn money(amount: Amount) -> Words {
    Words::of(number::money(amount))
}

/// By bucket, as a chart takes them.
pub(super) fn known(values: Vec<Decimal>) -> Vec<Option<Decimal>> {
    values.into_iter().map(Some).collect()
}
