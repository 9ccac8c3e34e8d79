//! Sales that are over become history, where outlooks follow from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Work;
use super::edits::quoted;

/// Where the entry of the new file is added, if no TOML file has one of history.
const FILE: &str = "sales/history.toml";

impl Work<'_> {
    pub(super) fn history(&mut self) {
        if self.document.history.is_empty() && self.document.outlooks.is_empty() {
            return;
        }
        let mut rows: BTreeMap<(&str, &str, &str), i64> = BTreeMap::new();
        for row in &self.tracking.sales {
            let whole =
                self.tracking.buckets.iter().any(|bucket| bucket.label == row.bucket && bucket.elapsed == bucket.days);
            if whole && row.sold > 0 {
                *rows.entry((&row.bucket, &row.item, &row.channel)).or_default() += row.sold;
            }
        }
        if let Some(bucket) = self.tracking.buckets.iter().find(|bucket| bucket.elapsed < bucket.days) {
            self.notes.push(format!("sales of {} are no history yet: the bucket is not over", bucket.label));
        }
        if rows.is_empty() {
            return;
        }
        let mut text = "item,channel,bucket,units\n".to_owned();
        let cell = |name: &str| match name.contains([',', '"', '\n', '\r']) {
            true => format!("\"{}\"", name.replace('"', "\"\"")),
            false => name.to_owned(),
        };
        for ((bucket, item, channel), units) in &rows {
            writeln!(text, "{},{},{bucket},{units}", cell(item), cell(channel)).expect("writing to a string");
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
}
