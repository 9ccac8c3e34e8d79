//! The shapes of a chart: columns and lines as paths, and what they reach.

use std::fmt::Write;

use rust_decimal::Decimal;

use super::chart::{Chart, Mark, Series};
use super::svg::{Plot, Size, tenths};

/// Widest column, in tenths of a unit of the drawing.
const WIDEST: i64 = 340;
/// Buckets up to which lines have a dot in each, and columns are parted.
const FEW: usize = 24;

/// A column: which series, where it stands among those of its bucket, and from where to where it reaches.
struct Column {
    series: usize,
    lane: i64,
    bucket: usize,
    from: Decimal,
    to: Decimal,
}

/// All columns of a chart, and how many stand side by side.
fn laid_out(chart: &Chart) -> (Vec<Column>, i64) {
    let upon = |one: &Series| matches!(one.mark, Mark::Stack | Mark::Bridge);
    let first = i64::from(chart.series.iter().any(upon));
    let beside = chart.series.iter().filter(|one| one.mark == Mark::Column).count();
    let mut all = Vec::new();
    let own = chart.series.iter().enumerate().filter(|(_, one)| one.mark == Mark::Column);
    for (lane, (series, one)) in (first..).zip(own) {
        all.extend(known(chart, one).map(|(bucket, value)| Column {
            series,
            lane,
            bucket,
            from: Decimal::ZERO,
            to: value,
        }));
    }
    let mut bridge = Decimal::ZERO;
    for bucket in 0..chart.labels.len() {
        let (mut up, mut down) = (Decimal::ZERO, Decimal::ZERO);
        for (series, one) in chart.series.iter().enumerate().filter(|(_, one)| upon(one)) {
            let Some(value) = one.values.get(bucket).copied().flatten().filter(|value| !value.is_zero()) else {
                continue;
            };
            let end = match one.mark {
                Mark::Bridge => &mut bridge,
                _ if value.is_sign_negative() => &mut down,
                _ => &mut up,
            };
            let from = std::mem::replace(end, end.saturating_add(value));
            all.push(Column { series, lane: 0, bucket, from, to: *end });
        }
    }
    (all, first + i64::try_from(beside).unwrap_or(i64::MAX - 1))
}

/// What a series has for each bucket; nothing for zero.
fn known<'s>(chart: &Chart, series: &'s Series) -> impl Iterator<Item = (usize, Decimal)> + use<'s> {
    let values = series.values.iter().enumerate().take(chart.labels.len());
    values.filter_map(|(bucket, value)| value.filter(|value| !value.is_zero()).map(|value| (bucket, value)))
}

/// What columns reach that do not begin at zero.
pub(super) fn sums(chart: &Chart) -> Vec<Decimal> {
    laid_out(chart).0.into_iter().flat_map(|column| [column.from, column.to]).collect()
}

/// Of each bucket with a column: the bucket, where its highest end stands, and what the column comes to.
pub(super) fn tops(plot: &Plot<'_>) -> Vec<(usize, i64, Decimal)> {
    let columns = laid_out(plot.chart).0.into_iter();
    columns.map(|one| (one.bucket, plot.y(one.from.max(one.to)), one.to.saturating_sub(one.from))).collect()
}

