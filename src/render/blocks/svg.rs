//! Charts as inline SVG: shapes with classes, which the page's style colours for light, dark and paper.
//!
//! All places are integers, tenths of a unit of the drawing, so that the same numbers give the same bytes. No chart library fits: those
//! that there are reckon in floats, write colours into their shapes, or draw a column below zero as one above it.

use std::fmt::Write;

use maud::{Markup, html};
use rust_decimal::Decimal;

use super::chart::{Chart, Mark, Series};
use super::html::text;
use super::scale::Scale;
use crate::render::safe;
use crate::render::wrap;

/// Width of a drawing, in tenths.
const WIDTH: i64 = 6_400;
/// What a digit of a label takes, about.
const DIGIT: i64 = 66;
/// Longest label of a bucket; ours have 7 or 8 characters.
const LABEL: usize = 10;
/// Widest column.
const WIDEST: i64 = 340;
/// Above the plot.
const TOP: i64 = 90;
/// Below it, where the buckets' names stand.
const BELOW: i64 = 260;
/// At its right, where half of the last name may stand.
const RIGHT: i64 = 240;

/// How much of a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// With the numbers of each bucket where a pointer rests on it.
    Full,
    /// Lower, and shapes alone.
    Small,
}

/// Where things stand.
struct Plot<'c> {
    chart: &'c Chart,
    scale: Scale,
    left: i64,
    height: i64,
    width: i64,
}

/// A chart as an image with a name and a description; `id` is its own on the page.
pub(super) fn draw(chart: &Chart, id: &str, size: Size) -> Markup {
    let values = || chart.drawn().flat_map(|one| one.values.iter().copied().flatten());
    let values = values().chain(stacked(chart));
    let scale = Scale::over(values, !chart.money);
    let ticks = scale.ticks();
    let widest = ticks.iter().map(|tick| wrap::width(&scale.label(*tick))).max().unwrap_or(1);
    let left = DIGIT * i64::try_from(widest).unwrap_or(1) + 110;
    let height = if size == Size::Full { 1_900 } else { 1_000 };
    let plot = Plot { chart, scale, left, height, width: WIDTH - left - RIGHT };
    let (name, described) = (format!("{id}-title"), format!("{id}-desc"));
    let view = format!("0 0 {} {}", tenths(WIDTH), tenths(TOP + height + BELOW));
    html! {
        svg.chart role="img" aria-labelledby={ (name) " " (described) } viewBox=(view) {
            title id=(name) { (text(&chart.title)) }
            desc id=(described) { (text(&chart.told())) }
            (plot.axis(&ticks))
            (plot.columns())
            @for series in chart.series.iter().filter(|one| matches!(one.mark, Mark::Line | Mark::Limit)) {
                (plot.line(series))
            }
            @if size == Size::Full { (plot.hints()) }
        }
    }
}

/// What stacks come to by bucket, above zero and below.
fn stacked(chart: &Chart) -> Vec<Decimal> {
    let sums = |at: usize| {
        let values = chart.series.iter().filter(|one| one.mark == Mark::Stack).map(move |one| one.values.get(at));
        let values: Vec<Decimal> = values.filter_map(|value| value.copied().flatten()).collect();
        let sum = |part: fn(&&Decimal) -> bool| {
            values.iter().filter(part).fold(Decimal::ZERO, |sum, value| sum.saturating_add(*value))
        };
        [sum(|value| !value.is_sign_negative()), sum(|value| value.is_sign_negative())]
    };
    (0..chart.labels.len()).flat_map(sums).collect()
}

