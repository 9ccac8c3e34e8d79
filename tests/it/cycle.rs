//! A cycle as its users go through it: purchase orders, tracking, the next one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sopc::purchase::{PurchaseOrder, file_names, purchase_orders};
use sopc::render::Style;
use sopc::render::{
    PURCHASE_COLUMNS, purchase_csv, purchase_json, tracking_csv, tracking_html, tracking_json, tracking_markdown,
    tracking_text,
};
use sopc::track::Tracking;
use tempfile::TempDir;

use crate::session::typed;
use crate::track::shop::{HEADER, PLACES, SHOP, TWO_PLACES, approved, shop_with, tracked};

/// The small shop on a disk.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("sop.toml"), SHOP.trim_start()).expect("a file");
    folder
}

/// Every file below a folder and its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in fs::read_dir(&at).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else {
                let name = entry.strip_prefix(folder).expect("below").to_string_lossy().replace('\\', "/");
                found.insert(name, fs::read(&entry).expect("a file"));
            }
        }
    }
    found
}

fn said(folder: &Path, command: &str) -> String {
    typed(folder, &[command])
}

/// What came of February: all as planned, and the stock of 1 March.
const FEBRUARY: &str = "kind,item,channel,location,supplier,order,units,on\n\
                        receipt,CUP,,main,porto,PO-1,140,2026-02-05\n\
                        sale,CUP,web,,,,280,2026-02-28\n\
                        sale,BOWL,web,,,,56,2026-02-28\n\
                        stock,CUP,,main,,,0,2026-03-01\n\
                        stock,BOWL,,main,,,144,2026-03-01\n\
                        stock,TRAY,,main,,,9,2026-03-01\n";

#[test]
fn a_cycle_goes_round() {
    let folder = folder();
    let at = folder.path();
    assert!(said(at, "sopc orders --diagnostics short").contains("SOP9007"));
    assert!(said(at, "sopc approve --diagnostics short").contains("approved"));
    let table = said(at, "sopc orders");
    assert!(table.contains("1 purchase order, 1,240.00 USD") && table.contains("porto-2026-02"), "{table}");
    assert!(table.contains("2026-02-09"), "{table}");
    said(at, "sopc orders --out orders");
    let csv = fs::read_to_string(at.join("orders/porto-2026-02.csv")).expect("a file");
    assert_eq!(
        csv.lines().nth(1),
        Some(
            "porto-2026-02,porto,2026-02-09,CUP,310,main,standard,2026-03-01,2026-03,1240.00,USD,CUP/porto/main/standard/2026-03,\
             Mon,4.00,1240.00,USD"
        )
    );
    let json = fs::read_to_string(at.join("orders/porto-2026-02.json")).expect("a file");
    let order: PurchaseOrder = serde_json::from_str(&json).expect("a purchase order");
    assert_eq!((order.units, order.lines[0].release_date.to_string().as_str()), (310, "2026-02-09"));
    assert!(said(at, "sopc orders --bucket 2027-01 --diagnostics short").contains("no bucket `2027-01`"));
    fs::remove_dir_all(at.join("orders")).expect("a folder");

    fs::write(at.join("february.csv"), FEBRUARY).expect("a file");
    let tracking = said(at, "sopc track --actuals february.csv");
    assert!(tracking.contains("revenue is as planned in USD"), "{tracking}");
    let before = files(at);
    let shown = said(at, "sopc roll --actuals february.csv --dry-run");
    assert!(shown.contains("cycle 2026-03, as of 2026-03-01") && shown.contains("nothing was written"), "{shown}");
    assert_eq!(files(at), before);
    let refused = said(at, "sopc roll --diagnostics short");
    assert!(refused.contains("SOP9011"), "{refused}");
    assert_eq!(files(at), before);
    let written = said(at, "sopc roll --actuals february.csv");
    assert!(written.contains("cycle 2026-03 begins"), "{written}");
    let after = files(at);
    let names: Vec<&str> = after.keys().map(String::as_str).collect();
    assert_eq!(names, ["cycles/2026-02.plan.json", "february.csv", "sop.toml"]);
    assert_eq!(after["cycles/2026-02.plan.json"], before["cycles/2026-02.plan.json"]);
    let manifest = String::from_utf8(after["sop.toml"].clone()).expect("text");
    assert!(manifest.contains("as-of = 2026-03-01") && manifest.contains("id = \"porto-2026-02\""), "{manifest}");
    assert!(!manifest.contains("PO-1"), "{manifest}");
    // The last plan, approved as it was, is followed; this cycle's is yet to be approved.
    assert!(said(at, "sopc plan --diagnostics short").contains("cycle 2026-03"));
    assert!(said(at, "sopc track --diagnostics short").contains("SOP9007"));
}

