//! Charts as inline SVG: shapes with classes, which the page's style colours for light, dark and paper.
//!
//! All places are integers, tenths of a unit of the drawing, so that the same numbers give the same bytes. No chart library fits: those
//! that there are reckon in floats, write colours into their shapes, or draw a column below zero as one above it.

use std::fmt::Write;

use maud::{Markup, html};
use rust_decimal::Decimal;

use super::chart::{BUCKET, Chart, Mark};
use super::html::text;
use super::scale::Scale;
use super::shapes;
use crate::plan::Amount;
use crate::render::{number, safe, wrap};

/// Width of a drawing, in tenths.
const WIDTH: i64 = 6_400;
/// What a digit of a label takes, about.
const DIGIT: i64 = 66;
/// Longest label of a bucket; ours have 7 or 8 characters.
const LABEL: usize = 10;
/// Above the plot.
const TOP: i64 = 90;
/// The same where columns bear their numbers.
const TOP_OF_NUMBERS: i64 = 240;
/// Below it, where the buckets' names stand.
const BELOW: i64 = 260;
/// At its right, where half of the last name may stand.
const RIGHT: i64 = 240;
/// Most columns that bear their numbers.
const NUMBERED: usize = 9;

/// How much of a chart is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// With the numbers of each bucket where a pointer rests on it.
    Full,
    /// Lower, in whole units of the drawing, and shapes alone.
    Small,
}

/// Where things stand.
pub(super) struct Plot<'c> {
    pub(super) chart: &'c Chart,
    pub(super) size: Size,
    scale: Scale,
    left: i64,
    top: i64,
    height: i64,
    width: i64,
}

/// A chart as an image with a name and a description; `id` is its own on the page. A small one repeats what stands beside it, and is
/// hidden from those who are read to.
pub(super) fn draw(chart: &Chart, id: &str, size: Size) -> Markup {
    let plot = Plot::new(chart, size);
    let view = format!("0 0 {} {}", tenths(WIDTH), tenths(plot.top + plot.height + BELOW));
    if size == Size::Small {
        return html! { svg.chart aria-hidden="true" viewBox=(view) { (plot.shapes()) } };
    }
    let (name, described) = (format!("{id}-title"), format!("{id}-desc"));
    html! {
        svg.chart role="img" aria-labelledby={ (name) " " (described) } viewBox=(view) {
            title id=(name) { (text(&chart.title)) }
            desc id=(described) { (text(&chart.told())) }
            (plot.shapes())
            (plot.numbers())
            (plot.hints())
        }
    }
}

