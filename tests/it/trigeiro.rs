//! Capacitated lot sizing with setup times, as projects: instances F1 to F10 of Trigeiro, Thomas and McClain (1989), 6 items in 15
//! months, and what each costs at best.
//!
//! The data is no part of this repository; where its folder is missing, tests that want it say so and pass.

use std::fmt::Write as _;
use std::path::Path;

use crate::support::Memory;

/// What the plans of least cost come to, by instance.
pub(crate) const OPTIMA: [i64; 10] = [40_854, 39_734, 37_739, 33_897, 29_420, 39_308, 33_354, 25_798, 43_571, 31_208];

/// An instance, numbered from 1, as a project whose objective is what it costs, negated; `None` where the data is not there.
pub(crate) fn project(number: usize) -> Option<Memory> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../shared/data/trigeiro/F{number}.DAT"));
    let text = std::fs::read_to_string(path).ok()?;
    let mut numbers = text.split_whitespace().map_while(|word| word.parse::<f64>().ok()).map(whole);
    let mut next = || numbers.next().expect("a number");
    let (items, periods, _, capacity) = (next(), next(), next(), next());
    let items: Vec<[i64; 4]> = (0..items).map(|_| [next(), next(), next(), next()]).collect();
    let demand: Vec<Vec<i64>> = (0..periods).map(|_| items.iter().map(|_| next()).collect()).collect();
    let mut all = format!(
        "[location.main]\n\n[supplier.machine]\ncapacity = {capacity}\n\n[channel.all]\nship-from = [\"main\"]\n\n\
         [[service]]\nfill-rate = 1.0\nfrom = \"start\"\n\n"
    );
    for (index, [time, holding, setup_time, setup_cost]) in items.iter().enumerate() {
        let month = |(month, units): (usize, &Vec<i64>)| {
            format!("\"{}-{:02}\" = {}", 2026 + month / 12, month % 12 + 1, units[index])
        };
        let units: Vec<String> = demand.iter().enumerate().map(month).collect();
        write!(
            all,
            "[item.P{index}]\nprice = 0\ncost = {holding}\n\n[[demand]]\nitem = \"P{index}\"\nchannel = \"all\"\nunits = {{ {} }}\n\n\
             [[lane]]\nwhere = {{ item = \"P{index}\" }}\nsupplier = \"machine\"\nlocation = \"main\"\nlead-days = 0\nunit-cost = 0\n\
             order-cost = {setup_cost}\ncapacity-use = {time}\ncapacity-setup = {setup_time}\n\n",
            units.join(", ")
        )
        .expect("a string");
    }
    // Holding a unit for a month costs its cost.
    let manifest = format!(
        "[plan]\nlanguage = 1\nname = \"F{number}\"\ncycle = \"2026-01\"\nas-of = 2026-01-01\nbucket = \"month\"\n\
         horizon = {periods}\ncurrency = \"USD\"\nfrozen-days = 0\n\n[economics]\nholding-rate = 12\nend-worth = \"none\"\n"
    );
    Some(Memory::of([("sop.toml", manifest), ("all.toml", all)]))
}

#[expect(clippy::cast_possible_truncation, reason = "the numbers are whole, whatever they are written as")]
fn whole(number: f64) -> i64 {
    number as i64
}
