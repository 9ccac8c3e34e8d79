//! Metrics: what each is, its formula, and the numbers that went in.

use super::names::Asking;
use super::policy::figure;
use super::{Asked, Link, limit, link};
use crate::explain::words;
use crate::metrics::Measure;
use crate::metrics::catalog::Unit;
use crate::network::Scope;
use crate::plan::{Amount, Figure, ingredients};
use crate::render::number::{counted, plain, quantity};
use crate::units::{Overflow, Ratio};

/// Most items, and rows, that are told of a metric.
const ROWS: usize = 10;

/// The chain of a metric of a part, or of the whole.
pub(super) fn chain(asked: &Asked<'_>, asking: &Asking) -> Result<Vec<Link>, Overflow> {
    let Asking { measure, part, bucket } = asking;
    let scope = part.as_ref().map_or_else(Scope::default, |(kind, id)| Scope {
        keys: vec![(kind.name().to_owned(), vec![id.clone()])],
        not: Vec::new(),
    });
    let label = bucket.map(|bucket| asked.label(bucket));
    let called = part.as_ref().map_or("plan".to_owned(), |(kind, id)| format!("{}:{id}", kind.name()));
    let row =
        asked.plan.metrics.iter().find(|row| row.name == measure.name() && row.scope == called && row.bucket == label);
    let of = part.as_ref().map_or_else(String::new, |(kind, id)| format!(" of {} `{id}`", kind.name()));
    let when = label.map_or(String::new(), |label| format!(" in {label}"));
    let value = row.map(|row| valued(asked, *measure, &row.value));
    let value = value.map_or("has no value of its own in a plan".to_owned(), |value| format!("is {value}"));
    let source = part.as_ref().and_then(|(kind, id)| asked.stated_part(*kind, id));
    let mut told = vec![link(0, format!("{}{of}{when} {value}", measure.name()), source)];
    told.extend(of_scope(asked, *measure, &scope, *bucket)?);
    Ok(told)
}

/// What a metric of a selection rests on: its formula, the numbers that went in, and the items that have most of it.
pub(super) fn of_scope(
    asked: &Asked<'_>,
    measure: Measure,
    scope: &Scope,
    bucket: Option<usize>,
) -> Result<Vec<Link>, Overflow> {
    let entry = measure.entry();
    let mut told = vec![link(1, format!("{}: {}", entry.title.to_lowercase(), entry.formula), None)];
    told.push(link(1, format!("what counts: {}", entry.counts), None));
    match measure {
        Measure::MinimumCash => told.extend(lowest_cash(asked)?),
        Measure::GivenShortage | Measure::GivenOverrun => {
            told.extend(given(asked, measure == Measure::GivenShortage));
        }
        Measure::RuleUse => told.extend(uses(asked)),
        Measure::PlanAdherence => told.push(link(
            1,
            "of buckets of the last plan that are over; `sopc track` tells what differed, and why",
            None,
        )),
        Measure::ChangedValueInFrozen => told.push(link(1, "`sopc diff` compares a plan with another", None)),
        _ => told.extend(numbers(asked, measure, scope, bucket)?),
    }
    Ok(told)
}

/// A value as its unit is read.
fn valued(asked: &Asked<'_>, measure: Measure, value: &Figure) -> String {
    match (value, measure.entry().unit) {
        (Figure::Value(amount), Unit::Money) => asked.money(*amount),
        (Figure::Value(amount), Unit::Share) => {
            format!("{} ({} %)", plain(*amount), plain(Amount(amount.0 * rust_decimal::Decimal::ONE_HUNDRED)))
        }
        _ => figure(value),
    }
}

fn numbers(asked: &Asked<'_>, measure: Measure, scope: &Scope, bucket: Option<usize>) -> Result<Vec<Link>, Overflow> {
    let books = (&asked.books.outcome, &asked.books.ledger);
    let found = ingredients(asked.model, books, measure, scope, bucket)?;
    let shown = |value: Ratio, is_money: bool| {
        if is_money { words::cash(asked.network, value) } else { plain(words::amount(value)) }
    };
    let mut told: Vec<Link> = found
        .all
        .iter()
        .map(|one| link(1, format!("{}: {}", one.name, shown(one.value, one.is_money)), None))
        .collect();
    if measure == Measure::WeeksOfSupply && bucket.is_none() {
        told.push(link(1, "each bucket's stock over the demand that follows it, and the mean of that", None));
    }
    let (first, rest) = found.items.split_at(found.items.len().min(ROWS));
    if !first.is_empty() {
        told.push(link(1, format!("{} by item:", found.parted), None));
    }
    for (item, share) in first {
        let item = asked.network.item(*item);
        let text = format!("`{}`: {}", item.id, shown(*share, found.is_money));
        told.push(link(2, text, Some(item.origin.clone())));
    }
    if !rest.is_empty() {
        let sum = crate::units::sum(rest.iter().map(|(_, share)| *share))?;
        let text = format!("and {}: {}", counted(rest.len(), "other item", "other items"), shown(sum, found.is_money));
        told.push(link(2, text, None));
    }
    Ok(told)
}

fn lowest_cash(asked: &Asked<'_>) -> Result<Vec<Link>, Overflow> {
    let least = asked.plan.summary.minimum_cash.as_ref();
    let at = least.and_then(|least| asked.bucket(&least.bucket));
    let chain = at.map(|at| limit::cash(asked, Some(at))).transpose()?;
    Ok(chain.into_iter().flatten().map(|one| Link { depth: one.depth + 1, ..one }).collect())
}

fn given(asked: &Asked<'_>, shortages: bool) -> Vec<Link> {
    let rows: Vec<_> = asked.plan.given.iter().filter(|row| row.is_shortage() == shortages).collect();
    let mut told: Vec<Link> = rows
        .iter()
        .take(ROWS)
        .map(|row| {
            let text = format!("{} `{}` in {}: {}", row.kind, row.of, row.bucket, quantity(row.amount));
            link(2, text, Some(row.source.clone()))
        })
        .collect();
    if let Some(rest) = rows.get(ROWS..).filter(|rest| !rest.is_empty()) {
        let sum = rest.iter().fold(rust_decimal::Decimal::ZERO, |sum, row| sum.saturating_add(row.amount.0));
        told.push(link(2, format!("and {} more: {}", rest.len(), quantity(Amount(sum))), None));
    }
    if told.is_empty() {
        told.push(link(1, "nothing is given", None));
    }
    told
}

fn uses(asked: &Asked<'_>) -> Vec<Link> {
    let uses = asked.plan.rules_used.iter();
    let mut told: Vec<Link> = uses
        .take(ROWS)
        .map(|used| {
            let text = format!("`{}` of `{}` in {}: {}", used.id, used.of, used.bucket, quantity(used.used));
            link(2, text, Some(used.source.clone()))
        })
        .collect();
    if told.is_empty() {
        told.push(link(1, "no rule is used", None));
    } else if asked.plan.rules_used.len() > ROWS {
        told.push(link(2, format!("and {} more", asked.plan.rules_used.len() - ROWS), None));
    }
    told
}
