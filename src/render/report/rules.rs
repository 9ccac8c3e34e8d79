//! Rules that were used and what they cost, and gates.

use super::facts::{Facts, place};
use crate::plan::{GateVerdict, RuleUse};
use crate::render::blocks::{Block, Set, Sheet, Words};
use crate::render::number::{counted, quantity, total};
use crate::render::text::{asked, cost_of, figure, gate_verdict};

pub(super) fn blocks(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("Rules and gates")];
    blocks.extend(rules(facts));
    blocks.extend(gates(facts));
    blocks
}

fn rules(facts: &Facts<'_>) -> Vec<Block> {
    let uses = &facts.plan.rules_used;
    if uses.is_empty() {
        return vec![Block::said("no rule was used")];
    }
    let mut ids: Vec<&str> = Vec::new();
    for one in uses {
        if !ids.contains(&one.id.as_str()) {
            ids.push(&one.id);
        }
    }
    let row = |id: &&str| {
        let own: Vec<&RuleUse> = uses.iter().filter(|one| one.id == *id).collect();
        vec![
            Words::named(*id),
            Words::of(quantity(total(own.iter().map(|one| one.used)))),
            Words::of(cost_of(&own)),
            Words::of(counted(own.len(), "time", "times")),
            own.first().map_or(Words::of("-"), |one| place(&one.source)),
        ]
    };
    let columns = [
        ("Rule", Set::Text),
        ("Use", Set::Number),
        ("Money given up", Set::Number),
        ("Used", Set::Number),
        ("Stated at", Set::Optional),
    ];
    let cost = total(uses.iter().filter_map(|one| one.cost));
    let words = Words::of(counted(ids.len(), "rule was used", "rules were used"));
    let words = if cost.0.is_zero() { words } else { words.say(", ").list([facts.money(cost)], "").say(" given up") };
    let mut blocks = vec![Block::Say(words)];
    blocks.extend(
        facts.listed(Sheet::of(columns, ids.iter().map(row).collect()).called(Words::of("Rules in their order"))),
    );
    let each = each(uses);
    let title = each.caption.clone();
    blocks.push(Block::Fold(title, facts.listed(each)));
    blocks
}

/// Every use, by rule and bucket.
fn each(uses: &[RuleUse]) -> Sheet {
    let row = |one: &RuleUse| {
        vec![
            Words::named(one.id.clone()),
            Words::named(one.of.clone()),
            Words::named(one.bucket.clone()),
            Words::of(quantity(one.amount)),
            Words::of(cost_of(&[one])),
        ]
    };
    let columns = [
        ("Rule", Set::Text),
        ("Lets go of", Set::Fixed),
        ("In", Set::Fixed),
        ("How much", Set::Number),
        ("Money given up", Set::Number),
    ];
    Sheet::of(columns, uses.iter().map(row).collect()).called(Words::of("Every use of a rule"))
}

fn gates(facts: &Facts<'_>) -> Vec<Block> {
    if facts.plan.gates.is_empty() {
        return vec![Block::said("the plan is held to no gate")];
    }
    let row = |gate: &GateVerdict| {
        vec![
            Words::of(gate_verdict(gate)),
            Words::named(gate.id.clone()),
            Words::named(gate.metric.clone()),
            Words::of(figure(gate.value)),
            Words::of(asked(gate)),
            place(&gate.source),
        ]
    };
    let columns = [
        ("Verdict", Set::Fixed),
        ("Gate", Set::Text),
        ("Metric", Set::Fixed),
        ("Plan", Set::Number),
        ("Asked for", Set::Number),
        ("Stated at", Set::Optional),
    ];
    facts.listed(Sheet::of(columns, facts.plan.gates.iter().map(row).collect()).called(Words::of("Gates")))
}
