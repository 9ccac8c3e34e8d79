//! How long it takes to tell why there is no plan: shops that are made infeasible in one place.
//!
//! Each case is a shop with something promised, of which there is a plan, and the same shop with one statement changed, of which there is none.

use sopc::compile::{Compiled, Failure, compile, explained, plan_steered};
use sopc::explain::REPAIRING;
use sopc::plan::NoPlan;
use sopc::solve::{Progress, Steering};
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::shop::{self, Shop};
use super::support::Memory;

type Files = BTreeMap<String, String>;

/// A way to make a shop infeasible: what is promised in it, and what is in the way of that.
struct Case {
    name: &'static str,
    promise: fn(&mut Files),
    block: fn(&mut Files),
}

/// One supplier, whose items are promised in some cases.
const SUPPLIER: &str = "s00";

const CASES: [Case; 11] = [
    Case {
        name: "lead time, one item",
        promise: sell_out,
        block: |files| floor(files, &items(files)[..1], "1", "start"),
    },
    Case { name: "lead time, all items", promise: |_| (), block: |files| floor(files, &[], "1", "start") },
    Case {
        name: "supplier closed",
        promise: |files| floor(files, &items(files), "0.9", "2026-06"),
        block: |files| {
            insert(files, "operations/places.toml", &format!("[supplier.{SUPPLIER}]"), |_| {
                "closures = [{ from = 2026-01-02, to = 2026-06-20 }]".to_owned()
            });
        },
    },
    Case {
        name: "supplier capacity",
        promise: |files| floor(files, &items(files), "0.8", "2026-06"),
        block: |files| {
            scale(files, "operations/places.toml", &format!("[supplier.{SUPPLIER}]"), "capacity", 30);
        },
    },
    Case {
        name: "cash, alone",
        promise: |_| (),
        block: |files| scale(files, "finance/cash.toml", "[cash]", "minimum", 10_000),
    },
    Case {
        name: "cash, floors",
        promise: |files| floor(files, &[], "0.6", "2026-04"),
        block: |files| scale(files, "finance/cash.toml", "[cash]", "opening", 5),
    },
    Case {
        name: "storage",
        promise: |files| floor(files, &[], "0.6", "2026-04"),
        block: |files| scale(files, "operations/places.toml", "[location.main]", "storage-capacity", 15),
    },
    Case {
        name: "inbound",
        promise: |files| floor(files, &[], "0.6", "2026-04"),
        block: |files| {
            let least = demand(files) / 12 / 3;
            insert(files, "operations/places.toml", "[location.main]", |_| format!("inbound-capacity = {least}"));
        },
    },
    Case {
        name: "outbound",
        promise: |files| floor(files, &[], "0.6", "2026-04"),
        block: |files| {
            let least = demand(files) / 12 / 2;
            insert(files, "operations/places.toml", "[location.main]", |_| format!("outbound-capacity = {least}"));
        },
    },
    Case {
        name: "budget",
        promise: |files| floor(files, &[], "0.6", "2026-04"),
        block: |files| {
            let most = demand(files) / 12 * 4;
            add(files, "finance/cash.toml", &format!("\n[[budget]]\npurchases = {most}\n"));
        },
    },
    Case {
        name: "inventory value",
        promise: |files| {
            add(files, "operations/places.toml", "\n[[cover]]\nsafety-stock = { weeks = 2 }\nhard = true\n");
        },
        block: |files| {
            let most = demand(files) / 12 * 4;
            add(files, "finance/cash.toml", &format!("\n[[limit]]\ninventory-value = {most}\n"));
        },
    },
];

/// Prints a row for each case whose name holds one of `only`, or all of them; or writes the last of these to a folder.
pub(crate) fn run(kind: Shop, only: &[String], write: Option<&str>) {
    println!(
        "{:<22} {:>8} {:>9} {:>7} {:>6} {:>7} {:>6}  told",
        format!("{} items", kind.items),
        "plan s",
        "search s",
        "sets s",
        "ratio",
        "all s",
        "ratio"
    );
    let files = shop::files(kind);
    let chosen = |case: &&Case| only.is_empty() || only.iter().any(|word| case.name.contains(word.as_str()));
    for case in CASES.iter().filter(chosen) {
        let mut promised = files.clone();
        (case.promise)(&mut promised);
        let mut blocked = promised.clone();
        (case.block)(&mut blocked);
        if let Some(folder) = write {
            super::write_files(blocked, folder);
            continue;
        }
        row(case.name, &project(promised), &project(blocked));
    }
}

/// Runs something; what it took of all processors, seconds, which hardly depends on what else the machine does.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = processor_seconds();
    let done = work();
    (done, processor_seconds() - before)
}

/// Processor time of this process so far; 0 where the system does not tell.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // User and system time, in hundredths of a second, are the twelfth and thirteenth field behind the name.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The failure with what there is to tell of it; the seconds until its sets are known, and all of them.
fn told_of(blocked: &Compiled, failure: Failure) -> (Failure, f64, f64) {
    let before = processor_seconds();
    let until_sets = std::sync::OnceLock::new();
    let tell = |progress: Progress| {
        if progress.phase() == REPAIRING {
            until_sets.get_or_init(|| processor_seconds() - before);
        }
    };
    let failure = explained(blocked, failure, &Steering::new(&|| false, &tell, Decimal::ZERO));
    let all = processor_seconds() - before;
    (failure, until_sets.get().copied().unwrap_or(all), all)
}

