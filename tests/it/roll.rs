//! The next cycle: what is known changes in its place, what is new is added, and nothing else of the team's text is touched.

#[path = "roll/commented.rs"]
mod commented;

use rust_decimal::Decimal;
use sopc::compile::{compile, plan};
use sopc::diagnostic::Diagnostic;
use sopc::document::load;
use sopc::format::format;
use sopc::plan::Plan;
use sopc::roll::{Rolled, Terms, roll};

use crate::support::{Memory, planned};

const MANIFEST: &str = r#"# The plan of the cup shop.
[plan]
language = 1
name = "Cups"
cycle   = "2026-02"   # the month
as-of   = 2026-02-01  # counted by Ana
bucket = "month"
horizon = 2
currency = "USD"
"#;

const SHOP: &str = r#"[economics]
end-worth = "none"
[location.main]
[channel.web]
ship-from = ["main"]
payout-days = 14
[supplier.porto]
payment = [{ share = 0.5, at = "order" }, { share = 0.5, at = "receipt" }]
[item.CUP]
price = 10.00
[item.BOWL]
price = 20.00
[[lane]]
where = { item = ["CUP", "BOWL"] }
supplier = "porto"
location = "main"
lead-days = 20
unit-cost = 4.00
[[demand]]
item = "CUP"
channel = "web"
units = { "2026-02" = 280, "2026-03" = 310, "2026-04" = 300 }
[[demand]]
item = "BOWL"
channel = "web"
units = 56
"#;

const STOCK: &str = r#"# Counted by hand.

[[stock]]
item = "CUP"
location = "main"
on-hand  =  140   # two pallets

[[stock]]  # the bowls
item = "BOWL"
location = "main"
on-hand = 200
"#;

const ORDERS: &str = r#"# What is under way.

# Ana says: the first ones of the year.
[[open-order]]
id = "PO-1"
item = "CUP"      # blue
supplier = "porto"
# The units were agreed by phone.
location = "main"
units = 100
ordered = 2026-01-16
due = 2026-02-05  # by truck

[[open-order]]
id = "PO-2"  # half of it may come in April
item = "CUP"
supplier = "porto"
location = "main"
units = 60
due = 2026-02-20
payments = [
    { amount = 100.00, on = 2026-02-20 },  # on receipt
    # agreed with Rui
    { amount = 140.00, on = 2026-03-20 },
]

# That was all.
"#;

const CASH: &str = r#"[cash]
opening = 50000  # of which 2,000 in the till
minimum = 1000
[[cash-flow]]
name = "rent"
amount = -2000
"#;

/// PO-1 came, 40 of PO-2's 60 came; 275 cups and 56 bowls were sold.
const ACTUALS: &str = "kind,item,channel,location,supplier,order,units,on\n\
                       receipt,CUP,,main,porto,PO-1,100,2026-02-05\n\
                       receipt,CUP,,main,porto,PO-2,40,2026-02-20\n\
                       sale,CUP,web,,,,275,2026-02-28\n\
                       sale,BOWL,web,,,,56,2026-02-28\n\
                       stock,CUP,,main,,,5,2026-03-01\n\
                       stock,BOWL,,main,,,144,2026-03-01\n";

fn shop() -> Memory {
    Memory::of([
        ("sop.toml", MANIFEST),
        ("shop.toml", SHOP),
        ("operations/stock.toml", STOCK),
        ("operations/orders.toml", ORDERS),
        ("finance/cash.toml", CASH),
    ])
}

fn told(files: &Memory, actuals: &str) -> Memory {
    let mut files = files.clone();
    files.0.insert("actual.toml".into(), b"[[csv]]\ntable = \"actual\"\npath = \"actual.csv\"\n".to_vec());
    files.0.insert("actual.csv".into(), actuals.as_bytes().to_vec());
    files
}

fn approved(files: &Memory) -> Plan {
    planned(files)
}

fn terms() -> Terms {
    Terms { opening_cash: Some(Decimal::new(4_812_350, 2)), ..Terms::default() }
}

