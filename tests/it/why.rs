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

/// The earliest day waits for its supplier to open: the closure is named though it ends before the release.
#[test]
fn a_closure_that_puts_off_the_release_is_named() {
    let example = example("harbor-and-pine");
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

/// What a channel is sold and what a unit brings, told as `` `dtc` asks for 233, is sold 0; a unit brings 74.00 - ... = 64.454 USD``.
fn sold_and_net(text: &str) -> Option<(i64, f64)> {
    let (sold, brings) = text.split_once(", is sold ")?.1.split_once("; a unit brings ")?;
    let sum = brings.split_once(" USD")?.0;
    Some((sold.parse().ok()?, sum.rsplit(" = ").next()?.parse().ok()?))
}

/// Stock is kept for a later sale only where the plan makes that sale, at the price that is told, and some is left till then.
#[test]
fn stock_is_held_back_for_sales_that_there_are() {
    let example = example("harbor-and-pine");
    let held = example.plan.allocations.iter().filter(|row| row.short_by.held_back > 0);
    let asked: std::collections::BTreeSet<_> = held.map(|row| (&row.item, &row.bucket)).collect();
    let mut told = 0;
    for (item, bucket) in asked {
        let mut now = 0.0;
        for link in example.why(&format!("{item}@{bucket}")).expect("a chain") {
            now = sold_and_net(&link.text).map_or(now, |(_, net)| net);
            let claim = link.text.strip_prefix("a unit sold in ").and_then(|text| text.split_once(" brings "));
            let Some((later, more)) = claim else { continue };
            let more: f64 = more.strip_suffix(" USD more").and_then(|more| more.parse().ok()).expect("money");
            let there = example.why(&format!("{item}@{later}")).expect("a chain");
            let sales = there.iter().filter_map(|link| sold_and_net(&link.text)).filter(|(sold, _)| *sold > 0);
            let brings: Vec<f64> = sales.map(|(_, net)| net - now).collect();
            assert!(brings.iter().any(|one| (one - more).abs() < 0.01), "{item}@{bucket}: {} {brings:?}", link.text);
            let stock = example.plan.inventory.iter().filter(|row| row.item == *item);
            let mut until = stock.filter(|row| (bucket.as_str()..later).contains(&row.bucket.as_str()));
            assert!(until.all(|row| row.closing > 0), "{item}@{bucket}: {}", link.text);
            told += 1;
        }
    }
    assert!(told > 0);
}
