//! What came of a plan, told from its tracking alone: the difference and its causes, what needs a decision, what to look at again.

mod charts;
mod rows;

use ::csv::{QuoteStyle, WriterBuilder};
use rust_decimal::Decimal;

use super::signed;
use crate::plan::{Amount, Figure};
use crate::render::blocks::{self, Block, Point, Set, Sheet, Tile, Tone, Words};
use crate::render::json::pretty;
use crate::render::number;
use crate::render::safe::csv_cell;
use crate::render::style::Style;
use crate::source::Place;
use crate::track::{Exception, ExceptionKind, Parts, Revisit, RevisitKind, TrackedMetric, Tracking};

/// Rows of a table that are shown.
const ROWS: usize = 10;

/// Figures of which the digits behind the point count.
const FINE: [&str; 3] = ["mean-price", "weeks-of-supply", "inventory-turnover"];

/// What the plan's numbers are.
const TO_DATE: &str = "plan: sales by the days that are over, evenly over each bucket; stock, receipts and payments by the day they are due";

/// A tracking for people at a terminal; `full` shows every row.
#[must_use]
pub fn tracking_text(tracking: &Tracking, full: bool, style: &Style) -> String {
    blocks::terminal(&told(tracking, full, false), style)
}

/// A tracking as GitHub-flavoured Markdown.
#[must_use]
pub fn tracking_markdown(tracking: &Tracking, full: bool) -> String {
    blocks::markdown(&told(tracking, full, false))
}

/// A tracking as one HTML file, without scripts and without anything from elsewhere.
#[must_use]
pub fn tracking_html(tracking: &Tracking, full: bool) -> String {
    blocks::html(&told(tracking, full, true), &format!("{}, cycle {}, tracking", tracking.project, tracking.cycle))
}

/// The tracking itself: JSON, two spaces a level, a final newline.
#[must_use]
pub fn tracking_json(tracking: &Tracking) -> String {
    pretty(tracking)
}

/// All of it; on a `page` few numbers stand above all, and all of them further down, drawn in part.
fn told(tracking: &Tracking, full: bool, page: bool) -> Vec<Block> {
    let most = if full { usize::MAX } else { ROWS };
    let mut blocks = vec![Block::Title(title(tracking)), Block::Say(days(tracking)), verdict(tracking)];
    blocks.extend(tracking.notes.iter().map(|note| Block::said(note.clone())));
    blocks.push(if page { Block::Tiles(tiles(tracking)) } else { Block::Table(numbers(tracking)) });
    if !page {
        blocks.push(Block::said(TO_DATE));
    }
    blocks.extend(causes(tracking));
    blocks.extend(decisions(tracking, most));
    blocks.extend(projected(tracking));
    if page {
        blocks.push(Block::Heading("Plan and actual"));
        blocks.push(Block::Table(numbers(tracking)));
        blocks.push(Block::said(TO_DATE));
        blocks.extend(charts::sales(tracking));
    }
    blocks.extend(rows::sales(tracking, most));
    blocks.extend(rows::supply(tracking, most));
    blocks.extend(rows::transfers(tracking, most));
    blocks.extend(rows::places(tracking, most));
    blocks.extend(rows::payments(tracking, most));
    blocks.extend(revisit(tracking, most));
    blocks
}

fn title(tracking: &Tracking) -> Words {
    let words = Words::named(tracking.project.clone()).say(", cycle ").name(tracking.cycle.clone());
    words.say(": what came of the plan")
}

fn days(tracking: &Tracking) -> Words {
    Words::of(format!("{} to {}, against the approved plan", tracking.as_of, tracking.through))
}

/// An item, and what people call it.
fn item(tracking: &Tracking, id: &str) -> Words {
    let known = tracking.items.iter().find(|item| item.item == id);
    Words::named(id).aside(known.and_then(|item| item.name.as_deref()))
}

/// Figures of the tracking that stand above all else.
const TILES: [&str; 5] = ["revenue", "gross-margin", "units-sold", "inventory-value", "paid-for-goods"];

