//! Sales that are over become history, where outlooks follow from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Work;
use super::edits::quoted;
use crate::track::promotion_moves;
use crate::units::{Ratio, ratio, round_half_up, whole};

/// Where the entry of the new file is added, if no TOML file has one of history.
const FILE: &str = "sales/history.toml";

impl Work<'_> {
    pub(super) fn history(&mut self) {
        if self.document.history.is_empty() && self.document.outlooks.is_empty() {
            return;
        }
        let promoted = self.promoted();
        let mut rows: BTreeMap<(&str, &str, &str), [i64; 3]> = BTreeMap::new();
        for row in &self.tracking.sales {
            let whole =
                self.tracking.buckets.iter().any(|bucket| bucket.label == row.bucket && bucket.elapsed == bucket.days);
            let lost = (-row.by_supply).max(0);
            if whole && (row.sold > 0 || lost > 0) {
                let key = (row.bucket.as_str(), row.item.as_str(), row.channel.as_str());
                let brought = promoted.get(&key).map_or(0, |(uplift, added)| brought(row.sold, *uplift, *added));
                rows.insert(key, [row.sold, brought, lost]);
            }
        }
        if let Some(bucket) = self.tracking.buckets.iter().find(|bucket| bucket.elapsed < bucket.days) {
            self.notes.push(format!("sales of {} are no history yet: the bucket is not over", bucket.label));
        }
        if rows.is_empty() {
            return;
        }
        let mut text = "item,channel,bucket,units,promoted,lost\n".to_owned();
        let cell = |name: &str| match name.contains([',', '"', '\n', '\r']) {
            true => format!("\"{}\"", name.replace('"', "\"\"")),
            false => name.to_owned(),
        };
        for ((bucket, item, channel), [units, promoted, lost]) in &rows {
            let names = (cell(item), cell(channel));
            writeln!(text, "{},{},{bucket},{units},{promoted},{lost}", names.0, names.1).expect("writing to a string");
        }
        let name: String =
            self.plan.cycle.chars().map(|one| if one.is_alphanumeric() || one == '-' { one } else { '_' }).collect();
        let csv = format!("data/history-{name}.csv");
        let count = rows.len();
        let path = self.file_with(self.document.outlooks.iter().map(|one| one.header), FILE);
        self.edits.create(&csv, text, format!("history of {count} sales that are over"));
        let entry = format!("[[csv]]\ntable = \"history\"\npath = {}\n", quoted(&csv));
        self.edits.add(&path, &entry, format!("reads {csv}"));
    }

    /// Of each bucket, item and channel with a promotion: by how much it multiplies demand, and how many units it adds.
    fn promoted(&self) -> BTreeMap<(&str, &str, &str), (Ratio, Ratio)> {
        let moves = promotion_moves(self.network, self.plan);
        let mut found = BTreeMap::new();
        for offer in &self.network.offers {
            for (index, bucket) in self.tracking.buckets.iter().enumerate() {
                let running = offer.promotions.iter().filter(|&&one| moves.runs(self.network, one, index));
                let mut effect = (whole(1), whole(0));
                for promotion in running.map(|&one| &self.network.promotions[one]) {
                    effect.0 *= promotion.uplift.map_or(whole(1), ratio);
                    effect.1 += promotion.add_units.map_or(whole(0), ratio);
                }
                if effect != (whole(1), whole(0)) {
                    let names =
                        (self.network.item(offer.item).id.as_str(), self.network.channel(offer.channel).id.as_str());
                    found.insert((bucket.label.as_str(), names.0, names.1), effect);
                }
            }
        }
        found
    }
}

/// Units of those sold that a promotion brought, as far as it did what was planned of it: the others are sold / uplift - units added.
fn brought(sold: i64, uplift: Ratio, added: Ratio) -> i64 {
    if uplift <= whole(0) {
        return 0;
    }
    let base = round_half_up(whole(sold) / uplift - added);
    (sold - i64::try_from(base).unwrap_or(sold)).clamp(0, sold)
}