/// Columns as a path for each series, with its ink.
pub(super) fn columns(plot: &Plot<'_>) -> Vec<(&'static str, String)> {
    let chart = plot.chart;
    let (columns, lanes) = laid_out(chart);
    let mut paths: Vec<(&'static str, String)> = chart.series.iter().map(|one| (one.ink, String::new())).collect();
    if lanes == 1 && chart.labels.len() > FEW && columns.iter().all(|column| column.from.is_zero()) {
        for (one, (_, path)) in chart.series.iter().zip(&mut paths).filter(|(one, _)| is_column(one.mark)) {
            *path = outline(plot, one);
        }
    } else {
        let width = (plot.x(plot.buckets()) - plot.x(0)) * 3 / 4;
        let each = (width / i64::try_from(plot.buckets()).unwrap_or(1).max(1) / lanes.max(1)).clamp(5, WIDEST);
        for column in columns {
            let x = plot.middle(column.bucket) - each * lanes / 2 + each * column.lane;
            let (from, to) = (plot.y(column.from), plot.y(column.to));
            let [x, from, height, width] = [x, from, to - from, each].map(tenths);
            write!(paths[column.series].1, "M{x} {from}v{height}h{width}V{from}z").expect("writing to a string");
        }
    }
    paths.retain(|(_, path)| !path.is_empty());
    paths
}

fn is_column(mark: Mark) -> bool {
    matches!(mark, Mark::Column | Mark::Stack | Mark::Bridge)
}

/// Many columns of one series without gaps between them, as one outline.
fn outline(plot: &Plot<'_>, series: &Series) -> String {
    let mut path = format!("M{} {}", tenths(plot.x(0)), tenths(plot.y(Decimal::ZERO)));
    for bucket in 0..plot.buckets() {
        let value = series.values.get(bucket).copied().flatten().unwrap_or_default();
        write!(path, "V{}H{}", tenths(plot.y(value)), tenths(plot.x(bucket + 1))).expect("writing to a string");
    }
    write!(path, "V{}z", tenths(plot.y(Decimal::ZERO))).expect("writing to a string");
    path
}

/// Lines through the middles of buckets, with a dot in each where these are few, and dashed steps across them: a class and a path each.
pub(super) fn lines(plot: &Plot<'_>) -> Vec<(String, String)> {
    let chart = plot.chart;
    let dotted = chart.labels.len() <= FEW && plot.size == Size::Full;
    let mut all = Vec::new();
    for series in &chart.series {
        let class = match series.mark {
            Mark::Line => "line",
            Mark::Was => "was",
            Mark::Limit => "limit",
            _ => continue,
        };
        let (line, dots) = line(plot, series);
        all.push((format!("{class} ink-{}", series.ink), line));
        // A value between gaps is seen by its dot alone.
        if series.mark == Mark::Line && (dotted || chart.labels.len() == 1) {
            all.push((format!("dot ink-{}", series.ink), dots));
        }
    }
    all
}

fn line(plot: &Plot<'_>, series: &Series) -> (String, String) {
    let (mut path, mut dots, mut pen) = (String::new(), String::new(), false);
    for (bucket, value) in series.values.iter().enumerate().take(plot.buckets()) {
        let Some(value) = value else {
            pen = false;
            continue;
        };
        let y = tenths(plot.y(*value));
        let written = match (series.mark, pen) {
            (Mark::Limit, true) => write!(path, "V{y}H{}", tenths(plot.x(bucket + 1))),
            (Mark::Limit, false) => {
                write!(path, "M{} {y}H{}", tenths(plot.x(bucket)), tenths(plot.x(bucket + 1)))
            }
            (_, true) => write!(path, "L{} {y}", tenths(plot.middle(bucket))),
            (_, false) => write!(path, "M{} {y}", tenths(plot.middle(bucket))),
        };
        written.expect("writing to a string");
        // A stroke of no length with round ends.
        write!(dots, "M{} {y}h0", tenths(plot.middle(bucket))).expect("writing to a string");
        pen = true;
    }
    (path, dots)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::blocks::Words;

    #[test]
    fn a_bridge_goes_on_where_it_stood_and_a_stack_begins_at_zero() {
        let series = |mark, values: [Option<i64>; 4]| {
            let values = values.iter().map(|value| value.map(Decimal::from)).collect();
            Series { name: Words::of("part"), mark, ink: "main", values }
        };
        let chart = Chart {
            title: Words::of("Parts"),
            unit: Words::of("units"),
            money: false,
            small: false,
            over: "Cause",
            labels: ["a", "b", "c", "in all"].map(str::to_owned).to_vec(),
            series: vec![
                series(Mark::Bridge, [Some(5), None, None, None]),
                series(Mark::Bridge, [None, Some(-8), Some(-1), None]),
                series(Mark::Stack, [None, None, None, Some(-4)]),
            ],
        };
        let (columns, lanes) = laid_out(&chart);
        let told: Vec<(i64, i64)> = columns
            .iter()
            .map(|one| (one.from.try_into().expect("whole"), one.to.try_into().expect("whole")))
            .collect();
        assert_eq!((lanes, told), (1, vec![(0, 5), (5, -3), (-3, -4), (0, -4)]));
        assert_eq!(sums(&chart).into_iter().min(), Some(Decimal::from(-4)));
    }
}
