//! Gates: what the plan is held to, and whether it passes.

use super::page::Page;
use crate::plan::{Amount, Figure, GateVerdict};
use crate::render::number::{counted, quantity};
use crate::render::safe;
use crate::render::table::{Column, Table};

pub(super) fn write(page: &mut Page<'_>) {
    let gates = &page.plan.gates;
    if gates.is_empty() {
        return;
    }
    page.heading("Gates", &counted(gates.len(), "gate", "gates"));
    let columns = vec![
        Column::text("Gate", 8),
        Column::text("Metric", 14),
        Column::number("Plan"),
        Column::fixed("Asked"),
        Column::fixed(""),
        Column::text("Stated at", 12).optional(),
    ];
    let mut table = Table::new(2, columns);
    for gate in gates {
        table.row(vec![
            safe::line(&gate.id).into(),
            safe::line(&gate.metric).into(),
            value(gate.value).into(),
            asked(gate).into(),
            verdict(gate).to_owned().into(),
            format!("{}:{}", safe::line(&gate.source.file), gate.source.line).into(),
        ]);
    }
    page.table(&table);
}

/// A figure as it is held against a gate.
pub(in crate::render) fn value(figure: Figure) -> String {
    match figure {
        Figure::Value(amount) => shown(amount),
        Figure::NotApplicable => "n/a".to_owned(),
    }
}

/// Small numbers to four digits: of rates the third one counts.
fn shown(amount: Amount) -> String {
    if amount.0.abs() < rust_decimal::Decimal::ONE_HUNDRED {
        amount.0.round_dp_with_strategy(4, rust_decimal::RoundingStrategy::ToZero).normalize().to_string()
    } else {
        quantity(amount)
    }
}

/// What a gate asks for.
pub(in crate::render) fn asked(gate: &GateVerdict) -> String {
    match (gate.at_least, gate.at_most) {
        (Some(least), Some(most)) => format!("{} to {}", shown(least), shown(most)),
        (Some(least), None) => format!("{} or more", shown(least)),
        (None, Some(most)) => format!("{} or less", shown(most)),
        (None, None) => String::new(),
    }
}

/// What a gate says.
pub(in crate::render) fn verdict(gate: &GateVerdict) -> &'static str {
    match (gate.passed, gate.waived, gate.refuses) {
        (true, ..) if gate.value == Figure::NotApplicable => "not measured",
        (true, ..) => "passes",
        (false, true, _) => "waived",
        (false, false, true) => "refuses",
        (false, false, false) => "warns",
    }
}
