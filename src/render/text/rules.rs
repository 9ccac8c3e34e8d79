//! Rules that were used: what they let go, and what that cost.

use super::page::Page;
use crate::plan::{Amount, RuleUse};
use crate::render::number::{counted, money, quantity, total};
use crate::render::safe;
use crate::render::table::{Column, Table};

pub(super) fn write(page: &mut Page<'_>) {
    let uses = &page.plan.rules_used;
    if uses.is_empty() {
        return;
    }
    let mut rules: Vec<&str> = Vec::new();
    for one in uses {
        if !rules.contains(&one.id.as_str()) {
            rules.push(&one.id);
        }
    }
    let cost = total(uses.iter().filter_map(|one| one.cost));
    let all = counted(rules.len(), "rule", "rules");
    // Some uses are no money.
    let given_up = if cost.0.is_zero() { String::new() } else { format!(", {} given up", page.money(cost)) };
    page.heading("Rules used", &format!("{all}{given_up}"));
    let columns = vec![
        Column::text("Rule", 10),
        Column::number("Use"),
        Column::number("Cost"),
        Column::text("Buckets", 10),
        Column::text("Stated at", 12).optional(),
    ];
    let mut table = Table::new(2, columns);
    for rule in rules {
        let own: Vec<&RuleUse> = uses.iter().filter(|one| one.id == rule).collect();
        table.row(vec![
            safe::line(rule).into(),
            quantity(total(own.iter().map(|one| one.used))).into(),
            cost_of(&own).into(),
            buckets(&own).into(),
            format!("{}:{}", safe::line(&own[0].source.file), own[0].source.line).into(),
        ]);
    }
    page.table(&table);
}

/// What is given up, where that is known.
pub(in crate::render) fn cost_of(uses: &[&RuleUse]) -> String {
    let known: Vec<Amount> = uses.iter().filter_map(|one| one.cost).collect();
    if known.is_empty() { "-".to_owned() } else { money(total(known)) }
}

fn buckets(uses: &[&RuleUse]) -> String {
    let mut labels: Vec<String> = uses.iter().map(|one| safe::line(&one.bucket)).collect();
    labels.sort_unstable();
    labels.dedup();
    match &labels[..] {
        [first, .., last] if labels.len() > 2 => format!("{} from {first} to {last}", labels.len()),
        _ => labels.join(", "),
    }
}
