//! What is bought and when: what is decided now, and the calendar of purchases.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::facts::{Facts, known, money, units};
use crate::plan::{Action, Amount, Order, Transfer};
use crate::render::blocks::{BUCKET, Block, Chart, Mark, Series, Set, Sheet, Words};
use crate::render::number::{counted, total};
use crate::render::text::to_place;

/// Suppliers that have a column of their own in the calendar.
const SUPPLIERS: usize = 6;
/// Order lines up to which they are told one by one before what they come to by day and supplier.
const FEW: usize = 14;
/// Rows up to which the calendar stands open as a whole.
const WHOLE: usize = 30;

/// What falls due before the first bucket ends: this cycle's work.
pub(super) fn now(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("To decide now")];
    let Some(first) = facts.plan.buckets.first() else {
        blocks.push(Block::said("there are no buckets"));
        return blocks;
    };
    let due = |order: &&Order| order.release_date.is_some_and(|day| day <= first.end);
    let (inside, behind) = (to_place(&facts.plan.orders), to_place(&facts.plan.tail));
    let mut lines: Vec<&Order> = inside.into_iter().chain(behind).filter(due).collect();
    lines.sort_by_key(|order| purchase_order(order));
    if lines.is_empty() {
        blocks.push(Block::Say(Words::of("no order is to be placed in ").name(first.label.clone())));
    } else {
        let number = counted(lines.len(), "order line is", "order lines are");
        let words = Words::of(format!("{number} to be placed in ")).name(first.label.clone()).say(", ");
        blocks.push(Block::Say(words.list([facts.money(landed(&lines))], "")));
        let each = lines_of(facts, &lines).called(Words::of("Order lines to place now"));
        if lines.len() > FEW {
            blocks.extend(facts.listed(by_day(&lines)));
            blocks.push(Block::Fold(Words::of("The order lines"), facts.listed(each)));
        } else {
            blocks.push(Block::Table(each));
        }
    }
    blocks.extend(changes(facts));
    blocks.extend(transfers(facts, first.end));
    blocks
}

/// What lines of one purchase order have in common.
fn purchase_order(order: &Order) -> impl Ord + use<'_> {
    (order.release_date, &order.supplier, &order.location, &order.mode, order.usable_date)
}

fn landed(lines: &[&Order]) -> Amount {
    total(lines.iter().map(|order| order.landed_cost))
}

fn day(date: Option<NaiveDate>) -> Words {
    Words::of(date.map_or("-".to_owned(), |date| date.to_string()))
}

fn lines_of(facts: &Facts<'_>, lines: &[&Order]) -> Sheet {
    let row = |order: &&Order| {
        let first = order.payments.iter().min_by_key(|payment| payment.date);
        let item = facts.named(&order.item);
        vec![
            day(order.release_date),
            if order.action == Action::Committed { item.say(" (approved)") } else { item },
            Words::named(order.supplier.clone()),
            way(order),
            day(Some(order.usable_date)),
            units(order.units),
            money(order.landed_cost),
            first.map_or(Words::of("-"), |payment| money(payment.amount)),
            day(first.map(|payment| payment.date)),
        ]
    };
    let columns = [
        ("Place on", Set::Fixed),
        ("Item", Set::Text),
        ("Supplier", Set::Fixed),
        ("To", Set::Fixed),
        ("Usable from", Set::Optional),
        ("Units", Set::Number),
        ("Landed cost", Set::Number),
        ("First payment", Set::Number),
        ("paid on", Set::Optional),
    ];
    let mut sheet = Sheet::of(columns, lines.iter().map(row).collect());
    // Where all goes one way, saying so in each row tells nothing.
    let all = || facts.plan.orders.iter().chain(&facts.plan.tail).map(way);
    if all().next().is_some_and(|first| all().all(|other| other == first)) {
        sheet.columns.remove(WAY);
        sheet.rows.iter_mut().for_each(|row| drop(row.remove(WAY)));
    }
    sheet
}

