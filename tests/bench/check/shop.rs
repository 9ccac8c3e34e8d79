//! An invented shop of any size: four channels, twelve months, terms by category, a demand row for each item, channel
//! and month.

use std::fmt::Write as _;

use super::Project;

const CATEGORIES: [&str; 8] = ["kitchen", "garden", "bath", "office", "toys", "light", "textile", "paper"];
const CHANNELS: [&str; 4] = ["dtc", "amazon", "retail", "wholesale"];
/// Items of a file.
const A_FILE: usize = 1_000;

/// Numbers that look random and are the same in every run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}

/// The project of `count` items.
pub(crate) fn project(count: usize) -> Project {
    let mut random = Random(0x5eed_cafe_f00d);
    let mut files = vec![
        ("sop.toml".to_owned(), manifest()),
        ("csv.toml".to_owned(), csv_entries()),
        ("operations/lanes.toml".to_owned(), lanes()),
        ("sales/channels.toml".to_owned(), channels()),
        ("finance/cash.toml".to_owned(), "[cash]\nopening = 5000000\nminimum = 0\n".to_owned()),
        ("data/demand.csv".to_owned(), demand(count, &mut random)),
        ("data/stock.csv".to_owned(), stock(count, &mut random)),
    ];
    for (number, from) in (0..count).step_by(A_FILE).enumerate() {
        let path = format!("operations/items-{:02}.toml", number + 1);
        files.push((path, items(from..(from + A_FILE).min(count), &mut random)));
    }
    Project(files.into_iter().map(|(path, text)| (path, text.into_bytes())).collect())
}

fn manifest() -> String {
    "[plan]\nlanguage = 1\nname = \"Shop\"\ncycle = \"2026-02\"\nas-of = 2026-02-01\nbucket = \"month\"\nhorizon = 12\n\
     currency = \"USD\"\n\n[economics]\nholding-rate = 0.24\n"
        .to_owned()
}

fn csv_entries() -> String {
    "[[csv]]\ntable = \"demand\"\npath = \"data/demand.csv\"\ncolumns = { item = \"sku\", bucket = \"month\", units = \"qty\" }\n\n\
     [[csv]]\ntable = \"stock\"\npath = \"data/stock.csv\"\n"
        .to_owned()
}

fn lanes() -> String {
    let mut text = "[location.main]\nstorage-capacity = 900000\n\n".to_owned();
    for (index, category) in CATEGORIES.iter().enumerate() {
        let lead = 30 + 10 * index;
        write!(
            text,
            "[supplier.s{index}]\ncapacity = {{ per-month = 400000 }}\n\n[[lane]]\nwhere = {{ category = \"{category}\" }}\n\
             supplier = \"s{index}\"\nlocation = \"main\"\nlead-days = {lead}\nunit-cost = {}.25\nfreight = 0.40\nmoq = 48\n\
             multiple = 12\n\n",
            2 + index
        )
        .expect("a string");
    }
    text
}

fn channels() -> String {
    let mut text = String::new();
    for (index, channel) in CHANNELS.iter().enumerate() {
        write!(
            text,
            "[channel.{channel}]\nship-from = [\"main\"]\n\n[[fee]]\nwhere = {{ channel = \"{channel}\" }}\nfee-rate = 0.0{}\n\
             fulfilment-fee = 0.50\n\n",
            index + 1
        )
        .expect("a string");
        for category in CATEGORIES.iter().skip(index).step_by(2) {
            write!(
                text,
                "[[price]]\nwhere = {{ channel = \"{channel}\", category = \"{category}\" }}\nprice = {}.50\n\n",
                20 + index
            )
            .expect("a string");
        }
    }
    text
}

fn items(range: std::ops::Range<usize>, random: &mut Random) -> String {
    let mut text = String::new();
    for index in range {
        let category = CATEGORIES[index % CATEGORIES.len()];
        let class = ["A", "B", "C"][usize::try_from(random.below(3)).expect("small")];
        write!(
            text,
            "[item.SKU-{index:05}]\nname = \"Article no. {index}\"\ncategory = \"{category}\"\nclass = \"{class}\"\n\
             unit-volume = 0.00{}\nprice = {}.{:02}\n\n",
            1 + random.below(9),
            15 + random.below(60),
            random.below(100)
        )
        .expect("a string");
    }
    text
}

fn demand(count: usize, random: &mut Random) -> String {
    let mut text = "sku,channel,month,qty\n".to_owned();
    for item in 0..count {
        for channel in CHANNELS {
            let level = 1 + random.below(200);
            for month in 0..12 {
                let (year, month) = (2026 + (month + 1) / 12, (month + 1) % 12 + 1);
                let units = level + random.below(level);
                writeln!(text, "SKU-{item:05},{channel},{year}-{month:02},{units}").expect("a string");
            }
        }
    }
    text
}

fn stock(count: usize, random: &mut Random) -> String {
    let mut text = "item,location,on-hand\n".to_owned();
    for item in 0..count {
        writeln!(text, "SKU-{item:05},main,{}", random.below(2_000)).expect("a string");
    }
    text
}