fn row(name: &str, promised: &Compiled, blocked: &Compiled) {
    let steering = Steering::default();
    let (has_plan, planning) = timed(|| plan_steered(promised, &steering).is_ok());
    let (searched, searching) = timed(|| plan_steered(blocked, &steering));
    let Err(failure) = searched else {
        println!("{name:<22} {planning:>8.2}  has a plan");
        return;
    };
    let (failure, setting, explaining) = told_of(blocked, failure);
    let told = match &failure {
        Failure::NoPlan(document, _) => told(document),
        other => format!("{other:?}"),
    };
    let planned = if has_plan { "" } else { " (none)" };
    println!(
        "{name:<22} {planning:>8.2}{planned} {searching:>9.2} {setting:>7.2} {:>6.1} {explaining:>7.2} {:>6.1}  {told}",
        setting / planning.max(0.001),
        explaining / planning.max(0.001)
    );
    if std::env::args().any(|word| word == "tell") {
        for one in failure.diagnostics() {
            println!("  {}", one.message);
            one.labels.iter().for_each(|label| println!("    - {}", label.text));
            one.notes.iter().for_each(|note| println!("    note: {note}"));
            one.help.iter().for_each(|help| println!("    help: {help}"));
        }
    }
}

/// What was found: the members of each set, and how many repairs there are.
fn told(document: &NoPlan) -> String {
    let sets = document.conflicts.iter().map(|one| {
        let mut kinds: Vec<&str> = one.members.iter().map(|member| member.kind.as_str()).collect();
        kinds.truncate(6);
        format!("{{{}}} {} repairs", kinds.join(", "), one.repairs.len())
    });
    format!("{:?}: {}", document.status, sets.collect::<Vec<_>>().join("; "))
}

fn project(files: Files) -> Compiled {
    let compiled = compile(&Memory::of(files));
    assert!(compiled.network.is_some(), "{:?}", compiled.diagnostics);
    compiled
}

/// Items of one supplier.
fn items(files: &Files) -> Vec<String> {
    let lanes = files["operations/lanes.toml"].split("[[lane]]");
    let own = lanes.filter(|lane| lane.contains(&format!("supplier = \"{SUPPLIER}\"")));
    let item = |lane: &str| lane.split('"').nth(1).map(str::to_owned);
    own.filter_map(item).collect()
}

/// Leaves nothing of the first item of the supplier on hand.
fn sell_out(files: &mut Files) {
    let row = format!("{},main,", items(files)[0]);
    let text = files.get_mut("data/stock.csv").expect("a file of the shop");
    let line = |line: &str| if line.starts_with(&row) { format!("{row}0") } else { line.to_owned() };
    *text = text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n";
}

/// Units that are asked for in all.
fn demand(files: &Files) -> i64 {
    let rows = files["data/demand.csv"].lines().skip(1);
    rows.filter_map(|row| row.rsplit_once(',')?.1.parse::<i64>().ok()).sum()
}

fn add(files: &mut Files, path: &str, text: &str) {
    files.get_mut(path).expect("a file of the shop").push_str(text);
}

/// Promises a share of the demand of some items, or of all of them, in one statement.
fn floor(files: &mut Files, items: &[String], rate: &str, from: &str) {
    let of = if items.is_empty() { String::new() } else { format!("where = {{ item = {items:?} }}\n") };
    let text = format!("\n[[service]]\nid = \"promise\"\n{of}fill-rate = {rate}\nfrom = \"{from}\"\n");
    add(files, "sales/channels.toml", &text);
}

/// Puts a line below a header.
fn insert(files: &mut Files, path: &str, header: &str, line: impl Fn(&Files) -> String) {
    let line = line(files);
    let text = files.get_mut(path).expect("a file of the shop");
    *text = text.replacen(header, &format!("{header}\n{line}"), 1);
}

/// Multiplies the number of a key below a header, per cent.
fn scale(files: &mut Files, path: &str, header: &str, key: &str, percent: i64) {
    let text = files.get_mut(path).expect("a file of the shop");
    let mut inside = false;
    let line = |line: &str| {
        if line.starts_with('[') {
            inside = line == header;
        }
        if !inside || !line.starts_with(&format!("{key} =")) {
            return line.to_owned();
        }
        let digits = |one: char| one.is_ascii_digit() || one == '.';
        let from = line.find(digits).expect("a number");
        let to = line[from..].find(|one| !digits(one)).map_or(line.len(), |length| from + length);
        let number: rust_decimal::Decimal = line[from..to].parse().expect("a number");
        let scaled = (number * rust_decimal::Decimal::new(percent, 2)).normalize();
        format!("{}{scaled}{}", &line[..from], &line[to..])
    };
    *text = text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n";
}
