//! The plan by bucket: demand, stock and cash over time.
//!
//! Buckets run down the page where all columns fit, so that a series reads as a column; else they run across it, in
//! as many blocks as the width asks for.

use std::collections::BTreeMap;
use std::ops::Range;

use super::page::Page;
use super::shortages::by_demand;
use chrono::Days;

use crate::plan::{Action, Amount, Figure, Inventory, Order, Plan};
use crate::render::number::{money, percent, share, total, units};
use crate::render::safe;
use crate::render::style::{Ink, Style};
use crate::render::table::{Cell, Column, Table};
use crate::render::wrap;

/// Columns of a bucket's label; ours have 7 or 8.
const LABEL: usize = 12;

/// One series: its name, a value for each bucket, and what it comes to over all of them.
struct Series {
    name: &'static str,
    cells: Vec<Cell>,
    total: String,
}

pub(super) fn write(page: &mut Page<'_>) {
    let labels: Vec<&str> = page.horizon().collect();
    if labels.is_empty() {
        return;
    }
    let series = series(page.plan, &labels);
    page.heading("By bucket", "");
    let labels: Vec<String> = labels.into_iter().map(|label| page.style.cut(&safe::line(label), LABEL)).collect();
    let down = down(&labels, &series);
    if down.fits(page.style.columns()) {
        page.table(&down);
    } else {
        across(page, &labels, &series);
    }
    if let Some(text) = without_tail(page) {
        page.ink(Ink::Yellow, &text);
    }
}

/// A plan without a tail orders nothing for after its horizon: from when on that is missing, told by the order of the plan that
/// is paid, or where no cash is planned placed, longest before its bucket.
fn without_tail(page: &Page<'_>) -> Option<String> {
    let buckets = &page.plan.buckets;
    let last = buckets.last().filter(|_| buckets.iter().all(|bucket| !bucket.tail))?;
    let cash = !page.plan.cash.is_empty();
    let ahead = |order: &Order| {
        let served = buckets.iter().find(|bucket| bucket.label == order.receipt_bucket)?.start.max(order.usable_date);
        let paid = order.payments.iter().map(|payment| payment.date).min();
        Some((served - if cash { paid? } else { order.release_date? }).num_days())
    };
    let placed = page.plan.orders.iter().filter(|order| matches!(order.action, Action::New | Action::Committed));
    let longest = u64::try_from(placed.filter_map(ahead).max()?).ok()?;
    let day = last.end.succ_opt()?.checked_sub_days(Days::new(longest))?;
    let from = safe::line(&buckets.iter().find(|bucket| day <= bucket.end)?.label);
    let last = safe::line(&last.label);
    Some(if cash {
        format!("from {from} on cash lacks orders for after {last}: [plan] has no tail")
    } else {
        format!("from {from} on orders for after {last} are missing: [plan] has no tail")
    })
}

/// A bucket a row.
fn down(labels: &[String], series: &[Series]) -> Table {
    let columns = series.iter().map(|one| Column::number(one.name));
    let mut table = Table::new(2, std::iter::once(Column::fixed("")).chain(columns).collect());
    for (at, label) in labels.iter().enumerate() {
        let cells = series.iter().map(|one| one.cells[at].clone());
        table.row(std::iter::once(label.clone().into()).chain(cells).collect());
    }
    let totals = series.iter().map(|one| Cell::inked(one.total.clone(), Ink::Bold));
    table.row(std::iter::once(Cell::inked("total".to_owned(), Ink::Bold)).chain(totals).collect());
    table
}

/// A bucket a column, in blocks that fit; the total stands last, in words where it would be a block of its own.
fn across(page: &mut Page<'_>, labels: &[String], series: &[Series]) {
    let names: Vec<&str> = std::iter::once("").chain(series.iter().map(|one| one.name)).collect();
    let margin = 2 + names.iter().map(|name| wrap::width(name)).max().unwrap_or(0);
    let room = page.style.columns() - margin;
    let mut columns: Vec<Vec<Cell>> = (0..labels.len()).map(|at| bucket(&labels[at], series, at)).collect();
    // Buckets stand below each other from block to block; the total may be wider.
    let even = columns.iter().map(|column| widest(column)).max().unwrap_or(0);
    let total = total_column(series);
    let mut widths = vec![even; labels.len()];
    widths.push(widest(&total).max(even));
    let alone = blocks(&widths, room).last().is_some_and(|block| block.len() == 1);
    if alone {
        widths.pop();
    } else {
        columns.push(total);
    }
    for (number, block) in blocks(&widths, room).into_iter().enumerate() {
        if number > 0 {
            page.blank();
        }
        for (row, name) in names.iter().enumerate() {
            let start = format!("  {name}{}", " ".repeat(margin - 2 - wrap::width(name)));
            let cells = block.clone().map(|at| cell(&columns[at][row], widths[at], page.style));
            page.line(std::iter::once(start).chain(cells).collect::<String>().trim_end().to_owned());
        }
    }
    if alone {
        page.blank();
        page.say(&total_sentence(series));
    }
}