/// What is placed on a day with a supplier: lines are sorted by that.
fn by_day(lines: &[&Order]) -> Sheet {
    let row = |own: &[&Order]| {
        let first =
            |order: &&Order| order.payments.iter().min_by_key(|payment| payment.date).map(|payment| payment.amount);
        vec![
            day(own[0].release_date),
            Words::named(own[0].supplier.clone()),
            units(own.len() as i128),
            units(own.iter().map(|order| i128::from(order.units)).sum::<i128>()),
            money(landed(own)),
            money(total(own.iter().filter_map(first))),
        ]
    };
    let columns = [
        ("Place on", Set::Fixed),
        ("Supplier", Set::Text),
        ("Lines", Set::Number),
        ("Units", Set::Number),
        ("Landed cost", Set::Number),
        ("First payments", Set::Number),
    ];
    let same = |a: &&Order, b: &&Order| (a.release_date, &a.supplier) == (b.release_date, &b.supplier);
    Sheet::of(columns, lines.chunk_by(same).map(row).collect())
        .called(Words::of("Orders to place now, by day and supplier"))
}

/// The column of the way in a table of lines.
const WAY: usize = 3;

/// Where a line goes, and how.
fn way(order: &Order) -> Words {
    let words = Words::named(order.location.clone());
    match &order.mode {
        Some(mode) => words.say(" by ").name(mode.clone()),
        None => words,
    }
}

/// Placed orders that the plan changes, and promotions that it moves.
fn changes(facts: &Facts<'_>) -> Vec<Block> {
    let all = facts.plan.orders.iter().chain(&facts.plan.tail);
    let changed: Vec<&Order> = all.filter(|order| matches!(order.action, Action::Moved | Action::Cancelled)).collect();
    let mut blocks = Vec::new();
    if !changed.is_empty() {
        let row = |order: &&Order| {
            let verb = if order.action == Action::Moved { "move" } else { "cancel" };
            vec![
                Words::of(verb),
                Words::named(order.id.clone().unwrap_or_default()),
                facts.named(&order.item),
                Words::named(order.supplier.clone()),
                Words::named(order.receipt_bucket.clone()),
                units(order.units),
            ]
        };
        let columns = [
            ("", Set::Fixed),
            ("Order", Set::Fixed),
            ("Item", Set::Text),
            ("Supplier", Set::Fixed),
            ("For", Set::Fixed),
            ("Units", Set::Number),
        ];
        let sheet = Sheet::of(columns, changed.iter().map(row).collect());
        blocks.extend(facts.listed(sheet.called(Words::of("Placed orders that change"))));
    }
    blocks.extend(facts.plan.promotions.iter().map(|one| {
        let by = counted(usize::try_from(one.moved.unsigned_abs()).unwrap_or(usize::MAX), "bucket", "buckets");
        let words = Words::of("promotion ").name(one.id.clone());
        Block::Say(words.say(format!(" moves: {by} {}", if one.moved < 0 { "earlier" } else { "later" })))
    }));
    blocks
}

/// Transfers that leave before the first bucket ends.
fn transfers(facts: &Facts<'_>, end: NaiveDate) -> Vec<Block> {
    let due = |one: &&Transfer| one.action == Action::New && one.release_date.is_some_and(|day| day <= end);
    let due: Vec<&Transfer> = facts.plan.transfers.iter().filter(due).collect();
    if due.is_empty() {
        return Vec::new();
    }
    let row = |one: &&Transfer| {
        vec![
            day(one.release_date),
            facts.named(&one.item),
            Words::named(one.from.clone()),
            Words::named(one.location.clone()),
            day(Some(one.usable_date)),
            units(one.units),
        ]
    };
    let columns = [
        ("Leaves", Set::Fixed),
        ("Item", Set::Text),
        ("From", Set::Fixed),
        ("To", Set::Fixed),
        ("Usable from", Set::Fixed),
        ("Units", Set::Number),
    ];
    facts.listed(Sheet::of(columns, due.iter().map(row).collect()).called(Words::of("Transfers that leave now")))
}

/// When orders are placed, with whom, and when they are paid.
pub(super) fn calendar(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Purchase calendar")];
    let (inside, behind) = (to_place(&facts.plan.orders), to_place(&facts.plan.tail));
    if inside.is_empty() && behind.is_empty() {
        blocks.push(Block::said("nothing is bought"));
        return blocks;
    }
    let gist = |lines: &[&Order]| {
        Words::of(format!("{}, ", counted(lines.len(), "order line", "order lines")))
            .list([facts.money(landed(lines))], "")
    };
    let mut words = gist(&inside);
    if !behind.is_empty() {
        words = words.say(" for the horizon; ").list([gist(&behind)], "").say(" for later buckets");
    }
    blocks.push(Block::Say(words));
    let mut all: Vec<&Order> = inside.into_iter().chain(behind).collect();
    all.sort_by_key(|order| purchase_order(order));
    blocks.push(Block::Chart(chart(facts, &all)));
    blocks.extend(by_supplier(facts, &all));
    blocks.push(Block::Fold(
        Words::of(format!("All {}", counted(all.len(), "order line", "order lines"))),
        facts.listed(lines_of(facts, &all).called(Words::of("All order lines to place"))),
    ));
    blocks
}