fn rolled(plan: &Plan, files: &Memory, terms: &Terms) -> Result<Rolled, Vec<Diagnostic>> {
    let compiled = compile(files);
    let network = compiled.network.as_ref().unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    let loaded = load(files);
    roll(&loaded.document, &loaded.sources, network, plan, terms)
}

/// The project as it is then.
fn after(files: &Memory, rolled: &Rolled) -> Memory {
    let mut files = files.clone();
    files.0.extend(rolled.files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())));
    files
}

fn refusals(files: &Memory, actuals: &str, terms: &Terms) -> Vec<String> {
    let problems = rolled(&approved(files), &told(files, actuals), terms).expect_err("it is refused");
    problems.into_iter().map(|one| one.message).collect()
}

#[test]
fn values_change_in_their_place() {
    let files = told(&shop(), ACTUALS);
    let next = rolled(&approved(&shop()), &files, &terms()).unwrap_or_else(|why| panic!("{why:#?}"));
    assert_eq!(
        next.files["sop.toml"],
        MANIFEST
            .replace("cycle   = \"2026-02\"", "cycle   = \"2026-03\"")
            .replace("as-of   = 2026-02-01", "as-of   = 2026-03-01")
    );
    assert_eq!(
        next.files["operations/stock.toml"],
        STOCK.replace("on-hand  =  140", "on-hand  =  5").replace("on-hand = 200", "on-hand = 144")
    );
    // PO-2 is due behind the middle of February and serves March, so that 250 cups more were released on 9 February: half of 4.00 x 250 is
    // paid, the other half falls due when they come. 20 cups of PO-2 still come; what fell due on the 20th is paid.
    assert_eq!(
        next.files["operations/orders.toml"],
        r#"# What is under way.

# Ana says: the first ones of the year.
# blue
# The units were agreed by phone.
# by truck

[[open-order]]
id = "PO-2"  # half of it may come in April
item = "CUP"
supplier = "porto"
location = "main"
units = 20
due = 2026-02-20
# on receipt
# agreed with Rui
payments = [{ amount = 140.00, on = 2026-03-20 }]

# That was all.

[[open-order]]
id = "porto-2026-02"
item = "CUP"
supplier = "porto"
location = "main"
units = 250
ordered = 2026-02-09
due = 2026-03-01
payments = [{ amount = 500.00, on = 2026-03-01 }]
"#
    );
    // Sales of 2,750.00 and 1,120.00 over 28 days, paid out after 14: half of them in March.
    assert_eq!(
        next.files["finance/cash.toml"],
        CASH.replace("opening = 50000", "opening = 48123.50")
            + "\n[[cash-flow]]\nname = \"payout of web for sales before 2026-03-01\"\namount = { \"2026-03\" = 1935.00 }\n"
    );
    assert_eq!(next.files.len(), 4);
    assert_eq!(next.notes, ["PO-2/CUP was due on 2026-02-20 and has not come"]);
}

#[test]
fn what_was_laid_out_stays_so() {
    let mut laid = shop();
    let cash = CASH.replace("minimum = 1000", "minimum = 1000  # as the bank asks");
    laid.0.insert("finance/cash.toml".into(), cash.into_bytes());
    for text in laid.0.values_mut() {
        *text = format(std::str::from_utf8(text).expect("text")).expect("TOML").into_bytes();
    }
    let files = told(&laid, ACTUALS);
    let next = rolled(&approved(&laid), &files, &terms()).unwrap_or_else(|why| panic!("{why:#?}"));
    assert!(next.files["finance/cash.toml"].contains("opening = 48123.50  # of which"));
    for (path, text) in &next.files {
        assert_eq!(format(text).as_ref(), Ok(text), "{path}");
    }
}

