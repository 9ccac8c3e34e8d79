//! Which transfers between own locations came, and which are late.
//!
//! What arrived belongs to the transfers of the plan of its item and ends, those due first before others; what is left came beside the
//! plan.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::actuals::{Facts, Moved};
use super::file::TransferRow;
use super::planned::{Names, Span};
use super::supply::Coming;
use crate::network::{ItemId, LocationId, Network};
use crate::plan::{Plan, Transfer};

/// A transfer of the plan and what came of it.
#[derive(Debug)]
pub(super) struct Sent<'p> {
    pub(super) transfer: &'p Transfer,
    pub(super) item: ItemId,
    pub(super) from: LocationId,
    pub(super) to: LocationId,
    /// The bucket it serves, where that is one of those looked at.
    pub(super) bucket: Option<usize>,
    /// What came: units, the day where it is told, the bucket.
    pub(super) came: Vec<(i64, Option<NaiveDate>, usize)>,
}

impl Sent<'_> {
    pub(super) fn coming(&self) -> Coming<'_> {
        Coming { due: self.transfer.usable_date, bucket: self.bucket, units: self.transfer.units, came: &self.came }
    }

    /// Units that have left by a day: all of it from the day it is sent, or what came of it before.
    pub(super) fn left_by(&self, day: NaiveDate) -> i64 {
        let sent = self.transfer.release_date.is_some_and(|sent| sent <= day);
        if sent { self.transfer.units.max(self.coming().received()) } else { self.coming().received() }
    }
}

/// Transfers with what came of them, and what came beside them.
#[derive(Debug, Default)]
pub(super) struct Carried<'p, 'f> {
    pub(super) lines: Vec<Sent<'p>>,
    pub(super) beside: Vec<(&'f Moved, i64)>,
}

/// Tells transfers and what arrived apart.
pub(super) fn matched<'p, 'f>(plan: &'p Plan, facts: &'f Facts, names: &Names<'_>, span: &Span) -> Carried<'p, 'f> {
    let labels: BTreeMap<String, usize> =
        span.buckets.iter().enumerate().map(|(at, bucket)| (bucket.period.to_string(), at)).collect();
    let lines = plan.transfers.iter().filter_map(|transfer| {
        Some(Sent {
            transfer,
            item: *names.items.get(transfer.item.as_str())?,
            from: *names.locations.get(transfer.from.as_str())?,
            to: *names.locations.get(transfer.location.as_str())?,
            bucket: labels.get(transfer.receipt_bucket.as_str()).copied(),
            came: Vec::new(),
        })
    });
    let mut carried = Carried { lines: lines.collect(), beside: Vec::new() };
    carried.lines.sort_by_key(|sent| (sent.transfer.usable_date, &sent.transfer.key));
    for moved in &facts.transfers {
        let day = moved.day.unwrap_or(span.buckets[moved.bucket].end);
        let mut left = moved.units;
        let own = carried
            .lines
            .iter_mut()
            .filter(|sent| (sent.item, sent.from, sent.to) == (moved.item, moved.from, moved.location));
        for sent in own.filter(|sent| sent.transfer.release_date.is_none_or(|sent| sent <= day)) {
            let taken = left.min(sent.coming().open());
            if taken > 0 {
                sent.came.push((taken, moved.day, moved.bucket));
                left -= taken;
            }
        }
        if left > 0 {
            carried.beside.push((moved, left));
        }
    }
    carried
}

/// Transfers that are due or of which something came, by key, then what came beside them.
pub(super) fn rows(carried: &Carried<'_, '_>, network: &Network, span: &Span) -> Vec<TransferRow> {
    let told = carried.lines.iter().filter(|sent| sent.transfer.usable_date <= span.through || !sent.came.is_empty());
    let mut rows: Vec<TransferRow> = told
        .map(|sent| {
            let (transfer, coming) = (sent.transfer, sent.coming());
            TransferRow {
                key: Some(transfer.key.clone()),
                item: transfer.item.clone(),
                from: transfer.from.clone(),
                location: transfer.location.clone(),
                due: Some(transfer.usable_date),
                units: transfer.units,
                received: coming.received(),
                received_on: coming.last_day(),
                missing: coming.missing(span.through),
                days_late: coming.days_late(span.through),
            }
        })
        .collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    rows.extend(carried.beside.iter().map(|(moved, units)| TransferRow {
        key: None,
        item: network.item(moved.item).id.clone(),
        from: network.location(moved.from).id.clone(),
        location: network.location(moved.location).id.clone(),
        due: None,
        units: 0,
        received: *units,
        received_on: moved.day,
        missing: 0,
        days_late: 0,
    }));
    rows
}