#[test]
fn what_is_wrong_with_actuals_is_told_of_their_file() {
    let folder = folder();
    let at = folder.path();
    said(at, "sopc approve --diagnostics short");
    let track = |text: &str| {
        fs::write(at.join("february.csv"), text).expect("a file");
        said(at, "sopc track --actuals february.csv --diagnostics plain")
    };
    let empty = track("");
    assert!(empty.contains("february.csv is empty") && empty.contains("at february.csv:1:1"), "{empty}");
    let other = track("item;channel;units;on\nCUP;web;3;2026-02-03\n");
    assert!(other.contains("is this the delimiter?") && other.contains("--actuals reads commas"), "{other}");
    for text in [empty, other] {
        assert!(!text.contains(".actuals"), "{text}");
    }
}

#[test]
fn what_has_not_arrived_stays_under_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path();
    fs::write(at.join("sop.toml"), TWO_PLACES.trim_start()).expect("a file");
    said(at, "sopc approve --diagnostics short");
    let rows = |moved: &str| {
        format!(
            "{PLACES}sale,CUP,web,,,140,2026-02-28\nsale,CUP,shops,,,120,2026-02-28\n{moved}\
             stock,CUP,,,main,0,2026-03-01\nstock,CUP,,,store,8,2026-03-01\n"
        )
    };
    // Where no transfers are told, stock is counted and all has arrived.
    fs::write(at.join("february.csv"), rows("")).expect("a file");
    assert!(!said(at, "sopc roll --actuals february.csv --dry-run").contains("open-transfers"));
    // 100 of 112 came: the rest is still on its way, late as it is.
    fs::write(at.join("february.csv"), rows("transfer,CUP,,main,store,100,2026-02-20\n")).expect("a file");
    let rolled = said(at, "sopc roll --actuals february.csv");
    assert!(rolled.contains("was due on 2026-02-08 and has not come"), "{rolled}");
    let text = fs::read_to_string(at.join("operations/open-transfers.toml")).expect("a file");
    assert!(text.contains("units = 12\n") && text.contains("due = 2026-02-08"), "{text}");
    // And so in the cycle after that.
    said(at, "sopc approve --diagnostics short");
    let march = rows("transfer,CUP,,main,store,5,2026-03-02\n")
        .replace("2026-02-28", "2026-03-30")
        .replace("2026-03-01", "2026-04-01");
    fs::write(at.join("march.csv"), march).expect("a file");
    said(at, "sopc roll --actuals march.csv --as-of 2026-04-01 --cycle 2026-04");
    let text = fs::read_to_string(at.join("operations/open-transfers.toml")).expect("a file");
    assert!(text.contains("units = 7\n"), "{text}");
}

