//! Plans in every format.

use std::fmt::Write;

use sopc::plan::{Amount, Plan, Status};
use sopc::render::{Style, plan_csv, plan_json, plan_text};

use super::shop::{amount, empty, shop};
use super::{columns, style};

fn assert_fits(plan: &Plan, width: usize) {
    for unicode in [true, false] {
        let text = plan_text(plan, &Style { width, color: false, unicode });
        let widest = text.lines().max_by_key(|line| columns(line)).unwrap();
        assert!(columns(widest) <= width, "{width}: {widest}");
        assert!(text.lines().all(|line| line.trim_end() == line), "{width}: trailing space");
    }
}

#[test]
fn text_at_60() {
    insta::assert_snapshot!(plan_text(&shop(9), &style(60)));
}

#[test]
fn text_at_80() {
    insta::assert_snapshot!(plan_text(&shop(9), &style(80)));
}

#[test]
fn text_at_120() {
    insta::assert_snapshot!(plan_text(&shop(9), &style(120)));
}

#[test]
fn text_of_two_years_at_80() {
    insta::assert_snapshot!(plan_text(&shop(24), &style(80)));
}

#[test]
fn text_without_unicode() {
    let text = plan_text(&shop(9), &Style { width: 80, color: false, unicode: false });
    assert!(text.is_ascii());
}

#[test]
fn text_of_an_empty_plan() {
    insta::assert_snapshot!(plan_text(&empty(0), &style(80)));
}

#[test]
fn text_fits_every_width() {
    for months in [9, 13, 24] {
        let mut plan = shop(months);
        (60..=200).for_each(|width| assert_fits(&plan, width));
        for order in &mut plan.orders {
            order.item = format!("{}-a-rather-long-suffix-漢字-that-somebody-liked", order.item);
            order.landed_cost = Amount(rust_decimal::Decimal::MAX);
        }
        plan.currency = "a currency of its own".into();
        plan.project = "w".repeat(300);
        for width in [60, 61, 80, 99, 200] {
            assert_fits(&plan, width);
        }
    }
}

#[test]
fn a_narrow_terminal_counts_as_60() {
    assert_eq!(plan_text(&shop(9), &style(0)), plan_text(&shop(9), &style(60)));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let coloured = plan_text(&shop(9), &Style { color: true, ..style(80) });
    assert!(coloured.contains("\u{1b}[1m"));
    let mut bare = String::new();
    let mut parts = coloured.split('\u{1b}');
    bare.push_str(parts.next().unwrap());
    parts.for_each(|part| bare.push_str(part.split_once('m').unwrap().1));
    assert_eq!(bare, plan_text(&shop(9), &style(80)));
}

#[test]
fn the_certificate_is_honest() {
    let last = |plan: &Plan| {
        let text = plan_text(plan, &style(120));
        text.split("How good it is").nth(1).unwrap().lines().skip(1).take(2).collect::<Vec<_>>().join("\n")
    };
    let mut plan = empty(1);
    plan.certificate.objective = amount(38_977_120);
    let mut said = String::new();
    writeln!(said, "{}", last(&plan)).unwrap();
    plan.certificate.bound = Some(amount(39_000_000));
    plan.certificate.gap = Some("0.000587".parse().unwrap());
    writeln!(said, "{}", last(&plan)).unwrap();
    plan.certificate.bound = Some(amount(38_977_120));
    plan.certificate.proven = true;
    writeln!(said, "{}", last(&plan)).unwrap();
    insta::assert_snapshot!(said);
}

#[test]
fn a_draft_says_so() {
    let plan = Plan { status: Status::Draft, ..empty(1) };
    assert!(plan_text(&plan, &style(80)).contains("draft: this plan breaks commitments"));
}

#[test]
fn json_reads_back() {
    let plan = shop(9);
    let text = plan_json(&plan);
    assert!(text.ends_with("}\n"));
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    assert_eq!(plan_json(&plan), text);
}

#[test]
fn csv_has_a_row_for_each_order() {
    let plan = shop(9);
    let text = plan_csv(&plan);
    assert_eq!(text.lines().count(), plan.orders.len() + 1);
    let head: Vec<&str> = text.lines().take(4).chain(text.lines().rev().take(2)).collect();
    insta::assert_snapshot!(head.join("\n"));
}

/// The shop, of which the last buckets are a tail.
fn with_tail() -> Plan {
    let mut plan = shop(9);
    let behind: Vec<String> = plan.buckets[6..].iter().map(|bucket| bucket.label.clone()).collect();
    plan.buckets[6..].iter_mut().for_each(|bucket| bucket.tail = true);
    let is_behind = |label: &String| behind.contains(label);
    plan.tail = plan.orders.extract_if(.., |order| is_behind(&order.receipt_bucket)).collect();
    plan.cash.retain(|row| !is_behind(&row.bucket));
    plan.metrics.retain(|one| one.bucket.as_ref().is_none_or(|label| !is_behind(label)));
    plan
}

#[test]
fn text_with_a_tail_at_80() {
    insta::assert_snapshot!(plan_text(&with_tail(), &style(80)));
}

#[test]
fn what_is_for_the_tail_is_told_apart() {
    let plan = with_tail();
    assert!(!plan.tail.is_empty());
    for width in [60, 80, 120] {
        assert_fits(&plan, width);
    }
    let rows = plan_csv(&plan);
    let apart = rows.lines().filter(|line| line.split(',').nth(1) == Some("tail")).count();
    assert_eq!(apart, plan.tail.len());
}