fn tiles(tracking: &Tracking) -> Vec<Tile> {
    let found = TILES.iter().filter_map(|name| tracking.metrics.iter().find(|row| row.name == *name));
    let tile = |row: &TrackedMetric| {
        let planned = row.plan.map_or(Words::default(), |plan| {
            let difference = difference(row);
            let words = Words::of(format!("planned {}", shown(row, plan)));
            if difference.is_empty() { words } else { words.say(format!(" ({difference})")) }
        });
        let name = row.name.replace('-', " ");
        let (first, rest) = name.split_at(name.chars().next().map_or(0, char::len_utf8));
        Tile { name: format!("{}{rest}", first.to_uppercase()), value: shown(row, row.actual), remark: planned }
    };
    found.map(tile).collect()
}

/// The planned revenue to date.
fn planned_revenue(tracking: &Tracking) -> Decimal {
    tracking.sales.iter().fold(Decimal::ZERO, |sum, row| sum.saturating_add(row.planned_revenue.0))
}

fn verdict(tracking: &Tracking) -> Block {
    let (total, planned) = (tracking.variance.total, planned_revenue(tracking));
    let share =
        total.0.abs().checked_div(planned).map_or(String::new(), |share| format!(" ({})", number::percent(share)));
    let (tone, word) = match signed::whole(total) {
        whole if whole.is_zero() => (Tone::Good, "revenue is as planned".to_owned()),
        whole => {
            let side = if whole > Decimal::ZERO { "above" } else { "below" };
            let tone = if whole > Decimal::ZERO { Tone::Good } else { Tone::Mind };
            (tone, format!("revenue is {}{share} {side} plan", signed::money(Amount(total.0.abs()))))
        }
    };
    let words = Words::of(word).say(" in ").name(tracking.currency.clone());
    let running = tracking.buckets.last().filter(|bucket| bucket.elapsed < bucket.days);
    Block::Verdict(
        tone,
        match running {
            Some(bucket) => words
                .say(format!("; {} of {} days of ", bucket.elapsed, bucket.days))
                .name(bucket.label.clone())
                .say(" are over"),
            None => words,
        },
    )
}

fn numbers(tracking: &Tracking) -> Sheet {
    let columns = [("", Set::Fixed), ("Plan", Set::Number), ("Actual", Set::Number), ("Difference", Set::Number)];
    let rows = tracking.metrics.iter().map(|row| {
        let plan = row.plan.map_or(String::new(), |plan| shown(row, plan));
        [row.name.replace('-', " "), plan, shown(row, row.actual), difference(row)].map(Words::of).to_vec()
    });
    Sheet::of(columns, rows.collect()).called(Words::of("Plan and actual to date"))
}

/// A figure of a row as people read it.
fn shown(row: &TrackedMetric, figure: Figure) -> String {
    match figure {
        Figure::NotApplicable => "n/a".to_owned(),
        Figure::Value(share) if row.is_share => number::percent(share.0),
        Figure::Value(amount) if FINE.contains(&row.name.as_str()) => number::money(amount),
        Figure::Value(amount) => number::quantity(Amount(signed::whole(amount))),
    }
}

/// Actual less plan; nothing where either is not known.
fn difference(row: &TrackedMetric) -> String {
    let (Some(Figure::Value(plan)), Figure::Value(actual)) = (row.plan, row.actual) else { return String::new() };
    let difference = actual.0.saturating_sub(plan.0);
    let sign = if difference > Decimal::ZERO { "+" } else { "" };
    match row.is_share {
        true => format!("{sign}{} pp", difference.saturating_mul(Decimal::ONE_HUNDRED).round_dp(1)),
        false => format!("{sign}{}", shown(row, Figure::Value(Amount(difference)))),
    }
}

/// What each part is called, and what it means.
fn parts(parts: &Parts) -> [(&'static str, &'static str, Amount); 5] {
    [
        ("demand", "customers asked for more or less", parts.demand),
        ("supply", "goods came late, short, or more than planned", parts.supply),
        ("price", "sold at other prices", parts.price),
        ("mix", "dearer or cheaper goods of a category", parts.mix),
        ("unplanned", "no plan has these sales", parts.unplanned),
    ]
}