#[test]
fn a_project_that_would_be_wrong_is_not_rolled() {
    let folder = folder();
    let at = folder.path();
    // The unit cost of the first bucket is all that is stated: April would have none.
    let gap = SHOP.replace("unit-cost = 4.00", "unit-cost = { \"2026-02\" = 4.00, \"2026-03\" = 4.00 }");
    fs::write(at.join("sop.toml"), gap.trim_start()).expect("a file");
    fs::write(at.join("february.csv"), FEBRUARY).expect("a file");
    said(at, "sopc approve --diagnostics short");
    let before = files(at);
    let refused = said(at, "sopc roll --actuals february.csv --diagnostics short");
    assert!(refused.contains("SOP9011") && refused.contains("SOP3011"), "{refused}");
    assert_eq!(files(at), before);
}

/// The supplier counts in yuan, and gives a price from 300 on: what it is asked for is in its own money.
#[test]
fn suppliers_read_prices_in_their_currency() {
    let shop = SHOP.replace("[supplier.porto]", "[fx]\nCNY = 0.15\n[supplier.porto]\ncurrency = \"CNY\"").replace(
        "unit-cost = 4.00",
        "unit-cost = 30.00\nfreight = 0.10\nprice-breaks = [{ from = 300, unit-cost = 28.50 }]",
    );
    let plan = approved(&shop);
    let order = &purchase_orders(&plan)[0];
    let line = &order.lines[0];
    let goods = line.goods.as_ref().expect("a price");
    // 310 x 28.50 CNY; at 0.15 with freight 1,356.25 USD.
    assert_eq!((goods.currency.as_str(), goods.value.to_string().as_str()), ("CNY", "8835.00"));
    assert_eq!(line.unit_price.expect("a price").to_string(), "28.50");
    assert_eq!((order.goods.as_ref(), line.landed_cost.to_string().as_str()), (Some(goods), "1356.25"));
    let style = Style { width: 100, color: false, unicode: true };
    let table = sopc::render::purchase_text(&purchase_orders(&plan), &style);
    assert!(table.contains("8,835.00 CNY"), "{table}");
}

#[test]
fn what_an_earlier_plan_left_is_told_and_nothing_of_the_users_goes() {
    let folder = folder();
    let at = folder.path();
    said(at, "sopc approve --diagnostics short");
    said(at, "sopc orders --out orders");
    let own = [
        ("notes.txt", "call Ana"),
        ("other.csv", "a,b\n1,2\n"),
        ("other.json", "{}"),
        ("mine-2026-01.csv", "order,supplier,release_date,item,units,x\n"),
    ];
    for (name, text) in own {
        fs::write(at.join("orders").join(name), text).expect("a file");
    }
    // The same orders as of an earlier plan, one of them changed by hand since.
    let earlier = |name: &str, text: &str| {
        let json = fs::read_to_string(at.join("orders/porto-2026-02.json")).expect("a file");
        let mut order: PurchaseOrder = serde_json::from_str(&json).expect("a purchase order");
        (order.cycle, order.plan_hash) = ("2026-01".to_owned(), "0".repeat(64));
        fs::write(at.join(format!("orders/{name}.json")), purchase_json(&order) + text).expect("a file");
        fs::write(at.join(format!("orders/{name}.csv")), purchase_csv(&[order])).expect("a file");
    };
    earlier("porto-2026-01", "");
    earlier("lisboa-2026-01", "\n\n");
    let before = files(at);
    let told = said(at, "sopc orders --out orders");
    assert!(
        told.contains("porto-2026-01.json is not of this plan, but of the cycle 2026-01; --clean removes it"),
        "{told}"
    );
    assert!(told.contains("lisboa-2026-01.json is not of this plan") && told.contains("it stays"), "{told}");
    assert!(!told.contains("other") && !told.contains("notes"), "{told}");
    assert_eq!(files(at), before);
    let told = said(at, "sopc orders --out orders --clean");
    assert!(told.contains("removed orders/porto-2026-01.csv"), "{told}");
    let after = files(at);
    let gone: Vec<_> = before.keys().filter(|name| !after.contains_key(*name)).collect();
    assert_eq!(gone, ["orders/lisboa-2026-01.csv", "orders/porto-2026-01.csv", "orders/porto-2026-01.json"]);
    assert!(after.iter().all(|(name, bytes)| before[name] == *bytes));
}

