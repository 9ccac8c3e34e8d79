//! A small shop whose plan sells ten cups and two bowls a day, and what came of it.

use sopc::compile::{self, Failure, compile};
use sopc::plan::Plan;
use sopc::track::Tracking;

use crate::support::{Memory, planned};

/// February of 28 days: 280 cups at 10.00, of which half lie in stock and half are due on the 5th, and 56 bowls at 20.00.
pub(crate) const SHOP: &str = r#"
[plan]
language = 1
name = "Cups"
cycle = "2026-02"
as-of = 2026-02-01
bucket = "month"
horizon = 2
currency = "USD"
[economics]
end-worth = "none"
[location.main]
[channel.web]
ship-from = ["main"]
[channel.shops]
ship-from = ["main"]
[supplier.porto]
payment = [{ share = 0.5, at = "order" }, { share = 0.5, at = "receipt" }]
[item.CUP]
price = 10.00
category = "table"
[item.BOWL]
price = 20.00
category = "table"
[item.TRAY]
price = 8.00
[[lane]]
where = { item = ["CUP", "BOWL", "TRAY"] }
supplier = "porto"
location = "main"
lead-days = 20
unit-cost = 4.00
[[stock]]
item = "CUP"
location = "main"
on-hand = 140
[[stock]]
item = "BOWL"
location = "main"
on-hand = 200
[[stock]]
item = "TRAY"
location = "main"
on-hand = 9
[[open-order]]
id = "PO-1"
item = "CUP"
supplier = "porto"
location = "main"
units = 140
ordered = 2026-01-16
due = 2026-02-05
[[demand]]
item = "CUP"
channel = "web"
units = { "2026-02" = 280, "2026-03" = 310 }
[[demand]]
item = "BOWL"
channel = "web"
units = { "2026-02" = 56, "2026-03" = 62 }
"#;

/// February in two places: five cups a day are sold in each of two channels, those of the shops from the store, where 28 lie and where the rest
/// is sent to on the first day, to be there on the 8th.
pub(crate) const TWO_PLACES: &str = r#"
[plan]
language = 1
name = "Cups"
cycle = "2026-02"
as-of = 2026-02-01
bucket = "month"
horizon = 2
currency = "USD"
[economics]
end-worth = "none"
[location.main]
[location.store]
[channel.web]
ship-from = ["main"]
[channel.shops]
ship-from = ["store"]
[item.CUP]
price = 10.00
cost = 4.00
[[lane]]
where = { item = "CUP" }
from = "main"
location = "store"
lead-days = 7
freight = 0.10
[[stock]]
item = "CUP"
location = "main"
on-hand = 252
[[stock]]
item = "CUP"
location = "store"
on-hand = 28
[[demand]]
item = "CUP"
channel = "web"
units = { "2026-02" = 140 }
[[demand]]
item = "CUP"
channel = "shops"
units = { "2026-02" = 140 }
"#;

/// Where actuals are told.
pub(crate) const ACTUALS: &str = "[[csv]]\ntable = \"actual\"\npath = \"actual.csv\"\n";

/// The header of a file of actuals with transfers.
pub(crate) const PLACES: &str = "kind,item,channel,from,location,units,on\n";

/// The header of a file of actuals.
pub(crate) const HEADER: &str = "kind,item,channel,location,supplier,order,units,price,amount,on\n";

/// The same where rows tell of buckets.
pub(crate) const BY_BUCKET: &str = "kind,item,channel,location,units,price,bucket\n";

/// The shop with rows of actuals beside it.
pub(crate) fn shop(rows: &str) -> Memory {
    shop_with(SHOP, rows)
}

/// Another shop with rows of actuals beside it.
pub(crate) fn shop_with(shop: &str, rows: &str) -> Memory {
    Memory::of([("sop.toml", shop), ("actual.toml", ACTUALS), ("actual.csv", rows)])
}

/// The plan of a shop as it was approved, before anything was told.
pub(crate) fn approved(shop: &str) -> Plan {
    planned(&Memory::one_file(shop))
}

/// What comes of a plan.
pub(crate) fn tracked(plan: &Plan, files: &Memory) -> Tracking {
    let compiled = compile(files);
    assert!(compiled.network.is_some(), "{:#?}", compiled.diagnostics);
    match compile::track(&compiled, plan, None) {
        Ok(tracking) => tracking,
        Err(why) => panic!("{why:?}"),
    }
}

/// Why nothing comes of it.
pub(crate) fn untracked(plan: &Plan, files: &Memory) -> String {
    match compile::track(&compile(files), plan, None) {
        Err(Failure::Untracked(why)) => why.message,
        other => panic!("{other:?}"),
    }
}