fn causes(tracking: &Tracking) -> Vec<Block> {
    let mut rows: Vec<Vec<Words>> = parts(&tracking.variance)
        .into_iter()
        .map(|(name, means, amount)| vec![Words::of(name), Words::of(number::money(amount)), Words::of(means)])
        .collect();
    rows.push(vec![Words::of("together"), Words::of(number::money(tracking.variance.total)), Words::default()]);
    let columns = [("Cause", Set::Fixed), ("Revenue", Set::Number), ("", Set::Optional)];
    vec![
        Block::Heading("Why revenue differs"),
        charts::causes(tracking),
        Block::Table(Sheet { total: true, ..Sheet::of(columns, rows) }),
    ]
}

fn kind_name(kind: ExceptionKind) -> &'static str {
    match kind {
        ExceptionKind::LateOrder => "late",
        ExceptionKind::LateTransfer => "transfer late",
        ExceptionKind::CashBelowMinimum => "cash below its minimum",
        ExceptionKind::RunningOut => "running out",
        ExceptionKind::PilingUp => "piling up",
        ExceptionKind::Unplanned => "unplanned",
        ExceptionKind::PriceBelowPlan => "price below plan",
        ExceptionKind::PaymentBeyondPlan => "payment beyond plan",
        ExceptionKind::StockDifference => "stock differs",
    }
}

fn decisions(tracking: &Tracking, most: usize) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("What needs a decision now")];
    if tracking.exceptions.is_empty() {
        blocks.push(Block::said("nothing"));
    }
    blocks.push(Block::Points(tracking.exceptions.iter().take(most).map(|one| decision(tracking, one)).collect()));
    blocks.extend(more(tracking.exceptions.iter().map(|one| one.money), most));
    blocks
}

fn decision(tracking: &Tracking, one: &Exception) -> Point {
    let named = |before: &str, name: &Option<String>| Some(Words::of(before).name(name.as_ref()?.clone()));
    let about = one.item.as_ref().map(|id| item(tracking, id));
    let others = [named("in ", &one.channel), named("of ", &one.supplier), named("at ", &one.location)];
    let names: Vec<Words> = std::iter::once(about).chain(others).flatten().collect();
    let text = Words::of(format!("{}; {}", one.what, one.decide));
    let kind = Words::of(kind_name(one.kind));
    Point {
        lead: Words::of(signed::money(one.money)),
        head: if names.is_empty() { kind } else { kind.say(", ").list(names, " ") },
        text: match &one.order {
            Some(order) => text.say(" [").name(order.clone()).say("]"),
            None => text,
        },
    }
}

/// What is not shown.
fn more(money: impl ExactSizeIterator<Item = Amount>, most: usize) -> Option<Block> {
    let hidden = money.len().saturating_sub(most);
    let sum = number::total(money.skip(most).map(|one| Amount(one.0.abs())));
    (hidden > 0).then(|| {
        Block::said(format!(
            "and {} more, {} together; --full shows all",
            number::units(hidden as i128),
            signed::money(sum)
        ))
    })
}

