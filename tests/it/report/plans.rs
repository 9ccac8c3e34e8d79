//! Plans that a report may stumble over.

use rust_decimal::Decimal;
use sopc::plan::{Action, Amount, Figure, Plan, PlanItem, Status};

use crate::render::hostile::hostile_plan;
use crate::render::shop::{amount, empty, shop};

/// The shop, of which the items have names and categories.
pub(crate) fn sorted(months: u32) -> Plan {
    let mut plan = shop(months);
    let ids: std::collections::BTreeSet<String> = plan.inventory.iter().map(|row| row.item.clone()).collect();
    let category = |id: &str| match id.split('-').next() {
        Some("MUG" | "BOWL" | "PLATE" | "TEAPOT" | "CARAFE" | "GLASS") => Some("table".to_owned()),
        Some("PAN" | "POT" | "KNIFE" | "KETTLE") => Some("kitchen".to_owned()),
        Some("SCALE") => None,
        _ => Some("linen & wood".to_owned()),
    };
    let item = |id: String| PlanItem {
        name: (id.len() > 6).then(|| format!("The {}", id.to_lowercase())),
        category: category(&id),
        class: None,
        item: id,
    };
    plan.items = ids.into_iter().map(item).collect();
    plan
}

/// The shop over so many weeks.
pub(crate) fn weekly(weeks: u32) -> Plan {
    let mut plan = sorted(weeks);
    let names: Vec<(String, String)> = plan
        .buckets
        .iter()
        .enumerate()
        .map(|(at, bucket)| (bucket.label.clone(), format!("2026-W{:02}", at + 1)))
        .collect();
    let mut text = sopc::render::plan_json(&plan);
    for (old, new) in &names {
        text = text.replace(&format!("\"{old}\""), &format!("\"{new}\""));
    }
    plan = serde_json::from_str(&text).expect("a plan");
    for (at, bucket) in plan.buckets.iter_mut().enumerate() {
        let monday = chrono::NaiveDate::from_ymd_opt(2025, 12, 29).expect("a day");
        bucket.start = monday + chrono::Days::new(7 * at as u64);
        bucket.end = bucket.start + chrono::Days::new(6);
    }
    plan
}

/// Everything has one name.
pub(crate) fn named(name: &str) -> Plan {
    let mut plan = sorted(6);
    let text = || name.to_owned();
    (plan.project, plan.cycle, plan.currency) = (text(), text(), text());
    for order in &mut plan.orders {
        (order.item, order.supplier, order.location, order.mode) = (text() + &order.item, text(), text(), Some(text()));
    }
    for row in &mut plan.allocations {
        (row.item, row.channel) = (text() + &row.item, text() + &row.channel);
    }
    for row in &mut plan.inventory {
        (row.item, row.location) = (text() + &row.item, text());
    }
    for item in &mut plan.items {
        (item.item, item.category) = (text() + &item.item, Some(text()));
    }
    for row in &mut plan.capacity {
        row.of = text();
    }
    for row in &mut plan.rules_used {
        (row.id, row.of, row.source.file) = (text(), text(), text());
    }
    for row in &mut plan.given {
        (row.kind, row.of) = (text(), text());
    }
    for gate in &mut plan.gates {
        (gate.id, gate.metric) = (text(), text());
    }
    for one in &mut plan.diagnostics {
        (one.message, one.code) = (text(), text());
    }
    plan
}

/// A plan of its first bucket alone.
fn one_bucket() -> Plan {
    let mut plan = sorted(4);
    let first = plan.buckets[0].label.clone();
    plan.buckets.truncate(1);
    plan.allocations.retain(|row| row.bucket == first);
    plan.inventory.retain(|row| row.bucket == first);
    plan.cash.retain(|row| row.bucket == first);
    plan.capacity.retain(|row| row.bucket == first);
    plan.metrics.retain(|row| row.bucket.as_deref() == Some(&first));
    plan
}

