//! How good the plan is: no more is said than is proven.

use super::page::Page;
use crate::plan::{Amount, Level, Plan};
use crate::render::number::{counted, percent, quantity};
use crate::render::safe;
use crate::render::style::Ink;

/// Digits of a hash that tell two plans apart.
pub(in crate::render) const HASH: usize = 12;

pub(super) fn write(page: &mut Page<'_>) {
    page.heading("How good it is", "");
    let (text, ink) = proven(page);
    page.ink(ink, &text);
    let earned = earned(page.plan);
    page.ink(Ink::Dim, &earned);
    if let Some(text) = given(page) {
        page.say(&text);
    }
    for text in rules(page) {
        page.say(&text);
    }
    remarks(page);
    let hash: String = safe::line(&page.plan.plan_hash).chars().take(HASH).collect();
    let version = safe::line(&page.plan.compiler_version);
    page.ink(Ink::Dim, &format!("plan {hash}, compiled by sopc {version}"));
}

/// What the objective counts; it is not the contribution above, which counts goods sold at standard cost.
pub(in crate::render) fn earned(plan: &Plan) -> String {
    let wanted = plan.inventory.iter().any(|row| row.safety_stock > 0);
    let costs = if wanted { "order costs, holding and missing safety stock" } else { "order costs and holding" };
    let tail = if plan.buckets.iter().any(|bucket| bucket.tail) { ", horizon and tail together" } else { "" };
    format!("earned: sales less fees, landed cost of what is bought, {costs}, plus the worth of the last stock{tail}")
}

/// Whether less could be given; nothing where nothing is.
fn given(page: &Page<'_>) -> Option<String> {
    let level = page.plan.certificate.levels.iter().find(|level| level.rule == "given")?;
    if level.used <= Amount::default() {
        return None;
    }
    let least = level.bound.is_some_and(|bound| bound >= level.used);
    Some(if least { "in no plan is less given" } else { "whether less could be given is not proven" }.to_owned())
}

/// Whether less of the rules that are used would do.
fn rules(page: &Page<'_>) -> Vec<String> {
    let used = page.plan.certificate.levels.iter().skip(1).filter(|level| level.used > Amount::default());
    let text = |level: &Level| {
        let rule = safe::line(&level.rule);
        match level.bound.filter(|bound| *bound > Amount::default()) {
            Some(bound) if bound >= level.used => format!("no plan uses less of the rule `{rule}`"),
            Some(bound) => format!("no plan uses less than {} of the rule `{rule}`", quantity(bound)),
            None => format!("whether less of the rule `{rule}` would do is not proven"),
        }
    };
    used.map(text).collect()
}

fn proven(page: &Page<'_>) -> (String, Ink) {
    let certificate = &page.plan.certificate;
    let earns = format!("this plan earns {}", page.money(certificate.objective));
    let earns = if certificate.interrupted { format!("the search was interrupted; {earns}") } else { earns };
    if certificate.proven {
        return (format!("proven: {earns}, and no plan earns more"), Ink::Green);
    }
    let Some(bound) = certificate.bound else {
        return (format!("{earns}; no bound yet: how far this is from the best plan is not known"), Ink::Plain);
    };
    let away = page.money(Amount(bound.0.saturating_sub(certificate.objective.0)));
    let gap = certificate.gap.map_or(String::new(), |gap| format!(" ({})", precise(gap)));
    let most = page.money(bound);
    (format!("{earns}, and no plan earns more than {most}: it is at most {away}{gap} from the best"), Ink::Plain)
}

/// A gap is small: per cent with up to four digits, never rounded down to nothing.
pub(in crate::render) fn precise(gap: Amount) -> String {
    let coarse = percent(gap.0);
    let exact = gap.0.saturating_mul(rust_decimal::Decimal::ONE_HUNDRED).normalize();
    let shown = exact.round_dp_with_strategy(4, rust_decimal::RoundingStrategy::AwayFromZero).normalize();
    if exact < rust_decimal::Decimal::ONE_HUNDRED { format!("{shown}\u{a0}%") } else { coarse }
}

fn remarks(page: &mut Page<'_>) {
    let count = |severity: &str| page.plan.diagnostics.iter().filter(|one| one.severity == severity).count();
    let (warnings, notes) = (count("warning"), count("note"));
    let mut parts = Vec::new();
    if warnings > 0 {
        parts.push(counted(warnings, "warning", "warnings"));
    }
    if notes > 0 {
        parts.push(counted(notes, "note", "notes"));
    }
    match parts.is_empty() {
        true => page.say("the inputs gave no warnings"),
        false => {
            let ink = if warnings > 0 { Ink::Yellow } else { Ink::Plain };
            page.ink(ink, &format!("the inputs gave {}; sopc check lists them", parts.join(" and ")));
        }
    }
}
