//! A real gift shop as a project: UCI Online Retail (Chen, Sain, Guo 2012, CC BY 4.0), 3,805 items in 4 channels.
//!
//! The data is no part of this repository. What is not in it follows a rule: unit cost is half the median price, the
//! order multiple the most frequent quantity, MOQ six multiples, lead time and supplier hang on the digits of the code, opening
//! stock is the first two months' demand, a unit takes 0.004 m3.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::Project;

const MONTHS: [&str; 12] = [
    "2010-12", "2011-01", "2011-02", "2011-03", "2011-04", "2011-05", "2011-06", "2011-07", "2011-08", "2011-09",
    "2011-10", "2011-11",
];

/// The project; `None` where the data is not there.
pub(crate) fn project() -> Option<Project> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/uci-online-retail");
    let sales = std::fs::read(folder.join("monthly_item_channel.csv")).ok()?;
    let items = std::fs::read(folder.join("items.csv")).ok()?;
    let (demand, opening) = demand(&sales);
    let mut item_file = String::new();
    let mut lanes = "[location.main]\n\n".to_owned();
    let mut stock = "item,location,on-hand\n".to_owned();
    for supplier in 0..40 {
        write!(lanes, "[supplier.s{supplier}]\n\n").expect("a string");
    }
    for row in csv::Reader::from_reader(items.as_slice()).records() {
        let row = row.expect("a row");
        let (code, name) = (&row[0], row[1].replace(['\\', '"'], " "));
        let digits: u64 = code.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0);
        let pence = pence(&row[2]).max(1);
        let multiple: u64 = row[4].parse::<u64>().unwrap_or(1).max(1);
        write!(
            item_file,
            "[item.\"{code}\"]\nname = \"{name}\"\nunit-volume = 0.004\nprice = {}.{:02}\n\n",
            pence / 100,
            pence % 100
        )
        .expect("a string");
        write!(
            lanes,
            "[[lane]]\nwhere = {{ item = \"{code}\" }}\nsupplier = \"s{}\"\nlocation = \"main\"\nlead-days = {}\n\
             unit-cost = {}.{:03}\nmultiple = {multiple}\nmoq = {}\n\n",
            digits % 40,
            45 + 15 * (digits % 4),
            pence / 200,
            pence % 200 * 5,
            6 * multiple
        )
        .expect("a string");
        writeln!(stock, "{code},main,{}", opening.get(code).copied().unwrap_or(0)).expect("a string");
    }
    let mut channels = String::new();
    for channel in ["uk", "ie", "eu", "row"] {
        write!(channels, "[channel.{channel}]\nship-from = [\"main\"]\n\n").expect("a string");
    }
    let files = [
        ("sop.toml", manifest()),
        ("csv.toml", csv_entries()),
        ("operations/items.toml", item_file),
        ("operations/lanes.toml", lanes),
        ("sales/channels.toml", channels),
        ("data/demand.csv", demand),
        ("data/stock.csv", stock),
    ];
    Some(Project(files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect()))
}

fn manifest() -> String {
    "[plan]\nlanguage = 1\nname = \"UCI Online Retail\"\ncycle = \"2010-12\"\nas-of = 2010-12-01\nbucket = \"month\"\n\
     horizon = 12\ncurrency = \"GBP\"\n\n[economics]\nholding-rate = 0.2\nend-worth = \"none\"\n"
        .to_owned()
}

fn csv_entries() -> String {
    "[[csv]]\ntable = \"demand\"\npath = \"data/demand.csv\"\n\n[[csv]]\ntable = \"stock\"\npath = \"data/stock.csv\"\n"
        .to_owned()
}

/// Units sold less units returned, a row for each item, channel and month of the plan; and what each item needs in the
/// first two.
fn demand(sales: &[u8]) -> (String, BTreeMap<String, u64>) {
    let mut text = "item,channel,bucket,units\n".to_owned();
    let mut opening: BTreeMap<String, u64> = BTreeMap::new();
    for row in csv::Reader::from_reader(sales).records() {
        let row = row.expect("a row");
        if !MONTHS.contains(&&row[2]) {
            continue;
        }
        let number = |at: usize| row[at].parse::<u64>().expect("a number");
        let units = number(3).saturating_sub(number(4));
        if MONTHS[..2].contains(&&row[2]) {
            *opening.entry(row[0].to_owned()).or_default() += units;
        }
        writeln!(text, "{},{},{},{units}", &row[0], &row[1], &row[2]).expect("a string");
    }
    (text, opening)
}

/// `12.5` as 1250.
fn pence(price: &str) -> u64 {
    let (pounds, rest) = price.split_once('.').unwrap_or((price, ""));
    let rest: String = rest.chars().chain("00".chars()).take(2).collect();
    pounds.parse::<u64>().unwrap_or(0) * 100 + rest.parse::<u64>().unwrap_or(0)
}