#[test]
fn what_comes_out_is_planned_on() {
    let files = told(&shop(), ACTUALS);
    let first = approved(&shop());
    let next = rolled(&first, &files, &terms()).unwrap_or_else(|why| panic!("{why:#?}"));
    let mut files = after(&files, &next);
    files.0.insert("cycles/2026-02.plan.json".into(), sopc::render::plan_json(&first).into_bytes());
    let compiled = compile(&files);
    let plan = plan(&compiled).unwrap_or_else(|why| panic!("{why:?}\n{:#?}", compiled.diagnostics));
    assert_eq!((plan.cycle.as_str(), plan.as_of.to_string().as_str()), ("2026-03", "2026-03-01"));
    // The released line is an open order, and none of the last plan's lines is missing.
    let open: Vec<_> = plan.orders.iter().filter_map(|order| Some((order.id.as_deref()?, order.units))).collect();
    assert_eq!(open, [("PO-2", 20), ("porto-2026-02", 250)]);
    assert!(plan.diagnostics.iter().all(|one| one.code != "SOP7018"), "{:#?}", plan.diagnostics);
    // Rolled again without new actuals, nothing is told of March.
    let again = rolled(&plan, &files, &terms()).expect_err("nothing is told");
    assert!(again[0].message.contains("nothing is told"), "{again:#?}");
}

#[test]
fn cells_change_in_csv_files_too() {
    let mut files = shop();
    files.0.remove("operations/stock.toml");
    let entry = "[[csv]]\ntable = \"stock\"\npath = \"data/stock.csv\"\ndelimiter = \";\"\n\
                 columns = { item = \"sku\", location = \"where\", on-hand = \"qty\" }\n";
    files.0.insert("stock.toml".into(), entry.into());
    let stock = "note;sku;qty;where\r\n\"two; pallets\";CUP;\"140\";main\r\n;BOWL; 200 ;main";
    files.0.insert("data/stock.csv".into(), stock.into());
    let next = rolled(&approved(&files), &told(&files, ACTUALS), &terms()).unwrap_or_else(|why| panic!("{why:#?}"));
    let text = &next.files["data/stock.csv"];
    assert!(text.starts_with("note;sku;qty;where\r\n\"two; pallets\";CUP;5;main\r\n;BOWL;"), "{text:?}");
    assert!(text.ends_with("144 ;main") || text.ends_with("144;main"), "{text:?}");
}

#[test]
fn what_was_not_paid_is_still_to_pay() {
    // 200.00 of PO-1, 100.00 of PO-2 and 500.00 of the new line were due; 60.00 of that were not paid: the latest of it stays.
    let paid = |amount: &str| {
        let with_amounts = ACTUALS.replace(",on\n", ",amount,on\n").replace(",2026-", ",,2026-");
        format!("{with_amounts}payment,,,,porto,,,{amount},2026-02-25\n")
    };
    let plan = approved(&shop());
    let due = Decimal::from(800);
    let next = rolled(&plan, &told(&shop(), &paid(&(due - Decimal::from(60)).to_string())), &terms());
    let orders = next.unwrap_or_else(|why| panic!("{why:#?}")).files["operations/orders.toml"].clone();
    assert!(
        orders.contains("payments = [{ amount = 60.00, on = 2026-02-20 }, { amount = 140.00, on = 2026-03-20 }]"),
        "{orders}"
    );
    // 200.00 more than was due: off what comes next.
    let next = rolled(&plan, &told(&shop(), &paid(&(due + Decimal::from(200)).to_string())), &terms());
    let orders = next.unwrap_or_else(|why| panic!("{why:#?}")).files["operations/orders.toml"].clone();
    assert!(orders.contains("payments = [{ amount = 300.00, on = 2026-03-01 }]"), "{orders}");
}

#[test]
fn nothing_is_rolled_on_what_is_not_told() {
    let files = shop();
    let uncounted = ACTUALS.replace("stock,BOWL,,main,,,144,2026-03-01\n", "");
    assert_eq!(
        refusals(&files, &uncounted, &terms()),
        ["a stock is not counted on the morning of 2026-03-01, that of `BOWL` at `main` first"]
    );
    let all = refusals(&files, "kind,item,channel,units,bucket\nsale,CUP,web,275,2026-02\n", &Terms::default());
    assert_eq!(all.len(), 3, "{all:#?}");
    assert!(all[0].starts_with("2 stocks are not counted"), "{all:#?}");
    assert_eq!(all[1], "receipts are not told, and 2 lines were due before 2026-03-01");
    assert_eq!(all[2], "cash on 2026-03-01 is not told");
    let early = Terms { as_of: "2026-02-01".parse().ok(), ..terms() };
    assert_eq!(refusals(&files, ACTUALS, &early), ["the next cycle cannot begin on 2026-02-01"]);
    let mut renamed = approved(&files);
    renamed.cycle = "spring".to_owned();
    let mut files = told(&files, ACTUALS);
    files.0.insert("sop.toml".into(), MANIFEST.replace("\"2026-02\"", "\"spring\"").into());
    let problems = rolled(&renamed, &files, &terms()).expect_err("the name is not told");
    assert_eq!(problems[0].message, "nothing tells what the next cycle is called");
}