/// Tenths as a number.
fn tenths(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    match (number.abs() / 10, number.abs() % 10) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

impl Plot<'_> {
    /// From the top to where a value stands.
    fn y(&self, value: Decimal) -> i64 {
        TOP + self.height - self.scale.place(value, self.height)
    }

    /// Where a bucket begins; that of the one behind the last is the end.
    fn x(&self, bucket: usize) -> i64 {
        let buckets = i64::try_from(self.chart.labels.len()).unwrap_or(i64::MAX).max(1);
        self.left + self.width * i64::try_from(bucket).unwrap_or(0) / buckets
    }

    fn middle(&self, bucket: usize) -> i64 {
        i64::midpoint(self.x(bucket), self.x(bucket + 1))
    }

    /// Lines across at the marks, what they are, and the names of buckets, as many as there is room for.
    fn axis(&self, ticks: &[Decimal]) -> Markup {
        let end = self.left + self.width;
        let names: Vec<String> = self.chart.labels.iter().map(|label| short(label)).collect();
        let widest = names.iter().map(|name| wrap::width(name)).max().unwrap_or(0);
        let room = DIGIT * i64::try_from(widest).unwrap_or(1) + 100;
        let fit = (self.width / room.max(1)).max(1);
        let every = names.len().div_ceil(usize::try_from(fit).unwrap_or(1)).max(1);
        html! {
            @for tick in ticks {
                @let y = self.y(*tick);
                path.grid.zero[tick.is_zero()] d={ "M" (tenths(self.left)) " " (tenths(y)) "H" (tenths(end)) } {}
                text.tick x=(tenths(self.left - 60)) y=(tenths(y + 40)) text-anchor="end" { (self.scale.label(*tick)) }
            }
            @for (at, name) in names.iter().enumerate().step_by(every) {
                text.tick x=(tenths(self.middle(at))) y=(tenths(TOP + self.height + 180)) text-anchor="middle" { (name) }
            }
        }
    }

    /// All columns: a path for each series.
    fn columns(&self) -> Markup {
        let beside = self.chart.series.iter().filter(|one| one.mark == Mark::Column).count();
        let stacks = self.chart.series.iter().any(|one| one.mark == Mark::Stack);
        let lanes = i64::try_from(beside + usize::from(stacks)).unwrap_or(1).max(1);
        let buckets = i64::try_from(self.chart.labels.len()).unwrap_or(1).max(1);
        let each = (self.width * 3 / (4 * buckets * lanes)).clamp(5, WIDEST);
        let start = |bucket: usize, lane: i64| self.middle(bucket) - each * lanes / 2 + each * lane;
        let (mut up, mut down) =
            (vec![Decimal::ZERO; self.chart.labels.len()], vec![Decimal::ZERO; self.chart.labels.len()]);
        let mut lane = i64::from(stacks);
        let mut paths = Vec::new();
        for series in &self.chart.series {
            let own = match series.mark {
                Mark::Stack => 0,
                Mark::Column => {
                    lane += 1;
                    lane - 1
                }
                _ => continue,
            };
            let mut path = String::new();
            for (bucket, value) in series.values.iter().enumerate().take(self.chart.labels.len()) {
                let Some(value) = value.filter(|value| !value.is_zero()) else { continue };
                let below = if series.mark == Mark::Stack {
                    let sum = if value.is_sign_negative() { &mut down[bucket] } else { &mut up[bucket] };
                    std::mem::replace(sum, sum.saturating_add(value))
                } else {
                    Decimal::ZERO
                };
                let (from, to) = (self.y(below), self.y(below.saturating_add(value)));
                let [x, from, height, width] = [start(bucket, own), from, to - from, each].map(tenths);
                write!(path, "M{x} {from}v{height}h{width}V{from}z").expect("writing to a string");
            }
            paths.push((series.ink, path));
        }
        html! { @for (ink, path) in paths { path class={ "col ink-" (ink) } d=(path) {} } }
    }

    /// A line through the middles of buckets with a dot at each, or a dashed step across each.
    fn line(&self, series: &Series) -> Markup {
        let (mut path, mut pen) = (String::new(), false);
        let mut dots = String::new();
        let few = self.chart.labels.len() <= 24;
        for (bucket, value) in series.values.iter().enumerate().take(self.chart.labels.len()) {
            let Some(value) = value else {
                pen = false;
                continue;
            };
            let y = tenths(self.y(*value));
            let written = match (series.mark, pen) {
                (Mark::Limit, true) => write!(path, "V{y}H{}", tenths(self.x(bucket + 1))),
                (Mark::Limit, false) => {
                    write!(path, "M{} {y}H{}", tenths(self.x(bucket)), tenths(self.x(bucket + 1)))
                }
                (_, true) => write!(path, "L{} {y}", tenths(self.middle(bucket))),
                (_, false) => write!(path, "M{} {y}", tenths(self.middle(bucket))),
            };
            written.expect("writing to a string");
            // A stroke of no length with round ends.
            write!(dots, "M{} {y}h0", tenths(self.middle(bucket))).expect("writing to a string");
            pen = true;
        }
        let kind = if series.mark == Mark::Limit { "limit" } else { "line" };
        html! {
            path class={ (kind) " ink-" (series.ink) } d=(path) {}
            @if few && series.mark == Mark::Line { path class={ "dot ink-" (series.ink) } d=(dots) {} }
        }
    }

    /// What a pointer that rests on a bucket is told.
    fn hints(&self) -> Markup {
        let hint = |at: usize, label: &str| {
            let values = self.chart.drawn().filter_map(|one| Some((one, one.values.get(at).copied().flatten()?)));
            let told = values.map(|(one, value)| format!("\n{}: {}", one.name.plain(), self.chart.shown(value)));
            format!("{}{}", safe::line(label), told.collect::<String>())
        };
        let height = tenths(self.height);
        html! {
            @for (at, label) in self.chart.labels.iter().enumerate() {
                @let (x, width) = (self.x(at), self.x(at + 1) - self.x(at));
                rect.hint x=(tenths(x)) y=(tenths(TOP)) width=(tenths(width)) height=(height) {
                    title { (hint(at, label)) }
                }
            }
        }
    }
}

/// A bucket's name as there is room for it.
fn short(label: &str) -> String {
    wrap::cut_middle(&safe::line(label), LABEL, "…")
}
