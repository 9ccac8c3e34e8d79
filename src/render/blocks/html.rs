//! Blocks as one HTML file: nothing runs in it, nothing is fetched by it.
//!
//! Markup is made by macros that close what they open and escape what is text, so that a page is well-formed whatever a name holds.

use maud::{Markup, html};

use super::chart::{Chart, Mark};
use super::page::{self, Section};
use super::svg::{self, Size};
use super::{Block, Piece, Point, Series, Set, Sheet, Tile, Tone, Words};
use crate::render::safe;

/// Text of a cell that is longer, in characters, is broken into lines; dates and names of the usual length are not.
const LONG: usize = 28;

/// The blocks as a page; `title` is what its tab is called.
pub(in crate::render) fn draw(blocks: &[Block], title: &str) -> String {
    let mut pen = Pen::default();
    let first = blocks.iter().position(|block| matches!(block, Block::Heading(_))).unwrap_or(blocks.len());
    let (head, body) = blocks.split_at(first);
    let end = body.iter().position(|block| matches!(block, Block::Foot(_))).unwrap_or(body.len());
    let (body, foot) = body.split_at(end);
    let head = pen.all(head);
    let parts = body.chunk_by(|_, next| !matches!(next, Block::Heading(_)));
    let sections: Vec<Section> = parts.filter_map(|part| pen.section(part)).collect();
    let foot = pen.all(foot);
    page::page(&safe::line(title), &head, &sections, &foot)
}

/// What has been drawn so far, as far as what follows needs it.
#[derive(Default)]
struct Pen {
    /// The section's title.
    section: &'static str,
    /// Charts so far, which their ids count.
    charts: usize,
}

impl Pen {
    /// A heading and what stands below it.
    fn section(&mut self, part: &[Block]) -> Option<Section> {
        let [Block::Heading(title), below @ ..] = part else { return None };
        self.section = title;
        Some(Section { title, body: self.all(below) })
    }

    fn all(&mut self, blocks: &[Block]) -> Markup {
        let is_chart = |block: &Block| matches!(block, Block::Chart(_));
        let groups: Vec<&[Block]> = blocks.chunk_by(|one, next| is_chart(one) && is_chart(next)).collect();
        html! {
            @for group in groups {
                @if group.len() > 1 {
                    div.charts { @for block in group { (self.one(block)) } }
                } @else {
                    @for block in group { (self.one(block)) }
                }
            }
        }
    }

    fn one(&mut self, block: &Block) -> Markup {
        match block {
            Block::Title(words) => html! { h1 { (text(words)) } },
            Block::Verdict(tone, words) => html! { p class={ "verdict " (class(*tone)) } { (text(words)) } },
            Block::Heading(title) => html! { h3 { (title) } },
            Block::Say(words) | Block::Foot(words) => html! { p { (text(words)) } },
            Block::Tiles(tiles) => tiles_of(tiles),
            Block::Points(points) => points_of(points),
            Block::Table(sheet) => table(sheet, self.section),
            Block::Legend(series) => legend(series.iter()),
            Block::Chart(chart) => self.chart(chart),
            Block::Fold(title, inside) => html! {
                details { summary { (text(title)) } (self.all(inside)) }
            },
            Block::Detail(title, inside) => html! {
                details.one { summary { (text(title)) } (self.all(inside)) }
            },
        }
    }

    /// A chart, what its colours mean, and its numbers. A small one stands among its numbers already.
    fn chart(&mut self, chart: &Chart) -> Markup {
        if chart.small {
            return html! { div.plot { (svg::draw(chart, "", Size::Small)) } };
        }
        self.charts += 1;
        let id = format!("chart-{}", self.charts);
        html! {
            figure {
                figcaption {
                    strong { (text(&chart.title)) } ", in " (text(&chart.unit))
                    (legend(chart.drawn()))
                }
                div.plot { (svg::draw(chart, &id, Size::Full)) }
                details { summary { "The numbers" } (table(&chart.sheet(), self.section)) }
            }
        }
    }
}

/// What shapes and colours mean.
fn legend<'s>(series: impl Iterator<Item = &'s Series>) -> Markup {
    html! {
        ul.legend {
            @for one in series {
                li { span class={ "key " (key(one.mark)) " ink-" (one.ink) } {} (text(&one.name)) }
            }
        }
    }
}

fn key(mark: Mark) -> &'static str {
    match mark {
        Mark::Column | Mark::Stack | Mark::Bridge | Mark::Table => "key-col",
        Mark::Line => "key-line",
        Mark::Was => "key-was",
        Mark::Limit => "key-limit",
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Mind => "mind",
        Tone::Bad => "bad",
    }
}

fn tiles_of(tiles: &[Tile]) -> Markup {
    html! {
        dl.tiles {
            @for tile in tiles {
                div {
                    dt { (safe::line(&tile.name)) }
                    dd { (safe::line(&tile.value)) }
                    @if tile.remark != Words::default() { dd.remark { (text(&tile.remark)) } }
                }
            }
        }
    }
}

fn points_of(points: &[Point]) -> Markup {
    html! {
        ul.points {
            @for point in points {
                li {
                    span.lead { (text(&point.lead)) }
                    div { strong { (text(&point.head)) } p { (text(&point.text)) } }
                }
            }
        }
    }
}

/// A table with a caption and headers that say of what they are. Which columns are numbers, the table says once: their style hangs on it.
fn table(sheet: &Sheet, section: &str) -> Markup {
    let long = |words: &Words| (words.length() > LONG).then_some("long");
    // What a row is about: its first text.
    let about = sheet.columns.iter().position(|(_, set)| *set == Set::Text).unwrap_or(0);
    html! {
        div.scroll {
            table class=[numbers(sheet)] {
                @if sheet.caption == Words::default() {
                    caption.unseen { (section) }
                } @else {
                    caption { (text(&sheet.caption)) }
                }
                thead { tr {
                    @for (title, _) in &sheet.columns {
                        @if *title == Words::default() { td {} } @else { th scope="col" { (text(title)) } }
                    }
                } }
                tbody {
                    @for (at, row) in sheet.rows.iter().enumerate() {
                        tr class=[(sheet.total && at + 1 == sheet.rows.len()).then_some("total")] {
                            @for (column, (words, (_, set))) in row.iter().zip(&sheet.columns).enumerate() {
                                @if column == about {
                                    th scope="row" class=[long(words)] { (text(words)) }
                                } @else {
                                    td class=[long(words).filter(|_| *set != Set::Number)] { (text(words)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The classes of a table by which its columns of numbers stand at the right.
fn numbers(sheet: &Sheet) -> Option<String> {
    let is_number = |(_, set): &(Words, Set)| *set == Set::Number;
    if sheet.columns.len() > 1 && !is_number(&sheet.columns[0]) && sheet.columns[1..].iter().all(is_number) {
        return Some("nums".to_owned());
    }
    let places = sheet.columns.iter().enumerate().filter(|(_, column)| is_number(column));
    let classes: Vec<String> = places.map(|(at, _)| format!("n{}", at + 1)).collect();
    (!classes.is_empty()).then(|| classes.join(" "))
}

/// Words as text; names keep their direction of writing to themselves, where they may have one of their own.
pub(super) fn text(words: &Words) -> Markup {
    html! {
        @for piece in &words.0 {
            @match piece {
                Piece::Own(text) => (safe::line(text)),
                Piece::Name(name) if name.is_ascii() => (safe::line(name)),
                Piece::Name(name) => bdi { (safe::line(name)) },
                Piece::Aside(name) => { " " bdi.aside { (safe::line(name)) } }
            }
        }
    }
}
