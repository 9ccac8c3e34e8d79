//! A seeded generator of shops: the same project on every machine, as files.
//!
//! A shop of any size has four channels with their own fees and payout days, suppliers with capacity and payment terms,
//! minimum orders and case sizes, one warehouse, and cash that is short. Limits are set from what the demand of an average bucket
//! needs, so that they bind at every size.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What kind of shop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shop {
    /// Items.
    pub(crate) items: usize,
    /// The calendar.
    pub(crate) calendar: Calendar,
    /// How much of what an average bucket needs the limits leave, per cent.
    pub(crate) room: i64,
    /// Which shop of this kind.
    pub(crate) seed: u64,
    /// True where Amazon has a warehouse of its own, fed from the other one, which serves what is missing there.
    pub(crate) two_places: bool,
}

/// The calendar of a shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Calendar {
    /// Twelve months.
    Months,
    /// 26 weeks.
    Weeks,
    /// Eight weeks and ten months.
    Mixed,
}

/// A xorshift generator (Marsaglia 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from((self.0 >> 11) % bound.max(1).unsigned_abs()).unwrap_or(0)
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }
}

/// Name, price in per cent of the list price, fee rate in per cent, fulfilment in cents, payout days, share of demand.
const CHANNELS: [(&str, i64, i64, i64, i64, i64); 4] = [
    ("amazon", 100, 15, 320, 14, 40),
    ("dtc", 105, 3, 450, 3, 25),
    ("retail", 92, 6, 150, 30, 20),
    ("trade", 72, 0, 60, 45, 15),
];

/// Demand of a month in per cent of the average one, from January.
const SEASON: [i64; 12] = [78, 80, 88, 92, 96, 94, 90, 92, 98, 108, 142, 142];

