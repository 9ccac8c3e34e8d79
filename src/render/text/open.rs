//! Orders that are placed already: what is on its way, and which of it the plan changes.

use super::page::Page;
use crate::plan::{Action, Order};
use crate::render::number::{counted, total, units};
use crate::render::safe;
use crate::render::style::Ink;

/// Changed orders that are shown.
const SHOWN: usize = 10;

pub(super) fn write(page: &mut Page<'_>) {
    let is = |order: &&Order, actions: &[Action]| actions.contains(&order.action);
    let coming: Vec<&Order> =
        page.plan.orders.iter().filter(|order| is(order, &[Action::Open, Action::Moved])).collect();
    let changed: Vec<&Order> =
        page.plan.orders.iter().filter(|order| is(order, &[Action::Moved, Action::Cancelled])).collect();
    if coming.is_empty() && changed.is_empty() {
        return;
    }
    page.heading("Open orders", &counted(coming.len(), "line", "lines"));
    if !coming.is_empty() {
        page.say(&summary(page, &coming));
    }
    let behind: Vec<&Order> = page.plan.tail.iter().filter(|order| is(order, &[Action::Open, Action::Moved])).collect();
    if !behind.is_empty() {
        page.say(&format!("after the horizon {}", summary(page, &behind)));
    }
    for order in changed.iter().take(SHOWN) {
        page.ink(Ink::Yellow, &change(order));
    }
    if changed.len() > SHOWN {
        let more = units((changed.len() - SHOWN) as i128);
        page.say(&format!("and {more} more that change; --format csv lists all"));
    }
}

fn summary(page: &Page<'_>, coming: &[&Order]) -> String {
    let mut ids: Vec<_> = coming.iter().filter_map(|order| order.id.as_deref()).collect();
    ids.sort_unstable();
    ids.dedup();
    let of = if ids.is_empty() { String::new() } else { format!(" of {}", counted(ids.len(), "order", "orders")) };
    let number = units(coming.iter().map(|order| i128::from(order.units)).sum::<i128>());
    let days = coming.iter().map(|order| order.usable_date);
    let (first, last) = (days.clone().min(), days.max());
    let when = match (first, last) {
        (Some(first), Some(last)) if first != last => format!("usable from {first} to {last}"),
        (Some(day), _) => format!("usable {day}"),
        _ => String::new(),
    };
    let still = page.money(total(coming.iter().map(|order| order.landed_cost)));
    format!("{number} units{of}, {when}; {still} still to pay")
}

fn change(order: &Order) -> String {
    let name = safe::line(&order.key);
    let number = units(order.units);
    match order.action {
        Action::Cancelled => format!("cancel {name}: {number} units"),
        _ => format!(
            "move {name}: {number} units to {}, usable {}",
            safe::line(&order.receipt_bucket),
            order.usable_date
        ),
    }
}
