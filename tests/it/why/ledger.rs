//! The allocation ledger and the books behind it, held against tiny random projects and against one that is worked out by hand.

use sopc::compile::{Compiled, compile};
use sopc::explain::{Link, all_why};
use sopc::model::Model;
use sopc::model::moves::Moves;
use sopc::plan::{Plan, build, decisions, moves};

use crate::brute::networks::tiny_network;
use crate::brute::planned;
use crate::brute::project::Tiny;
use crate::support::{Memory, plan_of};

/// What is told of something that would have been better than the plan.
const UNFOUND: &str = "nothing stands against it";

/// Sums of money that do not add up: `sales +10.00, landed cost -4.00 = +6.00 USD`.
pub(super) fn wrong_sums(chain: &[Link]) -> Vec<String> {
    let cents = |text: &str| -> Option<i64> {
        let digits: String = text.chars().filter(|one| one.is_ascii_digit() || *one == '-').collect();
        text.contains('.').then(|| digits.parse().ok())?
    };
    let wrong = |text: &str| {
        let (parts, total) = text.rsplit_once(" = ")?;
        let parts = parts.rsplit_once(": ").map_or(parts, |(_, parts)| parts);
        let signed = |part: &str| {
            part.rsplit_once(' ').filter(|(_, number)| number.starts_with(['+', '-'])).map(|(_, number)| cents(number))
        };
        let parts: Option<Vec<Option<i64>>> = parts.split(", ").map(signed).collect();
        let sum: i64 = parts?.into_iter().collect::<Option<Vec<i64>>>()?.into_iter().sum();
        let total = cents(total.split(' ').next()?)?;
        (sum != total).then(|| text.to_owned())
    };
    chain.iter().filter_map(|link| wrong(&link.text)).collect()
}

#[test]
fn sums_are_read_as_they_stand() {
    let link = |text: &str| Link { depth: 1, text: text.to_owned(), source: None, denied: None };
    assert!(wrong_sums(&[link("10 more: sales +1,010.00, landed cost -4.00 = +1,006.00 USD; but")]).is_empty());
    assert_eq!(wrong_sums(&[link("10 more: sales +10.00, landed cost -4.00 = +6.01 USD")]).len(), 1);
}

/// Keys of the plan file that differ where what it decided is read back and made a plan file again.
fn not_read_back(compiled: &Compiled, plan: &Plan) -> Vec<String> {
    let network = compiled.network.as_ref().expect("a network");
    let moves = moves(network, plan);
    let model = Model::new(network).expect("a model");
    let model = if moves == Moves::default() { model } else { model.moved(moves).expect("a model") };
    let outcome = decisions(&model, plan).expect("decisions");
    let again = build(&model, &outcome, plan.inputs.clone(), plan.diagnostics.clone()).expect("a plan");
    // What is proven stands in no decision.
    let bare = |plan: &Plan| {
        let mut plan = plan.clone();
        plan.capacity.iter_mut().for_each(|row| (row.marginal_value, row.marginal_step) = (None, None));
        plan.cash.iter_mut().for_each(|row| (row.marginal_value, row.marginal_step) = (None, None));
        (plan.certificate.bound, plan.certificate.marginal_bound, plan.certificate.gap) = (None, None, None);
        plan.certificate.levels.iter_mut().for_each(|level| level.bound = None);
        plan.certificate.proven = false;
        plan.plan_hash.clear();
        serde_json::to_value(&plan).expect("JSON")
    };
    let (again, plan) = (bare(&again), bare(plan));
    let keys = plan.as_object().expect("an object").iter();
    keys.filter(|(key, value)| again[key.as_str()] != **value)
        .map(|(key, value)| format!("{key}: {value} {}", again[key.as_str()]))
        .collect()
}

/// What is wrong with what is told of a plan: the ledger of each shortage adds up to it and every entry has its line; sums are right; and beside a
/// plan that is proven to be the best nothing is told to be better.
fn wrong(compiled: &Compiled, plan: &Plan) -> (usize, Vec<String>) {
    let network = compiled.network.as_ref().expect("a network");
    let mut asked: Vec<(String, Option<i64>)> = plan.orders.iter().map(|one| (one.key.clone(), None)).collect();
    asked.extend(plan.transfers.iter().map(|one| (one.key.clone(), None)));
    let short = plan.allocations.iter().filter(|row| row.short > 0);
    asked.extend(short.map(|row| (format!("{}/{}/{}", row.item, row.channel, row.bucket), Some(row.short))));
    asked.sort();
    asked.dedup();
    let mut wrong = Vec::new();
    all_why(network, &compiled.sources, plan, |tell| {
        for (what, short) in &asked {
            let chain = match tell(what) {
                Ok(chain) => chain,
                Err(why) => {
                    wrong.push(format!("{what}: {why:?}"));
                    continue;
                }
            };
            wrong.extend(wrong_sums(&chain).into_iter().map(|text| format!("{what}: {text}")));
            let entries = || chain.iter().filter(|link| link.denied.is_some());
            let units: i64 = entries().filter_map(|link| Some(link.denied.as_ref()?.units)).sum();
            if short.is_some_and(|short| short != units) || entries().any(|link| link.source.is_none()) {
                wrong.push(format!("{what}: {short:?} short: {chain:#?}"));
            }
            if plan.certificate.proven && chain.iter().any(|link| link.text.contains(UNFOUND)) {
                wrong.push(format!("{what}: better than the best: {chain:#?}"));
            }
        }
        Ok(())
    })
    .unwrap_or_else(|why| wrong.push(format!("{why:?}")));
    (asked.iter().filter(|(_, short)| short.is_some()).count(), wrong)
}

