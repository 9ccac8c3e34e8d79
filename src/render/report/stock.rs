//! Stock: what it is worth, the room it takes, where it is too low and where it is too much.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::facts::{Facts, money, units};
use super::limits;
use crate::plan::{Amount, Figure, Inventory};
use crate::render::blocks::{BUCKET, Block, Chart, Mark, Series, Set, Sheet, Words};
use crate::render::number::{counted, percent, quantity, share};
use crate::render::text::below_safety;

/// Weeks of stock at the end from which on it is called slow.
const SLOW: u32 = 26;
/// Limits that are drawn, the fullest first.
const DRAWN: usize = 6;

pub(super) fn blocks(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Stock and storage")];
    if facts.plan.inventory.is_empty() {
        blocks.push(Block::said("there is no stock"));
        return blocks;
    }
    blocks.extend(value(facts).map(Block::Chart));
    let charts = limits::by_name(facts.plan, |kind| matches!(kind, "inventory-value" | "storage-capacity"));
    let all = charts.len();
    blocks.extend(charts.into_iter().take(DRAWN).map(|limit| Block::Chart(limits::chart(facts, &limit))));
    if all > DRAWN {
        blocks.push(Block::said(format!(
            "and {}",
            counted(all - DRAWN, "limit that is less used", "limits that are less used")
        )));
    }
    blocks.extend(too_low(facts));
    blocks.extend(excess(facts));
    blocks.extend(slow(facts));
    blocks
}

/// The worth of all stock, where the plan tells it by bucket.
fn value(facts: &Facts<'_>) -> Option<Chart> {
    let mut values: Vec<Option<Decimal>> = vec![None; facts.horizon.len()];
    for metric in facts.plan.metrics.iter().filter(|one| one.name == "inventory-value" && one.scope == "plan") {
        let (Some(at), Figure::Value(amount)) =
            (metric.bucket.as_deref().and_then(|label| facts.place(label)), metric.value)
        else {
            continue;
        };
        values[at] = Some(amount.0);
    }
    values.iter().any(Option::is_some).then(|| Chart {
        title: Words::of("Inventory value at the end of each bucket"),
        unit: facts.currency(),
        money: true,
        small: false,
        over: BUCKET,
        labels: facts.labels(),
        series: vec![Series { name: Words::of("inventory value"), mark: Mark::Column, ink: "main", values }],
    })
}

/// Where stock ends buckets below what is kept for safety.
fn too_low(facts: &Facts<'_>) -> Vec<Block> {
    let below = below_safety(facts.plan);
    if below.is_empty() {
        return Vec::new();
    }
    let row = |(item, location, rows): &(&str, &str, Vec<&Inventory>)| {
        let sum = |part: fn(&Inventory) -> i64| rows.iter().map(|row| i128::from(part(row))).sum::<i128>();
        let (missing, wanted) = (sum(|row| row.safety_stock.saturating_sub(row.closing)), sum(|row| row.safety_stock));
        let lowest = rows.iter().min_by_key(|row| row.closing.saturating_sub(row.safety_stock));
        let cell = |of: fn(&Inventory) -> Words| lowest.map_or(Words::of("-"), |row| of(row));
        vec![
            facts.named(item),
            Words::named(*location),
            units(rows.len() as i128),
            cell(|row| Words::named(row.bucket.clone())),
            cell(|row| units(row.closing)),
            cell(|row| units(row.safety_stock)),
            Words::of(percent(share(missing, wanted))),
        ]
    };
    let columns = [
        ("Item", Set::Text),
        ("At", Set::Fixed),
        ("Buckets below", Set::Number),
        ("Lowest in", Set::Fixed),
        ("Stock then", Set::Number),
        ("of", Set::Number),
        ("Missing in all", Set::Number),
    ];
    let sheet = Sheet::of(columns, below.iter().map(row).collect());
    facts.listed(sheet.called(Words::of("Stock below what is kept for safety, the worst first, in units")))
}

/// What lies above the most weeks of stock that a cover states, where one does.
fn excess(facts: &Facts<'_>) -> Vec<Block> {
    let mut items: Vec<(&str, Amount)> = facts.of_horizon("excess", "item").collect();
    items.retain(|(_, value)| !value.0.is_zero());
    items.sort_by_key(|(_, value)| std::cmp::Reverse(*value));
    if items.is_empty() {
        return Vec::new();
    }
    let row = |(item, value): &(&str, Amount)| vec![facts.named(item), money(*value)];
    let columns = [("Item", Set::Text), ("Excess", Set::Number)];
    let caption = Words::of("Excess: stock beyond the most weeks that are stated, in the bucket where it is most, in ");
    let caption = caption.list([facts.currency()], "");
    facts.listed(Sheet::of(columns, items.iter().map(row).collect()).called(caption))
}

/// What is left at the end of the horizon that lasts long, or for ever.
fn slow(facts: &Facts<'_>) -> Vec<Block> {
    let Some(last) = facts.horizon.last() else { return Vec::new() };
    let long = |row: &&Inventory| {
        row.bucket == *last
            && row.closing > 0
            && match row.weeks_of_supply {
                Figure::NotApplicable => true,
                Figure::Value(weeks) => weeks.0 >= Decimal::from(SLOW),
            }
    };
    let mut rows: Vec<&Inventory> = facts.plan.inventory.iter().filter(long).collect();
    let at_end = Words::of("at the end of ").name(*last);
    if rows.is_empty() {
        return vec![Block::Say(Words::of(format!("no stock lasts {SLOW} weeks or longer ")).list([at_end], ""))];
    }
    let weeks = |row: &Inventory| match row.weeks_of_supply {
        Figure::NotApplicable => Decimal::MAX,
        Figure::Value(weeks) => weeks.0,
    };
    rows.sort_by_key(|row| std::cmp::Reverse((weeks(row), row.closing)));
    let row = |row: &&Inventory| {
        let lasts = match row.weeks_of_supply {
            Figure::NotApplicable => "for ever".to_owned(),
            Figure::Value(weeks) => quantity(weeks),
        };
        vec![facts.named(&row.item), Words::named(row.location.clone()), units(row.closing), Words::of(lasts)]
    };
    let columns =
        [("Item", Set::Text), ("At", Set::Fixed), ("Closing stock, units", Set::Number), ("Lasts, weeks", Set::Number)];
    let caption = Words::of(format!("Slow stock: it lasts {SLOW} weeks or longer ")).list([at_end], "");
    facts.listed(Sheet::of(columns, rows.iter().map(row).collect()).called(caption))
}

/// Rows by item and location.
pub(super) fn by_pool(rows: &[Inventory]) -> BTreeMap<&str, BTreeMap<&str, Vec<&Inventory>>> {
    let mut all: BTreeMap<&str, BTreeMap<&str, Vec<&Inventory>>> = BTreeMap::new();
    for row in rows {
        all.entry(&row.item).or_default().entry(&row.location).or_default().push(row);
    }
    all
}
