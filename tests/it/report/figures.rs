//! What a page says is what its plan says: cells are held against rows, sums against sums made here.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sopc::plan::{Action, Amount, Figure, Plan};
use sopc::render::plan_html;

use super::page::Page;
use super::plans::{sorted, weekly};

/// A cell as a number.
fn number(cell: &str) -> Decimal {
    if cell == "-" {
        Decimal::ZERO
    } else {
        cell.replace([',', '%', ' '], "").parse().unwrap_or_else(|_| panic!("{cell}"))
    }
}

/// A number in cents.
fn cents(amount: Amount) -> Decimal {
    amount.0.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
}

fn page(plan: &Plan) -> Page {
    Page::read(&plan_html(plan))
}

/// The column of a title, below it.
fn column(table: &[Vec<String>], title: &str) -> Vec<Decimal> {
    let at = table[0].iter().position(|cell| cell == title).unwrap_or_else(|| panic!("{title} of {:?}", table[0]));
    table[1..].iter().map(|row| number(&row[at])).collect()
}

#[test]
fn the_five_numbers_are_those_of_the_plan() {
    let plan = sorted(9);
    let tiles = page(&plan).text("dl");
    for shown in ["1,513,227.17", "421,180.96", "97.4 %"] {
        assert!(tiles.contains(shown), "{shown} in {tiles}");
    }
    let lowest = plan.summary.minimum_cash.as_ref().expect("cash");
    assert!(tiles.contains(&lowest.bucket));
}

#[test]
fn cash_is_that_of_the_plan() {
    let plan = sorted(9);
    let table = page(&plan).table("Cash at the end of each bucket, in EUR");
    type Part = fn(&sopc::plan::CashBucket) -> Amount;
    let columns: [(&str, Part); 6] = [
        ("opening", |row| row.opening),
        ("from sales", |row| row.sales),
        ("paid for goods", |row| row.purchases),
        ("other", |row| row.other),
        ("closing", |row| row.closing),
        ("minimum", |row| row.minimum),
    ];
    for (title, of) in columns {
        let expected: Vec<Decimal> = plan.cash.iter().map(|row| cents(of(row))).collect();
        assert_eq!(column(&table, title), expected, "{title}");
    }
}

#[test]
fn stock_and_limits_are_those_of_the_plan() {
    let plan = sorted(9);
    let page = page(&plan);
    let value = page.table("Inventory value at the end of each bucket, in EUR");
    let metric = plan.metrics.iter().filter(|one| one.name == "inventory-value");
    let expected: Vec<Decimal> = metric
        .map(|one| match one.value {
            Figure::Value(amount) => cents(amount),
            Figure::NotApplicable => Decimal::ZERO,
        })
        .collect();
    assert_eq!(column(&value, "inventory value"), expected);
    let worth = page.table("What one more unit of each limit is worth, in EUR");
    assert_eq!(column(&worth, "One more earns at most"), [Decimal::new(31, 2), Decimal::new(18, 2)]);
    let full = page.table("Limits that bind, or nearly");
    assert_eq!(full.len() - 1, 4);
    assert_eq!(full[1][..5], ["storage-capacity", "berlin", "2026-04", "421.50", "420"]);
}

#[test]
fn the_calendar_adds_up_to_the_orders() {
    let plan = sorted(9);
    let table = page(&plan).table("Landed cost of orders by the bucket in which they are placed, in EUR");
    let placed = |order: &&sopc::plan::Order| matches!(order.action, Action::New | Action::Committed);
    let mut expected: BTreeMap<(&str, &str), Decimal> = BTreeMap::new();
    for order in plan.orders.iter().filter(placed) {
        let day = order.release_date.expect("a day");
        let Some(bucket) = plan.buckets.iter().find(|bucket| (bucket.start..=bucket.end).contains(&day)) else {
            continue;
        };
        for key in
            [(bucket.label.as_str(), order.supplier.as_str()), (&bucket.label, "all"), ("in all", &order.supplier)]
        {
            *expected.entry(key).or_default() += order.landed_cost.0;
        }
    }
    for row in &table[1..] {
        for (supplier, cell) in
            table[0].iter().zip(row).skip(1).filter(|(supplier, _)| *supplier != "all" || row[0] != "in all")
        {
            let sum = expected.get(&(row[0].as_str(), supplier.as_str())).copied().unwrap_or_default();
            assert_eq!(number(cell), sum, "{} {supplier}", row[0]);
        }
    }
}

