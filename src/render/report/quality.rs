//! How good the plan is: no more is said than is proven. Then what the inputs gave cause to warn of, and where the plan comes from.

use super::facts::{Facts, place};
use crate::plan::{Amount, Level, PlanDiagnostic};
use crate::render::blocks::{Block, Set, Sheet, Tone, Words};
use crate::render::number::quantity;
use crate::render::text::{HASH, earned, precise};

pub(super) fn blocks(facts: &Facts<'_>) -> Vec<Block> {
    let plan = facts.plan;
    let mut blocks = vec![Block::Heading("How good it is"), proven(facts)];
    blocks.push(Block::said(earned(plan)));
    blocks.extend(plan.certificate.levels.iter().filter(|level| level.used > Amount::default()).map(level));
    if plan.diagnostics.is_empty() {
        blocks.push(Block::said("the inputs gave no warnings"));
    } else {
        blocks.extend(facts.listed(warnings(&plan.diagnostics)));
    }
    let hash: String = plan.plan_hash.chars().take(HASH).collect();
    let words = Words::of("plan ").name(hash).say(", compiled by sopc ").name(plan.compiler_version.clone());
    blocks.push(Block::Foot(words.say(format!(", as of {}", plan.as_of))));
    blocks
}

fn proven(facts: &Facts<'_>) -> Block {
    let certificate = &facts.plan.certificate;
    let earns = Words::of("this plan earns ").list([facts.money(certificate.objective)], "");
    if certificate.proven {
        return Block::Verdict(Tone::Good, earns.say(": proven, no plan earns more"));
    }
    let Some(bound) = certificate.bound else {
        return Block::Say(earns.say("; no bound yet: how far this is from the best plan is not known"));
    };
    let away = facts.money(Amount(bound.0.saturating_sub(certificate.objective.0)));
    let gap = certificate.gap.map_or(String::new(), |gap| format!(" ({})", precise(gap)));
    let words = earns.say(", and no plan earns more than ").list([facts.money(bound)], "");
    Block::Say(words.say(": it is at most ").list([away], "").say(format!("{gap} from the best")))
}

/// Whether less could be given, or less of a rule used.
fn level(level: &Level) -> Block {
    let bound = level.bound.filter(|bound| *bound > Amount::default());
    let least = bound.is_some_and(|bound| bound >= level.used);
    if level.rule == "given" {
        let words = if least { "in no plan is less given" } else { "whether less could be given is not proven" };
        return Block::said(words);
    }
    let rule = Words::default().name(level.rule.clone());
    Block::Say(match bound {
        Some(_) if least => Words::of("no plan uses less of the rule ").list([rule], ""),
        Some(bound) => Words::of(format!("no plan uses less than {} of the rule ", quantity(bound))).list([rule], ""),
        None => Words::of("whether less of the rule ").list([rule], "").say(" would do is not proven"),
    })
}

fn warnings(all: &[PlanDiagnostic]) -> Sheet {
    let row = |one: &PlanDiagnostic| {
        vec![
            Words::named(one.severity.clone()),
            Words::named(one.code.clone()),
            Words::named(one.message.clone()),
            one.source.as_ref().map_or(Words::of("-"), place),
        ]
    };
    let columns = [("", Set::Fixed), ("Code", Set::Fixed), ("What", Set::Text), ("Where", Set::Optional)];
    Sheet::of(columns, all.iter().map(row).collect()).called(Words::of("Warnings and notes of the inputs"))
}
