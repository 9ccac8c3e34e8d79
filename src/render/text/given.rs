//! What facts alone break: no plan could have avoided it.

use super::page::Page;
use crate::plan::{Amount, Given};
use crate::render::number::{counted, money, quantity, units};
use crate::render::safe;
use crate::render::table::{Column, Table};

/// Overruns that are shown.
const SHOWN: usize = 10;

pub(super) fn write(page: &mut Page<'_>) {
    let given = &page.plan.given;
    if given.is_empty() {
        return;
    }
    page.heading("Given: what facts alone break", &counted(given.len(), "overrun", "overruns"));
    let columns = vec![
        Column::text("Commitment", 10),
        Column::text("of", 8),
        Column::fixed("Bucket"),
        Column::number("Overrun"),
        Column::text("Stated at", 12).optional(),
    ];
    let mut table = Table::new(2, columns);
    for one in given.iter().take(SHOWN) {
        table.row(vec![
            safe::line(&one.kind).into(),
            safe::line(&one.of).into(),
            safe::line(&one.bucket).into(),
            measured(&one.kind, one.amount).into(),
            place(one).into(),
        ]);
    }
    page.table(&table);
    if given.len() > SHOWN {
        page.say(&format!("and {} more; --format json lists all", units((given.len() - SHOWN) as i128)));
    }
}

fn place(one: &Given) -> String {
    format!("{}:{}", safe::line(&one.source.file), one.source.line)
}

/// An amount of a kind of commitment: capacities and moves are counted in units, cubic metres or buckets, all else is
/// money.
pub(super) fn measured(kind: &str, amount: Amount) -> String {
    let counted = kind.ends_with("-capacity") || matches!(kind, "promotion-date" | "open-order");
    if counted { quantity(amount) } else { money(amount) }
}