/// What is placed after the horizon, as for its tail, is a row of its own, so that the total is that of all lines.
#[test]
fn the_calendar_tells_what_is_placed_later() {
    let mut plan = sorted(9);
    for bucket in &mut plan.buckets[6..] {
        bucket.tail = true;
    }
    let start = plan.buckets[6].start;
    let (behind, inside): (Vec<_>, Vec<_>) =
        std::mem::take(&mut plan.orders).into_iter().enumerate().partition(|(at, _)| at % 3 == 0);
    plan.orders = inside.into_iter().map(|(_, order)| order).collect();
    plan.tail = behind.into_iter().map(|(_, order)| order).collect();
    for order in &mut plan.tail[..4] {
        (order.action, order.release_date) = (Action::New, Some(start));
    }
    let placed = |order: &&sopc::plan::Order| matches!(order.action, Action::New | Action::Committed);
    let cost = |orders: &mut dyn Iterator<Item = &sopc::plan::Order>| -> Decimal {
        orders.map(|order| order.landed_cost.0).sum()
    };
    let lines = || plan.orders.iter().chain(&plan.tail).filter(placed);
    let table = page(&plan).table("Landed cost of orders by the bucket in which they are placed, in EUR");
    let all = column(&table, "all");
    assert_eq!(all.last(), Some(&cost(&mut lines())));
    assert_eq!(table[table.len() - 2][0], "later");
    let later = cost(&mut lines().filter(|order| order.release_date.is_some_and(|day| day >= start)));
    assert_eq!(all[all.len() - 2], later);
    assert_eq!(all[..all.len() - 1].iter().sum::<Decimal>(), all[all.len() - 1]);
}

#[test]
fn categories_add_up_to_demand_and_stock() {
    let plan = sorted(9);
    let table = page(&plan).table("Demand and supply by category, in units");
    let of = |item: &str| {
        let category = plan.items.iter().find(|one| one.item == item).and_then(|one| one.category.clone());
        category.unwrap_or("no category".to_owned())
    };
    let names: Vec<&str> = table[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names, ["no category", "kitchen", "linen & wood", "table", "in all"]);
    let (first, last) = (&plan.buckets[0].label, &plan.buckets[8].label);
    for row in &table[1..] {
        let chosen = |item: &str| row[0] == "in all" || of(item) == row[0];
        // A shop of one location has each demand in one row.
        let asked = plan.allocations.iter().filter(|one| chosen(&one.item));
        let (demand, short, sold) =
            asked.fold((0, 0, 0), |sum, one| (sum.0 + one.demand, sum.1 + one.short, sum.2 + one.planned));
        let stock = || plan.inventory.iter().filter(|one| chosen(&one.item));
        let opening: i64 = stock().filter(|one| one.bucket == *first).map(|one| one.opening).sum();
        let received: i64 = stock().map(|one| one.receipts).sum();
        let closing: i64 = stock().filter(|one| one.bucket == *last).map(|one| one.closing).sum();
        let numbers: Vec<Decimal> = [1, 2, 3, 4, 5, 7].map(|at| number(&row[at])).to_vec();
        assert_eq!(numbers, [demand, opening, received, sold, short, closing].map(Decimal::from), "{row:?}");
    }
}