fn total_column(series: &[Series]) -> Vec<Cell> {
    let totals = series.iter().map(|one| Cell::inked(one.total.clone(), Ink::Bold));
    std::iter::once(Cell::inked("total".to_owned(), Ink::Dim)).chain(totals).collect()
}

fn total_sentence(series: &[Series]) -> String {
    let totals = series.iter().filter(|one| !one.total.is_empty());
    let totals: Vec<String> = totals.map(|one| format!("{} {}", one.name.to_lowercase(), one.total)).collect();
    format!("total: {}", totals.join(", "))
}

fn bucket(label: &str, series: &[Series], at: usize) -> Vec<Cell> {
    let title = Cell::inked(label.to_owned(), Ink::Dim);
    std::iter::once(title).chain(series.iter().map(|one| one.cells[at].clone())).collect()
}

fn widest(column: &[Cell]) -> usize {
    column.iter().map(|cell| wrap::width(&cell.text)).max().unwrap_or(0)
}

fn cell(cell: &Cell, width: usize, style: &Style) -> String {
    let text = style.cut(&cell.text, width);
    format!("  {}{}", " ".repeat(width - wrap::width(&text)), style.paint(cell.ink, &text))
}

/// Splits columns into as few blocks as fit, then evenly, if they fit so: a last block of one column reads badly.
fn blocks(widths: &[usize], room: usize) -> Vec<Range<usize>> {
    let number = filled(widths, room).len();
    let each = widths.len().div_ceil(number.max(1)).max(1);
    let even: Vec<Range<usize>> =
        (0..widths.len()).step_by(each).map(|start| start..(start + each).min(widths.len())).collect();
    if even.iter().all(|block| taken(&widths[block.clone()]) <= room) { even } else { filled(widths, room) }
}

/// Columns that a block takes.
fn taken(widths: &[usize]) -> usize {
    widths.iter().map(|width| width + 2).sum()
}

/// Blocks, each filled up before the next begins.
fn filled(widths: &[usize], room: usize) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut start = 0;
    for at in 1..=widths.len() {
        if at == widths.len() || taken(&widths[start..=at]) > room {
            blocks.push(start..at);
            start = at;
        }
    }
    blocks
}

fn series(plan: &Plan, labels: &[&str]) -> Vec<Series> {
    let mut all = demand(plan, labels);
    all.extend(metric(plan, labels, "revenue", "Revenue", money(plan.summary.revenue)));
    all.push(stock("Closing units", plan, labels, |row| row.closing));
    if plan.inventory.iter().any(|row| row.safety_stock > 0) {
        all.push(stock("Safety stock", plan, labels, |row| row.safety_stock));
    }
    all.extend(metric(plan, labels, "inventory-value", "Inventory value", String::new()));
    all.push(purchases(plan, labels));
    all.extend(cash(plan, labels));
    all
}

/// Demand, what is sold of it, and the share that is sold in its own bucket.
fn demand(plan: &Plan, labels: &[&str]) -> Vec<Series> {
    let mut asked: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
    for ((_, _, bucket), one) in by_demand(&plan.allocations) {
        let sum = asked.entry(bucket).or_default();
        *sum = (sum.0 + i128::from(one.demand), sum.1 + i128::from(one.short));
    }
    let planned = by_bucket(plan.allocations.iter().map(|row| (row.bucket.as_str(), row.planned)));
    let of = |label: &&str| asked.get(label).copied().unwrap_or((0, 0));
    let rates = labels.iter().map(of).map(|(demand, short)| rate(demand, short)).collect();
    let (demand, short) = labels.iter().map(of).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    vec![
        whole("Demand", labels.iter().map(|label| of(label).0).collect()),
        whole("Planned", labels.iter().map(|&label| planned.get(label).copied().unwrap_or(0)).collect()),
        Series { name: "Fill rate", cells: rates, total: rate(demand, short).text },
    ]
}

fn rate(demand: i128, short: i128) -> Cell {
    let text = if demand == 0 { "-".to_owned() } else { percent(share(demand - short, demand)) };
    Cell::inked(text, if short > 0 { Ink::Yellow } else { Ink::Plain })
}

