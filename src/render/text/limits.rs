//! Limits that bind, or nearly.

use rust_decimal::Decimal;

use super::given::measured;
use super::page::Page;
use crate::plan::{Amount, Capacity, CashBucket};
use crate::render::number::{counted, percent, rate, total, units};
use crate::render::safe;
use crate::render::style::Ink;
use crate::render::table::{Cell, Column, Table};

/// Rows that are shown.
const SHOWN: usize = 12;

pub(super) fn write(page: &mut Page<'_>) {
    let capacity = &page.plan.capacity;
    let mut tight: Vec<&Capacity> = capacity.iter().filter(|row| binds(row)).collect();
    let cash = of_cash(page);
    if tight.is_empty() {
        if !capacity.is_empty() || cash.is_some() {
            page.heading("Limits that bind", if cash.is_some() { "" } else { "none" });
        }
        cash.iter().for_each(|cash| page.say(cash));
        return;
    }
    tight.sort_by_key(|row| row.used <= row.limit);
    page.heading("Limits that bind, or nearly", &counted(tight.len(), "row", "rows"));
    let worth_known = tight.iter().any(|row| row.marginal_value.is_some());
    let mut columns = vec![
        Column::text("What", 12),
        Column::text("of", 6),
        Column::fixed("Bucket"),
        Column::number("Used").optional(),
        Column::number("Limit").optional(),
        Column::number("Use"),
    ];
    if worth_known {
        columns.push(Column::number("A unit more"));
    }
    let steps_known = tight.iter().any(|row| row.marginal_step.is_some());
    if steps_known {
        columns.push(Column::number("for up to").optional());
    }
    let mut table = Table::new(2, columns);
    tight.iter().take(SHOWN).for_each(|row| table.row(cells(row, worth_known, steps_known)));
    page.table(&table);
    if tight.len() > SHOWN {
        page.say(&format!("and {} more; --format json lists all", units((tight.len() - SHOWN) as i128)));
    }
    if worth_known {
        let currency = page.currency();
        page.say(&format!(
            "a unit more raises the bound of what plans earn by that many {currency}; sopc next plans with more of it"
        ));
    }
    cash.iter().for_each(|cash| page.say(cash));
}

/// What cash is worth where its minimum binds, in words; nothing where it does not.
fn of_cash(page: &Page<'_>) -> Option<String> {
    let worth = |row: &CashBucket| row.marginal_value.filter(|worth| *worth != Amount::default());
    let rows: Vec<(String, Amount)> =
        page.plan.cash.iter().filter_map(|row| Some((safe::line(&row.bucket), worth(row)?))).collect();
    let (first, most) = rows.iter().max_by(|(a, one), (b, other)| one.cmp(other).then(b.cmp(a)))?;
    let all = rate(total(rows.iter().map(|(_, worth)| *worth)));
    Some(if rows.len() == 1 {
        format!(
            "cash is short in {first}: each unit more of it until then raises the bound of what plans earn by {all}"
        )
    } else {
        let most = rate(*most);
        format!(
            "cash is short in {} buckets: each unit more of it from the start raises the bound of what plans earn by {all}, {most} of that in {first}",
            rows.len()
        )
    })
}

/// At least 98 % used, or worth having more of. A limit of nothing of which nothing is used stands in nobody's way.
pub(in crate::render) fn binds(row: &Capacity) -> bool {
    let nearly = row.limit.0.saturating_mul(Decimal::new(98, 2));
    let is_worth = row.marginal_value.is_some_and(|worth| worth != Amount::default());
    is_worth || row.used.0 > Decimal::ZERO && row.used.0 >= nearly
}

fn cells(row: &Capacity, worth_known: bool, steps_known: bool) -> Vec<Cell> {
    let over = row.used > row.limit;
    let used = row.used.0.checked_div(row.limit.0).map_or("over".to_owned(), percent);
    let mut cells = vec![
        safe::line(&row.kind).into(),
        safe::line(&row.of).into(),
        safe::line(&row.bucket).into(),
        measured(&row.kind, row.used).into(),
        measured(&row.kind, row.limit).into(),
        Cell::inked(used, if over { Ink::Red } else { Ink::Yellow }),
    ];
    if worth_known {
        let worth = row.marginal_value.filter(|worth| *worth != Amount::default());
        cells.push(worth.map_or(String::new(), rate).into());
    }
    if steps_known {
        cells.push(row.marginal_step.map_or(String::new(), |step| measured(&row.kind, step)).into());
    }
    cells
}
