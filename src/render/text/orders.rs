//! The purchase orders to place, in the order in which they fall due.

use super::page::Page;
use crate::plan::{Action, Order};
use crate::render::number::{counted, money, total, units};
use crate::render::safe;
use crate::render::table::{Column, Table};

/// Lines that are shown; the others are summed up.
const SHOWN: usize = 20;
/// The same for orders for after the horizon.
const SHOWN_BEHIND: usize = 5;

pub(super) fn write(page: &mut Page<'_>) {
    let lines = to_place(&page.plan.orders);
    if lines.is_empty() {
        page.heading("Orders to place", "none");
    } else {
        page.heading("Orders to place", &gist(page, &lines));
        due_first(page, &lines);
        list(page, &lines, SHOWN);
    }
    let behind = to_place(&page.plan.tail);
    if !behind.is_empty() {
        page.heading("Orders for after the horizon", &gist(page, &behind));
        early(page, &behind);
        list(page, &behind, SHOWN_BEHIND);
    }
}

/// What of the orders for the tail happens inside the horizon.
fn early(page: &mut Page<'_>, lines: &[&Order]) {
    let Some(last) = page.plan.buckets.iter().rfind(|bucket| !bucket.tail).map(|bucket| bucket.end) else { return };
    let placed = lines.iter().filter(|order| order.release_date.is_some_and(|date| date <= last)).count();
    let payments = lines.iter().flat_map(|order| &order.payments).filter(|payment| payment.date <= last);
    let paid = total(payments.map(|payment| payment.amount));
    let range = match (page.tail().next(), page.tail().next_back()) {
        (Some(first), Some(last)) if first != last => format!("{} to {}", safe::line(first), safe::line(last)),
        (Some(only), _) => safe::line(only),
        _ => String::new(),
    };
    let placed = match placed {
        0 => "none is".to_owned(),
        1 if lines.len() == 1 => "it is".to_owned(),
        _ if placed == lines.len() => "all are".to_owned(),
        _ => counted(placed, "line is", "lines are"),
    };
    page.say(&format!("for {range}; inside the horizon {placed} placed and {} paid", page.money(paid)));
    if due_first_count(page, lines) > 0 {
        due_first(page, lines);
    }
}

/// New and committed lines by release date, supplier, location, mode, usable date; then as they stand in the plan.
pub(in crate::render) fn to_place(orders: &[Order]) -> Vec<&Order> {
    let mut lines: Vec<&Order> =
        orders.iter().filter(|order| matches!(order.action, Action::New | Action::Committed)).collect();
    lines.sort_by_key(|order| purchase_order(order));
    lines
}

/// What lines of one purchase order have in common.
fn purchase_order(order: &Order) -> impl Ord + use<'_> {
    (order.release_date, &order.supplier, &order.location, &order.mode, order.usable_date)
}

fn gist(page: &Page<'_>, lines: &[&Order]) -> String {
    format!("{}, {}", counted(lines.len(), "line", "lines"), page.money(landed(lines)))
}

fn landed(lines: &[&Order]) -> crate::plan::Amount {
    total(lines.iter().map(|order| order.landed_cost))
}

/// What falls due in the first bucket: that is this cycle's work.
fn due_first(page: &mut Page<'_>, lines: &[&Order]) {
    let Some(first) = page.plan.buckets.first() else { return };
    let label = safe::line(&first.label);
    let due = due_first_count(page, lines);
    let text = match due {
        0 => format!("nothing is to be placed in {label}"),
        _ if due == lines.len() => format!("all to be placed in {label}"),
        _ => {
            format!(
                "of these, {} in {label}, {}",
                counted(due, "line falls", "lines fall"),
                page.money(landed(&lines[..due]))
            )
        }
    };
    page.say(&text);
}

fn due_first_count(page: &Page<'_>, lines: &[&Order]) -> usize {
    let Some(first) = page.plan.buckets.first() else { return 0 };
    lines.iter().filter(|order| order.release_date.is_some_and(|date| date <= first.end)).count()
}

fn list(page: &mut Page<'_>, lines: &[&Order], most: usize) {
    let (shown, rest) = lines.split_at(most.min(lines.len()));
    let columns = vec![
        Column::text("Item", 8),
        Column::number("Units"),
        Column::number("Landed cost"),
        Column::number("First payment"),
        Column::fixed("on").optional(),
    ];
    let mut table = Table::new(6, columns);
    for group in shown.chunk_by(|a, b| purchase_order(a) == purchase_order(b)) {
        table.across(title(page, group, lines));
        group.iter().for_each(|order| table.row(row(order)));
    }
    page.table(&table);
    if shown.iter().any(|order| order.action == Action::Committed) {
        page.say("* approved before: place it as it stands");
    }
    if let Some(next) = rest.first() {
        page.say(&remainder(page, rest, next));
    }
}

/// Date, supplier, where to, how, from when; of several lines, what they cost together, shown here or not.
fn title(page: &Page<'_>, group: &[&Order], lines: &[&Order]) -> String {
    let first = group[0];
    let date = first.release_date.map_or("no date".to_owned(), |date| date.to_string());
    let mode = first.mode.as_ref().map_or(String::new(), |mode| format!(" by {}", safe::line(mode)));
    let (supplier, location) = (safe::line(&first.supplier), safe::line(&first.location));
    let arrow = page.style.arrow();
    let mut title = format!("{date}  {supplier} {arrow} {location}{mode}, usable {}", first.usable_date);
    let whole: Vec<&Order> =
        lines.iter().copied().filter(|order| purchase_order(order) == purchase_order(first)).collect();
    if whole.len() > 1 {
        title.push_str(&format!(": {}", money(landed(&whole))));
    }
    title.replacen("  ", "\u{a0}\u{a0}", 1)
}

fn row(order: &Order) -> Vec<crate::render::table::Cell> {
    let first = order.payments.iter().min_by_key(|payment| payment.date);
    let mark = if order.action == Action::Committed { " *" } else { "" };
    vec![
        format!("{}{mark}", safe::line(&order.item)).into(),
        units(order.units).into(),
        money(order.landed_cost).into(),
        first.map_or(String::new(), |payment| money(payment.amount)).into(),
        first.map_or(String::new(), |payment| payment.date.to_string()).into(),
    ]
}

fn remainder(page: &Page<'_>, rest: &[&Order], next: &Order) -> String {
    let from = next.release_date.map_or(String::new(), |date| format!(" from {date} on"));
    let number = units(rest.len() as i128);
    format!("and {number} more{from}, {}; --format csv lists all", page.money(landed(rest)))
}