#[test]
fn what_a_promotion_brought_and_what_was_lost_stands_apart_in_history() {
    let mut files = shop();
    let outlook = "[[outlook]]\nmethod = \"average\"\nover = 1\n[[csv]]\ntable = \"history\"\npath = \"data/past.csv\"\n\
                   [[promotion]]\nid = \"sale\"\nwhere = { item = \"BOWL\" }\nduring = \"2026-02\"\nuplift = 2\n";
    files.0.insert("sales/outlook.toml".into(), outlook.into());
    files.0.insert("data/past.csv".into(), "item,channel,bucket,units\nCUP,web,2026-01,200\n".into());
    let plan = approved(&files);
    // 240 cups are planned. Of PO-1 50 of 100 came, and 40 of PO-2, which the plan counts in March: ten cannot be sold. 112 bowls are
    // planned, 90 sold: half of them would have been sold without the promotion.
    let short = ACTUALS.replace("PO-1,100", "PO-1,50").replace("sale,CUP,web,,,,275", "sale,CUP,web,,,,180");
    let short = short.replace("sale,BOWL,web,,,,56", "sale,BOWL,web,,,,90");
    let next = rolled(&plan, &told(&files, &short), &terms()).unwrap_or_else(|why| panic!("{why:#?}"));
    assert_eq!(
        next.files["data/history-2026-02.csv"],
        "item,channel,bucket,units,promoted,lost\nBOWL,web,2026-02,90,45,0\nCUP,web,2026-02,180,0,10\n"
    );
}

#[test]
fn sales_become_history_where_outlooks_follow_from_it() {
    let mut files = shop();
    let outlook =
        "# Next year.\n[[outlook]]\nmethod = \"seasonal\"\n\n[[csv]]\ntable = \"history\"\npath = \"data/past.csv\"\n";
    files.0.insert("sales/outlook.toml".into(), outlook.into());
    files.0.insert("data/past.csv".into(), "item,channel,bucket,units\nCUP,web,2025-04,200\n".into());
    let plan = approved(&files);
    let files = told(&files, ACTUALS);
    let next = rolled(&plan, &files, &terms()).unwrap_or_else(|why| panic!("{why:#?}"));
    assert_eq!(
        next.files["data/history-2026-02.csv"],
        "item,channel,bucket,units,promoted,lost\nBOWL,web,2026-02,56,0,0\nCUP,web,2026-02,275,0,0\n"
    );
    let entry = "\n[[csv]]\ntable = \"history\"\npath = \"data/history-2026-02.csv\"\n";
    assert_eq!(next.files["sales/outlook.toml"], format!("{outlook}{entry}"));
    let compiled = compile(&after(&files, &next));
    assert!(compiled.network.is_some(), "{:#?}", compiled.diagnostics);
}

#[test]
fn history_of_several_cycles_stands_beside_each_other() {
    let mut files = shop();
    let entries = ["one", "two"].map(|name| format!("[[csv]]\ntable = \"history\"\npath = \"{name}.csv\"\n"));
    files.0.insert("history.toml".into(), entries.concat().into_bytes());
    files.0.insert("one.csv".into(), "item,channel,bucket,units,promoted,lost\nCUP,web,2025-11,90,45,0\n".into());
    files.0.insert("two.csv".into(), "item,channel,bucket,units,promoted,lost\nCUP,web,2025-12,80,45,0\n".into());
    let compiled = compile(&files);
    assert!(compiled.network.is_some(), "{:#?}", compiled.diagnostics);
}