/// Cash below zero, nothing sold, sums without end.
fn absurd() -> Plan {
    let mut plan = sorted(4);
    plan.status = Status::Draft;
    plan.cash[0].closing = amount(-1_250_000);
    plan.cash[1].closing = Amount(Decimal::MAX);
    plan.cash[2].closing = Amount(Decimal::MIN);
    plan.capacity[0].limit = amount(0);
    plan.capacity[1].used = Amount(Decimal::MAX);
    plan.summary.revenue = Amount(Decimal::MIN);
    plan.orders[0].landed_cost = Amount(Decimal::MAX);
    plan.orders[1].landed_cost = Amount(Decimal::MAX);
    plan.inventory[0].closing = i64::MAX;
    plan.inventory[1].closing = i64::MIN;
    plan.allocations[0].demand = i64::MAX;
    plan.allocations[0].short = i64::MAX;
    plan.allocations[1].short_by.given = i64::MIN;
    for metric in &mut plan.metrics {
        metric.value = Figure::NotApplicable;
    }
    plan
}

/// Orders that move or go, demand that a rule lowered, what is left for ever.
fn eventful() -> Plan {
    let mut plan = sorted(9);
    plan.orders[0].action = Action::Cancelled;
    plan.orders[1].action = Action::Committed;
    plan.orders[2].release_date = Some(plan.buckets[0].start);
    plan.allocations[3].lowered = 40;
    plan.buckets[7].tail = true;
    plan.buckets[8].tail = true;
    plan.certificate.bound = Some(amount(39_000_000));
    plan.certificate.gap = Some("0.000587".parse().expect("a number"));
    plan.certificate.interrupted = true;
    plan
}

/// The page of a month that went otherwise than planned.
pub(crate) fn tracking() -> (&'static str, String) {
    ("tracking", sopc::render::tracking_html(&tracked_month(), true))
}

/// The same where everything has one name.
pub(crate) fn tracking_of(name: &str) -> String {
    let mut found = tracked_month();
    let text = || name.to_owned();
    (found.project, found.cycle, found.currency) = (text(), text(), text());
    for bucket in &mut found.buckets {
        bucket.label = text();
    }
    for row in &mut found.sales {
        (row.item, row.channel, row.bucket, row.category) = (text(), text(), text(), Some(text() + &row.item));
    }
    for row in &mut found.supply {
        (row.item, row.supplier, row.location, row.order, row.key) = (text(), text(), text(), Some(text()), None);
    }
    for row in &mut found.payments {
        (row.supplier, row.unplanned) = (Some(text()), Amount::default());
    }
    for one in &mut found.exceptions {
        (one.item, one.channel, one.supplier, one.order) = (Some(text()), Some(text()), Some(text()), Some(text()));
    }
    for one in &mut found.revisit {
        (one.of, one.assumption, one.source.file) = (text(), Some(text()), text());
    }
    if let Some(projection) = &mut found.projection {
        projection.bucket = text();
    }
    for item in &mut found.items {
        (item.item, item.name) = (text(), Some(text() + "!"));
    }
    sopc::render::tracking_html(&found, true)
}

fn tracked_month() -> sopc::track::Tracking {
    use crate::track::shop::{HEADER, SHOP, approved, shop, tracked};
    let rows = "sale,CUP,web,,,,100,9.50,,2026-02-08\nsale,BOWL,web,,,,31,20.00,,2026-02-10\n\
                sale,TRAY,shops,,,,9,8.00,,2026-02-09\nreceipt,CUP,,main,porto,PO-1,40,,,2026-02-12\n\
                payment,,,,porto,,,,900.00,2026-02-12\n";
    tracked(&approved(SHOP), &shop(&format!("{HEADER}{rows}")))
}

/// All of them.
pub(crate) fn all() -> Vec<(&'static str, Plan)> {
    vec![
        ("months", sorted(9)),
        ("two-years", shop(24)),
        ("weeks", weekly(52)),
        ("one-bucket", one_bucket()),
        ("nothing", empty(0)),
        ("empty-bucket", empty(1)),
        ("absurd", absurd()),
        ("eventful", eventful()),
        ("hostile", hostile_plan()),
        ("named", named("\u{1b}[2J\u{202e}<b>&amp;</b>")),
        ("long", named(&"a-rather-long-name-漢字 ".repeat(6))),
    ]
}
