//! Names that want to do harm.

use sopc::diagnostic::{Diagnostic, codes};
use sopc::plan::{Given, MinimumCash, Plan, Status};
use sopc::render::{DiagnosticFormat, Style, diagnostics, plan_csv, plan_json, plan_text};
use sopc::source::{Sources, Span};

use super::shop::shop;
use super::{acts, columns, style};

const HOSTILE: &str = "=cmd|' /C calc'!A0\u{1b}[2J\u{1b}]0;x\u{7}\r\n\t\u{9b}31m\u{202e}evil\u{2066}\"quoted\",漢字";

/// A plan of which every name wants to do harm.
pub(crate) fn hostile_plan() -> Plan {
    let mut plan = shop(9);
    let text = || HOSTILE.to_owned();
    (plan.project, plan.cycle, plan.currency, plan.plan_hash, plan.compiler_version) =
        (text(), text(), text(), text(), text());
    for bucket in &mut plan.buckets {
        bucket.label = text();
    }
    for order in &mut plan.orders {
        (order.item, order.supplier, order.location, order.key) = (text(), text(), text(), text());
        (order.mode, order.id, order.receipt_bucket) = (Some(text()), Some(text()), text());
    }
    for row in &mut plan.allocations {
        (row.item, row.channel, row.bucket) = (text(), text(), text());
    }
    plan.allocations.last_mut().unwrap().short = 3;
    for row in &mut plan.capacity {
        (row.kind, row.of, row.bucket) = (text(), text(), text());
    }
    for row in &mut plan.transfers {
        (row.item, row.from, row.location, row.receipt_bucket) = (text(), text(), text(), text());
        row.mode = Some(text());
    }
    for row in &mut plan.rules_used {
        (row.id, row.bucket, row.source.file) = (text(), text(), text());
    }
    let given = plan.given[0].clone();
    let source = sopc::source::Place { file: text(), line: 1, column: 1 };
    plan.given = vec![Given { kind: text(), of: text(), bucket: text(), source, ..given }];
    plan.promotions[0].id = text();
    plan.gates[1].id = text();
    let lowest = plan.summary.minimum_cash.clone().unwrap();
    plan.summary.minimum_cash = Some(MinimumCash { bucket: text(), ..lowest });
    plan.tail = plan.orders[..2].to_vec();
    plan
}

#[test]
fn plan_text_shows_escapes() {
    for status in [Status::Feasible, Status::Relaxed, Status::Draft] {
        let plan = Plan { status, ..hostile_plan() };
        for width in [60, 80, 120] {
            let text = plan_text(&plan, &style(width));
            assert!(!text.chars().any(acts), "{text}");
            let widest = text.lines().max_by_key(|line| columns(line)).unwrap();
            assert!(columns(widest) <= width, "{widest}");
            assert!(text.contains("\\u{1b}[2J"));
        }
        let text = plan_text(&plan, &Style { color: true, ..style(80) });
        let sgr = ["[0m", "[1m", "[2m", "[31m", "[32m", "[33m"];
        assert!(text.split('\u{1b}').skip(1).all(|part| sgr.iter().any(|sgr| part.starts_with(sgr))));
    }
}

#[test]
fn plan_json_keeps_every_character() {
    let plan = hostile_plan();
    let text = plan_json(&plan);
    assert!(!text.chars().any(acts));
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
}

#[test]
fn plan_csv_starts_no_formula() {
    let text = plan_csv(&hostile_plan());
    assert!(!text.chars().any(acts));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    for row in reader.records() {
        let row = row.unwrap();
        assert_eq!(row.len(), 17);
        for cell in &row {
            let harmless = !cell.starts_with(['=', '+', '-', '@']) || cell.parse::<f64>().is_ok();
            assert!(harmless, "{cell}");
        }
        assert!(row[4].starts_with("'=cmd|' /C calc'!A0\\u{1b}"), "{}", &row[4]);
        assert!(row[4].ends_with("\"quoted\",漢字"));
    }
}

#[test]
fn diagnostics_show_escapes() {
    let mut sources = Sources::default();
    let line = format!("name = \"{}\"\n", HOSTILE.replace("\r\n", ""));
    let text = format!("# {line}{line}");
    let file = sources.add(format!("dir/{HOSTILE}.toml"), text.as_str().into(), String::new());
    let other = sources.add("other.toml".into(), text.as_str().into(), String::new());
    let at = text.find("evil").unwrap();
    let list = [Diagnostic::error(&codes::UNKNOWN_NAME, format!("no item {HOSTILE}"))
        .at(Span::new(file, at, at + 4), HOSTILE)
        .at(Span::new(other, at, at + 4), HOSTILE)
        .with_note(HOSTILE)
        .help(HOSTILE)
        .edit(Span::new(file, at, at + 4), HOSTILE)];
    use DiagnosticFormat::{Human, Json, Jsonl, Plain, Short};
    for format in [Human, Plain, Short, Json, Jsonl] {
        let text = diagnostics(&list, &sources, format, &style(80), HOSTILE);
        assert!(!text.chars().any(acts), "{text}");
    }
    let short = diagnostics(&list, &sources, Short, &style(80), "");
    assert_eq!(short.lines().count(), 1);
    let json: serde_json::Value = serde_json::from_str(&diagnostics(&list, &sources, Json, &style(80), "")).unwrap();
    assert_eq!(json["diagnostics"][0]["message"], format!("no item {HOSTILE}"));
    assert_eq!(json["diagnostics"][0]["edits"][0]["replacement"], HOSTILE);
}