#[test]
fn an_item_is_told_bucket_by_bucket() {
    let plan = sorted(9);
    let stock: Vec<_> = plan.inventory.iter().filter(|row| row.item == "MUG-BLUE").collect();
    let opening = stock[0].opening;
    let table = page(&plan).table(&format!("MUG-BLUE by bucket, in units; at first there are {opening}"));
    let expected: Vec<Decimal> = stock.iter().map(|row| Decimal::from(row.closing)).collect();
    assert_eq!(column(&table, "Closing"), expected);
    let sold: Vec<Decimal> = stock.iter().map(|row| Decimal::from(row.sales)).collect();
    assert_eq!(column(&table, "Sold"), sold);
    let orders = page(&plan).table("Orders of MUG-BLUE");
    assert_eq!(orders.len() - 1, plan.orders.iter().filter(|order| order.item == "MUG-BLUE").count());
}

/// A year of weeks is told by month: flows add up, stock is that at the end; a week belongs to the month of its middle day.
#[test]
fn weeks_of_an_item_are_told_by_month() {
    let plan = weekly(52);
    let stock: Vec<_> = plan.inventory.iter().filter(|row| row.item == "MUG-BLUE").collect();
    let table = page(&plan).table(&format!("MUG-BLUE by bucket, in units; at first there are {}", stock[0].opening));
    assert_eq!(table.len(), 13);
    let month = |label: &str| {
        let bucket = plan.buckets.iter().find(|bucket| bucket.label == label).expect("a bucket");
        (bucket.start + chrono::Days::new(3)).format("%Y-%m").to_string()
    };
    for (row, (sold, closing)) in
        table[1..].iter().zip(column(&table, "Sold").into_iter().zip(column(&table, "Closing")))
    {
        let own: Vec<_> = stock.iter().filter(|one| month(&one.bucket) == row[0]).collect();
        assert_eq!(sold, Decimal::from(own.iter().map(|one| one.sales).sum::<i64>()), "{row:?}");
        assert_eq!(closing, Decimal::from(own.last().expect("weeks").closing), "{row:?}");
    }
}

/// Every item has a row, and the rows add up to what is asked for and sold.
#[test]
fn items_are_told_in_a_row_each() {
    let plan = sorted(9);
    let page = page(&plan);
    let caption = "Items, those that fall short most first, in units; orders at landed cost in EUR";
    let open = page.table(caption);
    let folded = page.tables(caption);
    let rows: Vec<&Vec<String>> = folded.iter().flat_map(|table| &table[1..]).collect();
    let ids: std::collections::BTreeSet<&str> = plan.inventory.iter().map(|row| row.item.as_str()).collect();
    assert_eq!(rows.len(), ids.len());
    assert_eq!(open[0][2..5], ["Demand", "Sold", "Short"]);
    let sum = |at: usize| rows.iter().map(|row| number(&row[at])).sum::<Decimal>();
    let of = |part: fn(&sopc::plan::Allocation) -> i64| Decimal::from(plan.allocations.iter().map(part).sum::<i64>());
    assert_eq!([sum(2), sum(3), sum(4)], [of(|row| row.demand), of(|row| row.planned), of(|row| row.short)]);
    assert!(rows.windows(2).all(|pair| number(&pair[0][4]) >= number(&pair[1][4])));
}

#[test]
fn shortages_are_told_by_reason() {
    let plan = sorted(9);
    let table = page(&plan).table("What is not sold, by reason, in units");
    for (title, of) in [
        ("given", (|by| by.given) as fn(&sopc::plan::ShortBy) -> i64),
        ("no stock", |by| by.no_stock),
        ("held back", |by| by.held_back),
    ] {
        let by_bucket = plan.buckets.iter().map(|bucket| {
            let rows = plan.allocations.iter().filter(|row| row.bucket == bucket.label);
            Decimal::from(rows.map(|row| of(&row.short_by)).sum::<i64>())
        });
        assert_eq!(column(&table, title), by_bucket.collect::<Vec<_>>(), "{title}");
    }
}