/// How the bucket ends that is running; of one that is over, its cash.
fn projected(tracking: &Tracking) -> Vec<Block> {
    let row = |name: &str, plan: Amount, projected: Amount| {
        let difference = Amount(projected.0.saturating_sub(plan.0));
        vec![
            Words::of(name),
            Words::of(signed::money(plan)),
            Words::of(signed::money(projected)),
            Words::of(signed::difference(difference)),
        ]
    };
    let mut rows = Vec::new();
    let mut blocks = Vec::new();
    if let Some(projection) = &tracking.projection {
        rows.push(row("revenue", projection.planned_revenue, projection.revenue));
        rows.push(row("closing stock at cost", projection.planned_stock_value, projection.stock_value));
        let words = Words::of("at the pace so far, with what is due by then, ").name(projection.bucket.clone());
        blocks.push(Block::Say(
            words.say(format!(" ends so; for want of stock {} are not sold", signed::money(projection.lost_revenue))),
        ));
    }
    if let Some(cash) = &tracking.cash {
        rows.push(row("closing cash", cash.planned, cash.projected));
        let words = Words::of("cash at the end of ").name(cash.bucket.clone());
        blocks.push(Block::Say(words.say(format!(
            ": {} by sales as far as they are paid out by then, {} by purchases; at least {} is to be there",
            signed::difference(cash.by_sales),
            signed::difference(cash.by_purchases),
            signed::money(cash.minimum)
        ))));
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = [("", Set::Fixed), ("Plan", Set::Number), ("Projected", Set::Number), ("Difference", Set::Number)];
    blocks.insert(0, Block::Heading("How the bucket ends"));
    blocks.push(Block::Table(Sheet::of(columns, rows)));
    blocks
}

fn revisit_name(kind: RevisitKind) -> &'static str {
    match kind {
        RevisitKind::Demand => "demand",
        RevisitKind::Outlook => "growth of an outlook",
        RevisitKind::Adjust => "adjustment",
        RevisitKind::Promotion => "uplift of a promotion",
        RevisitKind::LeadTime => "lead days",
        RevisitKind::DueDate => "due day",
        RevisitKind::Price => "price",
        RevisitKind::Unplanned => "demand not stated",
    }
}

fn revisit(tracking: &Tracking, most: usize) -> Vec<Block> {
    if tracking.revisit.is_empty() {
        return Vec::new();
    }
    let row = |one: &Revisit| {
        let shown = |figure: Option<Figure>| match (figure, one.kind) {
            (Some(Figure::Value(amount)), RevisitKind::Outlook) => number::percent(amount.0),
            (Some(Figure::Value(amount)), _) => number::quantity(amount),
            _ => String::new(),
        };
        let what = match &one.assumption {
            Some(name) => Words::of("assumption ").name(name.clone()),
            None => Words::of(revisit_name(one.kind)),
        };
        let what = if one.of.is_empty() { what } else { what.say(", ").name(one.of.clone()) };
        vec![
            what,
            Words::named(place(&one.source)),
            Words::of(shown(one.stated)),
            Words::of(shown(one.observed)),
            Words::of(signed::difference(one.money)),
        ]
    };
    let columns = [
        ("What", Set::Text),
        ("Line", Set::Text),
        ("Says", Set::Number),
        ("Came", Set::Number),
        ("Revenue", Set::Number),
    ];
    let sheet = Sheet::of(columns, tracking.revisit.iter().take(most).map(row).collect());
    let mut blocks = vec![Block::Heading("What to look at again in the next cycle"), Block::Table(sheet)];
    blocks.extend(more(tracking.revisit.iter().map(|one| one.money), most));
    blocks
}

fn place(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}

/// The header of [`tracking_csv`]: sales by item, channel and bucket, and the difference of revenue by cause.
pub const COLUMNS: [&str; 17] = [
    "item",
    "channel",
    "category",
    "bucket",
    "planned_units",
    "demand_units",
    "sold_units",
    "units_by_supply",
    "planned_price",
    "planned_revenue",
    "revenue",
    "difference",
    "by_demand",
    "by_supply",
    "by_price",
    "by_mix",
    "unplanned",
];

/// All rows of sales under [`COLUMNS`]. Comma, quotes where needed (RFC 4180), a newline after each row.
///
/// # Panics
/// Never: rows are written to memory and all have the same length.
#[must_use]
pub fn tracking_csv(tracking: &Tracking) -> String {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("memory takes every row");
    for row in &tracking.sales {
        let Parts { total, demand, supply, price, mix, unplanned } = row.variance;
        let names = [&row.item, &row.channel, row.category.as_ref().unwrap_or(&String::new()), &row.bucket]
            .map(|name| csv_cell(name));
        let units = [row.planned, row.demand, row.sold, row.by_supply].map(|units| units.to_string());
        let money = [row.planned_price, row.planned_revenue, row.revenue, total, demand, supply, price, mix, unplanned];
        let cells = names.into_iter().chain(units).chain(money.map(|amount| amount.to_string()));
        writer.write_record(cells).expect("memory takes every row");
    }
    String::from_utf8(writer.into_inner().expect("memory takes every row")).expect("cells are text")
}