fn held(projects: impl Iterator<Item = (String, Memory)>) {
    let (mut short, mut proven, mut found) = (0, 0, Vec::new());
    for (name, files) in projects {
        let compiled = compile(&files);
        let Ok(plan) = planned(&compiled) else { continue };
        found.extend(not_read_back(&compiled, &plan).into_iter().map(|what| format!("{name}: {what}")));
        let (count, wrong) = wrong(&compiled, &plan);
        short += count;
        proven += usize::from(plan.certificate.proven);
        found.extend(wrong.into_iter().map(|what| format!("{name}: {what}")));
    }
    assert!(found.is_empty(), "{} wrong\n{}", found.len(), found[..found.len().min(3)].join("\n\n"));
    assert!(short > 10 && proven > 10, "{short} shortages, {proven} proven plans");
}

#[test]
fn denied_units_add_up_and_nothing_is_better_than_the_best() {
    held((0..25).map(|seed| (format!("seed {seed}"), Tiny::new(seed).files())));
}

#[test]
fn the_same_holds_of_networks() {
    held((0..25).map(|seed| (format!("network {seed}"), tiny_network::files(seed, false))));
}

#[test]
fn the_same_holds_where_rules_let_go() {
    held((0..25).map(|seed| (format!("rules {seed}"), tiny_network::files(seed, true))));
}

/// A mug costs 6.00, brings 18.00 in the web shop and 10.00 from wholesale, and 100 of each are wanted; 300.00 buy 50 of them.
const SHOP: &str = r#"
[plan]
language = 1
name = "Shop"
cycle = "2026-02"
as-of = 2026-02-01
bucket = "month"
horizon = 2
currency = "USD"
[economics]
end-worth = "none"
[item.MUG]
price = 18
[location.main]
[channel.web]
ship-from = ["main"]
[channel.wholesale]
ship-from = ["main"]
[[price]]
where = { channel = "wholesale", item = "MUG" }
price = 10
[supplier.porto]
[[lane]]
where = { item = "MUG" }
supplier = "porto"
location = "main"
lead-days = 20
unit-cost = 6
[[demand]]
item = "MUG"
channel = "web"
units = { "2026-03" = 100 }
[[demand]]
item = "MUG"
channel = "wholesale"
units = { "2026-02" = 5, "2026-03" = 100 }
[[budget]]
id = "all"
purchases = 300
"#;

fn told(more: &str, what: &str) -> Vec<String> {
    let compiled = compile(&Memory::one_file(format!("{SHOP}{more}")));
    let plan = plan_of(&compiled);
    let network = compiled.network.as_ref().expect("a network");
    let chain = sopc::explain::why(network, &compiled.sources, &plan, what).expect("a chain");
    chain.into_iter().map(|link| format!("{}{}", "  ".repeat(link.depth), link.text)).collect()
}

#[test]
fn a_budget_denies_and_the_better_channel_gets() {
    assert_eq!(
        told("", "MUG/wholesale/2026-03"),
        [
            "`MUG` in `wholesale` in 2026-03: 100 units asked for, 0 sold, 100 short",
            "  at `main`: 0 opening + 50 received + 0 transferred - 50 sold - 0 sent = 0 left, 0 of safety stock wanted",
            "  `wholesale` asks for 100, is sold 0; a unit brings 10.00 USD",
            "    100 units denied by budget `all`: with 1 unit more, budget `all` would be passed by 6 in 2026-03",
            "      1 unit more by `MUG/porto/main/standard` for 2026-03: sales +10.00, landed cost -6.00 = +4.00 USD; but \
             budget `all` would be passed by 6 in 2026-03",
            "    got by `web` in 2026-03: 50 units; 1 unit of that here instead: sales -8.00 USD",
        ]
    );
}

/// In February nothing new arrives: that is nobody's decision.
#[test]
fn what_cannot_arrive_is_denied_by_time() {
    let chain = told("", "MUG/wholesale/2026-02");
    assert_eq!(
        chain[3],
        "    5 units denied by time: no order that can be placed now, premium ones aside, arrives for it"
    );
    assert_eq!(
        chain[4],
        "      `MUG/porto/main/standard`: released on 2026-02-09 at the earliest, usable on 2026-03-01"
    );
}

/// 20 mugs are there in February, and the web shop of March pays more for them.
#[test]
fn stock_is_kept_for_who_pays_more() {
    let chain = told("[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 20\n", "MUG/wholesale/2026-02");
    assert_eq!(chain[3], "    5 units denied by a better use: stock is kept for `web` in 2026-03");
    assert_eq!(chain[4], "      for `web` in 2026-03, 70 units; 1 unit of that here instead: sales -8.00 USD");
}

/// Where mugs cost more than wholesale pays, no budget is to blame.
#[test]
fn what_does_not_pay_is_denied_by_money() {
    let chain = told("[[fee]]\nwhere = { channel = \"wholesale\" }\nfulfilment-fee = 5\n", "MUG/wholesale/2026-03");
    assert_eq!(chain[3], "    100 units denied by money: more of it does not pay");
}