/// Tenths as a number.
pub(super) fn tenths(number: i64) -> String {
    let sign = if number < 0 { "-" } else { "" };
    match (number.abs() / 10, number.abs() % 10) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

impl<'c> Plot<'c> {
    fn new(chart: &'c Chart, size: Size) -> Self {
        let values = chart.drawn().filter(|one| one.mark != Mark::Bridge).flat_map(|one| one.values.iter().flatten());
        let scale = Scale::over(values.copied().chain(shapes::sums(chart)), !chart.money);
        let widest = scale.ticks().iter().map(|tick| wrap::width(&scale.label(*tick))).max().unwrap_or(1);
        let left = DIGIT * i64::try_from(widest).unwrap_or(1) + 110;
        // Small ones stand below each other, and so do their buckets.
        let left = if size == Size::Small { 600.max(left) } else { left };
        let height = if size == Size::Full { 1_900 } else { 900 };
        let top = if chart.is_numbered() && size == Size::Full { TOP_OF_NUMBERS } else { TOP };
        Self { chart, size, scale, left, top, height, width: WIDTH - left - RIGHT }
    }

    /// A place as far as the drawing tells it: what is small has whole ones, which take fewer bytes.
    fn fine(&self, place: i64) -> i64 {
        if self.size == Size::Small { (place + 5).div_euclid(10) * 10 } else { place }
    }

    /// From the top to where a value stands.
    pub(super) fn y(&self, value: Decimal) -> i64 {
        self.fine(self.top + self.height - self.scale.place(value, self.height))
    }

    pub(super) fn buckets(&self) -> usize {
        self.chart.labels.len()
    }

    /// Where a bucket begins; that of the one behind the last is the end.
    pub(super) fn x(&self, bucket: usize) -> i64 {
        let buckets = i64::try_from(self.buckets()).unwrap_or(i64::MAX).max(1);
        self.fine(self.left + self.width * i64::try_from(bucket).unwrap_or(0) / buckets)
    }

    pub(super) fn middle(&self, bucket: usize) -> i64 {
        self.fine(i64::midpoint(self.x(bucket), self.x(bucket + 1)))
    }

    /// Columns, and lines upon them.
    fn shapes(&self) -> Markup {
        html! {
            (self.axis())
            @for (ink, path) in shapes::columns(self) { path class={ "col ink-" (ink) } d=(path) {} }
            @for (class, path) in shapes::lines(self) { path class=(class) d=(path) {} }
        }
    }

    /// Lines across at the marks, what they are, and the names of buckets, as many as there is room for.
    fn axis(&self) -> Markup {
        let end = tenths(self.left + self.width);
        let ticks = self.scale.ticks();
        let shown = |at: usize| self.size == Size::Full || at + 1 == ticks.len();
        let across = |zero: bool| -> String {
            let lines = ticks.iter().enumerate().filter(|(at, tick)| tick.is_zero() == zero && (zero || shown(*at)));
            lines.map(|(_, tick)| format!("M{} {}H{end}", tenths(self.left), tenths(self.y(*tick)))).collect()
        };
        let names: Vec<String> = self.chart.labels.iter().map(|label| self.short(label)).collect();
        html! {
            path.grid d=(across(false)) {}
            path.grid.zero d=(across(true)) {}
            @for (_, tick) in ticks.iter().enumerate().filter(|(at, _)| shown(*at)) {
                text.tick x=(tenths(self.left - 60)) y=(tenths(self.y(*tick) + 40)) text-anchor="end" { (self.scale.label(*tick)) }
            }
            @for at in self.named(&names) {
                text.tick x=(tenths(self.middle(at))) y=(tenths(self.top + self.height + 180)) text-anchor="middle" { (names[at]) }
            }
        }
    }

    /// Which buckets bear their names: as many as there is room for, of a small one the first and the last.
    fn named(&self, names: &[String]) -> Vec<usize> {
        if self.size == Size::Small && names.len() > 2 {
            return vec![0, names.len() - 1];
        }
        let widest = names.iter().map(|name| wrap::width(name)).max().unwrap_or(0);
        let room = DIGIT * i64::try_from(widest).unwrap_or(1) + 100;
        let fit = (self.width / room.max(1)).max(1);
        let every = names.len().div_ceil(usize::try_from(fit).unwrap_or(1)).max(1);
        (0..names.len()).step_by(every).collect()
    }

    /// A bucket's name as there is room for it.
    fn short(&self, label: &str) -> String {
        let room = self.width / i64::try_from(self.buckets()).unwrap_or(1).max(1) / DIGIT - 1;
        wrap::cut_middle(&safe::line(label), LABEL.max(usize::try_from(room).unwrap_or(0)), "…")
    }

    /// What columns come to that are few, above each.
    fn numbers(&self) -> Markup {
        let tops = if self.chart.is_numbered() { shapes::tops(self) } else { Vec::new() };
        html! {
            @for (bucket, y, value) in tops {
                text.number x=(tenths(self.middle(bucket))) y=(tenths(y - 50)) text-anchor="middle" {
                    (number::quantity(Amount(value.round())))
                }
            }
        }
    }

    /// What a pointer that rests on a bucket is told.
    fn hints(&self) -> Markup {
        let hint = |at: usize, label: &str| {
            let values = self.chart.drawn().filter_map(|one| Some((one, one.values.get(at).copied().flatten()?)));
            let told = values.fold(String::new(), |mut told, (one, value)| {
                write!(told, "\n{}: {}", one.name.plain(), self.chart.shown(value)).expect("writing to a string");
                told
            });
            format!("{}{told}", safe::line(label))
        };
        let height = tenths(self.height);
        html! {
            @for (at, label) in self.chart.labels.iter().enumerate() {
                @let (x, width) = (self.x(at), self.x(at + 1) - self.x(at));
                rect.hint x=(tenths(x)) y=(tenths(self.top)) width=(tenths(width)) height=(height) {
                    title { (hint(at, label)) }
                }
            }
        }
    }
}

impl Chart {
    /// True where there are so few columns that each can bear its number: one in each place, and no places in time.
    fn is_numbered(&self) -> bool {
        let beside = self.series.iter().filter(|one| one.mark == Mark::Column).count();
        self.over != BUCKET && self.labels.len() <= NUMBERED && beside <= 1
    }
}
