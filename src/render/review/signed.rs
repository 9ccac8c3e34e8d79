//! Differences as people read them: with a sign, in whole units of the currency.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::diff::FigureName;
use crate::plan::Amount;
use crate::render::number;

/// Rounded half up to whole units of the currency.
pub(super) fn whole(amount: Amount) -> Decimal {
    let rounded = amount.0.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    if rounded.is_zero() { Decimal::ZERO } else { rounded }
}

/// `1,234`.
pub(super) fn money(amount: Amount) -> String {
    number::quantity(Amount(whole(amount)))
}

/// `+1,234`, `-1,234`, `0`.
pub(super) fn difference(amount: Amount) -> String {
    let shown = money(amount);
    if whole(amount) > Decimal::ZERO { format!("+{shown}") } else { shown }
}

/// Units: `+24`.
pub(super) fn units(number: i64) -> String {
    let shown = number::units(number);
    if number > 0 { format!("+{shown}") } else { shown }
}

/// A number of the plan.
pub(super) fn value(name: FigureName, amount: Option<Amount>) -> String {
    match amount {
        None => "-".to_owned(),
        Some(share) if name.is_share() => number::percent(share.0),
        Some(amount) => money(amount),
    }
}

/// Points of a share with one digit, else money.
pub(super) fn change(name: FigureName, amount: Option<Amount>) -> String {
    match amount {
        None => "-".to_owned(),
        Some(share) if name.is_share() => {
            let points = points(share);
            let sign = if points > Decimal::ZERO { "+" } else { "" };
            format!("{sign}{points} pp")
        }
        Some(amount) => difference(amount),
    }
}

/// Percentage points with two digits.
fn points(share: Amount) -> Decimal {
    let mut points =
        share.0.saturating_mul(Decimal::ONE_HUNDRED).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    points.rescale(2);
    if points.is_zero() { points.abs() } else { points }
}

/// How far a step of what is shown reaches in the number itself.
fn step(name: FigureName) -> Decimal {
    if name.is_share() { Decimal::new(1, 4) } else { Decimal::ONE }
}

/// Effects rounded to what is shown, so that they still add up to the rounded total: the largest takes what rounding leaves.
pub(super) fn adding_up(name: FigureName, effects: &[Option<Amount>], total: Option<Amount>) -> Vec<Option<Amount>> {
    let step = step(name);
    let rounded = |amount: Amount| {
        let steps = amount.0.checked_div(step).unwrap_or_default();
        steps.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).saturating_mul(step)
    };
    let mut shown: Vec<Option<Amount>> = effects.iter().map(|one| one.map(|one| Amount(rounded(one)))).collect();
    let sum = shown.iter().flatten().fold(Decimal::ZERO, |sum, one| sum.saturating_add(one.0));
    let Some(total) = total else { return shown };
    let left = rounded(total).saturating_sub(sum);
    let largest =
        (0..shown.len()).rev().filter(|&at| shown[at].is_some()).max_by_key(|&at| shown[at].map(|one| one.0.abs()));
    if let Some(Amount(largest)) = largest.and_then(|at| shown[at].as_mut()) {
        *largest = largest.saturating_add(left);
    }
    shown
}
