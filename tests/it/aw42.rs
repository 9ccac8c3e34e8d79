//! 42 bought bicycle parts and clothes of a real sample database, turned into a project.
//!
//! The data is no part of this repository; where its folder is missing, tests that want it say so and pass.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

/// Reads the data, or says that it is not there.
pub(crate) fn data() -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/adventureworks/aw42.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        #[allow(clippy::print_stderr, reason = "a skipped test should not look like one that ran")]
        {
            eprintln!("skipped: no {}", path.display());
        }
        return None;
    };
    Some(serde_json::from_str(&text).expect("the data is JSON"))
}

/// The project, file path to text: 12 months from 2016-07-01, one location, a supplier per vendor, no cash; at most
/// `monthly_purchases` of receipts a month where that is given.
///
/// # Panics
/// Where the data has another shape.
pub(crate) fn project(json: &Value, monthly_purchases: Option<i64>) -> BTreeMap<String, String> {
    let months: Vec<&str> = list(&json["months"]).iter().map(text).collect();
    let items = list(&json["items"]);

    let mut vendors: Vec<i64> = items.iter().map(|item| whole(&item["vendor"])).collect();
    vendors.sort_unstable();
    vendors.dedup();
    let mut channels: Vec<&str> = items
        .iter()
        .flat_map(|item| item["demand"].as_object().expect("demand by channel").keys().map(String::as_str))
        .collect();
    channels.sort_unstable();
    channels.dedup();

    let mut item_file = String::new();
    let mut prices = String::new();
    let mut stock = String::from("item,location,on-hand\n");
    let mut lanes = String::new();
    let mut open_orders = String::new();
    let mut demand = String::from("item,channel,bucket,units\n");
    for vendor in vendors {
        write(&mut lanes, format_args!("[supplier.v{vendor}]\n"));
    }
    for item in items {
        let sku = text(&item["sku"]);
        let vendor = whole(&item["vendor"]);
        let lead_days = whole(&item["lead_days"]);
        write(&mut item_file, format_args!("[item.{}]\nname = {}\n\n", quoted(sku), quoted(text(&item["name"]))));
        write(&mut prices, format_args!("[item.{}]\nprice = {}\n\n", quoted(sku), item["list_price"]));
        write(&mut stock, format_args!("{sku},main,{}\n", whole(&item["on_hand"])));
        write(
            &mut lanes,
            format_args!(
                "\n[[lane]]\nwhere = {{ item = {} }}\nsupplier = \"v{vendor}\"\nlocation = \"main\"\nlead-days = {lead_days}\n\
                 unit-cost = {}\nmoq = {}\nmax = {}\n",
                quoted(sku),
                item["unit_cost"],
                whole(&item["moq"]),
                whole(&item["max_order"]),
            ),
        );
        let on_order = whole(&item["on_order"]);
        if on_order > 0 {
            // It arrives at the start of the first month that lies a lead time away.
            let bucket = usize::try_from((lead_days + 29) / 30).expect("lead times are not negative");
            write(
                &mut open_orders,
                format_args!(
                    "[[open-order]]\nid = \"PO-{vendor}\"\nitem = {}\nsupplier = \"v{vendor}\"\nlocation = \"main\"\n\
                     units = {on_order}\ndue = {}-01\npayments = []\n\n",
                    quoted(sku),
                    months[bucket],
                ),
            );
        }
        for channel in &channels {
            let Some(units) = item["demand"].get(channel) else { continue };
            for (month, units) in months.iter().zip(list(units)) {
                write(&mut demand, format_args!("{sku},{channel},{month},{}\n", whole(units)));
            }
        }
    }

    let channel_file = channels.iter().fold(String::new(), |mut file, channel| {
        write(&mut file, format_args!("[channel.{channel}]\nship-from = [\"main\"]\n\n"));
        file
    });
    let mut files = BTreeMap::from(
        [
            ("sop.toml", manifest(&months)),
            ("operations/items.toml", item_file),
            ("operations/lanes.toml", format!("[location.main]\n\n{lanes}")),
            ("operations/open-orders.toml", open_orders),
            ("operations/stock.toml", "[[csv]]\ntable = \"stock\"\npath = \"data/stock.csv\"\n".to_owned()),
            ("sales/channels.toml", channel_file),
            ("sales/demand.toml", "[[csv]]\ntable = \"demand\"\npath = \"data/demand.csv\"\n".to_owned()),
            ("sales/prices.toml", prices),
            ("data/demand.csv", demand),
            ("data/stock.csv", stock),
        ]
        .map(|(path, text)| (path.to_owned(), text)),
    );
    if let Some(amount) = monthly_purchases {
        files.insert("finance/budget.toml".to_owned(), format!("[[budget]]\npurchases = {amount}\n"));
    }
    files
}

fn manifest(months: &[&str]) -> String {
    let (first, horizon) = (months[0], months.len());
    format!(
        "[plan]\nlanguage = 1\nname = \"AdventureWorks, 42 bought items\"\ncycle = \"{first}\"\nas-of = {first}-01\n\
         bucket = \"month\"\nhorizon = {horizon}\ncurrency = \"USD\"\nfrozen-days = 0\n\n\
         [economics]\nholding-rate = 0.12\nend-worth = \"none\"\n"
    )
}

fn write(to: &mut String, text: std::fmt::Arguments<'_>) {
    to.write_fmt(text).expect("a String takes any text");
}

/// A TOML string; JSON's escapes are TOML's.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn whole(value: &Value) -> i64 {
    value.as_i64().expect("a whole number")
}

#[test]
fn all_items_and_units_are_there() {
    let Some(json) = data() else { return };
    let files = project(&json, None);
    let headers = |path: &str, header: &str| files[path].lines().filter(|line| line.starts_with(header)).count();
    assert_eq!(headers("operations/items.toml", "[item."), 42);
    assert_eq!(headers("sales/prices.toml", "[item."), 42);
    assert_eq!(headers("operations/lanes.toml", "[[lane]]"), 42);
    assert_eq!(headers("operations/open-orders.toml", "[[open-order]]"), 32);
    assert_eq!(headers("sales/channels.toml", "[channel."), 3);

    let rows: Vec<Vec<&str>> = files["data/demand.csv"].lines().skip(1).map(|row| row.split(',').collect()).collect();
    assert_eq!(rows.len(), 42 * 3 * 12);
    assert_eq!(rows.iter().map(|row| row[3].parse::<i64>().unwrap()).sum::<i64>(), 68_168);

    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".toml")) {
        assert!(toml::de::DeTable::parse(text).is_ok(), "{path}:\n{text}");
    }
    assert!(!files.contains_key("finance/budget.toml"));
    assert_eq!(project(&json, Some(6_000))["finance/budget.toml"], "[[budget]]\npurchases = 6000\n");
}
