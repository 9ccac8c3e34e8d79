//! `sopc why`: every line and every shortage of the examples has a chain that ends in lines of the project, and its sums are right.

#[path = "why/ledger.rs"]
mod ledger;
#[path = "why/names.rs"]
mod names;

use std::sync::OnceLock;

use sopc::compile::{compile, plan};
use sopc::explain::{CHAIN_SCHEMA, Chain, Link, NotTold, all_why, why};
use sopc::plan::Plan;
use sopc::render::chain_json;

use super::support::{Memory, assert_fits};

struct Example {
    compiled: sopc::compile::Compiled,
    plan: Plan,
}

/// The example, planned once for all tests.
fn harbor() -> &'static Example {
    static HARBOR: OnceLock<Example> = OnceLock::new();
    HARBOR.get_or_init(|| planned("harbor-and-pine"))
}

fn planned(name: &str) -> Example {
    let compiled = compile(&Memory::example(name));
    let plan = plan(&compiled).expect("a plan");
    Example { compiled, plan }
}

impl Example {
    fn why(&self, what: &str) -> Result<Vec<Link>, NotTold> {
        why(self.compiled.network.as_ref().expect("a network"), &self.compiled.sources, &self.plan, what)
    }

    /// What is wrong with chains: each has to name lines that there are.
    fn wrong(&self, asked: &[String]) -> Vec<String> {
        let network = self.compiled.network.as_ref().expect("a network");
        let chains = all_why(network, &self.compiled.sources, &self.plan, |tell| {
            Ok(asked.iter().map(|what| tell(what)).collect::<Vec<_>>())
        });
        let chains = chains.expect("a plan of this project");
        asked.iter().zip(chains).flat_map(|(what, chain)| self.wrong_with(what, chain)).collect()
    }

    fn wrong_with(&self, what: &str, chain: Result<Vec<Link>, NotTold>) -> Vec<String> {
        let Ok(chain) = chain else { return vec![format!("{what}: nothing is told")] };
        let mut wrong = Vec::new();
        if chain.len() < 3 || chain[0].depth != 0 {
            wrong.push(format!("{what}: {chain:?}"));
        }
        let places: Vec<_> = chain.iter().filter_map(|link| link.source.as_ref()).collect();
        if places.len() < 2 {
            wrong.push(format!("{what}: no lines are named"));
        }
        for place in places {
            let file = self.compiled.sources.files().iter().find(|file| file.path == place.file);
            if file.is_none_or(|file| place.line == 0 || place.line as usize > file.line_count()) {
                wrong.push(format!("{what}: there is no {place:?}"));
            }
        }
        wrong.extend(chain.iter().filter(|link| !adds_up(&link.text)).map(|link| format!("{what}: {}", link.text)));
        wrong.extend(ledger::wrong_sums(&chain).into_iter().map(|text| format!("{what}: {text}")));
        wrong
    }
}

/// True where a sum of stock, `a opening + b received + c transferred - d sold - e sent = f left`, is right.
fn adds_up(text: &str) -> bool {
    let Some((left, right)) =
        text.split_once(" left, ").and_then(|(sum, _)| sum.split_once(": ")?.1.rsplit_once(" = "))
    else {
        return true;
    };
    if !left.contains(" opening + ") {
        return true;
    }
    let mut sum = 0;
    let mut sign = 1;
    for word in left.split(' ') {
        match word {
            "-" => sign = -1,
            "+" => sign = 1,
            other => sum += other.parse::<i64>().map_or(0, |number| sign * number),
        }
    }
    right.parse() == Ok(sum)
}

#[test]
fn sums_are_read_as_they_stand() {
    assert!(adds_up(
        "at `main`: 5 opening + 2 received + 0 transferred - 3 sold - 1 sent = 3 left, 0 of safety stock wanted"
    ));
    assert!(!adds_up(
        "at `main`: 5 opening + 2 received + 0 transferred - 3 sold - 1 sent = 4 left, 0 of safety stock wanted"
    ));
}

/// What is wrong with the chains of all lines, transfers, shortages and full limits of an example.
fn wrong_of(name: &str, example: &Example) -> Vec<String> {
    let mut asked: Vec<String> = example.plan.orders.iter().map(|one| one.key.clone()).collect();
    asked.extend(example.plan.transfers.iter().map(|one| one.key.clone()));
    let short = example.plan.allocations.iter().filter(|row| row.short > 0);
    asked.extend(short.map(|row| format!("{}@{}", row.item, row.bucket)));
    let hundredth = rust_decimal::Decimal::new(99, 2);
    let full = example.plan.capacity.iter().filter(|row| row.used.0 > row.limit.0 * hundredth);
    asked.extend(full.map(|row| format!("limit:{}/{}@{}", row.kind, row.of, row.bucket)));
    asked.extend(example.plan.cash.iter().map(|row| format!("limit:cash@{}", row.bucket)));
    asked.extend(example.plan.tail.iter().map(|one| one.key.clone()));
    asked.sort();
    asked.dedup();
    assert!(asked.len() > 30, "{name}: {asked:?}");
    example.wrong(&asked)
}

#[test]
fn every_line_and_every_shortage_of_the_example_is_explained() {
    let wrong = wrong_of("harbor-and-pine", harbor());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "takes minutes"]
fn every_line_and_every_shortage_of_a_network_is_explained() {
    let wrong = wrong_of("tarn-and-tussock", &planned("tarn-and-tussock"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The chain as a document: what its schema describes, and nothing lost.
#[test]
fn a_chain_as_json_keeps_its_schema() {
    let example = harbor();
    let links = example.why("BASKET-M@2026-05").expect("a chain");
    let chain = Chain::new(&example.plan, "BASKET-M@2026-05", links.clone());
    let json: serde_json::Value = serde_json::from_str(&chain_json(&chain)).expect("JSON");
    assert_fits(CHAIN_SCHEMA, &json);
    assert_eq!(json["plan_hash"], example.plan.plan_hash);
    assert_eq!(json["links"].as_array().map(Vec::len), Some(links.len()));
    assert_eq!(serde_json::from_value::<Chain>(json).expect("a chain"), chain);
}

/// The earliest day waits for its supplier to open: the closure is named though it ends before the release.
#[test]
fn a_closure_that_puts_off_the_release_is_named() {
    let example = harbor();
    let put_off = example
        .plan
        .orders
        .iter()
        .filter(|one| one.supplier == "ningbo" && one.release_date == chrono::NaiveDate::from_ymd_opt(2026, 3, 2));
    let chains = put_off.map(|one| example.why(&one.key).expect("a chain"));
    let chains: Vec<_> = chains.filter(|chain| chain.iter().any(|link| link.text.contains("14 frozen days"))).collect();
    assert!(!chains.is_empty());
    for chain in chains {
        let closed = "`ningbo` is closed from 2026-02-14 to 2026-03-01 (new year)";
        assert!(chain.iter().any(|link| link.text == closed && link.source.is_some()), "{chain:#?}");
    }
}
