//! Limits that bind, or nearly.

use rust_decimal::Decimal;

use super::given::measured;
use super::page::Page;
use crate::plan::{Amount, Capacity};
use crate::render::number::{counted, money, percent, units};
use crate::render::safe;
use crate::render::style::Ink;
use crate::render::table::{Cell, Column, Table};

/// Rows that are shown.
const SHOWN: usize = 12;

pub(super) fn write(page: &mut Page<'_>) {
    let capacity = &page.plan.capacity;
    let mut tight: Vec<&Capacity> = capacity.iter().filter(|row| binds(row)).collect();
    if tight.is_empty() {
        if !capacity.is_empty() {
            page.heading("Limits that bind", "none");
        }
        return;
    }
    tight.sort_by_key(|row| row.used <= row.limit);
    page.heading("Limits that bind, or nearly", &counted(tight.len(), "row", "rows"));
    let worth_known = tight.iter().any(|row| row.marginal_value.is_some());
    let mut columns = vec![
        Column::text("What", 17),
        Column::text("of", 6),
        Column::fixed("Bucket"),
        Column::number("Used").optional(),
        Column::number("Limit"),
        Column::number("Use"),
    ];
    if worth_known {
        columns.push(Column::number("One more earns").optional());
    }
    let mut table = Table::new(2, columns);
    tight.iter().take(SHOWN).for_each(|row| table.row(cells(row, worth_known)));
    page.table(&table);
    if tight.len() > SHOWN {
        page.say(&format!("and {} more; --format json lists all", units((tight.len() - SHOWN) as i128)));
    }
}

/// At least 98 % used. A limit of nothing of which nothing is used stands in nobody's way.
pub(in crate::render) fn binds(row: &Capacity) -> bool {
    let nearly = row.limit.0.saturating_mul(Decimal::new(98, 2));
    row.used.0 > Decimal::ZERO && row.used.0 >= nearly
}

fn cells(row: &Capacity, worth_known: bool) -> Vec<Cell> {
    let over = row.used > row.limit;
    let used = row.used.0.checked_div(row.limit.0).map_or("over".to_owned(), percent);
    let worth = row.marginal_value.filter(|worth| *worth != Amount::default()).map_or(String::new(), money);
    let mut cells = vec![
        safe::line(&row.kind).into(),
        safe::line(&row.of).into(),
        safe::line(&row.bucket).into(),
        measured(&row.kind, row.used).into(),
        measured(&row.kind, row.limit).into(),
        Cell::inked(used, if over { Ink::Red } else { Ink::Yellow }),
    ];
    if worth_known {
        cells.push(worth.into());
    }
    cells
}
