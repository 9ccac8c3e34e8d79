//! Purchase order lines for a spreadsheet.

use ::csv::{QuoteStyle, WriterBuilder};

use super::safe::csv_cell;
use super::text::to_place;
use crate::plan::{Action, Order, Plan};

/// The header of [`plan_csv`].
///
/// | column | holds |
/// |---|---|
/// | `action` | `new`, `committed` (both: place it), `open` (it is placed), `moved`, `cancelled` |
/// | `horizon` | `plan`, or `tail` where the order is for after the horizon |
/// | `release_date` | the day it is placed; empty for an open line that does not say |
/// | `supplier`, `item`, `location`, `mode` | who sells what, where it arrives, how; mode is empty for open lines |
/// | `units` | whole units |
/// | `receipt_bucket`, `usable_date` | the bucket it serves, the day it can be sold from |
/// | `landed_cost`, `order_cost`, `currency` | of an open line: what is still to pay |
/// | `first_payment_date`, `first_payment` | the earliest payment; empty where nothing is paid |
/// | `order` | the purchase order of an open line |
/// | `key` | unique in the plan |
pub const COLUMNS: [&str; 17] = [
    "action",
    "horizon",
    "release_date",
    "supplier",
    "item",
    "location",
    "mode",
    "units",
    "receipt_bucket",
    "usable_date",
    "landed_cost",
    "order_cost",
    "currency",
    "first_payment_date",
    "first_payment",
    "order",
    "key",
];

/// The word of the plan file for an action.
fn action(order: &Order) -> &'static str {
    match order.action {
        Action::New => "new",
        Action::Committed => "committed",
        Action::Open => "open",
        Action::Moved => "moved",
        Action::Cancelled => "cancelled",
    }
}

/// One row, as [`COLUMNS`]. Numbers and dates are ours; every other cell is text from a file.
fn row(order: &Order, horizon: &str, currency: &str) -> [String; COLUMNS.len()] {
    let first = order.payments.iter().min_by_key(|payment| payment.date);
    [
        action(order).to_owned(),
        horizon.to_owned(),
        order.release_date.map_or(String::new(), |date| date.to_string()),
        csv_cell(&order.supplier),
        csv_cell(&order.item),
        csv_cell(&order.location),
        csv_cell(order.mode.as_deref().unwrap_or("")),
        order.units.to_string(),
        csv_cell(&order.receipt_bucket),
        order.usable_date.to_string(),
        order.landed_cost.to_string(),
        order.order_cost.to_string(),
        csv_cell(currency),
        first.map_or(String::new(), |payment| payment.date.to_string()),
        first.map_or(String::new(), |payment| payment.amount.to_string()),
        csv_cell(order.id.as_deref().unwrap_or("")),
        csv_cell(&order.key),
    ]
}

/// The purchase order lines of a plan, one a row, under [`COLUMNS`]: first those to place by release date, then the
/// open ones, then those for after the horizon. Comma, quotes where needed (RFC 4180), a newline after each row.
///
/// # Panics
/// Never: rows are written to memory and all have the same length.
#[must_use]
pub fn plan_csv(plan: &Plan) -> String {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    let mut write = |cells: &[String]| writer.write_record(cells).expect("memory takes every row");
    write(&COLUMNS.map(str::to_owned));
    let placed = plan.orders.iter().filter(|order| !matches!(order.action, Action::New | Action::Committed));
    let inside = to_place(&plan.orders).into_iter().chain(placed).map(|order| (order, "plan"));
    for (order, horizon) in inside.chain(plan.tail.iter().map(|order| (order, "tail"))) {
        write(&row(order, horizon, &plan.currency));
    }
    String::from_utf8(writer.into_inner().expect("memory takes every row")).expect("cells are text")
}
