//! Purchase orders as people, spreadsheets and programs take them.

use ::csv::{QuoteStyle, WriterBuilder};

use super::json::pretty;
use super::number::{counted, money, units};
use super::safe::{self, csv_cell};
use super::style::Style;
use super::table::{Column, Table};
use crate::purchase::PurchaseOrder;

/// The header of [`purchase_csv`]: a row a line, each with its own day.
pub const COLUMNS: [&str; 16] = [
    "order",
    "supplier",
    "release_date",
    "item",
    "units",
    "location",
    "mode",
    "usable_date",
    "receipt_bucket",
    "landed_cost",
    "currency",
    "key",
    "weekday",
    "unit_price",
    "goods_value",
    "supplier_currency",
];

/// The lines of purchase orders under [`COLUMNS`]. Comma, quotes where needed (RFC 4180), a newline after each row.
///
/// # Panics
/// Never: rows are written to memory and all have the same length.
#[must_use]
pub fn purchase_csv(orders: &[PurchaseOrder]) -> String {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("memory takes every row");
    for order in orders {
        for line in &order.lines {
            let cells = [
                csv_cell(&order.id),
                csv_cell(&order.supplier),
                line.release_date.to_string(),
                csv_cell(&line.item),
                line.units.to_string(),
                csv_cell(&line.location),
                csv_cell(&line.mode),
                line.usable_date.to_string(),
                csv_cell(&line.receipt_bucket),
                line.landed_cost.to_string(),
                csv_cell(&order.currency),
                csv_cell(&line.key),
                line.release_date.format("%a").to_string(),
                line.unit_price.map_or(String::new(), |price| price.to_string()),
                line.goods.as_ref().map_or(String::new(), |goods| goods.value.to_string()),
                line.goods.as_ref().map_or(String::new(), |goods| csv_cell(&goods.currency)),
            ];
            writer.write_record(&cells).expect("memory takes every row");
        }
    }
    String::from_utf8(writer.into_inner().expect("memory takes every row")).expect("cells are text")
}

/// One purchase order as JSON: two spaces a level, a final newline.
#[must_use]
pub fn purchase_json(order: &PurchaseOrder) -> String {
    pretty(order)
}

/// All of them as one JSON list.
#[must_use]
pub fn purchases_json(orders: &[PurchaseOrder]) -> String {
    pretty(orders)
}

/// A row a purchase order, for people.
#[must_use]
pub fn purchase_text(orders: &[PurchaseOrder], style: &Style) -> String {
    let columns = vec![
        Column::text("Order", 12),
        Column::fixed("First day"),
        Column::fixed("Last day").optional(),
        Column::number("Lines"),
        Column::number("Units"),
        Column::number("Goods"),
        Column::number("Landed cost"),
    ];
    let mut table = Table::new(2, columns);
    let mut total = Vec::new();
    for order in orders {
        let day = |line: Option<&crate::purchase::PurchaseLine>| {
            line.map_or(String::new(), |line| line.release_date.to_string())
        };
        total.push(order.landed_cost);
        let asked = |goods: &crate::plan::Goods| format!("{} {}", money(goods.value), safe::line(&goods.currency));
        let goods = order.goods.as_ref().map_or(String::new(), asked);
        table.row(vec![
            safe::line(&order.id).into(),
            day(order.lines.first()).into(),
            day(order.lines.last()).into(),
            order.lines.len().to_string().into(),
            units(order.units).into(),
            goods.into(),
            money(order.landed_cost).into(),
        ]);
    }
    let Some(first) = orders.first() else { return "no purchase order is to be placed\n".to_owned() };
    let count = counted(orders.len(), "purchase order", "purchase orders");
    let sum = money(super::number::total(total));
    let mut text = format!("{count}, {sum} {}\n", safe::line(&first.currency));
    for line in table.lines(style) {
        text.push_str(&line);
        text.push('\n');
    }
    text
}
