//! What facts alone break: no plan could have avoided it.

use super::page::Page;
use crate::plan::{Amount, Given};
use crate::render::number::{counted, money, quantity, total, units};
use crate::render::safe;
use crate::render::table::{Cell, Column, Table};

/// Rows that are shown of shortages and of overruns.
const SHOWN: usize = 10;

pub(super) fn write(page: &mut Page<'_>) {
    let (short, over): (Vec<&Given>, Vec<&Given>) = page.plan.given.iter().partition(|one| one.is_shortage());
    if !short.is_empty() {
        let sum = page.money(total(short.iter().map(|one| one.amount)));
        page.heading("Given shortages", &format!("{}, {sum}", counted(short.len(), "row", "rows")));
        page.say("no new order gets there in time, so the promise is kept as far as stock goes");
        list(page, &short, "Short");
    }
    if !over.is_empty() {
        page.heading("Given overruns", &counted(over.len(), "row", "rows"));
        page.say("the limit is passed with nothing new ordered, so it is passed by as little as can be");
        list(page, &over, "Over");
    }
}

fn list(page: &mut Page<'_>, rows: &[&Given], amount: &'static str) {
    let columns = vec![
        Column::text("What", 12),
        Column::text("of", 8),
        Column::fixed("Bucket"),
        Column::number(amount),
        Column::text("", 3),
        Column::text("Stated at", 12).optional(),
    ];
    let mut table = Table::new(2, columns);
    for one in rows.iter().take(SHOWN) {
        table.row(vec![
            what(&one.kind).into(),
            of(one).into(),
            safe::line(&one.bucket).into(),
            measured(&one.kind, one.amount).into(),
            measure(page, &one.kind),
            place(one).into(),
        ]);
    }
    page.table(&table);
    if rows.len() > SHOWN {
        page.say(&format!("and {} more; --format json lists all", units((rows.len() - SHOWN) as i128)));
    }
}

fn place(one: &Given) -> String {
    format!("{}:{}", safe::line(&one.source.file), one.source.line)
}

/// A kind of commitment in words.
pub(in crate::render) fn what(kind: &str) -> String {
    match kind {
        "fill-rate" => "service floor".to_owned(),
        "max-cover" => "most weeks of stock".to_owned(),
        other => safe::line(other).replace('-', " "),
    }
}

/// `A in dtc`, `A at main`; anything else as it is called.
fn of(one: &Given) -> String {
    let (name, between) = match (one.kind.as_str(), one.of.split_once('/')) {
        ("fill-rate", Some(parts)) => (parts, " in "),
        ("safety-stock" | "max-cover", Some(parts)) => (parts, " at "),
        _ => return safe::line(&one.of),
    };
    format!("{}{between}{}", safe::line(name.0), safe::line(name.1))
}

/// An amount of a kind of commitment: capacities and moves are counted in units, cubic metres or buckets, all else is
/// money.
pub(in crate::render) fn measured(kind: &str, amount: Amount) -> String {
    let counted = kind.ends_with("-capacity") || matches!(kind, "promotion-date" | "open-order");
    if counted { quantity(amount) } else { money(amount) }
}

/// What an amount of a kind is counted in.
fn measure(page: &Page<'_>, kind: &str) -> Cell {
    match kind {
        "fill-rate" => Cell::briefly(format!("{} of sales", page.currency()), page.currency()),
        "safety-stock" | "max-cover" => Cell::briefly(format!("{} of stock", page.currency()), page.currency()),
        "storage-capacity" => "m3".to_owned().into(),
        "inbound-capacity" | "outbound-capacity" => "units".to_owned().into(),
        "supplier-capacity" => Cell::default(),
        _ => page.currency().into(),
    }
}
