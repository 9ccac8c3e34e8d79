//! Five numbers.

use super::page::Page;
use crate::plan::{Amount, MinimumCash};
use crate::render::number::{money, percent};
use crate::render::safe;
use crate::render::style::Ink;
use crate::render::wrap;

/// A figure: what it is, its value, and a remark.
type Figure = (&'static str, String, String);

pub(super) fn write(page: &mut Page<'_>) {
    let summary = &page.plan.summary;
    let figures = [
        ("Revenue", money(summary.revenue), String::new()),
        ("Contribution", money(summary.contribution), share_of_revenue(page)),
        ("Value fill rate", percent(summary.value_fill_rate.0), String::new()),
        lowest_cash(page),
        ("Peak inventory value", money(summary.peak_inventory_value), "at standard cost".to_owned()),
    ];
    page.blank();
    let label = figures.iter().map(|(label, ..)| label.len()).max().unwrap_or(0);
    let value = figures.iter().map(|(_, value, _)| numeric(value)).max().unwrap_or(0);
    for figure in figures {
        line(page, figure, label, value);
    }
}

/// Columns of a value left of its unit, so that numbers align and `%` hangs behind them.
fn numeric(value: &str) -> usize {
    wrap::width(value.strip_suffix(" %").unwrap_or(value))
}

fn line(page: &mut Page<'_>, (label, shown, remark): Figure, labels: usize, values: usize) {
    let before = " ".repeat(labels - label.len() + 2 + values - numeric(&shown));
    let behind = " ".repeat(2 - (wrap::width(&shown) - numeric(&shown)));
    let style = page.style;
    let start = format!("  {label}{before}{}{behind}", style.paint(Ink::Bold, &shown));
    let taken = 2 + labels + 2 + values + 2;
    let room = style.columns().saturating_sub(taken + 1);
    // What stands behind a comma is the first to go.
    let short = remark.split_once(", ").map_or("", |(short, _)| short);
    let remark = [remark.as_str(), short].into_iter().find(|remark| wrap::width(remark) <= room).unwrap_or("");
    let line = format!("{start} {}", style.paint(Ink::Dim, remark));
    page.line(line.trim_end().to_owned());
}

fn share_of_revenue(page: &Page<'_>) -> String {
    let summary = &page.plan.summary;
    let share = summary.contribution.0.checked_div(summary.revenue.0);
    share.map_or(String::new(), |share| format!("{} of revenue", percent(share)))
}

fn lowest_cash(page: &Page<'_>) -> Figure {
    match &page.plan.summary.minimum_cash {
        None => ("Lowest cash", "-".to_owned(), "no cash is planned".to_owned()),
        Some(lowest) => ("Lowest cash", money(lowest.amount), above_minimum(page, lowest)),
    }
}

/// Where cash is lowest, and how far that is from what it may be.
fn above_minimum(page: &Page<'_>, lowest: &MinimumCash) -> String {
    let at = format!("in {}", safe::line(&lowest.bucket));
    let Some(row) = page.plan.cash.iter().find(|row| row.bucket == lowest.bucket) else { return at };
    let room = Amount(lowest.amount.0.saturating_sub(row.minimum.0));
    if room.0.is_sign_negative() && !room.0.is_zero() {
        format!("{at}, {} below the minimum", money(Amount(room.0.abs())))
    } else if room.0.is_zero() {
        format!("{at}, which is the minimum")
    } else {
        format!("{at}, {} above the minimum", money(room))
    }
}