#[test]
fn names_make_no_formulas_and_lead_nowhere() {
    let mut plan = approved(SHOP);
    let line = plan.orders.iter().find(|order| order.id.is_none()).expect("a new line").clone();
    for (at, supplier) in
        ["../../etc/passwd", "=cmd|' /C calc'!A0", "Porto", "-rf", "ü/ü", "ü\\ü", "a\nb\u{202e}"].iter().enumerate()
    {
        let mut other = line.clone();
        other.supplier = (*supplier).to_owned();
        other.item = format!("+{at}");
        plan.orders.push(other);
    }
    let orders = purchase_orders(&plan);
    let names = file_names(&orders);
    assert_eq!(names.len(), 8);
    for (at, name) in names.iter().enumerate() {
        assert!(name.chars().all(|one| one.is_ascii_alphanumeric() || "-_".contains(one)), "{name}");
        assert!(!name.starts_with('-') && !name.is_empty(), "{name}");
        assert!(names[..at].iter().all(|other| !other.eq_ignore_ascii_case(name)), "{names:?}");
    }
    let csv = purchase_csv(&orders);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().expect("a header").len(), PURCHASE_COLUMNS.len());
    for record in reader.records().map(|record| record.expect("a row")) {
        for cell in &record {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t']) && !cell.contains(['\n', '\u{202e}']), "{cell:?}");
        }
    }
    for order in &orders {
        let text = purchase_json(order);
        assert_eq!(serde_json::from_str::<PurchaseOrder>(&text).expect("a purchase order"), *order);
        assert!(!text.contains('\u{202e}'));
    }
    let schema: serde_json::Value = serde_json::from_str(sopc::purchase::SCHEMA).expect("JSON");
    let schema = jsonschema::draft7::new(&schema).expect("a schema");
    for order in &orders {
        let value = serde_json::to_value(order).expect("JSON");
        assert!(schema.is_valid(&value), "{value}");
    }
}

#[test]
fn a_tracking_is_harmless_and_has_its_form() {
    let hostile = SHOP.replace("CUP", "=C\\u202eUP|<b>").replace("porto", "+p`o`rto");
    let rows = format!(
        "{HEADER}sale,=C\u{202e}UP|<b>,web,,,,90,7.00,,2026-02-07\nreceipt,=C\u{202e}UP|<b>,,main,,PO-1,1,,,2026-02-05\n"
    );
    let hostile = hostile
        .replace("[item.=C\\u202eUP|<b>]", "[item.\"=C\\u202eUP|<b>\"]")
        .replace("[supplier.+p`o`rto]", "[supplier.\"+p`o`rto\"]");
    let tracking = tracked(&approved(&hostile), &shop_with(&hostile, &rows));
    let json = tracking_json(&tracking);
    assert_eq!(serde_json::from_str::<Tracking>(&json).expect("a tracking"), tracking);
    let schema: serde_json::Value = serde_json::from_str(sopc::track::SCHEMA).expect("JSON");
    let schema = jsonschema::draft7::new(&schema).expect("a schema");
    assert!(schema.is_valid(&serde_json::from_str(&json).expect("JSON")));
    let style = Style { width: 80, color: false, unicode: true };
    let texts = [
        tracking_text(&tracking, true, &style),
        tracking_markdown(&tracking, true),
        tracking_html(&tracking, true),
        tracking_csv(&tracking),
        json,
    ];
    for text in &texts {
        assert!(!text.contains('\u{202e}'), "{text}");
    }
    assert!(!texts[2].contains("<b>"), "{}", texts[2]);
    assert!(texts[3].lines().skip(1).all(|row| !row.starts_with('=')), "{}", texts[3]);
    for line in texts[0].lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}
