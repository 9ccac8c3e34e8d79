//! `sopc why`: every line and every shortage of the examples has a chain that ends in lines of the project, and its sums are right.

use std::path::Path;

use sopc::compile::{compile, plan};
use sopc::explain::{CHAIN_SCHEMA, Chain, Link, NotTold, why};
use sopc::plan::Plan;
use sopc::render::chain_json;

use super::support::Memory;

struct Example {
    compiled: sopc::compile::Compiled,
    plan: Plan,
}

fn example(name: &str) -> Example {
    let compiled = compile(&Memory::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)));
    let plan = plan(&compiled).expect("a plan");
    Example { compiled, plan }
}

impl Example {
    fn why(&self, what: &str) -> Result<Vec<Link>, NotTold> {
        why(self.compiled.network.as_ref().expect("a network"), &self.compiled.sources, &self.plan, what)
    }

    /// What is wrong with a chain: it has to name lines that there are.
    fn wrong(&self, what: &str) -> Vec<String> {
        let Ok(chain) = self.why(what) else { return vec![format!("{what}: nothing is told")] };
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
fn wrong_of(name: &str) -> Vec<String> {
    let example = example(name);
    let mut asked: Vec<String> = example.plan.orders.iter().map(|one| one.key.clone()).collect();
    asked.extend(example.plan.transfers.iter().map(|one| one.key.clone()));
    let short = example.plan.allocations.iter().filter(|row| row.short > 0);
    asked.extend(short.map(|row| format!("{}@{}", row.item, row.bucket)));
    let hundredth = rust_decimal::Decimal::new(99, 2);
    let full = example.plan.capacity.iter().filter(|row| row.used.0 > row.limit.0 * hundredth);
    asked.extend(full.map(|row| format!("limit:{}/{}@{}", row.kind, row.of, row.bucket)));
    asked.extend(example.plan.cash.iter().map(|row| format!("limit:cash@{}", row.bucket)));
    asked.sort();
    asked.dedup();
    assert!(asked.len() > 30, "{name}: {asked:?}");
    asked.iter().flat_map(|what| example.wrong(what)).collect()
}

#[test]
fn every_line_and_every_shortage_of_the_example_is_explained() {
    let wrong = wrong_of("harbor-and-pine");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[ignore = "takes minutes"]
fn every_line_and_every_shortage_of_a_network_is_explained() {
    let wrong = wrong_of("tarn-and-tussock");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_not_there_is_met_with_what_is_meant() {
    let example = example("harbor-and-pine");
    assert_eq!(example.why("BASKETM"), Err(NotTold::Unknown(vec!["BASKET-M".into(), "BASKET-L".into()])));
    assert_eq!(example.why("no such thing at all"), Err(NotTold::Unknown(Vec::new())));
}

/// The chain as a document: what its schema describes, and nothing lost.
#[test]
fn a_chain_as_json_keeps_its_schema() {
    let example = example("harbor-and-pine");
    let links = example.why("BASKET-M@2026-05").expect("a chain");
    let chain = Chain::new(&example.plan, "BASKET-M@2026-05", links.clone());
    let json: serde_json::Value = serde_json::from_str(&chain_json(&chain)).expect("JSON");
    let schema = serde_json::from_str(CHAIN_SCHEMA).expect("JSON");
    assert!(jsonschema::validator_for(&schema).expect("a schema").is_valid(&json), "{json:#}");
    assert_eq!(json["plan_hash"], example.plan.plan_hash);
    assert_eq!(json["links"].as_array().map(Vec::len), Some(links.len()));
    assert_eq!(serde_json::from_value::<Chain>(json).expect("a chain"), chain);
}