/// The files of a shop, by path.
pub(crate) fn files(shop: Shop) -> BTreeMap<String, String> {
    let mut random = Random((shop.seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    (0..8).for_each(|_| _ = random.below(2));
    let suppliers = (shop.items / 15).clamp(2, 40);
    let mut items = String::new();
    let mut lanes = String::new();
    let mut stock = String::from("item,location,on-hand\n");
    let months: Vec<String> = (1..=12).map(|month| format!("2026-{month:02}")).collect();
    let mut demand = String::from("item,channel,bucket,units\n");
    // What an average month needs: volume (cm3), money (cents), units by supplier.
    let (mut volume, mut money, mut margin) = (0_i64, 0_i64, 0_i64);
    let mut by_supplier = vec![0_i64; suppliers];
    for index in 0..shop.items {
        let id = format!("SKU-{index:05}");
        let price = random.between(8, 80) * 100;
        let cost = price * random.between(32, 52) / 100;
        let cm3 = random.between(3, 90) * 100;
        // A few items sell much, many sell little.
        let monthly = 12 + random.below(60) * random.below(60) * random.below(60) / 1200;
        let multiple = [1, 6, 12, 24][usize::try_from(random.below(4)).unwrap_or(0)];
        let moq = monthly * random.between(5, 30) / 10;
        let supplier = usize::try_from(random.below(i64::try_from(suppliers).unwrap_or(1))).unwrap_or(0);
        let lead = random.between(10, 80);
        let on_hand = monthly * random.between(8, 32) / 10;
        write(&mut items, format_args!("[item.{id}]\nprice = {}\nunit-volume = 0.{cm3:06}\n", cents(price)));
        write(
            &mut lanes,
            format_args!(
                "\n[[lane]]\nwhere = {{ item = \"{id}\" }}\nsupplier = \"s{supplier:02}\"\nlocation = \"main\"\nlead-days = {lead}\n\
                 unit-cost = {}\nfreight = {}\norder-cost = {}\nmoq = {moq}\nmultiple = {multiple}\n",
                cents(cost),
                cents(cost / 12),
                random.between(2, 9) * 10,
            ),
        );
        if shop.two_places {
            write(
                &mut lanes,
                format_args!(
                    "\n[[lane]]\nwhere = {{ item = \"{id}\" }}\nfrom = \"main\"\nlocation = \"fba\"\nmode = \"truck\"\nlead-days = 6\n\
                     freight = {}\norder-cost = 4\nmultiple = {multiple}\n",
                    cents(cost / 40 + 5),
                ),
            );
            write(&mut stock, format_args!("{id},fba,{}\n", on_hand / 3));
        }
        write(
            &mut stock,
            format_args!("{id},main,{}\n", if shop.two_places { on_hand - on_hand / 3 } else { on_hand }),
        );
        let phase = usize::try_from(random.below(3)).unwrap_or(0);
        for (channel, percent, fee, fulfilment, _, share) in CHANNELS {
            for (month, name) in months.iter().enumerate() {
                let season = SEASON[(month + phase) % 12];
                let units = monthly * share * season * random.between(80, 120) / 1_000_000;
                write(&mut demand, format_args!("{id},{channel},{name},{units}\n"));
            }
            let net = price * percent / 100 * (100 - fee) / 100 - fulfilment - cost;
            margin += monthly * share / 100 * net.max(0);
        }
        volume += monthly * cm3;
        money += monthly * cost;
        by_supplier[supplier] += monthly;
    }
    let mut operations = String::new();
    write(
        &mut operations,
        format_args!("[location.main]\nstorage-capacity = {}\n", thousandths(volume * 3 * shop.room / 100 / 1000)),
    );
    if shop.two_places {
        let room = thousandths(volume * shop.room / 100 / 1000);
        write(&mut operations, format_args!("\n[location.fba]\nstorage-capacity = {room}\n"));
    }
    for (supplier, units) in by_supplier.iter().enumerate() {
        write(
            &mut operations,
            format_args!(
                "\n[supplier.s{supplier:02}]\ncapacity = {{ per-month = {} }}\n\
                 payment = [{{ share = 0.3, at = \"order\" }}, {{ share = 0.7, at = \"ship\", days = 10 }}]\n",
                units * (shop.room + 30) / 100 + 30,
            ),
        );
    }
    let mut channels = String::new();
    for (channel, _, fee, fulfilment, payout, _) in CHANNELS {
        let places = if shop.two_places && channel == "amazon" { "\"fba\", \"main\"" } else { "\"main\"" };
        write(
            &mut channels,
            format_args!(
                "[channel.{channel}]\nship-from = [{places}]\npayout-days = {payout}\n\n[[fee]]\nwhere = {{ channel = \"{channel}\" }}\nfee-rate = 0.{fee:02}\nfulfilment-fee = {}\n\n",
                cents(fulfilment)
            ),
        );
    }
    let outflow = margin * 60 / 100;
    let finance = format!(
        "[cash]\nopening = {}\nminimum = {}\n\n[[cash-flow]]\nname = \"payroll and rent\"\namount = {{ per-month = -{} }}\n",
        cents(money * 2 * shop.room / 100 + outflow / 2),
        cents(money / 4),
        cents(outflow),
    );
    let prices = prices(&items);
    let calendar = match shop.calendar {
        Calendar::Months => "bucket = \"month\"\nhorizon = 12",
        Calendar::Weeks => "bucket = \"week\"\nhorizon = 26",
        Calendar::Mixed => "bucket = [{ weeks = 8 }, { months = 10 }]",
    };
    BTreeMap::from(
        [
            ("sop.toml", manifest(shop, calendar)),
            ("operations/items.toml", items),
            ("operations/places.toml", operations),
            ("operations/lanes.toml", lanes),
            ("operations/stock.toml", table("stock", "data/stock.csv")),
            ("sales/channels.toml", channels),
            ("sales/demand.toml", table("demand", "data/demand.csv")),
            ("sales/prices.toml", table("price", "data/prices.csv")),
            ("finance/cash.toml", finance),
            ("data/demand.csv", demand),
            ("data/stock.csv", stock),
            ("data/prices.csv", prices),
        ]
        .map(|(path, text)| (path.to_owned(), text)),
    )
}

/// The price of every item in every channel.
fn prices(items: &str) -> String {
    let mut rows = String::from("item,channel,price\n");
    let mut id = "";
    for line in items.lines() {
        if let Some(name) = line.strip_prefix("[item.") {
            id = name.trim_end_matches(']');
        } else if let Some(price) = line.strip_prefix("price = ") {
            let price: i64 = price.replace('.', "").parse().unwrap_or(0);
            for (channel, percent, ..) in CHANNELS {
                write(&mut rows, format_args!("{id},{channel},{}\n", cents(price * percent / 100)));
            }
        }
    }
    rows
}

fn manifest(shop: Shop, calendar: &str) -> String {
    format!(
        "[plan]\nlanguage = 1\nname = \"Shop of {} items\"\ncycle = \"2026-01\"\nas-of = 2026-01-01\n{calendar}\n\
         currency = \"USD\"\n\n[economics]\nholding-rate = 0.2\nsalvage-rate = 0.5\n",
        shop.items
    )
}

fn table(name: &str, path: &str) -> String {
    format!("[[csv]]\ntable = \"{name}\"\npath = \"{path}\"\n")
}

fn cents(amount: i64) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

fn thousandths(amount: i64) -> String {
    format!("{}.{:03}", amount / 1000, amount % 1000)
}

fn write(to: &mut String, text: std::fmt::Arguments<'_>) {
    to.write_fmt(text).expect("a String takes any text");
}