/// Landed cost by the bucket in which lines are placed, and at last that of lines placed after the horizon.
fn placed<'o>(facts: &Facts<'_>, lines: impl IntoIterator<Item = &'o &'o Order>) -> Vec<Decimal> {
    let later = facts.horizon.len();
    let mut sums = vec![Decimal::ZERO; later + 1];
    for order in lines {
        let at = order.release_date.and_then(|day| facts.place_of(day)).unwrap_or(later);
        sums[at] = sums[at].saturating_add(order.landed_cost.0);
    }
    sums
}

fn chart(facts: &Facts<'_>, lines: &[&Order]) -> Chart {
    let own = |name, mark, ink, values| Series { name: Words::of(name), mark, ink, values };
    let mut inside = placed(facts, lines);
    inside.truncate(facts.horizon.len());
    let mut series = vec![own("placed, at landed cost", Mark::Column, "main", known(inside))];
    if !facts.plan.cash.is_empty() {
        let mut paid = vec![None; facts.horizon.len()];
        for row in &facts.plan.cash {
            if let Some(at) = facts.place(&row.bucket) {
                paid[at] = Some(row.purchases.0);
            }
        }
        series.push(own("paid, for all goods", Mark::Column, "other", paid));
    }
    Chart {
        title: Words::of("Orders to place, and what is paid"),
        unit: facts.currency(),
        money: true,
        small: false,
        over: BUCKET,
        labels: facts.labels(),
        series,
    }
}

/// A row a bucket, one for what is placed later, a column a supplier: those that most is bought from, then all others together.
fn by_supplier(facts: &Facts<'_>, lines: &[&Order]) -> Vec<Block> {
    let mut suppliers: BTreeMap<&str, Vec<&Order>> = BTreeMap::new();
    for order in lines {
        suppliers.entry(&order.supplier).or_default().push(order);
    }
    let mut suppliers: Vec<(&str, Vec<&Order>)> = suppliers.into_iter().collect();
    suppliers.sort_by_key(|(_, own)| std::cmp::Reverse(landed(own)));
    let others: Vec<&Order> =
        suppliers.split_off(SUPPLIERS.min(suppliers.len())).into_iter().flat_map(|(_, own)| own).collect();
    let mut columns = vec![(Words::of("Placed in"), Set::Fixed)];
    columns.extend(suppliers.iter().map(|(name, _)| (Words::named(*name), Set::Number)));
    let mut sums: Vec<Vec<Decimal>> = suppliers.iter().map(|(_, own)| placed(facts, own)).collect();
    if !others.is_empty() {
        columns.push((Words::of("others"), Set::Number));
        sums.push(placed(facts, &others));
    }
    columns.push((Words::of("all"), Set::Number));
    sums.push(placed(facts, lines));
    let cell = |value: Decimal| if value.is_zero() { Words::of("-") } else { money(Amount(value)) };
    let row = |(at, label): (usize, Words)| {
        let any = sums.iter().any(|column| !column[at].is_zero());
        any.then(|| std::iter::once(label).chain(sums.iter().map(|column| cell(column[at]))).collect())
    };
    let labels = facts.horizon.iter().map(|label| Words::named(*label)).chain([Words::of("later")]);
    let mut rows: Vec<Vec<Words>> = labels.enumerate().filter_map(row).collect();
    let all = sums.iter().map(|column| cell(total(column.iter().map(|value| Amount(*value))).0));
    rows.push(std::iter::once(Words::of("in all")).chain(all).collect());
    let caption = Words::of("Landed cost of orders by the bucket in which they are placed, in ");
    let caption = caption.list([facts.currency()], "");
    let sheet = Sheet { caption, columns, rows, total: true };
    // A sum is read below what it is of.
    if sheet.rows.len() <= WHOLE { vec![Block::Table(sheet)] } else { facts.listed(sheet) }
}
