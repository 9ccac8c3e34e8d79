//! Transfers between own locations, and promotions that move: the other things to do.

use super::page::Page;
use crate::plan::{Action, Transfer};
use crate::render::number::{counted, units};
use crate::render::safe;
use crate::render::table::{Column, Table};

/// Transfers that are shown.
const SHOWN: usize = 10;

pub(super) fn write(page: &mut Page<'_>) {
    let mut lines: Vec<&Transfer> =
        page.plan.transfers.iter().filter(|one| matches!(one.action, Action::New | Action::Committed)).collect();
    lines.sort_by_key(|one| one.release_date);
    if !lines.is_empty() {
        let gist = format!("{}, {} units", counted(lines.len(), "line", "lines"), sum(&lines));
        page.heading("Transfers to send", &gist);
        list(page, &lines);
    }
    promotions(page);
}

fn sum(lines: &[&Transfer]) -> String {
    units(lines.iter().map(|one| i128::from(one.units)).sum::<i128>())
}

fn list(page: &mut Page<'_>, lines: &[&Transfer]) {
    let (shown, rest) = lines.split_at(SHOWN.min(lines.len()));
    let columns = vec![
        Column::fixed("Leaves"),
        Column::text("Item", 8),
        Column::text("From", 6),
        Column::text("To", 6),
        Column::number("Units"),
        Column::fixed("For"),
        Column::text("Mode", 6).optional(),
    ];
    let mut table = Table::new(2, columns);
    for one in shown {
        let names = [&one.item, &one.from, &one.location].map(|name| safe::line(name).into());
        let mut cells = vec![leaves(one).into()];
        cells.extend(names);
        let mode = one.mode.as_deref().unwrap_or("");
        cells.extend([units(one.units).into(), safe::line(&one.receipt_bucket).into(), safe::line(mode).into()]);
        table.row(cells);
    }
    page.table(&table);
    if let Some(next) = rest.first() {
        let number = units(rest.len() as i128);
        let from = leaves(next);
        page.say(&format!("and {number} more from {from} on, {} units; --format json lists all", sum(rest)));
    }
}

/// The day it leaves.
fn leaves(one: &Transfer) -> String {
    one.release_date.map_or_else(String::new, |day| day.to_string())
}

fn promotions(page: &mut Page<'_>) {
    if page.plan.promotions.is_empty() {
        return;
    }
    let moved: Vec<String> = page.plan.promotions.iter().map(|one| moved(&one.id, one.moved)).collect();
    page.heading("Promotions that move", "");
    page.say(&moved.join("; "));
}

fn moved(id: &str, by: i64) -> String {
    let buckets = counted(usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX), "bucket", "buckets");
    format!("{}: {buckets} {}", safe::line(id), if by < 0 { "earlier" } else { "later" })
}