fn by_bucket<'a>(rows: impl Iterator<Item = (&'a str, i64)>) -> BTreeMap<&'a str, i128> {
    let mut sums = BTreeMap::new();
    rows.for_each(|(bucket, number)| *sums.entry(bucket).or_default() += i128::from(number));
    sums
}

fn whole(name: &'static str, numbers: Vec<i128>) -> Series {
    let total = units(numbers.iter().sum::<i128>());
    Series { name, cells: numbers.into_iter().map(|number| units(number).into()).collect(), total }
}

fn stock(name: &'static str, plan: &Plan, labels: &[&str], of: fn(&Inventory) -> i64) -> Series {
    let sums = by_bucket(plan.inventory.iter().map(|row| (row.bucket.as_str(), of(row))));
    let cells = labels.iter().map(|&label| units(sums.get(label).copied().unwrap_or(0)).into());
    Series { name, cells: cells.collect(), total: String::new() }
}

/// A metric of the whole plan by bucket, where the plan has it: what takes prices and costs of single items, which are not
/// in a plan.
fn metric(plan: &Plan, labels: &[&str], metric: &str, name: &'static str, total: String) -> Option<Series> {
    let mut values: BTreeMap<&str, Figure> = BTreeMap::new();
    for metric in plan.metrics.iter().filter(|one| one.name == metric && one.scope == "plan") {
        values.extend(metric.bucket.as_deref().map(|bucket| (bucket, metric.value)));
    }
    let shown = |label: &&str| match values.get(label) {
        Some(Figure::Value(amount)) => money(*amount).into(),
        Some(Figure::NotApplicable) => "n/a".to_owned().into(),
        None => Cell::default(),
    };
    let cells = labels.iter().map(shown).collect();
    (!values.is_empty()).then_some(Series { name, cells, total })
}

/// Landed cost of orders to place, by the bucket they arrive in.
fn purchases(plan: &Plan, labels: &[&str]) -> Series {
    let mut sums: BTreeMap<&str, Vec<Amount>> = BTreeMap::new();
    for order in plan.orders.iter().filter(|order| matches!(order.action, Action::New | Action::Committed)) {
        sums.entry(&order.receipt_bucket).or_default().push(order.landed_cost);
    }
    let of = |label: &str| total(sums.get(label).into_iter().flatten().copied());
    let all = total(labels.iter().map(|&label| of(label)));
    Series {
        name: "New receipts",
        cells: labels.iter().map(|&label| money(of(label)).into()).collect(),
        total: money(all),
    }
}

/// Where cash comes from and goes, what is left, and the least that may be; nothing where no cash is planned.
fn cash(plan: &Plan, labels: &[&str]) -> Vec<Series> {
    if plan.cash.is_empty() {
        return Vec::new();
    }
    let row = |label: &str| plan.cash.iter().find(|row| row.bucket == label);
    let closing = labels.iter().map(|&label| {
        row(label).map_or(Cell::default(), |row| {
            Cell::inked(money(row.closing), if row.closing < row.minimum { Ink::Red } else { Ink::Plain })
        })
    });
    let minimum = labels.iter().map(|&label| row(label).map_or(Cell::default(), |row| money(row.minimum).into()));
    let flow = |name: &'static str, of: fn(&crate::plan::CashBucket) -> Amount| {
        let cells = labels.iter().map(|&label| row(label).map_or(Cell::default(), |row| money(of(row)).into()));
        let all = total(labels.iter().filter_map(|&label| row(label)).map(of));
        Series { name, cells: cells.collect(), total: money(all) }
    };
    vec![
        flow("Cash from sales", |row| row.sales),
        flow("Paid for goods", |row| row.purchases),
        flow("Other cash", |row| row.other),
        Series { name: "Closing cash", cells: closing.collect(), total: String::new() },
        Series { name: "Minimum", cells: minimum.collect(), total: String::new() },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_fit_and_are_even() {
        assert_eq!(blocks(&[10; 10], 60), [0..5, 5..10]);
        assert_eq!(blocks(&[10; 25], 60), [0..5, 5..10, 10..15, 15..20, 20..25]);
        assert_eq!(blocks(&[10; 7], 72), [0..4, 4..7]);
        assert_eq!(blocks(&[10, 10, 10, 20], 40), [0..2, 2..4]);
        assert!(blocks(&[], 40).is_empty());
        assert_eq!(blocks(&[100; 2], 60), [0..1, 1..2]);
    }
}
