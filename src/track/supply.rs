//! Which receipts belong to which lines of the plan.
//!
//! A receipt that names its order belongs to the lines of that order, any other to the lines of its item, location and - where it is
//! told - supplier that were placed by then, those due first before others. What is left came beside the plan.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::actuals::{Facts, Received};
use super::file::SupplyRow;
use super::planned::{Names, Span};
use crate::calendar::days_between;
use crate::network::{ItemId, Network};
use crate::plan::{Action, Order, Plan};

/// A line of the plan and what came of it.
#[derive(Debug)]
pub(super) struct Line<'p> {
    pub(super) order: &'p Order,
    pub(super) item: Option<ItemId>,
    /// The bucket it serves, where that is one of those looked at.
    pub(super) bucket: Option<usize>,
    /// What came: units, the day where it is told, the bucket.
    pub(super) came: Vec<(i64, Option<NaiveDate>, usize)>,
    /// The purchase order that what came names.
    pub(super) named: Option<String>,
}

/// Something that the plan wants to arrive, and what came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coming<'a> {
    /// The day it is planned to be usable.
    pub(super) due: NaiveDate,
    /// The bucket it serves, where that is one of those looked at.
    pub(super) bucket: Option<usize>,
    /// Units planned.
    pub(super) units: i64,
    /// What came: units, the day where it is told, the bucket.
    pub(super) came: &'a [(i64, Option<NaiveDate>, usize)],
}

impl Coming<'_> {
    pub(super) fn received(&self) -> i64 {
        self.came.iter().map(|(units, ..)| units).sum()
    }

    pub(super) fn open(&self) -> i64 {
        (self.units - self.received()).max(0)
    }

    /// Units that should be here by now and are not.
    pub(super) fn missing(&self, through: NaiveDate) -> i64 {
        if self.due <= through { self.open() } else { 0 }
    }

    /// Units that came late, or lack, with their days.
    pub(super) fn late(&self, through: NaiveDate) -> Vec<(i64, i64)> {
        let came = self.came.iter().filter_map(|(units, day, _)| Some((*units, days_between(self.due, (*day)?))));
        let missing = (self.missing(through), days_between(self.due, through));
        came.chain([missing]).filter(|(units, days)| *units > 0 && *days > 0).collect()
    }

    /// The day the last of it came, where it is told.
    pub(super) fn last_day(&self) -> Option<NaiveDate> {
        self.came.iter().filter_map(|(_, day, _)| *day).max()
    }

    /// Days by which the last of it was late, or what is missing is late by now.
    pub(super) fn days_late(&self, through: NaiveDate) -> i64 {
        let until = if self.missing(through) > 0 { Some(through) } else { self.last_day() };
        until.map_or(0, |day| days_between(self.due, day).max(0))
    }
}

impl Line<'_> {
    pub(super) fn coming(&self) -> Coming<'_> {
        let Self { order, bucket, came, .. } = self;
        Coming { due: order.usable_date, bucket: *bucket, units: order.units, came }
    }

    pub(super) fn received(&self) -> i64 {
        self.coming().received()
    }

    pub(super) fn open(&self) -> i64 {
        self.coming().open()
    }

    /// Units that should be here by now and are not.
    pub(super) fn missing(&self, through: NaiveDate) -> i64 {
        self.coming().missing(through)
    }
}

/// Lines with what came of them, and what came beside them.
#[derive(Debug)]
pub(super) struct Matched<'p, 'f> {
    pub(super) lines: Vec<Line<'p>>,
    pub(super) beside: Vec<(&'f Received, i64)>,
}

/// Tells receipts and lines apart.
pub(super) fn matched<'p, 'f>(
    plan: &'p Plan,
    facts: &'f Facts,
    network: &Network,
    names: &Names<'_>,
    span: &Span,
) -> Matched<'p, 'f> {
    let labels: BTreeMap<String, usize> =
        span.buckets.iter().enumerate().map(|(at, bucket)| (bucket.period.to_string(), at)).collect();
    let orders = plan.orders.iter().chain(&plan.tail).filter(|order| order.action != Action::Cancelled);
    let mut lines: Vec<Line<'p>> = orders
        .map(|order| Line {
            order,
            item: names.items.get(order.item.as_str()).copied(),
            bucket: labels.get(order.receipt_bucket.as_str()).copied(),
            came: Vec::new(),
            named: order.id.clone(),
        })
        .collect();
    lines.sort_by(|a, b| (a.order.usable_date, &a.order.key).cmp(&(b.order.usable_date, &b.order.key)));
    let mut by_pool: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (index, line) in lines.iter().enumerate() {
        by_pool.entry((&line.order.item, &line.order.location)).or_default().push(index);
    }
    let mut beside = Vec::new();
    for received in &facts.receipts {
        let pool = (network.item(received.item).id.as_str(), network.location(received.location).id.as_str());
        let own = by_pool.get(&pool).map_or(&[][..], Vec::as_slice);
        let day = received.day.unwrap_or(span.buckets[received.bucket].end);
        let supplier = received.supplier.map(|supplier| network.supplier(supplier).id.as_str());
        let could_be = |line: &Line<'_>| {
            let placed = line.order.release_date.is_none_or(|placed| placed <= day);
            placed && supplier.is_none_or(|supplier| line.order.supplier == supplier)
        };
        let named = |line: &Line<'_>| received.order.is_some() && line.named == received.order;
        let of_order: Vec<usize> = own.iter().copied().filter(|&at| named(&lines[at])).collect();
        // An order that the plan does not know by its number yet is one of its lines all the same.
        let chosen: Vec<usize> = if of_order.is_empty() {
            let unnamed = |line: &Line<'_>| received.order.is_none() || line.named.is_none();
            own.iter().copied().filter(|&at| could_be(&lines[at]) && unnamed(&lines[at])).collect()
        } else {
            of_order
        };
        let mut left = received.units;
        for at in chosen {
            let taken = left.min(lines[at].open());
            if taken > 0 {
                lines[at].came.push((taken, received.day, received.bucket));
                lines[at].named = lines[at].named.take().or_else(|| received.order.clone());
                left -= taken;
            }
        }
        if left > 0 {
            beside.push((received, left));
        }
    }
    Matched { lines, beside }
}

/// Lines that are due or of which something came, by key, then what came beside them.
pub(super) fn rows(matched: &Matched<'_, '_>, network: &Network, span: &Span) -> Vec<SupplyRow> {
    let told = matched.lines.iter().filter(|line| line.order.usable_date <= span.through || !line.came.is_empty());
    let mut rows: Vec<SupplyRow> = told.map(|line| row(line, span)).collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows.extend(matched.beside.iter().map(|(received, units)| SupplyRow {
        key: None,
        order: received.order.clone(),
        item: network.item(received.item).id.clone(),
        supplier: received.supplier.map_or_else(String::new, |supplier| network.supplier(supplier).id.clone()),
        location: network.location(received.location).id.clone(),
        due: None,
        units: 0,
        received: *units,
        received_on: received.day,
        missing: 0,
        days_late: 0,
    }));
    rows
}

fn row(line: &Line<'_>, span: &Span) -> SupplyRow {
    let (order, coming) = (line.order, line.coming());
    SupplyRow {
        key: Some(order.key.clone()),
        order: line.named.clone(),
        item: order.item.clone(),
        supplier: order.supplier.clone(),
        location: order.location.clone(),
        due: Some(order.usable_date),
        units: order.units,
        received: coming.received(),
        received_on: coming.last_day(),
        missing: coming.missing(span.through),
        days_late: coming.days_late(span.through),
    }
}
